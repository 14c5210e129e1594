//! Economies without chance follow the closed form of growth, computed here in f64; shares, months and votes keep their promises.

use std::sync::Arc;

use foedera_scenario::{Fact, Outcome};
use foedera_sim::{Isa, Program};

use crate::support::{Classroom, block, inputs, leaf, replaced, run};

/// The classroom with figures of growth for every actor, and other outcomes.
fn growing(figures: &[(f64, f64); 6], step: &str, outcomes: &str) -> Arc<Program> {
    let mut classroom = Classroom::read();
    let mut rows = figures.iter();
    let mut table = String::new();
    for line in classroom.actors.lines() {
        let more = if line.starts_with('#') {
            String::new()
        } else if line.starts_with("id,") {
            ",gdp_ppp_musd,growth_per_year,growth_volatility".to_owned()
        } else {
            let (growth, volatility) = rows.next().expect("six actors");
            format!(",500000,{growth},{volatility}")
        };
        table.push_str(&format!("{line}{more}\n"));
    }
    classroom.actors = table;
    classroom.scenario = replaced(
        &classroom.scenario,
        "step: Quarter",
        &format!("step: {step}"),
    );
    let asked = classroom.scenario.find("  outcomes: [").expect("outcomes");
    classroom.scenario.truncate(asked);
    classroom
        .scenario
        .push_str(&format!("  outcomes: [{outcomes}],\n)\n"));
    classroom.program(&["params.growth.common=0"])
}

/// Outcomes by their place, in lane 0.
fn first_lane(program: &Arc<Program>) -> Vec<f64> {
    let outcome = run(program, Isa::detect(), &block(3, 0, 1));
    assert!(outcome.faults[0].is_none());
    outcome
        .outcomes
        .iter()
        .map(|lanes| f64::from(lanes[0]))
        .collect()
}

fn value(program: &Program, path: &str) -> f64 {
    program.scenario().leaves.value(leaf(program, path))
}

const SIX: [(f64, f64); 6] = [
    (0.1, 0.0),
    (0.02, 0.0),
    (0.0, 0.0),
    (-0.05, 0.0),
    (0.07, 0.0),
    (0.037, 0.0),
];
const ALL: &str = "Actors([\"ARD\", \"BRN\", \"CAL\", \"DUN\", \"ESK\", \"FEN\"])";

#[test]
fn without_chance_growth_follows_its_closed_form() {
    let asked = format!(
        "Gdp(actor: \"ARD\"), Gdp(actor: \"DUN\", at: \"2003-05\"), GdpShare(actor: \"ESK\", among: {ALL}), \
         Gdp(actor: \"ARD\", ppp: true), CapabilityShare(actor: \"ARD\", among: {ALL}), Capability(actor: \"ARD\")"
    );
    let program = growing(&SIX, "Quarter", &asked);
    let law = |path: &str| value(&program, &format!("params.growth.{path}"));
    let (long_run, fade) = (law("long_run"), law("fade"));
    // The world is of 2000: ten years of growth to 2010, the first at the rate of the figures.
    let grown = |growth: f64, years: i32| -> f64 {
        (0..years)
            .map(|k| long_run + (growth - long_run) * (-fade * f64::from(k)).exp())
            .sum::<f64>()
            .exp()
    };
    let ids = ["ARD", "BRN", "CAL", "DUN", "ESK", "FEN"];
    let gdp: Vec<f64> = ids
        .iter()
        .zip(SIX)
        .map(|(id, (growth, _))| {
            value(&program, &format!("actors.{id}.gdp_musd")) * grown(growth, 10)
        })
        .collect();
    let weight = |at: usize| {
        value(&program, &format!("actors.{}.capability_share", ids[at]))
            * grown(SIX[at].0, 10).powf(law("capability"))
    };
    let weights: f64 = (0..6).map(weight).sum();
    let expected = [
        gdp[0],
        value(&program, "actors.DUN.gdp_musd") * grown(-0.05, 3),
        gdp[4] / gdp.iter().sum::<f64>(),
        500_000.0 * grown(0.1, 10),
        weight(0) / weights,
        // The six hold all capability there is in the classroom.
        weight(0) / weights
            * ids
                .iter()
                .map(|id| value(&program, &format!("actors.{id}.capability_share")))
                .sum::<f64>(),
    ];
    for (found, exact) in first_lane(&program).iter().zip(expected) {
        assert!(
            (found / exact - 1.0).abs() < 2e-5,
            "{found} against {exact}"
        );
    }
}

