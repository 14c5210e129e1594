//! Calendar months and steps: the only notion of time in a scenario.
//!
//! Charts show dates, never tick numbers; the engine counts steps from the start month.

use std::fmt;

use serde::{Serialize, Serializer};

/// A calendar month, counted from January of year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The month of a year, `month` in 1..=12.
    pub const fn new(year: i32, month: i32) -> Self {
        Self(year * 12 + month - 1)
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// The month of the year, 1..=12.
    pub const fn of_year(self) -> i32 {
        self.0.rem_euclid(12) + 1
    }

    /// Reads `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let year: i32 = year.parse().ok()?;
        let month: i32 = month.parse().ok()?;
        (1..=12).contains(&month).then(|| Self::new(year, month))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.of_year())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The length of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Step {
    /// One month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Step {
    /// Months in a step.
    pub const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

/// The span a scenario covers; the first step is the month `start`, the last one contains `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Time {
    /// First month.
    pub start: Month,
    /// Last month, included.
    pub end: Month,
    /// Step length.
    pub step: Step,
}

impl Time {
    /// Number of steps.
    pub fn n_steps(&self) -> usize {
        let months = self.end.0 - self.start.0 + 1;
        usize::try_from(
            months.div_euclid(self.step.months())
                + i32::from(months.rem_euclid(self.step.months()) > 0),
        )
        .unwrap_or(0)
    }

    /// Length of a step `[years]`.
    pub fn years_per_step(&self) -> f64 {
        f64::from(self.step.months()) / 12.0
    }

    /// First month of step `idx`.
    ///
    /// # Panics
    /// Beyond two thousand million steps, which the limits on scenarios exclude.
    pub fn month_of(&self, idx: usize) -> Month {
        Month(self.start.0 + i32::try_from(idx).expect("steps fit i32") * self.step.months())
    }

    /// The step that contains `month`, clamped to the span.
    ///
    /// # Panics
    /// Never: a number that is not negative fits.
    pub fn step_of(&self, month: Month) -> usize {
        let idx = (month.0 - self.start.0).div_euclid(self.step.months());
        usize::try_from(idx.max(0))
            .expect("not negative")
            .min(self.n_steps().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_and_printed() {
        let month = Month::parse("2008-01").expect("valid");
        assert_eq!(month.to_string(), "2008-01");
        assert_eq!((month.year(), month.of_year()), (2008, 1));
        assert_eq!(Month::parse("2008-13"), None);
        assert_eq!(Month::parse("08-1"), None);
    }

    #[test]
    fn eighteen_years_of_months_are_216_steps_and_72_quarters() {
        let mut time = Time {
            start: Month::new(2008, 1),
            end: Month::new(2025, 12),
            step: Step::Month,
        };
        assert_eq!(time.n_steps(), 216);
        time.step = Step::Quarter;
        assert_eq!(time.n_steps(), 72);
        assert_eq!(time.step_of(Month::new(2008, 4)), 1);
        assert_eq!(time.month_of(1), Month::new(2008, 4));
    }
}
