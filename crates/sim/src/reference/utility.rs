//! The utility function, seat by seat: computed in full for any levels, texts and weights.

use super::state::State;
use crate::appraisal::REQUIRED_FLOOR;
use crate::math;
use crate::mechanisms::{affinity, autonomy, energy, influence, outside, security, trade};

/// All organisations at one moment, real or imagined: by organisation, then element, bloc or seat.
#[derive(Clone)]
pub(super) struct Moment {
    pub(super) levels: Vec<Vec<f32>>,
    pub(super) texts: Vec<Vec<f32>>,
    pub(super) weights: Vec<Vec<f32>>,
}

impl Moment {
    /// As built.
    pub(super) fn built(state: &State<'_>) -> Self {
        Self {
            levels: state
                .organisations
                .iter()
                .map(|org| org.built.clone())
                .collect(),
            ..Self::declared(state)
        }
    }

    /// As declared.
    pub(super) fn declared(state: &State<'_>) -> Self {
        let organisations = &state.organisations;
        Self {
            levels: organisations
                .iter()
                .map(|org| org.declared.clone())
                .collect(),
            texts: organisations.iter().map(|org| org.texts.clone()).collect(),
            weights: organisations
                .iter()
                .map(|org| org.seats.iter().map(|seat| seat.weight).collect())
                .collect(),
        }
    }
}

/// What an organisation is by its levels.
pub(super) struct View {
    protection: Vec<f32>,
    depth: [f32; 3],
    coordination: f32,
    binding: f32,
    opening: f32,
    assistance: f32,
    infrastructure: f32,
    pub(super) antagonism: Vec<f32>,
}

/// Level of an element as far as what it requires is there.
pub(super) fn effective(state: &State<'_>, levels: &[f32], element: usize) -> f32 {
    let requires = &state.scenario.world.elements[element].requires;
    if requires.is_empty() {
        return levels[element];
    }
    let least = requires
        .iter()
        .fold(1.0, |least, &required| math::min(least, levels[required]));
    levels[element] * (REQUIRED_FLOOR + (1.0 - REQUIRED_FLOOR) * least)
}

/// Makes the view of an organisation.
pub(super) fn view(state: &State<'_>, moment: &Moment, org: usize) -> View {
    let levels = &moment.levels[org];
    let sum = |start: f32, weight: &dyn Fn(&super::state::Element) -> f32| {
        let mut sum = start;
        for (idx, element) in state.elements.iter().enumerate() {
            sum += weight(element) * effective(state, levels, idx);
        }
        sum
    };
    let share =
        |weight: &dyn Fn(&super::state::Element) -> f32| math::clamp_share(sum(0.0, weight));
    let n_threats = state.scenario.world.threats.len();
    let texts = moment.texts[org].iter().enumerate();
    View {
        protection: (0..n_threats)
            .map(|threat| sum(0.0, &|element| element.protection[threat]))
            .collect(),
        depth: [
            share(&|element| element.depth[0]),
            share(&|element| element.depth[1]),
            share(&|element| element.depth[2]),
        ],
        coordination: share(&|element| element.coordination),
        binding: share(&|element| element.binding),
        opening: share(&|element| element.opening),
        assistance: share(&|element| element.assistance),
        infrastructure: share(&|element| element.infrastructure),
        antagonism: texts
            .map(|(bloc, text)| sum(*text, &|element| element.signal[bloc]))
            .collect(),
    }
}

/// Reach of every seat: its own weight, or what a link brings in.
pub(super) fn reach(state: &State<'_>, moment: &Moment, org: usize) -> Vec<f32> {
    let seats = &state.organisations[org].seats;
    let mut out = moment.weights[org].clone();
    for (reach, seat) in out.iter_mut().zip(seats) {
        for (element, spec) in state.scenario.world.elements.iter().enumerate() {
            let Some(partner) = spec.links_to.filter(|partner| *partner != org) else {
                continue;
            };
            let mut there = state.organisations[partner]
                .seats
                .iter()
                .zip(&moment.weights[partner]);
            if let Some((_, weight)) = there.find(|(other, _)| other.actor == seat.actor) {
                *reach = math::max(
                    *reach,
                    math::clamp_share(moment.levels[org][element]) * weight,
                );
            }
        }
    }
    out
}

