//! `foedera show FILE`: what a scenario asks, of which world, from which figures.

mod health;
mod inputs;
mod people;
mod proposals;
mod uncertain;

use std::{path::PathBuf, sync::Arc};

use clap::Args as ClapArgs;
use foedera_scenario::{Override, Scenario};

use self::uncertain::Detail;
pub(super) use self::uncertain::pattern as kind_of;
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number, phrase, scenario_file,
};

/// The seed of the health table: it is about the model, not about one sample.
const HEALTH_SEED: u64 = 1;

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
    /// Lists each uncertain input and each parameter of the law on a line of its own
    #[arg(long)]
    all: bool,
}

/// Shows it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let scenario = Arc::new(scenario_file::load(face, &args.file, &args.set)?.scenario);
    let file = shell_word(&args.file.display().to_string());
    if args.health {
        let health = foedera_ensemble::health::of(&scenario, HEALTH_SEED);
        if face.json {
            face.document(&health)?;
        } else {
            face.data(&(head(face, &scenario) + &health::table(face, &health)))?;
        }
    } else if face.json {
        face.document(&*scenario)?;
    } else {
        let detail = if args.all {
            Detail::Each
        } else {
            Detail::Kindred
        };
        let mut text = head(face, &scenario);
        text += &people::actors(face, &scenario);
        text += &people::organisations(face, &scenario);
        text += &proposals::initiatives(face, &scenario);
        text += &proposals::shocks(face, &scenario);
        text += &proposals::policies(face, &scenario);
        text += &uncertain::inputs(face, &scenario, detail);
        text += &inputs::sources(face, &scenario, detail);
        face.data(&text)?;
    }
    face.next(&format!("foedera run {file}"));
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
