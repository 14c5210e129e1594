//! Voting power: how often a voter turns a defeat into a decision, over all coalitions and all orders.
//!
//! A coalition decides if it holds every veto and meets every quota at once, or if so few stay outside that
//! they cannot block. Whole-number weights are counted by a generating function over those who stay outside,
//! so that the table is as small as what may be missing from the quotas; other weights by going through all
//! coalitions. Counts are exact.
//!
//! **Equations**
//!
//! ```text
//! (n voters, S a coalition without i)
//! - swings_i = number of S that lose and win with i; absolute Banzhaf β'_i = swings_i / 2^(n−1); normalised
//!   β_i = swings_i / Σ swings
//! - Shapley-Shubik φ_i = Σ_S |S|! (n − 1 − |S|)! / n! over the same S
//! - Coleman: power to act A = W / 2^n with W winning coalitions, to prevent swings_i / W, to initiate
//!   swings_i / (2^n − W)
//! ```
//!
//! **Sources**: Penrose (1946), J. R. Stat. Soc. 109:53–57; Shapley and Shubik (1954), American Political
//! Science Review 48:787–792; Banzhaf (1965), Rutgers Law Review 19:317–343; Coleman (1971) in Lieberman, Social
//! Choice; Mann and Shapley (1962), RAND RM-3158 (generating functions); Felsenthal and Machover (1998), The
//! Measurement of Voting Power; Bilbao et al. (2000), TOP 8:191–213 (several quotas).

use thiserror::Error;

/// Most voters: their coalitions are counted in 128 bits.
pub const VOTERS_MAX: usize = 120;
/// Most voters without a veto whose coalitions are gone through one by one: some seconds.
pub const ENUMERATED_MAX: usize = 26;
/// Most cells of the table of a generating function: a quarter of a gigabyte, held twice.
pub const CELLS_MAX: usize = 1 << 24;

/// One quota with its weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// Weight of each voter, >= 0.
    pub weights: Vec<f64>,
    /// Weight that a coalition needs.
    pub needed: f64,
    /// Whether it must have more than that.
    pub strict: bool,
}

/// A body that decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Number of voters, 1..=[`VOTERS_MAX`].
    pub voters: usize,
    /// Quotas, all of which a coalition must meet.
    pub quotas: Vec<Quota>,
    /// Voters that must be in every winning coalition.
    pub vetoes: Vec<bool>,
    /// Fewest that can block: a coalition that fewer stay outside wins whatever the quotas; 0 or 1 changes
    /// nothing beside letting all of them win.
    pub blocking_min: usize,
}

/// The power of the voters of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Power {
    /// Winning coalitions.
    pub winning: u128,
    /// Coalitions that each voter turns into winning ones.
    pub swings: Vec<u128>,
    /// Shapley-Shubik index.
    pub shapley_shubik: Vec<f64>,
    /// The same as reduced fractions, while 128 bits hold them.
    pub shapley_fractions: Option<Vec<(u128, u128)>>,
}

/// Why a body is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PowerError {
    /// Nobody votes, or too many do.
    #[error("count the coalitions of {voters} voters: 1 to {VOTERS_MAX} are possible")]
    Voters {
        /// How many.
        voters: usize,
    },
    /// A weight or quota is below zero or no number.
    #[error("read the weights of quota {quota}: each is a number from 0 on")]
    Weight {
        /// Which quota, from 0.
        quota: usize,
    },
    /// The weights have too many digits and the voters are too many to go through.
    #[error(
        "count the coalitions of {voters} voters with these weights: more than {ENUMERATED_MAX} voters \
         need weights with few digits"
    )]
    TooLarge {
        /// Voters without a veto.
        voters: usize,
    },
}

impl Power {
    /// Swings over all coalitions of the others: the chance to decide if all others toss coins.
    #[must_use]
    pub fn absolute(&self) -> Vec<f64> {
        let coalitions = halves(self.swings.len() - 1);
        self.swings
            .iter()
            .map(|&swings| ratio(swings, coalitions))
            .collect()
    }

    /// Share of all swings; all zero if nothing can ever be decided.
    #[must_use]
    pub fn normalised(&self) -> Vec<f64> {
        let all: u128 = self.swings.iter().sum();
        self.swings
            .iter()
            .map(|&swings| ratio(swings, all))
            .collect()
    }

