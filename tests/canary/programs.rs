//! Programs: one that unwraps what it gets, and the command line.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::{Arc, Mutex};

use flinks_pay::{Credentials, ErrorKind, GuaranteedEft};

use crate::given::{builder, guaranteed, payor, schemes};
use crate::markers::{ACCOUNT, CLIENT_ID, CLIENT_SECRET, EMAIL};
use crate::support::scripted::{Asked, Reply, Scripted};

/// A program that unwraps what it gets.
pub(crate) async fn in_a_panic(said: &Arc<Mutex<String>>) {
    let server = Scripted::start(|_: &Asked| Reply::json(400, &replies_text())).await;
    let client = builder(server.base(), schemes()[0].clone())
        .build()
        .unwrap();
    let outcome = client.create_guaranteed(&guaranteed()).await;
    assert_eq!(outcome.as_ref().unwrap_err().kind(), ErrorKind::Refused);
    let keeper = Arc::clone(said);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        keeper.lock().unwrap().push_str(&info.to_string());
    }));
    let _ = catch_unwind(AssertUnwindSafe(|| outcome.unwrap()));
    let _ = catch_unwind(|| Credentials::basic("Canary:colon", CLIENT_SECRET).unwrap());
    let _ = catch_unwind(|| assert_eq!(guaranteed(), guaranteed_otherwise()));
    std::panic::set_hook(before);
}

fn replies_text() -> String {
    serde_json::json!({ "error": EMAIL, "error_description": ACCOUNT }).to_string()
}

fn guaranteed_otherwise() -> GuaranteedEft {
    GuaranteedEft::new(payor()).build().unwrap()
}

/// The command line against a server that refuses, and repeats in its refusal what it was sent.
pub(crate) fn on_the_command_line(base: &str) -> String {
    let mut all = String::new();
    for format in ["text", "json"] {
        let ran = Command::new(env!("CARGO_BIN_EXE_flinks-pay"))
            .args(["demo", "--base-url", base, "--format", format])
            .env("FLINKS_PAY_AUTH", "basic")
            .env("FLINKS_PAY_CLIENT_ID", CLIENT_ID)
            .env("FLINKS_PAY_CLIENT_SECRET", CLIENT_SECRET)
            .env("RUST_LOG", "trace")
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(2), "{ran:?}");
        for bytes in [ran.stdout, ran.stderr] {
            let text = String::from_utf8(bytes).unwrap();
            let odd = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(odd, None, "{text:?}");
            all.push_str(&text);
        }
    }
    all
}
