//! Tables of questions with what was observed: CSV rows to checked questions, every mistake with its line.
//!
//! Columns, in any order, others are left alone: `id`, `expression`, then `resolution` (yes or no) or `value`
//! (a number); optional `question`, `cluster` or `topic`, `baseline` or `baseline_p`, or `baseline_mean` and
//! `baseline_sd`; for a calibration `weight` and, with a number, `scale`.

use std::path::Path;

use foedera_scenario::{Diagnostic, Look, Outcome, Scenario, parse_target};

use crate::{face::complain, failure::Failure};

/// Most rows of a table.
const ROWS_MAX: usize = 10_000;

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// Id.
    pub(crate) id: String,
    /// In words; the id if the table has none.
    pub(crate) question: String,
    /// Cluster; the id if the table has none, so that it stands alone.
    pub(crate) cluster: String,
    /// What the model is asked.
    pub(crate) outcome: Outcome,
    /// What came of it.
    pub(crate) seen: Seen,
    /// What it counts in a calibration, not negative; 1 if the table does not say.
    pub(crate) weight: f64,
    /// The unit in which a calibration measures the distance of a number, above zero.
    pub(crate) scale: Option<f64>,
}

/// What was observed, with what a naive observer would have said.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen {
    /// A thing that happened or did not; the baseline's probability.
    Truth(bool, Option<f64>),
    /// A number; mean and standard deviation of the baseline.
    Number(f64, Option<(f64, f64)>),
}

/// A mistake in a row.
struct Wrong {
    line: u64,
    column: &'static str,
    message: String,
    shown: Vec<Diagnostic>,
}

/// Reads a table; its mistakes are listed on stderr.
///
/// # Errors
/// If the file cannot be read or has mistakes.
pub(crate) fn read(scenario: &Scenario, path: &Path) -> Result<Vec<Question>, Failure> {
    let unreadable = |error| Failure::File {
        action: "read",
        path: path.to_path_buf(),
        error,
    };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let (questions, wrong) = questions(scenario, &bytes);
    if wrong.is_empty() {
        return Ok(questions);
    }
    let file = path.display().to_string();
    for one in &wrong {
        complain(&format!(
            "{file}:{}: {}: {}",
            one.line, one.column, one.message
        ));
        for diagnostic in &one.shown {
            complain(diagnostic.to_text(Look::Plain).trim_end());
        }
    }
    Err(Failure::BadTable {
        file,
        mistakes: wrong.len(),
    })
}

fn questions(scenario: &Scenario, bytes: &[u8]) -> (Vec<Question>, Vec<Wrong>) {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(bytes);
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    let columns = match Columns::find(&mut reader) {
        Ok(columns) => columns,
        Err(mistake) => return (good, vec![mistake]),
    };
    for (idx, record) in reader.records().enumerate() {
        if idx >= ROWS_MAX {
            wrong.push(Wrong::new(0, "rows", format!("more than {ROWS_MAX}")));
            break;
        }
        match record {
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                wrong.push(Wrong::new(line, "row", error.to_string()));
            }
            Ok(record) => match columns.question(scenario, &record) {
                Ok(question) => good.push(question),
                Err(mistake) => wrong.push(mistake),
            },
        }
    }
    if good.is_empty() && wrong.is_empty() {
        wrong.push(Wrong::new(1, "rows", "the table has no questions"));
    }
    (good, wrong)
}

impl Wrong {
    fn new(line: u64, column: &'static str, message: impl Into<String>) -> Self {
        Self {
            line,
            column,
            message: message.into(),
            shown: Vec::new(),
        }
    }
}

/// Where each column stands.
struct Columns {
    id: usize,
    expression: usize,
    question: Option<usize>,
    cluster: Option<usize>,
    resolution: Option<usize>,
    value: Option<usize>,
    baseline: Option<usize>,
    mean: Option<usize>,
    sd: Option<usize>,
    weight: Option<usize>,
    scale: Option<usize>,
}

