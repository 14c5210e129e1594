//! Regional sensitivity: where in an input's range the histories lie in which something happens (Hornberger and Spear
//! 1981, J. Environ. Manage. 12:7).
//!
//! Replicates are split in two, those in which it happens and the others; for each input the two distributions
//! are held against each other by the distance of Kolmogorov and Smirnov. Its p-value is that of the limiting
//! law (Kolmogorov 1933), many inputs are allowed for by Holm (1979, Scand. J. Stat. 6:65). Works on any sample.

use serde::Serialize;

/// How one input differs between the two parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Regional {
    /// Largest distance between the two distribution functions, 0..=1.
    pub distance: f64,
    /// Probability of at least this distance if the input had nothing to do with it; many inputs allowed for.
    pub p: f64,
    /// Probability that the input is larger where it happens than where it does not, ties half: 0.5 if neither.
    pub larger: f64,
    /// Median of the input where it happens.
    pub median_with: f64,
    /// Median of the input where it does not.
    pub median_without: f64,
}

impl Regional {
    /// Whether the input can be told from one that does nothing.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.p < 0.05
    }
}

/// Compares inputs `[input][replicate]`, every value finite, between replicates in which something holds and the
/// others. `None` if either part has fewer than `least`.
#[must_use]
pub fn regional(inputs: &[Vec<f64>], holds: &[bool], least: usize) -> Option<Vec<Regional>> {
    let with = holds.iter().filter(|holds| **holds).count();
    if with < least.max(1) || holds.len() - with < least.max(1) {
        return None;
    }
    let mut found: Vec<Regional> = inputs.iter().map(|values| one(values, holds)).collect();
    let plain: Vec<f64> = found.iter().map(|of| of.p).collect();
    for (of, p) in found.iter_mut().zip(holm(&plain)) {
        of.p = p;
    }
    Some(found)
}

fn one(values: &[f64], holds: &[bool]) -> Regional {
    let part = |which: bool| {
        let mine = values
            .iter()
            .zip(holds)
            .filter(|(_, holds)| **holds == which);
        let mut part: Vec<f64> = mine.map(|(value, _)| *value).collect();
        part.sort_by(f64::total_cmp);
        part
    };
    let (with, without) = (part(true), part(false));
    let distance = distance(&with, &without);
    let (n, m) = (with.len() as f64, without.len() as f64);
    Regional {
        distance,
        p: kolmogorov(distance * libm::sqrt(n * m / (n + m))),
        larger: larger(&with, &without),
        median_with: super::resample::quantile(&with, 0.5),
        median_without: super::resample::quantile(&without, 0.5),
    }
}

/// Largest distance between the distribution functions of two sorted lists that are not empty.
#[must_use]
pub fn distance(one: &[f64], other: &[f64]) -> f64 {
    let (mut idx, mut jdx, mut far) = (0, 0, 0.0_f64);
    while idx < one.len() && jdx < other.len() {
        let value = one[idx].min(other[jdx]);
        while idx < one.len() && one[idx] <= value {
            idx += 1;
        }
        while jdx < other.len() && other[jdx] <= value {
            jdx += 1;
        }
        let apart = idx as f64 / one.len() as f64 - jdx as f64 / other.len() as f64;
        far = far.max(apart.abs());
    }
    far
}

/// P(one > other) + P(one = other) / 2, of sorted lists.
fn larger(one: &[f64], other: &[f64]) -> f64 {
    let wins: f64 = one
        .iter()
        .map(|value| {
            let below = other.partition_point(|x| x < value);
            let up_to = other.partition_point(|x| x <= value);
            0.5 * (below + up_to) as f64
        })
        .sum();
    wins / (one.len() as f64 * other.len() as f64)
}

/// Probability that the limiting law of Kolmogorov exceeds a value: 2 Σ (-1)^(j-1) exp(-2 j² λ²).
#[must_use]
pub fn kolmogorov(lambda: f64) -> f64 {
    // Below, the sum converges slowly, and the probability is 1 to the last bit shown.
    if lambda < 0.2 {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 1..=100_u8 {
        let j = f64::from(j);
        let term = libm::exp(-2.0 * j * j * lambda * lambda);
        sum += sign * term;
        sign = -sign;
        if term < 1e-18 {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

/// P-values allowed for their number, in the order given (Holm 1979).
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, idx) in order.iter().enumerate() {
        let left = (p_values.len() - rank) as f64;
        least = least.max((left * p_values[*idx]).min(1.0));
        adjusted[*idx] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::resample;

    #[test]
    fn distances_by_hand() {
        assert!((distance(&[1.0, 2.0], &[3.0, 4.0]) - 1.0).abs() < 1e-12);
        assert!((distance(&[1.0, 3.0], &[2.0, 4.0]) - 0.5).abs() < 1e-12);
        // Ties move both at once.
        assert!(distance(&[1.0, 1.0, 2.0], &[1.0, 1.0, 2.0]).abs() < 1e-12);
        assert!((larger(&[2.0, 3.0], &[1.0, 2.0]) - 0.875).abs() < 1e-12);
    }

    #[test]
    fn kolmogorovs_law_has_its_known_quantiles() {
        // Smirnov's table: 1.3581 at 5 %, 1.6276 at 1 %.
        assert!((kolmogorov(1.3581) - 0.05).abs() < 1e-5);
        assert!((kolmogorov(1.6276) - 0.01).abs() < 1e-5);
        assert!((kolmogorov(0.5) - 0.963_945_243).abs() < 1e-8);
        assert!(kolmogorov(0.1) > 0.999_999);
    }

    #[test]
    fn holm_by_hand() {
        // Sorted 0.01, 0.02, 0.04: times 3, 2, 1, never falling.
        let got = holm(&[0.04, 0.01, 0.02]);
        for (got, expected) in got.iter().zip([0.04, 0.03, 0.04]) {
            assert!((got - expected).abs() < 1e-12, "{got}");
        }
    }

    #[test]
    fn an_input_that_does_nothing_is_rarely_told() {
        let even = |seed: u64, k: usize| resample::pick(seed, k, 0, 1 << 40) as f64;
        let mut wrongly = 0;
        for seed in 0..60 {
            let inputs: Vec<Vec<f64>> = (0..5)
                .map(|input| (0..300).map(|k| even(seed * 100 + input, k)).collect())
                .collect();
            let holds: Vec<bool> = (0..300).map(|k| even(seed * 100 + 50, k) < 2e11).collect();
            let found = regional(&inputs, &holds, 10).expect("there are enough");
            wrongly += u32::from(found.iter().any(Regional::is_told));
        }
        // 5 % of 60 are 3; more than 9 would happen in 2 of a thousand tries.
        assert!(wrongly <= 9, "{wrongly} of 60");
    }

    #[test]
    fn a_cause_is_told_with_its_direction() {
        let inputs = [(0..200).map(f64::from).collect::<Vec<_>>()];
        let holds: Vec<bool> = (0..200).map(|k| k >= 150).collect();
        let found = regional(&inputs, &holds, 10).expect("there are enough")[0];
        assert!((found.distance - 1.0).abs() < 1e-12 && found.larger > 0.999);
        assert!(found.is_told() && found.median_with > found.median_without);
        assert!(regional(&inputs, &[true; 200], 1).is_none());
    }
}
