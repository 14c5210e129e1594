//! The plain parts of a report: the answer's sentences and tables, inputs with their sources, how it was made.

use foedera_analysis::report::{Block, Section, Table, number as exact};
use foedera_results::{Results, digits, layout::OutcomeKind, manifest::RunStatus};
use foedera_scenario::{Confidence, Scenario};

use super::{Args, Known};
use crate::{
    face::shell_word,
    number::{bytes, count, counted, plain},
    phrase,
};

/// Bytes of the texts that are printed in full, beside the scenario's own.
const TEXTS_MAX: usize = 200_000;

/// What was run, on one line.
pub(super) fn made_from(results: &Results) -> String {
    let (manifest, layout) = (&results.manifest, &results.manifest.layout);
    let span = match (layout.steps.first(), layout.steps.last()) {
        (Some(from), Some(to)) => format!("{} to {} · ", from.year, to.year),
        _ => String::new(),
    };
    let policies = match layout.arms.len() {
        1 => String::new(),
        n => format!(" under each of {n} policies"),
    };
    let (replicates, seed) = (
        counted(manifest.completed, "replicate"),
        manifest.origin.seed,
    );
    format!(
        "{span}{replicates}{policies} · seed {seed} · foedera {}",
        manifest.origin.version
    )
}

/// The answer: its sentences, then every outcome.
pub(super) fn answer(known: &Known<'_>, sentences: &[String]) -> Section {
    let mut blocks: Vec<Block> = sentences.iter().cloned().map(Block::Lead).collect();
    blocks.push(Block::Note(
        "Numbers are estimates of what the model says, with their 95 % intervals; luck and uncertain inputs together. What the \
         model leaves out is in no interval."
            .to_owned(),
    ));
    let mut tables = Vec::new();
    let likely = likely(known);
    if !likely.rows.is_empty() {
        tables.push(Block::Table(
            "How likely: probabilities with 95 % Wilson intervals".to_owned(),
            likely,
        ));
    }
    let much = much(known);
    if !much.rows.is_empty() {
        tables.push(Block::Table(
            "How much: means with their standard errors, and quantiles".to_owned(),
            much,
        ));
    }
    if !tables.is_empty() {
        blocks.push(Block::More("Every outcome of the run".to_owned(), tables));
    }
    Section {
        id: "answer",
        title: "The answer",
        blocks,
    }
}

/// Truth values, and whether timed events happen at all.
fn likely(known: &Known<'_>) -> Table {
    let mut table = Table::new(["outcome", "#probability", "#value", "#low", "#high"]);
    let tallies = &known.results.aggregates.arms[0].outcomes;
    for (column, tally) in known.layout.outcomes.iter().zip(tallies) {
        let (label, share) = match column.kind {
            OutcomeKind::Truth => (column.label.clone(), tally.estimate(column.kind)),
            OutcomeKind::Time => (format!("{}: ever", column.label), tally.presence()),
            OutcomeKind::Count | OutcomeKind::Number => continue,
        };
        let Some(share) = share else { continue };
        table.row([
            label,
            digits::share(&share),
            exact(share.value),
            exact(share.low),
            exact(share.high),
        ]);
    }
    table
}

/// Numbers, counts and times.
fn much(known: &Known<'_>) -> Table {
    let mut table = Table::new(["outcome", "unit", "#mean", "#5 %", "#median", "#95 %"]);
    let tallies = &known.results.aggregates.arms[0].outcomes;
    for (column, tally) in known.layout.outcomes.iter().zip(tallies) {
        let (Some(mean), Some(error)) = (tally.mean(), tally.standard_error()) else {
            continue;
        };
        if column.kind == OutcomeKind::Truth {
            continue;
        }
        let quantile = |level| {
            tally
                .quantile(column, level)
                .map_or_else(|| "–".to_owned(), |of| digits::plain(of.value, 3))
        };
        table.row([
            column.label.clone(),
            column.unit.clone(),
            digits::with_error(mean, error),
            quantile(0.05),
            quantile(0.5),
            quantile(0.95),
        ]);
    }
    table
}

