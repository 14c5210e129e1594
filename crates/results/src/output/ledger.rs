//! `ledger.parquet`: what every rung of every tabling was worth to every party, term by term, in some replicates.
//!
//! A ledger is made after a run, from replicates that happen again: it says nothing that the run's own tables do not
//! follow from, and costs a run nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float32Array, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Field};

use super::partial::Partial;
use super::table::{self, Dress, Names, Table};
use crate::error::ResultsError;
use crate::layout::Layout;
use crate::manifest::{FileEntry, Manifest};

/// Name of the table, without its ending.
pub const LEDGER: &str = "ledger";
/// Replicates of one row group.
const GROUP: u64 = 64;

/// What a party answers to a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was not asked: the rung was not at stake.
    NotAsked,
    /// It would have let it pass.
    Yes,
    /// It stands in the way.
    No,
    /// It stands in the way, and without it more would have passed.
    Pivotal,
    /// The rung was adopted.
    Adopted,
    /// The rung was adopted, since the party was paid.
    Paid,
}

impl Answer {
    /// All, in the order of their index in the table.
    pub const ALL: [Self; 6] = [
        Self::NotAsked,
        Self::Yes,
        Self::No,
        Self::Pivotal,
        Self::Adopted,
        Self::Paid,
    ];

    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAsked => "",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Pivotal => "no, pivotal",
            Self::Adopted => "adopted",
            Self::Paid => "paid",
        }
    }
}

/// The value of one rung to one party at one tabling.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Replicate.
    pub replicate: u64,
    /// Policy, by its place among those that were run.
    pub arm: u32,
    /// Step.
    pub step: u32,
    /// Initiative.
    pub initiative: u32,
    /// Rung.
    pub rung: u32,
    /// Party.
    pub actor: u32,
    /// Change of utility by term, in the order of the layout's terms.
    pub parts: Vec<f32>,
    /// Their sum: what the party decides by.
    pub value: f32,
    /// What it answers.
    pub answer: Answer,
}

/// Writes a ledger, replicate by replicate.
#[derive(Debug)]
pub struct LedgerWriter {
    dir: PathBuf,
    name: String,
    table: Table,
    layout: Layout,
    arms: Names,
    initiatives: Names,
    /// Names of the rungs of all initiatives, and where each initiative's begin.
    rungs: Names,
    offsets: Vec<u32>,
    actors: Names,
    answers: Names,
    group: u64,
}

impl LedgerWriter {
    /// Begins `NAME.parquet` in a folder; it is written when it is finished.
    pub fn create(dir: &Path, name: &str, manifest: &Manifest) -> Self {
        let layout = manifest.layout.clone();
        let provenance = manifest.provenance();
        let dress = Dress {
            provenance: &provenance,
            plain_names: false,
        };
        let table = Table::new(fields(&layout), dress, false);
        let mut offsets = Vec::new();
        let mut rungs: Vec<&str> = Vec::new();
        for initiative in &layout.initiatives {
            offsets.push(u32::try_from(rungs.len()).unwrap_or(u32::MAX));
            rungs.extend(initiative.rungs.iter().map(|rung| rung.id.as_str()));
        }
        Self {
            dir: dir.to_owned(),
            name: format!("{name}.parquet"),
            table,
            arms: Names::new(layout.arms.iter().map(|arm| arm.id.as_str())),
            initiatives: Names::new(layout.initiatives.iter().map(|one| one.id.as_str())),
            rungs: Names::new(rungs),
            offsets,
            actors: Names::new(layout.actors.iter().map(|actor| actor.id.as_str())),
            answers: Names::new(Answer::ALL.map(Answer::name)),
            layout,
            group: 0,
        }
    }

