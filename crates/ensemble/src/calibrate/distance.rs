//! How far a simulated history is from the observed one.
//!
//! A row that is true or false costs 1 where the history differs and 0 where it does not; a number costs its
//! distance in units of its scale: the one that the table gives, else 1.48 median absolute deviations of the
//! simulated numbers, which follows the population (Prangle 2017, Bayesian Analysis 12:289). The distance is the
//! mean over rows by their weights.

/// What a number costs that is absent in the history, in units of its scale.
pub const ABSENT: f64 = 3.0;
/// What makes a median absolute deviation of normal numbers their standard deviation.
const NORMAL: f64 = 1.482_602_218_505_602;

/// What was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Row {
    /// Something that happened or did not.
    Truth {
        /// Whether it did.
        observed: bool,
        /// Weight, not negative.
        weight: f64,
    },
    /// A number.
    Number {
        /// Which one.
        observed: f64,
        /// Weight, not negative.
        weight: f64,
        /// Its unit of distance, above zero, if the table gives one.
        scale: Option<f64>,
    },
}

impl Row {
    /// Its weight.
    pub const fn weight(&self) -> f64 {
        match self {
            Self::Truth { weight, .. } | Self::Number { weight, .. } => *weight,
        }
    }

    /// What an answer costs, in units of a scale.
    fn cost(&self, scale: f64, answer: f64) -> f64 {
        match self {
            // An absent truth value is false.
            Self::Truth { observed, .. } => f64::from(u8::from((answer > 0.5) != *observed)),
            Self::Number { .. } if !answer.is_finite() => ABSENT,
            Self::Number { observed, .. } => libm::fabs(answer - observed) / scale,
        }
    }
}

/// The distance of some answers; infinite without answers.
pub(super) fn of(rows: &[Row], scales: &[f64], answers: &[f64]) -> f64 {
    if answers.len() != rows.len() {
        return f64::INFINITY;
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for ((row, scale), answer) in rows.iter().zip(scales).zip(answers) {
        sum += row.weight() * row.cost(*scale, *answer);
        weights += row.weight();
    }
    sum / weights
}

/// The unit of each row: the table's, else from the spread of simulated answers, else 1.
pub(super) fn scales(rows: &[Row], simulated: &[&Vec<f64>]) -> Vec<f64> {
    let of = |(idx, row): (usize, &Row)| match row {
        Row::Truth { .. } => 1.0,
        Row::Number {
            scale: Some(scale), ..
        } => *scale,
        Row::Number { scale: None, .. } => {
            let present = simulated.iter().map(|answers| answers[idx]);
            let present: Vec<f64> = present.filter(|x| x.is_finite()).collect();
            spread(&present).unwrap_or(1.0)
        }
    };
    rows.iter().enumerate().map(of).collect()
}

/// How far numbers spread: by median absolute deviation, by standard deviation where most are equal; none where
/// all are.
fn spread(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = median(values.to_vec());
    let apart = values.iter().map(|x| libm::fabs(x - middle)).collect();
    let robust = NORMAL * median(apart);
    if robust > 0.0 {
        return Some(robust);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    let sd = libm::sqrt(squares / n);
    (sd > 0.0).then_some(sd)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len().is_multiple_of(2) {
        (values[half - 1] + values[half]) / 2.0
    } else {
        values[half]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_the_weighted_mean_of_what_rows_cost() {
        let rows = [
            Row::Truth {
                observed: true,
                weight: 1.0,
            },
            Row::Number {
                observed: 2.0,
                weight: 3.0,
                scale: Some(0.5),
            },
            Row::Number {
                observed: 2.0,
                weight: 0.0,
                scale: None,
            },
        ];
        let scales = scales(&rows, &[&vec![1.0, 7.0, 1.0], &vec![0.0, 9.0, f64::NAN]]);
        assert_eq!(scales, [1.0, 0.5, 1.0]);
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        close(of(&rows, &scales, &[1.0, 2.0, 5.0]), 0.0);
        close(
            of(&rows, &scales, &[0.0, 3.0, 5.0]),
            (1.0 + 3.0 * 2.0) / 4.0,
        );
        close(
            of(&rows, &scales, &[f64::NAN, f64::NAN, 5.0]),
            (1.0 + 3.0 * ABSENT) / 4.0,
        );
        assert!(of(&rows, &scales, &[]).is_infinite());
    }

    #[test]
    fn a_scale_is_robust_and_never_zero() {
        let close = |found: Option<f64>, expected: f64| {
            assert!((found.unwrap() - expected).abs() < 1e-9, "{found:?}");
        };
        close(spread(&[1.0, 2.0, 3.0, 4.0, 1000.0]), NORMAL);
        close(spread(&[1.0, 1.0, 1.0, 3.0]), 0.75_f64.sqrt());
        assert_eq!(spread(&[2.0, 2.0]), None);
        assert_eq!(spread(&[]), None);
    }
}
