//! Loads one replicate from the leaves as drawn for it.

use std::collections::BTreeSet;

use foedera_scenario::{Cadence, Dyad, Effect, Leaf, PolicyIdx, Process, Scenario, Status};

use super::state::{
    Actor, BlocTie, Driver, Element, Initiative, Left, Organisation, Pair, Party, Seat, Stage,
    State, Work,
};
use crate::batch::{Fault, FaultKind};
use crate::math;
use crate::mechanisms::{
    Law, bargaining, disputes, energy, influence, outside, projects, relations, trade,
};
use crate::program::{self, Program};
use crate::purpose;
use crate::rng;
use crate::systems::load::{COHESION_START, RESTED};

/// The state before the first step.
pub(super) fn load<'p>(
    program: &'p Program,
    seed: u64,
    replicate: u64,
    policy: Option<PolicyIdx>,
    inputs: &[(Leaf, f32)],
) -> State<'p> {
    let scenario: &Scenario = &program.scenario;
    let leaves = leaves(scenario, policy, inputs);
    let mut params = scenario.params.iter().map(|leaf| leaves[leaf.0 as usize]);
    let law = Law::load(|_| {
        params
            .next()
            .expect("the scenario has every parameter of the law")
    });
    let years = scenario.time.years_per_step() as f32;
    let mut state = State {
        program,
        scenario,
        seed,
        replicate,
        policy,
        stances: true,
        step: 0,
        month: scenario.time.start.0,
        years,
        root_years: math::sqrt(years),
        elements: elements(scenario, &leaves),
        leaves,
        law,
        actors: Vec::new(),
        pairs: Vec::new(),
        pair_of: pair_table(scenario),
        organisations: Vec::new(),
        drivers: Vec::new(),
        initiatives: Vec::new(),
        fired: vec![0; scenario.shocks.len()],
        fired_at: vec![None; scenario.shocks.len()],
        posts: vec![0.0; program.posts.len()],
        left: Left::default(),
    };
    state.actors = (0..scenario.world.actors.len())
        .map(|idx| actor(&state, idx))
        .collect();
    state.pairs = scenario
        .world
        .dyads
        .iter()
        .map(|dyad| pair(&state, dyad))
        .collect();
    tie_blocs(&mut state);
    state.organisations = (0..scenario.world.organisations.len())
        .map(|org| organisation(&state, org))
        .collect();
    state.drivers = scenario
        .world
        .drivers
        .iter()
        .map(|driver| start(&state, driver))
        .collect();
    state.initiatives = (0..scenario.initiatives.len())
        .map(|idx| initiative(&state, idx))
        .collect();
    state.left.outcomes = vec![f32::NAN; state.program.atoms.len()];
    state.left.series = vec![Vec::new(); program.measures.len()];
    if inputs.iter().any(|(_, value)| !value.is_finite()) {
        state.left.fault = Some(Fault {
            step: 0,
            what: FaultKind::NotFinite,
        });
    }
    state
}

/// Every leaf: its base value, then the policy's, then the one drawn.
fn leaves(scenario: &Scenario, policy: Option<PolicyIdx>, inputs: &[(Leaf, f32)]) -> Vec<f32> {
    let mut leaves: Vec<f32> = scenario
        .leaves
        .iter()
        .map(|(_, info)| info.value as f32)
        .collect();
    if let Some(policy) = policy {
        for (leaf, value) in &scenario.policies[policy].set {
            leaves[leaf.0 as usize] = *value as f32;
        }
    }
    for (leaf, value) in inputs {
        leaves[leaf.0 as usize] = *value;
    }
    leaves
}

fn elements(scenario: &Scenario, leaves: &[f32]) -> Vec<Element> {
    let value = |leaf: &Leaf| leaves[leaf.0 as usize];
    let element = |spec: &foedera_scenario::Element| Element {
        protection: spec.protection.iter().map(value).collect(),
        depth: [
            value(&spec.depth[0]),
            value(&spec.depth[1]),
            value(&spec.depth[2]),
        ],
        signal: spec.signal.iter().map(value).collect(),
        intrusiveness: value(&spec.intrusiveness),
        maturity: value(&spec.maturity),
        build_years: value(&spec.build_years),
        coordination: value(&spec.energy_coordination),
        binding: value(&spec.energy_binding),
        opening: value(&spec.trade_opening),
        assistance: value(&spec.mutual_assistance),
        infrastructure: value(&spec.infrastructure_protection),
    };
    scenario.world.elements.iter().map(element).collect()
}

