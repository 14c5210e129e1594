//! Small pictures made of block characters: curves, fans, densities, shares.

/// From empty to full.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A curve scaled to `low..=high`; what is not finite leaves a gap.
pub(crate) fn curve(values: &[f64], low: f64, high: f64) -> String {
    values
        .iter()
        .map(|value| level(*value, low, high))
        .collect()
}

/// A density: the largest bar is full, empty bars are blank.
pub(crate) fn density(weights: &[f64]) -> String {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let bar = |weight: &f64| {
        if *weight <= 0.0 {
            ' '
        } else {
            level(*weight, 0.0, largest)
        }
    };
    weights.iter().map(bar).collect()
}

/// The density of weighted values over `low..=high`, what lies beyond in the outermost cells.
pub(crate) fn histogram(values: &[(f64, f64)], (low, high): (f64, f64), cells: usize) -> String {
    let mut weights = vec![0.0; cells];
    for (value, weight) in values {
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        };
        weights[index(share * count(cells)).min(cells - 1)] += weight;
    }
    density(&weights)
}

/// A share 0..=1 as a bar of `width` cells, in eighths of a cell.
pub(crate) fn share(value: f64, width: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let value = if value.is_finite() {
        value.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let eighths = (value * count(width) * 8.0).round();
    let full = (eighths / 8.0).floor();
    let rest = index(eighths - full * 8.0).min(7);
    // Something is not nothing: a probability above zero shows.
    let shown = if eighths < 1.0 && value > 0.0 {
        1
    } else {
        rest
    };
    let bar = format!("{}{}", "█".repeat(index(full)), PARTS[shown]);
    let cells = bar.chars().count();
    bar + &" ".repeat(width.saturating_sub(cells))
}

fn level(value: f64, low: f64, high: f64) -> char {
    if !value.is_finite() {
        return ' ';
    }
    let share = if high > low {
        (value - low) / (high - low)
    } else {
        0.5
    };
    LEVELS[index(share * 8.0).min(7)]
}

/// A place in an array; what is negative or no number is the first.
fn index(value: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, and pictures have few cells"
    )]
    let idx = value as usize;
    idx
}

fn count(width: usize) -> f64 {
    f64::from(u32::try_from(width).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_runs_from_the_lowest_to_the_highest_block() {
        assert_eq!(curve(&[0.0, 0.5, 1.0], 0.0, 1.0), "▁▅█");
        assert_eq!(curve(&[f64::NAN, 2.0, -1.0], 0.0, 1.0), " █▁");
        assert_eq!(curve(&[0.3, 0.3], 0.3, 0.3), "▅▅");
    }

    #[test]
    fn a_share_fills_its_bar() {
        assert_eq!(share(0.0, 4), "    ");
        assert_eq!(share(0.5, 4), "██  ");
        assert_eq!(share(1.0, 4), "████");
        assert_eq!(share(0.001, 4), "▏   ");
        assert_eq!(share(f64::NAN, 2), "  ");
    }

    #[test]
    fn a_histogram_counts_weights_into_cells() {
        let values = [(0.0, 1.0), (0.9, 2.0), (5.0, 2.0)];
        assert_eq!(histogram(&values, (0.0, 1.0), 4), "▃  █");
        assert_eq!(histogram(&[(3.0, 1.0)], (3.0, 3.0), 3), " █ ");
    }

    #[test]
    fn a_density_leaves_empty_bars_blank() {
        assert_eq!(density(&[0.0, 1.0, 2.0]), " ▅█");
    }
}
