//! Prints a number with its error, and no more digits than it deserves.
//!
//! The error is rounded up to one significant digit (two if the first is a 1), the number to the same
//! place. Used by every table and sentence that shows an estimate. Relies on [`crate::interval`].

use crate::interval::{self, Estimate};

/// Decimals beyond which nothing is printed.
const DECIMALS_MAX: i32 = 15;

/// A number and its error, `0.314 ± 0.005`; an error of zero or none prints four significant digits.
pub fn with_error(value: f64, error: f64) -> String {
    if !value.is_finite() {
        return "none".to_owned();
    }
    if !error.is_finite() || error <= 0.0 {
        return plain(value, 4);
    }
    let decimals = decimals_of(error);
    let shown = round_up(error, decimals);
    format!("{} ± {}", fixed(value, decimals), fixed(shown, decimals))
}

/// An estimate and the larger half of its interval.
pub fn estimate(of: &Estimate) -> String {
    with_error(of.value, of.half_width())
}

/// A probability from counts: `0.314 ± 0.005`, `below 0.0003 (none in 10,000)` if it never happened (the rule of
/// three, at 95 %), `above 0.9997 (all of 10,000)` if always.
pub fn probability(count: u64, n: u64) -> String {
    match interval::wilson(count, n, interval::CONFIDENCE) {
        None => "none".to_owned(),
        Some(_) if count == 0 => format!("below {} (none in {})", bound_below(n), grouped(n)),
        Some(_) if count == n => format!("above {} (all of {})", bound_above(n), grouped(n)),
        Some(got) => estimate(&got),
    }
}

/// Upper bound of what never happened, rounded up.
fn bound_below(n: u64) -> String {
    let bound = interval::bound_at_zero(n, interval::CONFIDENCE);
    let decimals = decimals_of(bound);
    fixed(round_up(bound, decimals), decimals)
}

/// Lower bound of what always happened, rounded down.
fn bound_above(n: u64) -> String {
    let bound = interval::bound_at_zero(n, interval::CONFIDENCE);
    let decimals = decimals_of(bound);
    fixed((1.0 - round_up(bound, decimals)).max(0.0), decimals)
}

/// A count with its thousands apart, `10,000`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A difference with its error; says so if it cannot be told from zero.
pub fn difference(of: &Estimate) -> String {
    let sign = if of.value > 0.0 { "+" } else { "" };
    let text = format!("{sign}{}", estimate(of));
    if of.includes_zero() {
        format!("{text} (cannot be told from zero)")
    } else {
        text
    }
}

/// A number with an interval at the digits its width deserves: `0.31 (0.30 to 0.33)`.
pub fn with_interval(of: &Estimate) -> String {
    let half = 0.5 * (of.high - of.low);
    if !half.is_finite() || half <= 0.0 {
        return plain(of.value, 4);
    }
    let decimals = decimals_of(half);
    let [value, low, high] = [of.value, of.low, of.high].map(|x| fixed(x, decimals));
    format!("{value} ({low} to {high})")
}

