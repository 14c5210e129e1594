//! Step phase 3, Appraise: each actor's utility of each organisation as it is built, by term.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use crate::appraisal::{self, Appraised, Burden, Carried, Net, SeatView, Setting, Stale, View};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::{Company, add, is_zero};
use crate::lanes::Lanes;
use crate::math;
use crate::mechanisms::{energy, membership, outside, threats, trade};
use crate::program::{BLOCS_MAX, OrganisationPlan, Program, THREATS_MAX};
use crate::state::{
    Affinity, BlocTies, Bonds, Clock, Cohesion, Driver, Elements, Inputs, Keys, Levels, Parameters,
    Plan, Posture, Salience, Shield, Standing, Statute, Texts, Threatened, TiesVersion, Traits,
    Utility, zero,
};

/// Every column that the utility function reads, for the systems that call it.
#[derive(SystemParam)]
pub(crate) struct Reading<'w, 's> {
    pub(crate) plan: Res<'w, Plan>,
    pub(crate) law: Res<'w, Parameters>,
    pub(crate) elements: Res<'w, Elements>,
    pub(crate) inputs: Res<'w, Inputs>,
    pub(crate) clock: Res<'w, Clock>,
    pub(crate) keys: Res<'w, Keys>,
    pub(crate) traits: Column<'w, 's, Traits>,
    pub(crate) salience: Column<'w, 's, Salience>,
    pub(crate) blocs: Column<'w, 's, BlocTies>,
    pub(crate) bonds: Column<'w, 's, Bonds>,
    pub(crate) affinity: Column<'w, 's, Affinity>,
    pub(crate) drivers: Column<'w, 's, Driver>,
    pub(crate) levels: Column<'w, 's, Levels>,
    pub(crate) texts: Column<'w, 's, Texts>,
    pub(crate) statutes: Column<'w, 's, Statute>,
    pub(crate) standing: Column<'w, 's, Standing>,
    pub(crate) cohesion: Column<'w, 's, Cohesion>,
    pub(crate) ties: Res<'w, TiesVersion>,
}

/// The energy price where no driver is named.
static PAR: Lanes = Lanes::ONE;

impl Reading<'_, '_> {
    /// The world as the utility function sees it.
    pub(crate) fn setting<'a>(&'a self, threatened: &'a [Threatened]) -> Setting<'a> {
        let driver = self.plan.0.scenario.world.energy_price;
        Setting {
            plan: &self.plan.0,
            law: &self.law.0,
            elements: &self.elements.0,
            traits: rows(&self.traits),
            salience: rows(&self.salience),
            threatened,
            blocs: rows(&self.blocs),
            bonds: rows(&self.bonds),
            affinity: rows(&self.affinity),
            price: driver.map_or(&PAR, |driver| &rows(&self.drivers)[driver].level),
            ties: self.ties.0,
        }
    }
}

/// What several systems of one step share: worked out once by [`appraise_seats`].
#[derive(Resource, Default)]
pub(crate) struct Workspace {
    /// Lanes in which an actor is a full member, `[actor][organisation]`; none where it is so in no lane.
    pub(crate) members: Vec<Vec<Option<Lanes>>>,
    /// Share of the capability of an organisation's full members that is in full members of another, `[organisation][other]`.
    pub(crate) common: Vec<Vec<Lanes>>,
    /// Protection by the actor's best other organisation, by seat.
    pub(crate) elsewhere: Vec<[Lanes; THREATS_MAX]>,
    /// Share of each threat's protection that is public.
    pub(crate) public: Vec<Lanes>,
    /// Who is in each organisation, as it is built.
    pub(crate) companies: Vec<Company>,
    /// Room for the reaches of the largest organisation.
    reach: Vec<Lanes>,
    /// Room for the effective levels of the largest organisation.
    effective: Vec<Lanes>,
    /// Room for the view of one organisation.
    view: View,
    /// Room for the worth of protection of one seat.
    guards: [Lanes; THREATS_MAX],
}

impl Workspace {
    /// Makes room for a program.
    pub(crate) fn new(plan: &Program) -> Self {
        let most = |of: fn(&OrganisationPlan) -> usize| {
            plan.organisations.iter().map(of).max().unwrap_or(0)
        };
        let world = &plan.scenario.world;
        Self {
            members: vec![vec![None; world.organisations.len()]; world.actors.len()],
            common: vec![vec![Lanes::ZERO; world.organisations.len()]; world.organisations.len()],
            elsewhere: vec![[Lanes::ZERO; THREATS_MAX]; plan.seats.len()],
            public: vec![Lanes::ZERO; world.threats.len()],
            companies: plan.organisations.iter().map(Company::new).collect(),
            reach: vec![Lanes::ZERO; most(|organisation| organisation.seats.len())],
            effective: vec![Lanes::ZERO; most(|organisation| organisation.live.len())],
            ..Self::default()
        }
    }

