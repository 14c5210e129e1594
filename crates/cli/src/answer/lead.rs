//! The answer in a few sentences: where cohesion ends, how far the first proposal gets, who stops it.

use foedera_analysis::blockers;
use foedera_results::{Estimate, digits};

use super::{Answer, course};
use crate::{estimate, face::Face, prose};

/// The sentences, wrapped to the terminal.
pub(super) fn sentences(face: &Face, answer: &Answer<'_>) -> String {
    let text = plain(answer).join(" ");
    if text.is_empty() {
        return String::new();
    }
    format!("\n{}\n", prose::filled(&text, face.width, ""))
}

/// The sentences, one by one.
pub(super) fn plain(answer: &Answer<'_>) -> Vec<String> {
    let all = [cohesion(answer), reach(answer), stopper(answer)];
    all.into_iter().flatten().collect()
}

fn cohesion(answer: &Answer<'_>) -> Option<String> {
    let measure = answer.layout.measure(&answer.leading)?;
    let points = &answer.series.first()?[measure];
    let start = points.iter().flatten().next()?;
    let end = points.iter().rev().flatten().next()?;
    let apart = start.mean.high < end.mean.low || end.mean.high < start.mean.low;
    let [low, _, middle, _, high] = &end.quantiles;
    let error = [low, middle, high]
        .map(Estimate::half_width)
        .into_iter()
        .fold(0.0, f64::max);
    let from = estimate::deserved(start.mean.value, error);
    let course = match (apart, end.mean.value > start.mean.value) {
        (false, _) => "ends where it started, at".to_owned(),
        (true, true) => format!("rises from {from} to"),
        (true, false) => format!("falls from {from} to"),
    };
    let [low, middle, high] = [low, middle, high].map(|of| estimate::deserved(of.value, error));
    Some(format!(
        "{} {course} {middle} in the median history; nine of ten end between {low} and {high}.",
        course::title(answer, measure),
    ))
}

fn reach(answer: &Answer<'_>) -> Option<String> {
    let initiative = answer.layout.initiatives.first()?;
    let decisions = &answer.aggregates.arms.first()?.decisions;
    let first = decisions.ever_adopted(0, 0)?;
    let last = initiative.rungs.len().checked_sub(1)?;
    let mut text = format!(
        "“{}” reaches {} with probability {}",
        initiative.title,
        initiative.rungs[0].id,
        digits::share(&first)
    );
    if last > 0 {
        let deepest = decisions.ever_adopted(0, last)?;
        text += &format!(
            ", {} with {}",
            initiative.rungs[last].id,
            digits::share(&deepest)
        );
    }
    Some(text + ".")
}

fn stopper(answer: &Answer<'_>) -> Option<String> {
    let decisions = &answer.aggregates.arms.first()?.decisions;
    let ranked = blockers::ranked(decisions, 0);
    let leaders: Vec<_> = ranked
        .iter()
        .filter(|one| one.rank == 1 && one.share.value > 0.0)
        .collect();
    let top = leaders.first()?;
    let names: Vec<&str> = leaders
        .iter()
        .map(|one| answer.layout.actors[one.actor].id.as_str())
        .collect();
    let term = top.terms.first().map(|(term, share)| {
        format!(
            ", over {} in {} of its blocks",
            answer.layout.terms[*term],
            estimate::value(share)
        )
    });
    if leaders.len() > 1 {
        return Some(format!(
            "It is blocked most by {} (cannot be told apart), each at about {} of its tablings.",
            names.join(" and "),
            estimate::value(&top.share)
        ));
    }
    Some(format!(
        "It is blocked most by {}: at {} of its tablings{}.",
        names[0],
        digits::share(&top.share),
        term.unwrap_or_default()
    ))
}
