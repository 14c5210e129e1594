//! Draws for 64 replicates at once, with the bits of the scalar functions.
//!
//! Every function here picks its own copy for the instruction set in [`LaneKeys`], so it may be called from
//! inside or outside a dispatched loop; a call makes at least 64 numbers, which pays for the choice.

use super::permuted::normals;
use super::{STEPS_PER_BLOCK, key_of, philox, uniform};
use crate::isa::Isa;
use crate::lanes::{LANES, Lanes, for_lanes};

/// Holds one word for each lane.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub [u32; LANES]);

impl Words {
    /// Holds zero in every lane.
    pub const ZERO: Self = Self([0; LANES]);
}

/// Holds what the draws of one block of replicates have in common: seed, replicates, instruction set.
#[derive(Clone, Debug)]
pub struct LaneKeys {
    isa: Isa,
    seed: u64,
    replicates_low: Words,
    replicates_high: Words,
}

impl LaneKeys {
    /// Keys lanes by the given replicates; repeat one to pad a ragged block.
    ///
    /// # Panics
    /// If a replicate is not below [`super::REPLICATES_MAX`].
    #[must_use]
    pub fn new(isa: Isa, seed: u64, replicates: &[u64; LANES]) -> Self {
        let fits = replicates
            .iter()
            .all(|&replicate| replicate < super::REPLICATES_MAX);
        assert!(fits, "a replicate's number has 56 bits");
        Self {
            isa,
            seed,
            replicates_low: Words(replicates.map(|replicate| replicate as u32)),
            replicates_high: Words(replicates.map(|replicate| (replicate >> 32) as u32)),
        }
    }

    /// Keys lanes by 64 replicates in a row.
    ///
    /// # Panics
    /// If the last replicate is not below [`super::REPLICATES_MAX`].
    #[must_use]
    pub fn consecutive(isa: Isa, seed: u64, first_replicate: u64) -> Self {
        Self::new(
            isa,
            seed,
            &std::array::from_fn(|lane| first_replicate + lane as u64),
        )
    }

    /// Gives the instruction set the draws are made with.
    #[must_use]
    pub const fn isa(&self) -> Isa {
        self.isa
    }

    /// Gives the seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Gives one lane's replicate.
    #[must_use]
    pub fn replicate(&self, lane: usize) -> u64 {
        u64::from(self.replicates_high.0[lane]) << 32 | u64::from(self.replicates_low.0[lane])
    }

    /// Draws one word for each lane.
    #[must_use]
    pub fn words(&self, purpose: u8, step: u32, entity: u32) -> Words {
        let mut out = Words::ZERO;
        let (low, high) = (&self.replicates_low.0, &self.replicates_high.0);
        self.isa.dispatch(
            #[inline(always)]
            || words(self.seed, purpose, low, high, step, entity, &mut out.0),
        );
        out
    }

    /// Draws one uniform number in `[0, 1)` for each lane.
    pub fn fill_uniforms(&self, purpose: u8, step: u32, entity: u32, out: &mut Lanes) {
        *out = self.map_words(purpose, step, entity, uniform);
    }

    /// Draws one standard normal number for each lane.
    pub fn fill_normals(&self, purpose: u8, step: u32, entity: u32, out: &mut Lanes) {
        let words = self.words(purpose, step, entity);
        normals(
            self.isa,
            std::slice::from_ref(&words),
            std::slice::from_mut(out),
        );
    }

    /// Draws one exponential number of mean 1 for each lane.
    pub fn fill_exponentials(&self, purpose: u8, step: u32, entity: u32, out: &mut Lanes) {
        *out = self.map_words(purpose, step, entity, super::exponential);
    }

    /// Draws one standard logistic number for each lane.
    pub fn fill_logistics(&self, purpose: u8, step: u32, entity: u32, out: &mut Lanes) {
        *out = self.map_words(purpose, step, entity, super::logistic);
    }

