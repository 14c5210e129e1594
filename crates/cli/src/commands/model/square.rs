//! Ties between named actors, from a square table or from a list of pairs.

use super::table::{ACTOR_NAMES, Cell, Range, Table, Wanted, plain_name};

/// Names of the first of a pair and of the second.
const SOURCES: &[&str] = &["from", "source_actor", "actor1", "actor_1", "node1", "ego"];
const TARGETS: &[&str] = &["to", "target_actor", "actor2", "actor_2", "node2", "alter"];

/// Actors and their ties, `[source][target]`.
#[derive(Debug)]
pub(super) struct Ties {
    pub(super) names: Vec<String>,
    pub(super) values: Vec<Vec<f64>>,
    /// Pairs that say something else in one direction than in the other.
    pub(super) uneven: Vec<(usize, usize)>,
}

/// What to read as a tie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tie {
    /// The column of a list of pairs, and its other names.
    pub(super) column: &'static str,
    pub(super) others: &'static [&'static str],
    /// What it is, as in “a propensity”.
    pub(super) what: &'static str,
    /// Whether words such as `friend` and `-` count.
    pub(super) words: bool,
}

/// Reads ties; `known` are the actors that a table before this one has named, in its order.
pub(super) fn read(table: &mut Table, tie: Tie, known: Option<&[String]>) -> Ties {
    let names: Vec<String> = table
        .header
        .iter()
        .map(|cell| plain_name(&cell.text))
        .collect();
    let has = |name: &str, others: &[&str]| {
        names
            .iter()
            .any(|one| one == name || others.contains(&one.as_str()))
    };
    if table.rows.is_empty() && !table.is_headless() {
        let help =
            "below the first row each row is a pair with its tie, or an actor of a square table";
        table.wrong_whole("table::empty", "a table without ties", help);
    }
    if has("source", SOURCES) && has("target", TARGETS) {
        return list(table, tie, known);
    }
    if looks_like_pairs(table) {
        return list(table, tie, known);
    }
    square(table, tie, known)
}

/// Whether each row holds two names and a third cell: in a square table the second cell is a tie.
fn looks_like_pairs(table: &Table) -> bool {
    let is_name = |cell: &Cell| {
        !cell.text.is_empty()
            && table.parse(&cell.text).is_none()
            && cell.text.chars().any(char::is_alphanumeric)
    };
    table.header.len() == 3
        && !table.rows.is_empty()
        && table.rows.iter().all(|row| row.iter().take(2).all(is_name))
}

/// A list of pairs.
fn list(table: &mut Table, tie: Tie, known: Option<&[String]>) -> Ties {
    let wanted = [
        Wanted::required("source", SOURCES),
        Wanted::required("target", TARGETS),
        Wanted {
            name: tie.column,
            others: tie.others,
            required: true,
        },
    ];
    let columns = table.columns(&wanted);
    let mut names: Vec<String> = known.map(<[String]>::to_vec).unwrap_or_default();
    let mut cells: Vec<(usize, usize, f64, usize)> = Vec::new();
    if let [Some(source), Some(target), Some(value)] = columns {
        for row in 0..table.rows.len() {
            let ends = [source, target].map(|column| place(table, &mut names, row, column, known));
            let value = tie_value(table, row, value, tie);
            if let ([Some(one), Some(other)], Some(value)) = (ends, value) {
                cells.push((one, other, value, row));
            }
        }
    }
    let n = names.len();
    let mut values = vec![vec![0.0; n]; n];
    let mut first: Vec<Vec<Option<usize>>> = vec![vec![None; n]; n];
    for &(one, other, value, row) in &cells {
        if one == other {
            let help = "leave it out: an actor has no tie with itself";
            table.wrong(
                "table::own_tie",
                table.row_at(row),
                format!("a tie of `{}` with itself", names[one]),
                help,
            );
        }
        if let Some(before) = first[one][other] {
            let line = before + 1;
            let message = format!(
                "the tie from `{}` to `{}` is there twice (entry {line} and this one)",
                names[one], names[other]
            );
            table.wrong(
                "table::duplicate_tie",
                table.row_at(row),
                message,
                "keep one of them",
            );
        }
        first[one][other] = Some(row);
        values[one][other] = value;
    }
    // A tie given in one direction only holds in both.
    let mut uneven = Vec::new();
    for one in 0..n {
        for other in one + 1..n {
            match (first[one][other], first[other][one]) {
                (Some(_), None) => values[other][one] = values[one][other],
                (None, Some(_)) => values[one][other] = values[other][one],
                (Some(_), Some(_)) if differ(values[one][other], values[other][one]) => {
                    uneven.push((one, other));
                }
                _ => {}
            }
        }
    }
    Ties {
        names,
        values,
        uneven,
    }
}

