//! Storylines: histories with like courses, each group told by one of them and named by what sets it apart.
//!
//! [`Gathered`] takes courses and events from a run as it happens; [`storylines`] groups the courses around
//! exemplars ([`crate::medoids`]) and finds for each group the events that are commoner, or rarer, in it than
//! elsewhere.

use std::collections::BTreeMap;

use foedera_results::{
    BlockRecord, Estimate, ResultsError, Sink, interval, layout::NONE, record::EventRow,
};

use crate::medoids::Groups;

/// An event must be so much commoner or rarer in a group than elsewhere to name it.
const APART: f64 = 0.2;
/// Events in a name, at most.
const NAMED_MAX: usize = 2;

/// Courses of some measures and first events of each replicate that did not fail.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Measures that are kept, by index.
    pub measures: Vec<usize>,
    /// Numbers of the replicates.
    pub replicates: Vec<u64>,
    /// Courses, `[measure kept][replicate][step]`.
    pub courses: Vec<Vec<Vec<f64>>>,
    /// First step of each event, `[replicate]`.
    pub events: Vec<BTreeMap<What, usize>>,
    /// Replicates done, failed ones too.
    pub completed: u64,
    /// Replicates that failed, left out.
    pub failed: u64,
}

/// What happened, whenever it did: labels by index, as in the tables of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct What {
    /// Kind of event.
    pub kind: u32,
    /// What it is about.
    pub subject: u32,
    /// The other side.
    pub object: u32,
    /// State before; nothing where the kind has none.
    pub from: u32,
    /// State after.
    pub to: u32,
}

impl What {
    /// What a row tells.
    #[must_use]
    pub const fn of(row: &EventRow, states: bool) -> Self {
        Self {
            kind: row.kind,
            subject: row.subject,
            object: row.object,
            from: if states { row.from } else { NONE },
            to: if states { row.to } else { NONE },
        }
    }
}

impl Gathered {
    /// Keeps these measures.
    #[must_use]
    pub fn new(measures: Vec<usize>) -> Self {
        Self {
            courses: vec![Vec::new(); measures.len()],
            measures,
            ..Self::default()
        }
    }

    /// One course for each replicate in which all measures count alike: each is centred and divided by its
    /// standard deviation over replicates and steps; one measure alone is left in its own unit.
    #[must_use]
    pub fn joined(&self) -> Vec<Vec<f64>> {
        if let [only] = &self.courses[..] {
            return only.clone();
        }
        let mut joined = vec![Vec::new(); self.replicates.len()];
        for courses in &self.courses {
            let all = || courses.iter().flatten().copied();
            let n = all().count().max(1) as f64;
            let mean = all().sum::<f64>() / n;
            let sd = libm::sqrt(all().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n);
            let unit = if sd > 0.0 { sd } else { 1.0 };
            for (to, course) in joined.iter_mut().zip(courses) {
                to.extend(course.iter().map(|x| (x - mean) / unit));
            }
        }
        joined
    }
}

/// The kind of event whose states matter: a change of status.
const STATUS: u32 = 4;

impl Sink for Gathered {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        let Some(arm) = record.arms.first() else {
            return Ok(());
        };
        self.completed += record.n as u64;
        let mut events: Vec<BTreeMap<What, usize>> = vec![BTreeMap::new(); record.n];
        for row in &arm.events {
            let what = What::of(row, row.kind == STATUS);
            if let Some(of_lane) = events.get_mut(row.lane as usize) {
                of_lane.entry(what).or_insert(row.step as usize);
            }
        }
        for (lane, events) in events.into_iter().enumerate() {
            if arm.faults.get(lane).is_some_and(Option::is_some) {
                self.failed += 1;
                continue;
            }
            self.replicates.push(record.first + lane as u64);
            self.events.push(events);
            for (kept, measure) in self.courses.iter_mut().zip(&self.measures) {
                let steps = arm.trajectories.get(*measure);
                let course =
                    steps.map(|steps| steps.iter().map(|lanes| f64::from(lanes[lane])).collect());
                kept.push(course.unwrap_or_default());
            }
        }
        Ok(())
    }
}

/// An event that sets a group apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decisive {
    /// The event.
    pub what: What,
    /// Its step in the exemplar; nothing if it does not happen there.
    pub step: Option<usize>,
    /// Share of the group in which it happens.
    pub inside: Estimate,
    /// Share of all others.
    pub outside: Estimate,
}

/// One group with its exemplar.
#[derive(Debug, Clone, PartialEq)]
pub struct Storyline {
    /// Place of the exemplar among the gathered replicates.
    pub exemplar: usize,
    /// Places of the group's replicates.
    pub members: Vec<usize>,
    /// Share of the gathered replicates.
    pub share: Estimate,
    /// What sets it apart: what happens by date, then what does not.
    pub decisive: Vec<Decisive>,
}

