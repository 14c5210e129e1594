//! Commands that run the engine and read what it left: run, replay, why, test.

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use super::*;

/// The files every run leaves.
const FILES: [&str; 5] = [
    "manifest.json",
    "run-log.json",
    "runs.parquet",
    "events.parquet",
    "series.parquet",
];

fn bytes(desk: &Desk, name: &str) -> Vec<u8> {
    std::fs::read(desk.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn run_prints_the_answer_and_leaves_its_files() {
    let desk = Desk::new();
    let ended = desk
        .run("run question.ron -n 256 --seed 7")
        .check(0, &["next: foedera why out/"]);
    for file in FILES {
        assert!(desk.file("out/question").join(file).is_file(), "no {file}");
    }
    for words in ["256 replicates", "seed 7", "Cohesion", "±", "out/question"] {
        assert!(
            ended.stdout.contains(words),
            "no {words} in:\n{}",
            ended.stdout
        );
    }
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'));
    let widest = ended.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{}", ended.stdout);
}

#[test]
fn the_same_request_is_shown_again_and_another_gets_its_own_folder() {
    let desk = Desk::new();
    let first = desk.run("run question.ron -n 128").check(0, &[]);
    let manifest = bytes(&desk, "out/question/manifest.json");
    let again = desk
        .run("run question.ron -n 128")
        .check(0, &["out/question", "the same request"]);
    let speedless = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.contains("replicates · seed"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(speedless(&first.stdout), speedless(&again.stdout));
    assert_eq!(manifest, bytes(&desk, "out/question/manifest.json"));
    desk.run("run question.ron -n 128 --seed 2")
        .check(0, &["out/question-2"]);
    desk.run("run question.ron -n 128 --seed 2")
        .check(0, &["out/question-2", "the same request"]);
    assert_eq!(manifest, bytes(&desk, "out/question/manifest.json"));
    assert!(!desk.file("out/question-3").exists());
    desk.run("run question.ron -n 128 --force").check(0, &[]);
    assert_eq!(manifest, bytes(&desk, "out/question/manifest.json"));
}

#[test]
fn an_edited_scenario_is_another_request() {
    let desk = Desk::new();
    desk.run("run question.ron -n 64").check(0, &[]);
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    desk.write(
        "question.ron",
        text.replacen("title: \"", "title: \"Another ", 1),
    );
    desk.run("run question.ron -n 64")
        .check(0, &["out/question-2"]);
}

#[test]
fn nothing_is_overwritten_without_force() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.file("mine")).expect("writable");
    desk.write("mine/letter.txt", "dear reader");
    desk.write("file", "a file");
    desk.run("run question.ron -n 64 -o mine")
        .check(5, &["mine", "--force"]);
    desk.run("run question.ron -n 64 -o file")
        .check(5, &["file"]);
    desk.run("run question.ron -n 64 -o file --force")
        .check(5, &["file"]);
    desk.run("run question.ron -n 64 -o mine --force")
        .check(0, &[]);
    assert_eq!(bytes(&desk, "mine/letter.txt"), b"dear reader");
    assert_eq!(bytes(&desk, "file"), b"a file");
    desk.run("run question.ron -n 64 -o mine")
        .check(5, &["mine", "--force"]);
    desk.run("run question.ron -n 64 -o fresh/deep")
        .check(0, &["fresh/deep"]);
}

#[test]
fn a_broken_table_in_the_way_is_named_and_kept() {
    let desk = Desk::new();
    desk.run("run question.ron -n 64").check(0, &[]);
    desk.write("out/question/runs.parquet", "no longer a table");
    desk.run("run question.ron -n 64")
        .check(0, &["out/question-2"]);
    assert_eq!(
        bytes(&desk, "out/question/runs.parquet"),
        b"no longer a table"
    );
    desk.write("out/question/manifest.json", "{ no longer");
    desk.run("why out/question").check(5, &["manifest.json"]);
    desk.run("replay out/question --replicate 0")
        .check(5, &["manifest.json"]);
    desk.run("run question.ron -n 64 -o out/question --force")
        .check(0, &[]);
    desk.run("why out/question").check(0, &[]);
}

#[test]
fn folders_that_cannot_be_written_to() {
    let desk = Desk::new();
    // Nobody, not even root, makes folders here.
    desk.run("run question.ron -n 64 -o /proc/foedera")
        .check(5, &["/proc/foedera"]);
    desk.run("new /proc/foedera/question")
        .check(5, &["/proc/foedera"]);
}

/// A disk that fills up: a limit on the size of files stands in, since a small disk needs root.
#[test]
fn a_full_disk_is_named() {
    let desk = Desk::new();
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" run question.ron -n 2048 -o big";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_foedera")])
        .current_dir(desk.path())
        .output()
        .expect("bash starts");
    Ended::of(&output).check(5, &["big"]);

    let disk = desk.file("disk");
    std::fs::create_dir_all(&disk).expect("writable");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=32k", "tmpfs"])
        .arg(&disk)
        .output()
        .is_ok_and(|output| output.status.success());
    if mounted {
        let ended = desk.run("run question.ron -n 4096 -o disk/out");
        let unmounted = Command::new("umount")
            .arg(&disk)
            .status()
            .expect("umount starts");
        assert!(unmounted.success());
        ended.check(5, &["disk/out", "space"]);
    }
}

#[test]
fn json_is_one_document() {
    let desk = Desk::new();
    let ran = desk
        .run("run question.ron -n 256 -o out --json")
        .check(0, &[]);
    let run = ran.json();
    assert_eq!(run["replicates"], 256);
    assert_eq!(run["seed"], 1);
    let outcomes = run["arms"][0]["outcomes"].as_array().expect("a list");
    assert!(!outcomes.is_empty());
    for outcome in outcomes {
        assert!(
            outcome["text"].is_string() && outcome["kind"].is_string(),
            "{outcome}"
        );
    }
    assert!(run["arms"][0]["initiatives"].is_array());
    assert!(desk.run("why out --json").check(0, &[]).json().is_object());
    assert!(
        desk.run("replay out --replicate 3 --json")
            .check(0, &[])
            .json()["events"]
            .is_array()
    );
}

#[test]
fn progress_as_json_is_one_object_a_line() {
    let desk = Desk::new();
    let ended = desk
        .run("run question.ron -n 512 --progress json -q")
        .check(0, &[]);
    let lines: Vec<serde_json::Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let last = lines.last().expect("at least one line");
    assert_eq!(last["done"], 512);
    assert_eq!(last["of"], 512);
    assert!(last["per_second"].is_number() && last["estimate"].is_number());
    let silent = desk
        .run("run question.ron -n 512 --seed 3 --progress none -q")
        .check(0, &[]);
    assert_eq!(silent.stderr, "");
}

#[test]
fn threads_and_csv_change_no_number() {
    let desk = Desk::new();
    desk.run("run question.ron -n 200 --threads 1 -o one")
        .check(0, &[]);
    desk.run("run question.ron -n 200 --threads 2 -o two --csv")
        .check(0, &[]);
    for file in ["runs.parquet", "events.parquet", "series.parquet"] {
        assert_eq!(
            bytes(&desk, &format!("one/{file}")),
            bytes(&desk, &format!("two/{file}")),
            "{file}"
        );
    }
    let runs = String::from_utf8(bytes(&desk, "two/runs.csv")).expect("text");
    assert_eq!(runs.lines().count(), 201);
    assert!(!desk.file("one/runs.csv").exists());
}

/// Starts a long run and waits until its first block is done.
fn long_run(desk: &Desk) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = program(desk.path())
        .args([
            "run",
            "question.ron",
            "-n",
            "100000000",
            "-o",
            "out",
            "--progress",
            "json",
        ])
        .stdout(Stdio::piped())
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

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("kill starts").success());
}

