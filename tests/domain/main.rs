//! The domain types: what they take and refuse, what they say of it, and that the contract says the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod amount;
mod contract;
mod grammar;
mod rules;
mod values;
