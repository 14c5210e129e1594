//! Exclusive treaties, moratoria, payments and model error, on a classroom in which nothing else happens.

use std::sync::Arc;

use foedera_sim::batch::{Cause, Happening};
use foedera_sim::{Block, Engine, Isa, Program};

use crate::support::{Classroom, block, inputs, replaced};

const N: u64 = 1_280;
const YEARS: f64 = 10.0;

/// What makes members leave for other reasons, switched off.
const LOYAL: [(&str, f32); 4] = [
    ("organisations.LEAGUE.exit_per_year", 0.0),
    ("organisations.PACT.exit_per_year", 0.0),
    ("params.withdrawal.model_error", 0.0),
    ("params.withdrawal.link", 0.4),
];

/// The classroom with these initiatives and outcomes only.
fn classroom(initiatives: &str, outcomes: &str) -> Classroom {
    let mut classroom = Classroom::read();
    classroom.scenario = format!(
        "Scenario(schema: 1, title: \"T\", question: \"?\", world: \"worlds/classroom\", \
         time: (start: \"2001-01\", end: \"2010-12\", step: Quarter), focus: \"LEAGUE\",\n \
         initiatives: {{{initiatives}}},\n outcomes: [{outcomes}])"
    );
    classroom
}

/// Both organisations alliances, with one state in both.
fn dual(classroom: Classroom) -> Classroom {
    let world = replaced(&classroom.world, "\"DUN\": Observer", "\"DUN\": Member");
    let world = replaced(
        &world,
        "\"talks\": 0.2 }",
        "\"talks\": 0.2, \"assistance\": 0.6 }",
    );
    Classroom { world, ..classroom }
}

const LEAVING: &str = "EventCount(event: Withdrawal(org: \"LEAGUE\", actor: \"DUN\")), \
                       EventCount(event: Withdrawal(org: \"PACT\", actor: \"DUN\"))";

/// Outcomes of every replicate, `[outcome][replicate]`, and what happened in all.
fn histories(program: &Arc<Program>, set: &[(&str, f32)]) -> (Vec<Vec<f64>>, Vec<Happening>) {
    let mut engine = Engine::new(program, Isa::detect());
    let inputs = inputs(program, set);
    let mut all = vec![Vec::new(); program.scenario().outcomes.len()];
    let mut told = Vec::new();
    for first in (0..N).step_by(64) {
        let outcome = engine.run(&Block {
            inputs: &inputs,
            ..block(5, first, 64)
        });
        for (all, lanes) in all.iter_mut().zip(&outcome.outcomes) {
            all.extend(lanes.iter().map(|&value| f64::from(value)));
        }
        told.extend(outcome.events.iter().map(|event| event.what));
    }
    (all, told)
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// A share of replicates must lie within four standard errors of what is expected.
fn assert_share(found: f64, expected: f64, about: &str) {
    let error = (expected * (1.0 - expected) / N as f64).sqrt();
    assert!(
        (found - expected).abs() <= 4.0 * error + 1e-9,
        "{about}: {found} is not {expected} ± {error}"
    );
}

/// Share of the replicates in which the dual member leaves one of the two.
fn departures(classroom: &Classroom, set: &[(&str, f32)]) -> f64 {
    let all: Vec<(&str, f32)> = LOYAL.iter().chain(set).copied().collect();
    let (outcomes, told) = histories(&classroom.program(&[]), &all);
    for what in told {
        if let Happening::StatusChanged { cause, .. } = what {
            assert_eq!(cause, Cause::Exclusive, "nobody leaves for another reason");
        }
    }
    let both: Vec<f64> = outcomes[0]
        .iter()
        .zip(&outcomes[1])
        .map(|(one, other)| one + other)
        .collect();
    assert!(
        both.iter().all(|left| *left <= 1.0),
        "who has chosen is free"
    );
    mean(&both)
}

#[test]
fn a_member_of_two_alliances_that_exclude_one_another_leaves_the_lesser() {
    let rate = 0.1;
    let set = [("params.withdrawal.choice", rate)];
    let open = dual(classroom("", LEAVING));
    assert_share(departures(&open, &set), 0.0, "no treaty is exclusive");
    let mut closed = dual(classroom("", LEAVING));
    closed.world = replaced(
        &closed.world,
        "exit_per_year: 0.01, bloc: \"south\"",
        "exit_per_year: 0.01, exclusive: true, bloc: \"south\"",
    );
    let expected = 1.0 - (-f64::from(rate) * YEARS).exp();
    assert_share(departures(&closed, &set), expected, "a treaty is exclusive");
    let weak = [
        ("params.withdrawal.choice", rate),
        ("organisations.LEAGUE.levels.assistance", 0.49),
    ];
    assert_share(
        departures(&closed, &weak),
        0.0,
        "one of the two is no alliance",
    );
    // What is left is the one that does less against the raiders.
    closed.world = replaced(
        &closed.world,
        "\"talks\": 0.2, ",
        "\"talks\": 0.2, \"raid-watch\": 0.01, ",
    );
    closed.world = replaced(
        &closed.world,
        "\"assistance\": 0.5 }",
        "\"assistance\": 0.5, \"raid-watch\": 0.01 }",
    );
    let program = closed.program(&[]);
    let left = |watchful: &'static str| {
        let set = [
            ("params.withdrawal.choice", rate),
            (watchful, 1.0),
            ("actors.DUN.exposure.raids", 5.0),
        ];
        let all: Vec<(&str, f32)> = LOYAL.into_iter().chain(set).collect();
        let (outcomes, _) = histories(&program, &all);
        (mean(&outcomes[0]), mean(&outcomes[1]))
    };
    let (league, pact) = left("organisations.LEAGUE.levels.raid-watch");
    assert!(
        league < pact,
        "the League watches: {league} leave it, {pact} the Pact"
    );
    let (league, pact) = left("organisations.PACT.levels.raid-watch");
    assert!(
        league > pact,
        "the Pact watches: {league} leave the League, {pact} it"
    );
}

