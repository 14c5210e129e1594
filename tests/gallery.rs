//! The gallery has a picture of each scenario, drawn by the program from a run.
//!
//! `UPDATE_GALLERY=1 cargo test -p foedera --test main gallery` runs every scenario and draws the pictures
//! anew: after a change of the law, of a world or of a scenario. Look at them before they are committed.
//! The test does not compare them with a run of today, which would take minutes.

use std::{env, fs, path::Path, process::Command};

use crate::scenarios::{FLAGSHIPS, LIBRARY};

/// Replicates behind a picture.
const REPLICATES: &str = "2000";
/// Bytes of a picture, at most.
const BYTES_MAX: usize = 60_000;
/// Scenario and what its picture shows, as options of `foedera figure`.
const PICTURES: [(&str, &str); 11] = [
    (
        "afghanistan-cooperation",
        "--kind adoption --initiative joint-work",
    ),
    (
        "anti-western-turn",
        "--kind adoption --initiative summit-text",
    ),
    ("atlantic-alliance", "--kind blockers"),
    ("classroom", "--kind fan"),
    (
        "csto-integration",
        "--kind adoption --initiative sco-csto-link",
    ),
    (
        "domestic-unrest",
        "--kind adoption --initiative common-response",
    ),
    ("energy-club", "--kind adoption --initiative energy-club"),
    ("enlargement", "--kind blockers"),
    ("eu-sco-engagement", "--kind adoption --initiative eu-sco"),
    ("maturity", "--kind fan --measure maturity.SCO"),
    (
        "nato-china-council",
        "--kind adoption --initiative nato-china",
    ),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs the program in the repository.
fn foedera(words: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_foedera"))
        .current_dir(root())
        .args(words)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Runs a scenario and draws its picture.
fn draw(name: &str, options: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().to_str().expect("its name is text");
    let scenario = format!("scenarios/{name}.ron");
    foedera(&[
        "run", &scenario, "-n", REPLICATES, "--seed", "1", "-q", "-o", out,
    ]);
    let file = format!("docs/gallery/{name}.svg");
    let mut words = vec!["figure", out, "-o", &file, "--force", "-q"];
    words.extend(options.split_whitespace());
    foedera(&words);
}

#[test]
fn every_question_has_its_picture() {
    let pictured: Vec<&str> = PICTURES.iter().map(|(name, _)| *name).collect();
    for name in FLAGSHIPS.into_iter().chain(LIBRARY).chain(["classroom"]) {
        assert!(pictured.contains(&name), "{name} has no picture");
    }
    if env::var_os("UPDATE_GALLERY").is_some() {
        for (name, options) in PICTURES {
            draw(name, options);
        }
    }
    let page = read("docs/gallery/README.md");
    for (name, options) in PICTURES {
        let svg = read(&format!("docs/gallery/{name}.svg"));
        assert!(svg.len() < BYTES_MAX, "{name}: {} bytes", svg.len());
        assert!(
            svg.starts_with("<svg xmlns") && svg.ends_with("</svg>\n"),
            "{name}"
        );
        for part in ["<title>", "<desc>", "2,000 replicates", "seed 1"] {
            assert!(svg.contains(part), "{name}: no {part}");
        }
        assert!(
            !svg.contains("NaN") && !svg.contains("inf"),
            "{name}: a number is missing"
        );
        assert!(
            page.contains(&format!("]({name}.svg)")),
            "{name} is not on the page"
        );
        assert!(
            page.contains(options),
            "the page does not say how {name} is drawn"
        );
    }
}
