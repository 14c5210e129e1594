//! The expected-utility challenge model: who threatens whom, who gives in, and where an issue settles.
//!
//! Every round each actor looks at every other through its own attitude to risk, and compares what it expects
//! from challenging the other with what it expects from being challenged. From this come offers
//! (confrontation, compromise, capitulation); each actor takes one, all move at once, and the round begins
//! anew. Pure functions of a table of actors; nothing is drawn.
//!
//! **Equations**
//!
//! ```text
//! (x position, c capability, s salience, r exponent of risk, d = |x_i − x_j| / span, the span
//! of the first round's positions; actor i is the one who looks)
//! - votes: V_k(j, l) = c_k s_k (|x_k − x_l|^r_k − |x_k − x_j|^r_k) / span^r_k
//! - P(j beats l) = Σ_k max(V_k, 0) / D, with D the sum of |V_k| over this pair's voters, or over all pairs
//! - U_win = 2 − 4 (½ − d/2)^r, U_lose = 2 − 4 (½ + d/2)^r, U_same = 2 − 4 (½)^r
//! - U_better, U_worse = 2 − 4 (½ ∓ (|x_i − μ| + |x_i − x_j|) / (4 span))^r, μ the weighted median
//! - E_ij = s_j (P U_win + (1 − P) U_lose) + (1 − s_j) U_win − Q U_same − (1 − Q)(T U_better + (1 − T) U_worse)
//! - risk: with r = 1, danger_i = Σ_j E_ji; R = (2 danger − max − min) / (max − min); r = (1 − R/3)/(1 + R/3)
//! ```
//!
//! **Sources**: Bueno de Mesquita (1985), American Political Science Review 79:156–172, and (1994) in Bueno de
//! Mesquita and Stokman, European Community Decision Making, ch. 4; Scholz, Calbert and Smith (2011), Journal
//! of Theoretical Politics 23:510–531, whose form this is. What they leave open (which pairs the denominator
//! counts, how an actor chooses among compromises) is an option, with the reading of the published
//! implementation by McKibben-Sanders and Masad as the default.

use super::positions::{self, Median};

/// Most actors: a round looks at every voter in every pair.
pub const ACTORS_MAX: usize = 200;
/// Most rounds.
pub const ROUNDS_MAX: usize = 1000;

/// One actor on one issue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Actor {
    /// Resources that it could bring to bear, >= 0, in any unit.
    pub capability: f64,
    /// Share of them that it would spend on this issue, 0..=1.
    pub salience: f64,
    /// The outcome that it says it wants, on the issue's scale.
    pub position: f64,
}

/// What the chance of victory is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// All votes in all pairs, as in the published implementation.
    AllPairs,
    /// The votes cast in the pair, as in the equation of the paper.
    Pair,
}

/// Which of several compromises an actor takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// The one whose two positions, weighted by the two expectations, blend to the smallest number, as in the
    /// published implementation.
    Blend,
    /// The one that moves it least.
    Nearest,
}

/// How actors come by their attitude to risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// From their exposure, anew every round.
    EveryRound,
    /// From their exposure in the first round.
    Once,
    /// All are neutral.
    Neutral,
}

/// The published variants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Most rounds, 1..=[`ROUNDS_MAX`].
    pub rounds: usize,
    /// Chance that the status quo lasts without a challenge, 0..=1; 1 in Scholz, Calbert and Smith.
    pub stays: f64,
    /// What the chance of victory is measured against.
    pub denominator: Denominator,
    /// Which compromise is taken.
    pub pick: Pick,
    /// Attitude to risk.
    pub risk: Risk,
    /// Ends when neither forecast moves by more than this between rounds; `None` plays all rounds.
    pub tolerance: Option<f64>,
}

impl Default for Options {
    /// The reading of the published implementation, ten rounds.
    fn default() -> Self {
        Self {
            rounds: 10,
            stays: 1.0,
            denominator: Denominator::AllPairs,
            pick: Pick::Blend,
            risk: Risk::EveryRound,
            tolerance: None,
        }
    }
}

