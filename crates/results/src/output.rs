//! Writes a folder of results, block by block, in constant memory.
//!
//! A [`RunWriter`] is a [`Sink`]: it takes blocks in order, ends a row group every [`GROUP`] replicates (more
//! in a huge run), and gives files their names only when they are whole. Equal runs are equal bytes, for any number of
//! threads: nothing here knows a clock or a thread. A run that fails leaves nothing behind; one that was
//! killed leaves a manifest that says so.

pub(crate) mod partial;
mod runs;
mod summary;
pub(crate) mod table;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::aggregates::Aggregates;
use crate::error::ResultsError;
use crate::manifest::{
    AGGREGATES_FILE, FileEntry, MANIFEST_FILE, Manifest, RUN_LOG_FILE, RunLog, RunStatus, Until,
};
use crate::output::partial::Partial;
use crate::output::runs::RowNames;
use crate::output::table::Table;
use crate::record::{BlockRecord, Sink};
use crate::series::SeriesAggregates;

/// Replicates of one row group, unless there would be more than [`GROUPS_MAX`] of them.
pub const GROUP: u64 = 4096;
/// Most row groups of a table: what a writer must remember of each column of each group (0.8 KB) is the
/// only thing that grows with replicates. Beyond a million replicates groups double.
pub const GROUPS_MAX: u64 = 256;

/// Every table that a folder may hold.
const TABLES: [&str; 5] = ["runs", "events", "series", "decisions", "trajectories"];

/// What is written, and over what.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions {
    /// Also write each table as CSV.
    pub csv: bool,
    /// Also write every measure at every step of every replicate.
    pub trajectories: bool,
    /// Replace the files of an earlier run. Other files in the folder are left alone.
    pub force: bool,
}

/// Writes one run into a folder.
#[derive(Debug)]
pub struct RunWriter {
    dir: PathBuf,
    created: bool,
    claimed: bool,
    finished: bool,
    options: WriteOptions,
    manifest: Manifest,
    provenance: Vec<(String, String)>,
    names: RowNames,
    runs: Option<Table>,
    events: Option<Table>,
    trajectories: Option<Table>,
    next: u64,
    group: u64,
}

impl RunWriter {
    /// Takes a folder and writes the manifest of a run that begins.
    ///
    /// # Errors
    /// If the folder holds files and `force` is not set, or cannot be written.
    pub fn create(
        dir: &Path,
        options: WriteOptions,
        manifest: Manifest,
    ) -> Result<Self, ResultsError> {
        let created = take_folder(dir, options.force)?;
        let provenance = manifest.provenance();
        let mut writer = Self {
            dir: dir.to_owned(),
            created,
            claimed: false,
            finished: false,
            options,
            names: RowNames::new(&manifest.layout),
            next: manifest.origin.first,
            group: group_of(manifest.origin.n),
            provenance,
            manifest,
            runs: None,
            events: None,
            trajectories: None,
        };
        writer.open_tables()?;
        remove_earlier(dir)?;
        writer.claimed = true;
        Partial::write_whole(dir, MANIFEST_FILE, &json(&writer.manifest))?;
        Ok(writer)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Says that the run went on until enough was known and ends here: this many replicates are the whole run.
    pub fn stop_at(&mut self, until: Until) {
        self.manifest.until = Some(until);
        self.manifest.origin.n = self.next - self.manifest.origin.first;
    }

    /// Ends the run: closes the tables, writes what was added up and the final manifest.
    ///
    /// # Errors
    /// If a file cannot be written; then no file of the run is left.
    pub fn finish(
        mut self,
        aggregates: &Aggregates,
        series: &SeriesAggregates,
    ) -> Result<Manifest, ResultsError> {
        let mut files = Vec::new();
        let tables = [
            self.runs.take(),
            self.events.take(),
            self.trajectories.take(),
        ];
        for table in tables.into_iter().flatten() {
            files.extend(table.finish()?);
        }
        let (dir, csv) = (&self.dir, self.options.csv);
        let layout = &self.manifest.layout;
        files.extend(summary::write_series(
            dir,
            layout,
            &self.provenance,
            csv,
            series,
        )?);
        files.extend(summary::write_decisions(
            dir,
            layout,
            &self.provenance,
            csv,
            aggregates,
        )?);
        files.push(Partial::write_whole(
            dir,
            AGGREGATES_FILE,
            &compact_json(&aggregates.trimmed()),
        )?);
        self.seal(aggregates, files);
        Partial::write_whole(&self.dir, MANIFEST_FILE, &json(&self.manifest))?;
        sync_folder(&self.dir);
        self.finished = true;
        Ok(self.manifest.clone())
    }

    fn open_tables(&mut self) -> Result<(), ResultsError> {
        let (dir, layout, keys) = (&self.dir, &self.manifest.layout, &self.provenance);
        let csv = self.options.csv;
        self.runs = Some(runs::create_runs(dir, &self.manifest, keys, csv)?);
        self.events = Some(runs::create_events(dir, keys, csv)?);
        if self.options.trajectories {
            self.trajectories = Some(runs::create_trajectories(dir, layout, keys, csv)?);
        }
        Ok(())
    }

    fn seal(&mut self, aggregates: &Aggregates, files: Vec<FileEntry>) {
        let manifest = &mut self.manifest;
        manifest.completed = self.next - manifest.origin.first;
        manifest.status = if manifest.completed == manifest.origin.n {
            RunStatus::Complete
        } else {
            RunStatus::Interrupted
        };
        manifest.files = files;
        for (arm, of_arm) in manifest.layout.arms.iter().zip(&aggregates.arms) {
            for (kind, &count) in manifest.layout.fault_kinds.iter().zip(&of_arm.faults) {
                if count > 0 {
                    manifest
                        .faults
                        .push((arm.id.clone(), kind.id.clone(), count));
                }
            }
        }
    }
}

impl Sink for RunWriter {
    /// Appends one block.
    ///
    /// # Panics
    /// If blocks do not come in order.
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        assert_eq!(record.first, self.next, "blocks come in order");
        let layout = &self.manifest.layout;
        let ends_group = (record.first + record.n as u64).is_multiple_of(self.group);
        if let Some(table) = &mut self.runs {
            runs::append_runs(table, &self.names, &self.manifest.origin.design, record)?;
        }
        if let Some(table) = &mut self.events {
            runs::append_events(table, &self.names, layout, record)?;
        }
        if let Some(table) = &mut self.trajectories {
            runs::append_trajectories(table, &self.names, layout, record)?;
        }
        self.next += record.n as u64;
        if ends_group {
            for table in [&mut self.runs, &mut self.events, &mut self.trajectories] {
                table.as_mut().map_or(Ok(()), Table::end_group)?;
            }
        }
        Ok(())
    }
}

