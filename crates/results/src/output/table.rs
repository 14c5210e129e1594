//! A table on its way to disk: Parquet, and the same rows as CSV if asked for.
//!
//! zstd at level 1; floats by byte stream split and ids by delta, both without dictionary; names by
//! dictionary. Each field carries its label and unit, the file its provenance. A table is encoded in memory, a part of
//! a run at a time, so that equal rows are equal bytes; [`crate::output::assemble`] puts parts together.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch, StringArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Field, Float32Type, Float64Type, Int32Type, Int64Type, Schema, SchemaRef,
    UInt32Type, UInt64Type,
};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::layout::StepDate;

/// Column whose extremes each row group keeps: which replicates are in it.
pub(crate) const REPLICATE: &str = "replicate";

/// What every table of a run has in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dress<'a> {
    /// Keys and values that the file carries.
    pub(crate) provenance: &'a [(String, String)],
    /// Names as they are, not by dictionary: pages of several parts that follow one another in one row group
    /// cannot share one.
    pub(crate) plain_names: bool,
}

/// A table being written.
#[derive(Debug)]
pub(crate) struct Table {
    schema: SchemaRef,
    parquet: ArrowWriter<Vec<u8>>,
    csv: Option<csv::Writer<Vec<u8>>>,
    rows: u64,
}

/// A table that is written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    /// A whole Parquet file.
    pub(crate) parquet: Bytes,
    /// The rows as CSV, without the names of the columns.
    pub(crate) csv: Option<Vec<u8>>,
    /// Number of rows.
    pub(crate) rows: u64,
}

impl Table {
    /// Begins a table.
    pub(crate) fn new(fields: Vec<Field>, dress: Dress<'_>, with_csv: bool) -> Self {
        let schema = Arc::new(Schema::new(fields));
        let parquet = writer(Vec::new(), &schema, dress);
        Self {
            schema,
            parquet,
            csv: with_csv.then(|| csv::Writer::from_writer(Vec::new())),
            rows: 0,
        }
    }

    /// Appends rows given as one array for each column.
    pub(crate) fn append(&mut self, columns: Vec<ArrayRef>) {
        let batch = batch(&self.schema, columns);
        if batch.num_rows() == 0 {
            return;
        }
        self.parquet.write(&batch).expect(IN_MEMORY);
        self.rows += batch.num_rows() as u64;
        if let Some(csv) = &mut self.csv {
            write_csv_rows(csv, &batch);
        }
    }

    /// Ends the row group.
    pub(crate) fn end_group(&mut self) {
        self.parquet.flush().expect(IN_MEMORY);
    }

    /// Ends the table.
    pub(crate) fn finish(self) -> Written {
        let parquet = self.parquet.into_inner().expect(IN_MEMORY);
        Written {
            parquet: Bytes::from(parquet),
            csv: self.csv.map(|csv| csv.into_inner().expect(IN_MEMORY)),
            rows: self.rows,
        }
    }
}

/// Why a step of writing cannot fail.
const IN_MEMORY: &str = "rows that fit their fields are encoded in memory";

/// Rows given as one array for each field.
pub(crate) fn batch(schema: &SchemaRef, columns: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(schema.clone(), columns)
        .expect("writers build their columns from the schema's fields")
}

/// Begins a Parquet file of ours.
pub(crate) fn writer<W: std::io::Write + Send>(
    to: W,
    schema: &SchemaRef,
    dress: Dress<'_>,
) -> ArrowWriter<W> {
    ArrowWriter::try_new(to, schema.clone(), Some(properties(schema, dress)))
        .expect("every type of a field of ours has a Parquet form")
}

/// One batch as a CSV file, names first.
pub(crate) fn csv_file(fields: &[Field], batch: &RecordBatch) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(csv_head(fields));
    write_csv_rows(&mut csv, batch);
    csv.into_inner().expect(IN_MEMORY)
}

/// A day as text, `2008-01-31`.
pub(crate) fn day_text(days: i32) -> String {
    let date = Date32Type::to_naive_date_opt(days);
    date.map_or_else(String::new, |date| date.to_string())
}

/// The first line of a table as CSV.
pub(crate) fn csv_head(fields: &[Field]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let names = fields.iter().map(|field| field.name().as_bytes());
    csv.write_record(names).expect(IN_MEMORY);
    csv.into_inner().expect(IN_MEMORY)
}

