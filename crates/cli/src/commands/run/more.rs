//! `foedera run FILE --more N`: a finished run made longer, as if all had been run at once.
//!
//! Any replicate is found from the design and the seed alone, so the longer run begins with the shorter one, bit by
//! bit; its files are written anew, and the earlier replicates happen again for them.

use std::path::{Path, PathBuf};

use foedera_results::{Manifest, design::Need, manifest::RunStatus};
use foedera_scenario::Scenario;

use super::Args;
use crate::{command_line::REPLICATES_MAX, failure::Failure, number, results_folder};

/// A run that is to be longer.
pub(super) struct Longer {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// Its manifest.
    pub(super) found: Manifest,
    /// Replicates of both.
    pub(super) n: u64,
}

/// The run in the folder, and how long it will be; `None` if nothing is to be longer.
///
/// # Errors
/// If there is no finished run, or its design has no more points.
pub(super) fn longer(args: &Args, scenario: &Scenario) -> Result<Option<Longer>, Failure> {
    let Some(more) = args.more else {
        return Ok(None);
    };
    let usual = || Path::new("out").join(&scenario.name);
    let folder = args.output.clone().unwrap_or_else(usual);
    let found = results_folder::open(&folder)?.manifest;
    let refuse = |why: String, help| Failure::Model {
        what: format!("make the run in {} longer: {why}", folder.display()),
        help,
    };
    if found.status != RunStatus::Complete {
        return Err(refuse("it was not finished".to_owned(), "finish it first"));
    }
    if found.until.is_some() {
        return Err(refuse(
            "it stopped where it was asked to".to_owned(),
            "run it again with a smaller half-width after --until, or with -n",
        ));
    }
    let design = &found.origin.design;
    if let Err(unfit) = design.require("a longer run", Need::Open) {
        return Err(refuse(unfit.to_string(), unfit.remedy()));
    }
    let n = found.origin.n.saturating_add(more);
    if n > REPLICATES_MAX {
        let most = number::count(REPLICATES_MAX);
        return Err(refuse(
            format!("one run has {most} replicates at most"),
            "run the others under another --seed",
        ));
    }
    Ok(Some(Longer { folder, found, n }))
}

/// Whether a longer run asks what the shorter one asked.
///
/// # Errors
/// If it does not.
pub(super) fn check(longer: &Longer, asked: &Manifest) -> Result<(), Failure> {
    let mut before = longer.found.origin.clone();
    before.n = asked.origin.n;
    before.command.clone_from(&asked.origin.command);
    if before == asked.origin && longer.found.layout == asked.layout {
        return Ok(());
    }
    Err(Failure::Model {
        what: format!(
            "make the run in {} longer: it answers another request",
            longer.folder.display()
        ),
        help: "give the file, seed, policies and settings that `command` in its manifest.json has; an edited scenario or \
               another version of the program is another request",
    })
}
