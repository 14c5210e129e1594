//! `foedera model power FILE`: how much power votes give.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_results::{AnalysisTable, analysis_table::Column as TableColumn};
use foedera_sim::rules::power::{self, Body, Power, PowerError, Quota, VOTERS_MAX};
use serde_json::{Value, json};

use super::table::{self, ACTOR_NAMES, Range, Table, plain_name};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    nearest, number,
    sheet::{Column, Sheet, Tone, Word},
    table_file::{self, TableArgs},
};

/// The body.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Table with a column of voters and one or more columns of weights; a row named quota may hold the quotas
    file: PathBuf,
    /// What a coalition needs: 39, 65% or >50%; with several columns, COLUMN=39; members=14 counts heads; may be
    /// repeated, all must be met
    #[arg(long, value_name = "[COLUMN=]NEED")]
    quota: Vec<String>,
    /// A voter without whom nothing passes; may be repeated
    #[arg(long, value_name = "VOTER")]
    veto: Vec<String>,
    /// Fewest voters that can block, whatever the quotas
    #[arg(long, value_name = "N", default_value_t = 0)]
    blocking_min: usize,
    #[command(flatten)]
    table: TableArgs,
}

/// Names of the count of heads.
const HEADS: &[&str] = &["members", "heads", "voters", "states"];
/// Names of a row of quotas.
const QUOTA_ROWS: &[&str] = &["quota", "quotas", "needed", "threshold"];

/// What a quota asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Need {
    value: f64,
    share: bool,
    strict: bool,
}

/// The table as read.
struct Votes {
    names: Vec<String>,
    /// Name and weights of each column.
    columns: Vec<(String, Vec<f64>)>,
    /// Quotas of a row in the table.
    needs: Vec<Option<Need>>,
    vetoes: Vec<bool>,
}

/// Counts it.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    args.table.check()?;
    let mut table = Table::read(&args.file)?;
    let votes = read(&mut table);
    table::finish(face, &table)?;
    let (body, quotas) = body(args, votes)?;
    let names = quotas.names.clone();
    let found = power::power(&body).map_err(|error| {
        let help = match error {
            PowerError::TooLarge { .. } => {
                "round the weights, so that their sum has fewer than eight digits"
            }
            PowerError::Voters { .. } => "leave out voters without weight",
            PowerError::Weight { .. } => "give each voter a weight from 0 on",
        };
        Failure::Model {
            what: error.to_string(),
            help,
        }
    })?;
    args.table
        .write(face, || power_table(&names, &body, &found))?;
    if face.json {
        face.document(&document(&names, &body, &quotas.columns, &found))?;
    } else {
        face.data(&text(face, &names, &body, &quotas.columns, &found))?;
    }
    let file = shell_word(&args.file.display().to_string());
    face.next(&format!("foedera model power {file} --json"));
    Ok(())
}

/// Voters and the columns that quotas are about, in order of the quotas.
struct Named {
    names: Vec<String>,
    columns: Vec<String>,
}

fn read(table: &mut Table) -> Votes {
    let (voter, veto) = ends(table);
    let is_weight = |idx: &usize| *idx != voter && Some(*idx) != veto;
    let weights: Vec<usize> = (0..table.header.len()).filter(is_weight).collect();
    if weights.is_empty() {
        let help = "add a column of weights; 1 for each voter if heads are counted";
        table.wrong_whole(
            "table::missing_column",
            "there is no column of weights",
            help,
        );
    }
    let is_quota = |row: &usize| {
        let name = plain_name(&table.rows[*row][voter].text);
        QUOTA_ROWS.contains(&name.as_str())
    };
    let quota_row = (0..table.rows.len()).find(is_quota);
    let mut needs = Vec::new();
    for &column in &weights {
        needs.push(quota_row.and_then(|row| need_in(table, row, column)));
    }
    if let Some(row) = quota_row {
        table.rows.remove(row);
    }
    let names = table.names(voter);
    let mut columns = Vec::new();
    for &column in &weights {
        let weight = |row| table.needed(row, column, Range::from_zero("a weight"));
        let weights = (0..names.len()).map(weight).collect();
        columns.push((table.header[column].text.clone(), weights));
    }
    let says_yes = |row: usize, column: usize| {
        let text = table.rows[row][column].text.to_lowercase();
        ["1", "yes", "y", "x", "true", "veto"].contains(&text.as_str())
    };
    let vetoes = (0..names.len()).map(|row| veto.is_some_and(|column| says_yes(row, column)));
    let vetoes = vetoes.collect();
    if names.len() > VOTERS_MAX {
        let message = format!("{} voters: more than {VOTERS_MAX}", names.len());
        let help = "leave out voters without weight";
        table.wrong("table::too_many", table.row_at(VOTERS_MAX), message, help);
    }
    Votes {
        names,
        columns,
        needs,
        vetoes,
    }
}

