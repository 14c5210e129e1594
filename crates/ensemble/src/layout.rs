//! Describes the columns of a run: turns a scenario and its program into a plain [`Layout`].
//!
//! Everything that results and their readers know of a scenario's meaning comes from here: names, labels,
//! units, ranges, kinds of events and faults. Relies on [`foedera_scenario::outcome_text`].

use std::collections::BTreeSet;

use foedera_results::Layout;
use foedera_results::layout::{
    Column, InitiativeColumn, MeasureColumn, Name, OutcomeColumn, OutcomeKind, StepDate,
};
use foedera_scenario::{
    Arithmetic, EventKind, Leaf, Month, Outcome, PolicyIdx, Scenario, Status, outcome_text,
};
use foedera_sim::Program;
use foedera_sim::batch::DECIDING_TERMS;

/// Id of the base case among the arms.
pub const BASE: &str = "base";

/// Kinds of events, in the order of their index.
pub(crate) const EVENT_KINDS: [(&str, &str); 13] = [
    ("shock", "A shock fired"),
    ("adopted", "A rung was adopted"),
    ("blocked", "A proposal was blocked"),
    ("paid", "A sponsor paid a sole blocker"),
    ("status", "A status changed"),
    ("dispute", "A militarised dispute"),
    ("policy", "A policy took effect"),
    ("held", "A recurring initiative was held"),
    ("completed", "What a rung builds is complete"),
    ("abandoned", "What a rung was building was given up"),
    (
        "deployed",
        "An organisation's forces were sent into an actor",
    ),
    ("base", "A bloc's presence in an actor grew or shrank"),
    (
        "unforeseen",
        "The adoption that follows went by base rates (model error)",
    ),
];

/// Kinds of faults, in the order of their index.
pub(crate) const FAULT_KINDS: [(&str, &str); 3] = [
    ("not_finite", "a value was not finite"),
    ("out_of_bounds", "a value left its bounds"),
    ("too_many_events", "more events than a replicate may have"),
];

/// Most events that a count is expected to reach; more are counted beyond the histogram's edge.
const EVENTS_EXPECTED: f64 = 1023.0;
/// Most ratios are expected to stay within this.
const RATIO_EXPECTED: f64 = 10.0;
/// Sums of utility terms and signals stay within this, by the scales of the law.
const UTILITY_EXPECTED: f64 = 5.0;

/// Describes the columns of a run of some policies with the drawn leaves.
pub fn layout(
    scenario: &Scenario,
    program: &Program,
    policies: &[Option<PolicyIdx>],
    drawn: impl IntoIterator<Item = Leaf>,
) -> Layout {
    let mut taken = BTreeSet::new();
    Layout {
        arms: policies
            .iter()
            .map(|&policy| arm(scenario, policy))
            .collect(),
        inputs: drawn
            .into_iter()
            .map(|leaf| input(scenario, leaf, &mut taken))
            .collect(),
        outcomes: scenario
            .outcomes
            .iter()
            .map(|outcome| column(scenario, program, outcome, &mut taken))
            .collect(),
        measures: program
            .measures()
            .iter()
            .map(|measure| MeasureColumn {
                name: measure.path.clone(),
                label: measure.title.clone(),
                unit: measure.unit.clone(),
                low: measure.low,
                high: measure.high,
            })
            .collect(),
        steps: (0..scenario.time.n_steps())
            .map(|idx| step(scenario, idx))
            .collect(),
        initiatives: scenario
            .initiatives
            .iter()
            .map(|initiative| InitiativeColumn {
                id: initiative.id.clone(),
                title: initiative.title.clone(),
                rungs: initiative
                    .ladder
                    .iter()
                    .map(|rung| Name::new(&rung.id, &rung.title))
                    .collect(),
            })
            .collect(),
        actors: scenario
            .world
            .actors
            .iter()
            .map(|actor| Name::new(&actor.id, &actor.name))
            .collect(),
        terms: DECIDING_TERMS.map(str::to_owned).to_vec(),
        event_kinds: EVENT_KINDS.map(|(id, title)| Name::new(id, title)).to_vec(),
        fault_kinds: FAULT_KINDS.map(|(id, title)| Name::new(id, title)).to_vec(),
        labels: Labels::new(scenario).names,
    }
}

fn arm(scenario: &Scenario, policy: Option<PolicyIdx>) -> Name {
    let Some(idx) = policy else {
        return Name::new(BASE, "Base case");
    };
    let policy = scenario.policies.get(idx);
    policy.map_or_else(
        || Name::new(format!("policy-{idx}"), "Not a policy of the scenario"),
        |policy| Name::new(&policy.id, &policy.title),
    )
}

