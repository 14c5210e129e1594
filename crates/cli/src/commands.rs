//! The verbs: one file each, one line each here and in [`Verb::run`].

mod completions;
mod man;
mod new;

use clap::Subcommand;

use crate::{exit::Exit, face::Face, failure::Failure};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Writes a commented scenario that runs as it is
    New(new::Args),
    /// Prints a completion script for a shell
    Completions(completions::Args),
    /// Prints the manual page
    Man(man::Args),
}

impl Verb {
    /// Does it.
    ///
    /// # Errors
    /// If it cannot be done.
    pub(crate) fn run(self, face: &Face) -> Result<Exit, Failure> {
        match self {
            Self::New(args) => new::run(&args, face),
            Self::Completions(args) => completions::run(&args, face),
            Self::Man(args) => man::run(&args, face),
        }
    }
}
