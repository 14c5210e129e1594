//! What a calibration found, as text, as one JSON document and as a table of particles.

use std::path::Path;

use foedera_analysis::posterior::{Fit, Predicted};
use foedera_ensemble::calibrate::State;
use foedera_results::{AnalysisTable, analysis_table::Column as TableColumn, digits, interval};
use foedera_scenario::outcome_text;
use serde_json::{Value, json};

use super::{asked::Asked, learnt::Found, why};
use crate::{
    face::Face,
    number,
    observed::{Question, Seen},
    sheet::{Column, Sheet, Tone, Word},
};

/// Most generations that are listed; of more the first and the last ones are.
const LISTED: usize = 12;
/// Fewer independent particles than this know quantiles badly.
const FEW: f64 = 100.0;

/// The answer as text.
pub(super) fn text(face: &Face, asked: &Asked, state: &State, found: &Found) -> String {
    let mut text = format!(
        "{}\n{} on {}, {}, seed {}, stances {}\n",
        face.paint.strong(&asked.scenario.title),
        number::counted(asked.inputs.len() as u64, "input"),
        number::counted(asked.questions.len() as u64, "observation"),
        number::counted(state.particles.len() as u64, "particle"),
        asked.origin.seed.unwrap_or_default(),
        if asked.scenario.stances { "on" } else { "off" },
    );
    if state.failed > 0 {
        let all = number::count(state.histories);
        let failed = format!(
            "{} of {all} histories failed and were refused\n",
            state.failed
        );
        text += &face.paint.bad(&failed);
    }
    text + &course(face, asked, state)
        + &learnt(face, asked, found)
        + &rows(face, asked, found)
        + &contradicted(face, asked, found)
}

fn heading(face: &Face, words: &str) -> String {
    format!("\n{}\n", face.paint.strong(words))
}

fn course(face: &Face, asked: &Asked, state: &State) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number("generation"),
            Column::Number("within"),
            Column::Number("moves accepted"),
            Column::Number("different particles"),
            Column::Number("first ancestors"),
            Column::Number("histories"),
        ],
    );
    let all = state.course.len();
    for (idx, one) in state.course.iter().enumerate() {
        if all > LISTED && idx >= LISTED / 2 && idx < all - LISTED / 2 {
            if idx == LISTED / 2 {
                sheet.row([
                    "…".into(),
                    "".into(),
                    "".into(),
                    "".into(),
                    "".into(),
                    "".into(),
                ]);
            }
            continue;
        }
        sheet.row([
            (idx + 1).to_string().into(),
            Word::new(Tone::Strong, number::plain(one.tolerance)),
            format!("{:.0} %", 100.0 * one.acceptance).into(),
            number::count(one.different as u64).into(),
            number::count(one.roots as u64).into(),
            number::count(one.histories).into(),
        ]);
    }
    let ended = why(state.ended, asked.acceptance, asked.tolerance);
    let mut text = heading(face, "Nearer and nearer");
    text += &sheet.text();
    text + &face.aside(&format!(
        "It ended because {ended}. A distance is the mean over observations: 1 for a yes or no that differs, for a \
         number its distance in units of its scale."
    ))
}

