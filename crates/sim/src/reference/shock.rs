//! Shock: drivers advance, hazards fire, dated events and the policy apply.

use foedera_scenario::{Leaf, Month, Process, Timing};

use super::effects;
use super::state::{State, index};
use crate::batch::Happening;
use crate::math;
use crate::mechanisms::{drivers as kernel, withdrawal};
use crate::purpose;
use crate::rng;

/// Advances every driver; at the first step they stand at their start.
pub(super) fn advance_drivers(state: &mut State<'_>) {
    if state.step > 0 {
        couple(state);
    }
    for (idx, spec) in state.scenario.world.drivers.iter().enumerate() {
        if state.step > 0 {
            let word = state.word(purpose::DRIVER, state.step, u32::from(spec.number));
            state.drivers[idx].state = advanced(state, idx, &spec.process, word);
        }
        let month = state.month;
        let pull = state.drivers[idx].pull;
        let raw = match &spec.process {
            Process::Constant { level } => state.value(*level) + pull,
            Process::Path { points } => on_path(state, points, month) + pull,
            Process::Markov { levels, .. } => {
                state.value(levels[state.drivers[idx].state as usize])
            }
            Process::Jumps { base, .. } => state.value(*base) + state.drivers[idx].state + pull,
            Process::OrnsteinUhlenbeck { .. }
            | Process::GeometricBrownian { .. }
            | Process::RandomWalk { .. } => state.drivers[idx].state,
        };
        let (floor, ceiling) = (state.value(spec.floor), state.value(spec.ceiling));
        state.drivers[idx].level = math::clamp(raw + state.drivers[idx].offset, floor, ceiling);
    }
}

/// Feeds the deviations of drivers after the last step into those coupled to them.
fn couple(state: &mut State<'_>) {
    let drivers = &state.scenario.world.drivers;
    let before = state.month - state.scenario.time.step.months();
    for (idx, spec) in drivers.iter().enumerate() {
        if spec.couplings.is_empty() {
            continue;
        }
        let (mut pull, mut swing) = (0.0, 0.0);
        for (at, coupling) in spec.couplings.iter().enumerate() {
            let rest = undisturbed(state, &drivers[coupling.from].process, before);
            let deviation = state.drivers[coupling.from].level - rest;
            let felt = state.drivers[idx].felt[at];
            let felt = kernel::felt(
                felt,
                deviation,
                state.value(coupling.lag_years),
                state.years,
            );
            state.drivers[idx].felt[at] = felt;
            pull += state.value(coupling.mean) * felt;
            swing += state.value(coupling.volatility) * felt;
        }
        state.drivers[idx].pull = pull;
        state.drivers[idx].swing = kernel::swing(swing);
    }
}

/// Where a driver would stand without chance, shifts and couplings.
fn undisturbed(state: &State<'_>, process: &Process, month: i32) -> f32 {
    match process {
        Process::Path { points } => on_path(state, points, month),
        Process::Constant { level: at }
        | Process::OrnsteinUhlenbeck { mean: at, .. }
        | Process::GeometricBrownian { start: at, .. }
        | Process::RandomWalk { start: at, .. }
        | Process::Jumps { base: at, .. } => state.value(*at),
        Process::Markov { levels, start, .. } => state.value(levels[*start]),
    }
}

/// The process's state after a step.
fn advanced(state: &State<'_>, idx: usize, process: &Process, word: u32) -> f32 {
    let value = |leaf: &Leaf| state.value(*leaf);
    let (at, years) = (state.drivers[idx].state, state.years);
    let (pull, swing) = (state.drivers[idx].pull, state.drivers[idx].swing);
    match process {
        Process::Constant { .. } | Process::Path { .. } => 0.0,
        Process::OrnsteinUhlenbeck {
            mean,
            rate,
            volatility,
            ..
        } => {
            let mean = value(mean) + state.drivers[idx].mean_shift + pull;
            kernel::reverting(
                at,
                mean,
                value(rate),
                value(volatility) * swing,
                years,
                rng::normal(word),
            )
        }
        Process::GeometricBrownian {
            growth, volatility, ..
        } => kernel::geometric(
            at,
            value(growth) + pull,
            value(volatility) * swing,
            years,
            rng::normal(word),
        ),
        Process::RandomWalk {
            drift, volatility, ..
        } => kernel::walking(
            at,
            value(drift) + pull,
            value(volatility) * swing,
            years,
            rng::normal(word),
        ),
        Process::Markov {
            levels,
            up_per_year,
            down_per_year,
            ..
        } => {
            let last = (levels.len() - 1) as f32;
            kernel::chained(
                at,
                last,
                value(up_per_year) * kernel::swing(pull),
                value(down_per_year) / kernel::swing(pull),
                years,
                rng::uniform(word),
            )
        }
        Process::Jumps {
            per_year,
            size,
            half_life_years,
            ..
        } => kernel::jumping(
            at,
            value(per_year) * swing,
            value(size),
            value(half_life_years),
            years,
            rng::uniform(word),
        ),
    }
}

