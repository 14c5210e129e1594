//! What is kept of decisions: who blocked what, when and by which term, as integers.
//!
//! Counts per initiative × actor × year × deciding term, and sums over replicates of the squares and
//! products that a share of tablings needs: tablings of one replicate hang together, so the error of a
//! share is that of a ratio of sums clustered by replicate (Cochran 1977, Sampling Techniques, ch. 6:
//! linearisation). Relies on [`crate::interval`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::interval::{self, CONFIDENCE, Estimate};
use crate::layout::Layout;
use crate::record::DecisionRow;

/// Decisions under one arm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionTallies {
    /// Replicates counted, whether or not anything was tabled.
    pub replicates: u64,
    /// One for each initiative of the layout.
    pub initiatives: Vec<InitiativeTally>,
}

/// Decisions on one initiative.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitiativeTally {
    /// Tablings.
    pub tabled: Squared,
    /// Replicates in which it was tabled at least once.
    pub replicates_tabled: u64,
    /// Tablings that adopted each rung.
    pub adopted: Vec<u64>,
    /// Replicates in which each rung or a deeper one was adopted.
    pub replicates_adopted: Vec<u64>,
    /// Tablings by calendar year.
    pub tabled_by_year: BTreeMap<i32, u64>,
    /// Adoptions by calendar year.
    pub adopted_by_year: BTreeMap<i32, u64>,
    /// Those who blocked or were pivotal, by actor.
    pub actors: BTreeMap<u32, ActorTally>,
}

/// What one actor did to one initiative.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorTally {
    /// Replicates in which it blocked at least once.
    pub replicates_blocked: u64,
    /// Tablings that it blocked.
    pub blocks: Ratio,
    /// Tablings that it alone blocked.
    pub sole: Ratio,
    /// Tablings at which it was pivotal.
    pub pivotal: Ratio,
    /// Blocks by deciding term, as a part of its blocks.
    pub terms: BTreeMap<u32, Ratio>,
    /// Counts by calendar year and deciding term.
    pub years: Vec<YearTerm>,
}

/// Counts of one actor's blocks in one year by one term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearTerm {
    /// Calendar year.
    pub year: i32,
    /// Deciding term; [`crate::layout::NONE`] for a pivotal actor that did not block.
    pub term: u32,
    /// Tablings blocked.
    pub blocks: u64,
    /// Tablings blocked by nobody else.
    pub sole: u64,
    /// Tablings at which it was pivotal.
    pub pivotal: u64,
}

/// A sum over replicates with the sum of squares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Squared {
    /// Sum.
    pub sum: u64,
    /// Sum of squares.
    pub squares: u64,
}

/// Sums over replicates of a part, its square, and its product with the whole it is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// Sum of the part.
    pub sum: u64,
    /// Sum of its squares.
    pub squares: u64,
    /// Sum of its products with the whole.
    pub products: u64,
}

impl Squared {
    fn add(&mut self, x: u64) {
        self.sum += x;
        self.squares += x * x;
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares += other.squares;
    }
}

impl Ratio {
    fn add(&mut self, part: u64, whole: u64) {
        self.sum += part;
        self.squares += part * part;
        self.products += part * whole;
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.products += other.products;
    }

    /// The share of the whole with its linearised interval over `replicates`, kept within 0..=1.
    ///
    /// var(R) = n/(n-1) · Σ(p - R w)² / (Σw)². A share of exactly 0 or 1 has no linearised error; it gets
    /// Wilson's interval over the replicates that have a whole at all, `clusters`.
    pub fn share(&self, whole: Squared, replicates: u64, clusters: u64) -> Option<Estimate> {
        if whole.sum == 0 || replicates < 2 {
            return None;
        }
        if self.sum == 0 || self.sum == whole.sum {
            let count = if self.sum == 0 { 0 } else { clusters };
            return interval::wilson(count, clusters, CONFIDENCE);
        }
        let total = whole.sum as f64;
        let share = self.sum as f64 / total;
        let residual = self.squares as f64 - 2.0 * share * self.products as f64
            + share * share * whole.squares as f64;
        let n = replicates as f64;
        let variance = n / (n - 1.0) * residual.max(0.0) / (total * total);
        let mut got = interval::normal(share, libm::sqrt(variance), clusters, CONFIDENCE);
        got.low = got.low.max(0.0);
        got.high = got.high.min(1.0);
        Some(got)
    }
}

