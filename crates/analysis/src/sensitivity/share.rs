//! Share of the variance that knowing one input alone would take away, from any sample.
//!
//! The correlation ratio over slides of the input, freed of its bias as in an analysis of variance (Kelley's ε²,
//! 1935). With independent inputs it is the first-order index of Sobol', as far as the slides are fine enough;
//! with correlated ones an input is also credited with what those do that go with it. Luck is in the variance:
//! what no input explains is luck or interactions, and a sample with one replicate at each point cannot part them.

use foedera_results::{Estimate, special};
use serde::Serialize;

use super::{
    moments, resample,
    slides::{self, Slides},
};

/// Resamples behind an interval.
const RESAMPLES: usize = 200;
/// Slides with few replicates, and with many.
const SLIDES: (usize, usize) = (10, 20);
/// From so many replicates on there are many.
const MANY: usize = 2000;

/// Shares of all inputs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shares {
    /// By input; 0..=1 but for error.
    pub inputs: Vec<Estimate>,
    /// A share below cannot be told from that of an input which does nothing.
    pub dummy: f64,
}

impl Shares {
    /// Whether an input's share can be told from nothing.
    #[must_use]
    pub fn is_told(&self, input: usize) -> bool {
        self.inputs[input].value > self.dummy
    }
}

/// Gives the shares of inputs `[input][replicate]` in an outcome that is asked at one or more times
/// `[time][replicate]`, every value finite. Over several times the parts of the variance are added up before they are
/// divided. `None` with too few replicates or an outcome that never varies.
#[must_use]
pub fn shares(inputs: &[Vec<f64>], times: &[Vec<f64>], seed: u64) -> Option<Shares> {
    let n = times.first()?.len();
    if n < 4 * SLIDES.0 || inputs.is_empty() {
        return None;
    }
    let slides = if n < MANY { SLIDES.0 } else { SLIDES.1 };
    let even = vec![1_u32; n];
    let cut: Vec<Slides> = inputs.iter().map(|of| Slides::new(of, slides)).collect();
    let values: Vec<f64> = cut
        .iter()
        .map(|cut| share(cut, times, &even))
        .collect::<Option<_>>()?;
    let mut dummies: Vec<f64> = (0..slides::dummies(n))
        .filter_map(|number| share(&Slides::dummy(n, slides, !seed, number), times, &even))
        .collect();
    dummies.sort_by(f64::total_cmp);
    let level = slides::level(inputs.len());
    let dummy = by_chance(n, slides, level).max(resample::quantile(&dummies, level));
    // What cannot be told from a dummy errs like one; only the others are worth resampling.
    let mut drawn = vec![Vec::new(); cut.len()];
    for number in 0..RESAMPLES {
        let weights = resample::weights(seed, number, n);
        let told = drawn.iter_mut().zip(&cut).zip(&values);
        for ((drawn, cut), _) in told.filter(|(_, value)| **value > dummy) {
            drawn.extend(share(cut, times, &weights));
        }
    }
    let estimate = |(value, drawn): (&f64, &Vec<f64>)| {
        let drawn = if drawn.is_empty() { &dummies } else { drawn };
        let half = 1.96 * libm::sqrt(moments(drawn).1);
        Estimate {
            value: *value,
            low: value - half,
            high: value + half,
            n: n as u64,
        }
    };
    Some(Shares {
        inputs: values.iter().zip(&drawn).map(estimate).collect(),
        dummy,
    })
}

/// The share that an input which does nothing exceeds with probability 1 - `level`: of a normal outcome the sum of
/// squares between slides is a beta part of all.
fn by_chance(n: usize, slides: usize, level: f64) -> f64 {
    let (groups, n) = (slides as f64, n as f64);
    let part = special::beta_quantile(level, 0.5 * (groups - 1.0), 0.5 * (n - groups));
    1.0 - (n - 1.0) / (n - groups) * (1.0 - part)
}

