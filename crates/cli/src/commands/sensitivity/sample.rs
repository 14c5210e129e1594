//! Samples for given-data methods: a finished run read from its table, or one drawn for the purpose; and which inputs
//! failed replicates had.

use std::collections::BTreeMap;

use foedera_analysis::sensitivity::regional;
use foedera_ensemble::{
    Arm, Sampler, Study,
    design::{Design, Need},
    study::Failure as Fault,
};
use foedera_results::{Results, open::Values};
use foedera_scenario::{Leaf, Outcome, Scenario};
use serde::Serialize;

use super::{
    Args, Method, Report, Subject,
    findings::{AtYear, OfOutcome},
    given::{Answers, Sample},
    inputs::{self, Wish},
};
use crate::{
    asked,
    commands::replay::scenario_of,
    face::Face,
    failure::Failure,
    interrupt::Interrupt,
    progress::Meter,
    results_folder, table_file,
    work::{self, Order},
};

/// Draws of a sample, if nobody says.
const DRAWS: u64 = 2000;
/// Fewest failed replicates that are worth a comparison.
const FAILED_MIN: usize = 10;
/// Draws of the inputs that failed replicates are compared with.
const COMPARED: u64 = 2000;

/// Failed replicates: data like any other.
#[derive(Debug, Default, Serialize)]
pub(super) struct Failed {
    /// How many.
    pub(super) replicates: u64,
    /// Of how many.
    pub(super) of: u64,
    /// By kind of trouble.
    pub(super) kinds: BTreeMap<String, u64>,
    /// Inputs that failed replicates have otherwise than the rest; absent with too few failures to tell.
    pub(super) drivers: Option<Vec<Driver>>,
}

/// An input that failed replicates have otherwise.
#[derive(Debug, Serialize)]
pub(super) struct Driver {
    /// Path.
    pub(super) input: String,
    /// How it differs.
    #[serde(flatten)]
    pub(super) part: regional::Regional,
}

impl Failed {
    /// From the failures of a study.
    pub(super) fn of_study(subject: &Subject, failures: &[Fault], of: u64) -> Self {
        let mut kinds = BTreeMap::new();
        for failure in failures {
            *kinds.entry(format!("{:?}", failure.kind)).or_insert(0) += 1;
        }
        let sampler = Sampler::new(&subject.scenario, subject.seed);
        let leaves: Vec<Leaf> = sampler.leaves().collect();
        let drivers = (failures.len() >= FAILED_MIN).then(|| {
            let mut holds = vec![true; failures.len()];
            let mut columns: Vec<Vec<f64>> = leaves
                .iter()
                .map(|leaf| failures.iter().map(|of| value_of(of, *leaf)).collect())
                .collect();
            for draw in 0..COMPARED {
                holds.push(false);
                for (column, value) in columns.iter_mut().zip(sampler.draw(draw)) {
                    column.push(value);
                }
            }
            let names = leaves
                .iter()
                .map(|leaf| subject.scenario.leaves.info(*leaf).path.clone());
            drivers(&names.collect::<Vec<_>>(), &columns, &holds)
        });
        Self {
            replicates: failures.len() as u64,
            of,
            kinds,
            drivers,
        }
    }
}

fn value_of(failure: &Fault, leaf: Leaf) -> f64 {
    let found = failure.inputs.iter().find(|of| of.0 == leaf);
    found.map_or(f64::NAN, |of| f64::from(of.1))
}

/// The inputs that differ beyond chance, the most different first.
fn drivers(names: &[String], columns: &[Vec<f64>], holds: &[bool]) -> Vec<Driver> {
    let parts = regional::regional(columns, holds, FAILED_MIN).unwrap_or_default();
    let mut told: Vec<Driver> = names
        .iter()
        .zip(parts)
        .filter(|(_, part)| part.is_told())
        .map(|(name, part)| Driver {
            input: name.clone(),
            part,
        })
        .collect();
    told.sort_by(|one, other| other.part.distance.total_cmp(&one.part.distance));
    told
}

