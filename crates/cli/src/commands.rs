//! The verbs: one file each, one line each here and in [`Verb::run`].

mod calibrate;
mod check;
mod compare;
mod completions;
mod describe;
mod diff;
mod discover;
mod figure;
mod man;
mod merge;
mod model;
mod new;
mod plan;
mod replay;
mod report;
mod reproduce;
mod resume;
mod run;
mod score;
mod sensitivity;
mod show;
mod storylines;
mod structure;
mod sweep;
mod test;
mod verify;
mod when;
mod why;

use self::show::kind_of;
pub(crate) use self::{model::TABLE, replay::scenario_of};

use std::{fs, path::Path};

use clap::Subcommand;

use crate::{exit::Exit, face::Face, failure::Failure};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Writes a commented scenario that runs as it is
    New(new::Args),
    /// Lists every mistake of scenario files
    Check(check::Args),
    /// Shows a scenario: actors, initiatives, inputs with their sources
    Show(show::Args),
    /// Writes a scenario as a document, in the form of the ODD protocol
    Describe(describe::Args),
    /// Lists what two scenarios differ in
    Diff(diff::Args),
    /// Says what a run would take and how exact it would be, from a small pilot
    Plan(plan::Args),
    /// Runs an ensemble and prints the answer with its error
    Run(run::Args),
    /// Compares policies and settings in the same replicates: differences, regret, ranks that hold
    Compare(compare::Args),
    /// Goes on with a run that was interrupted or killed
    Resume(resume::Args),
    /// Puts the shards of a run together
    Merge(merge::Args),
    /// Checks the files of a run and runs a sample of it again
    Verify(verify::Args),
    /// Makes a run again from its manifest and compares every file
    Reproduce(reproduce::Args),
    /// Tells who blocked an initiative, how often and over what
    Why(why::Args),
    /// Tells when something happens for the first time, and by what cause
    When(when::Args),
    /// Finds where among the uncertain inputs something happens: a box that can be run
    Discover(discover::Args),
    /// Tells typical and odd futures as named exemplar runs
    Storylines(storylines::Args),
    /// Draws a picture of results as SVG: a fan, an adoption, who blocks what
    Figure(figure::Args),
    /// Writes one self-contained page of what a run found, or Markdown
    Report(report::Args),
    /// Tells one history as dated sentences
    Replay(replay::Args),
    /// Scores what a run says against what was observed
    Score(score::Args),
    /// Fits uncertain inputs to what was observed; the posterior is a scenario file
    Calibrate(calibrate::Args),
    /// Finds the inputs that an outcome hangs on, and how much is luck
    Sensitivity(sensitivity::Args),
    /// Turns a number step by step and shows what comes of it
    Sweep(sweep::Args),
    /// Measures camps, balance and polarisation at chosen dates of a run
    Structure(structure::Args),
    /// Judges a scenario's own expectations
    Test(test::Args),
    /// Runs a classical model on plain tables: challenge, landscape, balance, power, ...
    Model(model::Args),
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
            Self::Check(args) => check::run(&args, face),
            Self::Show(args) => show::run(&args, face),
            Self::Describe(args) => describe::run(&args, face),
            Self::Diff(args) => diff::run(&args, face),
            Self::Plan(args) => plan::run(&args, face),
            Self::Run(args) => run::run(&args, face),
            Self::Compare(args) => compare::run(&args, face),
            Self::Resume(args) => resume::run(&args, face),
            Self::Merge(args) => merge::run(&args, face),
            Self::Verify(args) => verify::run(&args, face),
            Self::Reproduce(args) => reproduce::run(&args, face),
            Self::Why(args) => why::run(&args, face),
            Self::When(args) => when::run(&args, face),
            Self::Discover(args) => discover::run(&args, face),
            Self::Storylines(args) => storylines::run(&args, face),
            Self::Figure(args) => figure::run(&args, face),
            Self::Report(args) => report::run(&args, face),
            Self::Replay(args) => replay::run(&args, face),
            Self::Score(args) => score::run(&args, face),
            Self::Calibrate(args) => calibrate::run(&args, face),
            Self::Sensitivity(args) => sensitivity::run(&args, face),
            Self::Sweep(args) => sweep::run(&args, face),
            Self::Structure(args) => structure::run(&args, face),
            Self::Test(args) => test::run(&args, face),
            Self::Model(args) => model::run(&args, face),
            Self::Completions(args) => completions::run(&args, face),
            Self::Man(args) => man::run(&args, face),
        }
    }
}

/// Writes a text file.
///
/// # Errors
/// If it cannot be written.
fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::File {
        action: "write",
        path: path.to_path_buf(),
        error,
    })
}
