//! Step phase 6, Commit, last part: members suspend, leave, or come back.

use bevy_ecs::prelude::*;
use foedera_scenario::Status;

use crate::batch::{Cause, Happening};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::{add, alike, is_zero};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::membership;
use crate::mechanisms::withdrawal::{self, ALLIANCE, WithdrawalParams};
use crate::program::{Program, SeatPlan};
use crate::purpose;
use crate::rng::{self, LaneKeys};
use crate::state::{
    Clock, Elements, Inputs, Keys, Leaving, Levels, Parameters, Plan, Recorder, Standing, Utility,
    weighs,
};

/// Years after which a suspended member comes back, on average, if the organisation pays. Assumption.
pub(crate) const RETURN_YEARS: f32 = 4.0;

/// Members leave or suspend, the suspended return.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn withdraw(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    elements: Res<Elements>,
    levels: Column<Levels>,
    mut treaties: Local<Vec<Treaty>>,
    mut seated: Local<Vec<bool>>,
    mut ordinary: Local<Vec<Lanes>>,
    mut utilities: ColumnMut<Utility>,
    mut standing: ColumnMut<Standing>,
    mut leaving: ColumnMut<Leaving>,
    mut recorder: ResMut<Recorder>,
) {
    let plan = &*plan.0;
    let (levels, utilities, standing) = (
        rows(&levels),
        rows_mut(&mut utilities),
        rows_mut(&mut standing),
    );
    treaties.resize(plan.organisations.len(), Treaty::default());
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            if clock.step == 0 {
                ordinary.clear();
                let holds = plan.organisations.iter().map(|organisation| {
                    let seats = organisation.seats.clone();
                    ordinary_hold(
                        &utilities[seats.clone()],
                        &standing[seats],
                        &law.0.withdrawal,
                    )
                });
                ordinary.extend(holds);
            }
            note_joining(plan, clock.step, &ordinary, &law, utilities, standing);
            note_treaties(plan, levels, &elements, &mut treaties);
            seated.clear();
            seated.extend(standing.iter().map(
                #[inline(always)]
                |standing| is_seated(&standing.status),
            ));
        },
    );
    let scene = Scene {
        plan,
        inputs: &inputs,
        law: &law.0.withdrawal,
        clock: &clock,
        keys: &keys.0,
        treaties: &treaties,
        levels,
    };
    for (row, leaving) in rows_mut(&mut leaving).iter_mut().enumerate() {
        if !seated[row] {
            continue;
        }
        if let Some((next, rivalry)) = scene.next(row, leaving, standing, utilities) {
            let why = Why {
                forced: &rivalry.forced,
                erratic: &leaving.erratic,
                utility: &utilities[row],
            };
            let status = &mut standing[row].status;
            change(status, &next, &why, &plan.seats[row], &clock, &mut recorder);
        }
    }
}

/// What all seats have in common when they are looked at.
struct Scene<'a> {
    plan: &'a Program,
    inputs: &'a Inputs,
    law: &'a WithdrawalParams<Lanes>,
    clock: &'a Clock,
    keys: &'a LaneKeys,
    treaties: &'a [Treaty],
    levels: &'a [Levels],
}

impl Scene<'_> {
    /// Statuses of a seat after the step and what excludes its organisation; nothing if no status changes.
    fn next(
        &self,
        row: usize,
        leaving: &mut Leaving,
        standing: &[Standing],
        utilities: &[Utility],
    ) -> Option<(Lanes, Rivalry)> {
        let (seat, world) = (&self.plan.seats[row], &self.plan.scenario.world);
        let organisation = &world.organisations[seat.organisation];
        let entity = rng::directed_entity(organisation.number, world.actors[seat.actor].number);
        let (clock, keys) = (self.clock, self.keys);
        leaving
            .noise
            .prepare_uniforms(keys, purpose::EXIT, clock.step, entity);
        let uniform = leaving.noise.at(clock.step);
        let mut next = Lanes::ZERO;
        let mut rivalry = Rivalry::default();
        let stays = keys.isa().dispatch(
            #[inline(always)]
            || {
                rivalry = self.rivals(seat, standing, utilities);
                let choice = Choice {
                    params: self.law,
                    base: self.inputs.get(organisation.exit_per_year),
                    best: &rivalry.best,
                    erratic: &leaving.erratic,
                    years: clock.years,
                };
                next = choice.next(&standing[row].status, &utilities[row], uniform);
                alike(&next, &standing[row].status)
            },
        );
        let mut chooses = false;
        if !is_zero(&rivalry.forced) {
            let mut uniform = Lanes::ZERO;
            keys.fill_uniforms(purpose::CHOICE, clock.step, entity, &mut uniform);
            let rate = &self.law.choice;
            let chance = rate.map(|rate| withdrawal::probability(rate, clock.years));
            let now = uniform.zip(&chance, |uniform, chance| math::indicator(uniform < chance));
            chooses = rivalry.choose(&standing[row].status, &utilities[row], &now, &mut next);
        }
        (chooses || !stays).then_some((next, rivalry))
    }
}