fn pair_table(scenario: &Scenario) -> Vec<Vec<usize>> {
    let n = scenario.world.actors.len();
    let mut table = vec![vec![usize::MAX; n]; n];
    for (row, dyad) in scenario.world.dyads.iter().enumerate() {
        table[dyad.source][dyad.target] = row;
        table[dyad.target][dyad.source] = row;
    }
    table
}

impl State<'_> {
    /// A leaf's value.
    pub(super) fn value(&self, leaf: Leaf) -> f32 {
        self.leaves[leaf.0 as usize]
    }
}

fn actor(state: &State<'_>, idx: usize) -> Actor {
    let spec = &state.scenario.world.actors[idx];
    let value = |leaf: &Leaf| state.value(*leaf);
    let half = state.law.energy.market_twh;
    let salience = [
        value(&spec.salience[0]),
        value(&spec.salience[1]),
        value(&spec.salience[2]),
    ];
    let n_threats = state.scenario.world.threats.len();
    let tie = |(bloc, group): (usize, &foedera_scenario::Bloc)| BlocTie {
        insider: group.members.contains(&idx),
        stake: 0.0,
        proximity: value(&spec.proximity[bloc]),
        presence: value(&spec.presence[bloc]),
        affinity: 0.0,
        trust: 0.0,
    };
    Actor {
        capability: value(&spec.capability_share),
        gdp: value(&spec.gdp_musd),
        income: value(&spec.gdp_per_head_usd),
        grown: 1.0,
        polyarchy: value(&spec.polyarchy),
        autonomy: value(&spec.autonomy),
        ambition: value(&spec.ambition),
        seller: energy::market_share(value(&spec.net_fuel_export_twh), half),
        buyer: energy::market_share(-value(&spec.net_fuel_export_twh), half),
        transit: value(&spec.transit_role),
        fuel_share: value(&spec.fuel_export_share),
        ideal: value(&spec.ideal_point),
        salience_base: salience,
        salience,
        stress: [0.0; 3],
        exposure: spec.exposure.iter().map(value).collect(),
        intensity: vec![0.0; n_threats],
        unit: vec![0.0; n_threats],
        shield: vec![0.0; n_threats],
        danger_at_start: 0.0,
        external: 0.0,
        regime: 0.0,
        attack: 0.0,
        trade: 0.0,
        trade_at_start: 0.0,
        blocs: state
            .scenario
            .world
            .blocs
            .iter()
            .enumerate()
            .map(tie)
            .collect(),
    }
}

fn pair(state: &State<'_>, dyad: &Dyad) -> Pair {
    let (source, target) = (&state.actors[dyad.source], &state.actors[dyad.target]);
    let value = |leaf: Leaf| state.value(leaf);
    let (link, contiguity, rivalry) = (
        value(dyad.energy_link),
        value(dyad.contiguity),
        value(dyad.rivalry),
    );
    let (pact, clashes) = (value(dyad.pact), value(dyad.disputes_10y));
    let complement_raw =
        energy::complementarity(source.seller, source.buyer, target.seller, target.buyer);
    let fuel_rivalry = energy::rivalry(source.seller, source.buyer, target.seller, target.buyer);
    let flow = value(dyad.trade_out_musd) + value(dyad.trade_in_musd);
    let dependence_source = flow / math::max(source.gdp, 1.0);
    let dependence_target = flow / math::max(target.gdp, 1.0);
    let half = state.law.trade.half_dependence;
    let traded =
        (trade::worth(dependence_source, half) + trade::worth(dependence_target, half)) / 2.0;
    let ties = relations::ties(traded, pact, rivalry, clashes, complement_raw, fuel_rivalry);
    let similarity = relations::similarity(source.ideal - target.ideal, ties);
    let start = dyad.affinity.map_or(similarity, value);
    Pair {
        source: dyad.source,
        target: dyad.target,
        complement: complement_raw
            * energy::link_factor(state.law.energy.link_floor, link, contiguity),
        complement_raw,
        energy_link: link,
        contiguity,
        fuel_rivalry,
        dependence_source,
        dependence_target,
        pull_source: influence::security_pull(source.capability, pact),
        pull_target: influence::security_pull(target.capability, pact),
        rivalry,
        proneness: disputes::proneness(contiguity, rivalry, clashes),
        ties,
        affinity: math::clamp(start + value(dyad.affinity_shift), -1.0, 1.0),
        similarity,
        balance: 0.0,
        joint: 0.0,
        opposed: 0.0,
    }
}

