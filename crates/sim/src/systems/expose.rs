//! Step phase 2, Expose: weights of statuses, affinity with blocs, threats, stress, salience.

use bevy_ecs::prelude::*;
use foedera_scenario::ThreatKind;

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{membership, salience, threats};
use crate::program::Program;
use crate::state::{
    Affinity, BlocTies, Clock, Driver, Inputs, Keys, Levels, Parameters, Plan, Salience, Standing, Stress,
    Threatened, TradeTotal, Traits,
};

/// Weighs statuses and finds who reaches in through links.
pub(crate) fn weigh_seats(
    plan: Res<Plan>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    levels: Column<Levels>,
    mut standing: ColumnMut<Standing>,
) {
    let plan = &plan.0;
    let params = &law.0.membership;
    let (levels, standing) = (rows(&levels), rows_mut(&mut standing));
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for seat in standing.iter_mut() {
                for l in 0..LANES {
                    seat.weight.0[l] =
                        membership::weight(seat.status.0[l], params.partner.0[l], params.observer.0[l]);
                }
                seat.reach = seat.weight;
            }
        },
    );
    let mut reach = vec_of_lanes(plan);
    for (org, organisation) in plan.organisations.iter().enumerate() {
        if organisation.links.is_empty() {
            continue;
        }
        let reach = &mut reach[..organisation.seats.len()];
        crate::company::reach(plan, org, &levels[org].built, |row| &standing[row].weight, reach);
        for (row, reach) in organisation.seats.clone().zip(reach.iter()) {
            standing[row].reach = *reach;
        }
    }
}

/// Room for the largest organisation.
fn vec_of_lanes(plan: &Program) -> Vec<Lanes> {
    let most = plan.organisations.iter().map(|organisation| organisation.seats.len()).max();
    vec![Lanes::ZERO; most.unwrap_or(0)]
}

/// Mean affinity of each actor with the members of each bloc, by capability.
pub(crate) fn meet_blocs(
    plan: Res<Plan>,
    keys: Res<Keys>,
    traits: Column<Traits>,
    affinity: Column<Affinity>,
    mut blocs: ColumnMut<BlocTies>,
) {
    let (traits, affinity, blocs) = (rows(&traits), rows(&affinity), rows_mut(&mut blocs));
    let plan = &plan.0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (actor, ties) in blocs.iter_mut().enumerate() {
                for (bloc, members) in plan.bloc_members.iter().enumerate() {
                    let mut sum = Lanes::ZERO;
                    let mut weight = Lanes::ZERO;
                    for &member in members {
                        if member == actor {
                            continue;
                        }
                        let liking = &affinity[plan.dyad(actor, member)].value;
                        let capability = &traits[member].0.capability;
                        for l in 0..LANES {
                            sum.0[l] += capability.0[l] * liking.0[l];
                            weight.0[l] += capability.0[l];
                        }
                    }
                    for l in 0..LANES {
                        ties.affinity[bloc].0[l] = sum.0[l] / math::max(weight.0[l], f32::MIN_POSITIVE);
                    }
                }
            }
        },
    );
}

/// What one threat is to one actor before perception follows.
pub(crate) struct Danger<'a> {
    pub(crate) plan: &'a Program,
    pub(crate) inputs: &'a Inputs,
    pub(crate) law: &'a Parameters,
    pub(crate) traits: &'a [Traits],
    pub(crate) drivers: &'a [Driver],
}

impl Danger<'_> {
    /// Combined capability of a bloc.
    fn bloc_capability(&self, bloc: usize) -> Lanes {
        let mut sum = Lanes::ZERO;
        for &member in &self.plan.bloc_members[bloc] {
            sum.update_with(&self.traits[member].0.capability, |sum, capability| sum + capability);
        }
        sum
    }

    /// Forces of a bloc in the region, 0 without a driver.
    pub(crate) fn forces(&self, bloc: usize) -> Lanes {
        let driver = self.plan.scenario.world.blocs[bloc].presence;
        driver.map_or(Lanes::ZERO, |driver| self.drivers[driver].level)
    }

    /// Intensity of a threat for an actor whose exposure multiplier is 1.
    #[inline(always)]
    pub(crate) fn unit(&self, actor: usize, threat: usize, ties: &BlocTies) -> Lanes {
        let world = &self.plan.scenario.world;
        let spec = &world.threats[threat];
        let driver = &self.drivers[spec.driver].level;
        let own = &self.traits[actor].0;
        let mut out = Lanes::ZERO;
        match &spec.kind {
            ThreatKind::Spillover { origin, scale_km } => {
                let scale = self.inputs.get(*scale_km);
                let near = Lanes::ZERO;
                let distance = if *origin == actor {
                    &near
                } else {
                    self.inputs.get(world.dyads[self.plan.dyad(actor, *origin)].distance_km)
                };
                for l in 0..LANES {
                    out.0[l] = threats::spillover(distance.0[l], scale.0[l], own.capability.0[l]) * driver.0[l];
                }
                for bloc in 0..self.plan.bloc_members.len() {
                    let forces = self.forces(bloc);
                    for l in 0..LANES {
                        out.0[l] *= threats::presence_relief(
                            self.law.0.threats.relief.0[l],
                            ties.presence[bloc].0[l],
                            forces.0[l],
                            ties.trust[bloc].0[l],
                        );
                    }
                }
            }
            ThreatKind::External { bloc } => {
                let (theirs, forces) = (self.bloc_capability(*bloc), self.forces(*bloc));
                for l in 0..LANES {
                    let near = threats::external(
                        ties.proximity[*bloc].0[l],
                        ties.affinity[*bloc].0[l],
                        theirs.0[l],
                        own.capability.0[l],
                    );
                    let felt = self.law.0.threats.presence.0[l]
                        * own.ambition.0[l]
                        * ties.presence[*bloc].0[l]
                        * math::positive_part(forces.0[l]);
                    out.0[l] = (1.0 - ties.insider[*bloc]) * (near * driver.0[l] + felt);
                }
            }
            ThreatKind::Regime { bloc } => {
                for l in 0..LANES {
                    let open = threats::regime(own.polyarchy.0[l], own.income.0[l], own.capability.0[l]);
                    out.0[l] = (1.0 - ties.insider[*bloc]) * open * driver.0[l];
                }
            }
            ThreatKind::Direct => out.0 = driver.0,
        }
        for l in 0..LANES {
            out.0[l] = math::positive_part(out.0[l]);
        }
        out
    }
}

