//! Functions whose indices are known, and points spread evenly, for tests.

use std::f64::consts::PI;

/// The function of Ishigami and Homma (1990) with a = 7 and b = 0.1, on the unit cube.
pub(crate) fn ishigami(x: &[f64]) -> f64 {
    let [one, two, three] = [0, 1, 2].map(|idx| PI * (2.0 * x[idx] - 1.0));
    let (s1, s2) = (libm::sin(one), libm::sin(two));
    s1 + 7.0 * s2 * s2 + 0.1 * three * three * three * three * s1
}

/// The sequence of Halton (1960), prime by prime.
pub(crate) struct Halton;

impl Halton {
    const PRIMES: [usize; 16] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];

    /// Coordinates of one point, 16 at most.
    pub(crate) fn row(number: usize, n: usize) -> Vec<f64> {
        let radical = |prime: &usize| {
            let (mut rest, mut share, mut value) = (number, 1.0, 0.0);
            while rest > 0 {
                share /= *prime as f64;
                value += share * (rest % prime) as f64;
                rest /= prime;
            }
            value
        };
        Self::PRIMES[..n].iter().map(radical).collect()
    }
}
