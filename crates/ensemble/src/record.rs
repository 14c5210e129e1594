//! Turns what the engine returns into the plain rows that results take.

use foedera_results::layout::NONE;
use foedera_results::record::{ArmBlock, DecisionRow, EventRow, FaultRow};
use foedera_sim::BlockOutcome;
use foedera_sim::batch::{Cause, Decision, Event, FaultKind, Happening};
use foedera_sim::lanes::Lanes;

use crate::layout::Labels;

/// Turns the outcome of one block into rows. `draws` are those of the arm, one for each drawn input.
pub(crate) fn arm_block(
    labels: &Labels,
    n: usize,
    draws: Vec<Vec<f32>>,
    outcome: &BlockOutcome,
    with_trajectories: bool,
) -> ArmBlock {
    let lanes = |lanes: &Lanes| lanes[..n].to_vec();
    let faults = (0..n).map(|lane| {
        let fault = outcome.faults.get(lane).copied().flatten()?;
        Some(FaultRow {
            step: fault.step,
            kind: fault_kind(fault.what),
        })
    });
    let trajectories = if with_trajectories {
        outcome
            .series
            .iter()
            .map(|steps| steps.iter().map(lanes).collect())
            .collect()
    } else {
        Vec::new()
    };
    let held = |lane: u32| (lane as usize) < n;
    let events = outcome.events.iter().filter(|event| held(event.lane));
    let mut decisions: Vec<DecisionRow> = outcome
        .decisions
        .iter()
        .filter(|row| held(row.lane))
        .map(decision_row)
        .collect();
    // Results read them replicate by replicate; within one, the order of happening stays.
    decisions.sort_by_key(|row| row.lane);
    ArmBlock {
        inputs: draws,
        outcomes: outcome.outcomes.iter().map(lanes).collect(),
        faults: faults.collect(),
        events: events.map(|event| event_row(labels, event)).collect(),
        decisions,
        trajectories,
    }
}

const fn fault_kind(what: FaultKind) -> u32 {
    match what {
        FaultKind::NotFinite => 0,
        FaultKind::OutOfBounds => 1,
        FaultKind::TooManyEvents => 2,
    }
}

fn decision_row(decision: &Decision) -> DecisionRow {
    DecisionRow {
        lane: decision.lane,
        step: decision.step,
        initiative: decision.initiative,
        adopted: decision.adopted,
        blockers: decision
            .blockers
            .iter()
            .map(|blocker| (blocker.actor, blocker.term))
            .collect(),
        pivotal: decision.pivotal,
    }
}

const fn cause_label(labels: &Labels, cause: Cause) -> u32 {
    match cause {
        Cause::Effect => labels.effect,
        Cause::Worth(term) => labels.worths + term,
        Cause::Exclusive => labels.exclusive,
        Cause::Unforeseen => labels.unforeseen,
        Cause::Returned => labels.returned,
    }
}

/// A shock of no name: the row that [`event_row`] fills.
const fn blank_row(event: &Event) -> EventRow {
    EventRow {
        lane: event.lane,
        step: event.step,
        kind: 0,
        subject: NONE,
        object: NONE,
        detail: NONE,
        from: NONE,
        to: NONE,
        count: None,
    }
}

fn event_row(labels: &Labels, event: &Event) -> EventRow {
    let mut row = blank_row(event);
    match event.what {
        Happening::Shock { shock } => row.subject = labels.shocks + shock,
        Happening::Adopted {
            initiative,
            rung,
            parties,
        } => {
            row.kind = 1;
            row.subject = labels.initiatives + initiative;
            row.object = labels.rungs[initiative as usize] + rung;
            row.count = Some(parties);
        }
        Happening::Blocked {
            initiative,
            blocker,
            blockers,
            term,
        } => {
            row.kind = 2;
            row.subject = labels.initiatives + initiative;
            row.object = labels.actors + blocker;
            row.detail = labels.terms + term;
            row.count = Some(blockers);
        }
        Happening::Paid {
            initiative,
            payer,
            actor,
        } => {
            row.kind = 3;
            row.subject = labels.initiatives + initiative;
            row.object = labels.actors + actor;
            row.detail = labels.actors + payer;
        }
        Happening::StatusChanged {
            org,
            actor,
            from,
            to,
            cause,
        } => {
            row.kind = 4;
            row.subject = labels.actors + actor;
            row.object = labels.organisations + org;
            row.detail = cause_label(labels, cause);
            row.from = labels.statuses + from.code() as u32;
            row.to = labels.statuses + to.code() as u32;
        }
        Happening::Dispute {
            source,
            target,
            lethal,
        } => {
            row.kind = 5;
            row.subject = labels.actors + source;
            row.object = labels.actors + target;
            row.detail = if lethal { labels.lethal } else { NONE };
        }
        Happening::Policy { policy } => (row.kind, row.subject) = (6, labels.policies + policy),
        Happening::Held { .. }
        | Happening::Completed { .. }
        | Happening::Abandoned { .. }
        | Happening::Deployed { .. }
        | Happening::Unforeseen { .. }
        | Happening::Base { .. } => work_row(labels, event.what, &mut row),
    }
    row
}