/// Perceived threats follow the raw ones.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
pub(crate) fn perceive_threats(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    traits: Column<Traits>,
    blocs: Column<BlocTies>,
    drivers: Column<Driver>,
    mut threatened: ColumnMut<Threatened>,
) {
    let danger =
        Danger { plan: &plan.0, inputs: &inputs, law: &law, traits: rows(&traits), drivers: rows(&drivers) };
    let (blocs, threatened) = (rows(&blocs), rows_mut(&mut threatened));
    let n_threats = plan.0.scenario.world.threats.len();
    let memory = &law.0.threats.memory;
    let first = clock.step == 0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (actor, threatened) in threatened.iter_mut().enumerate() {
                let mut sum = Lanes::ZERO;
                threatened.external = Lanes::ZERO;
                threatened.regime = Lanes::ZERO;
                threatened.attack = Lanes::ZERO;
                for threat in 0..n_threats {
                    let unit = danger.unit(actor, threat, &blocs[actor]);
                    threatened.unit[threat] = unit;
                    let multiplier = &threatened.multiplier[threat];
                    let felt = &mut threatened.intensity[threat];
                    for l in 0..LANES {
                        let moved = threats::share_moved(memory.0[l], clock.years);
                        let share = math::select(first, 1.0, moved);
                        felt.0[l] = math::lerp(felt.0[l], unit.0[l] * multiplier.0[l], share);
                        sum.0[l] += felt.0[l];
                    }
                    let felt = *felt;
                    match danger.plan.scenario.world.threats[threat].kind {
                        ThreatKind::External { .. } => {
                            threatened.external.update_with(&felt, |sum, felt| sum + felt);
                        }
                        ThreatKind::Regime { .. } => threatened.regime.update_with(&felt, |sum, felt| sum + felt),
                        ThreatKind::Spillover { .. } => threatened.attack.update_with(&felt, math::max),
                        ThreatKind::Direct => {}
                    }
                }
                if first {
                    threatened.at_start = sum;
                }
            }
        },
    );
}

/// Stress and the saliences adapted to it.
#[expect(clippy::too_many_arguments, reason = "a system names what it reads and writes")]
pub(crate) fn adapt_salience(
    plan: Res<Plan>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    drivers: Column<Driver>,
    traits: Column<Traits>,
    threatened: Column<Threatened>,
    trade: Column<TradeTotal>,
    mut actors: Query<(&mut Stress, &mut Salience)>,
) {
    let (traits, threatened, trade) = (rows(&traits), rows(&threatened), rows(&trade));
    let one = Lanes::ONE;
    let price = plan.0.scenario.world.energy_price.map_or(&one, |driver| &rows(&drivers)[driver].level);
    let n_threats = plan.0.scenario.world.threats.len();
    let response = &law.0.salience.response;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (actor, (mut stress, mut salience)) in actors.iter_mut().enumerate() {
                let (stress, salience) = (&mut *stress, &mut *salience);
                let own = &traits[actor].0;
                let mut danger = Lanes::ZERO;
                for threat in 0..n_threats {
                    danger.update_with(&threatened[actor].intensity[threat], |sum, felt| sum + felt);
                }
                for l in 0..LANES {
                    let flows = own.seller.0[l] + own.buyer.0[l];
                    let loss = 1.0
                        - trade[actor].now.0[l] / math::max(trade[actor].at_start.0[l], f32::MIN_POSITIVE);
                    let traded = math::indicator(trade[actor].at_start.0[l] > 0.0);
                    let felt = [
                        salience::bounded(math::abs(price.0[l] - 1.0) * flows),
                        salience::bounded(loss * traded),
                        salience::bounded(danger.0[l] - threatened[actor].at_start.0[l]),
                    ];
                    let base = [salience.base[0].0[l], salience.base[1].0[l], salience.base[2].0[l]];
                    let now = salience::adapted(base, felt, response.0[l]);
                    for domain in 0..3 {
                        stress.0[domain].0[l] = felt[domain];
                        salience.now[domain].0[l] = now[domain];
                    }
                }
            }
        },
    );
}
