//! `why OUT --replicate K --event EVENT`: what made an event happen in one history.
//!
//! The ledger of the decision behind it, what came before it, where the drivers stood, and the same replicate again
//! with one thing taken away: does it still happen?

use foedera_ensemble::{
    Which,
    counterfactual::{Change, Otherwise, Question, Trial},
    event::{self, Dated},
};
use foedera_results::{Results, digits, series::SeriesPoint};
use foedera_scenario::{EventKind, Scenario, outcome_text};
use foedera_sim::{
    Isa,
    batch::{Event, Happening},
};
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde_json::{Value, json};

use super::{Args, Rerun, ledger};
use crate::{
    commands::when,
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number, prose, results_folder,
    sheet::{Column, Sheet, Tone, Word},
    story::{self, Line},
};

/// Months before the event that are told.
const BEFORE: usize = 24;
/// Events before it that are told, the last ones.
const LINES_MAX: usize = 12;
/// Changes without which it happens otherwise that are told.
const TURNS_MAX: usize = 20;

/// A driver at the time of the event.
struct Level {
    title: String,
    unit: String,
    now: f64,
    /// A year before.
    then: Option<f64>,
    /// 5 %, 50 % and 95 % of all histories at that time.
    usual: Option<(f64, f64, f64)>,
}

/// Everything that is told of the event.
struct Told<'a> {
    scenario: &'a Scenario,
    replicate: u64,
    asked: &'a EventKind,
    /// Step of the event that is explained.
    step: usize,
    sentence: String,
    /// How often the event happens in this history.
    times: usize,
    before: Vec<Line>,
    drivers: Vec<Level>,
    trials: Vec<Trial>,
    otherwise: Option<Otherwise>,
}

/// Tells it.
pub(super) fn tell(
    args: &Args,
    face: &Face,
    results: &Results,
    arm: usize,
    (replicate, text): (u64, &str),
) -> Result<Exit, Failure> {
    let last = results.manifest.completed.saturating_sub(1);
    if replicate > last {
        return Err(Failure::NoSuchReplicate { replicate, last });
    }
    let rerun = Rerun::new(args, results, arm, 1)?;
    let scenario = &*rerun.scenario;
    let asked = when::event_asked(face, scenario, text)?;
    let which = Which {
        replicate,
        seed: rerun.sample.seed,
        design: rerun.sample.design,
        policy: rerun.sample.policy,
        stances: rerun.sample.stances,
        isa: Isa::detect(),
    };
    let history = foedera_ensemble::replay(scenario, &rerun.program, which)?;
    let dated = Dated::of_lane(&history.outcome.events, 0);
    let places = event::places(scenario, &dated, &asked);
    let Some(&place) = places.first() else {
        return Err(absent(args, scenario, results, arm, &asked));
    };
    let question = Question::new(scenario, &rerun.program, which, &asked)?;
    let (trials, otherwise) = tried(args, face, &question);
    let lines = story::lines(scenario, &history.outcome.events);
    let step = dated[place].step;
    let told = Told {
        scenario,
        replicate,
        asked: &asked,
        step,
        sentence: lines
            .get(place)
            .map_or_else(String::new, |line| line.sentence.clone()),
        times: places.len(),
        before: before(scenario, &history.outcome.events, &lines, place),
        drivers: drivers(results, arm, &history.outcome.series, &rerun.program, step)?,
        trials,
        otherwise,
    };
    let tablings = ledger::tablings(&history);
    let behind = behind(&history.outcome.events, place);
    let decided: Vec<_> = tablings
        .into_iter()
        .filter(|one| Some((one.decision.step, one.decision.initiative)) == behind)
        .collect();
    if face.json {
        let decisions: Vec<Value> = decided
            .iter()
            .map(|one| ledger::value(scenario, one))
            .collect();
        face.document(&document(&told, &decisions))?;
    } else {
        let decision = if decided.is_empty() {
            String::new()
        } else {
            let heading = face
                .paint
                .strong("The decision behind it, in thousandths of utility");
            format!(
                "\n{heading}\n{}",
                ledger::tables(args, face, scenario, &decided)
            )
        };
        face.data(&shown(&told, face, &decision))?;
    }
    let folder = shell_word(&args.folder.display().to_string());
    face.next(&format!("foedera replay {folder} --replicate {replicate}"));
    Ok(Exit::Good)
}

