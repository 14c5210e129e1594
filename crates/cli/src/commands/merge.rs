//! `foedera merge SHARD... -o OUT`: the shards of a run as one folder; the same bytes as the unbroken run.

use std::{path::PathBuf, time::SystemTime};

use clap::Args as ClapArgs;
use foedera_results::output;

use crate::{exit::Exit, face::Face, failure::Failure, making};

/// Which shards.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folders of all shards of one run, in any order
    #[arg(value_name = "SHARD", required = true)]
    shards: Vec<PathBuf>,
    /// Folder of the results
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Replaces the results in the folder; other files in it are left alone
    #[arg(long)]
    force: bool,
}

/// Puts them together.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let started = SystemTime::now();
    let manifest = output::merge(&args.shards, &args.output, args.force)?;
    let seconds = started.elapsed().map_or(0.0, |took| took.as_secs_f64());
    let order = making::order_of(&args.output, &manifest, Some(1))?;
    let log = making::run_log(&order, manifest.completed, started, seconds);
    output::write_run_log(&args.output, &log)?;
    making::close(face, &args.output, None)
}
