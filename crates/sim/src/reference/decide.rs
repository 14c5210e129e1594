//! Decide: a rule picks the rung, and who stood in the way is written down.

use foedera_scenario::{Rule, Weights};

use super::bargain::Values;
use super::load;
use super::state::{State, Vote, index};
use crate::batch::{Blocker, Decision, Happening, LedgerEntry};
use crate::math;
use crate::mechanisms::bargaining;
use crate::purpose;
use crate::rng;
use crate::rules::{self, Options, Procedure, Voter};

/// How everybody answered one rung.
struct Answer {
    passes: bool,
    /// Parties in the way, ascending.
    blockers: Vec<usize>,
    /// The party without whose objection it would have passed.
    pivotal: Option<usize>,
}

/// Puts an initiative to the vote, if a sponsor is keen enough to table it.
pub(super) fn decide(
    state: &mut State<'_>,
    idx: usize,
    wait: f32,
    values: &Values,
) -> Option<Vote> {
    let spec = &state.scenario.initiatives[idx];
    let uniform = rng::uniform(state.word(purpose::TABLING, state.step, u32::from(spec.number)));
    let params = &state.law.bargaining;
    let zeal = bargaining::zeal(keenest(state, idx, values), params.threshold);
    let left = bargaining::attention_left(params.attention, rivals(state, idx));
    let chance =
        bargaining::tabling_probability(zeal, left, state.initiatives[idx].pace, wait, params);
    if !spec.recurring {
        state.initiatives[idx].judged = zeal;
    }
    if state.initiatives[idx].erratic {
        return happen_anyway(state, idx, wait, uniform, values);
    }
    // What is held again and again is tabled by the calendar.
    if !spec.recurring && uniform >= chance {
        return None;
    }
    state.initiatives[idx].tabled += 1;
    // From the deepest rung down: the first that passes, alone or by paying the one in the way.
    let (mut chosen, mut failed, mut means) = (None, None, Means::Consent);
    for rung in (state.start(idx)..spec.ladder.len()).rev() {
        let answer = ask(state, idx, rung, values);
        if !answer.passes
            && let Some(payment) = compensated(state, idx, rung, values, &answer)
        {
            means = Means::Paid(payment);
        }
        if answer.passes || matches!(means, Means::Paid(_)) {
            chosen = Some(rung);
            break;
        }
        failed = Some((rung, answer));
    }
    Some(write_down(
        state,
        idx,
        values,
        chosen,
        failed.as_ref(),
        means,
    ))
}

/// Zeal of everything else on the same agenda: open, unfinished, with a common venue or, without venues, a common sponsor.
fn rivals(state: &State<'_>, idx: usize) -> f32 {
    let meet = |one: &[usize], other: &[usize]| one.iter().any(|it| other.contains(it));
    let spec = &state.scenario.initiatives[idx];
    let mut sum = 0.0;
    for (other, file) in state.scenario.initiatives.iter().enumerate() {
        let alone = spec.venues.is_empty() && file.venues.is_empty();
        let shared =
            meet(&spec.venues, &file.venues) || (alone && meet(&spec.sponsors, &file.sponsors));
        let own = &state.initiatives[other];
        let opens = u32::try_from(state.scenario.time.step_of(file.from)).expect("steps fit u32");
        let last = own.calendar.last().map(|(step, _)| *step);
        let runs = state.step >= opens && last.is_some_and(|last| state.step <= last);
        let unfinished = own.open && own.adopted < file.ladder.len();
        if other != idx && shared && !file.recurring && runs && unfinished {
            sum += own.zeal;
        }
    }
    sum
}

/// Adopts the deepest rung that the draw reaches under base rates.
fn happen_anyway(
    state: &mut State<'_>,
    idx: usize,
    wait: f32,
    uniform: f32,
    values: &Values,
) -> Option<Vote> {
    let ladder = &state.scenario.initiatives[idx].ladder;
    let happens = |rung: &usize| {
        let depth = state.value(ladder[*rung].depth);
        bargaining::happens_anyway(uniform, depth, wait, &state.law.bargaining)
    };
    let open = state.start(idx)..ladder.len();
    let rung = open.rev().find(happens)?;
    state.note(Happening::Unforeseen {
        initiative: index(idx),
        rung: index(rung),
    });
    Some(write_down(
        state,
        idx,
        values,
        Some(rung),
        None,
        Means::Chance,
    ))
}

