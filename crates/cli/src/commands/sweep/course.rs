//! What a sweep found: levels, changes and courses, as plain data, as JSON and as a table.

use foedera_analysis::{
    sensitivity::regression::{self, Regression},
    sweep::{self, Change, Course, Level, Scale},
};
use foedera_results::{
    AnalysisTable, Estimate,
    analysis_table::{Cell, Column},
    digits,
};
use serde_json::json;

use super::{Args, Subject};
use crate::{asked::Asked, estimate};

/// One outcome under one policy.
pub(super) struct Curve {
    /// Place of the policy.
    pub(super) policy: usize,
    /// Place of the outcome.
    pub(super) outcome: usize,
    /// At each point.
    pub(super) levels: Vec<Level>,
    /// By axis: the changes between neighbours, each with an interval that holds for all changes of the curve at once.
    pub(super) changes: Vec<Vec<Change>>,
    /// By axis: from one end to the other, for each step of the other axis; intervals as above.
    pub(super) wholes: Vec<Vec<Change>>,
    /// By axis.
    pub(super) courses: Vec<Course>,
    /// Without a grid: how the outcome goes with each path.
    pub(super) ranks: Option<Regression>,
}

/// Everything.
pub(super) struct Swept {
    /// Whether the points are a grid.
    pub(super) is_grid: bool,
    /// Replicates of each point.
    pub(super) n: u64,
    /// Histories that failed.
    pub(super) failed: u64,
    /// By outcome, then by policy.
    pub(super) curves: Vec<Curve>,
}

impl Swept {
    /// From values `[policy][outcome][point][replicate]`.
    pub(super) fn new(
        subject: &Subject,
        is_grid: bool,
        n: u64,
        values: &[Vec<Vec<Vec<f64>>>],
        failed: u64,
    ) -> Self {
        let mut curves = Vec::new();
        for (outcome, asked) in subject.asked.iter().enumerate() {
            for (policy, of_policy) in values.iter().enumerate() {
                let of = &of_policy[outcome];
                curves.push(curve(subject, is_grid, (policy, outcome), asked, of));
            }
        }
        Self {
            is_grid,
            n,
            failed,
            curves,
        }
    }

    /// Curves of an outcome.
    pub(super) fn of_outcome(&self, outcome: usize) -> impl Iterator<Item = &Curve> {
        self.curves
            .iter()
            .filter(move |curve| curve.outcome == outcome)
    }
}

fn curve(
    subject: &Subject,
    is_grid: bool,
    (policy, outcome): (usize, usize),
    asked: &Asked,
    values: &[Vec<f64>],
) -> Curve {
    let scale = if asked.is_truth {
        Scale::Truth
    } else {
        Scale::Number
    };
    let levels = sweep::levels(values, scale);
    let mut curve = Curve {
        policy,
        outcome,
        levels,
        changes: Vec::new(),
        wholes: Vec::new(),
        courses: Vec::new(),
        ranks: None,
    };
    if !is_grid {
        let means: Vec<Option<f64>> = curve
            .levels
            .iter()
            .map(|level| level.estimate.map(|of| of.value))
            .collect();
        let known: Vec<usize> = (0..means.len())
            .filter(|idx| means[*idx].is_some())
            .collect();
        let column = |axis: usize| -> Vec<f64> {
            let values = known.iter().map(|idx| subject.points[*idx].values[axis]);
            values.collect()
        };
        let inputs: Vec<Vec<f64>> = (0..subject.axes.len()).map(column).collect();
        let means: Vec<f64> = means.into_iter().flatten().collect();
        curve.ranks = regression::regression(&inputs, &means);
        return curve;
    }
    let sizes: Vec<usize> = subject.axes.iter().map(|axis| axis.values.len()).collect();
    let axes = || 0..sizes.len();
    let pairs: Vec<_> = axes().map(|axis| sweep::neighbours(&sizes, axis)).collect();
    let ends: Vec<_> = axes().map(|axis| sweep::ends(&sizes, axis)).collect();
    let all = sweep::changes(values, &[pairs.concat(), ends.concat()].concat());
    for axis in axes() {
        let of = |pairs: &[(usize, usize)]| -> Vec<Change> {
            let find = |pair: &(usize, usize)| all.iter().find(|of| (of.from, of.to) == *pair);
            pairs.iter().filter_map(find).copied().collect()
        };
        let (mine, whole) = (of(&pairs[axis]), of(&ends[axis]));
        curve.courses.push(sweep::course(mine.iter().chain(&whole)));
        curve.changes.push(mine);
        curve.wholes.push(whole);
    }
    curve
}

/// What a curve shows, as a sentence without its end.
pub(super) fn finding(subject: &Subject, curve: &Curve) -> String {
    let asked = &subject.asked[curve.outcome];
    let policy = if subject.policies.len() > 1 {
        format!(" under {}", subject.policies[curve.policy].0)
    } else {
        String::new()
    };
    let parts: Vec<String> = (0..curve.courses.len())
        .map(|axis| part(subject, curve, axis))
        .collect();
    format!("{}{policy} {}", asked.label, parts.join(", and "))
}

