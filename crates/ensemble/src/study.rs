//! Lets several arms happen side by side under the same luck: the ground of every comparison.
//!
//! An [`Arm`] is a policy, whether stances count, and the inputs of each replicate. Replicate k meets the same chance
//! under every arm, so that arms differ by what was changed and by nothing else. A study gives the values of the
//! asked outcomes by arm, outcome and replicate; it writes no files. It uses the blocks of [`mod@crate::run`], so that
//! the bits are the same for any number of threads, and equal to those of a run with the same policy and inputs.
//!
//! ```text
//! let study = Study { outcomes, arms: vec![Arm::base(), Arm::policy(0)], n: 1024, seed: 1, .. };
//! let findings = study.run(&scenario, &Silent, &stop)?;
//! findings.values[arm][outcome][replicate]
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use foedera_scenario::{Leaf, Outcome, PolicyIdx, Scenario};
use foedera_sim::batch::FaultKind;
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::{Block, Engine, Isa, Program, Record};

use crate::crew::{self, Worker};
use crate::design::{Design, Side};
use crate::error::EnsembleError;
use crate::run::{Progress, check_count};
use crate::sampling::Sampler;

/// One way in which replicates happen.
#[derive(Debug, Clone)]
pub struct Arm {
    /// Policy; `None` is the base case.
    pub policy: Option<PolicyIdx>,
    /// Whether stances count.
    pub stances: bool,
    /// Where the inputs come from.
    pub inputs: Inputs,
    /// Numbers that have this value in every replicate, whatever was drawn and whatever the policy says.
    pub settings: Vec<(Leaf, f64)>,
}

impl Arm {
    /// The draws of the study under a policy, with stances.
    pub const fn policy(policy: Option<PolicyIdx>) -> Self {
        Self {
            policy,
            stances: true,
            inputs: Inputs::Drawn,
            settings: Vec::new(),
        }
    }

    /// The same with other inputs.
    #[must_use]
    pub fn with(self, inputs: Inputs) -> Self {
        Self { inputs, ..self }
    }

    /// The same with some numbers held.
    #[must_use]
    pub fn setting(self, settings: Vec<(Leaf, f64)>) -> Self {
        Self { settings, ..self }
    }
}

/// Where the inputs of an arm come from.
#[derive(Debug, Clone)]
pub enum Inputs {
    /// As the study's design draws them.
    Drawn,
    /// The second, independent draws of the same design.
    Other,
    /// As drawn, but these leaves from the second draws: the columns of a radial design or of Saltelli's matrices.
    /// They are exchanged before correlations are put in.
    Swapped(Vec<Leaf>),
    /// As another sampler draws them: other distributions, another design, another seed.
    By(Box<Sampler>),
    /// Nothing is drawn: every number has its base value.
    Base,
}

/// What is to be found out.
#[derive(Debug, Clone)]
pub struct Study {
    /// What is read of each replicate.
    pub outcomes: Vec<Outcome>,
    /// Arms, at least one.
    pub arms: Vec<Arm>,
    /// Replicates of each arm, at least 1.
    pub n: u64,
    /// First replicate.
    pub first: u64,
    /// Seed of luck and draws.
    pub seed: u64,
    /// Which inputs replicates have, unless an arm brings its own.
    pub design: Design,
    /// Threads.
    pub threads: usize,
    /// Instruction set; it changes nothing but the speed.
    pub isa: Isa,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// `[arm][outcome][replicate]`; not a number where absent (an event that did not happen) or failed.
    pub values: Vec<Vec<Vec<f64>>>,
    /// First replicate.
    pub first: u64,
    /// Replicates done of each arm, also failed ones; a prefix of those asked for.
    pub completed: u64,
    /// Replicates that failed, by arm, then by replicate.
    pub failures: Vec<Vec<Failure>>,
}

impl Findings {
    /// Replicates that failed under any arm, by their place among those done: left out to keep arms paired.
    pub fn failed_anywhere(&self) -> BTreeSet<usize> {
        let all = self.failures.iter().flatten();
        all.map(|of| (of.replicate - self.first) as usize).collect()
    }
}

/// A replicate that failed, with its own drivers.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Replicate.
    pub replicate: u64,
    /// Step of the trouble.
    pub step: u32,
    /// Kind of trouble.
    pub kind: FaultKind,
    /// Inputs it had: those drawn, given or set.
    pub inputs: Vec<(Leaf, f32)>,
}

