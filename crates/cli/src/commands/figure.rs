//! `foedera figure OUT --kind KIND -o FILE.svg`: a small picture of results, with a title that states the finding.
//!
//! Nothing is simulated: the fan is read from the series, the adoption from the events, the blockers from
//! the decisions that every run keeps. The same results give the same bytes.

use std::{collections::BTreeSet, fs, path::PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use foedera_analysis::figure::{
    Caption, Figure,
    adoption::{self, Adoption, Row},
    blockers::{self, Blocks},
    fan::{self, Fan},
};
use foedera_results::{Results, ResultsError};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    nearest, number, results_folder,
};

/// What the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A measure over time: median and bands
    Fan,
    /// How far an initiative gets, by date and rung
    Adoption,
    /// Who blocks what, as a map
    Blockers,
}

/// Which picture of which results.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// What the picture shows
    #[arg(long, value_enum, default_value = "fan")]
    kind: Kind,
    /// The measure of a fan [default: the cohesion that leads the run]
    #[arg(long, value_name = "NAME")]
    measure: Option<String>,
    /// The initiative of an adoption [default: the first]
    #[arg(long, value_name = "NAME")]
    initiative: Option<String>,
    /// The policy under which [default: the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// The file to write [default: stdout]
    #[arg(long, short, value_name = "FILE.svg")]
    output: Option<PathBuf>,
    /// Overwrites an existing file
    #[arg(long)]
    force: bool,
}

/// Draws the picture.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    if let Some(path) = args
        .output
        .as_ref()
        .filter(|path| path.exists() && !args.force)
    {
        return Err(Failure::Exists { path: path.clone() });
    }
    let results = results_folder::open(&args.folder)?;
    let figure = drawn(args, &results)?;
    if let Some(path) = &args.output {
        fs::write(path, &figure.svg).map_err(|error| Failure::File {
            action: "write",
            path: path.clone(),
            error,
        })?;
    }
    let file = args.output.as_ref().map(|path| path.display().to_string());
    if face.json {
        let svg = file.is_none().then_some(&figure.svg);
        face.document(&json!({
            "title": figure.title, "description": figure.description, "file": file, "svg": svg,
        }))?;
    } else if let Some(file) = &file {
        face.data(file)?;
        face.note(&figure.title);
    } else {
        face.data(&figure.svg)?;
    }
    let folder = shell_word(&args.folder.display().to_string());
    face.next(&match args.kind {
        Kind::Fan => format!("foedera figure {folder} --kind adoption -o adoption.svg"),
        Kind::Adoption => format!("foedera figure {folder} --kind blockers -o blockers.svg"),
        Kind::Blockers => format!("foedera report {folder} -o report.html"),
    });
    Ok(Exit::Good)
}

fn drawn(args: &Args, results: &Results) -> Result<Figure, Failure> {
    let layout = &results.manifest.layout;
    let arms = layout.arms.iter().map(|arm| arm.id.as_str());
    let arm = chosen(
        args.policy.as_deref(),
        0,
        "--policy",
        "policy in these results",
        arms,
    )?;
    let origin = &results.manifest.origin;
    let replicates = number::count(results.aggregates.arms[arm].n_good());
    let source = format!(
        "{} · {replicates} replicates · seed {}",
        origin.title, origin.seed
    );
    let base = arm == 0 && layout.arms[0].id == "base";
    let caption = Caption {
        source: &source,
        policy: (!base).then_some(layout.arms[arm].id.as_str()),
    };
    let figure = match args.kind {
        Kind::Fan => fan_of(args, results, arm, caption)?,
        Kind::Adoption => adoption_of(args, results, arm, caption)?,
        Kind::Blockers => blockers::draw(&Blocks {
            layout,
            decisions: &results.aggregates.arms[arm].decisions,
            caption,
        }),
    };
    figure.ok_or_else(|| Failure::NothingToDraw {
        path: args.folder.clone(),
    })
}

