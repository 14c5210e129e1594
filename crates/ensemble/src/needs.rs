//! What would a party need to agree? For each number of its own, the smallest change within its prior range
//! that turns its median answer, found by letting the same replicates happen again.
//!
//! The answer of a replicate is the party's margin when the initiative is first tabled: its value of the rung above
//! the line below which it says no. The median answer is a yes if the median margin over the replicates in which it was
//! tabled is not negative. One number moves at a time; drawn replicates keep their deviation from it. A range is searched
//! outwards from the base in steps of a quarter of each side, then by bisection, so that a reversal that
//! comes and goes within one step can be missed.

use std::sync::Arc;

use foedera_scenario::{
    ActorIdx, Distribution, Effect, InitiativeIdx, Leaf, Rule, RungIdx, Scenario, Status,
    distribution::{Reference, quantile},
};
use foedera_sim::lanes::LANES;
use foedera_sim::{Engine, Program, Record};
use rayon::prelude::*;

use crate::again::{Again, Sample, Shift};
use crate::design::DesignError;
use crate::error::EnsembleError;

/// Steps on each side of the base before bisection.
const STEPS: u32 = 4;
/// Halvings of the step in which the answer turns: to 1/4096 of a side.
const HALVINGS: u32 = 10;
/// Shares at which an unbounded distribution is cut.
const TAIL: f64 = 0.01;

/// Whose answer to what.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Initiative.
    pub initiative: InitiativeIdx,
    /// Rung.
    pub rung: RungIdx,
    /// Party.
    pub actor: ActorIdx,
}

/// What a party would need to answer otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Needs {
    /// Replicates in which the initiative was tabled and the party had a voice.
    pub tabled: u64,
    /// Its median margin above the line `[utility]`; negative is a no. None if it was never asked.
    pub margin: Option<f64>,
    /// One for each number of its own that is uncertain, those that turn the answer first, by the share of the range.
    pub paths: Vec<Path>,
    /// Numbers of its own that the scenario holds certain and that were not asked.
    pub certain: usize,
}

/// One number of a party.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The number.
    pub leaf: Leaf,
    /// Its value in force.
    pub base: f64,
    /// Its prior range, within what is valid.
    pub range: (f64, f64),
    /// The nearest value found at which the median answer turns; none within the range.
    pub turns_at: Option<f64>,
    /// The median margin at the low and at the high end; none where it was never tabled.
    pub ends: (Option<f64>, Option<f64>),
}

impl Path {
    /// Size of the change that turns the answer, as a share of the range.
    #[must_use]
    pub fn effort(&self) -> Option<f64> {
        let width = self.range.1 - self.range.0;
        self.turns_at
            .map(|value| (value - self.base).abs() / width.max(f64::MIN_POSITIVE))
    }
}

/// Asks what a party would need. `heard` hears each number that is done, from any thread.
///
/// # Errors
/// If the design of the run does not fit the scenario, or has fewer replicates.
pub fn needs(
    scenario: &Scenario,
    program: &Arc<Program>,
    sample: Sample<'_>,
    question: Question,
    heard: &(impl Fn() + Sync),
) -> Result<Needs, EnsembleError> {
    let asked = Asked::new(scenario, program, sample, question)?;
    let mut engine = asked.again.engine();
    let (tabled, margin) = asked.median(&mut engine, None);
    let (own, certain) = own_paths(scenario, question, sample.stances);
    let answers = own.into_par_iter().map_init(
        || asked.again.engine(),
        |engine, (leaf, range)| {
            let path = asked.turning(engine, leaf, range, margin);
            heard();
            path
        },
    );
    let mut paths: Vec<Path> = answers.collect();
    let effort = |path: &Path| path.effort().unwrap_or(f64::INFINITY);
    paths.sort_by(|one, other| {
        let by_effort = effort(one).total_cmp(&effort(other));
        by_effort.then(one.leaf.cmp(&other.leaf))
    });
    Ok(Needs {
        tabled,
        margin,
        paths,
        certain,
    })
}

