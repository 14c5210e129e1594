//! Designs as people choose them: run --design, plan, elicited families, alternatives.

use super::*;

/// The classroom with something added.
fn with(desk: &Desk, more: &str) {
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let text = text.replacen("  policies: {", &format!("{more}\n  policies: {{"), 1);
    desk.write("question.ron", text);
}

/// Rows of a CSV table: one column, as text.
fn column(desk: &Desk, file: &str, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(desk.file(file)).expect("the table is there");
    let mut rows = text.lines();
    let head: Vec<&str> = rows.next().expect("a head").split(',').collect();
    let at = head.iter().position(|column| *column == name);
    let at = at.unwrap_or_else(|| panic!("no {name} in {head:?}"));
    rows.map(|row| row.split(',').nth(at).unwrap_or("").to_owned())
        .collect()
}

#[test]
fn a_design_is_recorded_and_its_points_have_a_column() {
    let desk = Desk::new();
    let ended = desk
        .run("run question.ron --draws 32 --replicates-per-draw 4 --design sobol --copies 4 --csv")
        .check(0, &[]);
    for words in [
        "128 replicates",
        "4 independent scrambles",
        "Means by the design",
    ] {
        assert!(
            ended.stdout.contains(words),
            "no {words} in\n{}",
            ended.stdout
        );
    }
    let points = column(&desk, "out/question/runs.csv", "point");
    let tension = column(&desk, "out/question/runs.csv", "drivers.tension.mean");
    assert_eq!(points.len(), 128);
    for (row, point) in points.iter().enumerate() {
        assert_eq!(*point, (row / 4).to_string());
        assert_eq!(tension[row], tension[row / 4 * 4]);
    }
    let manifest = std::fs::read_to_string(desk.file("out/question/manifest.json"));
    let manifest: serde_json::Value =
        serde_json::from_str(&manifest.expect("it is there")).expect("JSON");
    assert_eq!(manifest["origin"]["design"]["per_point"], 4);
    // A history of the run has the run's inputs, not those of a run without a design.
    let replay = |source: &str| {
        desk.run(&format!("replay {source} --replicate 7 --json"))
            .json()
    };
    let (of_run, of_file) = (replay("out/question"), replay("question.ron"));
    assert_ne!(of_run["inputs"], of_file["inputs"]);
}

