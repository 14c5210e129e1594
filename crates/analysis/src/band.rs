//! Which histories are typical and which odd: modified band depth and the functional boxplot.
//!
//! Band depth after López-Pintado and Romo (2009), by ranks as in Sun, Genton and Nychka (2012); the boxplot
//! after Sun and Genton (2011).

use serde::Serialize;

/// Times the central region that a curve may lie beyond it.
const FENCE: f64 = 1.5;

/// Curves summed up by their depth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Boxplot {
    /// Depth of each curve, 0 to 1.
    pub depth: Vec<f64>,
    /// The deepest curve, by index.
    pub median: usize,
    /// Lower and upper end at each time of the deepest half of the curves.
    pub central: Vec<(f64, f64)>,
    /// Ends at each time of the curves that are not outlying.
    pub reach: Vec<(f64, f64)>,
    /// Curves that leave the fences at some time, the shallowest first.
    pub outlying: Vec<Outlier>,
}

/// A curve that leaves the fences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outlier {
    /// Curve, by index.
    pub curve: usize,
    /// First time at which it does, by index.
    pub first: usize,
    /// Whether it lies above them there.
    pub above: bool,
}

/// Modified band depth of curves `[curve][time]`: the share of times and of pairs of curves whose band holds the
/// curve (a curve is held by its own bands). O(n T log n).
#[must_use]
pub fn modified_band_depth(curves: &[Vec<f64>]) -> Vec<f64> {
    let n = curves.len();
    let times = curves.iter().map(Vec::len).min().unwrap_or(0);
    let pairs = |m: usize| (m * m.saturating_sub(1)) as f64 / 2.0;
    if n < 2 || times == 0 {
        return vec![1.0; n];
    }
    let mut depth = vec![0.0; n];
    let mut sorted = vec![0.0; n];
    for time in 0..times {
        for (place, curve) in sorted.iter_mut().zip(curves) {
            *place = curve[time];
        }
        sorted.sort_by(f64::total_cmp);
        for (depth, curve) in depth.iter_mut().zip(curves) {
            let below = sorted.partition_point(|x| *x < curve[time]);
            let above = n - sorted.partition_point(|x| *x <= curve[time]);
            // A pair misses it if both lie below or both above.
            *depth += pairs(n) - pairs(below) - pairs(above);
        }
    }
    let all = pairs(n) * times as f64;
    depth.into_iter().map(|sum| sum / all).collect()
}

/// The functional boxplot of curves `[curve][time]` of the same length; none without curves.
#[must_use]
pub fn boxplot(curves: &[Vec<f64>]) -> Option<Boxplot> {
    let times = curves.iter().map(Vec::len).min()?;
    let depth = modified_band_depth(curves);
    let mut order: Vec<usize> = (0..curves.len()).collect();
    order.sort_by(|one, other| depth[*other].total_cmp(&depth[*one]));
    let median = *order.first()?;
    let half = &order[..curves.len().div_ceil(2)];
    let ends = |of: &[usize], time: usize| {
        let values = of.iter().map(|idx| curves[*idx][time]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        })
    };
    let central: Vec<(f64, f64)> = (0..times).map(|time| ends(half, time)).collect();
    let side = |idx: usize, time: usize| {
        let ((low, high), x) = (central[time], curves[idx][time]);
        let fence = FENCE * (high - low);
        match x {
            _ if x > high + fence => Some(true),
            _ if x < low - fence => Some(false),
            _ => None,
        }
    };
    let leaves = |idx: usize| {
        let mut sides = (0..times).map(|time| (time, side(idx, time)));
        sides.find_map(|(first, above)| {
            Some(Outlier {
                curve: idx,
                first,
                above: above?,
            })
        })
    };
    let outlying: Vec<Outlier> = order.iter().rev().filter_map(|idx| leaves(*idx)).collect();
    let usual: Vec<usize> = order
        .iter()
        .copied()
        .filter(|idx| outlying.iter().all(|of| of.curve != *idx))
        .collect();
    let reach = (0..times).map(|time| ends(&usual, time)).collect();
    Some(Boxplot {
        depth,
        median,
        central,
        reach,
        outlying,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prim::tests::word;

    fn curves(n: u64, times: u64, ties: bool) -> Vec<Vec<f64>> {
        let value = |i: u64, t: u64| {
            let x = word(i, 100 + t) as f64 / 4_294_967_296.0 + (word(i, 99) % 5) as f64;
            if ties { x.round() } else { x }
        };
        (0..n)
            .map(|i| (0..times).map(|t| value(i, t)).collect())
            .collect()
    }

    /// The definition: every pair of curves, at every time.
    fn by_definition(curves: &[Vec<f64>]) -> Vec<f64> {
        let (n, times) = (curves.len(), curves[0].len());
        let of = |idx: usize| {
            let (mut held, mut all) = (0.0, 0.0);
            for one in 0..n {
                for other in one + 1..n {
                    for (t, x) in curves[idx].iter().enumerate().take(times) {
                        let (a, b, x) = (curves[one][t], curves[other][t], *x);
                        held += f64::from(u8::from(a.min(b) <= x && x <= a.max(b)));
                        all += 1.0;
                    }
                }
            }
            held / all
        };
        (0..n).map(of).collect()
    }

    #[test]
    fn ranks_give_the_depth_of_the_definition() {
        for ties in [false, true] {
            let curves = curves(23, 9, ties);
            let (fast, slow) = (modified_band_depth(&curves), by_definition(&curves));
            for (one, other) in fast.iter().zip(&slow) {
                assert!((one - other).abs() < 1e-12, "{one} {other}");
            }
        }
    }

    /// scikit-fda's `ModifiedBandDepth` documents these: data [[0.5, 0.7], [1.4, 1.1]...] reduce to ranks; here the
    /// closed form of three curves without ties: ((r − 1)(n − r) + n − 1) / C(n, 2).
    #[test]
    fn three_parallel_curves_have_the_known_depths() {
        let flat = |x: f64| vec![x; 4];
        let depth = modified_band_depth(&[flat(0.0), flat(1.0), flat(2.0)]);
        for (found, wanted) in depth.iter().zip([2.0 / 3.0, 1.0, 2.0 / 3.0]) {
            assert!((found - wanted).abs() < 1e-12, "{depth:?}");
        }
    }

    #[test]
    fn an_odd_curve_is_named() {
        let mut all: Vec<Vec<f64>> = (0..20).map(|i| vec![f64::from(i) / 20.0; 10]).collect();
        all.push([vec![0.5; 6], vec![5.0; 4]].concat());
        let found = boxplot(&all).unwrap();
        assert_eq!(
            found.outlying,
            [Outlier {
                curve: 20,
                first: 6,
                above: true
            }]
        );
        assert!((8..=11).contains(&found.median), "{}", found.median);
        assert!(
            found
                .reach
                .iter()
                .all(|(low, high)| *low >= 0.0 && *high < 1.0)
        );
        assert_eq!(boxplot(&[]), None);
        assert_eq!(boxplot(&[vec![1.0]]).unwrap().median, 0);
    }
}
