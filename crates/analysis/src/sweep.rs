//! Sweep: an outcome along a number that is turned step by step, every replicate with the same luck at each step.
//!
//! Takes the values of one outcome by step and replicate. Levels have the interval of a mean or a share; changes from
//! step to step are paired, replicate by replicate, and have simultaneous intervals (Bonferroni), so that the
//! course can be told: rising, falling, flat as far as anyone can see, or turning.

use foedera_results::{
    Estimate,
    interval::{self, CONFIDENCE},
};
use serde::Serialize;

/// Whether values are truths, 0 or 1, so that their mean is a probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Scale {
    /// A truth value.
    Truth,
    /// A number.
    Number,
}

/// The outcome at one step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Level {
    /// Mean or probability with its interval; absent with fewer than two values.
    pub estimate: Option<Estimate>,
    /// Replicates that have no value here: it did not happen, or they failed.
    pub absent: u64,
}

/// The change of the outcome between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Change {
    /// The step from which.
    pub from: usize,
    /// The step to which.
    pub to: usize,
    /// Mean of the paired differences; the interval holds for all changes of the sweep at once.
    pub by: Estimate,
}

impl Change {
    /// Whether the change can be told from zero.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.by.includes_zero()
    }
}

/// How an outcome goes along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Course {
    /// Some changes are upwards, none can be told to be downwards.
    Rises,
    /// Some changes are downwards, none can be told to be upwards.
    Falls,
    /// Some changes are upwards and some downwards.
    Turns,
    /// No change can be told from zero.
    Flat,
}

/// A course in words: `rises throughout` or the like.
impl Course {
    /// The verb.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Rises => "rises",
            Self::Falls => "falls",
            Self::Turns => "rises and falls",
            Self::Flat => "cannot be told from flat",
        }
    }
}

/// The outcome at each step, from values `[step][replicate]`; what is not finite is absent.
#[must_use]
pub fn levels(values: &[Vec<f64>], scale: Scale) -> Vec<Level> {
    values.iter().map(|values| level(values, scale)).collect()
}

fn level(values: &[f64], scale: Scale) -> Level {
    let known: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    let (n, absent) = (known.len() as u64, (values.len() - known.len()) as u64);
    let (mean, variance) = crate::sensitivity::moments(&known);
    let estimate = match scale {
        Scale::Truth => {
            let hits = known.iter().filter(|x| **x > 0.5).count() as u64;
            interval::wilson(hits, n, CONFIDENCE)
        }
        Scale::Number => interval::mean(n, mean, variance, CONFIDENCE),
    };
    Level { estimate, absent }
}

/// The changes between pairs of steps, from values `[step][replicate]`; replicates without a value on either side are
/// left out of a pair. A pair with fewer than two replicates is left out.
#[must_use]
pub fn changes(values: &[Vec<f64>], pairs: &[(usize, usize)]) -> Vec<Change> {
    let confidence = 1.0 - (1.0 - CONFIDENCE) / pairs.len().max(1) as f64;
    let change = |&(from, to): &(usize, usize)| {
        let both = values[to].iter().zip(&values[from]);
        let by: Vec<f64> = both
            .map(|(to, from)| to - from)
            .filter(|x| x.is_finite())
            .collect();
        let n = by.len() as u64;
        let (mean, variance) = crate::sensitivity::moments(&by);
        let mut by = interval::mean(n, mean, variance, confidence)?;
        if variance <= 0.0 && mean == 0.0 {
            // No replicate changes: that much is known, up to the share that so many replicates can miss.
            by = Estimate {
                value: 0.0,
                low: 0.0,
                high: 0.0,
                n,
            };
        }
        Some(Change { from, to, by })
    };
    pairs.iter().filter_map(change).collect()
}

/// The course that changes along one axis make.
#[must_use]
pub fn course<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Course {
    let (mut up, mut down) = (false, false);
    for change in changes {
        up |= change.by.low > 0.0;
        down |= change.by.high < 0.0;
    }
    match (up, down) {
        (true, false) => Course::Rises,
        (false, true) => Course::Falls,
        (true, true) => Course::Turns,
        (false, false) => Course::Flat,
    }
}

