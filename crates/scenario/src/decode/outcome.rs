//! Outcomes, the events they ask about, and the statements a file expects to hold.

use super::fields::Fields;
use super::{At, Decoder};
use crate::limits;
use crate::model::{
    Claim, CohesionPart, Comparison, EventKind, Expectation, Outcome, Predicate, Status, Term,
};
use crate::outcome_text;
use crate::spec::{ANY, Choice, Field, Form, Kind, Shape, field, number, share, text};
use crate::text::Span;
use crate::tree::{Node, Value};

const ORG: Field = field("org", Form::Name(Kind::Organisation), "Organisation");
const ACTOR: Field = field("actor", Form::Name(Kind::Actor), "Actor");
const ANY_ACTOR: Field = ACTOR.optional("anyone");
const INITIATIVE: Field = field("initiative", Form::Name(Kind::Initiative), "Initiative");
const RUNG: Field = field(
    "rung",
    Form::Words("the id of a rung of the initiative"),
    "Rung",
)
.optional("the first");
const BLOC: Field = field("bloc", Form::Name(Kind::Bloc), "Bloc");
const AT: Field = field("at", Form::Month, "When").optional("at the end");
const BY: Field = field("by", Form::Month, "Up to which month").optional("up to the end");
const STATUS: Field = field("status", Form::Choice("status"), "Status");
const EVENT: Field = field("event", Form::Choice("event"), "Event");

/// The outcomes.
pub(crate) const OUTCOMES: Choice = Choice {
    noun: "outcome",
    code: "scenario::unknown_outcome",
    doc: "What is recorded of every replicate",
    variants: &[
        Shape {
            name: "Cohesion",
            doc: "Cohesion index of an organisation, 0 to 1",
            fields: &[ORG, AT],
        },
        Shape {
            name: "CohesionPart",
            doc: "One part of the cohesion index, 0 to 1",
            fields: &[ORG, field("part", Form::Choice("part"), "Part"), AT],
        },
        Shape {
            name: "Maturity",
            doc: "Maturity index, 0 to 1",
            fields: &[ORG, AT],
        },
        Shape {
            name: "Implementation",
            doc: "Delivered over declared, 0 to 1",
            fields: &[ORG, AT],
        },
        Shape {
            name: "Level",
            doc: "Built level of an element, 0 to 1",
            fields: &[
                ORG,
                field("element", Form::Name(Kind::Element), "Element"),
                AT,
            ],
        },
        Shape {
            name: "Count",
            doc: "Number of actors with a status",
            fields: &[ORG, STATUS.optional("Member"), AT],
        },
        Shape {
            name: "HasStatus",
            doc: "Whether an actor has at least this status (suspended counts as none)",
            fields: &[ACTOR, ORG, STATUS.optional("Member"), AT],
        },
        Shape {
            name: "Adopted",
            doc: "Whether a rung, or a deeper one, is adopted",
            fields: &[INITIATIVE, RUNG, BY],
        },
        Shape {
            name: "Depth",
            doc: "Depth of the deepest rung adopted, 0 if none",
            fields: &[INITIATIVE, AT],
        },
        Shape {
            name: "BlockShare",
            doc: "Share of an initiative's tablings that an actor blocked; absent if never tabled",
            fields: &[INITIATIVE, ACTOR],
        },
        Shape {
            name: "TimeTo",
            doc: "Years from the start to an event; absent if it does not happen",
            fields: &[EVENT],
        },
        Shape {
            name: "EventCount",
            doc: "Number of events",
            fields: &[EVENT, BY],
        },
        Shape {
            name: "DriverLevel",
            doc: "Level of a driver",
            fields: &[field("driver", Form::Name(Kind::Driver), "Driver"), AT],
        },
        Shape {
            name: "Affinity",
            doc: "Affinity of a pair, -1 to 1",
            fields: &[
                field("source", Form::Name(Kind::Actor), "One actor"),
                field("target", Form::Name(Kind::Actor), "The other actor"),
                AT,
            ],
        },
        Shape {
            name: "Trust",
            doc: "Trust of an actor towards a bloc, -1 to 1",
            fields: &[ACTOR, BLOC, AT],
        },
        Shape {
            name: "Utility",
            doc: "Utility an actor draws from an organisation, whole or one term",
            fields: &[
                ACTOR,
                ORG,
                field("term", Form::Choice("term"), "Term").optional("the sum"),
                AT,
            ],
        },
        Shape {
            name: "Antagonism",
            doc: "Adopted signal of an organisation towards a bloc; positive is against it",
            fields: &[ORG, BLOC, AT],
        },
    ],
};

