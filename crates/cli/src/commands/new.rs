//! `foedera new NAME`: writes a commented scenario from the gallery that runs as it is.
//!
//! Its world folder comes with it when no `scenarios/` folder is near.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    gallery::{self, Entry},
    nearest,
};

/// What to write.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Name of the new scenario, or where to write it
    #[arg(required_unless_present = "list")]
    name: Option<PathBuf>,
    /// Scenario of the gallery to start from [default: NAME if the gallery has it, otherwise its first one]
    #[arg(long, value_name = "SCENARIO")]
    from: Option<String>,
    /// Lists the gallery
    #[arg(long, conflicts_with_all = ["name", "from", "force"])]
    list: bool,
    /// Overwrites existing files
    #[arg(long)]
    force: bool,
}

/// What was written, as JSON.
#[derive(Serialize)]
struct Written<'a> {
    file: String,
    from: &'a str,
    world: String,
    world_written: bool,
}

/// Writes the scenario.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let Some(name) = args.name.as_ref().filter(|_| !args.list) else {
        return list(face);
    };
    let target = if name.extension().is_some_and(|ending| ending == "ron") {
        name.clone()
    } else {
        PathBuf::from(format!("{}.ron", name.display()))
    };
    let entry = entry(args, &target)?;
    let folder = target.parent().unwrap_or(Path::new("")).to_path_buf();
    let world = entry.field("world").unwrap_or_default();
    let near = near(&folder, world);
    let place = near.clone().unwrap_or_else(|| world.to_owned());
    if target.exists() && !args.force {
        return Err(Failure::Exists { path: target });
    }
    if near.is_none() {
        write_world(&folder.join(world), world)?;
    }
    write(&target, &text(entry, &target, world, &place))?;
    let file = target.display().to_string();
    if face.json {
        let world_written = near.is_none();
        face.document(&Written {
            file: file.clone(),
            from: entry.name,
            world: place,
            world_written,
        })?;
    } else {
        face.data(&file)?;
        let beside = if near.is_none() {
            ", with its world beside it"
        } else {
            ""
        };
        face.note(&format!(
            "a copy of the gallery's {}{beside}; every line may be changed",
            entry.name
        ));
    }
    face.next(&format!("foedera run {}", shell_word(&file)));
    Ok(Exit::Good)
}

/// The gallery's scenario to start from.
fn entry(args: &Args, target: &Path) -> Result<Entry, Failure> {
    if let Some(from) = &args.from {
        return Entry::find(from).ok_or_else(|| Failure::NoSuchName {
            option: "--from",
            kind: "scenario in the gallery",
            name: from.clone(),
            nearest: nearest::names(from, gallery::entries().map(|entry| entry.name)),
        });
    }
    let stem = target
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let named = stem.as_deref().and_then(Entry::find);
    // The nearest by its first word: `new energy-question` starts from the gallery's `energy-…`.
    let word = stem
        .as_deref()
        .and_then(|stem| stem.split('-').next())
        .unwrap_or_default();
    let kin = gallery::entries().find(|entry| entry.name.split('-').next() == Some(word));
    Ok(named
        .or(kin)
        .or_else(|| gallery::entries().next())
        .expect("a test holds the gallery full"))
}

/// Where the world lies near the new file, relative to it.
fn near(folder: &Path, world: &str) -> Option<String> {
    let places = [world.to_owned(), format!("scenarios/{world}")];
    places
        .into_iter()
        .find(|place| folder.join(place).join("world.ron").is_file())
}

/// The scenario's text with the place of its world and a line about where it comes from.
fn text(entry: Entry, target: &Path, world: &str, place: &str) -> String {
    let origin = format!(
        "// A copy of the gallery's `{}`. Change what you like, then:\n\
         //   foedera check {file}\n//   foedera run {file}\n",
        entry.name,
        file = shell_word(&target.display().to_string()),
    );
    let body = entry.text.replacen(
        &format!("world: \"{world}\""),
        &format!("world: \"{place}\""),
        1,
    );
    origin + &body
}

/// Writes those files of a world that are not there yet: a changed world is never lost.
fn write_world(folder: &Path, world: &str) -> Result<(), Failure> {
    let name = world.rsplit('/').next().unwrap_or(world);
    fs::create_dir_all(folder).map_err(|error| failed("create the folder", folder, error))?;
    for (file, text) in gallery::world(name) {
        let path = folder.join(file);
        if !path.exists() {
            write(&path, text)?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| failed("write", path, error))
}

fn failed(action: &'static str, path: &Path, error: io::Error) -> Failure {
    Failure::File {
        action,
        path: path.to_path_buf(),
        error,
    }
}

/// Lists the gallery.
fn list(face: &Face) -> Result<Exit, Failure> {
    let field = |entry: &Entry, key| entry.field(key).unwrap_or_default().to_owned();
    if face.json {
        let rows: Vec<_> = gallery::entries()
            .map(|entry| {
                serde_json::json!({
                    "name": entry.name, "title": field(&entry, "title"),
                    "question": field(&entry, "question"), "world": field(&entry, "world"),
                })
            })
            .collect();
        face.document(&rows)?;
    } else {
        let mut text = String::new();
        for entry in gallery::entries() {
            let (title, question) = (field(&entry, "title"), field(&entry, "question"));
            text += &format!(
                "{}\n  {title}\n  {}\n",
                face.paint.strong(entry.name),
                face.paint.faint(&question)
            );
        }
        face.data(&text)?;
    }
    face.next("foedera new my-question --from NAME");
    Ok(Exit::Good)
}
