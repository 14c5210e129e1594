//! Outcomes: probabilities with Wilson intervals, means and quantiles with theirs.
//!
//! Each line has the name that the outcome has in the tables, one line each.

use foedera_results::{
    Estimate, digits,
    histogram::{BINS, Scale},
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
const BAR: usize = 16;
/// Cells of a small density.
const CELLS: usize = 6;

/// Truth values, and whether timed events happen at all.
pub(super) fn how_likely(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("outcome", 44),
            Column::Number("probability"),
            Column::Words("0 to 1"),
        ],
    );
    for (column, tally) in outcomes(answer, arm) {
        let (name, share) = match column.kind {
            OutcomeKind::Truth => (column.name.clone(), tally.estimate(column.kind)),
            OutcomeKind::Time => (format!("{}: ever", column.name), tally.presence()),
            OutcomeKind::Count | OutcomeKind::Number => continue,
        };
        let Some(share) = share else { continue };
        sheet.row([
            name.into(),
            Word::new(Tone::Strong, digits::share(&share)),
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
            Column::Wide("outcome", 28),
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
        let Some(mean) = tally.mean() else { continue };
        let mean = tally
            .estimate(column.kind)
            .map_or_else(|| digits::plain(mean, 4), |of| digits::estimate(&of));
        let quantile = |level| {
            tally
                .quantile(column, level)
                .map_or_else(|| "–".to_owned(), |of| end(&of, column))
        };
        sheet.row([
            with_unit(column).into(),
            Word::new(Tone::Strong, mean),
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

/// A quantile with its interval, which holds what its histogram lost; whole numbers stay whole, and where the
/// replicates are too few to bound it on one side, the other side is told.
fn end(of: &Estimate, column: &OutcomeColumn) -> String {
    if column.kind == OutcomeKind::Count {
        let whole = format!("{:.0}", of.value);
        return match (of.low.is_finite(), of.high.is_finite()) {
            (true, true) if of.low < of.high => format!("{whole} ({:.0}–{:.0})", of.low, of.high),
            (true, true) => whole,
            (true, false) => format!("≥ {:.0}", of.low),
            (false, _) => format!("≤ {:.0}", of.high),
        };
    }
    // One bin cannot be told from the next: the interval reaches to their edges.
    let resolution = (column.high - column.low) / f64::from(BINS);
    match (of.low.is_finite(), of.high.is_finite()) {
        // Three of them stand in a line: no room for spaces.
        (true, true) => digits::with_error(of.value, of.half_width()).replace(" ± ", "±"),
        (true, false) => format!("≥ {}", estimate::deserved(of.low, resolution)),
        (false, true) => format!("≤ {}", estimate::deserved(of.high, resolution)),
        (false, false) => "–".to_owned(),
    }
}

/// The name with its unit, short: labels of indices explain their base elsewhere.
fn with_unit(column: &OutcomeColumn) -> String {
    let unit = column.unit.split(',').next().unwrap_or_default();
    match (unit.is_empty(), column.kind) {
        (true, _) => column.name.clone(),
        (false, OutcomeKind::Time) => format!("{} [{unit}, if ever]", column.name),
        (false, _) => format!("{} [{unit}]", column.name),
    }
}

/// The shape of the distribution between its extremes.
fn density(column: &OutcomeColumn, tally: &OutcomeTally) -> String {
    let (Some(low), Some(high)) = (tally.min(), tally.max()) else {
        return String::new();
    };
    let bins = tally.histogram().bins(Scale::new(column.low, column.high));
    let weighted: Vec<(f64, f64)> = bins
        .map(|(from, to, n)| (f64::midpoint(from, to).clamp(low, high), f64::from(n)))
        .collect();
    spark::histogram(&weighted, (low, high), CELLS)
}
