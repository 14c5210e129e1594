//! Outcomes: read from the state when their month has passed, or counted from the events at the end.

use foedera_scenario::{ActorKind, EventKind, Month, Outcome, Status};

use super::Replicate;
use super::fact;
use super::state::State;
use crate::batch::{Event, Happening};
use crate::math;
use crate::mechanisms::membership;
use crate::probe;
use crate::purpose;
use crate::rng;

/// The step after which an outcome is read; none for those counted from events.
fn step_of(state: &State<'_>, outcome: &Outcome) -> Option<usize> {
    let at: Option<Month> = match outcome {
        Outcome::TimeTo { .. }
        | Outcome::EventCount { .. }
        | Outcome::Happened { .. }
        | Outcome::Completed { .. } => {
            return None;
        }
        // Never atoms.
        Outcome::Constant(_)
        | Outcome::Any { .. }
        | Outcome::All { .. }
        | Outcome::AtLeast { .. }
        | Outcome::Not { .. }
        | Outcome::Compare { .. }
        | Outcome::Computed { .. } => return None,
        Outcome::BlockShare { .. } | Outcome::ParticipationShare { .. } => None,
        Outcome::Adopted { by, .. } | Outcome::TookPart { by, .. } => *by,
        Outcome::Cohesion { at, .. }
        | Outcome::CohesionPart { at, .. }
        | Outcome::Maturity { at, .. }
        | Outcome::Implementation { at, .. }
        | Outcome::Level { at, .. }
        | Outcome::Count { at, .. }
        | Outcome::HasStatus { at, .. }
        | Outcome::Depth { at, .. }
        | Outcome::DriverLevel { at, .. }
        | Outcome::Affinity { at, .. }
        | Outcome::Trust { at, .. }
        | Outcome::Presence { at, .. }
        | Outcome::Utility { at, .. }
        | Outcome::Antagonism { at, .. }
        | Outcome::State { at, .. } => *at,
    };
    let time = &state.scenario.time;
    Some(time.step_of(at.unwrap_or(time.end)))
}

/// Reads every outcome whose month has come.
pub(super) fn probe(state: &mut State<'_>) {
    for (idx, outcome) in state.program.atoms.iter().enumerate() {
        if step_of(state, outcome) == Some(state.step as usize) {
            state.left.outcomes[idx] = read(state, outcome);
        }
    }
}

fn read(state: &State<'_>, outcome: &Outcome) -> f32 {
    let organisation = |org: &usize| &state.organisations[*org];
    match outcome {
        Outcome::Cohesion { org, .. } => organisation(org).cohesion,
        Outcome::CohesionPart { org, part, .. } => organisation(org).parts[*part as usize],
        Outcome::Maturity { org, .. } => organisation(org).maturity,
        Outcome::Implementation { org, .. } => organisation(org).implementation,
        Outcome::Level { org, element, .. } => organisation(org).built[*element],
        Outcome::Antagonism { org, bloc, .. } => organisation(org).antagonism[*bloc],
        Outcome::DriverLevel { driver, .. } => state.drivers[*driver].level,
        Outcome::Trust { actor, bloc, .. } => state.actors[*actor].blocs[*bloc].trust,
        Outcome::Presence { actor, bloc, .. } => state.actors[*actor].blocs[*bloc].presence,
        Outcome::Affinity { source, target, .. } if source == target => 1.0,
        Outcome::Affinity { source, target, .. } => state.pair(*source, *target).affinity,
        Outcome::State { of, .. } => fact::read(state, of),
        Outcome::Count { org, status, .. } => count(state, *org, *status),
        Outcome::HasStatus {
            actor, org, status, ..
        } => {
            let has = state
                .seat(*org, *actor)
                .map_or(Status::Outsider, |seat| seat.status);
            let enough = if *status == Status::Suspended {
                has == *status
            } else {
                membership::standing(membership::code(has)) >= membership::code(*status)
            };
            math::indicator(enough)
        }
        Outcome::Adopted {
            initiative, rung, ..
        } => math::indicator(state.initiatives[*initiative].adopted > *rung),
        Outcome::Depth { initiative, .. } => {
            let ladder = &state.scenario.initiatives[*initiative].ladder;
            let deepest = state.initiatives[*initiative].adopted.checked_sub(1);
            deepest.map_or(0.0, |rung| state.value(ladder[rung].depth))
        }
        Outcome::BlockShare { initiative, actor } => {
            let own = &state.initiatives[*initiative];
            let party = own.parties.iter().find(|party| party.actor == *actor);
            let share = party
                .filter(|_| own.tabled > 0)
                .map(|party| party.blocked as f32 / own.tabled as f32);
            share.unwrap_or(f32::NAN)
        }
        Outcome::Utility {
            actor, org, term, ..
        } => {
            let worth = |seat: &super::state::Seat| {
                term.map_or(seat.total, |term| seat.terms[term as usize])
            };
            state.seat(*org, *actor).map_or(0.0, worth)
        }
        Outcome::TookPart {
            initiative, actor, ..
        } => {
            let mut parties = state.initiatives[*initiative].parties.iter();
            math::indicator(parties.any(|party| party.actor == *actor && party.took > 0))
        }
        Outcome::ParticipationShare { initiative, actor } => {
            participation(state, *initiative, *actor)
        }
        _ => unreachable!("counted from events or made of others"),
    }
}

