//! Thousands of random worlds stay within bounds and finite; what is not a number is a fault of its own lane.

use std::sync::Arc;

use foedera_scenario::{Fact, Leaf, Outcome, Scenario};
use foedera_sim::batch::FaultKind;
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program, reference, rng};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::worlds::random_world;
use crate::support::{Classroom, assert_same, block, lane_of, leaf, load, load_from, program, run};

/// Largest number drawn for a leaf without a bound of its own.
const UNBOUNDED: f64 = 1e6;

/// Whether a leaf stays as the file has it: what can ever be built is compiled in, and a shock that multiplies
/// trade by a thousand every month is rightly a fault.
fn is_kept(path: &str) -> bool {
    path.contains(".levels.") || path.starts_with("shocks.")
}

/// A random valid value: near the file's, anywhere in the range, or at an end of it.
fn random_value(scenario: &Scenario, of: Leaf, seed: u64, lane: u64) -> f32 {
    let info = scenario.leaves.info(of);
    let uniform = |step: u32| f64::from(rng::uniform(rng::word(seed, 251, lane, step, of.0)));
    let (low, high) = (info.min.max(-UNBOUNDED), info.max.min(UNBOUNDED));
    let share = uniform(1);
    let value = match uniform(0) {
        u if u < 0.35 => info.value,
        u if u < 0.65 => info.value + (share - 0.5) * info.value.abs().max(0.2),
        u if u < 0.85 => low + (high - low) * share,
        // Many small numbers, some great ones.
        u if u < 0.94 => low + (high - low) * share.powi(6),
        u if u < 0.97 => low,
        _ => high,
    };
    value.clamp(low, high) as f32
}

/// Almost every leaf, drawn for each lane on its own.
fn random_inputs(scenario: &Scenario, seed: u64) -> Vec<(Leaf, Lanes)> {
    scenario
        .leaves
        .iter()
        .filter(|(_, info)| !is_kept(&info.path))
        .map(|(leaf, _)| {
            (
                leaf,
                Lanes::from_fn(|lane| random_value(scenario, leaf, seed, lane as u64)),
            )
        })
        .collect()
}

/// Bounds of an outcome, if it has any.
fn bounds(program: &Program, outcome: &Outcome) -> (f64, f64) {
    let scenario = program.scenario();
    match outcome {
        Outcome::Affinity { .. } | Outcome::Trust { .. } => (-1.0, 1.0),
        Outcome::TimeTo { .. } => (
            0.0,
            scenario.time.years_per_step() * scenario.time.n_steps() as f64,
        ),
        Outcome::EventCount { .. } | Outcome::Count { .. } => (0.0, 4_096.0),
        Outcome::DriverLevel { .. } | Outcome::Utility { .. } | Outcome::Antagonism { .. } => {
            (f64::NEG_INFINITY, f64::INFINITY)
        }
        Outcome::State { of, .. } => match of {
            Fact::Gdp { .. }
            | Fact::GdpShare { .. }
            | Fact::CapabilityShare { .. }
            | Fact::Threat { .. } => (0.0, f64::INFINITY),
            Fact::IdealPoint { .. } | Fact::Stress { .. } => (-4.0, 4.0),
            Fact::IdealPointDistance { .. } => (0.0, 8.0),
            Fact::IdealPointSpread { .. } => (0.0, 4.0),
            _ => (0.0, 1.0),
        },
        _ => (0.0, 1.0),
    }
}

