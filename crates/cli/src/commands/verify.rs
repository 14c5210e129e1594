//! `foedera verify OUT`: every file against its hash, sums against rows, and a sample of replicates run again and
//! compared cell by cell.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use foedera_ensemble::{Before, Silent};
use foedera_results::{
    BlockRecord, Manifest, ResultsError, Sink,
    manifest::{MANIFEST_FILE, RunStatus},
    open,
    output::{self, Difference},
};
use serde_json::json;

use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    making, number,
    sheet::{Column, Sheet, Tone, Word},
    work::Order,
};

/// Replicates of a block: what is run again at a time.
const BLOCK: u64 = foedera_sim::lanes::LANES as u64;
/// Differences that are shown.
const SHOWN: usize = 10;

/// What to verify.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run or of a shard
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// Replicates to run again, in blocks of 64; 0 for none
    #[arg(long, value_name = "K", default_value = "256")]
    sample: u64,
    /// Worker threads [default: all cores]
    #[arg(long, value_parser = crate::command_line::threads)]
    threads: Option<u16>,
}

/// What was found.
#[derive(Default)]
struct Report {
    damaged: Vec<(String, String)>,
    sums: Vec<String>,
    again: u64,
    not_again: Option<String>,
    differences: Vec<Difference>,
}

impl Report {
    fn is_good(&self) -> bool {
        self.damaged.is_empty() && self.sums.is_empty() && self.differences.is_empty()
    }
}

/// Keeps the rows of the blocks that are run again.
#[derive(Default)]
struct Keep(Vec<BlockRecord>);

impl Sink for Keep {
    fn block(&mut self, record: &BlockRecord) -> Result<(), ResultsError> {
        self.0.push(record.clone());
        Ok(())
    }
}

/// Verifies it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let manifest = open::read_manifest(folder)?;
    if manifest.status == RunStatus::Running {
        let path = folder.clone();
        return Err(Failure::Results(ResultsError::Unfinished { path }));
    }
    let mut report = Report {
        damaged: output::damaged_files(folder, &manifest),
        ..Report::default()
    };
    if !manifest.is_sound() {
        let wrong = "it is not as the run wrote it: its seal does not fit".to_owned();
        report.damaged.push((MANIFEST_FILE.to_owned(), wrong));
    }
    if report.damaged.is_empty() {
        report.sums = output::check_sums(folder, &manifest);
        run_again(args, &manifest, &mut report)?;
    }
    if face.json {
        face.document(&document(&manifest, &report))?;
    } else {
        face.data(&text(face, &manifest, &report))?;
    }
    if !report.is_good() {
        return Err(Failure::NotTheSame {
            what: format!("{} is not what its run wrote", folder.display()),
            help: "make it again: `foedera reproduce` its manifest into a new folder".to_owned(),
        });
    }
    let name = shell_word(&folder.display().to_string());
    face.next(&format!("foedera reproduce {name} -o {name}-again"));
    Ok(Exit::Good)
}

/// Runs a sample of blocks again and compares their rows.
fn run_again(args: &Args, manifest: &Manifest, report: &mut Report) -> Result<(), Failure> {
    if args.sample == 0 || manifest.completed == 0 {
        return Ok(());
    }
    if let Some(other) = making::other_program(manifest) {
        report.not_again = Some(format!("{other} made it, and its law may be another"));
        return Ok(());
    }
    let mut order = making::order_of(&args.folder, manifest, args.threads)?;
    making::refuse_other_program(&args.folder, manifest, &order)?;
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    for block in sample(manifest, args.sample.div_ceil(BLOCK)) {
        let rows = rows_of(&mut order, manifest, block, &interrupt)?;
        for record in &rows {
            let found = output::check_rows(&args.folder, manifest, record)?;
            report.differences.extend(found);
            report.again += record.n as u64;
        }
    }
    Ok(())
}

/// Lets one block happen again.
fn rows_of(
    order: &mut Order,
    manifest: &Manifest,
    block: u64,
    interrupt: &Interrupt,
) -> Result<Vec<BlockRecord>, Failure> {
    let offset = block * BLOCK;
    order.request.first = manifest.first() + offset;
    order.request.n = BLOCK.min(manifest.completed - offset);
    let mut keep = Keep::default();
    foedera_ensemble::run_on(
        &order.scenario,
        &order.program,
        &order.request,
        Before::default(),
        &mut keep,
        &Silent,
        interrupt.flag(),
    )?;
    Ok(keep.0)
}

