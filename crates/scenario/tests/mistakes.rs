//! What a person who makes a mistake reads: one snapshot for each kind of mistake.
//!
//! Each case is a small valid scenario on a world of three actors with one thing changed.

use foedera_scenario::{
    Catalogue, Diagnostic, Look, MemorySources, Override, ParamSpec, SourceError, Sources,
    diagnostic, limits, load,
};

const PARAMS: [ParamSpec; 1] = [ParamSpec {
    path: "bargaining.noise",
    title: "Noise of judgement",
    unit: "",
    default: 0.05,
    low: 0.02,
    high: 0.2,
    min: 0.0,
    max: 10.0,
    source: "assumption",
}];

const SCENARIO: &str = r#"Scenario(
    schema: 1,
    title: "A test",
    world: "world",
    time: (start: "2001-01", end: "2010-12", step: Month),
    focus: "UNION",
    initiatives: {
        "link": (
            venues: ["UNION"],
            ladder: [
                (rung: "talks", depth: 0.4, effects: [ElementAdd(org: "UNION", element: "exercises", by: 0.4)]),
                (rung: "merger", depth: 1.0, effects: [ElementSet(org: "UNION", element: "article", to: 1)]),
            ],
            stances: { "ONE": (value: -0.5, source: "a book") },
        ),
        "club": (
            parties: ["ONE", "TWO"],
            conditions: [Adopted(initiative: "link", rung: "talks")],
            ladder: [(rung: "pact", depth: 0.5, effects: [TradeScale(from: Parties, to: Parties, by: 2)])],
        ),
    },
    shocks: { "storm": (when: PerYear(0.1), effects: [DriverShift(driver: "price", by: 1)]) },
    uncertainties: { "drivers.price.volatility": Pert(low: 0.1, mode: 0.2, high: 0.4) },
    policies: { "help": (set: { "actors.ONE.autonomy": 0.9 }) },
    outcomes: [Cohesion(org: "UNION"), Adopted(initiative: "link")],
    expect: [Probability(of: Adopted(initiative: "link"), between: (0.1, 0.9))],
)
"#;

const WORLD: &str = r#"World(
    schema: 1,
    title: "Three",
    as_of: "2000-12",
    licence: "MIT",
    figures: { "actors": (year: "2000", source: "fiction"), "dyads": (year: "2000", source: "fiction") },
    organisations: {
        "UNION": (number: 1, meetings: [6], seats: { "ONE": Member, "TWO": Member }),
    },
    elements: {
        "exercises": (protection: { "raids": 0.4 }),
        "article": (mutual_assistance: 1, requires: ["exercises"]),
    },
    drivers: {
        "price": (number: 1, process: GeometricBrownian(start: 1, growth: 0, volatility: 0.2), floor: 0, ceiling: 10),
    },
    threats: { "raids": (kind: Direct, driver: "price") },
    blocs: { "south": (members: ["TRE"]) },
)
"#;

const ACTORS: &str = "\
id,name,number,kind,capability_share,gdp_musd,salience.energy,salience.trade,salience.security,autonomy
ONE,First,1,State,0.5,1000,0.2,0.4,0.4,0.5
TWO,Second,2,State,0.3,500,0.2,0.4,0.4,0.5
TRE,Third,3,Collective,0.2,300,0.2,0.4,0.4,0.5
";

const DYADS: &str = "\
source,target,trade_out_musd,trade_in_musd,rivalry
ONE,TWO,10,20,0.1
TWO,TRE,5,5,0.5
";

/// A folder with one text changed.
struct Case {
    files: MemorySources,
    overrides: Vec<Override>,
}

fn case() -> Case {
    let files = MemorySources::default()
        .with("s.ron", SCENARIO)
        .with("world/world.ron", WORLD)
        .with("world/actors.csv", ACTORS)
        .with("world/dyads.csv", DYADS);
    Case {
        files,
        overrides: Vec::new(),
    }
}

impl Case {
    fn change(mut self, file: &str, old: &str, new: &str) -> Self {
        let text = String::from_utf8(self.files.files[file].clone()).expect("the text is UTF-8");
        assert!(text.contains(old), "{file} does not contain {old}");
        self.files = self.files.with(file, text.replacen(old, new, 1));
        self
    }

    fn file(mut self, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files = self.files.with(file, bytes);
        self
    }

    fn without(mut self, file: &str) -> Self {
        self.files.files.remove(file);
        self
    }

    fn set(mut self, text: &str) -> Self {
        self.overrides
            .push(Override::parse(text).expect("PATH=VALUE"));
        self
    }

    fn diagnostics(&self) -> Vec<Diagnostic> {
        match load(
            &self.files,
            "s.ron",
            &self.overrides,
            &Catalogue { params: &PARAMS },
        ) {
            Ok(loaded) => loaded.warnings,
            Err(mistakes) => mistakes,
        }
    }
}

