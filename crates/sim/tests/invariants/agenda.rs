//! What stands on an agenda, behind a door and at the table: attention, offers, the price of a seat, and trust
//! that effects of the first step move.

use std::sync::Arc;

use foedera_sim::{Block, Engine, Isa, Program};

use crate::support::{Classroom, block, inputs};

const N: u64 = 1_280;

/// Nobody's answer hangs on chance, and no history goes by base rates.
const PLAIN: [(&str, f32); 4] = [
    ("params.bargaining.noise", 0.0),
    ("params.bargaining.model_error", 0.0),
    ("params.bargaining.drafting", 0.0),
    ("params.withdrawal.model_error", 0.0),
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

/// Mean of each outcome.
fn means(program: &Arc<Program>, also: &[(&str, f32)]) -> Vec<f64> {
    let mut engine = Engine::new(program, Isa::detect());
    let mut all = inputs(program, &PLAIN);
    all.extend(inputs(program, also));
    let mut sums = vec![0.0; program.scenario().outcomes.len()];
    for first in (0..N).step_by(64) {
        let outcome = engine.run(&Block {
            inputs: &all,
            ..block(9, first, 64)
        });
        for (sum, lanes) in sums.iter_mut().zip(&outcome.outcomes) {
            *sum += lanes.iter().map(|&value| f64::from(value)).sum::<f64>();
        }
    }
    sums.iter().map(|sum| sum / N as f64).collect()
}

const WATCH: &str = "ladder: [(rung: \"watch\", depth: 0.3, effects: [ElementSet(org: \"LEAGUE\", element: \"raid-watch\", to: 0.8)])]";

#[test]
fn a_door_is_worth_a_share_of_what_is_behind_it() {
    let initiatives = format!(
        "\"key\": (venues: [\"LEAGUE\"], ladder: [(rung: \"key\", depth: 0.1, effects: [InitiativeOpen(initiative: \"watch\")])]), \
         \"watch\": (venues: [\"LEAGUE\"], open: false, {WATCH})"
    );
    let asked = "Adopted(initiative: \"key\"), Adopted(initiative: \"watch\")";
    let program = classroom(&initiatives, asked).program(&[]);
    let at = |door: f32| means(&program, &[("params.bargaining.door", door)]);
    // Worth nothing, nobody tables it; worth something, those who gain behind it do.
    assert!(at(0.0)[0] == 0.0, "{:?}", at(0.0));
    let (some, more) = (at(0.2), at(1.0));
    assert!(some[0] > 0.1 && more[0] > some[0], "{some:?}, {more:?}");
    assert!(more[1] > 0.1, "{more:?}");
}

#[test]
fn what_is_eager_crowds_out_the_rest_of_its_agenda() {
    let other = |venue: &str| {
        let there = WATCH.replace("LEAGUE", venue);
        let initiatives = format!(
            "\"article\": (venues: [\"LEAGUE\"], ladder: [(rung: \"article\", depth: 0.2, effects: [ElementSet(org: \"LEAGUE\", element: \"exercises\", to: 0.6)])]), \
             \"watch\": (venues: [\"{venue}\"], {there})"
        );
        classroom(
            &initiatives,
            "Adopted(initiative: \"article\", by: \"2003-12\")",
        )
        .program(&[])
    };
    let (here, there) = (other("LEAGUE"), other("PACT"));
    let at = |program: &Arc<Program>, attention: f32| {
        means(program, &[("params.bargaining.attention", attention)])[0]
    };
    // Alone on its agenda it is tabled as before, whatever attention costs.
    assert!((at(&there, 0.0) - at(&there, 5.0)).abs() < 1e-9);
    assert!(at(&here, 5.0) < at(&here, 0.0) - 0.05, "{}", at(&here, 5.0));
}

#[test]
fn a_seat_more_has_its_price_for_those_who_sit() {
    let joins = "\"dunmore\": (venues: [\"LEAGUE\"], parties: [\"DUN\"], sponsors: [\"DUN\"], \
                 ladder: [(rung: \"seat\", depth: 0.5, effects: [StatusChange(org: \"LEAGUE\", actor: \"DUN\", to: Member)])], \
                 stances: {\"DUN\": (value: 1, source: \"none\")})";
    let program = classroom(joins, "Adopted(initiative: \"dunmore\")").program(&[]);
    let at = |control: f32, discord: f32| {
        let also = [
            ("params.bargaining.stance", 5.0),
            ("params.bargaining.tabling", 50.0),
            ("params.bargaining.threshold", 0.2),
            ("params.membership.control", control),
            ("params.membership.discord", discord),
        ];
        means(&program, &also)[0]
    };
    let (free, dear, disliked) = (at(0.0, 0.0), at(10.0, 0.0), at(0.0, 5.0));
    assert!(free > 0.9, "{free}");
    assert!(dear < 0.1 && disliked < 0.1, "{dear}, {disliked}");
}

#[test]
fn trust_keeps_what_the_first_step_adds() {
    let mut warmed = classroom(
        "",
        "Trust(actor: \"CAL\", bloc: \"south\", at: \"2001-01\"), Trust(actor: \"CAL\", bloc: \"south\", at: \"2004-01\")",
    );
    let policy = ", policies: {\"warm\": (effects: [TrustShift(group: Actors([\"CAL\"]), bloc: \"south\", by: 0.2)])})";
    let end = warmed.scenario.len() - 1;
    warmed.scenario.replace_range(end.., policy);
    let program = warmed.program(&[]);
    let mut engine = Engine::new(&program, Isa::detect());
    let mut at = |policy: Option<usize>| {
        engine
            .run(&Block {
                policy,
                ..block(3, 0, 64)
            })
            .outcomes
    };
    let (plain, warm) = (at(None), at(Some(0)));
    for lane in 0..64 {
        let lift = |outcome: usize| warm[outcome][lane] - plain[outcome][lane];
        assert!((lift(0) - 0.2).abs() < 1e-5, "{}", lift(0));
        // Trust goes to where it rests at .15 a year; what is left of the lift shrinks alike.
        assert!(lift(1) > 0.05 && lift(1) < 0.2, "{}", lift(1));
    }
}
