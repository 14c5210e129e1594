//! Estimates as people read them: the digits they deserve, what they are of, ranks that hold.

use foedera_results::{Estimate, digits};

/// The value of an estimate alone, with as many digits as its interval deserves.
pub(crate) fn value(of: &Estimate) -> String {
    deserved(of.value, of.half_width())
}

/// A value with as many digits as an error deserves, without the error.
pub(crate) fn deserved(value: f64, error: f64) -> String {
    let text = digits::with_error(value, error);
    text.split(" ± ").next().unwrap_or(&text).to_owned()
}

/// A probability with its Wilson interval; a bound if it never or always happened.
pub(crate) fn probability(of: &Estimate) -> String {
    let count = of.value * n(of);
    if count < 0.5 {
        return digits::probability(0, of.n);
    }
    if count > n(of) - 0.5 {
        return digits::probability(of.n, of.n);
    }
    digits::with_interval(of)
}

/// Ranks, 1 for the largest: those whose intervals overlap with a better one are not set below it.
pub(crate) fn ranks(estimates: &[Estimate]) -> Vec<usize> {
    let better = |one: &Estimate| {
        estimates
            .iter()
            .filter(|other| other.low > one.high)
            .count()
    };
    estimates.iter().map(|one| 1 + better(one)).collect()
}

fn n(of: &Estimate) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "replicates are fewer than 2^53")]
    let n = of.n as f64;
    n
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
    fn estimates_have_the_digits_they_deserve() {
        assert_eq!(value(&estimate(0.51234, 0.004)), "0.512");
        assert_eq!(probability(&estimate(0.314, 0.02)), "0.31 (0.29 to 0.33)");
        assert_eq!(
            probability(&Estimate {
                value: 0.0,
                low: 0.0,
                high: 0.004,
                n: 1000
            }),
            "< 0.003 (95 %)"
        );
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
