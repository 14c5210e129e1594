//! Without chance and couplings the engine follows closed forms, computed here in f64 and on their own.

use std::sync::Arc;

use foedera_scenario::Outcome;
use foedera_sim::{Block, Isa, Program};

use crate::support::{Classroom, block, inputs, measure, replaced, run};

/// Everything that moves affinity but similarity, switched off.
const STILL: [(&str, f32); 9] = [
    ("params.relations.noise", 0.0),
    ("params.relations.balance", 0.0),
    ("params.relations.rivalry", 0.0),
    ("params.relations.joint", 0.0),
    ("params.relations.opposed", 0.0),
    ("params.relations.ideal_noise", 0.0),
    ("params.relations.ideal_common", 0.0),
    ("params.dispute.rate", 0.0),
    ("shocks.border-incident.per_year", 0.0),
];

/// A classroom in which nothing is proposed.
fn quiet() -> Classroom {
    let mut classroom = Classroom::read();
    let text = &classroom.scenario;
    let start = text.find("  initiatives: {").expect("initiatives");
    let end = text.find("  shocks: {").expect("shocks");
    let asked = "outcomes: [Affinity(source: \"ARD\", target: \"BRN\"), Affinity(source: \"ARD\", target: \"ESK\"), \
                 Affinity(source: \"ESK\", target: \"FEN\"), Affinity(source: \"DUN\", target: \"CAL\"), \
                 Trust(actor: \"CAL\", bloc: \"south\")],\n)\n";
    let mut policies = text.find("  policies: {").expect("policies");
    let middle = &text[end..policies];
    let middle = middle.to_owned();
    policies = start;
    classroom.scenario = format!("{}{middle}  {asked}", &classroom.scenario[..policies]);
    classroom
}

fn value(program: &Program, path: &str) -> f64 {
    program
        .scenario()
        .leaves
        .value(crate::support::leaf(program, path))
}

/// Where the affinity of a pair is drawn, from the figures: the equation of the module `relations` in f64.
fn similarity(program: &Program, one: &str, other: &str) -> f64 {
    let pair = |column: &str| value(program, &format!("dyads.{one}-{other}.{column}"));
    let actor = |id: &str, column: &str| value(program, &format!("actors.{id}.{column}"));
    let law = |path: &str| value(program, &format!("params.{path}"));
    let flow = pair("trade_out_musd") + pair("trade_in_musd");
    let half = law("trade.half_dependence");
    let worth = |id: &str| flow / actor(id, "gdp_musd") / (flow / actor(id, "gdp_musd") + half);
    let share = |net: f64| net.max(0.0) / (net.max(0.0) + law("energy.market_twh"));
    let market = |id: &str| {
        let net = actor(id, "net_fuel_export_twh");
        (share(net), share(-net))
    };
    let ((xi, mi), (xj, mj)) = (market(one), market(other));
    let (complement, rivalry) = (xi * mj + mi * xj, xi * xj + mi * mj / 2.0);
    let ties = 0.35 * (worth(one) + worth(other)) / 2.0 + 0.35 * pair("pact")
        - 0.8 * pair("rivalry")
        - 0.05 * pair("disputes_10y").min(4.0);
    let distance = (actor(one, "ideal_point") - actor(other, "ideal_point")).abs();
    let x = 0.55 * (1.0 - distance / 1.25) + 0.8 * ties + 0.5 * (complement - rivalry / 2.0) - 0.25;
    1.0 - 2.0 / ((2.0 * x).exp() + 1.0)
}

fn run_still(program: &Arc<Program>, also: &[(&str, f32)]) -> foedera_sim::BlockOutcome {
    let mut all = inputs(program, &STILL);
    all.extend(inputs(program, also));
    run(
        program,
        Isa::detect(),
        &Block {
            inputs: &all,
            ..block(1, 0, 64)
        },
    )
}

#[test]
fn affinity_tends_to_similarity_as_the_formula_says() {
    let program = quiet().program(&[]);
    let outcome = run_still(&program, &[]);
    let scenario = program.scenario();
    let mut pairs = 0;
    for (asked, lanes) in scenario.outcomes.iter().zip(&outcome.outcomes) {
        let Outcome::Affinity { source, target, .. } = asked else {
            continue;
        };
        let (source, target) = ((*source).min(*target), (*source).max(*target));
        let id = |actor: usize| scenario.world.actors[actor].id.as_str();
        let goal = similarity(&program, id(source), id(target));
        let start = value(
            &program,
            &format!("dyads.{}-{}.affinity", id(source), id(target)),
        );
        let pull = value(&program, "params.relations.similarity") * scenario.time.years_per_step();
        let n = i32::try_from(scenario.time.n_steps()).expect("few steps");
        let exact = goal + (start - goal) * (1.0 - pull).powi(n);
        for lane in lanes.iter() {
            // Forty steps of rounding in f32, each below 1e-7.
            assert!(
                (f64::from(*lane) - exact).abs() < 1e-5,
                "{} {}: {lane} against {exact}",
                id(source),
                id(target)
            );
        }
        pairs += 1;
    }
    assert_eq!(pairs, 4);
}

