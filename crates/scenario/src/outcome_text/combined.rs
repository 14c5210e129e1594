//! Outcomes made of others: what they need to be read, and what they come to.

use crate::model::{Arithmetic, Outcome};

impl Arithmetic {
    /// All, in the order of their signs.
    pub const ALL: [Self; 4] = [Self::Sum, Self::Difference, Self::Product, Self::Ratio];

    /// The sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Sum => "+",
            Self::Difference => "-",
            Self::Product => "*",
            Self::Ratio => "/",
        }
    }

    /// The result; a ratio to zero is absent (not a number).
    pub fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Sum => left + right,
            Self::Difference => left - right,
            Self::Product => left * right,
            Self::Ratio if right == 0.0 => f64::NAN,
            Self::Ratio => left / right,
        }
    }
}

impl Outcome {
    /// Whether it is true or false rather than a number.
    pub const fn is_truth(&self) -> bool {
        matches!(
            self,
            Self::Adopted { .. }
                | Self::Completed { .. }
                | Self::TookPart { .. }
                | Self::HasStatus { .. }
                | Self::Happened { .. }
                | Self::Any { .. }
                | Self::All { .. }
                | Self::AtLeast { .. }
                | Self::Not { .. }
                | Self::Compare { .. }
        )
    }

    /// The outcomes it is made of, none if it is read or counted by itself.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Any { of } | Self::All { of } | Self::AtLeast { of, .. } => of.iter().collect(),
            Self::Not { of } => vec![of],
            Self::Compare { left, right, .. } | Self::Computed { left, right, .. } => {
                vec![left, right]
            }
            _ => Vec::new(),
        }
    }

    /// Whether it is made of others.
    pub fn is_combined(&self) -> bool {
        matches!(self, Self::Constant(_)) || !self.parts().is_empty()
    }

    /// What has to be read or counted for it, in the order in which [`Outcome::evaluate`] asks: itself,
    /// or the same of its parts.
    pub fn atoms(&self) -> Vec<&Self> {
        if matches!(self, Self::Constant(_)) {
            return Vec::new();
        }
        let parts = self.parts();
        if parts.is_empty() {
            return vec![self];
        }
        parts.into_iter().flat_map(Self::atoms).collect()
    }

    /// Its value from those of its atoms, in their order; absent (not a number) where a needed one is.
    /// Absent truth values are false.
    pub fn evaluate(&self, atoms: &mut dyn Iterator<Item = f64>) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        let mut held = |of: &[Self]| of.iter().filter(|one| one.evaluate(atoms) > 0.5).count();
        match self {
            Self::Constant(value) => *value,
            Self::Any { of } => truth(held(of) > 0),
            Self::All { of } => truth(held(of) == of.len()),
            Self::AtLeast { k, of } => truth(held(of) >= *k),
            Self::Not { of } => truth(held(std::slice::from_ref(of)) == 0),
            Self::Compare {
                left,
                comparison,
                right,
            } => {
                let left = left.evaluate(atoms);
                truth(comparison.holds(left, right.evaluate(atoms)))
            }
            Self::Computed { by, left, right } => {
                let left = left.evaluate(atoms);
                by.of(left, right.evaluate(atoms))
            }
            _ => atoms.next().unwrap_or(f64::NAN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Comparison;

    fn number(value: f64) -> Box<Outcome> {
        Box::new(Outcome::Constant(value))
    }

    fn read(driver: usize) -> Outcome {
        Outcome::DriverLevel { driver, at: None }
    }

    fn above(driver: usize, value: f64) -> Outcome {
        Outcome::Compare {
            left: Box::new(read(driver)),
            comparison: Comparison::Greater,
            right: number(value),
        }
    }

    #[test]
    fn truth_values_are_counted() {
        let of = vec![above(0, 1.0), above(1, 1.0), above(2, 1.0)];
        let value = |outcome: &Outcome, values: [f64; 3]| outcome.evaluate(&mut values.into_iter());
        let any = Outcome::Any { of: of.clone() };
        let all = Outcome::All { of: of.clone() };
        let two = Outcome::AtLeast { k: 2, of };
        for (values, expected) in [
            ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            ([0.0, 2.0, 0.0], [1.0, 0.0, 0.0]),
            ([0.0, 2.0, 2.0], [1.0, 0.0, 1.0]),
            ([2.0, 2.0, 2.0], [1.0, 1.0, 1.0]),
        ] {
            let found = [&any, &all, &two].map(|one| value(one, values));
            assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
        }
        assert_eq!(any.atoms().len(), 3);
    }

    #[test]
    fn what_is_absent_is_false_and_its_negation_true() {
        let absent = || [f64::NAN].into_iter();
        assert!(above(0, 1.0).evaluate(&mut absent()) < 0.5);
        let not = Outcome::Not {
            of: Box::new(above(0, 1.0)),
        };
        assert!(not.evaluate(&mut absent()) > 0.5);
        let sum = Outcome::Computed {
            by: Arithmetic::Sum,
            left: Box::new(read(0)),
            right: number(1.0),
        };
        assert!(sum.evaluate(&mut absent()).is_nan());
    }

    #[test]
    fn two_become_one() {
        let found = Arithmetic::ALL.map(|by| by.of(3.0, 2.0));
        assert_eq!(
            found.map(f64::to_bits),
            [5.0, 1.0, 6.0, 1.5_f64].map(f64::to_bits)
        );
        assert!(Arithmetic::Ratio.of(1.0, 0.0).is_nan());
    }
}
