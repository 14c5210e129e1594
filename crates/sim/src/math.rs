//! Gives the functions of f32 that kernels may use, with the same bits on every instruction set.
//!
//! Each function is a scalar kernel made of `+ - * /`, square root, bit operations and selects. A loop
//! of 64 lanes over it becomes vector code, and since no operation is fused, reordered or delegated to a
//! C library, SSE2, AVX2, AVX-512 and other architectures agree to the last bit.
//!
//! Errors are measured by the tests below against f64 functions of the standard library, on a dense
//! grid. One *ulp* is the spacing of f32 at the result, a relative step of at most 1.2e-7.
//!
//! | function | error | domain |
//! |---|---|---|
//! | [`exp`] | 1 ulp | -87..=88; 0 below, exp(88) above |
//! | [`ln`] | 1 ulp | smallest normal number and up; NaN below zero |
//! | [`tanh`] | 1.5 ulp | all |
//! | [`logistic`] | 2.5 ulp | -87..; under 1.7e-38 below |
//! | [`exp_m1`], [`saturate`] | 3.5 ulp | -87..=88 |
//! | [`powf`] | (2 + 2·\|y ln x\|) ulp | x >= 0 |
//! | [`sqrt`] | exact rounding (IEEE 754) | x >= 0 |
//!
//! Sources: range reductions and the polynomials of `exp`, `ln` and `tanh` follow S. L. Moshier, Cephes
//! Mathematical Library (single precision: `expf.c`, `logf.c`, `tanhf.c`).

/// Bounds the argument of [`exp`] from above, so that no finite argument gives infinity.
pub const EXP_ARGUMENT_MAX: f32 = 88.0;
/// Bounds the argument of [`exp`] from below: under it the result is zero.
pub const EXP_ARGUMENT_MIN: f32 = -87.0;

/// Adding and subtracting 1.5 · 2^23 rounds to the nearest integer.
const ROUNDER: f32 = 12_582_912.0;
/// ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Gives the exponential; zero below -87, exp(88) above 88.
#[inline(always)]
#[must_use]
pub fn exp(x: f32) -> f32 {
    let bounded = clamp(x, EXP_ARGUMENT_MIN, EXP_ARGUMENT_MAX);
    let shifted = bounded * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let rest = bounded - n * LN_2_HIGH - n * LN_2_LOW;
    let mantissa = 1.0 + (rest + rest * rest * exp_tail(rest));
    // The low bits of `shifted` hold n; 2^n is n + 127 in the exponent field.
    let scale = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    select(x < EXP_ARGUMENT_MIN, 0.0, mantissa * scale)
}

/// Gives (exp(r) - 1 - r) / r² for |r| <= 0.35.
#[inline(always)]
fn exp_tail(r: f32) -> f32 {
    let p = 1.987_569_1e-4 * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    p * r + 0.5
}

/// Gives exp(x) - 1 without cancellation near zero.
#[inline(always)]
#[must_use]
pub fn exp_m1(x: f32) -> f32 {
    let near = x + x * x * exp_tail(x);
    select(abs(x) < 0.34, near, exp(x) - 1.0)
}

/// Gives 1 - exp(-x): a response that starts with slope 1 and saturates at 1.
#[inline(always)]
#[must_use]
pub fn saturate(x: f32) -> f32 {
    -exp_m1(-x)
}

/// Gives the natural logarithm; ln of the smallest normal number from there down to zero, NaN below and for NaN.
#[inline(always)]
#[must_use]
pub fn ln(x: f32) -> f32 {
    let positive = max(x, f32::MIN_POSITIVE);
    // Splits x = m · 2^e with m in [sqrt(1/2), sqrt(2)).
    let bits = positive.to_bits().wrapping_sub(0x3f35_04f3);
    let exponent = bits.cast_signed() >> 23;
    let mantissa = f32::from_bits((bits & 0x007f_ffff).wrapping_add(0x3f35_04f3));
    let e = exponent as f32;
    let f = mantissa - 1.0;
    let square = f * f;
    let tail = f * square * ln_tail(f) + e * LN_2_LOW - 0.5 * square;
    select(x >= 0.0, f + tail + e * LN_2_HIGH, f32::NAN)
}

