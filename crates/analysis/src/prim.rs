//! Patient rule induction: a box of inputs in which something happens more often than elsewhere.
//!
//! After Friedman and Fisher (1999), as used for scenario discovery by Bryant and Lempert (2010) and Kwakkel
//! and Jaxa-Rozen (2016, objective functions, whole numbers and categories). [`search`] peels thin slices off
//! the box that holds all replicates, then pastes some back; every stage is kept, since which one to use is a
//! trade between coverage and density. [`judge`] tells how much of a box is luck.

pub mod judge;
mod paste;
mod peel;

use std::collections::BTreeSet;

use foedera_results::special;

/// What the values of an input are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Real numbers: a restriction is a range.
    Number,
    /// Whole numbers, such as places in an ordered list: a restriction is a range that ends at values.
    Whole,
    /// Codes without order, whole numbers from 0: a restriction is a set.
    Category,
}

/// One input with its value in each replicate.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What the values are.
    pub kind: Kind,
    /// A value for each replicate, finite.
    pub values: &'a [f64],
}

/// Replicates with their inputs, and in which of them it happened.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a> {
    /// Inputs, each with as many values as there are replicates.
    pub inputs: &'a [Input<'a>],
    /// Whether it happened, by replicate.
    pub happened: &'a [bool],
}

/// What a peel or paste is chosen by; `B` is the box, `b` what is peeled off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Objective {
    /// Gain of the mean over loss of replicates: patient with categories (the usual one).
    #[default]
    Lenient1,
    /// The same times the replicates left.
    Lenient2,
    /// The mean of what is left.
    Original,
}

/// How boxes are searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Share of the box that one peel takes, in (0, 0.5).
    pub peel: f64,
    /// Share of what lies beside the box that one paste gives back, in (0, 0.5).
    pub paste: f64,
    /// Smallest share of all replicates that a box holds.
    pub mass_min: f64,
    /// What a peel is chosen by.
    pub objective: Objective,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            peel: 0.05,
            paste: 0.05,
            mass_min: 0.05,
            objective: Objective::Lenient1,
        }
    }
}

/// What a box allows one input.
#[derive(Debug, Clone, PartialEq)]
pub enum Limits {
    /// Values from `low` to `high`, both within.
    Between {
        /// Low end.
        low: f64,
        /// High end.
        high: f64,
    },
    /// These codes.
    Among(BTreeSet<u32>),
}

impl Limits {
    /// Whether a value is within.
    #[must_use]
    pub fn hold(&self, value: f64) -> bool {
        match self {
            Self::Between { low, high } => *low <= value && value <= *high,
            Self::Among(codes) => codes.contains(&code(value)),
        }
    }
}

/// A box on its way: what it allows and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Limits of each input.
    pub limits: Vec<Limits>,
    /// Replicates within.
    pub n: u64,
    /// Those in which it happened.
    pub k: u64,
    /// Share of all that happened which is within, 0 to 1.
    pub coverage: f64,
    /// Share of those within in which it happened, 0 to 1.
    pub density: f64,
    /// Share of all replicates within, 0 to 1.
    pub mass: f64,
    /// Inputs that are restricted, by index.
    pub restricted: Vec<usize>,
}

/// One end of a restriction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// From below.
    Low,
    /// From above.
    High,
    /// A set of categories.
    Set,
}

/// One restriction and how likely it is that a box without it would do as well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuasiP {
    /// Input.
    pub input: usize,
    /// Which end.
    pub end: End,
    /// Probability of so many cases in a random choice, of the box's size, from the box without the restriction.
    pub p: f64,
}

/// A search: every stage from all replicates to the smallest box.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Stages; the first one restricts nothing.
    pub stages: Vec<Stage>,
}

/// Replicates that are searched, with the box that holds them all.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    pub(crate) data: Data<'a>,
    pub(crate) options: Options,
    /// Replicates not yet in an earlier box.
    pub(crate) rows: Vec<usize>,
    /// Limits that hold all of the data.
    pub(crate) whole: Vec<Limits>,
    /// Replicates in the data, and those in which it happened.
    pub(crate) all: (u64, u64),
    /// Inputs that may be restricted.
    pub(crate) allowed: Vec<usize>,
}

impl<'a> Field<'a> {
    /// The rows of some data; coverage and mass are of all of the data.
    pub(crate) fn new(data: Data<'a>, rows: Vec<usize>, options: Options) -> Self {
        let all = data.happened;
        Self {
            whole: data.inputs.iter().map(limits_of).collect(),
            all: (all.len() as u64, count(all.iter())),
            allowed: (0..data.inputs.len()).collect(),
            data,
            options,
            rows,
        }
    }

