//! One history as dated sentences.

use foedera_scenario::{Scenario, Status};
use foedera_sim::batch::{Cause, DECIDING_TERMS, Event, Happening};
use serde::Serialize;

/// One dated sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Month, `2008-08`.
    pub(crate) date: String,
    /// Kind of event, `blocked`.
    pub(crate) kind: &'static str,
    /// The sentence.
    pub(crate) sentence: String,
}

/// A history, one line for each event.
pub(crate) fn lines(scenario: &Scenario, events: &[Event]) -> Vec<Line> {
    events.iter().map(|event| line(scenario, event)).collect()
}

/// The same history with refusals and disputes that repeat told once.
pub(crate) fn shortened(lines: &[Line]) -> Vec<Line> {
    let mut told: Vec<(Line, Vec<&str>)> = Vec::new();
    for line in lines {
        let before = told
            .iter_mut()
            .rev()
            .find(|(earlier, _)| about(earlier) == about(line));
        match before {
            Some((earlier, again))
                if matches!(line.kind, "blocked" | "dispute")
                    && earlier.sentence == line.sentence =>
            {
                again.push(&line.date);
            }
            _ => told.push((line.clone(), Vec::new())),
        }
    }
    let with_repeats = |(mut line, again): (Line, Vec<&str>)| {
        if let Some(last) = again.last() {
            let times = if again.len() == 1 {
                "once".to_owned()
            } else {
                format!("{} times", again.len())
            };
            line.sentence = format!("{} The same {times} more, until {last}.", line.sentence);
        }
        line
    };
    told.into_iter().map(with_repeats).collect()
}

/// What a sentence is about: the quoted proposal it opens with, or itself.
fn about(line: &Line) -> &str {
    line.sentence
        .split_once('”')
        .map_or(line.sentence.as_str(), |(opening, _)| opening)
}

fn line(scenario: &Scenario, event: &Event) -> Line {
    let date = scenario.time.month_of(event.step as usize).to_string();
    let (kind, sentence) = sentence(scenario, &event.what);
    Line {
        date,
        kind,
        sentence,
    }
}

fn sentence(scenario: &Scenario, what: &Happening) -> (&'static str, String) {
    let actor = |idx: u32| scenario.world.actors[idx as usize].name.as_str();
    let org = |idx: u32| scenario.world.organisations[idx as usize].id.as_str();
    let title = |idx: u32| scenario.initiatives[idx as usize].title.as_str();
    match *what {
        Happening::Shock { shock } => {
            let title = &scenario.shocks[shock as usize].title;
            ("shock", format!("Shock: {title}."))
        }
        Happening::Adopted {
            initiative,
            rung,
            parties,
        } => ("adopted", adoption(scenario, initiative, rung, parties)),
        Happening::Blocked {
            initiative,
            blocker,
            blockers,
            term,
        } => {
            let who = format!("{}{}", actor(blocker), others(blockers));
            let (title, term) = (title(initiative), term_name(term));
            (
                "blocked",
                format!("“{title}” is blocked by {who}, over {term}."),
            )
        }
        Happening::Paid { .. } | Happening::Unforeseen { .. } => passage(scenario, what),
        Happening::StatusChanged {
            org: idx,
            actor: who,
            from,
            to,
            cause,
        } => {
            let change = status_change(actor(who), org(idx), from, to);
            ("status", format!("{change}{}.", reason(cause)))
        }
        Happening::Dispute {
            source,
            target,
            lethal,
        } => {
            let deaths = if lethal { "; people die" } else { "" };
            let (source, target) = (actor(source), actor(target));
            (
                "dispute",
                format!("Dispute between {source} and {target}{deaths}."),
            )
        }
        Happening::Held { .. } | Happening::Completed { .. } | Happening::Abandoned { .. } => {
            work(scenario, what)
        }
        Happening::Deployed { .. } | Happening::Base { .. } => forces(scenario, what),
        Happening::Policy { policy } => {
            let title = &scenario.policies[policy as usize].title;
            ("policy", format!("Policy: {title}."))
        }
    }
}

/// What passes for other reasons than the parties' own.
fn passage(scenario: &Scenario, what: &Happening) -> (&'static str, String) {
    let actor = |idx: u32| scenario.world.actors[idx as usize].name.as_str();
    let title = |idx: u32| scenario.initiatives[idx as usize].title.as_str();
    match *what {
        Happening::Paid {
            initiative,
            payer,
            actor: paid,
        } => {
            let (title, payer, paid) = (title(initiative), actor(payer), actor(paid));
            (
                "paid",
                format!("“{title}”: {payer} compensates {paid} for letting it pass."),
            )
        }
        Happening::Unforeseen { initiative, .. } => {
            let title = title(initiative);
            (
                "unforeseen",
                format!("“{title}” moves for reasons that the model does not know."),
            )
        }
        _ => ("", String::new()),
    }
}

/// Forces that are sent, and bases.
fn forces(scenario: &Scenario, what: &Happening) -> (&'static str, String) {
    let world = &scenario.world;
    let actor = |idx: u32| world.actors[idx as usize].name.as_str();
    match *what {
        Happening::Deployed { org, actor: to } => {
            let org = &world.organisations[org as usize].id;
            (
                "deployed",
                format!("{org} sends forces into {}.", actor(to)),
            )
        }
        Happening::Base {
            bloc,
            actor: host,
            opened,
        } => {
            let bloc = &world.blocs[bloc as usize].title;
            let what = if opened { "grows" } else { "shrinks" };
            (
                "base",
                format!("The presence of {bloc} in {} {what}.", actor(host)),
            )
        }
        _ => ("", String::new()),
    }
}

