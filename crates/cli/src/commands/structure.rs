//! `foedera structure OUT|FILE`: camps, balance and polarisation at chosen dates, from replicates that happen again.

use std::{num::NonZero, path::PathBuf, sync::Arc, thread};

use clap::Args as ClapArgs;
use foedera_ensemble::{
    BASE,
    structure::{self, Asked, AtDate, MEASURES, Measured, N_MAX},
};
use foedera_results::{
    AnalysisTable, Design, Provenance,
    analysis_table::{Cell, Column as TableColumn},
    digits,
};
use foedera_scenario::{Month, OrganisationIdx, Override, Scenario};
use foedera_sim::Program;
use serde_json::{Value, json};

use super::replay::scenario_of;
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    grid, nearest, number, results_folder, scenario_file,
    sheet::{Column, Sheet, Tone, Word},
    table_file::{self, TableArgs},
    work,
};

/// Most actors in a grid.
const GRID_MAX: usize = 24;

/// What to look at.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run, or a scenario file
    #[arg(value_name = "OUT|FILE")]
    source: PathBuf,
    /// A date, as in 2015-12; may be repeated [default: the first and the last step]
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    at: Vec<Month>,
    /// Only the members of this organisation at the date
    #[arg(long, value_name = "ID")]
    org: Option<String>,
    /// Replicates that happen again, from the first of the run on
    #[arg(long, short = 'n', default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=N_MAX))]
    replicates: u64,
    /// The policy under which [default: the base case, or the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Weakest affinity that counts as a tie, from 0 to 1
    #[arg(long, default_value_t = 0.1, value_parser = share)]
    threshold: f64,
    /// Weight of identification in polarisation, above 0 to 1.6
    #[arg(long, default_value_t = 1.3, value_parser = alpha)]
    alpha: f64,
    /// Seed, with a scenario file [default: 1]
    #[arg(long, value_parser = crate::command_line::seed)]
    seed: Option<u64>,
    /// Sets a path, with a scenario file; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    #[command(flatten)]
    table: TableArgs,
}

fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| "expected a month, as in 2015-12".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let value = text
        .parse()
        .ok()
        .filter(|value| (0.0..=1.0).contains(value));
    value.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

fn alpha(text: &str) -> Result<f64, String> {
    let good = |value: &f64| *value > 0.0 && *value <= 1.6;
    let value = text.parse().ok().filter(good);
    value.ok_or_else(|| "expected a number above 0, at most 1.6".to_owned())
}

/// A question with the replicates that may happen again.
struct Told {
    scenario: Arc<Scenario>,
    seed: u64,
    design: Design,
    first: u64,
    n: u64,
    policy: String,
    origin: Provenance,
}

/// Looks at it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let told = if args.source.is_dir() {
        of_results(args)?
    } else {
        of_file(args, face)?
    };
    let scenario = &told.scenario;
    let name = args.policy.as_ref().unwrap_or(&told.policy);
    let (policy, org) = (work::policy(scenario, name)?, org(args, scenario)?);
    let time = &scenario.time;
    for at in &args.at {
        if *at < time.start || *at > time.end {
            return Err(Failure::Model {
                what: format!(
                    "look at {at}: the scenario runs from {} to {}",
                    time.start, time.end
                ),
                help: "choose a date within it with --at",
            });
        }
    }
    let ends = [time.start, time.end];
    let asked = Asked {
        n: told.n.min(args.replicates),
        first: told.first,
        seed: told.seed,
        design: told.design.clone(),
        policy,
        stances: scenario.stances,
        at: if args.at.is_empty() {
            ends.to_vec()
        } else {
            args.at.clone()
        },
        org,
        threshold: args.threshold,
        alpha: args.alpha,
        threads: thread::available_parallelism().map_or(1, NonZero::get),
    };
    let program = Arc::new(Program::new(Arc::clone(scenario)));
    let dates = structure::measure(scenario, &program, &asked)?;
    args.table
        .write(face, || measures_table(&told, name, &dates))?;
    if face.json {
        face.document(&document(scenario, &asked, name, &dates))?;
    } else {
        face.data(&text(face, scenario, &asked, name, &dates))?;
    }
    let source = shell_word(&args.source.display().to_string());
    face.next(
        &match (org, scenario.world.organisations.get(scenario.focus)) {
            (None, Some(focus)) => format!("foedera structure {source} --org {}", focus.id),
            _ => format!("foedera replay {source} --replicate {}", told.first),
        },
    );
    Ok(Exit::Good)
}