/// Largest gain of a sponsor (of any party, if none is named) from any rung still open.
fn keenest(state: &State<'_>, idx: usize, values: &Values) -> f32 {
    let sponsored = !state.scenario.initiatives[idx].sponsors.is_empty();
    let mut best = 0.0f32;
    for sums in &values.sums {
        for ((party, sum), voice) in state.initiatives[idx]
            .parties
            .iter()
            .zip(sums)
            .zip(&values.voices)
        {
            if if sponsored { party.sponsor } else { *voice } {
                best = best.max(*sum);
            }
        }
    }
    best
}

/// A body that decides, with the place of each voter among the parties.
struct Body {
    procedure: Procedure,
    voters: Vec<Voter>,
    who: Vec<usize>,
    /// Depths of what stands and of the rungs still open, and what they are worth to each voter.
    depths: Vec<f32>,
    values: Vec<f32>,
    /// The option put to the vote.
    at: usize,
}

impl Body {
    fn options(&self) -> Options<'_> {
        Options {
            depths: &self.depths,
            values: &self.values,
            at: self.at,
        }
    }

    fn passes(&self, threshold: f32) -> bool {
        rules::passes(self.procedure, &self.voters, self.options(), threshold)
    }

    fn blocks(&self, at: usize, threshold: f32) -> bool {
        let place = self.who.iter().position(|who| *who == at);
        place.is_some_and(|place| {
            rules::blocks(
                self.procedure,
                &self.voters,
                self.options(),
                place,
                threshold,
            )
        })
    }

    fn passes_without(&self, at: usize, threshold: f32) -> bool {
        let Some(place) = self.who.iter().position(|who| *who == at) else {
            return self.passes(threshold);
        };
        let mut voters = self.voters.clone();
        let options = self.options();
        rules::passes_without(self.procedure, &mut voters, options, place, threshold)
    }
}

/// The bodies that decide on a rung: each venue, and those named in the file.
fn bodies(state: &State<'_>, idx: usize, rung: usize, values: &Values) -> Vec<Body> {
    let spec = &state.scenario.initiatives[idx];
    let parties = &state.initiatives[idx].parties;
    let mut bodies = Vec::new();
    for &org in &spec.venues {
        let rule = state.rule(idx, Some(org));
        let who = (0..parties.len())
            .map(|at| (at, state.voice(idx, org, parties[at].actor)))
            .filter(|(_, part)| *part > 0.0)
            .collect::<Vec<_>>();
        bodies.push(body(state, idx, rung, values, rule, &who));
    }
    if !spec.parties.is_empty() {
        // Beside a venue, everyone named must agree.
        let consent = Rule::Consensus;
        let rule = if spec.venues.is_empty() {
            state.rule(idx, None)
        } else {
            &consent
        };
        let named = (0..parties.len()).filter(|&at| parties[at].named);
        let who: Vec<(usize, f32)> = named.map(|at| (at, 1.0)).collect();
        bodies.push(body(state, idx, rung, values, rule, &who));
    }
    bodies
}