impl Drop for RunWriter {
    /// Leaves nothing of a run that was given up. Nobody is left to hear of a failure here.
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        self.runs = None;
        self.events = None;
        self.trajectories = None;
        if self.claimed {
            drop(remove_earlier(&self.dir));
        }
        if self.created {
            drop(fs::remove_dir(&self.dir));
        }
    }
}

/// Writes when, where and how fast, the only file that may differ between two equal runs.
///
/// # Errors
/// If it cannot be written.
pub fn write_run_log(dir: &Path, log: &RunLog) -> Result<(), ResultsError> {
    Partial::write_whole(dir, RUN_LOG_FILE, &json(log)).map(drop)
}

/// Replicates of one row group in a run of `n`.
fn group_of(n: u64) -> u64 {
    let mut group = GROUP;
    while n.div_ceil(group) > GROUPS_MAX {
        group *= 2;
    }
    group
}

/// Makes the folder or checks that it may be used; says whether it was made.
fn take_folder(dir: &Path, force: bool) -> Result<bool, ResultsError> {
    let path = || dir.to_owned();
    match fs::read_dir(dir) {
        Ok(mut entries) => {
            if entries.next().is_some() && !force {
                return Err(ResultsError::Exists { path: path() });
            }
            Ok(false)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Err(ResultsError::NotAFolder { path: path() })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::create_dir_all(dir).map_err(|source| match source.kind() {
                std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
                    ResultsError::NotAFolder { path: path() }
                }
                _ => ResultsError::write(dir, source),
            })?;
            Ok(true)
        }
        Err(source) => Err(ResultsError::read(dir, source)),
    }
}

/// Removes the files of an earlier run, and nothing else.
fn remove_earlier(dir: &Path) -> Result<(), ResultsError> {
    let tables = TABLES
        .iter()
        .flat_map(|name| [format!("{name}.parquet"), format!("{name}.csv")]);
    let others = [MANIFEST_FILE, AGGREGATES_FILE, RUN_LOG_FILE].map(str::to_owned);
    for name in tables.chain(others) {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(ResultsError::write(&path, source));
            }
            _ => {}
        }
    }
    Ok(())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("plain data with text keys");
    text.push(b'\n');
    text
}

/// JSON without spaces, for what nobody reads line by line.
fn compact_json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(value).expect("plain data with text keys");
    text.push(b'\n');
    text
}

/// Makes the renames last, where the system can.
fn sync_folder(dir: &Path) {
    if let Ok(folder) = fs::File::open(dir) {
        drop(folder.sync_all());
    }
}

#[cfg(test)]
mod tests;
