//! Every score against other people's: `tests/oracles/scores.csv`, made by scoringrules and SciPy
//! (`tests/oracles/scores.py`).

use super::*;
use crate::scoring::corp::corp;

const TABLE: &str = include_str!("../../../../tests/oracles/scores.csv");

fn list(text: &str) -> Vec<f64> {
    text.split(';')
        .map(|x| x.parse().expect("a number"))
        .collect()
}

/// What we say to a row: score, members, weights, observed, low, high, level.
fn ours(cells: &[&str]) -> f64 {
    let [score, members, weights, observed, low, high, level] = cells else {
        panic!("{cells:?}");
    };
    let number = |text: &str| -> f64 { text.parse().expect("a number") };
    let binary = || Binary {
        forecast: number(members),
        happened: number(observed) > 0.5,
    };
    let all = || -> Vec<Binary> {
        let pairs = list(members).into_iter().zip(list(observed));
        pairs
            .map(|(forecast, happened)| Binary {
                forecast,
                happened: happened > 0.5,
            })
            .collect()
    };
    match *score {
        "crps" => crps(&list(members), number(observed)),
        "crps_fair" => crps_fair(&list(members), number(observed)),
        "crps_weighted" => crps_weighted(
            &list(members),
            &list(weights),
            number(observed),
            Ensemble::Whole,
        ),
        "crps_weighted_fair" => crps_weighted(
            &list(members),
            &list(weights),
            number(observed),
            Ensemble::Sample,
        ),
        "crps_between" => crps_between(&list(members), number(observed), number(low), number(high)),
        "quantile" => quantile_score(number(low), number(level), number(observed)),
        "interval" => interval_score(number(low), number(high), number(level), number(observed)),
        "energy" | "energy_fair" => {
            let vectors: Vec<Vec<f64>> = members.split('|').map(list).collect();
            energy_score(&vectors, &list(observed), *score == "energy_fair")
        }
        "brier" => brier(binary().forecast, binary().happened),
        "log" => log_score(binary().forecast, binary().happened),
        "corp_mcb" => corp(&all(), 1).expect("forecasts").miscalibration,
        "corp_dsc" => corp(&all(), 1).expect("forecasts").discrimination,
        "corp_unc" => corp(&all(), 1).expect("forecasts").uncertainty,
        "corp_fit" => {
            let all = all();
            let forecast = all[level.parse::<usize>().expect("a place")].forecast;
            let curve = corp(&all, 1).expect("forecasts").curve;
            let point = curve
                .iter()
                .find(|point| (point.forecast - forecast).abs() < 1e-12);
            point.expect("its forecast").calibrated
        }
        other => panic!("{other}"),
    }
}

#[test]
fn scores_are_those_of_scoringrules_and_scipy() {
    let mut seen = std::collections::BTreeMap::new();
    for line in TABLE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (value, arguments) = cells.split_last().expect("cells");
        let expected: f64 = value.parse().expect("a number");
        let found = ours(arguments);
        assert!(
            (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
            "{line}: {found}"
        );
        *seen.entry(cells[0]).or_insert(0) += 1;
    }
    assert!(
        seen.len() >= 14 && seen.values().all(|n| *n >= 4),
        "{seen:?}"
    );
}
