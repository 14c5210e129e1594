//! The reference pages, printed from the tables that the decoder reads by.

use std::fmt::Write;

use crate::catalogue::Catalogue;
use crate::decode::{
    CONFIDENCE, FIGURE, alternatives, change, distribution, driver, dyads, effect, element,
    expectation, figure, initiative, outcome, policy, quantity, rule, scenario, shock, tables,
    world,
};
use crate::limits;
use crate::spec::{Choice, Field, Need, Shape};

/// A part of the page: a heading, its records and its choices.
struct Part {
    heading: &'static str,
    words: &'static str,
    shapes: &'static [&'static Shape],
    choices: &'static [&'static Choice],
}

const PARTS: [Part; 7] = [
    Part {
        heading: "Scenario file",
        words: "One RON file asks one question. Comments are `//` and `/* */`; a last comma is fine; \
                optional values are written bare; `None` takes an entry of the extended file away.",
        shapes: &[
            &scenario::SCENARIO,
            &scenario::TIME,
            &scenario::COHESION_WEIGHTS,
            &FIGURE,
        ],
        choices: &[&scenario::STEPS, &CONFIDENCE],
    },
    Part {
        heading: "Initiatives, shocks and policies",
        words: "What may happen, and what a decision-maker may change.",
        shapes: &[
            &initiative::INITIATIVE,
            &initiative::WINDOW,
            &initiative::RUNG,
            &shock::SHOCK,
            &alternatives::ALTERNATIVES,
            &alternatives::OPTION,
            &policy::POLICY,
        ],
        choices: &[&initiative::CADENCES, &shock::TIMINGS, &effect::CONDITIONS],
    },
    Part {
        heading: "Effects",
        words: "The closed list of what rungs, shocks and policies may change.",
        shapes: &[],
        choices: &[&effect::EFFECTS, &effect::GROUPS, &effect::DOMAINS],
    },
    Part {
        heading: "Uncertainties",
        words: "`uncertainties` maps a path, or a pattern with `*` (any one segment), `**` (any further \
                segments) or `params.*` (all parameters), to a distribution. For each number the most \
                specific pattern wins, then the scenario's over the world's, then the later.",
        shapes: &[],
        choices: &[&distribution::DISTRIBUTIONS, &distribution::FAMILIES],
    },
    Part {
        heading: "Outcomes and expectations",
        words: "The outcome language is the same in files and on the command line. A number becomes a \
                truth value by a comparison, `Cohesion(org: \"A\") < 0.4`; `+- 0.01` asks for a half-width.",
        shapes: &[],
        choices: &[
            &outcome::OUTCOMES,
            &outcome::EVENTS,
            &expectation::CLAIMS,
            &quantity::QUANTITIES,
            &change::CHANGES,
            &change::NEW_VALUES,
            &outcome::PARTS,
            &outcome::TERMS,
        ],
    },
    Part {
        heading: "World file",
        words: "`world.ron` of a world folder.",
        shapes: &[
            &world::WORLD,
            &figure::FIGURE_SOURCE,
            &world::ORGANISATION,
            &element::ELEMENT,
            &element::DEPTH,
            &driver::DRIVER,
            &driver::COUPLING,
            &world::THREAT,
            &world::BLOC,
        ],
        choices: &[
            &rule::RULES,
            &rule::WEIGHTS,
            &rule::STATUSES,
            &driver::PROCESSES,
            &world::THREAT_KINDS,
        ],
    },
    Part {
        heading: "World tables",
        words: "Comma-separated, in the world folder. Lines that start with `#` are comments; a blank cell \
                is the default. `exposure` has one column for each threat (`exposure.<threat>`), `proximity` \
                and `presence` one for each bloc.",
        shapes: &[&tables::ACTORS, &dyads::DYADS],
        choices: &[],
    },
];

/// Every key, variant, range and default of scenario and world files, as a Markdown page.
pub fn format_page() -> String {
    let mut page = String::from(
        "# Scenario and world files\n\n\
         Printed from the tables that the program reads by; a test compares the two. In each table the \
         keys of a variant stand in the order in which it takes them without names.\n",
    );
    for part in &PARTS {
        push(
            &mut page,
            format_args!("\n## {}\n\n{}\n", part.heading, part.words),
        );
        for shape in part.shapes {
            push(
                &mut page,
                format_args!("\n### {}\n\n{}.\n\n", shape.name, shape.doc),
            );
            fields(&mut page, shape.fields);
        }
        for choice in part.choices {
            choice_section(&mut page, choice);
        }
    }
    paths(&mut page);
    bounds(&mut page);
    page
}

/// Every parameter of the law, as a Markdown page.
pub fn params_page(catalogue: &Catalogue) -> String {
    let mut page = String::from(
        "# Parameters of the law\n\n\
         Set them in `params`, by `--set params.PATH=VALUE`, or make them uncertain; `Prior` is the \
         triangular distribution of the range given here.\n\n\
         | path | what | unit | default | prior | valid | source |\n|---|---|---|---|---|---|---|\n",
    );
    for param in catalogue.params {
        push(
            &mut page,
            format_args!(
                "| `params.{}` | {} | {} | {} | {} to {} | {} to {} | {} |\n",
                param.path,
                param.title,
                param.unit,
                param.default,
                param.low,
                param.high,
                param.min,
                param.max,
                param.source
            ),
        );
    }
    page
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text)
        .expect("writing into a string does not fail");
}

