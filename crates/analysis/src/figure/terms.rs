//! Terms: over what those who block most do so, as bars of the share of tablings they block, parted by deciding term.

use foedera_results::{Layout, decision::DecisionTallies, digits};

use super::{
    Caption, Figure,
    axis::ticks,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, WIDTH, shortened, small},
    palette::{COLOURS, PAPER},
    short,
};
use crate::blockers::{Blocker, ranked};

/// Bars, at most.
const BARS_MAX: usize = 10;
/// Blockers of one initiative, at most.
const PER_INITIATIVE: usize = 3;
/// Height of a row [px].
const ROW: f64 = 26.0;
/// Space for the names [px].
const NAMES: f64 = 220.0;
/// Space for the numbers [px].
const NUMBERS: f64 = 150.0;
/// Letters of a name.
const NAME_LETTERS: usize = 32;
/// Width of a letter, about [px].
const LETTER: f64 = 6.2;

/// What the bars are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// What the columns are.
    pub layout: &'a Layout,
    /// Decisions under one arm.
    pub decisions: &'a DecisionTallies,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// One bar: initiative and who blocks it.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Index of the initiative.
    pub initiative: usize,
    /// Who blocks it.
    pub blocker: Blocker,
}

/// The bars that are shown: the three who block most of each initiative, the largest shares first.
#[must_use]
pub fn bars(decisions: &DecisionTallies) -> Vec<Bar> {
    let mut bars: Vec<Bar> = (0..decisions.initiatives.len())
        .flat_map(|initiative| {
            let ranked = ranked(decisions, initiative)
                .into_iter()
                .take(PER_INITIATIVE);
            ranked.map(move |blocker| Bar {
                initiative,
                blocker,
            })
        })
        .collect();
    bars.sort_by(|one, other| {
        let by_share = other
            .blocker
            .share
            .value
            .total_cmp(&one.blocker.share.value);
        by_share
            .then((one.initiative, one.blocker.actor).cmp(&(other.initiative, other.blocker.actor)))
    });
    bars.truncate(BARS_MAX);
    bars
}

/// Draws the bars; `None` if nobody blocks anything.
#[must_use]
pub fn draw(terms: &Terms<'_>) -> Option<Figure> {
    let bars = bars(terms.decisions);
    let title = finding(terms, bars.first()?);
    let mut drawing = Drawing::new(&title);
    let top = drawing.top + 8.0;
    let bottom = top + ROW * bars.len() as f64;
    let most = bars
        .iter()
        .map(|bar| bar.blocker.share.value)
        .fold(0.05, f64::max);
    let x = |value: f64| NAMES + (WIDTH - NAMES - NUMBERS) * value / most;
    let (numbers, _) = ticks(0.0, most);
    for value in numbers {
        drawing.line((x(value), top), (x(value), bottom), GRID);
        let text = format!("{:.0} %", 100.0 * value);
        drawing.words(
            (x(value), bottom + 15.0),
            small(FAINT, Anchor::Middle),
            &text,
        );
    }
    for (idx, bar) in bars.iter().enumerate() {
        let y = top + ROW * idx as f64;
        let name = shortened(&label(terms.layout, bar), NAME_LETTERS);
        drawing.words((NAMES - 10.0, y + 17.0), small(INK, Anchor::End), &name);
        parts(&mut drawing, terms.layout, bar, y, &x);
        let share = digits::share(&bar.blocker.share);
        drawing.words(
            (WIDTH - NUMBERS + 8.0, y + 17.0),
            small(INK, Anchor::Start),
            &share,
        );
    }
    let legend = "length: share of an initiative's tablings that the actor blocks; parts: the term that decided";
    let description = format!("{title}. {legend}. {}", in_words(terms, &bars));
    Some(drawing.figure(bottom + 18.0, title, legend, description, &terms.caption))
}

/// `ACTOR on initiative`.
fn label(layout: &Layout, bar: &Bar) -> String {
    let (actor, initiative) = (
        &layout.actors[bar.blocker.actor],
        &layout.initiatives[bar.initiative],
    );
    format!("{} on {}", actor.id, initiative.id)
}

