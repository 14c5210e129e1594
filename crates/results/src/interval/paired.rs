//! Intervals of the difference of two proportions seen in the same replicates.
//!
//! A truth value under two alternatives gives four counts; all that speaks of the difference are the replicates
//! in which one of them holds alone. [`tango`] inverts the score test (Tango 1998, Stat. Med. 17:891) and keeps
//! its level where few replicates differ; [`newcombe`] puts two Wilson intervals together with the correlation
//! (Newcombe 1998, Stat. Med. 17:2635, method 10).

use crate::interval::{self, Estimate};

/// Halvings of an interval of differences: more than the bits of an f64.
const HALVINGS: u32 = 64;

/// A truth value under two alternatives, in the same replicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossed {
    /// It holds under both.
    pub both: u64,
    /// It holds under the first alone.
    pub first: u64,
    /// It holds under the second alone.
    pub second: u64,
    /// It holds under neither.
    pub neither: u64,
}

impl Crossed {
    /// Number of replicates.
    pub const fn n(&self) -> u64 {
        self.both + self.first + self.second + self.neither
    }
}

/// The difference of two paired proportions, first minus second, with the score interval of Tango: needs the
/// replicates in which one holds alone. `None` without replicates.
pub fn tango(first: u64, second: u64, n: u64, confidence: f64) -> Option<Estimate> {
    tango_at(first, second, n, interval::two_sided(confidence))
}