/// Whether a seat is that of a member, suspended or not, in any lane.
#[inline(always)]
fn is_seated(status: &Lanes) -> bool {
    let mut seated = 0;
    for l in 0..LANES {
        let status = status.0[l];
        seated |= u32::from((status == membership::MEMBER) | (status == membership::SUSPENDED));
    }
    seated != 0
}

/// What decides whether a seat is left.
struct Choice<'a> {
    params: &'a WithdrawalParams<Lanes>,
    /// Base hazard of the organisation.
    base: &'a Lanes,
    /// Best option outside.
    best: &'a Lanes,
    /// Lanes in which base rates hold.
    erratic: &'a Lanes,
    years: f32,
}

impl Choice<'_> {
    /// Status after the step.
    #[inline(always)]
    fn next(&self, status: &Lanes, utility: &Utility, uniform: &Lanes) -> Lanes {
        let Self {
            params,
            base,
            best,
            erratic,
            years,
        } = self;
        let chance = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let hold = withdrawal::hold(
                    utility.smoothed.0[l],
                    utility.led.0[l],
                    params.leverage.0[l],
                );
                let (ordinary, response) = (utility.ordinary.0[l], params.response.0[l]);
                let hazard = withdrawal::hazard(base.0[l], hold, ordinary, best.0[l], response);
                let hazard = math::select(erratic.0[l] > 0.0, params.base_rate.0[l], hazard);
                withdrawal::probability(hazard, *years)
            },
        );
        let back = withdrawal::probability(1.0 / RETURN_YEARS, *years);
        Lanes::from_fn(
            #[inline(always)]
            |l| {
                let (status, u, chance) = (status.0[l], uniform.0[l], chance.0[l]);
                let leaves = math::select(u < chance, membership::code(Status::Outsider), status);
                let goes = math::select(
                    u < chance * params.suspension.0[l],
                    membership::SUSPENDED,
                    leaves,
                );
                let led = (utility.lead.0[l] <= utility.led.0[l]) | (erratic.0[l] > 0.0);
                let free = (status == membership::MEMBER) & led;
                let pays = (status == membership::SUSPENDED) & (utility.smoothed.0[l] > best.0[l]);
                let comes = math::select(pays & (u < back), membership::MEMBER, status);
                math::select(free, goes, comes)
            },
        )
    }
}

/// What explains that a member leaves.
struct Why<'a> {
    /// Lanes in which an exclusive treaty sets another organisation against this one.
    forced: &'a Lanes,
    /// Lanes in which base rates hold.
    erratic: &'a Lanes,
    utility: &'a Utility,
}

/// Changes the statuses that differ and notes why.
#[cold]
#[inline(never)]
fn change(
    status: &mut Lanes,
    next: &Lanes,
    why: &Why<'_>,
    seat: &SeatPlan,
    clock: &Clock,
    recorder: &mut Recorder,
) {
    for l in 0..LANES {
        let (from, to) = (status[l], next[l]);
        if (to - from).abs() <= 0.5 {
            continue;
        }
        status[l] = to;
        let cause = if to == membership::MEMBER {
            Cause::Returned
        } else if why.forced[l] > 0.0 {
            Cause::Exclusive
        } else if why.erratic[l] > 0.0 {
            Cause::Unforeseen
        } else {
            Cause::Worth(heaviest_loss(why.utility, l))
        };
        let what = Happening::StatusChanged {
            org: index(seat.organisation),
            actor: index(seat.actor),
            from: membership::status_of(from),
            to: membership::status_of(to),
            cause,
        };
        recorder.note(clock.n, l, clock.step, what);
    }
}