    /// Share of the coalitions that win: Coleman's power of the body to act.
    #[must_use]
    pub fn to_act(&self) -> f64 {
        ratio(self.winning, halves(self.swings.len()))
    }

    /// Share of the winning coalitions that each voter can break: Coleman's power to prevent.
    #[must_use]
    pub fn to_prevent(&self) -> Vec<f64> {
        self.swings
            .iter()
            .map(|&swings| ratio(swings, self.winning))
            .collect()
    }

    /// Share of the losing coalitions that each voter can make win: Coleman's power to initiate.
    #[must_use]
    pub fn to_initiate(&self) -> Vec<f64> {
        let losing = halves(self.swings.len()) - self.winning;
        self.swings
            .iter()
            .map(|&swings| ratio(swings, losing))
            .collect()
    }
}

/// Counts the power of the voters.
///
/// # Errors
/// If there are no or too many voters, a weight is no number from 0 on, or the weights are such that the
/// coalitions cannot be counted in reasonable time.
pub fn power(body: &Body) -> Result<Power, PowerError> {
    let voters = body.voters;
    if !(1..=VOTERS_MAX).contains(&voters) {
        return Err(PowerError::Voters { voters });
    }
    for (quota, of) in body.quotas.iter().enumerate() {
        let good = |value: &f64| value.is_finite() && *value >= 0.0;
        if of.weights.len() != voters || !of.weights.iter().all(good) || !of.needed.is_finite() {
            return Err(PowerError::Weight { quota });
        }
    }
    if let Some(rooms) = whole_rooms(body) {
        let cells = rooms.cells(body.free().len());
        if cells.is_some_and(|cells| cells <= CELLS_MAX) {
            return Ok(count_by_table(body, &rooms).power(body));
        }
    }
    let free = body.free().len();
    if free <= ENUMERATED_MAX {
        return Ok(count_one_by_one(body).power(body));
    }
    Err(PowerError::TooLarge { voters: free })
}

impl Body {
    /// Voters without a veto.
    fn free(&self) -> Vec<usize> {
        (0..self.voters)
            .filter(|&voter| !self.vetoes[voter])
            .collect()
    }

    /// Whether a coalition wins, by its sums, those outside and whether a veto is among them.
    fn wins(&self, sums: &[f64], outside: usize, vetoed: bool) -> bool {
        let enough = |(quota, &sum): (&Quota, &f64)| {
            if quota.strict {
                sum > quota.needed
            } else {
                sum >= quota.needed
            }
        };
        !vetoed && (outside < self.blocking_min || self.quotas.iter().zip(sums).all(enough))
    }
}

/// Swings by the number of those who stay outside with the voter that is asked.
struct Counts {
    winning: u128,
    /// `[voter][others outside]`.
    swings: Vec<Vec<u128>>,
}

impl Counts {
    fn power(self, body: &Body) -> Power {
        let n = body.voters;
        let choose = pascal(n - 1);
        let shapley = |swings: &Vec<u128>| -> f64 {
            let share = |(&swings, &all): (&u128, &u128)| ratio(swings, all);
            swings.iter().zip(&choose).map(share).sum::<f64>() / n as f64
        };
        let fractions = common_multiple(n).map(|whole| {
            let fraction = |swings: &Vec<u128>| {
                let part: u128 = swings
                    .iter()
                    .zip(&choose)
                    .map(|(&swings, &all)| swings * (whole / (n as u128 * all)))
                    .sum();
                reduced(part, whole)
            };
            self.swings.iter().map(fraction).collect()
        });
        Power {
            winning: self.winning,
            shapley_shubik: self.swings.iter().map(shapley).collect(),
            shapley_fractions: fractions,
            swings: self.swings.iter().map(|of| of.iter().sum()).collect(),
        }
    }
}

/// Whole-number weights and how much of each may stay outside a winning coalition.
struct Rooms {
    /// `[quota][voter]`.
    weights: Vec<Vec<usize>>,
    /// By quota; `None` if even all together miss one.
    room: Option<Vec<usize>>,
    /// Most voters that may stay outside, where quotas count heads.
    heads: usize,
}

impl Rooms {
    /// Cells of the table: one for each number of voters and each sum that may stay outside.
    fn cells(&self, free: usize) -> Option<usize> {
        let rooms = self.room.as_deref().unwrap_or(&[]);
        rooms
            .iter()
            .try_fold(free.min(self.heads) + 1, |cells, room| {
                cells.checked_mul(room + 1)
            })
    }
}

