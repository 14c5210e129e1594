//! Embeds the shipped scenarios and worlds, so that `foedera new` works wherever the program is
//! installed and a new scenario needs no line of code: every `*.ron` under `scenarios/` is in.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    println!("cargo::rerun-if-changed={}", scenarios.display());
    let mut code = String::from(
        "/// The scenarios: name and text.\npub(super) const SCENARIOS: &[(&str, &str)] = &[\n",
    );
    for path in sorted(&scenarios)
        .iter()
        .filter(|path| has_ending(path, "ron"))
    {
        code.push_str(&format!(
            "    ({:?}, include_str!({:?})),\n",
            stem(path),
            path
        ));
    }
    code.push_str("];\n\n/// The files of the worlds: world, file name and text.\n");
    code.push_str("pub(super) const WORLD_FILES: &[(&str, &str, &str)] = &[\n");
    for world in sorted(&scenarios.join("worlds"))
        .iter()
        .filter(|path| path.is_dir())
    {
        println!("cargo::rerun-if-changed={}", world.display());
        for path in sorted(world).iter().filter(|path| path.is_file()) {
            println!("cargo::rerun-if-changed={}", path.display());
            code.push_str(&format!(
                "    ({:?}, {:?}, include_str!({:?})),\n",
                name(world),
                name(path),
                path
            ));
        }
    }
    code.push_str("];\n");
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("gallery.rs");
    fs::write(target, code).expect("the build folder is writable");
}

/// What a folder holds, in the order of names; nothing if there is no such folder.
fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    paths
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
