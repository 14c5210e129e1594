//! Discovery: the trade between coverage and density along a search, and the box that was chosen.

use super::{
    Caption, Figure,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, Type, WIDTH},
};

/// Okabe and Ito's blue.
const BLUE: &str = "#0072B2";
/// Okabe and Ito's vermilion, darkened.
const RED: &str = "#B84F00";
/// Left end of the field [px].
const LEFT: f64 = 52.0;
/// Height of the field [px].
const HEIGHT: f64 = 220.0;
/// Width of the field [px].
const FIELD: f64 = 300.0;
/// Left end of the ranges [px].
const RANGES: f64 = 430.0;
/// Height of a range [px].
const ROW: f64 = 34.0;

/// One restriction on its axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Name of the input.
    pub name: String,
    /// In words, `above 1.2`.
    pub words: String,
    /// Parts of its axis that the box holds, each from 0 to 1.
    pub parts: Vec<(f64, f64)>,
    /// Ends of the axis in words.
    pub ends: (String, String),
}

/// What the picture is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Discovery<'a> {
    /// The finding.
    pub title: &'a str,
    /// Coverage and density of each stage.
    pub stages: &'a [(f64, f64)],
    /// The chosen one: its coverage and density.
    pub chosen: (f64, f64),
    /// Share of all replicates in which it happened.
    pub base: f64,
    /// The box.
    pub ranges: &'a [Range],
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws the picture; `None` without stages.
#[must_use]
pub fn draw(of: &Discovery<'_>) -> Option<Figure> {
    of.stages.first()?;
    let mut drawing = Drawing::new(of.title);
    let top = drawing.top + 8.0;
    trade(&mut drawing, of, top);
    let mut y = top + 14.0;
    for range in of.ranges {
        draw_range(&mut drawing, range, y);
        y += ROW + 14.0;
    }
    let words = "dots: boxes of the search, by the share of the cases that they hold and the share of their histories \
                 that are cases; bars: what the chosen box allows";
    let ranges: Vec<String> = of
        .ranges
        .iter()
        .map(|one| format!("{} {}", one.name, one.words))
        .collect();
    let description = format!(
        "{}. Coverage {:.2}, density {:.2}. The box: {}.",
        of.title,
        of.chosen.0,
        of.chosen.1,
        ranges.join("; ")
    );
    let bottom = (top + HEIGHT + 36.0).max(y);
    Some(drawing.figure(bottom, of.title.to_owned(), words, description, &of.caption))
}

const fn faint(anchor: Anchor) -> Type<'static> {
    Type {
        size: 11.0,
        colour: FAINT,
        anchor,
    }
}

/// The stages as dots, the chosen one larger.
fn trade(drawing: &mut Drawing, of: &Discovery<'_>, top: f64) {
    let x = |coverage: f64| LEFT + FIELD * coverage;
    let y = |density: f64| top + HEIGHT * (1.0 - density);
    for quarter in 0..=4 {
        let share = f64::from(quarter) / 4.0;
        drawing.line((LEFT, y(share)), (LEFT + FIELD, y(share)), GRID);
        drawing.words(
            (LEFT - 6.0, y(share) + 4.0),
            faint(Anchor::End),
            &format!("{share:.2}"),
        );
        drawing.words(
            (x(share), top + HEIGHT + 15.0),
            faint(Anchor::Middle),
            &format!("{share:.2}"),
        );
    }
    drawing.curve(
        &[(LEFT, y(of.base)), (LEFT + FIELD, y(of.base))],
        FAINT,
        1.0,
        "3 3",
    );
    drawing.words(
        (LEFT + 4.0, y(of.base) - 4.0),
        faint(Anchor::Start),
        &format!("all histories {:.2}", of.base),
    );
    drawing.words(
        (LEFT + FIELD / 2.0, top + HEIGHT + 30.0),
        faint(Anchor::Middle),
        "coverage",
    );
    drawing.words((16.0, top - 4.0), faint(Anchor::Start), "density");
    for (coverage, density) in of.stages {
        drawing.square((x(*coverage) - 2.5, y(*density) - 2.5), (5.0, 5.0), BLUE);
    }
    let (coverage, density) = of.chosen;
    drawing.square((x(coverage) - 5.0, y(density) - 5.0), (10.0, 10.0), RED);
    let style = Type {
        size: 11.0,
        colour: RED,
        anchor: Anchor::End,
    };
    drawing.words((x(coverage) - 8.0, y(density) + 4.0), style, "the box");
}

/// One input: its axis with what is allowed.
fn draw_range(drawing: &mut Drawing, range: &Range, top: f64) {
    let right = WIDTH - 16.0;
    let x = |share: f64| RANGES + (right - RANGES) * share;
    let name = Type {
        size: 12.0,
        colour: INK,
        anchor: Anchor::Start,
    };
    drawing.words(
        (RANGES, top),
        name,
        &format!("{} {}", range.name, range.words),
    );
    drawing.square((RANGES, top + 6.0), (right - RANGES, 8.0), GRID);
    for (low, high) in &range.parts {
        let (from, to) = (x(low.clamp(0.0, 1.0)), x(high.clamp(0.0, 1.0)));
        drawing.square((from, top + 6.0), ((to - from).max(2.0), 8.0), RED);
    }
    drawing.words((RANGES, top + 26.0), faint(Anchor::Start), &range.ends.0);
    drawing.words((right, top + 26.0), faint(Anchor::End), &range.ends.1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_and_the_way_to_it_are_drawn() {
        let range = Range {
            name: "drivers.x.mean".to_owned(),
            words: "above 1.2".to_owned(),
            parts: vec![(0.6, 1.0)],
            ends: ("0.6".to_owned(), "1.6".to_owned()),
        };
        let figure = draw(&Discovery {
            title: "It happens where x is high",
            stages: &[(1.0, 0.1), (0.9, 0.3), (0.6, 0.8)],
            chosen: (0.9, 0.3),
            base: 0.1,
            ranges: &[range],
            caption: Caption {
                source: "100 replicates",
                policy: None,
            },
        })
        .unwrap();
        for word in [
            "above 1.2",
            "coverage",
            "density",
            "the box",
            "all histories 0.10",
        ] {
            assert!(figure.svg.contains(word), "no {word}");
        }
        assert!(figure.description.contains("drivers.x.mean above 1.2"));
    }
}
