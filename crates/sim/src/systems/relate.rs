//! Step phase 6, Commit, second part: relations move: ideal points, affinity, trust, disputes.

use bevy_ecs::prelude::*;
use foedera_scenario::ThreatKind;

use crate::batch::Happening;
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::is_zero;
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{disputes, membership, relations, salience, threats, trust, withdrawal};
use crate::program::Program;
use crate::purpose;
use crate::rng;
use crate::state::{
    AFFINITY_BINS, Acts, Affinity, BlocTies, Bonds, Clashes, Clock, Cohesion, Driver, Ends,
    IdealPoint, Inputs, Joined, Keys, Parameters, Plan, Posture, Recorder, Standing, Stress,
    Threatened, Traits, Verdict,
};
use crate::systems::expose::plus;

/// Weight of one vote in the running agreement of an organisation. Assumption: about six decisions count.
pub(crate) const VOTE_WEIGHT: f32 = 0.15;

/// Notes who acted together and who stood against whom, and how far organisations agree.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn relate_votes(
    plan: Res<Plan>,
    verdicts: Column<Verdict>,
    joined: Column<Joined>,
    inputs: Res<Inputs>,
    keys: Res<Keys>,
    mut acts: ResMut<Acts>,
    mut affinity: ColumnMut<Affinity>,
    mut cohesion: ColumnMut<Cohesion>,
) {
    let plan = &*plan.0;
    let (joined, affinity, cohesion) = (
        rows(&joined),
        rows_mut(&mut affinity),
        rows_mut(&mut cohesion),
    );
    for (idx, verdict) in rows(&verdicts).iter().enumerate() {
        if is_zero(&verdict.voted) {
            continue;
        }
        let file = &plan.scenario.initiatives[idx];
        let depth = Lanes::from_fn(|l| match verdict.rung[l] as usize {
            0 => 0.0,
            rung => inputs.get(file.ladder[rung - 1].depth)[l],
        });
        acts.0 = true;
        keys.0.isa().dispatch(
            #[inline(always)]
            || {
                relate_parties(plan, idx, &depth, joined, affinity);
                let share = verdict.voted.map(
                    #[inline(always)]
                    |voted| VOTE_WEIGHT * voted,
                );
                for &org in &file.venues {
                    cohesion[org].agreement =
                        cohesion[org]
                            .agreement
                            .zip3(&verdict.agreement, &share, math::lerp);
                }
            },
        );
    }
}

/// Notes the joint and opposed acts of every pair of parties.
#[inline(always)]
fn relate_parties(
    plan: &Program,
    initiative: usize,
    depth: &Lanes,
    joined: &[Joined],
    affinity: &mut [Affinity],
) {
    let parties = plan.initiatives[initiative].parties.clone();
    for first in parties.clone() {
        let one = &joined[first];
        let (took_part, pushed, objected) = (
            is_zero(&one.took_part),
            is_zero(&one.pushed),
            is_zero(&one.objected),
        );
        if took_part && pushed && objected {
            continue;
        }
        for second in first + 1..parties.end {
            let other = &joined[second];
            let pair =
                &mut affinity[plan.dyad(plan.parties[first].actor, plan.parties[second].actor)];
            pair.joint = Lanes::from_fn(
                #[inline(always)]
                |l| pair.joint.0[l] + depth.0[l] * one.took_part.0[l] * other.took_part.0[l],
            );
            pair.opposed = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    pair.opposed.0[l]
                        + (one.pushed.0[l] * other.objected.0[l]
                            + other.pushed.0[l] * one.objected.0[l])
                },
            );
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
    let ideals = rows_mut(&mut ideals);
    for (ideal, actor) in ideals.iter_mut().zip(&world.actors) {
        ideal.noise.prepare_normals(
            &keys.0,
            purpose::IDEAL_POINT,
            clock.step,
            u32::from(actor.number),
        );
    }
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for ideal in ideals.iter_mut() {
                let own = ideal.noise.at(clock.step);
                ideal.value = Lanes::from_fn(
                    #[inline(always)]
                    |l| {
                        let step = params.ideal_noise.0[l] * own.0[l]
                            + params.ideal_common.0[l] * shock.0[l];
                        math::clamp(ideal.value.0[l] + clock.root_years * step, -4.0, 4.0)
                    },
                );
            }
        },
    );
}

