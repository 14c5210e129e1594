//! How much of a box is luck: which stage to use, which restrictions carry it, what it keeps on replicates that
//! the search did not see, and whether the inputs explain anything at all.

use serde::Serialize;

use super::{Data, End, Options, QuasiP, Stage, Trajectory, quasi_p, share, without};
use crate::keyed;

/// A restriction with a larger quasi-p value is dropped.
pub const QUASI_P_MAX: f64 = 0.05;

/// A search that ended with inputs of which each matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The last search, among those inputs alone.
    pub trajectory: Trajectory,
    /// Its stage that separates best.
    pub chosen: usize,
    /// That box, without what luck would give as well.
    pub kept: Simplified,
    /// Restrictions that earlier searches dropped, with the quasi-p value that each had.
    pub dropped: Vec<QuasiP>,
}

/// A box without restrictions that luck would give as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Simplified {
    /// The box.
    pub stage: Stage,
    /// Its restrictions, the least convincing first.
    pub restrictions: Vec<QuasiP>,
    /// Restrictions that were dropped, with the quasi-p value that each had.
    pub dropped: Vec<QuasiP>,
}

/// How often and by which seed rows are drawn again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// Seed.
    pub seed: u64,
    /// Rounds.
    pub rounds: usize,
    /// Neighbouring rows that have the same inputs and stay together, at least 1.
    pub block: usize,
}

/// What resampling says of a search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resampled {
    /// Half samples searched.
    pub rounds: usize,
    /// Share of the half samples whose box of nearest coverage restricts the input, by input.
    pub by_coverage: Vec<f64>,
    /// The same with the box of nearest density.
    pub by_density: Vec<f64>,
    /// Density on the halves that the search did not see: mean, and ends that hold nine of ten halves.
    pub density: (f64, f64, f64),
    /// Coverage there.
    pub coverage: (f64, f64, f64),
    /// Share of the replicates that happened there.
    pub base: f64,
}

/// How well a box tells what happened from what did not: the correlation of being within and having happened,
/// −1 to 1; 0 for a box that holds all or nothing.
#[must_use]
pub fn separation(stage: &Stage, all: (u64, u64)) -> f64 {
    let (total, happened) = (all.0 as f64, all.1 as f64);
    let (n, k) = (stage.n as f64, stage.k as f64);
    let spread = n * (total - n) * happened * (total - happened);
    if spread <= 0.0 {
        return 0.0;
    }
    (k * total - n * happened) / libm::sqrt(spread)
}

/// The stage that separates best, the earliest one of equals.
#[must_use]
pub fn best(trajectory: &Trajectory) -> usize {
    let Some(start) = trajectory.stages.first() else {
        return 0;
    };
    let all = (start.n, start.k);
    let mut best = (0, f64::NEG_INFINITY);
    for (idx, stage) in trajectory.stages.iter().enumerate() {
        let here = separation(stage, all);
        if here > best.1 {
            best = (idx, here);
        }
    }
    best.0
}

/// Drops restrictions with a quasi-p value above [`QUASI_P_MAX`], the least convincing first, until none is left.
#[must_use]
pub fn simplified(data: &Data<'_>, rows: &[usize], stage: &Stage) -> Simplified {
    let mut stage = stage.clone();
    let mut dropped = Vec::new();
    loop {
        let restrictions = quasi_p(data, rows, &stage);
        match restrictions.first() {
            Some(worst) if worst.p > QUASI_P_MAX => {
                stage = without(data, rows, &stage, worst.input, worst.end);
                dropped.push(*worst);
            }
            _ => {
                return Simplified {
                    stage,
                    restrictions,
                    dropped,
                };
            }
        }
    }
}

/// Stages of a search that are looked at for restrictions that hold, about.
const STAGES: usize = 12;

