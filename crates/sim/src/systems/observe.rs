//! Step phase 7, Observe: measures, outcomes, and a check that every lane is sound.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;

use crate::appraisal;
use crate::batch::{Fault, FaultKind};
use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::company::{add, is_zero};
use crate::fact::Reading;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::measures::cohesion::{self, MemberColumns};
use crate::measures::maturity;
use crate::probe::Columns;
use crate::program::Program;
use crate::state::{
    Affinity, BlocTies, Clock, Cohesion, Commitment, Driver, ElementWeights, Elements, Growth,
    IdealPoint, Inputs, Keys, Levels, Parameters, Party, Plan, Progress, Recorder, Salience,
    Standing, Stress, Texts, Threatened, Traits, Utility, weighs,
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

/// What facts of actors are read from.
#[derive(SystemParam)]
pub(crate) struct People<'w, 's> {
    law: Res<'w, Parameters>,
    growths: Column<'w, 's, Growth>,
    ideals: Column<'w, 's, IdealPoint>,
    threatened: Column<'w, 's, Threatened>,
    stresses: Column<'w, 's, Stress>,
    saliences: Column<'w, 's, Salience>,
}

/// Measures every organisation.
pub(crate) fn measure(
    measured: Measured,
    mut voices: Local<Vec<Lanes>>,
    mut cohesions: ColumnMut<Cohesion>,
) {
    let plan = &*measured.plan.0;
    let columns = MemberColumns {
        plan,
        traits: rows(&measured.traits),
        affinity: rows(&measured.affinity),
        standing: rows(&measured.standing),
        utilities: rows(&measured.utilities),
        commitments: rows(&measured.commitments),
    };
    let weights = plan
        .scenario
        .cohesion_weights
        .map(|leaf| measured.inputs.get(leaf));
    let (levels, texts) = (rows(&measured.levels), rows(&measured.texts));
    let cohesions = rows_mut(&mut cohesions);
    let first = measured.clock.step == 0;
    voices.resize(plan.seats.len(), Lanes::ZERO);
    measured.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (org, out) in cohesions.iter_mut().enumerate() {
                let members = cohesion::of_members(&columns, org, &mut voices);
                let live = &plan.organisations[org].live;
                (out.maturity, out.implementation) =
                    maturity::of(live, &levels[org], &measured.elements.0);
                out.antagonism = texts[org].0;
                antagonise(plan, org, &levels[org].built, &measured.elements.0, out);
                // Before any vote, agreement is what affinity suggests.
                if first {
                    out.agreement = members.affinity;
                }
                let commitment = out.delivery.zip(
                    &members.content,
                    #[inline(always)]
                    |delivery, content| (delivery + content) / 2.0,
                );
                out.parts = [
                    members.affinity,
                    out.agreement,
                    members.interdependence,
                    out.maturity,
                    commitment,
                ];
                out.index = weigh(&out.parts, weights);
                out.members = members.members;
            }
        },
    );
}

/// The index of an organisation from its parts.
#[inline(always)]
fn weigh(parts: &[Lanes; 5], weights: [&Lanes; 5]) -> Lanes {
    Lanes::from_fn(
        #[inline(always)]
        |l| {
            cohesion::index(
                [
                    parts[0].0[l],
                    parts[1].0[l],
                    parts[2].0[l],
                    parts[3].0[l],
                    parts[4].0[l],
                ],
                [
                    weights[0].0[l],
                    weights[1].0[l],
                    weights[2].0[l],
                    weights[3].0[l],
                    weights[4].0[l],
                ],
            )
        },
    )
}

