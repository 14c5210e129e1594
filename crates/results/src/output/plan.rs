//! What an unfinished run wants and what of it is safe: the folder [`UNFINISHED`] within the folder of results.
//!
//! The plan is written before the first replicate. A part of the run is safe when its record is there: the record is
//! written last and names the other files with their hashes. Nothing here is trusted when it is read again.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::aggregates::Aggregates;
use crate::error::ResultsError;
use crate::layout::Layout;
use crate::manifest::{self, FileEntry, Manifest};
use crate::output::histograms::{self, HISTOGRAMS};
use crate::output::partial::Partial;
use crate::output::table::Dress;
use crate::output::{compact_json, disk};
use crate::sums::Sums;

/// The folder within a folder of results that holds what is not finished.
pub const UNFINISHED: &str = "unfinished";
/// The plan in it.
const PLAN_FILE: &str = "plan.json";
/// Sums that are kept: should the last ones be damaged, the ones before them still serve.
const SUMS_KEPT: usize = 2;

/// What a run wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// The manifest of a run that begins.
    pub(crate) manifest: Manifest,
    /// Whether tables are written as CSV too.
    pub(crate) csv: bool,
    /// Whether trajectories are written.
    pub(crate) trajectories: bool,
    /// Whether it puts shards together.
    pub(crate) merge: bool,
    /// The finished results that it goes on from, if any.
    pub(crate) base: Option<Base>,
}

/// Finished results that a run goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base {
    /// The first replicate that is not in its sums.
    pub(crate) counted: u64,
    /// The first replicate whose rows are not taken from it: it begins a row group.
    pub(crate) kept: u64,
}

impl Plan {
    /// Writes the plan into the folder of what is unfinished.
    pub(crate) fn write(&self, work: &Path) -> Result<(), ResultsError> {
        let text = compact_json(self);
        let sealed = [manifest::sha256(&text).as_bytes(), b"\n", &text].concat();
        Partial::write_whole(work, PLAN_FILE, &sealed, None).map(drop)
    }

    /// Reads the plan; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read, or is not as it was written.
    pub(crate) fn read(work: &Path) -> Result<Option<Self>, ResultsError> {
        let path = work.join(PLAN_FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ResultsError::read(&path, error)),
        };
        let damaged = || ResultsError::Damaged { path: path.clone() };
        let (seal, text) = bytes.split_at_checked(65).ok_or_else(damaged)?;
        if seal[..64] != *manifest::sha256(text).as_bytes() {
            return Err(damaged());
        }
        let plan = serde_json::from_slice(text);
        plan.map(Some)
            .map_err(|source| ResultsError::BrokenJson { path, source })
    }

    /// The first replicate that the run itself makes.
    pub(crate) fn start(&self) -> u64 {
        self.base.map_or(self.manifest.first(), |base| base.kept)
    }

    /// Whether pages of several parts follow one another in a row group.
    pub(crate) fn plain_names(&self) -> bool {
        self.manifest.group > self.manifest.part
    }
}

/// What is safe of one part: written last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    /// First replicate of the part.
    first: u64,
    /// Its replicates.
    n: u64,
    /// The files of its tables.
    files: Vec<FileEntry>,
    /// The files of the sums up to its end, if they were written.
    sums: Vec<FileEntry>,
}

/// The parts that are safe.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Those with sums, by number, oldest first.
    with_sums: Vec<usize>,
    /// Number of parts.
    pub(crate) n: usize,
}

/// Name of a table of a part, without its ending.
pub(crate) fn part_name(number: usize, table: &str) -> String {
    format!("part-{number:06}.{table}")
}

fn record_name(number: usize) -> String {
    format!("part-{number:06}.json")
}

fn sums_name(number: usize, what: &str) -> String {
    format!("sums-{number:06}.{what}")
}

impl Parts {
    /// Makes a part safe: its tables are written, then its sums, then its record.
    pub(crate) fn add(
        &mut self,
        work: &Path,
        plan: &Plan,
        dress: Dress<'_>,
        files: Vec<FileEntry>,
        sums: Option<&Sums>,
    ) -> Result<(), ResultsError> {
        let number = self.n;
        let sums_files = match sums {
            Some(sums) => write_sums(work, number, &plan.manifest.layout, dress, sums)?,
            None => Vec::new(),
        };
        let record = Record {
            first: plan.start() + number as u64 * plan.manifest.part,
            n: plan.manifest.part,
            files,
            sums: sums_files,
        };
        Partial::write_whole(work, &record_name(number), &compact_json(&record), None)?;
        self.n += 1;
        if sums.is_some() {
            self.with_sums.push(number);
        }
        while self.with_sums.len() > SUMS_KEPT {
            let old = self.with_sums.remove(0);
            remove_sums(work, old)?;
        }
        Ok(())
    }

