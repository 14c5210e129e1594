//! Asks the replicates of a run something that it did not record: they happen again, with the same bits, and
//! other outcomes are read.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use foedera_results::{BlockRecord, ResultsError, Sink};
use foedera_scenario::{Outcome, Scenario};
use foedera_sim::Program;

use crate::error::EnsembleError;
use crate::run::{Progress, Request, run};

/// What the replicates answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// Values by outcome, then by replicate that did not fail; not a number where absent.
    pub values: Vec<Vec<f64>>,
    /// Replicates done, also failed ones; a prefix of those asked for.
    pub completed: u64,
    /// Failed replicates, left out.
    pub failed: u64,
}

/// Runs the replicates of a request again and reads these outcomes instead of the scenario's own. Only the
/// request's first policy is run.
///
/// # Errors
/// As [`run`].
pub fn ask(
    scenario: &Scenario,
    outcomes: Vec<Outcome>,
    request: &Request,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Answers, EnsembleError> {
    let mut answers = Answers {
        values: vec![Vec::new(); outcomes.len()],
        completed: 0,
        failed: 0,
    };
    let scenario = Arc::new(Scenario {
        outcomes,
        ..scenario.clone()
    });
    let program = Arc::new(Program::new(Arc::clone(&scenario)));
    let request = Request {
        policies: request.policies.iter().take(1).copied().collect(),
        trajectories: false,
        headline: None,
        ..request.clone()
    };
    run(&scenario, &program, &request, &mut answers, progress, stop)?;
    Ok(answers)
}

impl Sink for Answers {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        let Some(arm) = record.arms.first() else {
            return Ok(());
        };
        self.completed += record.n as u64;
        for (lane, fault) in arm.faults.iter().enumerate().take(record.n) {
            if fault.is_some() {
                self.failed += 1;
                continue;
            }
            for (values, outcome) in self.values.iter_mut().zip(&arm.outcomes) {
                values.push(f64::from(outcome[lane]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Silent;
    use crate::test_data;
    use foedera_sim::Isa;

    #[test]
    fn what_was_recorded_is_answered_with_the_same_bits() {
        let scenario = test_data::scenario();
        let request = Request {
            n: 100,
            first: 0,
            seed: 5,
            policies: vec![None],
            threads: 1,
            isa: Isa::Baseline,
            stances: true,
            trajectories: false,
            headline: None,
        };
        let stop = AtomicBool::new(false);
        let all = scenario.outcomes.clone();
        let whole = ask(&scenario, all.clone(), &request, &Silent, &stop).unwrap();
        assert_eq!(whole.completed, 100);
        // Asked alone, or by other threads, each says the same.
        for (outcome, expected) in all.iter().zip(&whole.values) {
            let request = Request {
                threads: 2,
                ..request.clone()
            };
            let alone = ask(&scenario, vec![outcome.clone()], &request, &Silent, &stop).unwrap();
            let bits = |values: &[f64]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&alone.values[0]), bits(expected));
        }
        let either = Outcome::Any {
            of: vec![
                all[1].clone(),
                Outcome::Not {
                    of: Box::new(all[1].clone()),
                },
            ],
        };
        let always = ask(&scenario, vec![either], &request, &Silent, &stop).unwrap();
        assert!(always.values[0].iter().all(|x| *x > 0.5));
    }
}
