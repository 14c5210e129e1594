//! `sweep`: an outcome along a number that is turned.

use super::*;

const TENSION: &str = "DriverLevel(driver: \"tension\")";

fn with(desk: &Desk, line: &str, more: &[&str]) -> Ended {
    let words: Vec<&str> = line
        .split_whitespace()
        .chain(more.iter().copied())
        .collect();
    foedera(desk.path(), &words)
}

fn values(curve: &serde_json::Value) -> Vec<f64> {
    let levels = curve["levels"].as_array().expect("levels");
    levels
        .iter()
        .map(|of| of["estimate"]["value"].as_f64().expect("a value"))
        .collect()
}

#[test]
fn a_number_is_turned_under_the_same_luck() {
    let desk = Desk::new();
    let line = "sweep question.ron --vary drivers.tension.mean=0.6..1.6:6 -n 100 --policy base,southern-threat \
                --svg s.svg --table s.csv --json --outcome";
    let found = with(&desk, line, &[TENSION])
        .check(
            0,
            &[
                "figure: s.svg",
                "table: s.csv, 12 rows",
                "next: foedera sensitivity",
            ],
        )
        .json();
    let curves = found["curves"].as_array().expect("curves");
    assert_eq!(curves.len(), 2);
    for curve in curves {
        let values = values(curve);
        assert_eq!(values.len(), 6);
        assert!(values.is_sorted(), "it rises with its mean: {values:?}");
        assert_eq!(curve["courses"][0], "rises");
        // Shared luck: a step of 0.2 is known far better than the level.
        let change = &curve["changes"][0][0]["by"];
        let width = |of: &serde_json::Value| {
            of["high"].as_f64().expect("an end") - of["low"].as_f64().expect("an end")
        };
        assert!(
            width(change) < 0.5 * width(&curve["levels"][0]["estimate"]),
            "{curve}"
        );
    }
    let svg = std::fs::read_to_string(desk.file("s.svg")).expect("a figure");
    for words in [
        "rises",
        "drivers.tension.mean",
        "southern-threat",
        "same luck",
    ] {
        assert!(svg.contains(words), "no {words} in\n{svg}");
    }
    // The step at which a number has its base value is the run with that value set, to the last bit.
    desk.run("run question.ron -n 100 -o out -q --set drivers.tension.mean=0.6")
        .check(0, &[]);
    let alone = with(
        &desk,
        "sweep question.ron --vary drivers.tension.mean=0.6,1.6 -n 100 --threads 1 --json --outcome",
        &[TENSION],
    );
    let alone = values(&alone.check(0, &[]).json()["curves"][0]);
    let all = values(&curves[0]);
    assert_eq!(
        [alone[0].to_bits(), alone[1].to_bits()],
        [all[0].to_bits(), all[5].to_bits()]
    );
}

#[test]
fn two_paths_are_a_map_and_more_a_design() {
    let desk = Desk::new();
    let line = "sweep question.ron --vary params.outside.weight=0.1..1:3 --vary drivers.tension.mean=0.6,1,1.6 -n 64 --svg m.svg";
    let shown = desk.run(line).check(0, &["figure: m.svg"]);
    for words in [
        "rows: params.outside.weight",
        "columns: drivers.tension.mean",
        "0.55",
        "1.6",
    ] {
        assert!(
            shown.stdout.contains(words),
            "no {words} in\n{}",
            shown.stdout
        );
    }
    let three = "--vary params.outside.weight=0.1..1 --vary drivers.tension.mean=0.6..1.6 --vary actors.CAL.autonomy=0.1..0.9";
    desk.run(&format!("sweep question.ron {three}"))
        .check(2, &["one or two paths", "--design latin-hypercube"]);
    let spread = with(
        &desk,
        &format!(
            "sweep question.ron {three} --design latin-hypercube --points 20 -n 32 --table p.csv --json --outcome"
        ),
        &[TENSION],
    );
    let spread = spread.check(0, &[]).json();
    assert_eq!(spread["points"].as_array().expect("points").len(), 20);
    let ranks = spread["curves"][0]["ranks"]["inputs"]
        .as_array()
        .expect("ranks");
    assert!(
        ranks[1]["prcc"]["low"].as_f64().expect("an end") > 0.5,
        "{spread}"
    );
    desk.run(&format!(
        "sweep question.ron {three} --design sobol --points 8 -n 8 --svg p.svg"
    ))
    .check(2, &["--table"]);
}

#[test]
fn words_are_turned_as_well() {
    let desk = Desk::new();
    let more = [
        "organisations.LEAGUE.rule=Consensus,SimpleMajority",
        "--outcome",
        "Adopted(initiative: \"league-defence\", rung: \"exercises\")",
    ];
    let shown = with(&desk, "sweep question.ron -n 64 --vary", &more).check(0, &["next: "]);
    assert!(shown.stdout.contains("SimpleMajority"), "{}", shown.stdout);
}

#[test]
fn what_cannot_be_turned_is_refused() {
    let desk = Desk::new();
    for (vary, says) in [
        ("drivers.tensoin.mean=0..1", "drivers.tension.mean"),
        ("drivers.tension.mean", "LOW..HIGH:STEPS"),
        ("drivers.tension.mean=0..1:1", "from 2 to 1000"),
        ("drivers.tension.mean=1..0", "not below"),
        ("drivers.tension.mean=1", "different values"),
        ("drivers.tension.mean=1,many", "not all numbers"),
        ("actors.CAL.autonomy=0..1.5", "outside its valid range"),
        ("organisations.LEAGUE.rule=Consensus,Nonsense", "Nonsense"),
        (
            "actors.CAL.autonomy=0..1:3 --vary actors.CAL.autonomy=0..1:3",
            "twice",
        ),
        (
            "actors.CAL.autonomy=0..1:1000 --vary drivers.tension.mean=0..1:1000",
            "10,000 points",
        ),
        ("actors.CAL.autonomy=0..1:3 --points 9", "--points"),
    ] {
        let ended = desk.run(&format!("sweep question.ron -n 8 --vary {vary}"));
        assert_eq!(ended.code, 2, "{vary}\n{}\n{}", ended.stdout, ended.stderr);
        assert!(
            ended.stderr.contains(says),
            "{vary}: no `{says}` in\n{}",
            ended.stderr
        );
    }
    desk.run("sweep question.ron").check(2, &["--vary"]);
}
