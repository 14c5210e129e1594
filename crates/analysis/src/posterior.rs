//! What a calibration has learnt of each input: how far the posterior is from the prior, with the error that a
//! population of particles has.
//!
//! Particles that descend from one particle of the first population are not independent: errors add up within such
//! families (Lee and Whiteley 2018). What cannot be told from the prior is said so, at a level that holds for all
//! inputs together (Bonferroni).

use foedera_results::special;
use serde::Serialize;

/// What was learnt of one input.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Learnt {
    /// Shift of the posterior mean, in standard deviations of the prior.
    pub shift: f64,
    /// 1 less the ratio of the posterior variance to that of the prior, on the scale of normal scores: 0 nothing
    /// learnt, 1 known exactly, below 0 wider than before.
    pub contraction: f64,
    /// Half of the 95 % interval of the contraction.
    pub error: f64,
    /// Whether the mean can be told from the prior's.
    pub moved: bool,
    /// Whether the variance is smaller than the prior's, so that it can be told.
    pub narrowed: bool,
    /// Whether mean or variance can be told from the prior's.
    pub told: bool,
    /// Number of independent particles that would know the mean as well.
    pub effective: f64,
}

/// A rank correlation of two inputs in the posterior.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tied {
    /// One input.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Rank correlation (Spearman), -1..=1.
    pub value: f64,
    /// Whether it can be told from none.
    pub told: bool,
}

/// What was learnt of one of `inputs` inputs: from its normal scores under the prior by particle, weights that sum
/// to one, and the particle of the first population from which each descends.
#[must_use]
pub fn learnt(scores: &[f64], weights: &[f64], roots: &[u32], inputs: usize) -> Learnt {
    let mean: f64 = scores.iter().zip(weights).map(|(z, w)| w * z).sum();
    let squares: Vec<f64> = scores.iter().map(|z| (z - mean) * (z - mean)).collect();
    let variance: f64 = squares.iter().zip(weights).map(|(s, w)| w * s).sum();
    let of_mean = error(scores, mean, weights, roots);
    let of_variance = error(&squares, variance, weights, roots);
    // Two tests for each input, 5 % together, two-sided.
    #[expect(clippy::cast_precision_loss, reason = "a count of inputs")]
    let tests = 2.0 * inputs.max(1) as f64;
    let beyond = special::normal_quantile(1.0 - 0.025 / tests);
    let effective = if of_mean > 0.0 {
        variance / (of_mean * of_mean)
    } else {
        1.0
    };
    // Errors if nothing were learnt: a sample that is narrow by chance must not vouch for itself.
    let if_prior = (
        of_mean.max(libm::sqrt(1.0 / effective)),
        of_variance.max(libm::sqrt(2.0 / effective)),
    );
    let moved = libm::fabs(mean) > beyond * if_prior.0;
    let apart = libm::fabs(variance - 1.0) > beyond * if_prior.1;
    Learnt {
        shift: mean,
        contraction: 1.0 - variance,
        error: 1.959_963_984_540_054 * of_variance,
        moved,
        narrowed: apart && variance < 1.0,
        told: moved || apart,
        effective,
    }
}

/// Standard error of a weighted mean whose particles come in families; never less than that of independent ones.
fn error(values: &[f64], mean: f64, weights: &[f64], roots: &[u32]) -> f64 {
    let mut families: std::collections::BTreeMap<u32, f64> = std::collections::BTreeMap::new();
    let mut alone = 0.0;
    for ((value, weight), root) in values.iter().zip(weights).zip(roots) {
        let part = weight * (value - mean);
        *families.entry(*root).or_insert(0.0) += part;
        alone += part * part;
    }
    let together: f64 = families.values().map(|sum| sum * sum).sum();
    libm::sqrt(together.max(alone))
}

/// Rank correlations of all pairs of inputs, `values[input][particle]`; `effective` particles know them.
#[must_use]
pub fn ties(values: &[Vec<f64>], weights: &[f64], effective: f64) -> Vec<Tied> {
    let ranks: Vec<Vec<f64>> = values.iter().map(|of| ranks(of, weights)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of pairs")]
    let pairs = (values.len() * values.len().saturating_sub(1) / 2).max(1) as f64;
    let beyond = special::normal_quantile(1.0 - 0.025 / pairs) / libm::sqrt(effective.max(1.0));
    let mut all = Vec::new();
    for first in 0..values.len() {
        for second in first + 1..values.len() {
            let value = correlation(&ranks[first], &ranks[second], weights);
            all.push(Tied {
                first,
                second,
                value,
                told: libm::fabs(value) > beyond,
            });
        }
    }
    all
}

/// Middle ranks as shares of the weight.
fn ranks(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0.0;
    for tied in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let weight: f64 = tied.iter().map(|idx| weights[*idx]).sum();
        for idx in tied {
            ranks[*idx] = below + weight / 2.0;
        }
        below += weight;
    }
    ranks
}

