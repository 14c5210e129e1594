//! `runs.parquet` (one row for each replicate and arm), `events.parquet` and `trajectories.parquet`:
//! the tables that grow block by block.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float32Array, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Field};

use crate::design::Design;
use crate::layout::{Layout, NONE};
use crate::manifest::Manifest;
use crate::output::table::{self, Names, REPLICATE};
use crate::record::{ArmBlock, BlockRecord, EventRow};

/// The tables that have rows for each replicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One row for each replicate and arm.
    Runs,
    /// What happened.
    Events,
    /// Every measure at every step.
    Trajectories,
}

impl Kind {
    /// The tables of a run, in the order of the manifest.
    pub(crate) fn of_run(trajectories: bool) -> &'static [Self] {
        if trajectories {
            &[Self::Runs, Self::Events, Self::Trajectories]
        } else {
            &[Self::Runs, Self::Events]
        }
    }

    /// Name of the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Events => "events",
            Self::Trajectories => "trajectories",
        }
    }

    /// Its fields.
    pub(crate) fn fields(self, manifest: &Manifest) -> Vec<Field> {
        let layout = &manifest.layout;
        match self {
            Self::Runs => runs_fields(layout, &manifest.origin.design),
            Self::Events => events_fields(),
            Self::Trajectories => trajectories_fields(layout),
        }
    }

    /// The rows of one block, one array for each field.
    pub(crate) fn columns(
        self,
        names: &RowNames,
        manifest: &Manifest,
        record: &BlockRecord,
    ) -> Vec<ArrayRef> {
        let layout = &manifest.layout;
        match self {
            Self::Runs => runs_columns(names, &manifest.origin.design, record),
            Self::Events => events_columns(names, layout, record),
            Self::Trajectories => trajectories_columns(names, layout, record),
        }
    }
}

/// Rows of a block in the order (replicate, arm).
fn rows(record: &BlockRecord) -> impl Iterator<Item = (usize, usize)> {
    let arms = record.arms.len();
    (0..record.n).flat_map(move |lane| (0..arms).map(move |arm| (lane, arm)))
}

fn runs_fields(layout: &Layout, design: &Design) -> Vec<Field> {
    let mut fields = id_fields();
    if design.per_point > 1 {
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
    fields
}

fn runs_columns(names: &RowNames, design: &Design, record: &BlockRecord) -> Vec<ArrayRef> {
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
    columns
}

fn events_fields() -> Vec<Field> {
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
    fields
}

/// The events of one block; those of failed replicates stay, up to their failure.
fn events_columns(names: &RowNames, layout: &Layout, record: &BlockRecord) -> Vec<ArrayRef> {
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
    vec![
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
    ]
}

/// Full trajectories: one row for each replicate, arm and step.
fn trajectories_fields(layout: &Layout) -> Vec<Field> {
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
    fields
}

fn trajectories_columns(names: &RowNames, layout: &Layout, record: &BlockRecord) -> Vec<ArrayRef> {
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
    columns
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
        table::field(REPLICATE, DataType::UInt64, "Replicate", ""),
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
