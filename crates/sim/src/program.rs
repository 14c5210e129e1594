//! A scenario compiled for the engine: sizes, row indices and what can change, worked out once.
//!
//! Rows of the world's columns are the indices of the scenario, which the decoder keeps in a canonical
//! order. Everything that may differ between replicates is data; what is here is structure.

use std::collections::BTreeSet;
use std::sync::Arc;

use foedera_scenario::{
    AlternativeOption, Condition, Effect, ElementIdx, Group, Initiative, Leaf, OrganisationIdx,
    Outcome, Rule, Scenario, Status, limits,
};

use crate::batch::Measure;
use crate::measures;
use crate::probe::{self, Probe};

/// Most threats of a world: intensities are kept in arrays of this size.
pub(crate) const THREATS_MAX: usize = limits::THREATS;
/// Most blocs of a world.
pub(crate) const BLOCS_MAX: usize = limits::BLOCS;
/// Most rungs of a ladder.
pub(crate) const RUNGS_MAX: usize = limits::RUNGS;
/// Most events one replicate may leave behind; more are a fault.
pub(crate) const EVENTS_MAX: usize = 4096;

/// A scenario compiled for the engine.
#[derive(Debug)]
pub struct Program {
    pub(crate) scenario: Arc<Scenario>,
    /// Steps in all.
    pub(crate) n_steps: usize,
    /// Row of the pair of two actors, `[source * n + target]`, either way round.
    pub(crate) dyad_of: Vec<usize>,
    pub(crate) organisations: Vec<OrganisationPlan>,
    /// Every seat that may ever count, by organisation, then actor.
    pub(crate) seats: Vec<SeatPlan>,
    pub(crate) initiatives: Vec<InitiativePlan>,
    /// Every (initiative, actor) that may ever decide.
    pub(crate) parties: Vec<PartyPlan>,
    /// Every place into which forces may be sent.
    pub(crate) posts: Vec<PostPlan>,
    /// Posts in each actor.
    pub(crate) posts_in: Vec<Vec<usize>>,
    /// Every rung that takes time to build, by initiative, then rung.
    pub(crate) sites: Vec<SitePlan>,
    pub(crate) measures: Vec<measures::Recorded>,
    pub(crate) public_measures: Vec<Measure>,
    /// What the outcomes need of the state at a step.
    /// What is read or counted of every replicate; outcomes are made of these.
    pub(crate) atoms: Vec<Outcome>,
    pub(crate) probes: Vec<Probe>,
    /// Pairs of actors whose affinity a bloc's members have with each actor: `[bloc]` member rows.
    pub(crate) bloc_members: Vec<Vec<usize>>,
    /// Row of the seat of an actor in an organisation, `[organisation * n + actor]`.
    pub(crate) seat_of: Vec<Option<usize>>,
    /// Whether any effect changes who is exposed to a threat, by threat.
    pub(crate) exposes: [bool; THREATS_MAX],
    /// Whether any effect scales trade.
    pub(crate) scales_trade: bool,
    /// Every rule by which an organisation may ever decide: its own first, then those of effects.
    pub(crate) statutes: Vec<Vec<Rule>>,
    /// Whether economies grow: any figure of growth is not zero, or may be drawn or set.
    pub(crate) grows: bool,
}

/// Structure of one organisation.
#[derive(Debug)]
pub(crate) struct OrganisationPlan {
    /// Rows of its seats.
    pub(crate) seats: std::ops::Range<usize>,
    /// Their actors, in the same order.
    pub(crate) actors: Vec<usize>,
    /// Every pair of seats with the row of their dyad.
    pub(crate) peers: Vec<Peer>,
    /// Row of the dyad of two seats by their places, `[at * n + other]`.
    pub(crate) dyads: Vec<usize>,
    /// Elements whose level may ever be above zero.
    pub(crate) live: Vec<ElementIdx>,
    /// Live elements that link to another organisation.
    pub(crate) links: Vec<(ElementIdx, OrganisationIdx)>,
    /// Other organisations in which a live element is carried as well, by place in `live`.
    pub(crate) overlaps: Vec<Vec<Overlap>>,
    /// Organisations that any of `overlaps` names.
    pub(crate) overlapping: Vec<OrganisationIdx>,
}

