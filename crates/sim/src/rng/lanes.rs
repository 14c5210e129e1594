//! Draws for 64 replicates at once, with the bits of the scalar functions.
//!
//! Every function here picks its own copy for the instruction set in [`LaneKeys`], so it may be called from
//! inside or outside a dispatched loop; a call makes at least 64 numbers, which pays for the choice.
//! The table of the normal distribution is looked up by permuting registers where the set can.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m256i};

use super::{STEPS_PER_BLOCK, key_of, normal, philox, uniform};
use crate::isa::Isa;
use crate::lanes::{LANES, Lanes, for_lanes};

/// Counts the lanes handled together: one register of AVX-512.
const CHUNK: usize = 16;

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
    fn word_block(&self, purpose: u8, step_field: u32, entity: u32) -> [Words; 4] {
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
        normals(keys.isa, &words, &mut self.rows);
        self.step_field = step_field;
    }

    #[inline(never)]
    fn refill_uniforms(&mut self, keys: &LaneKeys, purpose: u8, step_field: u32, entity: u32) {
        let words = keys.word_block(purpose, step_field, entity);
        keys.isa.dispatch(
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

/// Turns rows of words into rows of standard normal numbers.
fn normals(isa: Isa, words: &[Words], out: &mut [Lanes]) {
    #[cfg(target_arch = "x86_64")]
    {
        use pulp::x86::{V3, V4};
        if let (Isa::Avx512, Some(v4)) = (isa, V4::try_new()) {
            return v4.vectorize(
                #[inline(always)]
                || normal_rows(words, out, v4),
            );
        }
        if let (Isa::Avx2, Some(v3)) = (isa, V3::try_new()) {
            return v3.vectorize(
                #[inline(always)]
                || normal_rows(words, out, v3),
            );
        }
    }
    let _ = isa;
    normal_rows(words, out, ByIndex);
}

#[inline(always)]
fn normal_rows(words: &[Words], out: &mut [Lanes], lookup: impl Lookup) {
    for (row, words) in out.iter_mut().zip(words) {
        let (chunks_out, _) = row.as_chunks_mut::<CHUNK>();
        let (chunks_in, _) = words.0.as_chunks::<CHUNK>();
        for (out, words) in chunks_out.iter_mut().zip(chunks_in) {
            *out = normal_chunk(words, lookup);
        }
    }
}

#[inline(always)]
fn normal_chunk(words: &[u32; CHUNK], lookup: impl Lookup) -> [f32; CHUNK] {
    let mut octaves = [0; CHUNK];
    let mut places = [0.0; CHUNK];
    for lane in 0..CHUNK {
        (octaves[lane], places[lane]) = normal::tail(words[lane]);
    }
    let mut coefficients = [[0.0; CHUNK]; 6];
    for (degree, coefficient) in coefficients.iter_mut().enumerate() {
        *coefficient = lookup.look_up(normal::table_of(degree), &octaves);
    }
    let [c0, c1, c2, c3, c4, c5] = &coefficients;
    let mut out = [0.0; CHUNK];
    for i in 0..CHUNK {
        let c = [c0[i], c1[i], c2[i], c3[i], c4[i], c5[i]];
        out[i] = normal::quantile(words[i], places[i], c);
    }
    out
}

/// Reads 16 entries of a table of 32.
trait Lookup: Copy {
    fn look_up(self, table: &[f32; 32], indices: &[u32; CHUNK]) -> [f32; CHUNK];
}

/// Reads entry by entry, on any machine.
#[derive(Clone, Copy)]
struct ByIndex;

impl Lookup for ByIndex {
    #[inline(always)]
    fn look_up(self, table: &[f32; 32], indices: &[u32; CHUNK]) -> [f32; CHUNK] {
        let mut out = [0.0; CHUNK];
        for (out, index) in out.iter_mut().zip(indices) {
            *out = table[(index & 31) as usize];
        }
        out
    }
}

#[cfg(target_arch = "x86_64")]
impl Lookup for pulp::x86::V4 {
    #[inline(always)]
    fn look_up(self, table: &[f32; 32], indices: &[u32; CHUNK]) -> [f32; CHUNK] {
        let (halves, _) = table.as_chunks::<16>();
        let low = pulp::cast(halves[0]);
        let high = pulp::cast(halves[1]);
        pulp::cast(
            self.avx512f
                ._mm512_permutex2var_ps(low, pulp::cast(*indices), high),
        )
    }
}

#[cfg(target_arch = "x86_64")]
impl Lookup for pulp::x86::V3 {
    #[inline(always)]
    fn look_up(self, table: &[f32; 32], indices: &[u32; CHUNK]) -> [f32; CHUNK] {
        let (quarters, _) = table.as_chunks::<8>();
        let (eights, _) = indices.as_chunks::<8>();
        let mut out = [0.0; CHUNK];
        let (out_eights, _) = out.as_chunks_mut::<8>();
        for (out, &eight) in out_eights.iter_mut().zip(eights) {
            let index = pulp::cast(eight);
            // A blend goes by the sign bit: bits 3 and 4 of the index are shifted there.
            let by_bit_3 = pulp::cast(self.avx2._mm256_slli_epi32::<28>(index));
            let by_bit_4 = pulp::cast(self.avx2._mm256_slli_epi32::<27>(index));
            let lower = self.avx._mm256_blendv_ps(
                pick(self, &quarters[0], index),
                pick(self, &quarters[1], index),
                by_bit_3,
            );
            let upper = self.avx._mm256_blendv_ps(
                pick(self, &quarters[2], index),
                pick(self, &quarters[3], index),
                by_bit_3,
            );
            *out = pulp::cast(self.avx._mm256_blendv_ps(lower, upper, by_bit_4));
        }
        out
    }
}

/// Reads 8 entries of a table of 8.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn pick(v3: pulp::x86::V3, table: &[f32; 8], indices: __m256i) -> __m256 {
    v3.avx2
        ._mm256_permutevar8x32_ps(pulp::cast(*table), indices)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "lanes and scalars must agree to the bit")]
mod tests {
    use super::*;
    use crate::rng;

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

    #[test]
    fn a_noise_block_gives_what_single_draws_give() {
        for keys in cases() {
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

    #[test]
    fn every_way_to_look_up_gives_every_octave() {
        let mut words = [Words::ZERO; 2];
        for lane in 0..LANES {
            words[0].0[lane] = 1 << (lane % 32);
            words[1].0[lane] = !(3 << (lane % 31));
        }
        for isa in Isa::available() {
            let mut out = [Lanes::ZERO; 2];
            normals(isa, &words, &mut out);
            for (out, words) in out.iter().zip(&words) {
                for lane in 0..LANES {
                    let expected = normal(words.0[lane]);
                    assert_eq!(out[lane].to_bits(), expected.to_bits(), "{}", isa.name());
                }
            }
        }
    }
}
