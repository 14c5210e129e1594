//! Orders to the ensemble: what to run, for whom it is collected, what is said meanwhile.

use std::{num::NonZero, sync::Arc, thread};

use foedera_ensemble::{BASE, Before, Design, Repair, Request, Summary};
use foedera_results::{Layout, Sink};
use foedera_scenario::{PolicyIdx, Scenario};
use foedera_sim::{Isa, Program};

use crate::{
    face::Face, failure::Failure, interrupt::Interrupt, nearest, number::plain, progress::Meter,
};

/// What to run.
pub(crate) struct Order {
    /// The scenario.
    pub(crate) scenario: Arc<Scenario>,
    /// Its program.
    pub(crate) program: Arc<Program>,
    /// How often and how.
    pub(crate) request: Request,
}

impl Order {
    /// An order for a scenario under policies; `None` is the base case.
    pub(crate) fn new(
        scenario: Arc<Scenario>,
        policies: Vec<Option<PolicyIdx>>,
        n: u64,
        seed: u64,
        threads: Option<u16>,
    ) -> Self {
        let program = Arc::new(Program::new(Arc::clone(&scenario)));
        let request = Request {
            n,
            first: 0,
            seed,
            design: Design::default(),
            policies,
            threads: threads.map_or_else(cores, usize::from),
            isa: Isa::detect(),
            stances: scenario.stances,
            trajectories: false,
            headline: headline(&scenario),
        };
        Self {
            scenario,
            program,
            request,
        }
    }

    /// What the columns will be.
    ///
    /// # Errors
    /// If the scenario cannot be run by this design.
    pub(crate) fn layout(&self) -> Result<Layout, Failure> {
        let (scenario, program) = (&self.scenario, &self.program);
        Ok(foedera_ensemble::describe(
            scenario,
            program,
            &self.request,
        )?)
    }

    /// Runs it.
    ///
    /// # Errors
    /// If the request makes no sense, or the sink fails.
    pub(crate) fn run(
        &self,
        sink: &mut dyn Sink,
        meter: &Meter,
        interrupt: &Interrupt,
    ) -> Result<Summary, Failure> {
        self.run_on(Before::default(), sink, meter, interrupt)
    }

    /// Runs what is left of it.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn run_on(
        &self,
        before: Before,
        sink: &mut dyn Sink,
        meter: &Meter,
        interrupt: &Interrupt,
    ) -> Result<Summary, Failure> {
        let (scenario, program) = (&self.scenario, &self.program);
        let summary = foedera_ensemble::run_on(
            scenario,
            program,
            &self.request,
            before,
            sink,
            meter,
            interrupt.flag(),
        );
        meter.end();
        Ok(summary?)
    }
}

/// The outcome that leads: the cohesion of the organisation in focus at the end, else the first one.
fn headline(scenario: &Scenario) -> Option<usize> {
    let leads = |outcome: &foedera_scenario::Outcome| matches!(outcome, foedera_scenario::Outcome::Cohesion { org, at: None } if *org == scenario.focus);
    let first = (!scenario.outcomes.is_empty()).then_some(0);
    scenario.outcomes.iter().position(leads).or(first)
}

/// Cores of this machine.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The policy of a name; `base` is the base case.
///
/// # Errors
/// If the scenario has no such policy.
pub(crate) fn policy(scenario: &Scenario, name: &str) -> Result<Option<PolicyIdx>, Failure> {
    if name == BASE {
        return Ok(None);
    }
    let found = scenario
        .policies
        .iter()
        .position(|policy| policy.id == name);
    found.map(Some).ok_or_else(|| {
        let ids = scenario.policies.iter().map(|policy| policy.id.as_str());
        Failure::NoSuchName {
            option: "--policy",
            kind: "policy",
            name: name.to_owned(),
            nearest: nearest::names(name, ids.chain([BASE])),
        }
    })
}

/// The policies of some names, each once.
///
/// # Errors
/// If the scenario lacks one of them, or one is named twice.
pub(crate) fn policies(
    scenario: &Scenario,
    names: &[String],
) -> Result<Vec<Option<PolicyIdx>>, Failure> {
    let mut found = Vec::new();
    for name in names {
        let policy = policy(scenario, name)?;
        if found.contains(&policy) {
            return Err(Failure::NamedTwice {
                option: "--policy",
                name: name.clone(),
            });
        }
        found.push(policy);
    }
    Ok(found)
}

/// Most pairs of contradicting correlations that are named.
const PAIRS: usize = 5;

/// Says which correlations contradicted one another.
pub(crate) fn tell_repairs(face: &Face, scenario: &Scenario, repairs: &[Repair]) {
    if let Some(text) = contradictions(scenario, repairs) {
        face.note(&format!("{} {text}", face.note_paint.doubt("warning:")));
    }
}

/// Which correlations contradict one another, and what is used instead.
pub(crate) fn contradictions(scenario: &Scenario, repairs: &[Repair]) -> Option<String> {
    let path = |leaf| scenario.leaves.info(leaf).path.as_str();
    let pair = |repair: &Repair| {
        format!(
            "{} instead of {} between {} and {}",
            plain(repair.used),
            plain(repair.asked),
            path(repair.first),
            path(repair.second),
        )
    };
    let pairs: Vec<String> = repairs.iter().take(PAIRS).map(pair).collect();
    let more = match repairs.len().saturating_sub(PAIRS) {
        0 => String::new(),
        n => format!(", and {n} more"),
    };
    (!pairs.is_empty()).then(|| {
        format!(
            "the correlations contradict one another; the nearest possible ones are used: {}{more}",
            pairs.join(", ")
        )
    })
}
