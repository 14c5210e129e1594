//! The best two camps: the division of actors that goes against as little weight of their ties as possible.
//!
//! A tie above zero strains when it is cut, a tie below zero when it is kept inside a camp. Branch and bound
//! over the actors in order of their ties, with the cost that undecided actors cannot avoid towards the decided
//! and the exact cost among themselves (solved first, from the last actor to the first) as the bound.
//!
//! **Equations**
//!
//! ```text
//! (a_ij tie, d_ij 1 if apart): cost = Σ_{i<j} max(a_ij, 0) d_ij + max(−a_ij, 0)(1 − d_ij); with
//! signs ±1 it is the frustration index. Undecided actor v, decided u with camps s_u = ±1: at least
//! (Σ_u |a_uv| − |Σ_u a_uv s_u|) / 2.
//! ```
//!
//! **Sources**: Verfaillie, Lemaître and Schiex (1996), AAAI-96, 181–187 (Russian doll search); Aref and Wilson
//! (2018), Journal of Complex Networks 6:163–189 (the index and its exact computation).

use crate::rng;

/// Most actors whose best camps are always proved.
pub const EXACT_MAX: usize = 40;
/// Most actors at all.
pub const ACTORS_MAX: usize = 500;
/// Steps of the proof before it is given up: about half a minute.
pub const NODES_MAX: u64 = 1_000_000_000;
/// Steps of the proof for more than twice as many actors as are promised one.
const NODES_MAX_LARGE: u64 = 20_000_000;
/// Purpose of the draws of the search's first camps; no engine draws under it.
const PURPOSE_SEARCH: u8 = 201;
/// Searches from drawn camps before the proof.
const STARTS: u64 = 64;

/// Two camps.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Camp of each actor; the first is in camp `false`.
    pub camps: Vec<bool>,
    /// Weight of the ties that it goes against.
    pub cost: f64,
    /// No division goes against less than this.
    pub bound: f64,
    /// Whether it is proved to be the best.
    pub proved: bool,
    /// Steps that the proof took.
    pub nodes: u64,
}

/// Finds the best two camps of symmetric ties; `nodes_max` limits the proof.
///
/// # Panics
/// If the ties are not square.
#[must_use]
pub fn best(ties: &[Vec<f64>], nodes_max: u64) -> Split {
    let n = ties.len();
    assert!(ties.iter().all(|row| row.len() == n), "ties are square");
    let mut camps = vec![false; n];
    let mut total = Split {
        camps: Vec::new(),
        cost: 0.0,
        bound: 0.0,
        proved: true,
        nodes: 0,
    };
    // Actors who share no tie, direct or through others, do not strain each other.
    for part in parts(ties) {
        let inner: Vec<Vec<f64>> = part
            .iter()
            .map(|&i| part.iter().map(|&j| ties[i][j]).collect())
            .collect();
        let found = Search::new(&inner, nodes_max.saturating_sub(total.nodes)).run();
        for (&actor, camp) in part.iter().zip(found.camps) {
            camps[actor] = camp;
        }
        total.cost += found.cost;
        total.bound += found.bound;
        total.proved &= found.proved;
        total.nodes += found.nodes;
    }
    total.camps = turned(camps);
    total.cost = cost(ties, &total.camps);
    total
}

/// The weight of the ties that two camps go against.
#[must_use]
pub fn cost(ties: &[Vec<f64>], camps: &[bool]) -> f64 {
    let mut sum = 0.0;
    for (i, row) in ties.iter().enumerate() {
        for (j, &tie) in row.iter().enumerate().skip(i + 1) {
            if strains(tie, camps[i] != camps[j]) {
                sum += tie.abs();
            }
        }
    }
    sum
}

/// Whether a tie strains: a friend apart, or an enemy inside.
#[must_use]
pub fn strains(tie: f64, apart: bool) -> bool {
    if apart { tie > 0.0 } else { tie < 0.0 }
}

/// Two camps named so that the first actor is in camp `false`.
#[must_use]
pub fn turned(camps: Vec<bool>) -> Vec<bool> {
    match camps.first() {
        Some(true) => camps.into_iter().map(|camp| !camp).collect(),
        _ => camps,
    }
}