fn step(scenario: &Scenario, idx: usize) -> StepDate {
    let month = scenario.time.month_of(idx);
    StepDate {
        year: month.year(),
        month: month.of_year().cast_unsigned(),
    }
}

fn input(scenario: &Scenario, leaf: Leaf, taken: &mut BTreeSet<String>) -> Column {
    let info = scenario.leaves.info(leaf);
    Column {
        name: unique(&info.path, taken),
        label: format!("Drawn value of {}", info.path),
        unit: info.unit.clone(),
    }
}

fn column(
    scenario: &Scenario,
    program: &Program,
    outcome: &Outcome,
    taken: &mut BTreeSet<String>,
) -> OutcomeColumn {
    let (kind, low, high) = range(scenario, program, outcome);
    OutcomeColumn {
        name: unique(&name(scenario, outcome), taken),
        label: outcome_text::title(scenario, outcome),
        text: outcome_text::write_outcome(scenario, outcome),
        unit: unit(scenario, outcome),
        kind,
        low,
        high,
    }
}

/// A name that no other column has: a second one gets a number.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}#{number}");
        number += 1;
    }
    free
}

fn unit(scenario: &Scenario, outcome: &Outcome) -> String {
    match outcome {
        Outcome::TimeTo { .. } => "years".to_owned(),
        Outcome::DriverLevel { driver, .. } => scenario.world.drivers[*driver].unit.clone(),
        Outcome::State { of, .. } => of.unit().to_owned(),
        _ => String::new(),
    }
}

/// Kind of an outcome and the range of its histogram.
fn range(scenario: &Scenario, program: &Program, outcome: &Outcome) -> (OutcomeKind, f64, f64) {
    use OutcomeKind::{Count, Number, Time, Truth};
    match outcome {
        outcome if outcome.is_truth() => (Truth, 0.0, 1.0),
        // Whole numbers in the middle of their bins.
        Outcome::Count { org, .. } => {
            let org = &scenario.world.organisations[*org];
            let counted = scenario.value(org.counted_seats) + f64::from(org.counted_candidates);
            (
                Count,
                -0.5,
                (scenario.world.actors.len() as f64 + counted).round() + 0.5,
            )
        }
        Outcome::EventCount { .. } => (Count, -0.5, EVENTS_EXPECTED + 0.5),
        Outcome::TimeTo { .. } => (
            Time,
            0.0,
            scenario.time.n_steps() as f64 * scenario.time.years_per_step(),
        ),
        Outcome::DriverLevel { driver, .. } => {
            let (low, high) = driver_range(scenario, program, *driver);
            (Number, low, high)
        }
        Outcome::Affinity { .. } | Outcome::Trust { .. } => (Number, -1.0, 1.0),
        Outcome::State { of, .. } => {
            let (low, high) = of.range(scenario);
            (Number, low, high)
        }
        Outcome::Utility { .. } | Outcome::Antagonism { .. } => {
            (Number, -UTILITY_EXPECTED, UTILITY_EXPECTED)
        }
        Outcome::Cohesion { .. }
        | Outcome::CohesionPart { .. }
        | Outcome::Maturity { .. }
        | Outcome::Implementation { .. }
        | Outcome::Level { .. }
        | Outcome::Depth { .. }
        | Outcome::BlockShare { .. }
        | Outcome::Presence { .. }
        | Outcome::ParticipationShare { .. } => (Number, 0.0, 1.0),
        Outcome::Constant(value) => (Number, *value, *value),
        Outcome::Computed { by, left, right } => {
            let (_, low, high) = range(scenario, program, left);
            let (_, other_low, other_high) = range(scenario, program, right);
            let (low, high) = computed(*by, (low, high), (other_low, other_high));
            (Number, low, high)
        }
        _ => (Truth, 0.0, 1.0),
    }
}

