//! Projects that take years to build, and what is held again and again.

use std::sync::Arc;

use foedera_scenario::Outcome;
use foedera_sim::batch::Happening;
use foedera_sim::lanes::Lanes;
use foedera_sim::{Block, BlockOutcome, Engine, Isa, Program};

use crate::support::worlds::random_world;
use crate::support::{Classroom, block, inputs, load_from, measure, program, replaced, run};

/// Everybody judges by stance alone, sponsors table at once, and what is agreed is built on time.
const EAGER: [(&str, f32); 9] = [
    ("params.bargaining.noise", 0.0),
    ("params.bargaining.model_error", 0.0),
    ("params.withdrawal.model_error", 0.0),
    ("params.bargaining.stance", 5.0),
    ("params.bargaining.tabling", 50.0),
    ("params.bargaining.drafting", 0.0),
    ("params.project.overrun", 1.0),
    ("params.project.spread", 0.0),
    ("params.project.abandonment", 0.0),
];

/// A classroom with one more initiative, and questions about it.
fn with(initiative: &str, asked: &str) -> Classroom {
    let mut changed = Classroom::read();
    let (head, questions) = ("  initiatives: {\n", "  outcomes: [\n");
    changed.scenario = replaced(
        &changed.scenario,
        head,
        &format!("{head}    {initiative},\n"),
    );
    changed.scenario = replaced(
        &changed.scenario,
        questions,
        &format!("{questions}    {asked},\n"),
    );
    changed
}

/// A pipeline that Brennan builds alone, from the first meeting, five years by plan.
fn pipeline(parties: &str, years: f32) -> String {
    format!(
        "\"pipeline\": (title: \"A pipeline\", parties: {parties}, ladder: [(rung: \"pipe\", depth: 0.4, build_years: {years}, \
         effects: [DriverShift(driver: \"tension\", by: 0.7)])], stances: {{\"BRN\": (value: 1, source: \"none\")}})"
    )
}

fn run_with(program: &Arc<Program>, first: u64, also: &[(&str, f32)]) -> BlockOutcome {
    let mut all = inputs(program, &EAGER);
    for (leaf, lanes) in inputs(program, also) {
        all.retain(|(known, _)| *known != leaf);
        all.push((leaf, lanes));
    }
    run(
        program,
        Isa::detect(),
        &Block {
            inputs: &all,
            ..block(5, first, 64)
        },
    )
}

/// Lanes of the first outcome that a test asks for.
fn answer(program: &Program, outcome: &BlockOutcome, which: impl Fn(&Outcome) -> bool) -> Lanes {
    let asked = program.scenario().outcomes.iter().position(which);
    outcome.outcomes[asked.expect("the question is asked")]
}

fn is_completion(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Completed { .. })
}

/// Agreed at the first step, complete after as many steps as its years have quarters.
#[test]
fn a_project_stands_when_its_time_is_over_and_not_before() {
    for (years, overrun, steps) in [(5.0, 1.0, 20_u32), (5.0, 1.5, 30), (0.3, 1.0, 2)] {
        let asked = "TimeTo(event: Completion(initiative: \"pipeline\")), TimeTo(event: Adoption(initiative: \"pipeline\"))";
        let program = with(&pipeline("[\"BRN\"]", years), asked).program(&[]);
        let late = [("params.project.overrun", overrun)];
        let outcome = run_with(&program, 0, &late);
        for lane in 0..64 {
            let (done, agreed) = (outcome.outcomes[0][lane], outcome.outcomes[1][lane]);
            assert!((agreed - 0.25).abs() < 1e-6, "agreed after {agreed}");
            let exact = 0.25 * (steps + 1) as f32;
            assert!(
                (done - exact).abs() < 1e-4,
                "{years} years: {done} against {exact}"
            );
        }
        // Beside a world where it is never built, tension is the same until then and not after.
        let never = run_with(&program, 0, &[("params.project.overrun", 10.0)]);
        let at = measure(&program, "driver.tension");
        for (step, (ours, theirs)) in outcome.series[at].iter().zip(&never.series[at]).enumerate() {
            // Its effect shows when drivers advance next.
            let same = ours[0].to_bits() == theirs[0].to_bits();
            assert_eq!(same, step <= steps as usize, "{years} years at step {step}");
        }
    }
}

