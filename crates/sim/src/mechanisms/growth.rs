//! Growth: economies grow by chance, and capability and trade follow.
//!
//! **Claim.** Growth of the past fades towards a common rate (catch-up ends, luck turns); economies share shocks. Shares of
//! capability follow relative size slowly; trade follows the size of the partner.
//!
//! **Equations.** Once a calendar year, k years after the world's, `Δln Y_i = ḡ + (g_i − ḡ) e^{−φ(k−1)} + v_i z_i + s z`;
//! income a head grows alike. `c_i = c⁰_i f_i^ε · Σ c⁰ / Σ c⁰ f^ε` with `f_i = Y_i/Y⁰_i`, so that the actors' shares keep their sum.
//! Gravity with unit elasticities, `T_ij ∝ Y_i Y_j / Y`: the trade of i with j over `Y_i` moves as `Y_j/Y`, Y the sum over all actors.
//!
//! **Reads** figures of actors. **Writes** GDP, income, capability, trade over GDP, dominance, pull in security.
//!
//! **Invariants.** No chance and equal rates change no share and no dependence; the capability of all actors keeps its sum; a world
//! without growth figures does not grow; the figure of a year does not hang on the length of a step.
//!
//! **Sources.** Rates and chance are figures of the world. Fading: Easterly, Kremer, Pritchett and Summers (1993), growth of one
//! decade says little of the next. Capability: regression on 40 states 1996-2007 (below). Gravity: Tinbergen (1962). Not here: own
//! chance of capability, and ties of similarity, which stay those of the world's year.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of growth.
    pub struct GrowthParams {
        long_run = ("growth.long_run", "Growth towards which every economy fades", "log per year", 0.02, 0.037, 0.05, -0.2, 0.2, "growth of 40 states together 1996-2007, PWT at 2017 PPP (.037)");
        fade = ("growth.fade", "Speed at which growth fades", "per year", 0.02, 0.06, 0.15, 0.0, 10.0, "between .03 (40 states, 1996-2001 on 2002-2007: slope .86, s.e. .29) and .12 (Easterly et al. 1993: .1 to .3 between decades)");
        common = ("growth.common", "Common shock to growth", "log per square root of a year", 0.005, 0.01, 0.02, 0.0, 1.0, "yearly mean growth of 40 states 1997-2007: s.d. .015, .007 around its trend");
        capability = ("growth.capability", "Elasticity of a share of capability to relative GDP", "", 0.1, 0.33, 0.55, 0.0, 2.0, "change of CINC on change of GDP, 40 states 1996-2007: .33, s.e. .11");
    }
}

/// Growth of one year is kept within this size [log]. Assumption: a limit for numbers drawn at random.
const GROWTH_MAX: f32 = 0.7;
/// An economy stays within this factor of its size at the start. Assumption: a limit for numbers drawn at random.
const FACTOR_MAX: f32 = 1e6;

/// Median growth so many years after the first [log per year].
#[inline(always)]
pub(crate) fn expected(growth: f32, years: f32, params: &GrowthParams<f32>) -> f32 {
    params.long_run + (growth - params.long_run) * math::exp(-params.fade * years)
}

/// Size relative to the start after a year of growth.
#[inline(always)]
pub(crate) fn grown(
    factor: f32,
    expected: f32,
    volatility: f32,
    own: f32,
    common: f32,
    params: &GrowthParams<f32>,
) -> f32 {
    let growth = expected + volatility * own + params.common * common;
    let growth = math::clamp(growth, -GROWTH_MAX, GROWTH_MAX);
    math::clamp(factor * math::exp(growth), 1.0 / FACTOR_MAX, FACTOR_MAX)
}

/// Capability before shares are brought back to their sum.
#[inline(always)]
pub(crate) fn weight(capability: f32, factor: f32, elasticity: f32) -> f32 {
    capability * math::powf(factor, elasticity)
}

/// Share of capability when the weights of all have that sum and the shares shall have this one.
#[inline(always)]
pub(crate) fn share(weight: f32, weights: f32, all: f32) -> f32 {
    math::min(weight * (all / math::max(weights, f32::MIN_POSITIVE)), 1.0)
}

/// Trade over own GDP is kept below this. Assumption: a limit for numbers drawn at random.
const DEPENDENCE_MAX: f32 = 1e6;

/// Trade over own GDP when the partner and all economies together have grown by these factors.
#[inline(always)]
pub(crate) fn traded(dependence: f32, partner: f32, all: f32) -> f32 {
    math::min(dependence * (partner / all), DEPENDENCE_MAX)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests compare with the standard library"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params() -> GrowthParams<f32> {
        GrowthParams {
            long_run: 0.04,
            fade: 0.1,
            common: 0.01,
            capability: 0.5,
        }
    }

    #[test]
    fn worked_by_hand() {
        // .04 + (.10 − .04) e^{−.1 · 10} = .04 + .06 · .36788 = .062073
        assert!((expected(0.1, 10.0, &params()) - 0.062_073).abs() < 1e-6);
        assert!((expected(0.1, 0.0, &params()) - 0.1).abs() < 1e-7);
        // 2 · e^{.05 + .02 · 1 + .01 · (−1)} = 2 · e^{.06}
        let factor = grown(2.0, 0.05, 0.02, 1.0, -1.0, &params());
        assert!((factor - 2.0 * 0.06f32.exp()).abs() < 1e-5);
        // .1 · 4^{.5} = .2
        assert!((weight(0.1, 4.0, 0.5) - 0.2).abs() < 1e-6);
        // .2 of .5 where all hold .8; never more than there is.
        assert!((share(0.2, 0.5, 0.8) - 0.32).abs() < 1e-6);
        assert!((share(5.0, 5.0, 3.0) - 1.0).abs() < 1e-6 && share(0.0, 0.0, 0.0).abs() < 1e-9);
        assert!((traded(0.3, 1.1, 1.1) - 0.3).abs() < 1e-7);
        // .3 · 1.2/1.1 = .327273
        assert!((traded(0.3, 1.2, 1.1) - 0.327_273).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn size_stays_a_number_above_zero(f in 1e-6f32..1e6, g in -0.5f32..0.5, v in 0.0f32..1.0, z in -6.0f32..6.0, w in -6.0f32..6.0) {
            let next = grown(f, g, v, z, w, &params());
            prop_assert!(next.is_finite() && next > 0.0);
        }

        #[test]
        fn growth_lies_between_its_own_and_the_common_rate(g in -0.5f32..0.5, k in 0.0f32..100.0) {
            let now = expected(g, k, &params());
            prop_assert!(now >= g.min(0.04) - 1e-6 && now <= g.max(0.04) + 1e-6);
        }
    }
}
