//! Step phase 5, Decide: rules pick the rung, and who stood in the way is written down.
//!
//! Control flow truly differs between replicates here, so the loop is over the lanes in which something
//! is tabled.

use foedera_scenario::{Leaf, Rule, Weights};

use crate::appraisal::Setting;
use crate::batch::{Blocker, Decision, Happening, LedgerEntry, Record};
use crate::company::is_zero;
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{bargaining, membership};
use crate::program::{PartyPlan, Program};
use crate::purpose;
use crate::rules::{self, Options, Procedure, Voter};
use crate::state::{Joined, Party, Progress, Recorder, Standing, Statute, Verdict};
use crate::systems::appraise::Reading;
use crate::systems::bargain::Bench;

/// One initiative on the table.
pub(crate) struct Table<'a> {
    pub(crate) plan: &'a Program,
    pub(crate) initiative: usize,
    /// Years since the meeting before.
    pub(crate) wait: f32,
    /// Attention left for it.
    pub(crate) attention: &'a Lanes,
    /// Lowest rung valued.
    pub(crate) first_rung: usize,
    /// Rungs adopted so far; none of what is held again and again.
    pub(crate) adopted: &'a Lanes,
    /// Lanes in which it may be tabled.
    pub(crate) may: &'a Lanes,
    pub(crate) setting: &'a Setting<'a>,
    pub(crate) standing: &'a [Standing],
    pub(crate) statutes: &'a [Statute],
    pub(crate) reading: &'a Reading<'a, 'a>,
}

/// What deciding writes.
pub(crate) struct Outcome<'a> {
    pub(crate) recorder: &'a mut Recorder,
    pub(crate) progress: &'a mut Progress,
    pub(crate) parties: &'a mut [Party],
    pub(crate) verdict: &'a mut Verdict,
    pub(crate) joined: &'a mut [Joined],
}

/// A body that decides: a venue with its members, or the named parties.
struct Body {
    procedure: Procedure,
    voters: Vec<Voter>,
    /// Position of each voter among the parties.
    who: Vec<usize>,
    /// Depths and values of all options, for rules that look at the whole ladder; otherwise empty.
    depths: Vec<f32>,
    values: Vec<f32>,
    /// The option put to the vote.
    at: usize,
    /// Whether it says yes.
    passes: bool,
}

/// One rung put to the vote in one lane.
#[derive(Clone, Copy)]
struct Question {
    rung: usize,
    /// Rungs adopted so far in the lane.
    adopted: usize,
    lane: usize,
}

impl Table<'_> {
    /// The rule by which a venue, or the named parties, decide in a lane.
    fn rule(&self, venue: Option<usize>, l: usize) -> &Rule {
        let code = venue.map_or(0.0, |org| self.statutes[org].0[l]);
        self.plan.rule(self.initiative, venue, code)
    }

    /// The rule of the first body.
    fn first_rule(&self, l: usize) -> &Rule {
        let file = &self.plan.scenario.initiatives[self.initiative];
        self.rule(file.venues.first().copied(), l)
    }
}

/// How the bodies answered one rung.
#[derive(Default)]
struct Answer {
    passes: bool,
    /// Positions of those who stood in the way, in party order.
    blockers: Vec<usize>,
    /// The one party without whose objection the rung would have passed.
    pivotal: Option<usize>,
}

/// Room for one decision, reused from lane to lane.
#[derive(Default)]
pub(crate) struct Floor {
    /// Room for bodies, of which the first `n_bodies` decide.
    bodies: Vec<Body>,
    n_bodies: usize,
    found: Answer,
    /// The answer to the lowest rung that failed.
    last: Answer,
}

