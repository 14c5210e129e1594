//! The answer of a run: sentences first, then the course of cohesion, who stopped what, likelihoods and
//! amounts, and how the answer came about.
//!
//! Read from what every run keeps, so that a run of today and a folder of last year print the same.

mod course;
mod document;
mod error;
mod lead;
mod likelihoods;
mod making;
mod proposals;

use foedera_results::{Aggregates, Layout, Results, series::SeriesPoint};

use crate::{face::Face, failure::Failure, results_folder};

pub(crate) use document::{decided, document};

/// Everything the answer is read from.
pub(crate) struct Answer<'a> {
    /// What is in the folder.
    results: &'a Results,
    /// What the columns are.
    layout: &'a Layout,
    /// What was added up.
    aggregates: &'a Aggregates,
    /// Measure that leads, `cohesion.X`.
    leading: String,
    /// Quantiles over time, `[arm][measure][step]`.
    series: Vec<Vec<Vec<Option<SeriesPoint>>>>,
    /// Means by the design of the run, where it matters.
    means: Option<error::Means>,
    /// Seconds the run took; absent if it was made earlier.
    seconds: Option<f64>,
}

impl<'a> Answer<'a> {
    /// Reads what the answer needs.
    ///
    /// # Errors
    /// If a table is missing or broken.
    pub(crate) fn read(results: &'a Results, seconds: Option<f64>) -> Result<Self, Failure> {
        let headline = results.manifest.origin.headline.clone().unwrap_or_default();
        let leading = headline.split('@').next().unwrap_or_default().to_owned();
        let mut answer = Self {
            results,
            layout: &results.manifest.layout,
            aggregates: &results.aggregates,
            leading,
            series: results_folder::series(results)?,
            means: None,
            seconds,
        };
        answer.means = error::means(&answer)?;
        Ok(answer)
    }

    /// The closing table.
    pub(crate) fn text(&self, face: &Face) -> String {
        let paint = face.paint;
        let origin = &self.results.manifest.origin;
        let mut text = format!("{}\n{}\n", paint.strong(&origin.title), origin.question);
        text += &lead::sentences(face, self);
        for arm in 0..self.layout.arms.len() {
            if self.layout.arms.len() > 1 {
                let name = &self.layout.arms[arm];
                text += &format!(
                    "\n{}\n",
                    paint.strong(&format!("══ {}: {}", name.id, name.title))
                );
            }
            text += &course::cohesion(face, self, arm);
            text += &proposals::ladders(face, self, arm);
            text += &likelihoods::how_likely(face, self, arm);
            text += &likelihoods::how_much(face, self, arm);
            text += &proposals::differences(face, self, arm);
            text += &error::section(face, self, arm);
        }
        text += &error::caution(face, self);
        text += &making::lines(face, self);
        text
    }
}

/// The sentences that carry the answer, as the closing table says them.
pub(crate) fn sentences(answer: &Answer<'_>) -> Vec<String> {
    lead::plain(answer)
}

/// A section's heading.
fn heading(face: &Face, title: &str) -> String {
    format!("\n{}\n", face.paint.strong(title))
}
