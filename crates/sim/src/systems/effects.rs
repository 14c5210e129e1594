//! Effects: the one place where an effect of an initiative, a shock or a policy changes the world.
//!
//! An effect applies in the lanes of a mask. Everything it may write is in [`Targets`].

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use foedera_scenario::{Effect, Group, Process};

use crate::batch::{Cause, Happening};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{bilateral, energy, forces, membership};
use crate::program::Program;
use crate::state::{
    Affinity, BlocTies, Bonds, Clock, Driver, IdealPoint, Inputs, Joined, Levels, Parameters, Plan,
    Posts, Progress, Recorder, Salience, Standing, Statute, Texts, Threatened, TiesVersion, Traits,
};

/// Everything that effects may change, and what they need to know.
#[derive(SystemParam)]
pub(crate) struct Targets<'w, 's> {
    pub(crate) plan: Res<'w, Plan>,
    pub(crate) inputs: Res<'w, Inputs>,
    pub(crate) clock: Res<'w, Clock>,
    pub(crate) law: Res<'w, Parameters>,
    pub(crate) recorder: ResMut<'w, Recorder>,
    pub(crate) traits: Column<'w, 's, Traits>,
    pub(crate) joined: Column<'w, 's, Joined>,
    pub(crate) levels: ColumnMut<'w, 's, Levels>,
    pub(crate) texts: ColumnMut<'w, 's, Texts>,
    pub(crate) statutes: ColumnMut<'w, 's, Statute>,
    pub(crate) standing: ColumnMut<'w, 's, Standing>,
    pub(crate) affinity: ColumnMut<'w, 's, Affinity>,
    pub(crate) bonds: ColumnMut<'w, 's, Bonds>,
    pub(crate) drivers: ColumnMut<'w, 's, Driver>,
    pub(crate) actors: Query<
        'w,
        's,
        (
            &'static mut Threatened,
            &'static mut IdealPoint,
            &'static mut Salience,
            &'static mut BlocTies,
        ),
    >,
    pub(crate) progress: ColumnMut<'w, 's, Progress>,
    pub(crate) ties: ResMut<'w, TiesVersion>,
    pub(crate) posts: ResMut<'w, Posts>,
}

/// The initiative behind an effect, with who took part.
#[derive(Clone, Copy)]
pub(crate) struct Behind<'a> {
    pub(crate) initiative: usize,
    /// Those who build, by party; none: those who joined in the vote of this step.
    pub(crate) crew: Option<&'a [Lanes]>,
}

impl Behind<'_> {
    /// Lanes in which the party of a row took part.
    fn took_part(&self, plan: &Program, row: usize, joined: &[Joined]) -> Lanes {
        let first = plan.initiatives[self.initiative].parties.start;
        self.crew
            .map_or(joined[row].took_part, |crew| crew[row - first])
    }
}

/// Lanes in which an actor belongs to a group.
fn belongs(
    plan: &Program,
    group: &Group,
    actor: usize,
    standing: &[Standing],
    joined: &[Joined],
    behind: Option<Behind<'_>>,
) -> Lanes {
    match group {
        Group::Actors(actors) => Lanes::splat(math::indicator(actors.contains(&actor))),
        Group::Bloc(bloc) => {
            Lanes::splat(math::indicator(plan.bloc_members[*bloc].contains(&actor)))
        }
        Group::Members(org) => plan.seat(*org, actor).map_or(Lanes::ZERO, |row| {
            standing[row]
                .status
                .map(|status| math::indicator(status == membership::MEMBER))
        }),
        Group::Parties => {
            let Some(behind) = behind else {
                return Lanes::ZERO;
            };
            let mut rows = plan.initiatives[behind.initiative].parties.clone();
            rows.find(|&row| plan.parties[row].actor == actor)
                .map_or(Lanes::ZERO, |row| behind.took_part(plan, row, joined))
        }
    }
}

/// Index of the initiative behind an effect.
fn initiative_of(behind: Option<Behind<'_>>) -> Option<usize> {
    behind.map(|behind| behind.initiative)
}

