//! The one utility function: what a seat in an organisation is worth, by term, for any levels and members.
//!
//! Used each step with what is built, and at meetings with what is declared and with what a rung would
//! add: there is no second set of payoffs. A [`Sums`] holds what depends on who is in, a [`View`] what depends on
//! the levels; [`appraise`] makes the seven terms of both. Relies on the kernels of the mechanisms only.

use crate::laned::laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{Law, affinity, autonomy, energy, influence, outside, security, trade};
use crate::program::{BLOCS_MAX, OrganisationPlan, Program, THREATS_MAX};
use crate::state::{Affinity, BlocTies, Bonds, ElementWeights, Salience, Threatened, Traits};

/// What an organisation is by its levels.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) protection: [Lanes; THREATS_MAX],
    pub(crate) depth: [Lanes; 3],
    pub(crate) coordination: Lanes,
    pub(crate) binding: Lanes,
    pub(crate) opening: Lanes,
    pub(crate) assistance: Lanes,
    pub(crate) infrastructure: Lanes,
    /// Antagonism towards each bloc, by elements and texts.
    pub(crate) antagonism: [Lanes; BLOCS_MAX],
}

laned! {
    /// What depends on who is in an organisation, seen from one seat. Sums over fellow members by reach.
    pub(crate) struct Sums {
        /// Pooled capability, by affinity.
        pool,
        /// Trade over own GDP.
        dependence,
        /// Share of the largest other economy in the pair with it.
        dominance,
        complement,
        rivalry,
        /// Capability × affinity.
        liking,
        /// Capability.
        company,
        /// Capability × external threat × dislike.
        entrapment,
        /// Followership by domain.
        lead_energy,
        lead_trade,
        lead_security,
    }
}

laned! {
    /// Sums over all seats of an organisation.
    pub(crate) struct Totals {
        reach,
        capability,
        sellers,
        buyers,
    }
}

/// What the world is to the utility function at one moment.
pub(crate) struct Setting<'a> {
    pub(crate) plan: &'a Program,
    pub(crate) law: &'a Law<Lanes>,
    pub(crate) elements: &'a [ElementWeights],
    pub(crate) traits: &'a [Traits],
    pub(crate) salience: &'a [Salience],
    pub(crate) threatened: &'a [Threatened],
    pub(crate) blocs: &'a [BlocTies],
    pub(crate) bonds: &'a [Bonds],
    pub(crate) affinity: &'a [Affinity],
    pub(crate) price: &'a Lanes,
}

/// Share of an element's worth that does not wait for what it requires. Assumption.
pub(crate) const REQUIRED_FLOOR: f32 = 0.5;

/// Level of an element as far as what it requires is there.
#[inline(always)]
pub(crate) fn effective_level(requires: &[usize], levels: &[Lanes], element: usize, out: &mut Lanes) {
    out.0 = levels[element].0;
    if requires.is_empty() {
        return;
    }
    let mut least = Lanes::ONE;
    for &required in requires {
        least.update_with(&levels[required], math::min);
    }
    out.update_with(&least, |level, least| level * (REQUIRED_FLOOR + (1.0 - REQUIRED_FLOOR) * least));
}

/// Adds `weight · level`.
#[inline(always)]
fn add(out: &mut Lanes, weight: &Lanes, level: &Lanes) {
    for l in 0..LANES {
        out.0[l] += weight.0[l] * level.0[l];
    }
}

/// Makes the view of an organisation from its levels and texts.
#[inline(always)]
pub(crate) fn view(setting: &Setting<'_>, plan: &OrganisationPlan, levels: &[Lanes], texts: &[Lanes; BLOCS_MAX]) -> View {
    let world = &setting.plan.scenario.world;
    let mut view = View { antagonism: *texts, ..View::default() };
    let mut level = Lanes::ZERO;
    for &element in &plan.live {
        let weights = &setting.elements[element];
        effective_level(&world.elements[element].requires, levels, element, &mut level);
        for threat in 0..world.threats.len() {
            add(&mut view.protection[threat], &weights.protection[threat], &level);
        }
        for domain in 0..3 {
            add(&mut view.depth[domain], &weights.depth[domain], &level);
        }
        for bloc in 0..world.blocs.len() {
            add(&mut view.antagonism[bloc], &weights.signal[bloc], &level);
        }
        add(&mut view.coordination, &weights.coordination, &level);
        add(&mut view.binding, &weights.binding, &level);
        add(&mut view.opening, &weights.opening, &level);
        add(&mut view.assistance, &weights.assistance, &level);
        add(&mut view.infrastructure, &weights.infrastructure, &level);
    }
    let shares = [
        &mut view.coordination,
        &mut view.binding,
        &mut view.opening,
        &mut view.assistance,
        &mut view.infrastructure,
    ];
    for share in shares {
        share.update(math::clamp_share);
    }
    for depth in &mut view.depth {
        depth.update(math::clamp_share);
    }
    view
}

