//! x

pub mod domain;
pub mod session;
#[cfg(feature = "spec")]
pub mod spec;
