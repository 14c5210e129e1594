//! Swimlanes: a lane for each storyline, with the course of its exemplar and what happens in it.

use foedera_results::layout::StepDate;

use super::{
    Caption, Figure,
    axis::Field,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, Type},
    palette::COLOURS,
};

/// Height of a lane with its name [px].
const LANE: f64 = 92.0;
/// Height of its course [px].
const COURSE: f64 = 48.0;
/// Letters of a name.
const NAME_LETTERS: usize = 92;
/// Letters of an event.
const EVENT_LETTERS: usize = 30;
/// Space that the words of an event need [px].
const EVENT_SPACE: f64 = 150.0;

/// One storyline.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// Its share of histories, as words.
    pub share: String,
    /// The measure at each step in its exemplar.
    pub course: Vec<f64>,
    /// Ends at each step of the middle half of its histories.
    pub half: Vec<(f64, f64)>,
    /// Steps of what happens in the exemplar, with short words.
    pub events: Vec<(usize, String)>,
}

/// What the picture is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Swimlanes<'a> {
    /// What is measured.
    pub label: &'a str,
    /// First month of each step.
    pub steps: &'a [StepDate],
    /// Storylines, the commonest first.
    pub lanes: &'a [Lane],
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws the lanes; `None` without lanes or steps.
#[must_use]
pub fn draw(of: &Swimlanes<'_>) -> Option<Figure> {
    let first = of.lanes.first()?;
    of.steps.first()?;
    let many = of.lanes.len();
    let title = format!(
        "{many} storylines of {}; the commonest, {}: {}",
        of.label, first.share, first.name
    );
    let mut drawing = Drawing::new(&title);
    let (low, high) = range(of.lanes)?;
    let top = drawing.top;
    let mut bottom = top;
    for (idx, lane) in of.lanes.iter().enumerate() {
        let field = Field {
            top: top + idx as f64 * LANE + 22.0,
            height: COURSE,
            right: 64.0,
            steps: of.steps.len(),
            low,
            high,
        };
        draw_lane(&mut drawing, &field, lane, COLOURS[idx % COLOURS.len()]);
        bottom = field.bottom();
    }
    let axis = Field {
        top: bottom,
        height: 0.0,
        right: 64.0,
        steps: of.steps.len(),
        low,
        high: low,
    };
    axis.years(&mut drawing, of.steps);
    let words = format!(
        "line: {} in the exemplar of each storyline; band: the middle half of its histories; marks: events of the exemplar",
        of.label
    );
    let names: Vec<String> = of
        .lanes
        .iter()
        .map(|lane| format!("{}, {}", lane.name, lane.share))
        .collect();
    let description = format!("{title}. Storylines: {}.", names.join("; "));
    Some(drawing.figure(bottom + 20.0, title, &words, description, &of.caption))
}

/// The range of all courses, a little wider.
fn range(lanes: &[Lane]) -> Option<(f64, f64)> {
    let ends = lanes
        .iter()
        .flat_map(|lane| lane.half.iter().flat_map(|(low, high)| [*low, *high]));
    let values = lanes
        .iter()
        .flat_map(|lane| lane.course.iter().copied())
        .chain(ends);
    let finite = values.filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
        (low.min(x), high.max(x))
    });
    let margin = (0.05 * (high - low)).max(1e-6);
    (low <= high).then_some((low - margin, high + margin))
}

fn draw_lane(drawing: &mut Drawing, field: &Field, lane: &Lane, colour: &str) {
    let name: String = lane.name.chars().take(NAME_LETTERS).collect();
    let words = Type {
        size: 12.0,
        colour: INK,
        anchor: Anchor::Start,
    };
    drawing.words((16.0, field.top - 8.0), words, &name);
    let end = (
        field.end() + 6.0,
        field.y(lane.course.last().copied().unwrap_or(field.low)) + 4.0,
    );
    drawing.words(
        end,
        Type {
            size: 11.0,
            colour,
            anchor: Anchor::Start,
        },
        &lane.share,
    );
    drawing.line(
        (field.x(0), field.bottom()),
        (field.end(), field.bottom()),
        GRID,
    );
    let curve = |pick: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        let known = (0..lane.course.len()).filter(|step| pick(*step).is_finite());
        known
            .map(|step| (field.x(step), field.y(pick(step))))
            .collect()
    };
    if lane.half.len() == lane.course.len() {
        drawing.band(
            &curve(&|step| lane.half[step].1),
            &curve(&|step| lane.half[step].0),
            colour,
            0.18,
        );
    }
    drawing.curve(&curve(&|step| lane.course[step]), colour, 2.0, "");
    let mut free = f64::NEG_INFINITY;
    for (step, event) in &lane.events {
        let value = lane
            .course
            .get(*step)
            .copied()
            .filter(|value| value.is_finite());
        let (x, y) = (field.x(*step), field.y(value.unwrap_or(field.low)));
        drawing.square((x - 3.0, y - 3.0), (6.0, 6.0), colour);
        if x >= free && x + EVENT_SPACE < field.end() + 80.0 {
            let short: String = event.chars().take(EVENT_LETTERS).collect();
            let style = Type {
                size: 10.0,
                colour: FAINT,
                anchor: Anchor::Start,
            };
            drawing.words((x, field.bottom() + 12.0), style, &short);
            free = x + EVENT_SPACE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_storyline_has_its_lane() {
        let steps: Vec<StepDate> = (0..8)
            .map(|q| StepDate {
                year: 2008 + q / 4,
                month: (1 + 3 * (q % 4)).cast_unsigned(),
            })
            .collect();
        let lane = |name: &str, at: f64| Lane {
            name: name.to_owned(),
            share: "0.6 (0.5 to 0.7)".to_owned(),
            course: vec![at; 8],
            half: vec![(at - 0.1, at + 0.1); 8],
            events: vec![(2, "B leaves".to_owned())],
        };
        let lanes = [lane("B leaves in 2008", 0.3), lane("B stays", 0.7)];
        let figure = draw(&Swimlanes {
            label: "Cohesion of O",
            steps: &steps,
            lanes: &lanes,
            caption: Caption {
                source: "100 replicates",
                policy: None,
            },
        })
        .unwrap();
        assert!(
            figure
                .title
                .starts_with("2 storylines of Cohesion of O; the commonest, 0.6"),
            "{}",
            figure.title
        );
        for word in ["B leaves in 2008", "B stays", "2009", "0.6 (0.5 to 0.7)"] {
            assert!(figure.svg.contains(word), "no {word}");
        }
        let none = Swimlanes {
            label: "",
            steps: &steps,
            lanes: &[],
            caption: Caption {
                source: "",
                policy: None,
            },
        };
        assert_eq!(draw(&none), None);
    }
}
