//! What was discovered: as sentences and pictures in the terminal, as a document, a table and a figure.

use foedera_analysis::{
    figure::{Caption, Figure, discovery},
    prim::{End, Kind, QuasiP, Stage, judge},
};
use foedera_results::{
    AnalysisTable, Provenance,
    analysis_table::{Cell, Column as TableColumn},
    digits, interval,
};
use foedera_scenario::outcome_text;
use serde_json::{Value, json};

use super::{DEALS, Discovery, HALVES, Judged, density, inputs::Column};
use crate::{
    face::Face,
    number::{self, plain},
    prose,
    sheet::{Column as SheetColumn, Sheet, Tone, Word},
    spark,
};

/// Boxes of the way that are shown.
const STAGES_SHOWN: usize = 12;
/// Cells of an axis.
const CELLS: usize = 20;
/// Inputs left free that are named.
const NAMED_MAX: usize = 3;

/// The whole answer.
pub(super) fn text(of: &Discovery<'_>, face: &Face) -> String {
    let scenario = of.past.scenario();
    let (n, cases) = counts(of);
    let title = outcome_text::predicate_title(scenario, of.predicate);
    let share = interval::wilson(cases, n, interval::CONFIDENCE)
        .map_or_else(String::new, |of| digits::share(&of));
    let policy = of
        .past
        .policy_shown()
        .map_or_else(String::new, |id| format!(" under the policy {id}"));
    let mut text = format!("{}\n", face.paint.strong(&scenario.title));
    let first = format!(
        "{title} holds in {} of {}{policy}: {share}.",
        number::count(cases),
        number::counted(n, "replicate")
    );
    text += &format!("{}\n", prose::filled(&first, face.width, ""));
    for (turn, found) in of.found.iter().enumerate() {
        let heading = match (of.found.len(), turn) {
            (1, _) => "Where it happens".to_owned(),
            (_, 0) => "Where it happens: the first box".to_owned(),
            _ => format!(
                "Box {}, among the replicates that the earlier ones do not hold",
                turn + 1
            ),
        };
        text += &format!("\n{}\n", face.paint.strong(&heading));
        text += &format!(
            "{}\n",
            prose::filled(&sentence(of, found), face.width, "  ")
        );
        if found.explains() || of.args.stage.is_some() {
            text += &ranges(of, face, found);
        }
        text += &asides(of, face, found);
        text += &way(face, found);
    }
    text
}

/// Replicates, and those in which it holds.
fn counts(of: &Discovery<'_>) -> (u64, u64) {
    let cases = of.happened.iter().filter(|one| **one).count();
    (of.happened.len() as u64, cases as u64)
}

/// The box as a sentence.
pub(super) fn sentence(of: &Discovery<'_>, found: &Judged) -> String {
    let stage = found.stage();
    let chance = probability(found.chance);
    if !found.explains() && of.args.stage.is_none() {
        return format!(
            "The uncertain inputs do not explain it: if its cases were dealt to the replicates at random, a search would \
             separate them as well with probability {chance}. Luck decides, or inputs that the scenario holds certain."
        );
    }
    let places = stage.restricted.iter().map(|idx| {
        let column = &of.inputs.all[*idx];
        format!("{} is {}", column.path, column.words(&stage.limits[*idx]))
    });
    let places = listed(&places.collect::<Vec<_>>());
    if places.is_empty() {
        return "This box restricts nothing.".to_owned();
    }
    let inside = density(stage).map_or_else(String::new, |of| digits::share(&of));
    let all = found
        .found
        .trajectory
        .stages
        .first()
        .map_or(0.0, |start| start.density);
    format!(
        "It happens where {places}: there in {inside} of the replicates, against {} of all. The box holds {} of the \
         replicates and {} of the cases.",
        plain_share(all),
        percent(stage.mass),
        percent(stage.coverage),
    )
}

