//! Goes on with a run that was killed or interrupted, or that shall have more replicates.
//!
//! A folder is in one of four states: whole; stopped early, with whole files; unfinished, with a plan; or all written
//! and not all moved, with the final manifest among what is unfinished. The last one only needs the moves.

use std::fs;
use std::path::Path;

use crate::error::ResultsError;
use crate::manifest::{MANIFEST_FILE, Manifest, RunStatus};
use crate::open;
use crate::output::plan::{self, Base, Parts, Plan};
use crate::output::{RunWriter, disk};
use crate::sums::Sums;

/// What a folder needs.
#[derive(Debug)]
pub enum Found {
    /// Nothing: the run is whole.
    Complete(Box<Manifest>),
    /// The rest of the run of this manifest.
    Unfinished(Box<Manifest>),
}

/// A run that goes on.
#[derive(Debug)]
pub struct Resumed {
    /// Where its rows go.
    pub writer: RunWriter,
    /// The first replicate to run.
    pub first: u64,
    /// The first replicate to add up: those before it are in the sums already, and run for their rows.
    pub counted: u64,
    /// What is added up already.
    pub before: Option<Sums>,
    /// What was found damaged and is made again, in words.
    pub lost: Option<String>,
}

/// Looks at a folder; one whose files only have to be moved is finished on the way.
///
/// # Errors
/// If it is no folder of results, or its plan cannot be read.
pub fn find(dir: &Path) -> Result<Found, ResultsError> {
    let work = plan::work_folder(dir);
    if let Some(manifest) = written(dir) {
        move_in(dir, &manifest)?;
    }
    if let Some(plan) = Plan::read(&work)? {
        if plan.merge {
            let path = dir.to_owned();
            return Err(ResultsError::UnfinishedMerge { path });
        }
        if let Ok(manifest) = open::read_manifest(dir)
            && is_moved(&plan, &manifest)
        {
            disk::remove_folder(&work).map_err(|error| ResultsError::write(&work, error))?;
            return find(dir);
        }
        return Ok(Found::Unfinished(Box::new(plan.manifest)));
    }
    let manifest = open::read_manifest(dir)?;
    if manifest.status == RunStatus::Running {
        // Without its plan nobody knows which files were wanted.
        let path = work.join("plan.json");
        return Err(ResultsError::Damaged { path });
    }
    if work.exists() {
        disk::remove_folder(&work).map_err(|error| ResultsError::write(&work, error))?;
    }
    if manifest.status == RunStatus::Complete {
        return Ok(Found::Complete(Box::new(manifest)));
    }
    if !manifest.is_sound() {
        let path = dir.join(MANIFEST_FILE);
        return Err(ResultsError::Damaged { path });
    }
    let target = Manifest {
        status: RunStatus::Running,
        completed: 0,
        faults: Vec::new(),
        files: Vec::new(),
        seal: String::new(),
        ..manifest
    };
    Ok(Found::Unfinished(Box::new(target)))
}

/// Whether the files of a plan are all in their places, and only what was unfinished is left to be removed.
fn is_moved(plan: &Plan, manifest: &Manifest) -> bool {
    let done = manifest.first() + manifest.completed;
    manifest.status != RunStatus::Running
        // A run that stops by itself learns its length at the end.
        && (manifest.origin == plan.manifest.origin || plan.manifest.until.is_some())
        && plan.base.is_none_or(|base| base.counted != done)
}

/// The final manifest of a run whose files are all written, but not all in their places.
fn written(dir: &Path) -> Option<Manifest> {
    let work = plan::work_folder(dir);
    let manifest = open::read_manifest(&work).ok()?;
    let is_there =
        |file: &_| plan::check_file(&work, file).is_ok() || plan::check_file(dir, file).is_ok();
    (manifest.status != RunStatus::Running && manifest.files.iter().all(is_there))
        .then_some(manifest)
}

/// Moves the files of a run that is all written to their places, the manifest last.
pub(super) fn move_in(dir: &Path, manifest: &Manifest) -> Result<(), ResultsError> {
    let work = plan::work_folder(dir);
    let names = manifest.files.iter().map(|file| file.name.as_str());
    for name in names.chain([MANIFEST_FILE]) {
        let (from, to) = (work.join(name), dir.join(name));
        if from.exists() {
            disk::rename(&from, &to).map_err(|error| ResultsError::write(&to, error))?;
        }
    }
    disk::sync_folder(dir);
    disk::remove_folder(&work).map_err(|error| ResultsError::write(&work, error))
}

