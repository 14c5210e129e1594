//! See the crate's description in docs/ARCHITECTURE.md.
