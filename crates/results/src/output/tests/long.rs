//! Runs that are killed, stopped, lengthened, damaged and cut into shards: always the bytes of the unbroken run.

use super::*;
use crate::output::disk::fault;
use crate::output::plan;
use crate::record::BlockRecord;
use crate::series::SeriesStore;

/// Replicates of a part in these tests: two blocks.
const PART: u64 = 128;

/// How a run is cut up.
#[derive(Clone, Copy)]
struct Cut {
    n: u64,
    part: u64,
    group: u64,
    csv: bool,
    trajectories: bool,
}

impl Cut {
    const fn of(n: u64) -> Self {
        Self {
            n,
            part: PART,
            group: PART,
            csv: true,
            trajectories: false,
        }
    }

    fn manifest(self) -> Manifest {
        let mut manifest = Manifest::running(origin(self.n), test_data::layout());
        manifest.group = self.group;
        manifest.part = self.part;
        manifest
    }

    fn plan(self, manifest: Manifest) -> Plan {
        Plan {
            manifest,
            csv: self.csv,
            trajectories: self.trajectories,
            merge: false,
            base: None,
        }
    }

    /// Begins a run.
    fn begin(self, dir: &Path, force: bool) -> Result<Resumed, ResultsError> {
        self.begin_manifest(dir, self.manifest(), force)
    }

    fn begin_manifest(
        self,
        dir: &Path,
        manifest: Manifest,
        force: bool,
    ) -> Result<Resumed, ResultsError> {
        let first = manifest.first();
        Ok(Resumed {
            writer: RunWriter::begin(dir, force, self.plan(manifest))?,
            first,
            counted: 0,
            before: None,
            lost: None,
        })
    }

    /// The whole run in one go.
    fn unbroken(self, dir: &Path) -> BTreeMap<String, Vec<u8>> {
        let run = self.begin(dir, false).expect("this works");
        go(run, u64::MAX).expect("this works");
        bytes_of(dir)
    }
}

fn series_of(layout: &Layout, record: &BlockRecord) -> SeriesAggregates {
    let store = SeriesStore::new(layout);
    for (arm, of_arm) in record.arms.iter().enumerate() {
        for measure in 0..layout.measures.len() {
            store.add(arm, measure, |step| &of_arm.trajectories[measure][step]);
        }
    }
    store.finish()
}

/// Does what an ensemble does, up to a replicate: blocks in order, sums beside them, parts where they end.
fn go(run: Resumed, stop: u64) -> Result<Manifest, ResultsError> {
    let Resumed {
        mut writer,
        first,
        counted,
        before,
        ..
    } = run;
    let manifest = writer.plan.manifest.clone();
    let layout = &manifest.layout;
    let mut sums = before.unwrap_or_else(|| Sums::new(layout));
    let end = (manifest.first() + manifest.wanted()).min(stop.max(first));
    for from in (first..end).step_by(64) {
        let record = test_data::block(from, (end - from).min(64) as usize, from / 64);
        writer.block(&record)?;
        if let Some(rest) = record.since(counted) {
            sums.aggregates.add(layout, &rest);
            sums.series.merge(&series_of(layout, &rest));
        }
        if (from + record.n as u64).is_multiple_of(writer.part()) {
            writer.end_part(&sums)?;
        }
    }
    writer.finish(&sums.aggregates, &sums.series)
}

/// Finishes a folder, or says why it cannot be.
fn finish(dir: &Path) -> Result<(), ResultsError> {
    match find(dir)? {
        Found::Complete(_) => Ok(()),
        Found::Unfinished(_) => go(RunWriter::resume(dir)?, u64::MAX).map(drop),
    }
}

#[track_caller]
fn assert_same(got: &BTreeMap<String, Vec<u8>>, wanted: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = |of: &BTreeMap<String, Vec<u8>>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(got), names(wanted), "{what}");
    for (name, bytes) in wanted {
        assert!(got[name] == *bytes, "{what}: {name} differs");
    }
}

