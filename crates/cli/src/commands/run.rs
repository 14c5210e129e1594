//! `foedera run FILE`: an ensemble, its files, and the closing table.

mod until;

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use clap::Args as ClapArgs;
use foedera_ensemble::{BASE, Summary, until::CAP};
use foedera_results::{
    Layout, Manifest, RunWriter, WriteOptions,
    manifest::{Origin, RunLog, RunStatus, TextFile, sha256},
    output,
};
use foedera_scenario::{Loaded, Override, Scenario};

use crate::{
    answer::{self, Answer},
    clock,
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    progress::{Form, Meter},
    results_folder::{self, Place},
    scenario_file,
    work::{self, Order},
};

/// Replicates if nobody says how many.
const N: u64 = 10_000;
/// A larger share of failed replicates than this is no answer: the rest may be a biased choice.
const FAULT_SHARE_MAX: f64 = 0.01;

/// What to run.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario file
    file: PathBuf,
    /// Replicates; with --until the most [default: 10000, with --until 1048576]
    #[arg(short = 'n', long = "replicates", value_name = "N",
        value_parser = crate::command_line::replicates)]
    n: Option<u64>,
    /// Stops when this is known to a half-width, as in --until 'Adopted(initiative: "x") +- 0.01'
    ///
    /// A truth value or a number of a known range, in the outcome language of the scenario file, then `+-` or `±`
    /// and the half-width of a 95 % interval. May be repeated: then all of them are to be reached, under every
    /// policy. It looks at fixed numbers of replicates (64, 128, 192, 256, then four to each doubling) at intervals
    /// that hold at all looks together, so that the place where it stops depends on the question and the seed alone.
    /// The tables are those of a run of so many replicates. Exit code 6 if N replicates do not reach it.
    #[arg(long, value_name = "EXPR +- X")]
    until: Vec<String>,
    /// Seed: the same seed gives the same bits, on any machine and any number of threads
    #[arg(long, default_value = "1", value_parser = crate::command_line::seed)]
    seed: u64,
    /// Sets a path, as in --set params.bargaining.noise=0.1; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Policies to run, by commas; `base` is the base case; the others are compared with the first
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', default_value = BASE)]
    policy: Vec<String>,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// Folder of the results [default: out/NAME]
    ///
    /// Without -o the results go to out/NAME. If that folder holds the whole, unharmed answer to the same
    /// request from this build of the program, the answer is shown again; if it holds anything else,
    /// out/NAME-2 is taken, and so on. With -o a folder that holds files is refused without --force.
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Replaces the results in the folder; other files in it are left alone
    #[arg(long)]
    force: bool,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
}

/// Runs it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let mut loaded = scenario_file::load(face, &args.file, &args.set)?;
    loaded.scenario.stances &= !args.no_stances;
    let scenario = Arc::new(loaded.scenario.clone());
    let policies = work::policies(&scenario, &args.policy)?;
    let goals = until::goals(&scenario, &args.until, args.n)?;
    let n = args.n.unwrap_or(if goals.is_empty() { N } else { CAP });
    let order = Order::new(scenario, policies, n, args.seed, args.threads);
    until::fits(&order, &goals)?;
    let layout = order.layout()?;
    let mut manifest = Manifest::running(origin(args, &loaded, &order, &layout), layout);
    manifest.until = until::rule(&order, &manifest, &goals);
    let folder = match place(args, &order.scenario, &manifest)? {
        Place::Answered(folder) => {
            let shown = folder.display();
            face.note(&format!(
                "{shown} holds the answer to the same request, unharmed: shown again"
            ));
            return close(args, face, &folder, None);
        }
        Place::Fresh(folder) => folder,
    };
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let label = match args.until.first() {
        Some(goal) => Some(goal.clone()),
        None => order
            .request
            .headline
            .map(|idx| manifest.layout.outcomes[idx].label.clone()),
    };
    let rule = manifest.until.clone();
    let options = WriteOptions {
        csv: args.csv,
        trajectories: false,
        force: args.force,
    };
    let mut writer = RunWriter::create(&folder, options, manifest)?;
    let started = SystemTime::now();
    let meter = Meter::start(face, args.progress, n, &label.unwrap_or_default());
    let summary = match rule {
        None => order.run(&mut writer, &meter, &interrupt)?,
        Some(rule) => until::run(&order, &goals, rule, &mut writer, &meter, &interrupt)?,
    };
    let seconds = meter.seconds();
    writer.finish(&summary.aggregates, &summary.series)?;
    output::write_run_log(&folder, &run_log(&order, &summary, started, seconds))?;
    work::tell_repairs(face, &order.scenario, &summary.repairs);
    close(args, face, &folder, Some(seconds))
}

