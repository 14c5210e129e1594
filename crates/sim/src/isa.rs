//! Chooses the instruction set at run time, so that one program is fast on every machine.
//!
//! A default build may use only the baseline of the architecture (SSE2 on x86-64), four times slower
//! than AVX-512. [`Isa::dispatch`] compiles the closure once for each set and calls the copy asked for.
//! Every set gives the same bits, because kernels use only exact elementwise arithmetic
//! ([`crate::math`]) and no fused multiply-add.
//!
//! Dispatch **once per system, with the row loop inside**. The closure, and every function of substance it
//! calls, must be `#[inline(always)]`: what is not inlined keeps the baseline instruction set. Plain loops
//! over arrays are safe; `array::map`, `array::from_fn` and long iterator chains may hide a call.
//!
//! ```
//! use foedera_sim::isa::Isa;
//! use foedera_sim::lanes::Lanes;
//! let mut rows = vec![Lanes::splat(1.0); 10];
//! Isa::detect().dispatch(
//!     #[inline(always)]
//!     || {
//!         for row in &mut rows {
//!             row.update(|x| x * 0.5);
//!         }
//!     },
//! );
//! assert!(rows.iter().all(|row| *row == Lanes::splat(0.5)));
//! ```
//!
//! Relies on the crate `pulp` for the `unsafe` call into a function with other target features.

/// Names an instruction set for which the engine has a copy of its kernels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// What every processor of the architecture has: SSE2 on x86-64, NEON on 64-bit ARM.
    #[default]
    Baseline,
    /// x86-64-v3: 256-bit registers.
    Avx2,
    /// x86-64-v4: 512-bit registers.
    Avx512,
}

impl Isa {
    /// Finds the widest set this processor offers.
    #[must_use]
    pub fn detect() -> Self {
        if Self::Avx512.is_available() {
            Self::Avx512
        } else if Self::Avx2.is_available() {
            Self::Avx2
        } else {
            Self::Baseline
        }
    }

    /// Lists the sets this processor offers, narrowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let all = [Self::Baseline, Self::Avx2, Self::Avx512];
        all.into_iter().filter(|isa| isa.is_available()).collect()
    }

    /// Gives the name used in manifests and benchmark tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Says whether this processor offers the set.
    #[cfg(target_arch = "x86_64")]
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Baseline => true,
            Self::Avx2 => pulp::x86::V3::try_new().is_some(),
            Self::Avx512 => pulp::x86::V4::try_new().is_some(),
        }
    }

    /// Says whether this processor offers the set.
    #[cfg(not(target_arch = "x86_64"))]
    #[must_use]
    pub fn is_available(self) -> bool {
        matches!(self, Self::Baseline)
    }

    /// Runs the closure in the copy compiled for this set.
    ///
    /// Falls back to the baseline where the processor does not offer the set; the result is the same.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub fn dispatch<R>(self, kernel: impl FnOnce() -> R) -> R {
        match self {
            Self::Avx512 => {
                if let Some(v4) = pulp::x86::V4::try_new() {
                    return v4.vectorize(kernel);
                }
            }
            Self::Avx2 => {
                if let Some(v3) = pulp::x86::V3::try_new() {
                    return v3.vectorize(kernel);
                }
            }
            Self::Baseline => {}
        }
        kernel()
    }

    /// Runs the closure in the copy compiled for this set.
    ///
    /// Falls back to the baseline where the processor does not offer the set; the result is the same.
    #[cfg(not(target_arch = "x86_64"))]
    #[inline]
    pub fn dispatch<R>(self, kernel: impl FnOnce() -> R) -> R {
        kernel()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::Lanes;

    #[test]
    fn the_baseline_is_always_there_and_the_widest_is_last() {
        let available = Isa::available();
        assert_eq!(available[0], Isa::Baseline);
        assert_eq!(available.last(), Some(&Isa::detect()));
    }

    #[test]
    fn every_set_gives_the_same_bits() {
        let input = Lanes::from_fn(|lane| 0.1 + lane as f32 * 1.7);
        let run = |isa: Isa| {
            isa.dispatch(
                #[inline(always)]
                || input.map(|x| (x * x + 0.3) / (x - 0.77) - x.sqrt()),
            )
        };
        let expected = run(Isa::Baseline).map(|x| x);
        for isa in [Isa::Avx2, Isa::Avx512] {
            let got = run(isa);
            for lane in 0..64 {
                assert_eq!(
                    got[lane].to_bits(),
                    expected[lane].to_bits(),
                    "{}",
                    isa.name()
                );
            }
        }
    }
}
