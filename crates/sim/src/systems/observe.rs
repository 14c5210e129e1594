//! Step phase 7, Observe: measures, outcomes, and a check that every lane is sound.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use crate::appraisal;
use crate::batch::{Fault, FaultKind};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::measures::cohesion::{self, MemberColumns};
use crate::measures::maturity;
use crate::probe::Columns;
use crate::program::Program;
use crate::state::{
    Affinity, BlocTies, Clock, Cohesion, Commitment, Driver, ElementWeights, Elements, Inputs, Keys, Levels, Party,
    Plan, Progress, Recorder, Standing, Texts, Traits, Utility,
};

/// What is measured from.
#[derive(SystemParam)]
pub(crate) struct Measured<'w, 's> {
    plan: Res<'w, Plan>,
    inputs: Res<'w, Inputs>,
    clock: Res<'w, Clock>,
    keys: Res<'w, Keys>,
    elements: Res<'w, Elements>,
    traits: Column<'w, 's, Traits>,
    affinity: Column<'w, 's, Affinity>,
    standing: Column<'w, 's, Standing>,
    utilities: Column<'w, 's, Utility>,
    commitments: Column<'w, 's, Commitment>,
    levels: Column<'w, 's, Levels>,
    texts: Column<'w, 's, Texts>,
    drivers: Column<'w, 's, Driver>,
}

/// Measures every organisation.
pub(crate) fn measure(measured: Measured, mut cohesions: ColumnMut<Cohesion>) {
    let plan = &*measured.plan.0;
    let columns = MemberColumns {
        plan,
        traits: rows(&measured.traits),
        affinity: rows(&measured.affinity),
        standing: rows(&measured.standing),
        utilities: rows(&measured.utilities),
        commitments: rows(&measured.commitments),
    };
    let weights = plan.scenario.cohesion_weights.map(|leaf| measured.inputs.get(leaf));
    let (levels, texts) = (rows(&measured.levels), rows(&measured.texts));
    let cohesions = rows_mut(&mut cohesions);
    let first = measured.clock.step == 0;
    measured.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (org, out) in cohesions.iter_mut().enumerate() {
                let live = &plan.organisations[org].live;
                let members = cohesion::of_members(&columns, org);
                (out.maturity, out.implementation) = maturity::of(live, &levels[org], &measured.elements.0);
                out.antagonism = texts[org].0;
                antagonise(plan, org, &levels[org].built, &measured.elements.0, out);
                for l in 0..LANES {
                    // Before any vote, agreement is what affinity suggests.
                    out.agreement.0[l] = math::select(first, members.affinity.0[l], out.agreement.0[l]);
                    let parts = [
                        members.affinity.0[l],
                        out.agreement.0[l],
                        members.interdependence.0[l],
                        out.maturity.0[l],
                        (out.delivery.0[l] + members.content.0[l]) / 2.0,
                    ];
                    for part in 0..5 {
                        out.parts[part].0[l] = parts[part];
                    }
                    let weights = [
                        weights[0].0[l],
                        weights[1].0[l],
                        weights[2].0[l],
                        weights[3].0[l],
                        weights[4].0[l],
                    ];
                    out.index.0[l] = cohesion::index(parts, weights);
                }
                out.members = members.members;
            }
        },
    );
}

/// Adds the signals of built elements, as far as what they require is there, to those of texts.
#[inline(always)]
fn antagonise(plan: &Program, org: usize, built: &[Lanes], elements: &[ElementWeights], out: &mut Cohesion) {
    let mut level = Lanes::ZERO;
    for &element in &plan.organisations[org].live {
        let requires = &plan.scenario.world.elements[element].requires;
        appraisal::effective_level(requires, built, element, &mut level);
        for bloc in 0..plan.bloc_members.len() {
            for l in 0..LANES {
                out.antagonism[bloc].0[l] += elements[element].signal[bloc].0[l] * level.0[l];
            }
        }
    }
}

/// Writes series and outcomes.
pub(crate) fn record(
    measured: Measured,
    cohesions: Column<Cohesion>,
    progress: Column<Progress>,
    parties: Column<Party>,
    blocs: Column<BlocTies>,
    mut recorder: ResMut<Recorder>,
) {
    let plan = &*measured.plan.0;
    let step = measured.clock.step;
    let (cohesion, drivers) = (rows(&cohesions), rows(&measured.drivers));
    for (series, measure) in recorder.series.iter_mut().zip(&plan.measures) {
        series[step as usize] = measure.read(cohesion, drivers);
    }
    let columns = Columns {
        plan,
        cohesion,
        levels: rows(&measured.levels),
        standing: rows(&measured.standing),
        progress: rows(&progress),
        parties: rows(&parties),
        drivers,
        affinity: rows(&measured.affinity),
        blocs: rows(&blocs),
        utilities: rows(&measured.utilities),
        inputs: &measured.inputs,
    };
    for probe in plan.probes.iter().filter(|probe| probe.step == step) {
        recorder.probes[probe.outcome] = columns.read(&plan.scenario.outcomes[probe.outcome]);
    }
}

/// Checks every lane for finiteness and bounds.
pub(crate) fn check(measured: Measured, cohesions: Column<Cohesion>, mut recorder: ResMut<Recorder>) {
    let mut trouble = Lanes::ZERO;
    let mut outside = Lanes::ZERO;
    let cohesions = rows(&cohesions);
    measured.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            // Zero times a sound number is zero, times any other it is not a number.
            let mut inspect = |lanes: &Lanes| {
                for l in 0..LANES {
                    trouble.0[l] += lanes.0[l] * 0.0;
                }
            };
            rows(&measured.utilities).iter().for_each(|utility| inspect(&utility.total));
            rows(&measured.drivers).iter().for_each(|driver| inspect(&driver.level));
            rows(&measured.affinity).iter().for_each(|affinity| inspect(&affinity.value));
            for cohesion in cohesions {
                inspect(&cohesion.index);
                for l in 0..LANES {
                    let part_out = math::indicator((cohesion.index.0[l] < 0.0) | (cohesion.index.0[l] > 1.0));
                    outside.0[l] += part_out;
                }
            }
            for affinity in rows(&measured.affinity) {
                for l in 0..LANES {
                    outside.0[l] += math::indicator(math::abs(affinity.value.0[l]) > 1.0);
                }
            }
        },
    );
    for l in 0..measured.clock.n {
        let what = match () {
            () if trouble[l].is_nan() => FaultKind::NotFinite,
            () if outside[l] > 0.0 => FaultKind::OutOfBounds,
            () => continue,
        };
        recorder.faults[l].get_or_insert(Fault { step: measured.clock.step, what });
    }
}
