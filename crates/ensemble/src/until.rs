//! Runs until enough is known: stops as soon as every goal has the half-width that was asked for.
//!
//! It looks at numbers of replicates that are fixed before ([`looks`]: whole blocks, four to each doubling), so that
//! where it stops depends on the question and the seed and on nothing else, no thread and no clock. What it looks at
//! are confidence sequences ([`foedera_results::interval::sequence`]), which hold at all looks together; several goals
//! under several policies share one confidence (Bonferroni), so that all of them hold together. The replicates are
//! those of a plain run of so many: goals that the scenario does not record are read beside its outcomes and leave no
//! trace in the tables.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use foedera_results::interval::CONFIDENCE;
use foedera_results::interval::sequence::{Bounded, Chance};
use foedera_results::manifest::{GoalRecord, Until};
use foedera_results::{BlockRecord, Estimate, Layout, ResultsError, Sink};
use foedera_scenario::{Arithmetic, Fact, Leaf, Outcome, Scenario, outcome_text};
use foedera_sim::Program;
use foedera_sim::lanes::LANES;

use crate::error::EnsembleError;
use crate::run::{Progress, Request, Summary, describe, run};

/// Most replicates, unless the caller sets fewer: below it a row group is the same in a run of any length, so that
/// the tables do not know the cap. A probability is known to 0.0014 by then.
pub const CAP: u64 = 1 << 20;

/// What is to be known, and how well.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The quantity: a truth value, or a number of a known range.
    pub outcome: Outcome,
    /// Half-width of its interval, above 0.
    pub half_width: f64,
}

/// What is known of a goal under a policy: the interval that holds at all looks, and whether it is narrow enough.
pub type Found = (Option<Estimate>, bool);

/// Numbers of replicates at which a run may stop, up to its cap: 64, 128, 192 and 256, then four to each doubling.
pub fn looks(cap: u64) -> impl Iterator<Item = u64> {
    let block = LANES as u64;
    let first = (1..4).map(move |blocks| blocks * block);
    let others = (0..).flat_map(move |doubling| (4..8).map(move |of| (of * block) << doubling));
    let before = first.chain(others).take_while(move |look| *look < cap);
    before.chain([cap])
}

/// The range that an outcome never leaves, if there is one: without it no interval holds at every look.
pub fn bounds(scenario: &Scenario, outcome: &Outcome) -> Option<(f64, f64)> {
    if outcome.is_truth() {
        return Some((0.0, 1.0));
    }
    match outcome {
        Outcome::Cohesion { .. }
        | Outcome::CohesionPart { .. }
        | Outcome::Maturity { .. }
        | Outcome::Implementation { .. }
        | Outcome::Level { .. }
        | Outcome::Depth { .. }
        | Outcome::BlockShare { .. }
        | Outcome::Presence { .. }
        | Outcome::ParticipationShare { .. } => Some((0.0, 1.0)),
        Outcome::Affinity { .. } | Outcome::Trust { .. } => Some((-1.0, 1.0)),
        Outcome::Count { org, .. } => {
            let org = &scenario.world.organisations[*org];
            let seats = largest(scenario, org.counted_seats) + f64::from(org.counted_candidates);
            Some((0.0, scenario.world.actors.len() as f64 + seats))
        }
        Outcome::TimeTo { .. } => {
            let time = &scenario.time;
            Some((0.0, time.n_steps() as f64 * time.years_per_step()))
        }
        Outcome::DriverLevel { driver, .. } => {
            let driver = &scenario.world.drivers[*driver];
            let low = smallest(scenario, driver.floor);
            Some((low, largest(scenario, driver.ceiling)))
        }
        Outcome::State {
            of:
                Fact::GdpShare { .. }
                | Fact::CapabilityShare { .. }
                | Fact::VotingAgreement { .. }
                | Fact::Salience { .. }
                | Fact::Commitment { .. }
                | Fact::AgendaShare { .. },
            ..
        } => Some((0.0, 1.0)),
        Outcome::Constant(value) => Some((*value, *value)),
        Outcome::Computed { by, left, right } => {
            let (left, right) = (bounds(scenario, left)?, bounds(scenario, right)?);
            computed(*by, left, right)
        }
        _ => None,
    }
    .filter(|(low, high)| low.is_finite() && high.is_finite())
}

