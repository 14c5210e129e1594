//! One worker's world and schedule: built once, reset by rewriting lanes, run block by block.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use foedera_scenario::{Scenario, Status};

use crate::batch::{Block, BlockOutcome, Event, Fault, FaultKind};
use crate::isa::Isa;
use crate::lanes::{LANES, Lanes};
use crate::mechanisms::Law;
use crate::moment::Moment;
use crate::probe;
use crate::program::{Program, SitePlan};
use crate::rng::LaneKeys;
use crate::state::{
    Acts, Affinity, BlocTies, Bonds, Clashes, Clock, Cohesion, Commitment, Driver, ElementWeights,
    Elements, Ends, Felt, Grown, Growth, IdealPoint, Inputs, Joined, Keys, Leaving, Levels,
    Parameters, Party, Plan, Posts, Posture, Progress, Recorder, Salience, Shield, Site, Sites,
    Standing, Statute, Stress, Texts, Threatened, TiesVersion, TradeTotal, Traits, Utility,
    Verdict,
};
use crate::step;
use crate::systems::appraise::Workspace;
use crate::systems::bargain::Bench;
use crate::systems::foresee::Prospects;
use crate::systems::shock::{Fired, FiredAt};

/// One worker's world and schedule.
pub struct Engine {
    program: Arc<Program>,
    isa: Isa,
    world: World,
    loading: Schedule,
    step: Schedule,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("isa", &self.isa)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Builds the world of a program.
    #[must_use]
    pub fn new(program: &Arc<Program>, isa: Isa) -> Self {
        let mut world = World::new();
        spawn(&mut world, program);
        insert(&mut world, program);
        Self {
            program: Arc::clone(program),
            isa,
            world,
            loading: step::loading(),
            step: step::schedule(),
        }
    }

    /// Lets one block happen.
    ///
    /// # Panics
    /// If the block holds no or more than 64 replicates, or replicates beyond 2^56.
    pub fn run(&mut self, block: &Block<'_>) -> BlockOutcome {
        self.watch(block, &[], &mut |_, _| ())
    }

    /// Lets one block happen and hands over what stands at the end of some of its steps.
    ///
    /// # Panics
    /// If the block holds no or more than 64 replicates, or replicates beyond 2^56.
    pub fn watch(
        &mut self,
        block: &Block<'_>,
        steps: &[usize],
        see: &mut dyn FnMut(usize, Moment),
    ) -> BlockOutcome {
        assert!(
            (1..=LANES).contains(&block.n),
            "a block holds 1 to 64 replicates"
        );
        self.prepare(block);
        self.loading.run(&mut self.world);
        let scenario = Arc::clone(&self.program.scenario);
        for idx in 0..self.program.n_steps {
            let mut clock = self.world.resource_mut::<Clock>();
            clock.step = u32::try_from(idx).expect("steps fit u32");
            clock.month = scenario.time.month_of(idx).0;
            self.step.run(&mut self.world);
            if steps.contains(&idx) {
                see(idx, Moment::of(&self.program, &mut self.world));
            }
        }
        let mut outcome = self.collect(block.n);
        fault_inputs(block, &mut outcome);
        outcome
    }

    /// Sets clock, keys and inputs of a block.
    fn prepare(&mut self, block: &Block<'_>) {
        let time = &self.program.scenario.time;
        let years = time.years_per_step() as f32;
        *self.world.resource_mut::<Clock>() = Clock {
            step: 0,
            years,
            root_years: years.sqrt(),
            months: time.step.months(),
            month: time.start.0,
            policy: block.policy,
            stances: block.stances && self.program.scenario.stances,
            record: block.record,
            n: block.n,
        };
        // Padded lanes repeat the last replicate, so that they are sound and cost nothing extra.
        let last = block.n - 1;
        let mut replicates = [0; LANES];
        for (lane, replicate) in replicates.iter_mut().enumerate() {
            *replicate = block.first + lane.min(last) as u64;
        }
        self.world
            .insert_resource(Keys(LaneKeys::new(self.isa, block.seed, &replicates)));
        let program = &self.program;
        let mut inputs = self.world.resource_mut::<Inputs>();
        let inputs = &mut *inputs;
        for leaf in inputs.touched.drain(..) {
            inputs.lanes[leaf.0 as usize] = Lanes::splat(inputs.base[leaf.0 as usize]);
        }
        if let Some(policy) = block.policy {
            for (leaf, value) in &program.scenario.policies[policy].set {
                inputs.lanes[leaf.0 as usize] = Lanes::splat(*value as f32);
                inputs.touched.push(*leaf);
            }
        }
        for (leaf, lanes) in block.inputs {
            let to = &mut inputs.lanes[leaf.0 as usize];
            for lane in 0..LANES {
                to[lane] = lanes[lane.min(last)];
            }
            inputs.touched.push(*leaf);
        }
    }

