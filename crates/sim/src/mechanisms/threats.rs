//! Threats: how intense each threat is for each actor.
//!
//! **Claim.** Terror and narcotics spill over from a troubled neighbour, fading with distance, heavier for the weak.
//! External threat is a bloc's alliance coming near, felt by those who do not like it and cannot match it. Pressure on a
//! regime is felt by the unfree and fragile.
//!
//! **Equations.** Spill-over `exp(−d/d₀)(0.35 + 0.65/(1 + c/0.02)) D`, relieved by a bloc's presence if it is trusted;
//! external `prox_ib (1 − A_ib)/2 · c_b/(c_b + c_i) D + 0.25 ψ_i presence_ib D_presence`;
//! regime `(1 − polyarchy)(0.6/(1 + income/3000) + 0.4/(1 + c/0.02)) D`; direct: the exposure itself times D.
//! Each times the actor's exposure multiplier; memory `dI = m (raw − I) dt`.
//!
//! **Reads** drivers, distance, capability, polyarchy, income, affinity with blocs, trust. **Writes** intensity.
//!
//! **Invariants.** Intensities are not negative; none from a bloc for its own members; the origin of a spill-over does not
//! threaten itself by distance (its exposure is the multiplier's business).
//!
//! **Sources.** de Haas (2007, 2008) on the Taliban, NATO's presence and regime change; proxies and sizes from a trial.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of threats.
    pub struct ThreatParams {
        memory = ("threat.memory", "Speed at which perception follows a threat", "per year", 1.0, 2.0, 4.0, 0.01, 100.0, "assumption");
        presence = ("threat.presence", "Threat felt from a bloc's presence by the ambitious", "", 0.1, 0.25, 0.5, 0.0, 5.0, "assumption; trial value .25");
        relief = ("threat.relief", "Relief of spill-over by a trusted bloc's presence", "", 0.1, 0.3, 0.6, 0.0, 5.0, "assumption; de Haas (2008) on NATO in Afghanistan");
        burden = ("threat.burden", "Loss from an unanswered threat", "", 0.7, 1.0, 1.3, 0.0, 5.0, "assumption");
    }
}

/// Capability at which an actor is half as fragile [CINC share]. Assumption: that of Pakistan or Ukraine.
const FRAGILE_CAPABILITY: f32 = 0.02;
/// Exposure to spill-over of the strongest. Assumption.
const SPILL_FLOOR: f32 = 0.35;
/// Income at which fragility by poverty is half [USD PPP per head]. Assumption.
const FRAGILE_INCOME: f32 = 3000.0;
/// Share of fragility by poverty. Assumption.
const POVERTY_SHARE: f32 = 0.6;

/// Weakness of an actor, 1 for none, falling with capability.
#[inline(always)]
pub(crate) fn weakness(capability: f32) -> f32 {
    1.0 / (1.0 + capability / FRAGILE_CAPABILITY)
}

/// Exposure to spill-over.
#[inline(always)]
pub(crate) fn spillover(distance_km: f32, scale_km: f32, capability: f32) -> f32 {
    math::exp(-distance_km / scale_km) * (SPILL_FLOOR + (1.0 - SPILL_FLOOR) * weakness(capability))
}

/// Factor by which a bloc's trusted presence relieves spill-over, 0..=1.
#[inline(always)]
pub(crate) fn presence_relief(relief: f32, presence: f32, forces: f32, trust: f32) -> f32 {
    math::exp(-relief * presence * math::positive_part(forces) * (1.0 + trust) / 2.0)
}

/// Exposure to the military pressure of a bloc.
#[inline(always)]
pub(crate) fn external(
    proximity: f32,
    bloc_affinity: f32,
    bloc_capability: f32,
    capability: f32,
) -> f32 {
    proximity * (1.0 - bloc_affinity) / 2.0 * bloc_capability
        / (bloc_capability + capability + f32::MIN_POSITIVE)
}

/// Exposure to pressure on the regime.
#[inline(always)]
pub(crate) fn regime(polyarchy: f32, income_usd: f32, capability: f32) -> f32 {
    let poverty = 1.0 / (1.0 + income_usd / FRAGILE_INCOME);
    (1.0 - polyarchy) * (POVERTY_SHARE * poverty + (1.0 - POVERTY_SHARE) * weakness(capability))
}

/// Share of the way that perception moves in a step.
#[inline(always)]
pub(crate) fn share_moved(rate_per_year: f32, years: f32) -> f32 {
    math::saturate(rate_per_year * years)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // exp(−1)(0.35 + 0.65/2) = 0.36788 · 0.675 = 0.24832
        assert!((spillover(800.0, 800.0, 0.02) - 0.248_32).abs() < 1e-4);
        // 0.98 · 0.75 · 0.3/0.34 = 0.64853
        assert!((external(0.98, -0.5, 0.3, 0.04) - 0.648_53).abs() < 1e-4);
        // 0.9 (0.6/2 + 0.4/2) = 0.45
        assert!((regime(0.1, 3000.0, 0.02) - 0.45).abs() < 1e-5);
    }

    proptest! {
        #[test]
        fn exposures_are_shares(d in 0.0f32..20000.0, c in 0.0f32..1.0, a in -1.0f32..1.0, p in 0.0f32..1.0) {
            for value in [spillover(d, 800.0, c), external(p, a, 0.3, c), regime(p, 1000.0 * d, c)] {
                prop_assert!((0.0..=1.0).contains(&value));
            }
        }
    }
}
