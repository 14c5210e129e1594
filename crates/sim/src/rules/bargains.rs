//! Rules that settle on a place of the ladder: weighted median, compromise mean, Nash bargain.
//!
//! **Positions.** A voter's position is the depth of the option it values most (of equals the shallower), its
//! salience the spread of its values over the options. What stands now is an option too, worth 0 to everybody. A rung
//! passes if it does not lie beyond the outcome: so the deepest rung that passes is the one nearest to the outcome
//! and not deeper.
//!
//! **Equations.** Median (Black 1948): the smallest position with at least half of the weight at or below it. Mean
//! (van den Bos 1991; Achen 2006): Σ w s x / Σ w s. Nash (1950), with weights as in Harsanyi and Selten (1972): the option with
//! the largest Σ w ln(V + κ) among those that nobody blocks; κ is what a party swallows before it breaks off.
//!
//! Sums are in double precision and in the order of the voters.

use super::{Options, Procedure, Voter, challenge};
use crate::math;

/// Slack of depths compared with an outcome: a mean of equal positions must still reach them.
const DEPTH_SLACK: f64 = 1e-6;

/// Where a voter stands on the ladder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stand {
    /// Depth of its best option, 0..=1.
    pub position: f32,
    /// Spread of its values over the options `[utility]`, >= 0.
    pub salience: f32,
}

/// Where a voter stands, from the depths of the options and what they are worth to it.
#[must_use]
pub fn stand(depths: &[f32], values: &[f32]) -> Stand {
    let mut best = 0;
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for (option, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = option;
        }
        low = math::min(low, value);
        high = math::max(high, value);
    }
    Stand {
        position: depths[best],
        salience: high - low,
    }
}

/// Where the voters of a body stand; who is lifted stands no shallower than the option put to the vote.
fn stands<'a>(
    voters: &'a [Voter],
    options: Options<'a>,
) -> impl Iterator<Item = (Stand, f32)> + Clone + 'a {
    let n = options.depths.len();
    voters.iter().enumerate().map(move |(at, voter)| {
        let mut stand = stand(options.depths, &options.values[at * n..(at + 1) * n]);
        if voter.lifted {
            stand.position = math::max(stand.position, options.depths[options.at]);
        }
        (stand, voter.weight)
    })
}

/// The smallest position with at least half of the weight at or below it; nothing if nothing weighs.
pub fn weighted_median(stands: &(impl Iterator<Item = (Stand, f32)> + Clone)) -> Option<f64> {
    let all: f64 = stands.clone().map(|(_, weight)| f64::from(weight)).sum();
    if all <= 0.0 {
        return None;
    }
    let mut median: Option<f32> = None;
    for (stand, _) in stands.clone() {
        let here = stand.position;
        let below: f64 = stands
            .clone()
            .filter(|(other, _)| other.position <= here)
            .map(|(_, weight)| f64::from(weight))
            .sum();
        if 2.0 * below >= all && median.is_none_or(|best| here < best) {
            median = Some(here);
        }
    }
    median.map(f64::from)
}

/// The mean of the positions, weighted by weight times salience; nothing if nobody minds.
pub fn compromise_mean(stands: impl Iterator<Item = (Stand, f32)>) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (stand, weight) in stands {
        let pull = f64::from(weight) * f64::from(stand.salience);
        sum += pull * f64::from(stand.position);
        all += pull;
    }
    (all > 0.0).then(|| sum / all)
}

/// The option of the Nash bargain: 0, what stands, unless another is better and nobody breaks off.
#[must_use]
pub fn nash_bargain(voters: &[Voter], options: Options<'_>, threshold: f32) -> usize {
    let n = options.depths.len();
    // A logarithm of nothing is minus infinity: who gains nothing over breaking off makes the product 0.
    let log = |surplus: f32| {
        if surplus > 0.0 {
            f64::from(math::ln(surplus))
        } else {
            f64::NEG_INFINITY
        }
    };
    let score = |option: usize| -> Option<f64> {
        let mut sum = 0.0;
        for (at, voter) in voters.iter().enumerate().filter(|(_, voter)| !voter.lifted) {
            let surplus = options.values[at * n + option] + threshold;
            if surplus < 0.0 {
                return None;
            }
            if voter.weight > 0.0 {
                sum += f64::from(voter.weight) * log(surplus);
            }
        }
        Some(sum)
    };
    let mut best = 0;
    let mut most = score(0).unwrap_or(f64::NEG_INFINITY);
    for option in 1..n {
        if let Some(score) = score(option).filter(|score| *score > most) {
            (best, most) = (option, score);
        }
    }
    best
}

