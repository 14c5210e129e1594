//! Axes: calendar years below, numbers at round distances beside.

use foedera_results::layout::StepDate;

use super::drawing::{Anchor, Drawing, FAINT, GRID, WIDTH, small};

/// Space for numbers left of the picture [px].
pub(super) const LEFT: f64 = 52.0;
/// Years named on the axis, at most.
const YEARS_MAX: usize = 10;
/// Distances between named years.
const STRIDES: [i32; 6] = [1, 2, 5, 10, 20, 25];
/// Distances between numbers, in units of a power of ten.
const ROUND: [f64; 4] = [1.0, 2.0, 5.0, 10.0];
/// Numbers beside the axis, about.
const TICKS: f64 = 5.0;

/// A field in which steps run to the right and values upwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Top [px].
    pub(super) top: f64,
    /// Height [px].
    pub(super) height: f64,
    /// Space for words right of the picture [px].
    pub(super) right: f64,
    /// Number of steps.
    pub(super) steps: usize,
    /// Value at the bottom.
    pub(super) low: f64,
    /// Value at the top.
    pub(super) high: f64,
}

impl Field {
    /// Right end of the picture [px].
    pub(super) fn end(&self) -> f64 {
        WIDTH - self.right
    }

    /// Bottom [px].
    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Place of a step [px].
    pub(super) fn x(&self, step: usize) -> f64 {
        let last = self.steps.saturating_sub(1).max(1) as f64;
        LEFT + (self.end() - LEFT) * step as f64 / last
    }

    /// Place of a value [px].
    pub(super) fn y(&self, value: f64) -> f64 {
        let span = (self.high - self.low).max(f64::MIN_POSITIVE);
        self.bottom() - self.height * (value - self.low) / span
    }

    /// Draws the grid with dates and numbers; `unit` is written after each number.
    pub(super) fn draw(&self, drawing: &mut Drawing, dates: &[StepDate], unit: &str) {
        let faint = |anchor| small(FAINT, anchor);
        let (numbers, decimals) = ticks(self.low, self.high);
        for value in numbers {
            let y = self.y(value);
            drawing.line((LEFT, y), (self.end(), y), GRID);
            let text = if unit == "%" {
                format!("{:.0} %", 100.0 * value)
            } else {
                format!("{value:.decimals$}{unit}")
            };
            drawing.words((LEFT - 6.0, y + 4.0), faint(Anchor::End), &text);
        }
        self.years(drawing, dates);
    }

    /// Draws the dates below.
    pub(super) fn years(&self, drawing: &mut Drawing, dates: &[StepDate]) {
        for (step, year) in years(dates) {
            let x = self.x(step);
            drawing.line((x, self.bottom()), (x, self.bottom() + 4.0), FAINT);
            drawing.words(
                (x, self.bottom() + 17.0),
                small(FAINT, Anchor::Middle),
                &year.to_string(),
            );
        }
    }
}

/// The first step of each year that is named.
fn years(dates: &[StepDate]) -> Vec<(usize, i32)> {
    let mut firsts: Vec<(usize, i32)> = Vec::new();
    for (step, date) in dates.iter().enumerate() {
        let begins = firsts.last().is_none_or(|(_, year)| *year != date.year);
        if begins {
            firsts.push((step, date.year));
        }
    }
    let of = |stride: i32| -> Vec<(usize, i32)> {
        let named = firsts
            .iter()
            .filter(|(_, year)| year.rem_euclid(stride) == 0);
        named.copied().collect()
    };
    let fitting = STRIDES.iter().map(|stride| of(*stride));
    let mut fitting = fitting.filter(|named| named.len() <= YEARS_MAX);
    fitting.next().unwrap_or_default()
}

/// Round numbers within a range, and their decimals.
pub(super) fn ticks(low: f64, high: f64) -> (Vec<f64>, usize) {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return (vec![low], 2);
    }
    let mut unit = 1.0;
    let mut decimals = 0;
    while unit * TICKS > span && decimals < 9 {
        unit /= 10.0;
        decimals += 1;
    }
    while unit * 10.0 * TICKS < span && unit < 1e15 {
        unit *= 10.0;
    }
    let stride = ROUND.iter().map(|round| round * unit);
    let mut fitting = stride.filter(|stride| span / stride <= TICKS + 1.0);
    let stride = fitting.next().unwrap_or(10.0 * unit);
    let first = libm::ceil(low / stride - 1e-9);
    let count = libm::floor(high / stride + 1e-9) - first;
    let mut numbers = Vec::new();
    let mut idx = 0.0;
    while idx <= count {
        numbers.push((first + idx) * stride);
        idx += 1.0;
    }
    (numbers, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_round() {
        let (numbers, decimals) = ticks(0.44, 0.62);
        let text: Vec<String> = numbers.iter().map(|x| format!("{x:.decimals$}")).collect();
        assert_eq!(text, ["0.45", "0.50", "0.55", "0.60"]);
        assert_eq!(ticks(0.0, 1.0).0.len(), 6);
        assert_eq!(ticks(0.0, 47.0).0.last(), Some(&40.0));
        assert_eq!(ticks(1.0, 1.0).0, [1.0]);
    }

    #[test]
    fn as_many_years_are_named_as_fit() {
        let dates = |n: i32| -> Vec<StepDate> {
            let all = (0..12 * n).map(|month| StepDate {
                year: 2008 + month / 12,
                month: (1 + month % 12).cast_unsigned(),
            });
            all.collect()
        };
        assert_eq!(years(&dates(3)), [(0, 2008), (12, 2009), (24, 2010)]);
        assert_eq!(years(&dates(18)).len(), 9);
        let named: Vec<i32> = years(&dates(25)).iter().map(|(_, year)| *year).collect();
        assert_eq!(named, [2010, 2015, 2020, 2025, 2030]);
        assert!(years(&[]).is_empty());
    }
}
