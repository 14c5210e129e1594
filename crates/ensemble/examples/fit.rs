//! Fits a few parameters of the law to a table of questions: a coordinate search that anyone can repeat.
//!
//! `cargo run --release --example fit -p foedera-ensemble -- SCENARIO.ron TABLE.csv N PATH...`
//!
//! Every parameter moves within its prior only, on a scale u that is 0 at the low end, 1/2 at the default and 1 at
//! the high end, logarithmic between. Three rounds with steps of .3, .15 and .075 try one step down and one up
//! for each parameter in turn and keep what lowers the loss. The loss is the mean Brier score of the questions
//! plus .004 times the mean of (2u - 1)^2, so that what the questions do not speak of stays at its default.
//! All candidates meet the same chances: seed 2001, replicates 0 to N - 1.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a tool that reads files, prints and counts"
)]

use std::error::Error;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use foedera_ensemble::{Request, Silent, ask};
use foedera_scenario::{Outcome, Override, Scenario, SourceError, Sources, load, parse_target};
use foedera_sim::Isa;

/// Key of the draws.
const SEED: u64 = 2001;
/// Steps of the rounds.
const STEPS: [f64; 3] = [0.3, 0.15, 0.075];
/// Weight of the distance from the defaults.
const RIDGE: f64 = 0.004;

/// Files of this machine.
struct Files;

impl Sources for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(Path::new(path)).map_err(|error| SourceError::Unreadable {
            reason: error.to_string(),
        })
    }
}

/// A parameter with its range and place.
#[derive(Debug, Clone)]
struct Knob {
    path: String,
    low: f64,
    mode: f64,
    high: f64,
    /// 0 at the low end, 1/2 at the default, 1 at the high end.
    u: f64,
}

impl Knob {
    fn value(&self) -> f64 {
        let (from, to, share) = if self.u < 0.5 {
            (self.low, self.mode, 2.0 * self.u)
        } else {
            (self.mode, self.high, 2.0 * self.u - 1.0)
        };
        let value = if from > 0.0 {
            from * libm::pow(to / from, share)
        } else {
            from + (to - from) * share
        };
        // Four digits, so that the file says what was run.
        format!("{value:.3e}").parse().unwrap_or(value)
    }
}

/// What is asked, and whether it came true.
type Questions = Vec<(String, bool)>;

fn scenario(file: &str, knobs: &[Knob]) -> Result<Scenario, Box<dyn Error>> {
    let set: Vec<Override> = knobs
        .iter()
        .filter_map(|knob| Override::parse(&format!("{}={}", knob.path, knob.value())))
        .collect();
    let loaded = load(&Files, file, &set, &foedera_sim::catalogue());
    let loaded = loaded.map_err(|mistakes| {
        let all: Vec<String> = mistakes.iter().map(|one| one.message.clone()).collect();
        all.join("; ")
    })?;
    Ok(Scenario {
        stances: false,
        ..loaded.scenario
    })
}

/// Mean Brier score, and the loss.
fn loss(
    file: &str,
    questions: &Questions,
    n: u64,
    knobs: &[Knob],
) -> Result<(f64, f64), Box<dyn Error>> {
    let scenario = scenario(file, knobs)?;
    let read = |text: &str| -> Result<Outcome, Box<dyn Error>> {
        let target = parse_target(&scenario, "expression", text)
            .map_err(|mistakes| format!("{text}: {}", mistakes[0].message))?;
        Ok(target.into_outcome())
    };
    let outcomes: Result<Vec<Outcome>, _> = questions.iter().map(|(text, _)| read(text)).collect();
    let request = Request {
        n,
        first: 0,
        seed: SEED,
        design: foedera_ensemble::Design::default(),
        policies: vec![None],
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        isa: Isa::detect(),
        stances: false,
        trajectories: false,
        headline: None,
    };
    let answers = ask(
        &scenario,
        outcomes?,
        &request,
        &Silent,
        &AtomicBool::new(false),
    )?;
    let brier = |(values, (_, happened)): (&Vec<f64>, &(String, bool))| {
        let held = values.iter().filter(|value| **value > 0.5).count() as f64;
        let miss = (held + 0.5) / (values.len() as f64 + 1.0) - f64::from(u8::from(*happened));
        miss * miss
    };
    let scores = answers.values.iter().zip(questions).map(brier);
    let mean = scores.sum::<f64>() / questions.len() as f64;
    let away = knobs
        .iter()
        .map(|knob| (2.0 * knob.u - 1.0) * (2.0 * knob.u - 1.0));
    let away = away.sum::<f64>() / knobs.len().max(1) as f64;
    Ok((mean, mean + RIDGE * away))
}

fn table(path: &str) -> Result<Questions, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let at = |name: &str| {
        let place = headers.iter().position(|header| header == name);
        place.ok_or_else(|| format!("{path} has no column {name}"))
    };
    let (expression, resolution) = (at("expression")?, at("resolution")?);
    let mut questions = Vec::new();
    for record in reader.records() {
        let record = record?;
        questions.push((record[expression].to_owned(), &record[resolution] == "yes"));
    }
    Ok(questions)
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [file, questions, n, paths @ ..] = given.as_slice() else {
        return Err("fit SCENARIO.ron TABLE.csv N PATH...".into());
    };
    let (questions, n) = (table(questions)?, n.parse()?);
    let mut knobs = Vec::new();
    let catalogue = foedera_sim::catalogue();
    for path in paths {
        let found = catalogue.find(path.trim_start_matches("params."));
        let spec = found.ok_or_else(|| format!("no parameter {path}"))?;
        knobs.push(Knob {
            path: path.clone(),
            low: spec.low,
            mode: spec.default,
            high: spec.high,
            u: 0.5,
        });
    }
    let (brier, mut best) = loss(file, &questions, n, &knobs)?;
    println!(
        "defaults: Brier {brier:.4} on {} questions",
        questions.len()
    );
    for step in STEPS {
        for idx in 0..knobs.len() {
            for sign in [-1.0, 1.0] {
                let mut tried = knobs.clone();
                tried[idx].u = (tried[idx].u + sign * step).clamp(0.0, 1.0);
                let (brier, loss) = loss(file, &questions, n, &tried)?;
                let keeps = loss < best;
                let mark = if keeps { "kept" } else { "" };
                println!(
                    "{} = {}: Brier {brier:.4} loss {loss:.5} {mark}",
                    tried[idx].path,
                    tried[idx].value()
                );
                if keeps {
                    (best, knobs) = (loss, tried);
                    break;
                }
            }
        }
    }
    let (brier, _) = loss(file, &questions, n, &knobs)?;
    println!("fitted: Brier {brier:.4}");
    for knob in &knobs {
        println!(
            "    \"{}\": {},   // u = {:.3}",
            knob.path.trim_start_matches("params."),
            knob.value(),
            knob.u
        );
    }
    Ok(())
}