#[test]
fn the_first_signal_finishes_blocks_and_writes_them() {
    for name in ["INT", "TERM"] {
        let desk = Desk::new();
        let (child, mut stderr) = long_run(&desk);
        signal(name, &child);
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut rest).expect("text");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130), "{name}: {rest}");
        assert!(rest.contains("interrupted"), "{name}: {rest}");
        for file in FILES {
            assert!(
                desk.file("out").join(file).is_file(),
                "{name}: no {file}\n{rest}"
            );
        }
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("replicates"),
            "{name}"
        );
        desk.run("why out").check(0, &[]);
        desk.run("run question.ron -n 64 -o out").check(5, &["out"]);
    }
}

#[test]
fn the_second_signal_ends_at_once() {
    let desk = Desk::new();
    let (child, stderr) = long_run(&desk);
    // The program may end between the two: then there is nobody to signal, which is as good.
    signal("INT", &child);
    let _ = Command::new("kill")
        .args(["-INT".to_owned(), child.id().to_string()])
        .output();
    drop(stderr);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
}

#[test]
fn why_names_blockers_and_terms() {
    let desk = Desk::new();
    desk.run("run question.ron -n 256 -o out").check(0, &[]);
    let all = desk.run("why out --json").check(0, &["next: "]).json();
    let first = all["initiatives"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let one = desk
        .run(&format!("why out --initiative {first}"))
        .check(0, &["next: "]);
    assert!(one.stdout.contains(&first), "{}", one.stdout);
    desk.run("why out --initiative no-such-thing")
        .check(2, &["no-such-thing"]);
}

#[test]
fn replay_tells_one_history_in_dated_sentences() {
    let desk = Desk::new();
    desk.run("run question.ron -n 128 --seed 5 -o out")
        .check(0, &[]);
    let told = desk.run("replay out --replicate 17").check(0, &["next: "]);
    let dated = told.stdout.lines().filter(|line| {
        let date = line.trim_start();
        date.len() > 8
            && date.as_bytes()[4] == b'-'
            && date[..4].bytes().all(|c| c.is_ascii_digit())
    });
    assert!(dated.count() >= 1, "{}", told.stdout);
    // The same history from the scenario file, without any results.
    let fresh = desk
        .run("replay question.ron --replicate 17 --seed 5")
        .check(0, &[]);
    assert_eq!(told.stdout, fresh.stdout);
    desk.run("replay out --replicate 128")
        .check(2, &["0 to 127"]);
    desk.run("replay out --replicate 1 --policy no-such")
        .check(2, &["no-such"]);
}

#[test]
fn test_judges_the_expectations_of_the_file() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let (before, _) = text
        .split_once("expect: [")
        .expect("the scenario expects something");
    let (_, after) = text
        .split_once("focus: \"")
        .expect("one organisation leads");
    let focus = after.split('"').next().expect("an id");
    let expecting = |between: &str| {
        let claim = format!("Mean(of: Cohesion(org: \"{focus}\"), between: {between})");
        format!("{before}expect: [{claim}])")
    };
    desk.write("right.ron", expecting("(0.0, 1.0)"));
    desk.write("wrong.ron", expecting("(-3.0, -2.0)"));
    desk.run("test right.ron -n 256").check(0, &["next: "]);
    let failed = desk.run("test wrong.ron right.ron -n 256").check(6, &[]);
    assert!(
        failed.stdout.contains("FAIL") && failed.stdout.contains("pass"),
        "{}",
        failed.stdout
    );
    let judged = desk
        .run("test wrong.ron -n 256 --json")
        .check(6, &[])
        .json();
    assert_eq!(judged[0]["expectations"][0]["verdict"], "fail", "{judged}");
    assert_eq!(judged[0]["ok"], false);
}

