//! One instance per data folder: a lock file held for the life of the process.
//!
//! The kernel gives the lock back however the process ends, so there is no stale lock to clean up.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::MetadataExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::StartError;

const FILE: &str = "postgres.lock";

/// Held as long as this value lives. Child processes do not inherit it (`O_CLOEXEC`).
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held, never read: closing it unlocks")] File);

impl Lock {
    /// Takes the lock of `data_dir`, waiting up to `patience` for an instance that is stopping.
    pub(super) fn take(data_dir: &Path, patience: Duration) -> Result<Self, StartError> {
        let path = data_dir.join(FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| not_opened(data_dir, &path, source))?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StartError::InUse { folder: data_dir.to_path_buf(), holder: holder(&mut file) });
                }
                Err(TryLockError::Error(source)) => return Err(StartError::folder("lock", &path, source)),
            }
        }
        sign(&mut file).map_err(|source| StartError::folder("write", &path, source))?;
        Ok(Self(file))
    }
}

/// A lock file that somebody else made tells whose folder this is.
fn not_opened(data_dir: &Path, path: &Path, source: io::Error) -> StartError {
    match fs::metadata(path) {
        Ok(found) if source.kind() == io::ErrorKind::PermissionDenied => {
            StartError::NotOurs { folder: data_dir.to_path_buf(), owner: found.uid() }
        }
        _ => StartError::folder("open", path, source),
    }
}

/// The number is for people and their error messages; the lock itself does not depend on it.
fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> Option<i32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
