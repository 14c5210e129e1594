//! Means with the error that the design of their run deserves.
//!
//! Replicates of one point share their inputs, so that they are no independent trials: the error of a mean comes from
//! the points (a one-stage cluster sample; Cochran 1977, chapter 9). The points of a Latin hypercube or a scrambled
//! sequence hang together within a copy and not between copies: the error comes from the copies, which has been found
//! to work with few of them (L'Ecuyer, Nakayama, Owen and Tuffin 2023, Winter Simulation Conference). A grid and a
//! table stand where they were put: they have a mean at each point and none over all.

use foedera_results::design::{Design, Method};
use foedera_results::interval::{self, CONFIDENCE};
use foedera_results::{Estimate, special};
use std::collections::BTreeMap;

/// What an error was told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// Independent replicates.
    Replicates,
    /// Draws of the inputs with several replicates each.
    Points,
    /// Independent copies of the design.
    Copies,
    /// Replicates, as if they were independent, of a design in one copy: the true error is usually smaller.
    OneCopy,
}

/// A mean over replicates, and what its error was told from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// Value with its 95 % interval.
    pub estimate: Estimate,
    /// Where the interval comes from.
    pub from: From,
}

/// The mean of values by replicate, `(replicate, value)`; what is not finite is left out. `None` below two units, and
/// for grids and tables.
pub fn mean(values: impl IntoIterator<Item = (u64, f64)>, design: &Design) -> Option<Mean> {
    let (from, unit): (From, fn(&Design, u64) -> u64) = match design.method {
        Method::Grid { .. } | Method::Table { .. } => return None,
        Method::LatinHypercube { copies, .. } | Method::Sobol { copies } if copies > 1 => {
            (From::Copies, |design, replicate| {
                design.copy(replicate).unwrap_or(0)
            })
        }
        _ if design.per_point > 1 => (From::Points, Design::point),
        Method::MonteCarlo => (From::Replicates, |_, replicate| replicate),
        Method::LatinHypercube { .. } | Method::Sobol { .. } => {
            (From::OneCopy, |_, replicate| replicate)
        }
    };
    let mut sums: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    let mut n = 0;
    for (replicate, value) in values {
        if value.is_finite() {
            let of = sums.entry(unit(design, replicate)).or_default();
            *of = (of.0 + value, of.1 + 1.0);
            n += 1;
        }
    }
    Some(Mean {
        estimate: of_clusters(&sums, n)?,
        from,
    })
}

/// A ratio of sums over clusters with Student's interval.
fn of_clusters(sums: &BTreeMap<u64, (f64, f64)>, n: u64) -> Option<Estimate> {
    if sums.len() < 2 {
        return None;
    }
    let clusters = sums.len() as f64;
    let (sum, count) = sums
        .values()
        .fold((0.0, 0.0), |(sum, count), of| (sum + of.0, count + of.1));
    let mean = sum / count;
    let spread: f64 = sums
        .values()
        .map(|of| (of.0 - mean * of.1) * (of.0 - mean * of.1))
        .sum();
    let error = libm::sqrt(spread * clusters / (clusters - 1.0)) / count;
    let half = special::student_quantile(0.5 + 0.5 * CONFIDENCE, clusters - 1.0) * error;
    let of = Estimate {
        value: mean,
        low: mean - half,
        high: mean + half,
        n,
    };
    Some(of)
}

