//! Classical models on tables as people write them: any separator and order, mistakes at their place.

use super::*;

/// The challenge model's standard case (Scholz, Calbert and Smith 2011), columns in another order, semicolons, a
/// byte-order mark, a comment, percent.
const EMISSIONS: &str = "\u{feff}# years of delay\nPosition;Name;Salience (%);Capability;note\n\
    4;Netherlands;80;0,08;\n7;Belgium;40;0,08;\n4;Luxembourg;20;0,03;\n4;Germany;80;0,16;\n10;France;60;0,16;\n\
    10;Italy;60;0,16;\n10;UK;90;0,16;\n7;Ireland;10;0,05;\n4;Denmark;100;0,05;\n7;Greece;70;0,08;\n";

fn number(value: &serde_json::Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn near(value: &serde_json::Value, wanted: f64) {
    let found = number(value);
    assert!((found - wanted).abs() < 1e-9, "{found}, expected {wanted}");
}

#[test]
fn challenge_plays_the_published_case_from_any_table() {
    let desk = Desk::empty();
    desk.write("issue.csv", EMISSIONS);
    let shown = desk
        .run("model challenge issue.csv")
        .check(0, &["next: foedera model bargain", "not read: note"]);
    for words in ["Belgium to 8.416", "settled, with the median at 7", "7.242"] {
        assert!(
            shown.stdout.contains(words),
            "no {words} in:\n{}",
            shown.stdout
        );
    }
    let json = desk
        .run("model challenge issue.csv --json -q")
        .check(0, &[])
        .json();
    // Example.log of the published implementation, after ten rounds.
    near(&json["mean"], 7.242_130_958_473_938);
    near(
        &json["rounds"][3]["moves"][0]["eu_own"],
        -0.715_333_633_560_958_4,
    );
    let pair = desk.run("model challenge issue.csv --json --denominator pair --pick nearest --risk neutral --rounds 3").check(0, &[]).json();
    assert!((number(&pair["mean"]) - number(&json["mean"])).abs() > 1e-3);
    assert_eq!(pair["options"]["denominator"], "pair");
}

#[test]
fn mistakes_of_a_table_are_all_told_at_their_place() {
    let desk = Desk::empty();
    desk.write(
        "bad.csv",
        "actor,capability,salience,position\nA,x,0.5,1\nA,1,700,2\nB,-1,,\n",
    );
    let ended = desk.run("model challenge bad.csv").check(
        3,
        &[
            "bad.csv:2:3: `x` is no number",
            "bad.csv:3:1: `A` is there twice",
            "bad.csv:3:5: `700` is out of range",
            "bad.csv:4:3: `-1` is out of range",
            "no value for `position`",
            "has 5 mistakes",
        ],
    );
    assert!(ended.stdout.is_empty());
    desk.write("short.csv", "actor,capability\nA,1\n");
    desk.run("model challenge short.csv")
        .check(3, &["short.csv:1:1", "there is no column `position`"]);
    desk.run("model challenge none.csv")
        .check(5, &["cannot read the table none.csv", "check the spelling"]);
    desk.run("model power short.csv")
        .check(2, &["without a quota", "--quota"]);
    desk.run("model power short.csv --quota capabilty=1")
        .check(2, &["no column `capabilty`", "did you mean capability?"]);
}

#[test]
fn power_counts_several_quotas_and_vetoes() {
    let desk = Desk::empty();
    desk.write(
        "six.csv",
        "country,votes\nDE,4\nFR,4\nIT,4\nBE,2\nNL,2\nLU,1\nquota,12\n",
    );
    let six = desk.run("model power six.csv --json").check(0, &[]).json();
    near(&six["voters"][0]["banzhaf_normalised"], 10.0 / 42.0);
    assert_eq!(six["voters"][3]["shapley_shubik_fraction"], "3/20");
    assert_eq!(six["voters"][5]["swings"], 0);
    let shown = desk.run("model power six.csv").check(0, &["next: "]);
    assert!(
        shown.stdout.contains("LU never decides anything"),
        "{}",
        shown.stdout
    );
    let council: String = (1..=15)
        .map(|voter| format!("M{voter},{},1\n", if voter <= 5 { "yes" } else { "" }))
        .collect();
    desk.write("council.csv", format!("member,veto,vote\n{council}"));
    let council = desk
        .run("model power council.csv --quota 9 --json")
        .check(0, &[])
        .json();
    assert_eq!(
        (
            &council["voters"][0]["swings"],
            &council["voters"][9]["swings"]
        ),
        (&848.into(), &84.into())
    );
    let both = desk
        .run("model power six.csv --quota members=>50% --blocking-min 2 --json")
        .check(0, &[])
        .json();
    assert_eq!(both["quotas"][1]["strict"], true);
    desk.run("model power six.csv --veto DEU")
        .check(2, &["--veto: there is no voter `DEU`"]);
}

#[test]
fn landscape_and_balance_read_squares_and_pairs() {
    let desk = Desk::empty();
    desk.write("sizes.csv", "actor,size\nA,1\nB,2\nC,3\n");
    desk.write("square.csv", ",C,A,B\nA,-1,,\nB,-1,1,\nC,,,\n");
    desk.write(
        "pairs.csv",
        "source,target,propensity\nA,B,1\nA,C,-1\nC,B,-1\n",
    );
    for line in [
        "sizes.csv square.csv",
        "square.csv sizes.csv",
        "sizes.csv pairs.csv",
    ] {
        let found = desk
            .run(&format!("model landscape {line} --json"))
            .check(0, &[])
            .json();
        assert_eq!(
            (&found["local_minima"], &found["alignments"]),
            (&1.into(), &4.into()),
            "{line}"
        );
        near(&found["minima"][0]["energy"], -18.0);
        assert_eq!(
            found["minima"][0]["camps"],
            serde_json::json!([["A", "B"], ["C"]])
        );
    }
    desk.run("model landscape sizes.csv pairs.csv")
        .check(0, &["next: foedera model balance"]);
    desk.write("other.csv", "source,target,propensity\nA,D,1\n");
    desk.run("model landscape sizes.csv other.csv")
        .check(3, &["other.csv:2:3: there is no actor `D`"]);
    desk.write(
        "signs.tsv",
        "from\tto\ttype\nA\tB\tfriend\nB\tC\t+\nA\tC\t-\n",
    );
    let found = desk
        .run("model balance signs.tsv --json")
        .check(0, &[])
        .json();
    assert_eq!(
        (&found["frustration_index"], &found["triangles"]["share"]),
        (&1.0.into(), &0.0.into())
    );
    assert_eq!(found["frustration_proved"], true);
    desk.run("model balance signs.tsv").check(0, &["next: "]);
    desk.run("model balance sizes.csv")
        .check(3, &["sizes.csv:1:1"]);
}

#[test]
fn similarity_scores_votes_and_portfolios() {
    let desk = Desk::empty();
    // Signorino and Ritter (1999), example 1 of S.g; the value follows from the formula.
    desk.write(
        "portfolios.csv",
        "state,w,x,y,z\none,3,3,2,2\nother,2,2,3,3\nweights,0.5,0.3,0.1,0.1\n",
    );
    let found = desk
        .run("model similarity portfolios.csv --scale 0:3 --json")
        .check(0, &[])
        .json();
    near(&found["pairs"][0]["s"], 1.0 / 3.0);
    desk.write(
        "votes.csv",
        "actor,group,v1,v2\nA,g,yes,no\nB,g,yes,abstain\nC,h,no,no\n",
    );
    let found = desk
        .run("model similarity votes.csv --json")
        .check(0, &[])
        .json();
    assert_eq!(
        found["groups"][0]["agreement_index_by_item"],
        serde_json::json!([1.0, 0.25])
    );
    near(&found["pairs"][0]["s"], 0.5);
    desk.write(
        "long.csv",
        "country,rcid,choice\nA,1,1\nA,2,3\nB,1,1\nB,2,2\nC,1,8\nC,2,3\n",
    );
    let found = desk
        .run("model similarity long.csv --absent 8,9 --json")
        .check(0, &[])
        .json();
    assert_eq!(
        (&found["pairs"][0]["s"], &found["pairs"][1]["items"]),
        (&0.5.into(), &1.into())
    );
    desk.run("model similarity votes.csv").check(0, &["next: "]);
    desk.write("wrong.csv", "actor,v1\nA,yes\nB,perhaps\n");
    desk.run("model similarity wrong.csv")
        .check(3, &["wrong.csv:3:3: `perhaps` is no choice"]);
}

#[test]
fn bargains_settle_on_lines_and_options() {
    let desk = Desk::empty();
    desk.write("line.csv", "actor,position,weight\nA,0,1\nB,1,3\n");
    let found = desk
        .run("model bargain line.csv --json")
        .check(0, &[])
        .json();
    near(&found["agreement"], 0.75);
    let stuck = desk
        .run("model bargain line.csv --status-quo 0.5")
        .check(0, &["next: "]);
    assert!(
        stuck.stdout.contains("The status quo 0.5 stays"),
        "{}",
        stuck.stdout
    );
    desk.write(
        "options.csv",
        "option,A,B\nwar,-5,1\nleft,4,1\nright,2,3\ndisagreement,0,0\n",
    );
    let found = desk
        .run("model bargain options.csv --json")
        .check(0, &[])
        .json();
    assert_eq!(found["agreed"], serde_json::json!(["right"]));
    desk.run("model bargain options.csv").check(0, &["next: "]);
    desk.write("empty.csv", "");
    desk.run("model bargain empty.csv")
        .check(3, &["empty.csv:1:1: a table without rows"]);
}

#[test]
fn polarisation_is_that_of_the_worked_example() {
    let desk = Desk::empty();
    // Van der Eijk (2001), worked example of the R package agrmt.
    desk.write(
        "scale.csv",
        "category,count\n1,30\n2,40\n3,210\n4,130\n5,530\n6,50\n7,10\n",
    );
    let found = desk
        .run("model polarization scale.csv --json")
        .check(0, &[])
        .json();
    assert!((number(&found["polarization"]) - 0.194_333_3).abs() < 5.1e-8);
    desk.write("camps.csv", "party,mass,position\nL,1,0\nR,1,1\n");
    let found = desk
        .run("model polarization camps.csv --alpha 1 --json")
        .check(0, &[])
        .json();
    near(&found["esteban_ray"][0]["esteban_ray"], 0.25);
    desk.run("model polarization camps.csv")
        .check(0, &["next: "]);
}