/// A party's median margin at each rung when an initiative is first tabled; none where it was never asked.
///
/// # Errors
/// As [`needs`].
pub fn margins(
    scenario: &Scenario,
    program: &Arc<Program>,
    sample: Sample<'_>,
    initiative: InitiativeIdx,
    actor: ActorIdx,
) -> Result<Vec<Option<f64>>, EnsembleError> {
    let rungs = 0..scenario.initiatives[initiative].ladder.len();
    let margin = |rung| {
        let question = Question {
            initiative,
            rung,
            actor,
        };
        let asked = Asked::new(scenario, program, sample, question)?;
        Ok(asked.median(&mut asked.again.engine(), None).1)
    };
    rungs.map(margin).collect()
}

/// How many numbers [`needs`] will ask.
#[must_use]
pub fn count(scenario: &Scenario, question: Question, stances: bool) -> usize {
    own_paths(scenario, question, stances).0.len()
}

/// A number with its prior range.
type Ranged = (Leaf, (f64, f64));

/// Numbers of a party's own that are uncertain, with their ranges, and how many are certain.
fn own_paths(scenario: &Scenario, question: Question, stances: bool) -> (Vec<Ranged>, usize) {
    let id = &scenario.world.actors[question.actor].id;
    let own_actor = format!("actors.{id}.");
    let own_dyad = |path: &str| {
        let pair = path
            .strip_prefix("dyads.")
            .and_then(|rest| rest.split('.').next());
        pair.is_some_and(|pair| {
            let first = pair.strip_suffix(id.as_str());
            let last = pair.strip_prefix(id.as_str());
            first.is_some_and(|rest| rest.ends_with('-'))
                || last.is_some_and(|rest| rest.starts_with('-'))
        })
    };
    let stance = scenario.initiatives[question.initiative]
        .stances
        .iter()
        .find(|stance| stance.actor == question.actor)
        .map(|stance| stance.value)
        .filter(|_| stances);
    let (mut own, mut certain) = (Vec::new(), 0);
    for (leaf, info) in scenario.leaves.iter() {
        let assumed = stance == Some(leaf);
        if !(assumed || info.path.starts_with(&own_actor) || own_dyad(&info.path)) {
            continue;
        }
        let given = scenario.uncertainties.iter().find(|of| of.leaf == leaf);
        match given {
            Some(given) => {
                let (low, high) = prior_range(&given.distribution, Reference::of(info));
                own.push((leaf, (low.max(info.min), high.min(info.max))));
            }
            // A stance is an assumption as a whole: its prior is whatever is valid.
            None if assumed => own.push((leaf, (info.min, info.max))),
            None => certain += 1,
        }
    }
    (own, certain)
}

/// Where a distribution has its mass: all of it if it is bounded, else between the 1 % and the 99 % quantile.
fn prior_range(of: &Distribution, reference: Reference) -> (f64, f64) {
    let tail = match of {
        Distribution::Uniform { .. }
        | Distribution::Triangular { .. }
        | Distribution::Pert { .. }
        | Distribution::Beta { .. }
        | Distribution::Truncated { .. }
        | Distribution::Discrete(_)
        | Distribution::Empirical(_)
        | Distribution::Prior => 0.0,
        _ => TAIL,
    };
    (
        quantile(of, reference, tail),
        quantile(of, reference, 1.0 - tail),
    )
}

/// A question with its replicates.
struct Asked<'a> {
    again: Again<'a>,
    question: Question,
    stances: bool,
    /// Parameter that says how large a loss is swallowed; none if the party must gain.
    swallows: Option<Leaf>,
}

impl<'a> Asked<'a> {
    fn new(
        scenario: &'a Scenario,
        program: &'a Arc<Program>,
        sample: Sample<'a>,
        question: Question,
    ) -> Result<Self, DesignError> {
        let threshold = scenario.leaves.find("params.bargaining.threshold");
        Ok(Self {
            again: Again::new(scenario, program, sample)?,
            question,
            stances: sample.stances,
            swallows: threshold.filter(|_| !must_gain(scenario, question)),
        })
    }

