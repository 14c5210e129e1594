//! Holds a scenario to its word: counts what each expectation speaks of, and judges it with its error.
//!
//! Expectations that ask for the same replicates and stances are heard in one run ([`sessions`]), in which
//! every arm they speak of meets the same draws and the same chance. Comparisons are judged on the
//! differences within replicates; see [`foedera_results::verdict`] for what passes.

use foedera_results::{
    BlockRecord, Estimate, ResultsError, Sink, Verdict, digits,
    histogram::Scale,
    interval::{self, CONFIDENCE, order},
    layout::OutcomeKind,
    outcome::{OutcomeTally, PairTally},
};
use foedera_scenario::{Arm, Claim, Direction, Expectation, Outcome, Quantity, Scenario};
use serde::Serialize;

use crate::quantity::{Columns, Reading};

/// One expectation with what was found.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// Short name; the place in the file, from 1, if the file gives none.
    pub id: String,
    /// What is claimed, in words, if the file says so.
    pub says: String,
    /// The statement, as the file writes it.
    pub text: String,
    /// Why it is expected.
    pub because: String,
    /// Why it is known not to hold, if the file says that it does not.
    pub known: Option<String>,
    /// What was found, in words.
    pub found: String,
    /// The effect (of a bound: the quantity) with its interval.
    pub estimate: Option<Estimate>,
    /// Mean on each side of a comparison, or at each step of a series; of a bound: of the quantity.
    pub means: Vec<f64>,
    /// Replicates in which one side is higher and in which it is lower, of a comparison.
    pub moved: Option<(u64, u64)>,
    /// Replicates that were run and did not fail.
    pub replicates: u64,
    /// Whether analysts' stances counted.
    pub stances: bool,
    /// How it fares.
    pub verdict: Verdict,
}

impl Judged {
    /// Whether this breaks the suite: it fails and is not known to, or passes although it is known not to.
    pub fn breaks(&self) -> bool {
        match self.verdict {
            Verdict::Pass => self.known.is_some(),
            Verdict::Undecided => false,
            Verdict::Fail => self.known.is_none(),
        }
    }
}

/// One run that serves some expectations.
#[derive(Debug)]
pub struct Session {
    /// Whether analysts' stances count.
    pub stances: bool,
    /// Replicates.
    pub n: u64,
    /// Outcomes to record.
    pub outcomes: Vec<Outcome>,
    /// Arms to run; `None` is the base case, numbers mean [`Scenario::with_changes`].
    pub arms: Vec<Arm>,
    /// The expectations heard, by their place in the file.
    places: Vec<usize>,
    questions: Vec<Question>,
}

/// The runs that a scenario's expectations need: as many replicates as an expectation asks for, and at least
/// the caller's `n` if there is one; without either `default_n`.
pub fn sessions(scenario: &Scenario, n: Option<u64>, default_n: u64) -> Vec<Session> {
    let mut keys: Vec<(bool, u64)> = Vec::new();
    let of = |one: &Expectation| {
        let stances = one.stances.unwrap_or(scenario.stances);
        // Nothing is less than any number.
        (stances, n.max(one.replicates).unwrap_or(default_n))
    };
    for expectation in &scenario.expect {
        if !keys.contains(&of(expectation)) {
            keys.push(of(expectation));
        }
    }
    let session = |key: &(bool, u64)| {
        let mut columns = Columns::default();
        let heard = scenario.expect.iter().enumerate();
        let heard = heard.filter(|(_, one)| of(one) == *key);
        let (places, questions) = heard
            .map(|(place, one)| (place, Question::new(&one.claim, &mut columns)))
            .unzip();
        Session {
            stances: key.0,
            n: key.1,
            outcomes: columns.outcomes,
            arms: columns.arms,
            places,
            questions,
        }
    };
    keys.iter().map(session).collect()
}

/// Hears one session.
#[derive(Debug)]
pub struct Court {
    session: Session,
    heard: u64,
    failed: u64,
}

/// What is counted for one expectation.
#[derive(Debug)]
enum Question {
    Share {
        of: Reading,
        held: u64,
        n: u64,
    },
    Mean {
        of: Reading,
        tally: Box<OutcomeTally>,
    },
    Quantile {
        of: Reading,
        values: Vec<f32>,
    },
    Pair {
        this: Reading,
        than: Reading,
        pair: Box<PairTally>,
    },
    Series {
        along: Vec<Reading>,
        steps: Vec<PairTally>,
        ends: Box<PairTally>,
    },
}

impl Question {
    fn new(claim: &Claim, columns: &mut Columns) -> Self {
        let mut reading = |of: &Quantity| columns.reading(of);
        match claim {
            Claim::Range { of, .. } if of.is_truth() => Self::Share {
                of: reading(of),
                held: 0,
                n: 0,
            },
            Claim::Range { of, .. } => Self::Mean {
                of: reading(of),
                tally: Box::default(),
            },
            Claim::Quantile { of, .. } => Self::Quantile {
                of: reading(of),
                values: Vec::new(),
            },
            Claim::Shift { this, than, .. }
            | Claim::Changes { this, than, .. }
            | Claim::Unchanged { this, than, .. } => Self::Pair {
                this: reading(this),
                than: reading(than),
                pair: Box::default(),
            },
            Claim::Monotone { along, .. } => Self::Series {
                along: along.iter().map(reading).collect(),
                steps: vec![PairTally::default(); along.len().saturating_sub(1)],
                ends: Box::default(),
            },
        }
    }

