//! Uncertain inputs: distributions, the paths and patterns they speak of, and rank correlations.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{At, Decoder};
use crate::distribution::{self, Reference};
use crate::leaf::Leaf;
use crate::limits;
use crate::model::{Correlation, Distribution, Uncertainty};
use crate::path::{self, Pattern};
use crate::spec::{ABOVE_ZERO, ANY, Choice, Field, Form, Shape, field, number};
use crate::text::Span;
use crate::tree::{Entry, Node, Value};

const fn any(name: &'static str, doc: &'static str) -> Field {
    number(name, -ANY, ANY, doc)
}

const fn positive(name: &'static str, doc: &'static str) -> Field {
    number(name, ABOVE_ZERO, ANY, doc)
}

/// A cut that leaves less is a mistake: quantiles between the cuts could not be told apart.
const MASS_MIN: f64 = 1e-9;

const LOW: Field = any("low", "Low end");
const HIGH: Field = any("high", "High end");
const MODE: Field = any("mode", "Mode");

/// The distributions.
pub(crate) const DISTRIBUTIONS: Choice = Choice {
    noun: "distribution",
    code: "scenario::unknown_distribution",
    doc: "The distribution of an uncertain input; a draw is clamped to the valid range of the input",
    variants: &[
        Shape {
            name: "Normal",
            doc: "Normal",
            fields: &[any("mean", "Mean"), positive("sd", "Standard deviation")],
        },
        Shape {
            name: "LogNormal",
            doc: "Lognormal",
            fields: &[
                positive("median", "Median"),
                number(
                    "log_sd",
                    ABOVE_ZERO,
                    20.0,
                    "Standard deviation of the logarithm",
                ),
            ],
        },
        Shape {
            name: "Uniform",
            doc: "Uniform",
            fields: &[LOW, HIGH],
        },
        Shape {
            name: "Triangular",
            doc: "Triangular",
            fields: &[LOW, MODE, HIGH],
        },
        Shape {
            name: "Pert",
            doc: "PERT: a beta on a range with a mode",
            fields: &[LOW, MODE, HIGH],
        },
        Shape {
            name: "Beta",
            doc: "Beta on 0 to 1",
            fields: &[
                number("alpha", 1e-3, 1e6, "First shape"),
                number("beta", 1e-3, 1e6, "Second shape"),
            ],
        },
        Shape {
            name: "Truncated",
            doc: "A distribution cut to a range",
            fields: &[
                field("of", Form::Choice("distribution"), "What is cut"),
                LOW,
                HIGH,
            ],
        },
        Shape {
            name: "Discrete",
            doc: "Values with weights",
            fields: &[field(
                "values",
                Form::Words("a list of (value, weight)"),
                "Values and weights",
            )],
        },
        Shape {
            name: "Quantiles",
            doc: "Elicited 5, 50 and 95 % quantiles, joined by split normals",
            fields: &[
                any("p5", "5 % quantile"),
                any("p50", "Median"),
                any("p95", "95 % quantile"),
            ],
        },
        Shape {
            name: "Empirical",
            doc: "Observed values, each as likely",
            fields: &[field("values", Form::Words("a list of numbers"), "Values")],
        },
        Shape {
            name: "Around",
            doc: "The base value plus a normal deviation",
            fields: &[positive("sd", "Standard deviation")],
        },
        Shape {
            name: "Scaled",
            doc: "The base value times a lognormal factor with median 1",
            fields: &[number(
                "log_sd",
                ABOVE_ZERO,
                20.0,
                "Standard deviation of the logarithm",
            )],
        },
        Shape {
            name: "Prior",
            doc: "The catalogue's own triangular range of a parameter",
            fields: &[],
        },
    ],
};

const VALUE: Field = any("values", "A value");
const WEIGHT: Field = positive("values", "A weight");

/// One line of `uncertainties`, before it is spread over leaves.
#[derive(Debug)]
pub(crate) struct Pending {
    pattern: Pattern,
    distribution: Distribution,
    key: Span,
    span: Span,
    path: String,
}

