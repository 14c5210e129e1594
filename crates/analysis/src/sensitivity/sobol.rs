//! Sobol' indices of a stochastic model: the share of ignorance's variance that each input brings alone (first
//! order) and with all it interacts with (total).
//!
//! First order by Saltelli et al. (2010, Comput. Phys. Commun. 181:259, table 2 b), total by Jansen (1999, table 2 f),
//! second order by Saltelli (2002, Comput. Phys. Commun. 145:280). The model has luck: a point is answered by several
//! replicates, and the indices are those of the mean over luck (Hart, Alexanderian and Gremaud 2017, SIAM J.
//! Sci. Comput. 39:A1513). Three things keep luck out. A and the points made of it share their luck replicate
//! by replicate, so that differences are the input's; B has luck of its own, so that products of the two
//! are free of bias; what luck is left in squares is estimated from the spread among replicates and taken off.

use foedera_results::Estimate;
use serde::Serialize;

use super::{luck::Luck, moments, resample};

/// Answers on Saltelli's design: point by point, the replicates of a point beside each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Saltelli {
    /// Replicates of each point, at least 1. With one the model is taken to be without luck.
    pub replicates: usize,
    /// At the points of the first matrix.
    pub a: Vec<f64>,
    /// At those of the second matrix, under luck of their own.
    pub b: Vec<f64>,
    /// By input: at points of the first matrix with this input from the second, under the luck of the first.
    pub ab: Vec<Vec<f64>>,
    /// By input: at points of the second matrix with this input from the first, under the luck of the second.
    /// Empty without second order.
    pub ba: Vec<Vec<f64>>,
}

/// Indices of one input.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InputIndices {
    /// Share of the variance that goes if this input alone is known, 0..=1 but for error.
    pub first: Estimate,
    /// Share of the variance that is left if all inputs but this one are known, 0..=1 but for error.
    pub total: Estimate,
}

/// The index of a pair: what two inputs do together beyond what each does alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairIndex {
    /// Place of one input.
    pub one: usize,
    /// Place of the other, larger.
    pub other: usize,
    /// Share of the variance.
    pub index: Estimate,
}

/// What a design says of an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indices {
    /// Points that count.
    pub points: u64,
    /// Points left out because a replicate failed or had no value.
    pub dropped: u64,
    /// Variance that ignorance of the inputs causes, and that of luck.
    pub luck: Luck,
    /// By input; empty if the variance of ignorance cannot be told from zero, so that it has no shares.
    pub inputs: Vec<InputIndices>,
    /// Share that inputs bring each alone; what is missing to 1 are interactions.
    pub alone: Option<Estimate>,
    /// By pair, if the design has them.
    pub pairs: Vec<PairIndex>,
}

/// Gives the indices of an outcome, or of one that is asked at several times: then numerators and variances are
/// added up over time before they are divided (Lamboni, Monod and Makowski 2011, Reliab. Eng. Syst. Saf.
/// 96:450). `None` with fewer than two good points.
///
/// # Panics
/// If the times differ in their numbers of points, replicates or inputs.
#[must_use]
pub fn indices(times: &[Saltelli], seed: u64) -> Option<Indices> {
    let first = times.first()?;
    let (k, r) = (first.ab.len(), first.replicates.max(1));
    let points = first.a.len() / r;
    let with_pairs = first.ba.len() == k && k > 1;
    let good: Vec<usize> = (0..points)
        .filter(|&point| times.iter().all(|time| time.is_good(point)))
        .collect();
    if good.len() < 2 {
        return None;
    }
    let width = Terms::width(k, with_pairs);
    let mut rows = vec![vec![0.0; width]; good.len()];
    for time in times {
        assert!(
            time.ab.len() == k && time.a.len() == first.a.len(),
            "all times are asked of the same design"
        );
        let centre = time.centre(&good);
        for (row, &point) in rows.iter_mut().zip(&good) {
            time.add_terms(point, centre, with_pairs, row);
        }
    }
    let n_pairs = if with_pairs { k * (k - 1) / 2 } else { 0 };
    let found = resample::of_means(&rows, seed, |means| Terms { means, k }.statistics(n_pairs));
    let luck = Luck {
        ignorance: found[0],
        luck: (r > 1).then_some(found[1]),
        share: (r > 1).then_some(found[2]),
        replicates: r as u64,
    };
    let has_shares = luck.ignorance.low > 0.0;
    let at = |idx: usize| found[3 + idx];
    Some(Indices {
        points: good.len() as u64,
        dropped: (points - good.len()) as u64,
        inputs: (0..if has_shares { k } else { 0 })
            .map(|input| InputIndices {
                first: at(input),
                total: at(k + input),
            })
            .collect(),
        alone: has_shares.then(|| at(2 * k)),
        pairs: pairs(k)
            .take(if has_shares { n_pairs } else { 0 })
            .enumerate()
            .map(|(idx, (one, other))| PairIndex {
                one,
                other,
                index: at(2 * k + 1 + idx),
            })
            .collect(),
        luck,
    })
}