/// The share of replicates in which something is so, its interval kept within 0 and 1; with Wilson's interval where
/// replicates are independent, or where every unit says the same.
pub fn share(values: impl IntoIterator<Item = (u64, f64)>, design: &Design) -> Option<Mean> {
    let values: Vec<(u64, f64)> = values.into_iter().filter(|of| of.1.is_finite()).collect();
    let held = values.iter().filter(|of| of.1 > 0.5).count() as u64;
    let n = values.len() as u64;
    let found = mean(values, design)?;
    let still = found.estimate.half_width() <= 0.0;
    let estimate = match found.from {
        From::Replicates | From::OneCopy => interval::wilson(held, n, CONFIDENCE)?,
        // No unit differs from another: as many units as there are trials at worst.
        From::Points | From::Copies if still => {
            let units = n.div_ceil(design.per_point.max(1));
            interval::wilson(if held > 0 { units } else { 0 }, units, CONFIDENCE)?
        }
        From::Points | From::Copies => Estimate {
            low: found.estimate.low.max(0.0),
            high: found.estimate.high.min(1.0),
            ..found.estimate
        },
    };
    Some(Mean { estimate, ..found })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform numbers from `SplitMix64`: enough for a simulation of coverage.
    fn uniform(state: &mut u64) -> f64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = *state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 * 1.110_223_024_625_156_5e-16
    }

    fn normal(state: &mut u64) -> f64 {
        special::normal_quantile(uniform(state).max(1e-12))
    }

    /// Share of 1,000 simulated runs whose interval holds the truth; the error of a share of 0.95 is 0.0069.
    fn coverage(design: &Design, naive: bool, draw: &dyn Fn(&mut u64) -> Vec<f64>) -> f64 {
        let mut state = 7;
        let hits = (0..1000)
            .filter(|_| {
                let values = draw(&mut state);
                let values = values.iter().copied().enumerate();
                let values = values.map(|(k, x)| (k as u64, x));
                let plain = Design::default();
                let of = mean(values, if naive { &plain } else { design }).unwrap();
                of.estimate.low <= 0.0 && of.estimate.high >= 0.0
            })
            .count();
        hits as f64 / 1000.0
    }

    #[test]
    fn replicates_of_a_point_are_no_independent_trials() {
        let design = Design::monte_carlo(10);
        // Forty points of ten replicates; ignorance is as large as luck.
        let draw = |state: &mut u64| -> Vec<f64> {
            (0..40)
                .flat_map(|_| {
                    let point = normal(state);
                    (0..10).map(|_| point + normal(state)).collect::<Vec<f64>>()
                })
                .collect()
        };
        let honest = coverage(&design, false, &draw);
        assert!((0.925..0.975).contains(&honest), "{honest}");
        let naive = coverage(&design, true, &draw);
        assert!(naive < 0.75, "{naive}");
    }

    #[test]
    fn copies_tell_the_error_of_a_design() {
        let design = Design {
            method: Method::Sobol { copies: 8 },
            per_point: 1,
        };
        // Points of a copy cancel one another but for a part that the copy has for itself.
        let draw = |state: &mut u64| -> Vec<f64> {
            let of_copy: Vec<f64> = (0..8).map(|_| 0.02 * normal(state)).collect();
            (0..256)
                .map(|k| of_copy[k % 8] + if k / 8 % 2 == 0 { 1.0 } else { -1.0 })
                .collect()
        };
        let honest = coverage(&design, false, &draw);
        assert!((0.925..0.975).contains(&honest), "{honest}");
        // As if independent: far too wide, and never wrong.
        assert!(coverage(&design, true, &draw) > 0.999);
    }

    #[test]
    fn absent_values_are_left_out_and_failed_units_with_them() {
        let design = Design::monte_carlo(2);
        let values = [1.0, f64::NAN, 3.0, 5.0, f64::NAN, f64::NAN];
        let values = values.iter().copied().enumerate();
        let of = mean(values.map(|(k, x)| (k as u64, x)), &design).unwrap();
        assert_eq!(of.from, From::Points);
        assert_eq!(of.estimate.n, 3);
        assert!((of.estimate.value - 3.0).abs() < 1e-12);
        assert_eq!(mean([(0, 1.0)], &design), None);
    }

    #[test]
    fn a_share_stays_within_its_bounds() {
        let design = Design::monte_carlo(10);
        let never = share((0..100).map(|k| (k, 0.0)), &design).unwrap();
        // Ten points that all say no are ten trials, not a hundred.
        assert!(never.estimate.high > 0.2 && never.estimate.low <= 0.0);
        let some = share((0..100).map(|k| (k, f64::from(u8::from(k < 10)))), &design).unwrap();
        assert!((0.0..=1.0).contains(&some.estimate.low) && some.estimate.high > 0.2);
        let alone = share((0..100).map(|k| (k, 0.0)), &Design::default()).unwrap();
        assert!(alone.estimate.high < 0.05);
    }

    #[test]
    fn a_grid_has_no_mean_over_its_points() {
        let design = Design {
            method: Method::Grid { axes: Vec::new() },
            per_point: 5,
        };
        assert_eq!(mean([(0, 1.0), (1, 2.0)], &design), None);
    }
}
