//! Security: protection against threats, deterrence by signalling, and the risk of others' wars.
//!
//! **Claim.** An organisation protects by its elements, its members' pooled capability and its cohesion. A hegemon
//! gains little from its own clients. Mutual assistance entraps those whose allies have enemies they do not share.
//!
//! **Equations.** `P_oh = 1 − exp(−k Σ_e prot_eh L_e √s (0.4 + 0.6 coh))`, `s = p/(p + p₀)`, `p_io = Σ_{j≠i} reach_j c_j (1 + A_ij)/2`;
//! at the margin where another organisation protects already: `P − μ P_other P`; a share of it is a public good among those
//! who belong in any way (`w_i > 0`).
//! `S_io = Σ_h I_ih P_oh [w_i > 0](pub_h + (1 − pub_h) w_i) + w_i ζ (I_ext + 0.3 I_reg)(1 − exp(−a⁺)) − w_i ε assistance Σ_j reach_j c̃_j I_ext,j (1 − A_ij)/2`,
//! a⁺ the positive part of the organisation's antagonism.
//!
//! **Reads** intensities, capability, affinity, element levels, cohesion, antagonism. **Writes** the security term of a seat.
//!
//! **Invariants.** Protection lies in 0..=1 and rises with levels, pool and cohesion.
//!
//! **Sources.** Morrow (1991) on autonomy and security; Snyder (1984) on entrapment; Olson and Zeckhauser (1966) on
//! public goods in alliances; sizes are assumptions from a trial.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of the security term.
    pub struct SecurityParams {
        weight = ("security.weight", "Weight of the security term", "", 0.4, 0.65, 1.1, 0.0, 10.0, "assumption; a trial with three threats used 1.4, worlds here speak of more");
        protection = ("security.protection", "Strength of protection by elements (k)", "", 1.0, 2.0, 3.5, 0.0, 20.0, "assumption; trial range");
        pool_half = ("security.pool_half", "Pooled capability that counts half", "CINC share", 0.03, 0.06, 0.12, 0.0001, 1.0, "assumption; with .03 four organisations as unlike as NATO and the CSTO pooled within a third of one another");
        deterrence = ("security.deterrence", "Worth of a signal to a threatened state (zeta)", "", 0.2, 0.5, 0.9, 0.0, 5.0, "assumption; trial range");
        entrapment = ("security.entrapment", "Cost of allies' enemies under mutual assistance", "", 0.2, 0.5, 0.9, 0.0, 5.0, "Snyder (1984); size is an assumption");
        overlap = ("security.overlap", "How far protection by another organisation makes this one redundant", "", 0.3, 0.6, 0.9, 0.0, 1.0, "assumption; trial range");
    }
}

/// Share of protection that does not need cohesion. Assumption.
const COHESION_FLOOR: f32 = 0.4;
/// Weight of a threat to the regime in deterrence, against 1 for an external one. Assumption.
const REGIME_DETERRENCE: f32 = 0.3;

/// Saturating worth of pooled capability, 0..=1, under the square root.
#[inline(always)]
pub(crate) fn pool_worth(pool: f32, half: f32) -> f32 {
    math::sqrt(pool / (pool + half))
}

/// Protection against one threat, 0..=1.
#[inline(always)]
pub(crate) fn protection(strength: f32, elements: f32, pool_worth: f32, cohesion: f32) -> f32 {
    math::saturate(
        strength * elements * pool_worth * (COHESION_FLOOR + (1.0 - COHESION_FLOOR) * cohesion),
    )
}

/// Worth of protection against one threat to an actor.
#[inline(always)]
pub(crate) fn protection_worth(
    intensity: f32,
    protection: f32,
    protection_elsewhere: f32,
    overlap: f32,
    public_share: f32,
    own_weight: f32,
) -> f32 {
    let margin = protection * (1.0 - overlap * protection_elsewhere);
    let share = public_share + (1.0 - public_share) * own_weight;
    intensity * margin * math::select(own_weight > 0.0, share, 0.0)
}

/// Worth of signalling to a threatened actor.
#[inline(always)]
pub(crate) fn deterrence(external: f32, regime: f32, antagonism: f32) -> f32 {
    (external + REGIME_DETERRENCE * regime) * math::saturate(math::positive_part(antagonism))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // pool equal to the half: √½; 1 − exp(−2 · 0.5 · 0.70711 · (0.4 + 0.6 · 1)) = 1 − exp(−0.70711) = 0.50693
        let worth = pool_worth(0.03, 0.03);
        assert!((protection(2.0, 0.5, worth, 1.0) - 0.506_93).abs() < 1e-4);
        // 0.5 · 0.4 · (1 − 0.6 · 0.5) · (0.4 + 0.6 · 1) = 0.14
        assert!((protection_worth(0.5, 0.4, 0.5, 0.6, 0.4, 1.0) - 0.14).abs() < 1e-6);
        // An observer of weight 0.3 enjoys all of the public part: 0.14 · (0.4 + 0.6 · 0.3) = 0.0812; an outsider nothing.
        assert!((protection_worth(0.5, 0.4, 0.5, 0.6, 0.4, 0.3) - 0.0812).abs() < 1e-6);
        assert!(protection_worth(0.5, 0.4, 0.5, 0.6, 0.4, 0.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn protection_is_a_share_and_rises(k in 0.0f32..20.0, e in 0.0f32..5.0, p in 0.0f32..1.0, c in 0.0f32..1.0) {
            let low = protection(k, e, pool_worth(p, 0.03), c);
            let high = protection(k, e + 0.1, pool_worth(p + 0.1, 0.03), c);
            prop_assert!((0.0..=1.0).contains(&low));
            prop_assert!(high >= low);
        }
    }
}
