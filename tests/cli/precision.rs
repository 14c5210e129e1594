//! `run --until`: stops when enough is known, at the same place for everybody.

use super::*;

/// Tables and sums: everything but what names the command.
const DATA: [&str; 5] = [
    "runs.parquet",
    "events.parquet",
    "series.parquet",
    "decisions.parquet",
    "aggregates.json",
];

const GOAL: &str = "Adopted(initiative: \"league-defence\", rung: \"article\") +- 0.06";
/// Not among the outcomes of the scenario, and about an organisation's dates that nobody else asks for.
const HIDDEN: &str = "Cohesion(org: \"PACT\", at: \"2005-12\") >= 0.5 ± 0.08";

fn bytes(desk: &Desk, name: &str) -> Vec<u8> {
    std::fs::read(desk.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn manifest(desk: &Desk, folder: &str) -> serde_json::Value {
    let bytes = bytes(desk, &format!("{folder}/manifest.json"));
    serde_json::from_slice(&bytes).expect("a manifest")
}

#[test]
fn a_run_until_something_is_known_is_a_run_of_so_many() {
    let desk = Desk::new();
    let until = |out: &str, threads: &str| {
        let words = [
            "run",
            "question.ron",
            "--until",
            GOAL,
            "--until",
            HIDDEN,
            "--threads",
            threads,
            "-o",
            out,
        ];
        foedera(desk.path(), &words)
    };
    let ended = until("one", "1").check(0, &["next: "]);
    for words in ["reached: Adopted", "hold together, at every look"] {
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
    }
    until("two", "3").check(0, &[]);
    let found = manifest(&desk, "one");
    assert_eq!(found, manifest(&desk, "two"));
    let n = found["origin"]["n"].as_u64().expect("a number");
    assert_eq!(found["completed"], n);
    assert_eq!(found["status"], "complete");
    assert!(n.is_multiple_of(64) && (64..4096).contains(&n), "{n}");
    let goals = found["until"]["goals"].as_array().expect("goals");
    assert_eq!(goals.len(), 2);
    for goal in goals {
        assert_eq!(goal["reached"], true);
        let number = |key: &str| goal["estimate"][key].as_f64().expect("a number");
        let width = goal["half_width"].as_f64().expect("a width");
        assert!(
            number("high") - number("value") <= width && number("value") - number("low") <= width
        );
    }
    desk.run(&format!("run question.ron -n {n} -o plain"))
        .check(0, &[]);
    for name in DATA {
        let of = |folder: &str| bytes(&desk, &format!("{folder}/{name}"));
        assert_eq!(of("one"), of("two"), "{name}");
        assert_eq!(of("one"), of("plain"), "{name}");
    }
}

#[test]
fn the_same_question_is_answered_from_its_folder() {
    let desk = Desk::new();
    let words = [
        "run",
        "question.ron",
        "--until",
        "Cohesion(org: \"LEAGUE\") +- 0.05",
    ];
    foedera(desk.path(), &words).check(0, &[]);
    foedera(desk.path(), &words).check(0, &["the same request"]);
    assert!(!desk.file("out/question-2").exists());
}

#[test]
fn what_is_not_reached_says_so_and_ends_with_six() {
    let desk = Desk::new();
    let words = [
        "run",
        "question.ron",
        "-n",
        "128",
        "--until",
        GOAL,
        "-o",
        "out",
    ];
    let ended = foedera(desk.path(), &words).check(6, &[]);
    assert!(
        ended.stdout.contains("not reached by 128 replicates"),
        "{}",
        ended.stdout
    );
    assert_eq!(
        manifest(&desk, "out")["until"]["goals"][0]["reached"],
        false
    );
}

#[test]
fn bad_goals_are_refused_with_a_way_out() {
    let desk = Desk::new();
    let refused = |goal: &str, says: &[&str]| {
        let words = ["run", "question.ron", "--until", goal, "-o", "out"];
        foedera(desk.path(), &words).check(2, says);
        assert!(!desk.file("out").exists());
    };
    refused("Cohesion(org: \"LEAGUE\")", &["how well", "+- 0.01"]);
    let counted = "EventCount(event: Shock(shock: \"border-incident\"))";
    refused(
        &format!("{counted} +- 0.1"),
        &["no known range", ">= 3 +- 0.01"],
    );
    refused("Cohesion(org: \"LEAGE\") +- 0.1", &["LEAGUE"]);
    let words = ["run", "question.ron", "-n", "2000000", "--until", GOAL];
    foedera(desk.path(), &words).check(2, &["1,048,576"]);
}
