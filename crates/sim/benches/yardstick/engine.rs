//! Runs the yardstick on `bevy_ecs`: an entity for each state and dyad, a lane for each replicate.
//!
//! One world and one schedule, single-threaded, reset for each block; systems take whole columns as slices
//! and choose the instruction set once.

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::SingleThreadedExecutor;
use foedera_sim::isa::Isa;
use foedera_sim::lanes::Lanes;
use foedera_sim::rng::{LaneKeys, NoiseBlock};

use super::model::{DOMAINS, Data, purpose};
use super::outcome::Trace;
use super::rows::{self, End, Vector};

#[derive(Component)]
struct Stress(Vector);
#[derive(Component)]
struct Position(Vector);
#[derive(Component)]
struct Ideal([f32; DOMAINS]);
#[derive(Component)]
struct Capability(f32);
/// The state's capability while it is a member, else zero.
#[derive(Component)]
struct Weight(Lanes);
/// Weighted ties, then satisfaction.
#[derive(Component)]
struct Support(Lanes);
#[derive(Component)]
struct Low(Lanes);
#[derive(Component)]
struct ShockNoise([NoiseBlock; DOMAINS]);
#[derive(Component, Default)]
struct EventNoise(NoiseBlock);
#[derive(Component, Default)]
struct VoteNoise(NoiseBlock);
#[derive(Component, Default)]
struct WithdrawNoise(NoiseBlock);

#[derive(Component)]
struct Tie(Lanes);
#[derive(Component)]
struct TieStart(f32);
#[derive(Component)]
struct Rivalry(f32);
/// Rows of the two states; the source comes first.
#[derive(Component)]
struct Ends {
    source: usize,
    target: usize,
}
#[derive(Component, Default)]
struct DriftNoise(NoiseBlock);

#[derive(Resource)]
struct Draws(LaneKeys);
#[derive(Resource, Default)]
struct Tick(u32);
#[derive(Resource)]
struct Alliance {
    maturity: Lanes,
    sum: Lanes,
    squares: Lanes,
}
#[derive(Resource)]
struct Record(Trace);

const DENSE: &str = "states and dyads are one archetype each";

/// Holds the world and schedule of one worker.
pub(crate) struct Engine {
    world: World,
    schedule: Schedule,
    isa: Isa,
    seed: u64,
    ticks: u32,
}

impl Engine {
    pub(crate) fn new(data: &Data, isa: Isa, seed: u64) -> Self {
        let mut world = World::new();
        for (&capability, &ideal) in data.capability.iter().zip(&data.ideal) {
            let noise = std::array::from_fn(|_| NoiseBlock::default());
            world.spawn((
                (
                    Capability(capability),
                    Ideal(ideal),
                    Weight(Lanes::ZERO),
                    Low(Lanes::ZERO),
                ),
                (
                    Stress([Lanes::ZERO; DOMAINS]),
                    Position([Lanes::ZERO; DOMAINS]),
                ),
                (Support(Lanes::ZERO), ShockNoise(noise)),
                (
                    EventNoise::default(),
                    VoteNoise::default(),
                    WithdrawNoise::default(),
                ),
            ));
        }
        for dyad in &data.dyads {
            let ends = Ends {
                source: dyad.source,
                target: dyad.target,
            };
            let tie = (Tie(Lanes::ZERO), TieStart(dyad.tie_start));
            world.spawn((tie, Rivalry(dyad.rivalry), ends, DriftNoise::default()));
        }
        world.insert_resource(Record(Trace::new(data)));
        world.init_resource::<Tick>();
        world.insert_resource(Draws(LaneKeys::consecutive(isa, seed, 0)));
        let zero = Lanes::ZERO;
        world.insert_resource(Alliance {
            maturity: zero,
            sum: zero,
            squares: zero,
        });
        let mut schedule = Schedule::default();
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.add_systems(
            (
                shock_states,
                drift_ties,
                vote_on_deepening,
                withdraw_members,
                record_cohesion,
            )
                .chain(),
        );
        Self {
            world,
            schedule,
            isa,
            seed,
            ticks: data.ticks,
        }
    }

    pub(crate) fn run(&mut self, first_replicate: u64) -> &Trace {
        let keys = LaneKeys::consecutive(self.isa, self.seed, first_replicate);
        self.world.insert_resource(Draws(keys));
        self.reset();
        for tick in 0..self.ticks {
            self.world.resource_mut::<Tick>().0 = tick;
            self.schedule.run(&mut self.world);
        }
        self.collect();
        &self.world.resource::<Record>().0
    }

