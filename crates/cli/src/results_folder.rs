//! Folders of results: opening one, checking that it is whole, choosing where a new run goes.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use foedera_results::{
    Estimate, Results, ResultsError,
    manifest::{self, Manifest, RunStatus},
    open::{self, Values},
    series::SeriesPoint,
};

use crate::failure::Failure;

/// Numbered folders tried beside one another.
const FOLDERS_MAX: u32 = 1000;

/// Where a run goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Into this folder, which is free.
    Fresh(PathBuf),
    /// Nowhere: this folder holds the whole answer to the same request.
    Answered(PathBuf),
}

/// Opens a folder of results.
///
/// # Errors
/// If it is none, is unfinished or broken.
pub(crate) fn open(folder: &Path) -> Result<Results, Failure> {
    if folder.is_file() {
        return Err(Failure::NoResults {
            path: folder.to_path_buf(),
        });
    }
    Ok(Results::open(folder)?)
}

/// Chooses the folder of a run that names none: `out/NAME`, unless it holds something else, then
/// `out/NAME-2` and so on; a folder with the whole answer to the same request is used again.
///
/// # Errors
/// If a thousand of them are taken.
pub(crate) fn choose(name: &str, asked: &impl Fn(&Manifest) -> bool) -> Result<Place, Failure> {
    let first = Path::new("out").join(name);
    for number in 1..=FOLDERS_MAX {
        let folder = if number == 1 {
            first.clone()
        } else {
            Path::new("out").join(format!("{name}-{number}"))
        };
        if is_free(&folder) {
            return Ok(Place::Fresh(folder));
        }
        if answers(&folder, asked) {
            return Ok(Place::Answered(folder));
        }
    }
    Err(Failure::NotEmpty { path: first })
}

/// Whether nothing is there, or an empty folder.
fn is_free(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => fs::symlink_metadata(folder).is_err(),
    }
}

/// Whether a folder holds the whole, unharmed answer to a request.
fn answers(folder: &Path, asked: &impl Fn(&Manifest) -> bool) -> bool {
    let Ok(manifest) = open::read_manifest(folder) else {
        return false;
    };
    manifest.status == RunStatus::Complete
        && asked(&manifest)
        && is_of_this_build(folder)
        && is_whole(folder, &manifest)
}

/// Whether the results are younger than the program: an older one may have had another law.
fn is_of_this_build(folder: &Path) -> bool {
    let age = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    let program = env::current_exe().ok().and_then(|path| age(&path));
    let results = age(&folder.join(manifest::MANIFEST_FILE));
    matches!((program, results), (Some(program), Some(results)) if program <= results)
}

/// Whether every file of the manifest is there, byte by byte.
fn is_whole(folder: &Path, manifest: &Manifest) -> bool {
    manifest.files.iter().all(|entry| {
        let bytes = fs::read(folder.join(&entry.name));
        bytes.is_ok_and(|bytes| manifest::sha256(&bytes) == entry.sha256)
    })
}

/// Quantiles over time, `[arm][measure][step]`, from `series.parquet`.
///
/// # Errors
/// If the table is missing or broken.
pub(crate) fn series(results: &Results) -> Result<Vec<Vec<Vec<Option<SeriesPoint>>>>, Failure> {
    const COLUMNS: [&str; 23] = [
        "policy",
        "measure",
        "step",
        "n",
        "sd",
        "mean",
        "mean_low",
        "mean_high",
        "q05",
        "q05_low",
        "q05_high",
        "q25",
        "q25_low",
        "q25_high",
        "q50",
        "q50_low",
        "q50_high",
        "q75",
        "q75_low",
        "q75_high",
        "q95",
        "q95_low",
        "q95_high",
    ];
    let columns = results.columns("series", &COLUMNS)?;
    let layout = &results.manifest.layout;
    let empty = vec![vec![None; layout.steps.len()]; layout.measures.len()];
    let mut series = vec![empty; layout.arms.len()];
    let broken = || {
        Failure::from(ResultsError::Mismatch {
            path: results.dir().join("series.parquet"),
            what: "its rows are not those of the layout",
        })
    };
    let (Some(arms), Some(measures)) = (columns[0].names(), columns[1].names()) else {
        return Err(broken());
    };
    for (row, (arm, measure)) in arms.iter().zip(measures).enumerate() {
        let place = (
            layout.arm(arm),
            layout.measure(measure),
            count(&columns[2], row),
        );
        let (Some(arm), Some(measure), Some(step)) = place else {
            return Err(broken());
        };
        let cell = usize::try_from(step)
            .ok()
            .and_then(|step| series[arm][measure].get_mut(step));
        *cell.ok_or_else(broken)? = point(&columns[3..], row);
    }
    Ok(series)
}

fn number(values: &Values, row: usize) -> Option<f64> {
    values
        .numbers()?
        .get(row)
        .copied()
        .filter(|value| value.is_finite())
}

fn count(values: &Values, row: usize) -> Option<u64> {
    let value = number(values, row)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts are whole and fit"
    )]
    let count = (value >= 0.0).then_some(value as u64);
    count
}

/// One row: n, sd, then value, low and high of the mean and of five quantiles.
fn point(columns: &[Values], row: usize) -> Option<SeriesPoint> {
    let n = count(&columns[0], row)?;
    let estimate = |idx: usize| {
        let [value, low, high] = [0, 1, 2].map(|part| number(&columns[2 + 3 * idx + part], row));
        let value = value?;
        // An end that the sample is too small to bound is absent.
        Some(Estimate {
            value,
            low: low.unwrap_or(f64::NEG_INFINITY),
            high: high.unwrap_or(f64::INFINITY),
            n,
        })
    };
    let quantiles = [
        estimate(1)?,
        estimate(2)?,
        estimate(3)?,
        estimate(4)?,
        estimate(5)?,
    ];
    Some(SeriesPoint {
        n,
        mean: estimate(0)?,
        sd: number(&columns[1], row)?,
        quantiles,
    })
}
