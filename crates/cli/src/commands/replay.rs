//! `foedera replay OUT|FILE --replicate K`: one history told as dated sentences.
//!
//! It is simulated again from its number: the same history to the last bit as in the run.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args as ClapArgs;
use foedera_ensemble::{BASE, Design, History, Which};
use foedera_results::{Manifest, digits};
use foedera_scenario::{MemorySources, Override, Scenario, outcome_text};
use foedera_sim::{Isa, Program};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    results_folder, scenario_file,
    sheet::{Column, Sheet, Tone, Word},
    story::{self, Line},
    work,
};

/// Which history.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run, or a scenario file
    #[arg(value_name = "OUT|FILE")]
    source: PathBuf,
    /// Number of the replicate, from 0
    #[arg(long, short = 'k', value_name = "K")]
    replicate: u64,
    /// The policy under which [default: the base case, or the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Seed, with a scenario file [default: 1]
    #[arg(long, value_parser = crate::command_line::seed)]
    seed: Option<u64>,
    /// Sets a path, with a scenario file; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Tells every refusal, also those that repeat
    #[arg(long)]
    all: bool,
}

/// A question with the seed under which its histories are told.
struct Told {
    scenario: Arc<Scenario>,
    seed: u64,
    design: Design,
    policy: String,
    /// Number of replicates of the run, if there was one.
    n: Option<u64>,
}

/// Tells it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let told = if args.source.is_dir() {
        of_results(args, face)?
    } else {
        of_file(args, face)?
    };
    if let Some(last) = told
        .n
        .map(|n| n.saturating_sub(1))
        .filter(|last| args.replicate > *last)
    {
        return Err(Failure::NoSuchReplicate {
            replicate: args.replicate,
            last,
        });
    }
    let name = args.policy.as_ref().unwrap_or(&told.policy);
    let policy = work::policy(&told.scenario, name)?;
    let program = Arc::new(Program::new(Arc::clone(&told.scenario)));
    let which = Which {
        replicate: args.replicate,
        seed: told.seed,
        design: &told.design,
        policy,
        stances: told.scenario.stances,
        isa: Isa::detect(),
    };
    let history = foedera_ensemble::replay(&told.scenario, &program, which)?;
    let lines = story::lines(&told.scenario, &history.outcome.events);
    if face.json {
        face.document(&document(args, &told, name, &history, &lines))?;
    } else {
        face.data(&text(args, face, &told, name, &history, &lines))?;
    }
    let source = shell_word(&args.source.display().to_string());
    let next = args.replicate.saturating_add(1);
    let more = if told.n.is_some_and(|n| next >= n) {
        0
    } else {
        next
    };
    face.next(&format!("foedera replay {source} --replicate {more}"));
    Ok(Exit::Good)
}

/// The question of a scenario file.
fn of_file(args: &Args, face: &Face) -> Result<Told, Failure> {
    let scenario = Arc::new(scenario_file::load(face, &args.source, &args.set)?.scenario);
    Ok(Told {
        scenario,
        seed: args.seed.unwrap_or(1),
        design: Design::default(),
        policy: BASE.to_owned(),
        n: None,
    })
}

/// The question of a folder of results, from the texts in its manifest.
fn of_results(args: &Args, face: &Face) -> Result<Told, Failure> {
    for (given, option) in [
        (args.seed.is_some(), "--seed"),
        (!args.set.is_empty(), "--set"),
    ] {
        if given {
            return Err(Failure::OfTheRun { option });
        }
    }
    let manifest = results_folder::open(&args.source)?.manifest;
    let mut scenario = scenario_of(&args.source, &manifest)?;
    scenario.stances = manifest.origin.stances;
    if manifest.origin.version != env!("CARGO_PKG_VERSION") {
        face.note(&format!(
            "{} the run was made by version {}: this one may tell another history",
            face.note_paint.doubt("warning:"),
            manifest.origin.version
        ));
    }
    Ok(Told {
        scenario: Arc::new(scenario),
        seed: manifest.origin.seed,
        design: manifest.origin.design.clone(),
        policy: manifest
            .layout
            .arms
            .first()
            .map_or(BASE, |arm| arm.id.as_str())
            .to_owned(),
        n: Some(manifest.completed),
    })
}

