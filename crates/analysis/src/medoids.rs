//! Groups of like histories, each told by one of them: k-medoids by `FasterPAM`.
//!
//! `FasterPAM` after Schubert and Rousseeuw (2021, algorithm 3), with eager swaps, written from the paper; distances
//! Euclidean or complexity-invariant (Batista et al. 2014); the number of groups by silhouette (Rousseeuw 1987).

use serde::Serialize;

use crate::keyed;

/// Passes over all candidates, at most: the algorithm ends by itself long before.
const PASSES_MAX: usize = 100;
/// Starts from random medoids; the best one is kept.
const STARTS: usize = 8;

/// How far apart two histories are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Root of the summed squares of differences.
    Euclidean,
    /// The same times the ratio of the two histories' complexities: a calm one is far from a restless one.
    ComplexityInvariant,
}

/// Distances between all pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    n: usize,
    values: Vec<f64>,
}

impl Distances {
    /// Distances between curves `[curve][time]` of the same length.
    #[must_use]
    pub fn between(curves: &[Vec<f64>], by: Distance) -> Self {
        let n = curves.len();
        let complexity: Vec<f64> = curves.iter().map(|curve| complexity(curve)).collect();
        let mut values = vec![0.0; n * n];
        for one in 0..n {
            for other in one + 1..n {
                let squares = curves[one]
                    .iter()
                    .zip(&curves[other])
                    .map(|(x, y)| (x - y) * (x - y));
                let mut distance = libm::sqrt(squares.sum());
                if by == Distance::ComplexityInvariant {
                    let (a, b) = (complexity[one], complexity[other]);
                    let (low, high) = (a.min(b), a.max(b));
                    // Two flat lines are as complex as one another; a flat one is bounded away from nothing.
                    distance *= if high > 0.0 {
                        high / low.max(1e-6 * high)
                    } else {
                        1.0
                    };
                }
                values[one * n + other] = distance;
                values[other * n + one] = distance;
            }
        }
        Self { n, values }
    }

    fn of(&self, one: usize, other: usize) -> f64 {
        self.values[one * self.n + other]
    }

    /// Number of curves.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.n
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.n == 0
    }
}

fn complexity(curve: &[f64]) -> f64 {
    libm::sqrt(
        curve
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) * (pair[1] - pair[0]))
            .sum(),
    )
}

/// Groups of curves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Groups {
    /// The curve that stands for each group, by index; the largest group first.
    pub medoids: Vec<usize>,
    /// Group of each curve.
    pub group: Vec<usize>,
    /// Sum of distances to the medoids.
    pub loss: f64,
    /// Mean silhouette, −1 to 1; 0 for one group.
    pub silhouette: f64,
}

/// The nearest and second nearest medoid of a curve.
#[derive(Debug, Clone, Copy)]
struct Near {
    first: usize,
    to_first: f64,
    to_second: f64,
}

/// Groups curves around `k` of them, from `STARTS` random starts keyed by a seed.
#[must_use]
pub fn groups(distances: &Distances, k: usize, seed: u64) -> Groups {
    let n = distances.n;
    let k = k.clamp(1, n.max(1));
    let mut best: Option<(f64, Vec<usize>)> = None;
    for start in 0..STARTS {
        let mut medoids = keyed::shuffled(seed, start, n);
        medoids.truncate(k);
        let loss = improved(distances, &mut medoids, seed, start);
        if best.as_ref().is_none_or(|(least, _)| loss < *least) {
            best = Some((loss, medoids));
        }
    }
    let (loss, medoids) = best.unwrap_or_default();
    named(distances, &medoids, loss)
}

/// The number of groups among `range` whose silhouette is largest, with the silhouette of each.
#[must_use]
pub fn chosen(
    distances: &Distances,
    range: std::ops::RangeInclusive<usize>,
    seed: u64,
) -> (usize, Vec<(usize, f64)>) {
    let last = distances.n.saturating_sub(1);
    let tried: Vec<(usize, f64)> = range
        .filter(|k| *k <= last)
        .map(|k| (k, groups(distances, k, seed).silhouette))
        .collect();
    let best = tried.iter().fold((1, f64::NEG_INFINITY), |best, one| {
        if one.1 > best.1 { *one } else { best }
    });
    (best.0, tried)
}

