//! States the yardstick: a micro-model of an alliance's cohesion, in three implementations that agree to the bit.
//!
//! N states with positions in three domains, a tie for each pair, a consensus vote and withdrawal, over T
//! ticks; `model` states it. `scalar` runs one replicate with plain loops and is the definition; `twin` runs
//! 64 lanes over plain arrays and is the limit; `engine` does so on `bevy_ecs` as the simulation does. Twin and
//! engine share their row kernels, so that their difference is the price of the framework.

#[expect(
    clippy::needless_pass_by_value,
    reason = "systems take their parameters by value"
)]
pub(crate) mod engine;
pub(crate) mod model;
pub(crate) mod outcome;
pub(crate) mod rows;
pub(crate) mod scalar;
pub(crate) mod twin;

use foedera_sim::isa::Isa;
use foedera_sim::lanes::LANES;

/// Runs the same block on twin and engine, and some of its replicates alone.
///
/// # Panics
/// If any number differs in any bit.
pub(crate) fn assert_all_agree(data: &model::Data, isa: Isa, seed: u64) {
    let mut twin = twin::Twin::new(data, isa, seed);
    let mut engine = engine::Engine::new(data, isa, seed);
    // The second block begins with what the first left behind.
    for first in [0, 9_999_999_936] {
        let (twin, engine) = (twin.run(first), engine.run(first));
        assert!(twin == engine, "twin and engine differ on {}", isa.name());
        for lane in (0..LANES).step_by(9) {
            let course = scalar::run(data, seed, first + lane as u64);
            let same = |lanes: f32, alone: f32| {
                assert!(
                    lanes.to_bits() == alone.to_bits(),
                    "{lanes} {alone} on {}",
                    isa.name()
                );
            };
            same(twin.maturity[lane], course.maturity);
            for (row, &alone) in twin.cohesion.iter().zip(&course.cohesion) {
                same(row[lane], alone);
            }
            for (row, &alone) in twin.weight.iter().zip(&course.weight) {
                same(row[lane], alone);
            }
        }
    }
}