/// Snapshots what the case says; its codes are named in the test, so that none is there by accident.
#[track_caller]
fn check(name: &str, codes: &[&str], case: &Case) {
    let found = case.diagnostics();
    let text = diagnostic::to_text(&found, Look::Plain);
    let found: Vec<&str> = found
        .iter()
        .map(|one| one.code.strip_prefix("scenario::").expect("codes have it"))
        .collect();
    assert_eq!(found, codes, "{text}");
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "mistakes", omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn scenario(old: &str, new: &str) -> Case {
    case().change("s.ron", old, new)
}

fn world(old: &str, new: &str) -> Case {
    case().change("world/world.ron", old, new)
}

fn actors(old: &str, new: &str) -> Case {
    case().change("world/actors.csv", old, new)
}

fn dyads(old: &str, new: &str) -> Case {
    case().change("world/dyads.csv", old, new)
}

#[test]
fn the_unchanged_case_is_good() {
    assert!(
        case().diagnostics().is_empty(),
        "{}",
        diagnostic::to_text(&case().diagnostics(), Look::Plain)
    );
}

#[test]
fn syntax() {
    check(
        "missing_comma",
        &["missing_comma"],
        &scenario("\"A test\",", "\"A test\""),
    );
    check(
        "missing_colon",
        &["missing_colon"],
        &scenario("title: ", "title "),
    );
    check(
        "stray_comma",
        &["stray_comma"],
        &scenario("schema: 1,", "schema: 1,,"),
    );
    check(
        "unclosed_bracket",
        &["unclosed_bracket"],
        &scenario("step: Month),", "step: Month,"),
    );
    check(
        "unclosed_list",
        &["unclosed_bracket"],
        &scenario("[\"ONE\", \"TWO\"]", "[\"ONE\", \"TWO\""),
    );
    check(
        "stray_bracket",
        &["stray_bracket"],
        &scenario("\"UNION\",\n    init", "\"UNION\"],\n    init"),
    );
    check(
        "unclosed_text",
        &["unclosed_text"],
        &scenario("source: \"a book\") },", "source: \"a book) },").file("x", ""),
    );
    check(
        "unclosed_comment",
        &["unclosed_bracket", "unclosed_comment"],
        &scenario("    expect:", "    /* expect:"),
    );
    check(
        "bad_number",
        &["bad_number"],
        &scenario("by: 0.4", "by: 0.4x"),
    );
    check(
        "bad_escape",
        &["bad_escape"],
        &scenario("A test", "A \\q test"),
    );
    check(
        "key_without_quotes",
        &["key_without_quotes"],
        &scenario("\"storm\"", "storm"),
    );
    check(
        "trailing_text",
        &["trailing_text"],
        &case().file("s.ron", format!("{SCENARIO})")),
    );
    check(
        "expected_value",
        &["expected_value"],
        &scenario("depth: 0.4", "depth: "),
    );
    check("empty_file", &["expected_value"], &case().file("s.ron", ""));
}

#[test]
fn several_syntax_mistakes_and_what_else_is_wrong_come_in_one_pass() {
    let case = scenario("\"A test\",", "\"A test\"")
        .change("s.ron", "by: 0.4", "by: 0.4x")
        .change("s.ron", "focus: \"UNION\"", "focus: \"UNON\"")
        .change("world/world.ron", "Direct", "Dirct");
    let codes = [
        "missing_comma",
        "unknown_organisation",
        "bad_number",
        "unknown_threat_kind",
    ];
    check("several", &codes, &case);
}

#[test]
fn limits_of_a_text() {
    let deep = format!("Scenario(title: {}1{})", "[".repeat(100), "]".repeat(100));
    let codes = ["too_deep"];
    check("too_deep", &codes, &case().file("s.ron", deep));
    let long = vec![b' '; limits::FILE_BYTES + 1];
    check(
        "file_too_long",
        &["file_too_long"],
        &case().file("s.ron", long),
    );
    let many = format!("Scenario(title: [{}])", "1,".repeat(limits::NODES));
    check(
        "too_many_values",
        &["too_many_values"],
        &case().file("s.ron", many),
    );
    let mut bytes = SCENARIO.as_bytes().to_vec();
    let at = SCENARIO.find("A test").unwrap();
    bytes[at] = 0xff;
    check("not_utf8", &["not_utf8"], &case().file("s.ron", bytes));
}

/// A source whose files cannot be read.
struct Locked;

impl Sources for Locked {
    fn read(&self, _: &str) -> Result<Vec<u8>, SourceError> {
        Err(SourceError::Unreadable {
            reason: "permission denied".to_owned(),
        })
    }
}

#[test]
fn files() {
    check(
        "missing_scenario",
        &["missing_file"],
        &case().without("s.ron"),
    );
    check(
        "missing_world_file",
        &["missing_file"],
        &case().without("world/actors.csv"),
    );
    check(
        "missing_base",
        &["missing_file"],
        &scenario("    title", "    extends: \"base.ron\",\n    title"),
    );
    let circle = scenario("    title", "    extends: \"b.ron\",\n    title")
        .file("b.ron", "Scenario(extends: \"s.ron\")");
    check("circle_of_extends", &["circle"], &circle);
    let mistakes = load(&Locked, "s.ron", &[], &Catalogue::EMPTY).unwrap_err();
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "mistakes", omit_expression => true }, {
        insta::assert_snapshot!("unreadable_file", diagnostic::to_text(&mistakes, Look::Plain));
    });
}