/// The events.
pub(crate) const EVENTS: Choice = Choice {
    noun: "event",
    code: "scenario::unknown_event",
    doc: "An event whose time or number can be asked",
    variants: &[
        Shape {
            name: "Adoption",
            doc: "A rung of an initiative, or a deeper one, is adopted",
            fields: &[INITIATIVE, RUNG],
        },
        Shape {
            name: "Withdrawal",
            doc: "A member leaves",
            fields: &[ORG, ANY_ACTOR],
        },
        Shape {
            name: "Suspension",
            doc: "A member is suspended",
            fields: &[ORG, ANY_ACTOR],
        },
        Shape {
            name: "Accession",
            doc: "An actor becomes a full member",
            fields: &[ORG, ANY_ACTOR],
        },
        Shape {
            name: "Dispute",
            doc: "A dispute between two actors",
            fields: &[
                field("source", Form::Name(Kind::Actor), "One actor").optional("any pair"),
                field("target", Form::Name(Kind::Actor), "The other actor").optional("any pair"),
                ORG.optional("anyone; otherwise both are members"),
                field("lethal", Form::Flag, "Lethal ones only").optional("false"),
            ],
        },
        Shape {
            name: "Shock",
            doc: "A shock fires",
            fields: &[field("shock", Form::Name(Kind::Shock), "Shock")],
        },
    ],
};

/// The parts of cohesion.
pub(crate) const PARTS: Choice = Choice {
    noun: "part",
    code: "scenario::unknown_part",
    doc: "The five parts of the cohesion index",
    variants: &[
        Shape {
            name: "Affinity",
            doc: "Capability-weighted mean affinity, as (A + 1) / 2",
            fields: &[],
        },
        Shape {
            name: "Agreement",
            doc: "Agreement over recent decisions",
            fields: &[],
        },
        Shape {
            name: "Interdependence",
            doc: "Trade and energy within the group",
            fields: &[],
        },
        Shape {
            name: "Institutions",
            doc: "Maturity of its institutions",
            fields: &[],
        },
        Shape {
            name: "Commitment",
            doc: "Share delivered and share of content members",
            fields: &[],
        },
    ],
};

