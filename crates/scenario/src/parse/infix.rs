//! Signs between values: `Count(org: "A") >= 3`, `(a - b) / c`. Only texts of the outcome language have them.
//!
//! A sign becomes a named tuple of two, named after the sign.

use super::Parser;
use crate::limits;
use crate::tree::{Node, Value, Word};

/// Signs by how loosely they bind; longer ones first.
const LEVELS: [&[&str]; 3] = [&["<=", ">=", "<", ">"], &["+", "-"], &["*", "/"]];

impl Parser<'_> {
    /// One item of a bracket: a value, or values with signs where they are allowed.
    pub(super) fn item(&mut self) -> Node {
        if self.infix {
            self.signed(0)
        } else {
            self.value()
        }
    }

    /// Values with signs that compute; a comparison ends it.
    pub(super) fn arithmetic(&mut self) -> Node {
        self.signed(1)
    }

    fn signed(&mut self, level: usize) -> Node {
        let Some(signs) = LEVELS.get(level) else {
            return self.value();
        };
        let start = self.at;
        let mut left = self.signed(level + 1);
        loop {
            let end = self.at;
            self.space();
            let Some(sign) = self.sign(signs) else {
                self.at = end;
                return left;
            };
            let span = self.span(self.at, self.at + sign.len());
            self.signs += 1;
            if self.signs > limits::SIGNS {
                let message = format!("more than {} signs in one text", limits::SIGNS);
                self.report("scenario::too_many_signs", span, message);
                self.stop();
                return left;
            }
            self.at += sign.len();
            let word = Word {
                span,
                text: sign.to_owned(),
            };
            self.space();
            let right = self.signed(level + 1);
            left = self.node(start, Value::Tuple(Some(word), vec![left, right]));
        }
    }

    /// The sign at the cursor, if it is one of these; a half-width's `+-` is none.
    fn sign(&self, signs: &[&'static str]) -> Option<&'static str> {
        let rest = &self.bytes[self.at..];
        let is_half_width = rest.starts_with(b"+-");
        let found = signs.iter().find(|sign| rest.starts_with(sign.as_bytes()));
        found.copied().filter(|_| !is_half_width)
    }
}
