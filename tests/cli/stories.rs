//! `discover`, `when`, `storylines`, and the ledgers of `why` and `run`: from runs to insight.

use super::*;

/// Events whose probabilities `when` and the engine must agree on.
const EVENTS: [&str; 5] = [
    "Adoption(initiative: \"league-defence\", rung: \"article\")",
    "Adoption(initiative: \"raid-watch\")",
    "Accession(org: \"LEAGUE\", actor: \"DUN\")",
    "Dispute(lethal: true)",
    "Shock(shock: \"border-incident\")",
];

/// A desk with a small run in `out`.
fn with_run(n: u64) -> Desk {
    let desk = Desk::new();
    desk.run(&format!("run question.ron -n {n} --seed 3 -o out"))
        .check(0, &[]);
    desk
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

#[test]
fn a_box_is_found_written_and_keeps_its_promise() {
    let desk = with_run(1000);
    let condition = "DriverLevel(driver:\"tension\")>1.3";
    let shown = desk
        .run(&format!(
            "discover out --when {condition} --write box.ron --figure box.svg --table way.csv"
        ))
        .check(0, &["wrote box.ron", "next: foedera run box.ron"]);
    for words in [
        "It happens where",
        "drivers.tension.mean is above",
        "in the halves that they have not seen",
        "coverage",
        "density",
        "quasi-p",
    ] {
        assert!(
            shown.stdout.contains(words),
            "no `{words}` in:\n{}",
            shown.stdout
        );
    }
    let found = desk
        .run(&format!("discover out --when {condition} --json"))
        .check(0, &[])
        .json();
    let first = &found["boxes"][0];
    let restricted = first["box"]["restrictions"]
        .as_array()
        .expect("restrictions");
    let on_tension = |one: &serde_json::Value| one["input"] == "drivers.tension.mean";
    assert!(restricted.iter().any(on_tension), "{restricted:?}");
    assert_eq!(first["explains"], true);
    // The box is a scenario: another seed, and the condition is as frequent as the unseen halves say.
    desk.run("check box.ron").check(0, &[]);
    desk.run("run box.ron -n 1000 --seed 99 -o boxed")
        .check(0, &[]);
    desk.write(
        "asked.csv",
        "id,expression,resolution\nQ,\"DriverLevel(driver: \"\"tension\"\") > 1.3\",yes\n",
    );
    let scored = desk
        .run("score boxed --observed asked.csv --json")
        .check(0, &[])
        .json();
    let inside = number(&scored["binary"]["questions"][0]["forecast"]);
    let all = number(&found["probability"]["value"]);
    let promised = &first["unseen_halves"]["density"];
    // A box sought in a half is poorer than one sought in all, whose own density flatters it.
    let low = number(&promised[1]);
    let high = number(&promised[2]).max(number(&first["box"]["density"]["high"]));
    assert!(inside > all + 0.15, "{inside} of the box, {all} of all");
    // Two standard errors of a share of 1000 beside the spread of the halves.
    assert!(
        inside > low - 0.04 && inside < high + 0.04,
        "{inside} is not within {low} to {high}"
    );
    let svg = std::fs::read_to_string(desk.file("box.svg")).expect("a figure");
    assert!(svg.contains("drivers.tension.mean above"), "{svg}");
    let table = std::fs::read_to_string(desk.file("way.csv")).expect("a table");
    assert!(table.starts_with("search,box,chosen"), "{table}");
}

#[test]
fn discoveries_are_the_same_bits_on_any_threads_and_boxes_may_follow_one_another() {
    let desk = with_run(400);
    // What the run did not record is asked of the same replicates.
    let line =
        "discover out --when DriverLevel(driver:\"tension\",at:\"2009-12\")>1.2 --boxes 2 --json";
    let one = desk.run(&format!("{line} --threads 1")).check(0, &[]);
    let other = desk.run(&format!("{line} --threads 2")).check(0, &[]);
    assert_eq!(one.stdout, other.stdout);
    let boxes = one.json()["boxes"].as_array().map_or(0, Vec::len);
    assert!((1..=2).contains(&boxes), "{boxes}");
    let chosen = desk
        .run("discover out --when DriverLevel(driver:\"tension\")>1.2 --box 3 --json")
        .check(0, &[])
        .json();
    assert_eq!(chosen["boxes"][0]["chosen"], 3);
    desk.run("discover out --when DriverLevel(driver:\"tension\")>1.2 --box 900")
        .check(2, &["the way has boxes 0 to"]);
}

#[test]
fn what_inputs_do_not_explain_is_said() {
    let desk = with_run(400);
    // A shock comes by luck alone.
    let luck = "discover out --when EventCount(event:Shock(shock:\"border-incident\"))>=2";
    let told = desk.run(luck).check(0, &["next: foedera storylines out"]);
    assert!(told.stdout.contains("do not explain it"), "{}", told.stdout);
    desk.run(&format!("{luck} --write box.ron"))
        .check(2, &["do not explain it", "--box"]);
    assert!(!desk.file("box.ron").exists());
    desk.run("discover out --when DriverLevel(driver:\"tension\")>100")
        .check(2, &["too rare", "half below"]);
    desk.run("discover out --when DriverLevel(driver:\"tension\")<100")
        .check(2, &["too common", "Not("]);
    desk.run("discover out --when DriverLevel(driver:\"tensio\")>1")
        .check(2, &["tension", "--when: the expression has"]);
    desk.run("discover out --when DriverLevel(driver:\"tension\")>1.2 --inputs drivers.tensio")
        .check(2, &["--inputs", "drivers.tension.mean"]);
}

#[test]
fn events_are_dated_as_the_engine_counts_them() {
    let desk = with_run(256);
    let mut table = "id,expression,resolution\n".to_owned();
    for (idx, event) in EVENTS.iter().enumerate() {
        let quoted = event.replace('"', "\"\"");
        table += &format!("Q{idx},\"Happened(event: {quoted})\",yes\n");
    }
    desk.write("asked.csv", table);
    let scored = desk
        .run("score out --observed asked.csv --json")
        .check(0, &[])
        .json();
    let mut happened = 0;
    for (idx, event) in EVENTS.iter().enumerate() {
        let args = ["when", "out", "--json", "--event", event];
        let told = foedera(desk.path(), &args).check(0, &[]).json();
        // A forecast is (k + 1/2) / (n + 1).
        let forecast = number(&scored["binary"]["questions"][idx]["forecast"]);
        let wanted = (forecast * 257.0 - 0.5) / 256.0;
        let curve = told["any"].as_array().expect("a curve");
        let end = number(&curve.last().expect("a step")["value"]);
        assert!(
            (end - wanted).abs() < 1e-9,
            "{event}: {end} is not {wanted}"
        );
        // The causes add up, and no curve falls.
        let causes = told["causes"].as_array().expect("causes");
        let last = |cause: &serde_json::Value| {
            cause["probability"]
                .as_array()
                .and_then(|all| all.last())
                .map_or(0.0, |at| number(&at["value"]))
        };
        let sum: f64 = causes.iter().map(last).sum();
        assert!((sum - end).abs() < 1e-9, "{event}: {sum} is not {end}");
        assert!(
            curve
                .windows(2)
                .all(|pair| number(&pair[0]["value"]) <= number(&pair[1]["value"]) + 1e-12)
        );
        happened += usize::from(end > 0.0);
    }
    assert!(happened >= 3, "{happened}");
    let args = [
        "when",
        "out",
        "--event",
        EVENTS[0],
        "--figure",
        "when.svg",
        "--table",
        "when.parquet",
    ];
    let shown = foedera(desk.path(), &args).check(0, &["wrote when.svg", "why out --replicate"]);
    assert!(shown.stdout.contains("plain shares"), "{}", shown.stdout);
    foedera(desk.path(), &args).check(5, &["there already"]);
    foedera(
        desk.path(),
        &["when", "out", "--event", "Cohesion(org: \"PACT\")"],
    )
    .check(2, &["--event"]);
    foedera(
        desk.path(),
        &["when", "out", "--event", "Shock(shock: \"border\")"],
    )
    .check(2, &["border-incident"]);
}

#[test]
fn storylines_share_out_the_replicates_and_can_be_replayed() {
    let desk = with_run(200);
    let shown = desk
        .run("storylines out --figure lines.svg --table lines.csv")
        .check(
            0,
            &["wrote lines.svg", "next: foedera replay out --replicate"],
        );
    for words in [
        "silhouette",
        "of histories",
        "foedera replay out --replicate",
        "Typical and odd",
    ] {
        assert!(
            shown.stdout.contains(words),
            "no `{words}` in:\n{}",
            shown.stdout
        );
    }
    let told = desk
        .run("storylines out -k 3 --threads 1 --json")
        .check(0, &[]);
    let again = desk
        .run("storylines out -k 3 --threads 2 --json")
        .check(0, &[]);
    assert_eq!(told.stdout, again.stdout);
    let told = told.json();
    let lines = told["storylines"].as_array().expect("storylines");
    assert_eq!(lines.len(), 3);
    let sum: f64 = lines
        .iter()
        .map(|line| number(&line["share"]["value"]))
        .sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    let mut names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["name"].as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 3, "{names:?}");
    // The exemplar is that replicate: its last value is the recorded outcome of its replay.
    let first = &lines[0];
    let replicate = first["replicate"].as_u64().expect("a replicate");
    let replay = desk
        .run(&format!("replay out --replicate {replicate} --json"))
        .check(0, &[])
        .json();
    let outcomes = replay["outcomes"].as_array().expect("outcomes");
    let cohesion = outcomes
        .iter()
        .find(|one| one["text"] == "Cohesion(org: \"LEAGUE\")")
        .expect("recorded");
    let course = first["course"].as_array().expect("a course");
    let end = number(course.last().expect("a step"));
    assert!((end - number(&cohesion["value"])).abs() < 1e-6);
    let part = desk.run("storylines out -k 2 --sample 100 --distance complexity --measure cohesion.PACT --measure driver.tension");
    let part = part.check(0, &[]);
    assert!(
        part.stdout.contains("the first 100 of 200 replicates"),
        "{}",
        part.stdout
    );
    desk.run("storylines out --measure cohesion.PAKT")
        .check(2, &["cohesion.PACT"]);
    desk.run("run question.ron -n 4 -o few").check(0, &[]);
    desk.run("storylines few").check(2, &["too few"]);
}