fn correlation(one: &[f64], other: &[f64], weights: &[f64]) -> f64 {
    let mean = |of: &[f64]| of.iter().zip(weights).map(|(x, w)| w * x).sum::<f64>();
    let (a, b) = (mean(one), mean(other));
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for ((x, y), w) in one.iter().zip(other).zip(weights) {
        both += w * (x - a) * (y - b);
        first += w * (x - a) * (x - a);
        second += w * (y - b) * (y - b);
    }
    let scale = libm::sqrt(first * second);
    if scale > 0.0 { both / scale } else { 0.0 }
}

/// A quantile of weighted values: the least one at which the weights reach the level. Not a number without values.
#[must_use]
pub fn quantile(values: &[f64], weights: &[f64], level: f64) -> f64 {
    let mut order: Vec<(f64, f64)> = values
        .iter()
        .copied()
        .zip(weights.iter().copied())
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    for (value, weight) in &order {
        sum += weight;
        // Rounding must not skip a value at its own level.
        if sum >= level * total - 1e-12 * total {
            return *value;
        }
    }
    order.last().map_or(f64::NAN, |(value, _)| *value)
}

/// How predictions stand to what was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// What was observed is nothing unusual.
    Fits,
    /// It comes in fewer than one of forty histories (of a number: as far out, on either side, in fewer than one of
    /// twenty).
    Rare,
    /// No history has it, or reaches it.
    Never,
}

/// What histories predict for one row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Predicted {
    /// Share of histories in which it is true; of a number, in which it is present.
    pub share: f64,
    /// Quantiles of a number at 5 %, 50 %, 95 %, where it is present.
    pub quantiles: Option<[f64; 3]>,
    /// How what was observed stands to it.
    pub fit: Fit,
}

/// What histories predict for something that happened or did not: truth values by history, above a half is true.
#[must_use]
pub fn predicted_truth(answers: &[f64], observed: bool) -> Predicted {
    let n = crate::scoring::count(answers.len());
    let yes = crate::scoring::count(answers.iter().filter(|x| **x > 0.5).count());
    let matching = if observed { yes } else { n - yes };
    Predicted {
        share: yes / n,
        quantiles: None,
        fit: if matching < 0.5 {
            Fit::Never
        } else if matching < 0.025 * n {
            Fit::Rare
        } else {
            Fit::Fits
        },
    }
}