fn org(args: &Args, scenario: &Scenario) -> Result<Option<OrganisationIdx>, Failure> {
    let Some(name) = &args.org else {
        return Ok(None);
    };
    let ids = || {
        scenario
            .world
            .organisations
            .iter()
            .map(|org| org.id.as_str())
    };
    let found = ids().position(|id| id == name);
    found.map(Some).ok_or_else(|| Failure::NoSuchName {
        option: "--org",
        kind: "organisation",
        name: name.clone(),
        nearest: nearest::names(name, ids()),
    })
}

/// The question of a scenario file.
fn of_file(args: &Args, face: &Face) -> Result<Told, Failure> {
    let loaded = scenario_file::load(face, &args.source, &args.set)?;
    let seed = args.seed.unwrap_or(1);
    Ok(Told {
        origin: table_file::of_file(&loaded, &args.set, seed),
        scenario: Arc::new(loaded.scenario),
        seed,
        design: Design::default(),
        first: 0,
        n: N_MAX,
        policy: BASE.to_owned(),
    })
}

/// The question of a folder of results, from the texts in its manifest.
fn of_results(args: &Args) -> Result<Told, Failure> {
    for (given, option) in [
        (args.seed.is_some(), "--seed"),
        (!args.set.is_empty(), "--set"),
    ] {
        if given {
            return Err(Failure::OfTheRun { option });
        }
    }
    let manifest = results_folder::open(&args.source)?.manifest;
    let mut scenario = scenario_of(&args.source, &manifest)?;
    scenario.stances = manifest.origin.stances;
    let arm = manifest.layout.arms.first();
    Ok(Told {
        scenario: Arc::new(scenario),
        seed: manifest.origin.seed,
        design: manifest.origin.design.clone(),
        first: manifest.origin.first,
        n: manifest.completed,
        policy: arm.map_or(BASE, |arm| arm.id.as_str()).to_owned(),
        origin: table_file::of_results(&manifest),
    })
}

/// Every measure at every date, as a table.
fn measures_table(told: &Told, policy: &str, dates: &[AtDate]) -> AnalysisTable {
    let columns = [
        TableColumn::date("date", "First day of the month"),
        TableColumn::text("policy", "Policy"),
        TableColumn::text("measure", "Measure"),
        TableColumn::text("label", "What it says"),
        TableColumn::number("mean", "Mean over replicates", ""),
        TableColumn::number("mean_low", "Mean, lower end of its 95 % interval", ""),
        TableColumn::number("mean_high", "Mean, upper end of its 95 % interval", ""),
        TableColumn::number("q05", "5 % quantile of replicates", ""),
        TableColumn::number("q50", "Median of replicates", ""),
        TableColumn::number("q95", "95 % quantile of replicates", ""),
        TableColumn::integer("n", "Replicates", "replicates"),
    ];
    let title = format!("Structure in {}", told.scenario.title);
    let mut table = AnalysisTable::new(title, told.origin.clone(), columns);
    for date in dates {
        let day = Cell::month(date.month.year(), date.month.of_year().unsigned_abs());
        for (kind, of) in MEASURES.iter().zip(&date.measures) {
            let [q05, q50, q95] = of.quantiles;
            table.row([
                day.clone(),
                policy.into(),
                kind.id.into(),
                kind.what.into(),
                of.mean.map(|mean| mean.value).into(),
                of.mean.map(|mean| mean.low).into(),
                of.mean.map(|mean| mean.high).into(),
                q05.into(),
                q50.into(),
                q95.into(),
                date.n.into(),
            ]);
        }
    }
    table
}

fn text(face: &Face, scenario: &Scenario, asked: &Asked, policy: &str, dates: &[AtDate]) -> String {
    let of = asked.org.map_or_else(
        || "all actors".to_owned(),
        |org| format!("members of {}", scenario.world.organisations[org].id),
    );
    let mut text = format!(
        "{}\nStructure among {of}, policy {policy}, ties from an affinity of {}\n",
        face.paint.strong(&scenario.title),
        number::plain(asked.threshold)
    );
    for date in dates {
        text += &at_date(face, scenario, date);
    }
    text += &face.aside(&format!(
        "{} of the run happen again; means with 95 % intervals, then 5 %, 50 % and 95 % of the replicates.",
        number::counted(dates.first().map_or(0, |date| date.n), "replicate")
    ));
    text
}

fn at_date(face: &Face, scenario: &Scenario, date: &AtDate) -> String {
    let mut text = format!("\n{}\n", face.paint.strong(&date.month.to_string()));
    let columns = [
        Column::Words("measure"),
        Column::Number("mean"),
        Column::Number("5 %"),
        Column::Number("50 %"),
        Column::Number("95 %"),
        Column::Prose("what it says"),
    ];
    let mut sheet = Sheet::new(face, columns);
    for (kind, of) in MEASURES.iter().zip(&date.measures) {
        let name = kind.id.replace('_', " ");
        let plain = |value: &Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| digits::plain(value, 3))
        };
        let [low, middle, high] = of.quantiles.each_ref().map(plain);
        let faint = Word::new(Tone::Faint, kind.what);
        let mean = Word::new(Tone::Strong, mean(of));
        sheet.row([
            name.into(),
            mean,
            low.into(),
            middle.into(),
            high.into(),
            faint,
        ]);
    }
    text += &sheet.text();
    text += &together(face, scenario, date);
    let finding = finding(scenario, date);
    text += &format!("\n{}\n", crate::prose::filled(&finding, face.width, ""));
    text
}