#[test]
fn an_event_is_explained_by_its_decision_and_by_what_it_hangs_on() {
    let desk = with_run(64);
    let event = EVENTS[1];
    let when = foedera(desk.path(), &["when", "out", "--event", event, "--json"])
        .check(0, &[])
        .json();
    let replicate = when["earliest"][0]["replicate"].to_string();
    let args = ["why", "out", "--replicate", &replicate, "--event", event];
    let told = foedera(desk.path(), &args).check(0, &["next: foedera replay"]);
    for words in [
        "The decision behind it",
        "What came before it",
        "Where the drivers stood",
        "What it hangs on",
        "Luck or ignorance",
    ] {
        assert!(
            told.stdout.contains(words),
            "no `{words}` in:\n{}",
            told.stdout
        );
    }
    let json = foedera(desk.path(), &[&args[..], &["--json"]].concat())
        .check(0, &[])
        .json();
    assert_eq!(json["month"], when["earliest"][0]["month"]);
    assert_eq!(json["decisions"][0]["initiative"], "raid-watch");
    let trials = json["counterfactuals"].as_array().expect("trials");
    let without = |of: &str| {
        trials
            .iter()
            .find(|one| one["change"]["of"] == of)
            .expect("tried")
    };
    // Talks between the camps do not make the watch.
    assert!(without("talks")["month"].is_string() || without("talks")["happens"] == false);
    assert!(trials.iter().any(|one| one["as_it_was"] == true), "{json}");
    // A shock's own firing hangs on the shock alone.
    let shock = EVENTS[4];
    let when = foedera(desk.path(), &["when", "out", "--event", shock, "--json"])
        .check(0, &[])
        .json();
    let replicate = when["earliest"][0]["replicate"].to_string();
    let args = [
        "why",
        "out",
        "--replicate",
        &replicate,
        "--event",
        shock,
        "--json",
    ];
    let json = foedera(desk.path(), &args).check(0, &[]).json();
    for one in json["counterfactuals"].as_array().expect("trials") {
        let own = one["change"]["of"] == "border-incident";
        assert_eq!(one["as_it_was"], !own, "{one}");
    }
    let never = [
        "why",
        "out",
        "--replicate",
        "0",
        "--event",
        "Withdrawal(org: \"LEAGUE\", actor: \"ARD\")",
    ];
    foedera(desk.path(), &never).check(2, &["does not happen in this replicate"]);
}

#[test]
fn ledgers_of_many_replicates_are_a_table() {
    let desk = with_run(20);
    desk.run("why out --ledger 5 -o ledgers.parquet")
        .check(0, &["ledgers of 5 replicates", "rows"]);
    desk.run("why out --ledger 5 -o ledgers.parquet")
        .check(5, &["exists already"]);
    desk.run("why out --ledger 5 -o ledgers.csv")
        .check(2, &["Parquet"]);
    // The run writes the same rows when asked.
    desk.run("run question.ron -n 20 --seed 3 -o with --ledger 5")
        .check(0, &[]);
    let bytes = |path: &str| std::fs::read(desk.file(path)).expect("a table").len();
    assert_eq!(bytes("with/ledger.parquet"), bytes("ledgers.parquet"));
}
