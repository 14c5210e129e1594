//! How well probabilities and ensembles foretold what was observed, beside a baseline.
//!
//! Binary questions: Brier and logarithmic score, Murphy's decomposition, a table of reliability, and both without
//! bins ([`corp`]). Numbers: the fair continuous ranked probability score of an ensemble beside that of a normal
//! baseline. Intervals come from a bootstrap over clusters of questions; each cluster is also left out once. Scores
//! of quantiles, intervals, tails and vectors, and histograms of ranks, are there for other analyses.

mod binary;
mod blocks;
pub mod corp;
mod crps;
#[cfg(test)]
mod oracle;
mod pit;
mod quantiles;

use serde::Serialize;

pub use binary::{BINS, Bin, Binary, Decomposition, brier, log_score};
pub use blocks::{Interval, RESAMPLES, bootstrap};
pub use corp::Corp;
pub use crps::{Ensemble, crps, crps_between, crps_fair, crps_normal, crps_weighted};
pub use pit::{pit, pit_histogram, rank_histogram};
pub use quantiles::{energy_score, interval_score, quantile_score};

/// What a question is about.
#[derive(Debug, Clone, Default, Serialize)]
pub struct About {
    /// Id.
    pub id: String,
    /// What is asked, in words.
    pub question: String,
    /// Cluster of questions that stand or fall together.
    pub cluster: String,
}

/// One binary question with its forecast.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// Probability of the model, 0..=1.
    pub forecast: f64,
    /// Probability of the baseline, 0..=1, if the file gives one.
    pub baseline: Option<f64>,
    /// Whether it came true.
    pub resolution: bool,
    /// Brier score of the forecast, 0..=1, lower is better.
    pub brier: f64,
    /// Brier score of the baseline.
    pub baseline_brier: Option<f64>,
    /// Logarithmic score of the forecast in nats, lower is better.
    pub log_score: f64,
}

/// One number with its ensemble.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// What was observed.
    pub value: f64,
    /// Mean of the ensemble.
    pub mean: f64,
    /// Standard deviation of the ensemble.
    pub sd: f64,
    /// Quantiles of the ensemble at 5 %, 50 %, 95 %.
    pub quantiles: [f64; 3],
    /// Share of replicates in which it is absent; those are left out.
    pub absent: f64,
    /// Fair CRPS of the ensemble, in the unit of the number, lower is better.
    pub crps: f64,
    /// CRPS of the normal baseline.
    pub baseline_crps: Option<f64>,
}

/// A score over questions.
#[derive(Debug, Clone, Serialize)]
pub struct Mean {
    /// Mean score.
    pub mean: f64,
    /// 95 % interval from resampled clusters; absent with fewer than two clusters.
    pub interval: Option<Interval>,
    /// Mean score of the baseline over the questions that have one.
    pub baseline: Option<f64>,
    /// 1 less the mean over that of the baseline, over the questions that have one.
    pub skill: Option<f64>,
    /// 95 % interval of the mean difference to the baseline; below zero is better than it.
    pub difference: Option<Interval>,
}

/// Scores without one cluster.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    /// The cluster.
    pub cluster: String,
    /// Its questions.
    pub questions: usize,
    /// Its own mean Brier score.
    pub own: f64,
    /// Mean Brier score of the others; absent if there are none.
    pub others: Option<f64>,
    /// Mean of the baseline over the others that have one.
    pub others_baseline: Option<f64>,
}

/// Scores of all binary questions.
#[derive(Debug, Clone, Serialize)]
pub struct BinaryScores {
    /// Each question.
    pub questions: Vec<Answered>,
    /// Brier score.
    pub brier: Mean,
    /// Logarithmic score in nats.
    pub log_score: f64,
    /// Murphy's decomposition of the Brier score.
    pub decomposition: Decomposition,
    /// Its decomposition without bins, with the curve of reliability.
    pub corp: Corp,
    /// Forecasts and frequencies by bin.
    pub reliability: Vec<Bin>,
    /// One cluster left out at a time.
    pub left_out: Vec<LeftOut>,
}

/// Scores of all numbers.
#[derive(Debug, Clone, Serialize)]
pub struct NumberScores {
    /// Each number.
    pub questions: Vec<Measured>,
    /// Mean of the fair CRPS over that of its baseline, question by question: units cancel.
    pub relative: Option<f64>,
    /// Numbers whose CRPS is below that of the baseline.
    pub better: usize,
    /// Numbers that have a baseline.
    pub with_baseline: usize,
    /// Numbers that lie between the 5 % and the 95 % quantile.
    pub covered: usize,
}

