//! Finds the events of one history that an event of the outcome language asks for.
//!
//! The same law as the engines' own (`TimeTo`, `Happened`), on events that are already there: those of a replay,
//! or rows of a table of events.

use std::collections::BTreeMap;

use foedera_scenario::{EventKind, Scenario, Status};
use foedera_sim::batch::{Event, Happening};

/// Something that happened at a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dated {
    /// Step.
    pub step: usize,
    /// What.
    pub what: Happening,
}

impl Dated {
    /// The events of one lane of a block.
    pub fn of_lane(events: &[Event], lane: u32) -> Vec<Self> {
        let own = events.iter().filter(|event| event.lane == lane);
        own.map(|event| Self {
            step: event.step as usize,
            what: event.what,
        })
        .collect()
    }
}

/// Places of the asked events in a history, in order.
pub fn places(scenario: &Scenario, history: &[Dated], asked: &EventKind) -> Vec<usize> {
    let mut statuses: BTreeMap<(usize, usize), Status> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, event) in history.iter().enumerate() {
        if fits(scenario, &statuses, event.what, asked) {
            found.push(at);
        }
        if let Happening::StatusChanged { org, actor, to, .. } = event.what {
            statuses.insert((org as usize, actor as usize), to);
        }
    }
    found
}

/// Whether an event is of the kind asked for; `statuses` are those that have changed before it.
fn fits(
    scenario: &Scenario,
    statuses: &BTreeMap<(usize, usize), Status>,
    what: Happening,
    asked: &EventKind,
) -> bool {
    let is = |asked: &Option<usize>, found: u32| asked.is_none_or(|asked| asked == found as usize);
    match (asked, what) {
        (EventKind::Shock { shock }, Happening::Shock { shock: fired }) => *shock == fired as usize,
        (EventKind::Deployment { org, actor }, Happening::Deployed { org: of, actor: to }) => {
            *org == of as usize && is(actor, to)
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
        ) => *bloc == of as usize && is(actor, host) && *opened == grew,
        (
            EventKind::Payment { initiative, actor },
            Happening::Paid {
                initiative: of,
                actor: paid,
                ..
            },
        ) => is(initiative, of) && is(actor, paid),
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
            _,
        ) => is_done(scenario, what, asked),
        (
            _,
            Happening::StatusChanged {
                org,
                actor,
                from,
                to,
                ..
            },
        ) => changes(asked, (org as usize, actor as usize), from, to),
        (
            EventKind::Dispute { pair, org, lethal },
            Happening::Dispute {
                source,
                target,
                lethal: died,
            },
        ) => {
            let (source, target) = (source as usize, target as usize);
            let is_member =
                |org: usize, actor: usize| status(scenario, statuses, org, actor) == Status::Member;
            let within = |org: usize| is_member(org, source) && is_member(org, target);
            (died || !lethal)
                && pair.is_none_or(|pair| pair == (source, target) || pair == (target, source))
                && org.is_none_or(within)
        }
        _ => false,
    }
}

/// Whether a change of status is as asked.
fn changes(asked: &EventKind, (of, who): (usize, usize), from: Status, to: Status) -> bool {
    let holds = |status: Status| matches!(status, Status::Member | Status::Suspended);
    let (org, actor, kind) = match asked {
        EventKind::Withdrawal { org, actor } => (org, actor, holds(from) && !holds(to)),
        EventKind::Suspension { org, actor } => (org, actor, to == Status::Suspended),
        EventKind::Accession { org, actor } => (
            org,
            actor,
            to == Status::Member && from != Status::Suspended,
        ),
        EventKind::StatusGained { org, actor, status } => (org, actor, rises_to(from, to, *status)),
        _ => return false,
    };
    kind && *org == of && actor.is_none_or(|actor| actor == who)
}

/// Whether a change of status reaches a status from below it; suspended counts as none.
fn rises_to(from: Status, to: Status, status: Status) -> bool {
    if status == Status::Suspended {
        return to == status && from != status;
    }
    rank(to) >= rank(status) && rank(from) < rank(status)
}

