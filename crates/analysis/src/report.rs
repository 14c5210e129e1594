//! Report: what a run found, as plain data in reading order, and as one self-contained page or as Markdown.
//!
//! Flow: a face gathers what the results and a few replicates that happened again say; the section builders here turn
//! it into a [`Report`] of sentences, figures and tables; [`html`] and [`markdown`] write it down. Same data, same bytes:
//! no clock, no chance. Relies on [`crate::figure`].

pub mod adoption;
pub mod blocking;
pub mod cohesion;
pub mod drivers;
pub mod html;
pub mod markdown;
pub mod members;
pub mod policies;
pub mod region;
mod sandbox;
pub mod storylines;

use foedera_results::digits;

use crate::figure::Figure;

/// Significant digits of a number in a table: what the results hold, not what it deserves.
const DIGITS: i32 = 5;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// What was run, on one line.
    pub source: String,
    /// Parts, in reading order.
    pub sections: Vec<Section>,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Id, for links.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A sentence that carries the answer.
    Lead(String),
    /// A paragraph.
    Text(String),
    /// A remark on how to read the rest.
    Note(String),
    /// A chart with its data.
    Chart(Box<Chart>),
    /// The same chart at several dates, with the date of each.
    Dates(Vec<(String, Chart)>),
    /// A table with its caption.
    Table(String, Table),
    /// Text to be taken as it is, with its caption.
    Code(String, String),
    /// More, for those who want it: what it is, and the pieces.
    More(String, Vec<Self>),
}

/// A figure with the data it is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Id, unique within the report; it names the files.
    pub id: String,
    /// The picture.
    pub figure: Figure,
    /// Its data.
    pub table: Table,
}

/// Columns and rows of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Heads of the columns.
    pub columns: Vec<Column>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}

/// Head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    pub name: String,
    /// Whether it holds numbers.
    pub numbers: bool,
}

impl Table {
    /// Starts a table: names that begin with `#` hold numbers.
    #[must_use]
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        let column = |name: &str| match name.strip_prefix('#') {
            Some(rest) => Column {
                name: rest.to_owned(),
                numbers: true,
            },
            None => Column {
                name: name.to_owned(),
                numbers: false,
            },
        };
        Self {
            columns: columns.into_iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as comma-separated values (RFC 4180), lines ended by a line feed.
    #[must_use]
    pub fn csv(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let cells: Vec<String> = cells.map(quoted).collect();
            cells.join(",") + "\n"
        };
        let head = line(&mut self.columns.iter().map(|column| column.name.as_str()));
        let rows = self
            .rows
            .iter()
            .map(|row| line(&mut row.iter().map(String::as_str)));
        head + &rows.collect::<String>()
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// A number of a table; empty if it is none.
#[must_use]
pub fn number(value: f64) -> String {
    if value.is_finite() {
        digits::plain(value, DIGITS)
    } else {
        String::new()
    }
}

impl Report {
    /// Every chart, in reading order.
    #[must_use]
    pub fn charts(&self) -> Vec<&Chart> {
        self.sections
            .iter()
            .flat_map(|section| charts_of(&section.blocks))
            .collect()
    }
}

fn charts_of(blocks: &[Block]) -> Vec<&Chart> {
    blocks
        .iter()
        .flat_map(|block| match block {
            Block::Chart(chart) => vec![&**chart],
            Block::Dates(charts) => charts.iter().map(|(_, chart)| chart).collect(),
            Block::More(_, blocks) => charts_of(blocks),
            _ => Vec::new(),
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod test_report {
    //! A report with everything in it, and text that would do harm if it were not escaped.

    use super::*;
    use crate::figure::{
        Caption,
        intervals::{self, Intervals, Row},
    };
    use foedera_results::Estimate;

    /// Text that closes whatever it stands in.
    pub(crate) const EVIL: &str =
        "</script></style></title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    pub(crate) fn chart(id: &str) -> Chart {
        let estimate = Estimate {
            value: 0.3,
            low: 0.2,
            high: 0.4,
            n: 100,
        };
        let rows = [Row {
            name: EVIL.to_owned(),
            estimate,
            words: "0.3".to_owned(),
        }];
        let figure = intervals::draw(&Intervals {
            title: EVIL,
            rows: &rows,
            scale: EVIL,
            caption: Caption {
                source: EVIL,
                policy: None,
            },
        });
        let mut table = Table::new(["what", "#value"]);
        table.row([EVIL.to_owned(), number(0.3)]);
        Chart {
            id: id.to_owned(),
            figure: figure.expect("there is a row"),
            table,
        }
    }

    pub(crate) fn evil() -> Report {
        let mut table = Table::new([EVIL, "#n"]);
        table.row([EVIL.to_owned(), "1".to_owned()]);
        Report {
            title: EVIL.to_owned(),
            question: EVIL.to_owned(),
            source: EVIL.to_owned(),
            sections: vec![Section {
                id: "answer",
                title: "Answer",
                blocks: vec![
                    Block::Lead(EVIL.to_owned()),
                    Block::Text(EVIL.to_owned()),
                    Block::Note(EVIL.to_owned()),
                    Block::Chart(Box::new(chart("one"))),
                    Block::Dates(vec![
                        ("2008-01".to_owned(), chart("two")),
                        (EVIL.to_owned(), chart("three")),
                    ]),
                    Block::Table(EVIL.to_owned(), table),
                    Block::Code(EVIL.to_owned(), EVIL.to_owned()),
                    Block::More(EVIL.to_owned(), vec![Block::Chart(Box::new(chart("four")))]),
                ],
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_comma_separated_values() {
        let mut table = Table::new(["name", "#value"]);
        table.row(["A, \"B\"".to_owned(), number(0.123_456_789)]);
        table.row(["C".to_owned(), number(f64::NAN)]);
        assert_eq!(table.csv(), "name,value\n\"A, \"\"B\"\"\",0.12346\nC,\n");
        assert!(table.columns[1].numbers && !table.columns[0].numbers);
    }

    #[test]
    fn charts_are_found_wherever_they_stand() {
        let report = test_report::evil();
        let ids: Vec<&str> = report
            .charts()
            .iter()
            .map(|chart| chart.id.as_str())
            .collect();
        assert_eq!(ids, ["one", "two", "three", "four"]);
    }
}