/// What one actor expects between itself and another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Both expect to gain, the other more: the other's whole demand.
    Confrontation,
    /// It loses and the other gains more: a step towards the other in the ratio of the two.
    Compromise,
    /// It loses more than the other gains: the other's whole demand.
    Capitulation,
}

/// An offer that an actor sees itself facing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// Who is asked to move.
    pub actor: usize,
    /// Towards whom.
    pub toward: usize,
    /// Kind.
    pub kind: Kind,
    /// What it expects from challenging the other, as it sees it.
    pub own: f64,
    /// What it thinks the other expects from challenging it.
    pub other: f64,
    /// Where it would go.
    pub position: f64,
}

/// One round.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Positions before it.
    pub positions: Vec<f64>,
    /// Weighted mean before it.
    pub mean: f64,
    /// Weighted median before it.
    pub median: Median,
    /// Exponent of risk; 1 is neutral, below accepts risk, above avoids it.
    pub risk: Vec<f64>,
    /// Chance that the row beats the column, as everybody sees it; 0 between equal positions.
    pub victory: Vec<Vec<f64>>,
    /// What the row expects from challenging the column, by its own exponent.
    pub expected: Vec<Vec<f64>>,
    /// What the row thinks the column expects from challenging the row, by the row's exponent.
    pub threatened: Vec<Vec<f64>>,
    /// Every offer.
    pub offers: Vec<Offer>,
    /// The offers taken, in order of the actors.
    pub moves: Vec<Offer>,
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All rounds were played.
    Rounds,
    /// Nobody moves any more.
    Settled,
    /// Neither forecast moved by more than the tolerance.
    Tolerance,
}

/// The whole course.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Rounds.
    pub rounds: Vec<Round>,
    /// Positions at the end.
    pub positions: Vec<f64>,
    /// Weighted mean at the end.
    pub mean: f64,
    /// Weighted median at the end.
    pub median: Median,
    /// Why it ended.
    pub end: End,
}

/// Plays the model.
///
/// # Panics
/// If there is no actor with a positive capability times salience, or more than [`ACTORS_MAX`].
#[must_use]
pub fn play(actors: &[Actor], options: &Options) -> Course {
    assert!(actors.len() <= ACTORS_MAX, "a caller limits the actors");
    let mut issue = Issue::new(actors, options);
    let mut rounds: Vec<Round> = Vec::new();
    let mut end = End::Rounds;
    while rounds.len() < options.rounds {
        let round = issue.round();
        let moved: Vec<(usize, f64)> = round
            .moves
            .iter()
            .map(|one| (one.actor, one.position))
            .collect();
        let (mean, median) = (round.mean, round.median);
        rounds.push(round);
        let mut still = true;
        for (actor, position) in moved {
            still &= issue.x[actor] == position;
            issue.x[actor] = position;
        }
        if still {
            end = End::Settled;
            break;
        }
        let near = |tolerance: f64| {
            let (now, middle) = issue.forecasts();
            (now - mean).abs() <= tolerance
                && (middle.middle() - median.middle()).abs() <= tolerance
        };
        if options.tolerance.is_some_and(near) {
            end = End::Tolerance;
            break;
        }
    }
    let (mean, median) = issue.forecasts();
    Course {
        rounds,
        positions: issue.x,
        mean,
        median,
        end,
    }
}

/// The issue as it stands.
struct Issue<'a> {
    options: &'a Options,
    weights: Vec<f64>,
    salience: Vec<f64>,
    x: Vec<f64>,
    /// Of the first round's positions.
    span: f64,
    risk: Option<Vec<f64>>,
}

