//! Who blocks: the map of actors and initiatives, and over which term of utility.

use foedera_results::{Layout, decision::DecisionTallies, digits};

use super::{Block, Chart, Section, Table, number};
use crate::{
    blockers,
    figure::{
        Caption,
        blockers::{self as heat, Blocks},
        terms::{self, Terms},
    },
};

/// The section.
#[must_use]
pub fn section(layout: &Layout, decisions: &DecisionTallies, caption: Caption<'_>) -> Section {
    let mut blocks = Vec::new();
    let heat = heat::draw(&Blocks {
        layout,
        decisions,
        caption,
    });
    blocks.extend(heat.map(|figure| {
        let table = table(layout, decisions);
        Block::Chart(Box::new(Chart {
            id: "blockers".to_owned(),
            figure,
            table,
        }))
    }));
    let bars = terms::draw(&Terms {
        layout,
        decisions,
        caption,
    });
    blocks.extend(bars.map(|figure| {
        let table = by_term(layout, decisions);
        Block::Chart(Box::new(Chart {
            id: "terms".to_owned(),
            figure,
            table,
        }))
    }));
    if blocks.is_empty() {
        blocks.push(Block::Text(
            "Nobody blocked anything in this run.".to_owned(),
        ));
    } else {
        blocks.push(Block::Note(
            "Shares of tablings with 95 % intervals clustered by history. Equal ranks cannot be told apart. The deciding term is \
             the part of the actor's value that spoke most against the rung at stake; “chance” is the noise of bargaining, \
             “stance” what an analyst wrote down."
                .to_owned(),
        ));
    }
    Section {
        id: "blocked",
        title: "Who blocks, and why",
        blocks,
    }
}

/// Everybody who blocked, by initiative.
fn table(layout: &Layout, decisions: &DecisionTallies) -> Table {
    let mut table = Table::new([
        "initiative",
        "actor",
        "#rank",
        "#blocks",
        "#low",
        "#high",
        "#alone",
        "#ever",
    ]);
    for (idx, initiative) in layout.initiatives.iter().enumerate() {
        for one in blockers::ranked(decisions, idx) {
            let value = |of: &Option<foedera_results::Estimate>| {
                of.map_or_else(String::new, |of| number(of.value))
            };
            table.row([
                initiative.id.clone(),
                layout.actors[one.actor].id.clone(),
                one.rank.to_string(),
                number(one.share.value),
                number(one.share.low),
                number(one.share.high),
                value(&one.sole),
                value(&one.ever),
            ]);
        }
    }
    table
}

/// The bars with their parts.
fn by_term(layout: &Layout, decisions: &DecisionTallies) -> Table {
    let mut table = Table::new([
        "actor",
        "initiative",
        "#blocks",
        "over",
        "#share of its blocks",
        "#with interval",
    ]);
    for bar in terms::bars(decisions) {
        for (term, share) in &bar.blocker.terms {
            table.row([
                layout.actors[bar.blocker.actor].id.clone(),
                layout.initiatives[bar.initiative].id.clone(),
                number(bar.blocker.share.value),
                layout.terms[*term].clone(),
                number(share.value),
                digits::share(share),
            ]);
        }
    }
    table
}
