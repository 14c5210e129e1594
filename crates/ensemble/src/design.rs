//! Makes the points of a design: a share of its distribution for every input of every point, from the seed alone.
//!
//! A share is a pure function of (method, seed, point, input), so that any replicate is found without the others,
//! on any shard. Monte Carlo shares are keyed by the input's path; `shuffle` gives Latin hypercubes their
//! permutations, `sobol` the Sobol' points and their scrambles. Grids and tables give values instead of shares.
//! What a design is, and which analysis it fits, is told in [`foedera_results::design`].

mod shuffle;
mod sobol;

use foedera_scenario::{Leaf, Scenario};
use foedera_sim::rng;

pub use foedera_results::design::{Axis, Design, Levels, Method, Need, Unfit};

/// Most inputs of a Sobol' design, counted twice where a study needs two draws of each.
pub const SOBOL_INPUTS_MAX: usize = sobol::DIMENSIONS_MAX;
/// Most cells of a table, and most points of a grid.
pub const CELLS_MAX: u64 = 10_000_000;
/// Most independent copies of a design.
pub const COPIES_MAX: u64 = 1024;
/// Most points of a scrambled sequence, whose index has 32 bits, in each copy.
const INDEX_MAX: u64 = u32::MAX as u64;

/// Purpose of the draws of inputs; the engine keeps to those below 128.
const PURPOSE_INPUT: u8 = 128;
/// Purpose of the second draws of inputs.
const PURPOSE_OTHER: u8 = 129;
/// Purpose of the keys of permutations.
const PURPOSE_SHUFFLE: u8 = 130;
/// Purpose of the keys of scrambles.
const PURPOSE_SCRAMBLE: u8 = 131;

/// One step of 53 bits: the largest share is 1 less this.
const STEP: f64 = 1.110_223_024_625_156_5e-16;

/// Why a scenario cannot be run by a design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// A path that the scenario does not have.
    #[error("`{path}` of the design is no path of this scenario")]
    UnknownPath {
        /// The path.
        path: String,
    },
    /// A path named twice.
    #[error("the design names `{path}` twice")]
    Twice {
        /// The path.
        path: String,
    },
    /// Levels by share need a distribution.
    #[error("`{path}` is not uncertain: write its levels as values, as in {path}=0.1,0.5,0.9")]
    NotUncertain {
        /// The path.
        path: String,
    },
    /// A value that the number cannot have.
    #[error("{value} is outside the range of `{path}`, {min} to {max}")]
    OutOfRange {
        /// The path.
        path: String,
        /// Its value in the design.
        value: f64,
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// More inputs than there are dimensions.
    #[error(
        "a Sobol' design of {inputs} inputs: at most {max}; use a Latin hypercube, or fewer uncertain inputs"
    )]
    TooManyInputs {
        /// Inputs.
        inputs: usize,
        /// Most inputs.
        max: usize,
    },
    /// No point, or more than can be kept.
    #[error("a design of {points} points: 1 to {max} are possible")]
    Points {
        /// Points.
        points: u64,
        /// Most points.
        max: u64,
    },
    /// A row that is not as long as the head of its table.
    #[error("row {row} of the table has {found} values instead of {expected}")]
    Row {
        /// The row, from 1.
        row: usize,
        /// Its length.
        found: usize,
        /// The number of columns.
        expected: usize,
    },
    /// No copies, or more than there are points.
    #[error("{copies} independent copies of a design: 1 to {max} are possible")]
    Copies {
        /// Copies.
        copies: u64,
        /// Most copies.
        max: u64,
    },
    /// No replicate for a point.
    #[error("a design with 0 replicates of each point: at least 1 is needed")]
    NoReplicates,
    /// More replicates than the design has.
    #[error("replicate {last} of a design that has {has} ({design}): run all its points at once")]
    Beyond {
        /// Last replicate asked for.
        last: u64,
        /// Replicates of the design.
        has: u64,
        /// The design in words.
        design: String,
    },
}

/// Which of two independent draws of an input: studies of sensitivity mix both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The draws of a run.
    One,
    /// The second draws.
    Other,
}

/// Where the shares of drawn inputs come from.
#[derive(Debug, Clone)]
pub(crate) struct Shares {
    seed: u64,
    kind: Kind,
    /// Number of inputs.
    inputs: usize,
}

#[derive(Debug, Clone)]
enum Kind {
    MonteCarlo,
    Latin {
        points: u64,
        copies: u64,
    },
    Sobol {
        copies: u64,
        directions: sobol::Directions,
    },
}

