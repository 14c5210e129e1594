//! The flagship scenario beside the time of drawing its own random numbers with the same generator.
//!
//! `cargo bench -p foedera-sim --bench flagship` prints a table; with `-- --json` one line for a script. Passes of
//! the engine and of the draws alternate in one process and medians are compared, since machines are noisy.
//! Drawn are the streams of every step (affinity and disputes of every pair, ideal points, drivers, shocks,
//! exits); those of meetings, once a year for each party, are left out: they are under one in a hundred.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a bench reads files and the clock"
)]

use std::sync::Arc;
use std::time::Instant;

use foedera_scenario::{Process, Scenario, SourceError, Sources};
use foedera_sim::lanes::Lanes;
use foedera_sim::rng::{self, LaneKeys, NoiseBlock};
use foedera_sim::{Block, Engine, Isa, Program, Record};

/// Blocks of 64 replicates in a pass.
const BLOCKS: u64 = 4;
/// Passes of each.
const PASSES: usize = 9;

/// The repository's files.
struct Disk;

impl Sources for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        std::fs::read(path).map_err(|error| SourceError::Unreadable {
            reason: error.to_string(),
        })
    }
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../scenarios/csto-integration.ron"
    );
    let loaded = foedera_scenario::load(&Disk, path, &[], &foedera_sim::catalogue());
    let scenario = Arc::new(loaded.expect("the flagship is valid").scenario);
    let program = Arc::new(Program::new(Arc::clone(&scenario)));
    let isa = Isa::detect();
    let mut engine = Engine::new(&program, isa);
    let mut draws = Draws::of(&scenario);
    let (mut runs, mut drawing) = (Vec::new(), Vec::new());
    for pass in 0..=PASSES {
        let start = Instant::now();
        for block in 0..BLOCKS {
            let block = Block {
                seed: 1,
                first: block * 64,
                n: 64,
                policy: None,
                stances: true,
                inputs: &[],
                record: Record::Summary,
            };
            std::hint::black_box(engine.run(&block));
        }
        let ran = start.elapsed().as_secs_f64();
        let start = Instant::now();
        for block in 0..BLOCKS {
            std::hint::black_box(draws.draw(&LaneKeys::consecutive(isa, 1, block * 64)));
        }
        // The first pass warms caches and is not counted.
        if pass > 0 {
            runs.push(ran);
            drawing.push(start.elapsed().as_secs_f64());
        }
    }
    report(
        json,
        isa,
        median(runs),
        median(drawing),
        draws.per_replicate(),
    );
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Prints the figures.
fn report(json: bool, isa: Isa, run: f64, drawing: f64, draws: usize) {
    let replicates = (BLOCKS * 64) as f64;
    let (per_s, draws_per_s, ratio) = (replicates / run, replicates / drawing, run / drawing);
    if json {
        println!(
            "{{\"bench\":\"flagship\",\"isa\":\"{}\",\"replicates_per_s\":{per_s:.0},\"drawing_replicates_per_s\":{draws_per_s:.0},\"draws_per_replicate\":{draws},\"times_drawing\":{ratio:.2}}}",
            isa.name()
        );
    } else {
        println!("csto-integration, one thread, {}", isa.name());
        println!("  engine                 {per_s:>10.0} replicates/s");
        println!("  its random numbers     {draws_per_s:>10.0} replicates/s ({draws} draws each)");
        println!("  engine over drawing    {ratio:>10.2}");
    }
}

/// The streams a step draws.
struct Draws {
    n_steps: u32,
    normals: Vec<(u8, u32, NoiseBlock)>,
    uniforms: Vec<(u8, u32, NoiseBlock)>,
}

impl Draws {
    fn of(scenario: &Scenario) -> Self {
        let world = &scenario.world;
        let number = |actor: usize| world.actors[actor].number;
        let (mut normals, mut uniforms) = (vec![(4, 0)], Vec::new());
        for dyad in &world.dyads {
            let entity = rng::dyad_entity(number(dyad.source), number(dyad.target));
            normals.push((2, entity));
            uniforms.push((9, entity));
        }
        normals.extend(
            world
                .actors
                .iter()
                .map(|actor| (3, u32::from(actor.number))),
        );
        for driver in &world.drivers {
            let stream = (1, u32::from(driver.number));
            match driver.process {
                Process::Constant { .. } | Process::Path { .. } => {}
                Process::Markov { .. } | Process::Jumps { .. } => uniforms.push(stream),
                _ => normals.push(stream),
            }
        }
        uniforms.extend(
            scenario
                .shocks
                .iter()
                .map(|shock| (5, u32::from(shock.number))),
        );
        for organisation in &world.organisations {
            for (actor, _) in &organisation.seats {
                uniforms.push((
                    10,
                    rng::directed_entity(organisation.number, number(*actor)),
                ));
            }
        }
        let keep = |streams: Vec<(u8, u32)>| {
            streams
                .into_iter()
                .map(|(purpose, entity)| (purpose, entity, NoiseBlock::default()))
                .collect()
        };
        let n_steps = u32::try_from(scenario.time.n_steps()).expect("steps fit u32");
        Self {
            n_steps,
            normals: keep(normals),
            uniforms: keep(uniforms),
        }
    }

    /// Draws everything a block draws, and adds it up so that nothing is left out.
    fn draw(&mut self, keys: &LaneKeys) -> Lanes {
        let mut sum = Lanes::ZERO;
        for step in 0..self.n_steps {
            for (purpose, entity, noise) in &mut self.normals {
                noise.prepare_normals(keys, *purpose, step, *entity);
                sum.update_with(noise.at(step), |sum, drawn| sum + drawn);
            }
            for (purpose, entity, noise) in &mut self.uniforms {
                noise.prepare_uniforms(keys, *purpose, step, *entity);
                sum.update_with(noise.at(step), |sum, drawn| sum + drawn);
            }
        }
        sum
    }

    fn per_replicate(&self) -> usize {
        self.n_steps as usize * (self.normals.len() + self.uniforms.len())
    }
}
