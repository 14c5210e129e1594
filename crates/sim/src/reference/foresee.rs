//! Looks ahead: what a rung would be worth to each party at full build-out.

use foedera_scenario::{Effect, Group, Rule, ThreatKind};

use super::expose;
use super::state::State;
use super::utility::{self, Company, Judged, Moment, View};
use crate::math;
use crate::mechanisms::{bargaining, bilateral, forces, membership, outside, trade};
use crate::systems::foresee::{BLOC_ATTENTION, LEVEL_MIN};

/// All organisations judged at a moment.
pub(super) struct Prospect {
    moment: Moment,
    views: Vec<View>,
    companies: Vec<Company>,
    /// `[organisation][seat]`.
    terms: Vec<Vec<[f32; 7]>>,
}

impl Prospect {
    /// Judges every seat.
    pub(super) fn of(state: &State<'_>, moment: Moment) -> Self {
        let orgs = 0..state.organisations.len();
        let views: Vec<View> = orgs
            .clone()
            .map(|org| utility::view(state, &moment, org))
            .collect();
        let companies: Vec<Company> = orgs
            .clone()
            .map(|org| utility::company(state, &moment, org))
            .collect();
        let terms = orgs
            .map(|org| {
                let seats = state.organisations[org].seats.iter().enumerate();
                seats
                    .map(|(at, seat)| {
                        let carried = utility::carry(state, &moment, org, seat.actor);
                        let judged = Judged {
                            org,
                            at,
                            weight: moment.weights[org][at],
                            view: &views[org],
                            company: &companies[org],
                            carried: &carried,
                            reference: &seat.reference,
                        };
                        utility::judge(state, &judged).terms
                    })
                    .collect()
            })
            .collect();
        Self {
            moment,
            views,
            companies,
            terms,
        }
    }

    /// After every rung that is not adopted yet, up to one.
    pub(super) fn after(&self, state: &State<'_>, initiative: usize, rung: usize) -> Self {
        let mut moment = self.moment.clone();
        for (effect, counts) in new_effects(state, initiative, rung) {
            imagine(state, effect, counts, &mut moment);
        }
        Self::of(state, moment)
    }
}

/// Effects of the rungs that are not adopted yet, up to one, with how far each counts: less the longer it takes to build.
fn new_effects<'s>(
    state: &State<'s>,
    initiative: usize,
    rung: usize,
) -> impl Iterator<Item = (&'s Effect, f32)> {
    let ladder = &state.scenario.initiatives[initiative].ladder;
    let rate = state.law.bargaining.discount;
    ladder[state.start(initiative)..=rung]
        .iter()
        .flat_map(move |rung| {
            let built = |years| bargaining::discounted(state.value(years), rate);
            let counts = rung.build_years.map_or(1.0, built);
            rung.effects.iter().map(move |effect| (effect, counts))
        })
}

/// Applies an effect to imagined organisations, discounted by the time it takes to build.
fn imagine(state: &State<'_>, effect: &Effect, counts: f32, moment: &mut Moment) {
    let rate = state.law.bargaining.discount;
    let discounted =
        |element: usize| bargaining::discounted(state.elements[element].build_years, rate);
    match effect {
        Effect::ElementSet { org, element, to } => {
            let level = &mut moment.levels[*org][*element];
            *level += (state.value(*to) - *level) * discounted(*element) * counts;
        }
        Effect::ElementAdd { org, element, by } => {
            let level = &mut moment.levels[*org][*element];
            let full = math::clamp_share(*level + state.value(*by));
            *level += (full - *level) * discounted(*element) * counts;
        }
        Effect::StatusChange { org, actor, to } => {
            let at = state.organisations[*org]
                .seats
                .iter()
                .position(|seat| seat.actor == *actor);
            if let Some(at) = at {
                let (to, weight) = (state.weight_of(*to), &mut moment.weights[*org][at]);
                *weight = if counts == 1.0 {
                    to
                } else {
                    *weight + (to - *weight) * counts
                };
            }
        }
        Effect::SignalAdd { org, bloc, by } => {
            moment.texts[*org][*bloc] += state.value(*by) * counts;
        }
        _ => {}
    }
}