fn learnt(face: &Face, asked: &Asked, found: &Found) -> String {
    let mut told: Vec<usize> = (0..found.inputs.len())
        .filter(|idx| found.inputs[*idx].learnt.told)
        .collect();
    let silent = found.inputs.len() - told.len();
    let by = |idx: &usize| found.inputs[*idx].learnt.contraction;
    told.sort_by(|a, b| by(b).total_cmp(&by(a)).then(a.cmp(b)));
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("input"),
            Column::Words("before: 5, 50, 95 %"),
            Column::Words("after: 5, 50, 95 %"),
            Column::Number("narrower by"),
            Column::Words(""),
        ],
    );
    let three = |of: [f64; 3]| of.map(number::plain).join("  ");
    for idx in told {
        let one = &found.inputs[idx];
        let of = one.learnt;
        let narrower = if of.narrowed {
            format!("{:.0} ± {:.0} %", 100.0 * of.contraction, 100.0 * of.error)
        } else {
            "not told".to_owned()
        };
        let shift = match of.moved {
            true if of.shift > 0.0 => "higher",
            true => "lower",
            false => "",
        };
        sheet.row([
            asked.path(idx).into(),
            Word::new(Tone::Faint, three(one.before)),
            Word::new(Tone::Strong, three(one.after)),
            narrower.into(),
            shift.into(),
        ]);
    }
    let mut text = heading(face, "What was learnt");
    if !sheet.is_empty() {
        text += &sheet.text();
    }
    if silent > 0 {
        let inputs = number::counted(silent as u64, "input");
        let of = if sheet_is_all(silent, found) {
            "all "
        } else {
            ""
        };
        text +=
            &format!("  of {of}{inputs} the data say nothing that can be told from the prior\n");
    }
    for tied in &found.ties {
        text += &format!(
            "  {} and {} go together, rank correlation {}\n",
            asked.path(tied.first),
            asked.path(tied.second),
            number::fixed(tied.value, 2)
        );
    }
    text + &worth(face, found)
}

/// How well particles know it.
fn worth(face: &Face, found: &Found) -> String {
    let known = format!("{:.0}", found.effective);
    let mut text = face.aside(&format!(
        "Worth {known} independent particles (descendants of one ancestor count together). Narrower: 1 less the variance \
         after over before, in normal scores of the prior, with the 95 % error of finite particles; what is listed can be \
         told from the prior at 5 % for all inputs together."
    ));
    if found.effective < FEW {
        text += &face
            .paint
            .doubt("  few particles are independent: ask for more with --particles\n");
    }
    text
}

const fn sheet_is_all(silent: usize, found: &Found) -> bool {
    silent == found.inputs.len() && silent > 1
}

/// What was observed, as it is shown.
fn was(question: &Question) -> String {
    match question.seen {
        Seen::Truth(true, _) => "yes".to_owned(),
        Seen::Truth(false, _) => "no".to_owned(),
        Seen::Number(value, _) => number::plain(value),
    }
}

fn prediction(of: &Predicted, n: u64, is_truth: bool) -> String {
    if is_truth {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of n is a count"
        )]
        let yes = (of.share * n as f64).round() as u64;
        let share = interval::wilson(yes, n, interval::CONFIDENCE);
        return share.map_or_else(|| "–".to_owned(), |share| digits::share(&share));
    }
    of.quantiles.map_or_else(
        || "absent".to_owned(),
        |of| of.map(number::plain).join("  "),
    )
}

fn rows(face: &Face, asked: &Asked, found: &Found) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("id"),
            Column::Prose("observation"),
            Column::Number("was"),
            Column::Number("before"),
            Column::Number("after"),
            Column::Words(""),
        ],
    );
    let (n, n_before) = (found.predicted as u64, found.before as u64);
    for (question, row) in asked.questions.iter().zip(&found.rows) {
        let truth = matches!(question.seen, Seen::Truth(..));
        let note = match row.after.fit {
            Fit::Fits => Word::new(Tone::Faint, ""),
            Fit::Rare => Word::new(Tone::Doubt, "rare"),
            Fit::Never => Word::new(Tone::Bad, "never"),
        };
        sheet.row([
            question.id.as_str().into(),
            question.question.as_str().into(),
            Word::new(Tone::Strong, was(question)),
            prediction(&row.before, n_before, truth).into(),
            prediction(&row.after, n, truth).into(),
            note,
        ]);
    }
    heading(face, "What the model says of the observations")
        + &sheet.text()
        + &face.aside(&format!(
            "{} histories of the prior, {} of the posterior, simulated anew: probabilities of a yes with 95 % \
             intervals; of numbers 5, 50 and 95 %.",
            number::count(n_before),
            number::count(n)
        ))
}

