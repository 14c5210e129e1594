//! A drawing: shapes in the order they are painted, ended as one SVG document.
//!
//! The picture begins at height 0; title and footer stand above and below it, so that a page which writes them
//! itself shows the picture alone ([`super::Figure::inset`]). Each shape has its colour and the class of it
//! ([`super::palette`]).

use std::fmt::Write as _;

pub(super) use super::palette::{FAINT, GRID, INK};
use super::{Caption, Figure, footer, palette};

/// Width of every figure [px].
pub(super) const WIDTH: f64 = 720.0;
/// Height of a line of the title [px].
const TITLE_LINE: f64 = 20.0;
/// Letters of the title that fit on a line.
const TITLE_LETTERS: usize = 76;
/// Letters of the footer that fit on a line.
const FOOTER_LETTERS: usize = 108;

/// Where a text is anchored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    /// At its start.
    Start,
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

impl Anchor {
    fn attribute(self) -> &'static str {
        match self {
            Self::Start => "",
            Self::Middle => " text-anchor=\"middle\"",
            Self::End => " text-anchor=\"end\"",
        }
    }
}

/// Size, colour and anchor of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type<'a> {
    /// Height of the letters [px].
    pub(super) size: f64,
    /// Colour.
    pub(super) colour: &'a str,
    /// Where it is anchored.
    pub(super) anchor: Anchor,
}

/// Small letters.
pub(super) fn small(colour: &str, anchor: Anchor) -> Type<'_> {
    Type {
        size: 11.0,
        colour,
        anchor,
    }
}

/// Shapes under a title.
#[derive(Debug)]
pub(super) struct Drawing {
    head: String,
    head_height: f64,
    body: String,
    /// Where the picture begins [px].
    pub(super) top: f64,
}

impl Drawing {
    /// Starts with a title on as many lines as it needs.
    pub(super) fn new(title: &str) -> Self {
        let lines = wrapped(title, TITLE_LETTERS);
        let mut head = String::new();
        for (idx, line) in lines.iter().enumerate() {
            let y = -12.0 - TITLE_LINE * (lines.len() - 1 - idx) as f64;
            writeln!(
                head,
                "<text x=\"16\" y=\"{}\" font-size=\"15\" font-weight=\"600\" {}>{}</text>",
                at(y),
                fill(INK),
                escaped(line)
            )
            .expect("text grows");
        }
        Self {
            head,
            head_height: 22.0 + TITLE_LINE * lines.len() as f64,
            body: String::new(),
            top: 0.0,
        }
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        self.push(&format!(
            "<path d=\"{}\" {}/>",
            course(&[from, to]),
            stroke(colour)
        ));
    }

    /// A straight line of a width, with dashes.
    pub(super) fn rule(&mut self, ends: [(f64, f64); 2], colour: &str, width: f64, dashes: &str) {
        self.curve(&ends, colour, width, dashes);
    }