/// Change of the seven terms of an actor over all its seats, and of what postures mean to a member of a bloc.
pub(super) fn gain(
    state: &State<'_>,
    actor: usize,
    before: &Prospect,
    after: &Prospect,
) -> [f32; 10] {
    let mut out = [0.0; 10];
    for (org, organisation) in state.organisations.iter().enumerate() {
        let Some(at) = organisation
            .seats
            .iter()
            .position(|seat| seat.actor == actor)
        else {
            continue;
        };
        for (term, out) in out.iter_mut().enumerate().take(7) {
            *out += after.terms[org][at][term] - before.terms[org][at][term];
        }
    }
    let own = &state.actors[actor];
    for bloc in (0..own.blocs.len()).filter(|&bloc| own.blocs[bloc].insider) {
        for (org, spec) in state.scenario.world.organisations.iter().enumerate() {
            if spec.bloc == Some(bloc) {
                continue;
            }
            let (was, is) = (
                before.views[org].antagonism[bloc],
                after.views[org].antagonism[bloc],
            );
            let cooperation = math::positive_part(-is) - math::positive_part(-was);
            let distance = math::positive_part(own.polyarchy - mean_polyarchy(state, org));
            let weight = trade::worth(before.companies[org].capability(), BLOC_ATTENTION);
            let seats = state.organisations[org]
                .seats
                .iter()
                .map(|seat| (seat.actor, seat.weight));
            let affinity = mean_affinity(state, actor, seats);
            out[9] += outside::bloc_value(
                is - was,
                affinity,
                cooperation,
                weight,
                distance,
                &state.law.outside,
            );
        }
    }
    out[9] = admit(state, actor, before, after, out[9]);
    out
}

/// What weight added to others' seats is worth to a full member, added to a start.
fn admit(state: &State<'_>, actor: usize, before: &Prospect, after: &Prospect, start: f32) -> f32 {
    let params = &state.law.membership;
    let mut sum = start;
    for (org, organisation) in state.organisations.iter().enumerate() {
        if !state.seat(org, actor).is_some_and(|seat| seat.is_member()) {
            continue;
        }
        let mut all = 0.0;
        for seat in &organisation.seats {
            all += seat.weight;
        }
        for (at, seat) in organisation.seats.iter().enumerate() {
            let added = after.moment.weights[org][at] - before.moment.weights[org][at];
            if seat.actor != actor && added > 0.0 {
                let affinity = state.pair(actor, seat.actor).affinity;
                let sizes = (params.control, params.discord);
                sum += membership::admission(added, all, affinity, sizes);
            }
        }
    }
    sum
}

/// What an actor gains at best from an initiative that a rung opens or closes.
pub(super) struct Offer {
    initiative: usize,
    actor: usize,
    worth: f32,
}

/// What lies behind every door that a rung of an initiative opens or closes.
pub(super) fn behind_doors(state: &State<'_>, idx: usize, before: &Prospect) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let rungs = state.scenario.initiatives[idx].ladder.iter();
    for effect in rungs.flat_map(|rung| &rung.effects) {
        let (Effect::InitiativeOpen { initiative } | Effect::InitiativeClose { initiative }) =
            effect
        else {
            continue;
        };
        let initiative = *initiative;
        if offers.iter().any(|offer| offer.initiative == initiative) {
            continue;
        }
        let voices = super::bargain::voices(state, initiative);
        let spec = &state.scenario.initiatives[initiative];
        let after: Vec<(usize, Prospect)> = (state.start(initiative)..spec.ladder.len())
            .map(|rung| (rung, before.after(state, initiative, rung)))
            .collect();
        for (at, party) in state.initiatives[initiative].parties.iter().enumerate() {
            let looking = Looking {
                initiative,
                actor: party.actor,
                voices: &voices,
            };
            let mut best = 0.0;
            for (rung, after) in after.iter().filter(|_| voices[at]) {
                let mut parts = gain(state, party.actor, before, after);
                parts[9] = bilateral(state, &looking, *rung, parts[9]);
                let sum = parts.iter().skip(1).fold(parts[0], |sum, part| sum + part);
                best = math::max(best, sum);
            }
            offers.push(Offer {
                initiative,
                actor: party.actor,
                worth: best,
            });
        }
    }
    offers
}

/// What an actor gains from the doors that a rung opens or closes, added to a start.
pub(super) fn doors(
    state: &State<'_>,
    looking: &Looking<'_>,
    rung: usize,
    behind: &[Offer],
    start: f32,
) -> f32 {
    let mut sum = start;
    for (effect, counts) in new_effects(state, looking.initiative, rung) {
        let (door, opens) = match effect {
            Effect::InitiativeOpen { initiative } => (*initiative, true),
            Effect::InitiativeClose { initiative } => (*initiative, false),
            _ => continue,
        };
        let mut offers = behind.iter();
        let found = offers.find(|offer| offer.initiative == door && offer.actor == looking.actor);
        if let Some(offer) = found.filter(|_| state.initiatives[door].open != opens) {
            let worth = state.law.bargaining.door * offer.worth * counts;
            sum += if opens { worth } else { -worth };
        }
    }
    sum
}

