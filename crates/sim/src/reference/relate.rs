//! Commit, second part: relations move: votes, ideal points, disputes, affinity, trust.

use foedera_scenario::ThreatKind;

use super::expose;
use super::state::{State, index};
use crate::batch::Happening;
use crate::math;
use crate::mechanisms::{disputes, membership, relations, threats, trust, withdrawal};
use crate::purpose;
use crate::rng;
use crate::systems::relate::VOTE_WEIGHT;

/// Notes who acted together and who stood against whom, and how far organisations agree.
pub(super) fn relate_votes(state: &mut State<'_>) {
    for (idx, spec) in state.scenario.initiatives.iter().enumerate() {
        let Some(vote) = &state.initiatives[idx].vote else {
            continue;
        };
        let (rung, agreement) = (vote.rung, vote.agreement);
        let depth = rung.map_or(0.0, |rung| state.value(spec.ladder[rung].depth));
        let n = state.initiatives[idx].parties.len();
        for (first, second) in
            (0..n).flat_map(|first| (first + 1..n).map(move |second| (first, second)))
        {
            let parties = &state.initiatives[idx].parties;
            let (one, other) = (&parties[first], &parties[second]);
            let pair = &mut state.pairs[state.pair_of[one.actor][other.actor]];
            if one.took_part && other.took_part {
                pair.joint += depth;
            }
            let quarrels =
                u8::from(one.pushed && other.objected) + u8::from(other.pushed && one.objected);
            pair.opposed += f32::from(quarrels);
        }
        for &org in &spec.venues {
            let running = &mut state.organisations[org].agreement;
            *running = math::lerp(*running, agreement, VOTE_WEIGHT);
        }
    }
}

/// Everything else that moves relations, in order.
pub(super) fn relate(state: &mut State<'_>) {
    move_ideal_points(state);
    refresh_pulls(state);
    dispute(state);
    move_affinity(state);
    move_trust(state);
}

fn move_ideal_points(state: &mut State<'_>) {
    let common = rng::normal(state.word(purpose::IDEAL_COMMON, state.step, 0));
    let (own_scale, common_scale) = (
        state.law.relations.ideal_noise,
        state.law.relations.ideal_common,
    );
    for (idx, spec) in state.scenario.world.actors.iter().enumerate() {
        let own = rng::normal(state.word(purpose::IDEAL_POINT, state.step, u32::from(spec.number)));
        let step = own_scale * own + common_scale * common;
        let actor = &mut state.actors[idx];
        actor.ideal = math::clamp(actor.ideal + state.root_years * step, -4.0, 4.0);
    }
}

/// Similarity follows ideal points once a quarter, balance the web of affinities once a year.
fn refresh_pulls(state: &mut State<'_>) {
    let months = state.scenario.time.step.months();
    let month = state.month.rem_euclid(12);
    if state.step == 0 || months >= 3 || month % 3 == 0 {
        for pair in &mut state.pairs {
            let distance = state.actors[pair.source].ideal - state.actors[pair.target].ideal;
            pair.similarity = relations::similarity(distance, pair.ties);
        }
    }
    if state.step == 0 || months >= 12 || month < months {
        let balances: Vec<f32> = state
            .pairs
            .iter()
            .map(|pair| balance(state, pair.source, pair.target))
            .collect();
        for (pair, balance) in state.pairs.iter_mut().zip(balances) {
            pair.balance = balance;
        }
    }
}

/// Products of affinities with third actors, by capability.
fn balance(state: &State<'_>, source: usize, target: usize) -> f32 {
    let all = state
        .actors
        .iter()
        .fold(0.0, |sum, actor| sum + actor.capability);
    let mut sum = 0.0;
    for (third, actor) in state.actors.iter().enumerate() {
        if third != source && third != target {
            sum += actor.capability
                * state.pair(source, third).affinity
                * state.pair(target, third).affinity;
        }
    }
    sum / math::max(all, f32::MIN_POSITIVE)
}

/// Draw entity of a pair.
fn entity(state: &State<'_>, pair: usize) -> u32 {
    let actors = &state.scenario.world.actors;
    rng::dyad_entity(
        actors[state.pairs[pair].source].number,
        actors[state.pairs[pair].target].number,
    )
}