impl DecisionTallies {
    /// Starts with nothing tabled.
    pub fn new(layout: &Layout) -> Self {
        let initiatives = layout.initiatives.iter().map(|initiative| {
            let rungs = initiative.rungs.len();
            InitiativeTally {
                adopted: vec![0; rungs],
                replicates_adopted: vec![0; rungs],
                ..InitiativeTally::default()
            }
        });
        Self {
            replicates: 0,
            initiatives: initiatives.collect(),
        }
    }

    /// Counts one replicate with all its decisions.
    pub fn add_replicate(&mut self, layout: &Layout, rows: &[DecisionRow]) {
        self.replicates += 1;
        for (idx, tally) in self.initiatives.iter_mut().enumerate() {
            let of_this = rows.iter().filter(|row| row.initiative as usize == idx);
            tally.add_replicate(layout, of_this);
        }
    }

    /// Adds the tallies of other replicates.
    pub fn merge(&mut self, other: &Self) {
        self.replicates += other.replicates;
        for (mine, theirs) in self.initiatives.iter_mut().zip(&other.initiatives) {
            mine.merge(theirs);
        }
    }

    /// Share of an initiative's tablings that an actor blocked.
    pub fn block_share(&self, initiative: usize, actor: u32) -> Option<Estimate> {
        self.share_of(initiative, actor, |tally| tally.blocks)
    }

    /// Share of an initiative's tablings that an actor alone blocked.
    pub fn sole_share(&self, initiative: usize, actor: u32) -> Option<Estimate> {
        self.share_of(initiative, actor, |tally| tally.sole)
    }

    /// Share of an initiative's tablings at which an actor was pivotal.
    pub fn pivotal_share(&self, initiative: usize, actor: u32) -> Option<Estimate> {
        self.share_of(initiative, actor, |tally| tally.pivotal)
    }

    /// Share of an actor's blocks of an initiative that a term decided.
    pub fn term_share(&self, initiative: usize, actor: u32, term: u32) -> Option<Estimate> {
        let tally = self.initiatives.get(initiative)?.actors.get(&actor)?;
        let whole = Squared {
            sum: tally.blocks.sum,
            squares: tally.blocks.squares,
        };
        let part = tally.terms.get(&term).copied().unwrap_or_default();
        part.share(whole, self.replicates, tally.replicates_blocked)
    }

    /// Probability that an actor blocks an initiative at least once.
    pub fn ever_blocked(&self, initiative: usize, actor: u32) -> Option<Estimate> {
        let tally = self.initiatives.get(initiative)?.actors.get(&actor);
        let count = tally.map_or(0, |tally| tally.replicates_blocked);
        interval::wilson(count, self.replicates, CONFIDENCE)
    }

    /// Probability that an initiative reaches a rung or a deeper one.
    pub fn ever_adopted(&self, initiative: usize, rung: usize) -> Option<Estimate> {
        let count = *self
            .initiatives
            .get(initiative)?
            .replicates_adopted
            .get(rung)?;
        interval::wilson(count, self.replicates, CONFIDENCE)
    }

    fn share_of(
        &self,
        initiative: usize,
        actor: u32,
        part: impl Fn(&ActorTally) -> Ratio,
    ) -> Option<Estimate> {
        let tally = self.initiatives.get(initiative)?;
        let part = tally.actors.get(&actor).map(part).unwrap_or_default();
        part.share(tally.tabled, self.replicates, tally.replicates_tabled)
    }
}

/// One replicate's counts of one actor.
#[derive(Default)]
struct Scratch {
    blocks: u64,
    sole: u64,
    pivotal: u64,
    terms: BTreeMap<u32, u64>,
}

