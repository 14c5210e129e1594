//! The fields of one record or variant, checked against its table of keys.

use super::{At, CONFIDENCE, Decoder, is_required, join, names};
use crate::date::Month;
use crate::leaf::{Confidence, Leaf};
use crate::limits;
use crate::spec::{Field, Form, Kind, Shape};
use crate::text::Span;
use crate::tree::{Entry, Node, Value, Word};

/// The fields of one record, in the order of its table.
#[derive(Debug)]
pub(crate) struct Fields {
    shape: &'static Shape,
    found: Vec<Option<Node>>,
    /// Where the record stands.
    pub(crate) at: At,
    /// Its head, for what is wrong with the whole.
    pub(crate) head: Span,
}

/// Fields without a table entry are a mistake of ours.
const KNOWN: &str = "the decoder asks only for keys of its table";

impl Fields {
    /// Opens a record or variant: reports unknown, repeated and missing keys.
    pub(crate) fn open(
        decoder: &mut Decoder<'_>,
        node: &Node,
        shape: &'static Shape,
        at: &At,
    ) -> Option<Self> {
        let mut fields = Self {
            shape,
            found: vec![None; shape.fields.len()],
            at: at.clone(),
            head: node.head(),
        };
        let mut damaged = node.damaged;
        match &node.value {
            Value::Struct(_, entries) => fields.take_entries(decoder, entries),
            Value::Tuple(None, items) if items.is_empty() => {}
            Value::Tuple(Some(_), items) => {
                damaged |= !fields.take_items(decoder, items);
            }
            Value::Ident(_) => {}
            Value::Broken => return None,
            _ => {
                decoder.wrong_type(node, &at.path, &format!("{} `(key: value)`", shape.name));
                return None;
            }
        }
        if !damaged {
            fields.report_missing(decoder);
        }
        Some(fields)
    }

    fn take_entries(&mut self, decoder: &mut Decoder<'_>, entries: &[Entry]) {
        let mut first: Vec<Option<Span>> = vec![None; self.found.len()];
        for Entry { key, value } in entries {
            let Some(idx) = self
                .shape
                .fields
                .iter()
                .position(|field| field.name == key.text)
            else {
                self.report_unknown(decoder, key);
                continue;
            };
            if let Some(span) = first[idx] {
                let mistake = decoder.duplicate(key, span, &self.at.path);
                decoder.push(mistake);
                continue;
            }
            first[idx] = Some(key.span);
            if value.value != Value::None {
                self.found[idx] = Some(value.clone());
            }
        }
    }

    /// Variants may be written without keys: `Uniform(0.1, 0.2)`. False if there are too many.
    fn take_items(&mut self, decoder: &mut Decoder<'_>, items: &[Node]) -> bool {
        let known = self.shape.fields.len();
        for (place, item) in self.found.iter_mut().zip(items) {
            *place = Some(item.clone()).filter(|item| item.value != Value::None);
        }
        let Some(extra) = items.get(known) else {
            return true;
        };
        let keys = self.shape.fields.iter().map(|field| field.name);
        let values = if known == 1 { "value" } else { "values" };
        let message = format!(
            "`{}` takes {known} {values}, found {}",
            self.shape.name,
            items.len()
        );
        let mistake = decoder
            .mistake(
                "scenario::too_many_values_given",
                extra.head(),
                &self.at.path,
                message,
            )
            .expected(names::some_of(keys));
        decoder.push(mistake);
        false
    }

    fn report_unknown(&self, decoder: &mut Decoder<'_>, key: &Word) {
        if decoder.is_full() {
            return;
        }
        let keys = self.shape.fields.iter().map(|field| field.name);
        let message = format!("unknown key `{}` in {}", key.text, self.shape.name);
        let path = join(&self.at.path, &key.text);
        let mut mistake = decoder.mistake("scenario::unknown_key", key.span, &path, message);
        mistake = if self.shape.fields.is_empty() {
            mistake.expected("no keys")
        } else {
            mistake
                .expected(names::one_of(keys.clone()))
                .nearest(&key.text, keys)
        };
        decoder.push(mistake);
    }

    fn report_missing(&self, decoder: &mut Decoder<'_>) {
        for (field, found) in self.shape.fields.iter().zip(&self.found) {
            if found.is_none() && is_required(field) {
                let message = format!("missing key `{}` in {}", field.name, self.shape.name);
                let path = join(&self.at.path, field.name);
                let mistake = decoder
                    .mistake("scenario::missing_key", self.head, &path, message)
                    .expected(format!("{}: {}", field.name, field.expectation()));
                decoder.push(mistake);
            }
        }
    }

    /// The same fields under another path.
    pub(crate) fn moved(self, at: At) -> Self {
        Self { at, ..self }
    }

    fn idx(&self, name: &str) -> usize {
        self.shape
            .fields
            .iter()
            .position(|field| field.name == name)
            .expect(KNOWN)
    }