/// Another organisation in which an element is carried as well.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overlap {
    pub(crate) organisation: OrganisationIdx,
    /// Whether the element links to it, so that it counts there as here.
    pub(crate) linked: bool,
}

/// A pair of seats of one organisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) first: usize,
    pub(crate) second: usize,
    pub(crate) dyad: usize,
}

/// A seat.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeatPlan {
    pub(crate) organisation: usize,
    pub(crate) actor: usize,
    pub(crate) status: Status,
    /// Whether its utility is ever asked for: it has a status, may get one, or an outcome reads it. If not, it is
    /// there for what a link brings in.
    pub(crate) counts: bool,
}

/// Structure of one initiative.
#[derive(Debug)]
pub(crate) struct InitiativePlan {
    /// Rows in `Program::parties`.
    pub(crate) parties: std::ops::Range<usize>,
    /// Their actors, in the same order.
    pub(crate) actors: Vec<usize>,
    /// Organisations whose worth any rung may change, directly, by a link or by overlap.
    pub(crate) affected: Vec<OrganisationIdx>,
    /// Whether any rung changes statuses, links, affinities or trade, so that sums over members change.
    pub(crate) regroups: bool,
    /// Steps at which it may be tabled, ascending.
    pub(crate) meetings: Vec<u32>,
    /// Years from the previous meeting to each of `meetings`.
    pub(crate) waits: Vec<f32>,
    /// First step of its window.
    pub(crate) opens: u32,
    /// Site of each rung that takes time to build.
    pub(crate) sites: Vec<Option<usize>>,
    /// Other initiatives on the same agenda: of a common venue, or, both without venue, of a common sponsor.
    pub(crate) rivals: Vec<usize>,
    /// Initiatives that any rung opens or closes.
    pub(crate) doors: Vec<usize>,
}

impl InitiativePlan {
    /// Whether a step lies between its first and its last meeting.
    pub(crate) fn runs(&self, step: u32) -> bool {
        step >= self.opens && self.meetings.last().is_some_and(|&last| step <= last)
    }
}

/// Forces of an element of an organisation in an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PostPlan {
    pub(crate) organisation: usize,
    pub(crate) element: usize,
    pub(crate) actor: usize,
}

/// A rung that takes time to build.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SitePlan {
    pub(crate) initiative: usize,
    pub(crate) rung: usize,
    /// Planned time.
    pub(crate) build_years: Leaf,
    /// Entity of its draws.
    pub(crate) entity: u32,
}

/// A party of an initiative.
#[derive(Debug, Clone)]
pub(crate) struct PartyPlan {
    pub(crate) initiative: usize,
    pub(crate) actor: usize,
    /// Seat in each venue, in the order of the venues.
    pub(crate) seats: Vec<Option<usize>>,
    /// Whether it is named in the file (and so has a voice without a seat).
    pub(crate) named: bool,
    pub(crate) sponsor: bool,
    /// Lowest rung that gives it a better status, if any.
    pub(crate) applies_from: Option<usize>,
    /// Index of its stance in the file.
    pub(crate) stance: Option<usize>,
}

impl Program {
    /// Compiles a scenario.
    ///
    /// # Panics
    /// If the scenario breaks a limit that the decoder checks (threats, blocs, rungs).
    #[must_use]
    pub fn new(scenario: Arc<Scenario>) -> Self {
        let world = &scenario.world;
        assert!(
            world.threats.len() <= THREATS_MAX,
            "the decoder limits threats"
        );
        assert!(world.blocs.len() <= BLOCS_MAX, "the decoder limits blocs");
        let n = world.actors.len();
        let mut dyad_of = vec![usize::MAX; n * n];
        for (row, dyad) in world.dyads.iter().enumerate() {
            dyad_of[dyad.source * n + dyad.target] = row;
            dyad_of[dyad.target * n + dyad.source] = row;
        }
        let changes = Changes::of(&scenario);
        let (organisations, seats) = plan_organisations(&scenario, &changes, &dyad_of);
        let (initiatives, parties) = plan_initiatives(&scenario, &organisations, &seats);
        let sites = plan_sites(&scenario);
        let posts = plan_posts(&scenario);
        let posts_in = (0..n)
            .map(|actor| {
                let here = |post: &usize| posts[*post].actor == actor;
                (0..posts.len()).filter(here).collect()
            })
            .collect();
        let measures = measures::recorded(&scenario);
        let public_measures = measures
            .iter()
            .map(|measure| measure.describe(&scenario))
            .collect();
        let atoms = probe::atoms(&scenario);
        let probes = probe::probes(&scenario, &atoms);
        let statutes = plan_statutes(&scenario);
        let bloc_members = world
            .blocs
            .iter()
            .map(|bloc| bloc.members.clone())
            .collect();
        let n_steps = scenario.time.n_steps();
        let mut seat_of = vec![None; organisations.len() * n];
        for (row, seat) in seats.iter().enumerate() {
            seat_of[seat.organisation * n + seat.actor] = Some(row);
        }
        let exposes = plan_exposes(&scenario);
        let scales_trade =
            all_effects(&scenario).any(|effect| matches!(effect, Effect::TradeScale { .. }));
        let grows = grows(&scenario);
        Self {
            scenario,
            n_steps,
            dyad_of,
            organisations,
            seats,
            initiatives,
            parties,
            posts,
            posts_in,
            sites,
            measures,
            public_measures,
            atoms,
            probes,
            bloc_members,
            seat_of,
            exposes,
            scales_trade,
            statutes,
            grows,
        }
    }

