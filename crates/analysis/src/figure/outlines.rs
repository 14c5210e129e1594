//! Outlines of countries by ISO 3166-1 numeric code, as Natural Earth draws them: the borders in force on the ground.
//!
//! The table is made by `crates/analysis/outlines/make.py`; its source and which borders it has are told in
//! `crates/analysis/outlines/SOURCES.md`. Nothing here knows a country by name.

use std::{collections::BTreeMap, sync::OnceLock};

/// The table.
const TEXT: &str = include_str!("../../outlines/world.txt");
/// Steps of a degree in the table.
const GRID: f64 = 20.0;

/// A ring of longitudes and latitudes [degrees].
pub(super) type Ring = Vec<(f64, f64)>;

/// The rings of every country, the largest first; 0 is land without a code.
pub(super) fn all() -> &'static BTreeMap<u16, Vec<Ring>> {
    static ALL: OnceLock<BTreeMap<u16, Vec<Ring>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: BTreeMap<u16, Vec<Ring>> = BTreeMap::new();
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            let Some((code, rings)) = line.split_once(':') else {
                continue;
            };
            let code = code.parse().unwrap_or(0);
            all.entry(code)
                .or_default()
                .extend(rings.split(';').map(ring));
        }
        all
    })
}

/// Decodes a ring.
fn ring(text: &str) -> Ring {
    let numbers: Vec<f64> = text
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let mut at = (0.0, 0.0);
    numbers
        .chunks_exact(2)
        .map(|step| {
            at = (at.0 + step[0], at.1 + step[1]);
            (at.0 / GRID, at.1 / GRID)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ring_is_land_on_earth() {
        let all = all();
        assert!(all.len() > 230, "{}", all.len());
        for (code, rings) in all {
            assert!(!rings.is_empty(), "{code}");
            for ring in rings {
                assert!(ring.len() >= 3, "{code}");
                let inside = |at: &(f64, f64)| at.0.abs() <= 180.0 && at.1.abs() <= 90.0;
                assert!(ring.iter().all(inside), "{code}");
            }
        }
    }

    #[test]
    fn a_state_lies_where_it_should() {
        // 703 is landlocked, between 16 and 23 degrees east and 47 and 50 degrees north.
        let ring = &all()[&703][0];
        let (x, y) = ring
            .iter()
            .fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
        let n = ring.len() as f64;
        assert!((x / n - 19.5).abs() < 1.0 && (y / n - 48.7).abs() < 0.7);
    }
}
