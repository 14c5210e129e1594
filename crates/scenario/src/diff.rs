//! What two scenarios differ in, path by path.
//!
//! Numbers are compared where both have the path; everything else as the text a file would write.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Cadence, Effect, Initiative, Scenario};
use crate::outcome_text;
use crate::write::{self, Numbers, Writer};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where.
    pub path: String,
    /// What the first scenario says; nothing if it does not have it.
    pub before: Option<String>,
    /// What the second scenario says; nothing if it does not have it.
    pub after: Option<String>,
}

/// What differs, in alphabetical order of paths.
pub fn diff(before: &Scenario, after: &Scenario) -> Vec<Difference> {
    let mut all = numbers(before, after);
    let (old, new) = (structure(before), structure(after));
    let paths: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for path in paths {
        let (left, right) = (old.get(path), new.get(path));
        let compared = |side: Option<&Text>| side.map(|text| text.compared.clone());
        // What is new as a whole is said once, by its head.
        let head = left.or(right).and_then(|text| text.head.clone());
        let whole = head.is_some_and(|head| old.contains_key(&head) != new.contains_key(&head));
        if compared(left) != compared(right) && !whole {
            all.push(Difference {
                path: path.clone(),
                before: left.map(|text| text.shown.clone()),
                after: right.map(|text| text.shown.clone()),
            });
        }
    }
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

fn numbers(before: &Scenario, after: &Scenario) -> Vec<Difference> {
    let mut all = Vec::new();
    for (path, leaf) in before.leaves.paths() {
        let old = before.value(leaf);
        match after.leaves.find(path).map(|leaf| after.value(leaf)) {
            Some(new) if new.to_bits() != old.to_bits() => all.push(Difference {
                path: path.to_owned(),
                before: Some(old.to_string()),
                after: Some(new.to_string()),
            }),
            // Other numbers come and go with the things they belong to.
            None if path.ends_with(".affinity") => all.push(Difference {
                path: path.to_owned(),
                before: Some(old.to_string()),
                after: None,
            }),
            _ => {}
        }
    }
    let new = after
        .leaves
        .paths()
        .filter(|(path, _)| path.ends_with(".affinity") && before.leaves.find(path).is_none());
    all.extend(new.map(|(path, leaf)| Difference {
        path: path.to_owned(),
        before: None,
        after: Some(after.value(leaf).to_string()),
    }));
    all
}

/// A text that is compared without its numbers and shown with them.
#[derive(Debug)]
struct Text {
    compared: String,
    shown: String,
    /// The path of the thing it belongs to, unless it is that thing.
    head: Option<String>,
}

/// Collects texts by path.
struct Structure<'s> {
    shown: Writer<'s>,
    hidden: Writer<'s>,
    texts: BTreeMap<String, Text>,
}

impl<'s> Structure<'s> {
    fn plain(&mut self, path: &str, text: impl Into<String>) {
        let text = text.into();
        let one = Text {
            compared: text.clone(),
            shown: text,
            head: None,
        };
        self.texts.insert(path.to_owned(), one);
    }

    fn of(&mut self, head: &str, key: &str, text: impl Into<String>) {
        let text = text.into();
        let one = Text {
            compared: text.clone(),
            shown: text,
            head: Some(head.to_owned()),
        };
        self.texts.insert(format!("{head}.{key}"), one);
    }

    fn effects(&mut self, head: &str, key: &str, effects: &[Effect]) {
        for (idx, effect) in effects.iter().enumerate() {
            self.written(head, &format!("{key}[{idx}]"), |writer| {
                writer.effect(effect)
            });
        }
    }

