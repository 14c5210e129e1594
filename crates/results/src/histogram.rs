//! A histogram of whole counts over a known range: quantiles that merge exactly.
//!
//! The range is cut into 2^20 codes; a bin holds 1,024 of them. Counts, the sum of the codes and the sum
//! of their squares are integers, smallest and largest value are exact, so that any order and split
//! gives the same bytes. Values beyond the range count in the outermost bin and as `under` or `over`.
//! Resolution: the mean to 2^-20 of the range, a quantile to one bin (2^-10), within the extremes; the interval
//! of a quantile reaches to the far edges of its bins, so that what is lost by counting in bins is in it.
//! Only the bins between the lowest and the highest one used are held. Relies on [`crate::interval`].

use serde::{Deserialize, Serialize};

use crate::interval::{self, Estimate, QuantileRanks};

/// Bins of a histogram.
pub const BINS: u32 = 1024;
/// Codes of a histogram: the resolution of the mean.
const CODES: u32 = 1 << 20;
/// Codes of one bin.
const CODES_PER_BIN: u32 = CODES / BINS;
/// Values coded at a time.
const CHUNK: usize = 64;
/// Bins are held in multiples of this.
const BINS_STEP: u32 = 16;

/// The range of a histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f32,
    high: f32,
    codes_per_unit: f32,
}

impl Scale {
    /// A range; one without extent is widened a little.
    pub fn new(low: f64, high: f64) -> Self {
        let (low, high) = (low as f32, high as f32);
        let high = if high > low {
            high
        } else {
            low + low.abs().max(1.0) * 1e-3
        };
        Self {
            low,
            high,
            codes_per_unit: CODES as f32 / (high - low),
        }
    }

    /// The code of a value; 0 for what is not a number.
    fn code(self, x: f32) -> u32 {
        let place = (x - self.low) * self.codes_per_unit + 0.5;
        // The cast is saturating; the signed one is a single instruction on every set.
        let code = (place.min(CODES as f32) as i32).max(0);
        code.cast_unsigned()
    }

    fn value_of(self, code: f64) -> f64 {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        low + code * (high - low) / f64::from(CODES)
    }
}

/// Counts of values over a range.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Histogram {
    pub(crate) n: u64,
    pub(crate) under: u64,
    pub(crate) over: u64,
    pub(crate) sum: u64,
    pub(crate) sum_squares: u128,
    pub(crate) min: Option<f32>,
    pub(crate) max: Option<f32>,
    pub(crate) first_bin: u32,
    pub(crate) counts: Vec<u32>,
}

impl Histogram {
    /// Counts values; those that are not finite are left out and their number is returned.
    pub fn add(&mut self, scale: Scale, values: &[f32]) -> u64 {
        let mut absent = 0;
        for chunk in values.chunks(CHUNK) {
            // One pass over the block tells whether the careful way is needed.
            if chunk.iter().map(|x| x * 0.0).sum::<f32>() == 0.0 {
                self.add_finite(scale, chunk);
            } else {
                let finite: Vec<f32> = chunk.iter().copied().filter(|x| x.is_finite()).collect();
                absent += (chunk.len() - finite.len()) as u64;
                self.add_finite(scale, &finite);
            }
        }
        absent
    }

    /// Counts up to [`CHUNK`] finite values.
    fn add_finite(&mut self, scale: Scale, values: &[f32]) {
        if values.is_empty() {
            return;
        }
        let mut codes = [0_u32; CHUNK];
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        let (mut under, mut over, mut sum, mut squares) = (0_u32, 0_u32, 0_u64, 0_u64);
        for (code, &x) in codes.iter_mut().zip(values) {
            // Adding zero turns the negative zero into zero, so that order cannot choose between them.
            let x = x + 0.0;
            *code = scale.code(x);
            min = if x < min { x } else { min };
            max = if x > max { x } else { max };
            under += u32::from(x < scale.low);
            over += u32::from(x > scale.high);
            sum += u64::from(*code);
            squares += u64::from(*code) * u64::from(*code);
        }
        self.hold(bin_of(scale.code(min)), bin_of(scale.code(max)));
        for &code in &codes[..values.len()] {
            self.counts[(bin_of(code) - self.first_bin) as usize] += 1;
        }
        self.n += values.len() as u64;
        self.under += u64::from(under);
        self.over += u64::from(over);
        self.sum += sum;
        self.sum_squares += u128::from(squares);
        self.min = Some(self.min.map_or(min, |old| old.min(min)));
        self.max = Some(self.max.map_or(max, |old| old.max(max)));
    }