/// How much of it is luck, in words.
fn asides(of: &Discovery<'_>, face: &Face, found: &Judged) -> String {
    let again = &found.resampled;
    let (density, coverage) = (again.density, again.coverage);
    let mut text = String::new();
    if found.explains() || of.args.stage.is_some() {
        text += &face.aside(&format!(
            "the box was sought, so its {} flatters it: boxes sought in {HALVES} random halves have {} (nine of ten {} to \
             {}) in the halves that they have not seen, with {} of the cases",
            plain_share(found.stage().density),
            plain_share(density.0),
            plain_share(density.1),
            plain_share(density.2),
            percent(coverage.0),
        ));
        text += &face.aside(&format!(
            "cases dealt at random {DEALS} times are separated as well with probability {}",
            probability(found.chance)
        ));
    }
    if of.inputs.block > 1 {
        text += &face.aside(
            "replicates share inputs in this design: halves and deals keep them together, quasi-p values take them as \
             independent and are too small",
        );
    }
    let dropped: Vec<&QuasiP> = dropped(found).collect();
    if !dropped.is_empty() {
        let mut names: Vec<&str> = dropped
            .iter()
            .map(|one| of.inputs.all[one.input].path.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        text += &face.aside(&format!(
            "luck would restrict {} as well, so that they are left free{}",
            number::counted(names.len() as u64, "other input"),
            if names.len() <= NAMED_MAX {
                let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                format!(": {}", listed(&names))
            } else {
                String::new()
            }
        ));
    }
    text
}

/// Restrictions that luck would give as well.
fn dropped(found: &Judged) -> impl Iterator<Item = &QuasiP> {
    let own = found.found.kept.dropped.iter();
    own.chain(&found.found.dropped)
}

/// Each restricted input on its axis.
fn ranges(of: &Discovery<'_>, face: &Face, found: &Judged) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            SheetColumn::Wide("the box", 30),
            SheetColumn::Number("from"),
            SheetColumn::Words(""),
            SheetColumn::Words("to"),
            SheetColumn::Number("quasi-p"),
            SheetColumn::Number("in halves"),
        ],
    );
    for idx in &found.stage().restricted {
        let column = &of.inputs.all[*idx];
        let limits = &found.stage().limits[*idx];
        let (low, high) = column.ends();
        let p = worst(&found.found.kept.restrictions, *idx);
        let again = &found.resampled;
        let halves = again.by_coverage[*idx].min(again.by_density[*idx]) * again.rounds as f64;
        sheet.row([
            Word::new(
                Tone::Strong,
                format!("{} {}", column.path, column.words(limits)),
            ),
            plain(low).into(),
            Word::new(Tone::Picture, axis(column, *idx, found.stage())),
            plain(high).into(),
            short_p(p).into(),
            format!("{halves:.0} of {}", again.rounds).into(),
        ]);
    }
    if sheet.is_empty() {
        String::new()
    } else {
        format!("\n{}\n", sheet.text())
    }
}

/// An axis with the part that the box allows.
fn axis(column: &Column, idx: usize, stage: &Stage) -> String {
    let (low, high) = column.ends();
    let (from, to) = column.allowed(&stage.limits[idx]);
    let cell = |cell: usize| {
        let place = low + (high - low) * (cell as f64 + 0.5) / CELLS as f64;
        let inside = from.is_none_or(|from| place >= from) && to.is_none_or(|to| place <= to);
        if inside { '█' } else { '·' }
    };
    (0..CELLS).map(cell).collect()
}

/// Coverage against density along the way, the chosen box marked.
fn way(face: &Face, found: &Judged) -> String {
    let last = found.found.trajectory.stages.len() - 1;
    let mut shown: Vec<usize> = (0..STAGES_SHOWN)
        .map(|idx| idx * last / (STAGES_SHOWN - 1))
        .collect();
    shown.push(found.found.chosen);
    shown.sort_unstable();
    shown.dedup();
    let mut sheet = Sheet::new(
        face,
        [
            SheetColumn::Words(""),
            SheetColumn::Number("box"),
            SheetColumn::Number("inputs"),
            SheetColumn::Number("replicates"),
            SheetColumn::Number("coverage"),
            SheetColumn::Words(""),
            SheetColumn::Number("density"),
            SheetColumn::Words(""),
        ],
    );
    for idx in shown {
        let stage = &found.found.trajectory.stages[idx];
        let (mark, tone) = if idx == found.found.chosen {
            ("▸", Tone::Strong)
        } else {
            (" ", Tone::Plain)
        };
        sheet.row([
            Word::new(tone, mark),
            Word::new(tone, idx.to_string()),
            stage.restricted.len().to_string().into(),
            number::count(stage.n).into(),
            Word::new(tone, format!("{:.2}", stage.coverage)),
            Word::new(Tone::Picture, spark::share(stage.coverage, 12)),
            Word::new(tone, format!("{:.2}", stage.density)),
            Word::new(Tone::Picture, spark::share(stage.density, 12)),
        ]);
    }
    let heading = face.paint.strong("The way there: what a box holds of the cases, against how many of its replicates are cases");
    format!("\n{heading}\n{}", sheet.text())
}

