//! What goes into one block of replicates and what comes out of it.
//!
//! The ensemble hands a [`Block`] to an engine and reads a [`BlockOutcome`]; every array over lanes is
//! in the order of the block's replicates, and only the first `n` lanes hold replicates.

use foedera_scenario::{Leaf, PolicyIdx, Status};

use crate::lanes::{LANES, Lanes};

/// One block: up to 64 replicates of one policy.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    /// Seed of the run.
    pub seed: u64,
    /// First replicate; lane `l` holds replicate `first + l`.
    pub first: u64,
    /// Number of replicates, 1..=64; the other lanes run padded copies that are dropped.
    pub n: usize,
    /// Policy, or the base case.
    pub policy: Option<PolicyIdx>,
    /// Whether stances count.
    pub stances: bool,
    /// Drawn inputs: leaf and its value in each lane. Leaves not named keep their base value.
    pub inputs: &'a [(Leaf, Lanes)],
    /// How much is recorded.
    pub record: Record,
}

/// How much a block records beside outcomes, events, series and decision counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Record {
    /// The usual.
    #[default]
    Summary,
    /// Every decision with the value of each rung to each party, by term (`BlockOutcome::ledger`).
    Ledger,
}

/// What one block left behind.
#[derive(Debug, Clone, Default)]
pub struct BlockOutcome {
    /// Number of replicates.
    pub n: usize,
    /// Outcomes, in the order of the scenario's `outcomes`; NaN where absent (an event that did not happen).
    pub outcomes: Vec<Lanes>,
    /// Series, `[measure][step]`, measures in the order of `Program::measures`.
    pub series: Vec<Vec<Lanes>>,
    /// Events in the order (lane, step, order of happening).
    pub events: Vec<Event>,
    /// Decision counts, one entry for each lane × tabling; see [`Decision`].
    pub decisions: Vec<Decision>,
    /// Full ledger, if asked for, in the order (lane, step, initiative, rung, party).
    pub ledger: Vec<LedgerEntry>,
    /// A lane's trouble, if any: such a replicate counts as failed and is left out of every mean.
    pub faults: Vec<Option<Fault>>,
}

/// Something that happened in one replicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Lane.
    pub lane: u32,
    /// Step.
    pub step: u32,
    /// What.
    pub what: Happening,
}

/// What happened. Indices are those of the scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Happening {
    /// A shock fired.
    Shock {
        /// Shock.
        shock: u32,
    },
    /// A rung was adopted.
    Adopted {
        /// Initiative.
        initiative: u32,
        /// Rung.
        rung: u32,
        /// Number of parties that took part.
        parties: u32,
    },
    /// A recurring initiative was held.
    Held {
        /// Initiative.
        initiative: u32,
        /// Rung.
        rung: u32,
        /// Number of parties that took part.
        parties: u32,
        /// Whether everyone with a voice did.
        all: bool,
        /// The participant to whom it is worth most: its host.
        host: Option<u32>,
    },
    /// What a rung builds is complete.
    Completed {
        /// Initiative.
        initiative: u32,
        /// Rung.
        rung: u32,
    },
    /// What a rung was building was given up.
    Abandoned {
        /// Initiative.
        initiative: u32,
        /// Rung.
        rung: u32,
    },
    /// An organisation's forces were sent into an actor.
    Deployed {
        /// Organisation.
        org: u32,
        /// Where.
        actor: u32,
    },
    /// A bloc's presence in an actor grew or shrank.
    Base {
        /// Bloc.
        bloc: u32,
        /// Host.
        actor: u32,
        /// Whether it grew.
        opened: bool,
    },
    /// An initiative was tabled and failed.
    Blocked {
        /// Initiative.
        initiative: u32,
        /// The blocker with the largest loss.
        blocker: u32,
        /// Number of blockers.
        blockers: u32,
        /// Term that decided for that blocker.
        term: u32,
    },
    /// A sponsor paid a sole blocker.
    Paid {
        /// Initiative.
        initiative: u32,
        /// Who paid.
        payer: u32,
        /// Who was paid.
        actor: u32,
    },
    /// The rung that is adopted next went by base rates: the law did not foresee it (model error).
    Unforeseen {
        /// Initiative.
        initiative: u32,
        /// Rung.
        rung: u32,
    },
    /// A status changed.
    StatusChanged {
        /// Organisation.
        org: u32,
        /// Actor.
        actor: u32,
        /// Old status.
        from: Status,
        /// New status.
        to: Status,
        /// Why.
        cause: Cause,
    },
    /// A militarised dispute.
    Dispute {
        /// One actor.
        source: u32,
        /// The other actor.
        target: u32,
        /// Whether people died.
        lethal: bool,
    },
    /// A policy took effect.
    Policy {
        /// Policy.
        policy: u32,
    },
}

/// Why a status changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// An adopted initiative, a shock or a policy said so.
    Effect,
    /// The member left because the organisation was worth too little to it; the term that weighed most.
    Worth(u32),
    /// The member left by base rates: the law did not foresee it (model error).
    Unforeseen,
    /// An exclusive treaty forced a choice.
    Exclusive,
    /// A suspended member came back because the organisation paid again.
    Returned,
}

/// One tabling of an initiative in one replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Lane.
    pub lane: u32,
    /// Step.
    pub step: u32,
    /// Initiative.
    pub initiative: u32,
    /// Rung adopted, if any.
    pub adopted: Option<u32>,
    /// Everyone whose value of the lowest rung at stake lay below the threshold, with the deciding term.
    pub blockers: Vec<Blocker>,
    /// The actor without whose objection a deeper (or any) rung would have passed, if there is one.
    pub pivotal: Option<u32>,
}

/// One blocker of one tabling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocker {
    /// Actor.
    pub actor: u32,
    /// Term with the largest loss (index into `Term::ALL`, 7 = stance, 8 = chance, 9 = bilateral ties).
    pub term: u32,
    /// Its value of the rung it blocked `[utility]`.
    pub value: f32,
}

/// Value of one rung to one party at one tabling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LedgerEntry {
    /// Lane.
    pub lane: u32,
    /// Step.
    pub step: u32,
    /// Initiative.
    pub initiative: u32,
    /// Rung.
    pub rung: u32,
    /// Party.
    pub actor: u32,
    /// Change of utility by term, bilateral ties, stance and chance, in the order of [`DECIDING_TERMS`].
    pub parts: [f32; 10],
    /// Their sum: what the party decides by.
    pub value: f32,
}

/// Names of the parts of a party's value.
pub const DECIDING_TERMS: [&str; 10] = [
    "energy",
    "trade",
    "security",
    "affinity",
    "influence",
    "autonomy",
    "outside",
    "stance",
    "chance",
    "bilateral",
];

/// Why a replicate failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// Step.
    pub step: u32,
    /// What was not finite or out of bounds.
    pub what: FaultKind,
}

/// What went wrong in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A value was not finite.
    NotFinite,
    /// A value left its bounds.
    OutOfBounds,
    /// More events than the limit of a replicate.
    TooManyEvents,
}

/// A measure recorded at every step.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Path, `cohesion.SCO`, `cohesion.SCO.affinity`, `maturity.CSTO`, `driver.oil`.
    pub path: String,
    /// Title for charts.
    pub title: String,
    /// Unit, empty if dimensionless.
    pub unit: String,
    /// Smallest value of the histogram.
    pub low: f64,
    /// Largest value of the histogram.
    pub high: f64,
}

/// All replicates of a block fit this many lanes.
pub const BLOCK: usize = LANES;
