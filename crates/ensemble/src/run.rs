//! Runs an ensemble: blocks on all cores, delivered in order, added up exactly.
//!
//! Each worker has one engine, runs a block of 64 replicates under every policy with the same draws and adds it to
//! counts that do not care about order; [`crate::crew`] hands the rows over in order. When asked to stop, what is
//! delivered is always a prefix.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use foedera_results::histogram::Scale;
use foedera_results::outcome::OutcomeTally;
use foedera_results::{
    Aggregates, BlockRecord, Estimate, Layout, SeriesAggregates, SeriesStore, Sink,
};
use foedera_scenario::{Leaf, PolicyIdx, Scenario};
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::rng::REPLICATES_MAX;
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program, Record};

use crate::correlation::Repair;
use crate::crew::{self, Worker};
use crate::design::Design;
use crate::error::EnsembleError;
use crate::layout::{self, Labels};
use crate::record;
use crate::sampling::Sampler;

/// Most replicates of one run: histograms count in 32 bits.
pub const N_MAX: u64 = u32::MAX as u64;
/// Most threads: more than any machine this was written on.
pub const THREADS_MAX: usize = 1024;

/// What to run.
#[derive(Debug, Clone)]
pub struct Request {
    /// Replicates, 1..=[`N_MAX`].
    pub n: u64,
    /// First replicate.
    pub first: u64,
    /// Seed.
    pub seed: u64,
    /// Which inputs replicates have.
    pub design: Design,
    /// Policies; `None` is the base case. The first one is what the others are compared with.
    pub policies: Vec<Option<PolicyIdx>>,
    /// Threads, 1..=[`THREADS_MAX`].
    pub threads: usize,
    /// Instruction set.
    pub isa: Isa,
    /// Whether stances count.
    pub stances: bool,
    /// Hand over every measure at every step of every replicate.
    pub trajectories: bool,
    /// Outcome whose running estimate goes to the progress, by index.
    pub headline: Option<usize>,
}

/// What a run gave.
#[derive(Debug)]
pub struct Summary {
    /// What the columns are.
    pub layout: Layout,
    /// Replicates done, a prefix of those asked for.
    pub completed: u64,
    /// Whether it was stopped before the end.
    pub interrupted: bool,
    /// What was added up.
    pub aggregates: Aggregates,
    /// Histograms of every measure at every step.
    pub series: SeriesAggregates,
    /// Correlations that contradicted one another.
    pub repairs: Vec<Repair>,
}

/// Hears how far a run is. Called on the thread that called [`run`].
pub trait Progress {
    /// So many replicates are delivered; the headline's estimate over them, under the first policy.
    fn replicates_done(&self, done: u64, headline: Option<Estimate>);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn replicates_done(&self, _done: u64, _headline: Option<Estimate>) {}
}

/// Describes the columns that [`run`] will deliver.
///
/// # Errors
/// If the scenario cannot be run by this design.
pub fn describe(
    scenario: &Scenario,
    program: &Program,
    request: &Request,
) -> Result<Layout, EnsembleError> {
    let sampler = Sampler::designed(scenario, request.seed, &request.design)?;
    let policies = &request.policies;
    Ok(layout::layout(
        scenario,
        program,
        policies,
        sampler.leaves(),
    ))
}

