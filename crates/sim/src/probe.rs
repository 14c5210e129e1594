//! What the outcomes of a scenario need: the state at a step, or the events of a replicate.
//!
//! A state outcome becomes a [`Probe`], read when its step has passed; an event outcome is counted from the
//! events at the end.

use foedera_scenario::{EventKind, Month, Outcome, Scenario, Status};

use crate::batch::{Event, Happening};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::membership;
use crate::program::Program;
use crate::state::{BlocTies, Cohesion, Driver, Levels, Party, Progress, Standing, Utility};

/// An outcome with the step at which it is read.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    /// Index among the outcomes.
    pub(crate) outcome: usize,
    /// Step after which the state is read.
    pub(crate) step: u32,
}

/// The month at which an outcome reads the state; none for event outcomes.
fn month_of(outcome: &Outcome) -> Option<Option<Month>> {
    match outcome {
        Outcome::Cohesion { at, .. }
        | Outcome::CohesionPart { at, .. }
        | Outcome::Maturity { at, .. }
        | Outcome::Implementation { at, .. }
        | Outcome::Level { at, .. }
        | Outcome::Count { at, .. }
        | Outcome::HasStatus { at, .. }
        | Outcome::Depth { at, .. }
        | Outcome::DriverLevel { at, .. }
        | Outcome::Affinity { at, .. }
        | Outcome::Trust { at, .. }
        | Outcome::Utility { at, .. }
        | Outcome::Antagonism { at, .. } => Some(*at),
        Outcome::Adopted { by, .. } => Some(*by),
        Outcome::BlockShare { .. } => Some(None),
        Outcome::TimeTo { .. } | Outcome::EventCount { .. } => None,
    }
}

/// The probes of a scenario.
pub(crate) fn probes(scenario: &Scenario) -> Vec<Probe> {
    let last = scenario.time.n_steps().saturating_sub(1);
    let probe = |(outcome, asked): (usize, &Outcome)| {
        let month = month_of(asked)?;
        let step = month.map_or(last, |month| scenario.time.step_of(month));
        Some(Probe { outcome, step: u32::try_from(step).expect("steps fit u32") })
    };
    scenario.outcomes.iter().enumerate().filter_map(probe).collect()
}

/// The columns that probes read.
pub(crate) struct Columns<'a> {
    pub(crate) plan: &'a Program,
    pub(crate) cohesion: &'a [Cohesion],
    pub(crate) levels: &'a [Levels],
    pub(crate) standing: &'a [Standing],
    pub(crate) progress: &'a [Progress],
    pub(crate) parties: &'a [Party],
    pub(crate) drivers: &'a [Driver],
    pub(crate) affinity: &'a [crate::state::Affinity],
    pub(crate) blocs: &'a [BlocTies],
    pub(crate) utilities: &'a [Utility],
    pub(crate) inputs: &'a crate::state::Inputs,
}

impl Columns<'_> {
    /// Reads one outcome from the state.
    pub(crate) fn read(&self, outcome: &Outcome) -> Lanes {
        match outcome {
            Outcome::Cohesion { org, .. } => self.cohesion[*org].index,
            Outcome::CohesionPart { org, part, .. } => self.cohesion[*org].parts[*part as usize],
            Outcome::Maturity { org, .. } => self.cohesion[*org].maturity,
            Outcome::Implementation { org, .. } => self.cohesion[*org].implementation,
            Outcome::Level { org, element, .. } => self.levels[*org].built[*element],
            Outcome::Antagonism { org, bloc, .. } => self.cohesion[*org].antagonism[*bloc],
            Outcome::DriverLevel { driver, .. } => self.drivers[*driver].level,
            Outcome::Trust { actor, bloc, .. } => self.blocs[*actor].trust[*bloc],
            Outcome::Affinity { source, target, .. } => {
                if source == target { Lanes::ONE } else { self.affinity[self.plan.dyad(*source, *target)].value }
            }
            Outcome::Count { org, status, .. } => self.count(*org, *status),
            Outcome::HasStatus { actor, org, status, .. } => self.has_status(*actor, *org, *status),
            Outcome::Adopted { initiative, rung, .. } => {
                let needed = (*rung + 1) as f32;
                self.progress[*initiative].adopted.map(|adopted| math::indicator(adopted >= needed))
            }
            Outcome::Depth { initiative, .. } => self.depth(*initiative),
            Outcome::BlockShare { initiative, actor } => self.block_share(*initiative, *actor),
            Outcome::Utility { actor, org, term, .. } => {
                self.plan.seat(*org, *actor).map_or(Lanes::ZERO, |row| match term {
                    Some(term) => self.utilities[row].terms[*term as usize],
                    None => self.utilities[row].total,
                })
            }
            Outcome::TimeTo { .. } | Outcome::EventCount { .. } => Lanes::ZERO,
        }
    }

    fn count(&self, org: usize, status: Status) -> Lanes {
        let wanted = membership::code(status);
        let mut sum = Lanes::ZERO;
        for row in self.plan.organisations[org].seats.clone() {
            sum.update_with(&self.standing[row].status, |sum, status| sum + math::indicator(status == wanted));
        }
        sum
    }

    fn has_status(&self, actor: usize, org: usize, status: Status) -> Lanes {
        let wanted = membership::code(status);
        let Some(row) = self.plan.seat(org, actor) else {
            return Lanes::splat(math::indicator(status == Status::Outsider));
        };
        self.standing[row].status.map(|has| {
            if status == Status::Suspended {
                math::indicator(has == wanted)
            } else {
                math::indicator(membership::standing(has) >= wanted)
            }
        })
    }

    fn depth(&self, initiative: usize) -> Lanes {
        let ladder = &self.plan.scenario.initiatives[initiative].ladder;
        let adopted = &self.progress[initiative].adopted;
        Lanes::from_fn(|l| match adopted[l] as usize {
            0 => 0.0,
            rung => self.inputs.get(ladder[rung - 1].depth)[l],
        })
    }

    /// Share of tablings that an actor stood in the way of; absent if there was none.
    fn block_share(&self, initiative: usize, actor: usize) -> Lanes {
        let tabled = &self.progress[initiative].tabled;
        let mut parties = self.plan.initiatives[initiative].parties.clone();
        let Some(row) = parties.find(|&row| self.plan.parties[row].actor == actor) else {
            return Lanes::splat(f32::NAN);
        };
        let blocked = &self.parties[row].blocked;
        Lanes::from_fn(|l| if tabled[l] > 0.0 { blocked[l] / tabled[l] } else { f32::NAN })
    }
}

