//! What is left of an initiative without the analysts' stances: the same replicates again, on and off.

use foedera_ensemble::stances::{self, Beside, Comparison};
use foedera_results::{Estimate, digits};
use foedera_scenario::Scenario;
use serde_json::{Value, json};

use super::Rerun;
use crate::{
    face::Face,
    failure::Failure,
    number,
    sheet::{Column, Sheet, Tone, Word},
};

/// Replicates that happen again unless told otherwise.
pub(super) const USUAL: u64 = 512;

/// Whether any stance could count.
fn any(scenario: &Scenario) -> bool {
    let mut all = scenario.initiatives.iter().flat_map(|one| &one.stances);
    scenario.stances && all.next().is_some()
}

/// Text and value.
pub(super) fn tell(face: &Face, rerun: &Rerun<'_>, idx: usize) -> Result<(String, Value), Failure> {
    let scenario = &rerun.scenario;
    let heading = format!("\n{}\n", face.paint.strong("Without the analysts' stances"));
    if !any(scenario) {
        let why = if scenario.stances {
            "the scenario has none: every answer follows from interests"
        } else {
            "the run was made without them"
        };
        return Ok((
            format!("{heading}  no stance counts here: {why}\n"),
            Value::Null,
        ));
    }
    let compared = stances::beside(scenario, &rerun.program, rerun.sample, idx)?;
    Ok((
        heading + &text(face, scenario, idx, &compared),
        value(scenario, idx, &compared),
    ))
}

fn text(face: &Face, scenario: &Scenario, idx: usize, compared: &Comparison) -> String {
    let initiative = &scenario.initiatives[idx];
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("probability that"),
            Column::Number("with"),
            Column::Number("without"),
            Column::Number("the stances' part"),
        ],
    );
    let mut row = |what: String, beside: &Beside| {
        let tone = if beside.difference.includes_zero() {
            Tone::Faint
        } else {
            Tone::Doubt
        };
        sheet.row([
            what.into(),
            digits::share(&beside.on).into(),
            digits::share(&beside.off).into(),
            Word::new(tone, digits::difference(&beside.difference)),
        ]);
    };
    for (rung, beside) in initiative.ladder.iter().zip(&compared.reached) {
        row(format!("it reaches {}", rung.id), beside);
    }
    for (actor, beside) in &compared.blocked {
        let id = &scenario.world.actors[*actor].id;
        row(format!("{id} ever stands in the way"), beside);
    }
    let stated: Vec<String> = initiative
        .stances
        .iter()
        .map(|stance| {
            let id = &scenario.world.actors[stance.actor].id;
            format!("{id} {}", number::plain(scenario.value(stance.value)))
        })
        .collect();
    let stated = if stated.is_empty() {
        "this initiative has no stances of its own; others' act on it through the course of things"
            .to_owned()
    } else {
        format!("stances on this initiative: {}", stated.join(", "))
    };
    let key = format!(
        "{} replicates of the run, each with and without all stances; {stated}",
        number::count(compared.replicates)
    );
    sheet.text() + &face.aside(&key)
}

fn estimate(of: &Estimate) -> Value {
    json!({ "value": of.value, "low": of.low, "high": of.high })
}

fn value(scenario: &Scenario, idx: usize, compared: &Comparison) -> Value {
    let of = |beside: &Beside| json!({ "with": estimate(&beside.on), "without": estimate(&beside.off), "difference": estimate(&beside.difference) });
    let rungs: Vec<Value> = scenario.initiatives[idx]
        .ladder
        .iter()
        .zip(&compared.reached)
        .map(|(rung, beside)| json!({ "id": rung.id, "reached": of(beside) }))
        .collect();
    let blockers: Vec<Value> = compared
        .blocked
        .iter()
        .map(|(actor, beside)| json!({ "actor": scenario.world.actors[*actor].id, "ever": of(beside) }))
        .collect();
    json!({ "replicates": compared.replicates, "rungs": rungs, "blockers": blockers })
}
