//! Eigenvalues of a symmetric table, by Jacobi's rotations: slow, simple, and the same on every machine.
//!
//! **Sources**: Golub and Van Loan (2013), Matrix Computations, section 8.5.

/// Sweeps before it is given up; a dozen are enough in practice.
const SWEEPS_MAX: usize = 60;

/// Eigenvalues in rising order. Only the upper triangle is read.
#[must_use]
pub fn eigenvalues(table: &[Vec<f64>]) -> Vec<f64> {
    let n = table.len();
    let mut a: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| table[i.min(j)][i.max(j)]).collect())
        .collect();
    let whole: f64 = a.iter().flatten().map(|x| x * x).sum();
    for _ in 0..SWEEPS_MAX {
        let off: f64 = (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
            .map(|(i, j)| a[i][j] * a[i][j])
            .sum();
        if off <= whole * 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, p, q);
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Turns the plane of two coordinates so that their product vanishes.
fn rotate(a: &mut [Vec<f64>], p: usize, q: usize) {
    let apq = a[p][q];
    if apq == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * apq);
    let root = (theta * theta + 1.0).sqrt();
    let t = if theta >= 0.0 {
        1.0 / (theta + root)
    } else {
        -1.0 / (root - theta)
    };
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..a.len() {
        if k == p || k == q {
            continue;
        }
        let (kp, kq) = (a[k][p], a[k][q]);
        a[k][p] = c * kp - s * kq;
        a[p][k] = a[k][p];
        a[k][q] = s * kp + c * kq;
        a[q][k] = a[k][q];
    }
    a[p][p] -= t * apq;
    a[q][q] += t * apq;
    a[p][q] = 0.0;
    a[q][p] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_spectra() {
        // A complete graph of four: −1 three times and 3. A path of three: −√2, 0, √2.
        let complete: Vec<Vec<f64>> = (0..4)
            .map(|i| (0..4).map(|j| f64::from(u8::from(i != j))).collect())
            .collect();
        for (found, wanted) in eigenvalues(&complete).iter().zip([-1.0, -1.0, -1.0, 3.0]) {
            assert!((found - wanted).abs() < 1e-14);
        }
        let path = [
            vec![0.0, 1.0, 0.0],
            vec![1.0, 0.0, 1.0],
            vec![0.0, 1.0, 0.0],
        ];
        for (found, wanted) in
            eigenvalues(&path)
                .iter()
                .zip([-(2.0_f64.sqrt()), 0.0, 2.0_f64.sqrt()])
        {
            assert!((found - wanted).abs() < 1e-14);
        }
        assert!(eigenvalues(&[]).is_empty());
    }

    proptest! {
        /// Trace and sum of squares survive any rotation.
        #[test]
        fn trace_and_size_are_kept(n in 1usize..8, cells in prop::collection::vec(-5.0f64..5.0, 28)) {
            let mut a = vec![vec![0.0; n]; n];
            let mut cells = cells.into_iter();
            for i in 0..n {
                for j in i..n {
                    let x = cells.next().unwrap();
                    a[i][j] = x;
                    a[j][i] = x;
                }
            }
            let values = eigenvalues(&a);
            let trace: f64 = (0..n).map(|i| a[i][i]).sum();
            let size: f64 = a.iter().flatten().map(|x| x * x).sum();
            prop_assert!((values.iter().sum::<f64>() - trace).abs() < 1e-10);
            prop_assert!((values.iter().map(|x| x * x).sum::<f64>() - size).abs() < 1e-9);
        }
    }
}
