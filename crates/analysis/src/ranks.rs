//! Ranks that hold: alternatives whose intervals overlap are never set one above the other.

use foedera_results::Estimate;

/// Ranks, 1 for the largest: those whose intervals overlap with a better one are not set below it.
#[must_use]
pub fn ranks(estimates: &[Estimate]) -> Vec<usize> {
    let better = |one: &Estimate| {
        estimates
            .iter()
            .filter(|other| other.low > one.high)
            .count()
    };
    estimates.iter().map(|one| 1 + better(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, half: f64) -> Estimate {
        Estimate {
            value,
            low: value - half,
            high: value + half,
            n: 1000,
        }
    }

    #[test]
    fn overlapping_intervals_share_a_rank() {
        let all = [
            estimate(0.9, 0.01),
            estimate(0.5, 0.05),
            estimate(0.46, 0.05),
            estimate(0.1, 0.01),
        ];
        assert_eq!(ranks(&all), [1, 2, 2, 4]);
    }
}
