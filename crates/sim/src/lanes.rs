//! Holds one value for each replicate of a block: 64 lanes, aligned for the widest registers.
//!
//! Sits under every component that differs between replicates. A mechanism writes a scalar kernel and
//! applies it over lanes with [`Lanes::map`], [`Lanes::zip`] or [`for_lanes`]; the compiler turns the loop
//! into vector instructions. A mask is a `Lanes` of zeros and ones. Relies on nothing.
//!
//! Nothing here adds, compares or moves values across lanes: a replicate's result must not depend on
//! its neighbours, on its place in the block, or on the instruction set.
//!
//! The loops are `#[inline(always)]`, so that they take the instruction set of the function around
//! them; see [`crate::isa`]. A kernel too large to be inlined by the compiler's own judgement needs
//! `#[inline(always)]` as well.

use std::ops::{Deref, DerefMut};

/// Counts the replicates that run side by side in one block.
///
/// Four registers of AVX-512. Measured: 16 falls off a code-generation cliff, 128 leaves the cache sooner.
pub const LANES: usize = 64;

/// Holds one number for each of the [`LANES`] replicates of a block.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes(pub [f32; LANES]);

impl Lanes {
    /// Holds zero in every lane.
    pub const ZERO: Self = Self([0.0; LANES]);
    /// Holds one in every lane.
    pub const ONE: Self = Self([1.0; LANES]);

    /// Gives every lane the same value.
    #[inline(always)]
    #[must_use]
    pub const fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    /// Makes each lane from its index.
    #[inline(always)]
    #[must_use]
    pub fn from_fn(mut kernel: impl FnMut(usize) -> f32) -> Self {
        let mut out = Self::ZERO;
        for_lanes(
            #[inline(always)]
            |lane| out.0[lane] = kernel(lane),
        );
        out
    }

    /// Applies a kernel to each lane.
    #[inline(always)]
    #[must_use]
    pub fn map(&self, mut kernel: impl FnMut(f32) -> f32) -> Self {
        Self::from_fn(
            #[inline(always)]
            |lane| kernel(self.0[lane]),
        )
    }

    /// Applies a kernel to each lane of two blocks.
    #[inline(always)]
    #[must_use]
    pub fn zip(&self, other: &Self, mut kernel: impl FnMut(f32, f32) -> f32) -> Self {
        Self::from_fn(
            #[inline(always)]
            |lane| kernel(self.0[lane], other.0[lane]),
        )
    }

    /// Applies a kernel to each lane of three blocks.
    #[inline(always)]
    #[must_use]
    pub fn zip3(
        &self,
        second: &Self,
        third: &Self,
        mut kernel: impl FnMut(f32, f32, f32) -> f32,
    ) -> Self {
        Self::from_fn(
            #[inline(always)]
            |lane| kernel(self.0[lane], second.0[lane], third.0[lane]),
        )
    }

    /// Replaces each lane by the kernel's result.
    #[inline(always)]
    pub fn update(&mut self, mut kernel: impl FnMut(f32) -> f32) {
        for_lanes(
            #[inline(always)]
            |lane| self.0[lane] = kernel(self.0[lane]),
        );
    }

    /// Replaces each lane by the kernel's result from it and the other block's lane.
    #[inline(always)]
    pub fn update_with(&mut self, other: &Self, mut kernel: impl FnMut(f32, f32) -> f32) {
        for_lanes(
            #[inline(always)]
            |lane| self.0[lane] = kernel(self.0[lane], other.0[lane]),
        );
    }
}

impl Default for Lanes {
    #[inline(always)]
    fn default() -> Self {
        Self::ZERO
    }
}

impl Deref for Lanes {
    type Target = [f32; LANES];
    #[inline(always)]
    fn deref(&self) -> &[f32; LANES] {
        &self.0
    }
}

impl DerefMut for Lanes {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f32; LANES] {
        &mut self.0
    }
}

impl From<[f32; LANES]> for Lanes {
    #[inline(always)]
    fn from(values: [f32; LANES]) -> Self {
        Self(values)
    }
}

/// Calls the kernel once for each lane index, in order.
#[inline(always)]
pub fn for_lanes(mut kernel: impl FnMut(usize)) {
    for lane in 0..LANES {
        kernel(lane);
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "lanes hold exactly what was put in")]
mod tests {
    use super::*;

    #[test]
    fn lanes_fill_four_cache_lines() {
        assert_eq!(size_of::<Lanes>(), 256);
        assert_eq!(align_of::<Lanes>(), 64);
    }

    #[test]
    fn kernels_see_their_own_lane_only() {
        let index = Lanes::from_fn(|lane| lane as f32);
        let twice = index.map(|x| 2.0 * x);
        let sum = index.zip(&twice, |x, y| x + y);
        let all = index.zip3(&twice, &sum, |x, y, z| x + y + z);
        let mut changed = all;
        changed.update(|x| x + 1.0);
        changed.update_with(&index, |x, y| x - y);
        for lane in 0..LANES {
            let l = lane as f32;
            assert_eq!(twice[lane], 2.0 * l);
            assert_eq!(sum[lane], 3.0 * l);
            assert_eq!(all[lane], 6.0 * l);
            assert_eq!(changed[lane], 5.0 * l + 1.0);
        }
    }

    #[test]
    fn default_is_zero_and_splat_is_everywhere() {
        assert_eq!(Lanes::default(), Lanes::ZERO);
        assert!(Lanes::splat(0.25).iter().all(|&x| x == 0.25));
    }
}
