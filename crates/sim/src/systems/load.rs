//! Loads a block: every component from the leaves as drawn for each lane.

use bevy_ecs::prelude::*;
use foedera_scenario::{Leaf, Process};

use crate::columns::{Column, ColumnMut, rows, rows_mut};
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{
    Law, bargaining, disputes, energy, influence, membership, projects, relations, trade,
};
use crate::program::Program;
use crate::purpose;
use crate::rng::{self, NoiseBlock};
use crate::state::{
    Affinity, BlocTies, BondValues, Bonds, Clock, Cohesion, Commitment, Driver, ElementWeights,
    Elements, Ends, Felt, Growth, IdealPoint, Inputs, Joined, Keys, Leaving, Levels, Parameters,
    Party, Plan, Posts, Posture, Progress, Recorder, Salience, Shield, Sites, Standing, Statute,
    Stress, Texts, Threatened, TiesVersion, TradeTotal, TraitValues, Traits, Utility, Verdict,
    site,
};
use crate::systems::appraise;
use crate::systems::bargain;
use crate::systems::shock::{Fired, FiredAt, NEVER};

/// Loads the parameters of the law and the catalogue of elements.
pub(crate) fn load_law(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    mut law: ResMut<Parameters>,
    mut elements: ResMut<Elements>,
) {
    let scenario = &plan.0.scenario;
    let specs = crate::mechanisms::catalogue();
    let mut next = 0;
    // The law reads its parameters in the order of the catalogue, which is that of the scenario's leaves.
    law.0 = Law::load(|path| {
        debug_assert_eq!(
            specs.params[next].path, path,
            "the law and the catalogue go in step"
        );
        next += 1;
        *inputs.get(scenario.params[next - 1])
    });
    let copy = |to: &mut [Lanes], from: &[Leaf]| {
        for (to, leaf) in to.iter_mut().zip(from) {
            *to = *inputs.get(*leaf);
        }
    };
    for (weights, element) in elements.0.iter_mut().zip(&scenario.world.elements) {
        copy(&mut weights.protection, &element.protection);
        copy(&mut weights.depth, &element.depth);
        copy(&mut weights.signal, &element.signal);
        let ElementWeights {
            intrusiveness,
            maturity,
            build_years,
            ..
        } = weights;
        *intrusiveness = *inputs.get(element.intrusiveness);
        *maturity = *inputs.get(element.maturity);
        *build_years = *inputs.get(element.build_years);
        weights.coordination = *inputs.get(element.energy_coordination);
        weights.binding = *inputs.get(element.energy_binding);
        weights.opening = *inputs.get(element.trade_opening);
        weights.assistance = *inputs.get(element.mutual_assistance);
        weights.infrastructure = *inputs.get(element.infrastructure_protection);
        weights.note_weighs();
    }
}

/// Loads inputs of actors and resets their state.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn load_actors(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    mut traits: ColumnMut<Traits>,
    mut ideals: ColumnMut<IdealPoint>,
    mut saliences: ColumnMut<Salience>,
    mut stresses: ColumnMut<Stress>,
    mut threatened: ColumnMut<Threatened>,
    mut growths: ColumnMut<Growth>,
) {
    let world = &plan.0.scenario.world;
    let half = &law.0.energy.market_twh;
    for (idx, actor) in world.actors.iter().enumerate() {
        let value = |leaf: Leaf| *inputs.get(leaf);
        let net = inputs.get(actor.net_fuel_export_twh);
        rows_mut(&mut traits)[idx].0 = TraitValues {
            capability: value(actor.capability_share),
            gdp: value(actor.gdp_musd),
            income: value(actor.gdp_per_head_usd),
            polyarchy: value(actor.polyarchy),
            autonomy: value(actor.autonomy),
            ambition: value(actor.ambition),
            seller: net.zip(half, energy::market_share),
            buyer: net.zip(half, |net, half| energy::market_share(-net, half)),
            transit: value(actor.transit_role),
            fuel_share: value(actor.fuel_export_share),
        };
        rows_mut(&mut ideals)[idx] = IdealPoint {
            value: value(actor.ideal_point),
            noise: NoiseBlock::default(),
        };
        rows_mut(&mut growths)[idx] = Growth {
            factor: Lanes::ONE,
            ratio: Lanes::ONE,
            noise: NoiseBlock::default(),
        };
        let salience = &mut rows_mut(&mut saliences)[idx];
        salience.base = actor.salience.map(value);
        salience.now = salience.base;
        rows_mut(&mut stresses)[idx] = Stress::default();
        let threats = &mut rows_mut(&mut threatened)[idx];
        *threats = Threatened::default();
        for (multiplier, leaf) in threats.multiplier.iter_mut().zip(&actor.exposure) {
            *multiplier = value(*leaf);
        }
    }
}