/// Camps drawn for a search, by seed and number of the search.
#[must_use]
pub fn drawn(seed: u64, start: u64, n: usize) -> Vec<bool> {
    let camp = |actor: usize| rng::word(seed, PURPOSE_SEARCH, start, 0, actor as u32) >> 31 == 1;
    (0..n).map(camp).collect()
}

/// Lets one actor after another change camps, always the one that eases most, the first of equals, until nobody
/// eases anything. `slack` is what counts as nothing.
pub fn descend(ties: &[Vec<f64>], camps: &mut [bool], slack: f64) {
    let n = ties.len();
    // What a change of camp eases: ties to the own camp are cut, those to the other are joined.
    let mut ease: Vec<f64> = (0..n)
        .map(|i| {
            let one = |j: usize| {
                if camps[i] == camps[j] {
                    -ties[i][j]
                } else {
                    ties[i][j]
                }
            };
            (0..n).filter(|&j| j != i).map(one).sum()
        })
        .collect();
    loop {
        let mut best = None;
        for (actor, &ease) in ease.iter().enumerate() {
            if ease > slack && best.is_none_or(|(_, most)| ease > most) {
                best = Some((actor, ease));
            }
        }
        let Some((actor, _)) = best else { return };
        camps[actor] = !camps[actor];
        ease[actor] = -ease[actor];
        for other in (0..n).filter(|&other| other != actor) {
            let joined = camps[other] == camps[actor];
            ease[other] += if joined { -2.0 } else { 2.0 } * ties[actor][other];
        }
    }
}

