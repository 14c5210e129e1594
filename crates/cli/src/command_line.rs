//! The command line as a whole: the options that every command knows, and the values with ranges.

use clap::Parser;
use foedera_scenario::Override;

use crate::{commands::Verb, exit, number};

/// Simulates what alliances may become: a scenario file in, a distribution of outcomes out.
#[derive(Debug, Parser)]
#[command(
    name = "foedera",
    version,
    max_term_width = 100,
    after_help = exit::TABLE,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct CommandLine {
    /// Says nothing but data and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Prints one JSON document instead of tables
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Most replicates in one run.
///
/// Their Monte Carlo error, 0.00005 at most for a probability, is far below anything a model of
/// alliances can mean, and their tables fill some ten gigabytes.
pub(crate) const REPLICATES_MAX: u64 = 100_000_000;

/// Most worker threads: more than any one machine has.
pub(crate) const THREADS_MAX: u16 = 1024;

/// Reads a number of replicates, `10000`, `10_000` or `10,000`.
pub(crate) fn replicates(text: &str) -> Result<u64, String> {
    let max = number::count(REPLICATES_MAX);
    match whole(text) {
        Some(0) => Err("a run needs at least 1 replicate".to_owned()),
        Some(value) if value <= REPLICATES_MAX.into() => {
            u64::try_from(value).map_err(|error| error.to_string())
        }
        Some(_) => Err(format!(
            "one run has {max} replicates at most: their Monte Carlo error is below 0.00005, and \
             their tables fill gigabytes; split larger studies over several seeds"
        )),
        None => Err(format!("expected a whole number from 1 to {max}")),
    }
}

/// Reads a seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    let value = whole(text).and_then(|value| u64::try_from(value).ok());
    value.ok_or_else(|| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

/// Reads a number of worker threads.
pub(crate) fn threads(text: &str) -> Result<u16, String> {
    let value = whole(text).and_then(|value| u16::try_from(value).ok());
    let value = value.filter(|value| (1..=THREADS_MAX).contains(value));
    value.ok_or_else(|| format!("expected a whole number from 1 to {THREADS_MAX}"))
}

/// Reads a shard, `3/16`.
pub(crate) fn shard(text: &str) -> Result<(u64, u64), String> {
    let wrong = || "expected I/N, as in 3/16: part 3 of 16, counted from 1".to_owned();
    let (index, of) = text.split_once('/').ok_or_else(wrong)?;
    let number = |text: &str| whole(text).and_then(|value| u64::try_from(value).ok());
    match (number(index), number(of)) {
        (Some(index), Some(of)) if (1..=of).contains(&index) => Ok((index, of)),
        _ => Err(wrong()),
    }
}

/// Reads `PATH=VALUE`.
pub(crate) fn setting(text: &str) -> Result<Override, String> {
    Override::parse(text)
        .ok_or_else(|| "expected PATH=VALUE, as in params.bargaining.noise=0.1".to_owned())
}

/// A whole number, its thousands apart or not. Beyond the largest: the largest.
fn whole(text: &str) -> Option<u128> {
    let digits: String = text.chars().filter(|c| !matches!(c, '_' | ',')).collect();
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(u128::MAX))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn replicates_have_a_range() {
        assert_eq!(replicates("10000"), Ok(10_000));
        assert_eq!(replicates("10_000"), Ok(10_000));
        assert_eq!(replicates("10,000"), Ok(10_000));
        assert_eq!(replicates("100000000"), Ok(REPLICATES_MAX));
        for bad in [
            "0",
            "100000001",
            "1000000000000000000",
            "9".repeat(60).as_str(),
            "-1",
            "1.5",
            "",
            "many",
        ] {
            assert!(replicates(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn seeds_and_threads_have_ranges() {
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        assert!(seed("18446744073709551616").is_err());
        assert!(seed("-1").is_err());
        assert_eq!(threads("1024"), Ok(1024));
        assert!(threads("0").is_err());
        assert!(threads("1025").is_err());
    }

    #[test]
    fn shards_count_from_one() {
        assert_eq!(shard("3/16"), Ok((3, 16)));
        assert_eq!(shard("1/1"), Ok((1, 1)));
        for bad in ["0/4", "5/4", "3", "/", "a/b", "1/0", "-1/2", "1/2/3"] {
            assert!(shard(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn settings_have_two_sides() {
        let one = Override {
            path: "a.b".to_owned(),
            value: "0.5".to_owned(),
        };
        assert_eq!(setting("a.b = 0.5"), Ok(one));
        assert!(setting("a.b").is_err());
        assert!(setting("=1").is_err());
        assert!(setting("a=").is_err());
    }
}
