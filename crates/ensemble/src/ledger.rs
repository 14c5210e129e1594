//! Full ledgers of the first replicates of a run: they happen again, and every term of every party's value is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use foedera_results::ResultsError;
use foedera_results::output::ledger::{Answer, LedgerRow};
use foedera_scenario::Scenario;
use foedera_sim::batch::{Decision, Happening, LedgerEntry};
use foedera_sim::lanes::LANES;
use foedera_sim::{Block, BlockOutcome, Engine, Program, Record};
use rayon::prelude::*;

use crate::error::EnsembleError;
use crate::run::Request;
use crate::sampling::Sampler;

/// Blocks of 64 replicates that happen at a time.
const AHEAD: usize = 4;

/// Lets the first `n` replicates of a request happen again under each of its policies, and hands over their
/// ledgers in order, replicate by replicate. Gives the number of replicates done, a prefix when asked to stop.
///
/// # Errors
/// If the design does not fit the scenario or has fewer replicates, or the error of `hear`.
pub fn ledgers(
    scenario: &Scenario,
    program: &Arc<Program>,
    request: &Request,
    n: u64,
    hear: &mut dyn FnMut(&[LedgerRow]) -> Result<(), ResultsError>,
    stop: &AtomicBool,
) -> Result<u64, EnsembleError> {
    let sampler = Sampler::designed(scenario, request.seed, &request.design)?;
    let n = n.min(request.n);
    sampler.has(request.first, n)?;
    let firsts: Vec<u64> = (0..n).step_by(LANES).collect();
    let mut done = 0;
    for some in firsts.chunks(AHEAD) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let blocks: Vec<Vec<LedgerRow>> = some
            .par_iter()
            .map(|offset| {
                let size = (n - offset).min(LANES as u64) as usize;
                block(
                    scenario,
                    program,
                    request,
                    &sampler,
                    (request.first + offset, size),
                )
            })
            .collect();
        for (rows, offset) in blocks.iter().zip(some) {
            hear(rows)?;
            done += (n - offset).min(LANES as u64);
        }
    }
    Ok(done)
}

/// One block under every policy, by replicate, then policy.
fn block(
    scenario: &Scenario,
    program: &Arc<Program>,
    request: &Request,
    sampler: &Sampler,
    (first, n): (u64, usize),
) -> Vec<LedgerRow> {
    let draws = sampler.draw_block(first, n);
    let mut engine = Engine::new(program, request.isa);
    let mut all = Vec::new();
    for (arm, &policy) in request.policies.iter().enumerate() {
        let inputs = sampler.inputs(scenario, policy, &draws);
        let outcome = engine.run(&Block {
            seed: request.seed,
            first,
            n,
            policy,
            stances: request.stances,
            inputs: &inputs,
            record: Record::Ledger,
        });
        all.extend(rows(&outcome, first, arm as u32));
    }
    all.sort_by_key(|row| (row.replicate, row.arm));
    all
}

/// The rows of a block under one policy.
fn rows(outcome: &BlockOutcome, first: u64, arm: u32) -> Vec<LedgerRow> {
    let held = outcome
        .ledger
        .iter()
        .filter(|entry| (entry.lane as usize) < outcome.n);
    let mut rows = Vec::new();
    let mut entries: Vec<&LedgerEntry> = held.collect();
    // Entries of one tabling stand together; the order within it stays.
    entries.sort_by_key(|entry| (entry.lane, entry.step, entry.initiative));
    for tabling in entries.chunk_by(|one, other| key(one) == key(other)) {
        let Some(entry) = tabling.first() else {
            continue;
        };
        let decision = outcome
            .decisions
            .iter()
            .find(|decision| (decision.lane, decision.step, decision.initiative) == key(entry));
        let paid = paid(outcome, key(entry));
        let lowest = tabling.iter().map(|entry| entry.rung).min().unwrap_or(0);
        rows.extend(tabling.iter().map(|entry| LedgerRow {
            replicate: first + u64::from(entry.lane),
            arm,
            step: entry.step,
            initiative: entry.initiative,
            rung: entry.rung,
            actor: entry.actor,
            parts: entry.parts.to_vec(),
            value: entry.value,
            answer: decision.map_or(Answer::NotAsked, |decision| {
                answer(decision, paid, lowest, (entry.rung, entry.actor))
            }),
        }));
    }
    rows
}

