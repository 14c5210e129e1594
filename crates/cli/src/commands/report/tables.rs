//! What a report reads from the table of events, once: adoptions and their ways, exits and their causes, dated shocks.

use std::collections::{BTreeMap, BTreeSet};

use foedera_analysis::{
    figure::{
        adoption,
        causes::First,
        fan::{Mark, MarkKind},
    },
    report::adoption::Course,
    sensitivity::regression,
};
use foedera_results::{Estimate, Layout, Results, ResultsError, open::Values};
use foedera_scenario::Scenario;

use crate::failure::Failure;

/// An event that happens within so many steps in all histories has a date.
const DATED_STEPS: usize = 1;

/// An outcome's label, its inputs with their weights, and the share that they explain.
pub(super) type Weights = (String, Vec<(String, Estimate)>, f64);

/// A departure: replicate, step, cause.
type Departure = (u64, usize, String);

/// What happened under the first policy, without failed replicates.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Adoptions by initiative: replicate, step, rung.
    adopted: BTreeMap<String, Vec<(u64, usize, String)>>,
    /// Payments and base rates by initiative: replicate, step, whether it was a payment.
    moved: BTreeMap<String, Vec<(u64, usize, bool)>>,
    /// Departures by organisation and actor: replicate, step, cause.
    left: BTreeMap<(String, String), Vec<Departure>>,
    /// Shocks and policies by kind and name: the first step of each replicate.
    struck: BTreeMap<(String, String), BTreeMap<u64, usize>>,
}

/// One row of the table.
struct Row<'a> {
    replicate: u64,
    step: usize,
    kind: &'a str,
    subject: &'a str,
    object: &'a str,
    detail: &'a str,
    from: &'a str,
    to: &'a str,
}

impl Events {
    /// Reads the table.
    ///
    /// # Errors
    /// If it is missing or broken.
    pub(super) fn read(results: &Results) -> Result<Self, Failure> {
        const COLUMNS: [&str; 9] = [
            "replicate",
            "step",
            "policy",
            "kind",
            "subject",
            "object",
            "detail",
            "from",
            "to",
        ];
        let columns = results.columns("events", &COLUMNS)?;
        let broken = || {
            Failure::from(ResultsError::Mismatch {
                path: results.dir().join("events.parquet"),
                what: "its columns are of other types",
            })
        };
        let (Some(replicates), Some(steps)) = (columns[0].numbers(), columns[1].numbers()) else {
            return Err(broken());
        };
        let names: Option<Vec<&[String]>> = columns[2..].iter().map(Values::names).collect();
        let names = names.ok_or_else(broken)?;
        let failed = results.aggregates.failed.iter().filter(|one| one.arm == 0);
        let failed: BTreeSet<u64> = failed.map(|one| one.replicate).collect();
        let arm = &results.manifest.layout.arms[0].id;
        let mut events = Self::default();
        for row in (0..replicates.len()).filter(|row| names[0][*row] == *arm) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "replicates and steps are whole and fit"
            )]
            let (replicate, step) = (replicates[row] as u64, steps[row] as usize);
            if failed.contains(&replicate) {
                continue;
            }
            let at = |column: usize| names[column][row].as_str();
            events.take(&Row {
                replicate,
                step,
                kind: at(1),
                subject: at(2),
                object: at(3),
                detail: at(4),
                from: at(5),
                to: at(6),
            });
        }
        Ok(events)
    }

    fn take(&mut self, row: &Row<'_>) {
        let at = (row.replicate, row.step);
        match row.kind {
            "adopted" => {
                let list = self.adopted.entry(row.subject.to_owned()).or_default();
                list.push((at.0, at.1, row.object.to_owned()));
            }
            "paid" | "unforeseen" => {
                let list = self.moved.entry(row.subject.to_owned()).or_default();
                list.push((at.0, at.1, row.kind == "paid"));
            }
            "status" if row.to == "Outsider" && matches!(row.from, "Member" | "Suspended") => {
                let key = (row.object.to_owned(), row.subject.to_owned());
                let list = self.left.entry(key).or_default();
                list.push((at.0, at.1, cause(row.detail)));
            }
            "shock" | "policy" => {
                let key = (row.kind.to_owned(), row.subject.to_owned());
                let first = self
                    .struck
                    .entry(key)
                    .or_default()
                    .entry(at.0)
                    .or_insert(at.1);
                *first = (*first).min(at.1);
            }
            _ => {}
        }
    }

    /// What happened to each initiative.
    pub(super) fn courses(&self, layout: &Layout) -> Vec<Course> {
        let course = |initiative: &foedera_results::layout::InitiativeColumn| {
            let rows = self
                .adopted
                .get(&initiative.id)
                .map_or(&[][..], Vec::as_slice);
            let placed = rows.iter().filter_map(|(replicate, step, rung)| {
                let rung = initiative.rungs.iter().position(|of| of.id == *rung)?;
                Some((*replicate, *step, rung))
            });
            let reached = adoption::reached(placed, initiative.rungs.len(), layout.steps.len());
            let moved = self.moved.get(&initiative.id).into_iter().flatten();
            let moved: BTreeMap<(u64, usize), bool> =
                moved.map(|of| ((of.0, of.1), of.2)).collect();
            let way = |replicate: u64, step: usize| match moved.get(&(replicate, step)) {
                Some(true) => 1,
                Some(false) => 2,
                None => 0,
            };
            let firsts: BTreeMap<u64, usize> = rows.iter().rev().map(|of| (of.0, of.1)).collect();
            let ways = firsts
                .iter()
                .map(|(replicate, step)| (*replicate, *step, way(*replicate, *step)));
            Course {
                reached,
                ways: ways.collect(),
            }
        };
        layout.initiatives.iter().map(course).collect()
    }

    /// Every cause of a departure, in the order of names.
    pub(super) fn causes(&self) -> Vec<String> {
        let causes: BTreeSet<&String> = self.left.values().flatten().map(|of| &of.2).collect();
        causes.into_iter().cloned().collect()
    }

    /// Departures of a member by index of the cause.
    pub(super) fn exits(&self, org: &str, actor: &str) -> Vec<First> {
        let causes = self.causes();
        let rows = self.left.get(&(org.to_owned(), actor.to_owned()));
        let rows = rows.map_or(&[][..], Vec::as_slice).iter();
        rows.filter_map(|(replicate, step, cause)| {
            let cause = causes.iter().position(|of| of == cause)?;
            Some((*replicate, *step, cause))
        })
        .collect()
    }

    /// Shocks and policies that come at one date in all histories that they come in.
    pub(super) fn dated(&self, scenario: &Scenario, replicates: u64) -> Vec<Mark> {
        let mark = |((kind, name), firsts): (&(String, String), &BTreeMap<u64, usize>)| {
            let steps: BTreeSet<usize> = firsts.values().copied().collect();
            if steps.len() > DATED_STEPS || (firsts.len() < 20 && replicates > 20) {
                return None;
            }
            let shock = kind == "shock";
            let title = if shock {
                scenario
                    .shocks
                    .iter()
                    .find(|of| of.id == *name)
                    .map(|of| of.title.clone())
            } else {
                scenario
                    .policies
                    .iter()
                    .find(|of| of.id == *name)
                    .map(|of| of.title.clone())
            };
            #[expect(clippy::cast_precision_loss, reason = "a share shown with two digits")]
            let share = firsts.len() as f64 / replicates.max(1) as f64;
            let title = title.unwrap_or_else(|| name.clone());
            let name = if share > 0.995 {
                title
            } else {
                format!("{title} ({share:.2})")
            };
            Some(Mark {
                step: steps.first().copied()?,
                name,
                kind: if shock {
                    MarkKind::Shock
                } else {
                    MarkKind::Policy
                },
            })
        };
        self.struck.iter().filter_map(mark).collect()
    }
}

