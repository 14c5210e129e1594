//! Landscape theory of aggregation: which two-camp alignments nobody would leave alone, and how deep they lie.
//!
//! An alignment divides the actors into two camps. Its energy adds up what each actor suffers from partners on
//! the other side and foes on its own. From every alignment the actor whose change of camp lowers the energy
//! most changes first; where nobody's change lowers it is a local minimum, and all that lead there are its basin.
//!
//! **Equations**
//!
//! ```text
//! (s_i size, p_ij propensity, d_ij 1 if apart): frustration F_i = Σ_{j≠i} s_j p_ij d_ij; energy
//! E = Σ_i s_i F_i, every pair twice. Propensities of the two directions are averaged: E sees only their sum.
//! ```
//!
//! **Sources**: Axelrod and Bennett (1993), British Journal of Political Science 23:211–233.

use std::collections::BTreeMap;

use super::{Square, split, symmetric};

/// Most actors whose alignments are all gone through.
pub const EXACT_MAX: usize = 24;
/// Most actors of a search.
pub const ACTORS_MAX: usize = split::ACTORS_MAX;
/// Most local minima that are kept; there are more only where the propensities say next to nothing.
pub const MINIMA_MAX: usize = 10_000;

/// Sizes and propensities.
#[derive(Debug, Clone, PartialEq)]
pub struct Landscape {
    sizes: Vec<f64>,
    /// Symmetric, zero on the diagonal.
    propensities: Square,
    /// What cutting a pair adds to the energy: `s_i s_j (p_ij + p_ji)`.
    ties: Square,
}

/// An alignment at the bottom of a basin.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// Camp of each actor; the first is in camp `false`.
    pub camps: Vec<bool>,
    /// Energy.
    pub energy: f64,
    /// Alignments that lead here, of all or of those searched from.
    pub basin: u64,
}

/// Every local minimum, or those that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Minima {
    /// Minima, the deepest first; of equally deep ones in order of their camps.
    pub minima: Vec<Minimum>,
    /// How many there are, which may be more than are kept.
    pub number: u64,
    /// Alignments that were gone through or searched from.
    pub starts: u64,
    /// Whether all alignments were gone through.
    pub exact: bool,
}

impl Landscape {
    /// A landscape of sizes and a square table of propensities.
    ///
    /// # Panics
    /// If the table has not as many rows and columns as there are sizes.
    #[must_use]
    pub fn new(sizes: &[f64], propensities: &[Vec<f64>]) -> Self {
        let n = sizes.len();
        let square = propensities.len() == n && propensities.iter().all(|row| row.len() == n);
        assert!(square, "propensities have a row and a column for each size");
        let propensities = symmetric(propensities);
        let ties = (0..n)
            .map(|i| {
                (0..n)
                    .map(|j| sizes[i] * sizes[j] * 2.0 * propensities[i][j])
                    .collect()
            })
            .collect();
        Self {
            sizes: sizes.to_vec(),
            propensities,
            ties,
        }
    }

    /// Energy of an alignment.
    #[must_use]
    pub fn energy(&self, camps: &[bool]) -> f64 {
        let n = self.sizes.len();
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
        pairs
            .filter(|&(i, j)| camps[i] != camps[j])
            .map(|(i, j)| self.ties[i][j])
            .sum()
    }

    /// What each actor suffers in an alignment.
    #[must_use]
    pub fn frustration(&self, camps: &[bool]) -> Vec<f64> {
        let n = self.sizes.len();
        let of = |i: usize| {
            let apart = (0..n).filter(|&j| camps[i] != camps[j]);
            apart.map(|j| self.sizes[j] * self.propensities[i][j]).sum()
        };
        (0..n).map(of).collect()
    }

    /// The alignment of the lowest energy, by proof for up to [`split::EXACT_MAX`] actors.
    #[must_use]
    pub fn deepest(&self, nodes_max: u64) -> split::Split {
        split::best(&self.ties, nodes_max)
    }

    /// What counts as no difference between two energies.
    fn slack(&self) -> f64 {
        self.ties.iter().flatten().map(|tie| tie.abs()).sum::<f64>() * 1e-12
    }

