//! Maturity of an organisation, and how much of what it declared stands.
//!
//! Maturity `Σ_e m_e L_e / Σ_e m_e` over the whole catalogue, so that 1 is an organisation with every element. The
//! implementation ratio is built over declared, 1 where nothing is declared.

use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::state::{ElementWeights, Levels};

/// Maturity and implementation ratio, both 0..=1.
#[inline(always)]
pub(crate) fn of(live: &[usize], levels: &Levels, elements: &[ElementWeights]) -> (Lanes, Lanes) {
    let (mut all, mut reached) = (Lanes::ZERO, Lanes::ZERO);
    for element in elements {
        for l in 0..LANES {
            all.0[l] += element.maturity.0[l];
        }
    }
    let (mut built, mut declared) = (Lanes::ZERO, Lanes::ZERO);
    for &element in live {
        for l in 0..LANES {
            reached.0[l] += elements[element].maturity.0[l] * levels.built[element].0[l];
            built.0[l] += math::min(levels.built[element].0[l], levels.declared[element].0[l]);
            declared.0[l] += levels.declared[element].0[l];
        }
    }
    let maturity = reached.zip(
        &all,
        #[inline(always)]
        |reached, all| math::clamp_share(reached / math::max(all, f32::MIN_POSITIVE)),
    );
    let ratio = built.zip(
        &declared,
        #[inline(always)]
        |built, declared| {
            let share = built / math::max(declared, f32::MIN_POSITIVE);
            math::select(declared > 0.0, math::clamp_share(share), 1.0)
        },
    );
    (maturity, ratio)
}