/// Share of adoptions or holdings in which an actor, or the mean actor, took part.
fn participation(state: &State<'_>, initiative: usize, actor: Option<usize>) -> f32 {
    let own = &state.initiatives[initiative];
    let took = actor.map_or(own.shares, |actor| {
        let party = own.parties.iter().find(|party| party.actor == actor);
        party.map_or(0.0, |party| party.took as f32)
    });
    if own.held > 0 {
        took / own.held as f32
    } else {
        f32::NAN
    }
}

/// Counts the outcomes that hang on events and hands everything over.
pub(super) fn finish(mut state: State<'_>) -> Replicate {
    let time = &state.scenario.time;
    let events = &state.left.events;
    for (outcome, value) in state.program.atoms.iter().zip(&mut state.left.outcomes) {
        let asked = |at: &usize, event: &EventKind| is_asked(state.program, events, *at, event);
        match outcome {
            Outcome::TimeTo { event } => {
                let first = (0..events.len()).find(|at| asked(at, event));
                *value = first.map_or(f32::NAN, |at| (events[at].step + 1) as f32 * state.years);
            }
            Outcome::EventCount { event, from, by } | Outcome::Happened { event, from, by } => {
                let first = time.step_of(from.unwrap_or(time.start));
                let last = time.step_of(by.unwrap_or(time.end));
                let due = |at: &usize| (first..=last).contains(&(events[*at].step as usize));
                let counted = (0..events.len()).filter(|at| due(at) && asked(at, event));
                let counted = counted.count() as f32;
                let whether = matches!(outcome, Outcome::Happened { .. });
                *value = if whether {
                    math::indicator(counted > 0.0)
                } else {
                    counted
                };
            }
            Outcome::Completed {
                initiative,
                rung,
                by,
            } => {
                let (initiative, rung) = (*initiative, *rung);
                let event = EventKind::Completion { initiative, rung };
                let last = time.step_of(by.unwrap_or(time.end));
                let mut by_then = (0..events.len()).filter(|at| events[*at].step as usize <= last);
                *value = math::indicator(by_then.any(|at| asked(&at, &event)));
            }
            _ => {}
        }
    }
    let left = state.left;
    Replicate {
        outcomes: probe::combine(state.scenario, left.outcomes),
        series: left.series,
        events: left.events,
        decisions: left.decisions,
        ledger: left.ledger,
        fault: left.fault,
    }
}

/// Actors with a status, and those that are counted without being actors.
fn count(state: &State<'_>, org: usize, status: Status) -> f32 {
    let spec = &state.scenario.world.organisations[org];
    let others = spec.counts_others(&state.scenario.leaves);
    let stands_for_others = |actor: usize| {
        others
            && status == Status::Member
            && state.scenario.world.actors[actor].kind == ActorKind::Collective
    };
    let seats = state.organisations[org].seats.iter();
    let actors = seats
        .filter(|seat| seat.status == status && !stands_for_others(seat.actor))
        .count() as f32;
    if !others {
        return actors;
    }
    let years = (state.step + 1) as f32 * state.years;
    let rate = state.value(spec.counted_accession_per_year);
    let mut acceded = 0.0;
    for candidate in 0..spec.counted_candidates {
        let word = state.word(
            purpose::COUNTED,
            u32::from(candidate),
            u32::from(spec.number),
        );
        acceded += membership::acceded(rng::uniform(word), rate, years);
    }
    match status {
        Status::Member => acceded + state.value(spec.counted_seats) + actors,
        Status::Candidate => f32::from(spec.counted_candidates) - acceded + actors,
        _ => actors,
    }
}

