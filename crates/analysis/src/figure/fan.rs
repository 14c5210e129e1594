//! Fan: a measure over time, its median with the bands that hold half and nine tenths of all histories.

use foedera_results::{layout::StepDate, series::SeriesPoint};

use super::{
    Caption, Figure,
    axis::Field,
    deserved,
    drawing::{Anchor, Drawing, FAINT, INK, small},
    palette::{COLOURS, colour},
};

/// Colour of median and bands.
const BLUE: &str = COLOURS[0];
/// Dashes of real histories, so that colour is not all that tells them apart.
const DASHES: [&str; 5] = ["", "6 2", "2 2", "8 2 2 2", "4 3"];
/// Height of a row of names of marked dates [px].
const MARK_ROW: f64 = 14.0;
/// Width of a letter of a name, about [px].
const LETTER: f64 = 5.6;
/// Rows of names of marked dates, at most.
const MARK_ROWS: usize = 6;
/// Height of the field [px].
const HEIGHT: f64 = 240.0;
/// Points of a curve, at most: more cannot be seen.
const POINTS_MAX: usize = 120;

/// What a fan is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Fan<'a> {
    /// What is measured, `Cohesion of …`.
    pub label: &'a str,
    /// First month of each step.
    pub steps: &'a [StepDate],
    /// The measure at each step.
    pub points: &'a [Option<SeriesPoint>],
    /// A few real histories, to show what one looks like.
    pub runs: &'a [Run],
    /// Dates at which something happens in every history, or has happened in half of them.
    pub marks: &'a [Mark],
    /// What it says below.
    pub caption: Caption<'a>,
}

/// One real history.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its number.
    pub replicate: u64,
    /// The measure at each step; not a number where absent.
    pub values: Vec<f64>,
}

/// A marked date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Step.
    pub step: usize,
    /// What happens.
    pub name: String,
    /// What kind of thing it is.
    pub kind: MarkKind,
}

/// What kind of thing a marked date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A shock with a date.
    Shock,
    /// Half of the histories have decided.
    Decision,
    /// A policy takes effect.
    Policy,
}

/// Draws a fan; `None` if the measure has no value at any step.
#[must_use]
pub fn draw(fan: &Fan<'_>) -> Option<Figure> {
    let known: Vec<(usize, &SeriesPoint)> = thinned(fan.points);
    let title = finding(fan)?;
    let (low, high) = range(&known, fan.runs);
    let mut drawing = Drawing::new(&title);
    let rows = rows_of(fan);
    let strip = MARK_ROW * rows.iter().map(|row| row + 1).max().unwrap_or(0) as f64;
    let field = Field {
        top: drawing.top + 8.0 + strip,
        height: HEIGHT,
        right: if fan.runs.is_empty() { 64.0 } else { 118.0 },
        steps: fan.steps.len(),
        low,
        high,
    };
    field.draw(&mut drawing, fan.steps, "");
    let curve = |level: usize| -> Vec<(f64, f64)> {
        let places = known.iter();
        let places = places.map(|(step, at)| (field.x(*step), field.y(at.quantiles[level].value)));
        places.collect()
    };
    drawing.band(&curve(4), &curve(0), BLUE, 0.18);
    drawing.band(&curve(3), &curve(1), BLUE, 0.3);
    draw_marks(&mut drawing, &field, fan, &rows);
    draw_runs(&mut drawing, &field, fan);
    drawing.curve(&curve(2), BLUE, 2.4, "");
    name_bands(&mut drawing, &field, &known);
    let bands = legend(fan);
    let description = format!("{title}. A fan over time: {bands}.");
    Some(drawing.figure(
        field.bottom() + 20.0,
        title,
        &bands,
        description,
        &fan.caption,
    ))
}

/// Where it begins and ends, as a sentence.
fn finding(fan: &Fan<'_>) -> Option<String> {
    let start = fan.points.iter().flatten().next()?;
    let end = fan.points.iter().rev().flatten().next()?;
    // The digits of the closing table, which shows these three.
    let error = [0, 2, 4].map(|level: usize| end.quantiles[level].half_width());
    let error = error.into_iter().fold(0.0, f64::max);
    let apart = start.mean.high < end.mean.low || end.mean.high < start.mean.low;
    let from = deserved(start.mean.value, error);
    let course = match (apart, end.mean.value > start.mean.value) {
        (false, _) => "ends where it started, at".to_owned(),
        (true, true) => format!("rises from {from} to"),
        (true, false) => format!("falls from {from} to"),
    };
    let [low, _, middle, _, high] = end.quantiles.map(|of| deserved(of.value, error));
    Some(format!(
        "{} {course} {middle} in the median history; nine of ten end between {low} and {high}",
        fan.label
    ))
}

