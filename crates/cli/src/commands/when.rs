//! `foedera when OUT --event EVENT`: when something happens for the first time, and by what cause.
//!
//! From the events that every run keeps; nothing is simulated. Cumulative incidence by cause: the probability
//! that it has happened by a date, from that cause first.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use foedera_analysis::{
    figure::{Caption, Figure, incidence as picture},
    survival::{self, Incidence, Seen},
};
use foedera_ensemble::event::{self, Dated};
use foedera_results::{
    AnalysisTable, Estimate, Provenance,
    analysis_table::{Cell, Column as TableColumn},
    digits, interval,
};
use foedera_scenario::{EventKind, Outcome, Scenario, outcome_text};
use foedera_sim::batch::{Cause, Happening};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    happenings, number,
    past_run::{self, PastRun},
    sheet::{Column, Sheet, Tone, Word},
    spark, story,
    table_file::{self, TableArgs},
};

/// Causes that have their own curve; the rest are joined.
const CAUSES_MAX: usize = 6;
/// Heads of the dates that are shown.
const HEADS: [&str; 2] = ["half-time", "the end"];
/// Cells of a curve.
const CELLS: usize = 24;

/// What its curves are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Why it happened
    Cause,
    /// Whom it happened to
    Actor,
    /// One curve
    None,
}

/// Which event.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// The event, as in a scenario file: 'Withdrawal(org: "…")', 'Adoption(initiative: "…", rung: "…")'
    #[arg(long, value_name = "EVENT")]
    event: String,
    /// What the curves are told apart by
    #[arg(long, value_enum, default_value = "cause")]
    by: By,
    /// The policy under which [default: the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Draws the curves
    #[arg(long, value_name = "FILE.svg")]
    figure: Option<PathBuf>,
    #[command(flatten)]
    table: TableArgs,
}

/// The event of each replicate, by the curves it is told by.
struct Told {
    title: String,
    event: String,
    causes: Vec<String>,
    seen: Vec<Seen>,
    incidence: Incidence,
    failed: u64,
    /// Replicates in which it happens, earliest first.
    first: Vec<(usize, u64)>,
}

/// Tells when.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    if let Some(path) = args
        .figure
        .as_ref()
        .filter(|path| path.exists() && !args.table.force)
    {
        return Err(Failure::Exists { path: path.clone() });
    }
    let past = PastRun::open(face, &args.folder, args.policy.as_deref(), None)?;
    let asked = event_asked(face, past.scenario(), &args.event)?;
    let told = told(args, &past, &asked)?;
    if let (Some(path), Some(figure)) = (&args.figure, figure(&past, &told)) {
        crate::commands::write_text(path, &figure.svg)?;
    }
    let provenance = table_file::of_results(&past.results.manifest);
    args.table.write(face, || table(&past, &told, provenance))?;
    if face.json {
        face.document(&document(&past, &told))?;
    } else {
        face.data(&text(face, &past, &told))?;
    }
    if let Some(path) = &args.figure {
        face.note(&format!("wrote {}", path.display()));
    }
    let folder = shell_word(&args.folder.display().to_string());
    face.next(&match told.first.first() {
        Some((_, replicate)) => {
            let event = shell_word(&told.event);
            format!("foedera why {folder} --replicate {replicate} --event {event}")
        }
        None => format!("foedera storylines {folder}"),
    });
    Ok(Exit::Good)
}

/// Reads an event from the command line; `TimeTo(event: …)` and `Happened(event: …)` name one as well.
pub(crate) fn event_asked(
    face: &Face,
    scenario: &Scenario,
    text: &str,
) -> Result<EventKind, Failure> {
    let whole = ["TimeTo", "Happened", "EventCount"]
        .iter()
        .any(|name| text.trim_start().starts_with(name));
    let text = if whole {
        text.to_owned()
    } else {
        format!("Happened(event: {text})")
    };
    match past_run::outcome(face, scenario, "--event", &text)? {
        Outcome::TimeTo { event }
        | Outcome::Happened { event, .. }
        | Outcome::EventCount { event, .. } => Ok(event),
        _ => Err(Failure::Refused {
            what: "--event: an outcome where an event is asked".to_owned(),
            help: "give an event, as in --event 'Withdrawal(org: \"…\")'".to_owned(),
        }),
    }
}