/// Mean polyarchy of those in an organisation, by weight.
fn mean_polyarchy(state: &State<'_>, org: usize) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for seat in &state.organisations[org].seats {
        sum += seat.weight * state.actors[seat.actor].polyarchy;
        weight += seat.weight;
    }
    sum / math::max(weight, f32::MIN_POSITIVE)
}

/// Mean affinity of an actor with others, by weight.
fn mean_affinity(
    state: &State<'_>,
    actor: usize,
    others: impl Iterator<Item = (usize, f32)>,
) -> f32 {
    let (mut sum, mut all) = (0.0, 0.0);
    for (other, weight) in others.filter(|(other, _)| *other != actor) {
        sum += weight * state.pair(actor, other).affinity;
        all += weight;
    }
    sum / math::max(all, f32::MIN_POSITIVE)
}

/// What it costs to work with partners that are not trusted, added to a start.
pub(super) fn distrust(state: &State<'_>, looking: &Looking<'_>, depth: f32, start: f32) -> f32 {
    let mut sum = start;
    let parties = &state.initiatives[looking.initiative].parties;
    let own = &state.actors[looking.actor];
    for bloc in 0..state.scenario.world.blocs.len() {
        let insider = |actor: usize| state.actors[actor].blocs[bloc].insider;
        if !parties
            .iter()
            .any(|party| party.named && insider(party.actor))
        {
            continue;
        }
        let trust = if insider(looking.actor) {
            let others = parties
                .iter()
                .zip(looking.voices)
                .filter(|(party, voice)| **voice && !insider(party.actor));
            mean_affinity(
                state,
                looking.actor,
                others.map(|(party, _)| (party.actor, 1.0)),
            )
        } else {
            own.blocs[bloc].trust
        };
        sum += bilateral::distrust(state.law.bilateral.distrust, own.autonomy, depth, trust);
    }
    sum
}

/// A party that looks at a rung.
pub(super) struct Looking<'a> {
    pub(super) initiative: usize,
    pub(super) actor: usize,
    /// Who has a voice, by party.
    pub(super) voices: &'a [bool],
}

/// What a rung is worth to a party outside organisations, added to a start.
pub(super) fn bilateral(state: &State<'_>, looking: &Looking<'_>, rung: usize, start: f32) -> f32 {
    let mut sum = start;
    for (effect, counts) in new_effects(state, looking.initiative, rung) {
        value_effect(state, effect, counts, looking, &mut sum);
    }
    sum
}

/// What it costs to send troops to what is held again and again, and what being there is worth.
pub(super) fn effort(state: &State<'_>, looking: &Looking<'_>, depth: f32) -> (f32, f32) {
    let own = &state.actors[looking.actor];
    let voices = state.initiatives[looking.initiative].parties.iter();
    let others = voices
        .zip(looking.voices)
        .filter(|(_, voice)| **voice)
        .map(|(party, _)| (party.actor, 1.0));
    let affinity = mean_affinity(state, looking.actor, others);
    let params = &state.law.bilateral;
    (
        bilateral::distrust(params.effort, own.autonomy, depth, affinity),
        bilateral::fellowship(params.fellowship, depth, affinity),
    )
}

fn value_effect(
    state: &State<'_>,
    effect: &Effect,
    counts: f32,
    looking: &Looking<'_>,
    sum: &mut f32,
) {
    let value = |leaf| state.value(leaf) * counts;
    match effect {
        Effect::DriverShift { driver, by } => {
            value_driver(state, *driver, looking.actor, value(*by), sum);
        }
        Effect::DriverMeanShift {
            driver,
            by,
            contributed,
        } => {
            let share = if *contributed {
                contribution(state, looking)
            } else {
                1.0
            };
            value_driver(state, *driver, looking.actor, value(*by) * share, sum);
        }
        Effect::ExposureAdd { group, threat, by }
            if belongs(state, group, looking.actor, looking) =>
        {
            let change = value(*by) * state.actors[looking.actor].unit[*threat];
            value_threat(state, *threat, looking.actor, change, sum);
        }
        Effect::Deploy {
            org,
            element,
            actor,
        } => value_deployment(state, (*org, *element, *actor), counts, looking, sum),
        Effect::PresenceAdd { actor, bloc, by } => {
            let by = state.value(*by);
            value_presence(state, (*actor, *bloc), by, counts, looking.actor, sum);
        }
        Effect::TrustShift { group, bloc, by } => {
            value_trust(state, group, *bloc, looking, value(*by), sum);
        }
        Effect::AffinityShift { .. } | Effect::TradeScale { .. } | Effect::EnergyLinkAdd { .. } => {
            value_ties(state, effect, counts, looking, sum);
        }
        _ => {}
    }
}

