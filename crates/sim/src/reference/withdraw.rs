//! Commit, last part: members suspend, leave, or come back.

use foedera_scenario::Status;

use super::state::{Seat, State, index};
use crate::batch::{Cause, Happening};
use crate::math;
use crate::mechanisms::withdrawal::{self, ALLIANCE, WithdrawalParams};
use crate::purpose;
use crate::rng;
use crate::systems::withdraw::RETURN_YEARS;

/// Members leave or suspend, the suspended return, seat by seat.
pub(super) fn withdraw(state: &mut State<'_>) {
    let (step, params) = (state.step, state.law.withdrawal.clone());
    for organisation in &mut state.organisations {
        if step == 0 {
            organisation.ordinary_hold = ordinary_hold(&organisation.seats, &params);
        }
        for seat in &mut organisation.seats {
            // Full weight is what the utility of this step was appraised with.
            let full = seat.weight == 1.0;
            if step == 0 {
                seat.ordinary = organisation.ordinary_hold;
            } else if full && !seat.was_member {
                seat.ordinary = math::min(hold(seat, &params), organisation.ordinary_hold);
            }
            seat.was_member = full;
        }
    }
    for org in 0..state.organisations.len() {
        for at in 0..state.organisations[org].seats.len() {
            let seat = &state.organisations[org].seats[at];
            if matches!(seat.status, Status::Member | Status::Suspended) {
                reconsider(state, org, at);
            }
        }
    }
}

fn hold(seat: &Seat, params: &WithdrawalParams<f32>) -> f32 {
    withdrawal::hold(seat.smoothed, seat.led, params.leverage)
}

/// Hold at which a member has the base hazard, from the members that do not lead.
fn ordinary_hold(seats: &[Seat], params: &WithdrawalParams<f32>) -> f32 {
    let counted = || {
        let led = |seat: &&Seat| seat.weight == 1.0 && seat.lead <= seat.led;
        seats.iter().filter(led).map(|seat| hold(seat, params))
    };
    let least = counted().fold(f32::MAX, math::min);
    let sum = counted().fold(0.0, |sum, hold| {
        sum + withdrawal::relative_hazard(hold, least, params.response)
    });
    withdrawal::ordinary_hold(least, sum, counted().count() as f32, params.response)
}

/// One member, or suspended member, thinks again.
fn reconsider(state: &mut State<'_>, org: usize, at: usize) {
    let spec = &state.scenario.world.organisations[org];
    let seat = &state.organisations[org].seats[at];
    let (from, actor) = (seat.status, seat.actor);
    let entity = rng::directed_entity(spec.number, state.scenario.world.actors[actor].number);
    let uniform = rng::uniform(state.word(purpose::EXIT, state.step, entity));
    let params = &state.law.withdrawal;
    let rival = rival(state, org, actor);
    let best = math::max(rival.unwrap_or(0.0), 0.0);
    let led_by_others = seat.lead <= seat.led || seat.erratic;
    let to = if from == Status::Member && led_by_others {
        let base = state.value(spec.exit_per_year);
        let hold = hold(seat, params);
        let hazard = if seat.erratic {
            params.base_rate
        } else {
            withdrawal::hazard(base, hold, seat.ordinary, best, params.response)
        };
        let chance = withdrawal::probability(hazard, state.years);
        if uniform < chance * params.suspension {
            Status::Suspended
        } else if uniform < chance {
            Status::Outsider
        } else {
            from
        }
    } else if from == Status::Suspended && seat.smoothed > best {
        let back = withdrawal::probability(1.0 / RETURN_YEARS, state.years);
        if uniform < back { Status::Member } else { from }
    } else {
        from
    };
    let to = if must_leave(state, seat, rival, entity) {
        Status::Outsider
    } else {
        to
    };
    if to == from {
        return;
    }
    let cause = match rival {
        _ if to == Status::Member => Cause::Returned,
        Some(_) => Cause::Exclusive,
        _ if seat.erratic => Cause::Unforeseen,
        None => Cause::Worth(heaviest_loss(seat)),
    };
    state.organisations[org].seats[at].status = to;
    state.note(Happening::StatusChanged {
        org: index(org),
        actor: index(actor),
        from,
        to,
        cause,
    });
}

/// Whether a member that must choose between two organisations leaves this one, worth no more than the other.
fn must_leave(state: &State<'_>, seat: &Seat, rival: Option<f32>, entity: u32) -> bool {
    let lesser = rival.is_some_and(|worth| seat.smoothed <= worth);
    if !(seat.is_member() && lesser) {
        return false;
    }
    let uniform = rng::uniform(state.word(purpose::CHOICE, state.step, entity));
    uniform < withdrawal::probability(state.law.withdrawal.choice, state.years)
}

/// Worth of the best of the organisations that exclude this one and of which the actor is a member.
fn rival(state: &State<'_>, org: usize, actor: usize) -> Option<f32> {
    let mut best: Option<f32> = None;
    for other in (0..state.organisations.len()).filter(|&other| other != org) {
        let seat = state.seat(other, actor).filter(|seat| seat.is_member());
        if let Some(seat) = seat.filter(|_| exclude(state, org, other)) {
            best = Some(best.map_or(seat.smoothed, |best| math::max(seat.smoothed, best)));
        }
    }
    best
}

/// Whether two organisations exclude one another: alliances, one of them exclusive, and no link between them.
fn exclude(state: &State<'_>, one: usize, other: usize) -> bool {
    let linked = |from: usize, to: usize| {
        let links = state.program.organisations[from].links.iter();
        let mut levels = links
            .filter(|(_, partner)| *partner == to)
            .map(|(element, _)| state.organisations[from].declared[*element]);
        levels.any(|level| level >= state.law.withdrawal.link)
    };
    is_alliance(state, one)
        && is_alliance(state, other)
        && (is_exclusive(state, one) || is_exclusive(state, other))
        // A threshold of nothing is reached without any link.
        && state.law.withdrawal.link > 0.0
        && !linked(one, other)
        && !linked(other, one)
}

/// Whether an exclusive article is declared to a half.
fn has_article(state: &State<'_>, org: usize) -> bool {
    let declared = state.organisations[org].declared.iter();
    let mut articles = declared
        .zip(&state.scenario.world.elements)
        .filter(|(_, element)| element.exclusive);
    articles.any(|(level, _)| *level >= ALLIANCE)
}

/// Whether an alliance forbids its members others.
fn is_exclusive(state: &State<'_>, org: usize) -> bool {
    state.scenario.world.organisations[org].exclusive || has_article(state, org)
}

/// Whether the mutual assistance that an organisation declares, or an exclusive article, makes it an alliance.
fn is_alliance(state: &State<'_>, org: usize) -> bool {
    let declared = &state.organisations[org].declared;
    let levels = declared.iter().zip(&state.elements);
    let assistance = levels.fold(0.0, |sum, (level, element)| {
        sum + level * element.assistance
    });
    assistance >= ALLIANCE || has_article(state, org)
}

/// The term that weighs most against staying.
fn heaviest_loss(seat: &Seat) -> u32 {
    let worst = (0..7).reduce(|worst, term| {
        if seat.terms[term] < seat.terms[worst] {
            term
        } else {
            worst
        }
    });
    index(worst.expect("there are seven terms"))
}
