//! What was adopted, how far, who stood in the way, and what a policy changes.

use foedera_results::digits;

use super::{Answer, heading};
use crate::{
    blockers, estimate,
    face::Face,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Blockers shown for each initiative; `foedera why` shows all.
const BLOCKERS: usize = 3;
/// Cells of a probability's bar.
const BAR: usize = 20;

/// Every initiative with the rungs it reaches and its main blockers.
pub(super) fn ladders(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    if answer.layout.initiatives.is_empty() {
        return String::new();
    }
    let mut text = heading(face, "How far the initiatives get, and who stops them");
    for idx in 0..answer.layout.initiatives.len() {
        text += &ladder(face, answer, arm, idx);
    }
    text
}

fn ladder(face: &Face, answer: &Answer<'_>, arm: usize, idx: usize) -> String {
    let decisions = &answer.aggregates.arms[arm].decisions;
    let initiative = &answer.layout.initiatives[idx];
    let mut text = format!(
        "  {}  {}\n",
        face.paint.strong(&initiative.id),
        initiative.title
    );
    if decisions.initiatives[idx].tabled.sum == 0 {
        return text + "    never tabled\n";
    }
    let mut sheet = Sheet::new(
        face,
        [Column::Words(""), Column::Number(""), Column::Words("")],
    );
    for (rung, name) in initiative.rungs.iter().enumerate() {
        let Some(reached) = decisions.ever_adopted(idx, rung) else {
            continue;
        };
        sheet.row([
            format!("  {}", name.id).into(),
            estimate::probability(&reached).into(),
            Word::new(
                Tone::Picture,
                format!("▕{}▏", spark::share(reached.value, BAR)),
            ),
        ]);
    }
    text += &sheet.text();
    let ranked = blockers::ranked(decisions, idx);
    for blocker in ranked.iter().take(BLOCKERS) {
        let term = blocker
            .terms
            .first()
            .map_or_else(String::new, |(term, share)| {
                format!(
                    ", over {} in {} of them",
                    answer.layout.terms[*term],
                    estimate::probability(share)
                )
            });
        text += &format!(
            "    {} blocks {} of tablings{term}\n",
            face.paint.strong(&answer.layout.actors[blocker.actor].id),
            estimate::probability(&blocker.share),
        );
    }
    if ranked.is_empty() {
        text += "    nobody blocks it\n";
    }
    text
}

/// What an arm changes against the first one, replicate by replicate.
pub(super) fn differences(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let Some(pairs) = arm
        .checked_sub(1)
        .and_then(|idx| answer.aggregates.pairs.get(idx))
    else {
        return String::new();
    };
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("outcome"),
            Column::Words("difference of the means"),
        ],
    );
    for (column, pair) in answer.layout.outcomes.iter().zip(pairs) {
        let Some(difference) = pair.difference() else {
            continue;
        };
        let tone = if difference.includes_zero() {
            Tone::Faint
        } else {
            Tone::Strong
        };
        sheet.row([
            column.label.as_str().into(),
            Word::new(tone, digits::difference(&difference)),
        ]);
    }
    let base = &answer.layout.arms[0].id;
    heading(
        face,
        &format!("Against {base}, in the same replicates (± 95 % interval)"),
    ) + &sheet.text()
}
