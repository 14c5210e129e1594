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

/// Gives four standard errors of a difference between 8,000 replicates of the witness and 6,400 of ours.
fn four_errors(spread: f64) -> f64 {
    4.0 * spread * (1.0 / 8_000.0_f64 + 1.0 / 6_400.0).sqrt()
}

/// Compares with `benches/yardstick/oracle.py`: plain Python, f64, its own generator, seed 1.
#[test]
fn an_independent_program_gives_the_same_distribution() {
    let data = Data::new(STATES, TICKS);
    let mut engine = Engine::new(&data, Isa::detect(), 2_008);
    let mut outcome = Outcome::new(&data);
    (0..100).for_each(|block| outcome.add(engine.run(64 * block)));

    let near = |name: &str, ours: f64, theirs: f64, tolerance: f64| {
        assert!(
            (ours - theirs).abs() <= tolerance,
            "{name}: {ours} against {theirs}"
        );
    };
    // A share's spread is sqrt(p(1 - p)) = 0.485; cohesion's at the end is 0.0578.
    near(
        "withdrew",
        outcome.withdrew_share(),
        0.380_25,
        four_errors(0.485),
    );
    near(
        "cohesion",
        outcome.cohesion_mean(),
        -0.146_34,
        four_errors(0.057_8),
    );
    near("maturity", outcome.maturity_mean(), 10.0, 0.001);

    // A quantile's spread is sqrt(p(1 - p)) / density; a normal density serves. Half a bin is added.
    let last = [
        (0.05, -0.236_74, 2.11),
        (0.5, -0.148_12, 1.25),
        (0.95, -0.048_23, 2.11),
    ];
    let early = [
        (0.05, 0.175_63, 2.11),
        (0.5, 0.215_95, 1.25),
        (0.95, 0.253_98, 2.11),
    ];
    for (tick, deviation, quantiles) in [(99, 0.057_81, last), (19, 0.023_85, early)] {
        for (share, theirs, factor) in quantiles {
            let tolerance = four_errors(factor * deviation) + 0.001;
            near("quantile", outcome.quantile(tick, share), theirs, tolerance);
        }
    }
}