impl Shares {
    /// Prepares the shares of so many inputs. Grids and tables draw what they do not give by Monte Carlo.
    pub(crate) fn new(method: &Method, seed: u64, inputs: usize) -> Result<Self, DesignError> {
        let kind = match method {
            Method::MonteCarlo | Method::Grid { .. } | Method::Table { .. } => Kind::MonteCarlo,
            Method::LatinHypercube { points, copies } => {
                if *points == 0 || *points > INDEX_MAX {
                    return Err(DesignError::Points {
                        points: *points,
                        max: INDEX_MAX,
                    });
                }
                check_copies(*copies, *points)?;
                Kind::Latin {
                    points: *points,
                    copies: *copies,
                }
            }
            Method::Sobol { copies } => {
                if inputs > SOBOL_INPUTS_MAX {
                    return Err(DesignError::TooManyInputs {
                        inputs,
                        max: SOBOL_INPUTS_MAX,
                    });
                }
                check_copies(*copies, u64::MAX)?;
                Kind::Sobol {
                    copies: *copies,
                    directions: sobol::Directions::new((2 * inputs).min(SOBOL_INPUTS_MAX)),
                }
            }
        };
        Ok(Self { seed, kind, inputs })
    }

    /// Whether there are second draws.
    pub(crate) fn has_other(&self) -> Result<(), DesignError> {
        let fits = 2 * self.inputs <= SOBOL_INPUTS_MAX;
        if fits || !matches!(self.kind, Kind::Sobol { .. }) {
            return Ok(());
        }
        Err(DesignError::TooManyInputs {
            inputs: self.inputs,
            max: SOBOL_INPUTS_MAX / 2,
        })
    }

    /// The share of one input at one point, in the open interval (0, 1). `key` is the hash of its path.
    pub(crate) fn share(&self, point: u64, side: Side, input: usize, key: u64) -> f64 {
        let purpose = match side {
            Side::One => PURPOSE_INPUT,
            Side::Other => PURPOSE_OTHER,
        };
        let words = |purpose, of| {
            let of = 2 * of + u64::from(side == Side::Other);
            rng::block(self.seed, purpose, of, (key >> 32) as u32, key as u32)
        };
        match &self.kind {
            Kind::MonteCarlo => uniform(self.seed, purpose, point, key),
            Kind::Latin { points, copies } => {
                let (copy, at) = (point % copies, point / copies);
                let n = (points - copy).div_ceil(*copies);
                let stratum = shuffle::place(at, n, words(PURPOSE_SHUFFLE, copy));
                let within = uniform(self.seed, purpose, point, key);
                ((stratum as f64 + within) / n as f64).min(1.0 - STEP)
            }
            Kind::Sobol { copies, directions } => {
                let (copy, index) = (point % copies, (point / copies) as u32);
                let [one, two, three, four] = words(PURPOSE_SCRAMBLE, copy);
                let dimension = input + if side == Side::Other { self.inputs } else { 0 };
                let bits = sobol::scramble(directions.coordinate(index, dimension), [one, two]);
                // The digits after the 32nd are coins too, which hang on those before them.
                let rest = sobol::scramble(bits.wrapping_mul(0x9e37_79b9) ^ three, [four, two]);
                fraction(u64::from(bits) << 32 | u64::from(rest))
            }
        }
    }
}

fn check_copies(copies: u64, points: u64) -> Result<(), DesignError> {
    let max = points.min(COPIES_MAX);
    if copies == 0 || copies > max {
        return Err(DesignError::Copies { copies, max });
    }
    Ok(())
}

/// A uniform number in the open interval (0, 1) with 53 bits.
fn uniform(seed: u64, purpose: u8, point: u64, key: u64) -> f64 {
    let words = rng::block(seed, purpose, point, (key >> 32) as u32, key as u32);
    fraction(u64::from(words[0]) << 32 | u64::from(words[1]))
}

/// The middle of the step of 2^-53 that some bits name, so that neither end is reached.
fn fraction(bits: u64) -> f64 {
    let share = ((bits >> 11) as f64 + 0.5) * STEP;
    share.min(1.0 - STEP)
}

/// The values that a grid or a table gives.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    /// What is given.
    pub(crate) leaves: Vec<Leaf>,
    values: GivenValues,
}

#[derive(Debug, Clone)]
enum GivenValues {
    /// Levels of each axis; the last one moves fastest.
    Grid(Vec<Vec<f64>>),
    /// A row for each point.
    Table(Vec<Vec<f64>>),
}