/// The largest value of a number that may be drawn or changed; its own if nothing moves it.
fn largest(scenario: &Scenario, leaf: Leaf) -> f64 {
    if moves(scenario, leaf) {
        scenario.leaves.info(leaf).max
    } else {
        scenario.value(leaf)
    }
}

fn smallest(scenario: &Scenario, leaf: Leaf) -> f64 {
    if moves(scenario, leaf) {
        scenario.leaves.info(leaf).min
    } else {
        scenario.value(leaf)
    }
}

fn moves(scenario: &Scenario, leaf: Leaf) -> bool {
    let drawn = scenario.uncertainties.iter().any(|of| of.leaf == leaf);
    let set = scenario.policies.iter().flat_map(|policy| &policy.set);
    drawn || set.into_iter().any(|(of, _)| *of == leaf)
}

fn computed(by: Arithmetic, one: (f64, f64), other: (f64, f64)) -> Option<(f64, f64)> {
    match by {
        Arithmetic::Sum => Some((one.0 + other.0, one.1 + other.1)),
        Arithmetic::Difference => Some((one.0 - other.1, one.1 - other.0)),
        Arithmetic::Product => {
            let ends = [
                one.0 * other.0,
                one.0 * other.1,
                one.1 * other.0,
                one.1 * other.1,
            ];
            let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
            let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Some((low, high))
        }
        Arithmetic::Ratio => None,
    }
}

/// The rule of a run that has not begun: what a manifest says of it.
pub fn rule(scenario: &Scenario, goals: &[Goal], arms: &[String], cap: u64) -> Until {
    let record = |goal: &Goal, arm: &String| GoalRecord {
        text: format!(
            "{} +- {}",
            outcome_text::write_outcome(scenario, &goal.outcome),
            goal.half_width
        ),
        policy: arm.clone(),
        half_width: goal.half_width,
        estimate: None,
        reached: false,
    };
    Until {
        goals: goals
            .iter()
            .flat_map(|goal| arms.iter().map(move |arm| record(goal, arm)))
            .collect(),
        confidence: CONFIDENCE,
        cap,
    }
}

/// Runs an ensemble until every goal is reached under every policy, or the request's `n` replicates are done.
///
/// Gives the summary of the replicates done, and of each goal under each policy (policies of a goal together, as in
/// [`rule`]) the interval that holds at all looks, with whether it is narrow enough.
///
/// # Errors
/// If a goal has no known range, or as [`run`].
pub fn run_until(
    scenario: &Arc<Scenario>,
    request: &Request,
    goals: &[Goal],
    sink: &mut dyn Sink,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Summary, Vec<Found>), EnsembleError> {
    let recorded = scenario.outcomes.len();
    let mut asked = Scenario::clone(scenario);
    let latest = Cell::new(None);
    let mut watching = Watching {
        watches: watches(&mut asked, goals, request.policies.len())?,
        sink,
        recorded,
        measures: Vec::new(),
        latest: &latest,
    };
    let asked = Arc::new(asked);
    let program = Arc::new(Program::new(Arc::clone(&asked)));
    let plain = Arc::new(Program::new(Arc::clone(scenario)));
    let layout = describe(scenario, &plain, request)?;
    watching.measures = places(&layout, &describe(&asked, &program, request)?);
    let mut done = 0;
    let mut whole: Option<Summary> = None;
    for look in looks(request.n) {
        let stage = Request {
            first: request.first + done,
            n: look - done,
            headline: None,
            ..request.clone()
        };
        let after = After {
            progress,
            done,
            latest: &latest,
        };
        let got = run(&asked, &program, &stage, &mut watching, &after, stop)?;
        done += got.completed;
        let interrupted = got.interrupted;
        match &mut whole {
            None => whole = Some(got),
            Some(whole) => {
                whole.completed += got.completed;
                whole.interrupted = got.interrupted;
                whole.aggregates.merge(&got.aggregates);
                whole.series.merge(&got.series);
            }
        }
        if interrupted || watching.watches.iter().all(Watch::reached) {
            break;
        }
    }
    let Some(mut whole) = whole else {
        return Err(EnsembleError::NoReplicates);
    };
    whole.layout = layout;
    whole.series = whole.series.of_measures(&watching.measures);
    for arm in &mut whole.aggregates.arms {
        arm.outcomes.truncate(recorded);
    }
    for pairs in &mut whole.aggregates.pairs {
        pairs.truncate(recorded);
    }
    let found = watching.watches.iter();
    let found = found.map(|watch| (watch.estimate(), watch.reached()));
    Ok((whole, found.collect()))
}

