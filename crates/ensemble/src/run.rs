//! Runs an ensemble: blocks on all cores, delivered in order, added up exactly.
//!
//! Each worker has one engine, takes the next block of 64 replicates, runs it under every policy with the
//! same draws, adds it to counts that do not care about order, and hands its rows to the caller's thread.
//! That thread delivers them to the sink in order and lets workers run only a few blocks ahead, so that
//! memory does not grow with the number of replicates. When asked to stop, workers finish the blocks that
//! they have begun: what is delivered is always a prefix.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

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
use crate::error::EnsembleError;
use crate::layout::{self, Labels};
use crate::record;
use crate::sampling::Sampler;

/// Most replicates of one run: histograms count in 32 bits.
pub const N_MAX: u64 = u32::MAX as u64;
/// Most threads: more than any machine this was written on.
pub const THREADS_MAX: usize = 1024;
/// Blocks that a worker may be ahead of the sink.
const AHEAD: u64 = 4;

/// What to run.
#[derive(Debug, Clone)]
pub struct Request {
    /// Replicates, 1..=[`N_MAX`].
    pub n: u64,
    /// First replicate.
    pub first: u64,
    /// Seed.
    pub seed: u64,
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
pub fn describe(scenario: &Scenario, program: &Program, request: &Request) -> Layout {
    let sampler = Sampler::new(scenario, request.seed);
    layout::layout(scenario, program, &request.policies, sampler.leaves())
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
    let layout = describe(scenario, program, request);
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
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(request.threads)
        .build()
        .map_err(|error| EnsembleError::NoThreads {
            threads: request.threads,
            reason: error.to_string(),
        })?;
    let job = Job {
        scenario,
        request,
        labels: Labels::new(scenario),
        sampler: Sampler::new(scenario, request.seed),
        series: SeriesStore::new(&layout),
        aggregates: Mutex::new(Aggregates::new(&layout)),
        layout: &layout,
        queue: Queue::new(request),
        stop,
    };
    let delivered = pool.in_place_scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..request.threads {
            let (job, sender) = (&job, sender.clone());
            scope.spawn(move |_| job.work(make_engine, &sender));
        }
        drop(sender);
        job.deliver(&receiver, sink, progress)
    });
    let completed = delivered?;
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

fn check(scenario: &Scenario, request: &Request) -> Result<(), EnsembleError> {
    let Request {
        n, first, threads, ..
    } = *request;
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
    queue: Queue,
    stop: &'a AtomicBool,
}

impl Job<'_> {
    /// Runs blocks until there are none.
    fn work<E: FnMut(&Block<'_>) -> BlockOutcome>(
        &self,
        make_engine: &(impl Fn() -> E + Sync),
        sender: &Sender<(u64, BlockRecord)>,
    ) {
        let _bell = Bell(&self.queue);
        let mut engine = make_engine();
        let mut sums = Aggregates::new(self.layout);
        while let Some(idx) = self.queue.take(self.stop) {
            let record = self.block(&mut engine, idx);
            sums.add(self.layout, &record);
            if sender.send((idx, record)).is_err() {
                break;
            }
        }
        self.aggregates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .merge(&sums);
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

    /// Hands blocks to the sink in order; gives the number of replicates delivered.
    fn deliver(
        &self,
        receiver: &Receiver<(u64, BlockRecord)>,
        sink: &mut dyn Sink,
        progress: &dyn Progress,
    ) -> Result<u64, EnsembleError> {
        // If this thread leaves early, by an error or a panic, workers must not wait for it.
        let _bell = Bell(&self.queue);
        let mut waiting: BTreeMap<u64, BlockRecord> = BTreeMap::new();
        let mut headline = Headline::new(self.layout, self.request.headline);
        let (mut next, mut done) = (0, 0);
        while let Ok((idx, record)) = receiver.recv() {
            waiting.insert(idx, record);
            while let Some(record) = waiting.remove(&next) {
                sink.block(&record)?;
                next += 1;
                done += record.n as u64;
                self.queue.delivered(next);
                headline.add(&record);
                progress.replicates_done(done, headline.estimate());
            }
        }
        Ok(done)
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

/// Which block is next, and how far workers may run ahead.
struct Queue {
    n_blocks: u64,
    ahead: u64,
    state: Mutex<QueueState>,
    moved: Condvar,
}

struct QueueState {
    next: u64,
    delivered: u64,
    closed: bool,
}

impl Queue {
    fn new(request: &Request) -> Self {
        Self {
            n_blocks: request.n.div_ceil(LANES as u64),
            ahead: AHEAD * request.threads as u64,
            state: Mutex::new(QueueState {
                next: 0,
                delivered: 0,
                closed: false,
            }),
            moved: Condvar::new(),
        }
    }

    /// The next block, as soon as it may run.
    fn take(&self, stop: &AtomicBool) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.closed && state.next >= state.delivered + self.ahead {
            state = self
                .moved
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed || state.next >= self.n_blocks || stop.load(Ordering::Relaxed) {
            return None;
        }
        state.next += 1;
        Some(state.next - 1)
    }

    fn delivered(&self, blocks: u64) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .delivered = blocks;
        self.moved.notify_all();
    }
}

/// Closes the queue if its holder leaves by an error or a panic; a holder who is through changes nothing,
/// since then every block is taken.
struct Bell<'a>(&'a Queue);

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        self.0
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests;
