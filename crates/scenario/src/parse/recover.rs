//! Going on after a mistake, and finding the bracket to blame.

use super::{Closing, Parser, closer, is_closer, is_word_start};
use crate::diagnostic::Diagnostic;
use crate::text::Span;

impl Parser<'_> {
    /// Reads the comma after an item, or recovers; false if something was lost.
    pub(super) fn separator(&mut self, known: usize, before: usize) -> bool {
        let end = self.at;
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                true
            }
            None => true,
            Some(byte) if is_closer(byte) => true,
            Some(_) if self.mistakes.len() > known => {
                self.recover();
                false
            }
            Some(_) => {
                let span = self.last_letter(end);
                let mistake = Diagnostic::error(
                    "scenario::missing_comma",
                    self.place(span),
                    format!("expected `,` before {}", self.found()),
                );
                self.push(mistake.label("a comma is missing behind this"));
                if self.at == before || !self.starts_item() {
                    self.recover();
                }
                false
            }
        }
    }

    /// The letter before an offset, so that there is something to underline.
    fn last_letter(&self, end: usize) -> Span {
        let before = self
            .source
            .text
            .get(..end)
            .and_then(|text| text.chars().next_back());
        self.span(end - before.map_or(0, char::len_utf8), end)
    }

    /// Whether a new item may begin at the cursor.
    fn starts_item(&self) -> bool {
        let start = |byte: u8| is_word_start(byte) || matches!(byte, b'"' | b'(' | b'[' | b'{');
        self.peek()
            .is_some_and(|byte| start(byte) || byte.is_ascii_digit())
    }

    /// Skips to the next comma (and over it) or closing bracket of this level.
    fn recover(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b',' => {
                    self.at += 1;
                    return;
                }
                b'(' | b'[' | b'{' => self.skip_balanced(),
                b'"' => self.skip_text(),
                b'/' if matches!(self.peek_at(1), Some(b'/' | b'*')) => self.space(),
                _ if is_closer(byte) => return,
                _ => self.at += 1,
            }
        }
    }

    /// Skips a bracket and everything up to the one that closes it.
    pub(super) fn skip_balanced(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                _ if is_closer(byte) => depth -= 1,
                b'"' => {
                    self.skip_text();
                    continue;
                }
                b'/' if matches!(self.peek_at(1), Some(b'/' | b'*')) => {
                    self.space();
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_text(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    /// A closing bracket of another kind: true if it closes something further out, so that the
    /// innermost bracket is the one that is not closed.
    pub(super) fn wrong_closer(&mut self, byte: u8) -> bool {
        let (bracket, opened) = *self.open.last().expect("inside a bracket");
        let here = self.span(self.at, self.at + 1);
        if self.open.iter().any(|(open, _)| closer(*open) == byte) {
            self.forget_consequences(opened);
            let mistake = Diagnostic::error(
                "scenario::unclosed_bracket",
                self.place(self.span(opened, opened + 1)),
                format!("`{}` is never closed", char::from(bracket)),
            );
            let mistake = mistake
                .label(format!("`{}` opens here", char::from(bracket)))
                .related(
                    self.place(here),
                    format!("`{}` expected before this", char::from(closer(bracket))),
                );
            self.push(mistake);
            self.open.pop();
            return true;
        }
        let message = format!("`{}` closes nothing", char::from(byte));
        self.report("scenario::stray_bracket", here, message);
        self.at += 1;
        self.space();
        if self.peek() == Some(b',') {
            self.at += 1;
        }
        false
    }

    /// Commas, colons and keys that seem wrong behind a bracket that is not closed follow from it.
    fn forget_consequences(&mut self, opened: usize) {
        let follows = [
            "scenario::missing_comma",
            "scenario::stray_comma",
            "scenario::missing_colon",
            "scenario::expected_key",
            "scenario::expected_value",
        ];
        let behind = |one: &Diagnostic| {
            one.place
                .as_ref()
                .is_some_and(|place| place.offset > opened)
        };
        self.mistakes
            .retain(|one| !(follows.contains(&one.code) && behind(one)));
    }

    /// The text ends inside a bracket. The one to blame is the one whose place of closing does not
    /// fit its indentation, if there is one: it took the closing bracket of another.
    pub(super) fn ended(&mut self) -> Closing {
        let Some((bracket, opened)) = self.open.pop() else {
            return Closing::Never;
        };
        if self.stopped
            || self
                .mistakes
                .iter()
                .any(|one| one.code == "scenario::unclosed_bracket")
        {
            return Closing::Never;
        }
        let misfit = |(open, close): &&(usize, usize)| {
            // First what is cheap: most brackets close on their own line.
            self.source.line(*open) < self.source.line(*close) && {
                let indentation = self.source.indentation(*close);
                let first = indentation + 1 == self.source.line_column(*close).1;
                first && self.source.indentation(*open) > indentation
            }
        };
        let thief = self.pairs.iter().filter(misfit).min().copied();
        let (at, bracket) = thief.map_or((opened, bracket), |(open, _)| (open, self.bytes[open]));
        self.forget_consequences(at);
        let sign = char::from(bracket);
        let mut mistake = Diagnostic::error(
            "scenario::unclosed_bracket",
            self.place(self.span(at, at + 1)),
            format!("`{sign}` is never closed"),
        )
        .label(format!("`{sign}` opens here"));
        if let Some((_, close)) = thief {
            let close = self.place(self.span(close, close + 1));
            mistake = mistake.related(close, "this stands where an outer bracket would close");
        }
        self.push(mistake);
        Closing::Never
    }
}
