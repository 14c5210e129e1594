//! Designs in which inputs are moved apart, for analyses of sensitivity: radial designs and Saltelli's.
//!
//! A *factor* is one input or several that move together. Each point has a first and a second draw of all inputs
//! ([`Side`]); a moved point takes one factor from the other draw. Points have several replicates, each with its own
//! luck, and all that is made of a point shares it, replicate by replicate. Relies on [`crate::study`]. The
//! estimators live in the crate `analysis`, which knows nothing of runs.

use std::sync::atomic::AtomicBool;

use foedera_results::design::{Design, Method};
use foedera_scenario::{Leaf, Outcome, PolicyIdx, Scenario};
use foedera_sim::Isa;

use crate::design::{SOBOL_INPUTS_MAX, Side};
use crate::error::EnsembleError;
use crate::run::Progress;
use crate::sampling::Sampler;
use crate::study::{Arm, Failure, Findings, Inputs, Study};

/// What is asked, and how often.
#[derive(Debug, Clone)]
pub struct Moves {
    /// What is read of each replicate.
    pub outcomes: Vec<Outcome>,
    /// Leaves of each factor, ascending; each leaf in one factor at most.
    pub factors: Vec<Vec<Leaf>>,
    /// Points.
    pub points: u64,
    /// Replicates of each point.
    pub replicates: u64,
    /// Policy; `None` is the base case.
    pub policy: Option<PolicyIdx>,
    /// Whether stances count.
    pub stances: bool,
    /// Seed of draws and luck.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Instruction set; it changes nothing but the speed.
    pub isa: Isa,
}

/// What came of it: values point by point, the replicates of a point beside each other; not a number where absent
/// or failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Base points, `[outcome][replicate]`.
    pub base: Vec<Vec<f64>>,
    /// `[factor][outcome][replicate]`: as the base, but with this factor from the other draw.
    pub moved: Vec<Vec<Vec<f64>>>,
    /// `[outcome][replicate]`: the other draw as a whole, under luck of its own; empty in a radial design.
    pub other: Vec<Vec<f64>>,
    /// `[factor][point]`: how far a factor of one input moved, in shares of its distribution, with its sign; 1 for a
    /// factor of several. Empty in Saltelli's design.
    pub steps: Vec<Vec<f64>>,
    /// Replicates that failed, of any point.
    pub failures: Vec<Failure>,
    /// Histories that happened.
    pub histories: u64,
    /// Whether it was stopped before the end: then nothing here is whole.
    pub interrupted: bool,
}

impl Moves {
    /// Replicates of each arm.
    pub const fn n(&self) -> u64 {
        self.points.saturating_mul(self.replicates)
    }

    /// Histories of a radial design.
    pub const fn histories_radial(&self) -> u64 {
        self.n().saturating_mul(self.factors.len() as u64 + 1)
    }

    /// Histories of Saltelli's design.
    pub const fn histories_saltelli(&self) -> u64 {
        self.n().saturating_mul(self.factors.len() as u64 + 2)
    }

