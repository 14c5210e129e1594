//! How alike two actors choose, and how united a group votes.
//!
//! **Equations**
//!
//! ```text
//! (a_k, b_k choices on item k, w_k its weight, δ_k = |a_k − b_k| or its square)
//! - S = 1 − 2 Σ_k (w_k / Σw) δ_k / δ_max, −1..=1 (Signorino and Ritter 1999)
//! - corrected for chance: 1 − Σ_k w_k δ_k / Σw over the same expected if both drew their choices: each from its
//!   own frequencies (κ, Cohen) or both from the pooled ones (π, Scott), as in Häge (2011)
//! - τ_b = (C − D) / √((C + D + T_a)(C + D + T_b)) over pairs of items, C and D concordant and discordant, T tied in
//!   one of them (Kendall; Bueno de Mesquita 1975)
//! - agreement index of a group with Y, N, A votes: (max − ½ (Y + N + A − max)) / (Y + N + A) (Hix, Noury and Roland
//!   2005); Rice index |Y − N| / (Y + N) (Rice 1928)
//! ```
//!
//! **Sources**: Signorino and Ritter (1999), International Studies Quarterly 43:115–144; Häge (2011), Political
//! Analysis 19:287–305; Hix, Noury and Roland (2005), British Journal of Political Science 35:209–234; Rice (1928),
//! Quantitative Methods in Politics; Bueno de Mesquita (1975), Journal of Conflict Resolution 19:187–216.

/// How the distance between two choices grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// With their difference.
    Absolute,
    /// With its square.
    Squared,
}

impl Metric {
    /// Distance between two choices.
    #[must_use]
    pub fn distance(self, one: f64, other: f64) -> f64 {
        let apart = (one - other).abs();
        match self {
            Self::Absolute => apart,
            Self::Squared => apart * apart,
        }
    }
}

/// Items on which both chose.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pair {
    /// One's choices.
    pub one: Vec<f64>,
    /// The other's.
    pub other: Vec<f64>,
    /// Weights of the items, >= 0.
    pub weights: Vec<f64>,
}

impl Pair {
    /// The items on which both have a choice.
    #[must_use]
    pub fn of(one: &[Option<f64>], other: &[Option<f64>], weights: &[f64]) -> Self {
        let mut pair = Self::default();
        for ((one, other), weight) in one.iter().zip(other).zip(weights) {
            if let (Some(one), Some(other)) = (one, other) {
                pair.one.push(*one);
                pair.other.push(*other);
                pair.weights.push(*weight);
            }
        }
        pair
    }

    /// Weighted mean distance; nothing without weight.
    fn observed(&self, metric: Metric) -> Option<f64> {
        let whole: f64 = self.weights.iter().sum();
        let items = self.one.iter().zip(&self.other).zip(&self.weights);
        let sum: f64 = items
            .map(|((one, other), weight)| weight * metric.distance(*one, *other))
            .sum();
        (whole > 0.0).then(|| sum / whole)
    }

    /// S-score, −1..=1, where the largest possible difference is `range`.
    #[must_use]
    pub fn s_score(&self, range: f64, metric: Metric) -> Option<f64> {
        let most = metric.distance(0.0, range);
        let observed = self.observed(metric)?;
        (most > 0.0).then(|| 1.0 - 2.0 * observed / most)
    }

    /// κ: agreement beyond what each one's own frequencies would bring; nothing if they leave no room.
    #[must_use]
    pub fn kappa(&self, metric: Metric) -> Option<f64> {
        self.corrected(metric, &self.one, &self.weights, &self.other, &self.weights)
    }

    /// π: agreement beyond what the pooled frequencies would bring; nothing if they leave no room.
    #[must_use]
    pub fn pi(&self, metric: Metric) -> Option<f64> {
        let pooled: Vec<f64> = self.one.iter().chain(&self.other).copied().collect();
        let weights: Vec<f64> = self.weights.iter().chain(&self.weights).copied().collect();
        self.corrected(metric, &pooled, &weights, &pooled, &weights)
    }

    fn corrected(&self, metric: Metric, a: &[f64], w: &[f64], b: &[f64], v: &[f64]) -> Option<f64> {
        let observed = self.observed(metric)?;
        let all: f64 = w.iter().sum::<f64>() * v.iter().sum::<f64>();
        let (a, b) = (frequencies(a, w), frequencies(b, v));
        let mut sum = 0.0;
        for (one, weight) in &a {
            for (other, their) in &b {
                sum += weight * their * metric.distance(*one, *other);
            }
        }
        let expected = sum / all;
        (expected > 0.0).then(|| 1.0 - observed / expected)
    }

    /// `τ_b` over the items, unweighted; nothing if one of them never varies.
    #[must_use]
    pub fn tau_b(&self) -> Option<f64> {
        // Items on which both chose the same two choices count as one, so often.
        let mut kinds: Vec<(f64, f64, f64)> = Vec::new();
        for (&one, &other) in self.one.iter().zip(&self.other) {
            match kinds
                .iter_mut()
                .find(|kind| (kind.0, kind.1) == (one, other))
            {
                Some(kind) => kind.2 += 1.0,
                None => kinds.push((one, other, 1.0)),
            }
        }
        let (mut concordant, mut discordant, mut tied_one, mut tied_other) = (0.0, 0.0, 0.0, 0.0);
        for (place, kind) in kinds.iter().enumerate() {
            for later in &kinds[place + 1..] {
                let pairs = kind.2 * later.2;
                let (one, other) = (kind.0.total_cmp(&later.0), kind.1.total_cmp(&later.1));
                match (one.is_eq(), other.is_eq()) {
                    (true, true) => {}
                    (true, false) => tied_one += pairs,
                    (false, true) => tied_other += pairs,
                    (false, false) if one == other => concordant += pairs,
                    (false, false) => discordant += pairs,
                }
            }
        }
        let ranked: f64 = concordant + discordant;
        let room = (ranked + tied_one) * (ranked + tied_other);
        (room > 0.0).then(|| (concordant - discordant) / room.sqrt())
    }