    fn hear(&mut self, record: &BlockRecord, lane: usize) {
        let value = |of: &Reading| of.value(record, lane) as f32;
        match self {
            Self::Share { of, held, n } => {
                *held += u64::from(value(of) > 0.5);
                *n += 1;
            }
            Self::Mean { of, tally } => tally.add(Scale::new(0.0, 1.0), value(of)),
            Self::Quantile { of, values } => {
                values.extend(Some(value(of)).filter(|value| value.is_finite()));
            }
            Self::Pair { this, than, pair } => pair.add(value(this), value(than)),
            Self::Series { along, steps, ends } => {
                let values: Vec<f32> = along.iter().map(value).collect();
                for (step, pair) in steps.iter_mut().zip(values.windows(2)) {
                    step.add(pair[1], pair[0]);
                }
                if let (Some(first), Some(last)) = (values.first(), values.last()) {
                    ends.add(*last, *first);
                }
            }
        }
    }
}

impl Court {
    /// A court that has heard nothing yet.
    pub const fn new(session: Session) -> Self {
        Self {
            session,
            heard: 0,
            failed: 0,
        }
    }

    /// What is heard.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Failed replicates, left out.
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    /// The verdicts, each with its place in the file.
    pub fn verdicts(&self, scenario: &Scenario) -> Vec<(usize, Judged)> {
        let pairs = self.session.places.iter().zip(&self.session.questions);
        pairs
            .map(|(place, question)| {
                (
                    *place,
                    self.judged(*place, &scenario.expect[*place], question),
                )
            })
            .collect()
    }

    fn judged(&self, place: usize, expectation: &Expectation, question: &Question) -> Judged {
        let finding = found(question, &expectation.claim);
        let id = if expectation.id.is_empty() {
            (place + 1).to_string()
        } else {
            expectation.id.clone()
        };
        Judged {
            id,
            says: expectation.says.clone(),
            text: expectation.text.clone(),
            because: expectation.because.clone(),
            known: expectation.known.clone(),
            found: finding.words,
            estimate: finding.estimate,
            means: finding.means,
            moved: finding.moved,
            replicates: self.heard,
            stances: self.session.stances,
            verdict: finding.verdict,
        }
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
            self.heard += 1;
            for question in &mut self.session.questions {
                question.hear(record, lane);
            }
        }
        Ok(())
    }
}

/// What was found of one expectation.
struct Finding {
    estimate: Option<Estimate>,
    means: Vec<f64>,
    moved: Option<(u64, u64)>,
    words: String,
    verdict: Verdict,
}

impl Finding {
    /// A bound on an estimate.
    fn bound(
        estimate: Option<Estimate>,
        between: (f64, f64),
        words: fn(&Estimate) -> String,
    ) -> Self {
        Self {
            means: estimate.iter().map(|of| of.value).collect(),
            moved: None,
            words: estimate.as_ref().map_or_else(nothing, words),
            verdict: estimate
                .as_ref()
                .map_or(Verdict::Undecided, |of| Verdict::within(of, between)),
            estimate,
        }
    }
}

fn nothing() -> String {
    "it never came up".to_owned()
}

fn found(question: &Question, claim: &Claim) -> Finding {
    match (question, claim) {
        (Question::Share { held, n, .. }, Claim::Range { between, .. }) => {
            let share = interval::wilson(*held, *n, CONFIDENCE);
            Finding::bound(share, *between, digits::share)
        }
        (Question::Mean { tally, .. }, Claim::Range { between, .. }) => {
            let mean = tally.estimate(OutcomeKind::Number);
            Finding::bound(mean, *between, digits::with_interval)
        }
        (Question::Quantile { values, .. }, Claim::Quantile { level, between, .. }) => {
            Finding::bound(quantile(values, *level), *between, digits::with_interval)
        }
        (
            Question::Pair { pair, .. },
            Claim::Shift {
                direction,
                at_least,
                ..
            },
        ) => paired(pair, |of| directed(of, *direction, *at_least)),
        (Question::Pair { pair, .. }, Claim::Changes { at_least, .. }) => {
            paired(pair, |of| Verdict::changed(of, *at_least))
        }
        (Question::Pair { pair, .. }, Claim::Unchanged { within, .. }) => {
            paired(pair, |of| Verdict::unchanged(of, *within, pair.moved()))
        }
        (
            Question::Series { steps, ends, .. },
            Claim::Monotone {
                direction,
                at_least,
                ..
            },
        ) => monotone(steps, ends, *direction, *at_least),
        _ => unreachable!("a question is made for its claim"),
    }
}