    /// Replicates in which the party was asked, and its median margin at the first tabling.
    fn median(&self, engine: &mut Engine, shift: Option<Shift>) -> (u64, Option<f64>) {
        let mut margins: Vec<f32> = Vec::new();
        let see = |block: usize, outcome: &foedera_sim::BlockOutcome| {
            let mut first: [Option<f32>; LANES] = [None; LANES];
            for entry in &outcome.ledger {
                let Question {
                    initiative,
                    rung,
                    actor,
                } = self.question;
                let fits = entry.initiative as usize == initiative
                    && entry.rung as usize == rung
                    && entry.actor as usize == actor;
                let lane = entry.lane as usize;
                if fits && outcome.faults.get(lane).is_none_or(Option::is_none) {
                    let line = self
                        .swallows
                        .map_or(0.0, |leaf| self.again.value(block, lane, leaf));
                    first[lane].get_or_insert(entry.value + line);
                }
            }
            margins.extend(first.iter().flatten());
        };
        self.again
            .blocks(engine, self.stances, shift, Record::Ledger, see);
        margins.sort_by(f32::total_cmp);
        let n = margins.len();
        let median = (n > 0).then(|| {
            let (low, high) = (margins[(n - 1) / 2], margins[n / 2]);
            f64::midpoint(f64::from(low), f64::from(high))
        });
        (n as u64, median)
    }

    /// The nearest value at which the median answer turns.
    fn turning(
        &self,
        engine: &mut Engine,
        leaf: Leaf,
        range: (f64, f64),
        margin: Option<f64>,
    ) -> Path {
        let base = self.again.base(leaf);
        let mut at = |value: f64| {
            let by = value - base;
            self.median(engine, Some(Shift { leaf, by })).1
        };
        let (mut found, mut ends) = (Vec::new(), [margin; 2]);
        for (side, end) in [range.0, range.1].into_iter().enumerate() {
            if (end - base).abs() <= f64::EPSILON * base.abs() {
                continue;
            }
            let mut before = base;
            for step in 1..=STEPS {
                let value = base + (end - base) * f64::from(step) / f64::from(STEPS);
                let here = at(value);
                ends[side] = here;
                if turned(margin, here) {
                    found.push(bisected(&mut at, margin, before, value));
                    // The end is told as well.
                    if step < STEPS {
                        ends[side] = at(end);
                    }
                    break;
                }
                before = value;
            }
        }
        let nearest = |one: &f64, other: &f64| {
            let (one, other) = ((one - base).abs(), (other - base).abs());
            one.total_cmp(&other)
        };
        Path {
            leaf,
            base,
            range,
            turns_at: found.into_iter().min_by(nearest),
            ends: (ends[0], ends[1]),
        }
    }
}

/// Whether two margins are different answers; no answer is not another one.
fn turned(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one < 0.0) != (other < 0.0),
        _ => false,
    }
}

