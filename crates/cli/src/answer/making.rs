//! How the answer came about: replicates, failures, speed, files, and what the signs mean.

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
    text += &faults(face, answer);
    let files: Vec<String> = manifest
        .files
        .iter()
        .map(|file| format!("{} {}", file.name, bytes(file.bytes)))
        .collect();
    let files = format!("{}: {}", answer.results.dir().display(), files.join(", "));
    text += &format!("{}\n", prose::filled(&files, face.width, "  "));
    let key = "probabilities with 95 % Wilson intervals; ± is one standard error of a mean; luck and \
               uncertain inputs together";
    text + &face.aside(key)
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
