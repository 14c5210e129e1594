//! Keyed picks for resampling: the same seed, round and draw give the same pick, in any order.

/// One of `n` (0 without any): a word of `SplitMix64` (Steele, Lea and Flood 2014) keyed by seed, round and draw.
pub(crate) fn pick(seed: u64, round: usize, draw: usize, n: usize) -> usize {
    let place = ((round as u64) << 32) | draw as u64;
    let word = mixed(mixed(seed).wrapping_add(place));
    // High bits times n: a bias below n / 2^64.
    usize::try_from((u128::from(word) * n as u128) >> 64).unwrap_or(0)
}

/// The numbers 0 to `n` in a random order (Fisher and Yates).
pub(crate) fn shuffled(seed: u64, round: usize, n: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    for idx in (1..n).rev() {
        all.swap(idx, pick(seed, round, idx, idx + 1));
    }
    all
}

/// The numbers 0 to `n` in blocks of neighbours that stay together, the blocks in a random order; what is left over
/// after the last whole block comes last.
pub(crate) fn shuffled_blocks(seed: u64, round: usize, n: usize, block: usize) -> Vec<usize> {
    let block = block.max(1);
    let order = shuffled(seed, round, n / block);
    let whole = order
        .into_iter()
        .flat_map(|at| at * block..(at + 1) * block);
    whole.chain(n / block * block..n).collect()
}

const fn mixed(key: u64) -> u64 {
    let z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_holds_each_number_once_and_is_keyed() {
        let one = shuffled(1, 2, 50);
        assert_eq!(one, shuffled(1, 2, 50));
        assert_ne!(one, shuffled(1, 3, 50));
        let mut sorted = one;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn blocks_stay_together() {
        let order = shuffled_blocks(3, 0, 11, 4);
        assert!(
            order == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
                || order == [4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10]
        );
        assert_eq!(shuffled_blocks(3, 0, 9, 1).len(), 9);
    }

    #[test]
    fn picks_are_even() {
        let mut counts = [0_u32; 5];
        for draw in 0..10_000 {
            counts[pick(7, 0, draw, 5)] += 1;
        }
        // Binomial with sd 40.
        assert!(
            counts.iter().all(|count| count.abs_diff(2000) < 160),
            "{counts:?}"
        );
        assert_eq!(pick(1, 1, 1, 0), 0);
    }
}