/// The storylines of grouped replicates. `counts` says whether an event may name one.
#[must_use]
pub fn storylines(
    gathered: &Gathered,
    groups: &Groups,
    counts: impl Fn(&What) -> bool,
) -> Vec<Storyline> {
    let n = groups.group.len() as u64;
    let of = |(idx, exemplar): (usize, &usize)| {
        let places = 0..groups.group.len();
        let (members, others): (Vec<usize>, Vec<usize>) =
            places.partition(|place| groups.group[*place] == idx);
        let share = interval::wilson(members.len() as u64, n, interval::CONFIDENCE)?;
        let decisive = decisive(gathered, *exemplar, &members, &others, &counts);
        Some(Storyline {
            exemplar: *exemplar,
            members,
            share,
            decisive,
        })
    };
    groups.medoids.iter().enumerate().filter_map(of).collect()
}

fn decisive(
    gathered: &Gathered,
    exemplar: usize,
    members: &[usize],
    others: &[usize],
    counts: &impl Fn(&What) -> bool,
) -> Vec<Decisive> {
    let mut tallies: BTreeMap<What, (u64, u64)> = BTreeMap::new();
    for (places, inside) in [(members, true), (others, false)] {
        for what in places
            .iter()
            .flat_map(|place| gathered.events[*place].keys())
            .filter(|what| counts(what))
        {
            let tally = tallies.entry(*what).or_default();
            if inside {
                tally.0 += 1;
            } else {
                tally.1 += 1;
            }
        }
    }
    let share = |k: u64, of: &[usize]| interval::wilson(k, of.len() as u64, interval::CONFIDENCE);
    let judged = tallies.into_iter().filter_map(|(what, (inside, outside))| {
        let (inside, outside) = (share(inside, members)?, share(outside, others)?);
        let step = gathered.events[exemplar].get(&what).copied();
        let gap = inside.value - outside.value;
        let apart = inside.low > outside.high || outside.low > inside.high;
        // What happens must happen in the exemplar, what is missing must be missing there.
        let told = step.is_some() == (gap > 0.0);
        (apart && told && gap.abs() >= APART).then_some(Decisive {
            what,
            step,
            inside,
            outside,
        })
    });
    let mut judged: Vec<Decisive> = judged.collect();
    let gap = |one: &Decisive| (one.inside.value - one.outside.value).abs();
    judged.sort_by(|one, other| {
        let by_gap = gap(other).total_cmp(&gap(one));
        by_gap.then(one.step.is_none().cmp(&other.step.is_none()))
    });
    let mut kept: Vec<Decisive> = Vec::new();
    for one in judged {
        // One event of a subject says enough: its other rungs go with it.
        let known = kept
            .iter()
            .any(|of| of.what.subject == one.what.subject && of.what.kind == one.what.kind);
        if !known && kept.len() < NAMED_MAX {
            kept.push(one);
        }
    }
    kept.sort_by_key(|one| one.step.unwrap_or(usize::MAX));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::medoids::{Distance, Distances, groups};

    fn what(subject: u32) -> What {
        What {
            kind: 1,
            subject,
            object: NONE,
            from: NONE,
            to: NONE,
        }
    }

    /// Thirty histories: in the first ten event 7 happens at step 2 and the course falls; event 8 happens everywhere.
    fn gathered() -> Gathered {
        let mut all = Gathered::new(vec![0]);
        for replicate in 0..30_u64 {
            let falls = replicate < 10;
            let noise = 0.001 * replicate as f64;
            all.replicates.push(replicate);
            all.courses[0].push(
                (0..6)
                    .map(|t| if falls { 1.0 - 0.1 * f64::from(t) } else { 1.0 } + noise)
                    .collect(),
            );
            let mut events = BTreeMap::from([(what(8), 1)]);
            if falls {
                events.insert(what(7), 2);
            }
            all.events.push(events);
        }
        all
    }

    #[test]
    fn groups_are_named_by_what_sets_them_apart() {
        let all = gathered();
        let distances = Distances::between(&all.joined(), Distance::Euclidean);
        let found = storylines(&all, &groups(&distances, 2, 1), |_| true);
        assert_eq!(found.len(), 2);
        // The larger group first: there event 7 is missing.
        assert_eq!((found[0].members.len(), found[1].members.len()), (20, 10));
        assert_eq!(found[0].decisive.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].decisive[0].what, found[0].decisive[0].step),
            (what(7), None)
        );
        assert_eq!(
            (found[1].decisive[0].what, found[1].decisive[0].step),
            (what(7), Some(2))
        );
        assert!((found[1].share.value - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn several_measures_count_alike() {
        let mut all = gathered();
        let large: Vec<Vec<f64>> = all.courses[0]
            .iter()
            .map(|course| course.iter().map(|x| 1e6 * x).collect())
            .collect();
        all.courses.push(large);
        let joined = all.joined();
        assert_eq!(joined[0].len(), 12);
        assert!((joined[3][2] - joined[3][8]).abs() < 1e-9);
    }
}
