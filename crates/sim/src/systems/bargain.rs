//! Step phase 4, Bargain: each party appraises each rung of every initiative that may be tabled now.
//!
//! Initiatives are taken in the order of the file and judged on the same state; what is adopted is applied
//! afterwards ([`commit`]).

use bevy_ecs::prelude::*;
use foedera_scenario::{Condition, Effect};

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::is_zero;
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{bargaining, membership};
use crate::program::{Program, RUNGS_MAX};
use crate::purpose;
use crate::state::{
    Joined, Party, Posture, Progress, Recorder, Site, Sites, Threatened, Verdict, site,
};
use crate::systems::appraise::{Reading, Workspace};
use crate::systems::decide::{self, Table};
use crate::systems::effects::{Behind, Targets};
use crate::systems::foresee::{Foresight, Prospects};
use crate::systems::projects;
use crate::systems::shock::FiredAt;

/// Values of rungs to parties: room for the largest initiative, reused.
#[derive(Resource, Default)]
pub(crate) struct Bench {
    /// Lanes in which a party has a voice, by party.
    pub(crate) eligible: Vec<Lanes>,
    /// Parts of the value, `[rung * parties + party]`.
    pub(crate) parts: Vec<[Lanes; 10]>,
    /// The value, `[rung * parties + party]`.
    pub(crate) values: Vec<Lanes>,
    /// Whether anybody asks for the value to a party: it has a voice in some lane, or sponsors.
    needed: Vec<bool>,
    /// Whether an actor is such a party.
    is_party: Vec<bool>,
    /// Chance of the year, by row of the party.
    chances: Vec<Chance>,
    /// What lies behind the doors of the initiative on the table.
    behind: Vec<Offer>,
}

/// What an actor gains at best from an initiative that a rung opens.
struct Offer {
    door: usize,
    actor: usize,
    worth: Lanes,
}

/// Chance of a party in one calendar year.
#[derive(Clone)]
struct Chance {
    /// The year drawn for; none is `u32::MAX`.
    year: u32,
    fresh: Lanes,
}

/// What is put to the parties.
#[derive(Clone, Copy)]
struct Proposal<'a> {
    initiative: usize,
    /// Rungs adopted so far.
    adopted: &'a Lanes,
    parties: &'a [Party],
    /// Lowest rung that is open in any lane.
    first_rung: usize,
}

impl Bench {
    /// Makes room for a program.
    pub(crate) fn new(plan: &Program) -> Self {
        let most = plan
            .initiatives
            .iter()
            .map(|initiative| initiative.parties.len())
            .max()
            .unwrap_or(0);
        Self {
            eligible: vec![Lanes::ZERO; most],
            parts: vec![[Lanes::ZERO; 10]; most * RUNGS_MAX],
            values: vec![Lanes::ZERO; most * RUNGS_MAX],
            needed: vec![false; most],
            is_party: vec![false; plan.scenario.world.actors.len()],
            chances: vec![
                Chance {
                    year: u32::MAX,
                    fresh: Lanes::ZERO
                };
                plan.parties.len()
            ],
            behind: Vec::new(),
        }
    }
}

/// Everything a meeting writes.
#[derive(bevy_ecs::system::SystemParam)]
pub(crate) struct Meeting<'w, 's> {
    recorder: ResMut<'w, Recorder>,
    prospects: ResMut<'w, Prospects>,
    bench: ResMut<'w, Bench>,
    floor: Local<'s, decide::Floor>,
    work: Res<'w, Workspace>,
    sites: Res<'w, Sites>,
    fired_at: Res<'w, FiredAt>,
    threatened: Column<'w, 's, Threatened>,
    postures: Column<'w, 's, Posture>,
    progress: ColumnMut<'w, 's, Progress>,
    parties: ColumnMut<'w, 's, Party>,
    verdicts: ColumnMut<'w, 's, Verdict>,
    joined: ColumnMut<'w, 's, Joined>,
}

