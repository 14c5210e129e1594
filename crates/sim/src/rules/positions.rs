//! Where a group settles on a line: the weighted median, the weighted mean, and how the positions spread.
//!
//! Pure functions of plain numbers, for the commands on tables and the measures of structure; the challenge
//! model forecasts with the first two.
//!
//! **Sources**: Black (1948), Journal of Political Economy 56:23–34 (the median voter); Achen (2006) in
//! Thomson et al., The European Union Decides, ch. 4, and Van den Bos (1991) (the compromise mean,
//! weighted by capability times salience).

/// The positions that no other beats by weight, from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Median {
    /// Lowest of them.
    pub low: f64,
    /// Highest of them; the same unless exactly half of the weight lies on either side of a gap.
    pub high: f64,
}

impl Median {
    /// The middle of the interval.
    #[must_use]
    pub fn middle(self) -> f64 {
        if self.low == self.high {
            self.low
        } else {
            self.low / 2.0 + self.high / 2.0
        }
    }
}

/// The weighted median: a position with at most half of the weight on either side of it.
///
/// Nothing if no weight is positive. Weights below zero count as none.
#[must_use]
pub fn weighted_median(positions: &[f64], weights: &[f64]) -> Option<Median> {
    let mut rows: Vec<(f64, f64)> = positions
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight > 0.0)
        .map(|(&position, &weight)| (position, weight))
        .collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    let whole: f64 = rows.iter().map(|row| row.1).sum();
    // Sums of decimal weights round: half is half up to the last digits.
    let slack = whole * 1e-12;
    let mut below = 0.0;
    for (place, &(position, weight)) in rows.iter().enumerate() {
        below += weight;
        let gap = below - whole / 2.0;
        if gap > slack {
            return Some(Median {
                low: position,
                high: position,
            });
        }
        if gap >= -slack {
            let next = rows.get(place + 1).map_or(position, |row| row.0);
            return Some(Median {
                low: position,
                high: next,
            });
        }
    }
    None
}

/// The weighted mean; nothing if the weights add up to nothing.
#[must_use]
pub fn weighted_mean(positions: &[f64], weights: &[f64]) -> Option<f64> {
    let whole: f64 = weights.iter().sum();
    let sum: f64 = positions
        .iter()
        .zip(weights)
        .map(|(position, weight)| position * weight)
        .sum();
    (whole > 0.0).then(|| sum / whole)
}

/// The weighted standard deviation, of the whole group and not of a sample from it.
#[must_use]
pub fn weighted_spread(positions: &[f64], weights: &[f64]) -> Option<f64> {
    let mean = weighted_mean(positions, weights)?;
    let squares: Vec<f64> = positions
        .iter()
        .map(|position| (position - mean) * (position - mean))
        .collect();
    weighted_mean(&squares, weights).map(f64::sqrt)
}

/// The distance between the outermost positions.
#[must_use]
pub fn span(positions: &[f64]) -> f64 {
    let low = positions.iter().copied().fold(f64::INFINITY, f64::min);
    let high = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low <= high { high - low } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_median_may_be_an_interval() {
        let median = weighted_median(&[0.0, 10.0, 4.0], &[1.0, 1.0, 0.0]).unwrap();
        assert_eq!((median.low, median.high, median.middle()), (0.0, 10.0, 5.0));
        let median = weighted_median(&[3.0, 1.0, 2.0], &[1.0, 5.0, 1.0]).unwrap();
        assert_eq!((median.low, median.high), (1.0, 1.0));
        assert_eq!(weighted_median(&[1.0], &[0.0]), None);
        assert_eq!(weighted_median(&[], &[]), None);
    }

    #[test]
    fn the_mean_and_the_spread_are_weighted() {
        // (0·3 + 4·1)/4 = 1; spread √((1·3 + 9·1)/4) = √3
        assert_eq!(weighted_mean(&[0.0, 4.0], &[3.0, 1.0]), Some(1.0));
        let spread = weighted_spread(&[0.0, 4.0], &[3.0, 1.0]).unwrap();
        assert!((spread - 3.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(weighted_mean(&[1.0], &[0.0]), None);
        assert_eq!(span(&[2.0, -1.0]), 3.0);
        assert_eq!(span(&[]), 0.0);
    }

    proptest! {
        /// The median is where the weighted distances add up to least.
        #[test]
        fn no_position_is_nearer_to_all(rows in prop::collection::vec((-9i32..9, 1i32..9), 1..9), other in -9i32..9) {
            let positions: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
            let away = |from: f64| -> f64 {
                positions.iter().zip(&weights).map(|(x, w)| w * (x - from).abs()).sum()
            };
            let median = weighted_median(&positions, &weights).unwrap();
            prop_assert!(away(median.low) <= away(f64::from(other)) + 1e-9);
            prop_assert!((away(median.low) - away(median.high)).abs() < 1e-9);
        }
    }
}
