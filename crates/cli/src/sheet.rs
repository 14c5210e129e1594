//! Tables without lines: a faint heading, columns set by what they hold, nothing wider than the terminal.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width,
    presets::NOTHING,
};

use crate::face::Face;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Words, never broken.
    Words(&'static str),
    /// Numbers, to the right, never broken.
    Number(&'static str),
    /// Prose, broken into lines where the table would be too wide.
    Prose(&'static str),
    /// Prose that gets at least so many columns.
    Wide(&'static str, u16),
}

/// How a cell is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it comes.
    Plain,
    /// A name, or the answer.
    Strong,
    /// What may be skipped.
    Faint,
    /// A curve or a bar.
    Picture,
    /// It holds.
    Good,
    /// It does not hold.
    Bad,
    /// It deserves a look.
    Doubt,
}

/// The content of a cell.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    text: String,
    tone: Tone,
}

impl Word {
    /// A cell with a tone.
    pub(crate) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

impl<T: Into<String>> From<T> for Word {
    fn from(text: T) -> Self {
        Self::new(Tone::Plain, text)
    }
}

/// A table being filled.
pub(crate) struct Sheet {
    table: Table,
    columns: Vec<Column>,
    indent: usize,
}

impl Sheet {
    /// An empty table.
    pub(crate) fn new(face: &Face, columns: impl Into<Vec<Column>>) -> Self {
        let columns = columns.into();
        let mut table = Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        let indent = 2;
        table.set_width(u16::try_from(face.width.saturating_sub(indent - 1)).unwrap_or(u16::MAX));
        if face.paint.is_on() {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let header = columns.iter().map(|column| {
            let (title, alignment) = column.heading();
            painted(&Word::new(Tone::Faint, title)).set_alignment(alignment)
        });
        if columns.iter().any(|column| !column.heading().0.is_empty()) {
            table.set_header(header.collect::<Vec<_>>());
        }
        Self {
            table,
            columns,
            indent,
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, words: impl IntoIterator<Item = Word>) {
        let cells = words.into_iter().enumerate().map(|(idx, word)| {
            let column = self.columns.get(idx).copied().unwrap_or(Column::Words(""));
            painted(&word).set_alignment(column.heading().1)
        });
        let cells: Vec<Cell> = cells.collect();
        self.table.add_row(cells);
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The table as text, each line indented.
    pub(crate) fn text(mut self) -> String {
        for (idx, column) in self.columns.iter().enumerate() {
            let Some(set) = self.table.column_mut(idx) else {
                continue;
            };
            set.set_padding((0, 2));
            match column {
                Column::Words(_) | Column::Number(_) => {
                    set.set_constraint(ColumnConstraint::ContentWidth);
                }
                Column::Wide(_, width) => {
                    set.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*width)));
                }
                Column::Prose(_) => {}
            }
        }
        let mut text = String::new();
        for line in self.table.lines() {
            text.push_str(&" ".repeat(self.indent));
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

impl Column {
    const fn heading(self) -> (&'static str, CellAlignment) {
        match self {
            Self::Words(title) | Self::Prose(title) | Self::Wide(title, _) => {
                (title, CellAlignment::Left)
            }
            Self::Number(title) => (title, CellAlignment::Right),
        }
    }
}

fn painted(word: &Word) -> Cell {
    let cell = Cell::new(&word.text);
    match word.tone {
        Tone::Plain => cell,
        Tone::Strong => cell.add_attribute(Attribute::Bold),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Picture => cell.fg(Color::DarkCyan),
        Tone::Good => cell.fg(Color::DarkGreen),
        Tone::Bad => cell.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        Tone::Doubt => cell.fg(Color::DarkYellow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::Paint;

    fn face(width: usize) -> Face {
        Face {
            quiet: false,
            json: false,
            paint: Paint::for_stream(false),
            note_paint: Paint::for_stream(false),
            width,
        }
    }

    #[test]
    fn numbers_stand_right_and_prose_is_broken() {
        let mut sheet = Sheet::new(
            &face(40),
            [
                Column::Words("name"),
                Column::Number("n"),
                Column::Prose("why"),
            ],
        );
        assert!(sheet.is_empty());
        sheet.row(["one".into(), "1".into(), "short".into()]);
        sheet.row([
            "eleven".into(),
            "11".into(),
            "words that need more than one line".into(),
        ]);
        let text = sheet.text();
        assert!(
            text.lines().all(|line| line.chars().count() <= 40),
            "{text}"
        );
        assert!(text.starts_with("  name"), "{text}");
        assert!(text.contains("one      1"), "{text}");
        assert!(text.contains("eleven  11"), "{text}");
        assert!(text.lines().count() > 3, "{text}");
    }
}
