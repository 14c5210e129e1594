//! The catalogue of law parameters that a scenario may set under `params.*`.
//!
//! Declared by the mechanisms of `sim`, handed to the decoder as data, so that this crate knows no
//! mechanism. The same list makes the reference pages and the sliders.

use serde::Serialize;

/// One parameter of the law.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ParamSpec {
    /// Path below `params.`, `bargaining.noise`.
    pub path: &'static str,
    /// What it is, one sentence.
    pub title: &'static str,
    /// Unit, empty if dimensionless.
    pub unit: &'static str,
    /// Default and mode of the prior.
    pub default: f64,
    /// Low end of the prior.
    pub low: f64,
    /// High end of the prior.
    pub high: f64,
    /// Smallest valid value.
    pub min: f64,
    /// Largest valid value.
    pub max: f64,
    /// Source, or the word assumption with a reason.
    pub source: &'static str,
}

/// Every parameter, in the order of [`crate::model::Scenario::params`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Catalogue {
    /// The parameters.
    pub params: &'static [ParamSpec],
}

impl Catalogue {
    /// A catalogue without parameters, for tests and for texts that set none.
    pub const EMPTY: Self = Self { params: &[] };

    /// The parameter at a path below `params.`.
    pub fn find(&self, path: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|param| param.path == path)
    }
}