/// Kills a run after each operation on files, or each so many, in turn, then its resumption after some, until it is through.
fn kill_everywhere(
    cut: Cut,
    step: usize,
    prepare: impl Fn(&Path),
    begin: impl Fn(&Path) -> Result<Resumed, ResultsError>,
) {
    let temp = tempfile::tempdir().expect("this works");
    let whole = temp.path().join("whole");
    let wanted = cut.unbroken(&whole);
    let (mut kills, mut resumed) = (0, 0);
    for operations in (0_u64..).step_by(step) {
        let dir = temp.path().join(format!("{operations}"));
        prepare(&dir);
        fault::kill_after(operations);
        let done = begin(&dir).and_then(|run| go(run, u64::MAX));
        if !fault::revive() {
            done.expect("nothing was in its way");
            assert_same(&bytes_of(&dir), &wanted, "unharmed");
            break;
        }
        kills += 1;
        // The resumption is killed too, at another place each time.
        for again in [operations % 7, 5 + operations * 11 % 60, u64::MAX] {
            fault::kill_after(again);
            let found = finish(&dir);
            let killed = fault::revive();
            match found {
                Ok(()) => resumed += 1,
                Err(_) if killed => continue,
                Err(ResultsError::NotResults { .. } | ResultsError::Read { .. }) => {
                    // It was killed before it had said what it wanted.
                    go(cut.begin(&dir, true).expect("this works"), u64::MAX).expect("this works");
                }
                Err(error) => panic!("after {operations} operations: {error}"),
            }
            break;
        }
        let bytes = bytes_of(&dir);
        if bytes.len() != wanted.len() || bytes["manifest.json"] != wanted["manifest.json"] {
            // A longer run that was killed before its plan: the shorter one is whole.
            go(begin(&dir).expect("this works"), u64::MAX).expect("this works");
        }
        assert_same(
            &bytes_of(&dir),
            &wanted,
            &format!("killed after {operations}"),
        );
    }
    assert!(
        kills * step > 50 && resumed > kills / 2,
        "{kills} kills, {resumed} resumed"
    );
}

#[test]
fn a_run_killed_anywhere_comes_out_the_same() {
    let cut = Cut::of(3 * PART + 70);
    kill_everywhere(cut, 1, |_| (), |dir| cut.begin(dir, dir.exists()));
}

#[test]
fn a_run_with_large_groups_killed_anywhere_comes_out_the_same() {
    let cut = Cut {
        group: 4 * PART,
        trajectories: true,
        csv: false,
        ..Cut::of(5 * PART + 1)
    };
    kill_everywhere(cut, 3, |_| (), |dir| cut.begin(dir, dir.exists()));
}

#[test]
fn a_longer_run_killed_anywhere_comes_out_the_same() {
    let (short, long) = (Cut::of(PART + 70), Cut::of(3 * PART + 70));
    let prepare = |dir: &Path| {
        short.unbroken(dir);
    };
    kill_everywhere(long, 2, prepare, |dir| {
        RunWriter::extend(dir, &long.manifest())
    });
}

#[test]
fn a_run_stopped_anywhere_goes_on_to_the_same_bytes() {
    let temp = tempfile::tempdir().expect("this works");
    for (idx, cut) in [
        Cut::of(3 * PART + 70),
        Cut {
            group: 2 * PART,
            ..Cut::of(5 * PART)
        },
    ]
    .into_iter()
    .enumerate()
    {
        let wanted = cut.unbroken(&temp.path().join(format!("whole-{idx}")));
        for stop in [
            0,
            1,
            64,
            100,
            PART - 1,
            PART,
            PART + 1,
            2 * PART,
            2 * PART + 69,
            3 * PART,
        ] {
            let dir = temp.path().join(format!("{idx}-{stop}"));
            let run = cut.begin(&dir, false).expect("this works");
            let stopped = go(run, stop).expect("this works");
            assert_eq!(
                (stopped.completed, stopped.status),
                (stop, RunStatus::Interrupted)
            );
            assert!(Results::open(&dir).is_ok());
            // Stopped once more on its way.
            go(RunWriter::resume(&dir).expect("this works"), stop + 30).expect("this works");
            finish(&dir).expect("this works");
            assert_same(&bytes_of(&dir), &wanted, &format!("stopped at {stop}"));
        }
    }
}

