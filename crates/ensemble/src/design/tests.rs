//! Shares have the properties that their designs are named for.

use super::*;

fn shares(method: &Method, seed: u64, inputs: usize) -> Shares {
    Shares::new(method, seed, inputs).expect("a design")
}

fn sobol(copies: u64) -> Method {
    Method::Sobol { copies }
}

const fn latin(points: u64, copies: u64) -> Method {
    Method::LatinHypercube { points, copies }
}

/// A key as different from its neighbours as the hash of a path.
fn key(input: usize) -> u64 {
    (input as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// `[point][input]`.
fn points(of: &Shares, n: u64, inputs: usize) -> Vec<Vec<f64>> {
    (0..n)
        .map(|point| {
            (0..inputs)
                .map(|input| of.share(point, Side::One, input, key(input)))
                .collect()
        })
        .collect()
}

/// How many points fall into each of `n` equal parts of one input.
fn counts(points: &[Vec<f64>], input: usize, n: usize) -> Vec<u32> {
    let mut counts = vec![0; n];
    for point in points {
        counts[(point[input] * n as f64) as usize] += 1;
    }
    counts
}

#[test]
fn a_latin_hypercube_has_one_point_in_each_stratum() {
    for (n, copies) in [(1, 1), (10, 1), (97, 1), (100, 4), (101, 4)] {
        let all = points(&shares(&latin(n, copies), 5, 6), n, 6);
        for copy in 0..copies as usize {
            let own: Vec<Vec<f64>> = all
                .iter()
                .skip(copy)
                .step_by(copies as usize)
                .cloned()
                .collect();
            for input in 0..6 {
                let counts = counts(&own, input, own.len());
                assert!(counts.iter().all(|&hit| hit == 1), "{n} {copies}");
            }
        }
    }
}

#[test]
fn a_scramble_keeps_the_strata_of_the_sequence() {
    for seed in 0..4 {
        let all = points(&shares(&sobol(2), seed, 3), 512, 3);
        for copy in 0..2 {
            let own: Vec<Vec<f64>> = all.iter().skip(copy).step_by(2).cloned().collect();
            for input in 0..3 {
                assert!(counts(&own, input, 256).iter().all(|&hit| hit == 1));
            }
            // The first two dimensions are a (0, m, 2)-net: every elementary box has its share of points.
            for wide in 0..=8 {
                let (across, down) = (1 << wide, 256 >> wide);
                let mut boxes = vec![0; 256];
                for point in &own {
                    let col = (point[0] * f64::from(across)) as usize;
                    let row = (point[1] * f64::from(down)) as usize;
                    boxes[row * across as usize + col] += 1;
                }
                assert!(boxes.iter().all(|&hit| hit == 1), "{seed} {wide}");
            }
        }
    }
}

#[test]
fn a_share_is_the_same_alone_and_among_others_and_moves_with_the_seed() {
    for method in [Method::MonteCarlo, latin(1000, 8), sobol(8)] {
        let one = shares(&method, 1, 20);
        let other = shares(&method, 2, 20);
        let share = one.share(777, Side::One, 3, key(3));
        assert_eq!(
            share.to_bits(),
            shares(&method, 1, 20)
                .share(777, Side::One, 3, key(3))
                .to_bits()
        );
        assert!((share - other.share(777, Side::One, 3, key(3))).abs() > 1e-9);
        assert!((share - one.share(777, Side::Other, 3, key(3))).abs() > 1e-9);
        assert!((share - one.share(777, Side::One, 4, key(4))).abs() > 1e-9);
    }
}

/// Over scrambles and hypercubes each single share is uniform: the ground of unbiased means.
#[test]
fn each_share_is_uniform_over_seeds() {
    let n = 4_000;
    for method in [latin(8, 1), sobol(1)] {
        for point in [0, 1, 7] {
            for side in [Side::One, Side::Other] {
                let draws: Vec<f64> = (0..n)
                    .map(|seed| shares(&method, seed, 2).share(point, side, 1, key(1)))
                    .collect();
                let mean = draws.iter().sum::<f64>() / n as f64;
                let square = draws.iter().map(|x| x * x).sum::<f64>() / n as f64;
                // Standard errors 1/sqrt(12 n) = 0.0046 and sqrt(4/45 / n) = 0.0047; five of each.
                assert!((mean - 0.5).abs() < 0.023, "{method:?} {point} {mean}");
                assert!(
                    (square - 1.0 / 3.0).abs() < 0.024,
                    "{method:?} {point} {square}"
                );
            }
        }
    }
}

/// The g-function of Sobol' and Saltelli, whose mean is 1, with coefficients 0, 1, 4.5, 9, 99, 99.
fn g_function(x: &[f64]) -> f64 {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
    x.iter()
        .zip(a)
        .map(|(x, a)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a))
        .product()
}

/// Root mean squared error of the mean of some points over seeds.
fn error(method: &impl Fn(u64) -> Method, n: u64, f: impl Fn(&[f64]) -> f64, truth: f64) -> f64 {
    let seeds = 40;
    let sum: f64 = (0..seeds)
        .map(|seed| {
            let all = points(&shares(&method(n), seed, 6), n, 6);
            let mean = all.iter().map(|x| f(x)).sum::<f64>() / n as f64;
            (mean - truth) * (mean - truth)
        })
        .sum();
    libm::sqrt(sum / seeds as f64)
}

#[test]
fn designs_beat_chance_on_the_g_function() {
    let mc = |_| Method::MonteCarlo;
    let errors = |n| {
        (
            error(&mc, n, g_function, 1.0),
            error(&|n| latin(n, 1), n, g_function, 1.0),
            error(&|_| sobol(1), n, g_function, 1.0),
        )
    };
    let ((mc_few, latin_few, sobol_few), (mc_many, _, sobol_many)) = (errors(64), errors(1024));
    // Variance 0.4556 + interactions: a standard error near 0.7/sqrt(n) for chance.
    assert!(
        (0.04..0.16).contains(&mc_few) && (0.01..0.04).contains(&mc_many),
        "{mc_few} {mc_many}"
    );
    assert!(latin_few < 0.6 * mc_few, "{latin_few} {mc_few}");
    assert!(sobol_few < 0.35 * mc_few, "{sobol_few} {mc_few}");
    // Sixteen times the points: a quarter of the error for chance, far less for a sequence.
    assert!(
        sobol_many < 0.12 * mc_many,
        "{sobol_many} {sobol_few} {mc_many}"
    );
}

/// What a hypercube promises: of a sum of functions of single inputs almost no error is left.
#[test]
fn a_hypercube_takes_the_error_out_of_sums() {
    let sum = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
    let of_chance = error(&|_| Method::MonteCarlo, 128, sum, 2.0);
    let of_latin = error(&|n| latin(n, 1), 128, sum, 2.0);
    assert!(of_latin < 0.03 * of_chance, "{of_latin} {of_chance}");
}

#[test]
fn the_copies_of_a_design_differ_as_independent_ones_do() {
    // Means of the g-function over 16 copies of 64 points: their spread is the error of each.
    let of = shares(&sobol(16), 3, 6);
    let all = points(&of, 1024, 6);
    let means: Vec<f64> = (0..16)
        .map(|copy| {
            let own = all.iter().skip(copy).step_by(16);
            own.map(|x| g_function(x)).sum::<f64>() / 64.0
        })
        .collect();
    let mean = means.iter().sum::<f64>() / 16.0;
    let spread = means.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 15.0;
    let alone = error(&|_| sobol(1), 64, g_function, 1.0);
    let ratio = libm::sqrt(spread) / alone;
    // A standard deviation from 16 values has a relative error near 18 %.
    assert!((0.4..1.9).contains(&ratio), "{ratio}");
    assert!((mean - 1.0).abs() < 5.0 * libm::sqrt(spread / 16.0));
}

/// Centred L2 discrepancy (Hickernell 1998), in percent: below that of chance.
#[test]
fn scrambled_points_lie_evenly() {
    let discrepancy = |all: &[Vec<f64>]| {
        let (n, d) = (all.len() as f64, all[0].len() as i32);
        let far = |x: f64| (x - 0.5).abs();
        let single: f64 = all
            .iter()
            .map(|x| {
                x.iter()
                    .map(|&x| 1.0 + 0.5 * far(x) - 0.5 * far(x) * far(x))
                    .product::<f64>()
            })
            .sum();
        let pairs: f64 = all
            .iter()
            .flat_map(|x| all.iter().map(move |y| (x, y)))
            .map(|(x, y)| {
                x.iter()
                    .zip(y)
                    .map(|(&x, &y)| 1.0 + 0.5 * far(x) + 0.5 * far(y) - 0.5 * (x - y).abs())
                    .product::<f64>()
            })
            .sum();
        libm::pow(13.0 / 12.0, f64::from(d)) - 2.0 / n * single + pairs / (n * n)
    };
    let of = |method: &Method| discrepancy(&points(&shares(method, 11, 5), 256, 5));
    let (chance, latin, sobol) = (of(&Method::MonteCarlo), of(&latin(256, 1)), of(&sobol(1)));
    assert!(latin < 0.7 * chance, "{latin} {chance}");
    assert!(sobol < 0.15 * chance, "{sobol} {chance}");
    // scipy 1.17.1: the unscrambled first 512 points in five dimensions have 7.771076192786275e-5.
    let directions = sobol::Directions::new(5);
    let plain: Vec<Vec<f64>> = (0..512)
        .map(|index| {
            (0..5)
                .map(|dimension| {
                    f64::from(directions.coordinate(index, dimension)) / 4_294_967_296.0
                })
                .collect()
        })
        .collect();
    assert!((discrepancy(&plain) - 7.771_076_192_786_275e-5).abs() < 1e-15);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let refused = |method: &Method, inputs| Shares::new(method, 1, inputs).unwrap_err();
    assert!(matches!(
        refused(&latin(0, 1), 3),
        DesignError::Points { points: 0, .. }
    ));
    assert!(matches!(
        refused(&latin(4, 5), 3),
        DesignError::Copies { copies: 5, max: 4 }
    ));
    assert!(matches!(
        refused(&sobol(0), 3),
        DesignError::Copies { copies: 0, .. }
    ));
    assert!(matches!(
        refused(&sobol(1), 2049),
        DesignError::TooManyInputs { .. }
    ));
    assert!(shares(&sobol(1), 1, 1300).has_other().is_err());
    assert!(shares(&sobol(1), 1, 1024).has_other().is_ok());
}
