//! `foedera model landscape SIZES PROPENSITIES`: which two-camp alignments nobody would leave alone.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_sim::structure::{
    landscape::{ACTORS_MAX, EXACT_MAX, Landscape, Minima, Minimum},
    split,
};
use serde_json::{Value, json};

use super::{
    listed,
    square::{self, ACTOR, Tie, Ties},
    table::{self, Range, Table, Wanted},
};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    number,
    sheet::{Column, Sheet, Tone, Word},
};

/// The actors and how they get on.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Table of sizes (actor, size) and table of propensities (square, or source, target, propensity); with one
    /// table, of propensities, all sizes are 1
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Local minima that are shown
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    top: u16,
    /// Alignments that a search starts from, where there are too many actors to go through all
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    starts: u32,
    /// Seed of the search
    #[arg(long, default_value_t = 1, value_parser = crate::command_line::seed)]
    seed: u64,
}

/// How propensities are written.
const PROPENSITY: Tie = Tie {
    column: "propensity",
    others: &["value", "weight", "p", "tie", "affinity", "sign"],
    what: "a propensity",
    words: false,
};

/// What was found.
struct Found {
    ties: Ties,
    sizes: Vec<f64>,
    of: Landscape,
    minima: Minima,
    deepest: split::Split,
}

/// Finds the minima.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    let (ties, sizes) = read(args, face)?;
    let of = Landscape::new(&sizes, &ties.values);
    let minima = if sizes.len() <= EXACT_MAX {
        of.all_minima()
    } else {
        of.search(args.seed, u64::from(args.starts))
    };
    let found = Found {
        deepest: of.deepest(split::NODES_MAX),
        ties,
        sizes,
        of,
        minima,
    };
    if face.json {
        face.document(&document(&found))?;
    } else {
        face.data(&text(args, face, &found))?;
    }
    if let Some(file) = args.files.last() {
        face.next(&format!(
            "foedera model balance {} --weighted",
            shell_word(&file.display().to_string())
        ));
    }
    Ok(())
}

/// Reads the one or two tables, in either order.
fn read(args: &Args, face: &Face) -> Result<(Ties, Vec<f64>), Failure> {
    let mut tables = args
        .files
        .iter()
        .map(|file| Table::read(file))
        .collect::<Result<Vec<_>, _>>()?;
    if tables.len() == 2 && is_sizes(&tables[1]) && !is_sizes(&tables[0]) {
        tables.swap(0, 1);
    }
    let mut propensities = tables.pop().expect("at least one file is required");
    let mut sizes = tables.pop();
    let known = sizes.as_mut().map(read_sizes);
    if let Some(table) = &sizes {
        table::finish(face, table)?;
    }
    let names = known.as_ref().map(|(names, _)| names.as_slice());
    let ties = square::read(&mut propensities, PROPENSITY, names);
    if propensities.is_good() && (ties.names.is_empty() || ties.names.len() > ACTORS_MAX) {
        let message = format!(
            "{} actors: 1 to {ACTORS_MAX} are possible",
            ties.names.len()
        );
        let at = propensities.header_at();
        propensities.wrong(
            "table::too_many",
            at,
            message,
            "leave out the smallest actors",
        );
    }
    table::finish(face, &propensities)?;
    propensities.mention_spare(face);
    let sizes = known.map_or_else(|| vec![1.0; ties.names.len()], |(_, sizes)| sizes);
    Ok((ties, sizes))
}

const SIZE: Wanted = Wanted::required(
    "size",
    &["sizes", "weight", "capability", "power", "s", "cinc"],
);

/// Whether a table is one of sizes: two columns that are no square.
fn is_sizes(table: &Table) -> bool {
    table.header.len() == 2 && table.rows.len() != 1
}

fn read_sizes(table: &mut Table) -> (Vec<String>, Vec<f64>) {
    let [Some(actor), Some(size)] = table.columns(&[ACTOR, SIZE]) else {
        return (Vec::new(), Vec::new());
    };
    let names = table.names(actor);
    let sizes = (0..table.rows.len())
        .map(|row| table.needed(row, size, Range::from_zero("a size")))
        .collect();
    (names, sizes)
}

fn camps_of<'a>(names: &'a [String], camps: &[bool]) -> [Vec<&'a str>; 2] {
    [false, true].map(|camp| {
        let inside = names.iter().zip(camps).filter(|(_, of)| **of == camp);
        inside.map(|(name, _)| name.as_str()).collect()
    })
}