    /// The rule by which a venue (or the named parties) decides on an initiative; `code` is the place of the
    /// rule in force among the venue's statutes.
    pub(crate) fn rule(&self, initiative: usize, venue: Option<usize>, code: f32) -> &Rule {
        const NAMED: Rule = Rule::Consensus;
        match (&self.scenario.initiatives[initiative].rule, venue) {
            (Some(rule), _) => rule,
            (None, Some(org)) => &self.statutes[org][code as usize],
            (None, None) => &NAMED,
        }
    }

    /// The code of a rule that an effect brings into force.
    pub(crate) fn statute(&self, org: usize, rule: &Rule) -> f32 {
        let place = self.statutes[org].iter().position(|known| known == rule);
        place.expect("rules of effects were planned") as f32
    }

    /// The years of growth that a step brings, counted from the world's year: those of the calendar years begun since the
    /// step before, at the first step since the world's.
    pub(crate) fn years_of_growth(&self, step: u32) -> std::ops::RangeInclusive<u32> {
        let time = &self.scenario.time;
        let count = |step: u32| {
            let since = time.month_of(step as usize).year() - self.scenario.world.as_of.year();
            u32::try_from(since).unwrap_or(0)
        };
        let before = step.checked_sub(1).map_or(0, count);
        before + 1..=count(step)
    }

    /// The measures recorded at every step.
    #[must_use]
    pub fn measures(&self) -> &[Measure] {
        &self.public_measures
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// Row of a pair.
    pub(crate) fn dyad(&self, source: usize, target: usize) -> usize {
        self.dyad_of[source * self.scenario.world.actors.len() + target]
    }

    /// Post of an organisation's forces in an actor; every effect that deploys has one.
    pub(crate) fn post(&self, org: usize, element: usize, actor: usize) -> usize {
        let wanted = PostPlan {
            organisation: org,
            element,
            actor,
        };
        self.posts
            .iter()
            .position(|post| *post == wanted)
            .expect("effects name posts that were planned")
    }

    /// Row of an actor's seat.
    pub(crate) fn seat(&self, organisation: usize, actor: usize) -> Option<usize> {
        self.seat_of[organisation * self.scenario.world.actors.len() + actor]
    }

    /// The actors a group can ever hold; `Members` and `Parties` are then masked by lane.
    pub(crate) fn candidates<'a>(
        &'a self,
        group: &'a Group,
        initiative: Option<usize>,
    ) -> &'a [usize] {
        match group {
            Group::Actors(actors) => actors,
            Group::Members(org) => &self.organisations[*org].actors,
            Group::Bloc(bloc) => &self.bloc_members[*bloc],
            Group::Parties => initiative.map_or(&[], |idx| &self.initiatives[idx].actors),
        }
    }
}

/// What any effect of the scenario may change.
struct Changes {
    /// (organisation, element).
    levels: BTreeSet<(usize, usize)>,
    /// (organisation, actor).
    statuses: BTreeSet<(usize, usize)>,
}