/// Powers of ten that may make decimal weights whole.
const SCALES: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// The weights as whole numbers, if they are decimal numbers with few digits.
fn whole_rooms(body: &Body) -> Option<Rooms> {
    let mut weights = Vec::new();
    let mut room = Some(Vec::new());
    let mut heads = body.voters;
    for quota in &body.quotas {
        let scale = SCALES
            .into_iter()
            .find(|scale| quota.weights.iter().all(|weight| is_whole(weight * scale)))?;
        let whole: Vec<u64> = quota
            .weights
            .iter()
            .map(|weight| (weight * scale).round() as u64)
            .collect();
        let shared = whole
            .iter()
            .fold(0, |shared, &weight| divisor(shared, weight))
            .max(1);
        let parts: Vec<u64> = whole.iter().map(|weight| weight / shared).collect();
        let all = parts
            .iter()
            .try_fold(0_u64, |sum, part| sum.checked_add(*part))?;
        // The smallest whole sum that is enough; a quota that rounding put beside a whole number is that number.
        let needed = quota.needed * scale / shared as f64;
        let exact = is_whole(needed);
        let least = match (exact, quota.strict) {
            (true, true) => needed.round() + 1.0,
            (true, false) => needed.round(),
            (false, _) => needed.ceil(),
        };
        let left = all as f64 - least.max(0.0);
        // The table has the number of those outside anyway: a quota that counts heads needs no sums.
        let counts_heads = parts.iter().all(|part| *part == 1);
        match &mut room {
            Some(_) if counts_heads && left >= 0.0 => heads = heads.min(left as usize),
            Some(rooms) if left >= 0.0 => rooms.push(left as usize),
            _ => room = None,
        }
        if !counts_heads {
            weights.push(parts.into_iter().map(|part| part as usize).collect());
        }
    }
    Some(Rooms {
        weights,
        room,
        heads,
    })
}

/// Whether a number is whole up to the rounding of its decimals, and small enough to be told from the next.
fn is_whole(value: f64) -> bool {
    value.abs() < 1e12 && (value - value.round()).abs() <= (value.abs() * 1e-15).max(1e-9)
}

/// Counts by a generating function over those who stay outside.
fn count_by_table(body: &Body, rooms: &Rooms) -> Counts {
    let free = body.free();
    let never = rooms.room.is_none();
    let empty = Vec::new();
    let limits = rooms.room.as_ref().unwrap_or(&empty);
    let of = |voter: usize| -> Vec<usize> {
        let kept = if never { &[][..] } else { &rooms.weights[..] };
        kept.iter().map(|weights| weights[voter]).collect()
    };
    let mut table = Table::new(free.len().min(rooms.heads), limits);
    for (added, &voter) in free.iter().enumerate() {
        table.add(&of(voter), added);
    }
    let counter = Counter {
        limits,
        never,
        heads: rooms.heads,
        blocking_min: body.blocking_min,
    };
    let winning = counter
        .winning(&table, &vec![0; limits.len()], free.len())
        .iter()
        .sum();
    let mut swings = vec![Vec::new(); body.voters];
    // Voters with the same weights have the same swings.
    let mut known: Vec<(Vec<usize>, Vec<u128>)> = Vec::new();
    for &voter in &free {
        let weights = of(voter);
        if let Some((_, same)) = known.iter().find(|(other, _)| *other == weights) {
            swings[voter].clone_from(same);
            continue;
        }
        let mut others = table.clone();
        others.remove(&weights, free.len());
        let outside = free.len() - 1;
        let none = vec![0; limits.len()];
        let with = counter.winning(&others, &none, outside);
        let mut without = counter.winning_less(&others, &weights, outside);
        without.resize(with.len(), 0);
        let of_voter: Vec<u128> = with
            .iter()
            .zip(&without)
            .map(|(with, without)| with - without)
            .collect();
        swings[voter].clone_from(&of_voter);
        known.push((weights, of_voter));
    }
    let by_veto = counter.winning(&table, &vec![0; limits.len()], free.len());
    for (voter, swings) in swings.iter_mut().enumerate() {
        if body.vetoes[voter] {
            swings.clone_from(&by_veto);
        }
        swings.resize(body.voters, 0);
    }
    Counts { winning, swings }
}

/// Says which of the coalitions in a table win.
struct Counter<'a> {
    limits: &'a [usize],
    /// Whether the quotas cannot be met at all.
    never: bool,
    /// Most that may stay outside.
    heads: usize,
    blocking_min: usize,
}

