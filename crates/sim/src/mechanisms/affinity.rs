//! Affinity: being together with friends, worth more the deeper the organisation is.
//!
//! **Claim.** Members value common institutions with those they like and resent them with those they do not.
//!
//! **Equations.** `Ā_io = Σ_j reach_j c_j A_ij / Σ_j reach_j c_j`; term `Ā_io (0.3 + depth_o)`, `depth_o` the sum of depths over domains.
//! The factor is ours: with the mean alone no initiative can change the term, and a trial found it dead.
//!
//! **Reads** affinity, capability, reach, depth. **Writes** the affinity term of a seat.
//!
//! **Invariants.** Zero among strangers; sign of the mean affinity; |term| <= 3.3.
//!
//! **Sources.** Balance and similarity literature (Heider 1946; Signorino and Ritter 1999); size is an assumption.

use crate::laned::params;

params! {
    /// Parameters of the affinity term.
    pub struct AffinityParams {
        weight = ("affinity.weight", "Weight of the affinity term", "", 0.08, 0.18, 0.35, 0.0, 10.0, "assumption; so that the term counts beside the others (see the health table)");
    }
}

/// Worth of company without any institution. Assumption.
const COMPANY: f32 = 0.3;

/// The affinity term, before weight.
#[inline(always)]
pub(crate) fn benefit(mean_affinity: f32, depth: f32) -> f32 {
    mean_affinity * (COMPANY + depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_worth_more_among_friends_and_less_among_foes() {
        assert!((benefit(0.5, 0.2) - 0.25).abs() < 1e-6);
        assert!(benefit(0.5, 0.4) > benefit(0.5, 0.2));
        assert!(benefit(-0.5, 0.4) < benefit(-0.5, 0.2));
    }
}
