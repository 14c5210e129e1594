//! Drivers and their processes.

use super::fields::Fields;
use super::{At, Decoder};
use crate::leaf::Leaf;
use crate::model::{Coupling, Driver, Process};
use crate::spec::{ABOVE_ZERO, ANY, Choice, Field, Form, Kind, Shape, field, number, text};
use crate::tree::{Entry, Node, Value};
use crate::{date::Month, limits};

/// Keys of a driver.
pub(crate) const DRIVER: Shape = Shape {
    name: "driver",
    doc: "An exogenous stochastic process",
    fields: &[
        text("title", "Title").optional("the id"),
        text("unit", "Unit").optional("none: an index"),
        NUMBER,
        field("process", Form::Choice("process"), "The law it follows"),
        number("floor", -1e9, 1e9, "Smallest value it may take").or(-1e9),
        number("ceiling", -1e9, 1e9, "Largest value it may take").or(1e9),
        field(
            "couplings",
            Form::Words("a map from driver to coupling"),
            "What the deviations of other drivers from their undisturbed course do to it",
        )
        .optional("none"),
    ],
};

/// Keys of a coupling.
pub(crate) const COUPLING: Shape = Shape {
    name: "coupling",
    doc: "What a deviation of 1 of another driver does to this one, from the next step on",
    fields: &[
        number(
            "mean",
            -1e6,
            1e6,
            "Added to what the process returns to, drifts or grows by, or lies at; for a chain to the logarithm of the rate of rising, and taken from that of falling",
        )
        .or(0.0),
        number(
            "volatility",
            -10.0,
            10.0,
            "Added to the logarithm of the volatility, for jumps of their rate",
        )
        .or(0.0),
        number("lag_years", 0.0, 100.0, "Time in which it is felt to 63 %")
            .unit("years")
            .or(0.0),
    ],
};

/// The stable number of a thing that draws chance.
pub(crate) const NUMBER: Field = field(
    "number",
    Form::Whole {
        min: 0,
        max: 65_535,
    },
    "Stable number that keys its draws; never reused",
)
.optional("made from the id");

const fn level(name: &'static str, doc: &'static str) -> Field {
    number(name, -1e9, 1e9, doc)
}

const fn rate(name: &'static str, doc: &'static str) -> Field {
    number(name, 0.0, 1000.0, doc).unit("per year")
}

const VOLATILITY: Field =
    number("volatility", 0.0, 1e9, "Size of its chance movement").unit("per square root of a year");

/// The processes.
pub(crate) const PROCESSES: Choice = Choice {
    noun: "process",
    code: "scenario::unknown_process",
    doc: "The law of a driver",
    variants: &[
        Shape {
            name: "Constant",
            doc: "A constant",
            fields: &[level("level", "The value")],
        },
        Shape {
            name: "Path",
            doc: "Dated values with straight lines between them",
            fields: &[field(
                "points",
                Form::Words("a list of (month, value), ascending"),
                "The points",
            )],
        },
        Shape {
            name: "OrnsteinUhlenbeck",
            doc: "dD = rate (mean - D) dt + volatility dW",
            fields: &[
                level("start", "Value at the start"),
                level("mean", "Long-run mean"),
                rate("rate", "Speed of return"),
                VOLATILITY,
            ],
        },
        Shape {
            name: "GeometricBrownian",
            doc: "d ln D = (growth - volatility^2 / 2) dt + volatility dW",
            fields: &[
                number("start", ABOVE_ZERO, 1e9, "Value at the start"),
                number("growth", -10.0, 10.0, "Growth").unit("per year"),
                VOLATILITY,
            ],
        },
        Shape {
            name: "RandomWalk",
            doc: "dD = drift dt + volatility dW",
            fields: &[
                level("start", "Value at the start"),
                level("drift", "Drift").unit("per year"),
                VOLATILITY,
            ],
        },
        Shape {
            name: "Markov",
            doc: "A chain over levels that moves to the next lower or higher one",
            fields: &[
                field(
                    "levels",
                    Form::Words("a list of at least two numbers"),
                    "Values of the states",
                ),
                field(
                    "start",
                    Form::Whole { min: 0, max: 999 },
                    "Index of the state at the start, from 0",
                ),
                rate("up_per_year", "Rate of moving up"),
                rate("down_per_year", "Rate of moving down"),
            ],
        },
        Shape {
            name: "Jumps",
            doc: "Jumps of a size at a rate, decaying back to the base",
            fields: &[
                level("base", "Value between jumps"),
                rate("per_year", "Jumps"),
                level("size", "Size of a jump"),
                number("half_life_years", ABOVE_ZERO, 1000.0, "Half-life of a jump").unit("years"),
            ],
        },
    ],
};

const POINT: Field = number("points", -ANY, ANY, "Value at a month");
const STATE: Field = number("levels", -1e9, 1e9, "Value of a state");

