//! A square table of numbers under the names of its actors, for the terminal.

use crate::face::Face;

/// Widest name that is printed whole.
const NAME_MAX: usize = 14;

/// Rows and columns under the same names, cells as they are written; nothing if it would not fit.
pub(crate) fn text(
    face: &Face,
    names: &[String],
    cell: impl Fn(usize, usize) -> String,
) -> Option<String> {
    let short: Vec<String> = names.iter().map(|name| cut(name)).collect();
    let cells: Vec<Vec<String>> = (0..names.len())
        .map(|row| (0..names.len()).map(|column| cell(row, column)).collect())
        .collect();
    let first = short.iter().map(|name| name.chars().count()).max()?;
    let widths: Vec<usize> = (0..names.len())
        .map(|column| {
            let widest = cells
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0);
            widest.max(short[column].chars().count())
        })
        .collect();
    if 2 + first + widths.iter().map(|width| width + 2).sum::<usize>() > face.width {
        return None;
    }
    let mut header = format!("  {:first$}", "");
    for (name, width) in short.iter().zip(&widths) {
        header += &format!("  {name:>width$}");
    }
    let mut text = format!("{}\n", face.paint.faint(header.trim_end()));
    for (name, row) in short.iter().zip(&cells) {
        text += &format!("  {name:first$}");
        for (cell, width) in row.iter().zip(&widths) {
            text += &format!("  {cell:>width$}");
        }
        text = text.trim_end().to_owned() + "\n";
    }
    Some(text)
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_MAX - 1).chain(['…']).collect()
}
