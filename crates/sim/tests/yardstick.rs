//! Holds the yardstick's three implementations to one another, and to the model's distribution.

use foedera_sim::isa::Isa;

#[path = "../benches/yardstick/mod.rs"]
mod yardstick;

use yardstick::engine::Engine;
use yardstick::model::{Data, STATES, TICKS};
use yardstick::outcome::Outcome;

#[test]
fn scalar_twin_and_engine_agree_to_the_bit_on_every_instruction_set() {
    for isa in Isa::available() {
        yardstick::assert_all_agree(&Data::new(STATES, TICKS), isa, 1);
        yardstick::assert_all_agree(&Data::new(5, 30), isa, u64::MAX);
    }
}

/// 6,400 replicates on each of two seeds; the model's own figures, not ours, are to be held here.
#[test]
fn two_seeds_agree_in_distribution() {
    let data = Data::new(STATES, TICKS);
    let run = |seed| {
        let mut engine = Engine::new(&data, Isa::detect(), seed);
        let mut outcome = Outcome::new(&data);
        (0..100).for_each(|block| outcome.add(engine.run(64 * block)));
        outcome
    };
    let (one, two) = (run(1), run(2));
    println!("{} {} {}", one.withdrew_share(), one.maturity_mean(), one.cohesion_mean());
    println!("{} {} {}", two.withdrew_share(), two.maturity_mean(), two.cohesion_mean());
}
