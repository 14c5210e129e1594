//! `foedera sweep FILE --vary PATH=LOW..HIGH:STEPS`: an outcome along a number that is turned step by step.
//!
//! Every step meets the same luck and the same draws of all other inputs, replicate by replicate, so that curves are
//! smooth and a change between two steps is the number's. Words instead of numbers, such as decision rules, are set in the
//! scenario before it runs.

mod axes;
mod course;
mod picture;
mod text;

use std::{fs, path::PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use foedera_ensemble::{Arm, BASE, Sampler, Study, design::Design};
use foedera_results::{Provenance, design::Method as Spread};
use foedera_scenario::{Distribution, Override, PolicyIdx, Scenario, Uncertainty};

use self::{
    axes::{Axis, Point},
    course::Swept,
};
use crate::{
    asked::{self, Asked},
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    progress::{Form, Meter},
    scenario_file,
    table_file::{self, TableArgs},
    work::{self, Order},
};

/// How points are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// Every combination of the steps of one or two paths
    Grid,
    /// Points spread evenly over each path
    LatinHypercube,
    /// Points of a scrambled Sobol' sequence
    Sobol,
}

/// What is turned, and what is looked at.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario file
    file: PathBuf,
    /// What is turned: PATH=LOW..HIGH:STEPS, or PATH=VALUE,VALUE,... (numbers or words); may be repeated
    #[arg(long, required = true, value_name = "PATH=LOW..HIGH:STEPS")]
    vary: Vec<String>,
    /// An outcome in the language of scenario files; may be repeated [default: the leading one]
    #[arg(long, value_name = "EXPR")]
    outcome: Vec<String>,
    /// Policies, by commas; `base` is the base case
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', default_value = BASE)]
    policy: Vec<String>,
    /// How points are chosen
    #[arg(long, value_enum, default_value = "grid")]
    design: Layout,
    /// Points of a design that is no grid [default: 50]
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates)]
    points: Option<u64>,
    /// Replicates of each point, the same luck at each
    #[arg(short = 'n', long = "replicates", value_name = "N", default_value = "500",
        value_parser = crate::command_line::replicates)]
    n: u64,
    /// Seed
    #[arg(long, default_value = "1", value_parser = crate::command_line::seed)]
    seed: u64,
    /// Sets a path; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Also draws the first outcome: curves along one path, a map over two
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// Most points of a sweep.
const POINTS_MAX: u64 = 10_000;
/// Most histories of a sweep: some hours.
const HISTORIES_MAX: u64 = 20_000_000;
/// Points of a design, if nobody says.
const POINTS: u64 = 50;

/// A sweep, ready to run.
struct Subject {
    scenario: Scenario,
    axes: Vec<Axis>,
    points: Vec<Point>,
    asked: Vec<Asked>,
    policies: Vec<(String, Option<PolicyIdx>)>,
    provenance: Provenance,
}

/// Sweeps it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    if let Some(path) = args
        .svg
        .as_ref()
        .filter(|path| path.exists() && !args.table.force)
    {
        return Err(Failure::Exists { path: path.clone() });
    }
    let subject = subject(args, face)?;
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let Some((values, failed)) = values(args, face, &subject, &interrupt)? else {
        face.note("interrupted: nothing is told from a part of the steps");
        return Ok(Exit::Interrupted);
    };
    let swept = Swept::new(
        &subject,
        args.design == Layout::Grid,
        args.n,
        &values,
        failed,
    );
    args.table.write(face, || course::table(&subject, &swept))?;
    if let Some(path) = &args.svg {
        draw(args, face, &subject, &swept, path)?;
    }
    if face.json {
        face.document(&course::document(args, &subject, &swept))?;
    } else {
        face.data(&text::text(args, face, &subject, &swept))?;
    }
    face.next(&next(args, &subject));
    Ok(Exit::Good)
}