/// Draws a sample of a scenario and analyses it; nothing if interrupted.
pub(super) fn of_file(
    args: &Args,
    face: &Face,
    subject: &Subject,
) -> Result<Option<Report>, Failure> {
    let per_point = args.replicates.unwrap_or(1);
    let points = args.n.unwrap_or(DRAWS);
    let when = when(args, face, &subject.scenario)?;
    let design = Design::monte_carlo(per_point);
    let order = super::order(args, subject);
    let study = Study {
        outcomes: outcomes(subject, when.as_ref()),
        arms: vec![arm(subject)],
        n: points.saturating_mul(per_point),
        first: 0,
        seed: subject.seed,
        design: design.clone(),
        threads: order.request.threads,
        isa: order.request.isa,
    };
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let meter = Meter::start(face, args.progress, study.n, &subject.scenario.title);
    let run = study.run(&subject.scenario, &meter, interrupt.flag());
    meter.end();
    let mut found = run?;
    if found.completed < study.n {
        return Ok(None);
    }
    let sampler = Sampler::designed(&subject.scenario, subject.seed, &design)
        .map_err(foedera_ensemble::EnsembleError::from)?;
    let leaves: Vec<Leaf> = sampler.leaves().collect();
    let draws: Vec<Vec<f64>> = (0..study.n)
        .map(|replicate| sampler.draw(replicate))
        .collect();
    let wanted = singles(subject);
    let column = |leaf: &Leaf| {
        let place = leaves.binary_search(leaf).unwrap_or(0);
        // As the engine got it, and as a run's table keeps it.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "single precision is what runs have"
        )]
        let single = |draw: &Vec<f64>| f64::from(draw[place] as f32);
        draws.iter().map(single).collect()
    };
    let sample = Sample {
        inputs: wanted.iter().map(|(_, leaf)| column(leaf)).collect(),
        names: wanted.into_iter().map(|(name, _)| name).collect(),
        replicates: usize::try_from(per_point).unwrap_or(1),
        seed: subject.seed,
    };
    let values = found.values.pop().unwrap_or_default();
    Ok(Some(Report {
        method: Method::GivenData,
        design: design.to_string(),
        points,
        replicates: per_point,
        histories: study.n,
        outcomes: analysed(args, subject, &sample, &values),
        failed: Failed::of_study(subject, &found.failures.concat(), study.n),
        of_a_run: false,
    }))
}

fn arm(subject: &Subject) -> Arm {
    Arm {
        stances: subject.scenario.stances,
        ..Arm::policy(subject.policy)
    }
}

fn when(args: &Args, face: &Face, scenario: &Scenario) -> Result<Option<Outcome>, Failure> {
    let Some(text) = &args.when else {
        return Ok(None);
    };
    let outcome = asked::one(face, scenario, "--when", text)?;
    if outcome.is_truth() {
        return Ok(Some(outcome));
    }
    Err(Failure::Model {
        what: format!("split histories by `{text}`, which is a number"),
        help: "compare it, as in --when 'Cohesion(org: \"A\") < 0.4'",
    })
}

fn outcomes(subject: &Subject, when: Option<&Outcome>) -> Vec<Outcome> {
    let mut outcomes = subject.times.outcomes(&subject.asked);
    outcomes.extend(when.cloned());
    outcomes
}

/// Inputs one by one: a sample needs no groups.
fn singles(subject: &Subject) -> Vec<(String, Leaf)> {
    let named = subject.factors.iter().filter(|of| !of.is_rest);
    named
        .flat_map(|of| &of.leaves)
        .map(|leaf| (subject.scenario.leaves.info(*leaf).path.clone(), *leaf))
        .collect()
}

/// Every outcome of a sample, with its years.
fn analysed(
    args: &Args,
    subject: &Subject,
    sample: &Sample,
    values: &[Vec<f64>],
) -> Vec<OfOutcome> {
    let split = args.when.as_deref().zip(values.last());
    let answers = |place: usize, is_truth: bool| Answers {
        values: &values[place],
        is_truth,
        when: split.map(|(text, values)| (text, values.as_slice())),
    };
    let asked = subject.asked.iter().enumerate();
    asked
        .map(|(idx, asked)| {
            let places = subject.times.places(&subject.asked, idx);
            let at = |place: &usize| answers(*place, asked.is_truth);
            let years = subject.times.months.iter().zip(&places);
            let over_time: Vec<AtYear> = years
                .map(|(month, place)| AtYear {
                    at: *month,
                    finding: sample.finding(&at(place)),
                })
                .collect();
            let all: Vec<Answers<'_>> = places.iter().map(at).collect();
            OfOutcome {
                outcome: asked.text.clone(),
                name: asked.name.clone(),
                label: asked.label.clone(),
                unit: asked.unit.clone(),
                finding: sample.finding(&answers(idx, asked.is_truth)),
                over_time,
                all_years: (places.len() > 1).then(|| sample.over_time(&all)),
            }
        })
        .collect()
}