    /// A radial design: base points of a Latin hypercube, from each of which one factor at a time is moved to its second
    /// draw.
    ///
    /// # Errors
    /// As [`Study::run`].
    pub fn radial(
        &self,
        scenario: &Scenario,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Moved, EnsembleError> {
        let design = Design {
            method: Method::LatinHypercube {
                points: self.points,
                copies: 1,
            },
            per_point: self.replicates,
        };
        let sampler = Sampler::designed(scenario, self.seed, &design)?;
        let mut arms = vec![self.arm(Inputs::Drawn)];
        let swapped = self.factors.iter().map(|of| Inputs::Swapped(of.clone()));
        arms.extend(swapped.map(|inputs| self.arm(inputs)));
        let study = self.study(arms, design, self.seed);
        let findings = study.run(scenario, progress, stop)?;
        let steps = self.steps(&sampler);
        Ok(Moved {
            steps,
            ..self.moved(findings)
        })
    }

    /// Saltelli's design on a scrambled Sobol' sequence. The base has the second draws; moved points take a factor from
    /// the first; the first draws as a whole have luck of their own, so that products with them are free of bias.
    ///
    /// # Errors
    /// As [`Study::run`].
    pub fn saltelli(
        &self,
        scenario: &Scenario,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Moved, EnsembleError> {
        let method = if scenario.uncertainties.len() <= SOBOL_INPUTS_MAX / 2 {
            Method::Sobol { copies: 1 }
        } else {
            Method::LatinHypercube {
                points: self.points,
                copies: 1,
            }
        };
        let design = Design {
            method,
            per_point: self.replicates,
        };
        let sampler = Sampler::designed(scenario, self.seed, &design)?;
        let leaves: Vec<Leaf> = sampler.leaves().collect();
        let mut arms = vec![self.arm(Inputs::Other)];
        for factor in &self.factors {
            let rest = leaves.iter().filter(|leaf| !factor.contains(leaf)).copied();
            arms.push(self.arm(Inputs::Swapped(rest.collect())));
        }
        let study = self.study(arms, design.clone(), self.seed);
        let findings = study.run(scenario, progress, stop)?;
        let mut moved = self.moved(findings);
        if moved.interrupted {
            return Ok(moved);
        }
        let arm = self.arm(Inputs::By(Box::new(sampler)));
        let study = self.study(vec![arm], design, other_luck(self.seed));
        let mut findings = study.run(scenario, progress, stop)?;
        moved.interrupted = findings.completed < self.n();
        moved.histories += findings.completed;
        moved.failures.extend(findings.failures.concat());
        moved.other = findings.values.pop().unwrap_or_default();
        Ok(moved)
    }

    fn arm(&self, inputs: Inputs) -> Arm {
        Arm {
            stances: self.stances,
            ..Arm::policy(self.policy).with(inputs)
        }
    }

    fn study(&self, arms: Vec<Arm>, design: Design, seed: u64) -> Study {
        Study {
            outcomes: self.outcomes.clone(),
            arms,
            n: self.n(),
            first: 0,
            seed,
            design,
            threads: self.threads,
            isa: self.isa,
        }
    }

    fn moved(&self, findings: Findings) -> Moved {
        let mut values = findings.values.into_iter();
        Moved {
            base: values.next().unwrap_or_default(),
            moved: values.collect(),
            other: Vec::new(),
            steps: Vec::new(),
            failures: findings.failures.concat(),
            histories: findings.completed * (self.factors.len() as u64 + 1),
            interrupted: findings.completed < self.n(),
        }
    }

    fn steps(&self, sampler: &Sampler) -> Vec<Vec<f64>> {
        let leaves: Vec<Leaf> = sampler.leaves().collect();
        let place = |factor: &Vec<Leaf>| match factor.as_slice() {
            [one] => leaves.binary_search(one).ok(),
            _ => None,
        };
        let places: Vec<Option<usize>> = self.factors.iter().map(place).collect();
        let mut steps = vec![Vec::new(); self.factors.len()];
        for point in 0..self.points {
            let replicate = point * self.replicates;
            let from = sampler.shares(replicate, Side::One);
            let to = sampler.shares(replicate, Side::Other);
            for (steps, place) in steps.iter_mut().zip(&places) {
                steps.push(place.map_or(1.0, |place| to[place] - from[place]));
            }
        }
        steps
    }
}

/// A seed whose luck has nothing to do with that of another: the bits of an odd constant turned over.
const fn other_luck(seed: u64) -> u64 {
    seed ^ 0x9e37_79b9_7f4a_7c15
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "equal histories are equal to the last bit"
)]
mod tests {
    use foedera_scenario::{Distribution, Uncertainty};

    use super::*;
    use crate::run::Silent;
    use crate::test_data;

