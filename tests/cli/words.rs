//! Commands that write words: help, new, check, show, diff, completions, man.

use super::*;

#[test]
fn help_lists_commands_options_and_exit_codes() {
    let desk = Desk::empty();
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("cli_help", desk.run("--help").check(0, &[]).stdout);
        insta::assert_snapshot!("cli_help_run", desk.run("run --help").check(0, &[]).stdout);
    });
}

#[test]
fn new_writes_a_scenario_that_checks_with_its_world() {
    let desk = Desk::empty();
    let written = desk
        .run("new my-question --from classroom")
        .check(0, &["next: foedera run"]);
    assert_eq!(written.stdout, "my-question.ron\n");
    assert!(desk.file("worlds/classroom/world.ron").is_file());
    desk.run("check my-question.ron").check(0, &["next: "]);
}

#[test]
fn new_uses_the_world_of_a_scenarios_folder_nearby() {
    let desk = Desk::empty();
    std::fs::create_dir_all(desk.file("scenarios")).expect("writable");
    desk.run("new scenarios/first --from classroom")
        .check(0, &[]);
    let written = desk
        .run("new second --from classroom --json")
        .check(0, &[])
        .json();
    assert_eq!(written["world"], "scenarios/worlds/classroom");
    assert_eq!(written["world_written"], false);
    assert!(!desk.file("worlds").exists());
    desk.run("check second.ron").check(0, &[]);
}

#[test]
fn new_keeps_what_is_there_unless_forced() {
    let desk = Desk::empty();
    desk.write("mine.ron", "my own words");
    desk.run("new mine")
        .check(5, &["mine.ron exists already", "--force"]);
    assert_eq!(
        std::fs::read(desk.file("mine.ron")).expect("it is there"),
        b"my own words"
    );
    desk.run("new mine --force").check(0, &[]);
    assert_ne!(
        std::fs::read(desk.file("mine.ron")).expect("it is there"),
        b"my own words"
    );
}

#[test]
fn new_lists_the_gallery() {
    let desk = Desk::empty();
    let listed = desk.run("new --list --json").check(0, &[]).json();
    let names: Vec<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|row| row["name"].as_str())
        .collect();
    assert!(
        names.contains(&"csto-integration") && names.contains(&"classroom"),
        "{names:?}"
    );
    let wrong = desk
        .run("new x --from clasroom")
        .check(2, &["did you mean classroom"]);
    assert!(wrong.stdout.is_empty());
}

#[test]
fn check_lists_every_mistake_as_text_and_json() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    let broken = text
        .replacen("title:", "titel:", 1)
        .replacen("schema: 1", "schema: 99", 1);
    desk.write("broken.ron", broken);
    let ended = desk.run("check broken.ron").check(3, &[]);
    assert!(ended.stdout.contains("broken.ron:"), "{}", ended.stdout);
    let found = desk
        .run("check broken.ron question.ron --format json")
        .check(3, &[])
        .json();
    let mistakes = found[0]["diagnostics"].as_array().expect("a list");
    assert!(mistakes.len() >= 2, "{found}");
    assert!(
        mistakes
            .iter()
            .all(|one| one["line"].is_number() && one["code"].is_string())
    );
    assert_eq!(found[0]["ok"], false);
    assert_eq!(found[1]["ok"], true);
}

#[test]
fn show_draws_the_scenario() {
    let desk = Desk::new();
    let shown = desk
        .run("show question.ron")
        .check(0, &["next: foedera run question.ron"]);
    for words in [
        "Actors and what they care about",
        "Initiatives",
        "Where the numbers come from",
    ] {
        assert!(
            shown.stdout.contains(words),
            "no {words} in:\n{}",
            shown.stdout
        );
    }
    let widest = shown.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{}", shown.stdout);
    let json = desk.run("show question.ron --json").check(0, &[]).json();
    assert!(json["initiatives"].is_array());
    let set = desk
        .run("show question.ron --set params.bargaining.noise=0.123")
        .check(0, &[]);
    assert!(set.stdout.len() > 1000);
}

#[test]
fn show_health_tells_whether_the_model_lives() {
    let desk = Desk::new();
    let shown = desk.run("show question.ron --health").check(0, &["next: "]);
    for words in ["term of a decision", "histories that adopt", "cohesion."] {
        assert!(
            shown.stdout.contains(words),
            "no {words} in:\n{}",
            shown.stdout
        );
    }
    let health = desk
        .run("show question.ron --health --json")
        .check(0, &[])
        .json();
    assert_eq!(health["faults"], 0);
    assert_eq!(health["terms"].as_array().map(Vec::len), Some(10));
    let moving = health["measures"]
        .as_array()
        .expect("a list")
        .iter()
        .any(|measure| {
            let is_cohesion = measure["path"]
                .as_str()
                .is_some_and(|path| path.starts_with("cohesion."));
            is_cohesion && measure["sd"].as_f64().is_some_and(|sd| sd > 0.005)
        });
    assert!(moving, "cohesion does not move: {health}");
}

#[test]
fn diff_names_the_paths_that_differ() {
    let desk = Desk::new();
    let same = desk.run("diff question.ron question.ron").check(0, &[]);
    assert!(same.stdout.contains("the same"), "{}", same.stdout);
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    desk.write(
        "other.ron",
        text.replacen("title: \"", "title: \"Another ", 1),
    );
    let found = desk
        .run("diff question.ron other.ron --json")
        .check(0, &[])
        .json();
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["path"], "title");
    assert!(
        found[0]["after"]
            .as_str()
            .is_some_and(|text| text.starts_with("Another "))
    );
}

#[test]
fn completions_and_man_name_every_command() {
    let desk = Desk::empty();
    let man = desk.run("man").check(0, &["next: "]).stdout;
    let bash = desk.run("completions bash").check(0, &["next: "]).stdout;
    for verb in [
        "new",
        "check",
        "show",
        "diff",
        "run",
        "replay",
        "structure",
        "why",
        "figure",
        "report",
        "test",
        "model",
        "score",
        "completions",
        "man",
    ] {
        assert!(man.contains(&format!("\n.SS {verb}\n")), "man lacks {verb}");
        assert!(
            bash.contains(&format!("foedera,{verb})")),
            "completions lack {verb}"
        );
    }
    assert!(man.contains("EXIT STATUS"));
    desk.run("completions klingon").check(2, &["invalid value"]);
}

#[test]
fn quiet_says_nothing_beside_data() {
    let desk = Desk::new();
    for line in [
        "check question.ron -q",
        "show question.ron -q",
        "man --quiet",
        "new second -q",
    ] {
        assert_eq!(desk.run(line).check(0, &[]).stderr, "", "{line}");
    }
}