impl Changes {
    fn of(scenario: &Scenario) -> Self {
        let mut changes = Self {
            levels: BTreeSet::new(),
            statuses: BTreeSet::new(),
        };
        for effect in all_effects(scenario) {
            match effect {
                Effect::ElementSet { org, element, .. }
                | Effect::ElementAdd { org, element, .. } => {
                    changes.levels.insert((*org, *element));
                }
                Effect::StatusChange { org, actor, .. } => {
                    changes.statuses.insert((*org, *actor));
                }
                _ => {}
            }
        }
        changes
    }
}

/// Every effect that can happen in a scenario.
fn all_effects(scenario: &Scenario) -> impl Iterator<Item = &Effect> {
    let rungs = scenario
        .initiatives
        .iter()
        .flat_map(|initiative| &initiative.ladder);
    rungs
        .flat_map(|rung| &rung.effects)
        .chain(scenario.shocks.iter().flat_map(|shock| &shock.effects))
        .chain(options(scenario).flat_map(|option| &option.effects))
        .chain(scenario.policies.iter().flat_map(|policy| &policy.effects))
}

/// Every option of all alternatives.
fn options(scenario: &Scenario) -> impl Iterator<Item = &AlternativeOption> {
    scenario.alternatives.iter().flat_map(|one| &one.options)
}

/// Every rule of each organisation: its own, then those that effects may bring.
fn plan_statutes(scenario: &Scenario) -> Vec<Vec<Rule>> {
    let own = scenario.world.organisations.iter();
    let mut all: Vec<Vec<Rule>> = own
        .map(|organisation| vec![organisation.rule.clone()])
        .collect();
    for effect in all_effects(scenario) {
        if let Effect::RuleChange { org, rule } = effect
            && !all[*org].contains(rule)
        {
            all[*org].push(rule.clone());
        }
    }
    all
}

/// Threats to which an effect may change exposures.
fn plan_exposes(scenario: &Scenario) -> [bool; THREATS_MAX] {
    let mut exposes = [false; THREATS_MAX];
    for effect in all_effects(scenario) {
        if let Effect::ExposureAdd { threat, .. } = effect {
            exposes[*threat] = true;
        }
    }
    exposes
}

/// Whether economies grow.
fn grows(scenario: &Scenario) -> bool {
    let figures =
        |actor: &foedera_scenario::Actor| [actor.growth_per_year, actor.growth_volatility];
    let figures: BTreeSet<_> = scenario.world.actors.iter().flat_map(figures).collect();
    let drawn = scenario
        .uncertainties
        .iter()
        .map(|uncertainty| uncertainty.leaf);
    let set = scenario
        .policies
        .iter()
        .flat_map(|policy| policy.set.iter().map(|(leaf, _)| *leaf));
    figures.iter().any(|&leaf| scenario.value(leaf).abs() > 0.0)
        || drawn.chain(set).any(|leaf| figures.contains(&leaf))
}

/// Levels count as live if they start above zero, may be drawn or set above it, or an effect names them.
fn live_elements(scenario: &Scenario, org: usize, changes: &Changes) -> Vec<ElementIdx> {
    let levels = &scenario.world.organisations[org].levels;
    let drawn: BTreeSet<_> = scenario
        .uncertainties
        .iter()
        .map(|uncertainty| uncertainty.leaf)
        .collect();
    let set: BTreeSet<_> = scenario
        .policies
        .iter()
        .flat_map(|policy| policy.set.iter().map(|(leaf, _)| *leaf))
        .collect();
    (0..levels.len())
        .filter(|&element| {
            let leaf = levels[element];
            scenario.value(leaf) > 0.0
                || drawn.contains(&leaf)
                || set.contains(&leaf)
                || changes.levels.contains(&(org, element))
        })
        .collect()
}

