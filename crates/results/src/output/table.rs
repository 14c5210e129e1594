//! A table on its way to disk: Parquet, and the same rows as CSV if asked for.
//!
//! zstd at level 1; floats by byte stream split and ids by delta, both without dictionary; names by
//! dictionary. Each field carries its label and unit, the file its provenance. Row groups end where the
//! caller says, so that equal rows are equal bytes.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch, StringArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Field, Float32Type, Float64Type, Int32Type, Int64Type, Schema, SchemaRef,
    UInt32Type, UInt64Type,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::error::ResultsError;
use crate::layout::StepDate;
use crate::manifest::FileEntry;
use crate::output::partial::Partial;

/// A table being written.
#[derive(Debug)]
pub(crate) struct Table {
    schema: SchemaRef,
    parquet: ArrowWriter<Partial>,
    csv: Option<csv::Writer<Partial>>,
    rows: u64,
}

impl Table {
    /// Opens `name.parquet` and, if asked for, `name.csv`.
    pub(crate) fn create(
        dir: &Path,
        name: &str,
        fields: Vec<Field>,
        provenance: &[(String, String)],
        with_csv: bool,
    ) -> Result<Self, ResultsError> {
        let file = Partial::create(dir, &format!("{name}.parquet"))?;
        let csv = if with_csv {
            Some(Partial::create(dir, &format!("{name}.csv"))?)
        } else {
            None
        };
        Self::over(file, csv, dir, fields, provenance)
    }

    /// Writes into a file that is open already.
    pub(crate) fn over(
        file: Partial,
        csv: Option<Partial>,
        dir: &Path,
        fields: Vec<Field>,
        provenance: &[(String, String)],
    ) -> Result<Self, ResultsError> {
        let schema = Arc::new(Schema::new(fields));
        let properties = properties(&schema, provenance);
        let parquet = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(|error| ResultsError::write(dir, std::io::Error::other(error)))?;
        let mut table = Self {
            schema,
            parquet,
            csv: csv.map(csv::Writer::from_writer),
            rows: 0,
        };
        table.write_csv_head()?;
        Ok(table)
    }

    /// Appends rows given as one array for each column.
    pub(crate) fn append(&mut self, columns: Vec<ArrayRef>) -> Result<(), ResultsError> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .expect("writers build their columns from the schema's fields");
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let written = self.parquet.write(&batch);
        written.map_err(|error| self.error(error))?;
        self.rows += batch.num_rows() as u64;
        self.write_csv_rows(&batch)
    }

    /// Ends the row group.
    pub(crate) fn end_group(&mut self) -> Result<(), ResultsError> {
        let flushed = self.parquet.flush();
        flushed.map_err(|error| self.error(error))
    }

    /// Ends the table and gives its files their names.
    pub(crate) fn finish(mut self) -> Result<Vec<FileEntry>, ResultsError> {
        let finished = self.parquet.finish();
        finished.map_err(|error| self.error(error))?;
        self.write_csv(|csv| Ok(csv.flush()?))?;
        let mut files = vec![self.parquet.inner_mut().finish(Some(self.rows))?];
        if let Some(csv) = self.csv.take() {
            let mut partial = csv.into_inner().expect("the rows are flushed");
            files.push(partial.finish(Some(self.rows))?);
        }
        Ok(files)
    }

    /// From here on the disk is full.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn fill_the_disk(&mut self, dir: &Path) {
        let full = super::partial::tests::on_a_full_disk(dir, "trajectories.parquet");
        *self.parquet.inner_mut() = full;
    }

    fn error(&mut self, error: ParquetError) -> ResultsError {
        self.parquet.inner_mut().error(std::io::Error::other(error))
    }

    fn write_csv_head(&mut self) -> Result<(), ResultsError> {
        let schema = self.schema.clone();
        let names = schema.fields().iter().map(|field| field.name().as_bytes());
        self.write_csv(|csv| csv.write_record(names))
    }

    fn write_csv_rows(&mut self, batch: &RecordBatch) -> Result<(), ResultsError> {
        self.write_csv(|csv| csv_rows(csv, batch))
    }

    fn write_csv(
        &mut self,
        write: impl FnOnce(&mut csv::Writer<Partial>) -> csv::Result<()>,
    ) -> Result<(), ResultsError> {
        let Some(csv) = self.csv.as_mut() else {
            return Ok(());
        };
        write(csv).map_err(|error| csv_error(csv.get_ref().target(), error))
    }
}

fn csv_error(target: &Path, error: csv::Error) -> ResultsError {
    let source = match error.into_kind() {
        csv::ErrorKind::Io(source) => source,
        other => std::io::Error::other(format!("{other:?}")),
    };
    ResultsError::write(target, source)
}

fn csv_rows(csv: &mut csv::Writer<Partial>, batch: &RecordBatch) -> csv::Result<()> {
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        for column in batch.columns() {
            text.clear();
            write_cell(&mut text, column, row);
            csv.write_field(&text)?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// Writes one batch as a CSV file, names first.
pub(crate) fn write_csv_file(
    file: Partial,
    batch: &RecordBatch,
) -> Result<FileEntry, ResultsError> {
    let target = file.target().to_owned();
    let mut csv = csv::Writer::from_writer(file);
    let schema = batch.schema();
    let names = schema.fields().iter().map(|field| field.name().as_bytes());
    csv.write_record(names)
        .and_then(|()| csv_rows(&mut csv, batch))
        .and_then(|()| Ok(csv.flush()?))
        .map_err(|error| csv_error(&target, error))?;
    let mut partial = csv.into_inner().expect("the rows are flushed");
    partial.finish(Some(batch.num_rows() as u64))
}

/// A day as text, `2008-01-31`.
pub(crate) fn day_text(days: i32) -> String {
    let date = Date32Type::to_naive_date_opt(days);
    date.map_or_else(String::new, |date| date.to_string())
}

fn properties(schema: &Schema, provenance: &[(String, String)]) -> WriterProperties {
    let keys = provenance
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
            _ => continue,
        };
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, encoding);
    }
    builder.build()
}

/// Prints one cell; what is absent is empty. Floats have as many digits as tell them apart.
fn write_cell(text: &mut String, column: &ArrayRef, row: usize) {
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

#[cfg(test)]
mod tests {
    use arrow::array::{Float32Array, UInt64Array};

    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_ends_the_table_with_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let fields = vec![
            field("replicate", DataType::UInt64, "replicate", ""),
            field("x", DataType::Float32, "x", ""),
        ];
        let file = super::super::partial::tests::on_a_full_disk(dir.path(), "runs.parquet");
        let mut table = Table::over(file, None, dir.path(), fields, &[]).unwrap();
        let mut result = Ok(());
        for group in 0..64_u64 {
            let ids = UInt64Array::from_iter_values(group * 4096..(group + 1) * 4096);
            let noise = |idx: u64| crate::test_data::uniform(group * 4096 + idx);
            let values = Float32Array::from_iter_values((0..4096).map(noise));
            result = table.append(vec![Arc::new(ids), Arc::new(values)]);
            result = result.and_then(|()| table.end_group());
            if result.is_err() {
                break;
            }
        }
        let error = result.unwrap_err();
        assert!(matches!(error, ResultsError::DiskFull { .. }), "{error}");
        assert!(error.to_string().contains("runs.parquet"), "{error}");
    }
}
