//! Plain tables from people: any common separator, comments, quotes, a byte-order mark; strict about what the cells
//! say, with every mistake at its place.
//!
//! The separator is the first of tab, semicolon, comma or blanks that the first row has. Lines that start with `#`
//! and empty lines are skipped. Where commas do not separate they are decimal points.

use std::{path::Path, sync::Arc};

use foedera_scenario::{
    Look,
    diagnostic::{self, Diagnostic},
    limits,
    text::{Place, SourceText},
};

use crate::{
    face::{Face, complain},
    failure::Failure,
    sources,
};

/// What is tried with a table: [`Failure::help`] knows it by this.
pub(crate) const TABLE: &str = "read the table";
/// Most rows: more than any published case.
const ROWS_MAX: usize = 20_000;
/// Ways to write that there is no value.
const ABSENT: &[&str] = &["", "na", "n/a", "nan", "-", "–", ".", "?", "null", "none"];

/// One cell.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    offset: usize,
    length: usize,
}

/// What separates cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Char(char),
    Blanks,
}

/// A column that a command asks for, under its own name and others that people use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) others: &'static [&'static str],
    pub(super) required: bool,
}

/// The numbers that a column may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
    /// What it is, as in “a capability”.
    pub(super) what: &'static str,
}

impl Range {
    /// Any number.
    pub(super) const fn any(what: &'static str) -> Self {
        Self {
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            what,
        }
    }

    /// From zero on.
    pub(super) const fn from_zero(what: &'static str) -> Self {
        Self {
            low: 0.0,
            high: f64::INFINITY,
            what,
        }
    }
}

/// A table, its first row its header if it names columns.
#[derive(Debug)]
pub(super) struct Table {
    source: Arc<SourceText>,
    separator: Option<Separator>,
    /// The first row.
    pub(super) header: Vec<Cell>,
    /// The rows below it; all have as many cells as the header, or more where that is a mistake.
    pub(super) rows: Vec<Vec<Cell>>,
    mistakes: Vec<Diagnostic>,
    /// Columns that nobody asked for.
    spare: Vec<String>,
}

