//! The report: one file that asks nothing of anybody, says what the closing table says, and can be read by everyone.

use super::*;

/// The text of a file.
fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Bytes of a page, at most.
const BYTES_MAX: usize = 1_500_000;
/// Elements that have no end.
const VOID: [&str; 5] = ["meta", "link", "br", "hr", "img"];

/// Checks that every element that begins ends, in the right order; the content of scripts and styles is no markup.
/// Returns the elements' names with their attributes.
fn parsed(page: &str) -> Vec<(String, String)> {
    let mut open: Vec<String> = Vec::new();
    let mut all = Vec::new();
    let mut rest = page
        .strip_prefix("<!DOCTYPE html>")
        .expect("a document of HTML");
    while let Some((_, from)) = rest.split_once('<') {
        let (tag, after) = from.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name),
                "before {}",
                &rest[..rest.len().min(200)]
            );
            continue;
        }
        let (name, attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        let name = name.trim_end_matches('/');
        assert!(
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()),
            "<{tag}>"
        );
        assert_eq!(attributes.matches('"').count() % 2, 0, "<{tag}>");
        all.push((name.to_owned(), attributes.to_owned()));
        if name == "script" || name == "style" {
            let end = format!("</{name}>");
            rest = rest.split_once(end.as_str()).expect("it ends").1;
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "never ended: {open:?}");
    all
}

/// A run of the classroom under three policies, and its report.
fn reported(desk: &Desk) -> String {
    desk.run("run question.ron -n 300 --seed 3 --policy base,southern-threat,goodwill -o out -q")
        .check(0, &[]);
    desk.run("report out")
        .check(0, &["charts", "next: foedera why out"]);
    read(desk, "report.html")
}

#[test]
fn the_report_is_one_page_that_needs_nothing() {
    let desk = Desk::new();
    let page = reported(&desk);
    assert!(page.len() < BYTES_MAX, "{} bytes", page.len());
    let elements = parsed(&page);
    for (name, attributes) in &elements {
        for address in ["src=", "srcset=", "@import", "url("] {
            assert!(!attributes.contains(address), "<{name} {attributes}>");
        }
        assert!(
            name != "link" && name != "iframe" && name != "img",
            "<{name} {attributes}>"
        );
        if let Some((_, to)) = attributes.split_once("href=\"") {
            assert!(to.starts_with('#'), "<{name} {attributes}>");
        }
        let handler = attributes
            .split_whitespace()
            .any(|word| word.starts_with("on"));
        assert!(!handler, "<{name} {attributes}>");
    }
    let addresses = page.match_indices("http").map(|(at, _)| &page[at..]);
    for address in addresses.filter(|of| of.starts_with("http://") || of.starts_with("https://")) {
        assert!(
            address.starts_with("http://www.w3.org/2000/svg"),
            "{}",
            &address[..60]
        );
    }
    assert!(page.contains("default-src 'none'"), "no policy");
    let ids: Vec<&str> = elements
        .iter()
        .filter_map(|(_, attributes)| attributes.split_once("id=\"")?.1.split('"').next())
        .collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "an id is there twice");
}

#[test]
fn sections_come_in_order_and_charts_are_for_everyone() {
    let desk = Desk::new();
    let page = reported(&desk);
    let mut at = 0;
    for id in [
        "answer",
        "cohesion",
        "adopted",
        "blocked",
        "members",
        "region",
        "drivers",
        "policies",
        "storylines",
        "inputs",
        "method",
    ] {
        let found = page
            .find(&format!("<section id=\"{id}\""))
            .unwrap_or_else(|| panic!("no {id}"));
        assert!(found > at, "{id} comes too early");
        at = found;
    }
    let charts: Vec<&str> = page.split("<figure class=\"chart\"").skip(1).collect();
    assert!(charts.len() >= 12, "{}", charts.len());
    for chart in &charts {
        let chart = chart.split("</figure>").next().expect("it ends");
        for part in [
            "data-save=\"csv\"",
            "data-save=\"svg\"",
            "<title>",
            "<desc>",
            "<table>",
            "<h3",
            "class=\"csv\"",
        ] {
            assert!(chart.contains(part), "no {part} in {}", &chart[..200]);
        }
        assert!(
            !chart.contains("NaN") && !chart.contains(">inf<"),
            "{}",
            &chart[..200]
        );
    }
    // Invented states have ties and no map.
    assert!(page.contains("id=\"network-2001-01\"") && !page.contains("id=\"map-"));
}

