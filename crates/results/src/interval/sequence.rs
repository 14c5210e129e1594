//! Intervals that hold at every look at once, so that a run may stop as soon as it knows enough.
//!
//! A usual interval promises its confidence for a number of replicates that was chosen before; one that is
//! looked at until it pleases does not keep it. These are confidence sequences: with the given confidence they
//! hold the truth at all numbers of replicates together, whenever one looks (Howard and others
//! 2021, Ann. Stat. 49:1055). Both bet against every wrong value (Waudby-Smith and Ramdas 2024, J. R.
//! Stat. Soc. B 86:1); a value that a bet has made 2/alpha times its stake on is out. The bets are tuned to the
//! half-width that is asked for, so that the interval is tightest about when the run stops: it takes about twice
//! the replicates of an interval whose number was chosen before.
//!
//! [`Chance`] is for truth values and needs their count alone: against `m` it bets that the truth is `m ± w`.
//! [`Bounded`] is for numbers of a known range: the predictable empirical-Bernstein sequence (their theorem 2),
//! which pays for the spread that it has seen rather than for the range.

use crate::interval::Estimate;

/// The largest bet; 1 would stake everything.
const BET_MAX: f64 = 0.75;
/// Halvings of the unit interval: more than the bits of an f64.
const HALVINGS: u32 = 64;

/// A truth value, watched until its probability is known to a half-width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    aim: f64,
    price: f64,
    n: u64,
    held: u64,
}

impl Chance {
    /// Watches for a half-width in (0, 1) at a confidence over all looks.
    pub fn new(half_width: f64, confidence: f64) -> Self {
        Self {
            aim: half_width.clamp(1e-9, 0.5),
            price: libm::log(2.0 / (1.0 - confidence)),
            n: 0,
            held: 0,
        }
    }

    /// Hears one replicate.
    pub const fn add(&mut self, held: bool) {
        self.n += 1;
        self.held += held as u64;
    }

    /// The probability with the interval that holds at all looks; `None` before the first replicate.
    pub fn estimate(&self) -> Option<Estimate> {
        if self.n == 0 {
            return None;
        }
        let missed = self.n - self.held;
        let value = self.held as f64 / self.n as f64;
        Some(Estimate {
            value,
            low: self.floor(self.held, missed).min(value),
            high: (1.0 - self.floor(missed, self.held)).max(value),
            n: self.n,
        })
    }

    /// The smallest probability that no bet has ruled out, of an event seen so often and missed so often.
    ///
    /// The winnings against `m` fall as `m` grows: halving finds where they reach the price.
    fn floor(&self, seen: u64, missed: u64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if self.winnings(seen, missed, middle) > self.price {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Logarithm of what the bet on `m + w` has made against `m`.
    fn winnings(&self, seen: u64, missed: u64, m: f64) -> f64 {
        let better = (m + self.aim).min(1.0);
        part(seen, better, m) + part(missed, 1.0 - better, 1.0 - m)
    }
}

/// `count` times the logarithm of a ratio of probabilities; nothing where there is no count.
fn part(count: u64, over: f64, under: f64) -> f64 {
    if count == 0 {
        0.0
    } else {
        count as f64 * (libm::log(over) - libm::log(under))
    }
}

/// A number of a known range, watched until its mean is known to a half-width.
///
/// The order of the replicates matters to the last bit: they are heard in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    low: f64,
    range: f64,
    aim: f64,
    price: f64,
    n: u64,
    /// Numbers beyond the range: then nothing is promised.
    outside: u64,
    sum: f64,
    spread: f64,
    bets: f64,
    bet_values: f64,
    costs: f64,
}

impl Bounded {
    /// Watches numbers from `low` to `high` for a half-width above 0 at a confidence over all looks.
    pub fn new((low, high): (f64, f64), half_width: f64, confidence: f64) -> Self {
        let range = (high - low).max(f64::MIN_POSITIVE);
        Self {
            low,
            range,
            aim: half_width / range,
            price: libm::log(2.0 / (1.0 - confidence)),
            n: 0,
            outside: 0,
            sum: 0.0,
            spread: 0.0,
            bets: 0.0,
            bet_values: 0.0,
            costs: 0.0,
        }
    }