#[test]
fn a_longer_run_is_the_same_as_one_of_that_length() {
    let temp = tempfile::tempdir().expect("this works");
    let lengths = [
        1,
        64,
        100,
        PART,
        PART + 1,
        2 * PART,
        2 * PART + 63,
        3 * PART,
    ];
    for group in [PART, 2 * PART] {
        let cut = |n| Cut {
            group,
            ..Cut::of(n)
        };
        for (idx, &n) in lengths.iter().enumerate() {
            for &longer in &lengths[idx..] {
                let name = format!("{group}-{n}-{longer}");
                let wanted = cut(longer).unbroken(&temp.path().join(format!("whole-{name}")));
                let dir = temp.path().join(&name);
                cut(n).unbroken(&dir);
                let target = cut(longer).manifest();
                let run = RunWriter::extend(&dir, &target).expect("this works");
                assert_eq!(run.lost, None, "{name}");
                assert!(
                    run.first >= n / group * group,
                    "{name} begins at {}",
                    run.first
                );
                go(run, u64::MAX).expect("this works");
                assert_same(&bytes_of(&dir), &wanted, &name);
            }
        }
    }
}

#[test]
fn row_groups_that_grow_are_put_together_from_smaller_ones() {
    let temp = tempfile::tempdir().expect("this works");
    let plain = |n, group| Cut {
        part: 64,
        group,
        ..Cut::of(n)
    };
    // Both are of several parts, so that names are written plainly in both.
    let (short, long) = (plain(300, 128), plain(900, 256));
    let wanted = long.unbroken(&temp.path().join("whole"));
    let dir = temp.path().join("grown");
    short.unbroken(&dir);
    let run = RunWriter::extend(&dir, &long.manifest()).expect("this works");
    assert_eq!(
        (run.lost.as_deref(), run.first, run.counted),
        (None, 256, 300)
    );
    go(run, u64::MAX).expect("this works");
    assert_same(&bytes_of(&dir), &wanted, "grown");
    // The pages are those of smaller row groups, and so are the rows.
    let rows = |dir: &Path| {
        let results = Results::open(dir).expect("this works");
        let columns = ["replicate", "policy", "fault", "years_to.exit"];
        let events = results.columns("events", &["replicate", "kind", "detail"]);
        (
            results.columns("runs", &columns).expect("this works"),
            events.expect("this works"),
        )
    };
    let small = temp.path().join("small");
    Cut::of(900).unbroken(&small);
    assert_eq!(format!("{:?}", rows(&dir)), format!("{:?}", rows(&small)));
}

/// Damages a file in one of several ways.
fn harm(path: &Path, how: u32) {
    let bytes = fs::read(path).expect("this works");
    let turned = |at: usize| {
        let mut bytes = bytes.clone();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 0x40;
        }
        bytes
    };
    match how {
        0 => fs::write(path, &bytes[..bytes.len() / 2]).expect("this works"),
        1 => fs::write(path, []).expect("this works"),
        2 => fs::write(path, turned(bytes.len() / 2)).expect("this works"),
        3 => fs::write(path, turned(bytes.len() - 3)).expect("this works"),
        _ => fs::remove_file(path).expect("this works"),
    }
}