/// What is not known, and where the numbers come from.
pub(super) fn inputs(scenario: &Scenario) -> Section {
    let mut blocks = Vec::new();
    let uncertain = uncertain(scenario);
    if uncertain.rows.is_empty() {
        blocks.push(Block::Text(
            "No input of this scenario is uncertain: all that differs between histories is luck."
                .to_owned(),
        ));
    } else {
        let n = counted(uncertain.rows.len() as u64, "input");
        blocks.push(Block::Text(format!(
            "{n} of the scenario are uncertain and drawn anew for each history."
        )));
        blocks.push(Block::More(
            "Uncertain inputs with their distributions".to_owned(),
            vec![Block::Table("Uncertain inputs".to_owned(), uncertain)],
        ));
    }
    let columns = columns(scenario);
    let judged = scenario
        .world
        .figures
        .iter()
        .filter(|figure| figure.judgement)
        .count();
    if !columns.rows.is_empty() {
        blocks.push(Block::Text(format!(
            "The world “{}” (figures of {}) has {}, of which {judged} are judgements. Licences: {}.",
            scenario.world.title,
            scenario.world.as_of,
            counted(columns.rows.len() as u64, "column"),
            scenario.world.licence
        )));
        blocks.push(Block::More(
            "Columns of the world with their sources".to_owned(),
            vec![Block::Table("Columns of the world".to_owned(), columns)],
        ));
    }
    let figures = figures(scenario);
    if !figures.rows.is_empty() {
        blocks.push(Block::More(
            "Single figures with a source of their own".to_owned(),
            vec![Block::Table("Single figures".to_owned(), figures)],
        ));
    }
    if !scenario.sources.is_empty() {
        let mut sources = Table::new(["sources of the scenario"]);
        for source in &scenario.sources {
            sources.row([source.clone()]);
        }
        blocks.push(Block::Table("Sources of the scenario".to_owned(), sources));
    }
    Section {
        id: "inputs",
        title: "Inputs with their sources",
        blocks,
    }
}

/// Inputs that are drawn.
fn uncertain(scenario: &Scenario) -> Table {
    let mut uncertain = Table::new(["input", "#base", "#5 %", "#95 %", "given as"]);
    for uncertainty in &scenario.uncertainties {
        let info = scenario.leaves.info(uncertainty.leaf);
        let quantile = |p: f64| {
            plain(foedera_ensemble::quantile(
                &uncertainty.distribution,
                info,
                p,
            ))
        };
        let given = phrase::distribution(&uncertainty.distribution);
        uncertain.row([
            info.path.clone(),
            plain(info.value),
            quantile(0.05),
            quantile(0.95),
            given,
        ]);
    }
    uncertain
}

/// The world's columns.
fn columns(scenario: &Scenario) -> Table {
    let mut table = Table::new(["column", "unit", "year", "source"]);
    for figure in &scenario.world.figures {
        let source = if figure.judgement {
            format!("judgement: {}", figure.source)
        } else {
            figure.source.clone()
        };
        table.row([
            figure.column.clone(),
            figure.unit.clone(),
            figure.year.clone(),
            source,
        ]);
    }
    table
}

/// Single figures that carry a source, without the law's own and those of the world's columns.
fn figures(scenario: &Scenario) -> Table {
    let mut table = Table::new(["figure", "#value", "confidence", "source"]);
    for (_, info) in scenario.leaves.iter() {
        let of_column = info.path.starts_with("actors.") || info.path.starts_with("dyads.");
        let of_law = info.path.starts_with("params.") && !info.written;
        let Some(source) = info.source.as_ref().filter(|_| !of_column && !of_law) else {
            continue;
        };
        let confidence = match info.confidence {
            Confidence::Unstated => "",
            stated => phrase::confidence(stated),
        };
        table.row([
            info.path.clone(),
            plain(info.value),
            confidence.to_owned(),
            source.clone(),
        ]);
    }
    table
}

