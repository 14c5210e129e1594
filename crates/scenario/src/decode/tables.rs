//! The world's table of actors, and the columns of every table.

use std::collections::BTreeMap;

use super::figure::{confidence_of, covers};
use super::{Decoder, canonical, join, leaf_info, names};
use crate::leaf::{Confidence, Leaf};
use crate::limits;
use crate::model::{Actor, ActorKind, Domain, Figure, ThreatKind};
use crate::spec::{ABOVE_ZERO, Field, Form, Kind, Need, Shape, field, number, share, text};
use crate::table::{Cell, Row, Table};
use crate::text::{FileId, Span};

/// Columns of `actors.csv`; for the last three one column for each threat or bloc.
pub(crate) const ACTORS: Shape = Shape {
    name: "actors.csv",
    doc: "One row for each actor",
    fields: &[
        text("id", "Id"),
        text("name", "Name").optional("the id"),
        field("number", Form::Whole { min: 0, max: 65_535 }, "Stable number that keys its draws; never reused"),
        field("kind", Form::Words("State or Collective"), "Whether it is one state or several seen as one")
            .optional("State"),
        field("map_code", Form::Whole { min: 0, max: 999 }, "ISO 3166 numeric code for maps").optional("not on the map"),
        share("capability_share", "Share of world capability"),
        number("gdp_musd", ABOVE_ZERO, 1e9, "Gross domestic product").unit("million current USD"),
        number("gdp_per_head_usd", ABOVE_ZERO, 1e6, "Income").unit("USD PPP per head").or(10_000.0),
        number("population_thousand", 0.0, 1e8, "Population, for rules with a population clause")
            .unit("thousand")
            .or(0.0),
        share("polyarchy", "Electoral democracy").or(0.5),
        number("ideal_point", -4.0, 4.0, "UNGA ideal point; higher is nearer the US-led order").or(0.0),
        number("salience.energy", 0.0, 10.0, "Weight on energy").or(1.0 / 3.0),
        number("salience.trade", 0.0, 10.0, "Weight on trade").or(1.0 / 3.0),
        number("salience.security", 0.0, 10.0, "Weight on security").or(1.0 / 3.0),
        share("autonomy", "Value set on sovereignty").or(0.5),
        share("ambition", "Leadership ambition").or(0.2),
        number("net_fuel_export_twh", -1e6, 1e6, "Net exports of oil and gas; negative for an importer")
            .unit("TWh a year")
            .or(0.0),
        share("fuel_export_share", "Share of fuel in exports").or(0.0),
        share("transit_role", "How much its territory matters for transit").or(0.0),
        number("gdp_ppp_musd", 0.0, 1e9, "Gross domestic product at purchasing power parity; 0 where it is not known")
            .unit("million int$")
            .or(0.0),
        number("growth_per_year", -0.5, 0.5, "Growth of GDP; a world in which every actor has 0 here and below does not grow")
            .unit("log per year")
            .or(0.0),
        number("growth_volatility", 0.0, 1.0, "Chance in the growth of GDP")
            .unit("log per square root of a year")
            .or(0.0),
        number("exposure", 0.0, 100.0, "Multiplier of the exposure to a threat (the exposure itself when the threat is `Direct`)")
            .optional("1, or 0 for a `Direct` threat"),
        share("proximity", "Nearness of a bloc's military alliance").or(0.0),
        share("presence", "Weight of a bloc's presence near the actor").or(0.0),
    ],
};

/// Columns of a table that are no numbers with a path.
const ACTOR_KEYS: usize = 5;

/// Columns before those that stand once for each threat or bloc.
const ACTOR_COLUMNS: usize = ACTORS.fields.len() - 3;

/// One column: its name, range and default, where it stands and where its figures come from.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) field: Field,
    pub(super) place: Option<usize>,
    pub(super) unit: String,
    pub(super) source: Option<String>,
    pub(super) confidence: Confidence,
}

/// The table of actors and the ids in it.
#[derive(Debug, Default)]
pub(crate) struct ActorTable {
    table: Table,
    /// Rows whose id is new, in canonical order.
    rows: Vec<usize>,
}

