//! A finished run, ready to be asked again: its columns where it recorded something, its replicates where not.

use std::{path::Path, sync::Arc};

use foedera_results::{Results, ResultsError};
use foedera_scenario::{Diagnostic, Look};
use foedera_scenario::{
    Outcome, Predicate, Scenario, outcome_text, parse_outcome, parse_predicate,
};

use crate::{
    commands::scenario_of,
    face::{Face, complain},
    failure::Failure,
    interrupt::Interrupt,
    nearest,
    progress::{Form, Meter},
    results_folder,
    work::{self, Order},
};

/// A run with one of its policies.
pub(crate) struct PastRun {
    /// Its folder.
    pub(crate) results: Results,
    /// Its replicates, to happen again.
    pub(crate) order: Order,
    /// Place of the policy among those that were run.
    pub(crate) arm: usize,
    /// What became of each replicate, in order.
    pub(crate) fates: Vec<Fate>,
}

/// What became of a replicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fate {
    /// Its number.
    pub(crate) replicate: u64,
    /// The step at which it failed, if it did.
    pub(crate) failed: Option<usize>,
}

impl PastRun {
    /// Opens the folder of a run; `policy` is the first that was run if not given.
    ///
    /// # Errors
    /// If it is no folder of results, or has no such policy.
    pub(crate) fn open(
        face: &Face,
        folder: &Path,
        policy: Option<&str>,
        threads: Option<u16>,
    ) -> Result<Self, Failure> {
        let results = results_folder::open(folder)?;
        let manifest = &results.manifest;
        let layout = &manifest.layout;
        let arm = match policy {
            None => 0,
            Some(id) => layout.arm(id).ok_or_else(|| Failure::NoSuchName {
                option: "--policy",
                kind: "policy in these results",
                name: id.to_owned(),
                nearest: nearest::names(id, layout.arms.iter().map(|arm| arm.id.as_str())),
            })?,
        };
        let mut scenario = scenario_of(folder, manifest)?;
        scenario.stances = manifest.origin.stances;
        if manifest.origin.version != env!("CARGO_PKG_VERSION") {
            face.note(&format!(
                "{} the run was made by version {}: this one may answer otherwise",
                face.note_paint.doubt("warning:"),
                manifest.origin.version
            ));
        }
        let id = layout
            .arms
            .get(arm)
            .map_or(foedera_ensemble::BASE, |arm| arm.id.as_str());
        let policy = work::policy(&scenario, id)?;
        let (n, seed) = (manifest.completed, manifest.origin.seed);
        let mut order = Order::new(Arc::new(scenario), vec![policy], n, seed, threads);
        order.request.first = manifest.origin.first;
        order.request.design = manifest.origin.design.clone();
        let fates = fates(&results, id)?;
        Ok(Self {
            results,
            order,
            arm,
            fates,
        })
    }

    /// The scenario.
    pub(crate) fn scenario(&self) -> &Scenario {
        &self.order.scenario
    }

    /// Id of the policy.
    pub(crate) fn policy_id(&self) -> &str {
        let arm = self.results.manifest.layout.arms.get(self.arm);
        arm.map_or(foedera_ensemble::BASE, |arm| arm.id.as_str())
    }

    /// The policy for a figure's caption; nothing for the base case.
    pub(crate) fn policy_shown(&self) -> Option<&str> {
        Some(self.policy_id()).filter(|id| *id != foedera_ensemble::BASE)
    }

    /// Values of a column of `runs` under the policy, by replicate.
    ///
    /// # Errors
    /// If the table is broken or has no such column.
    pub(crate) fn column(&self, name: &str) -> Result<Vec<f64>, Failure> {
        Ok(self.results.runs_of(self.policy_id(), name)?)
    }

    /// Values of an outcome by replicate that did not fail: as recorded, else by letting them happen again.
    /// Nothing if interrupted.
    ///
    /// # Errors
    /// If a table is broken, or the replicates cannot happen again.
    pub(crate) fn values(
        &self,
        face: &Face,
        progress: Option<Form>,
        outcome: &Outcome,
    ) -> Result<Option<Vec<f64>>, Failure> {
        let text = outcome_text::write_outcome(self.scenario(), outcome);
        let layout = &self.results.manifest.layout;
        if let Some(column) = layout.outcomes.iter().find(|column| column.text == text) {
            let all = self.column(&column.name)?.into_iter().zip(&self.fates);
            let good = all.filter(|(_, fate)| fate.failed.is_none());
            return Ok(Some(good.map(|(value, _)| value).collect()));
        }
        let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
        let request = &self.order.request;
        let meter = Meter::start(face, progress, request.n, &self.scenario().title);
        let asked = vec![outcome.clone()];
        let found =
            foedera_ensemble::ask(self.scenario(), asked, request, &meter, interrupt.flag());
        meter.end();
        let found = found?;
        if found.completed < request.n {
            return Ok(None);
        }
        Ok(found.values.into_iter().next())
    }
}

/// What became of each replicate of an arm, from `runs.parquet`.
fn fates(results: &Results, arm: &str) -> Result<Vec<Fate>, Failure> {
    let columns = results.columns("runs", &["replicate", "policy", "fault_step"])?;
    let broken = || {
        Failure::from(ResultsError::Mismatch {
            path: results.dir().join("runs.parquet"),
            what: "its columns are of other types",
        })
    };
    let [replicates, arms, steps] = &columns[..] else {
        return Err(broken());
    };
    let (Some(replicates), Some(arms), Some(steps)) =
        (replicates.numbers(), arms.names(), steps.numbers())
    else {
        return Err(broken());
    };
    let rows = replicates.iter().zip(arms).zip(steps);
    let of_arm = rows.filter(|((_, of), _)| *of == arm);
    let fates = of_arm.map(|((replicate, _), step)| Fate {
        replicate: whole(*replicate),
        failed: step
            .is_finite()
            .then(|| usize::try_from(whole(*step)).unwrap_or(usize::MAX)),
    });
    Ok(fates.collect())
}

/// A count that a table holds as a number.
pub(crate) fn whole(value: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "replicates and steps are whole and fit"
    )]
    let count = value as u64;
    count
}

/// Reads a condition from the command line; its mistakes are listed on stderr.
///
/// # Errors
/// If it has mistakes.
pub(crate) fn predicate(
    face: &Face,
    scenario: &Scenario,
    option: &'static str,
    text: &str,
) -> Result<Predicate, Failure> {
    parse_predicate(scenario, option, text).map_err(|mistakes| listed(face, option, &mistakes))
}

/// Reads an outcome from the command line; its mistakes are listed on stderr.
///
/// # Errors
/// If it has mistakes.
pub(crate) fn outcome(
    face: &Face,
    scenario: &Scenario,
    option: &'static str,
    text: &str,
) -> Result<Outcome, Failure> {
    parse_outcome(scenario, option, text).map_err(|mistakes| listed(face, option, &mistakes))
}

fn listed(face: &Face, option: &'static str, all: &[Diagnostic]) -> Failure {
    let look = if face.note_paint.is_on() {
        Look::Colour
    } else {
        Look::Plain
    };
    let wrong = all.iter().filter(|one| one.is_error());
    let mistakes = wrong
        .map(|one| complain(one.to_text(look).trim_end()))
        .count();
    Failure::BadExpression { option, mistakes }
}