/// Reach of every seat: its own weight, or what a link brings in.
#[inline(always)]
pub(crate) fn reach(
    plan: &Program,
    org: usize,
    levels: &[Lanes],
    weight_of: impl Fn(usize) -> Lanes,
    out: &mut [Lanes],
) {
    let organisation = &plan.organisations[org];
    for (at, row) in organisation.seats.clone().enumerate() {
        out[at] = weight_of(row);
        for &(element, partner) in &organisation.links {
            if let Some(other) = plan.seat(partner, plan.seats[row].actor) {
                let weight = weight_of(other);
                for l in 0..LANES {
                    let linked = math::clamp_share(levels[element].0[l]) * weight.0[l];
                    out[at].0[l] = math::max(out[at].0[l], linked);
                }
            }
        }
    }
}

/// Sums over fellow members for every seat of an organisation, given reaches.
#[inline(always)]
pub(crate) fn sum_up(
    setting: &Setting<'_>,
    org: usize,
    reach: &[Lanes],
    sums: &mut [Sums<Lanes>],
    totals: &mut Totals<Lanes>,
) {
    let plan = &setting.plan.organisations[org];
    let first = plan.seats.start;
    *totals = Totals::default();
    for (at, row) in plan.seats.clone().enumerate() {
        sums[at] = Sums::default();
        let own = &setting.traits[setting.plan.seats[row].actor].0;
        for l in 0..LANES {
            let reach = reach[at].0[l];
            totals.reach.0[l] += reach;
            totals.capability.0[l] += reach * own.capability.0[l];
            totals.sellers.0[l] += reach * own.seller.0[l];
            totals.buyers.0[l] += reach * own.buyer.0[l];
        }
    }
    let seat_share = &setting.law.influence.seat;
    for peer in &plan.peers {
        let (source, target) = (setting.plan.seats[peer.first].actor, setting.plan.seats[peer.second].actor);
        let pair = Pair {
            affinity: &setting.affinity[peer.dyad].value,
            bonds: &setting.bonds[peer.dyad].0,
            source: &setting.traits[source].0,
            target: &setting.traits[target].0,
            threats: (&setting.threatened[source].external, &setting.threatened[target].external),
            totals,
            seat_share,
        };
        let (at, other) = (peer.first - first, peer.second - first);
        let (low, high) = sums.split_at_mut(other);
        meet(&pair, &reach[at], &reach[other], &mut low[at], &mut high[0]);
    }
    // One leads as far as one is in: an outsider with a seat that may come leads nobody.
    for (sums, reach) in sums.iter_mut().zip(reach) {
        for lead in [&mut sums.lead_energy, &mut sums.lead_trade, &mut sums.lead_security] {
            for l in 0..LANES {
                lead.0[l] *= reach.0[l];
            }
        }
    }
}

/// Two seats that meet in an organisation; the dyad's source is the first seat's actor.
struct Pair<'a> {
    affinity: &'a Lanes,
    bonds: &'a crate::state::BondValues<Lanes>,
    source: &'a crate::state::TraitValues<Lanes>,
    target: &'a crate::state::TraitValues<Lanes>,
    threats: (&'a Lanes, &'a Lanes),
    totals: &'a Totals<Lanes>,
    seat_share: &'a Lanes,
}

