//! Relations: how the affinity of two actors moves.
//!
//! **Claim.** Affinity drifts towards the similarity of ideal points and interests, rises with joint acts, falls with
//! opposed votes, rivalry under stress and disputes, and leans towards balance (friends of friends).
//!
//! **Equations.** `dA = κ_p (S − A) dt + (1 − A²) [(κ_b B − κ_r ρ stress) dt + κ_c joint − κ_d opposed + s_A dW]`, kept in -1..=1;
//! `S = tanh(0.55 (1 − |Δθ|/1.25) + 0.8 (0.35 t + 0.35 pact − 0.8 ρ − 0.05 min(disputes, 4)) + 0.5 (C − ½R) − 0.25)`,
//! t the mean saturated trade dependence, C and R the pair's energy complementarity and rivalry;
//! `B_ij = Σ_k c_k A_ik A_jk / Σ_k c_k` over third actors k, the denominator over all; S is evaluated each quarter, B each
//! January. A sponsor who gained and a party that objected oppose one another; who stays away from an offer (opt-in) opposes nobody.
//! Ideal points walk: `dθ_i = s_θ dW_i + s_c dW`, W common to all, θ kept in -4..=4.
//!
//! **Reads** ideal points, trade, pacts, rivalry, energy, stress, joint acts. **Writes** affinity, similarity, balance.
//!
//! **Invariants.** -1 <= A <= 1; without noise and acts A tends to S (with `κ_b = κ_r = 0`, exactly
//! `A(t) = S + (A₀ − S)(1 − κ_p Δt)^n`).
//!
//! **Sources.** Heider (1946), Cartwright and Harary (1956) on balance; Bailey, Strezhnev and Voeten (2017) on ideal
//! points; weights are assumptions from a trial (without the squash affinity starts at 1).

use crate::laned::{laned, params};
use crate::math;

params! {
    /// Parameters of relations.
    pub struct RelationParams {
        similarity = ("relations.similarity", "Pull of affinity towards similarity (kappa p)", "per year", 0.05, 0.1, 0.2, 0.0, 10.0, "assumption; trial range");
        joint = ("relations.joint", "Gain of affinity from a joint act of full depth (kappa c)", "", 0.01, 0.03, 0.06, 0.0, 1.0, "assumption; below a third of the pull");
        opposed = ("relations.opposed", "Loss of affinity between a sponsor and a blocker (kappa d)", "", 0.01, 0.03, 0.06, 0.0, 1.0, "assumption");
        rivalry = ("relations.rivalry", "Loss of affinity of rivals under stress (kappa r)", "per year", 0.02, 0.04, 0.08, 0.0, 10.0, "assumption");
        balance = ("relations.balance", "Pull towards balance (kappa b)", "per year", 0.01, 0.05, 0.1, 0.0, 10.0, "assumption; Cartwright and Harary (1956) give the direction");
        noise = ("relations.noise", "Chance in affinity (s A)", "per square root of a year", 0.015, 0.03, 0.05, 0.0, 1.0, "assumption; trial range");
        ideal_noise = ("relations.ideal_noise", "Random walk of ideal points", "points per square root of a year", 0.1, 0.14, 0.2, 0.0, 3.0, "changes of UNGA ideal points of 40 states 1996-2007 beside the year's mean: .15 after one year, .13 to .14 a root year after two to ten; .18 to .20 among 18 Eurasian states");
        ideal_common = ("relations.ideal_common", "Common shock to ideal points", "points per square root of a year", 0.03, 0.06, 0.1, 0.0, 3.0, "mean change of 40 states 1996-2007: .05 after one year, .06 a root year after two to five");
    }
}

const THETA_WEIGHT: f32 = 0.55;
/// Distance of ideal points at which similarity counts zero. Assumption.
const THETA_SCALE: f32 = 1.25;
const TIES_WEIGHT: f32 = 0.8;
const TRADE_TIE: f32 = 0.35;
const PACT_TIE: f32 = 0.35;
const RIVALRY_TIE: f32 = 0.8;
const DISPUTE_TIE: f32 = 0.05;
const DISPUTES_MAX: f32 = 4.0;
const ENERGY_TIE: f32 = 0.5;
const OFFSET: f32 = 0.25;

