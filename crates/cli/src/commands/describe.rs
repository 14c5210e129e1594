//! `foedera describe FILE --odd`: a scenario as a document in the form of the ODD protocol (Grimm et al. 2020).
//!
//! Written from what the scenario holds and from what the mechanisms declare of themselves
//! ([`foedera_sim::submodels`]), so that the document cannot say anything else than the program does.

mod course;
mod law;
mod page;
mod things;

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args as ClapArgs;
use foedera_scenario::{Override, Scenario, outcome_text};
use serde_json::json;

use self::page::{Page, Table};
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number, phrase, scenario_file,
};

/// What to describe.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario file
    file: PathBuf,
    /// The whole ODD: also the law, with every equation and parameter
    #[arg(long)]
    odd: bool,
    /// Writes the document to a file instead of printing it
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Sets a path before describing; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Overwrites an existing file
    #[arg(long)]
    force: bool,
}

/// Describes it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let scenario = scenario_file::load(face, &args.file, &args.set)?.scenario;
    let text = document(&scenario, args.odd);
    if let Some(path) = &args.output {
        write(path, &text, args.force)?;
    }
    match (&args.output, face.json) {
        (Some(path), true) => face.document(&json!({ "file": path.display().to_string() }))?,
        (Some(path), false) => face.data(&path.display().to_string())?,
        (None, true) => face.document(&json!({
            "scenario": scenario.name, "title": scenario.title, "markdown": text,
        }))?,
        (None, false) => face.data(&text)?,
    }
    let file = shell_word(&args.file.display().to_string());
    let next = if args.odd {
        format!("foedera run {file}")
    } else {
        format!("foedera describe {file} --odd")
    };
    face.next(&next);
    Ok(Exit::Good)
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    if path.exists() && !force {
        return Err(Failure::Exists {
            path: path.to_path_buf(),
        });
    }
    fs::write(path, text).map_err(|error| Failure::File {
        action: "write",
        path: path.to_path_buf(),
        error,
    })
}

/// The document: the seven elements of the protocol, the law itself only if asked for.
fn document(scenario: &Scenario, odd: bool) -> String {
    let mut page = Page::new(&scenario.title);
    page.text(&format!(
        "Written by `foedera describe` (version {}) from `{}`. The law is the same for every scenario; what is \
         particular to this one is its world and its question. Terms: a *rung* is one step of an initiative; a \
         *stance* is an analyst's assumption about an answer; a *leaf* is any number with a path.",
        env!("CARGO_PKG_VERSION"),
        scenario.name
    ));
    purpose(&mut page, scenario);
    page.heading(2, "2. Entities, state variables and scales");
    scales(&mut page, scenario);
    things::write(&mut page, scenario);
    page.heading(2, "3. Process overview and scheduling");
    page.text(PROCESS);
    page.heading(2, "4. Design concepts");
    concepts(&mut page, scenario);
    page.heading(2, "5. Initialisation");
    initialisation(&mut page, scenario);
    page.heading(2, "6. Input data");
    course::inputs(&mut page, scenario);
    page.heading(2, "7. Submodels");
    page.heading(3, "Initiatives");
    course::initiatives(&mut page, scenario);
    page.heading(3, "Parameters in force");
    law::parameters(&mut page, scenario);
    if odd {
        law::mechanisms(&mut page);
    }
    page.finished()
}

/// The order of a step, as `docs/MODEL.md` tells it in full.
const PROCESS: &str = "Each step: drivers advance, shocks fire and the policy's effects apply (shock); weights of \
    seats, threats, stress and saliences follow (expose); each actor's utility of each organisation is appraised by \
    term (appraise); initiatives whose venue meets are judged by every party, rung by rung, on one and the same state \
    (bargain), and the rule decides (decide); what was adopted applies, members commit, organisations build, \
    relations move, members leave or return (commit); measures and outcomes are read (observe).";