/// Where each measure of a plain run is among those of one that also reads the goals: a goal may speak of an
/// organisation whose measures nobody else wants.
fn places(plain: &Layout, asked: &Layout) -> Vec<usize> {
    let place = |name: &str| asked.measure(name).expect("goals take no measure away");
    let measures = plain.measures.iter();
    measures.map(|measure| place(&measure.name)).collect()
}

/// One watch for each goal and arm; goals that are not recorded join the outcomes of the scenario.
fn watches(
    scenario: &mut Scenario,
    goals: &[Goal],
    n_arms: usize,
) -> Result<Vec<Watch>, EnsembleError> {
    let confidence = 1.0 - (1.0 - CONFIDENCE) / (goals.len() * n_arms) as f64;
    let mut watches = Vec::new();
    for goal in goals {
        let range = bounds(scenario, &goal.outcome).ok_or_else(|| EnsembleError::Unbounded {
            outcome: outcome_text::write_outcome(scenario, &goal.outcome),
        })?;
        let known = scenario.outcomes.iter().position(|of| *of == goal.outcome);
        let outcome = known.unwrap_or_else(|| {
            scenario.outcomes.push(goal.outcome.clone());
            scenario.outcomes.len() - 1
        });
        let seen = if goal.outcome.is_truth() {
            Seen::Chance(Chance::new(goal.half_width, confidence))
        } else {
            Seen::Bounded(Bounded::new(range, goal.half_width, confidence))
        };
        watches.extend((0..n_arms).map(|arm| Watch {
            arm,
            outcome,
            half_width: goal.half_width,
            seen,
        }));
    }
    Ok(watches)
}

/// One goal under one arm.
struct Watch {
    arm: usize,
    outcome: usize,
    half_width: f64,
    seen: Seen,
}

#[derive(Clone, Copy)]
enum Seen {
    Chance(Chance),
    Bounded(Bounded),
}

impl Watch {
    fn hear(&mut self, record: &BlockRecord) {
        let arm = &record.arms[self.arm];
        for (&x, fault) in arm.outcomes[self.outcome].iter().zip(&arm.faults) {
            if fault.is_some() || !x.is_finite() {
                continue;
            }
            match &mut self.seen {
                Seen::Chance(chance) => chance.add(x > 0.5),
                Seen::Bounded(bounded) => bounded.add(f64::from(x)),
            }
        }
    }

    fn estimate(&self) -> Option<Estimate> {
        match &self.seen {
            Seen::Chance(chance) => chance.estimate(),
            Seen::Bounded(bounded) => bounded.estimate(),
        }
    }

    fn reached(&self) -> bool {
        self.estimate()
            .is_some_and(|of| of.half_width() <= self.half_width)
    }
}

/// Hears every block before the sink does, and hides what the sink did not ask for.
struct Watching<'a> {
    sink: &'a mut dyn Sink,
    watches: Vec<Watch>,
    recorded: usize,
    /// Places of the measures that a plain run records.
    measures: Vec<usize>,
    latest: &'a Cell<Option<Estimate>>,
}

impl Sink for Watching<'_> {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        for watch in &mut self.watches {
            watch.hear(record);
        }
        self.latest
            .set(self.watches.first().and_then(Watch::estimate));
        let mut shown = record.clone();
        for arm in &mut shown.arms {
            arm.outcomes.truncate(self.recorded);
            if !arm.trajectories.is_empty() {
                let of = |place: &usize| arm.trajectories[*place].clone();
                arm.trajectories = self.measures.iter().map(of).collect();
            }
        }
        self.sink.block(&shown)
    }
}

/// Tells how far all stages are; the estimate is that of the first goal.
struct After<'a> {
    progress: &'a dyn Progress,
    done: u64,
    latest: &'a Cell<Option<Estimate>>,
}

impl Progress for After<'_> {
    fn replicates_done(&self, done: u64, _headline: Option<Estimate>) {
        self.progress
            .replicates_done(self.done + done, self.latest.get());
    }
}