/// Whether an actor belongs to a group as it stands: full members, and parties with a voice.
fn belongs(state: &State<'_>, group: &Group, actor: usize, looking: &Looking<'_>) -> bool {
    match group {
        Group::Actors(actors) => actors.contains(&actor),
        Group::Members(org) => state.seat(*org, actor).is_some_and(|seat| seat.is_member()),
        Group::Bloc(bloc) => state.scenario.world.blocs[*bloc].members.contains(&actor),
        Group::Parties => {
            let mut parties = state.initiatives[looking.initiative]
                .parties
                .iter()
                .zip(looking.voices);
            parties.any(|(party, voice)| party.actor == actor && *voice)
        }
    }
}

/// Share of a common good: a volunteer counts its own part, a body that decides together the whole.
fn contribution(state: &State<'_>, looking: &Looking<'_>) -> f32 {
    if matches!(state.first_rule(looking.initiative), Rule::OptIn { .. }) {
        return bilateral::contribution(state.actors[looking.actor].capability);
    }
    let mut sum = 0.0;
    let parties = &state.initiatives[looking.initiative].parties;
    for (party, _) in parties
        .iter()
        .zip(looking.voices)
        .filter(|(_, voice)| **voice)
    {
        sum += bilateral::contribution(state.actors[party.actor].capability);
    }
    math::saturate(sum)
}

/// Worth of a change of a driver: through every threat it drives, and through forces near by.
fn value_driver(state: &State<'_>, driver: usize, actor: usize, change: f32, sum: &mut f32) {
    let world = &state.scenario.world;
    let law = &state.law;
    let own = &state.actors[actor];
    for (threat, spec) in world.threats.iter().enumerate() {
        if spec.driver == driver {
            let level = math::max(math::abs(state.drivers[driver].level), LEVEL_MIN);
            value_threat(
                state,
                threat,
                actor,
                own.intensity[threat] / level * change,
                sum,
            );
        }
    }
    for (bloc, spec) in world.blocs.iter().enumerate() {
        let tie = &own.blocs[bloc];
        if spec.presence != Some(driver) || tie.insider {
            continue;
        }
        for (threat, spec) in world.threats.iter().enumerate() {
            let moved = match spec.kind {
                ThreatKind::Spillover { .. } => {
                    let relief = law.threats.relief * tie.presence * (1.0 + tie.trust) / 2.0;
                    -own.intensity[threat] * relief * change
                }
                ThreatKind::External { bloc: of } if of == bloc => {
                    law.threats.presence * own.ambition * tie.presence * change
                }
                _ => continue,
            };
            value_threat(state, threat, actor, moved, sum);
        }
        *sum += bilateral::forces(
            change,
            tie.presence,
            own.autonomy,
            tie.trust,
            law.bilateral.forces,
        );
    }
}

/// Worth of a change of a threat's intensity.
fn value_threat(state: &State<'_>, threat: usize, actor: usize, change: f32, sum: &mut f32) {
    let own = &state.actors[actor];
    let relief = bilateral::relief(change, state.law.threats.burden, own.shield[threat]);
    *sum += state.law.security.weight * own.salience[2] * relief;
}

/// Worth of forces sent into an actor, to it and to the others.
fn value_deployment(
    state: &State<'_>,
    (org, element, host): (usize, usize, usize),
    counts: f32,
    looking: &Looking<'_>,
    sum: &mut f32,
) {
    let own = &state.actors[looking.actor];
    let built = state.organisations[org].built[element];
    let sent = built * counts;
    if looking.actor != host {
        let params = &state.law.forces;
        *sum += forces::sending(sent, own.ambition, own.capability, own.autonomy, params);
        return;
    }
    for threat in 0..own.intensity.len() {
        let protection = state.elements[element].protection[threat];
        let left = forces::calmed(state.law.forces.calm, protection, built);
        let change = -own.intensity[threat] * (1.0 - left) * counts;
        value_threat(state, threat, host, change, sum);
    }
    let seats = state.organisations[org].seats.iter();
    let affinity = mean_affinity(state, host, seats.map(|seat| (seat.actor, seat.weight)));
    *sum += bilateral::forces(
        sent,
        1.0,
        own.autonomy,
        affinity,
        state.law.bilateral.forces,
    );
}

