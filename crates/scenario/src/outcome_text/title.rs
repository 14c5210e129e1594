//! Short titles of outcomes for people.

use super::words::is_plain;
use crate::date::Month;
use crate::model::{EventKind, Outcome, Predicate, Scenario, Status, Term};

/// A short title, such as `Cohesion of A at 2025-12`.
pub fn title(scenario: &Scenario, outcome: &Outcome) -> String {
    let subject = subject(scenario, outcome);
    let end = |month: &Option<Month>| month.unwrap_or(scenario.time.end);
    match outcome {
        Outcome::Cohesion { at, .. }
        | Outcome::CohesionPart { at, .. }
        | Outcome::Maturity { at, .. }
        | Outcome::Implementation { at, .. }
        | Outcome::Level { at, .. }
        | Outcome::Count { at, .. }
        | Outcome::HasStatus { at, .. }
        | Outcome::Depth { at, .. }
        | Outcome::DriverLevel { at, .. }
        | Outcome::Affinity { at, .. }
        | Outcome::Trust { at, .. }
        | Outcome::Presence { at, .. }
        | Outcome::Utility { at, .. }
        | Outcome::Antagonism { at, .. }
        | Outcome::State { at, .. } => format!("{subject} at {}", end(at)),
        Outcome::Adopted { by, .. }
        | Outcome::Completed { by, .. }
        | Outcome::TookPart { by, .. } => format!("{subject} by {}", end(by)),
        Outcome::EventCount { from, by, .. } | Outcome::Happened { from, by, .. } => match from {
            None => format!("{subject} by {}", end(by)),
            Some(from) => format!("{subject} from {from} to {}", end(by)),
        },
        Outcome::Constant(_)
        | Outcome::Any { .. }
        | Outcome::All { .. }
        | Outcome::AtLeast { .. }
        | Outcome::Not { .. }
        | Outcome::Compare { .. }
        | Outcome::Computed { .. } => combined(scenario, outcome),
        Outcome::BlockShare { .. }
        | Outcome::ParticipationShare { .. }
        | Outcome::TimeTo { .. } => subject,
    }
}

/// A short title of a predicate, such as `Cohesion of A at 2025-12 < 0.4`.
pub fn predicate_title(scenario: &Scenario, predicate: &Predicate) -> String {
    let title = title(scenario, &predicate.outcome);
    if is_plain(predicate) {
        return title;
    }
    format!(
        "{title} {} {}",
        predicate.comparison.sign(),
        predicate.threshold
    )
}

/// An outcome made of others, in words.
fn combined(scenario: &Scenario, outcome: &Outcome) -> String {
    let parts: Vec<String> = outcome
        .parts()
        .into_iter()
        .map(|part| title(scenario, part))
        .collect();
    let list = || parts.join("; ");
    let two = |sign: &str| parts.join(&format!(" {sign} "));
    match outcome {
        Outcome::Constant(value) => value.to_string(),
        Outcome::Any { .. } => format!("Any of: {}", list()),
        Outcome::All { .. } => format!("All of: {}", list()),
        Outcome::AtLeast { k, .. } => format!("At least {k} of: {}", list()),
        Outcome::Not { .. } => format!("Not: {}", list()),
        Outcome::Compare { comparison, .. } => two(comparison.sign()),
        Outcome::Computed { by, .. } => format!("({})", two(by.sign())),
        _ => list(),
    }
}

fn lower(status: Status) -> String {
    status.name().to_lowercase()
}

/// What an outcome is about, without its month.
fn subject(scenario: &Scenario, outcome: &Outcome) -> String {
    let world = &scenario.world;
    let org = |idx: &usize| world.organisations[*idx].id.as_str();
    let actor = |idx: &usize| world.actors[*idx].id.as_str();
    let bloc = |idx: &usize| world.blocs[*idx].title.as_str();
    match outcome {
        Outcome::Cohesion { org: o, .. } => format!("Cohesion of {}", org(o)),
        Outcome::CohesionPart { org: o, part, .. } => {
            format!("Cohesion of {} ({})", org(o), part.name())
        }
        Outcome::Maturity { org: o, .. } => format!("Maturity of {}", org(o)),
        Outcome::Implementation { org: o, .. } => format!("Implementation in {}", org(o)),
        Outcome::Level {
            org: o, element, ..
        } => {
            format!("{} in {}", world.elements[*element].title, org(o))
        }
        Outcome::Count { org: o, status, .. } => {
            format!("Number of {}s of {}", lower(*status), org(o))
        }
        Outcome::HasStatus {
            actor: a,
            org: o,
            status,
            ..
        } => {
            format!("{} is {} of {}", actor(a), lower(*status), org(o))
        }
        Outcome::Adopted { .. }
        | Outcome::Completed { .. }
        | Outcome::TookPart { .. }
        | Outcome::ParticipationShare { .. }
        | Outcome::Depth { .. }
        | Outcome::BlockShare { .. } => subject_of_initiative(scenario, outcome),
        Outcome::TimeTo { event } => format!("Years to {}", event_title(scenario, event)),
        Outcome::EventCount { event, .. } => format!("Count of {}", event_title(scenario, event)),
        Outcome::Happened { event, .. } => capital(&event_title(scenario, event)),
        Outcome::DriverLevel { driver, .. } => world.drivers[*driver].title.clone(),
        Outcome::Affinity { source, target, .. } => {
            format!("Affinity of {} and {}", actor(source), actor(target))
        }
        Outcome::Trust {
            actor: a, bloc: b, ..
        } => format!("Trust of {} in {}", actor(a), bloc(b)),
        Outcome::Presence {
            actor: a, bloc: b, ..
        } => format!("Presence of {} in {}", bloc(b), actor(a)),
        Outcome::Utility {
            actor: a,
            org: o,
            term,
            ..
        } => {
            let term = term.map_or_else(String::new, |term: Term| format!(" ({})", term.name()));
            format!("Utility of {} to {}{term}", org(o), actor(a))
        }
        Outcome::Antagonism {
            org: o, bloc: b, ..
        } => {
            format!("Antagonism of {} to {}", org(o), bloc(b))
        }
        Outcome::State { of, .. } => of.title(scenario),
        // Made of others: titled as a whole.
        _ => String::new(),
    }
}

