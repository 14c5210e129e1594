//! The full ledger of one replicate: at each tabling, every term of every party's value, and its answer.

use std::collections::BTreeMap;

use foedera_ensemble::{History, Which, ledger};
use foedera_results::Results;
use foedera_scenario::Scenario;
use foedera_sim::{
    Isa,
    batch::{DECIDING_TERMS, Decision, Happening, LedgerEntry},
};
use serde_json::{Value, json};

use super::{Args, Rerun};
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    sheet::{Column, Sheet, Tone, Word},
};

/// One tabling with what every party made of every rung.
pub(super) struct Tabling<'a> {
    pub(super) decision: &'a Decision,
    entries: Vec<&'a LedgerEntry>,
    /// Who was compensated.
    paid: Option<u32>,
}

/// Lets one replicate happen again and prints its ledger.
pub(super) fn tell(
    args: &Args,
    face: &Face,
    results: &Results,
    arm: usize,
    wanted: &[usize],
    replicate: u64,
) -> Result<Exit, Failure> {
    let last = results.manifest.completed.saturating_sub(1);
    if replicate > last {
        return Err(Failure::NoSuchReplicate { replicate, last });
    }
    let rerun = Rerun::new(args, results, arm, 1)?;
    let scenario = &rerun.scenario;
    let which = Which {
        replicate,
        seed: rerun.sample.seed,
        design: rerun.sample.design,
        policy: rerun.sample.policy,
        stances: rerun.sample.stances,
        isa: Isa::detect(),
    };
    let history = foedera_ensemble::replay(scenario, &rerun.program, which)?;
    let tablings: Vec<Tabling<'_>> = tablings(&history)
        .into_iter()
        .filter(|one| wanted.contains(&(one.decision.initiative as usize)))
        .collect();
    if face.json {
        let all: Vec<Value> = tablings.iter().map(|one| value(scenario, one)).collect();
        face.document(&json!({
            "replicate": replicate, "seed": which.seed, "policy": results.manifest.layout.arms[arm].id,
            "terms": DECIDING_TERMS, "tablings": all,
        }))?;
    } else {
        face.data(&text(args, face, scenario, replicate, &tablings))?;
    }
    let folder = shell_word(&args.folder.display().to_string());
    face.next(&format!("foedera replay {folder} --replicate {replicate}"));
    Ok(Exit::Good)
}

/// The tablings of a history in order, each with its part of the ledger.
pub(super) fn tablings(history: &History) -> Vec<Tabling<'_>> {
    let outcome = &history.outcome;
    let mut ledger: BTreeMap<(u32, u32), Vec<&LedgerEntry>> = BTreeMap::new();
    for entry in outcome.ledger.iter().filter(|entry| entry.lane == 0) {
        let key = (entry.step, entry.initiative);
        ledger.entry(key).or_default().push(entry);
    }
    let paid = |decision: &Decision| {
        outcome.events.iter().find_map(|event| match event.what {
            Happening::Paid {
                initiative, actor, ..
            } if event.lane == 0
                && event.step == decision.step
                && initiative == decision.initiative =>
            {
                Some(actor)
            }
            _ => None,
        })
    };
    let decisions = outcome.decisions.iter().filter(|one| one.lane == 0);
    decisions
        .map(|decision| Tabling {
            decision,
            entries: ledger
                .get(&(decision.step, decision.initiative))
                .cloned()
                .unwrap_or_default(),
            paid: paid(decision),
        })
        .collect()
}

impl Tabling<'_> {
    /// The lowest rung that was valued.
    fn lowest(&self) -> Option<u32> {
        self.entries.iter().map(|entry| entry.rung).min()
    }

    /// The rung whose refusal or adoption decided: the shallowest that failed, else the adopted one.
    fn at_stake(&self) -> Option<u32> {
        Some(ledger::at_stake(self.decision, self.lowest()?))
    }

    /// What a party answered to a rung.
    fn answer(&self, rung: u32, actor: u32) -> &'static str {
        let lowest = self.lowest().unwrap_or(rung);
        ledger::answer(self.decision, self.paid, lowest, (rung, actor)).name()
    }
}

