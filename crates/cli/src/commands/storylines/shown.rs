//! Storylines in the terminal, as a document, a table and a figure.

use foedera_analysis::{
    figure::{
        Caption, Figure,
        swimlanes::{self, Lane},
    },
    storylines::{Storyline, What},
};
use foedera_results::{
    AnalysisTable, Layout, Provenance,
    analysis_table::{Cell, Column as TableColumn},
    digits,
};
use serde_json::{Value, json};

use super::{Told, words};
use crate::{
    face::{Face, shell_word},
    number::{self, plain},
    prose, spark,
};

/// Cells of a course.
const CELLS: usize = 60;
/// Odd replicates that are named.
const ODD_MAX: usize = 5;
/// Events of a lane.
const EVENTS_MAX: usize = 12;

/// The whole answer.
pub(super) fn text(of: &Told<'_>, face: &Face) -> String {
    let layout = &of.past.results.manifest.layout;
    let mut text = format!("{}\n", face.paint.strong(&of.past.scenario().title));
    text += &format!("{}\n", prose::filled(&head(of), face.width, ""));
    let folder = shell_word(&of.args.folder.display().to_string());
    let (low, high) = range(of);
    for (idx, line) in of.lines.iter().enumerate() {
        let number = idx + 1;
        text += &format!(
            "\n{}\n",
            face.paint.strong(&prose::filled(
                &format!("{number}  {}", of.names[idx]),
                face.width,
                ""
            ))
        );
        text += &format!("   {} of histories\n", digits::share(&line.share));
        for decisive in &line.decisive {
            text += &face.aside(&format!(
                "{}: in {} of these histories, {} of the others",
                words::happening(layout, &decisive.what, true),
                digits::share(&decisive.inside),
                digits::share(&decisive.outside)
            ));
        }
        let course = &of.gathered.courses[0][line.exemplar];
        let (first, last) = (course.first().copied(), course.last().copied());
        text += &format!(
            "   {} {} {}\n",
            plain(first.unwrap_or(f64::NAN)),
            spark::curve(&thinned(course), low, high),
            plain(last.unwrap_or(f64::NAN))
        );
        let replicate = of.gathered.replicates[line.exemplar];
        text += &face.aside(&format!(
            "foedera replay {folder} --replicate {replicate}{}",
            policy_option(of)
        ));
    }
    text + &odd(of, face) + &grouping(of, face)
}

fn policy_option(of: &Told<'_>) -> String {
    of.past
        .policy_shown()
        .map_or_else(String::new, |id| format!(" --policy {}", shell_word(id)))
}

/// What was compared.
fn head(of: &Told<'_>) -> String {
    let layout = &of.past.results.manifest.layout;
    let labels: Vec<&str> = of
        .gathered
        .measures
        .iter()
        .filter_map(|idx| layout.measures.get(*idx))
        .map(|one| one.label.as_str())
        .collect();
    let all = of.past.results.manifest.completed;
    let which = if of.gathered.completed < all {
        format!(
            "the first {} of {} replicates, simulated again",
            number::count(of.gathered.completed),
            number::count(all)
        )
    } else {
        format!("{}, simulated again", number::counted(all, "replicate"))
    };
    let policy = of
        .past
        .policy_shown()
        .map_or_else(String::new, |id| format!(" under the policy {id}"));
    let failed = if of.gathered.failed > 0 {
        format!(
            "; {} failed and count nowhere",
            number::count(of.gathered.failed)
        )
    } else {
        String::new()
    };
    let kind = if labels.len() == 1 {
        "the course of"
    } else {
        "the courses, counted alike, of"
    };
    format!(
        "{} by {kind} {}{policy}: {which}{failed}.",
        number::counted(of.lines.len() as u64, "storyline"),
        labels.join(" and "),
    )
}

/// The range of all exemplars.
fn range(of: &Told<'_>) -> (f64, f64) {
    let values = of
        .lines
        .iter()
        .flat_map(|line| of.gathered.courses[0][line.exemplar].iter().copied());
    let finite = values.filter(|value| value.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
        (low.min(x), high.max(x))
    })
}

/// As many steps as a line holds.
fn thinned(course: &[f64]) -> Vec<f64> {
    let last = course.len().saturating_sub(1);
    let cells = CELLS.min(course.len());
    let at = |cell: usize| {
        if cells > 1 {
            last * cell / (cells - 1)
        } else {
            0
        }
    };
    (0..cells)
        .filter_map(|cell| course.get(at(cell)).copied())
        .collect()
}