fn fields(page: &mut String, all: &[Field]) {
    page.push_str("| key | holds | default | |\n|---|---|---|---|\n");
    for field in all {
        let default = match field.need {
            Need::Required => "required".to_owned(),
            Need::Optional(then) => then.to_owned(),
            Need::Number(number) if (number * 1000.0).fract().abs() > 0.0 => format!("{number:.4}"),
            Need::Number(number) => number.to_string(),
        };
        let holds = field.expectation();
        push(
            page,
            format_args!(
                "| `{}` | {holds} | {default} | {} |\n",
                field.name, field.doc
            ),
        );
    }
}

fn choice_section(page: &mut String, choice: &Choice) {
    let mut heading = choice.noun.to_owned();
    heading[..1].make_ascii_uppercase();
    push(page, format_args!("\n### {heading}\n\n{}.\n\n", choice.doc));
    if choice.variants.iter().all(|shape| shape.fields.is_empty()) {
        for shape in choice.variants {
            push(page, format_args!("- `{}`: {}\n", shape.name, shape.doc));
        }
        return;
    }
    page.push_str("| variant | key | holds | default | |\n|---|---|---|---|---|\n");
    for shape in choice.variants {
        push(
            page,
            format_args!("| **`{}`** | | | | {} |\n", shape.name, shape.doc),
        );
        for field in shape.fields {
            let default = match field.need {
                Need::Required => "required".to_owned(),
                Need::Optional(then) => then.to_owned(),
                Need::Number(number) => number.to_string(),
            };
            let holds = field.expectation();
            push(
                page,
                format_args!(
                    "| | `{}` | {holds} | {default} | {} |\n",
                    field.name, field.doc
                ),
            );
        }
    }
}

fn paths(page: &mut String) {
    page.push_str(
        "\n## Paths\n\nEvery number has a path: the same in `set`, `--set`, uncertainties, policies and tables.\n\n\
         | path | number |\n|---|---|\n\
         | `actors.<actor>.<column>` | a cell of `actors.csv` |\n\
         | `dyads.<source>-<target>.<column>` | a cell of `dyads.csv`; either actor may come first, and trade out and in then change places |\n\
         | `organisations.<org>.levels.<element>`, `.exit_per_year`, `.observer_vote`, `.rule.quota`, `.rule.votes.<actor>` | of an organisation |\n\
         | `elements.<element>.<key>`, `.protection.<threat>`, `.signal.<bloc>`, `.depth.<domain>` | of an element |\n\
         | `drivers.<driver>.<key of the process>`, `.levels[0]`, `.points[0]`, `.floor`, `.ceiling` | of a driver |\n\
         | `threats.<threat>.public_share`, `.scale_km` | of a threat |\n\
         | `params.<parameter>` | a parameter of the law |\n\
         | `cohesion_weights.<part>` | a weight of the cohesion index |\n\
         | `initiatives.<initiative>.ladder.<rung>.depth`, `.effects[0].by` (or `.to`) | of a rung |\n\
         | `initiatives.<initiative>.stances.<actor>`, `.conditions[0].level`, `.rule.quota` | of an initiative |\n\
         | `shocks.<shock>.per_year`, `.probability`, `.effects[0].by` | of a shock |\n\
         | `policies.<policy>.effects[0].by` | of a policy |\n\n\
         `--set` reaches other keys too: `--set stances=false`, `--set time.end=2015-12`, \
         `--set initiatives.<initiative>.open=false`.\n",
    );
}

fn bounds(page: &mut String) {
    page.push_str("\n## Limits\n\n| what | at most |\n|---|---|\n");
    for (what, most) in [
        ("bytes of a file", limits::FILE_BYTES),
        ("brackets inside brackets", limits::NESTING),
        ("values in a file", limits::NODES),
        ("files that extend one another", limits::EXTENDS),
        ("steps", limits::STEPS),
        ("actors", limits::ACTORS),
        ("organisations", limits::ORGANISATIONS),
        ("elements", limits::ELEMENTS),
        ("drivers", limits::DRIVERS),
        ("threats", limits::THREATS),
        ("blocs", limits::BLOCS),
        ("initiatives", limits::INITIATIVES),
        ("rungs of a ladder", limits::RUNGS),
        ("conditions of an initiative", limits::CONDITIONS),
        ("effects of a rung, shock or policy", limits::EFFECTS),
        ("shocks", limits::SHOCKS),
        ("policies", limits::POLICIES),
        ("outcomes", limits::OUTCOMES),
        ("expectations", limits::EXPECTATIONS),
        ("points, states, values of one list", limits::POINTS),
    ] {
        push(page, format_args!("| {what} | {most} |\n"));
    }
}