    /// Whether a row lies within limits on some inputs.
    pub(crate) fn within(&self, row: usize, limits: &[Limits], inputs: &[usize]) -> bool {
        let of = |idx: &usize| limits[*idx].hold(self.data.inputs[*idx].values[row]);
        inputs.iter().all(of)
    }

    /// Inputs whose limits are not those of all replicates.
    pub(crate) fn restricted(&self, limits: &[Limits]) -> Vec<usize> {
        let inputs = 0..limits.len();
        inputs
            .filter(|idx| limits[*idx] != self.whole[*idx])
            .collect()
    }

    /// Replicates within limits, and those in which it happened.
    pub(crate) fn counted(&self, limits: &[Limits], inputs: &[usize]) -> (u64, u64) {
        let inside = self
            .rows
            .iter()
            .filter(|row| self.within(**row, limits, inputs));
        inside.fold((0, 0), |(n, k), row| {
            (n + 1, k + u64::from(self.data.happened[*row]))
        })
    }

    /// A stage with its figures.
    pub(crate) fn stage(&self, limits: Vec<Limits>, (n, k): (u64, u64)) -> Stage {
        Stage {
            restricted: self.restricted(&limits),
            limits,
            n,
            k,
            coverage: share(k, self.all.1),
            density: share(k, n),
            mass: share(n, self.all.0),
        }
    }

    /// What a change of a box is worth.
    pub(crate) fn score(&self, old: (u64, u64), new: (u64, u64)) -> f64 {
        let (before, after) = (share(old.1, old.0), share(new.1, new.0));
        let gone = old.0.abs_diff(new.0) as f64;
        let gain = after - before;
        match self.options.objective {
            Objective::Original if new.0 == 0 => -1.0,
            Objective::Original => after,
            // Nothing moved, or as much as there was.
            _ if gain.abs() <= 0.0 || gone <= 0.0 => 0.0,
            Objective::Lenient1 => gain / gone,
            Objective::Lenient2 => new.0 as f64 * gain / gone,
        }
    }
}

/// A possible next box.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) input: usize,
    pub(crate) limits: Limits,
    pub(crate) n: u64,
    pub(crate) k: u64,
    pub(crate) score: f64,
    /// Inputs that stay free: the second thing looked at.
    pub(crate) free: usize,
}

/// Keeps the better of two; the earlier one of equals.
pub(crate) fn better(best: Option<Candidate>, next: Candidate) -> Option<Candidate> {
    match best {
        Some(best) if (best.score, best.free) >= (next.score, next.free) => Some(best),
        _ => Some(next),
    }
}

/// Searches one box among some rows of the data; coverage and mass are of all of it.
///
/// # Panics
/// If an input has another number of values than there are replicates.
#[must_use]
pub fn search(data: &Data<'_>, rows: &[usize], options: Options) -> Trajectory {
    let all: Vec<usize> = (0..data.inputs.len()).collect();
    search_among(data, rows, &all, options)
}

/// The same, with these inputs alone free to be restricted.
///
/// # Panics
/// If an input has another number of values than there are replicates.
#[must_use]
pub fn search_among(
    data: &Data<'_>,
    rows: &[usize],
    allowed: &[usize],
    options: Options,
) -> Trajectory {
    let mut lengths = data.inputs.iter().map(|input| input.values.len());
    assert!(
        lengths.all(|n| n == data.happened.len()),
        "a value for each replicate"
    );
    let mut field = Field::new(*data, rows.to_vec(), options);
    field.allowed = allowed.to_vec();
    let start = field.stage(field.whole.clone(), field.counted(&field.whole, &[]));
    let mut stages = vec![start];
    peel::peel(&field, &mut stages);
    paste::paste(&field, &mut stages);
    Trajectory { stages }
}

/// Rows that a box does not hold: among them the next box is searched.
#[must_use]
pub fn outside(data: &Data<'_>, rows: &[usize], stage: &Stage) -> Vec<usize> {
    let inside = |row: usize| {
        let of = |idx: &usize| stage.limits[*idx].hold(data.inputs[*idx].values[row]);
        stage.restricted.iter().all(of)
    };
    rows.iter().copied().filter(|row| !inside(*row)).collect()
}

