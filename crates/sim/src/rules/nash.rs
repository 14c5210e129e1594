//! The bargaining solution of Nash: the agreement at which the weighted product of the gains over
//! disagreement is largest.
//!
//! Over a list of options it is a search, with lotteries between them or without; on a line of positions the
//! logarithm of the product is concave, and bisection of its slope finds the one maximum to the last digits.
//!
//! **Equations**
//!
//! ```text
//! (u_i(k) utility of option k to party i, d_i of disagreement, w_i weight)
//! - options: maximise Σ_i w_i ln(u_i(k) − d_i) over the k at which no party loses
//! - lotteries: the same over shares p of the options, with Σ_k p_k u_i(k) for u_i(k)
//! - a line: g_i(x) = l_i − s_i |x − x_i|^e, with l_i the loss that disagreement brings; maximise
//!   Σ_i w_i ln g_i(x) where all g_i >= 0
//! ```
//!
//! **Sources**: Nash (1950), Econometrica 18:155–162; Kalai (1977), International Journal of Game Theory
//! 6:129–133 (weights); Achen (2006) in Thomson et al., The European Union Decides, ch. 4, and Van den Bos (1991)
//! (the compromise mean as its approximation when disagreement is bad for all).

/// Rounds of the search for a lottery; each comes nearer, and it ends when nothing moves.
const LOTTERY_ROUNDS: usize = 200_000;
/// A share below this is none.
const SHARE_MIN: f64 = 1e-12;
/// Bisections of an interval until neighbours are reached: more than the bits of a number.
const BISECTIONS: usize = 2_000;

/// One option's value to the bargain.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Gain of each party over disagreement.
    pub gains: Vec<f64>,
    /// Whether no party loses.
    pub acceptable: bool,
    /// Weighted sum of the logarithms of the gains; −∞ where somebody gains nothing, NaN where somebody loses.
    pub log_product: f64,
}

/// The bargain over a list of options.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Each option.
    pub options: Vec<Standing>,
    /// The best ones, more than one only if they are equally good; none if every option harms somebody.
    pub best: Vec<usize>,
}

/// Chooses among options, `[option][party]`.
#[must_use]
pub fn choose(utilities: &[Vec<f64>], disagreement: &[f64], weights: &[f64]) -> Choice {
    let standing = |utilities: &Vec<f64>| {
        let gains: Vec<f64> = utilities
            .iter()
            .zip(disagreement)
            .map(|(utility, floor)| utility - floor)
            .collect();
        let acceptable = gains.iter().all(|gain| *gain >= 0.0);
        let log_product = if acceptable {
            log_product(&gains, weights)
        } else {
            f64::NAN
        };
        Standing {
            gains,
            acceptable,
            log_product,
        }
    };
    let options: Vec<Standing> = utilities.iter().map(standing).collect();
    let top = options
        .iter()
        .filter(|option| option.acceptable)
        .map(|option| option.log_product)
        .fold(f64::NEG_INFINITY, f64::max);
    let near = |value: f64| value == top || (top - value).abs() <= 1e-12 * top.abs().max(1.0);
    let good = |place: &usize| options[*place].acceptable && near(options[*place].log_product);
    let mut best: Vec<usize> = (0..options.len()).filter(good).collect();
    if top == f64::NEG_INFINITY {
        // Somebody gains nothing whatever is chosen: then what the others gain decides.
        best = undominated(&options, &best);
    }
    Choice { options, best }
}

/// The options that no other one betters for a party without harming another.
fn undominated(options: &[Standing], among: &[usize]) -> Vec<usize> {
    let betters = |one: usize, other: usize| {
        let pairs = || options[one].gains.iter().zip(&options[other].gains);
        pairs().all(|(a, b)| a >= b) && pairs().any(|(a, b)| a > b)
    };
    let kept = |place: &&usize| !among.iter().any(|&other| betters(other, **place));
    among.iter().filter(kept).copied().collect()
}

fn log_product(gains: &[f64], weights: &[f64]) -> f64 {
    gains
        .iter()
        .zip(weights)
        .filter(|(_, weight)| **weight > 0.0)
        .map(|(gain, weight)| weight * libm::log(*gain))
        .sum()
}

