//! The one outcome language: the RON form of an outcome, with a comparison and a half-width, in files
//! and on the command line, and back to text.
//!
//! `Cohesion(org: "A") < 0.4`, `Adopted(initiative: "x", rung: "y", by: "2018-12")`,
//! `Adopted(initiative: "x") +- 0.01`, `Any([Adopted(initiative: "x"), Count(org: "A") >= 3])`.
//! Files are RON, which has no signs between values: there a comparison or a sum is a text.

mod combined;
mod title;
mod words;

use crate::catalogue::Catalogue;
use crate::decode::names::Names;
use crate::decode::{At, Decoder};
use crate::diagnostic::{self, Diagnostic};
use crate::model::{Comparison, Outcome, Predicate, Scenario};
use crate::parse;
use crate::text::{FileId, Span, Texts};

pub use title::{event_title, predicate_title, title};
pub(crate) use words::word;
pub use words::{write_outcome, write_predicate};

/// What an outcome text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The outcome.
    pub outcome: Outcome,
    /// What it is compared with, if it is.
    pub comparison: Option<(Comparison, f64)>,
    /// Half-width of the interval asked for, `+- 0.01`.
    pub half_width: Option<f64>,
}

impl Target {
    /// The outcome, with its comparison if there is one; a half-width is dropped.
    pub fn into_outcome(self) -> Outcome {
        match self.comparison {
            None => self.outcome,
            Some((comparison, threshold)) => Outcome::Compare {
                left: Box::new(self.outcome),
                comparison,
                right: Box::new(Outcome::Constant(threshold)),
            },
        }
    }
}

impl Comparison {
    /// The sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it holds.
    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::Less => value < threshold,
            Self::AtMost => value <= threshold,
            Self::Greater => value > threshold,
            Self::AtLeast => value >= threshold,
        }
    }
}

impl Predicate {
    /// Whether it holds of a value; an absent one (not a number) is false.
    pub fn holds(&self, value: f64) -> bool {
        self.comparison.holds(value, self.threshold)
    }
}

/// Reads an outcome, with a comparison and a half-width if they are there. `name` is what messages
/// call the text, such as `--until`.
///
/// # Errors
/// Every mistake in the text.
pub fn parse_target(
    scenario: &Scenario,
    name: &str,
    text: &str,
) -> Result<Target, Vec<Diagnostic>> {
    with_decoder(scenario, name, text, |decoder, file| {
        decoder.target(file, &At::default())
    })
}

/// Reads an outcome that is not compared with anything.
///
/// # Errors
/// Every mistake in the text.
pub fn parse_outcome(
    scenario: &Scenario,
    name: &str,
    text: &str,
) -> Result<Outcome, Vec<Diagnostic>> {
    with_decoder(scenario, name, text, |decoder, file| {
        let target = decoder.target(file, &At::default())?;
        if target.comparison.is_some() || target.half_width.is_some() {
            let span = Span {
                file,
                start: 0,
                end: text.len(),
            };
            let message = "a comparison where an outcome is asked";
            decoder.report("scenario::wrong_type", span, "", message);
        }
        Some(target.outcome)
    })
}

/// Reads a truth value: a comparison, or a truth-valued outcome.
///
/// # Errors
/// Every mistake in the text.
pub fn parse_predicate(
    scenario: &Scenario,
    name: &str,
    text: &str,
) -> Result<Predicate, Vec<Diagnostic>> {
    with_decoder(scenario, name, text, |decoder, file| {
        let target = decoder.target(file, &At::default())?;
        let span = Span {
            file,
            start: 0,
            end: text.len(),
        };
        decoder.truth(target, span, "")
    })
}

