//! Verdicts on statements about estimates: what the whole interval agrees with passes, what it contradicts
//! fails, and anything between is undecided.
//!
//! Relies on [`crate::interval`]; knows nothing of what the numbers mean.

use serde::{Deserialize, Serialize};

use crate::interval::Estimate;

/// How a statement fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The whole interval agrees.
    Pass,
    /// The interval reaches to both sides, or there is nothing to judge: more replicates may tell.
    Undecided,
    /// The whole interval disagrees.
    Fail,
}

/// Slack for the ends of an interval that rounding put beside an exact bound.
const ROUNDING: f64 = 1e-12;

impl Verdict {
    /// Whether an estimate lies in a range, ends included.
    pub fn within(of: &Estimate, (low, high): (f64, f64)) -> Self {
        if of.low >= low - ROUNDING && of.high <= high + ROUNDING {
            Self::Pass
        } else if of.high < low || of.low > high {
            Self::Fail
        } else {
            Self::Undecided
        }
    }

    /// Whether an effect is positive and, if a smallest one is given, larger than that (`least` >= 0).
    ///
    /// With `least` 0, an effect of exactly zero is undecided: nothing speaks for the wrong sign either.
    pub fn above(of: &Estimate, least: f64) -> Self {
        if of.low > least {
            Self::Pass
        } else if of.high < least {
            Self::Fail
        } else {
            Self::Undecided
        }
    }

    /// Whether there is an effect, either way, larger than `least` (>= 0). With `least` 0 a missing effect
    /// is undecided: too few replicates show nothing either.
    pub fn changed(of: &Estimate, least: f64) -> Self {
        if of.low > least || of.high < -least {
            Self::Pass
        } else if of.low > -least && of.high < least {
            Self::Fail
        } else {
            Self::Undecided
        }
    }

    /// Whether a difference is no larger than `within` (>= 0) either way.
    ///
    /// With `within` 0 only a difference of exactly zero in every replicate passes; `moved` says whether
    /// any replicate differs.
    pub fn unchanged(of: &Estimate, within: f64, moved: bool) -> Self {
        if within > 0.0 {
            return Self::within(of, (-within, within));
        }
        if !moved {
            Self::Pass
        } else if of.includes_zero() {
            Self::Undecided
        } else {
            Self::Fail
        }
    }
}

impl Estimate {
    /// The same quantity with its sign turned.
    #[must_use]
    pub const fn negated(&self) -> Self {
        Self {
            value: -self.value,
            low: -self.high,
            high: -self.low,
            n: self.n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(low: f64, value: f64, high: f64) -> Estimate {
        Estimate {
            value,
            low,
            high,
            n: 100,
        }
    }

    #[test]
    fn a_range_is_judged_by_the_whole_interval() {
        let of = estimate(0.1, 0.2, 0.3);
        assert_eq!(Verdict::within(&of, (0.0, 0.5)), Verdict::Pass);
        assert_eq!(Verdict::within(&of, (0.1, 0.3)), Verdict::Pass);
        assert_eq!(Verdict::within(&of, (0.0, 0.2)), Verdict::Undecided);
        assert_eq!(Verdict::within(&of, (0.25, 0.5)), Verdict::Undecided);
        assert_eq!(Verdict::within(&of, (0.31, 0.5)), Verdict::Fail);
        // Wilson's interval of nothing seen may end a rounding error below zero.
        let none = estimate(-1e-19, 0.0, 0.01);
        assert_eq!(Verdict::within(&none, (0.0, 0.1)), Verdict::Pass);
    }

    #[test]
    fn a_direction_has_to_be_shown_and_may_be_contradicted() {
        let judge = |low, value, high| Verdict::above(&estimate(low, value, high), 0.0);
        assert_eq!(judge(0.1, 0.2, 0.3), Verdict::Pass);
        assert_eq!(judge(-0.1, 0.1, 0.3), Verdict::Undecided);
        assert_eq!(judge(0.0, 0.0, 0.0), Verdict::Undecided);
        assert_eq!(judge(-0.3, -0.2, -0.1), Verdict::Fail);
        assert_eq!(
            Verdict::above(&estimate(0.1, 0.2, 0.3).negated(), 0.0),
            Verdict::Fail
        );
    }

    #[test]
    fn a_smallest_effect_has_to_be_passed() {
        let of = estimate(0.1, 0.2, 0.3);
        assert_eq!(Verdict::above(&of, 0.05), Verdict::Pass);
        assert_eq!(Verdict::above(&of, 0.2), Verdict::Undecided);
        assert_eq!(Verdict::above(&of, 0.4), Verdict::Fail);
    }

    #[test]
    fn a_change_may_go_either_way() {
        let judge = |low, value, high, least| Verdict::changed(&estimate(low, value, high), least);
        assert_eq!(judge(0.1, 0.2, 0.3, 0.0), Verdict::Pass);
        assert_eq!(judge(-0.3, -0.2, -0.1, 0.0), Verdict::Pass);
        assert_eq!(judge(-0.1, 0.0, 0.1, 0.0), Verdict::Undecided);
        assert_eq!(judge(0.0, 0.0, 0.0, 0.0), Verdict::Undecided);
        assert_eq!(judge(-0.1, 0.0, 0.1, 0.5), Verdict::Fail);
    }

    #[test]
    fn nothing_changed_means_nothing() {
        let zero = estimate(0.0, 0.0, 0.0);
        assert_eq!(Verdict::unchanged(&zero, 0.0, false), Verdict::Pass);
        let some = estimate(-0.1, 0.0, 0.1);
        assert_eq!(Verdict::unchanged(&some, 0.0, true), Verdict::Undecided);
        assert_eq!(Verdict::unchanged(&some, 0.2, true), Verdict::Pass);
        let much = estimate(0.1, 0.2, 0.3);
        assert_eq!(Verdict::unchanged(&much, 0.0, true), Verdict::Fail);
        assert_eq!(Verdict::unchanged(&much, 0.2, true), Verdict::Undecided);
    }
}
