//! Toys whose posterior is known: a normal mean with a normal prior.

use super::*;

/// What was seen of a history whose answer is its mean plus normal noise, `rows` times.
#[derive(Debug, Clone)]
struct Toy {
    sd: f64,
    seed: u64,
    /// Which score each row sees; the rest see nothing.
    sees: Vec<usize>,
    /// Histories that are still allowed, if it is to be interrupted.
    left: Option<u64>,
}

impl World for Toy {
    fn tell(&mut self, round: &Round<'_>) -> Result<Option<Told>, EnsembleError> {
        if let Some(left) = &mut self.left {
            if *left < round.scores.len() as u64 {
                return Ok(None);
            }
            *left -= round.scores.len() as u64;
        }
        let plan = plan(self.seed, 0, 0);
        let key = (round.generation, round.round);
        let tell = |(idx, scores): (usize, &Vec<f64>)| {
            let noise = |row: u32| special::normal_quantile(uniform(&plan, key, idx, 100 + row));
            let answer = |(row, of): (usize, &usize)| scores[*of] + self.sd * noise(row as u32);
            self.sees
                .iter()
                .enumerate()
                .map(answer)
                .collect::<Vec<f64>>()
        };
        Ok(Some(
            round
                .scores
                .iter()
                .enumerate()
                .map(tell)
                .map(Some)
                .collect(),
        ))
    }
}

fn plan(seed: u64, particles: usize, inputs: usize) -> Plan {
    Plan {
        seed,
        particles,
        inputs,
        keep: 0.5,
        tolerance: 0.05,
        acceptance: 0.03,
        budget: 400_000,
    }
}

fn number(observed: f64) -> Row {
    Row::Number {
        observed,
        weight: 1.0,
        scale: Some(1.0),
    }
}

fn whole(plan: &Plan, rows: &[Row], toy: &mut Toy) -> State {
    let begun = begin(plan, rows, toy).expect("toys never fail");
    let mut state = begun.expect("nobody stops it");
    while state.ended.is_none() {
        assert!(state.advance(plan, rows, toy).expect("toys never fail"));
    }
    state
}

fn moments(state: &State, input: usize) -> (f64, f64) {
    let n = state.particles.len() as f64;
    let all = state.particles.iter().map(|of| of.scores[input]);
    let mean = all.clone().sum::<f64>() / n;
    let variance = all.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    (mean, variance)
}

#[test]
fn the_posterior_of_a_normal_mean_is_the_known_one() {
    // Prior N(0, 1), noise of sd 1/2, seen 1.5: mean 1.5 / 1.25 = 1.2, variance 0.25 / 1.25 = 0.2. A tolerance of
    // 0.05 adds 0.05²/3 to the variance of the noise: nothing that could be seen.
    let mut toy = Toy {
        sd: 0.5,
        seed: 11,
        sees: vec![0],
        left: None,
    };
    let plan = plan(3, 4000, 2);
    let state = whole(&plan, &[number(1.5)], &mut toy);
    assert_eq!(state.ended, Some(End::Reached), "{:?}", state.course);
    let (mean, variance) = moments(&state, 0);
    // Four standard errors of about 2,000 independent particles: 4 sqrt(0.2 / 2000), 4 · 0.2 sqrt(2 / 2000).
    assert!((mean - 1.2).abs() < 0.04, "{mean} {:?}", state.course);
    assert!((variance - 0.2).abs() < 0.026, "{variance}");
    // The other score is not seen and stays as the prior has it.
    let (mean, variance) = moments(&state, 1);
    assert!(
        mean.abs() < 0.09 && (variance - 1.0).abs() < 0.13,
        "{mean} {variance}"
    );
    // Every particle is within every tolerance.
    for particle in &state.particles {
        assert!((particle.answers[0] - 1.5).abs() <= 0.05 + 1e-12);
    }
}

#[test]
fn inputs_that_nobody_sees_stay_as_the_prior_has_them() {
    // Three rows see two of twelve scores, with noise.
    let mut toy = Toy {
        sd: 0.3,
        seed: 5,
        sees: vec![0, 0, 1],
        left: None,
    };
    let plan = Plan {
        tolerance: 0.1,
        ..plan(8, 1500, 12)
    };
    let rows = [number(-1.0), number(-1.0), number(0.5)];
    let state = whole(&plan, &rows, &mut toy);
    // Exact: precision 1 + 2/0.09, mean -(2/0.09)/(1 + 2/0.09) = -0.957; the tolerance widens a little.
    let (mean, variance) = moments(&state, 0);
    assert!((mean + 0.957).abs() < 0.06, "{mean} {:?}", state.course);
    assert!(variance > 0.03 && variance < 0.075, "{variance}");
    for input in 2..12 {
        let (mean, variance) = moments(&state, input);
        assert!(
            mean.abs() < 0.2 && (variance - 1.0).abs() < 0.3,
            "{input}: {mean} {variance}"
        );
    }
}

