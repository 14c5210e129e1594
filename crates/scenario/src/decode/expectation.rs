//! The statements a file expects to hold of its own results.

use super::fields::Fields;
use super::{At, Decoder};
use crate::limits;
use crate::model::{Claim, Comparison, Expectation, Outcome, Predicate};
use crate::outcome_text;
use crate::spec::{ANY, Choice, Field, Form, Kind, Shape, field, number, share, text};
use crate::text::Span;
use crate::tree::{Node, Value};

const BETWEEN: Field = field(
    "between",
    Form::Words("(low, high)"),
    "Range, ends included",
);

const OF: Field = field("of", Form::Choice("outcome"), "Outcome");

const TRUTH: Form =
    Form::Words("a truth-valued outcome, or a comparison as a text: \"Cohesion(org: …) < 0.4\"");

const POLICY: Field = field(
    "policy",
    Form::Name(Kind::Policy),
    "Policy under which it is judged",
)
.optional("the base case");

const BECAUSE: Field = text("because", "Why it is expected").optional("not stated");

const UNDER: Field = field("under", Form::Name(Kind::Policy), "Policy");

/// The statements of `expect`.
pub(crate) const CLAIMS: Choice = Choice {
    noun: "expectation",
    code: "scenario::unknown_expectation",
    doc: "What a file expects of its own results",
    variants: &[
        Shape {
            name: "Probability",
            doc: "The probability of a truth value lies in a range",
            fields: &[
                field("of", TRUTH, "What is to be true"),
                BETWEEN,
                POLICY,
                BECAUSE,
            ],
        },
        Shape {
            name: "Mean",
            doc: "The mean of an outcome lies in a range",
            fields: &[OF, BETWEEN, POLICY, BECAUSE],
        },
        Shape {
            name: "Quantile",
            doc: "A quantile of an outcome lies in a range",
            fields: &[OF, share("level", "Level"), BETWEEN, POLICY, BECAUSE],
        },
        Shape {
            name: "MoreLikely",
            doc: "One probability is greater than another",
            fields: &[
                field("this", TRUTH, "The likelier one"),
                field("than", TRUTH, "The less likely one"),
                POLICY,
                BECAUSE,
            ],
        },
        Shape {
            name: "Raises",
            doc: "A policy raises the mean of an outcome, judged on paired replicates",
            fields: &[OF, UNDER, BECAUSE],
        },
        Shape {
            name: "Lowers",
            doc: "A policy lowers the mean of an outcome, judged on paired replicates",
            fields: &[OF, UNDER, BECAUSE],
        },
    ],
};

const END: Field = number("between", -ANY, ANY, "An end of a range");

