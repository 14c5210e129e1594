//! Growth: economies grow once a calendar year; capability and trade follow.

use super::state::State;
use crate::mechanisms::{growth as kernel, influence};
use crate::purpose;
use crate::rng;

/// Grows by every calendar year that has begun since the step before, at the first step since the world's year.
pub(super) fn grow(state: &mut State<'_>) {
    if !state.program.grows {
        return;
    }
    for year in state.program.years_of_growth(state.step) {
        grow_by(state, year);
    }
}

/// One year of growth, counted from the world's.
fn grow_by(state: &mut State<'_>, year: u32) {
    let actors = &state.scenario.world.actors;
    let common = rng::normal(state.word(purpose::GROWTH_COMMON, year, 0));
    let params = state.law.growth.clone();
    let (mut before, mut after) = (0.0, 0.0);
    let mut ratios = Vec::new();
    for (idx, spec) in actors.iter().enumerate() {
        let own = rng::normal(state.word(purpose::GROWTH, year, u32::from(spec.number)));
        let (gdp, income) = (
            state.value(spec.gdp_musd),
            state.value(spec.gdp_per_head_usd),
        );
        let expected = kernel::expected(
            state.value(spec.growth_per_year),
            (year - 1) as f32,
            &params,
        );
        let volatility = state.value(spec.growth_volatility);
        let actor = &mut state.actors[idx];
        let was = actor.grown;
        actor.grown = kernel::grown(was, expected, volatility, own, common, &params);
        ratios.push(actor.grown / was);
        before += gdp * was;
        after += gdp * actor.grown;
        actor.gdp = gdp * actor.grown;
        actor.income = income * actor.grown;
    }
    let (mut all, mut weights) = (0.0, 0.0);
    for (idx, spec) in actors.iter().enumerate() {
        let start = state.value(spec.capability_share);
        let actor = &mut state.actors[idx];
        actor.capability = kernel::weight(start, actor.grown, params.capability);
        all += start;
        weights += actor.capability;
    }
    for actor in &mut state.actors {
        actor.capability = kernel::share(actor.capability, weights, all);
    }
    let together = after / before;
    for (row, dyad) in state.scenario.world.dyads.iter().enumerate() {
        let pact = state.value(dyad.pact);
        let pair = &mut state.pairs[row];
        pair.dependence_source =
            kernel::traded(pair.dependence_source, ratios[pair.target], together);
        pair.dependence_target =
            kernel::traded(pair.dependence_target, ratios[pair.source], together);
        pair.pull_source = influence::security_pull(state.actors[pair.source].capability, pact);
        pair.pull_target = influence::security_pull(state.actors[pair.target].capability, pact);
    }
}
