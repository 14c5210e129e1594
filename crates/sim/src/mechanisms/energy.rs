//! Energy: what a member draws from partners who sell what it buys, less what rivals take.
//!
//! **Claim.** Exporters and importers complement one another; exporters of the same fuels are rivals, and so,
//! less, are importers. A club softens rivalry; a binding policy sets prices and so splits sellers from
//! buyers, which is why a mixed organisation stays shallow and producers alone go deeper.
//!
//! **Equations.** Market shares `x = max(0, X)/(max(0, X) + X₀)` (a share) of net exports X (`TWh` a year), m likewise of
//! net imports. Per pair: complementarity `x_i m_j + m_i x_j`, times a link factor; rivalry `x_i x_j + ½ m_i m_j`.
//! `E_io = price · (C (0.6 + 0.3 club + 0.1 policy) − R (0.5 − 0.05 club + 0.35 policy (1 − |balance|)) + 0.5 policy (x_i − m_i) balance
//! − 0.1 policy x_i) + infrastructure · risk · (x_i + m_i + transit)/2`, where C and R are saturating sums over
//! fellow members and balance is the organisation's excess of sellers over buyers in -1..=1: among sellers alone
//! (or buyers alone) a policy shares out a market outside and sharpens no rivalry.
//!
//! **Reads** net fuel exports, transit role, energy links, the energy price, element levels, terror intensity.
//! **Writes** the energy term of a seat.
//!
//! **Invariants.** Zero without partners; linear in the price; symmetric actors get equal benefits.
//!
//! **Sources.** de Haas (2007), section on the Energy Club: exporters are partners and rivals; factors are
//! assumptions from a calibration trial, ranges in the parameter table.

use crate::laned::{laned, params};
use crate::math;

params! {
    /// Parameters of the energy term.
    pub struct EnergyParams {
        weight = ("energy.weight", "Weight of the energy term", "", 0.8, 1.4, 2.2, 0.0, 10.0, "assumption; so that the term counts beside the others (see the health table)");
        market_twh = ("energy.market_twh", "Net export or import at which an actor counts half as a seller or buyer", "TWh a year", 800.0, 1500.0, 2500.0, 1.0, 100000.0, "assumption; Kazakhstan's net exports of 2007 count about a third");
        link_floor = ("energy.link_floor", "Worth of complementarity without a pipeline or border", "", 0.2, 0.4, 0.6, 0.0, 1.0, "assumption");
        infrastructure = ("energy.infrastructure", "Weight of guarding infrastructure against attack", "", 0.1, 0.25, 0.5, 0.0, 5.0, "assumption; de Haas (2007) on pipelines and the CSTO");
    }
}

/// Part of complementarity enjoyed without any institution. Assumption.
const COMPLEMENT_BASE: f32 = 0.6;
/// Gain from a club. Assumption.
const COMPLEMENT_CLUB: f32 = 0.3;
/// Gain from a binding policy. Assumption.
const COMPLEMENT_POLICY: f32 = 0.1;
/// Weight of rivalry. Assumption.
const RIVALRY_BASE: f32 = 0.5;
/// Relief of rivalry by a club. Assumption.
const RIVALRY_CLUB: f32 = 0.05;
/// Rivals bound to one policy lose their freedom to undercut. Assumption.
const RIVALRY_POLICY: f32 = 0.35;
/// Redistribution by common prices. Assumption.
const PRICE_SHIFT: f32 = 0.5;
/// Sellers lose freedom to price. Assumption.
const PRICE_FREEDOM: f32 = 0.1;
/// Sum at which complementarity or rivalry counts half. Assumption.
const HALF: f32 = 0.5;

laned! {
    /// What the energy term of a seat depends on; all dimensionless.
    pub struct EnergyView {
        /// Price relative to the world's year.
        price,
        /// Saturated complementarity with fellow members, 0..=1.
        complement,
        /// Saturated rivalry with fellow members, 0..=1.
        rivalry,
        /// Coordination by a club, 0..=1.
        coordination,
        /// Binding policy, 0..=1.
        binding,
        /// Share as seller, 0..=1.
        seller,
        /// Share as buyer, 0..=1.
        buyer,
        /// Excess of sellers over buyers in the organisation, -1..=1.
        balance,
        /// Protection of infrastructure, 0..=1.
        infrastructure,
        /// Intensity of terror at home, >= 0.
        risk,
        /// Transit role, 0..=1.
        transit,
    }
}

