//! The closed list of effects, groups and conditions.

use super::fields::Fields;
use super::{At, Decoder};
use crate::limits;
use crate::model::{Condition, Domain, Effect, Group, Status};
use crate::spec::{ANY, Choice, Field, Form, Kind, Shape, field, number, share};
use crate::tree::{Node, Value};

const ORG: Field = field("org", Form::Name(Kind::Organisation), "Organisation");
const ELEMENT: Field = field("element", Form::Name(Kind::Element), "Element");
const DRIVER: Field = field("driver", Form::Name(Kind::Driver), "Driver");
const BLOC: Field = field("bloc", Form::Name(Kind::Bloc), "Bloc");
const GROUP: Field = field("group", Form::Choice("group"), "Who");
const FROM: Field = field("from", Form::Choice("group"), "One side");
const TO: Field = field("to", Form::Choice("group"), "The other side");
const INITIATIVE: Field = field("initiative", Form::Name(Kind::Initiative), "Initiative");
const STATUS: Field = field("status", Form::Choice("status"), "Status");
const ACTOR: Field = field("actor", Form::Name(Kind::Actor), "Actor");

const fn by(min: f64, max: f64, doc: &'static str) -> Field {
    number("by", min, max, doc)
}

const DRIVER_BY: Field = by(-1e9, 1e9, "Change in the driver's unit");

/// The effects.
pub(crate) const EFFECTS: Choice = Choice {
    noun: "effect",
    code: "scenario::unknown_effect",
    doc: "What rungs, shocks and policies may change",
    variants: &[
        Shape {
            name: "ElementSet",
            doc: "Declares an element at a level",
            fields: &[ORG, ELEMENT, share("to", "Level")],
        },
        Shape {
            name: "ElementAdd",
            doc: "Adds to the declared level of an element, clamped to 0 to 1",
            fields: &[ORG, ELEMENT, by(-1.0, 1.0, "Change")],
        },
        Shape {
            name: "StatusChange",
            doc: "Changes an actor's status",
            fields: &[
                ORG,
                ACTOR,
                field("to", Form::Choice("status"), "New status"),
            ],
        },
        Shape {
            name: "AffinityShift",
            doc: "Shifts the affinity of every pair between two groups",
            fields: &[FROM, TO, by(-2.0, 2.0, "Change")],
        },
        Shape {
            name: "TradeScale",
            doc: "Scales trade of every pair between two groups",
            fields: &[FROM, TO, by(0.0, 1000.0, "Factor")],
        },
        Shape {
            name: "EnergyLinkAdd",
            doc: "Adds to the energy link of every pair between two groups",
            fields: &[FROM, TO, by(-1.0, 1.0, "Change")],
        },
        Shape {
            name: "DriverShift",
            doc: "Shifts the level of a driver; a mean-reverting one returns",
            fields: &[DRIVER, DRIVER_BY],
        },
        Shape {
            name: "DriverMeanShift",
            doc: "Shifts what a driver returns to (without a mean: its level, for good)",
            fields: &[
                DRIVER,
                DRIVER_BY,
                field(
                    "contributed",
                    Form::Flag,
                    "Whether it grows with the capability of those who contribute",
                )
                .optional("false"),
            ],
        },
        Shape {
            name: "ExposureAdd",
            doc: "Adds to the exposure of actors to a threat",
            fields: &[
                GROUP,
                field("threat", Form::Name(Kind::Threat), "Threat"),
                by(-100.0, 100.0, "Change of the exposure multiplier"),
            ],
        },
        Shape {
            name: "IdealPointShift",
            doc: "Shifts ideal points",
            fields: &[GROUP, by(-6.0, 6.0, "Change in ideal points")],
        },
        Shape {
            name: "SalienceScale",
            doc: "Multiplies a salience, then all are normalised",
            fields: &[
                GROUP,
                field("domain", Form::Choice("domain"), "Domain"),
                by(0.0, 100.0, "Factor"),
            ],
        },
        Shape {
            name: "TrustShift",
            doc: "Adds trust (negative: suspicion) between actors and a bloc, both ways",
            fields: &[GROUP, BLOC, by(-2.0, 2.0, "Change")],
        },
        Shape {
            name: "SignalAdd",
            doc: "Adopts a text that signals towards a bloc; fades with time",
            fields: &[
                ORG,
                BLOC,
                by(-10.0, 10.0, "Change; positive is against the bloc"),
            ],
        },
        Shape {
            name: "Deploy",
            doc: "Sends an organisation's forces into an actor, as far as the element is built: they calm what it protects against, and go home after a while",
            fields: &[ORG, ELEMENT, ACTOR],
        },
        Shape {
            name: "PresenceAdd",
            doc: "Adds to a bloc's presence in an actor, such as a base, and to a part of it near its neighbours",
            fields: &[ACTOR, BLOC, by(-1.0, 1.0, "Change")],
        },
        Shape {
            name: "RuleChange",
            doc: "Changes the rule by which an organisation decides, where an initiative has none of its own",
            fields: &[
                ORG,
                field("rule", Form::Choice("rule"), "The rule from then on"),
            ],
        },
        Shape {
            name: "InitiativeOpen",
            doc: "Opens an initiative that starts closed",
            fields: &[INITIATIVE],
        },
        Shape {
            name: "InitiativeClose",
            doc: "Closes an initiative",
            fields: &[INITIATIVE],
        },
    ],
};

