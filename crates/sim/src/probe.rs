//! What the outcomes of a scenario need: the state at a step, or the events of a replicate.
//!
//! A state outcome becomes a [`Probe`], read when its step has passed; an event outcome is counted from the
//! events at the end.

use foedera_scenario::{EventKind, Month, Outcome, Scenario, Status};

use crate::batch::{Event, Happening};
use crate::lanes::Lanes;
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
        Some(Probe {
            outcome,
            step: u32::try_from(step).expect("steps fit u32"),
        })
    };
    scenario
        .outcomes
        .iter()
        .enumerate()
        .filter_map(probe)
        .collect()
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
                if source == target {
                    Lanes::ONE
                } else {
                    self.affinity[self.plan.dyad(*source, *target)].value
                }
            }
            Outcome::Count { org, status, .. } => self.count(*org, *status),
            Outcome::HasStatus {
                actor, org, status, ..
            } => self.has_status(*actor, *org, *status),
            Outcome::Adopted {
                initiative, rung, ..
            } => {
                let needed = (*rung + 1) as f32;
                self.progress[*initiative]
                    .adopted
                    .map(|adopted| math::indicator(adopted >= needed))
            }
            Outcome::Depth { initiative, .. } => self.depth(*initiative),
            Outcome::BlockShare { initiative, actor } => self.block_share(*initiative, *actor),
            Outcome::Utility {
                actor, org, term, ..
            } => self
                .plan
                .seat(*org, *actor)
                .map_or(Lanes::ZERO, |row| match term {
                    Some(term) => self.utilities[row].terms[*term as usize],
                    None => self.utilities[row].total,
                }),
            Outcome::TimeTo { .. } | Outcome::EventCount { .. } => Lanes::ZERO,
        }
    }

    fn count(&self, org: usize, status: Status) -> Lanes {
        let wanted = membership::code(status);
        let mut sum = Lanes::ZERO;
        for row in self.plan.organisations[org].seats.clone() {
            sum.update_with(&self.standing[row].status, |sum, status| {
                sum + math::indicator(status == wanted)
            });
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
        Lanes::from_fn(|l| {
            if tabled[l] > 0.0 {
                blocked[l] / tabled[l]
            } else {
                f32::NAN
            }
        })
    }
}

/// Fills in the event outcomes of every lane from events in the order (lane, step, order of happening).
pub(crate) fn count_events(program: &Program, events: &[Event], outcomes: &mut [Lanes]) {
    let scenario = &program.scenario;
    let years = scenario.time.years_per_step() as f32;
    let questions = questions(scenario, outcomes);
    let mut roll = Roll::new(program, &questions);
    for event in events {
        let Some(theme) = Theme::of_happening(&event.what) else {
            continue;
        };
        roll.turn_to(event.lane);
        for question in &questions[theme as usize] {
            let due = (event.step as usize) < question.until;
            if !due || !matches(question.event, &event.what, &roll) {
                continue;
            }
            let out = &mut outcomes[question.outcome][event.lane as usize];
            let time = (event.step + 1) as f32 * years;
            if question.counts {
                *out += 1.0;
            } else if out.is_nan() || time < *out {
                *out = time;
            }
        }
        roll.note(&event.what);
    }
}

/// An outcome that asks for events.
struct Question<'a> {
    outcome: usize,
    event: &'a EventKind,
    /// Whether events are counted; else the first one is timed.
    counts: bool,
    /// First step that no longer counts.
    until: usize,
}

/// What an event is about: an outcome need look at events of its theme only.
#[derive(Clone, Copy)]
enum Theme {
    Adoption,
    Status,
    Dispute,
    Shock,
}

impl Theme {
    fn of_question(event: &EventKind) -> Self {
        match event {
            EventKind::Adoption { .. } => Self::Adoption,
            EventKind::Withdrawal { .. }
            | EventKind::Suspension { .. }
            | EventKind::Accession { .. } => Self::Status,
            EventKind::Dispute { .. } => Self::Dispute,
            EventKind::Shock { .. } => Self::Shock,
        }
    }

    fn of_happening(what: &Happening) -> Option<Self> {
        match what {
            Happening::Adopted { .. } => Some(Self::Adoption),
            Happening::StatusChanged { .. } => Some(Self::Status),
            Happening::Dispute { .. } => Some(Self::Dispute),
            Happening::Shock { .. } => Some(Self::Shock),
            Happening::Blocked { .. } | Happening::Paid { .. } | Happening::Policy { .. } => None,
        }
    }
}

