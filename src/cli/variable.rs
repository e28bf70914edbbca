//! The environment, as far as the command reads it itself. `Credentials::from_env` reads the rest.

use std::ffi::OsString;

/// A variable that is set, also to nothing.
#[allow(
    clippy::disallowed_methods,
    reason = "what is read here is an argument by another way: which server, which secret, what the terminal can do"
)]
pub(super) fn set(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// A variable that is set and not empty.
pub(super) fn filled(name: &str) -> Option<OsString> {
    set(name).filter(|value| !value.is_empty())
}
