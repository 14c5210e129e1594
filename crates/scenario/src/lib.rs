//! Reads and checks a scenario: text in, a [`model::Scenario`] out, or everything that is wrong with it.
//!
//! Flow: text → located tree → merge of `extends`, world and `--set` → decoding that gathers
//! diagnostics → [`model::Scenario`]. Knows no file system: texts come through a source that the
//! caller provides.
//!
//! ```
//! use foedera_scenario::{Catalogue, Look, MemorySources, diagnostic, load};
//!
//! let sources = MemorySources::default().with("a.ron", "Scenario(titel: \"A\")");
//! let mistakes = load(&sources, "a.ron", &[], &Catalogue::EMPTY).unwrap_err();
//! let text = diagnostic::to_text(&mistakes, Look::Plain);
//! assert!(text.contains("unknown key `titel`") && text.contains("did you mean `title`?"));
//! ```

pub mod catalogue;
pub mod claim;
pub mod date;
mod decode;
pub mod diagnostic;
pub mod diff;
pub mod distribution;
pub mod fact;
pub mod leaf;
pub mod limits;
pub mod load;
mod merge;
pub mod model;
pub mod outcome_text;
mod outcome_time;
pub mod parse;
pub mod path;
pub mod reference;
pub mod source;
pub mod spec;
mod table;
pub mod text;
pub mod tree;
pub mod write;

pub use catalogue::{Catalogue, ParamSpec};
pub use claim::{Arm, Claim, Combine, Direction, Expectation, Quantity};
pub use date::{Month, Step, Time};
pub use diagnostic::{Diagnostic, Look, Severity};
pub use fact::Fact;
pub use leaf::{Confidence, Leaf, LeafInfo, Leaves};
pub use load::{Loaded, Override, TextFile, load, load_scenario_text};
pub use model::*;
pub use outcome_text::{Target, parse_outcome, parse_predicate, parse_target};
pub use source::{MemorySources, SourceError, Sources};
