//! How much of the decisions came from the analysts' stances: the same replicates with them on and off.

use std::collections::BTreeMap;
use std::sync::Arc;

use foedera_results::Estimate;
use foedera_results::interval::{self, CONFIDENCE};
use foedera_scenario::{InitiativeIdx, Scenario};
use foedera_sim::{BlockOutcome, Program, Record};
use rayon::prelude::*;

use crate::again::{Again, Sample};
use crate::error::EnsembleError;

/// One quantity with the stances on and off, and the difference that they make, paired by replicate.
#[derive(Debug, Clone)]
pub struct Beside {
    /// With the stances.
    pub on: Estimate,
    /// Without.
    pub off: Estimate,
    /// On minus off, in the same replicates.
    pub difference: Estimate,
}

/// One initiative with the stances on and off.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Replicates that counted under both.
    pub replicates: u64,
    /// Probability that each rung or a deeper one is adopted.
    pub reached: Vec<Beside>,
    /// Probability that an actor stands in the way at least once, for everyone who did, by index.
    pub blocked: Vec<(usize, Beside)>,
}

/// What one replicate did on one initiative.
#[derive(Debug, Clone, Default)]
struct Course {
    good: bool,
    /// Rungs adopted.
    depth: usize,
    /// Tablings blocked, by actor.
    blocked: BTreeMap<usize, u64>,
}

/// Runs the replicates of a sample with stances on and off.
///
/// # Errors
/// If the design of the run does not fit the scenario, or has fewer replicates.
pub fn beside(
    scenario: &Scenario,
    program: &Arc<Program>,
    sample: Sample<'_>,
    initiative: InitiativeIdx,
) -> Result<Comparison, EnsembleError> {
    let again = Again::new(scenario, program, sample)?;
    let pairs: Vec<[Vec<Course>; 2]> = (0..again.n_blocks())
        .into_par_iter()
        .map_init(
            || again.engine(),
            |engine, block| {
                [true, false].map(|stances| {
                    let outcome = again.block(engine, block, stances, None, Record::Summary);
                    courses(&outcome, initiative)
                })
            },
        )
        .collect();
    let pairs: Vec<(Course, Course)> = pairs
        .into_iter()
        .flat_map(|[on, off]| on.into_iter().zip(off))
        .filter(|(on, off)| on.good && off.good)
        .collect();
    let rungs = scenario.initiatives[initiative].ladder.len();
    let reached = (0..rungs).filter_map(|rung| share(&pairs, |course| course.depth > rung));
    let mut actors: Vec<usize> = pairs
        .iter()
        .flat_map(|(on, off)| on.blocked.keys().chain(off.blocked.keys()).copied())
        .collect();
    actors.sort_unstable();
    actors.dedup();
    let blocked = actors.into_iter().filter_map(|actor| {
        let beside = share(&pairs, |course| course.blocked.contains_key(&actor))?;
        Some((actor, beside))
    });
    Ok(Comparison {
        replicates: pairs.len() as u64,
        reached: reached.collect(),
        blocked: blocked.collect(),
    })
}

/// What each replicate of a block did on an initiative.
fn courses(outcome: &BlockOutcome, initiative: InitiativeIdx) -> Vec<Course> {
    let mut all: Vec<Course> = (0..outcome.n)
        .map(|lane| Course {
            good: outcome.faults.get(lane).is_none_or(Option::is_none),
            ..Course::default()
        })
        .collect();
    for decision in &outcome.decisions {
        if decision.initiative as usize != initiative {
            continue;
        }
        let course = &mut all[decision.lane as usize];
        let adopted = decision.adopted.map_or(0, |rung| rung as usize + 1);
        course.depth = course.depth.max(adopted);
        for blocker in &decision.blockers {
            *course.blocked.entry(blocker.actor as usize).or_default() += 1;
        }
    }
    all
}

/// The share of replicates in which something holds, with the stances on and off; none without replicates.
fn share(pairs: &[(Course, Course)], holds: impl Fn(&Course) -> bool) -> Option<Beside> {
    let n = pairs.len() as u64;
    let count = |side: &dyn Fn(&(Course, Course)) -> bool| {
        pairs.iter().filter(|pair| side(pair)).count() as u64
    };
    let on = count(&|(on, _)| holds(on));
    let off = count(&|(_, off)| holds(off));
    let gained = count(&|(on, off)| holds(on) && !holds(off));
    let lost = count(&|(on, off)| !holds(on) && holds(off));
    let mean = (gained as f64 - lost as f64) / n as f64;
    // Differences are −1, 0 and 1.
    let squares = (gained + lost) as f64 - n as f64 * mean * mean;
    let variance = squares / (n as f64 - 1.0).max(1.0);
    Some(Beside {
        on: interval::wilson(on, n, CONFIDENCE)?,
        off: interval::wilson(off, n, CONFIDENCE)?,
        difference: interval::mean(n, mean, variance, CONFIDENCE)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(depth: usize) -> Course {
        Course {
            good: true,
            depth,
            blocked: BTreeMap::new(),
        }
    }

    #[test]
    fn the_difference_is_paired() {
        // Of ten replicates four reach it with stances, one without, and that one with them as well.
        let pairs: Vec<(Course, Course)> = (0..10)
            .map(|k| (course(usize::from(k < 4)), course(usize::from(k < 1))))
            .collect();
        let got = share(&pairs, |course| course.depth > 0).expect("there are replicates");
        assert!((got.on.value - 0.4).abs() < 1e-12);
        assert!((got.off.value - 0.1).abs() < 1e-12);
        assert!((got.difference.value - 0.3).abs() < 1e-12);
        // Three of ten differ by 1: sd √(2.1/9), Student's 2.2622 with nine degrees of freedom.
        let half = 2.262_157 * libm::sqrt(2.1 / 90.0);
        assert!((got.difference.low - (0.3 - half)).abs() < 1e-4, "{got:?}");
    }
}
