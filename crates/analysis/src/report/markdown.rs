//! The report as Markdown: tables, and pictures as files of their own beside it.

use super::{Block, Chart, Report, Table};

/// Rows of a chart's table, at most.
const ROWS_MAX: usize = 24;

/// Writes the text; pictures are expected in the folder of this name, as `ID.svg` ([`Report::charts`]).
#[must_use]
pub fn text(report: &Report, folder: &str) -> String {
    let mut text = format!(
        "# {}\n\n{}\n\n*{}*\n",
        inline(&report.title),
        inline(&report.question),
        inline(&report.source)
    );
    for section in &report.sections {
        text += &format!("\n## {}\n\n", inline(section.title));
        text += &blocks(&section.blocks, folder);
    }
    text
}

fn blocks(all: &[Block], folder: &str) -> String {
    let parts: Vec<String> = all.iter().map(|block| self::block(block, folder)).collect();
    parts.join("\n")
}

fn block(block: &Block, folder: &str) -> String {
    match block {
        Block::Lead(text) => format!("**{}**\n", inline(text)),
        Block::Text(text) => format!("{}\n", inline(text)),
        Block::Note(text) => format!("*{}*\n", inline(text)),
        Block::Chart(of) => chart(of, folder),
        Block::Dates(charts) => {
            let parts: Vec<String> = charts.iter().map(|(_, of)| chart(of, folder)).collect();
            parts.join("\n")
        }
        Block::Table(caption, of) => format!("{}:\n\n{}", inline(caption), table(of, usize::MAX)),
        Block::Code(caption, text) => {
            let fence = fence(text);
            format!(
                "{}:\n\n{fence}\n{}\n{fence}\n",
                inline(caption),
                text.trim_end()
            )
        }
        Block::More(what, inner) => format!("### {}\n\n{}", inline(what), blocks(inner, folder)),
    }
}

fn chart(chart: &Chart, folder: &str) -> String {
    let figure = &chart.figure;
    format!(
        "### {}\n\n![{}]({}/{}.svg)\n\n*{}*\n\n{}",
        inline(&figure.title),
        inline(&figure.title),
        folder,
        chart.id,
        inline(&figure.legend),
        table(&chart.table, ROWS_MAX)
    )
}

/// A table; beyond so many rows evenly spaced ones.
fn table(table: &Table, rows_max: usize) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(
        table
            .columns
            .iter()
            .map(|column| cell(&column.name))
            .collect(),
    );
    let rules = table
        .columns
        .iter()
        .map(|column| if column.numbers { "---:" } else { "---" });
    text += &line(rules.map(str::to_owned).collect());
    let all = table.rows.len();
    let shown = all.min(rows_max);
    for idx in 0..shown {
        let row = if all <= rows_max {
            idx
        } else {
            idx * (all - 1) / (rows_max - 1)
        };
        text += &line(table.rows[row].iter().map(|of| cell(of)).collect());
    }
    if shown < all {
        text += &format!("\n*{shown} of {all} rows.*\n");
    }
    text
}

/// A fence longer than any in the text.
fn fence(text: &str) -> String {
    let longest = text
        .split(|letter| letter != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn cell(text: &str) -> String {
    inline(text).replace('|', "\\|")
}

/// Text that Markdown takes as it is.
fn inline(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '&' => safe += "&amp;",
            '\\' | '`' | '*' | '_' | '[' | ']' => {
                safe.push('\\');
                safe.push(letter);
            }
            '\n' | '\r' => safe.push(' '),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::test_report;
    use super::*;

    #[test]
    fn markup_is_taken_as_text() {
        let text = text(&test_report::evil(), "figures");
        let outside: String = text.split("```").step_by(2).collect();
        assert!(!outside.contains('<'), "{outside}");
        for id in ["one", "two", "three", "four"] {
            assert!(text.contains(&format!("(figures/{id}.svg)")), "{id}");
        }
        assert_eq!(inline("a_b*c"), "a\\_b\\*c");
        assert_eq!(fence("a ```` b"), "`````");
        assert!(table(&Table::new(["a", "#b"]), 9).contains("| --- | ---: |"));
    }
}
