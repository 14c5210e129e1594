//! From a path on the command line to a checked scenario, or to everything that is wrong with it.

use std::{fs, path::Path};

use foedera_scenario::{Loaded, Look, Override, diagnostic::Diagnostic};

use crate::{
    face::{Face, complain},
    failure::Failure,
    sources::Folders,
};

/// Loads a scenario; its mistakes are listed on stderr, and so are its doubts unless quiet.
///
/// # Errors
/// If the file cannot be read or has mistakes.
pub(crate) fn load(face: &Face, file: &Path, set: &[Override]) -> Result<Loaded, Failure> {
    let found = check(file, set)?;
    let look = if face.note_paint.is_on() {
        Look::Colour
    } else {
        Look::Plain
    };
    let show = |all: &[Diagnostic]| {
        for one in all {
            complain(one.to_text(look).trim_end());
        }
    };
    match found {
        Ok(loaded) => {
            if !face.quiet {
                show(&loaded.warnings);
            }
            Ok(loaded)
        }
        Err(diagnostics) => {
            let wrong: Vec<Diagnostic> = diagnostics
                .into_iter()
                .filter(Diagnostic::is_error)
                .collect();
            show(&wrong);
            let mistakes = wrong.len();
            // A file that is good by itself is not to blame, wherever the mistake shows.
            let good_alone = !set.is_empty() && check(file, &[])?.is_ok();
            let file = file.display().to_string();
            if good_alone {
                return Err(Failure::BadSetting { file, mistakes });
            }
            Err(Failure::Mistakes { file, mistakes })
        }
    }
}

/// Checks a scenario file without a word: the scenario, or all its mistakes and doubts.
///
/// # Errors
/// If the file itself cannot be read; files it refers to are mistakes of the scenario.
pub(crate) fn check(
    file: &Path,
    set: &[Override],
) -> Result<Result<Loaded, Vec<Diagnostic>>, Failure> {
    let unreadable = |error| Failure::File {
        action: "read",
        path: file.to_path_buf(),
        error,
    };
    if fs::metadata(file).map_err(unreadable)?.is_dir() {
        return Err(Failure::FolderGiven {
            path: file.to_path_buf(),
            inside: scenarios_in(file),
        });
    }
    fs::File::open(file).map_err(unreadable)?;
    let path = file.to_string_lossy();
    Ok(foedera_scenario::load(
        &Folders,
        &path,
        set,
        &foedera_sim::catalogue(),
    ))
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
