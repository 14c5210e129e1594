//! Measures of structure at chosen dates of a run, by letting some of its replicates happen again: how balanced the
//! network of affinities is, which two camps fit it best, how far apart ideal points lie.
//!
//! Never part of a run: the measures cost more than a step. Signs come from affinities at least as strong as a
//! threshold; sizes of the landscape are capabilities. Relies on [`foedera_sim::structure`].

use std::collections::BTreeMap;
use std::sync::Arc;

use foedera_results::{Estimate, interval};
use foedera_scenario::{ActorIdx, Month, OrganisationIdx, PolicyIdx, Scenario, Status};
use foedera_sim::lanes::LANES;
use foedera_sim::rules::positions;
use foedera_sim::structure::balance::{self, Count};
use foedera_sim::structure::landscape::Landscape;
use foedera_sim::structure::polarization;
use foedera_sim::structure::similarity::{Metric, Pair};
use foedera_sim::{Block, Engine, Isa, Moment, Program, Record};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::design::Design;
use crate::error::EnsembleError;
use crate::sampling::Sampler;

/// Most replicates that happen again: their error is a thirtieth of a standard deviation.
pub const N_MAX: u64 = 1_000;
/// Steps of the proof of the best camps in one replicate.
const NODES_MAX: u64 = 2_000_000;
/// Largest difference of two affinities.
const AFFINITY_SPAN: f64 = 2.0;

/// What is measured, in order.
pub const MEASURES: [Kind; 11] = [
    Kind {
        id: "actors",
        what: "actors that are measured",
    },
    Kind {
        id: "affinity",
        what: "mean affinity of a pair, −1 to 1",
    },
    Kind {
        id: "balanced_triangles",
        what: "triples with an even number of enmities, 0 to 1",
    },
    Kind {
        id: "frustration_index",
        what: "least number of ties against any two camps",
    },
    Kind {
        id: "normalised_frustration",
        what: "1 balanced, 0 half of the ties against the camps",
    },
    Kind {
        id: "walk_balance",
        what: "balance over closed walks, 0 to 1",
    },
    Kind {
        id: "landscape_fit",
        what: "1 all weighted ties fit the deepest two camps, 0 half of them",
    },
    Kind {
        id: "landscape_energy",
        what: "energy of the deepest two camps, sizes as shares",
    },
    Kind {
        id: "polarization",
        what: "Esteban-Ray of ideal points, per unit of distance",
    },
    Kind {
        id: "ideal_spread",
        what: "standard deviation of ideal points",
    },
    Kind {
        id: "s_score",
        what: "mean S of two actors' affinities to all, −1 to 1",
    },
];

/// A measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name in documents.
    pub id: &'static str,
    /// What it says.
    pub what: &'static str,
}

/// What to measure.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Replicates, 1..=[`N_MAX`], from the first of the run on.
    pub n: u64,
    /// First replicate.
    pub first: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Design of the run.
    pub design: Design,
    /// Policy; `None` is the base case.
    pub policy: Option<PolicyIdx>,
    /// Whether stances count.
    pub stances: bool,
    /// Dates.
    pub at: Vec<Month>,
    /// Members of this organisation at the date; `None` takes all actors.
    pub org: Option<OrganisationIdx>,
    /// Weakest affinity that counts as a tie, 0..=1.
    pub threshold: f64,
    /// Weight of identification in polarisation, 0..=1.6.
    pub alpha: f64,
    /// Threads.
    pub threads: usize,
}

/// The structure at one date.
#[derive(Debug, Clone)]
pub struct AtDate {
    /// First month of the step that was measured at its end.
    pub month: Month,
    /// Replicates behind it; failed ones are left out.
    pub n: u64,
    /// Each measure, in the order of [`MEASURES`].
    pub measures: Vec<Measured>,
    /// Share of the replicates in which two actors are measured that have them in one camp, `[actor][actor]`; nothing
    /// where they never are.
    pub together: Vec<Vec<Option<f64>>>,
    /// Share of the replicates in which an actor is measured.
    pub present: Vec<f64>,
    /// The commonest two camps and the share of the replicates that have them.
    pub commonest: Option<([Vec<ActorIdx>; 2], f64)>,
    /// Share of the replicates whose frustration index is proved.
    pub proved: f64,
}

