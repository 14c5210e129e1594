//! Draws the uncertain inputs of each replicate.
//!
//! A draw is a pure function of (design, seed, replicate, path of the leaf): replicate k draws the same for every
//! policy and on every shard, under Monte Carlo also whatever else is drawn. Shares come from [`crate::design`];
//! correlations are put in by [`crate::correlation`], then each share becomes a value by its quantile function,
//! [`foedera_scenario::distribution`]. The path enters by 64 bits of FNV-1a.

use std::collections::BTreeMap;

use foedera_scenario::{Distribution, Leaf, LeafInfo, PolicyIdx, Scenario, distribution};
use foedera_sim::lanes::{LANES, Lanes};

use crate::correlation::{Group, Repair};
use crate::design::{Design, DesignError, Given, Shares, Side};

/// Share of a value that the design gives outside of its distribution: six standard deviations.
const SHARE_MIN: f64 = 1e-9;

/// Draws the inputs of a scenario.
#[derive(Debug, Clone)]
pub struct Sampler {
    design: Design,
    shares: Shares,
    given: Option<Given>,
    inputs: Vec<Input>,
    groups: Vec<Group>,
    repairs: Vec<Repair>,
}

#[derive(Debug, Clone)]
struct Input {
    leaf: Leaf,
    key: u64,
    info: LeafInfo,
    /// How it is drawn; `None` for a number that is certain but for the design.
    distribution: Option<Distribution>,
    /// Its column, if the design gives it.
    column: Option<usize>,
}