#[test]
fn a_mistake_in_the_base_of_an_extended_file_is_shown_there() {
    let case = case()
        .file("base.ron", SCENARIO.replace("\"exercises\", by", "\"exercise\", by"))
        .file("s.ron", "Scenario(\n    extends: \"base.ron\",\n    title: \"Other\",\n    focus: \"UNIO\",\n)\n");
    check(
        "in_the_base",
        &["unknown_element", "unknown_organisation"],
        &case,
    );
}

#[test]
fn keys() {
    check(
        "unknown_key",
        &["unknown_key"],
        &scenario("focus:", "fokus:"),
    );
    check(
        "missing_key",
        &["missing_key"],
        &scenario("title: \"A test\",", ""),
    );
    check(
        "duplicate_key",
        &["duplicate_key"],
        &scenario("    focus", "    title: \"B\",\n    focus"),
    );
    check(
        "duplicate_map_key",
        &["duplicate_key"],
        &scenario("\"club\": (", "\"link\": ("),
    );
    check(
        "duplicate_rung",
        &["duplicate_id"],
        &scenario("rung: \"merger\"", "rung: \"talks\""),
    );
    check("bad_id", &["bad_id"], &scenario("\"storm\"", "\"a storm\""));
    check(
        "wrong_schema",
        &["out_of_range"],
        &scenario("schema: 1", "schema: 2"),
    );
    check(
        "wrong_file_name",
        &["wrong_name"],
        &scenario("Scenario(", "Scenery("),
    );
    check(
        "positional_too_many",
        &["too_many_values_given"],
        &scenario("PerYear(0.1)", "PerYear(0.1, 2)"),
    );
}

#[test]
fn types_and_ranges() {
    check(
        "wrong_type_number",
        &["wrong_type"],
        &scenario("depth: 0.4", "depth: \"deep\""),
    );
    check(
        "wrong_type_list",
        &["wrong_type"],
        &scenario("venues: [\"UNION\"]", "venues: \"UNION\""),
    );
    check(
        "wrong_type_map",
        &["wrong_type"],
        &scenario(
            "{ \"storm\": (when: PerYear(0.1), effects: [DriverShift(driver: \"price\", by: 1)]) }",
            "[]",
        ),
    );
    check(
        "wrong_type_flag",
        &["wrong_type"],
        &scenario("focus:", "stances: 1, focus:"),
    );
    check(
        "out_of_range",
        &["out_of_range"],
        &scenario("depth: 0.4", "depth: 1.4"),
    );
    check(
        "not_whole",
        &["not_whole"],
        &world("number: 1, meetings", "number: 1.5, meetings"),
    );
    check(
        "month_of_year",
        &["out_of_range"],
        &world("meetings: [6]", "meetings: [13]"),
    );
    check(
        "not_finite",
        &["not_finite"],
        &scenario("by: 0.4", "by: inf"),
    );
    check(
        "not_a_number",
        &["not_finite"],
        &scenario("by: 0.4", "by: NaN"),
    );
    check("bad_date", &["bad_date"], &scenario("2010-12", "2010-13"));
    check(
        "figure_with_a_wrong_key",
        &["unknown_key"],
        &scenario("source: \"a book\"", "sorce: \"a book\""),
    );
    check(
        "unknown_confidence",
        &["unknown_confidence"],
        &scenario(
            "source: \"a book\"",
            "source: \"a book\", confidence: Judgment",
        ),
    );
}

