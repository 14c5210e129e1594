//! What there is in a scenario's world: actors, organisations, elements, threats, blocs.
//!
//! Numbers are read by their paths, so that a column that worlds learn later is in the document as well.

use foedera_scenario::{ActorKind, Scenario, Status, ThreatKind};

use super::page::{Page, Table};
use crate::{number::plain, phrase};

/// Writes all of them.
pub(super) fn write(page: &mut Page, scenario: &Scenario) {
    page.heading(3, "Actors");
    actors(page, scenario);
    page.heading(3, "Organisations");
    organisations(page, scenario);
    elements(page, scenario);
    surroundings(page, scenario);
}

/// Whether a number of an actor tells of its interests, of what presses on it, or of its size.
fn kind(suffix: &str) -> usize {
    let first = suffix.split('.').next().unwrap_or(suffix);
    match first {
        "salience" | "autonomy" | "ambition" => 0,
        "exposure" | "proximity" | "presence" => 1,
        _ => 2,
    }
}

fn actors(page: &mut Page, scenario: &Scenario) {
    let world = &scenario.world;
    let mut names = Table::new(["actor", "name", "kind"]);
    for actor in &world.actors {
        let kind = match actor.kind {
            ActorKind::State => "state",
            ActorKind::Collective => "several seen as one",
        };
        names.row([actor.id.clone(), actor.name.clone(), kind.to_owned()]);
    }
    page.table(&names);
    let Some(first) = world.actors.first() else {
        return;
    };
    let suffixes: Vec<(String, String)> = under(scenario, &format!("actors.{}.", first.id));
    for (wanted, line) in [
        (0, "Interests:"),
        (1, "What presses on them:"),
        (2, "Size, regime, position and fuel:"),
    ] {
        let chosen: Vec<&(String, String)> = suffixes
            .iter()
            .filter(|(suffix, _)| kind(suffix) == wanted)
            .collect();
        let heads = chosen.iter().map(|(suffix, unit)| {
            if unit.is_empty() {
                suffix.clone()
            } else {
                format!("{suffix} [{unit}]")
            }
        });
        let mut table = Table::new(std::iter::once("actor".to_owned()).chain(heads));
        for actor in &world.actors {
            let value = |suffix: &str| {
                let leaf = scenario
                    .leaves
                    .find(&format!("actors.{}.{suffix}", actor.id));
                leaf.map_or_else(|| "–".to_owned(), |leaf| plain(scenario.value(leaf)))
            };
            let values = chosen.iter().map(|(suffix, _)| value(suffix));
            table.row(std::iter::once(actor.id.clone()).chain(values));
        }
        if !chosen.is_empty() {
            page.text(line);
            page.table(&table);
        }
    }
    page.text(&format!(
        "Between them {} pairs with trade both ways, energy link, rivalry, contiguity, pact, distance, disputes before and affinity; \
         their figures stand in the world's table of dyads.",
        world.dyads.len()
    ));
}

/// Ends of the paths under a beginning, with their units.
fn under(scenario: &Scenario, beginning: &str) -> Vec<(String, String)> {
    let infos = scenario.leaves.iter().map(|(_, info)| info);
    infos
        .filter_map(|info| {
            let suffix = info.path.strip_prefix(beginning)?;
            Some((suffix.to_owned(), info.unit.clone()))
        })
        .collect()
}

fn organisations(page: &mut Page, scenario: &Scenario) {
    let world = &scenario.world;
    let mut table = Table::new([
        "organisation",
        "title",
        "decides by",
        "meets in months",
        "seats",
        "declares",
    ]);
    for organisation in &world.organisations {
        let months: Vec<String> = organisation.meetings.iter().map(i32::to_string).collect();
        let seats = Status::ALL.iter().filter_map(|status| {
            let ids: Vec<&str> = organisation
                .seats
                .iter()
                .filter(|(_, has)| has == status)
                .map(|(actor, _)| world.actors[*actor].id.as_str())
                .collect();
            (!ids.is_empty())
                .then(|| format!("{}: {}", status.name().to_lowercase(), ids.join(", ")))
        });
        let declared = organisation
            .levels
            .iter()
            .zip(&world.elements)
            .filter(|(level, _)| scenario.value(**level) > 0.0)
            .map(|(level, element)| format!("{} {}", element.id, plain(scenario.value(*level))));
        table.row([
            organisation.id.clone(),
            organisation.title.clone(),
            phrase::rule(scenario, &organisation.rule),
            months.join(", "),
            seats.collect::<Vec<_>>().join("; "),
            declared.collect::<Vec<_>>().join(", "),
        ]);
    }
    page.table(&table);
}

fn elements(page: &mut Page, scenario: &Scenario) {
    let mut table = Table::new(["element", "title", "at full level", "requires"]);
    for element in &scenario.world.elements {
        let beginning = format!("elements.{}.", element.id);
        let worth = scenario.leaves.iter().filter_map(|(_, info)| {
            let suffix = info.path.strip_prefix(&beginning)?;
            (info.value != 0.0).then(|| format!("{suffix} {}", plain(info.value)))
        });
        let requires: Vec<&str> = element
            .requires
            .iter()
            .map(|idx| scenario.world.elements[*idx].id.as_str())
            .collect();
        table.row([
            element.id.clone(),
            element.title.clone(),
            worth.collect::<Vec<_>>().join(", "),
            requires.join(", "),
        ]);
    }
    page.heading(3, "Institutional elements");
    page.table(&table);
}

fn surroundings(page: &mut Page, scenario: &Scenario) {
    let world = &scenario.world;
    let driver = |idx: usize| world.drivers[idx].id.as_str();
    let threats = world.threats.iter().map(|threat| {
        let kind = match &threat.kind {
            ThreatKind::Spillover { origin, scale_km } => format!(
                "spills over from {}, faded to 1/e at {} km",
                world.actors[*origin].id,
                plain(scenario.value(*scale_km))
            ),
            ThreatKind::External { bloc } => {
                format!("military pressure of {}", world.blocs[*bloc].id)
            }
            ThreatKind::Regime { bloc } => {
                format!("pressure of {} on the regime", world.blocs[*bloc].id)
            }
            ThreatKind::Direct { bloc: None } => "as the exposures say".to_owned(),
            ThreatKind::Direct { bloc: Some(bloc) } => format!(
                "military pressure of {}, as the exposures say",
                world.blocs[*bloc].id
            ),
        };
        let public = plain(scenario.value(threat.public_share));
        format!(
            "**{}**, {}: {kind}; driven by {}; public share of protection {public}",
            threat.id,
            threat.title,
            driver(threat.driver)
        )
    });
    page.heading(3, "Threats and outside blocs");
    page.list("Threats:", threats);
    let blocs = world.blocs.iter().map(|bloc| {
        let members: Vec<&str> = bloc
            .members
            .iter()
            .map(|actor| world.actors[*actor].id.as_str())
            .collect();
        let presence = bloc
            .presence
            .map_or_else(|| "none".to_owned(), |idx| driver(idx).to_owned());
        format!(
            "**{}**, {}: {}; driver of its presence: {presence}",
            bloc.id,
            bloc.title,
            members.join(", ")
        )
    });
    page.list("Blocs:", blocs);
}
