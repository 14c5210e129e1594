//! How often: turns a scenario and a design into results, on all cores.
//!
//! Flow: [`design`] chooses points → [`sampling`] draws inputs → [`run()`] lets blocks happen in parallel and adds them up →
//! [`foedera_results`] keeps them, under the columns that [`layout`] describes. [`replay()`] tells one
//! replicate again. Knows no file format and no presentation.

pub mod again;
pub mod ask;
pub mod calibrate;
pub mod correlation;
pub mod counterfactual;
mod crew;
pub mod design;
pub mod error;
pub mod event;
pub mod expect;
pub mod health;
pub mod layout;
pub mod ledger;
pub mod moved;
pub mod needs;
mod parts;
pub mod quantity;
mod record;
pub mod replay;
pub mod run;
pub mod sampling;
pub mod stances;
pub mod structure;
pub mod study;
#[cfg(test)]
mod test_data;
pub mod ties;
pub mod until;

pub use ask::{Answers, ask};
pub use correlation::Repair;
pub use design::{Design, DesignError};
pub use error::EnsembleError;
pub use layout::BASE;
pub use replay::{History, Which, replay};
pub use run::{Before, Progress, Request, Silent, Summary, describe, run, run_on};
pub use sampling::{Sampler, quantile};
pub use study::{Arm, Findings, Inputs, Study};
