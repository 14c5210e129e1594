//! Outcomes back to the outcome language.

use crate::date::Month;
use crate::fact::Fact;
use crate::model::{Comparison, EventKind, Group, Outcome, Predicate, Scenario, Status};

/// Writes one outcome in the outcome language.
pub fn write_outcome(scenario: &Scenario, outcome: &Outcome) -> String {
    let w = Words { scenario };
    let none = String::new;
    match outcome {
        Outcome::Cohesion { org, at } => w.of_org("Cohesion", *org, none(), *at),
        Outcome::CohesionPart { org, part, at } => {
            w.of_org("CohesionPart", *org, word("part", part.name()), *at)
        }
        Outcome::Maturity { org, at } => w.of_org("Maturity", *org, none(), *at),
        Outcome::Implementation { org, at } => w.of_org("Implementation", *org, none(), *at),
        Outcome::Level { org, element, at } => w.of_org("Level", *org, w.element(*element), *at),
        Outcome::Count { org, status, at } => {
            w.of_org("Count", *org, word("status", status.name()), *at)
        }
        Outcome::Antagonism { org, bloc, at } => w.of_org("Antagonism", *org, w.bloc(*bloc), *at),
        Outcome::HasStatus { .. }
        | Outcome::Trust { .. }
        | Outcome::Presence { .. }
        | Outcome::Utility { .. }
        | Outcome::Affinity { .. } => w.of_actor(outcome),
        Outcome::State { of, at } => w.of_state(of, *at),
        Outcome::Adopted {
            initiative,
            rung,
            by,
        } => w.of_rung("Adopted", (*initiative, *rung), *by),
        Outcome::Completed {
            initiative,
            rung,
            by,
        } => w.of_rung("Completed", (*initiative, *rung), *by),
        Outcome::TookPart {
            initiative,
            actor,
            by,
        } => call(
            "TookPart",
            [
                w.initiative(*initiative),
                w.actor("actor", *actor),
                month("by", *by),
            ],
        ),
        Outcome::ParticipationShare { initiative, actor } => {
            let who = actor.map_or_else(none, |actor| w.actor("actor", actor));
            call("ParticipationShare", [w.initiative(*initiative), who])
        }
        Outcome::Depth { initiative, at } => {
            call("Depth", [w.initiative(*initiative), month("at", *at)])
        }
        Outcome::BlockShare { initiative, actor } => call(
            "BlockShare",
            [w.initiative(*initiative), w.actor("actor", *actor)],
        ),
        Outcome::TimeTo { event } => call("TimeTo", [w.event(event)]),
        Outcome::EventCount { event, from, by } => w.of_events("EventCount", event, (*from, *by)),
        Outcome::Happened { event, from, by } => w.of_events("Happened", event, (*from, *by)),
        Outcome::DriverLevel { driver, at } => {
            let driver = text("driver", &scenario.world.drivers[*driver].id);
            call("DriverLevel", [driver, month("at", *at)])
        }
        Outcome::Constant(_)
        | Outcome::Any { .. }
        | Outcome::All { .. }
        | Outcome::AtLeast { .. }
        | Outcome::Not { .. }
        | Outcome::Compare { .. }
        | Outcome::Computed { .. } => combined(scenario, outcome),
    }
}

/// An outcome made of others.
fn combined(scenario: &Scenario, outcome: &Outcome) -> String {
    let parts = outcome.parts();
    let mut written = parts.iter().map(|part| write_outcome(scenario, part));
    match outcome {
        Outcome::Constant(value) => value.to_string(),
        Outcome::Compare { comparison, .. } => two(&mut written, comparison.sign()),
        Outcome::Computed { by, .. } => two(&mut written, by.sign()),
        Outcome::Not { .. } => call("Not", written),
        Outcome::AtLeast { k, .. } => {
            let all: Vec<String> = written.collect();
            format!("AtLeast({k}, [{}])", all.join(", "))
        }
        _ => {
            let all: Vec<String> = written.collect();
            let name = if matches!(outcome, Outcome::Any { .. }) {
                "Any"
            } else {
                "All"
            };
            format!("{name}([{}])", all.join(", "))
        }
    }
}

/// Two with a sign between, in brackets.
fn two(written: &mut dyn Iterator<Item = String>, sign: &str) -> String {
    let left = written.next().unwrap_or_default();
    let right = written.next().unwrap_or_default();
    format!("({left} {sign} {right})")
}

