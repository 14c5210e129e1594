//! The manifest: where a folder of results came from, complete enough to run it again.
//!
//! Written as running before the first replicate, and again at the end. It keeps the texts of the scenario
//! and its world, so that a replicate can be told again from the folder alone. Everything in it follows
//! from the question; clocks and machines are in [`RunLog`], which is a file of its own.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::design::Design;
use crate::interval::Estimate;
use crate::layout::Layout;

/// Version of every stored format. A reader takes its own version and none other.
pub const FORMAT: u64 = 1;
/// Name of the manifest.
pub const MANIFEST_FILE: &str = "manifest.json";
/// Name of the aggregates.
pub const AGGREGATES_FILE: &str = "aggregates.json";
/// Name of the only file that may differ between two equal runs.
pub const RUN_LOG_FILE: &str = "run-log.json";

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// It runs, or it was killed.
    Running,
    /// Every replicate asked for is there.
    Complete,
    /// It was stopped; the first `completed` replicates are there.
    Interrupted,
}

/// Where a folder of results came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format version.
    pub format: u64,
    /// How far the run came.
    pub status: RunStatus,
    /// What was asked and of which program.
    pub origin: Origin,
    /// Which part of it is here, if it is not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Replicates of one row group of the tables.
    pub group: u64,
    /// Replicates that are encoded together: pages of a row group end with them, and a run that is killed loses no more.
    pub part: u64,
    /// Replicates done for each arm.
    pub completed: u64,
    /// What the run was to find out, if it ran until it was known: then `origin.n` is where it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
    /// Failed replicates by arm and kind, as `(arm, kind, count)`, where there are any.
    pub faults: Vec<(String, String, u64)>,
    /// The other files.
    pub files: Vec<FileEntry>,
    /// What the columns are.
    pub layout: Layout,
    /// Hash of this manifest without this hash, once the run has ended: what is changed later shows.
    #[serde(default)]
    pub seal: String,
}

/// A part of a run: whole row groups of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u64,
    /// Of how many.
    pub of: u64,
    /// Its first replicate.
    pub first: u64,
    /// Its replicates.
    pub n: u64,
}

/// What was asked, and of which program: all that decides the results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Name of the program.
    pub program: String,
    /// Its version.
    pub version: String,
    /// Hash of the catalogue of the law's parameters.
    pub catalogue_sha256: String,
    /// The command, without what does not decide the results (folder, threads, display).
    pub command: Vec<String>,
    /// Name of the scenario.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Its question.
    pub question: String,
    /// The outcome that leads.
    pub headline: Option<String>,
    /// Texts of the scenario, the files it extends and its world; the scenario first.
    pub texts: Vec<TextFile>,
    /// Changes made from outside, `path=value`.
    pub overrides: Vec<String>,
    /// Whether the analysts' stances count.
    pub stances: bool,
    /// Seed.
    pub seed: u64,
    /// First replicate.
    pub first: u64,
    /// Replicates asked for.
    pub n: u64,
    /// Which inputs replicates have; left out if each has its own independent draw.
    #[serde(default, skip_serializing_if = "Design::is_default")]
    pub design: Design,
}

/// The rule of a run that goes on until enough is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// What is to be known, by goal and policy.
    pub goals: Vec<GoalRecord>,
    /// Confidence with which all of them hold together, at every look.
    pub confidence: f64,
    /// Most replicates.
    pub cap: u64,
}

/// One quantity that is to be known to a half-width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalRecord {
    /// The goal, in the outcome language.
    pub text: String,
    /// Policy.
    pub policy: String,
    /// Half-width asked for.
    pub half_width: f64,
    /// The quantity with the interval that holds at every look, where the run stopped.
    pub estimate: Option<Estimate>,
    /// Whether it is narrow enough.
    pub reached: bool,
}

impl Until {
    /// Whether another rule asks for the same, whatever either of them found.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let asked = |of: &Self| {
            let goals = of.goals.iter();
            goals
                .map(|goal| (goal.text.clone(), goal.policy.clone()))
                .collect::<Vec<_>>()
        };
        self.cap == other.cap && asked(self) == asked(other)
    }

    /// Whether all goals are reached.
    pub fn reached(&self) -> bool {
        self.goals.iter().all(|goal| goal.reached)
    }
}

/// A text that a run was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFile {
    /// Path as the scenario names it.
    pub path: String,
    /// Hash of the text.
    pub sha256: String,
    /// The text.
    pub text: String,
}

impl TextFile {
    /// Takes a text with its hash.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            path: path.into(),
            sha256: sha256(text.as_bytes()),
            text,
        }
    }

    /// Whether the text is that of its hash.
    pub fn is_sound(&self) -> bool {
        sha256(self.text.as_bytes()) == self.sha256
    }
}

