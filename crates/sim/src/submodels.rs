//! What each mechanism says of itself: claim, equations, invariants, sources and parameters, as data.
//!
//! Read from the heads of the mechanisms' own files, so that the description of a scenario and the page of
//! the model cannot say anything else than the code. Relies on the form of those heads, which a tidy test holds.

use std::fmt::Write as _;

use foedera_scenario::ParamSpec;

use crate::mechanisms::DECLARED;

/// A mechanism as it declares itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Submodel {
    /// Name of the module, `trade`.
    pub name: &'static str,
    /// First sentence of the file without its full stop, `Trade: what a member draws from ...`.
    pub title: String,
    /// What it claims about the world.
    pub claim: String,
    /// Its equations, with units.
    pub equations: String,
    /// What it reads.
    pub reads: String,
    /// What it writes.
    pub writes: String,
    /// What always holds.
    pub invariants: String,
    /// Where it comes from; what is ours is called an assumption.
    pub sources: String,
    /// Its parameters, below `params.`.
    pub params: &'static [ParamSpec],
}

/// Headings of a head, each in bold where its text begins.
const HEADINGS: [&str; 6] = [
    "Claim",
    "Equations",
    "Reads",
    "Writes",
    "Invariants",
    "Sources",
];

/// Every mechanism, in the order of the catalogue of parameters.
#[must_use]
pub fn all() -> Vec<Submodel> {
    let of = |declared: &crate::mechanisms::Declared| {
        let (title, [claim, equations, reads, writes, invariants, sources]) = read(declared.text);
        Submodel {
            name: declared.name,
            title,
            claim,
            equations,
            reads,
            writes,
            invariants,
            sources,
            params: declared.params,
        }
    };
    DECLARED.iter().map(of).collect()
}

/// Title of a file's head, and what follows each heading (empty where there is none).
fn read(file: &str) -> (String, [String; 6]) {
    let head: Vec<&str> = file
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .collect();
    let text = head.join(" ");
    let mut places: Vec<(usize, usize, usize)> = Vec::new();
    for (idx, heading) in HEADINGS.iter().enumerate() {
        let bold = format!("**{heading}");
        if let Some(at) = text.find(&bold) {
            let rest = &text[at + bold.len()..];
            let body = rest.find("**").map_or(0, |end| end + 2);
            places.push((at, at + bold.len() + body, idx));
        }
    }
    places.sort_unstable();
    let title_end = places.first().map_or(text.len(), |place| place.0);
    let mut parts: [String; 6] = Default::default();
    for (nth, &(_, from, idx)) in places.iter().enumerate() {
        let until = places.get(nth + 1).map_or(text.len(), |next| next.0);
        parts[idx] = tidied(&text[from..until]);
    }
    let title = tidied(&text[..title_end]);
    (title.trim_end_matches('.').to_owned(), parts)
}

/// One space between words, none around.
fn tidied(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Submodel {
    /// What it says, as a section of a document with a heading of the given level; without its parameters.
    #[must_use]
    pub fn head(&self, level: usize) -> String {
        let mut text = format!("{} {}\n\n", "#".repeat(level), self.title);
        for (heading, body) in [
            ("Claim", &self.claim),
            ("Equations", &self.equations),
            ("Invariants", &self.invariants),
            ("Sources", &self.sources),
        ] {
            push(&mut text, format_args!("**{heading}.** {body}\n\n"));
        }
        push(
            &mut text,
            format_args!(
                "Reads {} Writes {} Code: `crates/sim/src/mechanisms/{}.rs`.\n",
                self.reads, self.writes, self.name
            ),
        );
        text
    }

    /// The head with a table of its parameters.
    #[must_use]
    pub fn section(&self, level: usize) -> String {
        let mut text = self.head(level);
        if !self.params.is_empty() {
            text.push_str(
                "\n| parameter | what | unit | default | prior (triangular) | source |\n|---|---|---|---|---|---|\n",
            );
        }
        for param in self.params {
            let unit = if param.unit.is_empty() {
                "–"
            } else {
                param.unit
            };
            push(
                &mut text,
                format_args!(
                    "| `params.{}` | {} | {unit} | {} | {} to {} | {} |\n",
                    param.path, param.title, param.default, param.low, param.high, param.source
                ),
            );
        }
        text
    }
}

/// Every submodel as a section.
#[must_use]
pub fn sections(level: usize) -> String {
    let sections: Vec<String> = all().iter().map(|one| one.section(level)).collect();
    sections.join("\n")
}

fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more)
        .expect("writing into a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_by_its_headings() {
        let file = "//! Trade: what\n//! it is.\n//!\n//! **Claim.** One\n//! two.\n//!\n//! **Equations.** `a = b`.\n//!\n\
            //! **Reads** x. **Writes** y.\n//!\n//! **Invariants.** None.\n//!\n//! **Sources.** Us.\n\nuse a;\n//! not a head";
        let (title, parts) = read(file);
        assert_eq!(title, "Trade: what it is");
        assert_eq!(parts, ["One two.", "`a = b`.", "x.", "y.", "None.", "Us."]);
    }

    #[test]
    fn every_mechanism_says_everything_and_every_parameter_belongs_to_one() {
        let all = all();
        for one in &all {
            let texts = [
                &one.title,
                &one.claim,
                &one.equations,
                &one.reads,
                &one.writes,
                &one.invariants,
                &one.sources,
            ];
            assert!(texts.iter().all(|text| !text.is_empty()), "{one:?}");
        }
        let of_all: Vec<&str> = all
            .iter()
            .flat_map(|one| one.params)
            .map(|param| param.path)
            .collect();
        let catalogue = crate::catalogue();
        let known: Vec<&str> = catalogue.params.iter().map(|param| param.path).collect();
        assert_eq!(of_all, known);
    }

    #[test]
    fn every_file_of_a_mechanism_is_declared() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mechanisms");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let mut names: Vec<String> = files
            .filter_map(|file| file.ok()?.file_name().into_string().ok())
            .filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned()))
            .filter(|name| name != "mod")
            .collect();
        names.sort();
        let mut declared: Vec<String> = all().iter().map(|one| one.name.to_owned()).collect();
        declared.sort();
        assert_eq!(names, declared);
    }
}