/// Puts every initiative that may be tabled now to its parties.
pub(crate) fn bargain(reading: Reading, mut meeting: Meeting) {
    let plan = &*reading.plan.0;
    let step = reading.clock.step;
    begin(&reading, &mut meeting);
    let setting = reading.setting(rows(&meeting.threatened));
    let foresight = Foresight {
        setting: &setting,
        inputs: &reading.inputs,
        levels: rows(&reading.levels),
        texts: rows(&reading.texts),
        statutes: rows(&reading.statutes),
        standing: rows(&reading.standing),
        postures: rows(&meeting.postures),
        cohesion: rows(&reading.cohesion),
        drivers: rows(&reading.drivers),
        work: &meeting.work,
    };
    for (idx, initiative) in plan.initiatives.iter().enumerate() {
        let Ok(at) = initiative.meetings.binary_search(&step) else {
            continue;
        };
        let progress = rows_mut(&mut meeting.progress);
        let past = Past::of(&meeting.sites, &meeting.fired_at);
        let may = admissible(&reading, plan, idx, past, progress);
        progress[idx].judged = Lanes::ZERO;
        if may.iter().all(|&lane| lane == 0.0) {
            continue;
        }
        let adopted = so_far(plan, idx, progress);
        let attention = attention(&reading, idx, progress);
        let (bench, prospects) = (&mut *meeting.bench, &mut *meeting.prospects);
        open_doors(&reading, &foresight, idx, (bench, prospects), progress);
        seat_parties(&reading, idx, bench);
        let first_rung = lowest(&adopted, reading.clock.n);
        draw_chances(&reading, plan, idx, bench);
        let proposal = Proposal {
            initiative: idx,
            adopted: &adopted,
            parties: &rows_mut(&mut meeting.parties)[initiative.parties.clone()],
            first_rung,
        };
        reading.keys.0.isa().dispatch(
            #[inline(always)]
            || {
                foresight.before(&initiative.affected, prospects);
                value(&reading, &foresight, &proposal, prospects, bench, progress);
            },
        );
        let table = Table {
            plan,
            initiative: idx,
            wait: initiative.waits[at],
            attention: &attention,
            first_rung,
            adopted: &adopted,
            may: &may,
            setting: &setting,
            standing: foresight.standing,
            statutes: foresight.statutes,
            reading: &reading,
        };
        let outcome = decide::Outcome {
            recorder: &mut meeting.recorder,
            progress: &mut rows_mut(&mut meeting.progress)[idx],
            parties: &mut rows_mut(&mut meeting.parties)[initiative.parties.clone()],
            verdict: &mut rows_mut(&mut meeting.verdicts)[idx],
            joined: &mut rows_mut(&mut meeting.joined)[initiative.parties.clone()],
        };
        decide::decide(&table, bench, &mut meeting.floor, outcome);
    }
}

/// Attention left for an initiative beside what else is on its agenda.
fn attention(reading: &Reading<'_, '_>, initiative: usize, progress: &[Progress]) -> Lanes {
    let plan = &*reading.plan.0;
    let step = reading.clock.step;
    let mut others = Lanes::ZERO;
    for &rival in &plan.initiatives[initiative].rivals {
        let rungs = plan.scenario.initiatives[rival].ladder.len() as f32;
        if plan.initiatives[rival].runs(step) {
            let own = &progress[rival];
            for l in 0..LANES {
                let there = (own.open[l] > 0.0) & (own.adopted[l] < rungs);
                others[l] += math::select(there, own.zeal[l], 0.0);
            }
        }
    }
    let law = &reading.law.0.bargaining.attention;
    law.zip(&others, bargaining::attention_left)
}

/// Notes what each actor gains at best from the initiatives that a rung opens, or loses from those that it closes.
fn open_doors(
    reading: &Reading<'_, '_>,
    foresight: &Foresight<'_>,
    initiative: usize,
    (bench, prospects): (&mut Bench, &mut Prospects),
    progress: &[Progress],
) {
    let plan = foresight.setting.plan;
    bench.behind.clear();
    for &door in &plan.initiatives[initiative].doors {
        seat_parties(reading, door, bench);
        let spec = &plan.initiatives[door];
        let n = spec.parties.len();
        let adopted = &so_far(plan, door, progress);
        let mut best = vec![Lanes::ZERO; n];
        reading.keys.0.isa().dispatch(
            #[inline(always)]
            || {
                foresight.before(&spec.affected, prospects);
                let rungs = plan.scenario.initiatives[door].ladder.len();
                for rung in lowest(adopted, reading.clock.n)..rungs {
                    foresight.after(door, rung, adopted, prospects, &bench.is_party);
                    for (at, row) in spec.parties.clone().enumerate() {
                        if is_zero(&bench.eligible[at]) {
                            continue;
                        }
                        let party = &plan.parties[row];
                        let mut parts = [Lanes::ZERO; 10];
                        foresight.gain(door, party.actor, prospects, &mut parts);
                        let voices = &bench.eligible[..n];
                        foresight.bilateral(party, rung, adopted, voices, &mut parts[9]);
                        let value = sum_of(&parts);
                        for l in 0..LANES {
                            let counts =
                                ((rung + 1) as f32 > adopted[l]) & (bench.eligible[at][l] > 0.0);
                            let more = math::max(best[at].0[l], value.0[l]);
                            best[at].0[l] = math::select(counts, more, best[at].0[l]);
                        }
                    }
                }
            },
        );
        for (at, row) in spec.parties.clone().enumerate() {
            bench.behind.push(Offer {
                door,
                actor: plan.parties[row].actor,
                worth: best[at],
            });
        }
    }
}

