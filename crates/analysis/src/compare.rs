//! Alternatives side by side, in the same replicates: what is better than what, and what cannot be told.
//!
//! Takes the outcomes of each replicate under each alternative, where replicate k met the same draws and the same
//! chance under all of them. Gives differences with intervals that hold together ([`together`]), how often one is
//! better, what the pairing gained ([`mod@pairing`]), regret, worst cases and thresholds ([`robust`]), and ranks as
//! ranges: two alternatives that cannot be told apart are never set one above the other. Ranges of ranks follow
//! from simultaneous differences (Mogstad, Romano, Shaikh and Wilhelm 2024, Rev. Econ. Stud. 91:476).

pub mod pairing;
pub mod robust;
pub mod together;

use foedera_results::interval::{self, paired};
use foedera_results::layout::OutcomeKind;
use foedera_results::{Estimate, special};
use serde::Serialize;

use self::pairing::{Pairing, pairing};
use self::robust::{Metric, Robust, robust};
use self::together::Contrast;

/// Which way an outcome is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Larger values.
    Higher,
    /// Smaller values.
    Lower,
}

impl Asked {
    /// The same with one value for each point of a nested design, the mean over its replicates, which share their
    /// inputs and are no independent trials; a point at which one is absent is absent.
    fn by_point(&self, per_point: usize) -> Self {
        if per_point < 2 {
            return self.clone();
        }
        let of = |values: &Vec<f64>| {
            values
                .chunks_exact(per_point)
                .map(|chunk| chunk.iter().sum::<f64>() / per_point as f64)
                .collect()
        };
        Self {
            kind: OutcomeKind::Number,
            values: self.values.iter().map(of).collect(),
            ..self.clone()
        }
    }
}

impl Better {
    /// A value such that more is better.
    #[must_use]
    pub fn worth(self, value: f64) -> f64 {
        match self {
            Self::Higher => value,
            Self::Lower => -value,
        }
    }
}

/// An outcome under every alternative.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its name in tables.
    pub name: String,
    /// What kind of number it is.
    pub kind: OutcomeKind,
    /// Which way it is better.
    pub better: Better,
    /// Whether it says that a threshold is met.
    pub threshold: bool,
    /// Values, `[alternative][replicate]`; not a number where absent.
    pub values: Vec<Vec<f64>>,
}

/// Of which differences one confidence holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// All differences of all outcomes.
    All,
    /// All differences of one outcome.
    Outcome,
}

/// How to compare.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Two-sided confidence of everything.
    pub confidence: f64,
    /// What holds together.
    pub family: Family,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Consecutive replicates that share their inputs, 1 without a nested design: then everything is about the
    /// means of the points.
    pub per_point: usize,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The alternatives.
    pub alternatives: Vec<String>,
    /// Trials under each of them: replicates, or points of a nested design.
    pub trials: usize,
    /// Two-sided confidence.
    pub confidence: f64,
    /// What holds together.
    pub family: Family,
    /// One for each outcome.
    pub outcomes: Vec<Outcome>,
}

/// One outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// What kind of number it is.
    pub kind: OutcomeKind,
    /// Which way it is better.
    pub better: Better,
    /// Whether it says that a threshold is met.
    pub threshold: bool,
    /// Standard errors on either side of its differences.
    pub critical: f64,
    /// One for each alternative.
    pub alternatives: Vec<Alternative>,
    /// Every two alternatives, the earlier one second: what the later one changes.
    pub pairs: Vec<Pair>,
    /// Ranks by one metric and the next.
    pub metrics: Vec<Metric>,
}

/// One outcome under one alternative.
#[derive(Debug, Clone, Serialize)]
pub struct Alternative {
    /// Its mean, or its probability, with an interval of its own.
    pub mean: Option<Estimate>,
    /// Regret and worst cases.
    pub robust: Robust,
    /// Best and worst rank by the mean that cannot be ruled out, from 1.
    pub rank: (usize, usize),
}