    /// Appends rows in the order of replicates.
    pub fn append(&mut self, rows: &[LedgerRow]) {
        if let Some(first) = rows.first()
            && first.replicate / GROUP != self.group
        {
            self.table.end_group();
            self.group = first.replicate / GROUP;
        }
        let names =
            |names: &Names, of: &dyn Fn(&LedgerRow) -> u32| names.column(rows.iter().map(of));
        let rung = |row: &LedgerRow| {
            let offset = self.offsets.get(row.initiative as usize).copied();
            offset.map_or(u32::MAX, |offset| offset.saturating_add(row.rung))
        };
        let answer = |row: &LedgerRow| {
            let place = Answer::ALL.iter().position(|one| *one == row.answer);
            // Who was not asked has no answer.
            place
                .filter(|place| *place > 0)
                .map_or(u32::MAX, |place| place as u32)
        };
        let days = rows
            .iter()
            .map(|row| table::days_of(&self.layout.steps, row.step));
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from_iter_values(
                rows.iter().map(|row| row.replicate),
            )),
            names(&self.arms, &|row| row.arm),
            Arc::new(UInt32Array::from_iter_values(
                rows.iter().map(|row| row.step),
            )),
            Arc::new(Date32Array::from_iter_values(days)),
            names(&self.initiatives, &|row| row.initiative),
            names(&self.rungs, &rung),
            names(&self.actors, &|row| row.actor),
        ];
        for term in 0..self.layout.terms.len() {
            let part = rows.iter().map(|row| row.parts.get(term).copied());
            columns.push(Arc::new(part.collect::<Float32Array>()));
        }
        columns.push(Arc::new(Float32Array::from_iter_values(
            rows.iter().map(|row| row.value),
        )));
        columns.push(names(&self.answers, &answer));
        self.table.append(columns);
    }

    /// Ends the table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<FileEntry, ResultsError> {
        let written = self.table.finish();
        let rows = Some(written.rows);
        Partial::write_whole(&self.dir, &self.name, &written.parquet, rows)
    }
}

fn fields(layout: &Layout) -> Vec<Field> {
    let name = |id: &str, label: &str| table::field(id, table::name_type(), label, "");
    let mut fields = vec![
        table::field("replicate", DataType::UInt64, "Replicate", ""),
        name("policy", "Policy"),
        table::field("step", DataType::UInt32, "Step", "step"),
        table::field("date", DataType::Date32, "First day of the step", ""),
        name("initiative", "Initiative that was tabled"),
        name("rung", "Rung"),
        name("party", "Who values it"),
    ];
    for term in &layout.terms {
        let label = format!("What {term} adds to the party's value of the rung");
        fields.push(table::optional(term, DataType::Float32, &label, "utility"));
    }
    fields.push(table::field(
        "value",
        DataType::Float32,
        "The sum, by which the party decides",
        "utility",
    ));
    let answer = "What the party answers; absent if the rung was not at stake";
    fields.push(table::optional("answer", table::name_type(), answer, ""));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::read_columns;

    #[test]
    fn rows_are_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = super::super::tests::manifest(2);
        let n_terms = manifest.layout.terms.len();
        let mut writer = LedgerWriter::create(dir.path(), "x", &manifest);
        let row = |replicate: u64, answer| LedgerRow {
            replicate,
            arm: 0,
            step: 1,
            initiative: 0,
            rung: 0,
            actor: 1,
            parts: vec![0.25; n_terms],
            value: 0.25 * n_terms as f32,
            answer,
        };
        writer.append(&[row(0, Answer::Pivotal), row(1, Answer::NotAsked)]);
        writer.append(&[row(70, Answer::Adopted)]);
        let file = writer.finish().unwrap();
        assert_eq!(file.rows, Some(3));
        let columns = ["replicate", "party", "value", "answer"];
        let read = read_columns(&dir.path().join("x.parquet"), &columns).unwrap();
        assert_eq!(read[0].numbers().unwrap(), [0.0, 1.0, 70.0]);
        assert_eq!(read[1].names().unwrap()[2], manifest.layout.actors[1].id);
        assert_eq!(read[3].names().unwrap(), ["no, pivotal", "", "adopted"]);
    }
}
