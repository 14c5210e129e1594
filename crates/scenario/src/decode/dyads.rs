//! The world's table of pairs.

use std::collections::BTreeMap;

use super::Decoder;
use super::tables::{Column, column};
use crate::model::{Dyad, Figure};
use crate::spec::{Field, Form, Kind, Shape, field, number, share};
use crate::table::{Row, Table};
use crate::text::FileId;

/// Columns of `dyads.csv`.
pub(crate) const DYADS: Shape = Shape {
    name: "dyads.csv",
    doc: "One row for each pair of actors, in either order; pairs without a row get the defaults",
    fields: &[
        field("source", Form::Name(Kind::Actor), "One actor"),
        field("target", Form::Name(Kind::Actor), "The other actor"),
        number("trade_out_musd", 0.0, 1e9, "Flow from source to target")
            .unit("million USD a year")
            .or(0.0),
        number("trade_in_musd", 0.0, 1e9, "Flow from target to source")
            .unit("million USD a year")
            .or(0.0),
        share("energy_link", "Pipelines, grids and the like between them").or(0.0),
        share("rivalry", "Rivalry").or(0.0),
        share("contiguity", "Contiguity; 1 is a land border").or(0.0),
        share("pact", "Defence pact or alliance tie").or(0.0),
        number("distance_km", 0.0, 20_100.0, "Distance")
            .unit("km")
            .or(5_000.0),
        number(
            "disputes_10y",
            0.0,
            1_000.0,
            "Militarised disputes in the ten years before",
        )
        .or(0.0),
        number("affinity", -1.0, 1.0, "Affinity at the start").optional("derived from similarity"),
        number(
            "affinity_shift",
            -1.0,
            1.0,
            "Added to the affinity at the start",
        )
        .or(0.0),
    ],
};

const DYAD_KEYS: usize = 2;

impl Decoder<'_> {
    /// Every pair of actors, with what the table says of it.
    pub(crate) fn dyads(&mut self, file: FileId, figures: &[Figure]) -> Vec<Dyad> {
        let table = self.table(file, "dyads");
        let mut columns: Vec<Column> = DYADS.fields[DYAD_KEYS..]
            .iter()
            .map(|field| column(field.name, field))
            .collect();
        let keys = &DYADS.fields[..DYAD_KEYS];
        self.place_columns(&mut columns, keys, &table, file, "dyads", figures);
        let rows = self.rows_of_pairs(&table);
        // For a row that is written the other way round, out and in change places.
        let mut swapped = columns.clone();
        let (out, inward) = (swapped[0].place, swapped[1].place);
        (swapped[0].place, swapped[1].place) = (inward, out);
        let n = self.names.count(Kind::Actor);
        let mut dyads = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for source in 0..n {
            for target in source + 1..n {
                let row = rows
                    .get(&(source, target))
                    .map(|(row, turned)| (&table.rows[*row], *turned));
                let columns = if row.is_some_and(|(_, turned)| turned) {
                    &swapped
                } else {
                    &columns
                };
                dyads.push(self.dyad((source, target), row.map(|(row, _)| row), columns));
            }
        }
        dyads
    }

    /// Which row speaks of which pair, and whether it names the later actor first.
    fn rows_of_pairs(&mut self, table: &Table) -> BTreeMap<(usize, usize), (usize, bool)> {
        let mut rows: BTreeMap<(usize, usize), (usize, bool)> = BTreeMap::new();
        let (Some(source), Some(target)) = (table.column("source"), table.column("target")) else {
            return rows;
        };
        for (idx, row) in table.rows.iter().enumerate() {
            let [from, to] = [&row.cells[source], &row.cells[target]];
            let path = format!("dyads.{}-{}", from.text, to.text);
            let first = self.name_of(&from.text, from.span, Kind::Actor, &path);
            let second = self.name_of(&to.text, to.span, Kind::Actor, &path);
            let (Some(first), Some(second)) = (first, second) else {
                continue;
            };
            if first == second {
                let message = "an actor is no pair with itself";
                self.report("scenario::same_actor", to.span, &path, message);
                continue;
            }
            let pair = (first.min(second), first.max(second));
            if let Some((other, _)) = rows.get(&pair) {
                let place = self.texts.place(table.rows[*other].cells[source].span);
                let message = format!("the pair {} and {} is there already", from.text, to.text);
                let mistake = self
                    .mistake("scenario::duplicate_pair", from.span, &path, message)
                    .label("again here")
                    .related(place, "first here");
                self.push(mistake);
                continue;
            }
            rows.insert(pair, (idx, first > second));
        }
        rows
    }

    fn dyad(&mut self, pair: (usize, usize), row: Option<&Row>, columns: &[Column]) -> Dyad {
        let id = |idx: usize| self.names.id(Kind::Actor, idx);
        let path = format!("dyads.{}-{}", id(pair.0), id(pair.1));
        let mut leaves = Vec::with_capacity(columns.len());
        let mut affinity = None;
        for column in columns {
            let cell = row.zip(column.place).map(|(row, idx)| &row.cells[idx]);
            if column.name == "affinity" {
                let written = cell.is_some_and(|cell| !cell.text.is_empty());
                affinity = written.then(|| self.leaf_of_cell(&path, column, row));
            } else {
                leaves.push(self.leaf_of_cell(&path, column, row));
            }
        }
        let mut leaves = leaves.into_iter();
        let mut next = || {
            leaves
                .next()
                .expect("one leaf for each column but affinity")
        };
        Dyad {
            source: pair.0,
            target: pair.1,
            trade_out_musd: next(),
            trade_in_musd: next(),
            energy_link: next(),
            rivalry: next(),
            contiguity: next(),
            pact: next(),
            distance_km: next(),
            disputes_10y: next(),
            affinity,
            affinity_shift: next(),
        }
    }

    /// Gives a pair an affinity of its own, so that it can be set.
    pub(crate) fn ensure_affinity(&mut self, path: &str) {
        const AFFINITY: Field = number("affinity", -1.0, 1.0, "Affinity at the start");
        let shift = |path: &str| {
            path.strip_suffix(".affinity")
                .map(|pair| format!("{pair}.affinity_shift"))
        };
        for path in [Some(path.to_owned()), crate::path::reversed(path)]
            .into_iter()
            .flatten()
        {
            // The pair exists if its shift does.
            if shift(&path).is_some_and(|shift| self.leaves.find(&shift).is_some()) {
                self.default_leaf(&AFFINITY, path, 0.0);
            }
        }
    }
}
