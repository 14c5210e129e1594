//! Alternatives that are written on the command line: numbers of the scenario set anew under a name.

use foedera_scenario::{Policy, Scenario};

use crate::{failure::Failure, nearest};

/// Reads `NAME: PATH=VALUE, PATH=VALUE` as a nameless policy of the scenario would be read.
///
/// # Errors
/// If it has no name or no number, a path is none of the scenario's, or a value is out of its range.
pub(super) fn read(scenario: &Scenario, text: &str) -> Result<Policy, Failure> {
    let wrong = |what: String| Failure::Model {
        what: format!("read --arm `{text}`: {what}"),
        help: "write a name, a colon and numbers by their paths, as in --arm 'calm: params.bargaining.noise=0.1'",
    };
    let (name, list) = text
        .split_once(':')
        .ok_or_else(|| wrong("it has no name and colon before its paths".to_owned()))?;
    let name = name.trim();
    let good = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || !name.chars().all(good) {
        return Err(wrong(
            "a name has letters, digits, hyphens and dots".to_owned(),
        ));
    }
    let mut set = Vec::new();
    for one in list.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let (path, value) = one
            .split_once('=')
            .ok_or_else(|| wrong(format!("`{one}` is no PATH=VALUE")))?;
        let (path, value) = (path.trim(), value.trim());
        let Some(leaf) = scenario.leaves.find(path) else {
            let paths = scenario.leaves.paths().map(|(path, _)| path);
            return Err(Failure::NoSuchName {
                option: "--arm",
                kind: "number at the path",
                name: path.to_owned(),
                nearest: nearest::names(path, paths),
            });
        };
        let info = scenario.leaves.info(leaf);
        let number = value.replace('_', "").parse::<f64>().ok();
        let Some(number) = number.filter(|x| (info.min..=info.max).contains(x)) else {
            return Err(wrong(format!(
                "`{path}` takes a number from {} to {}",
                info.min, info.max
            )));
        };
        if set.iter().any(|(of, _)| *of == leaf) {
            return Err(wrong(format!("`{path}` is set twice")));
        }
        set.push((leaf, number));
    }
    if set.is_empty() {
        return Err(wrong("it sets nothing".to_owned()));
    }
    Ok(Policy {
        id: name.to_owned(),
        title: list.trim().to_owned(),
        from: scenario.time.start,
        effects: Vec::new(),
        set,
    })
}
