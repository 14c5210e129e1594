//! What does nothing changes nothing: an actor without ties, a shock that cannot happen, an initiative that is
//! never open, a policy before its month.

use std::sync::Arc;

use foedera_scenario::Status;
use foedera_sim::batch::{Cause, Happening};
use foedera_sim::reference::Replicate;
use foedera_sim::{Block, Isa, Program};

use crate::support::{Classroom, assert_same, block, lane_of, load, program, replaced, run};

const N: usize = 16;

fn replicates(program: &Arc<Program>, policy: Option<usize>) -> Vec<Replicate> {
    let outcome = run(
        program,
        Isa::detect(),
        &Block {
            policy,
            ..block(3, 0, N)
        },
    );
    (0..N).map(|lane| lane_of(&outcome, lane)).collect()
}

fn assert_unchanged(changed: &Classroom, about: &str) {
    let program = Classroom::read().program(&[]);
    let expected = replicates(&program, None);
    for (got, expected) in replicates(&changed.program(&[]), None)
        .iter()
        .zip(&expected)
    {
        assert_same(&program, got, expected, about);
    }
}

/// A hermit with a number: no capability, no flows, no seat, no row among the dyads.
fn with_hermit(number: u16) -> Classroom {
    let mut changed = Classroom::read();
    let row = format!("HER,Hermit,{number},State,,0,1,10000,0.5,0,0.3,0.3,0.4,0.5,0.2,0,0,0,0,0\n");
    changed.actors += &row;
    changed
}

/// An event of a world with one more actor at row 0, as it reads without.
fn without_first(what: Happening) -> Happening {
    match what {
        Happening::Blocked {
            initiative,
            blocker,
            blockers,
            term,
        } => Happening::Blocked {
            initiative,
            blocker: blocker - 1,
            blockers,
            term,
        },
        Happening::Paid {
            initiative,
            payer,
            actor,
        } => Happening::Paid {
            initiative,
            payer: payer - 1,
            actor: actor - 1,
        },
        Happening::StatusChanged {
            org,
            actor,
            from,
            to,
            cause,
        } => Happening::StatusChanged {
            org,
            actor: actor - 1,
            from,
            to,
            cause,
        },
        Happening::Deployed { org, actor } => Happening::Deployed {
            org,
            actor: actor - 1,
        },
        Happening::Base {
            bloc,
            actor,
            opened,
        } => Happening::Base {
            bloc,
            actor: actor - 1,
            opened,
        },
        Happening::Held {
            initiative,
            rung,
            parties,
            all,
            host,
        } => Happening::Held {
            initiative,
            rung,
            parties,
            all,
            host: host.map(|host| host - 1),
        },
        Happening::Dispute {
            source,
            target,
            lethal,
        } => Happening::Dispute {
            source: source - 1,
            target: target - 1,
            lethal,
        },
        other @ (Happening::Shock { .. }
        | Happening::Adopted { .. }
        | Happening::Completed { .. }
        | Happening::Abandoned { .. }
        | Happening::Unforeseen { .. }
        | Happening::Policy { .. }) => other,
    }
}

#[test]
fn an_actor_without_ties_affects_nobody_wherever_its_row_is() {
    let program = Classroom::read().program(&[]);
    let expected = replicates(&program, None);
    for number in [0, 900] {
        let first = number == 0;
        let hermit = if first { 0 } else { 6 };
        let mut got = replicates(&with_hermit(number).program(&[]), None);
        for (got, expected) in got.iter_mut().zip(&expected) {
            // Its own quarrels are its own.
            got.events.retain(|event| match event.what {
                Happening::Dispute { source, target, .. } => source != hermit && target != hermit,
                _ => true,
            });
            if first {
                got.events
                    .iter_mut()
                    .for_each(|event| event.what = without_first(event.what));
                got.ledger.iter_mut().for_each(|entry| entry.actor -= 1);
                for decision in &mut got.decisions {
                    decision.pivotal = decision.pivotal.map(|actor| actor - 1);
                    decision
                        .blockers
                        .iter_mut()
                        .for_each(|blocker| blocker.actor -= 1);
                }
            }
            assert_same(&program, got, expected, &format!("hermit {number}"));
        }
    }
}

#[test]
fn a_shock_without_a_chance_changes_nothing() {
    let effects = "effects: [DriverShift(driver: \"tension\", by: 2), StatusChange(org: \"LEAGUE\", actor: \"CAL\", to: Outsider)]";
    let timings = [
        "PerYear(0)",
        "OncePerYear(0)",
        "At(month: \"2003-01\", probability: 0)",
        "Between(from: \"2002-01\", until: \"2009-01\", probability: 0)",
    ];
    for timing in timings {
        let mut changed = Classroom::read();
        let shock = format!(
            "\n    \"zz-never\": (title: \"Never\", when: {timing}, {effects}),\n  }},\n\n  uncertainties"
        );
        changed.scenario = replaced(&changed.scenario, "\n  },\n\n  uncertainties", &shock);
        assert_unchanged(&changed, timing);
    }
}

