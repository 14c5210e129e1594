//! The analysis as a table: a row for each outcome, date, input and index.

use foedera_results::{
    AnalysisTable, Estimate,
    analysis_table::{Cell, Column},
};
use foedera_scenario::Month;

use super::{
    Report, Subject,
    findings::{Finding, OfOutcome},
};

/// The table.
pub(super) fn table(subject: &Subject, report: &Report) -> AnalysisTable {
    let columns = [
        Column::text("outcome", "Outcome"),
        Column::text("expression", "The outcome as a scenario file writes it"),
        Column::text(
            "when",
            "end: as asked; month: at that date; years: added up over them",
        ),
        Column::date("at", "First day of the month"),
        Column::text(
            "input",
            "Path, or name of a group; empty for the outcome as a whole",
        ),
        Column::text("index", "Name of the index"),
        Column::number("value", "Its value", ""),
        Column::number("low", "Lower end of its 95 % interval", ""),
        Column::number("high", "Upper end of its 95 % interval", ""),
        Column::integer("rank", "Rank; equal ranks cannot be told apart", ""),
        Column::truth(
            "told",
            "Whether the input can be told from one that does nothing",
        ),
        Column::integer("points", "Draws of the inputs that count", "draws"),
    ];
    let mut provenance = subject.provenance.clone();
    provenance.design = Some(format!(
        "{}, {} draws, {} replicates each",
        report.design, report.points, report.replicates
    ));
    let title = format!("Sensitivity of {}", subject.scenario.title);
    let mut table = AnalysisTable::new(title, provenance, columns);
    for of in &report.outcomes {
        add(&mut table, of, "end", None, &of.finding);
        for at in &of.over_time {
            add(&mut table, of, "month", Some(at.at), &at.finding);
        }
        if let Some(all) = &of.all_years {
            add(&mut table, of, "years", None, all);
        }
    }
    table
}

fn add(
    table: &mut AnalysisTable,
    of: &OfOutcome,
    when: &str,
    at: Option<Month>,
    finding: &Finding,
) {
    let head = |input: Cell, index: &str| -> Vec<Cell> {
        let at = at.map_or(Cell::Absent, |at| {
            Cell::month(at.year(), at.of_year().cast_unsigned())
        });
        vec![
            of.name.as_str().into(),
            of.outcome.as_str().into(),
            when.into(),
            at,
            input,
            index.into(),
        ]
    };
    let numbers = |of: &Estimate| [of.value, of.low, of.high].map(Cell::from);
    let points = || Cell::from(finding.points);
    if let Some(luck) = &finding.luck {
        let parts = [
            ("variance_ignorance", Some(luck.ignorance)),
            ("variance_luck", luck.luck),
            ("share_luck", luck.share),
        ];
        for (index, estimate) in parts {
            if let Some(estimate) = estimate {
                let mut row = head(Cell::Absent, index);
                row.extend(numbers(&estimate));
                row.extend([Cell::Absent, Cell::Absent, points()]);
                table.row(row);
            }
        }
    }
    for found in &finding.inputs {
        for measure in &found.measures {
            let mut row = head(found.input.as_str().into(), measure.index);
            row.extend(numbers(&measure.estimate));
            row.extend([found.rank.into(), found.told.into(), points()]);
            table.row(row);
        }
    }
}