/// Adds what two seats are to one another.
#[inline(always)]
fn meet(
    pair: &Pair<'_>,
    reach_source: &Lanes,
    reach_target: &Lanes,
    source: &mut Sums<Lanes>,
    target: &mut Sums<Lanes>,
) {
    let (threat_source, threat_target) = pair.threats;
    let bonds = pair.bonds;
    for l in 0..LANES {
        let affinity = pair.affinity.0[l];
        let warm = (1.0 + affinity) / 2.0;
        let (rs, rt) = (reach_source.0[l], reach_target.0[l]);
        let (cs, ct) = (pair.source.capability.0[l], pair.target.capability.0[l]);
        let totals = pair.totals.at(l);
        let capability = math::max(totals.capability, f32::MIN_POSITIVE);
        let seats = math::max(totals.reach, f32::MIN_POSITIVE);
        let voice_s = rs * math::lerp(cs / capability, 1.0 / seats, pair.seat_share.0[l]);
        let voice_t = rt * math::lerp(ct / capability, 1.0 / seats, pair.seat_share.0[l]);
        let complement = bonds.complement.0[l];
        source.pool.0[l] += rt * ct * warm;
        target.pool.0[l] += rs * cs * warm;
        source.dependence.0[l] += rt * bonds.dependence_source.0[l];
        target.dependence.0[l] += rs * bonds.dependence_target.0[l];
        let (gs, gt) = (pair.source.gdp.0[l], pair.target.gdp.0[l]);
        source.dominance.0[l] = math::max(source.dominance.0[l], rt * trade::dominance(gs, gt));
        target.dominance.0[l] = math::max(target.dominance.0[l], rs * trade::dominance(gt, gs));
        source.complement.0[l] += rt * complement;
        target.complement.0[l] += rs * complement;
        source.rivalry.0[l] += rt * bonds.fuel_rivalry.0[l];
        target.rivalry.0[l] += rs * bonds.fuel_rivalry.0[l];
        source.liking.0[l] += rt * ct * affinity;
        target.liking.0[l] += rs * cs * affinity;
        source.company.0[l] += rt * ct;
        target.company.0[l] += rs * cs;
        source.entrapment.0[l] += rt * ct * threat_target.0[l] * (1.0 - affinity) / 2.0;
        target.entrapment.0[l] += rs * cs * threat_source.0[l] * (1.0 - affinity) / 2.0;
        source.lead_security.0[l] += voice_t * bonds.pull_source.0[l] * warm;
        target.lead_security.0[l] += voice_s * bonds.pull_target.0[l] * warm;
        source.lead_trade.0[l] += voice_t * bonds.dependence_target.0[l] * warm;
        target.lead_trade.0[l] += voice_s * bonds.dependence_source.0[l] * warm;
        source.lead_energy.0[l] += voice_t * complement;
        target.lead_energy.0[l] += voice_s * complement;
    }
}

/// Strongest and second strongest leader of an organisation in each domain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaders {
    first: [Lanes; 3],
    second: [Lanes; 3],
    /// Followership of all seats together.
    all: [Lanes; 3],
}

/// Finds the leaders.
#[inline(always)]
pub(crate) fn leaders(sums: &[Sums<Lanes>]) -> Leaders {
    let mut leaders = Leaders::default();
    for seat in sums {
        for (domain, lead) in [&seat.lead_energy, &seat.lead_trade, &seat.lead_security].into_iter().enumerate() {
            for l in 0..LANES {
                let (first, second) = (leaders.first[domain].0[l], leaders.second[domain].0[l]);
                let lead = lead.0[l];
                leaders.second[domain].0[l] = math::max(math::min(first, lead), second);
                leaders.first[domain].0[l] = math::max(first, lead);
                leaders.all[domain].0[l] += lead;
            }
        }
    }
    leaders
}

/// Largest lead of anyone else.
#[inline(always)]
fn strongest_other(first: f32, second: f32, own: f32) -> f32 {
    math::select(own >= first, second, first)
}

/// Level carried elsewhere, counted only where it is the deeper one (a tie goes to the first organisation), so
/// that of two equal commitments one is paid in full.
#[inline(always)]
fn carried_there(there: f32, here: f32, first: bool) -> f32 {
    math::select((there > here) | ((there == here) & first), there, 0.0)
}

/// What a seat carries: intrusion and signals net of the same commitments in other organisations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried {
    pub(crate) intrusion: Lanes,
    pub(crate) posture: [Lanes; BLOCS_MAX],
}

