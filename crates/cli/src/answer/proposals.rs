//! What was adopted, how far, who stood in the way, and what a policy changes.

use foedera_analysis::blockers::{self, Blocker};
use foedera_results::digits;

use super::{Answer, heading};
use crate::{
    face::Face,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Blockers shown for the first initiative; `foedera why` shows all.
const BLOCKERS: usize = 3;
/// Cells of a probability's bar.
const BAR: usize = 16;

/// The first initiative in full, then every other one on a line.
pub(super) fn ladders(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let n = answer.layout.initiatives.len();
    if n == 0 {
        return String::new();
    }
    let mut text = heading(face, "How far it gets, and who stops it");
    text += &ladder(face, answer, arm, 0);
    if n > 1 {
        text += &heading(face, "The other initiatives");
        text += &overview(face, answer, arm);
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
        return text + "  never tabled\n";
    }
    let mut sheet = Sheet::new(
        face,
        [Column::Wide("", 44), Column::Number(""), Column::Words("")],
    );
    for (rung, name) in initiative.rungs.iter().enumerate() {
        let Some(reached) = decisions.ever_adopted(idx, rung) else {
            continue;
        };
        sheet.row([
            format!("{} reaches {}", rung + 1, name.id).into(),
            Word::new(Tone::Strong, digits::share(&reached)),
            Word::new(
                Tone::Picture,
                format!("▕{}▏", spark::share(reached.value, BAR)),
            ),
        ]);
    }
    text += &sheet.text();
    let ranked = blockers::ranked(decisions, idx);
    for blocker in ranked.iter().take(BLOCKERS) {
        text += &format!(
            "  {} blocks {} of its tablings{}\n",
            face.paint.strong(&answer.layout.actors[blocker.actor].id),
            digits::share(&blocker.share),
            over(answer, blocker)
        );
    }
    if ranked.is_empty() {
        text += "  nobody blocks it\n";
    }
    text
}

/// The term that decides most of a blocker's refusals.
fn over(answer: &Answer<'_>, blocker: &Blocker) -> String {
    let share = |(term, share): &(usize, _)| {
        format!(
            ", over {} in {} of them",
            answer.layout.terms[*term],
            digits::share(share)
        )
    };
    blocker.terms.first().map(share).unwrap_or_default()
}

fn overview(face: &Face, answer: &Answer<'_>, arm: usize) -> String {
    let decisions = &answer.aggregates.arms[arm].decisions;
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("initiative"),
            Column::Number("first rung"),
            Column::Number("last rung"),
            Column::Words("ladder"),
            Column::Prose("blocked most by, share of tablings"),
        ],
    );
    for (idx, initiative) in answer.layout.initiatives.iter().enumerate().skip(1) {
        let reached: Vec<_> = (0..initiative.rungs.len())
            .filter_map(|rung| decisions.ever_adopted(idx, rung))
            .collect();
        let shares: Vec<f64> = reached.iter().map(|of| of.value).collect();
        let value = |of: Option<&foedera_results::Estimate>| {
            of.map_or_else(|| "–".to_owned(), digits::short_share)
        };
        let id = Word::new(Tone::Strong, initiative.id.as_str());
        if decisions.initiatives[idx].tabled.sum == 0 {
            sheet.row([id, "–".into(), "–".into(), "".into(), "never tabled".into()]);
            continue;
        }
        sheet.row([
            id,
            value(reached.first()).into(),
            value(reached.last().filter(|_| reached.len() > 1)).into(),
            Word::new(Tone::Picture, spark::curve(&shares, 0.0, 1.0)),
            leaders(answer, &blockers::ranked(decisions, idx)).into(),
        ]);
    }
    sheet.text()
}

/// Those of the first rank, `A or B 0.93 ± 0.02, over outside`.
fn leaders(answer: &Answer<'_>, ranked: &[Blocker]) -> String {
    let first: Vec<&Blocker> = ranked.iter().take_while(|one| one.rank == 1).collect();
    let Some(top) = first.first() else {
        return "nobody".to_owned();
    };
    let names: Vec<&str> = first
        .iter()
        .map(|one| answer.layout.actors[one.actor].id.as_str())
        .collect();
    let term = match (first.len(), top.terms.first()) {
        (1, Some((term, _))) => format!(", over {}", answer.layout.terms[*term]),
        _ => String::new(),
    };
    format!(
        "{} {}{term}",
        names.join(" or "),
        digits::short_share(&top.share)
    )
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
            Column::Wide("outcome", 40),
            Column::Words("difference of the means"),
        ],
    );
    for (column, pair) in answer.layout.outcomes.iter().zip(pairs) {
        let Some(difference) = pair.difference_of(column.kind) else {
            continue;
        };
        let tone = if difference.includes_zero() {
            Tone::Faint
        } else {
            Tone::Strong
        };
        sheet.row([
            column.name.as_str().into(),
            Word::new(tone, digits::difference(&difference)),
        ]);
    }
    let base = &answer.layout.arms[0].id;
    heading(
        face,
        &format!("Against {base}, in the same replicates (± 95 % interval)"),
    ) + &sheet.text()
}
