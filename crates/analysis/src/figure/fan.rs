//! Fan: a measure over time, its median with the bands that hold half and nine tenths of all histories.

use foedera_results::{layout::StepDate, series::SeriesPoint};

use super::{
    Caption, Figure,
    axis::Field,
    deserved,
    drawing::{Anchor, Drawing, INK, Type},
    footer,
};

/// Okabe and Ito's blue.
const BLUE: &str = "#0072B2";
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
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws a fan; `None` if the measure has no value at any step.
#[must_use]
pub fn draw(fan: &Fan<'_>) -> Option<Figure> {
    let known: Vec<(usize, &SeriesPoint)> = thinned(fan.points);
    let title = finding(fan)?;
    let (low, high) = range(&known);
    let mut drawing = Drawing::new(&title);
    let field = Field {
        top: drawing.top + 8.0,
        height: HEIGHT,
        right: 64.0,
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
    drawing.curve(&curve(2), BLUE, 2.2, "");
    name_bands(&mut drawing, &field, &known);
    let bands = "line: median history; bands: half and nine tenths of all histories";
    let description = format!("{title}. A fan over time: {bands}.");
    Some(Figure {
        svg: drawing.finish(
            field.bottom() + 20.0,
            &title,
            &description,
            &footer(&fan.caption, bands),
        ),
        title,
        description,
    })
}

/// Where it begins and ends, as a sentence.
fn finding(fan: &Fan<'_>) -> Option<String> {
    let start = fan.points.iter().flatten().next()?;
    let end = fan.points.iter().rev().flatten().next()?;
    let error = end
        .quantiles
        .iter()
        .map(|quantile| quantile.half_width())
        .fold(0.0, f64::max);
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

/// The range of the bands, a little wider.
fn range(known: &[(usize, &SeriesPoint)]) -> (f64, f64) {
    let values = |level: usize| known.iter().map(move |(_, at)| at.quantiles[level].value);
    let low = values(0).fold(f64::INFINITY, f64::min);
    let high = values(4).fold(f64::NEG_INFINITY, f64::max);
    let margin = (0.08 * (high - low)).max(1e-6);
    (low - margin, high + margin)
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
        let style = Type {
            size: 11.0,
            colour,
            anchor: Anchor::Start,
        };
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
    fn names_do_not_overlap() {
        let mut places = [10.0, 12.0, 40.0];
        spread(&mut places, 12.0);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 12.0));
    }
}