/// Stakes in blocs and totals of trade.
fn tie_blocs(state: &mut State<'_>) {
    for idx in 0..state.actors.len() {
        stake(state, idx);
        let all = total_trade(state, idx);
        state.actors[idx].trade = all;
        state.actors[idx].trade_at_start = all;
    }
}

/// Trade of an actor with everybody over its GDP.
/// Stakes of an actor in every bloc.
pub(super) fn stake(state: &mut State<'_>, idx: usize) {
    for (bloc, spec) in state.scenario.world.blocs.iter().enumerate() {
        let mut flow = 0.0;
        for &member in spec.members.iter().filter(|&&member| member != idx) {
            flow += state.dependence(idx, member);
        }
        let discount = state.law.outside.fuel_discount;
        state.actors[idx].blocs[bloc].stake =
            outside::stake(flow, state.actors[idx].fuel_share, discount);
    }
}

pub(super) fn total_trade(state: &State<'_>, actor: usize) -> f32 {
    let mut all = 0.0;
    for other in (0..state.actors.len()).filter(|&other| other != actor) {
        all += state.dependence(actor, other);
    }
    all
}

fn organisation(state: &State<'_>, org: usize) -> Organisation {
    let spec = &state.scenario.world.organisations[org];
    let levels: Vec<f32> = spec.levels.iter().map(|leaf| state.value(*leaf)).collect();
    let n_blocs = state.scenario.world.blocs.len();
    let n_threats = state.scenario.world.threats.len();
    // Who may ever sit here is structure, worked out by the program.
    let planned = state
        .program
        .seats
        .iter()
        .filter(|seat| seat.organisation == org);
    let seat = |actor: usize| Seat {
        actor,
        status: spec
            .seats
            .iter()
            .find(|(seated, _)| *seated == actor)
            .map_or(Status::Outsider, |(_, status)| *status),
        weight: 0.0,
        reach: 0.0,
        terms: [0.0; 7],
        total: 0.0,
        smoothed: 0.0,
        lead: 0.0,
        led: 0.0,
        interdependence: 0.0,
        ordinary: 0.0,
        was_member: false,
        erratic: {
            let number = state.scenario.world.actors[actor].number;
            let entity = rng::directed_entity(spec.number, number);
            let uniform = rng::uniform(state.word(purpose::ERRATIC_SEAT, 0, entity));
            uniform < state.law.withdrawal.model_error
        },
        commitment: 0.0,
        protection: vec![0.0; n_threats],
        elsewhere: vec![0.0; n_threats],
        felt: vec![0.0; n_blocs],
        reference: vec![0.0; n_blocs],
    };
    Organisation {
        seats: planned.map(|planned| seat(planned.actor)).collect(),
        declared: levels.clone(),
        built: levels,
        texts: vec![0.0; n_blocs],
        rule: spec.rule.clone(),
        parts: [0.0; 5],
        cohesion: COHESION_START,
        agreement: COHESION_START,
        delivery: 0.0,
        maturity: 0.0,
        implementation: 0.0,
        members: 0.0,
        antagonism: vec![0.0; n_blocs],
        ordinary_hold: 0.0,
    }
}

fn start(state: &State<'_>, spec: &foedera_scenario::Driver) -> Driver {
    let at = match &spec.process {
        Process::OrnsteinUhlenbeck { start, .. }
        | Process::GeometricBrownian { start, .. }
        | Process::RandomWalk { start, .. } => state.value(*start),
        Process::Markov { start, .. } => *start as f32,
        Process::Constant { .. } | Process::Path { .. } | Process::Jumps { .. } => 0.0,
    };
    Driver {
        state: at,
        felt: vec![0.0; spec.couplings.len()],
        swing: 1.0,
        ..Driver::default()
    }
}

