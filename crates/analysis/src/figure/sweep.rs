//! Sweep: an outcome along a number that is turned (curves with bands), or over two of them (a map of shades).

use foedera_results::{Estimate, digits};

use super::{
    Caption, Figure,
    axis::ticks,
    deserved,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, WIDTH, small},
    palette::{BLANK, COLOURS, shade},
};

/// Dashes, so that colour is not all that tells curves apart.
const DASHES: [&str; 6] = ["", "7 3", "2 2", "9 3 2 3", "4 2", "1 3"];
/// Height of the field [px].
const HEIGHT: f64 = 240.0;
/// Space for numbers left of the field [px].
const LEFT: f64 = 60.0;
/// Space for the names of curves right of the field [px].
const RIGHT: f64 = 150.0;
/// Space for the values of the first axis left of a map [px].
const MAP_LEFT: f64 = 90.0;
/// Height of a row of a map [px].
const ROW: f64 = 26.0;
/// Largest width of a cell of a map [px].
const CELL_MAX: f64 = 90.0;

/// One curve: a name, and the outcome at each step.
#[derive(Debug, Clone)]
pub struct Curve<'a> {
    /// Name, of a policy or of an outcome.
    pub name: &'a str,
    /// The outcome at each step.
    pub levels: Vec<Option<Estimate>>,
}

/// What curves are drawn from.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// The finding, as one sentence without a full stop.
    pub title: &'a str,
    /// Path that is turned, with its unit.
    pub axis: &'a str,
    /// Steps as they are written below.
    pub steps: &'a [String],
    /// Their places along the axis, ascending.
    pub places: &'a [f64],
    /// The curves.
    pub curves: &'a [Curve<'a>],
    /// What it says below.
    pub caption: Caption<'a>,
}

