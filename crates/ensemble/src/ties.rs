//! Ties at chosen dates of a run, by letting some of its replicates happen again: who likes whom, who is a member, who
//! is how strong, as means over replicates.
//!
//! For maps and networks; never part of a run. Relies on [`foedera_sim::Moment`].

use std::sync::Arc;

use foedera_scenario::{ActorIdx, Month, OrganisationIdx, Scenario, Status};
use foedera_sim::{Moment, Program, Record};
use rayon::prelude::*;

use crate::again::{Again, Sample};
use crate::error::EnsembleError;

/// What stands at one date; failed replicates are left out.
#[derive(Debug, Clone)]
pub struct TiesAt {
    /// First month of the step that was looked at, at its end.
    pub month: Month,
    /// Replicates behind it.
    pub n: u64,
    /// Mean affinity of each pair, -1..=1, `[actor][actor]`; 1 with oneself.
    pub affinity: Vec<Vec<f64>>,
    /// Its standard deviation over the replicates.
    pub spread: Vec<Vec<f64>>,
    /// Mean affinity of each actor with the members of the organisation other than itself, over the replicates that have
    /// some; `None` where none has.
    pub with_members: Vec<Option<f64>>,
    /// Share of the replicates in which each actor is a full member of the organisation.
    pub member: Vec<f64>,
    /// Mean capability of each actor [share of the world's].
    pub capability: Vec<f64>,
}

/// Sums over replicates, in their order.
#[derive(Debug, Clone)]
struct Sums {
    n: u64,
    affinity: Vec<Vec<(f64, f64)>>,
    with_members: Vec<(f64, u64)>,
    member: Vec<u64>,
    capability: Vec<f64>,
}

/// Lets the replicates of a sample happen again and looks at the ties at each date.
///
/// # Errors
/// If the design of the run does not fit the scenario, or has fewer replicates.
pub fn at(
    scenario: &Scenario,
    program: &Arc<Program>,
    sample: Sample<'_>,
    org: OrganisationIdx,
    dates: &[Month],
) -> Result<Vec<TiesAt>, EnsembleError> {
    let again = Again::new(scenario, program, sample)?;
    let steps: Vec<usize> = dates.iter().map(|at| scenario.time.step_of(*at)).collect();
    let n = scenario.world.actors.len();
    let blocks: Vec<Vec<Sums>> = (0..again.n_blocks())
        .into_par_iter()
        .map_init(
            || again.engine(),
            |engine, block| {
                let mut seen: Vec<Option<Moment>> = vec![None; steps.len()];
                let outcome = again.watch(
                    engine,
                    block,
                    Record::Summary,
                    &steps,
                    &mut |step, moment| {
                        for (date, _) in steps.iter().enumerate().filter(|(_, at)| **at == step) {
                            seen[date] = Some(moment.clone());
                        }
                    },
                );
                let good = |lane: &usize| outcome.faults.get(*lane).is_none_or(Option::is_none);
                let lanes: Vec<usize> = (0..outcome.n).filter(good).collect();
                seen.iter()
                    .map(|moment| Sums::of(moment.as_ref(), &lanes, n, org))
                    .collect()
            },
        )
        .collect();
    let found = steps.iter().enumerate().map(|(date, step)| {
        let mut all = Sums::new(n);
        // In the order of blocks, so that threads change nothing.
        for block in &blocks {
            all.add(&block[date]);
        }
        all.finish(scenario.time.month_of(*step))
    });
    Ok(found.collect())
}

impl Sums {
    fn new(n: usize) -> Self {
        Self {
            n: 0,
            affinity: vec![vec![(0.0, 0.0); n]; n],
            with_members: vec![(0.0, 0); n],
            member: vec![0; n],
            capability: vec![0.0; n],
        }
    }