/// Adds what a party gains from the doors that a rung opens or closes.
#[inline(always)]
fn value_doors(
    foresight: &Foresight<'_>,
    proposal: &Proposal<'_>,
    (rung, actor): (usize, usize),
    progress: &[Progress],
    behind: &[Offer],
    out: &mut Lanes,
) {
    if behind.is_empty() {
        return;
    }
    let plan = foresight.setting.plan;
    let ladder = &plan.scenario.initiatives[proposal.initiative].ladder;
    let share = &foresight.setting.law.bargaining.door;
    for (idx, step) in ladder.iter().enumerate().take(rung + 1) {
        let mask = foresight.counted(step, idx, proposal.adopted);
        for effect in &step.effects {
            let (door, opens) = match effect {
                Effect::InitiativeOpen { initiative } => (*initiative, true),
                Effect::InitiativeClose { initiative } => (*initiative, false),
                _ => continue,
            };
            let mut found = behind.iter();
            let Some(found) = found.find(|one| one.door == door && one.actor == actor) else {
                continue;
            };
            for l in 0..LANES {
                let open = progress[door].open.0[l] > 0.0;
                let worth = share.0[l] * found.worth.0[l] * mask.0[l];
                let change = math::select(opens, worth, -worth);
                out.0[l] = math::select(open == opens, out.0[l], out.0[l] + change);
            }
        }
    }
}

/// Rungs adopted so far; what is held again and again is judged from its first rung each time.
fn so_far(plan: &Program, initiative: usize, progress: &[Progress]) -> Lanes {
    if plan.scenario.initiatives[initiative].recurring {
        Lanes::ZERO
    } else {
        progress[initiative].adopted
    }
}

/// Lowest rung adopted by any of the replicates.
fn lowest(adopted: &Lanes, n: usize) -> usize {
    let first = adopted.iter().take(n);
    first.fold(f32::INFINITY, |low, &rung| low.min(rung)) as usize
}

/// Lets time pass for every initiative and forgets the votes of the step before.
fn begin(reading: &Reading<'_, '_>, meeting: &mut Meeting<'_, '_>) {
    for progress in rows_mut(&mut meeting.progress) {
        progress
            .rested
            .update(|rested| rested + reading.clock.years);
        progress.zeal = progress.judged;
    }
    let initiatives = &reading.plan.0.initiatives;
    for (verdict, initiative) in rows_mut(&mut meeting.verdicts).iter_mut().zip(initiatives) {
        // Only what was voted on has anything to forget.
        if !is_zero(&verdict.voted) {
            *verdict = Verdict::default();
            rows_mut(&mut meeting.joined)[initiative.parties.clone()].fill_with(Joined::default);
        }
    }
    meeting.prospects.forget();
    if reading.clock.step == 0 {
        for chance in &mut meeting.bench.chances {
            chance.year = u32::MAX;
        }
    }
}

/// What conditions ask of the past.
#[derive(Clone, Copy)]
struct Past<'a> {
    sites: &'a [Site],
    fired_at: &'a [Lanes],
}

impl<'a> Past<'a> {
    fn of(sites: &'a Sites, fired_at: &'a FiredAt) -> Self {
        Self {
            sites: &sites.0,
            fired_at: &fired_at.0,
        }
    }
}

/// Lanes in which an initiative may be tabled: open, not complete, rested, drafted, conditions met.
fn admissible(
    reading: &Reading<'_, '_>,
    plan: &Program,
    initiative: usize,
    past: Past<'_>,
    progress: &[Progress],
) -> Lanes {
    let own = &progress[initiative];
    let params = &reading.law.0.bargaining;
    let file = &plan.scenario.initiatives[initiative];
    let (rungs, recurring) = (file.ladder.len() as f32, file.recurring);
    let since = reading
        .clock
        .step
        .saturating_sub(plan.initiatives[initiative].opens) as f32
        * reading.clock.years;
    let mut may = Lanes::from_fn(|l| {
        let ready = (own.open[l] > 0.0)
            & (recurring | (own.adopted[l] < rungs))
            & (recurring | (own.rested[l] >= params.pause[l]))
            & (recurring | (since + 1e-4 >= params.drafting[l]));
        math::indicator(ready)
    });
    for condition in crate::program::conditions(&plan.scenario, initiative) {
        let holds = judge(reading, plan, past, condition, progress);
        may.update_with(&holds, |may, holds| may * holds);
    }
    may
}

