//! What an expectation changes: policies, numbers at paths, effects, resolved to arms.
//!
//! A change is a list of steps, taken in the order in which they are written, so that a relative step
//! starts from what the steps before it made. Each different result becomes one nameless policy.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Fields;
use super::{At, Decoder};
use crate::claim::Arm;
use crate::date::Month;
use crate::leaf::Leaf;
use crate::limits;
use crate::model::{Effect, Policy, PolicyIdx};
use crate::path::{self, Pattern};
use crate::spec::{ANY, Choice, Form, Kind, Shape, field, number, text};
use crate::text::Span;
use crate::tree::{Entry, Node, Value};

/// The changes.
pub(crate) const CHANGES: Choice = Choice {
    noun: "change",
    code: "scenario::unknown_change",
    doc: "What an expectation changes; several are written as a list and taken in order",
    variants: &[
        Shape {
            name: "Policy",
            doc: "A policy of the file",
            fields: &[field("policy", Form::Name(Kind::Policy), "Policy")],
        },
        Shape {
            name: "Set",
            doc: "Numbers with a new value from the start; an uncertain one keeps its deviation",
            fields: &[field(
                "paths",
                Form::Words(
                    "a map from path to a number, `Scale`, `Add` or `Spread`; a path may be a pattern with `*` or alternatives in braces",
                ),
                "Paths and what they become",
            )],
        },
        Shape {
            name: "Swap",
            doc: "Two numbers change places, or all numbers below two paths",
            fields: &[
                text("one", "A path, or the beginning of paths"),
                text("other", "The other"),
            ],
        },
        Shape {
            name: "Effects",
            doc: "Effects, applied once in a month",
            fields: &[
                field("effects", Form::Words("a list of effects"), "Effects"),
                field("from", Form::Month, "Month").optional("the start"),
            ],
        },
        Shape {
            name: "Nothing",
            doc: "No change: a series may start with it",
            fields: &[],
        },
    ],
};

/// What a number becomes, beside a new value.
pub(crate) const NEW_VALUES: Choice = Choice {
    noun: "new value",
    code: "scenario::unknown_new_value",
    doc: "What a number becomes in a `Set`, beside a plain number",
    variants: &[
        Shape {
            name: "Scale",
            doc: "The old value times a factor",
            fields: &[number("by", -ANY, ANY, "Factor")],
        },
        Shape {
            name: "Add",
            doc: "The old value and this",
            fields: &[number("by", -ANY, ANY, "Summand")],
        },
        Shape {
            name: "Spread",
            doc: "The old value with its distance from the mean of all numbers that the path fits times a factor",
            fields: &[number("by", -ANY, ANY, "Factor of the standard deviation")],
        },
    ],
};

/// One step of a change.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A policy of the file.
    Policy(PolicyIdx, Span),
    /// Numbers with a new value.
    Set(Vec<Leaf>, NewValue, Span),
    /// Numbers that change places, pair by pair.
    Swap(Vec<(Leaf, Leaf)>, Span),
    /// Effects in a month.
    Effects(Option<Month>, Vec<Effect>, Span),
}

/// What a number becomes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NewValue {
    To(f64),
    Scale(f64),
    Add(f64),
    Spread(f64),
}

/// Arms made so far, and the policies they may speak of.
#[derive(Debug)]
pub(crate) struct Arms<'p> {
    policies: &'p [Policy],
    known: BTreeMap<String, PolicyIdx>,
    /// The changes, as policies that follow those of the file.
    pub(crate) made: Vec<Policy>,
    /// Where something wrong has been reported, so that it is reported once.
    reported: BTreeSet<Span>,
}

impl<'p> Arms<'p> {
    pub(crate) const fn new(policies: &'p [Policy]) -> Self {
        Self {
            policies,
            known: BTreeMap::new(),
            made: Vec::new(),
            reported: BTreeSet::new(),
        }
    }
}

