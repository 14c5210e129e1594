//! What stands at the end of one step of a block: ties, ideal points, capabilities and seats, copied out of the world.
//!
//! For measures of structure, taken at a few dates of a few replicates after a run; the step itself knows nothing of
//! it. Made by [`crate::Engine::watch`].

use std::sync::Arc;

use bevy_ecs::prelude::*;
use foedera_scenario::{ActorIdx, OrganisationIdx, Status};

use crate::lanes::Lanes;
use crate::mechanisms::membership;
use crate::program::Program;
use crate::state::{Affinity, IdealPoint, Standing, Traits};

/// What stands at the end of a step.
#[derive(Debug, Clone)]
pub struct Moment {
    program: Arc<Program>,
    /// By row of the pair.
    affinity: Vec<Lanes>,
    ideal: Vec<Lanes>,
    capability: Vec<Lanes>,
    /// By row of the seat.
    status: Vec<Lanes>,
}

impl Moment {
    /// Copies what stands now.
    pub(crate) fn of(program: &Arc<Program>, world: &mut World) -> Self {
        let affinity = column(world, |of: &Affinity| of.value);
        let ideal = column(world, |of: &IdealPoint| of.value);
        let capability = column(world, |of: &Traits| of.0.capability);
        let status = column(world, |of: &Standing| of.status);
        Self {
            program: Arc::clone(program),
            affinity,
            ideal,
            capability,
            status,
        }
    }

    /// Affinity of two actors in one lane, -1..=1; an actor's with itself is 1.
    #[must_use]
    pub fn affinity(&self, lane: usize, source: ActorIdx, target: ActorIdx) -> f32 {
        if source == target {
            1.0
        } else {
            self.affinity[self.program.dyad(source, target)][lane]
        }
    }

    /// Ideal point of an actor in one lane.
    #[must_use]
    pub fn ideal_point(&self, lane: usize, actor: ActorIdx) -> f32 {
        self.ideal[actor][lane]
    }

    /// Capability of an actor in one lane `[share of the world's]`.
    #[must_use]
    pub fn capability(&self, lane: usize, actor: ActorIdx) -> f32 {
        self.capability[actor][lane]
    }

    /// Status of an actor in an organisation in one lane.
    #[must_use]
    pub fn status(&self, lane: usize, actor: ActorIdx, org: OrganisationIdx) -> Status {
        self.program
            .seat(org, actor)
            .map_or(Status::Outsider, |row| {
                membership::status_of(self.status[row][lane])
            })
    }
}

/// One value of every entity of a kind; rows are in the order in which the world was built.
fn column<C: Component>(world: &mut World, value: impl Fn(&C) -> Lanes) -> Vec<Lanes> {
    let mut rows = world.query::<&C>();
    rows.iter(world).map(value).collect()
}