#[test]
fn names() {
    check(
        "unknown_actor",
        &["unknown_actor"],
        &scenario("\"ONE\", \"TWO\"", "\"ONE\", \"TOW\""),
    );
    check(
        "unknown_organisation",
        &["unknown_organisation"],
        &scenario("focus: \"UNION\"", "focus: \"Onion\""),
    );
    check(
        "unknown_element",
        &["unknown_element"],
        &scenario("\"exercises\"", "\"exercise\""),
    );
    check(
        "unknown_driver",
        &["unknown_driver"],
        &scenario("driver: \"price\"", "driver: \"prize\""),
    );
    check(
        "unknown_threat",
        &["unknown_threat"],
        &world("\"raids\": 0.4", "\"raid\": 0.4"),
    );
    check(
        "unknown_bloc",
        &["unknown_bloc"],
        &world("number: 1, meetings", "number: 1, bloc: \"sout\", meetings"),
    );
    check(
        "unknown_initiative",
        &["unknown_initiative"],
        &scenario(
            "Adopted(initiative: \"link\", rung",
            "Adopted(initiative: \"lnk\", rung",
        ),
    );
    check(
        "unknown_rung",
        &["unknown_rung"],
        &scenario("rung: \"talks\")]", "rung: \"talk\")]"),
    );
    check(
        "unknown_shock",
        &["unknown_shock"],
        &scenario(
            "outcomes: [",
            "outcomes: [TimeTo(event: Shock(shock: \"strom\")), ",
        ),
    );
    check(
        "unknown_policy",
        &["unknown_policy"],
        &scenario("(0.1, 0.9)", "(0.1, 0.9), policy: \"hlep\""),
    );
    check(
        "unknown_outcome",
        &["unknown_outcome"],
        &scenario("Cohesion(org", "Cohesoin(org"),
    );
    check(
        "unknown_effect",
        &["unknown_effect"],
        &scenario("ElementAdd(", "ElementAd("),
    );
    check(
        "unknown_event",
        &["unknown_event"],
        &scenario(
            "outcomes: [",
            "outcomes: [TimeTo(event: Withdrawl(org: \"UNION\")), ",
        ),
    );
    check(
        "unknown_distribution",
        &["unknown_distribution"],
        &scenario("Pert(", "Bert("),
    );
    check(
        "unknown_status",
        &["unknown_status"],
        &world("\"TWO\": Member", "\"TWO\": Memeber"),
    );
    check(
        "unknown_part",
        &["unknown_part"],
        &scenario(
            "outcomes: [",
            "outcomes: [CohesionPart(org: \"UNION\", part: Commitmet), ",
        ),
    );
    check(
        "unknown_term",
        &["unknown_term"],
        &scenario(
            "outcomes: [",
            "outcomes: [Utility(actor: \"ONE\", org: \"UNION\", term: Secrity), ",
        ),
    );
    let ruled = |rule: &str| {
        world(
            "number: 1, meetings",
            &format!("number: 1, rule: {rule}, meetings"),
        )
    };
    check(
        "nobody_may_veto",
        &["too_few"],
        &ruled("VetoPlayers(players: [])"),
    );
    check(
        "abstention_beyond_blocking",
        &["low_above_high"],
        &ruled("ConsensusWithAbstention(quorum: 0.6, swallow: 2, block: 1.5)"),
    );
    check(
        "people_not_counted",
        &["no_population", "no_population"],
        &ruled("QualifiedMajority(quota: 0.6, weights: Population, population: 0.5)"),
    );
    check(
        "bad_votes",
        &["out_of_range", "unknown_actor"],
        &ruled("QualifiedMajority(quota: 0.7, votes: { \"ONE\": -3, \"TOW\": 4 })"),
    );
    check(
        "rule_change_of_nobody",
        &["unknown_organisation", "unknown_weight"],
        &case().change(
            "s.ron",
            "DriverShift(driver: \"price\", by: 1)",
            "RuleChange(org: \"ONION\", rule: WeightedMedian(weights: Power))",
        ),
    );
    check(
        "unknown_rule",
        &["unknown_rule"],
        &world(
            "number: 1, meetings",
            "number: 1, rule: Concensus, meetings",
        ),
    );
    check(
        "unknown_process",
        &["unknown_process"],
        &world("GeometricBrownian(", "GeometricBrown("),
    );
    check(
        "unknown_group",
        &["unknown_group"],
        &scenario("from: Parties", "from: Party"),
    );
    check(
        "unknown_condition",
        &["unknown_condition"],
        &scenario(
            "[Adopted(initiative: \"link\", rung",
            "[Adoptd(initiative: \"link\", rung",
        ),
    );
    check(
        "unknown_path",
        &["unknown_path"],
        &scenario("drivers.price.volatility", "drivers.price.volatilty"),
    );
    check(
        "unknown_pattern",
        &["unknown_path"],
        &scenario("drivers.price.volatility", "driver.*.volatility"),
    );
    check(
        "unknown_parameter",
        &["unknown_path"],
        &scenario(
            "    focus",
            "    params: { \"bargaining.nose\": 1 },\n    focus",
        ),
    );
}

