//! Ensembles on an engine made up for the purpose: a pure function of replicate, policy and inputs, as
//! the real one is.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foedera_results::manifest::{Manifest, Origin};
use foedera_results::output::Resumed;
use foedera_results::{Discard, ResultsError, RunWriter, SeriesStore, WriteOptions};
use foedera_sim::batch::{Blocker, Decision, Event, Fault, FaultKind, Happening};
use foedera_sim::rng;
use proptest::prelude::*;

use super::*;
use crate::crew::AHEAD;
use crate::test_data;

const MEASURES: usize = 2;
const STEPS: u32 = 8;

fn uniform(block: &Block<'_>, lane: usize, what: u32) -> f32 {
    let policy = block.policy.map_or(0, |policy| policy as u32 + 1);
    rng::uniform(rng::word(
        block.seed,
        200,
        block.first + lane as u64,
        what,
        policy,
    ))
}

/// Runs an ensemble from its first replicate.
fn run_made<E: FnMut(&Block<'_>) -> BlockOutcome>(
    scenario: &Scenario,
    layout: Layout,
    request: &Request,
    make_engine: &(impl Fn() -> E + Sync),
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Summary, EnsembleError> {
    let to = Listener {
        sink,
        progress,
        stop,
    };
    run_with(
        scenario,
        layout,
        request,
        Before::default(),
        make_engine,
        to,
    )
}

/// One block of the made-up engine. One replicate in two hundred fails.
fn made_up(block: &Block<'_>) -> BlockOutcome {
    let autonomy = &block.inputs[0].1;
    let of = |what: u32| Lanes::from_fn(|lane| uniform(block, lane, what));
    let mut outcome = BlockOutcome {
        n: block.n,
        outcomes: vec![
            Lanes::from_fn(|lane| 0.5 * (autonomy[lane] + uniform(block, lane, 0))),
            of(1).map(|u| if u < 0.3 { 1.0 } else { 0.0 }),
            of(2).map(|u| if u < 0.5 { f32::NAN } else { u }),
        ],
        series: (0..MEASURES as u32)
            .map(|m| (0..STEPS).map(|step| of(100 + m * STEPS + step)).collect())
            .collect(),
        ..BlockOutcome::default()
    };
    for lane in 0..block.n {
        let fails = uniform(block, lane, 3) < 0.005;
        let fault = Fault {
            step: 2,
            what: FaultKind::OutOfBounds,
        };
        outcome.faults.push(fails.then_some(fault));
        let lane_idx = lane as u32;
        let blocked = uniform(block, lane, 4) < 0.4;
        let blocker = Blocker {
            actor: 1,
            term: 5,
            value: -1.0,
        };
        let what = if blocked {
            Happening::Blocked {
                initiative: 0,
                blocker: 1,
                blockers: 1,
                term: 5,
            }
        } else {
            Happening::Adopted {
                initiative: 0,
                rung: 1,
                parties: 2,
            }
        };
        outcome.events.push(Event {
            lane: lane_idx,
            step: 1,
            what,
        });
        outcome.decisions.push(Decision {
            lane: lane_idx,
            step: 1,
            initiative: 0,
            adopted: (!blocked).then_some(1),
            blockers: if blocked { vec![blocker] } else { Vec::new() },
            pivotal: blocked.then_some(1),
        });
    }
    outcome
}

fn request(n: u64, threads: usize) -> Request {
    Request {
        n,
        first: 0,
        seed: 42,
        design: Design::default(),
        policies: vec![None, Some(0)],
        threads,
        isa: Isa::Baseline,
        stances: true,
        trajectories: true,
        headline: Some(0),
    }
}

fn layout_of(scenario: &Scenario, request: &Request) -> Layout {
    let program = Program::new(Arc::new(scenario.clone()));
    let mut layout = describe(scenario, &program, request).expect("this works");
    layout.measures = (0..MEASURES)
        .map(|idx| foedera_results::layout::MeasureColumn {
            name: format!("measure.{idx}"),
            label: format!("Measure {idx}"),
            unit: String::new(),
            low: 0.0,
            high: 1.0,
        })
        .collect();
    layout
}

fn ensemble(request: &Request, sink: &mut dyn Sink) -> Result<Summary, EnsembleError> {
    let scenario = test_data::scenario();
    let layout = layout_of(&scenario, request);
    let stop = AtomicBool::new(false);
    run_made(
        &scenario,
        layout,
        request,
        &|| made_up,
        sink,
        &Silent,
        &stop,
    )
}

fn manifest_of(layout: &Layout, request: &Request) -> Manifest {
    let scenario = test_data::scenario();
    let origin = Origin {
        program: "foedera".to_owned(),
        version: "0".to_owned(),
        catalogue_sha256: String::new(),
        command: Vec::new(),
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        question: scenario.question.clone(),
        headline: None,
        texts: Vec::new(),
        overrides: Vec::new(),
        stances: true,
        seed: request.seed,
        first: request.first,
        n: request.n,
        design: request.design.clone(),
    };
    Manifest::running(origin, layout.clone())
}

fn write(
    dir: &Path,
    request: &Request,
    make_engine: &(impl Fn() -> fn(&Block<'_>) -> BlockOutcome + Sync),
) {
    let scenario = test_data::scenario();
    let layout = layout_of(&scenario, request);
    let options = WriteOptions {
        csv: true,
        trajectories: true,
        force: false,
    };
    let manifest = manifest_of(&layout, request);
    let mut writer = RunWriter::create(dir, options, manifest).expect("this works");
    let stop = AtomicBool::new(false);
    let summary = run_made(
        &scenario,
        layout,
        request,
        make_engine,
        &mut writer,
        &Silent,
        &stop,
    )
    .expect("this works");
    writer
        .finish(&summary.aggregates, &summary.series)
        .expect("this works");
}

/// Passes on so many blocks and no more, as a disk that fills up.
struct UpTo<'a>(&'a mut RunWriter, u64);

impl Sink for UpTo<'_> {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        if self.1 == 0 {
            let path = std::path::PathBuf::from("full");
            return Err(ResultsError::DiskFull { path });
        }
        self.1 -= 1;
        self.0.block(record)
    }

    fn part(&self) -> u64 {
        self.0.part()
    }

    fn end_part(&mut self, sums: &Sums) -> Result<(), ResultsError> {
        self.0.end_part(sums)
    }
}