/// Typical and odd courses.
fn odd(of: &Told<'_>, face: &Face) -> String {
    let Some(found) = &of.boxplot else {
        return String::new();
    };
    let layout = &of.past.results.manifest.layout;
    let label = layout
        .measures
        .get(of.gathered.measures[0])
        .map_or("", |one| one.label.as_str());
    let median = of.gathered.replicates[found.median];
    let mut text = format!("\n{}\n", face.paint.strong("Typical and odd"));
    let end = found
        .central
        .last()
        .copied()
        .unwrap_or((f64::NAN, f64::NAN));
    text += &format!(
        "{}\n",
        prose::filled(
            &format!(
                "The most central course of {label} is that of replicate {median}. The deepest half of the courses ends \
                 between {} and {}.",
                plain(end.0),
                plain(end.1)
            ),
            face.width,
            "  "
        )
    );
    let n = found.outlying.len() as u64;
    if n == 0 {
        text += "  No course leaves the others: none lies beyond 1.5 times the width of the deepest half.\n";
        return text;
    }
    let named: Vec<String> = found
        .outlying
        .iter()
        .take(ODD_MAX)
        .map(|one| {
            let year = layout.steps.get(one.first).map_or(0, |step| step.year);
            let side = if one.above { "above" } else { "below" };
            format!(
                "replicate {} ({side}, from {year})",
                of.gathered.replicates[one.curve]
            )
        })
        .collect();
    let more = if n > named.len() as u64 {
        format!(" and {} more", n - named.len() as u64)
    } else {
        String::new()
    };
    let words = format!(
        "{} beyond 1.5 times its width, the oddest first: {}{more}.",
        number::counted(n, "course"),
        named.join(", ")
    );
    text + &format!("{}\n", prose::filled(&words, face.width, "  "))
}

/// How many groups, and how well they hold together.
fn grouping(of: &Told<'_>, face: &Face) -> String {
    let tried: Vec<String> = of
        .tried
        .iter()
        .map(|(k, value)| format!("{k}: {value:.2}"))
        .collect();
    let chosen = if of.args.k.is_some() {
        "as asked"
    } else {
        "chosen by it"
    };
    let mut text = face.aside(&format!(
        "silhouette by number of storylines ({chosen}): {}; here {:.2}",
        tried.join(", "),
        of.groups.silhouette
    ));
    if of.groups.silhouette < 0.25 {
        text += &face.aside(
            "below 0.25 courses shade into one another: the storylines are examples along a continuum, not kinds of futures",
        );
    }
    text
}

/// Everything as one document.
pub(super) fn document(of: &Told<'_>) -> Value {
    let manifest = &of.past.results.manifest;
    let layout = &manifest.layout;
    let months: Vec<String> = layout
        .steps
        .iter()
        .map(|step| format!("{}-{:02}", step.year, step.month))
        .collect();
    let lines: Vec<Value> = of
        .lines
        .iter()
        .enumerate()
        .map(|(idx, line)| value(of, idx, line))
        .collect();
    let odd: Option<Value> = of.boxplot.as_ref().map(|found| {
        let outlying: Vec<Value> = found
            .outlying
            .iter()
            .map(|one| {
                json!({
                    "replicate": of.gathered.replicates[one.curve], "month": months.get(one.first), "above": one.above,
                    "depth": found.depth[one.curve],
                })
            })
            .collect();
        json!({
            "median_replicate": of.gathered.replicates[found.median], "central": found.central, "reach": found.reach,
            "outlying": outlying,
        })
    });
    json!({
        "measures": of.gathered.measures.iter().filter_map(|idx| layout.measures.get(*idx)).map(|one| one.name.as_str()).collect::<Vec<_>>(),
        "policy": of.past.policy_id(), "replicates": of.gathered.replicates.len(), "of": manifest.completed,
        "failed": of.gathered.failed, "months": months, "storylines": lines,
        "silhouette": of.groups.silhouette,
        "tried": of.tried.iter().map(|(k, value)| json!({ "storylines": k, "silhouette": value })).collect::<Vec<_>>(),
        "typical": odd,
    })
}