/// Where the answer turns between a value before and one after, on the side after.
fn bisected(
    at: &mut impl FnMut(f64) -> Option<f64>,
    margin: Option<f64>,
    before: f64,
    after: f64,
) -> f64 {
    let (mut before, mut after) = (before, after);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(before, after);
        if turned(margin, at(middle)) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

/// Whether a party says yes only to a gain: an applicant, a volunteer, a voter under a majority without a veto.
fn must_gain(scenario: &Scenario, question: Question) -> bool {
    let initiative = &scenario.initiatives[question.initiative];
    let applies = initiative.ladder[..=question.rung]
        .iter()
        .flat_map(|rung| &rung.effects)
        .any(|effect| {
            matches!(effect, Effect::StatusChange { actor, to, .. }
                if *actor == question.actor && !matches!(to, Status::Outsider | Status::Suspended))
        });
    let of_venues = initiative
        .venues
        .iter()
        .map(|org| &scenario.world.organisations[*org].rule);
    let mut rules: Vec<&Rule> = match &initiative.rule {
        Some(rule) => vec![rule],
        None => of_venues.collect(),
    };
    let strict = |rule: &&Rule| {
        if let Rule::SimpleMajority { vetoes } | Rule::QualifiedMajority { vetoes, .. } = rule {
            !vetoes.contains(&question.actor)
        } else {
            matches!(rule, Rule::OptIn { .. })
        }
    };
    rules.retain(strict);
    applies || !rules.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use foedera_scenario::MemorySources;

    const ACTORS: &str = "id,name,number,kind,capability_share,gdp_musd,gdp_per_head_usd,polyarchy,ideal_point,\
        salience.energy,salience.trade,salience.security,autonomy,ambition,net_fuel_export_twh,fuel_export_share,transit_role\n\
        X,X,1,State,0.1,1000,5000,0.5,0,0.2,0.3,0.5,0,0,0,0,0\n\
        Y,Y,2,State,0.1,1000,5000,0.5,0,0.2,0.3,0.5,0.5,0,0,0,0\n";
    const WORLD: &str = r#"World(
        schema: 1, title: "Two", as_of: "2007-12", licence: "fiction",
        organisations: { "O": (title: "O", number: 1, rule: Consensus, meetings: [1, 4, 7, 10], seats: { "X": Member, "Y": Member }) },
        elements: { "rule": (title: "Rule", intrusiveness: 1, build_years: 0) },
        drivers: {}, threats: {}, blocs: {},
    )"#;

    /// X, pushed by a stance, proposes an intrusive rule to Y, who loses nothing but autonomy.
    fn scenario(autonomy: &str) -> Scenario {
        let question = format!(
            r#"Scenario(
            schema: 1, title: "T", world: "world",
            time: (start: "2008-01", end: "2009-12", step: Quarter),
            params: {{ "bargaining.noise": 0, "bargaining.tabling": 50, "relations.noise": 0, "relations.ideal_noise": 0,
                "relations.ideal_common": 0, "dispute.rate": 0, "bargaining.payment_max": 0 }},
            initiatives: {{ "i": (title: "I", venues: ["O"], sponsors: ["X"], stances: {{ "X": (value: 1, source: "test") }},
                ladder: [(rung: "r", depth: 1, effects: [ElementSet(org: "O", element: "rule", to: 1)])]) }},
            uncertainties: {{ "actors.Y.autonomy": {autonomy} }},
            outcomes: [Cohesion(org: "O")],
        )"#
        );
        let sources = MemorySources::default()
            .with("question.ron", question)
            .with("world/world.ron", WORLD)
            .with("world/actors.csv", ACTORS)
            .with("world/dyads.csv", "source,target\n");
        match foedera_scenario::load(&sources, "question.ron", &[], &foedera_sim::catalogue()) {
            Ok(loaded) => loaded.scenario,
            Err(all) => panic!("{all:?}"),
        }
    }

    fn asked(scenario: &Scenario) -> Needs {
        let program = Arc::new(Program::new(Arc::new(scenario.clone())));
        let sample = Sample {
            n: 64,
            seed: 1,
            design: &crate::Design::default(),
            policy: None,
            stances: true,
        };
        let question = Question {
            initiative: 0,
            rung: 0,
            actor: 1,
        };
        needs(scenario, &program, sample, question, &|| ()).unwrap()
    }

    #[test]
    fn the_answer_turns_where_it_says() {
        let scenario = scenario("Uniform(low: 0.05, high: 0.95)");
        // Drawn replicates keep their deviation from the base, so that certain ones leave no room.
        let mut certain = scenario.clone();
        for of in &mut certain.uncertainties {
            of.distribution = Distribution::Triangular {
                low: 0.5 - 1e-9,
                mode: 0.5,
                high: 0.5 + 1e-9,
            };
        }
        assert!(
            asked(&certain).paths[0].turns_at.is_none(),
            "no room to turn"
        );
        let found = asked(&scenario);
        assert!(found.margin.is_some_and(|margin| margin < 0.0), "{found:?}");
        let path = &found.paths[0];
        let info = scenario.leaves.info(path.leaf);
        assert_eq!(info.path, "actors.Y.autonomy");
        let turns_at = path.turns_at.expect("it turns");
        // A yes there, a no one step of the bisection further from it.
        let program = Arc::new(Program::new(Arc::new(scenario.clone())));
        let sample = Sample {
            n: 64,
            seed: 1,
            design: &crate::Design::default(),
            policy: None,
            stances: true,
        };
        let question = Question {
            initiative: 0,
            rung: 0,
            actor: 1,
        };
        let asked = Asked::new(&scenario, &program, sample, question).unwrap();
        let margin = |value: f64| {
            let shift = Shift {
                leaf: path.leaf,
                by: value - 0.5,
            };
            asked.median(&mut asked.again.engine(), Some(shift)).1
        };
        let step = 0.45 / f64::from(STEPS) / f64::from(1 << HALVINGS);
        assert!(margin(turns_at).is_some_and(|margin| margin >= 0.0));
        assert!(margin(turns_at + 1.01 * step).is_some_and(|margin| margin < 0.0));
    }

    #[test]
    fn none_is_an_answer() {
        let found = asked(&scenario("Uniform(low: 0.4, high: 0.6)"));
        assert_eq!(found.paths[0].turns_at, None, "{found:?}");
        assert!(found.paths[0].ends.0.is_some_and(|end| end < 0.0));
        assert!(found.certain > 10, "{found:?}");
    }
}