    /// Sums over the lanes of a block at one moment.
    fn of(moment: Option<&Moment>, lanes: &[usize], n: usize, org: OrganisationIdx) -> Self {
        let mut sums = Self::new(n);
        let Some(moment) = moment else {
            return sums;
        };
        for &lane in lanes {
            sums.n += 1;
            let is_member = |actor: ActorIdx| moment.status(lane, actor, org) == Status::Member;
            let members: Vec<ActorIdx> = (0..n).filter(|actor| is_member(*actor)).collect();
            for &actor in &members {
                sums.member[actor] += 1;
            }
            for one in 0..n {
                sums.capability[one] += f64::from(moment.capability(lane, one));
                for other in 0..n {
                    let value = f64::from(moment.affinity(lane, one, other));
                    let cell = &mut sums.affinity[one][other];
                    *cell = (cell.0 + value, cell.1 + value * value);
                }
                let others = members.iter().filter(|member| **member != one);
                let values: Vec<f64> = others
                    .map(|other| f64::from(moment.affinity(lane, one, *other)))
                    .collect();
                if !values.is_empty() {
                    let cell = &mut sums.with_members[one];
                    *cell = (
                        cell.0 + values.iter().sum::<f64>() / values.len() as f64,
                        cell.1 + 1,
                    );
                }
            }
        }
        sums
    }

    fn add(&mut self, more: &Self) {
        self.n += more.n;
        for (mine, theirs) in self
            .affinity
            .iter_mut()
            .flatten()
            .zip(more.affinity.iter().flatten())
        {
            *mine = (mine.0 + theirs.0, mine.1 + theirs.1);
        }
        for (mine, theirs) in self.with_members.iter_mut().zip(&more.with_members) {
            *mine = (mine.0 + theirs.0, mine.1 + theirs.1);
        }
        for (mine, theirs) in self.member.iter_mut().zip(&more.member) {
            *mine += theirs;
        }
        for (mine, theirs) in self.capability.iter_mut().zip(&more.capability) {
            *mine += theirs;
        }
    }

    fn finish(self, month: Month) -> TiesAt {
        let n = self.n.max(1) as f64;
        let cells = |of: &dyn Fn(&(f64, f64)) -> f64| -> Vec<Vec<f64>> {
            let rows = self.affinity.iter();
            rows.map(|row| row.iter().map(of).collect()).collect()
        };
        let variance = |sums: &(f64, f64)| {
            let mean = sums.0 / n;
            (sums.1 - n * mean * mean).max(0.0) / (n - 1.0).max(1.0)
        };
        let with = |&(sum, count): &(f64, u64)| (count > 0).then(|| sum / count as f64);
        TiesAt {
            month,
            n: self.n,
            affinity: cells(&|sums| sums.0 / n),
            spread: cells(&|sums| libm::sqrt(variance(sums))),
            with_members: self.with_members.iter().map(with).collect(),
            member: self.member.iter().map(|count| *count as f64 / n).collect(),
            capability: self.capability.iter().map(|sum| sum / n).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::test_data;

    #[test]
    fn ties_are_means_over_the_replicates() {
        let scenario = Arc::new(test_data::scenario());
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let design = Design::default();
        let sample = |n| Sample {
            n,
            seed: 1,
            design: &design,
            policy: None,
            stances: true,
        };
        let dates = [Month::new(2008, 1), Month::new(2009, 12)];
        let found = at(&scenario, &program, sample(100), scenario.focus, &dates)
            .expect("the default design fits");
        assert_eq!(found.len(), 2);
        // Two prefixes differ by the replicates between them, each within the range of affinities.
        let sum = |n: u64| {
            let last = at(&scenario, &program, sample(n), scenario.focus, &dates[1..])
                .expect("the default design fits");
            last[0].affinity[0][1] * n as f64
        };
        assert!((sum(66) - sum(65)).abs() <= 1.0 + 1e-9);
        for date in &found {
            assert_eq!(date.n, 100);
            assert!((date.affinity[0][0] - 1.0).abs() < 1e-12 && date.spread[0][0] < 1e-6);
            assert!((date.affinity[0][1] - date.affinity[1][0]).abs() < 1e-12);
            assert!(date.member.iter().all(|share| (0.0..=1.0).contains(share)));
        }
        // With one other member the mean over members is the pair's own affinity.
        let both = found[0]
            .member
            .iter()
            .all(|share| (share - 1.0).abs() < 1e-12);
        if both {
            let with = found[0].with_members[0].expect("the other is a member");
            assert!((with - found[0].affinity[0][1]).abs() < 1e-9);
        }
    }
}
