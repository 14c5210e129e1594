//! Facts of the state, as outcomes ask for them.

use super::Decoder;
use super::fields::Fields;
use crate::fact::Fact;
use crate::model::{Domain, Group, Outcome};
use crate::spec::{Field, Form, Kind, Shape, field};

const AT: Field = field("at", Form::Month, "When").optional("at the end");
const ACTOR: Field = field("actor", Form::Name(Kind::Actor), "Actor");
const ORG: Field = field("org", Form::Name(Kind::Organisation), "Organisation");
const AMONG: Field = field(
    "among",
    Form::Choice("group"),
    "The group, as it stands at the month",
);
const DOMAIN: Field = field("domain", Form::Choice("domain"), "Domain");
const PPP: Field = field(
    "ppp",
    Form::Flag,
    "At purchasing power parity (`gdp_ppp_musd`) rather than at current prices",
)
.optional("false");

/// The facts.
pub(super) const GDP: Shape = Shape {
    name: "Gdp",
    doc: "Gross domestic product of an actor, in the prices of its column",
    fields: &[ACTOR, PPP, AT],
};
pub(super) const GDP_SHARE: Shape = Shape {
    name: "GdpShare",
    doc: "GDP of an actor over that of a group",
    fields: &[ACTOR, AMONG, PPP, AT],
};
pub(super) const CAPABILITY: Shape = Shape {
    name: "Capability",
    doc: "Share of world capability of an actor, 0 to 1",
    fields: &[ACTOR, AT],
};
pub(super) const CAPABILITY_SHARE: Shape = Shape {
    name: "CapabilityShare",
    doc: "Capability of an actor over that of a group",
    fields: &[ACTOR, AMONG, AT],
};
pub(super) const IDEAL_POINT: Shape = Shape {
    name: "IdealPoint",
    doc: "Ideal point of an actor, -4 to 4",
    fields: &[ACTOR, AT],
};
pub(super) const IDEAL_POINT_DISTANCE: Shape = Shape {
    name: "IdealPointDistance",
    doc: "Mean distance of ideal points over the pairs of a group; absent without a pair",
    fields: &[AMONG, AT],
};
pub(super) const IDEAL_POINT_SPREAD: Shape = Shape {
    name: "IdealPointSpread",
    doc: "Standard deviation of ideal points in a group; absent without a pair",
    fields: &[AMONG, AT],
};
pub(super) const VOTING_AGREEMENT: Shape = Shape {
    name: "VotingAgreement",
    doc: "Mean share of equal votes over the pairs of a group, in the outside body whose votes the ideal points describe, \
          in the calendar year of the month, 0 to 1; absent without a pair",
    fields: &[AMONG, AT],
};
pub(super) const THREAT: Shape = Shape {
    name: "Threat",
    doc: "Intensity of a threat as an actor perceives it, from 0",
    fields: &[
        ACTOR,
        field("threat", Form::Name(Kind::Threat), "Threat"),
        AT,
    ],
};
pub(super) const STRESS: Shape = Shape {
    name: "Stress",
    doc: "Stress of an actor in a domain, 0 at the start for trade and security",
    fields: &[ACTOR, DOMAIN, AT],
};
pub(super) const SALIENCE: Shape = Shape {
    name: "Salience",
    doc: "Salience of a domain to an actor as adapted to stress, 0 to 1",
    fields: &[ACTOR, DOMAIN, AT],
};
pub(super) const COMMITMENT: Shape = Shape {
    name: "Commitment",
    doc: "Commitment of a full member to an organisation, 0 to 1; absent for anyone else",
    fields: &[ACTOR, ORG, AT],
};
pub(super) const REGIME_DISTANCE: Shape = Shape {
    name: "RegimeDistance",
    doc: "Distance of two actors' regimes on polyarchy, 0 to 1",
    fields: &[
        field("source", Form::Name(Kind::Actor), "One actor"),
        field("target", Form::Name(Kind::Actor), "The other actor"),
        AT,
    ],
};
pub(super) const AGENDA_SHARE: Shape = Shape {
    name: "AgendaShare",
    doc: "Share of a domain in the depth of what an organisation has built, 0 to 1; absent where nothing is built",
    fields: &[ORG, DOMAIN, AT],
};

impl Decoder<'_> {
    /// The outcome of a name that is one of the shapes above.
    pub(super) fn fact(&mut self, name: &str, fields: &Fields) -> Option<Outcome> {
        let at = fields.month_in_span(self, "at");
        let of = match name {
            "IdealPointDistance" | "IdealPointSpread" | "VotingAgreement" => {
                self.group_fact(name, fields)?
            }
            "RegimeDistance" => {
                let source = fields.name(self, "source");
                let target = fields.name(self, "target");
                self.pair_differs(fields, source, target);
                Fact::RegimeDistance {
                    source: source?,
                    target: target?,
                }
            }
            "AgendaShare" => {
                let org = fields.name(self, "org");
                let domain = self.domain_at(fields);
                Fact::AgendaShare {
                    org: org?,
                    domain: domain?,
                }
            }
            _ => self.actor_fact(name, fields)?,
        };
        Some(Outcome::State { of, at })
    }

    fn actor_fact(&mut self, name: &str, fields: &Fields) -> Option<Fact> {
        let actor = fields.name(self, "actor");
        Some(match name {
            "Gdp" => {
                let ppp = fields.flag(self, "ppp", false);
                Fact::Gdp { actor: actor?, ppp }
            }
            "GdpShare" => {
                let among = self.among(fields);
                let ppp = fields.flag(self, "ppp", false);
                Fact::GdpShare {
                    actor: actor?,
                    among: among?,
                    ppp,
                }
            }
            "Capability" => Fact::Capability { actor: actor? },
            "CapabilityShare" => {
                let among = self.among(fields);
                Fact::CapabilityShare {
                    actor: actor?,
                    among: among?,
                }
            }
            "IdealPoint" => Fact::IdealPoint { actor: actor? },
            "Threat" => {
                let threat = fields.name(self, "threat");
                Fact::Threat {
                    actor: actor?,
                    threat: threat?,
                }
            }
            "Stress" => {
                let domain = self.domain_at(fields);
                Fact::Stress {
                    actor: actor?,
                    domain: domain?,
                }
            }
            "Salience" => {
                let domain = self.domain_at(fields);
                Fact::Salience {
                    actor: actor?,
                    domain: domain?,
                }
            }
            "Commitment" => {
                let org = fields.name(self, "org");
                Fact::Commitment {
                    actor: actor?,
                    org: org?,
                }
            }
            other => unreachable!("fact {other} is in the table and not here"),
        })
    }

    fn group_fact(&mut self, name: &str, fields: &Fields) -> Option<Fact> {
        let among = self.among(fields)?;
        Some(match name {
            "IdealPointDistance" => Fact::IdealPointDistance { among },
            "IdealPointSpread" => Fact::IdealPointSpread { among },
            _ => Fact::VotingAgreement { among },
        })
    }

    fn among(&mut self, fields: &Fields) -> Option<Group> {
        self.group_at(fields, "among")
    }

    fn domain_at(&mut self, fields: &Fields) -> Option<Domain> {
        let at = fields.at("domain");
        fields
            .node("domain")
            .and_then(|node| self.domain(node, &at))
    }
}