/// The text of an event as a file writes it.
pub(crate) fn event_text(scenario: &Scenario, event: &EventKind) -> String {
    let outcome = Outcome::TimeTo {
        event: event.clone(),
    };
    let text = outcome_text::write_outcome(scenario, &outcome);
    let inner = text
        .strip_prefix("TimeTo(event: ")
        .and_then(|text| text.strip_suffix(')'));
    inner.unwrap_or(&text).to_owned()
}

/// Finds the first event of each replicate.
fn told(args: &Args, past: &PastRun, asked: &EventKind) -> Result<Told, Failure> {
    let scenario = past.scenario();
    let histories = happenings::read(&past.results, scenario, past.policy_id())?;
    let horizon = scenario.time.n_steps();
    let none = Vec::new();
    let mut labels: BTreeMap<String, u64> = BTreeMap::new();
    let mut firsts: Vec<(usize, Option<String>)> = Vec::new();
    let mut first = Vec::new();
    let mut failed = 0;
    for fate in &past.fates {
        let history = histories.get(&fate.replicate).unwrap_or(&none);
        let place = event::places(scenario, history, asked).first().copied();
        let until = fate.failed.unwrap_or(horizon);
        failed += u64::from(fate.failed.is_some());
        // What a failed replicate did in the step of its failure is not known.
        let known = place.filter(|place| history[*place].step < until);
        if let Some(place) = known {
            let label = label(scenario, history, place, args.by);
            *labels.entry(label.clone()).or_default() += 1;
            first.push((history[place].step, fate.replicate));
            firsts.push((history[place].step, Some(label)));
        } else {
            firsts.push((until, None));
        }
    }
    first.sort_unstable();
    let causes = causes(labels);
    let seen: Vec<Seen> = firsts
        .into_iter()
        .map(|(step, label)| Seen {
            time: time(step),
            cause: label.map(|label| {
                let place = causes.iter().position(|cause| *cause == label);
                place.unwrap_or_else(|| causes.len().saturating_sub(1))
            }),
        })
        .collect();
    let times: Vec<f64> = (0..horizon).map(time).collect();
    let incidence = survival::incidence(&seen, causes.len(), &times, interval::CONFIDENCE);
    Ok(Told {
        title: capital(&outcome_text::event_title(scenario, asked)),
        event: event_text(scenario, asked),
        incidence: incidence.ok_or_else(|| Failure::NothingToDraw {
            path: args.folder.clone(),
        })?,
        causes,
        seen,
        failed,
        first,
    })
}

/// A title as a sentence opens.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// A step as a time.
fn time(step: usize) -> f64 {
    f64::from(u32::try_from(step).unwrap_or(u32::MAX))
}

/// Causes, the commonest first; the rare ones together.
fn causes(labels: BTreeMap<String, u64>) -> Vec<String> {
    let mut all: Vec<(String, u64)> = labels.into_iter().collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let more = all.len() > CAUSES_MAX;
    let kept = if more { CAUSES_MAX - 1 } else { all.len() };
    let mut causes: Vec<String> = all.into_iter().take(kept).map(|(label, _)| label).collect();
    if more {
        causes.push("anything else".to_owned());
    }
    causes
}

