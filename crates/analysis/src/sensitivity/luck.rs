//! Luck against ignorance: which part of the variance chance causes within a history, and which part comes of
//! not knowing the inputs.
//!
//! The law of total variance, estimated as one-way random effects: points of the inputs, each with several
//! replicates (Sun, Apley and Staum 2011, Oper. Res. 59:998). With one replicate at each point the two cannot
//! be told apart.

use foedera_results::Estimate;
use serde::Serialize;

use super::{moments, resample};

/// The two parts of the variance of an outcome in a single history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Luck {
    /// Variance of the mean over luck, from not knowing the inputs.
    pub ignorance: Estimate,
    /// Variance among replicates of a point, from luck. Absent with one replicate at each point.
    pub luck: Option<Estimate>,
    /// Share of luck in both together, 0..=1. Absent with one replicate at each point.
    pub share: Option<Estimate>,
    /// Replicates of each point.
    pub replicates: u64,
}

/// Parts the variance of answers, point by point, the replicates of a point beside each other. Points with a value
/// missing are left out; `None` with fewer than two good points or fewer than two replicates at each.
#[must_use]
pub fn split(values: &[f64], replicates: usize, seed: u64) -> Option<Luck> {
    if replicates < 2 {
        return None;
    }
    let points = values.chunks_exact(replicates);
    let good: Vec<(f64, f64)> = points
        .filter(|point| point.iter().all(|x| x.is_finite()))
        .map(moments)
        .collect();
    if good.len() < 2 {
        return None;
    }
    let n = good.len() as f64;
    let r = replicates as f64;
    let centre = good.iter().map(|(mean, _)| mean).sum::<f64>() / n;
    let rows: Vec<Vec<f64>> = good
        .iter()
        .map(|(mean, variance)| vec![mean - centre, (mean - centre) * (mean - centre), *variance])
        .collect();
    let found = resample::of_means(&rows, seed, |means| {
        let between = (means[1] - means[0] * means[0]) * n / (n - 1.0);
        let ignorance = between - means[2] / r;
        let all = ignorance.max(0.0) + means[2];
        let share = if all > 0.0 { means[2] / all } else { 0.0 };
        vec![ignorance, means[2], share]
    });
    Some(Luck {
        ignorance: found[0],
        luck: Some(found[1]),
        share: Some(found[2]),
        replicates: replicates as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Even in ±1, keyed.
    fn even(seed: u64, one: usize, other: usize) -> f64 {
        2.0 * (resample::pick(seed, one, other, 1 << 40) as f64 / (1_u64 << 40) as f64) - 1.0
    }

    #[test]
    fn variances_are_parted_without_bias() {
        // Points even in ±3 have variance 3, luck even in ±1 has 1/3: a share of 0.1.
        let mut covered = 0;
        for seed in 0..40 {
            let values: Vec<f64> = (0..200)
                .flat_map(|point| {
                    (0..4).map(move |l| 3.0 * even(seed, point, 9) + even(seed + 100, point, l))
                })
                .collect();
            let found = split(&values, 4, seed).expect("there are points");
            let share = found.share.expect("there are replicates");
            assert!((share.value - 0.1).abs() < 0.03, "{share:?}");
            covered += u32::from(share.low <= 0.1 && 0.1 <= share.high);
        }
        // 95 % of 40 are 38; fewer than 33 would happen once in a thousand.
        assert!(covered >= 33, "{covered} of 40");
    }

    #[test]
    fn luck_alone_leaves_no_ignorance() {
        let values: Vec<f64> = (0..800).map(|k| even(3, k, 0)).collect();
        let found = split(&values, 4, 1).expect("there are points");
        assert!(found.ignorance.includes_zero(), "{found:?}");
        assert!(split(&values, 1, 1).is_none());
    }
}
