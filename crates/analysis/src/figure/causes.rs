//! Causes: the share of histories in which something has happened, by date and cause, one cause upon the other.
//!
//! Causes exclude one another, since only the first occurrence of a history counts: the heights add up to the share
//! in which it happened at all. No history is cut short, so that shares are plain counts.

use foedera_results::{Estimate, interval, layout::StepDate};

use super::{
    Caption, Figure,
    axis::Field,
    drawing::{Anchor, Drawing, shortened, small},
    fan::spread,
    palette::colour,
    short,
};

/// Height of the field [px].
const HEIGHT: f64 = 200.0;
/// Letters of a cause beside its band.
const NAME_LETTERS: usize = 30;

/// One first occurrence: replicate, step, cause.
pub type First = (u64, usize, usize);

/// What the bands are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Incidence<'a> {
    /// What happens, as a sentence begins: `A leaves O`.
    pub what: &'a str,
    /// Causes, by index.
    pub causes: &'a [String],
    /// First month of each step.
    pub steps: &'a [StepDate],
    /// Replicates in which it has happened up to each step, `[cause][step]`.
    pub counts: &'a [Vec<u64>],
    /// Replicates that count.
    pub replicates: u64,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Counts first occurrences up to each step, `[cause][step]`; later ones of the same replicate are left out.
#[must_use]
pub fn counted(rows: &[First], causes: usize, steps: usize) -> Vec<Vec<u64>> {
    let mut firsts: Vec<First> = rows
        .iter()
        .copied()
        .filter(|(_, step, cause)| *step < steps && *cause < causes)
        .collect();
    firsts.sort_unstable();
    firsts.dedup_by_key(|first| first.0);
    let mut counts = vec![vec![0_u64; steps]; causes];
    for (_, step, cause) in firsts {
        counts[cause][step] += 1;
    }
    for of_cause in &mut counts {
        for step in 1..steps {
            of_cause[step] += of_cause[step - 1];
        }
    }
    counts
}

/// Draws the bands; `None` if it never happens.
#[must_use]
pub fn draw(incidence: &Incidence<'_>) -> Option<Figure> {
    let share = |count: u64| interval::wilson(count, incidence.replicates, interval::CONFIDENCE);
    let end = |of: &Vec<u64>| of.last().copied().unwrap_or(0);
    let shown: Vec<usize> = (0..incidence.causes.len())
        .filter(|cause| incidence.counts.get(*cause).map_or(0, end) > 0)
        .collect();
    let all = share(incidence.counts.iter().map(end).sum())?;
    let most = *shown
        .iter()
        .max_by_key(|cause| end(&incidence.counts[**cause]))?;
    let title = finding(incidence, &all, most, shown.len())?;
    let mut drawing = Drawing::new(&title);
    let field = Field {
        top: drawing.top + 8.0,
        height: HEIGHT,
        right: 200.0,
        steps: incidence.steps.len(),
        low: 0.0,
        high: top_of(all.high),
    };
    field.draw(&mut drawing, incidence.steps, "%");
    let tops = bands(&mut drawing, &field, incidence, &shown);
    names(&mut drawing, &field, incidence, &shown, &tops);
    let bands = "share of histories in which it has happened, by cause, one upon the other";
    let parts: Vec<String> = shown
        .iter()
        .filter_map(|cause| {
            let share = share(end(&incidence.counts[*cause]))?;
            Some(format!("{} {}", incidence.causes[*cause], short(&share)))
        })
        .collect();
    let description = format!(
        "{title}. Bands over time: {bands}. At the end: {}.",
        parts.join(", ")
    );
    Some(drawing.figure(
        field.bottom() + 20.0,
        title,
        bands,
        description,
        &incidence.caption,
    ))
}

fn finding(
    incidence: &Incidence<'_>,
    all: &Estimate,
    most: usize,
    causes: usize,
) -> Option<String> {
    let year = incidence.steps.last()?.year;
    let count = *incidence.counts.get(most)?.last()?;
    let of = interval::wilson(count, incidence.replicates, interval::CONFIDENCE)?;
    let (what, all) = (incidence.what, short(all));
    let cause = &incidence.causes[most];
    Some(if causes == 1 {
        format!("{what} in {all} of histories by {year}, always {cause}")
    } else {
        let share = short(&of);
        format!("{what} in {all} of histories by {year}, most often {cause} ({share})")
    })
}