impl Counter<'_> {
    /// Winning coalitions by the number outside, when `weights` more are missing.
    fn winning(&self, table: &Table, weights: &[usize], among: usize) -> Vec<u128> {
        let choose = pascal(among);
        (0..=among)
            .map(|outside| {
                if outside < self.blocking_min {
                    choose[outside]
                } else if self.never || outside > self.heads {
                    0
                } else {
                    table.within(outside, self.limits, weights)
                }
            })
            .collect()
    }

    /// The same when one more voter with these weights stays outside, by the number of the others outside.
    fn winning_less(&self, table: &Table, weights: &[usize], among: usize) -> Vec<u128> {
        let one_more = Self {
            blocking_min: self.blocking_min.saturating_sub(1),
            never: self.never || self.heads == 0,
            heads: self.heads.saturating_sub(1),
            ..*self
        };
        one_more.winning(table, weights, among)
    }
}

/// Numbers of coalitions by size and by their sums under each quota, up to the limits.
#[derive(Clone)]
struct Table {
    /// `[size][sums]`, sums as digits of a mixed radix, the last quota fastest.
    cells: Vec<u128>,
    limits: Vec<usize>,
    /// Cells of one size.
    block: usize,
    /// Largest size.
    sizes: usize,
}

impl Table {
    fn new(sizes: usize, limits: &[usize]) -> Self {
        let block = limits.iter().map(|limit| limit + 1).product();
        let mut cells = vec![0; block * (sizes + 1)];
        cells[0] = 1;
        Self {
            cells,
            limits: limits.to_vec(),
            block,
            sizes,
        }
    }

    /// Lets one more voter join or not; `before` voters are in the table.
    fn add(&mut self, weights: &[usize], before: usize) {
        for size in (0..=before).rev().filter(|size| *size < self.sizes) {
            let (low, high) = self.cells.split_at_mut((size + 1) * self.block);
            let from = &low[size * self.block..];
            each_row(&self.limits, weights, |source, target, length| {
                let rows = high[target..target + length]
                    .iter_mut()
                    .zip(&from[source..source + length]);
                for (cell, add) in rows {
                    *cell += add;
                }
            });
        }
    }

    /// Takes a voter out again; `before` voters are in the table.
    fn remove(&mut self, weights: &[usize], before: usize) {
        for size in 0..before.min(self.sizes) {
            let (low, high) = self.cells.split_at_mut((size + 1) * self.block);
            let from = &low[size * self.block..];
            each_row(&self.limits, weights, |source, target, length| {
                let rows = high[target..target + length]
                    .iter_mut()
                    .zip(&from[source..source + length]);
                for (cell, take) in rows {
                    *cell -= take;
                }
            });
        }
    }

    /// Coalitions of a size whose sums stay within the limits when `weights` are added.
    fn within(&self, size: usize, limits: &[usize], weights: &[usize]) -> u128 {
        let block = &self.cells[size * self.block..(size + 1) * self.block];
        let mut sum = 0_u128;
        debug_assert_eq!(limits, self.limits, "a table counts within its own limits");
        each_row(&self.limits, weights, |source, _, length| {
            sum += block[source..source + length].iter().sum::<u128>();
        });
        sum
    }
}

/// Goes through the rows of sums to which `weights` can be added within the limits: start of the row, start of
/// the row with the weights added, length.
fn each_row(limits: &[usize], weights: &[usize], mut visit: impl FnMut(usize, usize, usize)) {
    if limits
        .iter()
        .zip(weights)
        .any(|(limit, weight)| weight > limit)
    {
        return;
    }
    let Some((&last, outer)) = limits.split_last() else {
        visit(0, 0, 1);
        return;
    };
    let offset = weights
        .iter()
        .zip(limits)
        .fold(0, |at, (weight, limit)| at * (limit + 1) + weight);
    let length = last + 1 - weights[outer.len()];
    let mut digits = vec![0; outer.len()];
    loop {
        let row = digits
            .iter()
            .zip(outer)
            .fold(0, |at, (digit, limit)| at * (limit + 1) + digit)
            * (last + 1);
        visit(row, row + offset, length);
        let Some(place) = (0..outer.len())
            .rev()
            .find(|&place| digits[place] + weights[place] < outer[place])
        else {
            return;
        };
        digits[place] += 1;
        digits[place + 1..].fill(0);
    }
}

