//! Shocks and when they happen.

use super::fields::Fields;
use super::{At, Decoder, number};
use crate::limits;
use crate::model::{Shock, Timing};
use crate::spec::{Choice, Field, Form, Kind, Shape, field, number as number_field, share, text};
use crate::tree::{Entry, Node};

/// Keys of a shock.
pub(crate) const SHOCK: Shape = Shape {
    name: "shock",
    doc: "An event with a rate or a date, and effects",
    fields: &[
        text("title", "Title").optional("the id"),
        field("when", Form::Choice("timing"), "When it happens"),
        field(
            "effects",
            Form::Words("a list of effects, at least one"),
            "Effects",
        ),
    ],
};

const RATE: Field = number_field("per_year", 0.0, 1000.0, "Rate").unit("per year");

const PROBABILITY: Field = share("probability", "Probability");

/// When a shock happens.
pub(crate) const TIMINGS: Choice = Choice {
    noun: "timing",
    code: "scenario::unknown_timing",
    doc: "When a shock happens",
    variants: &[
        Shape {
            name: "OncePerYear",
            doc: "At a rate, once",
            fields: &[RATE],
        },
        Shape {
            name: "PerYear",
            doc: "At a rate, again and again",
            fields: &[RATE],
        },
        Shape {
            name: "At",
            doc: "At a date, with a probability",
            fields: &[field("month", Form::Month, "Month"), PROBABILITY.or(1.0)],
        },
        Shape {
            name: "Between",
            doc: "Some time in a span, with a probability",
            fields: &[
                field("from", Form::Month, "First month"),
                field("until", Form::Month, "Last month"),
                PROBABILITY.or(1.0),
            ],
        },
    ],
};

impl Decoder<'_> {
    pub(crate) fn shocks(&mut self, scenario: &Fields) -> Vec<Shock> {
        let entries = scenario.things(self, "shocks", Kind::Shock, limits::SHOCKS);
        let at = scenario.at("shocks");
        let numbers = number::unique(self.names.ids(Kind::Shock));
        let mut all = Vec::with_capacity(entries.len());
        for entry in &entries {
            let idx = self.names.find(Kind::Shock, &entry.key.text);
            let number = idx.map_or(0, |idx| numbers[idx]);
            all.extend(self.shock(entry, &at, number));
        }
        all
    }

    fn shock(&mut self, entry: &Entry, at: &At, number: u16) -> Option<Shock> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &SHOCK, &at.key(id))?;
        let timing = fields
            .node("when")
            .and_then(|node| self.timing(node, &fields));
        let effects = self.effects(&fields, "effects");
        self.nothing_happens(
            &fields,
            "effects",
            &format!("the shock `{id}` changes nothing"),
        );
        let title = fields.text(self, "title").unwrap_or_else(|| id.clone());
        Some(Shock {
            id: id.clone(),
            title,
            number,
            timing: timing?,
            effects,
        })
    }

    fn timing(&mut self, node: &Node, shock: &Fields) -> Option<Timing> {
        let at = At {
            path: shock.at("when").path,
            leaf: shock.at.leaf.clone(),
        };
        let (shape, fields) = self.variant(node, &TIMINGS, &at)?;
        match shape.name {
            "OncePerYear" => Some(Timing::OncePerYear(fields.leaf(self, "per_year"))),
            "PerYear" => Some(Timing::PerYear(fields.leaf(self, "per_year"))),
            "At" => {
                let probability = fields.leaf(self, "probability");
                let month = fields.month_in_span(self, "month")?;
                Some(Timing::At { month, probability })
            }
            _ => {
                let probability = fields.leaf(self, "probability");
                let from = fields.month_in_span(self, "from");
                let until = fields.month_in_span(self, "until");
                let (from, until) = (from?, until?);
                if from > until {
                    self.dates_reversed(&fields, "from", "until", (from, until));
                }
                Some(Timing::Between {
                    from,
                    until,
                    probability,
                })
            }
        }
    }
}
