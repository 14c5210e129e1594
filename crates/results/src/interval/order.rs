//! Intervals of quantiles from sorted values, and a band around a whole distribution function.
//!
//! A quantile lies between two order statistics with a probability that only the binomial decides (David and
//! Nagaraja 2003, ch. 7). The band holds every quantile at once (Dvoretzky, Kiefer and Wolfowitz 1956; the
//! constant by Massart 1990, Ann. Probab. 18:1269).

use crate::interval::{self, Estimate};

/// The quantile at a level of sorted values with the interval of its order statistics. An end that the sample
/// is too small to bound is infinite. `None` without values.
///
/// # Panics
/// In debug builds, if the values are not sorted.
pub fn quantile_of<T: Copy + Into<f64>>(
    sorted: &[T],
    level: f64,
    confidence: f64,
) -> Option<Estimate> {
    debug_assert!(
        sorted.windows(2).all(|two| two[0].into() <= two[1].into()),
        "callers sort"
    );
    let ranks = interval::quantile_ranks(sorted.len() as u64, level, confidence)?;
    let at = |rank: u64| sorted[rank as usize - 1].into();
    Some(Estimate {
        value: at(ranks.value),
        low: ranks.low.map_or(f64::NEG_INFINITY, at),
        high: ranks.high.map_or(f64::INFINITY, at),
        n: sorted.len() as u64,
    })
}

/// Half the height of the band that holds a whole distribution function: with at least the confidence, every
/// share seen of `n` values lies within it of the true one. 1 without values.
pub fn band(n: u64, confidence: f64) -> f64 {
    if n == 0 {
        return 1.0;
    }
    libm::sqrt(libm::log(2.0 / (1.0 - confidence)) / (2.0 * n as f64)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::keyed::uniform;

    #[test]
    fn a_quantile_lies_between_order_statistics() {
        let sorted: Vec<f32> = (1_u8..=100).map(f32::from).collect();
        let got = quantile_of(&sorted, 0.5, 0.95).unwrap();
        // Conover 1999, A3: ranks 40 and 61 of 100.
        assert!((got.value - 50.0).abs() < 1e-12);
        assert!((got.low - 40.0).abs() < 1e-12 && (got.high - 61.0).abs() < 1e-12);
        let few = quantile_of(&sorted[..20], 0.05, 0.95).unwrap();
        assert!(few.low.is_infinite() && few.high.is_finite());
        assert_eq!(quantile_of::<f64>(&[], 0.5, 0.95), None);
    }

    #[test]
    fn intervals_of_quantiles_cover_by_simulation() {
        // 2,000 studies of 120 values of a skewed law, the square of a uniform number: its quantile at a
        // level is the level squared. A study's share errs by sqrt(.95 * .05 / 2000) = .0049.
        let studies = 2000;
        for level in [0.1, 0.5, 0.9] {
            let mut covered = 0_u32;
            for study in 0..studies {
                let mut values: Vec<f64> = (0..120)
                    .map(|idx| uniform(study, idx))
                    .map(|u| u * u)
                    .collect();
                values.sort_by(f64::total_cmp);
                let got = quantile_of(&values, level, 0.95).unwrap();
                covered += u32::from(got.low <= level * level && level * level <= got.high);
            }
            let share = f64::from(covered) / studies as f64;
            assert!((0.935..=0.985).contains(&share), "{level}: {share}");
        }
    }

    #[test]
    fn the_band_holds_the_whole_distribution_function() {
        // Massart's bound is nearly sharp: 95 % of the greatest distances of 200 uniform values lie within.
        let (studies, n) = (2000, 200_u64);
        let half = band(n, 0.95);
        assert!((half - 0.096_03).abs() < 1e-4, "{half}");
        let mut covered = 0_u32;
        for study in 0..studies {
            let mut values: Vec<f64> = (0..n).map(|idx| uniform(study, idx)).collect();
            values.sort_by(f64::total_cmp);
            let farthest = values
                .iter()
                .enumerate()
                .fold(0.0_f64, |farthest, (idx, x)| {
                    let (below, above) = (idx as f64 / n as f64, (idx + 1) as f64 / n as f64);
                    farthest.max(x - below).max(above - x)
                });
            covered += u32::from(farthest <= half);
        }
        let share = f64::from(covered) / studies as f64;
        assert!((0.945..=0.985).contains(&share), "{share}");
        assert!((band(0, 0.95) - 1.0).abs() < 1e-15);
    }
}
