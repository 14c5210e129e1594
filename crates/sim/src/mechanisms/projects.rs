//! Projects: what was agreed and takes years to build, such as a pipeline between two parties.
//!
//! **Claim.** Large works are finished later than planned, by a factor that is known only afterwards, and some are given
//! up on the way: sooner where those who build them do not like one another. Nothing flows before they are complete.
//!
//! **Equations.** Time to build `Y m exp(s z)`, Y planned, z standard normal, one draw for (replicate, initiative, rung);
//! given up at a rate `a (1 − Ā)` while building, Ā the mean affinity of the pairs that build (0 without a pair).
//! Effects apply on completion; parties count them at `1/(1 + r Y)`: they judge by the plan.
//!
//! **Reads** who took part, affinity, whether the initiative is open (closing it stops the work). **Writes** what the
//! effects of the rung change, completion and abandonment events.
//!
//! **Invariants.** Never complete before the effects apply; a project is built, complete or given up, once.
//!
//! **Sources.** Ansar, Flyvbjerg, Budzier and Lunn (2014): 245 large dams, schedule overrun 27 % in the median and 44 % on
//! average, hence a lognormal factor with median 1.27 and log sd `√(2 ln(1.44/1.27)) = 0.5`. That pipelines are alike, and the
//! rate of giving up, are assumptions.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of projects.
    pub struct ProjectParams {
        overrun = ("project.overrun", "Time to build against the plan, median", "", 1.1, 1.27, 1.6, 0.1, 10.0, "Ansar, Flyvbjerg, Budzier and Lunn (2014), large dams; range is an assumption");
        spread = ("project.spread", "Spread of time to build against the plan (sd of its logarithm)", "", 0.3, 0.5, 0.7, 0.0, 2.0, "Ansar, Flyvbjerg, Budzier and Lunn (2014), from median and mean; range is an assumption");
        abandonment = ("project.abandonment", "Rate at which those indifferent to one another give up what they build", "per year", 0.005, 0.02, 0.05, 0.0, 10.0, "assumption");
    }
}

/// Time it takes to build what was planned to take some years [years].
#[inline(always)]
pub(crate) fn time_to_build(planned_years: f32, normal: f32, params: &ProjectParams<f32>) -> f32 {
    planned_years * params.overrun * math::exp(params.spread * normal)
}

/// Rate of giving up [per year].
#[inline(always)]
pub(crate) fn abandonment_rate(rate: f32, affinity: f32) -> f32 {
    rate * (1.0 - affinity)
}

/// Whether so many steps of work are enough; a hundredth of a percent forgives rounding.
#[inline(always)]
pub(crate) fn is_built(steps: f32, years_per_step: f32, years: f32) -> bool {
    steps * years_per_step + 1e-4 >= years
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: ProjectParams<f32> = ProjectParams {
        overrun: 1.27,
        spread: 0.5,
        abandonment: 0.02,
    };

    #[test]
    fn the_median_is_a_quarter_late_and_a_bad_draw_twice_as_long() {
        // 4 · 1.27 = 5.08; exp(0.5) = 1.64872
        assert!((time_to_build(4.0, 0.0, &PARAMS) - 5.08).abs() < 1e-5);
        assert!((time_to_build(4.0, 1.0, &PARAMS) - 5.08 * 1.648_72).abs() < 1e-3);
    }

    #[test]
    fn friends_give_up_less() {
        // 0.02 (1 − 0.5) = 0.01
        assert!((abandonment_rate(0.02, 0.5) - 0.01).abs() < 1e-8);
        assert!(abandonment_rate(0.02, -0.5) > abandonment_rate(0.02, 0.0));
        assert!(abandonment_rate(0.02, 1.0).abs() < 1e-9);
    }

    #[test]
    fn twelve_months_are_a_year() {
        let month = 1.0 / 12.0;
        assert!(is_built(12.0, month, 1.0));
        assert!(!is_built(11.0, month, 1.0));
    }
}
