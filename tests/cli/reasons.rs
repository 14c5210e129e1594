//! `why`: what lies behind decisions, from the aggregates and by letting replicates happen again.

use super::*;

/// A desk with a small run in `out`.
fn with_run() -> Desk {
    let desk = Desk::new();
    desk.run("run question.ron -n 256 -o out").check(0, &[]);
    desk
}

#[test]
fn why_shows_results_without_the_stances_beside() {
    let desk = with_run();
    let told = desk
        .run("why out --initiative league-defence")
        .check(0, &["--needs"]);
    for words in [
        "Without the analysts' stances",
        "it reaches article",
        "stances on this initiative",
    ] {
        assert!(
            told.stdout.contains(words),
            "no `{words}` in:\n{}",
            told.stdout
        );
    }
    // The side with the stances is the run's own: the same replicates, the same bits.
    let all = desk
        .run("why out --initiative league-defence --sample 256 --json")
        .check(0, &[])
        .json();
    assert_eq!(all["stances_off"]["replicates"], 256);
    let again = &all["stances_off"]["rungs"][1]["reached"]["with"]["value"];
    assert_eq!(
        again,
        &all["initiatives"][0]["rungs"][1]["reached"]["value"]
    );
    assert_eq!(all["initiatives"][0]["id"], "league-defence");
    // The side without them is what a run without them says.
    desk.run("run question.ron -n 256 -o off --no-stances")
        .check(0, &[]);
    let off = desk
        .run("why off --initiative league-defence --json")
        .check(0, &[])
        .json();
    let without = &all["stances_off"]["rungs"][1]["reached"]["without"]["value"];
    assert_eq!(
        without,
        &off["initiatives"][0]["rungs"][1]["reached"]["value"]
    );
    assert!(off["stances_off"].is_null());
    let quick = desk
        .run("why out --initiative league-defence --no-rerun --json")
        .check(0, &[])
        .json();
    assert!(quick.get("stances_off").is_none());
}

#[test]
fn the_ledger_of_a_replicate_adds_up_and_names_who_refused() {
    let desk = with_run();
    let all = desk
        .run("why out --replicate 3 --json")
        .check(0, &["next: foedera replay out --replicate 3"])
        .json();
    let tablings = all["tablings"].as_array().expect("a list");
    assert!(!tablings.is_empty(), "{all}");
    for tabling in tablings {
        let parties = tabling["parties"].as_array().expect("a list");
        for party in parties {
            let terms = party["terms"].as_object().expect("an object");
            let sum: f64 = terms.values().filter_map(serde_json::Value::as_f64).sum();
            let value = party["value"].as_f64().expect("a number");
            assert!((sum - value).abs() < 1e-5, "{party}");
        }
        // Who blocks says no in the ledger, and nobody else does.
        let mut refused: Vec<&str> = parties
            .iter()
            .filter(|party| {
                party["answer"]
                    .as_str()
                    .is_some_and(|answer| answer.starts_with("no"))
            })
            .filter_map(|party| party["actor"].as_str())
            .collect();
        let mut blockers: Vec<&str> = tabling["blockers"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(serde_json::Value::as_str)
            .collect();
        refused.sort_unstable();
        blockers.sort_unstable();
        assert_eq!(refused, blockers, "{tabling}");
    }
    let text = desk
        .run("why out --replicate 3 --initiative league-defence --all")
        .check(0, &[])
        .stdout;
    assert!(text.contains("in thousandths of utility"), "{text}");
    desk.run("why out --replicate 256").check(2, &["0 to 255"]);
}

#[test]
fn needs_name_what_would_turn_a_party_or_say_none() {
    let desk = with_run();
    let line = "why out --initiative league-defence --needs --actor CAL --rung article --sample 32";
    let told = desk.run(line).check(0, &["--replicate 0"]);
    assert!(
        told.stdout.contains("What CAL would need to"),
        "{}",
        told.stdout
    );
    let all = desk.run(&format!("{line} --json")).check(0, &[]).json();
    let needs = &all["needs"][0];
    assert_eq!(needs["actor"], "CAL");
    let numbers = needs["numbers"].as_array().expect("a list");
    let paths: Vec<&str> = numbers
        .iter()
        .filter_map(|number| number["path"].as_str())
        .collect();
    for wanted in [
        "actors.CAL.autonomy",
        "actors.CAL.salience.trade",
        "dyads.ARD-CAL.affinity",
    ] {
        assert!(paths.contains(&wanted), "no {wanted} in {paths:?}");
    }
    assert!(paths.iter().all(|path| path.contains("CAL")), "{paths:?}");
    for number in numbers {
        let (low, high) = (number["low"].as_f64(), number["high"].as_f64());
        if let Some(value) = number["turns_at"].as_f64() {
            assert!(Some(value) >= low && Some(value) <= high, "{number}");
        }
    }
    // The same again, to the last digit.
    assert_eq!(
        all,
        desk.run(&format!("{line} --json")).check(0, &[]).json()
    );
    desk.run("why out --initiative league-defence --needs --actor NOBODY")
        .check(2, &["NOBODY"]);
    desk.run("why out --needs").check(2, &["--initiative"]);
}
