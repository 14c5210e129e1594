//! What an event of one history hangs on: the same replicate happens again with one thing changed, on the same
//! chances, and the event is looked for again.
//!
//! Things that can be taken away without touching the law: a shock (its rate or probability is 0), an initiative
//! (it is never open), a driver's own chance (its volatility is 0), the analysts' stances, the deviation of one
//! uncertain input from the base case. Beside them two shares: how often it happens with the same inputs and
//! other luck, and with the same luck and other inputs.

use std::sync::Arc;

use foedera_results::{Estimate, interval};
use foedera_scenario::{
    DriverIdx, EventKind, InitiativeIdx, Leaf, Process, Scenario, ShockIdx, Timing,
};
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::rng::REPLICATES_MAX;
use foedera_sim::{Block, BlockOutcome, Engine, Program, Record};
use rayon::prelude::*;

use crate::error::EnsembleError;
use crate::event::{self, Dated};
use crate::replay::Which;
use crate::sampling::Sampler;

/// Replicates of either share.
pub const OTHERS: usize = 128;

/// One thing that is otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A shock never fires.
    WithoutShock(ShockIdx),
    /// An initiative is never tabled.
    WithoutInitiative(InitiativeIdx),
    /// A driver has no chance of its own.
    CalmDriver(DriverIdx),
    /// The analysts' stances do not count.
    WithoutStances,
    /// An uncertain input has the value of the base case.
    BaseInput(Leaf),
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// What was changed.
    pub change: Change,
    /// The first step at which the event happens then, if it does.
    pub first: Option<usize>,
    /// Whether the replicate failed: then nothing is known.
    pub failed: bool,
}

/// How often it happens otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Otherwise {
    /// With the inputs of the replicate and other luck.
    pub luck: Option<Estimate>,
    /// With the luck of the replicate and other inputs; none if there are no uncertain inputs.
    pub inputs: Option<Estimate>,
}

/// An event of one replicate.
#[derive(Debug)]
pub struct Question<'a> {
    scenario: &'a Scenario,
    program: &'a Arc<Program>,
    which: Which<'a>,
    asked: &'a EventKind,
    sampler: Sampler,
    /// Inputs of the replicate.
    inputs: Vec<(Leaf, Lanes)>,
}

impl<'a> Question<'a> {
    /// Draws the inputs of the replicate.
    ///
    /// # Errors
    /// If the design of the run does not fit the scenario, or has no such replicate.
    pub fn new(
        scenario: &'a Scenario,
        program: &'a Arc<Program>,
        which: Which<'a>,
        asked: &'a EventKind,
    ) -> Result<Self, EnsembleError> {
        let sampler = Sampler::designed(scenario, which.seed, which.design)?;
        sampler.has(which.replicate, 1)?;
        let draws = sampler.draw_block(which.replicate, 1);
        let inputs = sampler.inputs(scenario, which.policy, &draws);
        Ok(Self {
            scenario,
            program,
            which,
            asked,
            sampler,
            inputs,
        })
    }

    /// The changes that may matter: everything that the scenario lets be taken away.
    pub fn changes(&self) -> Vec<Change> {
        let scenario = self.scenario;
        let shocks = (0..scenario.shocks.len()).map(Change::WithoutShock);
        let asked = match self.asked {
            EventKind::Adoption { initiative, .. }
            | EventKind::Completion { initiative, .. }
            | EventKind::Abandonment { initiative, .. }
            | EventKind::Holding { initiative, .. } => Some(*initiative),
            _ => None,
        };
        // Without itself nothing can happen.
        let others = (0..scenario.initiatives.len()).filter(|idx| Some(*idx) != asked);
        let initiatives = others.map(Change::WithoutInitiative);
        let moving =
            (0..scenario.world.drivers.len()).filter(|idx| !chance_of(scenario, *idx).is_empty());
        let drivers = moving.map(Change::CalmDriver);
        let has_stances = scenario
            .initiatives
            .iter()
            .any(|one| !one.stances.is_empty());
        let stances = (has_stances && self.which.stances).then_some(Change::WithoutStances);
        let inputs = self.sampler.leaves().map(Change::BaseInput);
        shocks
            .chain(initiatives)
            .chain(drivers)
            .chain(stances)
            .chain(inputs)
            .collect()
    }