/// Event outcomes of every lane.
pub(crate) fn from_events(program: &Program, events: &[Event], outcome: &Outcome) -> Option<Lanes> {
    let scenario = &program.scenario;
    let years = scenario.time.years_per_step() as f32;
    match outcome {
        Outcome::TimeTo { event } => {
            let mut out = Lanes::splat(f32::NAN);
            for happened in events.iter().filter(|happened| matches(program, event, &happened.what, happened, events)) {
                let at = &mut out[happened.lane as usize];
                let time = (happened.step + 1) as f32 * years;
                if at.is_nan() || time < *at {
                    *at = time;
                }
            }
            Some(out)
        }
        Outcome::EventCount { event, by } => {
            let last = by.map_or(scenario.time.n_steps(), |month| scenario.time.step_of(month) + 1);
            let mut out = Lanes::ZERO;
            for happened in events.iter().filter(|happened| (happened.step as usize) < last) {
                if matches(program, event, &happened.what, happened, events) {
                    out[happened.lane as usize] += 1.0;
                }
            }
            debug_assert!(out.iter().take(LANES).all(|count| count.is_finite()));
            Some(out)
        }
        _ => None,
    }
}

/// Whether something that happened is of the kind asked for.
fn matches(program: &Program, event: &EventKind, what: &Happening, happened: &Event, events: &[Event]) -> bool {
    let same = |asked: usize, found: u32| asked == found as usize;
    match (event, what) {
        (EventKind::Adoption { initiative, rung }, Happening::Adopted { initiative: of, rung: reached, .. }) => {
            same(*initiative, *of) && *reached as usize >= *rung
        }
        (EventKind::Withdrawal { org, actor }, Happening::StatusChanged { org: of, actor: who, from, to, .. }) => {
            let left = matches!(from, Status::Member | Status::Suspended) && !matches!(to, Status::Member | Status::Suspended);
            same(*org, *of) && actor.is_none_or(|actor| same(actor, *who)) && left
        }
        (EventKind::Suspension { org, actor }, Happening::StatusChanged { org: of, actor: who, to, .. }) => {
            same(*org, *of) && actor.is_none_or(|actor| same(actor, *who)) && *to == Status::Suspended
        }
        (EventKind::Accession { org, actor }, Happening::StatusChanged { org: of, actor: who, from, to, .. }) => {
            let joined = *to == Status::Member && *from != Status::Suspended;
            same(*org, *of) && actor.is_none_or(|actor| same(actor, *who)) && joined
        }
        (EventKind::Dispute { pair, org, lethal }, Happening::Dispute { source, target, lethal: died }) => {
            let named = pair.is_none_or(|(one, other)| {
                (same(one, *source) && same(other, *target)) || (same(one, *target) && same(other, *source))
            });
            let inside = org.is_none_or(|org| {
                [source, target].into_iter().all(|who| is_member(program, org, *who as usize, happened, events))
            });
            named && inside && (*died || !lethal)
        }
        (EventKind::Shock { shock }, Happening::Shock { shock: fired }) => same(*shock, *fired),
        _ => false,
    }
}

/// Whether an actor was a full member when something happened: its start, changed by what happened before it.
fn is_member(program: &Program, org: usize, actor: usize, happened: &Event, events: &[Event]) -> bool {
    let start = program.seat(org, actor).map_or(Status::Outsider, |row| program.seats[row].status);
    let mut status = start;
    let earlier = events.iter().take_while(|before| !std::ptr::eq(*before, happened));
    for before in earlier.filter(|before| before.lane == happened.lane) {
        if let Happening::StatusChanged { org: of, actor: who, to, .. } = before.what
            && of as usize == org
            && who as usize == actor
        {
            status = to;
        }
    }
    status == Status::Member
}
