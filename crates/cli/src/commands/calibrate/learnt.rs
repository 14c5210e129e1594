//! What a calibration found: particles with weights, what was learnt of each input, what is predicted of each row.

use std::collections::BTreeMap;

use foedera_analysis::posterior::{self, Learnt, Predicted, Tied};
use foedera_ensemble::{
    calibrate::{State, Told, trials::Trials},
    quantile,
};

use super::asked::Asked;
use crate::observed::Seen;

/// All of it.
pub(super) struct Found {
    /// Different particles.
    pub(super) particles: Vec<Particle>,
    /// Each input, in order.
    pub(super) inputs: Vec<Input>,
    /// Rank correlations that can be told from none, between inputs of which something was learnt.
    pub(super) ties: Vec<Tied>,
    /// Each row, in order.
    pub(super) rows: Vec<RowFound>,
    /// Independent particles that would know the inputs as well: the median over inputs.
    pub(super) effective: f64,
    /// Histories behind the predictions before.
    pub(super) before: usize,
    /// Histories behind the predictions after.
    pub(super) predicted: usize,
}

/// A particle.
pub(super) struct Particle {
    pub(super) weight: f64,
    pub(super) distance: f64,
    pub(super) root: u32,
    /// Values of the inputs.
    pub(super) values: Vec<f64>,
    /// Their normal scores under the prior.
    scores: Vec<f64>,
}

/// An input before and after.
pub(super) struct Input {
    /// 5, 50 and 95 % before.
    pub(super) before: [f64; 3],
    /// 5, 50 and 95 % after.
    pub(super) after: [f64; 3],
    pub(super) learnt: Learnt,
}

/// A row before and after.
pub(super) struct RowFound {
    pub(super) before: Predicted,
    pub(super) after: Predicted,
}

impl Found {
    /// Draws the conclusions.
    pub(super) fn new(asked: &Asked, state: &State, trials: &Trials<'_>, told: &Told) -> Self {
        let particles = particles(asked, state, trials);
        let weights: Vec<f64> = particles.iter().map(|of| of.weight).collect();
        let roots: Vec<u32> = particles.iter().map(|of| of.root).collect();
        let values: Vec<Vec<f64>> = (0..asked.inputs.len())
            .map(|input| particles.iter().map(|of| of.values[input]).collect())
            .collect();
        let inputs: Vec<Input> = (0..asked.inputs.len())
            .map(|input| {
                let scores: Vec<f64> = particles.iter().map(|of| of.scores[input]).collect();
                let learnt = posterior::learnt(&scores, &weights, &roots, asked.inputs.len());
                one(asked, input, &values[input], &weights, learnt)
            })
            .collect();
        let mut sizes: Vec<f64> = inputs.iter().map(|of| of.learnt.effective).collect();
        sizes.sort_by(f64::total_cmp);
        let effective = sizes[sizes.len() / 2];
        Self {
            ties: ties(&inputs, &values, &weights, effective),
            rows: rows(asked, state, told),
            before: state.before.first().map_or(0, |of| of.0.len()),
            predicted: told.iter().flatten().count(),
            particles,
            inputs,
            effective,
        }
    }
}

/// The different particles of a population, each with its share.
fn particles(asked: &Asked, state: &State, trials: &Trials<'_>) -> Vec<Particle> {
    let rows = asked.rows();
    let share = 1.0 / f64::from(u32::try_from(state.particles.len()).unwrap_or(u32::MAX));
    let mut places: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    let mut all: Vec<Particle> = Vec::new();
    for particle in &state.particles {
        let bits = particle.scores.iter().map(|x| x.to_bits()).collect();
        let place = *places.entry(bits).or_insert(all.len());
        if let Some(known) = all.get_mut(place) {
            known.weight += share;
        } else {
            all.push(Particle {
                weight: share,
                distance: state.distance(&rows, particle),
                root: particle.root,
                values: trials.values(&particle.scores),
                scores: trials.marginal_scores(&particle.scores),
            });
        }
    }
    all
}

fn one(asked: &Asked, input: usize, values: &[f64], weights: &[f64], learnt: Learnt) -> Input {
    let info = asked.scenario.leaves.info(asked.inputs[input]);
    let prior = asked.prior(input);
    Input {
        before: [0.05, 0.5, 0.95].map(|level| quantile(prior, info, level)),
        after: [0.05, 0.5, 0.95].map(|level| posterior::quantile(values, weights, level)),
        learnt,
    }
}

/// Ties between inputs of which something was learnt.
fn ties(inputs: &[Input], values: &[Vec<f64>], weights: &[f64], effective: f64) -> Vec<Tied> {
    let known: Vec<usize> = (0..inputs.len())
        .filter(|input| inputs[*input].learnt.told)
        .collect();
    let of: Vec<Vec<f64>> = known.iter().map(|input| values[*input].clone()).collect();
    let all = posterior::ties(&of, weights, effective).into_iter();
    all.filter(|tied| tied.told)
        .map(|tied| Tied {
            first: known[tied.first],
            second: known[tied.second],
            ..tied
        })
        .collect()
}

fn rows(asked: &Asked, state: &State, told: &Told) -> Vec<RowFound> {
    let predicted = |seen: Seen, answers: &[f64]| match seen {
        Seen::Truth(observed, _) => posterior::predicted_truth(answers, observed),
        Seen::Number(observed, _) => posterior::predicted_number(answers, observed),
    };
    let row = |(idx, question): (usize, &crate::observed::Question)| {
        let after: Vec<f64> = told.iter().flatten().map(|answers| answers[idx]).collect();
        RowFound {
            before: predicted(question.seen, &state.before[idx].0),
            after: predicted(question.seen, &after),
        }
    };
    asked.questions.iter().enumerate().map(row).collect()
}