impl Columns {
    fn find(reader: &mut csv::Reader<&[u8]>) -> Result<Self, Wrong> {
        let headers = reader
            .headers()
            .map_err(|error| Wrong::new(1, "header", error.to_string()))?;
        let at = |names: &[&str]| {
            let found = |name: &&str| headers.iter().position(|header| header == *name);
            names.iter().find_map(found)
        };
        let needed = |column: &'static str| {
            at(&[column]).ok_or_else(|| {
                let has: Vec<&str> = headers.iter().collect();
                let has = has.join(", ");
                Wrong::new(
                    1,
                    column,
                    format!("the table has no such column; it has {has}"),
                )
            })
        };
        let columns = Self {
            id: needed("id")?,
            expression: needed("expression")?,
            question: at(&["question"]),
            cluster: at(&["cluster", "topic"]),
            resolution: at(&["resolution"]),
            value: at(&["value"]),
            baseline: at(&["baseline", "baseline_p"]),
            mean: at(&["baseline_mean"]),
            sd: at(&["baseline_sd"]),
            weight: at(&["weight"]),
            scale: at(&["scale"]),
        };
        if columns.resolution.is_none() && columns.value.is_none() {
            let message = "the table has neither `resolution` (yes or no) nor `value` (a number)";
            return Err(Wrong::new(1, "header", message));
        }
        Ok(columns)
    }

    fn question(&self, scenario: &Scenario, record: &csv::StringRecord) -> Result<Question, Wrong> {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default();
        let id = cell(Some(self.id)).to_owned();
        if id.is_empty() {
            return Err(Wrong::new(line, "id", "the question has no id"));
        }
        let or_id = |text: &str| {
            if text.is_empty() {
                id.clone()
            } else {
                text.to_owned()
            }
        };
        let outcome = outcome(scenario, line, cell(Some(self.expression)))?;
        let number = |place, column, range| number(line, column, cell(place), range);
        let any = (f64::MIN, f64::MAX);
        let seen = match (cell(self.resolution), cell(self.value)) {
            ("", "") => {
                return Err(Wrong::new(
                    line,
                    "resolution",
                    "neither yes or no nor a `value`",
                ));
            }
            ("", _) => {
                let value = number(self.value, "value", any)?;
                let mean = number(self.mean, "baseline_mean", any)?;
                let sd = number(self.sd, "baseline_sd", (0.0, f64::MAX))?;
                Seen::Number(value.unwrap_or_default(), mean.zip(sd))
            }
            (text, "") => Seen::Truth(
                truth(line, text)?,
                number(self.baseline, "baseline", (0.0, 1.0))?,
            ),
            _ => {
                return Err(Wrong::new(
                    line,
                    "value",
                    "both a resolution and a value: leave one empty",
                ));
            }
        };
        if matches!(seen, Seen::Truth(..)) && !outcome.is_truth() {
            let message = "a number is asked where the answer is yes or no: compare it, as in `Count(org: \"…\") >= 7`";
            return Err(Wrong::new(line, "expression", message));
        }
        let weight = number(self.weight, "weight", (0.0, f64::MAX))?;
        let scale = number(self.scale, "scale", (0.0, f64::MAX))?;
        if scale.is_some_and(|scale| scale <= 0.0) {
            return Err(Wrong::new(line, "scale", "a unit of distance is above 0"));
        }
        Ok(Question {
            weight: weight.unwrap_or(1.0),
            scale,
            question: or_id(cell(self.question)),
            cluster: or_id(cell(self.cluster)),
            id: id.clone(),
            outcome,
            seen,
        })
    }
}

fn outcome(scenario: &Scenario, line: u64, text: &str) -> Result<Outcome, Wrong> {
    if text.is_empty() {
        return Err(Wrong::new(
            line,
            "expression",
            "the question has no expression",
        ));
    }
    match parse_target(scenario, "expression", text) {
        Ok(target) => Ok(target.into_outcome()),
        Err(diagnostics) => Err(Wrong {
            shown: diagnostics
                .into_iter()
                .filter(Diagnostic::is_error)
                .collect(),
            ..Wrong::new(line, "expression", "it does not fit the scenario")
        }),
    }
}

