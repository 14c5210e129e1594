//! Decision rules, statuses and what weighs.

use super::fields::Fields;
use super::{At, Decoder};
use crate::leaf::Leaf;
use crate::limits;
use crate::model::{Rule, Status, Weights};
use crate::spec::{Choice, Field, Form, Kind, Shape, field, number, share};
use crate::tree::{Node, Value};

const WEIGHTS_FIELD: Field = field("weights", Form::Choice("weight"), "What weighs");

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
            name: "ConsensusWithAbstention",
            doc: "Who loses too much for a yes may stand aside instead of blocking, if enough do not; who abstains takes no part",
            fields: &[
                share("quorum", "Share of the voters who must not abstain").or(2.0 / 3.0),
                number(
                    "swallow",
                    0.0,
                    100.0,
                    "Loss up to which a voter still says yes, in thresholds of blocking",
                )
                .or(1.0),
                number(
                    "block",
                    0.0,
                    100.0,
                    "Loss beyond which a voter blocks, in thresholds of blocking",
                )
                .or(2.0),
            ],
        },
        Shape {
            name: "VetoPlayers",
            doc: "The deepest rung that somebody gains from and none of the veto players blocks",
            fields: &[field(
                "players",
                Form::Names(Kind::Actor),
                "Who may veto, at least one",
            )],
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
            doc: "At least a quota of the weights, and of members and population if asked for, none of the vetoers against",
            fields: &[
                number("quota", 0.5, 1.0, "Share of the weights needed"),
                WEIGHTS_FIELD.optional("Equal"),
                field("vetoes", Form::Names(Kind::Actor), "Who may veto").optional("nobody"),
                field(
                    "votes",
                    Form::Words("a map from actor to votes, 0 to 1000"),
                    "Votes by treaty, which weigh instead of `weights`; who is not listed has none",
                )
                .optional("none"),
                share("members", "Share of the number of members needed as well").or(0.0),
                share(
                    "population",
                    "Share of the members' population needed as well",
                )
                .or(0.0),
                field(
                    "blocking_min",
                    Form::Whole { min: 1, max: 500 },
                    "Fewer opponents than this cannot stop a rung",
                )
                .optional("1"),
            ],
        },
        Shape {
            name: "WeightedMedian",
            doc: "The deepest rung not beyond the weighted median of the members' best rungs (Black 1948)",
            fields: &[WEIGHTS_FIELD.optional("Capability")],
        },
        Shape {
            name: "CompromiseMean",
            doc: "The deepest rung not beyond the mean of the members' best rungs, weighted by weight times salience (Achen 2006)",
            fields: &[WEIGHTS_FIELD.optional("Capability")],
        },
        Shape {
            name: "Challenge",
            doc: "The deepest rung not beyond the weighted median after rounds of challenges (Bueno de Mesquita; Scholz, Calbert and Smith 2011); at most 200 actors",
            fields: &[
                WEIGHTS_FIELD.optional("Capability"),
                field("rounds", Form::Whole { min: 1, max: 100 }, "Most rounds").optional("10"),
            ],
        },
        Shape {
            name: "NashBargaining",
            doc: "The rung with the largest weighted product of what members gain over blocking (Nash 1950)",
            fields: &[WEIGHTS_FIELD.optional("Equal")],
        },
    ],
};

const VOTES: Field = number("votes", 0.0, 1000.0, "Votes");

