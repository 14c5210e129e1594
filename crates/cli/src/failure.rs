//! What can go wrong in a command, each kind with its exit code and, where there is one, a way out.

use std::{io, path::PathBuf};

use foedera_ensemble::EnsembleError;
use foedera_results::ResultsError;
use thiserror::Error;

use crate::{commands::TABLE, exit::Exit};

/// Why a command ends early. The messages say what and where, [`Failure::help`] what to do.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The scenario has mistakes; they have been listed already.
    #[error("{file} has {}", crate::number::counted(*mistakes as u64, "mistake"))]
    Mistakes {
        /// The file.
        file: String,
        /// How many.
        mistakes: usize,
    },
    /// A table of questions has mistakes; they have been listed already.
    #[error("{file} has {}", crate::number::counted(*mistakes as u64, "mistake"))]
    BadTable {
        /// The file.
        file: String,
        /// How many.
        mistakes: usize,
    },
    /// The scenario is good and a --set is not; what is wrong has been listed already.
    #[error("--set does not fit {file}: {}", crate::number::counted(*mistakes as u64, "mistake"))]
    BadSetting {
        /// The file.
        file: String,
        /// How many.
        mistakes: usize,
    },
    /// An expression on the command line has mistakes; they have been listed already.
    #[error("{option}: the expression has {}", crate::number::counted(*mistakes as u64, "mistake"))]
    BadExpression {
        /// The option.
        option: &'static str,
        /// How many.
        mistakes: usize,
    },
    /// A range or list of values that makes no sense.
    #[error("{option} {path}: {what}")]
    BadRange {
        /// The option.
        option: &'static str,
        /// The path.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// An input is certain, and is to be varied.
    #[error("--inputs: `{path}` is certain, {value}")]
    Certain {
        /// The path.
        path: String,
        /// Its value.
        value: String,
    },
    /// An analysis that does not fit the design of what it is asked of.
    #[error("{what}")]
    WrongDesign {
        /// What does not fit.
        what: String,
        /// What does.
        remedy: String,
    },
    /// An option names something that the scenario does not have.
    #[error("{option}: there is no {kind} `{name}`")]
    NoSuchName {
        /// The option or argument.
        option: &'static str,
        /// What was looked for.
        kind: &'static str,
        /// The name given.
        name: String,
        /// Names that exist, the nearest first.
        nearest: Vec<String>,
    },
    /// An option names something twice.
    #[error("{option}: `{name}` is named twice")]
    NamedTwice {
        /// The option.
        option: &'static str,
        /// The name given.
        name: String,
    },
    /// A replicate beyond those of the run.
    #[error("--replicate {replicate}: the run has replicates 0 to {last}")]
    NoSuchReplicate {
        /// The replicate asked for.
        replicate: u64,
        /// The last one.
        last: u64,
    },
    /// An option that the run has decided already.
    #[error("{option}: the run in the folder has decided it; it goes with a scenario file")]
    OfTheRun {
        /// The option.
        option: &'static str,
    },
    /// A file to be written exists.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A folder to be written to holds files.
    #[error("the output folder {} is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A folder where a scenario file is needed.
    #[error("{} is a folder, and a scenario file is needed", path.display())]
    FolderGiven {
        /// The folder.
        path: PathBuf,
        /// Scenario files in it.
        inside: Vec<String>,
    },
    /// A scenario file where a results folder is needed.
    #[error("{} is no folder of results", path.display())]
    NoResults {
        /// What was given.
        path: PathBuf,
    },
    /// The results hold nothing of what a figure shows.
    #[error("{} has nothing to draw", path.display())]
    NothingToDraw {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {error}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The results cannot be written or read.
    #[error("failed to {0}")]
    Results(#[from] ResultsError),
    /// So many replicates failed that the rest is no answer.
    #[error("{failed} of {all} replicates failed: the others may be a biased choice")]
    TooManyFaults {
        /// Failed ones.
        failed: u64,
        /// All.
        all: u64,
    },
    /// The ensemble cannot run.
    #[error("failed to {0}")]
    Ensemble(EnsembleError),
    /// A model cannot be run on what was given.
    #[error("failed to {what}")]
    Model {
        /// What failed.
        what: String,
        /// What to do.
        help: &'static str,
    },
    /// Results that were checked or made again are not what they should be.
    #[error("{what}")]
    NotTheSame {
        /// What is not.
        what: String,
        /// What to do.
        help: String,
    },
    /// A shard that the run is too short for.
    #[error("--shard {index}/{of}: the run has {groups} of {group} replicates")]
    TooManyShards {
        /// The shard asked for.
        index: u64,
        /// Of how many.
        of: u64,
        /// Row groups of the run, counted in words.
        groups: String,
        /// Replicates of a row group.
        group: String,
    },
    /// The results cannot answer what is asked.
    #[error("{what}")]
    Refused {
        /// Why not.
        what: String,
        /// What to do instead.
        help: String,
    },
    /// Stdout takes no more.
    #[error("cannot write to stdout: {0}")]
    Stdout(io::Error),
    /// The system refuses a signal handler.
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
}

impl Failure {
    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Mistakes { .. } | Self::BadTable { .. } => Exit::BadScenario,
            Self::BadSetting { .. }
            | Self::BadExpression { .. }
            | Self::BadRange { .. }
            | Self::Certain { .. }
            | Self::WrongDesign { .. }
            | Self::NamedTwice { .. }
            | Self::OfTheRun { .. }
            | Self::NoSuchName { .. }
            | Self::NothingToDraw { .. }
            | Self::TooManyShards { .. }
            | Self::NoSuchReplicate { .. } => Exit::Usage,
            Self::NotTheSame { .. } => Exit::NotTheSame,
            Self::Exists { .. }
            | Self::NotEmpty { .. }
            | Self::FolderGiven { .. }
            | Self::NoResults { .. }
            | Self::File { .. }
            | Self::Results(_)
            | Self::Stdout(_) => Exit::Files,
            Self::TooManyFaults { .. } => Exit::TooManyFaults,
            Self::Ensemble(_) | Self::Model { .. } | Self::Refused { .. } => Exit::Usage,
            Self::Signals(_) => Exit::OurBug,
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::NoSuchName { nearest, .. } if !nearest.is_empty() => {
                Some(format!("did you mean {}?", nearest.join(", ")))
            }
            Self::Exists { .. } => {
                Some("choose another name, or overwrite it with --force".to_owned())
            }
            Self::NotEmpty { .. } => Some(
                "choose another folder with -o, or replace its results with --force".to_owned(),
            ),
            Self::FolderGiven { inside, .. } if !inside.is_empty() => {
                Some(format!("it holds {}", inside.join(", ")))
            }
            Self::Certain { path, .. } => Some(format!("give it a range: {path}=LOW..HIGH")),
            Self::WrongDesign { remedy, .. } => Some(remedy.clone()),
            Self::Model { help, .. } => Some((*help).to_owned()),
            Self::Refused { help, .. } => Some(help.clone()),
            Self::Results(error) => Some(error.remedy().to_owned()),
            Self::NotTheSame { help, .. } => Some(help.clone()),
            Self::TooManyShards { .. } => Some(
                "a shard takes whole row groups: ask for no more shards than there are groups, or for more \
                 replicates"
                    .to_owned(),
            ),
            Self::TooManyFaults { .. } => Some(
                "a value was not finite or left its bounds: look at the inputs set last".to_owned(),
            ),
            Self::NothingToDraw { .. } => {
                Some("choose another --kind, or --measure, --initiative or --policy".to_owned())
            }
            Self::NoResults { .. } => Some(
                "give the output folder of a `foedera run`: it holds a manifest.json".to_owned(),
            ),
            Self::File { action, error, .. } if *action == TABLE => Some(
                match error.kind() {
                    io::ErrorKind::NotFound => "check the spelling, and the folder it is in",
                    _ => "a table is a text file whose first row names its columns",
                }
                .to_owned(),
            ),
            Self::File { error, .. } if error.kind() == io::ErrorKind::NotFound => {
                Some("check the spelling, or write a new scenario with `foedera new`".to_owned())
            }
            _ => None,
        }
    }
}

