//! Commit, before anything new is adopted: what is being built goes on, is completed or is given up.

use super::effects;
use super::state::{Stage, State, index};
use crate::batch::Happening;
use crate::math;
use crate::mechanisms::{projects, withdrawal};
use crate::program;
use crate::purpose;
use crate::rng;

/// Begins to build what a rung builds, with those who take part now; false if it takes no time.
pub(super) fn begin(state: &mut State<'_>, idx: usize, rung: usize) -> bool {
    let own = &mut state.initiatives[idx];
    let Some(work) = &mut own.works[rung] else {
        return false;
    };
    work.stage = Stage::Building;
    work.steps = 0;
    work.crew = own.parties.iter().map(|party| party.took_part).collect();
    true
}

/// Lets every project grow by a step.
pub(super) fn build(state: &mut State<'_>) {
    for idx in 0..state.initiatives.len() {
        for rung in 0..state.initiatives[idx].works.len() {
            let work = state.initiatives[idx].works[rung].as_ref();
            if work.is_some_and(|work| work.stage == Stage::Building) {
                grow(state, idx, rung);
            }
        }
    }
}

fn grow(state: &mut State<'_>, idx: usize, rung: usize) {
    let stopped = stops(state, idx, rung);
    let years = state.years;
    let work = state.initiatives[idx].works[rung]
        .as_mut()
        .expect("only what builds comes here");
    work.steps += 1;
    let done = projects::is_built(work.steps as f32, years, work.years);
    let (initiative, number) = (index(idx), index(rung));
    if stopped {
        work.stage = Stage::Abandoned;
        state.note(Happening::Abandoned {
            initiative,
            rung: number,
        });
    } else if done {
        work.stage = Stage::Complete;
        state.note(Happening::Completed {
            initiative,
            rung: number,
        });
        complete(state, idx, rung);
    }
}

/// Applies what was built, on behalf of those who built it.
fn complete(state: &mut State<'_>, idx: usize, rung: usize) {
    let own = &mut state.initiatives[idx];
    let crew = own.works[rung]
        .as_ref()
        .map_or_else(Vec::new, |work| work.crew.clone());
    let joined: Vec<bool> = own.parties.iter().map(|party| party.took_part).collect();
    let put = |state: &mut State<'_>, who: &[bool]| {
        for (party, took_part) in state.initiatives[idx].parties.iter_mut().zip(who) {
            party.took_part = *took_part;
        }
    };
    put(state, &crew);
    for effect in &state.scenario.initiatives[idx].ladder[rung].effects {
        effects::apply(state, effect, Some(idx));
    }
    put(state, &joined);
}

/// Whether the work is given up now: by chance, the sooner the less its builders like one another, or with its initiative.
fn stops(state: &State<'_>, idx: usize, rung: usize) -> bool {
    let own = &state.initiatives[idx];
    let crew = own.works[rung].as_ref().map_or(&[][..], |work| &work.crew);
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (first, one) in own.parties.iter().enumerate() {
        for (second, other) in own.parties.iter().enumerate().skip(first + 1) {
            if crew[first] && crew[second] {
                sum += state.pair(one.actor, other.actor).affinity;
                pairs += 1.0;
            }
        }
    }
    let rate =
        projects::abandonment_rate(state.law.projects.abandonment, sum / math::max(pairs, 1.0));
    let entity = program::site_entity(state.scenario.initiatives[idx].number, rung);
    let uniform = rng::uniform(state.word(purpose::ABANDONMENT, state.step, entity));
    uniform < withdrawal::probability(rate, state.years) || !own.open
}