/// Swaps medoids for other curves as long as that brings curves nearer; gives the sum of distances.
fn improved(distances: &Distances, medoids: &mut [usize], seed: u64, start: usize) -> f64 {
    let n = distances.n;
    let k = medoids.len();
    let mut near = nearest(distances, medoids);
    let mut removal = removals(&near, k);
    let order = keyed::shuffled(seed, STARTS + start, n);
    let mut unchanged = 0;
    for candidate in order.iter().cycle().take(n * PASSES_MAX) {
        if unchanged >= n {
            break;
        }
        unchanged += 1;
        if medoids.contains(candidate) {
            continue;
        }
        let (place, change) = swap(distances, &near, &removal, *candidate);
        if change < -1e-12 {
            medoids[place] = *candidate;
            near = nearest(distances, medoids);
            removal = removals(&near, k);
            unchanged = 0;
        }
    }
    near.iter().map(|of| of.to_first).sum()
}

/// The medoid that a candidate had best replace, and what that changes in the sum of distances: all medoids are
/// judged in one pass over the curves.
fn swap(distances: &Distances, near: &[Near], removal: &[f64], candidate: usize) -> (usize, f64) {
    let mut change = removal.to_vec();
    let mut shared = 0.0;
    for (curve, of) in near.iter().enumerate() {
        let to = distances.of(curve, candidate);
        if to < of.to_first {
            shared += to - of.to_first;
            change[of.first] += of.to_first - of.to_second;
        } else if to < of.to_second {
            change[of.first] += to - of.to_second;
        }
    }
    let mut best = (0, f64::INFINITY);
    for (place, own) in change.iter().enumerate() {
        if *own < best.1 {
            best = (place, *own);
        }
    }
    (best.0, best.1 + shared)
}

/// What losing each medoid would cost.
fn removals(near: &[Near], k: usize) -> Vec<f64> {
    let mut cost = vec![0.0; k];
    for of in near {
        cost[of.first] += of.to_second - of.to_first;
    }
    cost
}

/// The two nearest medoids of each curve. With one medoid the second is as far as any pair, so that nothing is
/// infinite.
fn nearest(distances: &Distances, medoids: &[usize]) -> Vec<Near> {
    let farthest = distances.values.iter().copied().fold(0.0, f64::max);
    let of = |curve: usize| {
        let mut near = Near {
            first: 0,
            to_first: f64::INFINITY,
            to_second: f64::INFINITY,
        };
        for (place, medoid) in medoids.iter().enumerate() {
            let to = distances.of(curve, *medoid);
            if to < near.to_first {
                (near.first, near.to_second, near.to_first) = (place, near.to_first, to);
            } else if to < near.to_second {
                near.to_second = to;
            }
        }
        near.to_second = near.to_second.min(2.0 * farthest);
        near
    };
    (0..distances.n).map(of).collect()
}

/// Groups in the order of their size, with their silhouette.
fn named(distances: &Distances, medoids: &[usize], loss: f64) -> Groups {
    let near = nearest(distances, medoids);
    let size = |place: &usize| near.iter().filter(|of| of.first == *place).count();
    let mut order: Vec<usize> = (0..medoids.len()).collect();
    order.sort_by_key(|place| (std::cmp::Reverse(size(place)), medoids[*place]));
    let rank = |place: usize| order.iter().position(|one| *one == place).unwrap_or(0);
    let group: Vec<usize> = near.iter().map(|of| rank(of.first)).collect();
    Groups {
        silhouette: silhouette(distances, &group, medoids.len()),
        medoids: order.iter().map(|place| medoids[*place]).collect(),
        group,
        loss,
    }
}

