//! Reads a folder of results: the manifest and the aggregates at once, columns of tables when asked.
//!
//! Takes nothing on trust: a folder of another kind, a file of another version, a broken table each give
//! their own error.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute;
use arrow::datatypes::{DataType, Float32Type, Float64Type, Int32Type, UInt32Type, UInt64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::aggregates::Aggregates;
use crate::error::ResultsError;
use crate::manifest::{AGGREGATES_FILE, FORMAT, MANIFEST_FILE, Manifest, RunStatus};

/// Bytes of a JSON file that are read at most: far above any real manifest.
const JSON_BYTES_MAX: u64 = 1 << 30;

/// An opened folder of results.
#[derive(Debug, Clone)]
pub struct Results {
    dir: PathBuf,
    /// Where the results came from.
    pub manifest: Manifest,
    /// What was added up.
    pub aggregates: Aggregates,
}

/// Columns read from a table; absent values are NaN, absent names are empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers.
    Numbers(Vec<f64>),
    /// Names.
    Names(Vec<String>),
}

impl Values {
    /// The numbers, if they are some.
    pub fn numbers(&self) -> Option<&[f64]> {
        match self {
            Self::Numbers(values) => Some(values),
            Self::Names(_) => None,
        }
    }

    /// The names, if they are some.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Self::Names(values) => Some(values),
            Self::Numbers(_) => None,
        }
    }
}

impl Results {
    /// Opens a folder.
    ///
    /// # Errors
    /// If it is no folder of results, is unfinished, a shard, broken, or of another format version.
    pub fn open(dir: &Path) -> Result<Self, ResultsError> {
        let manifest = read_manifest(dir)?;
        if manifest.status == RunStatus::Running {
            return Err(ResultsError::Unfinished {
                path: dir.to_owned(),
            });
        }
        if crate::output::is_half_moved(dir) {
            return Err(ResultsError::Unfinished {
                path: dir.to_owned(),
            });
        }
        if let Some(shard) = manifest.shard {
            return Err(ResultsError::IsShard {
                path: dir.to_owned(),
                index: shard.index,
                of: shard.of,
            });
        }
        let path = dir.join(AGGREGATES_FILE);
        let text = read_text(&path)?;
        let aggregates: Aggregates =
            serde_json::from_str(&text).map_err(|source| ResultsError::BrokenJson {
                path: path.clone(),
                source,
            })?;
        if !aggregates.fits(&manifest.layout) {
            return Err(ResultsError::Mismatch {
                path,
                what: "its lists have other lengths",
            });
        }
        Ok(Self {
            dir: dir.to_owned(),
            manifest,
            aggregates,
        })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads columns of a table, `runs`, `events`, `series`, `decisions` or `trajectories`, in the order asked.
    ///
    /// # Errors
    /// If the table is missing or broken, or has no such column.
    pub fn columns(&self, table: &str, columns: &[&str]) -> Result<Vec<Values>, ResultsError> {
        read_columns(&self.dir.join(format!("{table}.parquet")), columns)
    }

    /// Values of a column of `runs` under one arm, in the order of replicates; NaN where absent.
    ///
    /// # Errors
    /// If the table is missing or broken, or has no such column.
    pub fn runs_of(&self, arm: &str, column: &str) -> Result<Vec<f64>, ResultsError> {
        let mut read = self.columns("runs", &["policy", column])?;
        let no_numbers = || ResultsError::NoColumn {
            path: self.dir.join("runs.parquet"),
            column: column.to_owned(),
        };
        let (Some(Values::Numbers(values)), Some(Values::Names(arms))) = (read.pop(), read.pop())
        else {
            return Err(no_numbers());
        };
        let pairs = arms.iter().zip(values);
        Ok(pairs
            .filter(|(of, _)| of.as_str() == arm)
            .map(|(_, value)| value)
            .collect())
    }
}

/// Reads the manifest of a folder, finished or not.
///
/// # Errors
/// If there is none, or it is broken or of another format version.
pub fn read_manifest(dir: &Path) -> Result<Manifest, ResultsError> {
    let path = dir.join(MANIFEST_FILE);
    if dir.is_dir() && !path.exists() {
        return Err(ResultsError::NotResults {
            path: dir.to_owned(),
        });
    }
    let text = read_text(&path)?;
    let broken = |source| ResultsError::BrokenJson {
        path: path.clone(),
        source,
    };
    let any: serde_json::Value = serde_json::from_str(&text).map_err(broken)?;
    match any.get("format").and_then(serde_json::Value::as_u64) {
        Some(FORMAT) => serde_json::from_str(&text).map_err(broken),
        Some(found) => Err(ResultsError::Version {
            path,
            found,
            supported: FORMAT,
        }),
        None => Err(ResultsError::NotResults {
            path: dir.to_owned(),
        }),
    }
}

fn read_text(path: &Path) -> Result<String, ResultsError> {
    let read = |source| ResultsError::read(path, source);
    let bytes = std::fs::metadata(path).map_err(read)?.len();
    if bytes > JSON_BYTES_MAX {
        return Err(ResultsError::Mismatch {
            path: path.to_owned(),
            what: "it is far too long",
        });
    }
    std::fs::read_to_string(path).map_err(read)
}

/// Reads columns of a table by its path, in the order asked.
pub(crate) fn read_columns(path: &Path, columns: &[&str]) -> Result<Vec<Values>, ResultsError> {
    let broken = |reason: String| ResultsError::BrokenTable {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|source| ResultsError::read(path, source))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| broken(e.to_string()))?;
    check_version(
        path,
        builder.metadata().file_metadata().key_value_metadata(),
    )?;
    let schema = builder.schema().clone();
    let mut roots = Vec::with_capacity(columns.len());
    for column in columns {
        let missing = || ResultsError::NoColumn {
            path: path.to_owned(),
            column: (*column).to_owned(),
        };
        roots.push(schema.index_of(column).map_err(|_| missing())?);
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
    let reader = builder
        .with_projection(mask)
        .build()
        .map_err(|e| broken(e.to_string()))?;
    let mut values: Vec<Option<Values>> = vec![None; columns.len()];
    for batch in reader {
        let batch = batch.map_err(|e| broken(e.to_string()))?;
        for (column, values) in columns.iter().zip(&mut values) {
            append(&batch, column, values).ok_or_else(|| broken(format!("column {column}")))?;
        }
    }
    let empty = |idx: usize| match schema.field(roots[idx]).data_type() {
        DataType::Dictionary(..) | DataType::Utf8 => Values::Names(Vec::new()),
        _ => Values::Numbers(Vec::new()),
    };
    let filled = values.into_iter().enumerate();
    Ok(filled
        .map(|(idx, values)| values.unwrap_or_else(|| empty(idx)))
        .collect())
}

/// What a table of ours carries: our keys and values in the order they were written; `None` if it is no table.
pub(crate) fn provenance(path: &Path) -> Option<Vec<(String, String)>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).ok()?).ok()?;
    let keys = builder.metadata().file_metadata().key_value_metadata()?;
    let ours = keys.iter().filter(|pair| pair.key.starts_with("foedera."));
    ours.map(|pair| Some((pair.key.clone(), pair.value.clone()?)))
        .collect()
}

