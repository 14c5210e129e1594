//! `foedera check FILE...`: every mistake of every file, with its place and a way out.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use foedera_ensemble::Sampler;
use foedera_scenario::{Diagnostic, Look, Override};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, complain, shell_word},
    failure::Failure,
    number, prose, scenario_file, work,
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
    set: Vec<Override>,
}

/// How mistakes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The source line underlined.
    Text,
    /// One document: a list of files with their diagnostics.
    Json,
}

/// What was found in a file.
struct Found {
    file: String,
    diagnostics: Vec<Diagnostic>,
    /// Correlations that contradict one another, in words.
    contradictions: Option<String>,
}

impl Found {
    fn mistakes(&self) -> usize {
        self.diagnostics.iter().filter(|one| one.is_error()).count()
    }

    fn warnings(&self) -> usize {
        self.diagnostics.len() - self.mistakes() + usize::from(self.contradictions.is_some())
    }
}

/// Checks the files.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let mut checked = Vec::new();
    let mut missing = None;
    for file in &args.files {
        match scenario_file::check(file, &args.set) {
            Ok(found) => {
                let (diagnostics, contradictions) = match found {
                    Ok(loaded) => {
                        let sampler = Sampler::new(&loaded.scenario, 1);
                        let doubt = work::contradictions(&loaded.scenario, sampler.repairs());
                        (loaded.warnings, doubt)
                    }
                    Err(all) => (all, None),
                };
                checked.push(Found {
                    file: file.display().to_string(),
                    diagnostics,
                    contradictions,
                });
            }
            Err(failure) if args.files.len() == 1 => return Err(failure),
            Err(failure) => {
                complain(&format!("{} {failure}", face.note_paint.bad("error:")));
                missing = Some(failure.exit());
            }
        }
    }
    if face.json || args.format == Format::Json {
        let all: Vec<_> = checked.iter().map(document).collect();
        face.document(&all)?;
    } else {
        for found in &checked {
            face.data(&text(face, found))?;
        }
    }
    let wrong = checked.iter().find(|found| found.mistakes() > 0);
    match (wrong, checked.last()) {
        (Some(found), _) => face.next(&format!("foedera check {}", shell_word(&found.file))),
        (None, Some(found)) => face.next(&format!("foedera run {}", shell_word(&found.file))),
        (None, None) => face.next("foedera new my-question"),
    }
    let exit = if wrong.is_some() {
        Exit::BadScenario
    } else {
        Exit::Good
    };
    Ok(missing.filter(|_| exit == Exit::Good).unwrap_or(exit))
}

fn document(found: &Found) -> serde_json::Value {
    let mistakes = found.mistakes();
    json!({
        "file": found.file,
        "ok": mistakes == 0,
        "mistakes": mistakes,
        "warnings": found.warnings(),
        "diagnostics": found.diagnostics,
        "contradicting_correlations": found.contradictions,
    })
}

fn text(face: &Face, found: &Found) -> String {
    let file = &found.file;
    let paint = face.paint;
    let look = if paint.is_on() {
        Look::Colour
    } else {
        Look::Plain
    };
    let mut text = String::new();
    for one in &found.diagnostics {
        text += one.to_text(look).trim_end();
        text += "\n\n";
    }
    if let Some(doubt) = &found.contradictions {
        let line = format!("{file}: warning: {doubt}");
        text += &format!("{}\n\n", prose::filled(&line, face.width, ""));
    }
    let (mistakes, doubts) = (found.mistakes(), found.warnings());
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