/// What weighs.
pub(crate) const WEIGHTS: Choice = Choice {
    noun: "weight",
    code: "scenario::unknown_weight",
    doc: "What weighs under a rule",
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
        Shape {
            name: "Population",
            doc: "Population",
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
            "ConsensusWithAbstention" => self.abstention(&fields),
            "VetoPlayers" => self.veto_players(&fields),
            "OptIn" => Rule::OptIn {
                min: self.count(&fields, "min"),
            },
            "SimpleMajority" => Rule::SimpleMajority {
                vetoes: fields.names(self, "vetoes"),
            },
            "QualifiedMajority" => self.qualified_majority(&fields),
            "WeightedMedian" => Rule::WeightedMedian {
                weights: self.weights(&fields, Weights::Capability),
            },
            "CompromiseMean" => Rule::CompromiseMean {
                weights: self.weights(&fields, Weights::Capability),
            },
            "Challenge" => self.challenge(&fields),
            "NashBargaining" => Rule::NashBargaining {
                weights: self.weights(&fields, Weights::Equal),
            },
            other => unreachable!("rule {other} is in the table and not here"),
        })
    }

    /// A whole number from 1, 1 if it is not there.
    fn count(&mut self, fields: &Fields, key: &str) -> u32 {
        let whole = fields.whole(self, key);
        whole
            .and_then(|whole| u32::try_from(whole).ok())
            .unwrap_or(1)
    }

    fn abstention(&mut self, fields: &Fields) -> Rule {
        let quorum = fields.leaf(self, "quorum");
        let (swallow, block) = (fields.leaf(self, "swallow"), fields.leaf(self, "block"));
        let (least, most) = (self.leaves.value(swallow), self.leaves.value(block));
        if least > most && !self.has_mistake_at(&fields.at.path) {
            let key = if fields.node("block").is_some() {
                "block"
            } else {
                "swallow"
            };
            let message = format!("who blocks beyond {most} cannot say yes up to {least}");
            let mistake = self
                .mistake(
                    "scenario::low_above_high",
                    fields.span(key),
                    &fields.at(key).path,
                    message,
                )
                .expected("`swallow` not above `block`; between them a voter abstains");
            self.push(mistake);
        }
        Rule::ConsensusWithAbstention {
            quorum,
            swallow,
            block,
        }
    }

    fn challenge(&mut self, fields: &Fields) -> Rule {
        let weights = self.weights(fields, Weights::Capability);
        let rounds = fields.whole(self, "rounds");
        let n = self.names.count(Kind::Actor);
        if n > limits::CHALLENGERS {
            let message = format!("{n} actors: more than {} challengers", limits::CHALLENGERS);
            let mistake = self
                .mistake("scenario::too_many", fields.head, &fields.at.path, message)
                .expected("a smaller world, or WeightedMedian");
            self.push(mistake);
        }
        Rule::Challenge {
            weights,
            rounds: rounds.and_then(|n| u32::try_from(n).ok()).unwrap_or(10),
        }
    }

    fn veto_players(&mut self, fields: &Fields) -> Rule {
        let players = fields.names(self, "players");
        let empty = |node: &Node| matches!(&node.value, Value::List(items) if items.is_empty());
        if fields.node("players").is_some_and(empty) {
            let path = fields.at("players").path;
            let mistake = self
                .mistake(
                    "scenario::too_few",
                    fields.span("players"),
                    &path,
                    "nobody may veto",
                )
                .expected("at least one actor");
            self.push(mistake);
        }
        Rule::VetoPlayers { players }
    }

    fn qualified_majority(&mut self, fields: &Fields) -> Rule {
        let quota = fields.leaf(self, "quota");
        let weights = self.weights(fields, Weights::Equal);
        let vetoes = fields.names(self, "vetoes");
        let votes = self.votes(fields);
        let members = fields.leaf(self, "members");
        let population = fields.leaf(self, "population");
        if self.leaves.value(population) > 0.0 {
            self.need_population(fields, "population");
        }
        Rule::QualifiedMajority {
            quota,
            weights,
            vetoes,
            votes,
            members,
            population,
            blocking_min: self.count(fields, "blocking_min"),
        }
    }

    /// Votes by treaty, by actor.
    fn votes(&mut self, fields: &Fields) -> Vec<(usize, Leaf)> {
        let at = fields.at("votes");
        let mut votes = Vec::new();
        for entry in fields.entries(self, "votes") {
            let at = at.key(&entry.key.text);
            let actor = self.name_of(&entry.key.text, entry.key.span, Kind::Actor, &at.path);
            let leaf = self.leaf(&entry.value, &VOTES, &at);
            votes.extend(actor.map(|actor| (actor, leaf)));
        }
        votes.sort_unstable_by_key(|(actor, _)| *actor);
        votes
    }

    fn weights(&mut self, fields: &Fields, unwritten: Weights) -> Weights {
        let Some(node) = fields.node("weights") else {
            return unwritten;
        };
        match self
            .variant(node, &WEIGHTS, &fields.at("weights"))
            .map(|(shape, _)| shape.name)
        {
            Some("Capability") => Weights::Capability,
            Some("Gdp") => Weights::Gdp,
            Some("Population") => {
                self.need_population(fields, "weights");
                Weights::Population
            }
            _ => Weights::Equal,
        }
    }

    /// Reports a rule that counts people in a world that knows none.
    fn need_population(&mut self, fields: &Fields, key: &str) {
        let path = |id: &String| format!("actors.{id}.population_thousand");
        let people = |id: &String| {
            let leaf = self.leaves.find(&path(id));
            leaf.is_some_and(|leaf| self.leaves.value(leaf) > 0.0)
        };
        if self.names.ids(Kind::Actor).iter().any(people) {
            return;
        }
        let message = "the rule counts people, and the world says no population";
        let mistake = self
            .mistake(
                "scenario::no_population",
                fields.span(key),
                &fields.at(key).path,
                message,
            )
            .expected("a column `population_thousand` in actors.csv");
        self.push(mistake);
    }

    pub(super) fn status(&mut self, node: &Node, at: &At) -> Option<Status> {
        let (shape, _) = self.variant(node, &STATUSES, at)?;
        Status::ALL
            .into_iter()
            .find(|status| status.name() == shape.name)
    }
}
