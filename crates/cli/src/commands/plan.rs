//! `foedera plan FILE`: what a run would take and how exact it would be, from a pilot on this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::Arc,
    time::Instant,
};

use clap::Args as ClapArgs;
use foedera_analysis::by_design;
use foedera_ensemble::{BASE, Design, design::Need};
use foedera_results::{
    BlockRecord, Estimate, Layout, Manifest, ResultsError, RunWriter, Sink, WriteOptions, digits,
    interval::{self, CONFIDENCE},
    layout::OutcomeKind,
};
use foedera_scenario::{Override, Scenario};
use serde_json::{Value, json};

use super::run;
use crate::{
    design::{self, DesignArgs},
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    progress::Meter,
    scenario_file,
    sheet::{Column, Sheet},
    work::{self, Order},
};

/// Replicates of the pilot, unless the run is smaller.
const PILOT: u64 = 512;
/// Replicates of the run before it that shows what starting costs.
const START: u64 = 64;

/// What to plan.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario file
    file: PathBuf,
    /// Replicates [default: 10000]
    #[arg(short = 'n', long = "replicates", value_name = "N",
        value_parser = crate::command_line::replicates)]
    n: Option<u64>,
    /// Seed
    #[arg(long, default_value = "1", value_parser = crate::command_line::seed)]
    seed: u64,
    /// Sets a path, as in --set params.bargaining.noise=0.1; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Policies that would be run, by commas
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', default_value = BASE)]
    policy: Vec<String>,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// Replicates of the pilot
    #[arg(long, value_name = "N", default_value = "512", value_parser = crate::command_line::replicates)]
    pilot: u64,
    #[command(flatten)]
    design: DesignArgs,
}

/// What was measured.
struct Pilot {
    /// Replicates of each arm.
    n: u64,
    /// Seconds until the first replicate is done.
    start: f64,
    /// Seconds for one replicate of all arms.
    each: f64,
    /// Bytes that every run writes, and bytes for each replicate.
    bytes: (f64, f64),
    /// Largest memory of this process in bytes, where the system tells.
    memory: Option<u64>,
    /// Outcomes of the first arm, `[outcome][replicate]`.
    values: Vec<Vec<f64>>,
}

/// One outcome with the error that the run would have.
struct Expected {
    /// What the pilot found.
    found: Option<Estimate>,
    /// Half-width of the 95 % interval of the run, if it can be told.
    half: Option<f64>,
    /// How it is told.
    note: &'static str,
}

/// Plans it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let mut loaded = scenario_file::load(face, &args.file, &args.set)?;
    loaded.scenario.stances &= !args.no_stances;
    let scenario = Arc::new(loaded.scenario.clone());
    let policies = work::policies(&scenario, &args.policy)?;
    let (n, design) = args.design.of(&scenario, args.n)?;
    let mut order = Order::new(Arc::clone(&scenario), policies, n, args.seed, args.threads);
    order.request.design = design;
    let layout = order.layout()?;
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let Some(pilot) = measure(args, &mut order, &layout, face, &interrupt)? else {
        return Ok(Exit::Interrupted);
    };
    let design = &order.request.design;
    let expected: Vec<Expected> = layout
        .outcomes
        .iter()
        .zip(&pilot.values)
        .map(|(column, values)| expect(values, column.kind, design, n))
        .collect();
    if face.json {
        face.document(&document(&order, n, &layout, &pilot, &expected))?;
    } else {
        face.data(&text(face, &order, n, &layout, &pilot, &expected))?;
        design::advise(face, design, n);
    }
    face.next(&next(args, n, design));
    Ok(Exit::Good)
}

/// Lets the first replicates of the run happen, into a folder that is thrown away. `None` if it was interrupted.
fn measure(
    args: &Args,
    order: &mut Order,
    layout: &Layout,
    face: &Face,
    interrupt: &Interrupt,
) -> Result<Option<Pilot>, Failure> {
    let n = order.request.n;
    // Whole points, so that what the points of a nested design differ by can be seen.
    let per_point = order.request.design.per_point;
    let asked = args.pilot.max(if args.pilot == PILOT {
        32 * per_point
    } else {
        1
    });
    let many = asked.min(n);
    let few = START.min(many);
    let folder = Scratch::new()?;
    let (mut seconds, mut bytes) = ([0.0; 2], [0.0; 2]);
    let mut values = Vec::new();
    for (step, size) in [few, many].into_iter().enumerate() {
        order.request.n = size;
        let origin = run::bare_origin(order, layout);
        let manifest = Manifest::running(origin, layout.clone());
        let place = folder.0.join(step.to_string());
        let options = WriteOptions {
            csv: false,
            trajectories: false,
            force: false,
        };
        let mut tee = Tee {
            writer: RunWriter::create(&place, options, manifest)?,
            values: vec![Vec::new(); layout.outcomes.len()],
        };
        let meter = Meter::start(face, None, size, "pilot");
        let started = Instant::now();
        let summary = order.run(&mut tee, &meter, interrupt)?;
        if summary.interrupted {
            order.request.n = n;
            return Ok(None);
        }
        tee.writer.finish(&summary.aggregates, &summary.series)?;
        seconds[step] = started.elapsed().as_secs_f64();
        bytes[step] = folder_bytes(&place);
        values = tee.values;
    }
    order.request.n = n;
    let more = (many - few) as f64;
    let slope = |ends: [f64; 2]| {
        if more > 0.0 {
            ((ends[1] - ends[0]) / more).max(0.0)
        } else {
            ends[1] / many as f64
        }
    };
    let (each, each_bytes) = (slope(seconds), slope(bytes));
    Ok(Some(Pilot {
        n: many,
        start: (seconds[1] - each * many as f64).max(0.0),
        each,
        bytes: ((bytes[1] - each_bytes * many as f64).max(0.0), each_bytes),
        memory: memory(),
        values,
    }))
}

