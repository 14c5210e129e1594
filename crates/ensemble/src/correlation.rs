//! Rank correlations between inputs: a Gaussian copula over each group that hangs together.
//!
//! A rank correlation ρ belongs to the normal correlation 2 sin(πρ/6) (Kruskal 1958). A matrix that no set
//! of numbers can have is replaced by the nearest one that they can (Higham 2002, IMA J. Numer. Anal.
//! 22:329), and the pair that moved most is named. Relies on [`foedera_results::special`].

use foedera_results::special;
use foedera_scenario::Leaf;

/// Rounds of the repair; it converges linearly, a dozen are usual.
const REPAIR_ROUNDS: u32 = 500;
/// Sweeps of the eigenvalue rotation.
const SWEEPS: u32 = 60;
/// A smaller change of a rank correlation is not told, unless there is no larger one.
const CHANGE_MIN: f64 = 0.01;
/// Smallest eigenvalue of a repaired matrix.
const EIGENVALUE_MIN: f64 = 1e-6;

/// One of a set of correlations that contradicted one another, and what was used instead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repair {
    /// One leaf of the pair.
    pub first: Leaf,
    /// The other leaf.
    pub second: Leaf,
    /// Rank correlation asked for.
    pub asked: f64,
    /// Rank correlation used.
    pub used: f64,
}

impl Repair {
    /// How far the pair moved.
    pub fn change(&self) -> f64 {
        (self.asked - self.used).abs()
    }
}

/// Inputs that are correlated, with the Cholesky factor of their normal correlations.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// Places of the inputs; those whose shares are given come first.
    members: Vec<usize>,
    /// How many are given.
    n_given: usize,
    /// Lower triangle, row by row.
    factor: Vec<Vec<f64>>,
}

impl Group {
    /// Splits inputs into groups by pairs `(first, second, rank correlation)` of their places. Those that are
    /// given keep their shares, and the others are drawn given them.
    pub(crate) fn all_of(
        leaves: &[Leaf],
        pairs: &[(usize, usize, f64)],
        given: &[bool],
    ) -> (Vec<Self>, Vec<Repair>) {
        let mut repairs = Vec::new();
        let groups = components(leaves.len(), pairs)
            .into_iter()
            .map(|mut members| {
                members.sort_by_key(|&idx| !given[idx]);
                let n_given = members.iter().filter(|&&idx| given[idx]).count();
                let mut matrix = identity(members.len());
                for &(first, second, rank) in pairs {
                    let places = (place_of(&members, first), place_of(&members, second));
                    if let (Some(row), Some(col)) = places {
                        let normal = 2.0 * libm::sin(std::f64::consts::PI * rank / 6.0);
                        matrix[row][col] = normal;
                        matrix[col][row] = normal;
                    }
                }
                let factor = cholesky(&matrix).unwrap_or_else(|| {
                    let near = nearest_correlation(&matrix);
                    repairs.extend(changes(leaves, &members, &matrix, &near));
                    cholesky(&near).expect("the repair leaves every eigenvalue positive")
                });
                Self {
                    members,
                    n_given,
                    factor,
                }
            })
            .collect();
        (groups, repairs)
    }

    /// Whether an input is in this group.
    pub(crate) fn has(&self, idx: usize) -> bool {
        self.members.contains(&idx)
    }

    /// Replaces independent uniform numbers by correlated ones; those that are given stay.
    pub(crate) fn correlate(&self, shares: &mut [f64]) {
        let mut normals: Vec<f64> = self
            .members
            .iter()
            .map(|&idx| special::normal_quantile(shares[idx]))
            .collect();
        // The independent numbers from which the given ones would have come.
        for row in 0..self.n_given {
            let (weights, own) = self.factor[row].split_at(row);
            let known: f64 = weights.iter().zip(&normals).map(|(w, z)| w * z).sum();
            normals[row] = (normals[row] - known) / own[0];
        }
        let rows = self.factor.iter().zip(&self.members);
        for (row, &idx) in rows.skip(self.n_given) {
            let z: f64 = row.iter().zip(&normals).map(|(weight, z)| weight * z).sum();
            // The open interval: no law has a finite value at both ends.
            shares[idx] = special::normal_cdf(z).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        }
    }
}

fn place_of(members: &[usize], idx: usize) -> Option<usize> {
    members.iter().position(|&member| member == idx)
}

