//! How lively the model is on a scenario: whether the terms of utility are comparable, whether the
//! world neither freezes nor does everything, whether cohesion moves.
//!
//! Read from full ledgers of a few hundred replicates.

use std::sync::Arc;

use foedera_scenario::{Scenario, Term};
use foedera_sim::{
    Block, BlockOutcome, Engine, Isa, Measure, Program, Record,
    batch::{DECIDING_TERMS, Happening},
    lanes::LANES,
};
use serde::Serialize;

use crate::Sampler;

/// Spreads of two terms further apart than this are not comparable (`docs/MODEL.md`).
const FACTOR_MAX: f64 = 5.0;
/// A proposal adopted in fewer or more replicates than this is settled beforehand.
const SETTLED: f64 = 0.02;
/// A measure whose replicates end closer together than this does not move.
const STILL: f64 = 0.005;

/// Replicates that the table is made of.
const REPLICATES: u64 = 256;

/// Runs a few hundred replicates of the base case with full ledgers.
pub fn of(scenario: &Arc<Scenario>, seed: u64) -> Health {
    let program = Arc::new(Program::new(Arc::clone(scenario)));
    let mut engine = Engine::new(&program, Isa::detect());
    let sampler = Sampler::new(scenario, seed);
    let mut ledger = Ledger::new(scenario, program.measures());
    for first in (0..REPLICATES).step_by(LANES) {
        let draws = sampler.draw_block(first, LANES);
        ledger.add(&engine.run(&Block {
            seed,
            first,
            n: LANES,
            policy: None,
            stances: scenario.stances,
            inputs: &sampler.inputs(scenario, None, &draws),
            record: Record::Ledger,
        }));
    }
    ledger.health(scenario, program.measures())
}

/// What is counted.
#[derive(Debug, Clone)]
struct Ledger {
    parts: [Moments; DECIDING_TERMS.len()],
    adopted: Vec<u64>,
    tabled: Vec<u64>,
    passed: Vec<u64>,
    measures: Vec<[Moments; 2]>,
    events: [u64; KINDS.len()],
    faults: u64,
    replicates: u64,
}

/// Kinds of events, as they are counted.
const KINDS: [&str; 6] = [
    "shocks",
    "adoptions",
    "refusals",
    "payments",
    "changes of seat",
    "disputes",
];

/// The table.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    /// Replicates behind it.
    pub replicates: u64,
    /// Failed ones.
    pub faults: u64,
    /// Spread of the change of utility by term.
    pub terms: Vec<Spread>,
    /// Largest spread of a utility term over the smallest one that is not zero.
    pub factor: Option<f64>,
    /// Proposals.
    pub proposals: Vec<Proposal>,
    /// Measures.
    pub measures: Vec<Movement>,
    /// Events per replicate by kind.
    pub events: Vec<(&'static str, f64)>,
    /// What deserves a look.
    pub doubts: Vec<String>,
}

/// The spread of one term over all values of rungs to parties.
#[derive(Debug, Clone, Serialize)]
pub struct Spread {
    /// Term.
    pub term: &'static str,
    /// Mean change of utility.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// How an initiative fares.
#[derive(Debug, Clone, Serialize)]
pub struct Proposal {
    /// Initiative.
    pub id: String,
    /// Tablings per replicate.
    pub tablings: f64,
    /// Share of the tablings that adopt something.
    pub passing: f64,
    /// Share of the replicates that adopt something.
    pub adopting: f64,
}

/// How a measure moves.
#[derive(Debug, Clone, Serialize)]
pub struct Movement {
    /// Measure.
    pub path: String,
    /// Mean at the start.
    pub start: f64,
    /// Mean at the end.
    pub end: f64,
    /// Standard deviation over the replicates at the end.
    pub sd: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f32) {
        let value = f64::from(value);
        self.n += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(self) -> f64 {
        if self.n > 0.0 { self.sum / self.n } else { 0.0 }
    }

    fn sd(self) -> f64 {
        if self.n < 2.0 {
            return 0.0;
        }
        ((self.squares - self.sum * self.sum / self.n).max(0.0) / (self.n - 1.0)).sqrt()
    }
}

impl Ledger {
    /// An empty ledger.
    fn new(scenario: &Scenario, measures: &[Measure]) -> Self {
        let n = scenario.initiatives.len();
        Self {
            parts: [Moments::default(); DECIDING_TERMS.len()],
            adopted: vec![0; n],
            tabled: vec![0; n],
            passed: vec![0; n],
            measures: vec![[Moments::default(); 2]; measures.len()],
            events: [0; KINDS.len()],
            faults: 0,
            replicates: 0,
        }
    }

