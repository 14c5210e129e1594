//! The validated scenario: what is asked and what the world is, with every number as a leaf.
//!
//! Made by the decoder in this crate, read by `sim` (which lets it happen) and by the faces (which
//! show it). References between things are indices into the vectors of [`World`] and [`Scenario`];
//! they are valid by construction.

use serde::Serialize;

use crate::claim::Expectation;
use crate::date::{Month, Time};
use crate::fact::Fact;
use crate::leaf::{Leaf, Leaves};

/// Index into [`World::actors`].
pub type ActorIdx = usize;
/// Index into [`World::organisations`].
pub type OrganisationIdx = usize;
/// Index into [`World::elements`].
pub type ElementIdx = usize;
/// Index into [`World::drivers`].
pub type DriverIdx = usize;
/// Index into [`World::threats`].
pub type ThreatIdx = usize;
/// Index into [`World::blocs`].
pub type BlocIdx = usize;
/// Index into [`Scenario::initiatives`].
pub type InitiativeIdx = usize;
/// Index into [`Scenario::shocks`].
pub type ShockIdx = usize;
/// Index into [`Scenario::policies`].
pub type PolicyIdx = usize;
/// Index into [`Initiative::ladder`].
pub type RungIdx = usize;

/// One question to the engine, complete and checked.
#[derive(Debug, Clone, Serialize)]
pub struct Scenario {
    /// Name of the file without folder and ending, `csto-integration`.
    pub name: String,
    /// Title.
    pub title: String,
    /// The question asked.
    pub question: String,
    /// Sources of the scenario as a whole.
    pub sources: Vec<String>,
    /// Span and step.
    pub time: Time,
    /// The organisation whose cohesion leads the report.
    pub focus: OrganisationIdx,
    /// The world.
    pub world: World,
    /// Parameters of the law, in catalogue order.
    pub params: Vec<Leaf>,
    /// Weights of the five parts of the cohesion index, in the order of [`CohesionPart::ALL`].
    pub cohesion_weights: [Leaf; 5],
    /// Whether the analysts' stances count (`true` unless the file or the caller says otherwise).
    pub stances: bool,
    /// Initiatives.
    pub initiatives: Vec<Initiative>,
    /// Shocks.
    pub shocks: Vec<Shock>,
    /// What may be so or otherwise for a whole history.
    pub alternatives: Vec<Alternatives>,
    /// Uncertain inputs: of the world first, then of the scenario; one for each leaf at most.
    pub uncertainties: Vec<Uncertainty>,
    /// Rank correlations between uncertain leaves.
    pub correlations: Vec<Correlation>,
    /// Policies beside the base case.
    pub policies: Vec<Policy>,
    /// Outcomes recorded for every replicate.
    pub outcomes: Vec<Outcome>,
    /// Expectations of the file.
    pub expect: Vec<Expectation>,
    /// What the expectations change beside policies, as nameless policies: number `policies.len() + i`
    /// means the `i`th of these, see [`Scenario::with_changes`].
    pub changes: Vec<Policy>,
    /// Every number under its path.
    pub leaves: Leaves,
}

impl Scenario {
    /// The value of a leaf in the base case.
    pub fn value(&self, leaf: Leaf) -> f64 {
        self.leaves.value(leaf)
    }

    /// The same scenario with the changes of its expectations among its policies, as they are judged.
    #[must_use]
    pub fn with_changes(&self) -> Self {
        let mut all = self.clone();
        all.policies.append(&mut all.changes);
        all
    }
}

/// What the world is.
#[derive(Debug, Clone, Serialize)]
pub struct World {
    /// Title.
    pub title: String,
    /// The month the figures describe.
    pub as_of: Month,
    /// Licences of the sources, as one text.
    pub licence: String,
    /// Actors in the order of their numbers.
    pub actors: Vec<Actor>,
    /// All unordered pairs, ordered by (source, target) index, source < target.
    pub dyads: Vec<Dyad>,
    /// Organisations in the order of their numbers.
    pub organisations: Vec<Organisation>,
    /// Catalogue of institutional elements, by id.
    pub elements: Vec<Element>,
    /// Drivers in the order of their numbers.
    pub drivers: Vec<Driver>,
    /// Threats, by id.
    pub threats: Vec<Threat>,
    /// Outside blocs, by id.
    pub blocs: Vec<Bloc>,
    /// The driver that is the energy price relative to the world's year (1 if there is none).
    pub energy_price: Option<DriverIdx>,
    /// Unit, year and source of each column of the tables.
    pub figures: Vec<Figure>,
}

/// Where the figures of one table column come from.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Column path, `actors.capability_share`.
    pub column: String,
    /// Unit.
    pub unit: String,
    /// Year or years the figures describe.
    pub year: String,
    /// Source.
    pub source: String,
    /// Whether it is a judgement.
    pub judgement: bool,
}

/// Whether an actor is one state or several seen as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ActorKind {
    /// A state.
    State,
    /// A collective actor; it holds those members that are not actors themselves.
    Collective,
}

/// The three domains of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Domain {
    /// Oil and gas.
    Energy,
    /// Goods.
    Trade,
    /// Security.
    Security,
}

impl Domain {
    /// In the order of every array over domains.
    pub const ALL: [Self; 3] = [Self::Energy, Self::Trade, Self::Security];

    /// The name used in paths.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Trade => "trade",
            Self::Security => "security",
        }
    }
}

