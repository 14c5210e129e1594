//! Numbers that others published, beside ours; each table keeps its source.
//!
//! Decision rules are held to the counts of Banzhaf: over all ways to vote, how often each voter turns a
//! defeat into a decision. They were published for real bodies and leave a rule no room: a quota read
//! strictly instead of loosely, a weight or a veto forgotten moves them. The generator's known answers
//! stand in the crate `sim`, intervals beside their oracle in `results`.

mod challenge;
mod likeness;
mod power;

use foedera_sim::rules::{Procedure, Voter, passes, passes_without};

/// The threshold of small losses; every no here lies beyond it.
const THRESHOLD: f32 = 0.045;

/// A body whose votes are counted.
struct Body {
    procedure: Procedure,
    weights: Vec<u8>,
    vetoes: usize,
}

/// What the votes of a body come to.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    winning: u32,
    swings: Vec<u32>,
}

impl Body {
    /// One way to vote: bit `i` of `ayes` is the vote of voter `i`; the first ones hold a veto.
    fn voters(&self, ayes: u32) -> Vec<Voter> {
        let voter = |(place, weight): (usize, &u8)| Voter {
            value: if ayes >> place & 1 == 1 { 1.0 } else { -1.0 },
            weight: f32::from(*weight),
            veto: place < self.vetoes,
            applicant: false,
        };
        self.weights.iter().enumerate().map(voter).collect()
    }

    /// Winning coalitions, and how often each voter is critical to one.
    fn count(&self) -> Counts {
        let n = self.weights.len();
        let mut counts = Counts {
            winning: 0,
            swings: vec![0; n],
        };
        for ayes in 0..1_u32 << n {
            let mut voters = self.voters(ayes);
            if passes(self.procedure, &voters, THRESHOLD) {
                counts.winning += 1;
                continue;
            }
            for (place, swings) in counts.swings.iter_mut().enumerate() {
                let against = ayes >> place & 1 == 0;
                let turns = passes_without(self.procedure, &mut voters, place, THRESHOLD);
                *swings += u32::from(against && turns);
            }
        }
        counts
    }
}

/// Council of the European Economic Community, 1958 to 1972: 12 of 17 votes. Felsenthal and Machover
/// (1998), The Measurement of Voting Power: Banzhaf counts 10 for DEU, FRA and ITA, 6 for BEL and
/// NLD (.238 and .143 of all), none for LUX, whose vote never mattered.
#[test]
fn the_council_of_the_six_has_its_dummy() {
    let council = Body {
        procedure: Procedure::Majority {
            quota: 12.0 / 17.0,
            strict: false,
        },
        weights: vec![4, 4, 4, 2, 2, 1],
        vetoes: 0,
    };
    assert_eq!(council.count().swings, [10, 10, 10, 6, 6, 0]);
}

/// Security Council since 1966: nine of fifteen votes and no veto. Felsenthal and Machover (1998):
/// 848 winning coalitions, to all of which each permanent member is critical (.1669 of all swings); each
/// elected member is critical to 84 (.0165).
#[test]
fn the_security_council_belongs_to_its_permanent_members() {
    let council = Body {
        procedure: Procedure::Majority {
            quota: 9.0 / 15.0,
            strict: false,
        },
        weights: vec![1; 15],
        vetoes: 5,
    };
    let swings = [vec![848; 5], vec![84; 10]].concat();
    let winning = 848;
    assert_eq!(council.count(), Counts { winning, swings });
}

/// Simple majority of an odd body: every voter is critical to C(n - 1, (n - 1) / 2) coalitions (Penrose
/// 1946, J. R. Stat. Soc. 109:53): 70 of 256 for nine voters.
#[test]
fn equal_voters_have_the_power_that_penrose_gives_them() {
    let assembly = Body {
        procedure: Procedure::Majority {
            quota: 0.5,
            strict: true,
        },
        weights: vec![1; 9],
        vetoes: 0,
    };
    let (winning, swings) = (256, vec![70; 9]);
    assert_eq!(assembly.count(), Counts { winning, swings });
}
