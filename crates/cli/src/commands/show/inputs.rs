//! Where the numbers come from: sources of the scenario, of the world's columns, of single figures.

use std::collections::BTreeMap;

use foedera_scenario::{Confidence, Scenario};

use super::{heading, uncertain::Detail};
use crate::{
    face::Face,
    number::{self, plain},
    phrase, prose,
    sheet::{Column, Sheet, Tone, Word},
};

/// Sources with confidence.
pub(super) fn sources(face: &Face, scenario: &Scenario, detail: Detail) -> String {
    let mut text = heading(face, "Where the numbers come from");
    text += &summary(face, scenario);
    for source in &scenario.sources {
        text += &face.aside(source);
    }
    let columns = columns(face, scenario);
    let figures = figures(face, scenario, detail);
    for part in [columns, figures]
        .into_iter()
        .filter(|part| !part.is_empty())
    {
        text.push('\n');
        text += &part;
    }
    text
}

/// How many numbers there are and how far they can be trusted.
fn summary(face: &Face, scenario: &Scenario) -> String {
    let mut by_confidence: BTreeMap<&str, u64> = BTreeMap::new();
    let mut written = 0;
    for (_, info) in scenario.leaves.iter().filter(|(_, info)| info.written) {
        written += 1;
        let name = match info.confidence {
            Confidence::Unstated => "unstated",
            stated => phrase::confidence(stated),
        };
        *by_confidence.entry(name).or_default() += 1;
    }
    let parts: Vec<String> = by_confidence
        .iter()
        .map(|(name, n)| format!("{name} {}", number::count(*n)))
        .collect();
    let numbers = format!(
        "{} numbers, {} of them written in the files; confidence: {}",
        number::count(scenario.leaves.len() as u64),
        number::count(written),
        parts.join(", ")
    );
    let licences = format!("licences: {}", scenario.world.licence);
    let lines = [numbers, licences].map(|line| prose::filled(&line, face.width, "  ") + "\n");
    lines.concat()
}

/// The world's columns.
fn columns(face: &Face, scenario: &Scenario) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("column", 24),
            Column::Prose("unit"),
            Column::Prose("year"),
            Column::Wide("source", 32),
        ],
    );
    for figure in &scenario.world.figures {
        let source = if figure.judgement {
            Word::new(Tone::Doubt, format!("judgement: {}", figure.source))
        } else {
            figure.source.as_str().into()
        };
        sheet.row([
            figure.column.as_str().into(),
            figure.unit.as_str().into(),
            figure.year.as_str().into(),
            source,
        ]);
    }
    if sheet.is_empty() {
        String::new()
    } else {
        sheet.text()
    }
}

/// Single figures that carry a source of their own.
fn figures(face: &Face, scenario: &Scenario, detail: Detail) -> String {
    let of_column = |path: &str| path.starts_with("actors.") || path.starts_with("dyads.");
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("figure", 40),
            Column::Number("value"),
            Column::Words("confidence"),
            Column::Wide("source", 26),
        ],
    );
    for (_, info) in scenario.leaves.iter() {
        let of_law = info.path.starts_with("params.") && !info.written;
        let hidden = of_column(&info.path) || (of_law && detail == Detail::Kindred);
        let Some(source) = info.source.as_ref().filter(|_| !hidden) else {
            continue;
        };
        let tone = match info.confidence {
            Confidence::Judgement | Confidence::Low => Tone::Doubt,
            Confidence::High | Confidence::Medium | Confidence::Unstated => Tone::Plain,
        };
        sheet.row([
            info.path.as_str().into(),
            plain(info.value).into(),
            Word::new(tone, phrase::confidence(info.confidence)),
            Word::new(Tone::Faint, source.as_str()),
        ]);
    }
    if sheet.is_empty() {
        String::new()
    } else {
        sheet.text()
    }
}