/// A run as its tables have it.
struct Past {
    results: Results,
    arm: String,
    /// Rows of the arm, by replicate: the step at which it failed, if it did.
    failed: Vec<bool>,
}

/// Analyses a finished run; outcomes that it did not record are asked of the same replicates again. Nothing if
/// interrupted.
pub(super) fn of_folder(args: &Args, face: &Face) -> Result<Option<(Subject, Report)>, Failure> {
    let results = results_folder::open(&args.source)?;
    let manifest = &results.manifest;
    let design = manifest.origin.design.clone();
    let fits = design.require("a given-data analysis", Need::Sample);
    fits.map_err(|unfit| Failure::WrongDesign {
        remedy: unfit.remedy().to_owned(),
        what: unfit.to_string(),
    })?;
    let mut scenario = scenario_of(&args.source, manifest)?;
    scenario.stances = manifest.origin.stances;
    let arms = || manifest.layout.arms.iter().map(|arm| arm.id.as_str());
    let arm = match &args.policy {
        None => arms().next().unwrap_or(foedera_ensemble::BASE).to_owned(),
        Some(id) if arms().any(|arm| arm == id) => id.clone(),
        Some(id) => {
            return Err(Failure::NoSuchName {
                option: "--policy",
                kind: "policy in these results",
                name: id.clone(),
                nearest: crate::nearest::names(id, arms()),
            });
        }
    };
    let subject = Subject {
        factors: factors(args, &mut scenario)?,
        asked: asked::outcomes(face, &scenario, &args.outcome)?,
        times: super::Times {
            months: Vec::new(),
            of: Vec::new(),
            without: Vec::new(),
        },
        policy: work::policy(&scenario, &arm)?,
        policy_name: arm.clone(),
        seed: manifest.origin.seed,
        provenance: table_file::of_results(manifest),
        independent: Vec::new(),
        scenario,
    };
    let subject = Subject {
        times: super::times(args, &subject.scenario, &subject.asked),
        ..subject
    };
    let past = Past::open(results, arm)?;
    let report = past.report(args, face, &subject, &design)?;
    Ok(report.map(|report| (subject, report)))
}

fn factors(args: &Args, scenario: &mut Scenario) -> Result<Vec<inputs::Factor>, Failure> {
    if let Some(text) = args.inputs.iter().find(|text| text.contains('=')) {
        return Err(Failure::WrongDesign {
            what: format!(
                "--inputs {text} gives a range, and the run in the folder has drawn its inputs"
            ),
            remedy: "leave the range out, or analyse the scenario file".to_owned(),
        });
    }
    let wish = Wish {
        texts: &args.inputs,
        group: false,
    };
    inputs::factors(scenario, wish)
}

impl Past {
    fn open(results: Results, arm: String) -> Result<Self, Failure> {
        let mut past = Self {
            results,
            arm,
            failed: Vec::new(),
        };
        let steps = past.columns(&["fault_step"])?;
        past.failed = steps.concat().iter().map(|step| step.is_finite()).collect();
        Ok(past)
    }

    /// Columns of numbers of the arm, by replicate.
    fn columns(&self, names: &[&str]) -> Result<Vec<Vec<f64>>, Failure> {
        let all: Vec<&str> = std::iter::once("policy")
            .chain(names.iter().copied())
            .collect();
        let read = self.results.columns("runs", &all)?;
        let arms = read.first().and_then(Values::names).unwrap_or_default();
        let of_arm = |values: &Values| {
            let rows = arms.iter().zip(values.numbers().unwrap_or_default());
            rows.filter(|(arm, _)| **arm == self.arm)
                .map(|(_, value)| *value)
                .collect()
        };
        Ok(read[1..].iter().map(of_arm).collect())
    }

