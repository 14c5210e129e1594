//! The tidy rules: each takes text and returns what is wrong with it, in words. Each has a sample on which it
//! fails, so that a rule that sees nothing is noticed.

use serde_json::Value;

use super::source::{Source, line_of, words};

/// A function over this many lines does not fit a screen (`docs/ARCHITECTURE.md`).
const FUNCTION_LINES_MAX: usize = 70;

/// Functions that may be longer, each with its reason. Meant to stay empty.
const LONG_FUNCTIONS: &[(&str, &str)] = &[];

/// Which of our crates each crate may use. A new edge needs a decision note in `docs/decisions`.
const EDGES: &[(&str, &[&str])] = &[
    ("foedera-scenario", &[]),
    ("foedera-sim", &["foedera-scenario"]),
    ("foedera-results", &[]),
    (
        "foedera-ensemble",
        &["foedera-scenario", "foedera-sim", "foedera-results"],
    ),
    ("foedera-analysis", &["foedera-results"]),
    (
        "foedera",
        &[
            "foedera-scenario",
            "foedera-sim",
            "foedera-results",
            "foedera-ensemble",
            "foedera-analysis",
        ],
    ),
];

/// Libraries that only these crates may build on.
const OWNED: &[(&str, &[&str])] = &[
    ("bevy_ecs", &["foedera-sim"]),
    ("rayon", &["foedera-ensemble"]),
    ("arrow", &["foedera-results"]),
    ("parquet", &["foedera-results"]),
    ("miette", &["foedera-scenario", "foedera"]),
];

/// Names that say nothing about what a crate or module is for.
const EMPTY_NAMES: &[&str] = &[
    "core", "common", "utils", "util", "helpers", "misc", "manager",
];

/// What the head of a mechanism tells.
const MECHANISM_HEADINGS: &[&str] = &[
    "Claim",
    "Equations",
    "Reads",
    "Writes",
    "Invariants",
    "Sources",
];

/// Folders of the repository: a name in the docs that starts with one is a path and must exist.
const TOP_FOLDERS: &[&str] = &[
    "crates/",
    "scenarios/",
    "tests/",
    "docs/",
    ".ci/",
    ".cargo/",
];

/// The edges between crates, from `cargo metadata --no-deps`.
pub(super) fn edges(metadata: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for package in list(&metadata["packages"]) {
        let name = text(&package["name"]);
        let Some((_, allowed)) = EDGES.iter().find(|(known, _)| *known == name) else {
            problems.push(format!("crate {name} has no place in the table of edges"));
            continue;
        };
        for dependency in list(&package["dependencies"]) {
            let other = text(&dependency["name"]);
            let ours = other == "foedera" || other.starts_with("foedera-");
            if ours && !allowed.contains(&other) {
                problems.push(format!("{name} must not use {other}"));
            }
            let for_tests = dependency["kind"] == "dev";
            let owner = OWNED.iter().find(|(library, _)| *library == other);
            if owner.is_some_and(|(_, owners)| !for_tests && !owners.contains(&name)) {
                problems.push(format!("{name} must not use the library {other}"));
            }
        }
    }
    problems
}

/// Names of crates and modules, from a source path such as `crates/sim/src/lanes.rs`.
pub(super) fn empty_name(path: &str) -> Vec<String> {
    let mut parts = path
        .split('/')
        .map(|part| part.strip_suffix(".rs").unwrap_or(part));
    let found = parts.find(|part| EMPTY_NAMES.contains(part));
    found
        .map(|part| format!("{path}: `{part}` says nothing about its subject"))
        .into_iter()
        .collect()
}

/// A crate takes the workspace's lints.
pub(super) fn inherits_lints(path: &str, manifest: &str) -> Vec<String> {
    let section = manifest.split("[lints]").nth(1).unwrap_or("");
    let first = section.lines().map(str::trim).find(|line| !line.is_empty());
    if first == Some("workspace = true") {
        return Vec::new();
    }
    vec![format!("{path}: does not inherit the workspace's lints")]
}