/// Every file of a folder below another, one after the other, in five ways.
fn harm_each(dir: &Path, make: impl Fn(), wanted: &BTreeMap<String, Vec<u8>>) -> (u32, u32) {
    make();
    let names: Vec<String> = bytes_of_files(dir);
    let (mut healed, mut refused) = (0, 0);
    for name in names.iter().filter(|name| *name != RUN_LOG_FILE) {
        for how in 0..5 {
            make();
            harm(&dir.join(name), how);
            let root = dir
                .parent()
                .filter(|_| dir.ends_with(UNFINISHED))
                .unwrap_or(dir);
            match finish(root) {
                Ok(()) => {
                    assert_same(&bytes_of(root), wanted, &format!("{name} harmed by {how}"));
                    healed += 1;
                }
                Err(error) => {
                    assert!(error.to_string().len() > 10, "{error}");
                    refused += 1;
                }
            }
        }
    }
    (healed, refused)
}

fn bytes_of_files(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("this works").map(Result::unwrap);
    let files = entries.filter(|entry| entry.path().is_file());
    files
        .map(|entry| entry.file_name().into_string().expect("this works"))
        .collect()
}

#[test]
fn damaged_files_of_an_unfinished_run_are_healed_or_refused() {
    let temp = tempfile::tempdir().expect("this works");
    let cut = Cut::of(3 * PART + 70);
    let wanted = cut.unbroken(&temp.path().join("whole"));
    let dir = temp.path().join("out");
    let kill = || {
        drop(fs::remove_dir_all(&dir));
        let mut run = cut.begin(&dir, false).expect("this works");
        let layout = test_data::layout();
        let mut sums = Sums::new(&layout);
        for from in (0..2 * PART).step_by(64) {
            let record = test_data::block(from, 64, from / 64);
            run.writer.block(&record).expect("this works");
            sums.aggregates.add(&layout, &record);
            sums.series.merge(&series_of(&layout, &record));
            if (from + 64).is_multiple_of(PART) {
                run.writer.end_part(&sums).expect("this works");
            }
        }
        drop(run);
    };
    let (healed, refused) = harm_each(&plan::work_folder(&dir), kill, &wanted);
    // Only the plan itself cannot be made again.
    assert_eq!(refused, 5, "{healed} were healed");
    assert!(healed >= 50, "{healed}");
}

#[test]
fn damaged_files_of_a_stopped_run_are_healed_or_refused() {
    let temp = tempfile::tempdir().expect("this works");
    let cut = Cut::of(3 * PART + 70);
    let wanted = cut.unbroken(&temp.path().join("whole"));
    let dir = temp.path().join("out");
    let stop = || {
        drop(fs::remove_dir_all(&dir));
        go(cut.begin(&dir, false).expect("this works"), 2 * PART + 10).expect("this works");
    };
    let (healed, refused) = harm_each(&dir, stop, &wanted);
    // Only the manifest cannot be made again.
    assert!(refused <= 5, "{refused} were refused, {healed} healed");
    assert!(healed >= 50, "{healed}");
}

#[test]
fn shards_in_any_order_are_the_whole() {
    let temp = tempfile::tempdir().expect("this works");
    for (idx, cut) in [
        Cut::of(7 * PART + 70),
        Cut {
            group: 2 * PART,
            trajectories: true,
            ..Cut::of(7 * PART)
        },
    ]
    .into_iter()
    .enumerate()
    {
        let wanted = cut.unbroken(&temp.path().join(format!("whole-{idx}")));
        for of in 1..=4 {
            let mut dirs: Vec<PathBuf> = (1..=of)
                .map(|index| {
                    let dir = temp.path().join(format!("shard-{idx}-{of}-{index}"));
                    let manifest = cut.manifest().sharded(index, of).expect("enough groups");
                    let run = cut
                        .begin_manifest(&dir, manifest, false)
                        .expect("this works");
                    // One of them is stopped and goes on.
                    let stop = if index == of { 7 * PART - 3 } else { u64::MAX };
                    go(run, stop).expect("this works");
                    if stop < u64::MAX {
                        assert!(matches!(
                            merge_one(&dir),
                            ResultsError::UnfinishedShard { .. }
                        ));
                    }
                    finish(&dir).expect("this works");
                    dir
                })
                .collect();
            for turn in 0..of {
                dirs.rotate_left(1);
                let out = temp.path().join(format!("merged-{idx}-{of}-{turn}"));
                merge(&dirs, &out, false).expect("this works");
                assert_same(&bytes_of(&out), &wanted, &format!("{of} shards"));
            }
        }
    }
}

