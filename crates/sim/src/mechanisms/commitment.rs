//! Commitment: how far members do what they declared, and how elements are built.
//!
//! **Claim.** Members commit to what serves them; declarations outrun deeds where interests vary. What is not used decays.
//!
//! **Equations.** Commitment tends to `logistic((U_io − u₀)/s)` by a share `1 − e^{−κ Δt}` a step; delivery of an organisation is
//! `Σ w √c · commitment / Σ w √c × (1 − η spread)`, spread the standard deviation of members' ideal points by weight w; built
//! levels follow `g = declared × delivery`: up by at most `max(declared, built) Δt/(build time)`, down by at most
//! `d (2 − delivery) Δt`. In the first step commitment is at its target and built levels at g.
//!
//! **Reads** utility, capability, ideal points, declared levels. **Writes** commitment, built levels.
//!
//! **Invariants.** Commitment in 0..=1; 0 <= built <= 1; built does not exceed the larger of its start and declared.
//!
//! **Sources.** de Haas (2008): accomplishments look better on paper; Downs, Rocke and Barsoom (1996) on depth and
//! compliance. The implementation ratio of a trial drifted to .94 for all; delivery as a lasting share keeps it apart.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of commitment.
    pub struct CommitmentParams {
        threshold = ("commitment.threshold", "Utility at which an actor commits half", "utility", 0.0, 0.02, 0.05, -1.0, 1.0, "assumption; trial value .02");
        scale = ("commitment.scale", "Spread of the response", "utility", 0.06, 0.12, 0.2, 0.001, 10.0, "assumption; trial value .12");
        speed = ("commitment.speed", "Speed of commitment", "per year", 0.2, 0.42, 0.8, 0.0, 20.0, "assumption; trial 10 % a quarter");
        heterogeneity = ("commitment.heterogeneity", "Loss of delivery by spread of ideal points", "per point", 0.1, 0.25, 0.5, 0.0, 5.0, "assumption; de Haas (2008) gives the direction");
        decay = ("commitment.decay", "Decay of unused elements", "per year", 0.005, 0.02, 0.05, 0.0, 5.0, "assumption; trial range");
    }
}

/// Commitment towards which an actor tends, 0..=1.
#[inline(always)]
pub(crate) fn target(utility: f32, params: &CommitmentParams<f32>) -> f32 {
    math::logistic((utility - params.threshold) / params.scale)
}

/// Share of declarations that an organisation delivers, 0..=1.
#[inline(always)]
pub(crate) fn delivery(mean_commitment: f32, spread: f32, heterogeneity: f32) -> f32 {
    math::clamp_share(mean_commitment * (1.0 - math::clamp_share(heterogeneity * spread)))
}

/// Built level after a step.
#[inline(always)]
pub(crate) fn next_built(
    built: f32,
    declared: f32,
    delivery: f32,
    build_years: f32,
    decay: f32,
    years: f32,
) -> f32 {
    let goal = declared * delivery;
    // A build time below a step is done in the step.
    let pace = years / math::max(build_years, years);
    let up = math::min(
        math::positive_part(goal - built),
        pace * math::max(declared, built),
    );
    let down = math::min(
        math::positive_part(built - goal),
        (decay + (1.0 - delivery) * decay) * years,
    );
    built + up - down
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // declared 1, delivery 0.5, four years to build, half a year: goal 0.5, pace 0.125
        assert!((next_built(0.0, 1.0, 0.5, 4.0, 0.02, 0.5) - 0.125).abs() < 1e-6);
        // 0.8 · (1 − 0.25 · 0.4) = 0.72
        assert!((delivery(0.8, 0.4, 0.25) - 0.72).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn built_stays_between(built in 0.0f32..=1.0, declared in 0.0f32..=1.0, delivery in 0.0f32..=1.0, years in 0.01f32..1.0) {
            let next = next_built(built, declared, delivery, 2.0, 0.02, years);
            prop_assert!((0.0..=1.0).contains(&next));
            prop_assert!(next <= built.max(declared) + 1e-6);
        }
    }
}
