//! A file that appears whole or not at all: written beside its place, hashed, synced, then renamed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::ResultsError;
use crate::manifest::{self, FileEntry};
use crate::output::disk;

/// A file being written. Dropped unfinished, it is removed.
#[derive(Debug)]
pub(crate) struct Partial {
    name: String,
    target: PathBuf,
    temporary: PathBuf,
    file: Option<BufWriter<File>>,
    hasher: Sha256,
    bytes: u64,
    trouble: Option<io::Error>,
}

impl Partial {
    /// Opens the temporary file beside `dir/name`.
    pub(crate) fn create(dir: &Path, name: &str) -> Result<Self, ResultsError> {
        let temporary = temporary_of(dir, name);
        let file =
            disk::create(&temporary).map_err(|source| ResultsError::write(&temporary, source))?;
        Ok(Self::over(file, dir.join(name), temporary, name))
    }

    fn over(file: File, target: PathBuf, temporary: PathBuf, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            target,
            temporary,
            file: Some(BufWriter::with_capacity(1 << 16, file)),
            hasher: Sha256::new(),
            bytes: 0,
            trouble: None,
        }
    }

    /// Writes a whole file that is in memory already.
    pub(crate) fn write_whole(
        dir: &Path,
        name: &str,
        bytes: &[u8],
        rows: Option<u64>,
    ) -> Result<FileEntry, ResultsError> {
        let mut partial = Self::create(dir, name)?;
        let written = partial.write_all(bytes);
        written.map_err(|source| partial.error(source))?;
        partial.finish(rows)
    }

    /// Syncs the file and gives it its name.
    pub(crate) fn finish(&mut self, rows: Option<u64>) -> Result<FileEntry, ResultsError> {
        let renamed = self
            .sync()
            .and_then(|()| disk::rename(&self.temporary, &self.target));
        renamed.map_err(|source| self.error(source))?;
        let digest = std::mem::take(&mut self.hasher).finalize();
        Ok(FileEntry {
            name: std::mem::take(&mut self.name),
            sha256: manifest::hex(&digest),
            bytes: self.bytes,
            rows,
        })
    }

    /// The error to report: what the system said to this file first, else what the caller saw.
    pub(crate) fn error(&mut self, seen: io::Error) -> ResultsError {
        ResultsError::write(&self.target, self.trouble.take().unwrap_or(seen))
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        disk::sync(&file)
    }

    /// Remembers the first trouble: writers above turn it into text.
    fn remember<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result
            && self.trouble.is_none()
        {
            self.trouble = Some(match error.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::from(error.kind()),
            });
        }
        result
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let result = file.write(bytes);
        let written = self.remember(result)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.file.as_mut().map_or(Ok(()), Write::flush);
        self.remember(result)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Nothing is left to remove after the rename; nobody is left to hear of a failure.
        drop(self.file.take().map(BufWriter::into_parts));
        drop(disk::remove(&self.temporary));
    }
}

/// The temporary name of a file.
pub(crate) fn temporary_of(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!(".{name}.partial"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A partial whose bytes go to a device without space.
    #[cfg(target_os = "linux")]
    fn on_a_full_disk(dir: &Path, name: &str) -> Partial {
        let full = File::options().write(true).open("/dev/full").unwrap();
        Partial::over(full, dir.join(name), temporary_of(dir, name), name)
    }

    #[test]
    fn a_file_appears_whole_with_its_hash() {
        let dir = tempfile::tempdir().unwrap();
        let entry = Partial::write_whole(dir.path(), "a.json", b"abc", None).unwrap();
        assert_eq!(entry.sha256, manifest::sha256(b"abc"));
        assert_eq!(
            (entry.bytes, fs::read(dir.path().join("a.json")).unwrap()),
            (3, b"abc".to_vec())
        );
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut partial = Partial::create(dir.path(), "a.json").unwrap();
        partial.write_all(b"half").unwrap();
        drop(partial);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_called_so() {
        let dir = tempfile::tempdir().unwrap();
        let mut partial = on_a_full_disk(dir.path(), "a.json");
        partial.write_all(b"small").unwrap();
        let error = partial.finish(None).unwrap_err();
        assert!(matches!(error, ResultsError::DiskFull { .. }), "{error}");
        assert!(!dir.path().join("a.json").exists());
    }
}
