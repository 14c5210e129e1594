//! Everything a run adds up beside its series: outcomes, decisions, events and faults of each arm, and
//! the paired comparison of each arm with the first.
//!
//! Integers and exact sums only, so that merging is associative and commutative to the last bit. Stored
//! as `aggregates.json`.

use serde::{Deserialize, Serialize};

use crate::decision::DecisionTallies;
use crate::histogram::Scale;
use crate::layout::Layout;
use crate::outcome::{OutcomeTally, PairTally};
use crate::record::{ArmBlock, BlockRecord};

/// Failed replicates that are listed one by one: the first of them; all are counted and flagged in the runs table.
pub const FAULTS_LISTED_MAX: usize = 1000;

/// What a run adds up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregates {
    /// One for each arm of the layout.
    pub arms: Vec<ArmAggregates>,
    /// One for each arm after the first, against the first: one tally for each outcome.
    pub pairs: Vec<Vec<PairTally>>,
    /// The first failed replicates, in order.
    pub failed: Vec<FailedReplicate>,
}

/// What one arm adds up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmAggregates {
    /// Replicates run, failed ones included.
    pub replicates: u64,
    /// Failed replicates by kind of fault; they count nowhere else.
    pub faults: Vec<u64>,
    /// One for each outcome of the layout.
    pub outcomes: Vec<OutcomeTally>,
    /// Decisions.
    pub decisions: DecisionTallies,
    /// Events by kind.
    pub events: Vec<u64>,
}

/// One failed replicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailedReplicate {
    /// Replicate.
    pub replicate: u64,
    /// Arm.
    pub arm: u32,
    /// Step.
    pub step: u32,
    /// Kind of fault.
    pub kind: u32,
}

impl Aggregates {
    /// Starts with no replicate.
    pub fn new(layout: &Layout) -> Self {
        let arm = ArmAggregates {
            replicates: 0,
            faults: vec![0; layout.fault_kinds.len()],
            outcomes: vec![OutcomeTally::default(); layout.outcomes.len()],
            decisions: DecisionTallies::new(layout),
            events: vec![0; layout.event_kinds.len()],
        };
        let pairs = layout.arms.len().saturating_sub(1);
        Self {
            arms: vec![arm; layout.arms.len()],
            pairs: vec![vec![PairTally::default(); layout.outcomes.len()]; pairs],
            failed: Vec::new(),
        }
    }

    /// Adds one block.
    ///
    /// # Panics
    /// If the block does not fit the layout these aggregates were made for.
    pub fn add(&mut self, layout: &Layout, record: &BlockRecord) {
        assert_eq!(
            record.arms.len(),
            self.arms.len(),
            "a block has every arm of the layout"
        );
        for (idx, block) in record.arms.iter().enumerate() {
            self.arms[idx].add(layout, record.n, block);
            for (lane, fault) in block.faults.iter().enumerate() {
                if let Some(fault) = fault {
                    self.failed.push(FailedReplicate {
                        replicate: record.first + lane as u64,
                        arm: idx as u32,
                        step: fault.step,
                        kind: fault.kind,
                    });
                }
            }
        }
        self.keep_first_failed();
        let Some((base, others)) = record.arms.split_first() else {
            return;
        };
        for (pairs, block) in self.pairs.iter_mut().zip(others) {
            add_pairs(pairs, record.n, block, base);
        }
    }

    /// Adds the aggregates of other replicates.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.arms.iter_mut().zip(&other.arms) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self
            .pairs
            .iter_mut()
            .flatten()
            .zip(other.pairs.iter().flatten())
        {
            mine.merge(theirs);
        }
        self.failed.extend_from_slice(&other.failed);
        self.keep_first_failed();
    }

    /// The same aggregates in canonical form: equal contents are equal bytes.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let mut same = self.clone();
        for tally in same.arms.iter_mut().flat_map(|arm| &mut arm.outcomes) {
            *tally = tally.trimmed();
        }
        same
    }

    /// Failed replicates over all arms.
    pub fn n_failed(&self) -> u64 {
        self.arms.iter().map(ArmAggregates::n_failed).sum()
    }

    /// Whether every list is as long as the layout says and every histogram adds up.
    pub fn fits(&self, layout: &Layout) -> bool {
        let arms = self.arms.iter().all(|arm| {
            arm.faults.len() == layout.fault_kinds.len()
                && arm.outcomes.len() == layout.outcomes.len()
                && arm.events.len() == layout.event_kinds.len()
                && arm.decisions.initiatives.len() == layout.initiatives.len()
                && arm
                    .outcomes
                    .iter()
                    .all(|tally| tally.histogram().is_sound())
        });
        arms && self.arms.len() == layout.arms.len()
            && self.pairs.len() == layout.arms.len().saturating_sub(1)
            && self
                .pairs
                .iter()
                .all(|pairs| pairs.len() == layout.outcomes.len())
    }

    fn keep_first_failed(&mut self) {
        self.failed.sort_unstable();
        self.failed.truncate(FAULTS_LISTED_MAX);
    }
}

