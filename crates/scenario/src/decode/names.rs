//! The ids of everything a file may refer to, known before anything is decoded.

use std::collections::BTreeMap;

use crate::model::Scenario;
use crate::spec::Kind;

/// Ids by kind, and the rungs of each initiative.
#[derive(Debug, Default)]
pub(crate) struct Names {
    lists: [Vec<String>; Kind::ALL.len()],
    places: [BTreeMap<String, usize>; Kind::ALL.len()],
    /// Ids of the rungs of each initiative.
    pub(crate) rungs: Vec<Vec<String>>,
}

impl Names {
    /// Names every thing of a scenario.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let world = &scenario.world;
        let mut names = Self::default();
        names.set(Kind::Actor, world.actors.iter().map(|one| one.id.clone()));
        names.set(
            Kind::Organisation,
            world.organisations.iter().map(|one| one.id.clone()),
        );
        names.set(
            Kind::Element,
            world.elements.iter().map(|one| one.id.clone()),
        );
        names.set(Kind::Driver, world.drivers.iter().map(|one| one.id.clone()));
        names.set(Kind::Threat, world.threats.iter().map(|one| one.id.clone()));
        names.set(Kind::Bloc, world.blocs.iter().map(|one| one.id.clone()));
        names.set(
            Kind::Initiative,
            scenario.initiatives.iter().map(|one| one.id.clone()),
        );
        names.set(
            Kind::Shock,
            scenario.shocks.iter().map(|one| one.id.clone()),
        );
        names.set(
            Kind::Policy,
            scenario.policies.iter().map(|one| one.id.clone()),
        );
        let rungs = |rungs: &[crate::model::Rung]| rungs.iter().map(|one| one.id.clone()).collect();
        names.rungs = scenario
            .initiatives
            .iter()
            .map(|one| rungs(&one.ladder))
            .collect();
        names
    }

    /// Gives a kind its ids; one that comes again is left out.
    pub(crate) fn set(&mut self, kind: Kind, ids: impl IntoIterator<Item = String>) {
        let (mut list, mut places) = (Vec::new(), BTreeMap::new());
        for id in ids {
            if !places.contains_key(&id) {
                places.insert(id.clone(), list.len());
                list.push(id);
            }
        }
        self.lists[kind as usize] = list;
        self.places[kind as usize] = places;
    }

    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<usize> {
        self.places[kind as usize].get(id).copied()
    }

    pub(crate) fn ids(&self, kind: Kind) -> &[String] {
        &self.lists[kind as usize]
    }

    pub(crate) fn id(&self, kind: Kind, idx: usize) -> &str {
        &self.lists[kind as usize][idx]
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.lists[kind as usize].len()
    }
}

/// The ids that would be valid, in words.
pub(crate) fn expectation(kind: Kind, ids: &[String]) -> String {
    if ids.is_empty() {
        return format!("{}, but none is defined", kind.a_noun());
    }
    format!(
        "{}: {}",
        kind.a_noun(),
        some_of(ids.iter().map(String::as_str))
    )
}

/// Up to a dozen names, and how many more there are.
pub(crate) fn some_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let shown = all.len().min(12);
    let mut text = all[..shown].join(", ");
    if all.len() > shown {
        text.push_str(&format!(" and {} more", all.len() - shown));
    }
    text
}

/// One of a closed list, in words.
pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    format!("one of {}", all.join(", "))
}
