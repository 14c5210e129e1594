//! Given-data methods: what a finished sample says, a run's own or one drawn for the purpose.

use foedera_analysis::sensitivity::{luck, pawn, regional, regression, resample, share, slides};
use foedera_results::Estimate;

use super::findings::{Finding, Found, Measure};

/// Fewest histories on either side of a split.
const SIDE_MIN: usize = 20;

/// A sample: inputs and outcomes of the same replicates.
pub(super) struct Sample {
    /// Values of each input by replicate.
    pub(super) inputs: Vec<Vec<f64>>,
    /// Names of the inputs.
    pub(super) names: Vec<String>,
    /// Replicates of each point, beside each other.
    pub(super) replicates: usize,
    /// Seed of resampling.
    pub(super) seed: u64,
}

/// One outcome over the sample.
pub(super) struct Answers<'a> {
    /// Values by replicate; not a number where absent or failed.
    pub(super) values: &'a [f64],
    /// Whether they are truths.
    pub(super) is_truth: bool,
    /// What histories are split by, if not by the outcome itself: its name and its values.
    pub(super) when: Option<(&'a str, &'a [f64])>,
}

/// Points of the sample that have a value, with the mean over their replicates.
struct Points {
    /// By input.
    inputs: Vec<Vec<f64>>,
    outcome: Vec<f64>,
    split: Vec<f64>,
    dropped: u64,
}

impl Sample {
    fn points(&self, answers: &Answers<'_>) -> Points {
        let r = self.replicates.max(1);
        let mean = |values: &[f64], point: usize| {
            let known = values[point * r..(point + 1) * r].iter();
            let known: Vec<f64> = known.copied().filter(|x| x.is_finite()).collect();
            known.iter().sum::<f64>() / known.len() as f64
        };
        let all = answers.values.len() / r;
        let split = answers.when.map_or(answers.values, |(_, values)| values);
        let good: Vec<usize> = (0..all)
            .filter(|point| {
                mean(answers.values, *point).is_finite() && mean(split, *point).is_finite()
            })
            .collect();
        let column = |values: &Vec<f64>| good.iter().map(|point| values[point * r]).collect();
        Points {
            inputs: self.inputs.iter().map(column).collect(),
            outcome: good
                .iter()
                .map(|point| mean(answers.values, *point))
                .collect(),
            split: good.iter().map(|point| mean(split, *point)).collect(),
            dropped: (all - good.len()) as u64,
        }
    }

    /// Everything that the sample says of one outcome.
    pub(super) fn finding(&self, answers: &Answers<'_>) -> Finding {
        let points = self.points(answers);
        let shares = share::shares(
            &points.inputs,
            std::slice::from_ref(&points.outcome),
            self.seed,
        );
        let Some(shares) = shares else {
            return self.nothing(&points);
        };
        let moved = pawn::pawn(&points.inputs, &points.outcome, self.seed);
        let slopes = regression::regression(&points.inputs, &points.outcome);
        let (split, holds) = holds(answers, &points);
        let parts = regional::regional(&points.inputs, &holds, SIDE_MIN);
        let inputs = (0..self.names.len()).map(|idx| {
            let mut measures = vec![Measure {
                index: "share",
                estimate: shares.inputs[idx],
            }];
            let mut told = shares.is_told(idx);
            if let Some(moved) = &moved {
                told |= moved.is_told(idx);
                measures.push(Measure {
                    index: "pawn",
                    estimate: moved.inputs[idx],
                });
            }
            if let Some(parts) = &parts {
                // One of three measures by which an input is looked at.
                told |= parts[idx].p * slides::LOOKS as f64 <= 0.05;
                measures.extend(of_part(&parts[idx], points.outcome.len()));
            }
            if let Some(slopes) = &slopes {
                let of = slopes.inputs[idx];
                measures.push(Measure {
                    index: "prcc",
                    estimate: of.prcc,
                });
                measures.push(Measure {
                    index: "srrc",
                    estimate: of.srrc,
                });
            }
            Found {
                factor: idx,
                input: self.names[idx].clone(),
                rank: None,
                told,
                measures,
            }
        });
        let exact = |value: f64| Estimate {
            value,
            low: value,
            high: value,
            n: points.outcome.len() as u64,
        };
        let finding = Finding {
            points: points.outcome.len() as u64,
            dropped: points.dropped,
            luck: luck::split(answers.values, self.replicates, self.seed),
            explained: slopes.as_ref().map(|of| exact(of.explained)),
            inputs: inputs.collect(),
            nothing: None,
            split: Some(if parts.is_some() {
                split
            } else {
                format!("{split}: fewer than {SIDE_MIN} draws on one side, too few to compare")
            }),
        };
        finding.ranked()
    }

    /// Shares over several times at once: points that have a value at all of them.
    pub(super) fn over_time(&self, times: &[Answers<'_>]) -> Finding {
        let points: Vec<Points> = times.iter().map(|answers| self.points(answers)).collect();
        if points.iter().any(|of| of.dropped > 0) {
            return Finding::nothing("it has no value at some date in some histories");
        }
        let Some(first) = points.first() else {
            return Finding::nothing(super::findings::TOO_FEW);
        };
        let outcomes: Vec<Vec<f64>> = points.iter().map(|of| of.outcome.clone()).collect();
        let Some(shares) = share::shares(&first.inputs, &outcomes, self.seed) else {
            return self.nothing(first);
        };
        let inputs = (0..self.names.len()).map(|idx| Found {
            factor: idx,
            input: self.names[idx].clone(),
            rank: None,
            told: shares.is_told(idx),
            measures: vec![Measure {
                index: "share",
                estimate: shares.inputs[idx],
            }],
        });
        let finding = Finding {
            points: first.outcome.len() as u64,
            inputs: inputs.collect(),
            nothing: None,
            ..Finding::nothing("")
        };
        finding.ranked()
    }

    fn nothing(&self, points: &Points) -> Finding {
        let few = points.outcome.len() < 40;
        let why = if few {
            format!(
                "{} points have a value, and at least 40 are needed",
                points.outcome.len()
            )
        } else {
            "it is the same in every history".to_owned()
        };
        Finding {
            points: points.outcome.len() as u64,
            dropped: points.dropped,
            ..Finding::nothing(why)
        }
    }
}

/// How the histories are split, in words, and on which side each is.
fn holds(answers: &Answers<'_>, points: &Points) -> (String, Vec<bool>) {
    let values = &points.split;
    if let Some((name, _)) = answers.when {
        return (name.to_owned(), values.iter().map(|x| *x > 0.5).collect());
    }
    if answers.is_truth {
        return (
            "whether it happens".to_owned(),
            values.iter().map(|x| *x > 0.5).collect(),
        );
    }
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let median = resample::quantile(&sorted, 0.5);
    (
        "whether it is above its median".to_owned(),
        values.iter().map(|x| *x > median).collect(),
    )
}

/// A regional finding as measures; they are exact for the sample, and the p-value says what chance could do.
fn of_part(part: &regional::Regional, n: usize) -> [Measure; 3] {
    let exact = |value: f64| Estimate {
        value,
        low: value,
        high: value,
        n: n as u64,
    };
    [
        Measure {
            index: "ks",
            estimate: exact(part.distance),
        },
        Measure {
            index: "ks_p",
            estimate: exact(part.p),
        },
        Measure {
            index: "larger",
            estimate: exact(part.larger),
        },
    ]
}
