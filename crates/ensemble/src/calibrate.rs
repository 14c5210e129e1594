//! Fits uncertain inputs to what was observed, by approximate Bayesian computation with a sequence of populations
//! (ABC-SMC: Toni and others 2009; Del Moral, Doucet and Jasra 2012).
//!
//! What was observed is one history, so a particle is one set of inputs with one simulated history (more histories
//! for each would not pay: Bornn and others 2017). A generation lowers the tolerance to a quantile of the
//! population's distances, keeps those within, draws the others anew from them, and lets all move by steps that
//! leave the tolerated posterior as it is. Distances are in units that follow the simulated spread; whoever is
//! within the newest tolerance is within all earlier ones too (Prangle 2017).
//!
//! Inputs are moved as normal scores: independent standard normals that the prior's quantile functions and
//! correlations turn into inputs ([`trials`]). Every draw is keyed by seed, generation, round and particle, so that
//! threads, batches and an end in between change nothing. This file knows no engine: whoever calls it says what a
//! set of scores leads to.

mod distance;
mod moves;
#[cfg(test)]
mod tests;
pub mod trials;

use foedera_results::special;
use foedera_sim::rng;
use serde::{Deserialize, Serialize};

use crate::error::EnsembleError;

pub use distance::{ABSENT, Row};
use moves::Proposals;

/// Purpose of the draws of a calibration; inputs have 128.
const PURPOSE: u8 = 176;
/// Most rounds of moves of a generation.
const ROUNDS_MAX: u32 = 10;
/// Rounds end once so many particles have moved at least once.
const MOVED: f64 = 0.9;
/// Most generations.
const GENERATIONS_MAX: u32 = 60;

/// How to calibrate.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed.
    pub seed: u64,
    /// Particles of a population, at least 2.
    pub particles: usize,
    /// Number of scores.
    pub inputs: usize,
    /// Share of a population that a new tolerance keeps, in 0..1.
    pub keep: f64,
    /// Distance at which nothing more is asked for.
    pub tolerance: f64,
    /// It ends when fewer of the moves are accepted.
    pub acceptance: f64,
    /// Most histories; the generation that would pass it is not begun.
    pub budget: u64,
}

/// A set of inputs with the history that they led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Particle {
    /// Normal scores of its inputs.
    #[serde(with = "bits")]
    pub scores: Vec<f64>,
    /// What its history answers to each row; not a number where absent. Empty if the history failed.
    #[serde(with = "bits")]
    pub answers: Vec<f64>,
    /// The particle of the first population that it descends from.
    pub root: u32,
}

/// A tolerance with the units in which it is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Unit of each row.
    #[serde(with = "bits")]
    pub scales: Vec<f64>,
    /// Largest distance, as one number.
    #[serde(with = "bits")]
    pub tolerance: Vec<f64>,
}

/// What a generation came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// Its tolerance.
    pub tolerance: f64,
    /// Share of its moves that were accepted.
    pub acceptance: f64,
    /// Its rounds of moves.
    pub rounds: u32,
    /// Different particles at its end.
    pub different: usize,
    /// Particles of the first population that have descendants.
    pub roots: usize,
    /// Histories so far.
    pub histories: u64,
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Everybody is within the tolerance asked for.
    Reached,
    /// Too few moves are accepted.
    Acceptance,
    /// The next generation would cost more than the budget.
    Budget,
    /// All are equally far: the distance falls no further.
    Level,
    /// So many generations are enough.
    Generations,
}

/// A population between two generations: all that the next one needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Generations so far; the first population is number 0.
    pub generation: u32,
    /// Histories so far.
    pub histories: u64,
    /// Histories that failed.
    pub failed: u64,
    /// The population.
    pub particles: Vec<Particle>,
    /// Tolerances so far.
    pub criteria: Vec<Criterion>,
    /// What the first population answered, by row: the prior's predictions.
    pub before: Vec<Answered>,
    /// Units that the simulated spread suggests for the next tolerance.
    #[serde(with = "bits")]
    pub scales: Vec<f64>,
    /// Length of a step, 0..=1, as one number.
    #[serde(with = "bits")]
    pub step: Vec<f64>,
    /// The course so far.
    pub course: Vec<Generation>,
    /// Why it ended, if it did.
    pub ended: Option<End>,
}