/// A state or a collective actor.
#[derive(Debug, Clone, Serialize)]
pub struct Actor {
    /// Id used in files, `CHN`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Stable 16-bit number that keys this actor's draws; never reused.
    pub number: u16,
    /// State or collective.
    pub kind: ActorKind,
    /// ISO 3166 numeric code for maps.
    pub map_code: Option<u16>,
    /// Share of world capability `[CINC]`, 0..=1.
    pub capability_share: Leaf,
    /// Gross domestic product [million current USD], > 0.
    pub gdp_musd: Leaf,
    /// Income [USD PPP per head], > 0.
    pub gdp_per_head_usd: Leaf,
    /// Population `[thousand]`, >= 0; only rules with a population clause read it.
    pub population_thousand: Leaf,
    /// Electoral democracy, 0..=1.
    pub polyarchy: Leaf,
    /// UNGA ideal point, -3..=3; higher is nearer the US-led order.
    pub ideal_point: Leaf,
    /// Weights on energy, trade, security; not negative.
    pub salience: [Leaf; 3],
    /// Value set on sovereignty, 0..=1.
    pub autonomy: Leaf,
    /// Leadership ambition, 0..=1.
    pub ambition: Leaf,
    /// Net exports of oil and gas [`TWh` a year], negative for an importer.
    pub net_fuel_export_twh: Leaf,
    /// Share of fuel in exports, 0..=1.
    pub fuel_export_share: Leaf,
    /// How much the actor's territory matters for transit, 0..=1.
    pub transit_role: Leaf,
    /// Gross domestic product at purchasing power parity [million int$], 0 where it is not known.
    pub gdp_ppp_musd: Leaf,
    /// Growth of GDP [log per year].
    pub growth_per_year: Leaf,
    /// Chance in the growth of GDP [log per square root of a year], >= 0.
    pub growth_volatility: Leaf,
    /// Multiplier of the exposure to each threat (the exposure itself when the threat is `Direct`), >= 0.
    pub exposure: Vec<Leaf>,
    /// Nearness of each bloc's military alliance, 0..=1.
    pub proximity: Vec<Leaf>,
    /// Weight of each bloc's presence near the actor, 0..=1.
    pub presence: Vec<Leaf>,
}

/// An unordered pair of actors, `source` before `target` in the actor table.
#[derive(Debug, Clone, Serialize)]
pub struct Dyad {
    /// First actor.
    pub source: ActorIdx,
    /// Second actor.
    pub target: ActorIdx,
    /// Flow from source to target [million USD a year].
    pub trade_out_musd: Leaf,
    /// Flow from target to source [million USD a year].
    pub trade_in_musd: Leaf,
    /// Pipelines, grids and the like between them, 0..=1.
    pub energy_link: Leaf,
    /// Rivalry, 0..=1.
    pub rivalry: Leaf,
    /// Contiguity, 0..=1 (1 a land border).
    pub contiguity: Leaf,
    /// Defence pact or alliance tie, 0..=1.
    pub pact: Leaf,
    /// Distance `[km]`.
    pub distance_km: Leaf,
    /// Militarised disputes in the ten years before.
    pub disputes_10y: Leaf,
    /// Affinity at the start, if the world gives it (otherwise it is derived from similarity).
    pub affinity: Option<Leaf>,
    /// Added to the affinity at the start, -1..=1.
    pub affinity_shift: Leaf,
}

/// What a seat in an organisation is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Status {
    /// No tie.
    Outsider,
    /// Dialogue partner.
    Partner,
    /// Observer.
    Observer,
    /// Candidate for membership.
    Candidate,
    /// Full member.
    Member,
    /// Membership suspended.
    Suspended,
}

impl Status {
    /// All, in code order: the code of a status is its place here.
    pub const ALL: [Self; 6] = [
        Self::Outsider,
        Self::Partner,
        Self::Observer,
        Self::Candidate,
        Self::Member,
        Self::Suspended,
    ];

    /// The code used in lanes.
    #[inline]
    pub const fn code(self) -> usize {
        self as usize
    }

    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outsider => "Outsider",
            Self::Partner => "Partner",
            Self::Observer => "Observer",
            Self::Candidate => "Candidate",
            Self::Member => "Member",
            Self::Suspended => "Suspended",
        }
    }
}

/// An organisation.
#[derive(Debug, Clone, Serialize)]
pub struct Organisation {
    /// Id, `SCO`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Stable number that keys draws.
    pub number: u16,
    /// Decision rule.
    pub rule: Rule,
    /// Share of a vote that an observer has where the rule weighs votes, 0..=1.
    pub observer_vote: Leaf,
    /// Months of the year in which it meets, 1..=12, ascending.
    pub meetings: Vec<i32>,
    /// Everyone with a status other than outsider at the start.
    pub seats: Vec<(ActorIdx, Status)>,
    /// Declared level of each element of the catalogue at the start, 0..=1.
    pub levels: Vec<Leaf>,
    /// Hazard of leaving of an indifferent member [per year].
    pub exit_per_year: Leaf,
    /// Whether its treaty forbids full membership of another organisation with a mutual-assistance article.
    pub exclusive: bool,
    /// The bloc whose military alliance this organisation is, if any.
    pub bloc: Option<BlocIdx>,
    /// Full members that are counted without being actors, >= 0.
    pub counted_seats: Leaf,
    /// Candidates that are counted without being actors.
    pub counted_candidates: u16,
    /// Hazard of accession of each of them [per year], >= 0.
    pub counted_accession_per_year: Leaf,
}

impl Organisation {
    /// Whether it counts members or candidates that are not actors. A collective actor's seat then stands for them.
    pub fn counts_others(&self, leaves: &Leaves) -> bool {
        self.counted_candidates > 0 || leaves.value(self.counted_seats) > 0.0
    }
}