fn merge_one(dir: &Path) -> ResultsError {
    let out = dir.with_extension("merged");
    merge(&[dir.to_owned()], &out, false).expect_err("it is refused")
}

#[test]
fn shards_that_do_not_belong_together_are_refused() {
    let temp = tempfile::tempdir().expect("this works");
    let cut = Cut::of(4 * PART);
    let shard = |name: &str, manifest: Manifest| {
        let dir = temp.path().join(name);
        go(
            cut.begin_manifest(&dir, manifest, false)
                .expect("this works"),
            u64::MAX,
        )
        .expect("this works");
        dir
    };
    let of = |index, of| cut.manifest().sharded(index, of).expect("enough groups");
    let (one, two, three) = (
        shard("one", of(1, 3)),
        shard("two", of(2, 3)),
        shard("three", of(3, 3)),
    );
    let out = temp.path().join("out");
    let refuse = |dirs: &[&PathBuf]| {
        let dirs: Vec<PathBuf> = dirs.iter().map(|dir| (*dir).clone()).collect();
        let error = merge(&dirs, &out, false).expect_err("it is refused");
        assert!(!out.exists());
        error
    };
    let missing = refuse(&[&one, &three]);
    assert_eq!(missing.to_string(), "merge: shard 2 of 3 is missing");
    assert!(matches!(
        refuse(&[&one, &two, &one]),
        ResultsError::ShardTwice { index: 1, .. }
    ));
    let mut other = of(2, 3);
    other.origin.seed = 5;
    let other = shard("other", other);
    let error = refuse(&[&one, &other, &three]);
    assert!(error.to_string().contains("seed 5"), "{error}");
    let other = shard("cut-otherwise", of(2, 2));
    assert!(
        refuse(&[&one, &other])
            .to_string()
            .contains("2 and 3 shards")
    );
    let whole = shard("whole", cut.manifest());
    assert!(matches!(refuse(&[&whole]), ResultsError::NotAShard { .. }));
    assert!(matches!(
        Results::open(&one).expect_err("it is refused"),
        ResultsError::IsShard {
            index: 1,
            of: 3,
            ..
        }
    ));
    // A folder that is one of them is not written over.
    let dirs = [one.clone(), two.clone(), three.clone()];
    assert!(merge(&dirs, &one, true).is_err() && one.join("runs.parquet").exists());
    harm(&two.join("events.parquet"), 2);
    assert!(matches!(
        refuse(&[&one, &two, &three]),
        ResultsError::Damaged { .. }
    ));
}

#[test]
fn what_is_verified_is_what_was_written() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("out");
    let cut = Cut::of(3 * PART + 70);
    cut.unbroken(&dir);
    let manifest = Results::open(&dir).expect("this works").manifest;
    assert!(damaged_files(&dir, &manifest).is_empty());
    assert!(check_sums(&dir, &manifest).is_empty());
    let mut record = test_data::block(PART, 64, PART / 64);
    assert_eq!(
        check_rows(&dir, &manifest, &record).expect("this works"),
        []
    );
    let old = record.arms[1].inputs[1][5];
    record.arms[1].inputs[1][5] = f32::from_bits(old.to_bits() ^ 1);
    let found = check_rows(&dir, &manifest, &record).expect("this works");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].table, found[0].replicate), ("runs", PART + 5));
    assert_eq!(found[0].column, "drivers.oil.mean");
    record.arms[1].inputs[1][5] = old;
    record.arms[0].events.pop();
    let found = check_rows(&dir, &manifest, &record).expect("this works");
    assert_eq!((found.len(), found[0].table), (1, "events"));
    harm(&dir.join("runs.csv"), 0);
    assert_eq!(damaged_files(&dir, &manifest)[0].0, "runs.csv");
}
