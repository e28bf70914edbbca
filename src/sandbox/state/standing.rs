//! What has become of a state file.

use std::path::PathBuf;

/// What has become of the [state file](super::super::SandboxBuilder::state) of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateReport {
    /// The file, without links.
    pub path: PathBuf,
    /// Whether it was there at the start, so that the sandbox went on from it.
    pub resumed: bool,
    /// How often it has been written.
    pub written: u64,
    /// How often it could not be written. Each is tried again.
    pub failed: u64,
    /// Whether the last try has failed, so that the file is behind.
    pub behind: bool,
    /// What the system said of the last failure.
    pub problem: Option<String>,
}
