//! Withdrawal: members suspend their membership or leave when the organisation is worth too little for long.
//!
//! **Claim.** Exit is rare and follows a smoothed, not a momentary, loss against the best option outside; a leader does not leave
//! its own organisation, and leads others to stay. An exclusive treaty forces a choice.
//!
//! **Equations.** Hazard `λ₀ exp(−clamp(β (Ũ_io − min(content, U_io when it joined) + ℓ − best)/0.12, −3, 4))`, Ũ smoothed utility, ℓ
//! leverage of the strongest other leader (whoever is in found it worth being in: the base hazard holds there), best the utility of staying outside (0, or for an exclusive treaty the smoothed utility of the rival
//! organisation with mutual assistance). A quarter of departures are suspensions, from which a member returns at
//! `1/return` a year when full membership, as it stands now, would pay (their Ũ goes on with what they would have with weight 1).
//!
//! **Reads** utility, leadership, mutual assistance. **Writes** status, smoothed utility.
//!
//! **Invariants.** The hazard falls with utility; the strongest leader has none.
//!
//! **Sources.** von Borzyskowski and Vabulas (2019) on exits from international organisations, about 1 % a member-year;
//! record of the CST(O) to 2008; the weakest part of the trial.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of withdrawal.
    pub struct WithdrawalParams {
        response = ("withdrawal.response", "Response of exit to worth (beta)", "", 0.8, 1.5, 2.2, 0.0, 20.0, "assumption; trial range");
        leverage = ("withdrawal.leverage", "Hold of the strongest leader on the others", "utility", 0.05, 0.15, 0.3, 0.0, 5.0, "assumption; trial range");
        content = ("withdrawal.content", "Utility of an ordinary member, at which the base hazard holds", "utility", 0.1, 0.15, 0.25, -1.0, 2.0, "assumption; trial value .15");
        smoothing = ("withdrawal.smoothing", "Speed at which worth is smoothed", "per year", 0.3, 0.5, 1.0, 0.01, 20.0, "assumption; two years");
        suspension = ("withdrawal.suspension", "Share of departures that are suspensions", "share", 0.1, 0.25, 0.5, 0.0, 1.0, "record of international organisations; assumption");
    }
}

/// Scale of utility in the response. Assumption.
const SCALE: f32 = 0.12;
/// Bounds of the response. Assumption: a hazard within e^3 above and e^-4 below the base.
const RESPONSE_MIN: f32 = -3.0;
const RESPONSE_MAX: f32 = 4.0;

/// Hazard of leaving [per year].
#[inline(always)]
pub(crate) fn hazard(
    base: f32,
    worth: f32,
    worth_on_joining: f32,
    best_outside: f32,
    lead_by_other: f32,
    params: &WithdrawalParams<f32>,
) -> f32 {
    let ordinary = math::min(worth_on_joining, params.content);
    let margin = worth - ordinary - best_outside + params.leverage * lead_by_other;
    base * math::exp(-math::clamp(
        params.response * margin / SCALE,
        RESPONSE_MIN,
        RESPONSE_MAX,
    ))
}

/// Probability of an event at a rate within a step.
#[inline(always)]
pub(crate) fn probability(rate_per_year: f32, years: f32) -> f32 {
    math::saturate(rate_per_year * years)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests compare with the standard library"
)]
mod tests {
    use super::*;

    #[test]
    fn the_hazard_falls_with_worth_between_its_bounds() {
        let params = WithdrawalParams {
            response: 1.5,
            leverage: 0.15,
            content: 0.15,
            smoothing: 0.5,
            suspension: 0.25,
        };
        assert!((hazard(0.01, 0.15, 0.5, 0.0, 0.0, &params) - 0.01).abs() < 1e-6);
        assert!(hazard(0.01, 0.3, 0.5, 0.0, 0.0, &params) < 0.01);
        assert!((hazard(0.01, -9.0, 0.5, 0.0, 0.0, &params) - 0.01 * 3.0f32.exp()).abs() < 1e-5);
    }
}