/// Six thousand and four hundred replicates against a probability: five standard errors.
fn assert_share(program: &Arc<Program>, also: &[(&str, f32)], exact: f64, about: &str) {
    let mut engine = Engine::new(program, Isa::detect());
    let mut all = inputs(program, &EAGER);
    for (leaf, lanes) in inputs(program, also) {
        all.retain(|(known, _)| *known != leaf);
        all.push((leaf, lanes));
    }
    let mut sum = 0.0;
    for first in (0..6_400).step_by(64) {
        let outcome = engine.run(&Block {
            inputs: &all,
            ..block(3, first, 64)
        });
        let done = answer(program, &outcome, is_completion);
        sum += done.iter().map(|&done| f64::from(done)).sum::<f64>();
    }
    let (share, error) = (sum / 6_400.0, (exact * (1.0 - exact) / 6_400.0).sqrt());
    assert!(
        (share - exact).abs() < 5.0 * error,
        "{about}: {share} against {exact}"
    );
}

#[test]
fn projects_are_late_and_given_up_as_often_as_their_law_says() {
    let by_end = with(
        &pipeline("[\"BRN\"]", 5.0),
        "Completed(initiative: \"pipeline\")",
    )
    .program(&[]);
    // A builder alone gives up at 0.2 a year for five years: exp(−1).
    let given_up = [("params.project.abandonment", 0.2)];
    assert_share(&by_end, &given_up, (-1.0_f64).exp(), "given up");
    // Two years by plan, agreed in the first quarter of 2001: built by the end of 2003 if the factor is at most
    // 2.75/2 (eleven quarters of work); z = ln(2.75/(2 · 1.27))/0.5 = 0.158 86 and Φ(z) = 0.563 11.
    let asked = "Completed(initiative: \"pipeline\", by: \"2003-12\")";
    let early = with(&pipeline("[\"BRN\"]", 2.0), asked).program(&[]);
    let late = [
        ("params.project.overrun", 1.27),
        ("params.project.spread", 0.5),
    ];
    assert_share(&early, &late, 0.563_11, "late");
}

#[test]
fn those_who_like_one_another_give_up_less() {
    let initiative = pipeline("[\"BRN\", \"CAL\"]", 5.0).replace(
        "\"BRN\": (value: 1",
        "\"CAL\": (value: 1, source: \"none\"), \"BRN\": (value: 1",
    );
    let program = with(&initiative, "Completed(initiative: \"pipeline\")").program(&[]);
    let share = |shift: f32| {
        let also = [
            ("params.project.abandonment", 0.2),
            ("dyads.BRN-CAL.affinity_shift", shift),
        ];
        let outcome = run_with(&program, 0, &also);
        answer(&program, &outcome, is_completion)
            .iter()
            .sum::<f32>()
    };
    assert!(
        share(0.5) > share(-1.5),
        "{} against {}",
        share(0.5),
        share(-1.5)
    );
}

#[test]
fn closing_an_initiative_stops_what_it_builds() {
    let mut changed = with(
        &pipeline("[\"BRN\"]", 5.0),
        "Completed(initiative: \"pipeline\")",
    );
    let policies = "  policies: {\n";
    let stop = "    \"stop\": (title: \"Stop\", from: \"2003-01\", effects: [InitiativeClose(initiative: \"pipeline\")]),\n";
    changed.scenario = replaced(&changed.scenario, policies, &format!("{policies}{stop}"));
    let program = changed.program(&[]);
    let policy = program
        .scenario()
        .policies
        .iter()
        .position(|policy| policy.id == "stop");
    let all = inputs(&program, &EAGER);
    let stopped = Block {
        inputs: &all,
        policy,
        ..block(5, 0, 64)
    };
    let outcome = run(&program, Isa::detect(), &stopped);
    let complete = answer(&program, &outcome, is_completion);
    assert!(complete.iter().all(|&done| done == 0.0));
    let given_up = outcome
        .events
        .iter()
        .filter(|event| matches!(event.what, Happening::Abandoned { .. }));
    // January 2003 is the ninth quarter.
    assert_eq!(
        given_up.map(|event| event.step).collect::<Vec<_>>(),
        [8; 64]
    );
}