/// Hold at which a member of an organisation has the base hazard of leaving, from its members at the start.
#[inline(always)]
fn ordinary_hold(
    utilities: &[Utility],
    standing: &[Standing],
    params: &WithdrawalParams<Lanes>,
) -> Lanes {
    let (mut least, mut sum, mut n) = (Lanes::splat(f32::MAX), Lanes::ZERO, Lanes::ZERO);
    let counts = |utility: &Utility, standing: &Standing, l: usize| {
        (standing.weight.0[l] == 1.0) & (utility.lead.0[l] <= utility.led.0[l])
    };
    let hold = |utility: &Utility, l: usize| {
        withdrawal::hold(
            utility.smoothed.0[l],
            utility.led.0[l],
            params.leverage.0[l],
        )
    };
    for (utility, standing) in utilities.iter().zip(standing) {
        least = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let lower = math::min(least.0[l], hold(utility, l));
                math::select(counts(utility, standing, l), lower, least.0[l])
            },
        );
    }
    for (utility, standing) in utilities.iter().zip(standing) {
        for l in 0..LANES {
            let counts = counts(utility, standing, l);
            let part =
                withdrawal::relative_hazard(hold(utility, l), least.0[l], params.response.0[l]);
            sum.0[l] += math::select(counts, part, 0.0);
            n.0[l] += math::indicator(counts);
        }
    }
    Lanes::from_fn(
        #[inline(always)]
        |l| withdrawal::ordinary_hold(least.0[l], sum.0[l], n.0[l], params.response.0[l]),
    )
}

/// Notes at which hold a member has the base hazard, when its membership begins.
#[inline(always)]
fn note_joining(
    plan: &Program,
    step: u32,
    ordinary: &[Lanes],
    law: &Parameters,
    utilities: &mut [Utility],
    standing: &[Standing],
) {
    let leverage = &law.0.withdrawal.leverage;
    let seats = utilities.iter_mut().zip(standing).zip(&plan.seats);
    for ((utility, standing), seat) in seats {
        // Full weight is what the utility of this step was appraised with.
        let member = standing.weight.map(
            #[inline(always)]
            |weight| math::indicator(weight == 1.0),
        );
        if step > 0 && alike(&member, &utility.was_member) {
            continue;
        }
        let organisation = &ordinary[seat.organisation];
        utility.ordinary = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let hold = withdrawal::hold(utility.smoothed.0[l], utility.led.0[l], leverage.0[l]);
                let least = math::select(
                    step == 0,
                    organisation.0[l],
                    math::min(hold, organisation.0[l]),
                );
                let joined = (step == 0) | (member.0[l] > utility.was_member.0[l]);
                math::select(joined, least, utility.ordinary.0[l])
            },
        );
        utility.was_member = member;
    }
}

/// What an organisation's declared texts make it, lane by lane.
#[derive(Default, Clone)]
pub(crate) struct Treaty {
    /// 1 where it is an alliance.
    alliance: Lanes,
    /// 1 where it forbids other alliances.
    exclusive: Lanes,
}

/// Notes the lanes in which an organisation is an alliance, and in which it is exclusive.
#[inline(always)]
fn note_treaties(plan: &Program, levels: &[Levels], elements: &Elements, out: &mut [Treaty]) {
    let world = &plan.scenario.world;
    for (org, organisation) in plan.organisations.iter().enumerate() {
        let (mut assistance, mut article) = (Lanes::ZERO, Lanes::ZERO);
        for &element in &organisation.live {
            let declared = &levels[org].declared[element];
            if elements.0[element].weighs & weighs::ASSISTANCE != 0 {
                add(&mut assistance, declared, &elements.0[element].assistance);
            }
            if world.elements[element].exclusive {
                article.update_with(declared, math::max);
            }
        }
        let treaty = math::indicator(world.organisations[org].exclusive);
        out[org].alliance = assistance.zip(
            &article,
            #[inline(always)]
            |assistance, article| math::indicator((assistance >= ALLIANCE) | (article >= ALLIANCE)),
        );
        out[org].exclusive = out[org].alliance.zip(
            &article,
            #[inline(always)]
            |alliance, article| math::select(article >= ALLIANCE, 1.0, treaty * alliance),
        );
    }
}

