//! `foedera diff A B`: what two scenarios differ in, path by path.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_scenario::diff::{self, Difference};

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number, scenario_file,
    sheet::{Column, Sheet, Tone, Word},
};

/// Which scenarios.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// One scenario file
    first: PathBuf,
    /// The other one
    second: PathBuf,
}

/// Lists the differences.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let first = scenario_file::load(face, &args.first, &[])?.scenario;
    let second = scenario_file::load(face, &args.second, &[])?.scenario;
    let differences = diff::diff(&first, &second);
    if face.json {
        face.document(&differences)?;
    } else if differences.is_empty() {
        face.data("the two scenarios ask the same of the same world")?;
    } else {
        face.data(&table(face, args, &differences))?;
    }
    let second = shell_word(&args.second.display().to_string());
    face.next(&format!("foedera run {second}"));
    Ok(Exit::Good)
}

fn table(face: &Face, args: &Args, differences: &[Difference]) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("path", 30),
            Column::Prose("first"),
            Column::Prose("second"),
        ],
    );
    let side = |value: &Option<String>| match value {
        Some(value) => Word::from(value.as_str()),
        None => Word::new(Tone::Faint, "–"),
    };
    for one in differences {
        let path = Word::new(Tone::Strong, one.path.as_str());
        sheet.row([path, side(&one.before), side(&one.after)]);
    }
    format!(
        "{} between {} and {}\n\n{}",
        face.paint
            .strong(&number::counted(differences.len() as u64, "difference")),
        args.first.display(),
        args.second.display(),
        sheet.text()
    )
}
