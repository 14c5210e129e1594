//! Step phase 2, Expose: weights of statuses, affinity with blocs, threats, stress, salience.

use bevy_ecs::prelude::*;
use foedera_scenario::ThreatKind;

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::{self, add, is_zero};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{forces, membership, salience, threats};
use crate::program::{BLOCS_MAX, Program};
use crate::state::{
    Affinity, BlocTies, Clock, Driver, ElementWeights, Elements, Grown, Inputs, Keys, Levels,
    Parameters, Plan, Posts, Salience, Standing, Stress, Threatened, TradeTotal, Traits,
};

/// Weighs statuses and finds who reaches in through links.
pub(crate) fn weigh_seats(
    plan: Res<Plan>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    levels: Column<Levels>,
    mut room: Local<Vec<Lanes>>,
    mut standing: ColumnMut<Standing>,
) {
    let plan = &plan.0;
    let params = &law.0.membership;
    let (levels, standing) = (rows(&levels), rows_mut(&mut standing));
    room.resize(plan.seats.len(), Lanes::ZERO);
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for seat in standing.iter_mut() {
                seat.weight =
                    seat.status
                        .zip3(&params.partner, &params.observer, membership::weight);
                seat.reach = seat.weight;
            }
            for (org, organisation) in plan.organisations.iter().enumerate() {
                if organisation.links.is_empty() {
                    continue;
                }
                let reach = &mut room[organisation.seats.clone()];
                company::reach(
                    plan,
                    org,
                    &levels[org].built,
                    |row| &standing[row].weight,
                    reach,
                );
                for (row, reach) in organisation.seats.clone().zip(reach.iter()) {
                    standing[row].reach = *reach;
                }
            }
        },
    );
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
                        add(&mut sum, capability, liking);
                        weight.update_with(
                            capability,
                            #[inline(always)]
                            |weight, capability| weight + capability,
                        );
                    }
                    ties.affinity[bloc] = sum.zip(
                        &weight,
                        #[inline(always)]
                        |sum, weight| sum / math::max(weight, f32::MIN_POSITIVE),
                    );
                }
            }
        },
    );
}

/// What one threat is to one actor before perception follows.
struct Danger<'a> {
    plan: &'a Program,
    inputs: &'a Inputs,
    law: &'a Parameters,
    traits: &'a [Traits],
    drivers: &'a [Driver],
    posts: &'a [Lanes],
    elements: &'a [ElementWeights],
    /// Combined capability of each bloc.
    capability: [Lanes; BLOCS_MAX],
    /// Whether what hangs on size is to be found anew.
    fresh: bool,
}

