//! Balance of a network of friends and enemies: whether the friend of a friend is a friend, and what it takes
//! until it is.
//!
//! **Equations**
//!
//! ```text
//! (a_ij tie, its sign friendship or enmity)
//! - triangles: share of the triples of mutual ties with a positive product (Cartwright and Harary 1956)
//! - frustration index f: least number (or weight) of ties to be taken away until two camps remain, all friends
//!   inside and all enemies across; normalised F = 1 − 2 f / m over m ties (Aref and Wilson 2018)
//! - walks: K = tr e^A / tr e^|A|, every closed walk of length k counted with weight 1/k!, U = (1 − K)/(1 + K)
//!   (Estrada and Benzi 2014)
//! - algebraic conflict: the smallest eigenvalue of D − A with D_ii = Σ_j |a_ij|; 0 exactly if some connected part
//!   is balanced (Kunegis et al. 2010)
//! ```
//!
//! **Sources**: Cartwright and Harary (1956), Psychological Review 63:277–293; Aref and Wilson (2018), Journal of
//! Complex Networks 6:163–189; Estrada and Benzi (2014), Physical Review E 90:042802; Kunegis et al. (2010), SIAM
//! SDM 559–570.

use super::{spectrum, split};

/// How balanced a network is.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// Ties above zero.
    pub friends: usize,
    /// Ties below zero.
    pub enemies: usize,
    /// Triples of mutual ties.
    pub triangles: Triangles,
    /// The two camps that go against least.
    pub split: split::Split,
    /// Least number of ties to be taken away, if ties count alike; else their weight.
    pub frustration: f64,
    /// 1 − 2 f / m, or with weights in place of numbers; 1 without ties.
    pub normalised: f64,
    /// Balance over all closed walks, 0..=1.
    pub walks: f64,
    /// Smallest eigenvalue of the signed Laplacian, >= 0.
    pub conflict: f64,
}

/// Triples of mutual ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Triangles {
    /// Three friends.
    pub friends: usize,
    /// Two friends with a common enemy.
    pub common_enemy: usize,
    /// Two enemies with a common friend.
    pub torn_friend: usize,
    /// Three enemies.
    pub enemies: usize,
}

impl Triangles {
    /// Triples with a positive product.
    #[must_use]
    pub fn balanced(&self) -> usize {
        self.friends + self.common_enemy
    }

    /// All triples.
    #[must_use]
    pub fn all(&self) -> usize {
        self.balanced() + self.torn_friend + self.enemies
    }

    /// Share that is balanced; nothing without triples.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.all() > 0).then(|| self.balanced() as f64 / self.all() as f64)
    }
}

/// Whether ties count alike or by their size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Each tie counts 1.
    Alike,
    /// Each tie counts its size.
    Weighted,
}

/// Measures balance; ties are symmetric, `nodes_max` limits the proof of the best camps.
#[must_use]
pub fn measure(ties: &[Vec<f64>], count: Count, nodes_max: u64) -> Balance {
    let counted: Vec<Vec<f64>> = match count {
        Count::Alike => ties
            .iter()
            .map(|row| row.iter().map(|tie| sign(*tie)).collect())
            .collect(),
        Count::Weighted => ties.to_vec(),
    };
    let n = ties.len();
    let pairs = || (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let all: f64 = pairs().map(|(i, j)| counted[i][j].abs()).sum();
    let split = split::best(&counted, nodes_max);
    Balance {
        friends: pairs().filter(|&(i, j)| ties[i][j] > 0.0).count(),
        enemies: pairs().filter(|&(i, j)| ties[i][j] < 0.0).count(),
        triangles: triangles(ties),
        frustration: split.cost,
        normalised: if all > 0.0 {
            1.0 - 2.0 * split.cost / all
        } else {
            1.0
        },
        walks: walks(&counted),
        conflict: conflict(&counted),
        split,
    }
}

/// Counts triples of mutual ties by their signs.
#[must_use]
pub fn triangles(ties: &[Vec<f64>]) -> Triangles {
    let n = ties.len();
    let mut found = Triangles::default();
    for i in 0..n {
        for j in i + 1..n {
            for k in j + 1..n {
                let sides = [ties[i][j], ties[j][k], ties[i][k]];
                if sides.contains(&0.0) {
                    continue;
                }
                match sides.iter().filter(|side| **side < 0.0).count() {
                    0 => found.friends += 1,
                    1 => found.torn_friend += 1,
                    2 => found.common_enemy += 1,
                    _ => found.enemies += 1,
                }
            }
        }
    }
    found
}

/// Balance over all closed walks, 0..=1; 1 is balanced.
#[must_use]
pub fn walks(ties: &[Vec<f64>]) -> f64 {
    let sizes: Vec<Vec<f64>> = ties
        .iter()
        .map(|row| row.iter().map(|tie| tie.abs()).collect())
        .collect();
    let (signed, unsigned) = (spectrum::eigenvalues(ties), spectrum::eigenvalues(&sizes));
    // The largest is taken out of both, so that no power overflows.
    let top = unsigned.last().copied().unwrap_or(0.0);
    let trace = |values: &[f64]| -> f64 { values.iter().map(|value| libm::exp(value - top)).sum() };
    if unsigned.is_empty() {
        return 1.0;
    }
    (trace(&signed) / trace(&unsigned)).clamp(0.0, 1.0)
}

/// Smallest eigenvalue of the signed Laplacian, >= 0.
#[must_use]
pub fn conflict(ties: &[Vec<f64>]) -> f64 {
    let n = ties.len();
    let cell = |i: usize, j: usize| {
        if i == j {
            (0..n).filter(|&k| k != i).map(|k| ties[i][k].abs()).sum()
        } else {
            -ties[i][j]
        }
    };
    let laplacian: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| cell(i, j)).collect())
        .collect();
    let least = spectrum::eigenvalues(&laplacian)
        .first()
        .copied()
        .unwrap_or(0.0);
    let size: f64 = laplacian.iter().flatten().map(|x| x.abs()).sum();
    // What is left of zero after rotations is rounding.
    if least <= size * 1e-14 { 0.0 } else { least }
}

