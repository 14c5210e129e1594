//! States the yardstick's data, constants and equations.

use foedera_sim::math;

/// Domains in which states have positions.
pub(crate) const DOMAINS: usize = 3;
/// States of the standard size.
pub(crate) const STATES: usize = 12;
/// Ticks of the standard length.
pub(crate) const TICKS: u32 = 100;

/// Streams of the second keying (K2).
pub(crate) mod purpose {
    pub(crate) const SHOCK: u8 = 1;
    pub(crate) const EVENT: u8 = 2;
    pub(crate) const DRIFT: u8 = 3;
    pub(crate) const VOTE: u8 = 4;
    pub(crate) const WITHDRAW: u8 = 5;
}

const PERSISTENCE: f32 = 0.9;
const SHOCK_SIZE: f32 = 0.10;
const EVENT_PROBABILITY: f32 = 0.02;
const EVENT_JUMP: [f32; DOMAINS] = [0.6, 0.4, 0.5];
const EXPOSURE: f32 = 0.5;
const ATTRACTION: f32 = 0.01;
const SIMILARITY_NEUTRAL: f32 = 0.35;
const FRICTION: f32 = 0.02;
const DRIFT_SIZE: f32 = 0.03;
const VOTE_BASE: f32 = 2.0;
const VOTE_SLOPE: f32 = 4.0;
const MATURITY_GAIN: f32 = 0.02;
const MATURITY_MAX: f32 = 10.0;
const SATISFACTION_LOW: f32 = -0.20;
/// Ticks of low satisfaction after which a member may leave.
pub(crate) const HOLD: f32 = 4.0;
const WITHDRAW_PROBABILITY: f32 = 0.10;

/// Describes one pair of states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dyad {
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) rivalry: f32,
    pub(crate) tie_start: f32,
}

/// Holds what is the same in every replicate.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    pub(crate) ticks: u32,
    pub(crate) capability: Vec<f32>,
    pub(crate) ideal: Vec<[f32; DOMAINS]>,
    /// Pairs in row-major order; a dyad's id is its place.
    pub(crate) dyads: Vec<Dyad>,
}

impl Data {
    pub(crate) fn new(states: usize, ticks: u32) -> Self {
        let ideal_at = |i: usize, k: usize| ((13 * i + 5 * k + 1) % 17) as f32 / 16.0 * 2.0 - 1.0;
        let ideal: Vec<_> = (0..states)
            .map(|i| [0, 1, 2].map(|k| ideal_at(i, k)))
            .collect();
        let mut dyads = Vec::new();
        for source in 0..states {
            for target in source + 1..states {
                let (x, y) = (ideal[source], ideal[target]);
                let similarity = similarity(&x, &y);
                dyads.push(Dyad {
                    source,
                    target,
                    rivalry: ((source * target + source + target) % 7) as f32 / 6.0,
                    tie_start: math::clamp(0.25 + 0.25 * similarity, -1.0, 1.0),
                });
            }
        }
        let capability = (0..states).map(|i| (1 + (7 * i + 3) % 10) as f32).collect();
        Self {
            ticks,
            capability,
            ideal,
            dyads,
        }
    }

    pub(crate) fn states(&self) -> usize {
        self.capability.len()
    }
}

#[inline(always)]
pub(crate) fn distance(x: &[f32; DOMAINS], y: &[f32; DOMAINS]) -> f32 {
    (math::abs(x[0] - y[0]) + math::abs(x[1] - y[1]) + math::abs(x[2] - y[2])) / 3.0
}

#[inline(always)]
fn similarity(x: &[f32; DOMAINS], y: &[f32; DOMAINS]) -> f32 {
    1.0 - distance(x, y)
}

/// Gives 1 where a state is hit by an event.
#[inline(always)]
pub(crate) fn event(draw: f32) -> f32 {
    math::indicator(draw < EVENT_PROBABILITY)
}

#[inline(always)]
pub(crate) fn stress_after(stress: f32, normal: f32, event: f32, domain: usize) -> f32 {
    PERSISTENCE * stress + SHOCK_SIZE * normal + event * EVENT_JUMP[domain]
}

#[inline(always)]
pub(crate) fn position(ideal: f32, stress: f32) -> f32 {
    ideal + EXPOSURE * stress
}

/// Gives a tie after one tick, from the distances of positions and of stresses.
#[inline(always)]
pub(crate) fn tie_after(tie: f32, apart: f32, stressed: f32, rivalry: f32, normal: f32) -> f32 {
    let pull = ATTRACTION * (1.0 - apart - SIMILARITY_NEUTRAL);
    let rub = FRICTION * rivalry * stressed;
    math::clamp(tie + pull - rub + DRIFT_SIZE * normal, -1.0, 1.0)
}

#[inline(always)]
pub(crate) fn satisfaction(support: f32, others: f32, maturity: f32) -> f32 {
    math::select(others > 0.0, support / others, 0.0) + MATURITY_GAIN * maturity
}

/// Gives 0 where a member rejects, else 1.
#[inline(always)]
pub(crate) fn accepts(weight: f32, satisfaction: f32, draw: f32) -> f32 {
    let chance = math::logistic(VOTE_BASE + VOTE_SLOPE * satisfaction);
    math::indicator((draw < chance) | (weight == 0.0))
}

#[inline(always)]
pub(crate) fn maturity_after(maturity: f32, unanimous: f32, total_weight: f32) -> f32 {
    let passes = unanimous * math::indicator(total_weight > 0.0);
    math::min(maturity + passes, MATURITY_MAX)
}

#[inline(always)]
pub(crate) fn low_after(low: f32, satisfaction: f32) -> f32 {
    math::select(satisfaction < SATISFACTION_LOW, low + 1.0, 0.0)
}

/// Gives a state's weight, its capability while a member, after its chance to leave.
#[inline(always)]
pub(crate) fn weight_after(weight: f32, low: f32, draw: f32) -> f32 {
    math::select((low >= HOLD) & (draw < WITHDRAW_PROBABILITY), 0.0, weight)
}

/// Gives cohesion from the weighted ties and the pairs' total weight, each pair once.
#[inline(always)]
pub(crate) fn cohesion(ties: f32, pairs: f32) -> f32 {
    math::select(pairs > 0.0, ties / pairs, 0.0)
}

/// Gives the total weight of pairs from the sum and the sum of squares of whole-number weights: exact.
#[inline(always)]
pub(crate) fn pairs_weight(sum: f32, squares: f32) -> f32 {
    (sum * sum - squares) * 0.5
}