/// Loads the ties of every pair, and affinity from similarity unless the world gives it.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn load_dyads(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    traits: Column<Traits>,
    ideals: Column<IdealPoint>,
    mut bonds: ColumnMut<Bonds>,
    mut affinity: ColumnMut<Affinity>,
    mut ends: ColumnMut<Ends>,
    mut version: ResMut<TiesVersion>,
) {
    version.0 += 1;
    let (traits, ideals) = (rows(&traits), rows(&ideals));
    let (bonds, affinity, ends) = (
        rows_mut(&mut bonds),
        rows_mut(&mut affinity),
        rows_mut(&mut ends),
    );
    keys.0.isa().dispatch(
        #[inline(always)]
        || {
            for (row, dyad) in plan.0.scenario.world.dyads.iter().enumerate() {
                ends[row] = Ends {
                    source: dyad.source,
                    target: dyad.target,
                };
                bonds[row].0 = bond(
                    &inputs,
                    &law,
                    dyad,
                    &traits[dyad.source].0,
                    &traits[dyad.target].0,
                );
                let similarity = ideals[dyad.source].value.zip3(
                    &ideals[dyad.target].value,
                    &bonds[row].0.ties,
                    #[inline(always)]
                    |one, other, ties| relations::similarity(one - other, ties),
                );
                let start = dyad.affinity.map_or(&similarity, |leaf| inputs.get(leaf));
                let affinity = &mut affinity[row];
                affinity.value = start.zip(
                    inputs.get(dyad.affinity_shift),
                    #[inline(always)]
                    |start, shift| math::clamp(start + shift, -1.0, 1.0),
                );
                affinity.similarity = similarity;
                affinity.balance = Lanes::ZERO;
                affinity.joint = Lanes::ZERO;
                affinity.opposed = Lanes::ZERO;
                affinity.noise.forget();
            }
        },
    );
}

/// Ties of a pair from its figures.
#[inline(always)]
fn bond(
    inputs: &Inputs,
    law: &Parameters,
    dyad: &foedera_scenario::Dyad,
    source: &TraitValues<Lanes>,
    target: &TraitValues<Lanes>,
) -> BondValues<Lanes> {
    let mut out = BondValues::default();
    let get = |leaf: Leaf| inputs.get(leaf);
    let (flow_out, flow_in) = (get(dyad.trade_out_musd), get(dyad.trade_in_musd));
    let (link, contiguity, rivalry) = (
        get(dyad.energy_link),
        get(dyad.contiguity),
        get(dyad.rivalry),
    );
    let (pact, clashes) = (get(dyad.pact), get(dyad.disputes_10y));
    out.energy_link = *link;
    out.contiguity = *contiguity;
    out.rivalry = *rivalry;
    for l in 0..LANES {
        let (one, other) = (source.at(l), target.at(l));
        let complement = energy::complementarity(one.seller, one.buyer, other.seller, other.buyer);
        let fuel_rivalry = energy::rivalry(one.seller, one.buyer, other.seller, other.buyer);
        out.complement_raw[l] = complement;
        out.complement[l] =
            complement * energy::link_factor(law.0.energy.link_floor[l], link[l], contiguity[l]);
        out.fuel_rivalry[l] = fuel_rivalry;
        let flow = flow_out[l] + flow_in[l];
        out.dependence_source[l] = flow / math::max(one.gdp, 1.0);
        out.dependence_target[l] = flow / math::max(other.gdp, 1.0);
        out.dominance_source[l] = trade::dominance(other.gdp, one.gdp);
        out.dominance_target[l] = trade::dominance(one.gdp, other.gdp);
        out.pull_source[l] = influence::security_pull(one.capability, pact[l]);
        out.pull_target[l] = influence::security_pull(other.capability, pact[l]);
        out.proneness[l] = disputes::proneness(contiguity[l], rivalry[l], clashes[l]);
        let half = law.0.trade.half_dependence[l];
        let traded = (trade::worth(out.dependence_source[l], half)
            + trade::worth(out.dependence_target[l], half))
            / 2.0;
        out.ties[l] = relations::ties(
            traded,
            pact[l],
            rivalry[l],
            clashes[l],
            complement,
            fuel_rivalry,
        );
    }
    out
}