/// What a map is drawn from.
#[derive(Debug, Clone)]
pub struct Map<'a> {
    /// The finding, as one sentence without a full stop.
    pub title: &'a str,
    /// Paths of rows and columns.
    pub axes: [&'a str; 2],
    /// Steps of rows and columns.
    pub steps: [&'a [String]; 2],
    /// The outcome, row by row.
    pub cells: &'a [Option<Estimate>],
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws curves; `None` if no curve has a value.
#[must_use]
pub fn line(of: &Line<'_>) -> Option<Figure> {
    let known = of
        .curves
        .iter()
        .flat_map(|curve| curve.levels.iter().flatten());
    let low = known
        .clone()
        .map(|level| level.low)
        .fold(f64::INFINITY, f64::min);
    let high = known
        .map(|level| level.high)
        .fold(f64::NEG_INFINITY, f64::max);
    if !low.is_finite() || !high.is_finite() {
        return None;
    }
    let margin = (0.06 * (high - low)).max(1e-6);
    let mut drawing = Drawing::new(of.title);
    let frame = Frame {
        top: drawing.top + 8.0,
        low: low - margin,
        high: high + margin,
        first: of.places.first().copied().unwrap_or(0.0),
        last: of.places.last().copied().unwrap_or(1.0),
    };
    frame.draw(&mut drawing, of);
    let mut names = Vec::new();
    for (idx, curve) in of.curves.iter().enumerate() {
        let colour = COLOURS[idx % COLOURS.len()];
        let points: Vec<(f64, &Estimate)> = of
            .places
            .iter()
            .zip(&curve.levels)
            .filter_map(|(place, level)| Some((frame.x(*place), level.as_ref()?)))
            .collect();
        let side = |pick: fn(&Estimate) -> f64| -> Vec<(f64, f64)> {
            points
                .iter()
                .map(|(x, level)| (*x, frame.y(pick(level))))
                .collect()
        };
        drawing.band(&side(|of| of.high), &side(|of| of.low), colour, 0.16);
        let middle = side(|of| of.value);
        drawing.curve(&middle, colour, 2.0, DASHES[idx % DASHES.len()]);
        for (x, y) in &middle {
            drawing.square((x - 2.0, y - 2.0), (4.0, 4.0), colour);
        }
        names.extend(middle.last().map(|(_, y)| (y + 4.0, idx)));
    }
    name_curves(&mut drawing, of, &mut names);
    let bands =
        "marks: what was run; bands: 95 % intervals of the levels; every step meets the same luck";
    let description = format!("{}. {}", of.title, in_words(of));
    Some(drawing.figure(
        frame.top + HEIGHT + 40.0,
        of.title.to_owned(),
        bands,
        description,
        &of.caption,
    ))
}

/// Names curves at their right end, if there are several.
fn name_curves(drawing: &mut Drawing, of: &Line<'_>, names: &mut [(f64, usize)]) {
    if of.curves.len() < 2 {
        return;
    }
    names.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut places: Vec<f64> = names.iter().map(|(y, _)| *y).collect();
    super::fan::spread(&mut places, 13.0);
    for ((_, idx), y) in names.iter().zip(places) {
        let style = small(COLOURS[idx % COLOURS.len()], Anchor::Start);
        drawing.words((WIDTH - RIGHT + 8.0, y), style, of.curves[*idx].name);
    }
}

/// Where values stand.
struct Frame {
    top: f64,
    low: f64,
    high: f64,
    first: f64,
    last: f64,
}

impl Frame {
    fn x(&self, place: f64) -> f64 {
        let span = (self.last - self.first).max(f64::MIN_POSITIVE);
        let share = if self.last > self.first {
            (place - self.first) / span
        } else {
            0.5
        };
        LEFT + (WIDTH - RIGHT - LEFT) * share
    }

    fn y(&self, value: f64) -> f64 {
        self.top + HEIGHT * (1.0 - (value - self.low) / (self.high - self.low))
    }

    fn draw(&self, drawing: &mut Drawing, of: &Line<'_>) {
        let (numbers, decimals) = ticks(self.low, self.high);
        for value in numbers {
            let y = self.y(value);
            drawing.line((LEFT, y), (WIDTH - RIGHT, y), GRID);
            let place = (LEFT - 6.0, y + 4.0);
            drawing.words(
                place,
                small(FAINT, Anchor::End),
                &format!("{value:.decimals$}"),
            );
        }
        let bottom = self.top + HEIGHT;
        let mut free = f64::NEG_INFINITY;
        for (place, step) in of.places.iter().zip(of.steps) {
            let x = self.x(*place);
            drawing.line((x, bottom), (x, bottom + 4.0), FAINT);
            let half = 3.2 * step.chars().count() as f64;
            if x - half > free {
                drawing.words((x, bottom + 17.0), small(FAINT, Anchor::Middle), step);
                free = x + half + 6.0;
            }
        }
        let middle = 0.5 * (LEFT + WIDTH - RIGHT);
        drawing.words((middle, bottom + 34.0), small(INK, Anchor::Middle), of.axis);
    }
}

fn in_words(of: &Line<'_>) -> String {
    let curve = |curve: &Curve<'_>| {
        let points = of.steps.iter().zip(&curve.levels);
        let points = points.filter_map(|(step, level)| {
            Some(format!(
                "{step}: {}",
                digits::with_interval(level.as_ref()?)
            ))
        });
        let points: Vec<String> = points.collect();
        format!("{} along {}: {}.", curve.name, of.axis, points.join(", "))
    };
    let curves: Vec<String> = of.curves.iter().map(curve).collect();
    curves.join(" ")
}

/// Draws a map of shades with a number in each cell; `None` if no cell has a value.
#[must_use]
pub fn map(of: &Map<'_>) -> Option<Figure> {
    let values = of.cells.iter().flatten().map(|cell| cell.value);
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    if !low.is_finite() {
        return None;
    }
    let mut drawing = Drawing::new(of.title);
    let [rows, columns] = of.steps;
    let width = ((WIDTH - MAP_LEFT - 16.0) / columns.len() as f64).min(CELL_MAX);
    let top = drawing.top + 58.0;
    let place = |line: f64| (16.0, top - line);
    let rows_are = format!("↓ {}", of.axes[0]);
    drawing.words(place(44.0), small(INK, Anchor::Start), &rows_are);
    let columns_are = format!("→ {}", of.axes[1]);
    drawing.words(place(26.0), small(INK, Anchor::Start), &columns_are);
    let mut free = f64::NEG_INFINITY;
    for (idx, step) in columns.iter().enumerate() {
        let x = MAP_LEFT + width * (idx as f64 + 0.5);
        let half = 3.2 * step.chars().count() as f64;
        if x - half > free {
            drawing.words((x, top - 8.0), small(FAINT, Anchor::Middle), step);
            free = x + half + 4.0;
        }
    }
    for (idx, step) in rows.iter().enumerate() {
        let y = top + ROW * idx as f64;
        drawing.words((MAP_LEFT - 8.0, y + 17.0), small(FAINT, Anchor::End), step);
        for column in 0..columns.len() {
            let cell = of.cells[idx * columns.len() + column].as_ref();
            let corner = (MAP_LEFT + width * column as f64, y);
            paint(&mut drawing, corner, width, cell, (low, high));
        }
    }
    let bottom = top + ROW * rows.len() as f64;
    let bands = "the darker the larger; every cell meets the same luck";
    let description = format!(
        "{}. Rows: {}; columns: {}.",
        of.title, of.axes[0], of.axes[1]
    );
    Some(drawing.figure(bottom, of.title.to_owned(), bands, description, &of.caption))
}

fn paint(
    drawing: &mut Drawing,
    corner: (f64, f64),
    width: f64,
    cell: Option<&Estimate>,
    (low, high): (f64, f64),
) {
    let size = (width - 2.0, ROW - 2.0);
    let Some(cell) = cell else {
        drawing.square(corner, size, BLANK);
        return;
    };
    let share = if high > low {
        (cell.value - low) / (high - low)
    } else {
        0.0
    };
    let shade = shade(share);
    drawing.square(corner, size, &shade);
    let text = deserved(cell.value, cell.half_width());
    if width >= 6.5 * text.chars().count() as f64 {
        let place = (corner.0 + size.0 / 2.0, corner.1 + 16.0);
        drawing.words_on(place, &shade, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64) -> Option<Estimate> {
        Some(Estimate {
            value,
            low: value - 0.05,
            high: value + 0.05,
            n: 200,
        })
    }

    fn caption() -> Caption<'static> {
        Caption {
            source: "200 replicates · seed 1",
            policy: None,
        }
    }

    #[test]
    fn curves_have_their_steps_and_names() {
        let steps = ["40", "80", "120"].map(str::to_owned);
        let curves = ["base", "council"].map(|name| Curve {
            name,
            levels: vec![estimate(0.2), estimate(0.4), None],
        });
        let of = Line {
            title: "Cohesion rises with oil",
            axis: "drivers.oil.mean",
            steps: &steps,
            places: &[40.0, 80.0, 120.0],
            curves: &curves,
            caption: caption(),
        };
        let figure = line(&of).expect("there are values");
        assert_eq!(line(&of), Some(figure.clone()));
        for word in [
            "Cohesion rises with oil",
            "drivers.oil.mean",
            ">80<",
            "council",
            "same luck",
        ] {
            assert!(figure.svg.contains(word), "no {word} in\n{}", figure.svg);
        }
        assert!(
            figure.description.contains("40: 0.20 (0.15 to 0.25)"),
            "{}",
            figure.description
        );
        let none = [Curve {
            name: "base",
            levels: vec![None; 3],
        }];
        assert_eq!(
            line(&Line {
                curves: &none,
                ..of
            }),
            None
        );
    }

    #[test]
    fn a_map_has_a_number_in_each_cell() {
        let (rows, columns) = (["a", "b"].map(str::to_owned), ["1", "2"].map(str::to_owned));
        let cells = [estimate(0.1), estimate(0.2), None, estimate(0.9)];
        let of = Map {
            title: "It jumps where both are high",
            axes: ["first", "second"],
            steps: [&rows, &columns],
            cells: &cells,
            caption: caption(),
        };
        let figure = map(&of).expect("there are values");
        for word in [">0.10<", ">0.20<", ">0.90<", "second", "fh0"] {
            assert!(figure.svg.contains(word), "no {word} in\n{}", figure.svg);
        }
        assert_eq!(
            map(&Map {
                cells: &[None; 4],
                ..of
            }),
            None
        );
    }
}
