//! The scenario file itself.

use super::fields::Fields;
use super::{At, Decoder};
use crate::date::{Month, Step, Time};
use crate::leaf::Leaf;
use crate::limits;
use crate::model::CohesionPart;
use crate::spec::{Choice, Form, Kind, Shape, field, number, text};
use crate::tree::{Node, Value};

/// Keys of a scenario.
pub(crate) const SCENARIO: Shape = Shape {
    name: "Scenario",
    doc: "One question to the engine",
    fields: &[
        field(
            "schema",
            Form::Whole { min: 1, max: 1 },
            "Version of this format",
        ),
        text(
            "extends",
            "A scenario file that this one changes, beside this file",
        )
        .optional("none"),
        text("title", "Title"),
        text("question", "The question asked").optional("none"),
        field(
            "sources",
            Form::Words("a list of texts"),
            "Sources of the scenario as a whole",
        )
        .optional("none"),
        text("world", "Folder of the world, beside this file"),
        field(
            "time",
            Form::Words("(start: month, end: month, step: Month)"),
            "Span and step",
        ),
        field(
            "focus",
            Form::Name(Kind::Organisation),
            "The organisation whose cohesion leads the report",
        )
        .optional("the first of the world"),
        field("stances", Form::Flag, "Whether analysts' stances count").optional("true"),
        field(
            "cohesion_weights",
            Form::Words("(affinity: …, agreement: …, …)"),
            "Weights of the five parts of the cohesion index",
        )
        .optional("1 each"),
        field(
            "params",
            Form::Words("a map from path below `params` to number"),
            "Parameters of the law",
        )
        .optional("the catalogue's defaults"),
        field(
            "set",
            Form::Words("a map from path to number"),
            "Numbers of the world or scenario with a new value",
        )
        .optional("none"),
        field(
            "initiatives",
            Form::Words("a map from id to initiative"),
            "Initiatives",
        )
        .optional("none"),
        field("shocks", Form::Words("a map from id to shock"), "Shocks").optional("none"),
        field(
            "alternatives",
            Form::Words("a map from id to alternatives"),
            "What may be so or otherwise for a whole history, such as a decision rule",
        )
        .optional("none"),
        field(
            "uncertainties",
            Form::Words("a map from path or pattern to distribution"),
            "Uncertain inputs",
        )
        .optional("those of the world"),
        field(
            "correlations",
            Form::Words("a list of (path, path, rank correlation)"),
            "Rank correlations between uncertain inputs",
        )
        .optional("those of the world"),
        field(
            "policies",
            Form::Words("a map from id to policy"),
            "Policies beside the base case",
        )
        .optional("none"),
        field(
            "outcomes",
            Form::Words("a list of outcomes"),
            "What is recorded of every replicate",
        ),
        field(
            "expect",
            Form::Words("a list of expectations"),
            "What the file expects of its own results",
        )
        .optional("nothing"),
    ],
};

/// Keys of the time span.
pub(crate) const TIME: Shape = Shape {
    name: "time",
    doc: "Span and step",
    fields: &[
        field("start", Form::Month, "First month"),
        field("end", Form::Month, "Last month, included"),
        field("step", Form::Choice("step"), "Length of a step").optional("Month"),
    ],
};

/// Lengths of a step.
pub(crate) const STEPS: Choice = Choice {
    noun: "step",
    code: "scenario::unknown_step",
    doc: "Length of a step",
    variants: &[
        Shape {
            name: "Month",
            doc: "One month",
            fields: &[],
        },
        Shape {
            name: "Quarter",
            doc: "Three months",
            fields: &[],
        },
        Shape {
            name: "Year",
            doc: "Twelve months",
            fields: &[],
        },
    ],
};

/// Keys of the cohesion weights.
pub(crate) const COHESION_WEIGHTS: Shape = Shape {
    name: "cohesion weights",
    doc: "Weights of the five parts of the cohesion index",
    fields: &[
        number("affinity", 0.0, 1000.0, "Capability-weighted mean affinity").or(1.0),
        number("agreement", 0.0, 1000.0, "Agreement over recent decisions").or(1.0),
        number(
            "interdependence",
            0.0,
            1000.0,
            "Trade and energy within the group",
        )
        .or(1.0),
        number("institutions", 0.0, 1000.0, "Maturity of its institutions").or(1.0),
        number("commitment", 0.0, 1000.0, "Delivery and content members").or(1.0),
    ],
};

/// Stands for the time span where it could not be read.
pub(crate) const ANY_TIME: Time = Time {
    start: Month::new(2000, 1),
    end: Month::new(2000, 12),
    step: Step::Month,
};

impl Decoder<'_> {
    /// The time span; nothing if it cannot be told.
    pub(crate) fn time(&mut self, scenario: &Fields) -> Option<Time> {
        let at = scenario.at("time");
        let fields = Fields::open(self, scenario.node("time")?, &TIME, &at)?;
        let start = fields.month(self, "start");
        let end = fields.month(self, "end");
        let step = fields
            .node("step")
            .and_then(|node| self.variant(node, &STEPS, &fields.at("step")));
        let step = match step.map(|(shape, _)| shape.name) {
            Some("Quarter") => Step::Quarter,
            Some("Year") => Step::Year,
            _ => Step::Month,
        };
        let (start, end) = (start?, end?);
        if start > end {
            self.dates_reversed(&fields, "start", "end", (start, end));
            return None;
        }
        let time = Time { start, end, step };
        if time.n_steps() > limits::STEPS {
            let message = format!("{} steps: more than {}", time.n_steps(), limits::STEPS);
            let mistake = self
                .mistake("scenario::too_many", fields.head, &at.path, message)
                .help("end sooner, or take longer steps");
            self.push(mistake);
        }
        Some(time)
    }

    pub(crate) fn cohesion_weights(&mut self, scenario: &Fields) -> [Leaf; 5] {
        let at = scenario.at("cohesion_weights");
        let absent = Node::new(scenario.head, Value::Tuple(None, Vec::new()));
        let node = scenario.node("cohesion_weights").unwrap_or(&absent);
        let fields = Fields::open(self, node, &COHESION_WEIGHTS, &at)
            .or_else(|| Fields::open(self, &absent, &COHESION_WEIGHTS, &at))
            .expect("an empty record of optional keys opens");
        CohesionPart::ALL.map(|part| fields.leaf(self, part.name()))
    }

    /// A list of texts.
    pub(crate) fn texts_at(&mut self, fields: &Fields, key: &str) -> Vec<String> {
        let at = fields.at(key);
        let Some(node) = fields.node(key) else {
            return Vec::new();
        };
        let items = self.list_of(node, &at.path, limits::POINTS, "texts");
        let one = |(idx, item): (usize, &Node)| self.text(item, &At::item(&at, idx).path);
        items.iter().enumerate().filter_map(one).collect()
    }
}