/// Goes on with a run for so many blocks.
fn go_on(from: Resumed, request: &Request, blocks: u64) -> Result<Manifest, EnsembleError> {
    let scenario = test_data::scenario();
    let layout = layout_of(&scenario, request);
    let rest = Request {
        first: from.first,
        n: request.n - from.first,
        ..request.clone()
    };
    let before = Before {
        sums: from.before,
        counted: from.counted,
    };
    let mut writer = from.writer;
    let stop = AtomicBool::new(false);
    let to = Listener {
        sink: &mut UpTo(&mut writer, blocks),
        progress: &Silent,
        stop: &stop,
    };
    let summary = run_with(&scenario, layout, &rest, before, &|| made_up, to)?;
    Ok(writer.finish(&summary.aggregates, &summary.series)?)
}

#[test]
fn a_run_that_breaks_off_and_goes_on_is_the_same() {
    let temp = tempfile::tempdir().expect("this works");
    let engine: fn(&Block<'_>) -> BlockOutcome = made_up;
    let whole = Request {
        policies: vec![None],
        ..request(9000, 2)
    };
    write(&temp.path().join("whole"), &whole, &|| engine);
    let wanted = bytes_of(&temp.path().join("whole"));
    let layout = layout_of(&test_data::scenario(), &whole);
    let options = WriteOptions {
        csv: true,
        trajectories: true,
        force: false,
    };
    for (threads, blocks) in [(1, 64), (3, 65), (2, 130)] {
        let dir = temp.path().join(format!("{threads}-{blocks}"));
        let request = Request {
            threads,
            ..whole.clone()
        };
        let manifest = manifest_of(&layout, &request);
        let run = Resumed {
            writer: RunWriter::create(&dir, options, manifest).expect("this works"),
            first: 0,
            counted: 0,
            before: None,
            lost: None,
        };
        go_on(run, &request, blocks).expect_err("the disk is full");
        let resumed = RunWriter::resume(&dir).expect("this works");
        assert_eq!(resumed.first, blocks / 64 * 4096);
        go_on(resumed, &request, u64::MAX).expect("this works");
        assert!(
            bytes_of(&dir) == wanted,
            "{threads} threads, {blocks} blocks"
        );
    }
}

#[test]
fn a_longer_run_adds_up_what_is_new() {
    let temp = tempfile::tempdir().expect("this works");
    let engine: fn(&Block<'_>) -> BlockOutcome = made_up;
    let (short, long) = (request(1000, 2), request(4500, 2));
    write(&temp.path().join("whole"), &long, &|| engine);
    let dir = temp.path().join("grown");
    write(&dir, &short, &|| engine);
    let layout = layout_of(&test_data::scenario(), &long);
    let target = manifest_of(&layout, &long);
    let resumed = RunWriter::extend(&dir, &target).expect("this works");
    // 1,000 is in the middle of a block: its first rows are made again, and none of them is counted twice.
    assert_eq!((resumed.first, resumed.counted), (0, 1000));
    go_on(resumed, &long, u64::MAX).expect("this works");
    assert!(bytes_of(&dir) == bytes_of(&temp.path().join("whole")));
}

fn bytes_of(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(dir)
        .expect("this works")
        .map(Result::unwrap);
    let mut all: Vec<(String, Vec<u8>)> = entries
        .map(|e| {
            (
                e.file_name().into_string().expect("this works"),
                std::fs::read(e.path()).expect("this works"),
            )
        })
        .collect();
    all.sort();
    all
}

fn slow_now_and_then(block: &Block<'_>) -> BlockOutcome {
    if (block.first / 64).is_multiple_of(7) {
        std::thread::sleep(Duration::from_millis(3));
    }
    made_up(block)
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let temp = tempfile::tempdir().expect("this works");
    let engine: fn(&Block<'_>) -> BlockOutcome = made_up;
    let slow: fn(&Block<'_>) -> BlockOutcome = slow_now_and_then;
    write(&temp.path().join("1"), &request(5000, 1), &|| engine);
    let one = bytes_of(&temp.path().join("1"));
    for threads in [2, 5] {
        let dir = temp.path().join(threads.to_string());
        write(&dir, &request(5000, threads), &|| slow);
        assert!(one == bytes_of(&dir), "{threads} threads differ from one");
    }
    assert_eq!(one.len(), 13);
}

/// Keeps every record.
#[derive(Default)]
struct Keep(Vec<BlockRecord>);

impl Sink for Keep {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        self.0.push(record.clone());
        Ok(())
    }
}

#[test]
fn a_replicate_is_the_same_in_any_block() {
    let mut whole = Keep::default();
    ensemble(&request(200, 2), &mut whole).expect("this works");
    let mut alone = Keep::default();
    ensemble(
        &Request {
            first: 131,
            n: 1,
            ..request(1, 1)
        },
        &mut alone,
    )
    .expect("this works");
    for arm in 0..2 {
        let (of_whole, of_alone) = (&whole.0[2].arms[arm], &alone.0[0].arms[arm]);
        let lane = 131 - 128;
        for (many, one) in of_whole.outcomes.iter().zip(&of_alone.outcomes) {
            assert_eq!(many[lane].to_bits(), one[0].to_bits());
        }
        for (many, one) in of_whole.inputs.iter().zip(&of_alone.inputs) {
            assert_eq!(many[lane].to_bits(), one[0].to_bits());
        }
    }
    // Policies meet the same draws.
    assert_eq!(whole.0[0].arms[0].inputs, whole.0[0].arms[1].inputs);
}

#[test]
fn what_is_added_up_is_what_was_delivered() {
    let mut keep = Keep::default();
    let summary = ensemble(&request(1000, 3), &mut keep).expect("this works");
    assert_eq!((summary.completed, summary.interrupted), (1000, false));
    let mut expected = Aggregates::new(&summary.layout);
    for record in keep.0.iter().rev() {
        expected.add(&summary.layout, record);
    }
    assert_eq!(summary.aggregates.trimmed(), expected.trimmed());
    let failed = summary.aggregates.arms[0].n_failed();
    // 1000 replicates fail with probability 0.005: 5 expected, standard deviation 2.2.
    assert!((1..15).contains(&failed), "{failed}");
    for step in 0..STEPS as usize {
        assert_eq!(summary.series.histogram(0, 1, step).n(), 1000 - failed);
    }
}

#[test]
fn the_headline_is_the_estimate_so_far() {
    struct Ear(Mutex<Vec<(u64, Estimate)>>);
    impl Progress for Ear {
        fn replicates_done(&self, done: u64, headline: Option<Estimate>) {
            self.0
                .lock()
                .expect("this works")
                .push((done, headline.expect("this works")));
        }
    }
    let scenario = test_data::scenario();
    let request = request(300, 2);
    let ear = Ear(Mutex::new(Vec::new()));
    let stop = AtomicBool::new(false);
    let layout = layout_of(&scenario, &request);
    let summary = run_made(
        &scenario,
        layout,
        &request,
        &|| made_up,
        &mut Discard,
        &ear,
        &stop,
    )
    .expect("this works");
    let heard = ear.0.into_inner().expect("this works");
    assert_eq!(
        heard.iter().map(|of| of.0).collect::<Vec<_>>(),
        [64, 128, 192, 256, 300]
    );
    let kind = summary.layout.outcomes[0].kind;
    let last = summary.aggregates.arms[0].outcomes[0]
        .estimate(kind)
        .expect("this works");
    assert_eq!(heard[4].1, last);
    assert!(heard[4].1.half_width() < heard[0].1.half_width());
}

#[test]
fn a_stop_leaves_a_prefix() {
    let scenario = test_data::scenario();
    let request = request(1_000_000, 2);
    let stop = AtomicBool::new(false);
    let calls = AtomicU64::new(0);
    let engine = || {
        |block: &Block<'_>| {
            if calls.fetch_add(1, Ordering::Relaxed) == 40 {
                stop.store(true, Ordering::Relaxed);
            }
            made_up(block)
        }
    };
    let mut keep = Keep::default();
    let layout = layout_of(&scenario, &request);
    let summary = run_made(
        &scenario, layout, &request, &engine, &mut keep, &Silent, &stop,
    )
    .expect("this works");
    assert!(summary.interrupted);
    assert_eq!(summary.completed, keep.0.len() as u64 * 64);
    assert!((20..30).contains(&keep.0.len()), "{}", keep.0.len());
    assert_eq!(summary.aggregates.arms[1].replicates, summary.completed);
}

/// Counts the blocks that are made but not yet delivered.
struct Slow<'a>(&'a AtomicU64, u64);

impl Sink for Slow<'_> {
    fn block(&mut self, _record: &BlockRecord) -> Result<(), ResultsError> {
        std::thread::sleep(Duration::from_micros(200));
        self.1 += 1;
        let made = self.0.load(Ordering::Relaxed) / 2;
        // Two workers may be four blocks ahead each.
        assert!(
            made <= self.1 + 2 * AHEAD + 2,
            "{made} blocks made, {} delivered",
            self.1
        );
        Ok(())
    }
}

