//! What must hold for every scenario: the same bits however replicates are laid out and rows are ordered,
//! nothing from what does nothing, closed forms without chance, and soundness on thousands of random worlds.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read files and compare with the standard library"
)]

mod agenda;
mod closed_form;
mod forces;
mod growth;
mod layout;
mod moment;
mod nothing;
mod order;
mod pace;
mod soundness;
mod symmetry;
mod treaties;
mod works;

#[path = "../support/mod.rs"]
mod support;
