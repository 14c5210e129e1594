//! A replicate is the same bits alone, in a full block, in a ragged block, on any instruction set, and on an
//! engine that ran something else before.

use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program, Record};

use crate::support::{assert_same, block, drawn_inputs, in_lanes, lane_of, load, program, run};

/// A block of replicates with the draws that belong to them.
fn drawn(
    program: &std::sync::Arc<Program>,
    isa: Isa,
    first: u64,
    n: usize,
    policy: Option<usize>,
) -> BlockOutcome {
    let draws: Vec<_> = (first..first + n as u64)
        .map(|replicate| drawn_inputs(program.scenario(), 5, replicate, 1.0))
        .collect();
    let inputs = in_lanes(&draws);
    run(
        program,
        isa,
        &Block {
            inputs: &inputs,
            policy,
            ..block(5, first, n)
        },
    )
}

#[test]
fn a_hundred_replicates_are_the_same_alone_and_in_full_and_ragged_blocks() {
    let program = program(load("classroom", &[]));
    let isa = Isa::detect();
    let full = drawn(&program, isa, 0, 64, None);
    let ragged = drawn(&program, isa, 64, 36, None);
    let shifted = drawn(&program, isa, 41, 50, None);
    for replicate in 0..100_usize {
        let alone = lane_of(&drawn(&program, isa, replicate as u64, 1, None), 0);
        let here = if replicate < 64 {
            lane_of(&full, replicate)
        } else {
            lane_of(&ragged, replicate - 64)
        };
        assert_same(&program, &here, &alone, &format!("replicate {replicate}"));
        if (41..91).contains(&replicate) {
            assert_same(
                &program,
                &lane_of(&shifted, replicate - 41),
                &alone,
                &format!("replicate {replicate}, shifted"),
            );
        }
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits_in_every_lane() {
    for name in ["classroom", "csto-integration", "afghanistan-cooperation"] {
        let program = program(load(name, &[]));
        let expected = drawn(&program, Isa::Baseline, 0, 64, None);
        for isa in Isa::available() {
            let got = drawn(&program, isa, 0, 64, None);
            for lane in 0..64 {
                assert_same(
                    &program,
                    &lane_of(&got, lane),
                    &lane_of(&expected, lane),
                    &format!("{name} on {}", isa.name()),
                );
            }
        }
    }
}

#[test]
fn an_engine_remembers_nothing_of_the_blocks_before() {
    let program = program(load("csto-integration", &[]));
    let mut used = Engine::new(&program, Isa::detect());
    let draws: Vec<_> = (0..64)
        .map(|replicate| drawn_inputs(program.scenario(), 9, replicate, 2.0))
        .collect();
    let inputs = in_lanes(&draws);
    for policy in [Some(0), Some(1), None] {
        used.run(&Block {
            inputs: &inputs,
            policy,
            ..block(9, 0, 64)
        });
    }
    let asked = Block {
        record: Record::Summary,
        ..block(1, 3, 2)
    };
    let again = used.run(&asked);
    let fresh = run(&program, Isa::detect(), &asked);
    for lane in 0..2 {
        assert_same(
            &program,
            &lane_of(&again, lane),
            &lane_of(&fresh, lane),
            "a used engine",
        );
    }
}
