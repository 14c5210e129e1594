//! What is calibrated, checked: the scenario with its uncertain inputs, the rows, and a key that says whether a
//! kept population belongs to the same question.

use foedera_ensemble::calibrate::Row;
use foedera_results::{Provenance, manifest};
use foedera_scenario::{Distribution, Leaf, Outcome, Scenario, Uncertainty, outcome_text};

use super::Args;
use crate::{
    face::Face,
    failure::Failure,
    nearest,
    number::plain,
    observed::{self, Question, Seen},
    scenario_file, table_file,
};

/// An input as the command line names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    path: String,
    /// The range over which all values are equally likely, instead of the scenario's distribution.
    range: Option<(f64, f64)>,
}

/// The question.
pub(super) struct Asked {
    pub(super) scenario: Scenario,
    /// What is calibrated, in the order of the scenario's leaves.
    pub(super) inputs: Vec<Leaf>,
    pub(super) questions: Vec<Question>,
    /// Paths that got a range on the command line.
    pub(super) ranged: Vec<Leaf>,
    pub(super) origin: Provenance,
    /// What decides the result, as one hash.
    pub(super) key: String,
    pub(super) acceptance: f64,
    pub(super) tolerance: f64,
}

/// Reads `PATH` or `PATH=lo..hi`.
pub(super) fn wanted(text: &str) -> Result<Wanted, String> {
    let Some((path, range)) = text.split_once('=') else {
        return Ok(Wanted {
            path: text.trim().to_owned(),
            range: None,
        });
    };
    let ends = range.split_once("..").and_then(|(low, high)| {
        let low: f64 = low.trim().parse().ok()?;
        let high: f64 = high.trim().parse().ok()?;
        (low.is_finite() && high.is_finite() && low < high).then_some((low, high))
    });
    let range =
        ends.ok_or("expected PATH=LO..HI with LO below HI, as in drivers.oil.mean=40..160")?;
    Ok(Wanted {
        path: path.trim().to_owned(),
        range: Some(range),
    })
}

/// Reads a distance.
pub(super) fn distance(text: &str) -> Result<f64, String> {
    let value = text
        .parse()
        .ok()
        .filter(|x: &f64| x.is_finite() && *x >= 0.0);
    value.ok_or_else(|| "expected a distance from 0 on".to_owned())
}

/// Reads a share that is neither nothing nor all.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let value = text.parse().ok().filter(|x: &f64| *x > 0.0 && *x < 1.0);
    value.ok_or_else(|| "expected a share above 0 and below 1".to_owned())
}

impl Asked {
    /// Reads scenario and tables.
    pub(super) fn read(args: &Args, face: &Face) -> Result<Self, Failure> {
        let loaded = scenario_file::load(face, &args.file, &[])?;
        let mut origin = table_file::of_file(&loaded, &[], args.seed);
        let mut scenario = loaded.scenario;
        scenario.stances &= !args.no_stances;
        let (inputs, ranged) = inputs(&mut scenario, &args.inputs)?;
        let mut questions = Vec::new();
        for table in &args.observed {
            questions.extend(observed::read(&scenario, table)?);
        }
        if questions.iter().all(|one| one.weight <= 0.0) {
            return Err(Failure::Model {
                what: "calibrate: every row has the weight 0".to_owned(),
                help: "leave the column `weight` out, or give some row a weight",
            });
        }
        origin.design = Some(format!(
            "ABC-SMC, {} particles, at most {} histories",
            args.particles, args.budget
        ));
        tell_correlated(face, &scenario, &inputs);
        let key = key(args, &scenario, &inputs, &questions, &origin);
        Ok(Self {
            scenario,
            inputs,
            questions,
            ranged,
            origin,
            key,
            acceptance: args.acceptance,
            tolerance: args.tolerance,
        })
    }

    /// What the rows ask.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        self.questions
            .iter()
            .map(|one| one.outcome.clone())
            .collect()
    }

    /// The rows as the calibration takes them.
    pub(super) fn rows(&self) -> Vec<Row> {
        let row = |one: &Question| match one.seen {
            Seen::Truth(observed, _) => Row::Truth {
                observed,
                weight: one.weight,
            },
            Seen::Number(observed, _) => Row::Number {
                observed,
                weight: one.weight,
                scale: one.scale,
            },
        };
        self.questions.iter().map(row).collect()
    }

    /// The path of an input.
    pub(super) fn path(&self, input: usize) -> &str {
        &self.scenario.leaves.info(self.inputs[input]).path
    }

    /// The distribution of an input before.
    pub(super) fn prior(&self, input: usize) -> &Distribution {
        let leaf = self.inputs[input];
        let found = self
            .scenario
            .uncertainties
            .iter()
            .find(|one| one.leaf == leaf);
        &found.expect("calibrated inputs are uncertain").distribution
    }
}

