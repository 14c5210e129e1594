//! The report as one page: text and static SVG first, a small script for buttons and dates, nothing from elsewhere.
//!
//! Every text is escaped; data is JSON without `<`; the page's own policy (`sandbox`) forbids the rest.

use std::fmt::Write as _;

use super::{Block, Chart, Report, Section, Table, sandbox};
use crate::figure::drawing::escaped;

/// The style sheet.
const STYLE: &str = include_str!("style.css");
/// The script.
const SCRIPT: &str = include_str!("script.js");
/// Rows of a chart's table on the page, at most; the data has all of them.
const ROWS_MAX: usize = 20;

/// Writes the page.
#[must_use]
pub fn page(report: &Report) -> String {
    let title = escaped(&report.title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#answer\">To the answer</a>\n\
         <header>\n<p class=\"kicker\">Foedera report</p>\n<h1>{title}</h1>\n<p class=\"question\">{}</p>\n<p class=\"source\">{}</p>\n</header>\n",
        escaped(&sandbox::policy(SCRIPT)),
        escaped(&report.question),
        escaped(&report.source),
    );
    page += &contents(report);
    page += "<main>\n";
    for section in &report.sections {
        page += &part(section);
    }
    page += "</main>\n<footer><p>Written by Foedera. Nothing on this page is loaded from anywhere; its data is in it.</p></footer>\n";
    let _ = write!(page, "<script>{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

fn contents(report: &Report) -> String {
    let entries: Vec<String> = report
        .sections
        .iter()
        .map(|section| {
            format!(
                "<li><a href=\"#{}\">{}</a></li>\n",
                section.id,
                escaped(section.title)
            )
        })
        .collect();
    format!(
        "<nav aria-label=\"Contents\">\n<ol>\n{}</ol>\n</nav>\n",
        entries.concat()
    )
}

fn part(section: &Section) -> String {
    let id = section.id;
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{}</h2>\n{}</section>\n",
        escaped(section.title),
        blocks(&section.blocks)
    )
}

fn blocks(all: &[Block]) -> String {
    all.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Lead(text) => format!("<p class=\"lead\">{}</p>\n", escaped(text)),
        Block::Text(text) => format!("<p>{}</p>\n", escaped(text)),
        Block::Note(text) => format!("<p class=\"note\">{}</p>\n", escaped(text)),
        Block::Chart(of) => chart(of),
        Block::Dates(charts) => dates(charts),
        Block::Table(caption, of) => format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\">{1}</div>\n",
            escaped(caption),
            table(of, caption, usize::MAX)
        ),
        Block::Code(caption, text) => format!(
            "<figure class=\"code\"><figcaption>{}</figcaption><pre tabindex=\"0\"><code>{}</code></pre></figure>\n",
            escaped(caption),
            escaped(text)
        ),
        Block::More(what, inner) => format!(
            "<details class=\"more\"><summary>{}</summary>\n{}</details>\n",
            escaped(what),
            blocks(inner)
        ),
    }
}

fn dates(charts: &[(String, Chart)]) -> String {
    let each: Vec<String> = charts
        .iter()
        .map(|(date, of)| format!("<div data-date=\"{}\">{}</div>\n", escaped(date), chart(of)))
        .collect();
    format!("<div class=\"dates\">\n{}</div>\n", each.concat())
}

fn chart(chart: &Chart) -> String {
    let id = escaped(&chart.id);
    let figure = &chart.figure;
    format!(
        "<figure class=\"chart\" id=\"{id}\" aria-labelledby=\"{id}-title\">\n\
         <figcaption><h3 id=\"{id}-title\">{}</h3></figcaption>\n\
         <div class=\"plot\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{id}-title\">\n{}</div>\n\
         <p class=\"legend\">{}</p>\n\
         <div class=\"tools\">\
         <details class=\"data\"><summary>Table</summary><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"{id}-title\">{}</div></details>\
         <span class=\"buttons\" hidden><button type=\"button\" data-save=\"csv\" aria-label=\"Data of this chart as CSV\">Data</button>\
         <button type=\"button\" data-save=\"svg\" aria-label=\"This chart as SVG\">SVG</button>\
         <button type=\"button\" data-save=\"png\" aria-label=\"This chart as PNG\">PNG</button></span></div>\n\
         <script type=\"application/json\" class=\"csv\">{}</script>\n</figure>\n",
        escaped(&figure.title),
        figure.inset(),
        escaped(&figure.legend),
        table(&chart.table, &figure.title, ROWS_MAX),
        json(&chart.table.csv()),
    )
}

