//! The analysis as people read it: the leading outcome in full, the others in a line each.

use foedera_results::{Estimate, digits};
use foedera_scenario::{Leaf, Scenario};

use super::{
    Args, Method, Report, Subject,
    findings::{Finding, Found, OfOutcome},
};
use crate::{
    estimate,
    face::Face,
    number::{self, plain},
    prose,
    sheet::{Column, Sheet, Tone, Word},
    spark,
};

/// Rows of a table, if nobody wants all.
const ROWS: usize = 12;
/// Cells of a bar.
const BAR: usize = 10;
/// Inputs named that look large and cannot be told.
const AS_LARGE: usize = 6;
/// Inputs named in a line.
const NAMED: usize = 3;

/// The whole answer.
pub(super) fn text(args: &Args, face: &Face, subject: &Subject, report: &Report) -> String {
    let mut text = format!("{}\n", face.paint.strong(&subject.scenario.title));
    text += &design(subject, report);
    for (idx, of) in report.outcomes.iter().enumerate() {
        if idx == 0 || !args.outcome.is_empty() {
            text += &in_full(args, face, (subject, report), of);
        }
    }
    if args.outcome.is_empty() && report.outcomes.len() > 1 {
        text += &others(face, &report.outcomes[1..]);
    }
    text += &notes(face, subject, report);
    text
}

fn design(subject: &Subject, report: &Report) -> String {
    let draws = number::counted(report.points, "draw");
    let each = if report.replicates > 1 {
        format!(
            " with {} each",
            number::counted(report.replicates, "replicate")
        )
    } else {
        String::new()
    };
    let rest = subject.factors.iter().filter(|of| of.is_rest).count();
    let factors = subject.factors.len() - rest;
    let groups = subject
        .factors
        .iter()
        .any(|of| !of.is_rest && of.leaves.len() > 1);
    let kind = if groups { "group" } else { "input" };
    format!(
        "{} of {}: {draws}{each} ({}), {}, seed {}, policy {}\n",
        match report.method {
            Method::Morris => "Morris' elementary effects",
            Method::Sobol => "Sobol' indices",
            Method::GivenData => "Given-data measures",
        },
        number::counted(factors as u64, kind),
        report.design,
        histories(report.histories),
        subject.seed,
        subject.policy_name,
    )
}

/// What factors are called.
fn kind(subject: &Subject, report: &Report) -> &'static str {
    let mut named = subject.factors.iter().filter(|of| !of.is_rest);
    if report.method != Method::GivenData && named.any(|of| of.leaves.len() > 1) {
        "group"
    } else {
        "input"
    }
}

fn histories(count: u64) -> String {
    let word = if count == 1 { "history" } else { "histories" };
    format!("{} {word}", number::count(count))
}

fn heading(face: &Face, words: &str) -> String {
    format!("\n{}\n", face.paint.strong(words))
}

fn in_full(
    args: &Args,
    face: &Face,
    (subject, report): (&Subject, &Report),
    of: &OfOutcome,
) -> String {
    let unit = if of.unit.is_empty() {
        String::new()
    } else {
        format!(" [{}]", of.unit)
    };
    let mut text = heading(face, &format!("What moves {}{unit}", of.label));
    let finding = &of.finding;
    if let Some(why) = &finding.nothing {
        text += &format!("  nothing to tell: {why}\n");
    }
    let told = finding.told().count();
    let shown = if args.all {
        finding.inputs.len()
    } else {
        told.min(ROWS)
    };
    let rows = &finding.inputs[..shown];
    if !rows.is_empty() {
        text += &match report.method {
            Method::Morris => morris(face, rows),
            Method::Sobol => sobol(face, rows),
            Method::GivenData => given(face, rows),
        };
    }
    text += &beyond(face, finding, told, shown, kind(subject, report));
    text += &luck(face, report, finding);
    if !of.over_time.is_empty() {
        text += &over_time(args, face, of);
    }
    text
}

/// What is not in the table.
fn beyond(face: &Face, finding: &Finding, told: usize, shown: usize, kind: &str) -> String {
    let mut text = String::new();
    if told > shown {
        text += &format!(
            "  {} more can be told from nothing; --all lists them\n",
            told - shown
        );
    }
    let none = finding.inputs.len() - told;
    match (none, told) {
        (0, _) => {}
        (_, 0) if finding.nothing.is_none() => {
            text += &format!("  no {kind} can be told from one that does nothing\n");
        }
        (_, 0) => {}
        _ => {
            let none = number::counted(none as u64, kind);
            text += &format!("  {none} cannot be told from one that does nothing\n");
        }
    }
    text += &as_large(face, finding);
    if finding.dropped > 0 {
        text += &format!(
            "  {} left out: a history failed or had no value\n",
            number::counted(finding.dropped, "draw")
        );
    }
    text
}