/// (Sum of squares between slides - (slides - 1) · mean square within) / total sum of squares.
fn share(cut: &Slides, times: &[Vec<f64>], weights: &[u32]) -> Option<f64> {
    let (mut explained, mut total) = (0.0, 0.0);
    for outcome in times {
        let mut sums = vec![(0.0, 0.0); cut.n];
        let (mut n, mut sum) = (0.0, 0.0);
        for ((slide, weight), value) in cut.of.iter().zip(weights).zip(outcome) {
            let weight = f64::from(*weight);
            sums[*slide].0 += weight;
            sums[*slide].1 += weight * value;
            n += weight;
            sum += weight * value;
        }
        let mean = sum / n;
        let squares: f64 = weights
            .iter()
            .zip(outcome)
            .map(|(weight, value)| f64::from(*weight) * (value - mean) * (value - mean))
            .sum();
        let filled: Vec<&(f64, f64)> = sums.iter().filter(|of| of.0 > 0.0).collect();
        let between: f64 = filled
            .iter()
            .map(|(n, sum)| n * (sum / n - mean) * (sum / n - mean))
            .sum();
        let groups = filled.len() as f64;
        if n > groups {
            let within = (squares - between).max(0.0) / (n - groups);
            explained += between - (groups - 1.0) * within;
        }
        total += squares;
    }
    (total > 0.0).then(|| explained / total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::test_functions::{Halton, ishigami};

    #[test]
    fn shares_are_the_first_order_indices() {
        let rows: Vec<Vec<f64>> = (1..=4000).map(|k| Halton::row(k, 4)).collect();
        let outcome: Vec<f64> = rows.iter().map(|row| ishigami(row)).collect();
        let inputs: Vec<Vec<f64>> = (0..4)
            .map(|input| rows.iter().map(|row| row[input]).collect())
            .collect();
        let found = shares(&inputs, &[outcome], 1).expect("there are enough");
        for (input, expected) in [0.3139, 0.4424, 0.0, 0.0].into_iter().enumerate() {
            let got = found.inputs[input];
            assert!((got.value - expected).abs() < 0.03, "{input}: {got:?}");
        }
        // The third acts by interactions only: alone it explains nothing.
        assert!(found.is_told(0) && found.is_told(1), "{found:?}");
        assert!(!found.is_told(2) && !found.is_told(3), "{found:?}");
    }

    #[test]
    fn of_many_inputs_that_do_nothing_hardly_one_is_told() {
        let even = |seed: usize, k: usize| resample::pick(77, seed, k, 1 << 40) as f64;
        let mut wrongly = 0;
        for analysis in 0..20 {
            let column = |input: usize| -> Vec<f64> {
                (0..200).map(|k| even(100 * analysis + input, k)).collect()
            };
            let inputs: Vec<Vec<f64>> = (0..40).map(column).collect();
            let outcome = column(99);
            let found = shares(&inputs, std::slice::from_ref(&outcome), 1).expect("enough");
            let moved = crate::sensitivity::pawn::pawn(&inputs, &outcome, 1).expect("enough");
            let told = |input: usize| found.is_told(input) || moved.is_told(input);
            wrongly += u32::from((0..40).any(told));
        }
        // 5 % of 20 is 1; more than 4 would happen in 3 of a thousand tries.
        assert!(wrongly <= 4, "{wrongly} of 20");
    }

    #[test]
    fn what_never_varies_has_no_shares() {
        let inputs = [(0..100).map(f64::from).collect::<Vec<_>>()];
        assert!(shares(&inputs, &[vec![2.0; 100]], 1).is_none());
    }

    #[test]
    fn times_add_up_by_their_variances() {
        let rows: Vec<Vec<f64>> = (1..=2000).map(|k| Halton::row(k, 2)).collect();
        let column = |input: usize| rows.iter().map(|row| row[input]).collect::<Vec<f64>>();
        let later = column(1).iter().map(|x| 2.0 * x).collect();
        let found = shares(&[column(0), column(1)], &[column(0), later], 1).expect("enough");
        assert!((found.inputs[0].value - 0.2).abs() < 0.02, "{found:?}");
        assert!((found.inputs[1].value - 0.8).abs() < 0.02, "{found:?}");
    }
}
