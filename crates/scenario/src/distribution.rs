//! Quantile functions of every distribution: how a uniform number becomes a value of an input.
//!
//! This is what ensembles sample with, so it is f64 on `libm`, the same bits on every machine, and
//! rises with `u`. Special functions are ours: the normal quantile (AS 241), the regularised incomplete
//! beta function (continued fraction, modified Lentz) and its inverse.

mod beta;
mod fit;
mod normal;

use crate::leaf::LeafInfo;
use crate::model::Distribution;

pub use beta::{beta_cdf, beta_quantile};
pub use fit::{Fit, fit};
pub use normal::{normal_cdf, normal_quantile};

/// Quantile of the standard normal at 95 %: how far apart elicited quantiles are in units of sd.
const Z95: f64 = 1.644_853_626_951_472_7;
/// The weight of the mode in a PERT distribution (Malcolm et al. 1959).
const PERT_MODE_WEIGHT: f64 = 4.0;
/// Points of the numeric mean of a cut distribution.
const MEAN_POINTS: u32 = 4096;

/// What a distribution may refer to: the base value and the catalogue's prior of its leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Value of the base case.
    pub base: f64,
    /// Low end, mode and high end of the catalogue's range.
    pub prior: Option<(f64, f64, f64)>,
}

impl Reference {
    /// That of a leaf.
    pub const fn of(info: &LeafInfo) -> Self {
        Self {
            base: info.value,
            prior: info.prior,
        }
    }
}

/// The value of a leaf at a uniform number, clamped to the leaf's valid range.
pub fn draw(info: &LeafInfo, distribution: &Distribution, u: f64) -> f64 {
    quantile(distribution, Reference::of(info), u).clamp(info.min, info.max)
}

/// The value below which a share `u` lies. `u` is kept a hair inside 0 and 1, so that the value is
/// finite.
pub fn quantile(distribution: &Distribution, reference: Reference, u: f64) -> f64 {
    let u = u.clamp(f64::EPSILON / 4.0, 1.0 - f64::EPSILON / 2.0);
    match distribution {
        Distribution::Normal { mean, sd } => mean + sd * normal_quantile(u),
        Distribution::LogNormal { median, log_sd } => {
            median * libm::exp(log_sd * normal_quantile(u))
        }
        Distribution::Uniform { low, high } => low + (high - low) * u,
        Distribution::Triangular { low, mode, high } => triangular_quantile(*low, *mode, *high, u),
        Distribution::Pert { low, mode, high } => {
            let (alpha, beta) = pert_shapes(*low, *mode, *high);
            low + (high - low) * beta_quantile(alpha, beta, u)
        }
        Distribution::Beta { alpha, beta } => beta_quantile(*alpha, *beta, u),
        Distribution::Truncated { of, low, high } => {
            truncated_quantile(of, reference, (*low, *high), u)
        }
        Distribution::Discrete(values) => discrete_quantile(values, u),
        Distribution::Quantiles { p5, p50, p95 } => {
            let z = normal_quantile(u);
            p50 + z * if z < 0.0 { p50 - p5 } else { p95 - p50 } / Z95
        }
        Distribution::Elicited { of, .. } => quantile(of, reference, u),
        Distribution::Empirical(values) => values[place(u, values.len())],
        Distribution::Around { sd } => reference.base + sd * normal_quantile(u),
        Distribution::Scaled { log_sd } => {
            // A negative base would turn the order round.
            let z = if reference.base < 0.0 {
                -normal_quantile(u)
            } else {
                normal_quantile(u)
            };
            reference.base * libm::exp(log_sd * z)
        }
        Distribution::Prior => match reference.prior {
            Some((low, mode, high)) => triangular_quantile(low, mode, high, u),
            None => reference.base,
        },
    }
}

