//! Polarisation: whether a group falls into few large camps far from each other.
//!
//! **Equations**
//!
//! ```text
//! (π_k share of group k, y_k its position)
//! - Esteban and Ray: P = K Σ_k Σ_l π_k^(1+α) π_l |y_k − y_l|, 0 < α <= 1.6; π is normalised to shares
//! - agreement over ordered categories, van der Eijk: the frequencies are layers of patterns of 0 and 1; a pattern
//!   of K categories with S ones has U (1 − (S − 1)/(K − 1)), U from its triples: unimodal 110, 011 against bimodal
//!   101; A is their mean weighted by the size of the layers, −1 (two extremes) to 1 (one category);
//!   polarisation (1 − A)/2
//! ```
//!
//! **Sources**: Esteban and Ray (1994), Econometrica 62:819–851, theorem 1; van der Eijk (2001), Quality & Quantity
//! 35:325–341.

/// Largest α that the axioms of Esteban and Ray allow.
pub const ALPHA_MAX: f64 = 1.6;

/// Polarisation of Esteban and Ray with K = 1; masses are turned into shares, equal positions into one group.
///
/// Nothing if no mass is positive.
#[must_use]
pub fn esteban_ray(masses: &[f64], positions: &[f64], alpha: f64) -> Option<f64> {
    let whole: f64 = masses.iter().sum();
    if whole <= 0.0 {
        return None;
    }
    let mut rows: Vec<(f64, f64)> = positions
        .iter()
        .copied()
        .zip(masses.iter().map(|mass| mass / whole))
        .collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    // Who stands at one point is one group: identification is with those who are alike.
    let mut groups: Vec<(f64, f64)> = Vec::new();
    for (position, share) in rows {
        match groups.last_mut() {
            Some(last) if last.0 == position => last.1 += share,
            _ => groups.push((position, share)),
        }
    }
    let mut sum = 0.0;
    for &(here, share) in groups.iter().filter(|group| group.1 > 0.0) {
        let identified = libm::pow(share, 1.0 + alpha);
        let alien: f64 = groups
            .iter()
            .map(|&(there, other)| other * (here - there).abs())
            .sum();
        sum += identified * alien;
    }
    Some(sum)
}

/// Agreement over ordered categories, −1..=1; nothing without frequencies or with fewer than three categories.
#[must_use]
pub fn agreement(frequencies: &[f64]) -> Option<f64> {
    let whole: f64 = frequencies.iter().sum();
    if whole <= 0.0 || frequencies.len() < 3 {
        return None;
    }
    let mut left = frequencies.to_vec();
    let mut sum = 0.0;
    loop {
        let pattern: Vec<bool> = left.iter().map(|frequency| *frequency > 0.0).collect();
        let layer = left
            .iter()
            .copied()
            .filter(|frequency| *frequency > 0.0)
            .fold(f64::INFINITY, f64::min);
        if !layer.is_finite() {
            return Some(sum);
        }
        let ones = pattern.iter().filter(|one| **one).count() as f64;
        sum += of_pattern(&pattern) * layer * ones / whole;
        for frequency in left.iter_mut().filter(|frequency| **frequency > 0.0) {
            *frequency -= layer;
        }
    }
}

/// Agreement of a pattern of empty and equally full categories.
fn of_pattern(pattern: &[bool]) -> f64 {
    let k = pattern.len() as f64;
    let ones = pattern.iter().filter(|one| **one).count() as f64;
    let (mut unimodal, mut bimodal) = (0.0, 0.0);
    for low in 0..pattern.len() {
        for middle in low + 1..pattern.len() {
            for high in middle + 1..pattern.len() {
                match (pattern[low], pattern[middle], pattern[high]) {
                    (true, true, false) | (false, true, true) => unimodal += 1.0,
                    (true, false, true) => bimodal += 1.0,
                    _ => {}
                }
            }
        }
    }
    let all = unimodal + bimodal;
    let shape = if all > 0.0 {
        ((k - 2.0) * unimodal - (k - 1.0) * bimodal) / ((k - 2.0) * all)
    } else {
        1.0
    };
    shape * (1.0 - (ones - 1.0) / (k - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_halves_at_the_ends_by_hand() {
        // 2 · ½^(1+α) · ½ · 1 = ½^(1+α)
        let found = esteban_ray(&[5.0, 5.0], &[0.0, 1.0], 1.0).unwrap();
        assert!((found - 0.25).abs() < 1e-15);
        assert_eq!(esteban_ray(&[1.0, 1.0], &[3.0, 3.0], 1.0), Some(0.0));
        assert_eq!(esteban_ray(&[0.0], &[3.0], 1.0), None);
        // Half a group beside its other half is one group.
        assert_eq!(
            esteban_ray(&[0.25, 0.25, 0.5], &[0.0, 0.0, 1.0], 1.3),
            esteban_ray(&[0.5, 0.5], &[0.0, 1.0], 1.3)
        );
    }

    #[test]
    fn agreement_at_its_ends() {
        assert_eq!(agreement(&[0.0, 9.0, 0.0, 0.0]), Some(1.0));
        // Two extremes of five: only 101 triples: −(k−1)/(k−2) · (1 − 1/(k−1)) = −1.
        assert!((agreement(&[1.0, 0.0, 0.0, 0.0, 1.0]).unwrap() + 1.0).abs() < 1e-15);
        assert_eq!(agreement(&[2.0; 5]), Some(0.0));
        assert_eq!(agreement(&[0.0; 5]), None);
        assert_eq!(agreement(&[1.0, 2.0]), None);
    }

    proptest! {
        /// Esteban and Ray, theorem 1 and section 3: on a fixed support two equal masses at the ends polarise most.
        #[test]
        fn two_equal_camps_at_the_ends_polarise_most(
            rows in prop::collection::vec((0u8..99, 0.0f64..=1.0), 2..8), alpha in 0.01f64..=ALPHA_MAX,
        ) {
            let masses: Vec<f64> = rows.iter().map(|row| f64::from(row.0) + 1.0).collect();
            let positions: Vec<f64> = rows.iter().map(|row| row.1).collect();
            let top = esteban_ray(&[1.0, 1.0], &[0.0, 1.0], alpha).unwrap();
            prop_assert!(esteban_ray(&masses, &positions, alpha).unwrap() <= top + 1e-12);
        }

        #[test]
        fn agreement_is_bounded_and_blind_to_direction(frequencies in prop::collection::vec(0u8..50, 3..9)) {
            let there: Vec<f64> = frequencies.iter().map(|&f| f64::from(f)).collect();
            let back: Vec<f64> = there.iter().rev().copied().collect();
            match (agreement(&there), agreement(&back)) {
                (Some(one), Some(other)) => {
                    prop_assert!((-1.0 - 1e-12..=1.0 + 1e-12).contains(&one));
                    prop_assert!((one - other).abs() < 1e-12);
                }
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