/// Writes one predicate in the outcome language.
pub fn write_predicate(scenario: &Scenario, predicate: &Predicate) -> String {
    let outcome = write_outcome(scenario, &predicate.outcome);
    if is_plain(predicate) {
        return outcome;
    }
    format!(
        "{outcome} {} {}",
        predicate.comparison.sign(),
        predicate.threshold
    )
}

/// Whether a predicate is a truth value as it stands.
pub(super) fn is_plain(predicate: &Predicate) -> bool {
    predicate.outcome.is_truth()
        && predicate.comparison == Comparison::Greater
        && predicate.threshold.to_bits() == 0.5_f64.to_bits()
}

fn call(name: &str, fields: impl IntoIterator<Item = String>) -> String {
    let given: Vec<String> = fields
        .into_iter()
        .filter(|field| !field.is_empty())
        .collect();
    format!("{name}({})", given.join(", "))
}

fn text(key: &str, id: &str) -> String {
    format!("{key}: \"{id}\"")
}

/// A variant without fields, written with its first letter large.
pub(crate) fn word(key: &str, name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{key}: {}{rest}", first.to_uppercase())
}

fn month(key: &str, at: Option<Month>) -> String {
    at.map_or_else(String::new, |month| format!("{key}: \"{month}\""))
}

/// Fields that refer to things of a scenario.
struct Words<'s> {
    scenario: &'s Scenario,
}

