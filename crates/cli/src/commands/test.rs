//! `foedera test FILE...`: the file's own expectations, each judged with its Monte Carlo error.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args as ClapArgs;
use foedera_ensemble::expect::{self, Court, Judged};
use foedera_results::{AnalysisTable, Verdict, analysis_table::Column as TableColumn};
use foedera_scenario::{Override, Scenario};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    progress::{Form, Meter},
    scenario_file,
    sheet::{Column, Sheet, Tone, Word},
    table_file::{self, TableArgs},
    work::Order,
};

/// Replicates where neither the caller nor an expectation says how many.
const REPLICATES: u64 = 10_000;

/// Which files.
///
/// An expectation passes when its whole 95 % interval agrees, fails when the whole interval disagrees,
/// and is undecided when it reaches to both sides (more replicates would tell). One that is marked
/// `known` may fail; the exit code is 6 when another fails, or when it passes after all.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Scenario files, or folders of them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Replicates, more where an expectation asks for more [default: what it asks for, else 10000]
    #[arg(short = 'n', long = "replicates", value_parser = crate::command_line::replicates)]
    n: Option<u64>,
    /// Seed
    #[arg(long, default_value = "1", value_parser = crate::command_line::seed)]
    seed: u64,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// Sets a path before the run; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// Lists passes, fails and undecided ones of all files in one table, with effects and intervals
    #[arg(long)]
    report: bool,
    /// Judges only expectations with this id; may be repeated
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
    #[command(flatten)]
    table: TableArgs,
}

/// What a file's expectations came to.
struct Heard {
    file: String,
    title: String,
    replicates: u64,
    judged: Vec<Judged>,
}

/// Judges the expectations.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    args.table.check()?;
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    // Every file is read before the first one runs: a mistake in the last is told at once.
    let files = files(&args.files)?;
    let scenarios = files
        .iter()
        .map(|file| Ok(scenario_file::load(face, file, &args.set)?.scenario))
        .collect::<Result<Vec<Scenario>, Failure>>()?;
    let mut all = Vec::new();
    for (file, scenario) in files.iter().zip(scenarios) {
        let scenario = chosen(scenario, &args.only);
        let Some((replicates, judged)) = judge(args, face, &scenario, &interrupt)? else {
            face.note("interrupted: nothing is judged on a part of the replicates");
            return Ok(Exit::Interrupted);
        };
        let heard = Heard {
            file: file.display().to_string(),
            title: scenario.title.clone(),
            replicates,
            judged,
        };
        if !face.json && !args.report {
            face.data(&table(face, &heard))?;
        }
        all.push(heard);
    }
    args.table.write(face, || verdicts_table(&all, args.seed))?;
    if args.report {
        report(face, &all)?;
    } else if face.json {
        face.document(&all.iter().map(document).collect::<Vec<_>>())?;
    }
    let failed = all.iter().find(|heard| breaks(&heard.judged));
    let next = failed.or(all.first());
    let next = next.map(|heard| shell_word(&heard.file));
    face.next(&format!("foedera run {}", next.unwrap_or_default()));
    Ok(if failed.is_some() {
        Exit::ExpectationFailed
    } else {
        Exit::Good
    })
}

/// The scenario files: those named, and those in the folders named, in order of their names.
fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in given {
        if path.is_dir() {
            let failed = |error| Failure::File {
                action: "read",
                path: path.clone(),
                error,
            };
            let inside = inside(path).map_err(failed)?;
            if inside.is_empty() {
                return Err(Failure::FolderGiven {
                    path: path.clone(),
                    inside: Vec::new(),
                });
            }
            all.extend(inside);
        } else {
            all.push(path.clone());
        }
    }
    Ok(all)
}

fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending == "ron") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The scenario with only those expectations that are asked for.
fn chosen(mut scenario: Scenario, only: &[String]) -> Scenario {
    if !only.is_empty() {
        scenario.expect.retain(|one| only.contains(&one.id));
    }
    scenario
}

fn breaks(judged: &[Judged]) -> bool {
    judged.iter().any(Judged::breaks)
}

