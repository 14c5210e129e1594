//! Writes a folder of results, block by block, in constant memory, so that a kill at any moment loses little.
//!
//! A [`RunWriter`] is a [`Sink`]: it takes blocks in order and encodes a part of [`GROUP`] replicates at a time. A run
//! of several parts makes each of them safe in the folder [`UNFINISHED`] with the sums up to its end; at the end the
//! parts are put together (`assemble`), and the files move to their places when all of them are whole. Equal runs are
//! equal bytes, for any number of threads, interruptions and shards: nothing here knows a clock or a thread.

mod assemble;
mod disk;
mod histograms;
pub mod ledger;
mod merge;
pub(crate) mod partial;
mod plan;
mod resume;
mod runs;
mod summary;
pub(crate) mod table;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::aggregates::Aggregates;
use crate::error::ResultsError;
use crate::manifest::{
    AGGREGATES_FILE, FileEntry, MANIFEST_FILE, Manifest, RUN_LOG_FILE, RunLog, RunStatus, Until,
};
use crate::output::assemble::{Form, Place, Source};
use crate::output::histograms::HISTOGRAMS;
use crate::output::partial::Partial;
use crate::output::plan::{Parts, Plan};
use crate::output::runs::{Kind, RowNames};
use crate::output::table::{Dress, Table, Written};
use crate::record::{BlockRecord, Sink};
use crate::series::SeriesAggregates;
use crate::sums::Sums;

pub use crate::manifest::{GROUP, GROUPS_MAX};
pub use crate::output::merge::merge;
pub use crate::output::plan::UNFINISHED;
pub(crate) use crate::output::resume::is_half_moved;
pub use crate::output::resume::{Found, Resumed, find};
pub use crate::output::verify::{Difference, check_rows, check_sums, damaged_files};

