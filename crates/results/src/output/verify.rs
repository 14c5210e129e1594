//! Checks finished results: every file against its hash, sums against rows, rows against replicates that were run
//! again.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute;
use arrow::datatypes::{Schema, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::statistics::Statistics;

use crate::error::ResultsError;
use crate::manifest::{FileEntry, Manifest};
use crate::output::plan;
use crate::output::runs::{Kind, RowNames};
use crate::output::table::{self, write_cell};
use crate::record::BlockRecord;

/// Differences of one table that are listed at most.
const LISTED_MAX: usize = 20;

/// A cell, or a number of rows, that is not what running again gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The replicate.
    pub replicate: u64,
    /// The column; empty if the number of rows differs.
    pub column: String,
    /// What the file says.
    pub file: String,
    /// What running again says.
    pub again: String,
}

/// The files of a folder that are not as its manifest says, with what is wrong.
pub fn damaged_files(dir: &Path, manifest: &Manifest) -> Vec<(String, String)> {
    let checked = manifest.files.iter().filter_map(|file| {
        let wrong = match plan::check_file(dir, file) {
            Err(ResultsError::Damaged { .. }) => "its bytes are not those of its hash".to_owned(),
            Err(error) => error.to_string(),
            Ok(()) => wrong_rows(dir, file)?,
        };
        Some((file.name.clone(), wrong))
    });
    checked.collect()
}

/// What is wrong with the number of rows of a file, if anything.
fn wrong_rows(dir: &Path, file: &FileEntry) -> Option<String> {
    let wanted = file.rows?;
    let path = dir.join(&file.name);
    let opened = File::open(&path).ok()?;
    let found = if file.name.ends_with(".csv") {
        let lines = BufReader::new(opened).split(b'\n').count() as u64;
        lines.saturating_sub(1)
    } else {
        match ParquetRecordBatchReaderBuilder::try_new(opened) {
            Ok(builder) => builder
                .metadata()
                .file_metadata()
                .num_rows()
                .cast_unsigned(),
            Err(error) => return Some(error.to_string()),
        }
    };
    (found != wanted).then(|| format!("it has {found} rows, and the manifest says {wanted}"))
}

/// What in the sums of a folder does not fit its manifest, as words; empty if all does.
pub fn check_sums(dir: &Path, manifest: &Manifest) -> Vec<String> {
    let sums = match plan::sums_of_folder(dir, &manifest.layout) {
        Ok(sums) => sums,
        Err(error) => return vec![error.to_string()],
    };
    let mut wrong = Vec::new();
    if sums.replicates() != manifest.completed {
        wrong.push(format!(
            "the sums are of {} replicates, and {} are done",
            sums.replicates(),
            manifest.completed
        ));
    }
    let arms = manifest.layout.arms.len() as u64;
    let rows = manifest
        .files
        .iter()
        .find(|file| file.name == "runs.parquet");
    if rows.and_then(|file| file.rows) != Some(manifest.completed * arms) {
        wrong.push("runs.parquet has not one row for each replicate and policy".to_owned());
    }
    let told: u64 = manifest.faults.iter().map(|(_, _, count)| count).sum();
    if sums.aggregates.n_failed() != told {
        wrong.push(format!(
            "the sums tell {} failed replicates, and the manifest {told}",
            sums.aggregates.n_failed()
        ));
    }
    wrong
}

/// Compares the rows of a block that was run again with those of the files, cell by cell.
///
/// # Errors
/// If a table cannot be read.
pub fn check_rows(
    dir: &Path,
    manifest: &Manifest,
    record: &BlockRecord,
) -> Result<Vec<Difference>, ResultsError> {
    let names = RowNames::new(&manifest.layout);
    let mut all = Vec::new();
    for &kind in Kind::of_run(false) {
        let fields = kind.fields(manifest);
        let columns = kind.columns(&names, manifest, record);
        let again = table::batch(&Arc::new(Schema::new(fields)), columns);
        let path = dir.join(format!("{}.parquet", kind.name()));
        let file = rows_of(&path, record.first, record.first + record.n as u64)?;
        compare(kind.name(), record.first, file.as_ref(), &again, &mut all);
    }
    Ok(all)
}

fn compare(
    table: &'static str,
    first: u64,
    file: Option<&RecordBatch>,
    again: &RecordBatch,
    all: &mut Vec<Difference>,
) {
    let rows = file.map_or(0, RecordBatch::num_rows);
    let differs = |replicate, column: &str, file: String, again: String| Difference {
        table,
        replicate,
        column: column.to_owned(),
        file,
        again,
    };
    if rows != again.num_rows() {
        let words = |rows: usize| format!("{rows} rows");
        all.push(differs(first, "", words(rows), words(again.num_rows())));
        return;
    }
    let Some(file) = file else { return };
    let replicates = again.column(0).as_primitive::<UInt64Type>();
    let (mut ours, mut theirs) = (String::new(), String::new());
    for (idx, field) in again.schema().fields().iter().enumerate() {
        let Some(column) = file.column_by_name(field.name()) else {
            all.push(differs(
                first,
                field.name(),
                "no column".to_owned(),
                "one".to_owned(),
            ));
            continue;
        };
        for row in 0..rows {
            theirs.clear();
            ours.clear();
            // Floats are written with as many digits as tell them apart: equal texts are equal bits.
            write_cell(&mut theirs, column, row);
            write_cell(&mut ours, again.column(idx), row);
            if ours != theirs && all.len() < LISTED_MAX {
                all.push(differs(
                    replicates.value(row),
                    field.name(),
                    theirs.clone(),
                    ours.clone(),
                ));
            }
        }
    }
}

/// The rows of some replicates; `None` if there are none.
fn rows_of(path: &Path, from: u64, to: u64) -> Result<Option<RecordBatch>, ResultsError> {
    let broken = |reason: String| ResultsError::BrokenTable {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|source| ResultsError::read(path, source))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|error| broken(error.to_string()))?;
    let holds = |idx: &usize| {
        let group = builder.metadata().row_group(*idx);
        match group.column(0).statistics() {
            Some(Statistics::Int64(of)) => match (of.min_opt(), of.max_opt()) {
                (Some(min), Some(max)) => min.cast_unsigned() < to && max.cast_unsigned() >= from,
                _ => true,
            },
            _ => true,
        }
    };
    let groups: Vec<usize> = (0..builder.metadata().num_row_groups())
        .filter(holds)
        .collect();
    let reader = builder.with_row_groups(groups).build();
    let mut kept = Vec::new();
    for batch in reader.map_err(|error| broken(error.to_string()))? {
        let batch = batch.map_err(|error| broken(error.to_string()))?;
        let replicates = batch
            .column(0)
            .as_primitive_opt::<UInt64Type>()
            .ok_or_else(|| broken("its first column is no number of a replicate".to_owned()))?;
        let mask: BooleanArray = replicates
            .values()
            .iter()
            .map(|of| Some((from..to).contains(of)))
            .collect();
        let rows = compute::filter_record_batch(&batch, &mask);
        kept.push(rows.map_err(|error| broken(error.to_string()))?);
    }
    let Some(first) = kept.first() else {
        return Ok(None);
    };
    compute::concat_batches(&first.schema(), &kept)
        .map(Some)
        .map_err(|error| broken(error.to_string()))
}
