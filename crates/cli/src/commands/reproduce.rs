//! `foedera reproduce MANIFEST|OUT -o NEW`: makes a run again from its manifest alone and compares every file.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use foedera_results::{
    Manifest, ResultsError, RunWriter, WriteOptions, manifest::RunStatus, open, output::Resumed,
};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    making, number,
    progress::Form,
    sheet::{Column, Sheet, Tone, Word},
};

/// What to make again.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run, or its manifest.json alone
    #[arg(value_name = "MANIFEST|OUT")]
    source: PathBuf,
    /// Folder of the new results
    #[arg(short, long, value_name = "NEW")]
    output: PathBuf,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
    /// Replaces the results in the folder; other files in it are left alone
    #[arg(long)]
    force: bool,
    /// How progress is shown [default: a bar on a terminal]
    #[arg(long, value_enum)]
    progress: Option<Form>,
}

/// A file of both runs.
struct Compared {
    name: String,
    was: String,
    is: Option<String>,
}

impl Compared {
    fn is_same(&self) -> bool {
        self.is.as_ref() == Some(&self.was)
    }
}

/// Makes it again.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let old = manifest_of(&args.source)?;
    if !old.is_sound() {
        let path = args.source.clone();
        return Err(Failure::Results(ResultsError::Damaged { path }));
    }
    let other = making::other_program(&old);
    if let Some(other) = &other {
        face.note(&format!(
            "{} {other} made this run, and foedera {} makes it again: numbers may differ for that reason",
            face.note_paint.doubt("warning:"),
            env!("CARGO_PKG_VERSION"),
        ));
    }
    let order = making::order_of(&args.source, &old, args.threads)?;
    let mut target = Manifest::running(old.origin.clone(), order.layout()?);
    target.shard = old.shard;
    target.group = old.group;
    target.part = old.part;
    let has = |name: &str| old.files.iter().any(|file| file.name == name);
    let options = WriteOptions {
        csv: has("runs.csv"),
        trajectories: has("trajectories.parquet"),
        force: args.force,
    };
    let writer = RunWriter::create(&args.output, options, target.clone())?;
    let from = Resumed {
        writer,
        first: target.first(),
        counted: 0,
        before: None,
        lost: None,
    };
    let made = making::make(face, order, args.progress, &target, from)?.manifest;
    if made.status == RunStatus::Interrupted {
        face.next(&format!(
            "foedera resume {}",
            shell_word(&args.output.display().to_string())
        ));
        return Ok(Exit::Interrupted);
    }
    tell(args, face, &old, &made, other.as_deref())
}

/// The manifest of a folder or of a file.
fn manifest_of(source: &Path) -> Result<Manifest, Failure> {
    let folder = if source.is_file() {
        let named = source
            .file_name()
            .is_some_and(|name| name == "manifest.json");
        if !named {
            return Err(Failure::NoResults {
                path: source.to_path_buf(),
            });
        }
        source.parent().unwrap_or(Path::new("."))
    } else {
        source
    };
    let manifest = open::read_manifest(folder)?;
    if manifest.status != RunStatus::Complete {
        let path = folder.to_path_buf();
        return Err(Failure::Results(ResultsError::Unfinished { path }));
    }
    Ok(manifest)
}

/// Compares and tells.
fn tell(
    args: &Args,
    face: &Face,
    old: &Manifest,
    new: &Manifest,
    other: Option<&str>,
) -> Result<Exit, Failure> {
    let is = |name: &str| new.files.iter().find(|file| file.name == name);
    let files: Vec<Compared> = old
        .files
        .iter()
        .map(|file| Compared {
            name: file.name.clone(),
            was: file.sha256.clone(),
            is: is(&file.name).map(|file| file.sha256.clone()),
        })
        .collect();
    let differ = files.iter().filter(|file| !file.is_same()).count();
    if face.json {
        let list: Vec<_> = files
            .iter()
            .map(|of| json!({ "name": of.name, "sha256": of.was, "again": of.is, "same": of.is_same() }))
            .collect();
        face.document(&json!({
            "scenario": old.origin.scenario, "version": old.origin.version,
            "this_version": env!("CARGO_PKG_VERSION"), "other_program": other,
            "replicates": new.completed, "same": differ == 0, "files": list,
        }))?;
    } else {
        face.data(&text(face, old, &files, differ))?;
    }
    if differ > 0 {
        let why = match other {
            Some(other) => format!("{other} made it: run that version to compare bits"),
            None => {
                "the same version of the program made it: its build, or the manifest, is another"
                    .to_owned()
            }
        };
        let files = number::counted(differ as u64, "file");
        return Err(Failure::NotTheSame {
            what: format!("{files} of the run came out otherwise"),
            help: why,
        });
    }
    let folder = shell_word(&args.output.display().to_string());
    face.next(&format!("foedera verify {folder}"));
    Ok(Exit::Good)
}

fn text(face: &Face, old: &Manifest, files: &[Compared], differ: usize) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("file"),
            Column::Words("sha256"),
            Column::Words("again"),
        ],
    );
    for file in files {
        let short = |hash: &str| hash.chars().take(16).collect::<String>();
        let (tone, words) = match &file.is {
            Some(_) if file.is_same() => (Tone::Good, "the same".to_owned()),
            Some(is) => (Tone::Bad, short(is)),
            None => (Tone::Bad, "not written".to_owned()),
        };
        sheet.row([
            Word::new(Tone::Plain, file.name.as_str()),
            Word::new(Tone::Faint, short(&file.was)),
            Word::new(tone, words),
        ]);
    }
    let verdict = if differ == 0 {
        "every file is the same, bit for bit".to_owned()
    } else {
        format!("{} of {} files differ", differ, files.len())
    };
    format!(
        "{}\n{} again, seed {}: {verdict}\n\n{}",
        face.paint.strong(&old.origin.title),
        number::counted(old.completed, "replicate"),
        old.origin.seed,
        sheet.text()
    )
}