/// How a body decides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Rule {
    /// The deepest rung nobody blocks.
    Consensus,
    /// Those who lose too much to say yes may stand aside instead of blocking, if enough do not.
    ConsensusWithAbstention {
        /// Share of the voters who must not abstain, 0..=1.
        quorum: Leaf,
        /// Loss up to which a voter still says yes, in thresholds of blocking, >= 0.
        swallow: Leaf,
        /// Loss beyond which a voter blocks instead of abstaining, in thresholds of blocking, >= `swallow`.
        block: Leaf,
    },
    /// The deepest rung that somebody gains from and no veto player blocks.
    VetoPlayers {
        /// Who may veto, at least one.
        players: Vec<ActorIdx>,
    },
    /// Those who want take part, if at least `min` do.
    OptIn {
        /// Smallest number of participants, >= 1.
        min: u32,
    },
    /// More than half of the votes, none of the vetoers against.
    SimpleMajority {
        /// Who may veto.
        vetoes: Vec<ActorIdx>,
    },
    /// Enough of the weights, of the members and of the population in favour, none of the vetoers against.
    QualifiedMajority {
        /// Share of the weights needed, 0.5..=1.
        quota: Leaf,
        /// What weighs.
        weights: Weights,
        /// Who may veto.
        vetoes: Vec<ActorIdx>,
        /// Votes that each has by treaty; if there are any, they weigh, and who is not listed has none.
        votes: Vec<(ActorIdx, Leaf)>,
        /// Share of the number of members needed as well, 0..=1.
        members: Leaf,
        /// Share of the population of the members needed as well, 0..=1.
        population: Leaf,
        /// Fewer opponents than this cannot stop a rung, >= 1.
        blocking_min: u32,
    },
    /// The weighted median of the positions (Black 1948).
    WeightedMedian {
        /// What weighs.
        weights: Weights,
    },
    /// The mean of the positions, weighted by what weighs times salience (Achen 2006; van den Bos 1991).
    CompromiseMean {
        /// What weighs.
        weights: Weights,
    },
    /// The weighted median after rounds of challenges (Scholz, Calbert and Smith 2011).
    Challenge {
        /// What weighs.
        weights: Weights,
        /// Most rounds, 1..=100.
        rounds: u32,
    },
    /// The rung that maximises the weighted product of the gains (Nash 1950).
    NashBargaining {
        /// What weighs.
        weights: Weights,
    },
}

/// What weighs under a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Weights {
    /// One each.
    Equal,
    /// Capability share.
    Capability,
    /// Gross domestic product.
    Gdp,
    /// Population.
    Population,
}

impl Weights {
    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "Equal",
            Self::Capability => "Capability",
            Self::Gdp => "Gdp",
            Self::Population => "Population",
        }
    }
}

impl Rule {
    /// What weighs under the rule, one each if nothing does.
    #[must_use]
    pub const fn weights(&self) -> Weights {
        match self {
            Self::QualifiedMajority { weights, .. }
            | Self::WeightedMedian { weights }
            | Self::CompromiseMean { weights }
            | Self::Challenge { weights, .. }
            | Self::NashBargaining { weights } => *weights,
            Self::Consensus
            | Self::ConsensusWithAbstention { .. }
            | Self::VetoPlayers { .. }
            | Self::OptIn { .. }
            | Self::SimpleMajority { .. } => Weights::Equal,
        }
    }

    /// Whether it weighs votes, so that part of a vote has a meaning.
    #[must_use]
    pub const fn weighs(&self) -> bool {
        match self {
            Self::SimpleMajority { .. }
            | Self::QualifiedMajority { .. }
            | Self::WeightedMedian { .. }
            | Self::CompromiseMean { .. }
            | Self::Challenge { .. } => true,
            Self::Consensus
            | Self::ConsensusWithAbstention { .. }
            | Self::VetoPlayers { .. }
            | Self::OptIn { .. }
            | Self::NashBargaining { .. } => false,
        }
    }

    /// Who may veto by name.
    #[must_use]
    pub fn vetoes(&self) -> &[ActorIdx] {
        match self {
            Self::SimpleMajority { vetoes } | Self::QualifiedMajority { vetoes, .. } => vetoes,
            Self::VetoPlayers { players } => players,
            Self::Consensus
            | Self::ConsensusWithAbstention { .. }
            | Self::OptIn { .. }
            | Self::WeightedMedian { .. }
            | Self::CompromiseMean { .. }
            | Self::Challenge { .. }
            | Self::NashBargaining { .. } => &[],
        }
    }

    /// Whether a decision may pass over the objections of some of those bound by it.
    #[must_use]
    pub const fn outvotes(&self) -> bool {
        match self {
            Self::VetoPlayers { .. }
            | Self::SimpleMajority { .. }
            | Self::QualifiedMajority { .. }
            | Self::WeightedMedian { .. }
            | Self::CompromiseMean { .. }
            | Self::Challenge { .. } => true,
            Self::Consensus
            | Self::ConsensusWithAbstention { .. }
            | Self::OptIn { .. }
            | Self::NashBargaining { .. } => false,
        }
    }
}