/// Lanes in which a condition holds.
fn judge(
    reading: &Reading<'_, '_>,
    plan: &Program,
    past: Past<'_>,
    condition: &Condition,
    progress: &[Progress],
) -> Lanes {
    let at_least = |value: &Lanes, level: &Lanes| {
        value.zip(level, |value, level| math::indicator(value >= level))
    };
    let inputs = &reading.inputs;
    match condition {
        Condition::LevelAtLeast {
            org,
            element,
            level,
        } => at_least(
            &rows(&reading.levels)[*org].built[*element],
            inputs.get(*level),
        ),
        Condition::DriverAbove { driver, level } => {
            at_least(&rows(&reading.drivers)[*driver].level, inputs.get(*level))
        }
        Condition::DriverBelow { driver, level } => {
            at_least(inputs.get(*level), &rows(&reading.drivers)[*driver].level)
        }
        Condition::Adopted { initiative, rung } => {
            let needed = (*rung + 1) as f32;
            progress[*initiative]
                .adopted
                .map(|adopted| math::indicator(adopted >= needed))
        }
        Condition::ShockWithin { shock, months } => {
            let (step, length) = (reading.clock.step as f32, reading.clock.months as f32);
            let months = *months as f32;
            past.fired_at[*shock].map(|at| math::indicator((step - at) * length <= months))
        }
        Condition::Completed { initiative, rung } => {
            let needed = (*rung + 1) as f32;
            match plan.initiatives[*initiative].sites[*rung] {
                Some(site) => past.sites[site]
                    .stage
                    .map(|stage| math::indicator(stage == site::COMPLETE)),
                None => progress[*initiative]
                    .adopted
                    .map(|adopted| math::indicator(adopted >= needed)),
            }
        }
        Condition::HasStatus { actor, org, status } => {
            let wanted = membership::code(*status);
            let outside = Lanes::splat(math::indicator(wanted == 0.0));
            plan.seat(*org, *actor).map_or(outside, |row| {
                rows(&reading.standing)[row]
                    .status
                    .map(|status| math::indicator(status == wanted))
            })
        }
    }
}

/// Finds who has a voice: full members of a venue, observers with part of a vote, and the named; and whose value
/// anybody asks for.
fn seat_parties(reading: &Reading<'_, '_>, initiative: usize, bench: &mut Bench) {
    let plan = &*reading.plan.0;
    let standing = rows(&reading.standing);
    bench.is_party.fill(false);
    for (at, row) in plan.initiatives[initiative].parties.clone().enumerate() {
        let party = &plan.parties[row];
        bench.eligible[at] = Lanes::splat(math::indicator(party.named));
        let venues = &plan.scenario.initiatives[initiative].venues;
        for (seat, &org) in party.seats.iter().zip(venues) {
            let Some(seat) = *seat else { continue };
            let status = &standing[seat].status;
            bench.eligible[at].update_with(status, |eligible, status| {
                math::max(eligible, math::indicator(status == membership::MEMBER))
            });
            let vote = reading
                .inputs
                .get(plan.scenario.world.organisations[org].observer_vote);
            if !is_zero(vote) {
                let codes = &rows(&reading.statutes)[org].0;
                for l in 0..LANES {
                    let weighs = plan.rule(initiative, Some(org), codes[l]).weighs();
                    let observes = status[l] == membership::OBSERVER && vote[l] > 0.0;
                    let speaks = math::indicator(weighs && observes);
                    bench.eligible[at][l] = math::max(bench.eligible[at][l], speaks);
                }
            }
        }
        bench.needed[at] = party.sponsor || !is_zero(&bench.eligible[at]);
        bench.is_party[party.actor] |= bench.needed[at];
    }
}

/// Chances of the year, drawn once a year for each party that decides.
fn draw_chances(reading: &Reading<'_, '_>, plan: &Program, initiative: usize, bench: &mut Bench) {
    let year = u32::try_from(foedera_scenario::Month(reading.clock.month).year()).unwrap_or(0);
    for (at, row) in plan.initiatives[initiative].parties.clone().enumerate() {
        let chance = &mut bench.chances[row];
        if bench.needed[at] && chance.year != year {
            let entity = party_entity(plan, row);
            reading
                .keys
                .0
                .fill_logistics(purpose::PARTY_YEAR, year, entity, &mut chance.fresh);
            chance.year = year;
        }
    }
}

