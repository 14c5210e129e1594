//! Lets the first replicates of a run happen again with something changed, on the same chances.
//!
//! The ground of paired questions: what would a party need to agree ([`crate::needs`]), how much of the answers
//! are the analysts' stances ([`crate::stances`]). Draws are made once; a change shifts one input and nothing else.

use std::sync::Arc;

use foedera_scenario::{Leaf, PolicyIdx, Scenario};
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Moment, Program, Record};

use crate::design::{Design, DesignError};
use crate::sampling::Sampler;

/// Which replicates happen again, and under what.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Replicates 0 to `n`, at least one.
    pub n: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Design of the run.
    pub design: &'a Design,
    /// Policy; `None` is the base case.
    pub policy: Option<PolicyIdx>,
    /// Whether stances count.
    pub stances: bool,
}

/// Replicates with their draws, ready to happen again.
#[derive(Debug)]
pub(crate) struct Again<'a> {
    scenario: &'a Scenario,
    program: &'a Arc<Program>,
    sample: Sample<'a>,
    /// Inputs of each block.
    inputs: Vec<Vec<(Leaf, Lanes)>>,
}

/// One number with another value: drawn replicates keep their deviation from it, as under a policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    pub(crate) leaf: Leaf,
    /// Added to the value in each replicate, which stays within the number's valid range.
    pub(crate) by: f64,
}

impl<'a> Again<'a> {
    /// Draws the inputs.
    ///
    /// # Errors
    /// If the design does not fit the scenario, or has fewer replicates.
    pub(crate) fn new(
        scenario: &'a Scenario,
        program: &'a Arc<Program>,
        sample: Sample<'a>,
    ) -> Result<Self, DesignError> {
        let sampler = Sampler::designed(scenario, sample.seed, sample.design)?;
        sampler.has(0, sample.n)?;
        let blocks = (0..sample.n).step_by(LANES);
        let inputs = blocks.map(|first| {
            let draws = sampler.draw_block(first, size(sample.n, first));
            sampler.inputs(scenario, sample.policy, &draws)
        });
        Ok(Self {
            scenario,
            program,
            sample,
            inputs: inputs.collect(),
        })
    }

    /// A new engine for these replicates.
    pub(crate) fn engine(&self) -> Engine {
        Engine::new(self.program, Isa::detect())
    }

    /// The value of a number in force before anything is drawn.
    pub(crate) fn base(&self, leaf: Leaf) -> f64 {
        let set = self.sample.policy.and_then(|policy| {
            let mut set = self.scenario.policies[policy].set.iter();
            set.find(|(of, _)| *of == leaf).map(|(_, value)| *value)
        });
        set.unwrap_or_else(|| self.scenario.value(leaf))
    }

    /// The value of a number in one lane of a block.
    pub(crate) fn value(&self, block: usize, lane: usize, leaf: Leaf) -> f32 {
        let inputs = &self.inputs[block];
        match inputs.binary_search_by_key(&leaf, |of| of.0) {
            Ok(at) => inputs[at].1[lane],
            Err(_) => self.scenario.value(leaf) as f32,
        }
    }

    /// Lets every block happen, with its number.
    pub(crate) fn blocks(
        &self,
        engine: &mut Engine,
        stances: bool,
        shift: Option<Shift>,
        record: Record,
        mut see: impl FnMut(usize, &BlockOutcome),
    ) {
        for block in 0..self.inputs.len() {
            see(block, &self.block(engine, block, stances, shift, record));
        }
    }

    /// Number of blocks.
    pub(crate) fn n_blocks(&self) -> usize {
        self.inputs.len()
    }

    /// Lets one block happen.
    pub(crate) fn block(
        &self,
        engine: &mut Engine,
        block: usize,
        stances: bool,
        shift: Option<Shift>,
        record: Record,
    ) -> BlockOutcome {
        let first = (block * LANES) as u64;
        let shifted = shift.map(|shift| self.shifted(block, shift));
        engine.run(&Block {
            seed: self.sample.seed,
            first,
            n: size(self.sample.n, first),
            policy: self.sample.policy,
            stances,
            inputs: shifted.as_deref().unwrap_or(&self.inputs[block]),
            record,
        })
    }

    /// Lets one block happen and hands over what stands at the end of some steps.
    pub(crate) fn watch(
        &self,
        engine: &mut Engine,
        block: usize,
        record: Record,
        steps: &[usize],
        see: &mut dyn FnMut(usize, Moment),
    ) -> BlockOutcome {
        let first = (block * LANES) as u64;
        let block = Block {
            seed: self.sample.seed,
            first,
            n: size(self.sample.n, first),
            policy: self.sample.policy,
            stances: self.sample.stances,
            inputs: &self.inputs[block],
            record,
        };
        engine.watch(&block, steps, see)
    }

    /// Inputs of a block with one of them shifted.
    fn shifted(&self, block: usize, shift: Shift) -> Vec<(Leaf, Lanes)> {
        let mut inputs = self.inputs[block].clone();
        let info = self.scenario.leaves.info(shift.leaf);
        let moved = |value: f64| (value + shift.by).max(info.min).min(info.max) as f32;
        match inputs.binary_search_by_key(&shift.leaf, |of| of.0) {
            Ok(at) => {
                let before = inputs[at].1;
                inputs[at].1 = Lanes::from_fn(|lane| moved(f64::from(before[lane])));
            }
            Err(at) => {
                let value = Lanes::splat(moved(info.value));
                inputs.insert(at, (shift.leaf, value));
            }
        }
        inputs
    }
}

/// Replicates of the block that starts with one.
fn size(n: u64, first: u64) -> usize {
    (n - first).min(LANES as u64) as usize
}