/// Loads ties with blocs and totals of trade.
pub(crate) fn load_blocs(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    traits: Column<Traits>,
    bonds: Column<Bonds>,
    mut blocs: ColumnMut<BlocTies>,
    mut trade: ColumnMut<TradeTotal>,
) {
    let plan = &*plan.0;
    let world = &plan.scenario.world;
    let (traits, bonds) = (rows(&traits), rows(&bonds));
    let (blocs, trade) = (rows_mut(&mut blocs), rows_mut(&mut trade));
    for (idx, actor) in world.actors.iter().enumerate() {
        blocs[idx] = BlocTies::default();
        for bloc in 0..world.blocs.len() {
            let ties = &mut blocs[idx];
            ties.proximity[bloc] = *inputs.get(actor.proximity[bloc]);
            ties.presence[bloc] = *inputs.get(actor.presence[bloc]);
            ties.insider[bloc] = math::indicator(plan.bloc_members[bloc].contains(&idx));
        }
        take_stakes(plan, &law, &traits[idx], bonds, idx, &mut blocs[idx]);
        let mut all = Lanes::ZERO;
        for other in (0..world.actors.len()).filter(|&other| other != idx) {
            all.update_with(dependence(plan, bonds, idx, other), |sum, flow| sum + flow);
        }
        trade[idx] = TradeTotal {
            now: all,
            at_start: all,
        };
    }
}

/// Stakes of an actor in every bloc, from its flows.
fn take_stakes(
    plan: &Program,
    law: &Parameters,
    traits: &Traits,
    bonds: &[Bonds],
    idx: usize,
    ties: &mut BlocTies,
) {
    for (bloc, members) in plan.bloc_members.iter().enumerate() {
        let mut flow = Lanes::ZERO;
        for &member in members.iter().filter(|&&member| member != idx) {
            flow.update_with(dependence(plan, bonds, idx, member), |sum, flow| sum + flow);
        }
        ties.stake[bloc] = appraise::stake_of(&flow, &traits.0.fuel_share, law);
    }
}

/// Trade of an actor with another over its own GDP.
fn dependence<'a>(plan: &Program, bonds: &'a [Bonds], actor: usize, other: usize) -> &'a Lanes {
    let dyad = plan.dyad(actor, other);
    if plan.scenario.world.dyads[dyad].source == actor {
        &bonds[dyad].0.dependence_source
    } else {
        &bonds[dyad].0.dependence_target
    }
}

