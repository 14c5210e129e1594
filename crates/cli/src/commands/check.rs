//! `foedera check FILE...`: every mistake of every file, with its place and a way out.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use foedera_scenario::diagnostic::Look;
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, complain, shell_word},
    failure::Failure,
    number, scenario_file,
    scenario_file::Checked,
};

/// What to check.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Scenario files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How mistakes are printed; --json means json
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Sets a path before checking; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<(String, String)>,
}

/// How mistakes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The source line underlined.
    Text,
    /// One document: a list of files with their diagnostics.
    Json,
}

/// Checks the files.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let mut checked = Vec::new();
    let mut missing = None;
    for file in &args.files {
        match scenario_file::check(file, &args.set) {
            Ok(found) => checked.push((file.display().to_string(), found)),
            Err(failure) if args.files.len() == 1 => return Err(failure),
            Err(failure) => {
                complain(&format!("{} {failure}", face.note_paint.bad("error:")));
                missing = Some(failure.exit());
            }
        }
    }
    if face.json || args.format == Format::Json {
        let all: Vec<_> = checked.iter().map(|(file, found)| document(file, found)).collect();
        face.document(&all)?;
    } else {
        for (file, found) in &checked {
            face.data(&text(face, file, found))?;
        }
    }
    let wrong = checked.iter().find(|(_, found)| found.mistakes() > 0);
    match wrong.or(checked.last()) {
        Some((file, found)) if found.mistakes() > 0 => {
            face.next(&format!("foedera check {}", shell_word(file)));
        }
        Some((file, _)) => face.next(&format!("foedera run {}", shell_word(file))),
        None => face.next("foedera new my-question"),
    }
    let exit = if wrong.is_some() { Exit::BadScenario } else { Exit::Good };
    Ok(missing.filter(|_| exit == Exit::Good).unwrap_or(exit))
}

fn document(file: &str, found: &Checked) -> serde_json::Value {
    let mistakes = found.mistakes();
    json!({
        "file": file,
        "ok": mistakes == 0,
        "mistakes": mistakes,
        "warnings": found.diagnostics.len() - mistakes,
        "diagnostics": found.diagnostics,
    })
}

fn text(face: &Face, file: &str, found: &Checked) -> String {
    let paint = face.paint;
    let look = if paint.is_on() { Look::Colour } else { Look::Plain };
    let mut text = String::new();
    for one in &found.diagnostics {
        text += one.to_text(look).trim_end();
        text += "\n\n";
    }
    let mistakes = found.mistakes();
    let doubts = found.diagnostics.len() - mistakes;
    let doubts = if doubts == 0 {
        String::new()
    } else {
        format!(", {}", number::counted(doubts as u64, "warning"))
    };
    if mistakes == 0 {
        text += &format!("{file}: {}{doubts}\n", paint.good("good"));
    } else {
        let count = number::counted(mistakes as u64, "mistake");
        text += &format!("{file}: {}{doubts}\n", paint.bad(&count));
    }
    text
}
