//! Drivers: exogenous processes such as an energy price, an insurgency, a bloc's presence.
//!
//! **Claim.** None: drivers are inputs with uncertainty.
//!
//! **Equations.** Ornstein-Uhlenbeck exactly discretised `D' = μ + (D − μ) e^{−rΔ} + v √((1 − e^{−2rΔ})/2r) z`; geometric Brownian
//! `D' = D exp((g − v²/2)Δ + v √Δ z)`; random walk `D' = D + gΔ + v √Δ z`; chain: one step up or down at its rates; jumps
//! decay to the base with a half-life; path: straight lines between dates. Shifts by effects add to the level (which
//! returns) or to what it returns to.
//!
//! **Reads** nothing. **Writes** driver levels.
//!
//! **Invariants.** Levels stay between floor and ceiling; no volatility gives the closed form; one month three times is one
//! quarter in distribution.
//!
//! **Sources.** Uhlenbeck and Ornstein (1930); Glasserman (2004), ch. 3 for exact steps.

use crate::math;

/// Ornstein-Uhlenbeck after a step of `years`.
#[inline(always)]
pub(crate) fn reverting(
    level: f32,
    mean: f32,
    rate: f32,
    volatility: f32,
    years: f32,
    noise: f32,
) -> f32 {
    let keep = math::exp(-rate * years);
    // (1 − e^{−2rΔ})/(2r) tends to Δ as r tends to 0.
    let slow = rate * years < 1e-4;
    let variance = math::select(
        slow,
        years,
        math::saturate(2.0 * rate * years) / (2.0 * math::max(rate, 1e-9)),
    );
    mean + (level - mean) * keep + volatility * math::sqrt(variance) * noise
}

/// Geometric Brownian motion after a step.
#[inline(always)]
pub(crate) fn geometric(level: f32, growth: f32, volatility: f32, years: f32, noise: f32) -> f32 {
    level
        * math::exp(
            (growth - volatility * volatility / 2.0) * years
                + volatility * math::sqrt(years) * noise,
        )
}

/// Random walk after a step.
#[inline(always)]
pub(crate) fn walking(level: f32, drift: f32, volatility: f32, years: f32, noise: f32) -> f32 {
    level + drift * years + volatility * math::sqrt(years) * noise
}

/// State of a chain after a step, as a number in 0..=last.
#[inline(always)]
pub(crate) fn chained(
    state: f32,
    last: f32,
    up_per_year: f32,
    down_per_year: f32,
    years: f32,
    uniform: f32,
) -> f32 {
    let up = math::saturate(up_per_year * years);
    let down = math::saturate(down_per_year * years);
    // The two moves share one uniform number from its two ends, so that they never coincide.
    let step =
        math::indicator(uniform < up) - math::indicator((uniform >= up) & (uniform > 1.0 - down));
    math::clamp(state + step, 0.0, last)
}

/// Height above the base after a step of a jumping driver.
#[inline(always)]
pub(crate) fn jumping(
    height: f32,
    per_year: f32,
    size: f32,
    half_life: f32,
    years: f32,
    uniform: f32,
) -> f32 {
    let keep = math::exp(-std::f32::consts::LN_2 * years / half_life);
    height * keep + size * math::indicator(uniform < math::saturate(per_year * years))
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests compare with the standard library"
)]
mod tests {
    use super::*;

    #[test]
    fn without_noise_the_closed_forms_hold() {
        // half way back in ln 2 years
        assert!((reverting(2.0, 1.0, 1.0, 0.5, std::f32::consts::LN_2, 0.0) - 1.5).abs() < 1e-5);
        assert!((reverting(2.0, 1.0, 0.0, 0.5, 1.0, 1.0) - 2.5).abs() < 1e-5);
        assert!((geometric(1.0, 0.1, 0.0, 2.0, 0.0) - 0.2f32.exp()).abs() < 1e-6);
        assert!((walking(1.0, 0.5, 0.1, 4.0, 1.0) - 3.2).abs() < 1e-6);
    }

    #[test]
    fn months_compose_to_a_quarter() {
        let mut level = 2.0;
        for _ in 0..3 {
            level = reverting(level, 1.0, 0.7, 0.0, 1.0 / 12.0, 0.0);
        }
        assert!((level - reverting(2.0, 1.0, 0.7, 0.0, 0.25, 0.0)).abs() < 1e-6);
    }

    #[test]
    fn a_chain_moves_one_step_and_stays_inside() {
        assert!((chained(0.0, 2.0, 100.0, 0.0, 1.0, 0.5) - 1.0).abs() < 1e-6);
        assert!(chained(2.0, 2.0, 100.0, 0.0, 1.0, 0.5) <= 2.0);
        assert!(chained(0.0, 2.0, 0.0, 100.0, 1.0, 0.9) >= 0.0);
    }
}