#[test]
fn an_exclusive_article_forbids_another_and_a_link_allows_it() {
    let rate = 0.1;
    let expected = 1.0 - (-f64::from(rate) * YEARS).exp();
    let mut world = dual(classroom("", LEAVING));
    world.world = replaced(
        &world.world,
        "mutual_assistance: 1, requires",
        "exclusive: true, mutual_assistance: 0, requires",
    );
    world.world = replaced(
        &world.world,
        "  elements: {\n",
        "  elements: {\n    \"bond\": (title: \"Agreement\", links_to: \"PACT\"),\n",
    );
    let level = "organisations.LEAGUE.levels.bond";
    world.world = replaced(
        &world.world,
        "\"assistance\": 0.6 }",
        "\"assistance\": 0.6, \"bond\": 0.1 }",
    );
    let with = |bond: f32| departures(&world, &[("params.withdrawal.choice", rate), (level, bond)]);
    assert_share(with(0.39), expected, "a memorandum is no agreement");
    assert_share(with(0.41), 0.0, "an agreement links them");
}

#[test]
fn a_moratorium_holds_until_it_is_lifted() {
    let joins = "\"joins\": (venues: [\"LEAGUE\"], parties: [\"DUN\"], sponsors: [\"DUN\"], open: false, ladder: [(rung: \"accession\", depth: 0.1, \
                 effects: [StatusChange(org: \"LEAGUE\", actor: \"DUN\", to: Member)])])";
    let lifts = "\"lifts\": (venues: [\"LEAGUE\"], ladder: [(rung: \"opening\", depth: 0.1, effects: [InitiativeOpen(initiative: \"joins\")])])";
    // Base rates, so that all that may be adopted is adopted now and then.
    let set = [
        ("params.bargaining.model_error", 1.0),
        ("params.bargaining.base_rate", 1.0),
    ];
    let joined = "TimeTo(event: Accession(org: \"LEAGUE\", actor: \"DUN\"))";
    let (closed, _) = histories(&classroom(joins, joined).program(&[]), &set);
    assert!(
        closed[0].iter().all(|time| time.is_nan()),
        "nobody joins what is closed"
    );
    let outcomes =
        format!("{joined}, TimeTo(event: Adoption(initiative: \"lifts\", rung: \"opening\"))");
    let (open, _) = histories(
        &classroom(&format!("{joins}, {lifts}"), &outcomes).program(&[]),
        &set,
    );
    let pairs: Vec<(f64, f64)> = open[0]
        .iter()
        .copied()
        .zip(open[1].iter().copied())
        .filter(|(joined, _)| !joined.is_nan())
        .collect();
    assert!(pairs.len() > 500, "{} accessions", pairs.len());
    assert!(
        pairs.iter().all(|(joined, lifted)| joined > lifted),
        "first the moratorium is lifted"
    );
}