impl InitiativeTally {
    fn add_replicate<'a>(&mut self, layout: &Layout, rows: impl Iterator<Item = &'a DecisionRow>) {
        let mut tabled = 0;
        let mut deepest = None;
        let mut scratch: BTreeMap<u32, Scratch> = BTreeMap::new();
        for row in rows {
            tabled += 1;
            let year = layout
                .steps
                .get(row.step as usize)
                .map_or(0, |date| date.year);
            *self.tabled_by_year.entry(year).or_default() += 1;
            if let Some(rung) = row.adopted {
                *self.adopted_by_year.entry(year).or_default() += 1;
                self.adopted[rung as usize] += 1;
                deepest = deepest.max(Some(rung));
            }
            self.add_row(year, row, &mut scratch);
        }
        if tabled == 0 {
            return;
        }
        self.tabled.add(tabled);
        self.replicates_tabled += 1;
        let reached = deepest.map_or(0, |rung| rung as usize + 1);
        for count in &mut self.replicates_adopted[..reached] {
            *count += 1;
        }
        for (actor, of_actor) in scratch {
            self.actors
                .entry(actor)
                .or_default()
                .add_replicate(&of_actor, tabled);
        }
    }

    fn add_row(&mut self, year: i32, row: &DecisionRow, scratch: &mut BTreeMap<u32, Scratch>) {
        let sole = u64::from(row.blockers.len() == 1);
        for &(actor, term) in &row.blockers {
            let of_actor = scratch.entry(actor).or_default();
            of_actor.blocks += 1;
            of_actor.sole += sole;
            *of_actor.terms.entry(term).or_default() += 1;
            let cell = self.actors.entry(actor).or_default().year_term(year, term);
            cell.blocks += 1;
            cell.sole += sole;
        }
        if let Some(actor) = row.pivotal {
            scratch.entry(actor).or_default().pivotal += 1;
            let blocked = row.blockers.iter().find(|(blocker, _)| *blocker == actor);
            let term = blocked.map_or(crate::layout::NONE, |&(_, term)| term);
            self.actors
                .entry(actor)
                .or_default()
                .year_term(year, term)
                .pivotal += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.tabled.merge(other.tabled);
        self.replicates_tabled += other.replicates_tabled;
        let add = |mine: &mut Vec<u64>, theirs: &[u64]| {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        };
        add(&mut self.adopted, &other.adopted);
        add(&mut self.replicates_adopted, &other.replicates_adopted);
        for (&year, count) in &other.tabled_by_year {
            *self.tabled_by_year.entry(year).or_default() += count;
        }
        for (&year, count) in &other.adopted_by_year {
            *self.adopted_by_year.entry(year).or_default() += count;
        }
        for (&actor, theirs) in &other.actors {
            self.actors.entry(actor).or_default().merge(theirs);
        }
    }
}

impl ActorTally {
    fn add_replicate(&mut self, of_actor: &Scratch, tabled: u64) {
        self.replicates_blocked += u64::from(of_actor.blocks > 0);
        self.blocks.add(of_actor.blocks, tabled);
        self.sole.add(of_actor.sole, tabled);
        self.pivotal.add(of_actor.pivotal, tabled);
        for (&term, &count) in &of_actor.terms {
            self.terms
                .entry(term)
                .or_default()
                .add(count, of_actor.blocks);
        }
    }

    /// The cell of a year and a term, kept in their order.
    fn year_term(&mut self, year: i32, term: u32) -> &mut YearTerm {
        let at = match self
            .years
            .binary_search_by_key(&(year, term), |cell| (cell.year, cell.term))
        {
            Ok(at) => at,
            Err(at) => {
                self.years.insert(
                    at,
                    YearTerm {
                        year,
                        term,
                        blocks: 0,
                        sole: 0,
                        pivotal: 0,
                    },
                );
                at
            }
        };
        &mut self.years[at]
    }

