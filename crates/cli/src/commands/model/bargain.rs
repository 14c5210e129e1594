//! `foedera model bargain FILE`: what a bargain would settle on.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_sim::rules::{
    nash::{self, Agreement, Choice, Lottery, Party},
    positions,
};
use serde_json::{Value, json};

use super::{
    listed,
    table::{
        self, ACTOR_NAMES, CAPABILITY_NAMES, POSITION, Range, SALIENCE_NAMES, Table, Wanted,
        plain_name,
    },
};
use crate::{
    face::{Face, shell_word},
    failure::Failure,
    number,
    sheet::{Column, Sheet, Tone, Word},
};

/// The bargain.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// A table of parties on a line (actor, position, and perhaps weight or capability, salience, loss) or one of
    /// options (a row each) with their utility to each party (a column each); rows named disagreement and weight
    file: PathBuf,
    /// Position that holds while nobody agrees; without it disagreement is as bad as the far end of the line
    #[arg(long, value_name = "POSITION", value_parser = super::finite, allow_negative_numbers = true)]
    status_quo: Option<f64>,
    /// How losses grow with distance: 1 in proportion, 2 with its square
    #[arg(long, default_value = "1", value_parser = exponent)]
    exponent: f64,
    /// Reads parties down and options across
    #[arg(long)]
    transpose: bool,
}

fn exponent(text: &str) -> Result<f64, String> {
    let value = super::finite(text)?;
    let good = (1.0..=10.0).contains(&value);
    good.then_some(value)
        .ok_or_else(|| "expected a number from 1 to 10".to_owned())
}

/// Bargains.
pub(super) fn run(args: &Args, face: &Face) -> Result<(), Failure> {
    let mut table = Table::read(&args.file)?;
    let names: Vec<String> = table
        .header
        .iter()
        .map(|cell| plain_name(&cell.text))
        .collect();
    let on_line = names.iter().any(|name| POSITION.is_called(name));
    if on_line {
        let line = read_line(&mut table, args);
        table::finish(face, &table)?;
        table.mention_spare(face);
        let found = nash::on_line(&line.parties, args.exponent);
        if face.json {
            face.document(&line_document(&line, args, found.as_ref()))?;
        } else {
            face.data(&line_text(face, &line, args, found.as_ref()))?;
        }
    } else {
        let offers = read_options(&mut table, args);
        table::finish(face, &table)?;
        let choice = nash::choose(&offers.utilities, &offers.disagreement, &offers.weights);
        let lottery = nash::lottery(&choice, &offers.weights);
        if face.json {
            face.document(&options_document(&offers, &choice, lottery.as_ref()))?;
        } else {
            face.data(&options_text(face, &offers, &choice, lottery.as_ref()))?;
        }
    }
    let file = shell_word(&args.file.display().to_string());
    face.next(&if on_line {
        format!("foedera model challenge {file}")
    } else {
        format!("foedera model bargain {file} --json")
    });
    Ok(())
}

/// Parties on a line.
struct Line {
    names: Vec<String>,
    parties: Vec<Party>,
}

fn read_line(table: &mut Table, args: &Args) -> Line {
    let [actor, position, weight, capability, salience, loss] = table.columns(&[
        Wanted::required("actor", ACTOR_NAMES),
        POSITION,
        Wanted::optional("weight", &["weights", "w", "bargaining_weight"]),
        Wanted::optional("capability", CAPABILITY_NAMES),
        Wanted::optional("salience", SALIENCE_NAMES),
        Wanted::optional("loss", &["disagreement", "disagreement_loss"]),
    ]);
    let mut line = Line {
        names: Vec::new(),
        parties: Vec::new(),
    };
    let (Some(actor), Some(position)) = (actor, position) else {
        return line;
    };
    line.names = table.names(actor);
    let mut losses = Vec::new();
    for row in 0..table.rows.len() {
        let mut one = |column: Option<usize>, what| {
            column.and_then(|column| table.number(row, column, Range::from_zero(what)))
        };
        let salience = one(salience, "a salience");
        let weight = one(weight, "a weight");
        let capability = one(capability, "a capability");
        losses.push(one(loss, "what disagreement costs"));
        if salience == Some(0.0) {
            let message = "a party with salience 0".to_owned();
            let help = "leave out whoever does not care";
            table.wrong("table::no_salience", table.row_at(row), message, help);
        }
        let salience = salience.unwrap_or(1.0);
        line.parties.push(Party {
            position: table.needed(row, position, Range::any("a position")),
            salience,
            weight: weight.unwrap_or_else(|| capability.unwrap_or(1.0) * salience),
            loss: 0.0,
        });
    }
    set_losses(&mut line.parties, &losses, args);
    if table.is_good() && line.parties.iter().all(|party| party.weight <= 0.0) {
        table.wrong_whole("table::no_weight", "nobody has any weight", NO_WEIGHT_HELP);
    }
    line
}

const NO_WEIGHT_HELP: &str = "give at least one party a weight above 0";

