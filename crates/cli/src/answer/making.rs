//! How the answer came about: replicates, failures, speed, files, and what the signs mean.

use foedera_results::digits;

use super::Answer;
use crate::{
    face::Face,
    number::{self, bytes, count, seconds},
    prose,
};

/// The closing lines.
pub(super) fn lines(face: &Face, answer: &Answer<'_>) -> String {
    let manifest = &answer.results.manifest;
    let mut text = String::from("\n");
    let of = if manifest.completed == manifest.origin.n {
        String::new()
    } else {
        format!(" of {} asked for", count(manifest.origin.n))
    };
    let arms = answer.layout.arms.len() as u64;
    let under = if arms > 1 {
        format!(
            " under {}",
            number::counted(arms, "policy").replace("policys", "policies")
        )
    } else {
        String::new()
    };
    text += &format!(
        "  {}{of}{under} · seed {}",
        number::counted(manifest.completed, "replicate"),
        manifest.origin.seed
    );
    if let Some(took) = answer.seconds {
        #[expect(clippy::cast_precision_loss, reason = "a speed shown with few digits")]
        let speed = manifest.completed.saturating_mul(arms) as f64 / took.max(1e-9);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive speed"
        )]
        let speed = count(speed as u64);
        text += &format!(" · {} · {speed} histories/s", seconds(took));
    }
    text.push('\n');
    text += &stopped(face, answer);
    text += &faults(face, answer);
    let files: Vec<String> = manifest
        .files
        .iter()
        .map(|file| format!("{} {}", file.name, bytes(file.bytes)))
        .collect();
    let files = format!("{}: {}", answer.results.dir().display(), files.join(", "));
    text += &format!("{}\n", prose::filled(&files, face.width, "  "));
    let key = "all intervals are of 95 %: probabilities by Wilson, means by Student, quantiles by order \
               statistics; ± is half of one; luck and uncertain inputs together";
    text + &face.aside(key)
}

/// Where a run that goes on until enough is known stopped, and what it knows.
fn stopped(face: &Face, answer: &Answer<'_>) -> String {
    let manifest = &answer.results.manifest;
    let Some(until) = &manifest.until else {
        return String::new();
    };
    let arms = answer.layout.arms.len();
    let mut text = String::new();
    for goal in &until.goals {
        let under = if arms > 1 {
            format!(" under {}", goal.policy)
        } else {
            String::new()
        };
        let found = goal
            .estimate
            .as_ref()
            .map_or_else(|| "nothing is known".to_owned(), digits::with_interval);
        let line = if goal.reached {
            format!("  reached: {}{under}: {found}\n", goal.text)
        } else {
            let cap = count(until.cap);
            let line = format!(
                "  not reached by {cap} replicates: {}{under}: {found}",
                goal.text
            );
            face.paint.doubt(&line) + "\n"
        };
        text += &line;
    }
    let of = if until.goals.len() > 1 {
        "these intervals hold together, at every look, with 95 %"
    } else {
        "this interval holds at every look with 95 %; a number chosen before gives a narrower one"
    };
    text + &face.aside(of)
}

/// Failed replicates; silence would hide them.
fn faults(face: &Face, answer: &Answer<'_>) -> String {
    let mut parts = Vec::new();
    for (arm, name) in answer.aggregates.arms.iter().zip(&answer.layout.arms) {
        for (n, kind) in arm.faults.iter().zip(&answer.layout.fault_kinds) {
            if *n > 0 {
                parts.push(format!("{} {} under {}", count(*n), kind.title, name.id));
            }
        }
    }
    if parts.is_empty() {
        return "  no replicate failed\n".to_owned();
    }
    let line = format!(
        "  failed replicates, left out of every number: {}",
        parts.join("; ")
    );
    face.paint.bad(&line) + "\n"
}