/// The course along one axis, in words.
fn part(subject: &Subject, curve: &Curve, axis: usize) -> String {
    let path = &subject.axes[axis].path;
    let course = curve.courses[axis];
    let ends = curve.levels.first().zip(curve.levels.last());
    let ends = ends.and_then(|(first, last)| Some((first.estimate?, last.estimate?)));
    let whole = curve.wholes[axis]
        .first()
        .filter(|_| subject.axes.len() == 1);
    let along = match (course, ends, whole) {
        (Course::Rises | Course::Falls, Some((first, last)), Some(whole)) => format!(
            "{} from {} to {} along {path} ({})",
            course.verb(),
            estimate::value(&first),
            estimate::value(&last),
            digits::difference(&whole.by)
        ),
        _ => format!("{} along {path}", course.verb()),
    };
    match sweep::largest(&curve.changes[axis]) {
        Some(change) if sweep::stands_out(change, &curve.changes[axis]) => {
            let name = |point: usize| place(subject, axis, point);
            format!(
                "{along}, most between {} and {} ({})",
                name(change.from),
                name(change.to),
                digits::difference(&change.by)
            )
        }
        _ if course == Course::Flat => along,
        _ => format!("{along}, no step more than the others as far as can be told"),
    }
}

/// A point as it is told: its step along one axis, with the other's.
fn place(subject: &Subject, axis: usize, point: usize) -> String {
    let point = &subject.points[point];
    let own = point.name(&subject.axes, axis);
    match subject.axes.len() {
        2 => format!("{own} at {}", point.name(&subject.axes, 1 - axis)),
        _ => own,
    }
}

/// Everything as JSON.
pub(super) fn document(args: &Args, subject: &Subject, swept: &Swept) -> serde_json::Value {
    let axes: Vec<serde_json::Value> = subject
        .axes
        .iter()
        .map(|axis| json!({ "path": axis.path, "unit": axis.unit, "steps": axis.names }))
        .collect();
    let points: Vec<Vec<serde_json::Value>> = subject
        .points
        .iter()
        .map(|point| {
            let values = subject.axes.iter().enumerate();
            let value = |(idx, axis): (usize, &super::Axis)| {
                if axis.is_words() {
                    json!(point.name(&subject.axes, idx))
                } else {
                    json!(point.values[idx])
                }
            };
            values.map(value).collect()
        })
        .collect();
    let curves: Vec<serde_json::Value> = swept
        .curves
        .iter()
        .map(|curve| {
            let asked = &subject.asked[curve.outcome];
            let finding = swept.is_grid.then(|| finding(subject, curve));
            json!({
                "outcome": asked.text,
                "name": asked.name,
                "label": asked.label,
                "unit": asked.unit,
                "policy": subject.policies[curve.policy].0,
                "finding": finding,
                "levels": curve.levels,
                "changes": curve.changes,
                "end_to_end": curve.wholes,
                "courses": curve.courses,
                "ranks": curve.ranks,
            })
        })
        .collect();
    json!({
        "scenario": subject.scenario.name,
        "seed": args.seed,
        "replicates": swept.n,
        "stances": subject.scenario.stances,
        "axes": axes,
        "points": points,
        "curves": curves,
        "failed": swept.failed,
    })
}

/// Everything as a table: a row for each point, policy and outcome.
pub(super) fn table(subject: &Subject, swept: &Swept) -> AnalysisTable {
    let mut columns: Vec<Column> = Vec::new();
    for axis in &subject.axes {
        columns.push(if axis.is_words() {
            Column::text(&axis.path, "What is set")
        } else {
            Column::number(&axis.path, "What is set", &axis.unit)
        });
    }
    columns.extend([
        Column::text("policy", "Policy"),
        Column::text("outcome", "Outcome"),
        Column::text("expression", "The outcome as a scenario file writes it"),
        Column::number("value", "Mean or probability", ""),
        Column::number("low", "Lower end of its 95 % interval", ""),
        Column::number("high", "Upper end of its 95 % interval", ""),
        Column::integer("n", "Replicates that have a value", "replicates"),
        Column::integer("absent", "Replicates without a value", "replicates"),
    ]);
    let mut provenance = subject.provenance.clone();
    let design = if swept.is_grid { "grid" } else { "design" };
    provenance.design = Some(format!(
        "{design} of {} points, {} replicates each with the same luck",
        subject.points.len(),
        swept.n
    ));
    let title = format!("Sweep of {}", subject.scenario.title);
    let mut table = AnalysisTable::new(title, provenance, columns);
    for curve in &swept.curves {
        let asked = &subject.asked[curve.outcome];
        for (point, level) in subject.points.iter().zip(&curve.levels) {
            let mut row: Vec<Cell> = (0..subject.axes.len())
                .map(|axis| {
                    if subject.axes[axis].is_words() {
                        point.name(&subject.axes, axis).into()
                    } else {
                        point.values[axis].into()
                    }
                })
                .collect();
            let of = |pick: fn(&Estimate) -> f64| Cell::from(level.estimate.as_ref().map(pick));
            row.push(subject.policies[curve.policy].0.as_str().into());
            row.extend([asked.name.as_str().into(), asked.text.as_str().into()]);
            row.extend([of(|of| of.value), of(|of| of.low), of(|of| of.high)]);
            row.push(level.estimate.map(|of| of.n).into());
            row.push(level.absent.into());
            table.row(row);
        }
    }
    table
}