/// How one alternative fares against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Shown to be better.
    Better,
    /// Shown to be worse.
    Worse,
    /// Cannot be told apart.
    Untold,
    /// The same in every replicate.
    Same,
}

/// Two alternatives in the same replicates.
#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    /// Place of the alternative.
    pub alternative: usize,
    /// Place of the one it is held against.
    pub against: usize,
    /// Replicates in which the outcome is present under both.
    pub n: u64,
    /// Mean difference with an interval that holds together with the others.
    pub difference: Option<Estimate>,
    /// Ends of the interval that it would have alone.
    pub alone: Option<(f64, f64)>,
    /// How it fares.
    pub standing: Standing,
    /// Probability that it is better in a replicate.
    pub p_better: Option<Estimate>,
    /// Probability that it is worse in a replicate.
    pub p_worse: Option<Estimate>,
    /// Share of replicates in which both are the same.
    pub p_tied: Option<Estimate>,
    /// What the pairing gained.
    pub pairing: Pairing,
}

/// Compares alternatives.
#[must_use]
pub fn compare(alternatives: &[String], asked: &[Asked], settings: &Settings) -> Comparison {
    let asked: Vec<Asked> = asked
        .iter()
        .map(|one| one.by_point(settings.per_point))
        .collect();
    let pairs = pairs_of(alternatives.len());
    let contrasts: Vec<Vec<Contrast>> = asked
        .iter()
        .map(|one| {
            let values = |at: usize| one.values[at].as_slice();
            pairs
                .iter()
                .map(|&(one, other)| Contrast::new(values(one), values(other)))
                .collect()
        })
        .collect();
    let criticals: Vec<f64> = match settings.family {
        Family::All => {
            let all: Vec<&Contrast> = contrasts.iter().flatten().collect();
            vec![together::critical(&all, settings.confidence, settings.seed); asked.len()]
        }
        Family::Outcome => contrasts
            .iter()
            .map(|of| {
                let all: Vec<&Contrast> = of.iter().collect();
                together::critical(&all, settings.confidence, settings.seed)
            })
            .collect(),
    };
    let outcomes = asked
        .iter()
        .zip(&contrasts)
        .zip(&criticals)
        .map(|((one, contrasts), &critical)| outcome(one, &pairs, contrasts, critical, settings))
        .collect();
    Comparison {
        alternatives: alternatives.to_vec(),
        trials: asked
            .first()
            .and_then(|one| one.values.first())
            .map_or(0, Vec::len),
        confidence: settings.confidence,
        family: settings.family,
        outcomes,
    }
}

/// Every two of so many, the later one first.
fn pairs_of(n: usize) -> Vec<(usize, usize)> {
    (1..n)
        .flat_map(|later| (0..later).map(move |earlier| (later, earlier)))
        .collect()
}

fn outcome(
    asked: &Asked,
    pairs: &[(usize, usize)],
    contrasts: &[Contrast],
    critical: f64,
    settings: &Settings,
) -> Outcome {
    let pairs: Vec<Pair> = pairs
        .iter()
        .zip(contrasts)
        .map(|(&places, contrast)| pair(asked, places, contrast, critical, settings))
        .collect();
    let n = asked.values.len();
    let beats = |one: usize, other: usize| {
        pairs.iter().any(|pair| {
            let forth = (pair.alternative, pair.against) == (one, other);
            let back = (pair.alternative, pair.against) == (other, one);
            forth && pair.standing == Standing::Better || back && pair.standing == Standing::Worse
        })
    };
    let ranks = rank_ranges(n, beats);
    let robust = robust(asked, settings);
    let metrics = robust::metrics(asked, &ranks, &robust);
    let alternatives = asked
        .values
        .iter()
        .zip(robust)
        .zip(&ranks)
        .map(|((values, robust), &rank)| Alternative {
            mean: mean(asked.kind, values, settings.confidence),
            robust,
            rank,
        })
        .collect();
    Outcome {
        name: asked.name.clone(),
        kind: asked.kind,
        better: asked.better,
        threshold: asked.threshold,
        critical,
        alternatives,
        pairs,
        metrics,
    }
}

