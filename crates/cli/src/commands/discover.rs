//! `foedera discover OUT --when CONDITION`: where among the uncertain inputs something happens.
//!
//! A search for a box (PRIM) among the inputs that the run drew. What the run did not record is asked of the same
//! replicates, which happen again. The box is told as a sentence, judged against luck, and written as a scenario
//! that can be run.

mod box_file;
mod inputs;
mod shown;

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_analysis::prim::{
    self, Data, Options, Stage,
    judge::{self, Found, Resampled, Rounds, Simplified},
};
use foedera_scenario::{Outcome, Predicate, outcome_text};

use self::inputs::Inputs;
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number,
    past_run::{self, PastRun},
    progress::Form,
    table_file::{self, TableArgs},
};

/// Cases, and replicates without one, that a search needs at least.
const CASES_MIN: u64 = 20;
/// Half samples that are searched again.
const HALVES: usize = 20;
/// Times that the cases are dealt anew.
const DEALS: usize = 99;
/// Inputs that explain no more than dealt ones do, with more than this probability, explain nothing.
const CHANCE_MAX: f64 = 0.05;

/// What is looked for, and where.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// The condition, in the outcome language: 'Cohesion(org: "…") < 0.4'
    #[arg(long, value_name = "CONDITION")]
    when: String,
    /// Inputs that may be restricted, by path or the start of one; may be repeated [default: all that were drawn]
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    inputs: Vec<String>,
    /// Smallest share of the replicates that a box holds
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = share)]
    min_mass: f64,
    /// The box of that number on the way, instead of the one that separates best
    #[arg(long = "box", value_name = "K", conflicts_with = "boxes")]
    stage: Option<usize>,
    /// Boxes, each sought among the replicates that the ones before it do not hold
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=9))]
    boxes: u8,
    /// The policy under which [default: the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Writes the box as a scenario file
    #[arg(long, value_name = "FILE.ron")]
    write: Option<PathBuf>,
    /// Draws the way and the box
    #[arg(long, value_name = "FILE.svg")]
    figure: Option<PathBuf>,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// A share of replicates that a box may be held to.
fn share(text: &str) -> Result<f64, String> {
    let value: Option<f64> = text.parse().ok();
    let value = value.filter(|value| (0.001..=0.5).contains(value));
    value.ok_or_else(|| "expected a share from 0.001 to 0.5".to_owned())
}

/// One box with what it is worth.
struct Judged {
    found: Found,
    resampled: Resampled,
    /// How likely dealt cases are to separate as well.
    chance: f64,
}

impl Judged {
    /// The box.
    fn stage(&self) -> &Stage {
        &self.found.kept.stage
    }

    /// Whether the inputs explain anything.
    fn explains(&self) -> bool {
        self.chance <= CHANCE_MAX && !self.stage().restricted.is_empty()
    }
}

/// Everything that is told.
struct Discovery<'a> {
    args: &'a Args,
    past: &'a PastRun,
    predicate: &'a Predicate,
    inputs: &'a Inputs,
    happened: &'a [bool],
    found: &'a [Judged],
}

/// Discovers it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    for path in args.write.iter().chain(&args.figure) {
        if path.exists() && !args.table.force {
            return Err(Failure::Exists { path: path.clone() });
        }
    }
    let past = PastRun::open(face, &args.folder, args.policy.as_deref(), args.threads)?;
    let predicate = past_run::predicate(face, past.scenario(), "--when", &args.when)?;
    let inputs = Inputs::of(&past, &args.inputs)?;
    let (recorded, compared) = asked(&predicate);
    let Some(values) = past.values(face, args.progress, &recorded)? else {
        face.note("interrupted: nothing is discovered in a part of the replicates");
        return Ok(Exit::Interrupted);
    };
    let all: Vec<bool> = values.iter().map(|value| compared.holds(*value)).collect();
    let (inputs, happened) = inputs.whole_points(&past, &all);
    check_cases(&past, &predicate, &happened, &values)?;
    let found = searched(args, &past, &inputs, &happened)?;
    let discovery = Discovery {
        args,
        past: &past,
        predicate: &predicate,
        inputs: &inputs,
        happened: &happened,
        found: &found,
    };
    let written = written(&discovery)?;
    let figure = shown::figure(&discovery);
    if let (Some(path), Some(figure)) = (&args.figure, &figure) {
        crate::commands::write_text(path, &figure.svg)?;
    }
    let provenance = table_file::of_results(&past.results.manifest);
    args.table
        .write(face, || shown::table(&discovery, provenance))?;
    if face.json {
        face.document(&shown::document(&discovery))?;
    } else {
        face.data(&shown::text(&discovery, face))?;
    }
    for path in written.iter().chain(&args.figure) {
        face.note(&format!("wrote {}", path.display()));
    }
    face.next(&next(&discovery));
    Ok(Exit::Good)
}

/// What is read of each replicate, and what that is compared with: a recorded number is asked for as it is.
fn asked(predicate: &Predicate) -> (Outcome, Predicate) {
    (predicate.outcome.clone(), predicate.clone())
}

