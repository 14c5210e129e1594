//! Adoption: the share of histories in which each rung of an initiative was reached, by date.
//!
//! Cumulative incidence without competing risks: a rung counts from the first step at which it or a
//! deeper one was adopted; what is not adopted by the end stays below. Ribbons are pointwise 95 %
//! Wilson intervals.

use std::collections::BTreeMap;

use foedera_results::{
    Estimate, interval,
    layout::{Name, StepDate},
};

use super::{
    Caption, Figure,
    axis::Field,
    drawing::{Anchor, Drawing, shortened, small},
    fan::spread,
    palette::colour,
    short,
};

/// Dashes, so that colour is not all that tells curves apart.
const DASHES: [&str; 6] = ["", "7 3", "2 2", "9 3 2 3", "4 2", "1 3"];
/// Height of the field [px].
const HEIGHT: f64 = 240.0;
/// Letters of a rung's name beside its curve.
const NAME_LETTERS: usize = 24;

/// One adoption: replicate, step, rung.
pub type Row = (u64, usize, usize);

/// What the curves are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Adoption<'a> {
    /// Title of the initiative.
    pub title: &'a str,
    /// Its rungs, shallow to deep.
    pub rungs: &'a [Name],
    /// First month of each step.
    pub steps: &'a [StepDate],
    /// Replicates in which each rung or a deeper one is adopted up to each step, `[rung][step]`.
    pub reached: &'a [Vec<u64>],
    /// Replicates that count.
    pub replicates: u64,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Counts the replicates that have reached each rung up to each step, `[rung][step]`.
///
/// Rows beyond the rungs or steps are left out.
#[must_use]
pub fn reached(rows: impl Iterator<Item = Row>, rungs: usize, steps: usize) -> Vec<Vec<u64>> {
    let mut firsts: BTreeMap<u64, Vec<Option<usize>>> = BTreeMap::new();
    for (replicate, step, rung) in rows {
        if rung >= rungs || step >= steps {
            continue;
        }
        let of_replicate = firsts.entry(replicate).or_insert_with(|| vec![None; rungs]);
        for first in &mut of_replicate[..=rung] {
            *first = Some(first.map_or(step, |earlier| earlier.min(step)));
        }
    }
    let mut counts = vec![vec![0_u64; steps]; rungs];
    for of_replicate in firsts.values() {
        for (count, first) in counts.iter_mut().zip(of_replicate) {
            if let Some(step) = first {
                count[*step] += 1;
            }
        }
    }
    for count in &mut counts {
        for step in 1..steps {
            count[step] += count[step - 1];
        }
    }
    counts
}

/// Draws the curves; `None` without rungs, steps or replicates.
#[must_use]
pub fn draw(adoption: &Adoption<'_>) -> Option<Figure> {
    let title = finding(adoption)?;
    let mut drawing = Drawing::new(&title);
    let field = Field {
        top: drawing.top + 8.0,
        height: HEIGHT,
        right: 190.0,
        steps: adoption.steps.len(),
        low: 0.0,
        high: 1.0,
    };
    field.draw(&mut drawing, adoption.steps, "%");
    let curves: Vec<Vec<(usize, Estimate)>> = adoption
        .reached
        .iter()
        .map(|counts| steps_of(counts, adoption.replicates))
        .collect();
    for (idx, curve) in curves.iter().enumerate() {
        let colour = colour(idx);
        let place = |pick: fn(&Estimate) -> f64| stairs(&field, curve, pick);
        drawing.band(&place(|of| of.high), &place(|of| of.low), colour, 0.15);
    }
    for (idx, curve) in curves.iter().enumerate() {
        let colour = colour(idx);
        let line = stairs(&field, curve, |of| of.value);
        drawing.curve(&line, colour, 2.0, DASHES[idx % DASHES.len()]);
    }
    name_curves(&mut drawing, &field, adoption, &curves);
    let bands =
        "share of histories in which a rung or a deeper one is adopted, with 95 % intervals";
    let ends: Vec<String> = adoption
        .rungs
        .iter()
        .zip(&curves)
        .filter_map(|(rung, curve)| Some(format!("{} {}", rung.id, short(&curve.last()?.1))))
        .collect();
    let description = format!(
        "{title}. Curves over time: {bands}. At the end: {}.",
        ends.join(", ")
    );
    Some(drawing.figure(
        field.bottom() + 20.0,
        title,
        bands,
        description,
        &adoption.caption,
    ))
}

