//! Holds a scenario to its word: counts what each expectation speaks of, and judges it with its error.
//!
//! A range is broken when the whole 95 % interval lies outside it, and open when only the interval
//! reaches in. A direction has to be shown: an interval that includes zero does not show it.

use foedera_results::{
    BlockRecord, Estimate, ResultsError, Sink, digits,
    histogram::Scale,
    interval::{self, CONFIDENCE},
    layout::OutcomeKind,
    outcome::{OutcomeTally, PairTally},
};
use foedera_scenario::{Claim, Outcome, PolicyIdx, Predicate, Scenario};
use serde::Serialize;

/// How an expectation fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// The estimate lies outside, the interval reaches in: more replicates would tell.
    Open,
    /// It does not hold, or a direction is not shown.
    Fails,
}

/// One expectation with what was found.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// The statement, as the file writes it.
    pub text: String,
    /// Why it is expected.
    pub because: String,
    /// What was found, in words.
    pub found: String,
    /// What was found, with its interval.
    pub estimate: Option<Estimate>,
    /// How it fares.
    pub verdict: Verdict,
}

/// What the expectations of a scenario need of a run.
#[derive(Debug)]
pub struct Needs {
    /// Outcomes to record.
    pub outcomes: Vec<Outcome>,
    /// Policies to run; `None` is the base case.
    pub arms: Vec<Option<PolicyIdx>>,
}

/// Counts replicates for every expectation.
#[derive(Debug)]
pub struct Court {
    cases: Vec<Case>,
    /// Failed replicates, left out.
    pub failed: u64,
}

#[derive(Debug)]
struct Case {
    arm: usize,
    question: Question,
}

#[derive(Debug)]
enum Question {
    Share {
        of: Term,
        held: u64,
        n: u64,
    },
    Mean {
        of: usize,
        tally: Box<OutcomeTally>,
    },
    Quantile {
        of: usize,
        values: Vec<f32>,
    },
    MoreLikely {
        this: Term,
        than: Term,
        pair: Box<PairTally>,
    },
    Shift {
        of: usize,
        under: usize,
        pair: Box<PairTally>,
    },
}

/// A truth value read from a recorded outcome.
#[derive(Debug, Clone)]
struct Term {
    outcome: usize,
    predicate: Predicate,
}

impl Needs {
    /// What a scenario's expectations need.
    pub fn of(scenario: &Scenario) -> Self {
        let mut needs = Self {
            outcomes: Vec::new(),
            arms: vec![None],
        };
        for expectation in &scenario.expect {
            for outcome in outcomes_of(&expectation.claim) {
                if !needs.outcomes.contains(outcome) {
                    needs.outcomes.push(outcome.clone());
                }
            }
            let under = match expectation.claim {
                Claim::Raises { under, .. } | Claim::Lowers { under, .. } => Some(under),
                _ => None,
            };
            for arm in [expectation.policy, under]
                .into_iter()
                .filter(Option::is_some)
            {
                if !needs.arms.contains(&arm) {
                    needs.arms.push(arm);
                }
            }
        }
        needs
    }

    fn outcome(&self, outcome: &Outcome) -> usize {
        let place = self.outcomes.iter().position(|one| one == outcome);
        place.expect("every outcome of a claim was gathered")
    }

    fn arm(&self, policy: Option<PolicyIdx>) -> usize {
        let place = self.arms.iter().position(|one| *one == policy);
        place.expect("every policy of a claim was gathered")
    }

    fn term(&self, predicate: &Predicate) -> Term {
        Term {
            outcome: self.outcome(&predicate.outcome),
            predicate: predicate.clone(),
        }
    }
}

fn outcomes_of(claim: &Claim) -> Vec<&Outcome> {
    match claim {
        Claim::Probability { of, .. } => vec![&of.outcome],
        Claim::Mean { of, .. }
        | Claim::Quantile { of, .. }
        | Claim::Raises { of, .. }
        | Claim::Lowers { of, .. } => vec![of],
        Claim::MoreLikely { this, than } => vec![&this.outcome, &than.outcome],
    }
}

