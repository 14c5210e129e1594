//! The sweep as people read it: the finding, a table, a plot or a map.

use foedera_analysis::sweep::{Change, Level};
use foedera_results::digits;

use super::{
    Args, Subject, Swept,
    course::{self, Curve},
};
use crate::{
    estimate,
    face::Face,
    number, prose,
    sheet::{Column, Sheet, Tone, Word},
};

/// Rows of a plot.
const HEIGHT: usize = 10;
/// Columns of a plot.
const WIDTH: usize = 60;
/// Points shown of a design.
const POINTS: usize = 12;

/// The whole answer.
pub(super) fn text(args: &Args, face: &Face, subject: &Subject, swept: &Swept) -> String {
    let mut text = format!("{}\n", face.paint.strong(&subject.scenario.title));
    text += &format!(
        "{}, {} each with the same luck at every step, seed {}\n",
        number::counted(subject.points.len() as u64, "point"),
        number::counted(swept.n, "replicate"),
        args.seed
    );
    for outcome in 0..subject.asked.len() {
        let curves: Vec<&Curve> = swept.of_outcome(outcome).collect();
        let asked = &subject.asked[outcome];
        let unit = if asked.unit.is_empty() {
            String::new()
        } else {
            format!(" [{}]", asked.unit)
        };
        text += &format!(
            "\n{}\n",
            face.paint.strong(&format!("{}{unit}", asked.label))
        );
        if !swept.is_grid {
            text += &spread(face, subject, &curves);
            continue;
        }
        for curve in &curves {
            let finding = course::finding(subject, curve);
            text += &format!("{}\n", prose::filled(&finding, face.width, "  "));
        }
        text.push('\n');
        if subject.axes.len() == 1 {
            text += &steps(face, subject, &curves);
            for curve in &curves {
                text += &plot(subject, curve);
            }
        } else {
            for curve in &curves {
                text += &map(face, subject, curve);
            }
        }
    }
    let note = "95 % intervals; changes between neighbouring steps are paired, and their intervals hold for all of \
                them at once";
    text += &face.aside(note);
    text + &missing(face, swept)
}

fn missing(face: &Face, swept: &Swept) -> String {
    let absent: u64 = swept
        .curves
        .iter()
        .flat_map(|of| &of.levels)
        .map(|of| of.absent)
        .sum();
    let mut text = String::new();
    if swept.failed > 0 {
        text += &format!(
            "  {} histories failed and count nowhere\n",
            face.paint.bad(&number::count(swept.failed))
        );
    }
    if absent > swept.failed {
        text += &face.aside(
            "some histories have no value: levels are those of the others, which may be others at each step",
        );
    }
    text
}

fn level(of: &Level) -> String {
    of.estimate
        .as_ref()
        .map_or_else(|| "–".to_owned(), digits::with_interval)
}

/// A row for each step.
fn steps(face: &Face, subject: &Subject, curves: &[&Curve]) -> String {
    let axis = &subject.axes[0];
    let mut text = format!("  {}\n", face.paint.faint(&axis.label()));
    for curve in curves {
        if curves.len() > 1 {
            text += &format!(
                "  {}\n",
                face.paint.strong(&subject.policies[curve.policy].0)
            );
        }
        let mut sheet = Sheet::new(
            face,
            [
                Column::Number("step"),
                Column::Words("level"),
                Column::Words("change from the step before"),
                Column::Words(""),
            ],
        );
        for (idx, of) in curve.levels.iter().enumerate() {
            let change = curve.changes[0].iter().find(|change| change.to == idx);
            sheet.row([
                axis.names[idx].as_str().into(),
                Word::new(Tone::Strong, level(of)),
                change.map_or_else(String::new, signed).into(),
                told(change),
            ]);
        }
        text += &sheet.text();
    }
    text
}

fn signed(change: &Change) -> String {
    let text = digits::with_error(change.by.value, change.by.half_width());
    if change.by.value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

fn told(change: Option<&Change>) -> Word {
    match change {
        Some(change) if !change.is_told() => Word::new(Tone::Faint, "cannot be told from zero"),
        _ => "".into(),
    }
}

/// A line with its band, drawn with letters.
fn plot(subject: &Subject, curve: &Curve) -> String {
    let axis = &subject.axes[0];
    let known: Vec<(f64, [f64; 3])> = axis
        .values
        .iter()
        .zip(&curve.levels)
        .filter_map(|(place, level)| {
            let of = level.estimate?;
            Some((*place, [of.low, of.value, of.high]))
        })
        .collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return String::new();
    };
    let low = known
        .iter()
        .map(|(_, of)| of[0])
        .fold(f64::INFINITY, f64::min);
    let high = known
        .iter()
        .map(|(_, of)| of[2])
        .fold(f64::NEG_INFINITY, f64::max);
    if known.len() < 2 || high <= low {
        return String::new();
    }
    let columns: Vec<[f64; 3]> = (0..WIDTH)
        .map(|column| {
            between(
                &known,
                first.0 + (last.0 - first.0) * share(column, WIDTH - 1),
            )
        })
        .collect();
    let error = 0.5 * (high - low) / 10.0;
    let mut text = String::from("\n");
    if subject.policies.len() > 1 {
        text += &format!("  {}\n", subject.policies[curve.policy].0);
    }
    for row in 0..HEIGHT {
        let top = high - (high - low) * share(row, HEIGHT);
        let bottom = high - (high - low) * share(row + 1, HEIGHT);
        let middle = 0.5 * (top + bottom);
        let cells: String = columns
            .iter()
            .map(|[below, value, above]| {
                let holds = |x: f64| x <= top && (x > bottom || row + 1 == HEIGHT);
                if holds(*value) {
                    '●'
                } else if *below <= middle && middle <= *above {
                    '░'
                } else {
                    ' '
                }
            })
            .collect();
        let label = match row {
            0 => estimate::deserved(high, error),
            _ if row + 1 == HEIGHT => estimate::deserved(low, error),
            _ => String::new(),
        };
        text += &format!("  {label:>8} ▕{}\n", cells.trim_end());
    }
    let (left, right) = (&axis.names[0], &axis.names[axis.names.len() - 1]);
    let gap = WIDTH.saturating_sub(left.chars().count() + right.chars().count());
    text += &format!("  {:>8}  {left}{}{right}\n\n", "", " ".repeat(gap));
    text
}