/// Refuses what is too rare or too common to be told apart from luck.
fn check_cases(
    past: &PastRun,
    predicate: &Predicate,
    happened: &[bool],
    values: &[f64],
) -> Result<(), Failure> {
    let n = happened.len() as u64;
    let cases = happened.iter().filter(|one| **one).count() as u64;
    let title = outcome_text::predicate_title(past.scenario(), predicate);
    let text = outcome_text::write_predicate(past.scenario(), predicate);
    let counted = format!(
        "{} of {}",
        number::count(cases),
        number::counted(n, "replicate")
    );
    if cases < CASES_MIN {
        let needed = if cases == 0 {
            None
        } else {
            Some((n * 2 * CASES_MIN).div_ceil(cases))
        };
        let more = needed.map_or_else(String::new, |needed| {
            format!("run about {} replicates, or ", number::count(needed))
        });
        return Err(Failure::Refused {
            what: format!("`{title}` holds in {counted}: too rare to be told from luck"),
            help: format!("{more}ask a milder condition: {}", quantiles(values)),
        });
    }
    if n - cases < CASES_MIN {
        return Err(Failure::Refused {
            what: format!("`{title}` holds in {counted}: too common to be told from luck"),
            help: format!(
                "ask the opposite, --when 'Not({text})', or a harder condition: {}",
                quantiles(values)
            ),
        });
    }
    Ok(())
}

/// What the outcome is in a tenth, half and nine tenths of the replicates.
fn quantiles(values: &[f64]) -> String {
    let mut sorted: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    match sorted.len() {
        0 => "the outcome is absent in every replicate".to_owned(),
        _ => {
            let at = |tenth: usize| number::plain(sorted[last * tenth / 10]);
            format!(
                "a tenth of its values lies below {}, half below {}, nine tenths below {}",
                at(1),
                at(5),
                at(9)
            )
        }
    }
}

/// The boxes, one after another.
fn searched(
    args: &Args,
    past: &PastRun,
    inputs: &Inputs,
    happened: &[bool],
) -> Result<Vec<Judged>, Failure> {
    let columns = inputs.columns();
    let data = Data {
        inputs: &columns,
        happened,
    };
    let options = Options {
        mass_min: args.min_mass,
        ..Options::default()
    };
    let mut rows: Vec<usize> = (0..happened.len()).collect();
    let mut all = Vec::new();
    for turn in 0..u64::from(args.boxes) {
        let cases = rows.iter().filter(|row| happened[**row]).count() as u64;
        if turn > 0 && cases < CASES_MIN {
            break;
        }
        let mut found = judge::found(&data, &rows, options);
        if let Some(chosen) = args.stage {
            let last = found.trajectory.stages.len() - 1;
            let Some(stage) = found.trajectory.stages.get(chosen) else {
                return Err(Failure::Refused {
                    what: format!("--box {chosen}: the way has boxes 0 to {last}"),
                    help: "leave --box out to see them".to_owned(),
                });
            };
            found.chosen = chosen;
            found.kept = Simplified {
                restrictions: prim::quasi_p(&data, &rows, stage),
                stage: stage.clone(),
                dropped: Vec::new(),
            };
        }
        let seed = past.order.request.seed.wrapping_add(turn);
        let rounds = |rounds| Rounds {
            seed,
            rounds,
            block: inputs.block,
        };
        let found = Judged {
            resampled: judge::resampled(&data, &rows, &found.kept.stage, options, rounds(HALVES)),
            chance: judge::chance(&data, &rows, options, rounds(DEALS)),
            found,
        };
        let explains = found.explains();
        rows = prim::outside(&data, &rows, found.stage());
        all.push(found);
        if !explains {
            break;
        }
        if inputs.block > 1 && !rows.len().is_multiple_of(inputs.block) {
            break;
        }
    }
    Ok(all)
}

/// Writes the box of the first search, if it was asked for and there is one.
fn written(of: &Discovery<'_>) -> Result<Option<PathBuf>, Failure> {
    let Some(path) = &of.args.write else {
        return Ok(None);
    };
    let first = of
        .found
        .iter()
        .find(|found| found.explains() || of.args.stage.is_some());
    let Some(found) = first.filter(|found| !found.stage().restricted.is_empty()) else {
        return Err(Failure::Refused {
            what: "--write: the uncertain inputs do not explain it, so there is no box to run"
                .to_owned(),
            help: "leave --write out to see what was found, or choose a box by --box".to_owned(),
        });
    };
    let text = box_file::text(of, found.stage(), path)?;
    crate::commands::write_text(path, &text)?;
    Ok(Some(path.clone()))
}

/// The next useful command.
fn next(of: &Discovery<'_>) -> String {
    let origin = &of.past.results.manifest.origin;
    if let Some(path) = &of.args.write {
        let set: Vec<String> = origin
            .overrides
            .iter()
            .map(|one| format!(" --set {}", shell_word(one)))
            .collect();
        let policy = of
            .past
            .policy_shown()
            .map_or_else(String::new, |id| format!(" --policy {id}"));
        return format!(
            "foedera run {} -n {} --seed {}{policy}{}",
            shell_word(&path.display().to_string()),
            origin.n,
            origin.seed.wrapping_add(1),
            set.concat()
        );
    }
    let folder = shell_word(&of.args.folder.display().to_string());
    if of.found.iter().any(Judged::explains) {
        return format!(
            "foedera discover {folder} --when {} --write box.ron",
            shell_word(&of.args.when)
        );
    }
    format!("foedera storylines {folder}")
}

/// The density of a stage with its interval.
fn density(stage: &Stage) -> Option<foedera_results::Estimate> {
    foedera_results::interval::wilson(stage.k, stage.n, foedera_results::interval::CONFIDENCE)
}
