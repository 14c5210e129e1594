//! Series: one histogram for each arm, measure and step, filled by many workers at once.
//!
//! Integer counts do not care who comes first, so workers share one store behind a lock for each arm and
//! measure, and memory does not grow with threads or replicates. Relies on [`crate::histogram`].

use std::sync::{Mutex, PoisonError};

use crate::histogram::{Histogram, Scale};
use crate::interval::{self, CONFIDENCE, Estimate, QuantileRanks};
use crate::layout::Layout;

/// Quantiles of the series table.
pub const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Histograms of every arm, measure and step.
#[derive(Debug)]
pub struct SeriesStore {
    n_measures: usize,
    scales: Vec<Scale>,
    cells: Vec<Mutex<Vec<Histogram>>>,
}

impl SeriesStore {
    /// Starts empty.
    pub fn new(layout: &Layout) -> Self {
        let scales: Vec<Scale> = layout
            .measures
            .iter()
            .map(|m| Scale::new(m.low, m.high))
            .collect();
        let cells = (0..layout.arms.len() * scales.len())
            .map(|_| Mutex::new(vec![Histogram::default(); layout.steps.len()]))
            .collect();
        Self {
            n_measures: scales.len(),
            scales,
            cells,
        }
    }

    /// Adds the values of one measure at every step: `values_at(step)` gives those of the good replicates.
    ///
    /// Values that are not finite are left out.
    pub fn add<'a>(&self, arm: usize, measure: usize, values_at: impl Fn(usize) -> &'a [f32]) {
        let cell = &self.cells[arm * self.n_measures + measure];
        // A worker that panicked leaves whole counts behind; the run fails anyway.
        let mut steps = cell.lock().unwrap_or_else(PoisonError::into_inner);
        for (step, histogram) in steps.iter_mut().enumerate() {
            histogram.add(self.scales[measure], values_at(step));
        }
    }

    /// Ends the filling.
    pub fn finish(self) -> SeriesAggregates {
        self.take()
    }

    /// Replaces all that is filled in.
    pub fn put(&self, series: SeriesAggregates) {
        for (cell, steps) in self.cells.iter().zip(series.cells) {
            *cell.lock().unwrap_or_else(PoisonError::into_inner) = steps;
        }
    }

    /// Adds what another store of the same layout holds, which is empty afterwards and may be filled again.
    pub fn drain(&self, from: &Self) {
        for (cell, from) in self.cells.iter().zip(&from.cells) {
            let mut theirs = from.lock().unwrap_or_else(PoisonError::into_inner);
            let mut mine = cell.lock().unwrap_or_else(PoisonError::into_inner);
            for (mine, theirs) in mine.iter_mut().zip(theirs.iter_mut()) {
                mine.merge(&std::mem::take(theirs));
            }
        }
    }

    /// Takes what was filled in and leaves nothing, for whoever cannot have the store itself.
    pub fn take(&self) -> SeriesAggregates {
        let cells = self
            .cells
            .iter()
            .map(|cell| std::mem::take(&mut *cell.lock().unwrap_or_else(PoisonError::into_inner)));
        SeriesAggregates {
            n_measures: self.n_measures,
            scales: self.scales.clone(),
            cells: cells.collect(),
        }
    }
}

/// The finished histograms of every arm, measure and step.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesAggregates {
    n_measures: usize,
    scales: Vec<Scale>,
    cells: Vec<Vec<Histogram>>,
}

/// One measure at one step under one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesPoint {
    /// Replicates behind it.
    pub n: u64,
    /// Mean with its interval.
    pub mean: Estimate,
    /// Standard deviation.
    pub sd: f64,
    /// Quantiles at [`LEVELS`] with their intervals; an end that so few replicates cannot bound is infinite.
    pub quantiles: [Estimate; 5],
}

impl SeriesAggregates {
    /// Takes the histograms of every cell, `[arm][measure][step]`.
    pub(crate) fn of_cells(layout: &Layout, cells: Vec<Vec<Histogram>>) -> Self {
        Self {
            cells,
            ..SeriesStore::new(layout).finish()
        }
    }

    /// Whether there is a sound histogram for each arm, measure and step of a layout.
    pub fn fits(&self, layout: &Layout) -> bool {
        let n_steps = layout.steps.len();
        let whole = |steps: &Vec<Histogram>| {
            steps.len() == n_steps && steps.iter().all(Histogram::is_sound)
        };
        self.n_measures == layout.measures.len()
            && self.cells.len() == layout.arms.len() * layout.measures.len()
            && self.cells.iter().all(whole)
    }

    /// The histogram of a cell.
    pub fn histogram(&self, arm: usize, measure: usize, step: usize) -> &Histogram {
        &self.cells[arm * self.n_measures + measure][step]
    }

    /// The range of a measure.
    pub fn scale(&self, measure: usize) -> Scale {
        self.scales[measure]
    }

