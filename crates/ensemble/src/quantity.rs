//! Quantities of replicates that were run side by side in several arms: outcomes, truth values and their
//! combinations, also across arms.
//!
//! What is to be recorded and run is gathered first ([`Columns`]), then each replicate is read from its
//! rows. Relies on arms that share their draws and chance, so that a difference within a replicate is the
//! arm's and not luck's.

use foedera_results::BlockRecord;
use foedera_scenario::{Arm, Combine, Outcome, Predicate, Quantity};

/// What has to be recorded and run for some quantities.
#[derive(Debug, Clone)]
pub struct Columns {
    /// Outcomes to record.
    pub outcomes: Vec<Outcome>,
    /// Arms to run; the base case comes first.
    pub arms: Vec<Arm>,
}

/// A quantity by the columns of a record.
#[derive(Debug, Clone)]
pub enum Reading {
    /// An outcome.
    Outcome {
        /// Place of the arm.
        arm: usize,
        /// Place of the outcome.
        outcome: usize,
    },
    /// A comparison.
    Truth {
        /// Place of the arm.
        arm: usize,
        /// Place of the outcome.
        outcome: usize,
        /// The comparison.
        predicate: Predicate,
    },
    /// A number.
    Number(f64),
    /// A combination.
    Combined(Combine, Vec<Self>),
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            outcomes: Vec::new(),
            arms: vec![None],
        }
    }
}

impl Columns {
    /// Adds what a quantity needs, and gives how it is read.
    pub fn reading(&mut self, of: &Quantity) -> Reading {
        match of {
            Quantity::Number(number) => Reading::Number(*number),
            Quantity::Outcome { outcome, arm } => Reading::Outcome {
                arm: place(&mut self.arms, arm),
                outcome: place(&mut self.outcomes, outcome),
            },
            Quantity::Truth { predicate, arm } => Reading::Truth {
                arm: place(&mut self.arms, arm),
                outcome: place(&mut self.outcomes, &predicate.outcome),
                predicate: predicate.clone(),
            },
            Quantity::Combined { how, of } => {
                Reading::Combined(*how, of.iter().map(|one| self.reading(one)).collect())
            }
        }
    }
}

/// The place of a thing in a list, which it joins if it is new.
fn place<T: Clone + PartialEq>(list: &mut Vec<T>, one: &T) -> usize {
    list.iter()
        .position(|other| other == one)
        .unwrap_or_else(|| {
            list.push(one.clone());
            list.len() - 1
        })
}

impl Reading {
    /// The value in one replicate; not a number where it is absent. Truth values are 0 or 1.
    pub fn value(&self, record: &BlockRecord, lane: usize) -> f64 {
        self.of(&|arm, outcome| f64::from(record.arms[arm].outcomes[outcome][lane]))
    }

    fn of(&self, outcomes: &dyn Fn(usize, usize) -> f64) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Outcome { arm, outcome } => outcomes(*arm, *outcome),
            Self::Truth {
                arm,
                outcome,
                predicate,
            } => f64::from(u8::from(predicate.holds(outcomes(*arm, *outcome)))),
            Self::Combined(how, of) => {
                let values: Vec<f64> = of.iter().map(|one| one.of(outcomes)).collect();
                combine(*how, &values)
            }
        }
    }
}

/// Combines the values of one replicate. An absent truth value is false; any other combination of
/// something absent is absent.
fn combine(how: Combine, values: &[f64]) -> f64 {
    let truth = |value: &f64| *value > 0.5;
    let number = |holds: bool| f64::from(u8::from(holds));
    match how {
        Combine::All => return number(values.iter().all(truth)),
        Combine::Any => return number(values.iter().any(truth)),
        Combine::Not => return number(!values.iter().any(truth)),
        Combine::Exceeds => return number(values[0] > values[1]),
        _ => {}
    }
    if values.iter().any(|value| !value.is_finite()) {
        return f64::NAN;
    }
    let n = values.len() as f64;
    let sum = || values.iter().sum::<f64>();
    let first = values.first().copied().unwrap_or(f64::NAN);
    let second = values.get(1).copied().unwrap_or(f64::NAN);
    match how {
        Combine::Difference => first - second,
        Combine::Ratio if second == 0.0 => f64::NAN,
        Combine::Ratio => first / second,
        Combine::Product => values.iter().product(),
        Combine::Sum => sum(),
        Combine::Mean => sum() / n,
        Combine::Largest => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Combine::Smallest => values.iter().copied().fold(f64::INFINITY, f64::min),
        Combine::Distance => first.abs(),
        Combine::Spread => {
            let mean = sum() / n;
            let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
            libm::sqrt(squares / n)
        }
        Combine::All | Combine::Any | Combine::Not | Combine::Exceeds => {
            unreachable!("truth values came before")
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "small whole numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn combinations_by_hand() {
        let of = [3.0, 1.0, 2.0];
        assert_eq!(combine(Combine::Difference, &of[..2]), 2.0);
        assert_eq!(combine(Combine::Ratio, &of[..2]), 3.0);
        assert!(combine(Combine::Ratio, &[1.0, 0.0]).is_nan());
        assert_eq!(combine(Combine::Sum, &of), 6.0);
        assert_eq!(combine(Combine::Product, &of), 6.0);
        assert_eq!(combine(Combine::Mean, &of), 2.0);
        assert_eq!(combine(Combine::Largest, &of), 3.0);
        assert_eq!(combine(Combine::Smallest, &of), 1.0);
        assert_eq!(combine(Combine::Distance, &[-2.0]), 2.0);
        // ((1)² + (1)² + 0²) / 3 = 2/3.
        let spread = combine(Combine::Spread, &of);
        assert!((spread * spread - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn what_is_absent_is_false_or_makes_the_whole_absent() {
        let of = [1.0, f64::NAN];
        assert!(combine(Combine::Sum, &of).is_nan() && combine(Combine::Largest, &of).is_nan());
        assert_eq!(combine(Combine::All, &of), 0.0);
        assert_eq!(combine(Combine::Any, &of), 1.0);
        assert_eq!(combine(Combine::Not, &[f64::NAN]), 1.0);
        assert_eq!(combine(Combine::Exceeds, &of), 0.0);
        assert_eq!(combine(Combine::Exceeds, &[2.0, 1.0]), 1.0);
    }

    #[test]
    fn a_reading_crosses_arms() {
        let seen = |arm: Arm| Quantity::Outcome {
            outcome: Outcome::Cohesion { org: 0, at: None },
            arm,
        };
        let of = Quantity::Combined {
            how: Combine::Difference,
            of: vec![seen(Some(3)), seen(None)],
        };
        let mut columns = Columns::default();
        let reading = columns.reading(&of);
        assert_eq!(columns.arms, [None, Some(3)]);
        assert_eq!(columns.outcomes.len(), 1);
        let value = reading.of(&|arm, outcome| [[5.0], [8.0]][arm][outcome]);
        assert_eq!(value, 3.0);
        // What is known already is not asked for again.
        columns.reading(&of);
        assert_eq!((columns.arms.len(), columns.outcomes.len()), (2, 1));
    }
}