/// A lottery over options.
#[derive(Debug, Clone, PartialEq)]
pub struct Lottery {
    /// Share of each option.
    pub shares: Vec<f64>,
    /// Expected gain of each party.
    pub gains: Vec<f64>,
    /// Weighted sum of the logarithms of the expected gains.
    pub log_product: f64,
    /// By how much it could be better at most: the slope towards the best option, weights adding up to 1.
    pub gap: f64,
}

/// The best lottery over the options that harm nobody; nothing if there is none at which all gain.
///
/// Shares grow in proportion to what their option is worth at the margin: the iteration of Cover (1984) for
/// growth-optimal portfolios, which never falls and ends at the maximum of the concave product.
#[must_use]
pub fn lottery(choice: &Choice, weights: &[f64]) -> Option<Lottery> {
    let whole: f64 = weights.iter().sum();
    let kept: Vec<usize> = (0..choice.options.len())
        .filter(|&place| choice.options[place].acceptable)
        .collect();
    let gains = |shares: &[f64]| -> Vec<f64> {
        let of = |party: usize| {
            kept.iter()
                .map(|&place| shares[place] * choice.options[place].gains[party])
                .sum()
        };
        (0..weights.len()).map(of).collect()
    };
    let mut shares = vec![0.0; choice.options.len()];
    for &place in &kept {
        shares[place] = 1.0 / kept.len() as f64;
    }
    let gains_all = |gains: &[f64]| {
        gains
            .iter()
            .zip(weights)
            .all(|(gain, weight)| *gain > 0.0 || *weight <= 0.0)
    };
    let mut now = gains(&shares);
    if kept.is_empty() || whole <= 0.0 || !gains_all(&now) {
        return None;
    }
    let mut gap = f64::INFINITY;
    for _ in 0..LOTTERY_ROUNDS {
        let worth = |place: usize| -> f64 {
            let gains = &choice.options[place].gains;
            let parts = gains
                .iter()
                .zip(&now)
                .zip(weights)
                .filter(|(_, w)| **w > 0.0);
            parts
                .map(|((gain, all), weight)| weight / whole * gain / all)
                .sum()
        };
        let worths: Vec<f64> = kept.iter().map(|&place| worth(place)).collect();
        gap = worths.iter().copied().fold(0.0, f64::max) - 1.0;
        if gap <= 1e-13 {
            break;
        }
        for (&place, worth) in kept.iter().zip(&worths) {
            shares[place] *= worth;
        }
        let all: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= all;
        }
        now = gains(&shares);
    }
    for share in &mut shares {
        if *share < SHARE_MIN {
            *share = 0.0;
        }
    }
    let log_product = log_product(&now, weights);
    Some(Lottery {
        shares,
        gains: now,
        log_product,
        gap,
    })
}

/// A party on a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Party {
    /// Where it wants the outcome.
    pub position: f64,
    /// What a unit of distance costs it, > 0.
    pub salience: f64,
    /// Its weight in the bargain, >= 0.
    pub weight: f64,
    /// What disagreement costs it, >= 0, in the same units.
    pub loss: f64,
}

/// The bargain on a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The outcome.
    pub position: f64,
    /// Outcomes that harm nobody.
    pub zone: (f64, f64),
    /// Gain of each party.
    pub gains: Vec<f64>,
    /// Weighted sum of the logarithms of the gains.
    pub log_product: f64,
}

