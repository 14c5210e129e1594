//! What is compared, and the outcomes of every replicate under every alternative: read from a run that recorded
//! them, or had by letting the replicates happen.

use std::sync::Arc;

use foedera_analysis::compare::{Asked, Better};
use foedera_ensemble::{Arm, Design, Study, design::Need};
use foedera_results::{Provenance, Results, layout::OutcomeKind};
use foedera_scenario::{Look, Month, Outcome, Scenario, outcome_text, parse_target};
use serde::Serialize;

use super::{Args, N, arms};
use crate::{
    face::{Face, complain},
    failure::Failure,
    interrupt::Interrupt,
    progress::Meter,
    results_folder, scenario_file, table_file,
    work::{self, Order},
};

/// Dates at which it is looked whether histories have parted.
const DATES: usize = 24;

/// Who is compared.
pub(super) struct Alternatives {
    pub(super) order: Order,
    pub(super) arms: Vec<Named>,
    pub(super) provenance: Provenance,
    /// The run, if there is one.
    results: Option<Results>,
}

/// One alternative.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) title: String,
    /// Whether it was written on the command line.
    pub(super) inline: bool,
    policy: Option<usize>,
}

/// An outcome that is wanted.
pub(super) struct Wanted {
    name: String,
    kind: OutcomeKind,
    outcome: Outcome,
    better: Better,
    threshold: bool,
}

/// What the replicates say.
pub(super) struct Answers {
    pub(super) asked: Vec<Asked>,
    /// Replicates that failed under any alternative: left out under all.
    pub(super) failed: usize,
    /// When histories part, by pair; empty if the run's own columns answered.
    pub(super) parted: Vec<Parted>,
}

/// When the histories of two alternatives part.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Parted {
    /// Place of the alternative.
    pub(super) alternative: usize,
    /// Place of the one it is held against.
    pub(super) against: usize,
    /// The first date at which half of the replicates have parted, if half do.
    pub(super) half_by: Option<String>,
    /// Share of replicates that have parted by the end.
    pub(super) at_end: f64,
}

impl Alternatives {
    /// Consecutive replicates that share their inputs.
    pub(super) fn per_point(&self) -> usize {
        usize::try_from(self.order.request.design.per_point).unwrap_or(1)
    }
}

/// Reads who is to be compared.
pub(super) fn alternatives(args: &Args, face: &Face) -> Result<Alternatives, Failure> {
    let (mut scenario, results, provenance) = source(args, face)?;
    scenario.stances &= !args.no_stances;
    let mut inline = Vec::new();
    for text in &args.arm {
        let policy = arms::read(&scenario, text)?;
        let taken = scenario.policies.iter().any(|of| of.id == policy.id);
        if taken || policy.id == foedera_ensemble::BASE {
            return Err(Failure::NamedTwice {
                option: "--arm",
                name: policy.id,
            });
        }
        inline.push(scenario.policies.len());
        scenario.policies.push(policy);
    }
    let mut policies = chosen(args, &scenario, results.as_ref(), &inline)?;
    policies.extend(inline.iter().map(|idx| Some(*idx)));
    if policies.len() < 2 {
        return Err(Failure::Model {
            what: "compare a single alternative".to_owned(),
            help: "name at least two with --policies, or write one with --arm 'name: path=value'",
        });
    }
    let named = |policy: &Option<usize>| Named {
        id: policy.map_or(foedera_ensemble::BASE.to_owned(), |idx| {
            scenario.policies[idx].id.clone()
        }),
        title: policy.map_or("the base case".to_owned(), |idx| {
            scenario.policies[idx].title.clone()
        }),
        inline: policy.is_some_and(|idx| inline.contains(&idx)),
        policy: *policy,
    };
    let arms = policies.iter().map(named).collect();
    let manifest = results.as_ref().map(|results| &results.manifest);
    let n = manifest.map_or(args.n.unwrap_or(N), |of| of.completed);
    let seed = manifest.map_or(args.seed.unwrap_or(1), |of| of.origin.seed);
    let mut order = Order::new(Arc::new(scenario), policies, n, seed, args.threads);
    if let Some(manifest) = manifest {
        order.request.first = manifest.origin.first;
        order.request.design = design_of(manifest.origin.design.clone())?;
    }
    Ok(Alternatives {
        order,
        arms,
        provenance,
        results,
    })
}

/// The design of a run, if a comparison's intervals hold for it.
fn design_of(design: Design) -> Result<Design, Failure> {
    design
        .require("a comparison", Need::Independent)
        .map_err(|unfit| Failure::Model {
            what: format!("compare on this run: {unfit}"),
            help: "compare the scenario file itself, which draws every replicate on its own",
        })?;
    Ok(design)
}

