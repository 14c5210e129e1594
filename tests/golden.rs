//! Small runs of the shipped scenarios as tables: a moved number is seen and explained.
//!
//! Each scenario has two snapshots: a table of a small run that a person can read, and one hash of the
//! exact bits of a larger one. `cargo golden` compares them. After a change that is meant to move numbers,
//! `INSTA_UPDATE=always cargo golden` writes them anew; read the difference before it is committed, and
//! list it under **Model changes** in `CHANGELOG.md`.

use std::fmt::Write as _;

use foedera_results::{
    BlockRecord, Discard, Layout, ResultsError, Sink, aggregates::ArmAggregates,
    decision::InitiativeTally, manifest::sha256, outcome::OutcomeTally,
};

use crate::scenarios::{FLAGSHIPS, LIBRARY, run, scenario};

/// Replicates of a table.
const SMALL: u64 = 64;
/// Replicates behind a hash: whole blocks and a ragged one.
const LARGE: u64 = 230;

/// The bits of every outcome, arm by arm, in the order of the replicates.
struct Bits(Vec<u8>);

impl Sink for Bits {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        for value in record.arms.iter().flat_map(|arm| &arm.outcomes).flatten() {
            // An absent outcome is any NaN: which one depends on nothing that counts.
            let bits = if value.is_nan() {
                f32::NAN.to_bits()
            } else {
                value.to_bits()
            };
            self.0.extend(bits.to_le_bytes());
        }
        Ok(())
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.6}"))
}

fn outcome_row(table: &mut String, name: &str, tally: &OutcomeTally) {
    let (n, absent) = (tally.n(), tally.absent);
    let (mean, sd) = (number(tally.mean()), number(tally.sd()));
    writeln!(table, "{name:<56} {n:>3} {absent:>3} {mean:>14} {sd:>14}").expect("text grows");
}

fn decision_row(table: &mut String, layout: &Layout, place: usize, tally: &InitiativeTally) {
    let initiative = &layout.initiatives[place];
    let (id, tabled) = (&initiative.id, tally.tabled.sum);
    let rungs = initiative.rungs.iter().zip(&tally.adopted);
    let adopted: Vec<String> = rungs.map(|(rung, n)| format!("{} {n}", rung.id)).collect();
    let blocks = tally.actors.iter().filter(|(_, of)| of.blocks.sum > 0);
    let blocks: Vec<String> = blocks
        .map(|(actor, of)| format!("{} {}", layout.actors[*actor as usize].id, of.blocks.sum))
        .collect();
    writeln!(table, "{id}: tabled {tabled}").expect("text grows");
    writeln!(table, "  adopted: {}", adopted.join(", ")).expect("text grows");
    if !blocks.is_empty() {
        writeln!(table, "  blocked: {}", blocks.join(", ")).expect("text grows");
    }
}

fn table(layout: &Layout, arm: &ArmAggregates) -> String {
    let mut table = format!(
        "{SMALL} replicates of the base case, {} failed\n\n",
        arm.n_failed()
    );
    writeln!(
        table,
        "{:<56} {:>3} {:>3} {:>14} {:>14}",
        "outcome", "n", "abs", "mean", "sd"
    )
    .expect("text grows");
    for (column, tally) in layout.outcomes.iter().zip(&arm.outcomes) {
        outcome_row(&mut table, &column.name, tally);
    }
    table.push('\n');
    for (place, tally) in arm.decisions.initiatives.iter().enumerate() {
        decision_row(&mut table, layout, place, tally);
    }
    table
}

/// Compares a scenario's table and hash with those in `tests/snapshots`.
fn compare(name: &str) {
    let scenario = scenario(name);
    let small = run(&scenario, SMALL, vec![None], &mut Discard);
    let table = table(&small.layout, &small.aggregates.arms[0]);
    let mut bits = Bits(Vec::new());
    let large = run(&scenario, LARGE, vec![None, Some(0)], &mut bits);
    assert_eq!(large.completed, LARGE);
    let (policy, bytes, hash) = (&scenario.policies[0].id, bits.0.len(), sha256(&bits.0));
    let hash = format!(
        "{LARGE} replicates of the base case and {policy}, {bytes} bytes of outcomes\n{hash}"
    );
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("golden_{name}_table"), table);
        insta::assert_snapshot!(format!("golden_{name}_bits"), hash);
    });
}

#[test]
fn the_classroom_keeps_its_numbers() {
    compare("classroom");
}

#[test]
fn the_cooperation_in_afghanistan_keeps_its_numbers() {
    compare(FLAGSHIPS[0]);
}

#[test]
fn the_integration_keeps_its_numbers() {
    compare(FLAGSHIPS[1]);
}

#[test]
fn the_library_keeps_its_numbers() {
    for name in LIBRARY {
        compare(name);
    }
}
