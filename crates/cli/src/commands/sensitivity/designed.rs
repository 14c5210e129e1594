//! Morris and Sobol': runs of their own, in which factors are moved apart.

use foedera_analysis::sensitivity::{
    luck,
    morris::{self, Radial},
    sobol::{self, Saltelli},
};
use foedera_ensemble::moved::{Moved, Moves};

use super::{
    Args, Method, Report, Subject,
    findings::{self, AtYear, Finding, OfOutcome},
    sample::Failed,
};
use crate::{face::Face, failure::Failure, interrupt::Interrupt, number, progress::Meter};

/// Most histories of one analysis: some hours.
const HISTORIES_MAX: u64 = 20_000_000;

/// Draws and replicates of each method, if nobody says.
const MORRIS: (u64, u64) = (64, 2);
const SOBOL: (u64, u64) = (256, 4);

/// Runs the design and estimates; nothing if interrupted.
pub(super) fn run(args: &Args, face: &Face, subject: &Subject) -> Result<Option<Report>, Failure> {
    if args.when.is_some() {
        return Err(Failure::WrongDesign {
            what: format!(
                "--when splits a sample, and {} has none",
                args.method.name()
            ),
            remedy: "leave it out, or use --method given-data".to_owned(),
        });
    }
    let moves = moves(args, subject)?;
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let label = subject.asked.first().map_or("", |of| of.label.as_str());
    let meter = Meter::start(face, args.progress, moves.n(), label);
    let run = match args.method {
        Method::Morris => moves.radial(&subject.scenario, &meter, interrupt.flag()),
        _ => moves.saltelli(&subject.scenario, &meter, interrupt.flag()),
    };
    meter.end();
    let found = run?;
    if found.interrupted {
        return Ok(None);
    }
    let names: Vec<String> = subject.factors.iter().map(|of| of.name.clone()).collect();
    let estimator = Estimator {
        method: args.method,
        moves: &moves,
        found: &found,
        names: &names,
    };
    let outcomes = (0..subject.asked.len()).map(|idx| estimator.outcome(subject, idx));
    let design = match args.method {
        Method::Morris => "radial design on a Latin hypercube",
        _ => "Saltelli's design on a scrambled Sobol' sequence",
    };
    Ok(Some(Report {
        method: args.method,
        design: design.to_owned(),
        points: moves.points,
        replicates: moves.replicates,
        histories: found.histories,
        outcomes: outcomes.collect(),
        failed: Failed::of_study(subject, &found.failures, found.histories),
        of_a_run: false,
    }))
}

fn moves(args: &Args, subject: &Subject) -> Result<Moves, Failure> {
    let (points, replicates) = if args.method == Method::Morris {
        MORRIS
    } else {
        SOBOL
    };
    let replicates = args.replicates.unwrap_or(replicates);
    if replicates < 2 {
        return Err(Failure::WrongDesign {
            what: format!(
                "{} needs several replicates of each draw",
                args.method.name()
            ),
            remedy: "use --replicates 2 or more: then luck can be told from what the inputs do"
                .to_owned(),
        });
    }
    let request = super::order(args, subject).request;
    let moves = Moves {
        outcomes: subject.times.outcomes(&subject.asked),
        factors: subject.factors.iter().map(|of| of.leaves.clone()).collect(),
        points: args.n.unwrap_or(points).max(2),
        replicates,
        policy: subject.policy,
        stances: subject.scenario.stances,
        seed: subject.seed,
        threads: request.threads,
        isa: request.isa,
    };
    let histories = moves.histories_saltelli();
    if histories > HISTORIES_MAX {
        return Err(Failure::Model {
            what: format!(
                "run {} histories for {} inputs: at most {}",
                number::count(histories),
                number::count(moves.factors.len() as u64),
                number::count(HISTORIES_MAX)
            ),
            help: "screen with --method morris first and name those that matter with --inputs, move kinds of \
                   inputs together with --group, or take fewer draws with -n",
        });
    }
    Ok(moves)
}

/// Estimates from the values of a design.
struct Estimator<'a> {
    method: Method,
    moves: &'a Moves,
    found: &'a Moved,
    names: &'a [String],
}

impl Estimator<'_> {
    fn outcome(&self, subject: &Subject, idx: usize) -> OfOutcome {
        let asked = &subject.asked[idx];
        let places = subject.times.places(&subject.asked, idx);
        let years = subject.times.months.iter().zip(&places);
        let over_time: Vec<AtYear> = years
            .map(|(month, place)| AtYear {
                at: *month,
                finding: self.finding(&[*place]),
            })
            .collect();
        let aggregates = self.method == Method::Sobol && places.len() > 1;
        OfOutcome {
            outcome: asked.text.clone(),
            name: asked.name.clone(),
            label: asked.label.clone(),
            unit: asked.unit.clone(),
            finding: self.finding(&[idx]),
            over_time,
            all_years: aggregates.then(|| self.finding(&places)),
        }
    }

    /// The indices of one outcome, or of several added up.
    fn finding(&self, outcomes: &[usize]) -> Finding {
        let r = usize::try_from(self.moves.replicates).unwrap_or(usize::MAX);
        let of = |outcome: usize| -> Vec<Vec<f64>> {
            let moved = self.found.moved.iter();
            moved.map(|factor| factor[outcome].clone()).collect()
        };
        if self.method == Method::Morris {
            let outcome = outcomes[0];
            let design = Radial {
                replicates: r,
                base: self.found.base[outcome].clone(),
                moved: of(outcome),
                steps: self.found.steps.clone(),
            };
            let luck = luck::split(&design.base, r, self.moves.seed);
            let effects = morris::effects(&design, self.moves.seed);
            return findings::of_morris(effects, luck, self.names);
        }
        let designs: Vec<Saltelli> = outcomes
            .iter()
            .map(|&outcome| Saltelli {
                replicates: r,
                a: self.found.base[outcome].clone(),
                b: self.found.other[outcome].clone(),
                ab: of(outcome),
                ba: Vec::new(),
            })
            .collect();
        findings::of_sobol(sobol::indices(&designs, self.moves.seed), self.names)
    }
}
