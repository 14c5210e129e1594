//! `foedera model similarity VOTES`: how alike actors vote, and how united groups are.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_results::{AnalysisTable, analysis_table::Column as TableColumn};
use foedera_sim::structure::similarity::{self, Metric, Pair};
use serde_json::{Value, json};

use super::table::{self, ACTOR_NAMES, Cell, Range, Table, Wanted, is_absent, plain_name};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    grid, number,
    sheet::{Column, Sheet, Tone, Word},
    table_file::{self, TableArgs},
};

/// Most actors: every pair is compared.
const ACTORS_MAX: usize = 500;

/// The votes.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Table of votes: a row for each actor and a column for each item, or a row for each vote with the columns
    /// actor, item, choice and perhaps weight; numbers, or yes, no, abstain
    file: PathBuf,
    /// Reads items down and actors across
    #[arg(long)]
    transpose: bool,
    /// The scale of choices, as in 0:3; the choices of the table span it otherwise
    #[arg(long, value_name = "LOW:HIGH", value_parser = scale)]
    scale: Option<(f64, f64)>,
    /// Takes squares of differences
    #[arg(long)]
    squared: bool,
    /// Choices that mean absence, as in 8,9
    #[arg(long, value_name = "CHOICE", value_delimiter = ',')]
    absent: Vec<String>,
    #[command(flatten)]
    table: TableArgs,
}

/// Reads `0:3`.
fn scale(text: &str) -> Result<(f64, f64), String> {
    let ends = text.split_once(':').or_else(|| text.split_once(".."));
    let read = |end: &str| table::parse_number(end, true);
    let ends = ends.and_then(|(low, high)| Some((read(low)?, read(high)?)));
    ends.filter(|(low, high)| low < high)
        .ok_or_else(|| "expected LOW:HIGH, as in 0:3".to_owned())
}

/// Everybody's choices.
struct Votes {
    names: Vec<String>,
    items: Vec<String>,
    weights: Vec<f64>,
    /// `[actor][item]`.
    choices: Vec<Vec<Option<f64>>>,
    groups: Option<Vec<String>>,
    /// Whether choices are yes (1), abstain (2) and no (3).
    words: bool,
}

/// How two actors compare.
struct Compared {
    one: usize,
    other: usize,
    n: usize,
    s: Option<f64>,
    kappa: Option<f64>,
    pi: Option<f64>,
    tau_b: Option<f64>,
    same: Option<f64>,
}

/// How united a group votes, over all items.
struct United {
    group: String,
    members: usize,
    agreement: Vec<Option<f64>>,
    rice: Vec<Option<f64>>,
}

/// Compares them.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    args.table.check()?;
    let mut table = Table::read(&args.file)?;
    let votes = read(&mut table, args);
    check(&mut table, &votes);
    table::finish(face, &table)?;
    let range = args
        .scale
        .map_or_else(|| observed(&votes), |(low, high)| high - low);
    let metric = if args.squared {
        Metric::Squared
    } else {
        Metric::Absolute
    };
    let pairs = compare(&votes, range, metric);
    let groups = unite(&votes);
    args.table.write(face, || pairs_table(&votes, &pairs))?;
    if face.json {
        face.document(&document(&votes, range, metric, &pairs, &groups))?;
    } else {
        face.data(&text(face, args, &votes, range, &pairs, &groups))?;
    }
    let file = shell_word(&args.file.display().to_string());
    face.next(&format!("foedera model similarity {file} --json"));
    Ok(())
}

fn read(table: &mut Table, args: &Args) -> Votes {
    let names: Vec<String> = table
        .header
        .iter()
        .map(|cell| plain_name(&cell.text))
        .collect();
    let has = |wanted: &Wanted| {
        names
            .iter()
            .any(|name| name == wanted.name || wanted.others.contains(&name.as_str()))
    };
    if has(&ITEM) && has(&CHOICE) {
        return long(table, args);
    }
    if args.transpose {
        table.transpose();
    }
    wide(table, args)
}

const ITEM: Wanted = Wanted::required(
    "item",
    &[
        "vote",
        "roll_call",
        "rollcall",
        "resolution",
        "rcid",
        "question",
        "issue",
        "target",
    ],
);
const CHOICE: Wanted = Wanted::required(
    "choice",
    &["position", "value", "ballot", "decision", "answer"],
);

/// Whether some choice in these columns is a word.
fn speaks(table: &Table, columns: &[usize]) -> bool {
    let word = |text: &str| matches!(of_word(text), Some(Some(_)));
    let says = |row: &Vec<Cell>| columns.iter().any(|&column| word(&row[column].text));
    table.rows.iter().any(says)
}

