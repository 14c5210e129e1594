//! `sensitivity`: which inputs an outcome hangs on, from runs of its own or from a finished one.

use super::*;

const TENSION: &str = "DriverLevel(driver: \"tension\")";

/// Runs a command line whose last arguments hold spaces.
fn with(desk: &Desk, line: &str, more: &[&str]) -> Ended {
    let words: Vec<&str> = line
        .split_whitespace()
        .chain(more.iter().copied())
        .collect();
    foedera(desk.path(), &words)
}

/// The finding of an input for the first outcome.
fn input<'a>(found: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let inputs = found["outcomes"][0]["inputs"].as_array().expect("inputs");
    let found = inputs.iter().find(|of| of["input"] == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

/// An index of an input: value, low, high.
fn index(of: &serde_json::Value, name: &str) -> [f64; 3] {
    let measures = of["measures"].as_array().expect("measures");
    let found = measures.iter().find(|of| of["index"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {of}"));
    ["value", "low", "high"].map(|end| found[end].as_f64().expect("a number"))
}

#[test]
fn screening_finds_what_an_outcome_hangs_on() {
    let desk = Desk::new();
    let line = "sensitivity question.ron --method morris -n 16 --json --outcome";
    let found = with(&desk, line, &[TENSION]).check(
        0,
        &["next: foedera sensitivity question.ron --method sobol"],
    );
    let found = found.json();
    assert_eq!(
        found["histories"],
        16 * 2 * (found["inputs"].as_array().expect("inputs").len() + 1)
    );
    let tension = input(&found, "drivers.tension.mean");
    assert_eq!(
        (&tension["told"], &tension["rank"]),
        (&true.into(), &1.into())
    );
    // The driver returns to its mean: from 0.6 to 1.6 the whole range moves it by something below one.
    let [size, low, high] = index(tension, "mu_star");
    assert!(
        low > 0.2 && high < 1.2 && low <= size && size <= high,
        "{tension}"
    );
    let told = found["outcomes"][0]["inputs"].as_array().expect("inputs");
    let told = told.iter().filter(|of| of["told"] == true).count();
    assert!(told < 10, "{told} inputs move a driver of its own");
    assert!(
        !found["correlations_left_out"]
            .as_array()
            .expect("a list")
            .is_empty()
    );
    let again = with(
        &desk,
        &line.replace("--json", "--threads 1 --json"),
        &[TENSION],
    );
    assert_eq!(again.check(0, &[]).json()["outcomes"], found["outcomes"]);
}

#[test]
fn shares_say_what_is_luck() {
    let desk = Desk::new();
    let line = "sensitivity question.ron --method sobol -n 256 --inputs drivers.tension.mean --over-time --table t.csv --json --outcome";
    let found = with(&desk, line, &[TENSION])
        .check(0, &["table: t.csv", "next: foedera sweep"])
        .json();
    let names: Vec<&str> = found["inputs"]
        .as_array()
        .expect("inputs")
        .iter()
        .filter_map(|of| of["input"].as_str())
        .collect();
    assert_eq!(
        names.len(),
        2,
        "{names:?}: the one that is named, and all others"
    );
    let [total, low, high] = index(input(&found, "drivers.tension.mean"), "total");
    assert!(
        (0.7..=1.4).contains(&total) && low > 0.5 && high < 2.0,
        "{total}"
    );
    let luck = found["outcomes"][0]["luck"]["share"]["value"]
        .as_f64()
        .expect("a share");
    assert!((0.3..1.0).contains(&luck), "{luck}");
    let years = found["outcomes"][0]["over_time"].as_array().expect("years");
    assert_eq!((years.len(), &years[0]["at"]), (10, &"2001-12".into()));
    assert!(
        !found["outcomes"][0]["all_years"]["inputs"]
            .as_array()
            .expect("inputs")
            .is_empty()
    );
    let table = std::fs::read_to_string(desk.file("t.csv")).expect("a table");
    assert!(
        table.starts_with(
            "outcome,expression,when,at,input,index,value,low,high,rank,told,points\n"
        )
    );
    assert!(
        table.lines().any(|line| line.contains(",share_luck,")),
        "{table}"
    );
    // Nothing is written over.
    with(&desk, line, &[TENSION]).check(5, &["t.csv", "--force"]);
    // An event that only chance decides has no shares, and says so.
    let line = "sensitivity question.ron --method sobol -n 32 --group --outcome";
    let shown = with(
        &desk,
        line,
        &["EventCount(event: Shock(shock: \"border-incident\"))"],
    )
    .check(0, &[]);
    assert!(
        shown.stdout.contains("cannot be told from luck"),
        "{}",
        shown.stdout
    );
}

#[test]
fn a_finished_run_says_what_its_file_says() {
    let desk = Desk::new();
    desk.run("run question.ron -n 300 --seed 3 -o out -q")
        .check(0, &[]);
    let of_run = desk
        .run("sensitivity out --method given-data --json")
        .check(0, &["next: "])
        .json();
    let of_file = desk
        .run("sensitivity question.ron --method given-data -n 300 --seed 3 --json")
        .check(0, &[])
        .json();
    assert_eq!(of_run["outcomes"], of_file["outcomes"]);
    assert_eq!(of_run["failed"]["of"], 300);
    // What was not recorded is asked of the same histories again.
    let line = "sensitivity out --method given-data --json --when";
    let more = [
        "Adopted(initiative: \"league-defence\", rung: \"article\")",
        "--outcome",
        "Cohesion(org: \"LEAGUE\", at: \"2005-12\")",
    ];
    let asked = with(&desk, line, &more).check(0, &[]).json();
    assert_eq!(asked["outcomes"].as_array().expect("outcomes").len(), 1);
    assert_eq!(asked["outcomes"][0]["points"], 300);
    assert!(
        asked["outcomes"][0]["split"]
            .as_str()
            .is_some_and(|split| split.contains("league-defence")),
        "{asked}"
    );
    let shown = desk
        .run("sensitivity out --method given-data --inputs drivers.*.mean --all")
        .check(0, &[]);
    for words in [
        "drivers.tension.mean",
        "cannot be told apart with one replicate",
        "explains",
    ] {
        assert!(
            shown.stdout.contains(words),
            "no {words} in\n{}",
            shown.stdout
        );
    }
}

#[test]
fn an_analysis_that_does_not_fit_is_refused_with_the_one_that_does() {
    let desk = Desk::new();
    desk.run("run question.ron -n 64 -o out -q").check(0, &[]);
    desk.run("sensitivity out --method sobol")
        .check(2, &["--method given-data", "FILE --method sobol"]);
    desk.run("sensitivity out --method given-data --seed 3")
        .check(2, &["--seed"]);
    desk.run("sensitivity out --method given-data --inputs actors.CAL.autonomy=0.2..0.8")
        .check(2, &["range"]);
    for (line, says) in [
        ("--method sobol --replicates 1", "--replicates 2 or more"),
        (
            "--method morris --inputs drivers.tensoin.mean",
            "drivers.tension.mean",
        ),
        ("--method morris --inputs drivers.nothing.*", "--inputs"),
        ("--method morris --inputs time.start", "--inputs"),
        (
            "--method morris --inputs actors.CAL.autonomy=0.2..3",
            "outside its valid range",
        ),
        (
            "--method morris --inputs actors.CAL.autonomy=0.8..0.2",
            "not below",
        ),
        (
            "--method morris --inputs actors.CAL.autonomy=0.8",
            "LOW..HIGH",
        ),
        (
            "--method morris --inputs drivers.tension.mean,drivers.*.mean",
            "twice",
        ),
        (
            "--method morris --when Cohesion(org:\"LEAGUE\")<0.5",
            "given-data",
        ),
        (
            "--method given-data --when Cohesion(org:\"LEAGUE\")",
            "a number",
        ),
        ("--method sobol -n 10000000", "at most 20,000,000"),
        (
            "--method morris --outcome Cohesion(org:\"LEEGUE\")",
            "LEAGUE",
        ),
        ("--method morris --policy nobody", "--policy"),
    ] {
        let ended = desk.run(&format!("sensitivity question.ron {line}"));
        assert_eq!(ended.code, 2, "{line}\n{}\n{}", ended.stdout, ended.stderr);
        assert!(
            ended.stderr.contains(says),
            "{line}: no `{says}` in\n{}",
            ended.stderr
        );
    }
    desk.run("sensitivity question.ron").check(2, &["--method"]);
}
