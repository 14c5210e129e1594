//! The one utility function: what a seat in an organisation is worth, by term, for any levels and members.
//!
//! Used each step with what is built, and at meetings with what is declared and with what a rung would
//! add: there is no second set of payoffs. A [`crate::company::Company`] holds what depends on who is in, a [`View`] what depends on
//! the levels; [`appraise`] makes the seven terms of both. Relies on the kernels of the mechanisms only.
//!
//! Each quantity is one loop over lanes with one output, which the compiler turns into vector code.

use crate::company::{Leaders, Sums, Totals, add, is_zero};
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{Law, affinity, autonomy, energy, influence, outside, security, trade};
use crate::program::{BLOCS_MAX, OrganisationPlan, Program, THREATS_MAX};
use crate::state::{
    Affinity, BlocTies, Bonds, ElementWeights, Salience, Threatened, Traits, weighs, zero,
};

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

impl View {
    /// Starts with the texts and nothing else.
    #[inline(always)]
    fn clear(&mut self, texts: &[Lanes; BLOCS_MAX]) {
        let Self {
            protection,
            depth,
            coordination,
            binding,
            opening,
            assistance,
            infrastructure,
            antagonism,
        } = self;
        zero(protection);
        zero(depth);
        for share in [coordination, binding, opening, assistance, infrastructure] {
            *share = Lanes::ZERO;
        }
        antagonism.clone_from(texts);
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
    /// Version of the ties that only effects change.
    pub(crate) ties: u64,
}

/// Share of an element's worth that does not wait for what it requires. Assumption.
pub(crate) const REQUIRED_FLOOR: f32 = 0.5;

/// Level of an element as far as what it requires is there.
#[inline(always)]
pub(crate) fn effective_level(
    requires: &[usize],
    levels: &[Lanes],
    element: usize,
    out: &mut Lanes,
) {
    out.0 = levels[element].0;
    if requires.is_empty() {
        return;
    }
    let mut least = Lanes::ONE;
    for &required in requires {
        least.update_with(&levels[required], math::min);
    }
    out.update_with(&least, |level, least| {
        level * (REQUIRED_FLOOR + (1.0 - REQUIRED_FLOOR) * least)
    });
}

/// Levels of an organisation's live elements as far as what they require is there.
#[inline(always)]
pub(crate) fn effective_levels(
    setting: &Setting<'_>,
    plan: &OrganisationPlan,
    levels: &[Lanes],
    out: &mut [Lanes],
) {
    for (out, &element) in out.iter_mut().zip(&plan.live) {
        let requires = &setting.plan.scenario.world.elements[element].requires;
        effective_level(requires, levels, element, out);
    }
}

/// One element as far as it is there.
struct Weigher<'a> {
    weights: &'a ElementWeights,
    level: &'a Lanes,
}

impl Weigher<'_> {
    /// Adds what the element does by one of its weights, unless that is zero.
    #[inline(always)]
    fn add(&self, out: &mut Lanes, weight: &Lanes, of: u32) {
        if self.weights.weighs & of != 0 {
            add(out, weight, self.level);
        }
    }

    /// Adds what it does against threats.
    #[inline(always)]
    fn protect(&self, view: &mut View, n_threats: usize) {
        let threats = view.protection.iter_mut().zip(&self.weights.protection);
        for (threat, (out, weight)) in threats.enumerate().take(n_threats) {
            self.add(out, weight, weighs::protection(threat));
        }
    }

    /// Adds what it tells the blocs.
    #[inline(always)]
    fn signal(&self, view: &mut View, n_blocs: usize) {
        let blocs = view.antagonism.iter_mut().zip(&self.weights.signal);
        for (bloc, (out, weight)) in blocs.enumerate().take(n_blocs) {
            self.add(out, weight, weighs::signal(bloc));
        }
    }

    /// Adds what it does in each domain.
    #[inline(always)]
    fn serve(&self, view: &mut View) {
        let weights = self.weights;
        for (domain, (out, weight)) in view.depth.iter_mut().zip(&weights.depth).enumerate() {
            self.add(out, weight, weighs::depth(domain));
        }
        self.add(
            &mut view.coordination,
            &weights.coordination,
            weighs::COORDINATION,
        );
        self.add(&mut view.binding, &weights.binding, weighs::BINDING);
        self.add(&mut view.opening, &weights.opening, weighs::OPENING);
        self.add(
            &mut view.assistance,
            &weights.assistance,
            weighs::ASSISTANCE,
        );
        self.add(
            &mut view.infrastructure,
            &weights.infrastructure,
            weighs::INFRASTRUCTURE,
        );
    }
}

