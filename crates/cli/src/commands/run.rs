//! `foedera run FILE`: an ensemble, its files, and the closing table.

mod more;
mod until;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use clap::Args as ClapArgs;
use foedera_ensemble::{
    BASE,
    until::{CAP, Goal},
};
use foedera_results::{
    Layout, Manifest, RunWriter, WriteOptions,
    manifest::{Origin, TextFile, Until},
    output::{self, Found, Resumed},
};
use foedera_scenario::{Loaded, Override, Scenario};

use self::more::Longer;
use crate::{
    commands::resume,
    design::{self, DesignArgs},
    exit::Exit,
    face::Face,
    failure::Failure,
    interrupt::Interrupt,
    making, number,
    progress::{Form, Meter},
    results_folder::{self, Place},
    scenario_file,
    work::{self, Order},
};

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
    /// Runs one part of N alone, as in --shard 3/16: whole row groups; `foedera merge` puts the parts together
    ///
    /// The same command on a finished shard returns at once, and goes on with one that was interrupted.
    #[arg(long, value_name = "I/N", requires = "output", conflicts_with = "until", value_parser = crate::command_line::shard)]
    shard: Option<(u64, u64)>,
    /// Also writes the full ledgers of the first N replicates, which happen again for it: ledger.parquet
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates, conflicts_with = "shard")]
    ledger: Option<u64>,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    /// Makes the finished run in the folder longer by N replicates: all files as if run at once
    ///
    /// With the file, seed, policies and settings of that run; its design is kept. Monte Carlo and Sobol' designs go on;
    /// a Latin hypercube, a grid and a table have no further points. The earlier replicates happen again, with the
    /// same bits.
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates,
        conflicts_with_all = ["n", "until", "shard", "force", "design", "draws", "replicates_per_draw", "copies", "levels", "table_of_inputs"])]
    more: Option<u64>,
    #[command(flatten)]
    design: DesignArgs,
}

/// Runs it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let mut loaded = scenario_file::load(face, &args.file, &args.set)?;
    loaded.scenario.stances &= !args.no_stances;
    let scenario = Arc::new(loaded.scenario.clone());
    let policies = work::policies(&scenario, &args.policy)?;
    let goals = until::goals(&scenario, &args.until, args.n)?;
    let longer = more::longer(args, &scenario)?;
    let (n, design) = match &longer {
        Some(longer) => (longer.n, longer.found.origin.design.clone()),
        None => args.design.of(&scenario, most(args))?,
    };
    let mut order = Order::new(scenario, policies, n, args.seed, args.threads);
    order.request.design = design;
    until::fits(&order, &goals)?;
    let layout = order.layout()?;
    let mut manifest = Manifest::running(origin(args, &loaded, &order, &layout), layout);
    manifest.until = until::rule(&order, &manifest, &goals);
    if let Some((index, of)) = args.shard {
        let shard = manifest.sharded(index, of);
        manifest = shard.ok_or_else(|| too_many_shards(&manifest, index, of))?;
    }
    if let Some(longer) = &longer {
        more::check(longer, &manifest)?;
    }
    let folder = match place(args, longer.as_ref(), &order.scenario, &manifest)? {
        Place::Answered(folder) => {
            let shown = folder.display();
            face.note(&format!(
                "{shown} holds the answer to the same request, unharmed: shown again"
            ));
            return making::close(face, &folder, None);
        }
        Place::Fresh(folder) => folder,
    };
    if let Some(exit) = shard_there(args, face, &folder, &manifest)? {
        return Ok(exit);
    }
    let options = WriteOptions {
        csv: args.csv || longer.as_ref().is_some_and(|longer| has_csv(&longer.found)),
        trajectories: false,
        force: args.force || longer.is_some(),
    };
    let writer = RunWriter::create(&folder, options, manifest.clone())?;
    if let Some(rule) = manifest.until.clone() {
        let seconds = run_until(args, face, &order, (&goals, rule), writer)?;
        ledger(args, face, &folder)?;
        return making::close(face, &folder, Some(seconds));
    }
    let from = Resumed {
        writer,
        first: manifest.first(),
        counted: 0,
        before: None,
        lost: None,
    };
    design::advise(face, &order.request.design, n);
    let made = making::make(face, order, args.progress, &manifest, from)?;
    match made.manifest.shard {
        Some(shard) => making::close_shard(face, &folder, &made.manifest, shard, false),
        None => {
            ledger(args, face, &folder)?;
            making::close(face, &folder, Some(made.seconds))
        }
    }
}

/// Writes the ledgers of the first replicates beside the run, if asked for. They follow from the run, and its manifest
/// does not list them.
fn ledger(args: &Args, face: &Face, folder: &Path) -> Result<(), Failure> {
    let Some(n) = args.ledger else {
        return Ok(());
    };
    let path = folder.join("ledger.parquet");
    super::why::ledgers(face, folder, None, (&path, n)).map(drop)
}

