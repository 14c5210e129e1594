//! `foedera show FILE`: what a scenario asks, of which world, from which figures.

mod inputs;
mod people;
mod proposals;
mod uncertain;

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_scenario::{Override, Scenario};

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number, phrase, scenario_file,
};

/// What to show.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario file
    file: PathBuf,
    /// Sets a path before showing, as in --set params.bargaining.noise=0.1; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Shows how lively the model is on this scenario: terms of utility, decisions, measures
    #[arg(long)]
    health: bool,
}

/// Shows it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let scenario = scenario_file::load(face, &args.file, &args.set)?.scenario;
    if face.json {
        face.document(&scenario)?;
    } else {
        let mut text = head(face, &scenario);
        text += &people::actors(face, &scenario);
        text += &people::organisations(face, &scenario);
        text += &proposals::initiatives(face, &scenario);
        text += &proposals::shocks(face, &scenario);
        text += &proposals::policies(face, &scenario);
        text += &uncertain::inputs(face, &scenario);
        text += &inputs::sources(face, &scenario);
        face.data(&text)?;
    }
    face.next(&format!(
        "foedera run {}",
        shell_word(&args.file.display().to_string())
    ));
    Ok(Exit::Good)
}

/// Title, question, span and size.
fn head(face: &Face, scenario: &Scenario) -> String {
    let world = &scenario.world;
    let time = &scenario.time;
    let size = [
        (world.actors.len(), "actor"),
        (world.organisations.len(), "organisation"),
        (scenario.initiatives.len(), "initiative"),
        (scenario.shocks.len(), "shock"),
        (scenario.uncertainties.len(), "uncertain input"),
    ];
    let size: Vec<String> = size
        .iter()
        .map(|(n, what)| number::counted(*n as u64, what))
        .collect();
    format!(
        "{}\n{}\n\n  {} to {}, {} of a {} · leads with {}\n  {}\n  world: {}, figures of {}\n",
        face.paint.strong(&scenario.title),
        scenario.question,
        time.start,
        time.end,
        number::counted(time.n_steps() as u64, "step"),
        phrase::step(time.step),
        world.organisations[scenario.focus].id,
        size.join(" · "),
        world.title,
        world.as_of,
    )
}

/// A section's heading.
fn heading(face: &Face, title: &str) -> String {
    format!("\n{}\n", face.paint.strong(title))
}
