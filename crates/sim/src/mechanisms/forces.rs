//! Forces abroad: an organisation's forces inside a member, and an outside bloc's presence in a host.
//!
//! **Claim.** Forces sent into a troubled state calm what they protect against, and go home after a while. Their host gives up
//! sovereignty for it, less among friends; the other members fear the precedent as far as they prize their own sovereignty,
//! and the ambitious gain a foothold. A base pays a poor host, is near its neighbours as well, and is dear to a host on whose
//! regime its owner presses.
//!
//! **Equations.** Intensity of threat h in the host times `exp(−k prot_eh F)`, F the built level of the element when sent, `dF = −F/stay dt`.
//! Value to the host `w_S σ_S Σ_h I_h (1 − exp(−k prot_eh F)) (burden − best protection) − p α (1 − Ā)/2 F`, to another party
//! `F (f ψ c/(c + 0.02) − q α)`. Presence of bloc b in its host changes by Δ, near a neighbour by contiguity × near × Δ; whoever is not of the
//! bloc values the change by what presence does to threats and by `−p α (1 − T)/2 Δ D`, the host also by
//! `Δ (r/(1 + income/3000) − s I_regime)`, members of the bloc by `a Δ`.
//!
//! **Reads** built levels, intensities, affinity, trust, income, contiguity, the driver of the bloc's presence D. **Writes** forces in a
//! host, presence, events.
//!
//! **Invariants.** No forces without a built element; presence stays in 0..=1; a force never raises a threat.
//!
//! **Sources.** de Haas (2007): no consensus on intervention against an uprising (2005), the CSTO kept out of frozen conflicts, a base
//! closed after criticism of its host's regime. All sizes are assumptions.

use super::bilateral;
use crate::laned::params;
use crate::math;

params! {
    /// Parameters of forces abroad.
    pub struct ForcesParams {
        calm = ("forces.calm", "How far forces sent into a state calm what they protect against", "", 0.5, 1.0, 2.0, 0.0, 20.0, "assumption");
        stay = ("forces.stay", "Mean stay of forces sent into a state", "years", 0.5, 1.0, 3.0, 0.01, 100.0, "assumption");
        precedent = ("forces.precedent", "Cost to the other members of forces in one of them, at full sovereignty", "", 0.05, 0.1, 0.3, 0.0, 5.0, "assumption; de Haas (2007) on non-interference gives the direction");
        foothold = ("forces.foothold", "Worth of a foothold in another state to the ambitious and able", "", 0.03, 0.08, 0.15, 0.0, 5.0, "assumption; of the size of status gained by defiance");
        rent = ("base.rent", "Worth of hosting a full base to the poorest", "", 0.01, 0.04, 0.08, 0.0, 5.0, "assumption; de Haas (2007) on payments for bases gives the direction");
        pressure = ("base.pressure", "Cost of hosting a base of those who press on the regime", "", 0.1, 0.3, 0.6, 0.0, 5.0, "assumption; de Haas (2007) on the base closed in 2005 gives the direction");
        access = ("base.access", "Worth of a full base to the bloc whose it is", "", 0.02, 0.05, 0.1, 0.0, 5.0, "assumption");
        near = ("base.near", "How far a base is felt by a neighbour of its host", "share", 0.2, 0.4, 0.8, 0.0, 1.0, "assumption");
    }
}

/// Income at which a host needs the rent half as much [USD PPP per head]. Assumption: that of fragility.
const RENT_INCOME: f32 = 3000.0;

/// Factor by which forces calm a threat, 0..=1.
#[inline(always)]
pub(crate) fn calmed(calm: f32, protection: f32, level: f32) -> f32 {
    math::exp(-calm * protection * level)
}

/// Worth of forces of a level in one member to another.
#[inline(always)]
pub(crate) fn sending(
    level: f32,
    ambition: f32,
    capability: f32,
    autonomy: f32,
    params: &ForcesParams<f32>,
) -> f32 {
    let foothold = params.foothold * ambition * bilateral::contribution(capability);
    level * (foothold - params.precedent * autonomy)
}

/// Worth of a change of presence to its host, beside what it does to threats.
#[inline(always)]
pub(crate) fn hosting(
    change: f32,
    income_usd: f32,
    regime: f32,
    params: &ForcesParams<f32>,
) -> f32 {
    change * (params.rent / (1.0 + income_usd / RENT_INCOME) - params.pressure * regime)
}

/// Change of presence near an actor when that in its neighbour changes, kept in 0..=1.
#[inline(always)]
pub(crate) fn change_near(presence: f32, by: f32, share: f32) -> f32 {
    math::clamp_share(presence + by * share) - presence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> ForcesParams<f32> {
        ForcesParams {
            calm: 1.0,
            stay: 1.0,
            precedent: 0.1,
            foothold: 0.08,
            rent: 0.04,
            pressure: 0.3,
            access: 0.05,
            near: 0.4,
        }
    }

    #[test]
    fn the_sovereign_fear_a_precedent_and_the_ambitious_gain_a_foothold() {
        // 0.5 (0.08 · 0.9 · 0.04/0.06 − 0.1 · 0.4) = 0.5 (0.048 − 0.04) = 0.004
        assert!((sending(0.5, 0.9, 0.04, 0.4, &params()) - 0.004).abs() < 1e-6);
        assert!(sending(0.5, 0.3, 0.01, 0.9, &params()) < 0.0);
        assert!(sending(0.0, 0.3, 0.01, 0.9, &params()).abs() < 1e-9);
    }

    #[test]
    fn rent_is_dear_to_the_poor_and_pressure_sours_it() {
        // 0.5 (0.04/2 − 0.3 · 0) = 0.01
        assert!((hosting(0.5, 3000.0, 0.0, &params()) - 0.01).abs() < 1e-6);
        assert!(hosting(0.5, 1000.0, 0.0, &params()) > hosting(0.5, 9000.0, 0.0, &params()));
        assert!(hosting(0.5, 1000.0, 0.5, &params()) < 0.0);
        // Leaving is then worth what staying costs.
        assert!(hosting(-0.5, 1000.0, 0.5, &params()) > 0.0);
    }

    #[test]
    fn forces_calm_and_never_stir() {
        // exp(−1 · 0.6 · 0.5) = 0.740 82
        assert!((calmed(1.0, 0.6, 0.5) - 0.740_82).abs() < 1e-4);
        assert!(calmed(1.0, 0.6, 0.0) == 1.0 && calmed(5.0, 1.0, 1.0) <= 1.0);
    }

    #[test]
    fn presence_stays_a_share() {
        assert!((change_near(0.9, 0.5, 1.0) - 0.1).abs() < 1e-6);
        assert!((change_near(0.1, -0.5, 0.4) + 0.1).abs() < 1e-6);
        assert!((change_near(0.5, 0.5, 0.4) - 0.2).abs() < 1e-6);
    }
}
