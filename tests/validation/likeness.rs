//! Similarity and polarisation as others published or defined them.
//!
//! *Validation*: van der Eijk's agreement from a worked example. *By the formula*: the S-score of an input that is
//! published without its value. *By the axioms*: Esteban and Ray, of whom no worked number was found (see the
//! property test beside the function).

use foedera_sim::structure::{
    polarization,
    similarity::{Metric, Pair},
};

/// Van der Eijk (2001), Quality & Quantity 35:325–341; worked example printed in the R package agrmt: frequencies 30,
/// 40, 210, 130, 530, 50, 10 have agreement 0.6113333 and polarisation 0.1943333.
#[test]
fn agreement_of_van_der_eijk() {
    let frequencies = [30.0, 40.0, 210.0, 130.0, 530.0, 50.0, 10.0];
    let agreement = polarization::agreement(&frequencies).expect("somebody answered");
    assert!((agreement - 0.611_333_3).abs() < 5.1e-8, "{agreement}");
    assert!(((1.0 - agreement) / 2.0 - 0.194_333_3).abs() < 5.1e-8);
}

/// Signorino and Ritter (1999), ISQ 43:115–144; the input is example 1 of S.g (rochester.edu/College/PSC/signorino),
/// the value 1/3 follows from the formula and is not printed there: 1 − 2 (0.5 + 0.3 + 0.1 + 0.1) / 3.
#[test]
fn s_of_signorino_and_ritter() {
    let pair = Pair {
        one: vec![3.0, 3.0, 2.0, 2.0],
        other: vec![2.0, 2.0, 3.0, 3.0],
        weights: vec![0.5, 0.3, 0.1, 0.1],
    };
    let s = pair
        .s_score(3.0, Metric::Absolute)
        .expect("there are weights");
    assert!((s - 1.0 / 3.0).abs() < 1e-12, "{s}");
}

/// Esteban and Ray (1994), Econometrica 62:819–851: on a fixed support no distribution is more polarised than two
/// equal masses at its ends, whatever α; a uniform one is less, and one in the middle not at all.
#[test]
fn two_equal_camps_are_the_most_polarised() {
    for alpha in [0.1, 0.8, 1.0, 1.3, 1.6] {
        let of = |masses: &[f64], positions: &[f64]| {
            polarization::esteban_ray(masses, positions, alpha).expect("there are masses")
        };
        let camps = of(&[0.5, 0.5], &[0.0, 1.0]);
        let uniform = of(&[0.2; 5], &[0.0, 0.25, 0.5, 0.75, 1.0]);
        let unequal = of(&[0.6, 0.4], &[0.0, 1.0]);
        assert!(camps > unequal && camps > uniform && uniform > 0.0);
        assert!(of(&[1.0], &[0.5]).abs() < 1e-15);
    }
}