/// Groups of two or more that hang together, each in rising order.
fn components(n: usize, pairs: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..n).collect();
    for &(first, second, _) in pairs {
        let (from, to) = (root[first].max(root[second]), root[first].min(root[second]));
        for of in &mut root {
            if *of == from {
                *of = to;
            }
        }
    }
    let members = |of: usize| (0..n).filter(|&idx| root[idx] == of).collect::<Vec<_>>();
    let groups = (0..n).filter(|&idx| root[idx] == idx).map(members);
    groups.filter(|members| members.len() > 1).collect()
}

fn identity(n: usize) -> Vec<Vec<f64>> {
    (0..n)
        .map(|row| {
            (0..n)
                .map(|col| if row == col { 1.0 } else { 0.0 })
                .collect()
        })
        .collect()
}

/// The lower factor of a positive definite matrix.
fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut factor: Vec<Vec<f64>> = (0..n).map(|row| vec![0.0; row + 1]).collect();
    for row in 0..n {
        for col in 0..=row {
            let done: f64 = (0..col).map(|k| factor[row][k] * factor[col][k]).sum();
            let rest = matrix[row][col] - done;
            if row == col {
                if rest < 1e-10 {
                    return None;
                }
                factor[row][col] = libm::sqrt(rest);
            } else {
                factor[row][col] = rest / factor[col][col];
            }
        }
    }
    Some(factor)
}

/// The nearest correlation matrix, by alternating projections with Dykstra's correction.
fn nearest_correlation(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = matrix.len();
    let mut near = matrix.to_vec();
    let mut correction = vec![vec![0.0; n]; n];
    for _ in 0..REPAIR_ROUNDS {
        let lifted = combine(&near, &correction, |x, c| x - c);
        let positive = positive_part(&lifted);
        correction = combine(&positive, &lifted, |p, l| p - l);
        let mut next = positive;
        for (idx, row) in next.iter_mut().enumerate() {
            row[idx] = 1.0;
        }
        let moved = combine(&next, &near, |x, y| (x - y).abs());
        near = next;
        if moved.iter().flatten().all(|&step| step < 1e-12) {
            break;
        }
    }
    // The projections meet at the edge of the cone: step inside by a hair, keeping the diagonal.
    let mut inside = positive_part(&near);
    let scale: Vec<f64> = (0..n).map(|idx| libm::sqrt(inside[idx][idx])).collect();
    for row in 0..n {
        for col in 0..n {
            inside[row][col] /= scale[row] * scale[col];
        }
    }
    inside
}

fn combine(one: &[Vec<f64>], other: &[Vec<f64>], f: impl Fn(f64, f64) -> f64) -> Vec<Vec<f64>> {
    let rows = one.iter().zip(other);
    rows.map(|(a, b)| a.iter().zip(b).map(|(&x, &y)| f(x, y)).collect())
        .collect()
}

/// The nearest matrix without eigenvalues below [`EIGENVALUE_MIN`].
fn positive_part(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (values, vectors) = eigen(matrix);
    let n = matrix.len();
    let mut part = vec![vec![0.0; n]; n];
    for (value, vector) in values.iter().zip(&vectors) {
        let kept = value.max(EIGENVALUE_MIN);
        for row in 0..n {
            for col in 0..n {
                part[row][col] += kept * vector[row] * vector[col];
            }
        }
    }
    part
}

/// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations.
fn eigen(matrix: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.len();
    let mut rest = matrix.to_vec();
    let mut vectors = identity(n);
    for _ in 0..SWEEPS {
        let mut off = 0.0;
        for p in 0..n {
            for q in p + 1..n {
                off += rest[p][q].abs();
                rotate(&mut rest, &mut vectors, p, q);
            }
        }
        if off < 1e-14 {
            break;
        }
    }
    ((0..n).map(|idx| rest[idx][idx]).collect(), vectors)
}

/// Turns the plane of two coordinates so that their entry vanishes (Golub and Van Loan, §8.5).
fn rotate(rest: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    if rest[p][q].abs() < 1e-300 {
        return;
    }
    let theta = (rest[q][q] - rest[p][p]) / (2.0 * rest[p][q]);
    let sign = if theta < 0.0 { -1.0 } else { 1.0 };
    let tangent = sign / (theta.abs() + libm::sqrt(theta * theta + 1.0));
    let cosine = 1.0 / libm::sqrt(tangent * tangent + 1.0);
    let sine = tangent * cosine;
    for row in rest.iter_mut() {
        (row[p], row[q]) = (
            cosine * row[p] - sine * row[q],
            sine * row[p] + cosine * row[q],
        );
    }
    for matrix in [rest, vectors] {
        let (upper, lower) = matrix.split_at_mut(q);
        for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
            (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
        }
    }
}

