//! Numbers that carry no error, as people read them: figures of a file, counts, times, sizes.
//!
//! Estimates are printed by [`foedera_results::digits`], with no more digits than their error deserves.

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
        _ if size >= 0.000_1 => 5,
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
            (0.000_35, "0.00035"),
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
