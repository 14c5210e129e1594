//! The repository holds to its own conventions: what a machine can check is checked here. The rules are in
//! `rules`, each with a sample on which it fails; this file says what they are applied to.

mod rules;
mod source;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use source::Source;

/// Folders of tools and results, never committed.
const SKIPPED: &[&str] = &["target", ".git", ".venv", "node_modules", "__pycache__"];

/// Organisations of the shipped worlds, beside the actors that are read from the world's own table.
const ORGANISATIONS: &[&str] = &["SCO", "CSTO", "NATO", "EU"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace exists")
}

/// Every file of the repository as (path from the root, content); files that are not text are left out.
fn files() -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the entry is readable").path();
            let name = path
                .file_name()
                .expect("entries have names")
                .to_string_lossy()
                .into_owned();
            let result = folder == root && (name == "out" || name.starts_with("out-"));
            if SKIPPED.contains(&name.as_str()) || result || name.ends_with(".snap.new") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(content) = fs::read_to_string(&path) {
                let path = path
                    .strip_prefix(&root)
                    .expect("it was found under the root");
                found.push((path.to_string_lossy().replace('\\', "/"), content));
            }
        }
    }
    found.sort();
    found
}

fn files_with(prefix: &str, suffix: &str) -> Vec<(String, String)> {
    let wanted = |path: &str| path.starts_with(prefix) && path.ends_with(suffix);
    files()
        .into_iter()
        .filter(|(path, _)| wanted(path))
        .collect()
}

/// The Rust files of the crates' `src` folders: what ships.
fn sources() -> Vec<(String, String)> {
    let all = files_with("crates/", ".rs").into_iter();
    let sources: Vec<_> = all.filter(|(path, _)| path.contains("/src/")).collect();
    assert!(sources.len() >= 6, "the crates were not found");
    sources
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn none(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn crates_use_only_the_crates_below_them() {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs, since it runs this test");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    none(rules::edges(&metadata));
}

#[test]
fn manifests_inherit_lints_and_justify_dependencies() {
    let manifests = files_with("crates/", "/Cargo.toml");
    assert!(manifests.len() >= 6, "the manifests were not found");
    none(
        manifests
            .iter()
            .flat_map(|(path, manifest)| rules::inherits_lints(path, manifest)),
    );
    none(rules::justified_dependencies(&read("Cargo.toml")));
    none(rules::repeats(
        &read("crates/sim/clippy.toml"),
        &read("clippy.toml"),
    ));
}

#[test]
fn modules_open_with_what_they_are() {
    let crates = files_with("crates/", ".rs").into_iter();
    let all = crates.chain(files_with("tests/", ".rs"));
    none(all.flat_map(|(path, source)| rules::module_head(&path, &source)));
}

#[test]
fn modules_are_named_for_their_subject() {
    none(
        sources()
            .iter()
            .flat_map(|(path, _)| rules::empty_name(path)),
    );
}

#[test]
fn mechanisms_say_what_they_claim() {
    let mechanisms = files_with("crates/sim/src/mechanisms/", ".rs").into_iter();
    let own = mechanisms.filter(|(path, _)| !path.ends_with("/mod.rs"));
    none(own.flat_map(|(path, source)| rules::mechanism_head(&path, &source)));
}

#[test]
fn functions_fit_a_screen() {
    let all = sources().into_iter();
    none(all.flat_map(|(path, text)| rules::function_lengths(&path, &Source::read(&text))));
}

#[test]
fn nothing_unwraps_and_nothing_is_left_open() {
    let all = sources().into_iter().chain(files_with("tests/", ".rs"));
    none(all.flat_map(|(path, text)| {
        let mut source = Source::read(&text);
        if path.starts_with("tests/") {
            source.shipped.clear(); // Tests may unwrap; they may not ignore.
        }
        rules::no_gaps(&path, &source)
    }));
}

#[test]
fn the_code_knows_no_state_and_no_organisation() {
    let mut ids = rules::first_column(&read("scenarios/worlds/eurasia-2008/actors.csv"));
    assert!(ids.len() >= 10, "the world's actors were not read: {ids:?}");
    ids.extend(ORGANISATIONS.iter().map(|id| (*id).to_owned()));
    let all = sources().into_iter();
    none(all.flat_map(|(path, text)| rules::no_proper_names(&path, &Source::read(&text), &ids)));
}

#[test]
fn paths_named_in_documents_exist() {
    let root = root();
    let documents = files_with("docs/", ".md")
        .into_iter()
        .chain(files_with("README.md", ""));
    let mut named = 0;
    let mut missing = Vec::new();
    for (document, markdown) in documents {
        for (line, path) in rules::named_paths(&markdown) {
            named += 1;
            if !root.join(&path).exists() {
                missing.push(format!("{document}:{line}: there is no {path}"));
            }
        }
    }
    none(missing);
    assert!(
        named >= 10,
        "the documents name hardly any path: is the rule still reading them?"
    );
}

#[test]
fn links_between_documents_resolve() {
    let root = root();
    let mut broken = Vec::new();
    for (document, markdown) in files_with("", ".md") {
        let folder = root
            .join(&document)
            .parent()
            .expect("a file lies in a folder")
            .to_path_buf();
        let links = rules::relative_links(&markdown).into_iter();
        let bad = links.filter(|(_, target)| !folder.join(target).exists());
        broken.extend(bad.map(|(line, target)| format!("{document}:{line}: no {target}")));
    }
    none(broken);
}

#[test]
fn no_file_names_a_machine() {
    none(
        files()
            .iter()
            .flat_map(|(path, content)| rules::machine_paths(path, content)),
    );
}

#[test]
fn every_test_file_is_declared() {
    let mut problems = Vec::new();
    for (path, _) in files_with("tests/", ".rs") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let parent = if folder == "tests" {
            "tests/main.rs".to_owned()
        } else {
            format!("{folder}.rs")
        };
        if path != "tests/main.rs" {
            problems.extend(rules::declared(&path, &read(&parent)));
        }
    }
    none(problems);
}

#[test]
fn the_readme_shows_its_two_commands() {
    let readme = read("README.md");
    for command in [
        "cargo run --release -- run scenarios/csto-integration.ron",
        "tests/run",
    ] {
        assert!(
            readme.lines().any(|line| line == command),
            "README.md lacks the line `{command}`"
        );
    }
}