    /// Notes memberships and protection elsewhere.
    #[inline(always)]
    fn prepare(
        &mut self,
        plan: &Program,
        inputs: &Inputs,
        standing: &[Standing],
        shields: &[Shield],
        traits: &[Traits],
    ) {
        for (public, threat) in self.public.iter_mut().zip(&plan.scenario.world.threats) {
            *public = *inputs.get(threat.public_share);
        }
        for (row, seat) in plan.seats.iter().enumerate() {
            let full = standing[row].status.map(
                #[inline(always)]
                |status| math::indicator(status == membership::MEMBER),
            );
            let known = &mut self.members[seat.actor][seat.organisation];
            *known = if is_zero(&full) { None } else { Some(full) };
        }
        self.note_common(plan, traits);
        for (row, seat) in plan.seats.iter().enumerate() {
            let elsewhere = &mut self.elsewhere[row];
            zero(elsewhere);
            for org in (0..plan.organisations.len()).filter(|&org| org != seat.organisation) {
                if let Some(other) = plan.seat(org, seat.actor) {
                    shelter(
                        elsewhere,
                        &shields[other],
                        &standing[other].weight,
                        self.public.len(),
                    );
                }
            }
        }
    }
}

impl Workspace {
    /// Notes how far those who are in one organisation are in another as well.
    #[inline(always)]
    fn note_common(&mut self, plan: &Program, traits: &[Traits]) {
        for (org, organisation) in plan.organisations.iter().enumerate() {
            for &other in &organisation.overlapping {
                let (mut both, mut all) = (Lanes::ZERO, Lanes::ZERO);
                for (members, own) in self.members.iter().zip(traits) {
                    let Some(here) = &members[org] else { continue };
                    let capability = &own.0.capability;
                    add(&mut all, here, capability);
                    if let Some(there) = &members[other] {
                        let both_in = here.zip(there, |here, there| here * there);
                        add(&mut both, &both_in, capability);
                    }
                }
                self.common[org][other] = both.zip(
                    &all,
                    #[inline(always)]
                    |both, all| both / math::max(all, f32::MIN_POSITIVE),
                );
            }
        }
    }
}

/// Raises the best protection to that of one seat by its weight.
#[inline(always)]
fn shelter(best: &mut [Lanes; THREATS_MAX], shield: &Shield, weight: &Lanes, n_threats: usize) {
    if is_zero(weight) {
        return;
    }
    for (best, shield) in best.iter_mut().zip(&shield.0).take(n_threats) {
        *best = best.zip3(
            shield,
            weight,
            #[inline(always)]
            |best, shield, weight| math::max(best, shield * weight),
        );
    }
}

/// Appraises every seat with what is built; perceptions and references start at the first step.
pub(crate) fn appraise_seats(
    reading: Reading,
    mut work: ResMut<Workspace>,
    mut threatened: ColumnMut<Threatened>,
    mut utilities: ColumnMut<Utility>,
    mut shields: ColumnMut<Shield>,
    mut postures: ColumnMut<Posture>,
) {
    let plan = &*reading.plan.0;
    let standing = rows(&reading.standing);
    let work = &mut *work;
    let threatened = rows_mut(&mut threatened);
    let setting = reading.setting(threatened);
    let mut seats = Seats {
        standing,
        utilities: rows_mut(&mut utilities),
        shields: rows_mut(&mut shields),
        postures: rows_mut(&mut postures),
    };
    let first = reading.clock.step == 0;
    reading.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            let shields = &*seats.shields;
            work.prepare(plan, &reading.inputs, standing, shields, setting.traits);
            for org in 0..plan.organisations.len() {
                gather_organisation(&reading, &setting, org, work, standing);
                appraise_organisation(&reading, &setting, org, first, work, &mut seats);
            }
        },
    );
    settle(&reading, first, seats.utilities, seats.postures);
    reading.keys.0.isa().dispatch(
        #[inline(always)]
        || best_shields(plan, standing, seats.shields, threatened),
    );
}

/// The columns of seats that appraising writes.
struct Seats<'a> {
    standing: &'a [Standing],
    utilities: &'a mut [Utility],
    shields: &'a mut [Shield],
    postures: &'a mut [Posture],
}