    /// Lets the replicate happen again under each change; `heard` is called after each.
    pub fn trials(&self, changes: &[Change], heard: &(dyn Fn() + Sync)) -> Vec<Trial> {
        let trial = |change: &Change| {
            let trial = self.trial(*change);
            heard();
            trial
        };
        changes.par_iter().map(trial).collect()
    }

    fn trial(&self, change: Change) -> Trial {
        let mut inputs = self.inputs.clone();
        let mut stances = self.which.stances;
        let mut program = Arc::clone(self.program);
        match change {
            Change::WithoutShock(shock) => hold(
                &mut inputs,
                rate_of(&self.scenario.shocks[shock].timing),
                0.0,
            ),
            Change::CalmDriver(driver) => {
                for leaf in chance_of(self.scenario, driver) {
                    hold(&mut inputs, leaf, 0.0);
                }
            }
            Change::WithoutStances => stances = false,
            Change::BaseInput(leaf) => hold(&mut inputs, leaf, self.base(leaf)),
            Change::WithoutInitiative(idx) => {
                let mut without = self.scenario.clone();
                without.initiatives[idx].open = false;
                program = Arc::new(Program::new(Arc::new(without)));
            }
        }
        let outcome = self.block(&program, &inputs, stances, (self.which.replicate, 1));
        let failed = outcome.faults.first().is_some_and(Option::is_some);
        Trial {
            change,
            first: self.first(&outcome, 0),
            failed,
        }
    }

    /// How often it happens with other luck, and with other inputs.
    pub fn otherwise(&self) -> Otherwise {
        // Replicates that no run has.
        let far = REPLICATES_MAX - OTHERS as u64;
        let blocks = (0..OTHERS).step_by(LANES).map(|at| {
            let n = (OTHERS - at).min(LANES);
            let outcome = self.block(
                self.program,
                &self.inputs,
                self.which.stances,
                (far + at as u64, n),
            );
            self.counted(&outcome, n)
        });
        let luck = share(blocks);
        let varies = self.sampler.leaves().next().is_some();
        let inputs = varies.then(|| {
            let each: Vec<(u64, u64)> = (0..OTHERS as u64)
                .into_par_iter()
                .map(|at| {
                    // Independent draws, whatever the design: those of the same far replicates.
                    let sampler = Sampler::new(self.scenario, self.which.seed);
                    let draws = sampler.draw_block(far + at, 1);
                    let inputs = sampler.inputs(self.scenario, self.which.policy, &draws);
                    let which = (self.which.replicate, 1);
                    let outcome = self.block(self.program, &inputs, self.which.stances, which);
                    self.counted(&outcome, 1)
                })
                .collect();
            share(each.into_iter())
        });
        Otherwise {
            luck,
            inputs: inputs.flatten(),
        }
    }

    fn block(
        &self,
        program: &Arc<Program>,
        inputs: &[(Leaf, Lanes)],
        stances: bool,
        (first, n): (u64, usize),
    ) -> BlockOutcome {
        Engine::new(program, self.which.isa).run(&Block {
            seed: self.which.seed,
            first,
            n,
            policy: self.which.policy,
            stances,
            inputs,
            record: Record::Summary,
        })
    }

    /// The first step at which it happens in a lane.
    fn first(&self, outcome: &BlockOutcome, lane: u32) -> Option<usize> {
        let history = Dated::of_lane(&outcome.events, lane);
        let places = event::places(self.scenario, &history, self.asked);
        places.first().map(|place| history[*place].step)
    }

    /// Lanes that did not fail, and those of them in which it happens.
    fn counted(&self, outcome: &BlockOutcome, n: usize) -> (u64, u64) {
        let good = (0..n).filter(|lane| outcome.faults.get(*lane).is_none_or(Option::is_none));
        good.fold((0, 0), |(all, happened), lane| {
            let here = self.first(outcome, lane as u32).is_some();
            (all + 1, happened + u64::from(here))
        })
    }