/// The share that lies below `x` or at it.
pub fn cdf(distribution: &Distribution, reference: Reference, x: f64) -> f64 {
    match distribution {
        Distribution::Normal { mean, sd } => normal_cdf((x - mean) / sd),
        Distribution::LogNormal { median, log_sd } => log_cdf(x / median, *log_sd),
        Distribution::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
        Distribution::Triangular { low, mode, high } => triangular_cdf(*low, *mode, *high, x),
        Distribution::Pert { low, mode, high } => {
            let (alpha, beta) = pert_shapes(*low, *mode, *high);
            beta_cdf(alpha, beta, (x - low) / (high - low))
        }
        Distribution::Beta { alpha, beta } => beta_cdf(*alpha, *beta, x),
        Distribution::Truncated { of, low, high } => {
            let (from, to) = cut(of, reference, (*low, *high));
            if to <= from {
                return if x < *low { 0.0 } else { 1.0 };
            }
            ((cdf(of, reference, x.min(*high)) - from) / (to - from)).clamp(0.0, 1.0)
        }
        Distribution::Discrete(values) => {
            let total: f64 = values.iter().map(|(_, weight)| weight).sum();
            let below = values.iter().filter(|(value, _)| *value <= x);
            below.map(|(_, weight)| weight).sum::<f64>() / total
        }
        Distribution::Quantiles { p5, p50, p95 } => {
            let side = if x < *p50 { p50 - p5 } else { p95 - p50 };
            if side > 0.0 {
                normal_cdf(Z95 * (x - p50) / side)
            } else if x < *p50 {
                0.0
            } else {
                1.0
            }
        }
        Distribution::Elicited { of, .. } => cdf(of, reference, x),
        Distribution::Empirical(values) => {
            let below = values.iter().filter(|value| **value <= x).count();
            whole(below) / whole(values.len())
        }
        Distribution::Around { sd } => normal_cdf((x - reference.base) / sd),
        Distribution::Scaled { log_sd } if reference.base > 0.0 => {
            log_cdf(x / reference.base, *log_sd)
        }
        Distribution::Scaled { log_sd } if reference.base < 0.0 => {
            1.0 - log_cdf(x / reference.base, *log_sd)
        }
        Distribution::Scaled { .. } => step(x, reference.base),
        Distribution::Prior => match reference.prior {
            Some((low, mode, high)) => triangular_cdf(low, mode, high, x),
            None => step(x, reference.base),
        },
    }
}

/// The mean.
pub fn mean(distribution: &Distribution, reference: Reference) -> f64 {
    match distribution {
        Distribution::Normal { mean, .. } => *mean,
        Distribution::LogNormal { median, log_sd } => median * libm::exp(log_sd * log_sd / 2.0),
        Distribution::Uniform { low, high } => (low + high) / 2.0,
        Distribution::Triangular { low, mode, high } => (low + mode + high) / 3.0,
        Distribution::Pert { low, mode, high } => {
            (low + PERT_MODE_WEIGHT * mode + high) / (PERT_MODE_WEIGHT + 2.0)
        }
        Distribution::Beta { alpha, beta } => alpha / (alpha + beta),
        Distribution::Truncated { .. } => {
            let n = f64::from(MEAN_POINTS);
            let at = |idx: u32| quantile(distribution, reference, (f64::from(idx) + 0.5) / n);
            (0..MEAN_POINTS).map(at).sum::<f64>() / n
        }
        Distribution::Discrete(values) => {
            let total: f64 = values.iter().map(|(_, weight)| weight).sum();
            values
                .iter()
                .map(|(value, weight)| value * weight)
                .sum::<f64>()
                / total
        }
        // Half a normal has its mean at sd √(2/π); each half weighs 1/2.
        Distribution::Quantiles { p5, p50, p95 } => {
            let root = libm::sqrt(2.0 / std::f64::consts::PI);
            p50 + root * ((p95 - p50) - (p50 - p5)) / (2.0 * Z95)
        }
        Distribution::Elicited { of, .. } => mean(of, reference),
        Distribution::Empirical(values) => values.iter().sum::<f64>() / whole(values.len()),
        Distribution::Around { .. } => reference.base,
        Distribution::Scaled { log_sd } => reference.base * libm::exp(log_sd * log_sd / 2.0),
        Distribution::Prior => reference.prior.map_or(reference.base, |(low, mode, high)| {
            (low + mode + high) / 3.0
        }),
    }
}