/// The range of what two ranges are computed into; a ratio's is a guess, since it has no bound.
fn computed(by: Arithmetic, one: (f64, f64), other: (f64, f64)) -> (f64, f64) {
    let (low, high) = match by {
        Arithmetic::Sum => (one.0 + other.0, one.1 + other.1),
        Arithmetic::Difference => (one.0 - other.1, one.1 - other.0),
        Arithmetic::Product => {
            let ends = [
                one.0 * other.0,
                one.0 * other.1,
                one.1 * other.0,
                one.1 * other.1,
            ];
            let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
            (low, ends.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        }
        Arithmetic::Ratio => (-RATIO_EXPECTED, RATIO_EXPECTED),
    };
    if low < high {
        (low, high)
    } else {
        (low - 0.5, low + 0.5)
    }
}

/// The range of the driver's own measure, else of its floor and ceiling.
fn driver_range(scenario: &Scenario, program: &Program, driver: usize) -> (f64, f64) {
    let driver = &scenario.world.drivers[driver];
    let path = format!("driver.{}", driver.id);
    let measure = program
        .measures()
        .iter()
        .find(|measure| measure.path == path);
    measure.map_or(
        (scenario.value(driver.floor), scenario.value(driver.ceiling)),
        |measure| (measure.low, measure.high),
    )
}

/// Name of an outcome's column, in the manner of the measures: `cohesion.SCO.affinity@2015-12`.
fn name(scenario: &Scenario, outcome: &Outcome) -> String {
    let name = name_at_any_time(scenario, outcome);
    if let Outcome::EventCount {
        from: Some(from),
        by,
        ..
    } = outcome
    {
        return format!("{name}@{from}..{}", by.unwrap_or(scenario.time.end));
    }
    month(outcome).map_or(name.clone(), |month| format!("{name}@{month}"))
}

/// The month at or by which an outcome is read, if it names one.
const fn month(outcome: &Outcome) -> Option<Month> {
    match outcome {
        Outcome::Cohesion { at, .. }
        | Outcome::CohesionPart { at, .. }
        | Outcome::Maturity { at, .. }
        | Outcome::Implementation { at, .. }
        | Outcome::Level { at, .. }
        | Outcome::Count { at, .. }
        | Outcome::HasStatus { at, .. }
        | Outcome::Depth { at, .. }
        | Outcome::DriverLevel { at, .. }
        | Outcome::Affinity { at, .. }
        | Outcome::Trust { at, .. }
        | Outcome::Presence { at, .. }
        | Outcome::Utility { at, .. }
        | Outcome::Antagonism { at, .. }
        | Outcome::State { at, .. } => *at,
        Outcome::Adopted { by, .. }
        | Outcome::Completed { by, .. }
        | Outcome::TookPart { by, .. }
        | Outcome::EventCount { by, .. }
        | Outcome::Happened { by, .. } => *by,
        _ => None,
    }
}

fn name_at_any_time(scenario: &Scenario, outcome: &Outcome) -> String {
    let world = &scenario.world;
    let org = |idx: &usize| &world.organisations[*idx].id;
    let actor = |idx: &usize| &world.actors[*idx].id;
    let bloc = |idx: &usize| &world.blocs[*idx].id;
    match outcome {
        Outcome::Cohesion { org: o, .. } => format!("cohesion.{}", org(o)),
        Outcome::CohesionPart { org: o, part, .. } => {
            format!("cohesion.{}.{}", org(o), part.name())
        }
        Outcome::Maturity { org: o, .. } => format!("maturity.{}", org(o)),
        Outcome::Implementation { org: o, .. } => format!("implementation.{}", org(o)),
        Outcome::Level {
            org: o, element, ..
        } => format!("level.{}.{}", org(o), world.elements[*element].id),
        Outcome::Count { org: o, status, .. } => {
            format!("count.{}.{}", org(o), status.name().to_lowercase())
        }
        Outcome::HasStatus {
            actor: a,
            org: o,
            status,
            ..
        } => {
            let status = status.name().to_lowercase();
            format!("status.{}.{}.{status}", actor(a), org(o))
        }
        Outcome::Adopted { .. }
        | Outcome::Completed { .. }
        | Outcome::TookPart { .. }
        | Outcome::ParticipationShare { .. }
        | Outcome::Depth { .. }
        | Outcome::BlockShare { .. } => name_of_initiative(scenario, outcome),
        Outcome::TimeTo { event } => format!("years_to.{}", event_name(scenario, event)),
        Outcome::EventCount { event, from, .. } => {
            format!("events.{}{}", event_name(scenario, event), since(*from))
        }
        Outcome::Happened { event, from, .. } => {
            format!("happened.{}{}", event_name(scenario, event), since(*from))
        }
        Outcome::DriverLevel { driver, .. } => format!("driver.{}", world.drivers[*driver].id),
        Outcome::Affinity { source, target, .. } => {
            format!("affinity.{}-{}", actor(source), actor(target))
        }
        Outcome::Trust {
            actor: a, bloc: b, ..
        } => format!("trust.{}.{}", actor(a), bloc(b)),
        Outcome::Presence {
            actor: a, bloc: b, ..
        } => format!("presence.{}.{}", actor(a), bloc(b)),
        Outcome::Utility {
            actor: a,
            org: o,
            term,
            ..
        } => {
            let term = term.map_or(String::new(), |term| format!(".{}", term.name()));
            format!("utility.{}.{}{term}", actor(a), org(o))
        }
        Outcome::Antagonism {
            org: o, bloc: b, ..
        } => format!("antagonism.{}.{}", org(o), bloc(b)),
        Outcome::State { of, .. } => of.column(scenario),
        // The text says best what it is made of.
        combined => outcome_text::write_outcome(scenario, combined),
    }
}

/// Name of an outcome that asks about an initiative.
fn name_of_initiative(scenario: &Scenario, outcome: &Outcome) -> String {
    let at = |initiative: &usize| &scenario.initiatives[*initiative];
    let actor = |idx: &usize| scenario.world.actors[*idx].id.as_str();
    match outcome {
        Outcome::Adopted {
            initiative, rung, ..
        } => format!(
            "adopted.{}.{}",
            at(initiative).id,
            at(initiative).ladder[*rung].id
        ),
        Outcome::Completed {
            initiative, rung, ..
        } => format!(
            "completed.{}.{}",
            at(initiative).id,
            at(initiative).ladder[*rung].id
        ),
        Outcome::TookPart {
            initiative,
            actor: a,
            ..
        } => format!("took_part.{}.{}", at(initiative).id, actor(a)),
        Outcome::ParticipationShare {
            initiative,
            actor: a,
        } => {
            let who = a.map_or_else(String::new, |a| format!(".{}", actor(&a)));
            format!("participation.{}{who}", at(initiative).id)
        }
        Outcome::Depth { initiative, .. } => format!("depth.{}", at(initiative).id),
        Outcome::BlockShare {
            initiative,
            actor: a,
        } => format!("block_share.{}.{}", at(initiative).id, actor(a)),
        other => unreachable!("{other:?} asks about no initiative"),
    }
}

/// The month from which events count, as part of a name.
fn since(from: Option<Month>) -> String {
    from.map_or(String::new(), |month| format!("@{month}.."))
}

fn event_name(scenario: &Scenario, event: &EventKind) -> String {
    let world = &scenario.world;
    let of = |verb: &str, org: usize, actor: &Option<usize>| {
        let who = actor.map_or(String::new(), |actor| {
            format!(".{}", world.actors[actor].id)
        });
        format!("{verb}.{}{who}", world.organisations[org].id)
    };
    let at = |verb: &str, initiative: usize, rung: usize| {
        let initiative = &scenario.initiatives[initiative];
        format!("{verb}.{}.{}", initiative.id, initiative.ladder[rung].id)
    };
    match event {
        EventKind::Adoption { initiative, rung } => at("adoption", *initiative, *rung),
        EventKind::Completion { initiative, rung } => at("completion", *initiative, *rung),
        EventKind::Abandonment { initiative, rung } => at("abandonment", *initiative, *rung),
        EventKind::Holding {
            initiative,
            rung,
            all,
        } => {
            let verb = if *all { "holding_by_all" } else { "holding" };
            at(verb, *initiative, *rung)
        }
        EventKind::Withdrawal { org, actor } => of("withdrawal", *org, actor),
        EventKind::Suspension { org, actor } => of("suspension", *org, actor),
        EventKind::Accession { org, actor } => of("accession", *org, actor),
        EventKind::Dispute { pair, org, lethal } => {
            let verb = if *lethal { "lethal_dispute" } else { "dispute" };
            let pair = pair.map_or(String::new(), |(source, target)| {
                format!(".{}-{}", world.actors[source].id, world.actors[target].id)
            });
            let org = org.map_or(String::new(), |org| {
                format!(".{}", world.organisations[org].id)
            });
            format!("{verb}{pair}{org}")
        }
        EventKind::Deployment { org, actor } => of("deployment", *org, actor),
        EventKind::Base {
            bloc,
            actor,
            opened,
        } => {
            let verb = if *opened {
                "base_opened"
            } else {
                "base_closed"
            };
            let who = actor.map_or(String::new(), |actor| {
                format!(".{}", world.actors[actor].id)
            });
            format!("{verb}.{}{who}", world.blocs[*bloc].id)
        }
        EventKind::StatusGained { org, actor, status } => {
            of(&status.name().to_lowercase(), *org, actor)
        }
        EventKind::Payment { initiative, actor } => {
            let over = initiative.map_or(String::new(), |idx| {
                format!(".{}", scenario.initiatives[idx].id)
            });
            let who = actor.map_or(String::new(), |idx| format!(".{}", world.actors[idx].id));
            format!("payment{over}{who}")
        }
        EventKind::Shock { shock } => format!("shock.{}", scenario.shocks[*shock].id),
    }
}

/// Where each name that events refer to stands in the layout's labels.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    names: Vec<String>,
    pub(crate) shocks: u32,
    pub(crate) initiatives: u32,
    /// First rung of each initiative.
    pub(crate) rungs: Vec<u32>,
    pub(crate) actors: u32,
    pub(crate) organisations: u32,
    pub(crate) statuses: u32,
    pub(crate) policies: u32,
    pub(crate) terms: u32,
    /// Term that made a member leave.
    pub(crate) worths: u32,
    pub(crate) effect: u32,
    pub(crate) exclusive: u32,
    pub(crate) unforeseen: u32,
    pub(crate) returned: u32,
    pub(crate) lethal: u32,
    pub(crate) everybody: u32,
    pub(crate) blocs: u32,
    pub(crate) opened: u32,
    pub(crate) closed: u32,
}