impl Decoder<'_> {
    pub(crate) fn expectations(&mut self, scenario: &Fields) -> Vec<Expectation> {
        let at = scenario.at("expect");
        let Some(node) = scenario.node("expect") else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::EXPECTATIONS, "expectations");
        let one = |(idx, node): (usize, &Node)| self.expectation(node, &at.item(idx));
        nodes.iter().enumerate().filter_map(one).collect()
    }

    fn expectation(&mut self, node: &Node, at: &At) -> Option<Expectation> {
        let (shape, fields) = self.variant(node, &CLAIMS, at)?;
        let because = fields.text(self, "because").unwrap_or_default();
        let paired = matches!(shape.name, "Raises" | "Lowers");
        let policy = if paired {
            None
        } else {
            fields.name(self, "policy")
        };
        let claim = self.claim(shape.name, &fields);
        let words = self.texts.slice(node.span).split_whitespace();
        let text = words.collect::<Vec<_>>().join(" ");
        Some(Expectation {
            claim: claim?,
            policy,
            because,
            text,
        })
    }

    fn claim(&mut self, name: &str, fields: &Fields) -> Option<Claim> {
        match name {
            "Probability" => {
                let of = self.predicate_at(fields, "of");
                let between = self.between(fields, (0.0, 1.0));
                Some(Claim::Probability {
                    of: of?,
                    between: between?,
                })
            }
            "Mean" => {
                let of = self.outcome_at(fields);
                let between = self.between(fields, (-ANY, ANY));
                Some(Claim::Mean {
                    of: of?,
                    between: between?,
                })
            }
            "Quantile" => {
                let of = self.outcome_at(fields);
                let level = fields.number(self, "level");
                let between = self.between(fields, (-ANY, ANY));
                Some(Claim::Quantile {
                    of: of?,
                    level: level?,
                    between: between?,
                })
            }
            "MoreLikely" => {
                let this = self.predicate_at(fields, "this");
                let than = self.predicate_at(fields, "than");
                Some(Claim::MoreLikely {
                    this: this?,
                    than: than?,
                })
            }
            _ => {
                let of = self.outcome_at(fields);
                let under = fields.name(self, "under");
                let (of, under) = (of?, under?);
                Some(if name == "Raises" {
                    Claim::Raises { of, under }
                } else {
                    Claim::Lowers { of, under }
                })
            }
        }
    }

    fn outcome_at(&mut self, fields: &Fields) -> Option<Outcome> {
        let at = fields.at("of");
        let node = fields.node("of")?;
        let Value::Text(text) = &node.value else {
            return self.outcome(node, &at);
        };
        let target = self.embedded(text, node.span, &at)?;
        if target.comparison.is_some() {
            let message = "a comparison where an outcome is asked";
            self.report("scenario::wrong_type", node.span, &at.path, message);
        }
        Some(target.outcome)
    }

    fn predicate_at(&mut self, fields: &Fields, key: &str) -> Option<Predicate> {
        let at = fields.at(key);
        let node = fields.node(key)?;
        let target = match &node.value {
            Value::Text(text) => self.embedded(text, node.span, &at)?,
            _ => outcome_text::Target {
                outcome: self.outcome(node, &at)?,
                comparison: None,
                half_width: None,
            },
        };
        self.truth(target, node.head(), &at.path)
    }

    /// The truth value that a target asks about.
    pub(crate) fn truth(
        &mut self,
        target: outcome_text::Target,
        span: Span,
        path: &str,
    ) -> Option<Predicate> {
        let outcome = target.outcome;
        if let Some((comparison, threshold)) = target.comparison {
            return Some(Predicate {
                outcome,
                comparison,
                threshold,
            });
        }
        if outcome.is_truth() {
            return Some(Predicate {
                outcome,
                comparison: Comparison::Greater,
                threshold: 0.5,
            });
        }
        let mistake = self
            .mistake(
                "scenario::not_a_truth",
                span,
                path,
                "the outcome is a number, not a truth value",
            )
            .expected("a comparison, such as \"Cohesion(org: …) < 0.4\"");
        self.push(mistake);
        None
    }

    /// Reads the outcome language in a text of the file; what is wrong is shown at the text.
    fn embedded(&mut self, text: &str, span: Span, at: &At) -> Option<outcome_text::Target> {
        let known = self.diagnostics.len();
        let file = self.texts.add("outcome", text.to_owned());
        let target = self.target(file, at);
        let place = self.texts.place(span);
        for diagnostic in &mut self.diagnostics[known..] {
            diagnostic.place = Some(place.clone());
            "in this text".clone_into(&mut diagnostic.label);
            diagnostic.related.clear();
            if diagnostic.path.is_empty() {
                diagnostic.path.clone_from(&at.path);
            }
        }
        target
    }

    fn between(&mut self, fields: &Fields, range: (f64, f64)) -> Option<(f64, f64)> {
        let path = fields.at("between").path;
        let node = fields.node("between")?;
        let Value::Tuple(None, items) = &node.value else {
            self.wrong_type(node, &path, "a range `(low, high)`");
            return None;
        };
        let [low, high] = items.as_slice() else {
            self.wrong_type(node, &path, "a range `(low, high)`");
            return None;
        };
        let low_value = self.number_in(low, &END, &path);
        let high_value = self.number_in(high, &END, &path);
        let (low_value, high_value) = (low_value?, high_value?);
        let in_order = low_value <= high_value;
        if !in_order {
            let message = format!("{low_value} is above {high_value}");
            let mistake = self.mistake("scenario::low_above_high", node.span, &path, message);
            self.push(mistake.expected("(low, high)"));
            return None;
        }
        let good = self.in_range(low_value, range, "", low.span, &path)
            & self.in_range(high_value, range, "", high.span, &path);
        good.then_some((low_value, high_value))
    }
}