#[test]
fn a_hypercube_spreads_its_values_evenly() {
    let desk = Desk::new();
    // An input that follows another is spread by what is left to it.
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let old = "correlations: [(\"drivers.tension.mean\", \"actors.CAL.salience.trade\", -0.2)],";
    assert!(text.contains(old));
    desk.write("question.ron", text.replacen(old, "correlations: [],", 1));
    desk.run("run question.ron -n 100 --design latin-hypercube --csv")
        .check(0, &[]);
    let mut shares: Vec<f64> = column(&desk, "out/question/runs.csv", "drivers.tension.mean")
        .iter()
        .map(|text| {
            // Triangular(0.6, 1.0, 1.6): its distribution function.
            let x: f64 = text.parse().expect("a number");
            if x < 1.0 {
                (x - 0.6) * (x - 0.6) / 0.4
            } else {
                1.0 - (1.6 - x) * (1.6 - x) / 0.6
            }
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    for (stratum, share) in shares.iter().enumerate() {
        let from = f64::from(u32::try_from(stratum).expect("few")) / 100.0;
        assert!(
            (from - 1e-5..from + 0.01 + 1e-5).contains(share),
            "{stratum} {share}"
        );
    }
}

#[test]
fn a_grid_and_a_table_run_their_points() {
    let desk = Desk::new();
    let ended = desk
        .run("run question.ron --levels drivers.tension.mean=0.8,1.2 --levels actors.CAL.autonomy=0.25..0.75:3 \
              --replicates-per-draw 16 --csv")
        .check(0, &[]);
    assert!(
        ended.stdout.contains("grid of 2 × 3 points"),
        "{}",
        ended.stdout
    );
    assert!(
        !ended.stdout.contains("Means by the design"),
        "{}",
        ended.stdout
    );
    let autonomy = column(&desk, "out/question/runs.csv", "actors.CAL.autonomy");
    assert_eq!(
        (autonomy[0].as_str(), autonomy[95].as_str()),
        ("0.25", "0.75")
    );
    desk.write(
        "points.csv",
        "# two points\nactors.CAL.autonomy,drivers.tension.mean\n0.25,1.0\n0.5,1.5\n",
    );
    desk.run("run question.ron --table-of-inputs points.csv --csv -o table")
        .check(0, &[]);
    assert_eq!(
        column(&desk, "table/runs.csv", "actors.CAL.autonomy"),
        ["0.25", "0.5"]
    );
    assert_eq!(
        column(&desk, "table/runs.csv", "drivers.tension.mean"),
        ["1", "1.5"]
    );
}

#[test]
fn designs_that_make_no_sense_are_refused() {
    let desk = Desk::new();
    desk.write("points.csv", "actors.CAL.autonomy\nmuch\n");
    for (command, says) in [
        (
            "--levels drivers.tension.maen=3",
            "did you mean drivers.tension.mean",
        ),
        ("--design grid", "--levels drivers.oil.mean=5"),
        (
            "--design sobol --levels drivers.tension.mean=3",
            "leave one of the two out",
        ),
        ("--copies 2", "latin-hypercube and sobol"),
        ("-n 100 --levels drivers.tension.mean=3", "leave -n out"),
        ("--levels cohesion_weights.affinity=3", "is not uncertain"),
        ("--table-of-inputs points.csv", "`much` is no number"),
        ("--table-of-inputs none.csv", "check the spelling"),
    ] {
        let ended = desk.run(&format!("run question.ron {command}"));
        assert_ne!(ended.code, 0, "{command}");
        assert!(ended.stderr.contains(says), "{command}: {}", ended.stderr);
    }
}

#[test]
fn a_plan_says_what_a_run_would_take() {
    let desk = Desk::new();
    let ended = desk
        .run("plan question.ron -n 4000 --design latin-hypercube --pilot 128")
        .check(
            0,
            &["next: foedera run question.ron -n 4000 --design latin-hypercube"],
        );
    for words in [
        "4,000 replicates",
        "time",
        "disk",
        "Expected error",
        "Cohesion",
    ] {
        assert!(
            ended.stdout.contains(words),
            "no {words} in\n{}",
            ended.stdout
        );
    }
    assert!(!desk.file("out").exists(), "a plan leaves nothing");
    let half = |n: u32| {
        let found = desk
            .run(&format!("plan question.ron -n {n} --pilot 128 --json"))
            .json();
        assert!(found["seconds"].as_f64().expect("a number") > 0.0);
        assert!(found["bytes"].as_f64().expect("a number") > 1000.0);
        found["outcomes"][0]["half_width"]
            .as_f64()
            .expect("a number")
    };
    let ratio = half(1000) / half(4000);
    assert!((ratio - 2.0).abs() < 0.05, "{ratio}");
}

#[test]
fn quantiles_that_contradict_their_family_are_told() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let quantiles = "Quantiles(p5: 0.4, p50: 0.6, p95: 0.75)";
    let give = |family: &str| {
        let given = format!("Quantiles(p5: 0.4, p50: 0.6, p95: 0.75, family: {family})");
        desk.write("question.ron", text.replacen(quantiles, &given, 1));
    };
    give("Pert");
    desk.run("check question.ron").check(0, &[]);
    let shown = desk.run("show question.ron --all").check(0, &[]);
    assert!(shown.stdout.contains("Pert through"), "{}", shown.stdout);
    give("Normal");
    let checked = desk.run("check question.ron").check(0, &[]);
    assert!(
        checked.stdout.contains("no Normal has these quantiles"),
        "{}",
        checked.stdout
    );
    give("Gumbel");
    desk.run("check question.ron").check(3, &[]);
}

#[test]
fn correlations_that_contradict_one_another_are_named() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let correlations = "correlations: [(\"drivers.tension.mean\", \"actors.CAL.salience.trade\", -0.9), \
        (\"drivers.tension.mean\", \"params.bargaining.noise\", -0.9), \
        (\"actors.CAL.salience.trade\", \"params.bargaining.noise\", -0.9)],";
    let old = "correlations: [(\"drivers.tension.mean\", \"actors.CAL.salience.trade\", -0.2)],";
    assert!(text.contains(old));
    desk.write("question.ron", text.replacen(old, correlations, 1));
    let says = "the correlations contradict one another";
    let checked = desk.run("check question.ron").check(0, &[]);
    assert!(checked.stdout.contains(says) && checked.stdout.contains("1 warning"));
    let shown = desk.run("show question.ron").check(0, &[]);
    assert!(shown.stdout.contains(says), "{}", shown.stdout);
    desk.run("run question.ron -n 64").check(0, &[says]);
}

