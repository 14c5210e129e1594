//! `foedera sensitivity OUT|FILE --method METHOD`: which inputs an outcome hangs on, and how much is luck.
//!
//! Morris and Sobol' choose their own runs, in which inputs are moved apart; given-data methods read a finished run,
//! or draw a sample of their own. Nothing is written but a table, if asked.

mod designed;
mod findings;
mod given;
pub(super) mod inputs;
mod sample;
mod table;
mod text;

use std::{path::PathBuf, sync::Arc};

use clap::{Args as ClapArgs, ValueEnum};
use foedera_ensemble::BASE;
use foedera_results::Provenance;
use foedera_scenario::{Month, Outcome, Override, PolicyIdx, Scenario};
use serde::Serialize;
use serde_json::json;

use self::{
    findings::OfOutcome,
    inputs::{Factor, Wish},
    sample::Failed,
};
use crate::{
    asked::{self, Asked},
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number,
    progress::Form,
    scenario_file,
    table_file::{self, TableArgs},
    work,
};

/// How sensitivity is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    /// Elementary effects: which of many inputs matter at all, for few runs
    Morris,
    /// Shares of the variance by Sobol', alone and with interactions; luck against ignorance
    Sobol,
    /// From a finished run or a plain sample: variance explained, PAWN, regional, ranks
    GivenData,
}

/// What is analysed, and how.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// A scenario file, or with given-data the folder of a run
    #[arg(value_name = "OUT|FILE")]
    source: PathBuf,
    /// How
    #[arg(long, value_enum)]
    method: Method,
    /// An outcome in the language of scenario files; may be repeated [default: those of the scenario]
    #[arg(long, value_name = "EXPR")]
    outcome: Vec<String>,
    /// Inputs: paths, patterns with *, or PATH=LOW..HIGH, by commas [default: every uncertain input]
    #[arg(long, value_name = "PATH,...", value_delimiter = ',')]
    inputs: Vec<String>,
    /// Inputs of a kind move together: far fewer runs
    #[arg(long)]
    group: bool,
    /// Splits histories by this, for the regional part of given-data [default: the outcome itself]
    #[arg(long, value_name = "EXPR")]
    when: Option<String>,
    /// Draws of the inputs [default: morris 64, sobol 256, given-data 2000]
    #[arg(short = 'n', long = "draws", value_name = "N",
        value_parser = crate::command_line::replicates)]
    n: Option<u64>,
    /// Replicates of each draw, with the same inputs and other luck [default: morris 2, sobol 4, given-data 1]
    #[arg(long, value_name = "R", value_parser = crate::command_line::replicates)]
    replicates: Option<u64>,
    /// Also year by year, for each --outcome, or the leading one
    #[arg(long)]
    over_time: bool,
    /// Lists every input, also those that cannot be told from nothing
    #[arg(long)]
    all: bool,
    /// The policy under which [default: the base case, or the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Seed, with a scenario file [default: 1]
    #[arg(long, value_parser = crate::command_line::seed)]
    seed: Option<u64>,
    /// Sets a path, with a scenario file; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// Inputs that screening hands on.
const HANDED_ON: usize = 8;

/// What is analysed, ready to run.
struct Subject {
    scenario: Scenario,
    /// As the file has it, with its correlations.
    factors: Vec<Factor>,
    asked: Vec<Asked>,
    times: Times,
    policy: Option<PolicyIdx>,
    policy_name: String,
    seed: u64,
    provenance: Provenance,
    /// Pairs of inputs whose correlation a method leaves out.
    independent: Vec<String>,
}

/// Which outcomes are asked year by year.
struct Times {
    months: Vec<Month>,
    /// Place of the outcome, and the outcome at each month.
    of: Vec<(usize, Vec<Outcome>)>,
    /// Outcomes that have no years.
    without: Vec<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Report {
    method: Method,
    /// What was run, in words.
    design: String,
    points: u64,
    replicates: u64,
    histories: u64,
    outcomes: Vec<OfOutcome>,
    failed: Failed,
    /// Whether the histories are those of a finished run.
    of_a_run: bool,
}

/// Analyses it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let found = if args.source.is_dir() {
        of_folder(args, face)?
    } else {
        let subject = of_file(args, face)?;
        let report = match args.method {
            Method::GivenData => sample::of_file(args, face, &subject)?,
            Method::Morris | Method::Sobol => designed::run(args, face, &subject)?,
        };
        report.map(|report| (subject, report))
    };
    let Some((subject, report)) = found else {
        face.note("interrupted: nothing is told from a part of the design");
        return Ok(Exit::Interrupted);
    };
    args.table.write(face, || table::table(&subject, &report))?;
    if face.json {
        face.document(&document(args, &subject, &report))?;
    } else {
        face.data(&text::text(args, face, &subject, &report))?;
    }
    face.next(&next(args, &subject, &report));
    Ok(Exit::Good)
}

