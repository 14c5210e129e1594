//! Morris' elementary effects on a radial design: which of many inputs matter at all, for few runs.
//!
//! From each base point one input at a time is moved (radial design of Campolongo, Saltelli and Cariboni 2011,
//! Comput. Phys. Commun. 182:978). μ is the mean effect, μ* the mean of its size (Campolongo, Cariboni and
//! Saltelli 2007, Environ. Model. Softw. 22:1509), σ its spread over base points: curvature or interaction. An
//! effect is the change of the outcome for the whole range of the input, counted in shares of its distribution.
//! Steps shorter than a fifth of the range are left out, since luck divided by a short step would drown the rest;
//! an input keeps about two steps of three. A group of inputs that move together has no step: its effect is the
//! change itself. A moved point and its base share their luck; what luck is left is taken off σ, and off the mean
//! square by which an effect is told from zero.

use foedera_results::Estimate;
use serde::Serialize;

use super::{moments, resample};

/// Shortest step that counts, in shares of the distribution.
const STEP_MIN: f64 = 0.2;

/// Answers on a radial design: base by base, the replicates of a point beside each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Radial {
    /// Replicates of each point, at least 1. With one the model is taken to be without luck.
    pub replicates: usize,
    /// At the base points.
    pub base: Vec<f64>,
    /// By input: with this input moved.
    pub moved: Vec<Vec<f64>>,
    /// By input, then by base point: how far it was moved, in shares of its distribution, with its sign; 1 for a
    /// group.
    pub steps: Vec<Vec<f64>>,
}

/// Effects of one input, in units of the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// Steps that count.
    pub steps: u64,
    /// Mean effect.
    pub mu: Estimate,
    /// Mean size of the effect.
    pub mu_star: Estimate,
    /// Spread of the effect over base points, without luck.
    pub sigma: Estimate,
    /// Mean square of the effect, without luck. If its interval holds zero, so does what is known of the effect.
    pub square: Estimate,
    /// What luck alone makes of one base point's effect (standard deviation).
    pub luck: f64,
}

impl Effect {
    /// Whether the effect can be told from zero.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.square.low > 0.0
    }
}

/// What a design says of an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effects {
    /// Base points that count.
    pub points: u64,
    /// Base points left out because a replicate failed or had no value.
    pub dropped: u64,
    /// By input.
    pub inputs: Vec<Effect>,
}

/// Gives the effects of all inputs. `None` with fewer than two good base points.
#[must_use]
pub fn effects(design: &Radial, seed: u64) -> Option<Effects> {
    let r = design.replicates.max(1);
    let points = design.base.len() / r;
    let at = |values: &[f64], point: usize| values[point * r..(point + 1) * r].to_vec();
    let mut rows = Vec::new();
    for point in 0..points {
        let base = at(&design.base, point);
        let mut row = Vec::with_capacity(5 * design.moved.len());
        for (moved, steps) in design.moved.iter().zip(&design.steps) {
            let moved = at(moved, point);
            let changes: Vec<f64> = moved
                .iter()
                .zip(&base)
                .map(|(to, from)| to - from)
                .collect();
            let (mean, variance) = moments(&changes);
            let step = steps[point];
            let effect = mean / step;
            let luck = variance / (r as f64 * step * step);
            row.extend(if step.abs() < STEP_MIN {
                // What has no value drops the point, however short the step.
                [0.0, 0.0 * mean, 0.0, 0.0, 0.0]
            } else {
                [1.0, effect, effect.abs(), effect * effect, luck]
            });
        }
        if row.iter().all(|x| x.is_finite()) {
            rows.push(row);
        }
    }
    of_rows(&rows, (points - rows.len()) as u64, seed)
}