/// The central interval that holds a share of the mass, such as 0.9.
pub fn interval(distribution: &Distribution, reference: Reference, mass: f64) -> (f64, f64) {
    let tail = (1.0 - mass) / 2.0;
    (
        quantile(distribution, reference, tail),
        quantile(distribution, reference, 1.0 - tail),
    )
}

fn whole(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most a thousand values")]
    let n = n as f64;
    n
}

/// The index of a share of `n` equally likely values.
fn place(u: f64, n: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 <= u n < n"
    )]
    let idx = (u * whole(n)) as usize;
    idx.min(n - 1)
}

const fn step(x: f64, at: f64) -> f64 {
    if x < at { 0.0 } else { 1.0 }
}

fn log_cdf(ratio: f64, log_sd: f64) -> f64 {
    if ratio <= 0.0 {
        0.0
    } else {
        normal_cdf(libm::log(ratio) / log_sd)
    }
}

fn discrete_quantile(values: &[(f64, f64)], u: f64) -> f64 {
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    for (value, weight) in values {
        sum += weight;
        if u * total <= sum {
            return *value;
        }
    }
    values[values.len() - 1].0
}

fn triangular_quantile(low: f64, mode: f64, high: f64, u: f64) -> f64 {
    let width = high - low;
    if width <= 0.0 {
        return low;
    }
    let rising = (mode - low) / width;
    if u < rising {
        low + libm::sqrt(u * width * (mode - low))
    } else {
        high - libm::sqrt((1.0 - u) * width * (high - mode))
    }
}

fn triangular_cdf(low: f64, mode: f64, high: f64, x: f64) -> f64 {
    if x <= low {
        step(x, low) * if high > low { 0.0 } else { 1.0 }
    } else if x >= high {
        1.0
    } else if x < mode {
        (x - low) * (x - low) / ((high - low) * (mode - low))
    } else {
        1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
    }
}

fn pert_shapes(low: f64, mode: f64, high: f64) -> (f64, f64) {
    let rising = (mode - low) / (high - low);
    (
        1.0 + PERT_MODE_WEIGHT * rising,
        1.0 + PERT_MODE_WEIGHT * (1.0 - rising),
    )
}

/// The shares of the uncut distribution at both cuts; a value at the lower cut stays in.
fn cut(of: &Distribution, reference: Reference, (low, high): (f64, f64)) -> (f64, f64) {
    let below = low - low.abs().max(1.0) * f64::EPSILON;
    (cdf(of, reference, below), cdf(of, reference, high))
}

fn truncated_quantile(of: &Distribution, reference: Reference, ends: (f64, f64), u: f64) -> f64 {
    let (from, to) = cut(of, reference, ends);
    // Without mass between the cuts the nearer one is all there is.
    let value = if to > from {
        quantile(of, reference, from + (to - from) * u)
    } else {
        quantile(of, reference, 0.5)
    };
    value.clamp(ends.0, ends.1)
}