/// A round top above a share.
fn top_of(share: f64) -> f64 {
    let tops = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75];
    tops.into_iter().find(|top| *top >= share).unwrap_or(1.0)
}

/// Paints the bands; returns the middle of each at the right end.
fn bands(
    drawing: &mut Drawing,
    field: &Field,
    incidence: &Incidence<'_>,
    shown: &[usize],
) -> Vec<f64> {
    let n = incidence.replicates.max(1) as f64;
    let steps = incidence.steps.len();
    let mut below = vec![0_u64; steps];
    let mut middles = Vec::new();
    for cause in shown {
        let above: Vec<u64> = below
            .iter()
            .zip(&incidence.counts[*cause])
            .map(|(x, y)| x + y)
            .collect();
        let stairs = |counts: &[u64]| -> Vec<(f64, f64)> {
            let mut points: Vec<(f64, f64)> = Vec::new();
            for (step, count) in counts.iter().enumerate() {
                let (x, y) = (field.x(step), field.y(*count as f64 / n));
                let same = points
                    .last()
                    .is_some_and(|(_, before)| (before - y).abs() < 0.05);
                if same && step + 1 < steps {
                    continue;
                }
                if let Some((_, before)) = points.last().copied() {
                    points.push((x, before));
                }
                points.push((x, y));
            }
            points
        };
        drawing.open(&incidence.causes[*cause]);
        drawing.band(&stairs(&above), &stairs(&below), colour(*cause), 0.85);
        drawing.close();
        let ends = [above.last(), below.last()].map(|of| of.map_or(0.0, |of| *of as f64 / n));
        middles.push(field.y(f64::midpoint(ends[0], ends[1])) + 4.0);
        below = above;
    }
    middles
}

/// Names the bands at their right end, from the top down.
fn names(
    drawing: &mut Drawing,
    field: &Field,
    incidence: &Incidence<'_>,
    shown: &[usize],
    middles: &[f64],
) {
    let mut places: Vec<f64> = middles.iter().rev().copied().collect();
    spread(&mut places, 14.0);
    let over = places
        .last()
        .map_or(0.0, |y| (y - field.bottom() - 2.0).max(0.0));
    for (cause, y) in shown.iter().rev().zip(places) {
        let count = incidence.counts[*cause].last().copied().unwrap_or(0);
        let share = interval::wilson(count, incidence.replicates, interval::CONFIDENCE);
        let share = share.map_or_else(String::new, |of| short(&of));
        let name = shortened(
            &format!("{share} {}", incidence.causes[*cause]),
            NAME_LETTERS,
        );
        drawing.words(
            (field.end() + 8.0, y - over),
            small(colour(*cause), Anchor::Start),
            &name,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_occurrence_of_a_history_counts() {
        let rows = [(0, 3, 1), (0, 1, 0), (2, 2, 1), (3, 9, 0)];
        assert_eq!(counted(&rows, 2, 4), [vec![0, 1, 1, 1], vec![0, 0, 1, 1]]);
    }

    #[test]
    fn the_title_names_the_commonest_cause() {
        let steps: Vec<StepDate> = (0..4)
            .map(|y| StepDate {
                year: 2008 + y,
                month: 1,
            })
            .collect();
        let causes = ["trade".to_owned(), "security".to_owned()];
        let counts = [vec![0, 10, 20, 20], vec![0, 0, 100, 300]];
        let incidence = Incidence {
            what: "B leaves O",
            causes: &causes,
            steps: &steps,
            counts: &counts,
            replicates: 1000,
            caption: Caption {
                source: "1,000 replicates",
                policy: None,
            },
        };
        let figure = draw(&incidence).expect("it happens");
        assert_eq!(
            figure.title,
            "B leaves O in 0.32 of histories by 2011, most often security (0.30)"
        );
        let never = [vec![0; 4], vec![0; 4]];
        assert_eq!(
            draw(&Incidence {
                counts: &never,
                ..incidence
            }),
            None
        );
    }
}