/// Best and worst rank of each of some alternatives, from 1, that what is shown leaves open.
pub(crate) fn rank_ranges(n: usize, beats: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    (0..n)
        .map(|one| {
            let above = (0..n).filter(|&other| beats(other, one)).count();
            let below = (0..n).filter(|&other| beats(one, other)).count();
            (1 + above, n - below)
        })
        .collect()
}

/// The mean of what is present; a probability for a truth value.
fn mean(kind: OutcomeKind, values: &[f64], confidence: f64) -> Option<Estimate> {
    let present: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    if kind == OutcomeKind::Truth {
        let held = present.iter().filter(|x| **x > 0.5).count();
        return interval::wilson(held as u64, present.len() as u64, confidence);
    }
    let n = present.len() as f64;
    let centre = present.iter().sum::<f64>() / n;
    let squares: f64 = present.iter().map(|x| (x - centre) * (x - centre)).sum();
    interval::mean(
        present.len() as u64,
        centre,
        squares / (n - 1.0),
        confidence,
    )
}

fn pair(
    asked: &Asked,
    (alternative, against): (usize, usize),
    contrast: &Contrast,
    critical: f64,
    settings: &Settings,
) -> Pair {
    let n = contrast.n;
    let (better, worse) = match asked.better {
        Better::Higher => (contrast.higher, contrast.lower),
        Better::Lower => (contrast.lower, contrast.higher),
    };
    let share = |count: u64| interval::wilson(count, n, settings.confidence);
    let difference = difference(asked.kind, contrast, critical);
    let usual = interval::two_sided(settings.confidence);
    Pair {
        alternative,
        against,
        n,
        alone: self::difference(asked.kind, contrast, usual).map(|of| (of.low, of.high)),
        standing: standing(difference.as_ref(), contrast, asked.better),
        difference,
        p_better: share(better),
        p_worse: share(worse),
        p_tied: share(n - better - worse),
        pairing: pairing(&asked.values[alternative], &asked.values[against]),
    }
}

/// The mean difference so many standard errors wide: by Tango's score for truth values, by Student's for
/// others. Exactly zero if no replicate differs.
fn difference(kind: OutcomeKind, contrast: &Contrast, critical: f64) -> Option<Estimate> {
    let n = contrast.n;
    if n < 2 {
        return None;
    }
    let moved = contrast.moved();
    if moved == 0 {
        return Some(Estimate {
            value: 0.0,
            low: 0.0,
            high: 0.0,
            n,
        });
    }
    let mut of = if kind == OutcomeKind::Truth {
        paired::tango_at(contrast.higher, contrast.lower, n, critical)?
    } else {
        // The same tail beyond Student's t as beyond the normal.
        let confidence = 1.0 - 2.0 * special::normal_cdf(-critical);
        interval::mean(n, contrast.mean, contrast.variance, confidence)?
    };
    // So few replicates differ that all of them going one way is within chance: the sign test's smallest
    // p-value, 2^(1-moved). Then the interval reaches to zero, whatever a normal law would say.
    let smallest = libm::exp2(1.0 - moved as f64);
    if smallest > 2.0 * special::normal_cdf(-critical) {
        of.low = of.low.min(0.0);
        of.high = of.high.max(0.0);
    }
    Some(of)
}

fn standing(difference: Option<&Estimate>, contrast: &Contrast, better: Better) -> Standing {
    let Some(of) = difference else {
        return Standing::Untold;
    };
    if contrast.moved() == 0 {
        Standing::Same
    } else if of.includes_zero() {
        Standing::Untold
    } else if better.worth(of.value) > 0.0 {
        Standing::Better
    } else {
        Standing::Worse
    }
}

#[cfg(test)]
mod tests;