/// An initiative after all others that is closed, or whose conditions never hold.
fn with_idle(how: &str, effects: &str) -> Classroom {
    let mut changed = Classroom::read();
    let idle = format!(
        "\n    \"zz-idle\": (title: \"Idle\", venues: [\"LEAGUE\"], sponsors: [\"ARD\"], \
         window: (from: \"2001-01\", until: \"2010-12\"), cadence: EveryMeeting, {how}, \
         ladder: [(rung: \"one\", title: \"One\", depth: 0.5, effects: [{effects}])]),\n  }},\n\n  shocks"
    );
    changed.scenario = replaced(&changed.scenario, "\n  },\n\n  shocks", &idle);
    changed
}

#[test]
fn an_initiative_that_is_never_open_changes_nothing() {
    let effects = "ElementSet(org: \"LEAGUE\", element: \"assistance\", to: 1), SignalAdd(org: \"LEAGUE\", bloc: \"south\", by: 1), \
                   TradeScale(from: Actors([\"ARD\"]), to: Bloc(\"south\"), by: 0)";
    assert_unchanged(&with_idle("open: false", effects), "closed");
    let condition = "conditions: [DriverAbove(driver: \"tension\", level: 99)]";
    assert_unchanged(&with_idle(condition, effects), "condition");
}

/// Once, outsiders who held a seat only because some effect named them counted as leaders, so that a
/// proposal never made or a policy not chosen changed the influence and autonomy of members, and enjoyed the public
/// share of its protection although an outsider without a seat did not.
#[test]
fn a_seat_that_nobody_takes_changes_nothing() {
    let program = Classroom::read().program(&[]);
    let effects = "StatusChange(org: \"LEAGUE\", actor: \"ESK\", to: Member)";
    let changed = with_idle("open: false", effects).program(&[]);
    for (got, expected) in replicates(&changed, None)
        .iter()
        .zip(&replicates(&program, None))
    {
        assert_same(&program, got, expected, "a seat for an outsider");
    }
}

/// Replicates in which a member suspended in the first year is back at the end.
fn returned(sets: &[&str]) -> usize {
    let mut changed = Classroom::read();
    changed.scenario = replaced(
        &changed.scenario,
        "\n  },\n\n  uncertainties",
        "\n    \"zz-quarrel\": (title: \"A quarrel\", when: At(month: \"2001-06\", probability: 1), effects: [\
         StatusChange(org: \"LEAGUE\", actor: \"CAL\", to: Suspended)]),\n  },\n\n  uncertainties",
    );
    let program = changed.program(sets);
    let back = |replicate: &Replicate| {
        replicate.events.iter().any(|event| {
            matches!(
                event.what,
                Happening::StatusChanged {
                    to: Status::Member,
                    cause: Cause::Returned,
                    ..
                }
            )
        })
    };
    replicates(&program, None)
        .iter()
        .filter(|one| back(one))
        .count()
}

/// A suspended member has no weight, so its utility is nothing: it weighs what full membership would be worth.
#[test]
fn the_suspended_come_back_where_membership_would_pay_and_only_there() {
    let costs = ["security", "trade", "energy", "affinity", "influence"]
        .map(|term| format!("params.{term}.weight=0"));
    let pays = returned(&["actors.CAL.autonomy=0"]);
    let does_not = returned(&costs.each_ref().map(String::as_str));
    assert!(pays > N / 2, "{pays} of {N} came back to what pays");
    assert_eq!(does_not, 0, "came back to what costs");
}

#[test]
fn history_before_a_policy_is_the_same_with_and_without_it() {
    let mut judged = 0;
    for name in ["classroom", "csto-integration", "afghanistan-cooperation"] {
        let mut scenario = load(name, &[]);
        let middle = scenario.time.month_of(scenario.time.n_steps() / 2);
        for policy in &mut scenario.policies {
            // What a policy sets holds from the start; what it does comes in its month.
            policy.set.clear();
            policy.from = policy.from.max(middle);
        }
        let program = program(scenario);
        let base = replicates(&program, None);
        for policy in 0..program.scenario().policies.len() {
            let spec = &program.scenario().policies[policy];
            let step = program.scenario().time.step_of(spec.from);
            let mut differs = false;
            for (mut with, without) in replicates(&program, Some(policy)).into_iter().zip(&base) {
                differs |= with.series != without.series;
                let mut without = without.clone();
                for history in [&mut with, &mut without] {
                    history.outcomes.clear();
                    history
                        .series
                        .iter_mut()
                        .for_each(|series| series.truncate(step));
                    history.events.retain(|event| (event.step as usize) < step);
                    history
                        .decisions
                        .retain(|decision| (decision.step as usize) < step);
                    history.ledger.retain(|entry| (entry.step as usize) < step);
                }
                assert_same(
                    &program,
                    &with,
                    &without,
                    &format!("{name} before {}", spec.id),
                );
            }
            assert!(
                differs || spec.effects.is_empty(),
                "{name}: {} does something afterwards",
                spec.id
            );
            judged += usize::from(differs);
        }
    }
    assert!(judged > 8, "policies were judged: {judged}");
}