fn contradicted(face: &Face, asked: &Asked, found: &Found) -> String {
    let ids = |fit: Fit, before: bool| {
        let rows = asked.questions.iter().zip(&found.rows);
        let of = |row: &super::learnt::RowFound| {
            if before {
                row.before.fit
            } else {
                row.after.fit
            }
        };
        let ids: Vec<&str> = rows
            .filter(|(_, row)| of(row) == fit)
            .map(|(question, _)| question.id.as_str())
            .collect();
        ids.join(", ")
    };
    let mut text = String::new();
    let never = ids(Fit::Never, true);
    if !never.is_empty() {
        let n = number::count(found.before as u64);
        let words = format!("  never matched in {n} histories of the prior: {never}\n");
        text += &face.paint.bad(&words);
        text += &face.aside(
            "If more do not match it either, no calibration can mend that: the law, or the scenario, lacks what made it happen.",
        );
    }
    let after = ids(Fit::Never, false);
    if !after.is_empty() && after != never {
        let words = format!("  not matched by any history of the posterior: {after}\n");
        text += &face.paint.bad(&words);
    }
    let rare = ids(Fit::Rare, false);
    if !rare.is_empty() {
        text += &face
            .paint
            .doubt(&format!("  matched rarely by the posterior: {rare}\n"));
    }
    if text.is_empty() {
        return "  no observation by itself contradicts the posterior\n".to_owned();
    }
    text
}

/// Every different particle with its weight and its inputs, as a table.
pub(super) fn table(asked: &Asked, _state: &State, found: &Found) -> AnalysisTable {
    let mut columns = vec![
        TableColumn::integer("particle", "Particle", ""),
        TableColumn::number("weight", "Weight, sums to 1", "1"),
        TableColumn::number(
            "distance",
            "Distance of its history from what was observed",
            "1",
        ),
        TableColumn::integer(
            "ancestor",
            "Particle of the first population it descends from",
            "",
        ),
    ];
    for leaf in &asked.inputs {
        let info = asked.scenario.leaves.info(*leaf);
        columns.push(TableColumn::number(&info.path, &info.path, &info.unit));
    }
    let title = format!("Posterior particles of {}", asked.scenario.title);
    let mut table = AnalysisTable::new(title, asked.origin.clone(), columns);
    for (idx, particle) in found.particles.iter().enumerate() {
        let mut row = vec![
            idx.into(),
            particle.weight.into(),
            particle.distance.into(),
            particle.root.into(),
        ];
        row.extend(particle.values.iter().map(|value| (*value).into()));
        table.row(row);
    }
    table
}

/// The answer as a document.
pub(super) fn document(asked: &Asked, state: &State, found: &Found, output: &Path) -> Value {
    let inputs: Vec<Value> = found
        .inputs
        .iter()
        .enumerate()
        .map(|(idx, one)| {
            let quantiles = |of: [f64; 3]| json!({ "p5": of[0], "p50": of[1], "p95": of[2] });
            json!({
                "path": asked.path(idx),
                "before": quantiles(one.before),
                "after": quantiles(one.after),
                "learnt": one.learnt,
            })
        })
        .collect();
    let rows: Vec<Value> = asked
        .questions
        .iter()
        .zip(&found.rows)
        .map(|(question, row)| {
            let observed = match question.seen {
                Seen::Truth(happened, _) => json!(happened),
                Seen::Number(value, _) => json!(value),
            };
            json!({
                "id": question.id,
                "question": question.question,
                "expression": outcome_text::write_outcome(&asked.scenario, &question.outcome),
                "observed": observed,
                "weight": question.weight,
                "before": row.before,
                "after": row.after,
            })
        })
        .collect();
    let ties: Vec<Value> = found
        .ties
        .iter()
        .map(|of| json!({ "first": asked.path(of.first), "second": asked.path(of.second), "rank_correlation": of.value }))
        .collect();
    json!({
        "scenario": asked.scenario.name,
        "seed": asked.origin.seed,
        "stances": asked.scenario.stances,
        "posterior": output.display().to_string(),
        "particles": state.particles.len(),
        "different": found.particles.len(),
        "effective": found.effective,
        "histories": state.histories,
        "failed": state.failed,
        "tolerance": state.tolerance(),
        "ended": state.ended,
        "generations": state.course,
        "inputs": inputs,
        "correlations": ties,
        "observations": rows,
    })
}