/// What other organisations that exclude this one are to a member.
#[derive(Default)]
struct Rivalry {
    /// Worth of the best of them, not below nothing.
    best: Lanes,
    /// Worth of the best of them.
    worth: Lanes,
    /// 1 where there is one of which the actor is a member.
    forced: Lanes,
}

impl Rivalry {
    /// Lets members who must choose leave what is worth less, of equals this; says whether any does.
    fn choose(&self, status: &Lanes, utility: &Utility, now: &Lanes, next: &mut Lanes) -> bool {
        let mut any = false;
        for l in 0..LANES {
            let must = self.forced[l] > 0.0 && status[l] == membership::MEMBER;
            let lesser = utility.smoothed[l] <= self.worth[l];
            if must && lesser && now[l] > 0.0 {
                next[l] = membership::code(Status::Outsider);
                any = true;
            }
        }
        any
    }
}

impl Scene<'_> {
    /// The organisations that exclude that of a seat and of which its actor is a member.
    #[inline(always)]
    fn rivals(&self, seat: &SeatPlan, standing: &[Standing], utilities: &[Utility]) -> Rivalry {
        let (org, actor) = (seat.organisation, seat.actor);
        let mut rivalry = Rivalry::default();
        if is_zero(&self.treaties[org].alliance) {
            return rivalry;
        }
        for other in (0..self.treaties.len()).filter(|&other| other != org) {
            let (own, their) = (&self.treaties[org], &self.treaties[other]);
            let closed = !is_zero(&own.exclusive) || !is_zero(&their.exclusive);
            let Some(row) = self.plan.seat(other, actor).filter(|_| closed) else {
                continue;
            };
            if is_zero(&their.alliance) {
                continue;
            }
            let mut linked = link_between(self.plan, self.levels, org, other);
            linked.update_with(&link_between(self.plan, self.levels, other, org), math::max);
            let dual = Lanes::from_fn(|l| {
                math::indicator(
                    (standing[row].status.0[l] == membership::MEMBER)
                        & (own.alliance.0[l] > 0.0)
                        & (their.alliance.0[l] > 0.0)
                        & ((own.exclusive.0[l] > 0.0) | (their.exclusive.0[l] > 0.0))
                        & (linked.0[l] < self.law.link.0[l]),
                )
            });
            rivalry.add(&dual, &utilities[row].smoothed);
        }
        rivalry
    }
}

impl Rivalry {
    /// Adds one that is there in some lanes.
    #[inline(always)]
    fn add(&mut self, dual: &Lanes, worth: &Lanes) {
        for l in 0..LANES {
            let there = worth.0[l];
            let (is_dual, known) = (dual.0[l] > 0.0, self.forced.0[l] > 0.0);
            let more = math::select(known, math::max(there, self.worth.0[l]), there);
            self.worth.0[l] = math::select(is_dual, more, self.worth.0[l]);
            let best = math::max(there, self.best.0[l]);
            self.best.0[l] = math::select(is_dual, best, self.best.0[l]);
            self.forced.0[l] = math::max(self.forced.0[l], dual.0[l]);
        }
    }
}

/// Highest declared level of a link from one organisation to another.
fn link_between(plan: &Program, levels: &[Levels], from: usize, to: usize) -> Lanes {
    let mut level = Lanes::ZERO;
    for (element, partner) in &plan.organisations[from].links {
        if *partner == to {
            level.update_with(&levels[from].declared[*element], math::max);
        }
    }
    level
}

/// The term that weighs most against staying.
fn heaviest_loss(utility: &Utility, l: usize) -> u32 {
    let mut worst = 0;
    for (term, lanes) in utility.terms.iter().enumerate() {
        if lanes[l] < utility.terms[worst][l] {
            worst = term;
        }
    }
    index(worst)
}

fn index(of: usize) -> u32 {
    u32::try_from(of).expect("indices of a scenario fit u32")
}