/// The classroom with these expectations as a file of a folder.
fn claims(desk: &Desk, file: &str, claims: &str) {
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let (before, _) = text.split_once("expect: [").expect("it expects something");
    desk.write(file, format!("{before}expect: [{claims}])"));
}

#[test]
fn test_compares_runs_that_share_their_chance() {
    let desk = Desk::new();
    let cohesion = "of: Cohesion(org: \"LEAGUE\")";
    let spread = "Set({\"actors.{ARD,BRN,CAL}.ideal_point\": Spread(2)})";
    claims(
        &desk,
        "compare.ron",
        &format!(
            "Unchanged({cohesion}, by: Set({{\"actors.ARD.autonomy\": Scale(1)}}), id: \"null\"), \
             Lowers({cohesion}, by: {spread}, id: \"down\", stances: Off), \
             Raises({cohesion}, by: {spread}, id: \"up\", known: \"it is the other way round\"), \
             Raises({cohesion}, by: Set({{\"actors.ARD.autonomy\": Add(0)}}), id: \"open\"), \
             Monotone({cohesion}, direction: Down, path: \"actors.{{ARD,BRN,CAL}}.ideal_point\", \
             values: [Scale(1), Spread(2), Spread(3)], id: \"series\", replicates: 64)"
        ),
    );
    let judged = desk
        .run("test compare.ron -n 256 --report --json")
        .check(0, &["next: "])
        .json();
    let all = judged["expectations"].as_array().expect("a list");
    let verdicts: Vec<&str> = all
        .iter()
        .filter_map(|one| one["expectation"]["verdict"].as_str())
        .collect();
    assert_eq!(
        verdicts,
        ["pass", "pass", "fail", "undecided", "pass"],
        "{judged}"
    );
    assert_eq!((&judged["pass"], &judged["known"]), (&3.into(), &1.into()));
    let null = &all[0]["expectation"];
    assert_eq!(null["estimate"]["value"], 0.0, "{null}");
    assert_eq!(null["moved"], serde_json::json!([0, 0]), "{null}");
    assert_eq!(all[1]["expectation"]["stances"], false);
    assert_eq!(
        all[4]["expectation"]["means"].as_array().map(Vec::len),
        Some(3)
    );
    // Without -n each expectation runs as many replicates as it asks for.
    let few = desk
        .run("test compare.ron --only series --json")
        .check(0, &[])
        .json();
    assert_eq!(few[0]["replicates"], 64, "{few}");
    let text = desk.run("test compare.ron -n 256 --report").check(0, &[]);
    for words in [
        "fail, known",
        "it is the other way round",
        "undecided",
        "3 pass, 1 undecided, 1 fail",
    ] {
        assert!(
            text.stdout.contains(words),
            "no `{words}` in:\n{}",
            text.stdout
        );
    }
}

