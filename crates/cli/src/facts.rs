//! A scenario as a flat list of facts, each under its path: what `diff` compares.
//!
//! Numbers have the paths they have everywhere; words (titles, rules, effects) stand beside them.

use std::collections::BTreeMap;

use foedera_scenario::{Initiative, Scenario, World, outcome_text};

use crate::{number::plain, phrase};

/// Every fact of a scenario.
pub(crate) fn of(scenario: &Scenario) -> BTreeMap<String, String> {
    let mut facts = Facts::default();
    for (_, info) in scenario.leaves.iter() {
        facts.put(&info.path, plain(info.value));
    }
    question(&mut facts, scenario);
    world(&mut facts, scenario, &scenario.world);
    for initiative in &scenario.initiatives {
        proposal(&mut facts, scenario, initiative);
    }
    for shock in &scenario.shocks {
        let path = format!("shocks.{}", shock.id);
        facts.put(&format!("{path}.title"), &shock.title);
        facts.put(
            &format!("{path}.when"),
            phrase::timing(scenario, &shock.timing),
        );
        facts.put(
            &format!("{path}.effects"),
            phrase::effects(scenario, &shock.effects),
        );
    }
    policies(&mut facts, scenario);
    uncertainty(&mut facts, scenario);
    facts.0
}

#[derive(Default)]
struct Facts(BTreeMap<String, String>);

impl Facts {
    fn put(&mut self, path: &str, value: impl Into<String>) {
        self.0.insert(path.to_owned(), value.into());
    }
}

fn question(facts: &mut Facts, scenario: &Scenario) {
    facts.put("title", &scenario.title);
    facts.put("question", &scenario.question);
    facts.put("sources", scenario.sources.join("; "));
    facts.put("time.start", scenario.time.start.to_string());
    facts.put("time.end", scenario.time.end.to_string());
    facts.put("time.step", phrase::step(scenario.time.step));
    facts.put("focus", &scenario.world.organisations[scenario.focus].id);
    facts.put("stances", scenario.stances.to_string());
    for (idx, outcome) in scenario.outcomes.iter().enumerate() {
        facts.put(
            &format!("outcomes[{idx}]"),
            outcome_text::write_outcome(scenario, outcome),
        );
    }
    for (idx, expectation) in scenario.expect.iter().enumerate() {
        facts.put(&format!("expect[{idx}]"), &expectation.text);
    }
}

fn world(facts: &mut Facts, scenario: &Scenario, world: &World) {
    facts.put("world.title", &world.title);
    facts.put("world.as_of", world.as_of.to_string());
    for actor in &world.actors {
        facts.put(&format!("actors.{}.name", actor.id), &actor.name);
    }
    for org in &world.organisations {
        let path = format!("organisations.{}", org.id);
        facts.put(&format!("{path}.title"), &org.title);
        facts.put(&format!("{path}.rule"), phrase::rule(scenario, &org.rule));
        facts.put(&format!("{path}.meetings"), format!("{:?}", org.meetings));
        for (actor, status) in &org.seats {
            facts.put(
                &format!("{path}.seats.{}", world.actors[*actor].id),
                status.name(),
            );
        }
    }
    for element in &world.elements {
        facts.put(&format!("elements.{}.title", element.id), &element.title);
    }
    for threat in &world.threats {
        facts.put(&format!("threats.{}.title", threat.id), &threat.title);
        facts.put(
            &format!("threats.{}.driver", threat.id),
            &world.drivers[threat.driver].id,
        );
    }
    for driver in &world.drivers {
        facts.put(&format!("drivers.{}.title", driver.id), &driver.title);
    }
    for bloc in &world.blocs {
        let members: Vec<&str> = bloc
            .members
            .iter()
            .map(|actor| world.actors[*actor].id.as_str())
            .collect();
        facts.put(&format!("blocs.{}.members", bloc.id), members.join(", "));
    }
}

fn proposal(facts: &mut Facts, scenario: &Scenario, initiative: &Initiative) {
    let path = format!("initiatives.{}", initiative.id);
    facts.put(&format!("{path}.title"), &initiative.title);
    facts.put(
        &format!("{path}.procedure"),
        phrase::procedure(scenario, initiative),
    );
    let conditions: Vec<String> = initiative
        .conditions
        .iter()
        .map(|one| phrase::condition(scenario, one))
        .collect();
    facts.put(&format!("{path}.conditions"), conditions.join(" and "));
    let rungs: Vec<&str> = initiative
        .ladder
        .iter()
        .map(|rung| rung.id.as_str())
        .collect();
    facts.put(&format!("{path}.ladder"), rungs.join(", "));
    for rung in &initiative.ladder {
        let effects = phrase::effects(scenario, &rung.effects);
        facts.put(&format!("{path}.ladder.{}.effects", rung.id), effects);
    }
}

fn policies(facts: &mut Facts, scenario: &Scenario) {
    for policy in &scenario.policies {
        let path = format!("policies.{}", policy.id);
        facts.put(&format!("{path}.title"), &policy.title);
        facts.put(&format!("{path}.from"), policy.from.to_string());
        facts.put(
            &format!("{path}.effects"),
            phrase::effects(scenario, &policy.effects),
        );
        for (leaf, value) in &policy.set {
            let leaf = &scenario.leaves.info(*leaf).path;
            facts.put(&format!("{path}.set.{leaf}"), plain(*value));
        }
    }
}

fn uncertainty(facts: &mut Facts, scenario: &Scenario) {
    let path = |leaf| &scenario.leaves.info(leaf).path;
    for uncertainty in &scenario.uncertainties {
        let text = phrase::distribution(&uncertainty.distribution);
        facts.put(&format!("uncertainties.{}", path(uncertainty.leaf)), text);
    }
    for correlation in &scenario.correlations {
        let pair = format!("{} & {}", path(correlation.first), path(correlation.second));
        facts.put(&format!("correlations.{pair}"), plain(correlation.value));
    }
}
