//! The README's integration is `examples/guaranteed.rs`, to the letter, and it works against the simulator.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "support/checked.rs"]
mod checked;
#[allow(dead_code, reason = "its `main` is for a person with credentials")]
#[path = "../examples/guaranteed.rs"]
mod guaranteed;
#[path = "support/trace.rs"]
mod trace;

use flinks_pay::{Client, Credentials, Environment, SessionStatus};

#[test]
fn the_readme_shows_the_example_as_it_is() {
    let readme = include_str!("../README.md");
    let shown = readme
        .split_once("<!-- examples/guaranteed.rs -->\n```rust\n")
        .expect("the marker, and a Rust block directly below it")
        .1
        .split_once("```\n")
        .expect("the end of the block")
        .0;
    assert_eq!(shown, include_str!("../examples/guaranteed.rs"));
    assert_eq!(
        readme.matches("```rust").count(),
        1,
        "another Rust block would be compiled by nobody"
    );
}

#[tokio::test]
async fn the_example_opens_a_session() {
    trace::listen();
    let sandbox = checked::start().await;
    let client = Client::builder(
        Environment::custom(sandbox.base_url().as_str()).unwrap(),
        Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap(),
    )
    .build()
    .unwrap();

    let status = guaranteed::collect(&client).await.unwrap();

    assert_eq!(status, SessionStatus::Initiated);
    // Authorize, create, status without a token and with one: the session is there, and nothing else was asked.
    assert_eq!(sandbox.journal().len(), 4);
    sandbox.shutdown().await;
}