/// Runs an ensemble.
///
/// # Errors
/// If the request makes no sense, threads cannot be had, or the sink fails; the sink's error ends the run.
pub fn run(
    scenario: &Arc<Scenario>,
    program: &Arc<Program>,
    request: &Request,
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Summary, EnsembleError> {
    check(scenario, request)?;
    let layout = describe(scenario, program, request)?;
    let isa = request.isa;
    let engine = || {
        let mut engine = Engine::new(program, isa);
        move |block: &Block<'_>| engine.run(block)
    };
    run_with(scenario, layout, request, &engine, sink, progress, stop)
}

/// Runs an ensemble on engines that a function makes, one for each worker.
pub(crate) fn run_with<E: FnMut(&Block<'_>) -> BlockOutcome>(
    scenario: &Scenario,
    layout: Layout,
    request: &Request,
    make_engine: &(impl Fn() -> E + Sync),
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Summary, EnsembleError> {
    check(scenario, request)?;
    let sampler = Sampler::designed(scenario, request.seed, &request.design)?;
    sampler.has(request.first, request.n)?;
    let job = Job {
        scenario,
        request,
        labels: Labels::new(scenario),
        sampler,
        series: SeriesStore::new(&layout),
        aggregates: Mutex::new(Aggregates::new(&layout)),
        layout: &layout,
    };
    let completed = job.run(make_engine, sink, progress, stop)?;
    let Job {
        series,
        aggregates,
        sampler,
        ..
    } = job;
    let aggregates = aggregates
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(Summary {
        completed,
        interrupted: completed < request.n,
        aggregates,
        series: series.finish(),
        repairs: sampler.repairs().to_vec(),
        layout,
    })
}

/// Whether so many replicates can be numbered and so many threads be had.
pub(crate) fn check_count(first: u64, n: u64, threads: usize) -> Result<(), EnsembleError> {
    if n == 0 {
        return Err(EnsembleError::NoReplicates);
    }
    if n > N_MAX || first >= REPLICATES_MAX || first + n > REPLICATES_MAX {
        return Err(EnsembleError::TooMany {
            first,
            n,
            max: N_MAX,
        });
    }
    if threads == 0 || threads > THREADS_MAX {
        return Err(EnsembleError::Threads {
            threads,
            max: THREADS_MAX,
        });
    }
    Ok(())
}

fn check(scenario: &Scenario, request: &Request) -> Result<(), EnsembleError> {
    check_count(request.first, request.n, request.threads)?;
    if request.policies.is_empty() {
        return Err(EnsembleError::NoPolicy);
    }
    for (idx, policy) in request.policies.iter().enumerate() {
        let number = policy.unwrap_or(0);
        let unknown = policy.is_some_and(|policy| policy >= scenario.policies.len());
        if unknown || request.policies[..idx].contains(policy) {
            return Err(EnsembleError::Policy { policy: number });
        }
    }
    Ok(())
}

/// What all workers share.
struct Job<'a> {
    scenario: &'a Scenario,
    request: &'a Request,
    layout: &'a Layout,
    labels: Labels,
    sampler: Sampler,
    series: SeriesStore,
    aggregates: Mutex<Aggregates>,
}

impl Job<'_> {
    /// Runs all blocks; gives the number of replicates delivered.
    fn run<E: FnMut(&Block<'_>) -> BlockOutcome>(
        &self,
        make_engine: &(impl Fn() -> E + Sync),
        sink: &mut dyn Sink,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<u64, EnsembleError> {
        let make = || RunWorker {
            job: self,
            engine: make_engine(),
            sums: Aggregates::new(self.layout),
        };
        let mut headline = Headline::new(self.layout, self.request.headline);
        let mut done = 0;
        let mut deliver = |record: BlockRecord| {
            sink.block(&record)?;
            done += record.n as u64;
            headline.add(&record);
            progress.replicates_done(done, headline.estimate());
            Ok(())
        };
        let n_blocks = self.request.n.div_ceil(LANES as u64);
        crew::in_order(self.request.threads, n_blocks, &make, &mut deliver, stop)?;
        Ok(done)
    }

    /// Runs one block under every policy with the same draws.
    fn block(&self, engine: &mut impl FnMut(&Block<'_>) -> BlockOutcome, idx: u64) -> BlockRecord {
        let offset = idx * LANES as u64;
        let first = self.request.first + offset;
        let n = (self.request.n - offset).min(LANES as u64) as usize;
        let draws = self.sampler.draw_block(first, n);
        let mut arms = Vec::with_capacity(self.request.policies.len());
        for (arm, &policy) in self.request.policies.iter().enumerate() {
            let inputs = self.sampler.inputs(self.scenario, policy, &draws);
            let outcome = engine(&Block {
                seed: self.request.seed,
                first,
                n,
                policy,
                stances: self.request.stances,
                inputs: &inputs,
                record: Record::Summary,
            });
            self.add_series(arm, n, &outcome);
            let drawn = self.drawn(n, &inputs);
            let with_trajectories = self.request.trajectories;
            arms.push(record::arm_block(
                &self.labels,
                n,
                drawn,
                &outcome,
                with_trajectories,
            ));
        }
        BlockRecord { first, n, arms }
    }

    /// Values of the drawn leaves as the engine got them.
    fn drawn(&self, n: usize, inputs: &[(Leaf, Lanes)]) -> Vec<Vec<f32>> {
        let find = |leaf: Leaf| {
            let at = inputs.binary_search_by_key(&leaf, |of| of.0);
            inputs[at.expect("every drawn leaf is an input")].1[..n].to_vec()
        };
        self.sampler.leaves().map(find).collect()
    }

    fn add_series(&self, arm: usize, n: usize, outcome: &BlockOutcome) {
        let good = |lane: &usize| outcome.faults.get(*lane).is_none_or(Option::is_none);
        let all_good = (0..n).all(|lane| good(&lane));
        for (measure, steps) in outcome.series.iter().enumerate() {
            if all_good {
                self.series.add(arm, measure, |step| &steps[step][..n]);
            } else {
                let kept: Vec<Vec<f32>> = steps
                    .iter()
                    .map(|lanes| (0..n).filter(good).map(|lane| lanes[lane]).collect())
                    .collect();
                self.series.add(arm, measure, |step| &kept[step]);
            }
        }
    }
}

/// One engine with what it has added up.
struct RunWorker<'a, E> {
    job: &'a Job<'a>,
    engine: E,
    sums: Aggregates,
}

impl<E: FnMut(&Block<'_>) -> BlockOutcome> Worker for RunWorker<'_, E> {
    type Done = BlockRecord;

    fn block(&mut self, idx: u64) -> BlockRecord {
        let record = self.job.block(&mut self.engine, idx);
        self.sums.add(self.job.layout, &record);
        record
    }

    fn end(self) {
        self.job
            .aggregates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .merge(&self.sums);
    }
}

/// The running estimate of one outcome under the first policy.
struct Headline<'a> {
    layout: &'a Layout,
    outcome: Option<usize>,
    tally: OutcomeTally,
}

impl<'a> Headline<'a> {
    fn new(layout: &'a Layout, outcome: Option<usize>) -> Self {
        let outcome = outcome.filter(|&outcome| outcome < layout.outcomes.len());
        Self {
            layout,
            outcome,
            tally: OutcomeTally::default(),
        }
    }

    fn add(&mut self, record: &BlockRecord) {
        let (Some(outcome), Some(arm)) = (self.outcome, record.arms.first()) else {
            return;
        };
        let column = &self.layout.outcomes[outcome];
        for (&x, fault) in arm.outcomes[outcome].iter().zip(&arm.faults) {
            if fault.is_none() {
                self.tally.add(Scale::new(column.low, column.high), x);
            }
        }
    }

    fn estimate(&self) -> Option<Estimate> {
        self.tally
            .estimate(self.layout.outcomes[self.outcome?].kind)
    }
}

#[cfg(test)]
mod tests;