/// Each outside dependency of the workspace says in its line why it is there.
pub(super) fn justified_dependencies(manifest: &str) -> Vec<String> {
    let section = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .unwrap_or("");
    let lines = section
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    lines
        .filter(|line| line.contains('=') && !line.starts_with('#') && !line.starts_with("foedera"))
        .filter(|line| !line.contains("# "))
        .map(|line| format!("Cargo.toml: no reason given for `{line}`"))
        .collect()
}

/// A module opens by saying what it is.
pub(super) fn module_head(path: &str, source: &str) -> Vec<String> {
    if source.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{path}: does not open with a `//!` sentence")]
}

/// The head of a mechanism has all its headings, as `# Claim` or `**Claim**`; `Reads / Writes` counts as both.
pub(super) fn mechanism_head(path: &str, source: &str) -> Vec<String> {
    let head: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    let has = |heading: &str| {
        let bold = format!("**{heading}");
        head.iter().any(|line| {
            let title = line.starts_with('#') && words(line).any(|(_, word)| word == heading);
            let both = heading == "Writes" && line.contains("**Reads / Writes");
            title || both || line.contains(&bold)
        })
    };
    let missing = MECHANISM_HEADINGS.iter().filter(|heading| !has(heading));
    missing
        .map(|heading| format!("{path}: its head has no **{heading}**"))
        .collect()
}

/// No function is longer than a screen.
pub(super) fn function_lengths(path: &str, source: &Source) -> Vec<String> {
    let functions = source.functions().into_iter();
    functions
        .filter(|function| function.body_lines > FUNCTION_LINES_MAX)
        .filter(|function| {
            LONG_FUNCTIONS
                .iter()
                .all(|(name, _)| *name != function.name)
        })
        .map(|function| {
            let (name, line, lines) = (function.name, function.line, function.body_lines);
            format!("{path}:{line}: fn {name} has {lines} lines, more than {FUNCTION_LINES_MAX}")
        })
        .collect()
}

/// Code that ships neither unwraps nor leaves gaps.
pub(super) fn no_gaps(path: &str, source: &Source) -> Vec<String> {
    let mut problems = find_all(path, &source.shipped, ".unwrap()");
    for gap in ["todo!", "unimplemented!", "#[ignore"] {
        problems.extend(find_all(path, &source.code, gap));
    }
    problems
}

/// The code knows no state and no organisation: neither as a name nor in a string that a program would read (an
/// id, a path). Sentences may cite them: a parameter's source names the paper it comes from.
pub(super) fn no_proper_names(path: &str, source: &Source, ids: &[String]) -> Vec<String> {
    let known = |word: &str| ids.iter().any(|id| id == word);
    let mut problems = Vec::new();
    let sentence = |content: &str| content.contains(char::is_whitespace);
    for (line, content) in source
        .strings
        .iter()
        .filter(|(_, content)| !sentence(content))
    {
        for (_, word) in words(content).filter(|(_, word)| known(word)) {
            problems.push(format!("{path}:{line}: a string names {word}"));
        }
    }
    for (at, word) in words(&source.shipped).filter(|(_, word)| known(word)) {
        problems.push(format!(
            "{path}:{}: the code names {word}",
            line_of(&source.shipped, at)
        ));
    }
    problems
}

/// The identifiers in the first column of a table whose comment lines start with `#`.
pub(super) fn first_column(table: &str) -> Vec<String> {
    let rows = table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.skip(1)
        .filter_map(|row| row.split(',').next())
        .map(|id| id.trim().to_owned())
        .collect()
}

/// The places inside the repository that a document names in backticks.
pub(super) fn named_paths(markdown: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    for (line, text) in prose_lines(markdown) {
        for code in text.split('`').skip(1).step_by(2) {
            for word in code.split_whitespace() {
                let path = word.trim_end_matches(['.', ',', ';', ':', '/']);
                let pattern = path.contains(['*', '<', '{', '…', '$']) || path.contains("...");
                if !pattern && TOP_FOLDERS.iter().any(|folder| path.starts_with(folder)) {
                    paths.push((line, path.to_owned()));
                }
            }
        }
    }
    paths
}

