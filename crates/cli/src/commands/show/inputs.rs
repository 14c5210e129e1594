//! Where the numbers come from: sources of the scenario, of the world's columns, of single figures.

use std::collections::BTreeMap;

use foedera_scenario::{Confidence, Scenario};

use super::heading;
use crate::{
    face::Face,
    number::{self, plain},
    phrase,
    sheet::{Column, Sheet, Tone, Word},
};

/// Sources with confidence.
pub(super) fn sources(face: &Face, scenario: &Scenario) -> String {
    let mut text = heading(face, "Where the numbers come from");
    text += &summary(scenario);
    for source in &scenario.sources {
        text += &format!("  {}\n", face.paint.faint(source));
    }
    let columns = columns(face, scenario);
    let figures = figures(face, scenario);
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
fn summary(scenario: &Scenario) -> String {
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
    format!(
        "  {} numbers, {} of them written in the files; confidence: {}\n  licences: {}\n",
        number::count(scenario.leaves.len() as u64),
        number::count(written),
        parts.join(", "),
        scenario.world.licence,
    )
}

/// The world's columns.
fn columns(face: &Face, scenario: &Scenario) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("column"),
            Column::Words("unit"),
            Column::Words("year"),
            Column::Prose("source"),
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
fn figures(face: &Face, scenario: &Scenario) -> String {
    let of_column = |path: &str| path.starts_with("actors.") || path.starts_with("dyads.");
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("figure"),
            Column::Number("value"),
            Column::Words("confidence"),
            Column::Prose("source"),
        ],
    );
    for (_, info) in scenario.leaves.iter() {
        let Some(source) = info.source.as_ref().filter(|_| !of_column(&info.path)) else {
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