    /// The value of a number in force before anything is drawn.
    fn base(&self, leaf: Leaf) -> f64 {
        let set = self.which.policy.and_then(|policy| {
            let mut set = self.scenario.policies[policy].set.iter();
            set.find(|(of, _)| *of == leaf).map(|(_, value)| *value)
        });
        set.unwrap_or_else(|| self.scenario.value(leaf))
    }
}

/// Gives a number another value in every lane.
fn hold(inputs: &mut Vec<(Leaf, Lanes)>, leaf: Leaf, value: f64) {
    let value = Lanes::splat(value as f32);
    match inputs.binary_search_by_key(&leaf, |of| of.0) {
        Ok(at) => inputs[at].1 = value,
        Err(at) => inputs.insert(at, (leaf, value)),
    }
}

/// The rate or probability of a shock.
const fn rate_of(timing: &Timing) -> Leaf {
    match timing {
        Timing::OncePerYear(leaf) | Timing::PerYear(leaf) => *leaf,
        Timing::At { probability, .. } | Timing::Between { probability, .. } => *probability,
    }
}

/// The numbers that make a driver move by chance.
fn chance_of(scenario: &Scenario, driver: DriverIdx) -> Vec<Leaf> {
    match &scenario.world.drivers[driver].process {
        Process::Constant { .. } | Process::Path { .. } => Vec::new(),
        Process::OrnsteinUhlenbeck { volatility, .. }
        | Process::GeometricBrownian { volatility, .. }
        | Process::RandomWalk { volatility, .. } => vec![*volatility],
        Process::Markov {
            up_per_year,
            down_per_year,
            ..
        } => vec![*up_per_year, *down_per_year],
        Process::Jumps { per_year, .. } => vec![*per_year],
    }
}

fn share(counts: impl Iterator<Item = (u64, u64)>) -> Option<Estimate> {
    let (n, k) = counts.fold((0, 0), |(n, k), (all, happened)| (n + all, k + happened));
    interval::wilson(k, n, interval::CONFIDENCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::test_data;
    use foedera_sim::Isa;

    #[test]
    fn the_same_history_holds_the_event_at_the_same_step() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let asked = EventKind::Adoption {
            initiative: 0,
            rung: 0,
        };
        let design = Design::default();
        let mut told = 0;
        for replicate in 0..20 {
            let which = Which {
                replicate,
                seed: 1,
                design: &design,
                policy: None,
                stances: true,
                isa: Isa::Baseline,
            };
            let question = Question::new(&scenario, &program, which, &asked).unwrap();
            let history = crate::replay(&scenario, &program, which).unwrap();
            let events = Dated::of_lane(&history.outcome.events, 0);
            let places = event::places(&scenario, &events, &asked);
            let first = places.first().map(|place| events[*place].step);
            // A change that changes nothing: an input held at what it is.
            let leaf = history.inputs[0].0;
            let mut inputs = question.inputs.clone();
            hold(&mut inputs, leaf, f64::from(history.inputs[0].1));
            let outcome = question.block(&program, &inputs, true, (replicate, 1));
            assert_eq!(question.first(&outcome, 0), first);
            told += usize::from(first.is_some());
            let changes = question.changes();
            assert!(!changes.contains(&Change::WithoutInitiative(0)));
            assert_eq!(question.trials(&changes, &|| ()).len(), changes.len());
        }
        assert!(told > 0);
    }

    #[test]
    fn other_luck_and_other_inputs_are_counted() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let asked = EventKind::Adoption {
            initiative: 0,
            rung: 0,
        };
        let design = Design::default();
        let which = Which {
            replicate: 3,
            seed: 1,
            design: &design,
            policy: None,
            stances: true,
            isa: Isa::Baseline,
        };
        let question = Question::new(&scenario, &program, which, &asked).unwrap();
        let found = question.otherwise();
        assert_eq!(found.luck.unwrap().n, OTHERS as u64);
        assert_eq!(found.inputs.unwrap().n, OTHERS as u64);
        assert_eq!(found, question.otherwise());
    }
}