/// The relative targets of a document's links, without their anchors.
pub(super) fn relative_links(markdown: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (line, text) in prose_lines(markdown) {
        let prose: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for after in prose.split("](").skip(1) {
            let target = after.split([')', ' ']).next().unwrap_or("");
            let file = target.split('#').next().unwrap_or("");
            if !file.is_empty() && !file.contains(':') {
                links.push((line, file.to_owned()));
            }
        }
    }
    links
}

/// No file tells where on somebody's machine it was made.
pub(super) fn machine_paths(path: &str, content: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for folder in [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
    ] {
        for (at, _) in content.match_indices(folder) {
            let before = content[..at].chars().next_back();
            // Part of an address (`https://example.org/home/`) or of a longer path.
            let inner = before.is_some_and(|c| c.is_alphanumeric() || "._-~/}".contains(c));
            if !inner {
                problems.push(format!(
                    "{path}:{}: names the machine's {folder}",
                    line_of(content, at)
                ));
            }
        }
    }
    problems
}

/// A module file that its parent does not declare is never compiled.
pub(super) fn declared(path: &str, parent: &str) -> Vec<String> {
    let stem = path
        .rsplit('/')
        .next()
        .and_then(|name| name.strip_suffix(".rs"))
        .unwrap_or(path);
    let code = Source::read(parent).code;
    if code
        .lines()
        .any(|line| line.trim().trim_start_matches("pub ") == format!("mod {stem};"))
    {
        return Vec::new();
    }
    vec![format!(
        "{path}: no `mod {stem};` declares it, so its tests do not run"
    )]
}

/// The entries of `inner` repeat those of `outer`, because clippy reads only the nearest file.
pub(super) fn repeats(inner: &str, outer: &str) -> Vec<String> {
    let entries = outer.lines().filter(|line| line.contains("path = "));
    entries
        .filter(|entry| !inner.lines().any(|line| line == *entry))
        .map(|entry| format!("crates/sim/clippy.toml lacks {}", entry.trim()))
        .collect()
}

/// Lines outside fenced blocks, numbered from 1.
fn prose_lines(markdown: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    markdown.lines().enumerate().filter_map(move |(idx, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fence && !fenced).then_some((idx + 1, line))
    })
}