/// Answers of many histories to one row; not numbers where absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered(#[serde(with = "bits")] pub Vec<f64>);

/// One round of histories, one for each set of scores.
#[derive(Debug, Clone, Copy)]
pub struct Round<'a> {
    /// Generation.
    pub generation: u32,
    /// Round within it.
    pub round: u32,
    /// Normal scores of each particle.
    pub scores: &'a [Vec<f64>],
}

/// What histories answer, one list for each particle; nothing for one that failed.
pub type Told = Vec<Option<Vec<f64>>>;

/// Lets the histories of a round happen; nothing if it was told to stop.
pub trait World {
    /// What they answer to each row.
    ///
    /// # Errors
    /// If they cannot happen.
    fn tell(&mut self, round: &Round<'_>) -> Result<Option<Told>, EnsembleError>;
}

impl<F: FnMut(&Round<'_>) -> Result<Option<Told>, EnsembleError>> World for F {
    fn tell(&mut self, round: &Round<'_>) -> Result<Option<Told>, EnsembleError> {
        self(round)
    }
}

/// The first population: drawn from the prior. Nothing if it was told to stop.
///
/// # Errors
/// If the histories cannot happen.
pub fn begin(
    plan: &Plan,
    rows: &[Row],
    world: &mut dyn World,
) -> Result<Option<State>, EnsembleError> {
    let scores: Vec<Vec<f64>> = (0..plan.particles)
        .map(|particle| normals(plan, (0, 0), particle))
        .collect();
    let round = Round {
        generation: 0,
        round: 0,
        scores: &scores,
    };
    let Some(told) = world.tell(&round)? else {
        return Ok(None);
    };
    let failed = told.iter().filter(|answers| answers.is_none()).count();
    let good: Vec<&Vec<f64>> = told.iter().flatten().collect();
    let before = (0..rows.len())
        .map(|row| Answered(good.iter().map(|answers| answers[row]).collect()))
        .collect();
    let scales = distance::scales(rows, &good);
    let particles = scores
        .into_iter()
        .zip(told)
        .zip(0..)
        .map(|((scores, answers), root)| Particle {
            scores,
            answers: answers.unwrap_or_default(),
            root,
        })
        .collect();
    Ok(Some(State {
        generation: 0,
        histories: plan.particles as u64,
        failed: failed as u64,
        particles,
        criteria: Vec::new(),
        before,
        scales,
        step: vec![0.7],
        course: Vec::new(),
        ended: None,
    }))
}

impl State {
    /// The distance of a particle in the newest units; infinite of one whose history failed.
    pub fn distance(&self, rows: &[Row], particle: &Particle) -> f64 {
        let scales = self.criteria.last().map_or(&self.scales, |of| &of.scales);
        distance::of(rows, scales, &particle.answers)
    }

    /// The newest tolerance.
    pub fn tolerance(&self) -> Option<f64> {
        self.criteria.last().map(|of| of.tolerance[0])
    }

    /// One generation more, or the reason why there is none. Gives false if it was told to stop: then nothing
    /// has changed.
    ///
    /// # Errors
    /// If the histories cannot happen.
    pub fn advance(
        &mut self,
        plan: &Plan,
        rows: &[Row],
        world: &mut dyn World,
    ) -> Result<bool, EnsembleError> {
        if self.ended.is_none() {
            self.ended = self.why_not(plan);
        }
        if self.ended.is_some() {
            return Ok(true);
        }
        let (criterion, kept) = match self.select(plan, rows) {
            Ok(selected) => selected,
            Err(end) => {
                self.ended = Some(end);
                return Ok(true);
            }
        };
        let Some(next) = self.move_all(plan, rows, world, criterion, &kept)? else {
            return Ok(false);
        };
        *self = next;
        Ok(true)
    }

