//! Bargain: every initiative that may be tabled now is valued by its parties and put to the vote.

use foedera_scenario::{Condition, Month, Status};

use super::decide;
use super::foresee::{self, Looking, Prospect};
use super::state::{Stage, State};
use super::utility::Moment;
use crate::mechanisms::bargaining;
use crate::purpose;
use crate::rng;

/// What the parties of an initiative make of its rungs.
pub(super) struct Values {
    /// Whether a party has a voice.
    pub(super) voices: Vec<bool>,
    /// `[rung][party]`; rungs already adopted are empty.
    pub(super) parts: Vec<Vec<[f32; 10]>>,
    pub(super) sums: Vec<Vec<f32>>,
}

/// The whole phase: all initiatives are judged on the same state.
pub(super) fn meet(state: &mut State<'_>) {
    for initiative in &mut state.initiatives {
        initiative.rested += state.years;
        initiative.zeal = initiative.judged;
        initiative.vote = None;
        for party in &mut initiative.parties {
            (party.took_part, party.objected, party.pushed) = (false, false, false);
        }
    }
    let mut now: Option<Prospect> = None;
    for idx in 0..state.initiatives.len() {
        let meeting = state.initiatives[idx]
            .calendar
            .iter()
            .find(|(step, _)| *step == state.step);
        let Some(&(_, wait)) = meeting else { continue };
        state.initiatives[idx].judged = 0.0;
        if !admissible(state, idx) {
            continue;
        }
        let before = now.get_or_insert_with(|| Prospect::of(state, Moment::declared(state)));
        let values = value(state, idx, before);
        state.initiatives[idx].vote = decide::decide(state, idx, wait, &values);
    }
}

/// Whether an initiative may be tabled: open, not complete, rested, drafted, conditions met.
fn admissible(state: &State<'_>, idx: usize) -> bool {
    let (own, spec) = (&state.initiatives[idx], &state.scenario.initiatives[idx]);
    let params = &state.law.bargaining;
    let opened = u32::try_from(state.scenario.time.step_of(spec.from)).expect("steps fit u32");
    let since = state.step.saturating_sub(opened) as f32 * state.years;
    own.open
        && (spec.recurring || (own.adopted < spec.ladder.len() && own.rested >= params.pause))
        && (spec.recurring || since + 1e-4 >= params.drafting)
        && spec
            .conditions
            .iter()
            .all(|condition| holds(state, condition))
}

fn holds(state: &State<'_>, condition: &Condition) -> bool {
    match condition {
        Condition::LevelAtLeast {
            org,
            element,
            level,
        } => state.organisations[*org].built[*element] >= state.value(*level),
        Condition::DriverAbove { driver, level } => {
            state.drivers[*driver].level >= state.value(*level)
        }
        Condition::DriverBelow { driver, level } => {
            state.value(*level) >= state.drivers[*driver].level
        }
        Condition::Adopted { initiative, rung } => state.initiatives[*initiative].adopted > *rung,
        Condition::ShockWithin { shock, months } => state.fired_at[*shock].is_some_and(|at| {
            let since = i64::from(state.step - at) * i64::from(state.scenario.time.step.months());
            since <= i64::from(*months)
        }),
        Condition::Completed { initiative, rung } => {
            let own = &state.initiatives[*initiative];
            own.works[*rung]
                .as_ref()
                .map_or(own.adopted > *rung, |work| work.stage == Stage::Complete)
        }
        Condition::HasStatus { actor, org, status } => {
            state
                .seat(*org, *actor)
                .map_or(Status::Outsider, |seat| seat.status)
                == *status
        }
    }
}

/// Which parties have a voice: the named, and those who sit in a venue.
pub(super) fn voices(state: &State<'_>, idx: usize) -> Vec<bool> {
    let sits = |actor: usize| {
        let mut venues = state.scenario.initiatives[idx].venues.iter();
        venues.any(|&org| state.voice(idx, org, actor) > 0.0)
    };
    let parties = state.initiatives[idx].parties.iter();
    parties
        .map(|party| party.named || sits(party.actor))
        .collect()
}

/// Values every rung that is not adopted yet.
fn value(state: &State<'_>, idx: usize, before: &Prospect) -> Values {
    let spec = &state.scenario.initiatives[idx];
    let parties = &state.initiatives[idx].parties;
    let voices = voices(state, idx);
    let year = u32::try_from(Month(state.month).year()).unwrap_or(0);
    let params = &state.law.bargaining;
    let mut values = Values {
        voices,
        parts: Vec::new(),
        sums: Vec::new(),
    };
    let behind = foresee::behind_doors(state, idx, before);
    for (rung, file) in spec.ladder.iter().enumerate() {
        let (mut all_parts, mut sums) = (Vec::new(), Vec::new());
        if rung >= state.start(idx) {
            let after = before.after(state, idx, rung);
            for party in parties {
                let mut parts = foresee::gain(state, party.actor, before, &after);
                let looking = Looking {
                    initiative: idx,
                    actor: party.actor,
                    voices: &values.voices,
                };
                let depth = state.value(file.depth);
                parts[9] = foresee::bilateral(state, &looking, rung, parts[9]);
                parts[9] = foresee::distrust(state, &looking, depth, parts[9]);
                parts[9] = foresee::doors(state, &looking, rung, &behind, parts[9]);
                if spec.recurring {
                    let (effort, fellowship) = foresee::effort(state, &looking, depth);
                    parts[9] += effort;
                    parts[9] += fellowship;
                }
                let stances = if state.stances { 1.0 } else { 0.0 };
                parts[7] = stances * params.stance * party.stance;
                let entity = rng::directed_entity(
                    spec.number,
                    state.scenario.world.actors[party.actor].number,
                );
                let fresh = rng::logistic(state.word(purpose::PARTY_YEAR, year, entity));
                let drawn = (party.persistent, fresh, state.initiatives[idx].common);
                parts[8] = bargaining::chance(drawn, depth, params);
                // Added in the order of the parts.
                sums.push(parts.iter().skip(1).fold(parts[0], |sum, part| sum + part));
                all_parts.push(parts);
            }
        }
        values.parts.push(all_parts);
        values.sums.push(sums);
    }
    values
}
