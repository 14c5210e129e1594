//! Intervals of many differences that hold together.
//!
//! Each difference is some standard errors wide on either side; how many is the 95 % point of the largest of all
//! the standardised errors at once. That point is found by a bootstrap with random signs (the multiplier
//! bootstrap of the maximum: Chernozhukov, Chetverikov and Kato 2013, Ann. Stat. 41:2786), which knows how the
//! differences hang together: as many of them as there are, told ten times over, cost nothing. It lies between
//! what one interval would take and what Bonferroni would.

use foedera_results::{interval, special};

/// Draws of random signs.
pub const RESAMPLES: usize = 2000;
/// Groups of consecutive replicates that get one sign together, at most.
const GROUPS_MAX: usize = 1024;

/// The differences of one outcome between two alternatives, replicate by replicate.
#[derive(Debug, Clone)]
pub struct Contrast {
    /// Replicates in which the outcome is present under both.
    pub n: u64,
    /// Replicates in which the first is higher.
    pub higher: u64,
    /// Replicates in which the first is lower.
    pub lower: u64,
    /// Mean of the differences.
    pub mean: f64,
    /// Their variance.
    pub variance: f64,
    /// Sums of the centred differences by group, with squares that add up to one; empty where nothing varies.
    groups: Vec<f64>,
}

impl Contrast {
    /// The differences of two lists of values, first minus second; not a number where absent.
    ///
    /// # Panics
    /// If the lists have other lengths.
    #[must_use]
    pub fn new(first: &[f64], second: &[f64]) -> Self {
        assert_eq!(first.len(), second.len(), "the same replicates");
        let differences = || first.iter().zip(second).map(|(one, other)| one - other);
        let present = || differences().filter(|by| by.is_finite());
        let n = present().count();
        let mean = present().sum::<f64>() / n as f64;
        let squares: f64 = present().map(|by| (by - mean) * (by - mean)).sum();
        let size = first.len().div_ceil(GROUPS_MAX).max(1);
        let mut groups = vec![0.0; first.len().div_ceil(size)];
        for (idx, by) in differences().enumerate() {
            // What is absent adds nothing to the mean's error.
            groups[idx / size] += if by.is_finite() { by - mean } else { 0.0 };
        }
        let length = libm::sqrt(groups.iter().map(|sum| sum * sum).sum());
        if squares > 0.0 && length > 0.0 {
            groups.iter_mut().for_each(|sum| *sum /= length);
        } else {
            groups.clear();
        }
        let count = |holds: fn(f64) -> bool| present().filter(|by| holds(*by)).count() as u64;
        Self {
            n: n as u64,
            higher: count(|by| by > 0.0),
            lower: count(|by| by < 0.0),
            mean,
            variance: if n > 1 {
                squares / (n as f64 - 1.0)
            } else {
                f64::NAN
            },
            groups,
        }
    }

    /// Replicates that differ.
    #[must_use]
    pub const fn moved(&self) -> u64 {
        self.higher + self.lower
    }
}

/// How many standard errors wide the intervals of some differences are on either side, so that all of them hold
/// together with the confidence. Keyed by the seed: the same seed gives the same bits.
#[must_use]
pub fn critical(contrasts: &[&Contrast], confidence: f64, seed: u64) -> f64 {
    let single = interval::two_sided(confidence);
    let varying: Vec<&[f64]> = contrasts
        .iter()
        .map(|of| of.groups.as_slice())
        .filter(|groups| !groups.is_empty())
        .collect();
    if varying.len() < 2 {
        return single;
    }
    let n = varying.iter().map(|groups| groups.len()).max().unwrap_or(0);
    let mut signs = vec![0.0; n];
    let mut largest: Vec<f64> = (0..RESAMPLES as u64)
        .map(|resample| {
            toss(&mut signs, seed, resample);
            let error = |groups: &&[f64]| {
                let terms = groups.iter().zip(&signs).map(|(sum, sign)| sum * sign);
                terms.sum::<f64>().abs()
            };
            varying.iter().map(error).fold(0.0, f64::max)
        })
        .collect();
    largest.sort_by(f64::total_cmp);
    let rank = libm::ceil(confidence * RESAMPLES as f64) as usize;
    let bonferroni = -special::normal_quantile(0.5 * (1.0 - confidence) / varying.len() as f64);
    largest[rank.clamp(1, RESAMPLES) - 1].clamp(single, bonferroni)
}

/// Random signs, keyed by seed, resample and place: words of `SplitMix64` (Steele, Lea and Flood 2014).
fn toss(signs: &mut [f64], seed: u64, resample: u64) {
    let start = mixed(mixed(seed).wrapping_add(resample));
    for (word, signs) in signs.chunks_mut(64).enumerate() {
        let bits = mixed(start.wrapping_add(word as u64));
        for (bit, sign) in signs.iter_mut().enumerate() {
            *sign = if bits >> bit & 1 == 1 { 1.0 } else { -1.0 };
        }
    }
}

pub(super) fn mixed(key: u64) -> u64 {
    let mut x = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