impl Decoder<'_> {
    /// Reads `uncertainties`; a key may be a pattern.
    pub(crate) fn pending(&mut self, file: &Fields) -> Vec<Pending> {
        let at = file.at("uncertainties");
        let mut all = Vec::new();
        for entry in file.lines(self, "uncertainties") {
            let Entry { key, value } = entry;
            let path = format!("{}.\"{}\"", at.path, key.text);
            let distribution = self.distribution(&value, &At::new(path.clone()));
            let pattern = Pattern::new(&key.text);
            let span = value.head();
            all.extend(distribution.map(|distribution| Pending {
                pattern,
                distribution,
                key: key.span,
                span,
                path,
            }));
        }
        all
    }

    /// Spreads them over leaves: the most specific wins, then the later (the scenario's come after
    /// the world's).
    pub(crate) fn spread(&mut self, pending: &[Pending]) -> Vec<Uncertainty> {
        let mut winners: BTreeMap<Leaf, usize> = BTreeMap::new();
        for (idx, one) in pending.iter().enumerate() {
            let leaves = self.leaves_of(one);
            for leaf in leaves {
                let old = winners
                    .get(&leaf)
                    .map(|old| pending[*old].pattern.wildness());
                if old.is_none_or(|old| one.pattern.wildness() <= old) {
                    winners.insert(leaf, idx);
                }
            }
        }
        let mut chosen: Vec<(usize, Leaf)> =
            winners.into_iter().map(|(leaf, idx)| (idx, leaf)).collect();
        chosen.sort_unstable();
        let mut all = Vec::with_capacity(chosen.len());
        for (idx, leaf) in chosen {
            let one = &pending[idx];
            if self.fits(one, leaf) {
                all.push(Uncertainty {
                    leaf,
                    distribution: one.distribution.clone(),
                });
            }
        }
        all
    }

    fn leaves_of(&mut self, one: &Pending) -> Vec<Leaf> {
        if !one.pattern.is_pattern() {
            let found = self.find_leaf(&one.pattern.text, one.key, &one.path);
            return found.into_iter().collect();
        }
        let found: Vec<Leaf> = self
            .leaves
            .iter()
            .filter(|(_, info)| one.pattern.matches(&info.path))
            .map(|(leaf, _)| leaf)
            .collect();
        // A catalogue without parameters (in tests) has none to be uncertain.
        let none_known =
            self.catalogue.params.is_empty() && one.pattern.text.starts_with("params.");
        if found.is_empty() && !none_known {
            let message = format!("no path fits `{}`", one.pattern.text);
            let mistake = self.mistake("scenario::unknown_path", one.key, &one.path, message);
            let heads = path::heads(&self.leaves);
            let mistake = mistake.expected(format!(
                "a path that begins with one of {}",
                heads.join(", ")
            ));
            self.push(mistake);
        }
        found
    }

    /// Whether a distribution makes sense for a leaf. Of a pattern, leaves that it cannot move are
    /// left out in silence; named ones are reported.
    fn fits(&mut self, one: &Pending, leaf: Leaf) -> bool {
        let info = self.leaves.info(leaf).clone();
        let named = !one.pattern.is_pattern();
        match &one.distribution {
            Distribution::Prior => {
                let moves = info.prior.is_some_and(|(low, _, high)| low < high);
                if !moves && named {
                    let message = format!("`{}` has no prior in the catalogue", info.path);
                    let mistake = self.mistake("scenario::no_prior", one.span, &one.path, message);
                    self.push(mistake.help("write a distribution with numbers"));
                }
                moves
            }
            Distribution::Scaled { .. } if info.value.abs() <= 0.0 => {
                if named {
                    let message = format!("`{}` is 0, and 0 times anything is 0", info.path);
                    let mistake =
                        self.mistake("scenario::scaled_zero", one.span, &one.path, message);
                    self.push(mistake.help("use `Around`"));
                }
                false
            }
            distribution => {
                if named {
                    self.check_support(distribution, &info, one);
                }
                true
            }
        }
    }

    fn check_support(
        &mut self,
        distribution: &Distribution,
        info: &crate::leaf::LeafInfo,
        one: &Pending,
    ) {
        let Some((low, high)) = support(distribution) else {
            return;
        };
        if low >= info.min && high <= info.max {
            return;
        }
        let message = format!(
            "values from {low} to {high} leave the valid range of `{}`",
            info.path
        );
        let mut mistake = self
            .mistake(
                "scenario::support_outside_range",
                one.span,
                &one.path,
                message,
            )
            .expected(crate::spec::number_in(info.min, info.max, &info.unit));
        if high >= info.min && low <= info.max {
            mistake = mistake
                .help("draws outside are clamped to the range")
                .as_warning();
        }
        self.push(mistake);
    }

    /// One distribution.
    pub(crate) fn distribution(&mut self, node: &Node, at: &At) -> Option<Distribution> {
        let (shape, fields) = self.variant(node, &DISTRIBUTIONS, at)?;
        let mut get = |name: &str| fields.number(self, name);
        match shape.name {
            "Normal" => {
                let (mean, sd) = (get("mean"), get("sd"));
                Some(Distribution::Normal {
                    mean: mean?,
                    sd: sd?,
                })
            }
            "LogNormal" => {
                let (median, log_sd) = (get("median"), get("log_sd"));
                Some(Distribution::LogNormal {
                    median: median?,
                    log_sd: log_sd?,
                })
            }
            "Beta" => {
                let (alpha, beta) = (get("alpha"), get("beta"));
                Some(Distribution::Beta {
                    alpha: alpha?,
                    beta: beta?,
                })
            }
            "Around" => Some(Distribution::Around { sd: get("sd")? }),
            "Scaled" => Some(Distribution::Scaled {
                log_sd: get("log_sd")?,
            }),
            "Prior" => Some(Distribution::Prior),
            "Discrete" => self.discrete(&fields),
            "Empirical" => self.empirical(&fields),
            _ => self.bounded(shape.name, &fields),
        }
    }

    /// Those with ends in order.
    fn bounded(&mut self, name: &str, fields: &Fields) -> Option<Distribution> {
        match name {
            "Uniform" => {
                let [low, high] = self.ascending(fields, ["low", "high"])?;
                Some(Distribution::Uniform { low, high })
            }
            "Triangular" => {
                let [low, mode, high] = self.ascending(fields, ["low", "mode", "high"])?;
                Some(Distribution::Triangular { low, mode, high })
            }
            "Pert" => {
                let [low, mode, high] = self.ascending(fields, ["low", "mode", "high"])?;
                Some(Distribution::Pert { low, mode, high })
            }
            "Quantiles" => {
                let [p5, p50, p95] = self.ascending(fields, ["p5", "p50", "p95"])?;
                Some(Distribution::Quantiles { p5, p50, p95 })
            }
            _ => {
                let at = fields.at("of");
                let of = fields
                    .node("of")
                    .and_then(|node| self.distribution(node, &at));
                let [low, high] = self.ascending(fields, ["low", "high"])?;
                let of = of?;
                self.check_mass(&of, fields, (low, high));
                Some(Distribution::Truncated {
                    of: Box::new(of),
                    low,
                    high,
                })
            }
        }
    }

    /// A cut must leave something; what depends on the base value is not known yet.
    fn check_mass(&mut self, of: &Distribution, fields: &Fields, (low, high): (f64, f64)) {
        let relative = matches!(
            of,
            Distribution::Around { .. } | Distribution::Scaled { .. } | Distribution::Prior
        );
        let reference = Reference {
            base: 0.0,
            prior: None,
        };
        if !relative && distribution::mass_between(of, reference, low, high) < MASS_MIN {
            let message = format!("nothing of the distribution lies between {low} and {high}");
            self.report("scenario::no_mass", fields.head, &fields.at.path, message);
        }
    }

    /// Numbers that must not fall, the last above the first.
    fn ascending<const N: usize>(&mut self, fields: &Fields, names: [&str; N]) -> Option<[f64; N]> {
        let read = names.map(|name| fields.number(self, name));
        let mut values = [0.0; N];
        for (value, read) in values.iter_mut().zip(read) {
            *value = read?;
        }
        let falls = (1..N).find(|idx| values[*idx] < values[idx - 1]);
        let flat = values[0] >= values[N - 1];
        let Some(wrong) = falls.or_else(|| flat.then_some(N - 1)) else {
            return Some(values);
        };
        let (code, message) = match (falls, names[wrong]) {
            (Some(_), "mode") => (
                "scenario::mode_outside",
                format!(
                    "the mode {} is below the low end {}",
                    values[wrong],
                    values[wrong - 1]
                ),
            ),
            (Some(_), _) if names[wrong - 1] == "mode" && values[wrong] >= values[0] => (
                "scenario::mode_outside",
                format!(
                    "the mode {} is above the high end {}",
                    values[wrong - 1],
                    values[wrong]
                ),
            ),
            (Some(_), name) => (
                "scenario::low_above_high",
                format!(
                    "{name} {} is below {} {}",
                    values[wrong],
                    names[wrong - 1],
                    values[wrong - 1]
                ),
            ),
            (None, _) => (
                "scenario::no_spread",
                format!("all values are {}", values[0]),
            ),
        };
        let path = fields.at(names[wrong]).path;
        let mistake = self.mistake(code, fields.span(names[wrong]), &path, message);
        self.push(mistake.expected(format!("{}, ascending", names.join(", "))));
        None
    }

    fn discrete(&mut self, fields: &Fields) -> Option<Distribution> {
        let at = fields.at("values");
        let node = fields.node("values")?;
        let mut values = Vec::new();
        let mut whole = true;
        for (idx, item) in self
            .list_of(node, &at.path, limits::POINTS, "values")
            .iter()
            .enumerate()
        {
            let at = at.item(idx);
            let pair = match &item.value {
                Value::Tuple(None, items) => <&[Node; 2]>::try_from(items.as_slice()).ok(),
                _ => None,
            };
            let Some([value, weight]) = pair else {
                self.wrong_type(item, &at.path, "a pair `(value, weight)`");
                whole = false;
                continue;
            };
            let read = self.number_in(value, &VALUE, &at.path);
            let weight = self.number_in(weight, &WEIGHT, &at.path);
            match (read, weight) {
                (Some(value), Some(weight)) => values.push((value, weight)),
                _ => whole = false,
            }
        }
        self.some_values(node, values.len(), &at.path);
        values.sort_by(|left, right| left.0.total_cmp(&right.0));
        (whole && !values.is_empty()).then_some(Distribution::Discrete(values))
    }

    fn empirical(&mut self, fields: &Fields) -> Option<Distribution> {
        let at = fields.at("values");
        let node = fields.node("values")?;
        let nodes = self.list_of(node, &at.path, limits::POINTS, "values");
        let read = nodes.iter().enumerate();
        let values: Vec<Option<f64>> = read
            .map(|(idx, item)| self.number_in(item, &VALUE, &at.item(idx).path))
            .collect();
        self.some_values(node, values.len(), &at.path);
        let mut values: Option<Vec<f64>> = values.into_iter().collect();
        if let Some(values) = &mut values {
            values.sort_by(f64::total_cmp);
        }
        values
            .filter(|values| !values.is_empty())
            .map(Distribution::Empirical)
    }

    fn some_values(&mut self, node: &Node, found: usize, path: &str) {
        let empty = matches!(&node.value, Value::List(items) if items.is_empty());
        if found == 0 && empty && !node.damaged {
            self.report(
                "scenario::too_few",
                node.head(),
                path,
                "a distribution without values",
            );
        }
    }

    /// Reads `correlations`; both sides must be uncertain.
    pub(crate) fn correlations(
        &mut self,
        file: &Fields,
        uncertainties: &[Uncertainty],
    ) -> Vec<Correlation> {
        let at = file.at("correlations");
        let Some(node) = file.node("correlations") else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::POINTS, "correlations");
        let mut all: Vec<Correlation> = Vec::new();
        for (idx, node) in nodes.iter().enumerate() {
            let path = at.item(idx).path;
            let Some(one) = self.correlation(node, &path, uncertainties) else {
                continue;
            };
            let same = |other: &Correlation| {
                (other.first, other.second) == (one.first, one.second)
                    || (other.first, other.second) == (one.second, one.first)
            };
            if all.iter().any(same) {
                let message = "the pair is correlated twice";
                self.report("scenario::duplicate_name", node.head(), &path, message);
            } else {
                all.push(one);
            }
        }
        all
    }

    fn correlation(
        &mut self,
        node: &Node,
        path: &str,
        uncertainties: &[Uncertainty],
    ) -> Option<Correlation> {
        const VALUE: Field = number("value", -1.0, 1.0, "Rank correlation");
        let items = match &node.value {
            Value::Tuple(None, items) => <&[Node; 3]>::try_from(items.as_slice()).ok(),
            _ => None,
        };
        let Some([first, second, value]) = items else {
            self.wrong_type(node, path, "a triple `(\"path\", \"path\", 0.3)`");
            return None;
        };
        let first = self.uncertain(first, path, uncertainties);
        let second_leaf = self.uncertain(second, path, uncertainties);
        let value = self.number_in(value, &VALUE, path);
        let (first, second_leaf, value) = (first?, second_leaf?, value?);
        if first == second_leaf {
            let message = "an input is fully correlated with itself";
            self.report("scenario::same_path", second.span, path, message);
            return None;
        }
        Some(Correlation {
            first,
            second: second_leaf,
            value,
        })
    }

    fn uncertain(
        &mut self,
        node: &Node,
        path: &str,
        uncertainties: &[Uncertainty],
    ) -> Option<Leaf> {
        let text = self.text(node, path)?;
        let leaf = self.find_leaf(&text, node.span, path)?;
        if !uncertainties.iter().any(|one| one.leaf == leaf) {
            let message = format!("`{text}` is not uncertain");
            let mistake = self
                .mistake("scenario::not_uncertain", node.span, path, message)
                .expected("the path of an uncertain input")
                .help("give it a distribution in `uncertainties`");
            self.push(mistake);
        }
        Some(leaf)
    }

    /// The leaf at a path; an unknown one is reported with the nearest.
    pub(crate) fn find_leaf(&mut self, text: &str, span: Span, path: &str) -> Option<Leaf> {
        let found = path::find(&self.leaves, text);
        // The path may be good and what it belongs to unreadable.
        let thing = text
            .match_indices('.')
            .nth(1)
            .map_or(text, |(at, _)| &text[..at]);
        if found.is_none() && !self.is_full() && !self.has_mistake_at(thing) {
            let mistake = self
                .mistake(
                    "scenario::unknown_path",
                    span,
                    path,
                    format!("unknown path `{text}`"),
                )
                .expected("the path of a number")
                .nearest_path(text, &self.leaves);
            self.push(mistake);
        }
        found
    }
}

/// The range of a distribution, if it has ends.
fn support(distribution: &Distribution) -> Option<(f64, f64)> {
    match distribution {
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Pert { low, high, .. }
        | Distribution::Truncated { low, high, .. } => Some((*low, *high)),
        Distribution::Beta { .. } => Some((0.0, 1.0)),
        Distribution::Discrete(values) => range(values.iter().map(|(value, _)| *value)),
        Distribution::Empirical(values) => range(values.iter().copied()),
        Distribution::Normal { .. }
        | Distribution::LogNormal { .. }
        | Distribution::Quantiles { .. }
        | Distribution::Around { .. }
        | Distribution::Scaled { .. }
        | Distribution::Prior => None,
    }
}

fn range(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let low = values.clone().reduce(f64::min)?;
    let high = values.reduce(f64::max)?;
    Some((low, high))
}