/// Actors connected by ties, each group in order.
fn parts(ties: &[Vec<f64>]) -> Vec<Vec<usize>> {
    let n = ties.len();
    let mut seen = vec![false; n];
    let mut parts = Vec::new();
    for first in 0..n {
        if seen[first] {
            continue;
        }
        seen[first] = true;
        let mut part = vec![first];
        let mut at = 0;
        while let Some(&actor) = part.get(at) {
            at += 1;
            for other in 0..n {
                if !seen[other] && ties[actor][other] != 0.0 {
                    seen[other] = true;
                    part.push(other);
                }
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}

/// One connected group, its actors in the order in which they are decided.
struct Search {
    n: usize,
    /// Actor at each place.
    order: Vec<usize>,
    /// Ties between places.
    ties: Vec<Vec<f64>>,
    /// Smallest difference between two costs, or a rounding.
    step: f64,
    nodes: u64,
    nodes_max: u64,
    /// Exact cost among the places from here on.
    tail: Vec<f64>,
    /// Best camps of the places from the present start on.
    best: Vec<bool>,
    best_cost: f64,
    camps: Vec<bool>,
    /// `Σ_u a_uv s_u` for each depth and place.
    pulls: Vec<Vec<f64>>,
    /// `Σ_u |a_uv|` over decided u, for each place when it is decided, and summed over undecided places.
    base: Vec<f64>,
    base_after: Vec<f64>,
}

impl Search {
    fn new(ties: &[Vec<f64>], nodes_max: u64) -> Self {
        let n = ties.len();
        let order = order(ties);
        let ties: Vec<Vec<f64>> = order
            .iter()
            .map(|&i| {
                order
                    .iter()
                    .map(|&j| if i == j { 0.0 } else { ties[i][j] })
                    .collect()
            })
            .collect();
        let whole = ties
            .iter()
            .flatten()
            .all(|tie| tie.fract() == 0.0 && tie.abs() < 1e9);
        let weight: f64 = ties.iter().flatten().map(|tie| tie.abs()).sum();
        Self {
            n,
            order,
            step: if whole { 1.0 - 1e-6 } else { weight * 1e-13 },
            ties,
            nodes: 0,
            nodes_max,
            tail: vec![0.0; n + 1],
            best: vec![false; n],
            best_cost: 0.0,
            camps: vec![false; n],
            pulls: vec![vec![0.0; n]; n + 1],
            base: vec![0.0; n],
            base_after: vec![0.0; n + 1],
        }
    }

    fn run(mut self) -> Split {
        let n = self.n;
        let first_try = self.search();
        let mut bound = 0.0;
        let mut proved = true;
        if n > EXACT_MAX * 2 {
            // A proof is unlikely; the part that is solved still bounds the cost.
            self.nodes_max = self.nodes_max.min(NODES_MAX_LARGE);
        }
        for start in (0..n).rev() {
            let whole = (start == 0).then_some(&first_try);
            if !self.solve_from(start, whole) {
                proved = false;
                break;
            }
            bound = self.tail[start];
        }
        // A proof that was cut short may have found something better on its way.
        let found = cost(&self.ties, &self.best) < cost(&self.ties, &first_try);
        let placed = if proved || found {
            self.best.clone()
        } else {
            first_try
        };
        let cost = cost(&self.ties, &placed);
        let mut camps = vec![false; n];
        for (&actor, camp) in self.order.iter().zip(placed) {
            camps[actor] = camp;
        }
        Split {
            camps,
            cost,
            bound: if proved { cost } else { bound },
            proved,
            nodes: self.nodes,
        }
    }

    /// The best of some descents.
    fn search(&self) -> Vec<bool> {
        let mut best: Option<(f64, Vec<bool>)> = None;
        for start in 0..STARTS {
            let mut camps = drawn(0, start, self.n);
            descend(&self.ties, &mut camps, self.step.min(0.5));
            let cost = cost(&self.ties, &camps);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, turned(camps)));
            }
        }
        best.map_or_else(Vec::new, |(_, camps)| camps)
    }

    /// Solves the places from `start` on, those after it being solved; false if the steps are used up.
    fn solve_from(&mut self, start: usize, first_try: Option<&Vec<bool>>) -> bool {
        let n = self.n;
        for v in start..n {
            self.base[v] = (start..v).map(|u| self.ties[u][v].abs()).sum();
        }
        // Deciding about a place takes its own ties out and puts those to the undecided in.
        self.base_after[start] = 0.0;
        for depth in start..n {
            let onward: f64 = (depth + 1..n).map(|v| self.ties[depth][v].abs()).sum();
            self.base_after[depth + 1] = self.base_after[depth] - self.base[depth] + onward;
        }
        // The first of them is on a side of its own choice; the others as they were, or turned.
        let pull: f64 = (start + 1..n)
            .map(|v| {
                if self.best[v] {
                    -self.ties[start][v]
                } else {
                    self.ties[start][v]
                }
            })
            .sum();
        self.best[start] = pull < 0.0;
        if let Some(camps) = first_try {
            let given = self.cost_from(start, camps);
            if given < self.cost_from(start, &self.best) {
                self.best.clone_from(camps);
            }
        }
        self.best_cost = self.cost_from(start, &self.best);
        self.camps[start] = false;
        for v in start + 1..n {
            self.pulls[start + 1][v] = self.ties[start][v];
        }
        let finished = self.decide(start + 1, start, 0.0);
        self.tail[start] = self.best_cost;
        finished
    }

    fn cost_from(&self, start: usize, camps: &[bool]) -> f64 {
        let mut sum = 0.0;
        for i in start..self.n {
            for j in i + 1..self.n {
                if strains(self.ties[i][j], camps[i] != camps[j]) {
                    sum += self.ties[i][j].abs();
                }
            }
        }
        sum
    }

    /// Decides about the place `at`; false if the steps are used up.
    fn decide(&mut self, at: usize, start: usize, cost: f64) -> bool {
        if at == self.n {
            if cost < self.best_cost - self.step * 0.5 {
                self.best_cost = cost;
                self.best[start..].copy_from_slice(&self.camps[start..]);
            }
            return true;
        }
        self.nodes += 1;
        if self.nodes > self.nodes_max {
            return false;
        }
        let pull = self.pulls[at][at];
        for camp in [pull < 0.0, pull >= 0.0] {
            let toward = if camp { -pull } else { pull };
            let next = cost + (self.base[at] - toward) / 2.0;
            let strain = self.pull_rest(at, camp);
            let bound = next + (self.base_after[at + 1] - strain) / 2.0 + self.tail[at + 1];
            if bound > self.best_cost - self.step {
                continue;
            }
            self.camps[at] = camp;
            if !self.decide(at + 1, start, next) {
                return false;
            }
        }
        true
    }

    /// Pulls on the undecided once `at` is in a camp; returns the sum of their sizes.
    fn pull_rest(&mut self, at: usize, camp: bool) -> f64 {
        let (before, after) = self.pulls.split_at_mut(at + 1);
        let side = if camp { -1.0 } else { 1.0 };
        let from = at + 1..self.n;
        let rows = after[0][from.clone()]
            .iter_mut()
            .zip(&before[at][from.clone()])
            .zip(&self.ties[at][from]);
        let mut strain = 0.0;
        for ((pull, before), tie) in rows {
            *pull = before + side * tie;
            strain += pull.abs();
        }
        strain
    }
}

