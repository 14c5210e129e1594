//! `foedera why OUT --initiative NAME`: who blocked, how often and by which term of its utility.
//!
//! From the aggregates that every run keeps. Three questions go further and let replicates happen again: what is
//! left of one initiative without the analysts' stances ([`beside`]), what blockers would need to agree ([`needs`],
//! on request), and one replicate's full ledger ([`ledger`]) or what one event of it hangs on ([`event`], on request).
//! [`ledger_file`] writes the ledgers of many replicates as a table.

mod beside;
mod event;
mod ledger;
mod ledger_file;
mod needs;

pub(super) use self::ledger_file::ledgers;

use std::{path::PathBuf, sync::Arc};

use clap::Args as ClapArgs;
use foedera_analysis::blockers::{self, Blocker};
use foedera_ensemble::again::Sample;
use foedera_results::{
    AnalysisTable, Estimate, Layout, Results,
    analysis_table::{Cell, Column as TableColumn},
    decision::DecisionTallies,
    digits,
};
use foedera_scenario::Scenario;
use foedera_sim::Program;
use serde_json::json;

use crate::{
    answer, estimate,
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    nearest, number, results_folder,
    sheet::{Column, Sheet, Tone, Word},
    spark,
    table_file::{self, TableArgs},
    work,
};

/// Which results.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// The initiative [default: all of them]
    #[arg(long, value_name = "NAME")]
    initiative: Option<String>,
    /// The policy under which [default: the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Prints the full ledger of one replicate instead: every term of every party's value
    #[arg(long, short = 'k', value_name = "K")]
    replicate: Option<u64>,
    /// With --replicate, what made an event happen there: the decision, what came before, and what is left of it with one
    /// thing taken away
    #[arg(long, value_name = "EVENT", requires = "replicate")]
    event: Option<String>,
    /// With --event, simulates nothing but the history itself
    #[arg(long, requires = "event")]
    no_counterfactuals: bool,
    /// Writes the full ledgers of the first N replicates as a table: every term of every party's value of every rung
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates, conflicts_with_all = ["replicate", "needs"])]
    ledger: Option<u64>,
    /// With --ledger, the file [default: ledger.parquet]
    #[arg(long, short, value_name = "FILE.parquet", requires = "ledger")]
    output: Option<PathBuf>,
    /// With --replicate, every rung at stake instead of the one that decided
    #[arg(long, requires = "replicate")]
    all: bool,
    /// Asks what blockers would need to agree: lets the run's first replicates happen again for each of their numbers
    #[arg(long, requires = "initiative", conflicts_with = "replicate")]
    needs: bool,
    /// With --needs, the party that is asked [default: those who block most, three at most]
    #[arg(long, value_name = "ACTOR", requires = "needs")]
    actor: Option<String>,
    /// With --needs, the rung that is asked about [default: the first that the party refuses in the median]
    #[arg(long, value_name = "NAME", requires = "needs")]
    rung: Option<String>,
    /// Replicates that happen again, the first ones of the run [default: 512 beside stances, 128 with --needs]
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates)]
    sample: Option<u64>,
    /// Simulates nothing: leaves out what is left without the stances
    #[arg(long, conflicts_with_all = ["needs", "replicate"])]
    no_rerun: bool,
    #[command(flatten)]
    table: TableArgs,
}

/// The question of the run, ready to happen again.
struct Rerun<'a> {
    scenario: Arc<Scenario>,
    program: Arc<Program>,
    sample: Sample<'a>,
}

impl<'a> Rerun<'a> {
    /// The first replicates of a run under one of its policies: so many as asked, or a usual number.
    fn new(args: &Args, results: &'a Results, arm: usize, usual: u64) -> Result<Self, Failure> {
        let manifest = &results.manifest;
        let mut scenario = super::replay::scenario_of(&args.folder, manifest)?;
        scenario.stances = manifest.origin.stances;
        let policy = work::policy(&scenario, &manifest.layout.arms[arm].id)?;
        let sample = Sample {
            n: args.sample.unwrap_or(usual).min(manifest.completed).max(1),
            seed: manifest.origin.seed,
            design: &manifest.origin.design,
            policy,
            stances: scenario.stances,
        };
        let scenario = Arc::new(scenario);
        Ok(Self {
            program: Arc::new(Program::new(Arc::clone(&scenario))),
            scenario,
            sample,
        })
    }
}