/// The event does not happen in this history: where does it?
fn absent(
    args: &Args,
    scenario: &Scenario,
    results: &Results,
    arm: usize,
    asked: &EventKind,
) -> Failure {
    let title = outcome_text::event_title(scenario, asked);
    let id = results
        .manifest
        .layout
        .arms
        .get(arm)
        .map_or("", |arm| arm.id.as_str());
    let found = crate::happenings::read(results, scenario, id).ok();
    let with = found.and_then(|all| {
        let mut of = all
            .into_iter()
            .filter(|(_, history)| !event::places(scenario, history, asked).is_empty());
        of.next().map(|(replicate, _)| replicate)
    });
    let folder = args.folder.display();
    Failure::Refused {
        what: format!("it does not happen in this replicate: {title}"),
        help: match with {
            Some(replicate) => format!(
                "it happens in replicate {replicate}; `foedera when {folder} --event …` lists when"
            ),
            None => "it happens in no replicate of the run".to_owned(),
        },
    }
}

/// What is left of it with one thing taken away.
fn tried(args: &Args, face: &Face, question: &Question<'_>) -> (Vec<Trial>, Option<Otherwise>) {
    if args.no_counterfactuals {
        return (Vec::new(), None);
    }
    let changes = question.changes();
    let watched = Face::is_watched() && !face.quiet;
    let bar = watched.then(|| {
        ProgressBar::with_draw_target(
            Some(changes.len() as u64),
            ProgressDrawTarget::stderr_with_hz(5),
        )
    });
    let heard = || {
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    };
    let trials = question.trials(&changes, &heard);
    let otherwise = question.otherwise();
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    (trials, Some(otherwise))
}

/// Step and initiative of the decision behind an event, if there is one: an adoption's own; a change of status by an
/// effect comes with an adoption just before it.
fn behind(events: &[Event], place: usize) -> Option<(u32, u32)> {
    let of = |event: &Event| match event.what {
        Happening::Adopted { initiative, .. }
        | Happening::Blocked { initiative, .. }
        | Happening::Held { initiative, .. }
        | Happening::Paid { initiative, .. } => Some((event.step, initiative)),
        _ => None,
    };
    let own = events.get(place)?;
    if let Some(found) = of(own) {
        return Some(found);
    }
    let by_effect = matches!(
        own.what,
        Happening::StatusChanged {
            cause: foedera_sim::batch::Cause::Effect,
            ..
        } | Happening::Deployed { .. }
            | Happening::Base { .. }
    );
    let same_step = events[..place]
        .iter()
        .rev()
        .take_while(|event| event.step == own.step);
    let mut adopted = same_step.filter(|event| matches!(event.what, Happening::Adopted { .. }));
    if by_effect {
        adopted.next().and_then(of)
    } else {
        None
    }
}

/// What happened in the months before, refusals left out.
fn before(scenario: &Scenario, events: &[Event], lines: &[Line], place: usize) -> Vec<Line> {
    let months = usize::try_from(scenario.time.step.months())
        .unwrap_or(1)
        .max(1);
    let first = (events[place].step as usize).saturating_sub(BEFORE / months);
    let told = events
        .iter()
        .zip(lines)
        .take(place)
        .filter(|(event, line)| {
            let lethal = matches!(event.what, Happening::Dispute { lethal: true, .. });
            let told = lethal || !matches!(line.kind, "blocked" | "held" | "dispute");
            told && event.step as usize >= first
        });
    let mut told: Vec<Line> = told.map(|(_, line)| line.clone()).collect();
    told.drain(..told.len().saturating_sub(LINES_MAX));
    told
}

/// Where the drivers stood.
fn drivers(
    results: &Results,
    arm: usize,
    series: &[Vec<foedera_sim::lanes::Lanes>],
    program: &foedera_sim::Program,
    step: usize,
) -> Result<Vec<Level>, Failure> {
    let all = results_folder::series(results)?;
    let year = results.manifest.layout.steps.iter().take_while(|date| {
        let first = &results.manifest.layout.steps[0];
        (date.year, date.month) < (first.year + 1, first.month)
    });
    let year = year.count();
    let mut levels = Vec::new();
    for (idx, measure) in program.measures().iter().enumerate() {
        if !measure.path.starts_with("driver.") {
            continue;
        }
        let at = |step: usize| Some(f64::from(series.get(idx)?.get(step)?[0]));
        let usual: Option<SeriesPoint> = all
            .get(arm)
            .and_then(|of| of.get(idx))
            .and_then(|of| of.get(step).copied())
            .flatten();
        let Some(now) = at(step) else { continue };
        levels.push(Level {
            title: measure.title.clone(),
            unit: measure.unit.clone(),
            now,
            then: step.checked_sub(year).and_then(at),
            usual: usual.map(|of| {
                (
                    of.quantiles[0].value,
                    of.quantiles[2].value,
                    of.quantiles[4].value,
                )
            }),
        });
    }
    Ok(levels)
}

