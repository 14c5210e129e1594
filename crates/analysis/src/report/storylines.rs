//! Storylines: a few real histories side by side, with what happens in each.

use foedera_results::layout::StepDate;

use super::{Block, Chart, Section, Table};
use crate::figure::{
    Caption,
    lanes::{self, Kind, Lane, Lanes, Sign},
};

/// One event of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Step.
    pub step: usize,
    /// Its kind, as the tables name it.
    pub kind: String,
    /// What happens, as a sentence.
    pub sentence: String,
}

/// One history.
#[derive(Debug, Clone)]
pub struct History {
    /// Its number.
    pub replicate: u64,
    /// What it stands for: `a low end`.
    pub stands_for: String,
    /// How it ends, as a phrase.
    pub end: String,
    /// What happens, in order.
    pub events: Vec<Event>,
    /// The story for reading, as date and sentence: what repeats is told once.
    pub story: Vec<(String, String)>,
}

/// Signs of kinds; others are not drawn.
const SIGNS: [(&str, char, &str); 6] = [
    ("adopted", '●', "a rung is adopted"),
    ("shock", '▲', "a shock"),
    ("status", '◆', "a seat changes"),
    ("policy", '■', "a policy takes effect"),
    ("abandoned", '○', "work is given up"),
    ("deployed", '★', "forces are sent"),
];

/// The section; `None` without histories.
#[must_use]
pub fn section(histories: &[History], steps: &[StepDate], caption: Caption<'_>) -> Option<Section> {
    let kinds: Vec<Kind> = SIGNS
        .iter()
        .map(|(_, sign, meaning)| Kind {
            sign: *sign,
            meaning: (*meaning).to_owned(),
        })
        .collect();
    let lanes: Vec<Lane> = histories.iter().map(lane).collect();
    let title = finding(histories)?;
    let figure = lanes::draw(&Lanes {
        title: &title,
        steps,
        kinds: &kinds,
        lanes: &lanes,
        caption,
    })?;
    let mut table = Table::new(["#history", "date", "kind", "what happens"]);
    for history in histories {
        // Refusals and holdings repeat for years: the stories below tell them once.
        let told = |event: &&Event| !matches!(event.kind.as_str(), "blocked" | "held");
        for event in history.events.iter().filter(told) {
            let date = steps.get(event.step).map_or_else(String::new, |date| {
                format!("{}-{:02}", date.year, date.month)
            });
            table.row([
                history.replicate.to_string(),
                date,
                event.kind.clone(),
                event.sentence.clone(),
            ]);
        }
    }
    let mut blocks = vec![Block::Chart(Box::new(Chart {
        id: "histories".to_owned(),
        figure,
        table,
    }))];
    for history in histories {
        let mut story = Table::new(["date", "what happens"]);
        for (date, sentence) in &history.story {
            story.row([date.clone(), sentence.clone()]);
        }
        let what = format!(
            "History {}, {}: {}",
            history.replicate, history.stands_for, history.end
        );
        blocks.push(Block::More(what.clone(), vec![Block::Table(what, story)]));
    }
    Some(Section {
        id: "storylines",
        title: "Storylines",
        blocks,
    })
}

fn lane(history: &History) -> Lane {
    let sign = |event: &Event| {
        let kind = SIGNS.iter().position(|(kind, _, _)| *kind == event.kind)?;
        Some(Sign {
            step: event.step,
            kind,
            hint: event.sentence.clone(),
        })
    };
    Lane {
        name: format!(
            "№ {}, {}: {}",
            history.replicate, history.stands_for, history.end
        ),
        signs: history.events.iter().filter_map(sign).collect(),
    }
}

/// How many adoptions the histories see, as a sentence.
fn finding(histories: &[History]) -> Option<String> {
    let adoptions = |history: &History| {
        history
            .events
            .iter()
            .filter(|event| event.kind == "adopted")
            .count()
    };
    let least = histories.iter().map(adoptions).min()?;
    let most = histories.iter().map(adoptions).max()?;
    let n = histories.len();
    Some(if least == most {
        format!("{n} real histories, each with {most} adoptions, that end far apart")
    } else {
        format!(
            "{n} real histories from the low to the high end: between {least} and {most} adoptions"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_repeat_is_in_the_data() {
        let steps: Vec<StepDate> = (0..3)
            .map(|y| StepDate {
                year: 2008 + y,
                month: 1,
            })
            .collect();
        let event = |kind: &str| Event {
            step: 1,
            kind: kind.to_owned(),
            sentence: format!("It is {kind}."),
        };
        let history = |replicate, kinds: &[&str]| History {
            replicate,
            stands_for: "the middle".to_owned(),
            end: "0.5".to_owned(),
            events: kinds.iter().map(|kind| event(kind)).collect(),
            story: vec![("2009-01".to_owned(), "It is so.".to_owned())],
        };
        let all = [history(7, &["adopted", "blocked"]), history(9, &["shock"])];
        let caption = Caption {
            source: "seed 1",
            policy: None,
        };
        let section = section(&all, &steps, caption).expect("there are histories");
        let [Block::Chart(chart), Block::More(first, _), Block::More(..)] =
            section.blocks.as_slice()
        else {
            panic!("a chart and two stories");
        };
        assert_eq!(chart.table.rows.len(), 2);
        assert_eq!(
            chart.figure.title,
            "2 real histories from the low to the high end: between 0 and 1 adoptions"
        );
        assert!(first.starts_with("History 7"));
    }
}