/// The choice of a word: a number, none if absent; nothing if it is no such word.
fn of_word(text: &str) -> Option<Option<f64>> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "yea" | "aye" | "for" | "in favour" | "in favor" => Some(Some(1.0)),
        "abstain" | "abstention" | "abstained" | "a" => Some(Some(2.0)),
        "no" | "n" | "nay" | "against" => Some(Some(3.0)),
        "absent" | "missing" | "not voting" | "x" => Some(None),
        _ => None,
    }
}

/// The choice in a cell.
fn choice(table: &mut Table, row: usize, column: usize, args: &Args, words: bool) -> Option<f64> {
    let cell = table.rows[row][column].clone();
    let text = cell.text.trim();
    if args.absent.iter().any(|absent| absent == text)
        || (is_absent(text) && !words)
        || text.is_empty()
    {
        return None;
    }
    if !words {
        return match of_word(text) {
            Some(None) => None,
            _ => table.number(row, column, Range::any("a choice")),
        };
    }
    match of_word(text) {
        Some(choice) => choice,
        None if is_absent(text) => None,
        None => {
            let help = "choices are yes, no, abstain or absent, or all of them numbers";
            table.wrong(
                "table::no_choice",
                cell.span(),
                format!("`{text}` is no choice"),
                help,
            );
            None
        }
    }
}

/// A row for each vote.
fn long(table: &mut Table, args: &Args) -> Votes {
    let wanted = [
        Wanted::required("actor", ACTOR_NAMES),
        ITEM,
        CHOICE,
        Wanted::optional("weight", &["weights", "w"]),
        Wanted::optional("bloc", &["organisation", "organization", "camp"]),
    ];
    let [Some(actor), Some(item), Some(of), weight, bloc] = table.columns(&wanted) else {
        return Votes::none();
    };
    let mut votes = Votes::none();
    votes.words = speaks(table, &[of]);
    votes.groups = bloc.map(|_| Vec::new());
    let mut cells = Vec::new();
    for row in 0..table.rows.len() {
        let [name, item] = [actor, item].map(|column| table.rows[row][column].text.clone());
        if name.is_empty() || item.is_empty() {
            let help = "each row names an actor and an item";
            let message = "a vote without a name".to_owned();
            table.wrong("table::no_name", table.row_at(row), message, help);
            continue;
        }
        let bloc = bloc.map(|bloc| table.rows[row][bloc].text.clone());
        let (who, item) = votes.place(name, item, bloc);
        let range = Range::from_zero("a weight");
        if let Some(weight) = weight.and_then(|column| table.number(row, column, range)) {
            votes.weights[item] = weight;
        }
        let words = votes.words;
        cells.push((who, item, row, choice(table, row, of, args, words)));
    }
    votes.choices = vec![vec![None; votes.items.len()]; votes.names.len()];
    let mut first = vec![vec![false; votes.items.len()]; votes.names.len()];
    for (who, item, row, choice) in cells {
        if first[who][item] {
            let (name, item) = (&votes.names[who], &votes.items[item]);
            let message = format!("`{name}` votes twice on `{item}`");
            table.wrong(
                "table::duplicate_vote",
                table.row_at(row),
                message,
                "keep one of the two",
            );
        }
        first[who][item] = true;
        votes.choices[who][item] = choice;
    }
    votes
}

impl Votes {
    /// The numbers of an actor and an item, new ones behind those known.
    fn place(&mut self, name: String, item: String, bloc: Option<String>) -> (usize, usize) {
        let who = self
            .names
            .iter()
            .position(|one| *one == name)
            .unwrap_or_else(|| {
                self.names.push(name);
                if let (Some(groups), Some(bloc)) = (&mut self.groups, bloc) {
                    groups.push(bloc);
                }
                self.names.len() - 1
            });
        let item = self
            .items
            .iter()
            .position(|one| *one == item)
            .unwrap_or_else(|| {
                self.items.push(item);
                self.weights.push(1.0);
                self.items.len() - 1
            });
        (who, item)
    }

    fn none() -> Self {
        Self {
            names: Vec::new(),
            items: Vec::new(),
            weights: Vec::new(),
            choices: Vec::new(),
            groups: None,
            words: false,
        }
    }
}