fn value(of: &Told<'_>, idx: usize, line: &Storyline) -> Value {
    let layout = &of.past.results.manifest.layout;
    let decisive: Vec<Value> = line
        .decisive
        .iter()
        .map(|one| {
            let date = one.step.and_then(|step| layout.steps.get(step));
            json!({
                "event": words::happening(layout, &one.what, true),
                "month": date.map(|step| format!("{}-{:02}", step.year, step.month)),
                "inside": one.inside, "outside": one.outside,
            })
        })
        .collect();
    json!({
        "name": of.names[idx], "share": line.share, "replicate": of.gathered.replicates[line.exemplar],
        "members": line.members.iter().map(|place| of.gathered.replicates[*place]).collect::<Vec<_>>(),
        "decisive": decisive, "course": of.gathered.courses[0][line.exemplar],
    })
}

/// A row for each replicate: its storyline and its depth.
pub(super) fn table(of: &Told<'_>, provenance: Provenance) -> AnalysisTable {
    let columns = vec![
        TableColumn::integer("replicate", "Replicate", ""),
        TableColumn::integer("storyline", "Its storyline, 1 the commonest", ""),
        TableColumn::text("name", "Name of the storyline"),
        TableColumn::truth("exemplar", "Whether it stands for its storyline"),
        TableColumn::number(
            "depth",
            "Modified band depth of its course of the first measure, 0 odd to 1 central",
            "",
        ),
        TableColumn::truth(
            "outlying",
            "Whether its course leaves the fences of the functional boxplot",
        ),
    ];
    let mut table = AnalysisTable::new("Storylines by replicate", provenance, columns);
    let whole = |x: u64| Cell::Integer(i64::try_from(x).unwrap_or(i64::MAX));
    for (place, replicate) in of.gathered.replicates.iter().enumerate() {
        let group = of.groups.group[place];
        let depth = of.boxplot.as_ref().map(|found| found.depth[place]);
        let odd = of
            .boxplot
            .as_ref()
            .is_some_and(|found| found.outlying.iter().any(|one| one.curve == place));
        table.row([
            whole(*replicate),
            whole(group as u64 + 1),
            Cell::Text(of.names[group].clone()),
            Cell::Truth(of.groups.medoids[group] == place),
            depth.map_or(Cell::Absent, Cell::Number),
            Cell::Truth(odd),
        ]);
    }
    table
}

/// A lane for each storyline.
pub(super) fn figure(of: &Told<'_>) -> Option<Figure> {
    let manifest = &of.past.results.manifest;
    let layout = &manifest.layout;
    let label = layout.measures.get(of.gathered.measures[0])?.label.as_str();
    let lanes: Vec<Lane> = of
        .lines
        .iter()
        .enumerate()
        .map(|(idx, line)| Lane {
            name: of.names[idx].clone(),
            share: digits::share(&line.share),
            course: of.gathered.courses[0][line.exemplar].clone(),
            half: half(of, line),
            events: events(of, layout, line),
        })
        .collect();
    let source = format!(
        "{} · {} replicates · seed {}",
        manifest.origin.title,
        number::count(of.gathered.replicates.len() as u64),
        manifest.origin.seed
    );
    swimlanes::draw(&swimlanes::Swimlanes {
        label,
        steps: &layout.steps,
        lanes: &lanes,
        caption: Caption {
            source: &source,
            policy: of.past.policy_shown(),
        },
    })
}

/// The middle half of the courses of a group at each step.
fn half(of: &Told<'_>, line: &Storyline) -> Vec<(f64, f64)> {
    let courses = &of.gathered.courses[0];
    let steps = courses[line.exemplar].len();
    let at = |step: usize| {
        let mut values: Vec<f64> = line
            .members
            .iter()
            .map(|place| courses[*place][step])
            .collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().saturating_sub(1);
        (values[last / 4], values[last * 3 / 4])
    };
    (0..steps).map(at).collect()
}

/// Events of the exemplar: the decisive ones first, then others that may name a storyline, in order.
fn events(of: &Told<'_>, layout: &Layout, line: &Storyline) -> Vec<(usize, String)> {
    let decisive: Vec<What> = line.decisive.iter().map(|one| one.what).collect();
    let mut all: Vec<(bool, usize, What)> = of.gathered.events[line.exemplar]
        .iter()
        .filter(|(what, _)| words::may_name(of.past, what))
        .map(|(what, step)| (!decisive.contains(what), *step, *what))
        .collect();
    all.sort_unstable_by_key(|(minor, step, what)| (*minor, *step, *what));
    all.truncate(EVENTS_MAX);
    all.sort_unstable_by_key(|(minor, step, what)| (*step, *minor, *what));
    all.into_iter()
        .map(|(_, step, what)| (step, words::happening(layout, &what, true)))
        .collect()
}
