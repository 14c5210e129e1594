//! Where observations fall in their ensembles: the probability integral transform and the histogram of ranks.
//!
//! Of a calibrated ensemble every rank is equally likely, so the histogram is flat: a U says too narrow, a hump too
//! wide, a slope biased (Hamill 2001; Gneiting, Balabdaoui and Raftery 2007). Ties are spread over the ranks they
//! could have, without dice (Czado, Gneiting and Held 2009).

use super::count;

/// The share of an ensemble below a value, and that below or at it: the ends of the probability integral
/// transform, equal unless members tie with the value. Not numbers of an ensemble of none.
#[must_use]
pub fn pit(sample: &[f64], value: f64) -> (f64, f64) {
    let n = count(sample.len());
    let below = sample.iter().filter(|x| **x < value).count();
    let at = sample.iter().filter(|x| **x <= value).count();
    (count(below) / n, count(at) / n)
}

/// The share of observations in each of `bins` equal parts of 0..=1, from the ends of their transforms. Shares
/// sum to one; all are 1 over `bins` in a calibrated forecast.
#[must_use]
pub fn pit_histogram(pits: &[(f64, f64)], bins: usize) -> Vec<f64> {
    let width = 1.0 / count(bins);
    let mut shares = vec![0.0; bins];
    for &(low, high) in pits {
        for (bin, share) in shares.iter_mut().enumerate() {
            let (from, to) = (count(bin) * width, count(bin + 1) * width);
            *share += if high > low {
                ((high.min(to) - low.max(from)) / (high - low)).max(0.0)
            } else {
                let last = bin + 1 == bins;
                f64::from(u8::from(from <= low && (low < to || last)))
            };
        }
    }
    for share in &mut shares {
        *share /= count(pits.len());
    }
    shares
}

/// The share of observations at each rank, 0 (below all members) to the number of members. Ensembles have one
/// size; an observation that ties with k members is spread over k + 1 ranks.
///
/// # Panics
/// If an ensemble has another size than the first one.
#[must_use]
pub fn rank_histogram(observed: &[(Vec<f64>, f64)]) -> Vec<f64> {
    let size = observed.first().map_or(0, |(sample, _)| sample.len());
    let mut shares = vec![0.0; size + 1];
    for (sample, value) in observed {
        assert_eq!(sample.len(), size, "ensembles of one size");
        let below = sample.iter().filter(|x| *x < value).count();
        let tied = sample.iter().filter(|x| (**x - value).abs() <= 0.0).count();
        for share in &mut shares[below..=below + tied] {
            *share += 1.0 / count((tied + 1) * observed.len());
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_counted_and_ties_are_spread() {
        let of = |value: f64| (vec![1.0, 2.0, 2.0, 4.0], value);
        let shares = rank_histogram(&[of(0.0), of(2.0), of(5.0), of(3.0)]);
        let third = 0.25 / 3.0;
        for (found, expected) in shares.iter().zip([0.25, third, third, third + 0.25, 0.25]) {
            assert!((found - expected).abs() < 1e-12, "{shares:?}");
        }
        assert_eq!(pit(&[1.0, 2.0, 2.0, 4.0], 2.0), (0.25, 0.75));
        assert_eq!(pit(&[1.0, 2.0], 0.0), (0.0, 0.0));
        assert_eq!(rank_histogram(&[]), [0.0]);
    }

    #[test]
    fn a_calibrated_forecast_has_a_flat_histogram() {
        // Truth values of probability p: the transform is uniform if the shares are right.
        let p = 0.3;
        let pits: Vec<(f64, f64)> = (0..1000)
            .map(|k| {
                if f64::from(k) < 1000.0 * p {
                    (1.0 - p, 1.0)
                } else {
                    (0.0, 1.0 - p)
                }
            })
            .collect();
        for share in pit_histogram(&pits, 10) {
            assert!((share - 0.1).abs() < 1e-12, "{share}");
        }
        // Observations that always lie outside make a U, ends included.
        let outside = pit_histogram(&[(0.0, 0.0), (1.0, 1.0)], 5);
        assert_eq!(outside, [0.5, 0.0, 0.0, 0.0, 0.5]);
    }
}
