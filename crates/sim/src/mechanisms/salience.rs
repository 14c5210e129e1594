//! Salience: what actors care about, shifted by stress.
//!
//! **Claim.** A domain under stress matters more, at the cost of the others.
//!
//! **Equations.** `σ_id ∝ σ⁰_id exp(γ stress_id)`, normalised to sum 1. Stress: energy `|price − 1| (x_i + m_i)`, trade the loss of
//! trade against the start, security the intensity of all threats above the start; each in -1..=2.
//!
//! **Reads** intensities, energy price, trade scale. **Writes** salience, stress.
//!
//! **Invariants.** Saliences are not negative and sum to 1; no stress leaves them as written.
//!
//! **Sources.** Bueno de Mesquita (1994) on salience as an input; the response is an assumption.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of adaptive salience.
    pub struct SalienceParams {
        response = ("salience.response", "Response of salience to stress (gamma)", "", 0.05, 0.4, 0.8, 0.0, 5.0, "assumption; trial range 0 to .8");
    }
}

/// Smallest stress.
const STRESS_MIN: f32 = -1.0;
/// Largest stress.
const STRESS_MAX: f32 = 2.0;

/// Keeps stress in its range.
#[inline(always)]
pub(crate) fn bounded(stress: f32) -> f32 {
    math::clamp(stress, STRESS_MIN, STRESS_MAX)
}

/// Saliences under stress, normalised.
#[inline(always)]
pub(crate) fn adapted(base: [f32; 3], stress: [f32; 3], response: f32) -> [f32; 3] {
    let raw = [
        base[0] * math::exp(response * stress[0]),
        base[1] * math::exp(response * stress[1]),
        base[2] * math::exp(response * stress[2]),
    ];
    // An actor that cares for nothing keeps zeros.
    let sum = math::max(raw[0] + raw[1] + raw[2], f32::MIN_POSITIVE);
    [raw[0] / sum, raw[1] / sum, raw[2] / sum]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_shifts_weight_and_keeps_the_sum() {
        let calm = adapted([0.3, 0.5, 0.2], [0.0; 3], 0.4);
        assert!((calm[1] - 0.5).abs() < 1e-6);
        let tense = adapted([0.3, 0.5, 0.2], [0.0, 0.0, 1.0], 0.4);
        assert!(tense[2] > calm[2]);
        assert!((tense.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