/// Every table that a folder may hold.
const TABLES: [&str; 6] = [
    "runs",
    "events",
    "series",
    "decisions",
    "trajectories",
    HISTOGRAMS,
];

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
    work: PathBuf,
    /// The folder did not exist before.
    created: bool,
    /// The files in the folder are those of this run.
    claimed: bool,
    finished: bool,
    plan: Plan,
    provenance: Vec<(String, String)>,
    names: RowNames,
    kinds: &'static [Kind],
    tables: Vec<Table>,
    /// A part whose rows are all there and which is not safe yet.
    closed: Option<Vec<Written>>,
    parts: Parts,
    /// The parts that are too few to be worth the disk.
    held: Vec<Vec<Written>>,
    next: u64,
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
        let plan = Plan {
            manifest,
            csv: options.csv,
            trajectories: options.trajectories,
            merge: false,
            base: None,
        };
        Self::begin(dir, options.force, plan)
    }

    /// Takes a folder for a plan.
    fn begin(dir: &Path, force: bool, plan: Plan) -> Result<Self, ResultsError> {
        let created = take_folder(dir, force)?;
        let mut writer = Self::of_plan(dir, plan, Parts::default());
        writer.created = created;
        remove_earlier(dir)?;
        writer.claimed = true;
        writer.make_work_folder()?;
        writer.plan.write(&writer.work)?;
        let text = json(&writer.plan.manifest);
        Partial::write_whole(dir, MANIFEST_FILE, &text, None)?;
        Ok(writer)
    }

    /// A writer of a folder that is taken already.
    fn of_plan(dir: &Path, plan: Plan, parts: Parts) -> Self {
        let manifest = &plan.manifest;
        let mut writer = Self {
            dir: dir.to_owned(),
            work: plan::work_folder(dir),
            created: false,
            claimed: false,
            finished: false,
            provenance: manifest.provenance(),
            names: RowNames::new(&manifest.layout),
            kinds: Kind::of_run(plan.trajectories),
            tables: Vec::new(),
            closed: None,
            held: Vec::new(),
            next: plan.start() + parts.n as u64 * plan.manifest.part,
            parts,
            plan,
        };
        writer.open_tables();
        writer
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Says that the run went on until enough was known and ends here: this many replicates are the whole run.
    pub fn stop_at(&mut self, until: Until) {
        let manifest = &mut self.plan.manifest;
        manifest.until = Some(until);
        manifest.origin.n = self.next - manifest.origin.first;
    }

    /// Ends the run: closes the tables, writes what was added up and the final manifest.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(
        mut self,
        aggregates: &Aggregates,
        series: &SeriesAggregates,
    ) -> Result<Manifest, ResultsError> {
        self.make_closed_safe(None)?;
        if !self.next.is_multiple_of(self.plan.manifest.part) {
            let last = self.close_tables();
            self.held.push(last);
        }
        let done = self.next - self.plan.manifest.first();
        let sources: Vec<Vec<Source>> =
            (0..self.kinds.len()).map(|idx| self.sources(idx)).collect();
        self.write_all(&sources, done, aggregates, series)
    }

    /// Where the rows of a table are, in order.
    fn sources(&self, idx: usize) -> Vec<Source> {
        let name = self.kinds[idx].name();
        let base = self.plan.base.iter().map(|base| Source {
            from: Place::Disk(self.dir.clone(), name.to_owned()),
            below: base.kept,
            has_head: true,
        });
        let safe = (0..self.parts.n).map(|number| {
            let name = plan::part_name(number, name);
            Source::part(Place::Disk(self.work.clone(), name))
        });
        let held = self.held.iter().map(|tables| {
            let of = &tables[idx];
            Source::part(Place::Memory(of.parquet.clone(), of.csv.clone()))
        });
        base.chain(safe).chain(held).collect()
    }

    /// Writes every file beside its place, then moves them all.
    fn write_all(
        &mut self,
        sources: &[Vec<Source>],
        done: u64,
        aggregates: &Aggregates,
        series: &SeriesAggregates,
    ) -> Result<Manifest, ResultsError> {
        let manifest = &self.plan.manifest;
        let (layout, work) = (&manifest.layout, &self.work);
        let csv = self.plan.csv;
        let mut files = Vec::new();
        for (kind, sources) in self.kinds.iter().zip(sources) {
            let form = Form {
                name: kind.name(),
                fields: kind.fields(manifest),
                dress: self.dress(),
                group: manifest.group,
                csv,
            };
            files.extend(assemble::table(work, &form, sources)?);
        }
        let dress = Dress {
            plain_names: false,
            ..self.dress()
        };
        let series_table = summary::series_table(layout, dress, csv, series);
        files.extend(write_table(work, "series", &series_table)?);
        let decisions = summary::decisions_table(layout, dress, csv, aggregates);
        files.extend(write_table(work, "decisions", &decisions)?);
        let spread = histograms::histograms_table(layout, dress, series);
        files.extend(write_table(work, HISTOGRAMS, &spread)?);
        let text = compact_json(&aggregates.trimmed());
        files.push(Partial::write_whole(work, AGGREGATES_FILE, &text, None)?);
        let manifest = sealed(manifest.clone(), done, aggregates, files);
        Partial::write_whole(work, MANIFEST_FILE, &json(&manifest), None)?;
        disk::sync_folder(work);
        // From here on only the moves are left, and `resume` makes up for those that fail.
        self.finished = true;
        resume::move_in(&self.dir, &manifest)?;
        Ok(manifest)
    }

    fn dress(&self) -> Dress<'_> {
        Dress {
            provenance: &self.provenance,
            plain_names: self.plan.plain_names(),
        }
    }

    fn make_work_folder(&self) -> Result<(), ResultsError> {
        disk::make_folder(&self.work).map_err(|error| ResultsError::write(&self.work, error))
    }

    fn open_tables(&mut self) {
        let manifest = &self.plan.manifest;
        let tables = self
            .kinds
            .iter()
            .map(|kind| Table::new(kind.fields(manifest), self.dress(), self.plan.csv));
        self.tables = tables.collect();
    }

    /// Ends the tables of a part and begins those of the next.
    fn close_tables(&mut self) -> Vec<Written> {
        let tables = std::mem::take(&mut self.tables);
        self.open_tables();
        tables.into_iter().map(Table::finish).collect()
    }

    /// Whether a part is worth the disk: one that is all there is, is not.
    fn is_long(&self) -> bool {
        let end = self.plan.manifest.first() + self.plan.manifest.wanted();
        end - self.plan.start() > self.plan.manifest.part
    }

    fn make_closed_safe(&mut self, sums: Option<&Sums>) -> Result<(), ResultsError> {
        let Some(tables) = self.closed.take() else {
            return Ok(());
        };
        if !self.is_long() {
            self.held.push(tables);
            return Ok(());
        }
        let mut files = Vec::new();
        for (kind, written) in self.kinds.iter().zip(&tables) {
            let name = plan::part_name(self.parts.n, kind.name());
            files.extend(write_table(&self.work, &name, written)?);
        }
        let dress = Dress {
            provenance: &self.provenance,
            plain_names: false,
        };
        self.parts.add(&self.work, &self.plan, dress, files, sums)
    }
}