/// The column of the voters, whatever it is called the first one, and that of vetoes.
fn ends(table: &mut Table) -> (usize, Option<usize>) {
    if table.is_headless() {
        table.drop_header();
        return (0, None);
    }
    let names: Vec<String> = table
        .header
        .iter()
        .map(|cell| plain_name(&cell.text))
        .collect();
    let voter = names
        .iter()
        .position(|name| name == "actor" || ACTOR_NAMES.contains(&name.as_str()));
    let veto = names
        .iter()
        .position(|name| ["veto", "vetoes", "veto_player"].contains(&name.as_str()));
    (voter.unwrap_or(0), veto)
}

/// The quota in a cell of the row of quotas.
fn need_in(table: &mut Table, row: usize, column: usize) -> Option<Need> {
    let cell = table.rows[row][column].clone();
    if table::is_absent(&cell.text) {
        return None;
    }
    let need = need(&cell.text);
    if need.is_none() {
        let help = "a quota is a number such as 39, a share such as 65% or more than one, >50%";
        table.wrong(
            "table::not_a_quota",
            cell.span(),
            format!("`{}` is no quota", cell.text),
            help,
        );
    }
    need
}

/// Reads `39`, `65%`, `>50%`.
fn need(text: &str) -> Option<Need> {
    let text = text.trim();
    let (text, strict) = match text.strip_prefix('>') {
        Some(rest) if rest.starts_with('=') => (&rest[1..], false),
        Some(rest) => (rest, true),
        None => (text.strip_prefix('≥').unwrap_or(text), false),
    };
    let value = table::parse_number(text, true).filter(|value| *value >= 0.0)?;
    Some(Need {
        value,
        share: text.trim().ends_with('%'),
        strict,
    })
}

/// Puts the body together from table and options.
fn body(args: &Args, votes: Votes) -> Result<(Body, Named), Failure> {
    let mut quotas = Vec::new();
    let mut columns = Vec::new();
    for (idx, need) in votes.needs.iter().enumerate() {
        if let Some(need) = need {
            let (name, weights) = &votes.columns[idx];
            quotas.push(quota(weights, *need));
            columns.push(name.clone());
        }
    }
    for text in &args.quota {
        let (name, weights, need) = asked(text, &votes)?;
        quotas.push(quota(&weights, need));
        columns.push(name);
    }
    if quotas.is_empty() {
        let help = "say what a coalition needs: --quota 39, --quota '>50%', or a row named quota in the table";
        return Err(Failure::Model {
            what: "count power without a quota".to_owned(),
            help,
        });
    }
    let mut vetoes = votes.vetoes;
    for name in &args.veto {
        let Some(voter) = votes.names.iter().position(|one| one == name) else {
            return Err(Failure::NoSuchName {
                option: "--veto",
                kind: "voter",
                name: name.clone(),
                nearest: nearest::names(name, votes.names.iter().map(String::as_str)),
            });
        };
        vetoes[voter] = true;
    }
    let body = Body {
        voters: votes.names.len(),
        quotas,
        vetoes,
        blocking_min: args.blocking_min,
    };
    let names = votes.names;
    Ok((body, Named { names, columns }))
}

/// The quota that an option asks for: its column, the weights there, the need.
fn asked(text: &str, votes: &Votes) -> Result<(String, Vec<f64>, Need), Failure> {
    let (column, value) = match text.rsplit_once('=') {
        Some((column, value)) if !column.is_empty() && !column.ends_with('>') => {
            let (column, strict) = column
                .strip_suffix('>')
                .map_or((column, ""), |column| (column, ">"));
            (Some(column.trim()), format!("{strict}{value}"))
        }
        _ => (None, text.to_owned()),
    };
    let Some(need) = need(&value) else {
        return Err(Failure::Model {
            what: format!("read the quota `{text}`"),
            help: "a quota is a number such as 39, a share such as 65% or more than one, >50%; COLUMN= before it names a column",
        });
    };
    let Some(column) = column else {
        if let [(name, weights)] = votes.columns.as_slice() {
            return Ok((name.clone(), weights.clone(), need));
        }
        return Err(Failure::Model {
            what: format!("tell which column the quota `{text}` is about"),
            help: "there are several columns of weights: write --quota COLUMN=NEED, once for each",
        });
    };
    if let Some((name, weights)) = votes
        .columns
        .iter()
        .find(|(name, _)| name == column || plain_name(name) == plain_name(column))
    {
        return Ok((name.clone(), weights.clone(), need));
    }
    if HEADS.contains(&plain_name(column).as_str()) {
        return Ok((column.to_owned(), vec![1.0; votes.names.len()], need));
    }
    let valid = votes
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .chain(["members"]);
    Err(Failure::NoSuchName {
        option: "--quota",
        kind: "column",
        name: column.to_owned(),
        nearest: nearest::names(column, valid),
    })
}