impl Labels {
    /// Lists every name.
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut list = |more: Vec<String>| {
            let from = u32::try_from(names.len()).expect("a scenario has far fewer names");
            names.extend(more);
            from
        };
        let world = &scenario.world;
        let shocks = list(ids(&scenario.shocks, |shock| &shock.id));
        let initiatives = list(ids(&scenario.initiatives, |initiative| &initiative.id));
        let ladders = scenario.initiatives.iter().map(|of| &of.ladder);
        let rungs = ladders
            .map(|ladder| list(ids(ladder, |rung| &rung.id)))
            .collect();
        let actors = list(ids(&world.actors, |actor| &actor.id));
        let organisations = list(ids(&world.organisations, |org| &org.id));
        let statuses = list(Status::ALL.map(|status| status.name().to_owned()).to_vec());
        let policies = list(ids(&scenario.policies, |policy| &policy.id));
        let terms = list(DECIDING_TERMS.map(str::to_owned).to_vec());
        let worths = list(DECIDING_TERMS.map(|term| format!("worth: {term}")).to_vec());
        let effect = list(vec!["effect".to_owned()]);
        let exclusive = list(vec!["exclusive treaty".to_owned()]);
        let returned = list(vec!["returned".to_owned()]);
        let lethal = list(vec!["lethal".to_owned()]);
        let everybody = list(vec!["everybody".to_owned()]);
        let blocs = list(ids(&world.blocs, |bloc| &bloc.id));
        let opened = list(vec!["opened".to_owned()]);
        let closed = list(vec!["closed".to_owned()]);
        let unforeseen = list(vec!["unforeseen".to_owned()]);
        Self {
            names,
            shocks,
            initiatives,
            rungs,
            actors,
            organisations,
            statuses,
            policies,
            terms,
            worths,
            effect,
            exclusive,
            unforeseen,
            returned,
            lethal,
            everybody,
            blocs,
            opened,
            closed,
        }
    }
}