/// Similarity follows ideal points once a quarter, balance the web of affinities once a year.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
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
                    affinity.similarity = source.zip3(
                        target,
                        &bonds.0.ties,
                        #[inline(always)]
                        |source, target, ties| relations::similarity(source - target, ties),
                    );
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
        affinity[row].balance = sum.zip(
            &all,
            #[inline(always)]
            |sum, all| sum / math::max(all, f32::MIN_POSITIVE),
        );
    }
}

/// Affinity of every pair moves.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn move_affinity(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    ends: Column<Ends>,
    bonds: Column<Bonds>,
    stress: Column<Stress>,
    mut acts: ResMut<Acts>,
    mut affinity: ColumnMut<Affinity>,
) {
    let actors = &plan.0.scenario.world.actors;
    let (ends, bonds, stress) = (rows(&ends), rows(&bonds), rows(&stress));
    let params = &law.0.relations;
    let affinity = rows_mut(&mut affinity);
    for (affinity, ends) in affinity.iter_mut().zip(ends) {
        let entity = rng::dyad_entity(actors[ends.source].number, actors[ends.target].number);
        affinity
            .noise
            .prepare_normals(&keys.0, purpose::AFFINITY, clock.step, entity);
    }
    let acted = std::mem::take(&mut acts.0);
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for ((affinity, ends), bonds) in affinity.iter_mut().zip(ends).zip(bonds) {
                let (source, target) = (&stress[ends.source].0[2], &stress[ends.target].0[2]);
                let (joint, opposed) = if acted {
                    (&affinity.joint, &affinity.opposed)
                } else {
                    (&Lanes::ZERO, &Lanes::ZERO)
                };
                let noise = affinity.noise.at(clock.step);
                affinity.value = Lanes::from_fn(
                    #[inline(always)]
                    |l| {
                        let pull = relations::Pull {
                            similarity: affinity.similarity.0[l],
                            balance: affinity.balance.0[l],
                            rivalry: bonds.0.rivalry.0[l],
                            stress: (source.0[l] + target.0[l]) / 2.0,
                            joint: joint.0[l],
                            opposed: opposed.0[l],
                        };
                        let (value, params) = (affinity.value.0[l], params.at(l));
                        relations::next_affinity(
                            value,
                            &pull,
                            &params,
                            clock.years,
                            clock.root_years,
                            noise.0[l],
                        )
                    },
                );
                if acted {
                    affinity.joint = Lanes::ZERO;
                    affinity.opposed = Lanes::ZERO;
                }
            }
        },
    );
}

/// Dialogue of an actor with a bloc, 0..=1: a seat in the bloc's organisation, or cooperation of its own ones.
#[inline(always)]
fn dialogue(
    plan: &Program,
    actor: usize,
    bloc: usize,
    standing: &[Standing],
    postures: &[Posture],
) -> Lanes {
    let mut out = Lanes::ZERO;
    for (org, spec) in plan.scenario.world.organisations.iter().enumerate() {
        let Some(row) = plan.seat(org, actor) else {
            continue;
        };
        let standing = &standing[row];
        out = if spec.bloc == Some(bloc) {
            out.zip(
                &standing.status,
                #[inline(always)]
                |out, status| math::max(out, math::indicator(membership::standing(status) > 0.0)),
            )
        } else {
            out.zip3(
                &postures[row].felt[bloc],
                &standing.weight,
                #[inline(always)]
                |out, felt, weight| math::max(out, math::clamp_share(-felt) * weight),
            )
        };
    }
    out
}

