//! Draws the uncertain inputs of each replicate.
//!
//! A draw is a pure function of (seed, replicate, path of the leaf): replicate k draws the same whatever
//! else is drawn, for every policy, on every shard. The uniform number has 53 bits, from two Philox words
//! under a purpose of its own; the path enters by 64 bits of FNV-1a. Relies on [`foedera_sim::rng`],
//! [`foedera_scenario::distribution`] and [`crate::correlation`].

use std::collections::BTreeMap;

use foedera_scenario::{Distribution, Leaf, LeafInfo, PolicyIdx, Scenario, distribution};
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::rng;

use crate::correlation::{Group, Repair};

/// Purpose of the draws of inputs; the engine keeps to those below 128.
const PURPOSE_INPUT: u8 = 128;

/// Draws the inputs of a scenario.
#[derive(Debug, Clone)]
pub struct Sampler {
    seed: u64,
    inputs: Vec<Input>,
    groups: Vec<Group>,
    repairs: Vec<Repair>,
}

#[derive(Debug, Clone)]
struct Input {
    leaf: Leaf,
    key: u64,
    info: LeafInfo,
    distribution: Distribution,
}

impl Sampler {
    /// Prepares the draws of a scenario's uncertainties. They are ordered by leaf.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut inputs: Vec<Input> = scenario
            .uncertainties
            .iter()
            .map(|uncertainty| {
                let info = scenario.leaves.info(uncertainty.leaf);
                Input {
                    leaf: uncertainty.leaf,
                    key: fnv1a(info.path.as_bytes()),
                    info: info.clone(),
                    distribution: uncertainty.distribution.clone(),
                }
            })
            .collect();
        inputs.sort_by_key(|input| input.leaf);
        let leaves: Vec<Leaf> = inputs.iter().map(|input| input.leaf).collect();
        let place = |leaf: Leaf| leaves.binary_search(&leaf).ok();
        let pairs: Vec<(usize, usize, f64)> = scenario
            .correlations
            .iter()
            .filter_map(|of| Some((place(of.first)?, place(of.second)?, of.value)))
            .collect();
        let (groups, repairs) = Group::all_of(&leaves, &pairs);
        Self {
            seed,
            inputs,
            groups,
            repairs,
        }
    }

    /// The leaves that are drawn, in order.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf> {
        self.inputs.iter().map(|input| input.leaf)
    }

    /// Correlations that contradicted one another and were replaced by the nearest possible ones.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The inputs of one replicate, in the order of the leaves.
    pub fn draw(&self, replicate: u64) -> Vec<f64> {
        let mut shares: Vec<f64> = self
            .inputs
            .iter()
            .map(|input| uniform(self.seed, replicate, input.key))
            .collect();
        for group in &self.groups {
            group.correlate(&mut shares);
        }
        self.inputs
            .iter()
            .zip(&shares)
            .map(|(input, &share)| quantile(&input.distribution, &input.info, share))
            .collect()
    }

    /// The inputs of a block of replicates, one list for each lane.
    ///
    /// # Panics
    /// If there is no replicate, or more than there are lanes.
    pub fn draw_block(&self, first: u64, n: usize) -> Vec<Vec<f64>> {
        assert!(
            (1..=LANES).contains(&n),
            "a block has 1 to {LANES} replicates"
        );
        (first..first + n as u64)
            .map(|replicate| self.draw(replicate))
            .collect()
    }

    /// What one policy makes of the drawn inputs, as the engine takes them, ordered by leaf.
    ///
    /// A leaf that the policy sets keeps its drawn deviation from the base value; one that is not drawn is
    /// replaced. Padded lanes repeat the last replicate.
    pub fn inputs(
        &self,
        scenario: &Scenario,
        policy: Option<PolicyIdx>,
        draws: &[Vec<f64>],
    ) -> Vec<(Leaf, Lanes)> {
        let mut all: BTreeMap<Leaf, Lanes> = BTreeMap::new();
        let lanes_of = |value: &dyn Fn(&[f64]) -> f64| {
            Lanes::from_fn(|lane| value(&draws[lane.min(draws.len() - 1)]) as f32)
        };
        for (idx, input) in self.inputs.iter().enumerate() {
            all.insert(input.leaf, lanes_of(&|draw| draw[idx]));
        }
        let set = policy.map_or(&[][..], |policy| &scenario.policies[policy].set);
        for &(leaf, value) in set {
            let info = scenario.leaves.info(leaf);
            let drawn = self
                .inputs
                .binary_search_by_key(&leaf, |input| input.leaf)
                .ok();
            let lanes = match drawn {
                Some(idx) => {
                    let kept = |draw: &[f64]| value + (draw[idx] - info.value);
                    lanes_of(&|draw| kept(draw).max(info.min).min(info.max))
                }
                None => Lanes::splat(value as f32),
            };
            all.insert(leaf, lanes);
        }
        all.into_iter().collect()
    }
}

/// Gives the value of an uncertain leaf at a share in (0, 1), kept within the leaf's valid range.
pub fn quantile(of: &Distribution, info: &LeafInfo, share: f64) -> f64 {
    distribution::draw(info, of, share)
}

