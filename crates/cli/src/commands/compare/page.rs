//! The comparison as a page: what can be told first, then every outcome at a glance, then the details.

use std::collections::BTreeSet;

use foedera_analysis::compare::{
    Better, Comparison, Family, Outcome, Pair, Standing,
    pairing::{Pairing, Why},
    robust::turns,
};
use foedera_results::{Estimate, digits, layout::OutcomeKind};

use super::{
    Args,
    ask::{Alternatives, Answers, Parted},
};
use crate::{
    face::Face,
    number, prose,
    sheet::{Column, Sheet, Tone, Word},
};

/// Outcomes that are told in detail if nobody asked for one.
const DETAILS: usize = 1;

/// The word of a standing.
pub(super) const fn standing(of: Standing) -> &'static str {
    match of {
        Standing::Better => "better",
        Standing::Worse => "worse",
        Standing::Untold => "untold",
        Standing::Same => "same",
    }
}

/// The page.
pub(super) fn text(
    face: &Face,
    args: &Args,
    asked: &Alternatives,
    answers: &Answers,
    found: &Comparison,
) -> String {
    let scenario = &asked.order.scenario;
    let mut text = format!(
        "{}\n{}\n",
        face.paint.strong(&scenario.title),
        prose::filled(&scenario.question, face.width, "")
    );
    let plain: Vec<&Outcome> = found.outcomes.iter().filter(|of| !of.threshold).collect();
    let details = if args.outcome.is_empty() {
        DETAILS
    } else {
        plain.len()
    };
    text.push('\n');
    for outcome in plain.iter().take(details) {
        text += &format!(
            "{}\n",
            prose::filled(&verdict(found, outcome), face.width, "")
        );
    }
    text += &who(face, asked);
    if plain.len() > details {
        text += &glance(face, found, &plain);
    }
    for outcome in plain.iter().take(details) {
        text += &detail(face, found, outcome, &answers.parted);
    }
    text += &thresholds(face, found);
    text + &closing(face, args, asked, answers, found)
}

/// What can be told of one outcome, in a sentence.
fn verdict(found: &Comparison, outcome: &Outcome) -> String {
    let names = |places: &[usize]| {
        joined(
            places.iter().map(|at| found.alternatives[*at].as_str()),
            "and",
        )
    };
    let ranks: Vec<(usize, usize)> = outcome.alternatives.iter().map(|one| one.rank).collect();
    let first: Vec<usize> = (0..ranks.len()).filter(|at| ranks[*at].0 == 1).collect();
    let beaten: Vec<usize> = (0..ranks.len()).filter(|at| ranks[*at].0 > 1).collect();
    let name = &outcome.name;
    if beaten.is_empty() {
        return format!("By {name} no alternative can be told from another.");
    }
    let mut text = if first.len() == 1 && ranks[first[0]].1 == 1 {
        format!("By {name} {} is better than all others", names(&first))
    } else if first.len() == 1 {
        format!(
            "By {name} none is shown to be better than {}",
            names(&first)
        )
    } else {
        format!(
            "By {name} {} may each be first: none is shown to be better",
            names(&first)
        )
    };
    let shown = |at: &usize| {
        let pair = outcome.pairs.iter().find(|pair| {
            (pair.alternative, pair.against) == (*at, first[0])
                || (pair.alternative, pair.against) == (first[0], *at)
        })?;
        let of = pair.difference?;
        let of = if pair.alternative == *at {
            of
        } else {
            of.negated()
        };
        Some(format!("{} {}", found.alternatives[*at], signed(&of)))
    };
    let by: Vec<String> = beaten.iter().filter_map(shown).collect();
    if first.len() == 1 {
        text += &format!("; against it: {}", by.join(", "));
    } else {
        text += &format!("; {} fall behind one of them", names(&beaten));
    }
    text + "."
}

/// Names as people list them.
fn joined<'a>(names: impl Iterator<Item = &'a str>, word: &str) -> String {
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {word} {last}", rest.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => "none".to_owned(),
    }
}

fn heading(face: &Face, words: &str) -> String {
    format!("\n{}\n", face.paint.strong(words))
}

fn who(face: &Face, asked: &Alternatives) -> String {
    let mut sheet = Sheet::new(face, [Column::Words(""), Column::Prose("")]);
    for arm in &asked.arms {
        sheet.row([
            Word::new(Tone::Strong, arm.id.as_str()),
            arm.title.as_str().into(),
        ]);
    }
    heading(face, "Compared, in the same replicates") + &sheet.text()
}