/// What is held again and again, and what is built.
fn work(scenario: &Scenario, what: &Happening) -> (&'static str, String) {
    let names = |initiative: u32, rung: u32| {
        let initiative = &scenario.initiatives[initiative as usize];
        let rung = &initiative.ladder[rung as usize];
        (initiative.title.as_str(), rung.title.as_str())
    };
    match *what {
        Happening::Held {
            initiative,
            rung,
            parties,
            all,
            host,
        } => {
            let (title, rung) = names(initiative, rung);
            let host = host.map_or_else(String::new, |host| {
                format!(", hosted by {}", scenario.world.actors[host as usize].name)
            });
            let who = match (all, parties) {
                (true, _) => "everybody".to_owned(),
                (false, 1) => "1 party".to_owned(),
                (false, n) => format!("{n} parties"),
            };
            (
                "held",
                format!("“{title}” is held as “{rung}” by {who}{host}."),
            )
        }
        Happening::Completed { initiative, rung } => {
            let (title, rung) = names(initiative, rung);
            ("completed", format!("“{title}”: “{rung}” is complete."))
        }
        Happening::Abandoned { initiative, rung } => {
            let (title, rung) = names(initiative, rung);
            (
                "abandoned",
                format!("“{title}”: work on “{rung}” is given up."),
            )
        }
        _ => ("", String::new()),
    }
}

fn adoption(scenario: &Scenario, initiative: u32, rung: u32, parties: u32) -> String {
    let initiative = &scenario.initiatives[initiative as usize];
    let rung = &initiative.ladder[rung as usize];
    let reached = if rung.title.is_empty() {
        &rung.id
    } else {
        &rung.title
    };
    let who = if parties == 1 {
        "1 party".to_owned()
    } else {
        format!("{parties} parties")
    };
    format!(
        "“{}” reaches “{reached}”, adopted by {who}.",
        initiative.title
    )
}

/// Who else blocks, beside the one that is named.
fn others(blockers: u32) -> String {
    match blockers {
        0 | 1 => String::new(),
        2 => " and one other".to_owned(),
        n => format!(" and {} others", n - 1),
    }
}

/// The name of a deciding term.
pub(crate) fn term_name(term: u32) -> &'static str {
    DECIDING_TERMS
        .get(term as usize)
        .copied()
        .unwrap_or("nothing in particular")
}

fn status_change(actor: &str, org: &str, from: Status, to: Status) -> String {
    match (from, to) {
        (_, Status::Suspended) => format!("The membership of {actor} in {org} is suspended"),
        (Status::Suspended, Status::Member) => format!("{actor} takes its seat in {org} again"),
        (_, Status::Member) => format!("{actor} becomes a member of {org}"),
        (Status::Member | Status::Suspended, Status::Outsider) => format!("{actor} leaves {org}"),
        (_, Status::Outsider) => format!("{actor} ends its tie with {org}"),
        (_, Status::Observer) => format!("{actor} becomes an observer of {org}"),
        (_, Status::Candidate) => format!("{actor} becomes a candidate of {org}"),
        (_, Status::Partner) => format!("{actor} becomes a partner of {org}"),
    }
}

fn reason(cause: Cause) -> String {
    match cause {
        Cause::Effect => String::new(),
        Cause::Worth(term) => format!(
            ": it is worth too little, by {} most of all",
            term_name(term)
        ),
        Cause::Returned => ", content again".to_owned(),
        Cause::Exclusive => ": one treaty forbids the other".to_owned(),
        Cause::Unforeseen => ", for reasons that the model does not know".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(date: &str, sentence: &str) -> Line {
        Line {
            date: date.to_owned(),
            kind: "blocked",
            sentence: sentence.to_owned(),
        }
    }

    #[test]
    fn refusals_that_repeat_are_told_once() {
        let told = shortened(&[
            blocked("2008-01", "“Link” is blocked by Arcadia, over trade."),
            blocked("2008-06", "“Other” is blocked by Arcadia, over trade."),
            blocked("2009-01", "“Link” is blocked by Arcadia, over trade."),
            blocked("2010-01", "“Link” is blocked by Arcadia, over trade."),
            blocked("2011-01", "“Link” is blocked by Borduria, over trade."),
            blocked("2012-01", "“Link” is blocked by Arcadia, over trade."),
        ]);
        let short: Vec<String> = told
            .iter()
            .map(|line| format!("{} {}", line.date, line.sentence))
            .collect();
        assert_eq!(
            short,
            [
                "2008-01 “Link” is blocked by Arcadia, over trade. The same 2 times more, until 2010-01.",
                "2008-06 “Other” is blocked by Arcadia, over trade.",
                "2011-01 “Link” is blocked by Borduria, over trade.",
                "2012-01 “Link” is blocked by Arcadia, over trade.",
            ]
        );
    }

    #[test]
    fn a_change_of_seat_is_said_by_what_it_is() {
        use Status::{Member, Observer, Outsider, Suspended};
        for (from, to, says) in [
            (Observer, Member, "A becomes a member of O"),
            (Member, Outsider, "A leaves O"),
            (Observer, Outsider, "A ends its tie with O"),
            (Member, Suspended, "The membership of A in O is suspended"),
            (Suspended, Member, "A takes its seat in O again"),
        ] {
            assert_eq!(status_change("A", "O", from, to), says);
        }
        assert_eq!(
            reason(Cause::Worth(1)),
            ": it is worth too little, by trade most of all"
        );
    }
}
