//! `--table`: every analysis also as a table for other programs.

use super::*;

const SEEN: &str = "id,expression,resolution,value\n\
    Q1,\"Adopted(initiative: \"\"raid-watch\"\")\",yes,\n\
    N1,\"Cohesion(org: \"\"LEAGUE\"\")\",,0.5\n";

#[test]
fn an_analysis_is_written_as_csv_parquet_and_json() {
    let desk = Desk::new();
    desk.write("seen.csv", SEEN);
    desk.write("votes.csv", "voter,weight\nA,5\nB,3\nC,1\n");
    desk.run("run question.ron -n 64 --seed 5 -o out")
        .check(0, &[]);
    for line in [
        "why out --no-rerun",
        "score out --observed seen.csv",
        "structure out -n 8",
        "test question.ron -n 64 --report",
        "model power votes.csv --quota 6",
    ] {
        let verb = line.split(' ').next().unwrap_or_default();
        for ending in ["csv", "parquet", "json"] {
            let file = format!("{verb}.{ending}");
            let ended = desk.run(&format!("{line} --table {file}"));
            let code = if verb == "test" { ended.code } else { 0 };
            ended.check(code, &[&format!("table: {file}"), "next: "]);
        }
        let table = std::fs::read_to_string(desk.file(&format!("{verb}.json")));
        let table: serde_json::Value =
            serde_json::from_str(&table.expect("a table")).expect("a document");
        let columns = table["columns"].as_array().expect("columns");
        assert!(
            columns.iter().all(|column| column["label"] != ""),
            "{table}"
        );
        let command = table["provenance"]["command"].as_str().expect("a command");
        assert_eq!(command, format!("foedera {line}"));
        let rows = table["rows"].as_array().expect("rows");
        assert!(!rows.is_empty(), "{line}");
        let csv = std::fs::read_to_string(desk.file(&format!("{verb}.csv"))).expect("a table");
        let names: Vec<&str> = columns
            .iter()
            .filter_map(|column| column["name"].as_str())
            .collect();
        assert_eq!(csv.lines().next(), Some(names.join(",").as_str()));
        let records = csv::Reader::from_reader(csv.as_bytes())
            .into_records()
            .count();
        assert_eq!(records, rows.len(), "{line}");
        let bytes = std::fs::read(desk.file(&format!("{verb}.parquet"))).expect("a table");
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    }
}

#[test]
fn a_table_is_not_overwritten_and_its_name_says_the_format() {
    let desk = Desk::new();
    desk.write("votes.csv", "voter,weight\nA,5\nB,3\nC,1\n");
    let line = "model power votes.csv --quota 6 --table power.csv";
    desk.run(line).check(0, &["table: power.csv, 3 rows"]);
    let first = std::fs::read(desk.file("power.csv")).expect("a table");
    desk.run(line).check(5, &["power.csv", "--force"]);
    desk.run(&format!("{line} --force --quota 7"))
        .check(0, &["table: power.csv"]);
    assert!(!first.is_empty());
    // A refusal comes before any work, and nothing is printed as if it were an answer.
    let refused = desk.run("score question.ron --observed none.csv --table t.xlsx");
    let refused = refused.check(2, &[".csv, .parquet or .json"]);
    assert_eq!(refused.stdout, "");
}
