//! Folders of results: written, read back, and refused.

mod long;

use std::collections::BTreeMap;

use parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;
use crate::design::Design;
use crate::layout::Layout;
use crate::manifest::{Origin, TextFile, group_of};
use crate::open::{Results, Values};
use crate::series::SeriesStore;
use crate::test_data;

fn origin(n: u64) -> Origin {
    Origin {
        program: "foedera".to_owned(),
        version: "0.1.0".to_owned(),
        catalogue_sha256: "00".to_owned(),
        command: vec!["run".to_owned(), "a.ron".to_owned()],
        scenario: "a".to_owned(),
        title: "A".to_owned(),
        question: "Why?".to_owned(),
        headline: None,
        texts: vec![TextFile::new("a.ron", "Scenario()")],
        overrides: vec!["time.end=2009-06".to_owned()],
        stances: true,
        seed: u64::MAX,
        first: 0,
        n,
        design: Design::default(),
    }
}

/// The manifest of a run that begins.
pub(super) fn manifest(n: u64) -> Manifest {
    Manifest::running(origin(n), test_data::layout())
}

fn options(force: bool) -> WriteOptions {
    WriteOptions {
        csv: true,
        trajectories: true,
        force,
    }
}

fn blocks(n: u64) -> Vec<BlockRecord> {
    let firsts = (0..n).step_by(64);
    firsts
        .map(|first| test_data::block(first, (n - first).min(64) as usize, first / 64))
        .collect()
}

fn add_up(layout: &Layout, blocks: &[BlockRecord]) -> (Aggregates, SeriesAggregates) {
    let mut aggregates = Aggregates::new(layout);
    let store = SeriesStore::new(layout);
    for block in blocks {
        aggregates.add(layout, block);
        for (arm, of_arm) in block.arms.iter().enumerate() {
            for measure in 0..layout.measures.len() {
                store.add(arm, measure, |step| &of_arm.trajectories[measure][step]);
            }
        }
    }
    (aggregates, store.finish())
}

fn write(dir: &Path, n: u64, asked: u64) -> Manifest {
    let layout = test_data::layout();
    let manifest = Manifest::running(origin(asked), layout.clone());
    let mut writer = RunWriter::create(dir, options(false), manifest).expect("this works");
    let blocks = blocks(n);
    for block in &blocks {
        writer.block(block).expect("this works");
    }
    let (aggregates, series) = add_up(&layout, &blocks);
    writer.finish(&aggregates, &series).expect("this works")
}

fn bytes_of(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).expect("this works").map(Result::unwrap);
    entries
        .map(|e| {
            (
                e.file_name().into_string().expect("this works"),
                fs::read(e.path()).expect("this works"),
            )
        })
        .collect()
}

#[test]
fn a_run_is_written_and_read_back() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("deep/out");
    let manifest = write(&dir, 200, 200);
    assert_eq!(manifest.status, RunStatus::Complete);
    let results = Results::open(&dir).expect("this works");
    assert_eq!(results.manifest, manifest);
    let (aggregates, _) = add_up(&manifest.layout, &blocks(200));
    assert_eq!(results.aggregates, aggregates.trimmed());
    for entry in &manifest.files {
        let bytes = fs::read(dir.join(&entry.name)).expect("this works");
        assert_eq!(
            (entry.bytes, &entry.sha256),
            (bytes.len() as u64, &crate::manifest::sha256(&bytes))
        );
    }
    let read = results
        .columns("runs", &["replicate", "policy", "years_to.exit", "fault"])
        .expect("this works");
    assert_eq!(
        read[0].numbers().expect("this works")[..4],
        [0.0, 0.0, 1.0, 1.0]
    );
    assert_eq!(
        read[1].names().expect("this works")[..2],
        ["base", "council"]
    );
    let expected = blocks(200)[0].arms[1].outcomes[1].clone();
    for (lane, x) in expected.iter().enumerate() {
        let got = read[2].numbers().expect("this works")[2 * lane + 1];
        assert!(
            got.is_nan() && x.is_nan() || (got - f64::from(*x)).abs() < 1e-30,
            "{lane}"
        );
    }
    // Block 1 fails at its middle lane, replicate 64 + 32, under both arms, by another kind each.
    assert_eq!(
        read[3].names().expect("this works")[192..194],
        ["not_finite", "bounds"]
    );
    let held = results.runs_of("base", "adopted.link").expect("this works");
    let sum: f64 = held.iter().filter(|x| x.is_finite()).sum();
    assert_eq!(sum as u64, aggregates.arms[0].outcomes[0].held);
    let series = results
        .columns("series", &["q50", "n", "unit"])
        .expect("this works");
    assert_eq!(series[0].numbers().expect("this works").len(), 2 * 2 * 6);
    assert_eq!(series[2].names().expect("this works")[0], "share");
    let Values::Numbers(blocked) = &results
        .columns("decisions", &["blocks"])
        .expect("this works")[0]
    else {
        panic!("blocks are numbers");
    };
    let tallies = aggregates
        .arms
        .iter()
        .map(|arm| arm.decisions.initiatives[0].actors[&0].blocks.sum);
    assert_eq!(blocked.iter().sum::<f64>() as u64, tallies.sum::<u64>());
}