fn purpose(page: &mut Page, scenario: &Scenario) {
    page.heading(2, "1. Purpose and patterns");
    page.text(&scenario.question);
    let items = scenario
        .outcomes
        .iter()
        .map(|outcome| outcome_text::title(scenario, outcome));
    page.list("Asked of every history:", items);
    let expected = scenario.expect.iter().map(|one| {
        let says = if one.says.is_empty() {
            String::new()
        } else {
            format!("{}: ", one.says)
        };
        let known = one
            .known
            .as_ref()
            .map_or_else(String::new, |why| format!(" (known not to hold: {why})"));
        format!("{says}`{}`{known}", one.text)
    });
    page.list(
        "Patterns it is held to (`foedera test` judges them):",
        expected,
    );
    page.list("Sources of the scenario:", scenario.sources.iter().cloned());
}

fn scales(page: &mut Page, scenario: &Scenario) {
    let (world, time) = (&scenario.world, &scenario.time);
    page.text(&format!(
        "From {} to {}, {} of a {}. {}, {} between them, {}, {}, {}, {}, {}. There is no space beyond distance, contiguity \
         and nearness of blocs.",
        time.start,
        time.end,
        number::counted(time.n_steps() as u64, "step"),
        phrase::step(time.step),
        number::counted(world.actors.len() as u64, "actor"),
        number::counted(world.dyads.len() as u64, "pair"),
        number::counted(world.organisations.len() as u64, "organisation"),
        number::counted(world.elements.len() as u64, "institutional element"),
        number::counted(world.threats.len() as u64, "threat"),
        number::counted(world.blocs.len() as u64, "outside bloc"),
        number::counted(scenario.initiatives.len() as u64, "initiative"),
    ));
}

fn concepts(page: &mut Page, scenario: &Scenario) {
    let stated: usize = scenario
        .initiatives
        .iter()
        .map(|initiative| initiative.stances.len())
        .sum();
    let stances = match (stated, scenario.stances) {
        (0, _) => "No stance is assumed: every answer follows from interests.".to_owned(),
        (n, true) => format!(
            "{} of actors on initiatives are assumed by analysts and count in their answers; run it with --no-stances \
             to see what is left without.",
            number::counted(n as u64, "stance")
        ),
        (n, false) => format!(
            "{} of actors on initiatives are written down and switched off.",
            number::counted(n as u64, "stance")
        ),
    };
    page.text(&format!(
        "**Stances.** {stances} **Stochasticity.** {} uncertain before a history starts, {} and {} chance within it. \
         **Collectives.** {} act by their decision rules. **Observation.** Cohesion leads with {}; the outcomes stand \
         under 1. The other concepts are those of the law and do not differ between scenarios.",
        match scenario.uncertainties.len() {
            1 => "1 number is".to_owned(),
            n => format!("{} numbers are", number::count(n as u64)),
        },
        number::counted(scenario.world.drivers.len() as u64, "driver"),
        match scenario.shocks.len() {
            1 => "1 shock bring".to_owned(),
            n => format!("{} shocks bring", number::count(n as u64)),
        },
        number::counted(scenario.world.organisations.len() as u64, "organisation"),
        scenario.world.organisations[scenario.focus].id,
    ));
}

fn initialisation(page: &mut Page, scenario: &Scenario) {
    let world = &scenario.world;
    let written = scenario
        .leaves
        .iter()
        .filter(|(_, info)| info.written)
        .count();
    page.text(&format!(
        "The world is “{}”, as of {}: {} numbers, {} of them written in its files, the others defaults. Licences: {}",
        world.title,
        world.as_of,
        number::count(scenario.leaves.len() as u64),
        number::count(written as u64),
        world.licence
    ));
    let mut table = Table::new(["column", "unit", "year", "source"]);
    for figure in &world.figures {
        let source = if figure.judgement {
            format!("judgement: {}", figure.source)
        } else {
            figure.source.clone()
        };
        table.row([
            format!("`{}`", figure.column),
            figure.unit.clone(),
            figure.year.clone(),
            source,
        ]);
    }
    page.table(&table);
}