#[cfg(test)]
mod tests {
    use foedera_results::Discard;
    use foedera_sim::Isa;

    use super::*;
    use crate::run::Silent;
    use crate::test_data;

    #[test]
    fn looks_are_whole_blocks_and_end_at_the_cap() {
        let all: Vec<u64> = looks(1100).collect();
        assert_eq!(
            all,
            [
                64, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1100
            ]
        );
        assert_eq!(looks(10).collect::<Vec<_>>(), [10]);
        assert_eq!(looks(64).collect::<Vec<_>>(), [64]);
        assert!(looks(CAP).all(|look| look % 64 == 0) && looks(CAP).count() < 60);
    }

    fn request(n: u64, threads: usize) -> Request {
        Request {
            n,
            first: 0,
            seed: 11,
            design: crate::Design::default(),
            policies: vec![None],
            threads,
            isa: Isa::Baseline,
            stances: true,
            trajectories: false,
            headline: None,
        }
    }

    /// Keeps the outcomes of every replicate.
    #[derive(Default, PartialEq, Debug)]
    struct Kept(Vec<Vec<u32>>);

    impl Sink for Kept {
        fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
            let outcomes = &record.arms[0].outcomes;
            let row = |lane: usize| outcomes.iter().map(|of| of[lane].to_bits()).collect();
            self.0.extend((0..record.n).map(row));
            Ok(())
        }
    }

    #[test]
    fn it_stops_at_the_same_place_with_the_bits_of_a_plain_run() {
        let scenario = Arc::new(test_data::scenario());
        let stop = AtomicBool::new(false);
        let goals = [
            Goal {
                outcome: scenario.outcomes[0].clone(),
                half_width: 0.05,
            },
            // Not recorded: read beside the outcomes.
            Goal {
                outcome: Outcome::Not {
                    of: Box::new(scenario.outcomes[1].clone()),
                },
                half_width: 0.08,
            },
        ];
        let until = |threads| {
            let mut kept = Kept::default();
            let request = request(4096, threads);
            let (summary, found) =
                run_until(&scenario, &request, &goals, &mut kept, &Silent, &stop).unwrap();
            (summary, found, kept)
        };
        let (one, found, kept) = until(1);
        assert!(looks(4096).any(|look| look == one.completed) && one.completed < 4096);
        assert!(!one.interrupted && found.iter().all(|(_, reached)| *reached));
        let (two, same, kept_too) = until(3);
        assert_eq!(
            (one.completed, &found, &kept),
            (two.completed, &same, &kept_too)
        );
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let mut plain = Kept::default();
        let same = request(one.completed, 2);
        let whole = run(&scenario, &program, &same, &mut plain, &Silent, &stop).unwrap();
        assert_eq!(plain, kept);
        assert_eq!(whole.aggregates.trimmed(), one.aggregates.trimmed());
        assert_eq!(whole.layout, one.layout);
        // The block before would not have been enough.
        let before = looks(4096).take_while(|look| *look < one.completed).last();
        let short = request(before.unwrap_or(64), 1);
        let (_, found) =
            run_until(&scenario, &short, &goals, &mut Discard, &Silent, &stop).unwrap();
        assert!(found.iter().any(|(_, reached)| !reached));
    }

    #[test]
    fn what_has_no_range_is_refused() {
        let scenario = Arc::new(test_data::scenario());
        let first = scenario.outcomes[0].clone();
        let ratio = Outcome::Computed {
            by: Arithmetic::Ratio,
            left: Box::new(first.clone()),
            right: Box::new(first.clone()),
        };
        assert_eq!(bounds(&scenario, &ratio), None);
        let difference = Outcome::Computed {
            by: Arithmetic::Difference,
            left: Box::new(first.clone()),
            right: Box::new(first),
        };
        assert_eq!(bounds(&scenario, &difference), Some((-1.0, 1.0)));
        let goal = Goal {
            outcome: ratio,
            half_width: 0.1,
        };
        let stop = AtomicBool::new(false);
        let refused = run_until(
            &scenario,
            &request(64, 1),
            &[goal],
            &mut Discard,
            &Silent,
            &stop,
        );
        assert!(matches!(refused, Err(EnsembleError::Unbounded { .. })));
    }
}