/// An institutional element of the catalogue.
#[derive(Debug, Clone, Serialize)]
pub struct Element {
    /// Id, `mutual-assistance`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Protection against each threat at full level, >= 0.
    pub protection: Vec<Leaf>,
    /// How deep it makes the organisation in energy, trade, security, 0..=1.
    pub depth: [Leaf; 3],
    /// Sovereignty cost at full level, >= 0.
    pub intrusiveness: Leaf,
    /// Signal towards each bloc at full level; positive is against the bloc, negative is cooperation.
    pub signal: Vec<Leaf>,
    /// Weight in the maturity index, >= 0.
    pub maturity: Leaf,
    /// Time to build it in full `[years]`, >= 0.
    pub build_years: Leaf,
    /// How far it coordinates exporters and importers, 0..=1.
    pub energy_coordination: Leaf,
    /// How far it binds energy policy and prices, 0..=1.
    pub energy_binding: Leaf,
    /// How far it opens trade, 0..=1.
    pub trade_opening: Leaf,
    /// How far it obliges members to defend one another, 0..=1.
    pub mutual_assistance: Leaf,
    /// Protection of energy infrastructure, 0..=1.
    pub infrastructure_protection: Leaf,
    /// Whether it is an article that forbids its members other alliances.
    pub exclusive: bool,
    /// Organisation whose members it brings in as followers.
    pub links_to: Option<OrganisationIdx>,
    /// Elements without which it is worth and built only in part.
    pub requires: Vec<ElementIdx>,
}

/// A threat.
#[derive(Debug, Clone, Serialize)]
pub struct Threat {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// How exposure arises.
    pub kind: ThreatKind,
    /// What drives its intensity.
    pub driver: DriverIdx,
    /// Share of protection that is a public good, 0..=1.
    pub public_share: Leaf,
}

/// How exposure to a threat arises.
#[derive(Debug, Clone, Serialize)]
pub enum ThreatKind {
    /// Spills over from an actor, fading with distance, heavier for the weak.
    Spillover {
        /// Where it comes from.
        origin: ActorIdx,
        /// Distance at which it has faded to 1/e `[km]`, > 0.
        scale_km: Leaf,
    },
    /// Military pressure of a bloc, by proximity, distance of affinity and the balance of capability.
    External {
        /// The bloc.
        bloc: BlocIdx,
    },
    /// A bloc's pressure on the regime, by lack of polyarchy and fragility.
    Regime {
        /// The bloc.
        bloc: BlocIdx,
    },
    /// The exposure column itself.
    Direct {
        /// The bloc whose military pressure it is, if it is one's.
        bloc: Option<BlocIdx>,
    },
}

impl ThreatKind {
    /// The bloc behind the threat, if there is one.
    pub const fn bloc(&self) -> Option<BlocIdx> {
        match self {
            Self::Spillover { .. } => None,
            Self::External { bloc } | Self::Regime { bloc } => Some(*bloc),
            Self::Direct { bloc } => *bloc,
        }
    }
}

/// An outside bloc.
#[derive(Debug, Clone, Serialize)]
pub struct Bloc {
    /// Id, `west`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Its members among the actors.
    pub members: Vec<ActorIdx>,
    /// Driver of its military presence in the region.
    pub presence: Option<DriverIdx>,
}

/// An exogenous stochastic process.
#[derive(Debug, Clone, Serialize)]
pub struct Driver {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Unit, empty for an index.
    pub unit: String,
    /// Stable number that keys draws.
    pub number: u16,
    /// The process.
    pub process: Process,
    /// Smallest value it may take.
    pub floor: Leaf,
    /// Largest value it may take.
    pub ceiling: Leaf,
    /// What the deviations of other drivers do to it, by driver.
    pub couplings: Vec<Coupling>,
}

/// What the deviation of one driver from its undisturbed course does to another.
#[derive(Debug, Clone, Serialize)]
pub struct Coupling {
    /// The driver that deviates.
    pub from: DriverIdx,
    /// Change of the mean (of what the process returns to, drifts or grows by, or lies at) for a deviation of 1; of the logarithm
    /// of its odds of rising for a chain.
    pub mean: Leaf,
    /// Change of the logarithm of the volatility (of the rate of jumps) for a deviation of 1.
    pub volatility: Leaf,
    /// Time in which the effect is felt to 63 % `[years]`, >= 0.
    pub lag_years: Leaf,
}

/// The law of a driver.
#[derive(Debug, Clone, Serialize)]
pub enum Process {
    /// A constant.
    Constant {
        /// The value.
        level: Leaf,
    },
    /// Dated values with straight lines between them.
    Path {
        /// Month and value, ascending.
        points: Vec<(Month, Leaf)>,
    },
    /// dD = rate (mean - D) dt + volatility dW.
    OrnsteinUhlenbeck {
        /// Value at the start.
        start: Leaf,
        /// Long-run mean.
        mean: Leaf,
        /// Speed of return [per year].
        rate: Leaf,
        /// Volatility [per square root of a year].
        volatility: Leaf,
    },
    /// d ln D = (growth - volatility²/2) dt + volatility dW.
    GeometricBrownian {
        /// Value at the start, > 0.
        start: Leaf,
        /// Growth [per year].
        growth: Leaf,
        /// Volatility [per square root of a year].
        volatility: Leaf,
    },
    /// dD = drift dt + volatility dW.
    RandomWalk {
        /// Value at the start.
        start: Leaf,
        /// Drift [per year].
        drift: Leaf,
        /// Volatility [per square root of a year].
        volatility: Leaf,
    },
    /// A chain over levels, with rates of moving to the next lower or higher level.
    Markov {
        /// Values of the states, at least two.
        levels: Vec<Leaf>,
        /// Index of the state at the start.
        start: usize,
        /// Rate of moving up [per year].
        up_per_year: Leaf,
        /// Rate of moving down [per year].
        down_per_year: Leaf,
    },
    /// Jumps of a size at a rate, decaying back to the base.
    Jumps {
        /// Value between jumps.
        base: Leaf,
        /// Jumps [per year].
        per_year: Leaf,
        /// Size of a jump.
        size: Leaf,
        /// Half-life of a jump `[years]`, > 0.
        half_life_years: Leaf,
    },
}