    /// Adds the counts of another histogram over the same range.
    pub fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        self.hold(other.first_bin, other.last_bin());
        let shift = (other.first_bin - self.first_bin) as usize;
        for (mine, theirs) in self.counts[shift..].iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.n += other.n;
        self.under += other.under;
        self.over += other.over;
        self.sum += other.sum;
        self.sum_squares += other.sum_squares;
        let pick = |a: Option<f32>, b: Option<f32>, f: fn(f32, f32) -> f32| match (a, b) {
            (Some(a), Some(b)) => Some(f(a, b)),
            (one, None) | (None, one) => one,
        };
        self.min = pick(self.min, other.min, f32::min);
        self.max = pick(self.max, other.max, f32::max);
    }

    /// Number of values.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Number of values below the range.
    pub fn under(&self) -> u64 {
        self.under
    }

    /// Number of values above the range.
    pub fn over(&self) -> u64 {
        self.over
    }

    /// Smallest value.
    pub fn min(&self) -> Option<f64> {
        self.min.map(f64::from)
    }

    /// Largest value.
    pub fn max(&self) -> Option<f64> {
        self.max.map(f64::from)
    }

    /// Mean, to 2^-20 of the range.
    pub fn mean(&self, scale: Scale) -> Option<f64> {
        (self.n > 0).then(|| scale.value_of(self.sum as f64 / self.n as f64))
    }

    /// Standard deviation, to 2^-20 of the range.
    pub fn sd(&self, scale: Scale) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let n = self.n as f64;
        let spread =
            u128::from(self.n) * self.sum_squares - u128::from(self.sum) * u128::from(self.sum);
        let variance = spread as f64 / n / (n - 1.0);
        Some(libm::sqrt(variance) * (scale.value_of(1.0) - scale.value_of(0.0)))
    }

    /// The value at a rank (from 1), spread evenly within its bin and kept within the extremes.
    pub fn at_rank(&self, scale: Scale, rank: u64) -> Option<f64> {
        let (min, max) = (self.min()?, self.max()?);
        if rank <= 1 {
            return Some(min);
        }
        if rank >= self.n {
            return Some(max);
        }
        let mut before = 0_u64;
        for (idx, &count) in self.counts.iter().enumerate() {
            let up_to = before + u64::from(count);
            if up_to >= rank {
                let within = ((rank - before) as f64 - 0.5) / f64::from(count);
                let bin = f64::from(self.first_bin) + idx as f64 + within;
                return Some(
                    scale
                        .value_of(bin * f64::from(CODES_PER_BIN))
                        .clamp(min, max),
                );
            }
            before = up_to;
        }
        Some(max)
    }

    /// A quantile with the interval of its order statistics, which reaches to the far edges of their bins; an end
    /// that the sample is too small to bound is infinite.
    pub fn quantile(&self, scale: Scale, level: f64) -> Option<Estimate> {
        let ranks = interval::quantile_ranks(self.n, level, interval::CONFIDENCE)?;
        self.at_ranks(scale, ranks)
    }

    /// A quantile at ranks that are known already, since every step has as many values.
    pub fn at_ranks(&self, scale: Scale, ranks: QuantileRanks) -> Option<Estimate> {
        Some(Estimate {
            value: self.at_rank(scale, ranks.value)?,
            low: match ranks.low {
                Some(rank) => self.bounds_at_rank(scale, rank)?.0,
                None => f64::NEG_INFINITY,
            },
            high: match ranks.high {
                Some(rank) => self.bounds_at_rank(scale, rank)?.1,
                None => f64::INFINITY,
            },
            n: self.n,
        })
    }

    /// Between what the value at a rank (from 1) lies: the edges of its bin, within the extremes.
    pub fn bounds_at_rank(&self, scale: Scale, rank: u64) -> Option<(f64, f64)> {
        let (min, max) = (self.min()?, self.max()?);
        if rank <= 1 {
            return Some((min, min));
        }
        if rank >= self.n {
            return Some((max, max));
        }
        let mut up_to = 0;
        let reaches = |count: &u32| {
            up_to += u64::from(*count);
            up_to >= rank
        };
        let idx = self.counts.iter().position(reaches)?;
        // Codes are rounded: those of a bin begin half a code below its edge. Outermost bins hold what is beyond.
        let bin = self.first_bin + idx as u32;
        let edge = |bin: u32, by: f64| scale.value_of(f64::from(bin * CODES_PER_BIN) + by);
        let low = if bin == 0 { min } else { edge(bin, -0.5) };
        let high = if bin == BINS - 1 {
            max
        } else {
            edge(bin + 1, 0.5)
        };
        Some((low.clamp(min, max), high.clamp(min, max)))
    }

    /// Lower edge, upper edge and count of every bin from the lowest to the highest one used.
    pub fn bins(&self, scale: Scale) -> impl Iterator<Item = (f64, f64, u32)> {
        let used = self.used();
        used.clone().map(move |idx| {
            let bin = f64::from(self.first_bin) + idx as f64;
            let edge = |bin: f64| scale.value_of(bin * f64::from(CODES_PER_BIN));
            (edge(bin), edge(bin + 1.0), self.counts[idx])
        })
    }

    /// The same counts, holding no unused bin at either end: equal contents are equal bytes.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let used = self.used();
        let first_bin = if used.is_empty() {
            0
        } else {
            self.first_bin + used.start as u32
        };
        Self {
            first_bin,
            counts: self.counts[used].to_vec(),
            ..self.clone()
        }
    }

    /// Whether bins, counts and total agree, which a file may not.
    pub fn is_sound(&self) -> bool {
        let held: u64 = self.counts.iter().map(|&count| u64::from(count)).sum();
        held == self.n
            && u64::from(self.first_bin) + self.counts.len() as u64 <= u64::from(BINS)
            && self.min.is_some() == (self.n > 0)
            && self.max.is_some() == (self.n > 0)
            && self.sum <= self.n.saturating_mul(u64::from(CODES))
            && u128::from(self.n) * self.sum_squares >= u128::from(self.sum) * u128::from(self.sum)
    }

    fn used(&self) -> std::ops::Range<usize> {
        let first = self.counts.iter().position(|&count| count > 0).unwrap_or(0);
        let last = self
            .counts
            .iter()
            .rposition(|&count| count > 0)
            .map_or(0, |idx| idx + 1);
        first..last
    }

    fn last_bin(&self) -> u32 {
        self.first_bin + (self.counts.len() as u32).max(1) - 1
    }

    /// Makes room for the bins `from..=to`.
    fn hold(&mut self, from: u32, to: u32) {
        if !self.counts.is_empty() && from >= self.first_bin && to <= self.last_bin() {
            return;
        }
        let (mut low, mut high) = (from, to);
        if !self.counts.is_empty() {
            low = low.min(self.first_bin);
            high = high.max(self.last_bin());
        }
        low = low / BINS_STEP * BINS_STEP;
        high = (high / BINS_STEP + 1) * BINS_STEP;
        let mut counts = vec![0; (high - low) as usize];
        let shift = self.first_bin.saturating_sub(low) as usize;
        counts[shift..shift + self.counts.len()].copy_from_slice(&self.counts);
        self.first_bin = low;
        self.counts = counts;
    }
}