/// The row of what is held again and again, built, sent abroad, or not foreseen.
fn work_row(labels: &Labels, what: Happening, row: &mut EventRow) {
    match what {
        Happening::Unforeseen { initiative, rung } => {
            row.kind = 12;
            row.subject = labels.initiatives + initiative;
            row.object = labels.rungs[initiative as usize] + rung;
        }
        Happening::Held {
            initiative,
            rung,
            parties,
            all,
            host,
        } => {
            row.kind = 7;
            row.subject = labels.initiatives + initiative;
            row.object = labels.rungs[initiative as usize] + rung;
            row.detail = if all { labels.everybody } else { NONE };
            row.from = host.map_or(NONE, |host| labels.actors + host);
            row.count = Some(parties);
        }
        Happening::Completed { initiative, rung } => {
            row.kind = 8;
            row.subject = labels.initiatives + initiative;
            row.object = labels.rungs[initiative as usize] + rung;
        }
        Happening::Deployed { org, actor } => {
            row.kind = 10;
            row.subject = labels.organisations + org;
            row.object = labels.actors + actor;
        }
        Happening::Base {
            bloc,
            actor,
            opened,
        } => {
            row.kind = 11;
            row.subject = labels.blocs + bloc;
            row.object = labels.actors + actor;
            row.detail = if opened { labels.opened } else { labels.closed };
        }
        Happening::Abandoned { initiative, rung } => {
            row.kind = 9;
            row.subject = labels.initiatives + initiative;
            row.object = labels.rungs[initiative as usize] + rung;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use foedera_scenario::Status;

    use super::*;
    use crate::layout::EVENT_KINDS;
    use crate::test_data;

    #[test]
    fn events_are_told_by_names() {
        let scenario = test_data::scenario();
        let labels = Labels::new(&scenario);
        let names = crate::layout::layout(
            &scenario,
            &foedera_sim::Program::new(std::sync::Arc::new(scenario.clone())),
            &[None],
            [],
        );
        let tell = |what: Happening| {
            let row = event_row(
                &labels,
                &Event {
                    lane: 0,
                    step: 3,
                    what,
                },
            );
            let text = [row.subject, row.object, row.detail, row.from, row.to];
            let text = text.map(|idx| names.label(idx).to_owned());
            (EVENT_KINDS[row.kind as usize].0, text, row.count)
        };
        let texts = |list: [&str; 5]| list.map(str::to_owned);
        assert_eq!(
            tell(Happening::Adopted {
                initiative: 0,
                rung: 1,
                parties: 2
            }),
            ("adopted", texts(["link", "merger", "", "", ""]), Some(2))
        );
        assert_eq!(
            tell(Happening::Blocked {
                initiative: 0,
                blocker: 1,
                blockers: 1,
                term: 6
            }),
            ("blocked", texts(["link", "B", "outside", "", ""]), Some(1))
        );
        let (org, actor, from, to) = (0, 1, Status::Member, Status::Outsider);
        assert_eq!(
            tell(Happening::StatusChanged {
                org,
                actor,
                from,
                to,
                cause: Cause::Worth(5)
            }),
            (
                "status",
                texts(["B", "A", "worth: autonomy", "Member", "Outsider"]),
                None
            )
        );
        assert_eq!(
            tell(Happening::Dispute {
                source: 0,
                target: 1,
                lethal: true
            }),
            ("dispute", texts(["A", "B", "lethal", "", ""]), None)
        );
    }

    #[test]
    fn a_holding_names_its_host_and_a_project_its_rung() {
        let scenario = test_data::scenario();
        let labels = Labels::new(&scenario);
        let tell = |what: Happening| {
            let event = Event {
                lane: 0,
                step: 3,
                what,
            };
            event_row(&labels, &event)
        };
        let held = tell(Happening::Held {
            initiative: 0,
            rung: 1,
            parties: 2,
            all: true,
            host: Some(1),
        });
        assert_eq!(EVENT_KINDS[held.kind as usize].0, "held");
        assert_eq!(
            (held.subject, held.object),
            (labels.initiatives, labels.rungs[0] + 1)
        );
        assert_eq!(
            (held.detail, held.from, held.count),
            (labels.everybody, labels.actors + 1, Some(2))
        );
        let (initiative, rung) = (0, 1);
        let complete = tell(Happening::Completed { initiative, rung });
        let given_up = tell(Happening::Abandoned { initiative, rung });
        assert_eq!(EVENT_KINDS[complete.kind as usize].0, "completed");
        assert_eq!(EVENT_KINDS[given_up.kind as usize].0, "abandoned");
        assert_eq!(
            (complete.object, complete.count),
            (labels.rungs[0] + 1, None)
        );
    }
}