/// What fellow members are to one seat.
#[derive(Clone, Default)]
struct Sums {
    pool: f32,
    dependence: f32,
    /// Share of the largest other economy in the pair with it.
    dominance: f32,
    complement: f32,
    rivalry: f32,
    liking: f32,
    company: f32,
    entrapment: f32,
    /// Followership in energy, trade, security.
    lead: [f32; 3],
}

/// All seats together.
#[derive(Default)]
struct Totals {
    reach: f32,
    capability: f32,
    sellers: f32,
    buyers: f32,
}

/// What hangs on who is in, for every seat of an organisation.
pub(super) struct Company {
    sums: Vec<Sums>,
    totals: Totals,
    /// Strongest leader, second strongest, all together, by domain.
    first: [f32; 3],
    second: [f32; 3],
    all: [f32; 3],
}

impl Company {
    /// Capability of everyone in, by reach.
    pub(super) fn capability(&self) -> f32 {
        self.totals.capability
    }
}

/// Sums up who is in.
pub(super) fn company(state: &State<'_>, moment: &Moment, org: usize) -> Company {
    let seats = &state.organisations[org].seats;
    let reach = reach(state, moment, org);
    let mut totals = Totals::default();
    for (seat, reach) in seats.iter().zip(&reach) {
        let own = &state.actors[seat.actor];
        totals.reach += reach;
        totals.capability += reach * own.capability;
        totals.sellers += reach * own.seller;
        totals.buyers += reach * own.buyer;
    }
    // Sums run over fellow members in the order of their seats.
    let sum = |at: usize| {
        let mut sums = Sums::default();
        for other in (0..seats.len()).filter(|&other| other != at) {
            meet(
                state,
                &totals,
                seats[at].actor,
                seats[other].actor,
                reach[other],
                &mut sums,
            );
        }
        // One leads as far as one is in.
        for lead in &mut sums.lead {
            *lead *= reach[at];
        }
        sums
    };
    let sums: Vec<Sums> = (0..seats.len()).map(sum).collect();
    let (mut first, mut second, mut all) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for domain in 0..3 {
        for seat in &sums {
            let lead = seat.lead[domain];
            all[domain] += lead;
            if lead > first[domain] {
                second[domain] = first[domain];
                first[domain] = lead;
            } else if lead > second[domain] {
                second[domain] = lead;
            }
        }
    }
    Company {
        sums,
        totals,
        first,
        second,
        all,
    }
}

/// Adds what one fellow member, present by its reach, is to an actor.
fn meet(
    state: &State<'_>,
    totals: &Totals,
    own: usize,
    fellow: usize,
    reach: f32,
    sums: &mut Sums,
) {
    let pair = state.pair(own, fellow);
    let other = &state.actors[fellow];
    let affinity = pair.affinity;
    let warm = (1.0 + affinity) / 2.0;
    let is_source = pair.source == own;
    let pull = if is_source {
        pair.pull_source
    } else {
        pair.pull_target
    };
    let share = other.capability / math::max(totals.capability, f32::MIN_POSITIVE);
    let seat = 1.0 / math::max(totals.reach, f32::MIN_POSITIVE);
    let voice = reach * math::lerp(share, seat, state.law.influence.seat);
    sums.pool += reach * other.capability * warm;
    sums.dependence += reach * state.dependence(own, fellow);
    sums.dominance = math::max(
        sums.dominance,
        reach * trade::dominance(state.actors[own].gdp, other.gdp),
    );
    sums.complement += reach * pair.complement;
    sums.rivalry += reach * pair.fuel_rivalry;
    sums.liking += reach * other.capability * affinity;
    sums.company += reach * other.capability;
    sums.entrapment += reach * other.capability * other.external * (1.0 - affinity) / 2.0;
    sums.lead[0] += voice * pair.complement;
    sums.lead[1] += voice * state.dependence(fellow, own) * warm;
    sums.lead[2] += voice * pull * warm;
}

/// What a seat carries: intrusion and signals net of the same commitments elsewhere.
pub(super) struct Carried {
    intrusion: f32,
    pub(super) posture: Vec<f32>,
}