/// A file of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Name.
    pub name: String,
    /// Hash of its bytes.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Its rows, for a table.
    pub rows: Option<u64>,
}

/// When, where and how fast: nothing here decides a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunLog {
    /// Start, as RFC 3339 text.
    pub started: String,
    /// End, as RFC 3339 text.
    pub finished: String,
    /// Machine.
    pub host: String,
    /// Threads.
    pub threads: usize,
    /// Instruction set.
    pub isa: String,
    /// Duration in seconds.
    pub seconds: f64,
    /// Replicates of all arms per second.
    pub replicates_per_second: f64,
    /// The command as it was given.
    pub command: Vec<String>,
}

impl Manifest {
    /// The manifest of a run that begins.
    pub fn running(origin: Origin, layout: Layout) -> Self {
        Self {
            format: FORMAT,
            status: RunStatus::Running,
            group: group_of(origin.n),
            part: GROUP,
            origin,
            shard: None,
            completed: 0,
            until: None,
            faults: Vec::new(),
            files: Vec::new(),
            layout,
            seal: String::new(),
        }
    }

    /// The same manifest with its seal.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.seal.clear();
        self.seal = sha256(&crate::output::compact_json(&self));
        self
    }

    /// Whether it is as it was written, its texts included.
    pub fn is_sound(&self) -> bool {
        self.clone().sealed().seal == self.seal && self.origin.texts.iter().all(TextFile::is_sound)
    }

    /// The first replicate that is here.
    pub fn first(&self) -> u64 {
        self.shard.map_or(self.origin.first, |shard| shard.first)
    }

    /// Replicates that are wanted here.
    pub fn wanted(&self) -> u64 {
        self.shard.map_or(self.origin.n, |shard| shard.n)
    }

    /// The manifest of one shard of this run: whole row groups, as even as they go.
    ///
    /// `index` counts from 1. There is none if there are fewer row groups than shards.
    #[must_use]
    pub fn sharded(&self, index: u64, of: u64) -> Option<Self> {
        let groups = self.origin.n.div_ceil(self.group);
        if index == 0 || index > of || of > groups {
            return None;
        }
        let at = |shards: u64| {
            let before = u128::from(groups) * u128::from(shards) / u128::from(of);
            (before as u64 * self.group).min(self.origin.n)
        };
        let (from, to) = (at(index - 1), at(index));
        let mut shard = self.clone();
        shard.shard = Some(Shard {
            index,
            of,
            first: self.origin.first + from,
            n: to - from,
        });
        Some(shard)
    }

    /// One hash over the paths and texts that the run was made from, and the overrides.
    pub fn scenario_sha256(&self) -> String {
        let texts = self.origin.texts.iter();
        let texts = texts.map(|text| (text.path.clone(), text.sha256.clone()));
        sha256_of_texts(texts, &self.origin.overrides)
    }

    /// Keys and values that every table carries.
    pub(crate) fn provenance(&self) -> Vec<(String, String)> {
        let pair = |key: &str, value: String| (format!("foedera.{key}"), value);
        let mut pairs = vec![
            pair("format", self.format.to_string()),
            pair("program", self.origin.program.clone()),
            pair("version", self.origin.version.clone()),
            pair("scenario", self.origin.scenario.clone()),
            pair("scenario_sha256", self.scenario_sha256()),
            pair("catalogue_sha256", self.origin.catalogue_sha256.clone()),
            pair("seed", self.origin.seed.to_string()),
        ];
        if !self.origin.design.is_default() {
            pairs.push(pair("design", self.origin.design.to_string()));
        }
        pairs
    }
}

/// One hash over the paths and hashes of texts, and the changes made to them from outside.
pub fn sha256_of_texts(
    texts: impl IntoIterator<Item = (String, String)>,
    overrides: &[String],
) -> String {
    let mut hasher = Sha256::new();
    for (path, sha256) in texts {
        hasher.update(path.as_bytes());
        hasher.update([0]);
        hasher.update(sha256.as_bytes());
        hasher.update([0]);
    }
    for change in overrides {
        hasher.update(change.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

/// Replicates of one row group, unless there would be more than [`GROUPS_MAX`] of them.
pub const GROUP: u64 = 4096;
/// Most row groups of a table: what a writer must remember of each column of each group is the only thing
/// that grows with replicates. Beyond a million replicates groups double.
pub const GROUPS_MAX: u64 = 256;

/// Replicates of one row group in a run of `n`.
pub fn group_of(n: u64) -> u64 {
    let mut group = GROUP;
    while n.div_ceil(group) > GROUPS_MAX {
        group *= 2;
    }
    group
}

/// Hash of some bytes, as hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