/// Those with the weightiest ties to the ones before them first.
fn order(ties: &[Vec<f64>]) -> Vec<usize> {
    let n = ties.len();
    let weight = |actor: usize| -> f64 { ties[actor].iter().map(|tie| tie.abs()).sum() };
    let mut left: Vec<usize> = (0..n).collect();
    let mut order: Vec<usize> = Vec::with_capacity(n);
    while !left.is_empty() {
        let rank = |actor: usize| -> (f64, f64) {
            let before: f64 = order.iter().map(|&other| ties[actor][other].abs()).sum();
            (before, weight(actor))
        };
        let mut chosen = 0;
        for place in 1..left.len() {
            if rank(left[place]) > rank(left[chosen]) {
                chosen = place;
            }
        }
        order.push(left.remove(chosen));
    }
    order
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
    fn a_triangle_of_enemies_keeps_one_grudge_inside() {
        let enemies = ties(3, &[(0, 1, -1.0), (1, 2, -1.0), (0, 2, -1.0)]);
        let found = best(&enemies, NODES_MAX);
        assert_eq!((found.cost, found.proved), (1.0, true));
        assert_eq!(best(&[], NODES_MAX).cost, 0.0);
        assert_eq!(best(&[vec![0.0]], NODES_MAX).camps, [false]);
    }

    #[test]
    fn all_enemies_split_in_halves() {
        // n mutual enemies: with camps of n/2 each, 2·C(n/2, 2) grudges stay inside; 40: 380.
        let n = 40;
        let enemies: Vec<Vec<f64>> = (0..n)
            .map(|i| (0..n).map(|j| if i == j { 0.0 } else { -1.0 }).collect())
            .collect();
        let found = best(&enemies, 1_000_000);
        assert_eq!(found.cost, 380.0);
        assert!(found.bound <= 380.0);
    }

    #[test]
    fn a_proof_that_is_cut_short_says_so() {
        let n = 30;
        let mixed: Vec<Vec<f64>> = (0..n)
            .map(|i: usize| {
                let tie = |j: usize| {
                    if i == j {
                        0.0
                    } else if (i * j + i + j).is_multiple_of(3) {
                        1.0
                    } else {
                        -1.0
                    }
                };
                (0..n).map(tie).collect()
            })
            .collect();
        let found = best(&mixed, 50);
        assert!(!found.proved && found.bound <= found.cost);
        let proved = best(&mixed, NODES_MAX);
        assert!(proved.proved && proved.cost <= found.cost && proved.cost >= found.bound);
    }

    #[test]
    fn many_actors_have_at_least_a_bound() {
        let n = 100;
        let mixed: Vec<Vec<f64>> = (0..n)
            .map(|i: usize| {
                let tie = |j: usize| match (i * j + i + j) % 5 {
                    _ if i == j => 0.0,
                    0 | 1 => 1.0,
                    _ => -1.0,
                };
                (0..n).map(tie).collect()
            })
            .collect();
        let found = best(&mixed, 100_000);
        assert!(!found.proved && 0.0 < found.bound && found.bound <= found.cost);
    }

    fn by_enumeration(ties: &[Vec<f64>]) -> f64 {
        let n = ties.len();
        let camps = |mask: u32| -> Vec<bool> { (0..n).map(|i| mask >> i & 1 == 1).collect() };
        (0..1_u32 << (n - 1))
            .map(|mask| cost(ties, &camps(mask << 1)))
            .fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn the_best_is_the_best_of_all(n in 1usize..11, cells in prop::collection::vec((-3i8..=3, 0.0f64..1.0), 55), whole in any::<bool>()) {
            let mut table = vec![vec![0.0; n]; n];
            let mut cells = cells.into_iter();
            for i in 0..n {
                for j in i + 1..n {
                    let (sign, size) = cells.next().unwrap();
                    let tie = f64::from(sign) * if whole { 1.0 } else { size };
                    table[i][j] = tie;
                    table[j][i] = tie;
                }
            }
            let found = best(&table, NODES_MAX);
            prop_assert!(found.proved);
            prop_assert!((found.cost - by_enumeration(&table)).abs() < 1e-9);
        }
    }
}
