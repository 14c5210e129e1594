//! Estimates as people read them, with the digits they deserve.

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
        assert_eq!(digits::share(&estimate(0.314, 0.02)), "0.31 (0.29 to 0.33)");
        assert_eq!(
            digits::share(&Estimate {
                value: 0.0,
                low: 0.0,
                high: 0.004,
                n: 1000
            }),
            "below 0.003 (none in 1,000)"
        );
    }
}