/// Makes the view of an organisation from its levels (effective ones, by live element) and texts.
#[inline(always)]
pub(crate) fn view(
    setting: &Setting<'_>,
    plan: &OrganisationPlan,
    effective: &[Lanes],
    texts: &[Lanes; BLOCS_MAX],
    view: &mut View,
) {
    let world = &setting.plan.scenario.world;
    view.clear(texts);
    for (&element, level) in plan.live.iter().zip(effective) {
        // Nothing adds nothing: neither an element that is not there nor a weight of zero.
        if is_zero(level) {
            continue;
        }
        let weigher = Weigher {
            weights: &setting.elements[element],
            level,
        };
        weigher.protect(view, world.threats.len());
        weigher.signal(view, world.blocs.len());
        weigher.serve(view);
    }
    let View {
        coordination,
        binding,
        opening,
        assistance,
        infrastructure,
        ..
    } = view;
    for share in [coordination, binding, opening, assistance, infrastructure] {
        share.update(math::clamp_share);
    }
    for depth in &mut view.depth {
        depth.update(math::clamp_share);
    }
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

impl Carried {
    /// Starts with the texts, which everybody carries in full.
    #[inline(always)]
    fn clear(&mut self, texts: &[Lanes; BLOCS_MAX], n_blocs: usize) {
        self.intrusion = Lanes::ZERO;
        self.copy_postures(texts, n_blocs);
    }

    /// Copies the postures towards the blocs there are.
    #[inline(always)]
    fn copy_postures(&mut self, from: &[Lanes; BLOCS_MAX], n_blocs: usize) {
        for (to, from) in self.posture.iter_mut().zip(from).take(n_blocs) {
            *to = *from;
        }
    }

    /// Copies what another seat carries.
    #[inline(always)]
    pub(crate) fn copy(&mut self, from: &Self, n_blocs: usize) {
        self.intrusion = from.intrusion;
        self.copy_postures(&from.posture, n_blocs);
    }

    /// Adds one element at the level that counts.
    #[inline(always)]
    fn add(&mut self, weights: &ElementWeights, level: &Lanes, n_blocs: usize) {
        add(&mut self.intrusion, &weights.intrusiveness, level);
        for bloc in 0..n_blocs {
            if weights.weighs & weighs::signal(bloc) != 0 {
                add(&mut self.posture[bloc], &weights.signal[bloc], level);
            }
        }
    }
}

/// Levels of an organisation at one moment, for those who carry them.
pub(crate) struct Burden<'a> {
    pub(crate) org: usize,
    pub(crate) texts: &'a [Lanes; BLOCS_MAX],
    /// Levels as they are, by element.
    pub(crate) levels: &'a [Lanes],
    /// Effective levels, by live element.
    pub(crate) effective: &'a [Lanes],
    /// Share of the organisation's capability that is in full members of each other organisation.
    pub(crate) common: &'a [Lanes],
}

/// Sums intrusion and signals for a seat whose actor is a full member nowhere else.
#[inline(always)]
pub(crate) fn carry_alone(setting: &Setting<'_>, burden: &Burden<'_>, out: &mut Carried) {
    let plan = &setting.plan.organisations[burden.org];
    let n_blocs = setting.plan.bloc_members.len();
    let overlap = &setting.law.autonomy.overlap;
    out.clear(burden.texts, n_blocs);
    for (&element, level) in plan.live.iter().zip(burden.effective) {
        if is_zero(level) {
            continue;
        }
        let level = level.zip(
            overlap,
            #[inline(always)]
            |level, overlap| autonomy::additional(level, 0.0, overlap),
        );
        out.add(&setting.elements[element], &level, n_blocs);
    }
}

/// Levels net of what is carried elsewhere, by live element, to write down or to use again.
pub(crate) enum Net<'a> {
    /// Nobody asks for them.
    Unasked,
    /// They are written down.
    Noted(&'a mut [Lanes]),
    /// They are known but for those elements that are marked.
    Known(&'a [Lanes], &'a [bool]),
}

