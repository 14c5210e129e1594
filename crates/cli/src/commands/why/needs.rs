//! What blockers would need to agree, number by number, within what is held possible.

use std::sync::atomic::{AtomicU64, Ordering};

use foedera_analysis::blockers::Blocker;
use foedera_ensemble::needs::{self, Needs, Path, Question};
use foedera_scenario::Scenario;
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde_json::{Value, json};

use super::{Args, Rerun, no_such};
use crate::{
    face::Face,
    failure::Failure,
    number::{self, plain},
    sheet::{Column, Sheet, Tone, Word},
};

/// Replicates that happen again unless told otherwise.
pub(super) const USUAL: u64 = 128;
/// Blockers asked unless one is named.
const ASKED: usize = 3;

/// Text and value.
pub(super) fn tell(
    args: &Args,
    face: &Face,
    rerun: &Rerun<'_>,
    idx: usize,
    ranked: &[Blocker],
) -> Result<(String, Value), Failure> {
    let scenario = &*rerun.scenario;
    let actors: Vec<usize> = match &args.actor {
        Some(id) => vec![named(scenario, id)?],
        None => ranked.iter().take(ASKED).map(|one| one.actor).collect(),
    };
    let rung = match &args.rung {
        Some(id) => Some(rung_named(scenario, idx, id)?),
        None => None,
    };
    let (mut text, mut values) = (String::new(), Vec::new());
    if actors.is_empty() {
        text += "\n  nobody blocked it: nobody needs anything\n";
    }
    for actor in actors {
        let (more, value) = of_actor(face, rerun, idx, actor, rung)?;
        text += &more;
        values.push(value);
    }
    Ok((text, Value::Array(values)))
}

fn named(scenario: &Scenario, id: &str) -> Result<usize, Failure> {
    let actors = &scenario.world.actors;
    actors
        .iter()
        .position(|actor| actor.id == id)
        .ok_or_else(|| {
            no_such(
                "--actor",
                "actor",
                id,
                actors.iter().map(|actor| actor.id.as_str()),
            )
        })
}

fn rung_named(scenario: &Scenario, idx: usize, id: &str) -> Result<usize, Failure> {
    let ladder = &scenario.initiatives[idx].ladder;
    ladder.iter().position(|rung| rung.id == id).ok_or_else(|| {
        no_such(
            "--rung",
            "rung of the initiative",
            id,
            ladder.iter().map(|rung| rung.id.as_str()),
        )
    })
}

/// One party: which rung it refuses, and what would turn it.
fn of_actor(
    face: &Face,
    rerun: &Rerun<'_>,
    idx: usize,
    actor: usize,
    rung: Option<usize>,
) -> Result<(String, Value), Failure> {
    let scenario = &*rerun.scenario;
    let id = &scenario.world.actors[actor].id;
    let refused = match rung {
        Some(rung) => Some(rung),
        None => needs::margins(scenario, &rerun.program, rerun.sample, idx, actor)?
            .iter()
            .position(|margin| margin.is_some_and(|margin| margin < 0.0)),
    };
    let Some(rung) = refused else {
        let text = format!(
            "\n{}\n  in the median history it agrees to every rung when it is first tabled, or is never asked; what it \
             blocks it blocks by chance or later\n",
            face.paint.strong(&format!("What {id} would need to agree"))
        );
        return Ok((text, json!({ "actor": id, "rung": null, "numbers": [] })));
    };
    let question = Question {
        initiative: idx,
        rung,
        actor,
    };
    let n = needs::count(scenario, question, rerun.sample.stances) as u64;
    let bar = bar(face, n);
    let done = AtomicU64::new(0);
    let heard = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(bar) = &bar {
            bar.set_position(done);
        }
    };
    let found = needs::needs(scenario, &rerun.program, rerun.sample, question, &heard)?;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    Ok((
        text(face, scenario, question, &found),
        value(scenario, question, &found),
    ))
}

fn bar(face: &Face, of: u64) -> Option<ProgressBar> {
    (Face::is_watched() && !face.quiet)
        .then(|| ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr_with_hz(5)))
}

fn text(face: &Face, scenario: &Scenario, question: Question, found: &Needs) -> String {
    let actor = &scenario.world.actors[question.actor].id;
    let rung = &scenario.initiatives[question.initiative].ladder[question.rung].id;
    let Some(margin) = found.margin else {
        let heading = format!("What {actor} would need to agree to {rung}");
        return format!(
            "\n{}\n  it was never asked in these replicates\n",
            face.paint.strong(&heading)
        );
    };
    let verb = if margin < 0.0 { "agree to" } else { "refuse" };
    let heading = format!("What {actor} would need to {verb} {rung}");
    let side = if margin < 0.0 { "below" } else { "above" };
    let mut text = format!("\n{}\n", face.paint.strong(&heading))
        + &face.aside(&format!(
            "when it is first tabled, its median value lies {} utility {side} its line ({})",
            plain(margin.abs()),
            number::counted(found.tabled, "replicate"),
        ));
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("its number"),
            Column::Number("now"),
            Column::Number("turns at"),
            Column::Number("change"),
            Column::Words("prior range"),
        ],
    );
    for path in &found.paths {
        if let Some(value) = path.turns_at {
            sheet.row(row(scenario, path, value));
        }
    }
    let none = found.paths.iter().filter(|path| path.turns_at.is_none());
    let none = none.count() as u64;
    if sheet.is_empty() {
        text += "  none: no single number of its own turns it within its prior range\n";
    } else {
        text += &sheet.text();
    }
    text + &face.aside(&format!(
        "one number at a time; {} within the prior range; {} by the scenario and not asked",
        match none {
            1 => "1 other does not turn it".to_owned(),
            n => format!("{} others do not turn it", number::count(n)),
        },
        match found.certain {
            1 => "1 is held certain".to_owned(),
            n => format!("{} are held certain", number::count(n as u64)),
        }
    ))
}

fn row(scenario: &Scenario, path: &Path, value: f64) -> [Word; 5] {
    let info = scenario.leaves.info(path.leaf);
    let change = value - path.base;
    let sign = if change > 0.0 { "+" } else { "" };
    [
        Word::new(Tone::Strong, info.path.as_str()),
        plain(path.base).into(),
        plain(value).into(),
        format!("{sign}{}", plain(change)).into(),
        format!("{} to {}", plain(path.range.0), plain(path.range.1)).into(),
    ]
}

fn value(scenario: &Scenario, question: Question, found: &Needs) -> Value {
    let numbers: Vec<Value> = found
        .paths
        .iter()
        .map(|path| {
            json!({
                "path": scenario.leaves.info(path.leaf).path, "base": path.base, "turns_at": path.turns_at,
                "low": path.range.0, "high": path.range.1, "share_of_range": path.effort(),
                "margin_at_low": path.ends.0, "margin_at_high": path.ends.1,
            })
        })
        .collect();
    json!({
        "actor": scenario.world.actors[question.actor].id,
        "rung": scenario.initiatives[question.initiative].ladder[question.rung].id,
        "replicates_tabled": found.tabled, "median_margin": found.margin,
        "numbers": numbers, "certain": found.certain,
    })
}
