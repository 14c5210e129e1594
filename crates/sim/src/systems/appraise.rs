//! Step phase 3, Appraise: each actor's utility of each organisation as it is built, by term.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use crate::appraisal::{self, SeatView, Setting, Sums, Totals};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{membership, outside, threats};
use crate::program::{BLOCS_MAX, Program, THREATS_MAX};
use crate::state::{
    Affinity, BlocTies, Bonds, Clock, Cohesion, Driver, Elements, Inputs, Keys, Levels, Parameters, Plan, Posture,
    Salience, Shield, Standing, Texts, Threatened, Traits, Utility, zero,
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
    pub(crate) standing: Column<'w, 's, Standing>,
    pub(crate) cohesion: Column<'w, 's, Cohesion>,
}

/// What several systems of one step share: worked out once by [`appraise_seats`].
#[derive(Resource, Default)]
pub(crate) struct Workspace {
    /// Lanes in which an actor is a full member, `[actor][organisation]`; none where it never is.
    pub(crate) members: Vec<Vec<Option<Lanes>>>,
    /// Protection by the actor's best other organisation, by seat.
    pub(crate) elsewhere: Vec<[Lanes; THREATS_MAX]>,
    /// Share of each threat's protection that is public.
    pub(crate) public: Vec<Lanes>,
    /// Room for reaches and sums of the largest organisation.
    pub(crate) reach: Vec<Lanes>,
    pub(crate) sums: Vec<Sums<Lanes>>,
}

impl Workspace {
    /// Makes room for a program.
    pub(crate) fn new(plan: &Program) -> Self {
        let most = plan.organisations.iter().map(|organisation| organisation.seats.len()).max().unwrap_or(0);
        let world = &plan.scenario.world;
        Self {
            members: vec![vec![None; world.organisations.len()]; world.actors.len()],
            elsewhere: vec![[Lanes::ZERO; THREATS_MAX]; plan.seats.len()],
            public: vec![Lanes::ZERO; world.threats.len()],
            reach: vec![Lanes::ZERO; most],
            sums: vec![Sums::default(); most],
        }
    }

    /// Notes memberships and protection elsewhere.
    pub(crate) fn prepare(&mut self, plan: &Program, inputs: &Inputs, standing: &[Standing], shields: &[Shield]) {
        for (public, threat) in self.public.iter_mut().zip(&plan.scenario.world.threats) {
            *public = *inputs.get(threat.public_share);
        }
        for (row, seat) in plan.seats.iter().enumerate() {
            let full = standing[row].status.map(|status| math::indicator(status == membership::MEMBER));
            self.members[seat.actor][seat.organisation] = Some(full);
        }
        for (row, seat) in plan.seats.iter().enumerate() {
            zero(&mut self.elsewhere[row]);
            for org in (0..plan.organisations.len()).filter(|&org| org != seat.organisation) {
                let Some(other) = plan.seat(org, seat.actor) else { continue };
                for threat in 0..self.public.len() {
                    for l in 0..LANES {
                        let there = shields[other].0[threat].0[l] * standing[other].weight.0[l];
                        let best = &mut self.elsewhere[row][threat].0[l];
                        *best = math::max(*best, there);
                    }
                }
            }
        }
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
    work.prepare(plan, &reading.inputs, standing, rows_mut(&mut shields));
    let (utilities, shields, postures) =
        (rows_mut(&mut utilities), rows_mut(&mut shields), rows_mut(&mut postures));
    let threatened = rows_mut(&mut threatened);
    let (levels, texts, cohesion) = (rows(&reading.levels), rows(&reading.texts), rows(&reading.cohesion));
    let one = Lanes::ONE;
    let drivers = rows(&reading.drivers);
    let setting = Setting {
        plan,
        law: &reading.law.0,
        elements: &reading.elements.0,
        traits: rows(&reading.traits),
        salience: rows(&reading.salience),
        threatened,
        blocs: rows(&reading.blocs),
        bonds: rows(&reading.bonds),
        affinity: rows(&reading.affinity),
        price: plan.scenario.world.energy_price.map_or(&one, |driver| &drivers[driver].level),
    };
    let first = reading.clock.step == 0;
    reading.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (org, organisation) in plan.organisations.iter().enumerate() {
                let view = appraisal::view(&setting, organisation, &levels[org].built, &texts[org].0);
                for (reach, seat) in work.reach.iter_mut().zip(&standing[organisation.seats.clone()]) {
                    *reach = seat.reach;
                }
                let mut totals = Totals::default();
                let sums = &mut work.sums[..organisation.seats.len()];
                appraisal::sum_up(&setting, org, &work.reach, sums, &mut totals);
                let leaders = appraisal::leaders(sums);
                for (at, row) in organisation.seats.clone().enumerate() {
                    let actor = plan.seats[row].actor;
                    let members = &work.members[actor];
                    let carried =
                        appraisal::carry(&setting, org, &texts[org].0, |org| &levels[org].built, members);
                    if first {
                        postures[row].reference = carried.posture;
                    }
                    let seat = SeatView {
                        actor,
                        weight: &standing[row].weight,
                        sums: &sums[at],
                        totals: &totals,
                        leaders: &leaders,
                        carried: &carried,
                        reference: &postures[row].reference,
                        elsewhere: &work.elsewhere[row],
                        cohesion: &cohesion[org].index,
                    };
                    let appraised = appraisal::appraise(&setting, &view, &seat, &work.public);
                    keep(&mut utilities[row], &mut shields[row], appraised);
                    postures[row].felt = carried.posture;
                }
            }
        },
    );
    settle(&reading, first, utilities, postures);
    best_shields(plan, standing, shields, threatened);
}