/// Every pair that moved by more than can be ignored, the one that moved most first.
fn changes(
    leaves: &[Leaf],
    members: &[usize],
    asked: &[Vec<f64>],
    used: &[Vec<f64>],
) -> Vec<Repair> {
    let rank = |normal: f64| 6.0 / std::f64::consts::PI * libm::asin(0.5 * normal);
    let n = members.len();
    let pairs = (0..n).flat_map(|row| (row + 1..n).map(move |col| (row, col)));
    let repair = |(row, col): (usize, usize)| Repair {
        first: leaves[members[row]],
        second: leaves[members[col]],
        asked: rank(asked[row][col]),
        used: rank(used[row][col]),
    };
    let mut all: Vec<Repair> = pairs.map(repair).collect();
    all.sort_by(|one, other| other.change().total_cmp(&one.change()));
    let most = all.first().map_or(0.0, Repair::change);
    all.retain(|repair| repair.change() >= CHANGE_MIN.min(most));
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(n: u32) -> Vec<Leaf> {
        (0..n).map(Leaf).collect()
    }

    #[test]
    fn groups_are_what_hangs_together() {
        let pairs = [(4, 1, 0.5), (1, 6, 0.2), (2, 3, -0.4)];
        assert_eq!(components(8, &pairs), [vec![1, 4, 6], vec![2, 3]]);
    }

    #[test]
    fn ranks_come_out_as_asked() {
        let (groups, repairs) = Group::all_of(&leaves(2), &[(0, 1, 0.6)], &[false; 2]);
        assert!(repairs.is_empty());
        // A regular grid of independent pairs; Spearman's ρ of the correlated shares.
        let side = 200;
        let mut sum = 0.0;
        for i in 0..side {
            for j in 0..side {
                let cell = |k: i32| (f64::from(k) + 0.5) / f64::from(side);
                let mut shares = [cell(i), cell(j)];
                groups[0].correlate(&mut shares);
                sum += (shares[0] - 0.5) * (shares[1] - 0.5);
            }
        }
        let spearman = 12.0 * sum / f64::from(side * side);
        assert!((spearman - 0.6).abs() < 0.005, "{spearman}");
    }

    #[test]
    fn highams_example_is_repaired_as_he_prints_it() {
        // Higham 2002, §1: the nearest correlation matrix to tridiag(1, 1, 1) of order 3 has 0.7607 and 0.1573.
        let matrix = vec![
            vec![1.0, 1.0, 0.0],
            vec![1.0, 1.0, 1.0],
            vec![0.0, 1.0, 1.0],
        ];
        let near = nearest_correlation(&matrix);
        assert!((near[0][1] - 0.7607).abs() < 2e-4, "{near:?}");
        assert!((near[0][2] - 0.1573).abs() < 2e-4, "{near:?}");
    }

    #[test]
    fn a_contradiction_names_the_pair() {
        let pairs = [(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)];
        let (groups, repairs) = Group::all_of(&leaves(3), &pairs, &[false; 3]);
        assert_eq!(groups.len(), 1);
        assert_eq!(repairs.len(), 3, "{repairs:?}");
        assert!(repairs[0].change() > 0.1, "{repairs:?}");
        assert!(repairs.is_sorted_by(|one, other| one.change() >= other.change()));
    }

    proptest! {
        #[test]
        fn any_correlations_can_be_used(values in prop::collection::vec(-1.0_f64..=1.0, 10)) {
            let mut pairs = Vec::new();
            let mut rest = values.iter();
            for row in 0..5 {
                for col in row + 1..5 {
                    pairs.push((row, col, *rest.next().unwrap()));
                }
            }
            let (groups, _) = Group::all_of(&leaves(5), &pairs, &[false; 5]);
            let mut shares = [0.1, 0.5, 0.9, 0.3, 0.7];
            groups[0].correlate(&mut shares);
            prop_assert!(shares.iter().all(|u| *u > 0.0 && *u < 1.0));
            for row in &groups[0].factor {
                let length: f64 = row.iter().map(|x| x * x).sum();
                prop_assert!((length - 1.0).abs() < 1e-6);
            }
        }
    }
}
