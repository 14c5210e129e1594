//! What the same luck for all alternatives gains, and where it gains little, why.
//!
//! The variance ratio is the variance that a difference of independent runs would have over that of the paired
//! difference: how many times more replicates independent runs would take. For two outcomes of equal spread with
//! correlation r it is 1 / (1 - r).

use foedera_results::{interval::CONFIDENCE, special};
use serde::Serialize;

/// Below this ratio it is told why.
pub const RATIO_EXPLAINED: f64 = 3.0;
/// Groups of the jackknife.
const GROUPS: usize = 50;

/// What the pairing gained.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Pairing {
    /// Too few replicates have the outcome under both.
    Unknown,
    /// No replicate differs: the ratio is infinite.
    Same,
    /// Every replicate differs by the same: the ratio is infinite.
    Constant,
    /// So many times fewer replicates than independent runs.
    Ratio {
        /// The ratio.
        value: f64,
        /// Lower end of its 95 % interval (jackknife over groups of replicates, on the logarithm).
        low: f64,
        /// Upper end.
        high: f64,
        /// Correlation of the two outcomes over replicates.
        correlation: Option<f64>,
        /// Share of replicates that differ.
        moved: f64,
        /// Why it is low, if it is.
        why: Option<Why>,
    },
}

/// Why pairing gains little.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Why {
    /// Under one alternative the outcome hardly varies: there is no luck to share.
    Steady {
        /// The smaller standard deviation over the larger.
        spreads: f64,
    },
    /// The spreads differ so much that no correlation could reach the ratio.
    Spread {
        /// The ratio at a correlation of one.
        ceiling: f64,
    },
    /// The outcome under one goes against the outcome under the other.
    Opposed,
    /// What happens under one says little about what happens under the other.
    Apart,
}

/// Sums over a group of replicates.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    dd: f64,
}

impl Sums {
    fn plus(self, other: Self, sign: f64) -> Self {
        Self {
            n: self.n + sign * other.n,
            x: self.x + sign * other.x,
            y: self.y + sign * other.y,
            xx: self.xx + sign * other.xx,
            yy: self.yy + sign * other.yy,
            dd: self.dd + sign * other.dd,
        }
    }

    /// Variances of both sides and of the difference, without the common divisor.
    fn spreads(&self) -> (f64, f64, f64) {
        let centred = |squares: f64, sum: f64| (squares - sum * sum / self.n).max(0.0);
        (
            centred(self.xx, self.x),
            centred(self.yy, self.y),
            centred(self.dd, self.x - self.y),
        )
    }

    fn log_ratio(&self) -> f64 {
        let (x, y, d) = self.spreads();
        libm::log((x + y) / d)
    }
}

/// What pairing gained on two lists of values; not a number where absent.
#[must_use]
pub fn pairing(first: &[f64], second: &[f64]) -> Pairing {
    let present: Vec<(f64, f64)> = first
        .iter()
        .copied()
        .zip(second.iter().copied())
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect();
    let n = present.len();
    if n < 2 {
        return Pairing::Unknown;
    }
    let moved = present.iter().filter(|(x, y)| (x - y).abs() > 0.0).count();
    if moved == 0 {
        return Pairing::Same;
    }
    let (x0, y0) = present[0];
    let apart = |(x, y): &(f64, f64)| ((x - y) - (x0 - y0)).abs() > 0.0;
    if !present.iter().any(apart) {
        return Pairing::Constant;
    }
    // Measured from the first replicate, so that squares of large numbers do not cancel.
    let mut groups = vec![Sums::default(); GROUPS.min(n)];
    let used = groups.len();
    for (idx, (x, y)) in present.iter().enumerate() {
        let (x, y) = (x - x0, y - y0);
        let sums = &mut groups[idx * used / n];
        sums.n += 1.0;
        sums.x += x;
        sums.y += y;
        sums.xx += x * x;
        sums.yy += y * y;
        sums.dd += (x - y) * (x - y);
    }
    let all = groups
        .iter()
        .fold(Sums::default(), |all, of| all.plus(*of, 1.0));
    ratio(&all, &groups, moved as f64 / n as f64)
}

fn ratio(all: &Sums, groups: &[Sums], moved: f64) -> Pairing {
    let (x, y, d) = all.spreads();
    let log = all.log_ratio();
    let n = groups.len() as f64;
    let without: Vec<f64> = groups
        .iter()
        .map(|of| all.plus(*of, -1.0).log_ratio())
        .collect();
    let mean = without.iter().sum::<f64>() / n;
    let squares: f64 = without.iter().map(|of| (of - mean) * (of - mean)).sum();
    let error = libm::sqrt((n - 1.0) / n * squares);
    let reach = special::student_quantile(0.5 + 0.5 * CONFIDENCE, n - 1.0) * error;
    let reach = if reach.is_finite() {
        reach
    } else {
        f64::INFINITY
    };
    let value = libm::exp(log);
    let correlation = (x > 0.0 && y > 0.0).then(|| (x + y - d) / (2.0 * libm::sqrt(x * y)));
    Pairing::Ratio {
        value,
        low: libm::exp(log - reach),
        high: libm::exp(log + reach),
        correlation,
        moved,
        why: (value < RATIO_EXPLAINED).then(|| why(x, y, correlation)),
    }
}

fn why(x: f64, y: f64, correlation: Option<f64>) -> Why {
    let (small, large) = (libm::sqrt(x.min(y)), libm::sqrt(x.max(y)));
    let spreads = small / large;
    if spreads < 0.1 {
        return Why::Steady { spreads };
    }
    let apart = 1.0 - spreads;
    let ceiling = (1.0 + spreads * spreads) / (apart * apart);
    if ceiling < RATIO_EXPLAINED {
        return Why::Spread { ceiling };
    }
    if correlation.is_some_and(|of| of < 0.0) {
        Why::Opposed
    } else {
        Why::Apart
    }
}