/// Sums intrusion and signals of an organisation for one seat.
///
/// `levels_of(org)` gives the levels judged, `member(org)` the lanes in which the seat's actor is a full member there.
#[inline(always)]
pub(crate) fn carry<'a>(
    setting: &Setting<'_>,
    org: usize,
    texts: &[Lanes; BLOCS_MAX],
    levels_of: impl Fn(usize) -> &'a [Lanes],
    member: &[Option<Lanes>],
) -> Carried {
    let world = &setting.plan.scenario.world;
    let overlap = &setting.law.autonomy.overlap;
    let mut carried = Carried { posture: *texts, ..Carried::default() };
    let own = levels_of(org);
    let mut level = Lanes::ZERO;
    for &element in &setting.plan.organisations[org].live {
        let weights = &setting.elements[element];
        effective_level(&world.elements[element].requires, own, element, &mut level);
        let mut elsewhere = Lanes::ZERO;
        for (other, plan) in setting.plan.organisations.iter().enumerate() {
            let Some(full) = member[other].as_ref().filter(|_| other != org) else { continue };
            if world.elements[element].links_to == Some(other) {
                for l in 0..LANES {
                    elsewhere.0[l] = math::max(elsewhere.0[l], full.0[l] * level.0[l]);
                }
            } else if plan.live.contains(&element) {
                let there = &levels_of(other)[element];
                for l in 0..LANES {
                    let deeper = carried_there(there.0[l], own[element].0[l], other < org);
                    elsewhere.0[l] = math::max(elsewhere.0[l], full.0[l] * deeper);
                }
            }
        }
        for l in 0..LANES {
            level.0[l] = autonomy::additional(level.0[l], elsewhere.0[l], overlap.0[l]);
        }
        add(&mut carried.intrusion, &weights.intrusiveness, &level);
        for bloc in 0..world.blocs.len() {
            add(&mut carried.posture[bloc], &weights.signal[bloc], &level);
        }
    }
    carried
}

/// Everything about one seat that the terms need.
pub(crate) struct SeatView<'a> {
    pub(crate) actor: usize,
    pub(crate) weight: &'a Lanes,
    pub(crate) sums: &'a Sums<Lanes>,
    pub(crate) totals: &'a Totals<Lanes>,
    pub(crate) leaders: &'a Leaders,
    pub(crate) carried: &'a Carried,
    pub(crate) reference: &'a [Lanes; BLOCS_MAX],
    /// Protection by the actor's best other organisation, by threat.
    pub(crate) elsewhere: &'a [Lanes; THREATS_MAX],
    pub(crate) cohesion: &'a Lanes,
}

/// The seven terms of a seat with what else comes out on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Appraised {
    pub(crate) terms: [Lanes; 7],
    pub(crate) protection: [Lanes; THREATS_MAX],
    pub(crate) lead: Lanes,
    pub(crate) led: Lanes,
    pub(crate) interdependence: Lanes,
}

/// Makes the seven terms of a seat.
#[inline(always)]
pub(crate) fn appraise(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>, public: &[Lanes]) -> Appraised {
    let mut out = Appraised::default();
    secure(setting, view, seat, public, &mut out);
    gain(setting, view, seat, &mut out);
    lead(setting, view, seat, &mut out);
    face(setting, seat, &mut out);
    out
}

/// The security term.
#[inline(always)]
fn secure(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>, public: &[Lanes], out: &mut Appraised) {
    let params = &setting.law.security;
    let threatened = &setting.threatened[seat.actor];
    let salience = &setting.salience[seat.actor].now[2];
    let mut worth = Lanes::ZERO;
    for threat in 0..setting.plan.scenario.world.threats.len() {
        for l in 0..LANES {
            let pool = security::pool_worth(seat.sums.pool.0[l], params.pool_half.0[l]);
            let protection = security::protection(
                params.protection.0[l],
                view.protection[threat].0[l],
                pool,
                seat.cohesion.0[l],
            );
            out.protection[threat].0[l] = protection;
            worth.0[l] += security::protection_worth(
                threatened.intensity[threat].0[l],
                protection,
                seat.elsewhere[threat].0[l],
                params.overlap.0[l],
                public[threat].0[l],
                seat.weight.0[l],
            );
        }
    }
    let (external, regime) = (&threatened.external, &threatened.regime);
    let signal = largest(&seat.carried.posture, setting.plan.bloc_members.len());
    for l in 0..LANES {
        let deterrence = params.deterrence.0[l] * security::deterrence(external.0[l], regime.0[l], signal.0[l]);
        let company = math::max(seat.totals.capability.0[l], f32::MIN_POSITIVE);
        let entrapment =
            params.entrapment.0[l] * view.assistance.0[l] * seat.sums.entrapment.0[l] / company;
        let own = seat.weight.0[l] * (deterrence - entrapment);
        out.terms[2].0[l] = params.weight.0[l] * salience.0[l] * (worth.0[l] + own);
    }
}

/// Largest posture over the blocs, which overlap and so are never added.
#[inline(always)]
fn largest(posture: &[Lanes; BLOCS_MAX], n: usize) -> Lanes {
    let mut out = if n > 0 { posture[0] } else { Lanes::ZERO };
    for other in posture.iter().take(n).skip(1) {
        out.update_with(other, math::max);
    }
    out
}

