//! The population on disk, written whole after each generation: what a killed calibration goes on from.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use foedera_ensemble::calibrate::State;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Version of the file.
const FORMAT: u32 = 1;

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
struct File<S> {
    format: u32,
    /// Hash of the question that it belongs to.
    key: String,
    state: S,
}

/// Where posterior and population are kept.
pub(super) struct Kept {
    posterior: PathBuf,
    population: PathBuf,
    key: String,
    state: Option<State>,
}

impl Kept {
    /// Looks at what is there: a population of the same question is gone on with, anything else is refused unless
    /// `force` is given.
    ///
    /// # Errors
    /// If something else is there, or it cannot be read.
    pub(super) fn open(posterior: &Path, key: &str, force: bool) -> Result<Self, Failure> {
        let population = posterior.with_extension("population.json");
        let state = match fs::read(&population) {
            Ok(bytes) => read(&bytes, key),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed("read", &population, error)),
        };
        let taken = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
        if state.is_none() && !force {
            for path in [&population, &posterior.to_path_buf()] {
                if taken(path) {
                    return Err(Failure::Exists { path: path.clone() });
                }
            }
        }
        Ok(Self {
            posterior: posterior.to_path_buf(),
            population,
            key: key.to_owned(),
            state,
        })
    }

    /// The file of the population.
    pub(super) fn population(&self) -> &Path {
        &self.population
    }

    /// The population to go on from, if there is one.
    pub(super) fn state(&self) -> Option<State> {
        self.state.clone()
    }

    /// Keeps a population.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn save(&self, state: &State) -> Result<(), Failure> {
        let file = File {
            format: FORMAT,
            key: self.key.clone(),
            state,
        };
        let text = serde_json::to_vec(&file).expect("plain data has a JSON form");
        write(&self.population, &text)
    }

    /// Writes the posterior; one that says the same may be there.
    ///
    /// # Errors
    /// If another one is there and `force` is not given, or it cannot be written.
    pub(super) fn write_posterior(&self, text: &str, force: bool) -> Result<(), Failure> {
        match fs::read(&self.posterior) {
            Ok(bytes) if bytes == text.as_bytes() => return Ok(()),
            Ok(_) if !force => {
                return Err(Failure::Exists {
                    path: self.posterior.clone(),
                });
            }
            _ => {}
        }
        write(&self.posterior, text.as_bytes())
    }
}

/// The state of a file, if it is ours and belongs to the question.
fn read(bytes: &[u8], key: &str) -> Option<State> {
    let file: File<State> = serde_json::from_slice(bytes).ok()?;
    (file.format == FORMAT && file.key == key).then_some(file.state)
}

/// Writes a file whole or not at all: beside its place, synced, then renamed.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let error = |error| failed("write", path, error);
    if let Some(folder) = path.parent().filter(|of| !of.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(error)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.partial"));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(error)
}

fn failed(action: &'static str, path: &Path, error: io::Error) -> Failure {
    Failure::File {
        action,
        path: path.to_path_buf(),
        error,
    }
}