fn of_file(args: &Args, face: &Face) -> Result<Subject, Failure> {
    let loaded = scenario_file::load(face, &args.source, &args.set)?;
    let seed = args.seed.unwrap_or(1);
    let provenance = table_file::of_file(&loaded, &args.set, seed);
    let mut scenario = loaded.scenario;
    scenario.stances &= !args.no_stances;
    let wish = Wish {
        texts: &args.inputs,
        group: args.group,
    };
    let factors = inputs::factors(&mut scenario, wish)?;
    let mut independent = Vec::new();
    if args.method != Method::GivenData {
        let path = |leaf| scenario.leaves.info(leaf).path.as_str();
        let pairs = scenario.correlations.iter();
        let pairs = pairs.map(|of| format!("{} with {}", path(of.first), path(of.second)));
        independent = pairs.collect();
        scenario.correlations.clear();
    }
    let policy_name = args.policy.clone().unwrap_or_else(|| BASE.to_owned());
    let asked = asked::outcomes(face, &scenario, &args.outcome)?;
    Ok(Subject {
        times: times(args, &scenario, &asked),
        policy: work::policy(&scenario, &policy_name)?,
        policy_name,
        factors,
        asked,
        seed,
        provenance,
        independent,
        scenario,
    })
}

fn of_folder(args: &Args, face: &Face) -> Result<Option<(Subject, Report)>, Failure> {
    if args.method != Method::GivenData {
        return Err(Failure::WrongDesign {
            what: format!(
                "{} moves inputs one at a time in runs of its own, and {} holds a sample",
                args.method.name(),
                args.source.display()
            ),
            remedy: format!(
                "analyse the run with --method given-data, or run foedera sensitivity FILE --method {}",
                args.method.word()
            ),
        });
    }
    for (given, option) in [
        (args.n.is_some(), "--draws"),
        (args.replicates.is_some(), "--replicates"),
        (args.seed.is_some(), "--seed"),
        (!args.set.is_empty(), "--set"),
        (args.no_stances, "--no-stances"),
    ] {
        if given {
            return Err(Failure::OfTheRun { option });
        }
    }
    sample::of_folder(args, face)
}

/// The outcomes that are asked year by year: in December, and in the last month.
fn times(args: &Args, scenario: &Scenario, asked: &[Asked]) -> Times {
    let mut times = Times {
        months: Vec::new(),
        of: Vec::new(),
        without: Vec::new(),
    };
    if !args.over_time {
        return times;
    }
    let time = scenario.time;
    let mut month = Month::new(time.start.year(), 12);
    while month < time.end {
        times.months.push(month);
        month = Month(month.0 + 12);
    }
    times.months.push(time.end);
    let wanted = if args.outcome.is_empty() {
        1
    } else {
        asked.len()
    };
    for (idx, one) in asked.iter().enumerate().take(wanted) {
        let moved = times
            .months
            .iter()
            .map(|month| one.outcome.at_month(*month));
        match moved.collect() {
            Some(moved) => times.of.push((idx, moved)),
            None => times.without.push(one.text.clone()),
        }
    }
    times
}

impl Times {
    /// Every outcome to be read: those asked, then those at each month.
    fn outcomes(&self, asked: &[Asked]) -> Vec<Outcome> {
        let asked = asked.iter().map(|of| of.outcome.clone());
        let moved = self.of.iter().flat_map(|(_, moved)| moved.iter().cloned());
        asked.chain(moved).collect()
    }

    /// Places of the outcomes at each month, for an outcome that has them.
    fn places(&self, asked: &[Asked], outcome: usize) -> Vec<usize> {
        let mut first = asked.len();
        for (idx, moved) in &self.of {
            if *idx == outcome {
                return (first..first + moved.len()).collect();
            }
            first += moved.len();
        }
        Vec::new()
    }
}