fn text(args: &Args, face: &Face, found: &Found) -> String {
    let minima = &found.minima;
    let mut text = format!(
        "{}\n",
        face.paint
            .strong("Landscape: alignments that no actor would leave alone")
    );
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number(""),
            Column::Number("energy"),
            Column::Number("basin"),
            Column::Prose("one camp"),
            Column::Prose("the other"),
        ],
    );
    for (idx, minimum) in minima.minima.iter().take(usize::from(args.top)).enumerate() {
        let [one, other] = camps_of(&found.ties.names, &minimum.camps);
        sheet.row([
            (idx + 1).to_string().into(),
            Word::new(Tone::Strong, number::plain(minimum.energy)),
            format!("{:.1} %", 100.0 * basin(minima, minimum)).into(),
            one.join(", ").into(),
            other.join(", ").into(),
        ]);
    }
    text += &sheet.text();
    let more = minima.minima.len().saturating_sub(usize::from(args.top));
    if more > 0 {
        text += &face.aside(&format!(
            "{more} more; --top {} shows them, --json has all",
            minima.minima.len()
        ));
    }
    text += &format!(
        "\n{}\n",
        crate::prose::filled(&finding(found), face.width, "")
    );
    text += &face.aside(&remarks(found));
    text
}

#[expect(clippy::cast_precision_loss, reason = "shares shown with one decimal")]
fn basin(minima: &Minima, minimum: &Minimum) -> f64 {
    minimum.basin as f64 / minima.starts as f64
}

fn finding(found: &Found) -> String {
    let minima = &found.minima;
    let Some(first) = minima.minima.first() else {
        return String::new();
    };
    let [one, other] = camps_of(&found.ties.names, &first.camps);
    let number = number::count(minima.number);
    let (are, s) = if minima.number == 1 {
        ("is", "")
    } else {
        ("are", "s")
    };
    let among = number::count(minima.starts);
    let found_by = if minima.exact {
        format!("Of {among} alignments {number} {are} stable.")
    } else {
        format!("A search from {among} alignments found {number} stable one{s}; there may be more.")
    };
    let basin = 100.0 * basin(minima, first);
    let camps = if other.is_empty() {
        format!("everybody in one camp: {}", listed(&one))
    } else {
        format!("{} against {}", listed(&one), listed(&other))
    };
    format!(
        "{found_by} The deepest, with energy {} and {basin:.1} % of the ways down, is {camps}.",
        number::plain(first.energy)
    )
}

fn remarks(found: &Found) -> String {
    let mut text =
        "A basin is the share of alignments from which the steepest way down ends there."
            .to_owned();
    if !found.minima.exact {
        let lowest = found.of.energy(&found.deepest.camps);
        text += &if found.deepest.proved {
            format!(
                " The lowest energy of all is {}, by proof.",
                number::plain(lowest)
            )
        } else {
            format!(
                " The lowest energy known is {}; the proof was given up.",
                number::plain(lowest)
            )
        };
    }
    if !found.ties.uneven.is_empty() {
        let n = number::counted(found.ties.uneven.len() as u64, "pair");
        text += &format!(" {n} have two propensities, one in each direction; their mean counts.");
    }
    text
}

fn document(found: &Found) -> Value {
    let names = &found.ties.names;
    let minima: Vec<Value> = found
        .minima
        .minima
        .iter()
        .map(|minimum| {
            json!({
                "energy": minimum.energy,
                "camps": camps_of(names, &minimum.camps),
                "basin": minimum.basin,
                "basin_share": basin(&found.minima, minimum),
                "frustration": found.of.frustration(&minimum.camps),
            })
        })
        .collect();
    let uneven: Vec<_> = found
        .ties
        .uneven
        .iter()
        .map(|&(one, other)| [&names[one], &names[other]])
        .collect();
    json!({
        "model": "landscape",
        "actors": names,
        "sizes": found.sizes,
        "alignments": found.minima.starts,
        "exact": found.minima.exact,
        "local_minima": found.minima.number,
        "minima": minima,
        "best_split": {
            "camps": camps_of(names, &found.deepest.camps),
            "energy": found.of.energy(&found.deepest.camps),
            "proved": found.deepest.proved,
        },
        "averaged_pairs": uneven,
        "finding": finding(found),
    })
}
