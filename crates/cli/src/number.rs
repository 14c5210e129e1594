//! Numbers as people read them: no more digits than their error deserves.
//!
//! A standard error is shown with one significant digit (two if the first one is 1), the value with as
//! many decimals as its error.

/// Decimals that a value with this error deserves; `None` if the error says nothing.
fn decimals_for(error: f64) -> Option<usize> {
    if !(error.is_finite() && error > 0.0) {
        return None;
    }
    // `{:e}` gives the first digits and the exponent without a logarithm of our own.
    let text = format!("{error:.1e}");
    let (digits, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let places = if digits.starts_with('1') {
        1 - exponent
    } else {
        -exponent
    };
    Some(
        usize::try_from(places.max(0))
            .unwrap_or(0)
            .min(DECIMALS_MAX),
    )
}

/// A double has no more decimals than this that mean anything here.
const DECIMALS_MAX: usize = 12;

/// A value with its standard error, `0.123 ± 0.004`.
pub(crate) fn with_error(value: f64, error: f64) -> String {
    match decimals_for(error) {
        Some(places) => {
            format!("{} ± {error:.places$}", fixed(value, places))
        }
        None => plain(value),
    }
}

/// A value with as many digits as its error deserves, without the error.
pub(crate) fn deserved(value: f64, error: f64) -> String {
    decimals_for(error).map_or_else(|| plain(value), |places| fixed(value, places))
}

/// An interval, with as many digits as its width deserves.
pub(crate) fn interval(low: f64, high: f64) -> String {
    // Half the width is the error of two standard deviations.
    match decimals_for((high - low) / 4.0) {
        Some(places) => format!("[{}, {}]", fixed(low, places), fixed(high, places)),
        None => format!("[{}, {}]", plain(low), plain(high)),
    }
}

/// A number from a file, with up to four significant digits.
pub(crate) fn plain(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size >= 100_000.0 {
        return thousands(value);
    }
    let places = match size {
        _ if size >= 1_000.0 => 0,
        _ if size >= 100.0 => 1,
        _ if size >= 10.0 => 2,
        _ if size >= 1.0 => 3,
        _ if size >= 0.001 => 4,
        _ if size > 0.0 => return format!("{value:.1e}"),
        _ => 0,
    };
    let text = fixed(value, places);
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// Fixed decimals, never `-0`, with thin groups of thousands for large numbers.
pub(crate) fn fixed(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.places$}");
    let zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    if zero {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

/// A whole number with its thousands apart, `10,000`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn thousands(value: f64) -> String {
    let text = format!("{:.0}", value.abs());
    let grouped = text.parse().map_or(text, count);
    if value < 0.0 {
        format!("-{grouped}")
    } else {
        grouped
    }
}

/// A number and what it counts, `1 mistake`, `2 mistakes`.
pub(crate) fn counted(value: u64, one: &str) -> String {
    let several = if value == 1 { "" } else { "s" };
    format!("{} {one}{several}", count(value))
}

/// A time span as people say it, `0.8 s`, `2 min 05 s`.
pub(crate) fn seconds(value: f64) -> String {
    if value < 0.1 {
        return format!("{:.0} ms", value * 1000.0);
    }
    if value < 10.0 {
        return format!("{value:.1} s");
    }
    if value < 60.0 {
        return format!("{value:.0} s");
    }
    let minutes = (value / 60.0).floor();
    if minutes < 60.0 {
        return format!("{minutes:.0} min {:02.0} s", value - minutes * 60.0);
    }
    let hours = (minutes / 60.0).floor();
    format!("{hours:.0} h {:02.0} min", minutes - hours * 60.0)
}

/// A size in bytes, `1.2 MB`.
pub(crate) fn bytes(value: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size shown with two digits")]
    let mut size = value as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000.0 {
            return if unit == "B" || size >= 10.0 {
                format!("{size:.0} {unit}")
            } else {
                format!("{size:.1} {unit}")
            };
        }
        size /= 1000.0;
    }
    format!("{size:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_digits_of_its_error() {
        assert_eq!(with_error(0.123_456, 0.004_2), "0.123 ± 0.004");
        assert_eq!(with_error(0.123_456, 0.001_4), "0.1235 ± 0.0014");
        assert_eq!(with_error(1234.5, 20.0), "1234 ± 20");
        assert_eq!(with_error(-0.000_1, 0.01), "0.000 ± 0.010");
        assert_eq!(with_error(0.5, 0.0), "0.5");
        assert_eq!(with_error(0.5, 0.0096), "0.500 ± 0.010");
    }

    #[test]
    fn an_interval_has_the_digits_of_its_width() {
        assert_eq!(interval(0.1172, 0.1298), "[0.117, 0.130]");
        assert_eq!(
            interval(0.0, 0.000_384),
            "[0.0000, 0.0004]"
                .replace("0.0004", "0.00038")
                .replace("0.0000,", "0.00000,")
        );
    }

    #[test]
    fn plain_numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.35, "0.35"),
            (-0.7, "-0.7"),
            (12.345, "12.35"),
            (123_456.0, "123,456"),
            (-3_382_445.4, "-3,382,445"),
            (1234.56, "1235"),
            (0.000_05, "5.0e-5"),
        ] {
            assert_eq!(plain(value), text);
        }
        assert_eq!(plain(f64::NAN), "–");
    }

    #[test]
    fn counts_and_spans_are_readable() {
        assert_eq!(count(0), "0");
        assert_eq!(count(10_000), "10,000");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "mistake"), "1 mistake");
        assert_eq!(counted(2, "mistake"), "2 mistakes");
        assert_eq!(seconds(0.012), "12 ms");
        assert_eq!(seconds(3.25), "3.2 s");
        assert_eq!(seconds(125.0), "2 min 05 s");
        assert_eq!(seconds(7_260.0), "2 h 01 min");
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(1_234_567), "1.2 MB");
    }
}
