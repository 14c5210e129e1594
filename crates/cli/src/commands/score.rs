//! `foedera score OUT|FILE --observed TABLE.csv`: what the model said, beside what was observed.
//!
//! Questions are written in the outcome language. What the run recorded is read; anything else is had by
//! letting the same replicates happen again.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args as ClapArgs;
use foedera_analysis::scoring::{
    self, About, Answered, BinaryScores, Interval, Measured, NumberScores, corp::Point,
};
use foedera_results::{
    AnalysisTable, Provenance, Results,
    analysis_table::{Cell, Column as TableColumn},
    digits,
};
use foedera_scenario::{Outcome, Override, Scenario, outcome_text};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    observed::{self, Question, Seen},
    progress::{Form, Meter},
    results_folder, scenario_file,
    sheet::{Column, Sheet, Tone, Word},
    table_file::{self, TableArgs},
    work::{self, Order},
};

/// What is scored against what.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run, or a scenario file
    #[arg(value_name = "OUT|FILE")]
    source: PathBuf,
    /// Table of questions with what was observed; may be repeated
    ///
    /// Columns: id, expression (the outcome language), resolution (yes or no) or value (a number); optional
    /// question, cluster or topic, baseline, or `baseline_mean` and `baseline_sd`.
    #[arg(long, required = true, value_name = "TABLE.csv")]
    observed: Vec<PathBuf>,
    /// Leaves the analysts' stances out
    #[arg(long)]
    no_stances: bool,
    /// Replicates, with a scenario file [default: 2000]
    #[arg(short = 'n', long = "replicates", value_parser = crate::command_line::replicates)]
    n: Option<u64>,
    /// Seed, with a scenario file [default: 1]
    #[arg(long, value_parser = crate::command_line::seed)]
    seed: Option<u64>,
    /// Sets a path, with a scenario file; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// Replicates of a scenario file if nobody says how many.
const N: u64 = 2000;

/// Who is asked.
struct Asked {
    order: Order,
    /// The run, if its own columns may answer.
    results: Option<Results>,
    origin: Provenance,
}

/// Answers to all questions.
struct Answers {
    /// By question, of the replicates that did not fail.
    values: Vec<Vec<f64>>,
    failed: u64,
    /// Questions that the run had recorded.
    recorded: usize,
}

/// Scores of everything.
struct Scores {
    binary: Option<BinaryScores>,
    numbers: Option<NumberScores>,
    /// Numbers absent in every replicate: nothing to score.
    never: Vec<String>,
}

/// Scores it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let asked = if args.source.is_dir() {
        of_results(args, face)?
    } else {
        of_file(args, face)?
    };
    let mut questions = Vec::new();
    for table in &args.observed {
        questions.extend(observed::read(&asked.order.scenario, table)?);
    }
    let Some(answers) = answers(args, face, &asked, &questions)? else {
        face.note("interrupted: nothing is scored on a part of the replicates");
        return Ok(Exit::Interrupted);
    };
    let scores = scores(&questions, &answers, asked.order.request.seed);
    args.table
        .write(face, || scores_table(&asked, &questions, &scores))?;
    if face.json {
        face.document(&document(&asked, &questions, &answers, &scores))?;
    } else {
        face.data(&text(face, &asked, &answers, &scores))?;
    }
    let source = shell_word(&args.source.display().to_string());
    let verb = if asked.results.is_some() {
        "why"
    } else {
        "run"
    };
    face.next(&format!("foedera {verb} {source}"));
    Ok(Exit::Good)
}

fn of_file(args: &Args, face: &Face) -> Result<Asked, Failure> {
    let loaded = scenario_file::load(face, &args.source, &args.set)?;
    let (n, seed) = (args.n.unwrap_or(N), args.seed.unwrap_or(1));
    let mut origin = table_file::of_file(&loaded, &args.set, seed);
    origin.design = Some(format!("Monte Carlo, {}", number::counted(n, "replicate")));
    let mut scenario = loaded.scenario;
    scenario.stances &= !args.no_stances;
    Ok(Asked {
        origin,
        order: Order::new(Arc::new(scenario), vec![None], n, seed, args.threads),
        results: None,
    })
}

