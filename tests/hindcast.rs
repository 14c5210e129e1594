//! The hindcasts can be asked all their questions, and `docs/hindcast.md` lists each of them.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

/// Replicates: seconds, and a standard error of at most .04.
const N: u32 = 128;

fn score(file: &str, tables: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_foedera"));
    command
        .current_dir(root)
        .args(["score", file, "--no-stances", "--json", "--quiet"]);
    command.args(["-n", &N.to_string()]);
    for table in tables {
        command.args(["--observed", table]);
    }
    let output = command.output().expect("the program starts");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Ids with their forecasts.
fn forecasts(scores: &Value) -> BTreeMap<String, f64> {
    let questions = scores["binary"]["questions"]
        .as_array()
        .expect("there are questions");
    let one = |question: &Value| {
        let id = question["id"].as_str().expect("an id").to_owned();
        (id, question["forecast"].as_f64().expect("a forecast"))
    };
    questions.iter().map(one).collect()
}

/// First and third cell (id, model without stances) of the rows of the page's tables that begin with a letter.
fn documented(letter: char) -> BTreeMap<String, f64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hindcast.md");
    let page = fs::read_to_string(path).expect("the page is there");
    let mut rows = BTreeMap::new();
    for line in page
        .lines()
        .filter(|line| line.starts_with(&format!("| {letter}")))
    {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let Some(forecast) = cells.get(3).and_then(|cell| cell.parse().ok()) {
            rows.insert(cells[1].to_owned(), forecast);
        }
    }
    rows
}

/// The page keeps the first score, which later laws do not repeat: it lists the questions that are asked, and every
/// forecast of today is a probability that is not certain.
#[track_caller]
fn is_on_the_page(found: &BTreeMap<String, f64>, letter: char) {
    let written = documented(letter);
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        written.keys().collect::<Vec<_>>(),
        "the page lists other questions"
    );
    for forecast in found.values().chain(written.values()) {
        assert!((0.0..1.0).contains(forecast), "{forecast}");
    }
}

#[test]
fn the_questions_of_2008_are_answered_and_on_the_page() {
    let tables = [
        "scenarios/hindcast/train.csv",
        "scenarios/hindcast/train-numbers.csv",
    ];
    let scores = score("scenarios/hindcast-2008.ron", &tables);
    assert_eq!(scores["failed"], 0);
    is_on_the_page(&forecasts(&scores), 'T');
    for number in scores["numbers"]["questions"]
        .as_array()
        .expect("there are numbers")
    {
        assert!(
            number["crps"].as_f64().is_some_and(f64::is_finite),
            "{number}"
        );
    }
}

#[test]
fn the_questions_of_2001_are_answered_and_on_the_page() {
    let scores = score(
        "scenarios/hindcast-2001.ron",
        &["scenarios/hindcast/fit-2001.csv"],
    );
    assert_eq!(scores["failed"], 0);
    is_on_the_page(&forecasts(&scores), 'F');
}