fn subject(args: &Args, face: &Face) -> Result<Subject, Failure> {
    let loaded = scenario_file::load(face, &args.file, &args.set)?;
    let provenance = table_file::of_file(&loaded, &args.set, args.seed);
    let mut scenario = loaded.scenario;
    scenario.stances &= !args.no_stances;
    let mut axes: Vec<Axis> = Vec::new();
    for text in &args.vary {
        let axis = Axis::read(&scenario, text)?;
        if axes.iter().any(|other| other.path == axis.path) {
            return Err(Failure::NamedTwice {
                option: "--vary",
                name: axis.path,
            });
        }
        axes.push(axis);
    }
    let points = points(args, &scenario, &axes)?;
    let mut asked = asked::outcomes(face, &scenario, &args.outcome)?;
    if args.outcome.is_empty() {
        asked.truncate(1);
    }
    let policies = work::policies(&scenario, &args.policy)?;
    let histories = (points.len() as u64).saturating_mul(args.n);
    let histories = histories.saturating_mul(policies.len() as u64);
    if points.len() as u64 > POINTS_MAX || histories > HISTORIES_MAX {
        return Err(Failure::Model {
            what: format!(
                "sweep {} with {}: at most 10,000 points and 20,000,000 histories",
                number::counted(points.len() as u64, "point"),
                number::counted(args.n, "replicate")
            ),
            help: "take fewer steps, or fewer replicates with -n",
        });
    }
    Ok(Subject {
        policies: args.policy.iter().cloned().zip(policies).collect(),
        scenario,
        axes,
        points,
        asked,
        provenance,
    })
}

/// The points: every combination, or those of a design.
fn points(args: &Args, scenario: &Scenario, axes: &[Axis]) -> Result<Vec<Point>, Failure> {
    let wrong = |what: &str, remedy: &str| Failure::WrongDesign {
        what: what.to_owned(),
        remedy: remedy.to_owned(),
    };
    if args.design == Layout::Grid {
        if axes.len() > 2 {
            return Err(wrong(
                "a grid has one or two paths",
                "spread points over more of them with --design latin-hypercube --points 100",
            ));
        }
        if args.points.is_some() {
            return Err(wrong(
                "--points goes with a design, and a grid has its steps",
                "write the steps with the path, as in --vary PATH=0..1:9, or use --design sobol",
            ));
        }
        return Ok(axes::grid(axes));
    }
    let uniform = |axis: &Axis| {
        let (leaf, low, high) = axis.range()?;
        let distribution = Distribution::Uniform { low, high };
        Some(Uncertainty { leaf, distribution })
    };
    let uncertainties: Option<Vec<Uncertainty>> = axes.iter().map(uniform).collect();
    let Some(uncertainties) = uncertainties else {
        return Err(wrong(
            "a design spreads points over ranges, and one of the paths has a list",
            "write LOW..HIGH for every path, or use a grid",
        ));
    };
    let n = args.points.unwrap_or(POINTS);
    let method = match args.design {
        Layout::Sobol => Spread::Sobol { copies: 1 },
        _ => Spread::LatinHypercube {
            points: n,
            copies: 1,
        },
    };
    let spread = Scenario {
        uncertainties,
        correlations: Vec::new(),
        ..scenario.clone()
    };
    let design = Design {
        method,
        per_point: 1,
    };
    let sampler = Sampler::designed(&spread, args.seed, &design)
        .map_err(foedera_ensemble::EnsembleError::from)?;
    let leaves: Vec<_> = sampler.leaves().collect();
    Ok((0..n.min(POINTS_MAX + 1))
        .map(|idx| {
            let draw = sampler.draw(idx);
            Point::spread(axes, |leaf| draw[leaves.binary_search(&leaf).unwrap_or(0)])
        })
        .collect())
}

