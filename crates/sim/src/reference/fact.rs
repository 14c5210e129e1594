//! Facts of the state that outcomes ask for.

use foedera_scenario::{Fact, Group};

use super::effects::who;
use super::state::State;
use super::utility;
use crate::fact::year_of;
use crate::math;
use crate::mechanisms::votes;
use crate::purpose;
use crate::rng;

/// Reads one fact; not a number where it is absent.
pub(super) fn read(state: &State<'_>, of: &Fact) -> f32 {
    let actor = |idx: &usize| &state.actors[*idx];
    match of {
        Fact::Gdp { actor, ppp } => gdp(state, *actor, *ppp),
        Fact::GdpShare { actor, among, ppp } => {
            over(state, *actor, among, |idx| gdp(state, idx, *ppp))
        }
        Fact::Capability { actor: idx } => actor(idx).capability,
        Fact::CapabilityShare { actor: idx, among } => {
            over(state, *idx, among, |idx| state.actors[idx].capability)
        }
        Fact::IdealPoint { actor: idx } => actor(idx).ideal,
        Fact::IdealPointDistance { among } => over_pairs(state, among, |one, other| {
            math::abs(state.actors[one].ideal - state.actors[other].ideal)
        }),
        Fact::IdealPointSpread { among } => spread(state, among),
        Fact::VotingAgreement { among } => {
            over_pairs(state, among, |one, other| agreement(state, one, other))
        }
        Fact::Threat { actor: idx, threat } => actor(idx).intensity[*threat],
        Fact::Stress { actor: idx, domain } => actor(idx).stress[*domain as usize],
        Fact::Salience { actor: idx, domain } => actor(idx).salience[*domain as usize],
        Fact::Commitment { actor, org } => {
            let seat = state.seat(*org, *actor).filter(|seat| seat.is_member());
            seat.map_or(f32::NAN, |seat| seat.commitment)
        }
        Fact::RegimeDistance { source, target } => {
            math::abs(actor(source).polyarchy - actor(target).polyarchy)
        }
        Fact::AgendaShare { org, domain } => agenda(state, *org, *domain as usize),
    }
}

fn gdp(state: &State<'_>, actor: usize, ppp: bool) -> f32 {
    if !ppp {
        return state.actors[actor].gdp;
    }
    let start = state.value(state.scenario.world.actors[actor].gdp_ppp_musd);
    if start > 0.0 {
        start * state.actors[actor].grown
    } else {
        f32::NAN
    }
}

/// An actor's value over the sum of a group.
fn over(state: &State<'_>, actor: usize, among: &Group, value: impl Fn(usize) -> f32) -> f32 {
    let sum = who(state, among, None)
        .into_iter()
        .fold(0.0, |sum, idx| sum + value(idx));
    if sum > 0.0 {
        value(actor) / sum
    } else {
        f32::NAN
    }
}

/// Mean over the pairs of a group.
fn over_pairs(state: &State<'_>, among: &Group, value: impl Fn(usize, usize) -> f32) -> f32 {
    let inside = who(state, among, None);
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (at, &one) in inside.iter().enumerate() {
        for &other in &inside[at + 1..] {
            sum += value(one, other);
            pairs += 1.0;
        }
    }
    if pairs > 0.0 { sum / pairs } else { f32::NAN }
}

/// Standard deviation of ideal points.
fn spread(state: &State<'_>, among: &Group) -> f32 {
    let ideals: Vec<f32> = who(state, among, None)
        .into_iter()
        .map(|idx| state.actors[idx].ideal)
        .collect();
    let n = ideals.len() as f32;
    let sum = ideals.iter().fold(0.0, |sum, ideal| sum + ideal);
    let squares = ideals.iter().fold(0.0, |squares, ideal| {
        let gap = ideal - sum / math::max(n, 1.0);
        squares + gap * gap
    });
    if n > 1.0 {
        math::sqrt(squares / n)
    } else {
        f32::NAN
    }
}

/// Share of the calendar year's roll calls in which two actors vote alike.
fn agreement(state: &State<'_>, one: usize, other: usize) -> f32 {
    let year = year_of(state.month);
    let actors = &state.scenario.world.actors;
    let entity = rng::dyad_entity(actors[one].number, actors[other].number);
    votes::agreement(
        state.actors[one].ideal - state.actors[other].ideal,
        state.pair(one, other).affinity,
        rng::normal(state.word(purpose::VOTE_AGENDA, year, 0)),
        rng::normal(state.word(purpose::VOTE_PAIR, year, entity)),
        &state.law.votes,
    )
}

/// Share of a domain in the depth of what is built.
fn agenda(state: &State<'_>, org: usize, domain: usize) -> f32 {
    let mut depths = [0.0; 3];
    for (idx, element) in state.elements.iter().enumerate() {
        let level = utility::effective(state, &state.organisations[org].built, idx);
        for (sum, depth) in depths.iter_mut().zip(&element.depth) {
            *sum += depth * level;
        }
    }
    let all = depths[0] + depths[1] + depths[2];
    if all > 0.0 {
        depths[domain] / all
    } else {
        f32::NAN
    }
}