#[test]
fn sense() {
    check(
        "dates_out_of_order",
        &["dates_out_of_order"],
        &scenario("end: \"2010-12\"", "end: \"1999-12\""),
    );
    check(
        "window_reversed",
        &["dates_out_of_order"],
        &scenario(
            "parties:",
            "window: (from: \"2005-01\", until: \"2004-01\"), parties:",
        ),
    );
    check(
        "recurring_build",
        &["recurring_build"],
        &scenario(
            "venues: [\"UNION\"],\n            ladder: [\n                (rung: \"talks\", depth: 0.4,",
            "venues: [\"UNION\"], recurring: true,\n            ladder: [\n                (rung: \"talks\", depth: 0.4, build_years: 3,",
        ),
    );
    check(
        "window_outside_span",
        &["window_outside_span"],
        &scenario(
            "parties:",
            "window: (from: \"2015-01\", until: \"2016-01\"), parties:",
        ),
    );
    check(
        "month_outside_span",
        &["outside_span"],
        &scenario(
            "Cohesion(org: \"UNION\")",
            "Cohesion(org: \"UNION\", at: \"2030-01\")",
        ),
    );
    check(
        "too_many_steps",
        &["too_many"],
        &scenario("2001-01", "1901-01"),
    );
    check(
        "rung_without_effects",
        &["no_effects"],
        &scenario("[TradeScale(from: Parties, to: Parties, by: 2)]", "[]"),
    );
    check(
        "empty_ladder",
        &["empty_ladder"],
        &scenario(
            "[(rung: \"pact\", depth: 0.5, effects: [TradeScale(from: Parties, to: Parties, by: 2)])]",
            "[]",
        ),
    );
    check(
        "depth_not_rising",
        &["depth_not_rising"],
        &scenario("depth: 1.0", "depth: 0.4"),
    );
    check(
        "nobody_decides",
        &["no_parties"],
        &scenario("parties: [\"ONE\", \"TWO\"],", ""),
    );
    check(
        "unused_meetings",
        &["unused_meetings"],
        &scenario(
            "venues: [\"UNION\"],",
            "venues: [\"UNION\"], meetings: [3],",
        ),
    );
    check(
        "policy_changes_nothing",
        &["policy_changes_nothing"],
        &scenario("0.9 }) }", "0.5 }) }"),
    );
    check(
        "empty_policy",
        &["policy_changes_nothing"],
        &scenario(
            "(set: { \"actors.ONE.autonomy\": 0.9 })",
            "(title: \"Nothing\")",
        ),
    );
    check(
        "base_policy",
        &["bad_id"],
        &scenario("\"help\"", "\"base\""),
    );
    check(
        "policy_out_of_range",
        &["out_of_range"],
        &scenario("autonomy\": 0.9", "autonomy\": 9"),
    );
    check(
        "stance_without_source",
        &["no_source"],
        &scenario("(value: -0.5, source: \"a book\")", "-0.5"),
    );
    let waits = scenario(
        "venues: [\"UNION\"],",
        "venues: [\"UNION\"], conditions: [Adopted(initiative: \"club\")],",
    );
    check("circle_of_conditions", &["circle"], &waits);
    let needs = world(
        "(protection: { \"raids\": 0.4 })",
        "(requires: [\"article\"])",
    );
    check("circle_of_prerequisites", &["circle"], &needs);
    check(
        "not_a_truth",
        &["not_a_truth"],
        &scenario(
            "of: Adopted(initiative: \"link\")",
            "of: Cohesion(org: \"UNION\")",
        ),
    );
    check(
        "bad_comparison",
        &["bad_comparison"],
        &scenario(
            "of: Adopted(initiative: \"link\")",
            "of: \"Cohesion(org: \\\"UNION\\\") = 0.4\"",
        ),
    );
    check(
        "comparison_of_nobody",
        &["unknown_organisation"],
        &scenario(
            "of: Adopted(initiative: \"link\")",
            "of: \"Cohesion(org: \\\"UNON\\\") < 0.4\"",
        ),
    );
    check(
        "range_reversed",
        &["low_above_high"],
        &scenario("(0.1, 0.9)", "(0.9, 0.1)"),
    );
    check(
        "probability_above_1",
        &["out_of_range"],
        &scenario("(0.1, 0.9)", "(0.1, 90)"),
    );
    check(
        "outcome_twice",
        &["duplicate_outcome"],
        &scenario("outcomes: [", "outcomes: [Cohesion(org: \"UNION\"), "),
    );
}

#[test]
fn alternatives() {
    let with = |options: &str| {
        let text = format!(
            "alternatives: {{ \"nature\": (options: {{ {options} }}) }},\n    policies: {{"
        );
        scenario("policies: {", &text)
    };
    assert_eq!(
        codes(&with(
            "\"a\": (weight: 1, effects: [DriverShift(driver: \"price\", by: 1)])"
        )),
        ["scenario::too_few"]
    );
    assert_eq!(
        codes(&with("\"a\": (weight: 1), \"b\": (weight: 1)")),
        ["scenario::nothing_happens"]
    );
    assert_eq!(
        codes(&with(
            "\"a\": (weight: 1, effects: [DriverShift(driver: \"price\", by: 1)]), \"b\": ()"
        )),
        ["scenario::missing_key"]
    );
}

#[test]
fn distributions() {
    check(
        "low_above_high",
        &["low_above_high"],
        &scenario("Pert(low: 0.1, mode: 0.2, high: 0.4)", "Uniform(0.4, 0.1)"),
    );
    check(
        "mode_outside",
        &["mode_outside"],
        &scenario("mode: 0.2", "mode: 0.5"),
    );
    check(
        "mode_below",
        &["mode_outside"],
        &scenario("mode: 0.2", "mode: 0.05"),
    );
    check(
        "no_spread",
        &["no_spread"],
        &scenario("Pert(low: 0.1, mode: 0.2, high: 0.4)", "Uniform(0.1, 0.1)"),
    );
    let pert = "Pert(low: 0.1, mode: 0.2, high: 0.4)";
    let elicited = |rest: &str| scenario(pert, &format!("Quantiles({rest})"));
    assert_eq!(
        codes(&elicited("p5: 0.1, p50: 0.15, p95: 0.9, family: Normal")),
        ["scenario::quantiles_contradict"]
    );
    assert_eq!(
        codes(&elicited("p5: 0, p50: 0.15, p95: 0.9, family: LogNormal")),
        ["scenario::quantiles_impossible"]
    );
    assert_eq!(
        codes(&elicited("p5: 0.1, p50: 0.15, p95: 0.9, family: LogNorml")),
        ["scenario::unknown_family"]
    );
    check(
        "weight_not_positive",
        &["out_of_range"],
        &scenario(
            "Pert(low: 0.1, mode: 0.2, high: 0.4)",
            "Discrete([(0.1, 1), (0.2, -1)])",
        ),
    );
    check(
        "sd_not_positive",
        &["out_of_range"],
        &scenario("Pert(low: 0.1, mode: 0.2, high: 0.4)", "Around(sd: 0)"),
    );
    check(
        "no_values",
        &["too_few"],
        &scenario("Pert(low: 0.1, mode: 0.2, high: 0.4)", "Empirical([])"),
    );
    check(
        "no_mass",
        &["no_mass"],
        &scenario(
            "Pert(low: 0.1, mode: 0.2, high: 0.4)",
            "Truncated(of: Uniform(0, 1), low: 2, high: 3)",
        ),
    );
    check(
        "support_outside_range",
        &["support_outside_range"],
        &scenario("low: 0.1", "low: -0.1"),
    );
    check(
        "no_prior",
        &["no_prior"],
        &scenario("Pert(low: 0.1, mode: 0.2, high: 0.4)", "Prior"),
    );
    check(
        "scaled_zero",
        &["scaled_zero"],
        &scenario(
            "\"drivers.price.volatility\": Pert(low: 0.1, mode: 0.2, high: 0.4)",
            "\"drivers.price.growth\": Scaled(0.1)",
        ),
    );
    let correlated = scenario(
        "    policies",
        "    correlations: [(\"drivers.price.volatility\", \"actors.ONE.autonomy\", 0.3)],\n    policies",
    );
    check("not_uncertain", &["not_uncertain"], &correlated);
    let itself = scenario(
        "    policies",
        "    correlations: [(\"drivers.price.volatility\", \"drivers.price.volatility\", 0.3)],\n    policies",
    );
    check("correlated_with_itself", &["same_path"], &itself);
    let strong = scenario(
        "    policies",
        "    correlations: [(\"drivers.price.volatility\", \"drivers.price.volatility\", 1.3)],\n    policies",
    );
    check("correlation_above_1", &["out_of_range"], &strong);
}