/// Who an effect speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Group {
    /// Named actors.
    Actors(Vec<ActorIdx>),
    /// Those who are full members of an organisation at the time.
    Members(OrganisationIdx),
    /// The members of a bloc.
    Bloc(BlocIdx),
    /// Those who took part in the decision (opt-in: those who joined).
    Parties,
}

/// The closed list of effects, used by initiatives, shocks and policies alike.
#[derive(Debug, Clone, Serialize)]
pub enum Effect {
    /// Declares an element at a level.
    ElementSet {
        /// Organisation.
        org: OrganisationIdx,
        /// Element.
        element: ElementIdx,
        /// Level, 0..=1.
        to: Leaf,
    },
    /// Adds to the declared level of an element (clamped to 0..=1).
    ElementAdd {
        /// Organisation.
        org: OrganisationIdx,
        /// Element.
        element: ElementIdx,
        /// Change, -1..=1.
        by: Leaf,
    },
    /// Changes an actor's status.
    StatusChange {
        /// Organisation.
        org: OrganisationIdx,
        /// Actor.
        actor: ActorIdx,
        /// New status.
        to: Status,
    },
    /// Shifts the affinity of every pair between two groups.
    AffinityShift {
        /// One side.
        from: Group,
        /// The other side.
        to: Group,
        /// Change, -2..=2.
        by: Leaf,
    },
    /// Scales trade of every pair between two groups.
    TradeScale {
        /// One side.
        from: Group,
        /// The other side.
        to: Group,
        /// Factor, >= 0.
        by: Leaf,
    },
    /// Adds to the energy link of every pair between two groups.
    EnergyLinkAdd {
        /// One side.
        from: Group,
        /// The other side.
        to: Group,
        /// Change, -1..=1.
        by: Leaf,
    },
    /// Shifts the level of a driver; a mean-reverting one returns.
    DriverShift {
        /// Driver.
        driver: DriverIdx,
        /// Change in the driver's unit.
        by: Leaf,
    },
    /// Shifts what a driver returns to (for processes without a mean: its level, for good).
    DriverMeanShift {
        /// Driver.
        driver: DriverIdx,
        /// Change in the driver's unit.
        by: Leaf,
        /// Whether the change grows with the capability of those who contribute (a common good).
        contributed: bool,
    },
    /// Adds to the exposure of actors to a threat.
    ExposureAdd {
        /// Who.
        group: Group,
        /// Threat.
        threat: ThreatIdx,
        /// Change of the exposure multiplier.
        by: Leaf,
    },
    /// Shifts ideal points.
    IdealPointShift {
        /// Who.
        group: Group,
        /// Change in ideal points.
        by: Leaf,
    },
    /// Multiplies a salience (then all are normalised).
    SalienceScale {
        /// Who.
        group: Group,
        /// Domain.
        domain: Domain,
        /// Factor, >= 0.
        by: Leaf,
    },
    /// Adds trust (negative: suspicion) between actors and a bloc, both ways.
    TrustShift {
        /// Who.
        group: Group,
        /// Bloc.
        bloc: BlocIdx,
        /// Change, -2..=2.
        by: Leaf,
    },
    /// Adopts a text that signals towards a bloc; fades with time.
    SignalAdd {
        /// Organisation.
        org: OrganisationIdx,
        /// Bloc.
        bloc: BlocIdx,
        /// Change; positive is against the bloc.
        by: Leaf,
    },
    /// Sends an organisation's forces into an actor, as far as the element is built: they calm what it protects against,
    /// and go home after a while.
    Deploy {
        /// Organisation.
        org: OrganisationIdx,
        /// Element that the forces belong to.
        element: ElementIdx,
        /// Where they go.
        actor: ActorIdx,
    },
    /// Adds to a bloc's presence in an actor, such as a base, and to a part of it near its neighbours.
    PresenceAdd {
        /// Host.
        actor: ActorIdx,
        /// Bloc.
        bloc: BlocIdx,
        /// Change, -1..=1.
        by: Leaf,
    },
    /// Changes the rule by which an organisation decides, where an initiative has none of its own.
    RuleChange {
        /// Organisation.
        org: OrganisationIdx,
        /// The rule from then on.
        rule: Rule,
    },
    /// Opens an initiative that starts closed.
    InitiativeOpen {
        /// Initiative.
        initiative: InitiativeIdx,
    },
    /// Closes an initiative.
    InitiativeClose {
        /// Initiative.
        initiative: InitiativeIdx,
    },
}

/// When an initiative is tabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Cadence {
    /// At every meeting of the venue.
    EveryMeeting,
    /// At the first meeting at least so many months after the last tabling.
    EveryMonths(i32),
}

/// A proposal put to parties.
#[derive(Debug, Clone, Serialize)]
pub struct Initiative {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Stable number that keys draws (hash of the id, unique in the scenario).
    pub number: u16,
    /// Venues whose members decide; each by its own rule, all must pass.
    pub venues: Vec<OrganisationIdx>,
    /// Parties named beside or instead of a venue.
    pub parties: Vec<ActorIdx>,
    /// Who tables it; empty: the party that gains most.
    pub sponsors: Vec<ActorIdx>,
    /// First month.
    pub from: Month,
    /// Last month, included.
    pub until: Month,
    /// When it is tabled.
    pub cadence: Cadence,
    /// A rule that replaces the venue's.
    pub rule: Option<Rule>,
    /// Months in which named parties meet when there is no venue, 1..=12.
    pub meetings: Vec<i32>,
    /// Whether it is open at the start.
    pub open: bool,
    /// Whether it is held again and again: decided anew at every meeting of its cadence, from the first rung.
    pub recurring: bool,
    /// What must hold for it to be tabled.
    pub conditions: Vec<Condition>,
    /// Rungs, shallow to deep.
    pub ladder: Vec<Rung>,
    /// Analyst's stances with their source.
    pub stances: Vec<Stance>,
}

