//! Points of the Sobol' sequence with the directions of Joe and Kuo, and Owen's scramble of their digits.
//!
//! Unscrambled points come in the order of the Gray code, as everywhere. The scramble flips each binary digit by
//! a coin that hangs on the digits before it (nested uniform scrambling, Owen 1995), made by hashing as Burley
//! proposes (2020, "Practical hash-based Owen scrambling", JCGT 9(4), building on Laine and Karras 2011), with
//! the constants that N. Vegdahl found to avalanche better. The first point is not dropped (Owen 2020).

/// Most dimensions.
pub(crate) const DIMENSIONS_MAX: usize = 2048;

/// Degree, coefficients and first numbers of each dimension's polynomial, with their licence.
const TABLE: &str = include_str!("new-joe-kuo-6.2048.txt");

/// Direction numbers of some dimensions, `[dimension][bit of the index, lowest first]`.
#[derive(Debug, Clone)]
pub(crate) struct Directions(Vec<[u32; 32]>);

impl Directions {
    /// Those of the first dimensions, at most [`DIMENSIONS_MAX`].
    pub(crate) fn new(dimensions: usize) -> Self {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        // The first dimension has no polynomial: its digits are those of the index, turned round.
        let first = std::array::from_fn(|bit| 1 << (31 - bit));
        let rest = rows.map(|row| {
            let numbers = row.split_ascii_whitespace().skip(1);
            let numbers: Vec<u32> = numbers.filter_map(|text| text.parse().ok()).collect();
            directions(&numbers)
        });
        Self(
            std::iter::once(first)
                .chain(rest)
                .take(dimensions)
                .collect(),
        )
    }

    /// One coordinate of a point, as a binary fraction of 2^32.
    pub(crate) fn coordinate(&self, index: u32, dimension: usize) -> u32 {
        let mut gray = index ^ (index >> 1);
        let mut bits = 0;
        while gray != 0 {
            bits ^= self.0[dimension][gray.trailing_zeros() as usize];
            gray &= gray - 1;
        }
        bits
    }
}

/// Directions from a row of the table: degree, coefficients, first numbers.
fn directions(row: &[u32]) -> [u32; 32] {
    let [degree, coefficients, first @ ..] = row else {
        unreachable!("a row of the table has a degree and coefficients");
    };
    let degree = *degree as usize;
    let mut bits = [0; 32];
    for bit in 0..32 {
        bits[bit] = if bit < degree {
            first[bit] << (31 - bit)
        } else {
            let mut sum = bits[bit - degree] ^ (bits[bit - degree] >> degree);
            for back in 1..degree {
                if coefficients >> (degree - 1 - back) & 1 == 1 {
                    sum ^= bits[bit - back];
                }
            }
            sum
        };
    }
    bits
}

/// Owen's scramble of the 32 digits of a fraction; every key is another scramble.
pub(crate) const fn scramble(bits: u32, key: [u32; 2]) -> u32 {
    // Multiplications carry upwards, so the digits are turned round: each then hangs on those before it alone.
    let mut x = bits.reverse_bits();
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(key[0]);
    x = x.wrapping_mul(key[1] | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^= x.wrapping_mul(0x53a2_2864);
    x.reverse_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_those_of_scipy() {
        let oracle = include_str!("../../../../tests/oracles/sobol.csv");
        let directions = Directions::new(20);
        let rows = oracle.lines().filter(|line| !line.starts_with('#'));
        let mut n = 0;
        for (index, row) in rows.enumerate() {
            for (dimension, text) in row.split(',').enumerate() {
                let expected: u32 = text.parse().unwrap();
                let bits = directions.coordinate(u32::try_from(index).unwrap(), dimension);
                // The table holds 1024ths, which are exact.
                assert_eq!(bits, expected << 22, "point {index}, dimension {dimension}");
                n += 1;
            }
        }
        assert_eq!(n, 20_000);
    }

    #[test]
    fn the_last_dimensions_are_those_of_scipy() {
        // scipy 1.17.1: qmc.Sobol(2048, scramble=False).random(1024)[777], in 1024ths.
        let directions = Directions::new(DIMENSIONS_MAX);
        let at = [
            (0, 709),
            (1, 959),
            (100, 863),
            (650, 269),
            (1299, 979),
            (2047, 211),
        ];
        for (dimension, expected) in at {
            assert_eq!(
                directions.coordinate(777, dimension),
                expected << 22,
                "{dimension}"
            );
        }
    }

    #[test]
    fn a_scramble_flips_digits_by_the_digits_before_them_alone() {
        let key = [0x1234_5678, 0x9abc_def1];
        for shift in 0..32 {
            for x in [0_u32, 0x5555_5555, 0xdead_beef] {
                // Two numbers that agree above a digit and differ in it agree above it and differ in it after.
                let (one, other) = (scramble(x, key), scramble(x ^ (1 << shift), key));
                let differ = one ^ other;
                assert_eq!(differ.leading_zeros(), 31 - shift, "{x:x} {shift}");
            }
        }
    }

    /// Each flip is a fair coin over keys: 4,000 keys, standard error 0.0079; five of them.
    #[test]
    fn the_coins_of_a_scramble_are_fair_and_do_not_hang_together() {
        let n = 4_000_u32;
        let keys: Vec<[u32; 2]> = (0..n)
            .map(|k| {
                let words = foedera_sim::rng::block(9, 250, u64::from(k), 0, 0);
                [words[0], words[1]]
            })
            .collect();
        let share = |hit: &dyn Fn([u32; 2]) -> bool| {
            keys.iter().filter(|key| hit(**key)).count() as f64 / f64::from(n)
        };
        for x in [0_u32, 0x8000_0000, 0x4000_0000, 0xc100_0000, 0x1234_5678] {
            for digit in 0..24 {
                let bit = |key| scramble(x, key) >> (31 - digit) & 1 == 1;
                let of_one = share(&bit);
                assert!((of_one - 0.5).abs() < 0.04, "{x:x} {digit} {of_one}");
                // The coin of the other half of the interval is another coin.
                let other = |key| scramble(x ^ 0x8000_0000, key) >> (31 - digit) & 1 == 1;
                if digit > 0 {
                    let same = share(&|key| bit(key) == other(key));
                    assert!((same - 0.5).abs() < 0.04, "{x:x} {digit} {same}");
                }
            }
        }
    }
}
