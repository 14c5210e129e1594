//! Decision rules, statuses and what weighs.

use super::{At, Decoder};
use crate::leaf::Leaf;
use crate::model::{Rule, Status, Weights};
use crate::spec::{Choice, Form, Kind, Shape, field, number};
use crate::tree::Node;

/// The rules.
pub(crate) const RULES: Choice = Choice {
    noun: "rule",
    code: "scenario::unknown_rule",
    doc: "How a body decides",
    variants: &[
        Shape {
            name: "Consensus",
            doc: "The deepest rung nobody blocks",
            fields: &[],
        },
        Shape {
            name: "OptIn",
            doc: "Those who want take part, if enough do",
            fields: &[field(
                "min",
                Form::Whole { min: 1, max: 500 },
                "Smallest number of participants",
            )],
        },
        Shape {
            name: "SimpleMajority",
            doc: "More than half of the votes, none of the vetoers against",
            fields: &[field("vetoes", Form::Names(Kind::Actor), "Who may veto").optional("nobody")],
        },
        Shape {
            name: "QualifiedMajority",
            doc: "At least a quota of the weights, none of the vetoers against",
            fields: &[
                number("quota", 0.5, 1.0, "Share of the weights needed"),
                field("weights", Form::Choice("weight"), "What weighs").optional("Equal"),
                field("vetoes", Form::Names(Kind::Actor), "Who may veto").optional("nobody"),
            ],
        },
    ],
};

/// What weighs.
pub(crate) const WEIGHTS: Choice = Choice {
    noun: "weight",
    code: "scenario::unknown_weight",
    doc: "What weighs in a qualified majority",
    variants: &[
        Shape {
            name: "Equal",
            doc: "One each",
            fields: &[],
        },
        Shape {
            name: "Capability",
            doc: "Capability share",
            fields: &[],
        },
        Shape {
            name: "Gdp",
            doc: "Gross domestic product",
            fields: &[],
        },
    ],
};

/// Statuses.
pub(crate) const STATUSES: Choice = Choice {
    noun: "status",
    code: "scenario::unknown_status",
    doc: "What a seat in an organisation is worth",
    variants: &[
        Shape {
            name: "Outsider",
            doc: "No tie",
            fields: &[],
        },
        Shape {
            name: "Partner",
            doc: "Dialogue partner",
            fields: &[],
        },
        Shape {
            name: "Observer",
            doc: "Observer",
            fields: &[],
        },
        Shape {
            name: "Candidate",
            doc: "Candidate for membership",
            fields: &[],
        },
        Shape {
            name: "Member",
            doc: "Full member",
            fields: &[],
        },
        Shape {
            name: "Suspended",
            doc: "Membership suspended",
            fields: &[],
        },
    ],
};

impl Decoder<'_> {
    /// A rule; the numbers in it have paths below `at`.
    pub(super) fn rule(&mut self, node: &Node, at: &At) -> Option<Rule> {
        let (shape, fields) = self.variant(node, &RULES, at)?;
        Some(match shape.name {
            "Consensus" => Rule::Consensus,
            "OptIn" => {
                let min = fields
                    .whole(self, "min")
                    .and_then(|min| u32::try_from(min).ok());
                Rule::OptIn {
                    min: min.unwrap_or(1),
                }
            }
            "SimpleMajority" => Rule::SimpleMajority {
                vetoes: fields.names(self, "vetoes"),
            },
            "QualifiedMajority" => {
                let quota: Leaf = fields.leaf(self, "quota");
                let weights = fields.node("weights");
                let weights = weights.and_then(|node| self.weights(node, &fields.at("weights")));
                let vetoes = fields.names(self, "vetoes");
                Rule::QualifiedMajority {
                    quota,
                    weights: weights.unwrap_or(Weights::Equal),
                    vetoes,
                }
            }
            other => unreachable!("rule {other} is in the table and not here"),
        })
    }

    fn weights(&mut self, node: &Node, at: &At) -> Option<Weights> {
        let (shape, _) = self.variant(node, &WEIGHTS, at)?;
        Some(match shape.name {
            "Capability" => Weights::Capability,
            "Gdp" => Weights::Gdp,
            _ => Weights::Equal,
        })
    }

    pub(super) fn status(&mut self, node: &Node, at: &At) -> Option<Status> {
        let (shape, _) = self.variant(node, &STATUSES, at)?;
        Status::ALL
            .into_iter()
            .find(|status| status.name() == shape.name)
    }
}
