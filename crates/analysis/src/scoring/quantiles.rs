//! Scores of single quantiles, of central intervals and of vectors (Gneiting and Raftery 2007).
//!
//! All are negatively oriented: lower is better.

use super::count;

/// Score of a quantile at a level in 0..1, the pinball loss: a value above it costs the level for each unit of
/// distance, a value below it the rest to one.
#[must_use]
pub fn quantile_score(quantile: f64, level: f64, value: f64) -> f64 {
    if value >= quantile {
        level * (value - quantile)
    } else {
        (1.0 - level) * (quantile - value)
    }
}

/// Score of a central interval that is to miss a share of values (0.1 for a 90 % interval): its width, and 2 over
/// that share for each unit by which the value lies outside.
#[must_use]
pub fn interval_score(low: f64, high: f64, miss: f64, value: f64) -> f64 {
    let outside = (low - value).max(value - high).max(0.0);
    (high - low) + 2.0 / miss * outside
}

/// Energy score of an ensemble of vectors, the CRPS of more than one dimension. With `fair`, pairs of a member
/// with itself do not count. The entries should have one scale. Not a number of none.
#[must_use]
pub fn energy_score(members: &[Vec<f64>], value: &[f64], fair: bool) -> f64 {
    let m = count(members.len());
    let to_value: f64 = members.iter().map(|member| apart(member, value)).sum();
    let mut pairs = 0.0;
    for (idx, one) in members.iter().enumerate() {
        for other in &members[idx + 1..] {
            pairs += apart(one, other);
        }
    }
    let of_pairs = match (fair, members.len()) {
        (_, 0 | 1) => 0.0,
        (true, _) => pairs / (m * (m - 1.0)),
        (false, _) => pairs / (m * m),
    };
    to_value / m - of_pairs
}

fn apart(one: &[f64], other: &[f64]) -> f64 {
    let squares = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
    libm::sqrt(squares.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::crps::{crps, crps_fair};

    #[test]
    fn the_pinball_loss_is_least_at_the_quantile() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let loss = |q: f64| {
            values
                .iter()
                .map(|v| quantile_score(q, 0.9, *v))
                .sum::<f64>()
        };
        for q in [50.0, 85.0, 95.0, 99.0] {
            assert!(loss(90.0) <= loss(q), "{q}");
        }
        // Twice the mean pinball loss over all levels is the CRPS.
        let sample = [0.3, -1.2, 5.0, 2.2];
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        let steps = 4000;
        let all: f64 = (0..steps)
            .map(|step| (f64::from(step) + 0.5) / f64::from(steps))
            .map(|level| quantile_score(sorted[(level * 4.0) as usize], level, 1.1))
            .sum();
        let mean = 2.0 * all / f64::from(steps);
        assert!((mean - crps(&sample, 1.1)).abs() < 1e-3, "{mean}");
    }

    #[test]
    fn an_interval_pays_for_its_width_and_for_its_misses() {
        assert!((interval_score(1.0, 3.0, 0.1, 2.0) - 2.0).abs() < 1e-12);
        assert!((interval_score(1.0, 3.0, 0.1, 3.5) - 12.0).abs() < 1e-12);
        // It is the sum of the pinball losses of its ends over half the share.
        for value in [-0.5, 1.7, 4.0] {
            let ends = quantile_score(1.0, 0.05, value) + quantile_score(3.0, 0.95, value);
            assert!((interval_score(1.0, 3.0, 0.1, value) - ends / 0.05).abs() < 1e-9);
        }
    }

    #[test]
    fn the_energy_score_of_one_dimension_is_the_crps() {
        let sample = [0.3, -1.2, 5.0, 2.2];
        let vectors: Vec<Vec<f64>> = sample.iter().map(|x| vec![*x]).collect();
        assert!((energy_score(&vectors, &[1.1], false) - crps(&sample, 1.1)).abs() < 1e-12);
        assert!((energy_score(&vectors, &[1.1], true) - crps_fair(&sample, 1.1)).abs() < 1e-12);
        assert!((energy_score(&vectors[..1], &[1.3], true) - 1.0).abs() < 1e-12);
    }
}