#[test]
fn tables() {
    check(
        "row_too_short",
        &["row_length"],
        &actors("0.2,0.4,0.4,0.5\nTWO", "0.2,0.4,0.4\nTWO"),
    );
    check(
        "row_too_long",
        &["row_length"],
        &dyads("10,20,0.1", "10,20,0.1,7"),
    );
    check(
        "duplicate_actor",
        &["duplicate_id"],
        &actors(
            "TRE,Third,3",
            "TWO,Again,4,State,0.1,1,0.2,0.4,0.4,0.5\nTRE,Third,3",
        ),
    );
    check(
        "duplicate_number",
        &["duplicate_number"],
        &actors("TRE,Third,3", "TRE,Third,2"),
    );
    check(
        "duplicate_pair",
        &["duplicate_pair"],
        &dyads("TWO,TRE", "TWO,ONE"),
    );
    check("same_actor", &["same_actor"], &dyads("TWO,TRE", "TWO,TWO"));
    check(
        "unknown_actor_in_table",
        &["unknown_actor"],
        &dyads("TWO,TRE", "TWO,TREE"),
    );
    check(
        "unknown_column",
        &["unknown_column"],
        &dyads("rivalry", "rivalrie"),
    );
    check(
        "missing_column",
        &["missing_column"],
        &actors("gdp_musd", "net_fuel_export_twh"),
    );
    check(
        "duplicate_column",
        &["duplicate_column"],
        &actors("autonomy", "gdp_musd"),
    );
    check(
        "bad_cell",
        &["bad_number"],
        &actors("0.5,1000", "0.5,1'000"),
    );
    check(
        "infinite_cell",
        &["not_finite"],
        &actors("0.5,1000", "0.5,inf"),
    );
    check(
        "cell_out_of_range",
        &["out_of_range"],
        &actors("0.5,1000", "1.5,1000"),
    );
    check(
        "missing_value",
        &["missing_value"],
        &actors("0.5,1000", ",1000"),
    );
    check(
        "negative_salience",
        &["out_of_range"],
        &actors("0.2,0.4,0.4,0.5\nTWO", "-0.2,0.8,0.4,0.5\nTWO"),
    );
    check(
        "salience_sum",
        &["salience_sum"],
        &actors("0.2,0.4,0.4,0.5\nTWO", "0.2,0.4,0.2,0.5\nTWO"),
    );
    check(
        "no_salience",
        &["no_salience"],
        &actors("0.2,0.4,0.4,0.5\nTWO", "0,0,0,0.5\nTWO"),
    );
    check(
        "unknown_actor_kind",
        &["unknown_actor_kind"],
        &actors("State", "Stat"),
    );
    check(
        "actor_id_with_dash",
        &["bad_id", "unknown_actor"],
        &actors("TRE,", "T-RE,").change("world/world.ron", "[\"TRE\"]", "[\"T-RE\"]"),
    );
    check(
        "unclosed_quote",
        &["row_length", "unclosed_text"],
        &actors("First", "\"First"),
    );
    check(
        "empty_table",
        &["empty_table", "missing_column"],
        &case().file("world/actors.csv", "# nothing\n"),
    );
    check(
        "column_without_source",
        &["no_source", "no_source"],
        &world("\"dyads\": (year", "\"dyads.rivalry\": (year"),
    );
    check(
        "figure_of_nothing",
        &["unknown_column"],
        &world(
            "\"dyads\": (year",
            "\"dyads\": (year: \"1\", source: \"x\"), \"actors.autonmy\": (year",
        ),
    );
}

