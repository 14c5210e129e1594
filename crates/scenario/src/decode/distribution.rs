//! Distributions of uncertain inputs.

use super::fields::Fields;
use super::{At, Decoder};
use crate::distribution::{self, Reference};
use crate::limits;
use crate::model::{Distribution, Family};
use crate::spec::{ABOVE_ZERO, ANY, Choice, Field, Form, Shape, field, number};
use crate::tree::{Node, Value};

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
            doc: "Elicited 5, 50 and 95 % quantiles, joined by split normals or fitted by a family",
            fields: &[
                any("p5", "5 % quantile"),
                any("p50", "Median"),
                any("p95", "95 % quantile"),
                field("family", Form::Choice("family"), "What is fitted to them")
                    .optional("SplitNormal"),
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

/// Families that can be fitted to quantiles.
pub(crate) const FAMILIES: Choice = Choice {
    noun: "family",
    code: "scenario::unknown_family",
    doc: "A family fitted to elicited quantiles; a warning tells where they contradict it",
    variants: &[
        Shape {
            name: "SplitNormal",
            doc: "Two halves of normals, joined at the median: meets any quantiles",
            fields: &[],
        },
        Shape {
            name: "Normal",
            doc: "Normal: the median lies midway",
            fields: &[],
        },
        Shape {
            name: "LogNormal",
            doc: "Lognormal: all above 0, the median is the geometric mean of the others",
            fields: &[],
        },
        Shape {
            name: "Triangular",
            doc: "Triangular: two ends and a mode, moderately skew",
            fields: &[],
        },
        Shape {
            name: "Pert",
            doc: "PERT: two ends and a mode, moderately skew",
            fields: &[],
        },
        Shape {
            name: "Beta",
            doc: "Beta on 0 to 1, by median and width",
            fields: &[],
        },
    ],
};

/// A larger miss than this share of the width from 5 to 95 % is told.
const MISS_MAX: f64 = 0.02;

const VALUE: Field = any("values", "A value");

const WEIGHT: Field = positive("values", "A weight");

impl Decoder<'_> {
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
                self.elicited(fields, [p5, p50, p95])
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

    /// A family fitted to quantiles; what it misses is told.
    fn elicited(&mut self, fields: &Fields, asked: [f64; 3]) -> Option<Distribution> {
        let node = fields.node("family");
        let chosen = node.map(|node| self.variant(node, &FAMILIES, &fields.at("family")));
        let family = match chosen {
            None => Family::SplitNormal,
            Some(chosen) => {
                let (shape, _) = chosen?;
                Family::ALL
                    .into_iter()
                    .find(|family| family.name() == shape.name)?
            }
        };
        let [p5, p50, p95] = asked;
        let (name, path) = (family.name(), &fields.at.path);
        let Some(fit) = distribution::fit(family, asked) else {
            let message = format!("no {name} reaches from {p5} to {p95}");
            let within = if family == Family::Beta {
                "quantiles above 0 and below 1"
            } else {
                "quantiles above 0"
            };
            let mistake =
                self.mistake("scenario::quantiles_impossible", fields.head, path, message);
            self.push(
                mistake
                    .expected(within)
                    .help("leave the family out, or choose another"),
            );
            return None;
        };
        if fit.miss > MISS_MAX {
            let [low, middle, high] = fit.reached.map(|value| short(value, p95 - p5));
            let message = format!(
                "no {name} has these quantiles: the nearest has 5, 50 and 95 % at {low}, {middle} and {high}"
            );
            let help =
                "correct them, choose another family, or leave it out: then all three are met";
            let mistake =
                self.mistake("scenario::quantiles_contradict", fields.head, path, message);
            self.push(mistake.help(help).as_warning());
        }
        Some(match family {
            Family::SplitNormal => fit.of,
            _ => Distribution::Elicited {
                p5,
                p50,
                p95,
                family,
                of: Box::new(fit.of),
            },
        })
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
}

/// A value with the digits that can be told apart on a range.
fn short(value: f64, width: f64) -> String {
    let places = (2.0 - libm::floor(libm::log10(width))).clamp(0.0, 12.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 12"
    )]
    let places = places as usize;
    format!("{value:.places$}")
}

/// The range of a distribution, if it has ends.
pub(super) fn support(distribution: &Distribution) -> Option<(f64, f64)> {
    match distribution {
        Distribution::Uniform { low, high }
        | Distribution::Triangular { low, high, .. }
        | Distribution::Pert { low, high, .. }
        | Distribution::Truncated { low, high, .. } => Some((*low, *high)),
        Distribution::Beta { .. } => Some((0.0, 1.0)),
        Distribution::Elicited { of, .. } => support(of),
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
