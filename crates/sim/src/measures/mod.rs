//! The measures recorded at every step, and how each is read from the world.

pub(crate) mod cohesion;
pub(crate) mod maturity;

use std::collections::BTreeSet;

use foedera_scenario::{CohesionPart, Outcome, Scenario};

use crate::batch::Measure;
use crate::lanes::Lanes;
use crate::state::{Cohesion, Driver};

/// One recorded measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// Cohesion index of an organisation.
    Cohesion(usize),
    /// A part of it.
    Part(usize, CohesionPart),
    /// Maturity.
    Maturity(usize),
    /// Delivered over declared.
    Implementation(usize),
    /// Full members.
    Members(usize),
    /// Level of a driver.
    Driver(usize),
}

impl Recorded {
    /// Path, title, unit and range.
    pub(crate) fn describe(self, scenario: &Scenario) -> Measure {
        let org = |org: usize| &scenario.world.organisations[org].id;
        let share = |path: String, title: String| Measure {
            path,
            title,
            unit: String::new(),
            low: 0.0,
            high: 1.0,
        };
        match self {
            Self::Cohesion(idx) => share(
                format!("cohesion.{}", org(idx)),
                format!("Cohesion of {}", org(idx)),
            ),
            Self::Part(idx, part) => share(
                format!("cohesion.{}.{}", org(idx), part.name()),
                format!("Cohesion of {}: {}", org(idx), part.name()),
            ),
            Self::Maturity(idx) => share(
                format!("maturity.{}", org(idx)),
                format!("Maturity of {}", org(idx)),
            ),
            Self::Implementation(idx) => share(
                format!("implementation.{}", org(idx)),
                format!("Delivered over declared in {}", org(idx)),
            ),
            Self::Members(idx) => Measure {
                path: format!("members.{}", org(idx)),
                title: format!("Full members of {}", org(idx)),
                unit: "actors".to_owned(),
                low: 0.0,
                high: 64.0,
            },
            Self::Driver(idx) => {
                let driver = &scenario.world.drivers[idx];
                let high = scenario.value(driver.ceiling);
                Measure {
                    path: format!("driver.{}", driver.id),
                    title: driver.title.clone(),
                    unit: driver.unit.clone(),
                    low: scenario.value(driver.floor),
                    high,
                }
            }
        }
    }

    /// The lanes of this measure.
    pub(crate) fn read(self, cohesion: &[Cohesion], drivers: &[Driver]) -> Lanes {
        match self {
            Self::Cohesion(org) => cohesion[org].index,
            Self::Part(org, part) => cohesion[org].parts[part as usize],
            Self::Maturity(org) => cohesion[org].maturity,
            Self::Implementation(org) => cohesion[org].implementation,
            Self::Members(org) => cohesion[org].members,
            Self::Driver(driver) => drivers[driver].level,
        }
    }
}

/// The measures of a scenario: those of every organisation that it speaks of, and the drivers.
pub(crate) fn recorded(scenario: &Scenario) -> Vec<Recorded> {
    let mut organisations = BTreeSet::from([scenario.focus]);
    for initiative in &scenario.initiatives {
        organisations.extend(&initiative.venues);
    }
    for outcome in scenario.outcomes.iter().flat_map(Outcome::atoms) {
        match outcome {
            Outcome::Cohesion { org, .. }
            | Outcome::CohesionPart { org, .. }
            | Outcome::Maturity { org, .. } => {
                organisations.insert(*org);
            }
            _ => {}
        }
    }
    // The focus comes first.
    let rest = organisations
        .into_iter()
        .filter(|&org| org != scenario.focus);
    let mut out = Vec::new();
    for org in std::iter::once(scenario.focus).chain(rest) {
        out.push(Recorded::Cohesion(org));
        out.extend(CohesionPart::ALL.map(|part| Recorded::Part(org, part)));
        out.extend([
            Recorded::Maturity(org),
            Recorded::Implementation(org),
            Recorded::Members(org),
        ]);
    }
    out.extend((0..scenario.world.drivers.len()).map(Recorded::Driver));
    out
}
