//! Decision rules: pure functions from the parties' values of a rung to a verdict.
//!
//! Called by `decide` for each lane in which something is tabled. Rules know numbers only; who the voters
//! are and what they value is decided before. Rules that weigh one rung against the others ([`bargains`])
//! see the whole ladder as [`Options`].

pub mod bargains;
pub mod challenge;
pub mod nash;
pub mod positions;
pub mod power;

/// One voter's part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Voter {
    /// Value of the rung `[utility]`.
    pub value: f32,
    /// Weight under a weighted rule, >= 0.
    pub weight: f32,
    /// Population under a population clause `[thousand]`, >= 0.
    pub population: f32,
    /// Whether it may veto under a majority rule.
    pub veto: bool,
    /// Whether the rung gives it a seat: such an actor must want it under any rule.
    pub applicant: bool,
    /// Whether it is no member but an observer with part of a vote: no head is counted.
    pub guest: bool,
    /// Whether its objection is lifted, to see whether it is pivotal.
    pub lifted: bool,
}

/// What the whole ladder is worth to the voters of a body, for rules that look beyond one rung.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Depth of what stands now, then of each rung that is open, rising.
    pub depths: &'a [f32],
    /// Value of every option to every voter, `[voter * options + option]`; what stands now is worth 0.
    pub values: &'a [f32],
    /// The option put to the vote, >= 1.
    pub at: usize,
}

/// A decision rule with its numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Procedure {
    /// Nobody blocks.
    Consensus,
    /// Nobody blocks, and enough do not abstain.
    Abstention {
        /// Share of the voters that must not abstain.
        quorum: f32,
        /// Loss up to which a voter says yes, in thresholds.
        swallow: f32,
        /// Loss beyond which a voter blocks, in thresholds.
        block: f32,
    },
    /// Somebody gains, and none of those with a veto blocks.
    Vetoers,
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
        /// Share of the number of voters needed as well.
        members: f32,
        /// Share of the population needed as well.
        population: f32,
        /// Fewer opponents cannot stop a rung.
        blocking_min: usize,
    },
    /// The rung does not lie beyond the weighted median of the voters' best.
    Median,
    /// The rung does not lie beyond the compromise mean of the voters' best.
    Mean,
    /// The rung does not lie beyond the weighted median after rounds of challenges.
    Challenge {
        /// Most rounds.
        rounds: usize,
    },
    /// The rung does not lie beyond the Nash bargain.
    Nash,
}

impl Procedure {
    /// More than half of the votes, one each.
    pub const HALF: Self = Self::Majority {
        quota: 0.5,
        strict: true,
        members: 0.0,
        population: 0.0,
        blocking_min: 1,
    };

    /// A share of the weights, without further clauses.
    #[must_use]
    pub const fn quota(quota: f32) -> Self {
        Self::Majority {
            quota,
            strict: false,
            members: 0.0,
            population: 0.0,
            blocking_min: 1,
        }
    }

