//! The table of an analysis: typed columns with labels and units, and where they came from, written as CSV,
//! Parquet or JSON.
//!
//! One row a finding, one meaning a column, nothing rounded; what is printed is a view of it. Parquet is written
//! as the tables of a run are (zstd, label and unit with each field, provenance with the file). JSON has title,
//! provenance, columns and rows. CSV has the rows alone. Relies on [`crate::output`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use serde_json::{Map, Value, json};

use crate::error::ResultsError;
use crate::layout::StepDate;
use crate::manifest::FileEntry;
use crate::output::partial::Partial;
use crate::output::table::{self, Dress, Names, Table};

/// Where a table came from. Everything in it follows from the question: no clock, no machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Name of the program.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The command, without what decides no value (threads, display, names of files written).
    pub command: Vec<String>,
    /// Name of the scenario, if one was asked.
    pub scenario: Option<String>,
    /// Hash over the texts of the scenario and its world.
    pub scenario_sha256: Option<String>,
    /// Seed.
    pub seed: Option<u64>,
    /// Design of the draws and replicates, in words.
    pub design: Option<String>,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or a sentence.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Truth,
    /// A calendar day.
    Date,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name: lower case, digits and underscores.
    pub name: String,
    /// What it says, in words.
    pub label: String,
    /// Unit; empty if it has none.
    pub unit: String,
    /// What its cells are.
    pub kind: Kind,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    Absent,
    /// A name or a sentence.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number; one that is not a number is absent.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// A calendar day, as days since 1970.
    Date(i32),
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with commas, the rows alone.
    Csv,
    /// Columns, compressed, with labels, units and provenance.
    Parquet,
    /// One document: title, provenance, columns, rows as objects.
    Json,
}

/// A table being filled.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisTable {
    title: String,
    provenance: Provenance,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Format {
    /// The format that the ending of a file name asks for.
    ///
    /// # Errors
    /// If the name ends in none of `.csv`, `.parquet`, `.json`.
    pub fn of(path: &Path) -> Result<Self, ResultsError> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            Some("json") => Ok(Self::Json),
            _ => Err(ResultsError::NoTableFormat {
                path: path.to_owned(),
            }),
        }
    }
}

impl Column {
    /// A column of names or sentences.
    pub fn text(name: &str, label: &str) -> Self {
        Self::new(name, label, "", Kind::Text)
    }

    /// A column of whole numbers.
    pub fn integer(name: &str, label: &str, unit: &str) -> Self {
        Self::new(name, label, unit, Kind::Integer)
    }

    /// A column of numbers.
    pub fn number(name: &str, label: &str, unit: &str) -> Self {
        Self::new(name, label, unit, Kind::Number)
    }

    /// A column of true and false.
    pub fn truth(name: &str, label: &str) -> Self {
        Self::new(name, label, "", Kind::Truth)
    }

    /// A column of calendar days.
    pub fn date(name: &str, label: &str) -> Self {
        Self::new(name, label, "", Kind::Date)
    }

    fn new(name: &str, label: &str, unit: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            unit: unit.to_owned(),
            kind,
        }
    }
}

impl Cell {
    /// A cell of the first day of a month.
    pub fn month(year: i32, month: u32) -> Self {
        Self::Date(StepDate { year, month }.days_since_1970())
    }

