//! What is turned: `PATH=LOW..HIGH:STEPS` or a list, to steps and points.

use foedera_scenario::{Leaf, Scenario, path};

use crate::{
    commands::sensitivity::inputs::{leaf_at, range_of, within},
    failure::Failure,
    number::plain,
};

/// Steps of a range, if nobody says.
const STEPS: usize = 7;
/// Most steps of one path.
const STEPS_MAX: usize = 1000;

/// One path that is turned.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    /// Its path.
    pub(super) path: String,
    /// Its unit.
    pub(super) unit: String,
    /// The number at the path; none if words are set.
    leaf: Option<Leaf>,
    /// Values of the steps; places if words are set.
    pub(super) values: Vec<f64>,
    /// The steps as they are written.
    pub(super) names: Vec<String>,
    /// Whether a range was given.
    is_range: bool,
}

/// One point of a sweep: a step of each axis, or a value.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// Value along each axis; the place of a step where words are set.
    pub(super) values: Vec<f64>,
    /// Axes that set words, with the place of the word.
    words: Vec<(usize, usize)>,
}

impl Axis {
    /// Reads one `--vary`.
    ///
    /// # Errors
    /// If the path does not exist, or the steps make no sense or leave the valid range.
    pub(super) fn read(scenario: &Scenario, text: &str) -> Result<Self, Failure> {
        let Some((path, steps)) = text.split_once('=') else {
            return Err(Failure::BadRange {
                option: "--vary",
                path: text.to_owned(),
                what: "write PATH=LOW..HIGH:STEPS, or PATH=VALUE,VALUE,...".to_owned(),
            });
        };
        let (path, steps) = (path.trim(), steps.trim());
        if steps.contains("..") {
            return Self::range_over(scenario, path, steps);
        }
        let words = listed(steps);
        let numbers: Option<Vec<f64>> = words
            .iter()
            .map(|word| word.parse().ok().filter(|x: &f64| x.is_finite()))
            .collect();
        match (numbers, path::find(&scenario.leaves, path)) {
            (Some(values), _) => Self::list_of(scenario, path, values),
            // A number that is to be a word, or something else than a number: what it means is told by the loader.
            (None, Some(_)) => Err(Failure::BadRange {
                option: "--vary",
                path: path.to_owned(),
                what: format!("`{steps}` are not all numbers"),
            }),
            (None, None) => Ok(Self {
                path: path.to_owned(),
                unit: String::new(),
                leaf: None,
                values: (0_u32..).map(f64::from).take(words.len()).collect(),
                names: words,
                is_range: false,
            }),
        }
    }

    fn range_over(scenario: &Scenario, path: &str, steps: &str) -> Result<Self, Failure> {
        let bad = |what: String| Failure::BadRange {
            option: "--vary",
            path: path.to_owned(),
            what,
        };
        let (range, count) = match steps.rsplit_once(':') {
            None => (steps, STEPS),
            Some((range, count)) => {
                let count = count.trim().parse().ok();
                let count = count.filter(|count| (2..=STEPS_MAX).contains(count));
                let what = || {
                    bad(format!(
                        "`{steps}` has no number of steps from 2 to {STEPS_MAX} at its end"
                    ))
                };
                (range, count.ok_or_else(what)?)
            }
        };
        let (leaf, low, high) = range_of(scenario, path, range, "--vary")?;
        let last = f64::from(u32::try_from(count - 1).unwrap_or(u32::MAX));
        let values = (0_u32..).take(count).map(|step| {
            let share = f64::from(step) / last;
            // The ends are exact.
            low * (1.0 - share) + high * share
        });
        Ok(Self::of_numbers(scenario, leaf, values.collect(), true))
    }

    fn list_of(scenario: &Scenario, path: &str, mut values: Vec<f64>) -> Result<Self, Failure> {
        let leaf = leaf_at(scenario, path, "--vary")?;
        let bad = |what: String| Failure::BadRange {
            option: "--vary",
            path: path.to_owned(),
            what,
        };
        within(scenario, leaf, &values).map_err(bad)?;
        values.sort_by(f64::total_cmp);
        values.dedup();
        if values.len() < 2 || values.len() > STEPS_MAX {
            return Err(bad(format!("2 to {STEPS_MAX} different values are needed")));
        }
        Ok(Self::of_numbers(scenario, leaf, values, false))
    }

