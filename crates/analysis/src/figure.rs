//! Figures: small SVG pictures of results, each with a title that states what was found.
//!
//! Plain data in, text out: the same data gives the same bytes on any machine, since coordinates are
//! rounded to a tenth and nothing is asked of fonts or clocks. Colours follow Okabe and Ito
//! (2008), which people with any colour vision tell apart; nothing is said by colour alone. Relies on
//! [`foedera_results`] for estimates and their digits.

pub mod adoption;
mod axis;
pub mod blockers;
pub mod causes;
pub mod discovery;
pub(crate) mod drawing;
pub mod fan;
pub mod incidence;
pub mod intervals;
pub mod lanes;
pub mod map;
pub mod network;
mod outlines;
mod palette;
pub mod ranges;
pub mod sweep;
pub mod swimlanes;
pub mod terms;

use foedera_results::{Estimate, digits};

/// What every figure says beside its data.
#[derive(Debug, Clone, Copy)]
pub struct Caption<'a> {
    /// What was run: replicates, seed, file.
    pub source: &'a str,
    /// Policy under which, if it is not the base case.
    pub policy: Option<&'a str>,
}

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The finding, as one sentence without a full stop.
    pub title: String,
    /// What is drawn, as a phrase.
    pub legend: String,
    /// The same picture in words, for those who do not see it.
    pub description: String,
    /// The SVG document.
    pub svg: String,
}

impl Figure {
    /// The picture alone, for a page that writes title and footer itself: without a size of its own, and with the whole
    /// document's frame in `data-whole`, so that the page can hand out the file.
    #[must_use]
    pub fn inset(&self) -> String {
        let Some((root, rest)) = self.svg.split_once('\n') else {
            return self.svg.clone();
        };
        let attribute = |name: &str| {
            let (_, from) = root.split_once(&format!(" {name}=\""))?;
            Some(from.split('"').next().unwrap_or_default().to_owned())
        };
        let (Some(whole), Some(picture)) = (attribute("viewBox"), attribute("data-picture")) else {
            return self.svg.clone();
        };
        format!(
            "<svg viewBox=\"{picture}\" data-whole=\"{whole}\" role=\"img\" \
             font-family=\"Inter, 'DejaVu Sans', Arial, sans-serif\">\n{rest}"
        )
    }
}

/// A value with as many digits as an error deserves, without the error.
fn deserved(value: f64, error: f64) -> String {
    let text = digits::with_error(value, error);
    text.split(" ± ").next().unwrap_or(&text).to_owned()
}

/// The value of an estimate with the digits its interval deserves; a bound if it never or always happened.
fn short(of: &Estimate) -> String {
    let text = digits::share(of);
    let short = text.split(" (").next().unwrap_or(&text);
    short.replace("below ", "< ").replace("above ", "> ")
}

/// The lines under a figure: what is drawn, and where it comes from.
fn footer(caption: &Caption<'_>, bands: &str) -> [String; 2] {
    let policy = caption
        .policy
        .map_or_else(String::new, |policy| format!(" · policy {policy}"));
    [bands.to_owned(), format!("{}{policy}", caption.source)]
}