/// Straight lines between dates, flat outside.
fn on_path(state: &State<'_>, points: &[(Month, Leaf)], month: i32) -> f32 {
    let (first, last) = (points[0], points[points.len() - 1]);
    if month < first.0.0 {
        return state.value(first.1);
    }
    for ends in points.windows(2) {
        let ((before, low), (after, high)) = (ends[0], ends[1]);
        if month >= before.0 && month < after.0 {
            let share = (month - before.0) as f32 / (after.0 - before.0) as f32;
            return math::lerp(state.value(low), state.value(high), share);
        }
    }
    state.value(last.1)
}

/// Fires shocks in the order of the file.
pub(super) fn fire(state: &mut State<'_>) {
    for (idx, shock) in state.scenario.shocks.iter().enumerate() {
        if !fires(
            state,
            &shock.timing,
            u32::from(shock.number),
            state.fired[idx],
        ) {
            continue;
        }
        state.fired[idx] += 1;
        state.fired_at[idx] = Some(state.step);
        state.note(Happening::Shock { shock: index(idx) });
        for effect in &shock.effects {
            effects::apply(state, effect, None);
        }
    }
}

/// Whether a shock fires now.
fn fires(state: &State<'_>, timing: &Timing, entity: u32, fired: u32) -> bool {
    let uniform = |step: u32| rng::uniform(state.word(purpose::SHOCK, step, entity));
    let hazard = |rate: &Leaf| {
        uniform(state.step) < withdrawal::probability(state.value(*rate), state.years)
    };
    let next = state.month + state.scenario.time.step.months();
    match timing {
        Timing::PerYear(rate) => hazard(rate),
        Timing::OncePerYear(rate) => fired == 0 && hazard(rate),
        Timing::At { month, probability } => {
            (state.month..next).contains(&month.0) && uniform(0) < state.value(*probability)
        }
        Timing::Between {
            from,
            until,
            probability,
        } => {
            let probability = state.value(*probability);
            let span = (until.0 - from.0 + 1) as f32;
            // Given that it happens, u/p is uniform and tells when.
            let when =
                from.0 as f32 + uniform(0) / math::max(probability, f32::MIN_POSITIVE) * span;
            let touches = until.0 >= state.month && from.0 < next;
            touches && uniform(0) < probability && when >= state.month as f32 && when < next as f32
        }
    }
}

/// Applies the effects of the options that were drawn.
fn apply_alternatives(state: &mut State<'_>) {
    for one in &state.scenario.alternatives {
        let drawn = state.value(one.leaf);
        for (place, option) in one.options.iter().enumerate() {
            if kernel::is_drawn(drawn, place as f32) > 0.0 {
                for effect in &option.effects {
                    effects::apply(state, effect, None);
                }
            }
        }
    }
}

/// At the start the alternatives apply, in its month the policy.
pub(super) fn apply_policy(state: &mut State<'_>) {
    if state.step == 0 {
        apply_alternatives(state);
    }
    let Some(idx) = state.policy else { return };
    let policy = &state.scenario.policies[idx];
    if policy.effects.is_empty() || state.scenario.time.step_of(policy.from) != state.step as usize
    {
        return;
    }
    state.note(Happening::Policy { policy: index(idx) });
    for effect in &policy.effects {
        effects::apply(state, effect, None);
    }
}
