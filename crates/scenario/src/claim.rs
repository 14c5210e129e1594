//! What a file expects of its own results: statements about an ensemble, with everything they change
//! resolved to arms.
//!
//! Made by the decoder of `expect`, judged by `ensemble`. Every quantity names the arm in which each of
//! its outcomes is seen, so that whoever judges runs arms side by side and computes with their columns.

use serde::Serialize;

use crate::model::{Outcome, PolicyIdx, Predicate};

/// What a replicate is run under: a policy or change of the scenario (see
/// [`crate::Scenario::with_changes`]), or the base case.
pub type Arm = Option<PolicyIdx>;

/// What a file expects of itself.
#[derive(Debug, Clone, Serialize)]
pub struct Expectation {
    /// Short name, such as `P02`; empty if the file gives none.
    pub id: String,
    /// What is claimed, in words; empty if the file does not say.
    pub says: String,
    /// Why it is expected, from the file.
    pub because: String,
    /// Why it is known not to hold, if the file says that it does not.
    pub known: Option<String>,
    /// Whether analysts' stances count, if not as in the scenario.
    pub stances: Option<bool>,
    /// Replicates that it asks for.
    pub replicates: Option<u64>,
    /// The statement as it is judged.
    pub claim: Claim,
    /// The statement as the file writes it (for messages).
    pub text: String,
}

/// Which way a quantity is to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Direction {
    /// Upwards.
    Up,
    /// Downwards.
    Down,
}

/// A statement about an ensemble.
#[derive(Debug, Clone, Serialize)]
pub enum Claim {
    /// The mean of a quantity (of a truth value: its probability) lies in a range.
    Range {
        /// Quantity.
        of: Quantity,
        /// Range, ends included.
        between: (f64, f64),
    },
    /// A quantile of a quantity lies in a range.
    Quantile {
        /// Quantity.
        of: Quantity,
        /// Level, 0..=1.
        level: f64,
        /// Range, ends included.
        between: (f64, f64),
    },
    /// A quantity is higher (or lower) than another in the mean of the same replicates. A quantity under
    /// a change against the same quantity without it is one case of this.
    Shift {
        /// The quantity that is to be higher or lower.
        this: Quantity,
        /// What it is compared with.
        than: Quantity,
        /// Which way.
        direction: Direction,
        /// Smallest difference that counts, >= 0.
        at_least: f64,
    },
    /// A quantity differs from another, either way.
    Changes {
        /// The quantity.
        this: Quantity,
        /// What it is compared with.
        than: Quantity,
        /// Smallest difference that counts, >= 0.
        at_least: f64,
    },
    /// A quantity does not differ from another by more than a little.
    Unchanged {
        /// The quantity.
        this: Quantity,
        /// What it is compared with.
        than: Quantity,
        /// Largest difference that counts as none, >= 0.
        within: f64,
    },
    /// A quantity moves one way along a series of changes.
    Monotone {
        /// The quantity at each step of the series; at least two.
        along: Vec<Quantity>,
        /// Which way.
        direction: Direction,
        /// Smallest difference between the ends that counts, >= 0.
        at_least: f64,
    },
}

/// A number that each replicate has: an outcome in an arm, or a combination of such.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Quantity {
    /// An outcome.
    Outcome {
        /// The outcome.
        outcome: Outcome,
        /// The arm in which it is seen.
        arm: Arm,
    },
    /// A truth value, 0 or 1.
    Truth {
        /// The statement.
        predicate: Predicate,
        /// The arm in which it is seen.
        arm: Arm,
    },
    /// A number that is the same everywhere.
    Number(f64),
    /// A combination of quantities; absent if one of them is, except for truth values.
    Combined {
        /// How.
        how: Combine,
        /// Of what; at least one, and two of a difference or ratio.
        of: Vec<Self>,
    },
}

/// How quantities of one replicate are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Combine {
    /// The first less the second.
    Difference,
    /// The first over the second; absent if the second is 0.
    Ratio,
    /// The product.
    Product,
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The largest.
    Largest,
    /// The smallest.
    Smallest,
    /// The standard deviation over the parts (not over replicates).
    Spread,
    /// Distance of the first from zero.
    Distance,
    /// Whether all are true.
    All,
    /// Whether any is true.
    Any,
    /// Whether the first is false.
    Not,
    /// Whether the first is greater than the second; false if one is absent.
    Exceeds,
}

impl Combine {
    /// Whether the combination is true or false rather than a number.
    pub const fn is_truth(self) -> bool {
        matches!(self, Self::All | Self::Any | Self::Not | Self::Exceeds)
    }
}

impl Quantity {
    /// Whether it is true or false rather than a number.
    pub const fn is_truth(&self) -> bool {
        match self {
            Self::Outcome { outcome, .. } => outcome.is_truth(),
            Self::Truth { .. } => true,
            Self::Number(_) => false,
            Self::Combined { how, .. } => how.is_truth(),
        }
    }
}

impl Claim {
    /// Every quantity that the claim speaks of.
    pub fn quantities(&self) -> Vec<&Quantity> {
        match self {
            Self::Range { of, .. } | Self::Quantile { of, .. } => vec![of],
            Self::Shift { this, than, .. }
            | Self::Changes { this, than, .. }
            | Self::Unchanged { this, than, .. } => vec![this, than],
            Self::Monotone { along, .. } => along.iter().collect(),
        }
    }
}