impl From<EnsembleError> for Failure {
    fn from(error: EnsembleError) -> Self {
        match error {
            EnsembleError::Results(error) => Self::Results(error),
            other => Self::Ensemble(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_failure_has_its_code() {
        let path = || PathBuf::from("out");
        let text = || "x".to_owned();
        let full = ResultsError::DiskFull { path: path() };
        let none = EnsembleError::NoReplicates;
        for (failure, exit) in [
            (
                Failure::Mistakes {
                    file: text(),
                    mistakes: 2,
                },
                Exit::BadScenario,
            ),
            (
                Failure::BadSetting {
                    file: text(),
                    mistakes: 1,
                },
                Exit::Usage,
            ),
            (
                Failure::NamedTwice {
                    option: "--policy",
                    name: text(),
                },
                Exit::Usage,
            ),
            (
                Failure::TooManyFaults {
                    failed: 2,
                    all: 100,
                },
                Exit::TooManyFaults,
            ),
            (Failure::NotEmpty { path: path() }, Exit::Files),
            (Failure::from(full), Exit::Files),
            (
                Failure::from(EnsembleError::Results(ResultsError::NotResults {
                    path: path(),
                })),
                Exit::Files,
            ),
            (Failure::from(none), Exit::Usage),
        ] {
            assert_eq!(failure.exit(), exit, "{failure}");
            assert!(!failure.to_string().ends_with('.'), "{failure}");
        }
    }
}