/// Gives (ln(1 + f) - f + f²/2) / f³ for -0.3 < f < 0.42.
#[inline(always)]
fn ln_tail(f: f32) -> f32 {
    let p = 7.037_683_6e-2 * f - 1.151_461e-1;
    let p = p * f + 1.167_699_9e-1;
    let p = p * f - 1.242_014_1e-1;
    let p = p * f + 1.424_932_3e-1;
    let p = p * f - 1.666_805_8e-1;
    let p = p * f + 2.000_071_4e-1;
    let p = p * f - 2.499_999_4e-1;
    p * f + 3.333_333e-1
}

/// Gives x to the power y for x >= 0; 0 to a positive power is 0, anything to the power 0 is 1.
#[inline(always)]
#[must_use]
pub fn powf(x: f32, y: f32) -> f32 {
    let power = exp(y * ln(x));
    select((x == 0.0) & (y > 0.0), 0.0, power)
}

/// Gives the hyperbolic tangent.
#[inline(always)]
#[must_use]
pub fn tanh(x: f32) -> f32 {
    let size = abs(x);
    let far = 1.0 - 2.0 / (exp(2.0 * size) + 1.0);
    let square = x * x;
    let p = -5.704_988_7e-3 * square + 2.063_908_8e-2;
    let p = p * square - 5.373_971_6e-2;
    let p = p * square + 1.333_144_2e-1;
    let p = p * square - 3.333_328e-1;
    let near = x + x * square * p;
    select(size < 0.625, near, with_sign_of(far, x))
}

/// Gives 1 / (1 + exp(-x)), the share or probability that belongs to the log-odds x.
#[inline(always)]
#[must_use]
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Gives the log-odds ln(p / (1 - p)) of a probability strictly between 0 and 1.
#[inline(always)]
#[must_use]
pub fn logit(p: f32) -> f32 {
    ln(p / (1.0 - p))
}

/// Gives the square root, correctly rounded (IEEE 754).
#[inline(always)]
#[must_use]
pub fn sqrt(x: f32) -> f32 {
    x.sqrt()
}

/// Gives the distance from zero.
#[inline(always)]
#[must_use]
pub fn abs(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & 0x7fff_ffff)
}

/// Gives a non-negative size the sign of another number.
#[inline(always)]
#[must_use]
pub fn with_sign_of(size: f32, sign: f32) -> f32 {
    f32::from_bits((size.to_bits() & 0x7fff_ffff) | (sign.to_bits() & 0x8000_0000))
}

/// Gives `yes` where the condition holds, else `no`; both are computed.
#[inline(always)]
#[must_use]
pub fn select(condition: bool, yes: f32, no: f32) -> f32 {
    if condition { yes } else { no }
}

/// Gives 1 where the condition holds, else 0: one lane of a mask.
#[inline(always)]
#[must_use]
pub fn indicator(condition: bool) -> f32 {
    if condition { 1.0 } else { 0.0 }
}

/// Gives the smaller number; NaN in `x` passes through.
#[inline(always)]
#[must_use]
pub fn min(x: f32, bound: f32) -> f32 {
    if x > bound { bound } else { x }
}

/// Gives the larger number; NaN in `x` passes through.
#[inline(always)]
#[must_use]
pub fn max(x: f32, bound: f32) -> f32 {
    if x < bound { bound } else { x }
}

/// Keeps a number within bounds; NaN passes through, so that a fault stays visible.
#[inline(always)]
#[must_use]
pub fn clamp(x: f32, low: f32, high: f32) -> f32 {
    min(max(x, low), high)
}

/// Keeps a share within 0..=1.
#[inline(always)]
#[must_use]
pub fn clamp_share(x: f32) -> f32 {
    clamp(x, 0.0, 1.0)
}

/// Gives the part of a number above zero.
#[inline(always)]
#[must_use]
pub fn positive_part(x: f32) -> f32 {
    max(x, 0.0)
}