/// The groups.
pub(crate) const GROUPS: Choice = Choice {
    noun: "group",
    code: "scenario::unknown_group",
    doc: "Who an effect speaks of",
    variants: &[
        Shape {
            name: "Actors",
            doc: "Named actors",
            fields: &[field("actors", Form::Names(Kind::Actor), "The actors")],
        },
        Shape {
            name: "Members",
            doc: "Those who are full members of an organisation at the time",
            fields: &[ORG],
        },
        Shape {
            name: "Bloc",
            doc: "The members of a bloc",
            fields: &[BLOC],
        },
        Shape {
            name: "Parties",
            doc: "Those who took part in the decision",
            fields: &[],
        },
    ],
};

/// The domains.
pub(crate) const DOMAINS: Choice = Choice {
    noun: "domain",
    code: "scenario::unknown_domain",
    doc: "The three domains of interest",
    variants: &[
        Shape {
            name: "Energy",
            doc: "Oil and gas",
            fields: &[],
        },
        Shape {
            name: "Trade",
            doc: "Goods",
            fields: &[],
        },
        Shape {
            name: "Security",
            doc: "Security",
            fields: &[],
        },
    ],
};

const DRIVER_LEVEL: Field = number("level", -ANY, ANY, "Level");

/// The conditions.
pub(crate) const CONDITIONS: Choice = Choice {
    noun: "condition",
    code: "scenario::unknown_condition",
    doc: "What must hold for an initiative to be tabled",
    variants: &[
        Shape {
            name: "LevelAtLeast",
            doc: "A built element level",
            fields: &[ORG, ELEMENT, share("level", "Level")],
        },
        Shape {
            name: "DriverAbove",
            doc: "A driver above a level",
            fields: &[DRIVER, DRIVER_LEVEL],
        },
        Shape {
            name: "DriverBelow",
            doc: "A driver below a level",
            fields: &[DRIVER, DRIVER_LEVEL],
        },
        Shape {
            name: "Adopted",
            doc: "An initiative adopted at a rung or deeper",
            fields: &[
                INITIATIVE,
                field(
                    "rung",
                    Form::Words("the id of a rung of the initiative"),
                    "Rung",
                )
                .optional("the first"),
            ],
        },
        Shape {
            name: "ShockWithin",
            doc: "A shock fired, at most so many months ago",
            fields: &[
                field("shock", Form::Name(Kind::Shock), "Shock"),
                field("months", Form::Whole { min: 0, max: 1_200 }, "Months"),
            ],
        },
        Shape {
            name: "Completed",
            doc: "What a rung of an initiative builds is complete",
            fields: &[
                INITIATIVE,
                field(
                    "rung",
                    Form::Words("the id of a rung of the initiative"),
                    "Rung",
                )
                .optional("the first"),
            ],
        },
        Shape {
            name: "HasStatus",
            doc: "An actor's status is exactly this",
            fields: &[ACTOR, ORG, STATUS],
        },
    ],
};

