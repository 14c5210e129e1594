//! Bargaining: what each party makes of each rung.
//!
//! **Claim.** Parties judge a rung by what it does to their utility at full build-out, plus what the analyst knows of their
//! stance, plus chance. Small costs are swallowed, otherwise nothing ever happens. Chance persists, so that a proposal
//! is not passed by trying often.
//!
//! **Equations.** `V_i(r) = ΔU_i(r) + λ stance_i + ρ_r e_i`, `ρ_r = ρ₀ + (1 − ρ₀) depth_r`, `e_i = τ (√ω persistent + √(1 − ω) fresh)`, both
//! logistic; one draw for (replicate, initiative, actor) for all rungs, the fresh part once a calendar year. To `e_i` comes for everybody
//! alike `τ c z_m`, `z_m` standard normal and drawn once for (replicate, initiative): what the scenario's author misjudges of it. A party
//! blocks when `V_i < −κ`. Effects count at full level, discounted by `1/(1 + r · build years)`.
//! Tabled at a meeting with probability `1 − exp(−ν p_m z q Δt)`, Δt since the last meeting, z the zeal of the keenest sponsor
//! `g/(g + κ)` for its largest gain g, `p_m = exp(s z')` with z' standard normal its own pace, drawn once for (replicate, initiative), and `q = 1/(1 + a Σ z')` the attention left by what else is on the same agenda: the open and
//! unfinished proposals that share a venue (or, without venues, a sponsor), each with its zeal when it was last judged (1/2 before).
//! A rung that opens another initiative is worth `ω max(0, max_r ΔU_i(r))` of it to whoever has a voice in it: a door through which one
//! may gain, and lets pass nothing that one can still refuse; closing it costs as much.
//!
//! **Model error.** With probability ε, drawn once for (replicate, initiative), an initiative does not follow interests at all:
//! a rung of depth d is then adopted at the rate `h e^(−k d)` while the initiative may be tabled, whatever the parties
//! make of it, nothing is blocked and whoever has a voice takes part; what is held again and again is held so, or not. So `P = (1 − ε) P_law + ε P_base`: the law's error is bounded by ε however long the window and
//! however many the meetings, nothing is impossible and nothing is certain. Such adoptions leave an event of their own.
//!
//! **Reads** utilities with and without the rung's effects. **Writes** values, decisions, adoptions.
//!
//! **Invariants.** No noise and no stance: a party with a loss beyond κ always blocks. Twice as many meetings table as often.
//!
//! **Sources.** `McKelvey` and Palfrey (1995) quantal response; thresholds after a trial in which the world froze without; Jones and
//! Baumgartner (2005) on attention: organisations attend to few things at a time, and what gains most crowds out the rest;
//! Vaupel, Manton and Stallard (1979) on hazards that differ for reasons nobody sees.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of bargaining.
    pub struct BargainingParams {
        noise = ("bargaining.noise", "Scale of chance in a party's value (tau)", "utility", 0.007, 0.014, 0.028, 0.0, 1.0, "McKelvey and Palfrey (1995); a quarter of the spread of utility changes or less, after the record of 2001 to 2008");
        threshold = ("bargaining.threshold", "Loss that a party swallows (kappa)", "utility", 0.015, 0.03, 0.06, 0.0, 5.0, "assumption; two thirds of the trial's, as utility changes are; the most sensitive parameter");
        persistence = ("bargaining.persistence", "Share of chance that persists over meetings (omega)", "share", 0.4, 0.7, 0.9, 0.0, 1.0, "assumption; trial range");
        shallow_noise = ("bargaining.shallow_noise", "Chance at depth zero against full depth (rho 0)", "share", 0.1, 0.22, 0.45, 0.0, 1.0, "assumption; trial range, a little less after the record of 2001 to 2008");
        stance = ("bargaining.stance", "Weight of an analyst's stance (lambda)", "utility", 0.02, 0.04, 0.07, 0.0, 5.0, "assumption; trial range");
        tabling = ("bargaining.tabling", "Rate at which a keen sponsor tables", "per year", 0.5, 1.2, 3.5, 0.0, 50.0, "record of 2001 to 2008 (docs/hindcast.md): what had support then was tabled within a year or two");
        drafting = ("bargaining.drafting", "Time from the opening of the window to the first tabling", "years", 0.25, 0.5, 1.0, 0.0, 10.0, "assumption");
        pause = ("bargaining.pause", "Pause after an adoption", "years", 1.0, 2.0, 4.0, 0.0, 50.0, "assumption; NATO needed many years (de Haas 2008)");
        discount = ("bargaining.discount", "Discount of what takes long to build", "per year", 0.02, 0.05, 0.1, 0.0, 1.0, "assumption");
        payment_max = ("bargaining.payment_max", "Largest compensation of a sole blocker", "utility", 0.01, 0.03, 0.06, 0.0, 5.0, "arms at domestic prices, de Haas (2008); trial value .03");
        model_error = ("bargaining.model_error", "Share of histories in which an initiative goes by base rates and not by interests", "share", 0.02, 0.05, 0.12, 0.0, 1.0, "assumption; a contamination after Huber (1964), so that nothing is impossible by construction");
        base_rate = ("bargaining.base_rate", "Adoption of a rung of no depth under base rates", "per year", 0.05, 0.13, 0.3, 0.0, 50.0, "assumption; about nine in ten such rungs in seventeen years");
        base_depth = ("bargaining.base_depth", "Logarithm of how much rarer a rung of full depth is under base rates", "", 0.5, 1.0, 2.0, 0.0, 20.0, "assumption; one in three: where the law is wrong it is also wrong about what is deep");
        attention = ("bargaining.attention", "How far one eager proposal on an agenda crowds out another", "", 0.02, 0.06, 0.2, 0.0, 50.0, "assumption; beside ten other proposals pushed half-heartedly three quarters are left; Jones and Baumgartner (2005) give the direction");
        common = ("bargaining.common", "What is misjudged of an initiative for all parties alike, in scales of chance", "", 0.2, 0.5, 1.2, 0.0, 50.0, "assumption: half as much as of one party; without it consensus among many looks more certain, both ways, than it is");
        pace = ("bargaining.pace", "Spread of the pace of initiatives (sd of its logarithm)", "", 0.25, 0.5, 1.0, 0.0, 5.0, "assumption; unobserved heterogeneity of hazards after Vaupel, Manton and Stallard (1979)");
        door = ("bargaining.door", "Worth of opening an initiative, against what may come of it", "share", 0.1, 0.3, 0.6, 0.0, 1.0, "assumption; a step that may follow, later and not for certain");
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
    (persistent, fresh, common): (f32, f32, f32),
    depth: f32,
    params: &BargainingParams<f32>,
) -> f32 {
    let mix =
        math::sqrt(params.persistence) * persistent + math::sqrt(1.0 - params.persistence) * fresh;
    params.noise * (math::lerp(params.shallow_noise, 1.0, depth) * mix + params.common * common)
}

