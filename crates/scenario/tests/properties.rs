//! Properties: no text makes the reader panic, the tree is that of the crate `ron`, and what is
//! written back is read again.

use std::{collections::BTreeMap, sync::Arc};

use foedera_scenario::{
    Catalogue, Comparison, Look, MemorySources, Outcome, Override, Predicate, Scenario, diagnostic,
    load, outcome_text, parse,
    text::{FileId, SourceText},
    tree::{Node, Value},
    write::{self, Numbers, Writer},
};
use proptest::prelude::*;

const WORLD: &str = include_str!("../../../scenarios/worlds/classroom/world.ron");
const ACTORS: &str = include_str!("../../../scenarios/worlds/classroom/actors.csv");
const DYADS: &str = include_str!("../../../scenarios/worlds/classroom/dyads.csv");
const SCENARIO: &str = include_str!("lesson.ron");

const TEXTS: [(&str, &str); 4] = [
    ("lesson.ron", SCENARIO),
    ("worlds/classroom/world.ron", WORLD),
    ("worlds/classroom/actors.csv", ACTORS),
    ("worlds/classroom/dyads.csv", DYADS),
];

fn sources() -> MemorySources {
    TEXTS
        .iter()
        .fold(MemorySources::default(), |sources, (path, text)| {
            sources.with(path, *text)
        })
}

/// Loads, and draws every diagnostic in each form; the number of errors.
fn errors(sources: &MemorySources, overrides: &[Override]) -> usize {
    match load(sources, "lesson.ron", overrides, &Catalogue::EMPTY) {
        Ok(loaded) => {
            let shown = diagnostic::to_text(&loaded.warnings, Look::Plain);
            assert_eq!(shown.is_empty(), loaded.warnings.is_empty());
            0
        }
        Err(mistakes) => {
            for mistake in &mistakes {
                assert!(!mistake.to_text(Look::Ascii).is_empty());
                assert!(mistake.to_json().starts_with('{'));
            }
            mistakes.iter().filter(|one| one.is_error()).count()
        }
    }
}

fn lesson() -> Scenario {
    load(&sources(), "lesson.ron", &[], &Catalogue::EMPTY)
        .expect("the lesson is good")
        .scenario
}

