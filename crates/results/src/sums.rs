//! All that is added up over some replicates, in one hand: what makes a run extendable, resumable and mergeable.

use crate::aggregates::Aggregates;
use crate::layout::Layout;
use crate::series::{SeriesAggregates, SeriesStore};

/// What is added up over some replicates.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    /// Outcomes, decisions, events, faults.
    pub aggregates: Aggregates,
    /// Histograms of every measure at every step.
    pub series: SeriesAggregates,
}

impl Sums {
    /// Of no replicate.
    pub fn new(layout: &Layout) -> Self {
        Self {
            aggregates: Aggregates::new(layout),
            series: SeriesStore::new(layout).finish(),
        }
    }

    /// Adds those of other replicates; the order does not matter.
    pub fn merge(&mut self, other: &Self) {
        self.aggregates.merge(&other.aggregates);
        self.series.merge(&other.series);
    }

    /// Replicates behind them, failed ones included.
    pub fn replicates(&self) -> u64 {
        self.aggregates.arms.first().map_or(0, |arm| arm.replicates)
    }

    /// Whether they are of a layout and add up.
    pub fn fits(&self, layout: &Layout) -> bool {
        let n = self.replicates();
        self.aggregates.fits(layout)
            && self.aggregates.arms.iter().all(|arm| arm.replicates == n)
            && self.series.fits(layout)
    }
}
