//! `foedera diff A B`: what two scenarios differ in, path by path.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::Args as ClapArgs;
use foedera_scenario::Scenario;
use serde::Serialize;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    facts,
    failure::Failure,
    number, scenario_file,
    sheet::{Column, Sheet, Tone, Word},
};

/// Which scenarios.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// One scenario file
    first: PathBuf,
    /// The other one
    second: PathBuf,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Difference {
    path: String,
    first: Option<String>,
    second: Option<String>,
}

/// Lists the differences.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let first = scenario_file::load(face, &args.first, &[])?.scenario;
    let second = scenario_file::load(face, &args.second, &[])?.scenario;
    let differences = differences(&first, &second);
    if face.json {
        face.document(&differences)?;
    } else if differences.is_empty() {
        face.data("the two scenarios ask the same of the same world")?;
    } else {
        face.data(&table(face, args, &differences))?;
    }
    let second = shell_word(&args.second.display().to_string());
    face.next(&format!("foedera run {second}"));
    Ok(Exit::Good)
}

fn differences(first: &Scenario, second: &Scenario) -> Vec<Difference> {
    let (first, second) = (facts::of(first), facts::of(second));
    let paths: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let all = paths.into_iter().map(|path| Difference {
        path: path.clone(),
        first: first.get(path).cloned(),
        second: second.get(path).cloned(),
    });
    let differing: Vec<Difference> = all.filter(|one| one.first != one.second).collect();
    gathered(differing, &first, &second)
}

/// Puts everything below a thing that only one scenario has into one difference.
fn gathered(
    differing: Vec<Difference>,
    first: &BTreeMap<String, String>,
    second: &BTreeMap<String, String>,
) -> Vec<Difference> {
    let things = |facts: &BTreeMap<String, String>| -> BTreeSet<String> {
        facts.keys().map(|path| thing(path).to_owned()).collect()
    };
    let (in_first, in_second) = (things(first), things(second));
    let mut lone: BTreeMap<String, u64> = BTreeMap::new();
    let mut kept = Vec::new();
    for one in differing {
        let thing = thing(&one.path);
        if in_first.contains(thing) && in_second.contains(thing) {
            kept.push(one);
        } else {
            *lone.entry(thing.to_owned()).or_default() += 1;
        }
    }
    kept.extend(lone.into_iter().map(|(path, n)| {
        let text = Some(number::counted(n, "entry").replace("entrys", "entries"));
        let is_first = in_first.contains(&path);
        let (first, second) = if is_first { (text, None) } else { (None, text) };
        Difference {
            path,
            first,
            second,
        }
    }));
    kept.sort_by(|left, right| left.path.cmp(&right.path));
    kept
}

/// The thing a path speaks of: its first two parts.
fn thing(path: &str) -> &str {
    let mut dots = path.match_indices('.').map(|(at, _)| at);
    dots.nth(1).map_or(path, |at| &path[..at])
}

fn table(face: &Face, args: &Args, differences: &[Difference]) -> String {
    let paint = face.paint;
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("path"),
            Column::Prose("first"),
            Column::Prose("second"),
        ],
    );
    let side = |value: &Option<String>| match value {
        Some(value) => Word::from(value.as_str()),
        None => Word::new(Tone::Faint, "–"),
    };
    for one in differences {
        let path = Word::new(Tone::Strong, one.path.as_str());
        sheet.row([path, side(&one.first), side(&one.second)]);
    }
    format!(
        "{} between {} and {}\n\n{}",
        paint.strong(&number::counted(differences.len() as u64, "difference")),
        args.first.display(),
        args.second.display(),
        sheet.text()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries
            .iter()
            .map(|(path, value)| ((*path).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_thing_that_one_side_lacks_is_one_difference() {
        let first = facts(&[
            ("shocks.coup.title", "A coup"),
            ("shocks.coup.when", "never"),
            ("title", "T"),
        ]);
        let second = facts(&[("title", "T")]);
        let differing = first
            .iter()
            .filter(|(path, _)| *path != "title")
            .map(|(path, value)| Difference {
                path: path.clone(),
                first: Some(value.clone()),
                second: None,
            })
            .collect();
        let expected = Difference {
            path: "shocks.coup".into(),
            first: Some("2 entries".into()),
            second: None,
        };
        assert_eq!(gathered(differing, &first, &second), [expected]);
        assert_eq!(thing("actors.XX.salience.trade"), "actors.XX");
        assert_eq!(thing("time.end"), "time.end");
    }
}
