//! How often people meet and how finely time is cut decides little.

use std::sync::Arc;

use foedera_scenario::Outcome;
use foedera_sim::{Engine, Isa, Program};

use crate::support::{Classroom, block, replaced};

const N: u64 = 3_200;

/// Every outcome of every replicate, `[outcome][replicate]`.
fn outcomes(program: &Arc<Program>) -> Vec<Vec<f64>> {
    let mut engine = Engine::new(program, Isa::detect());
    let mut all = vec![Vec::new(); program.scenario().outcomes.len()];
    for first in (0..N).step_by(64) {
        let outcome = engine.run(&block(21, first, 64));
        assert!(outcome.faults.iter().all(Option::is_none));
        for (all, lanes) in all.iter_mut().zip(&outcome.outcomes) {
            all.extend(lanes.iter().map(|&value| f64::from(value)));
        }
    }
    all
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// Mean difference of pairs and its standard error.
fn paired(one: &[f64], other: &[f64]) -> (f64, f64) {
    let differences: Vec<f64> = one
        .iter()
        .zip(other)
        .map(|(one, other)| one - other)
        .collect();
    let mean = mean(&differences);
    let squares = differences
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    let n = differences.len() as f64;
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// Who is compared, and by how much the means of an outcome may differ before three standard errors.
fn assert_alike(
    one: &Arc<Program>,
    other: &Arc<Program>,
    tolerance: impl Fn(&Outcome) -> Option<f64>,
) {
    let (ours, theirs) = (outcomes(one), outcomes(other));
    let mut judged = 0;
    for (idx, outcome) in one.scenario().outcomes.iter().enumerate() {
        let Some(tolerance) = tolerance(outcome) else {
            continue;
        };
        let (difference, error) = paired(&ours[idx], &theirs[idx]);
        assert!(
            difference.abs() < tolerance + 3.0 * error,
            "{outcome:?}: {} against {}, standard error {error}",
            mean(&ours[idx]),
            mean(&theirs[idx])
        );
        judged += 1;
    }
    assert!(judged >= 4, "{judged} outcomes were judged");
}

/// Three standard errors of a paired difference of 3,200 shares are at most 0.04, mostly far less.
#[test]
fn twice_as_many_meetings_adopt_no_more() {
    let yearly = Classroom::read();
    let mut twice = yearly.clone();
    twice.world = replaced(&twice.world, "meetings: [6]", "meetings: [6, 12]");
    twice.scenario = replaced(&twice.scenario, "meetings: [6]", "meetings: [6, 12]");
    let sets = ["time.step=Month"];
    assert_alike(
        &yearly.program(&sets),
        &twice.program(&sets),
        |outcome| match outcome {
            Outcome::Adopted { .. } => Some(0.05),
            _ => None,
        },
    );
}

#[test]
fn months_and_quarters_agree() {
    let classroom = Classroom::read();
    let (months, quarters) = (
        classroom.program(&["time.step=Month"]),
        classroom.program(&["time.step=Quarter"]),
    );
    assert_alike(&months, &quarters, |outcome| match outcome {
        Outcome::Cohesion { .. } | Outcome::Maturity { .. } => Some(0.02),
        Outcome::Adopted { .. } | Outcome::HasStatus { .. } => Some(0.05),
        Outcome::DriverLevel { .. } | Outcome::Affinity { .. } | Outcome::Trust { .. } => {
            Some(0.02)
        }
        Outcome::EventCount { .. } => Some(0.05),
        _ => None,
    });
}
