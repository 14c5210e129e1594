//! The page of every parameter of the law is what the program says it is.
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
