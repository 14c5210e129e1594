//! The answer of a run: sentences first, then likelihoods, amounts, the course of cohesion, who stopped
//! what, and how the answer came about.
//!
//! Read from what every run keeps, so that a run of today and a folder of last year print the same.

mod course;
mod document;
mod lead;
mod likelihoods;
mod making;
mod proposals;

use std::path::PathBuf;

use foedera_results::{Aggregates, Layout, series::SeriesPoint};

use crate::face::Face;

pub(crate) use document::document;

/// Everything the answer is read from.
pub(crate) struct Answer<'a> {
    /// Title of the scenario.
    pub(crate) title: &'a str,
    /// Its question.
    pub(crate) question: &'a str,
    /// Measure that leads, `cohesion.X`.
    pub(crate) leading: String,
    /// What the columns are.
    pub(crate) layout: &'a Layout,
    /// What was added up.
    pub(crate) aggregates: &'a Aggregates,
    /// Quantiles over time, `[arm][measure][step]`.
    pub(crate) series: Vec<Vec<Vec<Option<SeriesPoint>>>>,
    /// How it came about.
    pub(crate) making: Making,
}

/// How an answer came about.
#[derive(Debug, Clone)]
pub(crate) struct Making {
    /// Seed.
    pub(crate) seed: u64,
    /// Replicates asked for.
    pub(crate) requested: u64,
    /// Replicates done.
    pub(crate) done: u64,
    /// Seconds it took; absent if it was read from a folder.
    pub(crate) seconds: Option<f64>,
    /// Folder of the results.
    pub(crate) folder: PathBuf,
    /// Files in it with their sizes [bytes].
    pub(crate) files: Vec<(String, u64)>,
}

impl Answer<'_> {
    /// The closing table.
    pub(crate) fn text(&self, face: &Face) -> String {
        let paint = face.paint;
        let mut text = format!("{}\n{}\n", paint.strong(self.title), self.question);
        text += &lead::sentences(face, self);
        for arm in 0..self.layout.arms.len() {
            if self.layout.arms.len() > 1 {
                let name = &self.layout.arms[arm];
                text += &format!(
                    "\n{}\n",
                    paint.strong(&format!("══ {}: {}", name.id, name.title))
                );
            }
            text += &likelihoods::how_likely(face, self, arm);
            text += &likelihoods::how_much(face, self, arm);
            text += &course::cohesion(face, self, arm);
            text += &proposals::ladders(face, self, arm);
            text += &proposals::differences(face, self, arm);
        }
        text += &making::lines(face, self);
        text
    }
}

/// A section's heading.
fn heading(face: &Face, title: &str) -> String {
    format!("\n{}\n", face.paint.strong(title))
}
