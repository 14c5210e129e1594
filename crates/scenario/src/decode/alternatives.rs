//! Alternatives: what may be so or otherwise for a whole history, such as how a body decides.
//!
//! One option is drawn for each replicate by its weight and applies from the start. The draw is an input like any
//! other, under the path `alternatives.<id>`: the place of the option, from 0.

use super::fields::Fields;
use super::{At, Decoder};
use crate::leaf::{Confidence, LeafInfo};
use crate::limits;
use crate::model::{AlternativeOption, Alternatives, Distribution, Uncertainty};
use crate::spec::{ABOVE_ZERO, ANY, Form, Shape, field, number, text};
use crate::tree::Entry;

/// Keys of alternatives.
pub(crate) const ALTERNATIVES: Shape = Shape {
    name: "alternatives",
    doc: "What may be so or otherwise for a whole history: one option is drawn for each replicate; its place is a \
          number under the path `alternatives.<id>`, from 0",
    fields: &[
        text("title", "Title").optional("the id"),
        field(
            "options",
            Form::Words("a map from id to option, at least two"),
            "Options; the first is the base case",
        ),
    ],
};

/// Keys of an option.
pub(crate) const OPTION: Shape = Shape {
    name: "option",
    doc: "One of several alternatives",
    fields: &[
        text("title", "Title").optional("the id"),
        number(
            "weight",
            ABOVE_ZERO,
            ANY,
            "Weight; options are drawn in proportion",
        ),
        field(
            "effects",
            Form::Words("a list of effects"),
            "What holds from the start where it is drawn, such as `RuleChange`",
        )
        .optional("none"),
    ],
};

impl Decoder<'_> {
    /// Reads `alternatives`.
    pub(crate) fn alternatives(&mut self, scenario: &Fields) -> Vec<Alternatives> {
        let at = scenario.at("alternatives");
        let entries = scenario.lines(self, "alternatives");
        let all = entries.iter().map(|entry| self.alternative(entry, &at));
        all.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn alternative(&mut self, entry: &Entry, at: &At) -> Option<Alternatives> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &ALTERNATIVES, &at.key(id))?;
        let usual = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if id.is_empty() || !id.chars().all(usual) {
            let message = format!("`{id}` is no id: letters, digits, `-` and `_`");
            self.report("scenario::bad_id", entry.key.span, &fields.at.path, message);
        }
        let options_at = fields.at("options");
        let entries = fields.lines(self, "options");
        let mut options = Vec::new();
        for entry in &entries {
            options.extend(self.option(entry, &options_at));
        }
        if entries.len() < 2 || entries.len() > limits::POINTS {
            let message = format!("{} options: at least 2 are needed", entries.len());
            self.report(
                "scenario::too_few",
                fields.span("options"),
                &options_at.path,
                message,
            );
            return None;
        }
        if options.iter().all(|option| option.effects.is_empty()) {
            let message = format!("the alternatives `{id}` do not differ");
            let mistake = self
                .mistake(
                    "scenario::nothing_happens",
                    entry.key.span,
                    &fields.at.path,
                    message,
                )
                .expected("`effects` of at least one option");
            self.push(mistake);
        }
        let title = fields.text(self, "title").unwrap_or_else(|| id.clone());
        let most = u16::try_from(options.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let info = LeafInfo {
            path: at.key(id).leaf,
            value: 0.0,
            min: 0.0,
            max: f64::from(most),
            unit: String::new(),
            source: None,
            confidence: Confidence::Judgement,
            written: false,
            prior: None,
        };
        let leaf = self.add_leaf(info, Some(entry.key.span));
        Some(Alternatives {
            id: id.clone(),
            title,
            leaf,
            options,
        })
    }

    fn option(&mut self, entry: &Entry, at: &At) -> Option<AlternativeOption> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &OPTION, &at.key(id))?;
        let weight = fields.number(self, "weight");
        let effects = self.effects(&fields, "effects");
        let title = fields.text(self, "title").unwrap_or_else(|| id.clone());
        Some(AlternativeOption {
            id: id.clone(),
            title,
            weight: weight?,
            effects,
        })
    }

    /// Draws each of the alternatives by its weights, unless a file or `--set` has chosen one, or has given it a
    /// distribution.
    pub(crate) fn draw_alternatives(
        &self,
        alternatives: &[Alternatives],
        uncertainties: &mut Vec<Uncertainty>,
    ) {
        for one in alternatives {
            let given = uncertainties.iter().any(|other| other.leaf == one.leaf);
            if given || self.leaves.info(one.leaf).written {
                continue;
            }
            let places = one.options.iter().zip(0_u16..);
            let values = places.map(|(option, place)| (f64::from(place), option.weight));
            uncertainties.push(Uncertainty {
                leaf: one.leaf,
                distribution: Distribution::Discrete(values.collect()),
            });
        }
    }
}