impl Words<'_> {
    fn org(&self, idx: usize) -> String {
        text("org", &self.scenario.world.organisations[idx].id)
    }

    fn actor(&self, key: &str, idx: usize) -> String {
        text(key, &self.scenario.world.actors[idx].id)
    }

    fn bloc(&self, idx: usize) -> String {
        text("bloc", &self.scenario.world.blocs[idx].id)
    }

    fn element(&self, idx: usize) -> String {
        text("element", &self.scenario.world.elements[idx].id)
    }

    fn initiative(&self, idx: usize) -> String {
        text("initiative", &self.scenario.initiatives[idx].id)
    }

    fn of_events(
        &self,
        name: &str,
        event: &EventKind,
        (from, by): (Option<Month>, Option<Month>),
    ) -> String {
        call(
            name,
            [self.event(event), month("from", from), month("by", by)],
        )
    }

    fn of_org(&self, name: &str, org: usize, more: String, at: Option<Month>) -> String {
        call(name, [self.org(org), more, month("at", at)])
    }

    fn of_actor(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::HasStatus {
                actor,
                org,
                status,
                at,
            } => {
                let status = word("status", status.name());
                call(
                    "HasStatus",
                    [
                        self.actor("actor", *actor),
                        self.org(*org),
                        status,
                        month("at", *at),
                    ],
                )
            }
            Outcome::Trust { actor, bloc, at } | Outcome::Presence { actor, bloc, at } => call(
                if matches!(outcome, Outcome::Trust { .. }) {
                    "Trust"
                } else {
                    "Presence"
                },
                [
                    self.actor("actor", *actor),
                    self.bloc(*bloc),
                    month("at", *at),
                ],
            ),
            Outcome::Utility {
                actor,
                org,
                term,
                at,
            } => {
                let term = term.map_or_else(String::new, |term| word("term", term.name()));
                call(
                    "Utility",
                    [
                        self.actor("actor", *actor),
                        self.org(*org),
                        term,
                        month("at", *at),
                    ],
                )
            }
            Outcome::Affinity { source, target, at } => {
                let pair = [self.actor("source", *source), self.actor("target", *target)];
                call("Affinity", pair.into_iter().chain([month("at", *at)]))
            }
            other => unreachable!("{other:?} is not asked of an actor"),
        }
    }

    fn of_state(&self, of: &Fact, at: Option<Month>) -> String {
        let ppp = |ppp: bool| if ppp { "ppp: true" } else { "" }.to_owned();
        let actor = |idx: usize| self.actor("actor", idx);
        let domain = |domain: crate::model::Domain| word("domain", domain.name());
        let none = String::new;
        let (first, second, third) = match of {
            Fact::Gdp { actor: a, ppp: p } => (actor(*a), ppp(*p), none()),
            Fact::GdpShare {
                actor: a,
                among,
                ppp: p,
            } => (actor(*a), self.among(among), ppp(*p)),
            Fact::Capability { actor: a } | Fact::IdealPoint { actor: a } => {
                (actor(*a), none(), none())
            }
            Fact::CapabilityShare { actor: a, among } => (actor(*a), self.among(among), none()),
            Fact::IdealPointDistance { among }
            | Fact::IdealPointSpread { among }
            | Fact::VotingAgreement { among } => (self.among(among), none(), none()),
            Fact::Threat { actor: a, threat } => {
                let threat = text("threat", &self.scenario.world.threats[*threat].id);
                (actor(*a), threat, none())
            }
            Fact::Stress {
                actor: a,
                domain: d,
            }
            | Fact::Salience {
                actor: a,
                domain: d,
            } => (actor(*a), domain(*d), none()),
            Fact::Commitment { actor: a, org } => (actor(*a), self.org(*org), none()),
            Fact::RegimeDistance { source, target } => (
                self.actor("source", *source),
                self.actor("target", *target),
                none(),
            ),
            Fact::AgendaShare { org, domain: d } => (self.org(*org), domain(*d), none()),
        };
        call(of.name(), [first, second, third, month("at", at)])
    }

    fn among(&self, group: &Group) -> String {
        let world = &self.scenario.world;
        let group = match group {
            Group::Actors(actors) => {
                let ids: Vec<String> = actors
                    .iter()
                    .map(|&idx| format!("\"{}\"", world.actors[idx].id))
                    .collect();
                format!("Actors([{}])", ids.join(", "))
            }
            Group::Members(org) => format!("Members(\"{}\")", world.organisations[*org].id),
            Group::Bloc(bloc) => format!("Bloc(\"{}\")", world.blocs[*bloc].id),
            Group::Parties => "Parties".to_owned(),
        };
        format!("among: {group}")
    }

    fn adoption(&self, initiative: usize, rung: usize) -> String {
        let name = self.initiative(initiative);
        if rung == 0 {
            return name;
        }
        let rung = &self.scenario.initiatives[initiative].ladder[rung].id;
        format!("{name}, {}", text("rung", rung))
    }

    fn of_rung(&self, name: &str, (initiative, rung): (usize, usize), by: Option<Month>) -> String {
        call(name, [self.adoption(initiative, rung), month("by", by)])
    }

    fn event(&self, event: &EventKind) -> String {
        let who =
            |actor: Option<usize>| actor.map_or_else(String::new, |idx| self.actor("actor", idx));
        let written = match event {
            EventKind::Adoption { initiative, rung } => {
                call("Adoption", [self.adoption(*initiative, *rung)])
            }
            EventKind::Completion { initiative, rung } => {
                call("Completion", [self.adoption(*initiative, *rung)])
            }
            EventKind::Abandonment { initiative, rung } => {
                call("Abandonment", [self.adoption(*initiative, *rung)])
            }
            EventKind::Holding {
                initiative,
                rung,
                all,
            } => {
                let all = if *all { "all: true" } else { "" };
                let held = self.adoption(*initiative, *rung);
                call("Holding", [held, all.to_owned()])
            }
            EventKind::Withdrawal { org, actor } => {
                call("Withdrawal", [self.org(*org), who(*actor)])
            }
            EventKind::Suspension { org, actor } => {
                call("Suspension", [self.org(*org), who(*actor)])
            }
            EventKind::Accession { org, actor } => call("Accession", [self.org(*org), who(*actor)]),
            EventKind::Dispute { pair, org, lethal } => {
                let pair = pair.map_or_else(String::new, |(source, target)| {
                    format!(
                        "{}, {}",
                        self.actor("source", source),
                        self.actor("target", target)
                    )
                });
                let org = org.map_or_else(String::new, |idx| self.org(idx));
                let lethal = if *lethal { "lethal: true" } else { "" };
                call("Dispute", [pair, org, lethal.to_owned()])
            }
            EventKind::Deployment { org, actor } => {
                call("Deployment", [self.org(*org), who(*actor)])
            }
            EventKind::Base {
                bloc,
                actor,
                opened,
            } => {
                let opened = if *opened { "" } else { "opened: false" };
                call("Base", [self.bloc(*bloc), who(*actor), opened.to_owned()])
            }
            EventKind::StatusGained { org, actor, status } => {
                let least = match status {
                    Status::Member => String::new(),
                    status => word("status", status.name()),
                };
                call("StatusGained", [self.org(*org), who(*actor), least])
            }
            EventKind::Payment { initiative, actor } => {
                let initiative = initiative.map_or_else(String::new, |idx| {
                    text("initiative", &self.scenario.initiatives[idx].id)
                });
                call("Payment", [initiative, who(*actor)])
            }
            EventKind::Shock { shock } => {
                call("Shock", [text("shock", &self.scenario.shocks[*shock].id)])
            }
        };
        format!("event: {written}")
    }
}