impl Danger<'_> {
    /// Adds up the capability of each bloc's members.
    #[inline(always)]
    fn add_up(&mut self) {
        for (sum, members) in self.capability.iter_mut().zip(&self.plan.bloc_members) {
            for &member in members {
                sum.update_with(
                    &self.traits[member].0.capability,
                    #[inline(always)]
                    |sum, capability| sum + capability,
                );
            }
        }
    }

    /// Forces of a bloc in the region, 0 without a driver.
    #[inline(always)]
    fn forces(&self, bloc: usize) -> &Lanes {
        let driver = self.plan.scenario.world.blocs[bloc].presence;
        driver.map_or(&Lanes::ZERO, |driver| &self.drivers[driver].level)
    }

    /// The part of a threat's intensity that only growth changes.
    #[inline(always)]
    fn exposure(&self, actor: usize, threat: usize, ties: &BlocTies) -> Lanes {
        let world = &self.plan.scenario.world;
        let own = &self.traits[actor].0;
        match &world.threats[threat].kind {
            ThreatKind::Spillover { origin, scale_km } => {
                let distance = if *origin == actor {
                    &Lanes::ZERO
                } else {
                    self.inputs
                        .get(world.dyads[self.plan.dyad(actor, *origin)].distance_km)
                };
                distance.zip3(
                    self.inputs.get(*scale_km),
                    &own.capability,
                    threats::spillover,
                )
            }
            ThreatKind::Regime { bloc } => {
                let insider = ties.insider[*bloc];
                own.polyarchy.zip3(
                    &own.income,
                    &own.capability,
                    #[inline(always)]
                    |polyarchy, income, capability| {
                        (1.0 - insider) * threats::regime(polyarchy, income, capability)
                    },
                )
            }
            ThreatKind::External { .. } | ThreatKind::Direct { .. } => Lanes::ONE,
        }
    }

    /// Whether a threat stays at zero for an actor whatever happens.
    #[inline(always)]
    fn is_idle(&self, threat: usize, ties: &BlocTies, multiplier: &Lanes) -> bool {
        let unexposed = is_zero(multiplier) && !self.plan.exposes[threat];
        match self.plan.scenario.world.threats[threat].kind {
            ThreatKind::Spillover { .. } | ThreatKind::Direct { .. } => unexposed,
            // A bloc is no threat to its own.
            ThreatKind::External { bloc } | ThreatKind::Regime { bloc } => ties.insider[bloc] > 0.0,
        }
    }

    /// Intensity of a threat for an actor whose exposure multiplier is 1.
    #[inline(always)]
    fn unit(&self, actor: usize, threat: usize, ties: &BlocTies, exposure: &Lanes) -> Lanes {
        let spec = &self.plan.scenario.world.threats[threat];
        let driver = &self.drivers[spec.driver].level;
        let raw = match &spec.kind {
            ThreatKind::Spillover { .. } => self.relieved(ties, exposure.zip(driver, times)),
            ThreatKind::External { bloc } => self.pressed(actor, *bloc, ties, driver),
            ThreatKind::Regime { .. } => exposure.zip(driver, times),
            ThreatKind::Direct { .. } => *driver,
        };
        raw.map(math::positive_part)
    }

    /// Calms a threat by the forces at a post.
    #[inline(always)]
    fn calm(&self, post: usize, threat: usize, unit: &mut Lanes) {
        let element = self.plan.posts[post].element;
        let (level, protection) = (
            &self.posts[post],
            &self.elements[element].protection[threat],
        );
        let calm = &self.law.0.forces.calm;
        *unit = Lanes::from_fn(
            #[inline(always)]
            |l| unit.0[l] * forces::calmed(calm.0[l], protection.0[l], level.0[l]),
        );
    }

    /// Spill-over as the trusted presence of blocs relieves it.
    #[inline(always)]
    fn relieved(&self, ties: &BlocTies, spill: Lanes) -> Lanes {
        let mut out = spill;
        let relief = &self.law.0.threats.relief;
        for bloc in 0..self.plan.bloc_members.len() {
            let (presence, trust, forces) =
                (&ties.presence[bloc], &ties.trust[bloc], self.forces(bloc));
            // Nobody near relieves nothing.
            if is_zero(presence) {
                continue;
            }
            out = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    out.0[l]
                        * threats::presence_relief(
                            relief.0[l],
                            presence.0[l],
                            forces.0[l],
                            trust.0[l],
                        )
                },
            );
        }
        out
    }

    /// Pressure of a bloc's alliance and of its forces near by.
    #[inline(always)]
    fn pressed(&self, actor: usize, bloc: usize, ties: &BlocTies, driver: &Lanes) -> Lanes {
        let own = &self.traits[actor].0;
        let (theirs, forces) = (&self.capability[bloc], self.forces(bloc));
        let (proximity, affinity, presence) = (
            &ties.proximity[bloc],
            &ties.affinity[bloc],
            &ties.presence[bloc],
        );
        let felt_from = &self.law.0.threats.presence;
        let insider = ties.insider[bloc];
        Lanes::from_fn(
            #[inline(always)]
            |l| {
                let near = threats::external(
                    proximity.0[l],
                    affinity.0[l],
                    theirs.0[l],
                    own.capability.0[l],
                );
                let felt = felt_from.0[l]
                    * own.ambition.0[l]
                    * presence.0[l]
                    * math::positive_part(forces.0[l]);
                (1.0 - insider) * (near * driver.0[l] + felt)
            },
        )
    }
}

/// Perceived threats follow the raw ones.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn perceive_threats(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    traits: Column<Traits>,
    blocs: Column<BlocTies>,
    drivers: Column<Driver>,
    posts: Res<Posts>,
    elements: Res<Elements>,
    grown: Res<Grown>,
    mut threatened: ColumnMut<Threatened>,
) {
    let mut danger = Danger {
        plan: &plan.0,
        inputs: &inputs,
        law: &law,
        traits: rows(&traits),
        drivers: rows(&drivers),
        posts: &posts.0,
        elements: &elements.0,
        capability: [Lanes::ZERO; BLOCS_MAX],
        fresh: clock.step == 0 || grown.0,
    };
    let (blocs, threatened) = (rows(&blocs), rows_mut(&mut threatened));
    let memory = &law.0.threats.memory;
    let first = clock.step == 0;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            danger.add_up();
            let share = memory.map(
                #[inline(always)]
                |memory| math::select(first, 1.0, threats::share_moved(memory, clock.years)),
            );
            for (actor, threatened) in threatened.iter_mut().enumerate() {
                perceive(&danger, actor, &blocs[actor], &share, first, threatened);
            }
        },
    );
}

