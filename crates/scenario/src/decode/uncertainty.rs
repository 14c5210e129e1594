//! Uncertain inputs: the paths and patterns they speak of, and rank correlations.

use std::collections::BTreeMap;

use super::distribution::support;
use super::fields::Fields;
use super::{At, Decoder};
use crate::leaf::Leaf;
use crate::limits;
use crate::model::{Correlation, Distribution, Uncertainty};
use crate::path::{self, Pattern};
use crate::spec::{Field, number};
use crate::text::Span;
use crate::tree::{Entry, Node, Value};

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