    /// Share of the weight on which both chose the same; nothing without weight.
    #[must_use]
    pub fn same(&self) -> Option<f64> {
        let whole: f64 = self.weights.iter().sum();
        let items = self.one.iter().zip(&self.other).zip(&self.weights);
        let sum: f64 = items
            .filter(|((one, other), _)| one == other)
            .map(|(_, weight)| weight)
            .sum();
        (whole > 0.0).then(|| sum / whole)
    }
}

/// The weight of each choice.
fn frequencies(choices: &[f64], weights: &[f64]) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    for (&choice, &weight) in choices.iter().zip(weights) {
        match found.iter_mut().find(|kind| kind.0 == choice) {
            Some(kind) => kind.1 += weight,
            None => found.push((choice, weight)),
        }
    }
    found
}

/// Agreement index of a group, 0..=1, from the votes for each choice (yes, no, abstain); nothing without votes.
///
/// 1 if all choose alike, 0 if three choices share the votes equally. With other than three choices the half
/// becomes 1/(choices − 1), so that the ends are the same.
#[must_use]
pub fn agreement_index(votes: &[f64]) -> Option<f64> {
    let all: f64 = votes.iter().sum();
    let most = votes.iter().copied().fold(0.0, f64::max);
    let others = votes.len().saturating_sub(1).max(1) as f64;
    (all > 0.0).then(|| (most - (all - most) / others) / all)
}

/// Rice index of a group, 0..=1; nothing if nobody votes yes or no.
#[must_use]
pub fn rice(ayes: f64, noes: f64) -> Option<f64> {
    let all = ayes + noes;
    (all > 0.0).then(|| (ayes - noes).abs() / all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(one: &[f64], other: &[f64]) -> Pair {
        Pair {
            one: one.to_vec(),
            other: other.to_vec(),
            weights: vec![1.0; one.len()],
        }
    }

    #[test]
    fn a_pair_by_hand() {
        let votes = pair(&[1.0, 1.0, 3.0, 3.0], &[1.0, 1.0, 3.0, 1.0]);
        // One difference of 2 in four: S = 1 − 2·(2/4)/2 = ½.
        assert_eq!(votes.s_score(2.0, Metric::Absolute), Some(0.5));
        assert_eq!(votes.same(), Some(0.75));
        // κ: own frequencies (½, ½) and (¾, ¼): expected ½·¼·2 + ½·¾·2 = 1; 1 − ½/1 = ½.
        assert_eq!(votes.kappa(Metric::Absolute), Some(0.5));
        // π: pooled (5/8, 3/8): expected 2·(5/8)(3/8)·2 = 15/16; 1 − (8/16)/(15/16) = 7/15.
        assert!((votes.pi(Metric::Absolute).unwrap() - 7.0 / 15.0).abs() < 1e-15);
        // τ_b: pairs of items: 2 concordant ({1,3},{2,3}), 0 discordant, tied in one only: {3,4}; in the other
        // only: {1,4},{2,4}: 2/√((2+1)(2+2)).
        assert!((votes.tau_b().unwrap() - 2.0 / 12.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(pair(&[], &[]).s_score(1.0, Metric::Absolute), None);
        assert_eq!(pair(&[1.0], &[1.0]).kappa(Metric::Absolute), None);
    }

    #[test]
    fn groups_by_hand() {
        assert_eq!(agreement_index(&[10.0, 0.0, 0.0]), Some(1.0));
        assert_eq!(agreement_index(&[5.0, 5.0, 5.0]), Some(0.0));
        // (6 − ½·4)/10 = 0.4
        assert_eq!(agreement_index(&[6.0, 3.0, 1.0]), Some(0.4));
        assert_eq!(agreement_index(&[0.0; 3]), None);
        assert_eq!(rice(7.0, 3.0), Some(0.4));
        assert_eq!(rice(0.0, 0.0), None);
    }

    proptest! {
        /// Scores lie in their ranges, are blind to who is first, and squared κ is Lin's concordance.
        #[test]
        fn scores_are_bounded_and_symmetric(votes in prop::collection::vec((0u8..=2, 0u8..=2, 1u8..9), 1..12)) {
            let one: Vec<f64> = votes.iter().map(|vote| f64::from(vote.0)).collect();
            let other: Vec<f64> = votes.iter().map(|vote| f64::from(vote.1)).collect();
            let weights: Vec<f64> = votes.iter().map(|vote| f64::from(vote.2)).collect();
            let there = Pair { one: one.clone(), other: other.clone(), weights: weights.clone() };
            let back = Pair { one: other, other: one, weights };
            for metric in [Metric::Absolute, Metric::Squared] {
                let s = there.s_score(2.0, metric).unwrap();
                prop_assert!((-1.0..=1.0).contains(&s));
                prop_assert_eq!(Some(s), back.s_score(2.0, metric));
                for (a, b) in [(there.kappa(metric), back.kappa(metric)), (there.pi(metric), back.pi(metric))] {
                    if let (Some(a), Some(b)) = (a, b) {
                        prop_assert!(a <= 1.0 && (a - b).abs() < 1e-12);
                    }
                }
            }
            if let (Some(kappa), Some(pi)) = (there.kappa(Metric::Squared), there.pi(Metric::Squared)) {
                // Pooling adds the difference of the means to what is expected: π is never above κ.
                prop_assert!(pi <= kappa + 1e-12);
            }
        }
    }
}