/// What histories predict for a number: its values by history, not numbers where absent.
#[must_use]
pub fn predicted_number(answers: &[f64], observed: f64) -> Predicted {
    let present: Vec<f64> = answers.iter().copied().filter(|x| x.is_finite()).collect();
    let n = crate::scoring::count(answers.len());
    let count = |of: &dyn Fn(f64) -> bool| {
        crate::scoring::count(present.iter().filter(|x| of(**x)).count())
    };
    // Numbers are recorded in single precision: what differs by less is the same.
    let close = 1e-6 * libm::fabs(observed).max(1.0);
    let below = count(&|x| x <= observed + close);
    let above = count(&|x| x >= observed - close);
    let tail = below.min(above);
    Predicted {
        share: crate::scoring::count(present.len()) / n,
        quantiles: (!present.is_empty()).then(|| crate::scoring::describe(&present).2),
        fit: if tail < 0.5 {
            Fit::Never
        } else if tail < 0.025 * n {
            Fit::Rare
        } else {
            Fit::Fits
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Normal scores at even levels: mean 0, variance nearly 1.
    fn even(n: u32) -> Vec<f64> {
        (0..n)
            .map(|k| special::normal_quantile((f64::from(k) + 0.5) / f64::from(n)))
            .collect()
    }

    #[test]
    fn a_posterior_like_the_prior_says_nothing() {
        let (scores, n) = (even(400), 400);
        let weights = vec![1.0 / 400.0; n];
        let roots: Vec<u32> = (0..400).collect();
        let same = learnt(&scores, &weights, &roots, 3);
        assert!(!same.told && same.contraction.abs() < 0.01, "{same:?}");
        assert!((same.effective - 400.0).abs() < 1.0);
        let narrow: Vec<f64> = scores.iter().map(|z| 0.5 * z + 1.0).collect();
        let known = learnt(&narrow, &weights, &roots, 3);
        assert!(known.told && (known.contraction - 0.75).abs() < 0.01);
        assert!((known.shift - 1.0).abs() < 1e-9);
    }

    #[test]
    fn families_count_once() {
        // Each of 20 values held by 20 descendants of one particle: 20 independent ones, not 400.
        let scores: Vec<f64> = even(20).iter().flat_map(|z| vec![*z + 0.3; 20]).collect();
        let roots: Vec<u32> = (0..20).flat_map(|root| vec![root; 20]).collect();
        let weights = vec![1.0 / 400.0; 400];
        let found = learnt(&scores, &weights, &roots, 1);
        assert!((found.effective - 20.0).abs() < 1e-6, "{found:?}");
        // A shift of 0.3 is clear among 400 and cannot be told among 20.
        assert!(!found.told);
        let alone: Vec<u32> = (0..400).collect();
        assert!(learnt(&scores, &weights, &alone, 1).told);
    }

    #[test]
    fn ranks_are_correlated_with_weights_and_ties() {
        let values = vec![
            vec![1.0, 2.0, 3.0, 4.0],
            vec![1.0, 4.0, 9.0, 16.0],
            vec![4.0, 3.0, 2.0, 1.0],
        ];
        let found = ties(&values, &[0.25; 4], 1000.0);
        assert!((found[0].value - 1.0).abs() < 1e-12 && found[0].told);
        assert!((found[1].value + 1.0).abs() < 1e-12);
        // scipy.stats.spearmanr([1, 2, 2, 4], [1, 3, 2, 2]): ranks 1, 2.5, 2.5, 4 and 1, 4, 2.5, 2.5.
        let found = ties(
            &[vec![1.0, 2.0, 2.0, 4.0], vec![1.0, 3.0, 2.0, 2.0]],
            &[0.25; 4],
            4.0,
        );
        assert!((found[0].value - 0.5).abs() < 1e-9, "{found:?}");
        assert!(!found[0].told);
        // A weight of two is the particle twice.
        let twice = ties(
            &[vec![1.0, 2.0, 3.0], vec![2.0, 1.0, 5.0]],
            &[0.5, 0.25, 0.25],
            4.0,
        );
        let listed = ties(
            &[vec![1.0, 1.0, 2.0, 3.0], vec![2.0, 2.0, 1.0, 5.0]],
            &[0.25; 4],
            4.0,
        );
        assert!((twice[0].value - listed[0].value).abs() < 1e-12);
    }

    #[test]
    fn what_never_comes_is_told_from_what_comes_rarely() {
        let answers: Vec<f64> = (0..100).map(f64::from).collect();
        for (observed, fit) in [
            (50.0, Fit::Fits),
            (99.0, Fit::Rare),
            (99.5, Fit::Never),
            (-1.0, Fit::Never),
        ] {
            assert_eq!(predicted_number(&answers, observed).fit, fit, "{observed}");
        }
        let absent = predicted_number(&[f64::NAN, f64::NAN], 1.0);
        assert_eq!((absent.fit, absent.quantiles), (Fit::Never, None));
        let mostly = [vec![1.0; 99], vec![0.0]].concat();
        assert_eq!(predicted_truth(&mostly, true).fit, Fit::Fits);
        assert_eq!(predicted_truth(&mostly, false).fit, Fit::Rare);
        assert_eq!(predicted_truth(&[1.0; 50], false).fit, Fit::Never);
        assert!((predicted_truth(&mostly, true).share - 0.99).abs() < 1e-12);
    }

    #[test]
    fn quantiles_follow_the_weights() {
        let (values, weights) = ([3.0, 1.0, 2.0], [0.2, 0.5, 0.3]);
        for (level, expected) in [(0.05, 1.0), (0.5, 1.0), (0.6, 2.0), (0.8, 2.0), (0.95, 3.0)] {
            assert!(
                (quantile(&values, &weights, level) - expected).abs() < 1e-12,
                "{level}"
            );
        }
        assert!(quantile(&[], &[], 0.5).is_nan());
    }
}
