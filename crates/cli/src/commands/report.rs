//! `foedera report OUT -o report.html`: one self-contained page of what a run found, or the same as Markdown.
//!
//! Most of it is read from what every run keeps. Single histories, ties at dates and what membership is worth are had by
//! letting a few of the run's replicates happen again, with the same bits ([`again`]); tables are read in [`tables`]; the
//! plain parts are written in [`words`]. Sections and figures are made by `foedera_analysis::report`.

mod again;
mod tables;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args as ClapArgs, ValueEnum};
use foedera_analysis::{
    figure::{
        Caption,
        fan::{Mark, MarkKind},
    },
    report::{
        Report, Section,
        adoption::{self, Adopted},
        blocking,
        cohesion::{self, Course},
        drivers::{self, Drivers},
        html, markdown,
        members::{self, Members},
        policies,
        region::{self, Region},
        storylines,
    },
};
use foedera_results::{Layout, Results, series::SeriesPoint};
use serde_json::json;

use self::{again::Again, tables::Events};
use crate::{
    answer::{self, Answer},
    exit::Exit,
    face::{Face, shell_word},
    failure::Failure,
    number, results_folder,
};

/// Form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One self-contained page
    Html,
    /// Markdown, with a folder of SVG files beside it
    Md,
}

/// Which report of which results.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a run
    #[arg(value_name = "OUT")]
    folder: PathBuf,
    /// The file to write [default: report.html, or report.md]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Form of the report [default: by the file's ending, else html]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Overwrites existing files
    #[arg(long)]
    force: bool,
}

/// Writes it.
pub(crate) fn run(args: &Args, face: &Face) -> Result<Exit, Failure> {
    let (path, format) = target(args);
    let figures = path.with_extension("").with_extension("figures");
    let mut taken = vec![&path];
    taken.extend((format == Format::Md).then_some(&figures));
    if let Some(path) = taken.into_iter().find(|path| path.exists() && !args.force) {
        return Err(Failure::Exists { path: path.clone() });
    }
    let results = results_folder::open(&args.folder)?;
    let report = report(args, face, &results)?;
    let text = match format {
        Format::Html => html::page(&report),
        Format::Md => {
            write_figures(&report, &figures)?;
            let folder = figures.file_name().unwrap_or_default().to_string_lossy();
            markdown::text(&report, &folder)
        }
    };
    write(&path, &text)?;
    let file = path.display().to_string();
    if face.json {
        face.document(&document(&report, &file, text.len()))?;
    } else {
        face.data(&file)?;
        let charts = report.charts().len();
        face.note(&format!(
            "{} with {} and their data; it needs no network",
            number::bytes(text.len() as u64),
            number::counted(charts as u64, "chart")
        ));
    }
    let folder = shell_word(&args.folder.display().to_string());
    face.next(&format!("foedera why {folder}"));
    Ok(Exit::Good)
}

/// File and form.
fn target(args: &Args) -> (PathBuf, Format) {
    let by_ending = args
        .output
        .as_deref()
        .and_then(Path::extension)
        .map(|ending| {
            if ending == "md" {
                Format::Md
            } else {
                Format::Html
            }
        });
    let format = args.format.or(by_ending).unwrap_or(Format::Html);
    let default = match format {
        Format::Html => "report.html",
        Format::Md => "report.md",
    };
    (
        args.output
            .clone()
            .unwrap_or_else(|| PathBuf::from(default)),
        format,
    )
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::File {
        action: "write",
        path: path.to_path_buf(),
        error,
    })
}

/// Writes each picture to a file of its own.
fn write_figures(report: &Report, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::File {
        action: "write",
        path: folder.to_path_buf(),
        error,
    })?;
    for chart in report.charts() {
        write(&folder.join(format!("{}.svg", chart.id)), &chart.figure.svg)?;
    }
    Ok(())
}

fn document(report: &Report, file: &str, bytes: usize) -> serde_json::Value {
    let charts: Vec<_> = report
        .charts()
        .iter()
        .map(|chart| json!({ "id": chart.id, "title": chart.figure.title, "description": chart.figure.description }))
        .collect();
    let sections: Vec<_> = report
        .sections
        .iter()
        .map(|section| json!({ "id": section.id, "title": section.title }))
        .collect();
    json!({ "file": file, "bytes": bytes, "title": report.title, "sections": sections, "charts": charts })
}

/// Everything that is known of a run, ready for the sections. They tell of the first policy that was run.
struct Known<'a> {
    results: &'a Results,
    layout: &'a Layout,
    series: Vec<Vec<Vec<Option<SeriesPoint>>>>,
    events: Events,
    again: Again,
    source: String,
}

impl Known<'_> {
    /// What figures of the whole run say below.
    fn caption(&self) -> Caption<'_> {
        let arm = &self.layout.arms[0].id;
        Caption {
            source: &self.source,
            policy: (arm != foedera_ensemble::BASE).then_some(arm.as_str()),
        }
    }
}

