//! Resampling that is keyed: the same seed gives the same picks, and so the same bits.

use foedera_results::Estimate;
use foedera_results::interval::CONFIDENCE;

/// Resamples behind an interval.
pub const RESAMPLES: usize = 1000;

/// Rows that are drawn one by one; of more, neighbours are drawn together, which costs less and errs as much.
const ROWS_MAX: usize = 4096;

/// Bootstraps functions of means: rows are drawn with replacement, their columns averaged, and `of` makes
/// statistics of the averages. Each comes with its percentile interval of 95 %. Empty without rows.
pub fn of_means(rows: &[Vec<f64>], seed: u64, of: impl Fn(&[f64]) -> Vec<f64>) -> Vec<Estimate> {
    let Some(width) = rows.first().map(Vec::len) else {
        return Vec::new();
    };
    let n = rows.len();
    let mut sums = vec![0.0; width];
    for row in rows {
        add(&mut sums, row);
    }
    let values = of(&divided(&sums, n));
    let joined: Vec<Vec<f64>> = rows
        .chunks_exact(n.div_ceil(ROWS_MAX))
        .map(|chunk| {
            let mut sums = vec![0.0; width];
            for row in chunk {
                add(&mut sums, row);
            }
            divided(&sums, chunk.len())
        })
        .collect();
    let rows = &joined;
    let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); values.len()];
    for resample in 0..RESAMPLES {
        sums.fill(0.0);
        for draw in 0..rows.len() {
            add(&mut sums, &rows[pick(seed, resample, draw, rows.len())]);
        }
        for (drawn, value) in drawn.iter_mut().zip(of(&divided(&sums, rows.len()))) {
            drawn.push(value);
        }
    }
    let intervals = values.iter().zip(&mut drawn);
    intervals
        .map(|(value, drawn)| percentiles(*value, drawn, n))
        .collect()
}

fn add(sums: &mut [f64], row: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += value;
    }
}

fn divided(sums: &[f64], by: usize) -> Vec<f64> {
    sums.iter().map(|sum| sum / by as f64).collect()
}

/// A value with the 95 % percentile interval of what resampling gave, widened to hold the value.
fn percentiles(value: f64, drawn: &mut [f64], n: usize) -> Estimate {
    drawn.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - CONFIDENCE);
    Estimate {
        value,
        low: quantile(drawn, tail).min(value),
        high: quantile(drawn, 1.0 - tail).max(value),
        n: n as u64,
    }
}

/// A quantile of sorted values, between the two nearest (Hyndman and Fan 1996, type 7); not a number of none.
#[must_use]
pub fn quantile(sorted: &[f64], level: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let place = level.clamp(0.0, 1.0) * last as f64;
    let below = (libm::floor(place) as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// One of `n`, keyed by seed, resample and draw: a word of `SplitMix64` (Steele, Lea and Flood 2014).
#[must_use]
pub fn pick(seed: u64, resample: usize, draw: usize, n: usize) -> usize {
    let place = ((resample as u64) << 32) | draw as u64;
    let word = mixed(mixed(seed).wrapping_add(place));
    // High bits times n: no modulo bias that could be seen with lists of this size.
    let picked = (u128::from(word) * n as u128) >> 64;
    usize::try_from(picked).unwrap_or(0)
}

/// Puts a list in a random order, keyed by seed and number (Fisher and Yates).
pub fn shuffle<T>(list: &mut [T], seed: u64, number: usize) {
    for last in (1..list.len()).rev() {
        list.swap(last, pick(seed, number, last, last + 1));
    }
}

/// How often each of `n` rows is drawn in one resample.
#[must_use]
pub fn weights(seed: u64, resample: usize, n: usize) -> Vec<u32> {
    let mut weights = vec![0_u32; n];
    for draw in 0..n {
        weights[pick(seed, resample, draw, n)] += 1;
    }
    weights
}

const fn mixed(key: u64) -> u64 {
    let z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_the_interval_of_the_normal_law() {
        // 400 numbers of variance 33.25 (0..=19): standard error sqrt(33.25 / 400) = 0.288.
        let rows: Vec<Vec<f64>> = (0..400).map(|x| vec![f64::from(x % 20)]).collect();
        let found = of_means(&rows, 3, <[f64]>::to_vec);
        let half = 1.96 * 0.288;
        assert!((found[0].value - 9.5).abs() < 1e-12);
        assert!((found[0].low - (9.5 - half)).abs() < 0.06, "{found:?}");
        assert!((found[0].high - (9.5 + half)).abs() < 0.06, "{found:?}");
        assert_eq!(found, of_means(&rows, 3, <[f64]>::to_vec));
        assert_ne!(found, of_means(&rows, 4, <[f64]>::to_vec));
    }

    #[test]
    fn a_shuffle_keeps_all_and_a_resample_has_as_many() {
        let mut list: Vec<usize> = (0..100).collect();
        shuffle(&mut list, 1, 7);
        assert_ne!(list, (0..100).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..100).collect::<Vec<_>>());
        assert_eq!(weights(1, 2, 100).iter().sum::<u32>(), 100);
    }

    #[test]
    fn quantiles_lie_between_the_nearest() {
        assert!((quantile(&[1.0, 2.0, 4.0], 0.75) - 3.0).abs() < 1e-12);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