fn shown(told: &Told<'_>, face: &Face, decision: &str) -> String {
    let month = told.scenario.time.month_of(told.step);
    let mut text = format!(
        "{}\nReplicate {}, {month}: {}\n",
        face.paint.strong(&told.scenario.title),
        told.replicate,
        told.sentence
    );
    if told.times > 1 {
        text += &face.aside(&format!(
            "it happens {} times in this history; this is the first",
            told.times
        ));
    }
    text += decision;
    text += &format!("\n{}\n", face.paint.strong("What came before it"));
    if told.before.is_empty() {
        text += "  Nothing in the two years before, but refusals.\n";
    } else {
        let mut sheet = Sheet::new(face, [Column::Words(""), Column::Prose("")]);
        for line in &told.before {
            sheet.row([
                Word::new(Tone::Faint, line.date.as_str()),
                line.sentence.as_str().into(),
            ]);
        }
        text += &sheet.text();
    }
    text += &levels(told, face);
    text + &counterfactuals(told, face)
}

fn levels(told: &Told<'_>, face: &Face) -> String {
    if told.drivers.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("driver"),
            Column::Number("a year before"),
            Column::Number("then"),
            Column::Words("5 % to 95 % of histories"),
            Column::Words(""),
        ],
    );
    for level in &told.drivers {
        let place = level.usual.map_or("", |(low, _, high)| {
            if level.now > high {
                "unusually high"
            } else if level.now < low {
                "unusually low"
            } else {
                ""
            }
        });
        let usual = level.usual.map_or_else(
            || "–".to_owned(),
            |(low, _, high)| format!("{} to {}", number::plain(low), number::plain(high)),
        );
        let unit = if level.unit.is_empty() {
            String::new()
        } else {
            format!(" [{}]", level.unit)
        };
        sheet.row([
            format!("{}{unit}", level.title).into(),
            level
                .then
                .map_or_else(|| "–".to_owned(), number::plain)
                .into(),
            Word::new(Tone::Strong, number::plain(level.now)),
            usual.into(),
            Word::new(Tone::Doubt, place),
        ]);
    }
    format!(
        "\n{}\n{}",
        face.paint.strong("Where the drivers stood"),
        sheet.text()
    )
}

/// What it hangs on.
fn counterfactuals(told: &Told<'_>, face: &Face) -> String {
    let Some(otherwise) = &told.otherwise else {
        return String::new();
    };
    let mut sheet = Sheet::new(
        face,
        [Column::Prose("the same history"), Column::Words("then it")],
    );
    let mut turns: Vec<&Trial> = told
        .trials
        .iter()
        .filter(|trial| trial.first != Some(told.step))
        .collect();
    // Never, then latest first.
    turns.sort_by_key(|trial| std::cmp::Reverse(trial.first.unwrap_or(usize::MAX)));
    let (all, shown) = (turns.len(), turns.len().min(TURNS_MAX));
    for trial in turns.into_iter().take(TURNS_MAX) {
        let (tone, then) = outcome(told, trial);
        sheet.row([
            change_words(told.scenario, trial.change).into(),
            Word::new(tone, then),
        ]);
    }
    let mut text = format!(
        "\n{}\n",
        face.paint
            .strong("What it hangs on: one thing taken away, on the same chances")
    );
    if sheet.is_empty() {
        text += "  Nothing alone: it happens in the same month whichever is taken away.\n";
    } else {
        text += &sheet.text();
    }
    let same = told.trials.len() - all;
    if all > shown {
        text += &face.aside(&format!("and {} more that move it", all - shown));
    }
    text += &face.aside(&format!(
        "{} in the same month: shocks, other initiatives, drivers' own chance, stances and inputs were tried one at a time; \
         an early change also moves what follows by chance, so that one history alone proves little",
        match same {
            1 => "1 change leaves it".to_owned(),
            n => format!("{} changes leave it", number::count(n as u64)),
        }
    ));
    let share = |of: &Option<foedera_results::Estimate>| of.as_ref().map(digits::share);
    let mut parts = Vec::new();
    if let Some(luck) = share(&otherwise.luck) {
        parts.push(format!(
            "with these inputs and other luck it happens in {luck} of histories"
        ));
    }
    if let Some(inputs) = share(&otherwise.inputs) {
        parts.push(format!("with this luck and other inputs in {inputs}"));
    }
    if !parts.is_empty() {
        let sentence = format!("Luck or ignorance: {}, by the end.", parts.join(", "));
        text += &format!("\n{}\n", prose::filled(&sentence, face.width, "  "));
    }
    text
}

