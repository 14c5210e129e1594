//! The continuous ranked probability score of an ensemble and of a normal distribution
//! (Gneiting and Raftery 2007; fair to finite ensembles: Ferro 2014; between thresholds: Gneiting and Ranjan 2011).
//!
//! All are in the unit of the number and negatively oriented: lower is better. An ensemble of none has no score.

use foedera_results::special::normal_cdf;

/// Which ensemble is meant by a finite one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensemble {
    /// The members are the forecast: pairs of a member with itself count.
    Whole,
    /// The members are a sample of the forecast: what an infinite ensemble would have on average (Ferro 2014).
    Sample,
}

/// CRPS of an ensemble whose members are the forecast.
#[must_use]
pub fn crps(sample: &[f64], value: f64) -> f64 {
    crps_weighted(sample, &vec![1.0; sample.len()], value, Ensemble::Whole)
}

/// Fair CRPS of an ensemble, in the unit of the number: what an infinite ensemble of the same distribution
/// would have on average. Of one member it is the distance; not a number of none.
#[must_use]
pub fn crps_fair(sample: &[f64], value: f64) -> f64 {
    crps_weighted(sample, &vec![1.0; sample.len()], value, Ensemble::Sample)
}

/// CRPS of an ensemble with weights that are not negative; they need not sum to one. With all weight on one
/// member it is the distance, without weight not a number.
#[must_use]
pub fn crps_weighted(sample: &[f64], weights: &[f64], value: f64, of: Ensemble) -> f64 {
    let total: f64 = weights.iter().sum();
    let mut members: Vec<(f64, f64)> = sample
        .iter()
        .zip(weights)
        .map(|(x, weight)| (*x, weight / total))
        .collect();
    members.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut distance, mut squares) = (0.0, 0.0);
    // Sum over pairs i < j of w_i w_j (x_j - x_i), from running sums in order.
    let (mut pairs, mut before, mut before_x) = (0.0, 0.0, 0.0);
    for (x, weight) in members {
        distance += weight * libm::fabs(x - value);
        pairs += weight * (x * before - before_x);
        before += weight;
        before_x += weight * x;
        squares += weight * weight;
    }
    if sample.is_empty() {
        return f64::NAN;
    }
    match of {
        Ensemble::Whole => distance - pairs,
        Ensemble::Sample if 1.0 - squares > 1e-12 => distance - pairs / (1.0 - squares),
        Ensemble::Sample => distance,
    }
}

/// CRPS that looks only between two thresholds, which may be infinite: that of everything clamped to them. With
/// a low threshold alone it judges the upper tail.
#[must_use]
pub fn crps_between(sample: &[f64], value: f64, low: f64, high: f64) -> f64 {
    let clamp = |x: f64| x.max(low).min(high);
    let clamped: Vec<f64> = sample.iter().map(|x| clamp(*x)).collect();
    crps(&clamped, clamp(value))
}

/// CRPS of a normal distribution; with no spread the distance from its mean.
#[must_use]
pub fn crps_normal(mean: f64, sd: f64, value: f64) -> f64 {
    if sd <= 0.0 {
        return libm::fabs(value - mean);
    }
    let z = (value - mean) / sd;
    let density = libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    let root = libm::sqrt(std::f64::consts::PI);
    sd * (z * (2.0 * normal_cdf(z) - 1.0) + 2.0 * density - 1.0 / root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::count;

    /// By the definition: mean |x - y| less half the mean |x - x'| over different members.
    fn by_pairs(sample: &[f64], value: f64) -> f64 {
        let m = count(sample.len());
        let distance: f64 = sample.iter().map(|x| (x - value).abs()).sum::<f64>() / m;
        let pairs: f64 = sample
            .iter()
            .flat_map(|x| sample.iter().map(move |y| (x - y).abs()))
            .sum();
        distance - pairs / (2.0 * m * (m - 1.0))
    }

    #[test]
    fn an_ensemble_is_scored_by_the_definition() {
        // (1, 2, 4) at 3: distances 2 + 1 + 1 over 3, pairs 1 + 3 + 2 over 3 x 2.
        assert!((crps_fair(&[1.0, 2.0, 4.0], 3.0) - (4.0 / 3.0 - 1.0)).abs() < 1e-12);
        for (sample, value) in [
            (vec![0.3, -1.2, 5.0, 5.0, 2.2, 0.0], 1.1),
            (vec![7.0, 7.0], 7.0),
            (vec![1e6, -1e6, 3.0], 0.5),
        ] {
            assert!((crps_fair(&sample, value) - by_pairs(&sample, value)).abs() < 1e-9);
        }
        assert!((crps_fair(&[2.0], 5.0) - 3.0).abs() < 1e-12);
        assert!(crps_fair(&[], 5.0).is_nan());
    }

    #[test]
    fn equal_weights_change_nothing_and_whole_weights_repeat() {
        let (sample, value) = ([0.3, -1.2, 5.0, 2.2], 1.1);
        let equal = crps_weighted(&sample, &[0.25; 4], value, Ensemble::Whole);
        assert!((equal - crps(&sample, value)).abs() < 1e-12);
        let repeated = [0.3, 0.3, 0.3, -1.2, 5.0, 5.0, 2.2];
        let weighted = crps_weighted(&sample, &[3.0, 1.0, 2.0, 1.0], value, Ensemble::Whole);
        assert!((weighted - crps(&repeated, value)).abs() < 1e-12);
        let wide = crps_between(&sample, value, f64::NEG_INFINITY, f64::INFINITY);
        assert!((wide - crps(&sample, value)).abs() < 1e-12);
        // The parts below and above a threshold make up the whole.
        let parts = crps_between(&sample, value, f64::NEG_INFINITY, 1.5)
            + crps_between(&sample, value, 1.5, f64::INFINITY);
        assert!((parts - crps(&sample, value)).abs() < 1e-12);
    }

    #[test]
    fn a_normal_distribution_is_scored_by_the_closed_form() {
        // properscoring.crps_gaussian: at the mean sd (sqrt 2 - 1) / sqrt pi.
        let at_mean = (2.0_f64.sqrt() - 1.0) / std::f64::consts::PI.sqrt();
        for (mean, sd, value, expected) in [
            (0.0, 1.0, 0.0, at_mean),
            (3.0, 2.0, 3.0, 2.0 * at_mean),
            (0.0, 1.0, 1.0, 0.602_441_357_627_261_5),
            (1.0, 0.0, 4.0, 3.0),
        ] {
            let found = crps_normal(mean, sd, value);
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    #[test]
    fn a_large_ensemble_scores_as_its_distribution() {
        let sample: Vec<f64> = (0..2000)
            .map(|rank| foedera_results::special::normal_quantile((f64::from(rank) + 0.5) / 2000.0))
            .collect();
        for value in [-1.5, 0.0, 0.7] {
            assert!((crps_fair(&sample, value) - crps_normal(0.0, 1.0, value)).abs() < 2e-3);
        }
    }
}