/// The classroom with another law of tension, from the level 2.
fn with_tension(process: &str) -> Arc<Program> {
    let mut classroom = quiet();
    let old =
        "OrnsteinUhlenbeck(start: 1, mean: 1, rate: 0.3, volatility: 0.2), floor: 0, ceiling: 3";
    classroom.world = replaced(
        &classroom.world,
        old,
        &format!("{process}, floor: 0, ceiling: 9"),
    );
    let drawn = "    \"drivers.tension.mean\": Triangular(low: 0.6, mode: 1.0, high: 1.6),\n";
    classroom.scenario = replaced(&classroom.scenario, drawn, "");
    let correlated = classroom
        .scenario
        .find("  correlations:")
        .expect("correlations");
    let end = correlated + classroom.scenario[correlated..].find('\n').expect("a line") + 1;
    classroom.scenario.replace_range(correlated..end, "");
    classroom.program(&[])
}

/// Tension at every step in lane 0 against a law of the years since the start.
fn assert_follows(process: &str, law: impl Fn(f64) -> f64) {
    let program = with_tension(process);
    let outcome = run_still(&program, &[]);
    let series = &outcome.series[measure(&program, "driver.tension")];
    for (step, lanes) in series.iter().enumerate() {
        let exact = law(step as f64 * 0.25);
        for lane in [0, 63] {
            assert!(
                (f64::from(lanes[lane]) - exact).abs() < 2e-5,
                "{process} step {step}: {} against {exact}",
                lanes[lane]
            );
        }
    }
}

#[test]
fn drivers_without_volatility_follow_their_closed_forms() {
    assert_follows("Constant(level: 0.7)", |_| 0.7);
    assert_follows(
        "OrnsteinUhlenbeck(start: 2, mean: 1, rate: 0.3, volatility: 0)",
        |t| 1.0 + (-0.3 * t).exp(),
    );
    assert_follows(
        "GeometricBrownian(start: 2, growth: 0.1, volatility: 0)",
        |t| 2.0 * (0.1 * t).exp(),
    );
    assert_follows("RandomWalk(start: 2, drift: 0.5, volatility: 0)", |t| {
        2.0 + 0.5 * t
    });
    assert_follows(
        "Jumps(base: 0.5, per_year: 0, size: 1, half_life_years: 2)",
        |_| 0.5,
    );
    assert_follows(
        "Markov(levels: [0.2, 1.5], start: 1, up_per_year: 0, down_per_year: 0)",
        |_| 1.5,
    );
}

#[test]
fn a_path_is_straight_between_its_dates_and_flat_outside() {
    // Quarters of 2001 to 2010: flat to 2002, up by 2 over four years, down by 1 over two, flat.
    assert_follows(
        "Path(points: [(\"2002-01\", 1), (\"2006-01\", 3), (\"2008-01\", 2)])",
        |t| match t {
            t if t <= 1.0 => 1.0,
            t if t <= 5.0 => 1.0 + (t - 1.0) / 2.0,
            t if t <= 7.0 => 3.0 - (t - 5.0) / 2.0,
            _ => 2.0,
        },
    );
}

/// Mean and spread of the Ornstein-Uhlenbeck process at its end, over 6,400 replicates: five standard errors.
#[test]
fn a_returning_driver_has_the_mean_and_spread_of_its_law() {
    let program = with_tension("OrnsteinUhlenbeck(start: 4, mean: 3, rate: 0.3, volatility: 0.2)");
    let at = measure(&program, "driver.tension");
    let mut engine = foedera_sim::Engine::new(&program, Isa::detect());
    let mut values = Vec::new();
    let still = inputs(&program, &STILL);
    for first in (0..6_400).step_by(64) {
        let outcome = engine.run(&Block {
            inputs: &still,
            ..block(8, first, 64)
        });
        values.extend(
            outcome.series[at]
                .last()
                .expect("steps")
                .iter()
                .map(|&level| f64::from(level)),
        );
    }
    let n = values.len() as f64;
    let years = 39.0_f64 * 0.25;
    let exact_mean = 3.0 + (-0.3 * years).exp();
    let exact_variance = 0.04 * (1.0 - (-0.6 * years).exp()) / 0.6;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    assert!(
        (mean - exact_mean).abs() < 5.0 * (exact_variance / n).sqrt(),
        "{mean} against {exact_mean}"
    );
    // The variance of a normal sample's variance is 2 v² / (n - 1).
    let error = exact_variance * (2.0 / (n - 1.0)).sqrt();
    assert!(
        (variance - exact_variance).abs() < 5.0 * error,
        "{variance} against {exact_variance}"
    );
}

