//! Names of storylines, from the events that set them apart.

use foedera_analysis::storylines::{Decisive, Gathered, Storyline, What};
use foedera_results::Layout;

use crate::{number::plain, past_run::PastRun};

/// Kinds of events that may name a storyline, by id. Refusals, payments, disputes and what is held again and again
/// are steps on the way.
const KINDS: [&str; 7] = [
    "shock",
    "adopted",
    "status",
    "completed",
    "abandoned",
    "deployed",
    "base",
];

/// Whether an event may name a storyline.
pub(super) fn may_name(past: &PastRun, what: &What) -> bool {
    let kind = past
        .results
        .manifest
        .layout
        .event_kinds
        .get(what.kind as usize);
    kind.is_some_and(|kind| KINDS.contains(&kind.id.as_str()))
}

/// A name for each storyline: its decisive events, else where its course ends.
pub(super) fn names(past: &PastRun, gathered: &Gathered, lines: &[Storyline]) -> Vec<String> {
    let ends: Vec<f64> = lines
        .iter()
        .map(|line| {
            gathered.courses[0][line.exemplar]
                .last()
                .copied()
                .unwrap_or(f64::NAN)
        })
        .collect();
    let name = |line: &Storyline, end: f64| {
        if line.decisive.is_empty() {
            return by_end(past, gathered, &ends, end);
        }
        let parts: Vec<String> = line
            .decisive
            .iter()
            .map(|one| sentence(past, one))
            .collect();
        capital(&parts.join(", "))
    };
    let mut names: Vec<String> = lines
        .iter()
        .zip(&ends)
        .map(|(line, end)| name(line, *end))
        .collect();
    // Where two groups have the same decisive events their courses tell them apart.
    for idx in 0..names.len() {
        let twin = (0..names.len()).any(|other| other != idx && names[other] == names[idx]);
        if twin && !lines[idx].decisive.is_empty() {
            names[idx] = format!(
                "{}; {}",
                names[idx],
                small(&by_end(past, gathered, &ends, ends[idx]))
            );
        }
    }
    names
}

/// A name by where the course ends, beside the other storylines.
fn by_end(past: &PastRun, gathered: &Gathered, ends: &[f64], end: f64) -> String {
    let layout = &past.results.manifest.layout;
    let label = layout
        .measures
        .get(gathered.measures[0])
        .map_or("", |one| one.label.as_str());
    let higher = ends.iter().filter(|other| **other > end).count();
    let lower = ends.iter().filter(|other| **other < end).count();
    let place = match (higher, lower) {
        (0, 0) => "ends",
        (0, _) => "ends highest,",
        (_, 0) => "ends lowest,",
        _ => "ends between the others,",
    };
    format!("{label} {place} at {}", plain(end))
}

/// A decisive event with its year, or that it does not happen.
fn sentence(past: &PastRun, one: &Decisive) -> String {
    let layout = &past.results.manifest.layout;
    let words = happening(layout, &one.what, one.step.is_some());
    match one.step.and_then(|step| layout.steps.get(step)) {
        Some(date) => format!("{words} in {}", date.year),
        None => words,
    }
}

/// An event in short words, dated by its exemplar.
pub(super) fn happening(layout: &Layout, what: &What, happens: bool) -> String {
    let kind = layout
        .event_kinds
        .get(what.kind as usize)
        .map_or("", |kind| kind.id.as_str());
    let (subject, object) = (layout.label(what.subject), layout.label(what.object));
    let actor = |id: &str| {
        let found = layout.actors.iter().find(|one| one.id == id);
        found.map_or(id, |one| one.title.as_str()).to_owned()
    };
    let initiative = layout.initiatives.iter().find(|one| one.id == subject);
    let title = initiative.map_or(subject, |one| one.title.as_str());
    let rung = initiative.and_then(|one| one.rungs.iter().find(|rung| rung.id == object));
    let rung = rung.map_or(object, |rung| {
        if rung.title.is_empty() {
            object
        } else {
            rung.title.as_str()
        }
    });
    match (kind, happens) {
        ("adopted", true) => format!("“{title}” reaches “{rung}”"),
        ("adopted", false) => format!("“{title}” never reaches “{rung}”"),
        ("completed", true) => format!("“{rung}” of “{title}” is complete"),
        ("completed", false) => format!("“{rung}” of “{title}” is never complete"),
        ("abandoned", true) => format!("“{rung}” of “{title}” is given up"),
        ("abandoned", false) => format!("“{rung}” of “{title}” is not given up"),
        ("status", _) => status(layout, what, &actor(subject), object, happens),
        ("deployed", true) => format!("{subject} sends forces into {}", actor(object)),
        ("deployed", false) => format!("{subject} sends no forces into {}", actor(object)),
        ("base", true) => format!("the presence of {subject} in {} changes", actor(object)),
        ("base", false) => format!("the presence of {subject} in {} stays", actor(object)),
        ("shock", true) => format!("shock {subject}"),
        ("shock", false) => format!("no shock {subject}"),
        _ => format!("{kind} {subject} {object}"),
    }
}

fn status(layout: &Layout, what: &What, actor: &str, org: &str, happens: bool) -> String {
    let (from, to) = (
        layout.label(what.from),
        layout.label(what.to).to_lowercase(),
    );
    let holds = |status: &str| matches!(status, "Member" | "Suspended");
    let left = to == "outsider" && holds(from);
    match (left, happens) {
        (true, true) => format!("{actor} leaves {org}"),
        (true, false) => format!("{actor} stays in {org}"),
        (false, true) => format!("{actor} becomes {to} of {org}"),
        (false, false) => format!("{actor} never becomes {to} of {org}"),
    }
}

/// A label as a sentence goes on.
fn small(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
