//! Files that a command reads, and standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::problem::Problem;

/// The most that is read. A request has a few kilobytes.
const LIMIT: u64 = 1024 * 1024;

/// Reads a file, or standard input where the path is a hyphen. `what` says what it should have, for the problem.
pub(super) fn read(path: &Path, what: &str) -> Result<Vec<u8>, Problem> {
    let read = if path.as_os_str() == "-" {
        limited(io::stdin().lock())
    } else {
        File::open(path).and_then(limited)
    };
    read.map_err(|error| unreadable(path, what, &error))
}

/// As [`read`], of a file that nobody else may read.
pub(super) fn read_private(path: &Path, what: &str) -> Result<Vec<u8>, Problem> {
    let file = File::open(path).map_err(|error| unreadable(path, what, &error))?;
    if others_may_read(&file).map_err(|error| unreadable(path, what, &error))? {
        return Err(Problem::new(
            format!("others can read {}, and it has {what}", path.display()),
            format!(
                "take that away, `chmod 600 {}`, and change what was in it if others use this machine",
                path.display()
            ),
        ));
    }
    limited(file).map_err(|error| unreadable(path, what, &error))
}

fn unreadable(path: &Path, what: &str, error: &io::Error) -> Problem {
    let path = if path.as_os_str() == "-" {
        "standard input".into()
    } else {
        path.display().to_string()
    };
    Problem::new(
        format!("{path} cannot be read"),
        format!("name a file that has {what}"),
    )
    .caused_by(error)
}

fn limited(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LIMIT {
        return Err(io::Error::other("it has more than 1 MiB"));
    }
    Ok(bytes)
}

/// Whether the group or everybody has a right to the file. Asked of the file that is open, so that no other one is read.
#[cfg(unix)]
fn others_may_read(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Only Unix has such rights; elsewhere a file takes those of its folder.
#[cfg(not(unix))]
fn others_may_read(_: &File) -> io::Result<bool> {
    Ok(false)
}
