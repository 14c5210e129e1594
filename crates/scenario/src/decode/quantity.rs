//! Quantities of expectations: outcomes, truth values, and combinations of them, also across changes.

use super::change::{Arms, Step};
use super::fields::Fields;
use super::outcome::OUTCOMES;
use super::{At, Decoder};
use crate::claim::{Combine, Quantity};
use crate::leaf::Leaf;
use crate::limits;
use crate::model::{Outcome, Predicate};
use crate::spec::{ANY, Choice, Field, Form, Shape, field, text};
use crate::tree::{Node, Value};

const QUANTITY: Form = Form::Choice("quantity");
const SEVERAL: Form = Form::Words("a list of quantities");

const fn several(doc: &'static str) -> [Field; 1] {
    [field("of", SEVERAL, doc)]
}

const SIDES: [Field; 2] = [
    field("left", QUANTITY, "One side"),
    field("right", QUANTITY, "The other side"),
];

/// The combinations.
pub(crate) const QUANTITIES: Choice = Choice {
    noun: "quantity",
    code: "scenario::unknown_outcome",
    doc: "What an expectation measures: an outcome, a number, a comparison as a text \
          (\"Cohesion(org: …) < 0.4\", worth 1 where it holds and 0 elsewhere), or one of these",
    variants: &[
        Shape {
            name: "Difference",
            doc: "One less another; absent where either is",
            fields: &SIDES,
        },
        Shape {
            name: "Ratio",
            doc: "One over another; absent where either is or the other is 0",
            fields: &SIDES,
        },
        Shape {
            name: "Sum",
            doc: "Two added up; true counts 1",
            fields: &SIDES,
        },
        Shape {
            name: "Product",
            doc: "Two multiplied",
            fields: &SIDES,
        },
        Shape {
            name: "Total",
            doc: "Several added up",
            fields: &several("Of what"),
        },
        Shape {
            name: "Mean",
            doc: "The mean of several",
            fields: &several("Of what"),
        },
        Shape {
            name: "Largest",
            doc: "The largest of several",
            fields: &several("Of what"),
        },
        Shape {
            name: "Smallest",
            doc: "The smallest of several",
            fields: &several("Of what"),
        },
        Shape {
            name: "Spread",
            doc: "The standard deviation over several (not over replicates)",
            fields: &several("Of what"),
        },
        Shape {
            name: "Distance",
            doc: "The distance from zero, without its sign",
            fields: &[field("of", QUANTITY, "Of what")],
        },
        Shape {
            name: "All",
            doc: "Whether all are true",
            fields: &several("Truth values"),
        },
        Shape {
            name: "Any",
            doc: "Whether any is true",
            fields: &several("Truth values"),
        },
        Shape {
            name: "Not",
            doc: "Whether it is false",
            fields: &[field("of", QUANTITY, "Truth value")],
        },
        Shape {
            name: "Exceeds",
            doc: "Whether one is greater than another; false if either is absent",
            fields: &SIDES,
        },
        Shape {
            name: "Input",
            doc: "The number at a path, as it is after the changes and before any draw",
            fields: &[text("path", "Path")],
        },
        Shape {
            name: "Under",
            doc: "The quantity in the same replicate under a change, beside what the expectation itself changes",
            fields: &[
                field("of", QUANTITY, "Of what"),
                field("by", Form::Choice("change"), "Change"),
            ],
        },
    ],
};

/// A quantity before it is known under what it is seen.
#[derive(Debug, Clone)]
pub(crate) enum Raw {
    Number(f64),
    Input(Leaf),
    Outcome(Outcome),
    Truth(Predicate),
    Combined(Combine, Vec<Self>),
    Under(Box<Self>, Vec<Step>),
}

impl Raw {
    /// Whether it is true or false rather than a number.
    pub(crate) const fn is_truth(&self) -> bool {
        match self {
            Self::Number(_) | Self::Input(_) => false,
            Self::Outcome(outcome) => outcome.is_truth(),
            Self::Truth(_) => true,
            Self::Combined(how, _) => how.is_truth(),
            Self::Under(of, _) => of.is_truth(),
        }
    }
}

