//! The one outcome language: the RON form of an outcome, with a comparison and a half-width, in files
//! and on the command line, and back to text.
//!
//! `Cohesion(org: "A") < 0.4`, `Adopted(initiative: "x", rung: "y", by: "2018-12")`,
//! `Adopted(initiative: "x") +- 0.01`.

use crate::catalogue::Catalogue;
use crate::date::Month;
use crate::decode::names::Names;
use crate::decode::{At, Decoder};
use crate::diagnostic::{self, Diagnostic};
use crate::model::{Comparison, EventKind, Outcome, Predicate, Scenario, Status, Term};
use crate::parse;
use crate::text::{FileId, Span, Texts};

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

impl Outcome {
    /// Whether it is true or false rather than a number.
    pub const fn is_truth(&self) -> bool {
        matches!(self, Self::Adopted { .. } | Self::HasStatus { .. })
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
        let (parsed, end) = parse::parse_prefix(file, &source, 0);
        let readable = parsed.mistakes.is_empty();
        self.diagnostics.extend(parsed.mistakes);
        let outcome = self.outcome(&parsed.root, at);
        if !readable {
            return None;
        }
        let mut rest = Rest {
            text: &source.text,
            at: end,
        };
        let comparison = rest.comparison();
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

/// Writes one outcome in the outcome language.
pub fn write_outcome(scenario: &Scenario, outcome: &Outcome) -> String {
    let world = &scenario.world;
    let org = |idx: usize| text("org", &world.organisations[idx].id);
    let actor = |key: &str, idx: usize| text(key, &world.actors[idx].id);
    let bloc = |idx: usize| text("bloc", &world.blocs[idx].id);
    let (name, fields) = match outcome {
        Outcome::Cohesion { org: o, at } => ("Cohesion", vec![org(*o), month("at", *at)]),
        Outcome::CohesionPart { org: o, part, at } => (
            "CohesionPart",
            vec![org(*o), word("part", part.name()), month("at", *at)],
        ),
        Outcome::Maturity { org: o, at } => ("Maturity", vec![org(*o), month("at", *at)]),
        Outcome::Implementation { org: o, at } => {
            ("Implementation", vec![org(*o), month("at", *at)])
        }
        Outcome::Level {
            org: o,
            element,
            at,
        } => {
            let element = text("element", &world.elements[*element].id);
            ("Level", vec![org(*o), element, month("at", *at)])
        }
        Outcome::Count { org: o, status, at } => (
            "Count",
            vec![org(*o), word("status", status.name()), month("at", *at)],
        ),
        Outcome::HasStatus {
            actor: a,
            org: o,
            status,
            at,
        } => (
            "HasStatus",
            vec![
                actor("actor", *a),
                org(*o),
                word("status", status.name()),
                month("at", *at),
            ],
        ),
        Outcome::Adopted {
            initiative,
            rung,
            by,
        } => (
            "Adopted",
            vec![adoption(scenario, *initiative, *rung), month("by", *by)],
        ),
        Outcome::Depth { initiative, at } => (
            "Depth",
            vec![initiative_text(scenario, *initiative), month("at", *at)],
        ),
        Outcome::BlockShare {
            initiative,
            actor: a,
        } => (
            "BlockShare",
            vec![initiative_text(scenario, *initiative), actor("actor", *a)],
        ),
        Outcome::TimeTo { event } => ("TimeTo", vec![event_text(scenario, event)]),
        Outcome::EventCount { event, by } => (
            "EventCount",
            vec![event_text(scenario, event), month("by", *by)],
        ),
        Outcome::DriverLevel { driver, at } => (
            "DriverLevel",
            vec![text("driver", &world.drivers[*driver].id), month("at", *at)],
        ),
        Outcome::Affinity { source, target, at } => (
            "Affinity",
            vec![
                actor("source", *source),
                actor("target", *target),
                month("at", *at),
            ],
        ),
        Outcome::Trust {
            actor: a,
            bloc: b,
            at,
        } => (
            "Trust",
            vec![actor("actor", *a), bloc(*b), month("at", *at)],
        ),
        Outcome::Utility {
            actor: a,
            org: o,
            term,
            at,
        } => {
            let term = term.map_or_else(String::new, |term| word("term", term.name()));
            (
                "Utility",
                vec![actor("actor", *a), org(*o), term, month("at", *at)],
            )
        }
        Outcome::Antagonism {
            org: o,
            bloc: b,
            at,
        } => ("Antagonism", vec![org(*o), bloc(*b), month("at", *at)]),
    };
    call(name, fields)
}

/// Writes one predicate in the outcome language.
pub fn write_predicate(scenario: &Scenario, predicate: &Predicate) -> String {
    let outcome = write_outcome(scenario, &predicate.outcome);
    let plain = predicate.outcome.is_truth()
        && predicate.comparison == Comparison::Greater
        && predicate.threshold.to_bits() == 0.5_f64.to_bits();
    if plain {
        return outcome;
    }
    format!(
        "{outcome} {} {}",
        predicate.comparison.sign(),
        predicate.threshold
    )
}

fn call(name: &str, fields: Vec<String>) -> String {
    let given: Vec<String> = fields
        .into_iter()
        .filter(|field| !field.is_empty())
        .collect();
    format!("{name}({})", given.join(", "))
}

fn text(key: &str, id: &str) -> String {
    format!("{key}: \"{id}\"")
}

/// A variant without fields, written with its first letter large.
pub(crate) fn word(key: &str, name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{key}: {}{rest}", first.to_uppercase())
}

fn month(key: &str, at: Option<Month>) -> String {
    at.map_or_else(String::new, |month| format!("{key}: \"{month}\""))
}

fn initiative_text(scenario: &Scenario, initiative: usize) -> String {
    text("initiative", &scenario.initiatives[initiative].id)
}

fn adoption(scenario: &Scenario, initiative: usize, rung: usize) -> String {
    let name = initiative_text(scenario, initiative);
    if rung == 0 {
        return name;
    }
    format!(
        "{name}, {}",
        text("rung", &scenario.initiatives[initiative].ladder[rung].id)
    )
}

fn event_text(scenario: &Scenario, event: &EventKind) -> String {
    let world = &scenario.world;
    let org = |idx: usize| text("org", &world.organisations[idx].id);
    let who = |actor: Option<usize>| {
        actor.map_or_else(String::new, |idx| text("actor", &world.actors[idx].id))
    };
    let (name, fields) = match event {
        EventKind::Adoption { initiative, rung } => {
            ("Adoption", vec![adoption(scenario, *initiative, *rung)])
        }
        EventKind::Withdrawal { org: o, actor } => ("Withdrawal", vec![org(*o), who(*actor)]),
        EventKind::Suspension { org: o, actor } => ("Suspension", vec![org(*o), who(*actor)]),
        EventKind::Accession { org: o, actor } => ("Accession", vec![org(*o), who(*actor)]),
        EventKind::Dispute {
            pair,
            org: o,
            lethal,
        } => {
            let pair = pair.map(|(source, target)| {
                let (source, target) = (&world.actors[source].id, &world.actors[target].id);
                format!("{}, {}", text("source", source), text("target", target))
            });
            let lethal = if *lethal { "lethal: true" } else { "" };
            let org = o.map_or_else(String::new, org);
            (
                "Dispute",
                vec![pair.unwrap_or_default(), org, lethal.to_owned()],
            )
        }
        EventKind::Shock { shock } => ("Shock", vec![text("shock", &scenario.shocks[*shock].id)]),
    };
    format!("event: {}", call(name, fields))
}

/// A short title for people, such as `Cohesion of A at 2025-12`.
pub fn title(scenario: &Scenario, outcome: &Outcome) -> String {
    let world = &scenario.world;
    let org = |idx: usize| world.organisations[idx].id.as_str();
    let actor = |idx: usize| world.actors[idx].id.as_str();
    let end = scenario.time.end;
    let at = |month: &Option<Month>| format!("at {}", month.unwrap_or(end));
    let by = |month: &Option<Month>| format!("by {}", month.unwrap_or(end));
    match outcome {
        Outcome::Cohesion { org: o, at: m } => format!("Cohesion of {} {}", org(*o), at(m)),
        Outcome::CohesionPart {
            org: o,
            part,
            at: m,
        } => {
            format!("Cohesion of {} ({}) {}", org(*o), part.name(), at(m))
        }
        Outcome::Maturity { org: o, at: m } => format!("Maturity of {} {}", org(*o), at(m)),
        Outcome::Implementation { org: o, at: m } => {
            format!("Implementation in {} {}", org(*o), at(m))
        }
        Outcome::Level {
            org: o,
            element,
            at: m,
        } => {
            format!(
                "{} in {} {}",
                world.elements[*element].title,
                org(*o),
                at(m)
            )
        }
        Outcome::Count {
            org: o,
            status,
            at: m,
        } => {
            format!("Number of {}s of {} {}", lower(*status), org(*o), at(m))
        }
        Outcome::HasStatus {
            actor: a,
            org: o,
            status,
            at: m,
        } => {
            format!(
                "{} is {} of {} {}",
                actor(*a),
                lower(*status),
                org(*o),
                at(m)
            )
        }
        Outcome::Adopted {
            initiative,
            rung,
            by: m,
        } => {
            let initiative = &scenario.initiatives[*initiative];
            format!(
                "{}: {} adopted {}",
                initiative.title,
                initiative.ladder[*rung].title,
                by(m)
            )
        }
        Outcome::Depth { initiative, at: m } => {
            format!(
                "{}: depth {}",
                scenario.initiatives[*initiative].title,
                at(m)
            )
        }
        Outcome::BlockShare {
            initiative,
            actor: a,
        } => {
            format!(
                "{}: blocked by {}",
                scenario.initiatives[*initiative].title,
                actor(*a)
            )
        }
        Outcome::TimeTo { event } => format!("Years to {}", event_title(scenario, event)),
        Outcome::EventCount { event, by: m } => {
            format!("Count of {} {}", event_title(scenario, event), by(m))
        }
        Outcome::DriverLevel { driver, at: m } => {
            format!("{} {}", world.drivers[*driver].title, at(m))
        }
        Outcome::Affinity {
            source,
            target,
            at: m,
        } => {
            format!(
                "Affinity of {} and {} {}",
                actor(*source),
                actor(*target),
                at(m)
            )
        }
        Outcome::Trust {
            actor: a,
            bloc,
            at: m,
        } => {
            format!(
                "Trust of {} in {} {}",
                actor(*a),
                world.blocs[*bloc].title,
                at(m)
            )
        }
        Outcome::Utility {
            actor: a,
            org: o,
            term,
            at: m,
        } => {
            let term = term.map_or_else(String::new, |term: Term| format!(" ({})", term.name()));
            format!("Utility of {} to {}{term} {}", org(*o), actor(*a), at(m))
        }
        Outcome::Antagonism {
            org: o,
            bloc,
            at: m,
        } => {
            format!(
                "Antagonism of {} to {} {}",
                org(*o),
                world.blocs[*bloc].title,
                at(m)
            )
        }
    }
}

/// A short title of a predicate, such as `Cohesion of A at 2025-12 < 0.4`.
pub fn predicate_title(scenario: &Scenario, predicate: &Predicate) -> String {
    let title = title(scenario, &predicate.outcome);
    let plain = predicate.outcome.is_truth() && predicate.comparison == Comparison::Greater;
    if plain {
        return title;
    }
    format!(
        "{title} {} {}",
        predicate.comparison.sign(),
        predicate.threshold
    )
}

fn lower(status: Status) -> String {
    status.name().to_lowercase()
}

/// A short title of an event, such as `withdrawal of B from A`.
pub fn event_title(scenario: &Scenario, event: &EventKind) -> String {
    let world = &scenario.world;
    let org = |idx: usize| world.organisations[idx].id.as_str();
    let who = |actor: &Option<usize>| {
        actor.map_or_else(|| "a member".to_owned(), |idx| world.actors[idx].id.clone())
    };
    match event {
        EventKind::Adoption { initiative, rung } => {
            let initiative = &scenario.initiatives[*initiative];
            format!(
                "adoption of {}: {}",
                initiative.title, initiative.ladder[*rung].title
            )
        }
        EventKind::Withdrawal { org: o, actor } => {
            format!("withdrawal of {} from {}", who(actor), org(*o))
        }
        EventKind::Suspension { org: o, actor } => {
            format!("suspension of {} in {}", who(actor), org(*o))
        }
        EventKind::Accession { org: o, actor } => {
            let who = actor.map_or("an actor", |idx| world.actors[idx].id.as_str());
            format!("accession of {who} to {}", org(*o))
        }
        EventKind::Dispute {
            pair,
            org: o,
            lethal,
        } => {
            let lethal = if *lethal { "lethal dispute" } else { "dispute" };
            let within = o.map_or_else(String::new, |idx| format!(" within {}", org(idx)));
            let pair = pair.map_or_else(String::new, |(source, target)| {
                format!(
                    " of {} and {}",
                    world.actors[source].id, world.actors[target].id
                )
            });
            format!("{lethal}{pair}{within}")
        }
        EventKind::Shock { shock } => scenario.shocks[*shock].title.clone(),
    }
}
