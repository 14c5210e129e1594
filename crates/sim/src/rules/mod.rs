//! Decision rules: pure functions from the parties' values of one rung to a verdict.
//!
//! Called by `bargain` for each lane in which something is tabled. Rules know numbers only; who the voters
//! are and what they value is decided before.

pub mod challenge;
pub mod nash;
pub mod positions;
pub mod power;

/// One voter's part in a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voter {
    /// Value of the rung `[utility]`.
    pub value: f32,
    /// Weight under a weighted rule, >= 0.
    pub weight: f32,
    /// Whether it may veto under a majority rule.
    pub veto: bool,
    /// Whether the rung gives it a seat: such an actor must want it under any rule.
    pub applicant: bool,
}

/// A decision rule with its numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Procedure {
    /// Nobody blocks.
    Consensus,
    /// At least so many want it; only they take part.
    OptIn {
        /// Smallest number of participants.
        min: usize,
    },
    /// At least this share of the weights is in favour (more than half for a simple majority), no vetoer against.
    Majority {
        /// Share needed.
        quota: f32,
        /// Whether the share must be exceeded, not only reached.
        strict: bool,
    },
}

/// Whether a voter objects: its loss lies beyond the threshold, or it applies and would rather not.
#[inline]
#[must_use]
pub fn objects(voter: &Voter, threshold: f32) -> bool {
    voter.value < -threshold || (voter.applicant && voter.value < 0.0)
}

/// Whether a voter takes part in an opt-in coalition: it gains.
#[inline]
#[must_use]
pub fn joins(voter: &Voter) -> bool {
    voter.value > 0.0
}

/// Whether a rung passes.
#[must_use]
pub fn passes(procedure: Procedure, voters: &[Voter], threshold: f32) -> bool {
    if voters.is_empty()
        || voters
            .iter()
            .any(|voter| voter.applicant && objects(voter, threshold))
    {
        return false;
    }
    match procedure {
        Procedure::Consensus => !voters.iter().any(|voter| objects(voter, threshold)),
        Procedure::OptIn { min } => voters.iter().filter(|voter| joins(voter)).count() >= min,
        Procedure::Majority { quota, strict } => {
            let all: f32 = voters.iter().map(|voter| voter.weight).sum();
            let yes: f32 = voters
                .iter()
                .filter(|voter| voter.value >= 0.0)
                .map(|voter| voter.weight)
                .sum();
            let enough = if strict {
                yes > quota * all
            } else {
                yes >= quota * all
            };
            enough
                && !voters
                    .iter()
                    .any(|voter| voter.veto && objects(voter, threshold))
        }
    }
}

/// Whether a voter's answer is a no that helped to stop a rung that did not pass.
#[must_use]
pub fn blocks(procedure: Procedure, voter: &Voter, threshold: f32) -> bool {
    match procedure {
        Procedure::Consensus => objects(voter, threshold),
        Procedure::OptIn { .. } => (voter.applicant && objects(voter, threshold)) || !joins(voter),
        Procedure::Majority { .. } => {
            voter.value < 0.0 || ((voter.veto || voter.applicant) && objects(voter, threshold))
        }
    }
}

/// Whether a rung passes once one voter's objection is lifted: that voter is pivotal.
#[must_use]
pub fn passes_without(
    procedure: Procedure,
    voters: &mut [Voter],
    lifted: usize,
    threshold: f32,
) -> bool {
    let kept = voters[lifted].value;
    // Lifting an objection makes the voter just willing to take part.
    voters[lifted].value = f32::MIN_POSITIVE;
    let verdict = passes(procedure, voters, threshold);
    voters[lifted].value = kept;
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voters(values: &[f32]) -> Vec<Voter> {
        let voter = |value: &f32| Voter {
            value: *value,
            weight: 1.0,
            veto: false,
            applicant: false,
        };
        values.iter().map(voter).collect()
    }

    #[test]
    fn consensus_swallows_small_losses_only() {
        assert!(passes(Procedure::Consensus, &voters(&[0.1, -0.04]), 0.045));
        assert!(!passes(Procedure::Consensus, &voters(&[0.1, -0.05]), 0.045));
        assert!(!passes(Procedure::Consensus, &[], 0.045));
    }

    #[test]
    fn opt_in_needs_enough_who_gain() {
        let rule = Procedure::OptIn { min: 2 };
        assert!(passes(rule, &voters(&[0.1, 0.2, -9.0]), 0.045));
        assert!(!passes(rule, &voters(&[0.1, -0.01, -9.0]), 0.045));
    }

    #[test]
    fn half_is_no_simple_majority_and_a_veto_stops_any() {
        let simple = Procedure::Majority {
            quota: 0.5,
            strict: true,
        };
        assert!(!passes(simple, &voters(&[0.1, -0.1]), 0.045));
        let mut three = voters(&[0.1, 0.1, -0.1]);
        assert!(passes(simple, &three, 0.045));
        three[2].veto = true;
        assert!(!passes(simple, &three, 0.045));
        let qualified = Procedure::Majority {
            quota: 2.0 / 3.0,
            strict: false,
        };
        assert!(passes(qualified, &voters(&[0.1, 0.1, -0.1]), 0.045));
    }

    #[test]
    fn an_applicant_must_want_its_seat() {
        let mut both = voters(&[0.1, -0.01]);
        both[1].applicant = true;
        assert!(!passes(Procedure::Consensus, &both, 0.045));
    }

    #[test]
    fn the_sole_blocker_is_pivotal_and_one_of_two_is_not() {
        let mut sole = voters(&[0.1, -0.2]);
        assert!(passes_without(Procedure::Consensus, &mut sole, 1, 0.045));
        let mut two = voters(&[-0.1, -0.2]);
        assert!(!passes_without(Procedure::Consensus, &mut two, 1, 0.045));
        assert!(
            (two[1].value + 0.2).abs() < 1e-9,
            "the values are as before"
        );
    }
}