fn initiative(state: &State<'_>, idx: usize) -> Initiative {
    let spec = &state.scenario.initiatives[idx];
    let mut actors: BTreeSet<usize> = spec.parties.iter().copied().collect();
    for &venue in &spec.venues {
        actors.extend(
            state.organisations[venue]
                .seats
                .iter()
                .map(|seat| seat.actor),
        );
    }
    let party = |actor: usize| {
        let entity = rng::directed_entity(spec.number, state.scenario.world.actors[actor].number);
        let stance = spec.stances.iter().find(|stance| stance.actor == actor);
        Party {
            actor,
            named: spec.parties.contains(&actor),
            sponsor: spec.sponsors.contains(&actor),
            persistent: rng::logistic(state.word(purpose::PARTY, 0, entity)),
            stance: stance.map_or(0.0, |stance| state.value(stance.value)),
            blocked: 0,
            took: 0,
            took_part: false,
            objected: false,
            pushed: false,
        }
    };
    Initiative {
        open: spec.open,
        adopted: 0,
        rested: RESTED,
        tabled: 0,
        held: 0,
        shares: 0.0,
        works: works(state, spec, actors.len()),
        erratic: {
            let word = state.word(purpose::ERRATIC, 0, u32::from(spec.number));
            rng::uniform(word) < state.law.bargaining.model_error
        },
        common: rng::normal(state.word(purpose::COMMON, 0, u32::from(spec.number))),
        pace: rng::normal(state.word(purpose::PACE, 0, u32::from(spec.number))),
        zeal: bargaining::UNJUDGED,
        judged: bargaining::UNJUDGED,
        calendar: calendar(state.scenario, idx),
        parties: actors.into_iter().map(party).collect(),
        vote: None,
    }
}

/// What the rungs of an initiative build, with the time it takes.
fn works(
    state: &State<'_>,
    spec: &foedera_scenario::Initiative,
    n_parties: usize,
) -> Vec<Option<Work>> {
    let work = |(rung, file): (usize, &foedera_scenario::Rung)| {
        let planned = state.value(file.build_years?);
        let entity = program::site_entity(spec.number, rung);
        let normal = rng::normal(state.word(purpose::PROJECT, 0, entity));
        Some(Work {
            stage: Stage::Idle,
            steps: 0,
            years: projects::time_to_build(planned, normal, &state.law.projects),
            crew: vec![false; n_parties],
        })
    };
    spec.ladder.iter().enumerate().map(work).collect()
}

/// Steps at which an initiative may be tabled, each with the years that it answers for.
fn calendar(scenario: &Scenario, idx: usize) -> Vec<(u32, f32)> {
    let (spec, time) = (&scenario.initiatives[idx], &scenario.time);
    let months = spec.venues.first().map_or(&spec.meetings, |venue| {
        &scenario.world.organisations[*venue].meetings
    });
    let apart = match spec.cadence {
        Cadence::EveryMeeting => 0,
        Cadence::EveryMonths(months) => months,
    };
    // The first meeting answers for the usual wait.
    let mut wait = (12 / i32::try_from(months.len().max(1)).expect("twelve months")).max(apart);
    let mut since_last = None;
    let mut calendar: Vec<(u32, f32)> = Vec::new();
    for month in time.start.0..=time.end.0 {
        since_last = since_last.map(|months: i32| months + 1);
        let in_window = month >= spec.from.0 && month <= spec.until.0;
        let rested = since_last.is_none_or(|months| months >= apart);
        if !(in_window && rested && months.contains(&foedera_scenario::Month(month).of_year())) {
            continue;
        }
        wait = since_last.unwrap_or(wait);
        since_last = Some(0);
        let step = (month - time.start.0) / time.step.months();
        let step = u32::try_from(step).expect("steps fit u32");
        let years = wait as f32 / 12.0;
        match calendar.last_mut() {
            Some((last, sum)) if *last == step => *sum += years,
            _ => calendar.push((step, years)),
        }
    }
    calendar
}

/// Whether an effect gives an actor a better seat.
pub(super) fn seats(effect: &Effect, actor: usize) -> bool {
    match effect {
        Effect::StatusChange {
            actor: applicant,
            to,
            ..
        } => *applicant == actor && !matches!(to, Status::Outsider | Status::Suspended),
        _ => false,
    }
}