impl Answered {
    /// Answers a question from truth values by replicate, where above a half is true.
    ///
    /// The probability is the Jeffreys estimate (k + 1/2) / (n + 1): no finite number of replicates shows
    /// that a thing cannot be.
    #[must_use]
    pub fn new(about: About, values: &[f64], resolution: bool, baseline: Option<f64>) -> Self {
        let held = count(values.iter().filter(|value| **value > 0.5).count());
        let forecast = (held + 0.5) / (count(values.len()) + 1.0);
        Self {
            about,
            forecast,
            baseline,
            resolution,
            brier: brier(forecast, resolution),
            baseline_brier: baseline.map(|baseline| brier(baseline, resolution)),
            log_score: log_score(forecast, resolution),
        }
    }
}

impl Measured {
    /// Answers a question from numbers by replicate, not numbers where absent; none if all are. The
    /// baseline is normal, with a mean and a standard deviation.
    #[must_use]
    pub fn new(
        about: About,
        values: &[f64],
        value: f64,
        baseline: Option<(f64, f64)>,
    ) -> Option<Self> {
        let present: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        if present.is_empty() {
            return None;
        }
        let (mean, sd, quantiles) = describe(&present);
        Some(Self {
            about,
            value,
            mean,
            sd,
            quantiles,
            absent: 1.0 - count(present.len()) / count(values.len()),
            crps: crps_fair(&present, value),
            baseline_crps: baseline.map(|(mean, sd)| crps_normal(mean, sd, value)),
        })
    }
}

/// Scores binary questions; none without questions. `seed` keys the bootstrap.
#[must_use]
pub fn binary_scores(questions: Vec<Answered>, seed: u64) -> Option<BinaryScores> {
    if questions.is_empty() {
        return None;
    }
    let pairs: Vec<Binary> = questions
        .iter()
        .map(|one| Binary {
            forecast: one.forecast,
            happened: one.resolution,
        })
        .collect();
    let clusters: Vec<&str> = questions
        .iter()
        .map(|one| one.about.cluster.as_str())
        .collect();
    let scores: Vec<f64> = questions.iter().map(|one| one.brier).collect();
    let baselines: Vec<Option<f64>> = questions.iter().map(|one| one.baseline_brier).collect();
    let log: Vec<f64> = questions.iter().map(|one| one.log_score).collect();
    Some(BinaryScores {
        brier: mean_of(&scores, &baselines, &clusters, seed),
        log_score: average(&log).unwrap_or(f64::NAN),
        decomposition: binary::decompose(&pairs),
        corp: corp::corp(&pairs, seed)?,
        reliability: binary::bins(&pairs),
        left_out: left_out(&clusters, &scores, &baselines),
        questions,
    })
}

/// Scores numbers; none without questions.
#[must_use]
pub fn number_scores(questions: Vec<Measured>) -> Option<NumberScores> {
    if questions.is_empty() {
        return None;
    }
    let pairs: Vec<(f64, f64)> = questions
        .iter()
        .filter_map(|one| one.baseline_crps.map(|baseline| (one.crps, baseline)))
        .collect();
    let ratios: Vec<f64> = pairs
        .iter()
        .filter(|(_, baseline)| *baseline > 0.0)
        .map(|(crps, baseline)| crps / baseline)
        .collect();
    let inside = |one: &&Measured| one.quantiles[0] <= one.value && one.value <= one.quantiles[2];
    Some(NumberScores {
        relative: average(&ratios),
        better: pairs
            .iter()
            .filter(|(crps, baseline)| crps < baseline)
            .count(),
        with_baseline: pairs.len(),
        covered: questions.iter().filter(inside).count(),
        questions,
    })
}

/// Mean, standard deviation and the 5, 50 and 95 % quantiles of a sample that is not empty.
#[must_use]
pub fn describe(sample: &[f64]) -> (f64, f64, [f64; 3]) {
    let n = count(sample.len());
    let mean = sample.iter().sum::<f64>() / n;
    let squares: f64 = sample.iter().map(|x| (x - mean) * (x - mean)).sum();
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    (
        mean,
        libm::sqrt(squares / (n - 1.0).max(1.0)),
        [0.05, 0.5, 0.95].map(|level| blocks::quantile(&sorted, level)),
    )
}