/// The scenario, and the run if one is given.
fn source(args: &Args, face: &Face) -> Result<(Scenario, Option<Results>, Provenance), Failure> {
    if !args.source.is_dir() {
        let loaded = scenario_file::load(face, &args.source, &args.set)?;
        let seed = args.seed.unwrap_or(1);
        let provenance = table_file::of_file(&loaded, &args.set, seed);
        return Ok((loaded.scenario, None, provenance));
    }
    for (given, option) in [
        (args.n.is_some(), "--replicates"),
        (args.seed.is_some(), "--seed"),
        (!args.set.is_empty(), "--set"),
    ] {
        if given {
            return Err(Failure::OfTheRun { option });
        }
    }
    let results = results_folder::open(&args.source)?;
    let mut scenario = crate::commands::replay::scenario_of(&args.source, &results.manifest)?;
    scenario.stances = results.manifest.origin.stances;
    let provenance = table_file::of_results(&results.manifest);
    Ok((scenario, Some(results), provenance))
}

/// The policies that are compared.
fn chosen(
    args: &Args,
    scenario: &Scenario,
    results: Option<&Results>,
    inline: &[usize],
) -> Result<Vec<Option<usize>>, Failure> {
    if !args.policies.is_empty() {
        return work::policies(scenario, &args.policies);
    }
    if let Some(results) = results {
        let ids = results.manifest.layout.arms.iter();
        return ids.map(|arm| work::policy(scenario, &arm.id)).collect();
    }
    let all = (0..scenario.policies.len()).filter(|idx| !inline.contains(idx));
    let of_file: Vec<Option<usize>> = if inline.is_empty() {
        all.map(Some).collect()
    } else {
        Vec::new()
    };
    Ok([None].into_iter().chain(of_file).collect())
}

/// Reads which outcomes and thresholds are wanted.
pub(super) fn wanted(args: &Args, asked: &Alternatives) -> Result<Vec<Wanted>, Failure> {
    let scenario = &asked.order.scenario;
    let mut wanted = Vec::new();
    if args.outcome.is_empty() {
        let layout = asked.order.layout()?;
        for (outcome, column) in scenario.outcomes.iter().zip(layout.outcomes) {
            wanted.push(Wanted {
                name: column.name,
                kind: column.kind,
                outcome: outcome.clone(),
                better: Better::Higher,
                threshold: false,
            });
        }
    }
    for text in &args.outcome {
        wanted.push(outcome(asked, text)?);
    }
    let mut thresholds = Vec::new();
    for text in &args.satisfy {
        let read = target(scenario, "--satisfy", text)?;
        if !read.is_truth() {
            return Err(Failure::Model {
                what: format!("read --satisfy `{text}`: it is true or false of no replicate"),
                help: "compare an outcome with a number, as in --satisfy 'Cohesion(org: \"X\") >= 0.5'",
            });
        }
        thresholds.push(read);
    }
    let all = (thresholds.len() > 1).then(|| {
        (
            "all thresholds".to_owned(),
            Outcome::All {
                of: thresholds.clone(),
            },
        )
    });
    let each = thresholds
        .into_iter()
        .map(|of| (outcome_text::write_outcome(scenario, &of), of));
    wanted.extend(each.chain(all).map(|(name, outcome)| Wanted {
        name,
        kind: OutcomeKind::Truth,
        outcome,
        better: Better::Higher,
        threshold: true,
    }));
    Ok(wanted)
}

/// One outcome with the way it is better.
fn outcome(asked: &Alternatives, text: &str) -> Result<Wanted, Failure> {
    let scenario = &asked.order.scenario;
    let (better, text) = match text.split_once(':') {
        Some((word, rest)) if word.trim() == "lower" => (Better::Lower, rest.trim()),
        Some((word, rest)) if word.trim() == "higher" => (Better::Higher, rest.trim()),
        _ => (Better::Higher, text.trim()),
    };
    let layout = asked.order.layout()?;
    let known = layout
        .outcomes
        .iter()
        .position(|column| column.name == text);
    let outcome = match known {
        Some(idx) => scenario.outcomes[idx].clone(),
        None => target(scenario, "--outcome", text)?,
    };
    let known = known.or_else(|| scenario.outcomes.iter().position(|of| *of == outcome));
    let (name, kind) = match known.map(|idx| &layout.outcomes[idx]) {
        Some(column) => (column.name.clone(), column.kind),
        None => (
            outcome_text::write_outcome(scenario, &outcome),
            if outcome.is_truth() {
                OutcomeKind::Truth
            } else {
                OutcomeKind::Number
            },
        ),
    };
    Ok(Wanted {
        name,
        kind,
        outcome,
        better,
        threshold: false,
    })
}

fn target(scenario: &Scenario, option: &str, text: &str) -> Result<Outcome, Failure> {
    let read = parse_target(scenario, option, text).map_err(|mistakes| {
        for one in &mistakes {
            complain(one.to_text(Look::Plain).trim_end());
        }
        Failure::Model {
            what: format!("read {option} `{text}`"),
            help: "write an outcome as the scenario file does, or name the column of one that it records",
        }
    })?;
    Ok(read.into_outcome())
}

