//! Bad input: each a clear error with its exit code, never a panic, and nothing lost.

use super::*;

#[test]
fn unknown_words_are_usage() {
    let desk = Desk::empty();
    desk.run("").check(2, &["Usage: foedera"]);
    desk.run("dance").check(2, &["dance"]);
    desk.run("run").check(2, &["FILE"]);
    desk.run("run x.ron --sead 3").check(2, &["--seed"]);
    desk.run("check x.ron --format xml")
        .check(2, &["text", "json"]);
}

#[test]
fn numbers_out_of_range_are_usage() {
    let desk = Desk::new();
    for (options, says) in [
        ("-n 0", "at least 1 replicate"),
        ("-n 1000000000", "100,000,000"),
        ("-n 1000000000000000000", "100,000,000"),
        ("-n ten", "whole number"),
        ("-n=-5", "whole number"),
        ("--seed 18446744073709551616", "18446744073709551615"),
        ("--seed=-1", "18446744073709551615"),
        ("--seed seven", "seed"),
        ("--threads 0", "1 to 1024"),
        ("--threads 1025", "1 to 1024"),
        ("--set params.bargaining.noise", "PATH=VALUE"),
    ] {
        let ended = desk
            .run(&format!("run question.ron {options}"))
            .check(2, &[says]);
        assert_eq!(ended.stdout, "", "{options}");
    }
    assert!(!desk.file("out").exists(), "a refused run leaves no folder");
}

#[test]
fn an_unknown_path_in_set_names_near_ones() {
    let desk = Desk::new();
    let line = "run question.ron -n 64 --set params.bargaining.noize=0.1";
    desk.run(line)
        .check(2, &["params.bargaining.noize", "params.bargaining.noise"]);
    let line = "show question.ron --set params.bargaining.noise=loud";
    desk.run(line).check(2, &["params.bargaining.noise"]);
    let line = "run question.ron -n 64 --set params.bargaining.noise=-1e300";
    desk.run(line).check(2, &["params.bargaining.noise"]);
    // The mistake shows in the file, which is good by itself.
    desk.run("show question.ron --set time.end=1999-12")
        .check(2, &["--set does not fit"]);
    assert!(!desk.file("out").exists());
}

#[test]
fn an_unknown_policy_names_near_ones() {
    let desk = Desk::new();
    desk.run("run question.ron -n 64 --policy no-such-policy")
        .check(2, &["no-such-policy"]);
    desk.run("run question.ron -n 64 --policy base,base")
        .check(2, &["`base` is named twice"]);
    assert!(!desk.file("out").exists());
}

#[test]
fn files_that_are_none() {
    let desk = Desk::new();
    for verb in ["run", "check", "show", "test"] {
        desk.run(&format!("{verb} missing.ron"))
            .check(5, &["missing.ron"]);
        desk.run(&format!("{verb} worlds"))
            .check(5, &["worlds", "folder"]);
    }
    desk.run("diff question.ron missing.ron")
        .check(5, &["missing.ron"]);
    desk.run("why nowhere --initiative x")
        .check(5, &["nowhere"]);
    desk.run("replay nowhere --replicate 0")
        .check(5, &["nowhere"]);
    desk.run("why question.ron --initiative x")
        .check(5, &["question.ron"]);
}

#[test]
fn text_that_is_no_scenario() {
    let desk = Desk::new();
    desk.write("latin.ron", b"Scenario(title: \"caf\xe9\")");
    desk.write("empty.ron", "");
    desk.write("other.ron", "Recipe(eggs: 3)");
    desk.write("long.ron", vec![b' '; 5 << 20]);
    desk.write("deep.ron", "[".repeat(100_000));
    for file in [
        "latin.ron",
        "empty.ron",
        "other.ron",
        "long.ron",
        "deep.ron",
    ] {
        let ended = desk
            .run(&format!("run {file} -n 64"))
            .check(3, &["error", file]);
        assert_eq!(ended.stdout, "", "{file}");
    }
    let text = std::fs::read_to_string(desk.file("question.ron")).expect("it is there");
    desk.write(
        "far.ron",
        text.replace("worlds/classroom", "worlds/atlantis"),
    );
    desk.run("check far.ron").check(3, &[]);
    assert!(!desk.file("out").exists());
}

#[test]
fn a_full_stdout_is_an_error_and_a_closed_one_is_not() {
    let desk = Desk::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(full) = full else { return };
    let output = program(desk.path())
        .args(["show", "question.ron"])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .expect("the program starts");
    Ended::of(&output).check(5, &["cannot write to stdout"]);

    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = program(desk.path())
        .args(["show", "question.ron"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .expect("the program starts");
    let ended = Ended::of(&output).check(0, &[]);
    assert_eq!(ended.stderr, "");
}
