//! Sensitivity: which inputs an outcome hangs on, how far that is known, and how much is luck.
//!
//! Estimators on plain numbers, without the engine. Two need a design of their own, in which inputs are moved
//! apart: [`morris`] (screening) and [`sobol`] (shares of the variance). The others take any finished sample:
//! [`share`] (variance explained), [`pawn`] (whole distributions), [`regional`] (a split in two) and
//! [`regression`] (ranks). [`luck`] parts chance from ignorance where points have several replicates.
//! Every index comes with an interval or a dummy's threshold, so that what cannot be told from zero is seen.

pub mod luck;
pub mod morris;
pub mod pawn;
pub mod regional;
pub mod regression;
pub mod resample;
pub mod share;
pub mod slides;
pub mod sobol;

#[cfg(test)]
mod test_functions;

/// Mean and sample variance of numbers; the variance of fewer than two is 0.
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    let variance = if values.len() < 2 {
        0.0
    } else {
        squares / (n - 1.0)
    };
    (mean, variance)
}
