//! Reads the facts of the state that outcomes ask for, from the columns of the world.
//!
//! Only asked for at the month of an outcome: what nobody asks costs nothing.

use foedera_scenario::{Fact, Group};

use crate::appraisal;
use crate::company::add;
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{membership, votes};
use crate::program::Program;
use crate::purpose;
use crate::rng;
use crate::state::{
    Affinity, Clock, Commitment, Elements, Growth, IdealPoint, Inputs, Keys, Levels, Parameters,
    Salience, Standing, Stress, Threatened, Traits,
};

/// The columns that facts are read from.
pub(crate) struct Reading<'a> {
    pub(crate) plan: &'a Program,
    pub(crate) inputs: &'a Inputs,
    pub(crate) law: &'a Parameters,
    pub(crate) clock: &'a Clock,
    pub(crate) keys: &'a Keys,
    pub(crate) elements: &'a Elements,
    pub(crate) traits: &'a [Traits],
    pub(crate) growths: &'a [Growth],
    pub(crate) ideals: &'a [IdealPoint],
    pub(crate) threatened: &'a [Threatened],
    pub(crate) stresses: &'a [Stress],
    pub(crate) saliences: &'a [Salience],
    pub(crate) affinity: &'a [Affinity],
    pub(crate) standing: &'a [Standing],
    pub(crate) commitments: &'a [Commitment],
    pub(crate) levels: &'a [Levels],
}