    /// Counts a block that was run with its full ledger.
    fn add(&mut self, block: &BlockOutcome) {
        let good = |lane: usize| block.faults.get(lane).is_none_or(Option::is_none);
        let good_lanes: Vec<usize> = (0..block.n).filter(|lane| good(*lane)).collect();
        self.replicates += good_lanes.len() as u64;
        self.faults += (block.n - good_lanes.len()) as u64;
        for entry in block
            .ledger
            .iter()
            .filter(|entry| good(entry.lane as usize))
        {
            for (part, value) in self.parts.iter_mut().zip(entry.parts) {
                part.add(value);
            }
        }
        for decision in block.decisions.iter().filter(|one| good(one.lane as usize)) {
            self.tabled[decision.initiative as usize] += 1;
            self.passed[decision.initiative as usize] += u64::from(decision.adopted.is_some());
        }
        for lane in good_lanes {
            for (idx, adopted) in self.adopted.iter_mut().enumerate() {
                let did = |one: &foedera_sim::batch::Decision| {
                    one.lane as usize == lane
                        && one.initiative as usize == idx
                        && one.adopted.is_some()
                };
                *adopted += u64::from(block.decisions.iter().any(did));
            }
            for (ends, steps) in self.measures.iter_mut().zip(&block.series) {
                if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
                    ends[0].add(first[lane]);
                    ends[1].add(last[lane]);
                }
            }
        }
        for event in block
            .events
            .iter()
            .filter(|event| good(event.lane as usize))
        {
            if let Some(kind) = kind(&event.what) {
                self.events[kind] += 1;
            }
        }
    }

    /// The table.
    fn health(&self, scenario: &Scenario, measures: &[Measure]) -> Health {
        let terms: Vec<Spread> = DECIDING_TERMS
            .iter()
            .zip(&self.parts)
            .map(|(&term, part)| Spread {
                term,
                mean: part.mean(),
                sd: part.sd(),
            })
            .collect();
        let spreads = || {
            terms[..Term::ALL.len()]
                .iter()
                .map(|of| of.sd)
                .filter(|sd| *sd > 0.0)
        };
        let (low, high) = (
            spreads().fold(f64::INFINITY, f64::min),
            spreads().fold(0.0, f64::max),
        );
        let per_replicate = |n: u64| ratio(n, self.replicates);
        let proposals = scenario
            .initiatives
            .iter()
            .enumerate()
            .map(|(idx, initiative)| Proposal {
                id: initiative.id.clone(),
                tablings: per_replicate(self.tabled[idx]),
                passing: ratio(self.passed[idx], self.tabled[idx]),
                adopting: per_replicate(self.adopted[idx]),
            });
        let movements = measures
            .iter()
            .zip(&self.measures)
            .map(|(measure, [start, end])| Movement {
                path: measure.path.clone(),
                start: start.mean(),
                end: end.mean(),
                sd: end.sd(),
            });
        let mut health = Health {
            replicates: self.replicates,
            faults: self.faults,
            factor: (high > 0.0).then(|| high / low),
            proposals: proposals.collect(),
            measures: movements.collect(),
            events: KINDS
                .iter()
                .zip(self.events)
                .map(|(&name, n)| (name, per_replicate(n)))
                .collect(),
            terms,
            doubts: Vec::new(),
        };
        health.doubts = doubts(&health);
        health
    }
}

fn kind(what: &Happening) -> Option<usize> {
    match what {
        Happening::Shock { .. } => Some(0),
        Happening::Adopted { .. } => Some(1),
        Happening::Blocked { .. } => Some(2),
        Happening::Paid { .. } => Some(3),
        Happening::StatusChanged { .. } => Some(4),
        Happening::Dispute { .. } => Some(5),
        Happening::Policy { .. }
        | Happening::Unforeseen { .. }
        | Happening::Held { .. }
        | Happening::Deployed { .. }
        | Happening::Base { .. }
        | Happening::Completed { .. }
        | Happening::Abandoned { .. } => None,
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a few hundred replicates"
    )]
    let (part, whole) = (part as f64, whole as f64);
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn doubts(health: &Health) -> Vec<String> {
    let mut doubts = Vec::new();
    if health.faults > 0 {
        doubts.push(format!("{} replicates failed", health.faults));
    }
    let dead: Vec<&str> = health.terms[..Term::ALL.len()]
        .iter()
        .filter(|of| of.sd <= 0.0)
        .map(|of| of.term)
        .collect();
    if !dead.is_empty() && health.proposals.iter().any(|one| one.tablings > 0.0) {
        doubts.push(format!("never moves a decision: {}", dead.join(", ")));
    }
    if let Some(factor) = health.factor.filter(|factor| *factor > FACTOR_MAX) {
        doubts.push(format!(
            "the spreads of the terms differ by a factor of {factor:.1}, more than {FACTOR_MAX}"
        ));
    }
    let settled = |share: f64| !(SETTLED..=1.0 - SETTLED).contains(&share);
    let names = |wanted: fn(f64) -> bool| -> Vec<&str> {
        let found = health.proposals.iter().filter(|one| wanted(one.adopting));
        found.map(|one| one.id.as_str()).collect()
    };
    let never = names(|share| share < SETTLED);
    let always = names(|share| share > 1.0 - SETTLED);
    if !health.proposals.is_empty() && health.proposals.iter().all(|one| settled(one.adopting)) {
        doubts.push(format!(
            "every proposal is settled beforehand: {} never, {} always adopted",
            never.len(),
            always.len()
        ));
    }
    let still = |one: &&Movement| {
        let name = one.path.strip_prefix("cohesion.");
        name.is_some_and(|rest| !rest.contains('.')) && one.sd < STILL
    };
    for one in health.measures.iter().filter(still) {
        doubts.push(format!("{} hardly moves", one.path));
    }
    doubts
}
