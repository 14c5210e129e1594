//! `runs.parquet` (one row for each replicate and arm), `events.parquet` and `trajectories.parquet`:
//! the tables that grow block by block.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float32Array, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Field};

use crate::design::Design;
use crate::error::ResultsError;
use crate::layout::{Layout, NONE};
use crate::manifest::Manifest;
use crate::output::table::{self, Names, Table};
use crate::record::{ArmBlock, BlockRecord, EventRow};

/// Rows of a block in the order (replicate, arm).
fn rows(record: &BlockRecord) -> impl Iterator<Item = (usize, usize)> {
    let arms = record.arms.len();
    (0..record.n).flat_map(move |lane| (0..arms).map(move |arm| (lane, arm)))
}

/// Opens the table of runs.
pub(crate) fn create_runs(
    dir: &Path,
    manifest: &Manifest,
    provenance: &[(String, String)],
    csv: bool,
) -> Result<Table, ResultsError> {
    let layout = &manifest.layout;
    let mut fields = id_fields();
    if manifest.origin.design.per_point > 1 {
        let label = "Draw of the inputs, which several replicates share";
        fields.push(table::field("point", DataType::UInt64, label, ""));
    }
    fields.push(table::optional(
        "fault",
        table::name_type(),
        "Why the replicate failed",
        "",
    ));
    fields.push(table::optional(
        "fault_step",
        DataType::UInt32,
        "Step of the failure",
        "step",
    ));
    for col in &layout.inputs {
        fields.push(table::field(
            &col.name,
            DataType::Float32,
            &col.label,
            &col.unit,
        ));
    }
    for col in &layout.outcomes {
        fields.push(table::optional(
            &col.name,
            DataType::Float32,
            &col.label,
            &col.unit,
        ));
    }
    Table::create(dir, "runs", fields, provenance, csv)
}

/// Appends one block to the table of runs.
pub(crate) fn append_runs(
    table: &mut Table,
    names: &RowNames,
    design: &Design,
    record: &BlockRecord,
) -> Result<(), ResultsError> {
    let fault = |(lane, arm): (usize, usize)| record.arms[arm].faults[lane];
    let mut columns = id_columns(names, record);
    if design.per_point > 1 {
        let points = rows(record).map(|(lane, _)| design.point(record.first + lane as u64));
        columns.push(Arc::new(UInt64Array::from_iter_values(points)));
    }
    let kinds = rows(record).map(|row| fault(row).map_or(NONE, |fault| fault.kind));
    columns.push(names.faults.column(kinds));
    let steps = rows(record).map(|row| fault(row).map(|fault| fault.step));
    columns.push(Arc::new(steps.collect::<UInt32Array>()));
    let n_inputs = record.arms.first().map_or(0, |arm| arm.inputs.len());
    for input in 0..n_inputs {
        let values = rows(record).map(|(lane, arm)| record.arms[arm].inputs[input][lane]);
        columns.push(Arc::new(Float32Array::from_iter_values(values)));
    }
    let n_outcomes = record.arms.first().map_or(0, |arm| arm.outcomes.len());
    for outcome in 0..n_outcomes {
        let values = rows(record).map(|(lane, arm)| {
            let x = record.arms[arm].outcomes[outcome][lane];
            (x.is_finite() && record.arms[arm].faults[lane].is_none()).then_some(x)
        });
        columns.push(Arc::new(values.collect::<Float32Array>()));
    }
    table.append(columns)
}

/// Opens the table of events.
pub(crate) fn create_events(
    dir: &Path,
    provenance: &[(String, String)],
    csv: bool,
) -> Result<Table, ResultsError> {
    let name = |id: &str, label: &str| table::optional(id, table::name_type(), label, "");
    let mut fields = id_fields();
    fields.extend(step_fields());
    fields.push(table::field(
        "kind",
        table::name_type(),
        "Kind of event",
        "",
    ));
    fields.push(name("subject", "What it is about"));
    fields.push(name("object", "The other side"));
    fields.push(name("detail", "Deciding term or cause"));
    fields.push(name("from", "State before"));
    fields.push(name("to", "State after"));
    fields.push(table::optional(
        "count",
        DataType::UInt32,
        "Parties or blockers",
        "",
    ));
    Table::create(dir, "events", fields, provenance, csv)
}