/// Totals of trade and stakes in blocs after effects changed flows.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn total_trade(
    plan: Res<Plan>,
    law: Res<Parameters>,
    traits: Column<Traits>,
    bonds: Column<Bonds>,
    version: Res<TiesVersion>,
    mut totalled: Local<u64>,
    mut trade: ColumnMut<TradeTotal>,
    mut blocs: ColumnMut<BlocTies>,
) {
    if !(plan.0.scales_trade || plan.0.grows) || *totalled == version.0 {
        return;
    }
    *totalled = version.0;
    let (traits, bonds) = (rows(&traits), rows(&bonds));
    for (idx, ties) in rows_mut(&mut blocs).iter_mut().enumerate() {
        take_stakes(&plan.0, &law, &traits[idx], bonds, idx, ties);
    }
    let trade = rows_mut(&mut trade);
    for (idx, total) in trade.iter_mut().enumerate() {
        total.now = Lanes::ZERO;
        for other in (0..plan.0.scenario.world.actors.len()).filter(|&other| other != idx) {
            total
                .now
                .update_with(dependence(&plan.0, bonds, idx, other), |sum, flow| {
                    sum + flow
                });
        }
    }
}

/// Resets seats to their statuses at the start.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn load_seats(
    plan: Res<Plan>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    mut standing: ColumnMut<Standing>,
    mut utilities: ColumnMut<Utility>,
    mut shields: ColumnMut<Shield>,
    mut postures: ColumnMut<Posture>,
    mut commitments: ColumnMut<Commitment>,
    mut leaving: ColumnMut<Leaving>,
) {
    let world = &plan.0.scenario.world;
    for (row, seat) in plan.0.seats.iter().enumerate() {
        let status = Lanes::splat(membership::code(seat.status));
        rows_mut(&mut standing)[row] = Standing {
            status,
            ..Standing::default()
        };
        rows_mut(&mut utilities)[row] = Utility::default();
        rows_mut(&mut shields)[row] = Shield::default();
        rows_mut(&mut postures)[row] = Posture::default();
        rows_mut(&mut commitments)[row] = Commitment::default();
        let (org, actor) = (
            &world.organisations[seat.organisation],
            &world.actors[seat.actor],
        );
        let entity = rng::directed_entity(org.number, actor.number);
        rows_mut(&mut leaving)[row] = Leaving {
            erratic: erratic(
                &keys,
                purpose::ERRATIC_SEAT,
                entity,
                &law.0.withdrawal.model_error,
            ),
            ..Leaving::default()
        };
    }
}

/// Lanes in which something goes by base rates: the law is in error about it in this share of histories.
fn erratic(keys: &Keys, purpose: u8, entity: u32, share: &Lanes) -> Lanes {
    let mut drawn = Lanes::ZERO;
    if !crate::company::is_zero(share) {
        keys.0.fill_uniforms(purpose, 0, entity, &mut drawn);
        drawn.update_with(share, |uniform, share| math::indicator(uniform < share));
    }
    drawn
}

/// Cohesion before anything is measured. Assumption, of no effect after the first step.
pub(crate) const COHESION_START: f32 = 0.5;

/// Resets organisations to their levels at the start.
pub(crate) fn load_organisations(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    mut levels: ColumnMut<Levels>,
    mut texts: ColumnMut<Texts>,
    mut statutes: ColumnMut<Statute>,
    mut cohesion: ColumnMut<Cohesion>,
) {
    for (row, organisation) in plan.0.scenario.world.organisations.iter().enumerate() {
        let levels = &mut rows_mut(&mut levels)[row];
        for (element, leaf) in organisation.levels.iter().enumerate() {
            levels.declared[element] = *inputs.get(*leaf);
            levels.built[element] = *inputs.get(*leaf);
        }
        rows_mut(&mut texts)[row] = Texts::default();
        rows_mut(&mut statutes)[row] = Statute::default();
        let start = Lanes::splat(COHESION_START);
        rows_mut(&mut cohesion)[row] = Cohesion {
            index: start,
            agreement: start,
            ..Cohesion::default()
        };
    }
}