/// Tells who stopped what.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let results = results_folder::open(&args.folder)?;
    let layout = &results.manifest.layout;
    let arm = match &args.policy {
        None => 0,
        Some(id) => layout.arm(id).ok_or_else(|| {
            no_such(
                "--policy",
                "policy in these results",
                id,
                layout.arms.iter().map(|arm| arm.id.as_str()),
            )
        })?,
    };
    let wanted = match &args.initiative {
        None => (0..layout.initiatives.len()).collect(),
        Some(id) => vec![layout.initiative(id).ok_or_else(|| {
            let ids = layout
                .initiatives
                .iter()
                .map(|initiative| initiative.id.as_str());
            no_such("--initiative", "initiative", id, ids)
        })?],
    };
    if let Some(n) = args.ledger {
        return ledger_file::write(args, face, &results, n);
    }
    if let (Some(replicate), Some(text)) = (args.replicate, &args.event) {
        return event::tell(args, face, &results, arm, (replicate, text));
    }
    if let Some(replicate) = args.replicate {
        if args.table.table.is_some() {
            return Err(Failure::Model {
                what: "write the ledger of one replicate as a table".to_owned(),
                help: "leave out --table, or print the ledger with --json",
            });
        }
        return ledger::tell(args, face, &results, arm, &wanted, replicate);
    }
    let decisions = &results.aggregates.arms[arm].decisions;
    args.table
        .write(face, || blocks_table(&results, arm, &wanted))?;
    let further = further(args, face, &results, arm, &wanted)?;
    if face.json {
        let all: Vec<_> = wanted
            .iter()
            .map(|idx| answer::decided(layout, decisions, *idx))
            .collect();
        let mut document = json!({ "policy": layout.arms[arm].id, "replicates": decisions.replicates, "initiatives": all });
        for Part { key, value, .. } in further {
            document[key] = value;
        }
        face.document(&document)?;
    } else {
        let parts: Vec<String> = wanted
            .iter()
            .map(|idx| chapter(face, layout, decisions, *idx))
            .collect();
        let key = "  shares of tablings with 95 % intervals, clustered by replicate; equal ranks cannot be told apart\n";
        let mut text = parts.join("\n") + "\n" + &face.paint.faint(key);
        for part in further {
            text += &part.text;
        }
        face.data(&text)?;
    }
    face.next(&next(args, layout));
    Ok(Exit::Good)
}

/// The next useful command.
fn next(args: &Args, layout: &Layout) -> String {
    let folder = shell_word(&args.folder.display().to_string());
    match (&args.initiative, layout.initiatives.first()) {
        (Some(id), _) if args.needs => {
            let id = shell_word(id);
            format!("foedera why {folder} --initiative {id} --replicate 0")
        }
        (Some(id), _) => format!(
            "foedera why {folder} --initiative {} --needs",
            shell_word(id)
        ),
        (None, Some(first)) => {
            let id = shell_word(&first.id);
            format!("foedera why {folder} --initiative {id}")
        }
        (None, None) => format!("foedera replay {folder} --replicate 0"),
    }
}

/// What is told of one initiative by letting replicates happen again.
struct Part {
    key: &'static str,
    text: String,
    value: serde_json::Value,
}

fn further(
    args: &Args,
    face: &Face,
    results: &Results,
    arm: usize,
    wanted: &[usize],
) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::new();
    let (&[idx], Some(_)) = (wanted, &args.initiative) else {
        return Ok(parts);
    };
    if !args.no_rerun {
        let rerun = Rerun::new(args, results, arm, beside::USUAL)?;
        let (text, value) = beside::tell(face, &rerun, idx)?;
        parts.push(Part {
            key: "stances_off",
            text,
            value,
        });
    }
    if args.needs {
        let rerun = Rerun::new(args, results, arm, needs::USUAL)?;
        let ranked = blockers::ranked(&results.aggregates.arms[arm].decisions, idx);
        let (text, value) = needs::tell(args, face, &rerun, idx, &ranked)?;
        parts.push(Part {
            key: "needs",
            text,
            value,
        });
    }
    Ok(parts)
}

fn no_such<'a>(
    option: &'static str,
    kind: &'static str,
    name: &str,
    valid: impl Iterator<Item = &'a str>,
) -> Failure {
    Failure::NoSuchName {
        option,
        kind,
        name: name.to_owned(),
        nearest: nearest::names(name, valid),
    }
}

/// One initiative.
fn chapter(face: &Face, layout: &Layout, decisions: &DecisionTallies, idx: usize) -> String {
    let initiative = &layout.initiatives[idx];
    let tally = &decisions.initiatives[idx];
    let mut text = format!(
        "{}  {}\n",
        face.paint.strong(&initiative.id),
        initiative.title
    );
    text += &format!(
        "  tabled {} in {} of {} replicates\n",
        number::counted(tally.tabled.sum, "time"),
        number::count(tally.replicates_tabled),
        number::count(decisions.replicates),
    );
    for (rung, name) in initiative.rungs.iter().enumerate() {
        if let Some(reached) = decisions.ever_adopted(idx, rung) {
            text += &format!(
                "  reaches {} with probability {}\n",
                name.id,
                digits::share(&reached)
            );
        }
    }
    let ranked = blockers::ranked(decisions, idx);
    if ranked.is_empty() {
        return text + "  nobody blocked it\n";
    }
    text + "\n" + &table(face, layout, decisions, idx, &ranked)
}

