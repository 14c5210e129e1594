//! Regression on ranks: how an outcome goes with each input if the others are held, and how far that explains it.
//!
//! Inputs and outcome are replaced by their ranks (Saltelli and Sobol' 1995, Reliab. Eng. Syst. Saf. 50:225). The
//! standardised coefficients of a linear regression are SRRC, the correlations of what the other inputs leave
//! unexplained are PRCC (Marino et al. 2008, J. Theor. Biol. 254:178). Both have a sign, and both see only what
//! rises or falls throughout: the share explained (R²) says how far that reaches. Works on any sample, also with
//! correlated inputs unless some are the same.

use foedera_results::{Estimate, interval, special};
use serde::Serialize;

/// A pivot below says that inputs repeat one another.
const PIVOT_MIN: f64 = 1e-9;

/// Coefficients of one input.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coefficients {
    /// Standardised rank regression coefficient.
    pub srrc: Estimate,
    /// Partial rank correlation, -1..=1, with Fisher's interval.
    pub prcc: Estimate,
}

/// A regression on ranks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regression {
    /// By input.
    pub inputs: Vec<Coefficients>,
    /// Share of the variance of ranks that all inputs explain, 0..=1, adjusted for their number.
    pub explained: f64,
}

/// Regresses the ranks of an outcome on those of inputs `[input][replicate]`, every value finite. `None` with too few
/// replicates, an outcome or an input that never varies, or inputs that repeat one another.
#[must_use]
pub fn regression(inputs: &[Vec<f64>], outcome: &[f64]) -> Option<Regression> {
    let (k, n) = (inputs.len(), outcome.len());
    if k == 0 || n < k + 5 {
        return None;
    }
    let mut columns: Vec<Vec<f64>> = inputs.iter().map(|of| standard_ranks(of)).collect();
    columns.push(standard_ranks(outcome));
    let products: Vec<Vec<f64>> = columns
        .iter()
        .map(|one| columns.iter().map(|other| dot(one, other)).collect())
        .collect();
    let of_inputs: Vec<Vec<f64>> = products[..k].iter().map(|row| row[..k].to_vec()).collect();
    let inverse = inverse(&of_inputs)?;
    let with_outcome: Vec<f64> = products[..k].iter().map(|row| row[k]).collect();
    let slopes: Vec<f64> = inverse.iter().map(|row| dot(row, &with_outcome)).collect();
    let explained = dot(&slopes, &with_outcome).clamp(0.0, 1.0);
    let left = (n - k - 1) as f64;
    let t = special::student_quantile(0.5 + 0.5 * interval::CONFIDENCE, left);
    let coefficients = (0..k).map(|idx| {
        let slope = slopes[idx];
        let error = libm::sqrt((1.0 - explained) / left * inverse[idx][idx]);
        // b / sqrt(b² + df se²), the correlation that belongs to the t statistic of a slope.
        let size = libm::sqrt(slope * slope + left * error * error);
        let partial = if size > 0.0 { slope / size } else { 0.0 };
        Coefficients {
            srrc: Estimate {
                value: slope,
                low: slope - t * error,
                high: slope + t * error,
                n: n as u64,
            },
            prcc: fisher(partial, n, k),
        }
    });
    Some(Regression {
        inputs: coefficients.collect(),
        explained: (1.0 - (1.0 - explained) * (n - 1) as f64 / left).max(0.0),
    })
}

/// Fisher's interval of a partial correlation, with the variance that ranks have (Fieller, Hartley and Pearson 1957).
fn fisher(partial: f64, n: usize, k: usize) -> Estimate {
    let held = partial.clamp(-1.0 + 1e-15, 1.0 - 1e-15);
    let z = 0.5 * libm::log((1.0 + held) / (1.0 - held));
    let freedom = n as f64 - (k as f64 - 1.0) - 3.0;
    let half = 1.96 * libm::sqrt(1.06 / freedom.max(1.0));
    let back = |z: f64| {
        let e = libm::exp(2.0 * z);
        (e - 1.0) / (e + 1.0)
    };
    Estimate {
        value: partial,
        low: back(z - half),
        high: back(z + half),
        n: n as u64,
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(x, y)| x * y).sum()
}