fn check_version(
    path: &Path,
    keys: Option<&Vec<parquet::file::metadata::KeyValue>>,
) -> Result<(), ResultsError> {
    let mut keys = keys.into_iter().flatten();
    let format = keys
        .find(|pair| pair.key == "foedera.format")
        .and_then(|pair| pair.value.as_ref());
    match format.and_then(|text| text.parse::<u64>().ok()) {
        Some(FORMAT) => Ok(()),
        Some(found) => Err(ResultsError::Version {
            path: path.to_owned(),
            found,
            supported: FORMAT,
        }),
        None => Err(ResultsError::BrokenTable {
            path: path.to_owned(),
            reason: "it was written by another program".to_owned(),
        }),
    }
}

/// Appends one batch of a column; `None` for a type that we never write.
fn append(batch: &RecordBatch, column: &str, values: &mut Option<Values>) -> Option<()> {
    let array = batch.column_by_name(column)?;
    if matches!(array.data_type(), DataType::Dictionary(..) | DataType::Utf8) {
        let texts = compute::cast(array, &DataType::Utf8).ok()?;
        let texts = texts.as_string_opt::<i32>()?;
        let more = texts.iter().map(|text| text.unwrap_or_default().to_owned());
        match values.get_or_insert_with(|| Values::Names(Vec::new())) {
            Values::Names(names) => names.extend(more),
            Values::Numbers(_) => return None,
        }
        return Some(());
    }
    let Values::Numbers(numbers) = values.get_or_insert_with(|| Values::Numbers(Vec::new())) else {
        return None;
    };
    for row in 0..array.len() {
        let number = match array.data_type() {
            _ if array.is_null(row) => f64::NAN,
            DataType::Float32 => f64::from(array.as_primitive::<Float32Type>().value(row)),
            DataType::Float64 => array.as_primitive::<Float64Type>().value(row),
            DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row) as f64,
            DataType::UInt32 => f64::from(array.as_primitive::<UInt32Type>().value(row)),
            DataType::Date32 => {
                let days = compute::cast(array, &DataType::Int32).ok()?;
                f64::from(days.as_primitive::<Int32Type>().value(row))
            }
            _ => return None,
        };
        numbers.push(number);
    }
    Some(())
}