/// The weighted median of the positions after rounds of challenges; nothing if nobody with weight minds.
///
/// Salience is the spread against the largest of any voter, so that it lies in 0..=1.
#[must_use]
pub fn challenged(
    stands: impl Iterator<Item = (Stand, f32)> + Clone,
    rounds: usize,
) -> Option<f64> {
    let minds = |(stand, weight): &(Stand, f32)| *weight > 0.0 && stand.salience > 0.0;
    let most = stands
        .clone()
        .fold(0.0, |most, (stand, _)| math::max(most, stand.salience));
    let actors: Vec<challenge::Actor> = stands
        .filter(minds)
        .map(|(stand, weight)| challenge::Actor {
            capability: f64::from(weight),
            salience: f64::from(stand.salience) / f64::from(most),
            position: f64::from(stand.position),
        })
        .collect();
    let first = actors.first()?.position;
    // Who stands in one place has nothing to challenge.
    if actors
        .iter()
        .all(|actor| actor.position.to_bits() == first.to_bits())
    {
        return Some(first);
    }
    let options = challenge::Options {
        rounds,
        ..challenge::Options::default()
    };
    Some(challenge::play(&actors, &options).median.low)
}

/// Depth that a rule settles on; nothing if it settles on nothing.
fn outcome(
    procedure: Procedure,
    voters: &[Voter],
    options: Options<'_>,
    threshold: f32,
) -> Option<f64> {
    match procedure {
        Procedure::Median => weighted_median(&stands(voters, options)),
        Procedure::Mean => compromise_mean(stands(voters, options)),
        Procedure::Challenge { rounds } => challenged(stands(voters, options), rounds),
        _ => {
            let option = nash_bargain(voters, options, threshold);
            (option > 0).then(|| f64::from(options.depths[option]))
        }
    }
}

/// Whether what a body settles on reaches the option put to the vote.
pub(super) fn reaches(
    procedure: Procedure,
    voters: &[Voter],
    options: Options<'_>,
    threshold: f32,
) -> bool {
    let depth = f64::from(options.depths[options.at]);
    outcome(procedure, voters, options, threshold)
        .is_some_and(|outcome| depth <= outcome + DEPTH_SLACK)
}

/// Whether a voter keeps the outcome short of the option put to the vote.
pub(super) fn holds_back(
    procedure: Procedure,
    voters: &[Voter],
    options: Options<'_>,
    at: usize,
    threshold: f32,
) -> bool {
    let n = options.depths.len();
    let values = &options.values[at * n..(at + 1) * n];
    if procedure == Procedure::Nash {
        let settled = nash_bargain(voters, options, threshold);
        return values[options.at] < math::max(values[settled], -threshold);
    }
    let depth = f64::from(options.depths[options.at]);
    f64::from(stand(options.depths, values).position) + DEPTH_SLACK < depth
}

#[cfg(test)]
mod tests {
    use super::super::{blocks, passes, passes_without};
    use super::*;

    /// Three rungs above what stands.
    const DEPTHS: [f32; 4] = [0.0, 0.3, 0.6, 1.0];

    fn voters(weights: &[f32]) -> Vec<Voter> {
        let voter = |weight: &f32| Voter {
            weight: *weight,
            ..Voter::default()
        };
        weights.iter().map(voter).collect()
    }

