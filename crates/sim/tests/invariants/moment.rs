//! What is watched at a step is what the outcomes of the same run report, and watching moves no bit.

use foedera_scenario::Outcome;
use foedera_sim::{Block, Engine, Isa, Record};

use crate::support;

#[test]
fn a_moment_is_what_outcomes_report() {
    let mut scenario = support::load("classroom", &[]);
    let n = scenario.world.actors.len();
    let at = Some(scenario.time.month_of(5));
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).collect();
    let affinity = |&(source, target): &(usize, usize)| Outcome::Affinity { source, target, at };
    scenario.outcomes = pairs.iter().map(affinity).collect();
    let program = support::program(scenario);
    let block = Block {
        seed: 7,
        first: 3,
        n: 5,
        policy: None,
        stances: true,
        inputs: &[],
        record: Record::Summary,
    };
    let mut engine = Engine::new(&program, Isa::Baseline);
    let plain = engine.run(&block);
    let mut moments = Vec::new();
    let watched = engine.watch(&block, &[5], &mut |step, moment| {
        moments.push((step, moment));
    });
    assert_eq!(plain.outcomes, watched.outcomes);
    assert_eq!(plain.events, watched.events);
    let [(5, moment)] = moments.as_slice() else {
        panic!("one moment, at step 5");
    };
    for (&(source, target), outcome) in pairs.iter().zip(&plain.outcomes) {
        for lane in 0..5 {
            let found = moment.affinity(lane, source, target);
            assert_eq!(found.to_bits(), outcome[lane].to_bits());
        }
    }
}
