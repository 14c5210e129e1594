//! Bargaining: what each party makes of each rung.
//!
//! **Claim.** Parties judge a rung by what it does to their utility at full build-out, plus what the analyst knows of their
//! stance, plus chance. Small costs are swallowed, otherwise nothing ever happens. Chance persists, so that a proposal
//! is not passed by trying often.
//!
//! **Equations.** `V_i(r) = ΔU_i(r) + λ stance_i + ρ_r e_i`, `ρ_r = ρ₀ + (1 − ρ₀) depth_r`, `e_i = τ (√ω persistent + √(1 − ω) fresh)`, both
//! logistic; one draw for (replicate, initiative, actor) for all rungs, the fresh part once a calendar year. A party
//! blocks when `V_i < −κ`. Effects count at full level, discounted by `1/(1 + r · build years)`.
//! Tabled at a meeting with probability `1 − exp(−ν z Δt)`, Δt since the last meeting, z the zeal of the keenest sponsor
//! `g/(g + κ)` for its largest gain g.
//!
//! **Model error.** With probability ε, drawn once for (replicate, initiative), an initiative does not follow interests at all:
//! a rung of depth d is then adopted at the rate `h e^(−k d)` while the initiative may be tabled, whatever the parties
//! make of it, and nothing is blocked. So `P = (1 − ε) P_law + ε P_base`: the law's error is bounded by ε however long the window and
//! however many the meetings, nothing is impossible and nothing is certain. Such adoptions leave an event of their own.
//!
//! **Reads** utilities with and without the rung's effects. **Writes** values, decisions, adoptions.
//!
//! **Invariants.** No noise and no stance: a party with a loss beyond κ always blocks. Twice as many meetings table as often.
//!
//! **Sources.** `McKelvey` and Palfrey (1995) quantal response; thresholds after a trial in which the world froze without.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of bargaining.
    pub struct BargainingParams {
        noise = ("bargaining.noise", "Scale of chance in a party's value (tau)", "utility", 0.008, 0.016, 0.03, 0.0, 1.0, "McKelvey and Palfrey (1995); a quarter of the spread of utility changes");
        threshold = ("bargaining.threshold", "Loss that a party swallows (kappa)", "utility", 0.015, 0.03, 0.06, 0.0, 5.0, "assumption; two thirds of the trial's, as utility changes are; the most sensitive parameter");
        persistence = ("bargaining.persistence", "Share of chance that persists over meetings (omega)", "share", 0.4, 0.7, 0.9, 0.0, 1.0, "assumption; trial range");
        shallow_noise = ("bargaining.shallow_noise", "Chance at depth zero against full depth (rho 0)", "share", 0.15, 0.3, 0.5, 0.0, 1.0, "assumption; trial range");
        stance = ("bargaining.stance", "Weight of an analyst's stance (lambda)", "utility", 0.02, 0.04, 0.07, 0.0, 5.0, "assumption; trial range");
        tabling = ("bargaining.tabling", "Rate at which a keen sponsor tables", "per year", 0.2, 0.43, 1.0, 0.0, 50.0, "assumption; .35 an annual meeting in the trial");
        drafting = ("bargaining.drafting", "Time from the opening of the window to the first tabling", "years", 0.25, 0.5, 1.0, 0.0, 10.0, "assumption");
        pause = ("bargaining.pause", "Pause after an adoption", "years", 1.0, 2.0, 4.0, 0.0, 50.0, "assumption; NATO needed many years (de Haas 2008)");
        discount = ("bargaining.discount", "Discount of what takes long to build", "per year", 0.02, 0.05, 0.1, 0.0, 1.0, "assumption");
        payment_max = ("bargaining.payment_max", "Largest compensation of a sole blocker", "utility", 0.01, 0.03, 0.06, 0.0, 5.0, "arms at domestic prices, de Haas (2008); trial value .03");
        model_error = ("bargaining.model_error", "Share of histories in which an initiative goes by base rates and not by interests", "share", 0.0, 0.0, 0.0, 0.0, 1.0, "off until set; .04 (.02 to .08) is advised, an assumption; a contamination after Huber (1964), so that nothing is impossible by construction");
        base_rate = ("bargaining.base_rate", "Adoption of a rung of no depth under base rates", "per year", 0.13, 0.13, 0.13, 0.0, 50.0, "assumption (.05 to .3); about nine in ten such rungs in seventeen years");
        base_depth = ("bargaining.base_depth", "Logarithm of how much rarer a rung of full depth is under base rates", "", 2.0, 2.0, 2.0, 0.0, 20.0, "assumption (1 to 3); one in seven, so that one in four mergers happens in seventeen years");
    }
}