fn bin_of(code: u32) -> u32 {
    (code / CODES_PER_BIN).min(BINS - 1)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "extremes and edges are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(scale: Scale, values: &[f32]) -> Histogram {
        let mut histogram = Histogram::default();
        histogram.add(scale, values);
        histogram
    }

    #[test]
    fn a_thousand_even_steps_give_their_quantiles() {
        let scale = Scale::new(0.0, 1.0);
        let values: Vec<f32> = (0..1000).map(|idx| (idx as f32 + 0.5) / 1000.0).collect();
        let histogram = of(scale, &values);
        for (level, expected) in [(0.05, 0.05), (0.5, 0.5), (0.95, 0.95)] {
            let got = histogram.quantile(scale, level).unwrap();
            assert!((got.value - expected).abs() < 0.0015, "{level}: {got:?}");
            assert!(got.low < expected && got.high > expected);
        }
        assert!((histogram.mean(scale).unwrap() - 0.5).abs() < 1e-6);
        // The variance of the even grid: (1000² - 1) / 12 / 1000² · 1000/999.
        assert!((histogram.sd(scale).unwrap() - libm::sqrt(1001.0 / 12_000.0)).abs() < 1e-6);
    }

    #[test]
    fn atoms_are_exact() {
        let scale = Scale::new(-2.0, 10.0);
        let histogram = of(scale, &[0.0; 100]);
        assert_eq!(histogram.quantile(scale, 0.5).unwrap().value, 0.0);
        let both = of(scale, &[0.0, 10.0]);
        assert_eq!(
            (both.min(), both.max(), both.over()),
            (Some(0.0), Some(10.0), 0)
        );
    }

    #[test]
    fn what_lies_beyond_the_range_is_counted_and_kept_at_its_edge() {
        let scale = Scale::new(0.0, 1.0);
        let mut histogram = of(scale, &[-5.0, 0.5, 2.0, 3.0]);
        assert_eq!(
            (histogram.under(), histogram.over(), histogram.n()),
            (1, 2, 4)
        );
        assert_eq!((histogram.min(), histogram.max()), (Some(-5.0), Some(3.0)));
        assert_eq!(histogram.add(scale, &[f32::NAN, f32::INFINITY, 0.25]), 2);
        assert_eq!(histogram.n(), 5);
        assert!(histogram.is_sound());
    }

    #[test]
    fn an_empty_one_has_nothing_to_say() {
        let scale = Scale::new(0.0, 0.0);
        let histogram = Histogram::default();
        assert_eq!(histogram.quantile(scale, 0.5), None);
        assert_eq!(histogram.mean(scale), None);
        assert_eq!(histogram.bins(scale).count(), 0);
    }

    proptest! {
        #[test]
        fn any_split_and_order_gives_the_same_counts(
            values in prop::collection::vec(-0.2_f32..1.2, 1..300), cut in 0_usize..300, seed in 0_usize..7,
        ) {
            let scale = Scale::new(0.0, 1.0);
            let whole = of(scale, &values).trimmed();
            let cut = cut.min(values.len());
            let mut turned = values.clone();
            turned.rotate_left(seed % values.len());
            turned.reverse();
            let mut merged = of(scale, &turned[cut..]);
            merged.merge(&of(scale, &turned[..cut]));
            prop_assert_eq!(&merged.trimmed(), &whole);
            prop_assert!(merged.is_sound());
            let text = serde_json::to_string(&whole).unwrap();
            prop_assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), whole);
        }

        #[test]
        fn quantiles_are_within_a_bin_of_the_sorted_values(
            mut values in prop::collection::vec(0.0_f32..=1.0, 1..400), level in 0.01_f64..0.99,
        ) {
            let scale = Scale::new(0.0, 1.0);
            let histogram = of(scale, &values);
            values.sort_by(f32::total_cmp);
            let rank = interval::quantile_ranks(values.len() as u64, level, 0.95).unwrap().value;
            let exact = f64::from(values[rank as usize - 1]);
            let got = histogram.quantile(scale, level).unwrap();
            prop_assert!((got.value - exact).abs() <= 1.01 / f64::from(BINS), "{} {exact}", got.value);
            prop_assert!(got.low <= got.value && got.value <= got.high);
        }

        #[test]
        fn the_interval_of_a_quantile_holds_that_of_the_sorted_values(
            mut values in prop::collection::vec(-0.1_f32..=1.1, 1..400), level in 0.01_f64..0.99,
        ) {
            let scale = Scale::new(0.0, 1.0);
            let histogram = of(scale, &values);
            values.sort_by(f32::total_cmp);
            let exact = interval::order::quantile_of(&values, level, 0.95).unwrap();
            let got = histogram.quantile(scale, level).unwrap();
            prop_assert!(got.low <= exact.low && exact.high <= got.high, "{got:?} {exact:?}");
            let wide = 1.1 / f64::from(BINS);
            // The outermost bins also hold what lies beyond the range.
            let inner = exact.low > wide && exact.high < 1.0 - wide;
            prop_assert!(!inner || got.low >= exact.low - wide && got.high <= exact.high + wide, "{got:?} {exact:?}");
        }
    }
}