impl<'a> Issue<'a> {
    fn new(actors: &[Actor], options: &'a Options) -> Self {
        let x: Vec<f64> = actors.iter().map(|actor| actor.position).collect();
        Self {
            options,
            weights: actors
                .iter()
                .map(|actor| actor.capability * actor.salience)
                .collect(),
            salience: actors.iter().map(|actor| actor.salience).collect(),
            span: positions::span(&x),
            x,
            risk: None,
        }
    }

    fn forecasts(&self) -> (f64, Median) {
        let why = "a caller sees to it that somebody has weight";
        (
            positions::weighted_mean(&self.x, &self.weights).expect(why),
            positions::weighted_median(&self.x, &self.weights).expect(why),
        )
    }

    /// Everything about the round, without moving anybody.
    fn round(&mut self) -> Round {
        let n = self.x.len();
        let (mean, median) = self.forecasts();
        let risk = match (self.options.risk, &self.risk) {
            (Risk::Neutral, _) => vec![1.0; n],
            (Risk::Once, Some(risk)) => risk.clone(),
            (Risk::Once | Risk::EveryRound, _) => self.attitudes(median.middle()),
        };
        self.risk = Some(risk.clone());
        let victory = self.victory(&risk);
        let middle = median.middle();
        let square = |expects: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..n)
                .map(|i| (0..n).map(|j| expects(i, j)).collect())
                .collect()
        };
        let expected = square(&|i, j| self.expects(&victory, i, j, risk[i], middle));
        let threatened = square(&|i, j| self.expects(&victory, j, i, risk[i], middle));
        let offers = self.offers(&expected, &threatened);
        let moves = (0..n)
            .filter_map(|actor| self.choose(&offers, actor))
            .collect();
        Round {
            positions: self.x.clone(),
            mean,
            median,
            risk,
            victory,
            expected,
            threatened,
            offers,
            moves,
        }
    }

    /// Chance that the row beats the column.
    fn victory(&self, risk: &[f64]) -> Vec<Vec<f64>> {
        let n = self.x.len();
        // What voter k loses if l wins.
        let mut loss = vec![vec![0.0; n]; n];
        for (k, row) in loss.iter_mut().enumerate() {
            for (l, loss) in row.iter_mut().enumerate() {
                let distance = self.distance(k, l);
                *loss = self.weights[k] * power(distance, risk[k]);
            }
        }
        let mut ayes = vec![vec![0.0; n]; n];
        let mut cast = vec![vec![0.0; n]; n];
        for row in &loss {
            for one in 0..n {
                for other in 0..n {
                    let vote = row[other] - row[one];
                    ayes[one][other] += vote.max(0.0);
                    cast[one][other] += vote.abs();
                }
            }
        }
        let all: f64 = cast.iter().flatten().sum();
        let mut chance = vec![vec![0.0; n]; n];
        for one in 0..n {
            for other in 0..n {
                let votes = match self.options.denominator {
                    Denominator::AllPairs => all,
                    Denominator::Pair => cast[one][other],
                };
                if self.x[one] != self.x[other] {
                    // Two positions that nobody tells apart have even chances.
                    chance[one][other] = if votes > 0.0 {
                        ayes[one][other] / votes
                    } else {
                        0.5
                    };
                }
            }
        }
        chance
    }

    /// Distance on the first round's span, 0..=1.
    fn distance(&self, one: usize, other: usize) -> f64 {
        if self.span > 0.0 {
            (self.x[one] - self.x[other]).abs() / self.span
        } else {
            0.0
        }
    }

    /// What `one` expects from challenging `other`, seen with an exponent of risk.
    fn expects(
        &self,
        victory: &[Vec<f64>],
        one: usize,
        other: usize,
        risk: f64,
        median: f64,
    ) -> f64 {
        let d = self.distance(one, other);
        let utility = |share: f64| 2.0 - 4.0 * power(share, risk);
        let win = utility(0.5 - d / 2.0);
        let lose = utility(0.5 + d / 2.0);
        let (p, s, q) = (
            victory[one][other],
            self.salience[other],
            self.options.stays,
        );
        let challenged = s * (p * win + (1.0 - p) * lose) + (1.0 - s) * win;
        let quiet = q * utility(0.5) + (1.0 - q) * self.drift(one, other, median, &utility);
        challenged - quiet
    }

    /// What `one` expects if the status quo moves without its challenge: better if the median draws the other
    /// towards it, worse if not.
    fn drift(&self, one: usize, other: usize, median: f64, utility: &dyn Fn(f64) -> f64) -> f64 {
        if self.options.stays == 1.0 || self.span <= 0.0 {
            return 0.0;
        }
        let from_median = (self.x[one] - median).abs();
        let apart = (self.x[one] - self.x[other]).abs();
        let quarter = (from_median + apart) / (4.0 * self.span);
        // The other moves towards the median: nearer to `one` unless `one` lies behind the other.
        if from_median < apart {
            utility(0.5 - quarter)
        } else {
            utility(0.5 + quarter)
        }
    }

    /// Exponents of risk from how exposed each position is.
    fn attitudes(&self, median: f64) -> Vec<f64> {
        let n = self.x.len();
        let victory = self.victory(&vec![1.0; n]);
        let danger: Vec<f64> = (0..n)
            .map(|i| {
                (0..n)
                    .filter(|&j| j != i)
                    .map(|j| self.expects(&victory, j, i, 1.0, median))
                    .sum()
            })
            .collect();
        let high = danger.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let low = danger.iter().copied().fold(f64::INFINITY, f64::min);
        let exponent = |danger: &f64| {
            if high <= low {
                return 1.0;
            }
            let exposed = (2.0 * danger - high - low) / (high - low);
            (1.0 - exposed / 3.0) / (1.0 + exposed / 3.0)
        };
        danger.iter().map(exponent).collect()
    }

    /// Every offer, in order of the two actors.
    fn offers(&self, expected: &[Vec<f64>], threatened: &[Vec<f64>]) -> Vec<Offer> {
        let n = self.x.len();
        let mut offers = Vec::new();
        for actor in 0..n {
            for toward in 0..n {
                let (own, other) = (expected[actor][toward], threatened[actor][toward]);
                let gap = self.x[toward] - self.x[actor];
                if gap == 0.0 || other <= 0.0 {
                    continue;
                }
                let (kind, position) = if other > own && own > 0.0 {
                    (Kind::Confrontation, self.x[toward])
                } else if own < 0.0 && other > -own {
                    let step = gap * (own / other).abs();
                    (Kind::Compromise, self.x[actor] + step)
                } else if own < 0.0 {
                    (Kind::Capitulation, self.x[toward])
                } else {
                    continue;
                };
                offers.push(Offer {
                    actor,
                    toward,
                    kind,
                    own,
                    other,
                    position,
                });
            }
        }
        offers
    }

    /// The offer that an actor takes: confrontation before compromise before capitulation, of a kind the one
    /// that asks least, of equals the first.
    fn choose(&self, offers: &[Offer], actor: usize) -> Option<Offer> {
        let mut best: Option<(Kind, f64, Offer)> = None;
        for offer in offers.iter().filter(|offer| offer.actor == actor) {
            let asks = match (offer.kind, self.options.pick) {
                (Kind::Compromise, Pick::Blend) => {
                    let (own, other) = (offer.own.abs(), offer.other.abs());
                    (own * self.x[actor] + other * self.x[offer.toward]) / (own + other)
                }
                (Kind::Compromise, Pick::Nearest) => (offer.position - self.x[actor]).abs(),
                (Kind::Confrontation | Kind::Capitulation, _) => {
                    (self.x[offer.toward] - self.x[actor]).abs()
                }
            };
            let better = best.is_none_or(|(kind, least, _)| {
                offer.kind < kind || (offer.kind == kind && asks < least)
            });
            if better {
                best = Some((offer.kind, asks, *offer));
            }
        }
        best.map(|(_, _, offer)| offer)
    }
}