impl Table {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read. What is wrong inside it is kept for [`finish`].
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error| Failure::File {
            action: TABLE,
            path: path.to_path_buf(),
            error,
        };
        let bytes = sources::read(path).map_err(unreadable)?;
        Ok(Self::of_bytes(&path.display().to_string(), &bytes))
    }

    /// Reads the bytes of a file.
    fn of_bytes(name: &str, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut table = Self {
            source: Arc::new(SourceText::new(name, text)),
            separator: None,
            header: Vec::new(),
            rows: Vec::new(),
            mistakes: Vec::new(),
            spare: Vec::new(),
        };
        if bytes.len() > limits::FILE_BYTES {
            let message = format!("the file is longer than {} bytes", limits::FILE_BYTES);
            table.wrong(
                "table::too_long",
                (0, 0),
                message,
                "split it, or leave out what is not needed",
            );
            return table;
        }
        table.read_lines();
        if let Some(at) = table.source.text.find('\u{fffd}') {
            let help = "save the file as UTF-8";
            table.wrong(
                "table::not_utf8",
                (at, 3),
                "bytes that are no UTF-8 text".to_owned(),
                help,
            );
        }
        if table.header.is_empty() {
            let help = "the first row names the columns, each row below it is one entry";
            table.wrong(
                "table::empty",
                (0, 0),
                "a table without rows".to_owned(),
                help,
            );
        }
        table
    }

    fn read_lines(&mut self) {
        let source = Arc::clone(&self.source);
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
            let separator = *self.separator.get_or_insert_with(|| separator_of(line));
            let cells = self.cells(line, from, separator);
            if self.header.is_empty() {
                self.header = cells;
            } else if self.rows.len() < ROWS_MAX {
                self.rows.push(cells);
            } else {
                let message = format!("more than {ROWS_MAX} rows");
                self.wrong(
                    "table::too_many",
                    (from, line.len()),
                    message,
                    "split the table",
                );
                break;
            }
        }
        self.even_out();
    }

    /// Gives every row as many cells as the first one; blank ones behind the last are dropped.
    fn even_out(&mut self) {
        while self.header.len() > 1
            && self.header.last().is_some_and(|cell| cell.text.is_empty())
            && self.rows.iter().all(|row| {
                row.get(self.header.len() - 1)
                    .is_none_or(|cell| cell.text.is_empty())
            })
        {
            self.header.pop();
        }
        let width = self.header.len();
        let mut wrong = Vec::new();
        for row in &mut self.rows {
            while row.len() > width && row.last().is_some_and(|cell| cell.text.is_empty()) {
                row.pop();
            }
            if let Some(extra) = row.get(width) {
                wrong.push((extra.span(), row.len()));
            }
            let end = row.last().map_or(0, |cell| cell.offset + cell.length);
            row.resize(
                row.len().max(width),
                Cell {
                    text: String::new(),
                    offset: end,
                    length: 0,
                },
            );
        }
        for (at, found) in wrong {
            let message = format!("the row has {found} cells and the first row {width}");
            self.wrong(
                "table::row_length",
                at,
                message,
                "put text with separators in it in double quotes",
            );
        }
    }

    fn cells(&mut self, line: &str, from: usize, separator: Separator) -> Vec<Cell> {
        let mut cells = Vec::new();
        let mut at = 0;
        let ends = |c: char| match separator {
            Separator::Char(separator) => c == separator,
            Separator::Blanks => c.is_whitespace(),
        };
        loop {
            let rest = &line[at..];
            let blanks = |c: char| c.is_whitespace() && separator != Separator::Char(c);
            at += rest.len() - rest.trim_start_matches(blanks).len();
            let rest = &line[at..];
            let (text, length) = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let (text, length, closed) = unquoted(quoted);
                    if !closed {
                        let help = "close it with another double quote on the same line";
                        self.wrong(
                            "table::unclosed_quote",
                            (from + at, 1),
                            "a quoted cell that never ends".to_owned(),
                            help,
                        );
                    }
                    (text, length + 1)
                }
                None => {
                    let length = rest.find(ends).unwrap_or(rest.len());
                    (
                        rest[..length].trim().to_owned(),
                        rest[..length].trim_end().len(),
                    )
                }
            };
            cells.push(Cell {
                text,
                offset: from + at,
                length,
            });
            at += length;
            let rest = &line[at..];
            let Some(end) = rest.find(ends) else {
                self.behind(rest, from + at);
                return cells;
            };
            self.behind(&rest[..end], from + at);
            at += end + rest[end..].chars().next().map_or(0, char::len_utf8);
            if separator == Separator::Blanks && line[at..].trim().is_empty() {
                return cells;
            }
        }
    }

    /// Only blanks may stand between a closing quote and the separator.
    fn behind(&mut self, text: &str, at: usize) {
        if !text.trim().is_empty() {
            let help = "quote the whole cell, and write a quote inside it twice";
            self.wrong(
                "table::behind_quote",
                (at, text.len()),
                "text behind a quoted cell".to_owned(),
                help,
            );
        }
    }

    /// Notes a mistake.
    pub(super) fn wrong(
        &mut self,
        code: &'static str,
        at: (usize, usize),
        message: String,
        help: &str,
    ) {
        if self.mistakes.len() >= limits::MISTAKES {
            return;
        }
        let place = self.place(at);
        self.mistakes.push(
            Diagnostic::error(code, place, message)
                .label("here")
                .help(help),
        );
    }

    /// Notes a mistake of the table as a whole.
    ///
    /// One without a first row has told so already.
    pub(super) fn wrong_whole(&mut self, code: &'static str, message: &str, help: &str) {
        if self.header.is_empty() {
            return;
        }
        self.wrong(code, self.header_at(), message.to_owned(), help);
    }

    fn place(&self, (offset, length): (usize, usize)) -> Place {
        Place {
            source: Arc::clone(&self.source),
            offset,
            length,
        }
    }

    /// The file's name.
    pub(super) fn name(&self) -> &str {
        &self.source.name
    }

    /// Where a row begins.
    pub(super) fn row_at(&self, row: usize) -> (usize, usize) {
        self.rows[row].first().map_or((0, 0), Cell::span)
    }

    /// Where the header is.
    pub(super) fn header_at(&self) -> (usize, usize) {
        let first = self.header.first().map_or((0, 0), Cell::span);
        let end = self
            .header
            .last()
            .map_or(0, |cell| cell.offset + cell.length);
        (first.0, end.saturating_sub(first.0))
    }

    /// Whether the first row holds numbers where names of columns would stand.
    pub(super) fn is_headless(&self) -> bool {
        let number = |cell: &Cell| self.parse(&cell.text).is_some();
        self.header.iter().skip(1).any(number)
            || (self.header.len() == 1 && self.header.iter().all(number))
    }

    /// Makes the first row an entry like the others.
    pub(super) fn drop_header(&mut self) {
        self.rows.insert(0, self.header.clone());
        for (idx, cell) in self.header.iter_mut().enumerate() {
            cell.text = format!("column {}", idx + 1);
        }
    }

    /// Turns rows into columns.
    pub(super) fn transpose(&mut self) {
        let all: Vec<_> = std::iter::once(self.header.clone())
            .chain(self.rows.clone())
            .collect();
        let turned = |column: usize| all.iter().map(|row| row[column].clone()).collect();
        let mut turned = (0..self.header.len()).map(turned);
        self.header = turned.next().unwrap_or_default();
        self.rows = turned.collect();
    }

    /// The places of the wanted columns; without a header, they come in the order of the list.
    pub(super) fn columns<const N: usize>(&mut self, wanted: &[Wanted; N]) -> [Option<usize>; N] {
        let mut found = [None; N];
        let mut named = false;
        for idx in 0..self.header.len() {
            let name = plain_name(&self.header[idx].text);
            let Some(place) = wanted.iter().position(|one| one.is_called(&name)) else {
                continue;
            };
            named = true;
            if found[place].is_some() {
                let message = format!("a second column for `{}`", wanted[place].name);
                let at = self.header[idx].span();
                self.wrong("table::duplicate_column", at, message, "keep one of them");
            } else {
                found[place] = Some(idx);
            }
        }
        if named {
            let unread = |idx: &usize| !found.contains(&Some(*idx));
            let unread = (0..self.header.len()).filter(unread);
            self.spare = unread.map(|idx| self.header[idx].text.clone()).collect();
        } else if self.is_headless() {
            self.drop_header();
            let width = self.header.len();
            for (place, column) in found.iter_mut().enumerate() {
                *column = (place < width).then_some(place);
            }
        }
        for (place, one) in wanted.iter().enumerate() {
            if found[place].is_none() && one.required && !self.header.is_empty() {
                let names: Vec<&str> = wanted.iter().map(|one| one.name).collect();
                let written: Vec<&str> =
                    self.header.iter().map(|cell| cell.text.as_str()).collect();
                let near = diagnostic::nearest(one.name, written).map(str::to_owned);
                let near = near.map_or_else(String::new, |near| format!("; is it `{near}`?"));
                let help = format!(
                    "the first row names the columns, in any order: {}{near}",
                    names.join(", ")
                );
                let message = format!("there is no column `{}`", one.name);
                self.wrong("table::missing_column", self.header_at(), message, &help);
            }
        }
        found
    }

    /// The names in a column: none empty, none twice.
    pub(super) fn names(&mut self, column: usize) -> Vec<String> {
        let names: Vec<String> = self
            .rows
            .iter()
            .map(|row| row[column].text.clone())
            .collect();
        for row in 0..names.len() {
            let at = self.rows[row][column].span();
            if names[row].is_empty() {
                self.wrong(
                    "table::no_name",
                    at,
                    "an entry without a name".to_owned(),
                    "give each row a name of its own",
                );
            } else if let Some(first) = names[..row].iter().position(|name| *name == names[row]) {
                let place = self.place(self.rows[first][column].span());
                let message = format!("`{}` is there twice", names[row]);
                self.wrong(
                    "table::duplicate_name",
                    at,
                    message,
                    "give each row a name of its own",
                );
                if let Some(last) = self.mistakes.last_mut() {
                    *last = last.clone().related(place, "first here");
                }
            }
        }
        names
    }

    /// The number in a cell; nothing if the cell says that there is none, or after a mistake.
    pub(super) fn number(&mut self, row: usize, column: usize, range: Range) -> Option<f64> {
        let cell = self.rows[row][column].clone();
        if is_absent(&cell.text) {
            return None;
        }
        let Some(value) = self.parse(&cell.text) else {
            let help = format!("{} is a number such as 0.25, 25 or 25 %", range.what);
            let message = format!("`{}` is no number", cell.text);
            self.wrong("table::not_a_number", cell.span(), message, &help);
            return None;
        };
        if value < range.low || value > range.high {
            let help = match (range.low.is_finite(), range.high.is_finite()) {
                (true, true) => format!("{} lies from {} to {}", range.what, range.low, range.high),
                (true, false) => format!("{} is {} or more", range.what, range.low),
                _ => format!("{} is {} or less", range.what, range.high),
            };
            let message = format!("`{}` is out of range", cell.text);
            self.wrong("table::out_of_range", cell.span(), message, &help);
            return None;
        }
        Some(value)
    }

    /// The number in a cell that must have one; 0 after a mistake.
    pub(super) fn needed(&mut self, row: usize, column: usize, range: Range) -> f64 {
        let cell = self.rows[row][column].clone();
        if is_absent(&cell.text) {
            let message = format!("no value for `{}`", self.header[column].text);
            let help = format!("{} is a number such as 0.25, 25 or 25 %", range.what);
            let at = if cell.length == 0 {
                self.row_at(row)
            } else {
                cell.span()
            };
            self.wrong("table::no_value", at, message, &help);
            return 0.0;
        }
        self.number(row, column, range).unwrap_or(0.0)
    }

    /// A number as people write it: `1,234.5` in quotes, `0,5` where commas do not separate, `25 %`, `−3`.
    pub(super) fn parse(&self, text: &str) -> Option<f64> {
        let comma_separates = matches!(self.separator, Some(Separator::Char(',')) | None);
        parse_number(text, comma_separates)
    }

    /// Says which columns were not read.
    pub(super) fn mention_spare(&self, face: &Face) {
        if !self.spare.is_empty() {
            let name = self.name();
            face.note(&format!(
                "{} {name}: not read: {}",
                face.note_paint.faint("note:"),
                self.spare.join(", ")
            ));
        }
    }

    /// Whether nothing went wrong so far.
    pub(super) fn is_good(&self) -> bool {
        self.mistakes.is_empty()
    }
}

