//! `foedera man`: prints the manual page, every command with its options on one page.

use std::io;

use clap::{Args as ClapArgs, Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use crate::{command_line::CommandLine, exit, exit::Exit, face::Face, failure::Failure};

/// Nothing to choose.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {}

/// Prints the page.
pub(crate) fn run(_args: &Args, face: &Face) -> Result<Exit, Failure> {
    let page = page().expect("writing to memory does not fail");
    face.data(&String::from_utf8_lossy(&page))?;
    face.next("foedera man | man -l -");
    Ok(Exit::Good)
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = CommandLine::command();
    command.build();
    let mut page = Vec::new();
    let whole = Man::new(command.clone()).manual("Foedera");
    whole.render_title(&mut page)?;
    whole.render_name_section(&mut page)?;
    whole.render_synopsis_section(&mut page)?;
    whole.render_description_section(&mut page)?;
    whole.render_options_section(&mut page)?;
    commands(&command).to_writer(&mut page)?;
    exit_codes().to_writer(&mut page)?;
    whole.render_version_section(&mut page)?;
    Ok(page)
}

/// Each command: what it does, its usage, its own options.
fn commands(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for verb in command
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help")
    {
        roff.control("SS", [verb.get_name()]);
        let about = verb
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        roff.text([roman(format!("{about}."))]);
        roff.control("PP", []);
        let usage = verb.clone().render_usage().to_string();
        roff.text([bold(usage.replace("Usage: ", ""))]);
        options(&mut roff, verb);
        for inner in verb
            .get_subcommands()
            .filter(|inner| inner.get_name() != "help")
        {
            roff.control("PP", []);
            let usage = inner.clone().render_usage().to_string();
            roff.text([bold(usage.replace("Usage: ", ""))]);
            roff.control("PP", []);
            let about = inner
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            roff.text([roman(format!("{about}."))]);
            options(&mut roff, inner);
        }
    }
    roff
}

/// A command's own options.
fn options(roff: &mut Roff, verb: &Command) {
    let own = |arg: &&clap::Arg| {
        !arg.is_global_set() && !["help", "version"].contains(&arg.get_id().as_str())
    };
    for arg in verb.get_arguments().filter(own) {
        roff.control("TP", []);
        roff.text([bold(arg.to_string())]);
        roff.text([roman(
            arg.get_help().map(ToString::to_string).unwrap_or_default(),
        )]);
    }
}

fn exit_codes() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for line in exit::TABLE.lines().skip(1) {
        let (code, meaning) = line.trim().split_once("  ").unwrap_or((line, ""));
        roff.control("TP", []);
        roff.text([bold(code)]);
        roff.text([roman(meaning)]);
    }
    roff
}