/// A power of a share; an exponent of 1 leaves it exact.
fn power(share: f64, exponent: f64) -> f64 {
    if exponent == 1.0 {
        share
    } else {
        libm::pow(share, exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn actors(rows: &[(f64, f64, f64)]) -> Vec<Actor> {
        rows.iter()
            .map(|&(capability, salience, position)| Actor {
                capability,
                salience,
                position,
            })
            .collect()
    }

    #[test]
    fn two_equal_opponents_have_even_chances_in_their_pair() {
        let options = Options {
            denominator: Denominator::Pair,
            ..Options::default()
        };
        let course = play(&actors(&[(1.0, 1.0, 0.0), (1.0, 1.0, 1.0)]), &options);
        assert_eq!(course.rounds[0].victory, [[0.0, 0.5], [0.5, 0.0]]);
        // d = 1, r = 1: U_win 2, U_lose −2, U_same 0; E = ½·2 − ½·2 − 0 = 0: nobody is asked to move.
        assert_eq!(course.rounds[0].expected[0][1], 0.0);
        assert_eq!((course.end, course.rounds.len()), (End::Settled, 1));
    }

    #[test]
    fn one_position_is_no_issue() {
        let course = play(
            &actors(&[(1.0, 1.0, 5.0), (2.0, 0.5, 5.0)]),
            &Options::default(),
        );
        assert_eq!((course.end, course.mean), (End::Settled, 5.0));
        assert_eq!(course.rounds[0].risk, [1.0, 1.0]);
    }

    #[test]
    fn the_strong_are_not_moved_by_the_weak() {
        let rows = actors(&[(10.0, 1.0, 0.0), (1.0, 1.0, 1.0)]);
        let options = Options {
            denominator: Denominator::Pair,
            risk: Risk::Neutral,
            ..Options::default()
        };
        let course = play(&rows, &options);
        // P = 10/11: E_strong = 2·10/11 − 2/11 = 18/11, E_weak = −18/11: the weak gives in.
        assert!((course.rounds[0].expected[0][1] - 18.0 / 11.0).abs() < 1e-15);
        assert_eq!(course.positions, [0.0, 0.0]);
        assert_eq!(course.rounds[0].moves[0].kind, Kind::Capitulation);
    }

    proptest! {
        /// Nobody leaves the range of the first positions, and stretching the scale stretches the course.
        #[test]
        fn positions_stay_in_range_and_scale(
            rows in prop::collection::vec((1u8..99, 1u8..=10, 0u8..=20), 2..9),
            nearest in any::<bool>(), once in any::<bool>(), pair in any::<bool>(),
        ) {
            let table = |stretch: f64| -> Vec<Actor> {
                rows.iter().map(|row| Actor {
                    capability: f64::from(row.0), salience: f64::from(row.1) / 10.0,
                    position: f64::from(row.2) * stretch,
                }).collect()
            };
            let options = Options {
                pick: if nearest { Pick::Nearest } else { Pick::Blend },
                risk: if once { Risk::Once } else { Risk::EveryRound },
                denominator: if pair { Denominator::Pair } else { Denominator::AllPairs },
                stays: 0.5,
                ..Options::default()
            };
            let course = play(&table(1.0), &options);
            let low = f64::from(rows.iter().map(|row| row.2).min().unwrap());
            let high = f64::from(rows.iter().map(|row| row.2).max().unwrap());
            prop_assert!(course.positions.iter().all(|x| (low - 1e-9..=high + 1e-9).contains(x)));
            for round in &course.rounds {
                prop_assert!(round.risk.iter().all(|r| (0.5..=2.0 + 1e-12).contains(r)));
                prop_assert!(round.victory.iter().flatten().all(|p| (0.0..=1.0).contains(p)));
            }
            // A power of two leaves every ratio exact.
            let stretched = play(&table(4.0), &options);
            prop_assert_eq!(stretched.mean, course.mean * 4.0);
        }
    }
}