/// Counts by going through all coalitions.
fn count_one_by_one(body: &Body) -> Counts {
    let free = body.free();
    let mut walk = Walk {
        body,
        free: &free,
        counts: Counts {
            winning: 0,
            swings: vec![vec![0; body.voters]; body.voters],
        },
        inside: Vec::new(),
    };
    let sum_of = |quota: &Quota, kept: &dyn Fn(usize) -> bool| -> f64 {
        (0..body.voters)
            .filter(|&voter| kept(voter))
            .map(|voter| quota.weights[voter])
            .sum()
    };
    let sums: Vec<f64> = body
        .quotas
        .iter()
        .map(|quota| sum_of(quota, &|voter| body.vetoes[voter]))
        .collect();
    walk.go(0, 0, &sums);
    walk.counts
}

struct Walk<'a> {
    body: &'a Body,
    free: &'a [usize],
    counts: Counts,
    inside: Vec<usize>,
}

impl Walk<'_> {
    /// Decides about the free voter at `place`; the sums are those of who is inside.
    fn go(&mut self, place: usize, outside: usize, sums: &[f64]) {
        let Some(&voter) = self.free.get(place) else {
            self.judge(outside, sums);
            return;
        };
        self.go(place + 1, outside + 1, sums);
        let with: Vec<f64> = self
            .body
            .quotas
            .iter()
            .zip(sums)
            .map(|(quota, sum)| sum + quota.weights[voter])
            .collect();
        self.inside.push(voter);
        self.go(place + 1, outside, &with);
        self.inside.pop();
    }

    /// Counts a coalition that holds all vetoes, and who would break it.
    fn judge(&mut self, outside: usize, sums: &[f64]) {
        if !self.body.wins(sums, outside, false) {
            return;
        }
        self.counts.winning += 1;
        for (voter, swings) in self.counts.swings.iter_mut().enumerate() {
            if self.body.vetoes[voter] {
                swings[outside] += 1;
            }
        }
        for place in 0..self.inside.len() {
            let voter = self.inside[place];
            let breaks = outside + 1 >= self.body.blocking_min
                && self.body.quotas.iter().enumerate().any(|(idx, quota)| {
                    let left = sums[idx] - quota.weights[voter];
                    let enough = if quota.strict {
                        left > quota.needed
                    } else {
                        left >= quota.needed
                    };
                    !enough
                });
            if breaks {
                self.counts.swings[voter][outside] += 1;
            }
        }
    }
}

/// Binomial coefficients of n.
fn pascal(n: usize) -> Vec<u128> {
    let mut row = vec![1_u128];
    for _ in 0..n {
        let inner = row.windows(2).map(|pair| pair[0] + pair[1]);
        row = [1].into_iter().chain(inner).chain([1]).collect();
    }
    row
}

/// Least common multiple of 1..=n, over which every Shapley-Shubik index of n voters is a whole number.
fn common_multiple(n: usize) -> Option<u128> {
    (1..=n as u128).try_fold(1_u128, |multiple, k| {
        let shared = {
            let (mut one, mut other) = (multiple, k);
            while other > 0 {
                (one, other) = (other, one % other);
            }
            one
        };
        multiple.checked_mul(k / shared)
    })
}

fn reduced(part: u128, whole: u128) -> (u128, u128) {
    let (mut one, mut other) = (part, whole);
    while other > 0 {
        (one, other) = (other, one % other);
    }
    let shared = one.max(1);
    (part / shared, whole / shared)
}

fn divisor(one: u64, other: u64) -> u64 {
    if other == 0 {
        one
    } else {
        divisor(other, one % other)
    }
}

fn halves(n: usize) -> u128 {
    1 << n
}

fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(weights: &[f64], needed: f64) -> Body {
        Body {
            voters: weights.len(),
            quotas: vec![Quota {
                weights: weights.to_vec(),
                needed,
                strict: false,
            }],
            vetoes: vec![false; weights.len()],
            blocking_min: 0,
        }
    }

    #[test]
    fn three_voters_by_hand() {
        // 3 of (2, 1, 1): winning {1,2} {1,3} {1,2,3}; the first swings in 3, the others in 1 each.
        let found = power(&body(&[2.0, 1.0, 1.0], 3.0)).unwrap();
        assert_eq!(
            (found.winning, found.swings.as_slice()),
            (3, &[3, 1, 1][..])
        );
        // Orders: the first is pivotal in 4 of 6, the others in 1 each.
        assert_eq!(found.shapley_fractions.unwrap(), [(2, 3), (1, 6), (1, 6)]);
    }

    #[test]
    fn a_quota_out_of_reach_leaves_nobody_power() {
        let found = power(&body(&[1.0, 1.0], 3.0)).unwrap();
        assert_eq!((found.winning, found.swings.as_slice()), (0, &[0, 0][..]));
        assert_eq!(found.normalised(), [0.0, 0.0]);
        assert!(matches!(
            power(&body(&[], 1.0)),
            Err(PowerError::Voters { voters: 0 })
        ));
        assert!(matches!(
            power(&body(&[-1.0], 1.0)),
            Err(PowerError::Weight { quota: 0 })
        ));
    }

    #[test]
    fn decimals_are_counted_exactly() {
        // 0.1 + 0.2 is not 0.3 in binary, and reaches it all the same.
        let found = power(&body(&[0.1, 0.2, 0.7], 0.3)).unwrap();
        assert_eq!(
            found.winning,
            power(&body(&[1.0, 2.0, 7.0], 3.0)).unwrap().winning
        );
    }

    #[test]
    fn many_voters_are_counted() {
        // 101 equal voters: each is critical to C(100, 50) coalitions and has a hundred-and-first of the power.
        let found = power(&body(&[1.0; 101], 51.0)).unwrap();
        assert_eq!(found.swings[7], 100_891_344_545_564_193_334_812_497_256);
        assert!((found.shapley_shubik[0] - 1.0 / 101.0).abs() < 1e-16);
    }

    prop_compose! {
        fn bodies()(n in 1usize..9)(
            first in prop::collection::vec(0u8..7, n), second in prop::collection::vec(0u8..4, n),
            vetoes in prop::collection::vec(prop::bool::weighted(0.2), n),
            needed in 0u8..25, other in 0u8..12, heads in 0u8..6, strict in any::<bool>(), blocking_min in 0usize..4,
        ) -> Body {
            let quota = |weights: &[u8], needed: u8, strict| Quota {
                weights: weights.iter().map(|&w| f64::from(w)).collect(), needed: f64::from(needed), strict,
            };
            Body {
                voters: first.len(), quotas: vec![quota(&first, needed, strict), quota(&second, other, false), quota(&vec![1; first.len()], heads, false)],
                vetoes, blocking_min,
            }
        }
    }

    /// By the definition: every coalition and every voter.
    fn by_definition(body: &Body) -> (u128, Vec<u128>) {
        let wins = |inside: u32| {
            let is_in = |voter: usize| inside >> voter & 1 == 1;
            let sums: Vec<f64> = body
                .quotas
                .iter()
                .map(|quota| {
                    (0..body.voters)
                        .filter(|&voter| is_in(voter))
                        .map(|voter| quota.weights[voter])
                        .sum()
                })
                .collect();
            let outside = body.voters - inside.count_ones() as usize;
            body.wins(
                &sums,
                outside,
                (0..body.voters).any(|voter| body.vetoes[voter] && !is_in(voter)),
            )
        };
        let all = || 0..1_u32 << body.voters;
        let swings = (0..body.voters).map(|voter| {
            all()
                .filter(|inside| {
                    inside >> voter & 1 == 1 && wins(*inside) && !wins(inside & !(1 << voter))
                })
                .count() as u128
        });
        (
            all().filter(|inside| wins(*inside)).count() as u128,
            swings.collect(),
        )
    }

    proptest! {
        #[test]
        fn both_counts_agree_with_the_definition(body in bodies()) {
            let (winning, swings) = by_definition(&body);
            let table = power(&body).unwrap();
            let walk = count_one_by_one(&body).power(&body);
            prop_assert_eq!(table.winning, winning);
            prop_assert_eq!(&table.swings, &swings);
            prop_assert_eq!(&walk.swings, &swings);
            prop_assert_eq!(&walk.shapley_fractions, &table.shapley_fractions);
        }

        /// The indices of Shapley and Shubik share out one decision, if there is one at all to be made.
        #[test]
        fn shapley_shubik_adds_up(body in bodies()) {
            let found = power(&body).unwrap();
            let sum: f64 = found.shapley_shubik.iter().sum();
            let all = found.winning > 0 && found.winning < 1 << body.voters;
            prop_assert!((sum - f64::from(u8::from(all))).abs() < 1e-12, "{sum}");
        }
    }
}