/// The energy, trade and affinity terms.
#[inline(always)]
fn gain(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>, out: &mut Appraised) {
    let law = setting.law;
    let own = &setting.traits[seat.actor].0;
    let salience = &setting.salience[seat.actor].now;
    let risk = &setting.threatened[seat.actor].attack;
    for l in 0..LANES {
        let (weight, totals) = (seat.weight.0[l], seat.totals.at(l));
        let both = math::max(totals.sellers + totals.buyers, f32::MIN_POSITIVE);
        let energy = energy::EnergyView {
            price: setting.price.0[l],
            complement: energy::saturate_sum(seat.sums.complement.0[l]),
            rivalry: energy::saturate_sum(seat.sums.rivalry.0[l]),
            coordination: view.coordination.0[l],
            binding: view.binding.0[l],
            seller: own.seller.0[l],
            buyer: own.buyer.0[l],
            balance: (totals.sellers - totals.buyers) / both,
            infrastructure: view.infrastructure.0[l],
            risk: risk.0[l],
            transit: own.transit.0[l],
        };
        let params = law.energy.at(l);
        out.terms[0].0[l] = weight * params.weight * salience[0].0[l] * energy::benefit(&energy, &params);
        let params = law.trade.at(l);
        let trade = trade::benefit(seat.sums.dependence.0[l], view.opening.0[l], seat.sums.dominance.0[l], &params);
        out.terms[1].0[l] = weight * params.weight * salience[1].0[l] * trade;
        let traded = trade::worth(seat.sums.dependence.0[l], params.half_dependence);
        out.interdependence.0[l] = (traded + energy.complement) / 2.0;
        let mean = seat.sums.liking.0[l] / math::max(seat.sums.company.0[l], f32::MIN_POSITIVE);
        let depth = view.depth[0].0[l] + view.depth[1].0[l] + view.depth[2].0[l];
        out.terms[3].0[l] = weight * law.affinity.weight.0[l] * affinity::benefit(mean, depth);
    }
}

/// The influence and autonomy terms.
#[inline(always)]
fn lead(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>, out: &mut Appraised) {
    let own = &setting.traits[seat.actor].0;
    let posture = largest(&seat.carried.posture, setting.plan.bloc_members.len());
    let leads = [&seat.sums.lead_energy, &seat.sums.lead_trade, &seat.sums.lead_security];
    for l in 0..LANES {
        let params = setting.law.influence.at(l);
        let mut worth = 0.0;
        let mut lead_sum = 0.0;
        let mut led_sum = 0.0;
        for domain in 0..3 {
            let all = math::max(seat.leaders.all[domain].0[l], f32::MIN_POSITIVE);
            let lead = leads[domain].0[l] / all;
            let first = seat.leaders.first[domain].0[l] / all;
            let other = strongest_other(first, seat.leaders.second[domain].0[l] / all, lead);
            worth += influence::leadership_worth(view.depth[domain].0[l], lead, other, params.rival);
            lead_sum += lead;
            led_sum += other;
        }
        let defiance = influence::defiance(posture.0[l], params.status);
        let weight = seat.weight.0[l];
        out.terms[4].0[l] = weight * params.weight * own.ambition.0[l] * (worth + defiance);
        out.lead.0[l] = lead_sum / 3.0;
        out.led.0[l] = led_sum / 3.0;
        let intrusion = seat.carried.intrusion.0[l];
        let cost = autonomy::cost(own.autonomy.0[l], intrusion, out.lead.0[l], out.led.0[l]);
        out.terms[5].0[l] = -weight * setting.law.autonomy.weight.0[l] * cost;
    }
}

/// The outside term: the largest cost over blocs of which the actor is not a member.
#[inline(always)]
fn face(setting: &Setting<'_>, seat: &SeatView<'_>, out: &mut Appraised) {
    let ties = &setting.blocs[seat.actor];
    let salience = &setting.salience[seat.actor].now;
    let mut worst = Lanes::ZERO;
    for bloc in 0..setting.plan.bloc_members.len() {
        let outsider = 1.0 - ties.insider[bloc];
        for l in 0..LANES {
            let posture = seat.carried.posture[bloc].0[l] - seat.reference[bloc].0[l];
            let cost =
                outsider * outside::cost(ties.stake[bloc].0[l], salience[0].0[l], salience[1].0[l], posture, ties.trust[bloc].0[l]);
            let before = worst.0[l];
            worst.0[l] = math::select(math::abs(cost) > math::abs(before), cost, before);
        }
    }
    for l in 0..LANES {
        out.terms[6].0[l] = -seat.weight.0[l] * setting.law.outside.weight.0[l] * worst.0[l];
    }
}