/// Paints the parts of a bar, each with its name if there is room.
fn parts(drawing: &mut Drawing, layout: &Layout, bar: &Bar, y: f64, x: &impl Fn(f64) -> f64) {
    let mut from = 0.0;
    for (term, share) in &bar.blocker.terms {
        let part = bar.blocker.share.value * share.value;
        let (left, right) = (x(from), x(from + part));
        from += part;
        let name = &layout.terms[*term];
        drawing.open(&format!(
            "{}: {name} in {} of its blocks",
            label(layout, bar),
            short(share)
        ));
        drawing.square(
            (left, y + 4.0),
            ((right - left - 1.0).max(0.5), ROW - 7.0),
            COLOURS[*term % COLOURS.len()],
        );
        if LETTER * (name.chars().count() as f64 + 1.0) < right - left {
            let place = (f64::midpoint(left, right), y + 17.0);
            drawing.words(place, small(PAPER, Anchor::Middle), name);
        }
        drawing.close();
    }
}

/// Over what the first of them blocks, as a sentence.
fn finding(terms: &Terms<'_>, bar: &Bar) -> String {
    let layout = terms.layout;
    let name = &layout.actors[bar.blocker.actor].title;
    let title = &layout.initiatives[bar.initiative].title;
    let over = bar.blocker.terms.first().map(|(term, share)| {
        let term = &layout.terms[*term];
        format!(" over {term} in {} of its blocks", short(share))
    });
    format!("{name} blocks “{title}”{}", over.unwrap_or_default())
}

fn in_words(terms: &Terms<'_>, bars: &[Bar]) -> String {
    let sentences: Vec<String> = bars
        .iter()
        .map(|bar| {
            let over: Vec<String> = bar
                .blocker
                .terms
                .iter()
                .map(|(term, share)| format!("{} {}", terms.layout.terms[*term], short(share)))
                .collect();
            let share = short(&bar.blocker.share);
            format!("{} {share}: {}.", label(terms.layout, bar), over.join(", "))
        })
        .collect();
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use foedera_results::{
        layout::{InitiativeColumn, Name, StepDate},
        record::DecisionRow,
    };

    use super::*;

    #[test]
    fn a_bar_is_parted_by_what_decided() {
        let layout = Layout {
            arms: vec![Name::new("base", "Base case")],
            inputs: Vec::new(),
            outcomes: Vec::new(),
            measures: Vec::new(),
            steps: vec![StepDate {
                year: 2008,
                month: 1,
            }],
            initiatives: vec![InitiativeColumn {
                id: "link".to_owned(),
                title: "A link".to_owned(),
                rungs: vec![Name::new("mou", "Memorandum")],
            }],
            actors: vec![Name::new("A", "Arcadia"), Name::new("B", "Borduria")],
            terms: vec!["trade".to_owned(), "autonomy".to_owned()],
            event_kinds: Vec::new(),
            fault_kinds: Vec::new(),
            labels: Vec::new(),
        };
        let mut decisions = DecisionTallies::new(&layout);
        for lane in 0..100 {
            let row = DecisionRow {
                lane,
                step: 0,
                initiative: 0,
                adopted: None,
                blockers: vec![(1, u32::from(lane < 80))],
                pivotal: None,
            };
            decisions.add_replicate(&layout, &[row]);
        }
        let caption = Caption {
            source: "100 replicates",
            policy: None,
        };
        let terms = Terms {
            layout: &layout,
            decisions: &decisions,
            caption,
        };
        let figure = draw(&terms).expect("somebody blocks");
        assert_eq!(
            figure.title,
            "Borduria blocks “A link” over autonomy in 0.80 of its blocks"
        );
        assert!(figure.description.contains("autonomy 0.80, trade 0.20"));
        let nothing = DecisionTallies::new(&layout);
        assert_eq!(
            draw(&Terms {
                decisions: &nothing,
                ..terms
            }),
            None
        );
    }
}
