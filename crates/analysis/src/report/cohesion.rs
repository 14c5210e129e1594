//! The course of cohesion: a fan for each organisation that the run speaks of, with real histories and marked dates.

use foedera_results::{layout::StepDate, series::SeriesPoint};

use super::{Block, Chart, Section, Table, number};
use crate::figure::{
    Caption,
    fan::{self, Fan, Mark, Run},
};

/// The course of one measure.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    /// Name in the tables, for the chart's id.
    pub name: &'a str,
    /// What is measured.
    pub label: &'a str,
    /// Quantiles at each step.
    pub points: &'a [Option<SeriesPoint>],
    /// A few real histories.
    pub runs: Vec<Run>,
}

/// The section: the first course in full, the others below.
#[must_use]
pub fn section(
    courses: &[Course<'_>],
    steps: &[StepDate],
    marks: &[Mark],
    caption: Caption<'_>,
) -> Section {
    let mut blocks = Vec::new();
    let charts = courses
        .iter()
        .map(|course| chart(course, steps, marks, caption));
    let mut charts = charts.flatten();
    blocks.extend(charts.next().map(|first| Block::Chart(Box::new(first))));
    if let Some(first) = courses.first().filter(|course| !course.runs.is_empty()) {
        let numbers: Vec<String> = first
            .runs
            .iter()
            .map(|run| run.replicate.to_string())
            .collect();
        blocks.push(Block::Note(format!(
            "The thin lines are histories {} of this run, those whose ends lie nearest to the 5th, 25th, 50th, 75th and 95th \
             hundredth of all ends; foedera replay tells each of them. Bands hold histories at each date, not one history \
             over time: a single history crosses them.",
            numbers.join(", ")
        )));
    }
    let others: Vec<Block> = charts.map(|chart| Block::Chart(Box::new(chart))).collect();
    if !others.is_empty() {
        blocks.push(Block::More(
            "Parts of it, and the other organisations".to_owned(),
            others,
        ));
    }
    if blocks.is_empty() {
        blocks.push(Block::Text(
            "This run recorded no measure of cohesion.".to_owned(),
        ));
    }
    Section {
        id: "cohesion",
        title: "Cohesion over time",
        blocks,
    }
}

fn chart(
    course: &Course<'_>,
    steps: &[StepDate],
    marks: &[Mark],
    caption: Caption<'_>,
) -> Option<Chart> {
    let figure = fan::draw(&Fan {
        label: course.label,
        steps,
        points: course.points,
        runs: &course.runs,
        marks: if course.runs.is_empty() { &[] } else { marks },
        caption,
    })?;
    let mut columns = vec!["date".to_owned()];
    columns.extend(
        [
            "5 %",
            "25 %",
            "median",
            "75 %",
            "95 %",
            "mean",
            "mean, low",
            "mean, high",
        ]
        .map(|name| format!("#{name}")),
    );
    columns.extend(
        course
            .runs
            .iter()
            .map(|run| format!("#history {}", run.replicate)),
    );
    let mut table = Table::new(columns.iter().map(String::as_str));
    for (step, date) in steps.iter().enumerate() {
        let Some(point) = course.points.get(step).and_then(Option::as_ref) else {
            continue;
        };
        let mut row = vec![format!("{}-{:02}", date.year, date.month)];
        row.extend(point.quantiles.iter().map(|of| number(of.value)));
        row.extend([point.mean.value, point.mean.low, point.mean.high].map(number));
        row.extend(course.runs.iter().map(|run| {
            run.values
                .get(step)
                .map_or_else(String::new, |value| number(*value))
        }));
        table.row(row);
    }
    Some(Chart {
        id: format!("fan-{}", course.name.replace('.', "-")),
        figure,
        table,
    })
}