/// Makes what the seats of one organisation share.
#[inline(always)]
fn gather_organisation(
    reading: &Reading<'_, '_>,
    setting: &Setting<'_>,
    org: usize,
    work: &mut Workspace,
    standing: &[Standing],
) {
    let organisation = &setting.plan.organisations[org];
    let built = &rows(&reading.levels)[org].built;
    let texts = &rows(&reading.texts)[org].0;
    let effective = &mut work.effective[..organisation.live.len()];
    appraisal::effective_levels(setting, organisation, built, effective);
    appraisal::view(setting, organisation, effective, texts, &mut work.view);
    let reach = &mut work.reach[..organisation.seats.len()];
    for (reach, seat) in reach.iter_mut().zip(&standing[organisation.seats.clone()]) {
        *reach = seat.reach;
    }
    work.companies[org].gather(setting, org, reach);
}

/// Appraises the seats of one organisation.
#[inline(always)]
fn appraise_organisation(
    reading: &Reading<'_, '_>,
    setting: &Setting<'_>,
    org: usize,
    first: bool,
    work: &mut Workspace,
    seats: &mut Seats<'_>,
) {
    let organisation = &setting.plan.organisations[org];
    let (levels, cohesion) = (rows(&reading.levels), &rows(&reading.cohesion)[org].index);
    let burden = Burden {
        org,
        texts: &rows(&reading.texts)[org].0,
        levels: &levels[org].built,
        effective: &work.effective[..organisation.live.len()],
        common: &work.common[org],
    };
    let company = &work.companies[org];
    let (mut alone, mut shared) = (Carried::default(), Carried::default());
    appraisal::carry_alone(setting, &burden, &mut alone);
    for (at, row) in organisation.seats.clone().enumerate() {
        let seat = &setting.plan.seats[row];
        if !seat.counts {
            continue;
        }
        let members = &work.members[seat.actor];
        let carried = if is_alone(organisation, members) {
            &alone
        } else {
            let levels_of = |org: usize| &levels[org].built[..];
            appraisal::carry(
                setting,
                &burden,
                levels_of,
                members,
                Net::Unasked,
                &mut shared,
            );
            &shared
        };
        let posture = &mut seats.postures[row];
        if first {
            posture.reference = carried.posture;
        }
        posture.felt = carried.posture;
        let seat = SeatView {
            actor: seat.actor,
            weight: &seats.standing[row].weight,
            sums: &company.sums[at],
            totals: &company.totals,
            leaders: &company.leaders,
            carried,
            reference: &posture.reference,
            elsewhere: &work.elsewhere[row],
            cohesion,
        };
        let (utility, shield) = (&mut seats.utilities[row], &mut seats.shields[row]);
        let public = &work.public;
        let status = &seats.standing[row].status;
        let guards = &mut work.guards;
        appraise_seat(setting, &work.view, &seat, public, guards, utility, shield);
        utility.worth = added(setting, &seat, &utility.total);
        if status.contains(&membership::SUSPENDED) {
            utility.worth = worth_of_return(setting, &work.view, &seat, public, status, utility);
        }
    }
}

/// What membership adds: the total without the trade and energy that go on between partners without any institution.
#[inline(always)]
fn added(setting: &Setting<'_>, seat: &SeatView<'_>, total: &Lanes) -> Lanes {
    let (energy, trade) = (&setting.law.energy, &setting.law.trade);
    let salience = &setting.salience[seat.actor].now;
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            let complement = energy::saturate_sum(seat.sums.complement.0[l]);
            let rivalry = energy::saturate_sum(seat.sums.rivalry.0[l]);
            let drawn = energy::kept(setting.price.0[l], complement, rivalry);
            let traded = trade::worth(seat.sums.dependence.0[l], trade.half_dependence.0[l]);
            let kept = energy.weight.0[l] * salience[0].0[l] * drawn
                + trade.weight.0[l] * salience[1].0[l] * traded;
            total.0[l] - seat.weight.0[l] * kept
        },
    )
}

/// What membership adds where it stands, and would add where it is suspended.
#[cold]
#[inline(never)]
fn worth_of_return(
    setting: &Setting<'_>,
    view: &View,
    seat: &SeatView<'_>,
    public: &[Lanes],
    status: &Lanes,
    now: &Utility,
) -> Lanes {
    let weight = status.zip(seat.weight, |status, weight| {
        math::select(status == membership::SUSPENDED, 1.0, weight)
    });
    let full = SeatView {
        weight: &weight,
        ..*seat
    };
    let (mut utility, mut shield) = (Utility::default(), Shield::default());
    let mut guards = [Lanes::ZERO; THREATS_MAX];
    appraise_seat(
        setting,
        view,
        &full,
        public,
        &mut guards,
        &mut utility,
        &mut shield,
    );
    let full = added(setting, &full, &utility.total);
    status.zip3(&full, &now.worth, |status, full, now| {
        math::select(status == membership::SUSPENDED, full, now)
    })
}

