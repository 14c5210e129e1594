//! Who there is: actors by their interests and seats, organisations by their rules and elements.

use foedera_scenario::{Organisation, Scenario, Status};

use super::heading;
use crate::{
    face::Face,
    number::{fixed, plain},
    phrase,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Actors × interests.
pub(super) fn actors(face: &Face, scenario: &Scenario) -> String {
    let world = &scenario.world;
    let value = |leaf| scenario.value(leaf);
    let mut columns = vec![
        Column::Words("actor"),
        Column::Wide("", 14),
        Column::Number("capability"),
        Column::Words("energy trade sec."),
        Column::Number("autonomy"),
        Column::Number("ambition"),
    ];
    columns.push(Column::Wide("seats", 18));
    let mut sheet = Sheet::new(face, columns);
    for (idx, actor) in world.actors.iter().enumerate() {
        let share = value(actor.capability_share);
        let salience = actor.salience.map(value);
        let sum: f64 = salience.iter().sum();
        let parts: Vec<String> = salience.iter().map(|part| fixed(part / sum, 2)).collect();
        let top = salience.iter().copied().fold(0.0, f64::max);
        sheet.row([
            Word::new(Tone::Strong, actor.id.as_str()),
            actor.name.as_str().into(),
            plain(share).into(),
            Word::new(
                Tone::Plain,
                format!("{} {}", parts.join(" "), spark::curve(&salience, 0.0, top)),
            ),
            fixed(value(actor.autonomy), 2).into(),
            fixed(value(actor.ambition), 2).into(),
            seats(scenario, idx).into(),
        ]);
    }
    heading(face, "Actors and what they care about") + &sheet.text()
}

/// The seats of an actor by rank, members first: `A B · observer C`.
fn seats(scenario: &Scenario, actor: usize) -> String {
    let holds = |org: &&Organisation, wanted: Status| {
        org.seats
            .iter()
            .any(|(holder, status)| *holder == actor && *status == wanted)
    };
    let of = |wanted: Status| {
        let orgs = scenario
            .world
            .organisations
            .iter()
            .filter(|org| holds(org, wanted));
        let ids: Vec<&str> = orgs.map(|org| org.id.as_str()).collect();
        let rank = match wanted {
            Status::Member => String::new(),
            other => format!("{} ", other.name().to_lowercase()),
        };
        (!ids.is_empty()).then(|| rank + &ids.join(" "))
    };
    let ranks = [
        Status::Member,
        Status::Suspended,
        Status::Candidate,
        Status::Observer,
        Status::Partner,
    ];
    ranks
        .into_iter()
        .filter_map(of)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// Organisations with their rules and what they have built.
pub(super) fn organisations(face: &Face, scenario: &Scenario) -> String {
    let world = &scenario.world;
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("organisation"),
            Column::Number("members"),
            Column::Prose("decides by"),
            Column::Prose("has"),
        ],
    );
    for org in &world.organisations {
        let members = org
            .seats
            .iter()
            .filter(|(_, status)| *status == Status::Member)
            .count();
        let mut levels: Vec<(f64, &str)> = org
            .levels
            .iter()
            .zip(&world.elements)
            .map(|(level, element)| (scenario.value(*level), element.id.as_str()))
            .filter(|(level, _)| *level > 0.0)
            .collect();
        levels.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
        let has: Vec<String> = levels
            .iter()
            .map(|(level, element)| format!("{element} {}", plain(*level)))
            .collect();
        sheet.row([
            Word::new(Tone::Strong, org.id.as_str()),
            members.to_string().into(),
            format!(
                "{}, meets in {}",
                phrase::rule(scenario, &org.rule),
                months(&org.meetings)
            )
            .into(),
            has.join(", ").into(),
        ]);
    }
    heading(face, "Organisations") + &sheet.text()
}

/// Months of the year by name.
fn months(meetings: &[i32]) -> String {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let name = |month: &i32| {
        usize::try_from(*month - 1)
            .ok()
            .and_then(|idx| NAMES.get(idx))
            .copied()
    };
    if meetings.len() == NAMES.len() {
        return "every month".to_owned();
    }
    meetings
        .iter()
        .filter_map(name)
        .collect::<Vec<_>>()
        .join(", ")
}
