//! `calibrate`: what observations say about uncertain inputs.

use std::time::{Duration, Instant};

use super::*;

/// Levels of a driver at nine dates.
fn rows() -> String {
    let mut table = "id,expression,resolution,value\n".to_owned();
    for year in 2002..=2010 {
        table += &format!(
            "T{year},\"DriverLevel(driver: \"\"tension\"\", at: \"\"{year}-06\"\")\",,0\n"
        );
    }
    table
}

/// The same table with what one history with a known input answers.
fn simulated(desk: &Desk, truth: f64, seed: u32) -> String {
    desk.write("asked.csv", rows());
    let known = format!("uncertainties: {{ \"drivers.tension.mean\": Empirical([{truth}]) }}");
    desk.write(
        "truth.ron",
        format!("Scenario(extends: \"question.ron\", {known})"),
    );
    let line = format!("score truth.ron --observed asked.csv -n 1 --seed {seed} --json");
    let answers = desk.run(&line).check(0, &[]).json();
    let answers = answers["numbers"]["questions"].as_array().cloned();
    let answers = answers.expect("answers");
    let mut lines: Vec<String> = rows().lines().map(str::to_owned).collect();
    for (line, answer) in lines[1..].iter_mut().zip(&answers) {
        *line = line.replace(",,0", &format!(",,{}", answer["mean"]));
    }
    lines.join("\n") + "\n"
}

const INPUTS: &str = "--inputs drivers.tension.mean=0.2..2.5,actors.FEN.autonomy=0.1..0.9";

/// The input of a path in the answer.
#[track_caller]
fn input<'a>(found: &'a serde_json::Value, path: &str) -> &'a serde_json::Value {
    let inputs = found["inputs"].as_array().expect("inputs");
    inputs
        .iter()
        .find(|of| of["path"] == path)
        .unwrap_or_else(|| panic!("no {path} in {found}"))
}

#[test]
fn a_known_input_is_recovered_and_a_silent_one_is_said_to_be() {
    let desk = Desk::new();
    let mut middles = Vec::new();
    let mut inside = 0;
    for (truth, seed) in [(0.5, 11), (1.2, 12), (2.0, 13)] {
        let seen = simulated(&desk, truth, seed);
        desk.write("seen.csv", seen);
        let line = format!(
            "calibrate question.ron --observed seen.csv {INPUTS} --particles 300 --budget 12000 -o t{truth}.ron --json"
        );
        let found = desk.run(&line).check(0, &["posterior: ", "next: "]).json();
        let mean = input(&found, "drivers.tension.mean");
        let after = |level: &str| mean["after"][level].as_f64().expect("a quantile");
        inside += u32::from(after("p5") <= truth && truth <= after("p95"));
        middles.push(after("p50"));
        assert_eq!(mean["learnt"]["narrowed"], true, "{mean}");
        assert!(mean["learnt"]["contraction"].as_f64() > Some(0.5), "{mean}");
        let silent = input(&found, "actors.FEN.autonomy");
        assert_eq!(silent["learnt"]["told"], false, "{silent}");
    }
    assert!(middles.is_sorted(), "{middles:?}");
    // Each interval holds the truth in nine of ten worlds.
    assert!(inside >= 2, "{inside} of 3: {middles:?}");
}

#[test]
fn the_posterior_is_a_scenario_that_runs() {
    let desk = Desk::new();
    desk.write("seen.csv", simulated(&desk, 2.0, 13));
    let line = format!(
        "calibrate question.ron --observed seen.csv {INPUTS} --particles 200 --budget 6000 -o new/p.ron --table new/p.csv"
    );
    let ended = desk
        .run(&line)
        .check(0, &["table: new/p.csv", "score new/p.ron"]);
    for words in [
        "What was learnt",
        "drivers.tension.mean",
        "the data say nothing",
        "What the model says",
        "independent particles",
    ] {
        assert!(
            ended.stdout.contains(words),
            "no {words} in\n{}",
            ended.stdout
        );
    }
    let text = std::fs::read_to_string(desk.file("new/p.ron")).expect("a posterior");
    assert!(text.contains("extends: \"../question.ron\""), "{text}");
    assert!(
        text.contains("\"drivers.tension.mean\": Empirical(["),
        "{text}"
    );
    assert!(
        text.contains("\"actors.FEN.autonomy\": Uniform(low: 0.1, high: 0.9)"),
        "{text}"
    );
    desk.run("check new/p.ron").check(0, &[]);
    desk.run("run new/p.ron -n 64 --seed 1 -o ran")
        .check(0, &[]);
    // The posterior foretells what was observed better than the prior.
    let crps = |file: &str| {
        let line = format!("score {file} --observed seen.csv -n 256 --json");
        let scores = desk.run(&line).check(0, &[]).json();
        let all = scores["numbers"]["questions"]
            .as_array()
            .cloned()
            .expect("numbers");
        all.iter().filter_map(|of| of["crps"].as_f64()).sum::<f64>()
    };
    assert!(crps("new/p.ron") < 0.6 * crps("question.ron"));
    // Particles have weights that sum to one.
    let mut particles = csv::Reader::from_path(desk.file("new/p.csv")).expect("a table");
    let weights: f64 = particles
        .records()
        .map(|row| row.expect("a row")[1].parse::<f64>().expect("a weight"))
        .sum();
    assert!((weights - 1.0).abs() < 1e-9, "{weights}");
}

