//! Step phase 6, Commit, last part: members suspend, leave, or come back.

use bevy_ecs::prelude::*;
use foedera_scenario::Status;

use crate::batch::{Cause, Happening};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::{add, alike, is_zero};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::membership;
use crate::mechanisms::withdrawal::{self, WithdrawalParams};
use crate::program::{Program, SeatPlan};
use crate::purpose;
use crate::rng;
use crate::state::{
    Clock, Elements, Inputs, Keys, Leaving, Levels, Parameters, Plan, Recorder, Standing, Utility,
    weighs,
};

/// Years after which a suspended member comes back, on average, if the organisation pays. Assumption.
pub(crate) const RETURN_YEARS: f32 = 4.0;
/// Level of mutual assistance at which an organisation is an alliance that an exclusive treaty forbids. Assumption.
pub(crate) const ALLIANCE: f32 = 0.5;

/// Members leave or suspend, the suspended return.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn withdraw(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    elements: Res<Elements>,
    levels: Column<Levels>,
    mut alliance: Local<Vec<Lanes>>,
    mut seated: Local<Vec<bool>>,
    mut ordinary: Local<Vec<Lanes>>,
    mut utilities: ColumnMut<Utility>,
    mut standing: ColumnMut<Standing>,
    mut leaving: ColumnMut<Leaving>,
    mut recorder: ResMut<Recorder>,
) {
    let plan = &*plan.0;
    let (levels, utilities, standing) = (
        rows(&levels),
        rows_mut(&mut utilities),
        rows_mut(&mut standing),
    );
    alliance.resize(plan.organisations.len(), Lanes::ZERO);
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            if clock.step == 0 {
                ordinary.clear();
                let holds = plan.organisations.iter().map(|organisation| {
                    let seats = organisation.seats.clone();
                    ordinary_hold(
                        &utilities[seats.clone()],
                        &standing[seats],
                        &law.0.withdrawal,
                    )
                });
                ordinary.extend(holds);
            }
            note_joining(plan, clock.step, &ordinary, &law, utilities, standing);
            note_alliances(plan, levels, &elements, &mut alliance);
            seated.clear();
            seated.extend(standing.iter().map(
                #[inline(always)]
                |standing| is_seated(&standing.status),
            ));
        },
    );
    let world = &plan.scenario.world;
    for (row, (seat, leaving)) in plan.seats.iter().zip(rows_mut(&mut leaving)).enumerate() {
        if !seated[row] {
            continue;
        }
        let organisation = &world.organisations[seat.organisation];
        let entity = rng::directed_entity(organisation.number, world.actors[seat.actor].number);
        leaving
            .noise
            .prepare_uniforms(&keys.0, purpose::EXIT, clock.step, entity);
        let uniform = leaving.noise.at(clock.step);
        let base = inputs.get(organisation.exit_per_year);
        let mut next = Lanes::ZERO;
        let mut forced = Lanes::ZERO;
        let stays = keys.0.isa().dispatch(
            #[inline(always)]
            || {
                let best;
                (best, forced) = best_outside(plan, seat, &alliance, standing, utilities);
                let (params, years) = (&law.0.withdrawal, clock.years);
                let choice = Choice {
                    params,
                    base,
                    best: &best,
                    years,
                };
                next = choice.next(&standing[row].status, &utilities[row], uniform);
                alike(&next, &standing[row].status)
            },
        );
        if !stays {
            let (status, utility) = (&mut standing[row].status, &utilities[row]);
            change(status, &next, &forced, utility, seat, &clock, &mut recorder);
        }
    }
}

/// Whether a seat is that of a member, suspended or not, in any lane.
#[inline(always)]
fn is_seated(status: &Lanes) -> bool {
    let mut seated = 0;
    for l in 0..LANES {
        let status = status.0[l];
        seated |= u32::from((status == membership::MEMBER) | (status == membership::SUSPENDED));
    }
    seated != 0
}