/// Worth of a change of a bloc's presence in a host to an actor.
fn value_presence(
    state: &State<'_>,
    (host, bloc): (usize, usize),
    by: f32,
    counts: f32,
    actor: usize,
    sum: &mut f32,
) {
    let (own, law) = (&state.actors[actor], &state.law);
    let tie = &own.blocs[bloc];
    if tie.insider {
        *sum += law.forces.access * by * counts;
        return;
    }
    let share = if actor == host {
        1.0
    } else {
        state.pair(host, actor).contiguity * law.forces.near
    };
    let change = forces::change_near(tie.presence, by, share) * counts;
    let region = math::positive_part(expose::forces(state, bloc));
    for (threat, spec) in state.scenario.world.threats.iter().enumerate() {
        let moved = match spec.kind {
            ThreatKind::Spillover { .. } => {
                let relief = law.threats.relief * region * (1.0 + tie.trust) / 2.0;
                -own.intensity[threat] * relief * change
            }
            ThreatKind::External { bloc: of } if of == bloc => {
                law.threats.presence * own.ambition * region * change
            }
            _ => continue,
        };
        value_threat(state, threat, actor, moved, sum);
    }
    *sum += bilateral::forces(
        change * region,
        1.0,
        own.autonomy,
        tie.trust,
        law.bilateral.forces,
    );
    if actor == host {
        *sum += forces::hosting(change, own.income, own.regime, &law.forces);
    }
}

/// Worth of trust: to those who gain it by their stake, to the bloc by the weight of the others.
fn value_trust(
    state: &State<'_>,
    group: &Group,
    bloc: usize,
    looking: &Looking<'_>,
    by: f32,
    sum: &mut f32,
) {
    let own = &state.actors[looking.actor];
    let worth = state.law.bilateral.trust;
    if own.blocs[bloc].insider {
        let mut weight = 0.0;
        for (actor, other) in state.actors.iter().enumerate() {
            if belongs(state, group, actor, looking) {
                weight += other.capability;
            }
        }
        *sum += worth / 2.0 * trade::worth(weight, BLOC_ATTENTION) * by;
    } else if belongs(state, group, looking.actor, looking) {
        let stake = outside::cost(
            own.blocs[bloc].stake,
            own.salience[0],
            own.salience[1],
            1.0,
            0.0,
        );
        *sum += worth * stake * by;
    }
}

/// Worth of ties with the other side of an effect on pairs; a pair counts once.
fn value_ties(
    state: &State<'_>,
    effect: &Effect,
    counts: f32,
    looking: &Looking<'_>,
    sum: &mut f32,
) {
    let (Effect::AffinityShift { from, to, by }
    | Effect::TradeScale { from, to, by }
    | Effect::EnergyLinkAdd { from, to, by }) = effect
    else {
        unreachable!("only effects on pairs come here")
    };
    let by = state.value(*by);
    let law = &state.law;
    let own = &state.actors[looking.actor];
    let meets = |here: &Group, there: &Group, other: usize| {
        belongs(state, here, looking.actor, looking) && belongs(state, there, other, looking)
    };
    let others: Vec<usize> = (0..state.actors.len())
        .filter(|&other| other != looking.actor)
        .filter(|&other| meets(from, to, other) || meets(to, from, other))
        .collect();
    let company = others
        .iter()
        .fold(0.0, |sum, &other| sum + state.actors[other].capability);
    for other in others {
        let pair = state.pair(looking.actor, other);
        let worth = match effect {
            Effect::AffinityShift { .. } => {
                let share = state.actors[other].capability / math::max(company, f32::MIN_POSITIVE);
                law.bilateral.affinity * by * share
            }
            Effect::TradeScale { .. } => {
                let flow = state.dependence(looking.actor, other);
                let half = law.trade.half_dependence;
                let gain = trade::worth(flow * by, half) - trade::worth(flow, half);
                law.bilateral.ties * law.trade.weight * own.salience[1] * gain
            }
            _ => {
                let link = math::clamp_share(pair.energy_link + by) - pair.energy_link;
                let gain = pair.complement_raw * (1.0 - law.energy.link_floor) * link;
                law.bilateral.ties * law.energy.weight * own.salience[0] * state.price() * gain
            }
        };
        *sum += worth * counts;
    }
}
