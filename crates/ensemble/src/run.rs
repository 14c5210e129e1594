//! Runs an ensemble: blocks on all cores, delivered in order, added up exactly.
//!
//! Each worker has one engine, runs a block of 64 replicates under every policy with the same draws and adds it to
//! counts that do not care about order; `crew` hands the rows over in order. When asked to stop, what is
//! delivered is always a prefix. A sink that makes parts safe hears the sums up to the end of each, so that a run can
//! go on from any of them ([`Before`]).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use foedera_results::histogram::Scale;
use foedera_results::outcome::OutcomeTally;
use foedera_results::{Aggregates, BlockRecord, Estimate, Layout, SeriesAggregates, Sink, Sums};
use foedera_scenario::{Leaf, PolicyIdx, Scenario};
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::rng::REPLICATES_MAX;
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program, Record};

use crate::correlation::Repair;
use crate::crew::{self, Worker};
use crate::design::Design;
use crate::error::EnsembleError;
use crate::layout::{self, Labels};
use crate::parts::{Parts, Place};
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

/// What went before a run that goes on.
#[derive(Debug, Default)]
pub struct Before {
    /// What is added up already; `None` if nothing is.
    pub sums: Option<Sums>,
    /// Replicates below this number are in the sums: they are run for their rows alone.
    pub counted: u64,
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
    run_on(
        scenario,
        program,
        request,
        Before::default(),
        sink,
        progress,
        stop,
    )
}

/// Goes on with an ensemble: the summary is that of what went before and of this run together.
///
/// # Errors
/// As [`run()`].
pub fn run_on(
    scenario: &Arc<Scenario>,
    program: &Arc<Program>,
    request: &Request,
    before: Before,
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
    let listener = Listener {
        sink,
        progress,
        stop,
    };
    run_with(scenario, layout, request, before, &engine, listener)
}

/// Who takes what a run gives, and who may stop it.
pub(crate) struct Listener<'a> {
    pub(crate) sink: &'a mut dyn Sink,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) stop: &'a AtomicBool,
}

/// Runs an ensemble on engines that a function makes, one for each worker.
pub(crate) fn run_with<E: FnMut(&Block<'_>) -> BlockOutcome>(
    scenario: &Scenario,
    layout: Layout,
    request: &Request,
    before: Before,
    make_engine: &(impl Fn() -> E + Sync),
    to: Listener<'_>,
) -> Result<Summary, EnsembleError> {
    check(scenario, request)?;
    let sampler = Sampler::designed(scenario, request.seed, &request.design)?;
    sampler.has(request.first, request.n)?;
    let mut headline = Headline::new(&layout, request.headline);
    headline.begin(before.sums.as_ref());
    let job = Job {
        scenario,
        request,
        labels: Labels::new(scenario),
        sampler,
        parts: Parts::new(&layout, to.sink.part(), request.first, before.sums),
        counted: before.counted,
        layout: &layout,
    };
    let completed = job.run(make_engine, headline, to)?;
    let repairs = job.sampler.repairs().to_vec();
    let total = job.parts.sums();
    Ok(Summary {
        completed,
        interrupted: completed < request.n,
        aggregates: total.aggregates,
        series: total.series,
        repairs,
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
    parts: Parts,
    /// The first replicate that is added up.
    counted: u64,
}

impl Job<'_> {
    /// Runs all blocks; gives the number of replicates delivered.
    fn run<E: FnMut(&Block<'_>) -> BlockOutcome>(
        &self,
        make_engine: &(impl Fn() -> E + Sync),
        mut headline: Headline<'_>,
        to: Listener<'_>,
    ) -> Result<u64, EnsembleError> {
        let Listener {
            sink,
            progress,
            stop,
        } = to;
        let make = || RunWorker {
            job: self,
            engine: make_engine(),
        };
        let mut done = 0;
        let mut deliver = |record: BlockRecord| {
            sink.block(&record)?;
            done += record.n as u64;
            headline.add(&record, self.counted);
            let end = record.first + record.n as u64;
            if self.parts.ends_at(end) {
                self.parts.end(end - 1, |sums| sink.end_part(sums))?;
            }
            progress.replicates_done(done, headline.estimate());
            Ok(())
        };
        let n_blocks = self.request.n.div_ceil(LANES as u64);
        crew::in_order(self.request.threads, n_blocks, &make, &mut deliver, stop)?;
        Ok(done)
    }

    /// The first replicate of a block.
    fn first_of(&self, idx: u64) -> u64 {
        self.request.first + idx * LANES as u64
    }

    /// Runs one block under every policy with the same draws.
    fn block(
        &self,
        engine: &mut impl FnMut(&Block<'_>) -> BlockOutcome,
        place: &Place,
        idx: u64,
    ) -> BlockRecord {
        let first = self.first_of(idx);
        let n = (self.request.n - idx * LANES as u64).min(LANES as u64) as usize;
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
            self.add_series(place, arm, (first, n), &outcome);
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

    fn add_series(
        &self,
        place: &Place,
        arm: usize,
        (first, n): (u64, usize),
        outcome: &BlockOutcome,
    ) {
        let good = |lane: &usize| {
            first + *lane as u64 >= self.counted
                && outcome.faults.get(*lane).is_none_or(Option::is_none)
        };
        let all_good = (0..n).all(|lane| good(&lane));
        let series = self.parts.series(place);
        for (measure, steps) in outcome.series.iter().enumerate() {
            if all_good {
                series.add(arm, measure, |step| &steps[step][..n]);
            } else {
                let kept: Vec<Vec<f32>> = steps
                    .iter()
                    .map(|lanes| (0..n).filter(good).map(|lane| lanes[lane]).collect())
                    .collect();
                series.add(arm, measure, |step| &kept[step]);
            }
        }
    }
}

/// One engine.
struct RunWorker<'a, E> {
    job: &'a Job<'a>,
    engine: E,
}

impl<E: FnMut(&Block<'_>) -> BlockOutcome> Worker for RunWorker<'_, E> {
    type Done = BlockRecord;

    fn block(&mut self, idx: u64) -> BlockRecord {
        let job = self.job;
        let place = job.parts.place(job.layout, job.first_of(idx));
        let record = job.block(&mut self.engine, &place, idx);
        place.add(job.layout, job.counted, &record);
        record
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

    /// Takes what was added up before.
    fn begin(&mut self, before: Option<&Sums>) {
        let arm = before.and_then(|sums| sums.aggregates.arms.first());
        if let (Some(outcome), Some(arm)) = (self.outcome, arm) {
            self.tally = arm.outcomes[outcome].clone();
        }
    }

    fn add(&mut self, record: &BlockRecord, counted: u64) {
        let (Some(outcome), Some(arm)) = (self.outcome, record.arms.first()) else {
            return;
        };
        let column = &self.layout.outcomes[outcome];
        let values = arm.outcomes[outcome].iter().zip(&arm.faults);
        for (replicate, (&x, fault)) in (record.first..).zip(values) {
            if fault.is_none() && replicate >= counted {
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
