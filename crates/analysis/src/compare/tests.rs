//! Known answers, and coverage by simulation with keyed draws.

use super::together::mixed;
use super::*;

/// A standard normal number of a study, a place and a stream.
fn normal(study: u64, place: usize, stream: u64) -> f64 {
    let word = mixed(mixed(mixed(study).wrapping_add(stream)).wrapping_add(place as u64));
    let share = ((word >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
    special::normal_quantile(share)
}

fn asked(kind: OutcomeKind, values: Vec<Vec<f64>>) -> Asked {
    Asked {
        name: "x".to_owned(),
        kind,
        better: Better::Higher,
        threshold: false,
        values,
    }
}

const SETTINGS: Settings = Settings {
    confidence: 0.95,
    family: Family::All,
    seed: 1,
    per_point: 1,
};

fn compared(asked: &[Asked]) -> Comparison {
    let n = asked[0].values.len();
    let names: Vec<String> = (0..n).map(|idx| format!("a{idx}")).collect();
    compare(&names, asked, &SETTINGS)
}

/// Alternatives that share luck: `mean + spread * (share * common + rest * own)`.
fn alike(
    study: u64,
    n: usize,
    stream: u64,
    arms: &[(f64, f64)],
    correlation: f64,
) -> Vec<Vec<f64>> {
    let (share, rest) = (libm::sqrt(correlation), libm::sqrt(1.0 - correlation));
    arms.iter()
        .enumerate()
        .map(|(arm, &(mean, spread))| {
            let own = stream * 100 + arm as u64 + 1;
            (0..n)
                .map(|at| {
                    let luck =
                        share * normal(study, at, stream * 100) + rest * normal(study, at, own);
                    mean + spread * luck
                })
                .collect()
        })
        .collect()
}

#[test]
fn an_alternative_against_itself_differs_by_exactly_nothing() {
    let one = alike(1, 500, 0, &[(1.0, 1.0)], 0.5).remove(0);
    let got = compared(&[asked(OutcomeKind::Number, vec![one.clone(), one])]);
    let pair = &got.outcomes[0].pairs[0];
    let of = pair.difference.expect("there are replicates");
    assert!(of.value.to_bits() == 0 && of.low.to_bits() == 0 && of.high.to_bits() == 0);
    assert_eq!(pair.standing, Standing::Same);
    assert_eq!(pair.pairing, Pairing::Same);
    assert!(pair.p_tied.is_some_and(|of| of.value > 0.999));
    for one in &got.outcomes[0].alternatives {
        assert_eq!(one.rank, (1, 2));
        assert!(one.robust.regret.is_some_and(|of| of.high.abs() < 1e-15));
    }
}

#[test]
fn a_constant_shift_is_seen_and_needs_no_replicates() {
    let base = alike(2, 64, 0, &[(0.0, 1.0)], 0.5).remove(0);
    // Quarters are exact, so that the shift is the same to the last bit.
    let base: Vec<f64> = base.iter().map(|x| libm::round(x * 4.0) / 4.0).collect();
    let better: Vec<f64> = base.iter().map(|x| x + 0.25).collect();
    let got = compared(&[asked(OutcomeKind::Number, vec![base, better])]);
    let pair = &got.outcomes[0].pairs[0];
    assert_eq!(pair.pairing, Pairing::Constant);
    assert_eq!(pair.standing, Standing::Better);
    assert_eq!(got.outcomes[0].alternatives[1].rank, (1, 1));
    assert_eq!(got.outcomes[0].alternatives[0].rank, (2, 2));
}

#[test]
fn the_variance_ratio_is_that_of_normal_theory_and_its_interval_covers() {
    // Spreads 1 and 2, correlation 0.9: (1 + 4) / (1 + 4 - 2 · 0.9 · 1 · 2) = 3.571.
    let truth = 5.0 / 1.4;
    let studies = 400;
    let mut covered = 0_u32;
    let mut sum = 0.0;
    for study in 0..studies {
        let values = alike(study, 400, 0, &[(0.0, 1.0), (5.0, 2.0)], 0.9);
        let Pairing::Ratio {
            value, low, high, ..
        } = pairing(&values[1], &values[0])
        else {
            panic!("it varies");
        };
        covered += u32::from(low <= truth && truth <= high);
        sum += value;
    }
    let mean = sum / studies as f64;
    // The error of one study is about ratio · sqrt(2/400) · 1.3 = 0.33; of 400 studies 0.016, and a bias of 1/n.
    assert!((mean - truth).abs() < 0.07, "{mean}");
    // A share of 400 studies errs by 0.011.
    let share = f64::from(covered) / studies as f64;
    assert!((0.92..=0.98).contains(&share), "{share}");
}

#[test]
fn differences_hold_together_as_often_as_they_say() {
    // Four alternatives and two outcomes, twelve differences: all of them are to be covered in 95 % of studies.
    let arms = [(0.0, 1.0), (0.1, 1.0), (0.3, 1.5), (0.3, 0.5)];
    let studies = 300;
    let (mut covered, mut alone) = (0_u32, 0_u32);
    for study in 0..studies {
        let first = alike(study, 200, 1, &arms, 0.6);
        let second = alike(study, 200, 2, &arms, 0.1);
        let got = compared(&[
            asked(OutcomeKind::Number, first),
            asked(OutcomeKind::Number, second),
        ]);
        let pairs: Vec<&Pair> = got.outcomes.iter().flat_map(|of| &of.pairs).collect();
        let truth = |pair: &Pair| arms[pair.alternative].0 - arms[pair.against].0;
        let held = |pair: &&Pair| {
            let of = pair.difference.expect("there are replicates");
            of.low <= truth(pair) && truth(pair) <= of.high
        };
        let held_alone = |pair: &&Pair| {
            let (low, high) = pair.alone.expect("there are replicates");
            low <= truth(pair) && truth(pair) <= high
        };
        covered += u32::from(pairs.iter().all(held));
        alone += u32::from(pairs.iter().all(held_alone));
    }
    // A share of 300 studies errs by 0.0126.
    let share = f64::from(covered) / studies as f64;
    assert!((0.92..=0.985).contains(&share), "{share}");
    // The test that this one can fail: intervals that each hold alone do not hold together.
    assert!(f64::from(alone) / (studies as f64) < 0.85, "{alone}");
}

#[test]
fn the_critical_value_knows_how_differences_hang_together() {
    let zero = vec![0.0; 1000];
    let independent: Vec<Contrast> = (0..8)
        .map(|stream| {
            let values: Vec<f64> = (0..1000).map(|at| normal(5, at, stream)).collect();
            Contrast::new(&values, &zero)
        })
        .collect();
    let all: Vec<&Contrast> = independent.iter().collect();
    let got = together::critical(&all, 0.95, 1);
    // Eight independent errors: each within the (0.95)^(1/8) point, 2.727; Bonferroni would take 2.734.
    assert!((got - 2.727).abs() < 0.1, "{got}");
    let same = vec![&independent[0]; 8];
    let got = together::critical(&same, 0.95, 1);
    assert!((got - 1.96).abs() < 0.1, "{got}");
    assert_eq!(
        together::critical(&all, 0.95, 1).to_bits(),
        together::critical(&all, 0.95, 1).to_bits()
    );
}

#[test]
fn alternatives_that_cannot_be_told_apart_are_never_ranked() {
    // The first is shown above the third; the second is shown neither below the one nor above the other.
    let ranks = rank_ranges(3, |one, other| (one, other) == (0, 2));
    assert_eq!(ranks, [(1, 2), (1, 3), (2, 3)]);
    assert_eq!(rank_ranges(2, |_, _| false), [(1, 2), (1, 2)]);
    assert_eq!(rank_ranges(3, |a, b| a < b), [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn a_few_replicates_that_differ_show_nothing() {
    // Four of two thousand go one way: one chance in eight by luck alone, though 1.96 standard errors say no.
    let base = vec![0.0; 2000];
    let mut other = base.clone();
    other[10..14].fill(1.0);
    let got = compared(&[asked(
        OutcomeKind::Number,
        vec![base.clone(), other.clone()],
    )]);
    assert_eq!(got.outcomes[0].pairs[0].standing, Standing::Untold);
    let got = compared(&[asked(OutcomeKind::Truth, vec![base.clone(), other.clone()])]);
    assert_eq!(got.outcomes[0].pairs[0].standing, Standing::Untold);
    other[20..40].fill(1.0);
    let got = compared(&[asked(OutcomeKind::Truth, vec![base, other])]);
    assert_eq!(got.outcomes[0].pairs[0].standing, Standing::Better);
}

#[test]
fn truth_values_take_the_score_interval() {
    let first: Vec<f64> = (0..400).map(|at| f64::from(u8::from(at < 100))).collect();
    let second: Vec<f64> = (0..400)
        .map(|at| f64::from(u8::from((40..110).contains(&at))))
        .collect();
    let got = compared(&[asked(OutcomeKind::Truth, vec![first, second])]);
    let pair = &got.outcomes[0].pairs[0];
    assert_eq!(pair.difference, paired::tango(10, 40, 400, 0.95));
    assert_eq!(pair.standing, Standing::Worse);
    assert!(
        pair.p_better
            .is_some_and(|of| (of.value - 0.025).abs() < 1e-12)
    );
    assert!(
        pair.p_worse
            .is_some_and(|of| (of.value - 0.1).abs() < 1e-12)
    );
    assert!(
        pair.p_tied
            .is_some_and(|of| (of.value - 0.875).abs() < 1e-12)
    );
}

#[test]
fn regret_and_worst_cases_by_hand() {
    // Replicates by rows: (1, 3), (2, 2), (5, 1), (4, absent): the last one has no best.
    let values = vec![vec![1.0, 2.0, 5.0, 4.0], vec![3.0, 2.0, 1.0, f64::NAN]];
    let higher = compared(&[asked(OutcomeKind::Number, values.clone())]);
    let [one, other] = &higher.outcomes[0].alternatives[..] else {
        panic!("two alternatives");
    };
    // Regrets 2, 0, 0 and 0, 0, 4.
    assert!(
        one.robust
            .regret
            .is_some_and(|of| (of.value - 2.0 / 3.0).abs() < 1e-12)
    );
    assert!(
        other
            .robust
            .regret
            .is_some_and(|of| (of.value - 4.0 / 3.0).abs() < 1e-12)
    );
    assert!(
        one.robust
            .high_regret
            .is_some_and(|of| (of.value - 2.0).abs() < 1e-12)
    );
    assert!(
        one.robust
            .best
            .is_some_and(|of| (of.value - 2.0 / 3.0).abs() < 1e-12)
    );
    assert!(
        one.robust
            .best_alone
            .is_some_and(|of| (of.value - 1.0 / 3.0).abs() < 1e-12)
    );
    assert_eq!(one.robust.worst_seen, Some(1.0));
    let lower = Asked {
        better: Better::Lower,
        ..asked(OutcomeKind::Number, values)
    };
    let lower = compared(&[lower]);
    let one = &lower.outcomes[0].alternatives[0];
    // Against the smaller one: 0, 0, 4.
    assert!(
        one.robust
            .regret
            .is_some_and(|of| (of.value - 4.0 / 3.0).abs() < 1e-12)
    );
    assert_eq!(one.robust.worst_seen, Some(5.0));
    // The sample is too small to say how bad one in twenty is from below.
    assert!(
        one.robust.worst.is_some_and(|of| of.high.is_infinite()),
        "{:?}",
        one.robust.worst
    );
}

#[test]
fn regret_of_a_nested_design_is_over_its_points() {
    // Two points of two replicates each: means (1, 3) against (2, 2).
    let values = vec![vec![0.0, 2.0, 3.0, 3.0], vec![1.0, 3.0, 2.0, 2.0]];
    let names = ["a".to_owned(), "b".to_owned()];
    let nested = Settings {
        per_point: 2,
        ..SETTINGS
    };
    let got = compare(&names, &[asked(OutcomeKind::Number, values)], &nested);
    for one in &got.outcomes[0].alternatives {
        let regret = one.robust.regret.expect("two points");
        assert!((regret.value - 0.5).abs() < 1e-12 && regret.n == 2);
    }
}

#[test]
fn a_gamble_turns_the_order_when_the_yardstick_changes() {
    // A sure thing at 0 against a gamble with mean 0.5 and spread 3: better on the mean, worse in the worst case.
    let gamble = alike(9, 4000, 0, &[(0.5, 3.0)], 0.5).remove(0);
    let got = compared(&[asked(OutcomeKind::Number, vec![vec![0.0; 4000], gamble])]);
    let outcome = &got.outcomes[0];
    assert_eq!(outcome.alternatives[1].rank, (1, 1));
    let worst = outcome.metrics.iter().find(|of| of.by == "worst of twenty");
    assert_eq!(worst.map(|of| of.ranks.clone()), Some(vec![(1, 1), (2, 2)]));
    assert_eq!(robust::turns(&outcome.metrics), [(0, 1)]);
    // A sure thing has no luck to share.
    let Pairing::Ratio { value, why, .. } = outcome.pairs[0].pairing else {
        panic!("it varies");
    };
    assert!((value - 1.0).abs() < 1e-9);
    assert_eq!(why, Some(pairing::Why::Steady { spreads: 0.0 }));
}

#[test]
fn a_low_ratio_is_explained() {
    let why = |arms: &[(f64, f64)], correlation: f64| {
        let values = alike(3, 1000, 0, arms, correlation);
        match pairing(&values[0], &values[1]) {
            Pairing::Ratio { why, .. } => why,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(why(&[(0.0, 1.0), (0.0, 1.0)], 0.95), None);
    assert_eq!(
        why(&[(0.0, 1.0), (0.0, 1.0)], 0.2),
        Some(pairing::Why::Apart)
    );
    let spread = why(&[(0.0, 1.0), (0.0, 5.0)], 0.9999);
    assert!(
        matches!(spread, Some(pairing::Why::Spread { ceiling }) if (ceiling - 26.0 / 16.0).abs() < 0.05)
    );
    assert_eq!(pairing(&[1.0, f64::NAN], &[2.0, 3.0]), Pairing::Unknown);
}