/// Sums intrusion and signals of an organisation for one seat, net of what its actor carries elsewhere.
///
/// `levels_of(org)` gives the levels judged, `member(org)` the lanes in which the seat's actor is a full member there.
#[inline(always)]
pub(crate) fn carry<'a>(
    setting: &Setting<'_>,
    burden: &Burden<'_>,
    levels_of: impl Fn(usize) -> &'a [Lanes],
    member: &[Option<Lanes>],
    mut net: Net<'_>,
    out: &mut Carried,
) {
    let n_blocs = setting.plan.bloc_members.len();
    let plan = &setting.plan.organisations[burden.org];
    out.clear(burden.texts, n_blocs);
    for (at, (&element, level)) in plan.live.iter().zip(burden.effective).enumerate() {
        // Where nothing is here, nothing is added.
        if is_zero(level) {
            continue;
        }
        let weights = &setting.elements[element];
        match &mut net {
            Net::Known(known, touched) if !touched[at] => out.add(weights, &known[at], n_blocs),
            net => {
                let left = net_level(setting, burden, at, &levels_of, member);
                out.add(weights, &left, n_blocs);
                if let Net::Noted(noted) = net {
                    noted[at] = left;
                }
            }
        }
    }
}

/// Level of a live element net of what the actor carries elsewhere.
#[inline(always)]
fn net_level<'a>(
    setting: &Setting<'_>,
    burden: &Burden<'_>,
    at: usize,
    levels_of: &impl Fn(usize) -> &'a [Lanes],
    member: &[Option<Lanes>],
) -> Lanes {
    let plan = &setting.plan.organisations[burden.org];
    let (element, level) = (plan.live[at], &burden.effective[at]);
    let mut elsewhere = Lanes::ZERO;
    for there in &plan.overlaps[at] {
        let Some(full) = &member[there.organisation] else {
            continue;
        };
        if there.linked {
            for l in 0..LANES {
                elsewhere.0[l] = math::max(elsewhere.0[l], full.0[l] * level.0[l]);
            }
        } else {
            let (here, first) = (&burden.levels[element], there.organisation < burden.org);
            let levels = &levels_of(there.organisation)[element];
            let common = &burden.common[there.organisation];
            for l in 0..LANES {
                let deeper = carried_there(levels.0[l], here.0[l], first);
                let bound = full.0[l] * common.0[l];
                elsewhere.0[l] = math::max(elsewhere.0[l], bound * deeper);
            }
        }
    }
    level.zip3(
        &elsewhere,
        &setting.law.autonomy.overlap,
        autonomy::additional,
    )
}

/// Everything about one seat that the terms need.
pub(crate) struct SeatView<'a> {
    pub(crate) actor: usize,
    pub(crate) weight: &'a Lanes,
    pub(crate) sums: &'a Sums,
    pub(crate) totals: &'a Totals,
    pub(crate) leaders: &'a Leaders,
    pub(crate) carried: &'a Carried,
    pub(crate) reference: &'a [Lanes; BLOCS_MAX],
    /// Protection by the actor's best other organisation, by threat.
    pub(crate) elsewhere: &'a [Lanes; THREATS_MAX],
    pub(crate) cohesion: &'a Lanes,
}

/// Where the terms of a seat go, with what else comes out on the way.
pub(crate) struct Appraised<'a> {
    pub(crate) terms: &'a mut [Lanes; 7],
    pub(crate) protection: &'a mut [Lanes; THREATS_MAX],
    /// Worth of protection against each threat.
    pub(crate) guards: &'a mut [Lanes; THREATS_MAX],
    pub(crate) lead: &'a mut Lanes,
    pub(crate) led: &'a mut Lanes,
}

/// What may differ from when [`Appraised`] was filled before; the rest is left as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stale {
    /// Protection by elements, by threat.
    pub(crate) protection: [bool; THREATS_MAX],
    /// Elements for energy.
    pub(crate) energy: bool,
    /// Elements for trade.
    pub(crate) trade: bool,
    /// Depth in any domain.
    pub(crate) depth: bool,
    /// Who is in, the seat's own weight, and everything else.
    pub(crate) company: bool,
}

impl Stale {
    /// Everything is new.
    pub(crate) const ALL: Self = Self {
        protection: [true; THREATS_MAX],
        energy: true,
        trade: true,
        depth: true,
        company: true,
    };
}

/// Makes the seven terms of a seat.
#[inline(always)]
pub(crate) fn appraise(
    setting: &Setting<'_>,
    view: &View,
    seat: &SeatView<'_>,
    public: &[Lanes],
    stale: &Stale,
    out: &mut Appraised<'_>,
) {
    let posture = largest(&seat.carried.posture, setting.plan.bloc_members.len());
    protect(setting, view, seat, public, stale, out);
    out.terms[2] = secure(setting, view, seat, &posture, out.guards);
    if stale.company || stale.energy {
        out.terms[0] = draw_energy(setting, view, seat);
    }
    if stale.company || stale.trade {
        out.terms[1] = gain_by_trade(setting, view, seat);
    }
    if stale.company || stale.depth {
        out.terms[3] = enjoy_company(setting, view, seat);
    }
    lead(setting, view, seat, &posture, out);
    out.terms[6] = face(setting, seat);
}