/// Decides in every lane where the initiative is tabled.
pub(crate) fn decide(table: &Table<'_>, bench: &Bench, floor: &mut Floor, mut out: Outcome<'_>) {
    let clock = &table.reading.clock;
    let keys = &table.reading.keys.0;
    let entity = u32::from(table.plan.scenario.initiatives[table.initiative].number);
    let mut uniform = Lanes::ZERO;
    keys.fill_uniforms(purpose::TABLING, clock.step, entity, &mut uniform);
    let params = &table.setting.law.bargaining;
    let (erratic, pace) = (out.progress.erratic, out.progress.pace);
    let recurring = table.plan.scenario.initiatives[table.initiative].recurring;
    let (tabled, zeal) = keys.isa().dispatch(
        #[inline(always)]
        || {
            if recurring {
                // The calendar tables it.
                let lawful = table.may.zip(
                    &erratic,
                    #[inline(always)]
                    |may, erratic| math::indicator((may != 0.0) & (erratic == 0.0)),
                );
                return (lawful, Lanes::ZERO);
            }
            let gain = keenest(table, bench, table.adopted);
            let zeal = Lanes::from_fn(
                #[inline(always)]
                |l| table.may.0[l] * bargaining::zeal(gain.0[l], params.threshold.0[l]),
            );
            let tabled = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let (params, left) = (params.at(l), table.attention.0[l]);
                    let (zeal, pace) = (zeal.0[l], pace.0[l]);
                    let chance =
                        bargaining::tabling_probability(zeal, left, pace, table.wait, &params);
                    let lawful = (table.may.0[l] != 0.0) & (erratic.0[l] == 0.0);
                    math::indicator(lawful & (uniform.0[l] < chance))
                },
            );
            (tabled, zeal)
        },
    );
    out.progress.judged = zeal;
    for l in 0..LANES {
        if tabled[l] > 0.0 {
            decide_lane(table, bench, floor, &mut out, l);
        } else if erratic[l] > 0.0 && table.may[l] > 0.0 {
            happen_anyway(table, bench, &mut out, uniform[l], l);
        }
    }
}

/// Adopts, in a lane in which the initiative goes by base rates, the deepest rung that the draw reaches.
#[cold]
fn happen_anyway(table: &Table<'_>, bench: &Bench, out: &mut Outcome<'_>, uniform: f32, l: usize) {
    let ladder = &table.plan.scenario.initiatives[table.initiative].ladder;
    let params = table.setting.law.bargaining.at(l);
    let happens = |rung: &usize| {
        let depth = table.reading.inputs.get(ladder[*rung].depth)[l];
        bargaining::happens_anyway(uniform, depth, table.wait, &params)
    };
    let open = table.adopted[l] as usize..ladder.len();
    let Some(rung) = open.rev().find(happens) else {
        return;
    };
    let clock = &table.reading.clock;
    let (initiative, reached) = (index(table.initiative), index(rung));
    let what = Happening::Unforeseen {
        initiative,
        rung: reached,
    };
    out.recorder.note(clock.n, l, clock.step, what);
    write_down(table, bench, out, Some(rung), Means::Chance, None, l);
}

/// Largest gain of a sponsor (of any party, if none is named) from any rung still open.
#[inline(always)]
fn keenest(table: &Table<'_>, bench: &Bench, adopted: &Lanes) -> Lanes {
    let plan = table.plan;
    let rows = plan.initiatives[table.initiative].parties.clone();
    let n = rows.len();
    let file = &plan.scenario.initiatives[table.initiative];
    let sponsored = !file.sponsors.is_empty();
    let mut best = Lanes::ZERO;
    for rung in table.first_rung..file.ladder.len() {
        let number = (rung + 1) as f32;
        for (at, row) in rows.clone().enumerate() {
            let speaks = if sponsored {
                &Lanes::ONE
            } else {
                &bench.eligible[at]
            };
            if (sponsored && !plan.parties[row].sponsor) || is_zero(speaks) {
                continue;
            }
            let value = &bench.values[rung * n + at];
            best = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let counts = (speaks.0[l] > 0.0) & (number > adopted.0[l]);
                    math::select(counts, math::max(best.0[l], value.0[l]), best.0[l])
                },
            );
        }
    }
    best
}

/// Decides in one lane.
fn decide_lane(
    table: &Table<'_>,
    bench: &Bench,
    floor: &mut Floor,
    out: &mut Outcome<'_>,
    l: usize,
) {
    let ladder = &table.plan.scenario.initiatives[table.initiative].ladder;
    let adopted = table.adopted[l] as usize;
    let mut chosen = None;
    let mut failed = false;
    let mut means = Means::Consent;
    for rung in (adopted..ladder.len()).rev() {
        let question = Question {
            rung,
            adopted,
            lane: l,
        };
        ask(table, bench, floor, question);
        if floor.found.passes {
            chosen = Some(rung);
            break;
        }
        if let Some(payment) = compensated(table, bench, rung, &floor.found, l) {
            means = Means::Paid(payment);
            chosen = Some(rung);
            break;
        }
        std::mem::swap(&mut floor.found, &mut floor.last);
        failed = true;
    }
    out.progress.tabled[l] += 1.0;
    let answer = failed.then_some(&floor.last);
    write_down(table, bench, out, chosen, means, answer, l);
}

