//! `foedera calibrate FILE --observed TABLE.csv`: what the observations say about the uncertain inputs.
//!
//! The loop is [`foedera_ensemble::calibrate`]; what was learnt is judged by [`foedera_analysis::posterior`]. After
//! each generation the population is written beside the posterior, so that the same command goes on where it was
//! killed and ends with the same bytes.

mod asked;
mod learnt;
mod population;
mod scenario_text;
mod shown;

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_ensemble::{
    EnsembleError, Progress,
    calibrate::{self, End, Plan, Round, State, Told, World, trials::Trials},
};

use self::{
    asked::{Asked, Wanted},
    learnt::Found,
    population::Kept,
};
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    progress::{Form, Meter},
    table_file::TableArgs,
    work,
};

/// Generation under which the last histories happen, those of the posterior's predictions.
const PREDICTING: u32 = 10_000;

/// What is fitted to what.
///
/// Approximate Bayesian computation: sets of inputs are drawn from their priors, each lets one history happen, and
/// those whose histories come nearest to what was observed are kept, spread out and tried again, with a falling
/// tolerance. The distance is the mean over the rows, by `weight`: a yes or no costs 1 if the history differs, a number
/// its distance in units of `scale` (if the table gives none, of the spread of simulated histories).
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Scenario file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Table of what was observed, as for `score`; may be repeated
    ///
    /// Columns: id, expression (the outcome language), resolution (yes or no) or value (a number); optional
    /// question, weight, and with numbers scale.
    #[arg(long, required = true, value_name = "TABLE.csv")]
    observed: Vec<PathBuf>,
    /// Inputs that are calibrated, PATH or PATH=lo..hi, with commas; others stay as they are [default: all uncertain ones]
    #[arg(long, value_name = "PATH[=LO..HI]", value_delimiter = ',', value_parser = asked::wanted)]
    inputs: Vec<Wanted>,
    /// The posterior, a scenario file [default: out/NAME-posterior.ron]
    #[arg(long, short, value_name = "FILE.ron")]
    output: Option<PathBuf>,
    /// Sets of inputs in a population
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    particles: u32,
    /// Most histories: a generation that would pass it is not begun
    #[arg(long, default_value = "100000", value_parser = crate::command_line::replicates)]
    budget: u64,
    /// Distance at which nothing nearer is asked for
    #[arg(long, default_value_t = 0.0, value_parser = asked::distance)]
    tolerance: f64,
    /// Ends when a smaller share of the moves is accepted
    #[arg(long, default_value_t = 0.02, value_parser = asked::share)]
    acceptance: f64,
    /// Share of a population that the next tolerance keeps
    #[arg(long, default_value_t = 0.5, value_parser = asked::share)]
    keep: f64,
    /// Seed
    #[arg(long, default_value = "1", value_parser = crate::command_line::seed)]
    seed: u64,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// Calibrates.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let asked = Asked::read(args, face)?;
    let output = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("out/{}-posterior.ron", asked.scenario.name)));
    let kept = Kept::open(&output, &asked.key, args.table.force)?;
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let threads = args.threads.map_or_else(work::cores, usize::from);
    let trials = Trials::new(
        &asked.scenario,
        &asked.inputs,
        asked.outcomes(),
        args.seed,
        threads,
        interrupt.flag(),
    )?;
    let meter = Meter::start(face, args.progress, args.budget, &asked.scenario.title);
    let mut world = Heard {
        trials,
        meter: &meter,
        done: 0,
    };
    let state = populations(args, face, &asked, &kept, &mut world)?;
    let Some((state, predicted)) = state else {
        meter.end();
        face.note("interrupted: the same command goes on from the last whole generation");
        return Ok(Exit::Interrupted);
    };
    meter.end();
    let found = Found::new(&asked, &state, &world.trials, &predicted);
    let text = scenario_text::posterior(args, &asked, &state, &found, &output);
    kept.write_posterior(&text, args.table.force)?;
    scenario_text::check(&output)?;
    args.table
        .write(face, || shown::table(&asked, &state, &found))?;
    if face.json {
        face.document(&shown::document(&asked, &state, &found, &output))?;
    } else {
        face.data(&shown::text(face, &asked, &state, &found))?;
    }
    face.note(&format!("posterior: {}", output.display()));
    let posterior = shell_word(&output.display().to_string());
    let tables: Vec<String> = args
        .observed
        .iter()
        .map(|table| format!("--observed {}", shell_word(&table.display().to_string())))
        .collect();
    face.next(&format!("foedera score {posterior} {}", tables.join(" ")));
    Ok(Exit::Good)
}

/// All generations, each kept as it ends, then the histories of the posterior. Nothing if interrupted.
fn populations(
    args: &Args,
    face: &Face,
    asked: &Asked,
    kept: &Kept,
    world: &mut Heard<'_>,
) -> Result<Option<(State, Told)>, Failure> {
    let plan = Plan {
        seed: args.seed,
        particles: args.particles as usize,
        inputs: asked.inputs.len(),
        keep: args.keep,
        tolerance: args.tolerance,
        acceptance: args.acceptance,
        budget: args.budget,
    };
    let rows = asked.rows();
    let mut state = if let Some(state) = kept.state() {
        face.note(&format!(
            "goes on after generation {} of {}",
            state.generation,
            kept.population().display()
        ));
        world.done = state.histories;
        state
    } else {
        let Some(state) = calibrate::begin(&plan, &rows, world)? else {
            return Ok(None);
        };
        kept.save(&state)?;
        state
    };
    if state.failed >= state.histories {
        return Err(Failure::TooManyFaults {
            failed: state.failed,
            all: state.histories,
        });
    }
    while state.ended.is_none() {
        if !state.advance(&plan, &rows, world)? {
            return Ok(None);
        }
        kept.save(&state)?;
    }
    let scores: Vec<Vec<f64>> = state.particles.iter().map(|of| of.scores.clone()).collect();
    let round = Round {
        generation: PREDICTING,
        round: 0,
        scores: &scores,
    };
    Ok(world.tell(&round)?.map(|told| (state, told)))
}

/// The world, with somebody who hears how far it is.
struct Heard<'a> {
    trials: Trials<'a>,
    meter: &'a Meter,
    done: u64,
}

impl World for Heard<'_> {
    fn tell(&mut self, round: &Round<'_>) -> Result<Option<Told>, EnsembleError> {
        let told = self.trials.tell(round)?;
        self.done += round.scores.len() as u64;
        self.meter.replicates_done(self.done, None);
        Ok(told)
    }
}

/// Why it ended, in words.
fn why(end: Option<End>, args_acceptance: f64, tolerance: f64) -> String {
    match end {
        Some(End::Reached) => format!(
            "every history is within the distance asked for, {}",
            number::plain(tolerance)
        ),
        Some(End::Acceptance) => format!(
            "fewer than {} of the moves were accepted",
            number::plain(args_acceptance)
        ),
        Some(End::Budget) => "one more generation would pass the budget of histories".to_owned(),
        Some(End::Level) => "all histories are equally far: no nearer ones were met".to_owned(),
        Some(End::Generations) => "so many generations are enough".to_owned(),
        None => "it has not ended".to_owned(),
    }
}
