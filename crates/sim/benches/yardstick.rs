//! Times the yardstick on the engine's architecture beside its plain-array twin.
//!
//! Run with `cargo bench -p foedera-sim --bench yardstick`; `-- --json` prints one line of JSON instead of
//! the table. Twin, engine and scalar definition are compared to the bit before anything is timed; passes
//! of twin and engine alternate, and medians are reported.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and its arguments; the library does not"
)]

use std::io::{self, Write};
use std::time::Instant;

use foedera_sim::isa::Isa;

#[path = "yardstick/mod.rs"]
mod yardstick;

use yardstick::engine::Engine;
use yardstick::model::{Data, STATES, TICKS};
use yardstick::outcome::Outcome;
use yardstick::twin::Twin;

const SEED: u64 = 20_080_808;
/// Passes of each variant; an odd number, so that the median is one of them.
const PASSES: usize = 15;
/// Blocks of 64 replicates in a pass: about 50 ms at full speed.
const BLOCKS_PER_PASS: u64 = 50;

struct Row {
    isa: Isa,
    engine: f64,
    twin: f64,
    outcome: Outcome,
}

fn main() -> io::Result<()> {
    let json = std::env::args().any(|argument| argument == "--json");
    let data = Data::new(STATES, TICKS);
    for isa in Isa::available() {
        yardstick::assert_all_agree(&data, isa, SEED);
    }
    let mut out = io::stdout().lock();
    if json {
        let row = measure(&data, Isa::detect());
        writeln!(
            out,
            "{{\"bench\":\"yardstick\",\"states\":{STATES},\"ticks\":{TICKS},\"isa\":\"{}\",\
             \"engine_replicates_per_s\":{:.0},\"twin_replicates_per_s\":{:.0},\"ratio\":{:.3}}}",
            row.isa.name(),
            row.engine,
            row.twin,
            row.engine / row.twin
        )
    } else {
        table(&mut out, &data)
    }
}

fn table(out: &mut impl Write, data: &Data) -> io::Result<()> {
    writeln!(
        out,
        "yardstick: {STATES} states, {TICKS} ticks, one thread, medians of {PASSES} passes"
    )?;
    writeln!(
        out,
        "{:<10}{:>16}{:>16}{:>8}",
        "isa", "engine [1/s]", "twin [1/s]", "ratio"
    )?;
    let mut last = None;
    for isa in Isa::available() {
        let row = measure(data, isa);
        let (name, ratio) = (isa.name(), row.engine / row.twin);
        writeln!(
            out,
            "{name:<10}{:>16.0}{:>16.0}{ratio:>8.3}",
            row.engine, row.twin
        )?;
        last = Some(row.outcome);
    }
    let outcome = last.expect("the baseline is always there");
    writeln!(
        out,
        "{} replicates: withdrew {:.4}, mean maturity {:.4}, mean final cohesion {:.5}",
        outcome.replicates,
        outcome.withdrew_share(),
        outcome.maturity_mean(),
        outcome.cohesion_mean()
    )?;
    let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| outcome.quantile(TICKS - 1, share));
    writeln!(out, "final cohesion, 5/25/50/75/95 %: {quantiles:.4?}")
}

/// Times alternating passes over the same replicates; the two outcomes must be equal.
fn measure(data: &Data, isa: Isa) -> Row {
    let (mut engine, mut twin) = (Engine::new(data, isa, SEED), Twin::new(data, isa, SEED));
    let (mut engine_outcome, mut twin_outcome) = (Outcome::new(data), Outcome::new(data));
    let (mut engine_rates, mut twin_rates) = (Vec::new(), Vec::new());
    for pass in 0..PASSES as u64 {
        let firsts = || (0..BLOCKS_PER_PASS).map(|block| (pass * BLOCKS_PER_PASS + block) * 64);
        engine_rates.push(rate(|| {
            firsts().for_each(|first| engine_outcome.add(engine.run(first)));
        }));
        twin_rates.push(rate(|| {
            firsts().for_each(|first| twin_outcome.add(twin.run(first)));
        }));
    }
    assert!(
        engine_outcome == twin_outcome,
        "engine and twin must agree to the bit"
    );
    Row {
        isa,
        engine: median(engine_rates),
        twin: median(twin_rates),
        outcome: engine_outcome,
    }
}

/// Gives replicates per second of one pass.
fn rate(pass: impl FnOnce()) -> f64 {
    let started = Instant::now();
    pass();
    (BLOCKS_PER_PASS * 64) as f64 / started.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