fn dispute(state: &mut State<'_>) {
    for row in 0..state.pairs.len() {
        let uniform = rng::uniform(state.word(purpose::DISPUTE, state.step, entity(state, row)));
        let params = &state.law.disputes;
        let pair = &mut state.pairs[row];
        let (source, target) = (pair.source, pair.target);
        let tension = (state.actors[source].stress[2] + state.actors[target].stress[2]) / 2.0;
        let rate = disputes::rate(params.rate, pair.proneness, pair.affinity, tension);
        let chance = withdrawal::probability(rate, state.years);
        if uniform < chance {
            let lethal = uniform < chance * params.lethal;
            let room = 1.0 - pair.affinity * pair.affinity;
            let loss = params.cost * room * if lethal { 2.0 } else { 1.0 };
            pair.affinity = math::max(pair.affinity - loss, -1.0);
            state.note(Happening::Dispute {
                source: index(source),
                target: index(target),
                lethal,
            });
        }
    }
}

fn move_affinity(state: &mut State<'_>) {
    for row in 0..state.pairs.len() {
        let noise = rng::normal(state.word(purpose::AFFINITY, state.step, entity(state, row)));
        let pair = &mut state.pairs[row];
        let stress =
            (state.actors[pair.source].stress[2] + state.actors[pair.target].stress[2]) / 2.0;
        let pull = relations::Pull {
            similarity: pair.similarity,
            balance: pair.balance,
            rivalry: pair.rivalry,
            stress,
            joint: pair.joint,
            opposed: pair.opposed,
        };
        let params = &state.law.relations;
        pair.affinity = relations::next_affinity(
            pair.affinity,
            &pull,
            params,
            state.years,
            state.root_years,
            noise,
        );
        (pair.joint, pair.opposed) = (0.0, 0.0);
    }
}

/// Dialogue of an actor with a bloc: a seat in the bloc's organisation, or cooperation of its own ones.
fn dialogue(state: &State<'_>, actor: usize, bloc: usize) -> f32 {
    let mut best = 0.0;
    for (org, spec) in state.scenario.world.organisations.iter().enumerate() {
        let Some(seat) = state.seat(org, actor) else {
            continue;
        };
        let talks = if spec.bloc == Some(bloc) {
            math::indicator(membership::standing(membership::code(seat.status)) > 0.0)
        } else {
            math::clamp_share(-seat.felt[bloc]) * seat.weight
        };
        best = math::max(best, talks);
    }
    best
}

/// The military pressure of a bloc on an actor and its pressure on the regime.
fn pressure(state: &State<'_>, actor: usize, bloc: usize) -> (f32, f32) {
    let (mut military, mut regime) = (0.0, 0.0);
    for (threat, spec) in state.scenario.world.threats.iter().enumerate() {
        let felt = state.actors[actor].intensity[threat];
        match spec.kind {
            ThreatKind::Regime { bloc: of } if of == bloc => regime += felt,
            ThreatKind::Regime { .. } => {}
            _ if spec.kind.bloc() == Some(bloc) => military += felt,
            _ => {}
        }
    }
    (military, regime)
}

fn move_trust(state: &mut State<'_>) {
    let params = state.law.trust.clone();
    let share = threats::share_moved(params.speed, state.years);
    let first = state.step == 0;
    for actor in 0..state.actors.len() {
        for bloc in 0..state.scenario.world.blocs.len() {
            let talks = dialogue(state, actor, bloc);
            let forces = math::positive_part(expose::forces(state, bloc));
            let pressed = pressure(state, actor, bloc);
            let own = &mut state.actors[actor];
            let tie = &mut own.blocs[bloc];
            let rest = trust::resting(tie.affinity, talks, tie.presence * forces, pressed, &params);
            // What stands at the first step is what effects of that step added.
            tie.trust = if first {
                math::clamp(rest + tie.trust, -1.0, 1.0)
            } else {
                math::lerp(tie.trust, rest, share)
            };
        }
    }
}
