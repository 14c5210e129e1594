//! What drives the outcome: how much of its variance the uncertain inputs explain, and which of them.

use foedera_results::{Estimate, digits, interval};

use super::{Block, Chart, Section, Table, number};
use crate::figure::{
    Caption,
    intervals::{self, Intervals, Row},
};

/// Inputs in the chart, at most: those that weigh most.
const ROWS_MAX: usize = 15;

/// What was found from the table of runs.
#[derive(Debug, Clone, Copy)]
pub struct Drivers<'a> {
    /// The outcome, as a label.
    pub outcome: &'a str,
    /// Names of the inputs with their standardised rank regression coefficients.
    pub inputs: &'a [(String, Estimate)],
    /// Share of the variance of ranks that all inputs explain together, 0..=1.
    pub explained: f64,
    /// What the figure says below.
    pub caption: Caption<'a>,
}

/// The section; without findings it says why there are none.
#[must_use]
pub fn section(of: Option<&Drivers<'_>>) -> Section {
    let mut blocks = Vec::new();
    match of {
        None => blocks.push(Block::Text(
            "This run cannot tell what drives its outcome: it has no uncertain input, too few replicates, or an outcome that \
             never varies."
                .to_owned(),
        )),
        Some(found) => {
            blocks.push(Block::Text(luck(found)));
            blocks.extend(chart(found).map(|chart| Block::Chart(Box::new(chart))));
            blocks.push(Block::Note(format!(
                "A regression on ranks sees what rises or falls throughout; what goes up and down, and what two inputs do only \
                 together, is counted with luck. The share explained is therefore the least that ignorance of the inputs \
                 accounts for. Of {} inputs that do nothing about {:.0} would be told from zero by chance, at 95 %. foedera \
                 sensitivity measures more on a design made for it.",
                found.inputs.len(),
                (1.0 - interval::CONFIDENCE) * found.inputs.len() as f64
            )));
        }
    }
    Section {
        id: "drivers",
        title: "What drives it",
        blocks,
    }
}

fn luck(of: &Drivers<'_>) -> String {
    format!(
        "Not knowing the inputs accounts for at least {:.0} % of the variance of “{}” (of its ranks); at most {:.0} % is luck \
         within the histories. Better figures can narrow only the first part.",
        100.0 * of.explained,
        of.outcome,
        100.0 * (1.0 - of.explained)
    )
}

fn chart(of: &Drivers<'_>) -> Option<Chart> {
    let mut ordered: Vec<&(String, Estimate)> = of.inputs.iter().collect();
    ordered.sort_by(|one, other| {
        other
            .1
            .value
            .abs()
            .total_cmp(&one.1.value.abs())
            .then(one.0.cmp(&other.0))
    });
    let told = ordered
        .iter()
        .filter(|(_, weight)| !weight.includes_zero())
        .count();
    let (name, weight) = ordered.first()?;
    let title = if weight.includes_zero() {
        format!(
            "No input's weight on “{}” can be told from zero",
            of.outcome
        )
    } else {
        let way = if weight.value > 0.0 {
            "raises"
        } else {
            "lowers"
        };
        format!(
            "{name} weighs most: it {way} “{}”; {told} of {} inputs can be told from zero",
            of.outcome,
            of.inputs.len()
        )
    };
    let rows: Vec<Row> = ordered
        .iter()
        .take(ROWS_MAX)
        .map(|(name, weight)| Row {
            name: name.clone(),
            estimate: *weight,
            words: digits::estimate(weight).replace('-', "−"),
        })
        .collect();
    let figure = intervals::draw(&Intervals {
        title: &title,
        rows: &rows,
        scale: "standardised rank regression coefficient, the others held",
        caption: of.caption,
    })?;
    let mut table = Table::new([
        "input",
        "#coefficient",
        "#low",
        "#high",
        "can be told from zero",
    ]);
    for (name, weight) in ordered {
        let told = if weight.includes_zero() { "no" } else { "yes" };
        table.row([
            name.clone(),
            number(weight.value),
            number(weight.low),
            number(weight.high),
            told.to_owned(),
        ]);
    }
    Some(Chart {
        id: "weights".to_owned(),
        figure,
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_input_is_named() {
        let weight = |value: f64| Estimate {
            value,
            low: value - 0.1,
            high: value + 0.1,
            n: 100,
        };
        let inputs = [
            ("drivers.tension".to_owned(), weight(0.05)),
            ("actors.A.pride".to_owned(), weight(-0.6)),
        ];
        let caption = Caption {
            source: "seed 1",
            policy: None,
        };
        let drivers = Drivers {
            outcome: "Cohesion of O",
            inputs: &inputs,
            explained: 0.4,
            caption,
        };
        let section = section(Some(&drivers));
        let Some(Block::Chart(chart)) = section.blocks.get(1) else {
            panic!("a chart");
        };
        assert_eq!(
            chart.figure.title,
            "actors.A.pride weighs most: it lowers “Cohesion of O”; 1 of 2 inputs can be told from zero"
        );
        let Some(Block::Text(text)) = section.blocks.first() else {
            panic!("a sentence");
        };
        assert!(text.contains("at least 40 %"));
        assert!(matches!(
            super::section(None).blocks.as_slice(),
            [Block::Text(_)]
        ));
    }
}