#[test]
fn the_year_and_not_the_step_makes_growth() {
    let asked = format!(
        "Gdp(actor: \"ARD\", at: \"2007-12\"), Gdp(actor: \"FEN\"), CapabilityShare(actor: \"ESK\", among: {ALL}, at: \"2004-12\")"
    );
    let chance = SIX.map(|(growth, _)| (growth, 0.05));
    let months = first_lane(&growing(&chance, "Month", &asked));
    assert_eq!(months, first_lane(&growing(&chance, "Quarter", &asked)));
    assert_eq!(months, first_lane(&growing(&chance, "Year", &asked)));
    assert_ne!(months, first_lane(&growing(&SIX, "Month", &asked)));
}

#[test]
fn equal_growth_changes_no_share_and_no_growth_changes_nothing() {
    let asked = format!(
        "CapabilityShare(actor: \"ARD\", among: {ALL}), GdpShare(actor: \"CAL\", among: {ALL}), Stress(actor: \"CAL\", domain: Trade), \
         Gdp(actor: \"CAL\")"
    );
    let equal = first_lane(&growing(&[(0.037, 0.0); 6], "Quarter", &asked));
    let none = growing(&[(0.0, 0.0); 6], "Quarter", &asked);
    let still = first_lane(&none);
    for at in 0..3 {
        assert!(
            (equal[at] - still[at]).abs() < 1e-5,
            "{} against {}",
            equal[at],
            still[at]
        );
    }
    assert!((still[3] - value(&none, "actors.CAL.gdp_musd")).abs() < 1e-3);
    assert!((equal[3] / still[3] - 0.37_f64.exp()).abs() < 1e-4);
}

/// Groups of known ideal points: the mean over pairs, and the spread, by hand.
#[test]
fn groups_are_measured_as_the_formulas_say() {
    let still = [
        ("params.relations.ideal_noise", 0.0),
        ("params.relations.ideal_common", 0.0),
        ("params.votes.agenda", 0.0),
        ("params.votes.pair", 0.0),
        ("params.votes.affinity", 0.0),
    ];
    let group = "Actors([\"FEN\", \"ARD\", \"CAL\"])";
    let asked = format!(
        "IdealPointDistance(among: {group}), IdealPointSpread(among: {group}), VotingAgreement(among: {group}), \
         IdealPointDistance(among: Actors([\"ARD\"])), RegimeDistance(source: \"ARD\", target: \"FEN\")"
    );
    let program = growing(&SIX, "Quarter", &asked);
    let all = inputs(&program, &still);
    let outcome = run(
        &program,
        Isa::detect(),
        &foedera_sim::Block {
            inputs: &all,
            ..block(3, 0, 64)
        },
    );
    // Ideal points 1, .3 and -.8: distances .7, 1.8 and 1.1; mean 1/6.
    let mean = (0.7 + 1.8 + 1.1) / 3.0;
    let middle = 0.5 / 3.0;
    let variance: f64 = [1.0_f64, 0.3, -0.8]
        .iter()
        .map(|x| (x - middle).powi(2))
        .sum::<f64>()
        / 3.0;
    let expected = [mean, variance.sqrt(), 0.93 - 0.226 * mean, f64::NAN, 0.7];
    for lane in [0, 63] {
        for (found, exact) in outcome.outcomes.iter().zip(expected) {
            let found = f64::from(found[lane]);
            let same = (found - exact).abs() < 1e-5 || (found.is_nan() && exact.is_nan());
            assert!(same, "{found} against {exact}");
        }
    }
}

#[test]
fn the_agenda_of_a_year_is_one_agenda() {
    // Nothing but the agenda and the pair's chance can move agreement within a year, and they do not.
    let group = "Actors([\"ARD\", \"BRN\"])";
    let asked = format!(
        "VotingAgreement(among: {group}, at: \"2004-03\"), VotingAgreement(among: {group}, at: \"2004-12\"), \
         VotingAgreement(among: {group}, at: \"2005-03\")"
    );
    let program = growing(&SIX, "Quarter", &asked);
    let still = [
        ("params.relations.ideal_noise", 0.0),
        ("params.relations.ideal_common", 0.0),
        ("params.votes.affinity", 0.0),
    ];
    let all = inputs(&program, &still);
    let outcome = run(
        &program,
        Isa::detect(),
        &foedera_sim::Block {
            inputs: &all,
            ..block(3, 0, 64)
        },
    );
    let [spring, winter, next] = &outcome.outcomes[..] else {
        panic!("three outcomes")
    };
    assert_eq!(spring, winter);
    assert_ne!(spring, next);
    let asks = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::State {
                of: Fact::VotingAgreement { .. },
                ..
            }
        )
    };
    assert!(program.scenario().outcomes.iter().all(asks));
}
