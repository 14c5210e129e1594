//! The answer as one JSON document.

use foedera_analysis::blockers;
use foedera_results::{Estimate, Layout, decision::DecisionTallies, layout::OutcomeKind};
use serde_json::{Value, json};

use super::{Answer, making::Failed};

/// The whole answer.
pub(crate) fn document(answer: &Answer<'_>) -> Value {
    let manifest = &answer.results.manifest;
    let origin = &manifest.origin;
    let arms: Vec<Value> = (0..answer.layout.arms.len())
        .map(|arm| arm_document(answer, arm))
        .collect();
    let files: Vec<Value> = manifest
        .files
        .iter()
        .map(|file| json!({ "name": file.name, "bytes": file.bytes, "sha256": file.sha256 }))
        .collect();
    json!({
        "scenario": origin.scenario,
        "title": origin.title,
        "question": origin.question,
        "status": manifest.status,
        "seed": origin.seed,
        "design": origin.design,
        "requested": origin.n,
        "replicates": manifest.completed,
        "until": manifest.until,
        "seconds": answer.seconds,
        "folder": answer.results.dir().display().to_string(),
        "files": files,
        "arms": arms,
        "failed": failed(answer),
    })
}

/// The failed replicates, the first thousand of them, with all it takes to let each happen again.
fn failed(answer: &Answer<'_>) -> Vec<Value> {
    let all = answer.aggregates.failed.iter().filter_map(|one| {
        let words = Failed::of(answer, one)?;
        Some(json!({
            "replicate": one.replicate, "policy": words.arm.id, "kind": words.kind.id,
            "what": words.kind.title, "step": one.step, "date": words.date,
            "seed": answer.results.manifest.origin.seed,
        }))
    });
    all.collect()
}

fn arm_document(answer: &Answer<'_>, arm: usize) -> Value {
    let name = &answer.layout.arms[arm];
    let sums = &answer.aggregates.arms[arm];
    let faults: serde_json::Map<String, Value> = answer
        .layout
        .fault_kinds
        .iter()
        .zip(&sums.faults)
        .map(|(kind, n)| (kind.id.clone(), json!(n)))
        .collect();
    let initiatives: Vec<Value> = (0..answer.layout.initiatives.len())
        .map(|idx| decided(answer.layout, &answer.aggregates.arms[arm].decisions, idx))
        .collect();
    json!({
        "id": name.id,
        "title": name.title,
        "faults": faults,
        "outcomes": outcomes(answer, arm),
        "initiatives": initiatives,
    })
}

fn outcomes(answer: &Answer<'_>, arm: usize) -> Vec<Value> {
    let tallies = &answer.aggregates.arms[arm].outcomes;
    let pairs = arm.checked_sub(1).map(|idx| &answer.aggregates.pairs[idx]);
    let columns = answer.layout.outcomes.iter().zip(tallies).enumerate();
    columns
        .map(|(idx, (column, tally))| {
            let quantile = |level| tally.quantile(column, level).map(|of| estimate(&of));
            let kind = match column.kind {
                OutcomeKind::Truth => "truth",
                OutcomeKind::Count => "count",
                OutcomeKind::Number => "number",
                OutcomeKind::Time => "time",
            };
            let difference = pairs.and_then(|pairs| pairs[idx].difference());
            json!({
                "name": column.name, "label": column.label, "text": column.text,
                "unit": column.unit, "kind": kind, "n": tally.n(), "absent": tally.absent,
                "estimate": tally.estimate(column.kind).map(|of| estimate(&of)),
                "standard_error": tally.standard_error(),
                "sd": tally.sd(), "min": tally.min(), "max": tally.max(),
                "p5": quantile(0.05), "p50": quantile(0.5), "p95": quantile(0.95),
                "difference": difference.map(|of| estimate(&of)),
                "by_design": super::error::value(answer, arm, idx),
            })
        })
        .collect()
}

/// What was decided on one initiative, from the aggregates alone.
pub(crate) fn decided(layout: &Layout, decisions: &DecisionTallies, idx: usize) -> Value {
    let initiative = &layout.initiatives[idx];
    let tally = &decisions.initiatives[idx];
    let rungs = initiative.rungs.iter().enumerate().map(|(rung, name)| {
        let reached = decisions.ever_adopted(idx, rung).map(|of| estimate(&of));
        json!({ "id": name.id, "title": name.title, "reached": reached, "adoptions": tally.adopted[rung] })
    });
    let optional = |of: &Option<Estimate>| of.as_ref().map(estimate);
    let blockers = blockers::ranked(decisions, idx).into_iter().map(|one| {
        let terms: Vec<Value> = one
            .terms
            .iter()
            .map(|(term, share)| json!({ "term": layout.terms[*term], "share": estimate(share) }))
            .collect();
        let key = u32::try_from(one.actor).unwrap_or(u32::MAX);
        let cells = tally.actors.get(&key).map_or(&[][..], |of| &of.years[..]);
        let years: Vec<Value> = cells
            .iter()
            .map(|cell| {
                let term = layout.terms.get(cell.term as usize);
                json!({ "year": cell.year, "term": term, "blocks": cell.blocks, "alone": cell.sole, "pivotal": cell.pivotal })
            })
            .collect();
        json!({
            "actor": layout.actors[one.actor].id, "rank": one.rank,
            "share": estimate(&one.share), "alone": optional(&one.sole),
            "pivotal": optional(&one.pivotal), "ever": optional(&one.ever), "terms": terms, "years": years,
        })
    });
    json!({
        "id": initiative.id,
        "title": initiative.title,
        "tablings": tally.tabled.sum,
        "replicates_tabled": tally.replicates_tabled,
        "rungs": rungs.collect::<Vec<_>>(),
        "blockers": blockers.collect::<Vec<_>>(),
    })
}

fn estimate(of: &Estimate) -> Value {
    json!({ "value": of.value, "low": of.low, "high": of.high, "n": of.n })
}
