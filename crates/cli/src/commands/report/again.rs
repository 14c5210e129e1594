//! What a report lets happen again: a few whole histories, ties at three dates, what membership is worth.
//!
//! The replicates are those of the run, with the same bits; their numbers are chosen from its own table.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use foedera_analysis::{
    figure::fan::Run,
    report::{
        members::Member,
        region::{Actor, AtDate},
        storylines,
    },
};
use foedera_ensemble::{BASE, Design, Silent, Which, again::Sample, ties};
use foedera_results::{Results, digits};
use foedera_scenario::{Outcome, PolicyIdx, Scenario, Status};
use foedera_sim::{BlockOutcome, Isa, Program};

use super::tables::Events;
use crate::{
    commands::replay,
    face::Face,
    failure::Failure,
    number, story,
    work::{self, Order},
};

/// Ends of the histories that are shown: a low one, the middle and a high one among them.
const LEVELS: [(f64, &str); 5] = [
    (0.05, "a low end"),
    (0.25, "between low and middle"),
    (0.5, "the middle"),
    (0.75, "between middle and high"),
    (0.95, "a high end"),
];
/// Replicates behind ties.
const TIES: u64 = 256;
/// Replicates behind what membership is worth.
const WORTH: u64 = 512;

/// The question of the run, ready to happen again under its first policy.
pub(super) struct Again {
    pub(super) scenario: Arc<Scenario>,
    program: Arc<Program>,
    seed: u64,
    design: Design,
    policy: Option<PolicyIdx>,
    completed: u64,
}

/// One whole history.
pub(super) struct History {
    replicate: u64,
    stands_for: &'static str,
    outcome: BlockOutcome,
}

impl Again {
    pub(super) fn new(folder: &Path, face: &Face, results: &Results) -> Result<Self, Failure> {
        let manifest = &results.manifest;
        if manifest.origin.version != env!("CARGO_PKG_VERSION") {
            face.note(&format!(
                "{} the run was made by version {}: what happens again may be another history",
                face.note_paint.doubt("warning:"),
                manifest.origin.version
            ));
        }
        let mut scenario = replay::scenario_of(folder, manifest)?;
        scenario.stances = manifest.origin.stances;
        let arm = manifest
            .layout
            .arms
            .first()
            .map_or(BASE, |arm| arm.id.as_str());
        let policy = work::policy(&scenario, arm)?;
        let scenario = Arc::new(scenario);
        Ok(Self {
            program: Arc::new(Program::new(Arc::clone(&scenario))),
            scenario,
            seed: manifest.origin.seed,
            design: manifest.origin.design.clone(),
            policy,
            completed: manifest.completed.max(1),
        })
    }

    /// Name of the organisation that the scenario is about.
    pub(super) fn org(&self) -> &str {
        &self.scenario.world.organisations[self.scenario.focus].id
    }

    pub(super) fn n_ties(&self) -> u64 {
        TIES.min(self.completed)
    }

    pub(super) fn n_worth(&self) -> u64 {
        WORTH.min(self.completed)
    }

    /// What a figure of so many replicates says below.
    pub(super) fn source(&self, results: &Results, n: u64) -> String {
        let origin = &results.manifest.origin;
        format!(
            "{} · the first {} · seed {}",
            origin.title,
            number::counted(n, "replicate"),
            origin.seed
        )
    }

    /// Index of the measure that leads the run.
    pub(super) fn leading(&self, results: &Results) -> Option<usize> {
        let headline = results.manifest.origin.headline.as_deref()?;
        let name = headline.split('@').next().unwrap_or_default();
        results.manifest.layout.measure(name)
    }

    /// Histories whose ends lie nearest to certain quantiles of all ends; the first ones if the run has no leading
    /// outcome.
    pub(super) fn histories(&self, results: &Results) -> Result<Vec<History>, Failure> {
        let layout = &results.manifest.layout;
        let headline = results.manifest.origin.headline.as_deref();
        let values = match headline {
            Some(name) => results.runs_of(&layout.arms[0].id, name)?,
            None => Vec::new(),
        };
        let chosen = chosen(&values, self.completed);
        let history = |(replicate, stands_for): &(u64, &'static str)| {
            let which = Which {
                replicate: results.manifest.origin.first + *replicate,
                seed: self.seed,
                design: &self.design,
                policy: self.policy,
                stances: self.scenario.stances,
                isa: Isa::detect(),
            };
            let history = foedera_ensemble::replay(&self.scenario, &self.program, which)?;
            Ok(History {
                replicate: which.replicate,
                stands_for,
                outcome: history.outcome,
            })
        };
        chosen.iter().map(history).collect()
    }

