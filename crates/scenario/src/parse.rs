//! The tolerant RON reader: text in, a located tree and every syntax mistake out.
//!
//! After a mistake it goes on at the next comma or bracket of the same level, so that one pass finds
//! several. A bracket that is never closed is pointed at where it opens. Depth, number of values and
//! number of mistakes are limited, so that no text makes it run away.

mod infix;
mod recover;
mod scalar;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::text::{FileId, Place, SourceText, Span};
use crate::tree::{Entry, Node, Value, Word};

/// What became of a text.
#[derive(Debug)]
pub struct Parsed {
    /// The tree; parts that could not be read are [`Value::Broken`].
    pub root: Node,
    /// Every syntax mistake.
    pub mistakes: Vec<Diagnostic>,
}

/// Reads one whole text.
pub fn parse(file: FileId, source: &Arc<SourceText>) -> Parsed {
    let mut parser = Parser::new(file, source, 0);
    parser.attributes();
    parser.space();
    let root = parser.value();
    parser.space();
    if parser.at < parser.bytes.len() && !parser.stopped && parser.mistakes.is_empty() {
        let rest = parser.span(parser.at, parser.at + parser.char_len());
        parser.report(
            "scenario::trailing_text",
            rest,
            "text after the end of the value",
        );
    }
    Parsed {
        root,
        mistakes: parser.mistakes,
    }
}

/// Reads one value at the start of a text and says where it ends: for the outcome language, where a
/// comparison may follow.
pub(crate) fn parse_prefix(file: FileId, source: &Arc<SourceText>, from: usize) -> (Parsed, usize) {
    let mut parser = Parser::new(file, source, from);
    parser.space();
    let root = parser.value();
    (
        Parsed {
            root,
            mistakes: parser.mistakes,
        },
        parser.at,
    )
}

/// Reads one value at the start of a text in which signs may stand between values: the outcome
/// language. Stops before a comparison that is not in brackets.
pub(crate) fn parse_expression(
    file: FileId,
    source: &Arc<SourceText>,
    from: usize,
) -> (Parsed, usize) {
    let mut parser = Parser::new(file, source, from);
    parser.infix = true;
    parser.space();
    let root = parser.arithmetic();
    (
        Parsed {
            root,
            mistakes: parser.mistakes,
        },
        parser.at,
    )
}

struct Parser<'t> {
    bytes: &'t [u8],
    at: usize,
    file: FileId,
    source: &'t Arc<SourceText>,
    /// Brackets that are open: which and where.
    open: Vec<(u8, usize)>,
    /// Brackets that were closed: where they open and close.
    pairs: Vec<(usize, usize)>,
    nodes: usize,
    stopped: bool,
    mistakes: Vec<Diagnostic>,
    /// Whether signs may stand between values.
    infix: bool,
    /// Signs read so far.
    signs: usize,
}

