//! Step phase 1, Shock: drivers advance, hazards fire, dated events and policies apply.

use bevy_ecs::prelude::*;
use foedera_scenario::{Leaf, Month, Process, Timing};

use crate::batch::Happening;
use crate::columns::{ColumnMut, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::drivers as kernel;
use crate::mechanisms::withdrawal;
use crate::purpose;
use crate::rng::NoiseBlock;
use crate::state::{Clock, Driver, Felt, Inputs, Keys, Plan};
use crate::systems::effects::Targets;

/// Advances every driver by a step; at the first step they stand at their start.
pub(crate) fn advance_drivers(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    mut felt: ResMut<Felt>,
    mut drivers: ColumnMut<Driver>,
) {
    let world = &plan.0.scenario.world;
    let drivers = rows_mut(&mut drivers);
    if clock.step > 0 {
        for (driver, spec) in drivers.iter_mut().zip(&world.drivers) {
            draw(driver, &spec.process, &keys, clock.step, spec.number);
        }
    }
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            if clock.step > 0 && !felt.0.is_empty() {
                couple(&world.drivers, &inputs, &clock, drivers, &mut felt.0);
            }
            for (driver, spec) in drivers.iter_mut().zip(&world.drivers) {
                if clock.step > 0 {
                    driver.state = advance(driver, &spec.process, &inputs, &clock);
                }
                let mut raw = settle(driver, &spec.process, &inputs, Month(clock.month));
                if lies_at_its_mean(spec) {
                    raw.update_with(
                        &driver.pull,
                        #[inline(always)]
                        |raw, pull| raw + pull,
                    );
                }
                let (floor, ceiling) = (inputs.get(spec.floor), inputs.get(spec.ceiling));
                driver.level = Lanes::from_fn(
                    #[inline(always)]
                    |l| math::clamp(raw.0[l] + driver.offset.0[l], floor.0[l], ceiling.0[l]),
                );
            }
        },
    );
}

/// Whether couplings add to where a driver lies, rather than to where it goes.
fn lies_at_its_mean(spec: &foedera_scenario::Driver) -> bool {
    let lies = matches!(
        spec.process,
        Process::Constant { .. } | Process::Path { .. } | Process::Jumps { .. }
    );
    lies && !spec.couplings.is_empty()
}

/// Feeds the deviations of drivers after the last step into those coupled to them.
#[inline(always)]
fn couple(
    specs: &[foedera_scenario::Driver],
    inputs: &Inputs,
    clock: &Clock,
    drivers: &mut [Driver],
    felt: &mut [Lanes],
) {
    let before = Month(clock.month - clock.months);
    let mut felt = felt.iter_mut();
    for (idx, spec) in specs.iter().enumerate() {
        if spec.couplings.is_empty() {
            continue;
        }
        let (mut pull, mut swing) = (Lanes::ZERO, Lanes::ZERO);
        for coupling in &spec.couplings {
            let felt = felt.next().expect("one place for each coupling");
            let rest = undisturbed(&specs[coupling.from].process, inputs, before);
            let (level, lag) = (
                &drivers[coupling.from].level,
                inputs.get(coupling.lag_years),
            );
            let (mean, volatility) = (inputs.get(coupling.mean), inputs.get(coupling.volatility));
            for l in 0..LANES {
                let deviation = level.0[l] - rest.0[l];
                felt.0[l] = kernel::felt(felt.0[l], deviation, lag.0[l], clock.years);
                pull.0[l] += mean.0[l] * felt.0[l];
                swing.0[l] += volatility.0[l] * felt.0[l];
            }
        }
        drivers[idx].pull = pull;
        drivers[idx].swing = swing.map(kernel::swing);
    }
}

