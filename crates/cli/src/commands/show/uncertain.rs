//! What is not known: each uncertain input with its distribution drawn, kindred ones on one line.

use std::collections::BTreeMap;

use foedera_scenario::{Scenario, Uncertainty};

use super::heading;
use crate::{
    face::Face,
    number::plain,
    phrase, prose,
    sheet::{Column, Sheet, Tone, Word},
    spark, work,
};

/// Cells of the small picture.
const CELLS: usize = 14;
/// Quantiles that the picture is made of.
const DRAWS: u16 = 400;

/// Whether kindred inputs share a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// One line for all that differ in one name and are given in the same words.
    Kindred,
    /// A line for each.
    Each,
}

/// Uncertain inputs and their correlations.
pub(super) fn inputs(face: &Face, scenario: &Scenario, detail: Detail) -> String {
    if scenario.uncertainties.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("uncertain input", 34),
            Column::Number("5 %"),
            Column::Words(""),
            Column::Number("50 %"),
            Column::Number("95 %"),
            Column::Prose("given as"),
        ],
    );
    for (pattern, members) in kinds(scenario, detail) {
        sheet.row(row(scenario, &pattern, &members));
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
    let sampler = foedera_ensemble::Sampler::new(scenario, 1);
    if let Some(doubt) = work::contradictions(scenario, sampler.repairs()) {
        text += &prose::filled(&format!("warning: {doubt}"), face.width, "  ");
        text.push('\n');
    }
    if detail == Detail::Kindred {
        text += &format!("  {}\n", face.paint.faint("show --all lists each of them"));
    }
    text
}

/// Inputs by pattern, in the order in which the first of each kind comes.
fn kinds(scenario: &Scenario, detail: Detail) -> Vec<(String, Vec<&Uncertainty>)> {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut kinds: Vec<(String, Vec<&Uncertainty>)> = Vec::new();
    for uncertainty in &scenario.uncertainties {
        let path = &scenario.leaves.info(uncertainty.leaf).path;
        let pattern = if detail == Detail::Each {
            path.clone()
        } else {
            pattern(path)
        };
        let key = (
            pattern.clone(),
            phrase::distribution(&uncertainty.distribution),
        );
        let place = *places.entry(key).or_insert_with(|| {
            kinds.push((pattern, Vec::new()));
            kinds.len() - 1
        });
        kinds[place].1.push(uncertainty);
    }
    kinds
}

/// A path without the name of the thing it belongs to, `actors.*.autonomy`; parameters by mechanism.
pub(in crate::commands) fn pattern(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["params", mechanism, ..] => format!("params.{mechanism}.*"),
        [table, _, rest @ ..] if !rest.is_empty() => format!("{table}.*.{}", rest.join(".")),
        _ => path.to_owned(),
    }
}

fn row(scenario: &Scenario, pattern: &str, members: &[&Uncertainty]) -> Vec<Word> {
    let given = |of: &Uncertainty| phrase::distribution(&of.distribution);
    if let [one] = members {
        let info = scenario.leaves.info(one.leaf);
        let quantile = |p: f64| foedera_ensemble::quantile(&one.distribution, info, p);
        return vec![
            info.path.as_str().into(),
            plain(quantile(0.05)).into(),
            Word::new(Tone::Picture, picture(quantile)),
            plain(quantile(0.5)).into(),
            plain(quantile(0.95)).into(),
            given(one).into(),
        ];
    }
    let first = members.first().map(|one| given(one)).unwrap_or_default();
    let count = format!("{} inputs", members.len());
    let blank = || Word::from("");
    vec![
        pattern.into(),
        blank(),
        Word::new(Tone::Faint, count),
        blank(),
        blank(),
        first.into(),
    ]
}

/// The density between the 1 % and the 99 % quantile, from equally likely draws.
fn picture(quantile: impl Fn(f64) -> f64) -> String {
    let (low, high) = (quantile(0.01), quantile(0.99));
    let draws = (0..DRAWS).map(|draw| quantile((f64::from(draw) + 0.5) / f64::from(DRAWS)));
    let weighted: Vec<(f64, f64)> = draws.map(|value| (value, 1.0)).collect();
    spark::histogram(&weighted, (low, high), CELLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kindred_paths_share_a_pattern() {
        assert_eq!(
            pattern("actors.XX.salience.trade"),
            "actors.*.salience.trade"
        );
        assert_eq!(pattern("params.energy.weight"), "params.energy.*");
        assert_eq!(pattern("drivers.oil.volatility"), "drivers.*.volatility");
        assert_eq!(pattern("focus"), "focus");
    }

    #[test]
    fn a_uniform_density_is_level() {
        let level = picture(|p| p);
        assert_eq!(level.chars().count(), CELLS);
        assert!(level.chars().all(|c| matches!(c, '▇' | '█')), "{level}");
    }
}
