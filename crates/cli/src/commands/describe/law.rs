//! The law as it is in force in a scenario: parameters with their sources, mechanisms with their equations.

use foedera_scenario::Scenario;
use foedera_sim::submodels;

use super::page::{Page, Table};
use crate::{number::plain, phrase};

/// Every parameter with its value here, what is given for its uncertainty, and its source.
pub(super) fn parameters(page: &mut Page, scenario: &Scenario) {
    let mut table = Table::new([
        "parameter",
        "what",
        "unit",
        "value",
        "default",
        "uncertain as",
        "source",
    ]);
    for spec in foedera_sim::catalogue().params {
        let path = format!("params.{}", spec.path);
        let Some(leaf) = scenario.leaves.find(&path) else {
            continue;
        };
        let info = scenario.leaves.info(leaf);
        let given = scenario
            .uncertainties
            .iter()
            .find(|uncertainty| uncertainty.leaf == leaf);
        let given = given.map_or_else(
            || "–".to_owned(),
            |of| {
                let quantile =
                    |p: f64| plain(foedera_ensemble::quantile(&of.distribution, info, p));
                let words = phrase::distribution(&of.distribution);
                format!("{words}, {} to {} (90 %)", quantile(0.05), quantile(0.95))
            },
        );
        table.row([
            format!("`{path}`"),
            spec.title.to_owned(),
            spec.unit.to_owned(),
            plain(info.value),
            plain(spec.default),
            given,
            info.source
                .clone()
                .unwrap_or_else(|| spec.source.to_owned()),
        ]);
    }
    page.table(&table);
}

/// What each mechanism says of itself.
pub(super) fn mechanisms(page: &mut Page) {
    page.heading(3, "Mechanisms");
    page.text(
        "What each mechanism claims and computes, in the words of its own file. Symbols: i, j, k actors; o organisations; \
         e elements; h threats; b blocs; d domains; L levels; w the weight of a status; c capability; A affinity; T trust; \
         D a driver; `saturate(x) = 1 − e^{−x}`.",
    );
    for one in submodels::all() {
        page.raw(&one.head(4));
    }
}