/// One block of replicates under every arm.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyBlock {
    /// First replicate.
    pub first: u64,
    /// Number of replicates.
    pub n: usize,
    /// One for each arm.
    pub arms: Vec<ArmValues>,
}

/// One block of replicates under one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmValues {
    /// `[outcome][replicate]`; not a number where absent or failed.
    pub outcomes: Vec<Vec<f32>>,
    /// Those that failed.
    pub failures: Vec<Failure>,
}

impl Study {
    /// Lets all arms happen and keeps every value: 8 bytes for each arm, outcome and replicate.
    ///
    /// # Errors
    /// If the study makes no sense, its design does not fit the scenario, or threads cannot be had.
    pub fn run(
        &self,
        scenario: &Scenario,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Findings, EnsembleError> {
        let mut findings = Findings {
            values: vec![vec![Vec::new(); self.outcomes.len()]; self.arms.len()],
            first: self.first,
            completed: 0,
            failures: vec![Vec::new(); self.arms.len()],
        };
        let mut hear = |block: StudyBlock| {
            findings.completed += block.n as u64;
            for (arm, of) in block.arms.into_iter().enumerate() {
                for (outcome, values) in of.outcomes.iter().enumerate() {
                    let values = values.iter().copied().map(f64::from);
                    findings.values[arm][outcome].extend(values);
                }
                findings.failures[arm].extend(of.failures);
            }
            Ok(())
        };
        self.each_block(scenario, &mut hear, progress, stop)?;
        Ok(findings)
    }

    /// Lets all arms happen and hands over block by block, in order; keeps nothing.
    ///
    /// # Errors
    /// As [`Study::run`], or the error of `hear`, which ends the study.
    pub fn each_block(
        &self,
        scenario: &Scenario,
        hear: &mut dyn FnMut(StudyBlock) -> Result<(), EnsembleError>,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<(), EnsembleError> {
        let sampler = Sampler::designed(scenario, self.seed, &self.design)?;
        self.check(scenario, &sampler)?;
        let scenario = Arc::new(Scenario {
            outcomes: self.outcomes.clone(),
            ..scenario.clone()
        });
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let make = || StudyWorker {
            study: self,
            scenario: &scenario,
            sampler: &sampler,
            engine: Engine::new(&program, self.isa),
        };
        let mut done = 0;
        let mut deliver = |block: StudyBlock| {
            done += block.n as u64;
            hear(block)?;
            progress.replicates_done(done, None);
            Ok(())
        };
        let n_blocks = self.n.div_ceil(LANES as u64);
        crew::in_order(self.threads, n_blocks, &make, &mut deliver, stop)
    }

    fn check(&self, scenario: &Scenario, sampler: &Sampler) -> Result<(), EnsembleError> {
        check_count(self.first, self.n, self.threads)?;
        if self.arms.is_empty() {
            return Err(EnsembleError::NoPolicy);
        }
        for arm in &self.arms {
            let unknown = |policy: &PolicyIdx| *policy >= scenario.policies.len();
            if let Some(policy) = arm.policy.filter(unknown) {
                return Err(EnsembleError::Policy { policy });
            }
            match &arm.inputs {
                Inputs::Other | Inputs::Swapped(_) => sampler.has_other()?,
                Inputs::By(own) => own.has(self.first, self.n)?,
                Inputs::Drawn | Inputs::Base => {}
            }
        }
        Ok(sampler.has(self.first, self.n)?)
    }
}

struct StudyWorker<'a> {
    study: &'a Study,
    scenario: &'a Scenario,
    sampler: &'a Sampler,
    engine: Engine,
}

impl Worker for StudyWorker<'_> {
    type Done = StudyBlock;

    fn block(&mut self, idx: u64) -> StudyBlock {
        let offset = idx * LANES as u64;
        let first = self.study.first + offset;
        let n = (self.study.n - offset).min(LANES as u64) as usize;
        let mut draws = Draws::new(self.sampler, first, n);
        let arms = self.study.arms.iter();
        let arms = arms.map(|arm| {
            let inputs = draws.inputs(self.scenario, arm);
            let outcome = self.engine.run(&Block {
                seed: self.study.seed,
                first,
                n,
                policy: arm.policy,
                stances: arm.stances,
                inputs: &inputs,
                record: Record::Summary,
            });
            let fault = |lane: usize| outcome.faults.get(lane).copied().flatten();
            let failures = (0..n).filter_map(|lane| {
                let fault = fault(lane)?;
                Some(Failure {
                    replicate: first + lane as u64,
                    step: fault.step,
                    kind: fault.what,
                    inputs: inputs.iter().map(|(leaf, of)| (*leaf, of[lane])).collect(),
                })
            });
            let value = |of: &Lanes, lane: usize| fault(lane).map_or(of[lane], |_| f32::NAN);
            let outcomes = outcome.outcomes.iter();
            ArmValues {
                outcomes: outcomes
                    .map(|of| (0..n).map(|lane| value(of, lane)).collect())
                    .collect(),
                failures: failures.collect(),
            }
        });
        StudyBlock {
            first,
            n,
            arms: arms.collect(),
        }
    }
}

