//! The course of cohesion: a small fan for the organisation that leads, a curve for the others.

use foedera_results::{layout::StepDate, series::SeriesPoint};

use super::{Answer, heading};
use crate::{
    estimate,
    face::Face,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Cells of a curve.
const CELLS: usize = 60;
/// Dates at which numbers are shown.
const DATES: usize = 4;

/// Cohesion of every organisation at dates, with the leading one as a fan.
pub(super) fn cohesion(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let measures: Vec<usize> = leading_first(answer);
    let Some(&leader) = measures.first() else {
        return String::new();
    };
    let last = answer.layout.steps.len().saturating_sub(1);
    let dates: Vec<usize> = (0..DATES).map(|idx| idx * last / (DATES - 1)).collect();
    let mut columns = vec![Column::Words("")];
    columns.extend([Column::Number(""); DATES]);
    let mut sheet = Sheet::new(face, columns);
    let mut head = vec![Word::new(Tone::Faint, "median, 5 % to 95 %")];
    let named = dates.iter().map(|step| date(answer.layout.steps[*step]));
    head.extend(named.map(|date| Word::new(Tone::Faint, date)));
    sheet.row(head);
    for measure in measures {
        let points = &answer.series[arm][measure];
        let mut row = vec![Word::from(organisation(answer, measure))];
        let cells = dates.iter().map(|step| points[*step].as_ref());
        row.extend(cells.map(|point| Word::from(point.map_or_else(|| "–".to_owned(), cell))));
        sheet.row(row);
    }
    heading(face, "Cohesion over time") + &fan(face, answer, arm, leader) + &sheet.text()
}

/// The title of a measure.
pub(super) fn title(answer: &Answer<'_>, measure: usize) -> String {
    answer.layout.measures[measure].label.clone()
}

/// Measures `cohesion.X`, the leading one first.
fn leading_first(answer: &Answer<'_>) -> Vec<usize> {
    let whole = |name: &str| {
        name.strip_prefix("cohesion.")
            .is_some_and(|rest| !rest.contains('.'))
    };
    let mut found: Vec<usize> = (0..answer.layout.measures.len())
        .filter(|idx| whole(&answer.layout.measures[*idx].name))
        .collect();
    found.sort_by_key(|idx| answer.layout.measures[*idx].name != answer.leading);
    found
}

fn organisation(answer: &Answer<'_>, measure: usize) -> String {
    let name = &answer.layout.measures[measure].name;
    name.strip_prefix("cohesion.").unwrap_or(name).to_owned()
}

/// Three curves on one scale: where one history in twenty lies above, the median, and below.
fn fan(face: &Face, answer: &Answer<'_>, arm: usize, measure: usize) -> String {
    let points = &answer.series[arm][measure];
    let curves: Vec<Vec<f64>> = [4, 2, 0]
        .iter()
        .map(|level| thinned(points, *level))
        .collect();
    let finite = || {
        curves
            .iter()
            .flatten()
            .copied()
            .filter(|value| value.is_finite())
    };
    let (low, high) = (finite().fold(1.0, f64::min), finite().fold(0.0, f64::max));
    let mut text = String::new();
    let name = organisation(answer, measure);
    for (curve, label) in curves.iter().zip(["95 %", "median", "5 %"]) {
        let ends =
            |value: Option<&f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        let owner = if label == "median" { name.as_str() } else { "" };
        text += &format!(
            "  {owner:<8}{:>6}  {:>4} {} {}\n",
            label,
            ends(curve.first()),
            face.paint.picture(&spark::curve(curve, low, high)),
            ends(curve.last()),
        );
    }
    let steps = &answer.layout.steps;
    if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
        let axis = format!(
            "{:<23}{}{}{}",
            "",
            date(*first),
            " ".repeat(CELLS.saturating_sub(14)),
            date(*last)
        );
        text += &format!("{}\n\n", face.paint.faint(&axis));
    }
    text
}

/// One quantile at evenly spaced steps.
fn thinned(points: &[Option<SeriesPoint>], level: usize) -> Vec<f64> {
    let last = points.len().saturating_sub(1);
    (0..CELLS)
        .map(|idx| idx * last / (CELLS - 1))
        .map(|step| {
            points
                .get(step)
                .copied()
                .flatten()
                .map_or(f64::NAN, |at| at.quantiles[level].value)
        })
        .collect()
}

fn cell(point: &SeriesPoint) -> String {
    let [low, _, middle, _, high] = &point.quantiles;
    format!(
        "{} {:.2}–{:.2}",
        estimate::value(middle),
        low.value,
        high.value
    )
}

fn date(step: StepDate) -> String {
    format!("{}-{:02}", step.year, step.month)
}