/// Lane-wise product.
fn both(first: &Lanes, second: &Lanes) -> Lanes {
    first.zip(second, |first, second| first * second)
}

impl Targets<'_, '_> {
    /// Applies one effect in the lanes of a mask (0 or 1).
    pub(crate) fn apply(&mut self, effect: &Effect, mask: &Lanes, behind: Option<Behind<'_>>) {
        let plan = self.plan.0.clone();
        match effect {
            Effect::ElementSet { org, element, to } => {
                let to = *self.inputs.get(*to);
                let level = &mut rows_mut(&mut self.levels)[*org].declared[*element];
                for l in 0..LANES {
                    level[l] = math::select(mask[l] > 0.0, to[l], level[l]);
                }
            }
            Effect::ElementAdd { org, element, by } => {
                let by = *self.inputs.get(*by);
                let level = &mut rows_mut(&mut self.levels)[*org].declared[*element];
                for l in 0..LANES {
                    level[l] = math::clamp_share(level[l] + by[l] * mask[l]);
                }
            }
            Effect::StatusChange { org, actor, to } => {
                self.change_status(&plan, *org, *actor, membership::code(*to), mask);
            }
            Effect::SignalAdd { org, bloc, by } => {
                let by = *self.inputs.get(*by);
                let text = &mut rows_mut(&mut self.texts)[*org].0[*bloc];
                for l in 0..LANES {
                    text[l] += by[l] * mask[l];
                }
            }
            Effect::RuleChange { org, rule } => {
                let code = plan.statute(*org, rule);
                let now = &mut rows_mut(&mut self.statutes)[*org].0;
                now.update_with(mask, |now, mask| math::select(mask > 0.0, code, now));
            }
            Effect::DriverShift { driver, by } => {
                self.shift_driver(&plan, *driver, &self.inputs.get(*by).clone(), mask, false);
            }
            Effect::DriverMeanShift {
                driver,
                by,
                contributed,
            } => {
                let mut by = *self.inputs.get(*by);
                if *contributed {
                    let share = self.contributed(&plan, behind);
                    by.update_with(&share, |by, share| by * share);
                }
                self.shift_driver(&plan, *driver, &by, mask, true);
            }
            Effect::Deploy {
                org,
                element,
                actor,
            } => self.deploy(&plan, (*org, *element, *actor), mask),
            Effect::PresenceAdd { actor, bloc, by } => {
                self.change_presence(&plan, (*actor, *bloc), &self.inputs.get(*by).clone(), mask);
            }
            Effect::InitiativeOpen { initiative } => self.set_open(*initiative, mask, 1.0),
            Effect::InitiativeClose { initiative } => self.set_open(*initiative, mask, 0.0),
            Effect::AffinityShift { from, to, by }
            | Effect::TradeScale { from, to, by }
            | Effect::EnergyLinkAdd { from, to, by } => {
                let by = *self.inputs.get(*by);
                self.change_pairs(&plan, effect, (from, to), &by, mask, behind);
            }
            Effect::ExposureAdd { group, by, .. }
            | Effect::IdealPointShift { group, by }
            | Effect::SalienceScale { group, by, .. }
            | Effect::TrustShift { group, by, .. } => {
                let by = *self.inputs.get(*by);
                self.change_actors(&plan, effect, group, &by, mask, behind);
            }
        }
    }

    /// Sends what is built of an element into an actor; where nothing is built, nobody goes.
    fn deploy(
        &mut self,
        plan: &Program,
        (org, element, actor): (usize, usize, usize),
        mask: &Lanes,
    ) {
        let post = &mut self.posts.0[plan.post(org, element, actor)];
        let built = &rows_mut(&mut self.levels)[org].built[element];
        let what = Happening::Deployed {
            org: u32::try_from(org).expect("few organisations"),
            actor: u32::try_from(actor).expect("few actors"),
        };
        for l in 0..LANES {
            if mask[l] > 0.0 && built[l] > 0.0 {
                post[l] = math::max(post[l], built[l]);
                self.recorder.note(self.clock.n, l, self.clock.step, what);
            }
        }
    }