const fn key(entry: &LedgerEntry) -> (u32, u32, u32) {
    (entry.lane, entry.step, entry.initiative)
}

/// Who was paid at a tabling.
fn paid(outcome: &BlockOutcome, (lane, step, initiative): (u32, u32, u32)) -> Option<u32> {
    outcome.events.iter().find_map(|event| match event.what {
        Happening::Paid {
            initiative: of,
            actor,
            ..
        } if event.lane == lane && event.step == step && of == initiative => Some(actor),
        _ => None,
    })
}

/// What a party answered to a rung; `lowest` is the lowest rung that was valued.
pub fn answer(
    decision: &Decision,
    paid: Option<u32>,
    lowest: u32,
    (rung, actor): (u32, u32),
) -> Answer {
    if decision.adopted.is_some_and(|adopted| rung <= adopted) {
        return if paid == Some(actor) {
            Answer::Paid
        } else {
            Answer::Adopted
        };
    }
    let blocks = decision
        .blockers
        .iter()
        .any(|blocker| blocker.actor == actor);
    if at_stake(decision, lowest) != rung {
        Answer::NotAsked
    } else if blocks && decision.pivotal == Some(actor) {
        Answer::Pivotal
    } else if blocks {
        Answer::No
    } else {
        Answer::Yes
    }
}

/// The rung whose refusal or adoption decided: the shallowest that failed, else the adopted one.
pub const fn at_stake(decision: &Decision, lowest: u32) -> u32 {
    match decision.adopted {
        None => lowest,
        Some(adopted) if decision.blockers.is_empty() => adopted,
        Some(adopted) => adopted + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::replay::{Which, replay};
    use crate::test_data;
    use foedera_sim::Isa;

    #[test]
    fn ledgers_are_those_of_the_replays() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let request = Request {
            n: 100,
            first: 0,
            seed: 5,
            design: Design::default(),
            policies: vec![None, Some(0)],
            threads: 1,
            isa: Isa::Baseline,
            stances: true,
            trajectories: false,
            headline: None,
        };
        let mut all = Vec::new();
        let stop = AtomicBool::new(false);
        let mut hear = |rows: &[LedgerRow]| {
            all.extend(rows.to_vec());
            Ok(())
        };
        let done = ledgers(&scenario, &program, &request, 70, &mut hear, &stop).unwrap();
        assert_eq!(done, 70);
        assert!(all.is_sorted_by_key(|row| (row.replicate, row.arm)));
        assert_eq!(all.last().map(|row| row.replicate), Some(69));
        let mut seen = 0;
        // On both sides of the border of a block. A history may have nothing on its table.
        for replicate in (0..8).chain(60..70) {
            let which = Which {
                replicate,
                seed: 5,
                design: &request.design,
                policy: None,
                stances: true,
                isa: Isa::Baseline,
            };
            let history = replay(&scenario, &program, which).unwrap();
            let own: Vec<&LedgerRow> = all
                .iter()
                .filter(|row| row.replicate == replicate && row.arm == 0)
                .collect();
            assert_eq!(own.len(), history.outcome.ledger.len());
            seen += own.len();
            let sum = |values: &mut dyn Iterator<Item = f32>| values.map(f64::from).sum::<f64>();
            let (one, other) = (
                sum(&mut own.iter().map(|row| row.value)),
                sum(&mut history.outcome.ledger.iter().map(|entry| entry.value)),
            );
            assert!((one - other).abs() < 1e-9, "{one} {other}");
            assert!(own.is_empty() || own.iter().any(|row| row.answer != Answer::NotAsked));
        }
        assert!(seen > 0, "some history decides something");
    }

    #[test]
    fn a_ledger_that_is_stopped_is_a_prefix() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let request = Request {
            n: 10,
            first: 0,
            seed: 5,
            design: Design::default(),
            policies: vec![None],
            threads: 1,
            isa: Isa::Baseline,
            stances: true,
            trajectories: false,
            headline: None,
        };
        let stop = AtomicBool::new(true);
        let done = ledgers(&scenario, &program, &request, 10, &mut |_| Ok(()), &stop).unwrap();
        assert_eq!(done, 0);
    }
}