impl Decoder<'_> {
    /// The effects at a key; numbers in them have paths `….effects[0].by`.
    pub(super) fn effects(&mut self, fields: &Fields, key: &str) -> Vec<Effect> {
        let at = fields.at(key);
        let Some(node) = fields.node(key) else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::EFFECTS, "effects");
        let effect = |(idx, node): (usize, &Node)| self.effect(node, &at.item(idx));
        nodes.iter().enumerate().filter_map(effect).collect()
    }

    fn effect(&mut self, node: &Node, at: &At) -> Option<Effect> {
        let (shape, fields) = self.variant(node, &EFFECTS, at)?;
        match shape.name {
            "ElementSet" | "ElementAdd" | "StatusChange" | "SignalAdd" => {
                self.organisation_effect(shape.name, &fields)
            }
            "AffinityShift" | "TradeScale" | "EnergyLinkAdd" => {
                self.pair_effect(shape.name, &fields)
            }
            "DriverShift" | "DriverMeanShift" => self.driver_effect(shape.name, &fields),
            "Deploy" | "PresenceAdd" => self.forces_effect(shape.name, &fields),
            "RuleChange" => {
                let org = fields.name(self, "org");
                let node = fields.node("rule");
                let rule = node.and_then(|node| self.rule(node, &fields.at("rule")));
                Some(Effect::RuleChange {
                    org: org?,
                    rule: rule?,
                })
            }
            "InitiativeOpen" => Some(Effect::InitiativeOpen {
                initiative: fields.name(self, "initiative")?,
            }),
            "InitiativeClose" => Some(Effect::InitiativeClose {
                initiative: fields.name(self, "initiative")?,
            }),
            _ => self.group_effect(shape.name, &fields),
        }
    }

    fn organisation_effect(&mut self, name: &str, fields: &Fields) -> Option<Effect> {
        let org = fields.name(self, "org");
        match name {
            "ElementSet" => {
                let element = fields.name(self, "element");
                let to = fields.leaf(self, "to");
                Some(Effect::ElementSet {
                    org: org?,
                    element: element?,
                    to,
                })
            }
            "ElementAdd" => {
                let element = fields.name(self, "element");
                let by = fields.leaf(self, "by");
                Some(Effect::ElementAdd {
                    org: org?,
                    element: element?,
                    by,
                })
            }
            "StatusChange" => {
                let actor = fields.name(self, "actor");
                let to = self.status_at(fields, "to");
                Some(Effect::StatusChange {
                    org: org?,
                    actor: actor?,
                    to: to?,
                })
            }
            _ => {
                let bloc = fields.name(self, "bloc");
                let by = fields.leaf(self, "by");
                Some(Effect::SignalAdd {
                    org: org?,
                    bloc: bloc?,
                    by,
                })
            }
        }
    }

    fn forces_effect(&mut self, name: &str, fields: &Fields) -> Option<Effect> {
        let actor = fields.name(self, "actor");
        if name == "PresenceAdd" {
            let bloc = fields.name(self, "bloc");
            let by = fields.leaf(self, "by");
            return Some(Effect::PresenceAdd {
                actor: actor?,
                bloc: bloc?,
                by,
            });
        }
        let org = fields.name(self, "org");
        let element = fields.name(self, "element");
        Some(Effect::Deploy {
            org: org?,
            element: element?,
            actor: actor?,
        })
    }

    fn pair_effect(&mut self, name: &str, fields: &Fields) -> Option<Effect> {
        let from = self.group_at(fields, "from");
        let to = self.group_at(fields, "to");
        let by = fields.leaf(self, "by");
        let (from, to) = (from?, to?);
        Some(match name {
            "AffinityShift" => Effect::AffinityShift { from, to, by },
            "TradeScale" => Effect::TradeScale { from, to, by },
            _ => Effect::EnergyLinkAdd { from, to, by },
        })
    }

    fn driver_effect(&mut self, name: &str, fields: &Fields) -> Option<Effect> {
        let driver = fields.name(self, "driver");
        let by = fields.leaf(self, "by");
        if name == "DriverShift" {
            return Some(Effect::DriverShift {
                driver: driver?,
                by,
            });
        }
        let contributed = fields.flag(self, "contributed", false);
        Some(Effect::DriverMeanShift {
            driver: driver?,
            by,
            contributed,
        })
    }

    fn group_effect(&mut self, name: &str, fields: &Fields) -> Option<Effect> {
        let group = self.group_at(fields, "group");
        let by = fields.leaf(self, "by");
        match name {
            "ExposureAdd" => {
                let threat = fields.name(self, "threat");
                Some(Effect::ExposureAdd {
                    group: group?,
                    threat: threat?,
                    by,
                })
            }
            "IdealPointShift" => Some(Effect::IdealPointShift { group: group?, by }),
            "SalienceScale" => {
                let at = fields.at("domain");
                let domain = fields
                    .node("domain")
                    .and_then(|node| self.domain(node, &at));
                Some(Effect::SalienceScale {
                    group: group?,
                    domain: domain?,
                    by,
                })
            }
            "TrustShift" => {
                let bloc = fields.name(self, "bloc");
                Some(Effect::TrustShift {
                    group: group?,
                    bloc: bloc?,
                    by,
                })
            }
            other => unreachable!("effect {other} is in the table and not here"),
        }
    }

    pub(super) fn domain(&mut self, node: &Node, at: &At) -> Option<Domain> {
        let (shape, _) = self.variant(node, &DOMAINS, at)?;
        Domain::ALL
            .into_iter()
            .find(|domain| domain.name().eq_ignore_ascii_case(shape.name))
    }

    pub(super) fn status_at(&mut self, fields: &Fields, key: &str) -> Option<Status> {
        fields
            .node(key)
            .and_then(|node| self.status(node, &fields.at(key)))
    }

    pub(super) fn group_at(&mut self, fields: &Fields, key: &str) -> Option<Group> {
        fields
            .node(key)
            .and_then(|node| self.group(node, &fields.at(key)))
    }

    fn group(&mut self, node: &Node, at: &At) -> Option<Group> {
        let (shape, fields) = self.variant(node, &GROUPS, at)?;
        match shape.name {
            "Actors" => {
                let actors = fields.names(self, "actors");
                let empty = fields.node("actors").is_some_and(
                    |node| matches!(&node.value, Value::List(items) if items.is_empty()),
                );
                if empty {
                    let span = fields.span("actors");
                    self.report("scenario::too_few", span, &at.path, "a group of nobody");
                }
                Some(Group::Actors(actors))
            }
            "Members" => Some(Group::Members(fields.name(self, "org")?)),
            "Bloc" => Some(Group::Bloc(fields.name(self, "bloc")?)),
            _ => {
                if !self.parties_known {
                    let message = "only the rungs of an initiative have parties";
                    let mistake =
                        self.mistake("scenario::no_parties", node.span, &at.path, message);
                    self.push(mistake.expected("Actors([…]), Members(\"…\") or Bloc(\"…\")"));
                }
                Some(Group::Parties)
            }
        }
    }

    pub(super) fn condition(&mut self, node: &Node, at: &At) -> Option<Condition> {
        let (shape, fields) = self.variant(node, &CONDITIONS, at)?;
        match shape.name {
            "LevelAtLeast" => {
                let org = fields.name(self, "org");
                let element = fields.name(self, "element");
                let level = fields.leaf(self, "level");
                Some(Condition::LevelAtLeast {
                    org: org?,
                    element: element?,
                    level,
                })
            }
            "DriverAbove" | "DriverBelow" => {
                let driver = fields.name(self, "driver");
                let level = fields.leaf(self, "level");
                let driver = driver?;
                Some(if shape.name == "DriverAbove" {
                    Condition::DriverAbove { driver, level }
                } else {
                    Condition::DriverBelow { driver, level }
                })
            }
            "ShockWithin" => {
                let months = fields
                    .whole(self, "months")
                    .and_then(|n| i32::try_from(n).ok());
                Some(Condition::ShockWithin {
                    shock: fields.name(self, "shock")?,
                    months: months?,
                })
            }
            "Adopted" | "Completed" => {
                let initiative = fields.name(self, "initiative")?;
                let rung = self.rung_at(&fields, initiative)?;
                Some(if shape.name == "Adopted" {
                    Condition::Adopted { initiative, rung }
                } else {
                    Condition::Completed { initiative, rung }
                })
            }
            _ => {
                let actor = fields.name(self, "actor");
                let org = fields.name(self, "org");
                let status = self.status_at(&fields, "status");
                Some(Condition::HasStatus {
                    actor: actor?,
                    org: org?,
                    status: status?,
                })
            }
        }
    }

    /// The rung named at the key `rung`, the first one if there is none.
    pub(super) fn rung_at(&mut self, fields: &Fields, initiative: usize) -> Option<usize> {
        let Some(node) = fields.node("rung") else {
            return Some(0);
        };
        let path = fields.at("rung").path;
        let id = self.text(node, &path)?;
        let rungs = self
            .names
            .rungs
            .get(initiative)
            .cloned()
            .unwrap_or_default();
        let found = rungs.iter().position(|rung| *rung == id);
        if found.is_none() {
            let name = self.names.id(Kind::Initiative, initiative).to_owned();
            let mistake = self
                .mistake(
                    "scenario::unknown_rung",
                    node.span,
                    &path,
                    format!("unknown rung `{id}` of `{name}`"),
                )
                .expected(super::names::one_of(rungs.iter().map(String::as_str)))
                .nearest(&id, rungs.iter().map(String::as_str));
            self.push(mistake);
        }
        found
    }
}