    /// Whether it looks at the whole ladder, so that [`Options`] must be filled.
    #[must_use]
    pub const fn surveys(self) -> bool {
        matches!(
            self,
            Self::Median | Self::Mean | Self::Challenge { .. } | Self::Nash
        )
    }
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
pub fn passes(
    procedure: Procedure,
    voters: &[Voter],
    options: Options<'_>,
    threshold: f32,
) -> bool {
    if voters.is_empty()
        || voters
            .iter()
            .any(|voter| voter.applicant && objects(voter, threshold))
    {
        return false;
    }
    let vetoed = || {
        voters
            .iter()
            .any(|voter| voter.veto && objects(voter, threshold))
    };
    match procedure {
        Procedure::Consensus => !voters.iter().any(|voter| objects(voter, threshold)),
        Procedure::Abstention {
            quorum,
            swallow,
            block,
        } => {
            !voters.iter().any(|voter| objects(voter, block * threshold))
                && is_quorate(voters, quorum, swallow * threshold)
        }
        Procedure::Vetoers => voters.iter().any(joins) && !vetoed(),
        Procedure::OptIn { min } => voters.iter().filter(|voter| joins(voter)).count() >= min,
        Procedure::Majority { .. } => carries(procedure, voters) && !vetoed(),
        Procedure::Median | Procedure::Mean | Procedure::Challenge { .. } | Procedure::Nash => {
            bargains::reaches(procedure, voters, options, threshold)
        }
    }
}

/// Whether enough voters do not abstain: they lose no more than they swallow.
fn is_quorate(voters: &[Voter], quorum: f32, swallowed: f32) -> bool {
    let present = voters.iter().filter(|voter| voter.value >= -swallowed);
    // A share of 2/3 in single precision must still be reached by two of three.
    present.count() as f32 >= quorum * voters.len() as f32 - COUNT_SLACK
}

/// Slack of counts that are compared with a share of a count.
const COUNT_SLACK: f32 = 1e-3;
/// Slack of a share of a sum, so that rounding does not decide.
const SHARE_SLACK: f32 = 1e-6;

/// Whether every quota of a majority is met, or too few oppose to stop it.
fn carries(procedure: Procedure, voters: &[Voter]) -> bool {
    let Procedure::Majority {
        quota,
        strict,
        members,
        population,
        blocking_min,
    } = procedure
    else {
        return false;
    };
    let in_favour = |voter: &&Voter| voter.value >= 0.0;
    let heads = voters.iter().filter(|voter| !voter.guest);
    let members_all = heads.clone().count();
    let ayes = heads.filter(in_favour).count();
    if members_all > 0 && members_all - ayes < blocking_min {
        return true;
    }
    let all: f32 = voters.iter().map(|voter| voter.weight).sum();
    let yes: f32 = voters
        .iter()
        .filter(in_favour)
        .map(|voter| voter.weight)
        .sum();
    let enough = if strict {
        yes > quota * all
    } else {
        yes >= quota * all
    };
    enough
        && ayes as f32 >= members * members_all as f32 - COUNT_SLACK
        && (population <= 0.0 || {
            let all: f32 = voters.iter().map(|voter| voter.population).sum();
            let yes: f32 = voters
                .iter()
                .filter(in_favour)
                .map(|voter| voter.population)
                .sum();
            yes >= population * all * (1.0 - SHARE_SLACK)
        })
}

/// Whether a voter's answer is a no that helped to stop a rung that did not pass.
#[must_use]
pub fn blocks(
    procedure: Procedure,
    voters: &[Voter],
    options: Options<'_>,
    at: usize,
    threshold: f32,
) -> bool {
    let voter = &voters[at];
    let unwilling = voter.applicant && objects(voter, threshold);
    match procedure {
        Procedure::Consensus => objects(voter, threshold),
        Procedure::Abstention {
            quorum,
            swallow,
            block,
        } => {
            let swallowed = swallow * threshold;
            objects(voter, block * threshold)
                || (voter.value < -swallowed && !is_quorate(voters, quorum, swallowed))
        }
        Procedure::Vetoers => {
            unwilling
                || (voter.veto && objects(voter, threshold))
                || !(joins(voter) || voters.iter().any(joins))
        }
        Procedure::OptIn { .. } => unwilling || !joins(voter),
        Procedure::Majority { .. } => {
            voter.value < 0.0 || unwilling || (voter.veto && objects(voter, threshold))
        }
        Procedure::Median | Procedure::Mean | Procedure::Challenge { .. } | Procedure::Nash => {
            unwilling || bargains::holds_back(procedure, voters, options, at, threshold)
        }
    }
}

/// Whether a voter takes part in what passed: under an opt-in rule it must gain, under abstention not abstain.
#[must_use]
pub fn takes_part(procedure: Procedure, value: f32, threshold: f32) -> bool {
    match procedure {
        Procedure::OptIn { .. } => value > 0.0,
        Procedure::Abstention { swallow, .. } => value >= -swallow * threshold,
        _ => true,
    }
}

/// Whether a rung passes once one voter's objection is lifted: that voter is pivotal.
#[must_use]
pub fn passes_without(
    procedure: Procedure,
    voters: &mut [Voter],
    options: Options<'_>,
    lifted: usize,
    threshold: f32,
) -> bool {
    let kept = voters[lifted];
    // Lifting an objection makes the voter just willing to take part.
    voters[lifted].value = f32::MIN_POSITIVE;
    voters[lifted].lifted = true;
    let verdict = passes(procedure, voters, options, threshold);
    voters[lifted] = kept;
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Options<'_> = Options {
        depths: &[],
        values: &[],
        at: 0,
    };

    fn voters(values: &[f32]) -> Vec<Voter> {
        let voter = |value: &f32| Voter {
            value: *value,
            weight: 1.0,
            ..Voter::default()
        };
        values.iter().map(voter).collect()
    }

    fn check(procedure: Procedure, voters: &[Voter], expect: bool) {
        assert_eq!(
            passes(procedure, voters, NONE, 0.045),
            expect,
            "{procedure:?} {voters:?}"
        );
    }

    #[test]
    fn consensus_swallows_small_losses_only() {
        check(Procedure::Consensus, &voters(&[0.1, -0.04]), true);
        check(Procedure::Consensus, &voters(&[0.1, -0.05]), false);
        check(Procedure::Consensus, &[], false);
    }