impl Decoder<'_> {
    /// The steps at a key: one change or a list of them; none if the key is absent.
    pub(crate) fn changes_at(&mut self, fields: &Fields, key: &str) -> Option<Vec<Step>> {
        let at = fields.at(key);
        fields
            .node(key)
            .map_or_else(|| Some(Vec::new()), |node| self.changes(node, &at))
    }

    /// One change, or a list of them; nothing if one cannot be read.
    pub(crate) fn changes(&mut self, node: &Node, at: &At) -> Option<Vec<Step>> {
        let Value::List(_) = &node.value else {
            return self.change(node, at);
        };
        let nodes = self.list_of(node, &at.path, limits::SERIES, "changes");
        let mut all = Some(Vec::new());
        for (idx, node) in nodes.iter().enumerate() {
            let one = self.change(node, &at.item(idx));
            all = all.zip(one).map(|(mut all, one)| {
                all.extend(one);
                all
            });
        }
        all
    }

    fn change(&mut self, node: &Node, at: &At) -> Option<Vec<Step>> {
        let (shape, fields) = self.variant(node, &CHANGES, at)?;
        let span = node.head();
        match shape.name {
            "Policy" => {
                let policy = fields.name(self, "policy")?;
                Some(vec![Step::Policy(policy, span)])
            }
            "Set" => self.set_change(&fields),
            "Swap" => self.swap(&fields),
            "Effects" => {
                let from = fields.month_in_span(self, "from");
                let effects = self.effects(&fields, "effects");
                Some(vec![Step::Effects(from, effects, span)])
            }
            _ => Some(Vec::new()),
        }
    }

    fn set_change(&mut self, fields: &Fields) -> Option<Vec<Step>> {
        let at = fields.at("paths");
        let entries = fields.lines(self, "paths");
        let mut steps = Vec::new();
        let mut good = fields.node("paths").is_some();
        for Entry { key, value } in entries {
            let path = format!("{}.\"{}\"", at.path, key.text);
            let leaves = self.leaves_at(&key.text, key.span, &path);
            let to = self.new_value(&value, &At::new(path));
            let span = value.head();
            match to {
                Some(to) if !leaves.is_empty() => steps.push(Step::Set(leaves, to, span)),
                _ => good = false,
            }
        }
        good.then_some(steps)
    }

    pub(crate) fn new_value(&mut self, node: &Node, at: &At) -> Option<NewValue> {
        if matches!(node.value, Value::Number(_)) {
            return self.number(node, &at.path).map(NewValue::To);
        }
        let named = matches!(
            node.value,
            Value::Tuple(Some(_), _) | Value::Struct(Some(_), _) | Value::Ident(_)
        );
        if !named {
            self.wrong_type(
                node,
                &at.path,
                "a number, `Scale(…)`, `Add(…)` or `Spread(…)`",
            );
            return None;
        }
        let (shape, fields) = self.variant(node, &NEW_VALUES, at)?;
        let by = fields.number(self, "by")?;
        Some(match shape.name {
            "Scale" => NewValue::Scale(by),
            "Add" => NewValue::Add(by),
            _ => NewValue::Spread(by),
        })
    }

    /// The leaves that a path, a pattern or alternatives in braces name; none has been reported.
    pub(crate) fn leaves_at(&mut self, text: &str, span: Span, path: &str) -> Vec<Leaf> {
        let mut found = BTreeSet::new();
        for text in path::alternatives(text) {
            let pattern = Pattern::new(&text);
            if !pattern.is_pattern() {
                found.extend(self.find_leaf(&text, span, path));
                continue;
            }
            let fits = |info: &crate::LeafInfo| pattern.matches(&info.path);
            let fitting: Vec<Leaf> = self
                .leaves
                .iter()
                .filter(|(_, info)| fits(info))
                .map(|(leaf, _)| leaf)
                .collect();
            if fitting.is_empty() {
                let message = format!("no path fits `{text}`");
                let mistake = self.mistake("scenario::unknown_path", span, path, message);
                let heads = path::heads(&self.leaves).join(", ");
                let expected = format!("a path that begins with one of {heads}");
                self.push(mistake.expected(expected));
                return Vec::new();
            }
            found.extend(fitting);
        }
        found.into_iter().collect()
    }

    fn swap(&mut self, fields: &Fields) -> Option<Vec<Step>> {
        let one = fields.text(self, "one");
        let other = fields.text(self, "other");
        let (one, other) = (one?, other?);
        let whole = self.leaves.find(&one).is_some() || self.leaves.find(&other).is_some();
        if whole {
            let first = self.find_leaf(&one, fields.span("one"), &fields.at("one").path);
            let second = self.find_leaf(&other, fields.span("other"), &fields.at("other").path);
            return Some(vec![Step::Swap(vec![(first?, second?)], fields.head)]);
        }
        let below = |leaves: &crate::Leaves, head: &str| -> Vec<(String, Leaf)> {
            let head = format!("{head}.");
            let rest =
                |(path, leaf): (&str, Leaf)| Some((path.strip_prefix(&head)?.to_owned(), leaf));
            leaves.paths().filter_map(rest).collect()
        };
        let first = below(&self.leaves, &one);
        let second: BTreeMap<String, Leaf> = below(&self.leaves, &other).into_iter().collect();
        for (text, key, empty) in [
            (&one, "one", first.is_empty()),
            (&other, "other", second.is_empty()),
        ] {
            if empty {
                self.find_leaf(text, fields.span(key), &fields.at(key).path);
            }
        }
        if first.is_empty() || second.is_empty() {
            return None;
        }
        let pair = |(rest, leaf): &(String, Leaf)| Some((*leaf, *second.get(rest)?));
        let pairs: Vec<(Leaf, Leaf)> = first.iter().filter_map(pair).collect();
        if pairs.len() != first.len() || first.len() != second.len() {
            let message = format!("below `{one}` and `{other}` are not the same numbers");
            let mistake =
                self.mistake("scenario::not_alike", fields.head, &fields.at.path, message);
            self.push(mistake.expected("two paths with the same numbers below them"));
            return None;
        }
        Some(vec![Step::Swap(pairs, fields.head)])
    }

    /// The arm that some steps lead to. What is out of range is reported once.
    pub(crate) fn arm(&mut self, arms: &mut Arms<'_>, steps: &[Step], path: &str) -> Arm {
        if let [Step::Policy(policy, _)] = steps {
            return Some(*policy);
        }
        if steps.is_empty() {
            return None;
        }
        let start = self.time.unwrap_or(super::scenario::ANY_TIME).start;
        let mut set: BTreeMap<Leaf, f64> = BTreeMap::new();
        let mut effects: Vec<Effect> = Vec::new();
        let mut month: Option<Month> = None;
        for step in steps {
            let (from, more, span) = match step {
                Step::Policy(policy, span) => {
                    let Some(policy) = arms.policies.get(*policy) else {
                        return None; // A policy before it could not be read; that has been reported.
                    };
                    set.extend(policy.set.iter().copied());
                    (policy.from, policy.effects.clone(), *span)
                }
                Step::Effects(from, more, span) => (from.unwrap_or(start), more.clone(), *span),
                Step::Set(leaves, to, span) => {
                    self.set_leaves(arms, &mut set, (leaves, *to, *span), path);
                    continue;
                }
                Step::Swap(pairs, span) => {
                    self.swap_leaves(arms, &mut set, (pairs, *span), path);
                    continue;
                }
            };
            if more.is_empty() {
                continue;
            }
            if month.is_some_and(|month| month != from) && arms.reported.insert(span) {
                let message = "effects of different months in one change";
                let mistake = self.mistake("scenario::different_months", span, path, message);
                self.push(mistake.expected("effects of one month, or a policy of their own"));
            }
            month = Some(from);
            effects.extend(more);
        }
        let set: Vec<(Leaf, f64)> = set.into_iter().collect();
        self.made(arms, (month.unwrap_or(start), effects, set), path)
    }

    /// The value of a leaf after some steps.
    pub(crate) fn number_after(
        &mut self,
        arms: &mut Arms<'_>,
        leaf: Leaf,
        steps: &[Step],
        path: &str,
    ) -> f64 {
        let arm = self.arm(arms, steps, path);
        let first = self.names.count(Kind::Policy);
        let policy = arm.and_then(|idx| match idx.checked_sub(first) {
            Some(made) => arms.made.get(made),
            None => arms.policies.get(idx),
        });
        let set = policy.map_or(&[][..], |policy| &policy.set);
        let set = set.iter().find(|(other, _)| *other == leaf);
        set.map_or_else(|| self.leaves.value(leaf), |(_, value)| *value)
    }

    fn made(
        &mut self,
        arms: &mut Arms<'_>,
        (from, effects, set): (Month, Vec<Effect>, Vec<(Leaf, f64)>),
        path: &str,
    ) -> Arm {
        let key = format!("{from} {effects:?} {set:?}");
        if let Some(known) = arms.known.get(&key) {
            return Some(*known);
        }
        if arms.made.len() == limits::CHANGES {
            let message = format!("more than {} different changes", limits::CHANGES);
            self.push(crate::Diagnostic::without_place("scenario::too_many", message).at(path));
        }
        if arms.made.len() >= limits::CHANGES {
            return None;
        }
        let idx = self.names.count(Kind::Policy) + arms.made.len();
        let id = format!("change-{}", arms.made.len() + 1);
        arms.made.push(Policy {
            title: id.clone(),
            id,
            from,
            effects,
            set,
        });
        arms.known.insert(key, idx);
        Some(idx)
    }

    fn set_leaves(
        &mut self,
        arms: &mut Arms<'_>,
        set: &mut BTreeMap<Leaf, f64>,
        (leaves, to, span): (&[Leaf], NewValue, Span),
        path: &str,
    ) {
        let old: Vec<f64> = leaves.iter().map(|leaf| self.now(set, *leaf)).collect();
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are fewer than 2^32 leaves"
        )]
        let mean = old.iter().sum::<f64>() / old.len() as f64;
        for (leaf, old) in leaves.iter().zip(&old) {
            let value = match to {
                NewValue::To(value) => value,
                NewValue::Scale(by) => old * by,
                NewValue::Add(by) => old + by,
                NewValue::Spread(by) => mean + (old - mean) * by,
            };
            self.put_number(arms, set, (*leaf, value, span), path);
        }
    }

    fn swap_leaves(
        &mut self,
        arms: &mut Arms<'_>,
        set: &mut BTreeMap<Leaf, f64>,
        (pairs, span): (&[(Leaf, Leaf)], Span),
        path: &str,
    ) {
        for (one, other) in pairs {
            let (first, second) = (self.now(set, *one), self.now(set, *other));
            self.put_number(arms, set, (*one, second, span), path);
            self.put_number(arms, set, (*other, first, span), path);
        }
    }

    fn now(&self, set: &BTreeMap<Leaf, f64>, leaf: Leaf) -> f64 {
        set.get(&leaf)
            .copied()
            .unwrap_or_else(|| self.leaves.value(leaf))
    }

    fn put_number(
        &mut self,
        arms: &mut Arms<'_>,
        set: &mut BTreeMap<Leaf, f64>,
        (leaf, value, span): (Leaf, f64, Span),
        path: &str,
    ) {
        let info = self.leaves.info(leaf);
        if (info.min..=info.max).contains(&value) {
            set.insert(leaf, value);
            return;
        }
        let expected = crate::spec::number_in(info.min, info.max, &info.unit);
        let message = format!(
            "`{}` would be {}, which is out of range",
            info.path,
            crate::spec::plain(value)
        );
        if arms.reported.insert(span) {
            let mistake = self.mistake("scenario::out_of_range", span, path, message);
            self.push(mistake.expected(expected));
        }
    }
}
