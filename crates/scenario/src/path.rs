//! Paths of numbers: finding one, patterns over many, and the nearest to a wrong one.

use crate::diagnostic::{self, Diagnostic};
use crate::leaf::{Leaf, Leaves};

/// The leaf at a path. A dyad may be spelt either way round; trade out and in then change places.
pub fn find(leaves: &Leaves, path: &str) -> Option<Leaf> {
    leaves.find(path).or_else(|| leaves.find(&reversed(path)?))
}

/// The other spelling of a path of a dyad.
pub(crate) fn reversed(path: &str) -> Option<String> {
    let rest = path.strip_prefix("dyads.")?;
    let (pair, column) = rest.split_once('.')?;
    let (source, target) = pair.split_once('-')?;
    let column = match column {
        "trade_out_musd" => "trade_in_musd",
        "trade_in_musd" => "trade_out_musd",
        other => other,
    };
    Some(format!("dyads.{target}-{source}.{column}"))
}

/// The paths or patterns that a text with alternatives in braces stands for: `actors.{A,B}.autonomy`.
pub fn alternatives(text: &str) -> Vec<String> {
    let parts = text
        .split_once('{')
        .and_then(|(head, rest)| Some((head, rest.split_once('}')?)));
    let Some((head, (inner, tail))) = parts else {
        return vec![text.to_owned()];
    };
    // Further braces stand in the tail only, so that the recursion ends.
    let tails = alternatives(tail);
    let one = |word: &str| {
        let word = word.trim();
        tails
            .iter()
            .map(|tail| format!("{head}{word}{tail}"))
            .collect::<Vec<_>>()
    };
    inner.split(',').flat_map(one).take(ALTERNATIVES).collect()
}

/// Paths that one text with braces stands for at most.
const ALTERNATIVES: usize = 10_000;

/// A path in which `*` stands for anything within a segment and `**` for any further segments; a last
/// `*` below `params` stands for everything below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: String,
    segments: Vec<String>,
}

impl Pattern {
    /// Reads a path or pattern.
    pub fn new(text: &str) -> Self {
        let mut segments: Vec<String> = text.split('.').map(str::to_owned).collect();
        if text == "params.*" {
            "**".clone_into(&mut segments[1]);
        }
        Self {
            text: text.to_owned(),
            segments,
        }
    }

    /// Whether it has a wildcard.
    pub fn is_pattern(&self) -> bool {
        self.text.contains('*')
    }

    /// How unspecific it is: 0 without wildcards; a `**` counts as more than any number of `*`.
    pub fn wildness(&self) -> usize {
        let weight = |segment: &String| match segment.as_str() {
            "**" => 100,
            other => other.matches('*').count(),
        };
        self.segments.iter().map(weight).sum()
    }

    /// Whether a path fits, in either spelling of a dyad.
    pub fn matches(&self, path: &str) -> bool {
        // What comes before the first wildcard decides most cases without taking the path apart.
        let prefix = self.text.split('*').next().unwrap_or_default();
        if !path.starts_with("dyads.") {
            return path.starts_with(prefix) && self.fits(path);
        }
        let of_dyads = prefix.starts_with("dyads.") || "dyads.".starts_with(prefix);
        of_dyads && (self.fits(path) || reversed(path).is_some_and(|path| self.fits(&path)))
    }

    fn fits(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('.').collect();
        fits_segments(&self.segments, &parts)
    }
}

fn fits_segments(pattern: &[String], parts: &[&str]) -> bool {
    match (pattern.split_first(), parts.split_first()) {
        (None, None) => true,
        (Some((first, rest)), Some(_)) if first == "**" => {
            // At least one segment, and then any number.
            (1..=parts.len()).any(|taken| fits_segments(rest, &parts[taken..]))
        }
        (Some((first, rest)), Some((part, others))) => {
            fits_segment(first, part) && fits_segments(rest, others)
        }
        _ => false,
    }
}

