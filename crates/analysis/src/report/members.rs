//! Members: what membership is worth to each, and who leaves over what.

use foedera_results::{Estimate, Layout, digits, interval};

use super::{Block, Chart, Section, Table, adoption::shares, number};
use crate::figure::{
    Caption,
    causes::{self, First, Incidence},
    ranges::{self, Ranges, Row},
};

/// Bands of exits that are shown, for the members that leave most.
const SHOWN: usize = 3;
/// Shares of the quantiles.
const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// One member of one organisation at the start.
#[derive(Debug, Clone)]
pub struct Member {
    /// Short name.
    pub id: String,
    /// Name.
    pub name: String,
    /// What membership is worth at the end of each replicate that happened again, in any order.
    pub worth: Vec<f64>,
    /// First exits, by cause, over all replicates of the run.
    pub exits: Vec<First>,
}

/// What the section is made from.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    /// What the columns are.
    pub layout: &'a Layout,
    /// Name of the organisation.
    pub org: &'a str,
    /// Its members at the start.
    pub members: &'a [Member],
    /// Causes of exits, by index.
    pub causes: &'a [String],
    /// Replicates of the run that count.
    pub replicates: u64,
    /// What figures of the whole run say below.
    pub caption: Caption<'a>,
    /// What figures of replicates that happened again say below.
    pub again: Caption<'a>,
}

/// The section; `None` without members.
#[must_use]
pub fn section(of: &Members<'_>) -> Option<Section> {
    if of.members.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    blocks.extend(worth(of).map(|chart| Block::Chart(Box::new(chart))));
    let mut leaving: Vec<(usize, Estimate)> = of
        .members
        .iter()
        .enumerate()
        .filter_map(|(idx, member)| Some((idx, exit(of, member)?)))
        .filter(|(_, share)| share.value > 0.0)
        .collect();
    leaving.sort_by(|one, other| {
        other
            .1
            .value
            .total_cmp(&one.1.value)
            .then(one.0.cmp(&other.0))
    });
    for (idx, _) in leaving.iter().take(SHOWN) {
        blocks.extend(exits(of, &of.members[*idx]).map(|chart| Block::Chart(Box::new(chart))));
    }
    if leaving.is_empty() {
        blocks.push(Block::Text(format!(
            "No member left {} in any history of this run.",
            of.org
        )));
    }
    blocks.push(Block::Table(
        format!("Members of {} at the start, and how many leave", of.org),
        overview(of),
    ));
    Some(Section {
        id: "members",
        title: "Members: satisfaction and exit",
        blocks,
    })
}

/// Probability that a member leaves at least once.
fn exit(of: &Members<'_>, member: &Member) -> Option<Estimate> {
    let counts = causes::counted(&member.exits, of.causes.len(), of.layout.steps.len());
    let count = counts.iter().filter_map(|of| of.last()).sum();
    interval::wilson(count, of.replicates, interval::CONFIDENCE)
}

/// What membership is worth to each, the least first.
fn worth(of: &Members<'_>) -> Option<Chart> {
    let mut rows: Vec<(f64, Row, usize)> = of
        .members
        .iter()
        .filter_map(|member| {
            let quantiles = quantiles(&member.worth)?;
            let exit = exit(of, member).map_or_else(String::new, |share| digits::share(&share));
            let row = Row {
                name: member.name.clone(),
                quantiles,
                words: exit,
            };
            Some((quantiles[2], row, member.worth.len()))
        })
        .collect();
    rows.sort_by(|one, other| {
        one.0
            .total_cmp(&other.0)
            .then(one.1.name.cmp(&other.1.name))
    });
    let (least, most) = (rows.first()?, rows.last()?);
    let year = of.layout.steps.last()?.year;
    let title = format!(
        "By {year} membership of {} is worth least to {} (median {:.2}) and most to {} ({:.2})",
        of.org, least.1.name, least.0, most.1.name, most.0
    );
    let title = title.replace('-', "−");
    let mut table = Table::new([
        "member",
        "#5 %",
        "#25 %",
        "#median",
        "#75 %",
        "#95 %",
        "#histories",
    ]);
    for (_, row, n) in &rows {
        let cells = std::iter::once(row.name.clone()).chain(row.quantiles.map(number));
        table.row(cells.chain([n.to_string()]));
    }
    let rows: Vec<Row> = rows.into_iter().map(|(_, row, _)| row).collect();
    let figure = ranges::draw(&Ranges {
        title: &title,
        rows: &rows,
        scale: "utility of membership at the end",
        beside: "leaves at least once",
        caption: of.again,
    })?;
    Some(Chart {
        id: "satisfaction".to_owned(),
        figure,
        table,
    })
}

/// A member's exits by cause.
fn exits(of: &Members<'_>, member: &Member) -> Option<Chart> {
    let counts = causes::counted(&member.exits, of.causes.len(), of.layout.steps.len());
    let figure = causes::draw(&Incidence {
        what: &format!("{} leaves {}", member.name, of.org),
        causes: of.causes,
        steps: &of.layout.steps,
        counts: &counts,
        replicates: of.replicates,
        caption: of.caption,
    })?;
    let happens: Vec<usize> = (0..of.causes.len())
        .filter(|cause| counts[*cause].last().is_some_and(|n| *n > 0))
        .collect();
    let names: Vec<&str> = happens
        .iter()
        .map(|cause| of.causes[*cause].as_str())
        .collect();
    let counts: Vec<Vec<u64>> = happens.iter().map(|cause| counts[*cause].clone()).collect();
    let table = shares(of.layout, &names, &counts, of.replicates);
    Some(Chart {
        id: format!("exit-{}", member.id),
        figure,
        table,
    })
}

fn overview(of: &Members<'_>) -> Table {
    let mut table = Table::new(["member", "#leaves at least once", "most often"]);
    for member in of.members {
        let counts = causes::counted(&member.exits, of.causes.len(), of.layout.steps.len());
        let ends: Vec<u64> = counts
            .iter()
            .map(|of| of.last().copied().unwrap_or(0))
            .collect();
        let most = (0..ends.len())
            .filter(|cause| ends[*cause] > 0)
            .max_by_key(|cause| ends[*cause]);
        let cause = most.map_or_else(|| "–".to_owned(), |cause| of.causes[cause].clone());
        let share = exit(of, member).map_or_else(String::new, |share| digits::share(&share));
        table.row([member.name.clone(), share, cause]);
    }
    table
}

/// Quantiles of some values; `None` without any.
fn quantiles(values: &[f64]) -> Option<[f64; 5]> {
    let mut known: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    if known.is_empty() {
        return None;
    }
    known.sort_by(f64::total_cmp);
    Some(LEVELS.map(|level| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank within the list"
        )]
        let rank = libm::ceil(level * known.len() as f64).max(1.0) as usize;
        known[rank - 1]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_order_statistics() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(quantiles(&values), Some([5.0, 25.0, 50.0, 75.0, 95.0]));
        assert_eq!(quantiles(&[f64::NAN]), None);
    }
}
