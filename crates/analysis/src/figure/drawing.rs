//! A drawing: shapes in the order they are painted, ended as one SVG document.

use std::fmt::Write as _;

/// Width of every figure [px].
pub(super) const WIDTH: f64 = 720.0;
/// Okabe and Ito's black.
pub(super) const INK: &str = "#1a1a1a";
/// Words that may be skipped.
pub(super) const FAINT: &str = "#5c5c5c";
/// Grid lines.
pub(super) const GRID: &str = "#dddddd";
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

/// Shapes under a title.
#[derive(Debug)]
pub(super) struct Drawing {
    body: String,
    /// Where the picture begins, below the title [px].
    pub(super) top: f64,
}

impl Drawing {
    /// Starts with a title on as many lines as it needs.
    pub(super) fn new(title: &str) -> Self {
        let mut drawing = Self {
            body: String::new(),
            top: 14.0,
        };
        for line in wrapped(title, TITLE_LETTERS) {
            drawing.top += TITLE_LINE;
            writeln!(
                drawing.body,
                "<text x=\"16\" y=\"{}\" font-size=\"15\" font-weight=\"600\" fill=\"{INK}\">{}</text>",
                at(drawing.top - 4.0),
                escaped(&line)
            )
            .expect("text grows");
        }
        drawing.top += 8.0;
        drawing
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        writeln!(
            self.body,
            "<path d=\"M{} {}L{} {}\" stroke=\"{colour}\"/>",
            at(from.0),
            at(from.1),
            at(to.0),
            at(to.1)
        )
        .expect("text grows");
    }

    /// A curve through points, of a width and with dashes.
    pub(super) fn curve(&mut self, points: &[(f64, f64)], colour: &str, width: f64, dashes: &str) {
        let dashes = if dashes.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dashes}\"")
        };
        writeln!(
            self.body,
            "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>",
            course(points)
        )
        .expect("text grows");
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
        writeln!(
            self.body,
            "<path d=\"{}Z\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>",
            course(&around)
        )
        .expect("text grows");
    }

    /// A filled box.
    pub(super) fn square(&mut self, corner: (f64, f64), size: (f64, f64), colour: &str) {
        writeln!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{colour}\"/>",
            at(corner.0),
            at(corner.1),
            at(size.0),
            at(size.1)
        )
        .expect("text grows");
    }

    /// Words at a place.
    pub(super) fn words(&mut self, place: (f64, f64), style: Type<'_>, words: &str) {
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}>{}</text>",
            at(place.0),
            at(place.1),
            style.size,
            style.colour,
            escaped(words)
        )
        .expect("text grows");
    }

    /// Ends the document: the footer below the picture, the words for those who do not see it.
    pub(super) fn finish(
        mut self,
        bottom: f64,
        title: &str,
        description: &str,
        footer: &[String],
    ) -> String {
        let mut y = bottom + 6.0;
        for line in footer.iter().flat_map(|line| wrapped(line, FOOTER_LETTERS)) {
            y += 14.0;
            let style = Type {
                size: 11.0,
                colour: FAINT,
                anchor: Anchor::Start,
            };
            self.words((16.0, y), style, &line);
        }
        let height = at(y + 10.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" font-family=\"Inter, 'DejaVu Sans', Arial, sans-serif\">\n\
             <title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

/// A coordinate, to a tenth.
fn at(x: f64) -> String {
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

/// Text as XML takes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Words on lines of so many letters.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
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
        assert_eq!(escaped("a < b & c"), "a &lt; b &amp; c");
    }
}