fn table(
    face: &Face,
    layout: &Layout,
    decisions: &DecisionTallies,
    idx: usize,
    ranked: &[Blocker],
) -> String {
    let years = years(layout);
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number(""),
            Column::Words("who"),
            Column::Number("blocks"),
            Column::Number("alone"),
            Column::Words("by year"),
            Column::Prose("over"),
        ],
    );
    for one in ranked {
        let terms: Vec<String> = one
            .terms
            .iter()
            .map(|(term, share)| format!("{} {}", layout.terms[*term], digits::share(share)))
            .collect();
        let alone = one
            .sole
            .map_or_else(|| "–".to_owned(), |share| estimate::value(&share));
        sheet.row([
            one.rank.to_string().into(),
            Word::new(Tone::Strong, layout.actors[one.actor].id.as_str()),
            digits::share(&one.share).into(),
            alone.into(),
            Word::new(Tone::Picture, by_year(decisions, idx, one.actor, &years)),
            terms.join(", ").into(),
        ]);
    }
    sheet.text()
}

/// Who blocks, as a table: for each initiative and blocker the share of tablings, alone, pivotal, then by term.
fn blocks_table(results: &Results, arm: usize, wanted: &[usize]) -> AnalysisTable {
    let layout = &results.manifest.layout;
    let decisions = &results.aggregates.arms[arm].decisions;
    let columns = [
        TableColumn::text("policy", "Policy"),
        TableColumn::text("initiative", "Initiative"),
        TableColumn::text("actor", "Who blocks"),
        TableColumn::integer("rank", "Rank; equal ranks cannot be told apart", ""),
        TableColumn::text(
            "what",
            "blocks, alone, pivotal: share of tablings; term: share of the actor's blocks",
        ),
        TableColumn::text("term", "Deciding term"),
        TableColumn::number("share", "Share", "1"),
        TableColumn::number("share_low", "Share, lower end of its 95 % interval", "1"),
        TableColumn::number("share_high", "Share, upper end of its 95 % interval", "1"),
        TableColumn::integer("n", "Replicates behind it", "replicates"),
    ];
    let title = format!("Who blocks in {}", results.manifest.origin.title);
    let mut table = AnalysisTable::new(title, table_file::of_results(&results.manifest), columns);
    for &idx in wanted {
        for one in blockers::ranked(decisions, idx) {
            let mut row = |what: &str, term: Option<&str>, of: Option<Estimate>| {
                let Some(of) = of else { return };
                table.row([
                    layout.arms[arm].id.as_str().into(),
                    layout.initiatives[idx].id.as_str().into(),
                    layout.actors[one.actor].id.as_str().into(),
                    one.rank.into(),
                    what.into(),
                    Cell::from(term),
                    of.value.into(),
                    of.low.into(),
                    of.high.into(),
                    of.n.into(),
                ]);
            };
            row("blocks", None, Some(one.share));
            row("alone", None, one.sole);
            row("pivotal", None, one.pivotal);
            for (term, share) in &one.terms {
                row("term", Some(layout.terms[*term].as_str()), Some(*share));
            }
        }
    }
    table
}

/// The calendar years of a run.
fn years(layout: &Layout) -> Vec<i32> {
    let mut years: Vec<i32> = layout.steps.iter().map(|step| step.year).collect();
    years.dedup();
    years
}

/// Share of each year's tablings that an actor blocked, as a curve; a gap where nothing was tabled.
fn by_year(decisions: &DecisionTallies, idx: usize, actor: usize, years: &[i32]) -> String {
    let tally = &decisions.initiatives[idx];
    let key = u32::try_from(actor).unwrap_or(u32::MAX);
    let blocks = |year: i32| -> u64 {
        let cells = tally
            .actors
            .get(&key)
            .map_or(&[][..], |of_actor| &of_actor.years[..]);
        cells
            .iter()
            .filter(|cell| cell.year == year)
            .map(|cell| cell.blocks)
            .sum()
    };
    #[expect(clippy::cast_precision_loss, reason = "shares in a small picture")]
    let share = |year: &i32| match tally.tabled_by_year.get(year) {
        Some(&tabled) if tabled > 0 => blocks(*year) as f64 / tabled as f64,
        _ => f64::NAN,
    };
    let shares: Vec<f64> = years.iter().map(share).collect();
    spark::curve(&shares, 0.0, 1.0)
}