/// Bargains on a line, with losses that grow with the `exponent` (>= 1) of the distance; nothing if no outcome
/// leaves everybody at least as well off as disagreement, or nobody has weight.
#[must_use]
pub fn on_line(parties: &[Party], exponent: f64) -> Option<Agreement> {
    let reach = |party: &Party| libm::pow(party.loss / party.salience, 1.0 / exponent);
    let low = parties
        .iter()
        .map(|party| party.position - reach(party))
        .fold(f64::NEG_INFINITY, f64::max);
    let high = parties
        .iter()
        .map(|party| party.position + reach(party))
        .fold(f64::INFINITY, f64::min);
    // Two zones that touch in one point may miss each other by a rounding.
    let slack = (low.abs() + high.abs()) * 1e-15;
    let heard = parties.iter().any(|party| party.weight > 0.0);
    if low > high + slack || !heard || !low.is_finite() || !high.is_finite() {
        return None;
    }
    let zone = (low.min(high), high.max(low));
    let position = steepest(parties, exponent, zone);
    let gain = |party: &Party| gain(party, exponent, position).max(0.0);
    let gains: Vec<f64> = parties.iter().map(gain).collect();
    let weights: Vec<f64> = parties.iter().map(|party| party.weight).collect();
    Some(Agreement {
        position,
        zone,
        log_product: log_product(&gains, &weights),
        gains,
    })
}