fn quota(weights: &[f64], need: Need) -> Quota {
    let all: f64 = weights.iter().sum();
    Quota {
        weights: weights.to_vec(),
        needed: if need.share {
            need.value * all
        } else {
            need.value
        },
        strict: need.strict,
    }
}

fn text(face: &Face, names: &[String], body: &Body, columns: &[String], found: &Power) -> String {
    let mut text = format!("{}\n", face.paint.strong("Voting power"));
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("voter"),
            Column::Number("weight"),
            Column::Number("share"),
            Column::Number("swings"),
            Column::Number("Banzhaf"),
            Column::Number("absolute"),
            Column::Number("Shapley-Shubik"),
            Column::Words(""),
        ],
    );
    let (normalised, absolute) = (found.normalised(), found.absolute());
    let first = &body.quotas[telling(body)].weights;
    let all: f64 = first.iter().sum();
    for (idx, name) in names.iter().enumerate() {
        let share = if all > 0.0 { first[idx] / all } else { 0.0 };
        let note = match (body.vetoes[idx], found.swings[idx]) {
            (true, _) => "veto",
            (_, 0) => "never decides",
            _ => "",
        };
        sheet.row([
            name.as_str().into(),
            number::plain(first[idx]).into(),
            number::fixed(share, 4).into(),
            swings_text(found.swings[idx]).into(),
            Word::new(Tone::Strong, number::fixed(normalised[idx], 4)),
            number::fixed(absolute[idx], 4).into(),
            Word::new(Tone::Strong, number::fixed(found.shapley_shubik[idx], 4)),
            Word::new(Tone::Faint, note),
        ]);
    }
    text += &sheet.text();
    text += &format!(
        "\n{}\n",
        crate::prose::filled(&finding(names, body, columns, found), face.width, "")
    );
    text += &face.aside("A swing is a coalition that loses without the voter and wins with it.");
    text
}

/// Every voter with its power, as a table.
fn power_table(names: &[String], body: &Body, found: &Power) -> AnalysisTable {
    let columns = [
        TableColumn::text("voter", "Voter"),
        TableColumn::number("weight", "Weight", ""),
        TableColumn::truth("veto", "Whether nothing passes without it"),
        TableColumn::number(
            "swings",
            "Coalitions that win with it and lose without",
            "coalitions",
        ),
        TableColumn::number("banzhaf", "Banzhaf index, normalised", "1"),
        TableColumn::number("banzhaf_absolute", "Banzhaf index, absolute", "1"),
        TableColumn::number("shapley_shubik", "Shapley-Shubik index", "1"),
    ];
    let mut table = AnalysisTable::new("Voting power", table_file::plain(), columns);
    let (normalised, absolute) = (found.normalised(), found.absolute());
    let weights = &body.quotas[telling(body)].weights;
    for (idx, name) in names.iter().enumerate() {
        #[expect(
            clippy::cast_precision_loss,
            reason = "beyond 2^53 a count of coalitions is a size"
        )]
        let swings = found.swings[idx] as f64;
        table.row([
            name.as_str().into(),
            weights[idx].into(),
            body.vetoes[idx].into(),
            swings.into(),
            normalised[idx].into(),
            absolute[idx].into(),
            found.shapley_shubik[idx].into(),
        ]);
    }
    table
}

/// The quota whose weights are shown: the first one that does not count heads.
fn telling(body: &Body) -> usize {
    let uneven = |quota: &Quota| {
        quota
            .weights
            .windows(2)
            .any(|pair| pair[0].total_cmp(&pair[1]).is_ne())
    };
    body.quotas.iter().position(uneven).unwrap_or(0)
}