/// The same at a given number of standard errors, as simultaneous intervals ask for.
pub fn tango_at(first: u64, second: u64, n: u64, z: f64) -> Option<Estimate> {
    if n == 0 {
        return None;
    }
    let value = (first as f64 - second as f64) / n as f64;
    // The score falls as the difference grows: the interval ends where it reaches z and -z.
    let end = |to: f64, target: f64| {
        let (mut low, mut high) = if to < value { (to, value) } else { (value, to) };
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if score(first, second, n, middle) > target {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    };
    Some(Estimate {
        value,
        low: if first == 0 && second == n {
            -1.0
        } else {
            end(-1.0, z)
        },
        high: if first == n && second == 0 {
            1.0
        } else {
            end(1.0, -z)
        },
        n,
    })
}

/// Tango's score of a difference: what was seen against what it predicts, over its standard error with the
/// other parameter at its likeliest value.
fn score(first: u64, second: u64, n: u64, difference: f64) -> f64 {
    let (b, c, n) = (first as f64, second as f64, n as f64);
    let linear = -(b + c) + (2.0 * n - b + c) * difference;
    let constant = -c * difference * (1.0 - difference);
    let root = libm::sqrt((linear * linear - 8.0 * n * constant).max(0.0));
    let alone = ((root - linear) / (4.0 * n)).max(0.0);
    let variance = n * (2.0 * alone + difference * (1.0 - difference)).max(0.0);
    let seen = b - c - n * difference;
    if seen == 0.0 {
        0.0
    } else {
        seen / libm::sqrt(variance)
    }
}

/// The difference of two paired proportions, first minus second, with Newcombe's interval (method 10);
/// `None` without replicates.
pub fn newcombe(counts: &Crossed, confidence: f64) -> Option<Estimate> {
    let n = counts.n();
    let first = interval::wilson(counts.both + counts.first, n, confidence)?;
    let second = interval::wilson(counts.both + counts.second, n, confidence)?;
    let correlation = correlation(counts);
    let value = (counts.first as f64 - counts.second as f64) / n as f64;
    let reach = |one: f64, other: f64| {
        libm::sqrt((one * one - 2.0 * correlation * one * other + other * other).max(0.0))
    };
    Some(Estimate {
        value,
        low: value - reach(first.value - first.low, second.high - second.value),
        high: value + reach(first.high - first.value, second.value - second.low),
        n,
    })
}

/// The correlation of two truth values, corrected for continuity where it is positive.
fn correlation(counts: &Crossed) -> f64 {
    let [both, first, second, neither] =
        [counts.both, counts.first, counts.second, counts.neither].map(|count| count as f64);
    let margins = (both + first) * (second + neither) * (both + second) * (first + neither);
    if margins <= 0.0 {
        return 0.0;
    }
    let cross = both * neither - first * second;
    let corrected = if cross > 0.0 {
        (cross - 0.5 * counts.n() as f64).max(0.0)
    } else {
        cross
    };
    corrected / libm::sqrt(margins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::keyed::uniform;
    use crate::special;

    fn near(got: f64, expected: f64, tolerance: f64) {
        assert!(
            (got - expected).abs() < tolerance,
            "{got} is not {expected}"
        );
    }

    #[test]
    fn intervals_agree_with_the_table_of_oracles() {
        let mut rows = 0;
        let table = include_str!("../../../../tests/oracles/intervals/paired.csv");
        for line in table.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
            let [both, first, second, neither] = [0, 1, 2, 3].map(|idx| cells[idx] as u64);
            let counts = Crossed {
                both,
                first,
                second,
                neither,
            };
            let got = tango(first, second, counts.n(), cells[4]).unwrap();
            near(got.low, cells[5], 1e-6);
            near(got.high, cells[6], 1e-6);
            let got = newcombe(&counts, cells[4]).unwrap();
            near(got.low, cells[7], 1e-9);
            near(got.high, cells[8], 1e-9);
            rows += 1;
        }
        assert!(rows >= 12, "{rows}");
    }

    #[test]
    fn nothing_seen_apart_still_has_an_interval() {
        // Both ends mirror each other, and lie where the score test of n agreeing replicates puts them:
        // with b = c = 0 the likeliest second share is 0 below Δ > 0, and T² = nΔ/(1-Δ) = z².
        let got = tango(0, 0, 100, 0.95).unwrap();
        let z2 = 1.959_964_f64 * 1.959_964;
        near(got.high, z2 / (100.0 + z2), 1e-6);
        near(got.low, -got.high, 1e-12);
        assert_eq!(tango(0, 0, 0, 0.95), None);
        let all = tango(50, 0, 50, 0.95).unwrap();
        assert!(all.high >= 1.0 && all.low > 0.8, "{all:?}");
    }

    /// Probability that an interval holds the true difference, over every table of counts: no simulation.
    fn coverage(n: u64, first: f64, second: f64, interval: impl Fn(u64, u64) -> Estimate) -> f64 {
        let truth = first - second;
        let mut covered = 0.0;
        for alone in 0..=n {
            let of_first = mass(alone, n, first);
            if of_first < 1e-12 {
                continue;
            }
            for other in 0..=n - alone {
                let got = interval(alone, other);
                if got.low <= truth && truth <= got.high {
                    covered += of_first * mass(other, n - alone, second / (1.0 - first));
                }
            }
        }
        covered
    }

    fn mass(count: u64, n: u64, p: f64) -> f64 {
        let below = if count == 0 {
            0.0
        } else {
            special::binomial_cdf(count - 1, n, p)
        };
        special::binomial_cdf(count, n, p) - below
    }

    #[test]
    fn paired_proportions_are_covered_as_claimed_by_enumeration() {
        let n = 40;
        let mut sum = 0.0;
        let cases = [
            (0.02, 0.02),
            (0.1, 0.1),
            (0.15, 0.05),
            (0.3, 0.1),
            (0.05, 0.0),
            (0.4, 0.35),
        ];
        for (first, second) in cases {
            let share = coverage(n, first, second, |b, c| tango(b, c, n, 0.95).unwrap());
            assert!(share > 0.925, "{first}, {second}: {share}");
            sum += share;
        }
        assert!(sum / cases.len() as f64 > 0.945, "{sum}");
    }

    #[test]
    fn newcombes_interval_covers_by_simulation() {
        // 2,000 studies of 80 replicates; a study's share errs by .0049, the method itself by about a point.
        let studies = 2000;
        for [both, first, second] in [[0.4, 0.1, 0.1], [0.3, 0.3, 0.1], [0.1, 0.15, 0.05]] {
            let truth = first - second;
            let mut covered = 0_u32;
            for study in 0..studies {
                let mut counts = [0_u64; 4];
                for idx in 0..80 {
                    let u = uniform(study, idx);
                    let ends = [both, both + first, both + first + second];
                    counts[ends.iter().filter(|end| u >= **end).count()] += 1;
                }
                let [both, first, second, neither] = counts;
                let of = Crossed {
                    both,
                    first,
                    second,
                    neither,
                };
                let got = newcombe(&of, 0.95).unwrap();
                covered += u32::from(got.low <= truth && truth <= got.high);
            }
            let share = f64::from(covered) / studies as f64;
            assert!(
                (0.93..=0.975).contains(&share),
                "{both} {first} {second}: {share}"
            );
        }
    }
}