#[test]
fn what_waits_for_a_project_waits_until_it_stands() {
    let next = "\"pump\": (title: \"A second line\", parties: [\"BRN\"], conditions: [Completed(initiative: \"pipeline\")], \
                ladder: [(rung: \"line\", depth: 0.2, effects: [DriverShift(driver: \"tension\", by: 0.1)])], \
                stances: {\"BRN\": (value: 1, source: \"none\")})";
    let both = format!("{},\n    {next}", pipeline("[\"BRN\"]", 5.0));
    let asked = "TimeTo(event: Adoption(initiative: \"pump\"))";
    let program = with(&both, asked).program(&[]);
    let outcome = run_with(&program, 0, &[]);
    // Agreed in step 0, complete at the end of step 20, so tabled in step 21: five and a half years from the start.
    for time in outcome.outcomes[0].iter() {
        assert!((time - 5.5).abs() < 1e-5, "{time}");
    }
}

/// A yearly exercise of the League, with the stances of its three members.
fn exercise(min: usize, calder: f32) -> String {
    format!(
        "\"drill\": (title: \"A drill\", venues: [\"LEAGUE\"], rule: OptIn(min: {min}), recurring: true, cadence: EveryMonths(12), \
         ladder: [(rung: \"drill\", depth: 0.3, effects: [ElementAdd(org: \"LEAGUE\", element: \"exercises\", by: 0.02)])], \
         stances: {{\"ARD\": (value: 1, source: \"none\"), \"BRN\": (value: 0.9, source: \"none\"), \
         \"CAL\": (value: {calder}, source: \"none\")}})"
    )
}

const DRILL: &str = "EventCount(event: Holding(initiative: \"drill\")), EventCount(event: Holding(initiative: \"drill\", all: true)), \
                     EventCount(event: Holding(initiative: \"drill\"), from: \"2003-01\", by: \"2005-12\"), \
                     ParticipationShare(initiative: \"drill\"), ParticipationShare(initiative: \"drill\", actor: \"CAL\"), \
                     TookPart(initiative: \"drill\", actor: \"CAL\"), TimeTo(event: Holding(initiative: \"drill\", all: true)), \
                     EventCount(event: Adoption(initiative: \"drill\")), BlockShare(initiative: \"drill\", actor: \"CAL\")";

#[test]
fn an_exercise_is_held_every_season_with_those_who_want_it() {
    let third = 2.0 / 3.0;
    let absent = f32::NAN;
    // The League meets in June: ten seasons. Nobody leaves.
    for (min, calder, expected) in [
        (2, 1.0, [10.0, 10.0, 3.0, 1.0, 1.0, 1.0, 0.5, 1.0, 0.0]),
        (2, -1.0, [10.0, 0.0, 3.0, third, 0.0, 0.0, absent, 1.0, 0.0]),
        (
            3,
            -1.0,
            [0.0, 0.0, 0.0, absent, absent, 0.0, absent, 0.0, 1.0],
        ),
    ] {
        let mut classroom = with(&exercise(min, calder), DRILL);
        // Dunmore would make a fourth member: it asks too late.
        let asks = "(from: \"2003-01\", until: \"2010-12\")";
        classroom.scenario = replaced(
            &classroom.scenario,
            asks,
            "(from: \"2010-12\", until: \"2010-12\")",
        );
        let program = classroom.program(&[]);
        let still = [
            ("organisations.LEAGUE.exit_per_year", 0.0),
            ("organisations.PACT.exit_per_year", 0.0),
        ];
        let outcome = run_with(&program, 0, &still);
        for (at, exact) in expected.into_iter().enumerate() {
            for value in outcome.outcomes[at].iter() {
                let same = (value - exact).abs() < 1e-5 || (value.is_nan() && exact.is_nan());
                assert!(
                    same,
                    "min {min}, Calder {calder}, question {at}: {value} against {exact}"
                );
            }
        }
    }
}

