//! Lanes: histories one below the other, each with what happens in it as signs along the calendar.

use foedera_results::layout::StepDate;

use super::{
    Caption, Figure,
    axis::Field,
    drawing::{Anchor, Drawing, FAINT, GRID, INK, Type, WIDTH, shortened, small},
    palette::colour,
};

/// Height of a lane [px].
const LANE: f64 = 62.0;
/// Signs that may stand upon one another in a lane.
const LEVELS: usize = 4;
/// Distance of two signs beside one another [px].
const APART: f64 = 11.0;
/// Letters of a lane's name.
const NAME_LETTERS: usize = 100;

/// What a sign stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// The sign, one letter.
    pub sign: char,
    /// What it means.
    pub meaning: String,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Step.
    pub step: usize,
    /// Index of its kind.
    pub kind: usize,
    /// What happens, as a sentence.
    pub hint: String,
}

/// One history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// What it is.
    pub name: String,
    /// What happens, in order.
    pub signs: Vec<Sign>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Lanes<'a> {
    /// The finding.
    pub title: &'a str,
    /// First month of each step.
    pub steps: &'a [StepDate],
    /// What the signs stand for.
    pub kinds: &'a [Kind],
    /// Histories, from the top.
    pub lanes: &'a [Lane],
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws them; `None` without lanes or steps.
#[must_use]
pub fn draw(lanes: &Lanes<'_>) -> Option<Figure> {
    if lanes.lanes.is_empty() || lanes.steps.is_empty() {
        return None;
    }
    let title = lanes.title.to_owned();
    let mut drawing = Drawing::new(&title);
    let field = Field {
        top: drawing.top + 4.0,
        height: LANE * lanes.lanes.len() as f64,
        right: 20.0,
        steps: lanes.steps.len(),
        low: 0.0,
        high: 1.0,
    };
    field.years(&mut drawing, lanes.steps);
    for (idx, lane) in lanes.lanes.iter().enumerate() {
        let top = field.top + LANE * idx as f64;
        drawing.line(
            (super::axis::LEFT, top + LANE),
            (WIDTH - 20.0, top + LANE),
            GRID,
        );
        let name = shortened(&lane.name, NAME_LETTERS);
        drawing.words(
            (super::axis::LEFT - 36.0, top + 13.0),
            small(INK, Anchor::Start),
            &name,
        );
        signs(&mut drawing, &field, lanes, lane, top + LANE - 7.0);
    }
    let legend: Vec<String> = used(lanes)
        .into_iter()
        .map(|kind| format!("{} {}", lanes.kinds[kind].sign, lanes.kinds[kind].meaning))
        .collect();
    let legend = legend.join(" · ");
    let description = format!("{title}. {legend}. {}", in_words(lanes));
    Some(drawing.figure(
        field.bottom() + 20.0,
        title,
        &legend,
        description,
        &lanes.caption,
    ))
}

/// Paints the signs of a lane: those that would cover one another stand upon one another, as far as there is room.
fn signs(drawing: &mut Drawing, field: &Field, lanes: &Lanes<'_>, lane: &Lane, base: f64) {
    let mut ends = [f64::NEG_INFINITY; LEVELS];
    for sign in &lane.signs {
        let x = field.x(sign.step);
        let free = ends.iter().position(|end| end + APART <= x);
        let level = free.unwrap_or(LEVELS - 1);
        ends[level] = x;
        drawing.open(&sign.hint);
        let style = Type {
            size: 12.0,
            colour: colour(sign.kind),
            anchor: Anchor::Middle,
        };
        let letter = lanes.kinds[sign.kind].sign.to_string();
        drawing.words((x, base - 10.0 * level as f64), style, &letter);
        drawing.close();
    }
    drawing.line(
        (super::axis::LEFT, base + 3.0),
        (WIDTH - 20.0, base + 3.0),
        FAINT,
    );
}

/// The kinds that occur.
fn used(lanes: &Lanes<'_>) -> Vec<usize> {
    let signs = || lanes.lanes.iter().flat_map(|lane| &lane.signs);
    (0..lanes.kinds.len())
        .filter(|kind| signs().any(|sign| sign.kind == *kind))
        .collect()
}

fn in_words(lanes: &Lanes<'_>) -> String {
    let sentences: Vec<String> = lanes
        .lanes
        .iter()
        .map(|lane| format!("{}: {} events.", lane.name, lane.signs.len()))
        .collect();
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_at_once_stands_one_upon_another() {
        let steps: Vec<StepDate> = (0..4)
            .map(|y| StepDate {
                year: 2008 + y,
                month: 1,
            })
            .collect();
        let kinds = [
            Kind {
                sign: '▲',
                meaning: "a shock".to_owned(),
            },
            Kind {
                sign: '●',
                meaning: "adopted".to_owned(),
            },
        ];
        let sign = |kind| Sign {
            step: 1,
            kind,
            hint: format!("event {kind}"),
        };
        let all = [Lane {
            name: "№ 8".to_owned(),
            signs: vec![sign(0), sign(0)],
        }];
        let lanes = Lanes {
            title: "One history",
            steps: &steps,
            kinds: &kinds,
            lanes: &all,
            caption: Caption {
                source: "seed 1",
                policy: None,
            },
        };
        let figure = draw(&lanes).expect("there is a lane");
        assert_eq!(
            figure.svg.matches('▲').count(),
            4,
            "two signs, twice in the legend"
        );
        assert!(
            !figure.svg.contains('●'),
            "a kind that does not occur is not in the legend"
        );
        assert_eq!(
            draw(&Lanes {
                lanes: &[],
                ..lanes
            }),
            None
        );
    }
}
