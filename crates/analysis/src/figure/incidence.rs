//! Incidence: the probability that something has happened by a date, by its cause.
//!
//! Curves of cumulative incidence ([`crate::survival`]) with their pointwise 95 % intervals as ribbons.

use foedera_results::{Estimate, layout::StepDate};

use super::{
    Caption, Figure,
    axis::Field,
    drawing::{Anchor, Drawing, Type},
    fan::spread,
    palette::COLOURS,
    short,
};

/// Dashes, so that colour is not all that tells curves apart.
const DASHES: [&str; 6] = ["", "7 3", "2 2", "9 3 2 3", "4 2", "1 3"];
/// Height of the field [px].
const HEIGHT: f64 = 240.0;
/// Letters of a cause beside its curve.
const NAME_LETTERS: usize = 24;

/// What the curves are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Incidence<'a> {
    /// What happens, as a title: `Withdrawal of a member`.
    pub event: &'a str,
    /// Names of the curves.
    pub causes: &'a [String],
    /// First month of each step.
    pub steps: &'a [StepDate],
    /// Probability by the end of each step, `[cause][step]`.
    pub curves: &'a [Vec<Estimate>],
    /// Probability that it has happened at all by the last step.
    pub any: Estimate,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws the curves; `None` without curves or steps.
#[must_use]
pub fn draw(of: &Incidence<'_>) -> Option<Figure> {
    let year = of.steps.last()?.year;
    of.curves.first()?.last()?;
    let mut title = format!("{}: in {} of histories by {year}", of.event, short(&of.any));
    if of.causes.len() > 1 {
        let ends = of.causes.iter().zip(of.curves);
        let ends = ends.filter_map(|(cause, curve)| Some((cause, curve.last()?)));
        let first = ends.max_by(|one, other| one.1.value.total_cmp(&other.1.value));
        if let Some((cause, end)) = first {
            title += &format!(", in {} by way of “{cause}”", short(end));
        }
    }
    let mut drawing = Drawing::new(&title);
    let top = of
        .curves
        .iter()
        .flatten()
        .map(|at| at.high)
        .fold(0.0, f64::max);
    let field = Field {
        top: drawing.top + 8.0,
        height: HEIGHT,
        right: 190.0,
        steps: of.steps.len(),
        low: 0.0,
        high: (1.08 * top).clamp(0.02, 1.0),
    };
    field.draw(
        &mut drawing,
        of.steps,
        if field.high < 0.1 { "" } else { "%" },
    );
    for (idx, curve) in of.curves.iter().enumerate() {
        let place = |pick: fn(&Estimate) -> f64| stairs(&field, curve, pick);
        drawing.band(
            &place(|at| at.high),
            &place(|at| at.low),
            COLOURS[idx % COLOURS.len()],
            0.15,
        );
    }
    for (idx, curve) in of.curves.iter().enumerate() {
        let line = stairs(&field, curve, |at| at.value);
        drawing.curve(
            &line,
            COLOURS[idx % COLOURS.len()],
            2.0,
            DASHES[idx % DASHES.len()],
        );
    }
    name_curves(&mut drawing, &field, of);
    let words = "share of histories in which it has happened, by cause, with 95 % intervals";
    let ends = of.causes.iter().zip(of.curves);
    let ends: Vec<String> = ends
        .filter_map(|(cause, curve)| Some(format!("{cause} {}", short(curve.last()?))))
        .collect();
    let description = format!(
        "{title}. Curves over time: {words}. At the end: {}.",
        ends.join(", ")
    );
    Some(drawing.figure(
        field.bottom() + 20.0,
        title,
        words,
        description,
        &of.caption,
    ))
}

/// A curve that stays until it changes, without the points between.
fn stairs(field: &Field, curve: &[Estimate], pick: fn(&Estimate) -> f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (step, at) in curve.iter().enumerate() {
        let (x, y) = (field.x(step), field.y(pick(at)));
        let before = points.last().map_or(y, |last| last.1);
        let last = step + 1 == curve.len();
        if (y - before).abs() > 1e-9 || points.is_empty() || last {
            if !points.is_empty() {
                points.push((x, before));
            }
            points.push((x, y));
        }
    }
    points
}

fn name_curves(drawing: &mut Drawing, field: &Field, of: &Incidence<'_>) {
    let mut ends: Vec<(usize, f64)> = of
        .curves
        .iter()
        .enumerate()
        .filter_map(|(idx, curve)| Some((idx, field.y(curve.last()?.value) + 4.0)))
        .collect();
    ends.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut places: Vec<f64> = ends.iter().map(|end| end.1).collect();
    spread(&mut places, 13.0);
    for ((idx, _), y) in ends.iter().zip(places) {
        let name: String = of.causes[*idx].chars().take(NAME_LETTERS).collect();
        let end = of.curves[*idx].last().map_or_else(String::new, short);
        let style = Type {
            size: 11.0,
            colour: COLOURS[idx % COLOURS.len()],
            anchor: Anchor::Start,
        };
        drawing.words((field.end() + 6.0, y), style, &format!("{name} {end}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_names_the_largest_cause() {
        let estimate = |value: f64| Estimate {
            value,
            low: value - 0.01,
            high: value + 0.01,
            n: 1000,
        };
        let steps: Vec<StepDate> = (0..40)
            .map(|q| StepDate {
                year: 2008 + q / 4,
                month: (1 + 3 * (q % 4)).cast_unsigned(),
            })
            .collect();
        let curve = |by: f64| {
            (0..40)
                .map(|step| estimate(by * f64::from(step / 4)))
                .collect::<Vec<_>>()
        };
        let causes = ["worth: trade".to_owned(), "exclusive treaty".to_owned()];
        let figure = draw(&Incidence {
            event: "Withdrawal of A",
            causes: &causes,
            steps: &steps,
            curves: &[curve(0.01), curve(0.04)],
            any: estimate(0.45),
            caption: Caption {
                source: "1,000 replicates",
                policy: None,
            },
        })
        .unwrap();
        assert_eq!(
            figure.title,
            "Withdrawal of A: in 0.450 of histories by 2017, in 0.360 by way of “exclusive treaty”"
        );
        for word in ["worth: trade", "2010", "<path", "1,000 replicates"] {
            assert!(figure.svg.contains(word), "no {word}");
        }
        assert!(figure.svg.len() < 12_000, "{}", figure.svg.len());
        let nothing = Incidence {
            event: "x",
            causes: &[],
            steps: &steps,
            curves: &[],
            any: estimate(0.0),
            caption: Caption {
                source: "",
                policy: None,
            },
        };
        assert_eq!(draw(&nothing), None);
    }
}
