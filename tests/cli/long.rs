//! Long work: runs that are killed and go on, shards, verification, reproduction. The files must be the same to the last
//! bit, whatever happened on the way.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::Child,
    time::{Duration, Instant},
};

use foedera_results::{Manifest, open};

use super::*;

/// Replicates of a row group.
const GROUP: u64 = 4096;

/// A desk with the classroom cut short, so that thousands of replicates take little.
fn short_desk() -> Desk {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let short = text.replacen("end: \"2010-12\"", "end: \"2005-06\"", 1);
    assert_ne!(text, short);
    desk.write("question.ron", short);
    desk
}

/// Every file of a folder but the log, which alone holds times and hosts.
fn files(desk: &Desk, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(desk.file(folder)).expect("a folder");
    let all = entries.map(|entry| {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("UTF-8");
        let bytes = std::fs::read(entry.path()).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, bytes)
    });
    all.filter(|(name, _)| name != "run-log.json").collect()
}

#[track_caller]
fn assert_same(desk: &Desk, folder: &str, wanted: &BTreeMap<String, Vec<u8>>, what: &str) {
    let got = files(desk, folder);
    let names = |of: &BTreeMap<String, Vec<u8>>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&got), names(wanted), "{what}");
    for (name, bytes) in wanted {
        assert!(got[name] == *bytes, "{what}: {name} differs");
    }
}

/// A number in 0..1 that depends on its key alone.
fn chance(key: u32) -> f64 {
    let mixed = key.wrapping_add(1).wrapping_mul(2_654_435_761);
    f64::from(mixed ^ mixed >> 15) / f64::from(u32::MAX)
}