    fn of_numbers(scenario: &Scenario, leaf: Leaf, values: Vec<f64>, is_range: bool) -> Self {
        let info = scenario.leaves.info(leaf);
        Self {
            path: info.path.clone(),
            unit: info.unit.clone(),
            leaf: Some(leaf),
            names: values.iter().map(|value| plain(*value)).collect(),
            values,
            is_range,
        }
    }

    /// The number and the ends of its range, if it has one.
    pub(super) fn range(&self) -> Option<(Leaf, f64, f64)> {
        let ends = self.leaf.zip(self.values.first()).zip(self.values.last());
        ends.filter(|_| self.is_range)
            .map(|((leaf, low), high)| (leaf, *low, *high))
    }

    /// Whether words are set.
    pub(super) const fn is_words(&self) -> bool {
        self.leaf.is_none()
    }

    /// Path and unit.
    pub(super) fn label(&self) -> String {
        if self.unit.is_empty() {
            self.path.clone()
        } else {
            format!("{} [{}]", self.path, self.unit)
        }
    }
}

/// The items of a list, by commas outside of brackets and quotes.
fn listed(text: &str) -> Vec<String> {
    let (mut items, mut depth, mut quoted) = (vec![String::new()], 0_i32, false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(letter);
        }
    }
    items.iter().map(|item| item.trim().to_owned()).collect()
}

/// Every combination of steps; the last axis moves fastest.
pub(super) fn grid(axes: &[Axis]) -> Vec<Point> {
    let mut points = vec![Point {
        values: Vec::new(),
        words: Vec::new(),
    }];
    for (idx, axis) in axes.iter().enumerate() {
        let steps = points.iter().flat_map(|point| {
            axis.values.iter().enumerate().map(move |(step, value)| {
                let mut next = point.clone();
                next.values.push(*value);
                if axis.is_words() {
                    next.words.push((idx, step));
                }
                next
            })
        });
        points = steps.collect();
    }
    points
}

impl Point {
    /// A point of a design, by the value of each number.
    pub(super) fn spread(axes: &[Axis], value: impl Fn(Leaf) -> f64) -> Self {
        let values = axes.iter().filter_map(|axis| axis.leaf).map(value);
        Self {
            values: values.collect(),
            words: Vec::new(),
        }
    }

    /// Axes that set words, with the place of the word.
    pub(super) fn words(&self) -> &[(usize, usize)] {
        &self.words
    }

    /// The numbers that are held at this point.
    pub(super) fn settings(&self, axes: &[Axis]) -> Vec<(Leaf, f64)> {
        let pairs = axes.iter().zip(&self.values);
        pairs
            .filter_map(|(axis, value)| Some((axis.leaf?, *value)))
            .collect()
    }

    /// A value as it is written.
    pub(super) fn name(&self, axes: &[Axis], axis: usize) -> String {
        match self.words.iter().find(|of| of.0 == axis) {
            Some((_, step)) => axes[axis].names[*step].clone(),
            None => plain(self.values[axis]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_outside_of_brackets() {
        assert_eq!(listed("1, 2,5"), ["1", "2", "5"]);
        assert_eq!(
            listed("Consensus,OptIn(min: 2, max: 3),\"a,b\""),
            ["Consensus", "OptIn(min: 2, max: 3)", "\"a,b\""]
        );
    }

    #[test]
    fn the_last_axis_of_a_grid_moves_fastest() {
        let axis = |names: &[&str]| Axis {
            path: names[0].to_owned(),
            unit: String::new(),
            leaf: None,
            values: (0_u32..).map(f64::from).take(names.len()).collect(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            is_range: false,
        };
        let axes = [axis(&["a", "b"]), axis(&["x", "y", "z"])];
        let points = grid(&axes);
        let named = |point: &Point| format!("{}{}", point.name(&axes, 0), point.name(&axes, 1));
        let names: Vec<String> = points.iter().map(named).collect();
        assert_eq!(names, ["ax", "ay", "az", "bx", "by", "bz"]);
        assert!(points[0].settings(&axes).is_empty());
    }
}