/// Puts one rung to every body; the answer is in `found`.
fn ask(table: &Table<'_>, bench: &Bench, floor: &mut Floor, question: Question) {
    let threshold = table.setting.law.bargaining.threshold[question.lane];
    floor.n_bodies = 0;
    convene(table, bench, floor, question);
    let Floor {
        bodies,
        n_bodies,
        found,
        ..
    } = floor;
    let bodies = &mut bodies[..*n_bodies];
    for body in bodies.iter_mut() {
        let options = options(&body.depths, &body.values, body.at);
        body.passes = rules::passes(body.procedure, &body.voters, options, threshold);
    }
    found.passes = !bodies.is_empty() && bodies.iter().all(|body| body.passes);
    found.blockers.clear();
    found.pivotal = None;
    if found.passes {
        return;
    }
    for body in bodies.iter().filter(|body| !body.passes) {
        let options = options(&body.depths, &body.values, body.at);
        for (place, &at) in body.who.iter().enumerate() {
            let blocks = rules::blocks(body.procedure, &body.voters, options, place, threshold);
            if blocks && !found.blockers.contains(&at) {
                found.blockers.push(at);
            }
        }
    }
    found.blockers.sort_unstable();
    let mut blockers = found.blockers.iter().copied();
    found.pivotal = blockers.find(|&at| lifts(bodies, at, threshold));
}

/// Whether all bodies would say yes without one party's objection.
fn lifts(bodies: &mut [Body], at: usize, threshold: f32) -> bool {
    bodies.iter_mut().all(|body| {
        let options = options(&body.depths, &body.values, body.at);
        match body.who.iter().position(|&who| who == at) {
            Some(lifted) => {
                let voters = &mut body.voters;
                rules::passes_without(body.procedure, voters, options, lifted, threshold)
            }
            None => rules::passes(body.procedure, &body.voters, options, threshold),
        }
    })
}

fn options<'a>(depths: &'a [f32], values: &'a [f32], at: usize) -> Options<'a> {
    Options { depths, values, at }
}

/// Gathers the bodies that decide in a lane.
fn convene(table: &Table<'_>, bench: &Bench, floor: &mut Floor, question: Question) {
    let file = &table.plan.scenario.initiatives[table.initiative];
    let l = question.lane;
    for (venue, &org) in file.venues.iter().enumerate() {
        let rule = table.rule(Some(org), l);
        let vote = table.plan.scenario.world.organisations[org].observer_vote;
        let voice = |party: &PartyPlan| {
            let status = party.seats[venue].map(|row| table.standing[row].status[l]);
            if status == Some(membership::MEMBER) {
                1.0
            } else if status == Some(membership::OBSERVER) && rule.weighs() {
                table.reading.inputs.get(vote)[l]
            } else {
                0.0
            }
        };
        let body = floor.seat(procedure(table, rule, l));
        gather(table, bench, body, rule, question, voice);
    }
    if !file.parties.is_empty() {
        let consent = Rule::Consensus;
        let rule = if file.venues.is_empty() {
            table.rule(None, l)
        } else {
            &consent
        };
        let body = floor.seat(procedure(table, rule, l));
        let named = |party: &PartyPlan| math::indicator(party.named);
        gather(table, bench, body, rule, question, named);
    }
}

impl Floor {
    /// Room for one more body.
    fn seat(&mut self, procedure: Procedure) -> &mut Body {
        if self.n_bodies == self.bodies.len() {
            self.bodies.push(Body {
                procedure,
                voters: Vec::new(),
                who: Vec::new(),
                depths: Vec::new(),
                values: Vec::new(),
                at: 0,
                passes: false,
            });
        }
        let body = &mut self.bodies[self.n_bodies];
        self.n_bodies += 1;
        body.procedure = procedure;
        body.voters.clear();
        body.who.clear();
        body.depths.clear();
        body.values.clear();
        body
    }
}