/// Fills the bench with the parts and values of every rung above the lowest adopted one.
#[inline(always)]
fn value(
    reading: &Reading<'_, '_>,
    foresight: &Foresight<'_>,
    proposal: &Proposal<'_>,
    prospects: &mut Prospects,
    bench: &mut Bench,
    progress: &[Progress],
) {
    let plan = foresight.setting.plan;
    let Proposal {
        initiative,
        adopted,
        parties,
        first_rung,
    } = *proposal;
    let ladder = &plan.scenario.initiatives[initiative].ladder;
    let rows = plan.initiatives[initiative].parties.clone();
    let n = rows.len();
    let law = &foresight.setting.law.bargaining;
    let stances = if reading.clock.stances { 1.0 } else { 0.0 };
    for (rung, step) in ladder.iter().enumerate().skip(first_rung) {
        foresight.after(initiative, rung, adopted, prospects, &bench.is_party);
        let depth = reading.inputs.get(step.depth);
        for (at, row) in rows.clone().enumerate().filter(|(at, _)| bench.needed[*at]) {
            let party = &plan.parties[row];
            let parts = &mut bench.parts[rung * n + at];
            crate::state::zero(parts);
            foresight.gain(initiative, party.actor, prospects, parts);
            foresight.bilateral(party, rung, adopted, &bench.eligible[..n], &mut parts[9]);
            foresight.distrust(party, depth, &bench.eligible[..n], &mut parts[9]);
            let asks = (rung, party.actor);
            value_doors(
                foresight,
                proposal,
                asks,
                progress,
                &bench.behind,
                &mut parts[9],
            );
            if plan.scenario.initiatives[initiative].recurring {
                foresight.effort(party, depth, &bench.eligible[..n], &mut parts[9]);
            }
            parts[7] = law.stance.zip(
                &parties[at].stance,
                #[inline(always)]
                |weight, stance| stances * weight * stance,
            );
            let (persistent, fresh) = (&parties[at].persistent, &bench.chances[row].fresh);
            let common = &progress[initiative].common;
            parts[8] = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let drawn = (persistent.0[l], fresh.0[l], common.0[l]);
                    bargaining::chance(drawn, depth.0[l], &law.at(l))
                },
            );
            bench.values[rung * n + at] = sum_of(parts);
        }
    }
}

/// Sum of the parts of a value, in their order.
#[inline(always)]
fn sum_of(parts: &[Lanes; 10]) -> Lanes {
    let mut value = parts[0];
    for part in &parts[1..] {
        value.update_with(
            part,
            #[inline(always)]
            |sum, part| sum + part,
        );
    }
    value
}

/// Entity of a party's draws: initiative and actor.
pub(crate) fn party_entity(plan: &Program, row: usize) -> u32 {
    let party = &plan.parties[row];
    let initiative = plan.scenario.initiatives[party.initiative].number;
    crate::rng::directed_entity(initiative, plan.scenario.world.actors[party.actor].number)
}

/// Applies what was adopted, in the order of the file.
pub(crate) fn commit(verdicts: Column<Verdict>, mut sites: ResMut<Sites>, mut targets: Targets) {
    let plan = targets.plan.0.clone();
    let verdicts = rows(&verdicts);
    for (idx, verdict) in verdicts.iter().enumerate() {
        if verdict.rung.iter().all(|&rung| rung == 0.0) {
            continue;
        }
        let before = so_far(&plan, idx, rows_mut(&mut targets.progress));
        for (rung, step) in plan.scenario.initiatives[idx].ladder.iter().enumerate() {
            let number = (rung + 1) as f32;
            let mask = Lanes::from_fn(|l| {
                math::indicator((number > before[l]) & (number <= verdict.rung[l]))
            });
            if is_zero(&mask) {
                continue;
            }
            if let Some(site) = plan.initiatives[idx].sites[rung] {
                let joined = &rows(&targets.joined)[plan.initiatives[idx].parties.clone()];
                projects::begin(&mut sites.0[site], &mask, joined);
                continue;
            }
            let behind = Behind {
                initiative: idx,
                crew: None,
            };
            for effect in &step.effects {
                targets.apply(effect, &mask, Some(behind));
            }
        }
        let progress = &mut rows_mut(&mut targets.progress)[idx];
        for l in 0..LANES {
            let now = verdict.rung[l] > 0.0;
            let deepest = math::max(progress.adopted[l], verdict.rung[l]);
            progress.adopted[l] = math::select(now, deepest, progress.adopted[l]);
            progress.rested[l] = math::select(now, 0.0, progress.rested[l]);
        }
    }
}
