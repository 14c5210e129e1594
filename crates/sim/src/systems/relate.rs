//! Step phase 6, Commit, second part: relations move: ideal points, affinity, trust, disputes.

use bevy_ecs::prelude::*;

use crate::batch::Happening;
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{disputes, membership, relations, threats, trust, withdrawal};
use crate::program::Program;
use crate::purpose;
use crate::rng;
use crate::state::{
    Affinity, BlocTies, Bonds, Clock, Cohesion, Driver, Ends, IdealPoint, Joined, Keys, Parameters, Plan, Posture,
    Recorder, Standing, Stress, Threatened, Traits, Verdict,
};

/// Weight of one vote in the running agreement of an organisation. Assumption: about six decisions count.
pub(crate) const VOTE_WEIGHT: f32 = 0.15;

/// Notes who acted together and who stood against whom, and how far organisations agree.
pub(crate) fn relate_votes(
    plan: Res<Plan>,
    verdicts: Column<Verdict>,
    joined: Column<Joined>,
    inputs: Res<crate::state::Inputs>,
    mut affinity: ColumnMut<Affinity>,
    mut cohesion: ColumnMut<Cohesion>,
) {
    let plan = &*plan.0;
    let (joined, affinity, cohesion) = (rows(&joined), rows_mut(&mut affinity), rows_mut(&mut cohesion));
    for (idx, verdict) in rows(&verdicts).iter().enumerate() {
        if verdict.voted.iter().all(|&voted| voted == 0.0) {
            continue;
        }
        let file = &plan.scenario.initiatives[idx];
        let depth = Lanes::from_fn(|l| match verdict.rung[l] as usize {
            0 => 0.0,
            rung => inputs.get(file.ladder[rung - 1].depth)[l],
        });
        let parties = plan.initiatives[idx].parties.clone();
        for first in parties.clone() {
            for second in first + 1..parties.end {
                let dyad = plan.dyad(plan.parties[first].actor, plan.parties[second].actor);
                let (pair, one, other) = (&mut affinity[dyad], &joined[first], &joined[second]);
                for l in 0..LANES {
                    pair.joint[l] += depth[l] * one.took_part[l] * other.took_part[l];
                    pair.opposed[l] += one.pushed[l] * other.objected[l] + other.pushed[l] * one.objected[l];
                }
            }
        }
        for &org in &file.venues {
            for l in 0..LANES {
                let share = VOTE_WEIGHT * verdict.voted[l];
                cohesion[org].agreement[l] = math::lerp(cohesion[org].agreement[l], verdict.agreement[l], share);
            }
        }
    }
}

/// Ideal points walk, with a common shock.
pub(crate) fn move_ideal_points(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    mut common: Local<rng::NoiseBlock>,
    mut ideals: ColumnMut<IdealPoint>,
) {
    let world = &plan.0.scenario.world;
    let params = &law.0.relations;
    if clock.step == 0 {
        common.forget();
    }
    common.prepare_normals(&keys.0, purpose::IDEAL_COMMON, clock.step, 0);
    let shock = common.at(clock.step);
    for (ideal, actor) in rows_mut(&mut ideals).iter_mut().zip(&world.actors) {
        ideal.noise.prepare_normals(&keys.0, purpose::IDEAL_POINT, clock.step, u32::from(actor.number));
        let own = ideal.noise.at(clock.step);
        for l in 0..LANES {
            let step = params.ideal_noise.0[l] * own.0[l] + params.ideal_common.0[l] * shock.0[l];
            ideal.value.0[l] = math::clamp(ideal.value.0[l] + clock.root_years * step, -4.0, 4.0);
        }
    }
}