/// What looks as large as what is told, and may be luck.
fn as_large(face: &Face, finding: &Finding) -> String {
    let large = finding.as_large();
    if large.is_empty() {
        return String::new();
    }
    let names: Vec<String> = large
        .iter()
        .take(AS_LARGE)
        .map(|of| {
            let lead = of.measures.first().map(|of| estimate::value(&of.estimate));
            format!("{} {}", of.input, lead.unwrap_or_default())
        })
        .collect();
    let more = match large.len().saturating_sub(AS_LARGE) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let words = format!(
        "of these, {}{more} look large, and more draws (-n) would say whether they are",
        names.join(", ")
    );
    format!("{}\n", prose::filled(&words, face.width, "  "))
}

fn rank(of: &Found) -> Word {
    match of.rank {
        Some(rank) => rank.to_string().into(),
        None => Word::new(Tone::Faint, "–"),
    }
}

fn name(of: &Found) -> Word {
    let tone = if of.told { Tone::Strong } else { Tone::Faint };
    Word::new(tone, of.input.as_str())
}

fn shown(of: Option<&Estimate>) -> String {
    of.map_or_else(|| "–".to_owned(), digits::with_interval)
}

fn morris(face: &Face, rows: &[Found]) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number(""),
            Column::Words("input"),
            Column::Words("mean size of effect"),
            Column::Words(""),
            Column::Words(""),
        ],
    );
    let most = rows.iter().map(Found::lead).fold(0.0, f64::max);
    for of in rows {
        let share = if most > 0.0 { of.lead() / most } else { 0.0 };
        sheet.row([
            rank(of),
            name(of),
            shown(of.get("mu_star")).into(),
            Word::new(Tone::Picture, spark::share(share, BAR)),
            effect(of).into(),
        ]);
    }
    let note = "effect: change of the outcome over the whole range of an input, in shares of its distribution; \
                unevenly: curved, or together with others; \
                95 % bootstrap intervals; equal ranks cannot be told apart";
    sheet.text() + &face.aside(note)
}

/// What an elementary effect is like.
fn effect(of: &Found) -> String {
    let (Some(mu), Some(size), Some(sigma)) = (of.get("mu"), of.get("mu_star"), of.get("sigma"))
    else {
        return String::new();
    };
    let way = match (mu.low > 0.0, mu.high < 0.0) {
        (true, _) => "raises it",
        (_, true) => "lowers it",
        _ => "both ways",
    };
    // Campolongo and others read σ against μ*; half is a common line.
    if sigma.low > 0.5 * size.value {
        format!("{way}, unevenly")
    } else if sigma.value < 0.25 * size.value {
        format!("{way}, steadily")
    } else {
        way.to_owned()
    }
}

fn sobol(face: &Face, rows: &[Found]) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number(""),
            Column::Words("input"),
            Column::Words("alone"),
            Column::Words("in all"),
            Column::Words(""),
            Column::Words(""),
        ],
    );
    for of in rows {
        let (first, total) = (of.get("first"), of.get("total"));
        let value = |of: Option<&Estimate>| of.map_or(0.0, |of| of.value);
        sheet.row([
            rank(of),
            name(of),
            shown(first).into(),
            shown(total).into(),
            Word::new(Tone::Picture, double(value(first), value(total))),
            how(first, total).into(),
        ]);
    }
    let note = "shares of the variance that ignorance of the inputs causes in the mean over luck; full bar: alone, \
                light: with others; 95 % bootstrap intervals; equal ranks cannot be told apart";
    sheet.text() + &face.aside(note)
}

/// A bar with a full part and a light one.
fn double(full: f64, all: f64) -> String {
    let cells = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "cells of a short bar"
        )]
        let cells = (share.clamp(0.0, 1.0) * BAR as f64).round() as usize;
        cells
    };
    let (full, all) = (cells(full), cells(all));
    format!(
        "{}{}",
        "█".repeat(full),
        "░".repeat(all.saturating_sub(full))
    )
}

fn how(first: Option<&Estimate>, total: Option<&Estimate>) -> String {
    let (Some(first), Some(total)) = (first, total) else {
        return String::new();
    };
    let words = if first.low <= 0.0 && total.low > 0.0 {
        "with others"
    } else if first.high < total.low {
        "alone and with others"
    } else if first.low > 0.0 {
        "alone"
    } else {
        ""
    };
    words.to_owned()
}

