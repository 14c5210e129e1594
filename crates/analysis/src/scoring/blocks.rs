//! A bootstrap over clusters: questions that stand or fall together are drawn together (Künsch 1989).

use serde::Serialize;

use super::count;

/// Resamples of a bootstrap.
pub const RESAMPLES: usize = 4000;

/// A 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 95 % interval of the mean of values under resampling of their clusters, keyed by a seed: the same
/// seed gives the same bits. None with fewer than two clusters.
#[must_use]
pub fn bootstrap(values: &[f64], clusters: &[&str], seed: u64) -> Option<Interval> {
    let mut names: Vec<&str> = clusters.to_vec();
    names.sort_unstable();
    names.dedup();
    if names.len() < 2 {
        return None;
    }
    // Sum and number of each cluster.
    let sums: Vec<(f64, f64)> = names
        .iter()
        .map(|name| {
            let own = values
                .iter()
                .zip(clusters)
                .filter(|(_, cluster)| *cluster == name);
            own.fold((0.0, 0.0), |(sum, n), (value, _)| (sum + value, n + 1.0))
        })
        .collect();
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|resample| {
            let (mut sum, mut n) = (0.0, 0.0);
            for draw in 0..sums.len() {
                let (cluster_sum, cluster_n) = sums[pick(seed, resample, draw, sums.len())];
                sum += cluster_sum;
                n += cluster_n;
            }
            sum / n
        })
        .collect();
    means.sort_by(f64::total_cmp);
    Some(Interval {
        low: quantile(&means, 0.025),
        high: quantile(&means, 0.975),
    })
}

/// A quantile of sorted values that are not empty, between the two nearest.
pub(super) fn quantile(sorted: &[f64], level: f64) -> f64 {
    let place = level * count(sorted.len() - 1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the list"
    )]
    let below = libm::floor(place) as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let share = place - count(below);
    sorted[below] + share * (sorted[above] - sorted[below])
}

/// One of `n`, keyed by seed, resample and draw: a word of `SplitMix64` (Steele, Lea and Flood 2014).
fn pick(seed: u64, resample: usize, draw: usize, n: usize) -> usize {
    let word = word(seed, resample, draw);
    // High bits times n: no modulo bias that could be seen with so few clusters.
    let picked = (u128::from(word) * n as u128) >> 64;
    usize::try_from(picked).unwrap_or(0)
}

/// A uniform number in 0..1, keyed by seed, resample and draw.
pub(super) fn uniform(seed: u64, resample: usize, draw: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let share = (word(seed, resample, draw) >> 11) as f64;
    share / 9_007_199_254_740_992.0
}

fn word(seed: u64, resample: usize, draw: usize) -> u64 {
    let place = ((resample as u64) << 32) | draw as u64;
    mixed(mixed(seed).wrapping_add(place))
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
    fn an_interval_is_that_of_the_cluster_means() {
        // 40 clusters of one value each: the interval is about mean ± 1.96 sd / sqrt n.
        let values: Vec<f64> = (0..40).map(|x| f64::from(x % 8)).collect();
        let names: Vec<String> = (0..40).map(|x| format!("c{x}")).collect();
        let clusters: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = bootstrap(&values, &clusters, 7).expect("there are clusters");
        let half = 1.96 * (5.25_f64 / 40.0).sqrt();
        assert!((found.low - (3.5 - half)).abs() < 0.08, "{found:?}");
        assert!((found.high - (3.5 + half)).abs() < 0.08, "{found:?}");
        assert_eq!(bootstrap(&values, &clusters, 7), Some(found));
        assert_ne!(bootstrap(&values, &clusters, 8), Some(found));
    }

    #[test]
    fn one_cluster_has_no_interval() {
        assert!(bootstrap(&[1.0, 2.0], &["a", "a"], 1).is_none());
    }

    #[test]
    fn clusters_are_drawn_whole() {
        // Two clusters that balance within: every resample has the same mean.
        let found = bootstrap(&[0.0, 1.0, 0.0, 1.0], &["a", "a", "b", "b"], 1);
        assert_eq!(
            found,
            Some(Interval {
                low: 0.5,
                high: 0.5
            })
        );
    }
}
