//! What an analysis found, in one form for all methods: for each outcome, for each factor, its indices.

use foedera_analysis::{
    ranks,
    sensitivity::{luck::Luck, morris::Effects, sobol::Indices},
};
use foedera_results::{Estimate, special};
use foedera_scenario::Month;
use serde::Serialize;

/// One index of one factor.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measure {
    /// Its name in tables.
    pub(super) index: &'static str,
    /// The estimate with its interval.
    #[serde(flatten)]
    pub(super) estimate: Estimate,
}

/// What was found of one factor.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Found {
    /// Place of the factor.
    #[serde(skip)]
    pub(super) factor: usize,
    /// Its name.
    pub(super) input: String,
    /// Rank by the leading index, 1 for the largest; factors that cannot be told apart share one. Absent where the
    /// factor cannot be told from one that does nothing.
    pub(super) rank: Option<usize>,
    /// Whether it can be told from one that does nothing.
    pub(super) told: bool,
    /// Its indices, the leading one first.
    pub(super) measures: Vec<Measure>,
}

impl Found {
    /// The estimate of an index.
    pub(super) fn get(&self, index: &str) -> Option<&Estimate> {
        let found = self.measures.iter().find(|of| of.index == index);
        found.map(|of| &of.estimate)
    }

    /// The leading index.
    pub(super) fn lead(&self) -> f64 {
        self.measures.first().map_or(0.0, |of| of.estimate.value)
    }
}

/// What was found of one outcome, at one time or over all of them.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Finding {
    /// Points that count.
    pub(super) points: u64,
    /// Points left out because a replicate failed or had no value.
    pub(super) dropped: u64,
    /// Luck against ignorance, where they can be told apart.
    pub(super) luck: Option<Luck>,
    /// Share that inputs explain together, as far as the method sees it.
    pub(super) explained: Option<Estimate>,
    /// By factor, the largest leading index first.
    pub(super) inputs: Vec<Found>,
    /// Why there are no indices, if there are none.
    pub(super) nothing: Option<String>,
    /// What a regional analysis split the histories by, if it could.
    pub(super) split: Option<String>,
}

/// An outcome with what was found of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OfOutcome {
    /// The outcome as a scenario file writes it.
    pub(super) outcome: String,
    /// Its name in tables.
    pub(super) name: String,
    /// In words.
    pub(super) label: String,
    /// Unit.
    pub(super) unit: String,
    /// What was found.
    #[serde(flatten)]
    pub(super) finding: Finding,
    /// Year by year, if asked.
    pub(super) over_time: Vec<AtYear>,
    /// Added up over the years, if asked and the method can.
    pub(super) all_years: Option<Finding>,
}

/// What was found at one date.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AtYear {
    /// The month.
    pub(super) at: Month,
    /// What was found.
    #[serde(flatten)]
    pub(super) finding: Finding,
}

impl Finding {
    /// Nothing, and why.
    pub(super) fn nothing(why: impl Into<String>) -> Self {
        Self {
            points: 0,
            dropped: 0,
            luck: None,
            explained: None,
            inputs: Vec::new(),
            nothing: Some(why.into()),
            split: None,
        }
    }

    /// Orders factors by their leading index and ranks those that can be told from nothing.
    pub(super) fn ranked(mut self) -> Self {
        self.inputs.sort_by(|one, other| {
            let told = other.told.cmp(&one.told);
            told.then(other.lead().abs().total_cmp(&one.lead().abs()))
                .then(one.factor.cmp(&other.factor))
        });
        let told = self.inputs.iter().filter(|of| of.told);
        let leads: Vec<Estimate> = told.map(|of| of.measures[0].estimate).collect();
        for (of, rank) in self.inputs.iter_mut().zip(ranks::ranks(&leads)) {
            of.rank = Some(rank);
        }
        // Of those that cannot be told apart the larger first.
        self.inputs.sort_by_key(|of| of.rank.unwrap_or(usize::MAX));
        self
    }

    /// Those that may matter as much as one that is told, by their size, and that so few draws cannot tell.
    pub(super) fn as_large(&self) -> Vec<&Found> {
        let least = self.told().map(|of| of.lead().abs()).fold(0.0, f64::max) / 10.0;
        let untold = self.inputs.iter().filter(|of| !of.told);
        untold
            .filter(|of| of.lead() > 0.0 && of.lead() >= least)
            .collect()
    }

    /// Those that can be told from one that does nothing.
    pub(super) fn told(&self) -> impl Iterator<Item = &Found> {
        self.inputs.iter().filter(|of| of.told)
    }
}

/// Whether an estimate can be told from zero where so many are looked at: an input that does nothing is told in one
/// analysis of forty, not one of forty in every analysis. The lower half of its 95 % interval is widened to the
/// quantile that Bonferroni asks.
fn is_told_among(of: &Estimate, inputs: usize) -> bool {
    let quantile = |inputs: f64| special::normal_quantile(1.0 - 0.025 / inputs);
    #[expect(clippy::cast_precision_loss, reason = "a number of inputs")]
    let widened = (of.value - of.low) * quantile(inputs.max(1) as f64) / quantile(1.0);
    of.value - widened > 0.0
}

/// Too few points: a sentence for every method.
pub(super) const TOO_FEW: &str = "fewer than two points have a value in every history; where an event need not happen, ask whether it does";

/// Morris' effects in the common form.
pub(super) fn of_morris(found: Option<Effects>, luck: Option<Luck>, names: &[String]) -> Finding {
    let Some(found) = found else {
        return Finding::nothing(TOO_FEW);
    };
    let never = found.inputs.iter().all(|of| of.mu_star.value == 0.0);
    let inputs = found.inputs.iter().enumerate().map(|(factor, of)| Found {
        factor,
        input: names[factor].clone(),
        rank: None,
        told: is_told_among(&of.square, names.len()),
        measures: vec![
            Measure {
                index: "mu_star",
                estimate: of.mu_star,
            },
            Measure {
                index: "mu",
                estimate: of.mu,
            },
            Measure {
                index: "sigma",
                estimate: of.sigma,
            },
        ],
    });
    let finding = Finding {
        points: found.points,
        dropped: found.dropped,
        inputs: inputs.collect(),
        nothing: never.then(|| "no input changes it in any history".to_owned()),
        luck,
        ..Finding::nothing("")
    };
    finding.ranked()
}

/// Sobol' indices in the common form.
pub(super) fn of_sobol(found: Option<Indices>, names: &[String]) -> Finding {
    let Some(found) = found else {
        return Finding::nothing(TOO_FEW);
    };
    let inputs = found.inputs.iter().enumerate().map(|(factor, of)| Found {
        factor,
        input: names[factor].clone(),
        rank: None,
        told: is_told_among(&of.total, names.len()) || is_told_among(&of.first, names.len()),
        measures: vec![
            Measure {
                index: "total",
                estimate: of.total,
            },
            Measure {
                index: "first",
                estimate: of.first,
            },
        ],
    });
    let why = if found.luck.ignorance.value == 0.0 {
        "it is the same in every history".to_owned()
    } else {
        "what the inputs change cannot be told from luck with so few points: all is luck as far as \
         anyone can see"
            .to_owned()
    };
    let finding = Finding {
        points: found.points,
        dropped: found.dropped,
        explained: found.alone,
        nothing: found.inputs.is_empty().then_some(why),
        inputs: inputs.collect(),
        luck: Some(found.luck),
        split: None,
    };
    finding.ranked()
}