    /// Changes a bloc's presence in a host, and near its neighbours.
    fn change_presence(
        &mut self,
        plan: &Program,
        (host, bloc): (usize, usize),
        by: &Lanes,
        mask: &Lanes,
    ) {
        let (bonds, share) = (rows_mut(&mut self.bonds), &self.law.0.forces.near);
        for (actor, (.., mut ties)) in self.actors.iter_mut().enumerate() {
            if ties.insider[bloc] > 0.0 {
                continue;
            }
            let presence = &mut ties.presence[bloc];
            for l in 0..LANES {
                let share = if actor == host {
                    1.0
                } else {
                    bonds[plan.dyad(host, actor)].0.contiguity[l] * share[l]
                };
                presence[l] += forces::change_near(presence[l], by[l], share) * mask[l];
            }
        }
        for l in 0..LANES {
            if mask[l] > 0.0 && by[l] != 0.0 {
                let what = Happening::Base {
                    bloc: u32::try_from(bloc).expect("few blocs"),
                    actor: u32::try_from(host).expect("few actors"),
                    opened: by[l] > 0.0,
                };
                self.recorder.note(self.clock.n, l, self.clock.step, what);
            }
        }
    }

    fn set_open(&mut self, initiative: usize, mask: &Lanes, to: f32) {
        let open = &mut rows_mut(&mut self.progress)[initiative].open;
        open.update_with(mask, |open, mask| math::select(mask > 0.0, to, open));
    }

    /// Share of a common good that those who joined make together, 0..=1.
    fn contributed(&self, plan: &Program, behind: Option<Behind<'_>>) -> Lanes {
        let mut sum = Lanes::ZERO;
        let Some(behind) = behind else {
            return Lanes::ONE;
        };
        let (traits, joined) = (rows(&self.traits), rows(&self.joined));
        for row in plan.initiatives[behind.initiative].parties.clone() {
            let capability = &traits[plan.parties[row].actor].0.capability;
            let took_part = behind.took_part(plan, row, joined);
            for l in 0..LANES {
                sum[l] += took_part[l] * bilateral::contribution(capability[l]);
            }
        }
        sum.map(math::saturate)
    }

    fn shift_driver(
        &mut self,
        plan: &Program,
        driver: usize,
        by: &Lanes,
        mask: &Lanes,
        lasting: bool,
    ) {
        let process = &plan.scenario.world.drivers[driver].process;
        let state = &mut rows_mut(&mut self.drivers)[driver];
        let by = both(by, mask);
        let add = |to: &mut Lanes| to.update_with(&by, |to, by| to + by);
        match process {
            Process::OrnsteinUhlenbeck { .. } if lasting => add(&mut state.mean_shift),
            Process::Jumps { .. } if lasting => add(&mut state.offset),
            Process::OrnsteinUhlenbeck { .. }
            | Process::GeometricBrownian { .. }
            | Process::RandomWalk { .. }
            | Process::Jumps { .. } => add(&mut state.state),
            Process::Constant { .. } | Process::Path { .. } | Process::Markov { .. } => {
                add(&mut state.offset);
            }
        }
    }

    fn change_status(&mut self, plan: &Program, org: usize, actor: usize, to: f32, mask: &Lanes) {
        let row = plan
            .seat(org, actor)
            .expect("effects name seats that were planned");
        let status = &mut rows_mut(&mut self.standing)[row].status;
        let (n, step) = (self.clock.n, self.clock.step);
        for l in 0..LANES {
            let from = status[l];
            if mask[l] > 0.0 && (from - to).abs() > 0.5 {
                status[l] = to;
                let what = Happening::StatusChanged {
                    org: u32::try_from(org).expect("few organisations"),
                    actor: u32::try_from(actor).expect("few actors"),
                    from: membership::status_of(from),
                    to: membership::status_of(to),
                    cause: Cause::Effect,
                };
                self.recorder.note(n, l, step, what);
            }
        }
    }

