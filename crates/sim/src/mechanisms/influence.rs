//! Influence: who leads whom, in each domain, against the strongest other leader.
//!
//! **Claim.** Ambitious actors want organisations deep where they lead and shallow where a rival leads. Bringing in a
//! rival's followers costs influence, which is why one great power resists another's clients.
//!
//! **Equations.** Followership of j to i: security `c_i^0.7 (0.15 + pact_ij)(1 + A_ij)/2`; economy `(X_ij + M_ij)/GDP_j (1 + A_ij)/2`;
//! energy: complementarity. Followers `f_id = Σ_j v_j F_jid`, `v_j` half an equal seat, half a share of capability;
//! lead `lead_id = f_id / Σ_k f_kd`, an actor's share of all followership in the organisation.
//! `Infl_io = ψ_i [Σ_d (depth_d + 0.1)(lead_id − χ max_{k≠i} lead_kd) + 2 g (1 − exp(−a⁺))]`, the last part status gained by defying a bloc.
//!
//! **Reads** capability, pacts, flows, affinity, depth, antagonism. **Writes** the influence term of a seat.
//!
//! **Invariants.** Zero for an actor without ambition.
//!
//! **Sources.** de Haas (2007): China fears Russia's satellites in the SCO; Russia seeks to regain leadership. CINC change
//! 1996-2007 supports the order of ambitions. Forms are assumptions from a trial.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of the influence term.
    pub struct InfluenceParams {
        weight = ("influence.weight", "Weight of the influence term", "", 0.3, 0.6, 1.0, 0.0, 10.0, "assumption; trial range, a little more, so that the term counts beside the others");
        rival = ("influence.rival", "Weight of the strongest other leader (chi)", "", 0.2, 0.5, 0.8, 0.0, 2.0, "assumption; trial range");
        seat = ("influence.seat", "Weight of a seat against capability in leading", "", 0.3, 0.5, 0.7, 0.0, 1.0, "assumption; trial range");
        status = ("influence.status", "Status gained by defying a bloc", "", 0.03, 0.08, 0.15, 0.0, 1.0, "assumption; trial value .08");
    }
}

/// Depth that an organisation has by existing. Assumption.
const DEPTH_FLOOR: f32 = 0.1;
/// Followership in security without a pact. Assumption.
const PACT_FLOOR: f32 = 0.15;
/// Elasticity of leadership in security to capability. Assumption.
const CAPABILITY_POWER: f32 = 0.7;

/// Pull of a leader in security, before affinity.
#[inline(always)]
pub(crate) fn security_pull(capability: f32, pact: f32) -> f32 {
    math::powf(capability, CAPABILITY_POWER) * (PACT_FLOOR + pact)
}

/// Worth of leading in one domain.
#[inline(always)]
pub(crate) fn leadership_worth(depth: f32, lead: f32, rival_lead: f32, rival_weight: f32) -> f32 {
    (depth + DEPTH_FLOOR) * (lead - rival_weight * rival_lead)
}

/// Status gained by defying a bloc.
#[inline(always)]
pub(crate) fn defiance(antagonism: f32, gain: f32) -> f32 {
    2.0 * gain * math::saturate(math::positive_part(antagonism))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_pays_the_leader_and_costs_the_led() {
        // (0.4 + 0.1)(0.3 − 0.5 · 0.1) = 0.125
        assert!((leadership_worth(0.4, 0.3, 0.1, 0.5) - 0.125).abs() < 1e-6);
        assert!(leadership_worth(0.6, 0.3, 0.1, 0.5) > leadership_worth(0.4, 0.3, 0.1, 0.5));
        assert!(leadership_worth(0.6, 0.1, 0.3, 0.5) < leadership_worth(0.4, 0.1, 0.3, 0.5));
    }

    #[test]
    fn defiance_saturates_and_cooperation_gives_none() {
        assert!(defiance(-1.0, 0.08).abs() < 1e-9);
        assert!(defiance(50.0, 0.08) <= 0.16 + 1e-6);
    }
}