    fn options(values: &[f32], at: usize) -> Options<'_> {
        Options {
            depths: &DEPTHS,
            values,
            at,
        }
    }

    fn at(position: f32, salience: f32, weight: f32) -> (Stand, f32) {
        (Stand { position, salience }, weight)
    }

    /// The deepest option that passes, 0 if none does.
    fn deepest(procedure: Procedure, voters: &[Voter], values: &[f32]) -> usize {
        (1..DEPTHS.len())
            .rev()
            .find(|&at| passes(procedure, voters, options(values, at), 0.03))
            .unwrap_or(0)
    }

    #[test]
    fn a_voter_stands_at_its_best_option_of_equals_the_shallower() {
        let found = stand(&DEPTHS, &[0.0, 0.2, 0.2, -0.3]);
        assert!((found.position - 0.3).abs() < 1e-6);
        assert!((found.salience - 0.5).abs() < 1e-6);
        // Who loses by every rung stands where things are.
        assert!(stand(&DEPTHS, &[0.0, -0.1, -0.2, -0.3]).position.abs() < 1e-6);
    }

    #[test]
    fn the_median_holds_half_of_the_weight() {
        // Weights 3, 2, 2 at 0, .3, 1: at .3 five of seven lie at or below.
        let three = [at(0.0, 1.0, 3.0), at(0.3, 1.0, 2.0), at(1.0, 1.0, 2.0)];
        let median = weighted_median(&three.into_iter()).expect("they weigh");
        assert!((median - f64::from(0.3f32)).abs() < 1e-12);
        // Exactly half below: the shallower of the two medians.
        let two = [at(1.0, 1.0, 1.0), at(0.0, 1.0, 1.0)];
        assert!(weighted_median(&two.into_iter()).expect("they weigh").abs() < 1e-12);
        assert_eq!(weighted_median(&[at(0.5, 1.0, 0.0)].into_iter()), None);
    }

    #[test]
    fn the_compromise_weighs_power_and_salience() {
        // (1·0.2·0 + 2·0.1·0.6 + 1·0.4·1)/(0.2 + 0.2 + 0.4) = 0.52/0.8
        let three = [at(0.0, 0.2, 1.0), at(0.6, 0.1, 2.0), at(1.0, 0.4, 1.0)];
        let mean = compromise_mean(three.into_iter()).expect("they mind");
        assert!((mean - 0.65).abs() < 1e-6, "{mean}");
        assert_eq!(compromise_mean([at(0.6, 0.0, 1.0)].into_iter()), None);
    }

    #[test]
    fn the_rung_at_or_below_the_outcome_is_adopted() {
        let three = voters(&[1.0, 1.0, 1.0]);
        // Best rungs at 0, .6 and 1: the median is .6, the mean by spreads .1, .2, .3 is (.12 + .3)/.6 = .7.
        #[rustfmt::skip]
        let values = [
            0.0, -0.02, -0.05, -0.1,
            0.0, 0.05, 0.2, 0.1,
            0.0, 0.1, 0.2, 0.3,
        ];
        assert_eq!(deepest(Procedure::Median, &three, &values), 2);
        assert_eq!(deepest(Procedure::Mean, &three, &values), 2);
        // All weight at the deep end.
        assert_eq!(
            deepest(Procedure::Median, &voters(&[0.0, 0.0, 1.0]), &values),
            3
        );
        assert_eq!(
            deepest(Procedure::Mean, &voters(&[0.0, 0.0, 0.1]), &values),
            3
        );
        // Those short of the deepest rung hold it back; with the median voter there it would pass.
        let stood = |at| blocks(Procedure::Median, &three, options(&values, 3), at, 0.03);
        assert_eq!([0, 1, 2].map(stood), [true, true, false]);
        let mut three = three;
        assert!(passes_without(
            Procedure::Median,
            &mut three,
            options(&values, 3),
            1,
            0.03
        ));
    }

    #[test]
    fn challenges_move_the_weak_towards_the_strong() {
        // One place: nothing to challenge.
        let same = [at(0.3, 0.1, 1.0), at(0.3, 0.2, 2.0)];
        let settled = challenged(same.into_iter(), 10).expect("they mind");
        assert!((settled - f64::from(0.3f32)).abs() < 1e-12);
        assert_eq!(challenged([at(0.3, 0.0, 1.0)].into_iter(), 10), None);
        // The outcome lies between the extremes, and with one of overwhelming weight where that one stands.
        let lopsided = [at(0.0, 0.1, 0.001), at(0.3, 0.1, 0.001), at(1.0, 0.1, 10.0)];
        let settled = challenged(lopsided.into_iter(), 10).expect("they mind");
        assert!((settled - 1.0).abs() < 1e-9, "{settled}");
    }

    #[test]
    fn the_nash_bargain_splits_the_gain_and_nobody_breaks_off() {
        let two = voters(&[1.0, 1.0]);
        // The first breaks off at the deepest rung.
        #[rustfmt::skip]
        let values = [
            0.0, 0.02, 0.04, -0.04,
            0.0, 0.05, 0.04, 0.5,
        ];
        // .05·.08 = .0040 against .07·.07 = .0049.
        assert_eq!(nash_bargain(&two, options(&values, 1), 0.03), 2);
        // With the first counting for three: .05³·.08 = 1.00e-5 against .07⁴ = 2.4e-5.
        assert_eq!(
            nash_bargain(&voters(&[3.0, 1.0]), options(&values, 1), 0.03),
            2
        );
        // With the second counting for eight: .05·.08⁸ = 8.4e-11 against .07⁹ = 4.0e-11.
        assert_eq!(
            nash_bargain(&voters(&[1.0, 8.0]), options(&values, 1), 0.03),
            1
        );
        assert!(blocks(Procedure::Nash, &two, options(&values, 3), 0, 0.03));
        assert!(!blocks(Procedure::Nash, &two, options(&values, 3), 1, 0.03));
        // Small losses of all are worse than what stands.
        assert_eq!(
            nash_bargain(
                &two,
                options(&[0.0, -0.01, -0.01, -0.01, 0.0, -0.01, -0.01, -0.01], 1),
                0.03
            ),
            0
        );
    }
}
