//! Events of a run as the engine tells them, read back from `events.parquet`.

use std::collections::BTreeMap;

use foedera_ensemble::event::Dated;
use foedera_results::{Results, ResultsError, open::Values};
use foedera_scenario::{Scenario, Status};
use foedera_sim::batch::{Cause, DECIDING_TERMS, Happening};

use crate::{failure::Failure, past_run::whole};

/// Places of the names that events use.
struct Names<'a> {
    scenario: &'a Scenario,
    actors: BTreeMap<&'a str, u32>,
    organisations: BTreeMap<&'a str, u32>,
    initiatives: BTreeMap<&'a str, u32>,
    shocks: BTreeMap<&'a str, u32>,
    blocs: BTreeMap<&'a str, u32>,
    policies: BTreeMap<&'a str, u32>,
}

/// One row by its names; absent ones are empty.
struct Row<'a> {
    kind: &'a str,
    subject: &'a str,
    object: &'a str,
    detail: &'a str,
    from: &'a str,
    to: &'a str,
    count: u32,
}

/// Events of each replicate under a policy, in the order in which they happened.
///
/// # Errors
/// If the table is missing or broken.
pub(crate) fn read(
    results: &Results,
    scenario: &Scenario,
    policy: &str,
) -> Result<BTreeMap<u64, Vec<Dated>>, Failure> {
    const COLUMNS: [&str; 10] = [
        "replicate",
        "step",
        "policy",
        "kind",
        "subject",
        "object",
        "detail",
        "from",
        "to",
        "count",
    ];
    let columns = results.columns("events", &COLUMNS)?;
    let broken = || {
        Failure::from(ResultsError::Mismatch {
            path: results.dir().join("events.parquet"),
            what: "its columns are of other types",
        })
    };
    let numbers = |idx: usize| columns[idx].numbers().ok_or_else(broken);
    let texts = |idx: usize| columns.get(idx).and_then(Values::names).ok_or_else(broken);
    let (replicates, steps, counts) = (numbers(0)?, numbers(1)?, numbers(9)?);
    let [arms, kinds, subjects, objects, details, froms, tos] = [
        texts(2)?,
        texts(3)?,
        texts(4)?,
        texts(5)?,
        texts(6)?,
        texts(7)?,
        texts(8)?,
    ];
    let names = Names::of(scenario);
    let mut all: BTreeMap<u64, Vec<Dated>> = BTreeMap::new();
    for row in 0..arms.len() {
        if arms[row] != policy {
            continue;
        }
        let found = names.happening(&Row {
            kind: &kinds[row],
            subject: &subjects[row],
            object: &objects[row],
            detail: &details[row],
            from: &froms[row],
            to: &tos[row],
            count: u32::try_from(whole(counts[row])).unwrap_or(0),
        });
        let step = usize::try_from(whole(steps[row])).unwrap_or(usize::MAX);
        let what = found.ok_or_else(broken)?;
        all.entry(whole(replicates[row]))
            .or_default()
            .push(Dated { step, what });
    }
    Ok(all)
}

impl<'a> Names<'a> {
    fn of(scenario: &'a Scenario) -> Self {
        let world = &scenario.world;
        Self {
            scenario,
            actors: places(world.actors.iter().map(|one| one.id.as_str())),
            organisations: places(world.organisations.iter().map(|one| one.id.as_str())),
            initiatives: places(scenario.initiatives.iter().map(|one| one.id.as_str())),
            shocks: places(scenario.shocks.iter().map(|one| one.id.as_str())),
            blocs: places(world.blocs.iter().map(|one| one.id.as_str())),
            policies: places(scenario.policies.iter().map(|one| one.id.as_str())),
        }
    }

    fn happening(&self, row: &Row<'_>) -> Option<Happening> {
        let actor = |name: &str| self.actors.get(name).copied();
        let what = match row.kind {
            "shock" => Happening::Shock {
                shock: *self.shocks.get(row.subject)?,
            },
            "paid" => Happening::Paid {
                initiative: *self.initiatives.get(row.subject)?,
                actor: actor(row.object)?,
                payer: actor(row.detail)?,
            },
            "status" => Happening::StatusChanged {
                actor: actor(row.subject)?,
                org: *self.organisations.get(row.object)?,
                from: status(row.from)?,
                to: status(row.to)?,
                cause: cause(row.detail)?,
            },
            "dispute" => Happening::Dispute {
                source: actor(row.subject)?,
                target: actor(row.object)?,
                lethal: !row.detail.is_empty(),
            },
            "policy" => Happening::Policy {
                policy: *self.policies.get(row.subject)?,
            },
            "deployed" => Happening::Deployed {
                org: *self.organisations.get(row.subject)?,
                actor: actor(row.object)?,
            },
            "base" => Happening::Base {
                bloc: *self.blocs.get(row.subject)?,
                actor: actor(row.object)?,
                opened: row.detail == "opened",
            },
            _ => return self.of_initiative(row),
        };
        Some(what)
    }

    /// What happens to an initiative.
    fn of_initiative(&self, row: &Row<'_>) -> Option<Happening> {
        let initiative = *self.initiatives.get(row.subject)?;
        let ladder = &self.scenario.initiatives[initiative as usize].ladder;
        if row.kind == "blocked" {
            let terms = DECIDING_TERMS.iter().position(|term| *term == row.detail);
            return Some(Happening::Blocked {
                initiative,
                blocker: *self.actors.get(row.object)?,
                blockers: row.count,
                term: u32::try_from(terms.unwrap_or(DECIDING_TERMS.len())).ok()?,
            });
        }
        let rung = ladder.iter().position(|rung| rung.id == row.object)?;
        let rung = u32::try_from(rung).ok()?;
        match row.kind {
            "adopted" => Some(Happening::Adopted {
                initiative,
                rung,
                parties: row.count,
            }),
            "held" => Some(Happening::Held {
                initiative,
                rung,
                parties: row.count,
                all: !row.detail.is_empty(),
                host: self.actors.get(row.from).copied(),
            }),
            "completed" => Some(Happening::Completed { initiative, rung }),
            "abandoned" => Some(Happening::Abandoned { initiative, rung }),
            "unforeseen" => Some(Happening::Unforeseen { initiative, rung }),
            _ => None,
        }
    }
}

fn places<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, u32> {
    let numbered = ids.enumerate();
    numbered
        .filter_map(|(idx, id)| Some((id, u32::try_from(idx).ok()?)))
        .collect()
}

fn status(name: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.name() == name)
}

fn cause(name: &str) -> Option<Cause> {
    match name {
        "effect" => Some(Cause::Effect),
        "exclusive treaty" => Some(Cause::Exclusive),
        "unforeseen" => Some(Cause::Unforeseen),
        "returned" => Some(Cause::Returned),
        _ => {
            let term = name.strip_prefix("worth: ")?;
            let place = DECIDING_TERMS.iter().position(|one| *one == term)?;
            Some(Cause::Worth(u32::try_from(place).ok()?))
        }
    }
}