/// A table; beyond so many rows evenly spaced ones, the first and the last among them.
fn table(table: &Table, caption: &str, rows_max: usize) -> String {
    let class = |idx: usize| {
        let numbers = table.columns.get(idx).is_some_and(|column| column.numbers);
        if numbers { " class=\"n\"" } else { "" }
    };
    let heads: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(idx, column)| {
            format!(
                "<th scope=\"col\"{}>{}</th>",
                class(idx),
                escaped(&column.name)
            )
        })
        .collect();
    let all = table.rows.len();
    let shown: Vec<usize> = if all <= rows_max {
        (0..all).collect()
    } else {
        (0..rows_max)
            .map(|idx| idx * (all - 1) / (rows_max - 1))
            .collect()
    };
    let caption = if shown.len() < all {
        format!(
            "{caption} ({} of {all} rows; the data has all)",
            shown.len()
        )
    } else {
        caption.to_owned()
    };
    let mut text = format!(
        "<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>\n",
        escaped(&caption),
        heads.concat()
    );
    for row in shown {
        text += "<tr>";
        for (idx, cell) in table.rows[row].iter().enumerate() {
            let cell = escaped(cell);
            if idx == 0 {
                let _ = write!(text, "<th scope=\"row\"{}>{cell}</th>", class(idx));
            } else {
                let _ = write!(text, "<td{}>{cell}</td>", class(idx));
            }
        }
        text += "</tr>\n";
    }
    text + "</tbody></table>"
}

/// A text as JSON that no HTML parser takes for an end of anything.
fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    safe.push('"');
    for letter in text.chars() {
        match letter {
            '"' => safe += "\\\"",
            '\\' => safe += "\\\\",
            '\n' => safe += "\\n",
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(safe, "\\u{:04x}", u32::from(letter));
            }
            _ if letter.is_control() => {
                let _ = write!(safe, "\\u{:04x}", u32::from(letter));
            }
            _ => safe.push(letter),
        }
    }
    safe.push('"');
    safe
}

#[cfg(test)]
mod tests {
    use super::super::test_report;
    use super::*;

    #[test]
    fn no_text_escapes_from_its_place() {
        let page = page(&test_report::evil());
        assert!(!page.contains("<script>alert"), "a script got in");
        assert!(!page.contains("<img"), "an element got in");
        // Scripts: the data of four charts and the page's own.
        assert_eq!(page.matches("<script").count(), 5);
        assert_eq!(page.matches("</script>").count(), 5);
        assert_eq!(
            page.matches("<style>").count(),
            page.matches("</style>").count()
        );
        assert!(page.contains("\\u003c/script\\u003e"), "the data is kept");
        assert!(page.contains("&lt;script&gt;alert(1)"));
    }

    #[test]
    fn every_chart_has_buttons_words_and_a_table() {
        let page = page(&test_report::evil());
        let charts: Vec<&str> = page.split("<figure class=\"chart\"").skip(1).collect();
        assert_eq!(charts.len(), 4);
        for chart in charts {
            let chart = chart.split("</figure>").next().unwrap_or_default();
            for part in [
                "data-save=\"csv\"",
                "data-save=\"svg\"",
                "<title>",
                "<desc>",
                "<table>",
                "role=\"img\"",
                "application/json",
            ] {
                assert!(chart.contains(part), "no {part} in\n{chart}");
            }
        }
    }

    #[test]
    fn long_tables_show_their_first_and_last_row() {
        let mut long = Table::new(["#row"]);
        for row in 0..1000 {
            long.row([row.to_string()]);
        }
        let text = table(&long, "long", ROWS_MAX);
        assert_eq!(text.matches("<tr>").count(), 1 + ROWS_MAX);
        assert!(
            text.contains(">0</th>")
                && text.contains(">999</th>")
                && text.contains("20 of 1000 rows")
        );
    }
}