/// Answers; nothing if interrupted.
pub(super) fn answers(
    args: &Args,
    face: &Face,
    asked: &Alternatives,
    wanted: &[Wanted],
) -> Result<Option<Answers>, Failure> {
    if let Some(values) = recorded(asked, wanted)? {
        return Ok(Some(Answers {
            asked: named(wanted, values),
            failed: 0,
            parted: Vec::new(),
        }));
    }
    let (scenario, request) = (&asked.order.scenario, &asked.order.request);
    let dates = dates(scenario);
    let mut outcomes: Vec<Outcome> = wanted.iter().map(|one| one.outcome.clone()).collect();
    outcomes.extend(dates.iter().map(|at| Outcome::Cohesion {
        org: scenario.focus,
        at: Some(*at),
    }));
    let arm = |arm: &Named| Arm {
        stances: request.stances,
        ..Arm::policy(arm.policy)
    };
    let study = Study {
        outcomes,
        arms: asked.arms.iter().map(arm).collect(),
        n: request.n,
        first: request.first,
        seed: request.seed,
        design: request.design.clone(),
        threads: request.threads,
        isa: request.isa,
    };
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let meter = Meter::start(face, args.progress, request.n, &scenario.title);
    let found = study.run(scenario, &meter, interrupt.flag());
    meter.end();
    let found = found?;
    if found.completed < request.n {
        return Ok(None);
    }
    let failed = found.failed_anywhere();
    // A point of a nested design of which one replicate failed is left out as a whole.
    let per_point = asked.per_point();
    let lost = |place: usize| {
        let first = place / per_point * per_point;
        failed.range(first..first + per_point).next().is_some()
    };
    let good = |values: &Vec<f64>| -> Vec<f64> {
        let all = values.iter().enumerate();
        all.filter(|(place, _)| !lost(*place))
            .map(|(_, value)| *value)
            .collect()
    };
    let of = |outcome: usize| -> Vec<Vec<f64>> {
        let arms = found.values.iter();
        arms.map(|arm| good(&arm[outcome])).collect()
    };
    let values = (0..wanted.len()).map(of).collect();
    let paths: Vec<Vec<Vec<f64>>> = (wanted.len()..wanted.len() + dates.len()).map(of).collect();
    Ok(Some(Answers {
        asked: named(wanted, values),
        failed: failed.len(),
        parted: parted(asked.arms.len(), &dates, &paths),
    }))
}

fn named(wanted: &[Wanted], values: Vec<Vec<Vec<f64>>>) -> Vec<Asked> {
    let pairs = wanted.iter().zip(values);
    pairs
        .map(|(one, values)| Asked {
            name: one.name.clone(),
            kind: one.kind,
            better: one.better,
            threshold: one.threshold,
            values,
        })
        .collect()
}

/// What the run recorded, if it recorded all of it and no replicate failed: `[outcome][arm][replicate]`.
fn recorded(
    asked: &Alternatives,
    wanted: &[Wanted],
) -> Result<Option<Vec<Vec<Vec<f64>>>>, Failure> {
    let Some(results) = &asked.results else {
        return Ok(None);
    };
    let manifest = &results.manifest;
    let scenario = &asked.order.scenario;
    let of_the_run = manifest.origin.stances == scenario.stances
        && results.aggregates.n_failed() == 0
        && asked
            .arms
            .iter()
            .all(|arm| manifest.layout.arm(&arm.id).is_some());
    if !of_the_run {
        return Ok(None);
    }
    let mut values = Vec::new();
    for one in wanted {
        let text = outcome_text::write_outcome(scenario, &one.outcome);
        let column = manifest.layout.outcomes.iter().find(|of| of.text == text);
        let Some(column) = column else {
            return Ok(None);
        };
        let of = asked.arms.iter();
        let of = of.map(|arm| results.runs_of(&arm.id, &column.name));
        values.push(of.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(Some(values))
}

/// Months over the scenario, evenly, the end among them.
fn dates(scenario: &Scenario) -> Vec<Month> {
    let n = scenario.time.n_steps();
    let mut steps: Vec<usize> = (1..=DATES)
        .map(|date| (date * n).div_ceil(DATES) - 1)
        .collect();
    steps.dedup();
    steps
        .into_iter()
        .map(|step| scenario.time.month_of(step))
        .collect()
}

/// When the histories of each two alternatives part: when the leading organisation's cohesion first differs.
fn parted(n_arms: usize, dates: &[Month], paths: &[Vec<Vec<f64>>]) -> Vec<Parted> {
    let mut all = Vec::new();
    for alternative in 1..n_arms {
        for against in 0..alternative {
            let n = paths.first().map_or(0, |date| date[0].len());
            let mut by_date = vec![0_usize; dates.len()];
            for replicate in 0..n {
                let differs = |date: &Vec<Vec<f64>>| {
                    date[alternative][replicate].to_bits() != date[against][replicate].to_bits()
                };
                if let Some(first) = paths.iter().position(differs) {
                    by_date[first..].iter_mut().for_each(|count| *count += 1);
                }
            }
            let half = by_date.iter().position(|count| 2 * count >= n && n > 0);
            #[expect(clippy::cast_precision_loss, reason = "a share shown with two digits")]
            let at_end = by_date
                .last()
                .map_or(0.0, |count| *count as f64 / n.max(1) as f64);
            all.push(Parted {
                alternative,
                against,
                half_by: half.map(|date| dates[date].to_string()),
                at_end,
            });
        }
    }
    all
}