/// Where the slope of the concave sum of logarithms changes its sign, within the zone.
fn steepest(parties: &[Party], exponent: f64, zone: (f64, f64)) -> f64 {
    let (mut low, mut high) = zone;
    for _ in 0..BISECTIONS {
        let middle = low / 2.0 + high / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if slope(parties, exponent, middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    // A party's own position is a kink: it is exact where bisection ends beside it.
    let near = |party: &&Party| {
        (party.position - low)
            .abs()
            .max((party.position - high).abs())
            <= (high - low) * 2.0
    };
    parties
        .iter()
        .find(near)
        .map_or(low / 2.0 + high / 2.0, |party| party.position)
}

fn gain(party: &Party, exponent: f64, at: f64) -> f64 {
    party.loss - party.salience * power((at - party.position).abs(), exponent)
}

/// A power of a distance, the same on every machine; what [`Party::loss`] is measured in.
#[must_use]
pub fn power(distance: f64, exponent: f64) -> f64 {
    libm::pow(distance, exponent)
}

/// Slope of the weighted sum of logarithms, from the right.
fn slope(parties: &[Party], exponent: f64, at: f64) -> f64 {
    let of = |party: &Party| {
        let away = at - party.position;
        let pull = party.salience * exponent * libm::pow(away.abs(), exponent - 1.0);
        let toward = if away >= 0.0 { -pull } else { pull };
        if party.weight > 0.0 && toward != 0.0 {
            party.weight * toward / gain(party, exponent, at).max(f64::MIN_POSITIVE)
        } else {
            0.0
        }
    };
    parties.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Nash (1950), the example of his paper: Bill and Jack swap goods. Of all whole-object trades the product of
    /// the gains (money aside) is largest where Bill gives book, whip, ball and bat and receives pen, toy and knife:
    /// gains 24 − 12 = 12 and 11 − 6 = 5.
    #[test]
    fn bill_and_jack_trade_as_nash_says() {
        // Utility to Bill and to Jack: book, whip, ball, bat, box are Bill's; pen, toy, knife, hat are Jack's.
        let bill = [2.0, 2.0, 2.0, 2.0, 4.0, 10.0, 4.0, 6.0, 2.0];
        let jack = [4.0, 2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 2.0, 2.0];
        let of_bill = |good: usize, trade: u32| (good < 5) != (trade >> good & 1 == 1);
        let utilities: Vec<Vec<f64>> = (0..512)
            .map(|trade| {
                let sum = |worth: &[f64], mine: bool| -> f64 {
                    (0..9)
                        .filter(|&good| of_bill(good, trade) == mine)
                        .map(|good| worth[good])
                        .sum()
                };
                vec![sum(&bill, true), sum(&jack, false)]
            })
            .collect();
        let choice = choose(&utilities, &[12.0, 6.0], &[1.0, 1.0]);
        let moved = 0b0_1110_1111;
        assert_eq!(choice.best, [moved]);
        assert_eq!(choice.options[moved].gains, [12.0, 5.0]);
    }

    #[test]
    fn weights_shift_the_split_of_a_cake() {
        // 100 slices, utility the share: the weighted solution gives each its share of the weights.
        let utilities: Vec<Vec<f64>> = (0..=100)
            .map(|x| vec![f64::from(x), f64::from(100 - x)])
            .collect();
        assert_eq!(choose(&utilities, &[0.0, 0.0], &[3.0, 1.0]).best, [75]);
        // The corners alone: a lottery of them does the same.
        let corners = choose(&[vec![1.0, 0.0], vec![0.0, 1.0]], &[0.0, 0.0], &[3.0, 1.0]);
        let lottery = lottery(&corners, &[3.0, 1.0]).unwrap();
        assert!((lottery.shares[0] - 0.75).abs() < 1e-12 && lottery.gap < 1e-12);
    }

    #[test]
    fn options_that_harm_somebody_are_out() {
        let choice = choose(
            &[vec![9.0, -1.0], vec![1.0, 1.0], vec![0.0, 0.0]],
            &[0.0, 0.0],
            &[1.0, 1.0],
        );
        assert_eq!(choice.best, [1]);
        assert!(!choice.options[0].acceptable && choice.options[0].log_product.is_nan());
        assert!(choose(&[vec![-1.0]], &[0.0], &[1.0]).best.is_empty());
        // Nobody can give the second party anything: the first takes what it can.
        let stuck = choose(&[vec![1.0, 0.0], vec![2.0, 0.0]], &[0.0, 0.0], &[1.0, 1.0]);
        assert_eq!(stuck.best, [1]);
    }

    #[test]
    fn two_parties_on_a_line_meet_by_their_weights() {
        // Linear losses, disagreement costs each the whole line: g = x and 1 − x with roles crossed:
        // maximise w ln(1 − x) + v ln(x): x = v/(w + v).
        let party = |position, weight| Party {
            position,
            salience: 1.0,
            weight,
            loss: 1.0,
        };
        let found = on_line(&[party(0.0, 1.0), party(1.0, 3.0)], 1.0).unwrap();
        assert!((found.position - 0.75).abs() < 1e-15);
        assert_eq!(found.zone, (0.0, 1.0));
        // The status quo between two opponents: any move harms one.
        let stuck = [(0.0, 0.5), (1.0, 0.5)].map(|(position, loss)| Party {
            position,
            salience: 1.0,
            weight: 1.0,
            loss,
        });
        assert_eq!(on_line(&stuck, 1.0).unwrap().position, 0.5);
        let apart = [(0.0, 0.2), (1.0, 0.2)].map(|(position, loss)| Party {
            position,
            salience: 1.0,
            weight: 1.0,
            loss,
        });
        assert_eq!(on_line(&apart, 2.0), None);
    }

    proptest! {
        /// No other point of the zone has a larger product.
        #[test]
        fn the_agreement_is_the_best(
            rows in prop::collection::vec((0u8..=100, 1u8..9, 1u8..9), 1..7), quadratic in any::<bool>(), other in 0.0f64..1.0,
        ) {
            let exponent = if quadratic { 2.0 } else { 1.0 };
            let parties: Vec<Party> = rows.iter().map(|row| Party {
                position: f64::from(row.0), salience: f64::from(row.1), weight: f64::from(row.2),
                loss: f64::from(row.1) * libm::pow(101.0, exponent),
            }).collect();
            let found = on_line(&parties, exponent).unwrap();
            let at = found.zone.0 + other * (found.zone.1 - found.zone.0);
            let product: f64 = parties.iter().map(|party| party.weight * libm::log(gain(party, exponent, at).max(0.0))).sum();
            prop_assert!(product <= found.log_product + 1e-9);
        }

        /// A lottery is at least as good as any option, and its gap bounds what is left.
        #[test]
        fn a_lottery_beats_every_option(rows in prop::collection::vec(prop::collection::vec(0u8..9, 3), 1..6)) {
            let utilities: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|&u| f64::from(u)).collect()).collect();
            let (choice, weights) = (choose(&utilities, &[0.0; 3], &[1.0, 2.0, 1.0]), [1.0, 2.0, 1.0]);
            if let Some(lottery) = lottery(&choice, &weights) {
                let top = choice.best.iter().map(|&k| choice.options[k].log_product).fold(f64::NEG_INFINITY, f64::max);
                prop_assert!(lottery.log_product >= top - 4.0 * lottery.gap.max(0.0) - 1e-9);
            }
        }
    }
}