impl Reading<'_> {
    /// Reads one fact; not a number where it is absent.
    pub(crate) fn read(&self, of: &Fact) -> Lanes {
        match of {
            Fact::Gdp { actor, ppp } => self.gdp(*actor, *ppp),
            Fact::GdpShare { actor, among, ppp } => {
                self.over(*actor, among, |idx| self.gdp(idx, *ppp))
            }
            Fact::Capability { actor } => self.traits[*actor].0.capability,
            Fact::CapabilityShare { actor, among } => {
                self.over(*actor, among, |idx| self.traits[idx].0.capability)
            }
            Fact::IdealPoint { actor } => self.ideals[*actor].value,
            Fact::IdealPointDistance { among } => self.over_pairs(among, |one, other| {
                self.ideals[one]
                    .value
                    .zip(&self.ideals[other].value, |one, other| {
                        math::abs(one - other)
                    })
            }),
            Fact::IdealPointSpread { among } => self.spread(among),
            Fact::VotingAgreement { among } => self.agreement(among),
            Fact::Threat { actor, threat } => self.threatened[*actor].intensity[*threat],
            Fact::Stress { actor, domain } => self.stresses[*actor].0[*domain as usize],
            Fact::Salience { actor, domain } => self.saliences[*actor].now[*domain as usize],
            Fact::Commitment { actor, org } => self.commitment(*actor, *org),
            Fact::RegimeDistance { source, target } => self.traits[*source]
                .0
                .polyarchy
                .zip(&self.traits[*target].0.polyarchy, |one, other| {
                    math::abs(one - other)
                }),
            Fact::AgendaShare { org, domain } => self.agenda(*org, *domain as usize),
        }
    }

    fn gdp(&self, actor: usize, ppp: bool) -> Lanes {
        if !ppp {
            return self.traits[actor].0.gdp;
        }
        let start = self.plan.scenario.world.actors[actor].gdp_ppp_musd;
        self.inputs
            .get(start)
            .zip(&self.growths[actor].factor, |start, factor| {
                math::select(start > 0.0, start * factor, f32::NAN)
            })
    }

    /// 1 where an actor is in a group.
    fn belongs(&self, group: &Group, actor: usize) -> Lanes {
        match group {
            Group::Members(org) => self.plan.seat(*org, actor).map_or(Lanes::ZERO, |row| {
                self.standing[row]
                    .status
                    .map(|status| math::indicator(status == membership::MEMBER))
            }),
            _ => Lanes::splat(math::indicator(
                self.plan.candidates(group, None).contains(&actor),
            )),
        }
    }

    /// An actor's value over the sum of a group.
    fn over(&self, actor: usize, among: &Group, value: impl Fn(usize) -> Lanes) -> Lanes {
        let mut sum = Lanes::ZERO;
        for other in 0..self.traits.len() {
            let (inside, value) = (self.belongs(among, other), value(other));
            for l in 0..LANES {
                sum[l] += math::select(inside[l] > 0.0, value[l], 0.0);
            }
        }
        value(actor).zip(&sum, |value, sum| {
            math::select(sum > 0.0, value / sum, f32::NAN)
        })
    }

    /// Mean over the pairs of a group.
    fn over_pairs(&self, among: &Group, value: impl Fn(usize, usize) -> Lanes) -> Lanes {
        let (mut sum, mut pairs) = (Lanes::ZERO, Lanes::ZERO);
        let candidates = self.plan.candidates(among, None);
        let n = self.traits.len();
        for one in (0..n).filter(|actor| candidates.contains(actor)) {
            for other in (one + 1..n).filter(|actor| candidates.contains(actor)) {
                let inside = self
                    .belongs(among, one)
                    .zip(&self.belongs(among, other), |one, other| one * other);
                add(&mut sum, &inside, &value(one, other));
                pairs.update_with(&inside, |pairs, inside| pairs + inside);
            }
        }
        sum.zip(&pairs, |sum, pairs| {
            math::select(pairs > 0.0, sum / pairs, f32::NAN)
        })
    }

    /// Standard deviation of ideal points.
    fn spread(&self, among: &Group) -> Lanes {
        let (mut n, mut sum, mut squares) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
        for (actor, ideal) in self.ideals.iter().enumerate() {
            let inside = self.belongs(among, actor);
            for l in 0..LANES {
                n[l] += inside[l];
                sum[l] += inside[l] * ideal.value[l];
            }
        }
        for (actor, ideal) in self.ideals.iter().enumerate() {
            let inside = self.belongs(among, actor);
            for l in 0..LANES {
                let gap = ideal.value[l] - sum[l] / math::max(n[l], 1.0);
                squares[l] += inside[l] * gap * gap;
            }
        }
        squares.zip(&n, |squares, n| {
            math::select(n > 1.0, math::sqrt(squares / math::max(n, 1.0)), f32::NAN)
        })
    }

    /// Mean agreement over the pairs of a group in this calendar year.
    fn agreement(&self, among: &Group) -> Lanes {
        let year = year_of(self.clock.month);
        let mut agenda = Lanes::ZERO;
        self.keys
            .0
            .fill_normals(purpose::VOTE_AGENDA, year, 0, &mut agenda);
        let params = &self.law.0.votes;
        let actors = &self.plan.scenario.world.actors;
        self.over_pairs(among, |one, other| {
            let entity = rng::dyad_entity(actors[one].number, actors[other].number);
            let mut chance = Lanes::ZERO;
            self.keys
                .0
                .fill_normals(purpose::VOTE_PAIR, year, entity, &mut chance);
            let liking = &self.affinity[self.plan.dyad(one, other)].value;
            let (one, other) = (&self.ideals[one].value, &self.ideals[other].value);
            Lanes::from_fn(|l| {
                let distance = one[l] - other[l];
                votes::agreement(distance, liking[l], agenda[l], chance[l], &params.at(l))
            })
        })
    }

    fn commitment(&self, actor: usize, org: usize) -> Lanes {
        let Some(row) = self.plan.seat(org, actor) else {
            return Lanes::splat(f32::NAN);
        };
        self.standing[row]
            .status
            .zip(&self.commitments[row].0, |status, commitment| {
                math::select(status == membership::MEMBER, commitment, f32::NAN)
            })
    }

    /// Share of a domain in the depth of what is built.
    fn agenda(&self, org: usize, domain: usize) -> Lanes {
        let mut depths = [Lanes::ZERO; 3];
        let mut level = Lanes::ZERO;
        for &element in &self.plan.organisations[org].live {
            let requires = &self.plan.scenario.world.elements[element].requires;
            appraisal::effective_level(requires, &self.levels[org].built, element, &mut level);
            for (depth, weight) in depths.iter_mut().zip(&self.elements.0[element].depth) {
                add(depth, weight, &level);
            }
        }
        Lanes::from_fn(|l| {
            let all = depths[0][l] + depths[1][l] + depths[2][l];
            math::select(all > 0.0, depths[domain][l] / all, f32::NAN)
        })
    }
}

/// The calendar year of a month, as draws are keyed by it.
pub(crate) fn year_of(month: i32) -> u32 {
    u32::try_from(foedera_scenario::Month(month).year()).unwrap_or(0)
}
