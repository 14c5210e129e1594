//! Step phase 6, Commit, third part: members commit, organisations build what they declared.

use bevy_ecs::prelude::*;

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{commitment, threats};
use crate::program::OrganisationPlan;
use crate::state::{
    Clock, Cohesion, Commitment, Elements, IdealPoint, Keys, Levels, Parameters, Plan, Standing, Traits, Utility,
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
            for (commitment, utility) in commitments.iter_mut().zip(utilities) {
                for l in 0..LANES {
                    let params = params.at(l);
                    let target = commitment::target(utility.total.0[l], &params);
                    let share = math::select(first, 1.0, threats::share_moved(params.speed, clock.years));
                    commitment.0.0[l] = math::lerp(commitment.0.0[l], target, share);
                }
            }
        },
    );
}

/// Built levels follow declared ones as far as members deliver.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
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
    let (traits, ideals, standing, commitments) =
        (rows(&traits), rows(&ideals), rows(&standing), rows(&commitments));
    let params = &law.0.commitment;
    let (levels, cohesion) = (rows_mut(&mut levels), rows_mut(&mut cohesion));
    let first = clock.step == 0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (org, organisation) in plan.0.organisations.iter().enumerate() {
                let (committed, spread) =
                    deliverers(&plan.0.seats, organisation, traits, ideals, standing, commitments);
                let delivery = &mut cohesion[org].delivery;
                for l in 0..LANES {
                    delivery.0[l] =
                        commitment::delivery(committed.0[l], spread.0[l], params.heterogeneity.0[l]);
                }
                for &element in &organisation.live {
                    let declared = levels[org].declared[element];
                    let years = &elements.0[element].build_years;
                    let built = &mut levels[org].built[element];
                    for l in 0..LANES {
                        let next = commitment::next_built(
                            built.0[l],
                            declared.0[l],
                            delivery.0[l],
                            years.0[l],
                            params.decay.0[l],
                            clock.years,
                        );
                        // At the start, what is declared stands as far as it is delivered.
                        built.0[l] = math::select(first, declared.0[l] * delivery.0[l], next);
                    }
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
        for l in 0..LANES {
            let own = standing[row].weight.0[l];
            // A square root keeps the small from vanishing beside the great.
            let voice = own * math::sqrt(traits[actor].0.capability.0[l]);
            weight.0[l] += voice;
            committed.0[l] += voice * commitments[row].0.0[l];
            let ideal = ideals[actor].value.0[l];
            heads.0[l] += own;
            sum.0[l] += own * ideal;
            squares.0[l] += own * ideal * ideal;
        }
    }
    let mut spread = Lanes::ZERO;
    for l in 0..LANES {
        committed.0[l] /= math::max(weight.0[l], f32::MIN_POSITIVE);
        let heads = math::max(heads.0[l], f32::MIN_POSITIVE);
        let mean = sum.0[l] / heads;
        spread.0[l] = math::sqrt(math::positive_part(squares.0[l] / heads - mean * mean));
    }
    (committed, spread)
}
