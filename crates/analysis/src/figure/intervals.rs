//! Intervals: estimates one below the other, each as a dot on the line of its interval, against zero.
//!
//! For differences between policies, effects of inputs and anything else whose distance from zero matters. An
//! interval that includes zero is drawn hollow.

use foedera_results::Estimate;

use super::{
    Caption, Figure,
    axis::ticks,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, WIDTH, shortened, small},
    palette::{COLOURS, PAPER},
};

/// Height of a row [px].
const ROW: f64 = 22.0;
/// Space for the names [px].
const NAMES: f64 = 290.0;
/// Space for the numbers [px].
const NUMBERS: f64 = 120.0;
/// Letters of a name.
const NAME_LETTERS: usize = 44;

/// One estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is estimated.
    pub name: String,
    /// The estimate.
    pub estimate: Estimate,
    /// The estimate in words.
    pub words: String,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Intervals<'a> {
    /// The finding.
    pub title: &'a str,
    /// Rows, from the top.
    pub rows: &'a [Row],
    /// What the numbers are, with their unit.
    pub scale: &'a str,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws them; `None` without rows.
#[must_use]
pub fn draw(intervals: &Intervals<'_>) -> Option<Figure> {
    if intervals.rows.is_empty() {
        return None;
    }
    let title = intervals.title.to_owned();
    let mut drawing = Drawing::new(&title);
    let top = drawing.top + 8.0;
    let bottom = top + ROW * intervals.rows.len() as f64;
    let ends = || {
        intervals
            .rows
            .iter()
            .flat_map(|row| [row.estimate.low, row.estimate.high])
    };
    let finite = || ends().filter(|end| end.is_finite());
    let (low, high) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    let margin = (0.05 * (high - low)).max(1e-9);
    let (low, high) = (low - margin, high + margin);
    let x = |value: f64| NAMES + (WIDTH - NAMES - NUMBERS) * (value - low) / (high - low);
    let (numbers, decimals) = ticks(low, high);
    for value in numbers {
        drawing.line((x(value), top), (x(value), bottom), GRID);
        let text = format!("{:.decimals$}", value + 0.0);
        drawing.words(
            (x(value), bottom + 15.0),
            small(FAINT, Anchor::Middle),
            &text,
        );
    }
    drawing.rule([(x(0.0), top), (x(0.0), bottom)], INK, 1.2, "");
    for (idx, row) in intervals.rows.iter().enumerate() {
        let y = top + ROW * (idx as f64 + 0.5);
        let name = shortened(&row.name, NAME_LETTERS);
        drawing.open(&format!("{}: {}", row.name, row.words));
        drawing.words((NAMES - 10.0, y + 4.0), small(INK, Anchor::End), &name);
        let of = &row.estimate;
        drawing.rule([(x(of.low), y), (x(of.high), y)], COLOURS[0], 2.0, "");
        let filling = if of.includes_zero() {
            PAPER
        } else {
            COLOURS[0]
        };
        drawing.dot((x(of.value), y), 4.0, filling, COLOURS[0]);
        drawing.words(
            (WIDTH - NUMBERS + 8.0, y + 4.0),
            small(INK, Anchor::Start),
            &row.words,
        );
        drawing.close();
    }
    let legend = format!(
        "{}; lines: 95 % intervals; hollow: cannot be told from zero",
        intervals.scale
    );
    let parts: Vec<String> = intervals
        .rows
        .iter()
        .map(|row| format!("{} {}", row.name, row.words))
        .collect();
    let description = format!("{title}. {legend}. {}.", parts.join("; "));
    Some(drawing.figure(
        bottom + 18.0,
        title,
        &legend,
        description,
        &intervals.caption,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_includes_zero_is_hollow() {
        let row = |value: f64| Row {
            name: format!("effect {value}"),
            estimate: Estimate {
                value,
                low: value - 0.1,
                high: value + 0.1,
                n: 100,
            },
            words: format!("{value:.2}"),
        };
        let rows = [row(0.3), row(0.05)];
        let intervals = Intervals {
            title: "One effect is there",
            rows: &rows,
            scale: "difference of the means",
            caption: Caption {
                source: "100 replicates",
                policy: None,
            },
        };
        let figure = draw(&intervals).expect("there are rows");
        assert_eq!(figure.svg.matches("class=\"fpaper sc0\"").count(), 1);
        assert_eq!(figure.svg.matches("class=\"fc0 sc0\"").count(), 1);
        assert!(figure.description.contains("effect 0.3 0.30"));
        assert_eq!(
            draw(&Intervals {
                rows: &[],
                ..intervals
            }),
            None
        );
    }
}