#[test]
fn equal_runs_are_equal_bytes_with_a_row_group_for_4096_replicates() {
    let temp = tempfile::tempdir().expect("this works");
    let (one, two) = (temp.path().join("one"), temp.path().join("two"));
    write(&one, 9000, 9000);
    write(&two, 9000, 9000);
    let bytes = bytes_of(&one);
    assert_eq!(bytes, bytes_of(&two));
    // Five tables, each twice, histograms, aggregates and manifest: no temporary file is left.
    assert_eq!(bytes.len(), 13);
    let reader =
        SerializedFileReader::new(fs::File::open(one.join("runs.parquet")).expect("this works"))
            .expect("this works");
    let groups: Vec<i64> = reader
        .metadata()
        .row_groups()
        .iter()
        .map(|g| g.num_rows())
        .collect();
    assert_eq!(groups, [8192, 8192, 1616]);
}

#[test]
fn a_huge_run_has_larger_groups_and_not_more() {
    assert_eq!(group_of(1), GROUP);
    assert_eq!(group_of(GROUP * GROUPS_MAX), GROUP);
    assert_eq!(group_of(GROUP * GROUPS_MAX + 1), 2 * GROUP);
    assert_eq!(group_of(10_000_000), 16 * GROUP);
    assert!(u64::from(u32::MAX).div_ceil(group_of(u64::from(u32::MAX))) <= GROUPS_MAX);
}

#[test]
fn the_csv_twin_says_the_same() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("out");
    write(&dir, 70, 70);
    let text = fs::read_to_string(dir.join("events.csv")).expect("this works");
    let mut lines = text.lines();
    assert_eq!(
        lines.next().expect("this works"),
        "replicate,policy,step,date,kind,subject,object,detail,from,to,count"
    );
    let first = lines.next().expect("this works");
    assert!(first.starts_with("0,base,0,2008-01-01,"), "{first}");
    assert_eq!(text.lines().count(), 1 + 140);
    let runs = fs::read_to_string(dir.join("runs.csv")).expect("this works");
    let results = Results::open(&dir).expect("this works");
    let oil = results
        .runs_of("council", "drivers.oil.mean")
        .expect("this works");
    let column: Vec<f64> = runs
        .lines()
        .filter(|line| line.contains("council"))
        .map(|line| {
            line.split(',')
                .nth(5)
                .expect("this works")
                .parse::<f32>()
                .expect("this works")
                .into()
        })
        .collect();
    assert_eq!(column, oil);
}

#[test]
fn an_interrupted_run_keeps_its_prefix() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("out");
    let manifest = write(&dir, 128, 10_000);
    assert_eq!(
        (manifest.status, manifest.completed),
        (RunStatus::Interrupted, 128)
    );
    assert_eq!(
        Results::open(&dir)
            .expect("this works")
            .runs_of("base", "replicate")
            .expect("this works")
            .len(),
        128
    );
}

#[test]
fn what_is_there_is_not_overwritten_without_force() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path();
    fs::write(dir.join("thesis.txt"), "years of work").expect("this works");
    fs::write(dir.join("runs.parquet"), "broken").expect("this works");
    let manifest = || Manifest::running(origin(10), test_data::layout());
    let error = RunWriter::create(dir, options(false), manifest()).unwrap_err();
    assert!(matches!(error, ResultsError::Exists { .. }), "{error}");
    assert!(error.remedy().contains("--force"));
    let writer = RunWriter::create(dir, options(true), manifest()).expect("this works");
    drop(writer);
    // Given up: its own files are gone, the others stay.
    assert_eq!(bytes_of(dir).keys().collect::<Vec<_>>(), ["thesis.txt"]);
}

#[test]
fn a_folder_in_the_way_of_a_table_is_an_error() {
    let temp = tempfile::tempdir().expect("this works");
    fs::create_dir(temp.path().join("runs.parquet")).expect("this works");
    let manifest = Manifest::running(origin(10), test_data::layout());
    let error = RunWriter::create(temp.path(), options(true), manifest).unwrap_err();
    assert!(
        matches!(&error, ResultsError::Write { path, .. } if path.ends_with("runs.parquet")),
        "{error}"
    );
    assert_eq!(fs::read_dir(temp.path()).expect("this works").count(), 1);
}

