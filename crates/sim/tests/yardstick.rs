//! Holds the yardstick's three implementations to one another, and to an independent program's distribution.

use foedera_sim::isa::Isa;

#[path = "../benches/yardstick/mod.rs"]
mod yardstick;

use yardstick::engine::Engine;
use yardstick::model::{Data, STATES, TICKS};
use yardstick::outcome::Outcome;
use yardstick::twin::Twin;

#[test]
fn scalar_twin_and_engine_agree_to_the_bit_on_every_instruction_set() {
    for isa in Isa::available() {
        yardstick::assert_all_agree(&Data::new(STATES, TICKS), isa, 1);
        yardstick::assert_all_agree(&Data::new(5, 30), isa, u64::MAX);
    }
}

#[test]
fn every_instruction_set_gives_the_same_trace() {
    let data = Data::new(STATES, TICKS);
    let run = |isa| Twin::new(&data, isa, 7).run(1 << 40).clone();
    let expected = run(Isa::Baseline);
    for isa in Isa::available() {
        assert!(run(isa) == expected, "{}", isa.name());
    }
}