fn of_results(args: &Args, face: &Face) -> Result<Asked, Failure> {
    for (given, option) in [
        (args.n.is_some(), "--replicates"),
        (args.seed.is_some(), "--seed"),
        (!args.set.is_empty(), "--set"),
    ] {
        if given {
            return Err(Failure::OfTheRun { option });
        }
    }
    let results = results_folder::open(&args.source)?;
    let manifest = &results.manifest;
    let mut scenario = super::replay::scenario_of(&args.source, manifest)?;
    scenario.stances = manifest.origin.stances && !args.no_stances;
    if manifest.origin.version != env!("CARGO_PKG_VERSION") {
        face.note(&format!(
            "{} the run was made by version {}: this one may answer otherwise",
            face.note_paint.doubt("warning:"),
            manifest.origin.version
        ));
    }
    let arm = manifest.layout.arms.first();
    let policy = work::policy(
        &scenario,
        arm.map_or(foedera_ensemble::BASE, |arm| arm.id.as_str()),
    )?;
    let (n, seed) = (manifest.completed, manifest.origin.seed);
    let of_the_run = scenario.stances == manifest.origin.stances;
    Ok(Asked {
        origin: table_file::of_results(manifest),
        order: Order::new(Arc::new(scenario), vec![policy], n, seed, args.threads),
        results: of_the_run.then_some(results),
    })
}

/// Answers every question; nothing if interrupted.
fn answers(
    args: &Args,
    face: &Face,
    asked: &Asked,
    questions: &[Question],
) -> Result<Option<Answers>, Failure> {
    let mut values: Vec<Option<Vec<f64>>> = vec![None; questions.len()];
    if let Some(results) = &asked.results {
        for (values, question) in values.iter_mut().zip(questions) {
            *values = recorded(results, &asked.order.scenario, &question.outcome)?;
        }
    }
    let open: Vec<usize> = (0..questions.len())
        .filter(|idx| values[*idx].is_none())
        .collect();
    let mut failed = 0;
    if !open.is_empty() {
        let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
        let order = &asked.order;
        let meter = Meter::start(face, args.progress, order.request.n, &order.scenario.title);
        let outcomes: Vec<Outcome> = open
            .iter()
            .map(|idx| questions[*idx].outcome.clone())
            .collect();
        let found = foedera_ensemble::ask(
            &order.scenario,
            outcomes,
            &order.request,
            &meter,
            interrupt.flag(),
        );
        meter.end();
        let found = found?;
        if found.completed < order.request.n {
            return Ok(None);
        }
        failed = found.failed;
        for (idx, answered) in open.iter().zip(found.values) {
            values[*idx] = Some(answered);
        }
    }
    Ok(Some(Answers {
        recorded: questions.len() - open.len(),
        values: values.into_iter().flatten().collect(),
        failed,
    }))
}

/// What a run recorded of an outcome, if it did, without the replicates that failed.
fn recorded(
    results: &Results,
    scenario: &Scenario,
    outcome: &Outcome,
) -> Result<Option<Vec<f64>>, Failure> {
    let layout = &results.manifest.layout;
    let text = outcome_text::write_outcome(scenario, outcome);
    let column = layout.outcomes.iter().find(|column| column.text == text);
    let (Some(column), Some(arm)) = (column, layout.arms.first()) else {
        return Ok(None);
    };
    // A failed replicate has a value here that counts nowhere: then all are simulated again.
    if results
        .aggregates
        .arms
        .first()
        .is_none_or(|arm| arm.n_failed() > 0)
    {
        return Ok(None);
    }
    Ok(Some(results.runs_of(&arm.id, &column.name)?))
}