/// A straight line between the two nearest steps.
fn between(known: &[(f64, [f64; 3])], place: f64) -> [f64; 3] {
    let after = known
        .partition_point(|of| of.0 < place)
        .clamp(1, known.len() - 1);
    let ((from, low), (to, high)) = (known[after - 1], known[after]);
    let share = if to > from {
        ((place - from) / (to - from)).clamp(0.0, 1.0)
    } else {
        0.0
    };
    std::array::from_fn(|idx| low[idx] + share * (high[idx] - low[idx]))
}

fn share(part: usize, of: usize) -> f64 {
    let number = |x: usize| f64::from(u32::try_from(x).unwrap_or(u32::MAX));
    number(part) / number(of.max(1))
}

/// Shades with numbers.
fn map(face: &Face, subject: &Subject, curve: &Curve) -> String {
    const SHADES: [&str; 5] = [" ", "░", "▒", "▓", "█"];
    let [rows, columns] = [&subject.axes[0], &subject.axes[1]];
    let values = curve
        .levels
        .iter()
        .filter_map(|level| Some(level.estimate?.value));
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let mut text = String::new();
    if subject.policies.len() > 1 {
        text += &format!(
            "  {}\n",
            face.paint.strong(&subject.policies[curve.policy].0)
        );
    }
    let cells: Vec<String> = curve
        .levels
        .iter()
        .map(|level| match &level.estimate {
            None => "–".to_owned(),
            Some(of) => {
                let share = if high > low {
                    (of.value - low) / (high - low)
                } else {
                    0.0
                };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "one of five shades"
                )]
                let shade = SHADES[((share * 5.0) as usize).min(4)];
                format!("{shade}{shade} {}", estimate::value(of))
            }
        })
        .collect();
    let width = cells
        .iter()
        .chain(&columns.names)
        .map(|of| of.chars().count())
        .max()
        .unwrap_or(1)
        + 2;
    let left = rows
        .names
        .iter()
        .map(|of| of.chars().count())
        .max()
        .unwrap_or(1);
    text += &format!(
        "  {}\n",
        face.paint.faint(&format!(
            "rows: {}; columns: {}",
            rows.label(),
            columns.label()
        ))
    );
    text += &format!("  {:>left$}", "");
    for name in &columns.names {
        text += &format!("{name:>width$}");
    }
    text.push('\n');
    for (idx, name) in rows.names.iter().enumerate() {
        text += &format!("  {name:>left$}");
        for cell in &cells[idx * columns.names.len()..(idx + 1) * columns.names.len()] {
            text += &format!("{cell:>width$}");
        }
        text.push('\n');
    }
    text + "\n"
}

/// Points that are no grid: how the outcome goes with each path, and the first points.
fn spread(face: &Face, subject: &Subject, curves: &[&Curve]) -> String {
    let mut text = String::new();
    for curve in curves {
        if curves.len() > 1 {
            text += &format!(
                "  {}\n",
                face.paint.strong(&subject.policies[curve.policy].0)
            );
        }
        match &curve.ranks {
            None => text += "  too few points, or no change, to tell how it goes with the paths\n",
            Some(ranks) => {
                let mut sheet = Sheet::new(
                    face,
                    [
                        Column::Wide("path", 30),
                        Column::Words("partial rank correlation"),
                        Column::Words(""),
                    ],
                );
                for (axis, of) in subject.axes.iter().zip(&ranks.inputs) {
                    let words = match (of.prcc.low > 0.0, of.prcc.high < 0.0) {
                        (true, _) => "raises it",
                        (_, true) => "lowers it",
                        _ => "cannot be told from zero",
                    };
                    sheet.row([
                        Word::new(Tone::Strong, axis.path.as_str()),
                        digits::with_interval(&of.prcc).into(),
                        words.into(),
                    ]);
                }
                text += &sheet.text();
                let explained = digits::plain(ranks.explained, 2);
                text +=
                    &format!("  together they explain {explained} of its ranks over the points\n");
            }
        }
        text += &points(face, subject, curve);
    }
    text
}

fn points(face: &Face, subject: &Subject, curve: &Curve) -> String {
    let mut sheet = Sheet::new(face, [Column::Words("level"), Column::Prose("at")]);
    for (point, of) in subject.points.iter().zip(&curve.levels).take(POINTS) {
        let places = subject.axes.iter().enumerate();
        let places: Vec<String> = places
            .map(|(idx, axis)| format!("{} {}", axis.path, point.name(&subject.axes, idx)))
            .collect();
        sheet.row([Word::new(Tone::Strong, level(of)), places.join(", ").into()]);
    }
    let more = subject.points.len().saturating_sub(POINTS);
    let mut text = format!("\n{}", sheet.text());
    if more > 0 {
        text += &face.aside(&format!(
            "{more} more points: write all with --table points.csv"
        ));
    }
    text
}
