//! Sums of f32 and of products of two f32 without any rounding, so that order never matters.
//!
//! Sits under every mean and variance. [`ExactSum`] is one wide integer in two's complement, in units of
//! 2^-300: wide enough for every product of two finite f32, 2^63 times over. Addition of integers is
//! associative, so one thread, many threads, shards and a resumed run give the same bytes. Rounding
//! happens once, when a number is read out.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Words of a sum: 640 bits.
const LIMBS: usize = 10;
/// The unit of a sum is 2^-UNIT; the smallest product of two f32 is 2^-298.
const UNIT: i32 = 300;

/// A sum of f32 numbers, or of products of two of them, without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExactSum([u64; LIMBS]);

impl ExactSum {
    /// Adds a finite number.
    pub fn add(&mut self, x: f32) {
        self.add_product(x, 1.0);
    }

    /// Adds the product of two finite numbers.
    ///
    /// # Panics
    /// In debug builds, if one of them is not finite.
    pub fn add_product(&mut self, x: f32, y: f32) {
        debug_assert!(
            x.is_finite() && y.is_finite(),
            "callers leave out what is not finite"
        );
        let (x_size, x_exponent) = split(x);
        let (y_size, y_exponent) = split(y);
        let shift = u32::try_from(x_exponent + y_exponent + UNIT).expect("the unit is below all");
        let wide = u128::from(x_size * y_size) << (shift % 64);
        let from = (shift / 64) as usize;
        if x.is_sign_negative() == y.is_sign_negative() {
            self.increase(from, wide);
        } else {
            self.decrease(from, wide);
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        let mut carry = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            (*mine, carry) = mine.carrying_add(*theirs, carry);
        }
    }

    /// Takes another sum away.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut difference = *self;
        let mut borrow = false;
        for (mine, theirs) in difference.0.iter_mut().zip(&other.0) {
            (*mine, borrow) = mine.borrowing_sub(*theirs, borrow);
        }
        difference
    }

    /// Whether the sum is below zero.
    pub fn is_negative(&self) -> bool {
        self.0[LIMBS - 1] >> 63 == 1
    }

    /// The nearest f64.
    pub fn to_f64(&self) -> f64 {
        let size = magnitude_to_f64(&self.magnitude(), -UNIT);
        if self.is_negative() { -size } else { size }
    }

    fn magnitude(&self) -> [u64; LIMBS] {
        if self.is_negative() {
            Self::default().minus(self).0
        } else {
            self.0
        }
    }

    fn increase(&mut self, from: usize, wide: u128) {
        let mut carry = false;
        for (idx, limb) in self.0[from..].iter_mut().enumerate() {
            (*limb, carry) = limb.carrying_add(word_of(wide, idx), carry);
            if idx > 0 && !carry {
                break;
            }
        }
    }

    fn decrease(&mut self, from: usize, wide: u128) {
        let mut borrow = false;
        for (idx, limb) in self.0[from..].iter_mut().enumerate() {
            (*limb, borrow) = limb.borrowing_sub(word_of(wide, idx), borrow);
            if idx > 0 && !borrow {
                break;
            }
        }
    }
}

/// Variance of `n` numbers with the given sum and sum of squares (divisor `n - 1`), rounded once.
///
/// Returns `None` below two numbers. `n Σx² - (Σx)²` is taken as an integer, so that nothing cancels.
pub fn variance(n: u64, sum: &ExactSum, squares: &ExactSum) -> Option<f64> {
    if n < 2 {
        return None;
    }
    let total = sum.magnitude();
    let mut spread = shifted(&multiply(&squares.magnitude(), &[n]), UNIT.unsigned_abs());
    subtract(&mut spread, &multiply(&total, &total));
    let size = magnitude_to_f64(&spread, -2 * UNIT);
    let n = n as f64;
    Some(size / n / (n - 1.0))
}

/// Splits a finite number into an integer size and an exponent of 2.
fn split(x: f32) -> (u64, i32) {
    let bits = x.to_bits();
    let fraction = u64::from(bits & 0x007f_ffff);
    let exponent = ((bits >> 23) & 0xff).cast_signed();
    if exponent == 0 {
        (fraction, -149)
    } else {
        (fraction | 1 << 23, exponent - 150)
    }
}

fn word_of(wide: u128, idx: usize) -> u64 {
    match idx {
        0 => wide as u64,
        1 => (wide >> 64) as u64,
        _ => 0,
    }
}

/// Rounds a magnitude in units of 2^`unit` to the nearest f64, ties to even.
fn magnitude_to_f64(limbs: &[u64], unit: i32) -> f64 {
    let Some(top) = limbs.iter().rposition(|&limb| limb != 0) else {
        return 0.0;
    };
    let lead = limbs[top].leading_zeros();
    let below = if top > 0 { limbs[top - 1] } else { 0 };
    let mut head = limbs[top] << lead;
    if lead > 0 {
        head |= below >> (64 - lead);
    }
    let rest = if lead > 0 { below << lead } else { below };
    let sticky = rest != 0 || limbs[..top.saturating_sub(1)].iter().any(|&limb| limb != 0);
    let head = head | u64::from(sticky);
    let top = i32::try_from(top).expect("a few limbs");
    libm::scalbn(head as f64, 64 * top - lead.cast_signed() + unit)
}

