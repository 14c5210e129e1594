//! `foedera run FILE --until 'EXPR +- X'`: what is to be known, and whether it was.

use foedera_ensemble::{
    Summary,
    until::{self, CAP, Goal},
};
use foedera_results::{
    Manifest, RunWriter,
    manifest::{Origin, Until},
};
use foedera_scenario::{Look, Scenario, outcome_text, parse_target};

use crate::{
    face::complain, failure::Failure, interrupt::Interrupt, number, progress::Meter, work::Order,
};

/// Reads the goals.
///
/// # Errors
/// If one is no goal, has no known range, or more replicates are allowed than a run until something has.
pub(super) fn goals(
    scenario: &Scenario,
    texts: &[String],
    n: Option<u64>,
) -> Result<Vec<Goal>, Failure> {
    let goals = texts.iter().map(|text| goal(scenario, text));
    let goals = goals.collect::<Result<Vec<Goal>, Failure>>()?;
    if n.is_some_and(|n| n > CAP) && !goals.is_empty() {
        return Err(Failure::Model {
            what: format!("run --until with -n above {}", number::count(CAP)),
            help: "lower -n, or leave --until out: so many replicates know a probability to 0.0014",
        });
    }
    Ok(goals)
}

fn goal(scenario: &Scenario, text: &str) -> Result<Goal, Failure> {
    let target = parse_target(scenario, "--until", text).map_err(|mistakes| {
        for one in &mistakes {
            complain(one.to_text(Look::Plain).trim_end());
        }
        Failure::Model {
            what: format!("read --until `{text}`"),
            help: "write an outcome as the scenario file does, then +- and a half-width",
        }
    })?;
    let Some(half_width) = target.half_width else {
        return Err(Failure::Model {
            what: format!("run until {text}: it does not say how well it is to be known"),
            help: "add a half-width, as in --until 'Adopted(initiative: \"x\") +- 0.01'",
        });
    };
    let outcome = target.into_outcome();
    if until::bounds(scenario, &outcome).is_none() {
        let text = outcome_text::write_outcome(scenario, &outcome);
        return Err(Failure::Model {
            what: format!(
                "run until {text} is known: it has no known range, so no interval of it holds at every look"
            ),
            help: "ask for the probability that it passes a value, as in '… >= 3 +- 0.01', or run a number of \
                   replicates with -n",
        });
    }
    Ok(Goal {
        outcome,
        half_width,
    })
}

/// Refuses goals where replicates are no independent trials: nobody knows what an interval of them holds at every look.
///
/// # Errors
/// If there are goals and the design is not that of independent draws.
pub(super) fn fits(order: &Order, goals: &[Goal]) -> Result<(), Failure> {
    if goals.is_empty() || order.request.design.is_default() {
        return Ok(());
    }
    Err(Failure::Model {
        what: format!("run --until by a {}", order.request.design),
        help: "leave the design out: --until needs replicates with independent draws of their own",
    })
}

/// The rule for the manifest; nothing without goals.
pub(super) fn rule(order: &Order, manifest: &Manifest, goals: &[Goal]) -> Option<Until> {
    let arms: Vec<String> = manifest
        .layout
        .arms
        .iter()
        .map(|arm| arm.id.clone())
        .collect();
    (!goals.is_empty()).then(|| until::rule(&order.scenario, goals, &arms, order.request.n))
}

/// Runs until the goals are reached, or as far as it may.
pub(super) fn run(
    order: &Order,
    goals: &[Goal],
    mut rule: Until,
    writer: &mut RunWriter,
    meter: &Meter,
    interrupt: &Interrupt,
) -> Result<Summary, Failure> {
    let found = until::run_until(
        &order.scenario,
        &order.request,
        goals,
        writer,
        meter,
        interrupt.flag(),
    );
    meter.end();
    let (summary, found) = found?;
    for (goal, (estimate, reached)) in rule.goals.iter_mut().zip(found) {
        goal.estimate = estimate;
        goal.reached = reached;
    }
    // An interrupted run is a part of what was asked for; any other is the whole.
    if !summary.interrupted {
        writer.stop_at(rule);
    }
    Ok(summary)
}

/// Whether a folder answers the question of another manifest: where a run until something stopped is its answer.
pub(super) fn same_question(found: &Manifest, asked: &Manifest) -> bool {
    match (&found.until, &asked.until) {
        (None, None) => found.origin == asked.origin,
        (Some(of), Some(wanted)) => {
            let origin = Origin {
                n: of.cap,
                ..found.origin.clone()
            };
            of.asks_the_same(wanted) && origin == asked.origin
        }
        _ => false,
    }
}
