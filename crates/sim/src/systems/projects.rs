//! Step phase 6, Commit, first part: what is being built goes on, is completed or is given up.

use bevy_ecs::prelude::*;

use crate::batch::Happening;
use crate::columns::rows_mut;
use crate::company::is_zero;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{projects, withdrawal};
use crate::program::SitePlan;
use crate::purpose;
use crate::state::{Joined, Keys, Site, Sites, site};
use crate::systems::effects::{Behind, Targets};

/// Lets every project grow by a step, and applies the effects of those that are complete.
pub(crate) fn build_projects(mut sites: ResMut<Sites>, keys: Res<Keys>, mut targets: Targets) {
    if sites.0.is_empty() {
        return;
    }
    let plan = targets.plan.0.clone();
    for (site, spec) in sites.0.iter_mut().zip(&plan.sites) {
        if !site.stage.contains(&site::BUILDING) {
            continue;
        }
        let stopped = stops(site, spec, &keys, &mut targets);
        let complete = grow(site, &stopped, targets.clock.years);
        tell(spec, &stopped, &complete, &mut targets);
        if is_zero(&complete) {
            continue;
        }
        let behind = Behind {
            initiative: spec.initiative,
            crew: Some(&site.crew),
        };
        for effect in &plan.scenario.initiatives[spec.initiative].ladder[spec.rung].effects {
            targets.apply(effect, &complete, Some(behind));
        }
    }
}

/// Begins to build in the lanes of a mask, with those who joined.
pub(crate) fn begin(site: &mut Site, mask: &Lanes, joined: &[Joined]) {
    for (crew, joined) in site.crew.iter_mut().zip(joined) {
        crew.update_with(
            &joined.took_part.zip(mask, |joined, mask| joined * mask),
            math::max,
        );
    }
    for l in 0..LANES {
        if mask[l] > 0.0 {
            site.stage[l] = site::BUILDING;
            site.age[l] = 0.0;
        }
    }
}

/// Lanes in which the work is given up, by chance or because the initiative was closed.
fn stops(site: &Site, spec: &SitePlan, keys: &Keys, targets: &mut Targets<'_, '_>) -> Lanes {
    let clock = &targets.clock;
    let mut uniform = Lanes::ZERO;
    keys.0
        .fill_uniforms(purpose::ABANDONMENT, clock.step, spec.entity, &mut uniform);
    let (years, rate) = (clock.years, targets.law.0.projects.abandonment);
    let affinity = company(site, spec, targets);
    let open = &rows_mut(&mut targets.progress)[spec.initiative].open;
    Lanes::from_fn(|l| {
        let rate = projects::abandonment_rate(rate[l], affinity[l]);
        let bad_luck = uniform[l] < withdrawal::probability(rate, years);
        math::indicator((site.stage[l] == site::BUILDING) & (bad_luck | (open[l] == 0.0)))
    })
}

/// Mean affinity of the pairs that build; 0 without a pair.
fn company(site: &Site, spec: &SitePlan, targets: &mut Targets<'_, '_>) -> Lanes {
    let plan = targets.plan.0.clone();
    let affinity = rows_mut(&mut targets.affinity);
    let actors = &plan.initiatives[spec.initiative].actors;
    let (mut sum, mut pairs) = (Lanes::ZERO, Lanes::ZERO);
    for (first, one) in site.crew.iter().enumerate() {
        for (second, other) in site.crew.iter().enumerate().skip(first + 1) {
            let liking = &affinity[plan.dyad(actors[first], actors[second])].value;
            for l in 0..LANES {
                let both = one[l] * other[l];
                sum[l] += both * liking[l];
                pairs[l] += both;
            }
        }
    }
    sum.zip(&pairs, |sum, pairs| sum / math::max(pairs, 1.0))
}

/// Ages the work by a step, and gives the lanes in which it is complete now.
fn grow(site: &mut Site, stopped: &Lanes, years: f32) -> Lanes {
    Lanes::from_fn(|l| {
        if site.stage[l] != site::BUILDING {
            return 0.0;
        }
        site.age[l] += 1.0;
        if stopped[l] > 0.0 {
            site.stage[l] = site::ABANDONED;
        } else if projects::is_built(site.age[l], years, site.years[l]) {
            site.stage[l] = site::COMPLETE;
            return 1.0;
        }
        0.0
    })
}

/// Notes what was completed and what was given up.
fn tell(spec: &SitePlan, stopped: &Lanes, complete: &Lanes, targets: &mut Targets<'_, '_>) {
    let index = |of: usize| u32::try_from(of).expect("indices of a scenario fit u32");
    let (initiative, rung) = (index(spec.initiative), index(spec.rung));
    let (n, step) = (targets.clock.n, targets.clock.step);
    for l in 0..n {
        if stopped[l] > 0.0 {
            let what = Happening::Abandoned { initiative, rung };
            targets.recorder.note(n, l, step, what);
        } else if complete[l] > 0.0 {
            let what = Happening::Completed { initiative, rung };
            targets.recorder.note(n, l, step, what);
        }
    }
}
