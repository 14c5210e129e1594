//! Trust: what an actor thinks of a bloc, beyond affinity.
//!
//! **Claim.** Trust rests on affinity and dialogue; without dialogue it sinks to what presence and pressure leave of it.
//! Joint acts lift it for a while.
//!
//! **Equations.** `dT = κ (T* − T) dt`, `T* = A_ib + g dialogue_ib − s presence_ib D_presence (1 − A_ib)/2 − e I_mil,b − e_r I_reg,b`, clamped to -1..=1;
//! dialogue is the weight of i's status in the bloc's own organisation (1 from partner upwards) or cooperation between
//! i's organisations and the bloc. `I_mil,b` and `I_reg,b` are the intensities of the bloc's own military pressure and of
//! its pressure on the regime. At the end of the first step `T = T*` and what effects of that step added.
//!
//! **Reads** affinity with the bloc, statuses, presence, the bloc's pressure, postures. **Writes** trust.
//!
//! **Invariants.** -1 <= T <= 1; more dialogue never lowers it, more presence never raises it.
//!
//! **Sources.** de Haas (2007, 2008): dialogue builds confidence, NATO's presence creates mistrust. Sizes are assumptions.

use crate::laned::params;
use crate::math;

params! {
    /// Parameters of trust.
    pub struct TrustParams {
        speed = ("trust.speed", "Speed of trust towards its resting level", "per year", 0.08, 0.15, 0.3, 0.0, 10.0, "assumption; half-life of about five years");
        dialogue = ("trust.dialogue", "Trust that rests on dialogue", "", 0.15, 0.3, 0.5, 0.0, 2.0, "assumption");
        presence = ("trust.presence", "Suspicion of a bloc's forces near by", "", 0.15, 0.3, 0.5, 0.0, 2.0, "assumption");
        pressure = ("trust.pressure", "Suspicion of military pressure", "", 0.1, 0.3, 0.5, 0.0, 2.0, "assumption");
        criticism = ("trust.criticism", "Suspicion of pressure on the regime", "", 0.05, 0.1, 0.2, 0.0, 2.0, "de Haas (2007) on Andijan gives the direction; size is an assumption, a third of military pressure's as in deterrence");
    }
}

/// Where trust comes to rest, -1..=1.
#[inline(always)]
pub(crate) fn resting(
    affinity: f32,
    dialogue: f32,
    forces_near: f32,
    (military, regime): (f32, f32),
    params: &TrustParams<f32>,
) -> f32 {
    let suspicion = params.presence * forces_near * (1.0 - affinity) / 2.0
        + params.pressure * military
        + params.criticism * regime;
    math::clamp(affinity + params.dialogue * dialogue - suspicion, -1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogue_lifts_and_presence_lowers() {
        let params = TrustParams {
            speed: 0.15,
            dialogue: 0.3,
            presence: 0.3,
            pressure: 0.3,
            criticism: 0.1,
        };
        let at = |dialogue, near, pressure| resting(-0.2, dialogue, near, pressure, &params);
        // −0.2 + 0.3 · 1 − (0.3 · 0.5 · 0.6 + 0.3 · 0.1) = −0.02
        assert!((at(1.0, 0.5, (0.1, 0.0)) + 0.02).abs() < 1e-6);
        // … − 0.1 · 0.4 = −0.06
        assert!((at(1.0, 0.5, (0.1, 0.4)) + 0.06).abs() < 1e-6);
        assert!(at(1.0, 0.5, (0.1, 0.0)) > at(0.0, 0.5, (0.1, 0.0)));
        assert!(at(1.0, 0.9, (0.1, 0.0)) < at(1.0, 0.5, (0.1, 0.0)));
    }
}
