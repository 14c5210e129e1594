//! Quantile functions of every distribution: how a uniform number becomes a value of an input.
//!
//! This is what ensembles sample with, so it is f64 on `libm`, the same bits on every machine, and
//! rises with `u`. Special functions are ours: the normal quantile (AS 241), the regularised incomplete
//! beta function (continued fraction, modified Lentz) and its inverse.

use std::f64::consts::SQRT_2;

use crate::leaf::LeafInfo;
use crate::model::Distribution;

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

/// Standard normal distribution function.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// A polynomial with the constant term first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Standard normal quantile: algorithm AS 241 (PPND16), Wichura (1988), about 16 figures.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE_TOP, r) / polynomial(&CENTRE_BOTTOM, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 {
        polynomial(&NEAR_TOP, r - 1.6) / polynomial(&NEAR_BOTTOM, r - 1.6)
    } else {
        polynomial(&FAR_TOP, r - 5.0) / polynomial(&FAR_BOTTOM, r - 5.0)
    };
    if q < 0.0 { -z } else { z }
}

const CENTRE_TOP: [f64; 8] = [
    3.387_132_872_796_366_5,
    1.331_416_678_917_843_8e2,
    1.971_590_950_306_551_3e3,
    1.373_169_376_550_946e4,
    4.592_195_393_154_987e4,
    6.726_577_092_700_87e4,
    3.343_057_558_358_813e4,
    2.509_080_928_730_122_7e3,
];
const CENTRE_BOTTOM: [f64; 8] = [
    1.0,
    4.231_333_070_160_091e1,
    6.871_870_074_920_579e2,
    5.394_196_021_424_751e3,
    2.121_379_430_158_66e4,
    3.930_789_580_009_271e4,
    2.872_908_573_572_194_3e4,
    5.226_495_278_852_854e3,
];
const NEAR_TOP: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
const NEAR_BOTTOM: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR_TOP: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const FAR_BOTTOM: [f64; 8] = [
    1.0,
    5.998_322_065_558_88e-1,
    1.369_298_809_227_358e-1,
    1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

/// Terms of the continued fraction at most; it needs about √max(α, β).
const TERMS: u32 = 10_000;
/// Where the continued fraction has converged.
const CONVERGED: f64 = 1e-15;
/// Stands for 0 in a denominator (modified Lentz).
const TINY: f64 = 1e-300;
/// Newton and bisection steps at most: bisection alone needs about 60.
const INVERSIONS: u32 = 200;

/// Distribution function of the beta distribution: the regularised incomplete beta function.
pub fn beta_cdf(alpha: f64, beta: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = libm::exp(log_beta_front(alpha, beta, x));
    // The fraction converges fast on the left of the mean; mirror the right.
    if x < (alpha + 1.0) / (alpha + beta + 2.0) {
        front * beta_fraction(alpha, beta, x) / alpha
    } else {
        1.0 - front * beta_fraction(beta, alpha, 1.0 - x) / beta
    }
}

/// ln of x^α (1 - x)^β / B(α, β).
fn log_beta_front(alpha: f64, beta: f64, x: f64) -> f64 {
    let gammas = libm::lgamma(alpha + beta) - libm::lgamma(alpha) - libm::lgamma(beta);
    gammas + alpha * libm::log(x) + beta * libm::log1p(-x)
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), modified Lentz.
fn beta_fraction(alpha: f64, beta: f64, x: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (alpha + beta) * x / (alpha + 1.0));
    let mut value = d;
    for term in 1..=TERMS {
        let m = f64::from(term);
        let even = m * (beta - m) * x / ((alpha + 2.0 * m - 1.0) * (alpha + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        value *= d * c;
        let odd =
            -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2.0 * m) * (alpha + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < CONVERGED {
            break;
        }
    }
    value
}

/// Quantile of the beta distribution: Newton steps kept within a bracket that shrinks.
pub fn beta_quantile(alpha: f64, beta: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = alpha / (alpha + beta);
    for _ in 0..INVERSIONS {
        let error = beta_cdf(alpha, beta, x) - p;
        if error > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let density = libm::exp(log_beta_front(alpha, beta, x)) / (x * (1.0 - x));
        let mut next = x - error / density;
        if !(next > low && next < high) {
            next = low + (high - low) / 2.0;
        }
        let moved = (next - x).abs();
        x = next;
        if moved <= x * 4.0 * f64::EPSILON || high - low <= f64::MIN_POSITIVE {
            break;
        }
    }
    x.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0)
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
