//! Why an ensemble could not be run.

use foedera_results::ResultsError;

use crate::design::DesignError;

/// Why an ensemble could not be run.
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    /// Nothing was asked for.
    #[error("run 0 replicates: at least 1 is needed")]
    NoReplicates,
    /// More was asked for than can be counted.
    #[error(
        "run replicates {first} to {first} + {n}: at most {max} at a time, numbered below 2^56"
    )]
    TooMany {
        /// First replicate.
        first: u64,
        /// Number of replicates.
        n: u64,
        /// Largest number of replicates.
        max: u64,
    },
    /// No policy was asked for, not even the base case.
    #[error("run no policy at all: name the base case or a policy")]
    NoPolicy,
    /// A policy that the scenario does not have, or twice the same.
    #[error(
        "run the policy number {policy}: it is not one of the scenario's, or it is named twice"
    )]
    Policy {
        /// Its index.
        policy: usize,
    },
    /// More threads than anyone has.
    #[error("use {threads} threads: at most {max} are allowed")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// Largest number.
        max: usize,
    },
    /// The system gave no threads.
    #[error("start {threads} threads: {reason}")]
    NoThreads {
        /// Threads asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// The scenario cannot be run by this design.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// A goal without a range: no interval of it holds at every look.
    #[error(
        "run until {outcome} is known: it has no known range, so no interval holds at every look"
    )]
    Unbounded {
        /// The outcome.
        outcome: String,
    },
    /// The results could not be stored.
    #[error(transparent)]
    Results(#[from] ResultsError),
}