/// What decides whether a seat is left.
struct Choice<'a> {
    params: &'a WithdrawalParams<Lanes>,
    /// Base hazard of the organisation.
    base: &'a Lanes,
    /// Best option outside.
    best: &'a Lanes,
    years: f32,
}

impl Choice<'_> {
    /// Status after the step.
    #[inline(always)]
    fn next(&self, status: &Lanes, utility: &Utility, uniform: &Lanes) -> Lanes {
        let Self {
            params,
            base,
            best,
            years,
        } = self;
        let chance = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let hold = withdrawal::hold(
                    utility.smoothed.0[l],
                    utility.led.0[l],
                    params.leverage.0[l],
                );
                let (ordinary, response) = (utility.ordinary.0[l], params.response.0[l]);
                let hazard = withdrawal::hazard(base.0[l], hold, ordinary, best.0[l], response);
                withdrawal::probability(hazard, *years)
            },
        );
        let back = withdrawal::probability(1.0 / RETURN_YEARS, *years);
        Lanes::from_fn(
            #[inline(always)]
            |l| {
                let (status, u, chance) = (status.0[l], uniform.0[l], chance.0[l]);
                let leaves = math::select(u < chance, membership::code(Status::Outsider), status);
                let goes = math::select(
                    u < chance * params.suspension.0[l],
                    membership::SUSPENDED,
                    leaves,
                );
                let free = (status == membership::MEMBER) & (utility.lead.0[l] <= utility.led.0[l]);
                let pays = (status == membership::SUSPENDED) & (utility.smoothed.0[l] > best.0[l]);
                let comes = math::select(pays & (u < back), membership::MEMBER, status);
                math::select(free, goes, comes)
            },
        )
    }
}

/// Changes the statuses that differ and notes why.
#[cold]
#[inline(never)]
fn change(
    status: &mut Lanes,
    next: &Lanes,
    forced: &Lanes,
    utility: &Utility,
    seat: &SeatPlan,
    clock: &Clock,
    recorder: &mut Recorder,
) {
    for l in 0..LANES {
        let (from, to) = (status[l], next[l]);
        if (to - from).abs() <= 0.5 {
            continue;
        }
        status[l] = to;
        let cause = if to == membership::MEMBER {
            Cause::Returned
        } else if forced[l] > 0.0 {
            Cause::Exclusive
        } else {
            Cause::Worth(heaviest_loss(utility, l))
        };
        let what = Happening::StatusChanged {
            org: index(seat.organisation),
            actor: index(seat.actor),
            from: membership::status_of(from),
            to: membership::status_of(to),
            cause,
        };
        recorder.note(clock.n, l, clock.step, what);
    }
}

/// Hold at which a member of an organisation has the base hazard of leaving, from its members at the start.
#[inline(always)]
fn ordinary_hold(
    utilities: &[Utility],
    standing: &[Standing],
    params: &WithdrawalParams<Lanes>,
) -> Lanes {
    let (mut least, mut sum, mut n) = (Lanes::splat(f32::MAX), Lanes::ZERO, Lanes::ZERO);
    let counts = |utility: &Utility, standing: &Standing, l: usize| {
        (standing.weight.0[l] == 1.0) & (utility.lead.0[l] <= utility.led.0[l])
    };
    let hold = |utility: &Utility, l: usize| {
        withdrawal::hold(
            utility.smoothed.0[l],
            utility.led.0[l],
            params.leverage.0[l],
        )
    };
    for (utility, standing) in utilities.iter().zip(standing) {
        least = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let lower = math::min(least.0[l], hold(utility, l));
                math::select(counts(utility, standing, l), lower, least.0[l])
            },
        );
    }
    for (utility, standing) in utilities.iter().zip(standing) {
        for l in 0..LANES {
            let counts = counts(utility, standing, l);
            let part =
                withdrawal::relative_hazard(hold(utility, l), least.0[l], params.response.0[l]);
            sum.0[l] += math::select(counts, part, 0.0);
            n.0[l] += math::indicator(counts);
        }
    }
    Lanes::from_fn(
        #[inline(always)]
        |l| withdrawal::ordinary_hold(least.0[l], sum.0[l], n.0[l], params.response.0[l]),
    )
}

