//! Gives every random number of a simulation, keyed by what it is for.
//!
//! A draw is a pure function of (seed, purpose, replicate, step, entity): no draw moves another, so the
//! same replicate can be run again alone, on any thread, lane or machine, two policies can be compared
//! under the same chance, and adding a state leaves the luck of the others as it was.
//!
//! Philox4x32-10 with key = seed and counter = (low 32 bits of the replicate, step / 4, entity,
//! purpose << 24 | high 24 bits of the replicate); the word is step mod 4. One word makes one number,
//! each through a function that never falls as the word rises (antithetic draws: the word's complement).
//!
//! Entities are stable ids, never rows: a state its own 16-bit id, a pair [`dyad_entity`]. Purposes are
//! constants declared by the mechanisms, one for each stream, no two alike.
//!
//! Scalar functions ([`word`], [`uniform`], [`normal`], …) are the definition; [`LaneKeys`] gives the
//! same bits for 64 replicates at once, and [`NoiseBlock`] keeps four steps of a stream, since one block of
//! Philox holds the words of four steps.

mod keyed;
mod lanes;
mod noise;
mod normal;
mod permuted;
mod philox;
mod table;

pub use self::keyed::KeyedRng;
pub use self::lanes::{LaneKeys, Words, words};
pub use self::noise::NoiseBlock;
pub use self::normal::normal;
pub use self::philox::philox4x32_10;
use crate::math;

/// Bounds the replicate's number: the counter has 56 bits for it.
pub const REPLICATES_MAX: u64 = 1 << 56;

/// Counts the steps whose words come from one Philox block.
pub const STEPS_PER_BLOCK: u32 = 4;

/// Splits a seed into the two words of a Philox key, low word first.
#[inline(always)]
#[must_use]
pub const fn key_of(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// Gives the entity of a pair of states: the lower id in the high half.
///
/// Symmetric; ids are 16-bit and fixed in the world's tables, so that no two pairs share a number.
#[inline(always)]
#[must_use]
pub const fn dyad_entity(first: u16, second: u16) -> u32 {
    let (low, high) = if first < second {
        (first, second)
    } else {
        (second, first)
    };
    (low as u32) << 16 | high as u32
}

/// Gives the entity of an ordered pair of states: the source's id in the high half.
#[inline(always)]
#[must_use]
pub const fn directed_entity(source: u16, target: u16) -> u32 {
    (source as u32) << 16 | target as u32
}

/// Gives the four words of a stream's steps `4 * step_field ..= 4 * step_field + 3`.
///
/// # Panics
/// In debug builds, if the replicate is not below [`REPLICATES_MAX`].
#[inline(always)]
#[must_use]
pub fn block(seed: u64, purpose: u8, replicate: u64, step_field: u32, entity: u32) -> [u32; 4] {
    debug_assert!(
        replicate < REPLICATES_MAX,
        "a replicate's number has 56 bits"
    );
    let high = u32::from(purpose) << 24 | (replicate >> 32) as u32;
    philox4x32_10([replicate as u32, step_field, entity, high], key_of(seed))
}

/// Gives the word of one draw.
#[inline(always)]
#[must_use]
pub fn word(seed: u64, purpose: u8, replicate: u64, step: u32, entity: u32) -> u32 {
    let words = block(seed, purpose, replicate, step / STEPS_PER_BLOCK, entity);
    words[(step % STEPS_PER_BLOCK) as usize]
}

/// Gives a uniform number in `[0, 1)`: the word's upper 24 bits.
#[inline(always)]
#[must_use]
pub fn uniform(word: u32) -> f32 {
    // 2^-24. The signed conversion is exact here and is one instruction on every set.
    (word >> 8).cast_signed() as f32 * 5.960_464_5e-8
}

/// Gives a uniform number in the open interval (0, 1): odd multiples of 2^-24.
#[inline(always)]
#[must_use]
pub fn uniform_open(word: u32) -> f32 {
    ((word >> 8) | 1).cast_signed() as f32 * 5.960_464_5e-8
}

/// Gives an exponential number of mean 1, at most 22.9: -ln(1 - p) at the word's share p = (word + ½) / 2^32.
#[inline(always)]
#[must_use]
pub fn exponential(word: u32) -> f32 {
    -ln_share(!word)
}

/// Gives a logistic number of location 0 and scale 1: ln(p / (1 - p)) at the word's share p; odd in it.
#[inline(always)]
#[must_use]
pub fn logistic(word: u32) -> f32 {
    ln_share(word) - ln_share(!word)
}

/// Gives ln((word + ½) / 2^32), accurate at both ends.
#[inline(always)]
fn ln_share(word: u32) -> f32 {
    // 16 bits at a time, since not every set converts unsigned words; the sum rounds once.
    let high = (word >> 16).cast_signed() as f32 * 65_536.0;
    let low = (word & 0xffff).cast_signed() as f32 + 0.5;
    // 2^-32.
    math::ln((high + low) * 2.328_306_4e-10)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "edges are exact")]
#[expect(
    clippy::disallowed_methods,
    reason = "the f64 functions of std are the oracle"
)]
mod tests {
    use super::*;