/// One random change to a text.
#[derive(Debug, Clone)]
enum Edit {
    Delete(f64, usize),
    Insert(f64, Vec<u8>),
    Copy(f64, f64, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let signs: Vec<&[u8]> = vec![
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b"\"",
        b",",
        b":",
        b"\\",
        b"/*",
        b"*/",
        b"//",
        b"\n",
        b"-",
        b"1e999",
        b"inf",
        b"NaN",
        b"None",
        b"Some(",
        b"r#\"",
        b"'",
        b"b\"",
        b"0x",
        b"\xff",
        b"\xc3",
        b"#![enable(x)]",
        b"*",
        b"**",
        b"..",
        b"\"\"",
        b"99999999999999999999",
        b"\xef\xbb\xbf",
    ];
    prop_oneof![
        (0.0..1.0, 1_usize..40).prop_map(|(at, length)| Edit::Delete(at, length)),
        (0.0..1.0, proptest::sample::select(signs))
            .prop_map(|(at, sign)| Edit::Insert(at, sign.to_vec())),
        (0.0..1.0, 0.0..1.0, 1_usize..60)
            .prop_map(|(from, to, length)| Edit::Copy(from, to, length)),
    ]
}

fn apply(text: &mut Vec<u8>, edit: &Edit) {
    let place = |share: f64, length: usize| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a short text"
        )]
        let at = (share * length as f64) as usize;
        at.min(length)
    };
    let length = text.len();
    match edit {
        Edit::Delete(at, cut) => {
            let at = place(*at, length);
            text.drain(at..(at + cut).min(length));
        }
        Edit::Insert(at, bytes) => {
            let at = place(*at, length);
            text.splice(at..at, bytes.iter().copied());
        }
        Edit::Copy(from, to, count) => {
            let (from, to) = (place(*from, length), place(*to, length));
            let bytes = text[from..(from + count).min(length)].to_vec();
            text.splice(to..to, bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), file in 0..4_usize) {
        errors(&sources().with(TEXTS[file].0, bytes), &[]);
    }

    #[test]
    fn random_signs_never_panic(text in "[(){}\\[\\]\",:a-c0-9 \n/*#'\\\\.+-]{0,200}", file in 0..4_usize) {
        errors(&sources().with(TEXTS[file].0, text), &[]);
    }

    #[test]
    fn changed_files_never_panic(edits in proptest::collection::vec(edit(), 1..6), file in 0..4_usize) {
        let mut text = TEXTS[file].1.as_bytes().to_vec();
        for edit in &edits {
            apply(&mut text, edit);
        }
        errors(&sources().with(TEXTS[file].0, text), &[]);
    }

    #[test]
    fn random_overrides_never_panic(path in "[a-z]{1,12}(\\.[A-Za-z*\"\\[\\]0-9-]{1,8}){0,4}", value in "[ -~]{1,20}") {
        errors(&sources(), &[Override { path, value }]);
    }

    #[test]
    fn overrides_of_known_paths_never_panic(place in any::<proptest::sample::Index>(), value in prop_oneof![
        any::<f64>().prop_map(|number| number.to_string()),
        "[ -~]{1,12}",
    ]) {
        let scenario = lesson();
        let paths: Vec<&str> = scenario.leaves.paths().map(|(path, _)| path).collect();
        let path = (*place.get(&paths)).to_owned();
        errors(&sources(), &[Override { path, value }]);
    }

    #[test]
    fn an_override_within_range_is_taken(place in any::<proptest::sample::Index>(), share in 0.0..1.0_f64) {
        let scenario = lesson();
        let all: Vec<_> = scenario.leaves.iter().map(|(leaf, info)| (leaf, info.clone())).collect();
        let (leaf, info) = place.get(&all);
        let value = info.min + share * (info.max - info.min);
        let given = Override { path: info.path.clone(), value: value.to_string() };
        match load(&sources(), "lesson.ron", &[given], &Catalogue::EMPTY) {
            Ok(loaded) => {
                let set = loaded.scenario.value(*leaf);
                prop_assert!((set - value).abs() <= 1e-12 * value.abs(), "{set} {value}");
            }
            // Numbers may have to fit others.
            Err(mistakes) => {
                let fit = [
                    "scenario::depth_not_rising", "scenario::low_above_high", "scenario::no_salience",
                    "scenario::policy_changes_nothing", "scenario::scaled_zero",
                ];
                let errors = mistakes.iter().filter(|one| one.is_error());
                for mistake in errors {
                    prop_assert!(fit.contains(&mistake.code), "{mistake}");
                }
            }
        }
    }

    #[test]
    fn valid_values_are_read_as_ron_reads_them(text in ron_text(4)) {
        let oracle: ron::Value = ron::from_str(&text).unwrap();
        let source = Arc::new(SourceText::new("x", text.clone()));
        let parsed = parse::parse(FileId(0), &source);
        prop_assert!(parsed.mistakes.is_empty(), "{text}: {:?}", parsed.mistakes);
        prop_assert!(same(&parsed.root, &oracle), "{text}: {:?} is not {oracle:?}", parsed.root);
    }
}

