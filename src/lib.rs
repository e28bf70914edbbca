//! x

pub mod domain;
#[cfg(feature = "spec")]
pub mod spec;
