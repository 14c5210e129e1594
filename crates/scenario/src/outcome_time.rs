//! The same outcome at another month, for questions that are asked year by year.

use crate::date::Month;
use crate::model::Outcome;

impl Outcome {
    /// This outcome read at a month, where it was read at the end or by the end. `None` for what has a date of its own,
    /// and for what is known of a whole history only (times to events, shares of tablings).
    #[must_use]
    pub fn at_month(&self, month: Month) -> Option<Self> {
        let all = |of: &[Self]| -> Option<Vec<Self>> {
            of.iter().map(|one| one.at_month(month)).collect()
        };
        let one = |of: &Self| Some(Box::new(of.at_month(month)?));
        let mut moved = self.clone();
        match &mut moved {
            Self::Constant(_) => {}
            Self::ParticipationShare { .. } | Self::BlockShare { .. } | Self::TimeTo { .. } => {
                return None;
            }
            Self::Any { of } | Self::All { of } | Self::AtLeast { of, .. } => *of = all(of)?,
            Self::Not { of } => *of = one(of)?,
            Self::Compare { left, right, .. } | Self::Computed { left, right, .. } => {
                *left = one(left)?;
                *right = one(right)?;
            }
            Self::Adopted { by: at, .. }
            | Self::Completed { by: at, .. }
            | Self::TookPart { by: at, .. }
            | Self::Cohesion { at, .. }
            | Self::CohesionPart { at, .. }
            | Self::Maturity { at, .. }
            | Self::Implementation { at, .. }
            | Self::Level { at, .. }
            | Self::Count { at, .. }
            | Self::HasStatus { at, .. }
            | Self::Depth { at, .. }
            | Self::DriverLevel { at, .. }
            | Self::Affinity { at, .. }
            | Self::Trust { at, .. }
            | Self::Presence { at, .. }
            | Self::Utility { at, .. }
            | Self::Antagonism { at, .. }
            | Self::State { at, .. } => {
                if at.is_some() {
                    return None;
                }
                *at = Some(month);
            }
            Self::EventCount { from, by, .. } | Self::Happened { from, by, .. } => {
                if by.is_some() || from.is_some_and(|from| from > month) {
                    return None;
                }
                *by = Some(month);
            }
        }
        Some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Comparison, EventKind};

    #[test]
    fn an_outcome_moves_with_all_its_parts() {
        let month = Month::new(2010, 12);
        let cohesion = |at| Outcome::Cohesion { org: 1, at };
        let low = |at| Outcome::Compare {
            left: Box::new(cohesion(at)),
            comparison: Comparison::Less,
            right: Box::new(Outcome::Constant(0.4)),
        };
        let both = |at| Outcome::All {
            of: vec![
                low(at),
                Outcome::Not {
                    of: Box::new(low(at)),
                },
            ],
        };
        assert_eq!(both(None).at_month(month), Some(both(Some(month))));
        // What has a date keeps it, so that nothing is asked of another date than the person wrote.
        assert_eq!(both(Some(month)).at_month(month), None);
    }

    #[test]
    fn what_is_known_of_a_whole_history_has_no_month() {
        let event = EventKind::Withdrawal {
            org: 0,
            actor: None,
        };
        assert_eq!(
            Outcome::TimeTo { event }.at_month(Month::new(2010, 12)),
            None
        );
    }
}