/// Where a driver would stand without chance, shifts and couplings.
#[inline(always)]
fn undisturbed(process: &Process, inputs: &Inputs, month: Month) -> Lanes {
    match process {
        Process::Constant { level } => *inputs.get(*level),
        Process::Path { points } => interpolate(points, inputs, month),
        Process::OrnsteinUhlenbeck { mean, .. } => *inputs.get(*mean),
        Process::GeometricBrownian { start, .. } | Process::RandomWalk { start, .. } => {
            *inputs.get(*start)
        }
        Process::Markov { levels, start, .. } => *inputs.get(levels[*start]),
        Process::Jumps { base, .. } => *inputs.get(*base),
    }
}

/// Lane-wise product.
#[inline(always)]
fn times(one: &Lanes, other: &Lanes) -> Lanes {
    one.zip(
        other,
        #[inline(always)]
        |one, other| one * other,
    )
}

/// Draws the noise of a driver's step: normal for diffusions, uniform for chains and jumps.
fn draw(driver: &mut Driver, process: &Process, keys: &Keys, step: u32, number: u16) {
    let entity = u32::from(number);
    match process {
        Process::Constant { .. } | Process::Path { .. } => {}
        Process::Markov { .. } | Process::Jumps { .. } => {
            driver
                .noise
                .prepare_uniforms(&keys.0, purpose::DRIVER, step, entity);
        }
        _ => driver
            .noise
            .prepare_normals(&keys.0, purpose::DRIVER, step, entity),
    }
}

/// State of a process after a step.
#[inline(always)]
fn advance(driver: &Driver, process: &Process, inputs: &Inputs, clock: &Clock) -> Lanes {
    let (state, years) = (&driver.state, clock.years);
    let noise = || driver.noise.at(clock.step);
    match process {
        Process::Constant { .. } | Process::Path { .. } => Lanes::ZERO,
        Process::OrnsteinUhlenbeck {
            mean,
            rate,
            volatility,
            ..
        } => {
            let mean = inputs.get(*mean);
            revert(
                driver,
                mean,
                inputs.get(*rate),
                &times(inputs.get(*volatility), &driver.swing),
                noise(),
                years,
            )
        }
        Process::GeometricBrownian {
            growth, volatility, ..
        } => {
            let (growth, volatility) = (inputs.get(*growth), inputs.get(*volatility));
            diffuse(
                driver,
                (growth, volatility),
                noise(),
                years,
                kernel::geometric,
            )
        }
        Process::RandomWalk {
            drift, volatility, ..
        } => {
            let (drift, volatility) = (inputs.get(*drift), inputs.get(*volatility));
            diffuse(driver, (drift, volatility), noise(), years, kernel::walking)
        }
        Process::Markov {
            levels,
            up_per_year,
            down_per_year,
            ..
        } => {
            let tilt = driver.pull.map(kernel::swing);
            let up = times(inputs.get(*up_per_year), &tilt);
            let down = inputs
                .get(*down_per_year)
                .zip(&tilt, |down, tilt| down / tilt);
            step_chain(state, levels.len() - 1, &up, &down, noise(), years)
        }
        Process::Jumps {
            per_year,
            size,
            half_life_years,
            ..
        } => {
            let rate = times(inputs.get(*per_year), &driver.swing);
            let size = inputs.get(*size);
            jump(
                state,
                &rate,
                size,
                inputs.get(*half_life_years),
                noise(),
                years,
            )
        }
    }
}

/// State of a process without a mean after a step.
#[inline(always)]
fn diffuse(
    driver: &Driver,
    (drift, volatility): (&Lanes, &Lanes),
    noise: &Lanes,
    years: f32,
    step: impl Fn(f32, f32, f32, f32, f32) -> f32,
) -> Lanes {
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let drift = drift.0[l] + driver.pull.0[l];
            let volatility = volatility.0[l] * driver.swing.0[l];
            step(driver.state.0[l], drift, volatility, years, noise.0[l])
        },
    )
}

/// State of a reverting process after a step.
#[inline(always)]
fn revert(
    driver: &Driver,
    mean: &Lanes,
    rate: &Lanes,
    volatility: &Lanes,
    noise: &Lanes,
    years: f32,
) -> Lanes {
    let (state, shift) = (&driver.state, &driver.mean_shift);
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let (mean, z) = (mean.0[l] + shift.0[l] + driver.pull.0[l], noise.0[l]);
            kernel::reverting(state.0[l], mean, rate.0[l], volatility.0[l], years, z)
        },
    )
}