/// Every measure and outcome within bounds, no fault.
fn assert_sound(program: &Program, outcome: &BlockOutcome, about: &str) {
    for (lane, fault) in outcome.faults.iter().enumerate() {
        // A world may draw more quarrels than a replicate may leave behind.
        let sound = fault.is_none_or(|fault| fault.what == FaultKind::TooManyEvents);
        assert!(sound, "{about}, lane {lane}: {fault:?}");
    }
    let driver = |path: &str| path.starts_with("driver.");
    for (measure, steps) in program.measures().iter().zip(&outcome.series) {
        // Drawn floors and ceilings are not those of the file.
        let bounded = !driver(&measure.path);
        for (step, lanes) in steps.iter().enumerate() {
            for (lane, &value) in lanes.iter().take(outcome.n).enumerate() {
                let value = f64::from(value);
                let inside = !bounded || (measure.low..=measure.high).contains(&value);
                assert!(
                    value.is_finite() && inside,
                    "{about}: {} at step {step}, lane {lane}: {value}",
                    measure.path
                );
            }
        }
    }
    for (asked, lanes) in program.scenario().outcomes.iter().zip(&outcome.outcomes) {
        let (low, high) = bounds(program, asked);
        for (lane, &value) in lanes.iter().take(outcome.n).enumerate() {
            let may_be_absent = matches!(
                asked,
                Outcome::TimeTo { .. }
                    | Outcome::BlockShare { .. }
                    | Outcome::ParticipationShare { .. }
                    | Outcome::State { .. }
            );
            let absent = may_be_absent && value.is_nan();
            let inside = (low..=high).contains(&f64::from(value));
            assert!(
                absent || inside,
                "{about}: {asked:?} in lane {lane}: {value}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(2_008), failure_persistence: None, ..ProptestConfig::default() })]

    /// 48 blocks of 64 worlds, each lane another world; one of each block against the reference engine.
    #[test]
    fn three_thousand_random_classrooms_stay_sound(seed in any::<u64>(), lane in 0..LANES, stances in any::<bool>()) {
        let program = program(load("classroom", &[]));
        let inputs = random_inputs(program.scenario(), seed);
        let policy = Some(seed as usize % 6).filter(|&policy| policy < program.scenario().policies.len());
        let outcome =
            run(&program, Isa::detect(), &Block { inputs: &inputs, stances, policy, ..block(seed, 0, LANES) });
        assert_sound(&program, &outcome, &format!("seed {seed}"));
        let own: Vec<(Leaf, f32)> = inputs.iter().map(|(leaf, lanes)| (*leaf, lanes[lane])).collect();
        let expected = reference::run(&program, seed, lane as u64, policy, stances, &own);
        assert_same(&program, &lane_of(&outcome, lane), &expected, &format!("seed {seed} lane {lane}"));
    }
}

#[test]
fn random_flagship_worlds_stay_sound() {
    for name in ["csto-integration", "afghanistan-cooperation"] {
        let program = program(load(name, &[]));
        let mut engine = Engine::new(&program, Isa::detect());
        for seed in 0..6 {
            let inputs = random_inputs(program.scenario(), seed);
            let outcome = engine.run(&Block {
                inputs: &inputs,
                ..block(seed, 0, LANES)
            });
            assert_sound(&program, &outcome, &format!("{name} seed {seed}"));
        }
    }
}

/// Runs with one leaf spoiled in one lane.
fn spoiled(engine: &mut Engine, leaf: Leaf, base: f32, lane: usize, with: f32) -> BlockOutcome {
    let mut lanes = Lanes::splat(base);
    lanes[lane] = with;
    engine.run(&Block {
        inputs: &[(leaf, lanes)],
        ..block(6, 0, 8)
    })
}

#[test]
fn what_is_not_a_number_is_a_fault_of_its_lane_alone() {
    let program: Arc<Program> = Classroom::read().program(&["time.end=2005-12"]);
    let mut engine = Engine::new(&program, Isa::detect());
    let clean = engine.run(&block(6, 0, 8));
    let expected: Vec<_> = (0..8).map(|lane| lane_of(&clean, lane)).collect();
    let mut spoilt = 0;
    for (leaf, info) in program.scenario().leaves.iter() {
        for with in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let outcome = spoiled(&mut engine, leaf, info.value as f32, 5, with);
            for lane in (0..8).filter(|&lane| lane != 5) {
                assert_same(
                    &program,
                    &lane_of(&outcome, lane),
                    &expected[lane],
                    &format!("{} beside {with}", info.path),
                );
            }
            assert!(
                outcome.faults[5].is_some(),
                "{} = {with} is a fault",
                info.path
            );
            spoilt += 1;
        }
    }
    assert!(spoilt > 600, "{spoilt} leaves were spoilt");
    let after = engine.run(&block(6, 0, 8));
    for (lane, expected) in expected.iter().enumerate().take(8) {
        assert_same(&program, &lane_of(&after, lane), expected, "afterwards");
    }
}

#[test]
fn a_number_out_of_all_proportion_is_a_fault_and_no_panic() {
    let program = Classroom::read().program(&[]);
    let mut engine = Engine::new(&program, Isa::detect());
    let out = spoiled(
        &mut engine,
        leaf(&program, "actors.CAL.ideal_point"),
        0.3,
        2,
        f32::MAX,
    );
    assert!(out.faults[0].is_none());
    let out = spoiled(
        &mut engine,
        leaf(&program, "params.security.weight"),
        1.0,
        2,
        f32::MAX,
    );
    assert!(out.faults[0].is_none() && out.faults[1].is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, rng_seed: RngSeed::Fixed(2_008), failure_persistence: None, ..ProptestConfig::default() })]

    /// 128 worlds of any structure, each with sixteen sets of figures, against the reference engine lane by lane.
    #[test]
    fn worlds_of_any_structure_stay_sound_and_agree(seed in any::<u64>(), wild in any::<bool>()) {
        let program = program(load_from(&random_world(seed), "question.ron", &[]));
        let scenario = program.scenario();
        let inputs = if wild { random_inputs(scenario, seed) } else { Vec::new() };
        let policy = (seed as usize % 3).checked_sub(1).filter(|&policy| policy < scenario.policies.len());
        let asked = Block { inputs: &inputs, policy, ..block(seed, 0, 16) };
        let outcome = run(&program, Isa::detect(), &asked);
        assert_sound(&program, &outcome, &format!("seed {seed}"));
        let baseline = run(&program, Isa::Baseline, &asked);
        for lane in 0..16 {
            let about = format!("seed {seed} wild {wild} lane {lane}");
            let own: Vec<(Leaf, f32)> = inputs.iter().map(|(leaf, lanes)| (*leaf, lanes[lane])).collect();
            let expected = reference::run(&program, seed, lane as u64, policy, true, &own);
            assert_same(&program, &lane_of(&outcome, lane), &expected, &about);
            assert_same(&program, &lane_of(&baseline, lane), &expected, &about);
        }
    }
}