    /// A reason to end before the next generation.
    fn why_not(&self, plan: &Plan) -> Option<End> {
        let last = self.course.last();
        if last.is_some_and(|last| last.acceptance < plan.acceptance) {
            return Some(End::Acceptance);
        }
        if self.generation >= GENERATIONS_MAX {
            return Some(End::Generations);
        }
        // A generation costs at least one round.
        let cost = plan.particles as u64 * u64::from(last.map_or(1, |last| last.rounds));
        (self.histories + cost > plan.budget).then_some(End::Budget)
    }

    /// The next tolerance, and the particles within it.
    fn select(&self, plan: &Plan, rows: &[Row]) -> Result<(Criterion, Vec<usize>), End> {
        let distances: Vec<f64> = self
            .particles
            .iter()
            .map(|of| distance::of(rows, &self.scales, &of.answers))
            .collect();
        let mut sorted = distances.clone();
        sorted.sort_by(f64::total_cmp);
        let farthest = sorted[sorted.len() - 1];
        if farthest <= plan.tolerance {
            return Err(End::Reached);
        }
        let place = (plan.keep * sorted.len() as f64).ceil() as usize;
        let mut tolerance = sorted[place.clamp(1, sorted.len()) - 1];
        if tolerance >= farthest {
            // Ties: the next lower distance, if there is one.
            let lower = sorted.iter().rev().find(|of| **of < farthest);
            tolerance = *lower.ok_or(End::Level)?;
        }
        tolerance = tolerance.max(plan.tolerance);
        let within = |idx: &usize| distances[*idx] <= tolerance;
        let kept: Vec<usize> = (0..distances.len()).filter(within).collect();
        let criterion = Criterion {
            scales: self.scales.clone(),
            tolerance: vec![tolerance],
        };
        Ok((criterion, kept))
    }

    /// Draws the population anew from those kept and moves it.
    fn move_all(
        &self,
        plan: &Plan,
        rows: &[Row],
        world: &mut dyn World,
        criterion: Criterion,
        kept: &[usize],
    ) -> Result<Option<Self>, EnsembleError> {
        let generation = self.generation + 1;
        let mut next = Self {
            generation,
            ..self.clone()
        };
        next.criteria.push(criterion);
        let offset = uniform(plan, (generation, u32::MAX), 0, 0);
        next.particles = (0..plan.particles)
            .map(|of| kept[place(of, offset, kept.len(), plan.particles)])
            .map(|idx| self.particles[idx].clone())
            .collect();
        let centre: Vec<&[f64]> = kept
            .iter()
            .map(|idx| &self.particles[*idx].scores[..])
            .collect();
        let proposals = Proposals::new(&centre, self.step[0]);
        let mut moved = vec![false; plan.particles];
        let (mut accepted, mut rounds) = (0_u64, 0);
        let mut told_all: Vec<Vec<f64>> = Vec::new();
        while rounds < ROUNDS_MAX && share(&moved) < MOVED {
            let Some(told) = next.round(plan, rows, world, &proposals, rounds)? else {
                return Ok(None);
            };
            for (idx, yes) in told.moved.iter().enumerate().filter(|(_, yes)| **yes) {
                moved[idx] = *yes;
                accepted += 1;
            }
            next.failed += told.failed;
            told_all.extend(told.answers);
            rounds += 1;
            let barely =
                (accepted as f64) < plan.acceptance * f64::from(rounds) * plan.particles as f64;
            if barely && rounds >= 2 {
                break;
            }
        }
        next.histories += u64::from(rounds) * plan.particles as u64;
        next.scales = distance::scales(rows, &told_all.iter().collect::<Vec<_>>());
        let acceptance = accepted as f64 / (f64::from(rounds) * plan.particles as f64);
        next.step = vec![moves::next_step(self.step[0], acceptance)];
        next.course.push(Generation {
            tolerance: next.tolerance().unwrap_or(f64::NAN),
            acceptance,
            rounds,
            different: different(&next.particles),
            roots: roots(&next.particles),
            histories: next.histories,
        });
        Ok(Some(next))
    }