impl Given {
    /// Finds the numbers that a design gives. `quantile` gives the value of an uncertain leaf at a share.
    pub(crate) fn new(
        method: &Method,
        scenario: &Scenario,
        quantile: impl Fn(Leaf, f64) -> Option<f64>,
    ) -> Result<Option<Self>, DesignError> {
        let paths: Vec<&str> = match method {
            Method::Grid { axes } => axes.iter().map(|axis| axis.path.as_str()).collect(),
            Method::Table { paths, .. } => paths.iter().map(String::as_str).collect(),
            _ => return Ok(None),
        };
        let leaves = find_all(scenario, &paths)?;
        let values = match method {
            Method::Grid { axes } => {
                let level = |(axis, leaf): (&Axis, &Leaf)| levels(axis, *leaf, &quantile);
                let levels = axes.iter().zip(&leaves).map(level);
                GivenValues::Grid(levels.collect::<Result<_, _>>()?)
            }
            Method::Table { rows, .. } => GivenValues::Table(
                rows.iter()
                    .map(|row| row.iter().copied().map(single).collect())
                    .collect(),
            ),
            _ => return Ok(None),
        };
        let given = Self { leaves, values };
        given.check(scenario)?;
        Ok(Some(given))
    }

    fn check(&self, scenario: &Scenario) -> Result<(), DesignError> {
        let (points, cells) = match &self.values {
            GivenValues::Grid(levels) => {
                let counts = levels.iter().map(|axis| axis.len() as u64);
                let points = counts.fold(1, u64::saturating_mul);
                (points, points)
            }
            GivenValues::Table(rows) => {
                let points = rows.len() as u64;
                (points, points * self.leaves.len() as u64)
            }
        };
        if points == 0 || cells > CELLS_MAX || self.leaves.is_empty() {
            return Err(DesignError::Points {
                points,
                max: CELLS_MAX / (cells / points.max(1)).max(1),
            });
        }
        if let GivenValues::Table(rows) = &self.values {
            let expected = self.leaves.len();
            for (idx, row) in rows.iter().enumerate() {
                if row.len() != expected {
                    return Err(DesignError::Row {
                        row: idx + 1,
                        found: row.len(),
                        expected,
                    });
                }
            }
        }
        for (column, &leaf) in self.leaves.iter().enumerate() {
            let info = scenario.leaves.info(leaf);
            let outside = |value: &f64| !(*value >= info.min && *value <= info.max);
            let found = match &self.values {
                GivenValues::Grid(levels) => levels[column].iter().copied().find(outside),
                GivenValues::Table(rows) => rows.iter().map(|row| row[column]).find(outside),
            };
            if let Some(value) = found {
                return Err(DesignError::OutOfRange {
                    path: info.path.clone(),
                    value,
                    min: info.min,
                    max: info.max,
                });
            }
        }
        Ok(())
    }

    /// The value of one column at one point.
    ///
    /// # Panics
    /// If the design has no such point.
    pub(crate) fn value(&self, point: u64, column: usize) -> f64 {
        match &self.values {
            GivenValues::Table(rows) => rows[point as usize][column],
            GivenValues::Grid(levels) => {
                let after = levels[column + 1..].iter().map(|axis| axis.len() as u64);
                let stride: u64 = after.product();
                let axis = &levels[column];
                axis[(point / stride % axis.len() as u64) as usize]
            }
        }
    }
}

/// A value as the engine takes it: what a manifest keeps in decimal digits comes back with the same bits.
fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

fn find_all(scenario: &Scenario, paths: &[&str]) -> Result<Vec<Leaf>, DesignError> {
    let mut leaves = Vec::with_capacity(paths.len());
    for path in paths {
        let leaf = scenario
            .leaves
            .find(path)
            .ok_or_else(|| DesignError::UnknownPath {
                path: (*path).to_owned(),
            })?;
        if leaves.contains(&leaf) {
            return Err(DesignError::Twice {
                path: (*path).to_owned(),
            });
        }
        leaves.push(leaf);
    }
    Ok(leaves)
}

fn levels(
    axis: &Axis,
    leaf: Leaf,
    quantile: impl Fn(Leaf, f64) -> Option<f64>,
) -> Result<Vec<f64>, DesignError> {
    match &axis.levels {
        Levels::Values(values) => Ok(values.iter().copied().map(single).collect()),
        Levels::Shares(n) => {
            let not_uncertain = || DesignError::NotUncertain {
                path: axis.path.clone(),
            };
            let share = |level: u64| (level as f64 + 0.5) / *n as f64;
            if *n > CELLS_MAX {
                return Err(DesignError::Points {
                    points: *n,
                    max: CELLS_MAX,
                });
            }
            (0..*n)
                .map(|level| quantile(leaf, share(level)).ok_or_else(not_uncertain))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests;
