//! Forces abroad: deployments inside a member, a bloc's presence in a host, and trust that follows joint work.

use std::sync::Arc;

use foedera_sim::batch::Happening;
use foedera_sim::{Block, BlockOutcome, Isa, Program};

use crate::support::worlds::random_world;
use crate::support::{Classroom, block, inputs, load_from, program, replaced, run};

/// Everybody judges by stance and law without chance, and sponsors table at once.
const EAGER: [(&str, f32); 5] = [
    ("params.bargaining.model_error", 0.0),
    ("params.bargaining.noise", 0.0),
    ("params.bargaining.stance", 5.0),
    ("params.bargaining.tabling", 50.0),
    ("params.bargaining.drafting", 0.0),
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

fn run_with(program: &Arc<Program>, policy: Option<&str>, also: &[(&str, f32)]) -> BlockOutcome {
    let mut all = inputs(program, &EAGER);
    all.extend(inputs(program, also));
    let policies = &program.scenario().policies;
    let policy = policy.map(|id| {
        let found = policies.iter().position(|policy| policy.id == id);
        found.expect("the policy is in the file")
    });
    let how = Block {
        inputs: &all,
        policy,
        ..block(5, 0, 64)
    };
    run(program, Isa::detect(), &how)
}

/// Mean of the outcome at a place.
fn mean(outcome: &BlockOutcome, at: usize) -> f32 {
    outcome.outcomes[at].iter().sum::<f32>() / 64.0
}

/// Forces of the League's exercises sent to Brennan after an incident at its border.
fn aid(stance: f32) -> String {
    format!(
        "\"aid\": (title: \"Forces for Brennan\", venues: [\"LEAGUE\"], recurring: true, \
         conditions: [ShockWithin(shock: \"border-incident\", months: 12)], \
         ladder: [(rung: \"forces\", depth: 0.4, effects: [Deploy(org: \"LEAGUE\", element: \"exercises\", actor: \"BRN\")])], \
         stances: {{\"ARD\": (value: {stance}, source: \"none\"), \"BRN\": (value: {stance}, source: \"none\"), \
         \"CAL\": (value: {stance}, source: \"none\")}})"
    )
}

const SENT: &str = "EventCount(event: Deployment(org: \"LEAGUE\")), EventCount(event: Deployment(org: \"LEAGUE\", actor: \"CAL\")), \
                    Utility(actor: \"BRN\", org: \"LEAGUE\", term: Security)";

#[test]
fn forces_go_where_something_happened_and_only_if_there_are_any() {
    let program = with(&aid(1.0), SENT).program(&[]);
    let outcome = run_with(&program, None, &[]);
    let shock = program
        .scenario()
        .shocks
        .iter()
        .position(|shock| shock.id == "border-incident");
    let shock = u32::try_from(shock.expect("the shock is in the file")).expect("few shocks");
    let mut deployed = 0;
    for event in &outcome.events {
        if !matches!(event.what, Happening::Deployed { .. }) {
            continue;
        }
        deployed += 1;
        // Twelve months are four quarters.
        let before = outcome.events.iter().any(|other| {
            other.lane == event.lane
                && matches!(other.what, Happening::Shock { shock: fired } if fired == shock)
                && (other.step..=other.step + 4).contains(&event.step)
        });
        assert!(before, "{event:?}");
    }
    assert!(deployed > 64, "{deployed} deployments");
    assert!((mean(&outcome, 0) - deployed as f32 / 64.0).abs() < 1e-4);
    assert!(mean(&outcome, 1) == 0.0);
    let unarmed = [("organisations.LEAGUE.levels.exercises", 0.0)];
    let quiet =
        with(&aid(1.0), SENT).program(&["initiatives.league-defence.ladder.exercises.depth=0.3"]);
    let without_ladder = Classroom {
        scenario: replaced(
            &with(&aid(1.0), SENT).scenario,
            "ElementSet(org: \"LEAGUE\", element: \"exercises\", to: 0.7)",
            "TrustShift(group: Members(\"LEAGUE\"), bloc: \"south\", by: -0.01)",
        )
        .replace(
            "ElementSet(org: \"LEAGUE\", element: \"exercises\", to: 0.8),",
            "",
        ),
        ..Classroom::read()
    }
    .program(&[]);
    assert!(mean(&run_with(&quiet, None, &[]), 0) > 1.0);
    assert!(mean(&run_with(&without_ladder, None, &unarmed), 0) == 0.0);
}

/// Without stances: whoever prizes its sovereignty fears the precedent.
#[test]
fn the_sovereign_block_a_deployment() {
    let asked = "BlockShare(initiative: \"aid\", actor: \"CAL\"), EventCount(event: Deployment(org: \"LEAGUE\"))";
    let program = with(&aid(0.0), asked).program(&[]);
    let held = |autonomy: f32| {
        let also = [
            ("actors.CAL.autonomy", autonomy),
            ("params.forces.precedent", 0.22),
        ];
        run_with(&program, None, &also)
    };
    let (meek, proud) = (held(0.0), held(1.0));
    assert!(
        mean(&meek, 1) > mean(&proud, 1),
        "{} against {}",
        mean(&meek, 1),
        mean(&proud, 1)
    );
}

/// Calder hosts a base of the south.
const BASE: &str = "\"base\": (title: \"A base\", parties: [\"CAL\"], \
                    ladder: [(rung: \"base\", depth: 0.4, effects: [PresenceAdd(actor: \"CAL\", bloc: \"south\", by: 0.5)])], \
                    stances: {\"CAL\": (value: 1, source: \"none\")})";

#[test]
fn a_base_is_in_its_host_and_near_its_neighbours() {
    let asked = "Presence(actor: \"CAL\", bloc: \"south\"), Presence(actor: \"ARD\", bloc: \"south\"), \
                 Presence(actor: \"ESK\", bloc: \"south\"), EventCount(event: Base(bloc: \"south\", actor: \"CAL\")), \
                 EventCount(event: Base(bloc: \"south\", opened: false)), EventCount(event: Base(bloc: \"north\"))";
    let program = with(BASE, asked).program(&[]);
    let outcome = run_with(&program, None, &[]);
    // Ardel borders on Calder: 0.4 of 0.5; Esker is of the south and does not fear itself.
    for (at, exact) in [0.5, 0.2, 0.0, 1.0, 0.0, 0.0].into_iter().enumerate() {
        assert!(
            (mean(&outcome, at) - exact).abs() < 1e-5,
            "question {at}: {}",
            mean(&outcome, at)
        );
    }
}

/// A world in which the north presses on regimes, and its forces stand in Dunmore from the start.
fn hosting() -> Classroom {
    let close = "\"leave\": (title: \"The base closes\", parties: [\"DUN\"], \
                 ladder: [(rung: \"leave\", depth: 0.05, effects: [PresenceAdd(actor: \"DUN\", bloc: \"north\", by: -0.5)])])";
    let asked = "TimeTo(event: Base(bloc: \"north\", actor: \"DUN\", opened: false)), EventCount(event: Base(bloc: \"north\", opened: false))";
    let mut changed = with(close, asked);
    changed.world = replaced(
        &changed.world,
        "  threats: {\n",
        "  threats: {\n    \"unfree\": (title: \"Pressure on regimes\", kind: Regime(bloc: \"north\"), driver: \"tension\", public_share: 0),\n",
    );
    changed.actors = changed
        .actors
        .lines()
        .map(|line| match line.split(',').next() {
            Some("id") => format!("{line},presence.north,exposure.unfree\n"),
            Some("DUN") => format!("{line},0.5,1\n"),
            Some(text) if text.starts_with('#') => format!("{line}\n"),
            _ => format!("{line},0,1\n"),
        })
        .collect();
    changed.world = replaced(
        &changed.world,
        "    \"actors.exposure.raids\":",
        "    \"actors.exposure.unfree\": (unit: \"exposure 0..1\", year: \"2000\", source: \"fiction\", judgement: true),\n    \
             \"actors.presence.north\": (unit: \"index 0..1\", year: \"2000\", source: \"fiction\", judgement: true),\n    \
             \"actors.exposure.raids\":",
    );
    changed
}

/// A host under pressure from those whose base it hosts closes it; one that is paid well keeps it.
#[test]
fn pressure_on_the_regime_closes_a_base_and_rent_keeps_it() {
    let program = hosting().program(&[]);
    let closed = |also: &[(&str, f32)]| mean(&run_with(&program, None, also), 1);
    let calm = closed(&[
        ("actors.DUN.exposure.unfree", 0.0),
        ("params.base.rent", 0.04),
    ]);
    let pressed = closed(&[
        ("actors.DUN.exposure.unfree", 1.0),
        ("params.base.rent", 0.04),
    ]);
    assert!(pressed > calm, "{pressed} against {calm}");
    let poor = closed(&[
        ("actors.DUN.exposure.unfree", 0.6),
        ("params.base.rent", 2.0),
    ]);
    let unpaid = closed(&[
        ("actors.DUN.exposure.unfree", 0.6),
        ("params.base.rent", 0.0),
    ]);
    assert!(poor < unpaid, "{poor} against {unpaid}");
}

/// Whatever moves relations but joint acts, switched off.
const STILL: [(&str, f32); 5] = [
    ("params.relations.noise", 0.0),
    ("params.relations.ideal_noise", 0.0),
    ("params.relations.ideal_common", 0.0),
    ("params.dispute.rate", 0.0),
    ("shocks.border-incident.per_year", 0.0),
];

/// Work together with members of a bloc lifts trust in it by way of affinity, and the lift fades.
#[test]
fn joint_work_lifts_trust_for_a_while() {
    let joint = |stance: f32| {
        format!(
            "\"work\": (title: \"Joint work\", parties: [\"CAL\", \"ESK\"], \
             ladder: [(rung: \"work\", depth: 0.9, effects: [InitiativeClose(initiative: \"work\")])], \
             stances: {{\"CAL\": (value: {stance}, source: \"none\"), \"ESK\": (value: {stance}, source: \"none\")}})"
        )
    };
    let asked = "Trust(actor: \"CAL\", bloc: \"south\", at: \"2003-01\"), Trust(actor: \"CAL\", bloc: \"south\", at: \"2010-10\")";
    let lift = |at: usize| {
        let (ours, theirs) = (
            with(&joint(1.0), asked).program(&[]),
            with(&joint(-1.0), asked).program(&[]),
        );
        let also = [
            ("params.relations.joint", 0.06),
            // Quick to follow and quick to forget, so that ten years show both.
            ("params.relations.similarity", 0.5),
            ("params.trust.speed", 2.0),
        ];
        let all: Vec<(&str, f32)> = STILL.iter().chain(&also).copied().collect();
        let (ours, theirs) = (run_with(&ours, None, &all), run_with(&theirs, None, &all));
        ours.outcomes[at][0] - theirs.outcomes[at][0]
    };
    let (soon, late) = (lift(0), lift(1));
    assert!(soon > 0.0, "{soon}");
    assert!(late < soon, "{late} against {soon}");
}

/// The random worlds that both engines agree on do all of this.
#[test]
fn random_worlds_send_forces_and_open_and_close_bases() {
    let mut seen = [0_u32; 3];
    for seed in 0..80 {
        let program = program(load_from(&random_world(seed), "question.ron", &[]));
        for event in run(&program, Isa::detect(), &block(seed, 0, 64)).events {
            match event.what {
                Happening::Deployed { .. } => seen[0] += 1,
                Happening::Base { opened: true, .. } => seen[1] += 1,
                Happening::Base { opened: false, .. } => seen[2] += 1,
                _ => {}
            }
        }
    }
    assert!(seen.iter().all(|&n| n > 20), "{seen:?}");
}