/// Text of a random value that both readers know.
fn ron_text(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|flag| flag.to_string()),
        (-1e6..1e6_f64).prop_map(|number| format!("{number:?}")),
        (0..1_000_000_u32).prop_map(|number| format!("{}_{:03}", number / 1000, number % 1000)),
        (1..100_u32, -5..5_i32).prop_map(|(digits, exponent)| format!("{digits}.5e{exponent}")),
        any::<u16>().prop_map(|number| format!("{number:#x}")),
        "[a-z \u{e4}\u{20ac}]{0,8}".prop_map(|text| format!("{text:?}")),
        "[a-z\"\\\\]{0,8}".prop_map(|text| format!("{text:?}")),
        "[a-z\"\\\\]{0,8}".prop_map(|text| format!("r##\"{text}\"##")),
        proptest::char::range('a', 'z').prop_map(|letter| format!("'{letter}'")),
        Just("()".to_owned()),
    ];
    leaf.prop_recursive(depth, 40, 5, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..4);
        let fields = proptest::collection::btree_map("[a-z_][a-z0-9_]{0,5}", inner.clone(), 1..4);
        let map = proptest::collection::btree_map("[a-z]{0,5}", inner.clone(), 0..4);
        prop_oneof![
            list.prop_map(|items| format!("[ {} ]", items.join(" , "))),
            fields.prop_map(|fields| {
                let all: Vec<String> = fields
                    .iter()
                    .map(|(key, value)| format!("{key}: {value}"))
                    .collect();
                format!(
                    "( {}, ) // end\n",
                    all.join(", /* a /* nested */ note */\n")
                )
            }),
            map.prop_map(|map| {
                let all: Vec<String> = map
                    .iter()
                    .map(|(key, value)| format!("{key:?} : {value},"))
                    .collect();
                format!("{{{}}}", all.concat())
            }),
        ]
    })
}

