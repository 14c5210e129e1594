//! Which inputs are looked at: paths, patterns and ranges of the command line to factors, inputs that move together.

use foedera_scenario::{
    Distribution, Leaf, Scenario, Uncertainty,
    path::{self, Pattern},
};

use crate::{commands::kind_of, failure::Failure, nearest, number::plain};

/// Inputs that move together; most often one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Factor {
    /// Path, pattern, or words for the rest.
    pub(super) name: String,
    /// Its inputs, ascending.
    pub(super) leaves: Vec<Leaf>,
    /// Whether it is what nobody named.
    pub(super) is_rest: bool,
}

/// How inputs become factors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Paths, patterns, `PATH=lo..hi`; none means every uncertain input.
    pub(super) texts: &'a [String],
    /// Whether inputs of a kind move together.
    pub(super) group: bool,
}

/// Finds the factors. A range on the command line becomes a distribution of the scenario.
///
/// # Errors
/// If a path does not exist, is certain without a range, or is named twice, or nothing is uncertain.
pub(super) fn factors(scenario: &mut Scenario, wish: Wish<'_>) -> Result<Vec<Factor>, Failure> {
    let mut named: Vec<(String, Vec<Leaf>)> = Vec::new();
    for text in wish.texts {
        named.push(leaves_of(scenario, text)?);
    }
    scenario.uncertainties.sort_by_key(|of| of.leaf);
    let all: Vec<Leaf> = scenario.uncertainties.iter().map(|of| of.leaf).collect();
    if all.is_empty() {
        return Err(Failure::Model {
            what: format!("find an uncertain input in {}", scenario.name),
            help: "give one a distribution under `uncertainties:`, or a range with --inputs PATH=LOW..HIGH",
        });
    }
    let mut found: Vec<Factor> = Vec::new();
    if named.is_empty() {
        for leaf in &all {
            let path = &scenario.leaves.info(*leaf).path;
            let name = if wish.group {
                kind_of(path)
            } else {
                path.clone()
            };
            add(&mut found, name, *leaf);
        }
    }
    let mut taken: Vec<Leaf> = Vec::new();
    for (text, leaves) in named {
        for leaf in leaves {
            if taken.contains(&leaf) {
                let name = scenario.leaves.info(leaf).path.clone();
                return Err(Failure::NamedTwice {
                    option: "--inputs",
                    name,
                });
            }
            taken.push(leaf);
            let path = &scenario.leaves.info(leaf).path;
            let name = if wish.group {
                text.clone()
            } else {
                path.clone()
            };
            add(&mut found, name, leaf);
        }
    }
    let rest: Vec<Leaf> = all
        .into_iter()
        .filter(|leaf| !found.iter().any(|of| of.leaves.contains(leaf)))
        .collect();
    if !rest.is_empty() {
        found.push(Factor {
            name: format!("all {} others", rest.len()),
            leaves: rest,
            is_rest: true,
        });
    }
    Ok(found)
}

fn add(found: &mut Vec<Factor>, name: String, leaf: Leaf) {
    match found.iter_mut().find(|of| of.name == name) {
        Some(of) => of.leaves.push(leaf),
        None => found.push(Factor {
            name,
            leaves: vec![leaf],
            is_rest: false,
        }),
    }
}

/// The leaves that one text names.
fn leaves_of(scenario: &mut Scenario, text: &str) -> Result<(String, Vec<Leaf>), Failure> {
    if let Some((path, range)) = text.split_once('=') {
        let (leaf, low, high) = range_of(scenario, path.trim(), range, "--inputs")?;
        let distribution = Distribution::Uniform { low, high };
        match scenario.uncertainties.iter_mut().find(|of| of.leaf == leaf) {
            Some(of) => of.distribution = distribution,
            None => scenario
                .uncertainties
                .push(Uncertainty { leaf, distribution }),
        }
        return Ok((path.trim().to_owned(), vec![leaf]));
    }
    let pattern = Pattern::new(text);
    if pattern.is_pattern() {
        let uncertain = scenario.uncertainties.iter().map(|of| of.leaf);
        let mut leaves: Vec<Leaf> = uncertain
            .filter(|leaf| pattern.matches(&scenario.leaves.info(*leaf).path))
            .collect();
        leaves.sort_unstable();
        if leaves.is_empty() {
            let known = scenario.uncertainties.iter();
            let known = known.map(|of| kind_of(&scenario.leaves.info(of.leaf).path));
            let mut known: Vec<String> = known.collect();
            known.sort_unstable();
            known.dedup();
            return Err(Failure::NoSuchName {
                option: "--inputs",
                kind: "uncertain input that fits",
                name: text.to_owned(),
                nearest: nearest::names(text, known.iter().map(String::as_str)),
            });
        }
        return Ok((text.to_owned(), leaves));
    }
    let leaf = leaf_at(scenario, text, "--inputs")?;
    if !scenario.uncertainties.iter().any(|of| of.leaf == leaf) {
        let info = scenario.leaves.info(leaf);
        return Err(Failure::Certain {
            path: info.path.clone(),
            value: plain(info.value),
        });
    }
    Ok((text.to_owned(), vec![leaf]))
}

/// The leaf at a path.
///
/// # Errors
/// If there is none; says the nearest.
pub(in crate::commands) fn leaf_at(
    scenario: &Scenario,
    text: &str,
    option: &'static str,
) -> Result<Leaf, Failure> {
    path::find(&scenario.leaves, text).ok_or_else(|| Failure::NoSuchName {
        option,
        kind: "number with the path",
        name: text.to_owned(),
        nearest: path::nearest(&scenario.leaves, text)
            .map(str::to_owned)
            .into_iter()
            .collect(),
    })
}

/// The leaf and the ends of `PATH=lo..hi`, within its valid range.
///
/// # Errors
/// If the path does not exist, or the range makes no sense or leaves the valid one.
pub(in crate::commands) fn range_of(
    scenario: &Scenario,
    path: &str,
    range: &str,
    option: &'static str,
) -> Result<(Leaf, f64, f64), Failure> {
    let leaf = leaf_at(scenario, path, option)?;
    let bad = |what: String| Failure::BadRange {
        option,
        path: path.to_owned(),
        what,
    };
    let ends = range.split_once("..").and_then(|(low, high)| {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        Some((number(low)?, number(high)?))
    });
    let Some((low, high)) = ends else {
        return Err(bad(format!(
            "`{range}` is no range: write LOW..HIGH, as in 0.2..0.8"
        )));
    };
    if low >= high {
        return Err(bad(format!("{} is not below {}", plain(low), plain(high))));
    }
    within(scenario, leaf, &[low, high]).map_err(bad)?;
    Ok((leaf, low, high))
}

/// Whether values are valid for a number; the reason if not.
pub(in crate::commands) fn within(
    scenario: &Scenario,
    leaf: Leaf,
    values: &[f64],
) -> Result<(), String> {
    let info = scenario.leaves.info(leaf);
    match values
        .iter()
        .find(|value| !(info.min..=info.max).contains(*value))
    {
        None => Ok(()),
        Some(value) => Err(format!(
            "{} is outside its valid range, {} to {}",
            plain(*value),
            plain(info.min),
            plain(info.max)
        )),
    }
}
