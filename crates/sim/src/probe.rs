//! What the outcomes of a scenario need: the state at a step, or the events of a replicate.
//!
//! A state outcome becomes a [`Probe`], read when its step has passed; an event outcome is counted from the
//! events at the end.

use foedera_scenario::{ActorKind, EventKind, Month, Outcome, Scenario, Status, Time};

use crate::batch::{Event, Happening};
use crate::fact::Reading;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::membership;
use crate::program::Program;
use crate::purpose;
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
        | Outcome::Presence { at, .. }
        | Outcome::Utility { at, .. }
        | Outcome::Antagonism { at, .. }
        | Outcome::State { at, .. } => Some(*at),
        Outcome::Adopted { by, .. } | Outcome::TookPart { by, .. } => Some(*by),
        Outcome::BlockShare { .. } | Outcome::ParticipationShare { .. } => Some(None),
        Outcome::TimeTo { .. }
        | Outcome::EventCount { .. }
        | Outcome::Happened { .. }
        | Outcome::Completed { .. } => None,
        // Never atoms: they are computed from what their atoms come to.
        Outcome::Constant(_)
        | Outcome::Any { .. }
        | Outcome::All { .. }
        | Outcome::AtLeast { .. }
        | Outcome::Not { .. }
        | Outcome::Compare { .. }
        | Outcome::Computed { .. } => None,
    }
}

/// The outcomes that are read or counted by themselves: those of the scenario, or the parts of those
/// that are made of others, in order.
pub(crate) fn atoms(scenario: &Scenario) -> Vec<Outcome> {
    let asked = scenario.outcomes.iter().flat_map(Outcome::atoms);
    asked.cloned().collect()
}

/// The scenario's outcomes in one replicate from the values of its atoms.
pub(crate) fn combine(scenario: &Scenario, atoms: impl IntoIterator<Item = f32>) -> Vec<f32> {
    let mut atoms = atoms.into_iter().map(f64::from);
    let outcomes = scenario.outcomes.iter();
    outcomes
        .map(|outcome| outcome.evaluate(&mut atoms) as f32)
        .collect()
}

/// The same in every lane. Atoms are handed on as they are where no outcome is made of others.
pub(crate) fn combine_lanes(scenario: &Scenario, atoms: Vec<Lanes>) -> Vec<Lanes> {
    if !scenario.outcomes.iter().any(Outcome::is_combined) {
        return atoms;
    }
    let mut combined = vec![Lanes::ZERO; scenario.outcomes.len()];
    for l in 0..LANES {
        let values = combine(scenario, atoms.iter().map(|lanes| lanes[l]));
        for (lanes, value) in combined.iter_mut().zip(values) {
            lanes[l] = value;
        }
    }
    combined
}

