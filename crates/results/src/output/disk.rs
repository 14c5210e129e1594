//! The operations on files that a run's durability rests on, in one place: a test makes each of them the last
//! one that happens, as a kill does.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Makes a file, or empties it.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    last_words()?;
    File::create(path)
}

/// Makes the bytes of a file last.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    last_words()?;
    // A test cannot cut the power, and waits for no disk.
    if cfg!(test) { Ok(()) } else { file.sync_all() }
}

/// Gives a file another name in the same file system, in place of what has it.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    last_words()?;
    fs::rename(from, to)
}

/// Removes a file; one that is not there is as good.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    last_words()?;
    missing_is_fine(fs::remove_file(path))
}

/// Makes a folder; one that is there is as good.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    last_words()?;
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Removes a folder with all that is in it; one that is not there is as good.
pub(crate) fn remove_folder(path: &Path) -> io::Result<()> {
    last_words()?;
    missing_is_fine(fs::remove_dir_all(path))
}

/// Makes the names in a folder last, where the system can.
pub(crate) fn sync_folder(path: &Path) {
    if cfg!(test) {
        return;
    }
    if let Ok(folder) = File::open(path) {
        drop(folder.sync_all());
    }
}

fn missing_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(not(test))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "its twin in the tests ends the world"
)]
fn last_words() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
fn last_words() -> io::Result<()> {
    fault::count()
}

/// Ends the world, as far as files go, after a number of operations.
#[cfg(test)]
pub(crate) mod fault {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// Lets so many operations of this thread happen and none after them.
    pub(crate) fn kill_after(operations: u64) {
        LEFT.set(Some(operations));
    }

    /// Lets everything happen again; says whether the end had come.
    pub(crate) fn revive() -> bool {
        LEFT.take() == Some(0)
    }

    pub(super) fn count() -> io::Result<()> {
        match LEFT.get() {
            None => Ok(()),
            Some(0) => Err(io::Error::other("killed by the test")),
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
        }
    }
}
