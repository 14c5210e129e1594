//! Disputes: militarised incidents between two actors.
//!
//! **Claim.** Rivals and neighbours who dislike one another clash; each clash feeds dislike.
//!
//! **Equations.** Rate `λ (0.1 + contiguity)(0.05 + ρ + 0.1 min(n, 4)) (1 − A)² (1 + stress/2)` [per year], n disputes in the ten
//! years before; a share is lethal; affinity falls by `d (1 − A²)` for each, twice that when lethal. The response to dislike is bounded
//! (four times the rate of the indifferent at worst): with an exponential one, clash and dislike drove every pair of rivals to -1.
//!
//! **Reads** rivalry, contiguity, disputes before, affinity, stress. **Writes** dispute events, affinity.
//!
//! **Invariants.** Not negative; rises with rivalry, falls with affinity.
//!
//! **Sources.** Bremer (1992) on contiguity and power; MID 5 for the base rate; lethal share from the trial's table.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of disputes.
    pub struct DisputeParams {
        rate = ("dispute.rate", "Rate of disputes of a tense pair of neighbours", "per year", 0.05, 0.12, 0.25, 0.0, 10.0, "MID 5, 1992-2001; assumption on the form");
        lethal = ("dispute.lethal", "Share of disputes that are lethal", "share", 0.05, 0.1, 0.2, 0.0, 1.0, "MID 5; trial range");
        cost = ("dispute.cost", "Loss of affinity from a dispute", "", 0.02, 0.05, 0.1, 0.0, 2.0, "assumption");
    }
}

const FAR: f32 = 0.1;
const CALM: f32 = 0.05;
const RECORD: f32 = 0.1;
const RECORD_MAX: f32 = 4.0;

/// The part of the rate that does not change in a run.
#[inline(always)]
pub(crate) fn proneness(contiguity: f32, rivalry: f32, disputes_10y: f32) -> f32 {
    (FAR + contiguity) * (CALM + rivalry + RECORD * math::min(disputes_10y, RECORD_MAX))
}

/// Rate of disputes [per year].
#[inline(always)]
pub(crate) fn rate(base: f32, proneness: f32, affinity: f32, stress: f32) -> f32 {
    base * proneness
        * (1.0 - affinity)
        * (1.0 - affinity)
        * (1.0 + math::positive_part(stress) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rivals_clash_more_and_friends_less() {
        // (0.1 + 1)(0.05 + 0.5 + 0.2) = 0.825
        assert!((proneness(1.0, 0.5, 2.0) - 0.825).abs() < 1e-6);
        assert!(rate(0.1, 0.8, 0.5, 0.0) < rate(0.1, 0.8, -0.5, 0.0));
        // 0.1 · 0.8 · 2² = 0.32 between enemies, none between the closest friends
        assert!((rate(0.1, 0.8, -1.0, 0.0) - 0.32).abs() < 1e-6);
        assert!(rate(0.1, 0.8, 1.0, 0.0).abs() < 1e-9);
    }
}