/// What an outcome says of an initiative.
fn subject_of_initiative(scenario: &Scenario, outcome: &Outcome) -> String {
    let actor = |idx: &usize| scenario.world.actors[*idx].id.as_str();
    let proposal = |idx: &usize| scenario.initiatives[*idx].title.as_str();
    match outcome {
        Outcome::Adopted {
            initiative, rung, ..
        } => {
            let rung = &scenario.initiatives[*initiative].ladder[*rung].title;
            format!("{}: {rung} adopted", proposal(initiative))
        }
        Outcome::Completed {
            initiative, rung, ..
        } => {
            let rung = &scenario.initiatives[*initiative].ladder[*rung].title;
            format!("{}: {rung} completed", proposal(initiative))
        }
        Outcome::TookPart {
            initiative,
            actor: a,
            ..
        } => format!("{}: {} takes part", proposal(initiative), actor(a)),
        Outcome::ParticipationShare {
            initiative,
            actor: a,
        } => {
            let who = a.map_or_else(String::new, |idx| format!(" of {}", actor(&idx)));
            format!("{}: participation{who}", proposal(initiative))
        }
        Outcome::Depth { initiative, .. } => format!("{}: depth", proposal(initiative)),
        Outcome::BlockShare {
            initiative,
            actor: a,
        } => {
            format!("{}: blocked by {}", proposal(initiative), actor(a))
        }
        other => unreachable!("{other:?} says nothing of an initiative"),
    }
}

/// A text that begins with a large letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A short title of an event, such as `withdrawal of B from A`.
pub fn event_title(scenario: &Scenario, event: &EventKind) -> String {
    let world = &scenario.world;
    let org = |idx: &usize| world.organisations[*idx].id.as_str();
    let who = |actor: &Option<usize>| actor.map_or("a member", |idx| world.actors[idx].id.as_str());
    match event {
        EventKind::Adoption { initiative, rung } => {
            let initiative = &scenario.initiatives[*initiative];
            format!(
                "adoption of {}: {}",
                initiative.title, initiative.ladder[*rung].title
            )
        }
        EventKind::Completion { .. }
        | EventKind::Abandonment { .. }
        | EventKind::Holding { .. } => title_of_work(scenario, event),
        EventKind::Withdrawal { org: o, actor } => {
            format!("withdrawal of {} from {}", who(actor), org(o))
        }
        EventKind::Suspension { org: o, actor } => {
            format!("suspension of {} in {}", who(actor), org(o))
        }
        EventKind::Accession { org: o, actor } => {
            let who = actor.map_or("an actor", |idx| world.actors[idx].id.as_str());
            format!("accession of {who} to {}", org(o))
        }
        EventKind::Dispute {
            pair,
            org: o,
            lethal,
        } => {
            let lethal = if *lethal { "lethal dispute" } else { "dispute" };
            let within = o.map_or_else(String::new, |idx| format!(" within {}", org(&idx)));
            let pair = pair.map_or_else(String::new, |(source, target)| {
                format!(
                    " of {} and {}",
                    world.actors[source].id, world.actors[target].id
                )
            });
            format!("{lethal}{pair}{within}")
        }
        EventKind::Deployment { org: o, actor } => {
            let into = actor.map_or("an actor", |idx| world.actors[idx].id.as_str());
            format!("deployment of {} in {into}", org(o))
        }
        EventKind::Base {
            bloc,
            actor,
            opened,
        } => {
            let what = if *opened { "opening" } else { "closing" };
            let into = actor.map_or("an actor", |idx| world.actors[idx].id.as_str());
            format!("{what} of a base of {} in {into}", world.blocs[*bloc].title)
        }
        EventKind::StatusGained {
            org: o,
            actor,
            status,
        } => {
            let who = actor.map_or("an actor", |idx| world.actors[idx].id.as_str());
            format!("{who} becomes {} of {}", lower(*status), org(o))
        }
        EventKind::Payment { initiative, actor } => {
            let who = actor.map_or("a blocker", |idx| world.actors[idx].id.as_str());
            let over = initiative.map_or_else(String::new, |idx| {
                format!(" over {}", scenario.initiatives[idx].title)
            });
            format!("payment to {who}{over}")
        }
        EventKind::Shock { shock } => scenario.shocks[*shock].title.clone(),
    }
}

/// A short title of something built, given up or held.
fn title_of_work(scenario: &Scenario, event: &EventKind) -> String {
    match event {
        EventKind::Completion { initiative, rung } => {
            let initiative = &scenario.initiatives[*initiative];
            let rung = &initiative.ladder[*rung].title;
            format!("completion of {}: {rung}", initiative.title)
        }
        EventKind::Abandonment { initiative, rung } => {
            let initiative = &scenario.initiatives[*initiative];
            let rung = &initiative.ladder[*rung].title;
            format!("abandonment of {}: {rung}", initiative.title)
        }
        EventKind::Holding {
            initiative,
            rung,
            all,
        } => {
            let initiative = &scenario.initiatives[*initiative];
            let rung = &initiative.ladder[*rung].title;
            let all = if *all { " with everybody" } else { "" };
            format!("holding of {}: {rung}{all}", initiative.title)
        }
        other => unreachable!("{other:?} is no work"),
    }
}