/// As many steps as can be seen, the first and the last among them.
fn thinned(points: &[Option<SeriesPoint>]) -> Vec<(usize, &SeriesPoint)> {
    let known: Vec<(usize, &SeriesPoint)> = points
        .iter()
        .enumerate()
        .filter_map(|(step, point)| Some((step, point.as_ref()?)))
        .collect();
    if known.len() <= POINTS_MAX {
        return known;
    }
    let last = known.len() - 1;
    (0..POINTS_MAX)
        .map(|idx| known[idx * last / (POINTS_MAX - 1)])
        .collect()
}

/// The range of the bands and the histories, a little wider.
fn range(known: &[(usize, &SeriesPoint)], runs: &[Run]) -> (f64, f64) {
    let values = |level: usize| known.iter().map(move |(_, at)| at.quantiles[level].value);
    let real = || runs.iter().flat_map(|run| &run.values).copied();
    let low = values(0).chain(real()).fold(f64::INFINITY, f64::min);
    let high = values(4).chain(real()).fold(f64::NEG_INFINITY, f64::max);
    let margin = (0.08 * (high - low)).max(1e-6);
    (low - margin, high + margin)
}

/// What is drawn.
fn legend(fan: &Fan<'_>) -> String {
    let mut text = "line: median; bands: half and nine tenths of all histories".to_owned();
    if !fan.runs.is_empty() {
        text += "; thin lines: single real histories with their numbers";
    }
    let has = |kind| fan.marks.iter().any(|mark| mark.kind == kind);
    for (kind, words) in [
        (MarkKind::Shock, "dotted: a shock with a date"),
        (
            MarkKind::Decision,
            "dashed: adopted in half of all histories",
        ),
        (MarkKind::Policy, "solid: a policy takes effect"),
    ] {
        if has(kind) {
            text += &format!("; {words}");
        }
    }
    text
}

/// The row of each marked date's name, such that names do not overlap.
fn rows_of(fan: &Fan<'_>) -> Vec<usize> {
    let last = fan.steps.len().saturating_sub(1).max(1) as f64;
    let width = 560.0;
    let mut ends: Vec<f64> = Vec::new();
    let place = |mark: &Mark| {
        let at = width * mark.step as f64 / last;
        let long = LETTER * mark.name.chars().count() as f64 + 12.0;
        let from = at.min(width + 110.0 - long);
        let row = ends.iter().position(|end| *end <= from);
        let row = row.unwrap_or(ends.len()).min(MARK_ROWS - 1);
        if row == ends.len() {
            ends.push(0.0);
        }
        ends[row] = from + long;
        row
    };
    fan.marks.iter().map(place).collect()
}

/// Draws the marked dates with their names above the field.
fn draw_marks(drawing: &mut Drawing, field: &Field, fan: &Fan<'_>, rows: &[usize]) {
    for (mark, row) in fan.marks.iter().zip(rows) {
        let (x, y) = (
            field.x(mark.step),
            field.top - 10.0 - MARK_ROW * *row as f64,
        );
        let (dashes, sign) = match mark.kind {
            MarkKind::Shock => ("1 3", "▲"),
            MarkKind::Decision => ("6 3", "●"),
            MarkKind::Policy => ("", "■"),
        };
        drawing.rule([(x, y + 3.0), (x, field.bottom())], FAINT, 1.0, dashes);
        let name = format!("{sign} {}", mark.name);
        let long = LETTER * name.chars().count() as f64;
        let over = (x + 3.0 + long - super::drawing::WIDTH).max(0.0);
        drawing.words((x + 3.0 - over, y), small(FAINT, Anchor::Start), &name);
    }
}

/// Draws single histories with their numbers.
fn draw_runs(drawing: &mut Drawing, field: &Field, fan: &Fan<'_>) {
    let mut ends: Vec<(usize, f64)> = Vec::new();
    for (idx, run) in fan.runs.iter().enumerate() {
        let known = run.values.iter().enumerate();
        let known = known.filter(|(_, value)| value.is_finite());
        let points: Vec<(f64, f64)> = known
            .map(|(step, value)| (field.x(step), field.y(*value)))
            .collect();
        let Some(end) = points.last() else { continue };
        ends.push((idx, end.1 + 4.0));
        drawing.open(&format!("history {}", run.replicate));
        let points = every(&points, POINTS_MAX);
        drawing.curve(&points, colour(idx + 1), 1.2, DASHES[idx % DASHES.len()]);
        drawing.close();
    }
    ends.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut places: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
    spread(&mut places, 12.0);
    for ((idx, _), y) in ends.iter().zip(places) {
        let style = small(colour(idx + 1), Anchor::Start);
        let name = format!("№ {}", fan.runs[*idx].replicate);
        drawing.words((field.end() + 52.0, y), style, &name);
    }
}

