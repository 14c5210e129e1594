//! Intervals: what an estimate from n replicates does not yet know.
//!
//! Proportions by Wilson (1927, J. Am. Stat. Assoc. 22:209) and exactly by Clopper and Pearson (1934,
//! Biometrika 26:404), quantiles by order statistics (David and Nagaraja 2003, ch. 7), means by
//! Student's t; differences of proportions in the same replicates in [`paired`], sorted values and whole
//! distribution functions in [`order`], intervals that may be looked at until they please in [`sequence`]. All
//! take the two-sided confidence, 0.95 unless told otherwise. Relies on [`crate::special`].

#[cfg(test)]
pub(crate) mod keyed;
pub mod order;
pub mod paired;
pub mod sequence;

use serde::{Deserialize, Serialize};

use crate::special;

/// The confidence of every interval that does not say otherwise.
pub const CONFIDENCE: f64 = 0.95;

/// An estimate with an interval of [`CONFIDENCE`] (or the one asked for).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of replicates behind it.
    pub n: u64,
}

impl Estimate {
    /// The larger distance from the estimate to an end of the interval.
    pub fn half_width(&self) -> f64 {
        (self.high - self.value).max(self.value - self.low)
    }

    /// Whether the interval contains zero, so that the quantity cannot be told from it.
    pub fn includes_zero(&self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }
}

/// A proportion with Wilson's score interval; `None` without trials.
pub fn wilson(count: u64, n: u64, confidence: f64) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let z = two_sided(confidence);
    let trials = n as f64;
    let p = count as f64 / trials;
    let shrink = 1.0 + z * z / trials;
    let centre = (p + z * z / (2.0 * trials)) / shrink;
    let half = z / shrink * libm::sqrt(p * (1.0 - p) / trials + z * z / (4.0 * trials * trials));
    let low = if count == 0 {
        0.0
    } else {
        (centre - half).max(0.0)
    };
    let high = if count == n {
        1.0
    } else {
        (centre + half).min(1.0)
    };
    Some(Estimate {
        value: p,
        low,
        high,
        n,
    })
}

/// A proportion with the exact interval of Clopper and Pearson, never narrower than claimed.
pub fn clopper_pearson(count: u64, n: u64, confidence: f64) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let tail = 0.5 * (1.0 - confidence);
    let (hits, misses) = (count as f64, (n - count) as f64);
    let low = if count == 0 {
        0.0
    } else {
        special::beta_quantile(tail, hits, misses + 1.0)
    };
    let high = if count == n {
        1.0
    } else {
        special::beta_quantile(1.0 - tail, hits + 1.0, misses)
    };
    Some(Estimate {
        value: hits / n as f64,
        low,
        high,
        n,
    })
}

/// Upper bound of a probability whose event never happened in `n` trials: 1 - (1 - confidence)^(1/n),
/// the exact form of the rule of three (3/n at 95 %).
pub fn bound_at_zero(n: u64, confidence: f64) -> f64 {
    if n == 0 {
        return 1.0;
    }
    -libm::expm1(libm::log1p(-confidence) / n as f64)
}

/// A mean with Student's interval; `None` below two numbers.
pub fn mean(n: u64, mean: f64, variance: f64, confidence: f64) -> Option<Estimate> {
    if n < 2 {
        return None;
    }
    let t = special::student_quantile(0.5 + 0.5 * confidence, n as f64 - 1.0);
    let half = t * libm::sqrt(variance / n as f64);
    Some(Estimate {
        value: mean,
        low: mean - half,
        high: mean + half,
        n,
    })
}

/// An estimate with a given standard error and the normal interval.
pub fn normal(value: f64, standard_error: f64, n: u64, confidence: f64) -> Estimate {
    let half = two_sided(confidence) * standard_error;
    Estimate {
        value,
        low: value - half,
        high: value + half,
        n,
    }
}

/// Ranks (from 1) of the order statistics that estimate a quantile and enclose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuantileRanks {
    /// Rank of the estimate: the smallest whose share of `n` reaches the level.
    pub value: u64,
    /// Rank of the lower end; `None` where the sample is too small to bound the quantile from below.
    pub low: Option<u64>,
    /// Rank of the upper end; `None` where the sample is too small to bound the quantile from above.
    pub high: Option<u64>,
}

