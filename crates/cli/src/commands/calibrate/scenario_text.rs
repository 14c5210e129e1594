//! The posterior as a scenario file: it extends the one that was calibrated, and gives every input of which
//! something was learnt the distribution of its particles, with their rank correlations.

use std::path::{Component, Path, PathBuf};

use foedera_analysis::posterior;
use foedera_ensemble::calibrate::State;
use foedera_scenario::write;

use super::{Args, asked::Asked, learnt::Found, why};
use crate::{failure::Failure, number, scenario_file};

/// Values by which a distribution of particles is told.
const VALUES: u32 = 200;

/// The text of the posterior.
pub(super) fn posterior(
    args: &Args,
    asked: &Asked,
    state: &State,
    found: &Found,
    output: &Path,
) -> String {
    let mut text = head(asked, state);
    let base = relative(output, &args.file);
    text += &format!("Scenario(\n  extends: {base:?},\n");
    text += &format!(
        "  title: {:?},\n",
        format!("{}, calibrated", asked.scenario.title)
    );
    if args.no_stances {
        text += "  stances: false,\n";
    }
    let uncertainties = uncertainties(asked, found);
    if !uncertainties.is_empty() {
        text += &format!("  uncertainties: {{\n{uncertainties}  }},\n");
    }
    text += &correlations(asked, found);
    text + ")\n"
}

fn head(asked: &Asked, state: &State) -> String {
    let tolerance = state.tolerance().unwrap_or(f64::INFINITY);
    let lines = [
        "The posterior of a calibration: what observations say about the uncertain inputs of the scenario it extends."
            .to_owned(),
        format!("Made by: {}", asked.origin.command.join(" ")),
        format!(
            "{}, {} histories, at most {} from what was observed; {}.",
            number::counted(asked.questions.len() as u64, "observation"),
            number::count(state.histories),
            number::plain(tolerance),
            why(state.ended, asked.acceptance, asked.tolerance),
        ),
        "Inputs of which the data say nothing keep the distributions that they had.".to_owned(),
    ];
    lines.map(|line| format!("// {line}\n")).concat()
}

fn uncertainties(asked: &Asked, found: &Found) -> String {
    let weights: Vec<f64> = found.particles.iter().map(|of| of.weight).collect();
    let mut text = String::new();
    for (idx, input) in found.inputs.iter().enumerate() {
        let path = asked.path(idx);
        if !input.learnt.told {
            // A range from the command line is in no file yet.
            if asked.ranged.contains(&asked.inputs[idx]) {
                text += &format!("    {path:?}: {},\n", write::distribution(asked.prior(idx)));
            }
            continue;
        }
        let info = asked.scenario.leaves.info(asked.inputs[idx]);
        let values: Vec<f64> = found.particles.iter().map(|of| of.values[idx]).collect();
        let of = |level| {
            let value = posterior::quantile(&values, &weights, level);
            rounded(value).clamp(info.min, info.max).to_string()
        };
        let listed: Vec<String> = (0..VALUES)
            .map(|place| of((f64::from(place) + 0.5) / f64::from(VALUES)))
            .collect();
        let [low, middle, high] = input.after.map(number::plain);
        text += &format!("    // {middle}, {low} to {high} with 90 %\n");
        text += &format!("    {path:?}: Empirical([\n");
        for line in listed.chunks(10) {
            text += &format!("      {},\n", line.join(", "));
        }
        text += "    ]),\n";
    }
    text
}

/// The correlations of the scenario, with those between learnt inputs as the particles have them.
fn correlations(asked: &Asked, found: &Found) -> String {
    let told = |leaf| {
        let place = asked.inputs.iter().position(|of| *of == leaf);
        place.is_some_and(|place| found.inputs[place].learnt.told)
    };
    let before = &asked.scenario.correlations;
    let kept: Vec<_> = before
        .iter()
        .filter(|of| !(told(of.first) && told(of.second)))
        .collect();
    if found.ties.is_empty() && kept.len() == before.len() {
        return String::new();
    }
    let path = |leaf| asked.scenario.leaves.info(leaf).path.as_str();
    let mut text = "  correlations: [\n".to_owned();
    for of in kept {
        text += &format!(
            "    ({:?}, {:?}, {}),\n",
            path(of.first),
            path(of.second),
            of.value
        );
    }
    for tied in &found.ties {
        let value = number::fixed(tied.value, 3);
        let (first, second) = (asked.path(tied.first), asked.path(tied.second));
        text += &format!("    ({first:?}, {second:?}, {value}),\n");
    }
    text + "  ],\n"
}

/// Six digits, which is more than particles know.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// The path of a file as another file beside it would name it.
fn relative(from: &Path, to: &Path) -> String {
    let whole = |path: &Path| {
        let folder = path.parent().filter(|of| !of.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default();
        folder.canonicalize().map(|folder| folder.join(name))
    };
    let (Ok(from), Ok(to)) = (whole(from), whole(to)) else {
        return to.display().to_string();
    };
    between(&from, &to)
}

fn between(from: &Path, to: &Path) -> String {
    let parts = |path: &Path| -> Vec<PathBuf> {
        let parts = path.components().filter(|part| *part != Component::CurDir);
        parts.map(|part| PathBuf::from(part.as_os_str())).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len().saturating_sub(same + 1);
    let mut names = vec!["..".to_owned(); up];
    names.extend(to[same..].iter().map(|part| part.display().to_string()));
    names.join("/")
}

/// Reads the posterior as anybody would: what we write must be good.
///
/// # Errors
/// If it is not.
pub(super) fn check(output: &Path) -> Result<(), Failure> {
    match scenario_file::check(output, &[])? {
        Ok(_) => Ok(()),
        Err(found) => Err(Failure::Mistakes {
            file: output.display().to_string(),
            mistakes: found.iter().filter(|one| one.is_error()).count(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_from_another_folder() {
        for (from, to, expected) in [
            ("/a/out/p.ron", "/a/q.ron", "../q.ron"),
            ("/a/p.ron", "/a/q.ron", "q.ron"),
            ("/a/p.ron", "/a/s/q.ron", "s/q.ron"),
            ("/a/b/c/p.ron", "/x/q.ron", "../../../x/q.ron"),
        ] {
            assert_eq!(between(Path::new(from), Path::new(to)), expected);
        }
        assert_eq!(rounded(0.123_456_789).to_string(), "0.123457");
    }
}