/// How far it gets, as a sentence.
fn finding(adoption: &Adoption<'_>) -> Option<String> {
    let year = adoption.steps.last()?.year;
    let end = |rung: usize| -> Option<(&str, String)> {
        let count = *adoption.reached.get(rung)?.last()?;
        let share = interval::wilson(count, adoption.replicates, interval::CONFIDENCE)?;
        Some((adoption.rungs.get(rung)?.id.as_str(), short(&share)))
    };
    let (first, of_first) = end(0)?;
    let mut text = format!(
        "“{}”: {first} in {of_first} of histories by {year}",
        adoption.title
    );
    let last = adoption.rungs.len().checked_sub(1)?;
    if last > 0 {
        let (deepest, of_deepest) = end(last)?;
        text += &format!(", {deepest} in {of_deepest}");
    }
    Some(text)
}

/// The steps at which a count changes, with the last, as shares.
fn steps_of(counts: &[u64], replicates: u64) -> Vec<(usize, Estimate)> {
    let last = counts.len().saturating_sub(1);
    let changes = counts.iter().enumerate();
    let changes =
        changes.filter(|(step, count)| *step == 0 || *step == last || counts[step - 1] != **count);
    let shares = changes.filter_map(|(step, count)| {
        Some((
            step,
            interval::wilson(*count, replicates, interval::CONFIDENCE)?,
        ))
    });
    shares.collect()
}

/// A curve that stays until it changes.
fn stairs(
    field: &Field,
    curve: &[(usize, Estimate)],
    pick: fn(&Estimate) -> f64,
) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (step, share) in curve {
        let (x, y) = (field.x(*step), field.y(pick(share)));
        if let Some((_, before)) = points.last().copied() {
            points.push((x, before));
        }
        points.push((x, y));
    }
    points
}

/// Names each curve at its right end.
fn name_curves(
    drawing: &mut Drawing,
    field: &Field,
    adoption: &Adoption<'_>,
    curves: &[Vec<(usize, Estimate)>],
) {
    let ends = curves
        .iter()
        .map(|curve| curve.last().map(|(_, share)| *share));
    let ends: Vec<Option<Estimate>> = ends.collect();
    let mut places: Vec<f64> = ends
        .iter()
        .map(|end| field.y(end.map_or(0.0, |end| end.value)) + 4.0)
        .collect();
    spread(&mut places, 13.0);
    // The lowest names may have been pushed below the field: all move up by as much.
    let over = places
        .last()
        .map_or(0.0, |y| (y - field.bottom() - 4.0).max(0.0));
    for (idx, ((rung, end), y)) in adoption.rungs.iter().zip(ends).zip(places).enumerate() {
        let share = end.map_or_else(String::new, |end| short(&end));
        let name = shortened(&rung.id, NAME_LETTERS);
        let style = small(colour(idx), Anchor::Start);
        drawing.words(
            (field.end() + 6.0, y - over),
            style,
            &format!("{name} {share}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deeper_rung_counts_for_the_shallower_ones() {
        // Replicate 0 reaches rung 0 at step 1 and rung 1 at step 3; replicate 4 rung 1 at once at step 2.
        let rows = [(0, 1, 0), (0, 3, 1), (4, 2, 1), (5, 9, 0), (6, 0, 7)];
        assert_eq!(
            reached(rows.into_iter(), 2, 4),
            [vec![0, 1, 2, 2], vec![0, 0, 1, 2]]
        );
        assert!(reached(rows.into_iter(), 0, 4).is_empty());
    }

    #[test]
    fn the_title_says_how_far_it_gets() {
        let rungs = [Name::new("talks", "Talks"), Name::new("treaty", "Treaty")];
        let steps: Vec<StepDate> = (0..6)
            .map(|y| StepDate {
                year: 2008 + y,
                month: 1,
            })
            .collect();
        let counts = [vec![0, 100, 200, 300, 400, 500], vec![0; 6]];
        let adoption = Adoption {
            title: "Peace & quiet",
            rungs: &rungs,
            steps: &steps,
            reached: &counts,
            replicates: 1000,
            caption: Caption {
                source: "1,000 replicates",
                policy: None,
            },
        };
        let figure = draw(&adoption).expect("there are rungs");
        assert_eq!(
            figure.title,
            "“Peace & quiet”: talks in 0.50 of histories by 2013, treaty in < 0.003"
        );
        assert!(figure.svg.contains("Peace &amp; quiet"));
        assert!(figure.svg.contains("100 %"));
        assert_eq!(
            draw(&Adoption {
                rungs: &[],
                reached: &[],
                ..adoption
            }),
            None
        );
    }
}