fn multiply(x: &[u64], y: &[u64]) -> Vec<u64> {
    let mut product = vec![0_u64; x.len() + y.len()];
    for (i, &x_limb) in x.iter().enumerate() {
        let mut carry = 0_u128;
        for (j, &y_limb) in y.iter().enumerate() {
            carry += u128::from(x_limb) * u128::from(y_limb) + u128::from(product[i + j]);
            product[i + j] = carry as u64;
            carry >>= 64;
        }
        product[i + y.len()] = carry as u64;
    }
    product
}

/// Shifts left by whole and part limbs.
fn shifted(limbs: &[u64], bits: u32) -> Vec<u64> {
    let mut out = vec![0_u64; limbs.len() + bits.div_ceil(64) as usize];
    for (idx, &limb) in limbs.iter().enumerate() {
        let wide = u128::from(limb) << (bits % 64);
        let at = idx + (bits / 64) as usize;
        out[at] |= wide as u64;
        if at + 1 < out.len() {
            out[at + 1] |= (wide >> 64) as u64;
        }
    }
    out
}

/// Takes `y` from `x`, which is not smaller (Cauchy-Schwarz, where it is used).
fn subtract(x: &mut [u64], y: &[u64]) {
    let mut borrow = false;
    for (idx, limb) in x.iter_mut().enumerate() {
        (*limb, borrow) = limb.borrowing_sub(y.get(idx).copied().unwrap_or(0), borrow);
    }
    debug_assert!(
        !borrow,
        "n times the sum of squares is at least the squared sum"
    );
}

impl Serialize for ExactSum {
    /// As hexadecimal digits of the size in units of 2^-300, with a sign.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::new();
        for limb in self.magnitude().iter().rev() {
            text.push_str(&format!("{limb:016x}"));
        }
        let sign = if self.is_negative() { "-" } else { "" };
        let digits = text.trim_start_matches('0');
        serializer.collect_str(&format_args!(
            "{sign}0x{}",
            if digits.is_empty() { "0" } else { digits }
        ))
    }
}

impl<'de> Deserialize<'de> for ExactSum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| de::Error::custom("expected a sum such as -0x1f"))
    }
}

fn parse(text: &str) -> Option<ExactSum> {
    let (negative, rest) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let digits = rest.strip_prefix("0x")?;
    if digits.is_empty() || digits.len() > LIMBS * 16 {
        return None;
    }
    let mut sum = ExactSum::default();
    for (place, digit) in digits.bytes().rev().enumerate() {
        let value = u64::from(char::from(digit).to_digit(16)?);
        sum.0[place / 16] |= value << (4 * (place % 16));
    }
    Some(if negative {
        ExactSum::default().minus(&sum)
    } else {
        sum
    })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact sums are compared exactly")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum_of(values: &[f32]) -> ExactSum {
        let mut sum = ExactSum::default();
        for &x in values {
            sum.add(x);
        }
        sum
    }

    #[test]
    fn huge_and_tiny_numbers_do_not_swallow_each_other() {
        let sum = sum_of(&[f32::MAX, f32::from_bits(1), -f32::MAX]);
        assert_eq!(sum.to_f64(), f64::from(f32::from_bits(1)));
    }

    #[test]
    fn variance_of_one_to_five_is_two_and_a_half() {
        let mut squares = ExactSum::default();
        let values = [1.0_f32, 2.0, 3.0, 4.0, 5.0];
        for x in values {
            squares.add_product(x, x);
        }
        assert_eq!(variance(5, &sum_of(&values), &squares), Some(2.5));
        assert_eq!(variance(1, &sum_of(&values), &squares), None);
    }

    #[test]
    fn variance_does_not_cancel_far_from_zero() {
        // 16777215 and 16777216 alternate: the variance of a fair coin, n/(n-1) / 4.
        let (mut sum, mut squares) = (ExactSum::default(), ExactSum::default());
        for idx in 0..1000 {
            let x = if idx % 2 == 0 {
                16_777_215.0_f32
            } else {
                16_777_216.0
            };
            sum.add(x);
            squares.add_product(x, x);
        }
        let got = variance(1000, &sum, &squares).unwrap();
        assert!((got - 0.25 * 1000.0 / 999.0).abs() < 1e-15, "{got}");
    }

    proptest! {
        #[test]
        fn any_order_and_split_gives_the_same_sum(
            mut values in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO, 0..60),
            cut in 0_usize..60,
        ) {
            let forward = sum_of(&values);
            let cut = cut.min(values.len());
            let mut merged = sum_of(&values[cut..]);
            merged.merge(&sum_of(&values[..cut]));
            prop_assert_eq!(merged, forward);
            values.sort_by(f32::total_cmp);
            prop_assert_eq!(sum_of(&values), forward);
        }

        #[test]
        fn one_product_is_the_f64_product(x in -1e18_f32..1e18, y in -1e18_f32..1e18) {
            let mut sum = ExactSum::default();
            sum.add_product(x, y);
            prop_assert_eq!(sum.to_f64(), f64::from(x) * f64::from(y));
        }

        #[test]
        fn integers_sum_as_integers(values in prop::collection::vec(-1_000_000_i32..1_000_000, 0..200)) {
            let floats: Vec<f32> = values.iter().map(|&v| v as f32).collect();
            let expected: i64 = values.iter().map(|&v| i64::from(v)).sum();
            prop_assert_eq!(sum_of(&floats).to_f64(), expected as f64);
        }

        #[test]
        fn json_gives_back_the_same_sum(values in prop::collection::vec(-1e9_f32..1e9, 0..20)) {
            let sum = sum_of(&values);
            let text = serde_json::to_string(&sum).unwrap();
            prop_assert_eq!(serde_json::from_str::<ExactSum>(&text).unwrap(), sum);
        }
    }
}