/// The terms of utility.
pub(crate) const TERMS: Choice = Choice {
    noun: "term",
    code: "scenario::unknown_term",
    doc: "The seven terms of the utility of an organisation",
    variants: &[
        Shape {
            name: "Energy",
            doc: "Energy",
            fields: &[],
        },
        Shape {
            name: "Trade",
            doc: "Trade",
            fields: &[],
        },
        Shape {
            name: "Security",
            doc: "Security",
            fields: &[],
        },
        Shape {
            name: "Affinity",
            doc: "Affinity with fellow members",
            fields: &[],
        },
        Shape {
            name: "Influence",
            doc: "Leadership",
            fields: &[],
        },
        Shape {
            name: "Autonomy",
            doc: "Sovereignty given up (a cost)",
            fields: &[],
        },
        Shape {
            name: "Outside",
            doc: "What its signals cost with outside blocs",
            fields: &[],
        },
    ],
};

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
    pub(crate) fn outcomes(&mut self, scenario: &Fields) -> Vec<Outcome> {
        let at = scenario.at("outcomes");
        let Some(node) = scenario.node("outcomes") else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::OUTCOMES, "outcomes");
        let mut all: Vec<Outcome> = Vec::with_capacity(nodes.len());
        for (idx, node) in nodes.iter().enumerate() {
            let at = at.item(idx);
            let Some(outcome) = self.outcome(node, &at) else {
                continue;
            };
            if all.contains(&outcome) {
                let doubt = self.mistake(
                    "scenario::duplicate_outcome",
                    node.head(),
                    &at.path,
                    "the outcome is asked twice",
                );
                self.push(doubt.as_warning());
            } else {
                all.push(outcome);
            }
        }
        all
    }

    pub(crate) fn outcome(&mut self, node: &Node, at: &At) -> Option<Outcome> {
        let (shape, fields) = self.variant(node, &OUTCOMES, at)?;
        match shape.name {
            "Cohesion" | "CohesionPart" | "Maturity" | "Implementation" | "Level" | "Count"
            | "Antagonism" => self.organisation_outcome(shape.name, &fields),
            "Adopted" | "Depth" | "BlockShare" => self.initiative_outcome(shape.name, &fields),
            "HasStatus" | "Affinity" | "Trust" | "Utility" => {
                self.actor_outcome(shape.name, &fields)
            }
            "TimeTo" => Some(Outcome::TimeTo {
                event: self.event_at(&fields)?,
            }),
            "EventCount" => {
                let by = fields.month_in_span(self, "by");
                Some(Outcome::EventCount {
                    event: self.event_at(&fields)?,
                    by,
                })
            }
            "DriverLevel" => {
                let at = fields.month_in_span(self, "at");
                Some(Outcome::DriverLevel {
                    driver: fields.name(self, "driver")?,
                    at,
                })
            }
            other => unreachable!("outcome {other} is in the table and not here"),
        }
    }

    fn organisation_outcome(&mut self, name: &str, fields: &Fields) -> Option<Outcome> {
        let org = fields.name(self, "org");
        let at = fields.month_in_span(self, "at");
        Some(match name {
            "Cohesion" => Outcome::Cohesion { org: org?, at },
            "CohesionPart" => {
                let part_at = fields.at("part");
                let part = fields
                    .node("part")
                    .and_then(|node| self.part(node, &part_at));
                Outcome::CohesionPart {
                    org: org?,
                    part: part?,
                    at,
                }
            }
            "Maturity" => Outcome::Maturity { org: org?, at },
            "Implementation" => Outcome::Implementation { org: org?, at },
            "Level" => {
                let element = fields.name(self, "element");
                Outcome::Level {
                    org: org?,
                    element: element?,
                    at,
                }
            }
            "Count" => {
                let status = self.status_or_member(fields);
                Outcome::Count {
                    org: org?,
                    status: status?,
                    at,
                }
            }
            _ => {
                let bloc = fields.name(self, "bloc");
                Outcome::Antagonism {
                    org: org?,
                    bloc: bloc?,
                    at,
                }
            }
        })
    }

    fn initiative_outcome(&mut self, name: &str, fields: &Fields) -> Option<Outcome> {
        let initiative = fields.name(self, "initiative");
        match name {
            "Adopted" => {
                let by = fields.month_in_span(self, "by");
                let rung = self.rung_at(fields, initiative?)?;
                Some(Outcome::Adopted {
                    initiative: initiative?,
                    rung,
                    by,
                })
            }
            "Depth" => {
                let at = fields.month_in_span(self, "at");
                Some(Outcome::Depth {
                    initiative: initiative?,
                    at,
                })
            }
            _ => {
                let actor = fields.name(self, "actor");
                Some(Outcome::BlockShare {
                    initiative: initiative?,
                    actor: actor?,
                })
            }
        }
    }

    fn actor_outcome(&mut self, name: &str, fields: &Fields) -> Option<Outcome> {
        let at = fields.month_in_span(self, "at");
        if name == "Affinity" {
            let source = fields.name(self, "source");
            let target = fields.name(self, "target");
            self.pair_differs(fields, source, target);
            return Some(Outcome::Affinity {
                source: source?,
                target: target?,
                at,
            });
        }
        let actor = fields.name(self, "actor");
        Some(match name {
            "HasStatus" => {
                let org = fields.name(self, "org");
                let status = self.status_or_member(fields);
                Outcome::HasStatus {
                    actor: actor?,
                    org: org?,
                    status: status?,
                    at,
                }
            }
            "Trust" => {
                let bloc = fields.name(self, "bloc");
                Outcome::Trust {
                    actor: actor?,
                    bloc: bloc?,
                    at,
                }
            }
            _ => {
                let org = fields.name(self, "org");
                let term = match fields.node("term") {
                    None => None,
                    Some(node) => Some(self.term(node, &fields.at("term"))?),
                };
                Outcome::Utility {
                    actor: actor?,
                    org: org?,
                    term,
                    at,
                }
            }
        })
    }

    fn status_or_member(&mut self, fields: &Fields) -> Option<Status> {
        match fields.node("status") {
            None => Some(Status::Member),
            Some(node) => self.status(node, &fields.at("status")),
        }
    }

    fn part(&mut self, node: &Node, at: &At) -> Option<CohesionPart> {
        let (shape, _) = self.variant(node, &PARTS, at)?;
        CohesionPart::ALL
            .into_iter()
            .find(|part| part.name().eq_ignore_ascii_case(shape.name))
    }

    fn term(&mut self, node: &Node, at: &At) -> Option<Term> {
        let (shape, _) = self.variant(node, &TERMS, at)?;
        Term::ALL
            .into_iter()
            .find(|term| term.name().eq_ignore_ascii_case(shape.name))
    }

    fn event_at(&mut self, fields: &Fields) -> Option<EventKind> {
        let at = fields.at("event");
        fields.node("event").and_then(|node| self.event(node, &at))
    }

    fn event(&mut self, node: &Node, at: &At) -> Option<EventKind> {
        let (shape, fields) = self.variant(node, &EVENTS, at)?;
        match shape.name {
            "Adoption" => {
                let initiative = fields.name(self, "initiative")?;
                let rung = self.rung_at(&fields, initiative)?;
                Some(EventKind::Adoption { initiative, rung })
            }
            "Withdrawal" | "Suspension" | "Accession" => {
                let actor = fields.name(self, "actor");
                let org = fields.name(self, "org")?;
                if fields.node("actor").is_some() && actor.is_none() {
                    return None;
                }
                Some(match shape.name {
                    "Withdrawal" => EventKind::Withdrawal { org, actor },
                    "Suspension" => EventKind::Suspension { org, actor },
                    _ => EventKind::Accession { org, actor },
                })
            }
            "Dispute" => self.dispute(&fields),
            _ => Some(EventKind::Shock {
                shock: fields.name(self, "shock")?,
            }),
        }
    }

    fn dispute(&mut self, fields: &Fields) -> Option<EventKind> {
        let source = fields.name(self, "source");
        let target = fields.name(self, "target");
        let org = fields.name(self, "org");
        let lethal = fields.flag(self, "lethal", false);
        match (fields.node("source"), fields.node("target")) {
            (None, None) => {
                return Some(EventKind::Dispute {
                    pair: None,
                    org,
                    lethal,
                });
            }
            (Some(_), Some(_)) => {}
            (Some(_), None) | (None, Some(_)) => {
                let message = "a pair needs both `source` and `target`";
                self.report(
                    "scenario::missing_key",
                    fields.head,
                    &fields.at.path,
                    message,
                );
                return None;
            }
        }
        self.pair_differs(fields, source, target);
        Some(EventKind::Dispute {
            pair: Some((source?, target?)),
            org,
            lethal,
        })
    }

    fn pair_differs(&mut self, fields: &Fields, source: Option<usize>, target: Option<usize>) {
        if source.is_some() && source == target {
            let span = fields.span("target");
            let message = "an actor is no pair with itself";
            self.report(
                "scenario::same_actor",
                span,
                &fields.at("target").path,
                message,
            );
        }
    }

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
