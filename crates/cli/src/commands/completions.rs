//! `foedera completions SHELL`: prints a completion script.

use clap::{Args as ClapArgs, CommandFactory};
use clap_complete::Shell;

use crate::{command_line::CommandLine, exit::Exit, face::Face, failure::Failure};

/// Which shell.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut CommandLine::command(),
        "foedera",
        &mut script,
    );
    face.data(&String::from_utf8_lossy(&script))?;
    match args.shell {
        Shell::Bash => face.next("source <(foedera completions bash)"),
        Shell::Fish => face.next("foedera completions fish | source"),
        Shell::Zsh => face.next("foedera completions zsh > ~/.zfunc/_foedera"),
        _ => face.next("foedera --help"),
    }
    Ok(Exit::Good)
}