#[test]
fn numbers_are_those_of_the_closing_table() {
    let desk = Desk::new();
    let page = reported(&desk);
    let answer = desk
        .run("run question.ron -n 300 --seed 3 --policy base,southern-threat,goodwill -o again -q")
        .check(0, &[]);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = words(&answer.stdout);
    let leads: Vec<String> = page
        .split("<p class=\"lead\">")
        .skip(1)
        .map(|lead| {
            lead.split("</p>")
                .next()
                .unwrap_or_default()
                .replace("&lt;", "<")
                .replace("&gt;", ">")
        })
        .collect();
    assert_eq!(leads.len(), 3);
    for lead in &leads {
        assert!(said.contains(&words(lead)), "{lead}\n{}", answer.stdout);
    }
    // The fan's title is the first sentence, but for its full stop; the adoption's has the shares of the ladder.
    let title = |id: &str| {
        let from = page
            .split_once(&format!("<h3 id=\"{id}-title\">"))
            .unwrap_or_else(|| panic!("no {id}"))
            .1;
        from.split("</h3>").next().unwrap_or_default().to_owned()
    };
    assert_eq!(title("fan-cohesion-LEAGUE"), leads[0].trim_end_matches('.'));
    let ladder = answer
        .stdout
        .lines()
        .find(|line| line.contains("1 reaches exercises"))
        .expect("a ladder");
    let share = ladder.split_whitespace().nth(3).expect("a share");
    assert!(
        title("adoption-league-defence").contains(&format!("exercises in {share} of histories")),
        "{ladder}"
    );
}

#[test]
fn the_same_run_gives_the_same_report() {
    let desk = Desk::new();
    let page = reported(&desk);
    desk.run("report out").check(5, &["report.html", "--force"]);
    desk.run("report out --force -q").check(0, &[]);
    assert_eq!(read(&desk, "report.html"), page);
    let told = desk
        .run("report out -o other.html --json")
        .check(0, &[])
        .json();
    assert_eq!(
        told["bytes"].as_u64(),
        Some(read(&desk, "other.html").len() as u64)
    );
    assert!(
        told["charts"]
            .as_array()
            .is_some_and(|charts| charts.len() >= 12)
    );
    desk.run("report question.ron -o new.html")
        .check(5, &["question.ron"]);
}

#[test]
fn harmful_text_is_harmless() {
    let desk = Desk::new();
    let text = read(&desk, "question.ron");
    let evil = "</title><script>alert(1)</script><img src=x onerror=alert(2)>";
    let text = text.replacen("Two camps on an island", evil, 1).replacen(
        "The League becomes an alliance",
        evil,
        1,
    );
    desk.write("question.ron", &text);
    desk.run("run question.ron -n 64 -o out -q").check(0, &[]);
    desk.run("report out -q").check(0, &[]);
    let page = read(&desk, "report.html");
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    parsed(&page);
}

#[test]
fn markdown_comes_with_its_pictures() {
    let desk = Desk::new();
    desk.run("run question.ron -n 100 -o out -q").check(0, &[]);
    desk.run("report out -o told.md -q").check(0, &[]);
    let text = read(&desk, "told.md");
    let pictures: Vec<&str> = text
        .split("](told.figures/")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect();
    assert!(pictures.len() >= 8, "{}", pictures.len());
    for picture in pictures {
        let svg = read(&desk, &format!("told.figures/{picture}"));
        assert!(
            svg.starts_with("<svg xmlns") && svg.ends_with("</svg>\n"),
            "{picture}"
        );
    }
    assert!(text.starts_with("# Two camps on an island\n"));
    assert!(text.contains("## Method, seed, error, failures"));
}