fn report(args: &Args, face: &Face, results: &Results) -> Result<Report, Failure> {
    let origin = &results.manifest.origin;
    let layout = &results.manifest.layout;
    let replicates = number::count(results.aggregates.arms[0].n_good());
    let known = Known {
        results,
        layout,
        series: results_folder::series(results)?,
        events: Events::read(results)?,
        again: Again::new(&args.folder, face, results)?,
        source: format!(
            "{} · {replicates} replicates · seed {}",
            origin.title, origin.seed
        ),
    };
    let answer = Answer::read(results, None)?;
    let sentences = answer::sentences(&answer);
    let mut sections = vec![words::answer(&known, &sentences)];
    sections.extend(of_the_run(&known)?);
    sections.push(words::inputs(&known.again.scenario));
    sections.push(words::method(&known, args));
    Ok(Report {
        title: origin.title.clone(),
        question: origin.question.clone(),
        source: words::made_from(results),
        sections,
    })
}

/// The sections that show charts.
fn of_the_run(known: &Known<'_>) -> Result<Vec<Section>, Failure> {
    let (layout, caption) = (known.layout, known.caption());
    let decisions = &known.results.aggregates.arms[0].decisions;
    let courses = known.events.courses(layout);
    let histories = known.again.histories(known.results)?;
    let mut sections = vec![
        cohesion::section(
            &cohesion_courses(known, &histories),
            &layout.steps,
            &marks(known, &courses),
            caption,
        ),
        adoption::section(&Adopted {
            layout,
            decisions,
            courses: &courses,
            caption,
        }),
        blocking::section(layout, decisions, caption),
    ];
    let causes = known.events.causes();
    let members = known.again.members(&known.events)?;
    let few = known.again.source(known.results, known.again.n_worth());
    let again = Caption {
        source: &few,
        ..caption
    };
    sections.extend(members::section(&Members {
        layout,
        org: known.again.org(),
        members: &members,
        causes: &causes,
        replicates: decisions.replicates,
        caption,
        again,
    }));
    let few = known.again.source(known.results, known.again.n_ties());
    let (actors, dates) = known.again.region()?;
    sections.extend(region::section(&Region {
        org: known.again.org(),
        actors: &actors,
        dates: &dates,
        caption: Caption {
            source: &few,
            ..caption
        },
    }));
    sections.push(drivers(known, caption)?);
    sections.push(policies::section(
        layout,
        &known.results.aggregates,
        caption,
        Vec::new(),
    ));
    sections.extend(storylines::section(
        &known.again.stories(known.results, &histories),
        &layout.steps,
        caption,
    ));
    Ok(sections)
}

/// What drives the leading outcome, from the table of runs.
fn drivers(known: &Known<'_>, caption: Caption<'_>) -> Result<Section, Failure> {
    let found = tables::weights(known.results)?;
    let found = found.as_ref().map(|(outcome, inputs, explained)| Drivers {
        outcome,
        inputs,
        explained: *explained,
        caption,
    });
    Ok(drivers::section(found.as_ref()))
}

/// Measures of cohesion, the leading one first, with the histories' own curves.
fn cohesion_courses<'a>(known: &'a Known<'_>, histories: &[again::History]) -> Vec<Course<'a>> {
    let leading = known.again.leading(known.results);
    let name = |idx: usize| known.layout.measures[idx].name.as_str();
    let own = leading.map(|idx| format!("{}.", name(idx)));
    // The parts of the leading one, and the others as a whole.
    let shown = |idx: &usize| {
        let rest = name(*idx).strip_prefix("cohesion.");
        let part = own.as_ref().is_some_and(|own| name(*idx).starts_with(own));
        rest.is_some_and(|rest| part || !rest.contains('.'))
    };
    let mut measures: Vec<usize> = (0..known.layout.measures.len()).filter(shown).collect();
    measures.sort_by_key(|idx| Some(*idx) != leading);
    measures
        .into_iter()
        .map(|idx| {
            let measure = &known.layout.measures[idx];
            let whole = Some(idx) == leading;
            Course {
                name: &measure.name,
                label: &measure.label,
                points: &known.series[0][idx],
                runs: if whole {
                    again::runs(histories, idx)
                } else {
                    Vec::new()
                },
            }
        })
        .collect()
}

/// Dates that matter to every history: shocks with a date, policies, and when half have adopted a rung of the first
/// initiative.
fn marks(known: &Known<'_>, courses: &[adoption::Course]) -> Vec<Mark> {
    let replicates = known.results.aggregates.arms[0].decisions.replicates;
    let mut marks = known.events.dated(&known.again.scenario, replicates);
    if let (Some(course), Some(initiative)) = (courses.first(), known.layout.initiatives.first()) {
        for (rung, name) in initiative.rungs.iter().enumerate() {
            if let Some(step) = adoption::half_step(&course.reached, rung, replicates) {
                let name = format!("half adopt {}", name.id);
                marks.push(Mark {
                    step,
                    name,
                    kind: MarkKind::Decision,
                });
            }
        }
    }
    marks.sort_by(|one, other| one.step.cmp(&other.step).then(one.name.cmp(&other.name)));
    marks
}
