//! Holds what a block of replicates leaves behind, and adds blocks up without rounding.

use foedera_sim::lanes::{LANES, Lanes};

use super::model::Data;

/// Bins of cohesion over -1..=1 at each tick.
pub(crate) const BINS: usize = 1024;

/// Keeps one block's course: cohesion by tick, and the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trace {
    pub(crate) cohesion: Vec<Lanes>,
    pub(crate) maturity: Lanes,
    /// Weight of each state at the end: zero if it left.
    pub(crate) weight: Vec<Lanes>,
}

impl Trace {
    pub(crate) fn new(data: &Data) -> Self {
        Self {
            cohesion: vec![Lanes::ZERO; data.ticks as usize],
            maturity: Lanes::ZERO,
            weight: vec![Lanes::ZERO; data.states()],
        }
    }
}

/// Adds up replicates in integers: any order gives the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) histogram: Vec<[u32; BINS]>,
    pub(crate) replicates: u64,
    pub(crate) withdrew: u64,
    pub(crate) maturity_sum: u64,
    /// Final cohesion in units of 2^-24.
    pub(crate) cohesion_sum: i64,
}

impl Outcome {
    pub(crate) fn new(data: &Data) -> Self {
        let histogram = vec![[0; BINS]; data.ticks as usize];
        Self {
            histogram,
            replicates: 0,
            withdrew: 0,
            maturity_sum: 0,
            cohesion_sum: 0,
        }
    }

    pub(crate) fn add(&mut self, trace: &Trace) {
        for (bins, row) in self.histogram.iter_mut().zip(&trace.cohesion) {
            for &cohesion in row.iter() {
                let bin = ((cohesion + 1.0) * 512.0) as usize;
                bins[bin.min(BINS - 1)] += 1;
            }
        }
        let last = trace.cohesion.last().expect("at least one tick");
        for lane in 0..LANES {
            self.withdrew += u64::from(trace.weight.iter().any(|weight| weight[lane] == 0.0));
            self.maturity_sum += trace.maturity[lane] as u64;
            self.cohesion_sum += (last[lane] * 16_777_216.0) as i64;
        }
        self.replicates += LANES as u64;
    }

    pub(crate) fn maturity_mean(&self) -> f64 {
        self.maturity_sum as f64 / self.replicates as f64
    }

    pub(crate) fn cohesion_mean(&self) -> f64 {
        self.cohesion_sum as f64 / 16_777_216.0 / self.replicates as f64
    }

    pub(crate) fn withdrew_share(&self) -> f64 {
        self.withdrew as f64 / self.replicates as f64
    }

    /// Gives the middle of the bin that holds a quantile of a tick's cohesion.
    pub(crate) fn quantile(&self, tick: u32, share: f64) -> f64 {
        let bins = &self.histogram[tick as usize];
        let mut below = 0;
        for (bin, &count) in bins.iter().enumerate() {
            below += u64::from(count);
            if below as f64 >= share * self.replicates as f64 {
                return (bin as f64 + 0.5) / 512.0 - 1.0;
            }
        }
        1.0
    }
}