/// Scores of questions from their answers.
fn scores(questions: &[Question], answers: &Answers, seed: u64) -> Scores {
    let (mut binary, mut numbers, mut never) = (Vec::new(), Vec::new(), Vec::new());
    for (question, values) in questions.iter().zip(&answers.values) {
        let about = About {
            id: question.id.clone(),
            question: question.question.clone(),
            cluster: question.cluster.clone(),
        };
        match question.seen {
            Seen::Truth(happened, baseline) => {
                binary.push(Answered::new(about, values, happened, baseline));
            }
            Seen::Number(value, baseline) => match Measured::new(about, values, value, baseline) {
                Some(one) => numbers.push(one),
                None => never.push(question.id.clone()),
            },
        }
    }
    Scores {
        binary: scoring::binary_scores(binary, seed),
        numbers: scoring::number_scores(numbers),
        never,
    }
}

fn document(
    asked: &Asked,
    questions: &[Question],
    answers: &Answers,
    scores: &Scores,
) -> serde_json::Value {
    let request = &asked.order.request;
    let expressions: serde_json::Map<String, serde_json::Value> = questions
        .iter()
        .map(|one| {
            let text = outcome_text::write_outcome(&asked.order.scenario, &one.outcome);
            (one.id.clone(), json!(text))
        })
        .collect();
    json!({
        "scenario": asked.order.scenario.name,
        "replicates": request.n,
        "failed": answers.failed,
        "seed": request.seed,
        "stances": request.stances,
        "recorded": answers.recorded,
        "simulated_again": questions.len() - answers.recorded,
        "expressions": expressions,
        "binary": scores.binary,
        "numbers": scores.numbers,
        "never_present": scores.never,
    })
}

/// Every question with its forecast and scores, as a table.
fn scores_table(asked: &Asked, questions: &[Question], scores: &Scores) -> AnalysisTable {
    let columns = [
        TableColumn::text("id", "Question"),
        TableColumn::text("kind", "binary or number"),
        TableColumn::text("cluster", "Cluster of questions"),
        TableColumn::text("question", "In words"),
        TableColumn::text("expression", "What the model is asked"),
        TableColumn::truth("resolution", "Whether it came true"),
        TableColumn::number("forecast", "Probability of the model", "1"),
        TableColumn::number("baseline", "Probability of the baseline", "1"),
        TableColumn::number("brier", "Brier score", "1"),
        TableColumn::number("baseline_brier", "Brier score of the baseline", "1"),
        TableColumn::number("log_score", "Logarithmic score", "nat"),
        TableColumn::number("value", "What was observed", ""),
        TableColumn::number("mean", "Mean of the ensemble", ""),
        TableColumn::number("q05", "5 % quantile of the ensemble", ""),
        TableColumn::number("q50", "Median of the ensemble", ""),
        TableColumn::number("q95", "95 % quantile of the ensemble", ""),
        TableColumn::number("crps", "Fair CRPS", ""),
        TableColumn::number("baseline_crps", "CRPS of the baseline", ""),
    ];
    let scenario = &asked.order.scenario;
    let title = format!("Scores of {}", scenario.title);
    let mut table = AnalysisTable::new(title, asked.origin.clone(), columns);
    let expression = |id: &str| {
        let found = questions.iter().find(|one| one.id == id);
        found.map(|one| outcome_text::write_outcome(scenario, &one.outcome))
    };
    let head = |about: &About, kind: &str| -> Vec<Cell> {
        vec![
            about.id.as_str().into(),
            kind.into(),
            about.cluster.as_str().into(),
            about.question.as_str().into(),
            expression(&about.id).into(),
        ]
    };
    for one in scores.binary.iter().flat_map(|all| &all.questions) {
        let mut row = head(&one.about, "binary");
        row.push(one.resolution.into());
        row.extend([one.forecast.into(), one.baseline.into(), one.brier.into()]);
        row.extend([one.baseline_brier.into(), one.log_score.into()]);
        row.extend(vec![Cell::Absent; 7]);
        table.row(row);
    }
    for one in scores.numbers.iter().flat_map(|all| &all.questions) {
        let mut row = head(&one.about, "number");
        row.extend(vec![Cell::Absent; 6]);
        row.extend([one.value, one.mean].map(Cell::from));
        row.extend(one.quantiles.map(Cell::from));
        row.extend([one.crps.into(), one.baseline_crps.into()]);
        table.row(row);
    }
    table
}