impl Decoder<'_> {
    pub(super) fn drivers(&mut self, world: &Fields) -> Vec<Driver> {
        let entries = world.things(self, "drivers", Kind::Driver, limits::DRIVERS);
        let at = world.at("drivers");
        let drivers = entries.iter().filter_map(|entry| self.driver(entry, &at));
        drivers.collect()
    }

    fn driver(&mut self, entry: &Entry, at: &At) -> Option<Driver> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &DRIVER, &at.key(id))?;
        let process = fields
            .node("process")
            .and_then(|node| self.process(node, &fields));
        let couplings = self.couplings(&fields, id);
        Some(Driver {
            couplings,
            id: id.clone(),
            title: fields.text(self, "title").unwrap_or_else(|| id.clone()),
            unit: fields.text(self, "unit").unwrap_or_default(),
            number: self.number_of(&fields, Kind::Driver, id),
            floor: fields.leaf(self, "floor"),
            ceiling: fields.leaf(self, "ceiling"),
            process: process?,
        })
    }

    fn couplings(&mut self, driver: &Fields, own: &str) -> Vec<Coupling> {
        let at = driver.at("couplings");
        let mut couplings = Vec::new();
        for entry in driver.entries(self, "couplings") {
            let (id, at) = (&entry.key.text, at.key(&entry.key.text));
            let from = self.name_of(id, entry.key.span, Kind::Driver, &at.path);
            if id == own {
                let message = "a driver does not feed itself";
                let mistake = self.mistake(
                    "scenario::coupled_to_itself",
                    entry.key.span,
                    &at.path,
                    message,
                );
                self.push(
                    mistake.expected(
                        "another driver; what returns to its mean is an OrnsteinUhlenbeck",
                    ),
                );
            }
            let Some(fields) = Fields::open(self, &entry.value, &COUPLING, &at) else {
                continue;
            };
            let (mean, volatility) = (fields.leaf(self, "mean"), fields.leaf(self, "volatility"));
            let lag_years = fields.leaf(self, "lag_years");
            if let Some(from) = from {
                couplings.push(Coupling {
                    from,
                    mean,
                    volatility,
                    lag_years,
                });
            }
        }
        couplings.sort_by_key(|coupling| coupling.from);
        couplings
    }

    fn process(&mut self, node: &Node, driver: &Fields) -> Option<Process> {
        // Numbers of the process have paths right below the driver.
        let at = At {
            path: driver.at("process").path,
            leaf: driver.at.leaf.clone(),
        };
        let (shape, fields) = self.variant(node, &PROCESSES, &at)?;
        Some(match shape.name {
            "Constant" => Process::Constant {
                level: fields.leaf(self, "level"),
            },
            "Path" => Process::Path {
                points: self.points(&fields),
            },
            "OrnsteinUhlenbeck" => Process::OrnsteinUhlenbeck {
                start: fields.leaf(self, "start"),
                mean: fields.leaf(self, "mean"),
                rate: fields.leaf(self, "rate"),
                volatility: fields.leaf(self, "volatility"),
            },
            "GeometricBrownian" => Process::GeometricBrownian {
                start: fields.leaf(self, "start"),
                growth: fields.leaf(self, "growth"),
                volatility: fields.leaf(self, "volatility"),
            },
            "RandomWalk" => Process::RandomWalk {
                start: fields.leaf(self, "start"),
                drift: fields.leaf(self, "drift"),
                volatility: fields.leaf(self, "volatility"),
            },
            "Markov" => self.markov(&fields),
            "Jumps" => Process::Jumps {
                base: fields.leaf(self, "base"),
                per_year: fields.leaf(self, "per_year"),
                size: fields.leaf(self, "size"),
                half_life_years: fields.leaf(self, "half_life_years"),
            },
            other => unreachable!("process {other} is in the table and not here"),
        })
    }

    fn markov(&mut self, fields: &Fields) -> Process {
        let at = fields.at("levels");
        let nodes = fields.node("levels");
        let nodes = nodes.map(|node| self.list_of(node, &at.path, limits::POINTS, "states"));
        let levels: Vec<Leaf> = nodes
            .unwrap_or_default()
            .iter()
            .enumerate()
            .map(|(idx, node)| self.leaf(node, &STATE, &at.item(idx)))
            .collect();
        if levels.len() < 2 && fields.node("levels").is_some_and(|node| !node.damaged) {
            let span = fields.span("levels");
            self.report(
                "scenario::too_few",
                span,
                &at.path,
                "a chain needs at least two states",
            );
        }
        let start = fields
            .whole(self, "start")
            .and_then(|start| usize::try_from(start).ok());
        let start = start.unwrap_or(0);
        if start >= levels.len() && levels.len() >= 2 {
            let mistake = self
                .mistake(
                    "scenario::out_of_range",
                    fields.span("start"),
                    &fields.at("start").path,
                    format!("there is no state {start}"),
                )
                .expected(format!("a whole number from 0 to {}", levels.len() - 1));
            self.push(mistake);
        }
        Process::Markov {
            levels,
            start,
            up_per_year: fields.leaf(self, "up_per_year"),
            down_per_year: fields.leaf(self, "down_per_year"),
        }
    }

    fn points(&mut self, fields: &Fields) -> Vec<(Month, Leaf)> {
        let at = fields.at("points");
        let Some(node) = fields.node("points") else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::POINTS, "points");
        let mut points: Vec<(Month, Leaf)> = Vec::with_capacity(nodes.len());
        for (idx, node) in nodes.iter().enumerate() {
            let at = at.item(idx);
            let Value::Tuple(None, items) = &node.value else {
                self.wrong_type(node, &at.path, "a point `(\"2008-01\", 1.0)`");
                continue;
            };
            let [month, value] = items.as_slice() else {
                self.wrong_type(node, &at.path, "a point `(\"2008-01\", 1.0)`");
                continue;
            };
            let leaf = self.leaf(value, &POINT, &at);
            let Some(date) = self.month(month, &at.path) else {
                continue;
            };
            if points.last().is_some_and(|(last, _)| *last >= date) {
                let message = format!("{date} does not come after the point before it");
                let mistake = self.mistake(
                    "scenario::dates_out_of_order",
                    month.span,
                    &at.path,
                    message,
                );
                self.push(mistake.expected("points in ascending order of months"));
            }
            points.push((date, leaf));
        }
        if nodes.is_empty() && !node.damaged {
            self.report(
                "scenario::too_few",
                node.head(),
                &at.path,
                "a path needs at least one point",
            );
        }
        points
    }
}
