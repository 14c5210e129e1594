//! What is kept of an outcome: counts and exact sums, so that every estimate comes with its error.
//!
//! Filled replicate by replicate, merged in any order. Relies on [`crate::exact`], [`crate::histogram`]
//! and [`crate::interval`].

use serde::{Deserialize, Serialize};

use crate::exact::{self, ExactSum};
use crate::histogram::{Histogram, Scale};
use crate::interval::{self, CONFIDENCE, Estimate, paired};
use crate::layout::{OutcomeColumn, OutcomeKind};

/// One outcome under one arm.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeTally {
    /// Replicates in which it is absent.
    pub absent: u64,
    /// Replicates in which it is above one half: the count of a truth value.
    pub held: u64,
    sum: ExactSum,
    squares: ExactSum,
    histogram: Histogram,
}

impl OutcomeTally {
    /// Counts one replicate; what is not finite is absent.
    pub fn add(&mut self, scale: Scale, x: f32) {
        if !x.is_finite() {
            self.absent += 1;
            return;
        }
        self.held += u64::from(x > 0.5);
        self.sum.add(x);
        self.squares.add_product(x, x);
        self.histogram.add(scale, &[x]);
    }

    /// Adds another tally of the same outcome.
    pub fn merge(&mut self, other: &Self) {
        self.absent += other.absent;
        self.held += other.held;
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        self.histogram.merge(&other.histogram);
    }

    /// Replicates in which it is present.
    pub fn n(&self) -> u64 {
        self.histogram.n()
    }

    /// Mean over the replicates in which it is present.
    pub fn mean(&self) -> Option<f64> {
        (self.n() > 0).then(|| self.sum.to_f64() / self.n() as f64)
    }

    /// Standard deviation.
    pub fn sd(&self) -> Option<f64> {
        exact::variance(self.n(), &self.sum, &self.squares).map(libm::sqrt)
    }

    /// Standard error of the mean.
    pub fn standard_error(&self) -> Option<f64> {
        self.sd().map(|sd| sd / libm::sqrt(self.n() as f64))
    }

    /// Mean with its interval: Wilson's for a truth value, Student's otherwise.
    pub fn estimate(&self, kind: OutcomeKind) -> Option<Estimate> {
        if kind == OutcomeKind::Truth {
            return interval::wilson(self.held, self.n(), CONFIDENCE);
        }
        let variance = exact::variance(self.n(), &self.sum, &self.squares)?;
        interval::mean(self.n(), self.mean()?, variance, CONFIDENCE)
    }

    /// Share of the replicates in which it is present, with Wilson's interval.
    pub fn presence(&self) -> Option<Estimate> {
        interval::wilson(self.n(), self.n() + self.absent, CONFIDENCE)
    }

    /// A quantile over the replicates in which it is present; a whole number for a count.
    pub fn quantile(&self, column: &OutcomeColumn, level: f64) -> Option<Estimate> {
        let scale = Scale::new(column.low, column.high);
        let got = self.histogram.quantile(scale, level)?;
        if !matches!(column.kind, OutcomeKind::Truth | OutcomeKind::Count) {
            return Some(got);
        }
        // Whole numbers have a bin each: the one within a bin is known exactly.
        let ranks = interval::quantile_ranks(self.n(), level, CONFIDENCE)?;
        let whole = |rank: u64| self.histogram.at_rank(scale, rank).map(libm::round);
        Some(Estimate {
            value: libm::round(got.value),
            low: ranks.low.map_or(Some(f64::NEG_INFINITY), whole)?,
            high: ranks.high.map_or(Some(f64::INFINITY), whole)?,
            n: got.n,
        })
    }

    /// Smallest value.
    pub fn min(&self) -> Option<f64> {
        self.histogram.min()
    }

    /// Largest value.
    pub fn max(&self) -> Option<f64> {
        self.histogram.max()
    }

    /// The histogram.
    pub fn histogram(&self) -> &Histogram {
        &self.histogram
    }

    /// The same tally in canonical form: equal contents are equal bytes.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self {
            histogram: self.histogram.trimmed(),
            ..self.clone()
        }
    }
}

/// One outcome under an arm and under the base case, in the same replicates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairTally {
    /// Replicates in which it is present under both.
    pub n: u64,
    /// Replicates in which it is higher under the arm.
    pub higher: u64,
    /// Replicates in which it is lower under the arm.
    pub lower: u64,
    arm: ExactSum,
    base: ExactSum,
    arm_squares: ExactSum,
    base_squares: ExactSum,
    products: ExactSum,
}

