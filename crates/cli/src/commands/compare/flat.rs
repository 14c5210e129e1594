//! The comparison as one table: a row for each outcome and alternative, and a row for each outcome and pair.

use foedera_analysis::compare::{Alternative, Better, Comparison, Outcome, Pair, pairing::Pairing};
use foedera_results::{
    AnalysisTable, Estimate,
    analysis_table::{Cell, Column},
};

use super::ask::Alternatives;

/// The table.
pub(super) fn table(asked: &Alternatives, found: &Comparison) -> AnalysisTable {
    let ends = |name: &str, label: &str, unit: &str| {
        [
            Column::number(name, label, unit),
            Column::number(&format!("{name}_low"), &format!("{label}: lower end"), unit),
            Column::number(
                &format!("{name}_high"),
                &format!("{label}: upper end"),
                unit,
            ),
        ]
    };
    let mut columns = vec![
        Column::text("outcome", "Outcome"),
        Column::text("better", "Which way it is better"),
        Column::text("alternative", "Alternative"),
        Column::text(
            "against",
            "What it is held against; absent in rows about the alternative alone",
        ),
        Column::integer(
            "n",
            "Replicates, or points of a nested design",
            "replicates",
        ),
    ];
    columns.extend(ends("mean", "Mean or probability", ""));
    columns.extend([
        Column::integer("rank_best", "Best rank that cannot be ruled out", ""),
        Column::integer("rank_worst", "Worst rank that cannot be ruled out", ""),
    ]);
    columns.extend(ends("regret", "Mean regret", ""));
    columns.extend(ends("regret_90", "Regret that one in ten exceeds", ""));
    columns.extend(ends("worst_of_20", "What one in twenty is worse than", ""));
    columns.push(Column::number("worst_seen", "Worst value seen", ""));
    columns.extend(ends("best_or_tied", "Share in which none is better", ""));
    columns.extend(ends(
        "difference",
        "Mean difference, simultaneous interval",
        "",
    ));
    columns.push(Column::text(
        "standing",
        "Shown better, worse, the same in every replicate, or untold",
    ));
    columns.extend(ends("p_better", "Probability of being better", ""));
    columns.extend(ends("p_worse", "Probability of being worse", ""));
    columns.extend(ends("p_tied", "Probability of being the same", ""));
    columns.extend(ends(
        "variance_ratio",
        "Variance of independent runs over that of paired ones",
        "",
    ));
    let mut table = AnalysisTable::new("Alternatives compared", asked.provenance.clone(), columns);
    for outcome in &found.outcomes {
        for (place, one) in outcome.alternatives.iter().enumerate() {
            table.row(of_alternative(found, outcome, place, one));
        }
        for pair in &outcome.pairs {
            table.row(of_pair(found, outcome, pair));
        }
    }
    table
}

fn head(outcome: &Outcome, alternative: &str, against: Cell, n: u64) -> Vec<Cell> {
    let better = match outcome.better {
        Better::Higher => "higher",
        Better::Lower => "lower",
    };
    vec![
        outcome.name.as_str().into(),
        better.into(),
        alternative.into(),
        against,
        n.into(),
    ]
}

fn of_alternative(
    found: &Comparison,
    outcome: &Outcome,
    place: usize,
    one: &Alternative,
) -> Vec<Cell> {
    let n = one.mean.map_or(0, |of| of.n);
    let mut row = head(outcome, &found.alternatives[place], Cell::Absent, n);
    row.extend(ends(one.mean.as_ref()));
    row.extend([(one.rank.0 as u64).into(), (one.rank.1 as u64).into()]);
    row.extend(ends(one.robust.regret.as_ref()));
    row.extend(ends(one.robust.high_regret.as_ref()));
    row.extend(ends(one.robust.worst.as_ref()));
    row.push(one.robust.worst_seen.map_or(Cell::Absent, Cell::Number));
    row.extend(ends(one.robust.best.as_ref()));
    // The columns of pairs: five estimates and a word.
    row.extend(std::iter::repeat_n(Cell::Absent, 16));
    row
}

fn of_pair(found: &Comparison, outcome: &Outcome, pair: &Pair) -> Vec<Cell> {
    let against = found.alternatives[pair.against].as_str().into();
    let alternative = &found.alternatives[pair.alternative];
    let mut row = head(outcome, alternative, against, pair.n);
    // The columns of alternatives: five estimates, two ranks and the worst value.
    row.extend(std::iter::repeat_n(Cell::Absent, 18));
    row.extend(ends(pair.difference.as_ref()));
    row.push(super::page::standing(pair.standing).into());
    row.extend(ends(pair.p_better.as_ref()));
    row.extend(ends(pair.p_worse.as_ref()));
    row.extend(ends(pair.p_tied.as_ref()));
    let ratio = match pair.pairing {
        Pairing::Ratio {
            value, low, high, ..
        } => [value, low, high],
        Pairing::Same | Pairing::Constant | Pairing::Unknown => [f64::NAN; 3],
    };
    row.extend(ratio.map(Cell::Number));
    row
}

fn ends(of: Option<&Estimate>) -> [Cell; 3] {
    let of = of.map_or([f64::NAN; 3], |of| [of.value, of.low, of.high]);
    of.map(|x| {
        if x.is_finite() {
            Cell::Number(x)
        } else {
            Cell::Absent
        }
    })
}
