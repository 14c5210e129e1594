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
    let initiative = |idx: u32| scenario.initiatives[idx as usize].title.as_str();
    match *what {
        Happening::Shock { shock } => (
            "shock",
            format!("Shock: {}.", scenario.shocks[shock as usize].title),
        ),
        Happening::Adopted {
            initiative: idx,
            rung,
            parties,
        } => {
            let rung = &scenario.initiatives[idx as usize].ladder[rung as usize];
            let rung = if rung.title.is_empty() {
                &rung.id
            } else {
                &rung.title
            };
            let who = if parties == 1 {
                "1 party".to_owned()
            } else {
                format!("{parties} parties")
            };
            (
                "adopted",
                format!("“{}” reaches “{rung}”, adopted by {who}.", initiative(idx)),
            )
        }
        Happening::Blocked {
            initiative: idx,
            blocker,
            blockers,
            term,
        } => {
            let others = match blockers {
                0 | 1 => String::new(),
                2 => " and one other".to_owned(),
                n => format!(" and {} others", n - 1),
            };
            let title = initiative(idx);
            (
                "blocked",
                format!(
                    "“{title}” is blocked by {}{others}, over {}.",
                    actor(blocker),
                    term_name(term)
                ),
            )
        }
        Happening::Paid {
            initiative: idx,
            actor: paid,
        } => (
            "paid",
            format!(
                "“{}”: {} is compensated for letting it pass.",
                initiative(idx),
                actor(paid)
            ),
        ),
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
            (
                "dispute",
                format!(
                    "Dispute between {} and {}{deaths}.",
                    actor(source),
                    actor(target)
                ),
            )
        }
        Happening::Policy { policy } => (
            "policy",
            format!("Policy: {}.", scenario.policies[policy as usize].title),
        ),
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