/// Runs what the expectations need; nothing if interrupted. Gives the fewest replicates of a run.
fn judge(
    args: &Args,
    face: &Face,
    scenario: &Scenario,
    interrupt: &Interrupt,
) -> Result<Option<(u64, Vec<Judged>)>, Failure> {
    let mut judged = Vec::new();
    let mut fewest = None;
    for session in expect::sessions(scenario, args.n, REPLICATES) {
        let n = session.n;
        let asked = Scenario {
            outcomes: session.outcomes.clone(),
            ..scenario.with_changes()
        };
        let arms = session.arms.clone();
        let mut order = Order::new(Arc::new(asked), arms, n, args.seed, args.threads);
        order.request.stances = session.stances;
        let mut court = Court::new(session);
        let meter = Meter::start(face, args.progress, n, &scenario.title);
        if order.run(&mut court, &meter, interrupt)?.completed < n {
            return Ok(None);
        }
        let good = n - court.failed();
        fewest = Some(fewest.map_or(good, |fewest: u64| fewest.min(good)));
        judged.extend(court.verdicts(scenario));
    }
    judged.sort_by_key(|(place, _)| *place);
    let judged = judged.into_iter().map(|(_, judged)| judged).collect();
    Ok(Some((fewest.unwrap_or(0), judged)))
}

fn verdict(one: &Judged) -> Word {
    match (one.verdict, &one.known) {
        (Verdict::Pass, None) => Word::new(Tone::Good, "pass"),
        (Verdict::Pass, Some(_)) => Word::new(Tone::Bad, "PASSES NOW"),
        (Verdict::Undecided, _) => Word::new(Tone::Doubt, "undecided"),
        (Verdict::Fail, None) => Word::new(Tone::Bad, "FAIL"),
        (Verdict::Fail, Some(_)) => Word::new(Tone::Doubt, "fail, known"),
    }
}

/// The claim in words if the file says it, else the statement; then the reasons.
fn claim(one: &Judged) -> String {
    let mut text = if one.says.is_empty() {
        statement(one)
    } else {
        one.says.clone()
    };
    for (head, words) in [("", &one.because), ("known: ", &known(one))] {
        if !words.is_empty() {
            text += &format!("\n{head}{words}");
        }
    }
    text
}

fn known(one: &Judged) -> String {
    match (one.verdict, &one.known) {
        (Verdict::Pass, Some(_)) => "it passes after all: take `known` away".to_owned(),
        (_, known) => known.clone().unwrap_or_default(),
    }
}

fn table(face: &Face, heard: &Heard) -> String {
    let mut text = format!("{}  {}\n", face.paint.strong(&heard.title), heard.file);
    if heard.judged.is_empty() {
        return text + "  expects nothing of itself: add `expect: [...]`\n";
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words(""),
            Column::Prose("expected"),
            Column::Prose("found"),
        ],
    );
    for one in &heard.judged {
        sheet.row([verdict(one), claim(one).into(), one.found.as_str().into()]);
    }
    text += &sheet.text();
    text + &summary(face, &heard.judged.iter(), heard.replicates)
}

/// How many there are of each verdict.
fn summary<'j>(face: &Face, judged: &(impl Iterator<Item = &'j Judged> + Clone), n: u64) -> String {
    let count = |what: Verdict| judged.clone().filter(|one| one.verdict == what).count();
    let broken = judged.clone().filter(|one| one.breaks()).count();
    let words = format!(
        "{} pass, {} undecided, {} fail",
        count(Verdict::Pass),
        count(Verdict::Undecided),
        count(Verdict::Fail)
    );
    let verdict = match broken {
        0 => face.paint.good("nothing unexpected"),
        1 => face.paint.bad("1 of them unexpected"),
        more => face.paint.bad(&format!("{more} of them unexpected")),
    };
    format!(
        "  {} on {}: {words}; {verdict}\n",
        number::counted(judged.clone().count() as u64, "expectation"),
        number::counted(n, "replicate")
    )
}