/// Writes as a run does, and keeps the outcomes of the first arm.
struct Tee {
    writer: RunWriter,
    values: Vec<Vec<f64>>,
}

impl Sink for Tee {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        if let Some(arm) = record.arms.first() {
            for (values, lanes) in self.values.iter_mut().zip(&arm.outcomes) {
                let good = |(lane, x): (usize, &f32)| {
                    arm.faults[lane].map_or_else(|| f64::from(*x), |_| f64::NAN)
                };
                values.extend(lanes.iter().enumerate().map(good));
            }
        }
        self.writer.block(record)
    }
}

/// A folder that goes when it is done with.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let path = env::temp_dir().join(format!("foedera-plan-{}", process::id()));
        fs::create_dir_all(&path).map_err(|error| Failure::File {
            action: "write",
            path: path.clone(),
            error,
        })?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure here.
        drop(fs::remove_dir_all(&self.0));
    }
}

fn folder_bytes(folder: &Path) -> f64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| entry.metadata().ok());
    sizes.map(|meta| meta.len() as f64).sum()
}

/// The largest memory that this process has had in bytes, where the system tells.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// The error of one outcome in a run of `n` replicates, from the values of a pilot.
fn expect(values: &[f64], kind: OutcomeKind, design: &Design, n: u64) -> Expected {
    let all = || {
        let numbered = values.iter().enumerate();
        numbered.map(|(replicate, value)| (replicate as u64, *value))
    };
    // The pilot is too small for copies: replicates, or points where there are several of each.
    let independent = Design::monte_carlo(design.per_point);
    let found = match kind {
        OutcomeKind::Truth => by_design::share(all(), &independent),
        _ => by_design::mean(all(), &independent),
    };
    let Some(found) = found.map(|mean| mean.estimate) else {
        return Expected {
            found: None,
            half: None,
            note: "it did not come up in the pilot",
        };
    };
    if design.require("a mean", Need::Sample).is_err() {
        return Expected {
            found: None,
            half: None,
            note: "a mean over the points of a grid or a table says nothing; each point has its own",
        };
    }
    let growth = n as f64 / values.len().max(1) as f64;
    let half = if kind == OutcomeKind::Truth && design.per_point == 1 {
        // Wilson's interval at the pilot's share, in the run.
        let held = found.value * n as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of n"
        )]
        let held = held.round() as u64;
        interval::wilson(held.min(n), n, CONFIDENCE).map(|of| of.half_width())
    } else {
        Some(found.half_width() / growth.sqrt())
    };
    Expected {
        found: Some(found),
        half,
        note: if design.copies().is_some() {
            "at most about: a design in copies usually does better, and the run will say by how much"
        } else if kind == OutcomeKind::Truth && (found.value <= 0.0 || found.value >= 1.0) {
            "the pilot had none or all: what is rarer than 3 in its replicates can be larger than this"
        } else {
            ""
        },
    }
}

/// Seconds and bytes of the run.
fn needed(pilot: &Pilot, n: u64) -> (f64, f64) {
    let n = n as f64;
    (
        pilot.start + pilot.each * n,
        pilot.bytes.0 + pilot.bytes.1 * n,
    )
}

