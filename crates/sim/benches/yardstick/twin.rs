//! Runs the yardstick over plain arrays of lanes: what a framework could at best reach.

use foedera_sim::isa::Isa;
use foedera_sim::lanes::Lanes;
use foedera_sim::rng::{LaneKeys, NoiseBlock};

use super::model::{DOMAINS, Data, purpose};
use super::outcome::Trace;
use super::rows::{self, End, Vector};

/// Holds the arrays of one block.
#[derive(Debug)]
pub(crate) struct Twin {
    isa: Isa,
    seed: u64,
    data: Data,
    stress: Vec<Vector>,
    position: Vec<Vector>,
    support: Vec<Lanes>,
    weight: Vec<Lanes>,
    low: Vec<Lanes>,
    shock_noise: Vec<[NoiseBlock; DOMAINS]>,
    event_noise: Vec<NoiseBlock>,
    vote_noise: Vec<NoiseBlock>,
    withdraw_noise: Vec<NoiseBlock>,
    tie: Vec<Lanes>,
    drift_noise: Vec<NoiseBlock>,
    maturity: Lanes,
    sum: Lanes,
    squares: Lanes,
    trace: Trace,
}

impl Twin {
    pub(crate) fn new(data: &Data, isa: Isa, seed: u64) -> Self {
        let (states, dyads) = (data.states(), data.dyads.len());
        let noise = vec![NoiseBlock::default(); states];
        Self {
            isa,
            seed,
            data: data.clone(),
            stress: vec![[Lanes::ZERO; DOMAINS]; states],
            position: vec![[Lanes::ZERO; DOMAINS]; states],
            support: vec![Lanes::ZERO; states],
            weight: vec![Lanes::ZERO; states],
            low: vec![Lanes::ZERO; states],
            shock_noise: vec![std::array::from_fn(|_| NoiseBlock::default()); states],
            event_noise: noise.clone(),
            vote_noise: noise.clone(),
            withdraw_noise: noise,
            tie: vec![Lanes::ZERO; dyads],
            drift_noise: vec![NoiseBlock::default(); dyads],
            maturity: Lanes::ZERO,
            sum: Lanes::ZERO,
            squares: Lanes::ZERO,
            trace: Trace::new(data),
        }
    }

    pub(crate) fn run(&mut self, first_replicate: u64) -> &Trace {
        self.reset();
        let keys = LaneKeys::consecutive(self.isa, self.seed, first_replicate);
        let ticks = self.data.ticks;
        self.isa.dispatch(
            #[inline(always)]
            || {
                for tick in 0..ticks {
                    self.shock(&keys, tick);
                    self.drift(&keys, tick);
                    self.vote(&keys, tick);
                    self.withdraw(&keys, tick);
                    self.cohesion(tick);
                }
            },
        );
        self.trace.maturity = self.maturity;
        self.trace.weight.copy_from_slice(&self.weight);
        &self.trace
    }

    fn reset(&mut self) {
        self.stress.fill([Lanes::ZERO; DOMAINS]);
        self.low.fill(Lanes::ZERO);
        self.maturity = Lanes::ZERO;
        for (weight, &capability) in self.weight.iter_mut().zip(&self.data.capability) {
            *weight = Lanes::splat(capability);
        }
        for (tie, dyad) in self.tie.iter_mut().zip(&self.data.dyads) {
            *tie = Lanes::splat(dyad.tie_start);
        }
        self.withdraw_noise.iter_mut().for_each(NoiseBlock::forget);
        self.sum_weights();
    }

    #[inline(always)]
    fn shock(&mut self, keys: &LaneKeys, tick: u32) {
        for (i, ideal) in self.data.ideal.iter().enumerate() {
            let noise = &mut self.shock_noise[i];
            for (k, noise) in noise.iter_mut().enumerate() {
                noise.prepare_normals(keys, purpose::SHOCK, tick, (DOMAINS * i + k) as u32);
            }
            self.event_noise[i].prepare_uniforms(keys, purpose::EVENT, tick, i as u32);
            let normals = [noise[0].at(tick), noise[1].at(tick), noise[2].at(tick)];
            let draw = self.event_noise[i].at(tick);
            rows::shock(
                &mut self.stress[i],
                &mut self.position[i],
                ideal,
                normals,
                draw,
            );
        }
    }

    #[inline(always)]
    fn drift(&mut self, keys: &LaneKeys, tick: u32) {
        self.support.fill(Lanes::ZERO);
        let columns = self
            .tie
            .iter_mut()
            .zip(&mut self.drift_noise)
            .zip(&self.data.dyads);
        for (id, ((tie, noise), dyad)) in columns.enumerate() {
            noise.prepare_normals(keys, purpose::DRIFT, tick, id as u32);
            let end = |i: usize| End {
                stress: &self.stress[i],
                position: &self.position[i],
                weight: &self.weight[i],
            };
            // A dyad's source comes before its target.
            let (before, after) = self.support.split_at_mut(dyad.target);
            let (first, second) = (&mut before[dyad.source], &mut after[0]);
            let (source, target) = (end(dyad.source), end(dyad.target));
            rows::drift(
                tie,
                first,
                second,
                source,
                target,
                dyad.rivalry,
                noise.at(tick),
            );
        }
    }

    #[inline(always)]
    fn vote(&mut self, keys: &LaneKeys, tick: u32) {
        let mut unanimous = Lanes::ONE;
        for (i, support) in self.support.iter_mut().enumerate() {
            let noise = &mut self.vote_noise[i];
            noise.prepare_uniforms(keys, purpose::VOTE, tick, i as u32);
            let (weight, draw) = (&self.weight[i], noise.at(tick));
            rows::vote(
                support,
                &mut unanimous,
                weight,
                &self.sum,
                &self.maturity,
                draw,
            );
        }
        rows::mature(&mut self.maturity, &unanimous, &self.sum);
    }

    #[inline(always)]
    fn withdraw(&mut self, keys: &LaneKeys, tick: u32) {
        let mut changed = false;
        for (i, low) in self.low.iter_mut().enumerate() {
            if rows::endure(low, &self.support[i]) {
                let noise = &mut self.withdraw_noise[i];
                noise.prepare_uniforms(keys, purpose::WITHDRAW, tick, i as u32);
                rows::withdraw(&mut self.weight[i], low, noise.at(tick));
                changed = true;
            }
        }
        if changed {
            self.sum_weights();
        }
    }

    #[inline(always)]
    fn sum_weights(&mut self) {
        (self.sum, self.squares) = (Lanes::ZERO, Lanes::ZERO);
        for weight in &self.weight {
            rows::sum_weights(&mut self.sum, &mut self.squares, weight);
        }
    }

    #[inline(always)]
    fn cohesion(&mut self, tick: u32) {
        let mut ties = Lanes::ZERO;
        for (tie, dyad) in self.tie.iter().zip(&self.data.dyads) {
            rows::weigh(
                &mut ties,
                tie,
                &self.weight[dyad.source],
                &self.weight[dyad.target],
            );
        }
        let out = &mut self.trace.cohesion[tick as usize];
        rows::cohesion(out, &ties, &self.sum, &self.squares);
    }
}