/// What came of a trial, in words.
fn outcome(told: &Told<'_>, trial: &Trial) -> (Tone, String) {
    if trial.failed {
        return (Tone::Faint, "is not known: the replicate fails".to_owned());
    }
    match trial.first {
        None => (Tone::Strong, "does not happen".to_owned()),
        Some(step) if step > told.step => (
            Tone::Plain,
            format!("happens later, {}", told.scenario.time.month_of(step)),
        ),
        Some(step) => (
            Tone::Plain,
            format!("happens earlier, {}", told.scenario.time.month_of(step)),
        ),
    }
}

/// A change in words.
fn change_words(scenario: &Scenario, change: Change) -> String {
    match change {
        Change::WithoutShock(idx) => format!("without the shock “{}”", scenario.shocks[idx].title),
        Change::WithoutInitiative(idx) => {
            format!("if “{}” were never tabled", scenario.initiatives[idx].title)
        }
        Change::CalmDriver(idx) => format!(
            "if {} did not move by chance",
            scenario.world.drivers[idx].title
        ),
        Change::WithoutStances => "without the analysts' stances".to_owned(),
        Change::BaseInput(leaf) => {
            let info = scenario.leaves.info(leaf);
            format!(
                "with {} at its base value {}",
                info.path,
                number::plain(info.value)
            )
        }
    }
}

/// The kind of a change, for programs.
fn change_value(scenario: &Scenario, change: Change) -> Value {
    match change {
        Change::WithoutShock(idx) => {
            json!({ "kind": "without-shock", "of": scenario.shocks[idx].id })
        }
        Change::WithoutInitiative(idx) => {
            json!({ "kind": "without-initiative", "of": scenario.initiatives[idx].id })
        }
        Change::CalmDriver(idx) => {
            json!({ "kind": "calm-driver", "of": scenario.world.drivers[idx].id })
        }
        Change::WithoutStances => json!({ "kind": "without-stances", "of": null }),
        Change::BaseInput(leaf) => {
            json!({ "kind": "base-input", "of": scenario.leaves.info(leaf).path })
        }
    }
}

fn document(told: &Told<'_>, decisions: &[Value]) -> Value {
    let month = |step: usize| told.scenario.time.month_of(step).to_string();
    let trials: Vec<Value> = told
        .trials
        .iter()
        .map(|trial| {
            json!({
                "change": change_value(told.scenario, trial.change), "words": change_words(told.scenario, trial.change),
                "happens": trial.first.is_some(), "month": trial.first.map(month), "failed": trial.failed,
                "as_it_was": trial.first == Some(told.step),
            })
        })
        .collect();
    let drivers: Vec<Value> = told
        .drivers
        .iter()
        .map(|level| {
            json!({
                "driver": level.title, "unit": level.unit, "now": level.now, "a_year_before": level.then,
                "q05": level.usual.map(|of| of.0), "q50": level.usual.map(|of| of.1), "q95": level.usual.map(|of| of.2),
            })
        })
        .collect();
    json!({
        "event": when::event_text(told.scenario, told.asked), "replicate": told.replicate, "month": month(told.step),
        "sentence": told.sentence, "times": told.times, "decisions": decisions, "before": told.before,
        "drivers": drivers, "counterfactuals": trials,
        "other_luck": told.otherwise.as_ref().and_then(|of| of.luck),
        "other_inputs": told.otherwise.as_ref().and_then(|of| of.inputs),
    })
}
