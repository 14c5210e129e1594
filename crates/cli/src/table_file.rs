//! `--table FILE`: an answer also as a table for other programs, CSV, Parquet or JSON by the file's ending.
//!
//! Every analysis flattens [`TableArgs`] into its arguments, calls [`TableArgs::check`] before any work and
//! [`TableArgs::write`] at the end.

use std::{env, path::PathBuf};

use clap::Args as ClapArgs;
use foedera_results::{AnalysisTable, Manifest, Provenance, analysis_table, manifest};
use foedera_scenario::{Loaded, Override};

use crate::{face::Face, failure::Failure, number};

/// Where the table goes.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct TableArgs {
    /// Also writes the answer as a table: FILE.csv, FILE.parquet or FILE.json
    #[arg(long, value_name = "FILE", value_parser = table_name)]
    pub(crate) table: Option<PathBuf>,
    /// Overwrites files that are there
    #[arg(long)]
    pub(crate) force: bool,
}

/// A file name with a known ending.
fn table_name(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    analysis_table::Format::of(&path)
        .map(|_| path)
        .map_err(|error| error.remedy().to_owned())
}

impl TableArgs {
    /// Refuses a file that is there already, before any work.
    ///
    /// # Errors
    /// If it is, and --force is not given.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match &self.table {
            Some(path) => Ok(analysis_table::check(path, self.force)?),
            None => Ok(()),
        }
    }

    /// Writes the table, if one is asked for, and says so.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(
        &self,
        face: &Face,
        table: impl FnOnce() -> AnalysisTable,
    ) -> Result<(), Failure> {
        let Some(path) = &self.table else {
            return Ok(());
        };
        let table = table();
        let entry = table.write(path, self.force)?;
        face.note(&format!(
            "table: {}, {}, {}",
            path.display(),
            number::counted(table.len() as u64, "row"),
            number::bytes(entry.bytes),
        ));
        Ok(())
    }
}

/// Where a table comes from that was made without a scenario.
pub(crate) fn plain() -> Provenance {
    Provenance {
        program: "foedera".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command(env::args().skip(1)),
        ..Provenance::default()
    }
}

/// Where a table comes from that was made from a scenario file.
pub(crate) fn of_file(loaded: &Loaded, set: &[Override], seed: u64) -> Provenance {
    let texts = loaded.texts.iter().map(|file| {
        let sha256 = manifest::sha256(&file.bytes);
        (file.path.clone(), sha256)
    });
    let set: Vec<String> = set
        .iter()
        .map(|one| format!("{}={}", one.path, one.value))
        .collect();
    Provenance {
        scenario: Some(loaded.scenario.name.clone()),
        scenario_sha256: Some(manifest::sha256_of_texts(texts, &set)),
        seed: Some(seed),
        ..plain()
    }
}

/// Where a table comes from that was made from a folder of results.
pub(crate) fn of_results(of: &Manifest) -> Provenance {
    Provenance {
        scenario: Some(of.origin.scenario.clone()),
        scenario_sha256: Some(of.scenario_sha256()),
        seed: Some(of.origin.seed),
        design: Some(format!(
            "{}, replicates {} to {} of `{}`",
            of.origin.design,
            of.origin.first,
            (of.origin.first + of.completed).saturating_sub(1),
            of.origin.command.join(" ")
        )),
        ..plain()
    }
}

/// The command without the options that decide no value.
fn command(words: impl IntoIterator<Item = String>) -> Vec<String> {
    const ALONE: [&str; 4] = ["--force", "--quiet", "-q", "--json"];
    const WITH_VALUE: [&str; 3] = ["--table", "--threads", "--progress"];
    let mut kept = vec!["foedera".to_owned()];
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if ALONE.contains(&word.as_str()) {
            continue;
        }
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
            continue;
        }
        let name = word.split('=').next().unwrap_or_default();
        if !WITH_VALUE.contains(&name) {
            kept.push(word);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_known_ending() {
        assert!(table_name("a.csv").is_ok() && table_name("x/a.PARQUET").is_ok());
        let error = table_name("a.xlsx").expect_err("nobody writes this");
        assert!(error.contains(".parquet"), "{error}");
    }

    #[test]
    fn the_command_is_kept_without_what_decides_nothing() {
        let words = "why out --table t.csv --force --initiative a --threads=3 --json -q";
        let kept = command(words.split(' ').map(str::to_owned));
        assert_eq!(kept.join(" "), "foedera why out --initiative a");
    }
}
