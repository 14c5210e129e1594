//! `foedera why OUT --initiative NAME`: who blocked, how often and by which term of its utility.
//!
//! From the aggregates that every run keeps; nothing is simulated.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_analysis::blockers::{self, Blocker};
use foedera_results::{Layout, decision::DecisionTallies, digits};
use serde_json::json;

use crate::{
    answer, estimate,
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    nearest, number, results_folder,
    sheet::{Column, Sheet, Tone, Word},
    spark,
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
}

/// Tells who stopped what.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
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
    let decisions = &results.aggregates.arms[arm].decisions;
    if face.json {
        let all: Vec<_> = wanted
            .iter()
            .map(|idx| answer::decided(layout, decisions, *idx))
            .collect();
        face.document(&json!({ "policy": layout.arms[arm].id, "replicates": decisions.replicates, "initiatives": all }))?;
    } else {
        let parts: Vec<String> = wanted
            .iter()
            .map(|idx| chapter(face, layout, decisions, *idx))
            .collect();
        let key = "  shares of tablings with 95 % intervals, clustered by replicate; equal ranks cannot be told apart\n";
        face.data(&(parts.join("\n") + "\n" + &face.paint.faint(key)))?;
    }
    face.next(&format!(
        "foedera replay {} --replicate 0",
        shell_word(&args.folder.display().to_string())
    ));
    Ok(Exit::Good)
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
