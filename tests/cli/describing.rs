//! `describe`: the document of a scenario.

use super::*;

#[test]
fn describe_writes_the_odd_of_a_scenario_from_its_declarations() {
    let desk = Desk::new();
    let text = desk
        .run("describe question.ron --odd")
        .check(0, &["next: foedera run question.ron"])
        .stdout;
    for heading in [
        "## 1. Purpose and patterns",
        "## 2. Entities, state variables and scales",
        "## 3. Process overview and scheduling",
        "## 4. Design concepts",
        "## 5. Initialisation",
        "## 6. Input data",
        "## 7. Submodels",
    ] {
        assert!(text.contains(heading), "no {heading} in:\n{text}");
    }
    // Each mechanism, as the page of the model prints it.
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/MODEL.md"))
            .expect("the page of the model is there");
    for one in foedera_sim::submodels::all() {
        let told = format!("**Equations.** {}", one.equations);
        assert!(text.contains(&told), "{} in the document", one.name);
        assert!(page.contains(&told), "{} in docs/MODEL.md", one.name);
    }
    for param in foedera_sim::catalogue().params {
        assert!(
            text.contains(&format!("| `params.{}` |", param.path)),
            "{}",
            param.path
        );
    }
    // Things of the scenario, with their numbers.
    for words in [
        "Does the Northern League become an alliance",
        "#### league-defence: The League becomes an alliance",
        "LEAGUE assistance to 0.8",
        "CAL -0.3 (fiction: Calder's merchants)",
        "| `actors.CAL.salience.trade` |",
        "Quantiles 0.4 0.6 0.75",
        "southern-threat",
    ] {
        assert!(text.contains(words), "no `{words}` in:\n{text}");
    }
}

#[test]
fn describe_follows_a_setting() {
    let desk = Desk::new();
    let row = |line: &str| {
        let text = desk.run(line).check(0, &["--odd"]).stdout;
        let row = text
            .lines()
            .find(|row| row.starts_with("| `params.trade.weight`"))
            .expect("a row for the parameter");
        row.to_owned()
    };
    let plain = row("describe question.ron");
    assert!(plain.contains("| 1.5 | 1.5 |"), "{plain}");
    let set = row("describe question.ron --set params.trade.weight=2");
    assert!(set.contains("| 2 | 1.5 |"), "{set}");
}

#[test]
fn describe_writes_a_file_and_keeps_what_is_there() {
    let desk = Desk::new();
    let said = desk
        .run("describe question.ron --odd -o odd.md")
        .check(0, &[]);
    assert_eq!(said.stdout, "odd.md\n");
    let text = std::fs::read_to_string(desk.file("odd.md")).expect("it was written");
    assert!(text.starts_with("# Two camps on an island\n"), "{text}");
    desk.run("describe question.ron -o odd.md")
        .check(5, &["odd.md exists already", "--force"]);
    desk.run("describe question.ron -o odd.md --force")
        .check(0, &[]);
    let json = desk
        .run("describe question.ron --json")
        .check(0, &[])
        .json();
    assert_eq!(json["title"], "Two camps on an island");
    assert!(
        json["markdown"]
            .as_str()
            .is_some_and(|text| !text.contains("### Mechanisms"))
    );
}