/// Trust in blocs moves towards where it rests; at the first step it goes there, and effects of that step count beside.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn move_trust(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    drivers: Column<Driver>,
    standing: Column<Standing>,
    postures: Column<Posture>,
    threatened: Column<Threatened>,
    mut blocs: ColumnMut<BlocTies>,
) {
    let plan = &*plan.0;
    let (drivers, standing, postures, threatened) = (
        rows(&drivers),
        rows(&standing),
        rows(&postures),
        rows(&threatened),
    );
    let blocs = rows_mut(&mut blocs);
    let params = &law.0.trust;
    let first = clock.step == 0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            let moved = params.speed.map(
                #[inline(always)]
                |speed| threats::share_moved(speed, clock.years),
            );
            for (actor, ties) in blocs.iter_mut().enumerate() {
                for (bloc, spec) in plan.scenario.world.blocs.iter().enumerate() {
                    let talks = dialogue(plan, actor, bloc, standing, postures);
                    let (military, regime) = pressure(plan, bloc, &threatened[actor]);
                    let forces = spec
                        .presence
                        .map_or(&Lanes::ZERO, |driver| &drivers[driver].level);
                    let rest = Lanes::from_fn(
                        #[inline(always)]
                        |l| {
                            let near = ties.presence[bloc].0[l] * math::positive_part(forces.0[l]);
                            let (affinity, params) = (ties.affinity[bloc].0[l], params.at(l));
                            let pressure = (military.0[l], regime.0[l]);
                            trust::resting(affinity, talks.0[l], near, pressure, &params)
                        },
                    );
                    // What stands at the first step is what effects of that step added.
                    ties.trust[bloc] = if first {
                        ties.trust[bloc].zip(
                            &rest,
                            #[inline(always)]
                            |added, rest| math::clamp(rest + added, -1.0, 1.0),
                        )
                    } else {
                        ties.trust[bloc].zip3(&rest, &moved, math::lerp)
                    };
                }
            }
        },
    );
}

/// The military pressure of a bloc on an actor and its pressure on the regime.
#[inline(always)]
fn pressure(plan: &Program, bloc: usize, threatened: &Threatened) -> (Lanes, Lanes) {
    let (mut military, mut regime) = (Lanes::ZERO, Lanes::ZERO);
    for (threat, spec) in plan.scenario.world.threats.iter().enumerate() {
        if spec.kind.bloc() != Some(bloc) {
            continue;
        }
        let felt = &threatened.intensity[threat];
        if matches!(spec.kind, ThreatKind::Regime { .. }) {
            regime = regime.zip(felt, plus);
        } else {
            military = military.zip(felt, plus);
        }
    }
    (military, regime)
}

/// By how much the highest probability of a dispute is raised, so that rounding cannot hide one.
const SLACK: f32 = 1.001;
/// Stress up to which an actor counts as calm in the bounds of disputes.
const CALM: f32 = 0.25;
/// Width of a bin of affinity in the bounds of disputes.
const BIN: f32 = 2.0 / AFFINITY_BINS as f32;

/// Draws disputes, where any is possible.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn dispute(
    plan: Res<Plan>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    ends: Column<Ends>,
    bonds: Column<Bonds>,
    stress: Column<Stress>,
    mut calm: Local<Vec<bool>>,
    mut affinity: ColumnMut<Affinity>,
    mut clashes: ColumnMut<Clashes>,
    mut recorder: ResMut<Recorder>,
) {
    let actors = &plan.0.scenario.world.actors;
    let (ends, bonds, stress) = (rows(&ends), rows(&bonds), rows(&stress));
    let (affinity, clashes) = (rows_mut(&mut affinity), rows_mut(&mut clashes));
    let params = &law.0.disputes;
    for (clashes, ends) in clashes.iter_mut().zip(ends) {
        let entity = rng::dyad_entity(actors[ends.source].number, actors[ends.target].number);
        clashes
            .noise
            .prepare_uniforms(&keys.0, purpose::DISPUTE, clock.step, entity);
    }
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            if clock.step == 0 {
                bound_disputes(params, bonds, clashes, clock.years);
            }
            if clock.step.is_multiple_of(rng::STEPS_PER_BLOCK) {
                find_least(clashes, clock.step);
            }
            find_calm(stress, &mut calm);
            let place = (clock.step % rng::STEPS_PER_BLOCK) as usize;
            for row in 0..clashes.len() {
                let Ends { source, target } = ends[row];
                // The law bounds the probability: nothing can happen where every lane drew a higher number.
                let Clashes { least, highest, .. } = &clashes[row];
                let highest = &highest[usize::from(!(calm[source] && calm[target]))];
                if least[place] >= highest[0]
                    || least[place] >= highest[least_bin(&affinity[row].value)]
                {
                    continue;
                }
                let tension = (&stress[source].0[2], &stress[target].0[2]);
                let uniform = clashes[row].noise.at(clock.step);
                let clash = clash(
                    params,
                    &bonds[row],
                    &mut affinity[row],
                    tension,
                    uniform,
                    clock.years,
                );
                if !is_zero(&clash) {
                    note_disputes(&mut recorder, &clock, ends[row], &clash);
                }
            }
        },
    );
}