/// Mean ranks, from 1; ties share the mean of their places.
#[must_use]
#[expect(clippy::float_cmp, reason = "ties are equal to the last bit")]
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let mut last = first;
        while last + 1 < order.len() && values[order[last + 1]] == values[order[first]] {
            last += 1;
        }
        let rank = 1.0 + 0.5 * (first + last) as f64;
        for idx in &order[first..=last] {
            ranks[*idx] = rank;
        }
        first = last + 1;
    }
    ranks
}

/// Ranks with mean 0 and length 1; zeros if all are equal.
fn standard_ranks(values: &[f64]) -> Vec<f64> {
    let ranks = ranks(values);
    let mean = ranks.iter().sum::<f64>() / ranks.len() as f64;
    let length = libm::sqrt(ranks.iter().map(|x| (x - mean) * (x - mean)).sum());
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    ranks.iter().map(|x| (x - mean) * scale).collect()
}

/// The inverse of a matrix by Gauss and Jordan with row pivots; `None` if it has none.
fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut rows: Vec<Vec<f64>> = matrix
        .iter()
        .enumerate()
        .map(|(idx, row)| {
            let unit = (0..n).map(|col| if col == idx { 1.0 } else { 0.0 });
            row.iter().copied().chain(unit).collect()
        })
        .collect();
    for col in 0..n {
        let pivot = (col..n)
            .max_by(|one, other| rows[*one][col].abs().total_cmp(&rows[*other][col].abs()))?;
        if rows[pivot][col].abs() < PIVOT_MIN {
            return None;
        }
        rows.swap(col, pivot);
        let scale = rows[col][col];
        for value in &mut rows[col] {
            *value /= scale;
        }
        let lead = rows[col].clone();
        for (idx, row) in rows.iter_mut().enumerate() {
            let factor = row[col];
            if idx != col {
                for (value, lead) in row.iter_mut().zip(&lead) {
                    *value -= factor * lead;
                }
            }
        }
    }
    Some(rows.into_iter().map(|row| row[n..].to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::resample;

    #[test]
    fn ties_share_their_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn an_inverse_undoes() {
        let found = inverse(&[vec![0.0, 2.0], vec![4.0, 1.0]]).expect("it has one");
        let expected = [[-0.125, 0.25], [0.5, 0.0]];
        for (row, expected) in found.iter().zip(expected) {
            assert!(row.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-12));
        }
        assert!(inverse(&[vec![1.0, 1.0], vec![1.0, 1.0]]).is_none());
    }

    fn even(seed: u64, k: usize) -> f64 {
        resample::pick(seed, k, 0, 1 << 40) as f64 / (1_u64 << 40) as f64
    }

    #[test]
    fn intervals_of_an_input_that_does_nothing_hold_zero() {
        let (mut srrc, mut prcc) = (0, 0);
        for seed in 0..100 {
            let column =
                |which: u64| -> Vec<f64> { (0..120).map(|k| even(7 * seed + which, k)).collect() };
            let (one, two, noise) = (column(1), column(2), column(3));
            let outcome: Vec<f64> = one.iter().zip(&noise).map(|(x, e)| x + e).collect();
            let found = regression(&[one, two], &outcome).expect("there are enough");
            srrc += u32::from(found.inputs[1].srrc.includes_zero());
            prcc += u32::from(found.inputs[1].prcc.includes_zero());
            assert!(found.inputs[0].prcc.low > 0.2);
        }
        // 95 of 100 are expected; fewer than 88 would happen in 2 of a thousand tries.
        assert!(srrc >= 88 && prcc >= 88, "{srrc} {prcc}");
    }

    #[test]
    fn inputs_that_repeat_one_another_are_refused() {
        let one: Vec<f64> = (0..50).map(|k| even(1, k)).collect();
        assert!(regression(&[one.clone(), one.clone()], &one).is_none());
        assert!(regression(&[vec![1.0; 50]], &one).is_none());
        assert!(regression(std::slice::from_ref(&one), &one[..3]).is_none());
    }
}
