//! Says what the columns are: names, labels, units and ranges, as plain data.
//!
//! Whoever makes the runs fills a [`Layout`]; this crate and its readers know scenarios by nothing
//! else. It is stored in the manifest, so that a folder explains itself.

use serde::{Deserialize, Serialize};

/// Index that means nothing is there.
pub const NONE: u32 = u32::MAX;

/// Everything that rows refer to by index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What was compared; the first is the base case if it was run.
    pub arms: Vec<Name>,
    /// Inputs drawn for each replicate.
    pub inputs: Vec<Column>,
    /// Outcomes of each replicate.
    pub outcomes: Vec<OutcomeColumn>,
    /// Measures recorded at every step.
    pub measures: Vec<MeasureColumn>,
    /// First month of each step.
    pub steps: Vec<StepDate>,
    /// Proposals that were decided upon.
    pub initiatives: Vec<InitiativeColumn>,
    /// Those who decide.
    pub actors: Vec<Name>,
    /// Names of the deciding terms.
    pub terms: Vec<String>,
    /// Kinds of events.
    pub event_kinds: Vec<Name>,
    /// Kinds of faults.
    pub fault_kinds: Vec<Name>,
    /// Names that events refer to.
    pub labels: Vec<String>,
}

/// An id with a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Id used in files.
    pub id: String,
    /// Title for people.
    pub title: String,
}

impl Name {
    /// Makes a name.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
        }
    }
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name in the tables.
    pub name: String,
    /// Label for people.
    pub label: String,
    /// Unit, empty if dimensionless.
    pub unit: String,
}

/// What kind of number an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeKind {
    /// False or true as 0 or 1: its mean is a probability.
    Truth,
    /// A whole number.
    Count,
    /// A real number.
    Number,
    /// Years to something that need not happen; absent if it does not.
    Time,
}

/// An outcome of each replicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeColumn {
    /// Name in the tables.
    pub name: String,
    /// Label for people.
    pub label: String,
    /// The outcome as a scenario file writes it.
    pub text: String,
    /// Unit, empty if dimensionless.
    pub unit: String,
    /// What kind of number it is.
    pub kind: OutcomeKind,
    /// Smallest value of its histogram.
    pub low: f64,
    /// Largest value of its histogram.
    pub high: f64,
}

/// A measure recorded at every step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureColumn {
    /// Name in the tables.
    pub name: String,
    /// Label for people.
    pub label: String,
    /// Unit, empty if dimensionless.
    pub unit: String,
    /// Smallest value of its histograms.
    pub low: f64,
    /// Largest value of its histograms.
    pub high: f64,
}

/// The first month of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDate {
    /// Year.
    pub year: i32,
    /// Month of the year, 1..=12.
    pub month: u32,
}

impl StepDate {
    /// Days from 1970-01-01 to the first of the month (Hinnant, "chrono-compatible low-level date algorithms").
    pub fn days_since_1970(self) -> i32 {
        let month = self.month.cast_signed();
        let year = if month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }
}

/// A proposal with its rungs, shallow to deep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitiativeColumn {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Rungs.
    pub rungs: Vec<Name>,
}

impl Layout {
    /// Index of an outcome by its name or its text.
    pub fn outcome(&self, name_or_text: &str) -> Option<usize> {
        self.outcomes
            .iter()
            .position(|col| col.name == name_or_text || col.text == name_or_text)
    }

    /// Index of an arm by its id.
    pub fn arm(&self, id: &str) -> Option<usize> {
        self.arms.iter().position(|arm| arm.id == id)
    }

    /// Index of a measure by its name.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures
            .iter()
            .position(|measure| measure.name == name)
    }

    /// Index of an initiative by its id.
    pub fn initiative(&self, id: &str) -> Option<usize> {
        self.initiatives
            .iter()
            .position(|initiative| initiative.id == id)
    }

    /// Index of an actor by its id.
    pub fn actor(&self, id: &str) -> Option<usize> {
        self.actors.iter().position(|actor| actor.id == id)
    }

    /// A label by its index; empty for [`NONE`].
    pub fn label(&self, idx: u32) -> &str {
        self.labels.get(idx as usize).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        let days = |year, month| StepDate { year, month }.days_since_1970();
        assert_eq!(days(1970, 1), 0);
        assert_eq!(days(2000, 3), 11_017);
        assert_eq!(days(2008, 1), 13_879);
        assert_eq!(days(1969, 12), -31);
    }
}