    /// Hears one replicate.
    pub fn add(&mut self, value: f64) {
        // A little slack: a number that was rounded to single precision at its bound is within it.
        let place = (value - self.low) / self.range;
        if !(-1e-6..=1.0 + 1e-6).contains(&place) {
            self.outside += 1;
            return;
        }
        let place = place.clamp(0.0, 1.0);
        // What is known before this replicate decides the bet, and what its surprise is measured from.
        let before = self.n as f64 + 1.0;
        let mean = (0.5 + self.sum) / before;
        let variance = (0.25 + self.spread) / before;
        // Of all bets this one reaches the aim with the fewest replicates of that variance.
        let bet = (self.aim / (variance + self.aim)).min(BET_MAX);
        let surprise = (place - mean) * (place - mean);
        self.bets += bet;
        self.bet_values += bet * place;
        self.costs += surprise * (-libm::log1p(-bet) - bet);
        self.n += 1;
        self.sum += place;
        let after = (0.5 + self.sum) / (before + 1.0);
        self.spread += (place - after) * (place - after);
    }

    /// The mean with the interval that holds at all looks, within the range; `None` before the first replicate,
    /// and where a number lay outside of the range.
    pub fn estimate(&self) -> Option<Estimate> {
        if self.n == 0 || self.outside > 0 {
            return None;
        }
        let mean = self.sum / self.n as f64;
        let centre = self.bet_values / self.bets;
        let half = (self.price + self.costs) / self.bets;
        let back = |place: f64| self.low + self.range * place;
        Some(Estimate {
            value: back(mean),
            low: back((centre - half).max(0.0).min(mean)),
            high: back((centre + half).min(1.0).max(mean)),
            n: self.n,
        })
    }

