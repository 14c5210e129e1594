//! The few special functions behind intervals: normal, beta and Student distributions, in f64.
//!
//! Every transcendental goes through the crate `libm`, so that stored bounds have the same bits on
//! every machine. Tested against `statrs`.

/// Steps of a continued fraction; about the square root of the largest shape is needed.
const FRACTION_STEPS_MAX: u32 = 400_000;
/// Halvings of an interval: more than the bits of an f64.
const HALVINGS: u32 = 200;

/// Gives the normal distribution function.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Gives the normal quantile: Wichura (1988), Algorithm AS 241, PPND16; relative error about 1e-16.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE)
    } else {
        ratio(r - 5.0, &FAR)
    };
    if q < 0.0 { -z } else { z }
}

fn ratio(r: f64, coefficients: &([f64; 8], [f64; 8])) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, &a| sum * r + a);
    horner(&coefficients.0) / horner(&coefficients.1)
}

const CENTRE: ([f64; 8], [f64; 8]) = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_545e3,
    ],
);
const MIDDLE: ([f64; 8], [f64; 8]) = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);
const FAR: ([f64; 8], [f64; 8]) = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

/// Gives the regularised incomplete beta function: the beta distribution function at `x`.
pub fn beta_cdf(x: f64, alpha: f64, beta: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let log_front = libm::lgamma(alpha + beta) - libm::lgamma(alpha) - libm::lgamma(beta)
        + alpha * libm::log(x)
        + beta * libm::log1p(-x);
    let front = libm::exp(log_front);
    if x < (alpha + 1.0) / (alpha + beta + 2.0) {
        front * continued_fraction(x, alpha, beta) / alpha
    } else {
        1.0 - front * continued_fraction(1.0 - x, beta, alpha) / beta
    }
}

/// Gives Lentz's value of the continued fraction of the incomplete beta function (DLMF 8.17.22).
fn continued_fraction(x: f64, alpha: f64, beta: f64) -> f64 {
    let keep = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / keep(1.0 - (alpha + beta) * x / (alpha + 1.0));
    let mut value = d;
    for step in 1..=FRACTION_STEPS_MAX {
        let m = f64::from(step);
        let even = m * (beta - m) * x / ((alpha + 2.0 * m - 1.0) * (alpha + 2.0 * m));
        d = 1.0 / keep(1.0 + even * d);
        c = keep(1.0 + even / c);
        value *= d * c;
        let odd =
            -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2.0 * m) * (alpha + 2.0 * m + 1.0));
        d = 1.0 / keep(1.0 + odd * d);
        c = keep(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// Gives the beta quantile by halving the interval until it cannot be halved.
pub fn beta_quantile(p: f64, alpha: f64, beta: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if beta_cdf(middle, alpha, beta) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Gives Student's quantile; the normal one beyond ten million degrees of freedom (difference below 1e-7).
pub fn student_quantile(p: f64, degrees: f64) -> f64 {
    if degrees > 1e7 {
        return normal_quantile(p);
    }
    let tail = if p < 0.5 { p } else { 1.0 - p };
    let x = beta_quantile(2.0 * tail, 0.5 * degrees, 0.5);
    let size = libm::sqrt(degrees * (1.0 - x) / x);
    if p < 0.5 { -size } else { size }
}

/// Gives P(B <= k) of a binomial with `n` trials of probability `p`.
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    beta_cdf(1.0 - p, (n - k) as f64, k as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

    use super::*;

    #[test]
    fn normal_agrees_with_statrs() {
        let oracle = Normal::new(0.0, 1.0).unwrap();
        for p in [1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.7, 0.975, 0.999_999] {
            let z = normal_quantile(p);
            assert!(
                (z - oracle.inverse_cdf(p)).abs() < 1e-7 * z.abs().max(1.0),
                "{p} {z}"
            );
            assert!((normal_cdf(z) / p - 1.0).abs() < 1e-11, "{p}");
        }
        // The number everyone knows.
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
    }

    #[test]
    fn beta_agrees_with_statrs() {
        for (alpha, beta) in [
            (0.5, 0.5),
            (1.0, 3.0),
            (3.0, 40.0),
            (250.0, 9751.0),
            (2000.0, 1.0),
        ] {
            let oracle = Beta::new(alpha, beta).unwrap();
            for p in [0.001, 0.025, 0.3, 0.5, 0.975, 0.999] {
                let x = beta_quantile(p, alpha, beta);
                assert!((oracle.cdf(x) - p).abs() < 1e-8, "{alpha} {beta} {p} {x}");
                assert!(
                    (beta_cdf(x, alpha, beta) - p).abs() < 1e-9,
                    "{alpha} {beta} {p}"
                );
            }
        }
    }

    #[test]
    fn student_agrees_with_statrs() {
        for degrees in [1.0, 4.0, 30.0, 999.0] {
            let oracle = StudentsT::new(0.0, 1.0, degrees).unwrap();
            for p in [0.025, 0.4, 0.9, 0.975] {
                let t = student_quantile(p, degrees);
                assert!((oracle.cdf(t) - p).abs() < 1e-8, "{degrees} {p} {t}");
            }
        }
    }

    #[test]
    fn binomial_agrees_with_statrs() {
        let oracle = Binomial::new(0.3, 40).unwrap();
        for k in 0..=40 {
            assert!(
                (binomial_cdf(k, 40, 0.3) - oracle.cdf(k)).abs() < 1e-9,
                "{k}"
            );
        }
    }
}