impl Sampler {
    /// Prepares independent draws of a scenario's uncertainties, one point for each replicate.
    ///
    /// # Panics
    /// Never: any scenario can be drawn from by Monte Carlo.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        Self::designed(scenario, seed, &Design::default()).expect("any scenario can be drawn from")
    }

    /// Prepares the draws of a design. They are ordered by leaf.
    ///
    /// # Errors
    /// If the scenario cannot be run by this design.
    pub fn designed(scenario: &Scenario, seed: u64, design: &Design) -> Result<Self, DesignError> {
        if design.per_point == 0 {
            return Err(DesignError::NoReplicates);
        }
        let distribution = |leaf| {
            let found = scenario.uncertainties.iter().find(|one| one.leaf == leaf);
            found.map(|one| one.distribution.clone())
        };
        let given = Given::new(&design.method, scenario, |leaf, share| {
            let info = scenario.leaves.info(leaf);
            Some(quantile(&distribution(leaf)?, info, share))
        })?;
        let columns: &[Leaf] = given.as_ref().map_or(&[], |given| &given.leaves);
        let uncertain = scenario.uncertainties.iter().map(|one| one.leaf);
        let mut leaves: Vec<Leaf> = uncertain.chain(columns.iter().copied()).collect();
        leaves.sort_unstable();
        leaves.dedup();
        let input = |&leaf: &Leaf| {
            let info = scenario.leaves.info(leaf);
            Input {
                leaf,
                key: fnv1a(info.path.as_bytes()),
                info: info.clone(),
                distribution: distribution(leaf),
                column: columns.iter().position(|column| *column == leaf),
            }
        };
        let inputs: Vec<Input> = leaves.iter().map(input).collect();
        let place = |leaf: Leaf| leaves.binary_search(&leaf).ok();
        let pairs: Vec<(usize, usize, f64)> = scenario
            .correlations
            .iter()
            .filter_map(|of| Some((place(of.first)?, place(of.second)?, of.value)))
            .collect();
        let is_given: Vec<bool> = inputs.iter().map(|input| input.column.is_some()).collect();
        let (groups, repairs) = Group::all_of(&leaves, &pairs, &is_given);
        Ok(Self {
            shares: Shares::new(&design.method, seed, inputs.len())?,
            design: design.clone(),
            given,
            inputs,
            groups,
            repairs,
        })
    }

    /// The design.
    pub const fn design(&self) -> &Design {
        &self.design
    }

    /// Whether replicates `first..first + n` are those of the design.
    ///
    /// # Errors
    /// If it has fewer.
    pub fn has(&self, first: u64, n: u64) -> Result<(), DesignError> {
        match self.design.replicates() {
            Some(has) if first.saturating_add(n) > has => Err(DesignError::Beyond {
                last: first.saturating_add(n) - 1,
                has,
                design: self.design.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// The leaves that are drawn or given, in order.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf> {
        self.inputs.iter().map(|input| input.leaf)
    }

    /// Correlations that contradicted one another and were replaced by the nearest possible ones.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Whether there are second draws ([`Side::Other`]).
    ///
    /// # Errors
    /// If the design has too few dimensions for them.
    pub fn has_other(&self) -> Result<(), DesignError> {
        self.shares.has_other()
    }

    /// Independent shares of one replicate, in the order of the leaves, before correlations are put in.
    pub fn shares(&self, replicate: u64, side: Side) -> Vec<f64> {
        // What a grid or a table leaves open is drawn anew for each replicate.
        let point = match self.given {
            Some(_) => replicate,
            None => self.design.point(replicate),
        };
        let share = |(idx, input): (usize, &Input)| self.shares.share(point, side, idx, input.key);
        self.inputs.iter().enumerate().map(share).collect()
    }

    /// Independent shares with the correlations put in, where the design gives no values: each is still uniform by
    /// itself.
    ///
    /// # Panics
    /// If the shares are not as many as the leaves.
    pub fn correlated(&self, shares: &[f64]) -> Vec<f64> {
        assert_eq!(shares.len(), self.inputs.len(), "a share for each input");
        let mut shares = shares.to_vec();
        for group in &self.groups {
            group.correlate(&mut shares);
        }
        shares
    }

    /// The values of one replicate at some independent shares, both in the order of the leaves.
    ///
    /// # Panics
    /// If the shares are not as many as the leaves, or the design gives values and has no such replicate.
    pub fn values(&self, replicate: u64, shares: &[f64]) -> Vec<f64> {
        assert_eq!(shares.len(), self.inputs.len(), "a share for each input");
        let point = self.design.point(replicate);
        let value_of = |input: &Input| {
            let given = self.given.as_ref()?;
            Some(given.value(point, input.column?))
        };
        let given: Vec<Option<f64>> = self.inputs.iter().map(value_of).collect();
        let mut shares = shares.to_vec();
        for ((share, input), given) in shares.iter_mut().zip(&self.inputs).zip(&given) {
            if let (Some(value), Some(distribution)) = (given, &input.distribution) {
                let below = distribution::cdf(
                    distribution,
                    distribution::Reference::of(&input.info),
                    *value,
                );
                *share = below.clamp(SHARE_MIN, 1.0 - SHARE_MIN);
            }
        }
        for group in &self.groups {
            group.correlate(&mut shares);
        }
        let value = |((input, share), given): ((&Input, &f64), &Option<f64>)| match (
            given,
            &input.distribution,
        ) {
            (Some(value), _) => *value,
            (None, Some(distribution)) => quantile(distribution, &input.info, *share),
            (None, None) => input.info.value,
        };
        self.inputs
            .iter()
            .zip(&shares)
            .zip(&given)
            .map(value)
            .collect()
    }

    /// The inputs of one replicate, in the order of the leaves.
    pub fn draw(&self, replicate: u64) -> Vec<f64> {
        self.values(replicate, &self.shares(replicate, Side::One))
    }

    /// Whether an input hangs together with others, by its place among the leaves.
    pub(crate) fn is_correlated(&self, input: usize) -> bool {
        self.groups.iter().any(|group| group.has(input))
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
            let chosen = scenario.alternatives.iter().any(|one| one.leaf == leaf);
            let lanes = match drawn {
                // Options are no amounts: a policy that chooses one leaves nothing to chance.
                Some(_) if chosen => Lanes::splat(value as f32),
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
    use crate::design::{Axis, Levels, Method};
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
        let shares = Shares::new(&Method::MonteCarlo, 3, 1).unwrap();
        let shares: Vec<f64> = (0..n)
            .map(|k| shares.share(k, Side::One, 0, fnv1a(b"drivers.oil.mean")))
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

    fn grid(axes: &[(&str, Levels)], per_point: u64) -> Design {
        let axis = |(path, levels): &(&str, Levels)| Axis {
            path: (*path).to_owned(),
            levels: levels.clone(),
        };
        Design {
            method: Method::Grid {
                axes: axes.iter().map(axis).collect(),
            },
            per_point,
        }
    }

    #[test]
    fn replicates_of_a_point_have_its_inputs() {
        let scenario = test_data::scenario();
        let plain = Sampler::new(&scenario, 7);
        let nested = Sampler::designed(&scenario, 7, &Design::monte_carlo(3)).unwrap();
        for replicate in 0..30 {
            assert_eq!(nested.draw(replicate), plain.draw(replicate / 3));
        }
    }

    #[test]
    fn a_grid_gives_every_combination_and_draws_the_rest() {
        let scenario = test_data::scenario();
        let (first, second) = ("actors.A.autonomy", "actors.B.autonomy");
        let design = grid(
            &[
                (first, Levels::Values(vec![0.25, 0.75])),
                (second, Levels::Shares(3)),
            ],
            2,
        );
        assert_eq!(design.replicates(), Some(12));
        let sampler = Sampler::designed(&scenario, 7, &design).unwrap();
        assert!(sampler.has(0, 12).is_ok());
        assert!(matches!(
            sampler.has(1, 12),
            Err(DesignError::Beyond {
                last: 12,
                has: 12,
                ..
            })
        ));
        let draws: Vec<Vec<f64>> = (0..12).map(|k| sampler.draw(k)).collect();
        let triangular = &scenario.uncertainties[1];
        let info = scenario.leaves.info(triangular.leaf);
        for (replicate, draw) in draws.iter().enumerate() {
            let point = replicate / 2;
            assert_eq!(draw[0], [0.25, 0.75][point / 3]);
            let share = ((point % 3) as f64 + 0.5) / 3.0;
            assert_eq!(draw[1], quantile(&triangular.distribution, info, share));
            // What has no axis is drawn for each replicate, as without a grid.
            assert_eq!(
                draw[2],
                Sampler::new(&scenario, 7).draw(replicate as u64)[2]
            );
        }
    }

    #[test]
    fn a_table_gives_numbers_that_are_certain_too() {
        let scenario = test_data::scenario();
        let leaf = test_data::undrawn_leaf(&scenario);
        let path = scenario.leaves.info(leaf).path.clone();
        let table = |paths: Vec<String>, rows| Design {
            method: Method::Table { paths, rows },
            per_point: 1,
        };
        let design = table(vec![path.clone()], vec![vec![0.25], vec![0.5]]);
        let sampler = Sampler::designed(&scenario, 7, &design).unwrap();
        let draws = sampler.draw_block(0, 2);
        let inputs = sampler.inputs(&scenario, None, &draws);
        let lanes = inputs.iter().find(|of| of.0 == leaf).unwrap().1;
        assert_eq!((lanes[0], lanes[1]), (0.25, 0.5));
        let refused = |design: &Design| Sampler::designed(&scenario, 7, design).unwrap_err();
        let twice = table(vec![path.clone(), path.clone()], vec![vec![0.1, 0.1]]);
        assert!(matches!(refused(&twice), DesignError::Twice { .. }));
        let nowhere = table(vec!["a.b".to_owned()], vec![vec![0.1]]);
        assert!(matches!(refused(&nowhere), DesignError::UnknownPath { .. }));
        let ragged = table(vec![path.clone()], vec![vec![0.1], vec![0.1, 0.2]]);
        assert!(matches!(refused(&ragged), DesignError::Row { row: 2, .. }));
        let far = table(vec![path.clone()], vec![vec![f64::NAN]]);
        assert!(matches!(refused(&far), DesignError::OutOfRange { .. }));
        let shares = grid(&[(&path, Levels::Shares(2))], 1);
        assert!(matches!(refused(&shares), DesignError::NotUncertain { .. }));
        assert!(matches!(
            refused(&Design::monte_carlo(0)),
            DesignError::NoReplicates
        ));
    }

    #[test]
    fn what_a_grid_leaves_open_is_drawn_given_what_it_sets() {
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
        // The later one is given, so that the order of the group must be turned round.
        let path = scenario.leaves.info(second).path.clone();
        let n = 4000;
        let design = grid(&[(&path, Levels::Values(vec![0.125, 0.875]))], n);
        let sampler = Sampler::designed(&scenario, 5, &design).unwrap();
        for (point, given) in [0.125, 0.875].into_iter().enumerate() {
            let from = point as u64 * n;
            let draws: Vec<Vec<f64>> = (from..from + n).map(|k| sampler.draw(k)).collect();
            assert!(draws.iter().all(|draw| draw[1] == given));
            // The mean of Φ(ρz + sqrt(1 - ρ²)e) is Φ(ρz / sqrt(2 - ρ²)); standard error below 0.0046.
            let rho = 2.0 * libm::sin(std::f64::consts::PI * 0.8 / 6.0);
            let z = distribution::normal_quantile(given);
            let expected = distribution::normal_cdf(rho * z / libm::sqrt(2.0 - rho * rho));
            let mean = draws.iter().map(|draw| draw[0]).sum::<f64>() / n as f64;
            assert!((mean - expected).abs() < 0.02, "{mean} {expected}");
        }
    }
}
