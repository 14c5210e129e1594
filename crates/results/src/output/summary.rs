//! `series.parquet` (quantiles of every measure at every step) and `decisions.parquet` (who blocked what,
//! in which year, by which term): the tables written at the end from what was added up.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, UInt32Array, UInt64Array};
use arrow::datatypes::DataType;

use crate::aggregates::Aggregates;
use crate::decision::YearTerm;
use crate::interval::Estimate;
use crate::layout::Layout;
use crate::output::table::{self, Dress, Names, Table, Written, csv_head};
use crate::series::{LEVELS, SeriesAggregates, SeriesPoint};

/// Names of the quantile columns, in the order of [`LEVELS`].
pub(crate) const QUANTILE_NAMES: [&str; 5] = ["q05", "q25", "q50", "q75", "q95"];

/// The table of series.
pub(crate) fn series_table(
    layout: &Layout,
    dress: Dress<'_>,
    csv: bool,
    series: &SeriesAggregates,
) -> Written {
    let number =
        |name: &str, label: &str| table::optional(name, DataType::Float64, label, "as the measure");
    let name = |id: &str, label: &str| table::field(id, table::name_type(), label, "");
    let mut fields = vec![
        name("policy", "Policy"),
        name("measure", "Measure"),
        name("label", "Title of the measure"),
        name("unit", "Unit of the measure"),
        table::field("step", DataType::UInt32, "Step", "step"),
        table::field("date", DataType::Date32, "First day of the step", ""),
        table::field("n", DataType::UInt64, "Replicates", "replicates"),
        number("mean", "Mean"),
        number("mean_low", "Lower end of the mean's 95 % interval"),
        number("mean_high", "Upper end of the mean's 95 % interval"),
        number("sd", "Standard deviation"),
    ];
    for (id, level) in QUANTILE_NAMES.iter().zip(LEVELS) {
        let percent = format!("{:.0} % quantile", 100.0 * level);
        fields.push(number(id, &percent));
        fields.push(number(
            &format!("{id}_low"),
            &format!("{percent}, lower end of its 95 % interval"),
        ));
        fields.push(number(
            &format!("{id}_high"),
            &format!("{percent}, upper end of its 95 % interval"),
        ));
    }
    let head = csv_head(&fields);
    let mut table = Table::new(fields, dress, csv);
    let names = SeriesNames::new(layout);
    for arm in 0..layout.arms.len() {
        for measure in 0..layout.measures.len() {
            table.append(series_columns(layout, &names, series, (arm, measure)));
        }
        table.end_group();
    }
    with_head(head, table.finish())
}

struct SeriesNames {
    arms: Names,
    measures: Names,
    labels: Names,
    units: Names,
}

impl SeriesNames {
    fn new(layout: &Layout) -> Self {
        let of = |pick: fn(&crate::layout::MeasureColumn) -> &str| {
            Names::new(layout.measures.iter().map(pick))
        };
        Self {
            arms: Names::new(layout.arms.iter().map(|arm| arm.id.as_str())),
            measures: of(|measure| &measure.name),
            labels: of(|measure| &measure.label),
            units: of(|measure| &measure.unit),
        }
    }
}

fn series_columns(
    layout: &Layout,
    names: &SeriesNames,
    series: &SeriesAggregates,
    (arm, measure): (usize, usize),
) -> Vec<ArrayRef> {
    let points = series.points(arm, measure);
    let n_steps = points.len();
    let same = |names: &Names, idx: usize| names.column((0..n_steps).map(|_| idx as u32));
    let steps = 0..n_steps as u32;
    let days = steps
        .clone()
        .map(|step| table::days_of(&layout.steps, step));
    let counts = points.iter().map(|point| point.map_or(0, |point| point.n));
    let mut columns: Vec<ArrayRef> = vec![
        same(&names.arms, arm),
        same(&names.measures, measure),
        same(&names.labels, measure),
        same(&names.units, measure),
        Arc::new(UInt32Array::from_iter_values(steps)),
        Arc::new(Date32Array::from_iter_values(days)),
        Arc::new(UInt64Array::from_iter_values(counts)),
    ];
    columns.extend(estimate_columns(&points, |point| point.mean));
    columns.push(number_column(&points, |point| point.sd));
    for idx in 0..LEVELS.len() {
        columns.extend(estimate_columns(&points, move |point| point.quantiles[idx]));
    }
    columns
}