impl Method {
    /// The word of `--method`.
    const fn word(self) -> &'static str {
        match self {
            Self::Morris => "morris",
            Self::Sobol => "sobol",
            Self::GivenData => "given-data",
        }
    }

    /// Its name in a sentence.
    const fn name(self) -> &'static str {
        match self {
            Self::Morris => "Morris' method",
            Self::Sobol => "Sobol's method",
            Self::GivenData => "a given-data method",
        }
    }
}

fn document(args: &Args, subject: &Subject, report: &Report) -> serde_json::Value {
    let path = |leaf: &foedera_scenario::Leaf| subject.scenario.leaves.info(*leaf).path.clone();
    let inputs: Vec<serde_json::Value> = subject
        .factors
        .iter()
        .map(|of| {
            let paths: Vec<String> = of.leaves.iter().map(path).collect();
            json!({ "input": of.name, "paths": paths, "rest": of.is_rest })
        })
        .collect();
    json!({
        "scenario": subject.scenario.name,
        "source": args.source.display().to_string(),
        "method": report.method,
        "design": report.design,
        "draws": report.points,
        "replicates": report.replicates,
        "histories": report.histories,
        "seed": subject.seed,
        "policy": subject.policy_name,
        "stances": subject.scenario.stances,
        "correlations_left_out": subject.independent,
        "inputs": inputs,
        "outcomes": report.outcomes,
        "without_years": subject.times.without,
        "failed": report.failed,
    })
}

/// The next useful command: from screening to shares, from shares to a sweep.
fn next(args: &Args, subject: &Subject, report: &Report) -> String {
    let lead = report.outcomes.first();
    let told: Vec<&Factor> = lead
        .iter()
        .flat_map(|of| of.finding.told().chain(of.finding.as_large()))
        .map(|of| &subject.factors[of.factor])
        .filter(|of| !of.is_rest)
        .collect();
    let outcome = args.outcome.first().map_or_else(String::new, |text| {
        format!(" --outcome {}", shell_word(text))
    });
    let file = if report.of_a_run {
        "FILE".to_owned()
    } else {
        shell_word(&args.source.display().to_string())
    };
    let single = lead.and_then(|of| {
        let told = of.finding.told().map(|of| &subject.factors[of.factor]);
        told.filter(|of| !of.is_rest)
            .find(|of| of.leaves.len() == 1)
    });
    match (args.method, single) {
        (Method::Morris, _) if !told.is_empty() => {
            let names: Vec<String> = largest(report, subject)
                .iter()
                .map(|of| shell_word(of))
                .collect();
            let group = if args.group { " --group" } else { "" };
            let names = names.join(",");
            format!("foedera sensitivity {file} --method sobol --inputs {names}{group}{outcome}")
        }
        (_, Some(factor)) => {
            let info = subject.scenario.leaves.info(factor.leaves[0]);
            let (low, high) = text::usual_range(&subject.scenario, factor.leaves[0])
                .unwrap_or((info.min, info.max));
            format!(
                "foedera sweep {file} --vary {}={}..{}:7{outcome}",
                shell_word(&info.path),
                number::plain(low),
                number::plain(high)
            )
        }
        (Method::GivenData, None) => format!("foedera sensitivity {file} --method morris{outcome}"),
        _ => format!("foedera sensitivity {file} --method sobol --group -n 1000{outcome}"),
    }
}

/// The inputs that look largest, told or not: what screening hands on.
fn largest(report: &Report, subject: &Subject) -> Vec<String> {
    let Some(lead) = report.outcomes.first() else {
        return Vec::new();
    };
    let mut found: Vec<_> = lead.finding.told().chain(lead.finding.as_large()).collect();
    found.sort_by(|one, other| other.lead().total_cmp(&one.lead()));
    let named = found.iter().map(|of| &subject.factors[of.factor]);
    let named = named.filter(|of| !of.is_rest).take(HANDED_ON);
    named.map(|of| of.name.clone()).collect()
}

/// An order of this subject's scenario, to know threads and instruction set.
fn order(args: &Args, subject: &Subject) -> work::Order {
    work::Order::new(
        Arc::new(subject.scenario.clone()),
        vec![subject.policy],
        1,
        subject.seed,
        args.threads,
    )
}