/// Every expectation with its verdict, as a table.
fn verdicts_table(all: &[Heard], seed: u64) -> AnalysisTable {
    let columns = [
        TableColumn::text("file", "Scenario file"),
        TableColumn::text("id", "Expectation"),
        TableColumn::text("statement", "The statement, as the file writes it"),
        TableColumn::text("says", "The claim in words"),
        TableColumn::text("because", "Why it is expected"),
        TableColumn::text("verdict", "pass, undecided or fail"),
        TableColumn::text("known", "Why it is known not to hold"),
        TableColumn::truth("breaks", "Whether the verdict is unexpected"),
        TableColumn::number("effect", "Effect; of a bound the quantity", ""),
        TableColumn::number("effect_low", "Effect, lower end of its 95 % interval", ""),
        TableColumn::number("effect_high", "Effect, upper end of its 95 % interval", ""),
        TableColumn::truth("stances", "Whether stances counted"),
        TableColumn::integer("n", "Replicates that did not fail", "replicates"),
    ];
    let mut origin = table_file::plain();
    origin.seed = Some(seed);
    let mut table = AnalysisTable::new("Expectations and their verdicts", origin, columns);
    for heard in all {
        for one in &heard.judged {
            let verdict = match one.verdict {
                Verdict::Pass => "pass",
                Verdict::Undecided => "undecided",
                Verdict::Fail => "fail",
            };
            let effect = one.estimate;
            table.row([
                heard.file.as_str().into(),
                one.id.as_str().into(),
                statement(one).into(),
                one.says.as_str().into(),
                one.because.as_str().into(),
                verdict.into(),
                one.known.as_deref().into(),
                one.breaks().into(),
                effect.map(|effect| effect.value).into(),
                effect.map(|effect| effect.low).into(),
                effect.map(|effect| effect.high).into(),
                one.stances.into(),
                one.replicates.into(),
            ]);
        }
    }
    table
}

/// One table, or one document, of all files.
fn report(face: &Face, all: &[Heard]) -> Result<(), Failure> {
    let judged = || all.iter().flat_map(|heard| &heard.judged);
    if face.json {
        let count = |what: Verdict| judged().filter(|one| one.verdict == what).count();
        let flat = all.iter().flat_map(|heard| {
            heard
                .judged
                .iter()
                .map(|one| json!({"file": heard.file, "breaks": one.breaks(), "expectation": one}))
        });
        return face.document(&json!({
            "ok": !judged().any(Judged::breaks),
            "pass": count(Verdict::Pass),
            "undecided": count(Verdict::Undecided),
            "fail": count(Verdict::Fail),
            "known": judged().filter(|one| one.known.is_some()).count(),
            "expectations": flat.collect::<Vec<_>>(),
        }));
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words(""),
            Column::Words("id"),
            Column::Prose("claim"),
            Column::Prose("effect (95 %)"),
            Column::Number("n"),
        ],
    );
    for heard in all {
        for one in &heard.judged {
            let words = if one.says.is_empty() {
                statement(one)
            } else {
                one.says.clone()
            };
            let reason = known(one);
            let words = if reason.is_empty() {
                words
            } else {
                format!("{words}\nknown: {reason}")
            };
            let n = number::count(one.replicates);
            let id = one.id.as_str().into();
            sheet.row([
                verdict(one),
                id,
                words.into(),
                one.found.as_str().into(),
                n.into(),
            ]);
        }
    }
    let n = all.iter().map(|heard| heard.replicates).min().unwrap_or(0);
    face.data(&(sheet.text() + &summary(face, &judged(), n)))
}

/// The statement without its reason, which is shown below it.
fn statement(judged: &Judged) -> String {
    let reason = format!(", because: {:?})", judged.because);
    judged
        .text
        .strip_suffix(&reason)
        .map_or_else(|| judged.text.clone(), |text| format!("{text})"))
}

fn document(heard: &Heard) -> serde_json::Value {
    json!({
        "file": heard.file,
        "ok": !breaks(&heard.judged),
        "replicates": heard.replicates,
        "expectations": heard.judged,
    })
}