/// Adds the signals of built elements, as far as what they require is there, to those of texts.
#[inline(always)]
fn antagonise(
    plan: &Program,
    org: usize,
    built: &[Lanes],
    elements: &[ElementWeights],
    out: &mut Cohesion,
) {
    let mut level = Lanes::ZERO;
    for &element in &plan.organisations[org].live {
        if is_zero(&built[element]) {
            continue;
        }
        let requires = &plan.scenario.world.elements[element].requires;
        appraisal::effective_level(requires, built, element, &mut level);
        for bloc in 0..plan.bloc_members.len() {
            if elements[element].weighs & weighs::signal(bloc) != 0 {
                add(
                    &mut out.antagonism[bloc],
                    &elements[element].signal[bloc],
                    &level,
                );
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
    people: People,
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
        state: reading(&measured, &people),
    };
    for probe in plan.probes.iter().filter(|probe| probe.step == step) {
        recorder.probes[probe.outcome] = columns.read(&plan.atoms[probe.outcome]);
    }
}

/// What facts are read from.
fn reading<'a>(measured: &'a Measured, people: &'a People) -> Reading<'a> {
    Reading {
        plan: &measured.plan.0,
        inputs: &measured.inputs,
        law: &people.law,
        clock: &measured.clock,
        keys: &measured.keys,
        elements: &measured.elements,
        traits: rows(&measured.traits),
        growths: rows(&people.growths),
        ideals: rows(&people.ideals),
        threatened: rows(&people.threatened),
        stresses: rows(&people.stresses),
        saliences: rows(&people.saliences),
        affinity: rows(&measured.affinity),
        standing: rows(&measured.standing),
        commitments: rows(&measured.commitments),
        levels: rows(&measured.levels),
    }
}

/// Checks every lane for finiteness and bounds.
pub(crate) fn check(
    measured: Measured,
    cohesions: Column<Cohesion>,
    mut recorder: ResMut<Recorder>,
) {
    let mut trouble = Trouble {
        unsound: Lanes::ZERO,
        outside: Lanes::ZERO,
    };
    measured.keys.0.isa().dispatch(
        #[inline(always)]
        || {
            rows(&measured.utilities).iter().for_each(
                #[inline(always)]
                |utility| trouble.inspect(&utility.total),
            );
            rows(&measured.drivers).iter().for_each(
                #[inline(always)]
                |driver| trouble.inspect(&driver.level),
            );
            for cohesion in rows(&cohesions) {
                trouble.inspect(&cohesion.index);
                trouble.bound(&cohesion.index, 0.0, 1.0);
            }
            for affinity in rows(&measured.affinity) {
                // What lies within bounds is sound.
                if !lies_within(&affinity.value, -1.0, 1.0) {
                    trouble.inspect(&affinity.value);
                    trouble.bound(&affinity.value, -1.0, 1.0);
                }
            }
        },
    );
    if is_zero(&trouble.unsound) && is_zero(&trouble.outside) {
        return;
    }
    for l in 0..measured.clock.n {
        let what = match () {
            () if trouble.unsound[l].is_nan() => FaultKind::NotFinite,
            () if trouble.outside[l] > 0.0 => FaultKind::OutOfBounds,
            () => continue,
        };
        recorder.faults[l].get_or_insert(Fault {
            step: measured.clock.step,
            what,
        });
    }
}

/// What is wrong in each lane.
struct Trouble {
    /// Not a number where anything is not finite, else zero.
    unsound: Lanes,
    /// How much lies outside its bounds.
    outside: Lanes,
}

impl Trouble {
    /// Notes what is not finite.
    #[inline(always)]
    fn inspect(&mut self, lanes: &Lanes) {
        // Zero times a sound number is zero, times any other it is not a number.
        self.unsound.update_with(
            lanes,
            #[inline(always)]
            |unsound, lane| unsound + lane * 0.0,
        );
    }

    /// Notes what is out of bounds.
    #[inline(always)]
    fn bound(&mut self, lanes: &Lanes, low: f32, high: f32) {
        self.outside.update_with(
            lanes,
            #[inline(always)]
            |outside, lane| outside + math::indicator((lane < low) | (lane > high)),
        );
    }
}

/// Whether every lane is a number within bounds.
#[inline(always)]
fn lies_within(lanes: &Lanes, low: f32, high: f32) -> bool {
    let mut beyond = 0;
    for l in 0..LANES {
        beyond |= u32::from(!((lanes.0[l] >= low) & (lanes.0[l] <= high)));
    }
    beyond == 0
}