    /// The table entry of a key.
    pub(crate) fn field(&self, name: &str) -> &'static Field {
        &self.shape.fields[self.idx(name)]
    }

    /// What stands at a key.
    pub(crate) fn node(&self, name: &str) -> Option<&Node> {
        self.found[self.idx(name)].as_ref()
    }

    /// Where a key stands.
    pub(crate) fn at(&self, name: &str) -> At {
        self.at.key(name)
    }

    fn path(&self, name: &str) -> String {
        join(&self.at.path, name)
    }

    /// Where to point for a key: at its value, or at the head of the record.
    pub(crate) fn span(&self, name: &str) -> Span {
        self.node(name).map_or(self.head, Node::head)
    }

    pub(crate) fn text(&self, decoder: &mut Decoder<'_>, name: &str) -> Option<String> {
        self.node(name)
            .and_then(|node| decoder.text(node, &self.path(name)))
    }

    pub(crate) fn flag(&self, decoder: &mut Decoder<'_>, name: &str, default: bool) -> bool {
        self.node(name)
            .and_then(|node| decoder.flag(node, &self.path(name)))
            .unwrap_or(default)
    }

    pub(crate) fn month(&self, decoder: &mut Decoder<'_>, name: &str) -> Option<Month> {
        self.node(name)
            .and_then(|node| decoder.month(node, &self.path(name)))
    }

    pub(crate) fn month_in_span(&self, decoder: &mut Decoder<'_>, name: &str) -> Option<Month> {
        self.node(name)
            .and_then(|node| decoder.month_in_span(node, &self.path(name)))
    }

    /// A number that is no leaf, such as a parameter of a distribution.
    pub(crate) fn number(&self, decoder: &mut Decoder<'_>, name: &str) -> Option<f64> {
        let node = self.node(name)?;
        decoder.number_in(node, self.field(name), &self.path(name))
    }

    /// A number that is no leaf, or its default.
    pub(crate) fn number_or(&self, decoder: &mut Decoder<'_>, name: &str) -> f64 {
        self.number(decoder, name)
            .unwrap_or_else(|| self.field(name).default_number())
    }

    pub(crate) fn whole(&self, decoder: &mut Decoder<'_>, name: &str) -> Option<i64> {
        let Form::Whole { min, max } = self.field(name).form else {
            return None;
        };
        self.node(name)
            .and_then(|node| decoder.whole(node, (min, max), &self.path(name)))
    }

    /// A number with a path.
    pub(crate) fn leaf(&self, decoder: &mut Decoder<'_>, name: &str) -> Leaf {
        let (at, field) = (self.at(name), self.field(name));
        match self.node(name) {
            Some(node) => decoder.leaf(node, field, &at),
            None => decoder.default_leaf(field, at.leaf, field.default_number()),
        }
    }

    pub(crate) fn name(&self, decoder: &mut Decoder<'_>, name: &str) -> Option<usize> {
        let Form::Name(kind) = self.field(name).form else {
            return None;
        };
        self.node(name)
            .and_then(|node| decoder.name(node, kind, &self.path(name)))
    }

    pub(crate) fn names(&self, decoder: &mut Decoder<'_>, name: &str) -> Vec<usize> {
        let Form::Names(kind) = self.field(name).form else {
            return Vec::new();
        };
        self.node(name)
            .map(|node| decoder.names(node, kind, &self.path(name)))
            .unwrap_or_default()
    }

    /// The confidence of a figure.
    pub(crate) fn confidence(&self, decoder: &mut Decoder<'_>) -> Confidence {
        let variant = self
            .node("confidence")
            .and_then(|node| decoder.variant(node, &CONFIDENCE, &self.at("confidence")));
        match variant.map(|(shape, _)| shape.name) {
            Some("High") => Confidence::High,
            Some("Medium") => Confidence::Medium,
            Some("Low") => Confidence::Low,
            Some("Judgement") => Confidence::Judgement,
            _ => Confidence::Unstated,
        }
    }

    /// The entries of a map, empty if the key is absent.
    pub(crate) fn entries(&self, decoder: &mut Decoder<'_>, name: &str) -> Vec<Entry> {
        let path = self.path(name);
        let node = self.node(name);
        node.map(|node| decoder.entries(node, &path).into_iter().cloned().collect())
            .unwrap_or_default()
    }

    /// The entries of a map from paths, at most so many.
    pub(crate) fn lines(&self, decoder: &mut Decoder<'_>, name: &str) -> Vec<Entry> {
        let mut entries = self.entries(decoder, name);
        if let Some(entry) = entries.get(limits::LINES) {
            let message = format!("{} entries: more than {}", entries.len(), limits::LINES);
            decoder.report(
                "scenario::too_many",
                entry.key.span,
                &self.path(name),
                message,
            );
            entries.truncate(limits::LINES);
        }
        entries
    }

    /// The entries of a map as they stand, without reporting anything.
    pub(crate) fn entries_at(&self, name: &str) -> &[Entry] {
        match self.node(name).map(|node| &node.value) {
            Some(Value::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// The entries of a map of new things, empty if the key is absent.
    pub(crate) fn things(
        &self,
        decoder: &mut Decoder<'_>,
        name: &str,
        kind: Kind,
        most: usize,
    ) -> Vec<Entry> {
        let path = self.path(name);
        let node = self.node(name);
        let entries = node
            .map(|node| decoder.things(node, kind, &path, most))
            .unwrap_or_default();
        entries.into_iter().cloned().collect()
    }
}
