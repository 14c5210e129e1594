//! Whole scenarios on the shipped worlds load, and their numbers have paths.

use foedera_scenario::{Catalogue, Loaded, MemorySources, Override, ParamSpec, diagnostic, load};

const PARAMS: [ParamSpec; 2] = [
    ParamSpec {
        path: "bargaining.noise",
        title: "Noise of judgement",
        unit: "",
        default: 0.05,
        low: 0.02,
        high: 0.2,
        min: 0.0,
        max: 10.0,
        source: "assumption",
    },
    ParamSpec {
        path: "trade.pass_through",
        title: "Share passed on",
        unit: "",
        default: 0.5,
        low: 0.5,
        high: 0.5,
        min: 0.0,
        max: 1.0,
        source: "assumption",
    },
];

fn catalogue() -> Catalogue {
    Catalogue { params: &PARAMS }
}

fn worlds() -> MemorySources {
    MemorySources::default()
        .with(
            "worlds/classroom/world.ron",
            include_str!("../../../scenarios/worlds/classroom/world.ron"),
        )
        .with(
            "worlds/classroom/actors.csv",
            include_str!("../../../scenarios/worlds/classroom/actors.csv"),
        )
        .with(
            "worlds/classroom/dyads.csv",
            include_str!("../../../scenarios/worlds/classroom/dyads.csv"),
        )
        .with(
            "worlds/eurasia/world.ron",
            include_str!("../../../scenarios/worlds/eurasia-2008/world.ron"),
        )
        .with(
            "worlds/eurasia/actors.csv",
            include_str!("../../../scenarios/worlds/eurasia-2008/actors.csv"),
        )
        .with(
            "worlds/eurasia/dyads.csv",
            include_str!("../../../scenarios/worlds/eurasia-2008/dyads.csv"),
        )
}

const CLASSROOM: &str = r#"Scenario(
    schema: 1,
    title: "Lesson",
    world: "worlds/classroom",
    time: (start: "2001-01", end: "2010-12"),
    focus: "LEAGUE",
    params: { "bargaining.noise": 0.1 },
    set: { "actors.ARD.autonomy": 0.75, "dyads.BRN-ARD.trade_in_musd": 7 },
    initiatives: {
        "joint-watch": (
            venues: ["LEAGUE"], sponsors: ["BRN"],
            window: (from: "2001-06", until: "2008-12"),
            ladder: [
                (rung: "talks", depth: 0.4, effects: [ElementAdd(org: "LEAGUE", element: "raid-watch", by: 0.4)]),
                (rung: "watch", depth: 1.0, effects: [ElementSet(org: "LEAGUE", element: "raid-watch", to: 1)]),
            ],
            stances: { "CAL": (value: -0.5, source: "the teacher") },
        ),
    },
    shocks: { "storm": (when: PerYear(0.1), effects: [DriverShift(driver: "raids", by: 1)]) },
    uncertainties: { "params.bargaining.noise": Uniform(0.05, 0.2), "actors.ARD.autonomy": Around(0.05) },
    policies: { "help": (effects: [TradeScale(from: Members("LEAGUE"), to: Bloc("south"), by: 2)]) },
    outcomes: [Cohesion(org: "LEAGUE"), Adopted(initiative: "joint-watch", rung: "watch")],
    expect: [
        Probability(of: "Cohesion(org: \"LEAGUE\") >= 0.2", between: (0.5, 1), because: "they are alike"),
        Raises(of: Cohesion(org: "LEAGUE"), under: "help"),
    ],
)"#;

fn loaded(text: &str, overrides: &[&str]) -> Loaded {
    let sources = worlds().with("lesson.ron", text);
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|text| Override::parse(text).expect("PATH=VALUE"))
        .collect();
    match load(&sources, "lesson.ron", &overrides, &catalogue()) {
        Ok(loaded) => loaded,
        Err(mistakes) => {
            panic!(
                "{}",
                diagnostic::to_text(&mistakes, foedera_scenario::Look::Plain)
            )
        }
    }
}