/// One rung of a ladder.
#[derive(Debug, Clone, Serialize)]
pub struct Rung {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Depth, 0..=1, rising along the ladder.
    pub depth: Leaf,
    /// Planned time to build `[years]`; its effects then apply on completion. None: on adoption.
    pub build_years: Option<Leaf>,
    /// Effects when adopted, or when built.
    pub effects: Vec<Effect>,
}

/// An analyst's stance.
#[derive(Debug, Clone, Serialize)]
pub struct Stance {
    /// Whose.
    pub actor: ActorIdx,
    /// Value, -1..=1.
    pub value: Leaf,
    /// Source.
    pub source: String,
}

/// A condition on the state of the world.
#[derive(Debug, Clone, Serialize)]
pub enum Condition {
    /// A built element level.
    LevelAtLeast {
        /// Organisation.
        org: OrganisationIdx,
        /// Element.
        element: ElementIdx,
        /// Level.
        level: Leaf,
    },
    /// A driver above a level.
    DriverAbove {
        /// Driver.
        driver: DriverIdx,
        /// Level.
        level: Leaf,
    },
    /// A driver below a level.
    DriverBelow {
        /// Driver.
        driver: DriverIdx,
        /// Level.
        level: Leaf,
    },
    /// An initiative adopted at a rung or deeper.
    Adopted {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung.
        rung: RungIdx,
    },
    /// A shock fired, at most so many months ago.
    ShockWithin {
        /// Shock.
        shock: ShockIdx,
        /// Months.
        months: i32,
    },
    /// What a rung of an initiative builds is complete.
    Completed {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung.
        rung: RungIdx,
    },
    /// An actor's status is exactly this.
    HasStatus {
        /// Actor.
        actor: ActorIdx,
        /// Organisation.
        org: OrganisationIdx,
        /// Status.
        status: Status,
    },
}

/// When a shock happens.
#[derive(Debug, Clone, Serialize)]
pub enum Timing {
    /// At a rate [per year], once.
    OncePerYear(Leaf),
    /// At a rate [per year], again and again.
    PerYear(Leaf),
    /// At a date, with a probability.
    At {
        /// Month.
        month: Month,
        /// Probability, 0..=1.
        probability: Leaf,
    },
    /// Some time in a span, with a probability.
    Between {
        /// First month.
        from: Month,
        /// Last month.
        until: Month,
        /// Probability, 0..=1.
        probability: Leaf,
    },
}

/// A shock.
#[derive(Debug, Clone, Serialize)]
pub struct Shock {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Stable number that keys draws.
    pub number: u16,
    /// When.
    pub timing: Timing,
    /// Effects.
    pub effects: Vec<Effect>,
}

/// A named set of changes that a decision-maker controls.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Month in which its effects apply (the start of the scenario by default).
    pub from: Month,
    /// Effects, applied once in that month.
    pub effects: Vec<Effect>,
    /// Leaves with a new value from the start; a drawn leaf keeps its deviation from the base value.
    pub set: Vec<(Leaf, f64)>,
}

/// An uncertain input.
#[derive(Debug, Clone, Serialize)]
pub struct Uncertainty {
    /// The leaf.
    pub leaf: Leaf,
    /// Its distribution.
    pub distribution: Distribution,
}

/// A family of distributions that can be fitted to elicited quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Family {
    /// Two halves of normals, joined at the median: meets any quantiles.
    SplitNormal,
    /// Normal.
    Normal,
    /// Lognormal.
    LogNormal,
    /// Triangular.
    Triangular,
    /// PERT.
    Pert,
    /// Beta on 0 to 1.
    Beta,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SplitNormal,
        Self::Normal,
        Self::LogNormal,
        Self::Triangular,
        Self::Pert,
        Self::Beta,
    ];

    /// The word in a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SplitNormal => "SplitNormal",
            Self::Normal => "Normal",
            Self::LogNormal => "LogNormal",
            Self::Triangular => "Triangular",
            Self::Pert => "Pert",
            Self::Beta => "Beta",
        }
    }
}

/// What may be so or otherwise for a whole history: one option is drawn for each replicate.
#[derive(Debug, Clone, Serialize)]
pub struct Alternatives {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// The place of the option in force, from 0.
    pub leaf: Leaf,
    /// Options, at least two; the first is the base case.
    pub options: Vec<AlternativeOption>,
}

/// One of several alternatives.
#[derive(Debug, Clone, Serialize)]
pub struct AlternativeOption {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Weight, > 0.
    pub weight: f64,
    /// Effects, applied at the start where it is drawn.
    pub effects: Vec<Effect>,
}