/// The share of a distribution between two cuts.
pub fn mass_between(distribution: &Distribution, reference: Reference, low: f64, high: f64) -> f64 {
    let (from, to) = cut(distribution, reference, (low, high));
    to - from
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use statrs::distribution::{Beta, ContinuousCDF, LogNormal, Normal, Triangular};

    use super::*;

    const REFERENCE: Reference = Reference {
        base: 2.0,
        prior: Some((0.5, 1.0, 3.0)),
    };

    fn close(value: f64, expect: f64, tolerance: f64) {
        let scale = expect.abs().max(1e-3);
        assert!(
            (value - expect).abs() <= tolerance * scale,
            "{value} is not {expect}"
        );
    }

    /// Oracle: `scipy.stats.norm.ppf`, and closed forms of the beta quantile.
    #[test]
    fn quantiles_are_the_known_ones() {
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-15);
        close(normal_quantile(1e-10), -6.361_340_902_404_056, 1e-15);
        close(normal_quantile(0.95), Z95, 1e-15);
        assert!(normal_quantile(0.5).abs() < 1e-16);
        // B(1, b): 1 - (1 - p)^(1/b); B(a, 1): p^(1/a); B(1/2, 1/2): sin²(πp/2).
        close(
            beta_quantile(1.0, 4.0, 0.3),
            1.0 - libm::pow(0.7, 0.25),
            1e-14,
        );
        close(beta_quantile(3.0, 1.0, 0.3), libm::cbrt(0.3), 1e-14);
        let arcsine = libm::sin(std::f64::consts::PI * 0.1);
        close(beta_quantile(0.5, 0.5, 0.2), arcsine * arcsine, 1e-13);
    }

    #[test]
    fn quantiles_are_those_of_statrs() {
        let normal = Normal::new(1.0, 2.0).unwrap();
        let log = LogNormal::new(libm::log(3.0), 0.7).unwrap();
        let triangular = Triangular::new(1.0, 4.0, 2.0).unwrap();
        // Shapes of PERT(0, 1, 4): 1 + 4·1/4 and 1 + 4·3/4.
        let pert = Beta::new(2.0, 4.0).unwrap();
        for step in 1..100 {
            let u = f64::from(step) / 100.0;
            let q = |one: Distribution| quantile(&one, REFERENCE, u);
            close(
                q(Distribution::Normal { mean: 1.0, sd: 2.0 }),
                normal.inverse_cdf(u),
                1e-9,
            );
            close(
                q(Distribution::LogNormal {
                    median: 3.0,
                    log_sd: 0.7,
                }),
                log.inverse_cdf(u),
                1e-9,
            );
            close(
                q(Distribution::Triangular {
                    low: 1.0,
                    mode: 2.0,
                    high: 4.0,
                }),
                triangular.inverse_cdf(u),
                1e-12,
            );
            let x = q(Distribution::Pert {
                low: 0.0,
                mode: 1.0,
                high: 4.0,
            });
            close(pert.cdf(x / 4.0), u, 1e-12);
        }
        for (alpha, beta) in [(0.3, 0.7), (2.0, 5.0), (40.0, 3.0), (500.0, 800.0)] {
            let oracle = Beta::new(alpha, beta).unwrap();
            for step in 1..20 {
                let u = f64::from(step) / 20.0;
                close(oracle.cdf(beta_quantile(alpha, beta, u)), u, 1e-10);
                close(beta_cdf(alpha, beta, u), oracle.cdf(u), 1e-10);
            }
        }
    }

    #[test]
    fn elicited_quantiles_are_met() {
        let one = Distribution::Quantiles {
            p5: 1.0,
            p50: 2.0,
            p95: 5.0,
        };
        for (u, value) in [(0.05, 1.0), (0.5, 2.0), (0.95, 5.0)] {
            close(quantile(&one, REFERENCE, u), value, 1e-12);
            close(cdf(&one, REFERENCE, value), u, 1e-12);
        }
        let listed = Distribution::Discrete(vec![(1.0, 1.0), (2.0, 3.0)]);
        assert!((quantile(&listed, REFERENCE, 0.25) - 1.0).abs() < 1e-12);
        assert!((quantile(&listed, REFERENCE, 0.26) - 2.0).abs() < 1e-12);
        let seen = Distribution::Empirical(vec![1.0, 5.0]);
        assert!((quantile(&seen, REFERENCE, 0.49) - 1.0).abs() < 1e-12);
        assert!((quantile(&seen, REFERENCE, 0.51) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_cut_keeps_values_at_its_ends() {
        let listed = Box::new(Distribution::Discrete(vec![
            (1.0, 1.0),
            (2.0, 1.0),
            (3.0, 2.0),
        ]));
        let cut = Distribution::Truncated {
            of: listed,
            low: 2.0,
            high: 3.0,
        };
        close(quantile(&cut, REFERENCE, 0.3), 2.0, 1e-12);
        close(quantile(&cut, REFERENCE, 0.4), 3.0, 1e-12);
        close(mean(&cut, REFERENCE), 8.0 / 3.0, 1e-3);
        let normal = Box::new(Distribution::Normal { mean: 0.0, sd: 1.0 });
        let half = Distribution::Truncated {
            of: normal,
            low: 0.0,
            high: 100.0,
        };
        close(
            quantile(&half, REFERENCE, 0.5),
            0.674_489_750_196_081_7,
            1e-12,
        );
        close(
            mean(&half, REFERENCE),
            libm::sqrt(2.0 / std::f64::consts::PI),
            1e-3,
        );
    }

    fn any_distribution() -> impl Strategy<Value = Distribution> {
        let ends = (-5.0..5.0, 0.01..3.0, 0.01..3.0);
        let simple = prop_oneof![
            (-5.0..5.0, 0.01..3.0).prop_map(|(mean, sd)| Distribution::Normal { mean, sd }),
            (0.1..5.0, 0.01..2.0)
                .prop_map(|(median, log_sd)| Distribution::LogNormal { median, log_sd }),
            ends.clone().prop_map(|(low, up, _)| Distribution::Uniform {
                low,
                high: low + up
            }),
            ends.clone()
                .prop_map(|(low, a, b)| Distribution::Triangular {
                    low,
                    mode: low + a,
                    high: low + a + b
                }),
            ends.clone().prop_map(|(low, a, b)| Distribution::Pert {
                low,
                mode: low + a,
                high: low + a + b
            }),
            (0.1..50.0, 0.1..50.0).prop_map(|(alpha, beta)| Distribution::Beta { alpha, beta }),
            ends.prop_map(|(p5, a, b)| Distribution::Quantiles {
                p5,
                p50: p5 + a,
                p95: p5 + a + b
            }),
            (0.01..2.0).prop_map(|sd| Distribution::Around { sd }),
            (0.01..2.0).prop_map(|log_sd| Distribution::Scaled { log_sd }),
            Just(Distribution::Prior),
        ];
        simple.prop_flat_map(|of| {
            prop_oneof![
                Just(of.clone()),
                (-1.0..1.0, 0.5..4.0).prop_map(move |(low, width)| Distribution::Truncated {
                    of: Box::new(of.clone()),
                    low,
                    high: low + width,
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn quantiles_rise_with_u(one in any_distribution(), u in 0.0..1.0_f64, v in 0.0..1.0_f64) {
            let (u, v) = (u.min(v), u.max(v));
            let (low, high) = (quantile(&one, REFERENCE, u), quantile(&one, REFERENCE, v));
            prop_assert!(low.is_finite() && high.is_finite());
            prop_assert!(low <= high + 1e-12 * high.abs().max(1.0), "{low} {high}");
        }

        #[test]
        fn the_cdf_undoes_the_quantile(one in any_distribution(), u in 0.001..0.999_f64) {
            let x = quantile(&one, REFERENCE, u);
            let inside = match &one {
                Distribution::Truncated { of, low, high } => mass_between(of, REFERENCE, *low, *high) > 1e-3,
                _ => true,
            };
            if inside {
                prop_assert!((cdf(&one, REFERENCE, x) - u).abs() < 1e-8, "{x} {u}");
            }
        }

        #[test]
        fn the_mean_is_that_of_many_draws(one in any_distribution()) {
            let n = 4000;
            let at = |idx: i32| quantile(&one, REFERENCE, (f64::from(idx) + 0.5) / f64::from(n));
            let drawn: f64 = (0..n).map(at).sum::<f64>() / f64::from(n);
            let (low, high) = interval(&one, REFERENCE, 0.998);
            // Midpoints of a stratified sample miss little but the tail.
            prop_assert!((drawn - mean(&one, REFERENCE)).abs() <= 0.02 * (high - low) + 1e-9);
        }
    }
}