/// Ranks that estimate the quantile at `level` from `n` numbers and enclose it with at least the confidence.
///
/// The rank `l` bounds from below if P(B < l) <= (1 - confidence) / 2 and `h` from above if
/// P(B >= h) <= (1 - confidence) / 2, for B binomial(n, level). Without numbers there are none.
pub fn quantile_ranks(n: u64, level: f64, confidence: f64) -> Option<QuantileRanks> {
    if n == 0 {
        return None;
    }
    let tail = 0.5 * (1.0 - confidence);
    let value = (libm::ceil(level * n as f64 - 1e-9) as u64).clamp(1, n);
    // Largest l with P(B <= l - 1) <= tail.
    let low = partition(1, n + 1, |l| special::binomial_cdf(l - 1, n, level) <= tail);
    // Smallest h with P(B <= h - 1) >= 1 - tail.
    let high = partition(1, n + 1, |h| {
        special::binomial_cdf(h - 1, n, level) < 1.0 - tail
    });
    Some(QuantileRanks {
        value,
        low: (low > 1).then(|| low - 1),
        high: (high <= n).then_some(high),
    })
}

/// First number in `from..to` at which the predicate no longer holds.
fn partition(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Standard errors on either side of a two-sided normal interval.
pub fn two_sided(confidence: f64) -> f64 {
    special::normal_quantile(0.5 + 0.5 * confidence)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(got: f64, expected: f64, tolerance: f64) {
        assert!(
            (got - expected).abs() < tolerance,
            "{got} is not {expected}"
        );
    }

    #[test]
    fn wilson_gives_the_published_interval() {
        // Newcombe 1998, Stat. Med. 17:857, table I, method 3: 81/263, 15/148, 0/20, 1/29.
        let cases = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (count, n, low, high) in cases {
            let got = wilson(count, n, 0.95).unwrap();
            near(got.low, low, 5e-5);
            near(got.high, high, 5e-5);
        }
        assert_eq!(wilson(0, 0, 0.95), None);
    }

    #[test]
    fn clopper_pearson_gives_the_published_interval() {
        // Newcombe 1998, table I, method 5.
        let cases = [
            (81, 263, 0.2527, 0.3676),
            (15, 148, 0.0578, 0.1617),
            (0, 20, 0.0, 0.1684),
            (1, 29, 0.0009, 0.1776),
        ];
        for (count, n, low, high) in cases {
            let got = clopper_pearson(count, n, 0.95).unwrap();
            near(got.low, low, 5e-5);
            near(got.high, high, 5e-5);
        }
    }

    /// Rows of a committed table of oracle values (`tests/oracles/intervals/make.py`).
    fn rows(table: &str) -> Vec<Vec<f64>> {
        let lines = table.lines().filter(|line| !line.starts_with('#')).skip(1);
        let rows: Vec<Vec<f64>> = lines
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        assert!(rows.len() >= 12, "a table of oracle values is not empty");
        rows
    }

    #[test]
    fn intervals_agree_with_the_tables_of_oracles() {
        for row in rows(include_str!(
            "../../../tests/oracles/intervals/proportions.csv"
        )) {
            let (count, n) = (row[0] as u64, row[1] as u64);
            let score = wilson(count, n, row[2]).unwrap();
            near(score.low, row[3], 1e-9);
            near(score.high, row[4], 1e-9);
            let exact = clopper_pearson(count, n, row[2]).unwrap();
            near(exact.low, row[5], 1e-9);
            near(exact.high, row[6], 1e-9);
        }
        for row in rows(include_str!("../../../tests/oracles/intervals/means.csv")) {
            let got = mean(row[0] as u64, row[1], row[2], row[3]).unwrap();
            near(got.low, row[4], 1e-7);
            near(got.high, row[5], 1e-7);
        }
        for row in rows(include_str!("../../../tests/oracles/intervals/ranks.csv")) {
            let got = quantile_ranks(row[0] as u64, row[1], row[2]).unwrap();
            assert_eq!(got.low.unwrap_or(0), row[3] as u64, "{row:?}");
            assert_eq!(got.high.unwrap_or(0), row[4] as u64, "{row:?}");
        }
    }

    #[test]
    fn the_mean_of_a_skewed_law_is_covered_by_simulation() {
        // 2,000 studies of 100 squares of uniform numbers (mean 1/3): a study's share errs by .0049, and the
        // skewness costs up to a point.
        let studies = 2000;
        let mut covered = 0_u32;
        for study in 0..studies {
            let values: Vec<f64> = (0..100).map(|idx| keyed::uniform(study, idx)).collect();
            let squares: Vec<f64> = values.iter().map(|u| u * u).collect();
            let centre = squares.iter().sum::<f64>() / 100.0;
            let variance = squares
                .iter()
                .map(|x| (x - centre) * (x - centre))
                .sum::<f64>()
                / 99.0;
            let got = mean(100, centre, variance, 0.95).unwrap();
            covered += u32::from(got.low <= 1.0 / 3.0 && 1.0 / 3.0 <= got.high);
        }
        let share = f64::from(covered) / studies as f64;
        assert!((0.93..=0.965).contains(&share), "{share}");
    }

    #[test]
    fn the_rule_of_three_covers_exactly() {
        // At the bound itself nothing is seen in 5 % of studies, exactly: (1 - p)^n = 0.05.
        for n in [1, 10, 10_000] {
            let p = bound_at_zero(n, 0.95);
            near(special::binomial_cdf(0, n, p), 0.05, 1e-9);
        }
    }

    #[test]
    fn nothing_in_ten_thousand_is_below_three_in_ten_thousand() {
        near(bound_at_zero(10_000, 0.95), 2.995e-4, 1e-6);
        near(bound_at_zero(0, 0.95), 1.0, 1e-12);
    }

    #[test]
    fn the_median_of_a_hundred_lies_between_the_40th_and_61st() {
        // The classical table of order-statistic intervals (Conover 1999, A3): 40 and 61 at n = 100.
        let ranks = quantile_ranks(100, 0.5, 0.95).unwrap();
        assert_eq!(
            ranks,
            QuantileRanks {
                value: 50,
                low: Some(40),
                high: Some(61)
            }
        );
        // Twenty numbers cannot bound a 1-in-20 value from below.
        assert_eq!(quantile_ranks(20, 0.05, 0.95).unwrap().low, None);
    }

    #[test]
    fn the_mean_of_five_uses_student() {
        // 1..=5: mean 3, variance 2.5, t(0.975, 4) = 2.7764.
        let got = mean(5, 3.0, 2.5, 0.95).unwrap();
        near(got.high, 3.0 + 2.776_445 * libm::sqrt(0.5), 1e-5);
        assert_eq!(mean(1, 3.0, 2.5, 0.95), None);
    }

    /// Coverage computed exactly from the binomial: no simulation error.
    fn coverage(n: u64, p: f64, interval: impl Fn(u64) -> Estimate) -> f64 {
        let mut covered = 0.0;
        let mut before = 0.0;
        for count in 0..=n {
            let up_to = special::binomial_cdf(count, n, p);
            let got = interval(count);
            if got.low <= p && p <= got.high {
                covered += up_to - before;
            }
            before = up_to;
        }
        covered
    }

    #[test]
    fn intervals_of_proportions_cover_as_claimed() {
        let mut sum = 0.0;
        let shares = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.77, 0.9];
        for p in shares {
            let exact = coverage(200, p, |count| clopper_pearson(count, 200, 0.95).unwrap());
            assert!(exact >= 0.95, "Clopper-Pearson at {p}: {exact}");
            let score = coverage(200, p, |count| wilson(count, 200, 0.95).unwrap());
            // Brown, Cai and DasGupta 2001: Wilson oscillates around the nominal level.
            assert!(score > 0.91, "Wilson at {p}: {score}");
            sum += score;
        }
        near(sum / shares.len() as f64, 0.95, 0.01);
    }

    #[test]
    fn intervals_of_quantiles_cover_as_claimed() {
        // Of a continuous law the interval of ranks [l, h) covers with probability P(l <= B < h), exactly.
        for n in [60, 500, 10_000] {
            for level in [0.05, 0.25, 0.5, 0.95] {
                let ranks = quantile_ranks(n, level, 0.95).unwrap();
                let below = ranks
                    .low
                    .map_or(0.0, |l| special::binomial_cdf(l - 1, n, level));
                let above = ranks
                    .high
                    .map_or(0.0, |h| 1.0 - special::binomial_cdf(h - 1, n, level));
                assert!(1.0 - below - above >= 0.95, "{n} {level}: {below} {above}");
                assert!(
                    below + above > 0.02 || n < 100,
                    "{n} {level}: needlessly wide"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimate_and_stay_within_zero_and_one(n in 1_u64..5000, share in 0.0_f64..=1.0) {
            let count = (share * n as f64) as u64;
            for got in [wilson(count, n, 0.95).unwrap(), clopper_pearson(count, n, 0.95).unwrap()] {
                prop_assert!(0.0 <= got.low && got.low <= got.value && got.value <= got.high && got.high <= 1.0);
            }
            let wide = clopper_pearson(count, n, 0.95).unwrap();
            let mirrored = clopper_pearson(n - count, n, 0.95).unwrap();
            prop_assert!((wide.low - (1.0 - mirrored.high)).abs() < 1e-9);
        }
    }
}
