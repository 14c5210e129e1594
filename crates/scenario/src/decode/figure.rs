//! Where the figures of the world come from.

use std::collections::BTreeSet;

use super::fields::Fields;
use super::{Decoder, join};
use crate::leaf::{Confidence, Leaf};
use crate::model::Figure;
use crate::spec::{Form, Shape, field, text};
use crate::text::Span;
use crate::tree::Entry;

/// Keys of the source of a table column.
pub(crate) const FIGURE_SOURCE: Shape = Shape {
    name: "figure source",
    doc: "Unit, year and source of one table column",
    fields: &[
        text("unit", "Unit").optional("none"),
        text("year", "Year or years the figures describe"),
        text("source", "Source"),
        field("judgement", Form::Flag, "Whether it is a judgement").optional("false"),
    ],
};

impl Decoder<'_> {
    /// Where the figures of the columns come from.
    pub(crate) fn figures(&mut self, world: &Fields) -> Vec<Figure> {
        let at = world.at("figures");
        let entries = world.lines(self, "figures");
        let figure = |entry: &Entry| {
            let fields =
                Fields::open(self, &entry.value, &FIGURE_SOURCE, &at.key(&entry.key.text))?;
            Some(Figure {
                column: entry.key.text.clone(),
                unit: fields.text(self, "unit").unwrap_or_default(),
                year: fields.text(self, "year").unwrap_or_default(),
                source: fields.text(self, "source").unwrap_or_default(),
                judgement: fields.flag(self, "judgement", false),
            })
        };
        entries.iter().filter_map(figure).collect()
    }

    /// Gives numbers of the world without a source of their own the source that `figures` states for
    /// their kind (`elements.signal` speaks of `elements.<id>.signal.<bloc>`), and reports entries
    /// that speak of nothing.
    pub(crate) fn spread_figures(&mut self, figures: &[(Figure, Span)]) {
        let kinds: Vec<(Leaf, String)> = self
            .leaves
            .iter()
            .map(|(leaf, info)| (leaf, kind_of(&info.path)))
            .collect();
        for (figure, span) in figures {
            let spoken: Vec<Leaf> = kinds
                .iter()
                .filter(|(_, kind)| covers(&figure.column, kind))
                .map(|(leaf, _)| *leaf)
                .collect();
            for leaf in &spoken {
                let info = self.leaves.info_mut(*leaf);
                if info.written && info.source.is_none() {
                    info.source = Some(format!("{}, {}", figure.source, figure.year));
                    info.confidence = confidence_of(figure);
                }
            }
            if spoken.is_empty() && figure.column != "dyads.affinity" {
                self.report_unknown_figure(figure, *span, &kinds);
            }
        }
    }

    fn report_unknown_figure(&mut self, figure: &Figure, span: Span, kinds: &[(Leaf, String)]) {
        let all: BTreeSet<&str> = kinds.iter().map(|(_, kind)| kind.as_str()).collect();
        let path = format!("figures.\"{}\"", figure.column);
        let message = format!("there is no column `{}`", figure.column);
        let mistake = self
            .mistake("scenario::unknown_column", span, &path, message)
            .expected("the path of a column, such as actors.autonomy or elements.signal")
            .nearest(&figure.column, all);
        self.push(mistake);
    }
}

/// A path without the id of the thing: `actors.salience.trade`.
fn kind_of(path: &str) -> String {
    let mut parts = path.split('.');
    let head = parts.next().unwrap_or_default();
    parts.next();
    parts.fold(head.to_owned(), |kind, part| join(&kind, part))
}

pub(super) const fn confidence_of(figure: &Figure) -> Confidence {
    if figure.judgement {
        Confidence::Judgement
    } else {
        Confidence::High
    }
}

/// Whether an entry of `figures` speaks of a column: that one, or all below it.
pub(super) fn covers(entry: &str, column: &str) -> bool {
    let entry = entry.strip_suffix(".*").unwrap_or(entry);
    column
        .strip_prefix(entry)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
