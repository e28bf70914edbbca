//! A file that is replaced as a whole, by one process at a time.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::error::StateError;
use super::seal::{self, Broken};

/// A state file that this process has for itself.
///
/// The lock is on a file of its own beside it, `FILE.lock`: the state file is another one after each write. It stays when the
/// sandbox ends, as taking it away could give the state to two others at once; the lock itself ends with the process.
#[derive(Debug)]
pub(in crate::sandbox) struct StateFile {
    path: PathBuf,
    /// Nothing once the sandbox has let go of it. Whoever writes holds it.
    lock: Mutex<Option<File>>,
}

impl StateFile {
    /// Takes a file for this process, and returns what it says; nothing if there is no such file yet.
    pub(in crate::sandbox) fn open(path: &Path) -> Result<(Self, Option<Vec<u8>>), StateError> {
        let path = &target(path).map_err(|source| StateError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let owned = || path.clone();
        if fs::metadata(path).is_ok_and(|it| !it.is_file()) {
            return Err(StateError::NotAFile { path: owned() });
        }
        let lock = with(path, ".lock");
        let lock = fresh(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&lock)
            .map_err(|source| StateError::Unwritable { path: lock, source })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateError::InUse { path: owned() }),
            Err(TryLockError::Error(source)) => {
                return Err(StateError::Unwritable {
                    path: owned(),
                    source,
                });
            }
        }
        let content = match fs::read(path) {
            Ok(bytes) => Some(content(&bytes, path)?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(source) => {
                return Err(StateError::Unreadable {
                    path: owned(),
                    source,
                });
            }
        };
        let file = Self {
            path: owned(),
            lock: Mutex::new(Some(lock)),
        };
        Ok((file, content))
    }

    pub(in crate::sandbox) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces what it says. Whoever reads it finds the old or the new state, each whole, also if the machine stops in between.
    ///
    /// # Errors
    ///
    /// What the system says. The file is then as it was, but for the last step: whether the directory has the new one for good.
    pub(super) fn write(&self, content: &[u8]) -> io::Result<()> {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_none() {
            return Err(io::Error::other("the sandbox has let go of the file"));
        }
        let sealed = seal::seal(content)?;
        let beside = with(&self.path, ".tmp");
        // One may be left of a process that was killed. It is not opened: it could be a link to something else.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = fresh(OpenOptions::new().write(true).create_new(true)).open(&beside)?;
        let written = file.write_all(&sealed).and_then(|()| file.sync_all());
        drop(file);
        if let Err(error) = written.and_then(|()| fs::rename(&beside, &self.path)) {
            // It is taken away before the next write anyway.
            let _ = fs::remove_file(&beside);
            return Err(error);
        }
        sync_directory(&self.path)
    }

    /// Lets go of the file, after a write that is under way. Nothing is written to it any more.
    pub(in crate::sandbox) fn release(&self) {
        self.lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

/// The file that is meant: where links lead, so that the link stays and the file is replaced.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error)
            if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_err() =>
        {
            let name = path.file_name().ok_or(error)?;
            let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
            Ok(fs::canonicalize(parent.unwrap_or(Path::new(".")))?.join(name))
        }
        found => found,
    }
}

/// The state in the bytes of a file.
fn content(bytes: &[u8], path: &Path) -> Result<Vec<u8>, StateError> {
    let path = path.to_owned();
    match seal::unseal(bytes) {
        Ok(content) => Ok(content.to_owned()),
        Err(Broken::Foreign) => Err(StateError::Foreign { path }),
        Err(Broken::Newer(version)) => Err(StateError::Newer { path, version }),
        Err(Broken::Damaged(damage)) => Err(StateError::Damaged { path, damage }),
    }
}

/// The same name with something behind it.
fn with(path: &Path, behind: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(behind);
    name.into()
}

/// For the owner only: payors and tokens are in it.
fn fresh(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// A renamed file is there for good once its directory is.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it may fail")]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
