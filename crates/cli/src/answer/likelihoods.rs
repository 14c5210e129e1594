//! Outcomes: probabilities with Wilson intervals, amounts with standard errors and quantiles.

use foedera_results::{
    Estimate, digits,
    histogram::Scale,
    layout::{OutcomeColumn, OutcomeKind},
    outcome::OutcomeTally,
};

use super::{Answer, heading};
use crate::{
    estimate,
    face::Face,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Cells of a probability's bar.
const BAR: usize = 20;
/// Cells of a small density.
const CELLS: usize = 16;

/// Truth values, and whether timed events happen at all.
pub(super) fn how_likely(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("how likely"),
            Column::Number("probability"),
            Column::Words("0 – 1"),
        ],
    );
    for (column, tally) in outcomes(answer, arm) {
        let (label, share) = match column.kind {
            OutcomeKind::Truth => (column.label.clone(), tally.estimate(column.kind)),
            OutcomeKind::Time => (happens(&column.label), tally.presence()),
            OutcomeKind::Count | OutcomeKind::Number => continue,
        };
        let Some(share) = share else { continue };
        sheet.row([
            label.into(),
            Word::new(Tone::Strong, estimate::probability(&share)),
            Word::new(
                Tone::Picture,
                format!("▕{}▏", spark::share(share.value, BAR)),
            ),
        ]);
    }
    if sheet.is_empty() {
        String::new()
    } else {
        heading(face, "How likely") + &sheet.text()
    }
}

/// Numbers, counts and times.
pub(super) fn how_much(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("how much"),
            Column::Number("mean"),
            Column::Number("5 %"),
            Column::Number("median"),
            Column::Number("95 %"),
            Column::Words("spread"),
        ],
    );
    for (column, tally) in outcomes(answer, arm) {
        if column.kind == OutcomeKind::Truth {
            continue;
        }
        let (Some(mean), Some(error)) = (tally.mean(), tally.standard_error()) else {
            continue;
        };
        let quantile = |level| {
            tally
                .quantile(column, level)
                .map_or_else(|| "–".to_owned(), |of| end(&of, column.kind))
        };
        sheet.row([
            with_unit(column).into(),
            Word::new(Tone::Strong, digits::with_error(mean, error)),
            quantile(0.05).into(),
            quantile(0.5).into(),
            quantile(0.95).into(),
            Word::new(Tone::Picture, density(column, tally)),
        ]);
    }
    if sheet.is_empty() {
        String::new()
    } else {
        heading(face, "How much") + &sheet.text()
    }
}

fn outcomes<'a>(
    answer: &'a Answer<'_>,
    arm: usize,
) -> impl Iterator<Item = (&'a OutcomeColumn, &'a OutcomeTally)> {
    answer
        .layout
        .outcomes
        .iter()
        .zip(&answer.aggregates.arms[arm].outcomes)
}

/// A quantile; whole numbers stay whole.
fn end(of: &Estimate, kind: OutcomeKind) -> String {
    if kind == OutcomeKind::Count {
        format!("{:.0}", of.value)
    } else {
        estimate::value(of)
    }
}

fn with_unit(column: &OutcomeColumn) -> String {
    match (column.unit.is_empty(), column.kind) {
        (true, _) => column.label.clone(),
        (false, OutcomeKind::Time) => format!("{}, if it happens [{}]", column.label, column.unit),
        (false, _) => format!("{} [{}]", column.label, column.unit),
    }
}

/// What a time is the time of.
fn happens(label: &str) -> String {
    format!("{label}: happens at all")
}

/// The shape of the distribution between its extremes.
fn density(column: &OutcomeColumn, tally: &OutcomeTally) -> String {
    let (Some(low), Some(high)) = (tally.min(), tally.max()) else {
        return String::new();
    };
    let cells = f64::from(u16::try_from(CELLS).unwrap_or(u16::MAX));
    let mut weights = vec![0.0; CELLS];
    for (from, to, count) in tally.histogram().bins(Scale::new(column.low, column.high)) {
        let middle = f64::midpoint(from, to).clamp(low, high);
        let place = if high > low {
            (middle - low) / (high - low) * cells
        } else {
            cells / 2.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the cast saturates, and the picture has few cells"
        )]
        let cell = (place as usize).min(CELLS - 1);
        weights[cell] += f64::from(count);
    }
    spark::density(&weights)
}
