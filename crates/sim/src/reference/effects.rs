//! Effects: what an initiative, a shock or a policy changes.

use foedera_scenario::{Effect, Group, Process, Status};

use super::state::{State, index};
use crate::batch::{Cause, Happening};
use crate::math;
use crate::mechanisms::{bilateral, energy, forces};

/// Applies one effect.
pub(super) fn apply(state: &mut State<'_>, effect: &Effect, initiative: Option<usize>) {
    match effect {
        Effect::ElementSet { org, element, to } => {
            state.organisations[*org].declared[*element] = state.value(*to);
        }
        Effect::ElementAdd { org, element, by } => {
            let by = state.value(*by);
            let level = &mut state.organisations[*org].declared[*element];
            *level = math::clamp_share(*level + by);
        }
        Effect::StatusChange { org, actor, to } => change_status(state, *org, *actor, *to),
        Effect::SignalAdd { org, bloc, by } => {
            state.organisations[*org].texts[*bloc] += state.value(*by);
        }
        Effect::RuleChange { org, rule } => state.organisations[*org].rule = rule.clone(),
        Effect::DriverShift { driver, by } => shift_driver(state, *driver, state.value(*by), false),
        Effect::DriverMeanShift {
            driver,
            by,
            contributed,
        } => {
            let share = if *contributed {
                contribution(state, initiative)
            } else {
                1.0
            };
            shift_driver(state, *driver, state.value(*by) * share, true);
        }
        Effect::Deploy {
            org,
            element,
            actor,
        } => deploy(state, *org, *element, *actor),
        Effect::PresenceAdd { actor, bloc, by } => {
            change_presence(state, *actor, *bloc, state.value(*by));
        }
        Effect::InitiativeOpen { initiative } => state.initiatives[*initiative].open = true,
        Effect::InitiativeClose { initiative } => state.initiatives[*initiative].open = false,
        Effect::AffinityShift { from, to, .. }
        | Effect::TradeScale { from, to, .. }
        | Effect::EnergyLinkAdd { from, to, .. } => {
            change_pairs(state, effect, from, to, initiative);
        }
        Effect::ExposureAdd { group, .. }
        | Effect::IdealPointShift { group, .. }
        | Effect::SalienceScale { group, .. }
        | Effect::TrustShift { group, .. } => {
            for actor in who(state, group, initiative) {
                change_actor(state, effect, actor);
            }
        }
    }
}

/// Sends what is built of an element into an actor.
fn deploy(state: &mut State<'_>, org: usize, element: usize, actor: usize) {
    let built = state.organisations[org].built[element];
    if built > 0.0 {
        let post = state.program.post(org, element, actor);
        state.posts[post] = math::max(state.posts[post], built);
        state.note(Happening::Deployed {
            org: index(org),
            actor: index(actor),
        });
    }
}

/// Changes a bloc's presence in a host and near its neighbours.
fn change_presence(state: &mut State<'_>, host: usize, bloc: usize, by: f32) {
    for actor in 0..state.actors.len() {
        let share = if actor == host {
            1.0
        } else {
            state.pair(host, actor).contiguity * state.law.forces.near
        };
        let tie = &mut state.actors[actor].blocs[bloc];
        if !tie.insider {
            tie.presence += forces::change_near(tie.presence, by, share);
        }
    }
    if by != 0.0 {
        state.note(Happening::Base {
            bloc: index(bloc),
            actor: index(host),
            opened: by > 0.0,
        });
    }
}

/// The actors of a group as it stands now.
pub(super) fn who(state: &State<'_>, group: &Group, initiative: Option<usize>) -> Vec<usize> {
    let belongs = |actor: &usize| match group {
        Group::Actors(actors) => actors.contains(actor),
        Group::Bloc(bloc) => state.scenario.world.blocs[*bloc].members.contains(actor),
        Group::Members(org) => state
            .seat(*org, *actor)
            .is_some_and(|seat| seat.is_member()),
        Group::Parties => initiative.is_some_and(|idx| {
            state.initiatives[idx]
                .parties
                .iter()
                .any(|party| party.actor == *actor && party.took_part)
        }),
    };
    (0..state.actors.len()).filter(belongs).collect()
}