/// The distribution of an uncertain input. A draw is clamped to the leaf's valid range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Distribution {
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, > 0.
        sd: f64,
    },
    /// Lognormal, by the parameters of the logarithm.
    LogNormal {
        /// Median, > 0.
        median: f64,
        /// Standard deviation of the logarithm, > 0.
        log_sd: f64,
    },
    /// Uniform.
    Uniform {
        /// Low end.
        low: f64,
        /// High end.
        high: f64,
    },
    /// Triangular.
    Triangular {
        /// Low end.
        low: f64,
        /// Mode.
        mode: f64,
        /// High end.
        high: f64,
    },
    /// PERT (beta on a range with a mode).
    Pert {
        /// Low end.
        low: f64,
        /// Mode.
        mode: f64,
        /// High end.
        high: f64,
    },
    /// Beta on 0..=1.
    Beta {
        /// First shape, > 0.
        alpha: f64,
        /// Second shape, > 0.
        beta: f64,
    },
    /// A distribution cut to a range.
    Truncated {
        /// What is cut.
        of: Box<Self>,
        /// Low end.
        low: f64,
        /// High end.
        high: f64,
    },
    /// Values with weights, ascending by value.
    Discrete(Vec<(f64, f64)>),
    /// Elicited 5, 50 and 95 % quantiles, joined by split normals.
    Quantiles {
        /// 5 % quantile.
        p5: f64,
        /// Median.
        p50: f64,
        /// 95 % quantile.
        p95: f64,
    },
    /// A named family fitted to elicited quantiles.
    Elicited {
        /// 5 % quantile asked for.
        p5: f64,
        /// Median asked for.
        p50: f64,
        /// 95 % quantile asked for.
        p95: f64,
        /// The family.
        family: Family,
        /// Its member that comes nearest.
        of: Box<Self>,
    },
    /// Observed values, each as likely, ascending.
    Empirical(Vec<f64>),
    /// Base value plus a normal deviation.
    Around {
        /// Standard deviation, > 0.
        sd: f64,
    },
    /// Base value times a lognormal factor with median 1.
    Scaled {
        /// Standard deviation of the logarithm, > 0.
        log_sd: f64,
    },
    /// The catalogue's own triangular range of a parameter.
    Prior,
}

/// A rank correlation between two uncertain leaves.
#[derive(Debug, Clone, Serialize)]
pub struct Correlation {
    /// One leaf.
    pub first: Leaf,
    /// The other leaf.
    pub second: Leaf,
    /// Rank correlation, -1..=1.
    pub value: f64,
}

/// The five parts of the cohesion index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum CohesionPart {
    /// Capability-weighted mean affinity, as (A + 1) / 2.
    Affinity,
    /// Agreement over recent decisions.
    Agreement,
    /// Trade and energy within the group.
    Interdependence,
    /// Maturity of its institutions.
    Institutions,
    /// Share delivered and share of content members.
    Commitment,
}

impl CohesionPart {
    /// All, in the order of every array over parts.
    pub const ALL: [Self; 5] = [
        Self::Affinity,
        Self::Agreement,
        Self::Interdependence,
        Self::Institutions,
        Self::Commitment,
    ];

    /// The name used in paths.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Affinity => "affinity",
            Self::Agreement => "agreement",
            Self::Interdependence => "interdependence",
            Self::Institutions => "institutions",
            Self::Commitment => "commitment",
        }
    }
}

/// The seven terms of the utility of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Term {
    /// Energy.
    Energy,
    /// Trade.
    Trade,
    /// Security.
    Security,
    /// Affinity.
    Affinity,
    /// Influence.
    Influence,
    /// Autonomy (a cost).
    Autonomy,
    /// Outside blocs (a cost when positive antagonism).
    Outside,
}

impl Term {
    /// All, in the order of every array over terms.
    pub const ALL: [Self; 7] = [
        Self::Energy,
        Self::Trade,
        Self::Security,
        Self::Affinity,
        Self::Influence,
        Self::Autonomy,
        Self::Outside,
    ];

    /// The name used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Trade => "trade",
            Self::Security => "security",
            Self::Affinity => "affinity",
            Self::Influence => "influence",
            Self::Autonomy => "autonomy",
            Self::Outside => "outside",
        }
    }
}

/// An event whose time can be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum EventKind {
    /// A rung of an initiative (or a deeper one) is adopted.
    Adoption {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung; the first one if not given.
        rung: RungIdx,
    },
    /// What a rung builds is complete (a rung that builds nothing: when it is adopted).
    Completion {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung; the first one if not given.
        rung: RungIdx,
    },
    /// What a rung was building is given up.
    Abandonment {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung; the first one if not given.
        rung: RungIdx,
    },
    /// A recurring initiative is held.
    Holding {
        /// Initiative.
        initiative: InitiativeIdx,
        /// At this rung or deeper.
        rung: RungIdx,
        /// Only with everyone who has a voice taking part.
        all: bool,
    },
    /// A member leaves (any, if no actor is given).
    Withdrawal {
        /// Organisation.
        org: OrganisationIdx,
        /// Actor.
        actor: Option<ActorIdx>,
    },
    /// A member is suspended or suspends itself.
    Suspension {
        /// Organisation.
        org: OrganisationIdx,
        /// Actor.
        actor: Option<ActorIdx>,
    },
    /// An actor becomes a full member.
    Accession {
        /// Organisation.
        org: OrganisationIdx,
        /// Actor.
        actor: Option<ActorIdx>,
    },
    /// A dispute between two actors (any pair of members of `org`, if given).
    Dispute {
        /// The pair, if one is asked for.
        pair: Option<(ActorIdx, ActorIdx)>,
        /// Members of this organisation only.
        org: Option<OrganisationIdx>,
        /// Lethal ones only.
        lethal: bool,
    },
    /// An actor rises to at least a status from below it (suspended counts as none).
    StatusGained {
        /// Organisation.
        org: OrganisationIdx,
        /// Actor; anyone if not given.
        actor: Option<ActorIdx>,
        /// Status.
        status: Status,
    },
    /// A blocker is compensated for letting a rung pass.
    Payment {
        /// Initiative; any, if none is given.
        initiative: Option<InitiativeIdx>,
        /// Who is paid; anyone, if no actor is given.
        actor: Option<ActorIdx>,
    },
    /// A shock fires.
    Shock {
        /// Shock.
        shock: ShockIdx,
    },
    /// An organisation's forces are sent into an actor.
    Deployment {
        /// Organisation.
        org: OrganisationIdx,
        /// Where; anywhere, if not given.
        actor: Option<ActorIdx>,
    },
    /// A bloc's presence in an actor grows (a base opens) or shrinks (one closes).
    Base {
        /// Bloc.
        bloc: BlocIdx,
        /// Host; anyone, if not given.
        actor: Option<ActorIdx>,
        /// Whether it grows.
        opened: bool,
    },
}