/// State of a chain after a step.
#[inline(always)]
fn step_chain(
    state: &Lanes,
    last: usize,
    up: &Lanes,
    down: &Lanes,
    noise: &Lanes,
    years: f32,
) -> Lanes {
    let last = last as f32;
    Lanes::from_fn(
        #[inline(always)]
        |l| kernel::chained(state.0[l], last, up.0[l], down.0[l], years, noise.0[l]),
    )
}

/// Height of a jumping process after a step.
#[inline(always)]
fn jump(
    height: &Lanes,
    rate: &Lanes,
    size: &Lanes,
    half_life: &Lanes,
    noise: &Lanes,
    years: f32,
) -> Lanes {
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let (size, half_life, u) = (size.0[l], half_life.0[l], noise.0[l]);
            kernel::jumping(height.0[l], rate.0[l], size, half_life, years, u)
        },
    )
}

/// Level before shifts, from the state of the process.
#[inline(always)]
fn settle(driver: &Driver, process: &Process, inputs: &Inputs, month: Month) -> Lanes {
    match process {
        Process::Constant { level } => *inputs.get(*level),
        Process::Path { points } => interpolate(points, inputs, month),
        Process::Markov { levels, .. } => {
            Lanes::from_fn(|l| inputs.get(levels[driver.state[l] as usize])[l])
        }
        Process::Jumps { base, .. } => inputs.get(*base).zip(
            &driver.state,
            #[inline(always)]
            |base, height| base + height,
        ),
        _ => driver.state,
    }
}

/// Straight lines between dated points, flat outside.
#[inline(always)]
fn interpolate(points: &[(Month, Leaf)], inputs: &Inputs, month: Month) -> Lanes {
    let after = points.iter().position(|(date, _)| *date > month);
    match after {
        Some(0) => *inputs.get(points[0].1),
        None => points
            .last()
            .map_or(Lanes::ZERO, |(_, leaf)| *inputs.get(*leaf)),
        Some(next) => {
            let ((before, low), (then, high)) = (points[next - 1], points[next]);
            let share = (month.0 - before.0) as f32 / (then.0 - before.0) as f32;
            inputs.get(low).zip(
                inputs.get(high),
                #[inline(always)]
                |low, high| math::lerp(low, high, share),
            )
        }
    }
}

/// Which shocks have fired in each lane.
#[derive(Resource, Default)]
pub(crate) struct Fired(pub(crate) Vec<Lanes>);

/// Step in which each shock fired last.
#[derive(Resource, Default)]
pub(crate) struct FiredAt(pub(crate) Vec<Lanes>);

/// Step of what never happened: longer ago than any run.
pub(crate) const NEVER: f32 = -1.0e6;

/// Numbers that decide whether a shock without a date fires, by shock.
#[derive(Default)]
pub(crate) struct Luck(Vec<NoiseBlock>);

/// Fires shocks and applies what they do, in the order of the file.
pub(crate) fn fire_shocks(
    mut fired: ResMut<Fired>,
    mut fired_at: ResMut<FiredAt>,
    keys: Res<Keys>,
    mut luck: Local<Luck>,
    mut targets: Targets,
) {
    let plan = targets.plan.0.clone();
    luck.0
        .resize_with(plan.scenario.shocks.len(), NoiseBlock::default);
    for (idx, shock) in plan.scenario.shocks.iter().enumerate() {
        let number = u32::from(shock.number);
        if matches!(shock.timing, Timing::OncePerYear(_) | Timing::PerYear(_)) {
            luck.0[idx].prepare_uniforms(&keys.0, purpose::SHOCK, targets.clock.step, number);
        }
        let mask = firing(
            &shock.timing,
            &keys,
            number,
            &luck.0[idx],
            &fired.0[idx],
            &targets,
        );
        if mask.iter().all(|&lane| lane == 0.0) {
            continue;
        }
        for l in 0..LANES {
            fired.0[idx][l] += mask[l];
            if mask[l] > 0.0 {
                let (n, step) = (targets.clock.n, targets.clock.step);
                fired_at.0[idx][l] = step as f32;
                let what = Happening::Shock {
                    shock: u32::try_from(idx).expect("few shocks"),
                };
                targets.recorder.note(n, l, step, what);
            }
        }
        for effect in &shock.effects {
            targets.apply(effect, &mask, None);
        }
    }
}

