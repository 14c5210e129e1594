//! A keyed permutation of 0..n of which any place can be had without the others.
//!
//! A Feistel network over a rectangle a × b that holds n, walked until it lands below n (Black and Rogaway 2002,
//! "Ciphers with arbitrary finite domains"): a bijection for every key, in constant memory.

/// Rounds of the network.
const ROUNDS: u32 = 8;

/// Where place `at` goes in the permutation of `0..n` that the key names.
///
/// # Panics
/// In debug builds, if `at` is not below `n`.
pub(crate) fn place(at: u64, n: u64, key: [u32; 4]) -> u64 {
    debug_assert!(at < n, "a place is one of those permuted");
    if n <= 1 {
        return at;
    }
    let width = n.isqrt().max(2);
    let height = n.div_ceil(width);
    let mut found = at;
    loop {
        found = round_trip(found, (width, height), key);
        if found < n {
            return found;
        }
    }
}

/// One walk through the rectangle.
fn round_trip(at: u64, (width, height): (u64, u64), key: [u32; 4]) -> u64 {
    let (mut left, mut right) = (at % width, at / width);
    for round in 0..ROUNDS {
        if round.is_multiple_of(2) {
            left = (left + below(right, round, width, key)) % width;
        } else {
            right = (right + below(left, round, height, key)) % height;
        }
    }
    left + width * right
}

/// A number below a bound that hangs on one half, the round and the key.
fn below(half: u64, round: u32, bound: u64, key: [u32; 4]) -> u64 {
    let low = u64::from(key[(round % 4) as usize]);
    let high = u64::from(key[((round + 1 + round / 4) % 4) as usize]);
    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    let mut x = half
        .wrapping_add(low << 32 | high)
        .wrapping_add(u64::from(round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    ((u128::from(x) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(of: u64) -> [u32; 4] {
        foedera_sim::rng::block(3, 251, of, 0, 0)
    }

    #[test]
    fn every_place_is_taken_once() {
        for n in (1..=70).chain([127, 128, 129, 1000, 4097]) {
            for k in 0..4 {
                let mut taken: Vec<u64> = (0..n).map(|at| place(at, n, key(k))).collect();
                taken.sort_unstable();
                assert!(taken.iter().copied().eq(0..n), "{n}");
            }
        }
        let large = 4_000_000_000;
        assert!((0..100).all(|at| place(at, large, key(1)) < large));
    }

    /// Over 6,000 keys each place goes anywhere equally often: chi-square with n - 1 degrees, 5 sd above its mean.
    #[test]
    fn any_place_goes_anywhere() {
        for n in [2_u64, 3, 5, 10, 16, 33] {
            for at in [0, n / 2, n - 1] {
                let mut hits = vec![0_u32; n as usize];
                for k in 0..6_000 {
                    hits[place(at, n, key(k)) as usize] += 1;
                }
                let mean = 6_000.0 / n as f64;
                let square: f64 = hits
                    .iter()
                    .map(|&hit| (f64::from(hit) - mean) * (f64::from(hit) - mean) / mean)
                    .sum();
                let degrees = n as f64 - 1.0;
                assert!(
                    square < degrees + 5.0 * libm::sqrt(2.0 * degrees) + 5.0,
                    "{n} {at}: {square}"
                );
            }
        }
    }

    /// Neighbours do not stay neighbours: over keys, the next place is no nearer than any other.
    #[test]
    fn neighbours_part() {
        let (n, keys) = (101_u64, 4_000);
        let next = (0..keys)
            .filter(|&k| {
                let (one, other) = (place(40, n, key(k)), place(41, n, key(k)));
                one.abs_diff(other) == 1
            })
            .count() as f64;
        // 2 · 100 of 101 · 100 ordered pairs: a share of 0.0198, standard error 0.0022.
        let share = next / keys as f64;
        assert!((share - 2.0 / n as f64).abs() < 0.011, "{share}");
    }
}