fn text(face: &Face, asked: &Asked, answers: &Answers, scores: &Scores) -> String {
    let request = &asked.order.request;
    let mut text = format!(
        "{}\n{}, seed {}, stances {}\n",
        face.paint.strong(&asked.order.scenario.title),
        number::counted(request.n, "replicate"),
        request.seed,
        if request.stances { "on" } else { "off" },
    );
    if answers.failed > 0 {
        let failed = number::counted(answers.failed, "replicate");
        text += &face
            .paint
            .bad(&format!("{failed} failed and count nowhere\n"));
    }
    if let Some(binary) = &scores.binary {
        text += &binary_text(face, binary);
    }
    if let Some(numbers) = &scores.numbers {
        text += &numbers_text(face, numbers);
    }
    if !scores.never.is_empty() {
        text += &format!(
            "\n  never present, not scored: {}\n",
            scores.never.join(", ")
        );
    }
    text
}

fn three(value: f64) -> String {
    digits::plain(value, 3)
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), three)
}

fn between(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |of| {
        format!(" ({} to {})", three(of.low), three(of.high))
    })
}

fn heading(face: &Face, words: &str) -> String {
    format!("\n{}\n", face.paint.strong(words))
}

fn binary_text(face: &Face, scores: &BinaryScores) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("id"),
            Column::Prose("question"),
            Column::Number("model"),
            Column::Number("baseline"),
            Column::Words("was"),
            Column::Number("Brier"),
        ],
    );
    for one in &scores.questions {
        let better = one
            .baseline_brier
            .is_none_or(|baseline| one.brier <= baseline);
        let tone = if better { Tone::Good } else { Tone::Bad };
        sheet.row([
            one.about.id.as_str().into(),
            one.about.question.as_str().into(),
            Word::new(Tone::Strong, three(one.forecast)),
            optional(one.baseline).into(),
            if one.resolution { "yes" } else { "no" }.into(),
            Word::new(tone, three(one.brier)),
        ]);
    }
    let mut text = heading(face, "What was asked") + &sheet.text();
    let (brier, parts) = (&scores.brier, &scores.decomposition);
    text += &heading(face, "How well it was foretold");
    text += &format!(
        "  Brier score {}{}, baseline {}, skill {}\n",
        face.paint.strong(&three(brier.mean)),
        between(brier.interval),
        optional(brier.baseline),
        optional(brier.skill),
    );
    if let Some(difference) = brier.difference {
        let (low, high) = (three(difference.low), three(difference.high));
        text += &format!("  difference to the baseline between {low} and {high}\n");
    }
    let corp = &scores.corp;
    text += &format!(
        "  = miscalibration {} − discrimination {} + uncertainty {}  (isotonic: no bins chosen)\n",
        three(corp.miscalibration),
        three(corp.discrimination),
        three(corp.uncertainty),
    );
    text += &format!(
        "  = reliability {} − resolution {} + uncertainty {} + within bins {}  (ten bins)\n  log score {} nats\n",
        three(parts.reliability),
        three(parts.resolution),
        three(parts.uncertainty),
        three(parts.within),
        three(scores.log_score),
    );
    text + &reliability(face, scores) + &calibrated(face, scores) + &left_out(face, scores)
}