/// The place of a name, or of the default if none is given.
fn chosen<'a>(
    name: Option<&str>,
    default: usize,
    option: &'static str,
    kind: &'static str,
    mut valid: impl Iterator<Item = &'a str> + Clone,
) -> Result<usize, Failure> {
    let Some(name) = name else {
        return Ok(default);
    };
    let names = valid.clone();
    valid
        .position(|one| one == name)
        .ok_or_else(|| Failure::NoSuchName {
            option,
            kind,
            name: name.to_owned(),
            nearest: nearest::names(name, names),
        })
}

fn fan_of(
    args: &Args,
    results: &Results,
    arm: usize,
    caption: Caption<'_>,
) -> Result<Option<Figure>, Failure> {
    let layout = &results.manifest.layout;
    let headline = results
        .manifest
        .origin
        .headline
        .as_deref()
        .unwrap_or_default();
    let leading = headline.split('@').next().unwrap_or_default();
    let default = layout.measure(leading).unwrap_or(0);
    let names = layout.measures.iter().map(|measure| measure.name.as_str());
    let measure = chosen(
        args.measure.as_deref(),
        default,
        "--measure",
        "measure",
        names,
    )?;
    let series = results_folder::series(results)?;
    Ok(layout.measures.get(measure).and_then(|column| {
        fan::draw(&Fan {
            label: &column.label,
            steps: &layout.steps,
            points: &series[arm][measure],
            runs: &[],
            marks: &[],
            caption,
        })
    }))
}

fn adoption_of(
    args: &Args,
    results: &Results,
    arm: usize,
    caption: Caption<'_>,
) -> Result<Option<Figure>, Failure> {
    let layout = &results.manifest.layout;
    let names = layout.initiatives.iter().map(|one| one.id.as_str());
    let idx = chosen(
        args.initiative.as_deref(),
        0,
        "--initiative",
        "initiative",
        names,
    )?;
    let Some(initiative) = layout.initiatives.get(idx) else {
        return Ok(None);
    };
    let rows = adoptions(results, arm, idx)?;
    let rungs = initiative.rungs.len();
    let reached = adoption::reached(rows.into_iter(), rungs, layout.steps.len());
    Ok(adoption::draw(&Adoption {
        title: &initiative.title,
        rungs: &initiative.rungs,
        steps: &layout.steps,
        reached: &reached,
        replicates: results.aggregates.arms[arm].n_good(),
        caption,
    }))
}

/// Adoptions of an initiative under an arm, from `events.parquet`, without those of failed replicates.
fn adoptions(results: &Results, arm: usize, initiative: usize) -> Result<Vec<Row>, Failure> {
    let layout = &results.manifest.layout;
    let columns = results.columns(
        "events",
        &["replicate", "step", "policy", "kind", "subject", "object"],
    )?;
    let numbers = |idx: usize| columns[idx].numbers();
    let names = |idx: usize| columns[idx].names();
    let found = (
        numbers(0),
        numbers(1),
        names(2),
        names(3),
        names(4),
        names(5),
    );
    let (Some(replicates), Some(steps), Some(arms), Some(kinds), Some(subjects), Some(objects)) =
        found
    else {
        return Err(Failure::from(ResultsError::Mismatch {
            path: results.dir().join("events.parquet"),
            what: "its columns are of other types",
        }));
    };
    let failed = results.aggregates.failed.iter();
    let failed = failed.filter(|one| one.arm as usize == arm);
    let failed: BTreeSet<u64> = failed.map(|one| one.replicate).collect();
    let (arm, initiative) = (&layout.arms[arm].id, &layout.initiatives[initiative]);
    let mut rows = Vec::new();
    for row in 0..arms.len() {
        if kinds[row] != "adopted" || arms[row] != *arm || subjects[row] != initiative.id {
            continue;
        }
        let rung = initiative
            .rungs
            .iter()
            .position(|rung| rung.id == objects[row]);
        let (Some(replicate), Some(step), Some(rung)) =
            (whole(replicates[row]), whole(steps[row]), rung)
        else {
            continue;
        };
        if !failed.contains(&replicate) {
            rows.push((replicate, usize::try_from(step).unwrap_or(usize::MAX), rung));
        }
    }
    Ok(rows)
}

/// A count that a table holds as a number.
fn whole(value: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "replicates and steps are whole and fit"
    )]
    let count = (value >= 0.0).then_some(value as u64);
    count
}
