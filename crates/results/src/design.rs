//! Which inputs the replicates of a run have: the design, as a manifest records it.
//!
//! Replicates come in *points*: replicate k has the inputs of point k / [`Design::per_point`], and its own luck.
//! The ensemble makes points from a design and a seed alone; analyses ask a design whether it fits them
//! ([`Design::require`]) and refuse with the one that does.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which inputs the replicates of a run have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// How points are chosen.
    pub method: Method,
    /// Replicates of each point, at least 1: same inputs, other luck.
    pub per_point: u64,
}

/// How points are chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Method {
    /// Each point is drawn on its own. Any number of points.
    MonteCarlo,
    /// Each input's values are spread evenly over its distribution: one in each of as many equally likely strata
    /// as a copy has points (`McKay`, Beckman and Conover 1979).
    LatinHypercube {
        /// Points of all copies.
        points: u64,
        /// Independent hypercubes, dealt out in turn: point p belongs to copy p mod `copies`.
        copies: u64,
    },
    /// Points of a scrambled Sobol' sequence. Any number of points.
    Sobol {
        /// Independent scrambles, dealt out in turn: point p belongs to copy p mod `copies`.
        copies: u64,
    },
    /// Every combination of some levels; the last axis moves fastest. Inputs without an axis are drawn for each
    /// replicate.
    Grid {
        /// What is combined.
        axes: Vec<Axis>,
    },
    /// Points written down one by one. Inputs that are not in the table are drawn for each replicate.
    Table {
        /// Paths of the columns.
        paths: Vec<String>,
        /// Values, a row for each point.
        rows: Vec<Vec<f64>>,
    },
}

/// One axis of a grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Path of the number.
    pub path: String,
    /// Where it stands.
    pub levels: Levels,
}

/// Where an axis of a grid stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Levels {
    /// In the middle of so many equally likely parts of its distribution.
    Shares(u64),
    /// At these values.
    Values(Vec<f64>),
}

impl Levels {
    /// How many there are.
    pub const fn count(&self) -> u64 {
        match self {
            Self::Shares(n) => *n,
            Self::Values(values) => values.len() as u64,
        }
    }
}

impl Default for Design {
    /// One replicate for each of independent points.
    fn default() -> Self {
        Self::monte_carlo(1)
    }
}

impl Design {
    /// Independent points with so many replicates each.
    pub const fn monte_carlo(per_point: u64) -> Self {
        Self {
            method: Method::MonteCarlo,
            per_point,
        }
    }

    /// Whether it is the default: a manifest leaves it out.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The number of points, if the design says it; `None` if there are as many as wanted.
    pub fn points(&self) -> Option<u64> {
        match &self.method {
            Method::MonteCarlo | Method::Sobol { .. } => None,
            Method::LatinHypercube { points, .. } => Some(*points),
            Method::Grid { axes } => Some(
                axes.iter()
                    .map(|axis| axis.levels.count())
                    .fold(1, u64::saturating_mul),
            ),
            Method::Table { rows, .. } => Some(rows.len() as u64),
        }
    }

    /// The number of replicates, if the design says it.
    pub fn replicates(&self) -> Option<u64> {
        Some(self.points()?.saturating_mul(self.per_point))
    }

    /// The point of a replicate.
    pub const fn point(&self, replicate: u64) -> u64 {
        replicate
            / if self.per_point > 1 {
                self.per_point
            } else {
                1
            }
    }

    /// Independent copies of the design; an estimate's error can be told from how far they differ.
    pub const fn copies(&self) -> Option<u64> {
        match self.method {
            Method::LatinHypercube { copies, .. } | Method::Sobol { copies } => Some(copies),
            _ => None,
        }
    }

    /// The copy that a replicate belongs to, where there are copies.
    pub fn copy(&self, replicate: u64) -> Option<u64> {
        Some(self.point(replicate) % self.copies()?.max(1))
    }

    /// The word of `--design`.
    pub const fn word(&self) -> &'static str {
        match self.method {
            Method::MonteCarlo => "monte-carlo",
            Method::LatinHypercube { .. } => "latin-hypercube",
            Method::Sobol { .. } => "sobol",
            Method::Grid { .. } => "grid",
            Method::Table { .. } => "table",
        }
    }

    /// Whether an analysis can use runs of this design.
    ///
    /// # Errors
    /// If it cannot: says what the design lacks and which one to use.
    pub fn require(&self, analysis: &str, need: Need) -> Result<(), Unfit> {
        let sampled = !matches!(self.method, Method::Grid { .. } | Method::Table { .. });
        let fits = match need {
            Need::Sample => sampled,
            Need::Independent => self.method == Method::MonteCarlo,
            Need::Repeated => self.per_point > 1,
            Need::Open => self.points().is_none(),
        };
        if fits {
            return Ok(());
        }
        Err(Unfit {
            analysis: analysis.to_owned(),
            design: self.to_string(),
            need,
        })
    }
}