/// One measure over the replicates in which it is defined.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Mean with its interval; nothing below two replicates.
    pub mean: Option<Estimate>,
    /// Quantiles at 5, 50 and 95 %.
    pub quantiles: [Option<f64>; 3],
}

/// One replicate at one date.
struct Seen {
    values: [Option<f64>; MEASURES.len()],
    actors: Vec<ActorIdx>,
    camps: Vec<bool>,
    proved: bool,
}

/// Measures the structure at each date.
///
/// # Errors
/// If no or too many replicates are asked for, or threads cannot be had.
pub fn measure(
    scenario: &Scenario,
    program: &Arc<Program>,
    asked: &Asked,
) -> Result<Vec<AtDate>, EnsembleError> {
    if asked.n == 0 {
        return Err(EnsembleError::NoReplicates);
    }
    if asked.n > N_MAX {
        return Err(EnsembleError::TooMany {
            first: asked.first,
            n: asked.n,
            max: N_MAX,
        });
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(asked.threads)
        .build();
    let pool = pool.map_err(|error| EnsembleError::NoThreads {
        threads: asked.threads,
        reason: error.to_string(),
    })?;
    let steps: Vec<usize> = asked
        .at
        .iter()
        .map(|at| scenario.time.step_of(*at))
        .collect();
    let sampler = Sampler::designed(scenario, asked.seed, &asked.design)?;
    sampler.has(asked.first, asked.n)?;
    let blocks = asked.n.div_ceil(LANES as u64);
    let seen: Vec<Vec<Vec<Seen>>> = pool.install(|| {
        let engine = || Engine::new(program, Isa::detect());
        let block =
            |engine: &mut Engine, block| watch(engine, scenario, &sampler, asked, &steps, block);
        (0..blocks)
            .into_par_iter()
            .map_init(engine, block)
            .collect()
    });
    let dates = steps.iter().enumerate().map(|(date, &step)| {
        let all: Vec<&Seen> = seen.iter().flat_map(|block| &block[date]).collect();
        summary(scenario, scenario.time.month_of(step), &all)
    });
    Ok(dates.collect())
}

/// Lets one block happen: what is seen at each date, failed replicates left out.
fn watch(
    engine: &mut Engine,
    scenario: &Scenario,
    sampler: &Sampler,
    asked: &Asked,
    steps: &[usize],
    block: u64,
) -> Vec<Vec<Seen>> {
    let done = block * LANES as u64;
    let left = usize::try_from(asked.n - done).unwrap_or(LANES);
    let n = left.min(LANES);
    let first = asked.first + done;
    let draws = sampler.draw_block(first, n);
    let mut seen: Vec<Vec<Seen>> = steps.iter().map(|_| Vec::new()).collect();
    let mut see = |step: usize, moment: Moment| {
        for (date, _) in steps.iter().enumerate().filter(|(_, at)| **at == step) {
            seen[date] = (0..n)
                .map(|lane| look(scenario, asked, &moment, lane))
                .collect();
        }
    };
    let outcome = engine.watch(
        &Block {
            seed: asked.seed,
            first,
            n,
            policy: asked.policy,
            stances: asked.stances,
            inputs: &sampler.inputs(scenario, asked.policy, &draws),
            record: Record::Summary,
        },
        steps,
        &mut see,
    );
    let good = |lane: usize| outcome.faults.get(lane).is_none_or(Option::is_none);
    for lanes in &mut seen {
        let mut lane = 0;
        lanes.retain(|_| {
            lane += 1;
            good(lane - 1)
        });
    }
    seen
}

/// Measures one replicate at one moment.
fn look(scenario: &Scenario, asked: &Asked, moment: &Moment, lane: usize) -> Seen {
    let is_in = |actor: &ActorIdx| {
        let member = |org| moment.status(lane, *actor, org) == Status::Member;
        asked.org.is_none_or(member)
    };
    let actors: Vec<ActorIdx> = (0..scenario.world.actors.len()).filter(is_in).collect();
    let n = actors.len();
    let affinity = |i: usize, j: usize| f64::from(moment.affinity(lane, actors[i], actors[j]));
    let pairs = || (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let square = |cell: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        (0..n)
            .map(|i| {
                (0..n)
                    .map(|j| if i == j { 0.0 } else { cell(i, j) })
                    .collect()
            })
            .collect()
    };
    let ties = square(&affinity);
    let strong = |i: usize, j: usize| {
        if ties[i][j].abs() >= asked.threshold {
            ties[i][j]
        } else {
            0.0
        }
    };
    let found = balance::measure(&square(&strong), Count::Alike, NODES_MAX);
    let sizes = shares(
        actors
            .iter()
            .map(|&actor| f64::from(moment.capability(lane, actor))),
    );
    let landscape = Landscape::new(&sizes, &ties);
    let deepest = landscape.deepest(NODES_MAX);
    let weight: f64 = pairs()
        .map(|(i, j)| (2.0 * sizes[i] * sizes[j] * ties[i][j]).abs())
        .sum();
    let ideal: Vec<f64> = actors
        .iter()
        .map(|&actor| f64::from(moment.ideal_point(lane, actor)))
        .collect();
    let alike = vec![1.0; n];
    let polarised = polarization::esteban_ray(&alike, &ideal, asked.alpha);
    let several = n > 1;
    Seen {
        values: [
            Some(n as f64),
            mean(pairs().map(|(i, j)| ties[i][j])),
            found.triangles.share(),
            several.then_some(found.frustration),
            several.then_some(found.normalised),
            several.then_some(found.walks),
            (weight > 0.0).then(|| 1.0 - 2.0 * deepest.cost / weight),
            several.then(|| landscape.energy(&deepest.camps)),
            polarised.filter(|_| several),
            positions::weighted_spread(&ideal, &alike).filter(|_| several),
            mean(pairs().filter_map(|(i, j)| s_score(n, &affinity, &sizes, i, j))),
        ],
        proved: found.split.proved,
        camps: deepest.camps,
        actors,
    }
}

/// S of two actors' affinities to all of the group, which weigh by their sizes.
fn s_score(
    n: usize,
    affinity: &dyn Fn(usize, usize) -> f64,
    sizes: &[f64],
    i: usize,
    j: usize,
) -> Option<f64> {
    let pair = Pair {
        one: (0..n).map(|k| affinity(i, k)).collect(),
        other: (0..n).map(|k| affinity(j, k)).collect(),
        weights: sizes.to_vec(),
    };
    pair.s_score(AFFINITY_SPAN, Metric::Absolute)
}

/// Sizes as shares of their sum; equal ones if there is none.
fn shares(sizes: impl Iterator<Item = f64>) -> Vec<f64> {
    let sizes: Vec<f64> = sizes.collect();
    let all: f64 = sizes.iter().sum();
    let share = |size: &f64| {
        if all > 0.0 {
            size / all
        } else {
            1.0 / sizes.len() as f64
        }
    };
    sizes.iter().map(share).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0.0);
    for value in values {
        sum += value;
        n += 1.0;
    }
    (n > 0.0).then(|| sum / n)
}

