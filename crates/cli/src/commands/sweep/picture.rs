//! The sweep as a figure: curves along one path, a map over two.

use foedera_analysis::figure::{
    Caption, Figure,
    sweep::{self, Curve, Line, Map},
};

use super::{Args, Subject, Swept, course};
use crate::{failure::Failure, number};

/// Most curves of a figure: more cannot be told apart.
const CURVES_MAX: usize = 6;

/// The figure of the first outcome.
pub(super) fn figure(args: &Args, subject: &Subject, swept: &Swept) -> Result<Figure, Failure> {
    let source = format!(
        "{} · {} replicates at each of {} · seed {}",
        subject.scenario.title,
        number::count(swept.n),
        number::counted(subject.points.len() as u64, "point"),
        args.seed
    );
    let first = swept.curves.first();
    let only = subject.policies.len() == 1 || subject.axes.len() == 2;
    let policy = subject.policies.first().map(|of| of.0.as_str());
    let caption = Caption {
        source: &source,
        policy: policy.filter(|policy| only && *policy != foedera_ensemble::BASE),
    };
    let title = first.map_or_else(String::new, |curve| course::finding(subject, curve));
    let figure = match subject.axes.as_slice() {
        [axis] if swept.is_grid => {
            let label = axis.label();
            let curves: Vec<Curve<'_>> = swept
                .of_outcome(0)
                .take(CURVES_MAX)
                .map(|curve| Curve {
                    name: subject.policies[curve.policy].0.as_str(),
                    levels: curve.levels.iter().map(|level| level.estimate).collect(),
                })
                .collect();
            sweep::line(&Line {
                title: &title,
                axis: &label,
                steps: &axis.names,
                places: &axis.values,
                curves: &curves,
                caption,
            })
        }
        [rows, columns] if swept.is_grid => {
            let labels = [rows.label(), columns.label()];
            let cells: Vec<_> = first
                .iter()
                .flat_map(|curve| curve.levels.iter().map(|level| level.estimate))
                .collect();
            sweep::map(&Map {
                title: &title,
                axes: [&labels[0], &labels[1]],
                steps: [&rows.names, &columns.names],
                cells: &cells,
                caption,
            })
        }
        _ => {
            return Err(Failure::WrongDesign {
                what: "--svg draws a grid, and these points are spread".to_owned(),
                remedy: "leave --svg out and write the points with --table points.csv".to_owned(),
            });
        }
    };
    figure.ok_or_else(|| Failure::Model {
        what: "draw an outcome that has no value at any step".to_owned(),
        help: "ask whether the event happens rather than when",
    })
}
