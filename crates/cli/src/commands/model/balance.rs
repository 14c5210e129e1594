//! `foedera model balance EDGES`: how balanced a network of friends and enemies is.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_sim::structure::{
    balance::{self, Balance, Count},
    split, symmetric,
};
use serde_json::{Value, json};

use super::{
    listed,
    square::{self, Tie, Ties},
    table::{self, Table},
};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    number,
    sheet::{Column, Sheet, Tone, Word},
};

/// Most actors: the eigenvalues of larger tables take minutes.
const ACTORS_MAX: usize = 300;

/// Strained ties that are shown.
const STRAINED_SHOWN: usize = 20;

/// The network.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Table of ties: source, target, sign (+ or -, friend or enemy, or a number), or a square table
    file: PathBuf,
    /// Counts ties by their size, not alike
    #[arg(long)]
    weighted: bool,
}

/// How ties are written.
const SIGN: Tie = Tie {
    column: "sign",
    others: &[
        "tie",
        "value",
        "weight",
        "relation",
        "type",
        "affinity",
        "propensity",
    ],
    what: "a tie",
    words: true,
};

/// Measures it.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    let mut table = Table::read(&args.file)?;
    let ties = square::read(&mut table, SIGN, None);
    if table.is_good() && (ties.names.is_empty() || ties.names.len() > ACTORS_MAX) {
        let message = format!(
            "{} actors: 1 to {ACTORS_MAX} are possible",
            ties.names.len()
        );
        table.wrong(
            "table::too_many",
            table.header_at(),
            message,
            "leave out actors with few ties",
        );
    }
    for &(one, other) in &ties.uneven {
        if !args.weighted && ties.values[one][other] * ties.values[other][one] < 0.0 {
            let message = format!(
                "`{}` and `{}` are friends in one direction and enemies in the other",
                ties.names[one], ties.names[other]
            );
            let help =
                "keep one of the two, or count sizes with --weighted, where their mean counts";
            table.wrong("table::two_signs", table.header_at(), message, help);
        }
    }
    table::finish(face, &table)?;
    table.mention_spare(face);
    let count = if args.weighted {
        Count::Weighted
    } else {
        Count::Alike
    };
    let values = symmetric(&ties.values);
    let found = balance::measure(&values, count, split::NODES_MAX);
    if face.json {
        face.document(&document(&ties, &values, count, &found))?;
    } else {
        face.data(&text(face, &ties, &values, count, &found))?;
    }
    face.next(&format!(
        "foedera model landscape {}",
        shell_word(&args.file.display().to_string())
    ));
    Ok(())
}

/// Ties that the best camps go against.
fn strained(ties: &Ties, values: &[Vec<f64>], found: &Balance) -> Vec<(usize, usize)> {
    let n = ties.names.len();
    let camps = &found.split.camps;
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs
        .filter(|&(i, j)| split::strains(values[i][j], camps[i] != camps[j]))
        .collect()
}

fn camps<'a>(ties: &'a Ties, found: &Balance) -> [Vec<&'a str>; 2] {
    [false, true].map(|camp| {
        let inside = ties
            .names
            .iter()
            .zip(&found.split.camps)
            .filter(|(_, of)| **of == camp);
        inside.map(|(name, _)| name.as_str()).collect()
    })
}

fn text(face: &Face, ties: &Ties, values: &[Vec<f64>], count: Count, found: &Balance) -> String {
    let title = "Balance of a network of friends and enemies";
    let mut text = format!("{}\n", face.paint.strong(title));
    text += &measures(face, ties, count, found);
    text += &against(face, ties, values, found);
    let finding = finding(ties, count, found);
    text += &format!("\n{}\n", crate::prose::filled(&finding, face.width, ""));
    text
}