/// How far into an organisation a status reaches.
const fn rank(status: Status) -> u8 {
    match status {
        Status::Outsider | Status::Suspended => 0,
        Status::Partner => 1,
        Status::Observer => 2,
        Status::Candidate => 3,
        Status::Member => 4,
    }
}

/// Whether something was completed, given up or held; what takes no time to build is complete when it is adopted.
fn is_done(scenario: &Scenario, what: Happening, asked: &EventKind) -> bool {
    let same = |initiative: &usize, of: u32| *initiative == of as usize;
    match (asked, what) {
        (
            EventKind::Completion { initiative, rung },
            Happening::Completed {
                initiative: of,
                rung: found,
            },
        )
        | (
            EventKind::Abandonment { initiative, rung },
            Happening::Abandoned {
                initiative: of,
                rung: found,
            },
        ) => same(initiative, of) && *rung == found as usize,
        (
            EventKind::Completion { initiative, rung },
            Happening::Adopted {
                initiative: of,
                rung: reached,
                ..
            },
        ) => {
            let builds = scenario.initiatives[*initiative].ladder[*rung]
                .build_years
                .is_some();
            !builds && same(initiative, of) && reached as usize >= *rung
        }
        (
            EventKind::Holding {
                initiative,
                rung,
                all,
            },
            Happening::Held {
                initiative: of,
                rung: found,
                all: whole,
                ..
            },
        ) => same(initiative, of) && found as usize >= *rung && (!all || whole),
        _ => false,
    }
}

/// Status of an actor after some changes.
fn status(
    scenario: &Scenario,
    changed: &BTreeMap<(usize, usize), Status>,
    org: usize,
    actor: usize,
) -> Status {
    if let Some(status) = changed.get(&(org, actor)) {
        return *status;
    }
    let seats = &scenario.world.organisations[org].seats;
    let start = seats.iter().find(|(seated, _)| *seated == actor);
    start.map_or(Status::Outsider, |(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use foedera_scenario::Outcome;
    use foedera_sim::{Isa, Program};

    use super::*;
    use crate::design::Design;
    use crate::replay::{Which, replay};
    use crate::test_data;

    /// Events of the small scenario.
    fn asked() -> [EventKind; 10] {
        [
            EventKind::Adoption {
                initiative: 0,
                rung: 0,
            },
            EventKind::Adoption {
                initiative: 0,
                rung: 1,
            },
            EventKind::Completion {
                initiative: 0,
                rung: 0,
            },
            EventKind::Withdrawal {
                org: 0,
                actor: None,
            },
            EventKind::Withdrawal {
                org: 0,
                actor: Some(1),
            },
            EventKind::Suspension {
                org: 0,
                actor: None,
            },
            EventKind::StatusGained {
                org: 0,
                actor: None,
                status: Status::Member,
            },
            EventKind::Dispute {
                pair: None,
                org: Some(0),
                lethal: false,
            },
            EventKind::Dispute {
                pair: Some((1, 0)),
                org: None,
                lethal: true,
            },
            EventKind::Payment {
                initiative: None,
                actor: None,
            },
        ]
    }

    /// Every kind of event of the small scenario: the engine's own outcome says whether it happened.
    #[test]
    fn events_are_found_where_the_engine_finds_them() {
        let mut scenario = test_data::scenario();
        let asked = asked();
        scenario.outcomes = asked
            .iter()
            .map(|event| Outcome::EventCount {
                event: event.clone(),
                from: None,
                by: None,
            })
            .collect();
        let scenario = Arc::new(scenario);
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let design = Design::default();
        let mut seen = 0;
        for replicate in 0..64 {
            let which = Which {
                replicate,
                seed: 3,
                design: &design,
                policy: None,
                stances: true,
                isa: Isa::Baseline,
            };
            let outcome = replay(&scenario, &program, which).unwrap().outcome;
            let history = Dated::of_lane(&outcome.events, 0);
            for (event, counted) in asked.iter().zip(&outcome.outcomes) {
                let found = places(&scenario, &history, event).len();
                assert!(
                    (counted[0] - found as f32).abs() < 0.5,
                    "{event:?}: {} is not {found}",
                    counted[0]
                );
                seen += found;
            }
        }
        assert!(seen > 20, "{seen}");
    }
}