/// Zeal with which a proposal is pushed by whoever gains most from it, 0..=1.
#[inline(always)]
pub(crate) fn zeal(gain: f32, threshold: f32) -> f32 {
    let keen = math::positive_part(gain);
    keen / (keen + threshold + f32::MIN_POSITIVE)
}

/// Zeal of what nobody has judged yet. Assumption.
pub(crate) const UNJUDGED: f32 = 0.5;

/// Attention that is left for a proposal beside others of so much zeal together, 0..=1.
#[inline(always)]
pub(crate) fn attention_left(attention: f32, others: f32) -> f32 {
    1.0 / (1.0 + attention * others)
}

/// Probability that a proposal is tabled at a meeting.
#[inline(always)]
pub(crate) fn tabling_probability(
    zeal: f32,
    attention: f32,
    pace: f32,
    years_since_meeting: f32,
    params: &BargainingParams<f32>,
) -> f32 {
    let rate = params.tabling * math::exp(params.pace * pace);
    math::saturate(rate * zeal * attention * years_since_meeting)
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
            attention: 0.1,
            door: 0.3,
            common: 1.0,
            pace: 0.5,
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
        let eager = zeal(0.1, 0.045);
        let yearly = tabling_probability(eager, 0.7, 0.4, 1.0, &params());
        let half = tabling_probability(eager, 0.7, 0.4, 0.5, &params());
        assert!((1.0 - (1.0 - half) * (1.0 - half) - yearly).abs() < 1e-6);
        assert!(zeal(-1.0, 0.045).abs() < 1e-9);
    }

    #[test]
    fn a_full_agenda_leaves_less_attention() {
        // 1/(1 + 0.1 · 5) = 2/3
        assert!((attention_left(0.1, 5.0) - 2.0 / 3.0).abs() < 1e-6);
        assert!((attention_left(0.1, 0.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn chance_grows_with_depth() {
        // 0.02 · 1 · √0.7 at full depth, 0.3 of that at none
        assert!((chance((1.0, 0.0, 0.0), 1.0, &params()) - 0.016_733).abs() < 1e-5);
        assert!((chance((1.0, 0.0, 0.0), 0.0, &params()) - 0.3 * 0.016_733).abs() < 1e-5);
        // What is misjudged for all alike does not hang on depth: 0.02 · 1 · 1.5.
        assert!((chance((0.0, 0.0, 1.5), 0.0, &params()) - 0.03).abs() < 1e-6);
    }

    #[test]
    fn paying_is_cheap_for_the_strong() {
        // 0.02 · (0.04 + 0.01)/0.04 = 0.025
        assert!((payment_cost(0.02, 0.04, 0.01) - 0.025).abs() < 1e-6);
        assert!(payment_cost(0.02, 0.01, 0.04) > payment_cost(0.02, 0.04, 0.01));
    }
}