#[test]
fn a_decision_rule_may_be_one_of_several() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let focus = text.split("focus: \"").nth(1).expect("a focus");
    let org = focus.split('"').next().expect("an id");
    with(
        &desk,
        &format!(
            "  alternatives: {{ \"rule\": (title: \"How they decide\", options: {{\n\
             \"as-now\": (weight: 1),\n\
             \"majority\": (weight: 3, effects: [RuleChange(org: \"{org}\", rule: SimpleMajority())]),\n\
             }}) }},"
        ),
    );
    desk.run("check question.ron").check(0, &[]);
    desk.run("run question.ron -n 512 --csv").check(0, &[]);
    let drawn = column(&desk, "out/question/runs.csv", "alternatives.rule");
    let majority = drawn.iter().filter(|text| text.as_str() == "1").count();
    // Three in four: 384 of 512, standard error 9.8.
    assert!((334..434).contains(&majority), "{majority}");
    // One of them chosen: the same histories as where it was drawn.
    desk.run("run question.ron -n 512 --csv --set alternatives.rule=1 -o held")
        .check(0, &[]);
    let name = "cohesion";
    let head = std::fs::read_to_string(desk.file("held/runs.csv")).expect("it is there");
    let head = head.lines().next().expect("a head").to_owned();
    let outcome = head.split(',').find(|column| column.starts_with(name));
    let outcome = outcome.expect("an outcome");
    let mixed = column(&desk, "out/question/runs.csv", outcome);
    let held = column(&desk, "held/runs.csv", outcome);
    let mut others = 0;
    for (row, rule) in drawn.iter().enumerate() {
        if rule == "1" {
            assert_eq!(mixed[row], held[row], "replicate {row}");
        } else {
            others += usize::from(mixed[row] != held[row]);
        }
    }
    assert!(others > 10, "the rule matters: {others}");
}

#[test]
fn a_run_made_longer_is_the_long_run() {
    let desk = Desk::new();
    for (name, design) in [("chance", ""), ("sobol", "--design sobol --copies 2")] {
        desk.run(&format!("run question.ron -n 96 --csv {design} -o {name}"))
            .check(0, &[]);
        desk.run(&format!(
            "run question.ron -n 224 --csv {design} -o {name}-whole"
        ))
        .check(0, &[]);
        desk.run(&format!("run question.ron --more 128 -o {name}"))
            .check(0, &[]);
        let bytes = |folder: &str, file: &str| {
            std::fs::read(desk.file(folder).join(file)).unwrap_or_else(|_| panic!("no {file}"))
        };
        for file in [
            "manifest.json",
            "runs.parquet",
            "runs.csv",
            "events.parquet",
            "series.parquet",
            "aggregates.json",
        ] {
            assert!(
                bytes(name, file) == bytes(&format!("{name}-whole"), file),
                "{name}: {file}"
            );
        }
    }
    desk.run("run question.ron --more 64 --seed 2 -o chance")
        .check(2, &["it answers another request"]);
    desk.run("run question.ron -n 64 --design latin-hypercube -o latin")
        .check(0, &[]);
    desk.run("run question.ron --more 64 -o latin").check(
        2,
        &[
            "Latin hypercube of 64 points",
            "--design monte-carlo or sobol",
        ],
    );
}