    /// Every local minimum, going through all alignments.
    ///
    /// # Panics
    /// If there are no or more than [`EXACT_MAX`] actors.
    #[must_use]
    pub fn all_minima(&self) -> Minima {
        let n = self.sizes.len();
        assert!((1..=EXACT_MAX).contains(&n), "a caller limits the actors");
        let energies = self.energies();
        let mut leads = self.leads(&energies);
        // Whoever leads to a place that leads on, leads there.
        let mut path = Vec::new();
        for start in 0..leads.len() {
            let mut at = start;
            while leads[at] as usize != at {
                path.push(at);
                at = leads[at] as usize;
            }
            for place in path.drain(..) {
                leads[place] = at as u32;
            }
        }
        let mut basins: BTreeMap<u32, u64> = BTreeMap::new();
        let mut number = 0;
        for (place, &bottom) in leads.iter().enumerate() {
            number += u64::from(bottom as usize == place);
            if basins.len() < MINIMA_MAX || basins.contains_key(&bottom) {
                *basins.entry(bottom).or_default() += 1;
            }
        }
        let camps = |place: u32| -> Vec<bool> {
            (0..n).map(|i| i > 0 && place >> (i - 1) & 1 == 1).collect()
        };
        let minima = basins.into_iter().map(|(place, basin)| {
            let camps = camps(place);
            Minimum {
                energy: self.energy(&camps),
                camps,
                basin,
            }
        });
        Minima {
            minima: sorted(minima.collect(), self.slack()),
            number,
            starts: leads.len() as u64,
            exact: true,
        }
    }

    /// Energy of every alignment; bit i − 1 is the camp of actor i.
    fn energies(&self) -> Vec<f64> {
        let n = self.sizes.len();
        let mut energies = vec![0.0; 1 << (n - 1)];
        for actor in 1..n {
            let (known, new) = energies.split_at_mut(1 << (actor - 1));
            for (place, energy) in new[..known.len()].iter_mut().enumerate() {
                // All above the actor are with the first; its leaving cuts them off and joins those across.
                let mut change = self.ties[actor][0];
                for other in 1..n {
                    let across = other < actor && place >> (other - 1) & 1 == 1;
                    let tie = self.ties[actor][other];
                    change += if across { -tie } else { tie };
                }
                *energy = known[place] + change;
            }
        }
        energies
    }

    /// Where every alignment leads in one step; a minimum leads to itself.
    fn leads(&self, energies: &[f64]) -> Vec<u32> {
        let slack = self.slack();
        let bits = self.sizes.len() - 1;
        // The first actor's change of camp is everybody else's.
        let all = energies.len() - 1;
        let lead = |place: usize| {
            let neighbours = [all]
                .into_iter()
                .chain((0..bits).map(|bit| 1 << bit))
                .map(|flip| place ^ flip);
            let mut best = place;
            let mut least = energies[place] - slack;
            for neighbour in neighbours {
                if energies[neighbour] < least {
                    best = neighbour;
                    least = energies[neighbour];
                }
            }
            best as u32
        };
        (0..energies.len()).map(lead).collect()
    }

    /// Local minima that descents from drawn alignments lead to; how often each was met tells its basin.
    #[must_use]
    pub fn search(&self, seed: u64, starts: u64) -> Minima {
        let n = self.sizes.len();
        let slack = self.slack();
        let mut met: BTreeMap<Vec<bool>, u64> = BTreeMap::new();
        for start in 0..starts {
            let mut camps = split::drawn(seed, start, n);
            split::descend(&self.ties, &mut camps, slack);
            *met.entry(split::turned(camps)).or_default() += 1;
        }
        let number = met.len() as u64;
        let minimum = |(camps, basin): (Vec<bool>, u64)| Minimum {
            energy: self.energy(&camps),
            camps,
            basin,
        };
        let mut minima = sorted(met.into_iter().map(minimum).collect(), slack);
        minima.truncate(MINIMA_MAX);
        Minima {
            minima,
            number,
            starts,
            exact: false,
        }
    }
}