    /// A curve through points, of a width and with dashes.
    pub(super) fn curve(&mut self, points: &[(f64, f64)], colour: &str, width: f64, dashes: &str) {
        let dashes = if dashes.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dashes}\"")
        };
        self.push(&format!(
            "<path d=\"{}\" fill=\"none\" {} stroke-width=\"{width}\" stroke-linejoin=\"round\"{dashes}/>",
            course(points),
            stroke(colour)
        ));
    }

    /// A line between two actors, through which others are seen.
    pub(super) fn tie(&mut self, ends: [(f64, f64); 2], colour: &str, width: f64, dashes: &str) {
        let dashes = if dashes.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dashes}\"")
        };
        self.push(&format!(
            "<path d=\"{}\" {} stroke-width=\"{width:.1}\" stroke-opacity=\"0.6\"{dashes}/>",
            course(&ends),
            stroke(colour)
        ));
    }

    /// A band between two curves.
    pub(super) fn band(
        &mut self,
        above: &[(f64, f64)],
        below: &[(f64, f64)],
        colour: &str,
        opacity: f64,
    ) {
        let around: Vec<(f64, f64)> = above.iter().chain(below.iter().rev()).copied().collect();
        self.push(&format!(
            "<path d=\"{}Z\" {} fill-opacity=\"{opacity}\"/>",
            course(&around),
            fill(colour)
        ));
    }

    /// Closed rings, filled and outlined; the hint is shown to those who point at them.
    pub(super) fn land(
        &mut self,
        rings: &[Vec<(f64, f64)>],
        colour: &str,
        outline: (&str, f64),
        hint: &str,
    ) {
        let mut path = String::new();
        for ring in rings {
            path += &course(ring);
            path.push('Z');
        }
        let ending = if hint.is_empty() {
            "/>".to_owned()
        } else {
            format!("><title>{}</title></path>", escaped(hint))
        };
        self.push(&format!(
            "<path d=\"{path}\" {} stroke-width=\"{}\" stroke-linejoin=\"round\"{ending}",
            both(Some(colour), Some(outline.0)),
            outline.1
        ));
    }

    /// A filled box.
    pub(super) fn square(&mut self, corner: (f64, f64), size: (f64, f64), colour: &str) {
        self.push(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>",
            at(corner.0),
            at(corner.1),
            at(size.0),
            at(size.1),
            fill(colour)
        ));
    }

    /// A filled circle with an outline.
    pub(super) fn dot(&mut self, centre: (f64, f64), radius: f64, colour: &str, outline: &str) {
        self.push(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>",
            at(centre.0),
            at(centre.1),
            at(radius),
            both(Some(colour), Some(outline))
        ));
    }

    /// What follows, until [`Self::close`], has a hint for those who point at it.
    pub(super) fn open(&mut self, hint: &str) {
        self.push(&format!("<g><title>{}</title>", escaped(hint)));
    }

    /// Ends what [`Self::open`] began.
    pub(super) fn close(&mut self) {
        self.push("</g>");
    }

    /// Words at a place.
    pub(super) fn words(&mut self, place: (f64, f64), style: Type<'_>, words: &str) {
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" {}{}>{}</text>",
            at(place.0),
            at(place.1),
            style.size,
            fill(style.colour),
            style.anchor.attribute(),
            escaped(words)
        ));
    }

    /// Words with a rim of paper around them, to be read on lines and land.
    pub(super) fn words_apart(&mut self, place: (f64, f64), style: Type<'_>, words: &str) {
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" class=\"fink spaper\" fill=\"{}\" stroke=\"{}\" \
             stroke-width=\"3\" paint-order=\"stroke\" stroke-linejoin=\"round\"{}>{}</text>",
            at(place.0),
            at(place.1),
            style.size,
            style.colour,
            palette::PAPER,
            style.anchor.attribute(),
            escaped(words)
        ));
    }

    /// Small words in the middle of a cell of a shade.
    pub(super) fn words_on(&mut self, place: (f64, f64), shade: &str, words: &str) {
        let (colour, class) = palette::words_on(shade);
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"11\" class=\"{class}\" fill=\"{colour}\" text-anchor=\"middle\">{}</text>",
            at(place.0),
            at(place.1),
            escaped(words)
        ));
    }

    fn push(&mut self, shape: &str) {
        self.body += shape;
        self.body.push('\n');
    }

    /// Ends the document: the footer below the picture, the words for those who do not see it.
    pub(super) fn figure(
        self,
        bottom: f64,
        title: String,
        legend: &str,
        description: String,
        caption: &Caption<'_>,
    ) -> Figure {
        let footer = footer(caption, legend);
        Figure {
            svg: self.document(bottom, &title, &description, &footer),
            title,
            legend: legend.to_owned(),
            description,
        }
    }

    /// The SVG document.
    fn document(self, bottom: f64, title: &str, description: &str, footer: &[String]) -> String {
        let mut foot = String::new();
        let mut y = bottom + 6.0;
        for line in footer.iter().flat_map(|line| wrapped(line, FOOTER_LETTERS)) {
            y += 14.0;
            writeln!(
                foot,
                "<text x=\"16\" y=\"{}\" font-size=\"11\" {}>{}</text>",
                at(y),
                fill(FAINT),
                escaped(&line)
            )
            .expect("text grows");
        }
        let top = at(-self.head_height);
        let height = at(y + 10.0 + self.head_height);
        let picture = at(bottom + 4.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 {top} {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" data-picture=\"0 0 {WIDTH} {picture}\" role=\"img\" \
             font-family=\"Inter, 'DejaVu Sans', Arial, sans-serif\">\n\
             <title>{}</title>\n<desc>{}</desc>\n\
             <rect y=\"{top}\" width=\"100%\" height=\"100%\" {}/>\n{}{}{foot}</svg>\n",
            escaped(title),
            escaped(description),
            fill(palette::PAPER),
            self.head,
            self.body
        )
    }
}

