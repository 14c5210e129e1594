//! Steps that a population takes: autoregressive steps that leave a normal law fitted to the population as it is
//! (Neal 1998; Cotter and others 2013), corrected to the prior by Metropolis and Hastings.
//!
//! Where the data say nothing the fitted law is the prior, and such steps are accepted whatever the number of
//! inputs; a random walk would have to take ever smaller ones.

/// Smallest variance of a score in the fitted law.
const VARIANCE_MIN: f64 = 1e-8;
/// Shortest and longest step; 1 forgets where it came from.
const STEPS: (f64, f64) = (0.05, 1.0);

/// How particles step.
#[derive(Debug)]
pub(super) struct Proposals {
    mean: Vec<f64>,
    /// Lower triangle of the factor of the covariance, row by row.
    factor: Vec<Vec<f64>>,
    step: f64,
}

impl Proposals {
    /// Fits a normal law to some scores; covariances are shrunk where there are few particles for many inputs.
    pub(super) fn new(scores: &[&[f64]], step: f64) -> Self {
        let inputs = scores.first().map_or(0, |of| of.len());
        let n = scores.len() as f64;
        let mean: Vec<f64> = (0..inputs)
            .map(|input| scores.iter().map(|of| of[input]).sum::<f64>() / n)
            .collect();
        let pairs = (inputs * (inputs + 1)) as f64 / 2.0;
        let shrink = (pairs / n).min(1.0);
        // A variance from few particles is drawn towards the prior's.
        let trust = n / (n + 10.0);
        let covariance = |row: usize, col: usize| {
            let product = |of: &&[f64]| (of[row] - mean[row]) * (of[col] - mean[col]);
            let raw = scores.iter().map(product).sum::<f64>() / n;
            if row == col {
                (trust * raw + (1.0 - trust)).max(VARIANCE_MIN)
            } else {
                trust * (1.0 - shrink) * raw
            }
        };
        let matrix: Vec<Vec<f64>> = (0..inputs)
            .map(|row| (0..=row).map(|col| covariance(row, col)).collect())
            .collect();
        Self {
            factor: cholesky(&matrix).unwrap_or_else(|| diagonal(&matrix)),
            mean,
            step,
        }
    }

    /// The step from some scores by independent standard normals.
    pub(super) fn propose(&self, from: &[f64], normals: &[f64]) -> Vec<f64> {
        let keep = libm::sqrt(1.0 - self.step * self.step);
        let whitened = self.whitened(from);
        let next: Vec<f64> = whitened
            .iter()
            .zip(normals)
            .map(|(old, new)| keep * old + self.step * new)
            .collect();
        let mut scores = self.mean.clone();
        for (score, row) in scores.iter_mut().zip(&self.factor) {
            *score += row.iter().zip(&next).map(|(a, b)| a * b).sum::<f64>();
        }
        scores
    }

    /// Logarithm of the ratio with which a step is accepted: prior over fitted law, there against here.
    pub(super) fn log_ratio(&self, from: &[f64], to: &[f64]) -> f64 {
        let squares = |of: &[f64]| of.iter().map(|x| x * x).sum::<f64>();
        let of = |scores: &[f64]| (squares(&self.whitened(scores)) - squares(scores)) / 2.0;
        of(to) - of(from)
    }

    /// Scores as independent standard normals under the fitted law.
    fn whitened(&self, scores: &[f64]) -> Vec<f64> {
        let mut whitened: Vec<f64> = Vec::with_capacity(scores.len());
        for (idx, row) in self.factor.iter().enumerate() {
            let done: f64 = row.iter().zip(&whitened).map(|(a, b)| a * b).sum();
            whitened.push((scores[idx] - self.mean[idx] - done) / row[idx]);
        }
        whitened
    }
}

/// The length of the next generation's steps: longer where most are accepted, shorter where few are.
pub(super) fn next_step(step: f64, acceptance: f64) -> f64 {
    let factor = if acceptance > 0.4 {
        1.3
    } else if acceptance < 0.15 {
        0.65
    } else {
        1.0
    };
    (step * factor).clamp(STEPS.0, STEPS.1)
}

fn diagonal(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let row = |(idx, row): (usize, &Vec<f64>)| {
        let mut only = vec![0.0; idx + 1];
        only[idx] = libm::sqrt(row[idx]);
        only
    };
    matrix.iter().enumerate().map(row).collect()
}

/// The lower factor of a positive definite matrix given by its lower triangle.
fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let mut factor: Vec<Vec<f64>> = matrix.iter().map(|row| vec![0.0; row.len()]).collect();
    for row in 0..matrix.len() {
        for col in 0..=row {
            let done: f64 = (0..col).map(|k| factor[row][k] * factor[col][k]).sum();
            let rest = matrix[row][col] - done;
            if row == col {
                if rest < VARIANCE_MIN / 10.0 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_fitted_law_needs_no_correction_but_that_to_the_prior() {
        // Two scores, variances 1 and 1/4, correlated.
        let points: Vec<[f64; 2]> = vec![
            [1.0, 0.6],
            [-1.0, -0.4],
            [0.5, 0.5],
            [-0.5, -0.3],
            [1.4, 0.1],
        ];
        let points: Vec<&[f64]> = points.iter().map(|of| &of[..]).collect();
        let proposals = Proposals::new(&points, 0.6);
        let (from, to) = ([0.3, -0.2], [1.0, 0.4]);
        let there = proposals.log_ratio(&from, &to);
        assert!((there + proposals.log_ratio(&to, &from)).abs() < 1e-12);
        // By hand: log N(0, I) less log of the fitted law, there less here.
        let factor = &proposals.factor;
        let fitted = |z: &[f64; 2]| {
            let a = (z[0] - proposals.mean[0]) / factor[0][0];
            let b = (z[1] - proposals.mean[1] - factor[1][0] * a) / factor[1][1];
            -(a * a + b * b) / 2.0
        };
        let prior = |z: &[f64; 2]| -(z[0] * z[0] + z[1] * z[1]) / 2.0;
        let expected = (prior(&to) - fitted(&to)) - (prior(&from) - fitted(&from));
        assert!((there - expected).abs() < 1e-12);
        // A step of length 1 forgets where it came from.
        let whole = Proposals {
            step: 1.0,
            ..proposals
        };
        assert_eq!(
            whole.propose(&from, &[0.1, 0.2]),
            whole.propose(&to, &[0.1, 0.2])
        );
    }

    #[test]
    fn steps_adapt_within_bounds() {
        assert!((next_step(0.7, 0.3) - 0.7).abs() < 1e-12);
        assert!(next_step(0.7, 0.05) < 0.7 && next_step(0.7, 0.6) > 0.7);
        assert!((next_step(1.0, 1.0) - 1.0).abs() < 1e-12);
        assert!((next_step(0.05, 0.0) - 0.05).abs() < 1e-12);
    }
}