fn swings_text(swings: u128) -> String {
    u64::try_from(swings).map_or_else(|_| swings.to_string(), number::count)
}

fn finding(names: &[String], body: &Body, columns: &[String], found: &Power) -> String {
    let needs: Vec<String> = body
        .quotas
        .iter()
        .zip(columns)
        .map(|(quota, column)| {
            let all: f64 = quota.weights.iter().sum();
            let than = if quota.strict { "more than " } else { "" };
            format!(
                "{than}{} of {} by {column}",
                number::plain(quota.needed),
                number::plain(all)
            )
        })
        .collect();
    let needs = super::listed(&needs);
    if found.winning == 0 {
        return format!("A decision needs {needs}: no coalition has that, and nobody has power.");
    }
    let most = (0..names.len()).max_by(|&one, &other| {
        found.swings[one]
            .cmp(&found.swings[other])
            .then(other.cmp(&one))
    });
    let strongest = most.map_or_else(String::new, |most| {
        let normalised = found.normalised()[most];
        let first = &body.quotas[telling(body)].weights;
        let all: f64 = first.iter().sum();
        let share = if all > 0.0 { first[most] / all } else { 0.0 };
        let alike = found
            .swings
            .iter()
            .filter(|swings| **swings == found.swings[most])
            .count();
        let alone = if alike > 1 {
            format!(", like {} others,", alike - 1)
        } else {
            String::new()
        };
        format!(
            " {}{alone} has {:.1} % of the power (Banzhaf) with {:.1} % of the {}.",
            names[most],
            100.0 * normalised,
            100.0 * share,
            columns[telling(body)]
        )
    });
    let dummies: Vec<&str> = names
        .iter()
        .zip(&found.swings)
        .filter(|(_, swings)| **swings == 0)
        .map(|(name, _)| name.as_str())
        .collect();
    let dummies = match dummies.len() {
        0 => String::new(),
        1 => format!(" {} never decides anything.", dummies[0]),
        _ => format!(" {} never decide anything.", super::listed(&dummies)),
    };
    format!(
        "A decision needs {needs}; {} of all coalitions have that ({:.2} %).{strongest}{dummies}",
        swings_text(found.winning),
        100.0 * found.to_act()
    )
}

/// A count as JSON: a number while it fits one, else its digits.
fn exact(count: u128) -> Value {
    u64::try_from(count).map_or_else(|_| json!(count.to_string()), |count| json!(count))
}

fn document(names: &[String], body: &Body, columns: &[String], found: &Power) -> Value {
    let (normalised, absolute) = (found.normalised(), found.absolute());
    let (prevent, initiate) = (found.to_prevent(), found.to_initiate());
    let voters: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(idx, name)| {
            let fraction = found
                .shapley_fractions
                .as_ref()
                .map(|all| format!("{}/{}", all[idx].0, all[idx].1));
            json!({
                "voter": name,
                "weights": body.quotas.iter().map(|quota| quota.weights[idx]).collect::<Vec<_>>(),
                "veto": body.vetoes[idx],
                "swings": exact(found.swings[idx]),
                "banzhaf_normalised": normalised[idx],
                "banzhaf_absolute": absolute[idx],
                "shapley_shubik": found.shapley_shubik[idx],
                "shapley_shubik_fraction": fraction,
                "coleman_prevent": prevent[idx],
                "coleman_initiate": initiate[idx],
            })
        })
        .collect();
    let quotas: Vec<Value> = body
        .quotas
        .iter()
        .zip(columns)
        .map(|(quota, column)| {
            json!({
                "column": column,
                "needed": quota.needed,
                "strict": quota.strict,
                "all": quota.weights.iter().sum::<f64>(),
            })
        })
        .collect();
    json!({
        "model": "power",
        "quotas": quotas,
        "blocking_min": body.blocking_min,
        "winning_coalitions": exact(found.winning),
        "all_swings": exact(found.swings.iter().sum()),
        "coleman_act": found.to_act(),
        "voters": voters,
        "finding": finding(names, body, columns, found),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read() {
        let of = |value, share, strict| {
            Some(Need {
                value,
                share,
                strict,
            })
        };
        assert_eq!(need("39"), of(39.0, false, false));
        assert_eq!(need(" > 50 %"), of(0.5, true, true));
        assert_eq!(need(">=65%"), of(0.65, true, false));
        assert_eq!(need("-1"), None);
        assert_eq!(need("most"), None);
    }
}
