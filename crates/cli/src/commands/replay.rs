//! `foedera replay OUT|FILE --replicate K`: one history told as dated sentences.
//!
//! It is simulated again from its number: the same history to the last bit as in the run.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    history, number,
    sheet::{Column, Sheet, Tone, Word},
    story,
};

/// Which history.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run, or a scenario file
    #[arg(value_name = "OUT|FILE")]
    source: PathBuf,
    /// Number of the replicate, from 0
    #[arg(long, short = 'k', value_name = "K")]
    replicate: u64,
    /// The policy under which [default: the base case, or the first one that was run]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Seed, with a scenario file [default: 1]
    #[arg(long, value_parser = crate::command_line::seed)]
    seed: Option<u64>,
    /// Sets a path, with a scenario file; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = crate::command_line::setting)]
    set: Vec<(String, String)>,
    /// Tells every refusal, also those that repeat
    #[arg(long)]
    all: bool,
}