/// Pairs of `k` inputs, in order.
fn pairs(k: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..k).flat_map(move |one| (one + 1..k).map(move |other| (one, other)))
}

impl Saltelli {
    fn of_point<'a>(&self, values: &'a [f64], point: usize) -> &'a [f64] {
        let r = self.replicates.max(1);
        &values[point * r..(point + 1) * r]
    }

    fn is_good(&self, point: usize) -> bool {
        let all = [&self.a, &self.b]
            .into_iter()
            .chain(&self.ab)
            .chain(&self.ba);
        let finite = |values: &Vec<f64>| self.of_point(values, point).iter().all(|x| x.is_finite());
        all.into_iter().all(finite)
    }

    /// The mean over both matrices. Products of values that are far from zero would drown in error.
    fn centre(&self, good: &[usize]) -> f64 {
        let of = |point: &usize| {
            moments(self.of_point(&self.a, *point)).0 + moments(self.of_point(&self.b, *point)).0
        };
        good.iter().map(of).sum::<f64>() / (2.0 * good.len() as f64)
    }

    /// Adds what one point contributes: the numerators of first order, of total order and of pairs, then the variance
    /// of the means over replicates, then the variance of luck.
    fn add_terms(&self, point: usize, centre: f64, with_pairs: bool, row: &mut [f64]) {
        let r = self.replicates.max(1) as f64;
        let k = self.ab.len();
        let (a_all, b_all) = (self.of_point(&self.a, point), self.of_point(&self.b, point));
        let ((a, a_luck), (b, b_luck)) = (moments(a_all), moments(b_all));
        let (a, b) = (a - centre, b - centre);
        let mut differences = Vec::with_capacity(a_all.len());
        for (input, ab) in self.ab.iter().enumerate() {
            differences.clear();
            let paired = self.of_point(ab, point).iter().zip(a_all);
            differences.extend(paired.map(|(ab, a)| ab - a));
            let (moved, luck) = moments(&differences);
            row[input] += b * moved;
            row[k + input] += 0.5 * (moved * moved - luck / r);
        }
        if with_pairs {
            let mean = |values: &[f64]| moments(self.of_point(values, point)).0 - centre;
            let ab: Vec<f64> = self.ab.iter().map(|of| mean(of)).collect();
            let ba: Vec<f64> = self.ba.iter().map(|of| mean(of)).collect();
            for (idx, (one, other)) in pairs(k).enumerate() {
                row[2 * k + idx] += ba[one] * ab[other] - a * b;
            }
        }
        let last = row.len();
        let luck = 0.5 * (a_luck + b_luck);
        row[last - 2] += 0.5 * (a * a + b * b) - luck / r;
        row[last - 1] += luck;
    }
}

/// Averages over points, with names.
struct Terms<'a> {
    means: &'a [f64],
    k: usize,
}