/// Searches among all inputs, keeps those whose restrictions luck would not give as well, and searches among them
/// again (Kwakkel 2019), until all of them are kept: with many inputs a single search loses itself in those that do
/// not matter. Inputs that matter alone are kept for the second search as well.
#[must_use]
pub fn found(data: &Data<'_>, rows: &[usize], options: Options) -> Found {
    let mut allowed: Vec<usize> = (0..data.inputs.len()).collect();
    let mut dropped = Vec::new();
    let mut first = true;
    loop {
        let trajectory = super::search_among(data, rows, &allowed, options);
        let (chosen, kept) = chosen(data, rows, &trajectory);
        let mut left = kept.stage.restricted.clone();
        if first {
            left.extend(alone(data, rows, options));
            left.sort_unstable();
            left.dedup();
        }
        if left.is_empty() || left.len() == allowed.len() {
            return Found {
                trajectory,
                chosen,
                kept,
                dropped,
            };
        }
        allowed = left;
        dropped.extend(kept.dropped);
        first = false;
    }
}

/// Inputs of which a box restricts nothing else and holds more cases than luck gives any of so many inputs.
fn alone(data: &Data<'_>, rows: &[usize], options: Options) -> Vec<usize> {
    let inputs = data.inputs.len();
    let matters = |input: &usize| {
        let trajectory = super::search_among(data, rows, &[*input], options);
        let stage = &trajectory.stages[best(&trajectory)];
        let base = trajectory.stages[0].density;
        super::at_least(stage.k, stage.n, base) <= QUASI_P_MAX / inputs as f64
    };
    (0..inputs).filter(matters).collect()
}

/// The stage that separates best without restrictions that luck would give as well, and what is left of it; the
/// earliest one of equals.
fn chosen(data: &Data<'_>, rows: &[usize], trajectory: &Trajectory) -> (usize, Simplified) {
    let stages = &trajectory.stages;
    let all = (stages[0].n, stages[0].k);
    let last = stages.len() - 1;
    let mut looked: Vec<usize> = (0..=STAGES).map(|part| last * part / STAGES).collect();
    looked.push(best(trajectory));
    looked.sort_unstable();
    looked.dedup();
    let mut found = (0, simplified(data, rows, &stages[0]));
    let mut reached = separation(&found.1.stage, all);
    for idx in looked.into_iter().filter(|idx| *idx > 0) {
        let kept = simplified(data, rows, &stages[idx]);
        let here = separation(&kept.stage, all);
        if here > reached {
            (found, reached) = ((idx, kept), here);
        }
    }
    found
}

/// Searches random halves of the rows again (Bryant and Lempert 2010): how often each input is restricted in
/// the box nearest to a given one, and what the best simplified box of each half holds of the other half.
#[must_use]
pub fn resampled(
    data: &Data<'_>,
    rows: &[usize],
    stage: &Stage,
    options: Options,
    Rounds {
        seed,
        rounds,
        block,
    }: Rounds,
) -> Resampled {
    let inputs = data.inputs.len();
    let (mut by_coverage, mut by_density) = (vec![0_u64; inputs], vec![0_u64; inputs]);
    let (mut densities, mut coverages) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let order = keyed::shuffled_blocks(seed, round, rows.len(), block);
        let half = rows.len() / block.max(1) / 2 * block;
        let (half, rest) = order.split_at(half);
        let (half, rest) = (taken(data, rows, half), taken(data, rows, rest));
        let (seen, unseen) = (half.inputs(), rest.inputs());
        let seen = Data {
            inputs: &seen,
            happened: &half.happened,
        };
        let unseen = Data {
            inputs: &unseen,
            happened: &rest.happened,
        };
        let own: Vec<usize> = (0..half.happened.len()).collect();
        let found = found(&seen, &own, options);
        for (counts, of) in [
            (
                &mut by_coverage,
                (|one: &Stage| one.coverage) as fn(&Stage) -> f64,
            ),
            (&mut by_density, |one: &Stage| one.density),
        ] {
            if let Some(near) = nearest(&found.trajectory, of, of(stage)) {
                near.restricted.iter().for_each(|input| counts[*input] += 1);
            }
        }
        let (n, k, of) = held(&unseen, &found.kept.stage);
        densities.extend((n > 0).then(|| share(k, n)));
        coverages.extend((of > 0).then(|| share(k, of)));
    }
    let shares = |counts: Vec<u64>| {
        counts
            .into_iter()
            .map(|k| share(k, rounds as u64))
            .collect()
    };
    let happened = rows.iter().filter(|row| data.happened[**row]).count() as u64;
    Resampled {
        rounds,
        by_coverage: shares(by_coverage),
        by_density: shares(by_density),
        density: spread(densities),
        coverage: spread(coverages),
        base: share(happened, rows.len() as u64),
    }
}

