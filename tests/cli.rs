//! The program as people and batch jobs meet it: commands, messages, exit codes.

mod calibrating;
mod comparing;
mod describing;
mod designs;
mod long;
mod models;
mod precision;
mod reasons;
mod refusals;
mod reporting;
mod running;
mod scoring;
mod sensitivity;
mod stories;
mod structure;
mod sweep;
mod tables;
mod words;

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// How the program ended and what it said.
#[derive(Debug)]
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts how it ended and what stderr says.
    #[track_caller]
    fn check(self, code: i32, stderr_says: &[&str]) -> Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.stdout, self.stderr);
        for words in stderr_says {
            assert!(
                self.stderr.contains(words),
                "no `{words}` in:\n{}",
                self.stderr
            );
        }
        assert!(!self.stderr.contains("this is our bug"), "{}", self.stderr);
        self
    }

    /// The one JSON document on stdout.
    #[track_caller]
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}", self.stdout))
    }
}

/// The program, about to run in a folder.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foedera"));
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["NO_COLOR", "COLUMNS", "TERM"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program in a folder.
fn foedera<S: AsRef<OsStr>>(folder: &Path, args: &[S]) -> Ended {
    let output = program(folder)
        .args(args)
        .output()
        .expect("the program starts");
    Ended::of(&output)
}

/// A folder that goes away with the test, with a scenario and its world in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A folder with a scenario of the gallery as `question.ron`.
    fn new() -> Self {
        let desk = Self::empty();
        let written = foedera(desk.path(), &["new", "question", "--from", SCENARIO]);
        written.check(0, &[]);
        desk
    }

    /// An empty folder.
    fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Runs a command line, words separated by spaces.
    fn run(&self, line: &str) -> Ended {
        let words: Vec<&str> = line.split_whitespace().collect();
        foedera(self.path(), &words)
    }

    /// Writes a file.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.file(name), bytes).expect("the desk is writable");
    }
}

/// The gallery's scenario that the tests run: the smallest world.
const SCENARIO: &str = "classroom";