fn plan_organisations(
    scenario: &Scenario,
    changes: &Changes,
    dyad_of: &[usize],
) -> (Vec<OrganisationPlan>, Vec<SeatPlan>) {
    let world = &scenario.world;
    let n = world.actors.len();
    let own_seats = |org: usize| -> BTreeSet<usize> {
        let start = world.organisations[org]
            .seats
            .iter()
            .map(|(actor, _)| *actor);
        let later = changes
            .statuses
            .iter()
            .filter(|(of, _)| *of == org)
            .map(|(_, actor)| *actor);
        start.chain(later).collect()
    };
    let mut plans = Vec::new();
    let mut seats = Vec::new();
    for org in 0..world.organisations.len() {
        let live = live_elements(scenario, org, changes);
        let links: Vec<_> = live
            .iter()
            .filter_map(|&element| {
                world.elements[element]
                    .links_to
                    .map(|partner| (element, partner))
            })
            .filter(|(_, partner)| *partner != org)
            .collect();
        let mut actors = own_seats(org);
        for (_, partner) in &links {
            actors.extend(own_seats(*partner));
        }
        let first = seats.len();
        seats.extend(
            actors
                .into_iter()
                .map(|actor| plan_seat(scenario, changes, org, actor)),
        );
        let range = first..seats.len();
        let peers = peers_of(&seats, range.clone(), dyad_of, n);
        let pairs = range
            .clone()
            .flat_map(|at| range.clone().map(move |other| (at, other)));
        let dyads = pairs
            .map(|(at, other)| dyad_of[seats[at].actor * n + seats[other].actor])
            .collect();
        let (overlaps, overlapping) = (Vec::new(), Vec::new());
        let seated = seats[range.clone()].iter().map(|seat| seat.actor);
        plans.push(OrganisationPlan {
            actors: seated.collect(),
            seats: range,
            peers,
            dyads,
            live,
            links,
            overlaps,
            overlapping,
        });
    }
    note_overlaps(scenario, &mut plans);
    (plans, seats)
}

/// A seat with its status at the start.
fn plan_seat(
    scenario: &Scenario,
    changes: &Changes,
    organisation: usize,
    actor: usize,
) -> SeatPlan {
    let seats = &scenario.world.organisations[organisation].seats;
    let status = seats.iter().find(|(seated, _)| *seated == actor);
    let status = status.map_or(Status::Outsider, |(_, status)| *status);
    let named = changes.statuses.contains(&(organisation, actor));
    let counts = status != Status::Outsider || named || is_read(scenario, organisation, actor);
    SeatPlan {
        organisation,
        actor,
        status,
        counts,
    }
}

/// Whether an outcome reads the utility of a seat.
fn is_read(scenario: &Scenario, org: usize, actor: usize) -> bool {
    let mut atoms = scenario.outcomes.iter().flat_map(Outcome::atoms);
    atoms.any(|outcome| {
        matches!(outcome, Outcome::Utility { actor: who, org: of, .. } if *who == actor && *of == org)
    })
}

/// Finds which commitments are carried in several organisations.
fn note_overlaps(scenario: &Scenario, plans: &mut [OrganisationPlan]) {
    for org in 0..plans.len() {
        let in_others = |&element: &ElementIdx| -> Vec<Overlap> {
            let other_orgs = (0..plans.len()).filter(|&other| other != org);
            let overlap = |other: OrganisationIdx| {
                let linked = scenario.world.elements[element].links_to == Some(other);
                let shared = linked || plans[other].live.contains(&element);
                shared.then_some(Overlap {
                    organisation: other,
                    linked,
                })
            };
            other_orgs.filter_map(overlap).collect()
        };
        let overlaps: Vec<Vec<Overlap>> = plans[org].live.iter().map(in_others).collect();
        let named: BTreeSet<_> = overlaps
            .iter()
            .flatten()
            .map(|overlap| overlap.organisation)
            .collect();
        plans[org].overlaps = overlaps;
        plans[org].overlapping = named.into_iter().collect();
    }
}

fn peers_of(
    seats: &[SeatPlan],
    range: std::ops::Range<usize>,
    dyad_of: &[usize],
    n: usize,
) -> Vec<Peer> {
    let mut peers = Vec::new();
    for first in range.clone() {
        for second in first + 1..range.end {
            let dyad = dyad_of[seats[first].actor * n + seats[second].actor];
            peers.push(Peer {
                first,
                second,
                dyad,
            });
        }
    }
    peers
}

