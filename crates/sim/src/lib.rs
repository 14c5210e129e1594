//! What happens: lets one block of replicates of one scenario happen, deterministically.
//!
//! The only user of `bevy_ecs`. Flow: [`foedera_scenario::Scenario`] → [`Program`] (compiled once) →
//! [`Engine`] (one for each worker, reused) → [`batch::BlockOutcome`]. Knows no threads, clock, files.

pub mod batch;
pub mod isa;
pub mod lanes;
pub mod math;
pub mod rng;

use std::sync::Arc;

pub use batch::{Block, BlockOutcome, Measure, Record};
use foedera_scenario::{Catalogue, Scenario};
pub use isa::Isa;

/// Every parameter of the law, declared by the mechanisms.
pub fn catalogue() -> Catalogue {
    Catalogue { params: &[] }
}

/// A scenario compiled for the engine.
#[derive(Debug)]
pub struct Program {
    measures: Vec<Measure>,
}

impl Program {
    /// Compiles a scenario.
    pub fn new(_scenario: Arc<Scenario>) -> Self {
        Self { measures: Vec::new() }
    }

    /// The measures recorded at every step.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }
}

/// One worker's world and schedule.
#[derive(Debug)]
pub struct Engine {
    _isa: Isa,
}

impl Engine {
    /// Builds the world of a program.
    pub fn new(_program: &Arc<Program>, isa: Isa) -> Self {
        Self { _isa: isa }
    }

    /// Lets one block happen.
    pub fn run(&mut self, _block: &Block<'_>) -> BlockOutcome {
        BlockOutcome::default()
    }
}
