//! Puts the shards of a run together: the same bytes as the unbroken run, whatever order they are given in.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::ResultsError;
use crate::manifest::{MANIFEST_FILE, Manifest, RunStatus, Shard};
use crate::open;
use crate::output::RunWriter;
use crate::output::assemble::{Place, Source};
use crate::output::plan::{self, Plan};
use crate::output::runs::Kind;
use crate::sums::Sums;

/// Merges folders of shards into a folder of the whole run; gives its manifest.
///
/// # Errors
/// If a folder is no finished shard, shards are missing, twice or of different runs, a file is damaged, or the results
/// cannot be written.
pub fn merge(shards: &[PathBuf], out: &Path, force: bool) -> Result<Manifest, ResultsError> {
    let shards = opened(shards)?;
    let Some((_, first)) = shards.first() else {
        return Err(ResultsError::ShardsMissing {
            missing: vec![1],
            of: 1,
        });
    };
    if shards.iter().any(|(dir, _)| is_same_folder(dir, out)) {
        let path = out.to_owned();
        return Err(ResultsError::Exists { path });
    }
    let layout = &first.layout;
    let mut sums = Sums::new(layout);
    for (dir, manifest) in &shards {
        for file in &manifest.files {
            plan::check_file(dir, file)?;
        }
        sums.merge(&plan::sums_of_folder(dir, layout)?);
    }
    let has = |name: &str| first.files.iter().any(|file| file.name == name);
    let mut whole = Manifest::running(first.origin.clone(), layout.clone());
    whole.group = first.group;
    whole.part = first.part;
    let plan = Plan {
        csv: has("runs.csv"),
        trajectories: has("trajectories.parquet"),
        merge: true,
        base: None,
        manifest: whole,
    };
    let kinds = Kind::of_run(plan.trajectories);
    let sources: Vec<Vec<Source>> = kinds
        .iter()
        .map(|kind| shards.iter().map(|(dir, _)| of_shard(dir, *kind)).collect())
        .collect();
    let n = first.origin.n;
    let mut writer = RunWriter::begin(out, force, plan)?;
    writer.write_all(&sources, n, &sums.aggregates, &sums.series)
}

fn of_shard(dir: &Path, kind: Kind) -> Source {
    Source {
        from: Place::Disk(dir.to_owned(), kind.name().to_owned()),
        below: u64::MAX,
        has_head: true,
    }
}

/// The manifests of the shards in their order, each once, none missing, all of one run.
fn opened(dirs: &[PathBuf]) -> Result<Vec<(PathBuf, Manifest)>, ResultsError> {
    let mut shards: Vec<(Shard, PathBuf, Manifest)> = Vec::new();
    for dir in dirs {
        let path = || dir.clone();
        if plan::work_folder(dir).exists() {
            return Err(ResultsError::UnfinishedShard { path: path() });
        }
        let manifest = open::read_manifest(dir)?;
        let Some(shard) = manifest.shard else {
            return Err(ResultsError::NotAShard { path: path() });
        };
        if manifest.status != RunStatus::Complete {
            return Err(ResultsError::UnfinishedShard { path: path() });
        }
        if !manifest.is_sound() {
            let path = dir.join(MANIFEST_FILE);
            return Err(ResultsError::Damaged { path });
        }
        if let Some((_, first, with)) = shards.first()
            && let Some(what) = difference(&manifest, with)
        {
            return Err(ResultsError::ForeignShard {
                path: path(),
                first: first.clone(),
                what,
            });
        }
        if let Some((_, other, _)) = shards.iter().find(|(of, ..)| of.index == shard.index) {
            return Err(ResultsError::ShardTwice {
                path: path(),
                first: other.clone(),
                index: shard.index,
                of: shard.of,
            });
        }
        shards.push((shard, path(), manifest));
    }
    shards.sort_by_key(|(shard, ..)| shard.index);
    let of = shards.first().map_or(1, |(shard, ..)| shard.of);
    let is_here = |index: &u64| shards.iter().any(|(shard, ..)| shard.index == *index);
    let missing: Vec<u64> = (1..=of).filter(|index| !is_here(index)).collect();
    if !missing.is_empty() {
        return Err(ResultsError::ShardsMissing { missing, of });
    }
    Ok(shards
        .into_iter()
        .map(|(_, dir, manifest)| (dir, manifest))
        .collect())
}

/// What two shards of different runs differ in.
fn difference(one: &Manifest, other: &Manifest) -> Option<String> {
    let (a, b) = (&one.origin, &other.origin);
    if a.version != b.version || a.program != b.program || a.catalogue_sha256 != b.catalogue_sha256
    {
        return Some(format!("program {} and {}", a.version, b.version));
    }
    if a.scenario != b.scenario {
        return Some(format!("scenario {} and {}", a.scenario, b.scenario));
    }
    if a.texts != b.texts {
        return Some("the texts of the scenario or its world".to_owned());
    }
    if a.seed != b.seed {
        return Some(format!("seed {} and {}", a.seed, b.seed));
    }
    if a.n != b.n {
        return Some(format!("{} and {} replicates", a.n, b.n));
    }
    let of = |manifest: &Manifest| manifest.shard.map_or(0, |shard| shard.of);
    if of(one) != of(other) {
        return Some(format!("{} and {} shards", of(one), of(other)));
    }
    let names = |manifest: &Manifest| -> Vec<String> {
        let names = manifest.files.iter().map(|file| file.name.clone());
        names.collect()
    };
    if names(one) != names(other) {
        return Some("the files written".to_owned());
    }
    // The command may name the scenario by another path.
    let mut same = a.clone();
    same.command.clone_from(&b.command);
    let is_same = same == *b && one.layout == other.layout && one.group == other.group;
    (!is_same).then(|| "changes, policies or stances".to_owned())
}

fn is_same_folder(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