/// Mixes two numbers: `from` at share 0, `to` at share 1.
#[inline(always)]
#[must_use]
pub fn lerp(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// Rises linearly from 0 at `low` to 1 at `high` > `low`, flat outside.
#[inline(always)]
#[must_use]
pub fn ramp(x: f32, low: f32, high: f32) -> f32 {
    clamp_share((x - low) / (high - low))
}

/// Rises from 0 at `low` to 1 at `high` > `low` with zero slope at both ends: t²(3 - 2t).
#[inline(always)]
#[must_use]
pub fn smooth_step(x: f32, low: f32, high: f32) -> f32 {
    let t = ramp(x, low, high);
    t * t * (3.0 - 2.0 * t)
}

/// Gives a maximum with a rounded corner of half-width `width` > 0; exact outside the corner.
#[inline(always)]
#[must_use]
pub fn smooth_max(x: f32, y: f32, width: f32) -> f32 {
    let overlap = positive_part(width - abs(x - y));
    max(x, y) + overlap * overlap / (4.0 * width)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "edges are exact")]
#[expect(
    clippy::disallowed_methods,
    reason = "the f64 functions of std are the oracle"
)]
mod tests {
    use super::*;
    use crate::isa::Isa;
    use crate::lanes::Lanes;

    /// Gives the distance from the exact value in units of its last place.
    fn ulps(got: f32, exact: f64) -> f64 {
        let size = (exact.abs() as f32).max(f32::MIN_POSITIVE);
        let ulp = f64::from(f32::from_bits(size.to_bits() + 1)) - f64::from(size);
        (f64::from(got) - exact).abs() / ulp
    }

    /// Gives the worst error on an even grid of two million points, and where it is.
    fn worst(low: f32, high: f32, got: fn(f32) -> f32, exact: fn(f64) -> f64) -> (f64, f32) {
        let n = 2_000_000;
        let point = |i: i32| low + (high - low) * (i as f32 / n as f32);
        let error = |x: f32| (ulps(got(x), exact(f64::from(x))), x);
        (0..=n)
            .map(|i| error(point(i)))
            .fold((0.0, 0.0), |w, e| if e.0 > w.0 { e } else { w })
    }

    fn check(name: &str, bound: f64, got: fn(f32) -> f32, exact: fn(f64) -> f64, range: [f32; 2]) {
        let (error, x) = worst(range[0], range[1], got, exact);
        assert!(error <= bound, "{name}: {error} ulp at {x:?}");
    }

    #[test]
    fn errors_stay_within_the_stated_bounds() {
        let exact_logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
        for range in [[-87.0, 88.0], [-1.0, 1.0], [-0.01, 0.01]] {
            check("exp", 1.0, exp, f64::exp, range);
            check("exp_m1", 3.5, exp_m1, f64::exp_m1, range);
            check(
                "saturate",
                3.5,
                saturate,
                |x| -(-x).exp_m1(),
                range.map(|x| -x),
            );
            check("tanh", 1.5, tanh, f64::tanh, range);
            check("logistic", 2.5, logistic, exact_logistic, range);
        }
        for range in [
            [1e-30, 1e-20],
            [1e-6, 1e-3],
            [1e-3, 0.5],
            [0.5, 2.0],
            [2.0, 1e4],
            [1.0, 3e38],
        ] {
            check("ln", 1.0, ln, f64::ln, range);
        }
    }

    #[test]
    fn powers_lose_only_what_the_exponent_magnifies() {
        for i in 1..2000 {
            let x = i as f32 * 0.013;
            for j in -40..=40 {
                let y = j as f32 * 0.17;
                let exact = f64::from(x).powf(f64::from(y));
                let bound = 2.0 + 2.0 * (f64::from(y) * f64::from(x).ln()).abs();
                assert!(ulps(powf(x, y), exact) <= bound, "{x}^{y}");
            }
        }
        assert_eq!(
            (powf(0.0, 0.5), powf(0.0, 0.0), powf(1.0, 9.9)),
            (0.0, 1.0, 1.0)
        );
        assert!(powf(4.0, 0.5) - 2.0 < 1e-6);
    }