fn truth(line: u64, text: &str) -> Result<bool, Wrong> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(Wrong::new(
            line,
            "resolution",
            format!("`{text}` is neither yes nor no"),
        )),
    }
}

fn number(
    line: u64,
    column: &'static str,
    text: &str,
    (low, high): (f64, f64),
) -> Result<Option<f64>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    let value: Option<f64> = text.parse().ok();
    match value.filter(|value| value.is_finite()) {
        None => Err(Wrong::new(line, column, format!("`{text}` is no number"))),
        Some(value) if value < low || value > high => {
            let range = if high < 2.0 {
                "from 0 to 1"
            } else {
                "of at least 0"
            };
            Err(Wrong::new(
                line,
                column,
                format!("{text} is no number {range}"),
            ))
        }
        Some(value) => Ok(Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/classroom.ron");
        foedera_scenario::load(
            &crate::sources::Folders,
            path,
            &[],
            &foedera_sim::catalogue(),
        )
        .expect("the classroom is good")
        .scenario
    }

    #[test]
    fn rows_become_questions() {
        let table = "id,topic,expression,resolution,value,baseline,baseline_mean,baseline_sd,other\n\
             Q1,watch,\"Adopted(initiative: \"\"raid-watch\"\")\",yes,,0.3,,,x\n\
             # a remark\n\
             Q2,,\"Count(org: \"\"LEAGUE\"\")\",,4,,3,1,\n";
        let (good, wrong) = questions(&scenario(), table.as_bytes());
        assert!(wrong.is_empty());
        assert_eq!(good.len(), 2);
        assert_eq!(
            (good[0].cluster.as_str(), good[1].cluster.as_str()),
            ("watch", "Q2")
        );
        assert!(matches!(good[0].seen, Seen::Truth(true, Some(p)) if (p - 0.3).abs() < 1e-12));
        assert!(matches!(good[1].seen, Seen::Number(..)));
    }

    #[test]
    fn every_mistake_has_its_line_and_column() {
        let asked = "\"Adopted(initiative: \"\"raid-watch\"\")\"";
        for (rows, line, column) in [
            ("id,expression\nQ,x", 1, "header"),
            ("id,resolution\nQ,yes", 1, "expression"),
            (
                &format!("id,expression,resolution\nQ,{asked},maybe"),
                2,
                "resolution",
            ),
            (&format!("id,expression,resolution\n,{asked},yes"), 2, "id"),
            (
                &format!("id,expression,resolution\nQ,{asked},"),
                2,
                "resolution",
            ),
            (
                &format!("id,expression,resolution,value\nQ,{asked},yes,2"),
                2,
                "value",
            ),
            (
                &format!("id,expression,resolution,baseline\nQ,{asked},yes,1.5"),
                2,
                "baseline",
            ),
            (
                "id,expression,resolution\nQ,\"Count(org: \"\"LEAGUE\"\")\",yes",
                2,
                "expression",
            ),
            (
                "id,expression,resolution\nQ,\"Count(org: \"\"LEAGE\"\") > 2\",yes",
                2,
                "expression",
            ),
            (
                &format!("id,expression,resolution,weight\nQ,{asked},yes,-1"),
                2,
                "weight",
            ),
            (
                "id,expression,value,scale\nQ,\"Count(org: \"\"LEAGUE\"\")\",4,0",
                2,
                "scale",
            ),
            ("id,expression,resolution\nQ,yes", 2, "row"),
            ("id,expression,resolution\n", 1, "rows"),
        ] {
            let (_, wrong) = questions(&scenario(), rows.as_bytes());
            let found: Vec<(u64, &str)> = wrong.iter().map(|one| (one.line, one.column)).collect();
            assert_eq!(found, [(line, column)], "{rows}");
        }
    }
}