    fn report(
        &self,
        args: &Args,
        face: &Face,
        subject: &Subject,
        design: &Design,
    ) -> Result<Option<Report>, Failure> {
        let when = when(args, face, &subject.scenario)?;
        let outcomes = outcomes(subject, when.as_ref());
        let Some(values) = self.values(args, face, subject, &outcomes)? else {
            return Ok(None);
        };
        let layout = &self.results.manifest.layout;
        let wanted: Vec<(String, Leaf)> = singles(subject)
            .into_iter()
            .filter(|(name, _)| layout.inputs.iter().any(|column| column.name == *name))
            .collect();
        let names: Vec<String> = wanted.into_iter().map(|(name, _)| name).collect();
        let texts: Vec<&str> = names.iter().map(String::as_str).collect();
        let inputs = self.columns(&texts)?;
        let failed = self.failures(&names, &inputs);
        let replicates = design.per_point.max(1);
        let n = self.failed.len() as u64;
        let sample = Sample {
            inputs,
            names,
            replicates: usize::try_from(replicates).unwrap_or(1),
            seed: subject.seed,
        };
        Ok(Some(Report {
            method: Method::GivenData,
            design: design.to_string(),
            points: n / replicates,
            replicates,
            histories: n,
            outcomes: analysed(args, subject, &sample, &values),
            failed,
            of_a_run: true,
        }))
    }

    /// Values of outcomes: recorded ones from the table, others by letting the replicates happen again.
    fn values(
        &self,
        args: &Args,
        face: &Face,
        subject: &Subject,
        outcomes: &[Outcome],
    ) -> Result<Option<Vec<Vec<f64>>>, Failure> {
        let manifest = &self.results.manifest;
        let columns = asked::described(&subject.scenario, outcomes.to_vec())?;
        let mut values = Vec::with_capacity(outcomes.len());
        for asked in &columns {
            let recorded = manifest
                .layout
                .outcomes
                .iter()
                .find(|of| of.text == asked.text);
            values.push(match recorded {
                Some(column) => self.columns(&[&column.name])?.pop(),
                None => None,
            });
        }
        let open: Vec<usize> = (0..outcomes.len())
            .filter(|idx| values[*idx].is_none())
            .collect();
        if !open.is_empty() {
            let order: Order = super::order(args, subject);
            let study = Study {
                outcomes: open.iter().map(|idx| outcomes[*idx].clone()).collect(),
                arms: vec![arm(subject)],
                n: self.failed.len() as u64,
                first: manifest.origin.first,
                seed: subject.seed,
                design: manifest.origin.design.clone(),
                threads: order.request.threads,
                isa: order.request.isa,
            };
            let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
            let meter = Meter::start(face, args.progress, study.n, &subject.scenario.title);
            let run = study.run(&subject.scenario, &meter, interrupt.flag());
            meter.end();
            let mut found = run?;
            if found.completed < study.n {
                return Ok(None);
            }
            let again = found.values.pop().unwrap_or_default();
            for (idx, of) in open.iter().zip(again) {
                values[*idx] = Some(of);
            }
        }
        Ok(Some(values.into_iter().flatten().collect()))
    }

    fn failures(&self, names: &[String], inputs: &[Vec<f64>]) -> Failed {
        let replicates = self.failed.iter().filter(|failed| **failed).count();
        let arm = self.results.manifest.layout.arm(&self.arm).unwrap_or(0);
        let kinds = &self.results.manifest.layout.fault_kinds;
        let counted = self.results.aggregates.arms.get(arm);
        let of_kind = kinds
            .iter()
            .zip(counted.map_or(&[][..], |of| &of.faults[..]));
        Failed {
            replicates: replicates as u64,
            of: self.failed.len() as u64,
            kinds: of_kind
                .filter(|(_, count)| **count > 0)
                .map(|(kind, count)| (kind.id.clone(), *count))
                .collect(),
            drivers: (replicates >= FAILED_MIN).then(|| drivers(names, inputs, &self.failed)),
        }
    }
}
