//! Keeps the numbers of four steps, since one Philox block holds the words of four.

use super::lanes::LaneKeys;
use super::permuted::normals;
use super::{STEPS_PER_BLOCK, uniform};
use crate::lanes::{Lanes, for_lanes};

/// Keeps four steps of one stream's numbers for one entity: one Philox block for each lane.
///
/// Prepare it at each step, then read it; only every fourth step pays. Four rows of 256 bytes.
///
/// ```
/// use foedera_sim::isa::Isa;
/// use foedera_sim::rng::{self, LaneKeys, NoiseBlock};
/// let keys = LaneKeys::consecutive(Isa::detect(), 7, 0);
/// let mut noise = NoiseBlock::default();
/// for step in 0..10 {
///     noise.prepare_normals(&keys, 3, step, 12);
///     assert_eq!(noise.at(step)[5], rng::normal(rng::word(7, 3, 5, step, 12)));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct NoiseBlock {
    rows: [Lanes; 4],
    step_field: u32,
}

impl Default for NoiseBlock {
    fn default() -> Self {
        Self {
            rows: [Lanes::ZERO; 4],
            step_field: u32::MAX,
        }
    }
}

impl NoiseBlock {
    /// Makes standard normal numbers ready for a step.
    ///
    /// Steps go upwards from a multiple of four when the replicates change, or [`Self::forget`] is called.
    #[inline(always)]
    pub fn prepare_normals(&mut self, keys: &LaneKeys, purpose: u8, step: u32, entity: u32) {
        if self.is_due(step) {
            self.refill_normals(keys, purpose, step / STEPS_PER_BLOCK, entity);
        }
    }

    /// Makes uniform numbers in `[0, 1)` ready for a step, under the terms of [`Self::prepare_normals`].
    #[inline(always)]
    pub fn prepare_uniforms(&mut self, keys: &LaneKeys, purpose: u8, step: u32, entity: u32) {
        if self.is_due(step) {
            self.refill_uniforms(keys, purpose, step / STEPS_PER_BLOCK, entity);
        }
    }

    /// Gives the numbers of a step that was prepared.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, step: u32) -> &Lanes {
        debug_assert_eq!(
            self.step_field,
            step / STEPS_PER_BLOCK,
            "the step was not prepared"
        );
        &self.rows[(step % STEPS_PER_BLOCK) as usize]
    }

    /// Drops the numbers, so that the next preparation draws anew.
    pub fn forget(&mut self) {
        self.step_field = u32::MAX;
    }

    #[inline(always)]
    fn is_due(&self, step: u32) -> bool {
        step.is_multiple_of(STEPS_PER_BLOCK) | (self.step_field != step / STEPS_PER_BLOCK)
    }

    #[inline(never)]
    fn refill_normals(&mut self, keys: &LaneKeys, purpose: u8, step_field: u32, entity: u32) {
        let words = keys.word_block(purpose, step_field, entity);
        normals(keys.isa(), &words, &mut self.rows);
        self.step_field = step_field;
    }

    #[inline(never)]
    fn refill_uniforms(&mut self, keys: &LaneKeys, purpose: u8, step_field: u32, entity: u32) {
        let words = keys.word_block(purpose, step_field, entity);
        keys.isa().dispatch(
            #[inline(always)]
            || {
                for (row, words) in self.rows.iter_mut().zip(&words) {
                    for_lanes(
                        #[inline(always)]
                        |lane| row[lane] = uniform(words.0[lane]),
                    );
                }
            },
        );
        self.step_field = step_field;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Isa;

    #[test]
    fn a_noise_block_gives_what_single_draws_give() {
        for isa in Isa::available() {
            let keys = LaneKeys::consecutive(isa, 99, (1 << 32) - 7);
            let mut normals = NoiseBlock::default();
            let mut uniforms = NoiseBlock::default();
            for step in 0..9 {
                normals.prepare_normals(&keys, 1, step, 5);
                uniforms.prepare_uniforms(&keys, 2, step, 5);
                let mut expected = Lanes::ZERO;
                keys.fill_normals(1, step, 5, &mut expected);
                assert_eq!(*normals.at(step), expected);
                keys.fill_uniforms(2, step, 5, &mut expected);
                assert_eq!(*uniforms.at(step), expected);
            }
        }
    }
}
