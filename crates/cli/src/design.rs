//! The options that choose a design: how the inputs of the replicates are drawn, and how often each draw is run.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use foedera_ensemble::design::{Axis, COPIES_MAX, Design, Levels, Method};
use foedera_scenario::Scenario;

use crate::{face::Face, failure::Failure, nearest, number, sources};

/// Replicates if nobody says how many.
const N: u64 = 10_000;
/// Independent copies of a hypercube or a scrambled sequence, if each then has points enough.
const COPIES: u64 = 8;
/// Fewer points than this are no copy of their own unless asked for.
const COPY_POINTS_MIN: u64 = 64;
/// Most levels of an axis.
const LEVELS_MAX: u64 = 10_000;
/// Most rows of a table of inputs.
const ROWS_MAX: usize = 1_000_000;

/// How inputs are drawn.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Design")]
pub(crate) struct DesignArgs {
    /// How the inputs of the replicates are chosen [default: monte-carlo]
    #[arg(long, value_enum, value_name = "DESIGN")]
    design: Option<Word>,
    /// Draws of the inputs, instead of -n: each is run --replicates-per-draw times
    #[arg(long, value_name = "N", value_parser = crate::command_line::replicates, conflicts_with = "n")]
    draws: Option<u64>,
    /// Replicates of each draw of the inputs: other luck, same inputs; 2 or more tell luck from ignorance [default: 1]
    #[arg(long, value_name = "R", value_parser = crate::command_line::replicates)]
    replicates_per_draw: Option<u64>,
    /// Independent copies of a latin-hypercube or sobol design, which show its error [default: up to 8]
    #[arg(long, value_name = "N", value_parser = copies)]
    copies: Option<u64>,
    /// One axis of a grid: PATH=5 (equally likely parts of its distribution), PATH=0.1..0.9:5 or PATH=0.1,0.5; may be
    /// repeated
    #[arg(long, value_name = "PATH=LEVELS", value_parser = axis)]
    levels: Vec<Axis>,
    /// The points of a table: a CSV file whose columns are paths, one row for each draw of the inputs
    #[arg(long, value_name = "FILE")]
    table_of_inputs: Option<PathBuf>,
}

/// The word of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Word {
    /// Each replicate draws on its own
    MonteCarlo,
    /// Each input's values spread evenly over its distribution
    LatinHypercube,
    /// A scrambled Sobol' sequence, which fills the space of all inputs evenly
    Sobol,
    /// Every combination of the --levels
    Grid,
    /// The rows of --table-of-inputs
    Table,
}

impl Word {
    const fn text(self) -> &'static str {
        match self {
            Self::MonteCarlo => "monte-carlo",
            Self::LatinHypercube => "latin-hypercube",
            Self::Sobol => "sobol",
            Self::Grid => "grid",
            Self::Table => "table",
        }
    }
}

impl DesignArgs {
    /// The design with its number of replicates; `n` is the number asked for, if any.
    ///
    /// # Errors
    /// If the options contradict one another, or a table cannot be read.
    pub(crate) fn of(&self, scenario: &Scenario, n: Option<u64>) -> Result<(u64, Design), Failure> {
        let word = self.word()?;
        for axis in &self.levels {
            known(scenario, "--levels", &axis.path)?;
        }
        let method = match word {
            Word::Grid => Method::Grid {
                axes: self.levels.clone(),
            },
            Word::Table => self.table(scenario)?,
            Word::MonteCarlo | Word::LatinHypercube | Word::Sobol => {
                return self.drawn(word, n);
            }
        };
        self.fixed(method, n)
    }

    /// The options as they are written, without what is not said.
    pub(crate) fn command(&self, design: &Design) -> Vec<String> {
        let mut words = Vec::new();
        if design.is_default() {
            return words;
        }
        words.extend(["--design".to_owned(), design.word().to_owned()]);
        if design.per_point > 1 {
            let per_point = design.per_point.to_string();
            words.extend(["--replicates-per-draw".to_owned(), per_point]);
        }
        if let Some(copies) = design.copies() {
            words.extend(["--copies".to_owned(), copies.to_string()]);
        }
        for axis in &self.levels {
            words.extend(["--levels".to_owned(), written(axis)]);
        }
        if let Some(file) = &self.table_of_inputs {
            words.extend(["--table-of-inputs".to_owned(), file.display().to_string()]);
        }
        words
    }

