//! Who blocks an initiative, how often and over what: ranked as far as the intervals allow.

use foedera_results::{Estimate, decision::DecisionTallies};

use crate::ranks;

/// One who blocks.
#[derive(Debug, Clone)]
pub struct Blocker {
    /// Index of the actor in the layout.
    pub actor: usize,
    /// 1 for the most frequent; those that cannot be told apart share a rank.
    pub rank: usize,
    /// Share of the tablings it blocked.
    pub share: Estimate,
    /// Share of the tablings it alone blocked.
    pub sole: Option<Estimate>,
    /// Share of the tablings at which it was pivotal.
    pub pivotal: Option<Estimate>,
    /// Probability that it blocks at least once.
    pub ever: Option<Estimate>,
    /// Deciding terms with their shares of its blocks, the most frequent first.
    pub terms: Vec<(usize, Estimate)>,
}

/// Everyone who blocked an initiative at least once, the most frequent first.
#[must_use]
pub fn ranked(decisions: &DecisionTallies, initiative: usize) -> Vec<Blocker> {
    let Some(tally) = decisions.initiatives.get(initiative) else {
        return Vec::new();
    };
    let mut found: Vec<Blocker> = tally
        .actors
        .iter()
        .filter(|(_, of_actor)| of_actor.blocks.sum > 0)
        .filter_map(|(&actor, of_actor)| {
            let share = decisions.block_share(initiative, actor)?;
            let mut terms: Vec<(usize, Estimate)> = of_actor
                .terms
                .keys()
                .filter_map(|&term| {
                    Some((
                        term as usize,
                        decisions.term_share(initiative, actor, term)?,
                    ))
                })
                .collect();
            terms.sort_by(|left, right| right.1.value.total_cmp(&left.1.value));
            Some(Blocker {
                actor: actor as usize,
                rank: 1,
                share,
                sole: decisions.sole_share(initiative, actor),
                pivotal: decisions.pivotal_share(initiative, actor),
                ever: decisions.ever_blocked(initiative, actor),
                terms,
            })
        })
        .collect();
    found.sort_by(|left, right| right.share.value.total_cmp(&left.share.value));
    let shares: Vec<Estimate> = found.iter().map(|one| one.share).collect();
    for (blocker, rank) in found.iter_mut().zip(ranks::ranks(&shares)) {
        blocker.rank = rank;
    }
    found
}
