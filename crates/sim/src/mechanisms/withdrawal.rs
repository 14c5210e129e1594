//! Withdrawal: members suspend their membership or leave when the organisation is worth too little for long.
//!
//! **Claim.** Exit is rare. Who leaves is decided by what membership adds, smoothed, against fellow members, against what it
//! added when they joined, and against the best option outside. Trade and energy between partners go on without the
//! organisation, so they hold nobody. A leader does not leave its own organisation, and leads others to stay. An exclusive
//! treaty forces a choice.
//!
//! **Equations.** Worth `W_io = U_io − w_i (trade and energy without institutions)`, for a suspended member as if with full weight,
//! smoothed to W̃. Hold `x_io = W̃_io + ℓ · lead of the strongest other`. Hazard
//! `λ₀ exp(−clamp(β (x_io − x̄_io − best), −3, 4))`; for those who are in at the start x̄ is the organisation's
//! `x̄_o = −ln(mean exp(−β x_jo))/β` over its members that do not lead, so that the organisation starts with exactly the hazard of its
//! record; for those who join later `min(x_io then, x̄_o)`: whoever joins found it worth it. best is the worth of staying outside (0, or
//! for an exclusive treaty W̃ in the rival organisation with mutual assistance). A quarter of departures are suspensions,
//! from which a member returns at `1/return` a year when full membership pays. With probability ε, drawn once for (replicate,
//! seat), a member leaves at the base rate instead, the strongest leader too: what the law holds impossible stays possible.
//!
//! **Exclusive treaties.** An organisation is an *alliance* when its declared mutual assistance, or an exclusive element, reaches one half. It
//! is *exclusive* when it is an alliance whose treaty says so, or has an exclusive element at one half. Two alliances of which
//! one is exclusive exclude one another unless a declared link between them reaches `link`. A member of both leaves the one
//! that is worth less (smoothed) at the rate `choice`, the strongest leader too.
//!
//! **Reads** utility, leadership, mutual assistance. **Writes** status, smoothed worth.
//!
//! **Invariants.** The hazard falls with worth; the strongest leader has none but that of model error; a shift of everybody's worth changes nothing.
//!
//! **Sources.** von Borzyskowski and Vabulas (2019) on exits from international organisations, about 1 % a member-year;
//! record of the CST(O) to 2008; the response is an assumption.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of withdrawal.
    pub struct WithdrawalParams {
        response = ("withdrawal.response", "Response of the logarithm of the exit hazard to worth (beta)", "1/utility", 3.0, 6.0, 15.0, 0.0, 100.0, "assumption: who gains one spread (about .15) less than fellow members leaves two to three times as often");
        leverage = ("withdrawal.leverage", "Hold of the strongest leader on the others", "utility", 0.05, 0.15, 0.3, 0.0, 5.0, "assumption; trial range");
        smoothing = ("withdrawal.smoothing", "Speed at which worth is smoothed", "per year", 0.3, 0.5, 1.0, 0.01, 20.0, "assumption; two years");
        suspension = ("withdrawal.suspension", "Share of departures that are suspensions", "share", 0.1, 0.25, 0.5, 0.0, 1.0, "record of international organisations; assumption");
        model_error = ("withdrawal.model_error", "Share of histories in which a member leaves by base rates and not by worth", "share", 0.02, 0.04, 0.1, 0.0, 1.0, "assumption; as bargaining.model_error");
        base_rate = ("withdrawal.base_rate", "Departures under base rates", "per year", 0.005, 0.02, 0.05, 0.0, 10.0, "assumption; twice the 1 % a member-year of von Borzyskowski and Vabulas (2019), since the law did not see it coming");
        choice = ("withdrawal.choice", "Rate at which a member of two organisations that exclude one another leaves the lesser", "per year", 0.25, 0.5, 1.0, 0.0, 50.0, "assumption; two years, from the adoption of an article to its ratification");
        link = ("withdrawal.link", "Declared level of a link from which two organisations no longer exclude one another", "share", 0.3, 0.4, 0.6, 0.0, 1.0, "assumption; 0 for worlds in which nothing excludes anything; an agreement between organisations, more than a memorandum of secretariats");
    }
}

/// Declared level of assistance, or of an exclusive article, from which an organisation is an alliance. Assumption.
pub(crate) const ALLIANCE: f32 = 0.5;

/// Bounds of the response. Assumption: a hazard within e^3 above and e^-4 below the base.
const RESPONSE_MIN: f32 = -3.0;
const RESPONSE_MAX: f32 = 4.0;

/// What holds a member: what membership adds, and who leads it.
#[inline(always)]
pub(crate) fn hold(worth: f32, lead_by_other: f32, leverage: f32) -> f32 {
    worth + leverage * lead_by_other
}

/// Part of a member in the mean hazard of an organisation, against the least hold of any (so that nothing overflows).
#[inline(always)]
pub(crate) fn relative_hazard(hold: f32, least: f32, response: f32) -> f32 {
    math::exp(-response * (hold - least))
}

/// Hold at which a member has the base hazard, of `n` members with a sum of relative hazards; 0 without members.
#[inline(always)]
pub(crate) fn ordinary_hold(least: f32, sum: f32, n: f32, response: f32) -> f32 {
    let some = n > 0.0;
    let mean = math::select(some, sum, 1.0) / math::max(n, 1.0);
    let below = math::ln(mean) / math::max(response, f32::MIN_POSITIVE);
    math::select(some, least - below, 0.0)
}

/// Hazard of leaving [per year].
#[inline(always)]
pub(crate) fn hazard(base: f32, hold: f32, ordinary: f32, best_outside: f32, response: f32) -> f32 {
    let margin = hold - ordinary - best_outside;
    base * math::exp(-math::clamp(response * margin, RESPONSE_MIN, RESPONSE_MAX))
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
        assert!((hazard(0.01, 0.15, 0.15, 0.0, 6.0) - 0.01).abs() < 1e-6);
        assert!(hazard(0.01, 0.3, 0.15, 0.0, 6.0) < 0.01);
        assert!((hazard(0.01, -9.0, 0.15, 0.0, 6.0) - 0.01 * 3.0f32.exp()).abs() < 1e-5);
        assert!((hold(0.2, 0.5, 0.1) - 0.25).abs() < 1e-6);
    }

    /// Three members: the mean of their hazards is the base, whatever is added to everybody's worth.
    #[test]
    fn an_organisation_starts_with_the_hazard_of_its_record() {
        for shift in [-2.0f32, 0.0, 5.0] {
            let holds = [0.1 + shift, 0.25 + shift, 0.4 + shift];
            let sum: f32 = holds
                .iter()
                .map(|&x| relative_hazard(x, holds[0], 6.0))
                .sum();
            let ordinary = ordinary_hold(holds[0], sum, 3.0, 6.0);
            let mean: f32 = holds
                .iter()
                .map(|&x| hazard(0.01, x, ordinary, 0.0, 6.0))
                .sum::<f32>()
                / 3.0;
            assert!((mean - 0.01).abs() < 1e-5, "{shift}: {mean}");
        }
        assert!(ordinary_hold(f32::MAX, 0.0, 0.0, 6.0).abs() < 1e-9);
    }
}