    /// The histories as stories.
    pub(super) fn stories(
        &self,
        results: &Results,
        histories: &[History],
    ) -> Vec<storylines::History> {
        let headline = results.manifest.origin.headline.as_deref();
        let headline = headline.and_then(|name| results.manifest.layout.outcome(name));
        histories
            .iter()
            .map(|history| {
                let events = &history.outcome.events;
                let lines = story::lines(&self.scenario, events);
                let told = story::shortened(&lines);
                let end = headline.map_or_else(String::new, |idx| {
                    let label = &results.manifest.layout.outcomes[idx].label;
                    let value = history
                        .outcome
                        .outcomes
                        .get(idx)
                        .map_or(f64::NAN, |lanes| f64::from(lanes[0]));
                    format!("{label} {}", digits::plain(value, 3))
                });
                storylines::History {
                    replicate: history.replicate,
                    stands_for: history.stands_for.to_owned(),
                    end,
                    events: events
                        .iter()
                        .zip(lines)
                        .map(|(event, line)| storylines::Event {
                            step: event.step as usize,
                            kind: line.kind.to_owned(),
                            sentence: line.sentence,
                        })
                        .collect(),
                    story: told
                        .into_iter()
                        .map(|line| (line.date, line.sentence))
                        .collect(),
                }
            })
            .collect()
    }

    /// The members at the start with what membership is worth at the end and when they left.
    pub(super) fn members(&self, events: &Events) -> Result<Vec<Member>, Failure> {
        let world = &self.scenario.world;
        let org = self.scenario.focus;
        let seats = world.organisations[org].seats.iter();
        let members: Vec<usize> = seats
            .filter(|seat| seat.1 == Status::Member)
            .map(|seat| seat.0)
            .collect();
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let outcomes = members.iter().map(|actor| Outcome::Utility {
            actor: *actor,
            org,
            term: None,
            at: None,
        });
        let scenario = Arc::clone(&self.scenario);
        let mut order = Order::new(scenario, vec![self.policy], self.n_worth(), self.seed, None);
        order.request.design = self.design.clone();
        let stop = AtomicBool::new(false);
        let answers = foedera_ensemble::ask(
            &self.scenario,
            outcomes.collect(),
            &order.request,
            &Silent,
            &stop,
        )?;
        let member = |(actor, worth): (&usize, Vec<f64>)| {
            let actor = &world.actors[*actor];
            Member {
                id: actor.id.clone(),
                name: actor.name.clone(),
                worth,
                exits: events.exits(self.org(), &actor.id),
            }
        };
        Ok(members.iter().zip(answers.values).map(member).collect())
    }

    /// Actors, and what stands between them at the first, the middle and the last step.
    pub(super) fn region(&self) -> Result<(Vec<Actor>, Vec<AtDate>), Failure> {
        let world = &self.scenario.world;
        let focus = &world.organisations[self.scenario.focus];
        let tied = |idx: usize| {
            focus
                .seats
                .iter()
                .any(|(actor, status)| *actor == idx && *status != Status::Outsider)
        };
        let actors = world.actors.iter().enumerate().map(|(idx, actor)| Actor {
            id: actor.id.clone(),
            name: actor.name.clone(),
            code: actor.map_code,
            central: tied(idx),
        });
        let last = self.scenario.time.n_steps().saturating_sub(1);
        let mut dates: Vec<_> = [0, last / 2, last]
            .map(|step| self.scenario.time.month_of(step))
            .to_vec();
        dates.dedup();
        let sample = Sample {
            n: self.n_ties(),
            seed: self.seed,
            design: &self.design,
            policy: self.policy,
            stances: self.scenario.stances,
        };
        let found = ties::at(
            &self.scenario,
            &self.program,
            sample,
            self.scenario.focus,
            &dates,
        )?;
        let dates = found.into_iter().map(|of| AtDate {
            date: of.month.to_string(),
            affinity: of.affinity,
            spread: of.spread,
            with_members: of.with_members,
            member: of.member,
            capability: of.capability,
        });
        Ok((actors.collect(), dates.collect()))
    }
}

/// The curves of one measure.
pub(super) fn runs(histories: &[History], measure: usize) -> Vec<Run> {
    histories
        .iter()
        .map(|history| Run {
            replicate: history.replicate,
            values: history.outcome.series[measure]
                .iter()
                .map(|lanes| f64::from(lanes[0]))
                .collect(),
        })
        .collect()
}

/// The replicates whose values are nearest to the quantiles, each once; the first ones without values.
fn chosen(values: &[f64], completed: u64) -> Vec<(u64, &'static str)> {
    let mut known: Vec<(f64, u64)> = values
        .iter()
        .copied()
        .zip(0..)
        .filter(|(value, _)| value.is_finite())
        .collect();
    if known.is_empty() {
        return (0..completed.min(3))
            .map(|replicate| (replicate, "as it came"))
            .collect();
    }
    known.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut chosen: Vec<(u64, &'static str)> = Vec::new();
    for (level, name) in LEVELS {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank within the list"
        )]
        let rank = (level * (known.len() - 1) as f64) as usize;
        let (_, replicate) = known[rank];
        if chosen.iter().all(|(other, _)| *other != replicate) {
            chosen.push((replicate, name));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_span_the_ends() {
        let values: Vec<f64> = (0..101).map(|k| f64::from((k * 37) % 101)).collect();
        let found = chosen(&values, 101);
        let ends: Vec<f64> = found
            .iter()
            .map(|(replicate, _)| values[usize::try_from(*replicate).expect("it is small")])
            .collect();
        assert_eq!(ends, [5.0, 25.0, 50.0, 75.0, 95.0]);
        assert_eq!(chosen(&[f64::NAN, 0.5], 2), [(1, "a low end")]);
        assert_eq!(chosen(&[], 2).len(), 2);
    }
}