/// The scenario as the manifest keeps it.
pub(crate) fn scenario_of(folder: &Path, manifest: &Manifest) -> Result<Scenario, Failure> {
    let texts = &manifest.origin.texts;
    let kept = texts.iter().fold(MemorySources::default(), |kept, file| {
        kept.with(&file.path, file.text.as_str())
    });
    let set: Vec<Override> = manifest
        .origin
        .overrides
        .iter()
        .filter_map(|text| Override::parse(text))
        .collect();
    let path = texts.first().map_or("", |file| file.path.as_str());
    match foedera_scenario::load(&kept, path, &set, &foedera_sim::catalogue()) {
        Ok(loaded) => Ok(loaded.scenario),
        Err(diagnostics) => Err(Failure::Mistakes {
            file: folder.join("manifest.json").display().to_string(),
            mistakes: diagnostics.iter().filter(|one| one.is_error()).count(),
        }),
    }
}

fn text(
    args: &Args,
    face: &Face,
    told: &Told,
    policy: &str,
    history: &History,
    lines: &[Line],
) -> String {
    let scenario = &told.scenario;
    let mut text = format!(
        "{}\nReplicate {}, seed {}, policy {policy}\n\n",
        face.paint.strong(&scenario.title),
        args.replicate,
        told.seed
    );
    let lines = if args.all {
        lines.to_vec()
    } else {
        story::shortened(lines)
    };
    let mut sheet = Sheet::new(face, [Column::Words(""), Column::Prose("")]);
    for line in &lines {
        let tone = match line.kind {
            "adopted" => Tone::Good,
            "status" | "dispute" => Tone::Strong,
            "shock" | "policy" => Tone::Doubt,
            _ => Tone::Plain,
        };
        sheet.row([
            Word::new(Tone::Faint, line.date.as_str()),
            Word::new(tone, line.sentence.as_str()),
        ]);
    }
    text += &if sheet.is_empty() {
        "  Nothing happened.\n".to_owned()
    } else {
        sheet.text()
    };
    text += &format!("\n{}\n", face.paint.strong("How it ended"));
    let mut sheet = Sheet::new(face, [Column::Prose(""), Column::Number("")]);
    for (title, value) in outcomes(scenario, history) {
        sheet.row([
            title.into(),
            value
                .map_or_else(|| "–".to_owned(), |value| digits::plain(value, 3))
                .into(),
        ]);
    }
    text += &sheet.text();
    if let Some(fault) = history.outcome.faults.first().copied().flatten() {
        let month = scenario.time.month_of(fault.step as usize);
        let line = format!(
            "  This replicate failed in {month}: {:?}. It counts in no mean.",
            fault.what
        );
        text += &format!("{}\n", face.paint.bad(&line));
    }
    text
}

/// Outcomes of the history with their titles; nothing where absent.
fn outcomes(scenario: &Scenario, history: &History) -> Vec<(String, Option<f64>)> {
    let values = history
        .outcome
        .outcomes
        .iter()
        .map(|lanes| f64::from(lanes[0]));
    let titles = scenario
        .outcomes
        .iter()
        .map(|outcome| outcome_text::title(scenario, outcome));
    titles
        .zip(values.map(|value| value.is_finite().then_some(value)))
        .collect()
}

fn document(
    args: &Args,
    told: &Told,
    policy: &str,
    history: &History,
    lines: &[Line],
) -> serde_json::Value {
    let scenario = &told.scenario;
    let inputs: serde_json::Map<String, serde_json::Value> = history
        .inputs
        .iter()
        .map(|(leaf, value)| (scenario.leaves.info(*leaf).path.clone(), json!(value)))
        .collect();
    let outcomes: Vec<_> = scenario
        .outcomes
        .iter()
        .zip(outcomes(scenario, history))
        .map(|(outcome, (title, value))| {
            json!({ "text": outcome_text::write_outcome(scenario, outcome), "title": title, "value": value })
        })
        .collect();
    json!({
        "scenario": scenario.name,
        "replicate": args.replicate,
        "seed": told.seed,
        "policy": policy,
        "inputs": inputs,
        "events": lines,
        "outcomes": outcomes,
    })
}