/// What an event is told apart by.
fn label(scenario: &Scenario, history: &[Dated], place: usize, by: By) -> String {
    let actor = |idx: u32| scenario.world.actors[idx as usize].id.clone();
    let Dated { step, what } = history[place];
    match (by, what) {
        (By::None, _) => "it happens".to_owned(),
        (By::Cause, Happening::StatusChanged { cause, .. }) => cause_name(cause),
        (By::Cause, Happening::Adopted { initiative, .. }) => {
            let same = |wanted: &dyn Fn(&Happening) -> bool| {
                history
                    .iter()
                    .any(|one| one.step == step && wanted(&one.what))
            };
            if same(
                &|what| matches!(what, Happening::Unforeseen { initiative: of, .. } if *of == initiative),
            ) {
                "unforeseen".to_owned()
            } else if same(
                &|what| matches!(what, Happening::Paid { initiative: of, .. } if *of == initiative),
            ) {
                "a blocker is paid".to_owned()
            } else {
                "agreed".to_owned()
            }
        }
        (By::Cause, Happening::Dispute { lethal, .. }) => {
            if lethal { "lethal" } else { "no deaths" }.to_owned()
        }
        (By::Cause, Happening::Held { all, .. }) => if all {
            "with everybody"
        } else {
            "without some"
        }
        .to_owned(),
        (By::Cause, _) => "it happens".to_owned(),
        (
            By::Actor,
            Happening::StatusChanged { actor: who, .. }
            | Happening::Deployed { actor: who, .. }
            | Happening::Base { actor: who, .. }
            | Happening::Paid { actor: who, .. },
        ) => actor(who),
        (By::Actor, Happening::Dispute { source, target, .. }) => {
            format!("{} and {}", actor(source), actor(target))
        }
        (
            By::Actor,
            Happening::Held {
                host: Some(host), ..
            },
        ) => actor(host),
        (By::Actor, _) => "it happens".to_owned(),
    }
}

fn cause_name(cause: Cause) -> String {
    match cause {
        Cause::Effect => "decided".to_owned(),
        Cause::Worth(term) => format!("worth too little: {}", story::term_name(term)),
        Cause::Exclusive => "exclusive treaty".to_owned(),
        Cause::Returned => "content again".to_owned(),
        Cause::Unforeseen => "unforeseen".to_owned(),
    }
}

/// The dates that are shown, as steps.
fn shown_steps(past: &PastRun) -> Vec<usize> {
    let steps = &past.results.manifest.layout.steps;
    let last = steps.len().saturating_sub(1);
    let mut shown: Vec<usize> = (1..=2).map(|half| last * half / 2).collect();
    shown.dedup();
    shown
}

fn text(face: &Face, past: &PastRun, told: &Told) -> String {
    let scenario = past.scenario();
    let (n, happened) = (told.seen.len() as u64, told.first.len() as u64);
    let policy = past
        .policy_shown()
        .map_or_else(String::new, |id| format!(" under the policy {id}"));
    let mut text = format!("{}\n", face.paint.strong(&scenario.title));
    text += &format!(
        "{}{policy}: for the first time in {} of {}.\n",
        told.title,
        number::count(happened),
        number::counted(n, "replicate")
    );
    let months = shown_steps(past);
    let mut columns = vec![Column::Words("by")];
    columns.push(Column::Words("probability by date"));
    columns.extend(
        HEADS
            .iter()
            .take(months.len())
            .map(|head| Column::Number(head)),
    );
    let mut sheet = Sheet::new(face, columns);
    let dates = months
        .iter()
        .map(|step| Word::new(Tone::Faint, scenario.time.month_of(*step).to_string()));
    let head = [Word::new(Tone::Faint, "until the end of"), Word::from("")];
    sheet.row(head.into_iter().chain(dates));
    let any = &told.incidence.any;
    let top = any.iter().map(|at| at.value).fold(0.0, f64::max);
    let mut row = |name: &str, curve: &[Estimate]| {
        let cells = (0..CELLS).map(|cell| {
            let step = (curve.len().saturating_sub(1)) * cell / (CELLS - 1);
            curve.get(step).map_or(f64::NAN, |at| at.value)
        });
        let picture = spark::curve(&cells.collect::<Vec<_>>(), 0.0, top.max(1e-9));
        let values = months
            .iter()
            .map(|step| Word::from(curve.get(*step).map_or_else(String::new, digits::share)));
        let head = [
            Word::new(Tone::Strong, name),
            Word::new(Tone::Picture, picture),
        ];
        sheet.row(head.into_iter().chain(values));
    };
    for (cause, curve) in told.causes.iter().zip(&told.incidence.causes) {
        row(cause, curve);
    }
    if told.causes.len() != 1 {
        row("any of them", any);
    }
    text += &format!("\n{}", sheet.text());
    text += &face.aside(&ending(told));
    if let Some(median) = median(past, told) {
        text += &face.aside(&median);
    }
    text
}