    /// Takes what the block left behind.
    fn collect(&mut self, n: usize) -> BlockOutcome {
        let mut recorder = self.world.resource_mut::<Recorder>();
        // Systems write in the order (step, system, lane); readers want one replicate after the other.
        let events = by_lane(&recorder.events);
        recorder.events.clear();
        recorder.decisions.sort_by_key(|decision| decision.lane);
        recorder.ledger.sort_by_key(|entry| entry.lane);
        let mut outcomes = recorder.probes.clone();
        probe::count_events(&self.program, &events, &mut outcomes);
        BlockOutcome {
            n,
            outcomes: probe::combine_lanes(&self.program.scenario, outcomes),
            series: recorder.series.clone(),
            events,
            decisions: std::mem::take(&mut recorder.decisions),
            ledger: std::mem::take(&mut recorder.ledger),
            faults: recorder.faults.clone(),
        }
    }
}

/// Events in the order of lanes, and in each as they happened.
fn by_lane(events: &[Event]) -> Vec<Event> {
    let mut next = [0; LANES];
    for event in events {
        next[event.lane as usize] += 1;
    }
    let mut start = 0;
    for next in &mut next {
        start += std::mem::replace(next, start);
    }
    let mut sorted = events.to_vec();
    for event in events {
        let next = &mut next[event.lane as usize];
        sorted[*next] = *event;
        *next += 1;
    }
    sorted
}

/// Marks the lanes in which an input is not finite: comparisons with it are silently false.
fn fault_inputs(block: &Block<'_>, outcome: &mut BlockOutcome) {
    for (_, lanes) in block.inputs {
        for (fault, lane) in outcome.faults.iter_mut().zip(lanes.iter()) {
            if !lane.is_finite() {
                *fault = Some(Fault {
                    step: 0,
                    what: FaultKind::NotFinite,
                });
            }
        }
    }
}

/// Spawns every entity, kind by kind, in the order of the scenario: the order of rows.
fn spawn(world: &mut World, program: &Program) {
    let scenario = &program.scenario;
    for _ in &scenario.world.actors {
        world.spawn((
            Traits::default(),
            IdealPoint::default(),
            Salience::default(),
            Stress::default(),
            Threatened::default(),
            BlocTies::default(),
            TradeTotal::default(),
            Growth::default(),
        ));
    }
    for dyad in &scenario.world.dyads {
        let ends = Ends {
            source: dyad.source,
            target: dyad.target,
        };
        world.spawn((
            ends,
            Bonds::default(),
            Affinity::default(),
            Clashes::default(),
        ));
    }
    for _ in &program.seats {
        world.spawn((
            Standing::default(),
            Utility::default(),
            Shield::default(),
            Posture::default(),
            Commitment::default(),
            Leaving::default(),
        ));
    }
    for _ in &scenario.world.organisations {
        let room = vec![Lanes::ZERO; scenario.world.elements.len()];
        let levels = Levels {
            declared: room.clone(),
            built: room,
        };
        world.spawn((
            levels,
            Texts::default(),
            Statute::default(),
            Cohesion::default(),
        ));
    }
    for _ in &scenario.world.drivers {
        world.spawn(Driver::default());
    }
    for _ in &scenario.initiatives {
        world.spawn((Progress::default(), Verdict::default()));
    }
    for _ in &program.parties {
        world.spawn((Party::default(), Joined::default()));
    }
}

/// Inserts every resource.
fn insert(world: &mut World, program: &Arc<Program>) {
    let scenario: &Scenario = &program.scenario;
    let base: Vec<f32> = scenario
        .leaves
        .iter()
        .map(|(_, info)| info.value as f32)
        .collect();
    let lanes = base.iter().map(|&value| Lanes::splat(value)).collect();
    world.insert_resource(Plan(Arc::clone(program)));
    world.insert_resource(Inputs {
        lanes,
        base,
        touched: Vec::new(),
    });
    world.insert_resource(Parameters(Law::default()));
    world.insert_resource(Elements(vec![
        ElementWeights::default();
        scenario.world.elements.len()
    ]));
    world.insert_resource(Clock::default());
    world.insert_resource(TiesVersion::default());
    world.insert_resource(Grown::default());
    let couplings = scenario
        .world
        .drivers
        .iter()
        .map(|driver| driver.couplings.len());
    world.insert_resource(Felt(vec![Lanes::ZERO; couplings.sum()]));
    world.insert_resource(Acts::default());
    let site = |site: &SitePlan| Site {
        crew: vec![Lanes::ZERO; program.initiatives[site.initiative].parties.len()],
        ..Site::default()
    };
    world.insert_resource(Posts(vec![Lanes::ZERO; program.posts.len()]));
    world.insert_resource(Sites(program.sites.iter().map(site).collect()));
    world.insert_resource(FiredAt(vec![Lanes::ZERO; scenario.shocks.len()]));
    world.insert_resource(Fired(vec![Lanes::ZERO; scenario.shocks.len()]));
    world.insert_resource(Workspace::new(program));
    world.insert_resource(Prospects::new(program));
    world.insert_resource(Bench::new(program));
    world.insert_resource(Recorder {
        series: vec![vec![Lanes::ZERO; program.n_steps]; program.measures.len()],
        probes: vec![Lanes::ZERO; program.atoms.len()],
        events_in: vec![0; LANES],
        ..Recorder::default()
    });
    debug_assert!(
        program.seats.iter().all(
            |seat| seat.status != Status::Suspended || seat.actor < scenario.world.actors.len()
        )
    );
}