/// Stores what came out for one seat.
#[inline(always)]
fn keep(utility: &mut Utility, shield: &mut Shield, appraised: appraisal::Appraised) {
    for l in 0..LANES {
        let terms = &appraised.terms;
        utility.total.0[l] = terms[0].0[l]
            + terms[1].0[l]
            + terms[2].0[l]
            + terms[3].0[l]
            + terms[4].0[l]
            + terms[5].0[l]
            + terms[6].0[l];
    }
    utility.terms = appraised.terms;
    utility.lead = appraised.lead;
    utility.led = appraised.led;
    utility.interdependence = appraised.interdependence;
    shield.0 = appraised.protection;
}

/// Smooths utility and lets references follow postures.
fn settle(reading: &Reading<'_, '_>, first: bool, utilities: &mut [Utility], postures: &mut [Posture]) {
    let years = reading.clock.years;
    let (smoothing, adaptation) = (&reading.law.0.withdrawal.smoothing, &reading.law.0.outside.adaptation);
    let n_blocs = reading.plan.0.bloc_members.len();
    reading.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for utility in utilities.iter_mut() {
                for l in 0..LANES {
                    let share = math::select(first, 1.0, threats::share_moved(smoothing.0[l], years));
                    utility.smoothed.0[l] = math::lerp(utility.smoothed.0[l], utility.total.0[l], share);
                }
            }
            for posture in postures.iter_mut() {
                for bloc in 0..n_blocs.min(BLOCS_MAX) {
                    for l in 0..LANES {
                        let share = threats::share_moved(adaptation.0[l], years);
                        let reference = &mut posture.reference[bloc].0[l];
                        *reference = math::lerp(*reference, posture.felt[bloc].0[l], share);
                    }
                }
            }
        },
    );
}

/// Best protection of each actor over its organisations.
fn best_shields(plan: &Program, standing: &[Standing], shields: &[Shield], threatened: &mut [Threatened]) {
    for threatened in threatened.iter_mut() {
        zero(&mut threatened.shield);
    }
    for (row, seat) in plan.seats.iter().enumerate() {
        for threat in 0..plan.scenario.world.threats.len() {
            let best = &mut threatened[seat.actor].shield[threat];
            for l in 0..LANES {
                let here = shields[row].0[threat].0[l] * standing[row].weight.0[l];
                best.0[l] = math::max(best.0[l], here);
            }
        }
    }
}

/// Texts fade.
pub(crate) fn fade_texts(plan: Res<Plan>, law: Res<Parameters>, clock: Res<Clock>, mut texts: ColumnMut<Texts>) {
    let fading = &law.0.outside.fading;
    for texts in rows_mut(&mut texts) {
        for bloc in 0..plan.0.bloc_members.len() {
            for l in 0..LANES {
                texts.0[bloc][l] *= 1.0 - threats::share_moved(fading[l], clock.years);
            }
        }
    }
}

/// Stake of every actor in every bloc, from flows and fuel: at the start of a block.
pub(crate) fn stake_of(flow_over_gdp: &Lanes, fuel_share: &Lanes, law: &Parameters) -> Lanes {
    Lanes::from_fn(|l| outside::stake(flow_over_gdp[l], fuel_share[l], law.0.outside.fuel_discount[l]))
}
