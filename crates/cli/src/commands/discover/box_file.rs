//! The box as a scenario file: it extends the scenario of the run and cuts its inputs to the box.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use foedera_analysis::prim::Stage;
use foedera_results::{digits, manifest};
use foedera_scenario::{Distribution, distribution, distribution::Reference, outcome_text, write};

use super::{Discovery, density, inputs::Column};
use crate::failure::Failure;

/// The text of the file that goes to a path.
pub(super) fn text(of: &Discovery<'_>, stage: &Stage, path: &Path) -> Result<String, Failure> {
    let scenario = of.past.scenario();
    let origin = &of.past.results.manifest.origin;
    let condition = outcome_text::write_predicate(scenario, of.predicate);
    let share = density(stage).map_or_else(String::new, |of| digits::share(&of));
    let mut text = format!(
        "// Where {condition}: the box that `foedera discover` found in {} replicates of `{}`.\n\
         // There it held in {share} of the replicates, in {} of all.\n",
        of.happened.len(),
        origin.command.join(" "),
        digits::plain(of.found[0].resampled.base, 3),
    );
    if !origin.overrides.is_empty() {
        text += &format!(
            "// Run it with what the run had: --set {}\n",
            origin.overrides.join(" --set ")
        );
    }
    if !scenario.correlations.is_empty() {
        text += "// Correlated inputs keep their correlation, inside the box.\n";
    }
    text += &format!("Scenario(\n  extends: {:?},\n", extended(of, path)?);
    text += &format!(
        "  title: {:?},\n  uncertainties: {{\n",
        format!("{}, where {condition}", scenario.title)
    );
    for idx in &stage.restricted {
        let column = &of.inputs.all[*idx];
        let cut = cut(of, column, stage, *idx);
        text += &format!("    {:?}: {},\n", column.path, write::distribution(&cut));
    }
    Ok(text + "  },\n)\n")
}

/// An input's distribution, cut to what the box allows.
fn cut(of: &Discovery<'_>, column: &Column, stage: &Stage, idx: usize) -> Distribution {
    let scenario = of.past.scenario();
    let info = scenario.leaves.info(column.leaf);
    let whole = scenario
        .uncertainties
        .iter()
        .find(|one| one.leaf == column.leaf);
    let whole = whole.map_or(Distribution::Prior, |one| one.distribution.clone());
    let (low, high) = column.allowed(&stage.limits[idx]);
    // Where the box is open the distribution keeps its tail.
    let reference = Reference::of(info);
    let tail = |u: f64| distribution::quantile(&whole, reference, u);
    Distribution::Truncated {
        low: low.map_or_else(
            || outward(tail(0.0), false),
            |low| short(low - column.shift),
        ),
        high: high.map_or_else(
            || outward(tail(1.0), true),
            |high| short(high - column.shift),
        ),
        of: Box::new(whole),
    }
}

/// A number with six significant digits: how far a search can tell values apart.
fn short(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// A number with three significant digits, not nearer to the middle.
fn outward(value: f64, up: bool) -> f64 {
    let text = format!("{value:.2e}");
    let near: f64 = text.parse().unwrap_or(value);
    if near.total_cmp(&value).is_eq() || (near > value) == up {
        return near;
    }
    let unit = text
        .split_once('e')
        .and_then(|(_, power)| format!("1e{power}").parse::<f64>().ok());
    let step = unit.unwrap_or(0.0) / 100.0;
    let next = if up { near + step } else { near - step };
    format!("{next:.2e}").parse().unwrap_or(next)
}

/// The scenario of the run as the new file names it.
fn extended(of: &Discovery<'_>, path: &Path) -> Result<String, Failure> {
    let first = of.past.results.manifest.origin.texts.first();
    let name = first.map_or("", |text| text.path.as_str());
    let unchanged = fs::read(name).ok().map(|bytes| manifest::sha256(&bytes));
    if first.is_none_or(|text| unchanged.as_ref() != Some(&text.sha256)) {
        return Err(Failure::Refused {
            what: format!("--write: the scenario of the run, {name}, is not there as it was"),
            help: "go to the folder in which the run was made; if the scenario has changed since, run it again".to_owned(),
        });
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let found = |path: &Path| {
        fs::canonicalize(path).map_err(|error| Failure::File {
            action: "read",
            path: path.to_path_buf(),
            error,
        })
    };
    Ok(between(&found(folder)?, &found(Path::new(name))?))
}

/// The way from a folder to a file, with slashes.
fn between(folder: &Path, file: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let shared = from
        .iter()
        .zip(&to)
        .take_while(|(one, other)| one == other)
        .count();
    let up = from[shared..].iter().map(|_| PathBuf::from(".."));
    let down = to[shared..].iter().map(PathBuf::from);
    let path: PathBuf = up.chain(down).collect();
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_round_and_hold_what_they_held() {
        let close = |one: f64, other: f64| assert!((one - other).abs() < 1e-12, "{one} {other}");
        close(outward(1.599_999_99, true), 1.6);
        close(outward(0.6083, false), 0.608);
        close(outward(0.6083, true), 0.609);
        close(outward(-12.34, false), -12.4);
        close(outward(-12.34, true), -12.3);
        close(short(1.058_802_545), 1.0588);
    }

    #[test]
    fn files_find_one_another() {
        let way = |folder: &str, file: &str| between(Path::new(folder), Path::new(file));
        assert_eq!(way("/a/b", "/a/b/c.ron"), "c.ron");
        assert_eq!(way("/a/out", "/a/scenarios/c.ron"), "../scenarios/c.ron");
        assert_eq!(way("/a", "/a/scenarios/c.ron"), "scenarios/c.ron");
    }
}