impl RunWriter {
    /// Goes on with the run that [`find`] has found unfinished.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn resume(dir: &Path) -> Result<Resumed, ResultsError> {
        let work = plan::work_folder(dir);
        match Plan::read(&work)? {
            Some(plan) => Self::go_on(dir, plan),
            None => {
                let stopped = open::read_manifest(dir)?;
                let n = stopped.origin.n;
                Self::extend_to(dir, &stopped, |manifest| manifest.origin.n = n)
            }
        }
    }

    /// Gives a finished run more replicates: the target is the manifest of the longer run.
    ///
    /// The same bytes come out as if the longer run had been made in one go; the folder holds the shorter run
    /// until the longer one is whole.
    ///
    /// # Errors
    /// If the folder is not finished, holds another run or cannot be written.
    pub fn extend(dir: &Path, target: &Manifest) -> Result<Resumed, ResultsError> {
        let old = open::read_manifest(dir)?;
        let differs = |what| ResultsError::Mismatch {
            path: dir.join(MANIFEST_FILE),
            what,
        };
        if old.status == RunStatus::Running || plan::work_folder(dir).exists() {
            let path = dir.to_owned();
            return Err(ResultsError::Unfinished { path });
        }
        if !old.is_sound() {
            let path = dir.join(MANIFEST_FILE);
            return Err(ResultsError::Damaged { path });
        }
        if old.shard.is_some() || target.shard.is_some() {
            return Err(differs("a shard has its replicates from the whole run"));
        }
        let same_question = old.origin.texts == target.origin.texts
            && old.origin.overrides == target.origin.overrides
            && old.origin.seed == target.origin.seed
            && old.origin.first == target.origin.first
            && old.origin.stances == target.origin.stances
            && old.origin.design == target.origin.design
            && old.layout == target.layout;
        if !same_question {
            return Err(differs("it is the answer to another question"));
        }
        if old.completed > target.origin.n {
            return Err(differs("it has more replicates than are asked for"));
        }
        Self::extend_to(dir, &old, |manifest| *manifest = target.clone())
    }

    /// Goes on from finished results.
    fn extend_to(
        dir: &Path,
        old: &Manifest,
        change: impl FnOnce(&mut Manifest),
    ) -> Result<Resumed, ResultsError> {
        let mut target = Manifest::running(old.origin.clone(), old.layout.clone());
        target.shard = old.shard;
        target.group = old.group;
        target.part = old.part;
        change(&mut target);
        let has = |name: &str| old.files.iter().any(|file| file.name == name);
        let mut plan = Plan {
            csv: has("runs.csv"),
            trajectories: has("trajectories.parquet"),
            merge: false,
            base: None,
            manifest: target,
        };
        let base = base_of(dir, old, &plan);
        plan.base = base.as_ref().ok().map(|(base, _)| *base);
        let work = plan::work_folder(dir);
        disk::make_folder(&work).map_err(|error| ResultsError::write(&work, error))?;
        plan.write(&work)?;
        let writer = Self::of_plan(dir, plan, Parts::default());
        let first = writer.next;
        Ok(match base {
            Ok((base, sums)) => Resumed {
                writer,
                first,
                counted: base.counted,
                before: Some(sums),
                lost: None,
            },
            Err(why) => Resumed {
                writer,
                first,
                counted: first,
                before: None,
                lost: Some(why),
            },
        })
    }

    /// Goes on with a plan.
    fn go_on(dir: &Path, mut plan: Plan) -> Result<Resumed, ResultsError> {
        let work = plan::work_folder(dir);
        let mut lost = None;
        let mut base_sums = None;
        if let Some(base) = plan.base {
            match open::read_manifest(dir)
                .map_err(|error| error.to_string())
                .and_then(|old| base_of(dir, &old, &plan))
            {
                Ok((found, sums)) if found == base => base_sums = Some(sums),
                Ok(_) => lost = Some("the results it went on from are others now".to_owned()),
                Err(why) => lost = Some(why),
            }
            if lost.is_some() {
                // Parts that went on from it are of no use without it: all is made again.
                plan.base = None;
                disk::remove_folder(&work).map_err(|error| ResultsError::write(&work, error))?;
                disk::make_folder(&work).map_err(|error| ResultsError::write(&work, error))?;
                plan.write(&work)?;
            }
        }
        let (parts, sums, damaged) = Parts::find(&work, &plan)?;
        if damaged {
            lost = Some("files of the unfinished run are damaged".to_owned());
        }
        let safe = parts.n > 0;
        let counted = plan.base.map_or(plan.start(), |base| base.counted);
        let writer = Self::of_plan(dir, plan, parts);
        let first = writer.next;
        Ok(Resumed {
            writer,
            first,
            counted: counted.max(first),
            before: if safe { sums } else { base_sums },
            lost,
        })
    }
}

/// Checks that finished results can be gone on from, byte by byte; says why if not.
fn base_of(dir: &Path, old: &Manifest, plan: &Plan) -> Result<(Base, Sums), String> {
    let target = &plan.manifest;
    for file in &old.files {
        plan::check_file(dir, file).map_err(|error| error.to_string())?;
    }
    if !old.is_sound() {
        return Err("the manifest is not as it was written".to_owned());
    }
    if old.provenance() != target.provenance()
        || open::provenance(&dir.join("runs.parquet")).as_ref() != Some(&target.provenance())
    {
        return Err("its tables are of another run".to_owned());
    }
    let names_by_dictionary = old.group <= target.part;
    if old.part != target.part
        || old.group > target.group
        || (old.group < target.group && names_by_dictionary)
    {
        return Err("so many replicates are kept in larger row groups".to_owned());
    }
    let sums = plan::sums_of_folder(dir, &target.layout).map_err(|error| error.to_string())?;
    if sums.replicates() != old.completed {
        return Err("its sums are of another number of replicates".to_owned());
    }
    let first = old.first();
    let base = Base {
        counted: first + old.completed,
        kept: first + old.completed / old.group * old.group,
    };
    Ok((base, sums))
}

/// Whether a folder holds results that are being given more replicates, or were when the program was killed.
pub(crate) fn is_half_moved(dir: &Path) -> bool {
    fs::exists(plan::work_folder(dir).join(MANIFEST_FILE)).unwrap_or(false)
}