impl Court {
    /// A court that has heard nothing yet.
    pub fn new(scenario: &Scenario, needs: &Needs) -> Self {
        let case = |expectation: &foedera_scenario::Expectation| {
            let question = match &expectation.claim {
                Claim::Probability { of, .. } => Question::Share {
                    of: needs.term(of),
                    held: 0,
                    n: 0,
                },
                Claim::Mean { of, .. } => Question::Mean {
                    of: needs.outcome(of),
                    tally: Box::default(),
                },
                Claim::Quantile { of, .. } => Question::Quantile {
                    of: needs.outcome(of),
                    values: Vec::new(),
                },
                Claim::MoreLikely { this, than } => Question::MoreLikely {
                    this: needs.term(this),
                    than: needs.term(than),
                    pair: Box::default(),
                },
                Claim::Raises { of, under } | Claim::Lowers { of, under } => Question::Shift {
                    of: needs.outcome(of),
                    under: needs.arm(Some(*under)),
                    pair: Box::default(),
                },
            };
            Case {
                arm: needs.arm(expectation.policy),
                question,
            }
        };
        Self {
            cases: scenario.expect.iter().map(case).collect(),
            failed: 0,
        }
    }

    /// The verdicts, in the order of the file.
    pub fn verdicts(&self, scenario: &Scenario) -> Vec<Judged> {
        let pairs = scenario.expect.iter().zip(&self.cases);
        pairs
            .map(|(expectation, case)| judged(expectation, &case.question))
            .collect()
    }
}

impl Sink for Court {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        for lane in 0..record.n {
            // A replicate that failed under one arm is left out under all: comparisons stay paired.
            if record.arms.iter().any(|arm| arm.faults[lane].is_some()) {
                self.failed += 1;
                continue;
            }
            for case in &mut self.cases {
                case.hear(record, lane);
            }
        }
        Ok(())
    }
}

impl Case {
    fn hear(&mut self, record: &BlockRecord, lane: usize) {
        let value = |arm: usize, outcome: usize| record.arms[arm].outcomes[outcome][lane];
        let arm = self.arm;
        let truth = |term: &Term| term.predicate.holds(f64::from(value(arm, term.outcome)));
        match &mut self.question {
            Question::Share { of, held, n } => {
                *held += u64::from(truth(of));
                *n += 1;
            }
            Question::Mean { of, tally } => tally.add(Scale::new(0.0, 1.0), value(arm, *of)),
            Question::Quantile { of, values } => {
                let value = value(arm, *of);
                if value.is_finite() {
                    values.push(value);
                }
            }
            Question::MoreLikely { this, than, pair } => {
                pair.add(
                    f32::from(u8::from(truth(this))),
                    f32::from(u8::from(truth(than))),
                );
            }
            Question::Shift { of, under, pair } => pair.add(value(*under, *of), value(arm, *of)),
        }
    }
}

fn judged(expectation: &foedera_scenario::Expectation, question: &Question) -> Judged {
    let (estimate, found) = found(question, &expectation.claim);
    let verdict = match (&expectation.claim, &estimate) {
        (_, None) => Verdict::Fails,
        (
            Claim::Probability { between, .. }
            | Claim::Mean { between, .. }
            | Claim::Quantile { between, .. },
            Some(estimate),
        ) => within(estimate, *between),
        (Claim::MoreLikely { .. } | Claim::Raises { .. }, Some(estimate)) => {
            shown(estimate.low > 0.0)
        }
        (Claim::Lowers { .. }, Some(estimate)) => shown(estimate.high < 0.0),
    };
    Judged {
        text: expectation.text.clone(),
        because: expectation.because.clone(),
        found,
        estimate,
        verdict,
    }
}