/// Gathers the voters of one body.
fn gather(
    table: &Table<'_>,
    bench: &Bench,
    body: &mut Body,
    rule: &Rule,
    question: Question,
    voice: impl Fn(&PartyPlan) -> f32,
) {
    let (rung, l) = (question.rung, question.lane);
    let rows = table.plan.initiatives[table.initiative].parties.clone();
    let n = rows.len();
    for (at, row) in rows.enumerate() {
        let party = &table.plan.parties[row];
        let part = voice(party);
        if part > 0.0 {
            let guest = part < 1.0;
            body.voters.push(Voter {
                value: bench.values[rung * n + at][l],
                weight: part * weight(table, rule, party.actor, l),
                population: part * population(table, rule, party.actor, l),
                veto: !guest && rule.vetoes().contains(&party.actor),
                applicant: party.applies_from.is_some_and(|from| from <= rung),
                guest,
                lifted: false,
            });
            body.who.push(at);
        }
    }
    if body.procedure.surveys() {
        survey(table, bench, body, question);
    }
}

/// Notes what every option is worth to each voter: what stands, and every rung that is open.
fn survey(table: &Table<'_>, bench: &Bench, body: &mut Body, question: Question) {
    let Question {
        rung,
        adopted,
        lane: l,
    } = question;
    let ladder = &table.plan.scenario.initiatives[table.initiative].ladder;
    let depth = |rung: usize| table.reading.inputs.get(ladder[rung].depth)[l];
    let n = bench_len(table);
    body.at = rung + 1 - adopted;
    body.depths.push(adopted.checked_sub(1).map_or(0.0, depth));
    body.depths.extend((adopted..ladder.len()).map(depth));
    for &at in &body.who {
        body.values.push(0.0);
        let open = adopted..ladder.len();
        body.values
            .extend(open.map(|rung| bench.values[rung * n + at][l]));
    }
}

