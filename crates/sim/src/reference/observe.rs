//! Observe: measures, outcomes read from the state, and a check that everything is sound.

use super::outcomes;
use super::state::State;
use super::utility;
use crate::batch::FaultKind;
use crate::math;
use crate::measures::{Recorded, cohesion};

/// The whole phase.
pub(super) fn observe(state: &mut State<'_>) {
    for org in 0..state.organisations.len() {
        measure(state, org);
    }
    for (idx, measure) in state.program.measures.iter().enumerate() {
        let value = read(state, *measure);
        state.left.series[idx].push(value);
    }
    outcomes::probe(state);
    check(state);
}

fn measure(state: &mut State<'_>, org: usize) {
    let affinity = affinity(state, org);
    let weights = state
        .scenario
        .cohesion_weights
        .map(|leaf| state.value(leaf));
    let (maturity, implementation) = maturity(state, org);
    let effective: Vec<f32> = (0..state.elements.len())
        .map(|element| utility::effective(state, &state.organisations[org].built, element))
        .collect();
    let organisation = &mut state.organisations[org];
    let (mut members, mut interdependence, mut content) = (0.0, 0.0, 0.0);
    for seat in organisation.seats.iter().filter(|seat| seat.is_member()) {
        members += 1.0;
        interdependence += seat.interdependence;
        content += math::indicator(seat.commitment > 0.5);
    }
    let heads = math::max(members, 1.0);
    for (bloc, antagonism) in organisation.antagonism.iter_mut().enumerate() {
        *antagonism = organisation.texts[bloc];
        for (element, level) in state.elements.iter().zip(&effective) {
            *antagonism += element.signal[bloc] * level;
        }
    }
    if state.step == 0 {
        // Before any vote, agreement is what affinity suggests.
        organisation.agreement = affinity;
    }
    organisation.members = members;
    organisation.maturity = maturity;
    organisation.implementation = implementation;
    organisation.parts = [
        affinity,
        organisation.agreement,
        math::clamp_share(interdependence / heads),
        maturity,
        (organisation.delivery + content / heads) / 2.0,
    ];
    organisation.cohesion = cohesion::index(organisation.parts, weights);
}

/// Mean of (A + 1)/2 over pairs of full members, by capability; a half without a pair.
fn affinity(state: &State<'_>, org: usize) -> f32 {
    let members: Vec<usize> = state.organisations[org]
        .seats
        .iter()
        .filter(|seat| seat.is_member())
        .map(|seat| seat.actor)
        .collect();
    let (mut sum, mut weight) = (0.0, 0.0);
    for (at, &first) in members.iter().enumerate() {
        for &second in &members[at + 1..] {
            let capability = state.actors[first].capability * state.actors[second].capability;
            weight += capability;
            sum += capability * (state.pair(first, second).affinity + 1.0) / 2.0;
        }
    }
    if weight > 0.0 {
        math::clamp_share(sum / math::max(weight, f32::MIN_POSITIVE))
    } else {
        0.5
    }
}

/// Maturity, and how much of what was declared stands.
fn maturity(state: &State<'_>, org: usize) -> (f32, f32) {
    let organisation = &state.organisations[org];
    let (mut all, mut reached, mut built, mut declared) = (0.0, 0.0, 0.0, 0.0);
    for (idx, element) in state.elements.iter().enumerate() {
        all += element.maturity;
        reached += element.maturity * organisation.built[idx];
        built += math::min(organisation.built[idx], organisation.declared[idx]);
        declared += organisation.declared[idx];
    }
    let maturity = math::clamp_share(reached / math::max(all, f32::MIN_POSITIVE));
    let ratio = if declared > 0.0 {
        math::clamp_share(built / math::max(declared, f32::MIN_POSITIVE))
    } else {
        1.0
    };
    (maturity, ratio)
}

fn read(state: &State<'_>, measure: Recorded) -> f32 {
    let of = |org: usize| &state.organisations[org];
    match measure {
        Recorded::Cohesion(org) => of(org).cohesion,
        Recorded::Part(org, part) => of(org).parts[part as usize],
        Recorded::Maturity(org) => of(org).maturity,
        Recorded::Implementation(org) => of(org).implementation,
        Recorded::Members(org) => of(org).members,
        Recorded::Driver(driver) => state.drivers[driver].level,
    }
}

/// Everything finite, cohesion and affinity in their bounds.
fn check(state: &mut State<'_>) {
    let totals = state
        .organisations
        .iter()
        .flat_map(|org| &org.seats)
        .map(|seat| seat.total);
    let levels = state.drivers.iter().map(|driver| driver.level);
    let affinities = state.pairs.iter().map(|pair| pair.affinity);
    let cohesions = state.organisations.iter().map(|org| org.cohesion);
    let finite = totals
        .chain(levels)
        .chain(affinities.clone())
        .chain(cohesions.clone())
        .all(f32::is_finite);
    let bounded = affinities.into_iter().all(|value| value.abs() <= 1.0)
        && cohesions
            .into_iter()
            .all(|value| (0.0..=1.0).contains(&value));
    if !finite {
        state.fail(FaultKind::NotFinite);
    } else if !bounded {
        state.fail(FaultKind::OutOfBounds);
    }
}
