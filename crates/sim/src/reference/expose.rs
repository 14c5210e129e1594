//! Expose: trade, weights of statuses, affinity with blocs, threats, stress, salience.

use foedera_scenario::ThreatKind;

use super::load;
use super::state::State;
use super::utility;
use crate::math;
use crate::mechanisms::{forces as abroad, salience, threats};

/// The whole phase.
pub(super) fn expose(state: &mut State<'_>) {
    for actor in 0..state.actors.len() {
        state.actors[actor].trade = load::total_trade(state, actor);
        load::stake(state, actor);
    }
    weigh_seats(state);
    meet_blocs(state);
    for actor in 0..state.actors.len() {
        perceive(state, actor);
    }
    for actor in 0..state.actors.len() {
        adapt(state, actor);
    }
}

fn weigh_seats(state: &mut State<'_>) {
    for org in 0..state.organisations.len() {
        for at in 0..state.organisations[org].seats.len() {
            let weight = state.weight_of(state.organisations[org].seats[at].status);
            state.organisations[org].seats[at].weight = weight;
        }
    }
    let moment = utility::Moment::built(state);
    for org in 0..state.organisations.len() {
        let reach = utility::reach(state, &moment, org);
        for (seat, reach) in state.organisations[org].seats.iter_mut().zip(reach) {
            seat.reach = reach;
        }
    }
}

fn meet_blocs(state: &mut State<'_>) {
    for actor in 0..state.actors.len() {
        for (bloc, spec) in state.scenario.world.blocs.iter().enumerate() {
            let (mut sum, mut weight) = (0.0, 0.0);
            for &member in spec.members.iter().filter(|&&member| member != actor) {
                sum += state.actors[member].capability * state.pair(actor, member).affinity;
                weight += state.actors[member].capability;
            }
            state.actors[actor].blocs[bloc].affinity = sum / math::max(weight, f32::MIN_POSITIVE);
        }
    }
}

/// Forces of a bloc in the region.
pub(super) fn forces(state: &State<'_>, bloc: usize) -> f32 {
    state.scenario.world.blocs[bloc]
        .presence
        .map_or(0.0, |driver| state.drivers[driver].level)
}

/// Intensity of a threat that an exposure of 1 would bring.
fn unit(state: &State<'_>, actor: usize, threat: usize) -> f32 {
    let world = &state.scenario.world;
    let spec = &world.threats[threat];
    let own = &state.actors[actor];
    let driver = state.drivers[spec.driver].level;
    let level = match &spec.kind {
        ThreatKind::Spillover { origin, scale_km } => {
            let distance = if *origin == actor {
                0.0
            } else {
                state.value(world.dyads[state.pair_of[actor][*origin]].distance_km)
            };
            let mut level =
                threats::spillover(distance, state.value(*scale_km), own.capability) * driver;
            for (bloc, tie) in own.blocs.iter().enumerate() {
                let relief = state.law.threats.relief;
                level *=
                    threats::presence_relief(relief, tie.presence, forces(state, bloc), tie.trust);
            }
            level
        }
        ThreatKind::External { bloc } => {
            let tie = &own.blocs[*bloc];
            let mut theirs = 0.0;
            for &member in &world.blocs[*bloc].members {
                theirs += state.actors[member].capability;
            }
            let near = threats::external(tie.proximity, tie.affinity, theirs, own.capability);
            let felt = state.law.threats.presence
                * own.ambition
                * tie.presence
                * math::positive_part(forces(state, *bloc));
            if tie.insider {
                0.0
            } else {
                near * driver + felt
            }
        }
        ThreatKind::Regime { bloc } => {
            let open = threats::regime(own.polyarchy, own.income, own.capability);
            if own.blocs[*bloc].insider {
                0.0
            } else {
                open * driver
            }
        }
        ThreatKind::Direct { .. } => driver,
    };
    let mut level = math::positive_part(level);
    for (post, sent) in state.program.posts.iter().zip(&state.posts) {
        if post.actor == actor {
            let protection = state.elements[post.element].protection[threat];
            level *= abroad::calmed(state.law.forces.calm, protection, *sent);
        }
    }
    level
}

fn perceive(state: &mut State<'_>, actor: usize) {
    let (mut all, mut external, mut regime, mut attack) = (0.0, 0.0, 0.0, 0.0);
    for (threat, spec) in state.scenario.world.threats.iter().enumerate() {
        let unit = unit(state, actor, threat);
        state.actors[actor].unit[threat] = unit;
        let raw = unit * state.actors[actor].exposure[threat];
        let moved = threats::share_moved(state.law.threats.memory, state.years);
        let share = if state.step == 0 { 1.0 } else { moved };
        let felt = math::lerp(state.actors[actor].intensity[threat], raw, share);
        state.actors[actor].intensity[threat] = felt;
        all += felt;
        match spec.kind {
            ThreatKind::External { .. } | ThreatKind::Direct { bloc: Some(_) } => external += felt,
            ThreatKind::Regime { .. } => regime += felt,
            ThreatKind::Spillover { .. } => attack = math::max(attack, felt),
            ThreatKind::Direct { bloc: None } => {}
        }
    }
    let own = &mut state.actors[actor];
    (own.external, own.regime, own.attack) = (external, regime, attack);
    if state.step == 0 {
        own.danger_at_start = all;
    }
}

/// Stress and the saliences adapted to it.
fn adapt(state: &mut State<'_>, actor: usize) {
    let price = state.price();
    let response = state.law.salience.response;
    let own = &mut state.actors[actor];
    let danger: f32 = own.intensity.iter().fold(0.0, |sum, felt| sum + felt);
    let loss = if own.trade_at_start > 0.0 {
        1.0 - own.trade / math::max(own.trade_at_start, f32::MIN_POSITIVE)
    } else {
        0.0
    };
    own.stress = [
        salience::bounded(math::abs(price - 1.0) * (own.seller + own.buyer)),
        salience::bounded(loss),
        salience::bounded(danger - own.danger_at_start),
    ];
    own.salience = salience::adapted(own.salience_base, own.stress, response);
}
