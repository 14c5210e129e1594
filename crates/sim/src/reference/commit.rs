//! Commit, first part: what was adopted applies, members commit, organisations build, texts fade.

use super::effects;
use super::projects;
use super::state::State;
use crate::math;
use crate::mechanisms::{commitment, threats};

/// Applies what was adopted, in the order of the file.
pub(super) fn adopt(state: &mut State<'_>) {
    for (idx, spec) in state.scenario.initiatives.iter().enumerate() {
        let Some(rung) = state.initiatives[idx]
            .vote
            .as_ref()
            .and_then(|vote| vote.rung)
        else {
            continue;
        };
        for (at, step) in spec
            .ladder
            .iter()
            .enumerate()
            .take(rung + 1)
            .skip(state.start(idx))
        {
            if projects::begin(state, idx, at) {
                continue;
            }
            for effect in &step.effects {
                effects::apply(state, effect, Some(idx));
            }
        }
        let deepest = &mut state.initiatives[idx].adopted;
        *deepest = (*deepest).max(rung + 1);
        state.initiatives[idx].rested = 0.0;
    }
}

/// Forces abroad wane.
pub(super) fn go_home(state: &mut State<'_>) {
    let gone = threats::share_moved(1.0 / state.law.forces.stay, state.years);
    for level in &mut state.posts {
        *level *= 1.0 - gone;
    }
}

/// Commitment follows utility; at the first step it is there.
pub(super) fn commit_members(state: &mut State<'_>) {
    let params = &state.law.commitment;
    let moved = threats::share_moved(params.speed, state.years);
    let share = if state.step == 0 { 1.0 } else { moved };
    for seat in state
        .organisations
        .iter_mut()
        .flat_map(|org| &mut org.seats)
    {
        seat.commitment = math::lerp(
            seat.commitment,
            commitment::target(seat.total, params),
            share,
        );
    }
}

/// Built levels follow declared ones as far as members deliver.
pub(super) fn build(state: &mut State<'_>) {
    for org in 0..state.organisations.len() {
        let (committed, spread) = deliverers(state, org);
        let params = &state.law.commitment;
        let delivery = commitment::delivery(committed, spread, params.heterogeneity);
        let organisation = &mut state.organisations[org];
        organisation.delivery = delivery;
        for ((built, &declared), element) in organisation
            .built
            .iter_mut()
            .zip(&organisation.declared)
            .zip(&state.elements)
        {
            // At the start, what is declared stands as far as it is delivered.
            *built = if state.step == 0 {
                declared * delivery
            } else {
                commitment::next_built(
                    *built,
                    declared,
                    delivery,
                    element.build_years,
                    params.decay,
                    state.years,
                )
            };
        }
    }
}

/// Mean commitment of members by the root of capability, and the spread of their ideal points.
fn deliverers(state: &State<'_>, org: usize) -> (f32, f32) {
    let (mut weight, mut committed) = (0.0, 0.0);
    let (mut heads, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for seat in &state.organisations[org].seats {
        let actor = &state.actors[seat.actor];
        let voice = seat.weight * math::sqrt(actor.capability);
        weight += voice;
        committed += voice * seat.commitment;
        heads += seat.weight;
        sum += seat.weight * actor.ideal;
        squares += seat.weight * actor.ideal * actor.ideal;
    }
    let heads = math::max(heads, f32::MIN_POSITIVE);
    let mean = sum / heads;
    let spread = math::sqrt(math::positive_part(squares / heads - mean * mean));
    (committed / math::max(weight, f32::MIN_POSITIVE), spread)
}

/// Texts fade.
pub(super) fn fade_texts(state: &mut State<'_>) {
    let kept = 1.0 - threats::share_moved(state.law.outside.fading, state.years);
    for text in state
        .organisations
        .iter_mut()
        .flat_map(|org| &mut org.texts)
    {
        *text *= kept;
    }
}
