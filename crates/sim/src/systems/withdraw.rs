//! Step phase 6, Commit, last part: members suspend, leave, or come back.

use bevy_ecs::prelude::*;
use foedera_scenario::Status;

use crate::batch::{Cause, Happening};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{membership, withdrawal};
use crate::program::Program;
use crate::purpose;
use crate::rng;
use crate::state::{Clock, Elements, Inputs, Keys, Levels, Parameters, Plan, Recorder, Standing, Utility};

/// Years after which a suspended member comes back, on average, if the organisation pays. Assumption.
pub(crate) const RETURN_YEARS: f32 = 4.0;
/// Level of mutual assistance at which an organisation is an alliance that an exclusive treaty forbids. Assumption.
pub(crate) const ALLIANCE: f32 = 0.5;

/// Members leave or suspend, the suspended return.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
pub(crate) fn withdraw(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    elements: Res<Elements>,
    levels: Column<Levels>,
    mut utilities: ColumnMut<Utility>,
    mut standing: ColumnMut<Standing>,
    mut recorder: ResMut<Recorder>,
) {
    let plan = &*plan.0;
    let (levels, utilities, standing) = (rows(&levels), rows_mut(&mut utilities), rows_mut(&mut standing));
    note_joining(utilities, standing);
    let alliance = alliances(plan, levels, &elements);
    let mut uniform = Lanes::ZERO;
    for (row, seat) in plan.seats.iter().enumerate() {
        let seated = |status: f32| (status == membership::MEMBER) | (status == membership::SUSPENDED);
        if !standing[row].status.iter().any(|&status| seated(status)) {
            continue;
        }
        let world = &plan.scenario.world;
        let organisation = &world.organisations[seat.organisation];
        let entity = rng::directed_entity(organisation.number, world.actors[seat.actor].number);
        keys.0.fill_uniforms(purpose::EXIT, clock.step, entity, &mut uniform);
        let base = inputs.get(organisation.exit_per_year);
        let (best, forced) = best_outside(plan, seat.organisation, seat.actor, &alliance, standing, utilities);
        let utility = &utilities[row];
        for l in 0..LANES {
            let status = standing[row].status[l];
            let params = law.0.withdrawal.at(l);
            let others = math::select(utility.lead[l] > utility.led[l], 0.0, utility.led[l]);
            let next = if status == membership::MEMBER && utility.lead[l] <= utility.led[l] {
                let hazard = withdrawal::hazard(base[l], utility.smoothed[l], utility.on_joining[l], best[l], others, &params);
                let chance = withdrawal::probability(hazard, clock.years);
                match () {
                    () if uniform[l] < chance * params.suspension => membership::SUSPENDED,
                    () if uniform[l] < chance => membership::code(Status::Outsider),
                    () => status,
                }
            } else if status == membership::SUSPENDED && utility.smoothed[l] > best[l] {
                let back = withdrawal::probability(1.0 / RETURN_YEARS, clock.years);
                math::select(uniform[l] < back, membership::MEMBER, status)
            } else {
                status
            };
            if (next - status).abs() > 0.5 {
                standing[row].status[l] = next;
                let returned = next == membership::MEMBER;
                let cause = if returned {
                    Cause::Returned
                } else if forced[l] > 0.0 {
                    Cause::Exclusive
                } else {
                    Cause::Worth(heaviest_loss(utility, l))
                };
                let what = Happening::StatusChanged {
                    org: index(seat.organisation),
                    actor: index(seat.actor),
                    from: membership::status_of(status),
                    to: membership::status_of(next),
                    cause,
                };
                recorder.note(clock.n, l, clock.step, what);
            }
        }
    }
}

/// Remembers what membership was worth when it began.
fn note_joining(utilities: &mut [Utility], standing: &[Standing]) {
    for (utility, standing) in utilities.iter_mut().zip(standing) {
        for l in 0..LANES {
            // Full weight is what the utility of this step was appraised with.
            let member = math::indicator(standing.weight[l] == 1.0);
            let joined = member > utility.was_member[l];
            utility.on_joining[l] = math::select(joined, utility.total[l], utility.on_joining[l]);
            utility.was_member[l] = member;
        }
    }
}

/// Lanes in which an organisation is an alliance: its mutual assistance reaches the level.
fn alliances(plan: &Program, levels: &[Levels], elements: &Elements) -> Vec<Lanes> {
    let alliance = |(org, organisation): (usize, &crate::program::OrganisationPlan)| {
        let mut sum = Lanes::ZERO;
        for &element in &organisation.live {
            let (level, weight) = (&levels[org].declared[element], &elements.0[element].assistance);
            for l in 0..LANES {
                sum[l] += level[l] * weight[l];
            }
        }
        sum.map(|sum| math::indicator(sum >= ALLIANCE))
    };
    plan.organisations.iter().enumerate().map(alliance).collect()
}

/// The best option outside an organisation, and whether an exclusive treaty makes it so.
fn best_outside(
    plan: &Program,
    org: usize,
    actor: usize,
    alliance: &[Lanes],
    standing: &[Standing],
    utilities: &[Utility],
) -> (Lanes, Lanes) {
    let organisations = &plan.scenario.world.organisations;
    let (mut best, mut forced) = (Lanes::ZERO, Lanes::ZERO);
    for other in (0..organisations.len()).filter(|&other| other != org) {
        if !(organisations[org].exclusive || organisations[other].exclusive) {
            continue;
        }
        let linked = plan.organisations[org].links.iter().any(|(_, partner)| *partner == other)
            || plan.organisations[other].links.iter().any(|(_, partner)| *partner == org);
        let Some(row) = plan.seat(other, actor) else { continue };
        for l in 0..LANES {
            let dual = (standing[row].status[l] == membership::MEMBER)
                & (alliance[org][l] > 0.0)
                & (alliance[other][l] > 0.0)
                & !linked;
            let there = math::max(utilities[row].smoothed[l], best[l]);
            best[l] = math::select(dual, there, best[l]);
            forced[l] = math::select(dual, 1.0, forced[l]);
        }
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
