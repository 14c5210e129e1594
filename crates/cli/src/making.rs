//! Making a run, from its first replicate or from where it stopped: rows to the folder, progress to the terminal, the
//! log beside, and the words at the end.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use foedera_ensemble::Before;
use foedera_results::{
    Manifest, ResultsError, Sums,
    manifest::{RunLog, RunStatus, Shard, Until, sha256},
    output::{self, Resumed},
};
use serde_json::{Value, json};

use crate::{
    answer::{self, Answer},
    clock,
    commands::scenario_of,
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    progress::{Form, Meter},
    results_folder,
    work::{self, Order},
};

/// A larger share of failed replicates than this is no answer: the rest may be a biased choice.
const FAULT_SHARE_MAX: f64 = 0.01;

/// A run that was made.
pub(crate) struct Made {
    /// Its manifest.
    pub(crate) manifest: Manifest,
    /// Seconds that it took.
    pub(crate) seconds: f64,
}

/// Makes a run, or the rest of one, and writes its files.
///
/// # Errors
/// If the request makes no sense, or a file cannot be written.
pub(crate) fn make(
    face: &Face,
    mut order: Order,
    form: Option<Form>,
    manifest: &Manifest,
    from: Resumed,
) -> Result<Made, Failure> {
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let mut writer = from.writer;
    if let Some(lost) = &from.lost {
        face.note(&format!(
            "{} {lost}: what depends on it is made again",
            face.note_paint.doubt("warning:")
        ));
    }
    let label = order
        .request
        .headline
        .map(|idx| &manifest.layout.outcomes[idx].label);
    let label = label.cloned().unwrap_or_default();
    let begun = from.first - manifest.first();
    let meter = Meter::start(face, form, manifest.wanted(), &label).after(begun);
    let started = SystemTime::now();
    order.request.first = from.first;
    order.request.n = manifest.wanted() - begun;
    let sums = if order.request.n == 0 {
        // Everything was made, and only the files were not put together.
        meter.end();
        from.before.unwrap_or_else(|| Sums::new(&manifest.layout))
    } else {
        let before = Before {
            sums: from.before,
            counted: from.counted,
        };
        let summary = order.run_on(before, &mut writer, &meter, &interrupt)?;
        work::tell_repairs(face, &order.scenario, &summary.repairs);
        Sums {
            aggregates: summary.aggregates,
            series: summary.series,
        }
    };
    let seconds = meter.seconds();
    let folder = writer.dir().to_owned();
    let finished = writer.finish(&sums.aggregates, &sums.series)?;
    let done = finished.completed.saturating_sub(begun);
    output::write_run_log(&folder, &run_log(&order, done, started, seconds))?;
    Ok(Made {
        manifest: finished,
        seconds,
    })
}

/// When, where and how fast a run was made.
pub(crate) fn run_log(order: &Order, done: u64, started: SystemTime, seconds: f64) -> RunLog {
    let histories = done.saturating_mul(order.request.policies.len() as u64);
    #[expect(clippy::cast_precision_loss, reason = "a speed for people")]
    let replicates_per_second = histories as f64 / seconds.max(1e-9);
    RunLog {
        started: clock::rfc3339(started),
        finished: clock::rfc3339(SystemTime::now()),
        host: fs::read_to_string("/etc/hostname")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        threads: order.request.threads,
        isa: order.request.isa.name().to_owned(),
        seconds,
        replicates_per_second,
        command: env::args().collect(),
    }
}

/// The order that a manifest tells: its texts, policies, seed and stances, whatever has become of the files.
///
/// # Errors
/// If this program cannot make the same columns of it, or the texts have mistakes for it.
pub(crate) fn order_of(
    folder: &Path,
    manifest: &Manifest,
    threads: Option<u16>,
) -> Result<Order, Failure> {
    let mut scenario = scenario_of(folder, manifest)?;
    scenario.stances = manifest.origin.stances;
    let names: Vec<String> = manifest
        .layout
        .arms
        .iter()
        .map(|arm| arm.id.clone())
        .collect();
    let policies = work::policies(&scenario, &names)?;
    let origin = &manifest.origin;
    let scenario = Arc::new(scenario);
    let mut order = Order::new(scenario, policies, origin.n, origin.seed, threads);
    order.request.design = origin.design.clone();
    Ok(order)
}

/// Refuses to go on with the run of another program: its bits may be others.
///
/// # Errors
/// If version, parameters or columns are not those of this program.
pub(crate) fn refuse_other_program(
    folder: &Path,
    manifest: &Manifest,
    order: &Order,
) -> Result<(), Failure> {
    let build = || format!("another build of foedera {}", manifest.origin.version);
    let other = match other_program(manifest) {
        None if order.layout()? != manifest.layout => Some(build()),
        other => other,
    };
    match other {
        Some(what) => Err(Failure::Results(ResultsError::OtherProgram {
            path: folder.to_path_buf(),
            what,
        })),
        None => Ok(()),
    }
}

/// The program of a manifest, if it is not this one.
pub(crate) fn other_program(manifest: &Manifest) -> Option<String> {
    let origin = &manifest.origin;
    if origin.version != env!("CARGO_PKG_VERSION") {
        return Some(format!("foedera {}", origin.version));
    }
    (origin.catalogue_sha256 != catalogue_hash()).then(|| {
        format!(
            "another build of foedera {} with other parameters",
            origin.version
        )
    })
}