    fn change_pairs(
        &mut self,
        plan: &Program,
        effect: &Effect,
        (from, to): (&Group, &Group),
        by: &Lanes,
        mask: &Lanes,
        behind: Option<Behind<'_>>,
    ) {
        self.ties.0 += 1;
        let (standing, joined) = (rows_mut(&mut self.standing), rows(&self.joined));
        let floor = self.law.0.energy.link_floor;
        let (affinity, bonds) = (rows_mut(&mut self.affinity), rows_mut(&mut self.bonds));
        let mut done = Vec::new();
        for &source in plan.candidates(from, initiative_of(behind)) {
            for &target in plan.candidates(to, initiative_of(behind)) {
                let pair = (source.min(target), source.max(target));
                if source == target || done.contains(&pair) {
                    continue;
                }
                done.push(pair);
                let belongs = |group, actor| belongs(plan, group, actor, standing, joined, behind);
                // A pair is visited once, and may qualify either way round.
                let there = both(&belongs(from, source), &belongs(to, target));
                let round = both(&belongs(from, target), &belongs(to, source));
                let mask = both(&there.zip(&round, math::max), mask);
                let dyad = plan.dyad(source, target);
                change_pair(
                    effect,
                    &mut affinity[dyad],
                    &mut bonds[dyad],
                    by,
                    &mask,
                    &floor,
                );
            }
        }
    }

    fn change_actors(
        &mut self,
        plan: &Program,
        effect: &Effect,
        group: &Group,
        by: &Lanes,
        mask: &Lanes,
        behind: Option<Behind<'_>>,
    ) {
        let (standing, joined) = (rows_mut(&mut self.standing), rows(&self.joined));
        let candidates = plan.candidates(group, initiative_of(behind));
        for (actor, (mut threatened, mut ideal, mut salience, mut blocs)) in
            self.actors.iter_mut().enumerate()
        {
            if !candidates.contains(&actor) {
                continue;
            }
            let mask = both(&belongs(plan, group, actor, standing, joined, behind), mask);
            for l in 0..LANES {
                let by = by[l] * mask[l];
                match effect {
                    Effect::ExposureAdd { threat, .. } => {
                        let exposure = &mut threatened.multiplier[*threat];
                        exposure[l] = math::positive_part(exposure[l] + by);
                    }
                    Effect::IdealPointShift { .. } => ideal.value[l] += by,
                    Effect::SalienceScale { domain, .. } => {
                        let base = &mut salience.base[*domain as usize];
                        base[l] = math::select(mask[l] > 0.0, base[l] * by, base[l]);
                    }
                    Effect::TrustShift { bloc, .. } => {
                        let trust = &mut blocs.trust[*bloc];
                        trust[l] = math::clamp(trust[l] + by, -1.0, 1.0);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Changes the ties of one pair.
fn change_pair(
    effect: &Effect,
    affinity: &mut Affinity,
    bonds: &mut Bonds,
    by: &Lanes,
    mask: &Lanes,
    floor: &Lanes,
) {
    let bonds = &mut bonds.0;
    for l in 0..LANES {
        match effect {
            Effect::AffinityShift { .. } => {
                affinity.value[l] = math::clamp(affinity.value[l] + by[l] * mask[l], -1.0, 1.0);
            }
            Effect::TradeScale { .. } => {
                let factor = math::select(mask[l] > 0.0, by[l], 1.0);
                bonds.dependence_source[l] *= factor;
                bonds.dependence_target[l] *= factor;
            }
            _ => {
                bonds.energy_link[l] = math::clamp_share(bonds.energy_link[l] + by[l] * mask[l]);
                let factor =
                    energy::link_factor(floor[l], bonds.energy_link[l], bonds.contiguity[l]);
                bonds.complement[l] = bonds.complement_raw[l] * factor;
            }
        }
    }
}