/// Every outcome on a line: who may be first, who is shown to be behind.
fn glance(face: &Face, found: &Comparison, outcomes: &[&Outcome]) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("outcome", 34),
            Column::Words("better"),
            Column::Prose("may be first"),
            Column::Prose("shown behind"),
        ],
    );
    for outcome in outcomes {
        let all: Vec<(usize, (usize, usize))> = outcome
            .alternatives
            .iter()
            .map(|one| one.rank)
            .enumerate()
            .collect();
        let pick = |holds: &dyn Fn(usize) -> bool| {
            let picked = all.iter().filter(|(_, rank)| holds(rank.0));
            joined(picked.map(|(at, _)| found.alternatives[*at].as_str()), "or")
        };
        let untold = all.iter().all(|(_, rank)| rank.0 == 1);
        let (first, behind) = if untold {
            let same = outcome
                .pairs
                .iter()
                .all(|pair| pair.standing == Standing::Same);
            let words = if same {
                "all: the same in every replicate"
            } else {
                "all: cannot be told apart"
            };
            (Word::new(Tone::Faint, words), "–".to_owned())
        } else {
            let first = Word::new(Tone::Strong, pick(&|best| best == 1));
            (first, pick(&|best| best > 1).replace(" or ", " and "))
        };
        let better = match outcome.better {
            Better::Higher => "higher",
            Better::Lower => "lower",
        };
        sheet.row([
            outcome.name.as_str().into(),
            better.into(),
            first,
            behind.into(),
        ]);
    }
    heading(face, "At a glance, by the mean") + &sheet.text()
}

/// One outcome in detail.
fn detail(face: &Face, found: &Comparison, outcome: &Outcome, parted: &[Parted]) -> String {
    let better = match outcome.better {
        Better::Higher => "higher is better",
        Better::Lower => "lower is better",
    };
    let mut text = heading(face, &format!("{}, {better}", outcome.name));
    text += &ranked(face, found, outcome);
    text += &robust(face, found, outcome);
    text += &pairs(face, found, outcome);
    text + &reasons(face, found, outcome, parted)
}

fn rank(of: (usize, usize)) -> String {
    if of.0 == of.1 {
        of.0.to_string()
    } else {
        format!("{} to {}", of.0, of.1)
    }
}

/// An estimate, or nothing.
fn number_of(kind: OutcomeKind, of: Option<&Estimate>) -> String {
    match of {
        None => "–".to_owned(),
        Some(of) if kind == OutcomeKind::Truth => digits::short_share(of),
        Some(of) => digits::estimate(of),
    }
}

/// Means, and ranks by one yardstick and the next.
fn ranked(face: &Face, found: &Comparison, outcome: &Outcome) -> String {
    let metrics = &outcome.metrics;
    let title =
        |at: usize, words: &'static str| (metrics.len() > at).then_some(Column::Number(words));
    let mut columns = vec![
        Column::Words("alternative"),
        Column::Number("mean"),
        Column::Number("best or tied in"),
        Column::Number("rank by mean"),
    ];
    columns.extend(title(1, "by regret"));
    columns.extend(title(2, "by worst"));
    let mut sheet = Sheet::new(face, columns);
    for (at, one) in outcome.alternatives.iter().enumerate() {
        let mut row = vec![
            Word::new(Tone::Strong, found.alternatives[at].as_str()),
            number_of(outcome.kind, one.mean.as_ref()).into(),
            number_of(OutcomeKind::Truth, one.robust.best.as_ref()).into(),
        ];
        row.extend(
            metrics
                .iter()
                .map(|metric| Word::from(rank(metric.ranks[at]))),
        );
        sheet.row(row);
    }
    let mut text = sheet.text();
    for (one, other) in turns(metrics) {
        let (one, other) = (&found.alternatives[one], &found.alternatives[other]);
        text += &format!("  the order of {one} and {other} turns with the yardstick\n");
    }
    text
}