/// Runs until enough is known; gives the seconds that it took.
fn run_until(
    args: &Args,
    face: &Face,
    order: &Order,
    (goals, rule): (&[Goal], Until),
    mut writer: RunWriter,
) -> Result<f64, Failure> {
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let label = args.until.first().map_or("", String::as_str);
    let started = SystemTime::now();
    let meter = Meter::start(face, args.progress, order.request.n, label);
    let summary = until::run(order, goals, rule, &mut writer, &meter, &interrupt)?;
    let seconds = meter.seconds();
    let folder = writer.dir().to_owned();
    writer.finish(&summary.aggregates, &summary.series)?;
    let log = making::run_log(order, summary.completed, started, seconds);
    output::write_run_log(&folder, &log)?;
    work::tell_repairs(face, &order.scenario, &summary.repairs);
    Ok(seconds)
}

/// A shard that is there already is not made again; one that was begun goes on.
fn shard_there(
    args: &Args,
    face: &Face,
    folder: &PathBuf,
    wanted: &Manifest,
) -> Result<Option<Exit>, Failure> {
    let Some(shard) = wanted.shard else {
        return Ok(None);
    };
    if args.force || !making::holds_files(folder) {
        return Ok(None);
    }
    let is_ours = |found: &Manifest| {
        found.origin == wanted.origin && found.layout == wanted.layout && found.shard == Some(shard)
    };
    match output::find(folder) {
        Ok(Found::Complete(found)) if is_ours(&found) && has_csv(&found) == args.csv => {
            let damaged = output::damaged_files(folder, &found);
            if damaged.is_empty() {
                return making::close_shard(face, folder, &found, shard, true).map(Some);
            }
            let (name, wrong) = &damaged[0];
            Err(Failure::NotTheSame {
                what: format!("the shard is finished, but {name} is damaged: {wrong}"),
                help: "make it again with --force".to_owned(),
            })
        }
        Ok(Found::Unfinished(found)) if is_ours(&found) => {
            resume::go_on(face, folder, &found, args.threads, args.progress).map(Some)
        }
        _ => Ok(None),
    }
}

fn too_many_shards(manifest: &Manifest, index: u64, of: u64) -> Failure {
    let groups = manifest.origin.n.div_ceil(manifest.group);
    Failure::TooManyShards {
        index,
        of,
        groups: number::counted(groups, "row group"),
        group: number::count(manifest.group),
    }
}

/// Replicates asked for, at most.
fn most(args: &Args) -> Option<u64> {
    let cap = (!args.until.is_empty()).then_some(CAP);
    args.n.or(cap)
}

/// Where the results go.
fn place(
    args: &Args,
    longer: Option<&Longer>,
    scenario: &Scenario,
    asked: &Manifest,
) -> Result<Place, Failure> {
    if let Some(longer) = longer {
        return Ok(Place::Fresh(longer.folder.clone()));
    }
    if let Some(folder) = &args.output {
        return Ok(Place::Fresh(folder.clone()));
    }
    if args.force {
        return Ok(Place::Fresh(Path::new("out").join(&scenario.name)));
    }
    results_folder::choose(&scenario.name, &|found| {
        args.ledger.is_none()
            && until::same_question(found, asked)
            && found.layout == asked.layout
            && has_csv(found) == args.csv
    })
}

/// Whether a run wrote its tables as CSV too.
fn has_csv(manifest: &Manifest) -> bool {
    manifest.files.iter().any(|file| file.name == "runs.csv")
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
    command.extend(args.design.command(&order.request.design));
    command.extend(["--policy".to_owned(), args.policy.join(",")]);
    command.extend(args.no_stances.then(|| "--no-stances".to_owned()));
    Origin {
        command,
        texts: loaded.texts.iter().map(text).collect(),
        overrides,
        ..bare_origin(order, layout)
    }
}

/// All that decides the results but the texts that the scenario was read from.
pub(crate) fn bare_origin(order: &Order, layout: &Layout) -> Origin {
    let headline = order
        .request
        .headline
        .map(|idx| layout.outcomes[idx].name.clone());
    Origin {
        program: "foedera".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue_sha256: making::catalogue_hash(),
        command: Vec::new(),
        scenario: order.scenario.name.clone(),
        title: order.scenario.title.clone(),
        question: order.scenario.question.clone(),
        headline,
        texts: Vec::new(),
        overrides: Vec::new(),
        stances: order.request.stances,
        seed: order.request.seed,
        first: 0,
        n: order.request.n,
        design: order.request.design.clone(),
    }
}
