//! Numbers, texts and characters.

use super::{Parser, is_word};
use crate::tree::{Node, Value};

impl Parser<'_> {
    /// Whether a raw or byte text begins at the cursor.
    pub(super) fn starts_text(&self) -> bool {
        match self.peek() {
            Some(b'r') => {
                let mut ahead = 1;
                while self.peek_at(ahead) == Some(b'#') {
                    ahead += 1;
                }
                self.peek_at(ahead) == Some(b'"')
            }
            Some(b'b') => matches!(self.peek_at(1), Some(b'"' | b'\'')),
            _ => false,
        }
    }

    pub(super) fn scalar(&mut self) -> Node {
        match self.peek() {
            Some(b'"') => self.text(),
            Some(b'\'') => self.character(),
            Some(b'r') => self.raw_text(),
            Some(b'b') => self.byte_text(),
            _ => self.number(),
        }
    }

    fn text(&mut self) -> Node {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let from = self.at;
            while self
                .peek()
                .is_some_and(|byte| byte != b'"' && byte != b'\\')
            {
                self.at += 1;
            }
            text.push_str(&self.source.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    if text.contains('\n') && !self.ends_value() {
                        return self.unterminated(start);
                    }
                    return self.node(start, Value::Text(text));
                }
                Some(_) => text.extend(self.escape()),
                None => return self.unterminated(start),
            }
        }
    }

    /// Whether what follows may follow a value. After a text of several lines it tells whether the
    /// closing quote is its own or opens the next text.
    fn ends_value(&self) -> bool {
        let rest = self.bytes[self.at..]
            .iter()
            .find(|byte| !byte.is_ascii_whitespace());
        rest.is_none_or(|byte| matches!(byte, b',' | b')' | b']' | b'}' | b':' | b'/'))
    }

    /// A text that never ends is taken to end with its line, so that reading can go on.
    fn unterminated(&mut self, start: usize) -> Node {
        let line_end = self.bytes[start..].iter().position(|byte| *byte == b'\n');
        let span = self.span(start, start + 1);
        self.report("scenario::unclosed_text", span, "a text that never ends");
        self.at = line_end.map_or(self.bytes.len(), |length| start + length);
        // A comma or bracket at the end of the line was likely meant as one.
        let after = b",)]}\r ";
        while self.at > start + 1 && after.contains(&self.bytes[self.at - 1]) {
            self.at -= 1;
        }
        self.broken(start)
    }

    /// One escape of a text or character.
    fn escape(&mut self) -> Option<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += self.char_len();
        let plain = match letter {
            Some(b'n') => Some('\n'),
            Some(b't') => Some('\t'),
            Some(b'r') => Some('\r'),
            Some(b'0') => Some('\0'),
            Some(b @ (b'\\' | b'"' | b'\'')) => Some(char::from(b)),
            Some(b'x') => self
                .hex(2)
                .and_then(|code| char::from_u32(code).filter(char::is_ascii)),
            Some(b'u') if self.peek() == Some(b'{') => {
                self.at += 1;
                let code = self.hex(6);
                let closed = self.peek() == Some(b'}');
                self.at += usize::from(closed);
                code.filter(|_| closed).and_then(char::from_u32)
            }
            _ => None,
        };
        if plain.is_none() {
            self.at = self.at.min(self.bytes.len());
            let span = self.span(start, self.at);
            self.report("scenario::bad_escape", span, "an escape that means nothing");
        }
        plain
    }

    fn hex(&mut self, most: usize) -> Option<u32> {
        let from = self.at;
        while self.at - from < most && self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
            self.at += 1;
        }
        u32::from_str_radix(&self.source.text[from..self.at], 16).ok()
    }

    fn raw_text(&mut self) -> Node {
        let start = self.at;
        self.at += 1;
        let hashes = self.bytes[self.at..]
            .iter()
            .take_while(|byte| **byte == b'#')
            .count();
        self.at += hashes + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        let Some(length) = self.source.text[self.at..].find(&end) else {
            return self.unterminated(start);
        };
        let text = self.source.text[self.at..self.at + length].to_owned();
        self.at += length + end.len();
        self.node(start, Value::Text(text))
    }

    fn byte_text(&mut self) -> Node {
        let start = self.at;
        self.at += 1;
        self.scalar();
        let span = self.span(start, self.at);
        self.report(
            "scenario::unsupported",
            span,
            "byte texts have no meaning in a scenario",
        );
        self.broken(start)
    }

    fn character(&mut self) -> Node {
        let start = self.at;
        self.at += 1;
        let letter = if self.peek() == Some(b'\\') {
            self.escape()
        } else {
            let letter = self.source.text[self.at..]
                .chars()
                .next()
                .filter(|c| *c != '\'' && *c != '\n');
            self.at += letter.map_or(0, char::len_utf8);
            letter
        };
        match (letter, self.peek()) {
            (Some(letter), Some(b'\'')) => {
                self.at += 1;
                self.node(start, Value::Char(letter))
            }
            _ => {
                let span = self.span(start, self.at);
                self.report(
                    "scenario::bad_character",
                    span,
                    "texts are written in double quotes",
                );
                self.broken(start)
            }
        }
    }

    fn number(&mut self) -> Node {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if matches!(self.peek(), Some(b'+' | b'-')) {
            self.at += 1;
        }
        let from = self.at;
        while let Some(byte) = self.peek() {
            let sign = matches!(byte, b'+' | b'-');
            let after_exponent = self.at > from
                && matches!(self.bytes[self.at - 1], b'e' | b'E')
                && !self.bytes[from..].starts_with(b"0x");
            if is_word(byte) || byte == b'.' || (sign && after_exponent) {
                self.at += 1;
            } else {
                break;
            }
        }
        let written: String = self.source.text[from..self.at].replace('_', "");
        match number_from(&written) {
            Some(value) => self.node(start, Value::Number(if negative { -value } else { value })),
            None => {
                let span = self.span(start, self.at.max(start + 1));
                let text = self.source.slice(span).to_owned();
                self.report(
                    "scenario::bad_number",
                    span,
                    format!("`{text}` is not a number"),
                );
                self.broken(start)
            }
        }
    }
}

/// Reads an unsigned number without underscores.
fn number_from(text: &str) -> Option<f64> {
    match text {
        "inf" => return Some(f64::INFINITY),
        "NaN" => return Some(f64::NAN),
        _ => {}
    }
    let radix = match text.get(..2) {
        Some("0x") => Some(16),
        Some("0b") => Some(2),
        Some("0o") => Some(8),
        _ => None,
    };
    if let Some(radix) = radix {
        #[expect(
            clippy::cast_precision_loss,
            reason = "numbers are f64; larger ones lose digits"
        )]
        return u64::from_str_radix(&text[2..], radix)
            .ok()
            .map(|whole| whole as f64);
    }
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| begins && digits)
}