fn ids<T>(all: &[T], id: impl Fn(&T) -> &String) -> Vec<String> {
    all.iter().map(|one| id(one).clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::test_data;

    #[test]
    fn columns_have_names_labels_and_ranges() {
        let scenario = Arc::new(test_data::scenario());
        let program = Program::new(scenario.clone());
        let drawn: Vec<Leaf> = scenario.uncertainties.iter().map(|of| of.leaf).collect();
        let layout = layout(&scenario, &program, &[None], drawn);
        assert_eq!(layout.arms[0].id, BASE);
        assert_eq!(
            layout.steps[0],
            StepDate {
                year: 2008,
                month: 1
            }
        );
        assert_eq!(layout.steps.len(), scenario.time.n_steps());
        assert_eq!(
            layout.inputs[0].name,
            scenario.leaves.info(scenario.uncertainties[0].leaf).path
        );
        let names: Vec<&str> = layout
            .outcomes
            .iter()
            .map(|col| col.name.as_str())
            .collect();
        assert_eq!(
            names[..3],
            ["cohesion.A", "adopted.link.mou", "years_to.withdrawal.A"]
        );
        assert!(
            layout
                .outcomes
                .iter()
                .all(|col| !col.label.is_empty() && col.low < col.high)
        );
        assert_eq!(layout.outcomes[1].kind, OutcomeKind::Truth);
        assert_eq!(layout.outcomes[2].unit, "years");
    }

    #[test]
    fn a_second_column_of_the_same_name_gets_a_number() {
        let mut taken = BTreeSet::new();
        let names = ["x", "x", "y", "x"].map(|name| unique(name, &mut taken));
        assert_eq!(names, ["x", "x#2", "y", "x#3"]);
    }
}