    /// Draws one number for each lane through a function of one word.
    #[inline(always)]
    pub fn map_words(
        &self,
        purpose: u8,
        step: u32,
        entity: u32,
        kernel: impl Fn(u32) -> f32,
    ) -> Lanes {
        let mut out = Lanes::ZERO;
        let words = self.words(purpose, step, entity);
        self.isa.dispatch(
            #[inline(always)]
            || {
                for_lanes(
                    #[inline(always)]
                    |lane| out[lane] = kernel(words.0[lane]),
                );
            },
        );
        out
    }

    /// Draws the words of the four steps that share a Philox block.
    pub(super) fn word_block(&self, purpose: u8, step_field: u32, entity: u32) -> [Words; 4] {
        let mut out = [Words::ZERO; 4];
        self.isa.dispatch(
            #[inline(always)]
            || {
                let (low, high) = (&self.replicates_low.0, &self.replicates_high.0);
                philox_lanes(self.seed, purpose, low, high, step_field, entity, &mut out);
            },
        );
        out
    }
}

/// Draws one word for each lane: the free form of [`LaneKeys::words`], for the caller's own dispatch.
#[inline(always)]
pub fn words(
    seed: u64,
    purpose: u8,
    replicates_low: &[u32; LANES],
    replicates_high: &[u32; LANES],
    step: u32,
    entity: u32,
    out: &mut [u32; LANES],
) {
    let mut block = [Words::ZERO; 4];
    let step_field = step / STEPS_PER_BLOCK;
    philox_lanes(
        seed,
        purpose,
        replicates_low,
        replicates_high,
        step_field,
        entity,
        &mut block,
    );
    *out = block[(step % STEPS_PER_BLOCK) as usize].0;
}

/// Computes one Philox block for each lane; row w of `out` holds word w.
#[inline(always)]
fn philox_lanes(
    seed: u64,
    purpose: u8,
    replicates_low: &[u32; LANES],
    replicates_high: &[u32; LANES],
    step_field: u32,
    entity: u32,
    out: &mut [Words; 4],
) {
    let [row_0, row_1, row_2, row_3] = out;
    let key = key_of(seed);
    for_lanes(
        #[inline(always)]
        |lane| {
            let high = u32::from(purpose) << 24 | replicates_high[lane];
            let counter = [replicates_low[lane], step_field, entity, high];
            let [w0, w1, w2, w3] = philox::philox4x32_10(counter, key);
            row_0.0[lane] = w0;
            row_1.0[lane] = w1;
            row_2.0[lane] = w2;
            row_3.0[lane] = w3;
        },
    );
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "lanes and scalars must agree to the bit")]
#[expect(clippy::needless_range_loop, reason = "a lane indexes several rows")]
mod tests {
    use super::*;
    use crate::rng::{self, normal};

    const SEED: u64 = 0x1234_5678_9abc_def0;

    fn cases() -> Vec<LaneKeys> {
        let firsts = [0, 1 << 31, (1 << 32) - 7, (1 << 56) - 64];
        let keys = |isa| firsts.map(|first| LaneKeys::consecutive(isa, SEED, first));
        Isa::available().into_iter().flat_map(keys).collect()
    }

    #[test]
    fn lanes_draw_the_bits_of_the_scalar_functions() {
        for keys in cases() {
            let mut got = [Lanes::ZERO; 4];
            for (step, entity) in [(0, 0), (5, 77), (6, 1 << 31), (u32::MAX, u32::MAX)] {
                keys.fill_uniforms(9, step, entity, &mut got[0]);
                keys.fill_normals(9, step, entity, &mut got[1]);
                keys.fill_exponentials(9, step, entity, &mut got[2]);
                keys.fill_logistics(9, step, entity, &mut got[3]);
                for lane in 0..LANES {
                    let word = rng::word(SEED, 9, keys.replicate(lane), step, entity);
                    assert_eq!(keys.words(9, step, entity).0[lane], word);
                    assert_eq!(got[0][lane], uniform(word));
                    assert_eq!(got[1][lane].to_bits(), normal(word).to_bits());
                    assert_eq!(got[2][lane], rng::exponential(word));
                    assert_eq!(got[3][lane], rng::logistic(word));
                }
            }
        }
    }
}
