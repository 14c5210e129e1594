//! `score`: what a run said, beside what was observed.

use super::*;

/// A table with a truth value that the scenario records, one that it does not, and a number.
const TABLE: &str = "id,cluster,expression,resolution,value,baseline,baseline_mean,baseline_sd\n\
    Q1,watch,\"Adopted(initiative: \"\"raid-watch\"\", rung: \"\"patrols\"\")\",yes,,0.4,,\n\
    Q2,watch,\"All([Adopted(initiative: \"\"raid-watch\"\"), Count(org: \"\"LEAGUE\"\") >= 1])\",yes,,0.4,,\n\
    Q3,alone,\"Happened(event: Withdrawal(org: \"\"PACT\"\"))\",no,,0.1,,\n\
    N1,size,\"Cohesion(org: \"\"LEAGUE\"\")\",,0.5,,0.5,0.1\n";

#[test]
fn a_run_is_scored_from_its_columns_and_by_simulating_again() {
    let desk = Desk::new();
    desk.write("seen.csv", TABLE);
    desk.run("run question.ron -n 128 --seed 5 -o out")
        .check(0, &[]);
    let scored = desk
        .run("score out --observed seen.csv --json")
        .check(0, &["next: "])
        .json();
    assert_eq!(scored["recorded"], 2, "{scored}");
    assert_eq!(scored["simulated_again"], 2);
    let questions = scored["binary"]["questions"].as_array().expect("questions");
    assert_eq!(questions.len(), 3);
    let (p, brier) = (&questions[0]["forecast"], &questions[0]["brier"]);
    let (p, brier) = (p.as_f64().expect("p"), brier.as_f64().expect("a score"));
    assert!((brier - (1.0 - p) * (1.0 - p)).abs() < 1e-12);
    // The file by itself, with the same seed and number, gives the same bits: nothing depends on what was recorded.
    let fresh = desk.run("score question.ron -n 128 --seed 5 --observed seen.csv --json");
    let fresh = fresh.check(0, &[]).json();
    assert_eq!(fresh["simulated_again"], 4);
    assert_eq!(fresh["binary"], scored["binary"]);
    assert_eq!(fresh["numbers"], scored["numbers"]);
    let shown = desk
        .run("score out --observed seen.csv --no-stances")
        .check(0, &["next: "]);
    for words in [
        "Brier score",
        "reliability",
        "One cluster left out",
        "Numbers",
        "stances off",
    ] {
        assert!(
            shown.stdout.contains(words),
            "no {words} in\n{}",
            shown.stdout
        );
    }
}

#[test]
fn a_bad_table_is_refused_with_its_lines() {
    let desk = Desk::new();
    let bad = TABLE
        .replace("raid-watch\"\", rung", "raid-wach\"\", rung")
        .replace("\",no,,0.1", "\",perhaps,,0.1");
    desk.write("bad.csv", bad);
    let line = "score question.ron -n 64 --observed bad.csv";
    desk.run(line).check(
        3,
        &[
            "bad.csv:2: expression",
            "raid-watch",
            "bad.csv:4: resolution",
        ],
    );
    desk.run("score question.ron --observed none.csv")
        .check(5, &["none.csv"]);
    desk.run("score question.ron").check(2, &["--observed"]);
    desk.write("seen.csv", TABLE);
    desk.run("run question.ron -n 64 -o out").check(0, &[]);
    desk.run("score out --observed seen.csv --seed 3")
        .check(2, &["--seed"]);
    desk.write("empty.csv", "");
    desk.run("score out --observed empty.csv").check(3, &["id"]);
}
