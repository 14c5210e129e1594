//! Asks the replicates of a run something that it did not record: they happen again, with the same bits, and
//! other outcomes are read.

use std::sync::atomic::AtomicBool;

use foedera_scenario::{Outcome, Scenario};

use crate::error::EnsembleError;
use crate::run::{Progress, Request};
use crate::study::{Arm, Study};

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
/// As [`crate::run()`].
pub fn ask(
    scenario: &Scenario,
    outcomes: Vec<Outcome>,
    request: &Request,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Answers, EnsembleError> {
    let arms = request.policies.iter().take(1).map(|&policy| Arm {
        stances: request.stances,
        ..Arm::policy(policy)
    });
    let study = Study {
        outcomes,
        arms: arms.collect(),
        n: request.n,
        first: request.first,
        seed: request.seed,
        design: request.design.clone(),
        threads: request.threads,
        isa: request.isa,
    };
    let found = study.run(scenario, progress, stop)?;
    let failed = found.failed_anywhere();
    let good = |values: Vec<f64>| {
        let all = values.into_iter().enumerate();
        all.filter(|(place, _)| !failed.contains(place))
            .map(|(_, value)| value)
            .collect()
    };
    let values = found.values.into_iter().next().unwrap_or_default();
    Ok(Answers {
        values: values.into_iter().map(good).collect(),
        completed: found.completed,
        failed: failed.len() as u64,
    })
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
            design: crate::Design::default(),
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