/// What disagreement costs where the table does not say: the way to the status quo, or the whole span.
fn set_losses(parties: &mut [Party], losses: &[Option<f64>], args: &Args) {
    let places: Vec<f64> = parties.iter().map(|party| party.position).collect();
    let span = positions::span(&places);
    for (party, loss) in parties.iter_mut().zip(losses) {
        let away = |quo: f64| (quo - party.position).abs();
        let far = args.status_quo.map_or(span, away);
        party.loss = loss.unwrap_or_else(|| party.salience * nash::power(far, args.exponent));
    }
}

/// Options with their utilities.
struct Offers {
    parties: Vec<String>,
    options: Vec<String>,
    /// `[option][party]`.
    utilities: Vec<Vec<f64>>,
    disagreement: Vec<f64>,
    weights: Vec<f64>,
}

fn read_options(table: &mut Table, args: &Args) -> Offers {
    if args.transpose {
        table.transpose();
    }
    let width = table.header.len();
    let parties = table.header.iter().skip(1).map(|cell| cell.text.clone());
    let mut offers = Offers {
        parties: parties.collect(),
        options: Vec::new(),
        utilities: Vec::new(),
        disagreement: vec![0.0; width.saturating_sub(1)],
        weights: vec![1.0; width.saturating_sub(1)],
    };
    if !is_of_options(table) {
        return offers;
    }
    let names = table.names(0);
    for (row, name) in names.into_iter().enumerate() {
        let what = match plain_name(&name).as_str() {
            "disagreement" | "threat" | "threat_point" | "no_deal" | "status_quo" => Some(true),
            "weight" | "weights" | "bargaining_weight" => Some(false),
            _ => None,
        };
        let weights = Range::from_zero("a weight");
        let range = if what == Some(false) {
            weights
        } else {
            Range::any("a utility")
        };
        let values = (1..width).map(|column| table.needed(row, column, range));
        let values: Vec<f64> = values.collect();
        match what {
            Some(true) => offers.disagreement = values,
            Some(false) => offers.weights = values,
            None => {
                offers.options.push(name);
                offers.utilities.push(values);
            }
        }
    }
    if table.is_good() && offers.weights.iter().all(|weight| *weight <= 0.0) {
        table.wrong_whole("table::no_weight", "nobody has any weight", NO_WEIGHT_HELP);
    }
    if table.is_good() && offers.options.is_empty() {
        let help = "a row is an option; disagreement and weight are not";
        table.wrong_whole("table::no_options", "there is no option", help);
    }
    offers
}

/// Whether a table has names across and down; notes what it lacks.
fn is_of_options(table: &mut Table) -> bool {
    if table.header.len() < 2 {
        let help = "a row is an option, a column behind the first a party; or give parties a position on a line";
        table.wrong_whole(
            "table::missing_column",
            "there is no column of a party",
            help,
        );
    } else if table.is_headless() {
        let help = "the first row names the parties, the first column the options";
        table.wrong_whole("table::no_names", "a table of options without names", help);
    }
    table.is_good()
}

/// Where simpler rules would put the outcome: the weighted median and the compromise mean.
fn simple(line: &Line) -> (Option<positions::Median>, Option<f64>) {
    let places: Vec<f64> = line.parties.iter().map(|party| party.position).collect();
    let weights: Vec<f64> = line.parties.iter().map(|party| party.weight).collect();
    (
        positions::weighted_median(&places, &weights),
        positions::weighted_mean(&places, &weights),
    )
}

fn line_text(face: &Face, line: &Line, args: &Args, found: Option<&Agreement>) -> String {
    let mut text = format!("{}\n", face.paint.strong("Nash bargain on a line"));
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("party"),
            Column::Number("weight"),
            Column::Number("salience"),
            Column::Number("position"),
            Column::Number("loss of disagreement"),
            Column::Number("gain"),
        ],
    );
    for (idx, party) in line.parties.iter().enumerate() {
        let gain = found.map_or_else(|| "–".to_owned(), |found| number::plain(found.gains[idx]));
        sheet.row([
            line.names[idx].as_str().into(),
            number::plain(party.weight).into(),
            number::plain(party.salience).into(),
            number::plain(party.position).into(),
            number::plain(party.loss).into(),
            Word::new(Tone::Strong, gain),
        ]);
    }
    text += &sheet.text();
    text += &format!(
        "\n{}\n",
        crate::prose::filled(&line_finding(line, args, found), face.width, "")
    );
    text
}

fn line_finding(line: &Line, args: &Args, found: Option<&Agreement>) -> String {
    let (median, mean) = simple(line);
    let median = median.map_or_else(|| "–".to_owned(), |median| number::plain(median.middle()));
    let mean = mean.map_or_else(|| "–".to_owned(), number::plain);
    let others = format!("the weighted median is {median}, the compromise mean {mean}");
    let Some(found) = found else {
        return format!(
            "No outcome leaves everybody at least as well off as disagreement: they do not agree ({others})."
        );
    };
    let point = number::plain(found.position);
    if args.status_quo.is_some() && found.gains.iter().all(|gain| *gain <= 0.0) {
        return format!(
            "The status quo {point} stays: parties stand on both sides of it, and any move harms one ({others})."
        );
    }
    let (low, high) = found.zone;
    format!(
        "The bargain settles at {point}, within the zone from {} to {} in which nobody loses; {others}.",
        number::plain(low),
        number::plain(high)
    )
}