/// The number of an actor; a new one gets the next, unless the actors are known.
fn place(
    table: &mut Table,
    names: &mut Vec<String>,
    row: usize,
    column: usize,
    known: Option<&[String]>,
) -> Option<usize> {
    let cell = table.rows[row][column].clone();
    if cell.text.is_empty() {
        table.wrong(
            "table::no_name",
            table.row_at(row),
            "a pair without a name".to_owned(),
            "name both actors",
        );
        return None;
    }
    if let Some(found) = names.iter().position(|name| *name == cell.text) {
        return Some(found);
    }
    if known.is_some() {
        let near =
            foedera_scenario::diagnostic::nearest(&cell.text, names.iter().map(String::as_str));
        let help = near.map_or_else(
            || "the other table names the actors".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        table.wrong(
            "table::unknown_actor",
            cell.span(),
            format!("there is no actor `{}`", cell.text),
            &help,
        );
        return None;
    }
    names.push(cell.text);
    Some(names.len() - 1)
}

/// The tie in a cell; nothing after a mistake.
fn tie_value(table: &mut Table, row: usize, column: usize, tie: Tie) -> Option<f64> {
    let text = table.rows[row][column].text.trim().to_lowercase();
    if tie.words {
        let word = match text.as_str() {
            "+" | "p" | "pos" | "positive" | "friend" | "ally" | "alliance" | "like" | "+1" => {
                Some(1.0)
            }
            "-" | "−" | "–" | "n" | "neg" | "negative" | "enemy" | "foe" | "rival" | "dislike" => {
                Some(-1.0)
            }
            "0" | "none" | "neutral" => Some(0.0),
            _ => None,
        };
        if word.is_some() {
            return word;
        }
    }
    let before = table.is_good();
    let value = table.needed(row, column, Range::any(tie.what));
    (table.is_good() || !before).then_some(value)
}

/// A square table, with or without names.
fn square(table: &mut Table, tie: Tie, known: Option<&[String]>) -> Ties {
    // Names are across and down, or only down, or nowhere.
    let across = !table.is_headless();
    if !across {
        table.drop_header();
    }
    let width = table.header.len();
    let down = across
        || table.rows.iter().any(|row| {
            row.first()
                .is_some_and(|cell| table.parse(&cell.text).is_none() && !cell.text.is_empty())
        });
    let first = usize::from(down && (!across || table.rows.len() < width));
    let n = table.rows.len();
    if width - first != n {
        let message = format!("{n} rows and {} columns of ties", width - first);
        let help = "a square table has the same actors across and down; a list of pairs has columns source, target and a value";
        table.wrong("table::not_square", table.header_at(), message, help);
        return Ties {
            names: Vec::new(),
            values: Vec::new(),
            uneven: Vec::new(),
        };
    }
    let rows: Vec<String> = if first == 1 {
        table.names(0)
    } else if across {
        table.header.iter().map(|cell| cell.text.clone()).collect()
    } else {
        known.map_or_else(
            || (1..=n).map(|row| row.to_string()).collect(),
            <[String]>::to_vec,
        )
    };
    let columns: Vec<String> = if across {
        table.header[first..]
            .iter()
            .map(|cell| cell.text.clone())
            .collect()
    } else {
        rows.clone()
    };
    let names = known.map_or_else(|| rows.clone(), <[String]>::to_vec);
    let at = |name: &String| names.iter().position(|one| one == name);
    let mut values = vec![vec![0.0; names.len()]; names.len()];
    if check_names(table, &names, &rows, &columns, first) {
        for (row, source) in rows.iter().enumerate() {
            for (column, target) in columns.iter().enumerate() {
                if source == target {
                    continue;
                }
                let value = tie_cell(table, row, first + column, tie);
                if let (Some(one), Some(other)) = (at(source), at(target)) {
                    values[one][other] = value;
                }
            }
        }
    }
    fill(table, &names, &mut values, &rows, &columns, first)
}

/// A cell of a square table; an empty one is no tie.
fn tie_cell(table: &mut Table, row: usize, column: usize, tie: Tie) -> f64 {
    if table.rows[row][column].text.is_empty() {
        return 0.0;
    }
    tie_value(table, row, column, tie).unwrap_or(0.0)
}

/// Each actor across is there down, and is known.
fn check_names(
    table: &mut Table,
    names: &[String],
    rows: &[String],
    columns: &[String],
    first: usize,
) -> bool {
    for (column, name) in columns.iter().enumerate() {
        if !rows.contains(name) || columns[..column].contains(name) {
            let at = table.header[first + column].span();
            let near = foedera_scenario::diagnostic::nearest(name, rows.iter().map(String::as_str));
            let help = near.map_or_else(
                || "a square table has the same actors across and down".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            table.wrong(
                "table::unknown_actor",
                at,
                format!("no row of its own for the column `{name}`"),
                &help,
            );
        }
    }
    for (row, name) in rows.iter().enumerate() {
        if !names.contains(name) {
            let near =
                foedera_scenario::diagnostic::nearest(name, names.iter().map(String::as_str));
            let help = near.map_or_else(
                || "the other table names the actors".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            table.wrong(
                "table::unknown_actor",
                table.row_at(row),
                format!("there is no actor `{name}`"),
                &help,
            );
        }
    }
    for name in names {
        if !rows.contains(name) {
            let help = "add its row and column, or take it out of the other table";
            table.wrong(
                "table::missing_actor",
                table.header_at(),
                format!("no row for the actor `{name}`"),
                help,
            );
        }
    }
    table.is_good()
}

/// A table of which only one half is filled in holds for both.
fn fill(
    table: &Table,
    names: &[String],
    values: &mut [Vec<f64>],
    rows: &[String],
    columns: &[String],
    first: usize,
) -> Ties {
    let n = names.len();
    let mut given = vec![vec![false; n]; n];
    let at = |name: &String| names.iter().position(|one| one == name);
    for (row, source) in rows.iter().enumerate() {
        for (column, target) in columns.iter().enumerate() {
            if let (Some(one), Some(other)) = (at(source), at(target)) {
                given[one][other] = !table.rows[row][first + column].text.is_empty();
            }
        }
    }
    // A half of nothing but zeros is a half that nobody filled in.
    for below in [true, false] {
        let half = || {
            (0..n)
                .flat_map(|i| (0..n).map(move |j| (i, j)))
                .filter(move |&(i, j)| (i > j) == below && i != j)
        };
        if half().all(|(i, j)| values[i][j] == 0.0) {
            for (one, other) in half() {
                given[one][other] = false;
            }
        }
    }
    let mut uneven = Vec::new();
    for one in 0..n {
        for other in one + 1..n {
            match (given[one][other], given[other][one]) {
                (true, false) => values[other][one] = values[one][other],
                (false, true) => values[one][other] = values[other][one],
                _ if differ(values[one][other], values[other][one]) => {
                    uneven.push((one, other));
                }
                _ => {}
            }
        }
    }
    Ties {
        names: names.to_vec(),
        values: values.to_vec(),
        uneven,
    }
}

/// Whether two ties are written differently.
fn differ(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_ne()
}

/// Names of the actors' column, for tables of sizes.
pub(super) const ACTOR: Wanted = Wanted::required("actor", ACTOR_NAMES);