    /// Numbers that lay outside of the range.
    pub const fn outside(&self) -> u64 {
        self.outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::keyed::uniform;

    const STUDIES: u64 = 1000;
    const LOOKED_AT: u64 = 2048;

    /// Share of studies in which the truth is held at every look.
    fn held_throughout(mut study: impl FnMut(u64, u64) -> bool) -> f64 {
        let mut held = 0_u32;
        for key in 0..STUDIES {
            // Every replicate is heard, also after the truth was lost.
            let mut all = true;
            for idx in 0..LOOKED_AT {
                all &= study(key, idx);
            }
            held += u32::from(all);
        }
        f64::from(held) / STUDIES as f64
    }

    // A study's share errs by sqrt(.95 * .05 / 1000) = .0069: two of them below the promise.
    const LEAST: f64 = 0.95 - 2.0 * 0.0069;

    #[test]
    fn chances_are_covered_at_all_looks_at_once() {
        for p in [0.003, 0.05, 0.3, 0.5, 0.97] {
            let mut watch = Chance::new(0.03, 0.95);
            let share = held_throughout(|key, idx| {
                if idx == 0 {
                    watch = Chance::new(0.03, 0.95);
                }
                watch.add(uniform(key, idx) < p);
                // What is in the interval is what no bet has ruled out: cheaper than its ends, and the same.
                let (seen, missed) = (watch.held, watch.n - watch.held);
                watch.winnings(seen, missed, p) <= watch.price
                    && watch.winnings(missed, seen, 1.0 - p) <= watch.price
            });
            assert!(share >= LEAST, "{p}: {share}");
        }
    }

    #[test]
    fn the_ends_are_where_a_bet_reaches_its_price() {
        for (n, held) in [(64, 0), (64, 64), (500, 3), (5000, 2400)] {
            let mut watch = Chance::new(0.02, 0.95);
            (0..n).for_each(|idx| watch.add(idx < held));
            let got = watch.estimate().unwrap();
            let (seen, missed) = (watch.held, watch.n - watch.held);
            if held > 0 {
                let at = watch.winnings(seen, missed, got.low);
                assert!((at - watch.price).abs() < 1e-6, "{n} {held}: {at}");
            }
            if held < n {
                let at = watch.winnings(missed, seen, 1.0 - got.high);
                assert!((at - watch.price).abs() < 1e-6, "{n} {held}: {at}");
            }
        }
    }

    #[test]
    fn means_are_covered_at_all_looks_at_once() {
        // A uniform number on 2..=6, its skewed cousin, and a two-point law that is nearly always low.
        type Law = fn(f64) -> f64;
        let laws: [(f64, Law); 3] = [
            (4.0, |u| 2.0 + 4.0 * u),
            (2.0 + 4.0 / 6.0, |u| 2.0 + 4.0 * u * u * u * u * u),
            (2.04, |u| if u < 0.99 { 2.0 } else { 6.0 }),
        ];
        for (truth, law) in laws {
            let new = || Bounded::new((2.0, 6.0), 0.1, 0.95);
            let mut watch = new();
            let share = held_throughout(|key, idx| {
                if idx == 0 {
                    watch = new();
                }
                watch.add(law(uniform(key, idx)));
                let got = watch.estimate().unwrap();
                got.low <= truth && truth <= got.high
            });
            assert!(share >= LEAST, "{truth}: {share}");
        }
    }

    #[test]
    fn a_usual_interval_that_is_looked_at_until_it_pleases_does_not_cover() {
        // The test that the tests above can fail: Wilson's interval at the same looks.
        let (mut n, mut held) = (0, 0);
        let share = held_throughout(|key, idx| {
            if idx == 0 {
                (n, held) = (0, 0);
            }
            n += 1;
            held += u64::from(uniform(key, idx) < 0.5);
            let got = crate::interval::wilson(held, n, 0.95).unwrap();
            got.low <= 0.5 && 0.5 <= got.high
        });
        assert!(share < 0.75, "{share}");
    }

    /// Replicates until the half-width is reached.
    fn stopped(mut watch: impl FnMut(u64) -> Option<Estimate>, half_width: f64) -> u64 {
        (0..200_000)
            .find(|idx| watch(*idx).is_some_and(|got| got.half_width() <= half_width))
            .map_or(u64::MAX, |idx| idx + 1)
    }

    #[test]
    fn it_stops_at_about_twice_the_replicates_of_a_number_chosen_before() {
        // z² p(1-p) / w² = 9,604 · 4 · p(1-p) at w = 0.01; 2 log(2/α) / z² = 1.92 times that.
        for p in [0.5, 0.1] {
            let mut watch = Chance::new(0.01, 0.95);
            let n = stopped(
                |idx| {
                    watch.add(uniform(7, idx) < p);
                    (idx % 64 == 63).then(|| watch.estimate()).flatten()
                },
                0.01,
            );
            let usual = 38_416.0 * p * (1.0 - p);
            let ratio = n as f64 / usual;
            assert!((1.6..2.4).contains(&ratio), "{p}: {n}, {ratio}");
        }
        // A number that keeps to three tenths of its range pays for its spread: variance 0.3² / 12.
        let mut watch = Bounded::new((0.0, 1.0), 0.003, 0.95);
        let n = stopped(
            |idx| {
                watch.add(0.4 + 0.3 * uniform(9, idx));
                watch.estimate()
            },
            0.003,
        );
        let usual = 3.8416 * 0.09 / 12.0 / (0.003 * 0.003);
        assert!((1.6..3.0).contains(&(n as f64 / usual)), "{n} for {usual}");
    }

    #[test]
    fn what_never_happens_is_bounded_like_the_rule_of_three() {
        let mut watch = Chance::new(0.5, 0.95);
        for _ in 0..1000 {
            watch.add(false);
        }
        let got = watch.estimate().unwrap();
        // With the whole of m at stake: 1 - (α/2)^(1/n).
        let expected = -libm::expm1(libm::log(0.025) / 1000.0);
        assert!(
            got.low <= 0.0 && (got.high - expected).abs() < 1e-9,
            "{got:?}"
        );
        assert_eq!(Chance::new(0.1, 0.95).estimate(), None);
    }

    #[test]
    fn a_number_beyond_its_range_voids_the_promise() {
        let mut watch = Bounded::new((0.0, 1.0), 0.01, 0.95);
        watch.add(0.5);
        assert!(watch.estimate().is_some());
        watch.add(1.5);
        assert_eq!((watch.estimate(), watch.outside()), (None, 1));
    }
}
