//! Cohesion of an organisation: five parts and their weighted mean.
//!
//! Affinity: capability-weighted mean of (A + 1)/2 over pairs of full members. Agreement: running Rice index of
//! recent votes. Interdependence: mean worth of trade and energy with fellow members. Institutions: maturity.
//! Commitment: mean of the share delivered and the share of members whose commitment exceeds one half.
//! Sources: Rice (1925); Hix, Noury and Roland (2005) for agreement; weights are the scenario's, equal by default.

use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::membership;
use crate::program::Program;
use crate::state::{Affinity, Commitment, Standing, Traits, Utility};

/// Weighted mean of the parts, 0..=1; the plain mean if all weights are zero.
#[inline(always)]
pub(crate) fn index(parts: [f32; 5], weights: [f32; 5]) -> f32 {
    let all = weights[0] + weights[1] + weights[2] + weights[3] + weights[4];
    let none = all <= 0.0;
    let mut sum = 0.0;
    for part in 0..5 {
        sum += parts[part] * math::select(none, 1.0, weights[part]);
    }
    math::clamp_share(sum / math::select(none, 5.0, all))
}

/// What is read from the members of an organisation.
#[derive(Default)]
pub(crate) struct MemberParts {
    pub(crate) affinity: Lanes,
    pub(crate) interdependence: Lanes,
    pub(crate) content: Lanes,
    pub(crate) members: Lanes,
}

/// Columns that the parts are read from.
pub(crate) struct MemberColumns<'a> {
    pub(crate) plan: &'a Program,
    pub(crate) traits: &'a [Traits],
    pub(crate) affinity: &'a [Affinity],
    pub(crate) standing: &'a [Standing],
    pub(crate) utilities: &'a [Utility],
    pub(crate) commitments: &'a [Commitment],
}

/// Reads the parts that come from members. Nobody, or one member alone, counts as a half in affinity.
///
/// `voices` has room for every seat.
#[inline(always)]
pub(crate) fn of_members(
    columns: &MemberColumns<'_>,
    org: usize,
    voices: &mut [Lanes],
) -> MemberParts {
    let mut out = MemberParts::default();
    let plan = &columns.plan.organisations[org];
    for row in plan.seats.clone() {
        let full = columns.standing[row].status.map(
            #[inline(always)]
            |status| math::indicator(status == membership::MEMBER),
        );
        let capability = &columns.traits[columns.plan.seats[row].actor].0.capability;
        voices[row] = full.zip(
            capability,
            #[inline(always)]
            |full, capability| full * capability,
        );
        let (interdependence, commitment) = (
            &columns.utilities[row].interdependence,
            &columns.commitments[row].0,
        );
        for l in 0..LANES {
            out.members.0[l] += full.0[l];
            out.interdependence.0[l] += full.0[l] * interdependence.0[l];
            out.content.0[l] += full.0[l] * math::indicator(commitment.0[l] > 0.5);
        }
    }
    let (mut sum, mut weight) = (Lanes::ZERO, Lanes::ZERO);
    for peer in &plan.peers {
        let (first, second) = (&voices[peer.first], &voices[peer.second]);
        let affinity = &columns.affinity[peer.dyad].value;
        for l in 0..LANES {
            let capability = first.0[l] * second.0[l];
            weight.0[l] += capability;
            sum.0[l] += capability * (affinity.0[l] + 1.0) / 2.0;
        }
    }
    out.interdependence = out.interdependence.zip(
        &out.members,
        #[inline(always)]
        |sum, members| math::clamp_share(sum / math::max(members, 1.0)),
    );
    out.content = out.content.zip(
        &out.members,
        #[inline(always)]
        |sum, members| sum / math::max(members, 1.0),
    );
    out.affinity = sum.zip(
        &weight,
        #[inline(always)]
        |sum, weight| {
            let mean = sum / math::max(weight, f32::MIN_POSITIVE);
            math::select(weight > 0.0, math::clamp_share(mean), 0.5)
        },
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_the_weighted_mean() {
        let parts = [0.5, 1.0, 0.0, 0.5, 0.5];
        assert!((index(parts, [1.0; 5]) - 0.5).abs() < 1e-6);
        assert!((index(parts, [0.0, 1.0, 0.0, 0.0, 0.0]) - 1.0).abs() < 1e-6);
        assert!((index(parts, [0.0; 5]) - 0.5).abs() < 1e-6);
    }
}
