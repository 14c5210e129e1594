//! The continuous ranked probability score of an ensemble and of a normal distribution
//! (Gneiting and Raftery 2007; fair to finite ensembles: Ferro 2014).

use foedera_results::special::normal_cdf;

use super::count;

/// Fair CRPS of an ensemble, in the unit of the number: what an infinite ensemble of the same distribution
/// would have on average. Of one member it is the distance; not a number of none.
#[must_use]
pub fn crps_fair(sample: &[f64], value: f64) -> f64 {
    let m = count(sample.len());
    let distance = sample.iter().map(|x| libm::fabs(x - value)).sum::<f64>() / m;
    if sample.len() < 2 {
        return distance;
    }
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    // Sum over pairs i < j of x_j - x_i, from order statistics.
    let spread: f64 = sorted
        .iter()
        .enumerate()
        .map(|(rank, x)| (2.0 * count(rank) - (m - 1.0)) * x)
        .sum();
    distance - spread / (m * (m - 1.0))
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