/// Protection against each threat, and what it is worth.
#[inline(always)]
fn protect(
    setting: &Setting<'_>,
    view: &View,
    seat: &SeatView<'_>,
    public: &[Lanes],
    stale: &Stale,
    out: &mut Appraised<'_>,
) {
    let params = &setting.law.security;
    let (intensity, idle) = (
        &setting.threatened[seat.actor].intensity,
        &setting.threatened[seat.actor].idle,
    );
    let mut pool = Lanes::ZERO;
    let mut pooled = false;
    for threat in 0..setting.plan.scenario.world.threats.len() {
        if !(stale.company || stale.protection[threat]) || idle[threat] {
            continue;
        }
        if is_zero(&view.protection[threat]) {
            // Without elements there is no protection.
            out.protection[threat] = Lanes::ZERO;
            out.guards[threat] = Lanes::ZERO;
            continue;
        }
        if !pooled {
            pool = seat.sums.pool.zip(&params.pool_half, security::pool_worth);
            pooled = true;
        }
        let protection = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let elements = view.protection[threat].0[l];
                security::protection(
                    params.protection.0[l],
                    elements,
                    pool.0[l],
                    seat.cohesion.0[l],
                )
            },
        );
        out.guards[threat] = Lanes::from_fn(
            #[inline(always)]
            |l| {
                security::protection_worth(
                    intensity[threat].0[l],
                    protection.0[l],
                    seat.elsewhere[threat].0[l],
                    params.overlap.0[l],
                    public[threat].0[l],
                    seat.weight.0[l],
                )
            },
        );
        out.protection[threat] = protection;
    }
}

/// The security term.
#[inline(always)]
fn secure(
    setting: &Setting<'_>,
    view: &View,
    seat: &SeatView<'_>,
    posture: &Lanes,
    guards: &[Lanes; THREATS_MAX],
) -> Lanes {
    let params = &setting.law.security;
    let threatened = &setting.threatened[seat.actor];
    let salience = &setting.salience[seat.actor].now[2];
    let mut worth = Lanes::ZERO;
    for threat in
        (0..setting.plan.scenario.world.threats.len()).filter(|&threat| !threatened.idle[threat])
    {
        worth.update_with(
            &guards[threat],
            #[inline(always)]
            |worth, guard| worth + guard,
        );
    }
    let deterrence = Lanes::from_fn(
        #[inline(always)]
        |l| {
            let (external, regime) = (threatened.external.0[l], threatened.regime.0[l]);
            params.deterrence.0[l] * security::deterrence(external, regime, posture.0[l])
        },
    );
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let company = math::max(seat.totals.capability.0[l], f32::MIN_POSITIVE);
            let entrapment =
                params.entrapment.0[l] * view.assistance.0[l] * seat.sums.entrapment.0[l] / company;
            let own = seat.weight.0[l] * (deterrence.0[l] - entrapment);
            params.weight.0[l] * salience.0[l] * (worth.0[l] + own)
        },
    )
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

/// The energy term.
#[inline(always)]
fn draw_energy(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>) -> Lanes {
    let params = &setting.law.energy;
    let own = &setting.traits[seat.actor].0;
    let salience = &setting.salience[seat.actor].now[0];
    let risk = &setting.threatened[seat.actor].attack;
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let energy = energy::EnergyView {
                price: setting.price.0[l],
                complement: energy::saturate_sum(seat.sums.complement.0[l]),
                rivalry: energy::saturate_sum(seat.sums.rivalry.0[l]),
                coordination: view.coordination.0[l],
                binding: view.binding.0[l],
                seller: own.seller.0[l],
                buyer: own.buyer.0[l],
                balance: seat.totals.balance.0[l],
                infrastructure: view.infrastructure.0[l],
                risk: risk.0[l],
                transit: own.transit.0[l],
            };
            let params = params.at(l);
            seat.weight.0[l] * params.weight * salience.0[l] * energy::benefit(&energy, &params)
        },
    )
}

/// The trade term.
#[inline(always)]
fn gain_by_trade(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>) -> Lanes {
    let params = &setting.law.trade;
    let salience = &setting.salience[seat.actor].now[1];
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let params = params.at(l);
            let (dependence, dominance) = (seat.sums.dependence.0[l], seat.sums.dominance.0[l]);
            let trade = trade::benefit(dependence, view.opening.0[l], dominance, &params);
            seat.weight.0[l] * params.weight * salience.0[l] * trade
        },
    )
}