fn measures(face: &Face, ties: &Ties, count: Count, found: &Balance) -> String {
    let columns = [
        Column::Words("measure"),
        Column::Number(""),
        Column::Prose("what it says"),
    ];
    let mut sheet = Sheet::new(face, columns);
    let mut row = |name: &str, value: String, meaning: String| {
        sheet.row([
            name.into(),
            Word::new(Tone::Strong, value),
            Word::new(Tone::Faint, meaning),
        ]);
    };
    let triangles = &found.triangles;
    let (balanced, all) = (triangles.balanced(), triangles.all());
    let share = triangles
        .share()
        .map_or_else(|| "–".to_owned(), number::plain);
    let unit = if count == Count::Alike {
        "ties"
    } else {
        "weight of ties"
    };
    let signs = format!("{} friendly, {} hostile", found.friends, found.enemies);
    row("actors", ties.names.len().to_string(), String::new());
    row("ties", (found.friends + found.enemies).to_string(), signs);
    row(
        "balanced triangles",
        share,
        format!("{balanced} of {all}: an even number of enmities"),
    );
    let least = format!("least {unit} against any two camps{}", proof(found));
    row("frustration index", number::plain(found.frustration), least);
    let ends = "1 balanced, 0 half of all against the camps";
    row(
        "normalised",
        number::plain(found.normalised),
        ends.to_owned(),
    );
    let walks = "over closed walks of every length; 1 balanced";
    row("walk balance", number::plain(found.walks), walks.to_owned());
    let conflict = "least eigenvalue of the signed Laplacian; 0 balanced";
    row(
        "algebraic conflict",
        number::plain(found.conflict),
        conflict.to_owned(),
    );
    sheet.text()
}

/// The ties that strain, if there are any.
fn against(face: &Face, ties: &Ties, values: &[Vec<f64>], found: &Balance) -> String {
    let strained = strained(ties, values, found);
    if strained.is_empty() {
        return String::new();
    }
    let title = face.paint.strong("Ties that go against the best camps");
    let mut text = format!("\n{title}\n");
    let columns = [Column::Words(""), Column::Words(""), Column::Prose("")];
    let mut sheet = Sheet::new(face, columns);
    for &(one, other) in strained.iter().take(STRAINED_SHOWN) {
        let kind = if values[one][other] > 0.0 {
            "friends apart"
        } else {
            "enemies together"
        };
        let [one, other] = [one, other].map(|idx| ties.names[idx].as_str());
        sheet.row([one.into(), other.into(), kind.into()]);
    }
    text += &sheet.text();
    if let Some(more) = strained.len().checked_sub(STRAINED_SHOWN + 1) {
        text += &face.aside(&format!("{} more, all of them with --json", more + 1));
    }
    text
}

fn proof(found: &Balance) -> String {
    if found.split.proved {
        return ", by proof".to_owned();
    }
    format!(
        ", as far as known: at least {}",
        number::plain(found.split.bound)
    )
}

fn finding(ties: &Ties, count: Count, found: &Balance) -> String {
    let [one, other] = camps(ties, found);
    let camps = if other.is_empty() {
        format!("one camp holds everybody: {}", listed(&one))
    } else {
        format!(
            "the best camps are {} against {}",
            listed(&one),
            listed(&other)
        )
    };
    if found.frustration == 0.0 {
        return format!("The network is balanced: {camps}, without a tie against them.");
    }
    let all = found.friends + found.enemies;
    let cost = match count {
        Count::Alike => format!(
            "{} of {}",
            number::plain(found.frustration),
            number::counted(all as u64, "tie")
        ),
        Count::Weighted => format!("ties of weight {}", number::plain(found.frustration)),
    };
    let (given, least) = if found.split.proved {
        ("", "; no division goes against less")
    } else {
        (" known", "")
    };
    format!("The network is not balanced: {camps}{given}, and {cost} go against them{least}.")
}

fn document(ties: &Ties, values: &[Vec<f64>], count: Count, found: &Balance) -> Value {
    let triangles = &found.triangles;
    let strained: Vec<Value> = strained(ties, values, found).iter().map(|&(one, other)| {
        json!({ "source": ties.names[one], "target": ties.names[other], "tie": values[one][other] })
    }).collect();
    json!({
        "model": "balance",
        "actors": ties.names,
        "weighted": count == Count::Weighted,
        "ties": found.friends + found.enemies,
        "friends": found.friends,
        "enemies": found.enemies,
        "triangles": {
            "all": triangles.all(),
            "balanced": triangles.balanced(),
            "share": triangles.share(),
            "three_friends": triangles.friends,
            "common_enemy": triangles.common_enemy,
            "torn_friend": triangles.torn_friend,
            "three_enemies": triangles.enemies,
        },
        "is_balanced": found.frustration == 0.0,
        "frustration_index": found.frustration,
        "frustration_proved": found.split.proved,
        "frustration_at_least": found.split.bound,
        "normalised_frustration": found.normalised,
        "walk_balance": found.walks,
        "walk_unbalance": (1.0 - found.walks) / (1.0 + found.walks),
        "algebraic_conflict": found.conflict,
        "camps": camps(ties, found),
        "frustrated_ties": strained,
        "finding": finding(ties, count, found),
    })
}