    /// One round of moves: a proposal for each particle, one history for each proposal.
    fn round(
        &mut self,
        plan: &Plan,
        rows: &[Row],
        world: &mut dyn World,
        proposals: &Proposals,
        round: u32,
    ) -> Result<Option<Moved>, EnsembleError> {
        let key = (self.generation, round);
        let proposed: Vec<Vec<f64>> = self
            .particles
            .iter()
            .enumerate()
            .map(|(idx, of)| proposals.propose(&of.scores, &normals(plan, key, idx)))
            .collect();
        let asked = Round {
            generation: self.generation,
            round,
            scores: &proposed,
        };
        let Some(told) = world.tell(&asked)? else {
            return Ok(None);
        };
        let mut moved = Moved {
            moved: vec![false; proposed.len()],
            answers: Vec::new(),
            failed: 0,
        };
        for (idx, (scores, answers)) in proposed.into_iter().zip(told).enumerate() {
            let Some(answers) = answers else {
                moved.failed += 1;
                continue;
            };
            moved.answers.push(answers.clone());
            let within =
                |of: &Criterion| distance::of(rows, &of.scales, &answers) <= of.tolerance[0];
            if !self.criteria.iter().all(within) {
                continue;
            }
            let particle = &mut self.particles[idx];
            let log_ratio = proposals.log_ratio(&particle.scores, &scores);
            let dice = uniform(plan, key, idx, 1 + plan.inputs as u32);
            if libm::log(dice) < log_ratio {
                particle.scores = scores;
                particle.answers = answers;
                moved.moved[idx] = true;
            }
        }
        Ok(Some(moved))
    }
}

/// What a round of moves did.
struct Moved {
    moved: Vec<bool>,
    answers: Vec<Vec<f64>>,
    failed: u64,
}

/// Systematic draws: the place among `from` of the draw number `of` of `n`.
fn place(of: usize, offset: f64, from: usize, n: usize) -> usize {
    let at = (of as f64 + offset) * from as f64 / n as f64;
    (at as usize).min(from - 1)
}

fn share(moved: &[bool]) -> f64 {
    moved.iter().filter(|yes| **yes).count() as f64 / moved.len() as f64
}

/// Number of different particles.
fn different(particles: &[Particle]) -> usize {
    let bits = |of: &Particle| of.scores.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let all: std::collections::BTreeSet<Vec<u64>> = particles.iter().map(bits).collect();
    all.len()
}

/// Number of different roots.
fn roots(particles: &[Particle]) -> usize {
    let all: std::collections::BTreeSet<u32> = particles.iter().map(|of| of.root).collect();
    all.len()
}

/// Standard normal scores, keyed by generation, round and particle.
fn normals(plan: &Plan, key: (u32, u32), particle: usize) -> Vec<f64> {
    (0..plan.inputs as u32)
        .map(|input| special::normal_quantile(uniform(plan, key, particle, 1 + input)))
        .collect()
}

/// A uniform number in the open interval (0, 1) with 53 bits.
fn uniform(plan: &Plan, (generation, round): (u32, u32), particle: usize, what: u32) -> f64 {
    // 24 bits of particle, 32 of generation and round: below the 56 bits of a replicate.
    let stage = u64::from(generation) << 8 | u64::from(round & 0xff);
    let words = rng::block(plan.seed, PURPOSE, (stage << 24) | particle as u64, what, 0);
    let bits = u64::from(words[0]) << 32 | u64::from(words[1]);
    ((bits >> 11) as f64 + 0.5) * 1.110_223_024_625_156_5e-16
}

/// Numbers as their bits: read back, they are the same, also those that are none.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        values: &[f64],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let bits: Vec<u64> = values.iter().map(|x| x.to_bits()).collect();
        bits.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<f64>, D::Error> {
        let bits = Vec::<u64>::deserialize(deserializer)?;
        Ok(bits.into_iter().map(f64::from_bits).collect())
    }
}