/// A hash of the law's parameters with their ranges.
pub(crate) fn catalogue_hash() -> String {
    let text = serde_json::to_string(foedera_sim::catalogue().params);
    sha256(text.expect("plain data has a JSON form").as_bytes())
}

/// Says which texts of a run have changed on the disk since.
pub(crate) fn tell_changed_texts(face: &Face, manifest: &Manifest) {
    let changed = manifest
        .origin
        .texts
        .iter()
        .filter(|text| fs::read(&text.path).is_ok_and(|bytes| sha256(&bytes) != text.sha256));
    for text in changed {
        face.note(&format!(
            "{} {} has changed since: the run goes on with the text in its manifest",
            face.note_paint.doubt("warning:"),
            text.path
        ));
    }
}

/// Reads the folder again, prints the answer and says how it ended.
pub(crate) fn close(face: &Face, folder: &Path, seconds: Option<f64>) -> Result<Exit, Failure> {
    let results = results_folder::open(folder)?;
    let answer = Answer::read(&results, seconds)?;
    if face.json {
        face.document(&answer::document(&answer))?;
    } else {
        face.data(&answer.text(face))?;
    }
    let manifest = &results.manifest;
    let name = shell_word(&folder.display().to_string());
    if manifest.status == RunStatus::Interrupted {
        return Ok(interrupted(face, folder, manifest));
    }
    match manifest.layout.initiatives.first() {
        Some(initiative) => face.next(&format!(
            "foedera why {name} --initiative {}",
            shell_word(&initiative.id)
        )),
        None => face.next(&format!("foedera replay {name} --replicate 0")),
    }
    let arms = &results.aggregates.arms;
    let failed = results.aggregates.n_failed();
    let all = arms.iter().map(|arm| arm.replicates).sum();
    if too_many(failed, all) {
        return Err(Failure::TooManyFaults { failed, all });
    }
    if manifest.until.as_ref().is_none_or(Until::reached) {
        Ok(Exit::Good)
    } else {
        Ok(Exit::ExpectationFailed)
    }
}

/// Says how far an interrupted run came and how it goes on.
fn interrupted(face: &Face, folder: &Path, manifest: &Manifest) -> Exit {
    face.note(&format!(
        "interrupted: {} of {} replicates are done and written",
        number::count(manifest.completed),
        number::count(manifest.wanted())
    ));
    let name = shell_word(&folder.display().to_string());
    if manifest.until.is_some() {
        let command: Vec<String> = manifest
            .origin
            .command
            .iter()
            .map(|word| shell_word(word))
            .collect();
        face.next(&format!("{} -o {name} --force", command.join(" ")));
    } else {
        face.next(&format!("foedera resume {name}"));
    }
    Exit::Interrupted
}

/// Prints what became of a shard: where it is and the hash of its manifest, which holds those of its files.
pub(crate) fn close_shard(
    face: &Face,
    folder: &Path,
    manifest: &Manifest,
    shard: Shard,
    was_there: bool,
) -> Result<Exit, Failure> {
    let path = folder.join(foedera_results::manifest::MANIFEST_FILE);
    let bytes = fs::read(&path).map_err(|error| Failure::File {
        action: "read",
        path: path.clone(),
        error,
    })?;
    let hash = sha256(&bytes);
    if face.json {
        face.document(&shard_document(folder, manifest, shard, &hash, was_there))?;
    } else {
        let last = shard.first + manifest.completed.saturating_sub(1);
        let words = if was_there {
            "was finished already"
        } else {
            "is finished"
        };
        face.data(&format!(
            "shard {} of {} {words}: replicates {} to {}\n  sha256 {hash}\n  {}\n",
            shard.index,
            shard.of,
            number::count(shard.first),
            number::count(last),
            folder.display()
        ))?;
    }
    if manifest.status == RunStatus::Interrupted {
        return Ok(interrupted(face, folder, manifest));
    }
    face.next("foedera merge SHARD... -o OUT, when all shards are finished");
    Ok(Exit::Good)
}

fn shard_document(
    folder: &Path,
    manifest: &Manifest,
    shard: Shard,
    hash: &str,
    was_there: bool,
) -> Value {
    json!({
        "scenario": manifest.origin.scenario,
        "seed": manifest.origin.seed,
        "requested": manifest.origin.n,
        "shard": shard.index,
        "of": shard.of,
        "first": shard.first,
        "replicates": manifest.completed,
        "status": manifest.status,
        "was_finished": was_there,
        "faults": manifest.faults,
        "folder": folder.display().to_string(),
        "sha256": hash,
    })
}

/// Whether a folder holds anything.
pub(crate) fn holds_files(folder: &PathBuf) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Whether so many replicates failed that the rest is no answer.
fn too_many(failed: u64, all: u64) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share compared with a hundredth"
    )]
    let too_many = failed as f64 > FAULT_SHARE_MAX * all as f64;
    too_many
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_in_a_hundred_is_the_limit() {
        assert!(!too_many(0, 0));
        assert!(!too_many(1, 100));
        assert!(too_many(2, 100));
        assert!(too_many(1, 1));
    }
}
