//! One step, told in one place: Shock → Expose → Appraise → Bargain → Decide → Commit → Observe.

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, SingleThreadedExecutor};

use crate::systems::{
    appraise, bargain, build, expose, forces, grow, load, observe, projects, relate, shock,
    withdraw,
};

/// The order in which a step happens. Deciding is part of `bargain`: a rule needs the values at hand.
pub(crate) fn schedule() -> Schedule {
    let mut schedule = empty();
    schedule.add_systems(
        (
            // Shock
            (
                shock::advance_drivers,
                shock::fire_shocks,
                shock::apply_policy,
                grow::grow,
            )
                .chain(),
            // Expose
            (
                load::total_trade,
                expose::weigh_seats,
                expose::meet_blocs,
                expose::perceive_threats,
                expose::adapt_salience,
            )
                .chain(),
            // Appraise
            appraise::appraise_seats,
            // Bargain and Decide
            bargain::bargain,
            // Commit
            (
                forces::go_home,
                projects::build_projects,
                bargain::commit,
                relate::relate_votes,
                build::commit_members,
                build::build_elements,
                appraise::fade_texts,
                relate::move_ideal_points,
                relate::refresh_pulls,
                relate::dispute,
                relate::move_affinity,
                relate::move_trust,
                withdraw::withdraw,
            )
                .chain(),
            // Observe
            (observe::measure, observe::record, observe::check).chain(),
        )
            .chain(),
    );
    schedule
}

/// What loads a block, in order.
pub(crate) fn loading() -> Schedule {
    let mut schedule = empty();
    schedule.add_systems(
        (
            load::load_law,
            load::load_actors,
            load::load_dyads,
            load::load_blocs,
            load::load_seats,
            load::load_organisations,
            load::load_drivers,
            load::load_initiatives,
            load::load_sites,
        )
            .chain(),
    );
    schedule
}

/// A schedule on one thread in which an ambiguous order is an error.
fn empty() -> Schedule {
    let mut schedule = Schedule::default();
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.set_build_settings(ScheduleBuildSettings {
        ambiguity_detection: LogLevel::Error,
        ..ScheduleBuildSettings::default()
    });
    schedule
}
