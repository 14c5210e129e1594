//! Autonomy: what institutions cost those who prize sovereignty.
//!
//! **Claim.** Intrusion weighs by the value an actor sets on sovereignty, more under someone else's leadership, and less
//! for commitments that it carries already in another organisation.
//!
//! **Equations.** `cost_io = k α_i (1 − exp(−Σ_e intr_e max(0, L_oe − μ max_{o'} q_oo' L_o'e))) (1 − lead_i)(0.5 + 1.5 max_{k≠i} lead_k)`,
//! the maximum over organisations o' in which the actor is a full member and the element is deeper: of equal
//! commitments one is paid in full. `q_oo'` is the share of capability in o that is bound in o' as well (1 for an element that links the
//! two): a promise to those who have it already costs nothing new, one to others does. Saturation is ours: without it a founder finds a mature alliance unbearable.
//!
//! **Reads** levels of all organisations in which the actor is a full member, leadership. **Writes** the autonomy term of a seat.
//!
//! **Invariants.** Not negative; zero without intrusive elements.
//!
//! **Sources.** Morrow (1991); Lake (1999) on hierarchy; overlap after a trial in which a dual member otherwise vetoes a link.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of the autonomy term.
    pub struct AutonomyParams {
        weight = ("autonomy.weight", "Weight of the autonomy term (k A)", "", 0.3, 0.5, 0.8, 0.0, 10.0, "assumption; trial range");
        overlap = ("autonomy.overlap", "Relief by the same commitment elsewhere (mu)", "", 0.3, 0.6, 0.9, 0.0, 1.0, "assumption; trial range");
    }
}

/// Weight of intrusion without a leader. Assumption.
const UNLED: f32 = 0.5;
/// Added weight under a full leader. Assumption.
const LED: f32 = 1.5;

/// What is new in a commitment that is carried elsewhere already.
#[inline(always)]
pub(crate) fn additional(level: f32, carried: f32, overlap: f32) -> f32 {
    math::positive_part(level - overlap * carried)
}

/// The autonomy cost, before weight.
#[inline(always)]
pub(crate) fn cost(autonomy: f32, intrusion: f32, own_lead: f32, rival_lead: f32) -> f32 {
    autonomy
        * math::saturate(intrusion)
        * (1.0 - math::clamp_share(own_lead))
        * (UNLED + LED * math::clamp_share(rival_lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // 0.6 · (1 − exp(−0.5)) · (1 − 0.2) · (0.5 + 1.5 · 0.4) = 0.6 · 0.393469 · 0.8 · 1.1 = 0.207752
        assert!((cost(0.6, 0.5, 0.2, 0.4) - 0.207_752).abs() < 1e-5);
        assert!((additional(0.5, 0.5, 0.6) - 0.2).abs() < 1e-6);
        assert!(additional(0.2, 0.9, 0.6).abs() < 1e-9);
    }
}