/// Similarity follows ideal points once a quarter, balance the web of affinities once a year.
pub(crate) fn refresh_pulls(
    plan: Res<Plan>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    ideals: Column<IdealPoint>,
    traits: Column<Traits>,
    ends: Column<Ends>,
    bonds: Column<Bonds>,
    mut affinity: ColumnMut<Affinity>,
) {
    let first = clock.step == 0;
    let (ideals, traits, ends, bonds) = (rows(&ideals), rows(&traits), rows(&ends), rows(&bonds));
    let affinity = rows_mut(&mut affinity);
    let month = clock.month.rem_euclid(12);
    let quarterly = first || clock.months >= 3 || month % 3 == 0;
    let yearly = first || clock.months >= 12 || month < clock.months;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            if quarterly {
                for ((affinity, ends), bonds) in affinity.iter_mut().zip(ends).zip(bonds) {
                    let (source, target) = (&ideals[ends.source].value, &ideals[ends.target].value);
                    for l in 0..LANES {
                        affinity.similarity.0[l] =
                            relations::similarity(source.0[l] - target.0[l], bonds.0.ties.0[l]);
                    }
                }
            }
            if yearly {
                balance(&plan.0, traits, ends, affinity);
            }
        },
    );
}

/// Balance of every pair: capability-weighted products of affinities with third actors.
#[inline(always)]
fn balance(plan: &Program, traits: &[Traits], ends: &[Ends], affinity: &mut [Affinity]) {
    let n = traits.len();
    let mut all = Lanes::ZERO;
    for own in traits {
        for l in 0..LANES {
            all.0[l] += own.0.capability.0[l];
        }
    }
    for row in 0..affinity.len() {
        let Ends { source, target } = ends[row];
        let mut sum = Lanes::ZERO;
        for third in (0..n).filter(|&third| third != source && third != target) {
            let (one, other) = (plan.dyad(source, third), plan.dyad(target, third));
            let (one, other) = (&affinity[one].value, &affinity[other].value);
            let weight = &traits[third].0.capability;
            for l in 0..LANES {
                sum.0[l] += weight.0[l] * one.0[l] * other.0[l];
            }
        }
        for l in 0..LANES {
            affinity[row].balance.0[l] = sum.0[l] / math::max(all.0[l], f32::MIN_POSITIVE);
        }
    }
}

/// Affinity of every pair moves.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
pub(crate) fn move_affinity(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    ends: Column<Ends>,
    bonds: Column<Bonds>,
    stress: Column<Stress>,
    mut affinity: ColumnMut<Affinity>,
) {
    let actors = &plan.0.scenario.world.actors;
    let (ends, bonds, stress) = (rows(&ends), rows(&bonds), rows(&stress));
    let params = &law.0.relations;
    let affinity = rows_mut(&mut affinity);
    for (affinity, ends) in affinity.iter_mut().zip(ends) {
        let entity = rng::dyad_entity(actors[ends.source].number, actors[ends.target].number);
        affinity.noise.prepare_normals(&keys.0, purpose::AFFINITY, clock.step, entity);
    }
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for ((affinity, ends), bonds) in affinity.iter_mut().zip(ends).zip(bonds) {
                let noise = *affinity.noise.at(clock.step);
                let (source, target) = (&stress[ends.source].0[2], &stress[ends.target].0[2]);
                for l in 0..LANES {
                    let pull = relations::Pull {
                        similarity: affinity.similarity.0[l],
                        balance: affinity.balance.0[l],
                        rivalry: bonds.0.rivalry.0[l],
                        stress: (source.0[l] + target.0[l]) / 2.0,
                        joint: affinity.joint.0[l],
                        opposed: affinity.opposed.0[l],
                    };
                    affinity.value.0[l] = relations::next_affinity(
                        affinity.value.0[l],
                        &pull,
                        &params.at(l),
                        clock.years,
                        clock.root_years,
                        noise.0[l],
                    );
                }
                affinity.joint = Lanes::ZERO;
                affinity.opposed = Lanes::ZERO;
            }
        },
    );
}

