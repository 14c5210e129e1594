//! `foedera resume OUT`: the rest of a run that was interrupted or killed; the same bytes as if it never had been.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use foedera_results::{
    Manifest, RunWriter,
    output::{self, Found},
};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    making, number,
    progress::Form,
};

/// What to go on with.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of the run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
}

/// Goes on.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    match output::find(&args.folder)? {
        Found::Complete(manifest) => complete(args, face, &manifest),
        Found::Unfinished(manifest) => {
            go_on(face, &args.folder, &manifest, args.threads, args.progress)
        }
    }
}

/// Goes on with the run of a manifest.
///
/// # Errors
/// If another program began it, or files cannot be read or written.
pub(crate) fn go_on(
    face: &Face,
    folder: &Path,
    manifest: &Manifest,
    threads: Option<u16>,
    form: Option<Form>,
) -> Result<Exit, Failure> {
    if manifest.until.is_some() {
        return Err(Failure::Model {
            what: "go on with a run that stops by itself (--until)".to_owned(),
            help: "give the same command again with --force, or a number of replicates with -n",
        });
    }
    let order = making::order_of(folder, manifest, threads)?;
    making::refuse_other_program(folder, manifest, &order)?;
    making::tell_changed_texts(face, manifest);
    let resumed = RunWriter::resume(folder)?;
    face.note(&format!(
        "going on from replicate {} of {}",
        number::count(resumed.first - manifest.first()),
        number::count(manifest.wanted())
    ));
    let made = making::make(face, order, form, manifest, resumed)?;
    match made.manifest.shard {
        Some(shard) => making::close_shard(face, folder, &made.manifest, shard, false),
        None => making::close(face, folder, None),
    }
}

/// Nothing is left to do.
fn complete(args: &Args, face: &Face, manifest: &Manifest) -> Result<Exit, Failure> {
    if let Some(shard) = manifest.shard {
        return making::close_shard(face, &args.folder, manifest, shard, true);
    }
    let folder = args.folder.display().to_string();
    if face.json {
        face.document(&json!({
            "folder": folder,
            "status": manifest.status,
            "replicates": manifest.completed,
        }))?;
    } else {
        face.data(&format!(
            "{folder} is whole: {}, nothing to resume\n",
            number::counted(manifest.completed, "replicate")
        ))?;
    }
    face.next(&format!("foedera verify {}", shell_word(&folder)));
    Ok(Exit::Good)
}