fn find_all(path: &str, code: &str, what: &str) -> Vec<String> {
    let places = code.match_indices(what);
    places
        .map(|(at, _)| format!("{path}:{}: {what}", line_of(code, at)))
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

mod samples {
    use serde_json::json;

    use super::*;

    /// A rule is judged by how many problems it finds in a good and in a bad sample.
    fn check(
        good: impl IntoIterator<Item = String>,
        bad: impl IntoIterator<Item = String>,
        expected: usize,
    ) {
        let good: Vec<String> = good.into_iter().collect();
        let bad: Vec<String> = bad.into_iter().collect();
        assert!(good.is_empty(), "{good:?}");
        assert_eq!(bad.len(), expected, "{bad:?}");
    }

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let dependencies: Vec<Value> = dependencies
            .iter()
            .map(|(name, kind)| json!({ "name": name, "kind": kind }))
            .collect();
        json!({ "packages": [{ "name": name, "dependencies": dependencies }] })
    }

    #[test]
    fn edges_are_those_of_the_table() {
        let good = package(
            "foedera-sim",
            &[("foedera-scenario", None), ("bevy_ecs", None)],
        );
        let bad = package(
            "foedera-sim",
            &[("foedera-results", Some("dev")), ("rayon", None)],
        );
        check(edges(&good), edges(&bad), 2);
        check(
            edges(&package("foedera", &[("parquet", Some("dev"))])),
            edges(&package("foedera-helpers", &[])),
            1,
        );
    }

    #[test]
    fn empty_names_are_seen() {
        check(
            empty_name("crates/sim/src/lanes.rs"),
            empty_name("crates/sim/src/utils.rs"),
            1,
        );
    }

    #[test]
    fn manifests_are_read() {
        check(
            inherits_lints("x", "[lints]\nworkspace = true\n"),
            inherits_lints("x", "[lints.rust]\nunsafe_code = \"allow\"\n"),
            1,
        );
        check(
            justified_dependencies(
                "[workspace.dependencies]\nron = \"1\" # writes text\n[x]\ny = 1",
            ),
            justified_dependencies("[workspace.dependencies]\nron = \"1\"\n"),
            1,
        );
    }

    #[test]
    fn heads_are_asked_for() {
        check(
            module_head("x", "//! Sums.\n"),
            module_head("x", "use std::fs;\n"),
            1,
        );
        let good = "//! Trade.\n//!\n//! # Claim\n//! ## Equations\n//! **Reads / Writes**: `A`\n\
                    //! **Invariants** none\n//! # Sources\n";
        let bad = "//! Trade.\n//! Claims are not a heading.\n//! # Equations\n";
        check(mechanism_head("x", good), mechanism_head("x", bad), 5);
    }

    #[test]
    fn long_functions_are_seen() {
        let of =
            |lines: usize| Source::read(&format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines)));
        check(
            function_lengths("x", &of(70)),
            function_lengths("x", &of(71)),
            1,
        );
    }

    #[test]
    fn gaps_are_seen() {
        let good = "// .unwrap()\nfn f() { g.expect(\"todo!\") }\n#[test]\nfn t() { g.unwrap() }\n";
        let bad = "fn f() { g.unwrap(); todo!() }\n#[test]\n#[ignore]\nfn t() {}\n";
        check(
            no_gaps("x", &Source::read(good)),
            no_gaps("x", &Source::read(bad)),
            3,
        );
    }

    #[test]
    fn proper_names_are_seen() {
        let ids = ["XAN".to_owned(), "UNO".to_owned()];
        let good = "/// Such as XAN.\nfn f() { \"XANADU\"; \"a paper on XAN\" }\n#[cfg(test)]\nmod t { const X: &str = \"XAN\"; }\n";
        let bad = "const UNO: &str = \"actors.XAN.gdp\";\n";
        check(
            no_proper_names("x", &Source::read(good), &ids),
            no_proper_names("x", &Source::read(bad), &ids),
            2,
        );
        assert_eq!(first_column("# note\nid,name\nXAN,Xanadu\nUNO,One\n"), ids);
    }

    #[test]
    fn paths_and_links_are_found() {
        let markdown = "See `crates/sim/src/lib.rs`, `tests/run --fast`, `crates/*/src`, `out/`, [a](../README.md#b),\n\
                        [web](https://example.org) and `[c](d)`.\n```\n`docs/none`\n```\n";
        let paths = [
            (1, "crates/sim/src/lib.rs".to_owned()),
            (1, "tests/run".to_owned()),
        ];
        assert_eq!(named_paths(markdown), paths);
        assert_eq!(relative_links(markdown), [(1, "../README.md".to_owned())]);
    }

    #[test]
    fn machine_paths_are_seen() {
        let bad = format!("see {}x", concat!("/ho", "me/"));
        check(
            machine_paths("x", "https://example.org/home/page"),
            machine_paths("x", &bad),
            1,
        );
    }

    #[test]
    fn undeclared_files_are_seen() {
        let parent = "mod golden;\n// mod cli;\n";
        check(
            declared("tests/golden.rs", parent),
            declared("tests/cli.rs", parent),
            1,
        );
    }

    #[test]
    fn missing_repetitions_are_seen() {
        let outer = "    { path = \"f32::exp\" },\n";
        check(repeats(outer, outer), repeats("", outer), 1);
    }
}
