//! The shipped scenarios and worlds, embedded in the program by `build.rs`.

mod embedded {
    //! What `build.rs` found under `scenarios/`.
    include!(concat!(env!("OUT_DIR"), "/gallery.rs"));
}

/// A scenario of the gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Name, the file's without its ending.
    pub(crate) name: &'static str,
    /// Text.
    pub(crate) text: &'static str,
}

/// Every scenario of the gallery that stands alone, in the order of names.
pub(crate) fn entries() -> impl Iterator<Item = Entry> {
    embedded::SCENARIOS
        .iter()
        .map(|&(name, text)| Entry { name, text })
}

/// The files of a world, as file name and text; empty if there is no such world.
pub(crate) fn world(name: &str) -> Vec<(&'static str, &'static str)> {
    let files = embedded::WORLD_FILES
        .iter()
        .filter(|(world, _, _)| *world == name);
    files.map(|&(_, file, text)| (file, text)).collect()
}

impl Entry {
    /// The entry of a name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        entries().find(|entry| entry.name == name)
    }

    /// The first text field of this name, read from its line: a scenario opens with its title,
    /// question and world.
    pub(crate) fn field(&self, key: &str) -> Option<&'static str> {
        let opening = format!("{key}: \"");
        let mut lines = self.text.lines().map(str::trim_start);
        let value = lines.find_map(|line| line.strip_prefix(&opening))?;
        value.split('"').next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_of_the_gallery_comes_with_its_world() {
        assert!(entries().count() >= 1, "the gallery is empty");
        for entry in entries() {
            let folder = entry
                .field("world")
                .expect("a gallery scenario names its world");
            let world = folder
                .strip_prefix("worlds/")
                .expect("worlds lie in worlds/");
            for file in ["world.ron", "actors.csv", "dyads.csv", "SOURCES.md"] {
                let found = self::world(world).iter().any(|(name, _)| *name == file);
                assert!(found, "{}: {world} lacks {file}", entry.name);
            }
            assert!(entry.field("title").is_some_and(|title| !title.is_empty()));
        }
    }

    #[test]
    fn names_lead_to_entries() {
        let first = entries().next().expect("the gallery is not empty");
        assert_eq!(Entry::find(first.name), Some(first));
        assert_eq!(Entry::find("no-such-scenario"), None);
        assert!(world("no-such-world").is_empty());
    }
}