/// A uniform number in the open interval (0, 1) with 53 bits.
fn uniform(seed: u64, replicate: u64, key: u64) -> f64 {
    let words = rng::block(
        seed,
        PURPOSE_INPUT,
        replicate,
        (key >> 32) as u32,
        key as u32,
    );
    let bits = u64::from(words[0]) << 32 | u64::from(words[1]);
    // 2^-53, and half a step from both ends. The largest one rounds to 1 - 2^-53.
    let share = ((bits >> 11) as f64 + 0.5) * 1.110_223_024_625_156_5e-16;
    share.min(1.0 - 1.110_223_024_625_156_5e-16)
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "draws are the same bits or they are wrong"
)]
mod tests {
    use foedera_scenario::{Correlation, Uncertainty};

    use super::*;
    use crate::test_data;

    #[test]
    fn the_hash_is_fnv_1a() {
        // The authors' test vectors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_draw_depends_on_its_path_and_replicate_alone() {
        let scenario = test_data::scenario();
        let all = Sampler::new(&scenario, 7);
        let mut fewer = scenario.clone();
        fewer.uncertainties.remove(0);
        let fewer = Sampler::new(&fewer, 7);
        for replicate in [0, 1, 63, 64, 1 << 40] {
            let (one, other) = (all.draw(replicate), fewer.draw(replicate));
            assert_eq!(one[1..], other[..]);
            assert_eq!(one, all.draw_block(replicate, 5)[0]);
        }
        assert_ne!(all.draw(0), all.draw(1));
        assert_ne!(all.draw(0), Sampler::new(&scenario, 8).draw(0));
    }

    #[test]
    fn draws_are_even_in_the_mean_and_the_tails() {
        let n = 100_000;
        let shares: Vec<f64> = (0..n)
            .map(|k| uniform(3, k, fnv1a(b"drivers.oil.mean")))
            .collect();
        let mean = shares.iter().sum::<f64>() / n as f64;
        // Standard error 1/sqrt(12 n) = 0.0009; four of them.
        assert!((mean - 0.5).abs() < 0.0037, "{mean}");
        let tail = shares.iter().filter(|&&u| u < 0.01).count() as f64 / n as f64;
        // sqrt(0.01 · 0.99 / n) = 0.00031; four of them.
        assert!((tail - 0.01).abs() < 0.0013, "{tail}");
        assert!(shares.iter().all(|&u| u > 0.0 && u < 1.0));
    }

    #[test]
    fn a_policy_moves_a_drawn_leaf_and_keeps_its_deviation() {
        let mut scenario = test_data::scenario();
        let leaf = scenario.uncertainties[0].leaf;
        let plain = test_data::undrawn_leaf(&scenario);
        let base = scenario.value(leaf);
        scenario.policies = vec![test_data::policy(vec![(leaf, base + 0.25), (plain, 0.75)])];
        let sampler = Sampler::new(&scenario, 1);
        let draws = sampler.draw_block(10, 3);
        let (without, with) = (
            sampler.inputs(&scenario, None, &draws),
            sampler.inputs(&scenario, Some(0), &draws),
        );
        let find =
            |inputs: &[(Leaf, Lanes)], leaf| inputs.iter().find(|of| of.0 == leaf).map(|of| of.1);
        let (old, new) = (find(&without, leaf).unwrap(), find(&with, leaf).unwrap());
        for lane in 0..3 {
            assert!((f64::from(new[lane]) - f64::from(old[lane]) - 0.25).abs() < 1e-6);
        }
        assert_eq!(find(&without, plain), None);
        assert_eq!(find(&with, plain), Some(Lanes::splat(0.75)));
        assert_eq!(new[63], new[2], "padded lanes repeat the last replicate");
        assert!(with.is_sorted_by_key(|of| of.0));
    }

    #[test]
    fn correlated_inputs_hang_together_and_keep_their_own_laws() {
        let mut scenario = test_data::scenario();
        let (first, second) = (
            scenario.uncertainties[0].leaf,
            scenario.uncertainties[1].leaf,
        );
        scenario.uncertainties = [first, second]
            .map(|leaf| Uncertainty {
                leaf,
                distribution: Distribution::Uniform {
                    low: 0.0,
                    high: 1.0,
                },
            })
            .to_vec();
        scenario.correlations = vec![Correlation {
            first,
            second,
            value: 0.8,
        }];
        let sampler = Sampler::new(&scenario, 5);
        let n = 20_000;
        let draws: Vec<Vec<f64>> = (0..n).map(|k| sampler.draw(k)).collect();
        let spearman = 12.0
            * draws
                .iter()
                .map(|d| (d[0] - 0.5) * (d[1] - 0.5))
                .sum::<f64>()
            / n as f64;
        // The error of a rank correlation of 0.8 from 20,000 pairs is below 0.005.
        assert!((spearman - 0.8).abs() < 0.02, "{spearman}");
        for idx in 0..2 {
            let mean = draws.iter().map(|d| d[idx]).sum::<f64>() / n as f64;
            assert!(
                (mean - 0.5).abs() < 4.0 / libm::sqrt(12.0 * n as f64),
                "{mean}"
            );
        }
        assert!(sampler.repairs().is_empty());
    }
}