/// Whether an event is of the kind asked for.
fn is_asked(
    program: &crate::program::Program,
    events: &[Event],
    at: usize,
    asked: &EventKind,
) -> bool {
    let holds = |status: Status| matches!(status, Status::Member | Status::Suspended);
    match (asked, events[at].what) {
        (EventKind::Shock { shock }, Happening::Shock { shock: fired }) => *shock == fired as usize,
        (EventKind::Deployment { .. } | EventKind::Base { .. }, what) => is_moved(asked, what),
        (
            EventKind::Payment { initiative, actor },
            Happening::Paid {
                initiative: of,
                actor: paid,
                ..
            },
        ) => {
            initiative.is_none_or(|asked| asked == of as usize)
                && actor.is_none_or(|asked| asked == paid as usize)
        }
        (
            EventKind::Adoption { initiative, rung },
            Happening::Adopted {
                initiative: of,
                rung: reached,
                ..
            },
        ) => *initiative == of as usize && reached as usize >= *rung,
        (
            EventKind::Completion { .. }
            | EventKind::Abandonment { .. }
            | EventKind::Holding { .. },
            what,
        ) => is_done(program, asked, what),
        (
            EventKind::Withdrawal { org, actor }
            | EventKind::Suspension { org, actor }
            | EventKind::Accession { org, actor }
            | EventKind::StatusGained { org, actor, .. },
            Happening::StatusChanged {
                org: of,
                actor: who,
                from,
                to,
                ..
            },
        ) => {
            let kind = match asked {
                EventKind::Withdrawal { .. } => holds(from) && !holds(to),
                EventKind::Suspension { .. } => to == Status::Suspended,
                EventKind::StatusGained { status, .. } => probe::rises_to(from, to, *status),
                _ => to == Status::Member && from != Status::Suspended,
            };
            kind && *org == of as usize && actor.is_none_or(|actor| actor == who as usize)
        }
        (
            EventKind::Dispute { pair, org, lethal },
            Happening::Dispute {
                source,
                target,
                lethal: died,
            },
        ) => {
            let (source, target) = (source as usize, target as usize);
            let members = |org: usize| {
                [source, target]
                    .iter()
                    .all(|&actor| status_before(program, events, at, org, actor) == Status::Member)
            };
            (died || !lethal)
                && pair.is_none_or(|pair| pair == (source, target) || pair == (target, source))
                && org.is_none_or(members)
        }
        _ => false,
    }
}

/// Whether forces were sent, or a base opened or closed, as asked for.
fn is_moved(asked: &EventKind, what: Happening) -> bool {
    match (asked, what) {
        (EventKind::Deployment { org, actor }, Happening::Deployed { org: of, actor: to }) => {
            *org == of as usize && actor.is_none_or(|actor| actor == to as usize)
        }
        (
            EventKind::Base {
                bloc,
                actor,
                opened,
            },
            Happening::Base {
                bloc: of,
                actor: host,
                opened: grew,
            },
        ) => {
            let here = actor.is_none_or(|actor| actor == host as usize);
            *bloc == of as usize && here && *opened == grew
        }
        _ => false,
    }
}

/// Whether something was completed, given up or held; what takes no time to build is complete when it is adopted.
fn is_done(program: &crate::program::Program, asked: &EventKind, what: Happening) -> bool {
    let at = |initiative: u32, rung: u32| (initiative as usize, rung as usize);
    match *asked {
        EventKind::Completion { initiative, rung } => match what {
            Happening::Completed {
                initiative: of,
                rung: found,
            } => at(of, found) == (initiative, rung),
            Happening::Adopted {
                initiative: of,
                rung: reached,
                ..
            } => {
                let ladder = &program.scenario.initiatives[initiative].ladder;
                let (of, reached) = at(of, reached);
                ladder[rung].build_years.is_none() && of == initiative && reached >= rung
            }
            _ => false,
        },
        EventKind::Abandonment { initiative, rung } => match what {
            Happening::Abandoned {
                initiative: of,
                rung: found,
            } => at(of, found) == (initiative, rung),
            _ => false,
        },
        EventKind::Holding {
            initiative,
            rung,
            all,
        } => match what {
            Happening::Held {
                initiative: of,
                rung: found,
                all: everybody,
                ..
            } => of as usize == initiative && found as usize >= rung && (!all || everybody),
            _ => false,
        },
        _ => false,
    }
}

/// Status of an actor just before an event.
fn status_before(
    program: &crate::program::Program,
    events: &[Event],
    at: usize,
    org: usize,
    actor: usize,
) -> Status {
    let start = program.scenario.world.organisations[org]
        .seats
        .iter()
        .find(|(seated, _)| *seated == actor);
    let mut status = start.map_or(Status::Outsider, |(_, status)| *status);
    for event in &events[..at] {
        if let Happening::StatusChanged {
            org: of,
            actor: who,
            to,
            ..
        } = event.what
            && (of as usize, who as usize) == (org, actor)
        {
            status = to;
        }
    }
    status
}
