//! Facts of the state that an outcome may ask for at a month, beside those of organisations and initiatives.
//!
//! What actors are (economy, capability, votes), what they feel (threats, stress, salience, commitment) and what
//! groups have in common. Read by the engine after the step of the month; written and titled here.

use serde::Serialize;

use crate::model::{ActorIdx, Domain, Group, OrganisationIdx, Scenario, ThreatIdx};

/// A fact of the state of the world.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Fact {
    /// Gross domestic product [million USD], > 0.
    Gdp {
        /// Actor.
        actor: ActorIdx,
        /// At purchasing power parity; absent where the world does not give it.
        ppp: bool,
    },
    /// An actor's gross domestic product over that of a group.
    GdpShare {
        /// Actor.
        actor: ActorIdx,
        /// The group as it stands at the month.
        among: Group,
        /// At purchasing power parity; absent where the world does not give it.
        ppp: bool,
    },
    /// Share of world capability, 0..=1.
    Capability {
        /// Actor.
        actor: ActorIdx,
    },
    /// An actor's capability over that of a group.
    CapabilityShare {
        /// Actor.
        actor: ActorIdx,
        /// The group as it stands at the month.
        among: Group,
    },
    /// Ideal point, -4..=4.
    IdealPoint {
        /// Actor.
        actor: ActorIdx,
    },
    /// Mean distance of ideal points over the pairs of a group; absent without a pair.
    IdealPointDistance {
        /// The group as it stands at the month.
        among: Group,
    },
    /// Standard deviation of ideal points in a group; absent without a pair.
    IdealPointSpread {
        /// The group as it stands at the month.
        among: Group,
    },
    /// Mean share of equal votes over the pairs of a group in the calendar year of the month, 0..=1; absent without a pair.
    VotingAgreement {
        /// The group as it stands at the month.
        among: Group,
    },
    /// Intensity of a threat as an actor perceives it, >= 0.
    Threat {
        /// Actor.
        actor: ActorIdx,
        /// Threat.
        threat: ThreatIdx,
    },
    /// Stress in a domain, -1..=2 about.
    Stress {
        /// Actor.
        actor: ActorIdx,
        /// Domain.
        domain: Domain,
    },
    /// Salience of a domain as adapted to stress, 0..=1.
    Salience {
        /// Actor.
        actor: ActorIdx,
        /// Domain.
        domain: Domain,
    },
    /// Commitment of a full member, 0..=1; absent for anyone else.
    Commitment {
        /// Actor.
        actor: ActorIdx,
        /// Organisation.
        org: OrganisationIdx,
    },
    /// Distance of two regimes on polyarchy, 0..=1.
    RegimeDistance {
        /// One actor.
        source: ActorIdx,
        /// The other actor.
        target: ActorIdx,
    },
    /// Share of a domain in the depth of what an organisation has built, 0..=1; absent where nothing is built.
    AgendaShare {
        /// Organisation.
        org: OrganisationIdx,
        /// Domain.
        domain: Domain,
    },
}

