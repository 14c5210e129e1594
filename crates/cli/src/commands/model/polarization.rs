//! `foedera model polarization FILE`: how polarised positions are.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_sim::{
    rules::positions,
    structure::polarization::{self, ALPHA_MAX},
};
use serde_json::{Value, json};

use super::table::{self, POSITION, Range, Table, Wanted};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    number,
    sheet::{Column, Sheet, Tone, Word},
};

/// Values of α that are shown unless others are asked for.
const ALPHAS: [f64; 3] = [0.8, 1.3, 1.6];

/// The groups.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Table of groups: group, mass (1 if absent), position; without positions, the rows are ordered categories
    file: PathBuf,
    /// Weight of identification, above 0 to 1.6; may be repeated
    #[arg(long, value_parser = alpha)]
    alpha: Vec<f64>,
}

fn alpha(text: &str) -> Result<f64, String> {
    let value = super::finite(text)?;
    let good = value > 0.0 && value <= ALPHA_MAX;
    good.then_some(value)
        .ok_or_else(|| format!("expected a number above 0, at most {ALPHA_MAX}"))
}

/// The groups as read, and what was found.
struct Found {
    masses: Vec<f64>,
    places: Vec<f64>,
    /// Whether places are only an order.
    ordered: bool,
    /// α and polarisation.
    values: Vec<(f64, Option<f64>)>,
    agreement: Option<f64>,
}

/// Measures it.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    let mut table = Table::read(&args.file)?;
    let (masses, places) = read(&mut table);
    table::finish(face, &table)?;
    table.mention_spare(face);
    let rows = table.rows.len();
    let masses = masses.unwrap_or_else(|| vec![1.0; rows]);
    let ordered = places.is_none();
    #[expect(clippy::cast_precision_loss, reason = "numbers of categories")]
    let places = places.unwrap_or_else(|| (1..=rows).map(|row| row as f64).collect());
    let alphas = if args.alpha.is_empty() {
        &ALPHAS[..]
    } else {
        &args.alpha
    };
    let of = |&alpha: &f64| (alpha, polarization::esteban_ray(&masses, &places, alpha));
    let found = Found {
        values: alphas.iter().map(of).collect(),
        agreement: ordered.then(|| polarization::agreement(&masses)).flatten(),
        masses,
        places,
        ordered,
    };
    if face.json {
        face.document(&document(&found))?;
    } else {
        face.data(&text(face, &found))?;
    }
    let file = shell_word(&args.file.display().to_string());
    face.next(&format!("foedera model polarization {file} --alpha 1"));
    Ok(())
}

type Column64 = Option<Vec<f64>>;

/// Masses and positions, each if its column is there.
fn read(table: &mut Table) -> (Column64, Column64) {
    let [_, mass, position] = table.columns(&[
        Wanted::optional("group", GROUP_NAMES),
        Wanted::optional("mass", MASS_NAMES),
        Wanted {
            required: false,
            ..POSITION
        },
    ]);
    let mut read = |column: Option<usize>, range: Range| -> Column64 {
        let rows = 0..table.rows.len();
        column.map(|column| rows.map(|row| table.needed(row, column, range)).collect())
    };
    let masses = read(mass, Range::from_zero("a mass"));
    let places = read(position, Range::any("a position"));
    if masses.is_none() && places.is_none() && table.is_good() {
        let help = "name the columns: group, mass, position";
        table.wrong_whole(
            "table::missing_column",
            "neither masses nor positions",
            help,
        );
    }
    (masses, places)
}

/// Names of the column of groups.
const GROUP_NAMES: &[&str] = &[
    "actor", "category", "name", "party", "country", "state", "label", "class",
];
/// Names of the column of masses.
const MASS_NAMES: &[&str] = &[
    "share",
    "population",
    "size",
    "weight",
    "count",
    "frequency",
    "n",
    "votes",
];

fn document(found: &Found) -> Value {
    let span = positions::span(&found.places);
    let value = |&(alpha, value): &(f64, Option<f64>)| {
        let share = value.map(|value| value / most(alpha, span));
        json!({ "alpha": alpha, "esteban_ray": value, "share_of_most": share })
    };
    json!({
        "model": "polarization",
        "masses": found.masses,
        "positions": found.places,
        "ordered_categories": found.ordered,
        "mean": positions::weighted_mean(&found.places, &found.masses),
        "spread": positions::weighted_spread(&found.places, &found.masses),
        "esteban_ray": found.values.iter().map(value).collect::<Vec<_>>(),
        "agreement": found.agreement,
        "polarization": found.agreement.map(|agreement| (1.0 - agreement) / 2.0),
        "finding": finding(found),
    })
}

/// What two equal groups at the ends would have: the most on this span.
fn most(alpha: f64, span: f64) -> f64 {
    polarization::esteban_ray(&[0.5, 0.5], &[0.0, span], alpha).unwrap_or(0.0)
}

fn text(face: &Face, found: &Found) -> String {
    let mut text = format!("{}\n", face.paint.strong("Polarisation"));
    let columns = [
        Column::Words("measure"),
        Column::Number(""),
        Column::Prose("what it says"),
    ];
    let mut sheet = Sheet::new(face, columns);
    let mut row = |name: String, value: Option<f64>, meaning: String| {
        let value = value.map_or_else(|| "–".to_owned(), number::plain);
        sheet.row([
            name.into(),
            Word::new(Tone::Strong, value),
            Word::new(Tone::Faint, meaning),
        ]);
    };
    let span = positions::span(&found.places);
    for &(alpha, value) in &found.values {
        let share = value.map(|value| 100.0 * value / most(alpha, span));
        let share = share.filter(|share| share.is_finite());
        let meaning = |share| format!("{share:.1} % of two equal camps at the ends");
        row(
            format!("Esteban-Ray, α {alpha}"),
            value,
            share.map_or_else(String::new, meaning),
        );
    }
    if let Some(agreement) = found.agreement {
        let ends = "1 one category, 0 even, −1 two extremes";
        row("agreement".to_owned(), Some(agreement), ends.to_owned());
        let ends = "0 one category, ½ even, 1 two extremes";
        row(
            "polarisation (1 − A)/2".to_owned(),
            Some((1.0 - agreement) / 2.0),
            ends.to_owned(),
        );
    }
    let (places, masses) = (&found.places, &found.masses);
    row(
        "mean".to_owned(),
        positions::weighted_mean(places, masses),
        String::new(),
    );
    let spread = positions::weighted_spread(places, masses);
    row("spread".to_owned(), spread, "standard deviation".to_owned());
    text += &sheet.text();
    text += &format!(
        "\n{}\n",
        crate::prose::filled(&finding(found), face.width, "")
    );
    text
}

fn finding(found: &Found) -> String {
    if let Some(agreement) = found.agreement {
        let polarised = number::fixed((1.0 - agreement) / 2.0, 4);
        return format!(
            "The categories are polarised by {polarised} on a scale from 0 (all in one) to 1 (half at each end)."
        );
    }
    let Some(&(alpha, Some(value))) = found.values.first() else {
        return "There is nobody to be polarised.".to_owned();
    };
    let span = positions::span(&found.places);
    if span <= 0.0 {
        return "All stand at one position: there is no polarisation.".to_owned();
    }
    let share = 100.0 * value / most(alpha, span);
    let value = number::plain(value);
    format!(
        "With α = {alpha} the groups are polarised by {value}, {share:.1} % of what two equal camps at the ends would be."
    )
}