#[test]
fn truth_values_are_matched() {
    // Truth: score above zero, with noise. Four of four seen true: the posterior leans up.
    let mut world = |round: &Round<'_>| {
        let plan = plan(1, 0, 0);
        let key = (round.generation, round.round);
        let tell = |(idx, scores): (usize, &Vec<f64>)| {
            (0..4)
                .map(|row| {
                    let noise = special::normal_quantile(uniform(&plan, key, idx, 100 + row));
                    f64::from(u8::from(scores[0] + noise > 0.0))
                })
                .collect::<Vec<f64>>()
        };
        Ok(Some(
            round
                .scores
                .iter()
                .enumerate()
                .map(tell)
                .map(Some)
                .collect::<Told>(),
        ))
    };
    let rows = [Row::Truth {
        observed: true,
        weight: 1.0,
    }; 4];
    let plan = Plan {
        tolerance: 0.0,
        ..plan(2, 4000, 1)
    };
    let mut state = begin(&plan, &rows, &mut world).unwrap().unwrap();
    while state.ended.is_none() {
        state.advance(&plan, &rows, &mut world).unwrap();
    }
    assert_eq!(state.ended, Some(End::Reached));
    // By quadrature: E[z Φ(z)^4] / E[Φ(z)^4] with z standard normal.
    let steps = 4000;
    let (mut top, mut bottom) = (0.0, 0.0);
    for step in 0..steps {
        let z = -6.0 + 12.0 * (f64::from(step) + 0.5) / f64::from(steps);
        let weight = libm::exp(-z * z / 2.0) * libm::pow(special::normal_cdf(z), 4.0);
        top += z * weight;
        bottom += weight;
    }
    let (mean, _) = moments(&state, 0);
    assert!(
        (mean - top / bottom).abs() < 0.06,
        "{mean} {}",
        top / bottom
    );
}

#[test]
fn an_end_in_between_changes_nothing() {
    let toy = Toy {
        sd: 0.5,
        seed: 11,
        sees: vec![0],
        left: None,
    };
    let (plan, rows) = (plan(3, 200, 1), [number(0.7)]);
    let unbroken = whole(&plan, &rows, &mut toy.clone());
    let mut broken = 0;
    for left in [450, 900, 1500] {
        let mut stopped = Toy {
            left: Some(left),
            ..toy.clone()
        };
        let mut state = begin(&plan, &rows, &mut stopped).unwrap().unwrap();
        while state.ended.is_none() && state.advance(&plan, &rows, &mut stopped).unwrap() {}
        broken += u32::from(state.ended.is_none());
        // Written down and read again, then carried on.
        let text = serde_json::to_string(&state).unwrap();
        let mut state: State = serde_json::from_str(&text).unwrap();
        while state.ended.is_none() {
            state.advance(&plan, &rows, &mut toy.clone()).unwrap();
        }
        assert_eq!(
            serde_json::to_string(&state).unwrap(),
            serde_json::to_string(&unbroken).unwrap()
        );
    }
    assert!(broken >= 2);
    let other = whole(&Plan { seed: 4, ..plan }, &rows, &mut toy.clone());
    assert_ne!(other.particles, unbroken.particles);
}

#[test]
fn ends_are_told_apart() {
    let mut toy = Toy {
        sd: 0.5,
        seed: 1,
        sees: vec![0],
        left: None,
    };
    let rows = [number(0.7)];
    let small = Plan {
        budget: 700,
        ..plan(3, 200, 1)
    };
    let state = whole(&small, &rows, &mut toy);
    assert_eq!(state.ended, Some(End::Budget));
    // A generation may need more rounds than the one before: the budget is a mark, not a wall.
    assert!(state.histories <= 700 + 200 * u64::from(ROUNDS_MAX));
    let strict = Plan {
        tolerance: 0.0,
        ..plan(3, 200, 1)
    };
    assert_eq!(whole(&strict, &rows, &mut toy).ended, Some(End::Acceptance));
    // Nothing that a score could change: all are equally far from the start.
    let mut deaf = |round: &Round<'_>| Ok(Some(vec![Some(vec![0.0]); round.scores.len()]));
    let never = [Row::Truth {
        observed: true,
        weight: 1.0,
    }];
    let mut state = begin(&strict, &never, &mut deaf).unwrap().unwrap();
    while state.ended.is_none() {
        state.advance(&strict, &never, &mut deaf).unwrap();
    }
    assert_eq!((state.ended, state.generation), (Some(End::Level), 0));
}

/// Simulation-based calibration (Talts and others 2018): with the truth drawn from the prior, its rank among the
/// particles is uniform.
#[test]
fn ranks_of_the_truth_are_uniform() {
    let (sets, bins) = (240_u32, 8_usize);
    let keys = plan(77, 0, 0);
    let mut counts = vec![0_u32; bins];
    for set in 0..sets {
        let draw = |what| special::normal_quantile(uniform(&keys, (0, 0), set as usize, what));
        let (truth, noise) = (draw(500), draw(501));
        let mut toy = Toy {
            sd: 0.7,
            seed: 1000 + u64::from(set),
            sees: vec![0],
            left: None,
        };
        let plan = Plan {
            tolerance: 0.1,
            ..plan(u64::from(set), 128, 1)
        };
        let state = whole(&plan, &[number(truth + 0.7 * noise)], &mut toy);
        let below = state
            .particles
            .iter()
            .filter(|of| of.scores[0] < truth)
            .count();
        counts[below * bins / (state.particles.len() + 1)] += 1;
    }
    let expected = f64::from(sets) / bins as f64;
    let apart = |n: &u32| (f64::from(*n) - expected) * (f64::from(*n) - expected) / expected;
    let chi: f64 = counts.iter().map(apart).sum();
    // The 99.9 % quantile of chi-square with 7 degrees of freedom.
    assert!(chi < 24.3, "{chi} {counts:?}");
}