/// Values `[policy][outcome][point][replicate]` and failed replicates; nothing if interrupted.
#[expect(clippy::type_complexity, reason = "four plain dimensions, named above")]
fn values(
    args: &Args,
    face: &Face,
    subject: &Subject,
    interrupt: &Interrupt,
) -> Result<Option<(Vec<Vec<Vec<Vec<f64>>>>, u64)>, Failure> {
    let (n_points, n_outcomes) = (subject.points.len(), subject.asked.len());
    let empty = vec![vec![vec![Vec::new(); n_points]; n_outcomes]; subject.policies.len()];
    let (mut values, mut failed) = (empty, 0);
    let mut words: Vec<&[(usize, usize)]> = subject.points.iter().map(Point::words).collect();
    words.sort_unstable();
    words.dedup();
    let meter = Meter::start(face, args.progress, args.n, &subject.scenario.title);
    for words in words {
        let scenario = worded(args, face, subject, words)?;
        let places: Vec<usize> = (0..n_points)
            .filter(|place| subject.points[*place].words() == words)
            .collect();
        let study = study(args, subject, &scenario, &places);
        let found = study.run(&scenario, &meter, interrupt.flag())?;
        if found.completed < study.n {
            meter.end();
            return Ok(None);
        }
        failed += found.failures.iter().map(|of| of.len() as u64).sum::<u64>();
        let mut arms = found.values.into_iter();
        for of_policy in &mut values {
            for place in &places {
                let arm = arms.next().unwrap_or_default();
                for (of_outcome, found) in of_policy.iter_mut().zip(arm) {
                    of_outcome[*place] = found;
                }
            }
        }
    }
    meter.end();
    Ok(Some((values, failed)))
}

/// The scenario with the words of a point set.
fn worded(
    args: &Args,
    face: &Face,
    subject: &Subject,
    words: &[(usize, usize)],
) -> Result<Scenario, Failure> {
    if words.is_empty() {
        return Ok(subject.scenario.clone());
    }
    let mut set = args.set.clone();
    for (axis, step) in words {
        let axis = &subject.axes[*axis];
        set.push(Override {
            path: axis.path.clone(),
            value: axis.names[*step].clone(),
        });
    }
    let quiet = Face {
        quiet: true,
        ..*face
    };
    let mut scenario = scenario_file::load(&quiet, &args.file, &set)?.scenario;
    scenario.stances &= !args.no_stances;
    Ok(scenario)
}

fn study(args: &Args, subject: &Subject, scenario: &Scenario, places: &[usize]) -> Study {
    let order = Order::new(
        std::sync::Arc::new(scenario.clone()),
        vec![None],
        args.n,
        args.seed,
        args.threads,
    );
    let mut arms = Vec::new();
    for (_, policy) in &subject.policies {
        for place in places {
            let settings = subject.points[*place].settings(&subject.axes);
            arms.push(Arm {
                stances: scenario.stances,
                ..Arm::policy(*policy).setting(settings)
            });
        }
    }
    Study {
        outcomes: subject.asked.iter().map(|of| of.outcome.clone()).collect(),
        arms,
        n: args.n,
        first: 0,
        seed: args.seed,
        design: Design::default(),
        threads: order.request.threads,
        isa: order.request.isa,
    }
}

fn draw(
    args: &Args,
    face: &Face,
    subject: &Subject,
    swept: &Swept,
    path: &PathBuf,
) -> Result<(), Failure> {
    let figure = picture::figure(args, subject, swept)?;
    fs::write(path, &figure.svg).map_err(|error| Failure::File {
        action: "write",
        path: path.clone(),
        error,
    })?;
    face.note(&format!("figure: {}", path.display()));
    Ok(())
}

fn next(args: &Args, subject: &Subject) -> String {
    let file = shell_word(&args.file.display().to_string());
    let outcome = args.outcome.first().map_or_else(String::new, |text| {
        format!(" --outcome {}", shell_word(text))
    });
    if args.svg.is_none() && args.design == Layout::Grid {
        let vary: Vec<String> = args
            .vary
            .iter()
            .map(|text| format!(" --vary {}", shell_word(text)))
            .collect();
        return format!(
            "foedera sweep {file}{}{outcome} --svg sweep.svg",
            vary.concat()
        );
    }
    let inputs: Vec<String> = subject
        .axes
        .iter()
        .filter_map(|axis| {
            let (_, low, high) = axis.range()?;
            Some(format!("{}={low}..{high}", axis.path))
        })
        .collect();
    if inputs.is_empty() {
        return format!("foedera sensitivity {file} --method morris --group{outcome}");
    }
    let inputs = shell_word(&inputs.join(","));
    format!("foedera sensitivity {file} --method sobol --inputs {inputs}{outcome}")
}