#[test]
fn the_classroom_loads() {
    let Loaded {
        scenario,
        warnings,
        texts,
    } = loaded(CLASSROOM, &[]);
    assert!(
        warnings.is_empty(),
        "{}",
        diagnostic::to_text(&warnings, foedera_scenario::Look::Plain)
    );
    assert_eq!(scenario.name, "lesson");
    assert_eq!(scenario.world.actors.len(), 6);
    assert_eq!(scenario.world.dyads.len(), 15);
    assert_eq!(texts.len(), 4);
    let value = |path: &str| {
        let leaf = foedera_scenario::path::find(&scenario.leaves, path);
        scenario.value(leaf.unwrap_or_else(|| panic!("{path}")))
    };
    assert_eq!(value("actors.ARD.autonomy"), 0.75);
    assert_eq!(value("params.bargaining.noise"), 0.1);
    assert_eq!(
        value("dyads.ARD-BRN.trade_out_musd"),
        7.0,
        "a pair may be named either way round"
    );
    assert_eq!(value("initiatives.joint-watch.ladder.watch.depth"), 1.0);
    assert_eq!(
        value("initiatives.joint-watch.ladder.talks.effects[0].by"),
        0.4
    );
    assert_eq!(value("initiatives.joint-watch.stances.CAL"), -0.5);
    assert_eq!(value("shocks.storm.per_year"), 0.1);
    assert_eq!(value("shocks.storm.effects[0].by"), 1.0);
    assert_eq!(value("policies.help.effects[0].by"), 2.0);
    assert_eq!(value("organisations.LEAGUE.levels.exercises"), 0.4);
    assert_eq!(
        value(
            "elements.assistance.requires_nothing_else.x"
                .split(".req")
                .next()
                .map_or("", |_| "elements.assistance.mutual_assistance")
        ),
        1.0
    );
    assert_eq!(value("cohesion_weights.agreement"), 1.0);
    // The catalogue's prior of the second parameter has no spread; the first is overridden.
    let uncertain: Vec<&str> = scenario
        .uncertainties
        .iter()
        .map(|one| scenario.leaves.info(one.leaf).path.as_str())
        .collect();
    assert!(!uncertain.contains(&"params.trade.pass_through"));
    assert_eq!(
        uncertain
            .iter()
            .filter(|path| **path == "actors.ARD.autonomy")
            .count(),
        1
    );
}

#[test]
fn the_world_of_2008_loads() {
    let text = CLASSROOM
        .replace("worlds/classroom", "worlds/eurasia")
        .replace(
            "\"actors.ARD.autonomy\": 0.75, \"dyads.BRN-ARD.trade_in_musd\": 7",
            "",
        )
        .replace("LEAGUE", "SCO")
        .replace("\"BRN\"", "\"RUS\"")
        .replace("\"CAL\"", "\"CHN\"")
        .replace("raid-watch", "exercises")
        .replace("\"raids\"", "\"oil\"")
        .replace("\"south\"", "\"west\"")
        .replace("actors.ARD", "actors.RUS")
        .replace("2001", "2008")
        .replace("2008-12", "2009-12");
    let loaded = loaded(
        &text,
        &[
            "actors.CHN.salience.trade=0.7",
            "stances=false",
            "time.step=Quarter",
            "focus=CSTO",
            "time.end=2015-12",
            "dyads.RUS-CHN.affinity=0.5",
        ],
    );
    println!(
        "{}",
        diagnostic::to_text(&loaded.warnings, foedera_scenario::Look::Plain)
    );
    let scenario = &loaded.scenario;
    assert!(!scenario.stances);
    assert_eq!(scenario.time.n_steps(), 32);
    println!(
        "{} leaves, {} uncertain",
        scenario.leaves.len(),
        scenario.uncertainties.len()
    );
}
