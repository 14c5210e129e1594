//! Slides: an input's range cut so that each piece holds as many replicates.

use foedera_results::special;

use super::{moments, resample};

/// Values of an input, cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Slides {
    /// Slide of each replicate.
    pub of: Vec<usize>,
    /// Number of slides; some may be empty where many values are equal.
    pub n: usize,
}

impl Slides {
    /// Cuts values at their quantiles into `n` slides; equal values share a slide.
    #[must_use]
    pub fn new(values: &[f64], n: usize) -> Self {
        let n = n.max(1);
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let cuts: Vec<f64> = (1..n)
            .map(|cut| resample::quantile(&sorted, cut as f64 / n as f64))
            .collect();
        let of = values
            .iter()
            .map(|value| cuts.partition_point(|cut| cut <= value))
            .collect();
        Self { of, n }
    }

    /// An input that has nothing to do with anything: slides of the same sizes, handed out by lot.
    #[must_use]
    pub fn dummy(len: usize, n: usize, seed: u64, number: usize) -> Self {
        let n = n.max(1);
        let mut of: Vec<usize> = (0..len).map(|idx| idx * n / len.max(1)).collect();
        resample::shuffle(&mut of, seed, number);
        Self { of, n }
    }
}

/// Dummies behind a threshold.
#[must_use]
pub const fn dummies(len: usize) -> usize {
    // Some seconds at most, and enough for the tail.
    let fitting = 20_000_000 / if len == 0 { 1 } else { len };
    if fitting < 200 {
        200
    } else if fitting > 1000 {
        1000
    } else {
        fitting
    }
}

/// Measures by which each input is looked at: shares, PAWN and regional.
pub const LOOKS: usize = 3;

/// The share of dummies that must lie below a threshold, so that of all inputs, by any of the measures, one that does
/// nothing exceeds it in one analysis of twenty.
#[must_use]
pub fn level(inputs: usize) -> f64 {
    libm::pow(0.95, 1.0 / (LOOKS * inputs.max(1)) as f64)
}

/// The threshold that dummies' indices give. Far tails are those of a normal law with their mean and spread, since
/// many inputs ask for a rarer quantile than there are dummies.
#[must_use]
pub fn threshold(of_dummies: &mut [f64], inputs: usize) -> f64 {
    of_dummies.sort_by(f64::total_cmp);
    let (mean, variance) = moments(of_dummies);
    let tail = mean + special::normal_quantile(level(inputs)) * libm::sqrt(variance);
    resample::quantile(of_dummies, level(inputs)).max(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_hold_as_many() {
        let values: Vec<f64> = (0..100).rev().map(f64::from).collect();
        let slides = Slides::new(&values, 4);
        for slide in 0..4 {
            assert_eq!(slides.of.iter().filter(|of| **of == slide).count(), 25);
        }
        assert_eq!(slides.of[0], 3);
        let dummy = Slides::dummy(100, 4, 1, 0);
        assert_eq!(dummy.of.iter().filter(|of| **of == 2).count(), 25);
        assert_ne!(dummy, Slides::dummy(100, 4, 1, 1));
    }

    #[test]
    fn equal_values_share_a_slide() {
        let values = [0.0, 1.0, 0.0, 1.0, 1.0];
        let slides = Slides::new(&values, 10);
        assert_eq!(slides.of[0], slides.of[2]);
        assert!(slides.of[1] != slides.of[0] && slides.of[1] == slides.of[4]);
    }

    #[test]
    fn a_threshold_grows_with_the_inputs() {
        let mut dummies: Vec<f64> = (0..1000).map(f64::from).collect();
        assert!((level(1) - 0.983).abs() < 1e-3);
        let (one, many) = (threshold(&mut dummies, 1), threshold(&mut dummies, 100));
        // 499.5 + 2.12 · 288.8, the normal tail of even numbers, then further out.
        assert!((one - 1111.0).abs() < 5.0, "{one}");
        assert!(many > 1400.0, "{many}");
    }
}