fn mean_of(scores: &[f64], baselines: &[Option<f64>], clusters: &[&str], seed: u64) -> Mean {
    let paired: Vec<(usize, f64)> = baselines
        .iter()
        .enumerate()
        .filter_map(|(idx, baseline)| baseline.map(|baseline| (idx, baseline)))
        .collect();
    let own: Vec<f64> = paired.iter().map(|(idx, _)| scores[*idx]).collect();
    let theirs: Vec<f64> = paired.iter().map(|(_, baseline)| *baseline).collect();
    let differences: Vec<f64> = own.iter().zip(&theirs).map(|(a, b)| a - b).collect();
    let of: Vec<&str> = paired.iter().map(|(idx, _)| clusters[*idx]).collect();
    let baseline = average(&theirs);
    let skill = average(&own)
        .zip(baseline.filter(|baseline| *baseline > 0.0))
        .map(|(own, baseline)| 1.0 - own / baseline);
    Mean {
        mean: average(scores).unwrap_or(f64::NAN),
        interval: bootstrap(scores, clusters, seed),
        baseline,
        skill,
        difference: bootstrap(&differences, &of, seed),
    }
}

fn left_out(clusters: &[&str], scores: &[f64], baselines: &[Option<f64>]) -> Vec<LeftOut> {
    let mut names: Vec<&str> = clusters.to_vec();
    names.sort_unstable();
    names.dedup();
    let of = |name: &str, inside: bool| {
        let chosen = clusters.iter().enumerate();
        chosen
            .filter(|(_, cluster)| (**cluster == name) == inside)
            .map(|(idx, _)| idx)
            .collect::<Vec<usize>>()
    };
    let mean = |idxs: &[usize]| average(&idxs.iter().map(|idx| scores[*idx]).collect::<Vec<_>>());
    names
        .into_iter()
        .map(|name| {
            let (own, others) = (of(name, true), of(name, false));
            let theirs: Vec<f64> = others.iter().filter_map(|idx| baselines[*idx]).collect();
            LeftOut {
                cluster: name.to_owned(),
                questions: own.len(),
                own: mean(&own).unwrap_or(f64::NAN),
                others: mean(&others),
                others_baseline: average(&theirs),
            }
        })
        .collect()
}

pub(crate) fn average(all: &[f64]) -> Option<f64> {
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / count(all.len()))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) const fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(cluster: &str, forecast: f64, resolution: bool, baseline: f64) -> Answered {
        Answered {
            about: About {
                cluster: cluster.to_owned(),
                ..About::default()
            },
            forecast,
            baseline: Some(baseline),
            resolution,
            brier: brier(forecast, resolution),
            baseline_brier: Some(brier(baseline, resolution)),
            log_score: log_score(forecast, resolution),
        }
    }

    #[test]
    fn a_mean_stands_beside_its_baseline_and_without_each_cluster() {
        // Brier .04, .01, .36 against .25 each: mean .41/3, skill 1 - .41/.75.
        let scores = binary_scores(
            vec![
                answered("a", 0.8, true, 0.5),
                answered("a", 0.1, false, 0.5),
                answered("b", 0.4, true, 0.5),
            ],
            1,
        )
        .expect("there are questions");
        assert!((scores.brier.mean - 0.41 / 3.0).abs() < 1e-12);
        assert!((scores.brier.skill.unwrap_or(0.0) - (1.0 - 0.41 / 0.75)).abs() < 1e-12);
        let without_a = &scores.left_out[0];
        assert_eq!((without_a.cluster.as_str(), without_a.questions), ("a", 2));
        assert!((without_a.own - 0.025).abs() < 1e-12);
        assert!((without_a.others.unwrap_or(0.0) - 0.36).abs() < 1e-12);
        assert!(binary_scores(Vec::new(), 1).is_none());
    }

    #[test]
    fn numbers_are_counted_against_their_baselines() {
        let number = |value: f64, crps: f64, baseline: f64| Measured {
            about: About::default(),
            value,
            mean: 1.0,
            sd: 1.0,
            quantiles: [0.0, 1.0, 2.0],
            absent: 0.0,
            crps,
            baseline_crps: Some(baseline),
        };
        let scores = number_scores(vec![number(1.0, 0.1, 0.2), number(3.0, 0.3, 0.2)])
            .expect("there are numbers");
        assert_eq!(
            (scores.better, scores.with_baseline, scores.covered),
            (1, 2, 1)
        );
        assert!((scores.relative.unwrap_or(0.0) - 1.0).abs() < 1e-12);
    }
}
