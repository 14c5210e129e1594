//! Policies, and the places where files set numbers by their path.

use std::collections::BTreeSet;

use super::fields::Fields;
use super::{At, Decoder, FIGURE};
use crate::leaf::{Confidence, Leaf};
use crate::limits;
use crate::model::{Effect, Policy};
use crate::spec::{Field, Form, Kind, Need, Shape, field, text};
use crate::text::Span;
use crate::tree::{Entry, Node, Value};

/// Keys of a policy.
pub(crate) const POLICY: Shape = Shape {
    name: "policy",
    doc: "A named set of changes that a decision-maker controls",
    fields: &[
        text("title", "Title").optional("the id"),
        field("from", Form::Month, "Month in which its effects apply").optional("the start"),
        field(
            "effects",
            Form::Words("a list of effects"),
            "Effects, applied once in that month",
        )
        .optional("none"),
        field(
            "set",
            Form::Words("a map from path to number"),
            "Numbers with a new value from the start",
        )
        .optional("none"),
    ],
};

/// A policy whose numbers are not looked up yet: all leaves must exist before.
#[derive(Debug)]
pub(crate) struct PendingPolicy {
    id: String,
    title: String,
    from: crate::Month,
    effects: Vec<Effect>,
    fields: Fields,
    key: Span,
}

/// A number given to a path.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The leaf.
    pub(crate) leaf: Leaf,
    /// The number.
    pub(crate) value: f64,
    /// Where the number stands.
    pub(crate) span: Span,
    source: Option<String>,
    confidence: Confidence,
}

/// The id under which the base case is known everywhere.
pub(crate) const BASE: &str = "base";

impl Decoder<'_> {
    /// Everything of policies but what they set.
    pub(crate) fn pending_policies(&mut self, scenario: &Fields) -> Vec<PendingPolicy> {
        let entries = scenario.things(self, "policies", Kind::Policy, limits::POLICIES);
        let at = scenario.at("policies");
        entries
            .iter()
            .filter_map(|entry| self.pending_policy(entry, &at))
            .collect()
    }

    fn pending_policy(&mut self, entry: &Entry, at: &At) -> Option<PendingPolicy> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &POLICY, &at.key(id))?;
        if id == BASE {
            let message = "`base` is the case without a policy";
            self.report("scenario::bad_id", entry.key.span, &fields.at.path, message);
        }
        let time = self.time.unwrap_or(super::scenario::ANY_TIME);
        Some(PendingPolicy {
            id: id.clone(),
            title: fields.text(self, "title").unwrap_or_else(|| id.clone()),
            from: fields.month_in_span(self, "from").unwrap_or(time.start),
            effects: self.effects(&fields, "effects"),
            key: entry.key.span,
            fields,
        })
    }

    /// Completes the policies with what they set.
    pub(crate) fn policies(&mut self, pending: Vec<PendingPolicy>) -> Vec<Policy> {
        pending.into_iter().map(|one| self.policy(one)).collect()
    }

    fn policy(&mut self, one: PendingPolicy) -> Policy {
        let settings = self.settings(&one.fields, "set", "");
        let empty = |key: &str| match one.fields.node(key).map(|node| &node.value) {
            None => true,
            Some(Value::List(items)) => items.is_empty(),
            Some(Value::Map(entries)) => entries.is_empty(),
            Some(_) => false,
        };
        let same = |setting: &Setting| {
            self.leaves.value(setting.leaf).to_bits() == setting.value.to_bits()
        };
        let changes_nothing = empty("effects")
            && (empty("set") || (!settings.is_empty() && settings.iter().all(same)));
        if changes_nothing {
            let message = format!("the policy `{}` changes nothing", one.id);
            let mistake = self
                .mistake(
                    "scenario::policy_changes_nothing",
                    one.key,
                    &one.fields.at.path,
                    message,
                )
                .expected("`effects`, or a `set` that differs from the base case");
            self.push(mistake);
        }
        Policy {
            id: one.id,
            title: one.title,
            from: one.from,
            effects: one.effects,
            set: settings
                .into_iter()
                .map(|setting| (setting.leaf, setting.value))
                .collect(),
        }
    }

    /// A map from path to number; `prefix` comes before each path.
    pub(crate) fn settings(&mut self, fields: &Fields, key: &str, prefix: &str) -> Vec<Setting> {
        let at = fields.at(key);
        let mut all: Vec<Setting> = Vec::new();
        let mut seen = BTreeSet::new();
        for entry in fields.lines(self, key) {
            let path = format!("{}.\"{}\"", at.path, entry.key.text);
            let full = format!("{prefix}{}", entry.key.text);
            let Some(leaf) = self.find_leaf(&full, entry.key.span, &path) else {
                continue;
            };
            if !seen.insert(leaf) {
                let message = format!("`{}` is set twice", entry.key.text);
                self.report("scenario::duplicate_key", entry.key.span, &path, message);
                continue;
            }
            all.extend(self.setting_of(leaf, &entry.value, &path));
        }
        all
    }

    /// A number for one leaf, checked against its range.
    pub(crate) fn setting_of(&mut self, leaf: Leaf, node: &Node, path: &str) -> Option<Setting> {
        let info = self.leaves.info(leaf);
        let (range, unit) = ((info.min, info.max), info.unit.clone());
        let (number, source, confidence) = if let Value::Struct(None, _) = &node.value {
            let fields = Fields::open(self, node, &FIGURE, &At::new(path))?;
            let source = fields.text(self, "source");
            let confidence = fields.confidence(self);
            (fields.node("value").cloned()?, source, confidence)
        } else {
            (node.clone(), None, Confidence::Unstated)
        };
        let value = self.number(&number, path)?;
        let good = self.in_range(value, range, &unit, number.span, path);
        good.then_some(Setting {
            leaf,
            value,
            span: number.span,
            source,
            confidence,
        })
    }

    /// Gives leaves the values a file sets.
    pub(crate) fn apply(&mut self, settings: Vec<Setting>) {
        for setting in settings {
            let file = self.texts.get(setting.span.file).name.clone();
            let info = self.leaves.info_mut(setting.leaf);
            info.value = setting.value;
            info.written = true;
            info.source = setting.source.or_else(|| Some(format!("set in {file}")));
            info.confidence = setting.confidence;
            self.leaf_spans.insert(setting.leaf, setting.span);
        }
    }

    /// The leaves of the law's parameters, in catalogue order.
    pub(crate) fn params(&mut self) -> Vec<Leaf> {
        let params = self.catalogue.params;
        let leaf = |param: &crate::ParamSpec| {
            let field = Field {
                name: param.path,
                form: Form::Number {
                    min: param.min,
                    max: param.max,
                    unit: param.unit,
                },
                need: Need::Number(param.default),
                doc: param.title,
            };
            let mut info =
                super::leaf_info(&field, format!("params.{}", param.path), param.default);
            info.source = Some(param.source.to_owned());
            info.prior = Some((param.low, param.default, param.high));
            self.add_leaf(info, None)
        };
        params.iter().map(leaf).collect()
    }
}