impl Fact {
    /// The name in the outcome language.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Gdp { .. } => "Gdp",
            Self::GdpShare { .. } => "GdpShare",
            Self::Capability { .. } => "Capability",
            Self::CapabilityShare { .. } => "CapabilityShare",
            Self::IdealPoint { .. } => "IdealPoint",
            Self::IdealPointDistance { .. } => "IdealPointDistance",
            Self::IdealPointSpread { .. } => "IdealPointSpread",
            Self::VotingAgreement { .. } => "VotingAgreement",
            Self::Threat { .. } => "Threat",
            Self::Stress { .. } => "Stress",
            Self::Salience { .. } => "Salience",
            Self::Commitment { .. } => "Commitment",
            Self::RegimeDistance { .. } => "RegimeDistance",
            Self::AgendaShare { .. } => "AgendaShare",
        }
    }

    /// Unit, empty if dimensionless.
    pub const fn unit(&self) -> &'static str {
        match self {
            Self::Gdp { ppp: false, .. } => "million USD of the figures' year",
            Self::Gdp { ppp: true, .. } => "million int$ of the figures' year",
            _ => "",
        }
    }

    /// The range in which values are expected.
    pub fn range(&self, scenario: &Scenario) -> (f64, f64) {
        let actor = |idx: &ActorIdx| &scenario.world.actors[*idx];
        match self {
            Self::Gdp { actor: a, ppp } => {
                let own = actor(a);
                let leaf = if *ppp { own.gdp_ppp_musd } else { own.gdp_musd };
                (0.0, GROWTH_EXPECTED * scenario.value(leaf).max(1.0))
            }
            Self::IdealPoint { .. } => (-4.0, 4.0),
            Self::IdealPointDistance { .. }
            | Self::IdealPointSpread { .. }
            | Self::Threat { .. } => (0.0, 4.0),
            Self::Stress { .. } => (-2.0, 2.0),
            Self::GdpShare { .. }
            | Self::Capability { .. }
            | Self::CapabilityShare { .. }
            | Self::VotingAgreement { .. }
            | Self::Salience { .. }
            | Self::Commitment { .. }
            | Self::RegimeDistance { .. }
            | Self::AgendaShare { .. } => (0.0, 1.0),
        }
    }

    /// The name of its column in tables, `gdp_share.A@B+C`.
    pub fn column(&self, scenario: &Scenario) -> String {
        let world = &scenario.world;
        let actor = |idx: &ActorIdx| &world.actors[*idx].id;
        let org = |idx: &OrganisationIdx| &world.organisations[*idx].id;
        let among = |group: &Group| members(scenario, group, "+");
        let ppp = |ppp: &bool| if *ppp { "_ppp" } else { "" };
        match self {
            Self::Gdp { actor: a, ppp: p } => format!("gdp{}.{}", ppp(p), actor(a)),
            Self::GdpShare {
                actor: a,
                among: g,
                ppp: p,
            } => {
                format!("gdp_share{}.{}.{}", ppp(p), actor(a), among(g))
            }
            Self::Capability { actor: a } => format!("capability.{}", actor(a)),
            Self::CapabilityShare { actor: a, among: g } => {
                format!("capability_share.{}.{}", actor(a), among(g))
            }
            Self::IdealPoint { actor: a } => format!("ideal_point.{}", actor(a)),
            Self::IdealPointDistance { among: g } => format!("ideal_point_distance.{}", among(g)),
            Self::IdealPointSpread { among: g } => format!("ideal_point_spread.{}", among(g)),
            Self::VotingAgreement { among: g } => format!("voting_agreement.{}", among(g)),
            Self::Threat { actor: a, threat } => {
                format!("threat.{}.{}", actor(a), world.threats[*threat].id)
            }
            Self::Stress { actor: a, domain } => format!("stress.{}.{}", actor(a), domain.name()),
            Self::Salience { actor: a, domain } => {
                format!("salience.{}.{}", actor(a), domain.name())
            }
            Self::Commitment { actor: a, org: o } => format!("commitment.{}.{}", actor(a), org(o)),
            Self::RegimeDistance { source, target } => {
                format!("regime_distance.{}-{}", actor(source), actor(target))
            }
            Self::AgendaShare { org: o, domain } => format!("agenda.{}.{}", org(o), domain.name()),
        }
    }

    /// A short title without its month, such as `Commitment of A to B`.
    pub fn title(&self, scenario: &Scenario) -> String {
        let world = &scenario.world;
        let actor = |idx: &ActorIdx| &world.actors[*idx].id;
        let org = |idx: &OrganisationIdx| &world.organisations[*idx].id;
        let among = |group: &Group| members(scenario, group, ", ");
        let ppp = |ppp: &bool| {
            if *ppp {
                " at purchasing power parity"
            } else {
                ""
            }
        };
        match self {
            Self::Gdp { actor: a, ppp: p } => format!("GDP{} of {}", ppp(p), actor(a)),
            Self::GdpShare {
                actor: a,
                among: g,
                ppp: p,
            } => {
                format!("GDP{} of {} over that of {}", ppp(p), actor(a), among(g))
            }
            Self::Capability { actor: a } => format!("Capability of {}", actor(a)),
            Self::CapabilityShare { actor: a, among: g } => {
                format!("Capability of {} over that of {}", actor(a), among(g))
            }
            Self::IdealPoint { actor: a } => format!("Ideal point of {}", actor(a)),
            Self::IdealPointDistance { among: g } => {
                format!("Mean distance of ideal points among {}", among(g))
            }
            Self::IdealPointSpread { among: g } => {
                format!("Spread of ideal points among {}", among(g))
            }
            Self::VotingAgreement { among: g } => format!("Voting agreement among {}", among(g)),
            Self::Threat { actor: a, threat } => {
                format!(
                    "{} as {} perceives it",
                    world.threats[*threat].title,
                    actor(a)
                )
            }
            Self::Stress { actor: a, domain } => {
                format!("Stress of {} over {}", actor(a), domain.name())
            }
            Self::Salience { actor: a, domain } => {
                format!("Salience of {} to {}", domain.name(), actor(a))
            }
            Self::Commitment { actor: a, org: o } => {
                format!("Commitment of {} to {}", actor(a), org(o))
            }
            Self::RegimeDistance { source, target } => {
                format!("Regime distance of {} and {}", actor(source), actor(target))
            }
            Self::AgendaShare { org: o, domain } => {
                format!("Share of {} in the agenda of {}", domain.name(), org(o))
            }
        }
    }
}

/// Growth within a run beyond which values are clipped in histograms.
const GROWTH_EXPECTED: f64 = 8.0;

/// Who is in a group, in words.
fn members(scenario: &Scenario, group: &Group, between: &str) -> String {
    let world = &scenario.world;
    match group {
        Group::Actors(actors) => {
            let ids: Vec<&str> = actors
                .iter()
                .map(|&idx| world.actors[idx].id.as_str())
                .collect();
            ids.join(between)
        }
        Group::Members(org) => format!("members of {}", world.organisations[*org].id),
        Group::Bloc(bloc) => world.blocs[*bloc].id.clone(),
        Group::Parties => "parties".to_owned(),
    }
}