impl fmt::Display for Design {
    /// `Latin hypercube of 1000 points in 8 copies, 4 replicates each`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.method {
            Method::MonteCarlo => write!(f, "Monte Carlo")?,
            Method::LatinHypercube { points, copies } => {
                write!(f, "Latin hypercube of {points} points")?;
                in_copies(f, *copies, "hypercubes")?;
            }
            Method::Sobol { copies } => {
                write!(f, "scrambled Sobol' points")?;
                in_copies(f, *copies, "scrambles")?;
            }
            Method::Grid { axes } => {
                let levels: Vec<String> = axes
                    .iter()
                    .map(|axis| axis.levels.count().to_string())
                    .collect();
                write!(f, "grid of {} points", levels.join(" × "))?;
            }
            Method::Table { rows, .. } => write!(f, "table of {} points", rows.len())?,
        }
        if self.per_point > 1 {
            write!(f, ", {} replicates each", self.per_point)?;
        }
        Ok(())
    }
}

fn in_copies(f: &mut fmt::Formatter<'_>, copies: u64, what: &str) -> fmt::Result {
    if copies > 1 {
        write!(f, " in {copies} independent {what}")?;
    }
    Ok(())
}

/// What an analysis needs of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Points that stand for the inputs' distributions: shares of replicates are probabilities.
    Sample,
    /// Points independent of one another: each replicate is a trial of its own.
    Independent,
    /// Several replicates of each point: luck can be told from ignorance.
    Repeated,
    /// As many points as wanted: the run can be made longer.
    Open,
}

/// An analysis that does not fit the design of its run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{analysis} needs {}, and this run has another design ({design})", .need.words())]
pub struct Unfit {
    /// What was wanted.
    pub analysis: String,
    /// The design there is, in words.
    pub design: String,
    /// What it lacks.
    pub need: Need,
}

impl Unfit {
    /// What to do instead.
    pub const fn remedy(&self) -> &'static str {
        match self.need {
            Need::Sample => {
                "run again with --design monte-carlo, latin-hypercube or sobol: a grid and a table stand \
                 where they were put, not where the inputs are likely to be"
            }
            Need::Independent => "run again with --design monte-carlo",
            Need::Repeated => {
                "run again with --replicates-per-draw 4 or more: then luck and ignorance can be told apart"
            }
            Need::Open => {
                "run again with --design monte-carlo or sobol, which can be made longer, or with all points \
                 at once"
            }
        }
    }
}

impl Need {
    const fn words(self) -> &'static str {
        match self {
            Self::Sample => "points that stand for the inputs' distributions",
            Self::Independent => "independent draws of the inputs",
            Self::Repeated => "several replicates of each draw of the inputs",
            Self::Open => "a design that can be made longer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Design {
        let axis = |levels| Axis {
            path: "a".to_owned(),
            levels,
        };
        Design {
            method: Method::Grid {
                axes: vec![
                    axis(Levels::Shares(3)),
                    axis(Levels::Values(vec![0.1, 0.2])),
                ],
            },
            per_point: 5,
        }
    }

    #[test]
    fn a_design_counts_its_points() {
        assert_eq!(grid().points(), Some(6));
        assert_eq!(grid().replicates(), Some(30));
        assert_eq!(grid().point(29), 5);
        assert_eq!(Design::default().replicates(), None);
        let sobol = Design {
            method: Method::Sobol { copies: 4 },
            per_point: 2,
        };
        assert_eq!(sobol.copy(11), Some(1));
        assert_eq!(sobol.point(11), 5);
        assert_eq!(
            sobol.to_string(),
            "scrambled Sobol' points in 4 independent scrambles, 2 replicates each"
        );
    }

    #[test]
    fn an_analysis_that_does_not_fit_names_the_design_that_does() {
        let fits = |of: &Design, need| of.require("a", need).is_ok();
        assert!(fits(&Design::default(), Need::Independent));
        assert!(!fits(&Design::default(), Need::Repeated));
        assert!(fits(&Design::monte_carlo(2), Need::Repeated));
        assert!(!fits(&grid(), Need::Sample));
        let unfit = grid().require("the variance split", Need::Sample);
        let unfit = unfit.unwrap_err();
        assert_eq!(
            unfit.to_string(),
            "the variance split needs points that stand for the inputs' distributions, and this run has \
             another design (grid of 3 × 2 points, 5 replicates each)"
        );
        assert!(unfit.remedy().contains("--design monte-carlo"));
    }

    #[test]
    fn a_design_is_read_as_it_was_written() {
        for design in [grid(), Design::default(), Design::monte_carlo(3)] {
            let text = serde_json::to_string(&design).unwrap();
            assert_eq!(serde_json::from_str::<Design>(&text).unwrap(), design);
        }
    }
}