/// How likely it is that inputs which explain nothing give a search that separates as well: what happened is
/// dealt anew to the replicates so many times. With 99 rounds the smallest possible answer is 0.01.
#[must_use]
pub fn chance(
    data: &Data<'_>,
    rows: &[usize],
    options: Options,
    Rounds {
        seed,
        rounds,
        block,
    }: Rounds,
) -> f64 {
    let whole = taken(data, rows, &(0..rows.len()).collect::<Vec<_>>());
    let inputs = whole.inputs();
    let own: Vec<usize> = (0..rows.len()).collect();
    let reached = |happened: &[bool]| {
        let dealt = Data {
            inputs: &inputs,
            happened,
        };
        let found = found(&dealt, &own, options);
        let start = &found.trajectory.stages[0];
        separation(&found.kept.stage, (start.n, start.k))
    };
    let real = reached(&whole.happened);
    let as_good = (0..rounds).filter(|round| {
        // Another stream than that of the half samples.
        let order = keyed::shuffled_blocks(!seed, *round, rows.len(), block);
        let dealt: Vec<bool> = order.iter().map(|row| whole.happened[*row]).collect();
        reached(&dealt) >= real
    });
    share(1 + as_good.count() as u64, 1 + rounds as u64)
}

/// Replicates within a box, those of them in which it happened, and all in which it happened.
#[must_use]
pub fn held(data: &Data<'_>, stage: &Stage) -> (u64, u64, u64) {
    let mut sums = (0, 0, 0);
    for (row, happened) in data.happened.iter().enumerate() {
        let of = |idx: &usize| stage.limits[*idx].hold(data.inputs[*idx].values[row]);
        let inside = stage.restricted.iter().all(of);
        sums.0 += u64::from(inside);
        sums.1 += u64::from(inside && *happened);
        sums.2 += u64::from(*happened);
    }
    sums
}

/// Some rows with their values.
struct Taken {
    kinds: Vec<super::Kind>,
    values: Vec<Vec<f64>>,
    happened: Vec<bool>,
}

impl Taken {
    fn inputs(&self) -> Vec<super::Input<'_>> {
        let all = self.kinds.iter().zip(&self.values);
        all.map(|(kind, values)| super::Input {
            kind: *kind,
            values,
        })
        .collect()
    }
}

fn taken(data: &Data<'_>, rows: &[usize], places: &[usize]) -> Taken {
    let of = |input: &super::Input<'_>| places.iter().map(|at| input.values[rows[*at]]).collect();
    Taken {
        kinds: data.inputs.iter().map(|input| input.kind).collect(),
        values: data.inputs.iter().map(of).collect(),
        happened: places.iter().map(|at| data.happened[rows[*at]]).collect(),
    }
}

/// The stage whose figure is nearest to one, the earliest one of equals.
fn nearest(found: &Trajectory, of: fn(&Stage) -> f64, to: f64) -> Option<&Stage> {
    let distance = |stage: &Stage| (of(stage) - to).abs();
    let stages = found.stages.iter();
    stages.min_by(|one, other| distance(one).total_cmp(&distance(other)))
}

/// Mean, 5 % and 95 % quantile; not a number without values.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    if values.is_empty() {
        return (f64::NAN, f64::NAN, f64::NAN);
    }
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let at = |twentieth: usize| values[(values.len() - 1) * twentieth / 20];
    (mean, at(1), at(19))
}

/// The ends of a restriction in words that a table holds.
#[must_use]
pub const fn end_name(end: End) -> &'static str {
    match end {
        End::Low => "low",
        End::High => "high",
        End::Set => "set",
    }
}
