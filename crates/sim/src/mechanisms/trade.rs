//! Trade: what a member draws from trading with fellow members.
//!
//! **Claim.** Dependence on fellow members gives a stake in the organisation, with falling returns; free trade and
//! customs harmonisation raise it, less for those who face a much larger economy inside.
//!
//! **Equations.** `d_io = Σ_j reach_j (X_ij + M_ij)/GDP_i` (a share); `T_io = d/(d + d₀) · (1 + g · opening · (1 − dominance_i))`,
//! `dominance_i = max_k reach_k GDP_k/(GDP_k + GDP_i)` over the other members.
//!
//! **Reads** flows, GDP, trade scale, element levels. **Writes** the trade term of a seat.
//!
//! **Invariants.** Zero without flows; rises with flows, never falls with opening; bounded by 1 + g.
//!
//! **Sources.** de Haas (2008): markets as a Chinese aim; saturation and size are assumptions from a trial;
//! dominance after Hirschman (1945) on the asymmetry of trade between large and small.

use crate::laned::params;

params! {
    /// Parameters of the trade term.
    pub struct TradeParams {
        weight = ("trade.weight", "Weight of the trade term", "", 1.0, 1.5, 2.2, 0.0, 10.0, "assumption; so that the term counts beside the others (see the health table)");
        half_dependence = ("trade.half_dependence", "Trade with fellow members over GDP that counts half", "share", 0.15, 0.3, 0.5, 0.001, 10.0, "assumption");
        opening_gain = ("trade.opening_gain", "Gain of the trade term from full opening", "", 0.5, 1.0, 1.5, 0.0, 5.0, "assumption");
    }
}

/// Saturating worth of a dependence [share].
#[inline(always)]
pub(crate) fn worth(dependence: f32, half: f32) -> f32 {
    dependence / (dependence + half)
}

/// Share of the other economy in a pair: how far it dominates, 0..=1.
#[inline(always)]
pub(crate) fn dominance(own_gdp: f32, other_gdp: f32) -> f32 {
    other_gdp / (own_gdp + other_gdp)
}

/// The trade term, before salience and weight.
#[inline(always)]
pub(crate) fn benefit(
    dependence: f32,
    opening: f32,
    dominance: f32,
    params: &TradeParams<f32>,
) -> f32 {
    worth(dependence, params.half_dependence)
        * (1.0 + params.opening_gain * opening * (1.0 - dominance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        let params = TradeParams {
            weight: 0.5,
            half_dependence: 0.3,
            opening_gain: 0.6,
        };
        // 0.3/(0.3 + 0.3) · (1 + 0.6 · 0.5) = 0.65
        assert!((benefit(0.3, 0.5, 0.0, &params) - 0.65).abs() < 1e-6);
        assert!(benefit(0.0, 1.0, 0.0, &params).abs() < 1e-9);
        assert!((dominance(1.0, 3.0) - 0.75).abs() < 1e-6);
        assert!(benefit(0.3, 0.5, 0.9, &params) < benefit(0.3, 0.5, 0.1, &params));
    }
}