    /// The word of the design, said or implied.
    fn word(&self) -> Result<Word, Failure> {
        let implied = match (&self.table_of_inputs, self.levels.is_empty()) {
            (Some(_), true) => Some(("--table-of-inputs", Word::Table)),
            (None, false) => Some(("--levels", Word::Grid)),
            (Some(_), false) => {
                return Err(refused(
                    "combine --levels with --table-of-inputs",
                    "write the combinations into the table",
                ));
            }
            (None, true) => None,
        };
        let word = match (self.design, implied) {
            (Some(said), Some((option, word))) if said != word => {
                return Err(refused(
                    format!(
                        "use {option} with --design {}: it belongs to --design {}",
                        said.text(),
                        word.text()
                    ),
                    "leave one of the two out",
                ));
            }
            (Some(Word::Grid), None) => {
                return Err(refused(
                    "make a grid without axes",
                    "name them, as in --levels drivers.oil.mean=5",
                ));
            }
            (Some(Word::Table), None) => {
                return Err(refused(
                    "make a design from no table",
                    "name it, as in --table-of-inputs points.csv",
                ));
            }
            (said, implied) => said
                .or(implied.map(|(_, word)| word))
                .unwrap_or(Word::MonteCarlo),
        };
        let has_copies = matches!(word, Word::LatinHypercube | Word::Sobol);
        if self.copies.is_some() && !has_copies {
            return Err(refused(
                format!("use --copies with --design {}", word.text()),
                "it belongs to --design latin-hypercube and sobol",
            ));
        }
        Ok(word)
    }

    /// A design that is drawn: as many points as wanted.
    fn drawn(&self, word: Word, n: Option<u64>) -> Result<(u64, Design), Failure> {
        let per_point = self.replicates_per_draw.unwrap_or(1);
        let n = match self.draws {
            Some(draws) => draws.saturating_mul(per_point),
            None => n.unwrap_or(N),
        };
        if n > crate::command_line::REPLICATES_MAX {
            return Err(refused(
                format!("run {} replicates", number::count(n)),
                "fewer --draws, or fewer --replicates-per-draw",
            ));
        }
        let points = n.div_ceil(per_point);
        let usual = || {
            let most = (points / COPY_POINTS_MIN).clamp(1, COPIES);
            1 << most.ilog2()
        };
        let copies = self.copies.unwrap_or_else(usual);
        let method = match word {
            Word::LatinHypercube => Method::LatinHypercube { points, copies },
            Word::Sobol => Method::Sobol { copies },
            _ => Method::MonteCarlo,
        };
        Ok((n, Design { method, per_point }))
    }

    /// A design that says its number of points.
    fn fixed(&self, method: Method, n: Option<u64>) -> Result<(u64, Design), Failure> {
        let mut design = Design {
            method,
            per_point: self.replicates_per_draw.unwrap_or(1),
        };
        let points = design.points().unwrap_or(0);
        if points == 0 {
            return Err(refused("run a design without points", "add some"));
        }
        if let Some(draws) = self.draws.filter(|draws| *draws != points) {
            return Err(refused(
                format!(
                    "run {} draws of a {} with {} points",
                    number::count(draws),
                    design.word(),
                    number::count(points)
                ),
                "leave --draws out: the design says how many there are",
            ));
        }
        if let Some(n) = n {
            let asked = n / points;
            let fits =
                n.is_multiple_of(points) && self.replicates_per_draw.is_none_or(|r| r == asked);
            if !fits {
                return Err(refused(
                    format!(
                        "run {} replicates of a {} with {} points",
                        number::count(n),
                        design.word(),
                        number::count(points)
                    ),
                    "leave -n out and say --replicates-per-draw: every point gets as many",
                ));
            }
            design.per_point = asked;
        }
        let n = design.replicates().unwrap_or(0);
        if n > crate::command_line::REPLICATES_MAX {
            return Err(refused(
                format!("run {} replicates", number::count(n)),
                "fewer levels, or fewer --replicates-per-draw",
            ));
        }
        Ok((n, design))
    }