/// Mean worth of trade and energy with fellow members.
#[inline(always)]
pub(crate) fn interdependence(setting: &Setting<'_>, sums: &Sums) -> Lanes {
    let half = &setting.law.trade.half_dependence;
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let traded = trade::worth(sums.dependence.0[l], half.0[l]);
            (traded + energy::saturate_sum(sums.complement.0[l])) / 2.0
        },
    )
}

/// The affinity term.
#[inline(always)]
fn enjoy_company(setting: &Setting<'_>, view: &View, seat: &SeatView<'_>) -> Lanes {
    let weight = &setting.law.affinity.weight;
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let mean = seat.sums.liking.0[l] / math::max(seat.sums.company.0[l], f32::MIN_POSITIVE);
            let depth = view.depth[0].0[l] + view.depth[1].0[l] + view.depth[2].0[l];
            seat.weight.0[l] * weight.0[l] * affinity::benefit(mean, depth)
        },
    )
}

/// The influence and autonomy terms.
#[inline(always)]
fn lead(
    setting: &Setting<'_>,
    view: &View,
    seat: &SeatView<'_>,
    posture: &Lanes,
    out: &mut Appraised<'_>,
) {
    let own = &setting.traits[seat.actor].0;
    let params = &setting.law.influence;
    let leads = [
        &seat.sums.lead_energy,
        &seat.sums.lead_trade,
        &seat.sums.lead_security,
    ];
    let (mut worth, mut lead_sum, mut led_sum) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
    for (domain, lead) in leads.into_iter().enumerate() {
        let lead = lead.zip(
            &seat.leaders.all[domain],
            #[inline(always)]
            |lead, all| lead / all,
        );
        let other = lead.zip3(
            &seat.leaders.first[domain],
            &seat.leaders.second[domain],
            #[inline(always)]
            |lead, first, second| strongest_other(first, second, lead),
        );
        for l in 0..LANES {
            let depth = view.depth[domain].0[l];
            worth.0[l] +=
                influence::leadership_worth(depth, lead.0[l], other.0[l], params.rival.0[l]);
        }
        lead_sum.update_with(
            &lead,
            #[inline(always)]
            |sum, lead| sum + lead,
        );
        led_sum.update_with(
            &other,
            #[inline(always)]
            |sum, other| sum + other,
        );
    }
    out.terms[4] = Lanes::from_fn(
        #[inline(always)]
        |l| {
            let defiance = influence::defiance(posture.0[l], params.status.0[l]);
            seat.weight.0[l] * params.weight.0[l] * own.ambition.0[l] * (worth.0[l] + defiance)
        },
    );
    let (lead, led) = (lead_sum.map(mean_of_three), led_sum.map(mean_of_three));
    let weight = &setting.law.autonomy.weight;
    out.terms[5] = Lanes::from_fn(
        #[inline(always)]
        |l| {
            let cost = autonomy::cost(
                own.autonomy.0[l],
                seat.carried.intrusion.0[l],
                lead.0[l],
                led.0[l],
            );
            -seat.weight.0[l] * weight.0[l] * cost
        },
    );
    *out.lead = lead;
    *out.led = led;
}

/// Mean over the domains.
#[inline(always)]
fn mean_of_three(sum: f32) -> f32 {
    sum / 3.0
}

/// The outside term: the largest cost over blocs of which the actor is not a member.
#[inline(always)]
fn face(setting: &Setting<'_>, seat: &SeatView<'_>) -> Lanes {
    let ties = &setting.blocs[seat.actor];
    let salience = &setting.salience[seat.actor].now;
    let mut worst = Lanes::ZERO;
    for bloc in 0..setting.plan.bloc_members.len() {
        let outsider = 1.0 - ties.insider[bloc];
        let cost = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let posture = seat.carried.posture[bloc].0[l] - seat.reference[bloc].0[l];
                let (energy, trade) = (salience[0].0[l], salience[1].0[l]);
                outsider
                    * outside::cost(
                        ties.stake[bloc].0[l],
                        energy,
                        trade,
                        posture,
                        ties.trust[bloc].0[l],
                    )
            },
        );
        worst.update_with(
            &cost,
            #[inline(always)]
            |before, cost| math::select(math::abs(cost) > math::abs(before), cost, before),
        );
    }
    let weight = &setting.law.outside.weight;
    Lanes::from_fn(
        #[inline(always)]
        |l| -seat.weight.0[l] * weight.0[l] * worst.0[l],
    )
}