fn reliability(face: &Face, scores: &BinaryScores) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("forecasts"),
            Column::Number("questions"),
            Column::Number("mean forecast"),
            Column::Number("came true"),
        ],
    );
    for bin in &scores.reliability {
        let (low, high) = (digits::plain(bin.low, 1), digits::plain(bin.high, 1));
        sheet.row([
            format!("{low} to {high}").into(),
            bin.n.to_string().into(),
            three(bin.forecast).into(),
            Word::new(Tone::Strong, three(bin.frequency)),
        ]);
    }
    heading(face, "Reliability") + &sheet.text()
}

/// The curve of reliability without bins: forecasts that share a recalibrated probability in one row.
fn calibrated(face: &Face, scores: &BinaryScores) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("forecasts"),
            Column::Number("questions"),
            Column::Number("recalibrated"),
            Column::Words("if they were right, 90 %"),
            Column::Words(""),
        ],
    );
    let same = |a: &Point, b: &Point| (a.calibrated - b.calibrated).abs() < 1e-12;
    let mut outside = 0;
    for pool in scores.corp.curve.chunk_by(same) {
        let (first, last) = (&pool[0], &pool[pool.len() - 1]);
        let n: usize = pool.iter().map(|point| point.n).sum();
        let wrong = |point: &Point| point.calibrated < point.low || point.calibrated > point.high;
        let off = pool.iter().filter(|point| wrong(point)).count();
        outside += off;
        let word = match off {
            0 => Word::new(Tone::Faint, "within"),
            _ if first.calibrated < first.low => Word::new(Tone::Bad, "too sure of yes"),
            _ if last.calibrated > last.high => Word::new(Tone::Bad, "too sure of no"),
            _ => Word::new(Tone::Bad, "outside"),
        };
        sheet.row([
            format!("{} to {}", three(first.forecast), three(last.forecast)).into(),
            n.to_string().into(),
            Word::new(Tone::Strong, three(first.calibrated)),
            format!("{} to {}", three(first.low), three(last.high)).into(),
            word,
        ]);
    }
    let note = if outside == 0 {
        "no forecast lies outside its consistency band: no miscalibration can be told from chance"
    } else {
        "recalibrated: the best probabilities that rise with the forecasts, given what happened; the band is where \
         they would lie if every forecast were right"
    };
    heading(face, "Reliability without bins") + &sheet.text() + &face.aside(note)
}

fn left_out(face: &Face, scores: &BinaryScores) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("without"),
            Column::Number("questions"),
            Column::Number("its own Brier"),
            Column::Number("the others'"),
            Column::Number("their baseline"),
        ],
    );
    for one in &scores.left_out {
        sheet.row([
            one.cluster.as_str().into(),
            one.questions.to_string().into(),
            three(one.own).into(),
            Word::new(Tone::Strong, optional(one.others)),
            optional(one.others_baseline).into(),
        ]);
    }
    let note = "intervals: 95 %, clusters of questions drawn with replacement";
    heading(face, "One cluster left out at a time") + &sheet.text() + &face.aside(note)
}

fn numbers_text(face: &Face, scores: &NumberScores) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("id"),
            Column::Prose("question"),
            Column::Number("was"),
            Column::Number("median"),
            Column::Words("5 % to 95 %"),
            Column::Number("CRPS"),
            Column::Number("baseline"),
        ],
    );
    for one in &scores.questions {
        let better = one
            .baseline_crps
            .is_none_or(|baseline| one.crps <= baseline);
        let [low, median, high] = one.quantiles.map(three);
        sheet.row([
            one.about.id.as_str().into(),
            one.about.question.as_str().into(),
            three(one.value).into(),
            Word::new(Tone::Strong, median),
            format!("{low} to {high}").into(),
            Word::new(if better { Tone::Good } else { Tone::Bad }, three(one.crps)),
            optional(one.baseline_crps).into(),
        ]);
    }
    heading(face, "Numbers")
        + &sheet.text()
        + &format!(
            "  {} of {} better than the baseline; mean ratio to it {}; {} of {} within 5 % to 95 %\n",
            scores.better,
            scores.with_baseline,
            optional(scores.relative),
            scores.covered,
            scores.questions.len(),
        )
}
