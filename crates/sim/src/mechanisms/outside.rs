//! Outside: what an organisation's signalling costs its members with outside blocs, and what it means to the blocs.
//!
//! **Claim.** An actor with a stake in a bloc pays when its organisation turns against it and gains when it cooperates,
//! the gain as far as it trusts the bloc to return it.
//! Fuel sells anywhere, so fuel exporters have a smaller stake. Everyone gets used to a posture.
//!
//! **Equations.** Exposure `x_ib = flow_ib/GDP_i (1 − ξ fuel_i)`; stake `½ x/(x + 0.25)`; overlapping blocs are never added (the largest
//! cost counts). Cost `k_O stake_ib 1.5 (σ_E + σ_T)(a_ob − ref_ob)`, signed, a gain times `(1 + T_ib)/2`; reference adapts, texts fade.
//! For a member of the bloc itself: `−e Δa_ob weight_o` (a gain times `(1 + A)/2`, A its mean affinity with the members)
//! `− r Δcoop_ob weight_o · regime distance`.
//!
//! **Reads** flows, GDP, fuel share, salience, levels, texts. **Writes** the outside term of a seat, bilateral value of blocs.
//!
//! **Invariants.** Zero without a stake; never a gain from antagonism.
//!
//! **Sources.** de Haas (2007): China wants to keep all trade doors open; shapes and sizes are assumptions from a trial.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of the outside term.
    pub struct OutsideParams {
        weight = ("outside.weight", "Weight of the outside term (k O)", "", 0.9, 1.6, 2.6, 0.0, 20.0, "assumption; trial range");
        fuel_discount = ("outside.fuel_discount", "How far fuel exports escape the stake (xi)", "", 0.2, 0.7, 1.0, 0.0, 1.0, "assumption; trial range");
        adaptation = ("outside.adaptation", "Speed at which a posture becomes the reference", "per year", 0.06, 0.12, 0.2, 0.0, 5.0, "assumption; trial 3 % a quarter");
        fading = ("outside.fading", "Speed at which adopted texts fade", "per year", 0.15, 0.29, 0.5, 0.0, 5.0, "assumption; trial 7 % a quarter");
        engagement = ("outside.engagement", "Worth of an organisation's posture to the bloc", "", 0.2, 0.5, 0.9, 0.0, 5.0, "assumption; trial range");
        recognition = ("outside.recognition", "Cost to the bloc of recognising distant regimes", "", 0.05, 0.15, 0.3, 0.0, 5.0, "assumption; de Haas (2008) on human rights");
    }
}

/// Exposure at which the stake is half of its most. Assumption.
const HALF_EXPOSURE: f32 = 0.25;
/// Largest stake. Assumption.
const STAKE_MAX: f32 = 0.5;
/// Weight of economic saliences. Assumption.
const SALIENCE_FACTOR: f32 = 1.5;

/// Stake of an actor in a bloc, 0..=0.5.
#[inline(always)]
pub(crate) fn stake(flow_over_gdp: f32, fuel_share: f32, fuel_discount: f32) -> f32 {
    let exposure = flow_over_gdp * (1.0 - fuel_discount * fuel_share);
    STAKE_MAX * exposure / (exposure + HALF_EXPOSURE)
}

/// Cost of a posture to a member, before weight.
#[inline(always)]
pub(crate) fn cost(
    stake: f32,
    salience_energy: f32,
    salience_trade: f32,
    posture: f32,
    trust: f32,
) -> f32 {
    stake * SALIENCE_FACTOR * (salience_energy + salience_trade) * returned(posture, trust)
}

/// A posture as it counts: antagonism in full, cooperation as far as it is trusted to be returned.
#[inline(always)]
pub(crate) fn returned(posture: f32, trust: f32) -> f32 {
    math::select(posture < 0.0, posture * (1.0 + trust) / 2.0, posture)
}

/// Value of an organisation's posture to a member of the bloc it is aimed at.
#[inline(always)]
pub(crate) fn bloc_value(
    posture: f32,
    affinity: f32,
    cooperation: f32,
    weight: f32,
    regime_distance: f32,
    params: &OutsideParams<f32>,
) -> f32 {
    weight
        * (-params.engagement * returned(posture, affinity)
            - params.recognition * cooperation * regime_distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // exposure 0.5 · (1 − 0.7 · 0.5) = 0.325; 0.5 · 0.325/0.575 = 0.28261
        assert!((stake(0.5, 0.5, 0.7) - 0.282_609).abs() < 1e-5);
        // 0.3 · 1.5 · 0.8 · 0.5 = 0.18
        assert!((cost(0.3, 0.3, 0.5, 0.5, -1.0) - 0.18).abs() < 1e-6);
    }

    #[test]
    fn cooperation_is_a_gain_as_far_as_it_is_trusted() {
        assert!((cost(0.3, 0.3, 0.5, -0.5, 1.0) + 0.18).abs() < 1e-6);
        assert!(
            cost(0.3, 0.3, 0.5, -0.5, -1.0).abs() < 1e-9,
            "none is expected from a bloc without trust"
        );
    }
}
