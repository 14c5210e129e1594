//! Named families fitted to elicited quantiles at 5, 50 and 95 %.
//!
//! Three numbers fix a family of three parameters (triangular, PERT: two ends and a mode) exactly, if it can be so
//! skewed at all. A family of two is fitted: the normal by least squares, the lognormal by least squares in logarithms,
//! the beta to the median and the width. What a fit misses is told by [`Fit::miss`], so that quantiles that
//! contradict their family are seen (O'Hagan et al. 2006, "Uncertain Judgements", chapter 6).

use super::{PERT_MODE_WEIGHT, Reference, Z95, beta_quantile, quantile, triangular_quantile};
use crate::model::{Distribution, Family};

/// Halvings of a range in a search: below any digit that an expert could mean.
const HALVINGS: u32 = 60;
/// Largest precision of a beta distribution, `alpha + beta`.
const PRECISION_MAX: f64 = 1e6;

/// A family fitted to quantiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The fitted member.
    pub of: Distribution,
    /// Its quantiles at 5, 50 and 95 %.
    pub reached: [f64; 3],
    /// The largest difference from what was asked, as a share of the width from 5 to 95 %.
    pub miss: f64,
}

/// Fits a family to quantiles in rising order, the last above the first. `None` if no member comes near: a lognormal
/// through zero or less, a beta outside 0 to 1.
pub fn fit(family: Family, [p5, p50, p95]: [f64; 3]) -> Option<Fit> {
    let asked = [p5, p50, p95];
    let of = match family {
        Family::SplitNormal => Distribution::Quantiles { p5, p50, p95 },
        Family::Normal => {
            let (mean, sd) = least_squares(asked);
            Distribution::Normal { mean, sd }
        }
        Family::LogNormal => {
            if p5 <= 0.0 {
                return None;
            }
            let (mean, log_sd) = least_squares(asked.map(libm::log));
            Distribution::LogNormal {
                median: libm::exp(mean),
                log_sd,
            }
        }
        Family::Triangular => {
            let unit = |mode: f64, u: f64| triangular_quantile(0.0, mode, 1.0, u);
            let (low, mode, high) = ends(asked, unit);
            Distribution::Triangular { low, mode, high }
        }
        Family::Pert => {
            let unit = |mode: f64, u: f64| {
                let rising = PERT_MODE_WEIGHT * mode;
                beta_quantile(1.0 + rising, 1.0 + PERT_MODE_WEIGHT - rising, u)
            };
            let (low, mode, high) = ends(asked, unit);
            Distribution::Pert { low, mode, high }
        }
        Family::Beta => {
            if p5 <= 0.0 || p95 >= 1.0 {
                return None;
            }
            let (alpha, beta) = beta_shapes(asked);
            Distribution::Beta { alpha, beta }
        }
    };
    let nowhere = Reference {
        base: 0.0,
        prior: None,
    };
    let reached = [0.05, 0.5, 0.95].map(|u| quantile(&of, nowhere, u));
    let misses = reached
        .iter()
        .zip(asked)
        .map(|(found, asked)| (found - asked).abs());
    let miss = misses.fold(0.0, f64::max) / (p95 - p5);
    Some(Fit { of, reached, miss })
}

/// Mean and standard deviation of the normal nearest to three quantiles.
fn least_squares([p5, p50, p95]: [f64; 3]) -> (f64, f64) {
    ((p5 + p50 + p95) / 3.0, (p95 - p5) / (2.0 * Z95))
}

/// Low end, mode and high end of a family on a range whose shape is the place of its mode, 0 to 1. The place of the
/// median between the other two rises with it; where it cannot go far enough, the mode is at an end.
fn ends([p5, p50, p95]: [f64; 3], unit: impl Fn(f64, f64) -> f64) -> (f64, f64, f64) {
    let place = |mode: f64| {
        let [low, middle, high] = [0.05, 0.5, 0.95].map(|u| unit(mode, u));
        (middle - low) / (high - low)
    };
    let asked = (p50 - p5) / (p95 - p5);
    let mode = solve((0.0, 1.0), |mode| place(mode) < asked);
    let width = (p95 - p5) / (unit(mode, 0.95) - unit(mode, 0.05));
    let low = p5 - width * unit(mode, 0.05);
    (low, low + width * mode, low + width)
}