/// The probes of a scenario.
pub(crate) fn probes(scenario: &Scenario, atoms: &[Outcome]) -> Vec<Probe> {
    let last = scenario.time.n_steps().saturating_sub(1);
    let probe = |(outcome, asked): (usize, &Outcome)| {
        let month = month_of(asked)?;
        let step = month.map_or(last, |month| scenario.time.step_of(month));
        Some(Probe {
            outcome,
            step: u32::try_from(step).expect("steps fit u32"),
        })
    };
    atoms.iter().enumerate().filter_map(probe).collect()
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
    pub(crate) state: Reading<'a>,
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
            Outcome::Presence { actor, bloc, .. } => self.blocs[*actor].presence[*bloc],
            Outcome::Affinity { source, target, .. } => {
                if source == target {
                    Lanes::ONE
                } else {
                    self.affinity[self.plan.dyad(*source, *target)].value
                }
            }
            Outcome::State { of, .. } => self.state.read(of),
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
            Outcome::TookPart {
                initiative, actor, ..
            } => self
                .party(*initiative, *actor)
                .map_or(Lanes::ZERO, |party| {
                    party.took.map(|took| math::indicator(took > 0.0))
                }),
            Outcome::ParticipationShare { initiative, actor } => {
                self.participation(*initiative, *actor)
            }
            Outcome::TimeTo { .. }
            | Outcome::EventCount { .. }
            | Outcome::Happened { .. }
            | Outcome::Completed { .. }
            | Outcome::Constant(_)
            | Outcome::Any { .. }
            | Outcome::All { .. }
            | Outcome::AtLeast { .. }
            | Outcome::Not { .. }
            | Outcome::Compare { .. }
            | Outcome::Computed { .. } => Lanes::ZERO,
        }
    }

    fn count(&self, org: usize, status: Status) -> Lanes {
        let wanted = membership::code(status);
        let mut sum = Lanes::ZERO;
        let world = &self.plan.scenario.world;
        let counts = world.organisations[org].counts_others(&self.plan.scenario.leaves);
        if counts {
            sum = self.counted(org, status);
        }
        for row in self.plan.organisations[org].seats.clone() {
            let kind = world.actors[self.plan.seats[row].actor].kind;
            if counts && status == Status::Member && kind == ActorKind::Collective {
                continue;
            }
            sum.update_with(&self.standing[row].status, |sum, status| {
                sum + math::indicator(status == wanted)
            });
        }
        sum
    }

    /// Members or candidates that are no actors.
    fn counted(&self, org: usize, status: Status) -> Lanes {
        let spec = &self.plan.scenario.world.organisations[org];
        let clock = self.state.clock;
        let years = (clock.step + 1) as f32 * clock.years;
        let mut acceded = Lanes::ZERO;
        for candidate in 0..spec.counted_candidates {
            let mut uniform = Lanes::ZERO;
            let (place, number) = (u32::from(candidate), u32::from(spec.number));
            let keys = &self.state.keys.0;
            keys.fill_uniforms(purpose::COUNTED, place, number, &mut uniform);
            let rate = self.inputs.get(spec.counted_accession_per_year);
            for l in 0..LANES {
                acceded[l] += membership::acceded(uniform[l], rate[l], years);
            }
        }
        let all = f32::from(spec.counted_candidates);
        match status {
            Status::Member => {
                acceded.zip(self.inputs.get(spec.counted_seats), |new, old| new + old)
            }
            Status::Candidate => acceded.map(|acceded| all - acceded),
            _ => Lanes::ZERO,
        }
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

    /// An actor's part in an initiative, if it may have a voice.
    fn party(&self, initiative: usize, actor: usize) -> Option<&Party> {
        let mut rows = self.plan.initiatives[initiative].parties.clone();
        rows.find(|&row| self.plan.parties[row].actor == actor)
            .map(|row| &self.parties[row])
    }

    /// Share of adoptions or holdings in which an actor, or the mean actor, took part; absent if there was none.
    fn participation(&self, initiative: usize, actor: Option<usize>) -> Lanes {
        let progress = &self.progress[initiative];
        let took = match actor {
            None => &progress.shares,
            Some(actor) => self
                .party(initiative, actor)
                .map_or(&Lanes::ZERO, |party| &party.took),
        };
        Lanes::from_fn(|l| {
            if progress.held[l] > 0.0 {
                took[l] / progress.held[l]
            } else {
                f32::NAN
            }
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
    let questions = questions(program, outcomes);
    let mut roll = Roll::new(program, &questions);
    for event in events {
        let Some(theme) = Theme::of_happening(&event.what) else {
            continue;
        };
        roll.turn_to(event.lane);
        for question in &questions[theme as usize] {
            let due = question.during.contains(&(event.step as usize));
            if !due || !matches(&question.event, &event.what, &roll) {
                continue;
            }
            let out = &mut outcomes[question.outcome][event.lane as usize];
            let time = (event.step + 1) as f32 * years;
            match question.asks {
                Asks::Count => *out += 1.0,
                Asks::Whether => *out = 1.0,
                Asks::Time if out.is_nan() || time < *out => *out = time,
                Asks::Time => {}
            }
        }
        roll.note(&event.what);
    }
}

/// An outcome that asks for events.
struct Question {
    outcome: usize,
    event: EventKind,
    asks: Asks,
    /// Steps whose events count.
    during: std::ops::Range<usize>,
}

/// What is asked of events.
#[derive(Clone, Copy)]
enum Asks {
    /// How many there are.
    Count,
    /// When the first one is.
    Time,
    /// Whether there is any.
    Whether,
}

/// What an event is about: an outcome need look at events of its theme only.
#[derive(Clone, Copy)]
enum Theme {
    Adoption,
    Status,
    Dispute,
    Payment,
    Shock,
    Forces,
}

/// Number of themes.
const THEMES: usize = 6;

impl Theme {
    fn of_question(event: &EventKind) -> Self {
        match event {
            EventKind::Adoption { .. }
            | EventKind::Completion { .. }
            | EventKind::Abandonment { .. }
            | EventKind::Holding { .. } => Self::Adoption,
            EventKind::Withdrawal { .. }
            | EventKind::Suspension { .. }
            | EventKind::Accession { .. }
            | EventKind::StatusGained { .. } => Self::Status,
            EventKind::Dispute { .. } => Self::Dispute,
            EventKind::Payment { .. } => Self::Payment,
            EventKind::Shock { .. } => Self::Shock,
            EventKind::Deployment { .. } | EventKind::Base { .. } => Self::Forces,
        }
    }

    fn of_happening(what: &Happening) -> Option<Self> {
        match what {
            Happening::Adopted { .. }
            | Happening::Completed { .. }
            | Happening::Abandoned { .. }
            | Happening::Held { .. } => Some(Self::Adoption),
            Happening::StatusChanged { .. } => Some(Self::Status),
            Happening::Dispute { .. } => Some(Self::Dispute),
            Happening::Shock { .. } => Some(Self::Shock),
            Happening::Deployed { .. } | Happening::Base { .. } => Some(Self::Forces),
            Happening::Paid { .. } => Some(Self::Payment),
            Happening::Blocked { .. } | Happening::Unforeseen { .. } | Happening::Policy { .. } => {
                None
            }
        }
    }
}

/// The event outcomes by theme; sets each to what it is without any event.
fn questions(program: &Program, outcomes: &mut [Lanes]) -> [Vec<Question>; THEMES] {
    let mut questions = [const { Vec::new() }; THEMES];
    let time = &program.scenario.time;
    for (outcome, asked) in program.atoms.iter().enumerate() {
        let (event, asks, during) = match asked {
            Outcome::TimeTo { event } => (event.clone(), Asks::Time, 0..time.n_steps()),
            Outcome::EventCount { event, from, by } => {
                (event.clone(), Asks::Count, during(time, *from, *by))
            }
            Outcome::Happened { event, from, by } => {
                (event.clone(), Asks::Whether, during(time, *from, *by))
            }
            Outcome::Completed {
                initiative,
                rung,
                by,
            } => {
                let (initiative, rung) = (*initiative, *rung);
                let event = EventKind::Completion { initiative, rung };
                (event, Asks::Whether, during(time, None, *by))
            }
            _ => continue,
        };
        outcomes[outcome] = Lanes::splat(match asks {
            Asks::Count | Asks::Whether => 0.0,
            Asks::Time => f32::NAN,
        });
        questions[Theme::of_question(&event) as usize].push(Question {
            outcome,
            event,
            asks,
            during,
        });
    }
    questions
}

/// Steps between two months, both included.
pub(crate) fn during(
    time: &Time,
    from: Option<Month>,
    by: Option<Month>,
) -> std::ops::Range<usize> {
    let first = from.map_or(0, |month| time.step_of(month));
    first..by.map_or(time.n_steps(), |month| time.step_of(month) + 1)
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
    fn new(program: &'a Program, questions: &[Vec<Question>; THEMES]) -> Self {
        let asks =
            |question: &Question| matches!(question.event, EventKind::Dispute { org: Some(_), .. });
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
            EventKind::Completion { .. }
            | EventKind::Abandonment { .. }
            | EventKind::Holding { .. },
            _,
        ) => is_done(event, what, roll.program),
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
            let between = (*source as usize, *target as usize);
            is_between(*pair, *org, between, roll) && (*died || !lethal)
        }
        (
            EventKind::Payment { initiative, actor },
            Happening::Paid {
                initiative: of,
                actor: paid,
                ..
            },
        ) => {
            initiative.is_none_or(|initiative| same(initiative, *of))
                && actor.is_none_or(|actor| same(actor, *paid))
        }
        (EventKind::Shock { shock }, Happening::Shock { shock: fired }) => same(*shock, *fired),
        (EventKind::Deployment { org, actor }, Happening::Deployed { org: of, actor: to }) => {
            same(*org, *of) && actor.is_none_or(|actor| same(actor, *to))
        }
        (
            EventKind::Base {
                bloc,
                actor,
                opened,
            },
            Happening::Base {
                bloc: of,
                actor: host,
                opened: grew,
            },
        ) => same(*bloc, *of) && actor.is_none_or(|actor| same(actor, *host)) && opened == grew,
        _ => false,
    }
}

/// Whether a dispute is between the pair asked for, inside the organisation asked for.
fn is_between(
    pair: Option<(usize, usize)>,
    org: Option<usize>,
    (source, target): (usize, usize),
    roll: &Roll<'_>,
) -> bool {
    let named = pair.is_none_or(|pair| pair == (source, target) || pair == (target, source));
    let inside = |org| roll.is_member(org, source) && roll.is_member(org, target);
    named && org.is_none_or(inside)
}

/// Whether something was completed, given up or held as asked for; what takes no time to build is complete when adopted.
fn is_done(event: &EventKind, what: &Happening, program: &Program) -> bool {
    let same =
        |asked: (usize, usize), found: (u32, u32)| asked == (found.0 as usize, found.1 as usize);
    match (event, *what) {
        (
            EventKind::Completion { initiative, rung },
            Happening::Completed {
                initiative: of,
                rung: found,
            },
        )
        | (
            EventKind::Abandonment { initiative, rung },
            Happening::Abandoned {
                initiative: of,
                rung: found,
            },
        ) => same((*initiative, *rung), (of, found)),
        (
            EventKind::Completion { initiative, rung },
            Happening::Adopted {
                initiative: of,
                rung: reached,
                ..
            },
        ) => {
            let at_once = program.initiatives[*initiative].sites[*rung].is_none();
            at_once && *initiative == of as usize && reached as usize >= *rung
        }
        (
            EventKind::Holding {
                initiative,
                rung,
                all,
            },
            Happening::Held {
                initiative: of,
                rung: found,
                all: everybody,
                ..
            },
        ) => *initiative == of as usize && found as usize >= *rung && (everybody || !all),
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
        EventKind::StatusGained { org, actor, status } => (org, actor, rises_to(from, to, *status)),
        _ => return false,
    };
    fits && *of == org && who.is_none_or(|who| who == actor)
}

/// Whether a change of status reaches a status from below it.
pub(crate) fn rises_to(from: Status, to: Status, status: Status) -> bool {
    if status == Status::Suspended {
        return to == status && from != status;
    }
    let rank = |status: Status| membership::standing(membership::code(status));
    rank(to) >= rank(status) && rank(from) < rank(status)
}