/// Share of a common good that those who joined make together.
fn contribution(state: &State<'_>, initiative: Option<usize>) -> f32 {
    let Some(idx) = initiative else { return 1.0 };
    let mut sum = 0.0;
    for party in state.initiatives[idx]
        .parties
        .iter()
        .filter(|party| party.took_part)
    {
        sum += bilateral::contribution(state.actors[party.actor].capability);
    }
    math::saturate(sum)
}

fn shift_driver(state: &mut State<'_>, driver: usize, by: f32, lasting: bool) {
    let process = &state.scenario.world.drivers[driver].process;
    let driver = &mut state.drivers[driver];
    let part = match (process, lasting) {
        (Process::OrnsteinUhlenbeck { .. }, true) => &mut driver.mean_shift,
        (Process::Constant { .. } | Process::Path { .. } | Process::Markov { .. }, _)
        | (Process::Jumps { .. }, true) => &mut driver.offset,
        _ => &mut driver.state,
    };
    *part += by;
}

fn change_status(state: &mut State<'_>, org: usize, actor: usize, to: Status) {
    let mut seats = state.organisations[org].seats.iter_mut();
    let seat = seats
        .find(|seat| seat.actor == actor)
        .expect("effects name seats that were planned");
    let from = seat.status;
    if from != to {
        seat.status = to;
        let (org, actor) = (index(org), index(actor));
        state.note(Happening::StatusChanged {
            org,
            actor,
            from,
            to,
            cause: Cause::Effect,
        });
    }
}

/// Changes every pair with one end in each group.
fn change_pairs(
    state: &mut State<'_>,
    effect: &Effect,
    from: &Group,
    to: &Group,
    initiative: Option<usize>,
) {
    let (from, to) = (who(state, from, initiative), who(state, to, initiative));
    let floor = state.law.energy.link_floor;
    let leaves = &state.leaves;
    for pair in &mut state.pairs {
        let (source, target) = (pair.source, pair.target);
        let meets = (from.contains(&source) && to.contains(&target))
            || (from.contains(&target) && to.contains(&source));
        if !meets {
            continue;
        }
        match effect {
            Effect::AffinityShift { by, .. } => {
                pair.affinity = math::clamp(pair.affinity + leaves[by.0 as usize], -1.0, 1.0);
            }
            Effect::TradeScale { by, .. } => {
                pair.dependence_source *= leaves[by.0 as usize];
                pair.dependence_target *= leaves[by.0 as usize];
            }
            Effect::EnergyLinkAdd { by, .. } => {
                pair.energy_link = math::clamp_share(pair.energy_link + leaves[by.0 as usize]);
                let factor = energy::link_factor(floor, pair.energy_link, pair.contiguity);
                pair.complement = pair.complement_raw * factor;
            }
            _ => unreachable!("only effects on pairs come here"),
        }
    }
}

fn change_actor(state: &mut State<'_>, effect: &Effect, actor: usize) {
    let leaves = &state.leaves;
    let actor = &mut state.actors[actor];
    match effect {
        Effect::ExposureAdd { threat, by, .. } => {
            let exposure = &mut actor.exposure[*threat];
            *exposure = math::positive_part(*exposure + leaves[by.0 as usize]);
        }
        Effect::IdealPointShift { by, .. } => actor.ideal += leaves[by.0 as usize],
        Effect::SalienceScale { domain, by, .. } => {
            actor.salience_base[*domain as usize] *= leaves[by.0 as usize];
        }
        Effect::TrustShift { bloc, by, .. } => {
            let trust = &mut actor.blocs[*bloc].trust;
            *trust = math::clamp(*trust + leaves[by.0 as usize], -1.0, 1.0);
        }
        _ => unreachable!("only effects on actors come here"),
    }
}