fn sign(tie: f64) -> f64 {
    if tie > 0.0 {
        1.0
    } else if tie < 0.0 {
        -1.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ties(n: usize, edges: &[(usize, usize, f64)]) -> Vec<Vec<f64>> {
        let mut ties = vec![vec![0.0; n]; n];
        for &(i, j, tie) in edges {
            ties[i][j] = tie;
            ties[j][i] = tie;
        }
        ties
    }

    #[test]
    fn a_triangle_with_one_enmity_is_unbalanced() {
        let one = ties(3, &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, -1.0)]);
        let found = measure(&one, Count::Alike, split::NODES_MAX);
        assert_eq!(
            (found.friends, found.enemies, found.frustration),
            (2, 1, 1.0)
        );
        assert_eq!(found.triangles.share(), Some(0.0));
        assert!((found.normalised - 1.0 / 3.0).abs() < 1e-15);
        // Eigenvalues of A: 1, 1, −2; of |A|: 2, −1, −1. K = (2e + e⁻²)/(e² + 2e⁻¹) = 0.686215.
        let (e, k) = (std::f64::consts::E, found.walks);
        assert!(
            (k - (2.0 * e + 1.0 / (e * e)) / (e * e + 2.0 / e)).abs() < 1e-12,
            "{k}"
        );
        // D − A has 2 − {1, 1, −2} = {1, 1, 4}.
        assert!((found.conflict - 1.0).abs() < 1e-12);
    }

    #[test]
    fn two_hostile_camps_are_balanced() {
        let two = ties(
            4,
            &[
                (0, 1, 2.0),
                (2, 3, 5.0),
                (0, 2, -1.0),
                (0, 3, -1.0),
                (1, 2, -1.0),
                (1, 3, -3.0),
            ],
        );
        for count in [Count::Alike, Count::Weighted] {
            let found = measure(&two, count, split::NODES_MAX);
            assert_eq!(
                (found.frustration, found.normalised, found.conflict),
                (0.0, 1.0, 0.0)
            );
            assert!((found.walks - 1.0).abs() < 1e-12);
            assert_eq!(found.split.camps, [false, false, true, true]);
            assert_eq!(found.triangles.share(), Some(1.0));
        }
        let empty = measure(&ties(2, &[]), Count::Alike, split::NODES_MAX);
        assert_eq!(
            (empty.triangles.share(), empty.normalised, empty.walks),
            (None, 1.0, 1.0)
        );
    }

    proptest! {
        /// Turning one actor's friends into enemies and back moves the camps and no measure (switching).
        #[test]
        fn switching_changes_no_measure(n in 2usize..8, signs in prop::collection::vec(-1i8..=1, 28), who in 0usize..8) {
            let mut one = vec![vec![0.0; n]; n];
            let mut signs = signs.into_iter();
            for i in 0..n {
                for j in i + 1..n {
                    let tie = f64::from(signs.next().unwrap());
                    one[i][j] = tie;
                    one[j][i] = tie;
                }
            }
            let who = who % n;
            let mut other = one.clone();
            for k in 0..n {
                other[who][k] = -one[who][k];
                other[k][who] = -one[k][who];
            }
            let (one, other) = (measure(&one, Count::Alike, split::NODES_MAX), measure(&other, Count::Alike, split::NODES_MAX));
            prop_assert_eq!(one.frustration, other.frustration);
            prop_assert_eq!(one.triangles.share(), other.triangles.share());
            prop_assert!((one.walks - other.walks).abs() < 1e-9 && (one.conflict - other.conflict).abs() < 1e-9);
            prop_assert_eq!(one.frustration == 0.0, one.walks > 1.0 - 1e-9);
            // A known bound: no network needs more than half of its ties taken away.
            prop_assert!(one.normalised >= 0.0);
        }
    }
}
