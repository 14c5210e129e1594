//! What may happen in a scenario: drivers, uncertainties, shocks, policies, initiatives.

use foedera_scenario::{Process, Scenario};

use super::page::{Page, Table};
use crate::{number::plain, phrase};

/// Input data: what comes from outside, and what is not known of it.
pub(super) fn inputs(page: &mut Page, scenario: &Scenario) {
    page.heading(3, "Drivers");
    drivers(page, scenario);
    page.heading(3, "Uncertain inputs");
    uncertainties(page, scenario);
    page.heading(3, "Shocks");
    shocks(page, scenario);
    page.heading(3, "Policies beside the base case");
    policies(page, scenario);
}

/// The law of a driver in words.
fn process(of: &Process) -> &'static str {
    match of {
        Process::Constant { .. } => "constant",
        Process::Path { .. } => "dated path, straight lines between dates",
        Process::OrnsteinUhlenbeck { .. } => "returns to a mean (Ornstein and Uhlenbeck)",
        Process::GeometricBrownian { .. } => "grows (geometric Brownian motion)",
        Process::RandomWalk { .. } => "random walk",
        Process::Markov { .. } => "chain of levels",
        Process::Jumps { .. } => "jumps that decay",
    }
}

fn drivers(page: &mut Page, scenario: &Scenario) {
    let mut table = Table::new(["driver", "title", "unit", "process", "numbers"]);
    for driver in &scenario.world.drivers {
        let beginning = format!("drivers.{}.", driver.id);
        let numbers = scenario.leaves.iter().filter_map(|(_, info)| {
            let suffix = info.path.strip_prefix(&beginning)?;
            Some(format!("{suffix} {}", plain(info.value)))
        });
        let unit = if driver.unit.is_empty() {
            "index"
        } else {
            &driver.unit
        };
        table.row([
            driver.id.clone(),
            driver.title.clone(),
            unit.to_owned(),
            process(&driver.process).to_owned(),
            numbers.collect::<Vec<_>>().join(", "),
        ]);
    }
    page.table(&table);
}

fn uncertainties(page: &mut Page, scenario: &Scenario) {
    let mut table = Table::new(["path", "unit", "base", "5 %", "95 %", "given as"]);
    let of_law = |path: &str| path.starts_with("params.");
    for uncertainty in &scenario.uncertainties {
        let info = scenario.leaves.info(uncertainty.leaf);
        if of_law(&info.path) {
            continue;
        }
        let quantile = |p: f64| {
            plain(foedera_ensemble::quantile(
                &uncertainty.distribution,
                info,
                p,
            ))
        };
        table.row([
            format!("`{}`", info.path),
            info.unit.clone(),
            plain(info.value),
            quantile(0.05),
            quantile(0.95),
            phrase::distribution(&uncertainty.distribution),
        ]);
    }
    page.table(&table);
    page.text("Uncertain parameters of the law stand with the parameters.");
    let correlations = scenario.correlations.iter().map(|of| {
        let path = |leaf| &scenario.leaves.info(leaf).path;
        format!(
            "`{}` with `{}`: {}",
            path(of.first),
            path(of.second),
            plain(of.value)
        )
    });
    page.list("Rank correlations:", correlations);
}

fn shocks(page: &mut Page, scenario: &Scenario) {
    let mut table = Table::new(["shock", "title", "when", "does"]);
    for shock in &scenario.shocks {
        table.row([
            shock.id.clone(),
            shock.title.clone(),
            phrase::timing(scenario, &shock.timing),
            phrase::effects(scenario, &shock.effects),
        ]);
    }
    if scenario.shocks.is_empty() {
        page.text("None.");
    }
    page.table(&table);
}

fn policies(page: &mut Page, scenario: &Scenario) {
    let mut table = Table::new(["policy", "title", "from", "does"]);
    for policy in &scenario.policies {
        let set = policy.set.iter().map(|(leaf, value)| {
            let info = scenario.leaves.info(*leaf);
            format!("`{}` {} → {}", info.path, plain(info.value), plain(*value))
        });
        let does: Vec<String> = policy
            .effects
            .iter()
            .map(|effect| phrase::effect(scenario, effect))
            .chain(set)
            .collect();
        table.row([
            policy.id.clone(),
            policy.title.clone(),
            policy.from.to_string(),
            does.join("; "),
        ]);
    }
    if scenario.policies.is_empty() {
        page.text("None.");
    }
    page.table(&table);
}

/// Initiatives with rungs, effects, conditions and stances.
pub(super) fn initiatives(page: &mut Page, scenario: &Scenario) {
    if scenario.initiatives.is_empty() {
        page.text("None: nothing is ever proposed.");
    }
    for initiative in &scenario.initiatives {
        page.heading(4, &format!("{}: {}", initiative.id, initiative.title));
        page.text(&phrase::procedure(scenario, initiative));
        let conditions: Vec<String> = initiative
            .conditions
            .iter()
            .map(|one| phrase::condition(scenario, one))
            .collect();
        if !conditions.is_empty() {
            page.text(&format!("Only if {}.", conditions.join(" and ")));
        }
        let mut table = Table::new(["rung", "title", "depth", "effects"]);
        for rung in &initiative.ladder {
            table.row([
                rung.id.clone(),
                rung.title.clone(),
                plain(scenario.value(rung.depth)),
                phrase::effects(scenario, &rung.effects),
            ]);
        }
        page.table(&table);
        let stances = initiative.stances.iter().map(|stance| {
            format!(
                "{} {} ({})",
                scenario.world.actors[stance.actor].id,
                plain(scenario.value(stance.value)),
                stance.source
            )
        });
        page.list("Stances assumed by analysts (−1 against, 1 for):", stances);
    }
}
