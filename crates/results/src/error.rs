//! Everything that can go wrong with a results folder, with its path and a way out.

use std::path::{Path, PathBuf};

/// Why results could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The folder holds something already.
    #[error("write results: {} already holds files", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A file is there already.
    #[error("write {}: it is there already", path.display())]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// A table whose name does not say how to write it.
    #[error("write the table {}: its name says no format", path.display())]
    NoTableFormat {
        /// The file.
        path: PathBuf,
    },
    /// The path is a file.
    #[error("use {} as a results folder: it is not a folder", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The disk is full.
    #[error("write {}: no space is left on the disk", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error("read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder without a manifest.
    #[error("open {}: it has no manifest.json, so it is not a results folder", path.display())]
    NotResults {
        /// The folder.
        path: PathBuf,
    },
    /// A run that was killed, or still runs.
    #[error("open {}: its run has not ended, or was killed", path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// A JSON file that is not what it should be.
    #[error("read {}: {source}", path.display())]
    BrokenJson {
        /// The file.
        path: PathBuf,
        /// Where it breaks.
        source: serde_json::Error,
    },
    /// A format of another version of the program.
    #[error("read {}: it has format version {found}, this program reads {supported}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// Ours.
        supported: u64,
    },
    /// A table that is not readable.
    #[error("read {}: the table is broken ({reason})", path.display())]
    BrokenTable {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// A column that is not there.
    #[error("find the column {column:?} in {}", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// A file that is not as it was written.
    #[error("read {}: it is damaged: its bytes are not those that were written", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A run that another program began.
    #[error("go on with {}: {what} made it, and this one may give other bits", path.display())]
    OtherProgram {
        /// The folder.
        path: PathBuf,
        /// Which program.
        what: String,
    },
    /// An unfinished merge.
    #[error("go on with {}: shards were being put together there", path.display())]
    UnfinishedMerge {
        /// The folder.
        path: PathBuf,
    },
    /// A shard where a whole run is needed.
    #[error("read {}: it is shard {index} of {of}, not a whole run", path.display())]
    IsShard {
        /// The folder.
        path: PathBuf,
        /// Which one, from 1.
        index: u64,
        /// Of how many.
        of: u64,
    },
    /// A whole run where a shard is needed.
    #[error("merge {}: it is no shard, but a run of its own", path.display())]
    NotAShard {
        /// The folder.
        path: PathBuf,
    },
    /// A shard that has not ended.
    #[error("merge {}: this shard has not ended", path.display())]
    UnfinishedShard {
        /// The folder.
        path: PathBuf,
    },
    /// A shard of another run.
    #[error("merge {} with {}: they are shards of different runs ({what})", path.display(), first.display())]
    ForeignShard {
        /// The folder.
        path: PathBuf,
        /// The folder it was compared with.
        first: PathBuf,
        /// What differs.
        what: String,
    },
    /// The same shard twice.
    #[error("merge {} with {}: both are shard {index} of {of}", path.display(), first.display())]
    ShardTwice {
        /// The folder.
        path: PathBuf,
        /// The other one.
        first: PathBuf,
        /// Which shard, from 1.
        index: u64,
        /// Of how many.
        of: u64,
    },
    /// Shards that were not given.
    #[error("merge: {}", missing_shards(missing, *of))]
    ShardsMissing {
        /// Which ones, from 1.
        missing: Vec<u64>,
        /// Of how many.
        of: u64,
    },
    /// Two files of a folder do not belong together.
    #[error("read {}: it does not fit the manifest beside it ({what})", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: &'static str,
    },
}

impl ResultsError {
    /// What the user can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "choose another folder with -o, or replace it with --force",
            Self::FileExists { .. } => "choose another name, or overwrite it with --force",
            Self::NoTableFormat { .. } => "let the name end in .csv, .parquet or .json",
            Self::NotAFolder { .. } => "choose another folder with -o",
            Self::Write { .. } => "check that the folder may be written, or choose another with -o",
            Self::DiskFull { .. } => "free some space, or choose a folder on another disk with -o",
            Self::Read { .. } => "check the path and its permissions",
            Self::Unfinished { .. } => "wait for it, or go on with it: `foedera resume FOLDER`",
            Self::Damaged { .. } => "run the scenario again with --force, or into a new folder",
            Self::OtherProgram { .. } => {
                "resume it with the program that began it, or run the scenario again with --force"
            }
            Self::UnfinishedMerge { .. } => "give the same `foedera merge` again with --force",
            Self::IsShard { .. } => {
                "put all shards together first: `foedera merge SHARD... -o OUT`"
            }
            Self::NotAShard { .. } => {
                "merge takes folders that `foedera run --shard I/N` has written, and nothing else"
            }
            Self::UnfinishedShard { .. } => {
                "finish it: `foedera resume FOLDER`, or its `foedera run --shard` once more"
            }
            Self::ForeignShard { .. } => {
                "merge shards of one scenario, seed, number of replicates and program"
            }
            Self::ShardTwice { .. } => "name each shard once",
            Self::ShardsMissing { .. } => {
                "run them with `foedera run ... --shard I/N`, and name their folders too"
            }
            Self::NotResults { .. } => "name a folder that `foedera run` has written",
            Self::BrokenJson { .. } | Self::BrokenTable { .. } | Self::Mismatch { .. } => {
                "run the scenario again into a new folder"
            }
            Self::Version { .. } => "read it with the program version that wrote it, or run again",
            Self::NoColumn { .. } => "see the layout in manifest.json for the columns",
        }
    }

    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        if source.kind() == std::io::ErrorKind::StorageFull {
            Self::DiskFull { path }
        } else {
            Self::Write { path, source }
        }
    }

    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}

/// Shards by number, the first few of them.
fn missing_shards(missing: &[u64], of: u64) -> String {
    let first: Vec<String> = missing.iter().take(5).map(u64::to_string).collect();
    let more = if missing.len() > first.len() {
        ", …"
    } else {
        ""
    };
    let (word, verb) = if missing.len() == 1 {
        ("shard", "is")
    } else {
        ("shards", "are")
    };
    format!("{word} {}{more} of {of} {verb} missing", first.join(", "))
}
