//! Same scenario and seed, same bits: for any number of threads, any folder, any order of rows, and whether a
//! replicate runs in a hundred or in a thousand.
//!
//! The engine's own proofs (lanes, blocks, instruction sets, the reference engine) are in `crates/sim/tests`; here the
//! whole program is asked for its files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Every file of results but `run-log.json`, which alone holds times and hosts.
const FILES: [&str; 4] = [
    "manifest.json",
    "runs.parquet",
    "events.parquet",
    "series.parquet",
];

/// The repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Copies the shipped scenarios and their worlds.
fn copy_scenarios(to: &Path) {
    copy_folder(&repository().join("scenarios"), to).expect("scenarios can be copied");
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

/// Runs the program in a folder; it must succeed.
fn foedera(folder: &Path, line: &str) {
    let ended = Command::new(env!("CARGO_BIN_EXE_foedera"))
        .args(line.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let words = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "foedera {line}:\n{words}");
}

/// The bytes of one file of a run.
fn bytes(folder: &Path, run: &str, file: &str) -> Vec<u8> {
    let path = folder.join(run).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Demands the same bytes of two runs.
#[track_caller]
fn assert_same(one: (&Path, &str), other: (&Path, &str), files: &[&str]) {
    for file in files {
        let (ours, theirs) = (bytes(one.0, one.1, file), bytes(other.0, other.1, file));
        assert!(!ours.is_empty(), "{file} is empty");
        assert!(
            ours == theirs,
            "{file} differs between {} and {}",
            one.1,
            other.1
        );
    }
}

/// 200 replicates are three blocks and a ragged one, so that two workers share them unevenly.
#[test]
fn one_thread_and_two_leave_the_same_files() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    copy_scenarios(desk.path());
    for (scenario, policies) in [
        ("classroom", "base,southern-threat,closed-markets"),
        ("csto-integration", "base"),
        ("afghanistan-cooperation", "base"),
    ] {
        let ask = format!("run {scenario}.ron -n 200 --seed 5 --policy {policies} -q");
        for threads in [1, 2] {
            foedera(
                desk.path(),
                &format!("{ask} --threads {threads} -o {scenario}-{threads}"),
            );
        }
        let (one, two) = (format!("{scenario}-1"), format!("{scenario}-2"));
        assert_same((desk.path(), &one), (desk.path(), &two), &FILES);
    }
}

#[test]
fn another_folder_and_another_day_leave_the_same_files() {
    let (here, there) = (
        tempfile::tempdir().expect("a temporary folder"),
        tempfile::tempdir().expect("a temporary folder"),
    );
    let deep = there.path().join("some/where/else");
    copy_scenarios(here.path());
    copy_scenarios(&deep);
    for folder in [here.path(), &deep] {
        foedera(folder, "run classroom.ron -n 100 --seed 9 -q -o out");
    }
    assert_same((here.path(), "out"), (&deep, "out"), &FILES);
}

/// Hashes of the texts differ; no number does.
#[test]
fn rows_of_a_world_may_be_reversed() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    copy_scenarios(desk.path());
    foedera(
        desk.path(),
        "run csto-integration.ron -n 100 --seed 3 --csv -q -o before",
    );
    for table in ["actors.csv", "dyads.csv"] {
        let path = desk.path().join("worlds/eurasia-2008").join(table);
        let text = std::fs::read_to_string(&path).expect("a table");
        let is_head = |line: &&str| {
            line.starts_with('#') || line.starts_with("id,") || line.starts_with("source,")
        };
        let (head, rows): (Vec<&str>, Vec<&str>) = text.lines().partition(is_head);
        let lines: Vec<&str> = head.into_iter().chain(rows.into_iter().rev()).collect();
        std::fs::write(&path, lines.join("\n") + "\n").expect("a table");
    }
    foedera(
        desk.path(),
        "run csto-integration.ron -n 100 --seed 3 --csv -q -o after",
    );
    for table in ["runs.csv", "events.csv"] {
        let (before, after) = (
            lines(desk.path(), "before", table),
            lines(desk.path(), "after", table),
        );
        assert!(before.len() > 100, "{table}");
        assert_eq!(before, after, "{table}");
    }
}

/// Lines of a table as CSV.
fn lines(folder: &Path, run: &str, file: &str) -> Vec<String> {
    let text = String::from_utf8(bytes(folder, run, file)).expect("CSV is UTF-8");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    copy_scenarios(desk.path());
    foedera(desk.path(), "run classroom.ron -n 70 --csv -q -o short");
    foedera(desk.path(), "run classroom.ron -n 300 --csv -q -o long");
    for table in ["runs.csv", "events.csv"] {
        let (short, long) = (
            lines(desk.path(), "short", table),
            lines(desk.path(), "long", table),
        );
        assert!(short.len() > 70 && long.len() > short.len(), "{table}");
        assert_eq!(short[..], long[..short.len()], "{table}");
    }
}

#[test]
fn a_policy_meets_the_same_chance_alone_and_beside_others() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    copy_scenarios(desk.path());
    let ask = "run classroom.ron -n 100 --csv -q";
    foedera(desk.path(), &format!("{ask} --policy goodwill -o alone"));
    foedera(
        desk.path(),
        &format!("{ask} --policy base,no-watch,goodwill -o beside"),
    );
    let alone = lines(desk.path(), "alone", "runs.csv");
    let beside = lines(desk.path(), "beside", "runs.csv");
    let mut found = 0;
    for row in &alone[1..] {
        found += usize::from(beside.contains(row));
    }
    assert_eq!(
        found, 100,
        "every row of the policy is there:\n{}",
        alone[1]
    );
}