/// The event outcomes by theme; sets each to what it is without any event.
fn questions<'a>(scenario: &'a Scenario, outcomes: &mut [Lanes]) -> [Vec<Question<'a>>; 4] {
    let mut questions = [const { Vec::new() }; 4];
    for (outcome, asked) in scenario.outcomes.iter().enumerate() {
        let n_steps = scenario.time.n_steps();
        let (event, counts, until) = match asked {
            Outcome::TimeTo { event } => (event, false, n_steps),
            Outcome::EventCount { event, by } => (
                event,
                true,
                by.map_or(n_steps, |month| scenario.time.step_of(month) + 1),
            ),
            _ => continue,
        };
        outcomes[outcome] = Lanes::splat(if counts { 0.0 } else { f32::NAN });
        questions[Theme::of_question(event) as usize].push(Question {
            outcome,
            event,
            counts,
            until,
        });
    }
    questions
}

/// Who is a member of what in the replicate whose events are being read.
struct Roll<'a> {
    program: &'a Program,
    /// Status of every seat.
    statuses: Vec<Status>,
    lane: u32,
    /// Whether any outcome asks who is a member.
    kept: bool,
}

impl<'a> Roll<'a> {
    fn new(program: &'a Program, questions: &[Vec<Question<'_>>; 4]) -> Self {
        let asks = |question: &Question<'_>| {
            matches!(question.event, EventKind::Dispute { org: Some(_), .. })
        };
        let statuses = program.seats.iter().map(|seat| seat.status).collect();
        Self {
            program,
            statuses,
            lane: 0,
            kept: questions.iter().flatten().any(asks),
        }
    }

    /// Starts anew with every replicate.
    fn turn_to(&mut self, lane: u32) {
        if lane != self.lane && self.kept {
            for (status, seat) in self.statuses.iter_mut().zip(&self.program.seats) {
                *status = seat.status;
            }
        }
        self.lane = lane;
    }

    /// Notes a change of status.
    fn note(&mut self, what: &Happening) {
        if let Happening::StatusChanged { org, actor, to, .. } = what
            && let Some(row) = self.program.seat(*org as usize, *actor as usize)
        {
            self.statuses[row] = *to;
        }
    }

    fn is_member(&self, org: usize, actor: usize) -> bool {
        self.program
            .seat(org, actor)
            .is_some_and(|row| self.statuses[row] == Status::Member)
    }
}

/// Whether something that happened is of the kind asked for.
fn matches(event: &EventKind, what: &Happening, roll: &Roll<'_>) -> bool {
    let same = |asked: usize, found: u32| asked == found as usize;
    match (event, what) {
        (
            EventKind::Adoption { initiative, rung },
            Happening::Adopted {
                initiative: of,
                rung: reached,
                ..
            },
        ) => same(*initiative, *of) && *reached as usize >= *rung,
        (
            _,
            Happening::StatusChanged {
                org,
                actor,
                from,
                to,
                ..
            },
        ) => changes_status(event, *org as usize, *actor as usize, (*from, *to)),
        (
            EventKind::Dispute { pair, org, lethal },
            Happening::Dispute {
                source,
                target,
                lethal: died,
            },
        ) => {
            let named = pair.is_none_or(|(one, other)| {
                (same(one, *source) && same(other, *target))
                    || (same(one, *target) && same(other, *source))
            });
            let inside = org.is_none_or(|org| {
                [source, target]
                    .into_iter()
                    .all(|who| roll.is_member(org, *who as usize))
            });
            named && inside && (*died || !lethal)
        }
        (EventKind::Shock { shock }, Happening::Shock { shock: fired }) => same(*shock, *fired),
        _ => false,
    }
}

/// Whether a change of status is a departure, a suspension or an accession as asked for.
fn changes_status(
    event: &EventKind,
    org: usize,
    actor: usize,
    (from, to): (Status, Status),
) -> bool {
    let is_in = |status: Status| matches!(status, Status::Member | Status::Suspended);
    let (of, who, fits) = match event {
        EventKind::Withdrawal { org, actor } => (org, actor, is_in(from) && !is_in(to)),
        EventKind::Suspension { org, actor } => (org, actor, to == Status::Suspended),
        EventKind::Accession { org, actor } => (
            org,
            actor,
            to == Status::Member && from != Status::Suspended,
        ),
        EventKind::Adoption { .. } | EventKind::Dispute { .. } | EventKind::Shock { .. } => {
            return false;
        }
    };
    fits && *of == org && who.is_none_or(|who| who == actor)
}
