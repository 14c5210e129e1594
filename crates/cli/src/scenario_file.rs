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

/// Checks a scenario file without a word.
///
/// # Errors
/// If the file itself cannot be read; files it refers to are mistakes of the scenario.
pub(crate) fn check(file: &Path, set: &[(String, String)]) -> Result<Checked, Failure> {
    let meta = fs::metadata(file)
        .map_err(|error| Failure::File { action: "read", path: file.to_path_buf(), error })?;
    if meta.is_dir() {
        return Err(Failure::FolderGiven { path: file.to_path_buf(), inside: scenarios_in(file) });
    }
    fs::File::open(file)
        .map_err(|error| Failure::File { action: "read", path: file.to_path_buf(), error })?;
    let path = file.to_string_lossy();
    let loaded = foedera_scenario::load(&path, &Folders, set, &foedera_sim::catalogue());
    Ok(Checked { scenario: loaded.scenario, diagnostics: loaded.diagnostics })
}

/// Scenario files in a folder, as a hint; a folder that cannot be read has none.
fn scenarios_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<String> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
        .map(|path| path.display().to_string())
        .collect();
    paths.sort();
    paths.truncate(5);
    paths
}
