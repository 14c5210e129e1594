//! What is not known: each uncertain input with its distribution drawn.

use foedera_scenario::Scenario;

use super::heading;
use crate::{
    face::Face,
    number::plain,
    phrase,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Cells of the small picture.
const CELLS: usize = 16;
/// Quantiles that the picture is made of.
const DRAWS: usize = 400;

/// Uncertain inputs and their correlations.
pub(super) fn inputs(face: &Face, scenario: &Scenario) -> String {
    if scenario.uncertainties.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("uncertain input"),
            Column::Number("base"),
            Column::Number("5 %"),
            Column::Words(""),
            Column::Number("95 %"),
            Column::Prose("given as"),
        ],
    );
    for uncertainty in &scenario.uncertainties {
        let info = scenario.leaves.info(uncertainty.leaf);
        let quantile = |p: f64| foedera_ensemble::quantile(&uncertainty.distribution, info, p);
        let ends = (quantile(0.05), quantile(0.95));
        sheet.row([
            info.path.as_str().into(),
            plain(info.value).into(),
            plain(ends.0).into(),
            Word::new(Tone::Picture, picture(quantile)),
            plain(ends.1).into(),
            phrase::distribution(&uncertainty.distribution).into(),
        ]);
    }
    let mut text = heading(face, "Uncertain inputs") + &sheet.text();
    for correlation in &scenario.correlations {
        let path = |leaf| &scenario.leaves.info(leaf).path;
        text += &format!(
            "  rank correlation {} of {} and {}\n",
            plain(correlation.value),
            path(correlation.first),
            path(correlation.second)
        );
    }
    text
}

/// The density between the 1 % and the 99 % quantile, from equally likely draws.
fn picture(quantile: impl Fn(f64) -> f64) -> String {
    let (low, high) = (quantile(0.01), quantile(0.99));
    let cells = f64::from(u16::try_from(CELLS).unwrap_or(u16::MAX));
    let mut weights = vec![0.0; CELLS];
    let n = f64::from(u16::try_from(DRAWS).unwrap_or(u16::MAX));
    for draw in 0..u16::try_from(DRAWS).unwrap_or(u16::MAX) {
        let value = quantile((f64::from(draw) + 0.5) / n);
        let place = if high > low {
            (value - low) / (high - low) * cells
        } else {
            cells / 2.0
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the cast saturates, and the picture has few cells"
        )]
        let cell = (place as usize).min(CELLS - 1);
        weights[cell] += 1.0;
    }
    spark::density(&weights)
}
