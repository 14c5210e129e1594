//! How the program ends: one code for each kind of ending, the same for every command.

use std::process::ExitCode;

/// The table of exit codes, as `--help` and the man page show it.
pub(crate) const TABLE: &str = "\
Exit codes:
    0  good
    1  our bug: please report it
    2  usage: an unknown option, or a value out of its range
    3  the scenario or a table has mistakes (all of them are listed)
    4  too many replicates failed
    5  files: missing, in the way, not readable or not writable
    6  an expectation of the scenario does not hold, or --until was not reached
    7  results are not what they should be: damaged, or made by another program
  130  interrupted; finished blocks were written (`foedera resume` goes on)";

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Good = 0,
    /// A panic: we are wrong.
    OurBug = 1,
    /// The command line cannot be followed.
    Usage = 2,
    /// The scenario or a table has mistakes.
    BadScenario = 3,
    /// Too many replicates failed.
    TooManyFaults = 4,
    /// A file or folder is missing, in the way, unreadable or unwritable.
    Files = 5,
    /// An expectation of the scenario does not hold, or what was to be known is not.
    ExpectationFailed = 6,
    /// Results that were checked or made again are not what they should be.
    NotTheSame = 7,
    /// Stopped by a signal; what was finished is written.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_code() {
        use Exit::{
            BadScenario, ExpectationFailed, Files, Good, Interrupted, NotTheSame, OurBug,
            TooManyFaults, Usage,
        };
        let all = [
            Good,
            OurBug,
            Usage,
            BadScenario,
            TooManyFaults,
            Files,
            ExpectationFailed,
            NotTheSame,
            Interrupted,
        ];
        let lines: Vec<u8> = TABLE
            .lines()
            .filter_map(|line| line.trim().split("  ").next()?.parse().ok())
            .collect();
        assert_eq!(lines, all.map(|exit| exit as u8));
    }
}