/// Sums what an actor carries in an organisation.
pub(super) fn carry(state: &State<'_>, moment: &Moment, org: usize, actor: usize) -> Carried {
    let mut carried = Carried {
        intrusion: 0.0,
        posture: moment.texts[org].clone(),
    };
    let own = &moment.levels[org];
    let others: Vec<usize> = (0..state.organisations.len())
        .filter(|&other| {
            other != org
                && state
                    .seat(other, actor)
                    .is_some_and(|seat| seat.is_member())
        })
        .collect();
    for (idx, element) in state.elements.iter().enumerate() {
        let level = effective(state, own, idx);
        let mut elsewhere = 0.0;
        for &other in &others {
            let there = moment.levels[other][idx];
            if state.scenario.world.elements[idx].links_to == Some(other) {
                elsewhere = math::max(elsewhere, level);
            } else if there > own[idx] || (there >= own[idx] && other < org) {
                // The deeper one, or of equals the first, is what counts, as far as towards the same members.
                elsewhere = math::max(elsewhere, common(state, org, other) * there);
            }
        }
        let new = autonomy::additional(level, elsewhere, state.law.autonomy.overlap);
        carried.intrusion += element.intrusiveness * new;
        for (posture, signal) in carried.posture.iter_mut().zip(&element.signal) {
            *posture += signal * new;
        }
    }
    carried
}

/// Share of the capability of an organisation's full members that is in full members of another.
fn common(state: &State<'_>, org: usize, other: usize) -> f32 {
    let (mut both, mut all) = (0.0, 0.0);
    for (actor, own) in state.actors.iter().enumerate() {
        let is_in = |org: usize| state.seat(org, actor).is_some_and(|seat| seat.is_member());
        if is_in(org) {
            all += own.capability;
            if is_in(other) {
                both += own.capability;
            }
        }
    }
    both / math::max(all, f32::MIN_POSITIVE)
}

/// What comes out for one seat.
pub(super) struct Appraised {
    pub(super) terms: [f32; 7],
    pub(super) protection: Vec<f32>,
    pub(super) lead: f32,
    pub(super) led: f32,
    pub(super) interdependence: f32,
}

/// One seat to be judged: everything that its terms hang on.
pub(super) struct Judged<'a> {
    pub(super) org: usize,
    pub(super) at: usize,
    pub(super) weight: f32,
    pub(super) view: &'a View,
    pub(super) company: &'a Company,
    pub(super) carried: &'a Carried,
    pub(super) reference: &'a [f32],
}

/// The seven terms of a seat.
pub(super) fn judge(state: &State<'_>, judged: &Judged<'_>) -> Appraised {
    let seat = &state.organisations[judged.org].seats[judged.at];
    let own = &state.actors[seat.actor];
    let mut out = Appraised {
        terms: [0.0; 7],
        protection: Vec::new(),
        lead: 0.0,
        led: 0.0,
        interdependence: 0.0,
    };
    secure(state, judged, &mut out);
    gain(state, judged, &mut out);
    lead(state, judged, &mut out);
    let mut worst = 0.0;
    for ((posture, reference), tie) in judged
        .carried
        .posture
        .iter()
        .zip(judged.reference)
        .zip(&own.blocs)
    {
        let cost = outside::cost(
            tie.stake,
            own.salience[0],
            own.salience[1],
            posture - reference,
            tie.trust,
        );
        if !tie.insider && math::abs(cost) > math::abs(worst) {
            worst = cost;
        }
    }
    out.terms[6] = -judged.weight * state.law.outside.weight * worst;
    out
}

fn secure(state: &State<'_>, judged: &Judged<'_>, out: &mut Appraised) {
    let params = &state.law.security;
    let organisation = &state.organisations[judged.org];
    let seat = &organisation.seats[judged.at];
    let own = &state.actors[seat.actor];
    let sums = &judged.company.sums[judged.at];
    let mut worth = 0.0;
    for (threat, spec) in state.scenario.world.threats.iter().enumerate() {
        let pool = security::pool_worth(sums.pool, params.pool_half);
        let elements = judged.view.protection[threat];
        let protection =
            security::protection(params.protection, elements, pool, organisation.cohesion);
        worth += security::protection_worth(
            own.intensity[threat],
            protection,
            seat.elsewhere[threat],
            params.overlap,
            state.value(spec.public_share),
            judged.weight,
        );
        out.protection.push(protection);
    }
    let signal = largest(&judged.carried.posture);
    let deterrence = params.deterrence * security::deterrence(own.external, own.regime, signal);
    let company = math::max(judged.company.totals.capability, f32::MIN_POSITIVE);
    let entrapment = params.entrapment * judged.view.assistance * sums.entrapment / company;
    out.terms[2] =
        params.weight * own.salience[2] * (worth + judged.weight * (deterrence - entrapment));
}