fn text(
    face: &Face,
    order: &Order,
    n: u64,
    layout: &Layout,
    pilot: &Pilot,
    expected: &[Expected],
) -> String {
    let arms = order.request.policies.len() as u64;
    let (seconds, bytes) = needed(pilot, n);
    let design = &order.request.design;
    let scenario: &Scenario = &order.scenario;
    let mut text = format!("{}\n", face.paint.strong(&scenario.title));
    let points = n.div_ceil(design.per_point);
    text += &format!(
        "\n  design    {design}\n  runs      {} of {} = {}\n",
        number::counted(n, "replicate"),
        number::counted(points, "draw"),
        if arms > 1 {
            format!(
                "{} histories under {arms} policies",
                number::count(n.saturating_mul(arms))
            )
        } else {
            number::counted(n, "history").replace("historys", "histories")
        }
    );
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size shown with few digits"
    )]
    let size = bytes as u64;
    text += &format!(
        "  time      about {} on {} (a pilot of {} took {})\n  disk      about {}\n",
        number::seconds(seconds),
        number::counted(order.request.threads as u64, "thread"),
        number::counted(pilot.n, "replicate"),
        number::seconds(pilot.start + pilot.each * pilot.n as f64),
        number::bytes(size),
    );
    if let Some(memory) = pilot.memory {
        text += &format!(
            "  memory    about {}, which does not grow with replicates\n",
            number::bytes(memory)
        );
    }
    text += &format!("\n{}\n", face.paint.strong("Expected error"));
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("outcome", 40),
            Column::Words("in the pilot"),
            Column::Number("± in the run, 95 %"),
        ],
    );
    for (column, of) in layout.outcomes.iter().zip(expected) {
        let found = of.found.as_ref().map_or_else(
            || "–".to_owned(),
            |found| match column.kind {
                OutcomeKind::Truth => digits::share(found),
                _ => digits::with_interval(found),
            },
        );
        let half = of
            .half
            .map_or_else(|| "–".to_owned(), |half| digits::plain(half, 2));
        sheet.row([column.label.as_str().into(), found.into(), half.into()]);
    }
    text += &sheet.text();
    let mut notes: Vec<&str> = expected.iter().map(|of| of.note).collect();
    notes.sort_unstable();
    notes.dedup();
    for note in notes.into_iter().filter(|note| !note.is_empty()) {
        text += &face.aside(note);
    }
    text + &face.aside("half the error takes four times the replicates")
}

fn document(order: &Order, n: u64, layout: &Layout, pilot: &Pilot, expected: &[Expected]) -> Value {
    let (seconds, bytes) = needed(pilot, n);
    let design = &order.request.design;
    let outcomes = layout.outcomes.iter().zip(expected).map(|(column, of)| {
        let found = of.found.map(|found| {
            json!({ "value": found.value, "low": found.low, "high": found.high, "n": found.n })
        });
        json!({
            "name": column.name, "label": column.label, "text": column.text, "unit": column.unit,
            "pilot": found, "half_width": of.half, "note": of.note,
        })
    });
    json!({
        "scenario": order.scenario.name,
        "design": design,
        "replicates": n,
        "draws": n.div_ceil(design.per_point),
        "policies": layout.arms.iter().map(|arm| arm.id.as_str()).collect::<Vec<_>>(),
        "threads": order.request.threads,
        "seconds": seconds,
        "bytes": bytes,
        "memory_bytes": pilot.memory,
        "pilot": { "replicates": pilot.n, "start_seconds": pilot.start, "seconds_each": pilot.each },
        "headline": order.request.headline.map(|idx| layout.outcomes[idx].name.as_str()),
        "outcomes": outcomes.collect::<Vec<_>>(),
    })
}

/// The run that was planned.
fn next(args: &Args, n: u64, design: &Design) -> String {
    let mut words = vec![
        "foedera".to_owned(),
        "run".to_owned(),
        args.file.display().to_string(),
        "-n".to_owned(),
        n.to_string(),
    ];
    words.extend(args.design.command(design));
    if args.policy != [BASE] {
        words.extend(["--policy".to_owned(), args.policy.join(",")]);
    }
    if args.seed != 1 {
        words.extend(["--seed".to_owned(), args.seed.to_string()]);
    }
    for one in &args.set {
        words.extend(["--set".to_owned(), format!("{}={}", one.path, one.value)]);
    }
    words.extend(args.no_stances.then(|| "--no-stances".to_owned()));
    let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_times_the_replicates_halve_the_error() {
        let values: Vec<f64> = (0..100).map(|k| f64::from(k % 10)).collect();
        let half = |n| expect(&values, OutcomeKind::Number, &Design::default(), n).half;
        let (one, four) = (half(1000).unwrap(), half(4000).unwrap());
        assert!((one / four - 2.0).abs() < 1e-9);
        // Sd 2.887 of the digits, 1.98 of Student: 0.573 at 100, a tenth of it at 10,000.
        assert!((half(10_000).unwrap() - 0.0573).abs() < 5e-4);
    }

    #[test]
    fn several_replicates_of_a_draw_count_for_less() {
        // Ten points that differ, ten replicates of each that do not.
        let values: Vec<f64> = (0..100).map(|k| f64::from(k / 10)).collect();
        let alone = expect(&values, OutcomeKind::Number, &Design::default(), 1000).half;
        let nested = expect(&values, OutcomeKind::Number, &Design::monte_carlo(10), 1000).half;
        assert!(nested.unwrap() > 3.0 * alone.unwrap());
    }

    #[test]
    fn what_the_pilot_did_not_see_has_a_bound() {
        let of = expect(&[0.0; 200], OutcomeKind::Truth, &Design::default(), 10_000);
        // Wilson's upper end at none of 10,000: z² / (n + z²) = 3.84e-4.
        assert!(of.half.is_some_and(|half| half < 3.9e-4));
        assert!(!of.note.is_empty());
    }
}