/// Dialogue of an actor with a bloc, 0..=1: a seat in the bloc's organisation, or cooperation of its own ones.
fn dialogue(plan: &Program, actor: usize, bloc: usize, standing: &[Standing], postures: &[Posture]) -> Lanes {
    let mut out = Lanes::ZERO;
    for (org, spec) in plan.scenario.world.organisations.iter().enumerate() {
        let Some(row) = plan.seat(org, actor) else { continue };
        for l in 0..LANES {
            let talks = if spec.bloc == Some(bloc) {
                math::indicator(membership::standing(standing[row].status[l]) > 0.0)
            } else {
                math::clamp_share(-postures[row].felt[bloc][l]) * standing[row].weight[l]
            };
            out[l] = math::max(out[l], talks);
        }
    }
    out
}

/// Trust in blocs moves towards where it rests; at the first step it is there.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
pub(crate) fn move_trust(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    drivers: Column<Driver>,
    standing: Column<Standing>,
    postures: Column<Posture>,
    threatened: Column<Threatened>,
    mut blocs: ColumnMut<BlocTies>,
) {
    let plan = &*plan.0;
    let (drivers, standing, postures, threatened) =
        (rows(&drivers), rows(&standing), rows(&postures), rows(&threatened));
    for (actor, ties) in rows_mut(&mut blocs).iter_mut().enumerate() {
        for (bloc, spec) in plan.scenario.world.blocs.iter().enumerate() {
            let talks = dialogue(plan, actor, bloc, standing, postures);
            let external = &threatened[actor].external;
            for l in 0..LANES {
                let forces = spec.presence.map_or(0.0, |driver| math::positive_part(drivers[driver].level[l]));
                let near = ties.presence[bloc][l] * forces;
                let params = law.0.trust.at(l);
                let rest = trust::resting(ties.affinity[bloc][l], talks[l], near, external[l], &params);
                let moved = threats::share_moved(params.speed, clock.years);
                let share = math::select(clock.step == 0, 1.0, moved);
                ties.trust[bloc][l] = math::lerp(ties.trust[bloc][l], rest, share);
            }
        }
    }
}

/// Draws disputes, where any is possible.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
pub(crate) fn dispute(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    ends: Column<Ends>,
    bonds: Column<Bonds>,
    stress: Column<Stress>,
    mut affinity: ColumnMut<Affinity>,
    mut recorder: ResMut<Recorder>,
) {
    let actors = &plan.0.scenario.world.actors;
    let (ends, bonds, stress) = (rows(&ends), rows(&bonds), rows(&stress));
    let params = &law.0.disputes;
    let mut uniform = Lanes::ZERO;
    for (row, affinity) in rows_mut(&mut affinity).iter_mut().enumerate() {
        let Ends { source, target } = ends[row];
        let entity = rng::dyad_entity(actors[source].number, actors[target].number);
        // One draw a calendar year of steps would cluster; one a step is cheap next to the noise of affinity.
        keys.0.fill_uniforms(purpose::DISPUTE, clock.step, entity, &mut uniform);
        let mut clash = Lanes::ZERO;
        keys.0.isa().dispatch(
            #[inline(always)]
            || {
                for l in 0..LANES {
                    let tension = (stress[source].0[2].0[l] + stress[target].0[2].0[l]) / 2.0;
                    let rate = disputes::rate(
                        params.rate.0[l],
                        bonds[row].0.proneness.0[l],
                        affinity.value.0[l],
                        tension,
                    );
                    let chance = withdrawal::probability(rate, clock.years);
                    let lethal = math::indicator(uniform.0[l] < chance * params.lethal.0[l]);
                    let any = math::indicator(uniform.0[l] < chance);
                    let room = 1.0 - affinity.value.0[l] * affinity.value.0[l];
                    let loss = params.cost.0[l] * room * (any + lethal);
                    affinity.value.0[l] = math::max(affinity.value.0[l] - loss, -1.0);
                    clash.0[l] = any + lethal;
                }
            },
        );
        for l in 0..clock.n {
            if clash[l] > 0.0 {
                let what = Happening::Dispute {
                    source: u32::try_from(source).expect("few actors"),
                    target: u32::try_from(target).expect("few actors"),
                    lethal: clash[l] > 1.0,
                };
                recorder.note(clock.n, l, clock.step, what);
            }
        }
    }
}
