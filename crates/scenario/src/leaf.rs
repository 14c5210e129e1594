//! The table of numeric leaves: every number a scenario contains, each under its path.
//!
//! The rest of the scenario refers to numbers by [`Leaf`], so that `--set`, uncertainties, policies,
//! sweeps and sensitivity tables change one table and nothing else. Relies on nothing but `std`.

use std::collections::BTreeMap;

use serde::Serialize;

/// The index of one numeric input in [`Leaves`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Leaf(pub u32);

/// How far a figure can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub enum Confidence {
    /// Read from a published source.
    High,
    /// Derived from published figures, or a source of middling quality.
    Medium,
    /// A weak or dated source.
    Low,
    /// An analyst's judgement; the source says whose and why.
    Judgement,
    /// Nobody said.
    #[default]
    Unstated,
}

/// What is known of one numeric input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeafInfo {
    /// Full path, `actors.CHN.salience.trade`.
    pub path: String,
    /// The value of the base case.
    pub value: f64,
    /// Smallest valid value.
    pub min: f64,
    /// Largest valid value.
    pub max: f64,
    /// Unit, empty for a dimensionless number.
    pub unit: String,
    /// Where the figure comes from, if the file says so.
    pub source: Option<String>,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// Whether the file wrote the number (otherwise it is a default).
    pub written: bool,
    /// Catalogue range `(low, mode, high)` for parameters, used by the distribution `Prior`.
    pub prior: Option<(f64, f64, f64)>,
}

/// Every numeric input of a scenario, in a stable order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Leaves {
    infos: Vec<LeafInfo>,
    #[serde(skip)]
    by_path: BTreeMap<String, Leaf>,
}

impl Leaves {
    /// Adds a leaf and returns its index.
    ///
    /// # Panics
    /// If the path is already taken (paths are unique by construction of the decoder) or there are 2^32 leaves.
    pub fn add(&mut self, info: LeafInfo) -> Leaf {
        let leaf = Leaf(u32::try_from(self.infos.len()).expect("fewer than 2^32 leaves"));
        let taken = self.by_path.insert(info.path.clone(), leaf);
        assert!(taken.is_none(), "leaf path {} is used twice", info.path);
        self.infos.push(info);
        leaf
    }

    /// Number of leaves.
    pub fn len(&self) -> usize {
        self.infos.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.infos.is_empty()
    }

    /// What is known of a leaf.
    pub fn info(&self, leaf: Leaf) -> &LeafInfo {
        &self.infos[leaf.0 as usize]
    }

    /// What is known of a leaf, to be changed by the decoder.
    pub fn info_mut(&mut self, leaf: Leaf) -> &mut LeafInfo {
        &mut self.infos[leaf.0 as usize]
    }

    /// The value of the base case.
    pub fn value(&self, leaf: Leaf) -> f64 {
        self.infos[leaf.0 as usize].value
    }

    /// The leaf at a path.
    pub fn find(&self, path: &str) -> Option<Leaf> {
        self.by_path.get(path).copied()
    }

    /// Every leaf in order.
    ///
    /// # Panics
    /// Never: there are fewer than 2^32 leaves.
    pub fn iter(&self) -> impl Iterator<Item = (Leaf, &LeafInfo)> {
        self.infos.iter().enumerate().map(|(idx, info)| {
            (
                Leaf(u32::try_from(idx).expect("fewer than 2^32 leaves")),
                info,
            )
        })
    }

    /// Every path with its leaf, in alphabetical order.
    pub fn paths(&self) -> impl Iterator<Item = (&str, Leaf)> {
        self.by_path
            .iter()
            .map(|(path, leaf)| (path.as_str(), *leaf))
    }
}