/// A number with so many significant digits and no trailing zeros.
pub fn plain(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 {
            "0".to_owned()
        } else {
            "none".to_owned()
        };
    }
    let decimals = (digits - 1 - magnitude(value)).clamp(0, DECIMALS_MAX);
    let text = fixed(value, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Decimals at which an error shows one digit, or two if the first is a 1; negative ones round to tens.
fn decimals_of(error: f64) -> i32 {
    let place = magnitude(error);
    let lead = error / libm::exp10(f64::from(place));
    let digits = if lead < 1.95 { 1 } else { 0 };
    (digits - place).min(DECIMALS_MAX)
}

fn magnitude(value: f64) -> i32 {
    libm::floor(libm::log10(value.abs()) + 1e-12) as i32
}

/// Rounds an error up at a place, forgiving what is below a twentieth of it.
fn round_up(error: f64, decimals: i32) -> f64 {
    let unit = libm::exp10(-f64::from(decimals));
    libm::ceil(error / unit - 0.05).max(1.0) * unit
}

/// Prints with decimals; negative ones round to tens, hundreds, ... Never prints a negative zero.
fn fixed(value: f64, decimals: i32) -> String {
    let Ok(places) = usize::try_from(decimals) else {
        let unit = libm::exp10(-f64::from(decimals));
        return format!("{:.0}", libm::round(value / unit) * unit + 0.0);
    };
    let text = format!("{value:.places$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    if is_zero {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

/// A share as an estimate with its interval; a bound in words if it never or always happened.
#[must_use]
pub fn share(of: &Estimate) -> String {
    match extreme(of) {
        Some(count) => probability(count, of.n),
        None => with_interval(of),
    }
}

/// A share in few characters, for narrow columns: `0.314 ± 0.005`, `< 0.0003`, `> 0.9997`.
#[must_use]
pub fn short_share(of: &Estimate) -> String {
    match extreme(of) {
        Some(0) => format!("< {}", bound_below(of.n)),
        Some(_) => format!("> {}", bound_above(of.n)),
        None => estimate(of),
    }
}

/// The count of what never or always happened.
fn extreme(of: &Estimate) -> Option<u64> {
    #[expect(clippy::cast_precision_loss, reason = "replicates are fewer than 2^53")]
    let n = of.n as f64;
    let count = of.value * n;
    if count < 0.5 {
        Some(0)
    } else {
        (count > n - 0.5).then_some(of.n)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_error_decides_the_digits() {
        let cases = [
            (0.314_159, 0.004_62, "0.314 ± 0.005"),
            (0.314_159, 0.012_3, "0.314 ± 0.013"),
            (12_345.6, 780.0, "12300 ± 800"),
            (2.0, 0.25, "2.0 ± 0.3"),
            (-0.000_04, 0.02, "0.00 ± 0.02"),
            (0.5, 0.0, "0.5"),
            (9.87, 0.096, "9.87 ± 0.10"),
            (1.0, 0.0196, "1.00 ± 0.02"),
            (f64::NAN, 0.1, "none"),
        ];
        for (value, error, expected) in cases {
            assert_eq!(with_error(value, error), expected);
        }
    }

    #[test]
    fn what_never_happened_gets_a_bound() {
        assert_eq!(probability(0, 10_000), "below 0.0003 (none in 10,000)");
        assert_eq!(probability(10_000, 10_000), "above 0.9997 (all of 10,000)");
        assert_eq!(probability(0, 1), "below 1.0 (none in 1)");
        assert_eq!(probability(150, 150), "above 0.98 (all of 150)");
        let none = interval::wilson(0, 2_000_000, 0.95).unwrap();
        assert_eq!(share(&none), "below 0.0000015 (none in 2,000,000)");
        assert_eq!(short_share(&none), "< 0.0000015");
        assert_eq!(probability(0, 0), "none");
        // Wilson 0.3050 to 0.3232 at 3141 of 10,000.
        assert_eq!(probability(3141, 10_000), "0.314 ± 0.010");
    }

    #[test]
    fn a_difference_says_when_it_is_none() {
        let of = |value: f64, half: f64| Estimate {
            value,
            low: value - half,
            high: value + half,
            n: 10,
        };
        assert_eq!(
            difference(&of(0.002, 0.004)),
            "+0.002 ± 0.004 (cannot be told from zero)"
        );
        assert_eq!(difference(&of(-0.02, 0.004)), "-0.020 ± 0.004");
        assert_eq!(with_interval(&of(0.314, 0.02)), "0.31 (0.29 to 0.33)");
    }

    #[test]
    fn plain_numbers_have_no_trailing_zeros() {
        let cases = [
            (0.25, "0.25"),
            (1234.56, "1235"),
            (0.000_123_456, "0.0001235"),
            (0.0, "0"),
            (3.0, "3"),
        ];
        for (value, expected) in cases {
            assert_eq!(plain(value, 4), expected);
        }
    }

    proptest! {
        #[test]
        fn the_printed_error_is_never_too_small_and_close(value in -1e6_f64..1e6, error in 1e-9_f64..1e5) {
            let text = with_error(value, error);
            let (left, right) = text.split_once(" ± ").unwrap();
            let (left, right): (f64, f64) = (left.parse().unwrap(), right.parse().unwrap());
            prop_assert!(right >= error * 0.97 && right <= error * 2.0, "{text} for {error}");
            prop_assert!((left - value).abs() <= right, "{text} for {value}");
        }
    }
}
