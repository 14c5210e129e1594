//! The beta distribution: the regularised incomplete beta function and its inverse.

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