/// One quantity asked of every replicate: a number, or a truth value as 0 or 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Outcome {
    /// Cohesion index of an organisation, 0..=1.
    Cohesion {
        /// Organisation.
        org: OrganisationIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// One part of the cohesion index.
    CohesionPart {
        /// Organisation.
        org: OrganisationIdx,
        /// Part.
        part: CohesionPart,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Maturity index, 0..=1.
    Maturity {
        /// Organisation.
        org: OrganisationIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Delivered over declared, 0..=1.
    Implementation {
        /// Organisation.
        org: OrganisationIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Built level of an element, 0..=1.
    Level {
        /// Organisation.
        org: OrganisationIdx,
        /// Element.
        element: ElementIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Number of actors with a status.
    Count {
        /// Organisation.
        org: OrganisationIdx,
        /// Status.
        status: Status,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Whether an actor has at least this status (suspended counts as none).
    HasStatus {
        /// Actor.
        actor: ActorIdx,
        /// Organisation.
        org: OrganisationIdx,
        /// Status.
        status: Status,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Whether a rung, or a deeper one, is adopted.
    Adopted {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung.
        rung: RungIdx,
        /// Month; the end if not given.
        by: Option<Month>,
    },
    /// Whether what a rung builds is complete (a rung that builds nothing: whether it is adopted).
    Completed {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Rung.
        rung: RungIdx,
        /// Month; the end if not given.
        by: Option<Month>,
    },
    /// Whether an actor took part in what was adopted or held.
    TookPart {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Actor.
        actor: ActorIdx,
        /// Month; the end if not given.
        by: Option<Month>,
    },
    /// Share of adoptions or holdings in which an actor took part (mean over all with a voice, if none is given);
    /// absent if there was none.
    ParticipationShare {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Actor; everybody if not given.
        actor: Option<ActorIdx>,
    },
    /// Depth of the deepest rung adopted, 0 if none.
    Depth {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Share of an initiative's tablings that an actor blocked; absent if never tabled.
    BlockShare {
        /// Initiative.
        initiative: InitiativeIdx,
        /// Actor.
        actor: ActorIdx,
    },
    /// Years from the start to an event; absent if it does not happen.
    TimeTo {
        /// Event.
        event: EventKind,
    },
    /// Number of events between two months, both included.
    EventCount {
        /// Event.
        event: EventKind,
        /// Month; the start if not given.
        from: Option<Month>,
        /// Month; the end if not given.
        by: Option<Month>,
    },
    /// Whether an event happens between two months, both included.
    Happened {
        /// Event.
        event: EventKind,
        /// Month; the start if not given.
        from: Option<Month>,
        /// Month; the end if not given.
        by: Option<Month>,
    },
    /// Level of a driver.
    DriverLevel {
        /// Driver.
        driver: DriverIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Affinity of a pair, -1..=1.
    Affinity {
        /// One actor.
        source: ActorIdx,
        /// The other actor.
        target: ActorIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Trust of an actor towards a bloc, -1..=1.
    Trust {
        /// Actor.
        actor: ActorIdx,
        /// Bloc.
        bloc: BlocIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Weight of a bloc's presence in or near an actor, 0..=1.
    Presence {
        /// Actor.
        actor: ActorIdx,
        /// Bloc.
        bloc: BlocIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Utility an actor draws from an organisation, whole or one term.
    Utility {
        /// Actor.
        actor: ActorIdx,
        /// Organisation.
        org: OrganisationIdx,
        /// Term; the sum if not given.
        term: Option<Term>,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// Adopted signal of an organisation towards a bloc; positive is against it.
    Antagonism {
        /// Organisation.
        org: OrganisationIdx,
        /// Bloc.
        bloc: BlocIdx,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// A fact of the state of actors, groups and organisations.
    State {
        /// The fact.
        of: Fact,
        /// Month; the end if not given.
        at: Option<Month>,
    },
    /// A number: only within what compares or computes.
    Constant(f64),
    /// Whether at least one of these is true.
    Any {
        /// Truth values.
        of: Vec<Self>,
    },
    /// Whether all of these are true.
    All {
        /// Truth values.
        of: Vec<Self>,
    },
    /// Whether at least so many of these are true.
    AtLeast {
        /// How many.
        k: usize,
        /// Truth values.
        of: Vec<Self>,
    },
    /// Whether this is false.
    Not {
        /// A truth value.
        of: Box<Self>,
    },
    /// Whether a comparison holds; false where either side is absent.
    Compare {
        /// One side.
        left: Box<Self>,
        /// Sign.
        comparison: Comparison,
        /// The other side.
        right: Box<Self>,
    },
    /// Two outcomes computed into one; absent where either is.
    Computed {
        /// How.
        by: Arithmetic,
        /// One side.
        left: Box<Self>,
        /// The other side.
        right: Box<Self>,
    },
}

/// How two outcomes become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Arithmetic {
    /// +
    Sum,
    /// -
    Difference,
    /// *
    Product,
    /// /
    Ratio,
}

/// A truth value: an outcome compared with a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Predicate {
    /// The outcome.
    pub outcome: Outcome,
    /// Comparison; a truth-valued outcome alone means `> 0.5`. An absent outcome is false.
    pub comparison: Comparison,
    /// The number.
    pub threshold: f64,
}

/// How an outcome is compared with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Comparison {
    /// <
    Less,
    /// <=
    AtMost,
    /// >
    Greater,
    /// >=
    AtLeast,
}