fn within(estimate: &Estimate, (low, high): (f64, f64)) -> Verdict {
    if (low..=high).contains(&estimate.value) {
        Verdict::Holds
    } else if estimate.high >= low && estimate.low <= high {
        Verdict::Open
    } else {
        Verdict::Fails
    }
}

const fn shown(shown: bool) -> Verdict {
    if shown {
        Verdict::Holds
    } else {
        Verdict::Fails
    }
}

fn found(question: &Question, claim: &Claim) -> (Option<Estimate>, String) {
    let nothing = || "it never came up".to_owned();
    match question {
        Question::Share { held, n, .. } => {
            let share = interval::wilson(*held, *n, CONFIDENCE);
            let words = share.as_ref().map_or_else(nothing, digits::share);
            (share, words)
        }
        Question::Mean { tally, .. } => {
            let mean = tally.estimate(OutcomeKind::Number);
            let words = mean.as_ref().map_or_else(nothing, digits::with_interval);
            (mean, words)
        }
        Question::Quantile { values, .. } => {
            let level = if let Claim::Quantile { level, .. } = claim {
                *level
            } else {
                0.5
            };
            let of = quantile(values, level);
            let words = of.as_ref().map_or_else(nothing, digits::with_interval);
            (of, words)
        }
        Question::MoreLikely { pair, .. } | Question::Shift { pair, .. } => {
            let difference = pair.difference();
            let words = match &difference {
                None => nothing(),
                Some(_) if pair.higher + pair.lower == 0 => {
                    "no difference in any replicate".to_owned()
                }
                Some(of) => digits::difference(of),
            };
            (difference, words)
        }
    }
}

/// A quantile with its interval, from order statistics.
fn quantile(values: &[f32], level: f64) -> Option<Estimate> {
    let n = u64::try_from(values.len()).ok()?;
    let ranks = interval::quantile_ranks(n, level, CONFIDENCE)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = |rank: u64| {
        let idx = usize::try_from(rank.max(1) - 1)
            .unwrap_or(usize::MAX)
            .min(sorted.len() - 1);
        f64::from(sorted[idx])
    };
    Some(Estimate {
        value: at(ranks.value),
        low: ranks.low.map_or(f64::NEG_INFINITY, at),
        high: ranks.high.map_or(f64::INFINITY, at),
        n,
    })
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
    fn a_range_is_judged_by_the_interval() {
        assert_eq!(within(&estimate(0.1, 0.2, 0.3), (0.0, 0.5)), Verdict::Holds);
        assert_eq!(within(&estimate(0.1, 0.2, 0.3), (0.0, 0.2)), Verdict::Holds);
        assert_eq!(within(&estimate(0.1, 0.2, 0.3), (0.25, 0.5)), Verdict::Open);
        assert_eq!(
            within(&estimate(0.1, 0.2, 0.3), (0.31, 0.5)),
            Verdict::Fails
        );
    }

    #[test]
    fn a_direction_has_to_be_shown() {
        let mut pair = PairTally::default();
        for _ in 0..50 {
            pair.add(1.0, 1.0);
        }
        assert_eq!(
            pair.difference().map(|of| shown(of.low > 0.0)),
            Some(Verdict::Fails)
        );
        for idx in 0_u8..50 {
            pair.add(1.0, f32::from(idx % 2));
        }
        assert_eq!(
            pair.difference().map(|of| shown(of.low > 0.0)),
            Some(Verdict::Holds)
        );
    }

    #[test]
    fn a_quantile_is_an_order_statistic() {
        let values: Vec<f32> = (1_u8..=101).rev().map(f32::from).collect();
        let median = quantile(&values, 0.5).expect("there are values");
        assert!((median.value - 51.0).abs() < 1.5, "{median:?}");
        assert!(
            median.low < median.value && median.value < median.high,
            "{median:?}"
        );
        assert!(quantile(&[], 0.5).is_none());
    }
}