/// So many points of a curve, the first and the last among them.
fn every(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most {
        return points.to_vec();
    }
    let last = points.len() - 1;
    (0..most)
        .map(|idx| points[idx * last / (most - 1)])
        .collect()
}

/// Names the median and the bands at their right end.
fn name_bands(drawing: &mut Drawing, field: &Field, known: &[(usize, &SeriesPoint)]) {
    let Some((_, end)) = known.last() else {
        return;
    };
    let levels = [
        (4, "95 %"),
        (3, "75 %"),
        (2, "median"),
        (1, "25 %"),
        (0, "5 %"),
    ];
    let mut places: Vec<f64> = levels
        .iter()
        .map(|(level, _)| field.y(end.quantiles[*level].value) + 4.0)
        .collect();
    spread(&mut places, 12.0);
    for ((level, name), y) in levels.iter().zip(places) {
        let colour = if *level == 2 { BLUE } else { INK };
        let style = small(colour, Anchor::Start);
        drawing.words((field.end() + 6.0, y), style, name);
    }
}

/// Moves descending places apart, each at least so far below the one before.
pub(super) fn spread(places: &mut [f64], distance: f64) {
    for idx in 1..places.len() {
        places[idx] = places[idx].max(places[idx - 1] + distance);
    }
}

#[cfg(test)]
mod tests {
    use foedera_results::Estimate;

    use super::*;

    fn point(middle: f64) -> Option<SeriesPoint> {
        let estimate = |value: f64| Estimate {
            value,
            low: value - 0.002,
            high: value + 0.002,
            n: 1000,
        };
        Some(SeriesPoint {
            n: 1000,
            mean: estimate(middle),
            sd: 0.05,
            quantiles: [-0.08, -0.03, 0.0, 0.03, 0.08].map(|by| estimate(middle + by)),
        })
    }

    fn fan<'a>(steps: &'a [StepDate], points: &'a [Option<SeriesPoint>]) -> Fan<'a> {
        Fan {
            label: "Cohesion of A",
            steps,
            points,
            runs: &[],
            marks: &[],
            caption: Caption {
                source: "1,000 replicates · seed 1",
                policy: Some("council"),
            },
        }
    }

    #[test]
    fn the_title_states_the_finding() {
        let steps: Vec<StepDate> = (0..24)
            .map(|q| StepDate {
                year: 2008 + q / 4,
                month: (1 + 3 * (q % 4)).cast_unsigned(),
            })
            .collect();
        let points: Vec<_> = (0..24).map(|q| point(0.5 + 0.004 * f64::from(q))).collect();
        let figure = draw(&fan(&steps, &points)).expect("there are values");
        assert_eq!(
            figure.title,
            "Cohesion of A rises from 0.500 to 0.592 in the median history; nine of ten end between 0.512 and 0.672"
        );
        assert_eq!(draw(&fan(&steps, &points)), Some(figure.clone()));
        for word in [
            "<title>",
            "2008",
            "2013",
            "median",
            "0.50",
            "policy council",
        ] {
            assert!(figure.svg.contains(word), "no {word} in\n{}", figure.svg);
        }
        assert!(figure.svg.len() < 10_000);
    }

    #[test]
    fn a_measure_without_values_has_no_fan() {
        assert_eq!(draw(&fan(&[], &[])), None);
        let steps = [StepDate {
            year: 2008,
            month: 1,
        }];
        assert!(draw(&fan(&steps, &[point(0.5)])).is_some());
    }

    #[test]
    fn real_histories_and_dates_are_shown() {
        let steps: Vec<StepDate> = (0..10)
            .map(|y| StepDate {
                year: 2008 + y,
                month: 1,
            })
            .collect();
        let points: Vec<_> = (0..10).map(|_| point(0.5)).collect();
        let runs = [Run {
            replicate: 812,
            values: vec![0.9; 10],
        }];
        let marks = [2, 3].map(|step| Mark {
            step,
            name: "A treaty <of> peace".to_owned(),
            kind: MarkKind::Shock,
        });
        let whole = Fan {
            runs: &runs,
            marks: &marks,
            ..fan(&steps, &points)
        };
        assert_eq!(rows_of(&whole), [0, 1]);
        let figure = draw(&whole).expect("there are values");
        for word in ["№ 812", "A treaty &lt;of&gt; peace", "dotted"] {
            assert!(figure.svg.contains(word), "no {word}");
        }
        let (_, high) = range(&thinned(&points), &runs);
        assert!(high > 0.9);
    }

    #[test]
    fn names_do_not_overlap() {
        let mut places = [10.0, 12.0, 40.0];
        spread(&mut places, 12.0);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 12.0));
    }
}
