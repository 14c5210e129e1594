//! From located trees to the checked model, gathering every mistake on the way.
//!
//! A decoding function always gives a value (a default where a mistake was reported), so that one
//! pass sees everything; the caller throws the result away if there was an error. References that
//! do not resolve give `None`, so that what holds them is dropped rather than made up.

pub(crate) mod alternatives;
pub(crate) mod canonical;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod distribution;
pub(crate) mod driver;
pub(crate) mod dyads;
pub(crate) mod effect;
pub(crate) mod element;
pub(crate) mod expectation;
mod fact;
pub(crate) mod fields;
pub(crate) mod figure;
pub(crate) mod initiative;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod outcome;
pub(crate) mod policy;
pub(crate) mod quantity;
pub(crate) mod rule;
pub(crate) mod scenario;
pub(crate) mod shock;
pub(crate) mod tables;
pub(crate) mod uncertainty;
pub(crate) mod world;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Catalogue;
use crate::date::{Month, Time};
use crate::diagnostic::Diagnostic;
use crate::leaf::{Confidence, Leaf, LeafInfo, Leaves};
use crate::limits;
use crate::spec::{self, Choice, Field, Kind, Need, Shape};
use crate::text::{FileId, Span, Texts};
use crate::tree::{Entry, Node, Value, Word};

use fields::Fields;
use names::Names;
use number::Numbers;

/// What decoding needs and gathers.
pub(crate) struct Decoder<'c> {
    pub(crate) texts: Texts,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) leaves: Leaves,
    /// Where each written leaf stands.
    pub(crate) leaf_spans: BTreeMap<Leaf, Span>,
    pub(crate) names: Names,
    pub(crate) numbers: Numbers,
    errors: usize,
    warnings: usize,
    /// Whether effects are those of a rung, which has parties.
    pub(crate) parties_known: bool,
    /// Texts in which a text may go without quotes: those of the command line.
    pub(crate) bare_texts: BTreeSet<FileId>,
    pub(crate) catalogue: &'c Catalogue,
    /// Texts of the outcome language that are being read within one another.
    pub(crate) embedded: usize,
    /// Span of the scenario, once known: months asked for must lie in it.
    pub(crate) time: Option<Time>,
}

/// Where a value stands in the scenario: as messages say it, and as the paths of its numbers do.
#[derive(Debug, Clone, Default)]
pub(crate) struct At {
    /// `initiatives.link.ladder[1]`
    pub(crate) path: String,
    /// `initiatives.link.ladder.merger`
    pub(crate) leaf: String,
}

impl At {
    /// Both the same.
    pub(crate) fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            leaf: path.clone(),
            path,
        }
    }

    /// One key further.
    pub(crate) fn key(&self, key: &str) -> Self {
        Self {
            path: join(&self.path, key),
            leaf: join(&self.leaf, key),
        }
    }

    /// One list place further.
    pub(crate) fn item(&self, idx: usize) -> Self {
        Self {
            path: format!("{}[{idx}]", self.path),
            leaf: format!("{}[{idx}]", self.leaf),
        }
    }
}

pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// Fields of a number that says where it comes from.
pub(crate) const FIGURE: Shape = Shape {
    name: "figure",
    doc: "A number with its source; every numeric input may be written bare or like this",
    fields: &[
        spec::number("value", -spec::ANY, spec::ANY, "The number"),
        spec::text("source", "Where it comes from").optional("not stated"),
        spec::field(
            "confidence",
            spec::Form::Choice("confidence"),
            "How far it can be trusted",
        )
        .optional("not stated"),
    ],
};

/// How far a figure can be trusted.
pub(crate) const CONFIDENCE: Choice = Choice {
    noun: "confidence",
    code: "scenario::unknown_confidence",
    doc: "How far a figure can be trusted",
    variants: &[
        Shape {
            name: "High",
            doc: "Read from a published source",
            fields: &[],
        },
        Shape {
            name: "Medium",
            doc: "Derived from published figures",
            fields: &[],
        },
        Shape {
            name: "Low",
            doc: "A weak or dated source",
            fields: &[],
        },
        Shape {
            name: "Judgement",
            doc: "An analyst's judgement",
            fields: &[],
        },
    ],
};

impl<'c> Decoder<'c> {
    pub(crate) fn new(texts: Texts, catalogue: &'c Catalogue) -> Self {
        Self {
            texts,
            diagnostics: Vec::new(),
            leaves: Leaves::default(),
            leaf_spans: BTreeMap::new(),
            names: Names::default(),
            numbers: Numbers::default(),
            errors: 0,
            warnings: 0,
            parties_known: false,
            bare_texts: BTreeSet::new(),
            catalogue,
            embedded: 0,
            time: None,
        }
    }