impl Sink for RunWriter {
    /// Appends one block.
    ///
    /// # Panics
    /// If blocks do not come in order.
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        assert_eq!(record.first, self.next, "blocks come in order");
        self.make_closed_safe(None)?;
        let manifest = &self.plan.manifest;
        for (kind, table) in self.kinds.iter().zip(&mut self.tables) {
            table.append(kind.columns(&self.names, manifest, record));
        }
        self.next += record.n as u64;
        if self.next.is_multiple_of(self.plan.manifest.part) {
            let tables = self.close_tables();
            self.closed = Some(tables);
        }
        Ok(())
    }

    fn part(&self) -> u64 {
        self.plan.manifest.part
    }

    /// Makes the part that has just ended safe.
    fn end_part(&mut self, sums: &Sums) -> Result<(), ResultsError> {
        self.make_closed_safe(Some(sums))
    }
}

impl Drop for RunWriter {
    /// Leaves nothing of a run that was given up before any of it was safe; what is safe can be resumed. Nobody
    /// is left to hear of a failure here.
    fn drop(&mut self) {
        if self.finished || self.parts.n > 0 {
            return;
        }
        if self.plan.base.is_some() {
            drop(disk::remove_folder(&self.work));
        } else if self.claimed {
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
    Partial::write_whole(dir, RUN_LOG_FILE, &json(log), None).map(drop)
}

/// Writes a table that is in memory; gives its files.
fn write_table(dir: &Path, name: &str, table: &Written) -> Result<Vec<FileEntry>, ResultsError> {
    let rows = Some(table.rows);
    let parquet = format!("{name}.parquet");
    let mut files = vec![Partial::write_whole(dir, &parquet, &table.parquet, rows)?];
    if let Some(csv) = &table.csv {
        let name = format!("{name}.csv");
        files.push(Partial::write_whole(dir, &name, csv, rows)?);
    }
    Ok(files)
}

/// The manifest of a run that has ended.
fn sealed(
    mut manifest: Manifest,
    done: u64,
    aggregates: &Aggregates,
    files: Vec<FileEntry>,
) -> Manifest {
    manifest.completed = done;
    manifest.status = if done == manifest.wanted() {
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
    manifest.sealed()
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
    // The manifest goes first: without it nobody takes the rest for a whole run.
    let others = [MANIFEST_FILE, AGGREGATES_FILE, RUN_LOG_FILE].map(str::to_owned);
    for name in others.into_iter().chain(tables) {
        let path = dir.join(name);
        disk::remove(&path).map_err(|source| ResultsError::write(&path, source))?;
    }
    let work = plan::work_folder(dir);
    disk::remove_folder(&work).map_err(|source| ResultsError::write(&work, source))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("plain data with text keys");
    text.push(b'\n');
    text
}

/// JSON without spaces, for what nobody reads line by line.
pub(crate) fn compact_json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(value).expect("plain data with text keys");
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests;