/// Mean silhouette (Rousseeuw 1987): how much nearer curves are to their own group than to the next one. A curve
/// alone in its group counts 0.
#[must_use]
pub fn silhouette(distances: &Distances, group: &[usize], k: usize) -> f64 {
    if k < 2 || group.is_empty() {
        return 0.0;
    }
    let mut sizes = vec![0_usize; k];
    group.iter().for_each(|of| sizes[*of] += 1);
    let mut sum = 0.0;
    for (curve, own) in group.iter().enumerate() {
        let mut to = vec![0.0; k];
        for (other, of) in group.iter().enumerate() {
            to[*of] += distances.of(curve, other);
        }
        if sizes[*own] < 2 {
            continue;
        }
        let inner = to[*own] / (sizes[*own] - 1) as f64;
        let others = (0..k).filter(|of| of != own && sizes[*of] > 0);
        let outer = others
            .map(|of| to[of] / sizes[of] as f64)
            .fold(f64::INFINITY, f64::min);
        let larger = inner.max(outer);
        if larger > 0.0 && larger.is_finite() {
            sum += (outer - inner) / larger;
        }
    }
    sum / group.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prim::tests::word;

    fn noise(i: u64, t: u64) -> f64 {
        word(i, 200 + t) as f64 / 4_294_967_296.0
    }

    /// Three groups of 20, 12 and 8 around different courses.
    fn planted() -> Vec<Vec<f64>> {
        let course = |i: u64, t: u64| {
            let t = t as f64;
            let level = if i < 20 {
                t
            } else if i < 32 {
                10.0 - t
            } else {
                5.0
            };
            level + noise(i, t as u64)
        };
        (0..40)
            .map(|i| (0..10).map(|t| course(i, t)).collect())
            .collect()
    }

    #[test]
    fn planted_groups_are_found() {
        let distances = Distances::between(&planted(), Distance::Euclidean);
        let (k, tried) = chosen(&distances, 2..=6, 1);
        assert_eq!((k, tried.len()), (3, 5), "{tried:?}");
        let found = groups(&distances, k, 1);
        for (curve, group) in found.group.iter().enumerate() {
            let wanted = if curve < 20 {
                0
            } else {
                usize::from(curve >= 32) + 1
            };
            assert_eq!(*group, wanted, "{curve}");
        }
        assert!(found.silhouette > 0.7, "{}", found.silhouette);
        assert_eq!(found, groups(&distances, k, 1));
    }

    /// The best medoids of all choices, tried one by one.
    #[test]
    fn the_sum_of_distances_is_the_least_possible() {
        let curves: Vec<Vec<f64>> = (0..14)
            .map(|i| (0..3).map(|t| noise(i, 50 + t)).collect())
            .collect();
        for by in [Distance::Euclidean, Distance::ComplexityInvariant] {
            let distances = Distances::between(&curves, by);
            let mut least = f64::INFINITY;
            for a in 0..14 {
                for b in a + 1..14 {
                    for c in b + 1..14 {
                        let loss: f64 = nearest(&distances, &[a, b, c])
                            .iter()
                            .map(|of| of.to_first)
                            .sum();
                        least = least.min(loss);
                    }
                }
            }
            let found = groups(&distances, 3, 9);
            assert!((found.loss - least).abs() < 1e-9, "{} {least}", found.loss);
        }
    }

    #[test]
    fn one_swap_is_judged_as_the_sum_says() {
        let curves: Vec<Vec<f64>> = (0..12)
            .map(|i| (0..4).map(|t| noise(i, 70 + t)).collect())
            .collect();
        let distances = Distances::between(&curves, Distance::Euclidean);
        let medoids = [0, 5, 7];
        let sum = |medoids: &[usize]| -> f64 {
            nearest(&distances, medoids)
                .iter()
                .map(|of| of.to_first)
                .sum()
        };
        let near = nearest(&distances, &medoids);
        let (place, change) = swap(&distances, &near, &removals(&near, 3), 9);
        let mut after = medoids;
        after[place] = 9;
        assert!((sum(&after) - sum(&medoids) - change).abs() < 1e-12);
    }

    #[test]
    fn a_restless_curve_is_far_from_a_calm_one() {
        let calm: Vec<f64> = (0..10).map(f64::from).collect();
        let restless: Vec<f64> = (0..10).map(|t| f64::from(t) + f64::from(t % 2)).collect();
        let curves = [calm, restless];
        let plain = Distances::between(&curves, Distance::Euclidean).of(0, 1);
        let by_complexity = Distances::between(&curves, Distance::ComplexityInvariant).of(0, 1);
        // √5; complexities 3 and √(5·4 + 4·0).
        assert!((plain - libm::sqrt(5.0)).abs() < 1e-12);
        assert!((by_complexity - plain * libm::sqrt(20.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn fewer_curves_than_groups_are_no_trouble() {
        let one = Distances::between(&[vec![1.0, 2.0]], Distance::Euclidean);
        assert_eq!(groups(&one, 5, 1).medoids, [0]);
        let none = Distances::between(&[], Distance::Euclidean);
        assert!(none.is_empty() && groups(&none, 2, 1).medoids.is_empty());
    }
}