/// Quasi-p values of every restriction of a box, the least convincing first (Bryant and Lempert 2010): the
/// probability that as many cases as the box holds are found in as many replicates drawn from the box without
/// that restriction.
#[must_use]
pub fn quasi_p(data: &Data<'_>, rows: &[usize], stage: &Stage) -> Vec<QuasiP> {
    let field = Field::new(*data, rows.to_vec(), Options::default());
    let mut ends: Vec<(usize, End)> = Vec::new();
    for &input in &stage.restricted {
        let released = released(&stage.limits[input], &field.whole[input]);
        ends.extend(released.into_iter().map(|(end, _)| (input, end)));
    }
    // What a box without one restriction holds besides: the rows that nothing but that restriction keeps out.
    let mut besides = vec![(0_u64, 0_u64); ends.len()];
    for &row in rows {
        let keeps_out = |(input, end): &(usize, End)| {
            let value = data.inputs[*input].values[row];
            match (&stage.limits[*input], end) {
                (Limits::Between { low, .. }, End::Low) => value < *low,
                (Limits::Between { high, .. }, End::High) => value > *high,
                (limits, _) => !limits.hold(value),
            }
        };
        let mut out = (0..ends.len()).filter(|idx| keeps_out(&ends[*idx]));
        if let (Some(only), None) = (out.next(), out.next()) {
            besides[only].0 += 1;
            besides[only].1 += u64::from(data.happened[row]);
        }
    }
    let judged = ends.into_iter().zip(besides).map(|((input, end), (n, k))| {
        let p = at_least(stage.k, stage.n, share(stage.k + k, stage.n + n));
        QuasiP { input, end, p }
    });
    let mut all: Vec<QuasiP> = judged.collect();
    all.sort_by(|one, other| other.p.total_cmp(&one.p));
    all
}

/// The box without one of its restrictions.
#[must_use]
pub fn without(data: &Data<'_>, rows: &[usize], stage: &Stage, input: usize, end: End) -> Stage {
    let field = Field::new(*data, rows.to_vec(), Options::default());
    let mut limits = stage.limits.clone();
    let mut free = released(&limits[input], &field.whole[input]).into_iter();
    if let Some((_, released)) = free.find(|(of, _)| *of == end) {
        limits[input] = released;
    }
    let found = field.counted(&limits, &stage.restricted);
    field.stage(limits, found)
}

/// The limits of an input without each of its restrictions.
fn released(limits: &Limits, whole: &Limits) -> Vec<(End, Limits)> {
    let mut all = Vec::new();
    match (limits, whole) {
        (
            Limits::Between { low, high },
            Limits::Between {
                low: bottom,
                high: top,
            },
        ) => {
            if low > bottom {
                let (low, high) = (*bottom, *high);
                all.push((End::Low, Limits::Between { low, high }));
            }
            if high < top {
                let (low, high) = (*low, *top);
                all.push((End::High, Limits::Between { low, high }));
            }
        }
        _ if limits != whole => all.push((End::Set, whole.clone())),
        _ => {}
    }
    all
}

/// P(B >= k) of a binomial with `n` trials of probability `p`.
fn at_least(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    special::beta_cdf(p, k as f64, (n - k) as f64 + 1.0)
}

/// The limits that hold every value of an input.
fn limits_of(input: &Input<'_>) -> Limits {
    if input.kind == Kind::Category {
        return Limits::Among(input.values.iter().map(|value| code(*value)).collect());
    }
    let values = || input.values.iter().copied();
    Limits::Between {
        low: values().fold(f64::INFINITY, f64::min),
        high: values().fold(f64::NEG_INFINITY, f64::max),
    }
}

/// The quantile that peels and pastes cut at, of sorted values that are not empty: halfway between two
/// neighbours that differ, so that a cut at a value with ties takes all of them.
pub(crate) fn cut(n: usize, value: impl Fn(usize) -> f64, level: f64) -> f64 {
    let place = (n - 1) as f64 * level;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the list"
    )]
    let (mut below, mut above) = (libm::floor(place) as usize, libm::ceil(place) as usize);
    let equal = |one: usize, other: usize| value(one).total_cmp(&value(other)).is_eq();
    if level > 0.5 {
        while equal(below, above) && below > 0 {
            below -= 1;
        }
    } else {
        while equal(below, above) && above + 1 < n {
            above += 1;
        }
    }
    (value(below) + value(above)) / 2.0
}

/// The code that a value of a category stands for.
pub(crate) fn code(value: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes are small whole numbers"
    )]
    let code = value as u32;
    code
}

fn count<'b>(of: impl Iterator<Item = &'b bool>) -> u64 {
    of.filter(|happened| **happened).count() as u64
}

/// A share; 0 of nothing.
pub(crate) fn share(k: u64, n: u64) -> f64 {
    if n == 0 { 0.0 } else { k as f64 / n as f64 }
}

#[cfg(test)]
pub(crate) mod tests;