/// Starts a command and kills it after a time, unless it has ended.
fn killed(desk: &Desk, line: &str, after: Duration) -> bool {
    let mut child = program(desk.path())
        .args(line.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    std::thread::sleep(after);
    let running = child.try_wait().expect("it can be asked").is_none();
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    running
}

#[test]
fn killed_at_any_moment_it_goes_on_to_the_same_bytes() {
    let desk = short_desk();
    let ask = format!(
        "run question.ron -n {} --policy base,goodwill -q",
        3 * GROUP + 900
    );
    let started = Instant::now();
    desk.run(&format!("{ask} -o whole")).check(0, &[]);
    let took = started.elapsed();
    let wanted = files(&desk, "whole");
    let (mut runs, mut resumes, mut went_on) = (0, 0, 0);
    for key in 0..14 {
        let folder = format!("out-{key}");
        let threads = 1 + key % 2;
        let ask = format!("{ask} --threads {threads} -o {folder}");
        runs += u32::from(killed(&desk, &ask, took.mul_f64(1.1 * chance(key))));
        let resume = format!("resume {folder} --threads {} -q", 3 - threads);
        if key % 3 > 0 {
            let after = took.mul_f64(0.7 * chance(100 + key));
            resumes += u32::from(killed(&desk, &resume, after));
        }
        let ended = desk.run(&resume);
        if ended.code == 0 {
            went_on += 1;
        } else {
            // Only a run that was killed before it had said what it wanted cannot go on.
            assert!(
                !desk.file(&folder).join("unfinished/plan.json").exists(),
                "{}",
                ended.stderr
            );
            desk.run(&format!("{ask} --force")).check(0, &[]);
        }
        assert_same(&desk, &folder, &wanted, &format!("killed by chance {key}"));
    }
    assert!(
        runs >= 6 && went_on >= 6,
        "{runs} runs and {resumes} resumptions were killed, {went_on} went on"
    );
}

/// Starts a run and waits until the first blocks are done.
fn begun(desk: &Desk, line: &str) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = program(desk.path())
        .args(line.split_whitespace())
        .args(["--progress", "json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    while !line.contains("\"done\":") {
        line.clear();
        assert!(
            stderr.read_line(&mut line).expect("text") > 0,
            "it ended before its first block"
        );
    }
    (child, stderr)
}

#[test]
fn an_interrupted_run_goes_on_when_its_file_has_changed() {
    let desk = short_desk();
    let ask = format!("run question.ron -n {} --seed 3 --csv", 6 * GROUP);
    desk.run(&format!("{ask} -o whole -q")).check(0, &[]);
    let (mut child, mut stderr) = begun(&desk, &format!("{ask} -o out"));
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill starts").success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut rest).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.contains("next: foedera resume out"), "{rest}");
    // What is there is readable, and is all there is.
    desk.run("why out").check(0, &[]);
    desk.run("verify out").check(0, &[]);
    desk.write("question.ron", "this is no scenario any more");
    desk.run("resume out").check(
        0,
        &["question.ron has changed since", "going on from replicate"],
    );
    assert_same(&desk, "out", &files(&desk, "whole"), "interrupted");
    let whole = desk
        .run("resume out")
        .check(0, &["next: foedera verify out"]);
    assert!(
        whole.stdout.contains("out is whole: 24,576 replicates"),
        "{}",
        whole.stdout
    );
    std::fs::remove_file(desk.file("question.ron")).expect("writable");
    let again = desk.run("resume out --json").check(0, &[]).json();
    assert_eq!(again["status"], "complete");
}

#[test]
fn what_cannot_go_on_says_why() {
    let desk = short_desk();
    desk.run("resume nowhere").check(5, &["nowhere"]);
    std::fs::create_dir_all(desk.file("empty")).expect("writable");
    desk.run("resume empty")
        .check(5, &["empty", "not a results folder"]);
    // Killed after its first part.
    let (mut child, _stderr) = begun(&desk, "run question.ron -n 1000000 -o out");
    let plan = desk.file("out/unfinished/part-000000.json");
    let patience = Instant::now();
    while !plan.exists() {
        assert!(
            patience.elapsed() < Duration::from_secs(120),
            "no part was made safe"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    desk.run("why out")
        .check(5, &["has not ended", "foedera resume"]);
    desk.run("verify out").check(5, &["has not ended"]);
    desk.run("run question.ron -n 64 -o out")
        .check(5, &["already holds files"]);
    // Another program's plan.
    let path = desk.file("out/unfinished/plan.json");
    let text = std::fs::read_to_string(&path).expect("text");
    let (_, plan) = text.split_once('\n').expect("a seal and a plan");
    let older = plan.replacen("\"version\":\"", "\"version\":\"0.0.", 1);
    let seal = foedera_results::manifest::sha256(older.as_bytes());
    std::fs::write(&path, format!("{seal}\n{older}")).expect("writable");
    desk.run("resume out")
        .check(5, &["foedera 0.0.", "other bits", "--force"]);
    std::fs::write(&path, format!("{seal}\n{plan}")).expect("writable");
    desk.run("resume out").check(5, &["plan.json", "damaged"]);
    desk.run("run question.ron -n 64 -o out --force")
        .check(0, &[]);
    assert!(!desk.file("out/unfinished").exists());
}

#[test]
fn shards_in_any_order_merge_to_the_unbroken_run() {
    let desk = short_desk();
    let ask = format!("run question.ron -n {} --seed 9 --csv -q", 3 * GROUP + 100);
    desk.run(&format!("{ask} --threads 2 -o whole"))
        .check(0, &[]);
    let wanted = files(&desk, "whole");
    for (of, order) in [(2, vec![2, 1]), (4, vec![3, 1, 4, 2])] {
        for &index in &order {
            let threads = 1 + index % 2;
            let line =
                format!("{ask} --shard {index}/{of} --threads {threads} -o part-{of}-{index}");
            let made = desk.run(&format!("{line} --json")).check(0, &[]).json();
            let again = desk.run(&format!("{line} --json")).check(0, &[]).json();
            assert_eq!(made["sha256"], again["sha256"]);
            assert_eq!(
                (&made["was_finished"], &again["was_finished"]),
                (&false.into(), &true.into())
            );
            let manifest = std::fs::read(desk.file(&format!("part-{of}-{index}/manifest.json")));
            let hash = foedera_results::manifest::sha256(&manifest.expect("a manifest"));
            assert_eq!(made["sha256"], hash.as_str());
        }
        let folders: Vec<String> = order
            .iter()
            .map(|index| format!("part-{of}-{index}"))
            .collect();
        let merge = format!("merge {} -o merged-{of}", folders.join(" "));
        desk.run(&merge).check(0, &["next: foedera why merged-"]);
        assert_same(&desk, &format!("merged-{of}"), &wanted, &merge);
    }
    desk.run("verify part-4-3").check(0, &[]);
    desk.run("why merged-2").check(0, &[]);
    desk.run("why part-4-3")
        .check(5, &["shard 3 of 4", "foedera merge"]);
    desk.run("merge part-4-1 part-4-2 part-4-4 -o x")
        .check(5, &["shard 3 of 4 is missing", "--shard"]);
    desk.run("merge part-2-1 part-2-2 part-2-1 -o x")
        .check(5, &["both are shard 1 of 2"]);
    desk.run("merge part-2-1 part-4-2 -o x")
        .check(5, &["part-4-2", "different runs", "4 and 2 shards"]);
    desk.run("merge merged-2 part-2-1 -o x")
        .check(5, &["merged-2", "no shard"]);
    desk.run("merge part-2-1 part-2-2 -o merged-2")
        .check(5, &["merged-2", "--force"]);
    desk.run("merge part-2-1 part-2-2 -o part-2-1 --force")
        .check(5, &["part-2-1"]);
    assert!(!desk.file("x").exists());
}

#[test]
fn shards_of_other_runs_and_odd_shards_are_refused() {
    let desk = short_desk();
    let n = 2 * GROUP;
    let ask = |options: &str| format!("run question.ron -n {n} -q {options}");
    desk.run(&ask("--shard 1/2 -o one")).check(0, &[]);
    for (options, says) in [
        ("--shard 2/2 --seed 8 -o seed", "seed 8 and 1"),
        (
            "--shard 2/2 --set actors.ARD.autonomy=0.4 -o set",
            "changes",
        ),
        ("--shard 2/2 --policy goodwill -o policy", "policies"),
        ("--shard 2/2 --csv -o csv", "files"),
    ] {
        desk.run(&ask(options)).check(0, &[]);
        let folder = options.split_whitespace().last().expect("a folder");
        desk.run(&format!("merge one {folder} -o x"))
            .check(5, &[folder, says]);
    }
    for (options, says) in [
        ("--shard 3/2 -o x", "I/N"),
        ("--shard 0/2 -o x", "I/N"),
        ("--shard two -o x", "I/N"),
        ("--shard 1/2", "--output"),
        ("--shard 1/3 -o x", "2 row groups of 4,096 replicates"),
    ] {
        desk.run(&ask(options)).check(2, &[says]);
    }
    // A shard that was begun and killed goes on by the same command.
    let long = "run question.ron -n 40960 -q --shard 1/2 -o slow";
    let (mut child, _stderr) = begun(&desk, long);
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    desk.run("merge slow one -o x")
        .check(5, &["slow", "not ended"]);
    desk.run(long).check(0, &[]);
    desk.run(&format!("{long} --json")).check(0, &[]);
    // Another request does not touch it.
    desk.run("run question.ron -n 40960 -q --shard 2/2 -o slow")
        .check(5, &["slow", "--force"]);
    assert!(!desk.file("x").exists());
}

/// Turns one byte in the middle of a file.
fn turn_a_byte(desk: &Desk, name: &str) {
    let mut bytes = std::fs::read(desk.file(name)).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    desk.write(name, bytes);
}

#[test]
fn verify_finds_what_is_damaged_and_what_comes_out_otherwise() {
    let desk = short_desk();
    let ask = "run question.ron -n 500 --policy base,goodwill --csv -q --force -o out";
    desk.run(ask).check(0, &[]);
    let good = desk
        .run("verify out")
        .check(0, &["next: foedera reproduce out"]);
    assert!(
        good.stdout.contains("256 replicates run again"),
        "{}",
        good.stdout
    );
    let all = desk
        .run("verify out --sample 100000 --json")
        .check(0, &[])
        .json();
    assert_eq!(
        (&all["good"], &all["run_again"]),
        (&true.into(), &500.into())
    );
    for name in [
        "runs.parquet",
        "events.csv",
        "aggregates.json",
        "histograms.parquet",
        "manifest.json",
    ] {
        desk.run(ask).check(0, &[]);
        turn_a_byte(&desk, &format!("out/{name}"));
        let ended = desk.run("verify out --sample 0");
        assert!(
            ended.code == 7 || name == "manifest.json" && ended.code == 5,
            "{name}: {}",
            ended.stderr
        );
        assert!(format!("{}{}", ended.stdout, ended.stderr).contains(name));
    }
    // A run that says another seed than it had: every file is whole, and nothing comes out again.
    desk.run(ask).check(0, &[]);
    let mut manifest = open::read_manifest(&desk.file("out")).expect("a manifest");
    manifest.origin.seed = 2;
    write_manifest(&desk, "out", manifest);
    let ended = desk.run("verify out").check(7, &["not what its run wrote"]);
    assert!(
        ended.stdout.contains("runs, replicate "),
        "{}",
        ended.stdout
    );
}

fn write_manifest(desk: &Desk, folder: &str, manifest: Manifest) {
    let text = serde_json::to_vec_pretty(&manifest.sealed()).expect("plain data");
    desk.write(&format!("{folder}/manifest.json"), text);
}

#[test]
fn reproduce_makes_the_same_files_from_the_manifest_alone() {
    let desk = short_desk();
    let set = "--set actors.ARD.autonomy=0.4 --no-stances --csv";
    desk.run(&format!(
        "run question.ron -n 300 --seed 11 {set} -q -o out"
    ))
    .check(0, &[]);
    std::fs::remove_dir_all(desk.file("worlds")).expect("it is there");
    std::fs::remove_file(desk.file("question.ron")).expect("it is there");
    let same = desk
        .run("reproduce out -o again")
        .check(0, &["next: foedera verify again"]);
    assert!(
        same.stdout.contains("every file is the same, bit for bit"),
        "{}",
        same.stdout
    );
    assert_same(&desk, "again", &files(&desk, "out"), "reproduced");
    let json = desk
        .run("reproduce out/manifest.json -o third --json")
        .check(0, &[])
        .json();
    assert_eq!(json["same"], true);
    desk.run("reproduce out -o again")
        .check(5, &["again", "--force"]);
    // Another program made it, and a file is another.
    let mut manifest = open::read_manifest(&desk.file("out")).expect("a manifest");
    manifest.origin.version = "0.0.1".to_owned();
    manifest.files[0].sha256 = "00".repeat(32);
    write_manifest(&desk, "out", manifest);
    let ended = desk
        .run("reproduce out -o fourth")
        .check(7, &["foedera 0.0.1 made this run", "came out otherwise"]);
    assert!(ended.stdout.contains("files differ"), "{}", ended.stdout);
    desk.run("reproduce nowhere -o x").check(5, &["nowhere"]);
    turn_a_byte(&desk, "out/manifest.json");
    desk.run("reproduce out -o x").check(5, &["out"]);
    assert!(!desk.file("x").exists());
}