fn body(
    state: &State<'_>,
    idx: usize,
    rung: usize,
    values: &Values,
    rule: &Rule,
    who: &[(usize, f32)],
) -> Body {
    let ladder = &state.scenario.initiatives[idx].ladder;
    let adopted = state.start(idx);
    let people = |actor: usize| state.value(state.scenario.world.actors[actor].population_thousand);
    let voter = |&(at, part): &(usize, f32)| {
        let actor = state.initiatives[idx].parties[at].actor;
        let seats = |rung: &foedera_scenario::Rung| {
            rung.effects.iter().any(|effect| load::seats(effect, actor))
        };
        Voter {
            value: values.sums[rung][at],
            weight: part * weight(state, rule, actor),
            population: part * people(actor),
            veto: part >= 1.0 && rule.vetoes().contains(&actor),
            applicant: ladder.iter().take(rung + 1).any(seats),
            guest: part < 1.0,
            lifted: false,
        }
    };
    let mut depths = vec![0.0];
    depths.extend(ladder.iter().map(|rung| state.value(rung.depth)));
    let worth = |&(at, _): &(usize, f32)| {
        let open = values.sums.iter().skip(adopted).map(move |sums| sums[at]);
        std::iter::once(0.0).chain(open)
    };
    Body {
        procedure: procedure(state, rule),
        voters: who.iter().map(voter).collect(),
        depths: depths.split_off(adopted),
        values: who.iter().flat_map(worth).collect(),
        at: rung + 1 - adopted,
        who: who.iter().map(|(at, _)| *at).collect(),
    }
}

/// What an actor weighs under a rule.
fn weight(state: &State<'_>, rule: &Rule, actor: usize) -> f32 {
    if let Rule::QualifiedMajority { votes, .. } = rule
        && !votes.is_empty()
    {
        let mut listed = votes.iter().filter(|(of, _)| *of == actor);
        return listed.next().map_or(0.0, |(_, votes)| state.value(*votes));
    }
    let own = &state.actors[actor];
    match rule.weights() {
        Weights::Equal => 1.0,
        Weights::Capability => own.capability,
        Weights::Gdp => own.gdp,
        Weights::Population => state.value(state.scenario.world.actors[actor].population_thousand),
    }
}

/// A rule with its numbers.
fn procedure(state: &State<'_>, rule: &Rule) -> Procedure {
    match rule {
        Rule::Consensus => Procedure::Consensus,
        Rule::ConsensusWithAbstention {
            quorum,
            swallow,
            block,
        } => Procedure::Abstention {
            quorum: state.value(*quorum),
            swallow: state.value(*swallow),
            block: state.value(*block),
        },
        Rule::VetoPlayers { .. } => Procedure::Vetoers,
        Rule::OptIn { min } => Procedure::OptIn { min: *min as usize },
        Rule::SimpleMajority { .. } => Procedure::HALF,
        Rule::QualifiedMajority {
            quota,
            members,
            population,
            blocking_min,
            ..
        } => Procedure::Majority {
            quota: state.value(*quota),
            strict: false,
            members: state.value(*members),
            population: state.value(*population),
            blocking_min: *blocking_min as usize,
        },
        Rule::WeightedMedian { .. } => Procedure::Median,
        Rule::CompromiseMean { .. } => Procedure::Mean,
        Rule::Challenge { rounds, .. } => Procedure::Challenge {
            rounds: *rounds as usize,
        },
        Rule::NashBargaining { .. } => Procedure::Nash,
    }
}

/// Puts one rung to every body.
fn ask(state: &State<'_>, idx: usize, rung: usize, values: &Values) -> Answer {
    let threshold = state.law.bargaining.threshold;
    let bodies = bodies(state, idx, rung, values);
    if !bodies.is_empty() && bodies.iter().all(|body| body.passes(threshold)) {
        return Answer {
            passes: true,
            blockers: Vec::new(),
            pivotal: None,
        };
    }
    let in_the_way = |at: &usize| {
        let mut failing = bodies.iter().filter(|body| !body.passes(threshold));
        failing.any(|body| body.blocks(*at, threshold))
    };
    let blockers: Vec<usize> = (0..values.voices.len()).filter(in_the_way).collect();
    let turns = |at: &&usize| {
        bodies
            .iter()
            .all(|body| body.passes_without(**at, threshold))
    };
    let pivotal = blockers.iter().find(turns).copied();
    Answer {
        passes: false,
        blockers,
        pivotal,
    }
}

/// A compensation: places of who pays and of the blocker.
#[derive(Clone, Copy)]
struct Payment {
    payer: usize,
    blocker: usize,
}