/// Whether our tree says what the crate `ron` read.
fn same(node: &Node, oracle: &ron::Value) -> bool {
    match (&node.value, oracle) {
        (Value::Bool(ours), ron::Value::Bool(theirs)) => ours == theirs,
        (Value::Number(ours), ron::Value::Number(theirs)) => {
            ours.to_bits() == theirs.into_f64().to_bits()
        }
        (Value::Char(ours), ron::Value::Char(theirs)) => ours == theirs,
        (Value::Text(ours), ron::Value::String(theirs)) => ours == theirs,
        (Value::Tuple(None, items), ron::Value::Unit) => items.is_empty(),
        (Value::List(ours), ron::Value::Seq(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Struct(_, ours) | Value::Map(ours), ron::Value::Map(theirs)) => {
            let theirs: BTreeMap<_, _> = theirs.iter().collect();
            let found = |key: &str| theirs.get(&ron::Value::String(key.to_owned()));
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .all(|one| found(&one.key.text).is_some_and(|value| same(&one.value, value)))
        }
        _ => false,
    }
}

/// An outcome text is read, written, and read again as the same.
fn round_trip(scenario: &Scenario, outcome: &Outcome) {
    let text = outcome_text::write_outcome(scenario, outcome);
    let again = outcome_text::parse_outcome(scenario, "test", &text);
    assert_eq!(again.as_ref().ok(), Some(outcome), "{text}");
    assert!(!outcome_text::title(scenario, outcome).is_empty());
}

#[test]
fn every_outcome_is_written_as_it_is_read() {
    let scenario = lesson();
    // The lesson asks every kind of outcome and event.
    assert!(scenario.outcomes.len() >= 25);
    for outcome in &scenario.outcomes {
        round_trip(&scenario, outcome);
    }
    for outcome in &scenario.outcomes {
        for (sign, comparison) in [
            ("<", Comparison::Less),
            ("<=", Comparison::AtMost),
            (">", Comparison::Greater),
            (">=", Comparison::AtLeast),
        ] {
            let text = format!(
                "{} {sign} -0.25",
                outcome_text::write_outcome(&scenario, outcome)
            );
            let read = outcome_text::parse_predicate(&scenario, "test", &text).unwrap();
            assert_eq!(
                read,
                Predicate {
                    outcome: outcome.clone(),
                    comparison,
                    threshold: -0.25
                }
            );
            let written = outcome_text::write_predicate(&scenario, &read);
            assert_eq!(
                outcome_text::parse_predicate(&scenario, "test", &written).unwrap(),
                read
            );
        }
    }
}

#[test]
fn targets_have_half_widths() {
    let scenario = lesson();
    let read = |text: &str| outcome_text::parse_target(&scenario, "--until", text);
    let target = read("Adopted(initiative: \"watch\") +- 0.01").unwrap();
    assert_eq!((target.comparison, target.half_width), (None, Some(0.01)));
    let target = read(" Cohesion(org: \"LEAGUE\")<0.4±1e-2 ").unwrap();
    assert_eq!(target.comparison, Some((Comparison::Less, 0.4)));
    assert_eq!(target.half_width, Some(0.01));
    for wrong in [
        "",
        "Cohesion",
        "Cohesion(org: \"LEAGUE\") <",
        "Cohesion(org: \"LEAGUE\") < 0.4 +-",
        "Cohesion(org: \"LEAGUE\") < x",
        "Cohesion(org: \"LEAGUE\") 0.4",
        "Cohesion(org: \"LEAGUE\") +- 0",
        "Adopted(initiative: \"watch\") +- -1",
        "Adopted(initiative: \"wach\")",
        "Adopted(",
        "Any([])",
        "Any([Cohesion(org: \"LEAGUE\")])",
        "Not(Maturity(org: \"PACT\"))",
        "AtLeast(0, [Adopted(initiative: \"watch\")])",
        "AtLeast(1, Adopted(initiative: \"watch\"))",
        "3 < 4",
        "Difference(Cohesion(org: \"LEAGUE\"))",
        "Cohesion(org: \"LEAGUE\") < Cohesion(org: \"LEAGE\")",
        "Happened(event: Withdrawal(org: \"PACT\"), from: \"2006-01\", by: \"2005-01\")",
    ] {
        assert!(!read(wrong).unwrap_err().is_empty(), "{wrong}");
    }
    assert!(
        outcome_text::parse_predicate(&scenario, "--when", "Cohesion(org: \"LEAGUE\")").is_err()
    );
}

#[test]
fn signs_bind_as_in_arithmetic() {
    let scenario = lesson();
    let written = |text: &str| {
        let read = outcome_text::parse_target(&scenario, "test", text).expect(text);
        outcome_text::write_outcome(&scenario, &read.outcome)
    };
    let (a, b) = ("Cohesion(org: \"LEAGUE\")", "Cohesion(org: \"PACT\")");
    assert_eq!(
        written(&format!("{a}-{b}*2 + 1")),
        format!("(({a} - ({b} * 2)) + 1)")
    );
    assert_eq!(
        written(&format!("({a}-{b})/2 >= {b}")),
        format!("((({a} - {b}) / 2) >= {b})")
    );
    assert_eq!(
        written(&format!("Any([{a} < 0.5, \"Adopted(\\\"watch\\\")\"])")),
        format!("Any([({a} < 0.5), Adopted(initiative: \"watch\")])")
    );
    // A long chain or deep texts are mistakes, not a stack that overflows.
    let long = format!("{a}{}", " + 1".repeat(100_000));
    assert!(outcome_text::parse_target(&scenario, "test", &long).is_err());
    let mut deep = "Adopted(\"watch\")".to_owned();
    for _ in 0..10 {
        deep = format!("Not({deep:?})");
    }
    assert!(outcome_text::parse_target(&scenario, "test", &deep).is_err());
}

#[test]
fn distributions_and_effects_are_written_as_they_are_read() {
    let scenario = lesson();
    let writer = Writer::new(&scenario, Numbers::Shown);
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let file = squeeze(SCENARIO);
    for rung in scenario.initiatives.iter().flat_map(|one| &one.ladder) {
        for effect in &rung.effects {
            let text = writer.effect(effect);
            assert!(file.contains(&text), "{text}");
        }
    }
    for condition in scenario.initiatives.iter().flat_map(|one| &one.conditions) {
        let text = writer.condition(condition);
        assert!(file.contains(&text), "{text}");
    }
    for path in [
        "actors.ARD.autonomy",
        "actors.BRN.autonomy",
        "actors.CAL.autonomy",
        "actors.DUN.autonomy",
    ] {
        let leaf = scenario.leaves.find(path).unwrap();
        let one = scenario
            .uncertainties
            .iter()
            .find(|one| one.leaf == leaf)
            .unwrap();
        let text = format!("{path:?}: {}", write::distribution(&one.distribution));
        assert!(file.contains(&text), "{text}");
    }
}
