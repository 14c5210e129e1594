//! The files behind a scenario, read from folders.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use foedera_scenario::{
    limits,
    source::{SourceError, Sources},
};

/// Reads from the file system; paths are relative to the current folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Folders;

impl Sources for Folders {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        read(Path::new(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SourceError::NotFound,
            _ => SourceError::Unreadable {
                reason: error.to_string(),
            },
        })
    }
}

/// Reads a file up to one byte over the limit, so that whoever reads it can see that it is too long.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder",
        ));
    }
    let limit = u64::try_from(limits::FILE_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_and_the_rest_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.ron");
        fs::write(&path, "Scenario()").expect("writable");
        let text = |path: &Path| path.to_string_lossy().into_owned();
        assert_eq!(Folders.read(&text(&path)), Ok(b"Scenario()".to_vec()));
        assert_eq!(
            Folders.read(&text(&folder.path().join("b.ron"))),
            Err(SourceError::NotFound)
        );
        let error = Folders
            .read(&text(folder.path()))
            .expect_err("a folder is no file");
        assert_eq!(
            error,
            SourceError::Unreadable {
                reason: "it is a folder".to_owned()
            }
        );
    }
}
