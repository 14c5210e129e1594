//! From a path on the command line to a checked scenario, or to everything that is wrong with it.

use std::{fs, io, path::Path, sync::Arc};

use foedera_scenario::{
    Scenario,
    diagnostic::{self, Diagnostic, Look},
};

use crate::{
    face::{Face, complain},
    failure::Failure,
    number,
    sources::Folders,
};

/// What the loader said of a file.
pub(crate) struct Checked {
    /// The scenario, unless it has mistakes.
    pub(crate) scenario: Option<Scenario>,
    /// Mistakes and doubts, in order of place.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Number of mistakes.
    pub(crate) fn mistakes(&self) -> usize {
        self.diagnostics.iter().filter(|one| one.is_error()).count()
    }
}

/// Loads a scenario; its mistakes are listed on stderr, and so are its doubts unless quiet.
///
/// # Errors
/// If the file cannot be read or has mistakes.
pub(crate) fn load(
    face: &Face,
    file: &Path,
    set: &[(String, String)],
) -> Result<Arc<Scenario>, Failure> {
    let checked = check(file, set)?;
    let mistakes = checked.mistakes();
    let shown: Vec<&Diagnostic> =
        checked.diagnostics.iter().filter(|one| one.is_error() || !face.quiet).collect();
    let look = if face.note_paint.is_on() { Look::Colour } else { Look::Plain };
    for one in shown {
        complain(one.to_text(look).trim_end());
    }
    match checked.scenario {
        Some(scenario) if mistakes == 0 => Ok(Arc::new(scenario)),
        _ => Err(Failure::Mistakes { file: file.display().to_string(), mistakes }),
    }
}