/// What membership adds: the total without the trade and energy that go on between partners.
pub(super) fn added(state: &State<'_>, judged: &Judged<'_>, total: f32) -> f32 {
    let actor = state.organisations[judged.org].seats[judged.at].actor;
    let (sums, salience) = (
        &judged.company.sums[judged.at],
        &state.actors[actor].salience,
    );
    let drawn = energy::kept(
        state.price(),
        energy::saturate_sum(sums.complement),
        energy::saturate_sum(sums.rivalry),
    );
    let traded = trade::worth(sums.dependence, state.law.trade.half_dependence);
    let kept = state.law.energy.weight * salience[0] * drawn
        + state.law.trade.weight * salience[1] * traded;
    total - judged.weight * kept
}

/// Largest posture over the blocs; none without blocs.
fn largest(posture: &[f32]) -> f32 {
    posture.iter().copied().reduce(math::max).unwrap_or(0.0)
}

fn gain(state: &State<'_>, judged: &Judged<'_>, out: &mut Appraised) {
    let law = &state.law;
    let own = &state.actors[state.organisations[judged.org].seats[judged.at].actor];
    let (view, totals, sums) = (
        judged.view,
        &judged.company.totals,
        &judged.company.sums[judged.at],
    );
    let both = math::max(totals.sellers + totals.buyers, f32::MIN_POSITIVE);
    let energy = energy::EnergyView {
        price: state.price(),
        complement: energy::saturate_sum(sums.complement),
        rivalry: energy::saturate_sum(sums.rivalry),
        coordination: view.coordination,
        binding: view.binding,
        seller: own.seller,
        buyer: own.buyer,
        balance: (totals.sellers - totals.buyers) / both,
        infrastructure: view.infrastructure,
        risk: own.attack,
        transit: own.transit,
    };
    let weight = judged.weight;
    out.terms[0] =
        weight * law.energy.weight * own.salience[0] * energy::benefit(&energy, &law.energy);
    let trade = trade::benefit(sums.dependence, view.opening, sums.dominance, &law.trade);
    out.terms[1] = weight * law.trade.weight * own.salience[1] * trade;
    out.interdependence =
        (trade::worth(sums.dependence, law.trade.half_dependence) + energy.complement) / 2.0;
    let mean = sums.liking / math::max(sums.company, f32::MIN_POSITIVE);
    let depth = view.depth[0] + view.depth[1] + view.depth[2];
    out.terms[3] = weight * law.affinity.weight * affinity::benefit(mean, depth);
}

fn lead(state: &State<'_>, judged: &Judged<'_>, out: &mut Appraised) {
    let params = &state.law.influence;
    let own = &state.actors[state.organisations[judged.org].seats[judged.at].actor];
    let company = judged.company;
    let (mut worth, mut lead_sum, mut led_sum) = (0.0, 0.0, 0.0);
    for domain in 0..3 {
        let all = math::max(company.all[domain], f32::MIN_POSITIVE);
        let lead = company.sums[judged.at].lead[domain] / all;
        let (first, second) = (company.first[domain] / all, company.second[domain] / all);
        let other = if lead >= first { second } else { first };
        worth += influence::leadership_worth(judged.view.depth[domain], lead, other, params.rival);
        lead_sum += lead;
        led_sum += other;
    }
    let defiance = influence::defiance(largest(&judged.carried.posture), params.status);
    out.terms[4] = judged.weight * params.weight * own.ambition * (worth + defiance);
    (out.lead, out.led) = (lead_sum / 3.0, led_sum / 3.0);
    let cost = autonomy::cost(own.autonomy, judged.carried.intrusion, out.lead, out.led);
    out.terms[5] = -judged.weight * state.law.autonomy.weight * cost;
}
