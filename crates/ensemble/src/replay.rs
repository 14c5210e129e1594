//! Runs one replicate again, with its full ledger: the same history to the last bit as in the ensemble.

use std::sync::Arc;

use foedera_scenario::{Leaf, PolicyIdx, Scenario};
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program, Record};

use crate::design::Design;
use crate::error::EnsembleError;
use crate::run::N_MAX;
use crate::sampling::Sampler;

/// Which history.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// Replicate.
    pub replicate: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Design of the run.
    pub design: &'a Design,
    /// Policy; `None` is the base case.
    pub policy: Option<PolicyIdx>,
    /// Whether stances count.
    pub stances: bool,
    /// Instruction set; it changes nothing but the speed.
    pub isa: Isa,
}

/// One history.
#[derive(Debug)]
pub struct History {
    /// Inputs that were drawn, with their values under the policy.
    pub inputs: Vec<(Leaf, f32)>,
    /// What happened, in lane 0.
    pub outcome: BlockOutcome,
}

/// Runs one replicate again.
///
/// # Errors
/// If the replicate's number is too large, the design has no such replicate, or the policy is not one of the scenario's.
pub fn replay(
    scenario: &Scenario,
    program: &Arc<Program>,
    which: Which<'_>,
) -> Result<History, EnsembleError> {
    let first = which.replicate;
    if first >= foedera_sim::rng::REPLICATES_MAX {
        return Err(EnsembleError::TooMany {
            first,
            n: 1,
            max: N_MAX,
        });
    }
    if let Some(policy) = which
        .policy
        .filter(|&policy| policy >= scenario.policies.len())
    {
        return Err(EnsembleError::Policy { policy });
    }
    let sampler = Sampler::designed(scenario, which.seed, which.design)?;
    sampler.has(first, 1)?;
    let draws = sampler.draw_block(first, 1);
    let inputs = sampler.inputs(scenario, which.policy, &draws);
    let mut engine = Engine::new(program, which.isa);
    let outcome = engine.run(&Block {
        seed: which.seed,
        first,
        n: 1,
        policy: which.policy,
        stances: which.stances,
        inputs: &inputs,
        record: Record::Ledger,
    });
    Ok(History {
        inputs: inputs
            .iter()
            .map(|(leaf, lanes)| (*leaf, lanes[0]))
            .collect(),
        outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    #[test]
    fn what_cannot_be_replayed_is_refused() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(scenario.clone()));
        let which = Which {
            replicate: 1 << 56,
            seed: 1,
            design: &Design::default(),
            policy: None,
            stances: true,
            isa: Isa::Baseline,
        };
        assert!(matches!(
            replay(&scenario, &program, which),
            Err(EnsembleError::TooMany { .. })
        ));
        let which = Which {
            replicate: 0,
            policy: Some(9),
            ..which
        };
        assert!(matches!(
            replay(&scenario, &program, which),
            Err(EnsembleError::Policy { policy: 9 })
        ));
    }

    #[test]
    fn inputs_are_those_of_the_replicate() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(scenario.clone()));
        let which = Which {
            replicate: 12,
            seed: 1,
            design: &Design::default(),
            policy: None,
            stances: true,
            isa: Isa::Baseline,
        };
        let history = replay(&scenario, &program, which).unwrap();
        let drawn: Vec<f32> = Sampler::new(&scenario, 1)
            .draw(12)
            .iter()
            .map(|&x| x as f32)
            .collect();
        assert_eq!(
            history.inputs.iter().map(|of| of.1).collect::<Vec<_>>(),
            drawn
        );
    }
}