/// Items across, actors down.
fn wide(table: &mut Table, args: &Args) -> Votes {
    let mut votes = Votes::none();
    if begins_with_choices(table) {
        table.drop_header();
    }
    let names: Vec<String> = table
        .header
        .iter()
        .map(|cell| plain_name(&cell.text))
        .collect();
    let group = (1..names.len()).find(|&idx| GROUP_NAMES.contains(&names[idx].as_str()));
    let items: Vec<usize> = (1..names.len()).filter(|idx| Some(*idx) != group).collect();
    votes.items = items
        .iter()
        .map(|&idx| table.header[idx].text.clone())
        .collect();
    votes.weights = vec![1.0; items.len()];
    let is_weights = |row: &usize| {
        let name = plain_name(&table.rows[*row][0].text);
        ["weight", "weights"].contains(&name.as_str())
    };
    if let Some(row) = (0..table.rows.len()).find(is_weights) {
        let range = Range::from_zero("a weight");
        votes.weights = items
            .iter()
            .map(|&idx| table.needed(row, idx, range))
            .collect();
        table.rows.remove(row);
    }
    votes.words = speaks(table, &items);
    votes.names = table.names(0);
    let of = |group: usize| {
        table
            .rows
            .iter()
            .map(|row| row[group].text.clone())
            .collect()
    };
    votes.groups = group.map(of);
    for row in 0..table.rows.len() {
        let words = votes.words;
        let choices = items
            .iter()
            .map(|&column| choice(table, row, column, args, words));
        votes.choices.push(choices.collect());
    }
    votes
}

/// Names of a column of groups.
const GROUP_NAMES: &[&str] = &[
    "group",
    "party",
    "bloc",
    "camp",
    "organisation",
    "organization",
];

/// Whether the first row is an actor's choices: numbers or words for choices, some of them alike, where items would
/// have names of their own.
fn begins_with_choices(table: &Table) -> bool {
    let first = table
        .header
        .first()
        .map_or_else(String::new, |cell| plain_name(&cell.text));
    let named = first.is_empty() || first == "actor" || ACTOR_NAMES.contains(&first.as_str());
    let cells: Vec<&str> = table
        .header
        .iter()
        .skip(1)
        .map(|cell| cell.text.as_str())
        .collect();
    let choices = cells
        .iter()
        .all(|text| table.parse(text).is_some() || of_word(text).is_some());
    let repeated = cells
        .iter()
        .enumerate()
        .any(|(idx, text)| cells[..idx].contains(text));
    !named && choices && repeated
}

fn check(table: &mut Table, votes: &Votes) {
    if !table.is_good() {
        return;
    }
    let at = table.header_at();
    if votes.names.len() < 2 || votes.names.len() > ACTORS_MAX {
        let message = format!(
            "{} actors: 2 to {ACTORS_MAX} are possible",
            votes.names.len()
        );
        table.wrong(
            "table::too_many",
            at,
            message,
            "a row is an actor; with actors across, say --transpose",
        );
    }
    if votes.choices.iter().flatten().all(Option::is_none) {
        let help = "the columns behind the first hold choices: numbers, or yes, no, abstain";
        table.wrong(
            "table::no_choice",
            at,
            "nobody chooses anything".to_owned(),
            help,
        );
    }
}

/// The span of the choices of the table.
fn observed(votes: &Votes) -> f64 {
    if votes.words {
        return 2.0;
    }
    let all: Vec<f64> = votes.choices.iter().flatten().flatten().copied().collect();
    foedera_sim::rules::positions::span(&all)
}

fn compare(votes: &Votes, range: f64, metric: Metric) -> Vec<Compared> {
    let mut pairs = Vec::new();
    for one in 0..votes.names.len() {
        for other in one + 1..votes.names.len() {
            let pair = Pair::of(&votes.choices[one], &votes.choices[other], &votes.weights);
            pairs.push(Compared {
                one,
                other,
                n: pair.one.len(),
                // Without any range all choose the same.
                s: if range > 0.0 {
                    pair.s_score(range, metric)
                } else {
                    pair.same()
                },
                kappa: pair.kappa(metric),
                pi: pair.pi(metric),
                tau_b: pair.tau_b(),
                same: pair.same(),
            });
        }
    }
    pairs
}

