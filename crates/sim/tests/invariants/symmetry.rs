//! Actors with the same figures fare the same when nothing is left to chance.

use foedera_sim::{Block, Isa};

use crate::support::{Classroom, block, inputs, run};

/// Everything left to chance, switched off.
const CALM: [(&str, f32); 8] = [
    ("params.relations.noise", 0.0),
    ("params.relations.ideal_noise", 0.0),
    ("params.relations.ideal_common", 0.0),
    ("params.dispute.rate", 0.0),
    ("params.bargaining.noise", 0.0),
    ("organisations.LEAGUE.exit_per_year", 0.0),
    ("organisations.PACT.exit_per_year", 0.0),
    ("shocks.border-incident.per_year", 0.0),
];

/// Brennan and Calder made twins: the same figures, the same ties with everybody else.
fn twins() -> Classroom {
    let mut classroom = Classroom::read();
    let rows: Vec<String> = classroom
        .actors
        .lines()
        .map(|line| match line.strip_prefix("CAL,Calder,3,") {
            Some(_) => {
                let brennan = Classroom::read();
                let row = brennan
                    .actors
                    .lines()
                    .find_map(|line| line.strip_prefix("BRN,Brennan,2,").map(str::to_owned));
                format!("CAL,Calder,3,{}", row.expect("Brennan has a row"))
            }
            None => line.to_owned(),
        })
        .collect();
    classroom.actors = rows.join("\n") + "\n";
    let head: Vec<&str> = classroom.dyads.lines().take(2).collect();
    let own = |id: &str| format!("{id},ARD,9000,9000,0.1,0,1,1,0,0.6");
    let others = |id: &str| {
        format!(
            "{id},DUN,2000,2000,0,0.3,1,0,0,0.1\n{id},ESK,2500,2500,0,0.2,0,0,100,-0.2\n{id},FEN,500,3000,0.3,0,0,0,350,-0.1"
        )
    };
    let apart: Vec<&str> = classroom
        .dyads
        .lines()
        .skip(2)
        .filter(|line| !line.contains("BRN") && !line.contains("CAL"))
        .collect();
    let between = "BRN,CAL,3000,3000,0,0,1,1,0,0.5".to_owned();
    let rows = [
        own("BRN"),
        own("CAL"),
        others("BRN"),
        others("CAL"),
        between,
        apart.join("\n"),
    ];
    classroom.dyads = format!("{}\n{}\n", head.join("\n"), rows.join("\n"));
    let scenario = &classroom.scenario;
    let stance = scenario
        .find("      stances: { \"CAL\"")
        .expect("Calder has a stance");
    let end = stance + scenario[stance..].find('\n').expect("a line") + 1;
    classroom.scenario.replace_range(stance..end, "");
    let start = classroom.scenario.find("  outcomes: [").expect("outcomes");
    let twin = |id: &str| {
        format!(
            "Utility(actor: \"{id}\", org: \"LEAGUE\"), Utility(actor: \"{id}\", org: \"LEAGUE\", term: Influence), \
             Utility(actor: \"{id}\", org: \"LEAGUE\", term: Security), Utility(actor: \"{id}\", org: \"LEAGUE\", term: Outside), \
             Trust(actor: \"{id}\", bloc: \"south\"), Affinity(source: \"ARD\", target: \"{id}\"), \
             Affinity(source: \"{id}\", target: \"ESK\"), BlockShare(initiative: \"league-defence\", actor: \"{id}\"), "
        )
    };
    let outcomes = format!("  outcomes: [{}{}],\n)\n", twin("BRN"), twin("CAL"));
    classroom.scenario.replace_range(start.., &outcomes);
    // Dunmore's quarrel with Brennan alone would tell the twins apart.
    classroom.scenario = classroom.scenario.replace(
        "AffinityShift(from: Actors([\"BRN\"])",
        "AffinityShift(from: Actors([\"ARD\"])",
    );
    classroom
}

#[test]
fn twins_fare_the_same() {
    let program = twins().program(&[]);
    let calm = inputs(&program, &CALM);
    let outcome = run(
        &program,
        Isa::detect(),
        &Block {
            inputs: &calm,
            ..block(4, 0, 32)
        },
    );
    let half = outcome.outcomes.len() / 2;
    for (idx, (brennan, calder)) in outcome.outcomes[..half]
        .iter()
        .zip(&outcome.outcomes[half..])
        .enumerate()
    {
        for lane in 0..32 {
            let (one, other) = (brennan[lane], calder[lane]);
            // Sums run in another order for each: rounding only.
            let alike = (one.is_nan() && other.is_nan()) || (one - other).abs() < 1e-5;
            assert!(
                alike,
                "{:?} in lane {lane}: {one} against {other}",
                program.scenario().outcomes[idx]
            );
        }
    }
    let moved = outcome.outcomes[4]
        .iter()
        .take(32)
        .any(|trust| trust.abs() > 1e-3);
    assert!(moved, "the twins trust or distrust someone");
}