impl Decoder<'_> {
    /// Reads the table of actors and learns their ids; nothing without a column of ids.
    pub(crate) fn learn_actors(&mut self, file: FileId) -> Option<ActorTable> {
        let table = self.table(file, "actors");
        let Some(id) = table.column("id") else {
            self.missing_column(&table, file, "actors", ACTORS.fields[0]);
            return None;
        };
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        let mut rows = Vec::new();
        for (idx, row) in table.rows.iter().enumerate() {
            let cell = &row.cells[id];
            self.check_actor_id(cell);
            if let Some(span) = first.get(&cell.text) {
                let place = self.texts.place(*span);
                let message = format!("the actor `{}` is there already", cell.text);
                let mistake = self
                    .mistake(
                        "scenario::duplicate_id",
                        cell.span,
                        &join("actors", &cell.text),
                        message,
                    )
                    .label("again here")
                    .related(place, "first here");
                self.push(mistake);
            } else {
                first.insert(cell.text.clone(), cell.span);
                rows.push(idx);
            }
        }
        if let Some(row) = rows.get(limits::ACTORS) {
            let span = table.rows[*row].cells[id].span;
            let message = format!("{} actors: more than {}", rows.len(), limits::ACTORS);
            self.report("scenario::too_many", span, "actors", message);
            rows.truncate(limits::ACTORS);
        }
        canonical::sort_rows(&table, &mut rows);
        let ids = rows
            .iter()
            .map(|row| table.rows[*row].cells[id].text.clone());
        self.names.set(Kind::Actor, ids);
        Some(ActorTable { table, rows })
    }

    fn check_actor_id(&mut self, cell: &Cell) {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if cell.text.is_empty() || cell.text.len() > 64 || !cell.text.chars().all(good) {
            let message = format!("`{}` cannot be the id of an actor", cell.text);
            let mistake = self
                .mistake("scenario::bad_id", cell.span, "actors", message)
                .expected(
                    "1 to 64 letters, digits or `_` (`-` joins two actors in the path of a pair)",
                );
            self.push(mistake);
        }
    }

    fn missing_column(&mut self, table: &Table, file: FileId, path: &str, field: Field) {
        let span = table.header.first().map_or(
            Span {
                file,
                start: 0,
                end: 0,
            },
            |cell| cell.span,
        );
        let message = format!("missing column `{}`", field.name);
        let mistake = self
            .mistake("scenario::missing_column", span, path, message)
            .expected(format!("{}: {}", field.name, field.expectation()));
        self.push(mistake);
    }

    /// The actors; threats and blocs must be known for their columns.
    pub(crate) fn actors(
        &mut self,
        read: &ActorTable,
        file: FileId,
        figures: &[Figure],
    ) -> Vec<Actor> {
        let table = &read.table;
        let keys = &ACTORS.fields[..ACTOR_KEYS];
        let mut columns: Vec<Column> = ACTORS.fields[ACTOR_KEYS..ACTOR_COLUMNS]
            .iter()
            .map(|field| column(field.name, field))
            .collect();
        for (field, kind) in
            ACTORS.fields[ACTOR_COLUMNS..]
                .iter()
                .zip([Kind::Threat, Kind::Bloc, Kind::Bloc])
        {
            let ids = self.names.ids(kind).iter();
            columns.extend(ids.map(|id| column(&format!("{}.{id}", field.name), field)));
        }
        self.place_columns(&mut columns, keys, table, file, "actors", figures);
        let rows = read
            .rows
            .iter()
            .map(|row| self.actor(&table.rows[*row], table, &columns));
        rows.collect()
    }

    fn actor(&mut self, row: &Row, table: &Table, columns: &[Column]) -> Actor {
        let cell = |name: &str| table.column(name).map(|idx| &row.cells[idx]);
        let id = cell("id").map(|cell| cell.text.clone()).unwrap_or_default();
        let path = join("actors", &id);
        let name = cell("name").filter(|cell| !cell.text.is_empty());
        let number = cell("number").and_then(|cell| self.whole_cell(cell, 65_535, row, &path));
        let number = number.and_then(|number| u16::try_from(number).ok());
        if let (Some(number), Some(cell)) = (number, cell("number")) {
            self.take_number(Kind::Actor, number, cell.span, &join(&path, "number"));
        }
        let map_code = cell("map_code").filter(|cell| !cell.text.is_empty());
        let map_code = map_code.and_then(|cell| self.whole_cell(cell, 999, row, &path));
        let kind = self.actor_kind(cell("kind"), &path);
        let mut leaves = self.leaves_of_row(&path, columns, Some(row)).into_iter();
        let mut next = || leaves.next().expect("one leaf for each column");
        let (threats, blocs) = (self.names.count(Kind::Threat), self.names.count(Kind::Bloc));
        Actor {
            name: name.map_or_else(|| id.clone(), |cell| cell.text.clone()),
            id,
            number: number.unwrap_or(0),
            kind,
            map_code: map_code.and_then(|code| u16::try_from(code).ok()),
            capability_share: next(),
            gdp_musd: next(),
            gdp_per_head_usd: next(),
            population_thousand: next(),
            polyarchy: next(),
            ideal_point: next(),
            salience: [next(), next(), next()],
            autonomy: next(),
            ambition: next(),
            net_fuel_export_twh: next(),
            fuel_export_share: next(),
            transit_role: next(),
            gdp_ppp_musd: next(),
            growth_per_year: next(),
            growth_volatility: next(),
            exposure: (0..threats).map(|_| next()).collect(),
            proximity: (0..blocs).map(|_| next()).collect(),
            presence: (0..blocs).map(|_| next()).collect(),
        }
    }

    fn actor_kind(&mut self, cell: Option<&Cell>, path: &str) -> ActorKind {
        let Some(cell) = cell else {
            return ActorKind::State;
        };
        match cell.text.as_str() {
            "" | "State" => ActorKind::State,
            "Collective" => ActorKind::Collective,
            other => {
                let kinds = ["State", "Collective"];
                let message = format!("unknown kind of actor `{other}`");
                let mistake = self
                    .mistake(
                        "scenario::unknown_actor_kind",
                        cell.span,
                        &join(path, "kind"),
                        message,
                    )
                    .expected(names::one_of(kinds))
                    .nearest(other, kinds);
                self.push(mistake);
                ActorKind::State
            }
        }
    }

    fn whole_cell(&mut self, cell: &Cell, most: u32, row: &Row, path: &str) -> Option<u32> {
        let number = cell.text.parse().ok().filter(|number| *number <= most);
        if number.is_none() && !(row.damaged && cell.text.is_empty()) {
            let message = if cell.text.is_empty() {
                "an empty cell".to_owned()
            } else {
                format!("`{}` is not such a number", cell.text)
            };
            let mistake = self
                .mistake("scenario::bad_number", cell.span, path, message)
                .expected(format!("a whole number from 0 to {most}"));
            self.push(mistake);
        }
        number
    }

    /// Finds each column in the header; reports unknown and missing ones.
    pub(super) fn place_columns(
        &mut self,
        columns: &mut [Column],
        keys: &[Field],
        table: &Table,
        file: FileId,
        path: &str,
        figures: &[Figure],
    ) {
        for column in columns.iter_mut() {
            column.place = table.column(&column.name);
            let full = join(path, &column.name);
            let figure = figures.iter().find(|figure| covers(&figure.column, &full));
            if let Some(figure) = figure {
                column.source = Some(format!("{}, {}", figure.source, figure.year));
                column.confidence = confidence_of(figure);
                if column.unit.is_empty() {
                    column.unit.clone_from(&figure.unit);
                }
            } else if let Some(idx) = column.place {
                let message = format!(
                    "`figures` does not say where the column `{}` comes from",
                    column.name
                );
                let doubt = self.mistake(
                    "scenario::no_source",
                    table.header[idx].span,
                    &full,
                    message,
                );
                let help = format!(
                    "add \"{full}\": (unit: …, year: …, source: …) to `figures` of world.ron"
                );
                self.push(doubt.help(help).as_warning());
            }
        }
        let known: Vec<&str> = keys
            .iter()
            .map(|field| field.name)
            .chain(columns.iter().map(|column| column.name.as_str()))
            .collect();
        for cell in &table.header {
            if !known.contains(&cell.text.as_str()) {
                let message = format!("unknown column `{}`", cell.text);
                let mistake = self
                    .mistake("scenario::unknown_column", cell.span, path, message)
                    .expected(names::one_of(known.iter().copied()))
                    .nearest(&cell.text, known.iter().copied());
                self.push(mistake);
            }
        }
        let fields = keys
            .iter()
            .copied()
            .chain(columns.iter().map(|column| column.field));
        let mut missing: Vec<Field> = Vec::new();
        for field in fields {
            if super::is_required(&field)
                && table.column(field.name).is_none()
                && !table.header.is_empty()
            {
                missing.push(field);
            }
        }
        for field in missing.into_iter().filter(|field| field.name != "id") {
            self.missing_column(table, file, path, field);
        }
    }

    /// One leaf for each column of a row, or of a row that is not there.
    fn leaves_of_row(&mut self, path: &str, columns: &[Column], row: Option<&Row>) -> Vec<Leaf> {
        columns
            .iter()
            .map(|column| self.leaf_of_cell(path, column, row))
            .collect()
    }

    pub(super) fn leaf_of_cell(&mut self, path: &str, column: &Column, row: Option<&Row>) -> Leaf {
        let full = join(path, &column.name);
        let mut info = leaf_info(&column.field, full, column.field.default_number());
        let cell = row.zip(column.place).map(|(row, idx)| &row.cells[idx]);
        let Some(cell) = cell.filter(|cell| !cell.text.is_empty()) else {
            if let (Some(row), Some(idx)) = (row, column.place)
                && super::is_required(&column.field)
                && !row.damaged
            {
                let span = row.cells[idx].span;
                let message = format!("an empty cell in the column `{}`", column.name);
                let mistake = self
                    .mistake("scenario::missing_value", span, &info.path, message)
                    .expected(column.field.expectation());
                self.push(mistake);
            }
            return self.add_leaf(info, None);
        };
        info.written = true;
        info.unit.clone_from(&column.unit);
        info.source.clone_from(&column.source);
        info.confidence = column.confidence;
        info.value = self
            .number_cell(cell, column, &info.path)
            .unwrap_or(info.value);
        self.add_leaf(info, Some(cell.span))
    }

    fn number_cell(&mut self, cell: &Cell, column: &Column, path: &str) -> Option<f64> {
        let number: Option<f64> = cell.text.parse().ok();
        let Some(number) = number else {
            let message = format!("`{}` is not a number", cell.text);
            let mistake = self
                .mistake("scenario::bad_number", cell.span, path, message)
                .expected(column.field.expectation());
            self.push(mistake);
            return None;
        };
        if !number.is_finite() {
            let message = format!("`{}` is not a finite number", cell.text);
            self.report("scenario::not_finite", cell.span, path, message);
            return None;
        }
        let (range, unit) = (column.field.range(), column.field.unit_name());
        self.in_range(number, range, unit, cell.span, path)
            .then_some(number)
    }

    /// Exposures to direct threats are 0 unless written, others 1.
    pub(crate) fn default_exposures(&mut self, actors: &[Actor], threats: &[crate::model::Threat]) {
        for actor in actors {
            for (leaf, threat) in actor.exposure.iter().zip(threats) {
                let info = self.leaves.info_mut(*leaf);
                if !info.written {
                    info.value = if matches!(threat.kind, ThreatKind::Direct { .. }) {
                        0.0
                    } else {
                        1.0
                    };
                }
            }
        }
    }

    /// Saliences are weights: written ones that do not sum to 1 are a doubt, all zero a mistake.
    pub(crate) fn check_saliences(&mut self, actors: &[Actor]) {
        for actor in actors {
            let values = actor.salience.map(|leaf| self.leaves.value(leaf));
            let sum: f64 = values.iter().sum();
            let written = actor
                .salience
                .iter()
                .find_map(|leaf| self.leaf_spans.get(leaf));
            let Some(span) = written.copied() else {
                continue;
            };
            let path = format!("actors.{}.salience", actor.id);
            if self.has_mistake_at(&path) {
                continue;
            }
            if sum <= 0.0 {
                self.report("scenario::no_salience", span, &path, "all saliences are 0");
            } else if (sum - 1.0).abs() > 1e-6 {
                let of = Domain::ALL.iter().zip(values);
                let parts: Vec<String> = of
                    .map(|(domain, value)| format!("{} {value:.3}", domain.name()))
                    .collect();
                let message = format!("saliences sum to {sum:.3}, not 1");
                let doubt = self
                    .mistake("scenario::salience_sum", span, &path, message)
                    .expected("weights that sum to 1")
                    .help(format!(
                        "they are divided by their sum: {}",
                        parts.join(", ")
                    ));
                self.push(doubt.as_warning());
            }
        }
    }
}

pub(super) fn column(name: &str, field: &Field) -> Column {
    let mut field = *field;
    if let Need::Optional(_) = field.need {
        field.need = Need::Number(0.0);
    }
    Column {
        name: name.to_owned(),
        field,
        place: None,
        unit: field.unit_name().to_owned(),
        source: None,
        confidence: Confidence::Unstated,
    }
}