    fn reset(&mut self) {
        let world = &mut self.world;
        let mut alliance = Alliance {
            maturity: Lanes::ZERO,
            sum: Lanes::ZERO,
            squares: Lanes::ZERO,
        };
        let mut states = world.query::<(
            &Capability,
            &mut Stress,
            &mut Weight,
            &mut Low,
            &mut WithdrawNoise,
        )>();
        for (capability, mut stress, mut weight, mut low, mut noise) in states.iter_mut(world) {
            stress.0 = [Lanes::ZERO; DOMAINS];
            weight.0 = Lanes::splat(capability.0);
            low.0 = Lanes::ZERO;
            noise.0.forget();
            rows::sum_weights(&mut alliance.sum, &mut alliance.squares, &weight.0);
        }
        for (mut tie, start) in world.query::<(&mut Tie, &TieStart)>().iter_mut(world) {
            tie.0 = Lanes::splat(start.0);
        }
        *world.resource_mut::<Alliance>() = alliance;
    }

    fn collect(&mut self) {
        let weights: Vec<Lanes> = self
            .world
            .query::<&Weight>()
            .iter(&self.world)
            .map(|weight| weight.0)
            .collect();
        let maturity = self.world.resource::<Alliance>().maturity;
        let mut record = self.world.resource_mut::<Record>();
        record.0.maturity = maturity;
        record.0.weight = weights;
    }
}

type ShockColumns = (
    &'static Ideal,
    &'static mut Stress,
    &'static mut Position,
    &'static mut ShockNoise,
    &'static mut EventNoise,
);

fn shock_states(mut states: Query<ShockColumns>, draws: Res<Draws>, tick: Res<Tick>) {
    let (keys, tick) = (&draws.0, tick.0);
    let mut columns = states.contiguous_iter_mut().expect(DENSE);
    let (ideal, mut stress, mut position, mut noise, mut event) = columns.next().expect(DENSE);
    let (stress, position) = (
        stress.bypass_change_detection(),
        position.bypass_change_detection(),
    );
    let (noise, event) = (
        noise.bypass_change_detection(),
        event.bypass_change_detection(),
    );
    keys.isa().dispatch(
        #[inline(always)]
        || {
            for (i, ideal) in ideal.iter().enumerate() {
                let noise = &mut noise[i].0;
                for (k, noise) in noise.iter_mut().enumerate() {
                    noise.prepare_normals(keys, purpose::SHOCK, tick, (DOMAINS * i + k) as u32);
                }
                event[i]
                    .0
                    .prepare_uniforms(keys, purpose::EVENT, tick, i as u32);
                let normals = [noise[0].at(tick), noise[1].at(tick), noise[2].at(tick)];
                let draw = event[i].0.at(tick);
                rows::shock(
                    &mut stress[i].0,
                    &mut position[i].0,
                    &ideal.0,
                    normals,
                    draw,
                );
            }
        },
    );
}

type EndColumns = (
    &'static Stress,
    &'static Position,
    &'static Weight,
    &'static mut Support,
);
type DyadColumns = (
    &'static Ends,
    &'static Rivalry,
    &'static mut Tie,
    &'static mut DriftNoise,
);

fn drift_ties(
    mut states: Query<EndColumns>,
    mut dyads: Query<DyadColumns>,
    draws: Res<Draws>,
    tick: Res<Tick>,
) {
    let (keys, tick) = (&draws.0, tick.0);
    let mut columns = states.contiguous_iter_mut().expect(DENSE);
    let (stress, position, weight, mut support) = columns.next().expect(DENSE);
    let support = support.bypass_change_detection();
    let mut columns = dyads.contiguous_iter_mut().expect(DENSE);
    let (ends, rivalry, mut tie, mut noise) = columns.next().expect(DENSE);
    let (tie, noise) = (
        tie.bypass_change_detection(),
        noise.bypass_change_detection(),
    );
    keys.isa().dispatch(
        #[inline(always)]
        || {
            for support in &mut *support {
                support.0 = Lanes::ZERO;
            }
            for (id, (tie, noise)) in tie.iter_mut().zip(noise).enumerate() {
                noise
                    .0
                    .prepare_normals(keys, purpose::DRIFT, tick, id as u32);
                let (source, target) = (ends[id].source, ends[id].target);
                let (before, after) = support.split_at_mut(target);
                rows::drift(
                    &mut tie.0,
                    &mut before[source].0,
                    &mut after[0].0,
                    end_of(stress, position, weight, source),
                    end_of(stress, position, weight, target),
                    rivalry[id].0,
                    noise.0.at(tick),
                );
            }
        },
    );
}