fn given(face: &Face, rows: &[Found]) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Number(""),
            Column::Words("input"),
            Column::Words("explains"),
            Column::Words(""),
            Column::Words("PAWN"),
            Column::Words("apart"),
            Column::Words("ranks"),
            Column::Words(""),
        ],
    );
    for of in rows {
        let short = |index: &str| {
            of.get(index)
                .map_or_else(|| "–".to_owned(), estimate::value)
        };
        let share = of.get("share").map_or(0.0, |of| of.value);
        sheet.row([
            rank(of),
            name(of),
            shown(of.get("share")).into(),
            Word::new(Tone::Picture, spark::share(share, BAR)),
            short("pawn").into(),
            of.get("ks")
                .map_or_else(|| "–".to_owned(), |of| digits::plain(of.value, 2))
                .into(),
            short("prcc").into(),
            direction(of).into(),
        ]);
    }
    let note = "explains: share of the variance that knowing this input would take away, luck being part of the variance; PAWN: how far its slides \
                move the whole distribution; apart: Kolmogorov and Smirnov's distance between histories split in \
                two; ranks: partial rank correlation; 95 % intervals, and thresholds from inputs that do nothing";
    sheet.text() + &face.aside(note)
}

fn direction(of: &Found) -> &'static str {
    match of.get("prcc") {
        Some(prcc) if prcc.low > 0.0 => "raises it",
        Some(prcc) if prcc.high < 0.0 => "lowers it",
        Some(_) => "both ways",
        None => "",
    }
}

/// Luck against ignorance, in a sentence.
fn luck(face: &Face, report: &Report, finding: &Finding) -> String {
    let mut text = String::new();
    match finding.luck.and_then(|of| of.share) {
        Some(share) if finding.luck.is_some_and(|of| of.ignorance.low <= 0.0) => {
            text += &format!(
                "  luck against ignorance: all is luck as far as {} can tell (share of luck {})\n",
                number::counted(finding.points, "draw"),
                digits::with_interval(&share)
            );
        }
        Some(share) => {
            text += &format!(
                "  luck against ignorance: {} of the variance of a single history is luck, the rest is not \
                 knowing the inputs\n",
                face.paint.strong(&digits::with_interval(&share))
            );
        }
        None if report.method == Method::GivenData && report.replicates < 2 => {
            text += "  luck and ignorance cannot be told apart with one replicate of each draw\n";
        }
        None => {}
    }
    if let Some(explained) = &finding.explained {
        text += &match report.method {
            Method::Sobol => format!(
                "  the inputs alone bring {} of it; what is missing to 1 they do together\n",
                digits::with_interval(explained)
            ),
            _ => format!(
                "  all inputs together explain {} of its ranks, as far as it rises or falls with them\n",
                digits::plain(explained.value, 2)
            ),
        };
    }
    if let Some(split) = &finding.split {
        text += &format!("  split by {split}\n");
    }
    let lines = text
        .lines()
        .map(|line| prose::filled(line.trim(), face.width, "  ") + "\n");
    lines.collect()
}

/// The inputs that can be told from nothing over all years, then those that can in some year.
fn ever_told(of: &OfOutcome) -> Vec<&Found> {
    let last = of.all_years.as_ref().unwrap_or(&of.finding);
    let mut inputs: Vec<&Found> = last.told().collect();
    for found in of.over_time.iter().flat_map(|at| at.finding.told()) {
        if !inputs.iter().any(|of| of.factor == found.factor) {
            inputs.push(found);
        }
    }
    inputs
}

fn over_time(args: &Args, face: &Face, of: &OfOutcome) -> String {
    let years = &of.over_time;
    let last = of.all_years.as_ref().unwrap_or(&of.finding);
    let mut inputs = ever_told(of);
    let shown_at_most = if args.all { inputs.len() } else { ROWS };
    inputs.truncate(shown_at_most);
    let mut text = heading(face, &format!("Over time: {}", of.label));
    let span = |at: usize| {
        years
            .get(at)
            .map_or_else(String::new, |of| of.at.to_string())
    };
    if inputs.is_empty() {
        return text + "  no input can be told from one that does nothing in any year\n";
    }
    let mut sheet = Sheet::new(
        face,
        [
            Column::Words("input"),
            Column::Words("year by year"),
            Column::Words("most in"),
            Column::Words("then"),
            Column::Words("over all years"),
        ],
    );
    let value = |factor: usize, at: usize| {
        let found = years[at]
            .finding
            .inputs
            .iter()
            .find(|of| of.factor == factor);
        found
            .and_then(|of| of.measures.first())
            .map(|of| of.estimate)
    };
    let most = (0..years.len())
        .flat_map(|at| {
            inputs
                .iter()
                .filter_map(move |of| Some(value(of.factor, at)?.value))
        })
        .fold(0.0, f64::max);
    for of_input in inputs {
        let factor = of_input.factor;
        let course: Vec<f64> = (0..years.len())
            .map(|at| value(factor, at).map_or(f64::NAN, |of| of.value.max(0.0)))
            .collect();
        let peak = (0..years.len())
            .filter(|at| course[*at].is_finite())
            .max_by(|one, other| course[*one].total_cmp(&course[*other]));
        let whole = last.inputs.iter().find(|of| of.factor == factor);
        let whole = whole
            .filter(|_| of.all_years.is_some())
            .and_then(|of| of.measures.first());
        sheet.row([
            Word::new(Tone::Strong, of_input.input.as_str()),
            Word::new(Tone::Picture, spark::curve(&course, 0.0, most)),
            peak.map(span).unwrap_or_default().into(),
            peak.map_or_else(String::new, |at| shown(value(factor, at).as_ref()))
                .into(),
            shown(whole.map(|of| &of.estimate)).into(),
        ]);
    }
    text += &sheet.text();
    text += &face.aside(&format!(
        "{} to {}; one scale for all",
        span(0),
        span(years.len().saturating_sub(1))
    ));
    text
}