/// The deepest first; energies that differ by rounding are equal.
fn sorted(mut minima: Vec<Minimum>, slack: f64) -> Vec<Minimum> {
    minima.sort_by(|one, other| {
        if (one.energy - other.energy).abs() <= slack {
            one.camps.cmp(&other.camps)
        } else {
            one.energy.total_cmp(&other.energy)
        }
    });
    minima
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_friends_and_a_foe() {
        // Sizes 1, 2, 3; 0 and 1 like each other (+1), both dislike 2 (−1). E twice over pairs apart:
        // {0,1}|{2}: 2(−3 − 6) = −18; {0}|{1,2}: 2(2 − 3) = −2; {0,2}|{1}: 2(2 − 6) = −8; together 0.
        let p = [
            vec![0.0, 1.0, -1.0],
            vec![1.0, 0.0, -1.0],
            vec![-1.0, -1.0, 0.0],
        ];
        let of = Landscape::new(&[1.0, 2.0, 3.0], &p);
        let found = of.all_minima();
        assert_eq!((found.number, found.starts), (1, 4));
        assert_eq!(found.minima[0].energy, -18.0);
        assert_eq!(
            (found.minima[0].basin, &found.minima[0].camps[..]),
            (4, &[false, false, true][..])
        );
        // F_2 = −1·1 − 1·2 = −3; Σ s F = −3 − 6 − 9 = −18.
        assert_eq!(of.frustration(&found.minima[0].camps), [-3.0, -3.0, -3.0]);
        assert_eq!(of.deepest(1000).camps, [false, false, true]);
    }

    #[test]
    fn four_mutual_foes_have_three_equal_minima() {
        let p: Vec<Vec<f64>> = (0..4)
            .map(|i| (0..4).map(|j| if i == j { 9.0 } else { -1.0 }).collect())
            .collect();
        let found = Landscape::new(&[1.0; 4], &p).all_minima();
        assert_eq!(found.number, 3);
        assert!(found.minima.iter().all(|minimum| minimum.energy == -8.0));
        assert_eq!(
            found
                .minima
                .iter()
                .map(|minimum| minimum.basin)
                .sum::<u64>(),
            8
        );
    }

    fn table(n: usize, cells: &[i8]) -> Vec<Vec<f64>> {
        (0..n)
            .map(|i| (0..n).map(|j| f64::from(cells[i * n + j])).collect())
            .collect()
    }

    proptest! {
        #[test]
        fn minima_are_where_nobody_wants_to_change(
            n in 2usize..9, cells in prop::collection::vec(-4i8..=4, 64), sizes in prop::collection::vec(1u8..9, 8),
        ) {
            let sizes: Vec<f64> = sizes[..n].iter().map(|&s| f64::from(s)).collect();
            let of = Landscape::new(&sizes, &table(n, &cells));
            let found = of.all_minima();
            let changed = |camps: &[bool], who: usize| -> Vec<bool> {
                camps.iter().enumerate().map(|(i, camp)| camp ^ (i == who)).collect()
            };
            let is_minimum = |camps: &[bool]| (0..n).all(|who| of.energy(&changed(camps, who)) >= of.energy(camps) - 1e-9);
            let all = (0..1_u32 << (n - 1)).map(|mask| -> Vec<bool> { (0..n).map(|i| i > 0 && mask >> (i - 1) & 1 == 1).collect() });
            let minima: Vec<Vec<bool>> = all.filter(|camps| is_minimum(camps)).collect();
            prop_assert_eq!(found.number as usize, minima.len());
            prop_assert!(found.minima.iter().all(|minimum| minima.contains(&minimum.camps)));
            prop_assert_eq!(found.minima.iter().map(|minimum| minimum.basin).sum::<u64>(), 1 << (n - 1));
            // The energy is what the actors suffer, weighted by their sizes.
            for minimum in &found.minima {
                let suffered: f64 = of.frustration(&minimum.camps).iter().zip(&sizes).map(|(f, s)| f * s).sum();
                prop_assert!((suffered - minimum.energy).abs() < 1e-9);
            }
            let deepest = of.deepest(split::NODES_MAX);
            prop_assert!((of.energy(&deepest.camps) - found.minima[0].energy).abs() < 1e-9);
            // A search finds only true minima.
            let searched = of.search(1, 20);
            prop_assert!(searched.minima.iter().all(|minimum| minima.contains(&minimum.camps)));
        }
    }
}
