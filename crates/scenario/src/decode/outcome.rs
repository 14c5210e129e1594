//! Outcomes and the events they ask about.

use super::fields::Fields;
use super::{At, Decoder, fact};
use crate::date::Month;
use crate::limits;
use crate::model::{Arithmetic, CohesionPart, Comparison, EventKind, Outcome, Status, Term};
use crate::spec::{Choice, Field, Form, Kind, Shape, field};
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
const FROM: Field = field("from", Form::Month, "From which month").optional("from the start");
const STATUS: Field = field("status", Form::Choice("status"), "Status");
const EVENT: Field = field("event", Form::Choice("event"), "Event");

const TRUTHS: Field = field(
    "of",
    Form::Words("a list of truth-valued outcomes"),
    "Truth-valued outcomes, or comparisons as texts",
);
const LEFT: Field = field("left", Form::Words("an outcome or a number"), "One side");
const RIGHT: Field = field(
    "right",
    Form::Words("an outcome or a number"),
    "The other side",
);

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
            name: "Completed",
            doc: "Whether what a rung builds is complete (a rung that builds nothing: whether it is adopted)",
            fields: &[INITIATIVE, RUNG, BY],
        },
        Shape {
            name: "TookPart",
            doc: "Whether an actor took part in what was adopted or held",
            fields: &[INITIATIVE, ACTOR, BY],
        },
        Shape {
            name: "ParticipationShare",
            doc: "Share of adoptions or holdings in which an actor took part (mean over all with a voice, if none is \
                  given); absent if there was none",
            fields: &[INITIATIVE, ACTOR.optional("everybody")],
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
            fields: &[EVENT, BY, FROM],
        },
        Shape {
            name: "Happened",
            doc: "Whether an event happens between two months, both included",
            fields: &[EVENT, FROM, BY],
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
            name: "Presence",
            doc: "Weight of a bloc's presence in or near an actor, 0 to 1",
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
        fact::GDP,
        fact::GDP_SHARE,
        fact::CAPABILITY,
        fact::CAPABILITY_SHARE,
        fact::IDEAL_POINT,
        fact::IDEAL_POINT_DISTANCE,
        fact::IDEAL_POINT_SPREAD,
        fact::VOTING_AGREEMENT,
        fact::THREAT,
        fact::STRESS,
        fact::SALIENCE,
        fact::COMMITMENT,
        fact::REGIME_DISTANCE,
        fact::AGENDA_SHARE,
        Shape {
            name: "Any",
            doc: "Whether at least one is true",
            fields: &[TRUTHS],
        },
        Shape {
            name: "All",
            doc: "Whether all are true",
            fields: &[TRUTHS],
        },
        Shape {
            name: "AtLeast",
            doc: "Whether at least `k` are true",
            fields: &[
                field("k", Form::Whole { min: 1, max: 256 }, "How many"),
                TRUTHS,
            ],
        },
        Shape {
            name: "Not",
            doc: "Whether it is false; what is absent is false",
            fields: &[field(
                "of",
                Form::Words("a truth-valued outcome"),
                "A truth-valued outcome, or a comparison as a text",
            )],
        },
        Shape {
            name: "Difference",
            doc: "One less another, `a - b` in a text; absent where either is",
            fields: &[LEFT, RIGHT],
        },
        Shape {
            name: "Ratio",
            doc: "One over another, `a / b` in a text; absent where either is or the other is 0",
            fields: &[LEFT, RIGHT],
        },
        Shape {
            name: "Sum",
            doc: "Two added up, `a + b` in a text; true counts 1, absent where either is",
            fields: &[LEFT, RIGHT],
        },
        Shape {
            name: "Product",
            doc: "Two multiplied, `a * b` in a text; absent where either is",
            fields: &[LEFT, RIGHT],
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
            name: "Completion",
            doc: "What a rung builds is complete (a rung that builds nothing: it is adopted)",
            fields: &[INITIATIVE, RUNG],
        },
        Shape {
            name: "Abandonment",
            doc: "What a rung was building is given up",
            fields: &[INITIATIVE, RUNG],
        },
        Shape {
            name: "Holding",
            doc: "A recurring initiative is held, at a rung or deeper",
            fields: &[
                INITIATIVE,
                RUNG,
                field(
                    "all",
                    Form::Flag,
                    "Only with everyone who has a voice taking part",
                )
                .optional("false"),
            ],
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
            name: "StatusGained",
            doc: "An actor rises to at least a status from below it",
            fields: &[ORG, ANY_ACTOR, STATUS.optional("Member")],
        },
        Shape {
            name: "Payment",
            doc: "A sole blocker is compensated for letting a rung pass",
            fields: &[
                field("initiative", Form::Name(Kind::Initiative), "Initiative").optional("any"),
                field("actor", Form::Name(Kind::Actor), "Who is paid").optional("anyone"),
            ],
        },
        Shape {
            name: "Shock",
            doc: "A shock fires",
            fields: &[field("shock", Form::Name(Kind::Shock), "Shock")],
        },
        Shape {
            name: "Deployment",
            doc: "An organisation's forces are sent into an actor",
            fields: &[ORG, ACTOR.optional("anywhere")],
        },
        Shape {
            name: "Base",
            doc: "A bloc's presence in an actor grows (a base opens) or shrinks (one closes)",
            fields: &[
                BLOC,
                ANY_ACTOR,
                field("opened", Form::Flag, "Whether it grows").optional("true"),
            ],
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

    /// Reads an outcome; a text is read as the outcome language.
    pub(crate) fn outcome(&mut self, node: &Node, at: &At) -> Option<Outcome> {
        let outcome = self.operand(node, at)?;
        if matches!(outcome, Outcome::Constant(_)) {
            self.wrong_type(node, &at.path, "an outcome");
            return None;
        }
        Some(outcome)
    }

    /// Reads what may stand on one side of a sign: an outcome or a number.
    pub(crate) fn operand(&mut self, node: &Node, at: &At) -> Option<Outcome> {
        match &node.value {
            Value::Number(value) if value.is_finite() => Some(Outcome::Constant(*value)),
            Value::Text(text) => {
                let target = self.embedded(text, node.span, at)?;
                Some(target.into_outcome())
            }
            Value::Tuple(None, items) if items.len() == 1 => self.operand(&items[0], at),
            Value::Tuple(Some(sign), items) if !sign.text.starts_with(char::is_alphabetic) => {
                let [left, right] = items.as_slice() else {
                    self.wrong_type(node, &at.path, "two sides of a sign");
                    return None;
                };
                let (left, right) = (self.operand(left, at), self.operand(right, at));
                signed(&sign.text, left?, right?)
            }
            _ => self.named_outcome(node, at),
        }
    }

    /// Reads a truth-valued outcome.
    fn truth_value(&mut self, node: &Node, at: &At) -> Option<Outcome> {
        let outcome = self.operand(node, at)?;
        if outcome.is_truth() {
            return Some(outcome);
        }
        let message = "the outcome is a number, not a truth value";
        let mistake = self
            .mistake("scenario::not_a_truth", node.head(), &at.path, message)
            .expected("a comparison, such as `Cohesion(org: …) < 0.4`; as a text in a file");
        self.push(mistake);
        None
    }

    fn truth_values(&mut self, fields: &Fields) -> Option<Vec<Outcome>> {
        let at = fields.at("of");
        let node = fields.node("of")?;
        let nodes = self.list_of(node, &at.path, limits::OUTCOMES, "outcomes");
        if nodes.is_empty() {
            self.wrong_type(node, &at.path, "a list of truth-valued outcomes");
            return None;
        }
        let one = |(idx, node): (usize, &Node)| self.truth_value(node, &at.item(idx));
        let read: Vec<Option<Outcome>> = nodes.iter().enumerate().map(one).collect();
        read.into_iter().collect()
    }

    fn made_of_others(&mut self, name: &str, fields: &Fields) -> Option<Outcome> {
        match name {
            "Any" => Some(Outcome::Any {
                of: self.truth_values(fields)?,
            }),
            "All" => Some(Outcome::All {
                of: self.truth_values(fields)?,
            }),
            "AtLeast" => {
                let k = fields.whole(self, "k");
                let of = self.truth_values(fields);
                Some(Outcome::AtLeast {
                    k: usize::try_from(k?).ok()?,
                    of: of?,
                })
            }
            "Not" => {
                let node = fields.node("of")?;
                let of = Box::new(self.truth_value(node, &fields.at("of"))?);
                Some(Outcome::Not { of })
            }
            _ => {
                let mut side = |key: &str| {
                    let at = fields.at(key);
                    fields.node(key).and_then(|node| self.operand(node, &at))
                };
                let (left, right) = (side("left"), side("right"));
                let by = match name {
                    "Difference" => Arithmetic::Difference,
                    "Ratio" => Arithmetic::Ratio,
                    "Sum" => Arithmetic::Sum,
                    _ => Arithmetic::Product,
                };
                Some(Outcome::Computed {
                    by,
                    left: Box::new(left?),
                    right: Box::new(right?),
                })
            }
        }
    }

    fn named_outcome(&mut self, node: &Node, at: &At) -> Option<Outcome> {
        let (shape, fields) = self.variant(node, &OUTCOMES, at)?;
        match shape.name {
            "Cohesion" | "CohesionPart" | "Maturity" | "Implementation" | "Level" | "Count"
            | "Antagonism" => self.organisation_outcome(shape.name, &fields),
            "Adopted" | "Completed" | "TookPart" | "ParticipationShare" | "Depth"
            | "BlockShare" => self.initiative_outcome(shape.name, &fields),
            "HasStatus" | "Affinity" | "Trust" | "Presence" | "Utility" => {
                self.actor_outcome(shape.name, &fields)
            }
            "TimeTo" => Some(Outcome::TimeTo {
                event: self.event_at(&fields)?,
            }),
            "EventCount" | "Happened" => {
                let (from, by) = self.span_of(&fields);
                let event = self.event_at(&fields)?;
                Some(if shape.name == "Happened" {
                    Outcome::Happened { event, from, by }
                } else {
                    Outcome::EventCount { event, from, by }
                })
            }
            "Any" | "All" | "AtLeast" | "Not" | "Difference" | "Ratio" | "Sum" | "Product" => {
                self.made_of_others(shape.name, &fields)
            }
            "DriverLevel" => {
                let at = fields.month_in_span(self, "at");
                Some(Outcome::DriverLevel {
                    driver: fields.name(self, "driver")?,
                    at,
                })
            }
            other => self.fact(other, &fields),
        }
    }

    /// The months between which events count.
    fn span_of(&mut self, fields: &Fields) -> (Option<Month>, Option<Month>) {
        let from = fields.month_in_span(self, "from");
        let by = fields.month_in_span(self, "by");
        if let (Some(first), Some(last)) = (from, by)
            && first > last
        {
            self.dates_reversed(fields, "from", "by", (first, last));
        }
        (from, by)
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
            "Adopted" | "Completed" => {
                let by = fields.month_in_span(self, "by");
                let initiative = initiative?;
                let rung = self.rung_at(fields, initiative)?;
                Some(if name == "Adopted" {
                    Outcome::Adopted {
                        initiative,
                        rung,
                        by,
                    }
                } else {
                    Outcome::Completed {
                        initiative,
                        rung,
                        by,
                    }
                })
            }
            "TookPart" => {
                let actor = fields.name(self, "actor");
                let by = fields.month_in_span(self, "by");
                Some(Outcome::TookPart {
                    initiative: initiative?,
                    actor: actor?,
                    by,
                })
            }
            "ParticipationShare" => {
                let actor = fields.name(self, "actor");
                if fields.node("actor").is_some() && actor.is_none() {
                    return None;
                }
                Some(Outcome::ParticipationShare {
                    initiative: initiative?,
                    actor,
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
            "Trust" | "Presence" => {
                let bloc = fields.name(self, "bloc");
                let (actor, bloc) = (actor?, bloc?);
                if name == "Trust" {
                    Outcome::Trust { actor, bloc, at }
                } else {
                    Outcome::Presence { actor, bloc, at }
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
            "Adoption" | "Completion" | "Abandonment" | "Holding" => {
                let initiative = fields.name(self, "initiative")?;
                let rung = self.rung_at(&fields, initiative)?;
                Some(match shape.name {
                    "Adoption" => EventKind::Adoption { initiative, rung },
                    "Completion" => EventKind::Completion { initiative, rung },
                    "Abandonment" => EventKind::Abandonment { initiative, rung },
                    _ => EventKind::Holding {
                        initiative,
                        rung,
                        all: fields.flag(self, "all", false),
                    },
                })
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
            "Deployment" | "Base" => self.forces(shape.name, &fields),
            "StatusGained" => {
                let actor = fields.name(self, "actor");
                let status = self.status_or_member(&fields);
                let org = fields.name(self, "org")?;
                if fields.node("actor").is_some() && actor.is_none() {
                    return None;
                }
                Some(EventKind::StatusGained {
                    org,
                    actor,
                    status: status?,
                })
            }
            "Payment" => {
                let initiative = fields.name(self, "initiative");
                let actor = fields.name(self, "actor");
                let known = |key: &str, found: bool| found || fields.node(key).is_none();
                let all =
                    known("initiative", initiative.is_some()) && known("actor", actor.is_some());
                all.then_some(EventKind::Payment { initiative, actor })
            }
            _ => Some(EventKind::Shock {
                shock: fields.name(self, "shock")?,
            }),
        }
    }

    fn forces(&mut self, name: &str, fields: &Fields) -> Option<EventKind> {
        let actor = fields.name(self, "actor");
        if fields.node("actor").is_some() && actor.is_none() {
            return None;
        }
        Some(if name == "Deployment" {
            EventKind::Deployment {
                org: fields.name(self, "org")?,
                actor,
            }
        } else {
            EventKind::Base {
                bloc: fields.name(self, "bloc")?,
                actor,
                opened: fields.flag(self, "opened", true),
            }
        })
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

    pub(super) fn pair_differs(
        &mut self,
        fields: &Fields,
        source: Option<usize>,
        target: Option<usize>,
    ) {
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
}

/// Two sides of a sign.
fn signed(sign: &str, left: Outcome, right: Outcome) -> Option<Outcome> {
    let (left, right) = (Box::new(left), Box::new(right));
    let comparisons = [
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
    ];
    if let Some(comparison) = comparisons.into_iter().find(|one| one.sign() == sign) {
        return Some(Outcome::Compare {
            left,
            comparison,
            right,
        });
    }
    let by = Arithmetic::ALL.into_iter().find(|one| one.sign() == sign)?;
    Some(Outcome::Computed { by, left, right })
}
