//! The inputs of a run as the search takes them.

use foedera_analysis::prim::{Input, Kind, Limits};
use foedera_scenario::{Distribution, Leaf, Uncertainty};

use crate::{failure::Failure, nearest, number::plain, past_run::PastRun};

/// One input.
pub(super) struct Column {
    /// Its path.
    pub(super) path: String,
    /// Its place among the scenario's uncertainties.
    pub(super) leaf: Leaf,
    /// What its values are.
    pub(super) kind: Kind,
    /// Values as the search takes them: numbers, or places among the levels.
    pub(super) values: Vec<f64>,
    /// Ascending values that a listed input has; none of a number.
    pub(super) levels: Vec<f64>,
    /// What the policy adds to the drawn value.
    pub(super) shift: f64,
}

/// Inputs that vary, by replicate that did not fail.
pub(super) struct Inputs {
    pub(super) all: Vec<Column>,
    /// Neighbouring replicates that have the same inputs.
    pub(super) block: usize,
}

impl Inputs {
    /// Those of a run that the names allow.
    pub(super) fn of(past: &PastRun, names: &[String]) -> Result<Self, Failure> {
        let scenario = past.scenario();
        let layout = &past.results.manifest.layout;
        if layout.inputs.is_empty() {
            return Err(Failure::Refused {
                what: "the run has no uncertain inputs: all its replicates start from the same numbers".to_owned(),
                help: "give the scenario some, as in `uncertainties: { \"params.bargaining.noise\": Prior }`, and \
                       run it again; what luck alone makes of it is told by `foedera storylines`"
                    .to_owned(),
            });
        }
        let fits = |path: &str, name: &str| {
            path == name
                || path
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('.'))
        };
        for name in names {
            if !layout.inputs.iter().any(|input| fits(&input.name, name)) {
                return Err(Failure::NoSuchName {
                    option: "--inputs",
                    kind: "uncertain input",
                    name: name.clone(),
                    nearest: nearest::names(
                        name,
                        layout.inputs.iter().map(|input| input.name.as_str()),
                    ),
                });
            }
        }
        let mut all = Vec::new();
        for uncertainty in &scenario.uncertainties {
            let path = &scenario.leaves.info(uncertainty.leaf).path;
            let known = layout.inputs.iter().any(|input| input.name == *path);
            if !known || !(names.is_empty() || names.iter().any(|name| fits(path, name))) {
                continue;
            }
            let raw = past.column(path)?.into_iter().zip(&past.fates);
            let good = raw.filter(|(_, fate)| fate.failed.is_none());
            let column = column(
                past,
                uncertainty,
                path,
                good.map(|(value, _)| value).collect(),
            );
            all.extend(column);
        }
        let per_point = past.results.manifest.origin.design.per_point;
        Ok(Self {
            all,
            block: usize::try_from(per_point).unwrap_or(1).max(1),
        })
    }

    /// As the search takes them.
    pub(super) fn columns(&self) -> Vec<Input<'_>> {
        let all = self.all.iter();
        all.map(|column| Input {
            kind: column.kind,
            values: &column.values,
        })
        .collect()
    }

    /// Without the points of which a replicate failed, so that every point has as many; a run of single replicates
    /// is as it was.
    pub(super) fn whole_points(mut self, past: &PastRun, happened: &[bool]) -> (Self, Vec<bool>) {
        if self.block == 1 {
            return (self, happened.to_vec());
        }
        let mut good = Vec::new();
        let mut place = 0;
        for point in past.fates.chunks(self.block) {
            let lasting = point.iter().filter(|fate| fate.failed.is_none()).count();
            if lasting == self.block {
                good.extend(place..place + lasting);
            }
            place += lasting;
        }
        for column in &mut self.all {
            column.values = good.iter().map(|at| column.values[*at]).collect();
        }
        let happened = good.iter().map(|at| happened[*at]).collect();
        (self, happened)
    }
}

/// One input; nothing if it does not vary.
fn column(past: &PastRun, uncertainty: &Uncertainty, path: &str, raw: Vec<f64>) -> Option<Column> {
    let scenario = past.scenario();
    let first = *raw.first()?;
    if raw.iter().all(|value| value.total_cmp(&first).is_eq()) {
        return None;
    }
    let listed = matches!(
        uncertainty.distribution,
        Distribution::Discrete(_) | Distribution::Empirical(_)
    );
    let mut levels = Vec::new();
    let mut values = raw;
    if listed {
        levels.clone_from(&values);
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        for value in &mut values {
            let place = levels.partition_point(|level| level < value);
            *value = f64::from(u32::try_from(place).unwrap_or(u32::MAX));
        }
    }
    let policy = past.order.request.policies.first().copied().flatten();
    let set = policy.and_then(|policy| {
        let mut set = scenario.policies[policy].set.iter();
        set.find(|(leaf, _)| *leaf == uncertainty.leaf)
    });
    Some(Column {
        path: path.to_owned(),
        leaf: uncertainty.leaf,
        kind: if listed { Kind::Whole } else { Kind::Number },
        values,
        levels,
        shift: set.map_or(0.0, |(leaf, value)| value - scenario.value(*leaf)),
    })
}

impl Column {
    /// The smallest and the largest value.
    pub(super) fn ends(&self) -> (f64, f64) {
        if let (Some(low), Some(high)) = (self.levels.first(), self.levels.last()) {
            return (*low, *high);
        }
        let values = || self.values.iter().copied();
        (
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
        )
    }

    /// What a box allows, in values: no end where it is not restricted.
    pub(super) fn allowed(&self, limits: &Limits) -> (Option<f64>, Option<f64>) {
        let Limits::Between { low, high } = limits else {
            return (None, None);
        };
        let whole = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            })
        };
        let (bottom, top) = whole(&mut self.values.iter().copied());
        let level = |place: f64, up: bool| {
            if self.levels.is_empty() {
                return Some(place);
            }
            let inside = (0..self.levels.len()).filter(|idx| {
                let idx = f64::from(u32::try_from(*idx).unwrap_or(u32::MAX));
                if up { idx >= place } else { idx <= place }
            });
            let idx = if up { inside.min() } else { inside.max() };
            idx.map(|idx| self.levels[idx])
        };
        let low = (*low > bottom).then(|| level(*low, true)).flatten();
        let high = (*high < top).then(|| level(*high, false)).flatten();
        (low, high)
    }

    /// What a box allows, in words: `above 1.2`, `from 3 to 5`.
    pub(super) fn words(&self, limits: &Limits) -> String {
        match (self.allowed(limits), self.kind) {
            ((Some(low), Some(high)), _) => format!("from {} to {}", plain(low), plain(high)),
            ((Some(low), None), Kind::Number) => format!("above {}", plain(low)),
            ((None, Some(high)), Kind::Number) => format!("below {}", plain(high)),
            ((Some(low), None), _) => format!("at least {}", plain(low)),
            ((None, Some(high)), _) => format!("at most {}", plain(high)),
            ((None, None), _) => "free".to_owned(),
        }
    }
}