/// Agreement of each group and of all, where choices are yes, abstain, no.
fn unite(votes: &Votes) -> Vec<United> {
    let all = || votes.choices.iter().flatten().flatten().copied();
    let whole = |values: &[f64]| all().all(|choice| values.contains(&choice));
    let (yes, abstain, no) = if votes.words || whole(&[1.0, 2.0, 3.0]) {
        (1.0, 2.0, 3.0)
    } else if whole(&[0.0, 1.0]) {
        (1.0, f64::NAN, 0.0)
    } else {
        return Vec::new();
    };
    let mut groups: Vec<String> = Vec::new();
    for group in votes
        .groups
        .iter()
        .flatten()
        .filter(|group| !group.is_empty())
    {
        if !groups.contains(group) {
            groups.push(group.clone());
        }
    }
    let everybody = "all".to_owned();
    let united = |group: String, inside: &dyn Fn(usize) -> bool| {
        let members: Vec<usize> = (0..votes.names.len())
            .filter(|&actor| inside(actor))
            .collect();
        let count = |item: usize, wanted: f64| -> f64 {
            let choose = |actor: &&usize| votes.choices[**actor][item] == Some(wanted);
            let n = members.iter().filter(choose).count();
            #[expect(clippy::cast_precision_loss, reason = "counts of a few hundred actors")]
            let n = n as f64;
            n
        };
        let items = 0..votes.items.len();
        let index = |item: usize| {
            similarity::agreement_index(&[count(item, yes), count(item, no), count(item, abstain)])
        };
        let rice = |item: usize| similarity::rice(count(item, yes), count(item, no));
        United {
            group,
            members: members.len(),
            agreement: items.clone().map(index).collect(),
            rice: items.map(rice).collect(),
        }
    };
    let of = |group: &String| {
        votes.groups.as_ref().map_or_else(Vec::new, |all| {
            all.iter().map(|one| one == group).collect::<Vec<_>>()
        })
    };
    let mut all: Vec<United> = groups
        .into_iter()
        .map(|group| {
            let members = of(&group);
            united(group, &|actor| members[actor])
        })
        .collect();
    all.push(united(everybody, &|_| true));
    all
}

/// Mean over the items that have a value, by their weights.
fn mean(values: &[Option<f64>], weights: &[f64]) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0.0);
    for (value, weight) in values.iter().zip(weights) {
        if let Some(value) = value {
            sum += value * weight;
            all += weight;
        }
    }
    (all > 0.0).then(|| sum / all)
}

fn written(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, 3))
}

/// Pairs that are shown from either end of the ranking.
const RANKED_SHOWN: usize = 6;
/// Most actors in a grid.
const GRID_MAX: usize = 15;

fn text(
    face: &Face,
    args: &Args,
    votes: &Votes,
    range: f64,
    pairs: &[Compared],
    groups: &[United],
) -> String {
    let title = "Similarity: S of each pair, 1 alike, −1 opposite";
    let mut text = format!("{}\n", face.paint.strong(title));
    text += &grid_of(face, votes, pairs);
    text += &ranking(face, votes, pairs);
    text += &unity(face, votes, groups);
    let finding = finding(votes, pairs);
    text += &format!("\n{}\n", crate::prose::filled(&finding, face.width, ""));
    let from = if args.scale.is_some() {
        "--scale"
    } else {
        "the choices of the table"
    };
    let range = number::plain(range);
    text += &face.aside(&format!(
        "The scale spans {range} ({from}). κ and π take out what chance alone would bring; – is undefined."
    ));
    text
}

/// S of every pair, if it fits.
fn grid_of(face: &Face, votes: &Votes, pairs: &[Compared]) -> String {
    if !(3..=GRID_MAX).contains(&votes.names.len()) {
        return String::new();
    }
    let cell = |row: usize, column: usize| {
        let ends = (row.min(column), row.max(column));
        let found = pairs.iter().find(|pair| (pair.one, pair.other) == ends);
        found.map_or_else(String::new, |pair| written(pair.s))
    };
    let grid = grid::text(face, &votes.names, cell);
    grid.map_or_else(String::new, |grid| grid + "\n")
}

fn ranking(face: &Face, votes: &Votes, pairs: &[Compared]) -> String {
    let words = ["", ""].map(Column::Words);
    let numbers = ["items", "S", "κ", "π", "τ_b", "same"].map(Column::Number);
    let mut sheet = Sheet::new(face, words.into_iter().chain(numbers).collect::<Vec<_>>());
    let mut ranked: Vec<&Compared> = pairs.iter().collect();
    let s = |pair: &Compared| pair.s.unwrap_or(f64::NEG_INFINITY);
    ranked.sort_by(|one, other| s(other).total_cmp(&s(one)));
    let cut = ranked.len() > 2 * RANKED_SHOWN;
    let shown = if cut {
        [
            &ranked[..RANKED_SHOWN],
            &ranked[ranked.len() - RANKED_SHOWN..],
        ]
        .concat()
    } else {
        ranked.clone()
    };
    for pair in shown {
        let [one, other] = [pair.one, pair.other].map(|idx| votes.names[idx].as_str());
        let values = [pair.s, pair.kappa, pair.pi, pair.tau_b, pair.same];
        let values = values.map(|value| Word::from(written(value)));
        let words = [one.into(), other.into(), pair.n.to_string().into()];
        sheet.row(words.into_iter().chain(values));
    }
    let mut text = sheet.text();
    if cut {
        let n = ranked.len();
        text += &face.aside(&format!(
            "the six most alike and the six least alike of {n} pairs"
        ));
    }
    text
}

