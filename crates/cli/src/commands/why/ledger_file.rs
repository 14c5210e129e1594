//! `why OUT --ledger N -o FILE.parquet`: the full ledgers of the first replicates as a table.

use std::path::{Path, PathBuf};

use foedera_results::{Results, output::ledger::LedgerWriter};

use super::Args;
use crate::{
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    interrupt::Interrupt,
    number,
    past_run::PastRun,
};

/// Writes it.
pub(super) fn write(args: &Args, face: &Face, results: &Results, n: u64) -> Result<Exit, Failure> {
    let path = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from("ledger.parquet"));
    if path.extension().is_none_or(|ending| ending != "parquet") {
        return Err(Failure::Refused {
            what: format!("{}: a ledger is a Parquet file", path.display()),
            help: "give a name that ends in .parquet, as in -o ledger.parquet".to_owned(),
        });
    }
    if path.exists() && !args.table.force {
        return Err(Failure::Exists { path });
    }
    let policy = args.policy.as_deref();
    let Some((done, rows)) = ledgers(face, results.dir(), policy, (&path, n))? else {
        return Ok(Exit::Interrupted);
    };
    if face.json {
        face.document(&serde_json::json!({
            "file": path.display().to_string(), "replicates": done, "rows": rows,
        }))?;
    } else {
        face.data(&path.display().to_string())?;
    }
    let folder = shell_word(&args.folder.display().to_string());
    face.next(&format!("foedera why {folder} --replicate 0"));
    Ok(Exit::Good)
}

/// Writes the ledgers of the first `n` replicates of a run, under one of its policies or all of them, and gives the
/// numbers of replicates and rows. Nothing is written if interrupted.
pub(crate) fn ledgers(
    face: &Face,
    run: &Path,
    policy: Option<&str>,
    (path, n): (&Path, u64),
) -> Result<Option<(u64, u64)>, Failure> {
    let past = PastRun::open(face, run, policy, None)?;
    let manifest = &past.results.manifest;
    let mut request = past.order.request.clone();
    let mut of_file = manifest.clone();
    if policy.is_some() {
        of_file.layout.arms = vec![manifest.layout.arms[past.arm].clone()];
    } else {
        let ids = manifest.layout.arms.iter().map(|arm| arm.id.clone());
        request.policies = crate::work::policies(past.scenario(), &ids.collect::<Vec<_>>())?;
    }
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut writer = LedgerWriter::create(folder, name.unwrap_or("ledger"), &of_file);
    let interrupt = Interrupt::listen().map_err(Failure::Signals)?;
    let mut hear = |rows: &[_]| {
        writer.append(rows);
        Ok(())
    };
    let (scenario, program) = (past.scenario(), &past.order.program);
    let stop = interrupt.flag();
    let done = foedera_ensemble::ledger::ledgers(scenario, program, &request, n, &mut hear, stop)?;
    if done < n.min(manifest.completed) {
        face.note("interrupted: no ledger is written of a part of the replicates");
        return Ok(None);
    }
    let rows = writer.finish()?.rows.unwrap_or(0);
    face.note(&format!(
        "ledgers of {}, {}",
        number::counted(done, "replicate"),
        number::counted(rows, "row")
    ));
    Ok(Some((done, rows)))
}