/// Whether an effect goes one way by at least so much.
fn directed(of: &Estimate, direction: Direction, at_least: f64) -> Verdict {
    match direction {
        Direction::Up => Verdict::above(of, at_least),
        Direction::Down => Verdict::above(&of.negated(), at_least),
    }
}

fn paired(pair: &PairTally, judge: impl Fn(&Estimate) -> Verdict) -> Finding {
    let estimate = pair.difference();
    let means: Vec<f64> = [pair.base_mean(), pair.arm_mean()]
        .into_iter()
        .flatten()
        .collect();
    let words = match (&estimate, means.as_slice()) {
        (Some(_), [base, _]) if !pair.moved() => format!(
            "{} on both sides, no difference in any replicate",
            digits::plain(*base, 3)
        ),
        (Some(of), [base, arm]) => format!(
            "{}, from {} to {}",
            effect(of),
            digits::plain(*base, 3),
            digits::plain(*arm, 3)
        ),
        _ => nothing(),
    };
    Finding {
        verdict: estimate.as_ref().map_or(Verdict::Undecided, judge),
        moved: Some((pair.higher, pair.lower)),
        estimate,
        means,
        words,
    }
}

/// An effect with its interval, `+0.031 (0.028 to 0.034)`.
fn effect(of: &Estimate) -> String {
    let sign = if of.value > 0.0 { "+" } else { "" };
    format!("{sign}{}", digits::with_interval(of))
}

/// The ends must differ as claimed, and no step may be shown to go the other way.
fn monotone(steps: &[PairTally], ends: &PairTally, direction: Direction, at_least: f64) -> Finding {
    let mut finding = paired(ends, |of| directed(of, direction, at_least));
    let first = steps.first().and_then(PairTally::base_mean);
    finding.means = first
        .into_iter()
        .chain(steps.iter().filter_map(PairTally::arm_mean))
        .collect();
    let back = |step: &PairTally| {
        let of = step.difference();
        of.is_some_and(|of| directed(&of, direction, 0.0) == Verdict::Fail)
    };
    let values: Vec<String> = finding.means.iter().map(|x| digits::plain(*x, 3)).collect();
    if let Some(of) = &finding.estimate {
        finding.words = format!("{} over {}", effect(of), values.join(", "));
    }
    if let Some(step) = steps.iter().position(back) {
        finding.verdict = Verdict::Fail;
        finding.words += &format!("; step {} goes the other way", step + 1);
    }
    finding
}

/// A quantile with its interval, from order statistics.
fn quantile(values: &[f32], level: f64) -> Option<Estimate> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    order::quantile_of(&sorted, level, CONFIDENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair_of(values: impl IntoIterator<Item = (f32, f32)>) -> PairTally {
        let mut pair = PairTally::default();
        for (arm, base) in values {
            pair.add(arm, base);
        }
        pair
    }

    fn verdict(pair: &PairTally, direction: Direction) -> Verdict {
        paired(pair, |of| directed(of, direction, 0.0)).verdict
    }

    #[test]
    fn a_direction_is_shown_contradicted_or_open() {
        let none = pair_of((0..50).map(|_| (1.0, 1.0)));
        assert_eq!(verdict(&none, Direction::Up), Verdict::Undecided);
        let up = pair_of((0_u8..50).map(|idx| (1.0, f32::from(idx % 2))));
        assert_eq!(verdict(&up, Direction::Up), Verdict::Pass);
        assert_eq!(verdict(&up, Direction::Down), Verdict::Fail);
        let once = pair_of((0_u8..50).map(|idx| (f32::from(u8::from(idx == 0)), 0.0)));
        assert_eq!(verdict(&once, Direction::Up), Verdict::Undecided);
    }

    #[test]
    fn a_series_fails_at_a_step_that_goes_back() {
        let up = || pair_of((0_u8..50).map(|idx| (1.0 + f32::from(idx % 3), 0.0)));
        let back = pair_of((0_u8..50).map(|idx| (0.0, 0.2 + f32::from(idx % 2))));
        let good = monotone(&[up(), up()], &up(), Direction::Up, 0.0);
        assert_eq!(good.verdict, Verdict::Pass);
        assert_eq!(good.means.len(), 3);
        let bad = monotone(&[up(), back, up()], &up(), Direction::Up, 0.0);
        assert_eq!(bad.verdict, Verdict::Fail);
        assert!(
            bad.words.ends_with("step 2 goes the other way"),
            "{}",
            bad.words
        );
    }

    #[test]
    fn what_is_known_breaks_nothing_until_it_passes() {
        let judged = |verdict, known: Option<&str>| Judged {
            id: String::new(),
            says: String::new(),
            text: String::new(),
            because: String::new(),
            known: known.map(str::to_owned),
            found: String::new(),
            estimate: None,
            means: Vec::new(),
            moved: None,
            replicates: 1,
            stances: true,
            verdict,
        };
        assert!(judged(Verdict::Fail, None).breaks());
        assert!(!judged(Verdict::Fail, Some("why")).breaks());
        assert!(judged(Verdict::Pass, Some("why")).breaks());
        assert!(!judged(Verdict::Pass, None).breaks());
        assert!(!judged(Verdict::Undecided, None).breaks());
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
