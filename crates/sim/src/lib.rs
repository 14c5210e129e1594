//! What happens: lets one block of replicates of one scenario happen, deterministically.
//!
//! The only user of `bevy_ecs`. Flow: [`foedera_scenario::Scenario`] → [`Program`] (compiled once) →
//! [`Engine`] (one for each worker, reused) → [`batch::BlockOutcome`]. Knows no threads, clock, files.

#![expect(
    clippy::float_cmp,
    reason = "masks and status codes are small whole numbers, compared exactly"
)]

mod appraisal;
pub mod batch;
mod columns;
mod company;
mod engine;
pub mod isa;
mod laned;
pub mod lanes;
pub mod math;
mod measures;
pub mod mechanisms;
mod moment;
mod probe;
mod program;
mod purpose;
pub mod reference;
pub mod rng;
pub mod rules;
mod state;
mod step;
pub mod structure;
pub mod submodels;
mod systems;

pub use batch::{Block, BlockOutcome, Measure, Record};
pub use engine::Engine;
pub use isa::Isa;
pub use mechanisms::catalogue;
pub use moment::Moment;
pub use program::Program;