    /// Finds the parts that are safe and have sums at their end; the files of all others are removed.
    pub(crate) fn find(
        work: &Path,
        plan: &Plan,
    ) -> Result<(Self, Option<Sums>, bool), ResultsError> {
        let mut sound = Vec::new();
        let mut damaged = false;
        loop {
            let number = sound.len();
            match read_record(work, number, plan) {
                Ok(Some(record)) => sound.push(record),
                Ok(None) => break,
                Err(_) => {
                    damaged = true;
                    break;
                }
            }
        }
        let mut with_sums = Vec::new();
        let mut last = None;
        for (number, record) in sound.iter().enumerate().rev() {
            if record.sums.is_empty() || !work.join(sums_name(number, "json")).exists() {
                continue;
            }
            with_sums.insert(0, number);
            if last.is_none() {
                last = read_sums(work, number, plan, record).ok();
                damaged |= last.is_none();
                if last.is_none() {
                    with_sums.clear();
                }
            }
        }
        let n = if last.is_some() {
            with_sums.last().map_or(0, |number| number + 1)
        } else {
            0
        };
        let parts = Self { with_sums, n };
        parts.remove_others(work)?;
        Ok((parts, last, damaged))
    }

    /// Removes the files of parts that do not count, and what was being written.
    fn remove_others(&self, work: &Path) -> Result<(), ResultsError> {
        let entries = fs::read_dir(work).map_err(|error| ResultsError::read(work, error))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let number = |kind: &str| -> Option<usize> {
                name.strip_prefix(kind)?.split('.').next()?.parse().ok()
            };
            let counts = match (number("part-"), number("sums-")) {
                (Some(part), _) => part < self.n,
                (_, Some(part)) => self.with_sums.contains(&part),
                _ => name == PLAN_FILE,
            };
            if !counts {
                let path = entry.path();
                disk::remove(&path).map_err(|error| ResultsError::write(&path, error))?;
            }
        }
        Ok(())
    }
}

fn write_sums(
    work: &Path,
    number: usize,
    layout: &Layout,
    dress: Dress<'_>,
    sums: &Sums,
) -> Result<Vec<FileEntry>, ResultsError> {
    let table = histograms::histograms_table(layout, dress, &sums.series);
    let text = compact_json(&sums.aggregates.trimmed());
    Ok(vec![
        Partial::write_whole(work, &sums_name(number, "parquet"), &table.parquet, None)?,
        Partial::write_whole(work, &sums_name(number, "json"), &text, None)?,
    ])
}

fn remove_sums(work: &Path, number: usize) -> Result<(), ResultsError> {
    for what in ["json", "parquet"] {
        let path = work.join(sums_name(number, what));
        disk::remove(&path).map_err(|error| ResultsError::write(&path, error))?;
    }
    Ok(())
}

/// The record of a part, if it is there and all its tables are as it says.
fn read_record(work: &Path, number: usize, plan: &Plan) -> Result<Option<Record>, ResultsError> {
    let path = work.join(record_name(number));
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ResultsError::read(&path, error)),
    };
    let read = serde_json::from_slice(&bytes);
    let record: Record = read.map_err(|source| ResultsError::BrokenJson {
        path: path.clone(),
        source,
    })?;
    let first = plan.start() + number as u64 * plan.manifest.part;
    if record.first != first || record.n != plan.manifest.part {
        return Err(ResultsError::Damaged { path });
    }
    for file in &record.files {
        check_file(work, file)?;
    }
    Ok(Some(record))
}

fn read_sums(
    work: &Path,
    number: usize,
    plan: &Plan,
    record: &Record,
) -> Result<Sums, ResultsError> {
    for file in &record.sums {
        check_file(work, file)?;
    }
    let [table, text] = ["parquet", "json"].map(|what| work.join(sums_name(number, what)));
    sums_of_files(&plan.manifest.layout, &text, &table)
}

/// The sums of a finished folder.
pub(crate) fn sums_of_folder(dir: &Path, layout: &Layout) -> Result<Sums, ResultsError> {
    let table = dir.join(format!("{HISTOGRAMS}.parquet"));
    sums_of_files(layout, &dir.join(manifest::AGGREGATES_FILE), &table)
}

fn sums_of_files(layout: &Layout, text: &Path, table: &Path) -> Result<Sums, ResultsError> {
    let bytes = fs::read(text).map_err(|error| ResultsError::read(text, error))?;
    let aggregates: Aggregates =
        serde_json::from_slice(&bytes).map_err(|source| ResultsError::BrokenJson {
            path: text.to_owned(),
            source,
        })?;
    let sums = Sums {
        series: histograms::read_histograms(table, layout)?,
        aggregates,
    };
    if !sums.fits(layout) {
        return Err(ResultsError::Mismatch {
            path: text.to_owned(),
            what: "its lists have other lengths",
        });
    }
    Ok(sums)
}

/// Checks that a file is there, byte by byte.
///
/// # Errors
/// If it is missing, unreadable or has other bytes.
pub(crate) fn check_file(dir: &Path, file: &FileEntry) -> Result<(), ResultsError> {
    let path = dir.join(&file.name);
    let (sha256, bytes) = hash_file(&path)?;
    if sha256 != file.sha256 || bytes != file.bytes {
        return Err(ResultsError::Damaged { path });
    }
    Ok(())
}

/// Hash and length of a file, in constant memory.
pub(crate) fn hash_file(path: &Path) -> Result<(String, u64), ResultsError> {
    let read = |error| ResultsError::read(path, error);
    let mut file = File::open(path).map_err(read)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let n = file.read(&mut buffer).map_err(read)?;
        if n == 0 {
            return Ok((manifest::hex(&hasher.finalize()), bytes));
        }
        hasher.update(&buffer[..n]);
        bytes += n as u64;
    }
}

/// The folder of what is unfinished.
pub(crate) fn work_folder(dir: &Path) -> PathBuf {
    dir.join(UNFINISHED)
}
