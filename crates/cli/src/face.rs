//! The terminal: data on stdout, progress and notes on stderr.

use std::{
    io::{self, IsTerminal, Write},
    process,
};

use serde::Serialize;

use crate::{exit::Exit, failure::Failure, paint::Paint, prose};

/// Columns used when nobody says how wide the terminal is.
const WIDTH: usize = 96;
/// A table wider than this is hard to read, a narrower one than the other does not hold its words.
const WIDTH_MAX: usize = 100;
const WIDTH_MIN: usize = 72;

/// How much is said, and in which form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Face {
    /// Nothing but data and errors.
    pub(crate) quiet: bool,
    /// One JSON document instead of tables.
    pub(crate) json: bool,
    /// Paint for stdout.
    pub(crate) paint: Paint,
    /// Paint for stderr.
    pub(crate) note_paint: Paint,
    /// Columns.
    pub(crate) width: usize,
}

impl Face {
    /// The face of this process.
    pub(crate) fn new(quiet: bool, json: bool) -> Self {
        let width = comfy_table::Table::new().width().map_or(WIDTH, usize::from);
        Self {
            quiet,
            json,
            paint: Paint::for_stream(io::stdout().is_terminal() && !json),
            note_paint: Paint::for_stream(io::stderr().is_terminal()),
            width: width.clamp(WIDTH_MIN, WIDTH_MAX),
        }
    }

    /// Whether somebody may be looking at stderr.
    pub(crate) fn is_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Prints data.
    ///
    /// # Errors
    /// If stdout takes no more. A reader that has gone away ends the program quietly.
    pub(crate) fn data(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| {
            if !text.ends_with('\n') && !text.is_empty() {
                stdout.write_all(b"\n")?;
            }
            stdout.flush()
        });
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                process::exit(Exit::Good as i32)
            }
            Err(error) => Err(Failure::Stdout(error)),
        }
    }

    /// Prints one JSON document.
    ///
    /// # Errors
    /// If stdout takes no more.
    pub(crate) fn document<T: Serialize>(&self, value: &T) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).expect("plain data has a JSON form");
        self.data(&text)
    }

    /// Says something beside the data; nothing if quiet.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            complain(text);
        }
    }

    /// Something that may be skipped, as faint indented lines.
    pub(crate) fn aside(&self, text: &str) -> String {
        format!(
            "{}\n",
            self.paint.faint(&prose::filled(text, self.width, "  "))
        )
    }

    /// Names the next useful command.
    pub(crate) fn next(&self, command: &str) {
        let paint = self.note_paint;
        self.note(&format!(
            "{} {}",
            paint.faint("next:"),
            paint.strong(command)
        ));
    }
}

/// Writes a line to stderr. There is nobody left to tell if that fails.
pub(crate) fn complain(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{text}");
    let _ = stderr.flush();
}

/// A word as a shell takes it: quoted if it holds anything unusual.
pub(crate) fn shell_word(word: &str) -> String {
    let usual = |c: char| c.is_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(usual) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell_only_where_needed() {
        assert_eq!(shell_word("scenarios/a-b.ron"), "scenarios/a-b.ron");
        assert_eq!(shell_word("my file.ron"), "'my file.ron'");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
    }
}