/// Where the results go.
fn place(args: &Args, scenario: &Scenario, asked: &Manifest) -> Result<Place, Failure> {
    if let Some(folder) = &args.output {
        return Ok(Place::Fresh(folder.clone()));
    }
    if args.force {
        return Ok(Place::Fresh(Path::new("out").join(&scenario.name)));
    }
    let has_csv = |manifest: &Manifest| manifest.files.iter().any(|file| file.name == "runs.csv");
    results_folder::choose(&scenario.name, &|found| {
        until::same_question(found, asked)
            && found.layout == asked.layout
            && has_csv(found) == args.csv
    })
}

/// All that decides the results.
fn origin(args: &Args, loaded: &Loaded, order: &Order, layout: &Layout) -> Origin {
    let text = |file: &foedera_scenario::TextFile| {
        TextFile::new(
            file.path.clone(),
            String::from_utf8_lossy(&file.bytes).into_owned(),
        )
    };
    let overrides: Vec<String> = args
        .set
        .iter()
        .map(|one| format!("{}={}", one.path, one.value))
        .collect();
    let headline = order
        .request
        .headline
        .map(|idx| layout.outcomes[idx].name.clone());
    let mut command = vec![
        "foedera".to_owned(),
        "run".to_owned(),
        args.file.display().to_string(),
    ];
    command.extend([
        "-n".to_owned(),
        order.request.n.to_string(),
        "--seed".to_owned(),
        args.seed.to_string(),
    ]);
    command.extend(
        overrides
            .iter()
            .flat_map(|one| ["--set".to_owned(), one.clone()]),
    );
    command.extend(
        args.until
            .iter()
            .flat_map(|one| ["--until".to_owned(), one.clone()]),
    );
    command.extend(["--policy".to_owned(), args.policy.join(",")]);
    command.extend(args.no_stances.then(|| "--no-stances".to_owned()));
    Origin {
        program: "foedera".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue_sha256: catalogue_hash(),
        command,
        scenario: order.scenario.name.clone(),
        title: order.scenario.title.clone(),
        question: order.scenario.question.clone(),
        headline,
        texts: loaded.texts.iter().map(text).collect(),
        overrides,
        stances: order.request.stances,
        seed: args.seed,
        first: 0,
        n: order.request.n,
        design: order.request.design.clone(),
    }
}

/// A hash of the law's parameters with their ranges.
fn catalogue_hash() -> String {
    let text = serde_json::to_string(foedera_sim::catalogue().params);
    sha256(text.expect("plain data has a JSON form").as_bytes())
}

fn run_log(order: &Order, summary: &Summary, started: SystemTime, seconds: f64) -> RunLog {
    let histories = summary
        .completed
        .saturating_mul(order.request.policies.len() as u64);
    #[expect(clippy::cast_precision_loss, reason = "a speed for people")]
    let replicates_per_second = histories as f64 / seconds.max(1e-9);
    RunLog {
        started: clock::rfc3339(started),
        finished: clock::rfc3339(SystemTime::now()),
        host: std::fs::read_to_string("/etc/hostname")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        threads: order.request.threads,
        isa: order.request.isa.name().to_owned(),
        seconds,
        replicates_per_second,
        command: env::args().collect(),
    }
}

/// Reads the folder again, prints the answer and says how it ended.
fn close(args: &Args, face: &Face, folder: &Path, seconds: Option<f64>) -> Result<Exit, Failure> {
    let results = results_folder::open(folder)?;
    let answer = Answer::read(&results, seconds)?;
    if face.json {
        face.document(&answer::document(&answer))?;
    } else {
        face.data(&answer.text(face))?;
    }
    let manifest = &results.manifest;
    let folder = shell_word(&folder.display().to_string());
    if manifest.status == RunStatus::Interrupted {
        let (done, of) = (
            number::count(manifest.completed),
            number::count(manifest.origin.n),
        );
        face.note(&format!(
            "interrupted: {done} of {of} replicates are done and written"
        ));
        face.next(&format!(
            "foedera run {} -n {} -o {folder} --force",
            shell_word(&args.file.display().to_string()),
            manifest.origin.n
        ));
        return Ok(Exit::Interrupted);
    }
    match manifest.layout.initiatives.first() {
        Some(initiative) => face.next(&format!(
            "foedera why {folder} --initiative {}",
            shell_word(&initiative.id)
        )),
        None => face.next(&format!("foedera replay {folder} --replicate 0")),
    }
    let (failed, all) = results
        .aggregates
        .arms
        .iter()
        .fold((0, 0), |(failed, all), arm| {
            (failed + arm.n_failed(), all + arm.replicates)
        });
    if too_many(failed, all) {
        return Err(Failure::TooManyFaults { failed, all });
    }
    Ok(until::exit(manifest))
}

/// Whether so many replicates failed that the rest is no answer.
fn too_many(failed: u64, all: u64) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share compared with a hundredth"
    )]
    let too_many = failed as f64 > FAULT_SHARE_MAX * all as f64;
    too_many
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_in_a_hundred_is_the_limit() {
        assert!(!too_many(0, 0));
        assert!(!too_many(1, 100));
        assert!(too_many(2, 100));
        assert!(too_many(1, 1));
    }
}
