//! Client for the Flinks Pay V2 session API: Guaranteed EFT and regular EFT payments from Canadian bank accounts.

pub mod client;
pub mod clock;
pub mod domain;
pub mod session;
#[cfg(feature = "spec")]
pub mod spec;
mod wire;