    #[test]
    fn edges_are_exact_and_finite() {
        assert_eq!(
            (exp(0.0), exp_m1(0.0), ln(1.0), tanh(0.0), saturate(0.0)),
            (1.0, 0.0, 0.0, 0.0, 0.0)
        );
        assert_eq!((exp(-200.0), exp(f32::NEG_INFINITY)), (0.0, 0.0));
        assert_eq!(exp(1e9), exp(EXP_ARGUMENT_MAX));
        assert!(exp(f32::INFINITY).is_finite());
        assert_eq!((tanh(50.0), tanh(-1e9)), (1.0, -1.0));
        assert_eq!((logistic(0.0), logistic(100.0)), (0.5, 1.0));
        assert!(logistic(-1e9) < 1.7e-38);
        assert_eq!(ln(0.0), ln(f32::MIN_POSITIVE));
        assert!(ln(f32::MAX) < 88.73 && ln(-1.0).is_nan());
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let points = |i: usize| Lanes::from_fn(|lane| (i * 64 + lane) as f32 * 0.037 - 90.0);
        let run = |isa: Isa, i: usize| {
            isa.dispatch(
                #[inline(always)]
                || {
                    [
                        points(i).map(exp),
                        points(i).map(|x| exp_m1(x) + saturate(0.1 * x)),
                        points(i).map(|x| ln(abs(x)) * tanh(x)),
                        points(i).map(|x| logistic(x) + sqrt(abs(x))),
                        points(i).map(|x| powf(abs(x), 0.7)),
                    ]
                },
            )
        };
        for i in 0..80 {
            let expected = run(Isa::Baseline, i);
            for isa in Isa::available() {
                let same = run(isa, i)
                    .iter()
                    .flat_map(|row| row.0.map(f32::to_bits))
                    .eq(expected.iter().flat_map(|row| row.0.map(f32::to_bits)));
                assert!(same, "{}", isa.name());
            }
        }
    }

    #[test]
    fn faults_pass_through() {
        let nan = f32::NAN;
        for fault in [
            exp(nan),
            ln(nan),
            tanh(nan),
            logistic(nan),
            saturate(nan),
            powf(nan, 2.0),
        ] {
            assert!(fault.is_nan());
        }
        for fault in [
            clamp(nan, 0.0, 1.0),
            max(nan, 0.0),
            min(nan, 0.0),
            smooth_step(nan, 0.0, 1.0),
        ] {
            assert!(fault.is_nan());
        }
    }

    #[test]
    fn odd_functions_are_exactly_odd() {
        for i in 0..10_000 {
            let x = i as f32 * 0.001;
            assert_eq!(tanh(-x), -tanh(x));
            assert!((logistic(-x) + logistic(x) - 1.0).abs() < 1.2e-7);
            assert!((logit(logistic(x)) - x).abs() < 1e-7 * exp(x) + 1e-6);
        }
    }

    #[test]
    fn ramps_and_corners() {
        assert_eq!(
            [1.0, 2.0, 3.0, 4.0].map(|x| ramp(x, 2.0, 3.0)),
            [0.0, 0.0, 1.0, 1.0]
        );
        assert_eq!(
            [0.0, 1.0, 2.0].map(|x| smooth_step(x, 0.0, 2.0)),
            [0.0, 0.5, 1.0]
        );
        // 0.25 = overlap² / (4 · width) with overlap = width = 1.
        assert_eq!(smooth_max(2.0, 2.0, 1.0), 2.25);
        assert_eq!(smooth_max(2.0, 3.0, 1.0), 3.0);
        assert_eq!(
            (lerp(2.0, 4.0, 0.5), clamp(5.0, 0.0, 1.0), indicator(true)),
            (3.0, 1.0, 1.0)
        );
        assert_eq!(
            (with_sign_of(2.0, -0.1), abs(-3.0), positive_part(-1.0)),
            (-2.0, 3.0, 0.0)
        );
    }
}