/// Lanes in which a shock fires now.
fn firing(
    timing: &Timing,
    keys: &Keys,
    entity: u32,
    luck: &NoiseBlock,
    fired: &Lanes,
    targets: &Targets<'_, '_>,
) -> Lanes {
    let (clock, inputs) = (&targets.clock, &targets.inputs);
    let mut uniform = Lanes::ZERO;
    let first_month = clock.month;
    let last_month = clock.month + clock.months - 1;
    match timing {
        Timing::OncePerYear(rate) | Timing::PerYear(rate) => {
            let once = matches!(timing, Timing::OncePerYear(_));
            let (rate, uniform) = (inputs.get(*rate), luck.at(clock.step));
            keys.0.isa().dispatch(
                #[inline(always)]
                || {
                    Lanes::from_fn(
                        #[inline(always)]
                        |l| {
                            let free = !once | (fired.0[l] == 0.0);
                            let chance = withdrawal::probability(rate.0[l], clock.years);
                            math::indicator(free & (uniform.0[l] < chance))
                        },
                    )
                },
            )
        }
        Timing::At { month, probability } => {
            if month.0 < first_month || month.0 > last_month {
                return Lanes::ZERO;
            }
            keys.0
                .fill_uniforms(purpose::SHOCK, 0, entity, &mut uniform);
            uniform.zip(inputs.get(*probability), |u, p| math::indicator(u < p))
        }
        Timing::Between {
            from,
            until,
            probability,
        } => {
            if until.0 < first_month || from.0 > last_month {
                return Lanes::ZERO;
            }
            keys.0
                .fill_uniforms(purpose::SHOCK, 0, entity, &mut uniform);
            let span = (until.0 - from.0 + 1) as f32;
            // Given that it happens, u/p is uniform and tells when.
            uniform.zip(inputs.get(*probability), |u, p| {
                let month = from.0 as f32 + u / math::max(p, f32::MIN_POSITIVE) * span;
                let now = (month >= first_month as f32) & (month < (last_month + 1) as f32);
                math::indicator((u < p) & now)
            })
        }
    }
}

/// Applies the effects of the options that were drawn, in the lanes that drew them.
fn apply_alternatives(targets: &mut Targets) {
    let plan = targets.plan.0.clone();
    for one in &plan.scenario.alternatives {
        let drawn = *targets.inputs.get(one.leaf);
        for (place, option) in one.options.iter().enumerate() {
            let mask = drawn.map(|drawn| kernel::is_drawn(drawn, place as f32));
            for effect in &option.effects {
                targets.apply(effect, &mask, None);
            }
        }
    }
}

/// At the start the alternatives apply, in its month the policy.
pub(crate) fn apply_policy(mut targets: Targets) {
    if targets.clock.step == 0 {
        apply_alternatives(&mut targets);
    }
    let Some(idx) = targets.clock.policy else {
        return;
    };
    let plan = targets.plan.0.clone();
    let policy = &plan.scenario.policies[idx];
    let step = targets.clock.step;
    if plan.scenario.time.step_of(policy.from) != step as usize || policy.effects.is_empty() {
        return;
    }
    for l in 0..targets.clock.n {
        let n = targets.clock.n;
        let what = Happening::Policy {
            policy: u32::try_from(idx).expect("few policies"),
        };
        targets.recorder.note(n, l, step, what);
    }
    for effect in &policy.effects {
        targets.apply(effect, &Lanes::ONE, None);
    }
}
