//! Histories of a scenario for sets of inputs, one history each: what a calibration asks of the engine.
//!
//! Sixty-four sets share a block, one in each lane. Inputs that are uncertain and not calibrated are drawn from
//! their own laws, as always. Each round has a seed of its own, from the seed, the generation and the round.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use foedera_results::special;
use foedera_scenario::{Leaf, Outcome, Scenario};
use foedera_sim::lanes::LANES;
use foedera_sim::{Block, Engine, Isa, Program, Record};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{Round, Told, World};
use crate::design::Side;
use crate::error::EnsembleError;
use crate::sampling::Sampler;

/// A scenario with the inputs that are calibrated.
#[derive(Debug)]
pub struct Trials<'a> {
    scenario: Arc<Scenario>,
    program: Arc<Program>,
    /// Places of the calibrated inputs among those drawn, in the order of the scores.
    places: Vec<usize>,
    sampler: Sampler,
    seed: u64,
    stances: bool,
    pool: rayon::ThreadPool,
    stop: &'a AtomicBool,
    isa: Isa,
}

impl<'a> Trials<'a> {
    /// Prepares the histories of a scenario whose `inputs` are uncertain, and are calibrated; `outcomes` are what
    /// the rows ask.
    ///
    /// # Errors
    /// If there are no threads.
    ///
    /// # Panics
    /// If an input is not uncertain.
    pub fn new(
        scenario: &Scenario,
        inputs: &[Leaf],
        outcomes: Vec<Outcome>,
        seed: u64,
        threads: usize,
        stop: &'a AtomicBool,
    ) -> Result<Self, EnsembleError> {
        let scenario = Arc::new(Scenario {
            outcomes,
            ..scenario.clone()
        });
        let sampler = Sampler::new(&scenario, seed);
        let leaves: Vec<Leaf> = sampler.leaves().collect();
        let place = |leaf: &Leaf| leaves.iter().position(|of| of == leaf);
        let places = inputs
            .iter()
            .map(|leaf| place(leaf).expect("calibrated inputs are uncertain"))
            .collect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| EnsembleError::NoThreads {
            threads,
            reason: error.to_string(),
        })?;
        Ok(Self {
            program: Arc::new(Program::new(Arc::clone(&scenario))),
            places,
            sampler,
            seed,
            stances: scenario.stances,
            pool,
            stop,
            isa: Isa::detect(),
            scenario,
        })
    }

    /// The inputs that some scores mean, in the order of the scores: correlated as the scenario says, each by its
    /// own law.
    pub fn values(&self, scores: &[f64]) -> Vec<f64> {
        // Inputs that are not calibrated stand at their medians here.
        let shares = vec![0.5; self.sampler.leaves().count()];
        let all = self.sampler.values(0, &self.placed(shares, scores));
        self.places.iter().map(|place| all[*place]).collect()
    }

    /// The normal scores of the inputs by themselves, with correlations: under the prior each is standard normal,
    /// whatever its law, also where that has steps or is cut.
    pub fn marginal_scores(&self, scores: &[f64]) -> Vec<f64> {
        let shares = vec![0.5; self.sampler.leaves().count()];
        let shares = self.sampler.correlated(&self.placed(shares, scores));
        let of = |place: &usize| special::normal_quantile(shares[*place]);
        self.places.iter().map(of).collect()
    }

    fn placed(&self, mut shares: Vec<f64>, scores: &[f64]) -> Vec<f64> {
        for (place, score) in self.places.iter().zip(scores) {
            let share = special::normal_cdf(*score);
            shares[*place] = share.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        }
        shares
    }

    /// One block: what each lane answers.
    fn block(
        &self,
        engine: &mut Engine,
        round: &Round<'_>,
        (seed, sampler): (u64, &Sampler),
        block: usize,
    ) -> Told {
        let first = block * LANES;
        let n = (round.scores.len() - first).min(LANES);
        let draws: Vec<Vec<f64>> = (first..first + n)
            .map(|idx| {
                let shares = sampler.shares(idx as u64, Side::One);
                sampler.values(idx as u64, &self.placed(shares, &round.scores[idx]))
            })
            .collect();
        let outcome = engine.run(&Block {
            seed,
            first: first as u64,
            n,
            policy: None,
            stances: self.stances,
            inputs: &sampler.inputs(&self.scenario, None, &draws),
            record: Record::Summary,
        });
        (0..n)
            .map(|lane| {
                let failed = outcome.faults.get(lane).copied().flatten().is_some();
                let answers = outcome.outcomes.iter().map(|of| f64::from(of[lane]));
                (!failed).then(|| answers.collect())
            })
            .collect()
    }
}