#[test]
fn overrides() {
    check(
        "set_unknown_path",
        &["unknown_path"],
        &case().set("actors.ONE.autonmy=0.3"),
    );
    check(
        "set_unknown_head",
        &["unknown_path"],
        &case().set("actor.ONE.autonomy=0.3"),
    );
    check(
        "set_out_of_range",
        &["out_of_range"],
        &case().set("actors.ONE.autonomy=3"),
    );
    check(
        "set_not_a_number",
        &["wrong_type"],
        &case().set("actors.ONE.autonomy=high"),
    );
    check(
        "set_bad_ron",
        &["expected_value"],
        &case().set("outcomes=[Cohesion(org: )]"),
    );
    check(
        "set_unknown_key",
        &["unknown_path"],
        &case().set("fokus=UNION"),
    );
    check(
        "set_unknown_initiative",
        &["unknown_path"],
        &case().set("initiatives.lnk.open=false"),
    );
    check(
        "set_bad_date",
        &["bad_date"],
        &case().set("time.end=2010-13"),
    );
    check(
        "set_unknown_variant",
        &["unknown_step"],
        &case().set("time.step=Week"),
    );
}

#[test]
fn mistakes_are_json_too() {
    let case = scenario("\"ONE\", \"TWO\"", "\"ONE\", \"TOW\"").change(
        "s.ron",
        "\"club\": (",
        "\"link\": (",
    );
    let lines: Vec<String> = case.diagnostics().iter().map(Diagnostic::to_json).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "mistakes", omit_expression => true }, {
        insta::assert_snapshot!("json", lines.join("\n"));
    });
}

#[test]
fn at_most_so_many_things() {
    let shocks: String = (0..=limits::SHOCKS)
        .map(|n| {
            format!(
                "\"s{n}\": (when: PerYear(0.1), effects: [DriverShift(driver: \"price\", by: 1)]),"
            )
        })
        .collect();
    let with = scenario("shocks: {", &format!("shocks: {{ {shocks}"));
    assert_eq!(codes(&with), ["scenario::too_many"]);
    let effects = "DriverShift(driver: \"price\", by: 1),".repeat(limits::EFFECTS + 1);
    let with = scenario(
        "[DriverShift(driver: \"price\", by: 1)]",
        &format!("[{effects}]"),
    );
    assert_eq!(codes(&with), ["scenario::too_many"]);
    let rows: String = (0..limits::ACTORS)
        .map(|n| format!("A{n},,{},,0.1,1,0.2,0.4,0.4,0.5\n", n + 10))
        .collect();
    let with = case().file("world/actors.csv", format!("{ACTORS}{rows}"));
    assert_eq!(codes(&with), ["scenario::too_many"]);
}

fn codes(case: &Case) -> Vec<&'static str> {
    case.diagnostics().iter().map(|one| one.code).collect()
}

#[test]
fn more_sense() {
    check(
        "parties_of_a_shock",
        &["no_parties"],
        &scenario(
            "DriverShift(driver: \"price\", by: 1)",
            "TradeScale(from: Parties, to: Bloc(\"south\"), by: 1)",
        ),
    );
    check(
        "start_outside_bounds",
        &["start_outside_bounds"],
        &world("start: 1", "start: 11"),
    );
    check(
        "floor_above_ceiling",
        &["low_above_high"],
        &world("floor: 0", "floor: 20"),
    );
}

/// Many patterns that fit everything.
fn many_patterns() -> String {
    (0..3 * limits::LINES)
        .map(|n| format!("\"**.a{n}*\": Around(sd: 1), "))
        .collect()
}

/// A text may be as long as the limit and as odd as one likes: the answer comes soon and is short.
/// The base scenario with other expectations.
fn expecting(claims: &str) -> Case {
    let old = "Probability(of: Adopted(initiative: \"link\"), between: (0.1, 0.9))";
    scenario(old, claims)
}

#[test]
fn changes_of_expectations() {
    let raises = |by: &str| expecting(&format!("Raises(of: Cohesion(org: \"UNION\"), by: {by})"));
    for (name, codes, by) in [
        ("change_unknown", &["unknown_change"][..], "Polcy(\"help\")"),
        (
            "change_unknown_policy",
            &["unknown_policy"],
            "Policy(\"hepl\")",
        ),
        (
            "change_unknown_path",
            &["unknown_path"],
            "Set({\"actors.ONE.autonmy\": 0.5})",
        ),
        (
            "change_unknown_pattern",
            &["unknown_path"],
            "Set({\"actors.{ONE,TWO}.*ship\": 0.5})",
        ),
        (
            "change_out_of_range",
            &["out_of_range"],
            "Set({\"actors.*.autonomy\": Scale(3)})",
        ),
        (
            "change_unknown_value",
            &["unknown_new_value"],
            "Set({\"actors.ONE.autonomy\": Times(3)})",
        ),
        (
            "change_wrong_type",
            &["wrong_type"],
            "Set({\"actors.ONE.autonomy\": \"much\"})",
        ),
        (
            "change_swap_unlike",
            &["not_alike"],
            "Swap(\"actors.ONE\", \"params.bargaining\")",
        ),
        (
            "change_swap_of_nothing",
            &["unknown_path"],
            "Swap(\"actors.ONE.salience\", \"actors.TWO.salienc\")",
        ),
        (
            "change_of_two_months",
            &["different_months"],
            "[Effects([DriverShift(driver: \"price\", by: 1)]), Effects([DriverShift(driver: \"price\", by: 1)], \"2005-01\")]",
        ),
    ] {
        check(name, codes, &raises(by));
    }
}