#[test]
fn a_killed_calibration_goes_on_to_the_same_bytes() {
    let (whole, broken) = (Desk::new(), Desk::new());
    let seen = simulated(&whole, 2.0, 13);
    let line = format!(
        "calibrate question.ron --observed seen.csv {INPUTS} --particles 400 --budget 16000 -o p.ron"
    );
    for desk in [&whole, &broken] {
        desk.write("seen.csv", &seen);
    }
    let unbroken = whole.run(&format!("{line} --threads 1")).check(0, &[]);
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut child = program(broken.path())
        .args(&words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let population = broken.file("p.population.json");
    let begun = Instant::now();
    while !population.exists() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert!(population.exists());
    let was_killed = !broken.file("p.ron").exists();
    let resumed = broken.run(&format!("{line} --threads 2"));
    let resumed = resumed.check(
        0,
        if was_killed {
            &["goes on after generation"]
        } else {
            &[]
        },
    );
    assert_eq!(resumed.stdout, unbroken.stdout);
    for name in ["p.ron", "p.population.json"] {
        let [one, other] = [&whole, &broken].map(|desk| std::fs::read(desk.file(name)));
        assert_eq!(one.expect("written"), other.expect("written"), "{name}");
    }
    // Once more: nothing is simulated but the predictions, nothing is overwritten, the answer is the same.
    let again = broken.run(&line).check(0, &["goes on after generation"]);
    assert_eq!(again.stdout, unbroken.stdout);
    // Another question does not take the place of this one.
    let other = broken.run(&line.replace("--particles 400", "--particles 300"));
    other.check(5, &["p.population.json", "--force"]);
}

#[test]
fn what_cannot_be_calibrated_is_refused() {
    let desk = Desk::new();
    desk.write("seen.csv", rows());
    let line = "calibrate question.ron --observed seen.csv";
    desk.run("calibrate question.ron").check(2, &["--observed"]);
    desk.run(&format!("{line} --inputs drivers.tention.mean"))
        .check(2, &["drivers.tention.mean", "drivers.tension.mean"]);
    desk.run(&format!("{line} --inputs drivers.tension.rate"))
        .check(2, &["for certain", "PATH=lo..hi"]);
    desk.run(&format!("{line} --inputs actors.FEN.autonomy=0.5..7"))
        .check(2, &["actors.FEN.autonomy", "lies from"]);
    desk.run(&format!("{line} --inputs actors.FEN.autonomy=2..1"))
        .check(2, &["LO below HI"]);
    let weightless = rows()
        .replace("value", "value,weight")
        .replace(",,0", ",,0,0");
    desk.write("seen.csv", weightless);
    desk.run(line).check(2, &["weight 0"]);
    // What no input can reach is said to be contradicted.
    let never = "id,expression,resolution,value\nN1,\"DriverLevel(driver: \"\"tension\"\")\",,2.9\n\
                 Q1,\"Count(org: \"\"LEAGUE\"\") >= 90\",yes,\n";
    desk.write("seen.csv", never);
    let ended = desk.run(&format!("{line} --particles 60 --budget 600 -o p.ron"));
    let ended = ended.check(0, &[]);
    assert!(
        ended
            .stdout
            .contains("never matched in 60 histories of the prior: "),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("Q1"), "{}", ended.stdout);
}