fn plan_initiatives(
    scenario: &Scenario,
    organisations: &[OrganisationPlan],
    seats: &[SeatPlan],
) -> (Vec<InitiativePlan>, Vec<PartyPlan>) {
    let mut plans = Vec::new();
    let mut parties = Vec::new();
    let all_sites = plan_sites(scenario);
    for (idx, initiative) in scenario.initiatives.iter().enumerate() {
        let of = |rung: usize| {
            let is_here = |site: &SitePlan| (site.initiative, site.rung) == (idx, rung);
            all_sites.iter().position(is_here)
        };
        assert!(
            initiative.ladder.len() <= RUNGS_MAX,
            "the decoder limits rungs"
        );
        let first = parties.len();
        let mut actors: BTreeSet<usize> = initiative.parties.iter().copied().collect();
        for &venue in &initiative.venues {
            actors.extend(
                organisations[venue]
                    .seats
                    .clone()
                    .map(|row| seats[row].actor),
            );
        }
        for &actor in &actors {
            parties.push(plan_party(scenario, idx, actor, organisations, seats));
        }
        let (meetings, waits) = meetings_of(scenario, idx);
        plans.push(InitiativePlan {
            parties: first..parties.len(),
            actors: actors.into_iter().collect(),
            affected: affected_by(scenario, idx, organisations),
            regroups: regroups(scenario, idx),
            meetings,
            waits,
            opens: u32::try_from(scenario.time.step_of(initiative.from)).expect("steps fit u32"),
            sites: (0..initiative.ladder.len()).map(of).collect(),
            rivals: rivals_of(scenario, idx),
            doors: doors_of(scenario, idx),
        });
    }
    (plans, parties)
}

/// Other initiatives on the same agenda.
fn rivals_of(scenario: &Scenario, idx: usize) -> Vec<usize> {
    let meet = |one: &[usize], other: &[usize]| one.iter().any(|it| other.contains(it));
    let own = &scenario.initiatives[idx];
    let shares = |other: &Initiative| {
        let alone = own.venues.is_empty() && other.venues.is_empty();
        meet(&own.venues, &other.venues) || (alone && meet(&own.sponsors, &other.sponsors))
    };
    let others = scenario.initiatives.iter().enumerate();
    others
        .filter(|(other, file)| *other != idx && !file.recurring && shares(file))
        .map(|(other, _)| other)
        .collect()
}

/// Initiatives that any rung opens or closes.
fn doors_of(scenario: &Scenario, idx: usize) -> Vec<usize> {
    let rungs = scenario.initiatives[idx].ladder.iter();
    let effects = rungs.flat_map(|rung| &rung.effects);
    let doors: BTreeSet<usize> = effects
        .filter_map(|effect| match effect {
            Effect::InitiativeOpen { initiative } | Effect::InitiativeClose { initiative } => {
                Some(*initiative)
            }
            _ => None,
        })
        .collect();
    doors.into_iter().collect()
}

/// Every rung that takes time to build.
fn plan_sites(scenario: &Scenario) -> Vec<SitePlan> {
    let mut sites = Vec::new();
    for (initiative, file) in scenario.initiatives.iter().enumerate() {
        for (rung, step) in file.ladder.iter().enumerate() {
            sites.extend(step.build_years.map(|build_years| SitePlan {
                initiative,
                rung,
                build_years,
                entity: site_entity(file.number, rung),
            }));
        }
    }
    sites
}

/// Every place into which an effect may send forces.
fn plan_posts(scenario: &Scenario) -> Vec<PostPlan> {
    let mut posts = BTreeSet::new();
    for effect in all_effects(scenario) {
        if let Effect::Deploy {
            org,
            element,
            actor,
        } = effect
        {
            posts.insert(PostPlan {
                organisation: *org,
                element: *element,
                actor: *actor,
            });
        }
    }
    posts.into_iter().collect()
}

/// Entity of the draws of what a rung builds.
pub(crate) fn site_entity(initiative: u16, rung: usize) -> u32 {
    crate::rng::directed_entity(initiative, u16::try_from(rung).expect("few rungs"))
}

fn plan_party(
    scenario: &Scenario,
    initiative: usize,
    actor: usize,
    organisations: &[OrganisationPlan],
    seats: &[SeatPlan],
) -> PartyPlan {
    let file = &scenario.initiatives[initiative];
    let seat_in = |venue: &usize| {
        organisations[*venue]
            .seats
            .clone()
            .find(|&row| seats[row].actor == actor)
    };
    let gains_seat = |effect: &Effect| {
        matches!(effect, Effect::StatusChange { actor: applicant, to, .. }
            if *applicant == actor && !matches!(to, Status::Outsider | Status::Suspended))
    };
    PartyPlan {
        initiative,
        actor,
        seats: file.venues.iter().map(seat_in).collect(),
        named: file.parties.contains(&actor),
        sponsor: file.sponsors.contains(&actor),
        applies_from: file
            .ladder
            .iter()
            .position(|rung| rung.effects.iter().any(gains_seat)),
        stance: file.stances.iter().position(|stance| stance.actor == actor),
    }
}