impl Terms<'_> {
    const fn width(k: usize, with_pairs: bool) -> usize {
        let pairs = if with_pairs {
            k * k.saturating_sub(1) / 2
        } else {
            0
        };
        2 * k + pairs + 2
    }

    /// Variance of ignorance, variance of luck, share of luck, first orders, totals, sum of first orders, pairs.
    fn statistics(&self, n_pairs: usize) -> Vec<f64> {
        let (k, last) = (self.k, self.means.len());
        let (variance, luck) = (self.means[last - 2], self.means[last - 1]);
        let all = variance.max(0.0) + luck;
        let share = if all > 0.0 { luck / all } else { 0.0 };
        let of = |sum: f64| if variance > 0.0 { sum / variance } else { 0.0 };
        let first: Vec<f64> = self.means[..k].iter().map(|sum| of(*sum)).collect();
        let mut found = vec![variance, luck, share];
        found.extend(&first);
        found.extend(self.means[k..2 * k].iter().map(|sum| of(*sum)));
        found.push(first.iter().sum());
        let together = pairs(k).zip(&self.means[2 * k..2 * k + n_pairs]);
        found.extend(together.map(|((one, other), sum)| of(*sum) - first[one] - first[other]));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::test_functions::{self, Halton};

    /// A function's answers on the design, with additive and interacting luck if `r` > 1.
    fn answers(
        n: usize,
        r: usize,
        k: usize,
        with_pairs: bool,
        f: impl Fn(&[f64], f64) -> f64,
    ) -> Saltelli {
        answers_under(0, n, r, k, with_pairs, f)
    }

    fn answers_under(
        seed: u64,
        n: usize,
        r: usize,
        k: usize,
        with_pairs: bool,
        f: impl Fn(&[f64], f64) -> f64,
    ) -> Saltelli {
        let mut found = Saltelli {
            replicates: r,
            ab: vec![Vec::new(); k],
            ba: vec![Vec::new(); if with_pairs { k } else { 0 }],
            ..Saltelli::default()
        };
        for point in 0..n {
            let row = Halton::row(point + 1, 2 * k);
            let (a, b) = row.split_at(k);
            let mixed = |of: &[f64], from: &[f64], input: usize| {
                let mut point = of.to_vec();
                point[input] = from[input];
                point
            };
            for replicate in 0..r {
                let luck = |matrix: u64| {
                    let word = resample::pick(2 * seed + matrix, point, replicate, 1 << 40);
                    2.0 * (word as f64 / (1_u64 << 40) as f64) - 1.0
                };
                let (one, two) = if r > 1 {
                    (luck(0), luck(1))
                } else {
                    (0.0, 0.0)
                };
                found.a.push(f(a, one));
                found.b.push(f(b, two));
                for input in 0..k {
                    found.ab[input].push(f(&mixed(a, b, input), one));
                    if with_pairs {
                        found.ba[input].push(f(&mixed(b, a, input), two));
                    }
                }
            }
        }
        found
    }

    #[test]
    fn luck_is_taken_off_and_told() {
        // Ignorance x1 + x2 / 2 has variance 1.25 / 12. Luck is 2 u (1 + x3), u even in ±1, so that x3 moves only how
        // wild luck is: its indices of the mean are zero, and the variance of luck is 4 E[(1 + x3)²] / 3 = 28 / 9.
        let f = |x: &[f64], u: f64| x[0] + 0.5 * x[1] + 2.0 * u * (1.0 + x[2]);
        let expected = [0.8, 0.2, 0.0, 0.8, 0.2, 0.0];
        let (mut held, mut means) = ([0; 6], [0.0; 6]);
        for seed in 0..20 {
            let found = indices(&[answers_under(seed, 1000, 8, 3, false, f)], seed);
            let found = found.expect("there are points");
            let all = found.inputs.iter().map(|of| of.first);
            let all = all.chain(found.inputs.iter().map(|of| of.total));
            for (idx, index) in all.enumerate() {
                let holds = index.low <= expected[idx] && expected[idx] <= index.high;
                held[idx] += u32::from(holds);
                means[idx] += index.value / 20.0;
            }
            let luck = found.luck.luck.expect("there are replicates");
            assert!((luck.value - 28.0 / 9.0).abs() < 0.2, "{luck:?}");
            let share = found.luck.share.expect("there are replicates");
            assert!((share.value - 0.968).abs() < 0.03, "{share:?}");
        }
        for (idx, expected) in expected.into_iter().enumerate() {
            // 19 of 20 are expected; fewer than 16 would happen in 3 of a thousand tries.
            assert!(held[idx] >= 16, "{held:?}");
            // One standard error is about 0.05 for a first order, 0.02 for the mean of twenty. Uncorrected, the total of
            // the third would be half of 4/3 (1/6) / 8 over 1.25 / 12: 0.13.
            assert!((means[idx] - expected).abs() < 0.06, "{means:?}");
        }
    }

    #[test]
    fn pure_luck_has_no_shares() {
        let design = answers(300, 4, 2, false, |_, luck| luck);
        let found = indices(&[design], 1).expect("there are points");
        assert!(found.luck.ignorance.includes_zero());
        assert!(found.inputs.is_empty() && found.alone.is_none());
    }

    #[test]
    fn a_constant_has_no_variance() {
        let design = answers(64, 1, 2, false, |_, _| 3.0);
        let found = indices(&[design], 1).expect("there are points");
        assert!(found.inputs.is_empty());
    }

    #[test]
    fn points_without_a_value_are_left_out_and_counted() {
        let mut design = answers(64, 2, 2, false, |x, _| x[0]);
        design.ab[1][7] = f64::NAN;
        let found = indices(&[design], 1).expect("there are points");
        assert_eq!((found.points, found.dropped), (63, 1));
    }

    #[test]
    fn times_add_up_by_their_variances() {
        // At the first time x1 with variance 1/12, at the second 2 x2 with 4/12: shares 0.2 and 0.8 of all.
        let times = [
            answers(2048, 1, 2, false, |x, _| x[0]),
            answers(2048, 1, 2, false, |x, _| 2.0 * x[1]),
        ];
        let found = indices(&times, 1).expect("there are points");
        for (input, expected) in [(0, 0.2), (1, 0.8)] {
            let got = found.inputs[input];
            assert!((got.first.value - expected).abs() < 0.02, "{got:?}");
            assert!((got.total.value - expected).abs() < 0.02, "{got:?}");
        }
    }

    #[test]
    fn pairs_are_what_two_do_together() {
        // x1 x2 centred is a pure interaction: no first order, all in the pair.
        let f = |x: &[f64], _| (x[0] - 0.5) * (x[1] - 0.5);
        let found = indices(&[answers(4096, 1, 3, true, f)], 1).expect("there are points");
        assert_eq!(found.pairs.len(), 3);
        assert!((found.pairs[0].index.value - 1.0).abs() < 0.05, "{found:?}");
        assert!(found.pairs[1].index.includes_zero());
        assert!(found.pairs[2].index.includes_zero());
        assert!(found.inputs[0].first.includes_zero());
    }

    #[test]
    fn ishigami_within_the_intervals() {
        let found = indices(
            &[answers(4096, 1, 3, false, |x, _| {
                test_functions::ishigami(x)
            })],
            1,
        )
        .expect("there are points");
        for (input, (first, total)) in [(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)]
            .into_iter()
            .enumerate()
        {
            let got = found.inputs[input];
            assert!((got.first.value - first).abs() < 0.03, "{got:?}");
            assert!((got.total.value - total).abs() < 0.03, "{got:?}");
        }
        assert!(found.inputs[2].first.includes_zero());
        assert!(!found.inputs[2].total.includes_zero());
    }
}