impl PairTally {
    /// Counts one replicate, if the outcome is present under both.
    pub fn add(&mut self, arm: f32, base: f32) {
        if !arm.is_finite() || !base.is_finite() {
            return;
        }
        self.n += 1;
        self.higher += u64::from(arm > base);
        self.lower += u64::from(arm < base);
        self.arm.add(arm);
        self.base.add(base);
        self.arm_squares.add_product(arm, arm);
        self.base_squares.add_product(base, base);
        self.products.add_product(arm, base);
    }

    /// Adds another tally of the same pair.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.higher += other.higher;
        self.lower += other.lower;
        self.arm.merge(&other.arm);
        self.base.merge(&other.base);
        self.arm_squares.merge(&other.arm_squares);
        self.base_squares.merge(&other.base_squares);
        self.products.merge(&other.products);
    }

    /// Mean difference, arm minus base, with its paired interval: Tango's score interval for a truth value,
    /// Student's of the differences otherwise. Exactly zero where no replicate differs.
    pub fn difference_of(&self, kind: OutcomeKind) -> Option<Estimate> {
        if kind == OutcomeKind::Truth && self.moved() {
            return paired::tango(self.higher, self.lower, self.n, CONFIDENCE);
        }
        self.difference()
    }

    /// Mean difference, arm minus base, with Student's interval of the differences.
    pub fn difference(&self) -> Option<Estimate> {
        let sum = self.arm.minus(&self.base);
        let variance = self.variance_of_difference()?;
        interval::mean(self.n, sum.to_f64() / self.n as f64, variance, CONFIDENCE)
    }

    /// Whether any replicate differs.
    pub const fn moved(&self) -> bool {
        self.higher + self.lower > 0
    }

    /// Mean under the arm over the replicates in which both are present.
    pub fn arm_mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.arm.to_f64() / self.n as f64)
    }

    /// Mean under the base case over the replicates in which both are present.
    pub fn base_mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.base.to_f64() / self.n as f64)
    }

    /// How many times fewer replicates the common random numbers need: the variance of a difference of
    /// independent runs over that of the paired difference. `None` where nothing varies.
    pub fn variance_ratio(&self) -> Option<f64> {
        let paired = self.variance_of_difference()?;
        let independent = exact::variance(self.n, &self.arm, &self.arm_squares)?
            + exact::variance(self.n, &self.base, &self.base_squares)?;
        (paired > 0.0).then(|| independent / paired)
    }

    fn variance_of_difference(&self) -> Option<f64> {
        let sum = self.arm.minus(&self.base);
        // Σ(x - y)² = Σx² + Σy² - 2Σxy, exactly.
        let mut squares = self.arm_squares;
        squares.merge(&self.base_squares);
        let squares = squares.minus(&self.products).minus(&self.products);
        exact::variance(self.n, &sum, &squares)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scale() -> Scale {
        Scale::new(-10.0, 10.0)
    }

    fn tally_of(values: &[f32]) -> OutcomeTally {
        let mut tally = OutcomeTally::default();
        for &x in values {
            tally.add(scale(), x);
        }
        tally
    }

    #[test]
    fn absent_values_are_counted_and_left_out() {
        let tally = tally_of(&[1.0, f32::NAN, 3.0]);
        assert_eq!((tally.n(), tally.absent), (2, 1));
        assert_eq!(tally.mean(), Some(2.0));
        assert_eq!(tally.sd(), Some(std::f64::consts::SQRT_2));
        assert!((tally.presence().unwrap().value - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn a_truth_value_gets_wilsons_interval() {
        let mut values = vec![0.0; 20];
        let zero = tally_of(&values).estimate(OutcomeKind::Truth).unwrap();
        assert!(zero.low.abs() < 1e-15 && (zero.high - 0.1611).abs() < 1e-4);
        values[0] = 1.0;
        assert!(
            (tally_of(&values)
                .estimate(OutcomeKind::Truth)
                .unwrap()
                .value
                - 0.05)
                .abs()
                < 1e-15
        );
    }

    /// Numbers that look random: the fractional parts of multiples of an irrational number, scrambled.
    fn scrambled(idx: u32) -> f32 {
        let mut x = idx.wrapping_mul(0x9E37_79B9) ^ 0x85EB_CA6B;
        x ^= x >> 16;
        x = x.wrapping_mul(0x7FEB_352D);
        x ^= x >> 15;
        x = x.wrapping_mul(0x846C_A68B);
        x ^= x >> 16;
        (x >> 8) as f32 / (1 << 24) as f32
    }

    #[test]
    fn the_paired_interval_covers_as_often_as_it_says() {
        // 2,000 studies of 60 replicates each. A replicate has a base value that varies much and a skewed
        // effect with mean 1/3 (a square of a uniform number); the interval of the paired difference is to
        // contain 1/3 in 95 % of the studies: within four standard errors, sqrt(.95 * .05 / 2000) = .0049,
        // and a point more below for the skewness.
        let (studies, n) = (2000_u32, 60_u32);
        let mut covered = 0_u32;
        for study in 0..studies {
            let mut pair = PairTally::default();
            for idx in 0..n {
                let key = (study * n + idx) * 2;
                let base = 100.0 * scrambled(key);
                let effect = scrambled(key + 1) * scrambled(key + 1);
                pair.add(base + effect, base);
            }
            let of = pair.difference().unwrap();
            covered += u32::from(of.low <= 1.0 / 3.0 && 1.0 / 3.0 <= of.high);
        }
        let share = f64::from(covered) / f64::from(studies);
        assert!((0.92..=0.97).contains(&share), "{share}");
    }

    #[test]
    fn a_difference_of_truth_values_gets_the_score_interval() {
        let mut pair = PairTally::default();
        for idx in 0..1000_u32 {
            pair.add(
                f32::from(u8::from(idx < 12)),
                f32::from(u8::from(idx == 20)),
            );
        }
        let got = pair.difference_of(OutcomeKind::Truth).unwrap();
        assert_eq!(Some(got), paired::tango(12, 1, 1000, 0.95));
        assert_eq!(pair.difference_of(OutcomeKind::Number), pair.difference());
        let mut same = PairTally::default();
        same.add(1.0, 1.0);
        same.add(0.0, 0.0);
        let got = same.difference_of(OutcomeKind::Truth).unwrap();
        assert_eq!((got.low, got.high), (0.0, 0.0));
    }

    #[test]
    fn a_null_change_differs_by_exactly_nothing() {
        let mut pair = PairTally::default();
        for idx in 0..100 {
            pair.add(scrambled(idx), scrambled(idx));
        }
        let of = pair.difference().unwrap();
        assert_eq!(
            (of.value, of.low, of.high, pair.moved()),
            (0.0, 0.0, 0.0, false)
        );
    }

    #[test]
    fn a_constant_shift_has_no_error_when_paired() {
        let mut pair = PairTally::default();
        for idx in 0..100_u8 {
            let base = f32::from(idx) / 64.0;
            pair.add(base + 0.25, base);
        }
        let got = pair.difference().unwrap();
        assert!((got.value - 0.25).abs() < 1e-15 && got.half_width() < 1e-15);
        assert_eq!(
            (pair.higher, pair.lower, pair.variance_ratio()),
            (100, 0, None)
        );
    }

    proptest! {
        #[test]
        fn tallies_merge_to_the_same_bytes(
            values in prop::collection::vec(prop_oneof![9 => -12.0_f32..12.0, 1 => Just(f32::NAN)], 0..200),
            cut in 0_usize..200,
        ) {
            let cut = cut.min(values.len());
            let whole = serde_json::to_string(&tally_of(&values).trimmed()).unwrap();
            let mut reversed: Vec<f32> = values[cut..].to_vec();
            reversed.reverse();
            let mut merged = tally_of(&reversed);
            merged.merge(&tally_of(&values[..cut]));
            prop_assert_eq!(serde_json::to_string(&merged.trimmed()).unwrap(), whole.clone());
            prop_assert_eq!(serde_json::from_str::<OutcomeTally>(&whole).unwrap(), merged.trimmed());
        }

        #[test]
        fn the_paired_variance_is_the_variance_of_the_differences(
            values in prop::collection::vec((-5.0_f32..5.0, -5.0_f32..5.0), 2..80),
        ) {
            let mut pair = PairTally::default();
            for &(arm, base) in &values {
                pair.add(arm, base);
            }
            let differences: Vec<f64> = values.iter().map(|&(a, b)| f64::from(a) - f64::from(b)).collect();
            let n = differences.len() as f64;
            let mean = differences.iter().sum::<f64>() / n;
            let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
            prop_assert!((pair.variance_of_difference().unwrap() - variance).abs() < 1e-10);
            prop_assert!((pair.difference().unwrap().value - mean).abs() < 1e-12);
        }
    }
}