/// Notes the highest probability of a dispute of each pair, by the least affinity and the highest stress.
#[inline(always)]
fn bound_disputes(
    params: &disputes::DisputeParams<Lanes>,
    bonds: &[Bonds],
    clashes: &mut [Clashes],
    years: f32,
) {
    let most = |lanes: &Lanes| lanes.iter().fold(0.0, |high, &lane| f32::max(high, lane));
    let rate = most(&params.rate);
    let stresses = [CALM, salience::bounded(f32::INFINITY)];
    for (clashes, bonds) in clashes.iter_mut().zip(bonds) {
        let proneness = most(&bonds.0.proneness);
        for (stress, row) in stresses.into_iter().zip(&mut clashes.highest) {
            for (bin, highest) in row.iter_mut().enumerate() {
                let affinity = -1.0 + bin as f32 * BIN;
                let rate = disputes::rate(rate, proneness, affinity, stress);
                *highest = withdrawal::probability(rate, years) * SLACK;
            }
        }
    }
}

/// Notes the actors whose stress is low in every lane.
#[inline(always)]
fn find_calm(stress: &[Stress], calm: &mut Vec<bool>) {
    calm.clear();
    calm.extend(stress.iter().map(
        #[inline(always)]
        |stress| {
            let mut tense = 0;
            for l in 0..LANES {
                tense |= u32::from(stress.0[2].0[l] > CALM);
            }
            tense == 0
        },
    ));
}

/// Bin of the least affinity in any lane.
#[inline(always)]
fn least_bin(affinity: &Lanes) -> usize {
    // Numbers are ordered as their bits, negative ones the other way round.
    let mut least = i32::MAX;
    for lane in &affinity.0 {
        let bits = lane.to_bits().cast_signed();
        least = least.min(bits ^ ((bits >> 31) & i32::MAX));
    }
    let least = f32::from_bits((least ^ ((least >> 31) & i32::MAX)).cast_unsigned());
    (((least + 1.0) / BIN) as usize).min(AFFINITY_BINS - 1)
}

/// Notes the least number that any lane drew, for the steps just drawn.
#[inline(always)]
fn find_least(clashes: &mut [Clashes], step: u32) {
    for clashes in clashes.iter_mut() {
        for place in 0..rng::STEPS_PER_BLOCK {
            // Numbers that are not negative are ordered as their bits.
            let mut least = u32::MAX;
            for lane in clashes.noise.at(step + place).iter() {
                least = least.min(lane.to_bits());
            }
            clashes.least[place as usize] = f32::from_bits(least);
        }
    }
}

/// Lanes in which a pair clashes (1) or people die (2); affinity falls there.
#[inline(always)]
fn clash(
    params: &disputes::DisputeParams<Lanes>,
    bonds: &Bonds,
    affinity: &mut Affinity,
    (source, target): (&Lanes, &Lanes),
    uniform: &Lanes,
    years: f32,
) -> Lanes {
    let clash = Lanes::from_fn(
        #[inline(always)]
        |l| {
            let tension = (source.0[l] + target.0[l]) / 2.0;
            let rate = disputes::rate(
                params.rate.0[l],
                bonds.0.proneness.0[l],
                affinity.value.0[l],
                tension,
            );
            let chance = withdrawal::probability(rate, years);
            let lethal = math::indicator(uniform.0[l] < chance * params.lethal.0[l]);
            let any = math::indicator(uniform.0[l] < chance);
            any + lethal
        },
    );
    affinity.value = affinity.value.zip3(
        &clash,
        &params.cost,
        #[inline(always)]
        |value, clash, cost| {
            let room = 1.0 - value * value;
            math::max(value - cost * room * clash, -1.0)
        },
    );
    clash
}

/// Notes the disputes of a pair as events.
#[cold]
#[inline(never)]
fn note_disputes(recorder: &mut Recorder, clock: &Clock, ends: Ends, clash: &Lanes) {
    for l in 0..clock.n {
        if clash[l] > 0.0 {
            let what = Happening::Dispute {
                source: u32::try_from(ends.source).expect("few actors"),
                target: u32::try_from(ends.target).expect("few actors"),
                lethal: clash[l] > 1.0,
            };
            recorder.note(clock.n, l, clock.step, what);
        }
    }
}