/// Blocks to run again, spread over the run: one in each of equal stretches, its place in it chosen by the seed.
fn sample(manifest: &Manifest, wanted: u64) -> Vec<u64> {
    let blocks = manifest.completed.div_ceil(BLOCK);
    let wanted = wanted.min(blocks);
    let stretch = |idx: u64| (u128::from(blocks) * u128::from(idx) / u128::from(wanted)) as u64;
    (0..wanted)
        .map(|idx| {
            let (from, to) = (stretch(idx), stretch(idx + 1));
            from + mixed(manifest.origin.seed ^ idx) % (to - from)
        })
        .collect()
}

/// A number that looks like chance (Steele, Lea and Flood, `SplitMix64`).
const fn mixed(key: u64) -> u64 {
    let z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn document(manifest: &Manifest, report: &Report) -> serde_json::Value {
    let differences: Vec<_> = report
        .differences
        .iter()
        .map(|of| {
            json!({ "table": of.table, "replicate": of.replicate, "column": of.column,
                    "file": of.file, "again": of.again })
        })
        .collect();
    let damaged: Vec<_> = report
        .damaged
        .iter()
        .map(|(name, wrong)| json!({ "name": name, "wrong": wrong }))
        .collect();
    json!({
        "good": report.is_good(),
        "files": manifest.files.len(),
        "damaged": damaged,
        "sums": report.sums,
        "run_again": report.again,
        "not_run_again": report.not_again,
        "differences": differences,
    })
}

fn text(face: &Face, manifest: &Manifest, report: &Report) -> String {
    let mut sheet = Sheet::new(face, [Column::Words(""), Column::Prose("")]);
    let mut row = |good: bool, words: String| {
        let (tone, sign) = if good {
            (Tone::Good, "good")
        } else {
            (Tone::Bad, "BAD")
        };
        sheet.row([Word::new(tone, sign), words.into()]);
    };
    if report.damaged.is_empty() {
        let files = number::counted(manifest.files.len() as u64, "file");
        row(
            true,
            format!("{files}: hashes, lengths and rows are those of the manifest"),
        );
        if report.sums.is_empty() {
            row(true, "sums and histograms fit the rows".to_owned());
        }
    }
    for (name, wrong) in &report.damaged {
        row(false, format!("{name}: {wrong}"));
    }
    for wrong in &report.sums {
        row(false, wrong.clone());
    }
    if report.again > 0 && report.differences.is_empty() {
        row(
            true,
            format!(
                "{} run again: every input, outcome and event is the same, bit for bit",
                number::counted(report.again, "replicate")
            ),
        );
    }
    for of in report.differences.iter().take(SHOWN) {
        let place = if of.column.is_empty() {
            format!("{}, from replicate {}", of.table, of.replicate)
        } else {
            format!("{}, replicate {}, {}", of.table, of.replicate, of.column)
        };
        row(
            false,
            format!("{place}: the file has {}, run again {}", of.file, of.again),
        );
    }
    if report.differences.len() > SHOWN {
        let more = report.differences.len() - SHOWN;
        row(false, format!("and {} more", number::count(more as u64)));
    }
    if let Some(why) = &report.not_again {
        sheet.row([
            Word::new(Tone::Doubt, "open"),
            format!("no replicate was run again: {why}").into(),
        ]);
    }
    format!(
        "{}\n{}",
        face.paint.strong(&manifest.origin.title),
        sheet.text()
    )
}

#[cfg(test)]
mod tests {
    use foedera_results::Layout;

    use super::*;

    #[test]
    fn blocks_are_spread_and_each_is_chosen_once() {
        let layout = Layout {
            arms: Vec::new(),
            inputs: Vec::new(),
            outcomes: Vec::new(),
            measures: Vec::new(),
            steps: Vec::new(),
            initiatives: Vec::new(),
            actors: Vec::new(),
            terms: Vec::new(),
            event_kinds: Vec::new(),
            fault_kinds: Vec::new(),
            labels: Vec::new(),
        };
        let text = r#"{"program":"","version":"","catalogue_sha256":"","command":[],"scenario":"","title":"",
            "question":"","headline":null,"texts":[],"overrides":[],"stances":true,"seed":5,"first":0,"n":1000}"#;
        let origin = serde_json::from_str(text).expect("an origin");
        let mut manifest = Manifest::running(origin, layout);
        manifest.completed = 1000;
        for wanted in [1, 3, 15, 16, 400] {
            let blocks = sample(&manifest, wanted);
            assert_eq!(blocks.len() as u64, wanted.min(16));
            assert!(blocks.is_sorted_by(|a, b| a < b), "{blocks:?}");
            assert!(blocks.iter().all(|block| *block < 16), "{blocks:?}");
        }
        assert_eq!(sample(&manifest, 16), (0..16).collect::<Vec<_>>());
    }
}