#[test]
fn a_file_is_no_folder() {
    let temp = tempfile::NamedTempFile::new().expect("this works");
    for path in [temp.path().to_owned(), temp.path().join("below")] {
        let manifest = Manifest::running(origin(10), test_data::layout());
        let error = RunWriter::create(&path, options(true), manifest).unwrap_err();
        assert!(matches!(error, ResultsError::NotAFolder { .. }), "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_folder_is_an_error_that_names_it() {
    use std::os::unix::fs::PermissionsExt;
    let temp = tempfile::tempdir().expect("this works");
    let locked = temp.path().join("locked");
    fs::create_dir(&locked).expect("this works");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("this works");
    // The superuser may write anywhere but in the kernel's own folders.
    let is_root = fs::write(locked.join("probe"), "").is_ok();
    let dir = if is_root {
        PathBuf::from("/sys/kernel")
    } else {
        locked
    };
    let manifest = Manifest::running(origin(10), test_data::layout());
    let error = RunWriter::create(&dir, options(true), manifest).unwrap_err();
    assert!(
        matches!(&error, ResultsError::Write { path, .. } if path.starts_with(&dir)),
        "{error}"
    );
}

/// Makes what is written under a name go to a device without space.
#[cfg(target_os = "linux")]
fn fill_the_disk(dir: &Path, name: &str) {
    let temporary = partial::temporary_of(&dir.join(UNFINISHED), name);
    std::os::unix::fs::symlink("/dev/full", temporary).expect("this works");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_leaves_nothing_behind() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("out");
    let manifest = Manifest::running(origin(1 << 20), test_data::layout());
    let mut writer = RunWriter::create(&dir, options(false), manifest).expect("this works");
    fill_the_disk(&dir, "part-000000.events.parquet");
    let result = blocks(2 * GROUP)
        .iter()
        .try_for_each(|block| writer.block(block));
    let error = result.unwrap_err();
    assert!(
        matches!(&error, ResultsError::DiskFull { path } if path.ends_with("part-000000.events.parquet")),
        "{error}"
    );
    drop(writer);
    assert!(!dir.exists());
}

#[test]
fn broken_and_foreign_folders_are_told_apart() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("out");
    let open = || Results::open(&dir).map(drop).unwrap_err();
    assert!(matches!(open(), ResultsError::Read { .. }));
    fs::create_dir(&dir).expect("this works");
    assert!(matches!(open(), ResultsError::NotResults { .. }));
    fs::remove_dir(&dir).expect("this works");
    write(&dir, 70, 70);
    let manifest = fs::read_to_string(dir.join(MANIFEST_FILE)).expect("this works");
    let with = |text: &str| {
        fs::write(dir.join(MANIFEST_FILE), text).expect("this works");
        open()
    };
    assert!(matches!(with("{}"), ResultsError::NotResults { .. }));
    assert!(matches!(
        with(&manifest[..manifest.len() / 2]),
        ResultsError::BrokenJson { .. }
    ));
    let newer = manifest.replacen("\"format\": 1", "\"format\": 2", 1);
    assert!(matches!(
        with(&newer),
        ResultsError::Version { found: 2, .. }
    ));
    let killed = manifest.replacen("\"complete\"", "\"running\"", 1);
    assert!(matches!(with(&killed), ResultsError::Unfinished { .. }));
    let other =
        manifest
            .replacen("\"A council\"", "\"x\"", 1)
            .replacen("\"not_finite\"", "\"y\"", 1);
    fs::write(dir.join(MANIFEST_FILE), &other).expect("this works");
    assert!(Results::open(&dir).is_ok(), "titles may be edited");
    fs::write(dir.join(MANIFEST_FILE), &manifest).expect("this works");
    let aggregates = fs::read_to_string(dir.join(AGGREGATES_FILE)).expect("this works");
    let wrong = aggregates.replacen("\"first_bin\":", "\"first_bin\":9", 1);
    fs::write(dir.join(AGGREGATES_FILE), wrong).expect("this works");
    assert!(matches!(open(), ResultsError::Mismatch { .. }));
}

#[test]
fn broken_and_foreign_tables_are_told_apart() {
    let temp = tempfile::tempdir().expect("this works");
    let dir = temp.path().join("out");
    write(&dir, 70, 70);
    let results = Results::open(&dir).expect("this works");
    let path = dir.join("runs.parquet");
    let whole = fs::read(&path).expect("this works");
    let read = || results.runs_of("base", "replicate").unwrap_err();
    let missing = results.runs_of("base", "replicats").unwrap_err();
    assert!(matches!(missing, ResultsError::NoColumn { .. }));
    assert!(matches!(
        results.runs_of("base", "fault").unwrap_err(),
        ResultsError::NoColumn { .. }
    ));
    for bytes in [
        b"PAR1".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        vec![0; 5000],
        Vec::new(),
    ] {
        fs::write(&path, bytes).expect("this works");
        let error = read();
        assert!(matches!(error, ResultsError::BrokenTable { .. }), "{error}");
    }
    let mut turned = whole.clone();
    for byte in &mut turned[200..260] {
        *byte = !*byte;
    }
    fs::write(&path, turned).expect("this works");
    // Damage inside a page may or may not reach the asked column; it never panics.
    drop(results.runs_of("base", "drivers.oil.mean"));
    fs::remove_file(&path).expect("this works");
    assert!(matches!(read(), ResultsError::Read { .. }));
}
