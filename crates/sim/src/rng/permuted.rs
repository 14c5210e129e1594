//! Turns rows of words into normal numbers, looking the table up by permuting registers where the set can.
//!
//! AVX-512 holds a column of 32 coefficients in two registers, AVX2 in four; elsewhere entries are read one by
//! one. The arithmetic around the lookup is that of the scalar function, so the bits are the same.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m256i};

use super::lanes::Words;
use super::normal;
use crate::isa::Isa;
use crate::lanes::Lanes;

/// Counts the lanes handled together: one register of AVX-512.
const CHUNK: usize = 16;

/// Turns rows of words into rows of standard normal numbers.
pub(super) fn normals(isa: Isa, words: &[Words], out: &mut [Lanes]) {
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
mod tests {
    use super::*;
    use crate::lanes::LANES;

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