/// How often each pair is in one camp, in percent, if there are few enough actors.
fn together(face: &Face, scenario: &Scenario, date: &AtDate) -> String {
    let present = date
        .present
        .iter()
        .enumerate()
        .filter(|(_, share)| **share > 0.0);
    let actors: Vec<usize> = present.map(|(actor, _)| actor).collect();
    if !(3..=GRID_MAX).contains(&actors.len()) {
        return String::new();
    }
    let id = |actor: &usize| scenario.world.actors[*actor].id.clone();
    let names: Vec<String> = actors.iter().map(id).collect();
    let cell = |row: usize, column: usize| {
        let share = date.together[actors[row]][actors[column]].filter(|_| row != column);
        share.map_or_else(String::new, |share| format!("{:.0}", 100.0 * share))
    };
    let grid = grid::text(face, &names, cell);
    grid.map_or_else(String::new, |grid| {
        format!("\n  in one camp, % of the replicates\n{grid}")
    })
}

fn mean(of: &Measured) -> String {
    of.mean.map_or_else(
        || "–".to_owned(),
        |mean| digits::with_error(mean.value, mean.half_width()),
    )
}

/// The camps in words: the commonest ones, and who sides with whom most and least.
fn finding(scenario: &Scenario, date: &AtDate) -> String {
    let id = |actor: usize| scenario.world.actors[actor].id.as_str();
    let Some(([one, other], share)) = &date.commonest else {
        return "Every replicate failed.".to_owned();
    };
    let [one, other] =
        [one, other].map(|camp| camp.iter().map(|&actor| id(actor)).collect::<Vec<_>>());
    let share = 100.0 * share;
    let camps = match (one.is_empty(), other.is_empty()) {
        (true, true) => return "There is nobody to be in a camp.".to_owned(),
        (false, true) => format!("one camp of all, {}", one.join(" ")),
        _ => format!("{} against {}", one.join(" "), other.join(" ")),
    };
    let mut swing: Vec<(f64, usize, usize)> = Vec::new();
    for (i, row) in date.together.iter().enumerate() {
        for (j, share) in row.iter().enumerate().skip(i + 1) {
            if let Some(share) = share.filter(|share| *share > 0.0 && *share < 1.0) {
                swing.push(((share - 0.5).abs(), i, j));
            }
        }
    }
    swing.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let open = swing.first().map_or_else(String::new, |&(_, i, j)| {
        let together = 100.0 * date.together[i][j].unwrap_or(0.0);
        format!(
            " Most open is whether {} and {} stand together: {together:.0} %.",
            id(i),
            id(j)
        )
    });
    format!(
        "The two camps that fit best are most often ({share:.0} % of the replicates) {camps}.{open}"
    )
}

fn document(scenario: &Scenario, asked: &Asked, policy: &str, dates: &[AtDate]) -> Value {
    let ids: Vec<&str> = scenario
        .world
        .actors
        .iter()
        .map(|actor| actor.id.as_str())
        .collect();
    let date = |date: &AtDate| {
        let measures: serde_json::Map<String, Value> = MEASURES
            .iter()
            .zip(&date.measures)
            .map(|(kind, of)| {
                let [low, middle, high] = of.quantiles;
                let value = json!({ "what": kind.what, "mean": of.mean, "q05": low, "q50": middle, "q95": high });
                (kind.id.to_owned(), value)
            })
            .collect();
        let commonest = date.commonest.as_ref().map(|(camps, share)| {
            let camps = camps
                .each_ref()
                .map(|camp| camp.iter().map(|&actor| ids[actor]).collect::<Vec<_>>());
            json!({ "camps": camps, "share": share })
        });
        json!({
            "date": date.month.to_string(),
            "replicates": date.n,
            "measures": measures,
            "present": date.present,
            "same_camp": date.together,
            "commonest_camps": commonest,
            "frustration_proved": date.proved,
            "finding": finding(scenario, date),
        })
    };
    json!({
        "scenario": scenario.name,
        "policy": policy,
        "seed": asked.seed,
        "organisation": asked.org.map(|org| &scenario.world.organisations[org].id),
        "threshold": asked.threshold,
        "alpha": asked.alpha,
        "actors": ids,
        "dates": dates.iter().map(date).collect::<Vec<_>>(),
    })
}