/// Appends the events of one block; those of failed replicates stay, up to their failure.
pub(crate) fn append_events(
    table: &mut Table,
    names: &RowNames,
    layout: &Layout,
    record: &BlockRecord,
) -> Result<(), ResultsError> {
    let mut of_row: Vec<(usize, &EventRow)> = Vec::new();
    let mut rest: Vec<&[EventRow]> = record.arms.iter().map(|arm| &arm.events[..]).collect();
    for lane in 0..record.n {
        for (arm, rest) in rest.iter_mut().enumerate() {
            let of_lane = rest.partition_point(|event| event.lane as usize <= lane);
            of_row.extend(rest[..of_lane].iter().map(|event| (arm, event)));
            *rest = &rest[of_lane..];
        }
    }
    let label = |pick: fn(&EventRow) -> u32| {
        names
            .labels
            .column(of_row.iter().map(|(_, event)| pick(event)))
    };
    let replicates = of_row
        .iter()
        .map(|(_, event)| record.first + u64::from(event.lane));
    let steps = of_row.iter().map(|(_, event)| event.step);
    let days = steps
        .clone()
        .map(|step| table::days_of(&layout.steps, step));
    table.append(vec![
        Arc::new(UInt64Array::from_iter_values(replicates)),
        names.arms.column(of_row.iter().map(|&(arm, _)| arm as u32)),
        Arc::new(UInt32Array::from_iter_values(steps)),
        Arc::new(Date32Array::from_iter_values(days)),
        names
            .event_kinds
            .column(of_row.iter().map(|(_, event)| event.kind)),
        label(|event| event.subject),
        label(|event| event.object),
        label(|event| event.detail),
        label(|event| event.from),
        label(|event| event.to),
        Arc::new(
            of_row
                .iter()
                .map(|(_, event)| event.count)
                .collect::<UInt32Array>(),
        ),
    ])
}

/// Opens the table of full trajectories: one row for each replicate, arm and step.
pub(crate) fn create_trajectories(
    dir: &Path,
    layout: &Layout,
    provenance: &[(String, String)],
    csv: bool,
) -> Result<Table, ResultsError> {
    let mut fields = id_fields();
    fields.extend(step_fields());
    for measure in &layout.measures {
        let kind = DataType::Float32;
        fields.push(table::optional(
            &measure.name,
            kind,
            &measure.label,
            &measure.unit,
        ));
    }
    Table::create(dir, "trajectories", fields, provenance, csv)
}

/// Appends the trajectories of one block.
pub(crate) fn append_trajectories(
    table: &mut Table,
    names: &RowNames,
    layout: &Layout,
    record: &BlockRecord,
) -> Result<(), ResultsError> {
    let n_steps = layout.steps.len() as u32;
    let long = || rows(record).flat_map(|row| (0..n_steps).map(move |step| (row, step)));
    let replicates = long().map(|((lane, _), _)| record.first + lane as u64);
    let days = long().map(|(_, step)| table::days_of(&layout.steps, step));
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from_iter_values(replicates)),
        names.arms.column(long().map(|((_, arm), _)| arm as u32)),
        Arc::new(UInt32Array::from_iter_values(long().map(|(_, step)| step))),
        Arc::new(Date32Array::from_iter_values(days)),
    ];
    for measure in 0..layout.measures.len() {
        let value = |arm: &ArmBlock, step: u32, lane: usize| {
            let of_measure = arm.trajectories.get(measure)?;
            of_measure
                .get(step as usize)?
                .get(lane)
                .copied()
                .filter(|x| x.is_finite())
        };
        let values = long().map(|((lane, arm), step)| value(&record.arms[arm], step, lane));
        columns.push(Arc::new(values.collect::<Float32Array>()));
    }
    table.append(columns)
}

/// The lists of names that rows refer to.
#[derive(Debug)]
pub(crate) struct RowNames {
    arms: Names,
    faults: Names,
    event_kinds: Names,
    labels: Names,
}

impl RowNames {
    /// Takes them from the layout.
    pub(crate) fn new(layout: &Layout) -> Self {
        Self {
            arms: Names::new(layout.arms.iter().map(|arm| arm.id.as_str())),
            faults: Names::new(layout.fault_kinds.iter().map(|kind| kind.id.as_str())),
            event_kinds: Names::new(layout.event_kinds.iter().map(|kind| kind.id.as_str())),
            labels: Names::new(layout.labels.iter().map(String::as_str)),
        }
    }
}

fn id_fields() -> Vec<Field> {
    vec![
        table::field("replicate", DataType::UInt64, "Replicate", ""),
        table::field("policy", table::name_type(), "Policy", ""),
    ]
}

fn step_fields() -> [Field; 2] {
    [
        table::field("step", DataType::UInt32, "Step", "step"),
        table::field("date", DataType::Date32, "First day of the step", ""),
    ]
}

fn id_columns(names: &RowNames, record: &BlockRecord) -> Vec<ArrayRef> {
    let replicates = rows(record).map(|(lane, _)| record.first + lane as u64);
    vec![
        Arc::new(UInt64Array::from_iter_values(replicates)),
        names.arms.column(rows(record).map(|(_, arm)| arm as u32)),
    ]
}
