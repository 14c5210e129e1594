//! The checked-in reference page is what the program prints.

use std::{env, fs, path::Path};

use foedera_scenario::reference;

#[test]
fn the_reference_page_is_printed_from_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/scenario.md");
    let page = reference::format_page();
    if env::var_os("UPDATE_REFERENCE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, &page).expect("the page can be written");
    }
    let kept = fs::read_to_string(&path).expect("docs/reference/scenario.md exists");
    assert_eq!(
        kept, page,
        "run this test with UPDATE_REFERENCE=1 and read the page"
    );
}

#[test]
fn every_key_has_a_sentence() {
    let page = reference::format_page();
    let bare = page
        .lines()
        .filter(|line| line.starts_with("| `") && line.ends_with("|  |"));
    assert_eq!(bare.count(), 0);
    for key in [
        "`extends`",
        "`ElementAdd`",
        "`OrnsteinUhlenbeck`",
        "`Quantiles`",
        "`MoreLikely`",
    ] {
        assert!(page.contains(key), "{key} is missing");
    }
}
