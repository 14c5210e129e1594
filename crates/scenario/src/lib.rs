//! Reads and checks a scenario: text in, a [`model::Scenario`] out, or everything that is wrong with it.
//!
//! Flow: text → located tree → merge of `extends`, world and `--set` → decoding that gathers
//! diagnostics → [`model::Scenario`]. Knows no file system: texts come through a source that the
//! caller provides.

pub mod catalogue;
pub mod date;
pub mod leaf;
pub mod model;

pub use catalogue::{Catalogue, ParamSpec};
pub use date::{Month, Step, Time};
pub use leaf::{Confidence, Leaf, LeafInfo, Leaves};
pub use model::*;
