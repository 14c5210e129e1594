//! The answer in a few sentences: where cohesion ends, how far the first proposal gets, who stops it.

use super::{Answer, course};
use crate::{blockers, estimate, face::Face};

/// The sentences, wrapped to the terminal.
pub(super) fn sentences(face: &Face, answer: &Answer<'_>) -> String {
    let all = [cohesion(answer), reach(answer), stopper(answer)];
    let text = all.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return String::new();
    }
    format!("\n{}\n", filled(&text, face.width))
}

fn cohesion(answer: &Answer<'_>) -> Option<String> {
    let measure = answer.layout.measure(&answer.leading)?;
    let points = &answer.series.first()?[measure];
    let start = points.iter().flatten().next()?;
    let end = points.iter().rev().flatten().next()?;
    let change = end.mean.value - start.mean.value;
    let apart = start.mean.high < end.mean.low || end.mean.high < start.mean.low;
    let verb = match (apart, change > 0.0) {
        (false, _) => "stays at",
        (true, true) => "rises to",
        (true, false) => "falls to",
    };
    let [low, _, middle, _, high] = &end.quantiles;
    Some(format!(
        "{} {verb} {} in the median of all histories ({} in nine of ten), from {}.",
        course::title(answer, measure),
        estimate::value(middle),
        estimate::span(low, high),
        estimate::value(&start.mean),
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
        estimate::probability(&first)
    );
    if last > 0 {
        let deepest = decisions.ever_adopted(0, last)?;
        text += &format!(
            ", {} with {}",
            initiative.rungs[last].id,
            estimate::probability(&deepest)
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
        estimate::probability(&top.share),
        term.unwrap_or_default()
    ))
}

/// Words in lines of a width.
fn filled(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fill_lines() {
        assert_eq!(filled("one two  three four", 9), "one two\nthree\nfour");
        assert_eq!(filled("", 9), "");
    }
}
