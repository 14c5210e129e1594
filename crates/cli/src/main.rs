//! The `foedera` command: translates between people and the crates below, and holds no model logic.
//!
//! Flow: [`command_line`] reads the arguments, one file in [`commands`] for each verb does the work,
//! [`face`] speaks, [`failure`] says what went wrong and with which exit code.

mod answer;
mod asked;
mod clock;
mod command_line;
mod commands;
mod design;
mod estimate;
mod exit;
mod face;
mod failure;
mod gallery;
mod grid;
mod happenings;
mod interrupt;
mod making;
mod nearest;
mod number;
mod observed;
mod paint;
mod panics;
mod past_run;
mod phrase;
mod progress;
mod prose;
mod results_folder;
mod scenario_file;
mod sheet;
mod sources;
mod spark;
mod story;
mod table_file;
mod work;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    command_line::CommandLine,
    exit::Exit,
    face::{Face, complain},
    failure::Failure,
};

fn main() -> ExitCode {
    panics::caught(start).into()
}

fn start() -> Exit {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Help and version are no errors; nobody is left to tell if printing fails.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Good
            };
        }
    };
    let face = Face::new(line.quiet, line.json);
    match line.verb.run(&face) {
        Ok(exit) => exit,
        Err(failure) => explain(&face, &failure),
    }
}

/// Says what went wrong and what to do about it.
fn explain(face: &Face, failure: &Failure) -> Exit {
    let paint = face.note_paint;
    complain(&format!("{} {failure}", paint.bad("error:")));
    if let Some(help) = failure.help() {
        complain(&format!("{} {help}", paint.faint("help:")));
    }
    failure.exit()
}
