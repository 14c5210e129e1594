//! Structure at dates of a run: the same from the folder as from the file, bounded, located.

use super::*;

#[test]
fn structure_is_that_of_the_run() {
    let desk = Desk::new();
    desk.run("run question.ron -n 80 --seed 3 -o out -q")
        .check(0, &[]);
    let of_run = desk.run("structure out -n 70 --json").check(0, &[]).json();
    let of_file = desk
        .run("structure question.ron -n 70 --seed 3 --json")
        .check(0, &[])
        .json();
    assert_eq!(of_run["dates"], of_file["dates"]);
    let dates = of_run["dates"].as_array().expect("a list");
    assert_eq!(dates.len(), 2);
    for date in dates {
        assert_eq!(
            (&date["replicates"], &date["frustration_proved"]),
            (&70.into(), &1.0.into())
        );
        let mean = |id: &str| {
            date["measures"][id]["mean"]["value"]
                .as_f64()
                .expect("a number")
        };
        assert!((0.0..=1.0).contains(&mean("normalised_frustration")));
        assert!((-1.0..=1.0).contains(&mean("affinity")));
        assert!(mean("ideal_spread") > 0.0 && mean("polarization") > 0.0);
    }
    let other = desk
        .run("structure question.ron -n 70 --seed 4 --json")
        .check(0, &[])
        .json();
    assert_ne!(
        of_file["dates"][1]["measures"],
        other["dates"][1]["measures"]
    );
}

#[test]
fn structure_looks_at_members_and_dates() {
    let desk = Desk::new();
    let all = desk
        .run("structure question.ron -n 8")
        .check(0, &["next: foedera structure question.ron --org"]);
    assert!(
        all.stdout.contains("two camps") && all.stdout.contains("frustration index"),
        "{}",
        all.stdout
    );
    let shown = desk.run("show question.ron --json -q").check(0, &[]).json();
    let org = shown["world"]["organisations"][0]["id"]
        .as_str()
        .expect("an organisation")
        .to_owned();
    let members = desk
        .run(&format!("structure question.ron -n 8 --org {org} --json"))
        .check(0, &[])
        .json();
    assert_eq!(members["organisation"], org.as_str());
    desk.run("structure question.ron --org nobody")
        .check(2, &["--org: there is no organisation `nobody`"]);
    desk.run("structure question.ron --at 1066-10")
        .check(2, &["look at 1066-10", "--at"]);
    desk.run("structure question.ron -n 1001")
        .check(2, &["1001"]);
}