const fn closer(bracket: u8) -> u8 {
    match bracket {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

const fn is_closer(byte: u8) -> bool {
    matches!(byte, b')' | b']' | b'}')
}

const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl<'t> Parser<'t> {
    fn new(file: FileId, source: &'t Arc<SourceText>, at: usize) -> Self {
        let bytes = source.text.as_bytes();
        // A byte order mark is no mistake.
        let mark = if at == 0 && bytes.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        Self {
            bytes,
            at: at + mark,
            file,
            source,
            open: Vec::new(),
            pairs: Vec::new(),
            nodes: 0,
            stopped: false,
            mistakes: Vec::new(),
            infix: false,
            signs: 0,
        }
    }

    const fn span(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            start,
            end,
        }
    }

    fn place(&self, span: Span) -> Place {
        let length = span.end.saturating_sub(span.start);
        Place {
            source: Arc::clone(self.source),
            offset: span.start,
            length,
        }
    }

    fn push(&mut self, mistake: Diagnostic) {
        if self.stopped {
            return;
        }
        self.mistakes.push(mistake);
        if self.mistakes.len() >= limits::SYNTAX_MISTAKES {
            self.stop();
        }
    }

    fn report(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        let mistake = Diagnostic::error(code, self.place(span), message);
        self.push(mistake);
    }

    /// Gives up on the rest of the text.
    const fn stop(&mut self) {
        self.stopped = true;
        self.at = self.bytes.len();
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Bytes of the character at the cursor, at least 1 unless at the end.
    fn char_len(&self) -> usize {
        self.source
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8)
    }

    /// What stands at the cursor, for messages: a whole word or one letter.
    fn found(&self) -> String {
        let rest = self.source.text.get(self.at..).unwrap_or_default();
        let word = rest.bytes().take_while(|byte| is_word(*byte)).count();
        match rest.chars().next() {
            None => "the end of the text".to_owned(),
            Some(_) if (1..=40).contains(&word) => format!("`{}`", &rest[..word]),
            Some(letter) if letter.is_control() => format!("`{}`", letter.escape_debug()),
            Some(letter) => format!("`{letter}`"),
        }
    }

    /// Skips white space and comments.
    fn space(&mut self) {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
                self.at += 1;
            }
            match (self.peek(), self.peek_at(1)) {
                (Some(b'/'), Some(b'/')) => {
                    while self.peek().is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                (Some(b'/'), Some(b'*')) => self.block_comment(),
                _ => return,
            }
        }
    }

    /// Comments nest, as in Rust.
    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match (self.peek(), self.peek_at(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                (Some(_), _) => self.at += 1,
                (None, _) => {
                    let span = self.span(start, start + 2);
                    self.report(
                        "scenario::unclosed_comment",
                        span,
                        "a comment that never ends",
                    );
                    return;
                }
            }
        }
    }

    /// `#![enable(…)]` at the top says nothing that is not so anyway.
    fn attributes(&mut self) {
        self.space();
        while self.bytes[self.at..].starts_with(b"#![") {
            while self
                .peek()
                .is_some_and(|byte| byte != b']' && byte != b'\n')
            {
                self.at += 1;
            }
            if self.peek() == Some(b']') {
                self.at += 1;
            }
            self.space();
        }
    }

    fn value(&mut self) -> Node {
        let start = self.at;
        self.nodes += 1;
        if self.nodes > limits::NODES && !self.stopped {
            let message = format!("more than {} values in one file", limits::NODES);
            self.report(
                "scenario::too_many_values",
                self.span(start, start + 1),
                message,
            );
            self.stop();
        }
        match self.peek() {
            Some(b'(') => self.round(None),
            Some(b'[') => self.list(),
            Some(b'{') => self.map(),
            Some(b'"' | b'\'' | b'0'..=b'9' | b'+' | b'-' | b'.') => self.scalar(),
            Some(b'r' | b'b') if self.starts_text() => self.scalar(),
            Some(byte) if is_word_start(byte) => self.named(),
            _ => {
                let span = self.span(start, start + self.char_len());
                let message = format!("expected a value, found {}", self.found());
                self.report("scenario::expected_value", span, message);
                self.broken(start)
            }
        }
    }

    const fn broken(&self, start: usize) -> Node {
        Node {
            span: self.span(start, self.at),
            value: Value::Broken,
            damaged: true,
        }
    }

    const fn node(&self, start: usize, value: Value) -> Node {
        Node::new(self.span(start, self.at), value)
    }

    /// Reads an identifier, which the cursor is at.
    fn word(&mut self) -> Word {
        let start = self.at;
        while self.peek().is_some_and(is_word) {
            self.at += 1;
        }
        let text = self.source.text[start..self.at].to_owned();
        Word {
            span: self.span(start, self.at),
            text,
        }
    }

    /// A value that begins with an identifier.
    fn named(&mut self) -> Node {
        let start = self.at;
        let word = self.word();
        match word.text.as_str() {
            "true" => return self.node(start, Value::Bool(true)),
            "false" => return self.node(start, Value::Bool(false)),
            "inf" => return self.node(start, Value::Number(f64::INFINITY)),
            "NaN" => return self.node(start, Value::Number(f64::NAN)),
            "None" => return self.node(start, Value::None),
            _ => {}
        }
        let after = self.at;
        self.space();
        if self.peek() != Some(b'(') {
            self.at = after;
            return self.node(start, Value::Ident(word.text));
        }
        let is_some = word.text == "Some";
        let node = self.round(Some(word));
        if is_some {
            Self::unwrap_some(node)
        } else {
            node
        }
    }

    /// `Some(x)` is `x`: optional values are written bare.
    fn unwrap_some(node: Node) -> Node {
        match node.value {
            Value::Tuple(_, mut items) if items.len() == 1 => items.swap_remove(0),
            value => Node { value, ..node },
        }
    }

    /// Opens a bracket; false if it would be too deep, and then the whole is skipped.
    fn enter(&mut self) -> bool {
        let (bracket, at) = (self.bytes[self.at], self.at);
        if self.open.len() >= limits::NESTING {
            let message = format!("brackets nested more than {} deep", limits::NESTING);
            self.report("scenario::too_deep", self.span(at, at + 1), message);
            self.skip_balanced();
            return false;
        }
        self.open.push((bracket, at));
        self.at += 1;
        true
    }

    fn round(&mut self, name: Option<Word>) -> Node {
        let start = name.as_ref().map_or(self.at, |name| name.span.start);
        if !self.enter() {
            return self.broken(start);
        }
        self.space();
        if self.at_key() {
            let mut fields = Vec::new();
            let closing = self.items(|parser| fields.extend(parser.field()));
            return self.closed(start, Value::Struct(name, fields), closing);
        }
        let mut items = Vec::new();
        let closing = self.items(|parser| items.push(parser.item()));
        self.closed(start, Value::Tuple(name, items), closing)
    }

    fn list(&mut self) -> Node {
        let start = self.at;
        if !self.enter() {
            return self.broken(start);
        }
        let mut items = Vec::new();
        let closing = self.items(|parser| items.push(parser.item()));
        self.closed(start, Value::List(items), closing)
    }

    fn map(&mut self) -> Node {
        let start = self.at;
        if !self.enter() {
            return self.broken(start);
        }
        let mut entries = Vec::new();
        let closing = self.items(|parser| entries.extend(parser.map_entry()));
        self.closed(start, Value::Map(entries), closing)
    }

    fn closed(&self, start: usize, value: Value, closing: Closing) -> Node {
        let span = self.span(start, self.at);
        match closing {
            Closing::Whole => Node {
                span,
                value,
                damaged: false,
            },
            Closing::Damaged => Node {
                span,
                value,
                damaged: true,
            },
            Closing::Never => {
                // What an unclosed bracket holds may belong elsewhere.
                Node {
                    span,
                    value: Value::Broken,
                    damaged: true,
                }
            }
        }
    }

    /// Whether an identifier and a colon follow.
    fn at_key(&self) -> bool {
        if !self.peek().is_some_and(is_word_start) {
            return false;
        }
        let mut at = self.at;
        while self.bytes.get(at).copied().is_some_and(is_word) {
            at += 1;
        }
        while self.bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        self.bytes.get(at) == Some(&b':')
    }

    /// One `key: value` of a struct.
    fn field(&mut self) -> Option<Entry> {
        let at = self.at;
        if !self.peek().is_some_and(is_word_start) {
            let span = self.span(at, at + self.char_len());
            let message = format!("expected a key, found {}", self.found());
            self.report("scenario::expected_key", span, message);
            return None;
        }
        let key = self.word();
        Some(self.after_key(key))
    }

    /// One `"key": value` of a map.
    fn map_entry(&mut self) -> Option<Entry> {
        let at = self.at;
        if self.peek().is_some_and(is_word_start) && !self.starts_text() {
            let word = self.word();
            let mistake = Diagnostic::error(
                "scenario::key_without_quotes",
                self.place(word.span),
                format!("the key `{}` of a map needs quotes", word.text),
            );
            self.push(mistake.help(format!("write \"{}\"", word.text)));
            return Some(self.after_key(word));
        }
        let key = self.value();
        if let Value::Text(text) = key.value {
            return Some(self.after_key(Word {
                span: key.span,
                text,
            }));
        }
        if key.value != Value::Broken {
            let message = format!("expected a text as key, found {}", key.kind());
            self.report("scenario::expected_key", self.span(at, self.at), message);
        }
        None
    }

    fn after_key(&mut self, key: Word) -> Entry {
        self.space();
        if self.peek() != Some(b':') {
            let span = self.span(self.at, self.at + self.char_len());
            let mistake = Diagnostic::error(
                "scenario::missing_colon",
                self.place(span),
                format!(
                    "expected `:` after the key `{}`, found {}",
                    key.text,
                    self.found()
                ),
            );
            self.push(mistake);
            let value = self.broken(self.at);
            return Entry { key, value };
        }
        self.at += 1;
        self.space();
        let value = self.item();
        Entry { key, value }
    }

    /// Reads what a bracket holds, up to and with its closing; the cursor is behind the opening one.
    fn items(&mut self, mut one: impl FnMut(&mut Self)) -> Closing {
        let (bracket, opened) = *self.open.last().expect("entered by the caller");
        let mut closing = Closing::Whole;
        loop {
            self.space();
            match self.peek() {
                None => return self.ended(),
                Some(byte) if byte == closer(bracket) => {
                    self.open.pop();
                    self.pairs.push((opened, self.at));
                    self.at += 1;
                    return closing;
                }
                Some(byte) if is_closer(byte) => {
                    if self.wrong_closer(byte) {
                        return Closing::Never;
                    }
                    closing = Closing::Damaged;
                    continue;
                }
                Some(b',') => {
                    let span = self.span(self.at, self.at + 1);
                    self.report(
                        "scenario::stray_comma",
                        span,
                        "a comma with nothing before it",
                    );
                    self.at += 1;
                    closing = Closing::Damaged;
                    continue;
                }
                Some(_) => {}
            }
            let (before, known) = (self.at, self.mistakes.len());
            one(self);
            let good = self.separator(known, before);
            if !good || self.mistakes.len() > known {
                closing = Closing::Damaged;
            }
        }
    }
}

/// How a bracket came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    /// As it should.
    Whole,
    /// With mistakes inside.
    Damaged,
    /// It did not.
    Never,
}