    fn written(&mut self, head: &str, key: &str, write: impl Fn(&Writer<'s>) -> String) {
        let (compared, shown) = (write(&self.hidden), write(&self.shown));
        let one = Text {
            compared,
            shown,
            head: Some(head.to_owned()),
        };
        self.texts.insert(format!("{head}.{key}"), one);
    }
}

fn structure(scenario: &Scenario) -> BTreeMap<String, Text> {
    let mut all = Structure {
        shown: Writer::new(scenario, Numbers::Shown),
        hidden: Writer::new(scenario, Numbers::Hidden),
        texts: BTreeMap::new(),
    };
    all.plain("title", &scenario.title);
    all.plain("question", &scenario.question);
    all.plain("time.start", scenario.time.start.to_string());
    all.plain("time.end", scenario.time.end.to_string());
    all.plain("time.step", format!("{:?}", scenario.time.step));
    all.plain("focus", &scenario.world.organisations[scenario.focus].id);
    all.plain("stances", scenario.stances.to_string());
    world(scenario, &mut all);
    for initiative in &scenario.initiatives {
        self::initiative(initiative, &mut all);
    }
    for shock in &scenario.shocks {
        let head = format!("shocks.{}", shock.id);
        all.plain(&head, &shock.title);
        all.written(&head, "when", |writer| writer.timing(&shock.timing));
        all.effects(&head, "effects", &shock.effects);
    }
    for one in &scenario.alternatives {
        let head = format!("alternatives.{}", one.id);
        all.plain(&head, &one.title);
        for option in &one.options {
            let head = format!("{head}.{}", option.id);
            all.plain(&head, &option.title);
            all.of(&head, "weight", option.weight.to_string());
            all.effects(&head, "effects", &option.effects);
        }
    }
    for policy in &scenario.policies {
        let head = format!("policies.{}", policy.id);
        all.plain(&head, &policy.title);
        all.of(&head, "from", policy.from.to_string());
        all.effects(&head, "effects", &policy.effects);
        for (leaf, value) in &policy.set {
            let key = format!("set.\"{}\"", scenario.leaves.info(*leaf).path);
            all.of(&head, &key, value.to_string());
        }
    }
    asked(scenario, &mut all);
    all.texts
}

fn world<'s>(scenario: &'s Scenario, all: &mut Structure<'s>) {
    let world = &scenario.world;
    all.plain("world", &world.title);
    for actor in &world.actors {
        all.plain(
            &format!("actors.{}", actor.id),
            format!("{} ({:?})", actor.name, actor.kind),
        );
    }
    for organisation in &world.organisations {
        let head = format!("organisations.{}", organisation.id);
        all.plain(&head, &organisation.title);
        all.written(&head, "rule", |writer| writer.rule(&organisation.rule));
        all.of(&head, "meetings", format!("{:?}", organisation.meetings));
        all.of(&head, "exclusive", organisation.exclusive.to_string());
        for (actor, status) in &organisation.seats {
            all.of(
                &head,
                &format!("seats.{}", world.actors[*actor].id),
                status.name(),
            );
        }
    }
    for element in &world.elements {
        let head = format!("elements.{}", element.id);
        all.plain(&head, &element.title);
        all.written(&head, "requires", |writer| {
            writer.elements(&element.requires)
        });
        all.of(&head, "exclusive", element.exclusive.to_string());
        let links = element.links_to.into_iter().collect::<Vec<_>>();
        all.written(&head, "links_to", |writer| writer.organisations(&links));
    }
    for driver in &world.drivers {
        let head = format!("drivers.{}", driver.id);
        all.plain(&head, &driver.title);
        all.written(&head, "process", |writer| writer.process(&driver.process));
    }
    for threat in &world.threats {
        let head = format!("threats.{}", threat.id);
        all.plain(&head, &threat.title);
        all.written(&head, "kind", |writer| writer.threat_kind(threat));
        all.of(&head, "driver", &world.drivers[threat.driver].id);
    }
    for bloc in &world.blocs {
        let head = format!("blocs.{}", bloc.id);
        all.plain(&head, &bloc.title);
        all.written(&head, "members", |writer| writer.actors(&bloc.members));
    }
}

fn initiative<'s>(initiative: &'s Initiative, all: &mut Structure<'s>) {
    let head = format!("initiatives.{}", initiative.id);
    all.plain(&head, &initiative.title);
    all.written(&head, "venues", |writer| {
        writer.organisations(&initiative.venues)
    });
    all.written(&head, "parties", |writer| {
        writer.actors(&initiative.parties)
    });
    all.written(&head, "sponsors", |writer| {
        writer.actors(&initiative.sponsors)
    });
    all.of(
        &head,
        "window",
        format!("{} to {}", initiative.from, initiative.until),
    );
    let cadence = match initiative.cadence {
        Cadence::EveryMeeting => "EveryMeeting".to_owned(),
        Cadence::EveryMonths(months) => format!("EveryMonths({months})"),
    };
    all.of(&head, "cadence", cadence);
    if let Some(rule) = &initiative.rule {
        all.written(&head, "rule", |writer| writer.rule(rule));
    }
    all.of(&head, "meetings", format!("{:?}", initiative.meetings));
    all.of(&head, "open", initiative.open.to_string());
    all.of(&head, "recurring", initiative.recurring.to_string());
    for (idx, condition) in initiative.conditions.iter().enumerate() {
        all.written(&head, &format!("conditions[{idx}]"), |writer| {
            writer.condition(condition)
        });
    }
    let rungs: Vec<&str> = initiative
        .ladder
        .iter()
        .map(|rung| rung.id.as_str())
        .collect();
    all.of(&head, "ladder", rungs.join(", "));
    for rung in &initiative.ladder {
        all.effects(&head, &format!("ladder.{}.effects", rung.id), &rung.effects);
    }
}

fn asked<'s>(scenario: &'s Scenario, all: &mut Structure<'s>) {
    let path = |leaf| scenario.leaves.info(leaf).path.as_str();
    for uncertainty in &scenario.uncertainties {
        let text = write::distribution(&uncertainty.distribution);
        all.plain(
            &format!("uncertainties.\"{}\"", path(uncertainty.leaf)),
            text,
        );
    }
    for correlation in &scenario.correlations {
        let (first, second) = (path(correlation.first), path(correlation.second));
        let pair = format!("correlations.\"{first}\" \"{second}\"");
        all.plain(&pair, correlation.value.to_string());
    }
    for outcome in &scenario.outcomes {
        let text = outcome_text::write_outcome(scenario, outcome);
        all.plain(&format!("outcomes.{text}"), "recorded");
    }
    for expectation in &scenario.expect {
        all.plain(&format!("expect.{}", expectation.text), "expected");
    }
}
