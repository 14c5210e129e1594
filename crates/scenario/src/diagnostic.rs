//! One mistake or doubt: what is wrong, where, what was expected, and what to write instead.
//!
//! Mistakes are gathered, ordered by place, and shown as text (through miette, with the source line
//! underlined) or as JSON (one object each).

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::text::{Place, SourceText};

/// Whether it stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The scenario cannot run.
    Error,
    /// The scenario runs, but may not say what was meant.
    Warning,
}

/// A second place that belongs to a mistake.
#[derive(Debug, Clone)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub label: String,
}

/// One mistake or doubt.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Stable code, `scenario::unknown_actor`.
    pub code: &'static str,
    /// Whether it stops the run.
    pub severity: Severity,
    /// What is wrong, a fragment without a full stop.
    pub message: String,
    /// Where; absent only if a whole file is missing and nothing refers to it.
    pub place: Option<Place>,
    /// What stands there, shown below the underlined text.
    pub label: String,
    /// Path in the scenario, `initiatives.link.ladder[1]`; empty for syntax.
    pub path: String,
    /// What was expected there.
    pub expected: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: Some(place),
            label: String::new(),
            path: String::new(),
            expected: None,
            help: None,
            related: Vec::new(),
        }
    }

    /// An error that no text can be blamed for.
    pub fn without_place(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: None,
            label: String::new(),
            path: String::new(),
            expected: None,
            help: None,
            related: Vec::new(),
        }
    }

    /// The same as a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// With a label at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With its path.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// With what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// With what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the nearest of the valid names as help, if one is near.
    #[must_use]
    pub fn nearest<'a>(mut self, wrong: &str, valid: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(name) = nearest(wrong, valid) {
            self.help = Some(format!("did you mean `{name}`?"));
        }
        self
    }

    /// With a second place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push(Related {
            place,
            label: label.into(),
        });
        self
    }

    /// Whether it stops the run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// `file:line:column`, or nothing.
    pub fn location(&self) -> String {
        self.place.as_ref().map(location).unwrap_or_default()
    }

    /// As plain text with the source line underlined.
    pub fn to_text(&self, look: Look) -> String {
        let theme = match look {
            Look::Plain => GraphicalTheme::unicode_nocolor(),
            Look::Colour => GraphicalTheme::unicode(),
            Look::Ascii => GraphicalTheme::none(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(100)
            .with_links(false)
            .with_context_lines(1)
            .with_break_words(false);
        let mut text = String::new();
        // Writing into a string cannot fail; a report that cannot be drawn still has its message.
        if handler.render_report(&mut text, &Shown::new(self)).is_err() {
            text = format!("{}: {}\n", self.location(), self.message);
        }
        text
    }

    /// As one JSON object in one line.
    ///
    /// # Panics
    /// Never: strings and numbers are always JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are always JSON")
    }
}

/// How mistakes are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Lines, no colours.
    Plain,
    /// Lines and colours.
    Colour,
    /// Neither.
    Ascii,
}

/// All mistakes as text.
pub fn to_text(diagnostics: &[Diagnostic], look: Look) -> String {
    let texts: Vec<String> = diagnostics.iter().map(|one| one.to_text(look)).collect();
    texts.join("\n")
}

/// Puts mistakes in order: by file in order of their names, by place, by code.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|left, right| key(left).cmp(&key(right)));
    diagnostics.dedup_by(|later, first| key(later) == key(first));
}

type Key<'a> = (Option<&'a str>, Option<usize>, &'a str, &'a str, &'a str);

fn key(one: &Diagnostic) -> Key<'_> {
    let place = one.place.as_ref();
    (
        place.map(|place| place.source.name.as_str()),
        place.map(|place| place.offset),
        one.code,
        &one.path,
        &one.message,
    )
}

fn location(place: &Place) -> String {
    let (line, column) = place.line_column();
    format!("{}:{line}:{column}", place.source.name)
}