/// Shapes of the beta distribution with a median and a width from 5 to 95 %.
fn beta_shapes([p5, p50, p95]: [f64; 3]) -> (f64, f64) {
    let shapes = |precision: f64| {
        // The median rises with the mean.
        let mean = solve((1e-6, 1.0 - 1e-6), |mean| {
            beta_quantile(mean * precision, (1.0 - mean) * precision, 0.5) < p50
        });
        (mean * precision, (1.0 - mean) * precision)
    };
    // The width falls with the precision, which is searched by its logarithm.
    let narrow = solve((libm::log(0.02), libm::log(PRECISION_MAX)), |log| {
        let (alpha, beta) = shapes(libm::exp(log));
        beta_quantile(alpha, beta, 0.95) - beta_quantile(alpha, beta, 0.05) > p95 - p5
    });
    shapes(libm::exp(narrow))
}

/// Where a condition that holds from the low end on stops to hold.
fn solve((mut low, mut high): (f64, f64), holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(family: Family, asked: [f64; 3]) -> Fit {
        fit(family, asked).expect("a fit")
    }

    fn close(value: f64, expected: f64) {
        assert!(
            (value - expected).abs() <= 1e-6 * expected.abs().max(1.0),
            "{value} is not {expected}"
        );
    }

    /// Quantiles made by scipy 1.17.1 from known members: `norm(2, 3)`, `lognorm(0.4, scale=5)`,
    /// `triang(0.25, 1, 8)`, PERT(1, 3, 9) as `beta(2, 4, 1, 8)`, `beta(2, 5)`; each family finds its own again.
    #[test]
    fn a_family_finds_its_own_member_again() {
        let oracle = include_str!("../../../../tests/oracles/elicited.csv");
        let mut seen = 0;
        for row in oracle.lines().filter(|row| !row.starts_with('#')).skip(1) {
            let mut cells = row.split(',');
            let family = cells.next().expect("a family");
            let numbers: Vec<f64> = cells.map(|cell| cell.parse().expect("a number")).collect();
            let (asked, known) = numbers.split_at(3);
            let asked = [asked[0], asked[1], asked[2]];
            let family = Family::ALL
                .into_iter()
                .find(|one| one.name() == family)
                .expect("a family");
            let found = fitted(family, asked);
            assert!(found.miss < 1e-6, "{row} {found:?}");
            let parameters = match found.of {
                Distribution::Normal { mean, sd } => vec![mean, sd],
                Distribution::LogNormal { median, log_sd } => vec![median, log_sd],
                Distribution::Triangular { low, mode, high }
                | Distribution::Pert { low, mode, high } => {
                    vec![low, mode, high]
                }
                Distribution::Beta { alpha, beta } => vec![alpha, beta],
                other => panic!("{other:?}"),
            };
            for (found, known) in parameters.iter().zip(known) {
                assert!(
                    (found - known).abs() < 1e-4 * known.abs().max(1.0),
                    "{row} {found}"
                );
            }
            seen += 1;
        }
        assert_eq!(seen, 10);
    }

    #[test]
    fn split_normals_and_ranges_meet_all_three() {
        for asked in [[1.0, 2.0, 3.5], [0.4, 0.6, 0.75], [-3.0, 0.0, 2.0]] {
            for family in [Family::SplitNormal, Family::Triangular, Family::Pert] {
                let found = fitted(family, asked);
                for (reached, asked) in found.reached.iter().zip(asked) {
                    close(*reached, asked);
                }
            }
        }
    }

    #[test]
    fn a_contradiction_shows() {
        // No normal is skew, no triangle as skew as this, and no lognormal leans to the left.
        let skew = [1.0, 1.5, 9.0];
        assert!(fitted(Family::Normal, skew).miss > 0.2);
        assert!(fitted(Family::Triangular, skew).miss > 0.1);
        assert!(fitted(Family::LogNormal, [1.0, 8.0, 9.0]).miss > 0.1);
        assert!(fitted(Family::SplitNormal, skew).miss < 1e-9);
        // No beta has its bulk near one end and its median at the other.
        assert!(fitted(Family::Beta, [0.05, 0.9, 0.95]).miss > 0.05);
        assert_eq!(fit(Family::LogNormal, [0.0, 1.0, 2.0]), None);
        assert_eq!(fit(Family::Beta, [0.1, 0.5, 1.0]), None);
    }
}