/// Regret and worst cases.
fn robust(face: &Face, found: &Comparison, outcome: &Outcome) -> String {
    let truth = outcome.kind == OutcomeKind::Truth;
    let mut columns = vec![Column::Words("alternative"), Column::Number("mean regret")];
    if !truth {
        columns.extend([
            Column::Number("one in ten above"),
            Column::Number("worst of twenty"),
            Column::Number("worst seen"),
        ]);
    }
    let mut sheet = Sheet::new(face, columns);
    for (at, one) in outcome.alternatives.iter().enumerate() {
        let of = &one.robust;
        let number = |of: Option<&Estimate>| Word::from(open(of));
        let mut row = vec![
            Word::new(Tone::Strong, found.alternatives[at].as_str()),
            number(of.regret.as_ref()),
        ];
        if !truth {
            row.extend([
                number(of.high_regret.as_ref()),
                number(of.worst.as_ref()),
                of.worst_seen
                    .map_or_else(|| "–".to_owned(), |x| digits::plain(x, 3))
                    .into(),
            ]);
        }
        sheet.row(row);
    }
    let words = if truth {
        "\n  regret: how often it fails where another holds\n"
    } else {
        "\n  regret: what it falls short of the best in the same replicate\n"
    };
    face.paint.faint(words) + &sheet.text()
}

/// A number whose interval may be open on one side, where the replicates are too few to bound it.
fn open(of: Option<&Estimate>) -> String {
    let Some(of) = of else {
        return "–".to_owned();
    };
    match (of.low.is_finite(), of.high.is_finite()) {
        (true, true) => digits::estimate(of),
        (true, false) => format!("≥ {}", digits::plain(of.low, 3)),
        (false, true) => format!("≤ {}", digits::plain(of.high, 3)),
        (false, false) => "–".to_owned(),
    }
}

fn signed(of: &Estimate) -> String {
    let sign = if of.value > 0.0 { "+" } else { "" };
    format!("{sign}{}", digits::with_interval(of))
}

/// Every two alternatives.
fn pairs(face: &Face, found: &Comparison, outcome: &Outcome) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("pair"),
            Column::Words("difference"),
            Column::Number("better in"),
            Column::Number("same in"),
            Column::Number("runs saved ×"),
        ],
    );
    for pair in &outcome.pairs {
        let name = format!(
            "{}\n– {}",
            found.alternatives[pair.alternative], found.alternatives[pair.against]
        );
        let (tone, difference) = difference(pair);
        sheet.row([
            name.into(),
            Word::new(tone, difference),
            number_of(OutcomeKind::Truth, pair.p_better.as_ref()).into(),
            number_of(OutcomeKind::Truth, pair.p_tied.as_ref()).into(),
            saved(&pair.pairing).into(),
        ]);
    }
    format!("\n{}", sheet.text())
}

fn difference(pair: &Pair) -> (Tone, String) {
    match (&pair.difference, pair.standing) {
        (None, _) => (Tone::Faint, "never present under both".to_owned()),
        (_, Standing::Same) => (Tone::Faint, "0: no replicate differs".to_owned()),
        (Some(of), Standing::Untold) => {
            (Tone::Faint, format!("{}\ncannot be told apart", signed(of)))
        }
        (Some(of), Standing::Better) if pair.pairing == Pairing::Constant => (
            Tone::Good,
            format!("{}\nbetter, by as much in every replicate", signed(of)),
        ),
        (Some(of), Standing::Worse) if pair.pairing == Pairing::Constant => (
            Tone::Bad,
            format!("{}\nworse, by as much in every replicate", signed(of)),
        ),
        (Some(of), Standing::Better) => (Tone::Good, format!("{}\nbetter", signed(of))),
        (Some(of), Standing::Worse) => (Tone::Bad, format!("{}\nworse", signed(of))),
    }
}

/// From where on savings of replicates are no longer told in digits.
const SAVED_MAX: f64 = 1e6;

/// How many times fewer replicates than independent runs would take.
fn saved(of: &Pairing) -> String {
    match of {
        Pairing::Unknown => "–".to_owned(),
        Pairing::Same | Pairing::Constant => "infinite".to_owned(),
        Pairing::Ratio {
            value, low, high, ..
        } => {
            let of = Estimate {
                value: *value,
                low: *low,
                high: *high,
                n: 0,
            };
            if *low > SAVED_MAX {
                // What differs by as good as the same in every replicate: more digits tell nothing.
                "over a million".to_owned()
            } else if high.is_finite() {
                digits::with_interval(&of)
            } else {
                digits::plain(*value, 2)
            }
        }
    }
}

