//! What the tests of both engines share: scenarios from the repository, draws, and comparison bit by bit.

#![expect(dead_code, unreachable_pub, reason = "each test binary uses a part")]

pub mod worlds;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foedera_scenario::{Catalogue, Leaf, MemorySources, Override, Scenario, SourceError, Sources};
use foedera_sim::lanes::{LANES, Lanes};
use foedera_sim::reference::{self, Replicate};
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program, Record, catalogue, rng};

/// Purpose of the tests' own draws, beyond those of the engine.
const TEST_DRAWS: u8 = 250;

/// Scenario files of the repository.
pub struct Files;

impl Sources for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(repository().join(path)).map_err(|_| SourceError::NotFound)
    }
}

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Loads a scenario from a source, with overrides `path=value`.
pub fn load_from(sources: &dyn Sources, path: &str, sets: &[&str]) -> Scenario {
    let overrides: Vec<Override> = sets
        .iter()
        .map(|text| Override::parse(text).expect("an override reads path=value"))
        .collect();
    let catalogue: Catalogue = catalogue();
    foedera_scenario::load(sources, path, &overrides, &catalogue)
        .unwrap_or_else(|mistakes| {
            let texts: Vec<String> = mistakes
                .iter()
                .filter(|one| one.is_error())
                .map(|one| one.message.clone())
                .collect();
            panic!("{path} with {sets:?}: {texts:#?}")
        })
        .scenario
}

/// Loads a scenario of the repository.
pub fn load(name: &str, sets: &[&str]) -> Scenario {
    load_from(&Files, &format!("scenarios/{name}.ron"), sets)
}

/// Compiles a scenario.
pub fn program(scenario: Scenario) -> Arc<Program> {
    Arc::new(Program::new(Arc::new(scenario)))
}

/// One value for each leaf that may be drawn, other in each replicate: spread around the base value in its range.
pub fn drawn_inputs(
    scenario: &Scenario,
    seed: u64,
    replicate: u64,
    spread: f64,
) -> Vec<(Leaf, f32)> {
    let draw = |leaf: Leaf| {
        let info = scenario.leaves.info(leaf);
        let share = f64::from(rng::uniform(rng::word(
            seed, TEST_DRAWS, replicate, 0, leaf.0,
        )));
        if scenario.alternatives.iter().any(|one| one.leaf == leaf) {
            return (leaf, (share * (info.max + 1.0)).floor() as f32);
        }
        // Half of the leaves stay as they are.
        let moved = rng::word(seed, TEST_DRAWS, replicate, 1, leaf.0).is_multiple_of(2);
        let width = match info.prior {
            Some((low, _, high)) => high - low,
            None => info.value.abs().max(0.1),
        };
        let value = info.value
            + if moved {
                spread * width * (share - 0.5)
            } else {
                0.0
            };
        (leaf, value.clamp(info.min, info.max) as f32)
    };
    scenario
        .uncertainties
        .iter()
        .map(|uncertainty| draw(uncertainty.leaf))
        .collect()
}

/// The inputs of a block of replicates, padded as an ensemble would.
pub fn in_lanes(of: &[Vec<(Leaf, f32)>]) -> Vec<(Leaf, Lanes)> {
    let leaves = of.first().map_or(&[][..], |first| first);
    let lanes = |at: usize| Lanes::from_fn(|lane| of[lane.min(of.len() - 1)][at].1);
    leaves
        .iter()
        .enumerate()
        .map(|(at, (leaf, _))| (*leaf, lanes(at)))
        .collect()
}

/// A block of the base case.
pub fn block(seed: u64, first: u64, n: usize) -> Block<'static> {
    Block {
        seed,
        first,
        n,
        policy: None,
        stances: true,
        inputs: &[],
        record: Record::Ledger,
    }
}

/// Runs a block on a fresh engine.
pub fn run(program: &Arc<Program>, isa: Isa, block: &Block<'_>) -> BlockOutcome {
    Engine::new(program, isa).run(block)
}

/// What one lane of a block left behind, in the form of the reference engine.
pub fn lane_of(outcome: &BlockOutcome, lane: usize) -> Replicate {
    assert!(lane < outcome.n && outcome.n <= LANES);
    let here = |of: u32| of as usize == lane;
    let mut events: Vec<_> = outcome
        .events
        .iter()
        .filter(|event| here(event.lane))
        .copied()
        .collect();
    let mut decisions: Vec<_> = outcome
        .decisions
        .iter()
        .filter(|one| here(one.lane))
        .cloned()
        .collect();
    let mut ledger: Vec<_> = outcome
        .ledger
        .iter()
        .filter(|one| here(one.lane))
        .copied()
        .collect();
    events.iter_mut().for_each(|event| event.lane = 0);
    decisions.iter_mut().for_each(|one| one.lane = 0);
    ledger.iter_mut().for_each(|one| one.lane = 0);
    Replicate {
        outcomes: outcome.outcomes.iter().map(|lanes| lanes[lane]).collect(),
        series: outcome
            .series
            .iter()
            .map(|steps| steps.iter().map(|lanes| lanes[lane]).collect())
            .collect(),
        events,
        decisions,
        ledger,
        fault: outcome.faults[lane],
    }
}