#[test]
fn test_says_when_a_known_failure_passes() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.file("suite")).expect("writable");
    std::fs::rename(desk.file("worlds"), desk.file("suite/worlds")).expect("writable");
    let bound = "AtMost(of: Cohesion(org: \"LEAGUE\"), bound: 1, known: \"doubted\")";
    claims(&desk, "suite/known.ron", bound);
    desk.write("suite/other.txt", "no scenario");
    let ended = desk.run("test suite -n 64").check(6, &[]);
    assert!(
        ended.stdout.contains("PASSES NOW") && ended.stdout.contains("take `known` away"),
        "{}",
        ended.stdout
    );
}

#[test]
fn policies_and_stances_are_chosen() {
    let desk = Desk::new();
    let shown = desk.run("show question.ron --json").check(0, &[]).json();
    let Some(policy) = shown["policies"][0]["id"].as_str() else {
        return;
    };
    let run = desk.run(&format!(
        "run question.ron -n 128 -o out --policy base,{policy} --json"
    ));
    let run = run.check(0, &[]).json();
    assert_eq!(run["arms"].as_array().map(Vec::len), Some(2));
    assert_eq!(run["arms"][1]["id"], policy);
    desk.run("run question.ron -n 128 -o without --no-stances")
        .check(0, &[]);
    desk.run(&format!("replay out --replicate 5 --policy {policy}"))
        .check(0, &[]);
}

#[test]
fn figures_are_the_same_each_time_and_say_what_they_show() {
    let desk = Desk::new();
    desk.run("run question.ron -n 128 -q -o out").check(0, &[]);
    for (kind, title) in [
        ("fan", "in the median history; nine of ten end between"),
        ("adoption", "“The League becomes an alliance”: exercises in"),
        ("blockers", "block"),
    ] {
        let drawn = desk
            .run(&format!("figure out --kind {kind} -o {kind}.svg"))
            .check(0, &["next: foedera ", title]);
        assert_eq!(drawn.stdout.trim(), format!("{kind}.svg"));
        let again = desk
            .run(&format!("figure out --kind {kind} -q"))
            .check(0, &[]);
        assert_eq!(
            again.stdout.as_bytes(),
            bytes(&desk, &format!("{kind}.svg"))
        );
        let json = desk
            .run(&format!("figure out --kind {kind} --json"))
            .check(0, &[])
            .json();
        assert!(
            json["title"]
                .as_str()
                .is_some_and(|text| text.contains(title))
        );
        assert_eq!(json["svg"].as_str(), Some(again.stdout.as_str()));
    }
}

#[test]
fn figures_refuse_what_is_not_there() {
    let desk = Desk::new();
    desk.run("run question.ron -n 64 -q -o out").check(0, &[]);
    desk.run("figure out --measure cohesion.LEAGU")
        .check(2, &["did you mean cohesion.LEAGUE"]);
    desk.run("figure out --kind adoption --initiative talk")
        .check(2, &["did you mean talks"]);
    desk.run("figure out --policy nobody")
        .check(2, &["--policy"]);
    desk.run("figure out --kind cake")
        .check(2, &["fan", "blockers"]);
    desk.run("figure question.ron")
        .check(5, &["no folder of results"]);
    desk.run("figure out -o fan.svg -q").check(0, &[]);
    desk.run("figure out -o fan.svg").check(5, &["--force"]);
    desk.run("figure out -o fan.svg --force -q").check(0, &[]);
    desk.run("figure out -o nowhere/fan.svg")
        .check(5, &["cannot write"]);
}