/// Why the same luck gains little, where it does.
fn reasons(face: &Face, found: &Comparison, outcome: &Outcome, parted: &[Parted]) -> String {
    let mut text = String::new();
    for pair in &outcome.pairs {
        let Pairing::Ratio {
            correlation,
            why: Some(why),
            ..
        } = pair.pairing
        else {
            continue;
        };
        let (one, other) = (
            &found.alternatives[pair.alternative],
            &found.alternatives[pair.against],
        );
        let because = match why {
            Why::Steady { .. } => {
                "under one of them the outcome hardly varies: there is no luck to share".to_owned()
            }
            Why::Spread { ceiling } => format!(
                "the outcome spreads so differently that no pairing could save more than {} times",
                digits::plain(ceiling, 2)
            ),
            Why::Opposed => {
                "what is good luck under the one is bad luck under the other".to_owned()
            }
            Why::Apart => format!(
                "the outcome under the one says little of it under the other (correlation {}){}",
                correlation.map_or_else(|| "unknown".to_owned(), |of| digits::plain(of, 2)),
                apart(pair, parted)
            ),
        };
        let line = format!("{one} – {other} saves less than 3 times: {because}");
        text += &format!("{}\n", prose::filled(&line, face.width, "  "));
    }
    if text.is_empty() {
        text
    } else {
        format!("\n{text}")
    }
}

/// When the histories part, if it is known.
fn apart(pair: &Pair, parted: &[Parted]) -> String {
    let of = parted
        .iter()
        .find(|of| (of.alternative, of.against) == (pair.alternative, pair.against));
    match of {
        None => String::new(),
        Some(Parted {
            half_by: Some(date),
            ..
        }) => format!(
            "; half of the histories have parted by {date}, and from there the same chance meets other states"
        ),
        Some(Parted { at_end, .. }) => format!(
            "; {} of the histories part at all",
            digits::plain(*at_end, 2)
        ),
    }
}

/// Which alternatives meet the thresholds.
fn thresholds(face: &Face, found: &Comparison) -> String {
    let all: Vec<&Outcome> = found.outcomes.iter().filter(|of| of.threshold).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Prose("threshold"),
            Column::Words("alternative"),
            Column::Number("met with probability"),
            Column::Number("rank"),
        ],
    );
    for outcome in all {
        for (at, one) in outcome.alternatives.iter().enumerate() {
            let name = if at == 0 { outcome.name.as_str() } else { "" };
            let share = one
                .mean
                .as_ref()
                .map_or_else(|| "–".to_owned(), digits::share);
            sheet.row([
                name.into(),
                Word::new(Tone::Strong, found.alternatives[at].as_str()),
                share.into(),
                rank(one.rank).into(),
            ]);
        }
    }
    heading(face, "Thresholds met") + &sheet.text()
}

fn closing(
    face: &Face,
    args: &Args,
    asked: &Alternatives,
    answers: &Answers,
    found: &Comparison,
) -> String {
    let request = &asked.order.request;
    let mut text = format!(
        "\n  {} of each · seed {}\n",
        number::counted(request.n, "replicate"),
        request.seed
    );
    if answers.failed > 0 {
        let failed = number::counted(answers.failed as u64, "replicate");
        let line = format!("  {failed} failed under one alternative and are left out under all");
        text += &(face.paint.bad(&line) + "\n");
    }
    let criticals: BTreeSet<u64> = found
        .outcomes
        .iter()
        .map(|of| of.critical.to_bits())
        .collect();
    let together = match found.family {
        Family::All => "all differences of all outcomes and thresholds",
        Family::Outcome => "the differences of each outcome",
    };
    let wide = match criticals.first() {
        Some(bits) if criticals.len() == 1 => {
            let of = digits::plain(f64::from_bits(*bits), 3);
            format!(", {of} standard errors wide on either side instead of 1.96")
        }
        _ => String::new(),
    };
    text += &face.aside(&format!(
        "differences: intervals of 95 % that hold together for {together} (bootstrap of the largest error{wide}); \
         Tango's score for truth values; all others 95 % each. Ranks are ranges that nothing shown rules out"
    ));
    if args.outcome.is_empty() && found.outcomes.len() > DETAILS {
        text += &face.aside(
            "--outcome NAME tells another outcome in detail, `lower: NAME` if less is better; --table and --json \
             have all of them",
        );
    }
    text
}
