//! No allocation inside the step: what a block allocates is what it hands over.
//!
//! A heap that counts (`dhat`) stands under this test binary alone. After a warm-up block the allocations of a
//! block are bounded by the pieces of its outcome, far below one for each of its steps.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

mod support;

use foedera_sim::{Block, BlockOutcome, Engine, Isa, Record};

#[global_allocator]
static HEAP: dhat::Alloc = dhat::Alloc;

/// Lists of the outcome beside series and decisions, and what they and the lists of effects grow by.
const LISTS: usize = 32;

/// Runs one replicate; gives the outcome and how often memory was asked for.
fn count(engine: &mut Engine, first: u64) -> (BlockOutcome, u64) {
    let before = dhat::HeapStats::get().total_blocks;
    let outcome = engine.run(&Block {
        seed: 5,
        first,
        n: 1,
        policy: None,
        stances: true,
        inputs: &[],
        record: Record::Summary,
    });
    let after = dhat::HeapStats::get().total_blocks;
    (outcome, after - before)
}

#[test]
fn a_step_allocates_nothing() {
    let _profiler = dhat::Profiler::builder().testing().build();
    for name in ["csto-integration", "afghanistan-cooperation", "classroom"] {
        let scenario = support::load(name, &[]);
        let n_steps = scenario.time.n_steps();
        let program = support::program(scenario);
        let mut engine = Engine::new(&program, Isa::detect());
        // Rooms that grow with what happens have grown after some replicates.
        for first in 0..4 {
            count(&mut engine, first);
        }
        for first in 4..12 {
            let (outcome, allocated) = count(&mut engine, first);
            let pieces = outcome.series.len() + outcome.decisions.len();
            let bound = (pieces + LISTS) as u64;
            assert!(
                allocated <= bound,
                "{name}: {allocated} allocations in {n_steps} steps, {bound} expected"
            );
            // One allocation a step would be seen.
            assert!(bound < allocated + n_steps as u64);
        }
    }
}
