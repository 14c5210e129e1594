//! The health table: whether terms are comparable and the world neither freezes nor does everything.

use foedera_ensemble::health::Health;

use super::heading;
use crate::{
    face::Face,
    number::{count, fixed, plain},
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Cells of a bar.
const BAR: usize = 16;

/// The table.
pub(super) fn table(face: &Face, health: &Health) -> String {
    let mut text = heading(
        face,
        &format!("Health, on {} replicates", count(health.replicates)),
    );
    text += &terms(face, health);
    text.push('\n');
    text += &proposals(face, health);
    text.push('\n');
    text += &measures(face, health);
    let events: Vec<String> = health
        .events
        .iter()
        .map(|(kind, n)| format!("{} {kind}", plain(*n)))
        .collect();
    text += &format!("\n  per history: {}\n", events.join(", "));
    if health.doubts.is_empty() {
        text += &format!(
            "  {}\n",
            face.paint
                .good("healthy: terms comparable, decisions open, cohesion moves")
        );
    }
    for doubt in &health.doubts {
        text += &format!("  {} {doubt}\n", face.paint.doubt("look:"));
    }
    text
}

fn terms(face: &Face, health: &Health) -> String {
    let largest = health.terms.iter().map(|of| of.sd).fold(0.0, f64::max);
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("term of a decision"),
            Column::Number("mean"),
            Column::Number("spread"),
            Column::Words(""),
        ],
    );
    for of in &health.terms {
        sheet.row([
            of.term.into(),
            fixed(of.mean, 3).into(),
            fixed(of.sd, 3).into(),
            Word::new(Tone::Picture, spark::share(of.sd / largest, BAR)),
        ]);
    }
    let factor = health.factor.map_or_else(String::new, |factor| {
        format!("  largest over smallest spread of the seven utility terms: {factor:.1}\n")
    });
    sheet.text() + &factor
}

fn proposals(face: &Face, health: &Health) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("initiative"),
            Column::Number("tablings"),
            Column::Number("pass"),
            Column::Number("histories that adopt"),
            Column::Words(""),
        ],
    );
    for one in &health.proposals {
        sheet.row([
            one.id.as_str().into(),
            fixed(one.tablings, 1).into(),
            fixed(one.passing, 2).into(),
            fixed(one.adopting, 2).into(),
            Word::new(Tone::Picture, spark::share(one.adopting, BAR)),
        ]);
    }
    sheet.text()
}

fn measures(face: &Face, health: &Health) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("measure"),
            Column::Number("start"),
            Column::Number("end"),
            Column::Number("spread at the end"),
        ],
    );
    for one in &health.measures {
        let row = [fixed(one.start, 3), fixed(one.end, 3), fixed(one.sd, 3)].map(Word::from);
        sheet.row(std::iter::once(Word::from(one.path.as_str())).chain(row));
    }
    sheet.text()
}