/// Adds up what was seen at one date, in order of the replicates.
fn summary(scenario: &Scenario, month: Month, all: &[&Seen]) -> AtDate {
    let n = all.len() as u64;
    let proved = all.iter().filter(|seen| seen.proved).count() as u64;
    let actors = scenario.world.actors.len();
    let mut both = vec![vec![(0_u64, 0_u64); actors]; actors];
    let mut splits: BTreeMap<[Vec<ActorIdx>; 2], u64> = BTreeMap::new();
    for seen in all {
        for (i, &one) in seen.actors.iter().enumerate() {
            for (j, &other) in seen.actors.iter().enumerate() {
                let cell = &mut both[one][other];
                cell.0 += u64::from(seen.camps[i] == seen.camps[j]);
                cell.1 += 1;
            }
        }
        *splits
            .entry([false, true].map(|camp| seen.inside(camp)))
            .or_default() += 1;
    }
    let together = |&(same, all): &(u64, u64)| (all > 0).then(|| share(same, all));
    let commonest = splits
        .into_iter()
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    AtDate {
        month,
        n,
        measures: (0..MEASURES.len()).map(|idx| measured(all, idx)).collect(),
        together: both
            .iter()
            .map(|row| row.iter().map(together).collect())
            .collect(),
        present: (0..actors)
            .map(|actor| share(both[actor][actor].1, n))
            .collect(),
        commonest: commonest.map(|(camps, count)| (camps, share(count, n))),
        proved: share(proved, n),
    }
}