/// The calibrated leaves, made uncertain where the command line says how, and those for which it did.
fn inputs(scenario: &mut Scenario, wanted: &[Wanted]) -> Result<(Vec<Leaf>, Vec<Leaf>), Failure> {
    let mut ranged = Vec::new();
    if wanted.is_empty() {
        let mut all: Vec<Leaf> = scenario.uncertainties.iter().map(|one| one.leaf).collect();
        all.sort_unstable();
        if all.is_empty() {
            return Err(Failure::Model {
                what: "calibrate: the scenario has no uncertain inputs".to_owned(),
                help: "name some with their ranges, --inputs PATH=lo..hi, or add `uncertainties`",
            });
        }
        return Ok((all, ranged));
    }
    let mut chosen = Vec::new();
    for one in wanted {
        let leaf = scenario.leaves.find(&one.path).ok_or_else(|| {
            let paths = scenario.leaves.paths().map(|(path, _)| path);
            Failure::NoSuchName {
                option: "--inputs",
                kind: "number at",
                name: one.path.clone(),
                nearest: nearest::names(&one.path, paths),
            }
        })?;
        if chosen.contains(&leaf) {
            return Err(Failure::NamedTwice {
                option: "--inputs",
                name: one.path.clone(),
            });
        }
        chosen.push(leaf);
        if let Some((low, high)) = one.range {
            let info = scenario.leaves.info(leaf);
            if low < info.min || high > info.max {
                let (min, max) = (plain(info.min), plain(info.max));
                return Err(Failure::Model {
                    what: format!("calibrate {}: it lies from {min} to {max}", one.path),
                    help: "choose a range within it",
                });
            }
            scenario.uncertainties.retain(|of| of.leaf != leaf);
            scenario.uncertainties.push(Uncertainty {
                leaf,
                distribution: Distribution::Uniform { low, high },
            });
            ranged.push(leaf);
        } else if !scenario.uncertainties.iter().any(|of| of.leaf == leaf) {
            return Err(Failure::Model {
                what: format!("calibrate {}: the scenario holds it for certain", one.path),
                help: "say where it may lie, --inputs PATH=lo..hi",
            });
        }
    }
    chosen.sort_unstable();
    Ok((chosen, ranged))
}

/// Says which correlations a calibration of some inputs alone leaves out.
fn tell_correlated(face: &Face, scenario: &Scenario, inputs: &[Leaf]) {
    let path = |leaf| scenario.leaves.info(leaf).path.as_str();
    for one in &scenario.correlations {
        if inputs.contains(&one.first) != inputs.contains(&one.second) {
            face.note(&format!(
                "{} {} is correlated with {}, and only one of them is calibrated",
                face.note_paint.doubt("warning:"),
                path(one.first),
                path(one.second)
            ));
        }
    }
}

/// One hash over all that decides the result.
fn key(
    args: &Args,
    scenario: &Scenario,
    inputs: &[Leaf],
    questions: &[Question],
    origin: &Provenance,
) -> String {
    let law = serde_json::to_string(foedera_sim::catalogue().params);
    let law = law.expect("plain data has a JSON form");
    let mut parts = vec![
        origin.version.clone(),
        origin.scenario_sha256.clone().unwrap_or_default(),
        manifest::sha256(law.as_bytes()),
        format!("{} {} {}", args.particles, args.budget, args.seed),
        format!("{} {} {}", args.tolerance, args.acceptance, args.keep),
        format!("{}", scenario.stances),
    ];
    parts.extend(inputs.iter().map(|leaf| {
        let of = scenario.uncertainties.iter().find(|one| one.leaf == *leaf);
        format!("{leaf:?} {:?}", of.map(|one| &one.distribution))
    }));
    parts.extend(questions.iter().map(|one| {
        let text = outcome_text::write_outcome(scenario, &one.outcome);
        format!(
            "{} {text} {:?} {} {:?}",
            one.id, one.seen, one.weight, one.scale
        )
    }));
    manifest::sha256(parts.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_may_have_ranges() {
        let one = wanted("drivers.oil.mean = 40..160").expect("a range");
        assert_eq!(
            (one.path.as_str(), one.range),
            ("drivers.oil.mean", Some((40.0, 160.0)))
        );
        assert_eq!(wanted("a.b").expect("a path").range, None);
        for bad in ["a=1", "a=2..1", "a=x..1", "a=1..", "a=1..1"] {
            assert!(wanted(bad).is_err(), "{bad}");
        }
        assert!(share("0").is_err() && share("1").is_err() && share("0.5").is_ok());
        assert!(distance("-1").is_err() && distance("0").is_ok());
    }
}
