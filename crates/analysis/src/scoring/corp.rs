//! Reliability by isotonic regression, and the decomposition of the Brier score that goes with it (CORP:
//! Dimitriadis, Gneiting and Jordan 2021, PNAS 118(8)).
//!
//! No bins are chosen: the recalibrated probability is the best one that rises with the forecast, found by pooling
//! adjacent violators (Ayer and others 1955). Score = miscalibration - discrimination + uncertainty, none of which
//! can be negative. The consistency band is where the curve would lie if the forecasts were right, drawn with a
//! key: the same seed gives the same bits.

use serde::Serialize;

use super::{Binary, blocks, brier, count};

/// Resamples of the consistency band.
pub const RESAMPLES: usize = 1000;

/// The Brier score taken apart without bins.
#[derive(Debug, Clone, Serialize)]
pub struct Corp {
    /// Mean Brier score less that of the recalibrated forecasts; 0 if reliable, lower is better.
    pub miscalibration: f64,
    /// Brier score of the base rate less that of the recalibrated forecasts; higher is better.
    pub discrimination: f64,
    /// Brier score of the base rate.
    pub uncertainty: f64,
    /// The curve of reliability at each forecast that was made, rising.
    pub curve: Vec<Point>,
}

/// One point of the curve of reliability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The forecast.
    pub forecast: f64,
    /// Questions with this forecast.
    pub n: usize,
    /// The recalibrated probability.
    pub calibrated: f64,
    /// Where it would lie in 5 % of draws or fewer if the forecasts were right.
    pub low: f64,
    /// Where it would lie in 95 % of draws or more.
    pub high: f64,
}

/// The values that rise and lie nearest to these in weighted squares: pooling of adjacent violators.
#[must_use]
pub fn isotonic(values: &[f64], weights: &[f64]) -> Vec<f64> {
    // Mean, weight and length of each pool.
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (&value, &weight) in values.iter().zip(weights) {
        let mut pool = (value, weight, 1);
        while let Some(&(mean, total, length)) = pools.last() {
            if mean < pool.0 {
                break;
            }
            pools.pop();
            let weight = total + pool.1;
            let both = (mean * total + pool.0 * pool.1) / weight;
            pool = (both, weight, length + pool.2);
        }
        pools.push(pool);
    }
    let spread = pools.into_iter();
    spread
        .flat_map(|(mean, _, length)| std::iter::repeat_n(mean, length))
        .collect()
}

/// Takes the Brier score of some forecasts apart; none without forecasts. `seed` keys the band.
#[must_use]
pub fn corp(all: &[Binary], seed: u64) -> Option<Corp> {
    if all.is_empty() {
        return None;
    }
    let mut sorted = all.to_vec();
    sorted.sort_by(|a, b| a.forecast.total_cmp(&b.forecast));
    let groups = groups(&sorted);
    let hits = |happened: &dyn Fn(usize) -> bool| -> Vec<f64> {
        let of = |&(from, to): &(usize, usize)| (from..to).filter(|idx| happened(*idx)).count();
        groups.iter().map(|group| count(of(group))).collect()
    };
    let sizes: Vec<f64> = groups.iter().map(|(from, to)| count(to - from)).collect();
    let calibrate = |hits: &[f64]| {
        let means: Vec<f64> = hits.iter().zip(&sizes).map(|(hit, n)| hit / n).collect();
        isotonic(&means, &sizes)
    };
    let calibrated = calibrate(&hits(&|idx| sorted[idx].happened));
    let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); groups.len()];
    for resample in 0..RESAMPLES {
        let right = |idx: usize| blocks::uniform(seed, resample, idx) < sorted[idx].forecast;
        for (of, value) in drawn.iter_mut().zip(calibrate(&hits(&right))) {
            of.push(value);
        }
    }
    let curve: Vec<Point> = groups
        .iter()
        .zip(&calibrated)
        .zip(&mut drawn)
        .map(|((&(from, to), &calibrated), drawn)| {
            drawn.sort_by(f64::total_cmp);
            Point {
                forecast: sorted[from].forecast,
                n: to - from,
                calibrated,
                low: blocks::quantile(drawn, 0.05),
                high: blocks::quantile(drawn, 0.95),
            }
        })
        .collect();
    Some(parts(&sorted, &groups, curve))
}

