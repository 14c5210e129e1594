//! The reference engine: one replicate in plain scalar code, the oracle of the engine in lanes.
//!
//! It walks the model in the order of `step` and calls the same kernels, so that both engines give the same
//! bits; everything else is its own: no ECS, no lanes, no masks, no dispatch, no caches, no shortcuts for what
//! cannot have changed. Elements that are nowhere, organisations that no rung touches and pairs of strangers
//! are computed all the same. One file a phase. Slow (milliseconds a replicate) and meant to be: for tests, and
//! for reading the model without its machinery.

mod appraise;
mod bargain;
mod commit;
mod decide;
mod effects;
mod expose;
mod fact;
mod foresee;
mod grow;
mod load;
mod observe;
mod outcomes;
mod projects;
mod relate;
mod shock;
mod state;
mod utility;
mod withdraw;

use foedera_scenario::{Leaf, PolicyIdx};

use crate::batch::{Decision, Event, Fault, LedgerEntry};
use crate::program::Program;

/// What one replicate left behind; lanes in events, decisions and the ledger are 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicate {
    /// Outcomes, in the order of the scenario's `outcomes`; NaN where absent.
    pub outcomes: Vec<f32>,
    /// Series, `[measure][step]`, measures in the order of `Program::measures`.
    pub series: Vec<Vec<f32>>,
    /// Events in order of happening.
    pub events: Vec<Event>,
    /// One entry for each tabling.
    pub decisions: Vec<Decision>,
    /// The value of every rung to every party at every tabling.
    pub ledger: Vec<LedgerEntry>,
    /// Trouble, if any.
    pub fault: Option<Fault>,
}

/// Lets one replicate happen.
///
/// # Panics
/// If the scenario breaks a limit that the decoder checks, or the policy is not one of it.
#[must_use]
pub fn run(
    program: &Program,
    seed: u64,
    replicate: u64,
    policy: Option<PolicyIdx>,
    stances: bool,
    inputs: &[(Leaf, f32)],
) -> Replicate {
    let mut state = load::load(program, seed, replicate, policy, inputs);
    state.stances = stances && program.scenario.stances;
    for step in 0..state.scenario.time.n_steps() {
        state.step = u32::try_from(step).expect("steps fit u32");
        state.month = state.scenario.time.month_of(step).0;
        // Shock
        shock::advance_drivers(&mut state);
        shock::fire(&mut state);
        shock::apply_policy(&mut state);
        grow::grow(&mut state);
        // Expose
        expose::expose(&mut state);
        // Appraise
        appraise::appraise(&mut state);
        // Bargain and Decide
        bargain::meet(&mut state);
        // Commit
        commit::go_home(&mut state);
        projects::build(&mut state);
        commit::adopt(&mut state);
        relate::relate_votes(&mut state);
        commit::commit_members(&mut state);
        commit::build(&mut state);
        commit::fade_texts(&mut state);
        relate::relate(&mut state);
        withdraw::withdraw(&mut state);
        // Observe
        observe::observe(&mut state);
    }
    outcomes::finish(state)
}
