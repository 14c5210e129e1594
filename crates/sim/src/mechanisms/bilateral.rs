//! Bilateral ties: what a change is worth outside any organisation.
//!
//! **Claim.** A threat that goes away, trust with a bloc, trade and a pipeline have a value of their own; foreign forces
//! near by cost those who do not trust them, and so does deep work together with a bloc one does not trust.
//!
//! **Equations.** Threats `−w_S σ_S Σ_h ΔI_ih (burden − best protection_ih)`; trust `w stake_ib 1.5 (σ_E + σ_T) ΔT`, for the bloc's
//! members `w/2 · weight of the others · ΔT`; forces `−p α_i presence_ib (1 − T_ib)/2 ΔD`; trade `½ w_T σ_T Δworth`; energy links
//! `½ w_E σ_E price Σ_j comp_ij Δlink`; joint work `−d α_i depth (1 − T_ib)/2` where members of bloc b are named parties, and for them
//! `−d α_i depth (1 − A)/2`, A their mean affinity with the other parties. What is held again and again, such as an exercise,
//! costs whoever sends troops `−e α_i depth (1 − Ā_i)/2` and is worth `f depth (1 + Ā_i)/2` for being there when friends are, with `Ā_i` its mean affinity with the others who have a voice. A common good counts to a contributor by `c/(c + 0.02)` of its size.
//!
//! **Reads** intensities, trust, stakes, presence. **Writes** the bilateral part of a party's value.
//!
//! **Invariants.** Linear in the change for threats, trust and forces.
//!
//! **Sources.** Olson and Zeckhauser (1966) on contributions; sizes are assumptions from a trial.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of bilateral ties.
    pub struct BilateralParams {
        trust = ("bilateral.trust", "Worth of trust with a bloc", "", 0.2, 0.5, 0.9, 0.0, 5.0, "assumption; trial range of engagement");
        forces = ("bilateral.forces", "Cost of distrusted forces near by", "", 0.2, 0.5, 0.9, 0.0, 5.0, "assumption; trial range of presence cost");
        ties = ("bilateral.ties", "Worth of trade and energy outside organisations against inside", "", 0.25, 0.5, 1.0, 0.0, 5.0, "assumption");
        distrust = ("bilateral.distrust", "Cost of full-depth work with a bloc that is not trusted", "", 0.04, 0.1, 0.2, 0.0, 5.0, "de Haas (2008): small practical projects pass where deep ones do not; size is an assumption");
        effort = ("bilateral.effort", "Cost of taking part in what is held again and again, at full depth among the indifferent", "", 0.02, 0.05, 0.1, 0.0, 5.0, "assumption; a tenth of the worth of trust, so that the sovereign stay away from exercises that others join");
        fellowship = ("bilateral.fellowship", "Worth of being there when what is held again and again is held, at full depth among the closest friends", "", 0.03, 0.08, 0.15, 0.0, 5.0, "assumption; five and six of six members came to the SCO's exercises of 2003 and 2007, two to that of 2005");
        affinity = ("bilateral.affinity", "Worth of affinity outside organisations", "", 0.05, 0.1, 0.2, 0.0, 5.0, "assumption");
    }
}

/// Capability at which a contribution counts half [CINC share]. Assumption.
const CONTRIBUTION_HALF: f32 = 0.02;

/// Share of a common good that an actor's contribution makes.
#[inline(always)]
pub(crate) fn contribution(capability: f32) -> f32 {
    capability / (capability + CONTRIBUTION_HALF)
}

/// Worth of a change of a threat's intensity, before salience and weight.
#[inline(always)]
pub(crate) fn relief(change: f32, burden: f32, protection: f32) -> f32 {
    -change * math::positive_part(burden - protection)
}

/// Cost of working with partners one does not trust.
#[inline(always)]
pub(crate) fn distrust(cost: f32, autonomy: f32, depth: f32, trust: f32) -> f32 {
    -cost * autonomy * depth * (1.0 - trust) / 2.0
}

/// Worth of being there when friends hold something together.
#[inline(always)]
pub(crate) fn fellowship(worth: f32, depth: f32, affinity: f32) -> f32 {
    worth * depth * (1.0 + affinity) / 2.0
}

/// Worth of a change of a bloc's forces.
#[inline(always)]
pub(crate) fn forces(change: f32, presence: f32, autonomy: f32, trust: f32, cost: f32) -> f32 {
    -cost * autonomy * presence * (1.0 - trust) / 2.0 * change
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_states_add_little_to_a_common_good() {
        assert!((contribution(0.02) - 0.5).abs() < 1e-6);
        assert!(contribution(0.0005) < 0.03);
    }

    #[test]
    fn less_threat_is_worth_more_to_the_unprotected() {
        assert!(relief(-0.2, 1.0, 0.1) > relief(-0.2, 1.0, 0.6));
        assert!(forces(0.1, 0.5, 0.9, -0.5, 0.5) < 0.0);
    }

    #[test]
    fn friends_come_when_friends_come() {
        // 0.08 · 0.3 · 1.4/2 = 0.0168
        assert!((fellowship(0.08, 0.3, 0.4) - 0.0168).abs() < 1e-6);
        assert!(fellowship(0.08, 0.3, -1.0).abs() < 1e-9);
    }

    #[test]
    fn small_projects_cost_little_distrust() {
        // 0.1 · 0.6 · 0.5 · (1 + 0.8)/2 = 0.027
        assert!((distrust(0.1, 0.6, 0.5, -0.8) + 0.027).abs() < 1e-6);
        assert!(distrust(0.1, 0.6, 0.1, -0.8) > distrust(0.1, 0.6, 0.9, -0.8));
    }
}
