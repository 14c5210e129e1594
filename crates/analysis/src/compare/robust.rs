//! Choosing under uncertainty: regret, worst cases, thresholds, and whether the order of alternatives stands when
//! the yardstick changes.
//!
//! Regret is what an alternative falls short of the best one in the same replicate (Savage 1951, J. Am. Stat.
//! Assoc. 46:55); the worst case is the value that one replicate in twenty is worse than (a sample's very worst
//! one is shown, and never ranked: it falls for ever as replicates are added). Rank stability across metrics
//! after `McPhail` et al. 2018, Earth's Future 6:169.

use foedera_results::{Estimate, interval, interval::order};
use serde::Serialize;

use super::{Asked, Better, Settings, rank_ranges};

/// The share of replicates that is worse than the worst case.
pub const WORST: f64 = 0.05;
/// The level of the high regret.
pub const HIGH_REGRET: f64 = 0.9;

/// Regret and worst cases of one alternative.
#[derive(Debug, Clone, Serialize)]
pub struct Robust {
    /// Mean regret, at least 0, over trials in which all have the outcome.
    pub regret: Option<Estimate>,
    /// The regret that one replicate in ten exceeds.
    pub high_regret: Option<Estimate>,
    /// Share of replicates in which none is better.
    pub best: Option<Estimate>,
    /// Share of replicates in which all others are worse.
    pub best_alone: Option<Estimate>,
    /// The worst value seen.
    pub worst_seen: Option<f64>,
    /// The value that one replicate in twenty is worse than.
    pub worst: Option<Estimate>,
    /// The two quantiles again, with intervals that hold for all alternatives together.
    #[serde(skip)]
    together: (Option<Estimate>, Option<Estimate>),
}

/// Ranks by one metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// What decides.
    pub by: &'static str,
    /// Best and worst rank of each alternative that cannot be ruled out, from 1.
    pub ranks: Vec<(usize, usize)>,
}

/// Regret and worst cases of every alternative.
pub(super) fn robust(asked: &Asked, settings: &Settings) -> Vec<Robust> {
    let points = &asked.values;
    let worth = |value: f64| asked.better.worth(value);
    let whole: Vec<usize> = (0..points.first().map_or(0, Vec::len))
        .filter(|&at| points.iter().all(|values| values[at].is_finite()))
        .collect();
    let best: Vec<f64> = whole
        .iter()
        .map(|&at| {
            let worths = points.iter().map(|values| worth(values[at]));
            worths.fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    let n = points.len();
    (0..n)
        .map(|one| {
            let of = |at: usize| worth(points[one][at]);
            let regrets = whole.iter().zip(&best).map(|(&at, best)| best - of(at));
            let mut regrets: Vec<f64> = regrets.collect();
            let is_best = regrets.iter().filter(|regret| **regret <= 0.0).count();
            let alone =
                |at: usize| (0..n).all(|other| other == one || worth(points[other][at]) < of(at));
            let best_alone = whole.iter().filter(|at| alone(**at)).count();
            let share = |count: usize| {
                interval::wilson(count as u64, whole.len() as u64, settings.confidence)
            };
            let regret = mean(&regrets, settings.confidence);
            regrets.sort_by(f64::total_cmp);
            let mut worths: Vec<f64> = points[one].iter().map(|x| worth(*x)).collect();
            worths.retain(|x| x.is_finite());
            worths.sort_by(f64::total_cmp);
            let joint = 1.0 - (1.0 - settings.confidence) / n.max(1) as f64;
            let worst = |confidence: f64| {
                let of = order::quantile_of(&worths, WORST, confidence)?;
                Some(turned(of, asked.better))
            };
            let high = |confidence: f64| order::quantile_of(&regrets, HIGH_REGRET, confidence);
            Robust {
                regret,
                high_regret: high(settings.confidence),
                best: share(is_best),
                best_alone: share(best_alone),
                worst_seen: worths.first().map(|x| worth(*x)),
                worst: worst(settings.confidence),
                together: (high(joint), worst(joint)),
            }
        })
        .collect()
}

fn mean(values: &[f64], confidence: f64) -> Option<Estimate> {
    let n = values.len() as f64;
    let centre = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - centre) * (x - centre)).sum();
    let of = interval::mean(values.len() as u64, centre, squares / (n - 1.0), confidence)?;
    // A regret is never below nothing.
    Some(Estimate {
        low: of.low.max(0.0),
        ..of
    })
}

/// An estimate of a worth as one of the outcome.
fn turned(of: Estimate, better: Better) -> Estimate {
    match better {
        Better::Higher => of,
        Better::Lower => of.negated(),
    }
}

/// Ranks by the mean, by the high regret and by the worst case. Mean regret orders as the mean does: what two
/// alternatives fall short of the same best differs by what they differ themselves.
pub(super) fn metrics(asked: &Asked, by_mean: &[(usize, usize)], all: &[Robust]) -> Vec<Metric> {
    let by = |worth: &dyn Fn(usize) -> Option<(f64, f64)>| {
        rank_ranges(all.len(), |one, other| {
            let (Some(one), Some(other)) = (worth(one), worth(other)) else {
                return false;
            };
            one.0 > other.1
        })
    };
    let first = if asked.threshold {
        "threshold met"
    } else {
        "mean and mean regret"
    };
    let mut metrics = vec![Metric {
        by: first,
        ranks: by_mean.to_vec(),
    }];
    if !asked.threshold {
        metrics.push(Metric {
            by: "regret in one of ten",
            ranks: by(&|at| all[at].together.0.map(|of| (-of.high, -of.low))),
        });
        metrics.push(Metric {
            by: "worst of twenty",
            ranks: by(&|at| {
                let of = all[at].together.1?;
                Some(match asked.better {
                    Better::Higher => (of.low, of.high),
                    Better::Lower => (-of.high, -of.low),
                })
            }),
        });
    }
    metrics
}

/// Pairs of alternatives whose order one metric shows one way and another metric the other way.
#[must_use]
pub fn turns(metrics: &[Metric]) -> Vec<(usize, usize)> {
    let n = metrics.first().map_or(0, |metric| metric.ranks.len());
    // One is shown above another if its worst rank is above the other's best.
    let above = |one: usize, other: usize| {
        let shows = |metric: &Metric| metric.ranks[one].1 < metric.ranks[other].0;
        metrics.iter().any(shows)
    };
    (0..n)
        .flat_map(|one| (one + 1..n).map(move |other| (one, other)))
        .filter(|&(one, other)| above(one, other) && above(other, one))
        .collect()
}
