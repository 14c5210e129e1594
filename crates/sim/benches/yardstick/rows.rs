//! Applies the yardstick's equations to rows of 64 lanes; the twin and the engine share it.

use foedera_sim::lanes::{LANES, Lanes};

use super::model::{self, DOMAINS};

/// Holds a state's lanes in each domain.
pub(crate) type Vector = [Lanes; DOMAINS];

/// Moves a state's stress and position.
#[inline(always)]
pub(crate) fn shock(
    stress: &mut Vector,
    position: &mut Vector,
    ideal: &[f32; DOMAINS],
    normals: [&Lanes; DOMAINS],
    draw: &Lanes,
) {
    for k in 0..DOMAINS {
        for l in 0..LANES {
            let event = model::event(draw[l]);
            let next = model::stress_after(stress[k][l], normals[k][l], event, k);
            stress[k][l] = next;
            position[k][l] = model::position(ideal[k], next);
        }
    }
}

/// Holds what a dyad reads from one of its states.
#[derive(Clone, Copy)]
pub(crate) struct End<'a> {
    pub(crate) stress: &'a Vector,
    pub(crate) position: &'a Vector,
    pub(crate) weight: &'a Lanes,
}

/// Moves a tie and adds it to the support of both its states.
#[inline(always)]
pub(crate) fn drift(
    tie: &mut Lanes,
    source_support: &mut Lanes,
    target_support: &mut Lanes,
    source: End<'_>,
    target: End<'_>,
    rivalry: f32,
    normals: &Lanes,
) {
    for l in 0..LANES {
        let at = |row: &Vector| [row[0][l], row[1][l], row[2][l]];
        let apart = model::distance(&at(source.position), &at(target.position));
        let stressed = model::distance(&at(source.stress), &at(target.stress));
        let next = model::tie_after(tie[l], apart, stressed, rivalry, normals[l]);
        tie[l] = next;
        source_support[l] += target.weight[l] * next;
        target_support[l] += source.weight[l] * next;
    }
}

/// Turns a state's support into satisfaction, and lets it vote.
#[inline(always)]
pub(crate) fn vote(
    support: &mut Lanes,
    unanimous: &mut Lanes,
    weight: &Lanes,
    total_weight: &Lanes,
    maturity: &Lanes,
    draw: &Lanes,
) {
    for l in 0..LANES {
        let others = total_weight[l] - weight[l];
        let satisfaction = model::satisfaction(support[l], others, maturity[l]);
        support[l] = satisfaction;
        unanimous[l] *= model::accepts(weight[l], satisfaction, draw[l]);
    }
}

/// Counts a state's ticks of low satisfaction; says whether any lane has reached the hold.
#[inline(always)]
pub(crate) fn endure(low: &mut Lanes, satisfaction: &Lanes) -> bool {
    let mut ready = 0;
    for l in 0..LANES {
        low[l] = model::low_after(low[l], satisfaction[l]);
        ready |= u32::from(low[l] >= model::HOLD);
    }
    ready != 0
}

/// Lets a state leave.
#[inline(always)]
pub(crate) fn withdraw(weight: &mut Lanes, low: &Lanes, draw: &Lanes) {
    for l in 0..LANES {
        weight[l] = model::weight_after(weight[l], low[l], draw[l]);
    }
}

/// Sums weights and their squares over states.
#[inline(always)]
pub(crate) fn sum_weights(sum: &mut Lanes, squares: &mut Lanes, weight: &Lanes) {
    for l in 0..LANES {
        sum[l] += weight[l];
        squares[l] += weight[l] * weight[l];
    }
}

/// Adds a tie to cohesion.
#[inline(always)]
pub(crate) fn weigh(ties: &mut Lanes, tie: &Lanes, source: &Lanes, target: &Lanes) {
    for l in 0..LANES {
        ties[l] += source[l] * target[l] * tie[l];
    }
}

/// Gives cohesion.
#[inline(always)]
pub(crate) fn cohesion(out: &mut Lanes, ties: &Lanes, sum: &Lanes, squares: &Lanes) {
    for l in 0..LANES {
        out[l] = model::cohesion(ties[l], model::pairs_weight(sum[l], squares[l]));
    }
}

/// Lets the alliance mature where the vote was unanimous.
#[inline(always)]
pub(crate) fn mature(maturity: &mut Lanes, unanimous: &Lanes, total_weight: &Lanes) {
    for l in 0..LANES {
        maturity[l] = model::maturity_after(maturity[l], unanimous[l], total_weight[l]);
    }
}