#[test]
fn chances_of_events_are_those_of_their_rates() {
    // 0.2 a year over ten years of quarters: each step 1 - exp(-0.05).
    let program = Classroom::read().program(&[]);
    let asked = program.scenario().outcomes.iter().position(|outcome| {
        matches!(
            outcome,
            Outcome::EventCount {
                event: foedera_scenario::EventKind::Shock { .. },
                ..
            }
        )
    });
    let asked = asked.expect("the classroom counts incidents");
    let mut engine = foedera_sim::Engine::new(&program, Isa::detect());
    let mut sum = 0.0;
    for first in (0..6_400).step_by(64) {
        sum += engine.run(&block(2, first, 64)).outcomes[asked]
            .iter()
            .map(|&count| f64::from(count))
            .sum::<f64>();
    }
    let chance = 1.0 - (-0.05_f64).exp();
    let (mean, error) = (
        40.0 * chance,
        (40.0 * chance * (1.0 - chance) / 6_400.0).sqrt(),
    );
    assert!(
        (sum / 6_400.0 - mean).abs() < 5.0 * error,
        "{} against {mean}",
        sum / 6_400.0
    );
}

/// Dunmore loses its seat as an observer of the northern League, in which it talks to the north: nobody talks to it for nine years.
#[test]
fn trust_falls_year_by_year_without_dialogue() {
    let mut silenced = quiet();
    let silence = "  shocks: {\n    \"silence\": (title: \"Silence\", when: At(month: \"2002-01\", probability: 1), \
                   effects: [StatusChange(org: \"LEAGUE\", actor: \"DUN\", to: Outsider)]),\n";
    silenced.scenario = replaced(&silenced.scenario, "  shocks: {\n", silence);
    let years: Vec<String> = (2001..=2010)
        .map(|year| format!("Trust(actor: \"DUN\", bloc: \"north\", at: \"{year}-12\")"))
        .collect();
    let asked = format!("outcomes: [{}, ", years.join(", "));
    silenced.scenario = replaced(&silenced.scenario, "outcomes: [", &asked);
    let program = silenced.program(&[]);
    let trust = |probability: f32| {
        let outcome = run_still(&program, &[("shocks.silence.probability", probability)]);
        outcome.outcomes[..10]
            .iter()
            .map(|lanes| lanes[0])
            .collect::<Vec<f32>>()
    };
    let (silent, talking) = (trust(1.0), trust(0.0));
    assert!(
        (silent[0] - talking[0]).abs() < 1e-6,
        "before, nothing differs"
    );
    assert!(
        silent.windows(2).all(|pair| pair[1] < pair[0]),
        "{silent:?}"
    );
    for (silent, talking) in silent.iter().zip(&talking).skip(1) {
        assert!(silent < talking, "{silent} against {talking}");
    }
}

/// The classroom with a falling tension, 1 + e^{-.3 t}, and raids that feel its deviation from 1.
fn coupled(raids: &str) -> Arc<Program> {
    let mut classroom = quiet();
    let tension =
        "OrnsteinUhlenbeck(start: 1, mean: 1, rate: 0.3, volatility: 0.2), floor: 0, ceiling: 3";
    let falling =
        "OrnsteinUhlenbeck(start: 2, mean: 1, rate: 0.3, volatility: 0), floor: 0, ceiling: 9";
    classroom.world = replaced(&classroom.world, tension, falling);
    let old =
        "Jumps(base: 0.5, per_year: 0.3, size: 0.8, half_life_years: 2), floor: 0, ceiling: 3";
    let new = format!("{raids}, floor: 0, ceiling: 9");
    classroom.world = replaced(&classroom.world, old, &new);
    let start = classroom
        .scenario
        .find("  uncertainties: {")
        .expect("uncertainties");
    let end = classroom.scenario.find("  outcomes: [").expect("outcomes");
    classroom.scenario.replace_range(start..end, "");
    classroom.program(&[])
}