/// The attributes of a filling.
fn fill(colour: &str) -> String {
    both(Some(colour), None)
}

/// The attributes of a stroke.
fn stroke(colour: &str) -> String {
    both(None, Some(colour))
}

/// The attributes of filling and stroke: their classes, and their colours.
fn both(fill: Option<&str>, stroke: Option<&str>) -> String {
    let class = |prefix: &str, colour: &str| Some(format!("{prefix}{}", palette::class(colour)?));
    let classes = [
        fill.and_then(|colour| class("f", colour)),
        stroke.and_then(|colour| class("s", colour)),
    ];
    let classes: Vec<String> = classes.into_iter().flatten().collect();
    let mut parts = Vec::new();
    if !classes.is_empty() {
        parts.push(format!("class=\"{}\"", classes.join(" ")));
    }
    parts.extend(fill.map(|colour| format!("fill=\"{colour}\"")));
    parts.extend(stroke.map(|colour| format!("stroke=\"{colour}\"")));
    parts.join(" ")
}

/// A coordinate, to a tenth.
pub(super) fn at(x: f64) -> String {
    let text = format!("{x:.1}");
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

/// The `d` of a path through points.
fn course(points: &[(f64, f64)]) -> String {
    let mut text = String::new();
    for (idx, (x, y)) in points.iter().enumerate() {
        let verb = if idx == 0 { 'M' } else { 'L' };
        write!(text, "{verb}{} {}", at(*x), at(*y)).expect("text grows");
    }
    text
}

/// Text as XML takes it, in an attribute too.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            // XML has no other control characters.
            '\n' | '\t' => safe.push(letter),
            _ if letter.is_control() => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

/// Words on lines of so many letters.
pub(super) fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= letters {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// A name of so many letters at most.
pub(super) fn shortened(name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return name.to_owned();
    }
    name.chars().take(letters - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        assert_eq!(at(12.0), "12");
        assert_eq!(at(12.34), "12.3");
        assert_eq!(at(-0.01), "0");
    }

    #[test]
    fn words_are_wrapped_and_escaped() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            escaped("a < b & \"c\"\u{7}"),
            "a &lt; b &amp; &quot;c&quot;\u{fffd}"
        );
        assert_eq!(shortened("abcdef", 4), "abc…");
    }

    #[test]
    fn title_and_footer_stand_outside_the_picture() {
        let mut drawing = Drawing::new("A finding");
        drawing.square((0.0, 0.0), (10.0, 10.0), INK);
        let svg = drawing.document(100.0, "A finding", "In words.", &["below".to_owned()]);
        assert!(svg.contains("viewBox=\"0 -42 720 172\""), "{svg}");
        assert!(svg.contains("data-picture=\"0 0 720 104\""), "{svg}");
        assert!(svg.contains("class=\"fink\" fill=\"#1a1a1a\""), "{svg}");
    }
}