    fn merge(&mut self, other: &Self) {
        self.replicates_blocked += other.replicates_blocked;
        self.blocks.merge(other.blocks);
        self.sole.merge(other.sole);
        self.pivotal.merge(other.pivotal);
        for (&term, &theirs) in &other.terms {
            self.terms.entry(term).or_default().merge(theirs);
        }
        for theirs in &other.years {
            let cell = self.year_term(theirs.year, theirs.term);
            cell.blocks += theirs.blocks;
            cell.sole += theirs.sole;
            cell.pivotal += theirs.pivotal;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    fn row(step: u32, blockers: &[(u32, u32)], adopted: Option<u32>) -> DecisionRow {
        let pivotal = (blockers.len() == 1).then(|| blockers[0].0);
        DecisionRow {
            lane: 0,
            step,
            initiative: 0,
            adopted,
            blockers: blockers.to_vec(),
            pivotal,
        }
    }

    #[test]
    fn shares_terms_and_years_are_counted_by_hand() {
        let layout = test_data::layout();
        let mut tallies = DecisionTallies::new(&layout);
        // Replicate 1: three tablings, actor 0 blocks two of them (once alone), the third adopts rung 1.
        tallies.add_replicate(
            &layout,
            &[
                row(0, &[(0, 1)], None),
                row(1, &[(0, 2), (1, 1)], None),
                row(2, &[], Some(1)),
            ],
        );
        // Replicate 2: one tabling, adopted at rung 0. Replicate 3: nothing.
        tallies.add_replicate(&layout, &[row(0, &[], Some(0))]);
        tallies.add_replicate(&layout, &[]);
        let tally = &tallies.initiatives[0];
        assert_eq!(
            (
                tally.tabled.sum,
                tally.tabled.squares,
                tally.replicates_tabled
            ),
            (4, 10, 2)
        );
        assert_eq!(
            (&tally.adopted[..], &tally.replicates_adopted[..]),
            (&[1, 1][..], &[2, 1][..])
        );
        let actor = &tally.actors[&0];
        assert_eq!(
            actor.blocks,
            Ratio {
                sum: 2,
                squares: 4,
                products: 6
            }
        );
        assert_eq!(
            (actor.sole.sum, actor.pivotal.sum, actor.replicates_blocked),
            (1, 1, 1)
        );
        assert_eq!(
            actor.terms[&1],
            Ratio {
                sum: 1,
                squares: 1,
                products: 2
            }
        );
        assert_eq!(
            actor.years[0],
            YearTerm {
                year: 2008,
                term: 1,
                blocks: 1,
                sole: 1,
                pivotal: 1
            }
        );
        // R = 2/4; residuals over three replicates: 2 - 1.5, 0 - 0.5, 0; variance 3/2 · 0.5 / 16.
        let share = tallies.block_share(0, 0).unwrap();
        assert!((share.value - 0.5).abs() < 1e-15);
        let half = 1.959_963_984_540_054 * libm::sqrt(1.5 * 0.5 / 16.0);
        assert!((share.high - (0.5 + half)).abs() < 1e-12);
        assert!((tallies.term_share(0, 0, 1).unwrap().value - 0.5).abs() < 1e-15);
        assert!((tallies.ever_adopted(0, 0).unwrap().value - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn clustered_intervals_cover_although_tablings_hang_together() {
        // Each replicate is tabled 4 or 12 times; an actor blocks either nearly all or nearly none of them.
        // Treating tablings as independent would cover far less; the clustered interval must hold 95 %.
        let layout = test_data::layout();
        let mut state = 7_u64;
        let mut uniform = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1_u32 << 24)
        };
        let truth = 0.4 * 0.9 + 0.6 * 0.1;
        let (mut covered, mut covered_naive) = (0, 0);
        let trials = 400;
        for _ in 0..trials {
            let mut tallies = DecisionTallies::new(&layout);
            for _ in 0..150 {
                let tabled = if uniform() < 0.5 { 4 } else { 12 };
                let share = if uniform() < 0.4 { 0.9 } else { 0.1 };
                let rows: Vec<DecisionRow> = (0..tabled)
                    .map(|step| row(step, if uniform() < share { &[(0, 1)] } else { &[] }, None))
                    .collect();
                tallies.add_replicate(&layout, &rows);
            }
            let got = tallies.block_share(0, 0).unwrap();
            covered += u32::from(got.low <= truth && truth <= got.high);
            let tally = &tallies.initiatives[0];
            let naive =
                interval::wilson(tally.actors[&0].blocks.sum, tally.tabled.sum, 0.95).unwrap();
            covered_naive += u32::from(naive.low <= truth && truth <= naive.high);
        }
        // Standard error of a coverage of 0.95 over 400 trials is 0.011; three of them below.
        assert!(
            f64::from(covered) / f64::from(trials) > 0.95 - 0.033,
            "{covered}"
        );
        assert!(
            f64::from(covered_naive) / f64::from(trials) < 0.8,
            "{covered_naive}"
        );
    }

    #[test]
    fn an_actor_that_never_blocks_gets_a_bound_and_no_certainty() {
        let layout = test_data::layout();
        let mut tallies = DecisionTallies::new(&layout);
        for _ in 0..100 {
            tallies.add_replicate(&layout, &[row(0, &[], None)]);
        }
        let share = tallies.block_share(0, 2).unwrap();
        assert!(
            share.value.abs() < 1e-15 && share.high > 0.01 && share.high < 0.06,
            "{share:?}"
        );
    }
}