#[test]
fn couplings_follow_their_closed_forms() {
    let quarter: f64 = 0.25;
    // What was felt of the deviation in each step, with a lag of two years and with none.
    let deviation = |step: i32| (-0.3 * quarter * f64::from(step)).exp();
    let felt = |lag: Option<f64>| {
        let mut all = vec![0.0];
        for step in 1..40 {
            let before = all[all.len() - 1];
            let share = lag.map_or(1.0, |lag| 1.0 - (-quarter / lag).exp());
            all.push(before + (deviation(step - 1) - before) * share);
        }
        all
    };
    let sum = |felt: &[f64], n: usize| felt[1..=n].iter().sum::<f64>();
    let (at_once, late) = (felt(None), felt(Some(2.0)));
    let cases: [(&str, &dyn Fn(usize) -> f64); 5] = [
        (
            "Constant(level: 1), couplings: {\"tension\": (mean: 0.5)}",
            &|n| 1.0 + 0.5 * at_once[n],
        ),
        (
            "Constant(level: 1), couplings: {\"tension\": (mean: -0.5, lag_years: 2)}",
            &|n| 1.0 - 0.5 * late[n],
        ),
        (
            "RandomWalk(start: 1, drift: 0.1, volatility: 0), couplings: {\"tension\": (mean: 0.5, lag_years: 2)}",
            &|n| 1.0 + quarter * (0.1 * n as f64 + 0.5 * sum(&late, n)),
        ),
        (
            "GeometricBrownian(start: 1, growth: 0, volatility: 0), couplings: {\"tension\": (mean: 0.2)}",
            &|n| (quarter * 0.2 * sum(&at_once, n)).exp(),
        ),
        (
            "OrnsteinUhlenbeck(start: 1, mean: 1, rate: 1000, volatility: 0), couplings: {\"tension\": (mean: 0.4)}",
            &|n| 1.0 + 0.4 * at_once[n],
        ),
    ];
    for (raids, law) in cases {
        let program = coupled(raids);
        let outcome = run_still(&program, &[]);
        let series = &outcome.series[measure(&program, "driver.raids")];
        for (step, lanes) in series.iter().enumerate() {
            let exact = law(step);
            assert!(
                (f64::from(lanes[63]) - exact).abs() < 3e-5,
                "{raids} step {step}: {} against {exact}",
                lanes[63]
            );
        }
    }
}

/// Two volatilities, one doubled by a coupling: the same draws move the doubled one twice as far.
#[test]
fn a_coupling_scales_volatility() {
    let walk = |volatility: f64, coupling: &str| {
        let raids = format!(
            "RandomWalk(start: 4, drift: 0, volatility: {volatility}), couplings: {{\"tension\": ({coupling})}}"
        );
        let program = coupled(&raids);
        let outcome = run_still(&program, &[]);
        // After the first draw: the deviation felt is that at the start, 1.
        outcome.series[measure(&program, "driver.raids")][1]
    };
    let plain = walk(0.2, "mean: 0");
    let doubled = walk(0.2, "volatility: 0.693147");
    for lane in 0..64 {
        let (one, two) = (plain[lane] - 4.0, doubled[lane] - 4.0);
        assert!((two - 2.0 * one).abs() < 1e-5, "{two} against twice {one}");
    }
    assert!(plain.iter().any(|level| (level - 4.0).abs() > 0.05));
}

#[test]
fn counted_candidates_accede_at_their_rate() {
    let mut classroom = quiet();
    classroom.world = replaced(
        &classroom.world,
        "exit_per_year: 0.01, bloc: \"north\",",
        "exit_per_year: 0, bloc: \"north\", counted_seats: 20, counted_candidates: 3, counted_accession_per_year: 0.2,",
    );
    let asked = "outcomes: [Count(org: \"LEAGUE\", status: Candidate, at: \"2003-12\"), \
                 Count(org: \"LEAGUE\", status: Candidate), Count(org: \"LEAGUE\", at: \"2003-12\"), Count(org: \"LEAGUE\"), \
                 Count(org: \"PACT\", status: Candidate)],\n)\n";
    let start = classroom.scenario.find("outcomes: [").expect("outcomes");
    classroom.scenario.truncate(start);
    classroom.scenario.push_str(asked);
    let program = classroom.program(&["params.withdrawal.model_error=0"]);
    let mut engine = foedera_sim::Engine::new(&program, Isa::detect());
    let mut sums = [0.0; 2];
    for first in (0..6_400).step_by(64) {
        let outcomes = engine.run(&block(4, first, 64)).outcomes;
        for lane in 0..foedera_sim::lanes::LANES {
            let of_lane: Vec<f64> = outcomes
                .iter()
                .map(|lanes| f64::from(lanes[lane]))
                .collect();
            let at = |outcome: usize| of_lane[outcome];
            sums[0] += at(0);
            sums[1] += at(1);
            // Whoever is no longer a candidate is a member, beside twenty and the three actors.
            assert!((at(0) + at(2) - 26.0).abs() < 1e-6 && (at(1) + at(3) - 26.0).abs() < 1e-6);
            assert!(at(1) <= at(0) && at(4).abs() < 1e-6);
        }
    }
    for (sum, years) in sums.into_iter().zip([3.0, 10.0_f64]) {
        let left = (-0.2 * years).exp();
        let error = (3.0 * left * (1.0 - left) / 6_400.0).sqrt();
        let mean = sum / 6_400.0;
        assert!(
            (mean - 3.0 * left).abs() < 5.0 * error,
            "{mean} against {}",
            3.0 * left
        );
    }
}
