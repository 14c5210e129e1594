//! Step phase 6, Commit, first part: forces that were sent into a state go home.

use bevy_ecs::prelude::*;

use crate::mechanisms::threats;
use crate::state::{Clock, Parameters, Posts};

/// Lets forces abroad wane.
pub(crate) fn go_home(law: Res<Parameters>, clock: Res<Clock>, mut posts: ResMut<Posts>) {
    let stay = &law.0.forces.stay;
    for level in &mut posts.0 {
        level.update_with(stay, |level, stay| {
            level * (1.0 - threats::share_moved(1.0 / stay, clock.years))
        });
    }
}