impl ArmAggregates {
    /// Failed replicates.
    pub fn n_failed(&self) -> u64 {
        self.faults.iter().sum()
    }

    /// Replicates that count.
    pub fn n_good(&self) -> u64 {
        self.replicates - self.n_failed()
    }

    fn add(&mut self, layout: &Layout, n: usize, block: &ArmBlock) {
        self.replicates += n as u64;
        for fault in block.faults.iter().flatten() {
            self.faults[fault.kind as usize] += 1;
        }
        for ((tally, column), values) in self
            .outcomes
            .iter_mut()
            .zip(&layout.outcomes)
            .zip(&block.outcomes)
        {
            let scale = Scale::new(column.low, column.high);
            for (&x, fault) in values[..n].iter().zip(&block.faults) {
                if fault.is_none() {
                    tally.add(scale, x);
                }
            }
        }
        for event in &block.events {
            if block.faults[event.lane as usize].is_none() {
                self.events[event.kind as usize] += 1;
            }
        }
        let mut rest = &block.decisions[..];
        for lane in 0..n {
            let of_lane = rest.partition_point(|row| (row.lane as usize) <= lane);
            if block.faults[lane].is_none() {
                self.decisions.add_replicate(layout, &rest[..of_lane]);
            }
            rest = &rest[of_lane..];
        }
    }

    fn merge(&mut self, other: &Self) {
        self.replicates += other.replicates;
        for (mine, theirs) in self.faults.iter_mut().zip(&other.faults) {
            *mine += theirs;
        }
        for (mine, theirs) in self.outcomes.iter_mut().zip(&other.outcomes) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.events.iter_mut().zip(&other.events) {
            *mine += theirs;
        }
        self.decisions.merge(&other.decisions);
    }
}

fn add_pairs(pairs: &mut [PairTally], n: usize, arm: &ArmBlock, base: &ArmBlock) {
    for (idx, pair) in pairs.iter_mut().enumerate() {
        for lane in 0..n {
            if arm.faults[lane].is_none() && base.faults[lane].is_none() {
                pair.add(arm.outcomes[idx][lane], base.outcomes[idx][lane]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_data;

    #[test]
    fn failed_replicates_are_counted_listed_and_left_out() {
        let layout = test_data::layout();
        let mut record = test_data::block(0, 10, 0);
        record.arms[1].faults[3] = Some(crate::record::FaultRow { step: 2, kind: 1 });
        let mut aggregates = Aggregates::new(&layout);
        aggregates.add(&layout, &record);
        assert_eq!(aggregates.arms[1].faults, [0, 1]);
        assert_eq!(aggregates.arms[1].n_good(), 9);
        let tally = &aggregates.arms[1].outcomes[0];
        assert_eq!(tally.n() + tally.absent, 9);
        assert_eq!(aggregates.pairs[0][0].n, 9);
        assert_eq!(
            aggregates.failed,
            [FailedReplicate {
                replicate: 3,
                arm: 1,
                step: 2,
                kind: 1
            }]
        );
        assert!(aggregates.fits(&layout));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn any_split_and_order_gives_the_same_bytes(order in Just((0_u64..9).collect::<Vec<_>>()).prop_shuffle(), cut in 0_usize..9) {
            let layout = test_data::layout();
            let blocks = |range: &[u64]| {
                let mut sum = Aggregates::new(&layout);
                for &idx in range {
                    sum.add(&layout, &test_data::block(idx * 64, if idx == 8 { 17 } else { 64 }, idx));
                }
                sum
            };
            let whole = serde_json::to_string(&blocks(&(0..9).collect::<Vec<_>>()).trimmed()).unwrap();
            let mut merged = blocks(&order[cut..]);
            merged.merge(&blocks(&order[..cut]));
            prop_assert_eq!(serde_json::to_string(&merged.trimmed()).unwrap(), whole.clone());
            prop_assert_eq!(serde_json::from_str::<Aggregates>(&whole).unwrap(), merged.trimmed());
        }
    }
}
