//! What one block of replicates leaves behind, as plain rows, and who takes it.
//!
//! Made by the ensemble from what the engine returns, taken by a [`Sink`] in the order of replicates.
//! Indices are those of the [`crate::layout::Layout`].

use crate::error::ResultsError;
use crate::sums::Sums;

/// One block of consecutive replicates under every arm.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockRecord {
    /// First replicate.
    pub first: u64,
    /// Number of replicates.
    pub n: usize,
    /// One for each arm, in the order of the layout.
    pub arms: Vec<ArmBlock>,
}

/// One block of replicates under one arm. Lanes are places in the block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArmBlock {
    /// Drawn inputs, `[input][lane]`.
    pub inputs: Vec<Vec<f32>>,
    /// Outcomes, `[outcome][lane]`; NaN where absent.
    pub outcomes: Vec<Vec<f32>>,
    /// A replicate's fault, if it failed, `[lane]`.
    pub faults: Vec<Option<FaultRow>>,
    /// Events, ordered by lane, then as they happened.
    pub events: Vec<EventRow>,
    /// Decisions, ordered by lane.
    pub decisions: Vec<DecisionRow>,
    /// Trajectories, `[measure][step][lane]`; empty unless asked for.
    pub trajectories: Vec<Vec<Vec<f32>>>,
}

/// Why a replicate failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultRow {
    /// Step.
    pub step: u32,
    /// Kind of fault.
    pub kind: u32,
}

/// One event; label indices may be [`crate::layout::NONE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRow {
    /// Place in the block.
    pub lane: u32,
    /// Step.
    pub step: u32,
    /// Kind of event.
    pub kind: u32,
    /// Label of what it is about.
    pub subject: u32,
    /// Label of the other side.
    pub object: u32,
    /// Label of a detail: the deciding term, the cause.
    pub detail: u32,
    /// Label of the state before.
    pub from: u32,
    /// Label of the state after.
    pub to: u32,
    /// A number that belongs to the kind.
    pub count: Option<u32>,
}

/// One tabling of one initiative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Place in the block.
    pub lane: u32,
    /// Step.
    pub step: u32,
    /// Initiative.
    pub initiative: u32,
    /// Rung adopted, if any.
    pub adopted: Option<u32>,
    /// Actor and deciding term of each blocker.
    pub blockers: Vec<(u32, u32)>,
    /// The actor without whose objection more would have passed.
    pub pivotal: Option<u32>,
}

/// Takes blocks in the order of replicates.
pub trait Sink {
    /// Takes one block.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError>;

    /// Replicates of a part, a multiple of any block: after each, at multiples of this number, [`Sink::end_part`] is
    /// called. By default a run is one part.
    fn part(&self) -> u64 {
        u64::MAX
    }

    /// Hears what is added up over all blocks up to the end of a part that has just been taken, and nothing beyond.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn end_part(&mut self, _sums: &Sums) -> Result<(), ResultsError> {
        Ok(())
    }
}

impl BlockRecord {
    /// The same block without the replicates below a number; `None` if nothing is left.
    #[must_use]
    pub fn since(&self, from: u64) -> Option<Self> {
        let skip = usize::try_from(from.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let n = self.n.checked_sub(skip).filter(|n| *n > 0)?;
        Some(Self {
            first: self.first + skip as u64,
            n,
            arms: self.arms.iter().map(|arm| arm.since_lane(skip)).collect(),
        })
    }
}

impl ArmBlock {
    fn since_lane(&self, skip: usize) -> Self {
        let lanes = |all: &Vec<Vec<f32>>| -> Vec<Vec<f32>> {
            let rest = all.iter().map(|lanes| lanes[skip..].to_vec());
            rest.collect()
        };
        let skipped = skip as u32;
        let events = self.events.iter().filter(|row| row.lane >= skipped);
        let decisions = self.decisions.iter().filter(|row| row.lane >= skipped);
        Self {
            inputs: lanes(&self.inputs),
            outcomes: lanes(&self.outcomes),
            faults: self.faults[skip..].to_vec(),
            events: events
                .map(|row| EventRow {
                    lane: row.lane - skipped,
                    ..*row
                })
                .collect(),
            decisions: decisions
                .map(|row| DecisionRow {
                    lane: row.lane - skipped,
                    ..row.clone()
                })
                .collect(),
            trajectories: self.trajectories.iter().map(lanes).collect(),
        }
    }
}

/// Takes blocks and keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discard;

impl Sink for Discard {
    fn block(&mut self, _record: &BlockRecord) -> Result<(), ResultsError> {
        Ok(())
    }
}
