//! What must hold for every scenario: the same bits however replicates are laid out and rows are ordered,
//! nothing from what does nothing, closed forms without chance, and soundness on thousands of random worlds.

mod closed_form;
mod layout;
mod nothing;
mod order;
mod pace;
mod soundness;
mod symmetry;

#[path = "../support/mod.rs"]
mod support;
