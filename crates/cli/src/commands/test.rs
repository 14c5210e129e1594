//! `foedera test FILE...`: the file's own expectations, each judged with its Monte Carlo error.

use std::{path::PathBuf, sync::Arc};

use clap::Args as ClapArgs;
use foedera_ensemble::expect::{Court, Judged, Needs, Verdict};
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
    work::Order,
};

/// Which files.
///
/// A range fails when the whole 95 % interval lies outside it, and stays open when only the interval
/// reaches in (more replicates would tell). A direction has to be shown.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Scenario files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Replicates
    #[arg(short = 'n', long = "replicates", default_value = "10000", value_parser = crate::command_line::replicates)]
    n: u64,
    /// Seed
    #[arg(long, default_value = "1", value_parser = crate::command_line::seed)]
    seed: u64,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// Sets a path before the run; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<Override>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
}

/// What a file's expectations came to.
struct Session {
    file: String,
    replicates: u64,
    judged: Vec<Judged>,
}

/// Judges the expectations.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    // Every file is read before the first one runs: a mistake in the last is told at once.
    let scenarios: Result<Vec<_>, Failure> = args
        .files
        .iter()
        .map(|file| scenario_file::load(face, file, &args.set))
        .collect();
    let mut sessions = Vec::new();
    for (file, scenario) in args.files.iter().zip(scenarios?) {
        let file = file.display().to_string();
        let scenario = &scenario.scenario;
        let Some((replicates, judged)) = judge(args, face, scenario, &interrupt)? else {
            face.note("interrupted: nothing is judged on a part of the replicates");
            return Ok(Exit::Interrupted);
        };
        if !face.json {
            face.data(&table(face, scenario, &file, replicates, &judged))?;
        }
        sessions.push(Session {
            file,
            replicates,
            judged,
        });
    }
    if face.json {
        let all: Vec<_> = sessions.iter().map(document).collect();
        face.document(&all)?;
    }
    let failed = sessions.iter().find(|session| fails(&session.judged));
    let next = failed
        .or(sessions.first())
        .map(|session| shell_word(&session.file));
    face.next(&format!("foedera run {}", next.unwrap_or_default()));
    Ok(if failed.is_some() {
        Exit::ExpectationFailed
    } else {
        Exit::Good
    })
}

fn fails(judged: &[Judged]) -> bool {
    judged.iter().any(|one| one.verdict == Verdict::Fails)
}

/// Runs what the expectations need; nothing if interrupted.
fn judge(
    args: &Args,
    face: &Face,
    scenario: &Scenario,
    interrupt: &Interrupt,
) -> Result<Option<(u64, Vec<Judged>)>, Failure> {
    let needs = Needs::of(scenario);
    let mut court = Court::new(scenario, &needs);
    if scenario.expect.is_empty() {
        return Ok(Some((0, Vec::new())));
    }
    let asked = Scenario {
        outcomes: needs.outcomes.clone(),
        ..Scenario::clone(scenario)
    };
    let order = Order::new(Arc::new(asked), needs.arms, args.n, args.seed, args.threads);
    let meter = Meter::start(face, args.progress, args.n, &scenario.title);
    let done = order.run(&mut court, &meter, interrupt)?.completed;
    if done < args.n {
        return Ok(None);
    }
    Ok(Some((done - court.failed, court.verdicts(scenario))))
}

fn table(
    face: &Face,
    scenario: &Scenario,
    file: &str,
    replicates: u64,
    judged: &[Judged],
) -> String {
    let paint = face.paint;
    let mut text = format!("{}  {file}\n", paint.strong(&scenario.title));
    if judged.is_empty() {
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
    for one in judged {
        let verdict = match one.verdict {
            Verdict::Holds => Word::new(Tone::Good, "holds"),
            Verdict::Open => Word::new(Tone::Doubt, "open"),
            Verdict::Fails => Word::new(Tone::Bad, "FAILS"),
        };
        let because = if one.because.is_empty() {
            String::new()
        } else {
            format!("\n{}", one.because)
        };
        sheet.row([
            verdict,
            format!("{}{because}", statement(one)).into(),
            one.found.as_str().into(),
        ]);
    }
    let failed = judged
        .iter()
        .filter(|one| one.verdict == Verdict::Fails)
        .count();
    let count = number::counted(judged.len() as u64, "expectation");
    let verdict = if failed == 0 {
        paint.good("none fails")
    } else {
        paint.bad(&format!(
            "{failed} of them {}",
            if failed == 1 { "fails" } else { "fail" }
        ))
    };
    text += &sheet.text();
    text += &format!(
        "  {count} on {}: {verdict}\n",
        number::counted(replicates, "replicate")
    );
    text
}

/// The statement without its reason, which is shown below it.
fn statement(judged: &Judged) -> String {
    let reason = format!(", because: {:?})", judged.because);
    judged
        .text
        .strip_suffix(&reason)
        .map_or_else(|| judged.text.clone(), |text| format!("{text})"))
}

fn document(session: &Session) -> serde_json::Value {
    json!({
        "file": session.file,
        "ok": !fails(&session.judged),
        "replicates": session.replicates,
        "expectations": session.judged,
    })
}
