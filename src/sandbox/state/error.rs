//! Why a state file is not taken up.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a sandbox does not start with a state file. The file is left as it is in every case.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another sandbox has it.
    #[error(
        "{path:?} is the state of another simulator that is running: end that one, or give another file"
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It is a directory, a device or a pipe.
    #[error("{path:?} is no regular file: give another one")]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// It cannot be opened or read.
    #[error("the state in {path:?} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file, or the ones that are needed beside it, cannot be written.
    #[error("the state cannot be written to {path:?}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is something else.
    #[error("{path:?} is not the state of a simulator: give another file")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// It was written by a later version of this crate.
    #[error(
        "the state in {path:?} has version {version} of the format, which is newer than this program: give another file"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// It was torn, or changed by somebody else.
    #[error("the state in {path:?} is damaged, {damage}: move the file away or delete it")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        damage: Damage,
    },
    /// It was written by a sandbox that was set up in another way.
    #[error(
        "the state in {path:?} was written with {written}, and not with {given}: start with that again, or give another file"
    )]
    SetUpOtherwise {
        /// The file.
        path: PathBuf,
        /// How that sandbox was set up, such as `profile lenient`.
        written: String,
        /// How this one is.
        given: String,
    },
    /// Sessions in it are of a client that this sandbox does not have.
    #[error(
        "the state in {path:?} has a client that this simulator does not have: give the same ones, or another file"
    )]
    UnknownClient {
        /// The file.
        path: PathBuf,
    },
}

/// What is wrong with a state file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// Nothing is in it.
    Empty,
    /// Its first line, which says what it is, is not whole, or not as it was written.
    FirstLine,
    /// It has another length than its first line says.
    Length {
        /// How many bytes are to follow.
        expected: u64,
        /// How many do.
        found: u64,
    },
    /// What follows the first line is not what was written.
    Checksum,
    /// It is whole, and does not say what is expected.
    Content {
        /// Where, such as `sessions[3].payor`.
        at: String,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("as it is empty"),
            Self::FirstLine => f.write_str("as its first line is not as it was written"),
            Self::Length { expected, found } => {
                write!(
                    f,
                    "as {found} bytes follow its first line in place of {expected}"
                )
            }
            Self::Checksum => f.write_str("as its checksum is another one"),
            Self::Content { at } => write!(f, "as it says something unexpected at `{at}`"),
        }
    }
}
