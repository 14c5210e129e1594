//! The located tree: what a RON text says, each value with its place.
//!
//! Made by `parse`, combined by `merge`, read by `decode`.

use crate::text::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub value: Value,
    /// Whether a syntax error lost some of its contents: missing keys are then not reported.
    pub damaged: bool,
}

/// One value of a RON text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A number; infinite and not-a-number are kept, to be rejected with their place.
    Number(f64),
    /// `'c'`.
    Char(char),
    /// `"text"` or `r"text"`.
    Text(String),
    /// A bare identifier, `EveryMeeting`.
    Ident(String),
    /// `None`: nothing is given, or an entry of a base file is taken away.
    None,
    /// `(a, b)` or `Name(a, b)`; empty for `()`.
    Tuple(Option<Word>, Vec<Node>),
    /// `(key: value)` or `Name(key: value)`.
    Struct(Option<Word>, Vec<Entry>),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{"key": value}`.
    Map(Vec<Entry>),
    /// Something that could not be read and has been reported.
    Broken,
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Where.
    pub span: Span,
    /// What.
    pub text: String,
}

/// One entry of a struct or a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its key.
    pub key: Word,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A whole node.
    pub(crate) const fn new(span: Span, value: Value) -> Self {
        Self {
            span,
            value,
            damaged: false,
        }
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::Char(_) => "a character",
            Value::Text(_) => "a text",
            Value::Ident(_) => "a bare name",
            Value::None => "`None`",
            Value::Tuple(None, items) if items.is_empty() => "`()`",
            Value::Tuple(None, _) => "a tuple",
            Value::Struct(None, _) => "a record `(key: value)`",
            Value::Tuple(Some(_), _) | Value::Struct(Some(_), _) => "a named record",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Broken => "something unreadable",
        }
    }

    /// The place to point at when something is wrong with the whole: its head if it is long.
    pub fn head(&self) -> Span {
        let start = self.span.start;
        match &self.value {
            Value::Tuple(Some(name), _) | Value::Struct(Some(name), _) => name.span,
            Value::Tuple(None, _) | Value::Struct(None, _) | Value::List(_) | Value::Map(_) => {
                Span {
                    end: (start + 1).min(self.span.end),
                    ..self.span
                }
            }
            Value::Bool(_)
            | Value::Number(_)
            | Value::Char(_)
            | Value::Text(_)
            | Value::Ident(_)
            | Value::None
            | Value::Broken => self.span,
        }
    }
}
