//! Numbers that others published, beside ours; each table keeps its source.
//!
//! Decision rules are held to the counts of Banzhaf: over all ways to vote, how often each voter turns a
//! defeat into a decision. They were published for real bodies and leave a rule no room: a quota read
//! strictly instead of loosely, a weight or a veto forgotten moves them. The generator's known answers
//! stand in the crate `sim`, intervals beside their oracle in `results`.

mod challenge;
mod likeness;
mod power;
mod sensitivity;
mod sobol;

use foedera_sim::rules::{Options, Procedure, Voter, passes, passes_without};

/// The threshold of small losses; every no here lies beyond it.
const THRESHOLD: f32 = 0.045;

/// Votes on one proposal look at no other.
const NO_LADDER: Options<'_> = Options {
    depths: &[],
    values: &[],
    at: 0,
};

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
            ..Voter::default()
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
            if passes(self.procedure, &voters, NO_LADDER, THRESHOLD) {
                counts.winning += 1;
                continue;
            }
            for (place, swings) in counts.swings.iter_mut().enumerate() {
                let against = ayes >> place & 1 == 0;
                let turns =
                    passes_without(self.procedure, &mut voters, NO_LADDER, place, THRESHOLD);
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
        procedure: Procedure::quota(12.0 / 17.0),
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
        procedure: Procedure::quota(9.0 / 15.0),
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
        procedure: Procedure::HALF,
        weights: vec![1; 9],
        vetoes: 0,
    };
    let (winning, swings) = (256, vec![70; 9]);
    assert_eq!(assembly.count(), Counts { winning, swings });
}

/// Council of the European Union of 27 members under the Treaty of Nice (Act of Accession 2005, art. 10; declaration 21
/// of the Treaty of Nice): 255 of 345 votes, a majority of the members, 62 % of the population. Felsenthal and Machover
/// (2004) count with the same three quotas.
const NICE_VOTES: [u16; 27] = [
    29, 29, 29, 29, 27, 27, 14, 13, 12, 12, 12, 12, 12, 10, 10, 10, 7, 7, 7, 7, 7, 4, 4, 4, 4, 4, 3,
];
/// Population in thousandths of the Union's, as `shared/validation/power_indices/games.json` has it.
const NICE_PEOPLE: [u16; 27] = [
    170, 123, 122, 120, 82, 80, 47, 33, 22, 21, 21, 21, 21, 18, 17, 17, 11, 11, 11, 8, 8, 5, 4, 3,
    2, 1, 1,
];

/// Whether a coalition, a bit for each member, decides by the letter of the treaty, in whole numbers.
fn decides_by_nice(ayes: u32) -> bool {
    let sum = |of: &[u16; 27]| -> u16 {
        let mine = of
            .iter()
            .enumerate()
            .filter(|(place, _)| ayes >> place & 1 == 1);
        mine.map(|(_, share)| share).sum()
    };
    let people: u16 = NICE_PEOPLE.iter().sum();
    sum(&NICE_VOTES) >= 255
        && ayes.count_ones() >= 14
        && u32::from(sum(&NICE_PEOPLE)) * 100 >= u32::from(people) * 62
}

#[test]
fn three_quotas_hold_together_as_the_treaty_of_nice_asks() {
    let procedure = Procedure::Majority {
        quota: 255.0 / 345.0,
        strict: false,
        members: 14.0 / 27.0,
        population: 0.62,
        blocking_min: 1,
    };
    let (mut winning, mut asked) = (0, 0);
    // Weyl's sequence over all coalitions: evenly spread, and the same every time.
    for step in 1..=40_000_u32 {
        // Most coalitions lose: those of the large members with a few more are near the quotas.
        let ayes =
            step.wrapping_mul(2_654_435_769) >> 5 | step.wrapping_mul(0x9E37_79B1) >> 7 & 0x7FF;
        let voters: Vec<Voter> = (0..27)
            .map(|place| Voter {
                value: if ayes >> place & 1 == 1 { 1.0 } else { -1.0 },
                weight: f32::from(NICE_VOTES[place]),
                population: f32::from(NICE_PEOPLE[place]),
                ..Voter::default()
            })
            .collect();
        let decides = passes(procedure, &voters, NO_LADDER, THRESHOLD);
        assert_eq!(decides, decides_by_nice(ayes), "{ayes:027b}");
        winning += u32::from(decides);
        asked += 1;
    }
    assert!(
        winning > asked / 50 && winning < asked,
        "{winning} of {asked}: the quotas are tried from both sides"
    );
}