/// Notes at which hold a member has the base hazard, when its membership begins.
#[inline(always)]
fn note_joining(
    plan: &Program,
    step: u32,
    ordinary: &[Lanes],
    law: &Parameters,
    utilities: &mut [Utility],
    standing: &[Standing],
) {
    let leverage = &law.0.withdrawal.leverage;
    let seats = utilities.iter_mut().zip(standing).zip(&plan.seats);
    for ((utility, standing), seat) in seats {
        // Full weight is what the utility of this step was appraised with.
        let member = standing.weight.map(
            #[inline(always)]
            |weight| math::indicator(weight == 1.0),
        );
        if step > 0 && alike(&member, &utility.was_member) {
            continue;
        }
        let organisation = &ordinary[seat.organisation];
        utility.ordinary = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let hold = withdrawal::hold(utility.smoothed.0[l], utility.led.0[l], leverage.0[l]);
                let least = math::select(
                    step == 0,
                    organisation.0[l],
                    math::min(hold, organisation.0[l]),
                );
                let joined = (step == 0) | (member.0[l] > utility.was_member.0[l]);
                math::select(joined, least, utility.ordinary.0[l])
            },
        );
        utility.was_member = member;
    }
}

/// Notes the lanes in which an organisation is an alliance: its mutual assistance reaches the level.
#[inline(always)]
fn note_alliances(plan: &Program, levels: &[Levels], elements: &Elements, out: &mut [Lanes]) {
    for (org, organisation) in plan.organisations.iter().enumerate() {
        let mut sum = Lanes::ZERO;
        for &element in &organisation.live {
            if elements.0[element].weighs & weighs::ASSISTANCE != 0 {
                add(
                    &mut sum,
                    &levels[org].declared[element],
                    &elements.0[element].assistance,
                );
            }
        }
        out[org] = sum.map(
            #[inline(always)]
            |sum| math::indicator(sum >= ALLIANCE),
        );
    }
}

/// The best option outside an organisation, and whether an exclusive treaty makes it so.
#[inline(always)]
fn best_outside(
    plan: &Program,
    seat: &SeatPlan,
    alliance: &[Lanes],
    standing: &[Standing],
    utilities: &[Utility],
) -> (Lanes, Lanes) {
    let organisations = &plan.scenario.world.organisations;
    let (org, actor) = (seat.organisation, seat.actor);
    let (mut best, mut forced) = (Lanes::ZERO, Lanes::ZERO);
    for other in (0..organisations.len()).filter(|&other| other != org) {
        if !(organisations[org].exclusive || organisations[other].exclusive) {
            continue;
        }
        let linked = plan.organisations[org]
            .links
            .iter()
            .any(|(_, partner)| *partner == other)
            || plan.organisations[other]
                .links
                .iter()
                .any(|(_, partner)| *partner == org);
        let Some(row) = plan.seat(other, actor) else {
            continue;
        };
        if linked || is_zero(&alliance[org]) || is_zero(&alliance[other]) {
            continue;
        }
        let dual = Lanes::from_fn(
            #[inline(always)]
            |l| {
                math::indicator(
                    (standing[row].status.0[l] == membership::MEMBER)
                        & (alliance[org].0[l] > 0.0)
                        & (alliance[other].0[l] > 0.0),
                )
            },
        );
        best = best.zip3(
            &dual,
            &utilities[row].smoothed,
            #[inline(always)]
            |best, dual, there| math::select(dual > 0.0, math::max(there, best), best),
        );
        forced = forced.zip(&dual, math::max);
    }
    (best, forced)
}

/// The term that weighs most against staying.
fn heaviest_loss(utility: &Utility, l: usize) -> u32 {
    let mut worst = 0;
    for (term, lanes) in utility.terms.iter().enumerate() {
        if lanes[l] < utility.terms[worst][l] {
            worst = term;
        }
    }
    index(worst)
}

fn index(of: usize) -> u32 {
    u32::try_from(of).expect("indices of a scenario fit u32")
}