/// Organisations that a rung of the initiative touches, and those whose worth hangs on them.
fn affected_by(
    scenario: &Scenario,
    initiative: usize,
    organisations: &[OrganisationPlan],
) -> Vec<usize> {
    let mut touched = BTreeSet::new();
    let mut elements = BTreeSet::new();
    for effect in scenario.initiatives[initiative]
        .ladder
        .iter()
        .flat_map(|rung| &rung.effects)
    {
        match effect {
            Effect::ElementSet { org, element, .. } | Effect::ElementAdd { org, element, .. } => {
                touched.insert(*org);
                elements.insert(*element);
            }
            Effect::StatusChange { org, .. } | Effect::SignalAdd { org, .. } => {
                touched.insert(*org);
            }
            Effect::DriverShift { .. }
            | Effect::DriverMeanShift { .. }
            | Effect::ExposureAdd { .. } => {
                // A threat that grows or shrinks changes what every organisation's protection is worth;
                // the bilateral part counts that against the best protection there is.
            }
            _ => {}
        }
    }
    let linked = |plan: &OrganisationPlan| {
        plan.links
            .iter()
            .any(|(_, partner)| touched.contains(partner))
    };
    let overlaps =
        |plan: &OrganisationPlan| plan.live.iter().any(|element| elements.contains(element));
    let extra: Vec<usize> = organisations
        .iter()
        .enumerate()
        .filter(|(_, plan)| linked(plan) || overlaps(plan))
        .map(|(org, _)| org)
        .collect();
    touched.extend(extra);
    touched.into_iter().collect()
}

fn regroups(scenario: &Scenario, initiative: usize) -> bool {
    scenario.initiatives[initiative]
        .ladder
        .iter()
        .flat_map(|rung| &rung.effects)
        .any(|effect| match effect {
            Effect::StatusChange { .. } => true,
            Effect::ElementSet { element, .. } | Effect::ElementAdd { element, .. } => {
                scenario.world.elements[*element].links_to.is_some()
            }
            _ => false,
        })
}

/// Steps at which an initiative may be tabled, with the years since the meeting before each.
fn meetings_of(scenario: &Scenario, initiative: usize) -> (Vec<u32>, Vec<f32>) {
    let file = &scenario.initiatives[initiative];
    let mut months: BTreeSet<i32> = BTreeSet::new();
    let calendars: Vec<&[i32]> = if file.venues.is_empty() {
        vec![&file.meetings]
    } else {
        // Two venues decide at the meetings of the first; the second is asked in writing.
        vec![&scenario.world.organisations[file.venues[0]].meetings]
    };
    for calendar in calendars {
        months.extend(calendar);
    }
    let mut steps = Vec::new();
    let mut waits = Vec::new();
    let mut last: Option<i32> = None;
    let apart = match file.cadence {
        foedera_scenario::Cadence::EveryMeeting => 0,
        foedera_scenario::Cadence::EveryMonths(months) => months,
    };
    let mut month = file.from.0.max(scenario.time.start.0);
    while month <= file.until.0.min(scenario.time.end.0) {
        let of_year = month.rem_euclid(12) + 1;
        let due = last.is_none_or(|before| month - before >= apart);
        if months.contains(&of_year) && due {
            let step = u32::try_from(scenario.time.step_of(foedera_scenario::Month(month)))
                .expect("steps fit u32");
            // The first meeting answers for an average wait, that of the calendar.
            let usual = 12 / i32::try_from(months.len().max(1)).expect("twelve months");
            let wait = last.map_or(usual.max(apart), |before| month - before);
            if steps.last() == Some(&step) {
                let merged: &mut f32 = waits.last_mut().expect("one wait a step");
                *merged += wait as f32 / 12.0;
            } else {
                steps.push(step);
                waits.push(wait as f32 / 12.0);
            }
            last = Some(month);
        }
        month += 1;
    }
    (steps, waits)
}

/// Whether a condition can be judged from lanes.
pub(crate) fn conditions(scenario: &Scenario, initiative: usize) -> &[Condition] {
    &scenario.initiatives[initiative].conditions
}