#[test]
fn base_rates_adopt_at_their_rate_in_their_share_of_histories() {
    let pact = "\"pact\": (venues: [\"LEAGUE\"], ladder: [(rung: \"pact\", depth: 0.8, effects: [ElementSet(org: \"LEAGUE\", element: \"assistance\", to: 0.8)])])";
    let program = classroom(pact, "Adopted(initiative: \"pact\", rung: \"pact\")").program(&[]);
    // Ten meetings, each for a year, and a law under which nobody ever tables.
    let never = [
        ("params.bargaining.base_depth", 2.0),
        ("params.bargaining.tabling", 0.0),
        ("params.bargaining.drafting", 0.0),
    ];
    let base = 1.0 - (-0.13 * (-2.0 * 0.8_f64).exp() * YEARS).exp();
    for share in [0.0, 0.5, 1.0] {
        let set: Vec<(&str, f32)> = never
            .into_iter()
            .chain([("params.bargaining.model_error", share)])
            .collect();
        let (adopted, told) = histories(&program, &set);
        assert_share(
            mean(&adopted[0]),
            f64::from(share) * base,
            "adopted by base rates",
        );
        let foreseen = |what: &&Happening| matches!(what, Happening::Unforeseen { .. });
        let reached = adopted[0].iter().filter(|adopted| **adopted > 0.5).count();
        assert_eq!(
            told.iter().filter(foreseen).count(),
            reached,
            "each says so"
        );
    }
}

#[test]
fn the_keenest_pays_the_only_one_in_the_way() {
    let pact = |sponsor: &str| {
        format!(
            "\"pact\": (venues: [\"LEAGUE\"], sponsors: [\"{sponsor}\"], ladder: [(rung: \"pact\", depth: 0.8, effects: [ElementSet(org: \"LEAGUE\", element: \"talks\", \
             to: 0.3)])], stances: {{\"ARD\": (value: 1, source: \"none\"), \"CAL\": (value: -0.3, source: \"none\")}})"
        )
    };
    let asked = "EventCount(event: Payment(initiative: \"pact\", actor: \"CAL\")), EventCount(event: Payment())";
    let set = [
        ("params.bargaining.stance", 5.0),
        ("params.bargaining.payment_max", 5.0),
        ("params.bargaining.model_error", 0.0),
    ];
    let (paid, told) = histories(&classroom(&pact("ARD"), asked).program(&[]), &set);
    // Calder's loss is about 1.5; Ardel, three times as strong, pays 1.5 · (0.3 + 0.1)/0.3 = 2 of its 5.
    assert!(mean(&paid[0]) > 0.5, "{}", mean(&paid[0]));
    let mut to_calder = 0;
    let payments = told.iter().filter_map(|what| match what {
        Happening::Paid { payer, actor, .. } => Some((*payer, *actor)),
        _ => None,
    });
    for (payer, actor) in payments {
        assert_eq!(payer, 0, "Ardel is the keenest");
        to_calder += u32::from(actor == 2);
    }
    let counted: f64 = paid[0].iter().sum();
    assert!(
        (counted - f64::from(to_calder)).abs() < 1e-9,
        "{counted} counted, {to_calder} told"
    );
}
