//! Keyed uniform numbers for the tests of intervals: the same on every machine, of nothing but their keys.

/// A uniform number in [0, 1) of a study and a place: `SplitMix64`, twice (Steele, Lea and Flood 2014).
pub(crate) fn uniform(study: u64, place: u64) -> f64 {
    let word = mixed(mixed(study.wrapping_add(0x5851_F42D_4C95_7F2D)).wrapping_add(place));
    (word >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

fn mixed(key: u64) -> u64 {
    let mut x = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