/// Statistics of effects: five numbers for each input, whether its step counts, its effect, the size, the square and
/// the variance of luck.
fn of_rows(rows: &[Vec<f64>], dropped: u64, seed: u64) -> Option<Effects> {
    if rows.len() < 2 {
        return None;
    }
    let n = rows.len() as f64;
    let found = resample::of_means(rows, seed, |means| {
        let of_input = |of: &[f64]| {
            let steps = of[0] * n;
            let [mean, size, square, luck] = [1, 2, 3, 4].map(|idx| {
                // A resample without any step says nothing, which is rare and counts as no effect.
                if of[0] > 0.0 { of[idx] / of[0] } else { 0.0 }
            });
            let free = steps / (steps - 1.0).max(1.0);
            let spread = (square - mean * mean) * free - luck;
            let sigma = libm::sqrt(spread.max(0.0));
            [steps, mean, size, sigma, square - luck, libm::sqrt(luck)]
        };
        means.chunks_exact(5).flat_map(of_input).collect()
    });
    let inputs = found.chunks_exact(6).map(|of| Effect {
        steps: libm::round(of[0].value) as u64,
        mu: of[1],
        mu_star: of[2],
        sigma: of[3],
        square: of[4],
        luck: of[5].value,
    });
    Some(Effects {
        points: rows.len() as u64,
        dropped,
        inputs: inputs.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::test_functions::Halton;

    fn design(n: usize, r: usize, k: usize, f: impl Fn(&[f64], f64) -> f64) -> Radial {
        let mut found = Radial {
            replicates: r,
            base: Vec::new(),
            moved: vec![Vec::new(); k],
            steps: vec![Vec::new(); k],
        };
        for point in 0..n {
            let row = Halton::row(point + 1, 2 * k);
            let (base, by) = row.split_at(k);
            for input in 0..k {
                found.steps[input].push(by[input] - base[input]);
            }
            for replicate in 0..r {
                let word = resample::pick(5, point, replicate, 1 << 40);
                let luck = 2.0 * (word as f64 / (1_u64 << 40) as f64) - 1.0;
                found.base.push(f(base, luck));
                for input in 0..k {
                    let mut point = base.to_vec();
                    point[input] = by[input];
                    found.moved[input].push(f(&point, luck));
                }
            }
        }
        found
    }

    #[test]
    #[expect(
        clippy::float_cmp,
        reason = "an input that is not read moves nothing at all"
    )]
    fn a_linear_model_has_its_slopes_and_no_spread() {
        let found = effects(&design(32, 1, 3, |x, _| 2.0 * x[0] - 3.0 * x[1]), 1)
            .expect("there are points");
        let [one, two, none] = [0, 1, 2].map(|input| found.inputs[input]);
        assert!((one.mu.value - 2.0).abs() < 1e-9 && (two.mu.value + 3.0).abs() < 1e-9);
        assert!((two.mu_star.value - 3.0).abs() < 1e-9);
        assert!(one.sigma.value < 1e-6 && two.sigma.value < 1e-6);
        assert!(one.is_told() && two.is_told() && !none.is_told());
        assert_eq!(none.mu_star.value, 0.0);
        // Two points of 0..1 are nearer than a fifth in 36 % of all cases.
        assert!((12..=28).contains(&one.steps), "{}", one.steps);
    }

    #[test]
    fn what_only_moves_luck_is_rarely_told_from_zero() {
        // x2 decides how wild luck is and nothing else. Each seed tells it wrongly in at most 5 %.
        let mut wrongly = 0;
        for seed in 0..20_u64 {
            let f = |x: &[f64], luck: f64| x[0] + 3.0 * luck * x[1];
            let mut answers = design(32, 4, 2, f);
            // Luck of another seed: the same design under shuffled replicates.
            let shift = usize::try_from(seed).unwrap_or(0);
            for (idx, base) in answers.base.iter_mut().enumerate() {
                let word = resample::pick(100 + seed, idx, shift, 1 << 40);
                let luck = 2.0 * (word as f64 / (1_u64 << 40) as f64) - 1.0;
                let row = Halton::row(idx / 4 + 1, 4);
                *base = f(&row[..2], luck);
                for input in 0..2 {
                    let mut point = row[..2].to_vec();
                    point[input] = row[2 + input];
                    answers.moved[input][idx] = f(&point, luck);
                }
            }
            let found = effects(&answers, seed).expect("there are points");
            assert!(found.inputs[0].is_told());
            wrongly += u32::from(found.inputs[1].is_told());
        }
        // 5 % of 20 is 1; more than 4 would happen in 3 of a thousand tries.
        assert!(wrongly <= 4, "{wrongly} of 20");
    }

    #[test]
    fn statistics_by_hand() {
        // Effects 1, -2, 4: mean 1, mean size 7/3, variance (0 + 9 + 9) / 2 = 9.
        let rows: Vec<Vec<f64>> = [1.0_f64, -2.0, 4.0]
            .iter()
            .map(|x| vec![1.0, *x, x.abs(), x * x, 0.0])
            .collect();
        let found = of_rows(&rows, 0, 1).expect("there are points").inputs[0];
        assert!((found.mu.value - 1.0).abs() < 1e-12);
        assert!((found.mu_star.value - 7.0 / 3.0).abs() < 1e-12);
        assert!((found.sigma.value - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_point_without_value_is_left_out() {
        let mut answers = design(8, 2, 1, |x, _| x[0]);
        answers.base[3] = f64::NAN;
        let found = effects(&answers, 1).expect("there are points");
        assert_eq!((found.points, found.dropped), (7, 1));
    }
}