/// What the curves are.
fn ending(told: &Told) -> String {
    if told.incidence.censored == 0 {
        return "every replicate is watched to the end, so the curves are plain shares of the replicates, with Wilson's \
                95 % intervals; where several causes compete, each counts only where it came first"
            .to_owned();
    }
    format!(
        "{} failed and are watched until they did: the curves are those of Aalen and Johansen with log-log 95 % intervals",
        number::counted(told.failed, "replicate")
    )
}

/// The date by which half of the replicates have it, with its interval.
fn median(past: &PastRun, told: &Told) -> Option<String> {
    let time = &past.scenario().time;
    let first =
        |pick: &dyn Fn(&Estimate) -> f64| told.incidence.any.iter().position(|at| pick(at) >= 0.5);
    let step = first(&|at| at.value)?;
    let early =
        first(&|at| at.high).map_or_else(String::new, |step| time.month_of(step).to_string());
    let late = first(&|at| at.low).map_or_else(
        || "beyond the end".to_owned(),
        |step| time.month_of(step).to_string(),
    );
    Some(format!(
        "half of the replicates have it by {} ({early} to {late})",
        time.month_of(step)
    ))
}

fn document(past: &PastRun, told: &Told) -> serde_json::Value {
    let time = &past.scenario().time;
    let months: Vec<String> = (0..time.n_steps())
        .map(|step| time.month_of(step).to_string())
        .collect();
    let curves: Vec<_> = told
        .causes
        .iter()
        .zip(&told.incidence.causes)
        .map(|(cause, curve)| json!({ "cause": cause, "probability": curve }))
        .collect();
    let n_causes = told.causes.len().max(1);
    json!({
        "event": told.event, "title": told.title, "policy": past.policy_id(),
        "replicates": told.seen.len(), "happened": told.first.len(), "failed": told.failed,
        "censored_early": told.incidence.censored,
        "months": months, "causes": curves, "any": told.incidence.any,
        "kaplan_meier": survival::kaplan_meier(&told.seen, n_causes, interval::CONFIDENCE),
        "nelson_aalen": survival::nelson_aalen(&told.seen, n_causes, interval::CONFIDENCE),
        "earliest": told.first.iter().take(10).map(|(step, replicate)| json!({
            "replicate": replicate, "month": time.month_of(*step).to_string(),
        })).collect::<Vec<_>>(),
    })
}

fn table(past: &PastRun, told: &Told, provenance: Provenance) -> AnalysisTable {
    let columns = vec![
        TableColumn::text("cause", "Cause; `any` for all of them together"),
        TableColumn::date("month", "First day of the step"),
        TableColumn::number(
            "probability",
            "Probability that it has happened by then, from that cause first",
            "",
        ),
        TableColumn::number("low", "Lower end of its pointwise 95 % interval", ""),
        TableColumn::number("high", "Upper end of its pointwise 95 % interval", ""),
    ];
    let mut table = AnalysisTable::new(
        format!("{}: probability by date", told.title),
        provenance,
        columns,
    );
    let any = ("any".to_owned(), &told.incidence.any);
    let curves = told
        .causes
        .iter()
        .cloned()
        .zip(&told.incidence.causes)
        .chain([any]);
    for (cause, curve) in curves {
        for (step, at) in past.results.manifest.layout.steps.iter().zip(curve) {
            table.row([
                Cell::Text(cause.clone()),
                Cell::month(step.year, step.month),
                Cell::Number(at.value),
                Cell::Number(at.low),
                Cell::Number(at.high),
            ]);
        }
    }
    table
}

fn figure(past: &PastRun, told: &Told) -> Option<Figure> {
    let manifest = &past.results.manifest;
    let source = format!(
        "{} · {} replicates · seed {}",
        manifest.origin.title,
        number::count(told.seen.len() as u64),
        manifest.origin.seed
    );
    picture::draw(&picture::Incidence {
        event: &told.title,
        causes: &told.causes,
        steps: &manifest.layout.steps,
        curves: &told.incidence.causes,
        any: *told.incidence.any.last()?,
        caption: Caption {
            source: &source,
            policy: past.policy_shown(),
        },
    })
}