/// The part of similarity that does not depend on ideal points.
#[inline(always)]
pub(crate) fn ties(
    trade: f32,
    pact: f32,
    rivalry: f32,
    disputes: f32,
    complement: f32,
    fuel_rivalry: f32,
) -> f32 {
    TIES_WEIGHT
        * (TRADE_TIE * trade + PACT_TIE * pact
            - RIVALRY_TIE * rivalry
            - DISPUTE_TIE * math::min(disputes, DISPUTES_MAX))
        + ENERGY_TIE * (complement - fuel_rivalry / 2.0)
        - OFFSET
}

/// Similarity of two actors, -1..=1.
#[inline(always)]
pub(crate) fn similarity(ideal_distance: f32, ties: f32) -> f32 {
    math::tanh(THETA_WEIGHT * (1.0 - math::abs(ideal_distance) / THETA_SCALE) + ties)
}

laned! {
    /// What moves one pair's affinity in a step.
    pub(crate) struct Pull {
        /// Similarity, -1..=1.
        similarity,
        /// Balance, -1..=1.
        balance,
        /// Rivalry, 0..=1.
        rivalry,
        /// Mean security stress of the two.
        stress,
        /// Joint acts of this step, weighted by depth.
        joint,
        /// Opposed votes of this step.
        opposed,
    }
}

/// Affinity after a step.
#[inline(always)]
pub(crate) fn next_affinity(
    affinity: f32,
    pull: &Pull<f32>,
    params: &RelationParams<f32>,
    years: f32,
    root_years: f32,
    noise: f32,
) -> f32 {
    let room = 1.0 - affinity * affinity;
    let drift = params.similarity * (pull.similarity - affinity)
        + params.balance * pull.balance * room
        - params.rivalry * pull.rivalry * pull.stress * room;
    let acts = params.joint * pull.joint - params.opposed * pull.opposed;
    let chance = params.noise * root_years * noise;
    math::clamp(affinity + drift * years + (acts + chance) * room, -1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params() -> RelationParams<f32> {
        RelationParams {
            similarity: 0.1,
            joint: 0.03,
            opposed: 0.03,
            rivalry: 0.04,
            balance: 0.05,
            noise: 0.03,
            ideal_noise: 0.08,
            ideal_common: 0.05,
        }
    }

    #[test]
    fn worked_by_hand() {
        // A 0, S 0.5: drift 0.1 · 0.5 = 0.05 a year
        let pull = Pull {
            similarity: 0.5,
            ..Pull::default()
        };
        assert!((next_affinity(0.0, &pull, &params(), 1.0, 1.0, 0.0) - 0.05).abs() < 1e-6);
        // equal ideal points, no ties but the offset: tanh(0.55 − 0.25) = 0.29131
        assert!((similarity(0.0, ties(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)) - 0.291_31).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn affinity_stays_in_bounds(a in -1.0f32..=1.0, s in -1.0f32..=1.0, b in -1.0f32..=1.0, z in -6.0f32..6.0, j in 0.0f32..20.0) {
            let pull = Pull { similarity: s, balance: b, rivalry: 1.0, stress: 2.0, joint: j, opposed: 20.0 - j };
            let next = next_affinity(a, &pull, &params(), 1.0, 1.0, z);
            prop_assert!((-1.0..=1.0).contains(&next));
        }

        #[test]
        fn similarity_falls_with_distance_and_rivalry(d in 0.0f32..5.0, r in 0.0f32..0.9) {
            let near = similarity(d, ties(0.5, 0.5, r, 1.0, 0.2, 0.2));
            prop_assert!(similarity(d + 0.1, ties(0.5, 0.5, r, 1.0, 0.2, 0.2)) <= near);
            prop_assert!(similarity(d, ties(0.5, 0.5, r + 0.1, 1.0, 0.2, 0.2)) <= near);
        }
    }
}