#[test]
fn each_holding_practises_what_is_exercised_and_brings_its_members_nearer() {
    let asked = "Affinity(source: \"ARD\", target: \"BRN\")";
    let with_drill = with(&exercise(2, 1.0), asked).program(&[]);
    let without = with(&exercise(9, 1.0), asked).program(&[]);
    let (held, not) = (run_with(&with_drill, 0, &[]), run_with(&without, 0, &[]));
    let first = |outcome: &BlockOutcome| outcome.outcomes[0].iter().sum::<f32>() / 64.0;
    assert!(
        first(&held) > first(&not),
        "{} against {}",
        first(&held),
        first(&not)
    );
    let maturity = measure(&with_drill, "maturity.LEAGUE");
    let last = |outcome: &BlockOutcome| outcome.series[maturity].last().expect("steps")[0];
    assert!(
        last(&held) > last(&not),
        "{} against {}",
        last(&held),
        last(&not)
    );
}

/// Few let troops go abroad whose sovereignty is dear to them.
#[test]
fn the_sovereign_stay_away() {
    let drill = exercise(1, 0.0).replace("by: 0.02", "by: 0.08");
    let asked = "ParticipationShare(initiative: \"drill\", actor: \"CAL\")";
    let program = with(&drill, asked).program(&[]);
    let share = |autonomy: f32| {
        let also = [
            ("params.bargaining.noise", 0.02),
            ("params.bilateral.effort", 0.5),
            ("actors.CAL.autonomy", autonomy),
        ];
        run_with(&program, 0, &also).outcomes[0].iter().sum::<f32>() / 64.0
    };
    assert!(
        share(0.1) > share(0.9),
        "{} against {}",
        share(0.1),
        share(0.9)
    );
}

/// A vote of named parties: whoever recognises does so alone, and is known by name.
#[test]
fn named_parties_recognise_each_for_itself() {
    let recognition = "\"recognition\": (title: \"Recognition of an island\", parties: [\"DUN\", \"FEN\"], rule: OptIn(min: 1), \
                       ladder: [(rung: \"recognised\", depth: 0.3, effects: [TrustShift(group: Parties, bloc: \"north\", by: -0.4)])], \
                       stances: {\"DUN\": (value: -1, source: \"none\"), \"FEN\": (value: 1, source: \"none\")})";
    let asked = "TookPart(initiative: \"recognition\", actor: \"FEN\"), TookPart(initiative: \"recognition\", actor: \"DUN\"), \
                 Trust(actor: \"FEN\", bloc: \"north\", at: \"2001-03\"), Trust(actor: \"DUN\", bloc: \"north\", at: \"2001-03\")";
    let program = with(recognition, asked).program(&[]);
    let never = with(
        &recognition.replace("\"FEN\": (value: 1", "\"FEN\": (value: -1"),
        asked,
    )
    .program(&[]);
    let also = [("params.trust.speed", 0.0)];
    let (ours, theirs) = (run_with(&program, 0, &also), run_with(&never, 0, &also));
    for lane in 0..64 {
        let recognised = [
            ours.outcomes[0][lane],
            ours.outcomes[1][lane],
            theirs.outcomes[0][lane],
        ];
        assert_eq!(recognised.map(|one| one > 0.5), [true, false, false]);
        assert_eq!(
            ours.outcomes[3][lane].to_bits(),
            theirs.outcomes[3][lane].to_bits()
        );
    }
}

/// The random worlds that both engines agree on do all of this.
#[test]
fn random_worlds_build_give_up_and_hold() {
    let mut seen = [0_u32; 4];
    for seed in 0..320 {
        let program = program(load_from(&random_world(seed), "question.ron", &[]));
        for event in run(&program, Isa::detect(), &block(seed, 0, 64)).events {
            match event.what {
                Happening::Completed { .. } => seen[0] += 1,
                Happening::Abandoned { .. } => seen[1] += 1,
                Happening::Held { all: true, .. } => seen[2] += 1,
                Happening::Held { all: false, .. } => seen[3] += 1,
                _ => {}
            }
        }
    }
    assert!(seen.iter().all(|&n| n > 20), "{seen:?}");
}
