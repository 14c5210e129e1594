//! Pasting: what peeling took off a side too much is given back, as long as the box gets denser by it.

use super::{Candidate, Field, Kind, Limits, Stage, better, cut, share};

/// Pastes until nothing helps; a stage is added for each.
pub(super) fn paste(field: &Field<'_>, stages: &mut Vec<Stage>) {
    loop {
        let Some(stage) = stages.last() else {
            return;
        };
        let Some(best) = best(field, stage) else {
            return;
        };
        let mass = best.n as f64 / field.all.0 as f64;
        let denser = share(best.k, best.n) > stage.density;
        if mass < field.options.mass_min || best.n <= stage.n || best.score <= 0.0 || !denser {
            return;
        }
        let mut limits = stage.limits.clone();
        limits[best.input] = best.limits;
        let next = field.stage(limits, (best.n, best.k));
        stages.push(next);
    }
}

/// The best paste: numbers before whole numbers before categories where they are as good.
fn best(field: &Field<'_>, stage: &Stage) -> Option<Candidate> {
    let mut best = None;
    for kind in [Kind::Number, Kind::Whole, Kind::Category] {
        let of_kind = stage
            .restricted
            .iter()
            .filter(|idx| field.data.inputs[**idx].kind == kind);
        for &input in of_kind {
            for pasted in pastes(field, stage, input) {
                let mut limits = stage.limits.clone();
                limits[input] = pasted.clone();
                let (n, k) = field.counted(&limits, &stage.restricted);
                let restricted = field.restricted(&limits).len();
                let candidate = Candidate {
                    input,
                    limits: pasted,
                    n,
                    k,
                    score: field.score((stage.n, stage.k), (n, k)),
                    free: limits.len() - restricted,
                };
                best = better(best, candidate);
            }
        }
    }
    best
}

/// The wider limits that one input may get.
fn pastes(field: &Field<'_>, stage: &Stage, input: usize) -> Vec<Limits> {
    match (&stage.limits[input], &field.whole[input]) {
        (Limits::Among(codes), Limits::Among(all)) => {
            let more = all.difference(codes).map(|code| {
                let mut wider = codes.clone();
                wider.insert(*code);
                Limits::Among(wider)
            });
            more.collect()
        }
        (
            Limits::Between { low, high },
            Limits::Between {
                low: bottom,
                high: top,
            },
        ) => {
            let (low, high, bottom, top) = (*low, *high, *bottom, *top);
            let paste = field.options.paste;
            let down = beside(field, stage, input, (bottom, low), 1.0 - paste).unwrap_or(bottom);
            let up = beside(field, stage, input, (high, top), paste).unwrap_or(top);
            vec![
                Limits::Between { low: down, high },
                Limits::Between { low, high: up },
            ]
        }
        _ => Vec::new(),
    }
}

/// Where a level of the replicates beside the box lies; none without replicates.
fn beside(
    field: &Field<'_>,
    stage: &Stage,
    input: usize,
    (low, high): (f64, f64),
    level: f64,
) -> Option<f64> {
    let mut limits = stage.limits.clone();
    limits[input] = Limits::Between { low, high };
    let rows = field
        .rows
        .iter()
        .filter(|row| field.within(**row, &limits, &stage.restricted));
    let mut values: Vec<f64> = rows
        .map(|row| field.data.inputs[input].values[*row])
        .collect();
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| cut(values.len(), |idx| values[idx], level))
}