/// Says where two histories differ first, if they do: bit for bit, absent being absent.
pub fn difference(program: &Program, ours: &Replicate, theirs: &Replicate) -> Option<String> {
    let same =
        |one: f32, other: f32| one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan());
    let steps = ours.series.first().map_or(0, Vec::len);
    for step in 0..steps {
        for (measure, (one, other)) in program
            .measures()
            .iter()
            .zip(ours.series.iter().zip(&theirs.series))
        {
            if !same(one[step], other[step]) {
                return Some(format!(
                    "{} at step {step}: {} against {}",
                    measure.path, one[step], other[step]
                ));
            }
        }
    }
    if let Some((one, other)) = first_difference(&ours.ledger, &theirs.ledger) {
        return Some(format!("ledger: {one} against {other}"));
    }
    if let Some((one, other)) = first_difference(&ours.decisions, &theirs.decisions) {
        return Some(format!("decisions: {one} against {other}"));
    }
    if let Some((one, other)) = first_difference(&ours.events, &theirs.events) {
        return Some(format!("events: {one} against {other}"));
    }
    for (idx, (one, other)) in ours.outcomes.iter().zip(&theirs.outcomes).enumerate() {
        if !same(*one, *other) {
            return Some(format!(
                "outcome {:?}: {one} against {other}",
                program.scenario().outcomes[idx]
            ));
        }
    }
    (ours.fault != theirs.fault)
        .then(|| format!("fault: {:?} against {:?}", ours.fault, theirs.fault))
}

fn first_difference<T: PartialEq + std::fmt::Debug>(
    ours: &[T],
    theirs: &[T],
) -> Option<(String, String)> {
    let n = ours.len().max(theirs.len());
    let at = (0..n).find(|&at| ours.get(at) != theirs.get(at))?;
    Some((
        format!("{:?}", ours.get(at)),
        format!("{:?}", theirs.get(at)),
    ))
}

/// Demands the same history.
pub fn assert_same(program: &Program, ours: &Replicate, theirs: &Replicate, about: &str) {
    if let Some(found) = difference(program, ours, theirs) {
        panic!("{about}: {found}");
    }
}

/// The reference engine on the base case.
pub fn refer(program: &Program, seed: u64, replicate: u64) -> Replicate {
    reference::run(program, seed, replicate, None, true, &[])
}

/// The files of the classroom, to be changed as text.
#[derive(Clone)]
pub struct Classroom {
    pub scenario: String,
    pub world: String,
    pub actors: String,
    pub dyads: String,
}

impl Classroom {
    /// As it is in the repository.
    pub fn read() -> Self {
        let text = |path: &str| {
            let bytes = Files
                .read(path)
                .expect("the classroom is in the repository");
            String::from_utf8(bytes).expect("scenarios are UTF-8")
        };
        Self {
            scenario: text("scenarios/classroom.ron"),
            world: text("scenarios/worlds/classroom/world.ron"),
            actors: text("scenarios/worlds/classroom/actors.csv"),
            dyads: text("scenarios/worlds/classroom/dyads.csv"),
        }
    }

    /// Its files under the paths of the repository.
    fn sources(&self) -> MemorySources {
        MemorySources::default()
            .with("scenarios/classroom.ron", self.scenario.as_str())
            .with("scenarios/worlds/classroom/world.ron", self.world.as_str())
            .with(
                "scenarios/worlds/classroom/actors.csv",
                self.actors.as_str(),
            )
            .with("scenarios/worlds/classroom/dyads.csv", self.dyads.as_str())
    }

    /// Loads and compiles it.
    pub fn program(&self, sets: &[&str]) -> Arc<Program> {
        program(load_from(&self.sources(), "scenarios/classroom.ron", sets))
    }
}

/// Replaces a text that must be there.
pub fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(
        text.contains(from),
        "`{from}` is no longer in the classroom"
    );
    text.replace(from, to)
}

/// The leaf at a path that must be there.
pub fn leaf(program: &Program, path: &str) -> Leaf {
    program
        .scenario()
        .leaves
        .find(path)
        .unwrap_or_else(|| panic!("no leaf {path}"))
}

/// Inputs that are the same in every lane, by path.
pub fn inputs(program: &Program, of: &[(&str, f32)]) -> Vec<(Leaf, Lanes)> {
    of.iter()
        .map(|(path, value)| (leaf(program, path), Lanes::splat(*value)))
        .collect()
}

/// Index of the measure at a path.
pub fn measure(program: &Program, path: &str) -> usize {
    program
        .measures()
        .iter()
        .position(|measure| measure.path == path)
        .unwrap_or_else(|| panic!("no measure {path}"))
}