/// The least convincing quasi-p value of an input's restrictions.
fn worst(all: &[QuasiP], input: usize) -> f64 {
    all.iter()
        .filter(|one| one.input == input)
        .map(|one| one.p)
        .fold(0.0, f64::max)
}

fn short_p(p: f64) -> String {
    if p < 1e-6 {
        "< 1e-6".to_owned()
    } else if p < 0.001 {
        format!("{p:.0e}")
    } else {
        digits::plain(p, 2)
    }
}

/// A probability from deals, of which there are few.
fn probability(p: f64) -> String {
    let least = 1.0 / (DEALS as f64 + 1.0);
    if p <= least {
        format!("{least} or less")
    } else {
        digits::plain(p, 2)
    }
}

fn plain_share(share: f64) -> String {
    if share.is_finite() {
        digits::plain(share, 2)
    } else {
        "–".to_owned()
    }
}

fn percent(share: f64) -> String {
    if share.is_finite() {
        format!("{:.0} %", 100.0 * share)
    } else {
        "–".to_owned()
    }
}

/// `a, b and c`.
fn listed(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Everything as one document.
pub(super) fn document(of: &Discovery<'_>) -> Value {
    let scenario = of.past.scenario();
    let (n, cases) = counts(of);
    let share = interval::wilson(cases, n, interval::CONFIDENCE);
    let boxes: Vec<Value> = of
        .found
        .iter()
        .map(|found| found_value(of, found))
        .collect();
    json!({
        "condition": outcome_text::write_predicate(scenario, of.predicate),
        "title": outcome_text::predicate_title(scenario, of.predicate),
        "policy": of.past.policy_id(),
        "replicates": n, "cases": cases, "probability": share,
        "inputs": of.inputs.all.iter().map(|column| column.path.as_str()).collect::<Vec<_>>(),
        "boxes": boxes,
    })
}

fn found_value(of: &Discovery<'_>, found: &Judged) -> Value {
    let stage = found.stage();
    let restrictions: Vec<Value> = stage
        .restricted
        .iter()
        .map(|idx| {
            let column = &of.inputs.all[*idx];
            let (low, high) = column.allowed(&stage.limits[*idx]);
            let p = |end: End| {
                let mut all = found.found.kept.restrictions.iter();
                all.find(|one| one.input == *idx && one.end == end).map(|one| one.p)
            };
            json!({
                "input": column.path, "low": low, "high": high, "words": column.words(&stage.limits[*idx]),
                "quasi_p_low": p(End::Low), "quasi_p_high": p(End::High),
                "restricted_in_halves_by_coverage": found.resampled.by_coverage[*idx],
                "restricted_in_halves_by_density": found.resampled.by_density[*idx],
            })
        })
        .collect();
    let stages: Vec<Value> = found
        .found
        .trajectory
        .stages
        .iter()
        .enumerate()
        .map(|(idx, stage)| stage_value(of, idx, stage))
        .collect();
    json!({
        "sentence": sentence(of, found), "explains": found.explains(), "chosen": found.found.chosen,
        "box": {
            "n": stage.n, "k": stage.k, "coverage": stage.coverage, "density": density(stage), "mass": stage.mass,
            "restrictions": restrictions,
        },
        "dropped": dropped(found).map(|one| json!({
            "input": of.inputs.all[one.input].path, "end": judge::end_name(one.end), "quasi_p": one.p,
        })).collect::<Vec<_>>(),
        "unseen_halves": found.resampled, "chance": found.chance, "deals": DEALS,
        "trajectory": stages,
    })
}

fn stage_value(of: &Discovery<'_>, idx: usize, stage: &Stage) -> Value {
    let limits: serde_json::Map<String, Value> = stage
        .restricted
        .iter()
        .map(|idx| {
            let column = &of.inputs.all[*idx];
            let (low, high) = column.allowed(&stage.limits[*idx]);
            (column.path.clone(), json!({ "low": low, "high": high }))
        })
        .collect();
    json!({
        "box": idx, "n": stage.n, "k": stage.k, "coverage": stage.coverage, "density": stage.density,
        "mass": stage.mass, "restricted": stage.restricted.len(), "limits": limits,
    })
}

/// The way, a row for each box and restricted input.
pub(super) fn table(of: &Discovery<'_>, provenance: Provenance) -> AnalysisTable {
    let title = outcome_text::predicate_title(of.past.scenario(), of.predicate);
    let columns = vec![
        TableColumn::integer("search", "Which search, from 1", ""),
        TableColumn::integer("box", "Box on the way; the first restricts nothing", ""),
        TableColumn::truth("chosen", "Whether it is the box that was chosen"),
        TableColumn::integer("replicates", "Replicates within", ""),
        TableColumn::integer(
            "cases",
            "Replicates within in which the condition holds",
            "",
        ),
        TableColumn::number("coverage", "Share of all cases that is within", ""),
        TableColumn::number(
            "density",
            "Share of the replicates within that are cases",
            "",
        ),
        TableColumn::number("mass", "Share of all replicates that is within", ""),
        TableColumn::text(
            "input",
            "Restricted input; absent for the box without restrictions",
        ),
        TableColumn::number(
            "low",
            "Smallest value allowed; absent if not restricted from below",
            "",
        ),
        TableColumn::number(
            "high",
            "Largest value allowed; absent if not restricted from above",
            "",
        ),
    ];
    let mut table = AnalysisTable::new(format!("Boxes in which {title}"), provenance, columns);
    let whole = |x: u64| Cell::Integer(i64::try_from(x).unwrap_or(i64::MAX));
    let number = |x: Option<f64>| x.map_or(Cell::Absent, Cell::Number);
    for (turn, found) in of.found.iter().enumerate() {
        for (idx, stage) in found.found.trajectory.stages.iter().enumerate() {
            let head = vec![
                whole(turn as u64 + 1),
                whole(idx as u64),
                Cell::Truth(idx == found.found.chosen),
                whole(stage.n),
                whole(stage.k),
                Cell::Number(stage.coverage),
                Cell::Number(stage.density),
                Cell::Number(stage.mass),
            ];
            if stage.restricted.is_empty() {
                let mut row = head.clone();
                row.extend([Cell::Absent, Cell::Absent, Cell::Absent]);
                table.row(row);
            }
            for input in &stage.restricted {
                let column = &of.inputs.all[*input];
                let (low, high) = column.allowed(&stage.limits[*input]);
                let mut row = head.clone();
                row.extend([Cell::Text(column.path.clone()), number(low), number(high)]);
                table.row(row);
            }
        }
    }
    table
}

/// One restricted input on its axis.
fn range(column: &Column, idx: usize, stage: &Stage) -> discovery::Range {
    let (low, high) = column.ends();
    let (from, to) = column.allowed(&stage.limits[idx]);
    let at = |value: f64| {
        if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        }
    };
    // One value of a list is still to be seen.
    let half = if column.kind == Kind::Number {
        0.0
    } else {
        0.5 / CELLS as f64
    };
    discovery::Range {
        name: column.path.clone(),
        words: column.words(&stage.limits[idx]),
        parts: vec![(from.map_or(0.0, at) - half, to.map_or(1.0, at) + half)],
        ends: (plain(low), plain(high)),
    }
}