/// Share as seller (or buyer, of `-net`) in a market.
#[inline(always)]
pub(crate) fn market_share(net_twh: f32, half_twh: f32) -> f32 {
    let flow = math::positive_part(net_twh);
    flow / (flow + half_twh)
}

/// Complementarity of a pair, before links.
#[inline(always)]
pub(crate) fn complementarity(seller_i: f32, buyer_i: f32, seller_j: f32, buyer_j: f32) -> f32 {
    seller_i * buyer_j + buyer_i * seller_j
}

/// Rivalry of a pair.
#[inline(always)]
pub(crate) fn rivalry(seller_i: f32, buyer_i: f32, seller_j: f32, buyer_j: f32) -> f32 {
    seller_i * seller_j + buyer_i * buyer_j / 2.0
}

/// Link factor of a pair, from the floor to 1.
#[inline(always)]
pub(crate) fn link_factor(floor: f32, energy_link: f32, contiguity: f32) -> f32 {
    floor + (1.0 - floor) * math::max(energy_link, contiguity)
}

/// Saturates a sum over fellow members.
#[inline(always)]
pub(crate) fn saturate_sum(sum: f32) -> f32 {
    sum / (sum + HALF)
}

/// What stays of the energy term without any institution: partners go on trading.
#[inline(always)]
pub(crate) fn kept(price: f32, complement: f32, rivalry: f32) -> f32 {
    price * (complement * COMPLEMENT_BASE - rivalry * RIVALRY_BASE)
}

/// The energy term, before salience and weight.
#[inline(always)]
pub(crate) fn benefit(view: &EnergyView<f32>, params: &EnergyParams<f32>) -> f32 {
    let gain = view.complement
        * (COMPLEMENT_BASE
            + COMPLEMENT_CLUB * view.coordination
            + COMPLEMENT_POLICY * view.binding);
    let loss = view.rivalry
        * (RIVALRY_BASE - RIVALRY_CLUB * view.coordination
            + RIVALRY_POLICY * view.binding * (1.0 - math::abs(view.balance)));
    let prices = PRICE_SHIFT * view.binding * (view.seller - view.buyer) * view.balance
        - PRICE_FREEDOM * view.binding * view.seller;
    let guard = params.infrastructure
        * view.infrastructure
        * view.risk
        * (view.seller + view.buyer + view.transit)
        / 2.0;
    view.price * (gain - loss + prices) + guard
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> EnergyView<f32> {
        EnergyView {
            price: 1.0,
            complement: 0.4,
            rivalry: 0.2,
            seller: 0.7,
            ..EnergyView::default()
        }
    }

    fn params() -> EnergyParams<f32> {
        EnergyParams {
            weight: 0.5,
            market_twh: 1500.0,
            link_floor: 0.4,
            infrastructure: 0.25,
        }
    }

    #[test]
    fn worked_by_hand() {
        // 0.4 · 0.6 − 0.2 · 0.5 = 0.14
        assert!((benefit(&view(), &params()) - 0.14).abs() < 1e-6);
        assert!((market_share(1500.0, 1500.0) - 0.5).abs() < 1e-6);
        assert!(market_share(-3.0, 1500.0).abs() < 1e-9);
    }

    #[test]
    fn a_club_helps_and_a_binding_policy_splits_sellers_from_buyers() {
        let club = EnergyView {
            coordination: 1.0,
            ..view()
        };
        assert!(benefit(&club, &params()) > benefit(&view(), &params()));
        let seller = EnergyView {
            binding: 1.0,
            balance: 0.5,
            ..view()
        };
        let buyer = EnergyView {
            seller: 0.0,
            buyer: 0.7,
            ..seller.clone()
        };
        assert!(benefit(&seller, &params()) > benefit(&buyer, &params()));
    }
}
