//! Appraise: each actor's utility of each organisation as it is built.

use foedera_scenario::Status;

use super::state::State;
use super::utility::{self, Judged, Moment};
use crate::math;
use crate::mechanisms::threats;

/// The whole phase.
pub(super) fn appraise(state: &mut State<'_>) {
    note_elsewhere(state);
    let moment = Moment::built(state);
    let n_blocs = state.scenario.world.blocs.len();
    for org in 0..state.organisations.len() {
        let view = utility::view(state, &moment, org);
        let company = utility::company(state, &moment, org);
        for at in 0..state.organisations[org].seats.len() {
            let seat = &state.organisations[org].seats[at];
            let carried = utility::carry(state, &moment, org, seat.actor);
            let at_start = state.step == 0;
            let reference = if at_start {
                carried.posture.clone()
            } else {
                seat.reference.clone()
            };
            let (weight, reference_now) = (seat.weight, &reference);
            let judged = Judged {
                org,
                at,
                weight,
                view: &view,
                company: &company,
                carried: &carried,
                reference: reference_now,
            };
            let found = utility::judge(state, &judged);
            // A suspended member weighs coming back by what full membership would be worth.
            let worth = if seat.status == Status::Suspended {
                let full = Judged {
                    weight: 1.0,
                    ..judged
                };
                utility::added(state, &full, sum_of(&utility::judge(state, &full).terms))
            } else {
                utility::added(state, &judged, sum_of(&found.terms))
            };
            let smoothed = threats::share_moved(state.law.withdrawal.smoothing, state.years);
            let share = if at_start { 1.0 } else { smoothed };
            let adapted = threats::share_moved(state.law.outside.adaptation, state.years);
            let seat = &mut state.organisations[org].seats[at];
            seat.total = sum_of(&found.terms);
            seat.smoothed = math::lerp(seat.smoothed, worth, share);
            seat.terms = found.terms;
            seat.protection = found.protection;
            (seat.lead, seat.led, seat.interdependence) =
                (found.lead, found.led, found.interdependence);
            seat.reference = (0..n_blocs)
                .map(|bloc| math::lerp(reference[bloc], carried.posture[bloc], adapted))
                .collect();
            seat.felt = carried.posture;
        }
    }
    note_shields(state);
}

/// Sum of the terms, in their order.
fn sum_of(terms: &[f32; 7]) -> f32 {
    terms.iter().skip(1).fold(terms[0], |sum, term| sum + term)
}

/// Protection by the actor's best other organisation, as it was after the last step.
fn note_elsewhere(state: &mut State<'_>) {
    for org in 0..state.organisations.len() {
        for at in 0..state.organisations[org].seats.len() {
            let actor = state.organisations[org].seats[at].actor;
            for threat in 0..state.scenario.world.threats.len() {
                let mut best = 0.0;
                for other in (0..state.organisations.len()).filter(|&other| other != org) {
                    if let Some(seat) = state.seat(other, actor) {
                        best = math::max(best, seat.protection[threat] * seat.weight);
                    }
                }
                state.organisations[org].seats[at].elsewhere[threat] = best;
            }
        }
    }
}

/// Best protection of each actor.
fn note_shields(state: &mut State<'_>) {
    for actor in 0..state.actors.len() {
        for threat in 0..state.scenario.world.threats.len() {
            let mut best = 0.0;
            for org in 0..state.organisations.len() {
                if let Some(seat) = state.seat(org, actor) {
                    best = math::max(best, seat.protection[threat] * seat.weight);
                }
            }
            state.actors[actor].shield[threat] = best;
        }
    }
}