/// Method, seed, error, failures, texts, and how to have it all again.
pub(super) fn method(known: &Known<'_>, args: &Args) -> Section {
    let manifest = &known.results.manifest;
    let origin = &manifest.origin;
    let mut facts = Table::new(["", "of this run"]);
    let status = match manifest.status {
        RunStatus::Complete => "complete".to_owned(),
        RunStatus::Interrupted | RunStatus::Running => {
            format!(
                "interrupted: {} of {} replicates",
                count(manifest.completed),
                count(origin.n)
            )
        }
    };
    let policies: Vec<&str> = known
        .layout
        .arms
        .iter()
        .map(|arm| arm.id.as_str())
        .collect();
    let rows = [
        (
            "replicates",
            format!("{}, {status}", count(manifest.completed)),
        ),
        ("seed", origin.seed.to_string()),
        ("policies", policies.join(", ")),
        (
            "analysts' stances",
            if origin.stances { "count" } else { "left out" }.to_owned(),
        ),
        ("failed replicates", failures(known)),
        (
            "steps",
            format!(
                "{}, {} to {}",
                known.layout.steps.len(),
                known.again.scenario.time.start,
                known.again.scenario.time.end
            ),
        ),
        ("program", format!("{} {}", origin.program, origin.version)),
        ("hash of scenario and world", manifest.scenario_sha256()),
        (
            "hash of the law's parameters",
            origin.catalogue_sha256.clone(),
        ),
    ];
    for (name, value) in rows {
        facts.row([name.to_owned(), value]);
    }
    let blocks = vec![
        Block::Text(
            "Each replicate draws the uncertain inputs and its luck from keys (seed, replicate, purpose), so that the same command \
             gives the same bits on any machine, and policies differ by themselves and not by chance. Probabilities have Wilson \
             intervals; means have standard errors; quantiles have intervals by order statistics; shares of tablings are ratios \
             with errors clustered by replicate. Real histories, ties and what membership is worth come from the run's own \
             replicates, which happened again for this report with the same bits."
                .to_owned(),
        ),
        Block::Table("How this run was made".to_owned(), facts),
        Block::Code("The command that reproduces the run".to_owned(), command(&origin.command)),
        Block::Code("The command that reproduces this report from it".to_owned(), reported(args)),
        texts(known),
    ];
    Section {
        id: "method",
        title: "Method, seed, error, failures",
        blocks,
    }
}

fn command(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
    words.join(" ") + " -o out"
}

fn reported(args: &Args) -> String {
    let file = args.output.as_ref().and_then(|path| path.file_name());
    let file = file.map_or_else(
        || "report.html".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    format!("foedera report out -o {}", shell_word(&file))
}

fn failures(known: &Known<'_>) -> String {
    let mut parts = Vec::new();
    for (arm, name) in known.results.aggregates.arms.iter().zip(&known.layout.arms) {
        for (n, kind) in arm.faults.iter().zip(&known.layout.fault_kinds) {
            if *n > 0 {
                parts.push(format!("{} under {}: {}", count(*n), name.id, kind.title));
            }
        }
    }
    if parts.is_empty() {
        "none".to_owned()
    } else {
        format!("{}; they count in no number", parts.join("; "))
    }
}

/// The scenario's text, and the other files in full as far as there is room.
fn texts(known: &Known<'_>) -> Block {
    let origin = &known.results.manifest.origin;
    let mut inner = Vec::new();
    let mut files = Table::new(["file", "#size", "SHA-256"]);
    let mut left = TEXTS_MAX;
    for (idx, file) in origin.texts.iter().enumerate() {
        files.row([
            file.path.clone(),
            bytes(file.text.len() as u64),
            file.sha256.clone(),
        ]);
        if idx == 0 || file.text.len() <= left {
            left = left.saturating_sub(if idx == 0 { 0 } else { file.text.len() });
            inner.push(Block::Code(file.path.clone(), file.text.clone()));
        }
    }
    if !origin.overrides.is_empty() {
        inner.insert(
            0,
            Block::Code(
                "Changed from outside".to_owned(),
                origin.overrides.join("\n"),
            ),
        );
    }
    inner.insert(
        0,
        Block::Table("Files that decide the run".to_owned(), files),
    );
    Block::More(
        "The scenario's text, and the files of its world".to_owned(),
        inner,
    )
}
