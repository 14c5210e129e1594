//! `histograms.parquet`: how every measure is spread at every step, as exact counts.
//!
//! The quantiles of `series.parquet` are read from them. They are kept so that a finished run can be extended, shards
//! can be merged and a killed run goes on, each to the last bit. One row for each arm, measure and step.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Float32Array, ListBuilder, RecordBatch, UInt32Array,
    UInt32Builder, UInt64Array,
};
use arrow::datatypes::{DataType, Decimal128Type, Field, Float32Type, UInt32Type, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::ResultsError;
use crate::histogram::{BINS, Histogram};
use crate::layout::Layout;
use crate::output::table::{self, Dress, Names, Table, Written};
use crate::series::SeriesAggregates;

/// Name of the table.
pub(crate) const HISTOGRAMS: &str = "histograms";
/// Decimal digits of a sum of squares: those of the widest decimal.
const DIGITS: u8 = 38;

/// The table of histograms.
pub(crate) fn histograms_table(
    layout: &Layout,
    dress: Dress<'_>,
    series: &SeriesAggregates,
) -> Written {
    let mut table = Table::new(fields(), dress, false);
    let arms = Names::new(layout.arms.iter().map(|arm| arm.id.as_str()));
    let measures = Names::new(layout.measures.iter().map(|of| of.name.as_str()));
    let n_steps = layout.steps.len();
    for arm in 0..layout.arms.len() {
        for measure in 0..layout.measures.len() {
            let cells: Vec<Histogram> = (0..n_steps)
                .map(|step| series.histogram(arm, measure, step).trimmed())
                .collect();
            let mut columns = vec![
                arms.column((0..n_steps).map(|_| arm as u32)),
                measures.column((0..n_steps).map(|_| measure as u32)),
            ];
            columns.extend(columns_of(&cells));
            table.append(columns);
        }
        table.end_group();
    }
    table.finish()
}

fn fields() -> Vec<Field> {
    let count = |name: &str, label: &str| table::field(name, DataType::UInt64, label, "replicates");
    let extreme =
        |name: &str, label: &str| table::optional(name, DataType::Float32, label, "as the measure");
    let name = |id: &str, label: &str| table::field(id, table::name_type(), label, "");
    vec![
        name("policy", "Policy"),
        name("measure", "Measure"),
        table::field("step", DataType::UInt32, "Step", "step"),
        count("n", "Replicates"),
        count("under", "Replicates below the range of the measure"),
        count("over", "Replicates above the range of the measure"),
        table::field(
            "sum",
            DataType::UInt64,
            "Sum of the codes",
            "2^-20 of the range, from its low end",
        ),
        table::field(
            "sum_squares",
            DataType::Decimal128(DIGITS, 0),
            "Sum of the squared codes",
            "2^-40 of the squared range",
        ),
        extreme("min", "Smallest value"),
        extreme("max", "Largest value"),
        table::field(
            "first_bin",
            DataType::UInt32,
            "Bin of the first count",
            "1/1024 of the range",
        ),
        table::field(
            "counts",
            DataType::List(Arc::new(Field::new_list_field(DataType::UInt32, true))),
            "Replicates in each bin from the first one on",
            "replicates",
        ),
    ]
}

fn columns_of(cells: &[Histogram]) -> Vec<ArrayRef> {
    let counts = |pick: fn(&Histogram) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(cells.iter().map(pick)))
    };
    let extremes = |pick: fn(&Histogram) -> Option<f32>| -> ArrayRef {
        Arc::new(cells.iter().map(pick).collect::<Float32Array>())
    };
    let squares = cells.iter().map(|of| of.sum_squares.cast_signed());
    let squares = Decimal128Array::from_iter_values(squares)
        .with_precision_and_scale(DIGITS, 0)
        .expect("squares of 20 bits, 2^32 of them, have 22 digits");
    let mut bins = ListBuilder::new(UInt32Builder::new());
    for cell in cells {
        bins.values().append_slice(&cell.counts);
        bins.append(true);
    }
    vec![
        Arc::new(UInt32Array::from_iter_values(0..cells.len() as u32)),
        counts(|of| of.n),
        counts(|of| of.under),
        counts(|of| of.over),
        counts(|of| of.sum),
        Arc::new(squares),
        extremes(|of| of.min),
        extremes(|of| of.max),
        Arc::new(UInt32Array::from_iter_values(
            cells.iter().map(|of| of.first_bin),
        )),
        Arc::new(bins.finish()),
    ]
}

/// Reads the histograms back.
///
/// # Errors
/// If the table is missing, broken, or not that of the layout.
pub(crate) fn read_histograms(
    path: &Path,
    layout: &Layout,
) -> Result<SeriesAggregates, ResultsError> {
    let broken = |reason: String| ResultsError::BrokenTable {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|source| ResultsError::read(path, source))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build);
    let mut all: Vec<Histogram> = Vec::new();
    for batch in reader.map_err(|error| broken(error.to_string()))? {
        let batch = batch.map_err(|error| broken(error.to_string()))?;
        let read = histograms_of(&batch);
        all.extend(read.ok_or_else(|| broken("its columns are others".to_owned()))?);
    }
    let n_steps = layout.steps.len().max(1);
    let cells = all.chunks(n_steps).map(<[Histogram]>::to_vec).collect();
    let series = SeriesAggregates::of_cells(layout, cells);
    if !series.fits(layout) {
        return Err(ResultsError::Mismatch {
            path: path.to_owned(),
            what: "its histograms are not those of the layout",
        });
    }
    Ok(series)
}

fn histograms_of(batch: &RecordBatch) -> Option<Vec<Histogram>> {
    let column = |name: &str| batch.column_by_name(name);
    let longs = |name: &str| column(name)?.as_primitive_opt::<UInt64Type>();
    let floats = |name: &str| column(name)?.as_primitive_opt::<Float32Type>();
    let (n, under, over, sum) = (longs("n")?, longs("under")?, longs("over")?, longs("sum")?);
    let squares = column("sum_squares")?.as_primitive_opt::<Decimal128Type>()?;
    let (min, max) = (floats("min")?, floats("max")?);
    let first_bin = column("first_bin")?.as_primitive_opt::<UInt32Type>()?;
    let counts = column("counts")?.as_list_opt::<i32>()?;
    let rows = (0..batch.num_rows()).map(|row| {
        let bins = counts.value(row);
        let bins = bins.as_primitive_opt::<UInt32Type>()?.values().to_vec();
        let first = first_bin.value(row);
        let histogram = Histogram {
            n: n.value(row),
            under: under.value(row),
            over: over.value(row),
            sum: sum.value(row),
            sum_squares: squares.value(row).cast_unsigned(),
            min: min.is_valid(row).then(|| min.value(row)),
            max: max.is_valid(row).then(|| max.value(row)),
            first_bin: first,
            counts: bins,
        };
        (u64::from(first) + histogram.counts.len() as u64 <= u64::from(BINS)).then_some(histogram)
    });
    rows.collect()
}
