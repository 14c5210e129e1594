//! Runs one replicate of the yardstick with plain loops: the definition of its results.

use foedera_sim::rng;

use super::model::{self, DOMAINS, Data, purpose};

/// Keeps one replicate's course.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) cohesion: Vec<f32>,
    pub(crate) maturity: f32,
    pub(crate) weight: Vec<f32>,
}

struct Replicate<'a> {
    data: &'a Data,
    seed: u64,
    replicate: u64,
    stress: Vec<[f32; DOMAINS]>,
    tie: Vec<f32>,
    weight: Vec<f32>,
    low: Vec<f32>,
    maturity: f32,
}

pub(crate) fn run(data: &Data, seed: u64, replicate: u64) -> Course {
    let mut state = Replicate {
        data,
        seed,
        replicate,
        stress: vec![[0.0; DOMAINS]; data.states()],
        tie: data.dyads.iter().map(|dyad| dyad.tie_start).collect(),
        weight: data.capability.clone(),
        low: vec![0.0; data.states()],
        maturity: 0.0,
    };
    let cohesion = (0..data.ticks).map(|tick| state.tick(tick)).collect();
    Course {
        cohesion,
        maturity: state.maturity,
        weight: state.weight,
    }
}

impl Replicate<'_> {
    fn uniform(&self, purpose: u8, tick: u32, entity: usize) -> f32 {
        rng::uniform(rng::word(
            self.seed,
            purpose,
            self.replicate,
            tick,
            entity as u32,
        ))
    }

    fn normal(&self, purpose: u8, tick: u32, entity: usize) -> f32 {
        rng::normal(rng::word(
            self.seed,
            purpose,
            self.replicate,
            tick,
            entity as u32,
        ))
    }

    fn tick(&mut self, tick: u32) -> f32 {
        self.shock(tick);
        self.drift(tick);
        let satisfaction = self.satisfy();
        self.vote(tick, &satisfaction);
        self.withdraw(tick, &satisfaction);
        self.cohesion()
    }

    fn shock(&mut self, tick: u32) {
        for i in 0..self.data.states() {
            let event = model::event(self.uniform(purpose::EVENT, tick, i));
            for k in 0..DOMAINS {
                let normal = self.normal(purpose::SHOCK, tick, DOMAINS * i + k);
                self.stress[i][k] = model::stress_after(self.stress[i][k], normal, event, k);
            }
        }
    }

    fn position(&self, i: usize) -> [f32; DOMAINS] {
        [0, 1, 2].map(|k| model::position(self.data.ideal[i][k], self.stress[i][k]))
    }

    fn drift(&mut self, tick: u32) {
        for (id, dyad) in self.data.dyads.iter().enumerate() {
            let (i, j) = (dyad.source, dyad.target);
            let apart = model::distance(&self.position(i), &self.position(j));
            let stressed = model::distance(&self.stress[i], &self.stress[j]);
            let normal = self.normal(purpose::DRIFT, tick, id);
            self.tie[id] = model::tie_after(self.tie[id], apart, stressed, dyad.rivalry, normal);
        }
    }

    fn satisfy(&self) -> Vec<f32> {
        let mut support = vec![0.0; self.data.states()];
        for (dyad, tie) in self.data.dyads.iter().zip(&self.tie) {
            support[dyad.source] += self.weight[dyad.target] * tie;
            support[dyad.target] += self.weight[dyad.source] * tie;
        }
        let total: f32 = self.weight.iter().sum();
        let others = |i: usize| total - self.weight[i];
        let of =
            |(i, support): (usize, f32)| model::satisfaction(support, others(i), self.maturity);
        support.into_iter().enumerate().map(of).collect()
    }

    fn vote(&mut self, tick: u32, satisfaction: &[f32]) {
        let mut unanimous = 1.0;
        for (i, &satisfaction) in satisfaction.iter().enumerate() {
            let draw = self.uniform(purpose::VOTE, tick, i);
            unanimous *= model::accepts(self.weight[i], satisfaction, draw);
        }
        let total: f32 = self.weight.iter().sum();
        self.maturity = model::maturity_after(self.maturity, unanimous, total);
    }

    fn withdraw(&mut self, tick: u32, satisfaction: &[f32]) {
        for (i, &satisfaction) in satisfaction.iter().enumerate() {
            self.low[i] = model::low_after(self.low[i], satisfaction);
            let draw = self.uniform(purpose::WITHDRAW, tick, i);
            self.weight[i] = model::weight_after(self.weight[i], self.low[i], draw);
        }
    }

    fn cohesion(&self) -> f32 {
        let (mut ties, mut pairs) = (0.0, 0.0);
        for (dyad, tie) in self.data.dyads.iter().zip(&self.tie) {
            let weight = self.weight[dyad.source] * self.weight[dyad.target];
            ties += weight * tie;
            pairs += weight;
        }
        model::cohesion(ties, pairs)
    }
}
