//! How the answer came about: replicates, failures, speed, files, and what the signs mean.

use foedera_results::{aggregates::FailedReplicate, digits, layout::Name};

use super::Answer;
use crate::{
    face::{Face, shell_word},
    number::{self, bytes, count, seconds},
    prose,
};

/// Failed replicates that are listed one by one.
const FAILED_SHOWN: usize = 5;

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
    if !manifest.origin.design.is_default() {
        text += &format!("  design: {}\n", manifest.origin.design);
    }
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
    face.paint.bad(&line) + "\n" + &failed_ones(face, answer)
}

/// The first failed replicates, each with the command that tells it again.
fn failed_ones(face: &Face, answer: &Answer<'_>) -> String {
    let folder = shell_word(&answer.results.dir().display().to_string());
    let mut text = String::new();
    for one in answer.aggregates.failed.iter().take(FAILED_SHOWN) {
        let Some(failed) = Failed::of(answer, one) else {
            continue;
        };
        text += &format!(
            "    {}, {}: foedera replay {folder} --replicate {} --policy {}\n",
            failed.date,
            failed.kind.title,
            one.replicate,
            shell_word(&failed.arm.id)
        );
    }
    let listed = answer.aggregates.failed.len().min(FAILED_SHOWN) as u64;
    let more = answer.aggregates.n_failed().saturating_sub(listed);
    if more > 0 {
        text += &face.aside(&format!(
            "and {} more: column `fault` of runs.parquet names each, --json the first thousand",
            count(more)
        ));
    }
    text
}

/// A failed replicate in words.
pub(super) struct Failed<'a> {
    /// The policy it ran under.
    pub(super) arm: &'a Name,
    /// What went wrong.
    pub(super) kind: &'a Name,
    /// The month of the step at which it did.
    pub(super) date: String,
}

impl<'a> Failed<'a> {
    /// The words of a failed replicate; `None` if the folder's lists are too short for it.
    pub(super) fn of(answer: &Answer<'a>, one: &FailedReplicate) -> Option<Self> {
        let layout = answer.layout;
        let step = layout.steps.get(one.step as usize);
        Some(Self {
            arm: layout.arms.get(one.arm as usize)?,
            kind: layout.fault_kinds.get(one.kind as usize)?,
            date: step.map_or_else(
                || "at the end".to_owned(),
                |step| format!("{:04}-{:02}", step.year, step.month),
            ),
        })
    }
}