/// `*` inside a segment stands for any letters.
fn fits_segment(pattern: &str, part: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = part.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        if let Some(before) = last.replace(piece) {
            let Some(at) = rest.find(before) else {
                return false;
            };
            rest = &rest[at + before.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// The first segments of all paths, each once.
pub(crate) fn heads(leaves: &Leaves) -> Vec<&str> {
    let mut heads: Vec<&str> = leaves.paths().map(|(path, _)| head(path)).collect();
    heads.dedup();
    heads
}

fn head(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// Paths compared with a wrong one at most: a world of 500 actors has a million.
const COMPARED: usize = 20_000;

/// The path nearest to a wrong one: first by segments that fit, then by letters.
pub fn nearest<'a>(leaves: &'a Leaves, wrong: &str) -> Option<&'a str> {
    let same_head: Vec<&str> = leaves
        .paths()
        .map(|(path, _)| path)
        .filter(|path| head(path) == head(wrong))
        .take(COMPARED)
        .collect();
    if !same_head.is_empty() {
        return diagnostic::nearest(wrong, same_head);
    }
    let head_meant = diagnostic::nearest(head(wrong), heads(leaves))?;
    let corrected = format!("{head_meant}{}", &wrong[head(wrong).len()..]);
    if let Some(leaf) = leaves.find(&corrected) {
        return Some(&leaves.info(leaf).path);
    }
    let others = leaves
        .paths()
        .map(|(path, _)| path)
        .filter(|path| head(path) == head_meant);
    diagnostic::nearest(&corrected, others.take(COMPARED))
}

impl Diagnostic {
    /// With the nearest path as help, if one is near.
    #[must_use]
    pub(crate) fn nearest_path(mut self, wrong: &str, leaves: &Leaves) -> Self {
        if let Some(path) = nearest(leaves, wrong) {
            self.help = Some(format!("did you mean `{path}`?"));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, expect: bool) {
        assert_eq!(
            Pattern::new(pattern).matches(path),
            expect,
            "{pattern} on {path}"
        );
    }

    #[test]
    fn patterns_match_segments() {
        check("actors.*.autonomy", "actors.XAN.autonomy", true);
        check("actors.*.autonomy", "actors.XAN.salience.trade", false);
        check("actors.*.salience.*", "actors.XAN.salience.trade", true);
        check("params.*", "params.bargaining.noise", true);
        check("params.bargaining.*", "params.bargaining.noise", true);
        check("**.noise", "params.bargaining.noise", true);
        check("dyads.XAN-*.rivalry", "dyads.XAN-UNO.rivalry", true);
        check("dyads.UNO-*.rivalry", "dyads.XAN-UNO.rivalry", true);
        check("dyads.UNO-*.rivalry", "dyads.XAN-DUO.rivalry", false);
        check("a.b*b", "a.b", false);
        check("a.b*b", "a.bb", true);
    }

    #[test]
    fn braces_hold_alternatives() {
        assert_eq!(alternatives("a.b"), ["a.b"]);
        assert_eq!(alternatives("a.{b, c}.d"), ["a.b.d", "a.c.d"]);
        let both = alternatives("{a,b}-{c,d}.*");
        assert_eq!(both, ["a-c.*", "a-d.*", "b-c.*", "b-d.*"]);
        assert_eq!(alternatives("a.{b"), ["a.{b"]);
    }

    #[test]
    fn the_more_specific_pattern_is_less_wild() {
        let wildness = |text: &str| Pattern::new(text).wildness();
        assert!(wildness("actors.XAN.autonomy") < wildness("actors.*.autonomy"));
        assert!(wildness("actors.*.autonomy") < wildness("actors.*.*"));
        assert!(wildness("params.bargaining.*") < wildness("params.*"));
    }

    #[test]
    fn a_dyad_has_two_spellings() {
        let other = reversed("dyads.XAN-UNO.trade_out_musd");
        assert_eq!(other.as_deref(), Some("dyads.UNO-XAN.trade_in_musd"));
    }
}
