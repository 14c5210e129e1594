//! The propositions of the two source papers, judged: what holds, what does not and why stands in
//! `docs/propositions.md`, which this compares with a run.
//!
//! After a change of the law `UPDATE_REFERENCE=1 cargo test -p foedera --test main propositions` writes the page
//! anew; read the difference before it is committed. Verdicts and reasons must be those of the page; an effect may
//! move by its own error, so that a change of the law elsewhere does not need a new page.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf, process::Command};

use serde_json::Value;

/// Replicates of each proposition that does not ask for more.
const N: &str = "600";
/// How many of its own half-widths an effect may lie from the one of the page.
const SLACK: f64 = 3.0;
/// The rows of the list of propositions that the scenarios are to judge.
const ROWS: [&str; 50] = [
    "P01", "P02", "P03", "P04", "P06", "P10", "P11", "P12", "P13", "P15", "P17", "P18", "P19",
    "P20", "P21", "P22", "P23", "P24", "P25", "P27", "P29", "P30", "P31", "P32", "P33", "P34",
    "P35", "P36", "P37", "P39", "P40", "P41", "P42", "P44", "P45", "P47", "P48", "P49", "P50",
    "P52", "P53", "P55", "P56", "P57", "P59", "P61", "P62", "P63", "P64", "P65",
];
/// What the page begins with.
const HEAD: &str = "# The propositions of the source papers\n\n\
    Written by a test from `foedera test --report scenarios/propositions -n 600 --seed 1`; see\n\
    [how to write such checks](how-to/propositions.md). Each row is judged on paired runs with analysts' stances\n\
    off; a verdict speaks of the whole 95 % interval. What does not pass stays listed, with the reason if one is\n\
    known; what is undecided without a reason is not shown on so many replicates.\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn report() -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_foedera"))
        .current_dir(root())
        .args(["test", "--report", "--json", "scenarios/propositions"])
        .args(["-n", N, "--seed", "1"])
        .output()
        .expect("the program starts");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn text<'v>(of: &'v Value, key: &str) -> &'v str {
    of[key].as_str().unwrap_or_default()
}

/// The number of the list that an id belongs to: `P02b` is a part of `P02`.
fn row(id: &str) -> &str {
    id.trim_end_matches(|c: char| c.is_ascii_lowercase())
}

fn verdict(one: &Value) -> &'static str {
    match text(one, "verdict") {
        "pass" => "pass",
        "undecided" => "**undecided**",
        _ => "**fail**",
    }
}

fn line(one: &Value) -> String {
    let (id, says, found) = (text(one, "id"), text(one, "says"), text(one, "found"));
    let reason = text(one, "known");
    let verdict = verdict(one);
    format!("| {id} | {says} | {verdict} | {found} | {reason} |")
}

fn page(all: &[&Value], report: &Value) -> String {
    let mut rows: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for one in all {
        rows.entry(row(text(one, "id"))).or_default().push(one);
    }
    let passes = |parts: &&Vec<&Value>| parts.iter().all(|one| text(one, "verdict") == "pass");
    let whole = rows.values().filter(passes).count();
    let mut page = HEAD.to_owned();
    writeln!(
        page,
        "\n{whole} of {} numbered propositions pass in every part; of their {} parts {} pass, {} are \
         undecided and {} fail.\n\n| id | claim | verdict | effect (95 %) | reason |\n|---|---|---|---|---|",
        rows.len(),
        all.len(),
        report["pass"],
        report["undecided"],
        report["fail"],
    )
    .expect("text grows");
    for one in rows.values().flatten() {
        writeln!(page, "{}", line(one)).expect("text grows");
    }
    page
}

/// The first number of an effect as the page prints it.
fn number(effect: &str) -> Option<f64> {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let start = effect.find(digits)?;
    let rest = &effect[start..];
    let end = rest.find(|c| !digits(c)).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// What the page says otherwise than a run, beyond error.
fn outdated(kept: &str, one: &Value) -> Option<String> {
    let id = text(one, "id");
    let Some(old) = kept
        .lines()
        .find(|line| line.starts_with(&format!("| {id} |")))
    else {
        return Some(format!("{id} is missing"));
    };
    let cells: Vec<&str> = old.split(" | ").collect();
    let new = line(one);
    let same = |place: usize| cells.get(place) == new.split(" | ").collect::<Vec<_>>().get(place);
    if !(same(1) && same(2) && same(4)) {
        return Some(format!("{old}\nis now\n{new}"));
    }
    if one["moved"] == serde_json::json!([0, 0]) {
        return None; // The page shows a mean and no effect.
    }
    let estimate = &one["estimate"];
    let (value, low, high) = (
        estimate["value"].as_f64()?,
        estimate["low"].as_f64()?,
        estimate["high"].as_f64()?,
    );
    let old_value = number(cells.get(3)?)?;
    // Printed digits are a tenth of the half-width apart at most.
    let far = (value - old_value).abs() > SLACK * (high - low) / 2.0 + 0.01;
    far.then(|| format!("{old}\nis now\n{new}"))
}

#[test]
fn propositions_fare_as_the_page_says() {
    let report = report();
    let list = report["expectations"].as_array().expect("a list");
    let all: Vec<&Value> = list.iter().map(|one| &one["expectation"]).collect();
    for one in &all {
        assert_eq!(one["stances"], false, "{one}");
        assert!(!text(one, "says").is_empty(), "{one}");
    }
    for wanted in ROWS {
        let judged = all.iter().any(|one| row(text(one, "id")) == wanted);
        assert!(judged, "{wanted} is not judged");
    }
    let path = root().join("docs/propositions.md");
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(&path, page(&all, &report)).expect("the page is writable");
    }
    let broken: Vec<String> = list
        .iter()
        .filter(|one| one["breaks"] == true)
        .map(|one| line(&one["expectation"]))
        .collect();
    assert!(broken.is_empty(), "unexpected:\n{}", broken.join("\n"));
    let kept = fs::read_to_string(&path).expect("the page is there");
    let outdated: Vec<String> = all.iter().filter_map(|one| outdated(&kept, one)).collect();
    assert!(
        outdated.is_empty(),
        "docs/propositions.md is not what a run says; see the head of this file:\n{}",
        outdated.join("\n")
    );
}
