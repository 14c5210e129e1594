//! `foedera model challenge FILE`: who gives in to whom on an issue, round by round.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use foedera_results::{AnalysisTable, analysis_table::Column as TableColumn};
use foedera_sim::rules::challenge::{
    self, ACTORS_MAX, Actor, Course, Denominator, End, Kind, Offer, Options, Pick, ROUNDS_MAX,
    Risk, Round,
};
use serde_json::{Value, json};

use super::table::{
    self, ACTOR_NAMES, CAPABILITY_NAMES, POSITION, Range, SALIENCE_NAMES, Table, Wanted,
};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    number,
    sheet::{Column, Sheet, Tone, Word},
    table_file::{self, TableArgs},
};

/// The issue and the variant.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Table with the columns actor, capability, salience (1 if absent), position
    file: PathBuf,
    /// Most rounds
    #[arg(long, default_value_t = 10, value_parser = rounds)]
    rounds: usize,
    /// Chance that the status quo lasts without a challenge (Q), from 0 to 1
    #[arg(long, value_name = "Q", default_value = "1", value_parser = super::share)]
    stays: f64,
    /// What the chance of victory is measured against: the votes in all pairs or in the pair
    #[arg(long, value_enum, default_value_t = DenominatorName::AllPairs)]
    denominator: DenominatorName,
    /// Which compromise an actor takes: as the published code picks it, or the one that moves it least
    #[arg(long, value_enum, default_value_t = PickName::Blend)]
    pick: PickName,
    /// When attitudes to risk are taken from exposure; or everybody is neutral
    #[arg(long, value_enum, default_value_t = RiskName::EveryRound)]
    risk: RiskName,
    /// Ends once neither forecast moves by more than this in a round
    #[arg(long, value_name = "DISTANCE", value_parser = super::finite)]
    tolerance: Option<f64>,
    #[command(flatten)]
    table: TableArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DenominatorName {
    AllPairs,
    Pair,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PickName {
    Blend,
    Nearest,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RiskName {
    EveryRound,
    Once,
    Neutral,
}

/// A number of rounds.
fn rounds(text: &str) -> Result<usize, String> {
    let value = text
        .parse()
        .ok()
        .filter(|value| (1..=ROUNDS_MAX).contains(value));
    value.ok_or_else(|| format!("expected a whole number from 1 to {ROUNDS_MAX}"))
}

/// The table as read.
struct Issue {
    names: Vec<String>,
    actors: Vec<Actor>,
    /// Whether saliences were written as numbers up to 100.
    percent: bool,
}

/// Plays it.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    args.table.check()?;
    let mut table = Table::read(&args.file)?;
    let issue = issue(&mut table);
    table::finish(face, &table)?;
    table.mention_spare(face);
    let options = Options {
        rounds: args.rounds,
        stays: args.stays,
        denominator: match args.denominator {
            DenominatorName::AllPairs => Denominator::AllPairs,
            DenominatorName::Pair => Denominator::Pair,
        },
        pick: match args.pick {
            PickName::Blend => Pick::Blend,
            PickName::Nearest => Pick::Nearest,
        },
        risk: match args.risk {
            RiskName::EveryRound => Risk::EveryRound,
            RiskName::Once => Risk::Once,
            RiskName::Neutral => Risk::Neutral,
        },
        tolerance: args.tolerance,
    };
    let course = challenge::play(&issue.actors, &options);
    args.table
        .write(face, || positions_table(&issue, &course))?;
    if face.json {
        face.document(&document(&issue, &options, &course))?;
    } else {
        face.data(&text(face, &issue, &course))?;
    }
    face.next(&format!(
        "foedera model bargain {}",
        shell_word(&args.file.display().to_string())
    ));
    Ok(())
}

/// Reads actors; what is wrong is noted in the table.
fn issue(table: &mut Table) -> Issue {
    let [actor, capability, salience, position] = table.columns(&[
        Wanted::required("actor", ACTOR_NAMES),
        Wanted::required("capability", CAPABILITY_NAMES),
        Wanted::optional("salience", SALIENCE_NAMES),
        POSITION,
    ]);
    let mut issue = Issue {
        names: Vec::new(),
        actors: Vec::new(),
        percent: false,
    };
    let (Some(actor), Some(capability), Some(position)) = (actor, capability, position) else {
        return issue;
    };
    issue.names = table.names(actor);
    for row in 0..table.rows.len() {
        let salience = salience.and_then(|column| table.number(row, column, SALIENCE));
        issue.actors.push(Actor {
            capability: table.needed(row, capability, Range::from_zero("a capability")),
            salience: salience.unwrap_or(1.0),
            position: table.needed(row, position, Range::any("a position")),
        });
    }
    issue.percent = issue.actors.iter().any(|actor| actor.salience > 1.0);
    if issue.percent {
        for actor in &mut issue.actors {
            actor.salience /= 100.0;
        }
    }
    check(table, &issue);
    issue
}

/// As a share, or in percent.
const SALIENCE: Range = Range {
    low: 0.0,
    high: 100.0,
    what: "a salience",
};

fn check(table: &mut Table, issue: &Issue) {
    let weighs = |actor: &Actor| actor.capability * actor.salience > 0.0;
    if table.is_good() && !issue.actors.iter().any(weighs) {
        let help = "give at least one actor a capability and a salience above 0";
        table.wrong_whole(
            "table::no_weight",
            "nobody has any weight on the issue",
            help,
        );
    }
    if issue.actors.len() > ACTORS_MAX {
        let message = format!("{} actors: more than {ACTORS_MAX}", issue.actors.len());
        let help = "leave out those with the least weight";
        table.wrong("table::too_many", table.row_at(ACTORS_MAX), message, help);
    }
}

fn text(face: &Face, issue: &Issue, course: &Course) -> String {
    let paint = face.paint;
    let mut text = format!(
        "{}\n",
        paint.strong("Challenge model: who stands where, and where they end")
    );
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("actor"),
            Column::Number("capability"),
            Column::Number("salience"),
            Column::Number("risk"),
            Column::Number("begins at"),
            Column::Number("ends at"),
        ],
    );
    for (idx, actor) in issue.actors.iter().enumerate() {
        let risk = course.rounds.first().map_or(1.0, |round| round.risk[idx]);
        sheet.row([
            issue.names[idx].as_str().into(),
            number::plain(actor.capability).into(),
            number::plain(actor.salience).into(),
            number::plain(risk).into(),
            number::plain(actor.position).into(),
            Word::new(Tone::Strong, number::plain(course.positions[idx])),
        ]);
    }
    text += &sheet.text();
    text += &format!("\n{}\n", paint.strong("Round by round"));
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number("round"),
            Column::Number("mean"),
            Column::Number("median"),
            Column::Prose("who moves"),
        ],
    );
    for (idx, round) in course.rounds.iter().enumerate() {
        sheet.row([
            (idx + 1).to_string().into(),
            number::plain(round.mean).into(),
            number::plain(round.median.middle()).into(),
            moves(issue, round).into(),
        ]);
    }
    sheet.row([
        "end".into(),
        Word::new(Tone::Strong, number::plain(course.mean)),
        Word::new(Tone::Strong, number::plain(course.median.middle())),
        Word::new(Tone::Faint, ""),
    ]);
    text += &sheet.text();
    text += &format!(
        "\n{}\n",
        crate::prose::filled(&finding(course), face.width, "")
    );
    text += &face.aside(&remarks(issue));
    text
}

