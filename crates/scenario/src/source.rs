//! Where texts come from: a door to files that this crate never opens itself, and path arithmetic.
//!
//! The command line gives a folder-backed source, tests an in-memory one.

use std::collections::BTreeMap;

use thiserror::Error;

/// Why a text could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// There is no such file.
    #[error("find it")]
    NotFound,
    /// It exists and cannot be read.
    #[error("read it ({reason})")]
    Unreadable {
        /// What the system says.
        reason: String,
    },
}

/// Gives the bytes behind a path.
pub trait Sources {
    /// The bytes of one file. Implementations should read no more than [`crate::limits::FILE_BYTES`] + 1
    /// bytes; a longer text is refused by the caller.
    ///
    /// # Errors
    /// If the file is missing or unreadable.
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError>;
}

/// Texts held in memory, for tests and for scenarios that come from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct MemorySources {
    /// Bytes by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl MemorySources {
    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), text.into());
        self
    }
}

impl Sources for MemorySources {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.files.get(path).cloned().ok_or(SourceError::NotFound)
    }
}

/// The path that `relative` means when written in the file `from`.
pub fn beside(from: &str, relative: &str) -> String {
    let relative = relative.replace('\\', "/");
    if relative.starts_with('/') {
        return normal(&relative);
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    if from.starts_with('/') && folder.is_empty() {
        return normal(&format!("/{relative}"));
    }
    if folder.is_empty() {
        normal(&relative)
    } else {
        normal(&format!("{folder}/{relative}"))
    }
}

/// The same path without `.`, doubled slashes and, where possible, `..`.
pub fn normal(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    if absolute {
        format!("/{joined}")
    } else {
        joined
    }
}

/// The name of a file without folder and ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file_that_writes_them() {
        assert_eq!(beside("scenarios/a.ron", "worlds/x"), "scenarios/worlds/x");
        assert_eq!(beside("scenarios/a.ron", "../b.ron"), "b.ron");
        assert_eq!(beside("a.ron", "./b.ron"), "b.ron");
        assert_eq!(beside("a.ron", "../b.ron"), "../b.ron");
        assert_eq!(beside("/s/a.ron", "../../b.ron"), "/b.ron");
        assert_eq!(beside("/a.ron", "b.ron"), "/b.ron");
        assert_eq!(beside("s/a.ron", "/abs/b.ron"), "/abs/b.ron");
        assert_eq!(stem("s/a.b.ron"), "a.b");
    }
}
