//! What the design of a run makes of its error: means with the interval that the draws deserve.

use foedera_analysis::by_design::{self, From, Mean};
use foedera_results::{digits, layout::OutcomeKind};
use serde_json::{Value, json};

use super::{Answer, heading};
use crate::{
    face::Face,
    failure::Failure,
    number,
    sheet::{Column, Sheet},
};

/// Mean of each outcome under one arm, by outcome; none where the design has none.
pub(super) type Means = Vec<Vec<Option<Mean>>>;

/// Reads the means from `runs.parquet`; `None` if replicates are independent, so that the tables hold them already.
///
/// # Errors
/// If the table is missing or broken.
pub(super) fn means(answer: &Answer<'_>) -> Result<Option<Means>, Failure> {
    let design = &answer.results.manifest.origin.design;
    if design.is_default() {
        return Ok(None);
    }
    let layout = answer.layout;
    let mut names = vec!["replicate", "policy"];
    names.extend(layout.outcomes.iter().map(|column| column.name.as_str()));
    let columns = answer.results.columns("runs", &names)?;
    let replicates = columns[0].numbers().unwrap_or_default();
    let arms = columns[1].names().unwrap_or_default();
    let of = |arm: usize, outcome: usize| {
        let id = &layout.arms[arm].id;
        let values = columns[2 + outcome].numbers().unwrap_or_default();
        let rows = replicates.iter().zip(arms).zip(values);
        let own = rows.filter(|((_, name), _)| *name == id);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "numbers of replicates are whole"
        )]
        let own = own.map(|((replicate, _), value)| (*replicate as u64, *value));
        match layout.outcomes[outcome].kind {
            OutcomeKind::Truth => by_design::share(own, design),
            _ => by_design::mean(own, design),
        }
    };
    let outcomes = 0..layout.outcomes.len();
    let of_arm = |arm| outcomes.clone().map(|outcome| of(arm, outcome)).collect();
    Ok(Some((0..layout.arms.len()).map(of_arm).collect()))
}

/// The section of one arm.
pub(super) fn section(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let Some(means) = &answer.means else {
        return String::new();
    };
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("mean", 44),
            Column::Words("with its 95 % interval"),
        ],
    );
    let mut from = None;
    for (column, mean) in answer.layout.outcomes.iter().zip(&means[arm]) {
        if let Some(mean) = mean {
            from = Some(mean.from);
            let text = match column.kind {
                OutcomeKind::Truth => digits::share(&mean.estimate),
                _ => digits::with_interval(&mean.estimate),
            };
            sheet.row([column.label.as_str().into(), text.into()]);
        }
    }
    if sheet.is_empty() {
        return String::new();
    }
    let design = &answer.results.manifest.origin.design;
    let points = number::count(answer.results.manifest.completed.div_ceil(design.per_point));
    let why = match from {
        Some(From::Points) => format!(
            "from {points} draws of the inputs: replicates of one draw are no independent trials, and the other tables \
             take them for that"
        ),
        Some(From::Copies) => format!(
            "from {} independent copies of the design; the other tables take replicates for independent, which {}",
            design.copies().unwrap_or(1),
            if design.per_point > 1 {
                "those of one draw are not"
            } else {
                "is too cautious where a design helps"
            }
        ),
        _ => "as if replicates were independent: the true error of a design in one copy is usually smaller, and \
              cannot be told; use --copies 8"
            .to_owned(),
    };
    heading(face, "Means by the design") + &sheet.text() + &face.aside(&why)
}

/// What the numbers of a design that stands for no distribution mean.
pub(super) fn caution(face: &Face, answer: &Answer<'_>) -> String {
    let design = &answer.results.manifest.origin.design;
    let stands = foedera_results::design::Need::Sample;
    match design.require("a mean over all replicates", stands) {
        Ok(()) => String::new(),
        Err(_) => face.aside(
            "every number above is over the points of the design as they were put, and says nothing about how likely \
             they are; `runs.parquet` has each point",
        ),
    }
}

/// One mean as JSON.
pub(super) fn value(answer: &Answer<'_>, arm: usize, outcome: usize) -> Value {
    let mean = answer.means.as_ref().and_then(|means| means[arm][outcome]);
    mean.map_or(Value::Null, |mean| {
        let from = match mean.from {
            From::Replicates => "replicates",
            From::Points => "points",
            From::Copies => "copies",
            From::OneCopy => "one-copy",
        };
        let of = &mean.estimate;
        json!({ "value": of.value, "low": of.low, "high": of.high, "n": of.n, "error_from": from })
    })
}