/// The draws of one block, made once for all arms.
struct Draws<'a> {
    sampler: &'a Sampler,
    first: u64,
    n: usize,
    one: Vec<Vec<f64>>,
    /// Second draws, once an arm wants them.
    other: Option<Vec<Vec<f64>>>,
}

impl<'a> Draws<'a> {
    fn new(sampler: &'a Sampler, first: u64, n: usize) -> Self {
        Self {
            sampler,
            first,
            n,
            one: sampler.draw_block(first, n),
            other: None,
        }
    }

    /// What the engine takes.
    fn inputs(&mut self, scenario: &Scenario, arm: &Arm) -> Vec<(Leaf, Lanes)> {
        let sampler = self.sampler;
        let mut inputs = match &arm.inputs {
            Inputs::Drawn => sampler.inputs(scenario, arm.policy, &self.one),
            Inputs::Other => {
                self.draw_other();
                let other = self.other.as_deref().unwrap_or_default();
                sampler.inputs(scenario, arm.policy, other)
            }
            Inputs::Swapped(leaves) => {
                let draws = self.swapped(leaves);
                sampler.inputs(scenario, arm.policy, &draws)
            }
            Inputs::By(own) => {
                let draws = own.draw_block(self.first, self.n);
                own.inputs(scenario, arm.policy, &draws)
            }
            Inputs::Base => base_inputs(scenario, arm.policy),
        };
        for &(leaf, value) in &arm.settings {
            let lanes = Lanes::splat(value as f32);
            match inputs.binary_search_by_key(&leaf, |of| of.0) {
                Ok(at) => inputs[at].1 = lanes,
                Err(at) => inputs.insert(at, (leaf, lanes)),
            }
        }
        inputs
    }

    fn replicates(&self) -> impl Iterator<Item = u64> + use<> {
        self.first..self.first + self.n as u64
    }

    fn draw_other(&mut self) {
        if self.other.is_none() {
            let draw = |replicate| {
                let shares = self.sampler.shares(replicate, Side::Other);
                self.sampler.values(replicate, &shares)
            };
            self.other = Some(self.replicates().map(draw).collect());
        }
    }

    fn swapped(&mut self, leaves: &[Leaf]) -> Vec<Vec<f64>> {
        let all: Vec<Leaf> = self.sampler.leaves().collect();
        let places = leaves
            .iter()
            .filter_map(|leaf| all.binary_search(leaf).ok());
        let places: Vec<usize> = places.collect();
        if places
            .iter()
            .any(|&place| self.sampler.is_correlated(place))
        {
            let draw = |replicate| {
                let mut shares = self.sampler.shares(replicate, Side::One);
                let other = self.sampler.shares(replicate, Side::Other);
                for &place in &places {
                    shares[place] = other[place];
                }
                self.sampler.values(replicate, &shares)
            };
            return self.replicates().map(draw).collect();
        }
        // An input that hangs together with no other moves alone: no need to draw the rest again.
        self.draw_other();
        let other = self.other.as_deref().unwrap_or_default();
        let mut draws = self.one.clone();
        for (draw, other) in draws.iter_mut().zip(other) {
            for &place in &places {
                draw[place] = other[place];
            }
        }
        draws
    }
}

