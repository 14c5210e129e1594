//! Drivers: exogenous processes such as an energy price, an insurgency, a bloc's presence.
//!
//! **Claim.** None: drivers are inputs with uncertainty.
//!
//! **Equations.** Ornstein-Uhlenbeck exactly discretised `D' = μ + (D − μ) e^{−rΔ} + v √((1 − e^{−2rΔ})/2r) z`; geometric Brownian
//! `D' = D exp((g − v²/2)Δ + v √Δ z)`; random walk `D' = D + gΔ + v √Δ z`; chain: one step up or down at its rates; jumps
//! decay to the base with a half-life; path: straight lines between dates. Couplings: the deviation `x` of another driver from its
//! undisturbed course (its mean, start or base, the path itself) is felt with a lag, `f' = f + (x − f)(1 − e^{−Δ/L})`, x as it was after
//! the step before; `Σ b f` is added to the mean (of what the process returns to, drifts or grows by, or lies at; a chain's rates of
//! rising and falling are multiplied by `e^{±Σ b f}`), and `e^{Σ c f}` multiplies the volatility or the rate of jumps. Shifts by effects add to the level (which
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
    let growth = (growth - volatility * volatility / 2.0) * years;
    let factor = math::exp(growth + volatility * math::sqrt(years) * noise);
    math::min(level * factor, STATE_MAX)
}

/// What grows without bound is kept below this, so that it stays a number. Assumption.
const STATE_MAX: f32 = 1e30;

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

/// Deviation of another driver as it is felt after a step.
#[inline(always)]
pub(crate) fn felt(felt: f32, deviation: f32, lag_years: f32, years: f32) -> f32 {
    let share = math::saturate(years / math::max(lag_years, LAG_MIN));
    math::lerp(
        felt,
        deviation,
        math::select(lag_years < LAG_MIN, 1.0, share),
    )
}

/// A lag that is none [years].
const LAG_MIN: f32 = 1e-4;
/// A coupling multiplies by at most e to this power, or divides. Assumption: a limit for numbers drawn at random.
const SWING_MAX: f32 = 5.0;

/// What a coupling multiplies by.
#[inline(always)]
pub(crate) fn swing(sum: f32) -> f32 {
    math::exp(math::clamp(sum, -SWING_MAX, SWING_MAX))
}

/// Whether the option at a place is the one that was drawn: 1 or 0.
#[inline(always)]
pub(crate) fn is_drawn(drawn: f32, place: f32) -> f32 {
    let apart = drawn - place;
    math::indicator((-0.5..0.5).contains(&apart))
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
    fn a_coupling_is_felt_with_its_lag() {
        assert!((felt(0.2, 1.0, 0.0, 1.0 / 12.0) - 1.0).abs() < 1e-7);
        // 1 − e^{−1} after one lag
        assert!((felt(0.0, 1.0, 0.5, 0.5) - 0.632_12).abs() < 1e-5);
        assert!((swing(2.0) - 2.0f32.exp()).abs() < 1e-4);
        assert!(swing(1e30).is_finite() && swing(-1e30) > 0.0);
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
    fn exactly_one_option_is_drawn() {
        for drawn in [0.0, 0.49, 0.5, 1.0, 1.2, 1.5, 2.0] {
            let hits: f32 = (0..4).map(|place| is_drawn(drawn, place as f32)).sum();
            assert!((hits - 1.0).abs() < 1e-6, "{drawn}");
        }
        assert!(is_drawn(2.0, 2.0) > 0.0);
    }

    #[test]
    fn a_chain_moves_one_step_and_stays_inside() {
        assert!((chained(0.0, 2.0, 100.0, 0.0, 1.0, 0.5) - 1.0).abs() < 1e-6);
        assert!(chained(2.0, 2.0, 100.0, 0.0, 1.0, 0.5) <= 2.0);
        assert!(chained(0.0, 2.0, 0.0, 100.0, 1.0, 0.9) >= 0.0);
    }
}