fn with_decoder<T>(
    scenario: &Scenario,
    name: &str,
    text: &str,
    read: impl FnOnce(&mut Decoder<'_>, FileId) -> Option<T>,
) -> Result<T, Vec<Diagnostic>> {
    let mut texts = Texts::default();
    let file = texts.add(name, text.to_owned());
    let mut decoder = Decoder::new(texts, &Catalogue::EMPTY);
    decoder.names = Names::of(scenario);
    decoder.time = Some(scenario.time);
    let read = read(&mut decoder, file);
    let mut diagnostics = decoder.diagnostics;
    diagnostic::sort(&mut diagnostics);
    match read {
        Some(value) if !diagnostics.iter().any(Diagnostic::is_error) => Ok(value),
        _ => Err(diagnostics),
    }
}

impl Decoder<'_> {
    /// Reads a whole text of the outcome language.
    pub(crate) fn target(&mut self, file: FileId, at: &At) -> Option<Target> {
        let source = std::sync::Arc::clone(self.texts.get(file));
        let (parsed, end) = parse::parse_expression(file, &source, 0);
        let readable = parsed.mistakes.is_empty();
        self.diagnostics.extend(parsed.mistakes);
        let mut outcome = self.outcome(&parsed.root, at);
        if !readable {
            return None;
        }
        let mut rest = Rest {
            text: &source.text,
            at: end,
        };
        let mut comparison = rest.comparison();
        if let Some(sign) = comparison
            && rest.begins_outcome()
        {
            let (parsed, end) = parse::parse_expression(file, &source, rest.at);
            let left = outcome.map(Box::new);
            outcome = self.compared(left, sign, parsed, at);
            outcome.as_ref()?;
            (rest.at, comparison) = (end, None);
        }
        let number = comparison.map(|comparison| (comparison, rest.number()));
        let half_width = rest.half_width_sign().then(|| rest.number());
        rest.space();
        let wrong = rest.at < source.text.len()
            || matches!(number, Some((_, None)))
            || matches!(half_width, Some(None));
        if wrong {
            let span = Span {
                file,
                start: rest.at,
                end: source.text.len().max(rest.at),
            };
            let mistake = self
                .mistake(
                    "scenario::bad_comparison",
                    span,
                    &at.path,
                    "this is no comparison",
                )
                .expected("`<`, `<=`, `>` or `>=` and a number, then perhaps `+-` and a number");
            self.push(mistake);
            return None;
        }
        let comparison = number.and_then(|(sign, number)| number.map(|number| (sign, number)));
        let half_width = half_width.flatten();
        if half_width.is_some_and(|width| width <= 0.0) {
            let span = Span {
                file,
                start: end,
                end: source.text.len(),
            };
            self.report(
                "scenario::out_of_range",
                span,
                &at.path,
                "a half-width is above 0",
            );
        }
        Some(Target {
            outcome: outcome?,
            comparison,
            half_width,
        })
    }

    /// An outcome compared with another one, which follows the sign.
    fn compared(
        &mut self,
        left: Option<Box<Outcome>>,
        comparison: Comparison,
        right: parse::Parsed,
        at: &At,
    ) -> Option<Outcome> {
        let readable = right.mistakes.is_empty();
        self.diagnostics.extend(right.mistakes);
        let right = self.operand(&right.root, at);
        if !readable {
            return None;
        }
        Some(Outcome::Compare {
            left: left?,
            comparison,
            right: Box::new(right?),
        })
    }
}

/// What follows an outcome.
struct Rest<'t> {
    text: &'t str,
    at: usize,
}

impl Rest<'_> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.text[self.at..].starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn comparison(&mut self) -> Option<Comparison> {
        self.space();
        let signs = [
            Comparison::AtMost,
            Comparison::AtLeast,
            Comparison::Less,
            Comparison::Greater,
        ];
        signs
            .into_iter()
            .find(|comparison| self.take(comparison.sign()))
    }

    /// Whether another outcome follows rather than a number.
    fn begins_outcome(&mut self) -> bool {
        self.space();
        let rest = &self.text[self.at..];
        let calls = rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.contains('(');
        calls || rest.starts_with(['(', '"'])
    }

    fn half_width_sign(&mut self) -> bool {
        self.space();
        self.take("+-") || self.take("±")
    }

    fn number(&mut self) -> Option<f64> {
        self.space();
        let rest = &self.text[self.at..];
        let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | 'e' | 'E' | '_');
        // `0.4+-0.01` is a number and a half-width.
        let end = rest.find(|c: char| !part(c)).unwrap_or(rest.len());
        let number: f64 = rest[..end].replace('_', "").parse().ok()?;
        self.at += end;
        number.is_finite().then_some(number)
    }
}
