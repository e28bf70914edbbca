//! The state of a sandbox in a file, so that the next one goes on from there as if the first had not stopped.
//!
//! [`form`] is what the file says, [`seal`] how it is told from one that is torn, [`file`] how it is replaced as a whole,
//! [`keeper`] when, and [`resume`] how a sandbox goes on from it. The types that have the state say themselves what is kept of them.

pub(super) mod error;
pub(super) mod file;
pub(super) mod form;
pub(super) mod keeper;
pub(super) mod resume;
mod seal;
pub(super) mod standing;

pub(super) use self::file::StateFile;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests;