fn moves(issue: &Issue, round: &Round) -> String {
    let one = |offer: &Offer| {
        let kind = match offer.kind {
            Kind::Confrontation => "confronted by",
            Kind::Compromise => "compromises with",
            Kind::Capitulation => "gives in to",
        };
        let (actor, toward) = (&issue.names[offer.actor], &issue.names[offer.toward]);
        format!(
            "{actor} to {} ({kind} {toward})",
            number::plain(offer.position)
        )
    };
    if round.moves.is_empty() {
        return "nobody".to_owned();
    }
    round.moves.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn finding(course: &Course) -> String {
    let Some(first) = course.rounds.first() else {
        return String::new();
    };
    let n = number::counted(course.rounds.len() as u64, "round");
    let end = match course.end {
        End::Settled => format!("after {n} nobody moves any more"),
        End::Tolerance => format!("after {n} the forecasts hardly move"),
        End::Rounds => format!("after {n} it has not settled"),
    };
    format!(
        "The weighted median begins at {} and the weighted mean at {}; {end}, with the median at {} and the mean at {}.",
        number::plain(first.median.middle()),
        number::plain(first.mean),
        number::plain(course.median.middle()),
        number::plain(course.mean)
    )
}

fn remarks(issue: &Issue) -> String {
    let mut text =
        "Risk is the exponent in the first round: 1 neutral, below 1 daring, above 1 careful."
            .to_owned();
    if issue.percent {
        text += " Saliences above 1 are read as percent.";
    }
    text
}

/// Where each actor begins and ends, as a table.
fn positions_table(issue: &Issue, course: &Course) -> AnalysisTable {
    let columns = [
        TableColumn::text("actor", "Actor"),
        TableColumn::number("capability", "Capability", ""),
        TableColumn::number("salience", "Salience", ""),
        TableColumn::number("position", "Position at the start", ""),
        TableColumn::number("final_position", "Position at the end", ""),
    ];
    let mut table = AnalysisTable::new("Challenges on an issue", table_file::plain(), columns);
    for (idx, actor) in issue.actors.iter().enumerate() {
        table.row([
            issue.names[idx].as_str().into(),
            actor.capability.into(),
            actor.salience.into(),
            actor.position.into(),
            course.positions[idx].into(),
        ]);
    }
    table
}

fn document(issue: &Issue, options: &Options, course: &Course) -> Value {
    let after = |idx: usize| course.rounds.get(idx + 1);
    let rounds = course.rounds.iter().enumerate();
    let rounds: Vec<Value> = rounds
        .map(|(idx, one)| round(issue, idx, one, after(idx), course))
        .collect();
    let actor = |(idx, actor): (usize, &Actor)| {
        json!({
            "actor": issue.names[idx],
            "capability": actor.capability,
            "salience": actor.salience,
            "position": actor.position,
            "final_position": course.positions[idx],
        })
    };
    let actors: Vec<Value> = issue.actors.iter().enumerate().map(actor).collect();
    let means = course
        .rounds
        .iter()
        .map(|round| round.mean)
        .chain([course.mean]);
    let medians = course
        .rounds
        .iter()
        .map(|round| round.median)
        .chain([course.median]);
    json!({
        "model": "challenge",
        "options": variant(options, issue.percent),
        "actors": actors,
        "rounds": rounds,
        "mean_by_round": means.collect::<Vec<_>>(),
        "median_by_round": medians.map(|median| median.middle()).collect::<Vec<_>>(),
        "mean": course.mean,
        "median": { "low": course.median.low, "high": course.median.high },
        "end": match course.end {
            End::Rounds => "rounds",
            End::Settled => "settled",
            End::Tolerance => "tolerance",
        },
        "finding": finding(course),
    })
}

fn variant(options: &Options, percent: bool) -> Value {
    json!({
        "rounds": options.rounds,
        "stays": options.stays,
        "denominator": match options.denominator {
            Denominator::Pair => "pair",
            Denominator::AllPairs => "all-pairs",
        },
        "pick": match options.pick {
            Pick::Nearest => "nearest",
            Pick::Blend => "blend",
        },
        "risk": match options.risk {
            Risk::EveryRound => "every-round",
            Risk::Once => "once",
            Risk::Neutral => "neutral",
        },
        "tolerance": options.tolerance,
        "salience_in_percent": percent,
    })
}

fn round(issue: &Issue, idx: usize, one: &Round, after: Option<&Round>, course: &Course) -> Value {
    let offer = |offer: &Offer| {
        json!({
            "actor": issue.names[offer.actor],
            "toward": issue.names[offer.toward],
            "kind": kind(offer.kind),
            "eu_own": offer.own,
            "eu_other": offer.other,
            "new_position": offer.position,
        })
    };
    json!({
        "round": idx + 1,
        "positions": one.positions,
        "mean": one.mean,
        "median": { "low": one.median.low, "high": one.median.high },
        "risk_exponents": one.risk,
        "victory": one.victory,
        "expected": one.expected,
        "threatened": one.threatened,
        "offers": one.offers.iter().map(offer).collect::<Vec<_>>(),
        "moves": one.moves.iter().map(offer).collect::<Vec<_>>(),
        "mean_after": after.map_or(course.mean, |next| next.mean),
        "median_after": after.map_or(course.median, |next| next.median).middle(),
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Confrontation => "confrontation",
        Kind::Compromise => "compromise",
        Kind::Capitulation => "capitulation",
    }
}
