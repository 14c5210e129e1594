//! What may happen: initiatives with their ladders, shocks, policies.

use foedera_scenario::{Initiative, Scenario};

use super::heading;
use crate::{
    face::Face,
    number::{fixed, plain},
    phrase,
    sheet::{Column, Sheet, Tone, Word},
};

/// Initiatives with ladders and stances.
pub(super) fn initiatives(face: &Face, scenario: &Scenario) -> String {
    let mut text = heading(face, "Initiatives");
    for initiative in &scenario.initiatives {
        let paint = face.paint;
        text += &format!("  {}  {}\n", paint.strong(&initiative.id), initiative.title);
        text += &face.aside(&phrase::procedure(scenario, initiative));
        text += &conditions(face, scenario, initiative);
        let mut sheet = Sheet::new(
            face,
            [
                Column::Number(""),
                Column::Words("rung"),
                Column::Number("depth"),
                Column::Prose("does"),
            ],
        );
        for (idx, rung) in initiative.ladder.iter().enumerate() {
            sheet.row([
                (idx + 1).to_string().into(),
                rung.id.as_str().into(),
                fixed(scenario.value(rung.depth), 2).into(),
                phrase::rung(scenario, rung).into(),
            ]);
        }
        text += &sheet.text();
        text += &stances(face, scenario, initiative);
        text.push('\n');
    }
    if scenario.initiatives.is_empty() {
        text += "  none\n";
    }
    text.trim_end().to_owned() + "\n"
}

fn conditions(face: &Face, scenario: &Scenario, initiative: &Initiative) -> String {
    let parts: Vec<String> = initiative
        .conditions
        .iter()
        .map(|one| phrase::condition(scenario, one))
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    face.aside(&format!("only if {}", parts.join(" and ")))
}

fn stances(face: &Face, scenario: &Scenario, initiative: &Initiative) -> String {
    if initiative.stances.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("stance"),
            Column::Number(""),
            Column::Prose("source"),
        ],
    );
    for stance in &initiative.stances {
        sheet.row([
            scenario.world.actors[stance.actor].id.as_str().into(),
            fixed(scenario.value(stance.value), 2).into(),
            Word::new(Tone::Faint, stance.source.as_str()),
        ]);
    }
    let off = if scenario.stances {
        ""
    } else {
        "  (stances are switched off)\n"
    };
    sheet.text() + off
}

/// Shocks.
pub(super) fn shocks(face: &Face, scenario: &Scenario) -> String {
    if scenario.shocks.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("shock"),
            Column::Prose("when"),
            Column::Prose("does"),
        ],
    );
    for shock in &scenario.shocks {
        sheet.row([
            Word::new(Tone::Strong, shock.id.as_str()),
            phrase::timing(scenario, &shock.timing).into(),
            phrase::effects(scenario, &shock.effects).into(),
        ]);
    }
    heading(face, "Shocks") + &sheet.text()
}

/// Policies beside the base case.
pub(super) fn policies(face: &Face, scenario: &Scenario) -> String {
    if scenario.policies.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("policy"),
            Column::Words("from"),
            Column::Prose("does"),
        ],
    );
    for policy in &scenario.policies {
        let mut does: Vec<String> = policy
            .effects
            .iter()
            .map(|effect| phrase::effect(scenario, effect))
            .collect();
        does.extend(policy.set.iter().map(|(leaf, value)| {
            let info = scenario.leaves.info(*leaf);
            format!("{} {} → {}", info.path, plain(info.value), plain(*value))
        }));
        sheet.row([
            Word::new(Tone::Strong, policy.id.as_str()),
            policy.from.to_string().into(),
            format!("{}: {}", policy.title, does.join("; ")).into(),
        ]);
    }
    heading(face, "Policies beside the base case") + &sheet.text()
}
