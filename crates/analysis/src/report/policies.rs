//! Policies compared: what each changes against the first one, in the same replicates.

use foedera_results::{
    Aggregates, Estimate, Layout, digits, layout::OutcomeKind, outcome::PairTally,
};

use super::{Block, Chart, Section, Table, number};
use crate::figure::{
    Caption,
    intervals::{self, Intervals, Row},
};

/// Differences in a chart, at most: the largest by their distance from zero in standard errors.
const ROWS_MAX: usize = 14;

/// The section.
#[must_use]
pub fn section(
    layout: &Layout,
    aggregates: &Aggregates,
    caption: Caption<'_>,
    more: Vec<Block>,
) -> Section {
    let mut blocks = Vec::new();
    for (idx, pairs) in aggregates.pairs.iter().enumerate() {
        let arm = idx + 1;
        let caption = Caption {
            policy: Some(&layout.arms[arm].id),
            ..caption
        };
        match chart(layout, pairs, arm, caption) {
            Some(chart) => blocks.push(Block::Chart(Box::new(chart))),
            None => blocks.push(Block::Text(format!(
                "“{}” changes no outcome of this run that could be told from zero.",
                layout.arms[arm].title
            ))),
        }
    }
    if blocks.is_empty() {
        blocks.push(Block::Text(
            "Only one policy was run. With --policy base,NAME,... a run lets several happen under the same chances, and this \
             section shows what each of them changes."
                .to_owned(),
        ));
    } else {
        blocks.push(Block::Note(format!(
            "Differences against {} in the same replicates, on the same chances, with 95 % intervals. Alternatives whose \
             intervals overlap are not ranked.",
            layout.arms[0].id
        )));
    }
    blocks.extend(more);
    Section {
        id: "policies",
        title: "Policies compared",
        blocks,
    }
}

/// Probabilities and shares that a policy moves, in one chart.
fn chart(layout: &Layout, pairs: &[PairTally], arm: usize, caption: Caption<'_>) -> Option<Chart> {
    let differences = layout.outcomes.iter().zip(pairs);
    let differences: Vec<(usize, Estimate, &PairTally)> = differences
        .enumerate()
        .filter_map(|(idx, (column, pair))| Some((idx, pair.difference_of(column.kind)?, pair)))
        .collect();
    let moved = moved_most(layout, &differences);
    let largest = moved
        .iter()
        .max_by(|one, other| one.1.value.abs().total_cmp(&other.1.value.abs()))?;
    let verb = if largest.1.value > 0.0 {
        "raises"
    } else {
        "lowers"
    };
    let size = digits::with_interval(&Estimate {
        value: largest.1.value.abs(),
        low: largest.1.low.abs().min(largest.1.high.abs()),
        high: largest.1.low.abs().max(largest.1.high.abs()),
        n: largest.1.n,
    });
    let title = format!(
        "“{}” {verb} most: {}, by {size}",
        layout.arms[arm].title,
        lowered(&layout.outcomes[largest.0].label)
    );
    let rows: Vec<Row> = moved
        .iter()
        .map(|(idx, of)| Row {
            name: layout.outcomes[*idx].name.clone(),
            estimate: *of,
            words: signed(of),
        })
        .collect();
    let scale = format!(
        "difference against {}: probabilities, shares and indices from 0 to 1",
        layout.arms[0].id
    );
    let figure = intervals::draw(&Intervals {
        title: &title,
        rows: &rows,
        scale: &scale,
        caption,
    })?;
    Some(Chart {
        id: format!("policy-{}", layout.arms[arm].id),
        figure,
        table: table_of(layout, differences),
    })
}

/// The outcomes on one scale that can be told from zero, the surest of them, in order.
fn moved_most(
    layout: &Layout,
    differences: &[(usize, Estimate, &PairTally)],
) -> Vec<(usize, Estimate)> {
    let mut moved: Vec<(usize, Estimate)> = differences
        .iter()
        .filter(|(idx, of, _)| is_share(layout, *idx) && !of.includes_zero())
        .map(|(idx, of, _)| (*idx, *of))
        .collect();
    let certainty = |of: &Estimate| of.value.abs() / of.half_width().max(1e-12);
    moved.sort_by(|one, other| {
        certainty(&other.1)
            .total_cmp(&certainty(&one.1))
            .then(one.0.cmp(&other.0))
    });
    moved.truncate(ROWS_MAX);
    moved.sort_by(|one, other| {
        other
            .1
            .value
            .total_cmp(&one.1.value)
            .then(one.0.cmp(&other.0))
    });
    moved
}

/// Every difference as numbers.
fn table_of(layout: &Layout, differences: Vec<(usize, Estimate, &PairTally)>) -> Table {
    let mut table = Table::new([
        "outcome",
        "#difference",
        "#low",
        "#high",
        "#here",
        "#base",
        "#variance ratio",
        "#higher in",
        "#lower in",
        "#pairs",
        "can be told from zero",
    ]);
    for (idx, of, pair) in differences {
        let optional = |of: Option<f64>| of.map_or_else(String::new, number);
        table.row([
            layout.outcomes[idx].name.clone(),
            number(of.value),
            number(of.low),
            number(of.high),
            optional(pair.arm_mean()),
            optional(pair.base_mean()),
            optional(pair.variance_ratio()),
            pair.higher.to_string(),
            pair.lower.to_string(),
            pair.n.to_string(),
            if of.includes_zero() { "no" } else { "yes" }.to_owned(),
        ]);
    }
    table
}

/// Whether an outcome is a probability, a share or an index, so that its differences stand on one scale.
fn is_share(layout: &Layout, idx: usize) -> bool {
    let column = &layout.outcomes[idx];
    column.kind == OutcomeKind::Truth
        || (column.kind == OutcomeKind::Number
            && column.low >= 0.0
            && column.high <= 1.0
            && column.unit.is_empty())
}

fn signed(of: &Estimate) -> String {
    let sign = if of.value > 0.0 { "+" } else { "" };
    format!("{sign}{}", digits::estimate(of)).replace('-', "−")
}

/// A label within a sentence: the first letter small, unless a name begins it.
fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + &label[first.len_utf8()..]
        }
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_fit_into_sentences() {
        assert_eq!(lowered("Cohesion of A"), "cohesion of A");
        assert_eq!(lowered("GDP of A"), "GDP of A");
        assert_eq!(lowered(""), "");
    }

    #[test]
    fn differences_carry_their_sign() {
        let of = Estimate {
            value: -0.123,
            low: -0.14,
            high: -0.106,
            n: 100,
        };
        assert_eq!(signed(&of), "−0.123 ± 0.017");
    }
}