fn unity(face: &Face, votes: &Votes, groups: &[United]) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let title = face.paint.strong("How united groups vote, mean over items");
    let numbers = ["members", "agreement index", "Rice"].map(Column::Number);
    let columns = [Column::Words("group")].into_iter().chain(numbers);
    let mut sheet = Sheet::new(face, columns.collect::<Vec<_>>());
    for group in groups {
        let [agreement, rice] =
            [&group.agreement, &group.rice].map(|of| written(mean(of, &votes.weights)));
        let members = group.members.to_string();
        let agreement = Word::new(Tone::Strong, agreement);
        sheet.row([
            group.group.as_str().into(),
            members.into(),
            agreement,
            rice.into(),
        ]);
    }
    format!("\n{title}\n{}", sheet.text())
}

fn finding(votes: &Votes, pairs: &[Compared]) -> String {
    let known: Vec<(&Compared, f64)> = pairs
        .iter()
        .filter_map(|pair| pair.s.map(|s| (pair, s)))
        .collect();
    let name =
        |pair: &Compared| format!("{} and {}", votes.names[pair.one], votes.names[pair.other]);
    let Some(&(mut nearest, mut high)) = known.first() else {
        return "No two actors have chosen on the same item.".to_owned();
    };
    let (mut farthest, mut low) = (nearest, high);
    for &(pair, s) in &known {
        if s > high {
            (nearest, high) = (pair, s);
        }
        if s < low {
            (farthest, low) = (pair, s);
        }
    }
    if known.len() == 1 {
        return format!(
            "{} score S = {} over {}.",
            name(nearest),
            number::fixed(high, 3),
            number::counted(nearest.n as u64, "item")
        );
    }
    format!(
        "Most alike are {} (S = {}), least alike {} (S = {}).",
        name(nearest),
        number::fixed(high, 3),
        name(farthest),
        number::fixed(low, 3)
    )
}

/// Every pair with its likeness, as a table.
fn pairs_table(votes: &Votes, pairs: &[Compared]) -> AnalysisTable {
    let columns = [
        TableColumn::text("one", "Actor"),
        TableColumn::text("other", "The other actor"),
        TableColumn::integer("items", "Items on which both chose", "items"),
        TableColumn::number("s", "S of Signorino and Ritter", ""),
        TableColumn::number("kappa", "Cohen's kappa", ""),
        TableColumn::number("pi", "Scott's pi", ""),
        TableColumn::number("tau_b", "Kendall's tau-b", ""),
        TableColumn::number("same", "Share of items with the same choice", "1"),
    ];
    let mut table = AnalysisTable::new("How alike actors vote", table_file::plain(), columns);
    for pair in pairs {
        table.row([
            votes.names[pair.one].as_str().into(),
            votes.names[pair.other].as_str().into(),
            pair.n.into(),
            pair.s.into(),
            pair.kappa.into(),
            pair.pi.into(),
            pair.tau_b.into(),
            pair.same.into(),
        ]);
    }
    table
}

fn document(
    votes: &Votes,
    range: f64,
    metric: Metric,
    pairs: &[Compared],
    groups: &[United],
) -> Value {
    let pair = |pair: &Compared| {
        json!({
            "one": votes.names[pair.one],
            "other": votes.names[pair.other],
            "items": pair.n,
            "s": pair.s,
            "kappa": pair.kappa,
            "pi": pair.pi,
            "tau_b": pair.tau_b,
            "same": pair.same,
        })
    };
    let group = |group: &United| {
        json!({
            "group": group.group,
            "members": group.members,
            "agreement_index": mean(&group.agreement, &votes.weights),
            "rice": mean(&group.rice, &votes.weights),
            "agreement_index_by_item": group.agreement,
            "rice_by_item": group.rice,
        })
    };
    json!({
        "model": "similarity",
        "actors": votes.names,
        "items": votes.items,
        "weights": votes.weights,
        "scale_span": range,
        "metric": if metric == Metric::Squared { "squared" } else { "absolute" },
        "pairs": pairs.iter().map(pair).collect::<Vec<_>>(),
        "groups": groups.iter().map(group).collect::<Vec<_>>(),
        "finding": finding(votes, pairs),
    })
}