/// A rule with its numbers in a lane.
fn procedure(table: &Table<'_>, rule: &Rule, l: usize) -> Procedure {
    let value = |leaf: Leaf| table.reading.inputs.get(leaf)[l];
    match rule {
        Rule::Consensus => Procedure::Consensus,
        Rule::ConsensusWithAbstention {
            quorum,
            swallow,
            block,
        } => Procedure::Abstention {
            quorum: value(*quorum),
            swallow: value(*swallow),
            block: value(*block),
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
            quota: value(*quota),
            strict: false,
            members: value(*members),
            population: value(*population),
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

/// What an actor weighs under a rule.
fn weight(table: &Table<'_>, rule: &Rule, actor: usize, l: usize) -> f32 {
    let own = &table.setting.traits[actor].0;
    let inputs = &table.reading.inputs;
    match rule {
        Rule::QualifiedMajority { votes, .. } if !votes.is_empty() => {
            let listed = votes.iter().find(|(of, _)| *of == actor);
            listed.map_or(0.0, |(_, votes)| inputs.get(*votes)[l])
        }
        _ => match rule.weights() {
            Weights::Equal => 1.0,
            Weights::Capability => own.capability[l],
            Weights::Gdp => own.gdp[l],
            Weights::Population => people(table, actor, l),
        },
    }
}

/// Population of an actor where a rule has a clause on it, 0 otherwise.
fn population(table: &Table<'_>, rule: &Rule, actor: usize, l: usize) -> f32 {
    match rule {
        Rule::QualifiedMajority { .. } => people(table, actor, l),
        _ => 0.0,
    }
}

fn people(table: &Table<'_>, actor: usize, l: usize) -> f32 {
    let leaf = table.plan.scenario.world.actors[actor].population_thousand;
    table.reading.inputs.get(leaf)[l]
}

/// A compensation: positions of who pays and of the blocker.
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
    table: &Table<'_>,
    bench: &Bench,
    rung: usize,
    answer: &Answer,
    l: usize,
) -> Option<Payment> {
    let [blocker] = answer.blockers[..] else {
        return None;
    };
    answer.pivotal?;
    let params = table.setting.law.bargaining.at(l);
    let rows = table.plan.initiatives[table.initiative].parties.clone();
    let n = rows.len();
    let value = |at: usize| bench.values[rung * n + at][l];
    let deficit = -params.threshold - value(blocker);
    if deficit <= 0.0 || deficit > params.payment_max {
        return None;
    }
    let capability = |at: usize| {
        table.setting.traits[table.plan.parties[rows.start + at].actor]
            .0
            .capability[l]
    };
    let payer = (0..n)
        .filter(|&at| at != blocker && bench.eligible[at][l] > 0.0)
        .max_by(|&first, &second| value(first).total_cmp(&value(second)))?;
    let cost = bargaining::payment_cost(deficit, capability(payer), capability(blocker));
    let pays = cost <= params.payment_max && value(payer) > cost;
    pays.then_some(Payment { payer, blocker })
}

/// Records a decision and sets the verdict.
fn write_down(
    table: &Table<'_>,
    bench: &Bench,
    out: &mut Outcome<'_>,
    chosen: Option<usize>,
    means: Means,
    answer: Option<&Answer>,
    l: usize,
) {
    let plan = table.plan;
    let rows = plan.initiatives[table.initiative].parties.clone();
    let n = rows.len();
    let clock = &table.reading.clock;
    let initiative = index(table.initiative);
    let actor = |at: usize| index(plan.parties[rows.start + at].actor);
    // The rung that failed just above what was reached: its blockers set the limit.
    let failed = chosen.map_or(table.adopted[l] as usize, |rung| rung + 1);
    let objectors: &[usize] = answer.map_or(&[], |answer| &answer.blockers);
    for &at in objectors {
        out.joined[at].objected[l] = 1.0;
        out.parties[at].blocked[l] += 1.0;
    }
    // Lanes beyond the replicates keep in step but are not told of.
    let told = if l < clock.n { objectors } else { &[] };
    let mut blockers = Vec::with_capacity(told.len());
    blockers.extend(told.iter().map(|&at| Blocker {
        actor: actor(at),
        term: deciding(&bench.parts[failed * n + at], l),
        value: bench.values[failed * n + at][l],
    }));
    note_vote(table, bench, out, chosen, failed, objectors.len(), l);
    if let Some(rung) = chosen {
        let everybody = matches!(means, Means::Chance);
        let parties = join(table, bench, out, (rung, everybody), l);
        let reaches = (rung + 1) as f32 > out.progress.adopted[l];
        out.verdict.rung[l] = (rung + 1) as f32;
        if let Means::Paid(Payment { payer, blocker }) = means {
            let what = Happening::Paid {
                initiative,
                payer: actor(payer),
                actor: actor(blocker),
            };
            out.recorder.note(clock.n, l, clock.step, what);
        }
        if table.plan.scenario.initiatives[table.initiative].recurring {
            let what = held(table, bench, out, (rung, parties), l);
            out.recorder.note(clock.n, l, clock.step, what);
        }
        if reaches {
            let rung = index(rung);
            let what = Happening::Adopted {
                initiative,
                rung,
                parties,
            };
            out.recorder.note(clock.n, l, clock.step, what);
        }
    } else if let Some(what) = blocked(initiative, &blockers) {
        out.recorder.note(clock.n, l, clock.step, what);
    }
    if l < clock.n {
        let pivotal = answer.and_then(|answer| answer.pivotal).map(actor);
        let adopted = chosen.map(index);
        out.recorder.decisions.push(Decision {
            lane: index(l),
            step: clock.step,
            initiative,
            adopted,
            blockers,
            pivotal,
        });
        if clock.record == Record::Ledger {
            let adopted = table.adopted[l] as usize;
            write_ledger(table, bench, out.recorder, adopted, l);
        }
    }
}

/// What is told of a holding: who took part, and the participant to whom it is worth most, the first of equals.
fn held(
    table: &Table<'_>,
    bench: &Bench,
    out: &Outcome<'_>,
    (rung, parties): (usize, u32),
    l: usize,
) -> Happening {
    let first = table.plan.initiatives[table.initiative].parties.start;
    let n = bench_len(table);
    let value = |at: usize| bench.values[rung * n + at][l];
    let took_part = |at: &usize| out.joined[*at].took_part[l] > 0.0;
    let host = (0..n)
        .filter(took_part)
        .reduce(|best, at| if value(at) > value(best) { at } else { best });
    Happening::Held {
        initiative: index(table.initiative),
        rung: index(rung),
        parties,
        all: (0..n).all(|at| bench.eligible[at][l] == 0.0 || took_part(&at)),
        host: host.map(|at| index(table.plan.parties[first + at].actor)),
    }
}

/// What is told of a failure: the blocker with the largest loss.
fn blocked(initiative: u32, blockers: &[Blocker]) -> Option<Happening> {
    let worst = blockers.iter().min_by(|a, b| a.value.total_cmp(&b.value))?;
    Some(Happening::Blocked {
        initiative,
        blocker: worst.actor,
        blockers: index(blockers.len()),
        term: worst.term,
    })
}

/// Marks who takes part in what was adopted.
fn join(
    table: &Table<'_>,
    bench: &Bench,
    out: &mut Outcome<'_>,
    (rung, everybody): (usize, bool),
    l: usize,
) -> u32 {
    let n = bench_len(table);
    let threshold = table.setting.law.bargaining.threshold[l];
    let procedure = procedure(table, table.first_rule(l), l);
    let (mut count, mut voices) = (0, 0);
    for at in 0..n {
        let value = bench.values[rung * n + at][l];
        let present = bench.eligible[at][l] > 0.0;
        let willing = everybody || rules::takes_part(procedure, value, threshold);
        let takes_part = present && willing;
        let took_part = if takes_part { 1.0 } else { 0.0 };
        out.joined[at].took_part[l] = took_part;
        out.parties[at].took[l] += took_part;
        count += u32::from(takes_part);
        voices += u32::from(present);
    }
    out.progress.held[l] += 1.0;
    out.progress.shares[l] += count as f32 / voices.max(1) as f32;
    count
}

fn bench_len(table: &Table<'_>) -> usize {
    table.plan.initiatives[table.initiative].parties.len()
}

/// The part with the largest loss.
fn deciding(parts: &[Lanes; 10], l: usize) -> u32 {
    let mut worst = 0;
    for (idx, part) in parts.iter().enumerate() {
        if part[l] < parts[worst][l] {
            worst = idx;
        }
    }
    index(worst)
}

/// Writes the value of every rung still open in the lane to every party.
fn write_ledger(
    table: &Table<'_>,
    bench: &Bench,
    recorder: &mut Recorder,
    adopted: usize,
    l: usize,
) {
    let plan = table.plan;
    let rows = plan.initiatives[table.initiative].parties.clone();
    let n = rows.len();
    for rung in adopted..plan.scenario.initiatives[table.initiative].ladder.len() {
        for at in 0..n {
            if bench.eligible[at][l] == 0.0 {
                continue;
            }
            let mut parts = [0.0; 10];
            for (part, lanes) in parts.iter_mut().zip(&bench.parts[rung * n + at]) {
                *part = lanes[l];
            }
            recorder.ledger.push(LedgerEntry {
                lane: index(l),
                step: table.reading.clock.step,
                initiative: index(table.initiative),
                rung: index(rung),
                actor: index(plan.parties[rows.start + at].actor),
                parts,
                value: bench.values[rung * n + at][l],
            });
        }
    }
}

fn index(of: usize) -> u32 {
    u32::try_from(of).expect("indices of a scenario fit u32")
}

/// How many objected to what passed by majority; under other rules nobody is outvoted.
fn outvoted(table: &Table<'_>, bench: &Bench, rung: usize, l: usize) -> usize {
    if !table.first_rule(l).outvotes() {
        return 0;
    }
    let n = bench_len(table);
    let threshold = table.setting.law.bargaining.threshold[l];
    (0..n)
        .filter(|&at| bench.eligible[at][l] > 0.0 && bench.values[rung * n + at][l] < -threshold)
        .count()
}

/// Notes who pushed what failed, and how far those who voted agreed.
fn note_vote(
    table: &Table<'_>,
    bench: &Bench,
    out: &mut Outcome<'_>,
    chosen: Option<usize>,
    failed: usize,
    n_blockers: usize,
    l: usize,
) {
    let plan = table.plan;
    let rows = plan.initiatives[table.initiative].parties.clone();
    let n = rows.len();
    // Who stays away from an offer opposes nobody.
    let pushes = n_blockers > 0 && !matches!(table.first_rule(l), Rule::OptIn { .. });
    let mut voices = 0.0;
    for (at, row) in rows.enumerate() {
        voices += bench.eligible[at][l];
        if pushes && plan.parties[row].sponsor && bench.values[failed * n + at][l] > 0.0 {
            out.joined[at].pushed[l] = 1.0;
        }
    }
    let against = chosen.map_or(n_blockers, |rung| outvoted(table, bench, rung, l)) as f32
        / f32::max(voices, 1.0);
    out.verdict.voted[l] = 1.0;
    // Rice (1925): distance of the shares in favour and against.
    out.verdict.agreement[l] = math::abs(1.0 - 2.0 * math::min(against, 1.0));
}