/// The largest change, up or down.
#[must_use]
pub fn largest(changes: &[Change]) -> Option<&Change> {
    let size = |change: &Change| change.by.value.abs();
    // Of equal ones the first.
    changes
        .iter()
        .rev()
        .max_by(|one, other| size(one).total_cmp(&size(other)))
}

/// Neighbours of a grid along one axis, by the numbers of points; the last axis moves fastest.
#[must_use]
pub fn neighbours(sizes: &[usize], axis: usize) -> Vec<(usize, usize)> {
    let stride: usize = sizes[axis + 1..].iter().product();
    let points: usize = sizes.iter().product();
    (0..points)
        .filter(|point| point / stride % sizes[axis] + 1 < sizes[axis])
        .map(|point| (point, point + stride))
        .collect()
}

/// The two ends of a grid along one axis, for each step of the others.
#[must_use]
pub fn ends(sizes: &[usize], axis: usize) -> Vec<(usize, usize)> {
    let stride: usize = sizes[axis + 1..].iter().product();
    let points: usize = sizes.iter().product();
    let last = sizes[axis].saturating_sub(1);
    (0..points)
        .filter(|point| last > 0 && (point / stride).is_multiple_of(sizes[axis]))
        .map(|point| (point, point + stride * last))
        .collect()
}

/// Whether a change can be told to be larger than every other one of a list.
#[must_use]
pub fn stands_out(change: &Change, changes: &[Change]) -> bool {
    let least = change.by.low.abs().min(change.by.high.abs());
    let most = |other: &Change| other.by.low.abs().max(other.by.high.abs());
    let mut others = changes.iter().filter(|other| *other != change);
    change.is_told() && others.all(|other| most(other) < least)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps that share their luck: a slope and a noise of its own for each replicate.
    fn shared(n: usize, steps: &[f64]) -> Vec<Vec<f64>> {
        let luck = |k: usize| ((k * 7919) % 1000) as f64 / 100.0;
        let of = |step: &f64| {
            (0..n)
                .map(|k| step + luck(k) + 0.01 * ((k % 7) as f64))
                .collect()
        };
        steps.iter().map(of).collect()
    }

    #[test]
    fn neighbours_of_a_grid() {
        assert_eq!(neighbours(&[3], 0), [(0, 1), (1, 2)]);
        assert_eq!(neighbours(&[2, 3], 0), [(0, 3), (1, 4), (2, 5)]);
        assert_eq!(neighbours(&[2, 3], 1), [(0, 1), (1, 2), (3, 4), (4, 5)]);
        assert_eq!(ends(&[2, 3], 0), [(0, 3), (1, 4), (2, 5)]);
        assert_eq!(ends(&[2, 3], 1), [(0, 2), (3, 5)]);
    }

    #[test]
    fn shared_luck_tells_small_changes() {
        let values = shared(200, &[0.0, 0.1, 0.3, 0.3]);
        let level = levels(&values, Scale::Number)[0].estimate.expect("values");
        assert!(
            level.half_width() > 0.3,
            "levels are known badly: {level:?}"
        );
        let changes = changes(&values, &neighbours(&[4], 0));
        assert!(changes[0].is_told() && changes[1].is_told() && !changes[2].is_told());
        assert_eq!(course(&changes), Course::Rises);
        assert_eq!(largest(&changes).map(|of| (of.from, of.to)), Some((1, 2)));
        assert_eq!(course(&changes[2..]), Course::Flat);
        assert!(stands_out(&changes[1], &changes) && !stands_out(&changes[0], &changes));
    }

    #[test]
    fn a_course_that_turns_is_neither() {
        let values = shared(100, &[0.0, 1.0, 0.2]);
        assert_eq!(course(&changes(&values, &[(0, 1), (1, 2)])), Course::Turns);
        assert_eq!(course(&changes(&values, &[(1, 2)])), Course::Falls);
    }

    #[test]
    fn what_is_absent_is_counted_and_left_out() {
        let values = vec![vec![1.0, f64::NAN, 0.0], vec![1.0, 1.0, f64::NAN]];
        let levels = levels(&values, Scale::Truth);
        assert_eq!((levels[0].absent, levels[1].absent), (1, 1));
        // One replicate has both: too few for an interval.
        assert!(changes(&values, &[(0, 1)]).is_empty());
    }
}