/// The way and the first box as a picture.
pub(super) fn figure(of: &Discovery<'_>) -> Option<Figure> {
    let found = of.found.first()?;
    let stage = found.stage();
    let title = outcome_text::predicate_title(of.past.scenario(), of.predicate);
    let places: Vec<String> = stage
        .restricted
        .iter()
        .map(|idx| {
            format!(
                "{} {}",
                of.inputs.all[*idx].path,
                of.inputs.all[*idx].words(&stage.limits[*idx])
            )
        })
        .collect();
    let base = found.found.trajectory.stages.first()?.density;
    let finding = if found.explains() || of.args.stage.is_some() {
        format!(
            "{title}: in {} of histories with {}, {} of all",
            plain_share(stage.density),
            listed(&places),
            plain_share(base)
        )
    } else {
        format!("{title}: the uncertain inputs do not explain it")
    };
    let ranges: Vec<discovery::Range> = stage
        .restricted
        .iter()
        .map(|idx| range(&of.inputs.all[*idx], *idx, stage))
        .collect();
    let stages: Vec<(f64, f64)> = found
        .found
        .trajectory
        .stages
        .iter()
        .map(|one| (one.coverage, one.density))
        .collect();
    let origin = &of.past.results.manifest.origin;
    let source = format!(
        "{} · {} replicates · seed {}",
        origin.title,
        number::count(of.happened.len() as u64),
        origin.seed
    );
    discovery::draw(&discovery::Discovery {
        title: &finding,
        stages: &stages,
        chosen: (stage.coverage, stage.density),
        base,
        ranges: &ranges,
        caption: Caption {
            source: &source,
            policy: of.past.policy_shown(),
        },
    })
}