#[test]
fn workers_wait_for_a_slow_sink() {
    let scenario = test_data::scenario();
    let request = request(64 * 300, 2);
    let made = AtomicU64::new(0);
    let engine = || {
        |block: &Block<'_>| {
            made.fetch_add(1, Ordering::Relaxed);
            made_up(block)
        }
    };
    let stop = AtomicBool::new(false);
    let layout = layout_of(&scenario, &request);
    let mut sink = Slow(&made, 0);
    run_made(
        &scenario, layout, &request, &engine, &mut sink, &Silent, &stop,
    )
    .expect("this works");
    assert_eq!(sink.1, 300);
}

struct Broken(u32);

impl Sink for Broken {
    fn block(&mut self, _record: &BlockRecord) -> Result<(), ResultsError> {
        self.0 += 1;
        if self.0 == 3 {
            Err(ResultsError::DiskFull { path: "x".into() })
        } else {
            Ok(())
        }
    }
}

#[test]
fn a_sink_that_fails_ends_the_run() {
    let error = ensemble(&request(1_000_000, 2), &mut Broken(0)).unwrap_err();
    assert!(
        matches!(error, EnsembleError::Results(ResultsError::DiskFull { .. })),
        "{error}"
    );
}

#[test]
#[should_panic(expected = "an engine breaks")]
fn an_engine_that_panics_does_not_leave_others_waiting() {
    let scenario = test_data::scenario();
    let request = request(1_000_000, 2);
    let engine = || {
        |block: &Block<'_>| {
            assert!(block.first != 640, "an engine breaks");
            made_up(block)
        }
    };
    let stop = AtomicBool::new(false);
    let layout = layout_of(&scenario, &request);
    drop(run_made(
        &scenario,
        layout,
        &request,
        &engine,
        &mut Discard,
        &Silent,
        &stop,
    ));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refuse = |request: Request| ensemble(&request, &mut Discard).unwrap_err();
    assert!(matches!(refuse(request(0, 1)), EnsembleError::NoReplicates));
    assert!(matches!(
        refuse(request(N_MAX + 1, 1)),
        EnsembleError::TooMany { .. }
    ));
    let far = Request {
        first: (1 << 56) - 5,
        ..request(10, 1)
    };
    assert!(matches!(refuse(far), EnsembleError::TooMany { .. }));
    assert!(matches!(
        refuse(request(10, 0)),
        EnsembleError::Threads { .. }
    ));
    assert!(matches!(
        refuse(request(10, 100_000)),
        EnsembleError::Threads { .. }
    ));
    let none = Request {
        policies: Vec::new(),
        ..request(10, 1)
    };
    assert!(matches!(refuse(none), EnsembleError::NoPolicy));
    let unknown = Request {
        policies: vec![None, Some(7)],
        ..request(10, 1)
    };
    assert!(matches!(
        refuse(unknown),
        EnsembleError::Policy { policy: 7 }
    ));
    let twice = Request {
        policies: vec![None, None],
        ..request(10, 1)
    };
    assert!(matches!(refuse(twice), EnsembleError::Policy { .. }));
}

