//! What was adopted: how far each initiative gets, when, and by which way.

use foedera_results::{Layout, decision::DecisionTallies, digits};

use super::{Block, Chart, Section, Table, number};
use crate::figure::{
    Caption,
    adoption::{self, Adoption},
    causes::{self, First, Incidence},
};

/// Initiatives whose curves are shown at once; the others are below.
const SHOWN: usize = 2;

/// How a rung is adopted, by index of the cause.
pub const WAYS: [&str; 3] = [
    "agreed by its parties",
    "after a payment to who blocked",
    "by base rates (model error)",
];

/// What happened to one initiative.
#[derive(Debug, Clone)]
pub struct Course {
    /// Replicates that reached each rung or a deeper one up to each step, `[rung][step]`.
    pub reached: Vec<Vec<u64>>,
    /// First adoptions of any rung, by way.
    pub ways: Vec<First>,
}

/// What the section is made from.
#[derive(Debug, Clone, Copy)]
pub struct Adopted<'a> {
    /// What the columns are.
    pub layout: &'a Layout,
    /// Decisions under the arm.
    pub decisions: &'a DecisionTallies,
    /// What happened to each initiative.
    pub courses: &'a [Course],
    /// What figures say below.
    pub caption: Caption<'a>,
}

/// The section.
#[must_use]
pub fn section(of: &Adopted<'_>) -> Section {
    let tabled: Vec<usize> = (0..of.layout.initiatives.len())
        .filter(|idx| of.decisions.initiatives[*idx].tabled.sum > 0)
        .collect();
    let mut blocks = Vec::new();
    if tabled.is_empty() {
        blocks.push(Block::Text("Nothing was tabled in this run.".to_owned()));
    }
    let mut charts = tabled.iter().map(|idx| charts(of, *idx));
    for chart in charts.by_ref().take(SHOWN).flatten() {
        blocks.push(Block::Chart(Box::new(chart)));
    }
    let others: Vec<Block> = charts
        .flatten()
        .map(|chart| Block::Chart(Box::new(chart)))
        .collect();
    if !tabled.is_empty() {
        blocks.push(Block::Table(
            "How far each initiative gets by the end, with 95 % Wilson intervals; the date by which half of all histories have adopted".to_owned(),
            overview(of),
        ));
    }
    if !others.is_empty() {
        blocks.push(Block::More(
            format!(
                "The courses of the other {} initiatives",
                tabled.len() - SHOWN
            ),
            others,
        ));
    }
    Section {
        id: "adopted",
        title: "What was adopted, how far and when",
        blocks,
    }
}

/// The curves of an initiative by rung, and its bands by way if there is more than one.
fn charts(of: &Adopted<'_>, idx: usize) -> Vec<Chart> {
    let initiative = &of.layout.initiatives[idx];
    let course = &of.courses[idx];
    let n = of.decisions.replicates;
    let mut charts = Vec::new();
    let figure = adoption::draw(&Adoption {
        title: &initiative.title,
        rungs: &initiative.rungs,
        steps: &of.layout.steps,
        reached: &course.reached,
        replicates: n,
        caption: of.caption,
    });
    let rungs: Vec<&str> = initiative
        .rungs
        .iter()
        .map(|rung| rung.id.as_str())
        .collect();
    charts.extend(figure.map(|figure| Chart {
        id: format!("adoption-{}", initiative.id),
        figure,
        table: shares(of.layout, &rungs, &course.reached, n),
    }));
    let causes = WAYS.map(str::to_owned);
    let counts = causes::counted(&course.ways, causes.len(), of.layout.steps.len());
    let several = idx < SHOWN
        && counts
            .iter()
            .filter(|of| of.last().is_some_and(|n| *n > 0))
            .count()
            > 1;
    let figure = several.then(|| {
        causes::draw(&Incidence {
            what: &format!("“{}” is adopted at all", initiative.title),
            causes: &causes,
            steps: &of.layout.steps,
            counts: &counts,
            replicates: n,
            caption: of.caption,
        })
    });
    charts.extend(figure.flatten().map(|figure| Chart {
        id: format!("ways-{}", initiative.id),
        figure,
        table: shares(of.layout, &WAYS, &counts, n),
    }));
    charts
}

/// Shares at each step at which one of them changes, `[curve][step]` as a table.
pub(super) fn shares(layout: &Layout, names: &[&str], counts: &[Vec<u64>], n: u64) -> Table {
    let columns: Vec<String> = names.iter().map(|name| format!("#{name}")).collect();
    let mut table = Table::new(std::iter::once("date").chain(columns.iter().map(String::as_str)));
    let last = layout.steps.len().saturating_sub(1);
    for (step, date) in layout.steps.iter().enumerate() {
        let moved = step == 0 || step == last || counts.iter().any(|of| of[step] != of[step - 1]);
        if !moved {
            continue;
        }
        let mut row = vec![format!("{}-{:02}", date.year, date.month)];
        row.extend(
            counts
                .iter()
                .map(|of| number(of[step] as f64 / n.max(1) as f64)),
        );
        table.row(row);
    }
    table
}

/// Every rung of every initiative.
fn overview(of: &Adopted<'_>) -> Table {
    let mut table = Table::new([
        "initiative",
        "rung",
        "#reached",
        "#interval",
        "#half by",
        "tabled",
    ]);
    for (idx, initiative) in of.layout.initiatives.iter().enumerate() {
        let tally = &of.decisions.initiatives[idx];
        if tally.tabled.sum == 0 {
            let never = ["–", "–", "–", "–", "never"].map(str::to_owned);
            table.row(std::iter::once(initiative.title.clone()).chain(never));
            continue;
        }
        for (rung, name) in initiative.rungs.iter().enumerate() {
            let Some(reached) = of.decisions.ever_adopted(idx, rung) else {
                continue;
            };
            let text = digits::share(&reached);
            let (value, interval) = text.split_once(" (").unwrap_or((&text, ""));
            let interval = interval.trim_end_matches(')');
            let title = if name.title.is_empty() {
                &name.id
            } else {
                &name.title
            };
            table.row([
                if rung == 0 {
                    initiative.title.clone()
                } else {
                    String::new()
                },
                title.clone(),
                value.to_owned(),
                interval.to_owned(),
                half(of, idx, rung),
                if rung == 0 {
                    format!(
                        "in {} of {} histories",
                        tally.replicates_tabled, of.decisions.replicates
                    )
                } else {
                    String::new()
                },
            ]);
        }
    }
    table
}

/// The date by which half of all histories have adopted a rung.
fn half(of: &Adopted<'_>, idx: usize, rung: usize) -> String {
    half_step(&of.courses[idx].reached, rung, of.decisions.replicates)
        .and_then(|step| of.layout.steps.get(step))
        .map_or_else(
            || "–".to_owned(),
            |date| format!("{}-{:02}", date.year, date.month),
        )
}

/// The first step by which half of all replicates have reached a rung.
#[must_use]
pub fn half_step(reached: &[Vec<u64>], rung: usize, replicates: u64) -> Option<usize> {
    reached
        .get(rung)?
        .iter()
        .position(|count| 2 * count >= replicates && replicates > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_reached_when_it_is() {
        let reached = [vec![0, 3, 5, 9], vec![0, 0, 1, 4]];
        assert_eq!(half_step(&reached, 0, 10), Some(2));
        assert_eq!(half_step(&reached, 1, 10), None);
        assert_eq!(half_step(&reached, 2, 10), None);
        assert_eq!(half_step(&reached, 0, 0), None);
    }
}
