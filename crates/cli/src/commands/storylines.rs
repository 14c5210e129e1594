//! `foedera storylines OUT`: typical and odd futures as named exemplar runs.
//!
//! The first replicates of the run happen again, and the courses of a measure are kept. Like courses are grouped
//! around exemplars; each group is named by the events that set it apart. Typical and odd courses are told by band
//! depth.

mod shown;
mod words;

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use foedera_analysis::{
    band::{self, Boxplot},
    medoids::{self, Distance, Distances, Groups},
    storylines::{self, Gathered, Storyline},
};

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    nearest, number,
    past_run::PastRun,
    progress::{Form, Meter},
    table_file::{self, TableArgs},
};

/// Replicates whose courses are compared, at most, unless asked: each pair is.
const SAMPLE: u64 = 1000;
/// Fewer courses than this are no groups.
const SAMPLE_MIN: usize = 10;
/// Most storylines that are tried.
const GROUPS_MAX: usize = 8;

/// How far apart two courses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Complexity-invariant: a calm course is far from a restless one
    Complexity,
    /// Euclidean
    Euclidean,
}

/// Which results.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// Storylines [default: as many as separate best]
    #[arg(short = 'k', long = "storylines", value_name = "K", value_parser = clap::value_parser!(u8).range(1..=12))]
    k: Option<u8>,
    /// The measure whose course is told; may be repeated: then all count alike [default: the cohesion that leads the run]
    #[arg(long, value_name = "NAME")]
    measure: Vec<String>,
    /// How far apart two courses are
    #[arg(long, value_enum, default_value = "euclidean")]
    distance: By,
    /// Replicates that happen again, the first ones of the run [default: 1000]
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates)]
    sample: Option<u64>,
    /// The policy under which [default: the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Draws the storylines, a lane each
    #[arg(long, value_name = "FILE.svg")]
    figure: Option<PathBuf>,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// Everything that is told.
struct Told<'a> {
    args: &'a Args,
    past: &'a PastRun,
    gathered: &'a Gathered,
    groups: Groups,
    /// Silhouette of each number of groups that was tried.
    tried: Vec<(usize, f64)>,
    lines: Vec<Storyline>,
    /// Names of the storylines.
    names: Vec<String>,
    /// Typical and odd courses of the first measure.
    boxplot: Option<Boxplot>,
}

/// Tells them.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    if let Some(path) = args
        .figure
        .as_ref()
        .filter(|path| path.exists() && !args.table.force)
    {
        return Err(Failure::Exists { path: path.clone() });
    }
    let past = PastRun::open(face, &args.folder, args.policy.as_deref(), args.threads)?;
    let measures = measures(args, &past)?;
    let Some(gathered) = gathered(args, face, &past, measures)? else {
        face.note("interrupted: no storylines of a part of the replicates");
        return Ok(Exit::Interrupted);
    };
    if gathered.replicates.len() < SAMPLE_MIN {
        let n = number::counted(gathered.replicates.len() as u64, "replicate");
        return Err(Failure::Refused {
            what: format!("{n} of the run did not fail: too few to tell storylines"),
            help: format!(
                "run at least {SAMPLE_MIN}, better some hundreds: foedera run FILE -n 500"
            ),
        });
    }
    let told = told(args, &past, &gathered);
    if let (Some(path), Some(figure)) = (&args.figure, shown::figure(&told)) {
        crate::commands::write_text(path, &figure.svg)?;
    }
    let provenance = table_file::of_results(&past.results.manifest);
    args.table.write(face, || shown::table(&told, provenance))?;
    if face.json {
        face.document(&shown::document(&told))?;
    } else {
        face.data(&shown::text(&told, face))?;
    }
    if let Some(path) = &args.figure {
        face.note(&format!("wrote {}", path.display()));
    }
    let folder = shell_word(&args.folder.display().to_string());
    let first = told
        .lines
        .first()
        .map_or(0, |line| gathered.replicates[line.exemplar]);
    face.next(&format!("foedera replay {folder} --replicate {first}"));
    Ok(Exit::Good)
}

/// The measures that are told, by index.
fn measures(args: &Args, past: &PastRun) -> Result<Vec<usize>, Failure> {
    let layout = &past.results.manifest.layout;
    let headline = past
        .results
        .manifest
        .origin
        .headline
        .as_deref()
        .unwrap_or_default();
    let leading = headline.split('@').next().unwrap_or_default();
    if args.measure.is_empty() {
        return Ok(vec![layout.measure(leading).unwrap_or(0)]);
    }
    let of = |name: &String| {
        layout.measure(name).ok_or_else(|| Failure::NoSuchName {
            option: "--measure",
            kind: "measure",
            name: name.clone(),
            nearest: nearest::names(name, layout.measures.iter().map(|one| one.name.as_str())),
        })
    };
    args.measure.iter().map(of).collect()
}

/// Lets replicates happen again and keeps their courses and events; nothing if interrupted.
fn gathered(
    args: &Args,
    face: &Face,
    past: &PastRun,
    measures: Vec<usize>,
) -> Result<Option<Gathered>, Failure> {
    let mut gathered = Gathered::new(measures);
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let n = past
        .results
        .manifest
        .completed
        .min(args.sample.unwrap_or(SAMPLE))
        .max(1);
    let request = foedera_ensemble::Request {
        n,
        trajectories: true,
        headline: None,
        ..past.order.request.clone()
    };
    let meter = Meter::start(face, args.progress, n, &past.scenario().title);
    let (scenario, program) = (&past.order.scenario, &past.order.program);
    let ran = foedera_ensemble::run(
        scenario,
        program,
        &request,
        &mut gathered,
        &meter,
        interrupt.flag(),
    );
    meter.end();
    ran?;
    Ok((gathered.completed == n).then_some(gathered))
}

/// Groups the courses and names the groups.
fn told<'a>(args: &'a Args, past: &'a PastRun, gathered: &'a Gathered) -> Told<'a> {
    let by = match args.distance {
        By::Complexity => Distance::ComplexityInvariant,
        By::Euclidean => Distance::Euclidean,
    };
    let distances = Distances::between(&gathered.joined(), by);
    let seed = past.order.request.seed;
    let (best, tried) = medoids::chosen(&distances, 2..=GROUPS_MAX, seed);
    let k = args.k.map_or(best, usize::from);
    let groups = medoids::groups(&distances, k, seed);
    let lines = storylines::storylines(gathered, &groups, |what| words::may_name(past, what));
    let names = words::names(past, gathered, &lines);
    Told {
        boxplot: band::boxplot(&gathered.courses[0]),
        args,
        past,
        gathered,
        groups,
        tried,
        lines,
        names,
    }
}
