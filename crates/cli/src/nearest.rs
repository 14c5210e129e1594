//! The nearest valid names to one that does not exist.

/// Most names offered.
const OFFERED: usize = 3;

/// Up to three names that resemble `given`, the most alike first.
pub(crate) fn names<'a>(given: &str, valid: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut ranked: Vec<(usize, &str)> = valid
        .into_iter()
        .map(|name| {
            (
                strsim::levenshtein(&given.to_lowercase(), &name.to_lowercase()),
                name,
            )
        })
        .filter(|(edits, name)| *edits <= given.len().max(name.len()) * 2 / 3)
        .collect();
    ranked.sort();
    ranked
        .into_iter()
        .take(OFFERED)
        .map(|(_, name)| name.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_alike_name_comes_first() {
        let valid = ["merger", "joint-exercises", "secretariat-mou"];
        assert_eq!(names("joint-exercices", valid), ["joint-exercises"]);
        assert_eq!(
            names("Merge", valid).first().map(String::as_str),
            Some("merger")
        );
        assert!(names("zzzzzz", valid).is_empty());
    }
}