fn write_csv_rows(csv: &mut csv::Writer<Vec<u8>>, batch: &RecordBatch) {
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        for column in batch.columns() {
            text.clear();
            write_cell(&mut text, column, row);
            csv.write_field(&text).expect(IN_MEMORY);
        }
        csv.write_record(None::<&[u8]>).expect(IN_MEMORY);
    }
}

fn properties(schema: &Schema, dress: Dress<'_>) -> WriterProperties {
    let keys = dress
        .provenance
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(
            ZstdLevel::try_new(1).expect("level 1 exists"),
        ))
        .set_max_row_group_row_count(None)
        // Extremes and page places of every column of every group would be kept in memory to the end.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(keys.collect()));
    for field in schema.fields() {
        let path = ColumnPath::new(vec![field.name().clone()]);
        let encoding = match field.data_type() {
            DataType::Float32 | DataType::Float64 => Encoding::BYTE_STREAM_SPLIT,
            DataType::UInt32 | DataType::UInt64 | DataType::Int64 | DataType::Date32 => {
                Encoding::DELTA_BINARY_PACKED
            }
            DataType::Dictionary(..) if dress.plain_names => Encoding::PLAIN,
            _ => continue,
        };
        if field.name() == REPLICATE {
            builder = builder.set_column_statistics_enabled(path.clone(), EnabledStatistics::Chunk);
        }
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, encoding);
    }
    builder.build()
}

/// Prints one cell; what is absent is empty. Floats have as many digits as tell them apart.
pub(crate) fn write_cell(text: &mut String, column: &ArrayRef, row: usize) {
    use std::fmt::Write;
    if column.is_null(row) {
        return;
    }
    let done = match column.data_type() {
        DataType::UInt64 => write!(text, "{}", column.as_primitive::<UInt64Type>().value(row)),
        DataType::UInt32 => write!(text, "{}", column.as_primitive::<UInt32Type>().value(row)),
        DataType::Int64 => write!(text, "{}", column.as_primitive::<Int64Type>().value(row)),
        DataType::Boolean => write!(text, "{}", column.as_boolean().value(row)),
        DataType::Float32 => write!(text, "{}", column.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => write!(text, "{}", column.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => {
            let date = column.as_primitive::<Date32Type>().value_as_date(row);
            date.map_or(Ok(()), |date| write!(text, "{date}"))
        }
        _ => {
            let names = column.as_dictionary::<Int32Type>();
            let values = names.values().as_string::<i32>();
            write!(text, "{}", values.value(names.keys().value(row) as usize))
        }
    };
    done.expect("a string takes everything");
}

/// A field with its label and unit.
pub(crate) fn field(name: &str, kind: DataType, label: &str, unit: &str) -> Field {
    let texts = [("label", label), ("unit", unit)];
    let texts = texts
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    Field::new(name, kind, false).with_metadata(texts.collect::<std::collections::HashMap<_, _>>())
}

/// A field that may be absent.
pub(crate) fn optional(name: &str, kind: DataType, label: &str, unit: &str) -> Field {
    field(name, kind, label, unit).with_nullable(true)
}

/// The type of a column of names.
pub(crate) fn name_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// A list of names that columns refer to.
#[derive(Debug, Clone)]
pub(crate) struct Names(ArrayRef);

impl Names {
    /// Takes the names.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values: Vec<&str> = names.into_iter().collect();
        if values.is_empty() {
            // A dictionary of nothing is not readable everywhere.
            values.push("");
        }
        Self(Arc::new(StringArray::from(values)))
    }

    /// A column of indices into the names; an index beyond them is absent.
    pub(crate) fn column(&self, idx: impl IntoIterator<Item = u32>) -> ArrayRef {
        let n = self.0.len();
        let keys: Int32Array = idx
            .into_iter()
            .map(|idx| i32::try_from(idx).ok().filter(|_| (idx as usize) < n))
            .collect();
        let array = DictionaryArray::<Int32Type>::try_new(keys, self.0.clone());
        Arc::new(array.expect("keys were checked against the names"))
    }
}

/// Dates of steps as days since 1970.
pub(crate) fn days_of(steps: &[StepDate], step: u32) -> i32 {
    steps
        .get(step as usize)
        .map_or(0, |date| date.days_since_1970())
}