fn estimate_columns(
    points: &[Option<SeriesPoint>],
    pick: impl Fn(&SeriesPoint) -> Estimate,
) -> [ArrayRef; 3] {
    [
        number_column(points, |point| pick(point).value),
        number_column(points, |point| pick(point).low),
        number_column(points, |point| pick(point).high),
    ]
}

fn number_column(points: &[Option<SeriesPoint>], pick: impl Fn(&SeriesPoint) -> f64) -> ArrayRef {
    Arc::new(
        points
            .iter()
            // An end that the sample is too small to bound is absent.
            .map(|point| point.as_ref().map(&pick).filter(|x| x.is_finite()))
            .collect::<Float64Array>(),
    )
}

/// One row of the decisions table.
struct DecisionLine {
    arm: u32,
    initiative: u32,
    actor: u32,
    tabled: u64,
    cell: YearTerm,
}

/// The table of decisions.
pub(crate) fn decisions_table(
    layout: &Layout,
    dress: Dress<'_>,
    csv: bool,
    aggregates: &Aggregates,
) -> Written {
    let name = |id: &str, label: &str| table::optional(id, table::name_type(), label, "");
    let count = |id: &str, label: &str| table::field(id, DataType::UInt64, label, "tablings");
    let fields = vec![
        name("policy", "Policy"),
        name("initiative", "Initiative"),
        name("actor", "Actor"),
        table::field("year", DataType::UInt32, "Calendar year", "year"),
        name(
            "term",
            "Deciding term; absent for a pivotal actor that did not block",
        ),
        count("tabled", "Tablings of the initiative in the year"),
        count("blocks", "Tablings that the actor blocked"),
        count("sole_blocks", "Tablings that the actor alone blocked"),
        count("pivotal", "Tablings at which the actor was pivotal"),
    ];
    let head = csv_head(&fields);
    let mut table = Table::new(fields, dress, csv);
    let lines = decision_lines(aggregates);
    let names = |ids: Vec<&str>| Names::new(ids);
    let arms = names(layout.arms.iter().map(|arm| arm.id.as_str()).collect());
    let initiatives = names(
        layout
            .initiatives
            .iter()
            .map(|one| one.id.as_str())
            .collect(),
    );
    let actors = names(
        layout
            .actors
            .iter()
            .map(|actor| actor.id.as_str())
            .collect(),
    );
    let terms = names(layout.terms.iter().map(String::as_str).collect());
    let numbers = |pick: fn(&DecisionLine) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(lines.iter().map(pick)))
    };
    let years = lines
        .iter()
        .map(|line| u32::try_from(line.cell.year).unwrap_or(0));
    table.append(vec![
        arms.column(lines.iter().map(|line| line.arm)),
        initiatives.column(lines.iter().map(|line| line.initiative)),
        actors.column(lines.iter().map(|line| line.actor)),
        Arc::new(UInt32Array::from_iter_values(years)),
        terms.column(lines.iter().map(|line| line.cell.term)),
        numbers(|line| line.tabled),
        numbers(|line| line.cell.blocks),
        numbers(|line| line.cell.sole),
        numbers(|line| line.cell.pivotal),
    ]);
    with_head(head, table.finish())
}

/// Puts the names of the columns before the rows as CSV.
fn with_head(head: Vec<u8>, mut written: Written) -> Written {
    written.csv = written.csv.map(|rows| [head, rows].concat());
    written
}

fn decision_lines(aggregates: &Aggregates) -> Vec<DecisionLine> {
    let mut lines = Vec::new();
    for (arm, of_arm) in aggregates.arms.iter().enumerate() {
        for (initiative, tally) in of_arm.decisions.initiatives.iter().enumerate() {
            for (&actor, of_actor) in &tally.actors {
                lines.extend(of_actor.years.iter().map(|&cell| DecisionLine {
                    arm: arm as u32,
                    initiative: initiative as u32,
                    actor,
                    tabled: tally.tabled_by_year.get(&cell.year).copied().unwrap_or(0),
                    cell,
                }));
            }
        }
    }
    lines
}