#[inline(always)]
fn end_of<'a>(
    stress: &'a [Stress],
    position: &'a [Position],
    weight: &'a [Weight],
    row: usize,
) -> End<'a> {
    End {
        stress: &stress[row].0,
        position: &position[row].0,
        weight: &weight[row].0,
    }
}

fn vote_on_deepening(
    mut states: Query<(&Weight, &mut Support, &mut VoteNoise)>,
    mut alliance: ResMut<Alliance>,
    draws: Res<Draws>,
    tick: Res<Tick>,
) {
    let (keys, tick) = (&draws.0, tick.0);
    let mut columns = states.contiguous_iter_mut().expect(DENSE);
    let (weight, mut support, mut noise) = columns.next().expect(DENSE);
    let (support, noise) = (
        support.bypass_change_detection(),
        noise.bypass_change_detection(),
    );
    let Alliance { maturity, sum, .. } = &mut *alliance;
    keys.isa().dispatch(
        #[inline(always)]
        || {
            let mut unanimous = Lanes::ONE;
            for (i, (support, noise)) in support.iter_mut().zip(noise).enumerate() {
                noise
                    .0
                    .prepare_uniforms(keys, purpose::VOTE, tick, i as u32);
                let draw = noise.0.at(tick);
                rows::vote(
                    &mut support.0,
                    &mut unanimous,
                    &weight[i].0,
                    sum,
                    maturity,
                    draw,
                );
            }
            rows::mature(maturity, &unanimous, sum);
        },
    );
}

fn withdraw_members(
    mut states: Query<(&Support, &mut Weight, &mut Low, &mut WithdrawNoise)>,
    mut alliance: ResMut<Alliance>,
    draws: Res<Draws>,
    tick: Res<Tick>,
) {
    let (keys, tick) = (&draws.0, tick.0);
    let mut columns = states.contiguous_iter_mut().expect(DENSE);
    let (satisfaction, mut weight, mut low, mut noise) = columns.next().expect(DENSE);
    let (weight, low) = (
        weight.bypass_change_detection(),
        low.bypass_change_detection(),
    );
    let noise = noise.bypass_change_detection();
    let Alliance { sum, squares, .. } = &mut *alliance;
    keys.isa().dispatch(
        #[inline(always)]
        || {
            let mut changed = false;
            for (i, low) in low.iter_mut().enumerate() {
                if rows::endure(&mut low.0, &satisfaction[i].0) {
                    noise[i]
                        .0
                        .prepare_uniforms(keys, purpose::WITHDRAW, tick, i as u32);
                    rows::withdraw(&mut weight[i].0, &low.0, noise[i].0.at(tick));
                    changed = true;
                }
            }
            if changed {
                (*sum, *squares) = (Lanes::ZERO, Lanes::ZERO);
                for weight in weight {
                    rows::sum_weights(sum, squares, &weight.0);
                }
            }
        },
    );
}

fn record_cohesion(
    states: Query<&Weight>,
    dyads: Query<(&Ends, &Tie)>,
    alliance: Res<Alliance>,
    mut record: ResMut<Record>,
    draws: Res<Draws>,
    tick: Res<Tick>,
) {
    let weight = states.contiguous_iter().expect(DENSE).next().expect(DENSE);
    let (ends, tie) = dyads.contiguous_iter().expect(DENSE).next().expect(DENSE);
    let out = &mut record.0.cohesion[tick.0 as usize];
    draws.0.isa().dispatch(
        #[inline(always)]
        || {
            let mut ties = Lanes::ZERO;
            for (ends, tie) in ends.iter().zip(tie) {
                rows::weigh(
                    &mut ties,
                    &tie.0,
                    &weight[ends.source].0,
                    &weight[ends.target].0,
                );
            }
            rows::cohesion(out, &ties, &alliance.sum, &alliance.squares);
        },
    );
}
