#![cfg(feature = "spec")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
use flinks_pay::spec::{Document, accept};
use std::path::Path;
#[test]
fn dump() {
    let c = Document::read(Path::new("openapi/flinks-pay.yaml")).unwrap();
    for f in [
        "eft-v2.yaml",
        "pages/geft-sessions-status.yaml",
        "pages/geft-sessions-details.yaml",
        "pages/geft-sessions-cancel.yaml",
        "pages/geft-setup-guide.yaml",
        "pages/geft-sessions-initiate.yaml",
    ] {
        let u = Document::read(&Path::new("openapi/upstream").join(f)).unwrap();
        println!("== {f}");
        for d in accept::differences(&c, &u).unwrap() {
            let s = |v: &Option<serde_json::Value>| {
                v.as_ref().map_or("absent".into(), |v| {
                    v.to_string().chars().take(60).collect::<String>()
                })
            };
            println!(
                "{} | {} | {} | {}: {} <> {}\n      {}  <>  {}",
                d.operation,
                d.part,
                d.instance,
                d.keyword,
                s(&d.contract.value),
                s(&d.upstream.value),
                d.contract.at,
                d.upstream.at
            );
        }
    }
}
