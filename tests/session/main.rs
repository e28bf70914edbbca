//! Requests and replies of the session API: built, checked, written and read as the contract has them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod contract;
mod debug;
mod full;
mod open_replies;
mod replies;
mod request_json;
mod requests;
mod violations;

/// Compares with a snapshot in the folder that all of them are in.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
