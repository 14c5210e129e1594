//! The engine in lanes against the plain reference engine: the same bits in everything that is left behind.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read files and compare with the standard library"
)]

use std::sync::Arc;

use foedera_sim::reference;
use foedera_sim::{Block, Engine, Isa, Program, Record};

mod support;

use support::{assert_same, drawn_inputs, in_lanes, lane_of, load, program};

/// How a scenario is compared.
struct Comparison {
    seed: u64,
    /// First replicate and number of replicates of the block.
    first: u64,
    n: usize,
    /// Lanes compared with the reference engine.
    lanes: &'static [usize],
    stances: bool,
    /// Spread of drawn inputs, none for the base values.
    spread: Option<f64>,
}

/// Compares lanes of one block under one policy on one instruction set.
fn compare(program: &Arc<Program>, isa: Isa, policy: Option<usize>, how: &Comparison) {
    let scenario = program.scenario();
    let replicates = how.first..how.first + how.n as u64;
    let draw = |replicate| match how.spread {
        Some(spread) => drawn_inputs(scenario, how.seed, replicate, spread),
        None => Vec::new(),
    };
    let draws: Vec<_> = replicates.map(draw).collect();
    let inputs = in_lanes(&draws);
    let block = Block {
        seed: how.seed,
        first: how.first,
        n: how.n,
        policy,
        stances: how.stances,
        inputs: &inputs,
        record: Record::Ledger,
    };
    let outcome = Engine::new(program, isa).run(&block);
    for &lane in how.lanes {
        let replicate = how.first + lane as u64;
        let expected = reference::run(
            program,
            how.seed,
            replicate,
            policy,
            how.stances,
            &draws[lane],
        );
        let about = format!(
            "{} {policy:?} replicate {replicate} on {}",
            scenario.name,
            isa.name()
        );
        assert_same(program, &lane_of(&outcome, lane), &expected, &about);
    }
}

/// Every policy and the base case.
fn policies(program: &Program) -> impl Iterator<Item = Option<usize>> {
    std::iter::once(None).chain((0..program.scenario().policies.len()).map(Some))
}

#[test]
fn the_classroom_agrees_on_every_instruction_set_and_policy() {
    let program = program(load("classroom", &[]));
    for isa in Isa::available() {
        for policy in policies(&program) {
            for stances in [true, false] {
                let how = Comparison {
                    seed: 2_008,
                    first: 0,
                    n: 64,
                    lanes: &[0, 31, 63],
                    stances,
                    spread: Some(1.0),
                };
                compare(&program, isa, policy, &how);
            }
        }
    }
}

#[test]
fn a_ragged_block_of_high_replicates_agrees() {
    let program = program(load("classroom", &[]));
    let how = Comparison {
        seed: u64::MAX,
        first: (1 << 40) + 3,
        n: 23,
        lanes: &[0, 11, 22],
        stances: true,
        spread: Some(2.0),
    };
    compare(&program, Isa::detect(), None, &how);
}

#[test]
fn outcomes_made_of_others_agree() {
    let asked = r#"outcomes=[
        Any([Adopted(initiative: "raid-watch"), "Cohesion(org: \"LEAGUE\") > 0.6"]),
        All([Adopted(initiative: "raid-watch"), Not(Adopted(initiative: "league-defence"))]),
        AtLeast(2, [Adopted(initiative: "raid-watch"), HasStatus(actor: "ARD", org: "LEAGUE"), Happened(event: Withdrawal(org: "PACT"))]),
        Happened(event: Adoption(initiative: "raid-watch"), from: "2002-01", by: "2006-12"),
        EventCount(event: StatusGained(org: "LEAGUE", status: Observer), from: "2002-01"),
        Difference(Cohesion(org: "LEAGUE"), Cohesion(org: "PACT")),
        Ratio(Maturity(org: "LEAGUE"), Maturity(org: "PACT")),
        TimeTo(event: Adoption(initiative: "raid-watch")),
    ]"#;
    let program = program(load("classroom", &[asked]));
    let how = Comparison {
        seed: 11,
        first: 0,
        n: 64,
        lanes: &[0, 7, 31, 63],
        stances: true,
        spread: Some(0.3),
    };
    compare(&program, Isa::detect(), None, &how);
}

#[test]
fn integration_agrees_under_every_policy() {
    let program = program(load("csto-integration", &[]));
    for (seed, policy) in policies(&program).enumerate() {
        let how = Comparison {
            seed: seed as u64,
            first: 1_000,
            n: 37,
            lanes: &[0, 36],
            stances: seed % 2 == 0,
            spread: Some(1.0),
        };
        compare(&program, Isa::detect(), policy, &how);
    }
}

#[test]
fn afghanistan_agrees_under_every_policy() {
    let program = program(load("afghanistan-cooperation", &[]));
    for (seed, policy) in policies(&program).enumerate() {
        let how = Comparison {
            seed: seed as u64,
            first: 0,
            n: 64,
            lanes: &[17, 63],
            stances: seed % 2 == 0,
            spread: Some(1.0),
        };
        compare(&program, Isa::detect(), policy, &how);
    }
}

#[test]
fn flagships_agree_on_every_instruction_set_at_their_base_values() {
    for name in ["csto-integration", "afghanistan-cooperation"] {
        let program = program(load(name, &[]));
        for isa in Isa::available() {
            let how = Comparison {
                seed: 7,
                first: 0,
                n: 1,
                lanes: &[0],
                stances: true,
                spread: None,
            };
            compare(&program, isa, None, &how);
        }
    }
}
