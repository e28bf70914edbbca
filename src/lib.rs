//! x
#[cfg(feature = "spec")]
pub mod spec;
