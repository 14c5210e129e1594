//! Rows may stand in any order and actors may have any name: no bit changes.

use foedera_sim::Isa;
use foedera_sim::reference::Replicate;

use crate::support::{Classroom, assert_same, block, lane_of, replaced, run};

/// The first replicates of a classroom.
fn replicates(classroom: &Classroom) -> (std::sync::Arc<foedera_sim::Program>, Vec<Replicate>) {
    let program = classroom.program(&[]);
    let outcome = run(&program, Isa::detect(), &block(11, 0, 8));
    let lanes = (0..8).map(|lane| lane_of(&outcome, lane)).collect();
    (program, lanes)
}

/// Demands the same bits of a changed classroom.
fn assert_unchanged(changed: &Classroom, about: &str) {
    let (program, expected) = replicates(&Classroom::read());
    let (_, got) = replicates(changed);
    for (got, expected) in got.iter().zip(&expected) {
        assert_same(&program, got, expected, about);
    }
}

/// A table with its rows the other way round.
fn reversed_rows(table: &str) -> String {
    let (head, rows): (Vec<&str>, Vec<&str>) = table.lines().partition(|line| {
        line.starts_with('#') || line.starts_with("id,") || line.starts_with("source,")
    });
    head.into_iter()
        .chain(rows.into_iter().rev())
        .map(|line| format!("{line}\n"))
        .collect()
}

/// A world with the entries of a map the other way round.
fn reversed_map(world: &str, key: &str) -> String {
    let opening = format!("\n  {key}: {{\n");
    let start = world
        .find(&opening)
        .unwrap_or_else(|| panic!("no map {key}"))
        + opening.len();
    let end = start + world[start..].find("\n  },").expect("maps are closed") + 1;
    let mut entries: Vec<String> = Vec::new();
    for line in world[start..end].lines() {
        if line.starts_with("    \"") {
            entries.push(String::new());
        }
        let entry = entries.last_mut().expect("a map starts with an entry");
        *entry += &format!("{line}\n");
    }
    assert!(entries.len() > 1, "{key} has several entries");
    entries.reverse();
    format!("{}{}{}", &world[..start], entries.concat(), &world[end..])
}

#[test]
fn rows_of_the_actor_table_may_stand_in_any_order() {
    let mut changed = Classroom::read();
    changed.actors = reversed_rows(&changed.actors);
    assert_unchanged(&changed, "actors reversed");
}

#[test]
fn rows_of_the_dyad_table_may_stand_in_any_order() {
    let mut changed = Classroom::read();
    changed.dyads = reversed_rows(&changed.dyads);
    assert_unchanged(&changed, "dyads reversed");
}

#[test]
fn a_dyad_may_be_written_either_way_round() {
    let mut changed = Classroom::read();
    changed.dyads = replaced(&changed.dyads, "ARD,FEN,1000,8000,", "FEN,ARD,8000,1000,");
    changed.dyads = replaced(&changed.dyads, "CAL,ESK,4000,4000,", "ESK,CAL,4000,4000,");
    assert_unchanged(&changed, "dyads turned round");
}

#[test]
fn entries_of_the_world_may_stand_in_any_order() {
    for key in ["organisations", "elements", "drivers", "threats", "blocs"] {
        let mut changed = Classroom::read();
        changed.world = reversed_map(&changed.world, key);
        assert_unchanged(&changed, key);
    }
}

#[test]
fn everything_may_be_reversed_at_once() {
    let mut changed = Classroom::read();
    changed.actors = reversed_rows(&changed.actors);
    changed.dyads = reversed_rows(&changed.dyads);
    for key in ["organisations", "elements", "drivers", "threats", "blocs"] {
        changed.world = reversed_map(&changed.world, key);
    }
    assert_unchanged(&changed, "everything reversed");
}

#[test]
fn a_name_decides_nothing() {
    let mut changed = Classroom::read();
    for text in [
        &mut changed.scenario,
        &mut changed.world,
        &mut changed.actors,
        &mut changed.dyads,
    ] {
        *text = text.replace("ARD", "ZZZ").replace("FEN", "AAA");
    }
    assert_unchanged(&changed, "renamed");
}