    #[test]
    fn who_abstains_neither_blocks_nor_counts() {
        // Yes down to -0.045, abstention down to -0.09, then a block; two of three must not abstain.
        let rule = Procedure::Abstention {
            quorum: 2.0 / 3.0,
            swallow: 1.0,
            block: 2.0,
        };
        check(rule, &voters(&[0.1, -0.04, -0.08]), true);
        check(rule, &voters(&[0.1, -0.06, -0.08]), false);
        check(rule, &voters(&[0.1, 0.1, -0.1]), false);
        // One of six abstains: five sixths are enough. Article 31 TEU stops at a third of abstentions and more.
        check(rule, &voters(&[0.1, 0.1, 0.1, 0.1, 0.1, -0.08]), true);
        let split = voters(&[0.1, -0.06, -0.08]);
        let stood = |at| blocks(rule, &split, NONE, at, 0.045);
        assert_eq!([0, 1, 2].map(stood), [false, true, true]);
        let blocked = voters(&[0.1, 0.1, 0.1, -0.06, -0.1, 0.1]);
        let stood = |at| blocks(rule, &blocked, NONE, at, 0.045);
        assert_eq!([0, 3, 4].map(stood), [false, false, true]);
    }

    #[test]
    fn only_veto_players_stop_what_somebody_gains_from() {
        let mut three = voters(&[0.1, -0.2, -0.2]);
        check(Procedure::Vetoers, &three, true);
        three[2].veto = true;
        check(Procedure::Vetoers, &three, false);
        assert!(blocks(Procedure::Vetoers, &three, NONE, 2, 0.045));
        assert!(!blocks(Procedure::Vetoers, &three, NONE, 1, 0.045));
        check(Procedure::Vetoers, &voters(&[0.0, -0.2]), false);
    }

    #[test]
    fn opt_in_needs_enough_who_gain() {
        let rule = Procedure::OptIn { min: 2 };
        check(rule, &voters(&[0.1, 0.2, -9.0]), true);
        check(rule, &voters(&[0.1, -0.01, -9.0]), false);
    }

    #[test]
    fn half_is_no_simple_majority_and_a_veto_stops_any() {
        check(Procedure::HALF, &voters(&[0.1, -0.1]), false);
        let mut three = voters(&[0.1, 0.1, -0.1]);
        check(Procedure::HALF, &three, true);
        three[2].veto = true;
        check(Procedure::HALF, &three, false);
        check(
            Procedure::quota(2.0 / 3.0),
            &voters(&[0.1, 0.1, -0.1]),
            true,
        );
    }

    #[test]
    fn every_quota_must_be_met() {
        let rule = |members, population, blocking_min| Procedure::Majority {
            quota: 0.5,
            strict: false,
            members,
            population,
            blocking_min,
        };
        let mut four = voters(&[0.1, 0.1, 0.1, -0.1]);
        for (voter, population) in four.iter_mut().zip([10.0, 10.0, 10.0, 70.0]) {
            voter.population = population;
        }
        check(rule(0.75, 0.0, 1), &four, true);
        check(rule(0.8, 0.0, 1), &four, false);
        check(rule(0.0, 0.3, 1), &four, true);
        check(rule(0.0, 0.65, 1), &four, false);
        // One opponent is no blocking minority of two, however many people it has.
        check(rule(0.0, 0.65, 2), &four, true);
    }

    #[test]
    fn an_observer_weighs_and_is_no_head() {
        let rule = |members| Procedure::Majority {
            quota: 0.5,
            strict: true,
            members,
            population: 0.0,
            blocking_min: 1,
        };
        // 1 in favour, 1 against, and part of a vote in favour.
        let mut three = voters(&[0.1, -0.1, 0.1]);
        (three[2].weight, three[2].guest) = (0.3, true);
        check(rule(0.0), &three, true);
        check(rule(0.6), &three, false);
        check(rule(0.5), &three, true);
    }

    #[test]
    fn an_applicant_must_want_its_seat() {
        let mut both = voters(&[0.1, -0.01]);
        both[1].applicant = true;
        for rule in [
            Procedure::Consensus,
            Procedure::Vetoers,
            Procedure::OptIn { min: 1 },
        ] {
            check(rule, &both, false);
            assert!(blocks(rule, &both, NONE, 1, 0.045));
        }
    }

    #[test]
    fn the_sole_blocker_is_pivotal_and_one_of_two_is_not() {
        let turns =
            |voters: &mut [Voter]| passes_without(Procedure::Consensus, voters, NONE, 1, 0.045);
        let mut sole = voters(&[0.1, -0.2]);
        assert!(turns(&mut sole));
        let mut two = voters(&[-0.1, -0.2]);
        assert!(!turns(&mut two));
        assert_eq!(two, voters(&[-0.1, -0.2]), "the voters are as before");
    }
}
