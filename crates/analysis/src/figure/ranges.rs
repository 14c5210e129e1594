//! Ranges: where half and nine tenths of all histories lie, one row for each member, from the lowest median up.

use super::{
    Caption, Figure,
    axis::ticks,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, WIDTH, shortened, small},
    palette::COLOURS,
};

/// Height of a row [px].
const ROW: f64 = 22.0;
/// Space for the names [px].
const NAMES: f64 = 150.0;
/// Space for the numbers [px].
const NUMBERS: f64 = 150.0;
/// Letters of a name.
const NAME_LETTERS: usize = 22;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose it is.
    pub name: String,
    /// Quantiles at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// What is written beside.
    pub words: String,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Ranges<'a> {
    /// The finding.
    pub title: &'a str,
    /// Rows, from the top.
    pub rows: &'a [Row],
    /// What the numbers are.
    pub scale: &'a str,
    /// What is written beside each row.
    pub beside: &'a str,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws them; `None` without rows.
#[must_use]
pub fn draw(ranges: &Ranges<'_>) -> Option<Figure> {
    if ranges.rows.is_empty() {
        return None;
    }
    let title = ranges.title.to_owned();
    let mut drawing = Drawing::new(&title);
    let top = drawing.top + 22.0;
    let bottom = top + ROW * ranges.rows.len() as f64;
    let ends = || {
        ranges
            .rows
            .iter()
            .flat_map(|row| [row.quantiles[0], row.quantiles[4]])
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
    drawing.words(
        (WIDTH - NUMBERS + 10.0, top - 8.0),
        small(FAINT, Anchor::Start),
        ranges.beside,
    );
    for (idx, row) in ranges.rows.iter().enumerate() {
        let y = top + ROW * (idx as f64 + 0.5);
        let [least, low, middle, high, most] = row.quantiles.map(x);
        drawing.open(&format!("{}: {}", row.name, row.words));
        let name = shortened(&row.name, NAME_LETTERS);
        drawing.words((NAMES - 10.0, y + 4.0), small(INK, Anchor::End), &name);
        drawing.rule([(least, y), (most, y)], COLOURS[0], 1.6, "");
        drawing.rule([(low, y), (high, y)], COLOURS[0], 7.0, "");
        drawing.dot((middle, y), 4.5, super::palette::PAPER, INK);
        drawing.words(
            (WIDTH - NUMBERS + 10.0, y + 4.0),
            small(INK, Anchor::Start),
            &row.words,
        );
        drawing.close();
    }
    let legend = format!(
        "{}; dot: median; thick and thin line: half and nine tenths of all histories",
        ranges.scale
    );
    let parts: Vec<String> = ranges
        .rows
        .iter()
        .map(|row| format!("{} median {:.2}, {}", row.name, row.quantiles[2], row.words))
        .collect();
    let description = format!("{title}. {legend}. {}.", parts.join("; "));
    Some(drawing.figure(bottom + 18.0, title, &legend, description, &ranges.caption))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_named() {
        let rows = [Row {
            name: "Arcadia".to_owned(),
            quantiles: [-0.2, -0.1, 0.0, 0.1, 0.3],
            words: "leaves in 0.03".to_owned(),
        }];
        let ranges = Ranges {
            title: "Arcadia gains nothing",
            rows: &rows,
            scale: "utility",
            beside: "exit",
            caption: Caption {
                source: "100 replicates",
                policy: None,
            },
        };
        let figure = draw(&ranges).expect("there is a row");
        assert!(figure.svg.contains(">Arcadia</text>") && figure.svg.contains("leaves in 0.03"));
        assert_eq!(
            draw(&Ranges {
                rows: &[],
                ..ranges
            }),
            None
        );
    }
}