/// Perceived threats of one actor.
#[inline(always)]
fn perceive(
    danger: &Danger<'_>,
    actor: usize,
    ties: &BlocTies,
    share: &Lanes,
    first: bool,
    threatened: &mut Threatened,
) {
    let mut sum = Lanes::ZERO;
    let (mut external, mut regime, mut attack) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
    for (threat, spec) in danger.plan.scenario.world.threats.iter().enumerate() {
        if danger.fresh {
            threatened.exposure[threat] = danger.exposure(actor, threat, ties);
        }
        if first {
            threatened.idle[threat] = danger.is_idle(threat, ties, &threatened.multiplier[threat]);
        }
        if threatened.idle[threat] {
            continue;
        }
        let mut unit = danger.unit(actor, threat, ties, &threatened.exposure[threat]);
        for &post in &danger.plan.posts_in[actor] {
            danger.calm(post, threat, &mut unit);
        }
        let (felt, multiplier) = (
            &threatened.intensity[threat],
            &threatened.multiplier[threat],
        );
        let felt = Lanes::from_fn(
            #[inline(always)]
            |l| math::lerp(felt.0[l], unit.0[l] * multiplier.0[l], share.0[l]),
        );
        sum = sum.zip(&felt, plus);
        match spec.kind {
            ThreatKind::External { .. } | ThreatKind::Direct { bloc: Some(_) } => {
                external = external.zip(&felt, plus);
            }
            ThreatKind::Regime { .. } => regime = regime.zip(&felt, plus),
            ThreatKind::Spillover { .. } => attack = attack.zip(&felt, math::max),
            ThreatKind::Direct { bloc: None } => {}
        }
        threatened.unit[threat] = unit;
        threatened.intensity[threat] = felt;
    }
    threatened.external = external;
    threatened.regime = regime;
    threatened.attack = attack;
    threatened.felt = sum;
    if first {
        threatened.at_start = sum;
    }
}

/// A product, as a kernel.
#[inline(always)]
fn times(one: f32, other: f32) -> f32 {
    one * other
}

/// A sum, as a kernel.
#[inline(always)]
pub(super) fn plus(one: f32, other: f32) -> f32 {
    one + other
}

/// Stress and the saliences adapted to it.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
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
    let price = plan
        .0
        .scenario
        .world
        .energy_price
        .map_or(&one, |driver| &rows(&drivers)[driver].level);
    let response = &law.0.salience.response;
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (actor, (mut stress, mut salience)) in actors.iter_mut().enumerate() {
                let (stress, salience) = (&mut *stress, &mut *salience);
                let own = &traits[actor].0;
                let danger = &threatened[actor].felt;
                let (traded, at_start) = (&trade[actor].now, &trade[actor].at_start);
                let mut felt = [Lanes::ZERO; 3];
                let mut now = [Lanes::ZERO; 3];
                for l in 0..LANES {
                    let flows = own.seller.0[l] + own.buyer.0[l];
                    let loss = 1.0 - traded.0[l] / math::max(at_start.0[l], f32::MIN_POSITIVE);
                    let any = math::indicator(at_start.0[l] > 0.0);
                    let stress = [
                        salience::bounded(math::abs(price.0[l] - 1.0) * flows),
                        salience::bounded(loss * any),
                        salience::bounded(danger.0[l] - threatened[actor].at_start.0[l]),
                    ];
                    let base = [
                        salience.base[0].0[l],
                        salience.base[1].0[l],
                        salience.base[2].0[l],
                    ];
                    let adapted = salience::adapted(base, stress, response.0[l]);
                    felt[0].0[l] = stress[0];
                    felt[1].0[l] = stress[1];
                    felt[2].0[l] = stress[2];
                    now[0].0[l] = adapted[0];
                    now[1].0[l] = adapted[1];
                    now[2].0[l] = adapted[2];
                }
                stress.0 = felt;
                salience.now = now;
            }
        },
    );
}