/// The inputs of a policy on base values.
fn base_inputs(scenario: &Scenario, policy: Option<PolicyIdx>) -> Vec<(Leaf, Lanes)> {
    let set = policy.map_or(&[][..], |policy| &scenario.policies[policy].set);
    let mut inputs: Vec<(Leaf, Lanes)> = set
        .iter()
        .map(|&(leaf, value)| (leaf, Lanes::splat(value as f32)))
        .collect();
    inputs.sort_by_key(|of| of.0);
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Silent;
    use crate::test_data;

    fn study(scenario: &Scenario, arms: Vec<Arm>, threads: usize) -> Study {
        Study {
            outcomes: scenario.outcomes.clone(),
            arms,
            n: 150,
            first: 10,
            seed: 5,
            design: Design::default(),
            threads,
            isa: Isa::detect(),
        }
    }

    fn run(study: &Study, scenario: &Scenario) -> Findings {
        let stop = AtomicBool::new(false);
        study.run(scenario, &Silent, &stop).unwrap()
    }

    /// Bits, since not a number equals nothing.
    fn bits(values: &[Vec<f64>]) -> Vec<u64> {
        values.iter().flatten().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn an_arm_is_what_it_is_alone_and_on_any_threads() {
        let scenario = test_data::scenario();
        let first = scenario.uncertainties[2].leaf;
        let base = Arm::policy(None);
        let arms = vec![
            base.clone(),
            Arm::policy(Some(0)),
            base.clone().with(Inputs::Other),
            base.clone().with(Inputs::Swapped(vec![first])),
            base.clone().setting(vec![(first, 0.9)]),
            base.with(Inputs::Base),
        ];
        let together = run(&study(&scenario, arms.clone(), 2), &scenario);
        assert_eq!(together.completed, 150);
        assert!(together.failed_anywhere().is_empty());
        for (arm, values) in arms.into_iter().zip(&together.values) {
            let alone = run(&study(&scenario, vec![arm], 1), &scenario);
            assert!(bits(&alone.values[0]) == bits(values));
        }
        // The base case and an empty policy are one; every other arm moves something.
        let of = |arm: usize| bits(&together.values[arm]);
        assert!(of(0) == of(1), "an empty policy is the base case");
        for arm in 2..6 {
            assert!(of(0) != of(arm), "arm {arm}");
        }
    }

    #[test]
    fn all_second_draws_swapped_are_the_second_draws() {
        let scenario = test_data::scenario();
        let all: Vec<Leaf> = scenario.uncertainties.iter().map(|of| of.leaf).collect();
        let base = Arm::policy(None);
        for design in [
            Design::default(),
            Design {
                method: crate::design::Method::Sobol { copies: 2 },
                per_point: 2,
            },
        ] {
            let arms = vec![
                base.clone().with(Inputs::Other),
                base.clone().with(Inputs::Swapped(all.clone())),
                base.clone(),
                base.clone().with(Inputs::Swapped(Vec::new())),
            ];
            let study = Study {
                design,
                ..study(&scenario, arms, 2)
            };
            let found = run(&study, &scenario);
            assert!(bits(&found.values[0]) == bits(&found.values[1]));
            assert!(bits(&found.values[2]) == bits(&found.values[3]));
            assert!(bits(&found.values[0]) != bits(&found.values[2]));
        }
    }

    #[test]
    fn correlated_inputs_are_swapped_before_they_are_correlated() {
        let mut scenario = test_data::scenario();
        let (first, second) = (
            scenario.uncertainties[0].leaf,
            scenario.uncertainties[1].leaf,
        );
        scenario.correlations = vec![foedera_scenario::Correlation {
            first,
            second,
            value: 0.7,
        }];
        let sampler = Sampler::new(&scenario, 5);
        let mut draws = Draws::new(&sampler, 0, 3);
        let swapped = draws.swapped(&[first]);
        for (replicate, draw) in swapped.iter().enumerate() {
            let before = &draws.one[replicate];
            assert!((draw[0] - before[0]).abs() > 0.0);
            // The second one follows the first, the third does not.
            assert!((draw[1] - before[1]).abs() > 0.0);
            assert!((draw[2] - before[2]).abs() <= 0.0);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let scenario = test_data::scenario();
        let stop = AtomicBool::new(false);
        let refused = |study: &Study| study.run(&scenario, &Silent, &stop).unwrap_err();
        let none = study(&scenario, Vec::new(), 1);
        assert!(matches!(refused(&none), EnsembleError::NoPolicy));
        let unknown = study(&scenario, vec![Arm::policy(Some(9))], 1);
        assert!(matches!(
            refused(&unknown),
            EnsembleError::Policy { policy: 9 }
        ));
        let short = Study {
            design: Design {
                method: crate::design::Method::LatinHypercube {
                    points: 159,
                    copies: 1,
                },
                per_point: 1,
            },
            ..study(&scenario, vec![Arm::policy(None)], 1)
        };
        assert!(matches!(refused(&short), EnsembleError::Design(_)));
    }
}