    /// Adds the histograms of other replicates.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self
            .cells
            .iter_mut()
            .flatten()
            .zip(other.cells.iter().flatten())
        {
            mine.merge(theirs);
        }
    }

    /// The same for some measures alone, by their places, in this order.
    #[must_use]
    pub fn of_measures(&self, places: &[usize]) -> Self {
        let n_arms = self.cells.len().checked_div(self.n_measures).unwrap_or(0);
        let cell = |arm: usize, place: &usize| self.cells[arm * self.n_measures + place].clone();
        Self {
            n_measures: places.len(),
            scales: places.iter().map(|place| self.scales[*place]).collect(),
            cells: (0..n_arms)
                .flat_map(|arm| places.iter().map(move |place| cell(arm, place)))
                .collect(),
        }
    }

    /// Every step of one measure under one arm; `None` where no value is.
    pub fn points(&self, arm: usize, measure: usize) -> Vec<Option<SeriesPoint>> {
        let mut known: Option<(u64, [QuantileRanks; 5])> = None;
        let steps = &self.cells[arm * self.n_measures + measure];
        steps
            .iter()
            .map(|histogram| {
                let n = histogram.n();
                if known.is_none_or(|(of, _)| of != n) {
                    known = ranks_of(n).map(|ranks| (n, ranks));
                }
                let (_, ranks) = known?;
                point(histogram, self.scales[measure], &ranks)
            })
            .collect()
    }
}

fn ranks_of(n: u64) -> Option<[QuantileRanks; 5]> {
    let first = interval::quantile_ranks(n, LEVELS[0], CONFIDENCE)?;
    let mut ranks = [first; 5];
    for (rank, level) in ranks.iter_mut().zip(LEVELS).skip(1) {
        *rank = interval::quantile_ranks(n, level, CONFIDENCE)?;
    }
    Some(ranks)
}

fn point(histogram: &Histogram, scale: Scale, ranks: &[QuantileRanks; 5]) -> Option<SeriesPoint> {
    let n = histogram.n();
    let mean = histogram.mean(scale)?;
    let sd = histogram.sd(scale).unwrap_or(0.0);
    let median = histogram.at_ranks(scale, ranks[2])?;
    let mut quantiles = [median; 5];
    for (quantile, rank) in quantiles.iter_mut().zip(ranks) {
        *quantile = histogram.at_ranks(scale, *rank)?;
    }
    // One value says nothing of its error.
    let mean = interval::mean(n, mean, sd * sd, CONFIDENCE).unwrap_or(Estimate {
        value: mean,
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
        n,
    });
    Some(SeriesPoint {
        n,
        mean,
        sd,
        quantiles,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    #[test]
    fn workers_in_any_order_fill_the_same_store() {
        let layout = test_data::layout();
        let fill = |order: &[u64]| {
            let store = SeriesStore::new(&layout);
            for &idx in order {
                let block = test_data::block(idx * 64, 64, 0);
                for (arm, of_arm) in block.arms.iter().enumerate() {
                    for measure in 0..2 {
                        store.add(arm, measure, |step| &of_arm.trajectories[measure][step]);
                    }
                }
            }
            store.finish()
        };
        let (forward, backward) = (fill(&[0, 1, 2, 3]), fill(&[3, 1, 0, 2]));
        let mut merged = fill(&[2, 0]);
        merged.merge(&fill(&[1, 3]));
        for arm in 0..2 {
            for step in 0..6 {
                let of = |series: &SeriesAggregates| series.histogram(arm, 1, step).trimmed();
                assert_eq!(of(&forward), of(&backward));
                assert_eq!(of(&forward), of(&merged));
            }
        }
        let points = forward.points(1, 0);
        assert_eq!(points.len(), 6);
        let last = points[5].unwrap();
        // 256 uniform numbers: the median's standard error is 0.031, four of them either way.
        assert_eq!(last.n, 256);
        assert!((last.quantiles[2].value - 0.5).abs() < 0.13, "{last:?}");
        assert!(last.quantiles[2].low < last.quantiles[2].high);
    }

    #[test]
    fn some_measures_are_picked_for_every_arm() {
        let layout = test_data::layout();
        let store = SeriesStore::new(&layout);
        let block = test_data::block(0, 64, 0);
        for (arm, of_arm) in block.arms.iter().enumerate() {
            for measure in 0..2 {
                store.add(arm, measure, |step| &of_arm.trajectories[measure][step]);
            }
        }
        let all = store.finish();
        let second = all.of_measures(&[1]);
        for arm in 0..2 {
            assert_eq!(second.points(arm, 0), all.points(arm, 1));
        }
        assert_eq!(all.of_measures(&[0, 1]), all);
    }

    #[test]
    fn an_empty_store_has_no_points() {
        let series = SeriesStore::new(&test_data::layout()).finish();
        assert_eq!(series.points(0, 0), vec![None; 6]);
    }
}