impl Seen {
    /// Who is in a camp.
    fn inside(&self, camp: bool) -> Vec<ActorIdx> {
        let inside = self
            .actors
            .iter()
            .zip(&self.camps)
            .filter(|(_, of)| **of == camp);
        inside.map(|(actor, _)| *actor).collect()
    }
}

/// One measure over the replicates in which it is defined.
fn measured(all: &[&Seen], idx: usize) -> Measured {
    let mut values: Vec<f64> = all.iter().filter_map(|seen| seen.values[idx]).collect();
    let n = values.len() as u64;
    let mean = mean(values.iter().copied()).and_then(|mean| {
        let squares: f64 = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum();
        let variance = squares / (n.max(2) - 1) as f64;
        interval::mean(n, mean, variance, interval::CONFIDENCE)
    });
    values.sort_by(f64::total_cmp);
    let quantile = |level: f64| {
        let rank = (level * values.len() as f64).ceil().max(1.0) as usize;
        values.get(rank - 1).copied()
    };
    Measured {
        mean,
        quantiles: [0.05, 0.5, 0.95].map(quantile),
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole > 0 {
        part as f64 / whole as f64
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    fn asked(n: u64, threads: usize) -> Asked {
        Asked {
            n,
            first: 0,
            seed: 1,
            design: Design::default(),
            policy: None,
            stances: true,
            at: vec![Month::new(2008, 1), Month::new(2009, 12)],
            org: None,
            threshold: 0.0,
            alpha: 1.3,
            threads,
        }
    }

    fn value(of: &AtDate, id: &str) -> f64 {
        let idx = MEASURES.iter().position(|kind| kind.id == id).unwrap();
        of.measures[idx].mean.unwrap().value
    }

    #[test]
    fn two_actors_have_two_camps_at_most_and_no_triangle() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let found = measure(&scenario, &program, &asked(100, 2)).unwrap();
        assert_eq!(found.len(), 2);
        for date in &found {
            assert_eq!(date.n, 100);
            // One tie is never against the best of two camps.
            assert!(value(date, "frustration_index").abs() < 1e-15);
            assert!((value(date, "landscape_fit") - 1.0).abs() < 1e-12);
            assert!((value(date, "actors") - 2.0).abs() < 1e-12);
            assert!(date.measures[2].mean.is_none(), "no triangle");
            assert_eq!(date.together[0][0], Some(1.0));
            assert!((date.proved - 1.0).abs() < 1e-15);
            // S of two: 1 − Σ w |A_ik − A_jk| is 1 − (1 − A).
            let affinity = value(date, "affinity");
            assert!((value(date, "s_score") - affinity).abs() < 1e-6);
        }
    }

    #[test]
    fn threads_change_nothing_and_too_much_is_refused() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let [one, two] =
            [1, 2].map(|threads| measure(&scenario, &program, &asked(150, threads)).unwrap());
        for (one, two) in one.iter().zip(&two) {
            for (one, two) in one.measures.iter().zip(&two.measures) {
                assert_eq!(format!("{one:?}"), format!("{two:?}"));
            }
        }
        assert!(matches!(
            measure(&scenario, &program, &asked(0, 1)),
            Err(EnsembleError::NoReplicates)
        ));
        assert!(matches!(
            measure(&scenario, &program, &asked(1001, 1)),
            Err(EnsembleError::TooMany { .. })
        ));
    }
}
