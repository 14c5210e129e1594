//! Tables as comma-separated text, each cell with its place.
//!
//! The first row that is no comment is the header. Lines that start with `#` and empty lines are
//! skipped. A cell may stand in double quotes, in which `""` is a quote.

use crate::decode::Decoder;
use crate::limits;
use crate::text::{FileId, Span};

/// One cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// One row; it has as many cells as the header.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    /// Whether cells were missing or too many, which has been reported.
    pub(crate) damaged: bool,
}

/// A whole table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) header: Vec<Cell>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// The place of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|cell| cell.text == name)
    }
}

impl Decoder<'_> {
    /// Reads a table, reporting rows of a wrong length and columns that come twice.
    pub(crate) fn table(&mut self, file: FileId, path: &str) -> Table {
        let source = std::sync::Arc::clone(self.texts.get(file));
        let mut table = Table::default();
        let mut start = 0;
        for line in source.text.split_inclusive('\n') {
            let from = start;
            start += line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            let (line, from) = line
                .strip_prefix('\u{feff}')
                .map_or((line, from), |rest| (rest, from + '\u{feff}'.len_utf8()));
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let cells = self.cells(line, file, from, path);
            if table.header.is_empty() {
                table.header = cells;
            } else {
                let row = self.row(cells, &table.header, path);
                table.rows.push(row);
            }
        }
        self.check_header(&mut table, file, path);
        table
    }

    fn check_header(&mut self, table: &mut Table, file: FileId, path: &str) {
        if let Some(cell) = table.header.get(limits::COLUMNS) {
            let message = format!(
                "{} columns: more than {}",
                table.header.len(),
                limits::COLUMNS
            );
            self.report("scenario::too_many", cell.span, path, message);
            table.header.truncate(limits::COLUMNS);
        }
        if table.header.is_empty() {
            let span = Span {
                file,
                start: 0,
                end: 0,
            };
            self.report(
                "scenario::empty_table",
                span,
                path,
                "a table without a header",
            );
        }
        for (idx, cell) in table.header.iter().enumerate() {
            let first = table.header[..idx]
                .iter()
                .find(|other| other.text == cell.text);
            if let Some(first) = first {
                let place = self.texts.place(first.span);
                let message = format!("the column `{}` is there twice", cell.text);
                let mistake = self
                    .mistake("scenario::duplicate_column", cell.span, path, message)
                    .label("again here")
                    .related(place, "first here");
                self.push(mistake);
            }
        }
    }

    fn row(&mut self, mut cells: Vec<Cell>, header: &[Cell], path: &str) -> Row {
        let (found, wanted) = (cells.len(), header.len());
        if found != wanted {
            let message = format!("the row has {found} cells and the header {wanted}");
            let first = cells.first().map(|cell| cell.span);
            let last = cells.last().map_or(header[0].span, |cell| cell.span);
            let span = Span {
                start: first.unwrap_or(last).start,
                ..last
            };
            let mut mistake = self.mistake("scenario::row_length", span, path, message);
            if let Some(cell) = header.get(found) {
                mistake = mistake.help(format!(
                    "the first column without a cell is `{}`",
                    cell.text
                ));
            }
            self.push(mistake);
            let blank = Cell {
                text: String::new(),
                span: Span {
                    start: last.end,
                    ..last
                },
            };
            cells.resize(wanted, blank);
        }
        Row {
            cells,
            damaged: found != wanted,
        }
    }

    fn cells(&mut self, line: &str, file: FileId, from: usize, path: &str) -> Vec<Cell> {
        let mut cells = Vec::new();
        let mut at = 0;
        loop {
            let rest = &line[at..];
            let padding = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let (text, length) = match rest[padding..].strip_prefix('"') {
                Some(quoted) => {
                    let (text, length) = self.quoted(quoted, file, from + at + padding, path);
                    (text, padding + 1 + length)
                }
                None => {
                    let length = rest.find(',').unwrap_or(rest.len());
                    (rest[..length].trim().to_owned(), length)
                }
            };
            let written = line[at..at + length].trim();
            let start = from + at + padding.min(length);
            cells.push(Cell {
                text,
                span: Span {
                    file,
                    start,
                    end: start + written.len(),
                },
            });
            at += length;
            // Only blanks may stand between a closing quote and the comma.
            let rest = &line[at..];
            let Some(comma) = rest.find(',') else {
                self.after_quote(rest, file, from + at, path);
                return cells;
            };
            self.after_quote(&rest[..comma], file, from + at, path);
            at += comma + 1;
        }
    }

    fn after_quote(&mut self, text: &str, file: FileId, start: usize, path: &str) {
        if !text.trim().is_empty() {
            let span = Span {
                file,
                start,
                end: start + text.len(),
            };
            self.report(
                "scenario::text_after_quote",
                span,
                path,
                "text after a quoted cell",
            );
        }
    }

    /// The text after an opening quote, and its length with the closing one.
    fn quoted(&mut self, text: &str, file: FileId, start: usize, path: &str) -> (String, usize) {
        let mut found = String::new();
        let mut at = 0;
        while let Some(quote) = text[at..].find('"') {
            found.push_str(&text[at..at + quote]);
            at += quote + 1;
            if !text[at..].starts_with('"') {
                return (found, at);
            }
            found.push('"');
            at += 1;
        }
        let span = Span {
            file,
            start,
            end: start + 1,
        };
        self.report(
            "scenario::unclosed_text",
            span,
            path,
            "a quoted cell that never ends",
        );
        found.push_str(&text[at..]);
        (found, text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use crate::text::Texts;

    fn read(text: &str) -> (Table, Vec<&'static str>) {
        let mut texts = Texts::default();
        let file = texts.add("t.csv", text.to_owned());
        let mut decoder = Decoder::new(texts, &Catalogue::EMPTY);
        let table = decoder.table(file, "t");
        (
            table,
            decoder.diagnostics.iter().map(|one| one.code).collect(),
        )
    }

    fn texts(row: &[Cell]) -> Vec<&str> {
        row.iter().map(|cell| cell.text.as_str()).collect()
    }

    #[test]
    fn cells_have_texts_and_places() {
        let (table, codes) = read("# note\nid, name\r\nA,\"x, \"\"y\"\"\"\n\nB,\n");
        assert_eq!(codes, Vec::<&str>::new());
        assert_eq!(texts(&table.header), ["id", "name"]);
        assert_eq!(texts(&table.rows[0].cells), ["A", "x, \"y\""]);
        assert_eq!(texts(&table.rows[1].cells), ["B", ""]);
        assert_eq!(table.rows[0].cells[1].span.start, 19, "the opening quote");
        assert_eq!(
            table.rows[0].cells[1].span.end, 29,
            "behind the closing quote"
        );
    }

    #[test]
    fn rows_of_a_wrong_length_are_reported_and_filled() {
        let (table, codes) = read("a,b,c\n1,2\n1,2,3,4\n");
        assert_eq!(codes, ["scenario::row_length"; 2]);
        assert_eq!(texts(&table.rows[0].cells), ["1", "2", ""]);
        assert!(table.rows[1].damaged);
        assert_eq!(read("").1, ["scenario::empty_table"]);
        assert_eq!(read("a,a\n").1, ["scenario::duplicate_column"]);
        assert_eq!(read("a\n\"x\n").1, ["scenario::unclosed_text"]);
        assert_eq!(read("a\n\"x\" y\n").1, ["scenario::text_after_quote"]);
    }
}