#[test]
fn claims_of_expectations() {
    let of = "of: Cohesion(org: \"UNION\")";
    for (name, codes, claim) in [
        ("claim_without_a_change", &["missing_key"][..], format!("Raises({of})")),
        (
            "claim_with_two_changes",
            &["one_of_two"],
            format!("Lowers({of}, by: Policy(\"help\"), under: \"help\")"),
        ),
        (
            "claim_of_a_short_series",
            &["too_few"],
            format!("Monotone({of}, direction: Up, path: \"actors.ONE.autonomy\", values: [0.5])"),
        ),
        (
            "claim_of_no_series",
            &["missing_key"],
            format!("Monotone({of}, direction: Up, path: \"actors.ONE.autonomy\")"),
        ),
        (
            "claim_of_no_direction",
            &["wrong_type"],
            format!("Monotone({of}, direction: Sideways, steps: [Nothing, Policy(\"help\")])"),
        ),
        (
            "claim_of_no_truth",
            &["not_a_truth"],
            "AtMost(of: All([Adopted(initiative: \"link\"), Cohesion(org: \"UNION\")]), bound: 0.5)".to_owned(),
        ),
        (
            "claim_of_nothing",
            &["too_few"],
            "AtMost(of: Total([]), bound: 0.5)".to_owned(),
        ),
        (
            "claim_of_an_unknown_quantity",
            &["unknown_outcome"],
            "AtMost(of: Totl([]), bound: 0.5)".to_owned(),
        ),
        (
            "claim_with_bad_stances",
            &["wrong_type"],
            format!("AtMost({of}, bound: 0.5, stances: Maybe)"),
        ),
        (
            "claim_low_above_high",
            &["low_above_high"],
            format!("Between({of}, low: 0.5, high: 0.4)"),
        ),
        (
            "claim_twice",
            &["duplicate_name"],
            format!("AtMost({of}, bound: 0.5, id: \"P01\"), AtLeast({of}, bound: 0.1, id: \"P01\")"),
        ),
        (
            "claim_unknown_key",
            &["unknown_key"],
            format!("AtMost({of}, bound: 0.5, becuase: \"so\")"),
        ),
    ] {
        check(name, codes, &expecting(&claim));
    }
}

#[test]
fn odd_texts_are_answered_soon() {
    let mut many = String::new();
    for n in 0..60_000 {
        many.push_str(&format!("\"actors.X{n}.autonomy\": {n}, "));
    }
    let start = std::time::Instant::now();
    for text in [
        SCENARIO.replace("shocks: {", &format!("set: {{ {many} }}, shocks: {{")),
        SCENARIO.replace(
            "\"drivers.price.volatility\":",
            &format!("{} \"drivers.price.volatility\":", many_patterns()),
        ),
        "(".repeat(limits::FILE_BYTES),
        "(a:".repeat(limits::FILE_BYTES / 3),
        format!("({}", "(1),".repeat(limits::FILE_BYTES / 5)),
        format!("[{}", "[\n],".repeat(limits::FILE_BYTES / 5)),
        "\"".repeat(limits::FILE_BYTES),
        "/*".repeat(limits::FILE_BYTES / 2),
        "r#".repeat(limits::FILE_BYTES / 2),
        "a b ".repeat(limits::FILE_BYTES / 4),
        format!("Scenario({})", "x: 1,".repeat(limits::FILE_BYTES / 6)),
    ] {
        let found = case().file("s.ron", text).diagnostics();
        assert!((1..=2 * limits::MISTAKES).contains(&found.len()));
        let shown = diagnostic::to_text(&found, Look::Plain);
        assert!(shown.len() < 1_000_000, "{} bytes", shown.len());
    }
    let wide = format!("id{}\n", ",x".repeat(limits::FILE_BYTES / 2 - 10));
    assert!(
        !case()
            .file("world/actors.csv", wide)
            .diagnostics()
            .is_empty()
    );
    let long = "a\n".repeat(limits::FILE_BYTES / 2);
    assert!(
        !case()
            .file("world/dyads.csv", long)
            .diagnostics()
            .is_empty()
    );
    // All of them in a few seconds, unoptimised and on a busy machine.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn couplings_fit_their_drivers() {
    let driver = "\"price\": (number: 1, process: GeometricBrownian(start: 1, growth: 0, volatility: 0.2), floor: 0, ceiling: 10),";
    check(
        "coupling_to_itself",
        &["coupled_to_itself", "unknown_driver"],
        &world(
            driver,
            "\"price\": (number: 1, process: GeometricBrownian(start: 1, growth: 0, volatility: 0.2), floor: 0, ceiling: 10, \
             couplings: { \"price\": (mean: 1), \"prize\": (mean: 1) }),",
        ),
    );
    check(
        "coupling_without_volatility",
        &["no_volatility"],
        &world(
            driver,
            &format!(
                "{driver} \"level\": (number: 2, process: Constant(level: 1), couplings: {{ \"price\": (volatility: 1) }}),"
            ),
        ),
    );
}

#[test]
fn outcomes_ask_for_groups_that_exist() {
    check(
        "group_of_parties",
        &["no_parties"],
        &scenario(
            "outcomes: [",
            "outcomes: [VotingAgreement(among: Parties), ",
        ),
    );
}