fn line_document(line: &Line, args: &Args, found: Option<&Agreement>) -> Value {
    let parties: Vec<Value> = line
        .parties
        .iter()
        .enumerate()
        .map(|(idx, party)| {
            json!({
                "party": line.names[idx],
                "weight": party.weight,
                "salience": party.salience,
                "position": party.position,
                "loss": party.loss,
                "gain": found.map(|found| found.gains[idx]),
            })
        })
        .collect();
    let (median, mean) = simple(line);
    json!({
        "model": "bargain",
        "form": "line",
        "exponent": args.exponent,
        "status_quo": args.status_quo,
        "parties": parties,
        "agreement": found.map(|found| found.position),
        "zone": found.map(|found| [found.zone.0, found.zone.1]),
        "log_product": found.map(|found| found.log_product),
        "weighted_median": median.map(|median| json!({ "low": median.low, "high": median.high })),
        "compromise_mean": mean,
        "finding": line_finding(line, args, found),
    })
}

fn options_text(
    face: &Face,
    offers: &Offers,
    choice: &Choice,
    lottery: Option<&Lottery>,
) -> String {
    let paint = face.paint;
    let mut text = format!(
        "{}\n",
        paint.strong("Nash bargain over options: gains over disagreement")
    );
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("option"),
            Column::Prose("gains"),
            Column::Number("log of the product"),
            Column::Number("lottery"),
            Column::Words(""),
        ],
    );
    for (idx, standing) in choice.options.iter().enumerate() {
        let gains: Vec<String> = offers
            .parties
            .iter()
            .zip(&standing.gains)
            .map(|(party, gain)| format!("{party} {}", number::plain(*gain)))
            .collect();
        let best = choice.best.contains(&idx);
        let note = match (best, standing.acceptable) {
            (true, _) => "agreed",
            (_, false) => "harms somebody",
            _ => "",
        };
        let tone = if best { Tone::Strong } else { Tone::Plain };
        let product = if standing.acceptable {
            number::plain(standing.log_product)
        } else {
            "–".to_owned()
        };
        let share = lottery.map_or_else(
            || "–".to_owned(),
            |lottery| number::plain(lottery.shares[idx]),
        );
        sheet.row([
            Word::new(tone, offers.options[idx].as_str()),
            gains.join(", ").into(),
            product.into(),
            share.into(),
            Word::new(Tone::Faint, note),
        ]);
    }
    text += &sheet.text();
    text += &format!(
        "\n{}\n",
        crate::prose::filled(&options_finding(offers, choice, lottery), face.width, "")
    );
    text
}

fn options_finding(offers: &Offers, choice: &Choice, lottery: Option<&Lottery>) -> String {
    let best: Vec<&str> = choice
        .best
        .iter()
        .map(|&idx| offers.options[idx].as_str())
        .collect();
    let agreed = match best.as_slice() {
        [] => return "Every option harms somebody: they do not agree.".to_owned(),
        [one] => format!("They agree on {one}"),
        many => format!("{} are equally good", listed(many)),
    };
    let top = choice
        .best
        .first()
        .map_or(f64::NEG_INFINITY, |&idx| choice.options[idx].log_product);
    let why = if top.is_finite() {
        "at which the weighted product of the gains is largest"
    } else {
        "though somebody gains nothing from any option"
    };
    let mixed = lottery
        .filter(|lottery| lottery.log_product > top + 1e-9)
        .map_or_else(String::new, |lottery| {
            let parts: Vec<String> = offers
                .options
                .iter()
                .zip(&lottery.shares)
                .filter(|(_, share)| **share >= 0.0005)
                .map(|(option, share)| format!("{option} ({:.1} %)", 100.0 * share))
                .collect();
            format!(
                " A lottery would be better for the product: {}.",
                listed(&parts)
            )
        });
    format!("{agreed}, {why}.{mixed}")
}

fn options_document(offers: &Offers, choice: &Choice, lottery: Option<&Lottery>) -> Value {
    let options: Vec<Value> = choice
        .options
        .iter()
        .enumerate()
        .map(|(idx, standing)| {
            json!({
                "option": offers.options[idx],
                "utilities": offers.utilities[idx],
                "gains": standing.gains,
                "acceptable": standing.acceptable,
                "log_product": standing.log_product,
            })
        })
        .collect();
    json!({
        "model": "bargain",
        "form": "options",
        "parties": offers.parties,
        "disagreement": offers.disagreement,
        "weights": offers.weights,
        "options": options,
        "agreed": choice.best.iter().map(|&idx| &offers.options[idx]).collect::<Vec<_>>(),
        "lottery": lottery.map(|lottery| json!({
            "shares": lottery.shares,
            "gains": lottery.gains,
            "log_product": lottery.log_product,
            "gap": lottery.gap,
        })),
        "finding": options_finding(offers, choice, lottery),
    })
}
