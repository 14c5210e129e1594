//! What is left: holds what runs leave behind, adds it up exactly, stores it, and says where it came from.
//!
//! Flow: blocks of rows ([`record`]) → exact sums and counts ([`aggregates`], [`series`]) and files
//! ([`output`]) → [`open`]; what analyses conclude goes into an [`analysis_table`]. Knows columns by a
//! [`layout`] and nothing of what they mean.

pub mod aggregates;
pub mod analysis_table;
pub mod decision;
pub mod design;
pub mod digits;
pub mod error;
pub mod exact;
pub mod histogram;
pub mod interval;
pub mod layout;
pub mod manifest;
pub mod open;
pub mod outcome;
pub mod output;
pub mod record;
pub mod series;
pub mod special;
pub mod sums;
#[cfg(test)]
mod test_data;
pub mod verdict;

pub use aggregates::Aggregates;
pub use analysis_table::{AnalysisTable, Provenance};
pub use design::Design;
pub use error::ResultsError;
pub use interval::Estimate;
pub use layout::Layout;
pub use manifest::Manifest;
pub use open::Results;
pub use output::{RunWriter, WriteOptions};
pub use record::{BlockRecord, Discard, Sink};
pub use series::{SeriesAggregates, SeriesStore};
pub use sums::Sums;
pub use verdict::Verdict;