    /// A diagnostic at a place, to be completed and given to [`Self::push`].
    pub(crate) fn mistake(
        &self,
        code: &'static str,
        span: Span,
        path: &str,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, self.texts.place(span), message).at(path)
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let counted = if diagnostic.is_error() {
            &mut self.errors
        } else {
            &mut self.warnings
        };
        *counted += 1;
        // A scenario with too many mistakes must stay one with mistakes: doubts are counted apart.
        if *counted <= limits::MISTAKES {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether more mistakes would not be shown: then looking for nearest names is in vain.
    pub(crate) const fn is_full(&self) -> bool {
        self.errors >= limits::MISTAKES
    }

    pub(crate) fn report(
        &mut self,
        code: &'static str,
        span: Span,
        path: &str,
        message: impl Into<String>,
    ) {
        let mistake = self.mistake(code, span, path, message);
        self.push(mistake);
    }

    /// Whether something at a path or below it has been reported: what follows from it is not.
    pub(crate) fn has_mistake_at(&self, path: &str) -> bool {
        let below = |one: &Diagnostic| {
            one.path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.diagnostics
            .iter()
            .any(|one| one.is_error() && below(one))
    }

    /// Reports a value of the wrong type, unless it has been reported as unreadable.
    pub(crate) fn wrong_type(&mut self, node: &Node, path: &str, expected: &str) {
        if node.value == Value::Broken {
            return;
        }
        let message = format!("expected {expected}, found {}", node.kind());
        self.report("scenario::wrong_type", node.head(), path, message);
    }

    pub(crate) fn text(&mut self, node: &Node, path: &str) -> Option<String> {
        let text = self.as_text(node).map(str::to_owned);
        if text.is_none() {
            self.wrong_type(node, path, "a text");
        }
        text
    }

    fn as_text<'n>(&self, node: &'n Node) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            Value::Ident(text) if self.bare_texts.contains(&node.span.file) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn flag(&mut self, node: &Node, path: &str) -> Option<bool> {
        if let Value::Bool(flag) = node.value {
            return Some(flag);
        }
        self.wrong_type(node, path, "`true` or `false`");
        None
    }

    pub(crate) fn month(&mut self, node: &Node, path: &str) -> Option<Month> {
        let Some(text) = self.as_text(node) else {
            self.wrong_type(node, path, "a month such as \"2008-01\"");
            return None;
        };
        let month = Month::parse(text);
        if month.is_none() {
            let mistake = self
                .mistake(
                    "scenario::bad_date",
                    node.span,
                    path,
                    format!("`{text}` is not a month"),
                )
                .expected("a year and a month from 01 to 12, such as \"2008-01\"");
            self.push(mistake);
        }
        month
    }

    /// A finite number, anywhere.
    pub(crate) fn number(&mut self, node: &Node, path: &str) -> Option<f64> {
        let Value::Number(number) = node.value else {
            self.wrong_type(node, path, "a number");
            return None;
        };
        if !number.is_finite() {
            let written = self.texts.slice(node.span).to_owned();
            let message = format!("`{written}` is not a finite number");
            self.report("scenario::not_finite", node.span, path, message);
            return None;
        }
        Some(number)
    }

    /// A finite number in the range of a field.
    pub(crate) fn number_in(&mut self, node: &Node, field: &Field, path: &str) -> Option<f64> {
        let number = self.number(node, path)?;
        let (min, max) = field.range();
        self.in_range(number, (min, max), field.unit_name(), node.span, path)
            .then_some(number)
    }

    /// Whether a number lies in a range; if not, that is reported.
    pub(crate) fn in_range(
        &mut self,
        number: f64,
        (min, max): (f64, f64),
        unit: &str,
        span: Span,
        path: &str,
    ) -> bool {
        let good = (min..=max).contains(&number);
        if !good {
            let mistake = self
                .mistake(
                    "scenario::out_of_range",
                    span,
                    path,
                    format!("{} is out of range", spec::plain(number)),
                )
                .expected(spec::number_in(min, max, unit));
            self.push(mistake);
        }
        good
    }

    pub(crate) fn whole(&mut self, node: &Node, range: (i64, i64), path: &str) -> Option<i64> {
        let number = self.number(node, path)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "compared with the original below"
        )]
        let whole = number as i64;
        #[expect(
            clippy::cast_precision_loss,
            clippy::float_cmp,
            reason = "exactly whole is meant"
        )]
        let is_whole = whole as f64 == number;
        let expected = Field {
            form: spec::Form::Whole {
                min: range.0,
                max: range.1,
            },
            ..spec::text("", "")
        };
        if !is_whole {
            let mistake = self
                .mistake(
                    "scenario::not_whole",
                    node.span,
                    path,
                    format!("{} is not whole", spec::plain(number)),
                )
                .expected(expected.expectation());
            self.push(mistake);
            return None;
        }
        if !(range.0..=range.1).contains(&whole) {
            let mistake = self
                .mistake(
                    "scenario::out_of_range",
                    node.span,
                    path,
                    format!("{whole} is out of range"),
                )
                .expected(expected.expectation());
            self.push(mistake);
            return None;
        }
        Some(whole)
    }

    pub(crate) fn list<'n>(&mut self, node: &'n Node, path: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            _ => {
                self.wrong_type(node, path, "a list `[…]`");
                &[]
            }
        }
    }

    /// A list of at most so many; the rest is reported and left out.
    pub(crate) fn list_of<'n>(
        &mut self,
        node: &'n Node,
        path: &str,
        most: usize,
        what: &str,
    ) -> &'n [Node] {
        let items = self.list(node, path);
        if items.len() > most {
            let message = format!("{} {what}: more than {most}", items.len());
            self.report("scenario::too_many", items[most].head(), path, message);
            return &items[..most];
        }
        items
    }

    /// The entries of a map, without those whose key came before.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node, path: &str) -> Vec<&'n Entry> {
        let Value::Map(entries) = &node.value else {
            // `()` and `(…)` are records; an empty map is written `{}`.
            self.wrong_type(node, path, "a map `{\"key\": value}`");
            return Vec::new();
        };
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            if let Some(span) = first.get(entry.key.text.as_str()) {
                let mistake = self.duplicate(&entry.key, *span, path);
                self.push(mistake);
            } else {
                first.insert(&entry.key.text, entry.key.span);
                if entry.value.value != Value::None {
                    kept.push(entry);
                }
            }
        }
        kept
    }

    fn duplicate(&self, key: &Word, first: Span, path: &str) -> Diagnostic {
        let message = format!("the key `{}` is given twice", key.text);
        self.mistake(
            "scenario::duplicate_key",
            key.span,
            &join(path, &key.text),
            message,
        )
        .label("again here")
        .related(self.texts.place(first), "first here")
    }

    /// The entries of a map whose keys are ids of new things, at most so many.
    pub(crate) fn things<'n>(
        &mut self,
        node: &'n Node,
        kind: Kind,
        path: &str,
        most: usize,
    ) -> Vec<&'n Entry> {
        let entries = self.entries(node, path);
        if let Some(entry) = entries.get(most) {
            let message = format!("{} {}: more than {most}", entries.len(), kind.nouns());
            self.report("scenario::too_many", entry.key.span, path, message);
        }
        for entry in &entries {
            self.check_id(&entry.key.text, entry.key.span, path);
        }
        entries
    }

    /// Reports an id that could not stand in a path.
    pub(crate) fn check_id(&mut self, id: &str, span: Span, path: &str) {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if id.is_empty() || id.len() > 64 || !id.chars().all(good) {
            let mistake = self
                .mistake(
                    "scenario::bad_id",
                    span,
                    path,
                    format!("`{id}` cannot be an id"),
                )
                .expected("1 to 64 letters, digits, `-` or `_`");
            self.push(mistake);
        }
    }

    /// The index of a thing by its id.
    pub(crate) fn name(&mut self, node: &Node, kind: Kind, path: &str) -> Option<usize> {
        let Some(id) = self.as_text(node) else {
            self.wrong_type(
                node,
                path,
                &format!("the id of {} as a text", kind.a_noun()),
            );
            return None;
        };
        self.name_of(id, node.span, kind, path)
    }

    /// The index of a thing by its id, which stands at a span.
    pub(crate) fn name_of(
        &mut self,
        id: &str,
        span: Span,
        kind: Kind,
        path: &str,
    ) -> Option<usize> {
        let found = self.names.find(kind, id);
        if found.is_none() && !self.is_full() {
            let ids = self.names.ids(kind);
            let mut mistake = self
                .mistake(
                    kind.unknown(),
                    span,
                    path,
                    format!("unknown {} `{id}`", kind.noun()),
                )
                .expected(names::expectation(kind, ids));
            mistake = mistake.nearest(id, ids.iter().map(String::as_str));
            self.push(mistake);
        }
        found
    }

    /// A list of ids without repetitions.
    pub(crate) fn names(&mut self, node: &Node, kind: Kind, path: &str) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for (idx, item) in self.list(node, path).iter().enumerate() {
            let path = format!("{path}[{idx}]");
            let Some(one) = self.name(item, kind, &path) else {
                continue;
            };
            if found.contains(&one) {
                let message = format!("the {} is listed twice", kind.noun());
                self.report("scenario::duplicate_name", item.span, &path, message);
            } else {
                found.push(one);
            }
        }
        found
    }

    /// Adds a leaf; if its path is taken (which has been reported), gives the one that took it.
    pub(crate) fn add_leaf(&mut self, info: LeafInfo, span: Option<Span>) -> Leaf {
        if let Some(leaf) = self.leaves.find(&info.path) {
            return leaf;
        }
        let leaf = self.leaves.add(info);
        if let Some(span) = span {
            self.leaf_spans.insert(leaf, span);
        }
        leaf
    }

    /// A leaf that no file writes.
    pub(crate) fn default_leaf(&mut self, field: &Field, path: String, value: f64) -> Leaf {
        self.add_leaf(leaf_info(field, path, value), None)
    }

    /// A number with a path, written bare or with its source.
    pub(crate) fn leaf(&mut self, node: &Node, field: &Field, at: &At) -> Leaf {
        let mut info = leaf_info(field, at.leaf.clone(), field.default_number());
        info.written = true;
        let mut span = node.span;
        if let Value::Struct(..) = &node.value {
            if let Some(fields) = Fields::open(self, node, &FIGURE, at) {
                if let Some(value) = fields.node("value") {
                    span = value.span;
                    info.value = self.number_in(value, field, &at.path).unwrap_or(info.value);
                }
                info.source = fields.text(self, "source");
                info.confidence = fields.confidence(self);
            }
        } else if matches!(node.value, Value::Number(_)) {
            info.value = self.number_in(node, field, &at.path).unwrap_or(info.value);
        } else {
            self.wrong_type(node, &at.path, "a number, or (value: …, source: …)");
        }
        self.add_leaf(info, Some(span))
    }

    /// The variant a node names, with its fields.
    pub(crate) fn variant(
        &mut self,
        node: &Node,
        choice: &'static Choice,
        at: &At,
    ) -> Option<(&'static Shape, Fields)> {
        let (word, span) = match &node.value {
            Value::Ident(word) => (word.as_str(), node.span),
            Value::Tuple(Some(word), _) | Value::Struct(Some(word), _) => {
                (word.text.as_str(), word.span)
            }
            _ => {
                self.wrong_type(node, &at.path, &format!("one {}", choice.noun));
                return None;
            }
        };
        let Some(shape) = choice.variants.iter().find(|shape| shape.name == word) else {
            let all = choice.variants.iter().map(|shape| shape.name);
            let mistake = self
                .mistake(
                    choice.code,
                    span,
                    &at.path,
                    format!("unknown {} `{word}`", choice.noun),
                )
                .expected(names::one_of(all.clone()))
                .nearest(word, all);
            self.push(mistake);
            return None;
        };
        Fields::open(self, node, shape, at).map(|fields| (shape, fields))
    }

    /// A month that must lie in the scenario's span.
    pub(crate) fn month_in_span(&mut self, node: &Node, path: &str) -> Option<Month> {
        let month = self.month(node, path)?;
        if let Some(time) = self
            .time
            .filter(|time| month < time.start || month > time.end)
        {
            let mistake = self
                .mistake(
                    "scenario::outside_span",
                    node.span,
                    path,
                    format!("{month} is outside the time span"),
                )
                .expected(format!("a month from {} to {}", time.start, time.end));
            self.push(mistake);
        }
        Some(month)
    }
}

/// What is known of a number before a file is read.
pub(crate) fn leaf_info(field: &Field, path: String, value: f64) -> LeafInfo {
    let (min, max) = field.range();
    LeafInfo {
        path,
        value,
        min,
        max,
        unit: field.unit_name().to_owned(),
        source: None,
        confidence: Confidence::Unstated,
        written: false,
        prior: None,
    }
}

/// Whether a field must be there.
pub(crate) const fn is_required(field: &Field) -> bool {
    matches!(field.need, Need::Required)
}