impl World for Trials<'_> {
    fn tell(&mut self, round: &Round<'_>) -> Result<Option<Told>, EnsembleError> {
        let blocks = round.scores.len().div_ceil(LANES);
        let seed = seed_of(self.seed, round.generation, round.round);
        let sampler = Sampler::new(&self.scenario, seed);
        let told: Option<Vec<Told>> = self.pool.install(|| {
            let engine = || Engine::new(&self.program, self.isa);
            (0..blocks)
                .into_par_iter()
                .map_init(engine, |engine, block| {
                    let stopped = self.stop.load(Ordering::Relaxed);
                    (!stopped).then(|| self.block(engine, round, (seed, &sampler), block))
                })
                .collect()
        });
        Ok(told.map(|told| told.into_iter().flatten().collect()))
    }
}

/// A seed for each round: words of `SplitMix64` (Steele, Lea and Flood 2014).
fn seed_of(seed: u64, generation: u32, round: u32) -> u64 {
    let mixed = |key: u64| {
        let z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    mixed(mixed(seed) ^ (u64::from(generation) << 32 | u64::from(round)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    #[test]
    fn rounds_do_not_depend_on_threads_and_scores_are_those_of_the_prior() {
        let scenario = test_data::scenario();
        let stop = AtomicBool::new(false);
        let inputs: Vec<Leaf> = Sampler::new(&scenario, 1).leaves().collect();
        let asked = scenario.outcomes.clone();
        let trials = |threads| Trials::new(&scenario, &inputs, asked.clone(), 9, threads, &stop);
        let scores: Vec<Vec<f64>> = (0..150)
            .map(|k| vec![f64::from(k) / 50.0 - 1.5; inputs.len()])
            .collect();
        let round = |generation| Round {
            generation,
            round: 0,
            scores: &scores,
        };
        let bits = |told: Option<Told>| -> Vec<Vec<u64>> {
            let told = told.expect("nobody stops it").into_iter().flatten();
            told.map(|all| all.iter().map(|x| x.to_bits()).collect())
                .collect()
        };
        let (mut one, mut two) = (trials(1).unwrap(), trials(2).unwrap());
        let first = bits(one.tell(&round(3)).unwrap());
        assert_eq!(first.len(), 150);
        assert_eq!(first, bits(two.tell(&round(3)).unwrap()));
        assert_ne!(first, bits(two.tell(&round(4)).unwrap()));
        // Without correlations the marginal scores are the scores, also of an input that is cut at its range.
        for (found, given) in one.marginal_scores(&scores[40]).iter().zip(&scores[40]) {
            assert!((found - given).abs() < 1e-9, "{found} {given}");
        }
        let values = one.values(&scores[75]);
        for (value, leaf) in values.iter().zip(&inputs) {
            let info = scenario.leaves.info(*leaf);
            let of = scenario.uncertainties.iter().find(|of| of.leaf == *leaf);
            let median = crate::quantile(&of.expect("uncertain").distribution, info, 0.5);
            assert!((value - median).abs() < 1e-6, "{}", info.path);
        }
        stop.store(true, Ordering::Relaxed);
        assert!(one.tell(&round(5)).unwrap().is_none());
    }
}