    /// Two uncertain numbers, one of which the first outcome hangs on.
    fn moves(scenario: &Scenario, replicates: u64) -> Moves {
        Moves {
            outcomes: scenario.outcomes.clone(),
            factors: scenario
                .uncertainties
                .iter()
                .map(|of| vec![of.leaf])
                .collect(),
            points: 20,
            replicates,
            policy: None,
            stances: true,
            seed: 3,
            threads: 2,
            isa: Isa::Baseline,
        }
    }

    fn independent() -> Scenario {
        let mut scenario = test_data::scenario();
        scenario.correlations.clear();
        scenario
    }

    #[test]
    fn a_base_point_is_that_of_a_run_and_steps_are_what_moved() {
        let scenario = independent();
        let stop = AtomicBool::new(false);
        let asked = moves(&scenario, 2);
        let found = asked.radial(&scenario, &Silent, &stop).unwrap();
        assert_eq!(found.histories, asked.histories_radial());
        assert_eq!(
            (found.base.len(), found.moved.len()),
            (scenario.outcomes.len(), asked.factors.len())
        );
        assert!(found.moved.iter().flatten().all(|of| of.len() == 40));
        assert!(found.steps.iter().all(|of| of.len() == 20));
        assert!(
            found
                .steps
                .iter()
                .flatten()
                .all(|step| step.abs() < 1.0 && *step != 0.0)
        );
        // More threads, the same bits.
        let alone = Moves {
            threads: 1,
            ..asked
        }
        .radial(&scenario, &Silent, &stop)
        .unwrap();
        let bits = |of: &Moved| -> Vec<u64> {
            of.moved
                .concat()
                .concat()
                .iter()
                .map(|x| x.to_bits())
                .collect()
        };
        assert_eq!(bits(&alone), bits(&found));
    }

    #[test]
    fn what_does_not_vary_moves_nothing() {
        let mut scenario = independent();
        let leaf = scenario.uncertainties[0].leaf;
        let value = scenario.value(leaf);
        let still = Distribution::Uniform {
            low: value,
            high: value,
        };
        scenario.uncertainties[0] = Uncertainty {
            leaf,
            distribution: still,
        };
        let stop = AtomicBool::new(false);
        let found = moves(&scenario, 2)
            .saltelli(&scenario, &Silent, &stop)
            .unwrap();
        for (moved, base) in found.moved[0].iter().zip(&found.base) {
            for (moved, base) in moved.iter().zip(base) {
                assert!(moved == base || (moved.is_nan() && base.is_nan()));
            }
        }
        assert_eq!(found.other.len(), scenario.outcomes.len());
        assert_ne!(found.other, found.base);
        assert_eq!(found.histories, moves(&scenario, 2).histories_saltelli());
    }

    #[test]
    fn all_factors_together_are_the_other_draw() {
        let scenario = independent();
        let stop = AtomicBool::new(false);
        let all: Vec<Leaf> = {
            let mut all: Vec<Leaf> = scenario.uncertainties.iter().map(|of| of.leaf).collect();
            all.sort_unstable();
            all
        };
        let mut asked = moves(&scenario, 1);
        asked.factors = vec![all];
        let found = asked.saltelli(&scenario, &Silent, &stop).unwrap();
        // With every input moved the point is that of the first draws; its luck is that of the base, though.
        let design = Design {
            method: Method::Sobol { copies: 1 },
            per_point: 1,
        };
        let study = asked.study(vec![asked.arm(Inputs::Drawn)], design, asked.seed);
        let drawn = study.run(&scenario, &Silent, &stop).unwrap();
        let bits =
            |of: &[Vec<f64>]| -> Vec<u64> { of.concat().iter().map(|x| x.to_bits()).collect() };
        assert_eq!(bits(&found.moved[0]), bits(&drawn.values[0]));
        assert_ne!(bits(&found.other), bits(&drawn.values[0]));
    }
}
