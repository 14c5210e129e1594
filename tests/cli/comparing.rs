//! `compare`: alternatives in the same replicates.

use super::*;

/// A number that a default already has: setting it changes nothing.
const NOTHING: &str = "nothing: params.bargaining.noise=0.014";
const WANTED: [&str; 6] = [
    "--outcome",
    "cohesion.LEAGUE",
    "--outcome",
    "lower: DriverLevel(driver: \"tension\")",
    "--satisfy",
    "Cohesion(org: \"LEAGUE\") >= 0.55",
];

fn compare(desk: &Desk, words: &[&str]) -> Ended {
    let all: Vec<&str> = ["compare"].iter().chain(words).copied().collect();
    foedera(desk.path(), &all)
}

fn pair(outcome: &serde_json::Value, places: (u64, u64)) -> &serde_json::Value {
    let pairs = outcome["pairs"].as_array().expect("pairs");
    let is =
        |one: &&serde_json::Value| one["alternative"] == places.0 && one["against"] == places.1;
    pairs.iter().find(is).expect("the pair is there")
}

#[test]
fn what_changes_nothing_differs_by_exactly_nothing_and_what_does_is_told() {
    let desk = Desk::new();
    let mut words = vec![
        "question.ron",
        "-n",
        "256",
        "--policies",
        "base,southern-threat",
        "--arm",
        NOTHING,
    ];
    words.extend(WANTED);
    let shown = compare(&desk, &words).check(0, &["next: "]);
    for text in [
        "By driver.tension",
        "lower is better",
        "0: no replicate differs",
        "infinite",
        "Thresholds met",
        "hold together",
        "mean regret",
        "worst of twenty",
    ] {
        assert!(
            shown.stdout.contains(text),
            "no {text} in\n{}",
            shown.stdout
        );
    }
    let widest = shown.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{}", shown.stdout);
    words.push("--json");
    let found = compare(&desk, &words).check(0, &[]).json();
    let outcomes = found["comparison"]["outcomes"]
        .as_array()
        .expect("outcomes")
        .clone();
    assert_eq!(outcomes.len(), 3);
    for outcome in &outcomes {
        // The inline alternative comes last, the base case first.
        let same = pair(outcome, (2, 0));
        for key in ["value", "low", "high"] {
            assert_eq!(same["difference"][key], 0.0, "{same}");
        }
        assert_eq!(
            (&same["standing"], &same["pairing"]["is"]),
            (&"same".into(), &"same".into())
        );
    }
    // More arms in the south raise tension: worse, since lower is better.
    let tension = &outcomes[1];
    assert_eq!(pair(tension, (1, 0))["standing"], "worse");
    assert_eq!(
        tension["alternatives"][1]["rank"],
        serde_json::json!([3, 3])
    );
    assert_eq!(
        tension["alternatives"][0]["rank"],
        serde_json::json!([1, 2])
    );
    assert!(pair(tension, (1, 0))["pairing"]["value"].as_f64() > Some(1.0));
}

#[test]
fn a_finished_run_gives_what_the_file_gives() {
    let desk = Desk::new();
    desk.run("run question.ron -n 200 --seed 3 --policy base,southern-threat,no-watch -o out")
        .check(0, &[]);
    let recorded =
        compare(&desk, &["out", "--json", "--table", "t.csv"]).check(0, &["table: t.csv"]);
    let recorded = recorded.json();
    let fresh = [
        "question.ron",
        "-n",
        "200",
        "--seed",
        "3",
        "--policies",
        "base,southern-threat,no-watch",
        "--json",
    ];
    let fresh = compare(&desk, &fresh).check(0, &[]).json();
    assert_eq!(recorded["comparison"], fresh["comparison"]);
    assert!(fresh["parted"].as_array().is_some_and(|all| all.len() == 3));
    let table = std::fs::read_to_string(desk.file("t.csv")).expect("the table");
    let outcomes = recorded["comparison"]["outcomes"]
        .as_array()
        .expect("outcomes")
        .len();
    // Three alternatives and three pairs for each outcome, and a head.
    assert_eq!(table.lines().count(), 1 + 6 * outcomes);
    // What the run did not record happens again.
    let asked = [
        "out",
        "--outcome",
        "Cohesion(org: \"LEAGUE\", at: \"2004-12\")",
        "--json",
    ];
    let asked = compare(&desk, &asked).check(0, &[]).json();
    assert_eq!(asked["comparison"]["trials"], 200);
    compare(&desk, &["out", "--table", "t.csv"]).check(5, &["t.csv"]);
    compare(&desk, &["out", "--seed", "4"]).check(2, &["--seed"]);
}

#[test]
fn bad_alternatives_are_refused_with_a_way_out() {
    let desk = Desk::new();
    let refused = |words: &[&str], says: &[&str]| {
        let all: Vec<&str> = ["question.ron", "-n", "64"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        compare(&desk, &all).check(2, says);
    };
    refused(&["--policies", "base"], &["single alternative", "--arm"]);
    refused(&["--policies", "base,no-wach"], &["no-watch"]);
    refused(
        &["--arm", "loud: params.bargaining.nose=0.1"],
        &["params.bargaining.noise"],
    );
    refused(
        &["--arm", "loud: params.bargaining.noise=7"],
        &["from 0 to 1"],
    );
    refused(&["--arm", "params.bargaining.noise=0.1"], &["colon"]);
    refused(
        &["--arm", "no-watch: params.bargaining.noise=0.1"],
        &["named twice"],
    );
    refused(
        &["--satisfy", "Cohesion(org: \"LEAGUE\")"],
        &["true or false"],
    );
    refused(&["--outcome", "Cohesion(org: \"LEAGE\")"], &["LEAGUE"]);
}
