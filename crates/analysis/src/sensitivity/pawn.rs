//! PAWN: how far knowing an input moves the whole distribution of an outcome (Pianosi and Wagener 2018, Environ.
//! Model. Softw. 108:197).
//!
//! The input is cut into slides of equal probability; in each the outcome's distribution is held against that of
//! all replicates by the distance of Kolmogorov and Smirnov, and the median over slides is the index. Chance alone
//! makes it positive: a dummy, an input that does nothing, says how large (Khorashadi Zadeh et al. 2017,
//! Environ. Model. Softw. 91:210). Works on any sample, also with correlated inputs; then an input is also
//! credited with what those do that go with it.

use foedera_results::Estimate;
use serde::Serialize;

use super::{
    moments, resample,
    slides::{self, Slides},
};

/// Slides, as in the paper.
pub const SLIDES: usize = 10;
/// Resamples behind an interval.
const RESAMPLES: usize = 100;

/// What PAWN says of an outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pawn {
    /// By input: median distance over slides, 0..=1.
    pub inputs: Vec<Estimate>,
    /// By input: the largest distance.
    pub largest: Vec<f64>,
    /// An index below cannot be told from that of an input which does nothing.
    pub dummy: f64,
}

impl Pawn {
    /// Whether an input's index can be told from nothing.
    #[must_use]
    pub fn is_told(&self, input: usize) -> bool {
        self.inputs[input].value > self.dummy
    }
}

/// Gives the indices of inputs `[input][replicate]` for an outcome, every value finite. `None` with fewer than two
/// replicates for each slide.
#[must_use]
pub fn pawn(inputs: &[Vec<f64>], outcome: &[f64], seed: u64) -> Option<Pawn> {
    let n = outcome.len();
    if n < 2 * SLIDES || inputs.is_empty() {
        return None;
    }
    let order = Order::new(outcome);
    let even = vec![1_u32; n];
    let cut: Vec<Slides> = inputs.iter().map(|of| Slides::new(of, SLIDES)).collect();
    let whole: Vec<Vec<f64>> = cut.iter().map(|cut| order.distances(cut, &even)).collect();
    let mut dummies: Vec<f64> = (0..slides::dummies(n))
        .map(|number| median(&order.distances(&Slides::dummy(n, SLIDES, !seed, number), &even)))
        .collect();
    let dummy = slides::threshold(&mut dummies, inputs.len());
    let is_told = |distances: &Vec<f64>| median(distances) > dummy;
    // What cannot be told from a dummy errs like one; only the others are worth resampling.
    let mut drawn = vec![Vec::new(); cut.len()];
    for number in 0..RESAMPLES {
        let weights = resample::weights(seed, number, n);
        let told = drawn.iter_mut().zip(&cut).zip(&whole);
        for ((drawn, cut), _) in told.filter(|(_, whole)| is_told(whole)) {
            drawn.push(median(&order.distances(cut, &weights)));
        }
    }
    let estimate = |(distances, drawn): (&Vec<f64>, &Vec<f64>)| {
        let drawn = if drawn.is_empty() { &dummies } else { drawn };
        let half = 1.96 * libm::sqrt(moments(drawn).1);
        let value = median(distances);
        Estimate {
            value,
            low: (value - half).max(0.0),
            high: (value + half).min(1.0),
            n: n as u64,
        }
    };
    Some(Pawn {
        inputs: whole.iter().zip(&drawn).map(estimate).collect(),
        largest: whole
            .iter()
            .map(|of| of.iter().copied().fold(0.0, f64::max))
            .collect(),
        dummy,
    })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    resample::quantile(&sorted, 0.5)
}

/// Replicates from the smallest outcome to the largest, ties together.
struct Order {
    order: Vec<usize>,
    /// Whether the next one is larger.
    ends: Vec<bool>,
}

impl Order {
    #[expect(clippy::float_cmp, reason = "ties are equal to the last bit")]
    fn new(outcome: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..outcome.len()).collect();
        order.sort_by(|one, other| outcome[*one].total_cmp(&outcome[*other]));
        let last = order.len() - 1;
        let ends = (0..order.len())
            .map(|idx| idx == last || outcome[order[idx]] != outcome[order[idx + 1]])
            .collect();
        Self { order, ends }
    }

    /// Distance of each slide that is not empty from all, with weights.
    fn distances(&self, slides: &Slides, weights: &[u32]) -> Vec<f64> {
        let mut sizes = vec![0.0; slides.n];
        let mut all = 0.0;
        for (slide, weight) in slides.of.iter().zip(weights) {
            sizes[*slide] += f64::from(*weight);
            all += f64::from(*weight);
        }
        let mut below = vec![0.0; slides.n];
        let mut below_all = 0.0;
        let mut far = vec![0.0_f64; slides.n];
        for (idx, end) in self.order.iter().zip(&self.ends) {
            let weight = f64::from(weights[*idx]);
            below[slides.of[*idx]] += weight;
            below_all += weight;
            if !end {
                continue;
            }
            let share = below_all / all;
            for ((far, below), size) in far.iter_mut().zip(&below).zip(&sizes) {
                // An empty slide gives no number, which no maximum takes.
                *far = far.max((below / size - share).abs());
            }
        }
        let filled = far.iter().zip(&sizes).filter(|(_, size)| **size > 0.0);
        filled.map(|(far, _)| *far).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensitivity::test_functions::{Halton, ishigami};

    #[test]
    fn a_distance_by_hand() {
        // Outcomes 1 to 4; the first slide has the two smallest: its share at 2 is 1 against 0.5.
        let order = Order::new(&[1.0, 2.0, 3.0, 4.0]);
        let slides = Slides {
            of: vec![0, 0, 1, 1],
            n: 3,
        };
        assert_eq!(order.distances(&slides, &[1; 4]), [0.5, 0.5]);
    }

    #[test]
    fn a_dummy_is_not_told_from_nothing() {
        let rows: Vec<Vec<f64>> = (1..=2000).map(|k| Halton::row(k, 4)).collect();
        let outcome: Vec<f64> = rows.iter().map(|row| ishigami(row)).collect();
        let inputs: Vec<Vec<f64>> = (0..4)
            .map(|input| rows.iter().map(|row| row[input]).collect())
            .collect();
        let found = pawn(&inputs, &outcome, 1).expect("there are enough");
        assert!((0..3).all(|input| found.is_told(input)), "{found:?}");
        assert!(!found.is_told(3), "{found:?}");
        assert_eq!(Some(found), pawn(&inputs, &outcome, 1));
        assert!(pawn(&inputs, &outcome[..10], 1).is_none());
    }
}