/// How a rung came to be adopted.
#[derive(Clone, Copy)]
enum Means {
    /// The rule said yes.
    Consent,
    /// The one in the way was compensated.
    Paid(Payment),
    /// It went by base rates: whoever has a voice takes part.
    Chance,
}

/// The sole blocker whom the keenest party can and will compensate.
fn compensated(
    state: &State<'_>,
    idx: usize,
    rung: usize,
    values: &Values,
    answer: &Answer,
) -> Option<Payment> {
    if answer.blockers.len() != 1 || answer.pivotal.is_none() {
        return None;
    }
    let blocker = answer.blockers[0];
    let params = &state.law.bargaining;
    let sums = &values.sums[rung];
    let deficit = -params.threshold - sums[blocker];
    if deficit <= 0.0 || deficit > params.payment_max {
        return None;
    }
    let mut payer: Option<usize> = None;
    for at in (0..sums.len()).filter(|&at| at != blocker && values.voices[at]) {
        if payer.is_none_or(|best| sums[at].total_cmp(&sums[best]).is_ge()) {
            payer = Some(at);
        }
    }
    let payer = payer?;
    let capability = |at: usize| state.actors[state.initiatives[idx].parties[at].actor].capability;
    let cost = bargaining::payment_cost(deficit, capability(payer), capability(blocker));
    let pays = cost <= params.payment_max && sums[payer] > cost;
    pays.then_some(Payment { payer, blocker })
}

/// Records a decision.
fn write_down(
    state: &mut State<'_>,
    idx: usize,
    values: &Values,
    chosen: Option<usize>,
    failed: Option<&(usize, Answer)>,
    means: Means,
) -> Vote {
    write_ledger(state, idx, values);
    let blockers = failed.map_or_else(Vec::new, |(rung, answer)| {
        blame(state, idx, values, *rung, answer)
    });
    let voices = values.voices.iter().filter(|voice| **voice).count() as f32;
    let against = chosen.map_or(blockers.len(), |rung| {
        outvoted(state, idx, &values.sums[rung], &values.voices)
    });
    let against = against as f32 / f32::max(voices, 1.0);
    let agreement = math::abs(1.0 - 2.0 * math::min(against, 1.0));
    let everybody = matches!(means, Means::Chance);
    let parties = chosen.map_or(0, |rung| join(state, idx, rung, everybody, values));
    if let Means::Paid(Payment { payer, blocker }) = means {
        state.note(Happening::Paid {
            initiative: index(idx),
            payer: actor_of(state, idx, payer),
            actor: actor_of(state, idx, blocker),
        });
    }
    if let Some(rung) = chosen.filter(|_| state.scenario.initiatives[idx].recurring) {
        hold(state, idx, rung, parties, values);
    }
    tell(state, idx, chosen.map(|rung| (rung, parties)), &blockers);
    let initiative = index(idx);
    let pivotal = failed
        .and_then(|(_, answer)| answer.pivotal)
        .map(|at| actor_of(state, idx, at));
    let adopted = chosen.map(index);
    state.left.decisions.push(Decision {
        lane: 0,
        step: state.step,
        initiative,
        adopted,
        blockers,
        pivotal,
    });
    Vote {
        rung: chosen,
        agreement,
    }
}

/// The actor behind a party, as events carry it.
fn actor_of(state: &State<'_>, idx: usize, at: usize) -> u32 {
    index(state.initiatives[idx].parties[at].actor)
}

/// Names who stood in the way of a rung, and marks them and the sponsors who pushed it.
fn blame(
    state: &mut State<'_>,
    idx: usize,
    values: &Values,
    rung: usize,
    answer: &Answer,
) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    for &at in &answer.blockers {
        let term = deciding(&values.parts[rung][at]);
        let value = values.sums[rung][at];
        blockers.push(Blocker {
            actor: actor_of(state, idx, at),
            term,
            value,
        });
        let party = &mut state.initiatives[idx].parties[at];
        party.objected = true;
        party.blocked += 1;
    }
    // Who stays away from an offer opposes nobody.
    let offer = matches!(state.first_rule(idx), Rule::OptIn { .. });
    let pushes = !blockers.is_empty() && !offer;
    let parties = state.initiatives[idx].parties.iter_mut();
    for (party, sum) in parties.zip(&values.sums[rung]) {
        party.pushed = pushes && party.sponsor && *sum > 0.0;
    }
    blockers
}