    /// Reads the table of inputs.
    fn table(&self, scenario: &Scenario) -> Result<Method, Failure> {
        let path = self.table_of_inputs.as_deref().unwrap_or(Path::new(""));
        let bytes = sources::read(path).map_err(|error| Failure::File {
            action: crate::commands::TABLE,
            path: path.to_path_buf(),
            error,
        })?;
        let broken = |what: String| refused(format!("read {}: {what}", path.display()), TABLE_HELP);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(bytes.as_slice());
        let head = reader
            .headers()
            .map_err(|error| broken(error.to_string()))?;
        let paths: Vec<String> = head.iter().map(str::to_owned).collect();
        for path in &paths {
            known(scenario, "--table-of-inputs", path)?;
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| broken(error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let number = |(text, path): (&str, &String)| {
                let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
                value.ok_or_else(|| broken(format!("line {line}, {path}: `{text}` is no number")))
            };
            if rows.len() >= ROWS_MAX {
                return Err(broken(format!(
                    "more than {} rows",
                    number::count(ROWS_MAX as u64)
                )));
            }
            let row: Result<Vec<f64>, Failure> = record.iter().zip(&paths).map(number).collect();
            rows.push(row?);
        }
        Ok(Method::Table { paths, rows })
    }
}

const TABLE_HELP: &str =
    "a table of inputs is a CSV file: paths in its first row, then a row of numbers for each point";

/// Says what a design could do better.
pub(crate) fn advise(face: &Face, design: &Design, n: u64) {
    let Method::Sobol { copies } = design.method else {
        return;
    };
    let points = n.div_ceil(design.per_point);
    let each = points / copies.max(1);
    if points.is_multiple_of(copies.max(1)) && each.is_power_of_two() {
        return;
    }
    let better = each.max(1).next_power_of_two();
    let total = better
        .saturating_mul(copies)
        .saturating_mul(design.per_point);
    face.note(&format!(
        "a Sobol' design is even at powers of two: {} replicates would be {} scrambles of {} points",
        number::count(total),
        number::count(copies),
        number::count(better),
    ));
}

fn known(scenario: &Scenario, option: &'static str, path: &str) -> Result<(), Failure> {
    if scenario.leaves.find(path).is_some() {
        return Ok(());
    }
    let paths = scenario.leaves.iter().map(|(_, info)| info.path.as_str());
    Err(Failure::NoSuchName {
        option,
        kind: "path",
        name: path.to_owned(),
        nearest: nearest::names(path, paths),
    })
}

fn refused(what: impl Into<String>, help: &'static str) -> Failure {
    Failure::Model {
        what: what.into(),
        help,
    }
}

/// An axis as the command line writes it.
fn written(axis: &Axis) -> String {
    let levels = match &axis.levels {
        Levels::Shares(n) => n.to_string(),
        Levels::Values(values) => {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            // One value alone would be read as a number of levels.
            let comma = if values.len() == 1 { "," } else { "" };
            values.join(",") + comma
        }
    };
    format!("{}={levels}", axis.path)
}

fn copies(text: &str) -> Result<u64, String> {
    let value = text.parse::<u64>().ok();
    let value = value.filter(|value| (1..=COPIES_MAX).contains(value));
    value.ok_or_else(|| format!("expected a whole number from 1 to {COPIES_MAX}"))
}

/// Reads `PATH=5`, `PATH=0.1..0.9:5` or `PATH=0.1,0.5`.
pub(crate) fn axis(text: &str) -> Result<Axis, String> {
    const FORMS: &str = "expected PATH=5, PATH=0.1..0.9:5 or PATH=0.1,0.5";
    let (path, levels) = text.split_once('=').ok_or(FORMS)?;
    let (path, levels) = (path.trim(), levels.trim());
    if path.is_empty() || levels.is_empty() {
        return Err(FORMS.to_owned());
    }
    let count = |text: &str| {
        let n = text.trim().parse::<u64>().ok();
        let n = n.filter(|n| (1..=LEVELS_MAX).contains(n));
        n.ok_or_else(|| {
            format!(
                "1 to {LEVELS_MAX} levels are possible, not `{}`",
                text.trim()
            )
        })
    };
    let value = |text: &str| {
        let value = text.trim().parse::<f64>().ok();
        let value = value.filter(|value| value.is_finite());
        value.ok_or_else(|| format!("`{}` is no number: {FORMS}", text.trim()))
    };
    let levels = if let Some((ends, n)) = levels.split_once(':') {
        let (low, high) = ends.split_once("..").ok_or(FORMS)?;
        evenly(value(low)?, value(high)?, count(n)?)
    } else if levels.contains(',') {
        let values = levels.split(',').filter(|text| !text.trim().is_empty());
        Levels::Values(values.map(value).collect::<Result<_, _>>()?)
    } else {
        Levels::Shares(count(levels)?)
    };
    if levels.count() == 0 {
        return Err(FORMS.to_owned());
    }
    Ok(Axis {
        path: path.to_owned(),
        levels,
    })
}

/// So many values from one end to the other; a single one is the first.
fn evenly(low: f64, high: f64, n: u64) -> Levels {
    #[expect(clippy::cast_precision_loss, reason = "at most ten thousand levels")]
    let at = |level: u64| match level {
        0 => low,
        _ if level + 1 == n => high,
        _ => low + (high - low) * (level as f64) / (n as f64 - 1.0),
    };
    Levels::Values((0..n).map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_read_in_three_forms() {
        let levels = |text: &str| axis(text).map(|axis| axis.levels);
        assert_eq!(levels("a.b=5"), Ok(Levels::Shares(5)));
        assert_eq!(
            levels("a.b = 0..1:5"),
            Ok(Levels::Values(vec![0.0, 0.25, 0.5, 0.75, 1.0]))
        );
        assert_eq!(levels("a=-1,2"), Ok(Levels::Values(vec![-1.0, 2.0])));
        assert_eq!(levels("a=3,"), Ok(Levels::Values(vec![3.0])));
        for bad in [
            "a", "a=", "=5", "a=0", "a=x", "a=1..2", "a=1..x:3", "a=,", "a=nan,1",
        ] {
            assert!(axis(bad).is_err(), "{bad}");
        }
        for text in ["a=5", "a=0.1,0.5", "a=3,"] {
            assert_eq!(axis(&written(&axis(text).unwrap())), axis(text));
        }
    }

    fn args(design: Option<Word>) -> DesignArgs {
        DesignArgs {
            design,
            ..DesignArgs::default()
        }
    }

    #[test]
    fn what_is_not_said_is_usual() {
        let drawn = |args: &DesignArgs, n| args.drawn(args.word().unwrap(), n).unwrap();
        assert_eq!(drawn(&args(None), None), (N, Design::default()));
        let (n, sobol) = drawn(&args(Some(Word::Sobol)), Some(300));
        assert_eq!((n, sobol.method), (300, Method::Sobol { copies: 4 }));
        let nested = DesignArgs {
            draws: Some(100),
            replicates_per_draw: Some(4),
            ..args(Some(Word::LatinHypercube))
        };
        let (n, latin) = drawn(&nested, None);
        assert_eq!(n, 400);
        assert_eq!(latin.replicates(), Some(400));
        assert_eq!(latin.copies(), Some(1));
    }

    #[test]
    fn a_grid_says_how_many_replicates_it_has() {
        let grid = |r, n| {
            let args = DesignArgs {
                levels: vec![axis("a=3").unwrap(), axis("b=0..1:4").unwrap()],
                replicates_per_draw: r,
                ..args(None)
            };
            assert_eq!(args.word().unwrap(), Word::Grid);
            let axes = args.levels.clone();
            args.fixed(Method::Grid { axes }, n)
                .map(|(n, design)| (n, design.per_point))
                .map_err(|failure| failure.to_string())
        };
        assert_eq!(grid(None, None), Ok((12, 1)));
        assert_eq!(grid(Some(5), None), Ok((60, 5)));
        assert_eq!(grid(None, Some(24)), Ok((24, 2)));
        assert!(grid(None, Some(25)).is_err());
        assert!(grid(Some(3), Some(24)).is_err());
    }

    #[test]
    fn options_that_contradict_one_another_are_refused() {
        let levels = vec![axis("a=3").unwrap()];
        for bad in [
            args(Some(Word::Grid)),
            args(Some(Word::Table)),
            DesignArgs {
                levels: levels.clone(),
                ..args(Some(Word::Sobol))
            },
            DesignArgs {
                copies: Some(2),
                ..args(Some(Word::MonteCarlo))
            },
            DesignArgs {
                levels,
                table_of_inputs: Some(PathBuf::from("x.csv")),
                ..args(None)
            },
        ] {
            assert!(bad.word().is_err(), "{bad:?}");
        }
    }
}