/// A line for each further outcome.
fn others(face: &Face, rest: &[OfOutcome]) -> String {
    let mut sheet = Sheet::new(
        face,
        [
            Column::Wide("outcome", 28),
            Column::Words("luck"),
            Column::Prose("moved most by"),
        ],
    );
    for of in rest {
        let share = of.finding.luck.and_then(|luck| luck.share);
        let told: Vec<String> = of
            .finding
            .told()
            .take(NAMED)
            .map(|found| {
                let lead = found
                    .measures
                    .first()
                    .map(|of| estimate::value(&of.estimate));
                format!("{} {}", found.input, lead.unwrap_or_default())
            })
            .collect();
        let more = of.finding.told().count().saturating_sub(told.len());
        let words = match (&of.finding.nothing, told.is_empty()) {
            (Some(why), _) => why.clone(),
            (None, true) => "nothing that can be told".to_owned(),
            (None, false) if more > 0 => format!("{}, {more} more", told.join(", ")),
            (None, false) => told.join(", "),
        };
        sheet.row([
            of.name.as_str().into(),
            share
                .map_or_else(|| "–".to_owned(), |of| estimate::value(&of))
                .into(),
            words.into(),
        ]);
    }
    heading(face, "The other outcomes") + &sheet.text()
}

/// What was left out, and what failed.
fn notes(face: &Face, subject: &Subject, report: &Report) -> String {
    let mut text = String::from("\n");
    let rest = subject.factors.iter().find(|of| of.is_rest);
    if let Some(rest) = rest.filter(|_| report.method != Method::GivenData) {
        let words = format!(
            "the {} uncertain inputs that are not named move together as one",
            rest.leaves.len()
        );
        text += &face.aside(&words);
    }
    if !subject.independent.is_empty() {
        let words = format!(
            "{} inputs are taken as independent, and the scenario correlates {}; --method given-data keeps that",
            face.paint.doubt("warning:"),
            subject.independent.join(", ")
        );
        text += &format!("{}\n", prose::filled(&words, face.width, "  "));
    }
    for outcome in &subject.times.without {
        text += &face.aside(&format!("{outcome} has no years of its own"));
    }
    text + &failed(face, report)
}

fn failed(face: &Face, report: &Report) -> String {
    let failed = &report.failed;
    if failed.replicates == 0 {
        return face.aside("no history failed");
    }
    let kinds: Vec<String> = failed
        .kinds
        .iter()
        .map(|(kind, n)| format!("{kind} {n}"))
        .collect();
    let mut text = format!(
        "  {} of {} failed ({})\n",
        face.paint.bad(&number::count(failed.replicates)),
        histories(failed.of),
        kinds.join(", ")
    );
    match &failed.drivers {
        None => text += &face.aside("too few to tell which inputs make histories fail"),
        Some(drivers) if drivers.is_empty() => {
            text += &face.aside("failed histories have no inputs that differ from the rest");
        }
        Some(drivers) => {
            for driver in drivers.iter().take(NAMED) {
                text += &format!(
                    "  where they fail {} is {}, median {} instead of {}\n",
                    driver.input,
                    if driver.part.larger > 0.5 {
                        "larger"
                    } else {
                        "smaller"
                    },
                    plain(driver.part.median_with),
                    plain(driver.part.median_without),
                );
            }
        }
    }
    text
}

/// The range in which nine tenths of an uncertain input's draws lie.
pub(super) fn usual_range(scenario: &Scenario, leaf: Leaf) -> Option<(f64, f64)> {
    let of = scenario.uncertainties.iter().find(|of| of.leaf == leaf)?;
    let info = scenario.leaves.info(leaf);
    let quantile = |share| foedera_ensemble::quantile(&of.distribution, info, share);
    let (low, high) = (quantile(0.05), quantile(0.95));
    (low < high).then_some((low, high))
}