/// Resets drivers, shocks and what the block records.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn load_drivers(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    clock: Res<Clock>,
    mut drivers: ColumnMut<Driver>,
    mut felt: ResMut<Felt>,
    mut fired: ResMut<Fired>,
    mut fired_at: ResMut<FiredAt>,
    mut recorder: ResMut<Recorder>,
) {
    felt.0.fill(Lanes::ZERO);
    for (driver, spec) in rows_mut(&mut drivers)
        .iter_mut()
        .zip(&plan.0.scenario.world.drivers)
    {
        *driver = Driver {
            swing: Lanes::ONE,
            ..Driver::default()
        };
        driver.state = match &spec.process {
            Process::OrnsteinUhlenbeck { start, .. }
            | Process::GeometricBrownian { start, .. }
            | Process::RandomWalk { start, .. } => *inputs.get(*start),
            Process::Markov { start, .. } => Lanes::splat(*start as f32),
            Process::Constant { .. } | Process::Path { .. } | Process::Jumps { .. } => Lanes::ZERO,
        };
    }
    fired.0.fill(Lanes::ZERO);
    fired_at.0.fill(Lanes::splat(NEVER));
    recorder.events.clear();
    recorder.decisions.clear();
    recorder.ledger.clear();
    recorder.events_in.fill(0);
    recorder.faults.clear();
    recorder.faults.resize(clock.n, None);
    recorder.probes.fill(Lanes::splat(f32::NAN));
}

/// Resets initiatives and draws what persists of the parties' chance.
#[expect(
    clippy::too_many_arguments,
    reason = "a system names what it reads and writes"
)]
pub(crate) fn load_initiatives(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    mut progress: ColumnMut<Progress>,
    mut verdicts: ColumnMut<Verdict>,
    mut parties: ColumnMut<Party>,
    mut joined: ColumnMut<Joined>,
) {
    let scenario = &plan.0.scenario;
    for (row, initiative) in scenario.initiatives.iter().enumerate() {
        rows_mut(&mut verdicts)[row] = Verdict::default();
        let (entity, share) = (u32::from(initiative.number), &law.0.bargaining.model_error);
        let (mut common, mut pace) = (Lanes::ZERO, Lanes::ZERO);
        keys.0.fill_normals(purpose::COMMON, 0, entity, &mut common);
        keys.0.fill_normals(purpose::PACE, 0, entity, &mut pace);
        rows_mut(&mut progress)[row] = Progress {
            common,
            pace,
            open: Lanes::splat(math::indicator(initiative.open)),
            rested: Lanes::splat(RESTED),
            erratic: erratic(&keys, purpose::ERRATIC, entity, share),
            judged: Lanes::splat(bargaining::UNJUDGED),
            ..Progress::default()
        };
    }
    for (row, party) in plan.0.parties.iter().enumerate() {
        rows_mut(&mut joined)[row] = Joined::default();
        let out = &mut rows_mut(&mut parties)[row];
        *out = Party::default();
        let entity = bargain::party_entity(&plan.0, row);
        keys.0
            .fill_logistics(purpose::PARTY, 0, entity, &mut out.persistent);
        if let Some(stance) = party.stance {
            out.stance = *inputs.get(scenario.initiatives[party.initiative].stances[stance].value);
        }
    }
}

/// Draws how long every project takes; none is begun, and no forces are abroad.
pub(crate) fn load_sites(
    plan: Res<Plan>,
    inputs: Res<Inputs>,
    law: Res<Parameters>,
    keys: Res<Keys>,
    mut sites: ResMut<Sites>,
    mut posts: ResMut<Posts>,
) {
    posts.0.fill(Lanes::ZERO);
    let mut normal = Lanes::ZERO;
    for (site, spec) in sites.0.iter_mut().zip(&plan.0.sites) {
        keys.0
            .fill_normals(purpose::PROJECT, 0, spec.entity, &mut normal);
        let planned = inputs.get(spec.build_years);
        site.stage = Lanes::splat(site::IDLE);
        site.age = Lanes::ZERO;
        site.years = Lanes::from_fn(|l| {
            projects::time_to_build(planned[l], normal[l], &law.0.projects.at(l))
        });
        site.crew.fill(Lanes::ZERO);
    }
}

/// Years since an adoption that never was: longer than any pause.
pub(crate) const RESTED: f32 = 1000.0;