/// The nearest of some valid names, if it is near enough to be what was meant.
pub fn nearest<'a>(wrong: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let score = |name: &str| {
        let name = name.to_lowercase();
        // A name that begins with what was written is an abbreviation.
        let prefix = lower.len() >= 3 && name.starts_with(&lower);
        let score = strsim::damerau_levenshtein(&lower, &name);
        let longest = lower.chars().count().max(name.chars().count());
        let near = prefix || score * 5 <= longest * 2;
        near.then_some((if prefix { 0 } else { score }, name.len()))
    };
    let scored = valid
        .into_iter()
        .filter(|name| name.len() <= 200 && lower.len() <= 200);
    let scored = scored.filter_map(|name| score(name).map(|score| (score, name)));
    scored.min_by_key(|(score, _)| *score).map(|(_, name)| name)
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (line, column) = self.place.as_ref().map(Place::line_column).unzip();
        let related: Vec<_> = self.related.iter().map(RelatedJson::new).collect();
        let mut object = serializer.serialize_struct("Diagnostic", 13)?;
        object.serialize_field("code", self.code)?;
        object.serialize_field("severity", &self.severity)?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("file", &self.place.as_ref().map(|place| &place.source.name))?;
        object.serialize_field("line", &line)?;
        object.serialize_field("column", &column)?;
        object.serialize_field("offset", &self.place.as_ref().map(|place| place.offset))?;
        object.serialize_field("length", &self.place.as_ref().map(|place| place.length))?;
        object.serialize_field("path", &self.path)?;
        object.serialize_field("label", &self.label)?;
        object.serialize_field("expected", &self.expected)?;
        object.serialize_field("help", &self.help)?;
        object.serialize_field("related", &related)?;
        object.end()
    }
}

#[derive(Serialize)]
struct RelatedJson<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    label: &'a str,
}

impl<'a> RelatedJson<'a> {
    fn new(related: &'a Related) -> Self {
        let (line, column) = related.place.line_column();
        Self {
            file: &related.place.source.name,
            line,
            column,
            label: &related.label,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location();
        if !location.is_empty() {
            write!(f, "{location}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// A diagnostic in the form miette draws.
struct Shown<'a> {
    of: &'a Diagnostic,
    source: Option<Lines<'a>>,
    help: String,
}

impl<'a> Shown<'a> {
    fn new(of: &'a Diagnostic) -> Self {
        let source = of.place.as_ref().map(|place| Lines {
            text: &place.source,
        });
        let mut help = Vec::new();
        if !of.path.is_empty() {
            help.push(format!("path: {}", of.path));
        }
        if let Some(expected) = &of.expected {
            help.push(format!("expected: {expected}"));
        }
        help.extend(of.help.clone());
        for related in of
            .related
            .iter()
            .filter(|related| !of.is_near(&related.place))
        {
            help.push(format!("{}: {}", location(&related.place), related.label));
        }
        Self {
            of,
            source,
            help: help.join("\n"),
        }
    }
}

/// A text that shows the whole lines of a span and nothing around them.
struct Lines<'a> {
    text: &'a SourceText,
}

/// Lines that two places shown in one picture may lie apart.
const NEAR_LINES: usize = 8;
/// Bytes shown before and behind a span on a line that is longer.
const LINE_PART: usize = 160;

impl SourceCode for Lines<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let text = &self.text.text;
        let start = floor_char(text, span.offset().min(text.len()));
        let end = floor_char(text, (span.offset() + span.len()).min(text.len()));
        // Without lines around it miette asks for the place, with them for what to show.
        let (from, to) = if before == 0 {
            (start, end)
        } else {
            whole_lines(text, start, end)
        };
        let (line, column) = self.text.line_column(from);
        Ok(Box::new(MietteSpanContents::new_named(
            self.text.name.clone(),
            &text.as_bytes()[from..to],
            (from, to - from).into(),
            line - 1,
            column - 1,
            self.text.lines(),
        )))
    }
}

fn whole_lines(text: &str, start: usize, end: usize) -> (usize, usize) {
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let from = line_start.max(start.saturating_sub(LINE_PART));
    let to = line_end.min(end + LINE_PART);
    (floor_char(text, from), floor_char(text, to))
}

fn floor_char(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Diagnostic {
    /// Whether a second place can be shown in one picture with the first.
    fn is_near(&self, place: &Place) -> bool {
        self.place.as_ref().is_some_and(|own| {
            let lines = own.line_column().0.abs_diff(place.line_column().0);
            own.source.name == place.source.name && lines <= NEAR_LINES
        })
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.of, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(self.of.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.of.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        if self.help.is_empty() {
            None
        } else {
            Some(Box::new(&self.help))
        }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.of.place.as_ref()?;
        let label = (!self.of.label.is_empty()).then(|| self.of.label.clone());
        let own = LabeledSpan::new_primary_with_span(label, (place.offset, place.length));
        let others = self
            .of
            .related
            .iter()
            .filter(|other| self.of.is_near(&other.place));
        let others = others.map(|other| {
            let range = (other.place.offset, other.place.length);
            LabeledSpan::new_with_span(Some(other.label.clone()), range)
        });
        Some(Box::new(std::iter::once(own).chain(others)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["joint-exercises", "merger", "secretariat-mou"];
        assert_eq!(nearest("joint-exercize", names), Some("joint-exercises"));
        assert_eq!(nearest("Merger", names), Some("merger"));
        assert_eq!(nearest("secretariat", names), Some("secretariat-mou"));
        assert_eq!(nearest("energy", names), None);
    }
}