/// Says what is wrong with a table, if anything.
///
/// # Errors
/// If something is.
pub(super) fn finish(face: &Face, table: &Table) -> Result<(), Failure> {
    if table.is_good() {
        return Ok(());
    }
    let look = if face.note_paint.is_on() {
        Look::Colour
    } else {
        Look::Plain
    };
    for one in &table.mistakes {
        complain(&format!("{one}"));
        complain(one.to_text(look).trim_end());
    }
    Err(Failure::Mistakes {
        file: table.name().to_owned(),
        mistakes: table.mistakes.len(),
    })
}

impl Cell {
    /// Its place.
    pub(super) fn span(&self) -> (usize, usize) {
        (self.offset, self.length)
    }
}

impl Wanted {
    /// A column that must be there.
    pub(super) const fn required(name: &'static str, others: &'static [&'static str]) -> Self {
        Self {
            name,
            others,
            required: true,
        }
    }

    /// A column that may be there.
    pub(super) const fn optional(name: &'static str, others: &'static [&'static str]) -> Self {
        Self {
            name,
            others,
            required: false,
        }
    }

    /// Whether a column of that name is meant.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.others.contains(&name)
    }
}

/// Names that people give to whoever acts.
pub(super) const ACTOR_NAMES: &[&str] = &[
    "name",
    "id",
    "player",
    "country",
    "state",
    "member",
    "party",
    "voter",
    "stakeholder",
    "nation",
    "agent",
    "node",
    "label",
    "group",
];

/// Names that people give to what an actor can bring to bear.
pub(super) const CAPABILITY_NAMES: &[&str] = &[
    "capabilities",
    "power",
    "resources",
    "influence",
    "clout",
    "weight",
    "c",
];

/// Names that people give to how much it cares.
pub(super) const SALIENCE_NAMES: &[&str] = &["saliency", "importance", "priority", "s"];

/// Where somebody stands.
pub(super) const POSITION: Wanted = Wanted::required(
    "position",
    &[
        "preference",
        "stance",
        "pos",
        "ideal_point",
        "ideal",
        "x",
        "y",
        "income",
    ],
);

/// Whether a cell says that there is no value.
pub(super) fn is_absent(text: &str) -> bool {
    ABSENT.contains(&text.trim().to_lowercase().as_str())
}

/// A name without its case, blanks, dashes and what stands in brackets.
pub(super) fn plain_name(text: &str) -> String {
    let text = text
        .split(['(', '['])
        .next()
        .unwrap_or(text)
        .trim()
        .to_lowercase();
    text.replace([' ', '-', '.'], "_")
}

/// A number as people write it.
pub(super) fn parse_number(text: &str, comma_separates: bool) -> Option<f64> {
    let text = text.trim().replace('\u{2212}', "-");
    let (text, scale) = match text.strip_suffix('%') {
        Some(rest) => (rest.trim_end().to_owned(), 0.01),
        None => (text, 1.0),
    };
    let groups: Vec<&str> = text.split(',').collect();
    let thousands = groups.len() > 1
        && groups[0].trim_start_matches(['-', '+']).len() <= 3
        && groups[1..].iter().enumerate().all(|(idx, group)| {
            let digits = if idx + 2 == groups.len() {
                group.split('.').next().unwrap_or(group)
            } else {
                group
            };
            digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
    let text = if thousands && (comma_separates || groups.len() > 2) {
        text.replace(',', "")
    } else if comma_separates {
        text
    } else {
        text.replacen(',', ".", 1)
    };
    let text = text.replace(['_', '\u{a0}', '\u{202f}'], "");
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let value: f64 = text.parse().ok().filter(|_| plain)?;
    let value = value * scale;
    value.is_finite().then_some(value)
}

/// A quoted text behind its opening quote: the text, its length with the closing quote, whether there is one.
fn unquoted(text: &str) -> (String, usize, bool) {
    let mut found = String::new();
    let mut at = 0;
    while let Some(quote) = text[at..].find('"') {
        found.push_str(&text[at..at + quote]);
        at += quote + 1;
        if !text[at..].starts_with('"') {
            return (found.trim().to_owned(), at, true);
        }
        found.push('"');
        at += 1;
    }
    found.push_str(&text[at..]);
    (found.trim().to_owned(), text.len(), false)
}

/// What separates the cells of a row.
fn separator_of(line: &str) -> Separator {
    let mut quoted = false;
    let bare: String = line
        .chars()
        .filter(|&c| {
            quoted ^= c == '"';
            !quoted
        })
        .collect();
    let found = ['\t', ';', ',']
        .into_iter()
        .find(|separator| bare.contains(*separator));
    match found {
        Some(separator) => Separator::Char(separator),
        None if bare.trim().contains(char::is_whitespace) => Separator::Blanks,
        None => Separator::Char(','),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: [Wanted; 3] = [
        Wanted::required("actor", ACTOR_NAMES),
        Wanted::required("size", &["weight"]),
        Wanted::optional("note", &[]),
    ];

    fn read(text: &str) -> Table {
        Table::of_bytes("t.csv", text.as_bytes())
    }

    fn texts(row: &[Cell]) -> Vec<&str> {
        row.iter().map(|cell| cell.text.as_str()).collect()
    }

    fn mistakes(table: &Table) -> Vec<String> {
        table
            .mistakes
            .iter()
            .map(|one| format!("{} {}", one.location(), one.code))
            .collect()
    }

    #[test]
    fn separators_comments_quotes_and_marks_are_understood() {
        for text in [
            "\u{feff}# note\nName,Size\n\"A, b\",1\n\nC,2.5\n",
            "Name;Size\r\nA, b;1\r\nC;2,5\r\n",
            "Name\tSize\nA, b\t1\nC\t2,5\n",
        ] {
            let mut table = read(text);
            assert_eq!(table.columns(&WANTED), [Some(0), Some(1), None], "{text}");
            assert_eq!(table.names(0), ["A, b", "C"]);
            assert_eq!(table.number(1, 1, Range::any("a size")), Some(2.5));
            assert!(table.is_good(), "{:?}", mistakes(&table));
        }
        let mut table = read("0 1  -1\n1 0 2\n");
        assert!(table.is_headless());
        table.drop_header();
        assert_eq!(texts(&table.rows[0]), ["0", "1", "-1"]);
    }

    #[test]
    fn without_a_header_columns_come_in_order() {
        let mut table = read("A,3\nB,4\n");
        assert_eq!(table.columns(&WANTED), [Some(0), Some(1), None]);
        assert_eq!(table.rows.len(), 2);
    }

    #[test]
    fn mistakes_have_places() {
        let mut table = read("actor,size\nA,x\nA,-1\n,\nB,1,2\n");
        table.columns(&WANTED);
        table.names(0);
        for row in 0..4 {
            table.needed(row, 1, Range::from_zero("a size"));
        }
        assert_eq!(
            mistakes(&table),
            [
                "t.csv:5:5 table::row_length",
                "t.csv:3:1 table::duplicate_name",
                "t.csv:4:1 table::no_name",
                "t.csv:2:3 table::not_a_number",
                "t.csv:3:3 table::out_of_range",
                "t.csv:4:1 table::no_value",
            ]
        );
        let mut table = read("actor,sizes\nA,B\n");
        table.columns(&WANTED);
        assert_eq!(mistakes(&table), ["t.csv:1:1 table::missing_column"]);
        assert!(
            table.mistakes[0]
                .help
                .as_deref()
                .is_some_and(|help| help.contains("`sizes`"))
        );
        for (text, code) in [
            ("", "empty"),
            ("a\n\"x\n", "unclosed_quote"),
            ("a\n\"x\" y\n", "behind_quote"),
            ("a,a\n", ""),
        ] {
            let found = mistakes(&read(text));
            assert!(
                code.is_empty() || found.iter().any(|one| one.ends_with(code)),
                "{text}: {found:?}"
            );
        }
        let latin = Table::of_bytes("t.csv", b"actor,size\nT\xfcrkiye,1\n");
        assert_eq!(mistakes(&latin), ["t.csv:2:2 table::not_utf8"]);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in [
            ("25 %", 0.25),
            ("\u{2212}3", -3.0),
            ("1,234.5", 1234.5),
            ("1e3", 1000.0),
            ("+.5", 0.5),
            ("1_000", 1000.0),
        ] {
            assert_eq!(parse_number(text, true), Some(value), "{text}");
        }
        assert_eq!(parse_number("2,5", false), Some(2.5));
        assert_eq!(parse_number("1,234,567", false), Some(1_234_567.0));
        for text in ["", "x", "1,5", "inf", "nan", "1e999", "0x1", "1 2"] {
            assert_eq!(parse_number(text, true), None, "{text}");
        }
    }
}
