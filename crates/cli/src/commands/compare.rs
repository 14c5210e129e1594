//! `foedera compare FILE|OUT`: policies and settings side by side in the same replicates, and what can be told of them.

mod arms;
mod ask;
mod flat;
mod page;

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use foedera_analysis::compare::{self, Comparison, Family, Settings};
use foedera_results::interval::CONFIDENCE;
use foedera_scenario::Override;
use serde_json::json;

use self::ask::Alternatives;
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    progress::Form,
    table_file::TableArgs,
};

/// Replicates if nobody says how many.
const N: u64 = 4000;

/// What to compare.
///
/// Every alternative meets the same draws and the same chance, replicate by replicate. Differences have 95 %
/// intervals that hold together (bootstrap of the largest error); alternatives that cannot be told apart are not
/// ranked. Exit codes as everywhere; a comparison that tells nothing apart is an answer, and ends with 0.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// A scenario file, or the folder of a run under several policies
    #[arg(value_name = "FILE|OUT")]
    source: PathBuf,
    /// Policies by commas; `base` is the base case [default: base and all others; those of the run]
    #[arg(
        long,
        visible_alias = "policy",
        value_name = "NAME,...",
        value_delimiter = ','
    )]
    policies: Vec<String>,
    /// Another alternative: numbers of the scenario set anew, as in --arm 'rich: actors.A.gdp=2, params.x=0.1'
    ///
    /// As in a policy, a number that is uncertain keeps its drawn deviation. May be repeated.
    #[arg(long, value_name = "NAME: PATH=VALUE, ...")]
    arm: Vec<String>,
    /// An outcome, by the name of its column or in the outcome language; higher is better, unless `lower:` stands
    /// before it; may be repeated [default: those of the scenario]
    #[arg(long, value_name = "[lower:] EXPR")]
    outcome: Vec<String>,
    /// A threshold to be met, as in --satisfy 'Cohesion(org: "X") >= 0.5'; may be repeated
    #[arg(long, value_name = "EXPR >= X")]
    satisfy: Vec<String>,
    /// Which differences hold together: those of all outcomes, or those of each outcome
    #[arg(long, value_enum, default_value = "all")]
    family: Together,
    /// Replicates of each alternative, with a scenario file [default: 4000]
    #[arg(short = 'n', long = "replicates", value_parser = crate::command_line::replicates)]
    n: Option<u64>,
    /// Seed, with a scenario file [default: 1]
    #[arg(long, value_parser = crate::command_line::seed)]
    seed: Option<u64>,
    /// Sets a path for all alternatives, with a scenario file; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// What holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Together {
    /// All differences that are shown.
    All,
    /// The differences of one outcome.
    Outcome,
}

/// Compares.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let asked = ask::alternatives(args, face)?;
    let wanted = ask::wanted(args, &asked)?;
    let Some(answers) = ask::answers(args, face, &asked, &wanted)? else {
        face.note("interrupted: nothing is compared on a part of the replicates");
        return Ok(Exit::Interrupted);
    };
    let names: Vec<String> = asked.arms.iter().map(|arm| arm.id.clone()).collect();
    let settings = Settings {
        confidence: CONFIDENCE,
        family: match args.family {
            Together::All => Family::All,
            Together::Outcome => Family::Outcome,
        },
        seed: asked.order.request.seed,
        per_point: asked.per_point(),
    };
    let found = compare::compare(&names, &answers.asked, &settings);
    if face.json {
        face.document(&document(&asked, &answers, &found))?;
    } else {
        face.data(&page::text(face, args, &asked, &answers, &found))?;
    }
    args.table.write(face, || flat::table(&asked, &found))?;
    next(args, face, &asked);
    Ok(Exit::Good)
}

fn document(asked: &Alternatives, answers: &ask::Answers, found: &Comparison) -> serde_json::Value {
    let request = &asked.order.request;
    let alternatives: Vec<_> = asked
        .arms
        .iter()
        .map(|arm| json!({"id": arm.id, "title": arm.title}))
        .collect();
    json!({
        "scenario": asked.order.scenario.name,
        "seed": request.seed,
        "replicates": request.n,
        "failed": answers.failed,
        "stances": request.stances,
        "titles": alternatives,
        "parted": answers.parted,
        "comparison": found,
    })
}

fn next(args: &Args, face: &Face, asked: &Alternatives) {
    let source = shell_word(&args.source.display().to_string());
    if args.source.is_dir() {
        let policy = asked.arms.last().map_or("base", |arm| arm.id.as_str());
        face.next(&format!(
            "foedera why {source} --policy {}",
            shell_word(policy)
        ));
        return;
    }
    let of_file: Vec<&str> = asked
        .arms
        .iter()
        .filter(|arm| !arm.inline)
        .map(|arm| arm.id.as_str())
        .collect();
    let policies = shell_word(&of_file.join(","));
    if of_file.is_empty() {
        face.next(&format!("foedera run {source}"));
    } else {
        face.next(&format!("foedera run {source} --policy {policies}"));
    }
}
