//! Votes in an outside body: how often two actors vote alike in the assembly whose votes the ideal points describe.
//!
//! **Claim.** Agreement falls with the distance of ideal points, a little more between those who dislike one another; the year's
//! agenda moves everybody's agreement, and each pair's.
//!
//! **Equations.** `V_ij = clamp(v₀ − v_θ |θ_i − θ_j| + v_A A_ij + s z_year + p z_ij,year, 0, 1)`, the share of the roll calls of a calendar
//! year in which both voted the same (yes, abstention or no). A group's agreement is the mean over its pairs.
//!
//! **Reads** ideal points, affinity. **Writes** nothing: it is an observation, and costs nothing where nobody asks for it.
//!
//! **Invariants.** 0 <= V <= 1; V falls with distance; the same year has the same agenda in every month and under every policy.
//!
//! **Sources.** Bailey, Strezhnev and Voeten (2017), who estimate ideal points from these votes; coefficients by least squares on all
//! pairs of 40 states in 2001 and 2007 (666 and 780 pairs, R² .81): .923 − .225 d and .935 − .226 d, residual .082 and .085. Rivals agree
//! .04 to .06 less at equal distance, allies no more. Group means of 2000-2008 scatter by .03 about the line.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of votes in an outside body.
    pub struct VoteParams {
        level = ("votes.level", "Agreement of two actors with one ideal point", "share", 0.91, 0.93, 0.95, 0.0, 1.0, "UN votes of 40 states, 2001 (.923) and 2007 (.935)");
        distance = ("votes.distance", "Loss of agreement over a point of ideal-point distance", "share", 0.2, 0.226, 0.25, 0.0, 2.0, "UN votes of 40 states, 2001 (.225) and 2007 (.226)");
        affinity = ("votes.affinity", "Agreement of friends beyond their ideal points", "share", 0.0, 0.02, 0.05, 0.0, 1.0, "UN votes of 40 states, 2001 and 2007: rivals -.04 to -.06, allies -.01 to .01");
        agenda = ("votes.agenda", "Chance of a year's agenda", "share", 0.02, 0.03, 0.05, 0.0, 1.0, "scatter of six groups' yearly agreement 2000-2008 about the line");
        pair = ("votes.pair", "Chance of a pair in a year", "share", 0.06, 0.08, 0.1, 0.0, 1.0, "residual of 666 and 780 pairs (.082, .085), less the agenda's part");
    }
}

/// Share of a year's roll calls in which two actors vote alike.
#[inline(always)]
pub(crate) fn agreement(
    ideal_distance: f32,
    affinity: f32,
    agenda: f32,
    pair: f32,
    params: &VoteParams<f32>,
) -> f32 {
    let chance = params.agenda * agenda + params.pair * pair;
    math::clamp_share(
        params.level - params.distance * math::abs(ideal_distance)
            + params.affinity * affinity
            + chance,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params() -> VoteParams<f32> {
        VoteParams {
            level: 0.93,
            distance: 0.2,
            affinity: 0.02,
            agenda: 0.03,
            pair: 0.08,
        }
    }

    #[test]
    fn worked_by_hand() {
        // .93 − .2 · .5 + .02 · (−1) + .03 · 1 + .08 · .5 = .88
        assert!((agreement(-0.5, -1.0, 1.0, 0.5, &params()) - 0.88).abs() < 1e-6);
        assert!(agreement(8.0, 0.0, 0.0, 0.0, &params()).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn agreement_is_a_share_that_falls_with_distance(d in 0.0f32..8.0, a in -1.0f32..=1.0, z in -6.0f32..6.0, w in -6.0f32..6.0) {
            let near = agreement(d, a, z, w, &params());
            prop_assert!((0.0..=1.0).contains(&near));
            prop_assert!(agreement(d + 0.1, a, z, w, &params()) <= near);
            prop_assert!(agreement(d, a - 0.1, z, w, &params()) <= near);
        }
    }
}