/// Places of equal forecasts in sorted ones.
fn groups(sorted: &[Binary]) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (idx, one) in sorted.iter().enumerate() {
        match groups.last_mut() {
            Some((from, to)) if sorted[*from].forecast.total_cmp(&one.forecast).is_eq() => {
                *to = idx + 1;
            }
            _ => groups.push((idx, idx + 1)),
        }
    }
    groups
}

fn parts(sorted: &[Binary], groups: &[(usize, usize)], curve: Vec<Point>) -> Corp {
    let n = count(sorted.len());
    let rate = count(sorted.iter().filter(|one| one.happened).count()) / n;
    let mean = |score: &dyn Fn(usize) -> f64| (0..sorted.len()).map(score).sum::<f64>() / n;
    let mut fitted = Vec::with_capacity(sorted.len());
    for (point, (from, to)) in curve.iter().zip(groups) {
        fitted.extend(std::iter::repeat_n(point.calibrated, to - from));
    }
    let score = mean(&|idx| brier(sorted[idx].forecast, sorted[idx].happened));
    let calibrated = mean(&|idx| brier(fitted[idx], sorted[idx].happened));
    let uncertainty = mean(&|idx| brier(rate, sorted[idx].happened));
    Corp {
        // What rounding makes of a zero is no sign of anything.
        miscalibration: (score - calibrated).max(0.0),
        discrimination: (uncertainty - calibrated).max(0.0),
        uncertainty,
        curve,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled() {
        let ones = [1.0; 5];
        assert_eq!(
            isotonic(&[1.0, 3.0, 2.0, 4.0, 0.0], &ones),
            [1.0, 2.25, 2.25, 2.25, 2.25]
        );
        assert_eq!(isotonic(&[3.0, 1.0], &[1.0, 3.0]), [1.5, 1.5]);
        assert_eq!(isotonic(&[0.0, 0.5, 1.0], &ones), [0.0, 0.5, 1.0]);
        assert!(isotonic(&[], &[]).is_empty());
    }

    #[test]
    fn right_forecasts_lie_in_their_band_and_wrong_ones_do_not() {
        let forecasts = [0.1, 0.3, 0.5, 0.7, 0.9];
        let sure = |p: f64| {
            if p < 0.5 {
                p / 4.0
            } else {
                1.0 - (1.0 - p) / 4.0
            }
        };
        let all = |told: &dyn Fn(f64) -> f64| -> Vec<Binary> {
            let of = |p: f64| (0..200).map(move |k| (p, f64::from(k) < 200.0 * p));
            let pairs = forecasts.iter().flat_map(|p| of(*p));
            pairs
                .map(|(p, happened)| Binary {
                    forecast: told(p),
                    happened,
                })
                .collect()
        };
        let good = corp(&all(&|p| p), 1).unwrap();
        assert!(good.miscalibration < 1e-12, "{good:?}");
        assert!(
            good.curve
                .iter()
                .all(|of| of.low <= of.calibrated && of.calibrated <= of.high)
        );
        let bad = corp(&all(&sure), 1).unwrap();
        assert!(bad.miscalibration > 0.01);
        assert!(
            bad.curve
                .iter()
                .any(|of| of.calibrated < of.low || of.calibrated > of.high)
        );
        // Recalibration does not change who is told apart.
        assert!((bad.discrimination - good.discrimination).abs() < 1e-12);
        assert_eq!(corp(&all(&sure), 1).unwrap().curve, bad.curve);
        assert_ne!(corp(&all(&sure), 2).unwrap().curve, bad.curve);
        assert!(corp(&[], 1).is_none());
    }
}