/// Whether an actor is a full member nowhere else that carries the same commitments.
#[inline(always)]
pub(crate) fn is_alone(organisation: &OrganisationPlan, members: &[Option<Lanes>]) -> bool {
    let others = &organisation.overlapping;
    others.iter().all(|&other| members[other].is_none())
}

/// Appraises one seat.
#[inline(always)]
fn appraise_seat(
    setting: &Setting<'_>,
    view: &View,
    seat: &SeatView<'_>,
    public: &[Lanes],
    guards: &mut [Lanes; THREATS_MAX],
    utility: &mut Utility,
    shield: &mut Shield,
) {
    let mut out = Appraised {
        terms: &mut utility.terms,
        protection: &mut shield.0,
        guards,
        lead: &mut utility.lead,
        led: &mut utility.led,
    };
    appraisal::appraise(setting, view, seat, public, &Stale::ALL, &mut out);
    utility.interdependence = appraisal::interdependence(setting, seat.sums);
    utility.total = sum_of(&utility.terms);
}

/// Sum of the terms, in their order.
#[inline(always)]
fn sum_of(terms: &[Lanes; 7]) -> Lanes {
    let [
        energy,
        trade,
        security,
        affinity,
        influence,
        autonomy,
        outside,
    ] = terms;
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            energy.0[l]
                + trade.0[l]
                + security.0[l]
                + affinity.0[l]
                + influence.0[l]
                + autonomy.0[l]
                + outside.0[l]
        },
    )
}

/// Smooths utility and lets references follow postures.
fn settle(
    reading: &Reading<'_, '_>,
    first: bool,
    utilities: &mut [Utility],
    postures: &mut [Posture],
) {
    let years = reading.clock.years;
    let (smoothing, adaptation) = (
        &reading.law.0.withdrawal.smoothing,
        &reading.law.0.outside.adaptation,
    );
    let n_blocs = reading.plan.0.bloc_members.len();
    reading.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            let smoothed = smoothing.map(
                #[inline(always)]
                |smoothing| math::select(first, 1.0, threats::share_moved(smoothing, years)),
            );
            for utility in utilities.iter_mut() {
                utility.smoothed = utility.smoothed.zip3(&utility.worth, &smoothed, math::lerp);
            }
            let adapted = adaptation.map(
                #[inline(always)]
                |adaptation| threats::share_moved(adaptation, years),
            );
            for posture in postures.iter_mut() {
                for bloc in 0..n_blocs.min(BLOCS_MAX) {
                    posture.reference[bloc] =
                        posture.reference[bloc].zip3(&posture.felt[bloc], &adapted, math::lerp);
                }
            }
        },
    );
}

/// Best protection of each actor over its organisations.
#[inline(always)]
fn best_shields(
    plan: &Program,
    standing: &[Standing],
    shields: &[Shield],
    threatened: &mut [Threatened],
) {
    for threatened in threatened.iter_mut() {
        zero(&mut threatened.shield);
    }
    let n_threats = plan.scenario.world.threats.len();
    for (row, seat) in plan.seats.iter().enumerate() {
        shelter(
            &mut threatened[seat.actor].shield,
            &shields[row],
            &standing[row].weight,
            n_threats,
        );
    }
}

/// Texts fade.
pub(crate) fn fade_texts(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    mut texts: ColumnMut<Texts>,
) {
    let texts = rows_mut(&mut texts);
    let n_blocs = plan.0.bloc_members.len();
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            let kept = law.0.outside.fading.map(
                #[inline(always)]
                |fading| 1.0 - threats::share_moved(fading, clock.years),
            );
            for text in texts
                .iter_mut()
                .flat_map(|texts| texts.0.iter_mut().take(n_blocs))
            {
                text.update_with(
                    &kept,
                    #[inline(always)]
                    |text, kept| text * kept,
                );
            }
        },
    );
}

/// Stake of every actor in every bloc, from flows and fuel: at the start of a block.
pub(crate) fn stake_of(flow_over_gdp: &Lanes, fuel_share: &Lanes, law: &Parameters) -> Lanes {
    Lanes::from_fn(|l| {
        outside::stake(
            flow_over_gdp[l],
            fuel_share[l],
            law.0.outside.fuel_discount[l],
        )
    })
}