/// The leading outcome with the weight of each input on it, and the share that all of them explain together; `None` if the
/// run cannot tell.
///
/// # Errors
/// If the table of runs is missing or broken.
pub(super) fn weights(results: &Results) -> Result<Option<Weights>, Failure> {
    let layout = &results.manifest.layout;
    let arm = &layout.arms[0].id;
    let headline = results.manifest.origin.headline.as_deref();
    let Some(idx) = headline.and_then(|name| layout.outcome(name)) else {
        return Ok(None);
    };
    let column = &layout.outcomes[idx];
    let values = results.runs_of(arm, &column.name)?;
    let good: Vec<usize> = (0..values.len())
        .filter(|row| values[*row].is_finite())
        .collect();
    let outcome: Vec<f64> = good.iter().map(|row| values[*row]).collect();
    let mut inputs = Vec::new();
    for input in &layout.inputs {
        let values = results.runs_of(arm, &input.name)?;
        inputs.push(good.iter().map(|row| values[*row]).collect::<Vec<f64>>());
    }
    if inputs.iter().flatten().any(|value| !value.is_finite()) {
        return Ok(None);
    }
    let Some(found) = regression::regression(&inputs, &outcome) else {
        return Ok(None);
    };
    let names = layout.inputs.iter().map(|input| input.name.clone());
    let weights = names.zip(found.inputs.iter().map(|of| of.srrc)).collect();
    Ok(Some((column.label.clone(), weights, found.explained)))
}

/// Why a member left, for readers.
fn cause(label: &str) -> String {
    match label.strip_prefix("worth: ") {
        Some(term) => format!("over {term}"),
        None if label == "effect" => "by an initiative".to_owned(),
        None if label == "exclusive treaty" => "one treaty forbids the other".to_owned(),
        None if label == "unforeseen" => "by base rates (model error)".to_owned(),
        None => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_in_words() {
        assert_eq!(cause("worth: trade"), "over trade");
        assert_eq!(cause("exclusive treaty"), "one treaty forbids the other");
    }

    #[test]
    fn the_first_of_each_kind_counts() {
        let mut events = Events::default();
        let row = |replicate, step, kind, subject, object, from, to| Row {
            replicate,
            step,
            kind,
            subject,
            object,
            detail: "worth: trade",
            from,
            to,
        };
        events.take(&row(1, 5, "status", "A", "O", "Member", "Outsider"));
        events.take(&row(1, 2, "status", "A", "O", "Candidate", "Member"));
        events.take(&row(2, 3, "status", "A", "O", "Observer", "Outsider"));
        events.take(&row(1, 7, "shock", "storm", "", "", ""));
        events.take(&row(1, 3, "shock", "storm", "", "", ""));
        assert_eq!(events.exits("O", "A"), [(1, 5, 0)]);
        assert_eq!(events.causes(), ["over trade"]);
        assert_eq!(
            events.struck[&("shock".to_owned(), "storm".to_owned())][&1],
            3
        );
    }
}