    fn fits(&self, kind: Kind) -> bool {
        match self {
            Self::Absent => true,
            Self::Text(_) => kind == Kind::Text,
            Self::Integer(_) => kind == Kind::Integer,
            Self::Number(_) => kind == Kind::Number,
            Self::Truth(_) => kind == Kind::Truth,
            Self::Date(_) => kind == Kind::Date,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) if !value.is_nan() => Some(*value),
            _ => None,
        }
    }

    fn as_truth(&self) -> Option<bool> {
        match self {
            Self::Truth(value) => Some(*value),
            _ => None,
        }
    }

    fn as_date(&self) -> Option<i32> {
        match self {
            Self::Date(days) => Some(*days),
            _ => None,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Cell {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Truth(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

impl AnalysisTable {
    /// An empty table.
    ///
    /// # Panics
    /// If two columns have one name.
    pub fn new(
        title: impl Into<String>,
        provenance: Provenance,
        columns: impl Into<Vec<Column>>,
    ) -> Self {
        let columns = columns.into();
        for (idx, column) in columns.iter().enumerate() {
            let known = columns[..idx].iter().any(|other| other.name == column.name);
            assert!(!known, "two columns are called {}", column.name);
        }
        Self {
            title: title.into(),
            provenance,
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row: one cell for each column, of its kind or absent.
    ///
    /// # Panics
    /// If the cells do not fit the columns.
    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        for (cell, column) in cells.iter().zip(&self.columns) {
            assert!(cell.fits(column.kind), "{cell:?} in {}", column.name);
        }
        self.rows.push(cells);
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as a JSON document. What is absent, or not finite, is null; days are texts.
    pub fn document(&self) -> Value {
        let columns: Vec<Value> = self.columns.iter().map(Column::document).collect();
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let cells = self.columns.iter().zip(row);
                let pairs = cells.map(|(column, cell)| (column.name.clone(), cell.document()));
                Value::Object(pairs.collect::<Map<_, _>>())
            })
            .collect();
        let provenance: BTreeMap<String, String> = self.provenance.pairs().into_iter().collect();
        json!({ "title": self.title, "provenance": provenance, "columns": columns, "rows": rows })
    }

    /// Writes the table in the format that the file's name asks for: whole or not at all, and never over another
    /// file unless told so. A folder that is not there is made.
    ///
    /// # Errors
    /// If the name has no known ending, the file is there and `force` is not set, or it cannot be written.
    pub fn write(&self, path: &Path, force: bool) -> Result<FileEntry, ResultsError> {
        let format = Format::of(path)?;
        let (dir, name) = place(path, force)?;
        if !dir.as_os_str().is_empty() {
            fs::create_dir_all(&dir).map_err(|source| ResultsError::write(&dir, source))?;
        }
        let dir = if dir.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &dir
        };
        match format {
            Format::Json => Partial::write_whole(dir, &name, &self.json(), None),
            Format::Csv => {
                let text = table::csv_file(&self.fields(), &self.batch());
                Partial::write_whole(dir, &name, &text, Some(self.len() as u64))
            }
            Format::Parquet => {
                let mut keys = vec![("foedera.title".to_owned(), self.title.clone())];
                let pairs = self.provenance.pairs();
                keys.extend(
                    pairs
                        .into_iter()
                        .map(|(key, text)| (format!("foedera.{key}"), text)),
                );
                let dress = Dress {
                    provenance: &keys,
                    plain_names: false,
                };
                let mut table = Table::new(self.fields(), dress, false);
                table.append(self.arrays());
                let written = table.finish();
                Partial::write_whole(dir, &name, &written.parquet, Some(written.rows))
            }
        }
    }

    fn json(&self) -> Vec<u8> {
        let mut text =
            serde_json::to_vec_pretty(&self.document()).expect("plain data has a JSON form");
        text.push(b'\n');
        text
    }

    fn fields(&self) -> Vec<Field> {
        let field = |column: &Column| {
            let kind = match column.kind {
                Kind::Text => table::name_type(),
                Kind::Integer => DataType::Int64,
                Kind::Number => DataType::Float64,
                Kind::Truth => DataType::Boolean,
                Kind::Date => DataType::Date32,
            };
            table::optional(&column.name, kind, &column.label, &column.unit)
        };
        self.columns.iter().map(field).collect()
    }

    fn batch(&self) -> RecordBatch {
        let schema = Arc::new(Schema::new(self.fields()));
        RecordBatch::try_new(schema, self.arrays()).expect("rows were checked against the columns")
    }

    fn arrays(&self) -> Vec<ArrayRef> {
        let array = |(at, column): (usize, &Column)| -> ArrayRef {
            let cells = self.rows.iter().map(|row| &row[at]);
            match column.kind {
                Kind::Text => self.names(at),
                Kind::Integer => Arc::new(cells.map(Cell::as_integer).collect::<Int64Array>()),
                Kind::Number => Arc::new(cells.map(Cell::as_number).collect::<Float64Array>()),
                Kind::Truth => Arc::new(cells.map(Cell::as_truth).collect::<BooleanArray>()),
                Kind::Date => Arc::new(cells.map(Cell::as_date).collect::<Date32Array>()),
            }
        };
        self.columns.iter().enumerate().map(array).collect()
    }

    /// A column of texts, each text kept once.
    fn names(&self, at: usize) -> ArrayRef {
        let mut places: BTreeMap<&str, u32> = BTreeMap::new();
        let mut texts: Vec<&str> = Vec::new();
        let mut keys = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            keys.push(row[at].as_text().map_or(u32::MAX, |text| {
                *places.entry(text).or_insert_with(|| {
                    texts.push(text);
                    texts.len() as u32 - 1
                })
            }));
        }
        Names::new(texts).column(keys)
    }
}

impl Column {
    fn document(&self) -> Value {
        let kind = match self.kind {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Truth => "truth",
            Kind::Date => "date",
        };
        json!({ "name": self.name, "label": self.label, "unit": self.unit, "type": kind })
    }
}

impl Cell {
    fn document(&self) -> Value {
        match self {
            Self::Absent => Value::Null,
            Self::Text(text) => json!(text),
            Self::Integer(value) => json!(value),
            Self::Number(value) => json!(value),
            Self::Truth(value) => json!(value),
            Self::Date(days) => json!(table::day_text(*days)),
        }
    }
}

impl Provenance {
    fn pairs(&self) -> Vec<(String, String)> {
        let known = [
            ("program", Some(self.program.clone())),
            ("version", Some(self.version.clone())),
            ("command", Some(self.command.join(" "))),
            ("scenario", self.scenario.clone()),
            ("scenario_sha256", self.scenario_sha256.clone()),
            ("seed", self.seed.map(|seed| seed.to_string())),
            ("design", self.design.clone()),
        ];
        let pairs = known.into_iter();
        pairs
            .filter_map(|(key, text)| Some((key.to_owned(), text?)))
            .collect()
    }
}

/// Checks that a table may be written here, before any work is done for it.
///
/// # Errors
/// If the name has no known ending, or the file is there and `force` is not set.
pub fn check(path: &Path, force: bool) -> Result<(), ResultsError> {
    Format::of(path)?;
    place(path, force).map(drop)
}

/// The folder and the name of a file that may be written.
fn place(path: &Path, force: bool) -> Result<(PathBuf, String), ResultsError> {
    let taken = fs::symlink_metadata(path);
    if taken.as_ref().is_ok_and(fs::Metadata::is_dir) || (taken.is_ok() && !force) {
        return Err(ResultsError::FileExists {
            path: path.to_owned(),
        });
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let dir = path.parent().unwrap_or(Path::new(""));
    Ok((dir.to_owned(), name.into_owned()))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::{Float64Type, Int32Type};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    fn sample() -> AnalysisTable {
        let provenance = Provenance {
            program: "foedera".to_owned(),
            version: "1".to_owned(),
            command: ["foedera", "why", "out"].map(str::to_owned).to_vec(),
            seed: Some(7),
            ..Provenance::default()
        };
        let columns = [
            Column::text("actor", "Actor"),
            Column::number("share", "Share of tablings", "1"),
            Column::integer("n", "Replicates", "replicates"),
            Column::truth("alone", "Whether alone"),
            Column::date("day", "First day"),
        ];
        let mut table = AnalysisTable::new("Who blocks", provenance, columns);
        let day = Cell::month(2008, 1);
        table.row([
            "A, \"b\"".into(),
            0.1.into(),
            3_u64.into(),
            true.into(),
            day,
        ]);
        let absent = Cell::Absent;
        table.row([
            "C".into(),
            f64::NAN.into(),
            absent.clone(),
            false.into(),
            absent,
        ]);
        table.row([
            Cell::Absent,
            (1.0 / 3.0).into(),
            5_u64.into(),
            Cell::Absent,
            Cell::month(1969, 12),
        ]);
        table
    }

    #[test]
    fn a_csv_file_has_the_rows_with_all_digits() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/t.csv");
        let entry = sample().write(&path, false).unwrap();
        assert_eq!(entry.rows, Some(3));
        let text = fs::read_to_string(&path).unwrap();
        let expected = "actor,share,n,alone,day\n\"A, \"\"b\"\"\",0.1,3,true,2008-01-01\n\
                        C,,,false,\n,0.3333333333333333,5,,1969-12-01\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_parquet_file_keeps_labels_units_and_provenance() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.parquet");
        sample().write(&path, false).unwrap();
        let first = fs::read(&path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(&path).unwrap());
        let reader = reader.unwrap();
        let keys = reader
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .unwrap()
            .clone();
        let value = |key: &str| {
            keys.iter()
                .find(|of| of.key == key)
                .and_then(|of| of.value.clone())
        };
        assert_eq!(value("foedera.command").as_deref(), Some("foedera why out"));
        assert_eq!(value("foedera.seed").as_deref(), Some("7"));
        assert_eq!(value("foedera.title").as_deref(), Some("Who blocks"));
        let field = reader.schema().field_with_name("share").unwrap().clone();
        assert_eq!(field.metadata()["label"], "Share of tablings");
        assert_eq!(field.metadata()["unit"], "1");
        let batch = reader.build().unwrap().next().unwrap().unwrap();
        let shares = batch.column(1).as_primitive::<Float64Type>();
        assert_eq!(shares.value(2).to_bits(), (1.0_f64 / 3.0).to_bits());
        assert!(shares.is_null(1) && batch.column(0).is_null(2));
        let actors = batch.column(0).as_dictionary::<Int32Type>();
        assert_eq!(actors.values().as_string::<i32>().value(0), "A, \"b\"");
        // Equal tables are equal bytes.
        sample().write(&path, true).unwrap();
        assert_eq!(first, fs::read(&path).unwrap());
    }

    #[test]
    fn a_json_document_names_its_columns() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.JSON");
        sample().write(&path, false).unwrap();
        let read: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(read, sample().document());
        assert_eq!(read["columns"][1]["unit"], "1");
        assert_eq!(read["rows"][0]["day"], "2008-01-01");
        assert!(read["rows"][1]["share"].is_null());
        assert_eq!(read["provenance"]["program"], "foedera");
    }

    #[test]
    fn nothing_is_overwritten_and_unknown_endings_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.csv");
        sample().write(&path, false).unwrap();
        let again = sample().write(&path, false).unwrap_err();
        assert!(matches!(again, ResultsError::FileExists { .. }), "{again}");
        assert!(check(&path, false).is_err() && check(&path, true).is_ok());
        for name in ["t.xlsx", "t", ".csv"] {
            let error = sample().write(&dir.path().join(name), true).unwrap_err();
            assert!(
                error.to_string().contains("csv, .parquet or .json")
                    || error.remedy().contains(".parquet"),
                "{error}"
            );
        }
        let folder = dir.path().join("folder.csv");
        fs::create_dir(&folder).unwrap();
        assert!(sample().write(&folder, true).is_err());
        // Nothing but the table and the folder is left.
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    #[should_panic(expected = "in share")]
    fn a_cell_of_another_kind_is_our_mistake() {
        let mut table = sample();
        let absent = || Cell::Absent;
        table.row([absent(), "x".into(), absent(), absent(), absent()]);
    }
}
