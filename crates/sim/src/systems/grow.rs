//! Step phase 1, Shock, second part: economies grow once a calendar year; capability and trade follow.

use bevy_ecs::prelude::*;

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::mechanisms::{growth as kernel, influence, trade};
use crate::program::Program;
use crate::purpose;
use crate::rng::NoiseBlock;
use crate::state::{
    Bonds, Clock, Ends, Grown, Growth, Inputs, Keys, Parameters, Plan, TiesVersion, Traits,
};

/// Lets every economy grow by the years that the step brings.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn grow(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    clock: Res<Clock>,
    keys: Res<Keys>,
    ends: Column<Ends>,
    mut common: Local<NoiseBlock>,
    mut grown: ResMut<Grown>,
    mut version: ResMut<TiesVersion>,
    mut growths: ColumnMut<Growth>,
    mut traits: ColumnMut<Traits>,
    mut bonds: ColumnMut<Bonds>,
) {
    grown.0 = false;
    let plan = &*plan.0;
    if !plan.grows {
        return;
    }
    if clock.step == 0 {
        common.forget();
    }
    let (growths, traits) = (rows_mut(&mut growths), rows_mut(&mut traits));
    let bonds = rows_mut(&mut bonds);
    let actors = &plan.scenario.world.actors;
    for year in plan.years_of_growth(clock.step) {
        common.prepare_normals(&keys.0, purpose::GROWTH_COMMON, year, 0);
        for (growth, actor) in growths.iter_mut().zip(actors) {
            let entity = u32::from(actor.number);
            growth
                .noise
                .prepare_normals(&keys.0, purpose::GROWTH, year, entity);
        }
        let by = Year {
            plan,
            inputs: &inputs,
            law: &law,
            common: common.at(year),
            year,
        };
        keys.0.isa().dispatch(
            #[inline(always)]
            || {
                let all = by.grow(growths, traits);
                by.share_capability(growths, traits);
                by.trade(&all, growths, traits, rows(&ends), bonds);
            },
        );
        grown.0 = true;
        version.0 += 1;
    }
}

/// One year of growth.
struct Year<'a> {
    plan: &'a Program,
    inputs: &'a Inputs,
    law: &'a Parameters,
    /// Common shock.
    common: &'a Lanes,
    /// Years since the world's.
    year: u32,
}

impl Year<'_> {
    /// Lets every economy grow; gives the growth of all together.
    #[inline(always)]
    fn grow(&self, growths: &mut [Growth], traits: &mut [Traits]) -> Lanes {
        let (mut before, mut after) = (Lanes::ZERO, Lanes::ZERO);
        let params = &self.law.0.growth;
        let faded = (self.year - 1) as f32;
        for ((growth, own), actor) in growths
            .iter_mut()
            .zip(traits)
            .zip(&self.plan.scenario.world.actors)
        {
            let (rate, volatility) = (
                self.inputs.get(actor.growth_per_year),
                self.inputs.get(actor.growth_volatility),
            );
            let (gdp, income) = (
                self.inputs.get(actor.gdp_musd),
                self.inputs.get(actor.gdp_per_head_usd),
            );
            let noise = *growth.noise.at(self.year);
            for l in 0..LANES {
                let params = params.at(l);
                let expected = kernel::expected(rate.0[l], faded, &params);
                let was = growth.factor.0[l];
                let (volatility, noise) = (volatility.0[l], noise.0[l]);
                let now =
                    kernel::grown(was, expected, volatility, noise, self.common.0[l], &params);
                growth.factor.0[l] = now;
                growth.ratio.0[l] = now / was;
                before.0[l] += gdp.0[l] * was;
                after.0[l] += gdp.0[l] * now;
                own.0.gdp.0[l] = gdp.0[l] * now;
                own.0.income.0[l] = income.0[l] * now;
            }
        }
        after.zip(
            &before,
            #[inline(always)]
            |after, before| after / before,
        )
    }

    /// Shares of capability follow; their sum stays.
    #[inline(always)]
    fn share_capability(&self, growths: &[Growth], traits: &mut [Traits]) {
        let elasticity = &self.law.0.growth.capability;
        let (mut all, mut weights) = (Lanes::ZERO, Lanes::ZERO);
        let actors = &self.plan.scenario.world.actors;
        for ((growth, own), actor) in growths.iter().zip(traits.iter_mut()).zip(actors) {
            let start = self.inputs.get(actor.capability_share);
            for l in 0..LANES {
                let weight = kernel::weight(start.0[l], growth.factor.0[l], elasticity.0[l]);
                own.0.capability.0[l] = weight;
                all.0[l] += start.0[l];
                weights.0[l] += weight;
            }
        }
        for own in traits {
            for l in 0..LANES {
                let capability = &mut own.0.capability.0[l];
                *capability = kernel::share(*capability, weights.0[l], all.0[l]);
            }
        }
    }

    /// Trade, dominance and pull in security of every pair follow.
    #[inline(always)]
    fn trade(
        &self,
        all: &Lanes,
        growths: &[Growth],
        traits: &[Traits],
        ends: &[Ends],
        bonds: &mut [Bonds],
    ) {
        let dyads = &self.plan.scenario.world.dyads;
        for ((bonds, ends), dyad) in bonds.iter_mut().zip(ends).zip(dyads) {
            let (source, target) = (&traits[ends.source].0, &traits[ends.target].0);
            let (from, to) = (&growths[ends.source].ratio, &growths[ends.target].ratio);
            let pact = self.inputs.get(dyad.pact);
            let bonds = &mut bonds.0;
            for l in 0..LANES {
                bonds.dependence_source.0[l] =
                    kernel::traded(bonds.dependence_source.0[l], to.0[l], all.0[l]);
                bonds.dependence_target.0[l] =
                    kernel::traded(bonds.dependence_target.0[l], from.0[l], all.0[l]);
                bonds.dominance_source.0[l] = trade::dominance(target.gdp.0[l], source.gdp.0[l]);
                bonds.dominance_target.0[l] = trade::dominance(source.gdp.0[l], target.gdp.0[l]);
                bonds.pull_source.0[l] =
                    influence::security_pull(source.capability.0[l], pact.0[l]);
                bonds.pull_target.0[l] =
                    influence::security_pull(target.capability.0[l], pact.0[l]);
            }
        }
    }
}
