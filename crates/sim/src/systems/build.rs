//! Step phase 6, Commit, third part: members commit, organisations build what they declared.

use bevy_ecs::prelude::*;

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::is_zero;
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{commitment, threats};
use crate::program::OrganisationPlan;
use crate::state::{
    Clock, Cohesion, Commitment, Elements, IdealPoint, Keys, Levels, Parameters, Plan, Standing,
    Traits, Utility,
};

/// Commitment follows utility; at the first step it is there.
pub(crate) fn commit_members(
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    utilities: Column<Utility>,
    mut commitments: ColumnMut<Commitment>,
) {
    let params = &law.0.commitment;
    let (utilities, commitments) = (rows(&utilities), rows_mut(&mut commitments));
    let first = clock.step == 0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            let share = params.speed.map(
                #[inline(always)]
                |speed| math::select(first, 1.0, threats::share_moved(speed, clock.years)),
            );
            for (commitment, utility) in commitments.iter_mut().zip(utilities) {
                commitment.0 = Lanes::from_fn(
                    #[inline(always)]
                    |l| {
                        let target = commitment::target(utility.total.0[l], &params.at(l));
                        math::lerp(commitment.0.0[l], target, share.0[l])
                    },
                );
            }
        },
    );
}

/// Built levels follow declared ones as far as members deliver.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn build_elements(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    elements: Res<Elements>,
    traits: Column<Traits>,
    ideals: Column<IdealPoint>,
    standing: Column<Standing>,
    commitments: Column<Commitment>,
    mut levels: ColumnMut<Levels>,
    mut cohesion: ColumnMut<Cohesion>,
) {
    let (traits, ideals, standing, commitments) = (
        rows(&traits),
        rows(&ideals),
        rows(&standing),
        rows(&commitments),
    );
    let params = &law.0.commitment;
    let (levels, cohesion) = (rows_mut(&mut levels), rows_mut(&mut cohesion));
    let first = clock.step == 0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (org, organisation) in plan.0.organisations.iter().enumerate() {
                let (committed, spread) = deliverers(
                    &plan.0.seats,
                    organisation,
                    traits,
                    ideals,
                    standing,
                    commitments,
                );
                let delivery = committed.zip3(&spread, &params.heterogeneity, commitment::delivery);
                cohesion[org].delivery = delivery;
                for &element in &organisation.live {
                    let (built, declared) =
                        (&levels[org].built[element], &levels[org].declared[element]);
                    // What is neither there nor declared is not built.
                    if is_zero(built) && is_zero(declared) {
                        continue;
                    }
                    let years = &elements.0[element].build_years;
                    let next = Lanes::from_fn(
                        #[inline(always)]
                        |l| {
                            let (built, declared, delivery) =
                                (built.0[l], declared.0[l], delivery.0[l]);
                            let (years, decay) = (years.0[l], params.decay.0[l]);
                            let next = commitment::next_built(
                                built,
                                declared,
                                delivery,
                                years,
                                decay,
                                clock.years,
                            );
                            // At the start, what is declared stands as far as it is delivered.
                            math::select(first, declared * delivery, next)
                        },
                    );
                    levels[org].built[element] = next;
                }
            }
        },
    );
}

/// Capability-weighted mean commitment of members and the weighted standard deviation of their ideal points.
#[inline(always)]
fn deliverers(
    seats: &[crate::program::SeatPlan],
    organisation: &OrganisationPlan,
    traits: &[Traits],
    ideals: &[IdealPoint],
    standing: &[Standing],
    commitments: &[Commitment],
) -> (Lanes, Lanes) {
    let (mut weight, mut committed) = (Lanes::ZERO, Lanes::ZERO);
    let (mut heads, mut sum, mut squares) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
    for row in organisation.seats.clone() {
        let actor = seats[row].actor;
        let (own, capability) = (&standing[row].weight, &traits[actor].0.capability);
        // An outsider's seat has no voice.
        if is_zero(own) {
            continue;
        }
        // A square root keeps the small from vanishing beside the great.
        let voice = own.zip(
            capability,
            #[inline(always)]
            |own, capability| own * math::sqrt(capability),
        );
        let (commitment, ideal) = (&commitments[row].0, &ideals[actor].value);
        for l in 0..LANES {
            weight.0[l] += voice.0[l];
            committed.0[l] += voice.0[l] * commitment.0[l];
            heads.0[l] += own.0[l];
            sum.0[l] += own.0[l] * ideal.0[l];
            squares.0[l] += own.0[l] * ideal.0[l] * ideal.0[l];
        }
    }
    let committed = committed.zip(
        &weight,
        #[inline(always)]
        |committed, weight| committed / math::max(weight, f32::MIN_POSITIVE),
    );
    let spread = heads.zip3(
        &sum,
        &squares,
        #[inline(always)]
        |heads, sum, squares| {
            let heads = math::max(heads, f32::MIN_POSITIVE);
            let mean = sum / heads;
            math::sqrt(math::positive_part(squares / heads - mean * mean))
        },
    );
    (committed, spread)
}