/// Checks that blocks come once and in order, and keeps none of them.
#[derive(Default)]
struct Count(u64);

impl Sink for Count {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        assert_eq!(record.first, self.0);
        self.0 += record.n as u64;
        Ok(())
    }
}

#[test]
fn every_replicate_comes_once_and_in_order() {
    for n in [1, 63, 64, 65, 128, 1000] {
        let mut count = Count::default();
        ensemble(&request(n, 3), &mut count).expect("this works");
        assert_eq!(count.0, n);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn shards_add_up_to_the_whole(cuts in prop::collection::btree_set(1_u64..6, 0..4)) {
        let whole = ensemble(&request(400, 2), &mut Discard).expect("this works");
        let mut edges: Vec<u64> = cuts.iter().map(|cut| cut * 64).collect();
        edges.insert(0, 0);
        edges.push(400);
        let shards: BTreeSet<(u64, u64)> = edges.windows(2).map(|edge| (edge[0], edge[1] - edge[0])).collect();
        let mut sums = Aggregates::new(&whole.layout);
        let mut series = SeriesStore::new(&whole.layout).finish();
        for &(first, n) in shards.iter().rev() {
            let shard = ensemble(&Request { first, ..request(n, 2) }, &mut Discard).expect("this works");
            sums.merge(&shard.aggregates);
            series.merge(&shard.series);
        }
        prop_assert_eq!(sums.trimmed(), whole.aggregates.trimmed());
        for arm in 0..2 {
            for step in 0..STEPS as usize {
                let of = |series: &SeriesAggregates| series.histogram(arm, 0, step).trimmed();
                prop_assert_eq!(of(&series), of(&whole.series));
            }
        }
    }
}