/// Whether a rung is adopted under base rates, by a draw that is the same for all rungs: the deeper, the rarer.
#[inline(always)]
pub(crate) fn happens_anyway(
    uniform: f32,
    depth: f32,
    years_since_meeting: f32,
    params: &BargainingParams<f32>,
) -> bool {
    let rate = params.base_rate * math::exp(-params.base_depth * depth);
    uniform < math::saturate(rate * years_since_meeting)
}

/// Chance in a party's value of a rung.
#[inline(always)]
pub(crate) fn chance(
    persistent: f32,
    fresh: f32,
    depth: f32,
    params: &BargainingParams<f32>,
) -> f32 {
    let mix =
        math::sqrt(params.persistence) * persistent + math::sqrt(1.0 - params.persistence) * fresh;
    params.noise * math::lerp(params.shallow_noise, 1.0, depth) * mix
}

/// Probability that a proposal is tabled at a meeting.
#[inline(always)]
pub(crate) fn tabling_probability(
    gain: f32,
    years_since_meeting: f32,
    params: &BargainingParams<f32>,
) -> f32 {
    let keen = math::positive_part(gain);
    let zeal = keen / (keen + params.threshold + f32::MIN_POSITIVE);
    math::saturate(params.tabling * zeal * years_since_meeting)
}

/// Factor by which a change that takes years to build is discounted.
#[inline(always)]
pub(crate) fn discounted(build_years: f32, rate: f32) -> f32 {
    1.0 / (1.0 + rate * build_years)
}

/// What compensating a blocker costs a sponsor [utility].
#[inline(always)]
pub(crate) fn payment_cost(deficit: f32, sponsor_capability: f32, blocker_capability: f32) -> f32 {
    deficit * (sponsor_capability + blocker_capability)
        / math::max(sponsor_capability, f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> BargainingParams<f32> {
        BargainingParams {
            noise: 0.02,
            threshold: 0.045,
            persistence: 0.7,
            shallow_noise: 0.3,
            stance: 0.06,
            tabling: 0.6,
            drafting: 0.5,
            pause: 2.0,
            discount: 0.05,
            payment_max: 0.03,
            model_error: 0.04,
            base_rate: 0.13,
            base_depth: 2.0,
        }
    }

    #[test]
    fn base_rates_make_depth_rare() {
        // 1 − exp(−0.13 · e^−2 · 17) = 0.2585 at full depth; 1 − exp(−0.13 · 17) = 0.8903 at none.
        let happens = |uniform, depth| happens_anyway(uniform, depth, 17.0, &params());
        assert!(happens(0.258, 1.0) && !happens(0.26, 1.0));
        assert!(happens(0.889, 0.0) && !happens(0.891, 0.0));
        let two = |uniform: f32| happens_anyway(uniform, 0.5, 0.5, &params());
        // Two halves of a year are a year: 1 − (1 − p)² with p = 1 − exp(−0.13 · e^−1 / 2) = 0.02363.
        assert!(two(0.0236) && !two(0.0237));
    }

    #[test]
    fn two_half_year_meetings_table_like_one_yearly() {
        let yearly = tabling_probability(0.1, 1.0, &params());
        let half = tabling_probability(0.1, 0.5, &params());
        assert!((1.0 - (1.0 - half) * (1.0 - half) - yearly).abs() < 1e-6);
        assert!(tabling_probability(-1.0, 1.0, &params()).abs() < 1e-9);
    }

    #[test]
    fn chance_grows_with_depth() {
        // 0.02 · 1 · √0.7 at full depth, 0.3 of that at none
        assert!((chance(1.0, 0.0, 1.0, &params()) - 0.016_733).abs() < 1e-5);
        assert!((chance(1.0, 0.0, 0.0, &params()) - 0.3 * 0.016_733).abs() < 1e-5);
    }

    #[test]
    fn paying_is_cheap_for_the_strong() {
        // 0.02 · (0.04 + 0.01)/0.04 = 0.025
        assert!((payment_cost(0.02, 0.04, 0.01) - 0.025).abs() < 1e-6);
        assert!(payment_cost(0.02, 0.01, 0.04) > payment_cost(0.02, 0.04, 0.01));
    }
}
