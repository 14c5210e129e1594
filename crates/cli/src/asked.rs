//! Outcomes that are asked on the command line, in the language of scenario files, with what is known of them.

use std::sync::Arc;

use foedera_results::layout::{OutcomeColumn, OutcomeKind};
use foedera_scenario::{Diagnostic, Look, Outcome, Scenario, outcome_text, parse_target};

use crate::{
    face::{Face, complain},
    failure::Failure,
    work::Order,
};

/// Most outcomes of one analysis.
const OUTCOMES_MAX: usize = 500;

/// One outcome.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// What is read of each replicate.
    pub(crate) outcome: Outcome,
    /// As a scenario file writes it.
    pub(crate) text: String,
    /// Name in tables.
    pub(crate) name: String,
    /// In words.
    pub(crate) label: String,
    /// Unit, empty if dimensionless.
    pub(crate) unit: String,
    /// Whether it is true or false in a replicate.
    pub(crate) is_truth: bool,
}

/// Reads outcomes; without any, those of the scenario, the leading one first.
///
/// # Errors
/// If one of them has mistakes, which are listed on stderr, or there are none.
pub(crate) fn outcomes(
    face: &Face,
    scenario: &Scenario,
    texts: &[String],
) -> Result<Vec<Asked>, Failure> {
    let mut outcomes = Vec::new();
    for text in texts {
        outcomes.push(one(face, scenario, "--outcome", text)?);
    }
    if texts.is_empty() {
        let order = Order::new(Arc::new(scenario.clone()), vec![None], 1, 1, Some(1));
        let lead = order.request.headline;
        outcomes.extend(lead.map(|lead| scenario.outcomes[lead].clone()));
        outcomes.extend(scenario.outcomes.iter().cloned());
    }
    let mut once: Vec<Outcome> = Vec::new();
    for outcome in outcomes {
        if !once.contains(&outcome) {
            once.push(outcome);
        }
    }
    if once.is_empty() || once.len() > OUTCOMES_MAX {
        return Err(Failure::Model {
            what: format!("analyse {} outcomes", once.len()),
            help: "name 1 to 500 with --outcome, as in --outcome 'Cohesion(org: \"A\")'",
        });
    }
    described(scenario, once)
}

/// Reads one outcome or comparison.
///
/// # Errors
/// If it has mistakes, which are listed on stderr.
pub(crate) fn one(
    face: &Face,
    scenario: &Scenario,
    option: &'static str,
    text: &str,
) -> Result<Outcome, Failure> {
    match parse_target(scenario, option, text) {
        Ok(target) => Ok(target.into_outcome()),
        Err(all) => Err(listed(face, option, &all)),
    }
}

fn listed(face: &Face, option: &'static str, all: &[Diagnostic]) -> Failure {
    let look = if face.note_paint.is_on() {
        Look::Colour
    } else {
        Look::Plain
    };
    let wrong: Vec<&Diagnostic> = all.iter().filter(|one| one.is_error()).collect();
    for one in &wrong {
        complain(one.to_text(look).trim_end());
    }
    Failure::BadExpression {
        option,
        mistakes: wrong.len(),
    }
}

/// What is known of outcomes before anything runs.
///
/// # Errors
/// If the scenario cannot be run.
pub(crate) fn described(
    scenario: &Scenario,
    outcomes: Vec<Outcome>,
) -> Result<Vec<Asked>, Failure> {
    let scenario = Arc::new(Scenario {
        outcomes,
        ..scenario.clone()
    });
    let order = Order::new(Arc::clone(&scenario), vec![None], 1, 1, Some(1));
    let columns = order.layout()?.outcomes;
    let known = scenario.outcomes.iter().zip(columns);
    Ok(known
        .map(|(outcome, column)| asked(&scenario, outcome, column))
        .collect())
}

fn asked(scenario: &Scenario, outcome: &Outcome, column: OutcomeColumn) -> Asked {
    Asked {
        outcome: outcome.clone(),
        text: outcome_text::write_outcome(scenario, outcome),
        name: column.name,
        label: column.label,
        unit: column.unit,
        is_truth: column.kind == OutcomeKind::Truth,
    }
}