fn text(
    args: &Args,
    face: &Face,
    scenario: &Scenario,
    replicate: u64,
    tablings: &[Tabling<'_>],
) -> String {
    let mut text = format!(
        "{}\nLedger of replicate {replicate}, in thousandths of utility\n",
        face.paint.strong(&scenario.title)
    );
    text += &tables(args, face, scenario, tablings);
    if tablings.is_empty() {
        text += "  Nothing was tabled.\n";
    }
    text
}

/// Each tabling with the parties' values of the rung that decided, or of all.
pub(super) fn tables(
    args: &Args,
    face: &Face,
    scenario: &Scenario,
    tablings: &[Tabling<'_>],
) -> String {
    let mut text = String::new();
    for tabling in tablings {
        let decision = tabling.decision;
        let initiative = &scenario.initiatives[decision.initiative as usize];
        let month = scenario.time.month_of(decision.step as usize);
        let verdict = decision.adopted.map_or_else(
            || "nothing adopted".to_owned(),
            |rung| format!("{} adopted", initiative.ladder[rung as usize].id),
        );
        text += &format!(
            "\n{month}  {}  {verdict}\n",
            face.paint.strong(&initiative.id)
        );
        let mut rungs: Vec<u32> = tabling.entries.iter().map(|entry| entry.rung).collect();
        rungs.dedup();
        let stake = tabling.at_stake();
        for rung in rungs
            .into_iter()
            .filter(|rung| args.all || stake == Some(*rung))
        {
            text += &format!("  {}\n", initiative.ladder[rung as usize].id);
            text += &table(face, scenario, tabling, rung);
        }
    }
    text
}

/// The parties of one rung; terms that are nothing to anybody are left out.
fn table(face: &Face, scenario: &Scenario, tabling: &Tabling<'_>, rung: u32) -> String {
    let entries: Vec<&&LedgerEntry> = tabling
        .entries
        .iter()
        .filter(|entry| entry.rung == rung)
        .collect();
    let shown: Vec<usize> = (0..DECIDING_TERMS.len())
        .filter(|&term| {
            let thousandths = |entry: &&&LedgerEntry| thousandths(entry.parts[term]) != "0";
            entries.iter().any(thousandths)
        })
        .collect();
    let mut columns = vec![Column::Words("party")];
    columns.extend(
        shown
            .iter()
            .map(|&term| Column::Number(DECIDING_TERMS[term])),
    );
    columns.extend([Column::Number("value"), Column::Words("answer")]);
    let mut sheet = Sheet::new(face, columns);
    for entry in entries {
        let id = scenario.world.actors[entry.actor as usize].id.as_str();
        let answer = tabling.answer(rung, entry.actor);
        let tone = if answer.starts_with("no") {
            Tone::Bad
        } else {
            Tone::Plain
        };
        let mut row = vec![Word::new(Tone::Strong, id)];
        row.extend(
            shown
                .iter()
                .map(|&term| Word::from(thousandths(entry.parts[term]))),
        );
        row.extend([thousandths(entry.value).into(), Word::new(tone, answer)]);
        sheet.row(row);
    }
    sheet.text()
}

/// A number of utility in whole thousandths.
fn thousandths(value: f32) -> String {
    let rounded = (f64::from(value) * 1000.0).round();
    // No minus sign before nothing.
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// A tabling for programs.
pub(super) fn value(scenario: &Scenario, tabling: &Tabling<'_>) -> Value {
    let decision = tabling.decision;
    let initiative = &scenario.initiatives[decision.initiative as usize];
    let actor = |idx: u32| scenario.world.actors[idx as usize].id.as_str();
    let entries: Vec<Value> = tabling
        .entries
        .iter()
        .map(|entry| {
            let terms: serde_json::Map<String, Value> = DECIDING_TERMS
                .iter()
                .zip(entry.parts)
                .map(|(term, part)| ((*term).to_owned(), json!(part)))
                .collect();
            json!({
                "rung": initiative.ladder[entry.rung as usize].id, "actor": actor(entry.actor),
                "terms": terms, "value": entry.value, "answer": tabling.answer(entry.rung, entry.actor),
            })
        })
        .collect();
    json!({
        "month": scenario.time.month_of(decision.step as usize).to_string(),
        "initiative": initiative.id,
        "adopted": decision.adopted.map(|rung| initiative.ladder[rung as usize].id.as_str()),
        "blockers": decision.blockers.iter().map(|one| actor(one.actor)).collect::<Vec<_>>(),
        "pivotal": decision.pivotal.map(actor),
        "paid": tabling.paid.map(actor),
        "parties": entries,
    })
}