    #[test]
    fn a_step_picks_the_word_of_its_block() {
        let counter = [5, 2, 77, 9 << 24 | 1];
        let words = philox4x32_10(counter, [0xdddd_cccc, 0xffff_eeee]);
        for step in 8..12 {
            let got = word(0xffff_eeee_dddd_cccc, 9, (1 << 32) + 5, step, 77);
            assert_eq!(got, words[(step - 8) as usize]);
        }
    }

    #[test]
    fn every_part_of_the_key_matters() {
        let base = word(1, 2, 3, 4, 5);
        for other in [
            word(0, 2, 3, 4, 5),
            word(1, 0, 3, 4, 5),
            word(1, 2, 0, 4, 5),
        ] {
            assert_ne!(base, other);
        }
        assert_ne!(base, word(1, 2, 3, 0, 5));
        assert_ne!(base, word(1, 2, 3, 4, 0));
        assert_ne!(base, word(1, 2, 3 | 1 << 40, 4, 5));
    }

    #[test]
    fn pairs_have_entities_of_their_own() {
        assert_eq!(dyad_entity(3, 7), 3 << 16 | 7);
        assert_eq!(dyad_entity(7, 3), dyad_entity(3, 7));
        assert_eq!(directed_entity(7, 3), 7 << 16 | 3);
    }

    #[test]
    fn ends_of_the_words_stay_within_bounds() {
        assert_eq!(uniform(0), 0.0);
        assert_eq!(uniform(u32::MAX), 1.0 - f32::EPSILON / 2.0);
        assert_eq!(uniform_open(0), f32::EPSILON / 2.0);
        assert_eq!(uniform_open(u32::MAX), 1.0 - f32::EPSILON / 2.0);
        for edge in [exponential(0), exponential(u32::MAX)] {
            assert!((0.0..22.9).contains(&edge), "{edge}");
        }
        assert!((logistic(u32::MAX) - 22.87).abs() < 0.01);
    }

    #[test]
    fn draws_rise_with_the_word_and_are_odd_where_symmetric() {
        let mut last = (0.0, 0.0, -30.0);
        for i in 0..1_000_000_u32 {
            let word = i * 4294;
            let now = (uniform(word), exponential(word), logistic(word));
            assert!(now.0 >= last.0, "{word}");
            // The last bits may fall back by their rounding.
            assert!(now.1 >= last.1 - 2e-6 * (1.0 + now.1), "{word}");
            assert!(now.2 >= last.2 - 2e-6 * (1.0 + now.2.abs()), "{word}");
            assert_eq!(logistic(!word), -now.2);
            last = now;
        }
    }

    #[test]
    fn inverse_distributions_match_f64() {
        for i in 0..200_000_u32 {
            let word = i.wrapping_mul(0x9e37_79b9) >> (i % 29);
            let p = (f64::from(word) + 0.5) / 4_294_967_296.0;
            let exact = -(-p).ln_1p();
            let error = (f64::from(exponential(word)) - exact).abs();
            assert!(error <= 2.5e-7 * (1.0 + exact), "{word} {exact} {error}");
            let exact = p.ln() - (-p).ln_1p();
            let error = (f64::from(logistic(word)) - exact).abs();
            assert!(
                error <= 2.5e-7 * (1.0 + exact.abs()),
                "{word} {exact} {error}"
            );
        }
    }

    /// 400,000 draws: standard errors 0.00158 (mean) and 0.00224 (variance); tails 0.00025 at 2.5 %. Five of each.
    #[test]
    fn normals_have_the_moments_of_the_normal_distribution() {
        let n = 400_000;
        let (mut sum, mut squares, mut tail) = (0.0, 0.0, 0);
        for replicate in 0..n {
            let z = f64::from(normal(word(99, 1, replicate, 3, 4)));
            sum += z;
            squares += z * z;
            tail += u32::from(z > 1.959_963_985);
        }
        let n = n as f64;
        assert!((sum / n).abs() < 0.0079, "{sum}");
        assert!((squares / n - 1.0).abs() < 0.0112, "{squares}");
        assert!((f64::from(tail) / n - 0.025).abs() < 0.00125, "{tail}");
    }

    /// Correlation of 200,000 pairs between neighbours in each part of the key: standard error 0.0022.
    #[test]
    fn neighbouring_streams_do_not_move_together() {
        let n: u32 = 200_000;
        let at = |d: [u32; 4], i: u32| {
            normal(word(
                5,
                d[0] as u8,
                u64::from(i) + u64::from(d[1]),
                8 + d[2],
                d[3],
            ))
        };
        for shift in [
            [1, 0, 0, 0],
            [0, 1, 0, 0],
            [0, 0, 1, 0],
            [0, 0, 4, 0],
            [0, 0, 0, 1],
        ] {
            let product = |i| f64::from(at([0; 4], i)) * f64::from(at(shift, i));
            let correlation = (0..n).map(product).sum::<f64>() / f64::from(n);
            assert!(correlation.abs() < 0.011, "{shift:?} {correlation}");
        }
    }
}