/// Notes what happened: an adoption with the number of its parties, or the worst of the blockers.
fn tell(state: &mut State<'_>, idx: usize, adopted: Option<(usize, u32)>, blockers: &[Blocker]) {
    let initiative = index(idx);
    if let Some((rung, parties)) = adopted {
        // A rung is reached once, however often it is held.
        if rung >= state.initiatives[idx].adopted {
            state.note(Happening::Adopted {
                initiative,
                rung: index(rung),
                parties,
            });
        }
        return;
    }
    // The first of equals.
    let mut worst: Option<&Blocker> = None;
    for blocker in blockers {
        if worst.is_none_or(|worst| blocker.value < worst.value) {
            worst = Some(blocker);
        }
    }
    if let Some(Blocker { actor, term, .. }) = worst.copied() {
        let blockers = index(blockers.len());
        state.note(Happening::Blocked {
            initiative,
            blocker: actor,
            blockers,
            term,
        });
    }
}

/// Marks and counts who takes part in what was adopted.
fn join(state: &mut State<'_>, idx: usize, rung: usize, everybody: bool, values: &Values) -> u32 {
    let procedure = procedure(state, state.first_rule(idx));
    let threshold = state.law.bargaining.threshold;
    let mut count = 0;
    for (at, party) in state.initiatives[idx].parties.iter_mut().enumerate() {
        let willing = everybody || rules::takes_part(procedure, values.sums[rung][at], threshold);
        party.took_part = values.voices[at] && willing;
        party.took += u32::from(party.took_part);
        count += u32::from(party.took_part);
    }
    let voices = values.voices.iter().filter(|voice| **voice).count();
    let own = &mut state.initiatives[idx];
    own.held += 1;
    own.shares += count as f32 / voices.max(1) as f32;
    count
}

/// Notes a holding, with the participant who values it most as its host.
fn hold(state: &mut State<'_>, idx: usize, rung: usize, parties: u32, values: &Values) {
    let mut host: Option<usize> = None;
    let mut all = true;
    for (at, party) in state.initiatives[idx].parties.iter().enumerate() {
        let value = values.sums[rung][at];
        if party.took_part && host.is_none_or(|best| value > values.sums[rung][best]) {
            host = Some(at);
        }
        all &= party.took_part || !values.voices[at];
    }
    state.note(Happening::Held {
        initiative: index(idx),
        rung: index(rung),
        parties,
        all,
        host: host.map(|at| actor_of(state, idx, at)),
    });
}

/// The part with the largest loss.
fn deciding(parts: &[f32; 10]) -> u32 {
    let worst = (0..10).reduce(|worst, part| {
        if parts[part] < parts[worst] {
            part
        } else {
            worst
        }
    });
    index(worst.expect("there are ten parts"))
}

fn write_ledger(state: &mut State<'_>, idx: usize, values: &Values) {
    for (rung, parts) in values.parts.iter().enumerate() {
        for (at, parts) in parts
            .iter()
            .enumerate()
            .filter(|(at, _)| values.voices[*at])
        {
            state.left.ledger.push(LedgerEntry {
                lane: 0,
                step: state.step,
                initiative: index(idx),
                rung: index(rung),
                actor: index(state.initiatives[idx].parties[at].actor),
                parts: *parts,
                value: values.sums[rung][at],
            });
        }
    }
}

/// How many objected to what passed by majority; under other rules nobody is outvoted.
fn outvoted(state: &State<'_>, idx: usize, sums: &[f32], voices: &[bool]) -> usize {
    if !state.first_rule(idx).outvotes() {
        return 0;
    }
    let threshold = state.law.bargaining.threshold;
    let against = |(voice, sum): &(&bool, &f32)| **voice && **sum < -threshold;
    voices.iter().zip(sums).filter(against).count()
}
