//! The page of every parameter of the law, and the submodels in the page of the model, are what the program says.
//!
//! `UPDATE_REFERENCE=1 cargo test -p foedera-sim --test reference_page` writes it anew.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read files and compare with the standard library"
)]

use std::path::Path;

#[test]
fn the_page_of_parameters_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/params.md");
    let page = foedera_scenario::reference::params_page(&foedera_sim::catalogue());
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, &page).expect("docs can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("docs/reference/params.md is checked in");
    assert_eq!(kept, page, "run this test with UPDATE_REFERENCE=1");
}

/// Marks between which the page of the model holds what the mechanisms' files say.
const FROM: &str = "<!-- from here on: written by the test reference_page from the heads of the mechanisms -->\n\n";
const UNTIL: &str = "\n<!-- until here -->\n";

#[test]
fn the_submodels_of_the_model_page_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/MODEL.md");
    let kept = std::fs::read_to_string(&path).expect("docs/MODEL.md is checked in");
    let (before, rest) = kept
        .split_once(FROM)
        .expect("docs/MODEL.md has the first mark");
    let (_, after) = rest
        .split_once(UNTIL)
        .expect("docs/MODEL.md has the second mark");
    let page = [
        before,
        FROM,
        &foedera_sim::submodels::sections(3),
        UNTIL,
        after,
    ]
    .concat();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, &page).expect("docs can be written");
        return;
    }
    assert_eq!(kept, page, "run this test with UPDATE_REFERENCE=1");
}