impl Decoder<'_> {
    /// The quantity at a key.
    pub(crate) fn quantity_at(&mut self, fields: &Fields, key: &str) -> Option<Raw> {
        let at = fields.at(key);
        fields.node(key).and_then(|node| self.quantity(node, &at))
    }

    /// The truth value at a key, as a quantity.
    pub(crate) fn truth_at(&mut self, fields: &Fields, key: &str) -> Option<Raw> {
        let of = self.quantity_at(fields, key)?;
        let (span, path) = (fields.span(key), fields.at(key).path);
        self.truth_wanted(&of, span, &path).then_some(of)
    }

    fn truth_wanted(&mut self, of: &Raw, span: crate::text::Span, path: &str) -> bool {
        if !of.is_truth() {
            let message = "the outcome is a number, not a truth value";
            let mistake = self.mistake("scenario::not_a_truth", span, path, message);
            self.push(mistake.expected("a comparison, such as \"Cohesion(org: …) < 0.4\""));
        }
        of.is_truth()
    }

    fn quantity(&mut self, node: &Node, at: &At) -> Option<Raw> {
        match &node.value {
            Value::Text(text) => {
                let target = self.embedded(text, node.span, at)?;
                let outcome = target.outcome;
                Some(match target.comparison {
                    None => Raw::Outcome(outcome),
                    Some((comparison, threshold)) => Raw::Truth(Predicate {
                        outcome,
                        comparison,
                        threshold,
                    }),
                })
            }
            Value::Number(_) => {
                let number = self.number(node, &at.path)?;
                self.in_range(number, (-ANY, ANY), "", node.span, &at.path)
                    .then_some(Raw::Number(number))
            }
            Value::Tuple(Some(word), _) | Value::Struct(Some(word), _)
                if combination(&word.text) =>
            {
                self.combined(node, at)
            }
            Value::Tuple(Some(word), _) | Value::Struct(Some(word), _) if !known(&word.text) => {
                let all = || OUTCOMES.variants.iter().chain(QUANTITIES.variants);
                let message = format!("unknown outcome or quantity `{}`", word.text);
                let mistake = self
                    .mistake(QUANTITIES.code, word.span, &at.path, message)
                    .expected(super::names::one_of(all().map(|shape| shape.name)))
                    .nearest(&word.text, all().map(|shape| shape.name));
                self.push(mistake);
                None
            }
            _ => self.outcome(node, at).map(Raw::Outcome),
        }
    }

    fn combined(&mut self, node: &Node, at: &At) -> Option<Raw> {
        let (shape, fields) = self.variant(node, &QUANTITIES, at)?;
        let how = match shape.name {
            "Under" => {
                let of = self.quantity_at(&fields, "of");
                let by = self.changes_at(&fields, "by");
                return Some(Raw::Under(Box::new(of?), by?));
            }
            "Input" => {
                let path = fields.text(self, "path")?;
                let leaf = self.find_leaf(&path, fields.span("path"), &fields.at("path").path);
                return leaf.map(Raw::Input);
            }
            "Exceeds" => return self.pair(&fields, Combine::Exceeds),
            "Difference" => return self.pair(&fields, Combine::Difference),
            "Ratio" => return self.pair(&fields, Combine::Ratio),
            "Distance" => {
                let of = self.quantity_at(&fields, "of")?;
                return Some(Raw::Combined(Combine::Distance, vec![of]));
            }
            "Not" => {
                let of = self.truth_at(&fields, "of")?;
                return Some(Raw::Combined(Combine::Not, vec![of]));
            }
            "Sum" => return self.pair(&fields, Combine::Sum),
            "Product" => return self.pair(&fields, Combine::Product),
            "Total" => Combine::Sum,
            "Mean" => Combine::Mean,
            "Largest" => Combine::Largest,
            "Smallest" => Combine::Smallest,
            "Spread" => Combine::Spread,
            "All" => Combine::All,
            "Any" => Combine::Any,
            other => unreachable!("quantity {other} is in the table and not here"),
        };
        self.several(&fields, how)
    }

    fn pair(&mut self, fields: &Fields, how: Combine) -> Option<Raw> {
        let left = self.quantity_at(fields, "left");
        let right = self.quantity_at(fields, "right");
        Some(Raw::Combined(how, vec![left?, right?]))
    }

    fn several(&mut self, fields: &Fields, how: Combine) -> Option<Raw> {
        let at = fields.at("of");
        let node = fields.node("of")?;
        let nodes = self.list_of(node, &at.path, limits::SERIES, "quantities");
        if let (Value::List(items), []) = (&node.value, nodes) {
            if items.is_empty() {
                let message = "a combination of nothing";
                self.report("scenario::too_few", node.head(), &at.path, message);
            }
            return None;
        }
        let mut all = Some(Vec::new());
        for (idx, node) in nodes.iter().enumerate() {
            let at = at.item(idx);
            let one = self.quantity(node, &at);
            let one =
                one.filter(|one| !how.is_truth() || self.truth_wanted(one, node.head(), &at.path));
            all = all.zip(one).map(|(mut all, one)| {
                all.push(one);
                all
            });
        }
        all.filter(|all| !all.is_empty())
            .map(|all| Raw::Combined(how, all))
    }

    /// The quantity as it is seen after some steps.
    pub(crate) fn seen(
        &mut self,
        arms: &mut Arms<'_>,
        raw: &Raw,
        steps: &[Step],
        path: &str,
    ) -> Quantity {
        match raw {
            Raw::Number(number) => Quantity::Number(*number),
            Raw::Input(leaf) => Quantity::Number(self.number_after(arms, *leaf, steps, path)),
            Raw::Outcome(outcome) => Quantity::Outcome {
                outcome: outcome.clone(),
                arm: self.arm(arms, steps, path),
            },
            Raw::Truth(predicate) => Quantity::Truth {
                predicate: predicate.clone(),
                arm: self.arm(arms, steps, path),
            },
            Raw::Combined(how, of) => {
                let seen = |raw: &Raw| self.seen(arms, raw, steps, path);
                Quantity::Combined {
                    how: *how,
                    of: of.iter().map(seen).collect(),
                }
            }
            Raw::Under(of, more) => {
                let steps: Vec<Step> = steps.iter().chain(more).cloned().collect();
                self.seen(arms, of, &steps, path)
            }
        }
    }
}

/// Whether a word is the name of a combination rather than of an outcome.
fn combination(word: &str) -> bool {
    QUANTITIES.variants.iter().any(|shape| shape.name == word)
}

/// Whether a word is the name of an outcome.
fn known(word: &str) -> bool {
    OUTCOMES.variants.iter().any(|shape| shape.name == word)
}
